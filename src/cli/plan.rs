//! `subtune plan`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::address;
use subtune_model::catalog;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::finding::Finding;
use subtune_model::plan::{Item, Plan, Status, Wish};
use subtune_model::planner::Drift;
use subtune_model::planner::stage;
use subtune_model::ports::{ChainRead as _, ChainWrite as _};
use subtune_model::profile::wishes;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Intent;
use subtune_model::terms::Terms;
use subtune_model::value::{Unit, Value, parse_with_unit};

use super::cold::{self, Saving};
use super::netuid::{NetuidAt, SubnetAt};
use super::{Global, connect, keys, origin, printed, runtime};
use crate::files::{read, write};
use crate::ops;
use crate::profile_yaml::{self, Loaded, Names};
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
    own_code: OwnCode,
}

/// Whether the chain's own code is asked.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Simulating {
    /// Do not run the plan on the chain's own code; subtune's rules alone decide
    #[arg(long)]
    no_simulate: bool,
}

/// A runtime of one's own.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OwnCode {
    /// Try it on this runtime instead of the chain's own, such as that of the next release
    #[arg(long, value_name = "FILE", conflicts_with = "no_simulate")]
    offline_runtime: Option<PathBuf>,
}

impl OwnCode {
    /// The chain, with that code in place of its own.
    pub(super) fn on(&self, chain: Chain) -> Result<Chain> {
        match &self.offline_runtime {
            Some(path) => chain.with_code(&runtime::read_code(path)?),
            None => Ok(chain),
        }
    }
}

impl Simulating {
    /// The plan as the chain's own code judges it, with the terms that it then has.
    pub(super) async fn judge(
        &self,
        chain: &Chain,
        plan: Plan,
        snapshot: &Snapshot,
        terms: &mut Terms,
        signer: &str,
    ) -> Plan {
        match self.no_simulate {
            true => plan,
            false => ops::judge(chain, plan, snapshot, terms, signer).await,
        }
    }
}

/// What is wanted.
#[derive(Debug, clap::Args)]
pub(super) struct Wanted {
    /// Built-in profile or YAML file
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) profile: Option<String>,
    /// Set a value; overrides the profile (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// Use only this hyperparameter from the profile (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,
    /// Leave out this hyperparameter (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) without: Vec<String>,
    /// Skip changes that have no effect on this chain
    #[arg(long = "skip-no-effect", alias = "skip-inert")]
    pub(super) skip_inert: bool,
    /// Include changes that subtune has no rules for; the chain decides
    #[arg(long)]
    pub(super) allow_unknown: bool,
    #[command(flatten)]
    pub(super) intent: IntentArgs,
}

/// What the owner knows of the subnet and the chain does not, for the lint.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct IntentArgs {
    /// Length of a full evaluation or competition round, as 48h or in blocks
    #[arg(long, value_name = "TIME", value_parser = duration)]
    round: Option<u64>,
    /// Time between two weight submissions in the validators' code, as 20m or in blocks
    #[arg(long, value_name = "TIME", value_parser = duration)]
    epoch_length: Option<u64>,
}

impl IntentArgs {
    pub(super) const fn intent(&self) -> Intent {
        let Self { round, epoch_length } = self;
        Intent { round: *round, epoch_length: *epoch_length }
    }
}

/// A time in blocks, written as in a profile.
pub(super) fn duration(text: &str) -> Result<u64, String> {
    match parse_with_unit(text, Unit::Blocks) {
        Ok(value) => value.as_u64().ok_or_else(|| "it is too long".to_owned()),
        Err(unreadable) => Err(format!("{}; {}", unreadable.what, unreadable.hint)),
    }
}

impl Wanted {
    /// How to plan it for the next block.
    pub(super) fn terms(&self) -> Terms {
        let Self { profile: _, set: _, only: _, without: _, skip_inert, allow_unknown, intent } =
            self;
        Terms {
            skip_inert: *skip_inert,
            allow_unknown: *allow_unknown,
            intent: intent.intent(),
            ..Terms::default()
        }
    }

    /// Reads what is wanted, once: its file may be a pipe.
    pub(super) fn read(&self) -> Result<Wished> {
        let names = names(self.allow_unknown);
        let loaded =
            self.profile.as_deref().map(|name| profile_yaml::load(name, names)).transpose()?;
        let named = |name: &str| {
            loaded.as_ref().is_some_and(|loaded: &Loaded| {
                loaded.profile.hyperparameters.contains_key(name)
                    || loaded.unreadable.contains_key(name)
            })
        };
        let canonical = |name: &String| match catalog::find(name) {
            Some(row) => Ok(row.name.to_owned()),
            None if named(name) => Ok(name.clone()),
            None => Err(unknown_name(name)),
        };
        let only = self.only.iter().map(canonical).collect::<Result<Vec<_>>>()?;
        if let Some(name) = only.iter().find(|name| !named(name)) {
            return Err(Error::input(format!("--only {name}: the profile does not name it"))
                .hint("look at it with `subtune profiles NAME`"));
        }
        let settings = profile_yaml::settings(&self.set, names)?;
        let without = without(&self.without, &|name| named(name) || settings.contains_key(name))?;
        if loaded.is_none() && self.set.is_empty() {
            return Err(Error::usage("no changes requested")
                .hint("use --profile NAME|FILE or --set NAME=VALUE"));
        }
        let profile = self.profile.as_deref().map(|profile| read::name(Path::new(profile)));
        let source = match (profile, self.set.is_empty()) {
            (Some(profile), true) => profile,
            (Some(profile), false) => format!("{profile} and --set {}", self.set.join(" --set ")),
            (None, _) => format!("--set {}", self.set.join(" --set ")),
        };
        Ok(Wished { loaded, only, without, settings, source, names })
    }
}

/// What is wanted, as it was read.
pub(super) struct Wished {
    loaded: Option<Loaded>,
    /// Names of the profile that were asked for one by one.
    only: Vec<String>,
    /// Names that were left out one by one.
    without: Vec<String>,
    /// Those of `--set`, which go before the profile's.
    settings: BTreeMap<String, Value>,
    source: String,
    names: Names,
}

impl Wished {
    /// The wishes for this subnet, and what was left out of them.
    pub(super) fn wishes(&self, snapshot: &Snapshot) -> Result<(Vec<Wish>, Vec<Finding>)> {
        let Self { loaded, only, without, settings, source: _, names } = self;
        let (mut values, mut left_out) = (BTreeMap::new(), Vec::new());
        if let Some(loaded) = loaded {
            connect::check_loaded(loaded, snapshot)?;
            (values, left_out) = loaded.wanted(only, *names, snapshot);
        }
        values.extend(settings.clone());
        values.retain(|name, _| !without.contains(name));
        left_out.retain(|finding| !values.contains_key(&finding.name));
        Ok((wishes(values), left_out))
    }

    /// Plans on the newest finalized block.
    pub(super) async fn plan(
        &self,
        chain: &Chain,
        netuid: u16,
        terms: &Terms,
    ) -> Result<(Plan, Snapshot)> {
        let profile = self.loaded.iter().flat_map(|loaded| loaded.profile.hyperparameters.keys());
        chain.heed(profile.chain(self.settings.keys()));
        let snapshot = chain.latest(netuid).await?;
        connect::check_fresh(&snapshot, false)?;
        let (wishes, left_out) = self.wishes(&snapshot)?;
        known_to_any(wishes.iter().map(|wish| wish.name.as_str()), self.names, &snapshot)?;
        let mut plan = Plan::build(&snapshot, &wishes, &self.source, terms);
        plan.findings.extend(left_out);
        if !plan.calls.is_empty() {
            plan.fee_rao = chain.fee(&plan.calls, &plan.origin, &plan.owner).await?;
        }
        Ok((plan, snapshot))
    }
}

/// Which names are taken before the chain is asked.
pub(super) const fn names(allow_unknown: bool) -> Names {
    match allow_unknown {
        true => Names::Any,
        false => Names::Plausible,
    }
}

/// Refuses a name that neither the catalog nor the chain knows, unless it was allowed.
///
/// # Errors
/// With the name.
pub(super) fn known_to_any<'a>(
    mut wanted: impl Iterator<Item = &'a str>,
    names: Names,
    snapshot: &Snapshot,
) -> Result<()> {
    let known = |name: &str| {
        catalog::find(name).is_some()
            || snapshot.unknown.contains_key(name)
            || snapshot.unreadable.contains_key(name)
    };
    match wanted.find(|name| names != Names::Any && !known(name)) {
        Some(name) => Err(unknown_name(name)),
        None => Ok(()),
    }
}

/// The names of `--without` as the catalog writes them.
///
/// # Errors
/// When one is not among those that are wanted.
pub(super) fn without(names: &[String], wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>> {
    let name = |name: &String| {
        let canonical = catalog::find(name).map_or(name.as_str(), |row| row.name);
        match wanted(canonical) {
            true => Ok(canonical.to_owned()),
            false => Err(Error::input(format!(
                "--without {name}: it is not among the requested changes"
            ))
            .hint("choose one that `subtune plan` shows without this option")),
        }
    };
    names.iter().map(name).collect()
}

/// A plan as it is saved.
pub(super) fn saved(plan: &Plan) -> Result<String> {
    profile_yaml::write_saved(plan)
}

/// The error for a name that the catalog does not know.
pub(super) fn unknown_name(name: &str) -> Error {
    if let Some(only) = catalog::display_only(name) {
        return Error::input(only.fault()).hint(only.advice);
    }
    Error::input(format!("unknown hyperparameter {name}")).hint(
        catalog::suggestion(name).unwrap_or_else(|| "`subtune explain` lists all names".to_owned()),
    )
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
    let how = Saving { force, skip_blocked };
    let written = cold.write(&chain, &plan, &snapshot, &terms, how).await?;
    connect::tell_traffic(global, &chain);
    let Shown { mut text, mut data, mut markdown } = match wait || staged {
        true => in_stages(&chain, &plan, &snapshot, &terms, staged).await?,
        false => {
            let view = PlanView::of(&plan, &snapshot);
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
        write::output(path, &saved(&kept)?, force)?;
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
    staged: bool,
) -> Result<Shown> {
    let whole = ops::together(snapshot, &plan.wishes(), &plan.source, terms)?;
    let view = PlanView::of(&whole.plan, snapshot);
    let mut stages = stage::stages(snapshot, whole, terms, staged);
    let signer = terms.signer.as_deref().unwrap_or(&snapshot.owner);
    for stage in &mut stages {
        stage.plan.fee_rao = chain.fee(&stage.plan.calls, &stage.plan.origin, signer).await?;
    }
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
