//! `subtune history`

use serde_json::json;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::receipt::Receipt;
use subtune_model::text::is_harmful;

use super::earlier::not_settled;
use super::{Global, connect, netuid};
use crate::ops::{self, Closing, Decision};
use crate::store::{self, State};
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, one_line};
use crate::ui::render;
use crate::ui::screen;
use crate::ui::views::{HistoryView, ReceiptView};

/// A reason is a sentence or two.
const LONGEST_REASON: usize = 1_000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Subnet of which to list the changes, or the id of one to show whole; `--netuid N` does as well
    #[arg(value_name = "NETUID|ID", value_parser = asked)]
    which: Option<Which>,
    /// The subnet, as an option
    #[arg(long = "netuid", value_name = "NETUID", hide = true)]
    netuid_option: Option<u16>,
    /// List only the newest N changes
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// Ask the chain about changes whose end is not known, and about proposals of a multisig
    #[arg(long)]
    refresh: bool,
    /// Close the record of a change whose outcome the chain cannot tell, by what you have found out;
    /// refused while its transaction may still get into a block
    #[arg(long, value_name = "ID", requires_all = ["decided", "because"], conflicts_with = "refresh")]
    close: Option<String>,
    /// The outcome of that change
    #[arg(long = "as", id = "decided", value_name = "OUTCOME", requires = "close", value_enum)]
    decided: Option<Decided>,
    /// How you know it, kept in the record
    #[arg(long, value_name = "TEXT", requires = "close", value_parser = reason)]
    because: Option<String>,
    /// Skip the confirmation prompt
    #[arg(short, long, requires = "close")]
    yes: bool,
}

// How a change ended that the chain does not tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Decided {
    Applied,
    NotApplied,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Which {
    Subnet(u16),
    Record(String),
}

/// A netuid or the id of a record.
fn asked(text: &str) -> Result<Which, &'static str> {
    match text.parse() {
        Ok(netuid) => Ok(Which::Subnet(netuid)),
        Err(_) if store::is_id(text) => Ok(Which::Record(text.to_owned())),
        Err(_) => {
            Err("it is neither a netuid nor the id of a record, as `subtune history` lists them")
        }
    }
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
    let Args { which, netuid_option, limit, refresh, close, decided, because, yes } = args;
    let (netuid, id) = match which {
        Some(Which::Subnet(netuid)) => (Some(netuid), None),
        Some(Which::Record(id)) => (None, Some(id)),
        None => (None, None),
    };
    let netuid = netuid::one(netuid, netuid_option)?;
    if id.is_some() && (limit.is_some() || close.is_some()) {
        return Err(Error::usage("the id of a record is taken alone, or with --refresh")
            .hint("leave out --limit; --close takes the id itself"));
    }
    let state = connect::state(global)?;
    if let (Some(id), Some(decided), Some(because)) = (close, decided, because) {
        let decision = Decision { applied: decided == Decided::Applied, because };
        return self::close(global, &state, netuid, &id, &decision, yes).await;
    }
    let (mut receipts, broken) = state.receipts(netuid)?;
    if let Some(id) = &id {
        receipts.retain(|receipt| receipt.id == *id);
        if receipts.is_empty() {
            let damaged = broken.iter().find(|broken| broken.contains(id.as_str()));
            return Err(
                damaged.map_or_else(|| no_record(&state, id), |it| store::unreadable_record(it))
            );
        }
    }
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
    let none = match netuid {
        Some(netuid) => {
            format!("No changes of subnet {netuid} recorded in {}", state.root().display())
        }
        None => format!("No changes recorded in {}", state.root().display()),
    };
    let profile = |receipt: &Receipt| state.rollback_profile(receipt);
    let view = HistoryView::of(&receipts, limit, profile, none).with(broken, &failed);
    let view = HistoryView { whole: id.is_some(), ..view };
    let code = if failed.is_empty() { exit::OK } else { exit::UNKNOWN };
    Ok(Report::new(render::text::history(&view), json!(view)).code(code))
}

/// The error for an id that no record has.
fn no_record(state: &State, id: &str) -> Error {
    Error::input(format!("there is no record {id} in {}", state.root().display()))
        .hint("`subtune history` lists the records; --state-dir names another directory")
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
    let none = || no_record(state, id);
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
        .hint("choose that chain with --network"));
    }
    let subnet = state.subnet(&found.chain.genesis_hash, found.netuid);
    let _lock = subnet.lock()?;
    // Another run may just have told its end.
    let mut receipt = state.receipt(found.netuid, id)?.ok_or_else(none)?;
    let terminal = Terminal { yes, quiet: global.quiet() };
    let closing = ops::close(&chain, &mut receipt, &subnet, decision, |receipt, why| {
        let profile = subnet.rollback_profile(receipt);
        let shown = format!(
            "{}The chain does not tell its outcome: {}\n",
            render::text::receipt(&ReceiptView::of(receipt, profile.as_deref())),
            one_line(why)
        );
        let end = if decision.applied { "applied" } else { "not applied" };
        let deed = format!("close this record as {end} on {}", receipt.chain.network);
        terminal.consent(&shown, &deed, &receipt.netuid.to_string(), &receipt.chain.genesis_hash)
    })
    .await?;
    connect::tell_traffic(global, &chain);
    let profile = subnet.rollback_profile(&receipt);
    let mut text = render::text::receipt(&ReceiptView::of(&receipt, profile.as_deref()));
    if closing == Closing::Told {
        text.push_str("\nThe chain told the outcome: nothing had to be decided\n");
    }
    let data = json!({
        "outcome": receipt.outcome.word(),
        "decided": closing == Closing::Decided,
        "receipt": ReceiptView::of(&receipt, profile.as_deref()),
    });
    Ok(Report::new(text, data))
}
