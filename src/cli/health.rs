//! `subtune health`

use serde_json::json;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::monitor::{Cohort, GoalState, health};

use super::epochs::{Log, SubjectArgs, clock};
use super::goals::GoalArgs;
use super::{Global, connect};
use crate::ops::{EpochReach, gather};
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{HealthView, SubnetView};

/// What the exit codes mean here.
pub(super) const AFTER_HELP: &str = "\
The figures are of the last epoch, at its block. Exit codes:
  0   every goal is met, or cannot be told
  11  a goal is missed";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    #[command(flatten)]
    goals: GoalArgs,
    /// Look at the last epoch up to this block instead of the latest finalized one
    #[arg(long = "at-block", alias = "at", value_name = "BLOCK")]
    at: Option<u64>,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subject, goals, at } = args;
    let subject = subject.required("health")?;
    let goals = goals.read()?;
    let chain = connect::connect(global).await?;
    let log = Log::open(global, *chain.genesis_hash())?;
    let clock = clock(&chain, subject.netuid).await?;
    let from = at.unwrap_or(clock.last).min(clock.last);
    let reach = EpochReach { from, most: 1, after: 0 };
    let found = gather(&chain, &log, subject, reach, &|_| ()).await?;
    connect::tell_traffic(global, &chain);
    let Some(sample) = found.samples.last() else {
        let why = found.missing.first().map_or_else(String::new, ToString::to_string);
        return Err(Error::chain(format!(
            "the last epoch of subnet {} is not to be had: {why}",
            subject.netuid
        ))
        .hint("use --network archive, or try again within 256 blocks after an epoch"));
    };
    let cohort = Cohort::of(sample);
    let found = health(sample, &cohort);
    let states: Vec<_> =
        goals.iter().map(|goal| (*goal, goal.judge(goal.metric.of(&found), None))).collect();
    let missed = states.iter().any(|(_, state)| *state == GoalState::Missed);
    let place = SubnetView::of(chain.genesis_hash(), subject.netuid, subject.mechanism);
    let view = HealthView::of(place, sample, found, states);
    let report = Report::new(render::text::health(&view), json!(view));
    let report = report.markdown(render::markdown::health(&view));
    Ok(report.code(if missed { exit::MISSED } else { exit::OK }))
}
