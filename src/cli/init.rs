//! `subtune init`

use std::path::{Path, PathBuf};

use serde_json::json;
use subtune_chain::Depth;
use subtune_model::error::Result;

use super::netuid::{NetuidAt, SubnetAt};
use super::{Global, connect, printed};
use crate::files::write;
use crate::profile_yaml::{Draft, SCHEMA_FILE};
use crate::ui::output::{Report, one_line};
use crate::ui::views::InitView;

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
    let SubnetAt { netuid, block } = netuid.required("init", at)?;
    let output = output.filter(|path| path.as_os_str() != "-");
    if let Some(path) = &output {
        write::check_output(path, force)?;
    }
    let chain = connect::connect(global).await?;
    let snapshot = connect::read(&chain, netuid, block, Depth::Rules).await?;
    connect::tell_traffic(global, &chain);
    let draft = Draft::of(&snapshot);
    let mut view = InitView::of(&draft, &snapshot, draft.write());
    let Some(path) = output else {
        return Ok(Report::new(view.profile.clone(), json!(view)).verbatim());
    };
    write::output(&path, &view.profile, force)?;
    let text = written(&path, netuid, view.rows.len());
    view.file = Some(path.display().to_string());
    Ok(Report::new(text, json!(view)))
}

/// What was written, and what to do with it.
fn written(path: &Path, netuid: u16, count: usize) -> String {
    let shown = one_line(&path.display().to_string());
    let plan = printed::command(&["plan", &netuid.to_string(), "--profile", &printed::path(path)]);
    let mut text = format!(
        "{count} values of subnet {netuid} written to {shown}, each as a comment\nEdit the file; then:\n  \
         {plan}\n"
    );
    let schema = path.with_file_name(SCHEMA_FILE);
    if !schema.exists() {
        let schema = one_line(&schema.display().to_string());
        text.push_str(&format!(
            "For editors that check it: `subtune profiles --schema` prints {schema}\n"
        ));
    }
    text
}
