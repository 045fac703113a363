//! `subtune explain`

use serde_json::{Value as Json, json};

use super::plan::unknown_name;
use crate::error::Result;
use crate::model::catalog::{self, Effect, Hyperparameter, Limit, Who};
use crate::model::snapshot::Schedule;
use crate::ui::output::{Report, Stream, lines, pairs, table};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Hyperparameter; without it all are listed
    name: Option<String>,
}

/// The runtime that the catalog was written for.
const RUNTIME: u32 = 425;

pub(super) fn run(args: &Args) -> Result<Report> {
    if let Some(name) = &args.name {
        let row = catalog::find(name).ok_or_else(|| unknown_name(name))?;
        return Ok(Report::new(text(row), data(row)));
    }
    let mut rows = table(&["name", "set by", "what it is"], Stream::Stdout);
    for row in catalog::ALL {
        rows.add_row([row.name, set_by(row), row.summary]);
    }
    let all: Vec<_> = catalog::ALL.iter().map(data).collect();
    let text = format!(
        "{}\nAs of runtime {RUNTIME}; the connected chain decides: `subtune show NETUID`\n",
        lines(&rows)
    );
    Ok(Report::new(text, json!({ "hyperparameters": all })))
}

fn set_by(row: &Hyperparameter) -> &'static str {
    // The first call that the runtime of the catalog has.
    let setter = row.setters.iter().find(|setter| setter.when.is_none());
    setter.map_or("nobody", |setter| setter.who.at(RUNTIME))
}

fn history(row: &Hyperparameter) -> Vec<String> {
    row.setters
        .iter()
        .filter_map(|setter| match setter.who {
            Who::Owner { since: 0, until: u32::MAX } | Who::Root | Who::Nobody => None,
            Who::OwnerThenNobody { until } => {
                Some(format!("the owner up to runtime {until}, nobody since: the call fails"))
            }
            Who::Owner { since, until: u32::MAX } => {
                Some(format!("the owner since runtime {since}, root alone before"))
            }
            Who::Owner { since: _, until } => {
                Some(format!("the owner up to runtime {until}, root alone since"))
            }
        })
        .collect()
}

fn limit(row: &Hyperparameter) -> String {
    match row.limit {
        Limit::None => "none".to_owned(),
        Limit::Hyperparameter(_) => {
            "tempo × OwnerHyperparamRateLimit (2 tempos by default)".to_owned()
        }
        Limit::VersionKey => "tempo × WeightsVersionKeyRateLimit (5 tempos by default)".to_owned(),
        // These do not depend on the schedule of a subnet.
        Limit::Tempo
        | Limit::MechanismCount
        | Limit::EmissionSplit
        | Limit::Trim
        | Limit::OwnerHotkey => Schedule::default()
            .limit(row.limit)
            .map_or_else(String::new, |blocks| format!("{blocks} blocks")),
    }
}

fn effect(row: &Hyperparameter) -> String {
    match row.effect {
        Effect::Live => "live".to_owned(),
        Effect::When(when, _) => format!("only while {when}"),
        Effect::Inert { since, why, instead } => {
            let since = if since == 0 { String::new() } else { format!(" since runtime {since}") };
            let instead = instead.map_or_else(String::new, |name| format!("; use {name}"));
            format!("none{since}: {why}{instead}")
        }
    }
}

fn text(row: &Hyperparameter) -> String {
    let mut rows = vec![
        ("name", row.name.to_owned()),
        ("is", row.summary.to_owned()),
        ("moves", row.influence.to_owned()),
        ("unit", row.unit.describe().to_owned()),
        ("values", row.accepts()),
        ("also as", row.unit.example().unwrap_or_default().to_owned()),
    ];
    rows.extend(row.range().into_iter().map(|range| ("bound", range)));
    rows.push(("set by", set_by(row).to_owned()));
    rows.extend(history(row).into_iter().map(|past| ("history", past)));
    rows.extend(calls(row).into_iter().map(|call| ("call", call)));
    let frozen = if row.frozen { "not in the admin freeze window" } else { "" };
    let since = if row.since > 0 { format!("runtime {}", row.since) } else { String::new() };
    rows.extend([
        ("rate limit", limit(row)),
        ("freeze", frozen.to_owned()),
        ("effect", effect(row)),
        ("since", since),
        ("aliases", row.aliases.join(", ")),
    ]);
    pairs(&rows)
}

/// The calls that set it, each once.
fn calls(row: &Hyperparameter) -> Vec<String> {
    let mut calls: Vec<String> =
        row.setters.iter().map(|setter| format!("{}.{}", setter.pallet, setter.call)).collect();
    calls.sort();
    calls.dedup();
    calls
}

fn data(row: &Hyperparameter) -> Json {
    json!({
        "name": row.name,
        "aliases": row.aliases,
        "summary": row.summary,
        "influence": row.influence,
        "unit": row.unit.describe(),
        "values": row.accepts(),
        "bounds": row.range(),
        "set_by": set_by(row),
        "history": history(row),
        "calls": calls(row),
        "rate_limit": limit(row),
        "freeze_window": row.frozen,
        "effect": effect(row),
        "since_runtime": row.since,
    })
}
