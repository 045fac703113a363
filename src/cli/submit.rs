//! `subtune submit`: what apply does, with a signature that was made elsewhere.

use std::path::PathBuf;

use subtune_chain::{Carried, Chain};
use subtune_model::error::{Error, Kind, Result};
use subtune_model::plan::Plan;
use subtune_model::ports::{ChainError, ChainRead as _, Inclusion};
use subtune_model::receipt::{Command, Outcome, Place, Receipt, Transaction};
use subtune_model::signature::Signature;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::unsigned::{ColdFile, SignatureText};

use super::earlier::{enter, not_settled};
use super::outcome::{done, report};
use super::{Global, cold, connect, printed};
use crate::files::read;
use crate::ops::{self, Confirm as _, Request, Sign};
use crate::profile_yaml;
use crate::ui::ask::Terminal;
use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File that `subtune sign` wrote
    file: PathBuf,
    /// The signature of another signer for a file that `subtune plan --unsigned` wrote: 0x and 64
    /// bytes, or 65 with the scheme
    #[arg(long, value_name = "HEX")]
    signature: Option<SignatureText>,
    /// Check everything, but do not write files or send
    #[arg(long)]
    dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(long)]
    yes: bool,
}

/// A key that is somewhere else and has signed already.
struct Elsewhere {
    address: String,
    signature: Signature,
}

impl Sign for Elsewhere {
    fn address(&self) -> String {
        self.address.clone()
    }

    fn sign(&self, _: &[u8]) -> Signature {
        self.signature
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { file: path, signature, dry_run, yes } = args;
    let name = read::name(&path);
    let file = cold::read_file(&path)?;
    let signature = match (signature, file.signature) {
        (Some(given), None) => given,
        (None, Some(own)) => own,
        (None, None) => {
            return Err(Error::input(format!("{name} is not signed yet")).hint(format!(
                "sign it with `{}`, or give the --signature of another signer",
                printed::command(&["sign", &printed::path(&path)])
            )));
        }
        (Some(_), Some(_)) => {
            return Err(Error::usage(format!("{name} has a signature of its own"))
                .hint("leave out --signature, or take the unsigned file"));
        }
    };
    let saved: Plan = profile_yaml::from_saved(&file.plan, "the plan in the file")
        .map_err(profile_yaml::complaints_error)?;
    if saved.netuid != file.netuid {
        return Err(Error::input(format!("{name} has a plan of another subnet"))
            .hint("make a new one with `subtune plan … --unsigned FILE`"));
    }
    let chain = connect::connect(global).await?.metadata_hash(file.metadata_digest.is_some());
    chain.heed(saved.items.iter().map(|item| &item.name));
    let snapshot = chain.latest(saved.netuid).await?;
    let terminal = Terminal { yes, quiet: global.quiet() };
    printed::signed_elsewhere();
    // A run that was killed after the send has left its record.
    if let Some(receipt) = earlier(global, &file)? {
        let told = sent_before(global, &chain, receipt, &snapshot, dry_run, &terminal).await?;
        if let Some(report) = told {
            return Ok(report);
        }
    }
    connect::check_fresh(&snapshot, true)?;
    let port = Carried::new(&chain, &file, &saved.calls, &snapshot, signature).await?;
    if let Err(late) = port.check_turn(&saved.calls, &snapshot).await {
        // Perhaps because it has been sent, from wherever.
        let transaction = port.transaction(&saved.calls, &snapshot, signature).await?;
        let from = transaction.birth.saturating_add(1);
        return Err(match chain.find(&transaction, from).await? {
            Inclusion::NotBy(_) => late,
            Inclusion::Included { place, result, .. } => on_chain(&file, &place, result.err()),
            Inclusion::Unread { place, .. } => on_chain(&file, &place, None),
        });
    }
    // What no rule decides was let go when the plan was made.
    let terms = Terms { allow_unknown: true, ..Terms::default() };
    let again = match ops::still_holds(&saved, &snapshot, &terms) {
        Ok(again) => again,
        Err(error) => return Err(ops::or_rotated(&chain, &saved.owner, &snapshot, error).await),
    };
    let plan = Plan { fee_rao: saved.fee_rao, ..again };
    let shown = plan.clone();
    let request = Request {
        command: Command::Apply,
        plan,
        saved: Some(saved),
        signer: file.signer.clone(),
        skip_blocked: false,
        terms,
        dry_run,
        patience: global.timeout().saturating_mul(2),
    };
    let (journal, _lock) = enter(global, &chain, &snapshot, &terminal, dry_run).await?;
    let key = Elsewhere { address: file.signer.clone(), signature: signature.0 };
    let applied =
        ops::apply(&port, request, &snapshot, &terminal, &journal, async || Ok(key)).await;
    connect::tell_traffic(global, &chain);
    Ok(report(&applied?, &shown, &snapshot, &journal, "written or sent"))
}

/// The newest record of the transaction in a file: of the same signer, with the same nonce and era, so
/// that the chain takes only one of both.
fn earlier(global: &Global, file: &ColdFile) -> Result<Option<Receipt>> {
    let (receipts, _) = connect::state(global)?.receipts(Some(file.netuid))?;
    Ok(receipts.into_iter().rev().find(|receipt| {
        let Transaction { hash: _, nonce, birth, death } = receipt.transaction;
        receipt.chain.genesis_hash == file.chain.genesis_hash
            && receipt.signer == file.signer
            && (nonce, birth, death) == (file.nonce, file.era.birth, file.era.death())
    }))
}

/// What became of a transaction that was sent before; nothing when it was not sent after all, and may
/// be sent now.
async fn sent_before(
    global: &Global,
    chain: &Chain,
    mut receipt: Receipt,
    now: &Snapshot,
    dry_run: bool,
    terminal: &Terminal,
) -> Result<Option<Report>> {
    if matches!(receipt.outcome, Outcome::NotSent { .. } | Outcome::Rejected { .. }) {
        return Ok(None);
    }
    let journal = connect::state(global)?.subnet(&receipt.chain.genesis_hash, receipt.netuid);
    if receipt.outcome.is_open() && !dry_run {
        let _lock = journal.lock()?;
        let settled = ops::settle(chain, &mut receipt, &journal).await;
        settled.map_err(|error| not_settled(&receipt, error))?;
    }
    let Receipt { id, transaction: Transaction { hash, death, .. }, outcome, .. } = &receipt;
    let word = outcome.word();
    match outcome {
        Outcome::Applied { .. } => {
            terminal.say(&format!("sent before, as {id}: not sent again"));
            Ok(Some(done(&receipt, now, &journal)))
        }
        _ if outcome.is_open() => Err(Error::new(
            Kind::Unknown,
            format!("sent before, as {id}, and the outcome of {hash} is not known yet"),
        )
        .hint(format!(
            "it may get into a block before block {death}: do not send another one until then; \
             `subtune history --refresh` asks the chain"
        ))),
        _ => Err(Error::refused(format!("sent before, as {id}, and its outcome is {word}"))
            .hint("`subtune history` tells more; make a new plan for what is left")),
    }
}

/// The error for a transaction that is on the chain, and of which there is no record here.
fn on_chain(file: &ColdFile, place: &Place, error: Option<ChainError>) -> Error {
    let said =
        error.map_or_else(String::new, |error| format!(", and the chain refused it: {error}"));
    Error::refused(format!(
        "sent before, from elsewhere: the transaction is in block {}{said}",
        place.block
    ))
    .hint(format!("look at `subtune show {}`", file.netuid))
}
