//! What the chain will say to a change, before anybody signs.
//!
//! Every check here is one that the chain makes, with the chain's error. [`order`] puts the calls of a
//! batch in order, which run one after the other.

mod account;
mod bounds;
mod effect;
mod order;
#[cfg(test)]
mod tests;
mod timing;
mod unknown;

pub use account::{BAD_ORIGIN, forbidden, held, holds_all};
pub use bounds::{is_out_of_range, range_in_words};
pub use effect::{NOT_IN_NULL, effect_in_words, is_inert, mark_inert_in_null, without_effect};
pub use order::{SideEffect, call_for, order, resend_erased_split, side_effects};
pub use timing::{FREEZE_WINDOW, RATE_LIMIT};
pub use unknown::irreversible;

use account::{account, unknown_account};
use bounds::{ALPHA, Same, bounds};
use timing::timing;
use unknown::{only_the_chain, other_form, unknown_rule};

use crate::catalog::Hyperparameter;
use crate::plan::Status;
use crate::snapshot::{Known, SetterState, Snapshot};
use crate::terms::Terms;
use crate::value::Value;

/// Judges one wanted value on its own: setter, origin, type, rate limit, window.
/// Bounds that depend on other values are checked when the batch is ordered.
#[must_use]
pub fn judge(
    row: Option<&Hyperparameter>,
    name: &str,
    to: &Value,
    snapshot: &Snapshot,
    terms: &Terms,
) -> Status {
    let never = |reason: String, error: Option<&str>| Status::NotPermitted {
        reason,
        error: error.map(str::to_owned),
    };
    if snapshot.known(name) == Known::Is(to) {
        return Status::Unchanged;
    }
    let Some(row) = row else {
        return match snapshot.guards.setters.get(name) {
            Some(SetterState::Call { pallet, call, .. }) => account(snapshot, terms)
                .or_else(|| forbidden(name, snapshot, terms))
                .or_else(|| irreversible(name, snapshot))
                .or_else(|| other_form(name, to, snapshot))
                .or_else(|| unknown_account(snapshot, terms))
                .unwrap_or_else(|| Status::Unknown {
                    reason: format!(
                        "unknown rule: subtune does not know {pallet}.{call}, only the chain can tell"
                    ),
                }),
            // Whoever could not tell how it is set could not tell what it is.
            _ => match snapshot.unreadable.get(name) {
                Some(why) => Status::Unknown { reason: format!("cannot tell: {why}") },
                None => {
                    never(format!("subtune does not know how {name} is set"), None)
                }
            },
        };
    };
    let who = match snapshot.guards.setters.get(name) {
        None | Some(SetterState::Missing) => {
            return never(
                if row.setters.is_empty() {
                    format!("nobody can set {name}")
                } else {
                    format!("runtime {} has no call that sets it", snapshot.chain.spec_version)
                },
                None,
            );
        }
        Some(SetterState::Changed { call, what }) => {
            return never(format!("{call} has other arguments than expected: {what}"), None);
        }
        Some(SetterState::Call { who, .. }) => *who,
    };
    if who == "nobody" {
        return never("the call always fails on this runtime".to_owned(), None);
    }
    if who == "root" {
        return never("only root may set this".to_owned(), Some(BAD_ORIGIN));
    }
    if let Some(never) = account(snapshot, terms).or_else(|| forbidden(name, snapshot, terms)) {
        return never;
    }
    if row.not_on_root && snapshot.netuid == 0 {
        return never(
            "not permitted on the root network".to_owned(),
            Some("AdminUtils.NotPermittedOnRootSubnet"),
        );
    }
    if row.name == "voting_power_tracking" && *to == Value::Bool(false) {
        return never(
            "the owner's call for it, disable_voting_power_tracking, acts 14 days later: nothing could \
             be read back, so subtune does not send it"
                .to_owned(),
            None,
        );
    }
    if let Err(reason) = row.check_type(to) {
        return Status::Invalid { reason, error: None };
    }
    // The chain asks for liquid alpha before it looks at the alpha values: both come with the order.
    let bounded = if ALPHA.contains(&row.name) {
        Ok(())
    } else {
        bounds(row, to, &snapshot.hyperparameters, &snapshot.guards, Same::Skip)
    };
    if let Err(broken) = bounded {
        // No other value mends it; the chain names the first bound that is broken as things are.
        return bounds(row, to, &snapshot.hyperparameters, &snapshot.guards, Same::Check)
            .err()
            .unwrap_or(broken);
    }
    irreversible(name, snapshot)
        .or_else(|| unknown_account(snapshot, terms))
        .or_else(|| unknown_rule(row, snapshot))
        .or_else(|| only_the_chain(row, who, snapshot))
        .unwrap_or_else(|| timing(row, snapshot, terms))
}
