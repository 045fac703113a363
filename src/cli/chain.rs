//! `subtune chain`

use subtune_model::error::Result;
use subtune_model::exit;

use super::{Global, connect};
use crate::ui::output::Report;
use crate::ui::overview;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Exit with 3 when anything differs from the runtime that subtune was checked with
    #[arg(long)]
    detailed_exitcode: bool,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Report> {
    let chain = connect::connect(global).await?;
    let found = chain.overview().await?;
    connect::tell_traffic(global, &chain);
    let code = match args.detailed_exitcode && !found.differences.is_empty() {
        true => exit::PENDING,
        false => exit::OK,
    };
    Ok(Report::new(overview::text(&found), overview::json(&found)).code(code))
}
