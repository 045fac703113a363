//! Epochs for tests: a subnet with a few validators and miners that runs quietly.

use std::collections::BTreeMap;

use super::sample::{Mode, Neuron, Sample};
use crate::hash::Hash32;
use crate::value::Value;

/// A subnet whose epochs are made one after another: four validators (uids 0 to 3, active and with a permit, of 40, 30,
/// 20 and 10 per cent of stake) and four miners (4 to 7), all validators of one mind but for what is told.
#[derive(Debug, Clone)]
pub struct Samples {
    /// The epoch that comes next; a test may change it as it likes.
    pub coming: Sample,
}

/// Blocks between two epochs.
pub const TEMPO: u64 = 360;

impl Default for Samples {
    fn default() -> Self {
        Self::new()
    }
}

impl Samples {
    /// At its first epoch.
    #[must_use]
    pub fn new() -> Self {
        let hyperparameters = [
            ("kappa", Value::Uint(32_767)),
            ("tempo", Value::Uint(TEMPO.into())),
            ("max_validators", Value::Uint(64)),
            ("commit_reveal_weights_enabled", Value::Bool(false)),
            ("commit_reveal_period", Value::Uint(1)),
            ("bonds_moving_avg", Value::Uint(900_000)),
            ("immunity_period", Value::Uint(7_200)),
            ("min_allowed_weights", Value::Uint(1)),
        ];
        Self {
            coming: Sample {
                netuid: 46,
                mechanism: 0,
                mechanisms: 1,
                block: 1_000_000,
                hash: Hash32::new([7; 32]),
                previous: 1_000_000_u64.saturating_sub(TEMPO),
                time_ms: Some(1_700_000_000_000),
                spec_version: 425,
                mode: Mode::Yuma,
                index: Some(2_777),
                tempo: TEMPO,
                kappa: Some(32_767),
                activity_cutoff: Some(5_000),
                commit_reveal: Some(false),
                hyperparameters: BTreeMap::from(
                    hyperparameters.map(|(name, value)| (name.to_owned(), value)),
                ),
                neurons: (0..8).map(neuron).collect(),
            },
        }
    }

    /// The epoch that comes, and the clock goes on.
    pub fn epoch(&mut self) -> Sample {
        let made = self.coming.clone();
        self.coming.previous = made.block;
        self.coming.block = made.block.saturating_add(made.tempo);
        self.coming.index = made.index.map(|index| index.saturating_add(1));
        self.coming.time_ms =
            made.time_ms.map(|time| time.saturating_add(made.tempo.saturating_mul(12_000)));
        for neuron in self.coming.neurons.iter_mut().filter(|neuron| neuron.last_update > 0) {
            neuron.last_update = neuron.last_update.saturating_add(made.tempo);
        }
        made
    }

    /// An epoch for each of these Vtrusts, which all validators have, of 65535.
    pub fn epochs(&mut self, vtrusts: impl IntoIterator<Item = u16>) -> Vec<Sample> {
        let with = |vtrust: u16| {
            for neuron in self.coming.neurons.iter_mut().filter(|neuron| neuron.permit) {
                neuron.vtrust = vtrust;
            }
            self.epoch()
        };
        vtrusts.into_iter().map(with).collect()
    }

    /// Sets a hyperparameter from the coming epoch on.
    pub fn set(&mut self, name: &str, value: Value) -> &mut Self {
        self.coming.hyperparameters.insert(name.to_owned(), value);
        self
    }
}

fn neuron(uid: u16) -> Neuron {
    let validates = uid < 4;
    Neuron {
        uid,
        hotkey: format!("hotkey-{uid}"),
        permit: validates,
        replaced: false,
        next_permit: validates,
        active: validates,
        vtrust: if validates { 60_000 } else { 0 },
        consensus: if validates { 0 } else { 16_383 },
        incentive: match uid {
            4 => 32_767,
            5 => 16_383,
            6 => 16_383,
            _ => 0,
        },
        dividends: if validates { 16_383 } else { 0 },
        stake_weight: match uid {
            0 => 26_214,
            1 => 19_660,
            2 => 13_107,
            3 => 6_553,
            _ => 0,
        },
        emission: 1_000_000,
        last_update: if validates { 999_900 } else { 0 },
        registered_at: 500_000,
        weights: match validates {
            true => vec![(4, 65_535), (5, 32_768), (6, 32_768)],
            false => Vec::new(),
        },
        commit: None,
    }
}
