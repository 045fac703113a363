//! `subtune fleet watch`

use subtune_model::error::Result;

use super::Subnets;
use super::look;
use crate::cli::epochs::Log;
use crate::cli::watch::{self, Watched};
use crate::cli::{Global, connect};
use crate::ops::Subject;
use crate::ui::output::Report;
use crate::ui::screen;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subnets: Subnets,
    #[command(flatten)]
    watched: Watched,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subnets, watched } = args;
    let fleet = look::fleet(&subnets)?;
    let file = crate::files::read::name(&subnets.file);
    let chain = look::connected(global, &fleet, &file).await?;
    let log = Log::open(global, *chain.genesis_hash())?;
    if !global.quiet() {
        let count = fleet.subnets.len();
        let plural = if count == 1 { "" } else { "s" };
        screen::tell(&format!("watching {count} subnet{plural} on {}", chain.network()));
    }
    let mut watches = Vec::new();
    for netuid in fleet.subnets.keys() {
        let subject = Subject { netuid: *netuid, mechanism: 0 };
        watches.push(watch::one(global, &chain, &log, subject, &watched, None, true));
    }
    // The first that fails ends all: a line that is missing would look like an epoch without news.
    futures_util::future::try_join_all(watches).await?;
    connect::tell_traffic(global, &chain);
    Ok(Report::written())
}
