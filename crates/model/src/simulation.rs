//! What the chain's own code does with calls when it runs here, and nothing is sent.

use crate::call::Call;
use crate::chain_error::{ChainError, Inside};
use crate::hash::Hash32;
use crate::origin::Origin;
use crate::snapshot::Anchor;
use crate::value::Value;

/// What an error begins with that says why the chain's own code could not be run.
pub const CODE_CANNOT_RUN: &str = "the chain's own code cannot be run: ";

/// One transaction to try: nobody signs it, and it can be sent nowhere.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// How they reach the owner.
    pub origin: Origin,
    /// SS58 address of the account that would sign.
    pub signer: String,
    /// Whether the signer is lent what the fee takes: an account that only others act for may have nothing.
    pub lent: bool,
    /// Block in which it would run: later than the one whose state it is tried on.
    pub block: u64,
    /// What the chain will have noted of its epochs by then; `None` where it is as in that state.
    pub epochs: Option<Anchor>,
    /// The trial that has run before it, by its place in the list; `None` when nothing has.
    pub after: Option<usize>,
}

/// What one of them came to.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What the chain said to the transaction, whether it let it in or not.
    pub result: Result<(), ChainError>,
    /// What it said to calls inside it, in order.
    pub inside: Vec<Inside>,
    /// The fee in rao, as it was taken; `None` when the transaction was not let in.
    pub fee_rao: Option<u64>,
    /// What it has changed, but for accounts, fees and the chain's own books.
    pub effects: Vec<StateChange>,
}

/// A stored value that a transaction has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// Where it is stored: `Pallet.Item`, with its keys in parentheses.
    pub item: String,
    /// The hyperparameter of this subnet that it is, where it is one.
    pub name: Option<String>,
    /// The hyperparameter of this subnet whose last change it notes, for the rate limit.
    pub clock_of: Option<String>,
    /// Value before; `None` where it has no exact form.
    pub from: Option<Value>,
    /// Value after; `None` where it has no exact form.
    pub to: Option<Value>,
}

/// What the chain's own code says of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It lets it go.
    Accepted,
    /// It refuses it, with this error.
    Refused(ChainError),
}

/// What the chain's own code says of a block, which the rules have worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The block.
    pub block: u64,
    /// Whether, by the rules, it is the first one in which the change is accepted.
    pub first: bool,
    /// What it says in the block before; `None` where none lies between this one and the plan's.
    pub before: Option<Result<(), ChainError>>,
    /// What it says in the block.
    pub at: Result<(), ChainError>,
    /// The last epoch that the schedule foretells by then, and that was taken for granted.
    pub epoch: Option<u64>,
}

impl Confirmation {
    /// Whether the code says what the rules say.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.at.is_ok() && self.before.as_ref().is_none_or(|said| said.is_err() == self.first)
    }

    /// The block before with its error, where the change is still refused.
    #[must_use]
    pub fn refused(&self) -> Option<(u64, &ChainError)> {
        let error = self.before.as_ref()?.as_ref().err()?;
        Some((self.block.saturating_sub(1), error))
    }
}

/// A plan as the chain's own code has judged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It could not be asked, or nobody wanted it to be.
    Unavailable {
        /// Why, for a person.
        reason: String,
    },
    /// It has run the calls of the plan.
    Ran(Ran),
}

/// A run of a plan's calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Version of the code.
    pub spec_version: u32,
    /// BLAKE2-256 of the code.
    pub code_hash: Hash32,
    /// Block for which it was run.
    pub block: u64,
    /// What the code says of that block, where it is not simply the next one.
    pub confirmed: Option<Box<Confirmation>>,
    /// Why the transaction as a whole is refused, if it is.
    pub refused: Option<ChainError>,
    /// Whether the calls wait for more approvals, and were run as they will be then.
    pub waits: bool,
    /// What became of each call of the plan.
    pub calls: Vec<Result<(), ChainError>>,
    /// The fee in rao, as it was taken.
    pub fee_rao: Option<u64>,
    /// What the calls change in storage.
    pub effects: Vec<StateChange>,
    /// Requests that it took.
    pub requests: u64,
    /// Bytes that it took.
    pub bytes: u64,
}

/// What several transactions came to, each on the same state.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Version of the code that was run.
    pub spec_version: u32,
    /// BLAKE2-256 of that code, as the chain keeps it.
    pub code_hash: Hash32,
    /// What each came to, in the order in which they were given.
    pub tried: Vec<Tried>,
    /// Requests to the node that it took.
    pub requests: u64,
    /// Bytes that the node sent for it.
    pub bytes: u64,
}
