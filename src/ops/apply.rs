//! Apply: confirm, unlock, read, write the way back, sign, journal, preflight, send once, prove.

use std::collections::BTreeMap;
use std::time::Duration;

use subtune_model::catalog;
use subtune_model::error::{Error, Kind, Result};
use subtune_model::finding;
use subtune_model::finding::Finding;
use subtune_model::origin;
use subtune_model::plan::{Item, Plan, Verdict};
use subtune_model::ports::{ChainError, ChainRead, ChainWrite, Submitted};
use subtune_model::profile::{Profile, Target};
use subtune_model::receipt::{Change, Command, FORMAT_VERSION, Outcome, Receipt, Refused};
use subtune_model::rules::{self, SideEffect};
use subtune_model::schedule;
use subtune_model::signature::Signature;
use subtune_model::snapshot::{Known, SetterState, Snapshot};
use subtune_model::terms::Terms;
use subtune_model::value;

use super::follow::{Ended, conclude, follow};
use super::inside::{Came, in_words};
use super::step::{Step, reached};
use super::wait::back;

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

/// The answer to the question before anything is written.
pub enum Consent {
    /// Go on.
    Yes,
    /// The user said no.
    No,
}

/// Asks before signing, and tells what goes on.
pub trait Confirm: Sync {
    /// Shows the plan and asks.
    ///
    /// # Errors
    /// When there is nobody to ask.
    fn confirm(&self, plan: &Plan, snapshot: &Snapshot) -> Result<Consent>;
    /// One line of progress.
    fn say(&self, line: &str);
}

/// A signing key, unlocked only after the consent.
pub trait Sign {
    /// SS58 address of the key.
    fn address(&self) -> String;
    /// Signs bytes.
    fn sign(&self, payload: &[u8]) -> Signature;
}

/// Where the way back and the records are kept.
pub trait Journal {
    /// Names a new record.
    fn new_id(&self, plan: &Plan) -> String;
    /// Writes the rollback profile, synced; returns its path.
    ///
    /// # Errors
    /// When it cannot be written: then nothing may be sent.
    fn save_rollback(&self, id: &str, profile: &Profile) -> Result<String>;
    /// Removes the rollback profile of what was not sent, as far as that goes.
    fn discard_rollback(&self, id: &str);
    /// Writes or replaces a record, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    fn save(&self, receipt: &Receipt) -> Result<()>;
    /// Removes the record of what never left this machine, as far as that goes.
    fn discard(&self, id: &str);
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
        let receipt = Receipt {
            format_version: FORMAT_VERSION,
            id: id.clone(),
            signed_at: crate::time::now(),
            chain: plan.chain.clone(),
            netuid: plan.netuid,
            command,
            source: plan.source.clone(),
            signer: signer.clone(),
            origin: plan.origin.clone(),
            plan_digest: plan.digest(),
            changes: plan.changes().filter_map(Change::of).collect(),
            calls: plan.calls.clone(),
            rollback: None,
            transaction: signed.transaction.clone(),
            proposed: None,
            outcome: Outcome::Sending,
        };
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
    confirm.say(&format!("rollback profile written: {rollback}"));

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
        Ok(None) => confirm.say("the node offers no preflight: going on without one"),
        Err(error) => {
            let saved = not_sent(&mut receipt, error.what.clone(), journal);
            return Err(told(unsent(error), saved, &receipt));
        }
    }
    reached(Step::Preflighted);
    let submitted = chain.submit(&signed).await;
    reached(Step::Submitted);
    match submitted {
        Submitted::Pooled => confirm.say(&format!("sent {}", signed.transaction.hash)),
        Submitted::Rejected(error) => {
            let saved =
                record(&mut receipt, Outcome::Rejected { error: error.to_string() }, journal);
            let advice = error.advice.unwrap_or("make a new plan and try again");
            let bad_end = Error::refused(format!("the node refused the transaction: {error}"))
                .hint(format!("nothing changed on the chain; {advice}"));
            return Err(told(bad_end, saved, &receipt));
        }
        Submitted::Doubtful(why) => confirm.say(&format!(
            "sent, but the answer is lost ({why}); asking the chain what became of it"
        )),
    }
    let ended = follow(chain, &mut receipt, journal, patience, &|line| confirm.say(line)).await?;
    finish(chain, &mut receipt, ended, &plan, journal).await?;
    Ok(Applied::Done(Box::new(receipt)))
}

/// The error for what ends before the send.
#[must_use]
pub fn unsent(error: Error) -> Error {
    let hint = error.next_step().to_owned();
    error.hint(format!("{hint}; nothing was sent"))
}

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
fn not_sent(receipt: &mut Receipt, error: String, journal: &impl Journal) -> Result<()> {
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

/// Writes down how it ended, and turns a bad end into an error.
async fn finish<C: ChainWrite>(
    chain: &C,
    receipt: &mut Receipt,
    ended: Ended,
    plan: &Plan,
    journal: &impl Journal,
) -> Result<()> {
    let Ended::Included { place, result, inside } = ended else {
        let saved = record(receipt, Outcome::Expired, journal);
        let what = "the transaction was in no block before its time ran out: nothing changed";
        let bad_end = Error::refused(what).hint("make a new plan and try again");
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
                .hint("make a new plan and look at it before you try again"),
        ),
        _ => None,
    };
    match (saved, bad_end) {
        (Ok(()), None) => Ok(()),
        (saved, Some(bad_end)) => Err(told(bad_end, saved, receipt)),
        (Err(error), None) => Err(unrecorded(receipt, None, error)),
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
fn partial(refused: &[Refused], differs: &[Change], receipt: &Receipt) -> Error {
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

/// The error for a question that was answered with no.
pub(super) fn declined() -> Error {
    Error::refused("not confirmed: nothing was written or sent")
        .hint("change the profile or the plan, and try again")
}

/// Only the owner may sign.
pub(super) fn refuse_stranger(plan: &Plan, signer: &str) -> Result<()> {
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
    let waits = |item: &&Item| match item.verdict {
        Verdict::Later { block, .. } => Some(block),
        _ => None,
    };
    let later: Vec<_> = blocked.iter().filter_map(waits).collect();
    let all_wait = later.len() == blocked.len();
    let what = match (
        plan.items.iter().filter(|item| item.verdict != Verdict::Same).count(),
        blocked.len(),
    ) {
        (1, _) => "the change".to_owned(),
        (all, some) if all == some => "the changes".to_owned(),
        (all, some) => format!("{some} of {all} changes"),
    };
    let yet = if all_wait { " yet" } else { "" };
    let reasons: Vec<_> = blocked
        .iter()
        .map(|item| format!("{} ({})", item.name, item.verdict.reason().unwrap_or_default()))
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
        let from = format!("the chain accepts it from {} on", when(*block, snapshot));
        return match asked {
            Asked::Apply | Asked::Rollback => format!("{from}; --wait waits for it"),
            Asked::Unsigned => format!("{from}: write the file then"),
            Asked::Again => format!("{from}: make a new plan then"),
        };
    }
    if asked == Asked::Again {
        return "make a new plan, and look at it before you apply it".to_owned();
    }
    if plan.blocked().any(|item| item.from.is_none() && is_unclear(item)) {
        return "name another node with --network; if all do so, subtune needs an update"
            .to_owned();
    }
    if plan.blocked().any(is_unclear) {
        return "--allow-unknown lets the chain decide; the preflight asks it before anything is sent"
            .to_owned();
    }
    if snapshot.guards.safe_mode_until == Known::Unset && filtered(plan) {
        return format!(
            "`subtune proxy setup {}` prints the call that gives a wider right; --skip-blocked does \
             the rest",
            plan.netuid
        );
    }
    match (plan.calls.is_empty(), later.iter().max(), asked) {
        (true, Some(_), _) if sends => {
            "--skip-blocked and --wait together send what only has to wait".to_owned()
        }
        (true, Some(block), _) => format!(
            "the chain accepts a part of it from {} on, with --skip-blocked",
            when(*block, snapshot)
        ),
        (true, None, _) => "nothing else is left to do".to_owned(),
        (false, _, Asked::Rollback) => "use --skip-blocked to do the rest".to_owned(),
        (false, _, _) => {
            "use --skip-blocked to do the rest, or --only to name what you want".to_owned()
        }
    }
}

const fn is_unclear(item: &Item) -> bool {
    matches!(item.verdict, Verdict::Unclear { .. })
}

/// Whether the type of the proxy forbids something wanted.
fn filtered(plan: &Plan) -> bool {
    let is = |item: &Item| matches!(&item.verdict, Verdict::Never { error: Some(error), .. } if error == origin::CALL_FILTERED);
    plan.origin.proxy().is_some() && plan.blocked().any(is)
}

/// A future block with its clock time: `block 100850 (2026-11-22 14:05 UTC, in 2h 24m)`.
#[must_use]
pub fn when(block: u64, snapshot: &Snapshot) -> String {
    let head = snapshot.block.number;
    let rest = value::blocks(block.saturating_sub(head));
    match snapshot.guards.time_ms.is() {
        Some(time) => {
            let clock = subtune_model::time::minutes(schedule::time_of(block, head, *time));
            format!("block {block} ({clock}, in {rest})")
        }
        None => format!("block {block} (in {rest})"),
    }
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

/// Refuses to send anything but what was shown: the one comparison on every signing mode to a send.
///
/// # Errors
/// With every call that is new, gone or changed, another order, another signing mode.
pub fn refuse_other_calls(shown: &Plan, again: &Plan) -> Result<()> {
    let other = shown.sent_otherwise(again);
    if other.is_empty() { Ok(()) } else { Err(stale(&other.join("; "))) }
}

/// The error for a plan that no longer fits the chain.
pub(super) fn stale(what: &str) -> Error {
    Error::refused(format!("the plan is stale: {what}")).hint("make a new plan")
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

/// The profile that takes the changes back.
///
/// # Errors
/// When a value before is not known, or is none that could be set again: the rules let no such
/// change through, and this is the last place that could.
fn way_back(plan: &Plan, id: &str, now: &Snapshot) -> Result<Profile> {
    let mut hyperparameters = BTreeMap::new();
    let mut replaces = BTreeMap::new();
    for item in plan.changes() {
        let Item { name, from, to, .. } = item;
        let blocked = rules::irreversible(name, now);
        let why = blocked.as_ref().and_then(Verdict::reason).map(str::to_owned);
        let form = catalog::find(name).zip(from.as_ref());
        let form = form.and_then(|(row, from)| row.check_type(from).err());
        let (Some(from), None, None) = (from, &why, &form) else {
            let why = why.or(form).unwrap_or_else(|| "its value is not known".to_owned());
            return Err(Error::refused(format!("{name} could not be taken back: {why}"))
                .hint("nothing was written or sent; leave it out, or name another node"));
        };
        hyperparameters.insert(name.clone(), from.clone());
        replaces.insert(name.clone(), to.clone());
    }
    // What the chain changes along with it, without any call of its own; what only root may set, the
    // chain brings back in the same way.
    for SideEffect { by: _, name, from, to } in rules::side_effects(&plan.items, now) {
        let roots =
            matches!(now.guards.setters.get(name), Some(SetterState::Call { who: "root", .. }));
        if !roots {
            hyperparameters.insert(name.to_owned(), from);
            replaces.insert(name.to_owned(), to);
        }
    }
    Ok(Profile {
        name: format!("rollback-{id}"),
        description: format!(
            "takes back what was applied to subnet {} from {}",
            plan.netuid, plan.source
        ),
        source: format!("read at block {} ({})", plan.base.number, plan.base.hash),
        target: Some(Target {
            network: plan.chain.network.clone(),
            genesis_hash: plan.chain.genesis_hash,
            netuid: Some(plan.netuid),
        }),
        hyperparameters,
        replaces,
    })
}

/// The terms to judge a plan by once more.
fn terms_of(plan: &Plan) -> Terms {
    Terms { origin: plan.origin.clone(), ..Terms::default() }
}

/// A preflight runs on the state of the head, one block early: right at the block
/// at which a rate limit or a window ends it still says no.
fn too_early_to_tell(error: &ChainError, plan: &Plan, now: &Snapshot) -> bool {
    if !matches!(error.name.as_str(), rules::RATE_LIMIT | rules::FREEZE_WINDOW) {
        return false;
    }
    let mut before = now.clone();
    before.block.number = before.block.number.saturating_sub(1);
    Plan::build(&before, &plan.wishes(), &plan.source, &terms_of(plan)).items.iter().any(|item| {
        matches!(&item.verdict, Verdict::Later { block, error: name, .. }
            if *name == error.name && *block == now.block.number.saturating_add(1))
    })
}

/// The items that explain an error of the chain, by the rules and the state that
/// the calls met.
fn blame(plan: &Plan, error: &ChainError, state: &Snapshot) -> Vec<String> {
    if let [only] = plan.changes().collect::<Vec<_>>().as_slice() {
        return vec![only.name.clone()];
    }
    let wishes: Vec<_> = plan
        .wishes()
        .into_iter()
        .filter(|wish| plan.changes().any(|item| item.name == wish.name))
        .collect();
    let again = Plan::build(state, &wishes, &plan.source, &terms_of(plan));
    let named: Vec<_> = again
        .items
        .iter()
        .filter(|item| match &item.verdict {
            Verdict::Later { error: name, .. } => *name == error.name,
            Verdict::Never { error: name, .. } | Verdict::Invalid { error: name, .. } => {
                name.as_deref() == Some(error.name.as_str())
            }
            Verdict::Now | Verdict::Same | Verdict::Unclear { .. } => false,
        })
        .map(|item| item.name.clone())
        .collect();
    if !named.is_empty() {
        return named;
    }
    // The rules see nothing wrong: name those that can give this error at all, or else those of which
    // the rules could not tell.
    let named = |is: &dyn Fn(&Item) -> bool| -> Vec<String> {
        plan.changes().filter(|item| is(item)).map(|item| item.name.clone()).collect()
    };
    let can_give = named(&|item| {
        catalog::find(&item.name)
            .is_some_and(|row| row.bounds.iter().any(|bound| bound.error == error.name))
    });
    if !can_give.is_empty() {
        return can_give;
    }
    named(&|item| {
        let untold =
            |finding: &Finding| finding.code == finding::UNKNOWN_RULE && finding.name == item.name;
        plan.findings.iter().any(untold)
    })
}

fn refused_by_chain(plan: &Plan, blamed: &[String], error: &ChainError, done: &str) -> Error {
    let what = match blamed {
        [] => "one of the changes".to_owned(),
        [one] => one.clone(),
        several => format!("one of {}", several.join(", ")),
    };
    let advice = error.advice.unwrap_or("make a new plan and look at it before you try again");
    let others = plan.changes().any(|item| !blamed.contains(&item.name));
    let without: Vec<_> = blamed.iter().map(|name| format!("--without {name}")).collect();
    let together = match (plan.origin.is_apart(), without.as_slice(), others) {
        (true, ..) => String::new(),
        (false, [_, ..], true) => format!(
            "; all changes of a plan go together or not at all: `{}` makes it without",
            without.join(" ")
        ),
        _ => "; all changes of a plan go together or not at all".to_owned(),
    };
    Error::refused(format!("the chain refused {what}: {error}; {done}"))
        .hint(format!("{advice}{together}"))
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

#[cfg(test)]
mod tests {
    use subtune_model::plan::Wish;
    use subtune_model::value::Value;
    use subtune_model::world::World;

    use super::*;

    /// A subnet with two mechanisms and a split, and a plan that takes one of them away.
    fn fewer_mechanisms() -> (Snapshot, Plan) {
        let split = Value::List(vec![40_000, 25_535]);
        let now = World::at(425)
            .with("mechanism_count", Value::Uint(2))
            .with("mechanism_emission_split", split)
            .done();
        let fewer = Wish { name: "mechanism_count".to_owned(), value: Value::Uint(1) };
        let plan = Plan::build(&now, &[fewer], "test", &Terms::default());
        (now, plan)
    }

    #[test]
    fn what_could_not_be_taken_back_is_not_sent() {
        let refused = |now: &Snapshot, plan: &Plan, part: &str| {
            let error = way_back(plan, "id", now).unwrap_err();
            assert_eq!(error.kind, Kind::Refused);
            assert!(error.what.contains(part), "{error}");
        };
        let (mut now, plan) = fewer_mechanisms();
        let mut unknown = plan.clone();
        unknown.items[0].from = None;
        refused(&now, &unknown, "mechanism_count could not be taken back");
        // Null is no count that could be set again.
        unknown.items[0].from = Some(Value::None);
        refused(&now, &unknown, "it must be an integer");
        // What the change erases belongs to the way back, too.
        now.unreadable.insert("mechanism_emission_split".to_owned(), "odd bytes".to_owned());
        refused(&now, &plan, "odd bytes");
        now.unreadable.clear();
        now.hyperparameters.remove("mechanism_count");
        refused(&now, &plan, "mechanism_count could not be taken back");
    }

    #[test]
    fn the_way_back_restores_a_split_that_the_count_erases() {
        let (now, plan) = fewer_mechanisms();
        let split = Value::List(vec![40_000, 25_535]);
        let back = way_back(&plan, "id", &now).unwrap();
        assert_eq!(back.hyperparameters.get("mechanism_count"), Some(&Value::Uint(2)));
        assert_eq!(back.hyperparameters.get("mechanism_emission_split"), Some(&split));
        assert_eq!(back.replaces.get("mechanism_emission_split"), Some(&Value::None));
    }
}
