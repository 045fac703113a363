//! What the tool saves itself, as YAML: snapshots, plans, receipts.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use subtune_model::error::{Error, Result};
use subtune_model::fleet::{self, FleetPlan};
use subtune_model::plan;
use subtune_model::plan::Plan;
use subtune_model::receipt::{self, Outcome, Receipt};
use subtune_model::snapshot::{self, Snapshot};
use subtune_model::{catalog, format};

use super::kind::{Document, ExpectedKind, FileKind};
use super::read::unknown_name_hint;
use super::tree::{self, Node, TextPlace};
use super::value::check_saved;
use super::{Complaint, Complaints, complaints_error, is_harmful, shown};

/// A file that the tool saves and reads again.
pub trait Saved: DeserializeOwned {
    /// The newest version of its format that is read here.
    const FORMAT_VERSION: u32;
    /// What it is.
    const WANTED: ExpectedKind;
    /// How many nodes its tree may have.
    const NODES: usize = tree::MAX_NODES;
}

impl Saved for Snapshot {
    const FORMAT_VERSION: u32 = snapshot::FORMAT_VERSION;
    const WANTED: ExpectedKind = ExpectedKind::Snapshot;
}

impl Saved for Plan {
    const FORMAT_VERSION: u32 = plan::FORMAT_VERSION;
    const WANTED: ExpectedKind = ExpectedKind::Plan;
}

impl Saved for FleetPlan {
    const FORMAT_VERSION: u32 = fleet::FORMAT_VERSION;
    const WANTED: ExpectedKind = ExpectedKind::FleetPlan;
    const NODES: usize = 64 * tree::MAX_NODES;
}

/// Whether a text begins as saved plans of a fleet do, as the writer here writes them.
pub(super) fn begins_as_fleet_plan(text: &str) -> bool {
    let mut lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
    lines.next().is_some_and(|line| line.starts_with("format_version:"))
        && lines.next() == Some("kind: fleet_plan")
}

impl Saved for Receipt {
    const FORMAT_VERSION: u32 = receipt::FORMAT_VERSION;
    const WANTED: ExpectedKind = ExpectedKind::Receipt;
}

/// Reads a snapshot file.
///
/// # Errors
/// When the file cannot be read, or with the first complaint about it.
pub fn read_snapshot(path: &Path) -> Result<Snapshot> {
    let Document { file, text, .. } = open(path, ExpectedKind::Snapshot)?;
    parse_snapshot(&text, &file).map_err(complaints_error)
}

/// Writes a snapshot, every value exact.
///
/// # Errors
/// Never in practice: a snapshot holds nothing that YAML cannot.
pub fn write_snapshot(snapshot: &Snapshot) -> Result<String> {
    write_saved(snapshot)
}

/// Writes what [`read_saved`] reads, every value exact. The writer of YAML leaves some characters as
/// they are that no text file has, or that a terminal would obey; a text with one of them becomes JSON,
/// which is YAML, too, and has an escape for every character.
///
/// # Errors
/// Never in practice: nothing that is saved holds what YAML cannot.
pub fn write_saved<T: Saved + Serialize>(value: &T) -> Result<String> {
    let failed = |error: anyhow::Error| {
        Error::other(format!("{} cannot be written", T::WANTED.words())).because(error)
    };
    let text = serde_yaml::to_string(value).map_err(|error| failed(error.into()))?;
    let refused =
        |c: char| c != '\n' && (is_harmful(c) || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'));
    if !text.chars().any(refused) {
        return Ok(text);
    }
    let json = serde_json::to_string_pretty(value).map_err(|error| failed(error.into()))?;
    let mut text = String::new();
    for character in json.chars() {
        if refused(character) {
            // All of them are of the first plane, for which one escape does.
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            text.push(character);
        }
    }
    text.push('\n');
    Ok(text)
}

/// Reads a file that the tool saved, such as a plan, strictly and under the same caps
/// as a profile.
///
/// # Errors
/// When the file cannot be read, or with the first complaint about it.
pub fn read_saved<T: Saved>(path: &Path) -> Result<T> {
    let Document { file, text, .. } = open(path, T::WANTED)?;
    from_saved(&text, &file).map_err(complaints_error)
}

/// Whether a file is the record of a change that has ended, written by a newer version: nothing of it
/// is open, so that it locks nobody out, although not all of it is understood here.
#[must_use]
pub fn is_ended_record_of_newer(path: &Path) -> bool {
    let outcome = || {
        let Document { file, text, .. } = Document::open(path).ok()?.ok()?;
        let root = tree::read(&text, &mut Complaints::new(&file))?;
        let version = root.get("format_version")?.value.text()?.parse::<u64>().ok()?;
        let state = root.get("outcome")?.value.get("state")?.value.text()?.to_owned();
        (version > u64::from(receipt::FORMAT_VERSION)).then_some(state)
    };
    outcome().is_some_and(|state| Outcome::ENDED.contains(&state.as_str()))
}

/// Reads what the tool saved from a text: see [`read_saved`].
///
/// # Errors
/// Every complaint about the text.
pub fn from_saved<T: Saved>(text: &str, file: &str) -> Result<T, Vec<Complaint>> {
    let mut out = Complaints::new(file);
    typed(text, &mut out).map(|(value, _)| value).ok_or_else(|| out.sorted())
}

/// Reads a snapshot from a text, and checks its values by the catalog.
///
/// # Errors
/// Every complaint about the text.
pub fn parse_snapshot(text: &str, file: &str) -> Result<Snapshot, Vec<Complaint>> {
    let mut out = Complaints::new(file);
    let snapshot =
        typed(text, &mut out).inspect(|(snapshot, root)| check(snapshot, root, &mut out));
    match snapshot {
        Some((snapshot, _)) if out.list.is_empty() => Ok(snapshot),
        _ => Err(out.sorted()),
    }
}

/// Reads a file once, and refuses one that says it is of another kind.
fn open(path: &Path, wanted: ExpectedKind) -> Result<Document> {
    let document = Document::open(path)?.map_err(|complaint| complaints_error(vec![complaint]))?;
    let meant = matches!(
        (&document.kind, wanted),
        (FileKind::Unknown, _)
            | (FileKind::Snapshot { .. }, ExpectedKind::Snapshot)
            | (FileKind::Plan, ExpectedKind::Plan)
            | (FileKind::FleetPlan, ExpectedKind::FleetPlan)
            | (FileKind::Receipt { .. }, ExpectedKind::Receipt)
            | (FileKind::Transaction(_), ExpectedKind::Transaction)
    );
    if meant {
        return Ok(document);
    }
    Err(complaints_error(vec![document.kind.wrong(&document.file, wanted)]))
}

/// The tree first, for what serde would let through: aliases, tags, keys that stand
/// twice; and the version, before a field of a newer one is called unknown. `None` when there is a
/// complaint.
fn typed<T: Saved>(text: &str, out: &mut Complaints) -> Option<(T, Node)> {
    let root = tree::read_up_to(text, T::NODES, out).filter(|_| out.list.is_empty())?;
    let version = root.get("format_version");
    let number = version.and_then(|entry| entry.value.text()).and_then(|text| text.parse().ok());
    if let (Some(entry), Some(number)) = (version, number)
        && let Err(unreadable) = format::check(number, T::FORMAT_VERSION)
    {
        out.add(Some(entry.place), Some("format_version"), &unreadable.what, unreadable.hint);
        return None;
    }
    match serde_yaml::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(value) => Some((value, root)),
        Err(error) => {
            let place = error
                .location()
                .map(|place| TextPlace { line: place.line(), column: place.column() });
            let message = error.to_string();
            // The place is told apart from the message already.
            let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
            let hint = "let subtune write the file anew, or correct this line by hand";
            out.add(place, None, what, hint);
            None
        }
    }
}

fn check(snapshot: &Snapshot, root: &Node, out: &mut Complaints) {
    let place = |field: &str| root.get(field).map(|entry| entry.place);
    let values = root.get("hyperparameters").map(|entry| &entry.value);
    for (name, value) in &snapshot.hyperparameters {
        let place = values.and_then(|values| values.get(name)).map(|entry| entry.place);
        match catalog::find(name).filter(|row| row.name == name) {
            None => {
                let what = format!("unknown hyperparameter {}", shown(name));
                let hint = format!(
                    "{}; what a newer chain adds belongs under `unknown:`",
                    unknown_name_hint(name, out).trim_end_matches('?')
                );
                out.add(place, Some(name), &what, &hint);
            }
            Some(row) => {
                if let Err((what, hint)) = check_saved(row, value) {
                    out.add(place, Some(name), &what, &hint);
                }
            }
        }
    }
    for (name, why) in &snapshot.unreadable {
        if snapshot.hyperparameters.contains_key(name) || snapshot.unknown.contains_key(name) {
            let what = format!("{} cannot be unreadable: it has a value above", shown(name));
            let hint = "remove one of the two, or take a new snapshot";
            out.add(place("unreadable"), Some(name), &what, hint);
        }
        if why.trim().is_empty() {
            let what = format!("unreadable does not say why {} could not be read", shown(name));
            out.add(place("unreadable"), Some(name), &what, "write why, or take a new snapshot");
        }
    }
    for name in snapshot.unset.iter().filter(|name| !snapshot.hyperparameters.contains_key(*name)) {
        let what = format!("unset names {}, which has no value above", shown(name));
        let hint = "remove it, or add it under `hyperparameters:`";
        out.add(place("unset"), Some(name), &what, hint);
    }
}
