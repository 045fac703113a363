//! Closing a record of which the chain cannot be made to tell the end, by a named decision.

use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::ports::ChainRead;
use subtune_model::receipt::{Outcome, Receipt};

use super::follow::settle;
use super::ports::{Consent, Journal};
use super::proof::record;

/// What somebody has found out about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it has changed the subnet.
    pub applied: bool,
    /// How that is known.
    pub because: String,
}

/// What closing a record has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The chain has told the end after all: that is in the record, not the decision.
    Told,
    /// The decision is in the record.
    Decided,
}

/// Closes a record by a decision. The chain is asked once more before; `agree` is given why it does
/// not tell.
///
/// # Errors
/// When the end is known, the transaction may still get into a block, the chain cannot be asked how
/// far it is, or the record cannot be written.
pub async fn close<C: ChainRead>(
    chain: &C,
    receipt: &mut Receipt,
    journal: &impl Journal,
    decision: &Decision,
    agree: impl FnOnce(&Receipt, &str) -> Result<Consent>,
) -> Result<Closing> {
    if !receipt.outcome.is_open() {
        let (id, word) = (&receipt.id, receipt.outcome.word());
        return Err(Error::refused(format!("the outcome of {id} is known: {word}"))
            .hint("there is nothing to close: `subtune history` shows it"));
    }
    let why = match settle(chain, receipt, journal).await {
        Ok(true) => return Ok(Closing::Told),
        Ok(false) => "the chain has not told its end yet".to_owned(),
        Err(error) => error.what,
    };
    // One that is in a block will get into no other.
    if receipt.outcome == Outcome::Sending {
        let unknown = Hash32::new([0; 32]);
        let head = chain.head(&unknown).await?.map_or(0, |head| head.number);
        let death = receipt.transaction.death;
        if head.saturating_add(1) < death {
            return Err(Error::refused(format!(
                "the transaction may still get into a block: it is valid before block {death}, and \
                 block {head} is the latest finalized one"
            ))
            .hint("wait for it: `subtune history --refresh` asks the chain"));
        }
    }
    if matches!(agree(receipt, &why)?, Consent::No) {
        return Err(Error::refused("not confirmed: the record stays open")
            .hint("`subtune history --refresh` asks the chain once more"));
    }
    let outcome = Outcome::Closed {
        applied: decision.applied,
        because: decision.because.clone(),
        at: crate::time::now(),
        place: receipt.outcome.place().cloned(),
    };
    record(receipt, outcome, journal)?;
    Ok(Closing::Decided)
}
