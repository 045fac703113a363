//! `subtune apply`, and what rollback shares with it.

use std::path::PathBuf;

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::origin::Origin;
use subtune_model::plan::Plan;
use subtune_model::ports::ChainRead as _;
use subtune_model::receipt::{Command, Outcome, Receipt};
use subtune_model::schedule::{self, Opening};
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::keys::{self, KeyArgs};
use super::netuid::Netuid;
use super::origin::OriginArgs;
use super::plan::{Simulating, Wanted};
use super::wait::{self, Waits};
use super::{Global, connect, printed};
use crate::ops::{self, Applied, Confirm as _, Request};
use crate::profile_yaml;
use crate::store::{Lock, Subnet};
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, Stream};
use crate::ui::render;
use crate::ui::views::{PlanView, ReceiptView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: Netuid,
    #[command(flatten)]
    wanted: Wanted,
    /// Apply this saved plan; refused if the chain has changed since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["netuid", "netuid_option", "profile", "set", "only", "skip_inert"])]
    plan: Option<PathBuf>,
    /// Apply the rest even if some changes are blocked
    #[arg(long)]
    skip_blocked: bool,
    #[command(flatten)]
    sending: Sending,
}

/// Options of every command that signs and sends.
#[derive(Debug, clap::Args)]
pub(super) struct Sending {
    /// Check everything, but do not unlock the key, write files or send
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) waits: Waits,
    #[command(flatten)]
    pub(super) keys: KeyArgs,
    /// Sign without the metadata hash, for chains or nodes that lack it (less safe)
    #[arg(long)]
    pub(super) no_metadata_hash: bool,
    #[command(flatten)]
    pub(super) origin: OriginArgs,
    #[command(flatten)]
    pub(super) simulating: Simulating,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, wanted, plan, skip_blocked, sending } = args;
    // A saved plan names its subnet.
    let netuid = if plan.is_some() { None } else { Some(netuid.required("apply")?) };
    let saved = plan.as_deref().map(profile_yaml::read_saved::<Plan>).transpose()?;
    let mut terms = wanted.terms();
    let wished = if saved.is_none() { Some(wanted.read()?) } else { None };
    let chain = connect::connect(global).await?.metadata_hash(!sending.no_metadata_hash);
    let (plan, snapshot) = match (&saved, wished.zip(netuid)) {
        (Some(saved), _) => {
            chain.heed(saved.items.iter().map(|item| &item.name));
            let snapshot = chain.latest(saved.netuid).await?;
            if let Err(error) = ops::refuse_moved(saved, &snapshot) {
                return Err(ops::or_rotated(&chain, &saved.owner, &snapshot, error).await);
            }
            // What no rule decides was let go when the plan was made, or was not.
            terms.allow_unknown |= saved.lets_unknown_go();
            let again = Plan::build(&snapshot, &saved.wishes(), &saved.source, &terms);
            (Plan { fee_rao: saved.fee_rao, ..again }, snapshot)
        }
        (None, Some((wished, netuid))) => wished.plan(&chain, netuid, &terms).await?,
        (None, None) => return Err(Error::usage("no netuid").hint("use NETUID or --plan FILE")),
    };
    let change =
        ReadyChange { command: Command::Apply, plan, saved, snapshot, skip_blocked, terms };
    send(global, &chain, change, &sending).await
}

/// A change that is ready to be confirmed.
pub(super) struct ReadyChange {
    pub(super) command: Command,
    pub(super) plan: Plan,
    /// The saved plan that it must be, if there is one.
    pub(super) saved: Option<Plan>,
    pub(super) snapshot: Snapshot,
    pub(super) skip_blocked: bool,
    pub(super) terms: Terms,
}

/// Confirms, signs, sends and proves a change.
pub(super) async fn send(
    global: &Global,
    chain: &Chain,
    change: ReadyChange,
    sending: &Sending,
) -> Result<Report> {
    let ReadyChange { command, mut plan, saved, snapshot, skip_blocked, mut terms } = change;
    connect::check_fresh(&snapshot, true)?;
    let terminal = Terminal { yes: sending.yes, quiet: global.quiet() };
    let is_direct =
        sending.origin.is_direct() && saved.as_ref().is_none_or(|saved| saved.origin.is_direct());
    let genesis_hash = chain.genesis_hash();
    let found = match sending.dry_run {
        true => sending.keys.rehearsal(global, genesis_hash)?,
        false => Some(sending.keys.signer(global, genesis_hash, false)?),
    };
    let (keys, signer) = match found {
        // A key that tells its address later is then checked to be the owner's.
        Some((_, None)) | None if !is_direct => {
            return Err(Error::usage(
                "for another account, the address of the key has to be known",
            )
            .hint("sign with a wallet: --wallet-name"));
        }
        Some((keys, signer)) => (Some(keys), signer.unwrap_or_else(|| plan.owner.clone())),
        // A dry run needs no wallet on the machine.
        None => (None, plan.owner.clone()),
    };
    let origin = match &saved {
        Some(saved) if sending.origin.is_direct() => OriginArgs::of(&saved.origin, &signer)?,
        _ => sending.origin.clone(),
    };
    origin.take(chain, &mut plan, &mut terms, &snapshot, &signer).await?;
    let plan = sending.simulating.judge(chain, plan, &snapshot, &mut terms, &signer).await;
    let (shown, base, expected) = (plan.clone(), snapshot.clone(), signer.clone());
    let request = Request {
        command,
        plan,
        saved,
        signer,
        skip_blocked,
        terms,
        dry_run: sending.dry_run,
        patience: global.timeout().saturating_mul(2),
    };
    if !shown.calls.is_empty() {
        chain.check_metadata_hash(&base.block.hash).await?;
    }
    if sending.waits.any() {
        return wait::send(global, chain, request, &base, sending, keys).await;
    }
    let (journal, _lock) = enter(global, chain, &base, &terminal, sending.dry_run).await?;
    let applied = ops::apply(chain, request, &snapshot, &terminal, &journal, async || match keys {
        Some(keys) => keys::unlock(keys, Some(&expected), global.quiet()).await,
        None => Err(Error::wallet("there is no key to sign with")),
    })
    .await;
    connect::tell_traffic(global, chain);
    Ok(report(&applied?, &shown, &base, &journal, "unlocked, written or sent"))
}

/// The state folder of a subnet, and the lock on it unless nothing is to be written; what became of
/// earlier changes is asked first.
pub(super) async fn enter(
    global: &Global,
    chain: &Chain,
    base: &Snapshot,
    terminal: &Terminal,
    dry_run: bool,
) -> Result<(Subnet, Option<Lock>)> {
    let state = connect::state(global)?;
    state.check()?;
    let journal = state.subnet(&base.chain.genesis_hash, base.netuid);
    if dry_run {
        return Ok((journal, None));
    }
    let lock = journal.lock().map_err(ops::unsent)?;
    settle_earlier(chain, &journal, terminal).await?;
    Ok((journal, Some(lock)))
}

/// The result of a change; `spared` is what a dry run has not done.
pub(super) fn report(
    applied: &Applied,
    plan: &Plan,
    base: &Snapshot,
    journal: &Subnet,
    spared: &str,
) -> Report {
    let planned = |ending: &str, outcome: &str| {
        let view = PlanView::of(plan, base);
        Report::new(
            format!("{}{ending}\n", render::text::plan(&view, Stream::Stdout)),
            json!({ "outcome": outcome, "plan": view }),
        )
        .markdown(format!("{}\n{ending}\n", render::markdown::plan(&view)))
    };
    match applied {
        Applied::Nothing => planned("Nothing to do", "nothing to do"),
        Applied::DryRun => planned(&format!("Dry run: nothing was {spared}"), "dry run"),
        Applied::Done(receipt) => done(receipt, base, journal),
    }
}

pub(super) fn done(receipt: &Receipt, base: &Snapshot, journal: &Subnet) -> Report {
    let profile = journal.rollback_profile(receipt);
    let profile = profile.as_deref();
    let view = ReceiptView::of(receipt, profile);
    let markdown = render::markdown::receipt(&view);
    if let (Outcome::Proposed { .. }, Origin::Multisig(multisig)) =
        (&receipt.outcome, &receipt.origin)
    {
        let text = format!(
            "{}\nCall data, for a signatory with another tool:\n{}\n",
            render::text::receipt(&view),
            multisig.call_data
        );
        let data = json!({
            "outcome": receipt.outcome.word(),
            "receipt": view,
        });
        return Report::new(text, data).markdown(markdown);
    }
    let data = json!({
        "outcome": receipt.outcome.word(),
        "receipt": view,
        "rollback_command": printed::back(receipt, profile),
    });
    let markdown = format!(
        "{markdown}\nTo roll back:\n\n{}",
        render::markdown::verbatim(&printed::back(receipt, profile))
    );
    Report::new(done_text(receipt, base, journal), data).markdown(markdown)
}

/// A receipt with the way back.
pub(super) fn done_text(receipt: &Receipt, base: &Snapshot, journal: &Subnet) -> String {
    let profile = journal.rollback_profile(receipt);
    let profile = profile.as_deref();
    format!(
        "{}\nTo roll back:\n  {}\n{}",
        render::text::receipt(&ReceiptView::of(receipt, profile)),
        printed::back(receipt, profile),
        rollback_time(receipt, base)
    )
}

/// When the chain will accept the way back.
fn rollback_time(receipt: &Receipt, base: &Snapshot) -> String {
    let Some(place) = receipt.outcome.place() else { return String::new() };
    match schedule::reversible(&receipt.changes, &base.guards, base.netuid, place.block) {
        Opening::At(block) if block > place.block.saturating_add(1) => {
            format!("Possible from {}\n", schedule::when(block, base))
        }
        Opening::At(_) => String::new(),
        Opening::Never => {
            "The freeze window never ends: nothing here can be rolled back\n".to_owned()
        }
        Opening::Unclear(why) => {
            format!("When the chain accepts that is not clear, because {why}\n")
        }
    }
}

/// The error for a record of which the chain does not tell the end.
pub(super) fn not_settled(receipt: &Receipt, error: Error) -> Error {
    let id = &receipt.id;
    let hint = format!(
        "{}; or find its outcome out yourself, and say so: `subtune history --close {id} --as \
         not-applied --because TEXT`",
        error.next_step()
    );
    let what = format!("the outcome of the change {id} cannot be told: {}", error.what);
    Error::new(error.kind, what).hint(hint).because(error)
}

/// An earlier change whose end is not known is asked for first.
pub(super) async fn settle_earlier(
    chain: &Chain,
    subnet: &Subnet,
    terminal: &Terminal,
) -> Result<()> {
    for mut receipt in subnet.unsettled()? {
        let settled = ops::settle(chain, &mut receipt, subnet).await;
        if !settled.map_err(|error| not_settled(&receipt, error))? {
            return Err(Error::refused(format!(
                "an earlier change is still under way: {}, valid before block {}",
                receipt.transaction.hash, receipt.transaction.death
            ))
            .hint("wait for it: `subtune history --refresh`"));
        }
        terminal.say(&format!("earlier change {}: {}", receipt.id, receipt.outcome.word()));
    }
    Ok(())
}
