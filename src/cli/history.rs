//! `subtune history`

use serde_json::json;

use super::{Global, connect};
use crate::error::Result;
use crate::model::receipt::Receipt;
use crate::ops;
use crate::ui::output::{Report, one_line};
use crate::ui::screen;
use crate::ui::views;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this subnet
    netuid: Option<u16>,
    /// Ask the chain about changes whose end is not known
    #[arg(long)]
    refresh: bool,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, refresh } = args;
    let state = connect::state(global)?;
    let (mut receipts, broken) = state.receipts(netuid)?;
    if refresh && receipts.iter().any(open) {
        let chain = connect::connect(global).await?;
        for receipt in receipts.iter_mut().filter(|receipt| open(receipt)) {
            if receipt.chain.genesis_hash == *chain.genesis_hash() {
                let subnet = state.subnet(&receipt.chain.genesis_hash, receipt.netuid);
                ops::settle(&chain, receipt, &subnet).await?;
            }
        }
        connect::tell_traffic(global, &chain);
    }
    for broken in &broken {
        screen::tell(&format!("warning: {}", one_line(broken)));
    }
    let text = if receipts.is_empty() {
        "Nothing was sent from here\n".to_owned()
    } else {
        let blocks: Vec<_> = receipts.iter().map(views::receipt_text).collect();
        blocks.join("\n")
    };
    let rows: Vec<_> = receipts.iter().map(views::receipt_json).collect();
    Ok(Report::new(text, json!({ "receipts": rows, "unreadable": broken })))
}

fn open(receipt: &Receipt) -> bool {
    receipt.outcome.is_open()
}
