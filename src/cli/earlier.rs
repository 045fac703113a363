//! What became of earlier changes, which is asked before another one is sent.

use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::receipt::Receipt;
use subtune_model::snapshot::Snapshot;

use super::{Global, connect};
use crate::ops::{self, Confirm as _};
use crate::store::{Lock, Subnet};
use crate::ui::ask::Terminal;

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
