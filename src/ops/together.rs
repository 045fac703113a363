//! Several subnets in one transaction, all or nothing: one key, one signature, one fee; a rollback profile, a record
//! and a proof for each subnet.

use std::time::Duration;

use subtune_model::call::Call;
use subtune_model::error::{Error, Result};
use subtune_model::origin::Origin;
use subtune_model::plan::Plan;
use subtune_model::ports::{ChainError, ChainWrite, Submitted};
use subtune_model::receipt::{Command, Outcome, Receipt};
use subtune_model::terms::Terms;

use super::apply::{about_to_send, finish};
use super::blame::too_early_to_tell;
use super::follow::{Ended, follow};
use super::ports::{Confirm, Journal, Sign};
use super::proof::{not_sent, record, told};
use super::refuse::{or_rotated, still_holds, unsent};
use super::step::{Step, reached};
use super::way_back::way_back;

/// The change of one subnet, agreed to.
pub struct SubnetChange<'a, J> {
    /// The plan; its calls are sent as they are.
    pub plan: Plan,
    /// How it was made.
    pub terms: Terms,
    /// The records of the subnet.
    pub journal: &'a J,
}

/// Applies plans of several subnets that one key signs for itself, in one transaction, and proves each.
///
/// # Errors
/// Refusals before anything is sent, of all of them. After that each has an end of its own: the record on disk says
/// how far it came.
pub async fn apply_together<C: ChainWrite, S: Sign + Sync, J: Journal>(
    chain: &C,
    parts: Vec<SubnetChange<'_, J>>,
    signer: &str,
    patience: Duration,
    confirm: &impl Confirm,
    unlock: impl AsyncFnOnce() -> Result<S>,
) -> Result<Vec<Result<Receipt>>> {
    reached(Step::Confirmed);
    let key = unlock().await?;
    reached(Step::Unlocked);
    // Only now: what moved while a password was asked for is seen, too.
    let mut now = Vec::new();
    for SubnetChange { plan, terms, .. } in &parts {
        let snapshot = chain.latest(plan.netuid).await?;
        if let Err(error) = still_holds(plan, &snapshot, terms) {
            return Err(or_rotated(chain, &plan.owner, &snapshot, error).await);
        }
        now.push(snapshot);
    }
    let calls: Vec<Call> = parts.iter().flat_map(|part| part.plan.calls.clone()).collect();
    let unsigned = chain.prepare(&calls, &Origin::Direct, signer).await?;
    reached(Step::Read);

    let ids: Vec<String> = parts.iter().map(|part| part.journal.new_id(&part.plan)).collect();
    let sign = async || {
        let mut paths = Vec::new();
        for ((SubnetChange { plan, journal, .. }, now), id) in parts.iter().zip(&now).zip(&ids) {
            paths.push(journal.save_rollback(id, &way_back(plan, id, now)?)?);
        }
        reached(Step::RollbackWritten);
        let signed = chain.sign(&unsigned, &|payload| key.sign(payload)).await?;
        reached(Step::Signed);
        let mut receipts = Vec::new();
        for (SubnetChange { plan, journal, .. }, id) in parts.iter().zip(&ids) {
            let receipt = about_to_send(id, Command::Apply, plan, signer, &signed);
            journal.save(&receipt)?;
            receipts.push(receipt);
        }
        Ok((signed, receipts, paths))
    };
    let ready = sign().await;
    drop(key);
    let (signed, mut receipts, paths) = ready.map_err(|error| {
        // It has not left this machine.
        for (SubnetChange { journal, .. }, id) in parts.iter().zip(&ids) {
            journal.discard_rollback(id);
            journal.discard(id);
        }
        unsent(error)
    })?;
    reached(Step::Recorded);
    for path in paths {
        confirm.say(&format!("wrote rollback profile {path}"));
    }
    // What was not sent is so for each of them.
    let none_sent = |receipts: &mut [Receipt], why: &str, bad_end: Error| {
        let mut bad_end = bad_end;
        for (receipt, part) in receipts.iter_mut().zip(&parts) {
            let saved = not_sent(receipt, why.to_owned(), part.journal);
            bad_end = told(bad_end, saved, receipt);
        }
        bad_end
    };
    let too_early = |error: &ChainError| {
        parts.iter().zip(&now).any(|(part, now)| too_early_to_tell(error, &part.plan, now))
    };
    match chain.preflight(&signed).await {
        Ok(Some(Err(error))) if !too_early(&error) => {
            let advice = error.advice.unwrap_or("run `subtune fleet plan` again, and review it");
            let bad_end = Error::refused(format!(
                "the chain would refuse one of the calls: {error}; nothing was sent, no fee was paid"
            ))
            .hint(format!("{advice}; without --atomic each subnet goes alone"));
            return Err(none_sent(&mut receipts, &error.to_string(), bad_end));
        }
        Ok(Some(_)) => {}
        Ok(None) => confirm.say("this node offers no preflight; continuing without it"),
        Err(error) => {
            let why = error.what.clone();
            return Err(none_sent(&mut receipts, &why, unsent(error)));
        }
    }
    reached(Step::Preflighted);
    let submitted = chain.submit(&signed).await;
    reached(Step::Submitted);
    match submitted {
        Submitted::Pooled => {
            confirm.say(&format!("sent {}; waiting for finalization", signed.transaction.hash));
        }
        Submitted::Rejected(error) => {
            let advice = error.advice.unwrap_or("run `subtune fleet plan` again and retry");
            let mut bad_end = Error::refused(format!("the node refused the transaction: {error}"))
                .hint(format!("nothing changed on the chain; {advice}"));
            for (receipt, part) in receipts.iter_mut().zip(&parts) {
                let outcome = Outcome::Rejected { error: error.to_string() };
                let saved = record(receipt, outcome, part.journal);
                bad_end = told(bad_end, saved, receipt);
            }
            return Err(bad_end);
        }
        Submitted::Doubtful(why) => confirm.say(&format!(
            "sent, but the answer is lost ({why}); asking the chain for the outcome"
        )),
    }
    let mut ended = Vec::new();
    for (mut receipt, SubnetChange { plan, journal, .. }) in receipts.into_iter().zip(&parts) {
        // It is one transaction: what the first one found, the others find at once.
        let followed =
            follow(chain, &mut receipt, *journal, patience, &|line| confirm.say(line)).await;
        let done = match followed {
            Ok(end @ (Ended::Included { .. } | Ended::Expired)) => {
                finish(chain, &mut receipt, end, plan, *journal).await
            }
            Err(error) => Err(error),
        };
        ended.push(done.map(|()| receipt));
    }
    Ok(ended)
}
