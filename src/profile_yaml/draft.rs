//! A profile of a live subnet to be edited: every value that the owner may set stands in it as a
//! comment, with what it means. As it is, it wants no change.

use std::collections::BTreeMap;

use subtune_model::catalog::{self, Effect, Hyperparameter, ValueKind};
use subtune_model::plan::Status;
use subtune_model::profile::{Profile, Target};
use subtune_model::rules::{
    effect_in_words, held, is_inert, is_out_of_range, range_in_words, without_effect,
};
use subtune_model::snapshot::{SetterState, Snapshot};
use subtune_model::time;
use subtune_model::value::{Unit, Value, spoken};

use super::read::{Names, parse};
use super::write::{head, spelled, words, write};

/// Most columns of a line of comments.
const WIDTH: usize = 100;
/// How wide the labels of facts are.
const LABEL: usize = 7;
/// The schema of profiles, beside the file: `subtune profiles --schema` prints it.
pub const SCHEMA_FILE: &str = "profile.schema.json";

/// A profile of a live subnet to be edited.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its fields, without values.
    profile: Profile,
    /// What its head says, a paragraph each.
    about: Vec<String>,
    /// Every value that the owner may set, in the order of the catalog.
    pub rows: Vec<DraftRow>,
}

/// A value that the owner may set.
#[derive(Debug, Clone)]
pub struct DraftRow {
    /// The hyperparameter.
    pub row: &'static Hyperparameter,
    /// What it is now; `None` where it could not be read.
    pub value: Option<Value>,
    /// What it can be set to.
    pub range: String,
    /// Whether anything on the chain reads it, in words.
    pub effect: String,
    /// Why nothing on the chain reads it, and what to use instead.
    pub no_effect: Option<String>,
    /// Why its present value cannot be set, or is not known.
    pub note: Option<String>,
    /// Whether its line is that of a profile once it is no comment.
    is_line: bool,
    /// What stands beside its live value.
    default: bool,
}

impl Draft {
    /// A draft of all that the owner may set on a subnet.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let Snapshot { chain, block, netuid, .. } = snapshot;
        let profile = Profile {
            name: format!("subnet-{netuid}"),
            description: format!("Hyperparameters of subnet {netuid} on {}", chain.network),
            source: format!(
                "Live values of subnet {netuid} at block {}, runtime {}",
                block.number, chain.spec_version
            ),
            target: Some(Target {
                network: chain.network.clone(),
                genesis_hash: chain.genesis_hash,
                netuid: Some(*netuid),
            }),
            hyperparameters: BTreeMap::new(),
            replaces: BTreeMap::new(),
        };
        let owners = |row: &&Hyperparameter| {
            let setter = snapshot.guards.setters.get(row.name);
            !matches!(row.kind, ValueKind::Action)
                && matches!(setter, Some(SetterState::Call { who: "owner", .. }))
        };
        let rows: Vec<_> = catalog::ALL.iter().filter(owners).collect();
        let refused = refused(&profile, &rows, snapshot);
        let rows = rows.into_iter().map(|row| DraftRow::of(row, snapshot, &refused)).collect();
        Self { profile, about: about(snapshot), rows }
    }

    /// The file.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = format!("# yaml-language-server: $schema={SCHEMA_FILE}\n");
        for paragraph in &self.about {
            out.push_str("#\n");
            comment(&mut out, "# ", "# ", paragraph);
        }
        // A command is never broken.
        out.push_str("#\n# Editors check this file by the schema in the first line, which lies beside it after:\n");
        out.push_str(&format!("#   subtune profiles --schema > {SCHEMA_FILE}\n"));
        out.push_str(&head(&self.profile));
        out.push_str("hyperparameters:\n");
        let (dead, live): (Vec<_>, Vec<_>) =
            self.rows.iter().partition(|row| row.no_effect.is_some());
        for row in live {
            out.push('\n');
            row.write(&mut out);
        }
        if !dead.is_empty() {
            let title = "No effect on this chain: what follows is accepted, and nothing reads it.";
            out.push('\n');
            comment(&mut out, "  # ", "  # ", title);
        }
        for row in dead {
            out.push('\n');
            row.write(&mut out);
        }
        out
    }
}

impl DraftRow {
    fn of(
        row: &'static Hyperparameter,
        snapshot: &Snapshot,
        refused: &BTreeMap<&str, String>,
    ) -> Self {
        let value = snapshot.hyperparameters.get(row.name).cloned();
        let no_effect = is_inert(row, snapshot).then(|| {
            let why = value.as_ref().and_then(|value| without_effect(row, value, snapshot));
            why.unwrap_or_else(|| subtune_model::rules::NOT_IN_NULL.to_owned())
        });
        let range = range_in_words(row, snapshot);
        let note = match (&value, refused.get(row.name)) {
            (None, _) => {
                let why = snapshot.unreadable.get(row.name).map(String::as_str);
                Some(format!("it could not be read: {}", why.unwrap_or("nothing is stored")))
            }
            (Some(_), Some(why)) => Some(format!("the live value cannot be set: {why}")),
            (Some(_), None) if is_out_of_range(row, snapshot) => Some(
                "the live value is outside of its range, and could not be set again".to_owned(),
            ),
            (Some(_), None) => None,
        };
        Self {
            row,
            is_line: value.is_some() && !refused.contains_key(row.name),
            default: snapshot.unset.contains(row.name),
            effect: effect(row, snapshot),
            value,
            range,
            no_effect,
            note,
        }
    }

    /// The comment and, as one, the line.
    fn write(&self, out: &mut String) {
        let Self { row, value, range, no_effect, note, default, .. } = self;
        comment(out, "  # ", "  # ", row.summary);
        let mut fact = |label: &str, text: &str| {
            let label = format!("  #   {label:LABEL$}  ");
            let below = format!("  #   {:LABEL$}  ", "");
            comment(out, &label, &below, text);
        };
        fact("affects", row.influence);
        if let Some(value) = value {
            let default = if *default { ", never set: the chain's default" } else { "" };
            fact("live", &format!("{}{default}", spoken(value, row.unit)));
        }
        if !matches!(row.unit, Unit::Switch | Unit::Choice | Unit::Account | Unit::Text) {
            let examples = row.examples();
            let examples = match examples.is_empty() {
                true => String::new(),
                false => format!(" ({})", examples.join(", ")),
            };
            fact("unit", &format!("{}{examples}", row.unit.describe()));
        }
        fact("range", range);
        match (no_effect, row.effect) {
            (Some(why), _) => fact("effect", &format!("none: {why}")),
            (None, Effect::When(..)) => fact("effect", &self.effect),
            (None, Effect::Live | Effect::Inert { .. }) => {}
        }
        if let Some(note) = note {
            fact("note", note);
        }
        match value {
            Some(value) if self.is_line => {
                out.push_str(&format!("  #{}: {}\n", row.name, spelled(value)));
            }
            Some(_) | None => comment(out, "  #   ", "  #   ", &format!("{}: …", row.name)),
        }
    }
}

/// What the head says.
fn about(snapshot: &Snapshot) -> Vec<String> {
    let Snapshot { chain, block, netuid, .. } = snapshot;
    let when = snapshot.guards.time_ms.is().copied().map(time::minutes);
    let when = when.map_or_else(String::new, |when| format!(", {when}"));
    let mut about = vec![
        format!(
            "All that the owner may set of subnet {netuid} on {}, as it was in block {}{when}, on \
             runtime {}.",
            chain.network, block.number, chain.spec_version
        ),
        "Each value is a comment: nothing in this file wants a change. To change one, remove the # in \
         front of its name and write another value; `subtune plan` then shows what will happen. A bare \
         integer is the raw value of the chain, a text may carry a unit, and neither is ever rounded."
            .to_owned(),
    ];
    about.extend(held(snapshot).map(|held| match held {
        Status::NotPermitted { reason, .. } => {
            format!("In that block the owner could change nothing: {reason}.")
        }
        other => format!(
            "Whether the owner could change anything in that block is not known: {}.",
            other.reason().unwrap_or_default()
        ),
    }));
    about
}

/// Whether anything reads it, and of what depends on switches, whether they are on.
fn effect(row: &Hyperparameter, snapshot: &Snapshot) -> String {
    let words = effect_in_words(row, snapshot);
    let Effect::When(_, switches) = row.effect else { return words };
    let off: Vec<_> = switches
        .iter()
        .filter(|name| snapshot.hyperparameters.get(**name) == Some(&Value::Bool(false)))
        .copied()
        .collect();
    match off.as_slice() {
        _ if is_inert(row, snapshot) => words,
        [] => words,
        [one] => format!("{words}; {one} is off"),
        several => format!("{words}; {} are off", several.join(" and ")),
    }
}

/// The live values that the reader of profiles would refuse, with why: that is its decision alone.
fn refused<'a>(
    profile: &Profile,
    rows: &[&'a Hyperparameter],
    snapshot: &Snapshot,
) -> BTreeMap<&'a str, String> {
    let mut refused = BTreeMap::new();
    for row in rows {
        let Some(value) = snapshot.hyperparameters.get(row.name) else { continue };
        let hyperparameters = BTreeMap::from([(row.name.to_owned(), value.clone())]);
        let profile = Profile { hyperparameters, ..profile.clone() };
        let why = match parse(&write(&profile), "", Names::Known) {
            Ok(read) if read.hyperparameters == profile.hyperparameters => continue,
            Ok(_) => "it would be read as another one".to_owned(),
            Err(found) => {
                let what = found.into_iter().next().map(|complaint| complaint.what);
                let what = what.unwrap_or_default();
                what.strip_prefix(&format!("{}: ", row.name)).unwrap_or(&what).to_owned()
            }
        };
        refused.insert(row.name, why);
    }
    refused
}

/// Adds a text as comments, wrapped. Whoever has written it, it stays one: it has no line end of its
/// own, and nothing that a terminal would take for one.
fn comment(out: &mut String, first: &str, next: &str, text: &str) {
    let mut line = first.to_owned();
    let (mut width, mut is_empty) = (first.chars().count(), true);
    let mut add = |word: &str| {
        let length = word.chars().count();
        let blank = usize::from(!is_empty);
        if !is_empty && width.saturating_add(blank).saturating_add(length) > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            next.clone_into(&mut line);
            width = next.chars().count();
        } else if !is_empty {
            line.push(' ');
            width = width.saturating_add(1);
        }
        line.push_str(word);
        width = width.saturating_add(length);
        is_empty = false;
    };
    let room = WIDTH.saturating_sub(first.chars().count().max(next.chars().count()));
    for word in words(text, false).split_whitespace() {
        // A word that no line can hold is cut.
        let letters: Vec<char> = word.chars().collect();
        for part in letters.chunks(room.max(1)) {
            add(&part.iter().collect::<String>());
        }
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stays_one_and_within_its_columns() {
        let hostile =
            format!("a\nrho: 1\r\n\u{85}tempo: 2\u{2028}x\u{1b}[2J \u{202e} {}", "y".repeat(300));
        let mut out = String::new();
        comment(&mut out, "  # ", "  # ", &hostile);
        comment(&mut out, "  #   note    ", "  #           ", &"some words ".repeat(40));
        comment(&mut out, "# ", "# ", "");
        for line in out.split('\n').filter(|line| !line.is_empty()) {
            assert!(line.trim_start().starts_with('#'), "{line:?}");
            assert!(line.chars().count() <= WIDTH, "{line}");
            assert!(!line.chars().any(super::super::is_harmful), "{line:?}");
        }
        assert!(out.contains("a rho: 1"), "{out}");
    }
}
