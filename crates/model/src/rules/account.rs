//! Who may change what, and when nobody may.

use crate::origin::{CALL_FILTERED, Proxy};
use crate::plan::Status;
use crate::snapshot::{Guards, Known, Lease, SetterState, Snapshot, Swap};
use crate::terms::Terms;

/// The chain's error for a change by somebody who may not make it.
pub const BAD_ORIGIN: &str = "BadOrigin";

/// The chain's errors for an owner whose coldkey is being swapped.
const SWAP_DISPUTED: &str = "SubtensorModule.ColdkeySwapDisputed";
const SWAP_ANNOUNCED: &str = "SubtensorModule.ColdkeySwapAnnounced";

/// Whether an error of a status is that of a hold on the whole account, which says nothing about
/// the change itself: safe mode, or a coldkey swap. While safe mode is on, no other rule gives
/// `CallFiltered`.
#[must_use]
pub fn holds_all(error: &str, snapshot: &Snapshot) -> bool {
    match error {
        SWAP_DISPUTED | SWAP_ANNOUNCED => true,
        CALL_FILTERED => {
            let next = snapshot.block.number.saturating_add(1);
            snapshot.guards.safe_mode_until.is().is_some_and(|until| *until >= next)
        }
        _ => false,
    }
}

/// Why the owner's key can change nothing at all in the next block, if so: never, or it cannot be told.
#[must_use]
pub fn held(snapshot: &Snapshot) -> Option<Status> {
    account(snapshot, &Terms::default())
}

/// Why this account can change nothing at all, if so.
pub(super) fn account(snapshot: &Snapshot, terms: &Terms) -> Option<Status> {
    let never = |reason: String, error: &str| {
        Some(Status::NotPermitted { reason, error: Some(error.to_owned()) })
    };
    let guards = &snapshot.guards;
    if let Known::Is(until) = &guards.safe_mode_until
        && *until >= terms.block(snapshot)
    {
        return never(format!("the chain is in safe mode up to block {until}"), CALL_FILTERED);
    }
    // The account of a lease has no key, so only a proxy acts for it.
    if let (Known::Is(Lease { id, beneficiary }), None) = (&guards.lease, terms.origin.proxy()) {
        let who = beneficiary.as_ref().map_or_else(String::new, |who| format!(", {who},"));
        return never(
            format!(
                "the subnet is leased (lease {id}): its beneficiary{who} acts through a proxy of \
                 type SubnetLeaseBeneficiary"
            ),
            BAD_ORIGIN,
        );
    }
    // What stops the owner is not what stops somebody else.
    if let Some(signer) = terms.signer.as_ref().filter(|signer| **signer != snapshot.owner) {
        return never(format!("{signer} is not the owner"), BAD_ORIGIN);
    }
    match &guards.swap {
        Known::Is(Swap { disputed: true }) => {
            never("the coldkey swap of the owner is disputed".to_owned(), SWAP_DISPUTED)
        }
        Known::Is(Swap { disputed: false }) => {
            never("a coldkey swap is announced for the owner".to_owned(), SWAP_ANNOUNCED)
        }
        Known::Unset | Known::Unreadable(_) => None,
    }
}

/// Why nobody can tell whether the owner's account may change anything, if so.
pub(super) fn unknown_account(snapshot: &Snapshot, terms: &Terms) -> Option<Status> {
    let Guards { safe_mode_until, swap, lease, .. } = &snapshot.guards;
    let leased = lease.why().filter(|_| terms.origin.proxy().is_none());
    let (what, why) = [
        ("the chain is in safe mode", safe_mode_until.why()),
        ("a coldkey swap of the owner is announced", swap.why()),
        ("the subnet is leased", leased),
    ]
    .into_iter()
    .find_map(|(what, why)| Some((what, why?)))?;
    Some(Status::Unknown { reason: format!("cannot tell whether {what}: {why}") })
}

/// Why the proxy type forbids a change, if it does.
#[must_use]
pub fn forbidden(name: &str, snapshot: &Snapshot, terms: &Terms) -> Option<Status> {
    let Some(SetterState::Call { pallet, call, .. }) = snapshot.guards.setters.get(name) else {
        return None;
    };
    let Proxy { proxy_type, .. } = terms.origin.proxy()?;
    (!terms.permits.permits(pallet, call)).then(|| Status::NotPermitted {
        reason: format!("a proxy of type {proxy_type} may not call {pallet}.{call}"),
        error: Some(CALL_FILTERED.to_owned()),
    })
}
