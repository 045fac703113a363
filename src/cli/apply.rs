//! `subtune apply`

use std::path::PathBuf;

use subtune_model::error::{Error, Result};
use subtune_model::plan::Plan;
use subtune_model::ports::ChainRead as _;
use subtune_model::receipt::Command;

use super::args::{Sending, Wanted};
use super::goals::Afterwards;
use super::netuid::Netuid;
use super::send::{ReadyChange, send};
use super::{Global, connect};
use crate::ops;
use crate::profile_yaml;
use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: Netuid,
    #[command(flatten)]
    wanted: Wanted,
    /// Apply this saved plan; refused if the chain has changed since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["netuid", "netuid_option", "profile", "set", "only", "skip_inert"])]
    plan: Option<PathBuf>,
    /// Apply the rest even if some changes are blocked
    #[arg(long)]
    skip_blocked: bool,
    #[command(flatten)]
    afterwards: Afterwards,
    #[command(flatten)]
    sending: Sending,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, wanted, plan, skip_blocked, afterwards, sending } = args;
    afterwards.check()?;
    // A saved plan names its subnet.
    let netuid = if plan.is_some() { None } else { Some(netuid.required("apply")?) };
    let saved = plan.as_deref().map(profile_yaml::read_saved::<Plan>).transpose()?;
    let mut terms = wanted.terms();
    let wished = if saved.is_none() { Some(wanted.read()?) } else { None };
    let chain = connect::connect(global).await?.metadata_hash(!sending.no_metadata_hash);
    let (plan, snapshot) = match (&saved, wished.zip(netuid)) {
        (Some(saved), _) => {
            chain.heed(saved.items.iter().map(|item| &item.name));
            let snapshot = chain.latest(saved.netuid).await?;
            if let Err(error) = ops::refuse_moved(saved, &snapshot) {
                return Err(ops::or_rotated(&chain, &saved.owner, &snapshot, error).await);
            }
            // What no rule decides was let go when the plan was made, or was not.
            terms.allow_unknown |= saved.lets_unknown_go();
            let again = Plan::build(&snapshot, &saved.wishes(), &saved.source, &terms);
            (Plan { fee_rao: saved.fee_rao, ..again }, snapshot)
        }
        (None, Some((wished, netuid))) => wished.plan(&chain, netuid, &terms).await?,
        (None, None) => return Err(Error::usage("no netuid").hint("use NETUID or --plan FILE")),
    };
    afterwards.before(global, &chain, &plan).await?;
    let change =
        ReadyChange { command: Command::Apply, plan, saved, snapshot, skip_blocked, terms };
    Ok(afterwards.after(send(global, &chain, change, &sending).await?))
}
