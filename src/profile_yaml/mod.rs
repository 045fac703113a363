//! YAML text ⇄ [`Profile`]: every complaint at once, with its line and what to do.
//!
//! The text is read into a tree that keeps places (`tree`), the tree into fields
//! (`read`) and values (`value`): numbers never pass through a general YAML library,
//! for which `1e3` is a float. [`write()`] is the one canonical spelling. `saved` reads
//! and writes what the tool saves itself, such as snapshots.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Serialize;
use subtune_model::error::{Error, Result};
use subtune_model::finding;
use subtune_model::finding::Finding;
use subtune_model::profile::{Form, Profile, Target, settable};
use subtune_model::snapshot::Snapshot;
use subtune_model::text::is_harmful;
use subtune_model::value::Value;

use crate::files::read as input;
use crate::profiles;
use crate::settings;

mod draft;
mod fleet;
mod goals;
pub mod import;
mod kind;
mod read;
mod saved;
mod schema;
mod tree;
mod unseen;
mod value;
mod write;

pub use draft::{Draft, DraftRow, SCHEMA_FILE};
pub use fleet::{fleet_schema, load_fleet, parse_fleet};
pub use goals::{Goals, goals_schema, inspect_goals, load_goals, parse_goals};
pub use import::Import;
pub use kind::{Document, ExpectedKind, FileKind};
pub use read::{Names, parse, settings};
pub use saved::{
    Saved, from_saved, is_ended_record_of_newer, parse_snapshot, read_saved, read_snapshot,
    write_saved, write_snapshot,
};
pub use schema::json_schema;
pub use write::write;

/// Largest file that is read, in bytes: a snapshot of everything takes about 4 KiB.
pub const MAX_BYTES: u64 = 256 * 1024;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// The file, as it was named.
    pub file: String,
    /// Line, from one.
    pub line: Option<usize>,
    /// Column in characters, from one.
    pub column: Option<usize>,
    /// The field or hyperparameter that it is about.
    pub name: Option<String>,
    /// What is wrong, one sentence without a final full stop.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

/// The complaints about one file, collected.
struct Complaints {
    file: String,
    /// The text that they are about, as far as one was read.
    text: String,
    list: Vec<Complaint>,
}

impl Complaints {
    fn new(file: &str) -> Self {
        Self { file: file.to_owned(), text: String::new(), list: Vec::new() }
    }

    fn add(&mut self, place: Option<tree::TextPlace>, name: Option<&str>, what: &str, hint: &str) {
        self.list.push(Complaint {
            file: self.file.clone(),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            name: name.map(shown),
            what: what.to_owned(),
            hint: hint.to_owned(),
        });
    }

    /// The complaints in the order of the file. A character in their line that is not what it looks
    /// like is named: without that, the message shows nothing wrong.
    fn sorted(mut self) -> Vec<Complaint> {
        let lines: Vec<&str> = self.text.lines().collect();
        for complaint in &mut self.list {
            let line = complaint.line.and_then(|line| lines.get(line.saturating_sub(1)));
            if let Some(found) = line.and_then(|line| unseen::first(line)) {
                let unseen::Unseen { column, what, hint } = found;
                complaint.what.push_str(&format!(": {what} in column {column}"));
                complaint.column = Some(column);
                complaint.hint = hint.to_owned();
            }
        }
        self.list.sort_by_key(|complaint| (complaint.line, complaint.column));
        self.list
    }
}

/// A text from a file as a message may hold it: short, and harmless to a terminal.
fn shown(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .map(|character| if is_harmful(character) { '\u{fffd}' } else { character })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Wanted values as they were read, and what they were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The values.
    pub profile: Profile,
    /// What a snapshot could not read, and why: nobody can want it.
    pub unreadable: BTreeMap<String, String>,
    /// What they were read from.
    pub form: Form,
    /// How they were taken from a file of another form.
    pub import: Option<Import>,
}

impl Loaded {
    fn profile(profile: Profile) -> Self {
        Self { profile, unreadable: BTreeMap::new(), form: Form::Profile, import: None }
    }

    /// Values from a file of another form, for its own chain and subnet as far as it names them.
    fn imported(mut import: Import) -> std::result::Result<Self, Vec<Complaint>> {
        let profile = Profile { target: import.target(), ..import.profile()? };
        let (unreadable, form) = (BTreeMap::new(), Form::Import);
        Ok(Self { profile, unreadable, form, import: Some(import) })
    }

    /// What a plan has to say about where its values come from.
    fn finding(&self) -> Option<Finding> {
        let import = self.import.as_ref()?;
        let hint =
            import.hint().unwrap_or("compare them with `subtune show` before you apply them");
        Some(finding::finding(finding::IMPORTED, "", import.told(), hint))
    }

    /// The wanted values for this subnet, and what was left out of them. Names that were `asked` for
    /// are kept in any case.
    #[must_use]
    pub fn wanted(
        &self,
        asked: &[String],
        names: Names,
        now: &Snapshot,
    ) -> (BTreeMap<String, Value>, Vec<Finding>) {
        let Self { profile: Profile { hyperparameters, .. }, unreadable, form, import: _ } = self;
        let mut values = hyperparameters.clone();
        if !asked.is_empty() {
            values.retain(|name, _| asked.contains(name));
        }
        if !form.is_selective() {
            return (values, Vec::new());
        }
        let (values, mut left_out) = settable(values, asked, names != Names::Known, now);
        let speaks = |name: &&String| asked.is_empty() || asked.contains(name);
        left_out.extend(unreadable.iter().filter(|(name, _)| speaks(name)).map(|(name, why)| {
            let message = format!("{name} could not be read when the snapshot was taken: {why}");
            finding::finding(
                finding::LEFT_OUT,
                name,
                message,
                "set the value that you want with --set",
            )
        }));
        left_out.extend(self.finding());
        (values, left_out)
    }
}

/// Reads wanted values by the name of a shipped profile or from a file: the one reader of every
/// argument that takes a profile. A shipped name wins; a file that bears one is named with its
/// directory, as in `./liquid-alpha`. A snapshot is a profile, too: that of all its values.
///
/// # Errors
/// When there is no such profile, when the file cannot be read, or with the first
/// complaint about it.
pub fn load(name_or_file: &str, names: Names) -> Result<Loaded> {
    inspect(name_or_file, names)?.map_err(complaints_error)
}

/// The same, with every complaint about the content.
///
/// # Errors
/// When there is no such profile, or the file cannot be read at all.
pub fn inspect(
    name_or_file: &str,
    names: Names,
) -> Result<std::result::Result<Loaded, Vec<Complaint>>> {
    if let Some(text) = profiles::shipped(name_or_file) {
        let profile = parse(text, name_or_file, names);
        return Ok(profile.map(Loaded::profile));
    }
    inspect_file(&settings::path(name_or_file)?, names)?.ok_or_else(|| {
        Error::input(format!("no built-in profile or file named \"{}\"", shown(name_or_file)))
            .hint(format!("{}; or pass a YAML file", shipped_hint(name_or_file)))
    })
}

/// Reads wanted values from a file, whatever its name; nothing when there is none.
///
/// # Errors
/// When the file cannot be read, or with the first complaint about it.
pub fn load_file(path: &Path, names: Names) -> Result<Option<Loaded>> {
    inspect_file(path, names)?.map(|read| read.map_err(complaints_error)).transpose()
}

fn inspect_file(
    path: &Path,
    names: Names,
) -> Result<Option<std::result::Result<Loaded, Vec<Complaint>>>> {
    let document = match Document::read(path) {
        Ok(Ok(document)) => document,
        Ok(Err(complaint)) => return Ok(Some(Err(vec![complaint]))),
        Err(input::Failed::Missing) => return Ok(None),
        Err(failed) => {
            return Err(failed.error(path, "pass a file that exists and that you may read"));
        }
    };
    let Document { file, text, kind } = &document;
    Ok(Some(match kind {
        FileKind::Profile | FileKind::Unknown => parse(text, file, names).map(Loaded::profile),
        FileKind::Snapshot { .. } => parse_snapshot(text, file).map(from_snapshot),
        FileKind::Values(_) => match import::read(text, file) {
            Some(import) => import.and_then(Loaded::imported),
            None => Err(vec![kind.wrong(file, ExpectedKind::Values)]),
        },
        other => Err(vec![other.wrong(file, ExpectedKind::Values)]),
    }))
}

/// All values of a snapshot as wanted ones, for its own chain and subnet.
fn from_snapshot(snapshot: Snapshot) -> Loaded {
    let Snapshot { chain, block, netuid, mut hyperparameters, unknown, unreadable, .. } = snapshot;
    hyperparameters.extend(unknown);
    let target =
        Target { network: chain.network, genesis_hash: chain.genesis_hash, netuid: Some(netuid) };
    let profile = Profile {
        name: format!("snapshot of subnet {netuid} at block {}", block.number),
        description: "all values of a snapshot".to_owned(),
        source: "a snapshot".to_owned(),
        target: Some(target),
        hyperparameters,
        replaces: BTreeMap::new(),
    };
    Loaded { profile, unreadable, form: Form::Snapshot, import: None }
}

/// What to do about a name that no shipped profile bears.
#[must_use]
pub fn shipped_hint(wanted: &str) -> String {
    let near = profiles::names()
        .map(|name| (strsim::damerau_levenshtein(name, wanted), name))
        .min()
        .filter(|(distance, name)| *distance <= name.len() / 2)
        .map_or_else(String::new, |(_, name)| format!("did you mean {name}? "));
    let names: Vec<_> = profiles::names().collect();
    format!("{near}built-in profiles: {}", names.join(", "))
}

/// The complaints about a file as one error: the first one, and how many more.
#[must_use]
pub fn complaints_error(complaints: Vec<Complaint>) -> Error {
    let more = complaints.len().saturating_sub(1);
    let Some(first) = complaints.into_iter().next() else {
        return Error::input("the file is not usable");
    };
    let what = if more == 0 { first.to_string() } else { format!("{first}, and {more} more") };
    let hint = match (more, first.file.as_str()) {
        (0, _) => first.hint,
        // What was read from there is gone.
        (_, input::STDIN_NAME) => format!("{}; `subtune check -` shows all", first.hint),
        (_, file) => format!("{}; `subtune check {}` shows all", first.hint, kind::quoted(file)),
    };
    Error::input(what).hint(hint)
}

#[cfg(test)]
mod tests;
