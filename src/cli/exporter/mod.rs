//! `subtune exporter`

mod measure;
mod serve;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use subtune_model::error::{Error, Result};
use subtune_model::fleet::{Fleet, FleetMember};

use super::Global;
use super::epochs::Log;
use super::fleet::look;
use crate::files::read;
use crate::profile_yaml;
use crate::ui::output::Report;
use crate::ui::screen;

use measure::Exporter;

/// What it serves.
pub(super) const AFTER_HELP: &str = "\
Serves /metrics in the text format of Prometheus: the value of every hyperparameter, whether it is as
wanted, how many blocks until it may be changed, the next epoch, the freeze window, Vtrust, the age of
weights, missed epochs, and how the node answers. A block is read once, however often it is asked for.
While the node does not answer, subtune_node_up is 0 and nothing else is told of the chain. Alert rules
and a dashboard are in examples/monitoring.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File of a fleet: its subnets, and whether they are as wanted
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Subnets, where nothing is said of what is wanted
    #[arg(long, value_name = "NETUID,NETUID", value_delimiter = ',', conflicts_with = "file")]
    netuids: Vec<u16>,
    /// Address and port to serve on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9464")]
    listen: SocketAddr,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { file, netuids, listen } = args;
    let (fleet, name) = match (&file, netuids.is_empty()) {
        (Some(file), _) => (profile_yaml::load_fleet(file)?, read::name(file)),
        (None, false) => {
            let subnets = netuids.into_iter().map(|netuid| (netuid, FleetMember::default()));
            (Fleet { network: None, subnets: subnets.collect() }, String::new())
        }
        (None, true) => {
            return Err(Error::usage("no subnet is given")
                .hint("pass the file of a fleet, or --netuids 46,13"));
        }
    };
    let wished: BTreeMap<u16, _> = fleet
        .subnets
        .iter()
        .filter(|(_, member)| !member.profile.is_empty())
        .map(|(netuid, member)| (*netuid, look::wished(member)))
        .collect();
    if let Some((netuid, Err(error))) = wished.iter().find(|(_, wished)| wished.is_err()) {
        let what = format!("subnet {netuid}: {}", error.what);
        return Err(Error { what, ..look::same(error) });
    }
    let wished = wished.into_iter().filter_map(|(netuid, wished)| Some((netuid, wished.ok()?)));
    let chain = look::connected(global, &fleet, &name).await?;
    let log = Log::open(global, *chain.genesis_hash())?;
    let exporter = Exporter::new(chain, fleet, wished.collect(), log);
    let listener = serve::listen(listen).await?;
    if !global.quiet() {
        let address = serve::address(&listener)?;
        screen::tell(&format!("serving http://{address}/metrics; Ctrl-C ends it"));
    }
    serve::serve(listener, exporter, global.timeout()).await;
    Ok(Report::written())
}
