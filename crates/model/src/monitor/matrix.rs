//! How far every two validators of a cohort are apart, for whoever draws it.

use super::cohort::Cohort;
use super::figure::Figure;
use super::rows::UsableRow;
use super::sample::Sample;

/// For each two of a cohort, in its order, half the sum of all differences between their shares: 0 for equal
/// weights, 1 for disjoint ones; `None` where one of them has no usable weights.
#[must_use]
pub fn matrix(sample: &Sample, cohort: &Cohort) -> Vec<Vec<Option<Figure>>> {
    let rows: Vec<Option<UsableRow>> = cohort
        .hotkeys
        .iter()
        .map(|hotkey| UsableRow::of(sample, sample.neuron_of(hotkey)?))
        .collect();
    let apart = |one: &Option<UsableRow>, other: &Option<UsableRow>| {
        Some(one.as_ref()?.distance(other.as_ref()?))
    };
    rows.iter().map(|one| rows.iter().map(|other| apart(one, other)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples::Samples;
    use super::*;

    #[test]
    fn the_matrix_is_symmetric_and_its_diagonal_nothing() {
        let mut sample = Samples::new().epoch();
        let cohort = Cohort::of(&sample);
        sample.neurons[2].weights.clear();
        let found = matrix(&sample, &cohort);
        for (one, row) in found.iter().enumerate() {
            for (other, distance) in row.iter().enumerate() {
                assert_eq!(*distance, found[other][one]);
                match (one == 2 || other == 2, one == other) {
                    (true, _) => assert_eq!(*distance, None),
                    (false, true) => assert_eq!(*distance, Some(Figure::ZERO)),
                    (false, false) => assert!(distance.is_some()),
                }
            }
        }
    }
}
