//! The JSON of btcli: the list of version 9, the objects of version 11.
//!
//! Version 9 writes `[{"hyperparameter": NAME, "value": RAW, "normalized_value": …, …}, …]`: integers
//! raw, fixed-point numbers as decimals, rounded. Version 11 writes `{NAME: RAW, …}`, fixed-point
//! numbers as their bits; with `--name` one object `{"netuid", "name", "value", "kind", …}`. What
//! `btcli --json query subnet-hyperparameters` writes is the flat object with fewer names.

use super::super::tree::{Data, Node};
use super::values::{Cell, Printer, Taken, row};
use super::{ForeignForm, Import};

/// The form of a tree of JSON.
pub(super) fn form(root: &Node) -> Option<ForeignForm> {
    match &root.data {
        Data::List(items) => {
            let named = |item: &Node| {
                item.get("hyperparameter").is_some_and(|entry| entry.value.text().is_some())
                    && item.get("value").is_some()
            };
            (!items.is_empty() && items.iter().all(named)).then_some(ForeignForm::List9)
        }
        Data::Map(entries) => {
            let has = |keys: &[&str]| keys.iter().all(|key| root.get(key).is_some());
            if has(&["netuid", "name", "value", "owner_settable"]) {
                return Some(ForeignForm::One11);
            }
            // A flat object of nothing but values, some of them with names that are known.
            let flat = entries.iter().all(|entry| {
                is_name(&entry.key) && !matches!(entry.value.data, Data::Map(_) | Data::Refused)
            });
            let known = entries.iter().filter(|entry| row(&entry.key).is_some()).count();
            (flat && known > 0 && known.saturating_mul(2) >= entries.len())
                .then_some(ForeignForm::Object11)
        }
        Data::Scalar { .. } | Data::Refused => None,
    }
}

/// Whether it is spelt as the chain spells a name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

pub(super) fn read(file: &str, form: ForeignForm, root: &Node) -> Import {
    let mut taken = Taken::new(Printer::Api);
    let mut netuid = None;
    match form {
        ForeignForm::List9 => {
            let Data::List(items) = &root.data else { return Import::new(file, form, taken) };
            for item in items {
                let name = item.get("hyperparameter").and_then(|entry| entry.value.text());
                if let Some((name, value)) = name.zip(item.get("value")) {
                    taken.take(name, &Cell::node(&value.value));
                }
            }
        }
        ForeignForm::One11 => {
            let name = root.get("name").and_then(|entry| entry.value.text());
            if let Some((name, value)) = name.zip(root.get("value")) {
                taken.take(name, &Cell::node(&value.value));
            }
            netuid = root.get("netuid").and_then(|entry| entry.value.text()?.parse().ok());
        }
        _ => {
            for entry in root.entries().unwrap_or_default() {
                taken.take(&entry.key, &Cell::node(&entry.value));
            }
        }
    }
    Import { netuid, ..Import::new(file, form, taken) }
}
