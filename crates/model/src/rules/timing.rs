//! From which block the chain takes a change.

use crate::catalog::Hyperparameter;
use crate::plan::Status;
use crate::schedule::{self, Opening};
use crate::snapshot::{SetterState, Snapshot};
use crate::terms::Terms;

/// The chain's error for a change before its rate limit has passed.
pub const RATE_LIMIT: &str = "SubtensorModule.TxRateLimitExceeded";

/// The chain's error for a change inside the freeze window.
pub const FREEZE_WINDOW: &str = "SubtensorModule.AdminActionProhibitedDuringWeightsWindow";

/// Whether rate limit and freeze window allow it in the block of the terms.
pub(super) fn timing(row: &Hyperparameter, snapshot: &Snapshot, terms: &Terms) -> Status {
    let guards = &snapshot.guards;
    let at = terms.block(snapshot);
    let limited = matches!(schedule::limited_until(row, guards), Ok(Some(until)) if until > at);
    let frozen = if row.is_frozen(guards) {
        schedule::frozen(guards, snapshot.netuid, at)
    } else {
        Ok(false)
    };
    // AdminUtils looks at the rate limit first, the two setters of SubtensorModule at the window.
    let window_first = matches!(
        guards.setters.get(row.name),
        Some(SetterState::Call { pallet, .. }) if pallet == "SubtensorModule"
    );
    let first = if window_first && frozen == Ok(true) { FREEZE_WINDOW } else { RATE_LIMIT };
    let error = if limited { first } else { FREEZE_WINDOW };
    let opening = match frozen {
        // Which of the two the chain would name is not known either.
        Err(why) if window_first => Opening::Unclear(why),
        _ => schedule::earliest(row, guards, snapshot.netuid, at),
    };
    match opening {
        Opening::At(block) if block <= at => Status::Ready,
        Opening::At(block) => Status::Later {
            block,
            reason: if limited {
                "rate limited: it was changed recently"
            } else {
                "freeze window: no changes until the next epoch, which can come a block or two late"
            }
            .to_owned(),
            error: error.to_owned(),
        },
        Opening::Never => Status::NotPermitted {
            reason: format!(
                "the freeze window of {} blocks never ends at tempo {}",
                guards.schedule.freeze_window, guards.schedule.tempo
            ),
            error: Some(error.to_owned()),
        },
        Opening::Unclear(why) => Status::Unknown { reason: format!("cannot tell, because {why}") },
    }
}
