//! `subtune plan`

use std::path::{Path, PathBuf};

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::address;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::plan::{Item, Plan, Status};
use subtune_model::planner::Drift;
use subtune_model::planner::stage;
use subtune_model::ports::ChainWrite as _;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::args::{Foretelling, OwnCode, Simulating, Wanted};
use super::cold::{self, Saving};
use super::netuid::{NetuidAt, SubnetAt};
use super::{Global, connect, keys, origin, printed};
use crate::files::write;
use crate::ops;
use crate::profile_yaml;
use crate::ui::output::{Report, Stream, one_line};
use crate::ui::render;
use crate::ui::views::{PlanView, StageView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: NetuidAt,
    #[command(flatten)]
    pub(super) wanted: Wanted,
    /// Save the plan to this file, for `subtune apply --plan`
    #[arg(id = "output", short = 'o', long, alias = "out", value_name = "FILE", group = "written")]
    out: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "written")]
    force: bool,
    /// Leave blocked changes out of what is saved, as apply does
    #[arg(long)]
    skip_blocked: bool,
    /// Exit with 3 when there is something to send, now or later, or when that is not known
    #[arg(long)]
    detailed_exitcode: bool,
    /// Exit with 10 when something is blocked for good: not permitted, invalid or unknown; 3 comes
    /// first
    #[arg(long, conflicts_with = "skip_blocked")]
    blocked_exitcode: bool,
    /// Plan for this future block instead of the next one
    #[arg(long, value_name = "BLOCK", conflicts_with = "written")]
    at_block: Option<u64>,
    /// Who will sign, when it is not the owner: an SS58 address
    #[arg(long, value_name = "ADDRESS", conflicts_with = "unsigned")]
    signer: Option<String>,
    /// Plan for the key of this wallet, by its coldkeypub.txt; nothing is unlocked
    #[arg(long, short = 'w', aliases = ["wallet", "wallet.name", "wallet_name"], value_name = "NAME",
          conflicts_with_all = ["signer", "unsigned"])]
    wallet_name: Option<String>,
    #[command(flatten)]
    folder: keys::Folder,
    /// Show the block from which the freeze window and rate limits allow all changes
    #[arg(long, conflicts_with_all = ["written", "at_block"])]
    wait: bool,
    /// Like --wait, for each part as soon as it is accepted
    #[arg(long, conflicts_with_all = ["written", "at_block"])]
    staged: bool,
    #[command(flatten)]
    cold: cold::Options,
    #[command(flatten)]
    origin: origin::OriginArgs,
    #[command(flatten)]
    simulating: Simulating,
    #[command(flatten)]
    foretelling: Foretelling,
    #[command(flatten)]
    own_code: OwnCode,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args {
        netuid,
        wanted,
        out,
        force,
        skip_blocked,
        detailed_exitcode,
        blocked_exitcode,
        at_block,
        signer,
        wallet_name,
        folder,
        wait,
        staged,
        cold,
        origin,
        simulating,
        foretelling,
        own_code,
    } = args;
    // What the parser refuses beside --at-block.
    if netuid.has_block() && (out.is_some() || cold.unsigned.is_some() || wait || staged) {
        return Err(Error::usage(
            "--output, --unsigned, --wait and --staged plan for the next block",
        )
        .hint("leave out @BLOCK"));
    }
    let SubnetAt { netuid, block: at_block } = netuid.required("plan", at_block)?;
    if foretelling.forecast && own_code.is_given() {
        return Err(Error::usage(
            "--forecast is by the chain's own code, not by --offline-runtime",
        )
        .hint("leave one of them out"));
    }
    let signer = match (signer, wallet_name.is_some() || folder.wallet_path.is_some()) {
        (None, true) => {
            let wallet = keys::wallet(wallet_name.as_deref(), &folder)?;
            Some(address::ss58(&wallet.read_coldkeypub()?))
        }
        (signer, _) => signer,
    };
    if !origin.is_direct() && signer.is_none() {
        return Err(Error::usage("--proxy-for and --multisig act with a key of their own")
            .hint("pass its address with --signer, or its wallet with --wallet-name"));
    }
    let wished = wanted.read()?;
    let signer = signer
        .as_deref()
        .map(address::parse_ss58)
        .transpose()?
        .map(|account| address::ss58(&account));
    let mut terms = Terms { at: at_block, signer, ..wanted.terms() };
    if let Some(path) = out.as_ref().or(cold.unsigned.as_ref()) {
        write::check_output(path, force)?;
    }
    let chain = connect::connect(global).await?.metadata_hash(!cold.no_metadata_hash);
    let chain = own_code.on(chain)?;
    let (mut plan, snapshot) = wished.plan(&chain, netuid, &terms).await?;
    // Once a signing mode is chosen, the terms no longer tell who signs.
    let signs = terms.signer.clone().unwrap_or_else(|| plan.owner.clone());
    if let Some(signer) = terms.signer.clone() {
        origin.take(&chain, &mut plan, &mut terms, &snapshot, &signer).await?;
    }
    if let Some(block) = at_block.filter(|block| *block <= snapshot.block.number) {
        return Err(Error::input(format!(
            "block {block} is in the past: the latest finalized block is {}",
            snapshot.block.number
        ))
        .hint("pass a future block; `subtune show --at-block` reads an older one"));
    }
    let plan = simulating.judge(&chain, plan, &snapshot, &mut terms, &signs).await;
    let plan = foretelling.tell(global, &chain, plan, &snapshot, &terms).await;
    let how = Saving { force, skip_blocked };
    let written = cold.write(&chain, &plan, &snapshot, &terms, how).await?;
    connect::tell_traffic(global, &chain);
    let Shown { mut text, mut data, mut markdown } = match wait || staged {
        true => in_stages(&chain, &plan, &snapshot, &terms, &signs, staged, &simulating).await?,
        false => {
            let view = PlanView::of_block(&plan, &snapshot, terms.block(&snapshot));
            Shown {
                text: render::text::plan(&view, Stream::Stdout),
                markdown: render::markdown::plan(&view),
                data: json!(view),
            }
        }
    };
    if let Some(path) = &out {
        let kept =
            if skip_blocked { plan.without_blocked(&snapshot, &terms) } else { plan.clone() };
        write::output(path, &profile_yaml::write_saved(&kept)?, force)?;
        text.push_str(&saved_words(&kept, &one_line(&path.display().to_string())));
        if let serde_json::Value::Object(data) = &mut data {
            data.insert("file".to_owned(), json!(path.display().to_string()));
        }
    }
    if !written.text.is_empty() {
        markdown.push_str(&format!(
            "\n{}",
            render::markdown::verbatim(&printed::complete(&written.text))
        ));
    }
    text.push_str(&written.text);
    if let serde_json::Value::Object(data) = &mut data {
        data.extend(written.data);
    }
    let Drift { pending, blocked, unclear } = plan.drift(&snapshot);
    // What could not be told is not taken for no drift.
    let drift = !pending.is_empty() || !unclear.is_empty();
    let code = match (detailed_exitcode && drift, blocked_exitcode) {
        (true, _) => exit::PENDING,
        (false, true) if !blocked.is_empty() => exit::BLOCKED,
        (false, _) => exit::OK,
    };
    Ok(Report::new(text, data).markdown(markdown).code(code))
}

/// A plan in every form.
struct Shown {
    text: String,
    markdown: String,
    data: serde_json::Value,
}

/// What `apply --wait` or `--staged` would send, and from which blocks.
async fn in_stages(
    chain: &Chain,
    plan: &Plan,
    snapshot: &Snapshot,
    terms: &Terms,
    signer: &str,
    staged: bool,
    simulating: &Simulating,
) -> Result<Shown> {
    let mut whole = ops::together(snapshot, &plan.wishes(), &plan.source, terms)?;
    whole.plan.forecast.clone_from(&plan.forecast);
    let mut stages = stage::stages(snapshot, whole.clone(), terms, staged);
    for stage in &mut stages {
        stage.plan.fee_rao = chain.fee(&stage.plan.calls, &stage.plan.origin, signer).await?;
    }
    if simulating.is_wanted() {
        ops::judge_stages(chain, &mut whole.plan, &mut stages, snapshot, terms, signer).await;
    }
    let view = PlanView::of(&whole.plan, snapshot);
    let parts = StageView::all(&stages, snapshot);
    let mut data = json!(view);
    if let serde_json::Value::Object(data) = &mut data {
        data.insert("stages".to_owned(), json!(parts));
    }
    Ok(Shown {
        text: render::text::stages(&view, &parts, Stream::Stdout),
        markdown: render::markdown::stages(&view, &parts),
        data,
    })
}

/// Where a plan was saved, and the command that applies it, if one does.
fn saved_words(plan: &Plan, path: &str) -> String {
    let waits = |item: &Item| matches!(item.status, Status::Later { .. });
    let option = match plan.calls.is_empty() {
        true if plan.blocked().next().is_none() => return format!("Saved to {path}\n"),
        _ if plan.blocked().all(waits) && plan.blocked().next().is_some() => "--wait",
        true => return format!("Saved to {path}; nothing in it can be sent\n"),
        false if plan.blocked().next().is_some() => "--skip-blocked",
        false => "",
    };
    let file = printed::path(Path::new(path));
    let mut words = vec!["apply", "--plan", &file];
    words.extend(Some(option).filter(|option| !option.is_empty()));
    format!("Saved to {path}; to apply it:\n  {}\n", printed::command(&words))
}
