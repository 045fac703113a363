//! `subtune history`

use serde_json::json;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::receipt::Receipt;
use subtune_model::text::is_harmful;

use super::earlier::not_settled;
use super::netuid::Netuid;
use super::{Global, connect};
use crate::ops::{self, Closing, Decision};
use crate::store::State;
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, one_line};
use crate::ui::render;
use crate::ui::screen;
use crate::ui::views::ReceiptView;

/// A reason is a sentence or two.
const LONGEST_REASON: usize = 1_000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: Netuid,
    /// Ask the chain about changes whose end is not known, and about proposals of a multisig
    #[arg(long)]
    refresh: bool,
    /// Close the record of a change of which the chain cannot tell the end, by what you have found out;
    /// refused while its transaction may still get into a block
    #[arg(long, value_name = "ID", requires_all = ["decided", "because"], conflicts_with = "refresh")]
    close: Option<String>,
    /// The outcome of that change
    #[arg(long = "as", id = "decided", value_name = "OUTCOME", requires = "close",
          value_parser = ["applied", "not-applied"])]
    decided: Option<String>,
    /// How you know it, kept in the record
    #[arg(long, value_name = "TEXT", requires = "close", value_parser = reason)]
    because: Option<String>,
    /// Skip the confirmation prompt
    #[arg(short, long, requires = "close")]
    yes: bool,
}

/// A reason that a record can hold.
fn reason(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("say how you know it");
    }
    if text.chars().any(is_harmful) || text.chars().count() > LONGEST_REASON {
        return Err("say it in one line of at most 1000 characters");
    }
    Ok(text.to_owned())
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, refresh, close, decided, because, yes } = args;
    let netuid = netuid.given()?;
    let state = connect::state(global)?;
    if let (Some(id), Some(decided), Some(because)) = (close, decided, because) {
        let decision = Decision { applied: decided == "applied", because };
        return self::close(global, &state, netuid, &id, &decision, yes).await;
    }
    let (mut receipts, broken) = state.receipts(netuid)?;
    let mut failed = Vec::new();
    let asks = |receipt: &Receipt| receipt.outcome.is_open() || receipt.outcome.is_pending();
    if refresh && receipts.iter().any(asks) {
        let chain = connect::connect(global).await?;
        for receipt in &mut receipts {
            if asks(receipt) && receipt.chain.genesis_hash == *chain.genesis_hash() {
                let subnet = state.subnet(&receipt.chain.genesis_hash, receipt.netuid);
                // The others are asked for and shown all the same.
                if let Err(error) = ops::settle(&chain, receipt, &subnet).await {
                    failed.push((receipt.id.clone(), not_settled(receipt, error)));
                } else if receipt.outcome.is_pending()
                    && let Err(error) = ops::update(&chain, receipt, &subnet).await
                {
                    let what = format!("proposal {}: {}", receipt.id, error.what);
                    let hint = error.next_step().to_owned();
                    failed.push((receipt.id.clone(), Error::new(error.kind, what).hint(hint)));
                }
            }
        }
        connect::tell_traffic(global, &chain);
    }
    for broken in &broken {
        screen::tell(&format!("warning: {}", one_line(broken)));
    }
    for (_, error) in &failed {
        screen::tell(&format!("warning: {}", one_line(&error.what)));
        screen::tell(&format!("hint: {}", one_line(&super::printed::complete(error.next_step()))));
    }
    let text = if receipts.is_empty() {
        "Nothing was sent from here\n".to_owned()
    } else {
        let blocks: Vec<_> = receipts
            .iter()
            .map(|receipt| {
                render::text::receipt(&ReceiptView::of(
                    receipt,
                    state.rollback_profile(receipt).as_deref(),
                ))
            })
            .collect();
        blocks.join("\n")
    };
    let rows: Vec<_> = receipts
        .iter()
        .map(|receipt| ReceiptView::of(receipt, state.rollback_profile(receipt).as_deref()))
        .collect();
    let code = if failed.is_empty() { exit::OK } else { exit::UNKNOWN };
    let failed: Vec<_> = failed
        .iter()
        .map(|(id, error)| json!({ "id": id, "error": error.what, "hint": error.next_step() }))
        .collect();
    let data = json!({ "receipts": rows, "unreadable": broken, "failed": failed });
    Ok(Report::new(text, data).code(code))
}

/// Closes a record by a decision.
async fn close(
    global: &Global,
    state: &State,
    netuid: Option<u16>,
    id: &str,
    decision: &Decision,
    yes: bool,
) -> Result<Report> {
    let none = || {
        Error::input(format!("there is no record {id} in {}", state.root().display()))
            .hint("`subtune history` lists the records; --state-dir names another directory")
    };
    let (receipts, _) = state.receipts(netuid)?;
    let found = receipts.into_iter().find(|receipt| receipt.id == id).ok_or_else(none)?;
    let chain = connect::connect(global).await?;
    if found.chain.genesis_hash != *chain.genesis_hash() {
        return Err(Error::input(format!(
            "the change {id} is one on {} ({}), this is {} ({})",
            found.chain.network,
            found.chain.genesis_hash,
            chain.network(),
            chain.genesis_hash()
        ))
        .hint("name that chain with --network"));
    }
    let subnet = state.subnet(&found.chain.genesis_hash, found.netuid);
    let _lock = subnet.lock()?;
    // Another run may just have told its end.
    let mut receipt = state.receipt(found.netuid, id)?.ok_or_else(none)?;
    let terminal = Terminal { yes, quiet: global.quiet() };
    let closing = ops::close(&chain, &mut receipt, &subnet, decision, |receipt, why| {
        let profile = subnet.rollback_profile(receipt);
        let shown = format!(
            "{}The chain does not tell what became of it: {}\n",
            render::text::receipt(&ReceiptView::of(receipt, profile.as_deref())),
            one_line(why)
        );
        let end = if decision.applied { "applied" } else { "not applied" };
        let deed = format!("close this record as {end} on {}", receipt.chain.network);
        terminal.consent(&shown, &deed, receipt.netuid, &receipt.chain.genesis_hash)
    })
    .await?;
    connect::tell_traffic(global, &chain);
    let profile = subnet.rollback_profile(&receipt);
    let mut text = render::text::receipt(&ReceiptView::of(&receipt, profile.as_deref()));
    if closing == Closing::Told {
        text.push_str("\nThe chain has told what became of it: nothing had to be decided\n");
    }
    let data = json!({
        "outcome": receipt.outcome.word(),
        "decided": closing == Closing::Decided,
        "receipt": ReceiptView::of(&receipt, profile.as_deref()),
    });
    Ok(Report::new(text, data))
}
