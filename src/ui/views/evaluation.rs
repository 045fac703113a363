//! Whether a change has helped, as it is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use subtune_model::monitor::{
    Answer, EpochLeftOut, Evaluation, Figure, GoalOutcome, Metric, MetricChange, Reason, Scale,
};
use subtune_model::receipt::Change;
use subtune_model::value::Value;

use super::{GoalView, SubnetView, exact};

/// A verdict, and all that it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct EvaluationView {
    /// Always `evaluation`.
    pub kind: &'static str,
    /// Which subnet.
    #[serde(flatten)]
    pub subject: SubnetView,
    /// The change.
    pub change: MadeView,
    /// `pass`, `fail`, or `inconclusive`.
    pub verdict: Answer,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What was wanted, and whether it is so.
    pub goals: Vec<GoalView>,
    /// Figures before and after.
    pub metrics: Vec<MetricChange>,
    /// Hotkeys of the validators that are followed.
    pub cohort: Vec<String>,
    /// Hotkeys of those that came later.
    pub joined: Vec<String>,
    /// Hotkeys of those that are gone.
    pub left: Vec<String>,
    /// Blocks of the epochs before the change that count.
    pub before: Vec<u64>,
    /// Blocks of the epochs after it that count.
    pub after: Vec<u64>,
    /// Epochs that do not count, and why.
    pub left_out: Vec<EpochLeftOut>,
    /// Epochs that could not be had, and why.
    pub missing: Vec<String>,
}

/// The change that a verdict is about.
#[derive(Debug, Clone, Serialize)]
pub struct MadeView {
    /// Its block.
    pub block: u64,
    /// The id of its receipt.
    pub receipt: Option<String>,
    /// What it changed.
    pub values: Vec<MovedView>,
}

/// A value before and after a change.
#[derive(Debug, Clone, Serialize)]
pub struct MovedView {
    /// The hyperparameter.
    pub name: String,
    /// Before, exact.
    pub from: serde_json::Value,
    /// After, exact.
    pub to: serde_json::Value,
    /// The same for people.
    #[serde(skip)]
    pub words: String,
}

impl EvaluationView {
    /// What was found about a change.
    #[must_use]
    pub fn of(
        subject: SubnetView,
        evaluation: Evaluation,
        change: (u64, Option<String>, &[Change]),
        missing: Vec<String>,
    ) -> Self {
        let (block, receipt, values) = change;
        let moved = |change: &Change| MovedView {
            name: change.name.clone(),
            from: exact(&change.from),
            to: exact(&change.to),
            words: format!("{} {} → {}", change.name, told(&change.from), told(&change.to)),
        };
        let goal = |outcome: &GoalOutcome| {
            let value = outcome.value.map(|value| in_unit(outcome.goal.metric, value, false));
            GoalView::of(&outcome.goal, &outcome.state, value)
        };
        let Evaluation {
            verdict,
            reasons,
            goals,
            metrics,
            cohort,
            joined,
            left,
            left_out,
            before,
            after,
        } = evaluation;
        Self {
            kind: "evaluation",
            subject,
            change: MadeView { block, receipt, values: values.iter().map(moved).collect() },
            verdict,
            reasons,
            goals: goals.iter().map(goal).collect(),
            metrics,
            cohort,
            joined,
            left,
            before,
            after,
            left_out,
            missing,
        }
    }

    /// What it is about, in a line.
    #[must_use]
    pub fn about(&self) -> String {
        let MadeView { block, values, .. } = &self.change;
        let values: Vec<_> = values.iter().map(|value| value.words.as_str()).collect();
        match values.as_slice() {
            [] => format!("before and after block {block}"),
            values => format!("{} in block {block}", values.join(", ")),
        }
    }

    /// Why epochs do not count, and how many of them.
    #[must_use]
    pub fn left_out_by_reason(&self) -> Vec<(&str, String)> {
        let mut found: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for EpochLeftOut { block, why } in &self.left_out {
            found.entry(why).or_default().push(*block);
        }
        let words = |blocks: &[u64]| match blocks {
            [] => String::new(),
            [one] => format!("the epoch of block {one}"),
            [first, .., last] => {
                format!("{} epochs, blocks {first} to {last}", blocks.len())
            }
        };
        found.into_iter().map(|(why, blocks)| (why, words(&blocks))).collect()
    }
}

fn told(value: &Value) -> String {
    value.to_string()
}

/// A figure in its unit: blocks and counts have one decimal, shares four.
#[must_use]
pub fn in_unit(metric: Metric, figure: Figure, signed: bool) -> String {
    let places = match metric.scale() {
        Scale::Share => 4,
        Scale::Blocks | Scale::Count => 1,
    };
    match signed {
        true => format!("{figure:+.places$}"),
        false => format!("{figure:.places$}"),
    }
}
