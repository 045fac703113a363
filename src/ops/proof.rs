//! How a change ended: read back and compared, written down, told.

use subtune_model::error::{Error, Kind, Result};
use subtune_model::receipt::{Change, Outcome, Receipt, Refused};
use subtune_model::snapshot::{Known, Snapshot};

use super::inside::in_words;
use super::ports::Journal;
use super::step::{Step, reached};

/// Writes an end down: before anything else is read or written, so that no later trouble loses it.
pub(super) fn record(
    receipt: &mut Receipt,
    outcome: Outcome,
    journal: &impl Journal,
) -> Result<()> {
    receipt.outcome = outcome;
    journal.save(receipt)?;
    if !receipt.outcome.is_open() {
        reached(Step::Ended);
    }
    Ok(())
}

/// Writes down that a signed transaction was not sent. Nothing changed, so there is nothing to take
/// back; the record stays, since the preflight has shown the signature to the node.
pub(super) fn not_sent(receipt: &mut Receipt, error: String, journal: &impl Journal) -> Result<()> {
    record(receipt, Outcome::NotSent { error }, journal)?;
    journal.discard_rollback(&receipt.id);
    Ok(())
}

/// A bad end, together with what kept it from being written down.
pub(super) fn told(bad_end: Error, saved: Result<()>, receipt: &Receipt) -> Error {
    match saved {
        Ok(()) => bad_end,
        Err(error) => unrecorded(receipt, Some(bad_end), error),
    }
}

/// The error for an end that is known and cannot be written down.
pub(super) fn unrecorded(receipt: &Receipt, bad_end: Option<Error>, error: Error) -> Error {
    let (kind, ended) = match (bad_end, receipt.outcome.place()) {
        (Some(bad), _) => (bad.kind, bad.what),
        (None, Some(place)) => {
            (Kind::Other, format!("every value read back equal in block {}", place.block))
        }
        (None, None) => (Kind::Other, "the change has ended".to_owned()),
    };
    let hint = error.next_step();
    let hint = format!("{hint}; then `subtune history --refresh` completes the record");
    let what = format!("{ended}; but the record of it cannot be completed: {}", error.what);
    Error::new(kind, what).hint(hint).because(error)
}

/// The error for values that were applied and then read otherwise.
#[must_use]
pub(super) fn not_proved(differs: &[Change], receipt: &Receipt) -> Error {
    Error::new(
        Kind::Partial,
        format!("the transaction succeeded, but read back: {}", differs_in_words(differs)),
    )
    .hint(format!(
        "look at `subtune show {}`; to roll back: `{}`",
        receipt.netuid,
        back(receipt)
    ))
}

fn differs_in_words(differs: &[Change]) -> String {
    let words = differs
        .iter()
        .map(|change| format!("{} is {}, wanted {}", change.name, change.from, change.to));
    words.collect::<Vec<_>>().join("; ")
}

/// The error for calls of which the chain refused some and kept others.
pub(super) fn partial(refused: &[Refused], differs: &[Change], receipt: &Receipt) -> Error {
    let kept: Vec<_> = receipt
        .changes
        .iter()
        .map(|change| change.name.as_str())
        .filter(|name| !refused.iter().any(|refused| refused.names.iter().any(|it| it == name)))
        .collect();
    let read = match differs {
        [] => "stays".to_owned(),
        differs => format!("stays, but reads back as {}", differs_in_words(differs)),
    };
    Error::new(
        Kind::Partial,
        format!("the chain refused {}; {} {read}", in_words(refused), kept.join(", ")),
    )
    .hint(format!("make a new plan for the rest; to roll back: `{}`", back(receipt)))
}

/// The values of a receipt that the chain now says otherwise.
///
/// # Errors
/// With what cannot be read: that is neither equal nor different.
pub(super) fn unproved(receipt: &Receipt, now: &Snapshot) -> Result<Vec<Change>, String> {
    let mut differs = Vec::new();
    for Change { name, from: _, to } in &receipt.changes {
        let read = match now.known(name) {
            Known::Is(read) => read,
            Known::Unset => return Err(format!("{name}: the chain has none")),
            Known::Unreadable(why) => return Err(format!("{name}: {why}")),
        };
        if read != to {
            differs.push(Change { name: name.clone(), from: read.clone(), to: to.clone() });
        }
    }
    Ok(differs)
}

/// The command that takes a change back. Where it is printed, it is completed by what this run works
/// with.
#[must_use]
pub fn back(receipt: &Receipt) -> String {
    let origin = receipt.origin.options(&receipt.signer);
    format!("subtune rollback {} --to {}{origin}", receipt.netuid, receipt.id)
}
