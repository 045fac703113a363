//! What is worth knowing about who signs how.

use crate::finding::{Finding, ONE_BY_ONE, WAITS, finding};
use crate::origin::{Multisig, Origin, Proxy};
use crate::plan::Call;
use crate::schedule::{self, Window};
use crate::snapshot::Snapshot;
use crate::terms::Terms;

/// What is worth knowing about the signing mode of a plan.
#[must_use]
pub(super) fn findings(calls: &[Call], snapshot: &Snapshot, terms: &Terms) -> Vec<Finding> {
    let mut found = Vec::new();
    match terms.origin.proxy() {
        Some(Proxy { proxy_type, apart: true, .. }) if calls.len() > 1 => {
            let message = format!(
                "NOT all or nothing: a proxy of type {proxy_type} cannot batch, so the {} calls run one \
                 by one; one can fail while others are applied",
                calls.len()
            );
            let hint = "apply one change at a time, or use a proxy type that can batch";
            found.push(finding(ONE_BY_ONE, "", message, hint));
        }
        _ => {}
    }
    match &terms.origin {
        Origin::Multisig(multisig) if !multisig.runs() && !calls.is_empty() => {
            let Multisig { threshold, approvals, .. } = multisig;
            let from = terms.block(snapshot);
            let window = |at| schedule::window(&snapshot.guards, snapshot.netuid, at);
            let freeze = match window(from) {
                Ok(Window::Open(Some(at))) => {
                    let ends = match window(at) {
                        Ok(Window::Closed(Some(block))) => format!(" and ends at block {block}"),
                        _ => String::new(),
                    };
                    format!("; the freeze window starts at block {at}{ends}")
                }
                _ => String::new(),
            };
            let message = format!(
                "this is approval {approvals} of {threshold}, and nothing changes before the last one, \
                 which must come outside the freeze window and before anybody else makes one of \
                 these changes{freeze}"
            );
            let hint = "have the other signatories approve soon; the plan shows whether the changes are accepted then";
            found.push(finding(WAITS, "", message, hint));
        }
        Origin::Direct | Origin::Proxy(_) | Origin::Multisig(_) => {}
    }
    found
}
