//! `subtune baseline`

use serde_json::json;
use subtune_model::error::Result;
use subtune_model::monitor::Cohort;

use super::epochs::{Log, SubjectArgs, clock};
use super::{Global, connect};
use crate::ops::{EpochReach, gather};
use crate::ui::output::Report;
use crate::ui::progress;
use crate::ui::render;
use crate::ui::views::{BaselineView, EpochLine, SubnetView};

/// Where the epochs come from.
pub(super) const AFTER_HELP: &str = "\
Epochs are walked back from the last one by the chain's own marker, and kept: what was read once is
never asked for again. A public node keeps 256 blocks, less than one epoch; an archive node has all
(--network archive, or BT_ARCHIVE_ENDPOINTS, which is asked for what the other no longer has).";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// How many epochs to have
    #[arg(long, value_name = "N", default_value_t = 60,
          value_parser = clap::value_parser!(u16).range(1..=5_000))]
    epochs: u16,
    /// Take the epochs up to this block instead of the latest finalized one
    #[arg(long = "at-block", alias = "at", value_name = "BLOCK")]
    at: Option<u64>,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subject, epochs, at } = args;
    let subject = subject.required("baseline")?;
    let chain = connect::connect(global).await?;
    let log = Log::open(global, *chain.genesis_hash())?;
    let clock = clock(&chain, subject.netuid).await?;
    let bar = progress::steps("reading epochs", global.quiet());
    let wanted = usize::from(epochs);
    let reach =
        EpochReach { from: at.unwrap_or(clock.last).min(clock.last), most: wanted, after: 0 };
    let tell = |done: usize| {
        bar.at(u64::try_from(done).unwrap_or(u64::MAX), epochs.into());
    };
    let found = gather(&chain, &log, subject, reach, &tell).await?;
    drop(bar);
    connect::tell_traffic(global, &chain);
    let cohort = found.samples.last().map(Cohort::of);
    let line = |sample| Some(EpochLine::of(sample, cohort.as_ref()?, &[]));
    let view = BaselineView {
        kind: "baseline",
        subject: SubnetView::of(chain.genesis_hash(), subject.netuid, subject.mechanism),
        wanted,
        read: found.samples.len().saturating_sub(found.kept),
        kept: found.kept,
        missing: found.missing.iter().map(ToString::to_string).collect(),
        epochs: found.samples.iter().filter_map(line).collect(),
    };
    let text = render::text::baseline(&view);
    Ok(Report::new(text, json!(view)).markdown(render::markdown::baseline(&view)))
}
