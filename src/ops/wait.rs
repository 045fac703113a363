//! Wait for freeze window and rate limits, then apply: at once, or in stages.
//!
//! Shown and confirmed first; then nothing is locked, unlocked or written before a wait is over.

use std::time::{Duration, Instant};

use subtune_model::error::{Error, Kind, Result};
use subtune_model::finding;
use subtune_model::plan;
use subtune_model::plan::{Call, Plan, Status, Wish};
use subtune_model::planner::stage;
use subtune_model::planner::stage::Stage;
use subtune_model::ports::{ChainWrite, Head, Simulate};
use subtune_model::receipt::Receipt;
use subtune_model::schedule::when;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::value::{self, SECONDS_PER_BLOCK};

use super::apply::{Applied, Request, apply};
use super::follow::STANDSTILL;
use super::judge::judge_stages;
use super::ports::{Confirm, Consent, Journal, Link, Sign, Wait, Watch};
use super::proof::back;
use super::refuse::{
    Asked, declined, or_rotated, refuse_blocked, refuse_other_calls, refuse_stranger, stale, unsent,
};

/// How to wait, and who sees it.
pub struct Waiting<'a, W> {
    /// Send each part as soon as it may go, not all of it together.
    pub staged: bool,
    /// How long to wait at most.
    pub limit: Option<WaitLimit>,
    /// Run each stage on the chain's own code: before it is shown, and once more after its wait.
    pub simulate: bool,
    /// Who is asked and told.
    pub watch: &'a W,
}

/// The longest wait that is wanted.
pub struct WaitLimit {
    /// In blocks: a later block is not waited for at all.
    pub blocks: u64,
    /// On the clock: then the waiting ends.
    pub time: Duration,
}

/// What waiting and applying have come to.
pub enum Waited {
    /// Everything is already so.
    Nothing(Box<Plan>),
    /// A dry run ends here, before any wait.
    DryRun(Box<Plan>, Vec<Stage>),
    /// What was done and proved, in this order.
    Done(Vec<Sent>),
}

/// A stage that was sent and proved.
pub struct Sent {
    /// Its receipt.
    pub receipt: Receipt,
    /// The subnet before it.
    pub before: Snapshot,
}

/// Says yes for somebody who was asked before the wait.
struct Agreed<'a, W>(&'a W);

impl<W: Watch> Confirm for Agreed<'_, W> {
    fn confirm(&self, _: &Plan, _: &Snapshot) -> Result<Consent> {
        Ok(Consent::Yes)
    }

    fn say(&self, line: &str) {
        self.0.say(line);
    }
}

/// Asks, waits for the block from which the plan of the request may go, and applies it; staged:
/// each part of it. `enter` is called when a wait is over: what it returns is held until that
/// stage has ended.
///
/// # Errors
/// Refusals before anything is sent, by the rules or because something moved during the wait;
/// [`Kind::Partial`] once a stage is on the chain and the rest is not.
pub async fn wait_and_apply<C: ChainWrite + Simulate, S: Sign + Sync, L, W: Watch>(
    chain: &C,
    request: Request,
    waiting: &Waiting<'_, W>,
    snapshot: &Snapshot,
    journal: &impl Journal,
    enter: impl AsyncFn() -> Result<L>,
    unlock: impl AsyncFn() -> Result<S>,
) -> Result<Waited> {
    let Request { command, plan, saved, signer, skip_blocked, terms, dry_run, patience } = request;
    let watch = waiting.watch;
    let mut run = Run {
        chain,
        watch,
        netuid: plan.netuid,
        source: &plan.source,
        terms: &terms,
        staged: waiting.staged,
        patience,
        deadline: None,
    };
    let mut whole = run.whole(snapshot, &plan.wishes())?.plan;
    let kept = plan.findings.iter().filter(|finding| finding.code == finding::CHANGED_MEANWHILE);
    whole.findings.extend(kept.cloned());
    whole.forecast.clone_from(&plan.forecast);
    refuse_blocked(&whole, skip_blocked, snapshot, command.into())?;
    if let Some(saved) = &saved {
        refuse_other_wait(saved, &whole)?;
    }
    let mut rest = whole.going();
    let mut stages = run.stages(snapshot, &rest)?;
    if stages.is_empty() {
        return Ok(Waited::Nothing(Box::new(whole)));
    }
    refuse_stranger(&whole, &signer)?;
    for stage in &mut stages {
        stage.plan.fee_rao = chain.fee(&stage.plan.calls, &stage.plan.origin, &signer).await?;
    }
    if let (Some(limit), Some(last)) = (&waiting.limit, stages.last()) {
        refuse_far(last.block, limit, snapshot)?;
    }
    if waiting.simulate {
        judge_stages(chain, &mut whole, &mut stages, snapshot, &terms, &signer).await;
    }
    let agreed = stages.clone();
    if dry_run {
        return Ok(Waited::DryRun(Box::new(whole), stages));
    }
    if matches!(watch.agree(&whole, &stages, snapshot)?, Consent::No) {
        return Err(declined());
    }
    run.deadline = waiting.limit.as_ref().map(|limit| (Instant::now(), limit.time));

    let mut sent: Vec<Sent> = Vec::new();
    let mut expected = snapshot.clone();
    while let Some(stage) = stages.first() {
        let left = |error| rest_is_left(error, &sent, &rest);
        let before = run.until(stage, &expected).await.map_err(left)?;
        stages = match run.foretold(&expected, &before, &rest) {
            Ok(stages) => stages,
            Err(error) => {
                return Err(left(or_rotated(run.chain, &expected.owner, &before, error).await));
            }
        };
        let Some(Stage { plan, .. }) = stages.first().filter(|stage| stage.block <= next(&before))
        else {
            watch.say("too late for this block; waiting for the next one");
            expected = before;
            continue;
        };
        let held = enter().await.map_err(left)?;
        let plan = match waiting.simulate {
            true => run.judged(plan, &before, &agreed, &signer).await,
            false => plan.clone(),
        };
        let request = Request {
            command,
            plan: plan.clone(),
            saved: None,
            signer: signer.clone(),
            skip_blocked: false,
            terms: terms.clone(),
            dry_run: false,
            patience,
        };
        let receipt = match apply(chain, request, &before, &Agreed(watch), journal, &unlock).await {
            Ok(Applied::Done(receipt)) => *receipt,
            Ok(Applied::Nothing | Applied::DryRun) => {
                return Err(left(stale("there is nothing left to send")));
            }
            Err(error) if sent.is_empty() => return Err(error),
            Err(error) => return Err(left(error)),
        };
        drop(held);
        let at = receipt.outcome.place().map_or(next(&before), |place| place.block);
        let after = stage::after(&before, &plan, at);
        rest.retain(|wish| !plan.changes().any(|item| item.name == wish.name));
        sent.push(Sent { receipt, before });
        if rest.iter().all(|wish| after.known(&wish.name).is() == Some(&&wish.value)) {
            break;
        }
        // What this very stage has moved is no surprise.
        let left = |error| rest_is_left(error, &sent, &rest);
        expected = run.read().await.map_err(left)?;
        if let Err(error) = run.still(&after, &expected, &rest) {
            return Err(left(or_rotated(run.chain, &after.owner, &expected, error).await));
        }
        let shown = calls(stages.get(1..).unwrap_or_default());
        stages = run.stages(&expected, &rest).map_err(left)?;
        // The stages may come to lie otherwise; their calls are those that were agreed to.
        let other = plan::changed_calls(&shown, &calls(&stages), &[]);
        if !other.is_empty() {
            return Err(left(stale(&other.join("; "))));
        }
    }
    Ok(Waited::Done(sent))
}

/// One run of waits: how stages are made from what is wanted, and how they are waited for.
struct Run<'a, C, W> {
    chain: &'a C,
    watch: &'a W,
    netuid: u16,
    source: &'a str,
    terms: &'a Terms,
    staged: bool,
    patience: Duration,
    /// When the waiting began, and how long it may last.
    deadline: Option<(Instant, Duration)>,
}

impl<C: ChainWrite, W: Watch> Run<'_, C, W> {
    fn whole(&self, snapshot: &Snapshot, wishes: &[Wish]) -> Result<Stage> {
        together(snapshot, wishes, self.source, self.terms)
    }

    /// The stages of what is left; none when all of it is already so.
    fn stages(&self, snapshot: &Snapshot, rest: &[Wish]) -> Result<Vec<Stage>> {
        let whole = self.whole(snapshot, rest)?;
        refuse_blocked(&whole.plan, false, snapshot, Asked::Again)?;
        Ok(stage::stages(snapshot, whole, self.terms, self.staged))
    }

    /// Refuses when values, owner or runtime are not the expected ones.
    fn still(&self, expected: &Snapshot, now: &Snapshot, rest: &[Wish]) -> Result<()> {
        let moved = Plan::build(expected, rest, self.source, self.terms).moved(now);
        if moved.is_empty() { Ok(()) } else { Err(stale(&moved.join("; "))) }
    }

    /// The stages as they are now; refuses when they are not those to be expected.
    fn foretold(&self, expected: &Snapshot, now: &Snapshot, rest: &[Wish]) -> Result<Vec<Stage>> {
        self.still(expected, now, rest)?;
        let mut foretold = expected.clone();
        foretold.block.number = now.block.number;
        let (foretold, stages) = (self.stages(&foretold, rest)?, self.stages(now, rest)?);
        let same = |(then, now): (&Stage, &Stage)| {
            then.block == now.block && then.plan.sent_otherwise(&now.plan).is_empty()
        };
        if foretold.len() == stages.len() && foretold.iter().zip(&stages).all(same) {
            return Ok(stages);
        }
        let other = match (foretold.as_slice(), stages.as_slice()) {
            ([then], [now]) => then.plan.sent_otherwise(&now.plan),
            _ => plan::changed_calls(&calls(&foretold), &calls(&stages), &[]),
        };
        Err(match stages.first() {
            Some(stage) if stage.block > next(now) => {
                stale(&format!("the {} now ends at {}", stage.waits_for, when(stage.block, now)))
            }
            _ if other.is_empty() => stale("the stages are different now"),
            _ => stale(&other.join("; ")),
        })
    }

    /// Waits until the finalized head is the block before that of the stage, and reads again.
    async fn until(&self, stage: &Stage, start: &Snapshot) -> Result<Snapshot> {
        let waited = self.wait(stage, start).await;
        self.watch.over(waited.is_ok());
        waited?;
        self.read().await
    }

    /// Reads the subnet; after a long wait a connection that breaks just now is opened again.
    async fn read(&self) -> Result<Snapshot> {
        let began = Instant::now();
        let mut tries = 0;
        loop {
            match self.chain.latest(self.netuid).await {
                Err(error) if error.kind == Kind::Chain && began.elapsed() < self.patience => {
                    self.chain.wait(tries, true).await;
                    tries = tries.saturating_add(1);
                }
                read => return read,
            }
        }
    }

    async fn wait(&self, stage: &Stage, start: &Snapshot) -> Result<()> {
        let mut wait = Wait {
            block: stage.block,
            waits_for: &stage.waits_for,
            from: start.block.number,
            head: start.block.number,
            block_ms: SECONDS_PER_BLOCK * 1_000,
            link: Link::Good,
        };
        let mut known = start.block.hash;
        let (mut heard, mut moved) = (Instant::now(), Instant::now());
        let mut tries = 0;
        while wait.blocks_left() > 0 {
            self.watch.waiting(&wait);
            if self.deadline.is_some_and(|(began, time)| began.elapsed() > time) {
                let Wait { head, block, .. } = wait;
                return Err(Error::refused(format!(
                    "--wait-timeout reached at block {head}; the change is accepted from block {block}"
                ))
                .hint("run it again with a longer --wait-timeout"));
            }
            self.chain.wait(tries, matches!(wait.link, Link::Lost(_))).await;
            tries = tries.saturating_add(1);
            match self.chain.head(&known).await {
                Ok(None) => heard = Instant::now(),
                Ok(Some(head)) => {
                    (heard, moved) = (Instant::now(), Instant::now());
                    // Another node behind the same address may be a little behind.
                    wait.head = wait.head.max(head.number);
                    wait.block_ms = pace(start, &head).unwrap_or(wait.block_ms);
                    known = head.hash;
                }
                Err(error) if heard.elapsed() > self.patience.saturating_mul(STANDSTILL) => {
                    return Err(error);
                }
                Err(_) => {
                    wait.link = Link::Lost(heard.elapsed());
                    continue;
                }
            }
            let still = moved.elapsed();
            wait.link = if still > self.patience { Link::Still(still) } else { Link::Good };
        }
        Ok(())
    }
}

impl<C: ChainWrite + Simulate, W: Watch> Run<'_, C, W> {
    /// The plan of a stage as the chain's own code judges it now; as it did before the wait, where it
    /// can no longer be asked.
    async fn judged(&self, plan: &Plan, before: &Snapshot, agreed: &[Stage], signer: &str) -> Plan {
        let mut now = [Stage { block: next(before), waits_for: String::new(), plan: plan.clone() }];
        let mut whole = plan.clone();
        judge_stages(self.chain, &mut whole, &mut now, before, self.terms, signer).await;
        let [Stage { plan: mut judged, .. }] = now;
        let same = |stage: &&Stage| stage.plan.sent_otherwise(plan).is_empty();
        if judged.judgement.is_none() {
            judged.judgement =
                agreed.iter().find(same).and_then(|stage| stage.plan.judgement.clone());
        }
        judged
    }
}

/// All changes in the first block that accepts them together.
///
/// # Errors
/// When there is no such block.
pub fn together(
    snapshot: &Snapshot,
    wishes: &[Wish],
    source: &str,
    terms: &Terms,
) -> Result<Stage> {
    stage::together(snapshot, wishes, source, terms).ok_or_else(|| {
        Error::refused("no future block accepts all of these changes at once")
            .hint("take them in parts with --only, or see `subtune show`")
    })
}

/// The calls of stages, in order.
fn calls(stages: &[Stage]) -> Vec<Call> {
    stages.iter().flat_map(|stage| stage.plan.calls.iter().cloned()).collect()
}

/// Refuses to wait for anything but what a saved plan sends at once or has waiting.
fn refuse_other_wait(saved: &Plan, whole: &Plan) -> Result<()> {
    let waits = |status: &Status| matches!(status, Status::Later { .. });
    if !saved.items.iter().any(|item| waits(&item.status)) {
        return refuse_other_calls(saved, whole);
    }
    let would = |plan: &Plan, name: &str| {
        let is = |status: &Status| *status == Status::Ready || waits(status);
        plan.items.iter().any(|item| item.name == name && is(&item.status))
    };
    let mut other: Vec<String> = Vec::new();
    for item in &whole.items {
        match (would(saved, &item.name), would(whole, &item.name)) {
            (false, true) => other.push(format!("the change of {} is new", item.name)),
            (true, false) => other.push(format!("the change of {} is gone", item.name)),
            _ => {}
        }
    }
    other.extend(saved.origin.otherwise(&whole.origin));
    if other.is_empty() { Ok(()) } else { Err(stale(&other.join("; "))) }
}

/// The block after the finalized head.
const fn next(snapshot: &Snapshot) -> u64 {
    snapshot.block.number.saturating_add(1)
}

/// A block that is too far away is not waited for at all.
fn refuse_far(block: u64, limit: &WaitLimit, snapshot: &Snapshot) -> Result<()> {
    if block.saturating_sub(snapshot.block.number) <= limit.blocks {
        return Ok(());
    }
    Err(Error::refused(format!(
        "the change is accepted from {} on, later than --wait-timeout {} allows",
        when(block, snapshot),
        value::blocks(limit.blocks)
    ))
    .hint("nothing was sent; allow more time, or come back later"))
}

/// Milliseconds between two blocks, by the chain's own clock.
fn pace(start: &Snapshot, head: &Head) -> Option<u64> {
    let blocks = head.number.checked_sub(start.block.number)?;
    head.time_ms?.checked_sub(*start.guards.time_ms.is()?)?.checked_div(blocks)
}

/// The error for a run that ends before its next stage is sent, or while it is.
fn rest_is_left(error: Error, sent: &[Sent], rest: &[Wish]) -> Error {
    if sent.is_empty() {
        return unsent(error);
    }
    let (kind, state) = match error.kind {
        Kind::Unknown => (Kind::Unknown, "not known"),
        Kind::Interrupted => (Kind::Interrupted, "not applied"),
        _ => (Kind::Partial, "not applied"),
    };
    let done: Vec<_> = sent
        .iter()
        .flat_map(|sent| &sent.receipt.changes)
        .map(|change| change.name.as_str())
        .collect();
    let before = sent.last().map(|sent| &sent.before);
    let left: Vec<_> = rest
        .iter()
        .filter(|wish| {
            before.is_none_or(|before| before.known(&wish.name).is() != Some(&&wish.value))
        })
        .map(|wish| wish.name.as_str())
        .collect();
    let back: Vec<_> = sent.iter().rev().map(|sent| format!("`{}`", back(&sent.receipt))).collect();
    let mut hint = format!("to roll back: {}", back.join(", then "));
    if kind == Kind::Unknown {
        hint = format!("{}; {hint}", error.next_step());
    }
    let (done, left) = (done.join(", "), left.join(", "));
    Error::new(kind, format!("applied: {done}; {state}: {left}, because {}", error.what))
        .hint(hint)
        .because(error)
}
