//! `subtune fleet snapshot`

use std::path::PathBuf;

use serde_json::json;
use subtune_chain::{At, Depth};
use subtune_model::error::Result;

use super::Subnets;
use super::look;
use crate::cli::{Global, connect};
use crate::files::write;
use crate::profile_yaml;
use crate::ui::output::{Report, one_line};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subnets: Subnets,
    /// Directory for the files, NETUID.yaml each
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Overwrite files that exist
    #[arg(short, long)]
    force: bool,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subnets, output, force } = args;
    let fleet = look::fleet(&subnets)?;
    let netuids: Vec<u16> = fleet.subnets.keys().copied().collect();
    write::directory_for_files(&output)?;
    let path = |netuid: u16| output.join(format!("{netuid}.yaml"));
    for netuid in &netuids {
        write::check_output(&path(*netuid), force)?;
    }
    let file = crate::files::read::name(&subnets.file);
    let chain = look::connected(global, &fleet, &file).await?;
    let found = chain.snapshots(&netuids, &At::Finalized, Depth::Values).await?;
    // All of them, or none.
    let snapshots = found.into_iter().collect::<Result<Vec<_>>>()?;
    for (index, snapshot) in snapshots.iter().enumerate() {
        if index == 0 {
            connect::check_fresh(snapshot, false)?;
        }
        chain.cross_check(snapshot).await?;
    }
    connect::tell_traffic(global, &chain);
    let (mut text, mut written) = (String::new(), Vec::new());
    for snapshot in &snapshots {
        let path = path(snapshot.netuid);
        write::output(&path, &profile_yaml::write_snapshot(snapshot)?, force)?;
        let shown = path.display().to_string();
        text.push_str(&one_line(&format!(
            "{} values of subnet {} at block {} written to {shown}",
            snapshot.hyperparameters.len(),
            snapshot.netuid,
            snapshot.block.number,
        )));
        text.push('\n');
        written.push(json!({
            "netuid": snapshot.netuid,
            "file": shown,
            "values": snapshot.hyperparameters.len(),
        }));
    }
    let block = snapshots.first().map(|snapshot| snapshot.block.number);
    Ok(Report::new(text, json!({ "network": chain.network(), "block": block, "files": written })))
}
