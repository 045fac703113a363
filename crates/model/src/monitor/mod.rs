//! Did it help: what epochs gave, how validators agree, what was wanted of them, and the verdict.
//!
//! Everything here is computed of [`Sample`]s, exact integers as the chain has stored them. Figures that
//! need a quotient or a root are [`Figure`]s: fixed-point numbers, computed in one documented way
//! (docs/method.md), and rounded only for people.

mod alerts;
mod apart;
mod cohort;
mod compare;
mod diagnosis;
mod doubts;
mod evaluate;
#[cfg(test)]
mod evaluate_tests;
#[cfg(test)]
mod false_alarms;
mod figure;
mod figures;
mod goal;
mod health;
mod interval;
mod matrix;
mod metagraph;
mod metric;
mod placebo;
mod rows;
mod sample;
#[cfg(any(test, feature = "world"))]
pub mod samples;
mod verdict;
mod windows;

pub use alerts::{Alert, AlertLimits, alerts};
pub use cohort::Cohort;
pub use diagnosis::STALE_TEMPOS;
pub use evaluate::evaluate;
pub use figure::Figure;
pub use figures::health;
pub use goal::{Goal, GoalSign, GoalState, GoalTarget};
pub use health::{
    AgeSpread, Diagnosis, Distances, Domination, Health, IncentiveSpread, Lever, Member,
    MemberState, MinerSpread, Reveals, Spread,
};
pub use matrix::matrix;
pub use metagraph::{Close, Metagraph, Occupant, Role, passed};
pub use metric::{Metric, Scale};
pub use sample::{Clock, Commit, Control, Mode, Neuron, Sample, Sampled};
pub use verdict::{
    AFTER_NEEDED, Answer, BEFORE_NEEDED, ChangeAt, ControlChange, EpochLeftOut, Evaluation,
    GoalOutcome, Inquiry, MetricChange, Placebo, Reason,
};
