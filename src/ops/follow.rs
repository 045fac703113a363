//! After the send: find the transaction in a finalized block, and read back.

use std::time::{Duration, Instant};

use subtune_model::error::{Error, Kind, Result};
use subtune_model::hash::Hash32;
use subtune_model::origin::Origin;
use subtune_model::ports::{ChainError, ChainRead, Found, Inside, Proposal};
use subtune_model::receipt::{Change, Outcome, Place, Receipt, Refused, Since, Transaction};

use super::inside::{Came, came};
use super::ports::Journal;
use super::proof::{record, told, unproved};
use super::step::{Step, reached};

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

/// Follows a transaction until its end is known for certain. That it is in a block is written down
/// as soon as it is known, whatever else cannot be read yet.
///
/// # Errors
/// [`Kind::Unknown`] when nothing has been heard for `patience`, the finalized head stands still for
/// much longer, or what the chain says about it cannot be read.
pub(super) async fn follow<C: ChainRead>(
    chain: &C,
    receipt: &mut Receipt,
    journal: &impl Journal,
    patience: Duration,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Ended> {
    let Transaction { birth, death, .. } = receipt.transaction;
    let mut from = birth.saturating_add(1);
    let (mut heard, mut moved) = (Instant::now(), Instant::now());
    let mut tries = 0u32;
    loop {
        let found = chain.find(&receipt.transaction, from).await;
        let mut lost = found.is_err();
        match found {
            Ok(Found::Included { place, result, inside }) => {
                say(&format!("finalized in block {}", place.block));
                reached(Step::Included);
                return Ok(Ended::Included { place, result, inside });
            }
            Ok(Found::Unread { place, why }) => {
                lost = why.kind != Kind::Unknown;
                from = place.block;
                let known = is_included(receipt, place, journal);
                if !lost {
                    return Err(told(why, known, receipt));
                }
            }
            Ok(Found::NotBy(head)) => {
                heard = Instant::now();
                let next = head.saturating_add(1);
                if next >= death {
                    return Ok(Ended::Expired);
                }
                if next > from {
                    from = next;
                    moved = Instant::now();
                    tries = 0;
                }
            }
            Err(error) if error.kind == Kind::Unknown => return Err(error),
            Err(_) => {}
        }
        if heard.elapsed() > patience || moved.elapsed() > patience.saturating_mul(STANDSTILL) {
            return Err(not_known_yet(receipt));
        }
        chain.wait(tries, lost).await;
        tries = tries.saturating_add(1);
    }
}

/// The error for a transaction of which no more can be told now.
fn not_known_yet(receipt: &Receipt) -> Error {
    let hash = &receipt.transaction.hash;
    let what = match receipt.outcome.place() {
        Some(place) => {
            format!(
                "{hash} is in block {}, but what became of it there is not known yet",
                place.block
            )
        }
        None => format!("sent {hash}, but what became of it is not known yet"),
    };
    Error::new(Kind::Unknown, what)
        .hint("do not send it again: `subtune history --refresh` asks the chain")
}

/// Writes down that a transaction is in a block, unless that is written already.
fn is_included(receipt: &mut Receipt, place: Place, journal: &impl Journal) -> Result<()> {
    if matches!(receipt.outcome, Outcome::Included { .. }) {
        return Ok(());
    }
    record(receipt, Outcome::Included { place, refused: Vec::new() }, journal)
}

/// Concludes a transaction that is in a block: what is known already is written down, then what went
/// through is read back there and written down as well. The second of the result tells whether the
/// last of these could be written.
///
/// # Errors
/// [`Kind::Unknown`] when the calls inside it or the values in its block cannot be read: the record
/// says that it is in that block.
pub(super) async fn conclude<C: ChainRead>(
    chain: &C,
    receipt: &mut Receipt,
    journal: &impl Journal,
    place: Place,
    result: Result<(), ChainError>,
    inside: Vec<Inside>,
) -> Result<(Came, Result<()>)> {
    let came = match came(&receipt.origin, &receipt.calls, result, inside) {
        Ok(came) => came,
        Err(error) => {
            let saved = is_included(receipt, place, journal);
            return Err(told(error, saved, receipt));
        }
    };
    if matches!(came, Came::Waits) {
        let saved = record(receipt, Outcome::Proposed { place, since: None }, journal);
        return Ok((came, saved));
    }
    let refused = match came.refused(receipt.calls.len()) {
        Ok(refused) => refused.to_vec(),
        Err(error) => {
            let saved = record(receipt, Outcome::Failed { place, error }, journal);
            return Ok((came, saved));
        }
    };
    let included = Outcome::Included { place: place.clone(), refused: refused.clone() };
    let saved = record(receipt, included, journal);
    let read = match chain.at_block(receipt.netuid, &place.block_hash).await {
        Ok(now) => unproved(receipt, &now).map_err(|why| (why, "; an update of subtune may help")),
        Err(error) => Err((error.to_string(), "")),
    };
    let differs = match read {
        Ok(differs) => differs,
        Err((why, or)) => {
            let what =
                format!("finalized in block {}, but it could not be read back: {why}", place.block);
            let error = Error::new(Kind::Unknown, what)
                .hint(format!("`subtune history --refresh` reads it back later{or}"));
            return Err(told(error, saved, receipt));
        }
    };
    reached(Step::ReadBack);
    let saved = record(receipt, outcome(place, refused, differs), journal);
    Ok((came, saved))
}

/// The outcome of calls that ran, and were read back: what was refused is no proof against the rest.
fn outcome(place: Place, refused: Vec<Refused>, mut differs: Vec<Change>) -> Outcome {
    differs.retain(|change| !refused.iter().any(|one| one.names.contains(&change.name)));
    match (refused.is_empty(), differs.is_empty()) {
        (true, true) => Outcome::Applied { place },
        (true, false) => Outcome::NotProved { place, differs },
        (false, _) => Outcome::Partial { place, refused, differs },
    }
}

/// Asks the chain what has become of a proposal that others run or cancel, and writes the answer down.
/// A call that they have run is proved as one's own is: then the outcome is that of the call.
///
/// # Errors
/// When the node does not answer, what it says cannot be read, or the record cannot be written. The
/// record then stays as it was.
pub async fn update<C: ChainRead>(
    chain: &C,
    receipt: &mut Receipt,
    journal: &impl Journal,
) -> Result<()> {
    let (Outcome::Proposed { place, .. }, Origin::Multisig(multisig)) =
        (&receipt.outcome, &receipt.origin)
    else {
        return Ok(());
    };
    let place = place.clone();
    let since = match chain.proposal(multisig, &place).await? {
        Proposal::Pending(approvals, block) => Since::Pending { approvals, block },
        Proposal::Cancelled(block) => Since::Cancelled { block },
        Proposal::Gone(block, hash) => {
            Since::Gone { block, differs: read_back(chain, receipt, block, &hash).await? }
        }
        Proposal::Run(ran, inside) => {
            let came = came(&receipt.origin, &receipt.calls, Ok(()), inside)?;
            let outcome = match came.refused(receipt.calls.len()) {
                Ok(refused) => {
                    let differs = read_back(chain, receipt, ran.block, &ran.block_hash).await?;
                    outcome(ran, refused.to_vec(), differs)
                }
                Err(error) => Outcome::Failed { place: ran, error },
            };
            receipt.proposed = Some(place);
            return record(receipt, outcome, journal);
        }
    };
    record(receipt, Outcome::Proposed { place, since: Some(since) }, journal)
}

/// What of the values of a record is not so in a block.
async fn read_back<C: ChainRead>(
    chain: &C,
    receipt: &Receipt,
    block: u64,
    hash: &Hash32,
) -> Result<Vec<Change>> {
    let now = chain.at_block(receipt.netuid, hash).await?;
    unproved(receipt, &now).map_err(|why| {
        Error::new(Kind::Unknown, format!("block {block} could not be read back: {why}"))
            .hint("`subtune history --refresh` reads it back later; an update of subtune may help")
    })
}

/// Asks the chain about a record whose end is not known, and writes the answer down.
/// Returns whether the end is known now.
///
/// # Errors
/// When the node does not answer, what it says cannot be read, or the record cannot be written.
pub async fn settle<C: ChainRead>(
    chain: &C,
    receipt: &mut Receipt,
    journal: &impl Journal,
) -> Result<bool> {
    if !receipt.outcome.is_open() {
        return Ok(true);
    }
    let from = match receipt.outcome.place() {
        Some(place) => place.block,
        None => receipt.transaction.birth.saturating_add(1),
    };
    match chain.find(&receipt.transaction, from).await? {
        Found::Included { place, result, inside } => {
            let (_, saved) = conclude(chain, receipt, journal, place, result, inside).await?;
            saved?;
        }
        Found::Unread { place, why } => {
            let saved = is_included(receipt, place, journal);
            return Err(told(why, saved, receipt));
        }
        Found::NotBy(head)
            if receipt.outcome == Outcome::Sending
                && head.saturating_add(1) >= receipt.transaction.death =>
        {
            record(receipt, Outcome::Expired, journal)?;
        }
        Found::NotBy(_) => return Ok(false),
    }
    Ok(true)
}
