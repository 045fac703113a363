//! `subtune explain`

use serde_json::{Value as Json, json};

use super::plan::unknown_name;
use crate::error::Result;
use crate::model::catalog::{self, Effect, Hyperparameter, Limit, Who};
use crate::ui::output::{Report, Stream, lines, table};

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

const fn limit(row: &Hyperparameter) -> &'static str {
    match row.limit {
        Limit::None => "none",
        Limit::Hyperparameter(_) => "tempo × OwnerHyperparamRateLimit (2 tempos by default)",
        Limit::VersionKey => "tempo × WeightsVersionKeyRateLimit (5 tempos by default)",
        Limit::Tempo => "360 blocks",
        Limit::MechanismCount | Limit::EmissionSplit => "7200 blocks",
        Limit::Trim => "216000 blocks",
        Limit::OwnerHotkey => "50400 blocks",
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
    let mut text = format!("{}\n  {}\n  {}\n\n", row.name, row.summary, row.influence);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:<12} {value}\n"));
        }
    };
    line("unit", row.unit.describe().to_owned());
    line("values", row.accepts());
    line("also as", row.unit.example().unwrap_or_default().to_owned());
    for range in row.range() {
        line("bound", range);
    }
    line("set by", set_by(row).to_owned());
    for past in history(row) {
        line("history", past);
    }
    for setter in row.setters {
        line("call", format!("{}.{}", setter.pallet, setter.call));
    }
    line("rate limit", limit(row).to_owned());
    line("freeze", if row.frozen { "not in the admin freeze window" } else { "" }.to_owned());
    line("effect", effect(row));
    if row.since > 0 {
        line("since", format!("runtime {}", row.since));
    }
    line("aliases", row.aliases.join(", "));
    text
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
        "calls": row.setters.iter().map(|s| format!("{}.{}", s.pallet, s.call)).collect::<Vec<_>>(),
        "rate_limit": limit(row),
        "freeze_window": row.frozen,
        "effect": effect(row),
        "since_runtime": row.since,
    })
}
