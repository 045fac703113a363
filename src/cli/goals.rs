//! What is wanted of a subnet: `--goal` and `--goals`.

use std::path::Path;

use subtune_chain::Chain;
use subtune_model::catalog;
use subtune_model::error::{Error, Result};
use subtune_model::monitor::{Cohort, Goal, health};
use subtune_model::plan::Plan;
use subtune_model::ports::EpochRead as _;

use super::epochs::Log;
use super::{Global, printed};
use crate::ops::{EpochReach, Subject, gather};
use crate::profile_yaml;
use crate::ui::output::Report;
use crate::ui::progress;
use crate::ui::screen;
use crate::ui::views::in_unit;

/// What is wanted.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct GoalArgs {
    /// Something that is wanted, such as 'vtrust.mean>=0.70' or 'incentive.top4>=0.99' (repeatable)
    #[arg(long, value_name = "GOAL")]
    goal: Vec<String>,
    /// Built-in goals or YAML file
    #[arg(long, value_name = "NAME|FILE")]
    goals: Option<String>,
}

/// What is wanted of a change, to be looked at afterwards.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Afterwards {
    /// What the change is meant to reach: built-in goals or YAML file. The epochs before it are read and kept
    /// first, and the commands that look whether it has helped are printed afterwards
    #[arg(long, value_name = "NAME|FILE")]
    goals: Option<String>,
}

impl Afterwards {
    /// By the goals of a file of a fleet.
    pub(super) const fn of(goals: Option<String>) -> Self {
        Self { goals }
    }

    /// The commands that look whether a change has helped.
    pub(super) fn next(netuid: u16, id: &str, goals: &str) -> Vec<String> {
        // A file is named so that the command runs anywhere.
        let goals = match crate::goals::shipped(goals) {
            Some(_) => goals.to_owned(),
            None => printed::path(Path::new(goals)),
        };
        let evaluate = ["evaluate", &netuid.to_string(), "--since", id, "--goals", &goals];
        vec![
            printed::line(&format!("subtune watch {netuid} --since {id}")),
            printed::command(&evaluate),
        ]
    }

    /// What is wanted, checked before anything else is done.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn check(&self) -> Result<()> {
        self.goals.as_deref().map_or(Ok(()), |name| profile_yaml::load_goals(name).map(|_| ()))
    }

    /// Reads and keeps the epochs before the change, and says what it can move at all. Epochs that cannot be had
    /// are no reason not to make it: what is missing is said.
    ///
    /// # Errors
    /// When what was read cannot be kept.
    pub(super) async fn before(&self, global: &Global, chain: &Chain, plan: &Plan) -> Result<()> {
        let Some(name) = &self.goals else { return Ok(()) };
        let goals = profile_yaml::load_goals(name)?.goals;
        let log = Log::open(global, *chain.genesis_hash())?;
        let subject = Subject { netuid: plan.netuid, mechanism: 0 };
        let clock = chain.clock(plan.netuid).await?;
        let bar = progress::steps("reading the epochs before the change", global.quiet());
        let reach = EpochReach { from: clock.last, most: BEFORE, after: 0 };
        let all = u64::try_from(BEFORE).unwrap_or(u64::MAX);
        let tell = |done: usize| bar.at(u64::try_from(done).unwrap_or(u64::MAX), all);
        let found = gather(chain, &log, subject, reach, &tell).await?;
        drop(bar);
        if global.quiet() {
            return Ok(());
        }
        screen::tell(&format!("{} epochs before the change are kept", found.samples.len()));
        for missing in &found.missing {
            screen::tell(&format!("missing: {missing}"));
        }
        if let Some(sample) = found.samples.last() {
            let now = health(sample, &Cohort::of(sample));
            for goal in &goals {
                let value = goal.metric.of(&now);
                let value = value.map_or_else(
                    || "cannot be told".to_owned(),
                    |value| format!("is {}", in_unit(goal.metric, value, false)),
                );
                screen::tell(&format!("goal {goal}: {} {value} now", goal.metric));
            }
        }
        for item in plan.changes() {
            let in_epoch = catalog::find(&item.name).is_none_or(|row| row.in_epoch);
            screen::tell(&match in_epoch {
                true => format!("{}: the epoch reads it, so it can move these figures", item.name),
                false => {
                    format!("{}: no epoch reads it, so it moves none of these figures", item.name)
                }
            });
        }
        Ok(())
    }

    /// The commands that look whether the change has helped, below what is told of it.
    pub(super) fn after(&self, mut report: Report) -> Report {
        let Some(name) = &self.goals else { return report };
        let receipt = report.data.get("receipt");
        let field = |name: &str| receipt.and_then(|receipt| receipt.get(name));
        let (Some(id), Some(netuid)) = (
            field("id").and_then(serde_json::Value::as_str).map(str::to_owned),
            field("netuid")
                .and_then(serde_json::Value::as_u64)
                .and_then(|netuid| u16::try_from(netuid).ok()),
        ) else {
            return report;
        };
        let lines = Self::next(netuid, &id, name);
        report
            .text
            .push_str(&format!("\nTo see whether it has helped:\n  {}\n", lines.join("\n  ")));
        report.data.insert("next".to_owned(), serde_json::json!(lines));
        report
    }
}

/// Epochs before a change.
const BEFORE: usize = 60;

impl GoalArgs {
    /// All that is wanted, each once.
    ///
    /// # Errors
    /// When a goal or the file cannot be read.
    pub(super) fn read(&self) -> Result<Vec<Goal>> {
        let mut found = match &self.goals {
            Some(name) => profile_yaml::load_goals(name)?.goals,
            None => Vec::new(),
        };
        for text in &self.goal {
            let goal = text
                .parse::<Goal>()
                .map_err(|error| Error::usage(error.what.clone()).hint(error.next_step()))?;
            if !found.contains(&goal) {
                found.push(goal);
            }
        }
        Ok(found)
    }
}
