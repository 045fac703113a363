//! Figures of an epoch that goals can be set for, by name.

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

/// Metrics whose names are fixed; `incentive.topK` goes with any number.
const NAMED: [(&str, Metric); 14] = [
    ("vtrust.mean", Metric::VtrustMean),
    ("vtrust.std", Metric::VtrustStd),
    ("vtrust.min", Metric::VtrustMin),
    ("vtrust.max", Metric::VtrustMax),
    ("vtrust.weighted_mean", Metric::VtrustWeightedMean),
    ("age.max", Metric::AgeMax),
    ("age.spread", Metric::AgeSpread),
    ("distance.mean", Metric::DistanceMean),
    ("distance.max", Metric::DistanceMax),
    ("incentive.paid", Metric::IncentivePaid),
    ("incentive.smallest", Metric::IncentiveSmallest),
    ("commits.missing", Metric::CommitsMissing),
    ("validators.count", Metric::ValidatorsCount),
    ("validators.active", Metric::ValidatorsActive),
];
/// What stands before the number of the best.
const TOP: &str = "incentive.top";

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// From 0 to 1, as the chain stores it: in steps of 1/65535.
    Share,
    /// Blocks.
    Blocks,
    /// How many.
    Count,
}

impl Metric {
    /// What it is in an epoch; `None` where it cannot be told.
    #[must_use]
    pub fn of(self, health: &Health) -> Option<Figure> {
        let vtrust = health.vtrust.as_ref();
        let count = |count: usize| i128::try_from(count).ok().map(Figure::whole);
        let blocks = |blocks: u64| Figure::whole(blocks.into());
        match self {
            Self::VtrustMean => vtrust.map(|spread| spread.mean),
            Self::VtrustStd => vtrust.map(|spread| spread.std),
            Self::VtrustMin => vtrust.map(|spread| spread.min),
            Self::VtrustMax => vtrust.map(|spread| spread.max),
            Self::VtrustWeightedMean => vtrust.and_then(|spread| spread.weighted_mean),
            Self::AgeMax => health.age.as_ref().map(|age| blocks(age.max)),
            Self::AgeSpread => health.age.as_ref().map(|age| blocks(age.spread)),
            Self::DistanceMean => health.distance.as_ref().map(|distance| distance.mean),
            Self::DistanceMax => health.distance.as_ref().map(|distance| distance.max),
            Self::IncentivePaid => count(health.incentive.paid),
            Self::IncentiveTop(k) => health.incentive.top(k.into()),
            Self::IncentiveSmallest => health.incentive.smallest,
            Self::CommitsMissing => count(health.reveals.missing),
            Self::ValidatorsCount => count(health.validators),
            Self::ValidatorsActive => count(health.active),
        }
    }

    /// What it counts.
    #[must_use]
    pub const fn scale(self) -> Scale {
        match self {
            Self::AgeMax | Self::AgeSpread => Scale::Blocks,
            Self::IncentivePaid
            | Self::CommitsMissing
            | Self::ValidatorsCount
            | Self::ValidatorsActive => Scale::Count,
            _ => Scale::Share,
        }
    }

    /// Whether a goal has to hold in every epoch, so that the worst is judged. That is so of extremes and of counts,
    /// whose mean over epochs would say nothing: who misses one epoch in ten misses it. All others are means, or
    /// spreads around them, and are judged by their mean over epochs.
    #[must_use]
    pub const fn is_of_the_worst(self) -> bool {
        !matches!(
            self,
            Self::VtrustMean
                | Self::VtrustStd
                | Self::VtrustWeightedMean
                | Self::DistanceMean
                | Self::IncentiveTop(_)
        )
    }

    /// Whether it is made of Vtrust.
    #[must_use]
    pub const fn is_vtrust(self) -> bool {
        matches!(
            self,
            Self::VtrustMean
                | Self::VtrustStd
                | Self::VtrustMin
                | Self::VtrustMax
                | Self::VtrustWeightedMean
        )
    }

    /// All names that a goal can have, with `incentive.topK` for any number of the best.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name).chain(["incentive.topK"])
    }

    /// A value of it as people read it: shares with six decimals, counts and blocks with as many as they need.
    #[must_use]
    pub fn show(self, value: Figure) -> String {
        match self.scale() {
            Scale::Share => value.to_string(),
            Scale::Blocks | Scale::Count => {
                let text = format!("{value:.2}");
                let short = text.trim_end_matches('0').trim_end_matches('.').to_owned();
                if self.scale() == Scale::Blocks { format!("{short} blocks") } else { short }
            }
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IncentiveTop(k) => write!(f, "{TOP}{k}"),
            _ => {
                let named = NAMED.iter().find(|(_, metric)| metric == self);
                f.write_str(named.map_or("", |(name, _)| *name))
            }
        }
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.to_ascii_lowercase();
        if let Some((_, metric)) = NAMED.iter().find(|(name, _)| *name == wanted) {
            return Ok(*metric);
        }
        let digits = wanted.strip_prefix(TOP).filter(|k| k.bytes().all(|b| b.is_ascii_digit()));
        if let Some(k) = digits.and_then(|k| k.parse().ok()).filter(|k| *k > 0) {
            return Ok(Self::IncentiveTop(k));
        }
        let near = Self::names()
            .map(|name| (strsim::damerau_levenshtein(&wanted, name), name))
            .min()
            .filter(|(distance, _)| *distance <= (wanted.len() / 3).max(2))
            .map(|(_, name)| format!("did you mean {name}? "));
        let names: Vec<_> = Self::names().collect();
        let hint = format!(
            "{}the metrics are {} (K is any number of the best)",
            near.unwrap_or_default(),
            names.join(", ")
        );
        Err(Error::input(format!("`{text}` is not a metric")).hint(hint))
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Scale {
    /// The step that the chain stores it in, or that it is counted in.
    #[must_use]
    pub fn step(self) -> Figure {
        match self {
            Self::Share => Figure::share(1),
            Self::Blocks | Self::Count => Figure::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::Samples;
    use super::super::{Cohort, health};
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for name in Metric::names().filter(|name| !name.ends_with('K')) {
            assert_eq!(name.parse::<Metric>().unwrap().to_string(), name);
        }
        assert_eq!("Incentive.TOP010".parse::<Metric>().unwrap(), Metric::IncentiveTop(10));
    }

    #[test]
    fn every_metric_has_its_value_in_a_quiet_epoch() {
        let sample = Samples::new().epoch();
        let health = health(&sample, &Cohort::of(&sample));
        for (name, is) in [
            ("vtrust.mean", "0.915541"),
            ("vtrust.std", "0.000000"),
            ("vtrust.min", "0.915541"),
            ("vtrust.max", "0.915541"),
            ("vtrust.weighted_mean", "0.915541"),
            ("age.max", "100 blocks"),
            ("age.spread", "0 blocks"),
            ("distance.mean", "0.000000"),
            ("distance.max", "0.000000"),
            ("incentive.paid", "3"),
            ("incentive.top1", "0.500008"),
            ("incentive.top2", "0.750004"),
            ("incentive.top3", "1.000000"),
            ("incentive.top10", "1.000000"),
            ("incentive.smallest", "0.249989"),
            ("commits.missing", "0"),
            ("validators.count", "4"),
            ("validators.active", "4"),
        ] {
            let metric: Metric = name.parse().unwrap();
            let shown = metric.of(&health).map(|value| metric.show(value));
            assert_eq!(shown.as_deref(), Some(is), "{name}");
        }
    }
}
