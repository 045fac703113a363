//! A change, as `--since` names it: the id of a receipt, `last`, or a block.

use std::str::FromStr;

use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::receipt::{Change, Outcome, Receipt};

use super::{Global, connect};
use crate::store;

/// What `--since` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ChangeRef {
    /// The newest change of the subnet.
    Last,
    /// The change of this receipt.
    Receipt(String),
    /// A block.
    Block(u64),
}

impl FromStr for ChangeRef {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(block) => Ok(Self::Block(block)),
            Err(_) if text == "last" => Ok(Self::Last),
            Err(_) if store::is_id(text) => Ok(Self::Receipt(text.to_owned())),
            Err(_) => Err(
                "it is none of: the id of a receipt, as `subtune history` lists them; `last`; a block",
            ),
        }
    }
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// Its block.
    pub(super) block: u64,
    /// What it changed; nothing is known of a bare block.
    pub(super) changes: Vec<Change>,
    /// The id of its receipt.
    pub(super) receipt: Option<String>,
}

/// The change that is meant.
///
/// # Errors
/// When there is none, or it is not on the chain.
pub(super) fn since(
    global: &Global,
    genesis_hash: Hash32,
    netuid: u16,
    since: &ChangeRef,
) -> Result<Made> {
    let state = connect::state(global)?;
    let receipt = match since {
        ChangeRef::Block(block) => {
            return Ok(Made { block: *block, changes: Vec::new(), receipt: None });
        }
        ChangeRef::Receipt(id) => state.receipt(netuid, id)?,
        ChangeRef::Last => {
            let (receipts, _) = state.receipts(Some(netuid))?;
            let changed = |receipt: &Receipt| {
                receipt.chain.genesis_hash == genesis_hash && has_changed(receipt)
            };
            receipts.into_iter().rev().find(changed)
        }
    };
    let Some(receipt) = receipt else {
        let what = match since {
            ChangeRef::Receipt(id) => format!("subnet {netuid} has no record {id}"),
            _ => format!("no change of subnet {netuid} is recorded here"),
        };
        return Err(Error::input(format!("{what} in {}", state.root().display())).hint(
            "`subtune history` lists the records; --state-dir names another directory, and --since takes a \
             block, too",
        ));
    };
    if receipt.chain.genesis_hash != genesis_hash {
        return Err(Error::input(format!(
            "the change {} was made on {}, which is another chain",
            receipt.id, receipt.chain.network
        ))
        .hint("check the --network"));
    }
    match receipt.outcome.place().filter(|_| has_changed(&receipt)) {
        Some(place) => Ok(Made {
            block: place.block,
            changes: receipt.changes.clone(),
            receipt: Some(receipt.id.clone()),
        }),
        None => Err(Error::input(format!(
            "the change {} has changed nothing that is known: {}",
            receipt.id,
            receipt.outcome.word()
        ))
        .hint("`subtune history --refresh` asks the chain what became of it; --since takes a block, too")),
    }
}

/// Whether a record tells of values that are on the chain.
const fn has_changed(receipt: &Receipt) -> bool {
    matches!(
        receipt.outcome,
        Outcome::Included { .. }
            | Outcome::Applied { .. }
            | Outcome::NotProved { .. }
            | Outcome::Partial { .. }
            | Outcome::Closed { applied: true, .. }
    )
}
