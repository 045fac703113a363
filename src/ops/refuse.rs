//! What is refused before anything is written or sent, with what to do about it.

use subtune_model::error::{Error, Result};
use subtune_model::origin;
use subtune_model::plan::{Item, Plan, Status};
use subtune_model::ports::ChainRead;
use subtune_model::receipt::Command;
use subtune_model::rules;
use subtune_model::schedule::when;
use subtune_model::simulation::Judgement;
use subtune_model::snapshot::{Known, Snapshot};
use subtune_model::terms::Terms;

/// The error for what ends before the send.
#[must_use]
pub fn unsent(error: Error) -> Error {
    let hint = error.next_step().to_owned();
    error.hint(format!("{hint}; nothing was sent"))
}

/// The error for a question that was answered with no.
pub(super) fn declined() -> Error {
    Error::refused("not confirmed: nothing was written or sent")
        .hint("change the profile or the plan, and try again")
}

/// Only the owner may sign.
///
/// # Errors
/// When another account would be the origin of the calls.
pub fn refuse_stranger(plan: &Plan, signer: &str) -> Result<()> {
    let account = plan.origin.account().unwrap_or(signer);
    if account == plan.owner {
        return Ok(());
    }
    Err(Error::refused(format!(
        "{account} is not the owner of subnet {}: the chain would refuse it ({})",
        plan.netuid,
        rules::BAD_ORIGIN
    ))
    .hint(format!("sign with the coldkey {0}, or as its proxy with --proxy-for {0}", plan.owner)))
}

/// Who is told that something is blocked: a hint names only options that its command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// `subtune apply`
    Apply,
    /// `subtune rollback`
    Rollback,
    /// `subtune plan --unsigned`
    Unsigned,
    /// `subtune fleet apply`
    Fleet,
    /// What was asked for before, and is looked at once more.
    Again,
}

impl From<Command> for Asked {
    fn from(command: Command) -> Self {
        match command {
            Command::Apply => Self::Apply,
            Command::Rollback => Self::Rollback,
        }
    }
}

/// A plan in which something wanted cannot be sent is refused as a whole.
///
/// # Errors
/// With what cannot be sent, unless it may be skipped and something is left.
pub fn refuse_blocked(
    plan: &Plan,
    skip_blocked: bool,
    snapshot: &Snapshot,
    asked: Asked,
) -> Result<()> {
    let blocked: Vec<_> = plan.blocked().collect();
    if blocked.is_empty() || (skip_blocked && !plan.calls.is_empty()) {
        return Ok(());
    }
    let waits = |item: &&Item| match item.status {
        Status::Later { block, .. } => Some(block),
        _ => None,
    };
    let later: Vec<_> = blocked.iter().filter_map(waits).collect();
    let all_wait = later.len() == blocked.len();
    let what = match (
        plan.items.iter().filter(|item| item.status != Status::Unchanged).count(),
        blocked.len(),
    ) {
        (1, _) => "the change".to_owned(),
        (all, some) if all == some => "the changes".to_owned(),
        (all, some) => format!("{some} of {all} changes"),
    };
    let yet = if all_wait { " yet" } else { "" };
    let reasons: Vec<_> = blocked
        .iter()
        .map(|item| format!("{} ({})", item.name, item.status.reason().unwrap_or_default()))
        .collect();
    let hint = blocked_hint(plan, &later, all_wait, snapshot, asked);
    Err(Error::refused(format!("{what} cannot be sent{yet}: {}", reasons.join("; "))).hint(hint))
}

/// What to do about something blocked, by options that the command has.
fn blocked_hint(
    plan: &Plan,
    later: &[u64],
    all_wait: bool,
    snapshot: &Snapshot,
    asked: Asked,
) -> String {
    let sends = matches!(asked, Asked::Apply | Asked::Rollback);
    if let (Some(block), true) = (later.iter().max(), all_wait) {
        let from = format!("the chain accepts it from {}", when(*block, snapshot));
        return match asked {
            Asked::Apply | Asked::Rollback => format!("{from}; use --wait to wait"),
            Asked::Unsigned => format!("{from}: write the file again then"),
            Asked::Fleet => format!(
                "{from}; `subtune apply {}` with --wait waits for it, and --only leaves the subnet out here",
                plan.netuid
            ),
            Asked::Again => format!("{from}: run `subtune plan` again then"),
        };
    }
    if asked == Asked::Again {
        return "run `subtune plan` again, and review it before you apply it".to_owned();
    }
    if plan.blocked().any(|item| item.from.is_none() && is_unclear(plan, item)) {
        return "use another node with --network; if all do this, subtune needs an update"
            .to_owned();
    }
    if plan.blocked().any(|item| is_unclear(plan, item)) {
        if asked == Asked::Fleet {
            return format!(
                "apply it alone with `subtune apply {}` and --allow-unknown, which lets the chain decide",
                plan.netuid
            );
        }
        return "use --allow-unknown to let the chain decide; the preflight asks it before anything is sent"
            .to_owned();
    }
    if snapshot.guards.safe_mode_until == Known::Unset && filtered(plan) {
        return format!(
            "`subtune proxy setup {}` prints the call that grants more; --skip-blocked applies the \
             rest",
            plan.netuid
        );
    }
    match (plan.calls.is_empty(), later.iter().max(), asked) {
        (true, Some(_), _) if sends => {
            "use --skip-blocked with --wait to send what only has to wait".to_owned()
        }
        (true, Some(block), _) => format!(
            "the chain accepts part of it from {}, with --skip-blocked",
            when(*block, snapshot)
        ),
        (true, None, _) => "there is nothing else to apply".to_owned(),
        (false, _, Asked::Rollback | Asked::Fleet) => {
            "use --skip-blocked to apply the rest".to_owned()
        }
        (false, _, _) => "use --skip-blocked to apply the rest, or --only to choose".to_owned(),
    }
}

/// Whether nobody has said anything of it: no rule, and not the chain's own code.
fn is_unclear(plan: &Plan, item: &Item) -> bool {
    matches!(item.status, Status::Unknown { .. }) && !plan.code_refuses.contains(&item.name)
}

/// Whether the type of the proxy forbids something wanted.
fn filtered(plan: &Plan) -> bool {
    let is = |item: &Item| matches!(&item.status, Status::NotPermitted { error: Some(error), .. } if error == origin::CALL_FILTERED);
    plan.origin.proxy().is_some() && plan.blocked().any(is)
}

/// Refuses a plan whose ground has moved since it was made.
///
/// # Errors
/// With everything that is not as it was.
pub fn refuse_moved(plan: &Plan, now: &Snapshot) -> Result<()> {
    let moved = plan.moved(now);
    if moved.is_empty() {
        return Ok(());
    }
    Err(stale(&moved.join("; ")))
}

/// The same error, unless the owner before is the owner now with a new key: then it says so.
pub async fn or_rotated(
    chain: &impl ChainRead,
    before: &str,
    now: &Snapshot,
    error: Error,
) -> Error {
    let Snapshot { owner, block, .. } = now;
    // Whatever goes wrong here, the error is the one to tell.
    if before == owner || !chain.rotated(before, owner, &block.hash).await.unwrap_or(false) {
        return error;
    }
    let what = format!(
        "{}; that was a key rotation and no takeover: the chain notes {owner} as the successor of \
         {before}",
        error.what
    );
    Error { what, ..error }.hint(format!("make a new plan, and sign with the coldkey {owner}"))
}

/// Refuses to send anything but what was shown: the one comparison on every way to a send.
///
/// # Errors
/// With every call that is new, gone or changed, another order, another signing mode.
pub fn refuse_other_calls(shown: &Plan, again: &Plan) -> Result<()> {
    let other = shown.sent_otherwise(again);
    if other.is_empty() { Ok(()) } else { Err(stale(&other.join("; "))) }
}

/// Refuses what the chain's own code has refused.
///
/// # Errors
/// With the chain's error, explained.
pub fn refuse_judged(plan: &Plan) -> Result<()> {
    let Some(Judgement::Ran(ran)) = &plan.judgement else { return Ok(()) };
    let refused = ran.refused.as_ref().or(ran.calls.iter().find_map(|call| call.as_ref().err()));
    let Some(error) = refused else { return Ok(()) };
    let what = format!("the chain's own code refuses the plan: {error}; nothing was sent");
    Err(Error::refused(what)
        .hint(error.advice.unwrap_or("--no-simulate leaves the decision to the node")))
}

/// The error for a plan that no longer fits the chain.
pub(super) fn stale(what: &str) -> Error {
    Error::refused(format!("the plan is out of date: {what}")).hint("run `subtune plan` again")
}

/// The plan once more, on the chain as it is now.
///
/// # Errors
/// When the chain has moved, or other calls would be sent.
pub fn still_holds(plan: &Plan, now: &Snapshot, terms: &Terms) -> Result<Plan> {
    refuse_moved(plan, now)?;
    let again = Plan::build(now, &plan.wishes(), &plan.source, terms);
    refuse_other_calls(plan, &again)?;
    Ok(again)
}
