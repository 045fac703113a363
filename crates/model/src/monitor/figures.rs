//! How the figures of an epoch are computed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::apart;
use super::cohort::Cohort;
use super::diagnosis::diagnose;
use super::figure::{Figure, rounded};
use super::health::{
    AgeSpread, Domination, Health, IncentiveSpread, Member, MemberState, MinerSpread, Reveals,
    Spread,
};
use super::rows::UsableRow;
use super::sample::{Mode, Neuron, Sample};

/// All figures of an epoch, over a cohort.
#[must_use]
pub fn health(sample: &Sample, cohort: &Cohort) -> Health {
    let followed: Vec<_> =
        cohort.hotkeys.iter().map(|hotkey| (hotkey, sample.neuron_of(hotkey))).collect();
    let present: Vec<&Neuron> = followed.iter().filter_map(|(_, neuron)| *neuron).collect();
    let rows: Vec<UsableRow> =
        present.iter().filter_map(|neuron| UsableRow::of(sample, neuron)).collect();
    let pairs = apart::pairs(&rows);
    let apart = apart::means(&pairs);
    let members: Vec<Member> = followed
        .iter()
        .map(|(hotkey, neuron)| match neuron {
            Some(neuron) => member(sample, neuron, &rows, &apart),
            None => Member::gone(hotkey),
        })
        .collect();
    let others = Cohort::of(sample).hotkeys;
    let permitted = || sample.neurons.iter().filter(|neuron| neuron.permit);
    let mut health = Health {
        block: sample.block,
        mode: sample.mode.clone(),
        vtrust: vtrust(&members),
        age: ages(sample, &present),
        distance: apart::distances(&pairs),
        incentive: incentive(sample),
        domination: domination(sample),
        miners: miners(sample, &rows),
        reveals: reveals(&members),
        validators: permitted().count(),
        active: permitted().filter(|neuron| neuron.active).count(),
        others: others.into_iter().filter(|hotkey| !cohort.has(hotkey)).collect(),
        cohort: members,
        diagnosis: Vec::new(),
    };
    health.diagnosis = diagnose(sample, &health);
    health
}

impl Member {
    fn gone(hotkey: &str) -> Self {
        Self {
            hotkey: hotkey.to_owned(),
            uid: None,
            state: MemberState::Gone,
            vtrust: None,
            stake: Figure::ZERO,
            active: false,
            age: None,
            distance: None,
            stands_out: false,
            revealed: None,
        }
    }
}

fn member(
    sample: &Sample,
    neuron: &Neuron,
    rows: &[UsableRow],
    apart: &BTreeMap<u16, apart::Mean>,
) -> Member {
    let state = match (neuron.permit, rows.iter().any(|row| row.uid == neuron.uid)) {
        (false, _) => MemberState::NoPermit,
        (true, false) => MemberState::NoUsableRow,
        (true, true) => MemberState::Counted,
    };
    let counts = state == MemberState::Counted && sample.mode == Mode::Yuma;
    let apart = apart.get(&neuron.uid);
    Member {
        hotkey: neuron.hotkey.clone(),
        uid: Some(neuron.uid),
        state,
        vtrust: counts.then(|| Figure::share(neuron.vtrust)),
        stake: Figure::share(neuron.stake_weight),
        active: neuron.active,
        age: sample.age(neuron),
        distance: apart.map(|mean| mean.distance),
        stands_out: apart.is_some_and(|mean| mean.stands_out),
        revealed: neuron.commit.map(|commit| commit.revealed),
    }
}

/// Mean and spread of the Vtrust of those that count.
fn vtrust(members: &[Member]) -> Option<Spread> {
    let counted: Vec<(Figure, Figure)> =
        members.iter().filter_map(|member| Some((member.vtrust?, member.stake))).collect();
    Spread::of(&counted)
}

impl Spread {
    /// Of figures with their stakes; `None` of nothing.
    #[must_use]
    pub fn of(figures: &[(Figure, Figure)]) -> Option<Self> {
        let values: Vec<Figure> = figures.iter().map(|(value, _)| *value).collect();
        let mean = Figure::mean(&values)?;
        let (mut weighted, mut stakes) = (0_i128, 0_i128);
        for (value, stake) in figures {
            // Both are shares: the product fits.
            weighted = weighted.saturating_add(value.units().saturating_mul(stake.units()));
            stakes = stakes.saturating_add(stake.units());
        }
        Some(Self {
            count: values.len(),
            mean,
            std: Figure::deviation(&values, mean, 0)?,
            sample_std: Figure::deviation(&values, mean, 1),
            min: *values.iter().min()?,
            max: *values.iter().max()?,
            weighted_mean: rounded(weighted, stakes).map(Figure::from_units),
        })
    }
}

fn ages(sample: &Sample, present: &[&Neuron]) -> Option<AgeSpread> {
    let permitted = || present.iter().filter(|neuron| neuron.permit);
    let known: Vec<u64> = permitted().filter_map(|neuron| sample.age(neuron)).collect();
    let (min, max) = (*known.iter().min()?, *known.iter().max()?);
    Some(AgeSpread {
        count: known.len(),
        min,
        max,
        spread: max.saturating_sub(min),
        never: permitted().count().saturating_sub(known.len()),
    })
}

fn incentive(sample: &Sample) -> IncentiveSpread {
    let mut sorted: Vec<u16> =
        sample.neurons.iter().map(|neuron| neuron.incentive).filter(|raw| *raw > 0).collect();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    let smallest = sorted.last().map(|raw| Figure::share(*raw));
    IncentiveSpread { paid: sorted.len(), sorted, smallest }
}

impl IncentiveSpread {
    /// Share of all incentive that the best `k` have; `None` where nobody has any. Of the sum of what is stored,
    /// which rounding makes a little less than 65535.
    #[must_use]
    pub fn top(&self, k: usize) -> Option<Figure> {
        let sum = |of: &mut dyn Iterator<Item = &u16>| {
            of.fold(0_i128, |sum, raw| sum.saturating_add((*raw).into()))
        };
        Figure::ratio(sum(&mut self.sorted.iter().take(k)), sum(&mut self.sorted.iter()))
    }
}

/// Who holds kappa of the active stake with a permit: consensus is the largest weight that at least kappa of it gives.
fn domination(sample: &Sample) -> Option<Domination> {
    let kappa = Figure::share(sample.kappa?);
    if sample.mode != Mode::Yuma {
        return None;
    }
    let voters = || sample.neurons.iter().filter(|neuron| neuron.permit && neuron.active);
    let stake = voters().fold(0_i128, |sum, neuron| sum.saturating_add(neuron.stake_weight.into()));
    let largest = voters().max_by_key(|neuron| (neuron.stake_weight, Reverse(neuron.uid)))?;
    let share = Figure::ratio(largest.stake_weight.into(), stake)?;
    (share >= kappa).then(|| Domination {
        uid: largest.uid,
        hotkey: largest.hotkey.clone(),
        share,
        kappa,
        alone: Figure::WHOLE.minus(share) < kappa,
    })
}

fn miners(sample: &Sample, rows: &[UsableRow]) -> Vec<MinerSpread> {
    let scored: BTreeSet<u16> = rows.iter().flat_map(UsableRow::scored).collect();
    let spread = |uid: u16| {
        let neuron = sample.neurons.get(usize::from(uid))?;
        let shares: Vec<Figure> = rows.iter().map(|row| row.share(uid)).collect();
        let mean = Figure::mean(&shares)?;
        Some(MinerSpread {
            uid,
            hotkey: neuron.hotkey.clone(),
            incentive: Figure::share(neuron.incentive),
            scored_by: rows.iter().filter(|row| row.weight(uid) > 0).count(),
            of: rows.len(),
            mean,
            std: Figure::deviation(&shares, mean, 0)?,
        })
    };
    scored.into_iter().filter_map(spread).collect()
}

fn reveals(members: &[Member]) -> Reveals {
    let due = members.iter().filter_map(|member| member.revealed);
    Reveals { due: due.clone().count(), missing: due.filter(|revealed| !revealed).count() }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Commit;
    use super::super::samples::Samples;
    use super::*;

    fn of(sample: &Sample) -> Health {
        health(sample, &Cohort::of(&Samples::new().epoch()))
    }

    fn codes(health: &Health) -> Vec<&'static str> {
        health.diagnosis.iter().map(|found| found.code).collect()
    }

    fn text<'a>(health: &'a Health, code: &str) -> &'a str {
        &health.diagnosis.iter().find(|found| found.code == code).unwrap().text
    }

    #[test]
    fn a_quiet_epoch_has_nothing_to_tell() {
        let health = of(&Samples::new().epoch());
        assert_eq!(codes(&health), [""; 0]);
        assert_eq!(health.domination, None);
        assert!(health.cohort.iter().all(|member| member.state == MemberState::Counted));
        let best = &health.miners[0];
        assert_eq!((best.uid, best.scored_by, best.of), (4, 4, 4));
        assert_eq!((best.mean.to_string(), best.std), ("0.499996".to_owned(), Figure::ZERO));
    }

    #[test]
    fn vtrust_is_that_of_whose_weights_were_used() {
        let mut sample = Samples::new().epoch();
        for (neuron, vtrust) in sample.neurons.iter_mut().zip([65_534, 30_000, 20_000, 0]) {
            neuron.vtrust = vtrust;
        }
        // Its Vtrust is zero because it has no weights, and not because it is of another mind.
        sample.neurons[3].weights = vec![];
        let health = of(&sample);
        let vtrust = health.vtrust.as_ref().unwrap();
        assert_eq!((vtrust.count, vtrust.min), (3, Figure::share(20_000)));
        // (0.4 * 65534 + 0.3 * 30000 + 0.2 * 20000) / 0.9, stakes as they are stored.
        assert_eq!(vtrust.weighted_mean.unwrap().to_string(), "0.664848");
        assert_eq!(health.cohort[3].state, MemberState::NoUsableRow);
        assert_eq!(health.cohort[3].vtrust, None);
        assert_eq!(codes(&health), ["no_usable_row"]);
        assert!(text(&health, "no_usable_row").starts_with("UID 3 has no usable row"));

        sample.neurons[2].permit = false;
        sample.neurons.truncate(2);
        sample.neurons[1].permit = false;
        let health = of(&sample);
        let states = health.cohort.iter().map(|member| member.state);
        assert_eq!(
            states.collect::<Vec<_>>(),
            [MemberState::NoUsableRow, MemberState::NoPermit, MemberState::Gone, MemberState::Gone]
        );
        assert_eq!(health.vtrust, None);
        assert!(codes(&health).contains(&"no_validators"));
    }

    #[test]
    fn without_yuma_there_is_no_vtrust() {
        let mut sample = Samples::new().epoch();
        sample.mode = Mode::Null;
        let health = of(&sample);
        assert_eq!((health.vtrust.as_ref(), health.domination.as_ref()), (None, None));
        assert!(health.cohort.iter().all(|member| member.vtrust.is_none()));
        assert_eq!(codes(&health), ["null_consensus"]);
        sample.mode = Mode::Other("raffle".to_owned());
        assert!(text(&of(&sample), "unknown_consensus").contains("raffle"));
    }

    #[test]
    fn who_holds_kappa_decides() {
        let mut sample = Samples::new().epoch();
        sample.neurons[1].stake_weight = 57_000;
        for uid in [0, 2, 3] {
            sample.neurons[uid].stake_weight = 2_839;
        }
        let health = of(&sample);
        let found = health.domination.clone().unwrap();
        assert_eq!((found.uid, found.alone), (1, true));
        let said = text(&health, "dominated");
        assert!(
            said.starts_with(
                "UID 1 holds 87.0% of the active stake (kappa is 50.0%): consensus is its weights"
            ),
            "{said}"
        );
        assert_eq!(health.diagnosis[0].levers, []);
        // With a small kappa others may decide, too.
        sample.kappa = Some(6_553);
        let health = of(&sample);
        assert!(!health.domination.clone().unwrap().alone);
        assert_eq!(health.diagnosis[0].levers[0].name, "kappa");
        // Stake of who is inactive does not count.
        sample.kappa = Some(32_767);
        sample.neurons[1].active = false;
        assert_eq!(of(&sample).domination, None);
        sample.kappa = None;
        assert!(codes(&of(&sample)).contains(&"kappa_unknown"));
    }

    #[test]
    fn old_weights_and_what_was_not_revealed_are_told() {
        let mut sample = Samples::new().epoch();
        sample.neurons[1].last_update = sample.block - 1_441;
        sample.neurons[2].last_update = 0;
        sample.neurons[0].stake_weight = 20_000;
        sample.neurons[2].active = false;
        sample.neurons[0].commit = Some(Commit { block: 1, revealed: false });
        sample.neurons[1].commit = Some(Commit { block: 1, revealed: true });
        let health = of(&sample);
        let age = health.age.clone().unwrap();
        assert_eq!((age.count, age.min, age.max, age.spread, age.never), (3, 100, 1_441, 1_341, 1));
        assert_eq!(health.reveals, Reveals { due: 2, missing: 1 });
        assert_eq!((health.validators, health.active), (4, 3));
        let found = codes(&health);
        assert_eq!(found, ["no_usable_row", "inactive", "stale_weights", "not_revealed"]);
        assert!(
            text(&health, "stale_weights")
                .contains("UID 1 votes with weights more than 1440 blocks old")
        );
        for lever in health.diagnosis.iter().flat_map(|found| &found.levers) {
            assert!(crate::catalog::find(lever.name).is_some(), "{}", lever.name);
        }
        // Exactly at the limit they are not.
        sample.neurons[1].last_update = sample.block - 1_440;
        assert!(!codes(&of(&sample)).contains(&"stale_weights"));
    }

    #[test]
    fn disagreement_is_told_without_a_lever() {
        let mut sample = Samples::new().epoch();
        sample.neurons[3].weights = vec![(4, 100), (7, 65_535)];
        sample.mechanisms = 2;
        let health = of(&sample);
        assert_eq!(codes(&health), ["disagreement", "partly_scored", "several_mechanisms"]);
        assert_eq!(health.diagnosis[0].levers, []);
        assert!(text(&health, "partly_scored").starts_with("2 of 3 paid neurons"));
        assert_eq!(health.miners.last().unwrap().uid, 7);
        assert_eq!(health.distance.unwrap().farthest, (0, 3));
    }

    #[test]
    fn who_joined_is_apart() {
        let mut sample = Samples::new().epoch();
        sample.neurons[3].hotkey = "newcomer".to_owned();
        assert_eq!(of(&sample).others, ["newcomer"]);
        sample.neurons.iter_mut().for_each(|neuron| neuron.incentive = 0);
        let incentive = of(&sample).incentive;
        assert_eq!((incentive.paid, incentive.smallest, incentive.top(3)), (0, None, None));
    }
}
