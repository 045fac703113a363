//! `subtune explain`

use serde_json::{Value as Json, json};
use subtune_model::catalog::{self, By, DisplayOnly, Effect, Frozen, Hyperparameter, Limit, Meant};
use subtune_model::error::{Error, Result};
use subtune_model::errors::{self, ErrorRow, Found, Topic};
use subtune_model::finding;
use subtune_model::finding::Code;
use subtune_model::schedule;
use subtune_model::snapshot::Guards;

use crate::ui::output::{self, Report, Stream, pairs, table};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Hyperparameter or a call that sets it, RateLimit, FreezeWindow, error of the chain by its name,
    /// code or words, or code of a finding such as HP201 (`codes` lists them); without it the
    /// hyperparameters are listed
    name: Option<String>,
    /// Tell of the chain's own code: its version, hash and size, and what it asks of its host
    #[arg(long, conflicts_with = "name")]
    runtime: bool,
}

impl Args {
    /// Whether a chain is asked.
    pub(super) const fn asks_the_chain(&self) -> bool {
        self.runtime
    }
}

/// What a name stands for.
enum Subject {
    Hyperparameter(&'static Hyperparameter),
    Several(Vec<&'static Hyperparameter>),
    DisplayOnly(&'static DisplayOnly),
    Topic(&'static Topic),
    Error(&'static ErrorRow),
    Code(&'static Code),
}

/// The runtime that the catalog was written for.
const RUNTIME: u32 = catalog::CHECKED;

pub(super) fn run(args: &Args) -> Result<Report> {
    let Some(name) = &args.name else { return Ok(list()) };
    if name == "codes" {
        return Ok(codes());
    }
    Ok(match subject(name)? {
        Subject::Hyperparameter(row) => Report::new(text(row), data(row)),
        Subject::Several(rows) => {
            let texts: Vec<_> = rows.iter().map(|row| text(row)).collect();
            let all: Vec<_> = rows.iter().map(|row| data(row)).collect();
            Report::new(
                texts.join("\n"),
                json!({ "kind": "call", "name": name, "hyperparameters": all }),
            )
        }
        Subject::DisplayOnly(shown) => {
            let DisplayOnly { name, summary, instead, advice } = shown;
            let pairs = [
                ("name", (*name).to_owned()),
                ("summary", (*summary).to_owned()),
                ("set by", "nobody: it is only shown".to_owned()),
                ("what to do", (*advice).to_owned()),
                ("see", see(instead)),
            ];
            let data = json!({
                "kind": "display_only",
                "name": name,
                "summary": summary,
                "instead": instead,
                "advice": advice,
            });
            Report::new(output::pairs(&pairs), data)
        }
        Subject::Topic(topic) => Report::new(topic_text(topic), topic_data(topic)),
        Subject::Error(error) => Report::new(error_text(error), error_data(error)),
        Subject::Code(code) => {
            let Code { code: name, title, why } = code;
            let pairs = [("code", *name), ("summary", *title), ("why", *why)];
            Report::new(
                output::pairs(&pairs.map(|(name, text)| (name, text.to_owned()))),
                code_data(code),
            )
        }
    })
}

fn list() -> Report {
    let mut rows = table(&["name", "set by", "what it is"], Stream::Stdout);
    for row in catalog::ALL.iter() {
        rows.add_row([row.name, set_by(row), row.summary]);
    }
    let all: Vec<_> = catalog::ALL.iter().map(data).collect();
    let topics: Vec<_> = errors::TOPICS.iter().map(|topic| topic.name).collect();
    let errors: Vec<_> = errors::ALL.iter().map(|error| error.name).collect();
    let text = format!(
        "{}\nCatalog for runtime {RUNTIME}; `subtune show NETUID` shows your chain.\n\
         More topics: {}, any chain error (BadOrigin), warning codes (codes).\n",
        rows.lines(),
        topics.join(", ")
    );
    Report::new(text, json!({ "hyperparameters": all, "topics": topics, "errors": errors }))
}

/// The codes of findings.
fn codes() -> Report {
    let mut rows = table(&["code", "what is found"], Stream::Stdout);
    for Code { code, title, why: _ } in finding::CODES {
        rows.add_row([*code, *title]);
    }
    let all: Vec<_> = finding::CODES.iter().map(code_data).collect();
    Report::new(rows.lines(), json!({ "codes": all }))
}

fn code_data(code: &Code) -> Json {
    let Code { code, title, why } = code;
    json!({ "kind": "code", "name": code, "title": title, "why": why })
}

/// Where the hyperparameters to set instead are explained.
fn see(names: &[&str]) -> String {
    let commands: Vec<_> = names.iter().map(|name| format!("`subtune explain {name}`")).collect();
    commands.join(", ")
}

fn subject(name: &str) -> Result<Subject> {
    match catalog::look_up(name) {
        Meant::Rows(rows) => {
            return Ok(match rows[..] {
                [row] => Subject::Hyperparameter(row),
                _ => Subject::Several(rows),
            });
        }
        Meant::DisplayOnly(shown) => return Ok(Subject::DisplayOnly(shown)),
        Meant::Nothing => {}
    }
    if let Some(code) = finding::find(name) {
        return Ok(Subject::Code(code));
    }
    if let Some(topic) = Topic::find(name) {
        return Ok(Subject::Topic(topic));
    }
    match errors::find(name) {
        Found::One(error) => Ok(Subject::Error(error)),
        Found::Several(errors) => {
            let names: Vec<_> = errors.iter().map(|error| error.name).collect();
            Err(Error::input(format!("{name} is the name of several errors"))
                .hint(format!("did you mean {}?", names.join(" or "))))
        }
        Found::Nothing => {
            if let Some(error) = errors::find_printed(name) {
                return Ok(Subject::Error(error));
            }
            let what = format!("unknown hyperparameter {name}, and no error of that name");
            Err(Error::input(what).hint(nearest(name).map_or_else(
                || {
                    "`subtune explain` lists all hyperparameters, `subtune explain codes` the codes"
                        .to_owned()
                },
                |near| format!("did you mean {near}?"),
            )))
        }
    }
}

/// The name of anything explained that looks most like this one, if any does.
fn nearest(name: &str) -> Option<&'static str> {
    match (catalog::nearest(name), errors::nearest(name)) {
        (Some(row), Some((distance, error))) => {
            Some(if strsim::damerau_levenshtein(name, row) <= distance { row } else { error })
        }
        (row, error) => row.or(error.map(|(_, error)| error)),
    }
}

fn topic_text(topic: &Topic) -> String {
    let mut rows = vec![("name", topic.name.to_owned()), ("summary", topic.meaning.to_owned())];
    rows.extend(topic.parts.iter().map(|(part, rule)| (*part, (*rule).to_owned())));
    rows.push(("what to do", topic.advice.to_owned()));
    rows.extend(topic.errors.iter().map(|error| ("error", (*error).to_owned())));
    pairs(&rows)
}

fn topic_data(topic: &Topic) -> Json {
    let parts: Vec<_> =
        topic.parts.iter().map(|(part, rule)| json!({ "part": part, "rule": rule })).collect();
    json!({
        "kind": "topic",
        "name": topic.name,
        "meaning": topic.meaning,
        "parts": parts,
        "advice": topic.advice,
        "errors": topic.errors,
    })
}

/// The hyperparameters of which a bound gives this error.
fn bound_by(error: &ErrorRow) -> Vec<&'static str> {
    catalog::ALL
        .iter()
        .filter(|row| row.bounds.iter().any(|bound| bound.error == error.name))
        .map(|row| row.name)
        .collect()
}

fn error_text(error: &ErrorRow) -> String {
    let topic = Topic::of(error.name);
    pairs(&[
        ("name", error.name.to_owned()),
        ("means", error.meaning.to_owned()),
        ("what to do", error.advice.to_owned()),
        ("bounds of", bound_by(error).join(", ")),
        (
            "see",
            topic.map_or_else(String::new, |topic| format!("`subtune explain {}`", topic.name)),
        ),
    ])
}

fn error_data(error: &ErrorRow) -> Json {
    json!({
        "kind": "error",
        "name": error.name,
        "meaning": error.meaning,
        "advice": error.advice,
        "hyperparameters": bound_by(error),
        "topic": Topic::of(error.name).map(|topic| topic.name),
    })
}

fn set_by(row: &Hyperparameter) -> &'static str {
    // The first call that the runtime of the catalog has.
    let setter = row.setters.iter().find(|setter| setter.when.is_none());
    setter.map_or("nobody", |setter| setter.who.at(RUNTIME))
}

fn history(row: &Hyperparameter) -> Vec<String> {
    row.setters
        .iter()
        .filter(|setter| setter.who.0.len() > 1)
        .map(|setter| {
            let steps = setter.who.0;
            let told = steps.iter().enumerate().map(|(index, (since, by))| {
                let who = match by {
                    By::Owner => "the owner",
                    By::Root => "root only",
                    By::Nobody => "nobody, for the call fails",
                    By::Unclear => "not known",
                };
                match steps.get(index.saturating_add(1)) {
                    Some((next, _)) => format!("{who} until runtime {}", next.saturating_sub(1)),
                    None => format!("{who} since {since}"),
                }
            });
            told.collect::<Vec<_>>().join("; ")
        })
        .collect()
}

fn limit(row: &Hyperparameter) -> String {
    match row.limit {
        Limit::None => "none".to_owned(),
        Limit::Hyperparameter(_) | Limit::HyperparameterIfAny(_) => {
            "tempo × OwnerHyperparamRateLimit (2 tempos by default)".to_owned()
        }
        Limit::VersionKey => "tempo × WeightsVersionKeyRateLimit (5 tempos by default)".to_owned(),
        // These do not depend on the schedule of a subnet.
        Limit::Tempo
        | Limit::MechanismCount
        | Limit::EmissionSplit
        | Limit::Trim
        | Limit::OwnerHotkey => schedule::limit(row.limit, &Guards::default())
            .map_or_else(|why| why, |blocks| format!("{blocks} blocks")),
    }
}

fn effect(row: &Hyperparameter) -> String {
    match row.effect {
        Effect::Live => "active".to_owned(),
        Effect::When(when, _) => format!("only while {when}"),
        Effect::Inert { since, until, why, instead } => {
            let since = match (since, until) {
                (0, u32::MAX) => String::new(),
                (_, u32::MAX) => format!(" since runtime {since}"),
                _ => format!(" from runtime {since} to {until}"),
            };
            let instead = instead.map_or_else(String::new, |name| format!("; use {name}"));
            format!("none{since}: {why}{instead}")
        }
    }
}

fn text(row: &Hyperparameter) -> String {
    let mut rows = vec![
        ("name", row.name.to_owned()),
        ("summary", row.summary.to_owned()),
        ("affects", row.influence.to_owned()),
        ("unit", row.unit.describe().to_owned()),
        ("type", row.accepts()),
        ("you can write", row.examples().join(", ")),
    ];
    rows.extend(row.range().into_iter().map(|range| ("limit", range)));
    rows.push(("set by", set_by(row).to_owned()));
    rows.extend(history(row).into_iter().map(|past| ("history", past)));
    rows.extend(calls(row).into_iter().map(|call| ("call", call)));
    let frozen = match row.frozen {
        Frozen::Always => "no changes during it",
        Frozen::Never => "",
        Frozen::WithLimitOf(_) => "no changes during it, in runtimes with a rate limit",
    };
    let since = if row.since > 0 { format!("runtime {}", row.since) } else { String::new() };
    let epoch = match row.in_epoch {
        true => format!(
            "every epoch reads it: `subtune forecast NETUID --set {}=…` shows what a change does",
            row.name
        ),
        false => String::new(),
    };
    rows.extend([
        ("rate limit", limit(row)),
        ("freeze window", frozen.to_owned()),
        ("effect", effect(row)),
        ("epoch", epoch),
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
        "kind": "hyperparameter",
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
        "freeze_window": row.frozen != Frozen::Never,
        "effect": effect(row),
        "in_epoch": row.in_epoch,
        "since_runtime": row.since,
    })
}
