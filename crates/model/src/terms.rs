//! How a plan is made: what the owner allows, knows and signs with.

use std::collections::BTreeMap;

use crate::origin::{Filter, Origin};
use crate::simulation::Verdict;
use crate::snapshot::Snapshot;

/// What an owner has told of the subnet that the chain does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Intent {
    /// Blocks of a full evaluation or competition round.
    pub round: Option<u64>,
    /// Blocks between two weight submissions in the validators' code.
    pub epoch_length: Option<u64>,
}

/// How a plan is made.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Leave out what is without effect on the chain.
    pub skip_inert: bool,
    /// Let what no rule decides go: the chain will say.
    pub allow_unknown: bool,
    /// Block in which the calls are to run; `None` is the block after the snapshot.
    pub at: Option<u64>,
    /// SS58 address that will sign; `None` is the owner, or who signs for the owner.
    pub signer: Option<String>,
    /// What the lint of intent goes by.
    pub intent: Intent,
    /// How the signature reaches the owner.
    pub origin: Origin,
    /// What the type of the proxy permits.
    pub permits: Filter,
    /// What the chain's own code has said of changes, by the names of hyperparameters: it goes before
    /// the rules.
    pub verdicts: BTreeMap<String, Verdict>,
}

impl Terms {
    /// The block in which the calls are to run.
    #[must_use]
    pub fn block(&self, snapshot: &Snapshot) -> u64 {
        let next = snapshot.block.number.saturating_add(1);
        self.at.map_or(next, |at| at.max(next))
    }
}
