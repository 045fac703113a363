//! Which validators are followed.

use serde::{Deserialize, Serialize};

use super::rows::UsableRow;
use super::sample::{Neuron, Sample};

/// Validators that are followed from epoch to epoch, fixed at one of them and by hotkey: else a weak one
/// that leaves would raise the mean, and look like success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// The block of the epoch that it was fixed at.
    pub block: u64,
    /// SS58 addresses of their hotkeys, by their uid in that epoch.
    pub hotkeys: Vec<String>,
}

impl Cohort {
    /// Who validates in an epoch: with a permit, active, with stake, and with weights that the epoch could use
    /// (`epoch_mechanism` of the chain drops those to itself, and to who registered after they were set).
    #[must_use]
    pub fn of(sample: &Sample) -> Self {
        let validates = |neuron: &&Neuron| {
            neuron.active && neuron.stake_weight > 0 && UsableRow::of(sample, neuron).is_some()
        };
        let mut members: Vec<_> = sample.neurons.iter().filter(validates).collect();
        members.sort_by_key(|neuron| neuron.uid);
        let hotkeys = members.into_iter().map(|neuron| neuron.hotkey.clone()).collect();
        Self { block: sample.block, hotkeys }
    }

    /// Whether it has a hotkey.
    #[must_use]
    pub fn has(&self, hotkey: &str) -> bool {
        self.hotkeys.iter().any(|member| member == hotkey)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::Samples;
    use super::*;

    #[test]
    fn who_validates_is_in_the_cohort() {
        let sample = Samples::new().epoch();
        let cohort = Cohort::of(&sample);
        assert_eq!(cohort.hotkeys, ["hotkey-0", "hotkey-1", "hotkey-2", "hotkey-3"]);
        assert_eq!(cohort.block, sample.block);
        assert!(cohort.has("hotkey-3") && !cohort.has("hotkey-4"));
        let without: [fn(&mut Neuron); 4] = [
            |neuron| neuron.permit = false,
            |neuron| neuron.active = false,
            |neuron| neuron.stake_weight = 0,
            |neuron| neuron.weights = vec![(2, 65_535)],
        ];
        for change in without {
            let mut sample = sample.clone();
            change(&mut sample.neurons[2]);
            assert_eq!(Cohort::of(&sample).hotkeys, ["hotkey-0", "hotkey-1", "hotkey-3"]);
        }
    }
}
