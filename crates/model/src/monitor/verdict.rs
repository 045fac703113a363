//! Did a change help: windows before and after it, compared.

use serde::Serialize;

use super::figure::Figure;
use super::goal::{Goal, GoalState};
use super::metric::Metric;
use super::sample::{Control, Sample};

/// Epochs before a change that a comparison needs: fewer say too little of how much epochs differ anyway.
pub const BEFORE_NEEDED: usize = 10;
/// Epochs after a change that a comparison needs.
pub const AFTER_NEEDED: usize = 5;

/// What is to be judged. Samples are in the order of their blocks.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// Epochs before the change.
    pub before: &'a [Sample],
    /// Epochs after it; those that cannot show it yet are left out by rule.
    pub after: &'a [Sample],
    /// The change; `None` compares two windows without one.
    pub change: Option<&'a ChangeAt>,
    /// What was wanted; where nothing was, `vtrust.mean` has to rise.
    pub goals: &'a [Goal],
    /// All subnets at blocks of both windows; may be empty.
    pub controls: &'a [Control],
}

/// What was changed, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeAt {
    /// The block that included it (the last of them, where there were several).
    pub block: u64,
    /// Names of the hyperparameters, as the catalog has them.
    pub names: Vec<String>,
    /// Epochs from a commit to its reveal after the change, where known and weights are committed; `None` takes what
    /// the samples say.
    pub reveal: Option<u64>,
}

/// Did it help?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes.
    Pass,
    /// No.
    Fail,
    /// These samples cannot say.
    Inconclusive,
}

/// One reason of an answer, or a note beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Its name, for programs.
    pub code: &'static str,
    /// In words, a sentence without a full stop.
    pub text: String,
    /// Whether the answer rests on it; else it is a note.
    pub decides: bool,
}

/// What became of one goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoalOutcome {
    /// The goal.
    pub goal: Goal,
    /// What became of it.
    pub state: GoalState,
    /// What was compared: the mean after the change, or the worst epoch.
    pub value: Option<Figure>,
    /// Bounds of it, where it is a mean.
    pub interval: Option<(Figure, Figure)>,
    /// What it was compared with: of a relative goal, in the unit of the metric.
    pub target: Option<Figure>,
}

/// How a metric moved. In the unit of the metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetricChange {
    /// Which.
    pub metric: Metric,
    /// Mean of the epochs before.
    pub before: Figure,
    /// Mean of the epochs after.
    pub after: Figure,
    /// The second less the first.
    pub difference: Figure,
    /// Bounds of the difference, at 95 per cent or more.
    pub interval: Option<(Figure, Figure)>,
    /// The smallest change that these windows could have shown: half the width of the interval.
    pub detectable: Option<Figure>,
    /// Where the difference ranks among those without a change.
    pub placebo: Option<Placebo>,
    /// What other subnets did, for `vtrust.mean`.
    pub control: Option<ControlChange>,
    /// Whether it changed: the interval excludes zero, and the rank is extreme.
    pub changed: bool,
}

/// Where a difference ranks among those at cuts within the window before, where nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Placebo {
    /// 1 when it is larger than all of them, whichever the sign.
    pub rank: usize,
    /// Of how many, itself among them.
    pub of: usize,
}

/// What other subnets did meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlChange {
    /// How many others could be read.
    pub subnets: usize,
    /// Median of their differences.
    pub difference: Figure,
    /// Where this subnet ranks among them and itself: 1 when none went further its way.
    pub rank: usize,
}

/// An epoch that does not count, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EpochLeftOut {
    /// Its block.
    pub block: u64,
    /// Why.
    pub why: String,
}

/// The answer, and all that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    /// Did it help?
    pub verdict: Answer,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What became of each goal.
    pub goals: Vec<GoalOutcome>,
    /// How metrics moved: `vtrust.mean`, and those that goals name.
    pub metrics: Vec<MetricChange>,
    /// Hotkeys that entered: those of the cohort that have usable weights in all epochs.
    pub cohort: Vec<String>,
    /// Hotkeys that validate at the end, or were in the cohort, but had no usable weights in all epochs before.
    pub joined: Vec<String>,
    /// Hotkeys of the cohort without usable weights in an epoch after.
    pub left: Vec<String>,
    /// Epochs that do not count.
    pub left_out: Vec<EpochLeftOut>,
    /// Blocks of the epochs before that count.
    pub before: Vec<u64>,
    /// Blocks of the epochs after that count.
    pub after: Vec<u64>,
}
