//! Weights as an epoch uses them.

use super::figure::Figure;
use super::sample::{Neuron, Sample};
use crate::value::Value;

/// The weights of one validator that an epoch could use: by uid, as stored, and their sum, which is above zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UsableRow {
    /// Whose.
    pub(super) uid: u16,
    /// How much to each, by uid.
    pub(super) weights: Vec<u16>,
    /// The sum.
    pub(super) sum: i128,
}

impl UsableRow {
    /// The weights of a neuron that an epoch could use, masked as the epoch does: only of a validator with a permit,
    /// to a neuron that exists and that had registered before the weights were set, and not to itself, the subnet
    /// owner's excepted. What commits that are still hidden would mask besides is not known here.
    pub(super) fn of(sample: &Sample, neuron: &Neuron) -> Option<Self> {
        if !neuron.permit || neuron.replaced {
            return None;
        }
        let mut weights = vec![0; sample.neurons.len()];
        for (to, weight) in &neuron.weights {
            let index = usize::from(*to);
            let (Some(target), Some(kept)) = (sample.neurons.get(index), weights.get_mut(index))
            else {
                continue;
            };
            let itself = *to == neuron.uid && !is_owners(sample, neuron);
            if !itself && neuron.last_update > target.registered_at {
                *kept = *weight;
            }
        }
        let sum = weights.iter().fold(0_i128, |sum, weight| sum.saturating_add((*weight).into()));
        (sum > 0).then_some(Self { uid: neuron.uid, weights, sum })
    }

    /// The share of the row that a neuron gets.
    pub(super) fn share(&self, uid: u16) -> Figure {
        Figure::ratio(self.weight(uid), self.sum).unwrap_or_default()
    }

    /// Who gets anything.
    pub(super) fn scored(&self) -> impl Iterator<Item = u16> {
        let given = self.weights.iter().zip(0..=u16::MAX).filter(|(weight, _)| **weight > 0);
        given.map(|(_, uid)| uid)
    }

    /// How much a neuron gets, as stored.
    pub(super) fn weight(&self, uid: u16) -> i128 {
        self.weights.get(usize::from(uid)).copied().unwrap_or_default().into()
    }

    /// Half the sum of all differences between the shares of two rows of one epoch.
    pub(super) fn distance(&self, other: &Self) -> Figure {
        let apart = |(here, there): (&u16, &u16)| {
            let here = i128::from(*here).saturating_mul(other.sum);
            here.saturating_sub(i128::from(*there).saturating_mul(self.sum)).saturating_abs()
        };
        let sum = self.weights.iter().zip(&other.weights).map(apart);
        let whole = self.sum.saturating_mul(other.sum).saturating_mul(2);
        Figure::ratio(sum.fold(0, i128::saturating_add), whole).unwrap_or_default()
    }
}

/// Whether a neuron is the subnet owner's own, as far as the hyperparameters tell.
fn is_owners(sample: &Sample, neuron: &Neuron) -> bool {
    matches!(sample.hyperparameters.get("sn_owner_hotkey"), Some(Value::Text(owner)) if *owner == neuron.hotkey)
}

#[cfg(test)]
mod tests {
    use super::super::samples::Samples;
    use super::*;

    fn row(sample: &Sample, uid: u16) -> Option<UsableRow> {
        UsableRow::of(sample, &sample.neurons[usize::from(uid)])
    }

    #[test]
    fn rows_are_masked_as_the_epoch_masks_them() {
        let mut sample = Samples::new().epoch();
        let n = u16::try_from(sample.neurons.len()).unwrap();
        sample.neurons[0].weights = vec![(0, 9), (1, 5), (3, 0), (4, 10), (5, 20), (n, 7)];
        sample.neurons[5].registered_at = sample.neurons[0].last_update;
        let masked = row(&sample, 0).unwrap();
        assert_eq!(masked.weights, [0, 5, 0, 0, 10, 0, 0, 0]);
        assert_eq!(masked.share(4), Figure::ratio(2, 3).unwrap());
        assert_eq!(masked.share(0), Figure::ZERO);
        // The owner's own weight stays.
        let owner = Value::Text(sample.neurons[0].hotkey.clone());
        sample.hyperparameters.insert("sn_owner_hotkey".to_owned(), owner);
        assert!(row(&sample, 0).unwrap().weight(0) == 9);
        sample.neurons[0].permit = false;
        assert_eq!(row(&sample, 0), None);
        sample.neurons[1].weights = vec![(1, 65_535), (4, 0)];
        assert_eq!(row(&sample, 1), None);
    }

    #[test]
    fn distance_is_zero_for_equal_and_one_for_disjoint() {
        let mut sample = Samples::new().epoch();
        sample.neurons[0].weights = vec![(4, 100), (5, 300)];
        sample.neurons[1].weights = vec![(4, 16_384), (5, 49_152)];
        sample.neurons[2].weights = vec![(6, 65_535)];
        sample.neurons[3].weights = vec![(4, 65_535), (5, 65_535)];
        let [a, b, c, d] = [0, 1, 2, 3].map(|uid| row(&sample, uid).unwrap());
        assert_eq!(a.distance(&b), Figure::ZERO);
        assert_eq!(a.distance(&c), Figure::WHOLE);
        assert_eq!(c.distance(&a), Figure::WHOLE);
        assert_eq!(a.distance(&d), Figure::ratio(1, 4).unwrap());
    }
}
