//! `subtune rollback`

use std::path::Path;

use subtune_model::error::{Error, Result};
use subtune_model::finding;
use subtune_model::hash::Hash32;
use subtune_model::plan::Plan;
use subtune_model::ports::{ChainRead as _, ChainWrite as _};
use subtune_model::profile::Profile;
use subtune_model::receipt::{Command, Outcome, Receipt};
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::args::Sending;
use super::netuid::Netuid;
use super::send::{ReadyChange, send};
use super::{Global, connect, wanted};
use crate::files::read;
use crate::profile_yaml::{self, Loaded, Names};
use crate::store;
use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: Netuid,
    /// Restore the values from before this change, by its id in `subtune history`, or those of a
    /// rollback profile, a snapshot or a profile
    #[arg(long, value_name = "ID-NAME-or-FILE", conflicts_with = "last")]
    to: Option<String>,
    /// Roll back the newest change of this subnet (the default)
    #[arg(long, hide = true)]
    last: bool,
    /// Roll back even if these values were changed since
    #[arg(long = "ignore-drift", alias = "force")]
    force: bool,
    /// Apply the rest even if some changes are blocked
    #[arg(long)]
    skip_blocked: bool,
    /// Leave out this hyperparameter (repeatable)
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    /// Skip changes that have no effect on this chain
    #[arg(long = "skip-no-effect", alias = "skip-inert")]
    skip_inert: bool,
    /// Include changes that subtune has no rules for; the chain decides
    #[arg(long)]
    allow_unknown: bool,
    #[command(flatten)]
    sending: Sending,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args {
        netuid,
        to,
        last: _,
        force,
        skip_blocked,
        without,
        skip_inert,
        allow_unknown,
        sending,
    } = args;
    let netuid = netuid.required("rollback")?;
    let terms = Terms { skip_inert, allow_unknown, ..Terms::default() };
    let names = wanted::names(allow_unknown);
    let given = to.as_deref().map(|to| resolve(global, netuid, to, names)).transpose()?;
    let chain = connect::connect(global).await?.metadata_hash(!sending.no_metadata_hash);
    let (mut loaded, source) = match given {
        Some(given) => given,
        None => of_record(global, &newest(global, netuid, chain.genesis_hash())?, names)?,
    };
    chain.heed(loaded.profile.hyperparameters.keys());
    let snapshot = chain.latest(netuid).await?;
    connect::check_loaded(&loaded, &snapshot)?;
    let (mut wanted, left_out) = loaded.wanted(&[], names, &snapshot);
    let without = wanted::without(&without, &|name| wanted.contains_key(name))?;
    wanted.retain(|name, _| !without.contains(name));
    loaded.profile.hyperparameters = wanted;
    let profile = loaded.profile;
    wanted::known_to_any(profile.hyperparameters.keys().map(String::as_str), names, &snapshot)?;
    let meanwhile = changed_meanwhile(&profile, &snapshot);
    if !meanwhile.is_empty() && !force {
        return Err(Error::refused(format!(
            "changed since subtune set it: {}",
            meanwhile.iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("; ")
        ))
        .hint("see `subtune show`; --ignore-drift rolls back anyway"));
    }
    let mut plan = Plan::build(&snapshot, &profile.wishes(), &source, &terms);
    plan.findings.extend(left_out);
    // What was there before is no copied choice, and no slip.
    let was_there = [finding::AS_REGISTERED, finding::OTHER_UNIT];
    plan.findings.retain(|finding| !was_there.contains(&finding.code.as_str()));
    plan.findings.extend(meanwhile.into_iter().map(|(name, line)| {
        finding::finding(finding::CHANGED_MEANWHILE, &name, line, "the rollback overwrites it")
    }));
    if !plan.calls.is_empty() {
        plan.fee_rao = chain.fee(&plan.calls, &plan.origin, &plan.owner).await?;
    }
    let change = ReadyChange {
        command: Command::Rollback,
        plan,
        saved: None,
        snapshot,
        skip_blocked,
        terms,
    };
    send(global, &chain, change, &sending).await
}

/// What `--to` names: the id of a record here, or a file. With it, how it is told where it came from.
fn resolve(global: &Global, netuid: u16, to: &str, names: Names) -> Result<(Loaded, String)> {
    if !store::is_id(to) {
        return load(to, names);
    }
    let state = connect::state(global)?;
    let Some(receipt) = state.receipt(netuid, to)? else {
        return Err(Error::input(format!(
            "subnet {netuid} has no record {to} in {}",
            state.root().display()
        ))
        .hint("`subtune history` lists the records; --state-dir names another directory"));
    };
    of_record(global, &receipt, names)
}

/// The rollback profile of a record.
fn of_record(global: &Global, receipt: &Receipt, names: Names) -> Result<(Loaded, String)> {
    let path = connect::state(global)?.rollback_profile(receipt);
    let loaded = path.map(|path| profile_yaml::load_file(&path, names)).transpose()?.flatten();
    let Some(loaded) = loaded else {
        let what = format!("there is no rollback profile of the change {}", receipt.id);
        return Err(match &receipt.outcome {
            outcome @ Outcome::NotSent { .. } => {
                Error::refused(format!("{what}: its outcome is {}", outcome.word()))
                    .hint("nothing of it changed; `subtune history` lists what did")
            }
            _ => Error::input(what).hint(
                "restore that file, or pass another one with --to; `subtune history` lists them",
            ),
        });
    };
    Ok((loaded, format!("rollback profile {}", receipt.id)))
}

fn load(to: &str, names: Names) -> Result<(Loaded, String)> {
    Ok((profile_yaml::load(to, names)?, read::name(Path::new(to))))
}

/// The newest change of a subnet that is on the chain.
fn newest(global: &Global, netuid: u16, genesis_hash: &Hash32) -> Result<Receipt> {
    let (receipts, broken) = connect::state(global)?.receipts(Some(netuid))?;
    if let Some(record) = broken.first() {
        return Err(store::unreadable_record(record));
    }
    let newest = receipts.into_iter().rev().find(|receipt| {
        receipt.chain.genesis_hash == *genesis_hash
            && matches!(
                receipt.outcome,
                Outcome::Applied { .. }
                    | Outcome::NotProved { .. }
                    | Outcome::Partial { .. }
                    | Outcome::Sending
                    | Outcome::Included { .. }
                    | Outcome::Closed { applied: true, .. }
            )
    });
    let Some(receipt) = newest else {
        return Err(Error::input(format!(
            "no receipt for subnet {netuid} in this state directory"
        ))
        .hint("pass a rollback profile, a snapshot or a profile with --to"));
    };
    match (receipt.command, &receipt.outcome) {
        (_, outcome) if outcome.is_open() => {
            Err(Error::refused("the outcome of the last change is not known yet")
                .hint("ask the chain first: `subtune history --refresh`"))
        }
        (Command::Rollback, _) => Err(Error::refused("the last change was itself a rollback")
            .hint("choose what to restore with --to; `subtune history` lists the changes")),
        (Command::Apply, _) => Ok(receipt),
    }
}

/// Values that are neither what was applied nor what they were before.
fn changed_meanwhile(profile: &Profile, snapshot: &Snapshot) -> Vec<(String, String)> {
    profile
        .replaces
        .iter()
        .filter_map(|(name, applied)| {
            // What cannot be read is the plan's to tell.
            let now = *snapshot.known(name).is()?;
            let known = now == applied || profile.hyperparameters.get(name) == Some(now);
            (!known).then(|| (name.clone(), format!("{name} is {now}, was set to {applied}")))
        })
        .collect()
}
