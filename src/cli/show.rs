//! `subtune show`

use serde_json::json;
use subtune_chain::Depth;
use subtune_model::error::Result;

use super::netuid::{NetuidAt, SubnetAt};
use super::{Global, connect};
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::ShowView;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: NetuidAt,
    /// Read at this block instead of the latest finalized one
    #[arg(long = "at-block", alias = "at", value_name = "BLOCK")]
    at: Option<u64>,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let SubnetAt { netuid, block } = args.netuid.required("show", args.at)?;
    let chain = connect::connect(global).await?;
    let snapshot = connect::read(&chain, netuid, block, Depth::Rules).await?;
    connect::tell_traffic(global, &chain);
    let view = ShowView::of(&snapshot);
    Ok(Report::new(render::text::show(&view), json!(view)).markdown(render::markdown::show(&view)))
}
