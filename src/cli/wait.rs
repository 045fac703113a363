//! `--wait` and `--staged`: apply and rollback that wait for freeze window and rate limits.

use std::time::Duration;

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::origin::Origin;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::SECONDS_PER_BLOCK;

use super::args::{Sending, Waits};
use super::earlier::settle_earlier;
use super::keys::{self, Keys};
use super::outcome::{all_done, done};
use super::{Global, connect};
use crate::ops::{self, Request, WaitLimit, Waited, Waiting};
use crate::store;
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, Stream};
use crate::ui::progress::Patient;
use crate::ui::render;
use crate::ui::views::{PlanView, StageView};

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
    let simulate = sending.simulating.is_wanted();
    let waiting = Waiting { staged, limit, simulate, watch: &patient };
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
