//! Sending a change: what apply and rollback share.

use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::plan::Plan;
use subtune_model::receipt::Command;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::args::Sending;
use super::earlier::enter;
use super::keys::Keys;
use super::origin::OriginArgs;
use super::{Global, connect, keys, outcome, wait};
use crate::ops::{self, Applied, Confirm, Consent, Request};
use crate::store::Subnet;
use crate::ui::ask::Terminal;
use crate::ui::output::Report;

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

/// Where a change is made.
pub(super) struct On<'a> {
    pub(super) chain: &'a Chain,
    pub(super) snapshot: &'a Snapshot,
    pub(super) journal: &'a Subnet,
}

/// Whoever confirms: so that the whole of a change is compiled once.
struct Anybody<'a>(&'a dyn Confirm);

impl Confirm for Anybody<'_> {
    fn confirm(&self, plan: &Plan, snapshot: &Snapshot) -> Result<Consent> {
        self.0.confirm(plan, snapshot)
    }

    fn say(&self, line: &str) {
        self.0.say(line);
    }
}

impl On<'_> {
    /// Applies a plan with a key that is `expected` to have this address.
    pub(super) async fn apply(
        &self,
        request: Request,
        confirm: &dyn Confirm,
        keys: Option<Keys>,
        expected: &str,
        quiet: bool,
    ) -> Result<Applied> {
        let Self { chain, snapshot, journal } = self;
        let confirm = Anybody(confirm);
        ops::apply(*chain, request, snapshot, &confirm, *journal, async || match keys {
            Some(keys) => keys::unlock(keys, Some(expected), quiet).await,
            None => Err(Error::wallet("there is no key to sign with")),
        })
        .await
    }
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
    // Who is not the owner is told so in better words than the chain's.
    let owns = plan.origin.account().unwrap_or(&signer) == plan.owner;
    let plan = match owns {
        true => sending.simulating.judge(chain, plan, &snapshot, &mut terms, &signer).await,
        false => plan,
    };
    let plan = sending.foretelling.tell(global, chain, plan, &snapshot, &terms).await;
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
    let on = On { chain, snapshot: &snapshot, journal: &journal };
    let applied = on.apply(request, &terminal, keys, &expected, global.quiet()).await;
    connect::tell_traffic(global, chain);
    Ok(outcome::report(&applied?, &shown, &base, &journal, "unlocked, written or sent"))
}
