//! Apply: confirm, unlock, read, write the way back, sign, journal, preflight, send once, prove.

use std::time::Duration;

use subtune_model::error::{Error, Result};
use subtune_model::plan::Plan;
use subtune_model::ports::{ChainWrite, Signed, Submitted};
use subtune_model::receipt::{Change, Command, FORMAT_VERSION, Outcome, Receipt};
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::blame::{blame, refused_by_chain, too_early_to_tell};
use super::follow::{Ended, conclude, follow};
use super::inside::Came;
use super::ports::{Confirm, Consent, Journal, Sign};
use super::proof::{not_proved, not_sent, partial, record, told, unrecorded};
use super::refuse::{
    declined, or_rotated, refuse_blocked, refuse_judged, refuse_other_calls, refuse_stranger,
    still_holds, unsent,
};
use super::step::{Step, reached};
use super::way_back::way_back;

/// What to apply, and how.
pub struct Request {
    /// Which command it is.
    pub command: Command,
    /// The plan, made on the snapshot.
    pub plan: Plan,
    /// The plan that was saved and looked at before, if there is one: what it would send is sent, or
    /// nothing.
    pub saved: Option<Plan>,
    /// SS58 address that will sign.
    pub signer: String,
    /// Do what can be done although something wanted cannot.
    pub skip_blocked: bool,
    /// How the plan was made, and is made again before anything is written.
    pub terms: Terms,
    /// Stop before anything is unlocked, written or sent.
    pub dry_run: bool,
    /// How long to wait for a dead connection; a chain that stands still gets more.
    pub patience: Duration,
}

/// What an apply has come to.
#[derive(Debug)]
pub enum Applied {
    /// Everything is already so.
    Nothing,
    /// A dry run ends here.
    DryRun,
    /// The receipt of what was done and proved.
    Done(Box<Receipt>),
}

/// Applies a plan and proves it.
///
/// # Errors
/// Refusals before anything is sent; after that the receipt on disk says how far it
/// came.
pub async fn apply<C: ChainWrite, S: Sign + Sync>(
    chain: &C,
    request: Request,
    snapshot: &Snapshot,
    confirm: &impl Confirm,
    journal: &impl Journal,
    unlock: impl AsyncFnOnce() -> Result<S>,
) -> Result<Applied> {
    let Request { command, mut plan, saved, signer, skip_blocked, terms, dry_run, patience } =
        request;
    refuse_blocked(&plan, skip_blocked, snapshot, command.into())?;
    if let Some(saved) = &saved {
        refuse_other_calls(saved, &plan)?;
    }
    if plan.calls.is_empty() {
        return Ok(Applied::Nothing);
    }
    refuse_judged(&plan)?;
    if let Err(error) = refuse_stranger(&plan, &signer) {
        let account = plan.origin.account().unwrap_or(&signer);
        return Err(or_rotated(chain, account, snapshot, error).await);
    }
    if plan.fee_rao.is_none() {
        plan.fee_rao = chain.fee(&plan.calls, &plan.origin, &signer).await?;
    }
    if dry_run {
        return Ok(Applied::DryRun);
    }
    if matches!(confirm.confirm(&plan, snapshot)?, Consent::No) {
        return Err(declined());
    }
    reached(Step::Confirmed);
    let key = unlock().await?;
    reached(Step::Unlocked);
    if key.address() != signer {
        return Err(Error::wallet(format!(
            "the key is {}, not {signer}: nothing was sent",
            key.address()
        ))
        .hint(format!("sign with the key of {signer}")));
    }
    // Only now: what moved while a password was asked for is seen, too.
    let now = chain.latest(plan.netuid).await?;
    if let Err(error) = still_holds(&plan, &now, &terms) {
        return Err(or_rotated(chain, &plan.owner, &now, error).await);
    }
    let unsigned = chain.prepare(&plan.calls, &plan.origin, &signer).await?;
    reached(Step::Read);

    let id = journal.new_id(&plan);
    let sign = async || {
        let rollback = journal.save_rollback(&id, &way_back(&plan, &id, &now)?)?;
        reached(Step::RollbackWritten);
        let signed = chain.sign(&unsigned, &|payload| key.sign(payload)).await?;
        reached(Step::Signed);
        let receipt = about_to_send(&id, command, &plan, &signer, &signed);
        journal.save(&receipt)?;
        Ok((signed, receipt, rollback))
    };
    let ready = sign().await;
    drop(key);
    let (signed, mut receipt, rollback) = ready.map_err(|error| {
        // It has not left this machine.
        journal.discard_rollback(&id);
        journal.discard(&id);
        unsent(error)
    })?;
    reached(Step::Recorded);
    confirm.say(&format!("wrote rollback profile {rollback}"));

    match chain.preflight(&signed).await {
        Ok(Some(Err(error))) if !too_early_to_tell(&error, &plan, &now) => {
            let saved = not_sent(&mut receipt, error.to_string(), journal);
            // What moved since the plan is in the newest state, if it is final already.
            let newest = chain.latest(plan.netuid).await.unwrap_or(now);
            let blamed = blame(&plan, &error, &newest);
            let done = "nothing was sent, no fee was paid";
            let bad_end = refused_by_chain(&plan, &blamed, &error, done);
            return Err(told(bad_end, saved, &receipt));
        }
        Ok(Some(_)) => {}
        Ok(None) => confirm.say("this node offers no preflight; continuing without it"),
        Err(error) => {
            let saved = not_sent(&mut receipt, error.what.clone(), journal);
            return Err(told(unsent(error), saved, &receipt));
        }
    }
    reached(Step::Preflighted);
    let submitted = chain.submit(&signed).await;
    reached(Step::Submitted);
    match submitted {
        Submitted::Pooled => {
            confirm.say(&format!("sent {}; waiting for finalization", signed.transaction.hash))
        }
        Submitted::Rejected(error) => {
            let saved =
                record(&mut receipt, Outcome::Rejected { error: error.to_string() }, journal);
            let advice = error.advice.unwrap_or("run `subtune plan` again and retry");
            let bad_end = Error::refused(format!("the node refused the transaction: {error}"))
                .hint(format!("nothing changed on the chain; {advice}"));
            return Err(told(bad_end, saved, &receipt));
        }
        Submitted::Doubtful(why) => confirm.say(&format!(
            "sent, but the answer is lost ({why}); asking the chain for the outcome"
        )),
    }
    let ended = follow(chain, &mut receipt, journal, patience, &|line| confirm.say(line)).await?;
    finish(chain, &mut receipt, ended, &plan, journal).await?;
    Ok(Applied::Done(Box::new(receipt)))
}

/// The record of a plan whose transaction is signed and not sent yet.
pub(super) fn about_to_send(
    id: &str,
    command: Command,
    plan: &Plan,
    signer: &str,
    signed: &Signed,
) -> Receipt {
    Receipt {
        format_version: FORMAT_VERSION,
        id: id.to_owned(),
        signed_at: crate::time::now(),
        chain: plan.chain.clone(),
        netuid: plan.netuid,
        command,
        source: plan.source.clone(),
        signer: signer.to_owned(),
        origin: plan.origin.clone(),
        plan_digest: plan.digest(),
        changes: plan.changes().filter_map(Change::of).collect(),
        calls: plan.calls.clone(),
        rollback: None,
        transaction: signed.transaction.clone(),
        proposed: None,
        outcome: Outcome::Sending,
    }
}

/// Writes down how it ended, and turns a bad end into an error.
pub(super) async fn finish<C: ChainWrite>(
    chain: &C,
    receipt: &mut Receipt,
    ended: Ended,
    plan: &Plan,
    journal: &impl Journal,
) -> Result<()> {
    let Ended::Included { place, result, inside } = ended else {
        let saved = record(receipt, Outcome::Expired, journal);
        let what = "the transaction expired before a block included it: nothing changed";
        let bad_end = Error::refused(what).hint("run `subtune plan` again and retry");
        return Err(told(bad_end, saved, receipt));
    };
    let fee = place.fee_rao.map_or_else(String::new, |fee| format!(" (fee {fee} rao)"));
    let done = format!("nothing changed{fee}");
    let (came, saved) = conclude(chain, receipt, journal, place.clone(), result, inside).await?;
    let bad_end = match (&receipt.outcome, &came) {
        (Outcome::NotProved { differs, .. }, _) => Some(not_proved(differs, receipt)),
        (Outcome::Partial { refused, differs, .. }, _) => Some(partial(refused, differs, receipt)),
        (Outcome::Failed { .. }, Came::Refused(error)) => {
            let blamed = match chain.at_block(plan.netuid, &place.block_hash).await {
                Ok(mut after) => {
                    // Nothing of ours stayed, so this is the state that the calls met.
                    after.block.number = place.block.saturating_sub(1);
                    blame(plan, error, &after)
                }
                Err(_) => Vec::new(),
            };
            Some(refused_by_chain(plan, &blamed, error, &done))
        }
        (Outcome::Failed { error, .. }, _) => Some(
            Error::refused(format!("the chain refused {error}; {done}"))
                .hint("run `subtune plan` again, and review it before you retry"),
        ),
        _ => None,
    };
    match (saved, bad_end) {
        (Ok(()), None) => Ok(()),
        (saved, Some(bad_end)) => Err(told(bad_end, saved, receipt)),
        (Err(error), None) => Err(unrecorded(receipt, None, error)),
    }
}
