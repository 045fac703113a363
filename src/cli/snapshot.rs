//! `subtune snapshot`

use std::path::PathBuf;

use serde_json::json;
use subtune_chain::Depth;
use subtune_model::error::Result;

use super::netuid::{NetuidAt, SubnetAt};
use super::{Global, connect};
use crate::files::write;
use crate::profile_yaml;
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{self, ShowView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: NetuidAt,
    /// Write to this file instead of stdout, which is -
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,
    /// Read at this block instead of the latest finalized one
    #[arg(long = "at-block", alias = "at", value_name = "BLOCK")]
    at: Option<u64>,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, output, force, at } = args;
    let SubnetAt { netuid, block } = netuid.required("snapshot", at)?;
    let output = output.filter(|path| path.as_os_str() != "-");
    if let Some(path) = &output {
        write::check_output(path, force)?;
    }
    let chain = connect::connect(global).await?;
    let snapshot = connect::read(&chain, netuid, block, Depth::Values).await?;
    connect::tell_traffic(global, &chain);
    let yaml = profile_yaml::write_snapshot(&snapshot)?;
    let mut data = json!(ShowView::of(&snapshot));
    let text = match output {
        None => return Ok(Report::new(yaml, data).verbatim()),
        Some(path) => {
            write::output(&path, &yaml, force)?;
            if let serde_json::Value::Object(data) = &mut data {
                data.insert("file".to_owned(), json!(path.display().to_string()));
            }
            format!(
                "{} values of subnet {netuid} at block {} written to {}\n{}",
                snapshot.hyperparameters.len(),
                snapshot.block.number,
                path.display(),
                render::text::unreadable(&views::unreadable(&snapshot))
            )
        }
    };
    Ok(Report::new(text, data))
}
