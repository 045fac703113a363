//! What a name stands for, as it is explained.

use serde::Serialize;
use subtune_model::catalog::{self, By, DisplayOnly, Effect, Frozen, Hyperparameter, Limit};
use subtune_model::errors::{self, ErrorRow, Topic};
use subtune_model::finding::{self, Code};
use subtune_model::schedule;
use subtune_model::snapshot::Guards;

use super::Facts;

/// What `explain` answers.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum ExplainView {
    /// What a name stands for.
    Subject(SubjectView),
    /// All that can be explained.
    Index(IndexView),
    /// The codes of findings.
    Codes(CodesView),
}

/// What a name stands for.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum SubjectView {
    /// A hyperparameter.
    Hyperparameter(Box<HyperparameterView>),
    /// A call that sets several.
    Call(SharedCallView),
    /// What is only shown.
    DisplayOnly(DisplayOnlyView),
    /// A rule of the chain.
    Topic(TopicView),
    /// An error of the chain.
    Error(ErrorView),
    /// A code of findings.
    Code(CodeView),
}

impl SubjectView {
    /// What is told of it, label by label: a list for each hyperparameter of a call, else one.
    #[must_use]
    pub fn facts(&self) -> Vec<Facts> {
        match self {
            Self::Hyperparameter(view) => vec![view.facts()],
            Self::Call(view) => {
                view.hyperparameters.iter().map(HyperparameterView::facts).collect()
            }
            Self::DisplayOnly(view) => vec![view.facts()],
            Self::Topic(view) => vec![view.facts()],
            Self::Error(view) => vec![view.facts()],
            Self::Code(view) => vec![view.facts()],
        }
    }
}

/// A hyperparameter.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "hyperparameter")]
pub struct HyperparameterView {
    /// Canonical name.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// What it is.
    pub summary: &'static str,
    /// What it does and does not influence.
    pub influence: &'static str,
    /// What the raw value counts.
    pub unit: &'static str,
    /// What can be written.
    pub values: String,
    /// What the chain checks of it.
    pub bounds: Vec<String>,
    /// Who may set it.
    pub set_by: &'static str,
    /// Who might before, for each call of which that has changed.
    pub history: Vec<String>,
    /// The calls that set it, each once.
    pub calls: Vec<String>,
    /// Its rate limit.
    pub rate_limit: String,
    /// Whether the freeze window applies.
    pub freeze_window: bool,
    /// Whether anything on the chain reads it.
    pub effect: String,
    /// Whether every epoch reads it.
    pub in_epoch: bool,
    /// First runtime that has it; 0 for older than the oldest one known.
    pub since_runtime: u32,
    /// Values as they can be written.
    #[serde(skip)]
    pub examples: Vec<&'static str>,
    /// How the freeze window applies.
    #[serde(skip)]
    pub frozen: &'static str,
}

impl HyperparameterView {
    /// A row of the catalog.
    #[must_use]
    pub fn of(row: &Hyperparameter) -> Self {
        Self {
            name: row.name,
            aliases: row.aliases,
            summary: row.summary,
            influence: row.influence,
            unit: row.unit.describe(),
            values: row.accepts(),
            bounds: row.range(),
            set_by: set_by(row),
            history: history(row),
            calls: calls(row),
            rate_limit: limit(row),
            freeze_window: row.frozen != Frozen::Never,
            effect: effect(row),
            in_epoch: row.in_epoch,
            since_runtime: row.since,
            examples: row.examples(),
            frozen: match row.frozen {
                Frozen::Always => "no changes during it",
                Frozen::Never => "",
                Frozen::WithLimitOf(_) => "no changes during it, in runtimes with a rate limit",
            },
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = vec![
            ("name", self.name.to_owned()),
            ("summary", self.summary.to_owned()),
            ("affects", self.influence.to_owned()),
            ("unit", self.unit.to_owned()),
            ("type", self.values.clone()),
            ("you can write", self.examples.join(", ")),
        ];
        facts.extend(self.bounds.iter().map(|bound| ("limit", bound.clone())));
        facts.push(("set by", self.set_by.to_owned()));
        facts.extend(self.history.iter().map(|past| ("history", past.clone())));
        facts.extend(self.calls.iter().map(|call| ("call", call.clone())));
        let epoch = format!(
            "every epoch reads it: `subtune forecast NETUID --set {}=…` shows what a change does",
            self.name
        );
        let since = format!("runtime {}", self.since_runtime);
        facts.extend([
            ("rate limit", self.rate_limit.clone()),
            ("freeze window", self.frozen.to_owned()),
            ("effect", self.effect.clone()),
            ("epoch", if self.in_epoch { epoch } else { String::new() }),
            ("since", if self.since_runtime > 0 { since } else { String::new() }),
            ("aliases", self.aliases.join(", ")),
        ]);
        facts
    }
}

/// A call that sets several hyperparameters.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "call")]
pub struct SharedCallView {
    /// The call, as it was asked for.
    pub name: String,
    /// What it sets.
    pub hyperparameters: Vec<HyperparameterView>,
}

/// What is only shown.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "display_only")]
pub struct DisplayOnlyView {
    /// Its name.
    pub name: &'static str,
    /// What it shows.
    pub summary: &'static str,
    /// The hyperparameters to set instead.
    pub instead: &'static [&'static str],
    /// What to do instead.
    pub advice: &'static str,
}

impl DisplayOnlyView {
    /// A name that nobody sets.
    #[must_use]
    pub const fn of(shown: &DisplayOnly) -> Self {
        let DisplayOnly { name, summary, instead, advice } = *shown;
        Self { name, summary, instead, advice }
    }

    fn facts(&self) -> Facts {
        let see: Vec<_> = self.instead.iter().map(|name| see(name)).collect();
        vec![
            ("name", self.name.to_owned()),
            ("summary", self.summary.to_owned()),
            ("set by", "nobody: it is only shown".to_owned()),
            ("what to do", self.advice.to_owned()),
            ("see", see.join(", ")),
        ]
    }
}

/// A rule of the chain.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "topic")]
pub struct TopicView {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// The rule in parts.
    pub parts: Vec<PartView>,
    /// What to do about it.
    pub advice: &'static str,
    /// The errors that it gives.
    pub errors: &'static [&'static str],
}

/// A part of a rule.
#[derive(Debug, Clone, Serialize)]
pub struct PartView {
    /// What it is about.
    pub part: &'static str,
    /// What holds.
    pub rule: &'static str,
}

impl TopicView {
    /// A rule of the chain.
    #[must_use]
    pub fn of(topic: &Topic) -> Self {
        let part = |(part, rule): &(&'static str, &'static str)| PartView { part, rule };
        Self {
            name: topic.name,
            meaning: topic.meaning,
            parts: topic.parts.iter().map(part).collect(),
            advice: topic.advice,
            errors: topic.errors,
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = vec![("name", self.name.to_owned()), ("summary", self.meaning.to_owned())];
        facts.extend(self.parts.iter().map(|PartView { part, rule }| (*part, (*rule).to_owned())));
        facts.push(("what to do", self.advice.to_owned()));
        facts.extend(self.errors.iter().map(|error| ("error", (*error).to_owned())));
        facts
    }
}

/// An error of the chain.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "error")]
pub struct ErrorView {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do about it.
    pub advice: &'static str,
    /// The hyperparameters of which a bound gives it.
    pub hyperparameters: Vec<&'static str>,
    /// The rule behind it.
    pub topic: Option<&'static str>,
}

impl ErrorView {
    /// An error of the chain.
    #[must_use]
    pub fn of(error: &ErrorRow) -> Self {
        let bound = |row: &&Hyperparameter| row.bounds.iter().any(|it| it.error == error.name);
        Self {
            name: error.name,
            meaning: error.meaning,
            advice: error.advice,
            hyperparameters: catalog::ALL.iter().filter(bound).map(|row| row.name).collect(),
            topic: Topic::of(error.name).map(|topic| topic.name),
        }
    }

    fn facts(&self) -> Facts {
        vec![
            ("name", self.name.to_owned()),
            ("means", self.meaning.to_owned()),
            ("what to do", self.advice.to_owned()),
            ("bounds of", self.hyperparameters.join(", ")),
            ("see", self.topic.map_or_else(String::new, see)),
        ]
    }
}

/// A code of findings.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "code")]
pub struct CodeView {
    /// The code.
    pub name: &'static str,
    /// What is found.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
}

impl CodeView {
    /// A code of findings.
    #[must_use]
    pub const fn of(code: &Code) -> Self {
        let Code { code: name, title, why } = *code;
        Self { name, title, why }
    }

    fn facts(&self) -> Facts {
        vec![
            ("code", self.name.to_owned()),
            ("summary", self.title.to_owned()),
            ("why", self.why.to_owned()),
        ]
    }
}

/// The codes of findings.
#[derive(Debug, Clone, Serialize)]
pub struct CodesView {
    /// All of them.
    pub codes: Vec<CodeView>,
}

impl CodesView {
    /// All that there are.
    #[must_use]
    pub fn all() -> Self {
        Self { codes: finding::CODES.iter().map(CodeView::of).collect() }
    }
}

/// All that can be explained.
#[derive(Debug, Clone, Serialize)]
pub struct IndexView {
    /// The catalog.
    pub hyperparameters: Vec<HyperparameterView>,
    /// The rules of the chain, by name.
    pub topics: Vec<&'static str>,
    /// The errors of the chain, by name.
    pub errors: Vec<&'static str>,
    /// The runtime of the catalog, and what else can be asked for.
    #[serde(skip)]
    pub notes: [String; 2],
}

impl IndexView {
    /// All that there is.
    #[must_use]
    pub fn all() -> Self {
        let topics: Vec<_> = errors::TOPICS.iter().map(|topic| topic.name).collect();
        let runtime = catalog::CHECKED;
        let notes = [
            format!("Catalog for runtime {runtime}; `subtune show NETUID` shows your chain."),
            format!(
                "More topics: {}, any chain error (BadOrigin), warning codes (codes).",
                topics.join(", ")
            ),
        ];
        Self {
            hyperparameters: catalog::ALL.iter().map(HyperparameterView::of).collect(),
            topics,
            errors: errors::ALL.iter().map(|error| error.name).collect(),
            notes,
        }
    }
}

/// The command that explains a name.
fn see(name: &str) -> String {
    format!("`subtune explain {name}`")
}

fn set_by(row: &Hyperparameter) -> &'static str {
    // The first call that the runtime of the catalog has.
    let setter = row.setters.iter().find(|setter| setter.when.is_none());
    setter.map_or("nobody", |setter| setter.who.at(catalog::CHECKED))
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

/// The calls that set it, each once.
fn calls(row: &Hyperparameter) -> Vec<String> {
    let mut calls: Vec<String> =
        row.setters.iter().map(|setter| format!("{}.{}", setter.pallet, setter.call)).collect();
    calls.sort();
    calls.dedup();
    calls
}
