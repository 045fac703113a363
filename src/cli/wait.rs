//! `--wait` and `--staged`: apply and rollback that wait for freeze window and rate limits.

use std::time::Duration;

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::origin::Origin;
use subtune_model::receipt::Receipt;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::SECONDS_PER_BLOCK;

use super::apply::{Sending, done, done_text, settle_earlier};
use super::keys::{self, Keys};
use super::plan::duration;
use super::{Global, connect, printed};
use crate::ops::{self, Request, Sent, WaitLimit, Waited, Waiting};
use crate::store::{self, Subnet};
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, Stream};
use crate::ui::progress::Patient;
use crate::ui::render;
use crate::ui::views::{PlanView, ReceiptView, StageView};

/// Options of every command that can wait.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("waits").args(["wait", "staged"]).multiple(true))]
pub(super) struct Waits {
    /// Wait until the freeze window and rate limits allow all changes, then send
    #[arg(long)]
    wait: bool,
    /// Like --wait, but send each part as soon as it is accepted (one rollback profile each)
    #[arg(long)]
    staged: bool,
    /// Longest wait, such as 90m, 3h, 2d or "300 blocks"; a longer one is refused at once
    #[arg(long, value_name = "TIME", requires = "waits", value_parser = duration)]
    wait_timeout: Option<u64>,
}

impl Waits {
    /// Whether there is to be any wait.
    pub(super) const fn any(&self) -> bool {
        self.wait || self.staged
    }
}

/// Confirms, waits, signs, sends and proves a change.
pub(super) async fn send(
    global: &Global,
    chain: &Chain,
    request: Request,
    snapshot: &Snapshot,
    sending: &Sending,
    keys: Option<Keys>,
) -> Result<Report> {
    let asks_password = match &keys {
        Some(keys) if !request.dry_run => keys.will_ask(sending.waits.staged)?,
        _ => false,
    };
    if matches!(request.terms.origin, Origin::Multisig(_)) {
        return Err(Error::usage("a multisig waits for its signatories, not for a block")
            .hint("leave out --wait: the last approval runs the call"));
    }
    let signer = request.signer.clone();
    let state = connect::state(global)?;
    let netuid = snapshot.netuid;
    // Better to hear of it now than after the wait.
    let (_, broken) = state.receipts(Some(netuid))?;
    if let Some(record) = broken.first() {
        return Err(store::unreadable_record(record));
    }
    let chain_id = &snapshot.chain;
    let journal = state.subnet(&chain_id.genesis_hash, netuid);
    let terminal = || Terminal { yes: sending.yes, quiet: global.quiet() };
    let patient = Patient { terminal: terminal(), asks_password };
    let Waits { wait: _, staged, wait_timeout } = sending.waits;
    let limit = wait_timeout.map(|blocks| WaitLimit {
        blocks,
        time: Duration::from_secs(blocks.saturating_mul(SECONDS_PER_BLOCK)),
    });
    let waiting = Waiting { staged, limit, watch: &patient };
    let enter = async || {
        let lock = journal.lock()?;
        settle_earlier(chain, &journal, &terminal()).await?;
        Ok(lock)
    };
    let unlock = async || match keys.clone() {
        Some(keys) => keys::unlock(keys, Some(&signer), global.quiet()).await,
        None => Err(Error::wallet("there is no key to sign with")),
    };
    let waited =
        ops::wait_and_apply(chain, request, &waiting, snapshot, &journal, enter, unlock).await;
    connect::tell_traffic(global, chain);
    Ok(match waited? {
        Waited::Nothing(plan) => {
            let view = PlanView::of(&plan, snapshot);
            Report::new(
                format!("{}Nothing to do\n", render::text::plan(&view, Stream::Stdout)),
                json!({ "outcome": "nothing to do", "plan": view }),
            )
            .markdown(render::markdown::plan(&view))
        }
        Waited::DryRun(whole, stages) => {
            let view = PlanView::of(&whole, snapshot);
            let parts = StageView::all(&stages, snapshot);
            Report::new(
                format!(
                    "{}Dry run: nothing was waited for, unlocked, written or sent\n",
                    render::text::stages(&view, &parts, Stream::Stdout)
                ),
                json!({
                    "outcome": "dry run",
                    "plan": view,
                    "stages": parts,
                }),
            )
            .markdown(render::markdown::stages(&view, &parts))
        }
        Waited::Done(sent) => match (staged, sent.as_slice()) {
            (false, [one]) => done(&one.receipt, &one.before, &journal),
            _ => all_done(&sent, &journal),
        },
    })
}

/// The result of stages, in the order in which they were sent.
fn all_done(sent: &[Sent], journal: &Subnet) -> Report {
    let profile = |receipt: &Receipt| journal.rollback_profile(receipt);
    let back = |receipt: &Receipt| printed::back(receipt, profile(receipt).as_deref());
    let mut text = String::new();
    for (index, Sent { receipt, before }) in sent.iter().enumerate() {
        if sent.len() > 1 {
            text.push_str(&format!("Stage {}\n", index.saturating_add(1)));
        }
        text.push_str(&format!("{}\n", done_text(receipt, before, journal)));
    }
    let backs: Vec<_> = sent.iter().rev().map(|sent| back(&sent.receipt)).collect();
    if backs.len() > 1 {
        text.push_str("To roll back all the way, in this order:\n");
        text.extend(backs.iter().map(|line| format!("  {line}\n")));
    }
    let stages: Vec<_> = sent
        .iter()
        .map(|sent| {
            json!({
                "outcome": sent.receipt.outcome.word(),
                "receipt": ReceiptView::of(&sent.receipt, profile(&sent.receipt).as_deref()),
                "rollback_command": back(&sent.receipt),
            })
        })
        .collect();
    let outcome = sent.last().map(|sent| sent.receipt.outcome.word());
    let data = json!({ "outcome": outcome, "stages": stages, "rollback_commands": backs });
    Report::new(text, data)
}
