//! Which epochs and which validators count in a comparison.

use std::collections::BTreeSet;

use super::cohort::Cohort;
use super::rows::UsableRow;
use super::sample::{Neuron, Sample};
use super::verdict::{ChangeAt, EpochLeftOut, Inquiry};

/// What decides of permits: those that the first epoch computes govern the second.
pub(super) const ON_PERMITS: &[&str] = &["max_validators", "max_allowed_uids"];
/// What decides which weights are taken at all: it shows when validators next set them.
pub(super) const ON_WEIGHTS: &[&str] = &[
    "min_allowed_weights",
    "max_weights_limit",
    "weights_version",
    "weights_rate_limit",
    "commit_reveal_weights_enabled",
    "commit_reveal_period",
];

/// What is compared.
#[derive(Debug, Clone)]
pub(super) struct Windows<'a> {
    /// Epochs before that count.
    pub(super) before: Vec<&'a Sample>,
    /// Epochs after that count.
    pub(super) after: Vec<&'a Sample>,
    /// Those that do not.
    pub(super) left_out: Vec<EpochLeftOut>,
    /// Who validated in the last epoch before the change.
    pub(super) followed: Cohort,
    /// Those of them with usable weights in all epochs that count.
    pub(super) cohort: Cohort,
    /// Who had none in an epoch before, or is not of the cohort.
    pub(super) joined: Vec<String>,
    /// Who has none in an epoch after.
    pub(super) left: Vec<String>,
}

impl<'a> Windows<'a> {
    /// Sorts out what counts.
    pub(super) fn of(inquiry: &Inquiry<'a>) -> Self {
        let mut left_out = Vec::new();
        let mut leave = |sample: &Sample, why: String| {
            left_out.push(EpochLeftOut { block: sample.block, why });
        };
        let changed = inquiry.change.map(|change| change.block);
        let mut before = Vec::new();
        for sample in inquiry.before {
            match changed {
                Some(block) if sample.block > block => {
                    leave(sample, format!("it ran after the change in block {block}"));
                }
                _ => before.push(sample),
            }
        }
        let followed = before.last().map(|last| Cohort::of(last));
        let followed = followed.unwrap_or(Cohort { block: 0, hotkeys: Vec::new() });
        let mut after = Vec::new();
        for sample in inquiry.after {
            match changed {
                // The change is in the state after its block, and the epoch is the first thing in a block.
                Some(block) if sample.block <= block => {
                    leave(sample, format!("it ran before the change in block {block} was there"));
                }
                _ => after.push(sample),
            }
        }
        if let Some(change) = inquiry.change {
            let (waits, why) = waits(&after, &followed, change);
            for sample in after.drain(..waits.min(after.len())) {
                leave(sample, why.clone());
            }
        }
        left_out.sort_by_key(|left| left.block);
        let mut windows = Self {
            before,
            after,
            left_out,
            cohort: followed.clone(),
            followed,
            joined: Vec::new(),
            left: Vec::new(),
        };
        windows.part();
        windows
    }

    /// Parts who is in all epochs from who is not.
    fn part(&mut self) {
        let usable = |samples: &[&'a Sample]| -> Vec<BTreeSet<&'a str>> {
            samples.iter().map(|sample| usable(sample)).collect()
        };
        let (before, after) = (usable(&self.before), usable(&self.after));
        let in_all = |windows: &[BTreeSet<&str>], hotkey: &str| {
            windows.iter().all(|window| window.contains(hotkey))
        };
        self.cohort.hotkeys.clear();
        for hotkey in &self.followed.hotkeys {
            match (in_all(&before, hotkey), in_all(&after, hotkey)) {
                (_, false) => self.left.push(hotkey.clone()),
                (false, true) => self.joined.push(hotkey.clone()),
                (true, true) => self.cohort.hotkeys.push(hotkey.clone()),
            }
        }
        if let Some(last) = self.after.last() {
            let new = Cohort::of(last).hotkeys;
            self.joined.extend(new.into_iter().filter(|hotkey| !self.followed.has(hotkey)));
        }
    }

    /// All epochs that count, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a Sample> {
        self.before.iter().chain(&self.after).copied()
    }
}

/// Who has weights that an epoch could use.
fn usable(sample: &Sample) -> BTreeSet<&str> {
    let usable = |neuron: &&Neuron| UsableRow::of(sample, neuron).is_some();
    sample.neurons.iter().filter(usable).map(|neuron| neuron.hotkey.as_str()).collect()
}

/// How many epochs after a change cannot show it yet, and why; the longest of what its names call for.
fn waits(after: &[&Sample], cohort: &Cohort, change: &ChangeAt) -> (usize, String) {
    let named = |of: &[&str]| -> Vec<&str> {
        change.names.iter().map(String::as_str).filter(|name| of.contains(name)).collect()
    };
    let (on_weights, on_permits) = (named(ON_WEIGHTS), named(ON_PERMITS));
    let mut longest = (0, String::new());
    if !on_permits.is_empty() {
        let names = on_permits.join(", ");
        longest = (1, format!("{names}: permits of this epoch act in the next one"));
    }
    if !on_weights.is_empty() {
        let names = on_weights.join(", ");
        let (count, why) = waits_for_weights(after, cohort, change);
        if count > longest.0 {
            longest = (count, format!("{names}: {why}"));
        }
    }
    longest
}

/// How many epochs run before all of the cohort have set weights after the change, and revealed them.
fn waits_for_weights(
    after: &[&Sample],
    cohort: &Cohort,
    change: &ChangeAt,
) -> (usize, &'static str) {
    let has_set = |neuron: &Neuron| {
        !neuron.permit || !cohort.has(&neuron.hotkey) || neuron.last_update > change.block
    };
    let all_set = |sample: &&Sample| sample.neurons.iter().all(has_set);
    let set = "not all of the cohort had set weights after the change";
    let Some(first) = after.iter().position(all_set) else { return (after.len(), set) };
    let revealing = after.get(first).is_some_and(|sample| sample.commit_reveal != Some(false));
    if !revealing {
        return (first, set);
    }
    let stored = || after.get(first)?.hyperparameters.get("commit_reveal_period")?.as_u64();
    let period = change.reveal.or_else(stored).unwrap_or(1);
    let period = usize::try_from(period).unwrap_or(usize::MAX);
    (
        first.saturating_add(period),
        "not all of the cohort had set weights after the change and revealed them",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::Samples;
    use super::*;

    fn change(block: u64, names: &[&str]) -> ChangeAt {
        ChangeAt {
            block,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            reveal: None,
        }
    }

    /// Blocks of the epochs after that count, with the change in the block of the last epoch before.
    fn counting(before: &[Sample], after: &[Sample], change: &ChangeAt) -> (Vec<u64>, Vec<String>) {
        let change = Some(change);
        let inquiry = Inquiry { before, after, change, goals: &[], controls: &[] };
        let windows = Windows::of(&inquiry);
        let why = windows.left_out.iter().map(|left| left.why.clone()).collect();
        (windows.after.iter().map(|sample| sample.block).collect(), why)
    }

    #[test]
    fn what_the_epoch_reads_counts_from_the_next_one() {
        let mut samples = Samples::new();
        let (before, after) = (samples.epochs([1; 2]), samples.epochs([1; 3]));
        let blocks: Vec<u64> = after.iter().map(|sample| sample.block).collect();
        let at = before[1].block;
        assert_eq!(counting(&before, &after, &change(at, &["kappa"])), (blocks.clone(), vec![]));
        // A change in the block of an epoch comes after it.
        let (counted, why) = counting(&before, &after, &change(blocks[0], &["kappa"]));
        assert_eq!(counted, blocks[1..]);
        assert_eq!(why, [format!("it ran before the change in block {} was there", blocks[0])]);
        let (counted, why) = counting(&before, &after, &change(at - 1, &["kappa"]));
        assert_eq!((counted, why.len()), (blocks.clone(), 1));
        // Permits act one epoch later.
        let (counted, why) = counting(&before, &after, &change(at, &["kappa", "max_validators"]));
        assert_eq!((counted, why.len()), (blocks[1..].to_vec(), 1));
        assert!(why[0].starts_with("max_validators: permits"), "{why:?}");
    }

    #[test]
    fn rules_for_weights_count_once_all_have_set_them() {
        let mut samples = Samples::new();
        let (before, mut after) = (samples.epochs([1; 2]), samples.epochs([1; 6]));
        let blocks: Vec<u64> = after.iter().map(|sample| sample.block).collect();
        let change = change(before[1].block, &["min_allowed_weights"]);
        assert_eq!(counting(&before, &after, &change).0, blocks);
        for sample in &mut after[..2] {
            sample.neurons[3].last_update = before[0].block;
        }
        let (counted, why) = counting(&before, &after, &change);
        assert_eq!(counted, blocks[2..]);
        assert_eq!(
            why[1],
            "min_allowed_weights: not all of the cohort had set weights after the change"
        );
        // With commits, they have to be revealed besides.
        for sample in &mut after {
            sample.commit_reveal = Some(true);
        }
        assert_eq!(counting(&before, &after, &change).0, blocks[3..]);
        let slow = ChangeAt { reveal: Some(3), ..change.clone() };
        assert_eq!(counting(&before, &after, &slow).0, blocks[5..]);
        // Who has lost the permit is not waited for.
        for sample in &mut after {
            sample.neurons[3].permit = false;
            sample.commit_reveal = Some(false);
        }
        assert_eq!(counting(&before, &after, &change).0, blocks);
        for sample in &mut after {
            sample.neurons[2].last_update = before[0].block;
        }
        assert_eq!(counting(&before, &after, &change).0, [0; 0]);
    }

    #[test]
    fn joiners_and_leavers_do_not_enter() {
        let mut samples = Samples::new();
        let (mut before, mut after) = (samples.epochs([1; 3]), samples.epochs([1; 3]));
        before[0].neurons[0].weights.clear();
        after[1].neurons[1].permit = false;
        after[2].neurons[2].hotkey = "newcomer".to_owned();
        let inquiry =
            Inquiry { before: &before, after: &after, change: None, goals: &[], controls: &[] };
        let windows = Windows::of(&inquiry);
        assert_eq!(windows.cohort.hotkeys, ["hotkey-3"]);
        assert_eq!(windows.joined, ["hotkey-0", "newcomer"]);
        assert_eq!(windows.left, ["hotkey-1", "hotkey-2"]);
        assert_eq!(windows.followed.hotkeys.len(), 4);
        assert_eq!(windows.all().count(), 6);
    }
}
