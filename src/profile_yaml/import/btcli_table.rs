//! The table of btcli 9 and older, as it is redirected to a file.
//!
//! ```text
//!                              Subnet Hyperparameters
//!                  NETUID: 46 (a name) - Network: finney
//!
//!                                                  OWNER
//!  HYPERPARAMETER   VALUE          NORMALIZED      SETTABLE        DESCRIPTION
//!  ──────────────────────────────────────────────────────────────────────────────
//!    activity_cu…   13889          13.889          COMPLICATED     Tolerated
//!                                                  (Owner/Sudo)    validator
//! ```
//!
//! A file is 80 columns wide for it unless `COLUMNS` says otherwise: names and values that do not fit
//! end in an ellipsis, other texts are folded into lines whose first columns are blank. Older versions
//! have the first three columns alone. VALUE is the raw integer, and a rounded decimal for fixed-point
//! numbers; NORMALIZED is rounded, and for bonds_moving_avg wrong.

use std::collections::BTreeMap;

use subtune_model::catalog::{self, Hyperparameter};

use super::super::tree::TextPlace;
use super::super::{Complaint, Complaints};
use super::btcli_json::is_name;
use super::values::{Cell, Printer, Taken, admits, row};
use super::{ForeignForm, Import};

/// A table that was found in a text.
pub(super) struct Table<'text> {
    /// The lines of the text.
    lines: Vec<&'text str>,
    /// Index of the header line; of the second one, too, when there are two.
    headers: Vec<usize>,
    columns: Columns,
}

/// Where the columns begin, in characters.
#[derive(Clone, Copy)]
struct Columns {
    name: usize,
    value: usize,
    reading: usize,
}

/// Finds the table, by its header and the rule below it.
pub(super) fn find(text: &str) -> Option<Table<'_>> {
    let lines: Vec<_> = text.lines().collect();
    let is_header = |index: &usize| {
        lines.get(*index).copied().and_then(header).is_some()
            && lines.get(index.saturating_add(1)).is_some_and(|line| is_rule(line))
    };
    let headers: Vec<_> = (0..lines.len()).filter(is_header).collect();
    let columns = header(lines.get(*headers.first()?)?)?;
    Some(Table { lines, headers, columns })
}

/// The columns, when the line is the header of the table.
fn header(line: &str) -> Option<Columns> {
    let mut found = [0; 3];
    let mut words = words(line);
    for (place, title) in found.iter_mut().zip(["HYPERPARAMETER", "VALUE", "NORMALIZED"]) {
        let (start, word) = words.next()?;
        let fits = match word.strip_suffix('…') {
            Some(cut) => cut.len() >= 2 && title.starts_with(cut),
            None => word == title,
        };
        if !fits {
            return None;
        }
        *place = start;
    }
    let [name, value, reading] = found;
    Some(Columns { name, value, reading })
}

/// The words of a line, each with the character at which it begins.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0usize;
    line.split(' ').filter_map(move |word| {
        let start = at;
        at = at.saturating_add(word.chars().count()).saturating_add(1);
        (!word.is_empty()).then_some((start, word))
    })
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.chars().all(|c| matches!(c, '─' | '━' | '-'))
}

/// The characters of a line from one place to another.
fn cell(line: &str, from: usize, to: usize) -> String {
    line.chars().skip(from).take(to.saturating_sub(from)).collect()
}

/// One row: its name as it stands, and its value.
struct Row {
    name: String,
    value: String,
}

pub(super) fn read(file: &str, table: &Table<'_>) -> Result<Import, Vec<Complaint>> {
    let Table { lines, headers, columns } = table;
    if let [_, second, ..] = headers.as_slice() {
        let mut out = Complaints::new(file);
        let place = TextPlace { line: second.saturating_add(1), column: 1 };
        let hint = "keep one table in a file";
        out.add(Some(place), None, "a second table begins here", hint);
        return Err(out.sorted());
    }
    let head = headers.first().copied().unwrap_or_default();
    let mut rows = Vec::new();
    for line in lines.iter().skip(head.saturating_add(2)) {
        if is_rule(line) {
            break;
        }
        // A tip below the table, should the closing rule be lost.
        if line.chars().take(columns.name).any(|c| c != ' ') {
            break;
        }
        let name = cell(line, columns.name, columns.value).trim().to_owned();
        let value = cell(line, columns.value, columns.reading).trim().to_owned();
        if !name.is_empty() || !value.is_empty() {
            rows.push(Row { name, value });
        }
    }
    let mut taken = Taken::new(Printer::Api);
    let mut cut: BTreeMap<&str, Vec<Cell>> = BTreeMap::new();
    for Row { name, value } in &rows {
        if is_name(name) {
            taken.take(name, &Cell::printed(value));
        } else if let Some(prefix) = name.strip_suffix('…').filter(|prefix| is_name(prefix)) {
            cut.entry(prefix).or_default().push(Cell::printed(value));
        } else {
            taken.leave(&format!("{name} {value}"), "the line is not a name and a value");
        }
    }
    for (prefix, cells) in cut {
        for cell in &cells {
            whole_name(&mut taken, prefix, cell, &cells);
        }
    }
    let netuid = netuid(&lines.get(..head).unwrap_or_default().join(" "));
    Ok(Import { netuid, ..Import::new(file, ForeignForm::Table9, taken) })
}

/// Takes a value whose name is cut off, when only one name is possible: by its beginning, by its
/// value, and since no other row may have the same one.
fn whole_name(taken: &mut Taken, prefix: &str, cell: &Cell, cells: &[Cell]) {
    let name = format!("{prefix}…");
    if let Cell::Odd(value) = cell {
        return taken.leave(&name, format!("its name and its value are cut off: {name} {value}"));
    }
    let possible: Vec<&'static str> = catalog::ALL
        .iter()
        .filter_map(|row| {
            let mut spellings = spellings(row);
            spellings.find(|name| is_cut(name, prefix) && admits(name, row, cell))
        })
        .collect();
    let is_rival = |other: &&Cell| {
        let admitted = |name: &&str| row(name).is_some_and(|row| admits(name, row, other));
        matches!(other, Cell::Odd(_)) || possible.iter().any(admitted)
    };
    let rivals = cells.iter().filter(is_rival).count();
    match possible.as_slice() {
        [whole] if rivals == 1 => taken.take(whole, cell),
        [] => taken.leave(&name, "its name is cut off, and no name that is known begins like this"),
        [whole] => {
            taken.leave(&name, format!("its name is cut off: {rivals} rows may be {whole}"));
        }
        several => {
            let names = several.join(" or ");
            taken.leave(&name, format!("its name is cut off: it may be {names}"));
        }
    }
}

/// Every name that a printer may use for a row, that of the API first.
fn spellings(row: &'static Hyperparameter) -> impl Iterator<Item = &'static str> {
    row.api.into_iter().chain([row.name]).chain(row.aliases.iter().copied())
}

/// Whether a name is longer than its beginning and one character, in whose place the ellipsis would
/// not have been needed.
fn is_cut(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 2)
}

/// The netuid of the title, which stands before the name that the owner gave the subnet.
fn netuid(title: &str) -> Option<u16> {
    let mut words = title.split_whitespace();
    words.find(|word| *word == "NETUID:")?;
    words.next()?.parse().ok()
}
