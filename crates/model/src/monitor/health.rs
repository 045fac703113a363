//! All figures of one epoch.

use serde::Serialize;

use super::figure::Figure;
use super::sample::Mode;

/// All figures of one epoch, over one cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The block of the epoch.
    pub block: u64,
    /// How consensus was reached.
    pub mode: Mode,
    /// Who is followed, in the order of the cohort.
    pub cohort: Vec<Member>,
    /// Hotkeys that validate in this epoch and are not of the cohort, by uid.
    pub others: Vec<String>,
    /// Vtrust of those of the cohort whose weights could be used; `None` where nobody's could, or where consensus
    /// is not Yuma's.
    pub vtrust: Option<Spread>,
    /// Age of the cohort's weights.
    pub age: Option<AgeSpread>,
    /// How far apart their weights are; `None` with fewer than two usable rows.
    pub distance: Option<Distances>,
    /// How incentive is shared out.
    pub incentive: IncentiveSpread,
    /// Who decides consensus alone.
    pub domination: Option<Domination>,
    /// How the cohort scores each neuron that anybody of them gives weight, by uid.
    pub miners: Vec<MinerSpread>,
    /// Commits of the cohort.
    pub reveals: Reveals,
    /// Neurons with a permit in this epoch.
    pub validators: usize,
    /// Those of them that are active.
    pub active: usize,
    /// What the figures say.
    pub diagnosis: Vec<Diagnosis>,
}

/// One of the cohort in an epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// SS58 address of its hotkey.
    pub hotkey: String,
    /// Its uid; `None` when it is not registered any more.
    pub uid: Option<u16>,
    /// Whether it counts.
    pub state: MemberState,
    /// Vtrust, where it counts and consensus is Yuma's.
    pub vtrust: Option<Figure>,
    /// Share of all stake.
    pub stake: Figure,
    /// Whether it is active.
    pub active: bool,
    /// Age of its weights when the epoch ran, blocks.
    pub age: Option<u64>,
    /// Mean distance of its weights to those of the others.
    pub distance: Option<Figure>,
    /// Whether that distance stands out.
    pub stands_out: bool,
    /// Whether commits that were due were revealed; `None` where none were due.
    pub revealed: Option<bool>,
}

/// Whether one of the cohort counts in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Its weights were used.
    Counted,
    /// It has no weights that the epoch could use: no Vtrust, and not a low one.
    NoUsableRow,
    /// It has no permit.
    NoPermit,
    /// It is not registered any more.
    Gone,
}

/// Mean and spread of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Of how many.
    pub count: usize,
    /// Mean.
    pub mean: Figure,
    /// Standard deviation, divided by n.
    pub std: Figure,
    /// Standard deviation, divided by n - 1; `None` for one.
    pub sample_std: Option<Figure>,
    /// The smallest.
    pub min: Figure,
    /// The largest.
    pub max: Figure,
    /// Mean weighted by share of stake; `None` without stake.
    pub weighted_mean: Option<Figure>,
}

/// Age of weights when the epoch ran, blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgeSpread {
    /// Of how many.
    pub count: usize,
    /// Of the newest.
    pub min: u64,
    /// Of the oldest.
    pub max: u64,
    /// Blocks between the two.
    pub spread: u64,
    /// How many never set weights, and are not counted.
    pub never: usize,
}

/// How far apart the weights of two are: half the sum of all differences, 0 for equal and 1 for disjoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Distances {
    /// Of how many pairs.
    pub pairs: usize,
    /// Mean.
    pub mean: Figure,
    /// The largest.
    pub max: Figure,
    /// The uids that are that far apart.
    pub farthest: (u16, u16),
}

/// How incentive is shared out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncentiveSpread {
    /// Neurons with incentive.
    pub paid: usize,
    /// All incentives above zero, of 65535, the largest first.
    pub sorted: Vec<u16>,
    /// The smallest above zero.
    pub smallest: Option<Figure>,
}

/// One validator holds so much of the active stake that consensus follows its weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Domination {
    /// Its uid.
    pub uid: u16,
    /// SS58 address of its hotkey.
    pub hotkey: String,
    /// Its share of the active stake with a permit.
    pub share: Figure,
    /// The share that decides.
    pub kappa: Figure,
    /// Whether all others together hold less than that: then consensus is exactly its weights.
    pub alone: bool,
}

/// How the cohort scores one neuron. Weights are shares of a validator's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MinerSpread {
    /// Its uid.
    pub uid: u16,
    /// SS58 address of its hotkey.
    pub hotkey: String,
    /// Incentive, a share.
    pub incentive: Figure,
    /// How many of the cohort give it weight.
    pub scored_by: usize,
    /// Of how many with usable weights.
    pub of: usize,
    /// Mean weight, nothing from who gives none.
    pub mean: Figure,
    /// Standard deviation of the weights, divided by n.
    pub std: Figure,
}

/// Commits of the cohort that were due by an epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reveals {
    /// How many of the cohort had some.
    pub due: usize,
    /// How many of these did not reveal.
    pub missing: usize,
}

/// One thing that the figures of an epoch say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Its name, for programs: `dominated`, `stale_weights`, …
    pub code: &'static str,
    /// In words, with the numbers; a sentence without a full stop.
    pub text: String,
    /// What could move it; none where no hyperparameter can.
    pub levers: Vec<Lever>,
}

/// A hyperparameter that could move a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lever {
    /// Its name in the catalog, which says who may set it.
    pub name: &'static str,
    /// How, and when that would show.
    pub text: &'static str,
}
