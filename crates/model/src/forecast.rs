//! What the epochs of a subnet give with a change and without it: the data, and what of it comes first.
//!
//! The chain's own code makes the numbers; nothing here knows how an epoch works. Shares are as the chain
//! stores them: 65535 is all of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::Hash32;
use crate::plan::Call;
use crate::ports::ChainError;
use crate::value::decimal;

/// Differences of up to so many units are the chain's own rounding: full agreement is mostly stored as
/// 65534.
pub const ROUNDING: u16 = 2;

/// Which epochs are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The next ones, from the weights and the stake that are on the chain now.
    Ahead {
        /// How many.
        epochs: u16,
        /// Whether every block up to them is run, instead of theirs alone.
        every_block: bool,
    },
    /// The last ones, each from the weights and the stake that it had, bonds carried along.
    Replay {
        /// How many.
        epochs: u16,
    },
}

/// What is asked of the chain's own code.
#[derive(Debug, Clone)]
pub struct Question {
    /// The subnet.
    pub netuid: u16,
    /// The block whose state it begins with.
    pub base: Hash32,
    /// SS58 address of the account that the calls are made for.
    pub owner: String,
    /// The change, in order.
    pub calls: Vec<Call>,
    /// Which epochs.
    pub span: Span,
    /// Most epochs of the past that have to come out as the chain has stored them.
    pub self_tests: u16,
}

/// What one epoch gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EpochResult {
    /// Its block.
    pub block: u64,
    /// Hotkeys by uid, SS58.
    pub hotkeys: Vec<String>,
    /// Validator trust by uid.
    pub vtrust: Vec<u16>,
    /// Consensus weight by uid.
    pub consensus: Vec<u16>,
    /// Dividends by uid.
    pub dividends: Vec<u16>,
    /// Shares of stake by uid.
    pub stake_weight: Vec<u16>,
    /// Who set weights recently enough, by uid.
    pub active: Vec<bool>,
    /// Who may set weights in the epoch after, by uid.
    pub permits: Vec<bool>,
    /// Incentive by mechanism and uid.
    pub incentive: Vec<Vec<u16>>,
    /// Consensus weight by mechanism and uid, where the chain keeps that.
    pub consensus_by_mechanism: Vec<Vec<u16>>,
    /// Bonds by mechanism and uid of the validator: uid of the miner, and how much. Empty in all epochs but
    /// the last.
    pub bonds: Vec<BTreeMap<u16, Vec<(u16, u16)>>>,
}

/// One epoch with and without the change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Epoch {
    /// Without it.
    pub now: EpochResult,
    /// With it.
    pub then: EpochResult,
}

/// How epochs that the chain has run come out here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SelfTest {
    /// How many were run.
    pub epochs: u16,
    /// How many values were compared.
    pub values: u64,
    /// How many of them are equal.
    pub equal: u64,
}

impl SelfTest {
    /// Counts another one as well.
    pub const fn add(&mut self, other: Self) {
        self.epochs = self.epochs.saturating_add(other.epochs);
        self.values = self.values.saturating_add(other.values);
        self.equal = self.equal.saturating_add(other.equal);
    }
}

/// A call that the code refuses, and why: the forecast is without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untried {
    /// The hyperparameters that it sets.
    pub sets: Vec<String>,
    /// Why.
    pub error: ChainError,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Version of the code that was run.
    pub spec_version: u32,
    /// BLAKE2-256 of that code.
    pub code_hash: Hash32,
    /// Whether the epochs are of the past.
    pub replayed: bool,
    /// How it proved itself.
    pub self_test: SelfTest,
    /// The calls that it is without.
    pub refused: Vec<Untried>,
    /// The epochs, in order.
    pub epochs: Vec<Epoch>,
    /// Requests to the node that it took.
    pub requests: u64,
    /// Bytes that the node sent for it.
    pub bytes: u64,
}

/// How two outcomes of one epoch compare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many values there are.
    pub values: u64,
    /// How many are equal.
    pub equal: u64,
    /// The first that is not.
    pub first: Option<String>,
}

impl Comparison {
    fn count(&mut self, equal: bool, what: impl FnOnce() -> String) {
        self.values = self.values.saturating_add(1);
        match equal {
            true => self.equal = self.equal.saturating_add(1),
            false if self.first.is_none() => self.first = Some(what()),
            false => {}
        }
    }
}

impl EpochResult {
    /// Compares what was computed with what is stored, but for these uids.
    #[must_use]
    pub fn compare(&self, stored: &Self, without: &BTreeSet<u16>) -> Comparison {
        let mut found = Comparison::default();
        shares(&mut found, "validator trust", &self.vtrust, &stored.vtrust, without);
        shares(&mut found, "consensus", &self.consensus, &stored.consensus, without);
        shares(&mut found, "dividends", &self.dividends, &stored.dividends, without);
        shares(&mut found, "stake weight", &self.stake_weight, &stored.stake_weight, without);
        shares(&mut found, "activity", &self.active, &stored.active, without);
        shares(&mut found, "validator permit", &self.permits, &stored.permits, without);
        found.count(self.incentive.len() == stored.incentive.len(), || "mechanisms".to_owned());
        for (one, other) in self.incentive.iter().zip(&stored.incentive) {
            shares(&mut found, "incentive", one, other, without);
        }
        let consensus = self.consensus_by_mechanism.iter().zip(&stored.consensus_by_mechanism);
        for (one, other) in consensus {
            shares(&mut found, "consensus of a mechanism", one, other, without);
        }
        for (one, other) in self.bonds.iter().zip(&stored.bonds) {
            let uids: BTreeSet<_> = one.keys().chain(other.keys()).copied().collect();
            for uid in uids.difference(without) {
                let row = |rows: &BTreeMap<u16, Vec<(u16, u16)>>| {
                    let row = rows.get(uid).into_iter().flatten();
                    row.filter(|(to, _)| !without.contains(to)).copied().collect::<Vec<_>>()
                };
                let (one, other) = (row(one), row(other));
                for index in 0..one.len().max(other.len()) {
                    let (one, other) = (one.get(index), other.get(index));
                    found.count(one == other, || {
                        format!("bonds of uid {uid}: {one:?} here, {other:?} on the chain")
                    });
                }
            }
        }
        found
    }
}

/// Compares a vector by uid.
fn shares<T: PartialEq + std::fmt::Display>(
    found: &mut Comparison,
    what: &str,
    one: &[T],
    other: &[T],
    without: &BTreeSet<u16>,
) {
    let word = |value: Option<&T>| value.map_or_else(|| "nothing".to_owned(), T::to_string);
    for index in 0..one.len().max(other.len()) {
        if u16::try_from(index).is_ok_and(|uid| without.contains(&uid)) {
            continue;
        }
        let (one, other) = (one.get(index), other.get(index));
        found.count(one == other, || {
            let (here, there) = (word(one), word(other));
            format!("{what} of uid {index}: {here} here, {there} on the chain")
        });
    }
}

/// What of a neuron is followed over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Validator trust.
    Vtrust,
    /// Dividends.
    Dividends,
    /// Incentive in this mechanism.
    Incentive(usize),
}

impl Measure {
    /// What it is of an outcome.
    #[must_use]
    pub fn of(self, outcome: &EpochResult, uid: usize) -> u16 {
        let values = match self {
            Self::Vtrust => Some(&outcome.vtrust),
            Self::Dividends => Some(&outcome.dividends),
            Self::Incentive(mechanism) => outcome.incentive.get(mechanism),
        };
        values.and_then(|values| values.get(uid)).copied().unwrap_or_default()
    }
}

/// How a neuron fares over the epochs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Which neuron.
    pub uid: u16,
    /// Its hotkey.
    pub hotkey: String,
    /// In each epoch without the change, and with it.
    pub values: Vec<(u16, u16)>,
}

impl Course {
    /// The largest difference over all epochs.
    #[must_use]
    pub fn widest(&self) -> u16 {
        self.values.iter().map(|(now, then)| now.abs_diff(*then)).max().unwrap_or_default()
    }

    /// The first epoch in which it differs most, counted from 0.
    #[must_use]
    pub fn peak(&self) -> usize {
        let widest = self.widest();
        self.values.iter().position(|(now, then)| now.abs_diff(*then) == widest).unwrap_or_default()
    }

    /// The first epoch.
    #[must_use]
    pub fn first(&self) -> (u16, u16) {
        self.values.first().copied().unwrap_or_default()
    }

    /// The last epoch.
    #[must_use]
    pub fn last(&self) -> (u16, u16) {
        self.values.last().copied().unwrap_or_default()
    }

    /// Whether the change makes a difference that is more than rounding.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.widest() > ROUNDING
    }
}

impl Forecast {
    /// How many mechanisms the subnet has, with the change or without it.
    #[must_use]
    pub fn mechanisms(&self) -> usize {
        let of = |epoch: &Epoch| epoch.now.incentive.len().max(epoch.then.incentive.len());
        self.epochs.iter().map(of).max().unwrap_or_default()
    }

    /// What is followed, with its name.
    #[must_use]
    pub fn measures(&self) -> Vec<(String, Measure)> {
        let incentive = |mechanism: usize| {
            let name = match self.mechanisms() {
                0 | 1 => "Incentive".to_owned(),
                _ => format!("Incentive, mechanism {mechanism}"),
            };
            (name, Measure::Incentive(mechanism))
        };
        let both = [("Vtrust", Measure::Vtrust), ("Dividends", Measure::Dividends)];
        let both = both.map(|(name, measure)| (name.to_owned(), measure));
        both.into_iter().chain((0..self.mechanisms()).map(incentive)).collect()
    }

    /// How every neuron fares that has any of it in any epoch, by uid.
    #[must_use]
    pub fn courses(&self, measure: Measure) -> Vec<Course> {
        let neurons = |epoch: &Epoch| epoch.now.hotkeys.len().max(epoch.then.hotkeys.len());
        let most = self.epochs.iter().map(neurons).max().unwrap_or_default();
        let course = |uid: usize| {
            let values: Vec<_> = self
                .epochs
                .iter()
                .map(|Epoch { now, then }| (measure.of(now, uid), measure.of(then, uid)))
                .collect();
            let known = |epoch: &Epoch| epoch.now.hotkeys.get(uid).cloned();
            let hotkey = self.epochs.iter().rev().find_map(known).unwrap_or_default();
            let any = values.iter().any(|(now, then)| *now > 0 || *then > 0);
            any.then_some(Course { uid: u16::try_from(uid).ok()?, hotkey, values })
        };
        (0..most).filter_map(course).collect()
    }

    /// Those for whom it makes a difference, the largest first.
    #[must_use]
    pub fn moved(&self, measure: Measure) -> Vec<Course> {
        let mut moved = self.courses(measure);
        moved.retain(Course::differs);
        moved.sort_by_key(|course| (std::cmp::Reverse(course.widest()), course.uid));
        moved
    }

    /// The mean Vtrust in each epoch, without the change and with it, in units of 65535: over all that
    /// have any, in any epoch. `None` where nobody has, as in Null consensus.
    #[must_use]
    pub fn mean_vtrust(&self) -> Option<Vec<(u16, u16)>> {
        let courses = self.courses(Measure::Vtrust);
        let count = u64::try_from(courses.len()).ok().filter(|count| *count > 0)?;
        let mean = |epoch: usize, which: fn(&(u16, u16)) -> u16| {
            let values = courses.iter().filter_map(|course| course.values.get(epoch));
            let sum = values.fold(0u64, |sum, pair| sum.saturating_add(which(pair).into()));
            sum.checked_div(count).and_then(|mean| u16::try_from(mean).ok()).unwrap_or(u16::MAX)
        };
        let means = (0..self.epochs.len())
            .map(|at| (mean(at, |(now, _)| *now), mean(at, |(_, then)| *then)));
        Some(means.collect())
    }

    /// How many neurons have an incentive in each epoch, without the change and with it.
    #[must_use]
    pub fn paid(&self) -> Vec<(usize, usize)> {
        let paid = |outcome: &EpochResult| {
            let has = |uid: &usize| {
                outcome.incentive.iter().any(|values| values.get(*uid).is_some_and(|it| *it > 0))
            };
            (0..outcome.hotkeys.len()).filter(has).count()
        };
        self.epochs.iter().map(|Epoch { now, then }| (paid(now), paid(then))).collect()
    }

    /// How many may set weights after each epoch, without the change and with it.
    #[must_use]
    pub fn permitted(&self) -> Vec<(usize, usize)> {
        let of = |outcome: &EpochResult| outcome.permits.iter().filter(|permit| **permit).count();
        self.epochs.iter().map(|Epoch { now, then }| (of(now), of(then))).collect()
    }

    /// Whether the change makes any difference.
    #[must_use]
    pub fn differs(&self) -> bool {
        let all = BTreeSet::new();
        self.epochs.iter().any(|Epoch { now, then }| now.compare(then, &all).first.is_some())
    }

    /// The three lines that matter most.
    #[must_use]
    pub fn headlines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let epochs = self.epochs.len();
        let last = match epochs {
            1 => String::new(),
            many => format!(", {{}} after {many}"),
        };
        let story = |name: &str, number: fn(u16) -> String, values: &[(u16, u16)]| {
            let (now, then) = values.first().copied().unwrap_or_default();
            let end = values.last().copied().unwrap_or_default();
            let first = if epochs == 1 { "" } else { " in the first epoch" };
            let last = last.replace("{}", &number(end.1));
            format!("{name}: {} → {}{first}{last}", number(now), number(then))
        };
        if let Some(means) = self.mean_vtrust() {
            lines.push(story("mean Vtrust", share, &means));
        }
        for (measure, what) in
            [(Measure::Dividends, "dividends"), (Measure::Incentive(0), "incentive")]
        {
            let moved = self.moved(measure);
            lines.push(match moved.first() {
                Some(course) => {
                    story(&format!("{what} of uid {}", course.uid), percent, &course.values)
                }
                None => format!("{what}: as without the change"),
            });
        }
        lines
    }
}

/// A share of 65535 in percent, rounded to hundredths: for people.
#[must_use]
pub fn percent(share: u16) -> String {
    let hundredths = u128::from(share).saturating_mul(10_000).saturating_add(32_767) / 65_535;
    let text = decimal(hundredths, 2);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{part:0<2}%")
}

/// A share of 65535 as a number up to 1, rounded to ten thousandths: for people.
#[must_use]
pub fn share(share: u16) -> String {
    let parts = u128::from(share).saturating_mul(10_000).saturating_add(32_767) / 65_535;
    let text = decimal(parts, 4);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{part:0<4}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(vtrust: &[u16], dividends: &[u16], incentive: &[u16]) -> EpochResult {
        EpochResult {
            block: 7,
            hotkeys: (0..vtrust.len()).map(|uid| format!("hotkey {uid}")).collect(),
            vtrust: vtrust.to_vec(),
            dividends: dividends.to_vec(),
            incentive: vec![incentive.to_vec()],
            bonds: vec![BTreeMap::from([(0, vec![(2, 5), (3, 6)])])],
            ..EpochResult::default()
        }
    }

    fn forecast(epochs: Vec<Epoch>) -> Forecast {
        Forecast {
            spec_version: 475,
            code_hash: Hash32::new([1; 32]),
            replayed: false,
            self_test: SelfTest::default(),
            refused: Vec::new(),
            epochs,
            requests: 0,
            bytes: 0,
        }
    }

    #[test]
    fn one_unit_that_differs_is_found_and_named() {
        let one = outcome(&[65_534, 0, 0], &[3, 4, 0], &[0, 0, 65_535]);
        let same = one.compare(&one, &BTreeSet::new());
        assert_eq!((same.values, same.equal, same.first), (12, 12, None));
        let other = outcome(&[65_533, 0, 0], &[3, 4, 0], &[0, 0, 65_535]);
        let found = one.compare(&other, &BTreeSet::new());
        assert_eq!((found.values, found.equal), (12, 11));
        let first = "validator trust of uid 0: 65534 here, 65533 on the chain";
        assert_eq!(found.first.as_deref(), Some(first));
        // A neuron that came in the very block of the epoch was not in it.
        let without = one.compare(&other, &BTreeSet::from([0]));
        assert_eq!((without.values, without.equal), (7, 7));
        let mut fewer = one.clone();
        fewer.bonds[0].insert(0, vec![(3, 6)]);
        fewer.dividends.pop();
        let found = fewer.compare(&one, &BTreeSet::new());
        assert_eq!(found.values - found.equal, 3, "{found:?}");
    }

    #[test]
    fn who_wins_and_loses_comes_first_and_rounding_last() {
        let now = outcome(&[65_534, 30_000, 0], &[20_000, 45_535, 0], &[0, 0, 65_535]);
        let first = outcome(&[65_533, 36_000, 0], &[60_000, 5_535, 0], &[0, 0, 65_535]);
        let later = outcome(&[65_533, 36_000, 0], &[21_000, 44_535, 0], &[0, 0, 65_535]);
        let pair = |then: &EpochResult| Epoch { now: now.clone(), then: then.clone() };
        let found = forecast(vec![pair(&first), pair(&later)]);
        let moved = found.moved(Measure::Vtrust);
        assert_eq!(moved.iter().map(|course| course.uid).collect::<Vec<_>>(), [1]);
        let moved = found.moved(Measure::Dividends);
        assert_eq!(moved.iter().map(|course| course.uid).collect::<Vec<_>>(), [0, 1]);
        assert_eq!((moved[0].widest(), moved[0].peak()), (40_000, 0));
        assert_eq!(found.mean_vtrust().unwrap()[0], (47_767, 50_766));
        assert_eq!(found.paid(), [(1, 1), (1, 1)]);
        assert_eq!(
            found.headlines(),
            [
                "mean Vtrust: 0.7289 → 0.7746 in the first epoch, 0.7746 after 2",
                "dividends of uid 0: 30.52% → 91.55% in the first epoch, 32.04% after 2",
                "incentive: as without the change",
            ]
        );
        assert!(found.differs());
        let same = forecast(vec![pair(&now)]);
        assert!(!same.differs());
        assert_eq!(same.headlines()[0], "mean Vtrust: 0.7289 → 0.7289");
    }

    #[test]
    fn shares_are_rounded_for_people_alone() {
        for (raw, as_percent, as_share) in [
            (0, "0.00%", "0.0000"),
            (65_535, "100.00%", "1.0000"),
            (65_534, "100.00%", "1.0000"),
            (36_044, "55.00%", "0.5500"),
            (7, "0.01%", "0.0001"),
        ] {
            assert_eq!((percent(raw), share(raw)), (as_percent.to_owned(), as_share.to_owned()));
        }
    }
}
