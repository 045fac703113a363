//! The text of `btcli hparams get` in version 11, as it is redirected to a file.
//!
//! ```text
//! hyperparameters netuid 46 (a name)
//!                  immunity_period                  7200  ≈ 1d       prune-immunity window for …
//!               burn_increase_mult  23242897532874035200  ≈ 1.26     shared burn/PoW bump …
//!
//!   help: --name kappa explains one parameter and how to set it
//! ```
//!
//! No line of it is folded or cut. The second column is the raw value, fixed-point numbers as their
//! bits, switches as True and False; the reading beside it is rounded. With `--name` the title is
//! `NAME  netuid 46 …`, with a line `value  RAW` below it.

use super::btcli_json::is_name;
use super::values::{Cell, Printer, Taken, row};
use super::{ForeignForm, Import};

/// A listing that was found in a text.
pub(super) struct Listing<'text> {
    pub(super) form: ForeignForm,
    netuid: Option<u16>,
    /// Name and value of each line.
    rows: Vec<(&'text str, &'text str)>,
    /// Lines that are no name and value.
    odd: Vec<&'text str>,
}

/// Finds the listing by its title.
pub(super) fn find(text: &str) -> Option<Listing<'_>> {
    let mut lines = text.lines();
    loop {
        let title: Vec<_> = lines.next()?.split_whitespace().collect();
        let (form, netuid, name) = match title.as_slice() {
            ["hyperparameters", "netuid", netuid, ..] => {
                (ForeignForm::Text11, netuid.parse().ok(), None)
            }
            ["subnet_hyperparameters"] => (ForeignForm::Text11, None, None),
            [name, "netuid", netuid, ..] if is_name(name) && row(name).is_some() => {
                (ForeignForm::OneText11, netuid.parse().ok(), Some(*name))
            }
            _ => continue,
        };
        let mut found = Listing { form, netuid, rows: Vec::new(), odd: Vec::new() };
        for line in lines.by_ref() {
            let mut words = line.split("  ").map(str::trim).filter(|word| !word.is_empty());
            match (words.next(), words.next(), name) {
                (None, ..) => break,
                (Some("value"), Some(value), Some(name)) => found.rows.push((name, value)),
                (_, _, Some(_)) => {}
                (Some(name), Some(value), None) if is_name(name) => found.rows.push((name, value)),
                // The rest of a title that was folded stands before the first value.
                (Some(_), ..) if found.rows.is_empty() => {}
                (Some(_), ..) => found.odd.push(line.trim()),
            }
        }
        return (!found.rows.is_empty()).then_some(found);
    }
}

pub(super) fn read(file: &str, listing: &Listing<'_>) -> Import {
    let Listing { form, netuid, rows, odd } = listing;
    let mut taken = Taken::new(Printer::Api);
    for (name, value) in rows {
        taken.take(name, &Cell::printed(value));
    }
    for line in odd {
        taken.leave(line, "the line is not a name and a value");
    }
    Import { netuid: *netuid, ..Import::new(file, *form, taken) }
}
