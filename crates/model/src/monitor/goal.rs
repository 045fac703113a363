//! What is wanted of an epoch: `vtrust.mean>=0.6`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::figure::Figure;
use super::health::Health;
use crate::error::Error;

/// A figure of an epoch that goals can be set for. «Share» is from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// `vtrust.mean`: mean of the cohort's Vtrust, a share.
    VtrustMean,
    /// `vtrust.std`: its standard deviation, divided by n.
    VtrustStd,
    /// `vtrust.min`: the smallest.
    VtrustMin,
    /// `vtrust.max`: the largest.
    VtrustMax,
    /// `vtrust.weighted_mean`: mean weighted by stake.
    VtrustWeightedMean,
    /// `age.max`: age of the oldest weights of the cohort when the epoch ran, blocks.
    AgeMax,
    /// `age.spread`: blocks between the oldest and the newest of them.
    AgeSpread,
    /// `distance.mean`: mean distance between the weights of two of the cohort, 0 for equal and 1 for disjoint.
    DistanceMean,
    /// `distance.max`: the largest.
    DistanceMax,
    /// `incentive.paid`: neurons with incentive.
    IncentivePaid,
    /// `incentive.top3`: share of all incentive that the best so many have.
    IncentiveTop(u16),
    /// `incentive.smallest`: the smallest incentive above zero, a share.
    IncentiveSmallest,
    /// `commits.missing`: validators of the cohort whose commits were due and not revealed.
    CommitsMissing,
    /// `validators.count`: neurons with a permit in this epoch.
    ValidatorsCount,
    /// `validators.active`: those of them that are active.
    ValidatorsActive,
}

impl Metric {
    /// What it is in an epoch; `None` where it cannot be told.
    #[must_use]
    pub fn of(self, health: &Health) -> Option<Figure> {
        let _ = health;
        None
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("")
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Err(Error::usage(format!("`{text}` is not a metric")))
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How a metric is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalSign {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `<`
    Below,
    /// `=`
    Equal,
}

/// What a metric is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalTarget {
    /// A value.
    Absolute(Figure),
    /// So many per cent more (or less, where negative) than before.
    Relative(Figure),
}

/// One goal. Its text is read by [`FromStr`] and written by [`fmt::Display`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal {
    /// Of which metric.
    pub metric: Metric,
    /// How it is compared.
    pub sign: GoalSign,
    /// With what.
    pub target: GoalTarget,
}

/// What became of a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalState {
    /// Reached.
    Met,
    /// Not reached.
    Missed,
    /// Neither can be said, and why.
    CannotTell(String),
}

impl Goal {
    /// Judges one value, exactly; what it was before is needed for a relative goal.
    #[must_use]
    pub fn judge(&self, value: Option<Figure>, before: Option<Figure>) -> GoalState {
        let _ = (value, before);
        GoalState::CannotTell(String::new())
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.metric)
    }
}

impl FromStr for Goal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Err(Error::usage(format!("`{text}` is not a goal")))
    }
}

impl Serialize for Goal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
