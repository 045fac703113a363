//! After the send: find the transaction in a finalized block, and read back.

use std::time::{Duration, Instant};

use super::apply::{Journal, unproved};
use super::inside::{Came, came, in_words};
use super::{ChainError, ChainRead, Found, Inside};
use crate::error::{Error, Kind, Result};
use crate::model::receipt::{Outcome, Place, Receipt, Transaction};

/// How a transaction ended, as the finalized chain tells it.
pub(super) enum Ended {
    /// In a block.
    Included {
        /// Where.
        place: Place,
        /// What the chain said to it.
        result: Result<(), ChainError>,
        /// What it said to the calls inside.
        inside: Vec<Inside>,
    },
    /// In none, and its time is over.
    Expired,
}

/// A chain whose finalized head stands still gets this many times the patience.
pub(super) const STANDSTILL: u32 = 10;

/// Follows a transaction until its end is known for certain.
///
/// # Errors
/// [`Kind::Unknown`] when nothing has been heard for `patience`, or the finalized
/// head stands still for much longer.
pub(super) async fn follow<C: ChainRead>(
    chain: &C,
    transaction: &Transaction,
    patience: Duration,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Ended> {
    let mut from = transaction.birth + 1;
    let (mut heard, mut moved) = (Instant::now(), Instant::now());
    let mut tries = 0;
    loop {
        let found = chain.find(transaction, from).await;
        let lost = found.is_err();
        match found {
            Ok(Found::Included { place, result, inside }) => {
                say(&format!("finalized in block {}", place.block));
                return Ok(Ended::Included { place, result, inside });
            }
            Ok(Found::NotBy(head)) => {
                heard = Instant::now();
                if head + 1 >= transaction.death {
                    return Ok(Ended::Expired);
                }
                if head + 1 > from {
                    from = head + 1;
                    moved = Instant::now();
                    tries = 0;
                }
            }
            Err(error) if error.kind == Kind::Unknown => return Err(error),
            Err(_) => {}
        }
        if heard.elapsed() > patience || moved.elapsed() > patience * STANDSTILL {
            return Err(Error::new(
                Kind::Unknown,
                format!("sent {}, but what became of it is not known yet", transaction.hash),
            )
            .hint("do not send it again: `subtune history --refresh` asks the chain"));
        }
        chain.wait(tries, lost).await;
        tries += 1;
    }
}

/// Concludes a transaction that is in a block: what was refused is told, what went through is read
/// back there.
pub(super) async fn conclude<C: ChainRead>(
    chain: &C,
    receipt: &Receipt,
    place: Place,
    came: &Came,
) -> Result<Outcome> {
    let refused = match came {
        Came::Through => &[],
        Came::Waits => return Ok(Outcome::Proposed { place }),
        Came::Refused(error) => {
            return Ok(Outcome::Failed { place, error: error.to_string() });
        }
        Came::Apart(refused) if refused.len() == receipt.calls.len() => {
            return Ok(Outcome::Failed { place, error: in_words(refused) });
        }
        Came::Apart(refused) => refused.as_slice(),
    };
    let now = chain.at_block(receipt.netuid, &place.block_hash).await.map_err(|error| {
        Error::new(
            Kind::Unknown,
            format!("finalized in block {}, but it could not be read back: {error}", place.block),
        )
        .hint("`subtune history --refresh` reads it back later")
    })?;
    let mut differs = unproved(receipt, &now).map_err(|why| {
        Error::new(
            Kind::Unknown,
            format!("finalized in block {}, but it could not be read back: {why}", place.block),
        )
        .hint("`subtune history --refresh` reads it back later; an update of subtune may help")
    })?;
    differs.retain(|change| !refused.iter().any(|one| one.names.contains(&change.name)));
    Ok(match (refused, differs.is_empty()) {
        ([], true) => Outcome::Applied { place },
        ([], false) => Outcome::NotProved { place, differs },
        (refused, _) => Outcome::Partial { place, refused: refused.to_vec(), differs },
    })
}

/// Asks the chain about a record whose end is not known, and writes the answer down.
/// Returns whether the end is known now.
///
/// # Errors
/// When the node does not answer or the record cannot be written.
pub async fn settle<C: ChainRead>(
    chain: &C,
    receipt: &mut Receipt,
    journal: &impl Journal,
) -> Result<bool> {
    if receipt.outcome != Outcome::Sending {
        return Ok(true);
    }
    let found = chain.find(&receipt.transaction, receipt.transaction.birth + 1).await?;
    receipt.outcome = match found {
        Found::Included { place, result, inside } => {
            let came = came(&receipt.road, &receipt.calls, result, inside)?;
            conclude(chain, receipt, place, &came).await?
        }
        Found::NotBy(head) if head + 1 >= receipt.transaction.death => Outcome::Expired,
        Found::NotBy(_) => return Ok(false),
    };
    journal.save(receipt)?;
    Ok(true)
}
