//! What subtune itself prints with `--format json` or `yaml`, and its snapshots.

use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::snapshot::Snapshot;

use super::super::shown;
use super::super::tree::{Data, Node};
use super::values::{self, Cell, Printer, Taken, UNKNOWN};
use super::{ForeignForm, Import};

/// The form of a tree that subtune has written and that holds one value per hyperparameter.
pub(super) fn form(root: &Node) -> Option<ForeignForm> {
    let text = |key: &str| root.get(key).and_then(|entry| entry.value.text());
    if text("kind") == Some("snapshot") {
        return Some(ForeignForm::Snapshot);
    }
    root.get("schema_version")?;
    let values = root.get("hyperparameters").is_some_and(|entry| entry.value.entries().is_some());
    match text("command")? {
        "show" | "snapshot" if values => Some(ForeignForm::Shown),
        "plan" => root.get("items").map(|_| ForeignForm::Planned),
        "import" | "profiles" if values => Some(ForeignForm::Listed),
        _ => None,
    }
}

fn is_known(name: &str) -> bool {
    values::row(name).is_some()
}

fn unread(why: &str) -> String {
    format!("it could not be read from the chain: {why}")
}

pub(super) fn snapshot(file: &str, snapshot: Snapshot) -> Import {
    let Snapshot { chain, block, netuid, hyperparameters, unknown, unreadable, .. } = snapshot;
    let mut taken = Taken::new(Printer::Own);
    for (name, value) in hyperparameters {
        taken.stored(&name, value);
    }
    for name in unknown.keys() {
        taken.leave(name, UNKNOWN);
    }
    for (name, why) in &unreadable {
        taken.leave(name, unread(why));
    }
    Import {
        netuid: Some(netuid),
        network: Some(chain.network),
        genesis_hash: Some(chain.genesis_hash),
        block: Some(block.number),
        ..Import::new(file, ForeignForm::Snapshot, taken)
    }
}

pub(super) fn result(file: &str, form: ForeignForm, root: &Node) -> Import {
    let mut taken = Taken::new(Printer::Own);
    match form {
        ForeignForm::Planned => {
            let items = root.get("items").map(|entry| &entry.value.data);
            for item in match items {
                Some(Data::List(items)) => items.as_slice(),
                _ => &[],
            } {
                let name = item.get("name").and_then(|entry| entry.value.text());
                if let Some((name, to)) = name.zip(item.get("to")) {
                    taken.take(name, &Cell::node(&to.value));
                }
            }
        }
        _ => {
            let rows = root.get("hyperparameters").and_then(|entry| entry.value.entries());
            for row in rows.unwrap_or_default() {
                // `show` tells more about each; the others have the value alone.
                let value = row.value.get("raw").map_or(&row.value, |raw| &raw.value);
                taken.take(&row.key, &Cell::node(value));
            }
        }
    }
    let rest = root.get("unknown").and_then(|entry| entry.value.entries());
    for row in rest.unwrap_or_default() {
        taken.leave(&row.key, UNKNOWN);
    }
    let unreadable = root.get("unreadable").and_then(|entry| entry.value.entries());
    // What is not a hyperparameter there, such as the epoch schedule, is nobody's wish.
    for row in unreadable.unwrap_or_default().iter().filter(|row| is_known(&row.key)) {
        taken.leave(&row.key, unread(&shown(row.value.text().unwrap_or_default())));
    }
    let text = |key: &str| root.get(key).and_then(|entry| entry.value.text());
    let genesis_hash = text("genesis_hash").and_then(|hash| hash.parse::<Hash32>().ok());
    Import {
        netuid: text("netuid").and_then(|netuid| netuid.parse().ok()),
        network: genesis_hash.as_ref().map(|hash| network::name_of(hash).to_owned()),
        genesis_hash,
        block: text("block").and_then(|block| block.parse().ok()),
        ..Import::new(file, form, taken)
    }
}
