//! The health of a subnet's validators, as it is shown.

use serde::Serialize;
use subtune_model::catalog;
use subtune_model::monitor::{Diagnosis, Goal, GoalState, Health, Lever, Sample};
use subtune_model::time::rfc3339;

use super::{SubnetView, in_unit};

/// What the last epoch tells of a subnet.
#[derive(Debug, Clone, Serialize)]
pub struct HealthView {
    /// Always `health`.
    pub kind: &'static str,
    /// Which subnet.
    #[serde(flatten)]
    pub subject: SubnetView,
    /// Hash of the epoch's block.
    pub block_hash: String,
    /// Its time, RFC 3339.
    pub time: Option<String>,
    /// The runtime that ran it.
    pub spec_version: u32,
    /// Blocks from one epoch to the next.
    pub tempo: u64,
    /// All figures, the block among them.
    #[serde(flatten)]
    pub health: Health,
    /// What was wanted, and whether it is so.
    pub goals: Vec<GoalView>,
}

/// Something that was wanted.
#[derive(Debug, Clone, Serialize)]
pub struct GoalView {
    /// What.
    pub goal: String,
    /// `met`, `missed`, or `cannot_tell`.
    pub state: &'static str,
    /// Why that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What it is.
    pub value: Option<String>,
}

impl GoalView {
    /// A goal, and what has become of it.
    #[must_use]
    pub fn of(goal: &Goal, state: &GoalState, value: Option<String>) -> Self {
        let (state, why) = match state {
            GoalState::Met => ("met", None),
            GoalState::Missed => ("missed", None),
            GoalState::CannotTell(why) => ("cannot_tell", Some(why.clone())),
        };
        Self { goal: goal.to_string(), state, why, value }
    }
}

impl HealthView {
    /// What an epoch tells.
    #[must_use]
    pub fn of(
        subject: SubnetView,
        sample: &Sample,
        mut health: Health,
        goals: Vec<(Goal, GoalState)>,
    ) -> Self {
        // What this runtime does not have moves nothing.
        for one in &mut health.diagnosis {
            let factor = sample.hyperparameters.contains_key("activity_cutoff_factor");
            one.levers.retain(|lever| {
                let replaced = factor && lever.name == "activity_cutoff";
                sample.hyperparameters.contains_key(lever.name) && !replaced
            });
        }
        let value = |goal: &Goal| Some(in_unit(goal.metric, goal.metric.of(&health)?, false));
        let goals = goals.iter().map(|(goal, state)| GoalView::of(goal, state, value(goal)));
        Self {
            kind: "health",
            subject,
            block_hash: sample.hash.to_string(),
            time: sample.time_ms.and_then(rfc3339),
            spec_version: sample.spec_version,
            tempo: sample.tempo,
            goals: goals.collect(),
            health,
        }
    }
}

/// The hyperparameters that could move something, who may set them, and when it would show: a line each.
#[must_use]
pub fn levers(diagnosis: &Diagnosis, spec_version: u32) -> Vec<String> {
    let who = |name: &str| {
        let row = catalog::find(name)?;
        row.setters.first().map(|setter| setter.who.at(spec_version))
    };
    let line = |lever: &Lever| match who(lever.name) {
        Some(who @ ("owner" | "root")) => format!("{} ({who}): {}", lever.name, lever.text),
        _ => format!("{}: {}", lever.name, lever.text),
    };
    diagnosis.levers.iter().map(line).collect()
}
