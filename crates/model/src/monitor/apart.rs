//! How far validators are apart.

use std::collections::BTreeMap;

use super::figure::Figure;
use super::health::Distances;
use super::rows::UsableRow;

/// A mean distance below this never stands out: 0.05.
const NEVER_BELOW: Figure = Figure::from_units(50_000_000_000);
/// Of so few, none can be two standard deviations from the mean: the largest that n numbers allow is the root of n - 1.
const TOO_FEW_FOR_DEVIATIONS: usize = 5;

/// The mean distance of one row to all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mean {
    /// The mean.
    pub(super) distance: Figure,
    /// Whether it stands out: beyond the mean of all these means by two standard deviations. Of three to five rows,
    /// where that cannot be: half as much again as the mean of the others'. In any case at least 0.05.
    pub(super) stands_out: bool,
}

/// All distances of two, by uids.
pub(super) fn pairs(rows: &[UsableRow]) -> Vec<(u16, u16, Figure)> {
    let mut pairs = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        for other in rows.iter().skip(index.saturating_add(1)) {
            pairs.push((row.uid, other.uid, row.distance(other)));
        }
    }
    pairs
}

/// Mean and largest distance; `None` without pairs.
pub(super) fn distances(pairs: &[(u16, u16, Figure)]) -> Option<Distances> {
    let all: Vec<Figure> = pairs.iter().map(|(.., distance)| *distance).collect();
    // The first of equals.
    let (one, other, max) = pairs.iter().rev().max_by_key(|(.., distance)| *distance)?;
    Some(Distances {
        pairs: all.len(),
        mean: Figure::mean(&all)?,
        max: *max,
        farthest: (*one, *other),
    })
}

/// The mean distance of each row to all others, by uid.
pub(super) fn means(pairs: &[(u16, u16, Figure)]) -> BTreeMap<u16, Mean> {
    let mut apart: BTreeMap<u16, Vec<Figure>> = BTreeMap::new();
    for (one, other, distance) in pairs {
        apart.entry(*one).or_default().push(*distance);
        apart.entry(*other).or_default().push(*distance);
    }
    let means: BTreeMap<u16, Figure> = apart
        .into_iter()
        .filter_map(|(uid, distances)| Some((uid, Figure::mean(&distances)?)))
        .collect();
    let all: Vec<Figure> = means.values().copied().collect();
    let judged = |(uid, distance): (u16, Figure)| {
        let stands_out = distance >= NEVER_BELOW && is_beyond(distance, &all);
        (uid, Mean { distance, stands_out })
    };
    means.into_iter().map(judged).collect()
}

fn is_beyond(distance: Figure, all: &[Figure]) -> bool {
    let Some(mean) = Figure::mean(all) else { return false };
    if all.len() > TOO_FEW_FOR_DEVIATIONS {
        let std = Figure::deviation(all, mean, 0).unwrap_or_default();
        return distance > mean.plus(std).plus(std);
    }
    let sum = all.iter().fold(Figure::ZERO, |sum, figure| sum.plus(*figure)).minus(distance);
    let others = i128::try_from(all.len()).unwrap_or_default().saturating_sub(1);
    let (twice, sum) = (Figure::whole(others.saturating_mul(2)), sum.times(Figure::whole(3)));
    all.len() > 2 && distance.times(twice) >= sum
}

#[cfg(test)]
mod tests {
    use super::super::samples::Samples;
    use super::super::{Cohort, Sample, health};
    use super::*;

    fn standing_out(sample: &Sample) -> Vec<u16> {
        let health = health(sample, &Cohort::of(sample));
        let out = health.cohort.iter().filter(|member| member.stands_out);
        out.filter_map(|member| member.uid).collect()
    }

    /// A subnet of so many validators that agree, and miners after them.
    fn validators(count: u16) -> Sample {
        let mut sample = Samples::new().epoch();
        let like = sample.neurons[0].clone();
        let miner = sample.neurons[4].clone();
        sample.neurons = (0..count + 3)
            .map(|uid| {
                let mut neuron = if uid < count { like.clone() } else { miner.clone() };
                neuron.uid = uid;
                neuron.hotkey = format!("hotkey-{uid}");
                if uid < count {
                    neuron.weights = vec![(count, 65_535), (count + 1, 30_000 + 10 * uid)];
                }
                neuron
            })
            .collect();
        sample
    }

    #[test]
    fn who_scores_otherwise_stands_out() {
        for count in [2, 3, 5, 6, 20] {
            let mut sample = validators(count);
            assert_eq!(standing_out(&sample), [0; 0], "{count}");
            sample.neurons[1].weights = vec![(count + 2, 65_535)];
            // Of two, nobody can say which of them.
            let out: &[u16] = if count == 2 { &[] } else { &[1] };
            assert_eq!(standing_out(&sample), out, "{count}");
        }
        // Below 0.05 nothing does.
        let mut sample = validators(6);
        sample.neurons[1].weights = vec![(6, 65_535), (7, 33_000)];
        assert_eq!(standing_out(&sample), [0; 0]);
    }

    #[test]
    fn the_farthest_two_are_named() {
        let mut sample = validators(4);
        sample.neurons[2].weights = vec![(6, 65_535)];
        let distance = health(&sample, &Cohort::of(&sample)).distance.unwrap();
        assert_eq!(distance.farthest, (0, 2));
        assert_eq!((distance.pairs, distance.max), (6, Figure::WHOLE));
        assert!(distance.mean > Figure::ratio(1, 2).unwrap());
        sample.neurons.truncate(1);
        sample.neurons[0].weights = vec![];
        assert_eq!(health(&sample, &Cohort { block: 0, hotkeys: vec![] }).distance, None);
    }
}
