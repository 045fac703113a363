//! YAML text ⇄ [`Profile`]: every complaint at once, with its line and what to do.
//!
//! The text is read into a tree that keeps places (`tree`), the tree into fields
//! (`read`) and values (`value`): numbers never pass through a general YAML library,
//! for which `1e3` is a float. [`write()`] is the one canonical spelling. `saved` reads
//! and writes what the tool saves itself, such as snapshots.

use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result, is_harmful};
use crate::model::profile::Profile;
use crate::profiles;

pub mod import;
mod read;
mod saved;
mod schema;
mod tree;
mod value;
mod write;

pub use read::{Names, parse};
pub use saved::{
    from_saved, is_snapshot, parse_snapshot, read_saved, read_snapshot, write_snapshot,
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
    list: Vec<Complaint>,
}

impl Complaints {
    fn new(file: &str) -> Self {
        Self { file: file.to_owned(), list: Vec::new() }
    }

    fn add(&mut self, place: Option<tree::Place>, name: Option<&str>, what: &str, hint: &str) {
        self.list.push(Complaint {
            file: self.file.clone(),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            name: name.map(shown),
            what: what.to_owned(),
            hint: hint.to_owned(),
        });
    }

    /// The complaints in the order of the file.
    fn sorted(mut self) -> Vec<Complaint> {
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

/// Reads a profile by its shipped name or from a file. A shipped name wins; a file
/// that bears one is named with its folder, as in `./liquid-alpha`.
///
/// # Errors
/// When there is no such profile, when the file cannot be read, or with the first
/// complaint about it.
pub fn load(name_or_file: &str, names: Names) -> Result<Profile> {
    if let Some(text) = profiles::shipped(name_or_file) {
        return parse(text, name_or_file, names).map_err(complaints_error);
    }
    let path = Path::new(name_or_file);
    if name_or_file.is_empty() || !path.exists() {
        return Err(Error::input(format!(
            "there is no shipped profile and no file \"{}\"",
            shown(name_or_file)
        ))
        .hint(format!("{}; or name a YAML file", shipped_hint(name_or_file))));
    }
    read_text(path)?
        .map_err(|complaint| vec![complaint])
        .and_then(|text| parse(&text, name_or_file, names))
        .map_err(complaints_error)
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
    format!("{near}shipped profiles: {}", names.join(", "))
}

/// Every complaint about a profile, by its shipped name or its file; none when it is good.
///
/// # Errors
/// When the file cannot be read at all.
pub fn check_file(name_or_file: &str) -> Result<Vec<Complaint>> {
    if let Some(text) = profiles::shipped(name_or_file) {
        return Ok(parse(text, name_or_file, Names::Known).err().unwrap_or_default());
    }
    let path = Path::new(name_or_file);
    Ok(match read_text(path)? {
        Err(complaint) => vec![complaint],
        Ok(text) => {
            parse(&text, &path.display().to_string(), Names::Known).err().unwrap_or_default()
        }
    })
}

/// The complaints about a file as one error: the first one, and how many more.
#[must_use]
pub fn complaints_error(complaints: Vec<Complaint>) -> Error {
    let more = complaints.len().saturating_sub(1);
    let Some(first) = complaints.into_iter().next() else {
        return Error::input("the file is not usable");
    };
    let what = if more == 0 { first.to_string() } else { format!("{first}, and {more} more") };
    let hint = if more == 0 {
        first.hint
    } else {
        format!("{}; `subtune check {}` shows all", first.hint, first.file)
    };
    Error::input(what).hint(hint)
}

/// Reads a text file of bounded size. What is wrong with the content is a complaint,
/// what is wrong with the file or the disk is an error.
fn read_text(path: &Path) -> Result<std::result::Result<String, Complaint>> {
    let file = path.display().to_string();
    let failed = |error: std::io::Error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            _ => error.to_string(),
        };
        Error::input(format!("{file} cannot be read: {reason}"))
            .hint("name a file that exists and that you may read")
            .because(error)
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|handle| handle.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    let mut complaints = Complaints::new(&file);
    if bytes.len() as u64 > MAX_BYTES {
        let what = format!("it is larger than {} KiB", MAX_BYTES / 1024);
        complaints.add(
            None,
            None,
            &what,
            "name another file: none of subtune's files is that large",
        );
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = good.split(|byte| *byte == b'\n').count();
            let place = tree::Place { line, column: 1 };
            let what = "it is not UTF-8 text";
            complaints.add(Some(place), None, what, "save it as UTF-8, or name another file");
            String::new()
        }
    };
    Ok(complaints.list.into_iter().next().map_or(Ok(text), Err))
}

#[cfg(test)]
mod tests;
