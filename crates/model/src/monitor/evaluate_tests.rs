//! What decides an answer, rule by rule.

use std::collections::BTreeMap;

use super::samples::Samples;
use super::*;
use crate::hash::Hash32;
use crate::value::Value;

/// Vtrust that goes up and down a little, around a level.
fn around(level: u16, count: usize) -> Vec<u16> {
    let waves = [0, 90, 30, 120, 60, 10, 100, 50, 110, 20];
    waves.iter().cycle().take(count).map(|wave| level + wave).collect()
}

/// Two windows and a change in the block of the last epoch before.
struct Case {
    before: Vec<Sample>,
    after: Vec<Sample>,
    change: Option<ChangeAt>,
    goals: Vec<Goal>,
    controls: Vec<Control>,
}

impl Case {
    /// Vtrust of so much before, and of so much after a change of kappa.
    fn of(before: u16, after: u16) -> Self {
        let mut samples = Samples::new();
        let before = samples.epochs(around(before, 40));
        let block = before[39].block;
        samples.set("kappa", Value::Uint(40_000));
        let after = samples.epochs(around(after, 10));
        let change = Some(ChangeAt { block, names: vec!["kappa".to_owned()], reveal: None });
        Self { before, after, change, goals: vec![], controls: vec![] }
    }

    fn named(mut self, name: &str) -> Self {
        self.change.as_mut().unwrap().names = vec!["kappa".to_owned(), name.to_owned()];
        self
    }

    fn goals(mut self, goals: &[&str]) -> Self {
        self.goals = goals.iter().map(|goal| goal.parse().unwrap()).collect();
        self
    }

    /// Other subnets whose Vtrust moves by so much between the windows.
    fn others_move(mut self, by: i64) -> Self {
        let control = |block: u64, moved: i64| {
            let sum = |netuid: u16| u64::try_from(40_000 + i64::from(netuid) + moved).unwrap();
            let subnets: BTreeMap<_, _> =
                (1..=20).map(|netuid| (netuid, (sum(netuid), 1))).collect();
            Control { block, hash: Hash32::new([0; 32]), subnets }
        };
        self.controls = vec![control(self.before[0].block, 0), control(self.after[0].block, by)];
        self
    }

    fn judged(&self) -> Evaluation {
        evaluate(&Inquiry {
            before: &self.before,
            after: &self.after,
            change: self.change.as_ref(),
            goals: &self.goals,
            controls: &self.controls,
        })
    }

    /// The answer and the codes that it rests on.
    fn answer(&self) -> (Answer, Vec<&'static str>) {
        let judged = self.judged();
        let decisive = judged.reasons.iter().filter(|reason| reason.decides);
        (judged.verdict, decisive.map(|reason| reason.code).collect())
    }

    fn notes(&self) -> Vec<&'static str> {
        let notes = self.judged().reasons.into_iter().filter(|reason| !reason.decides);
        notes.map(|reason| reason.code).collect()
    }
}

#[test]
fn without_goals_vtrust_has_to_rise() {
    let rose = Case::of(30_000, 36_000);
    assert_eq!(rose.answer(), (Answer::Pass, vec!["vtrust_rose"]));
    let judged = rose.judged();
    let change = &judged.metrics[0];
    assert_eq!((change.metric, change.changed), (Metric::VtrustMean, true));
    assert_eq!(change.difference.to_string(), "0.091554");
    assert!(change.detectable.unwrap() < Figure::ratio(1, 1_000).unwrap(), "{change:?}");
    assert_eq!(change.placebo.unwrap().rank, 1);
    assert_eq!((judged.before.len(), judged.after.len(), judged.cohort.len()), (40, 10, 4));
    assert!(
        judged.reasons[0].text.starts_with(
            "vtrust.mean rose from 0.458671 to 0.550225, by +0.091554 (95% interval +0.09"
        ),
        "{}",
        judged.reasons[0].text
    );
    assert_eq!(Case::of(36_000, 30_000).answer(), (Answer::Fail, vec!["vtrust_fell"]));
    let same = Case::of(30_000, 30_000);
    assert_eq!(same.answer(), (Answer::Inconclusive, vec!["no_change"]));
    assert!(same.judged().reasons[0].text.contains("the smallest would be 0.000"));
    // Without a change of any hyperparameter two windows are compared all the same.
    let mut plain = Case::of(30_000, 36_000);
    for sample in &mut plain.after {
        sample.hyperparameters.insert("kappa".to_owned(), Value::Uint(32_767));
    }
    plain.change = None;
    assert_eq!(plain.answer(), (Answer::Pass, vec!["vtrust_rose"]));
}

#[test]
fn what_rose_all_the_time_was_not_changed() {
    let mut samples = Samples::new();
    let before = samples.epochs((0..40).map(|epoch| 30_000 + 100 * epoch));
    let after = samples.epochs((40..50).map(|epoch| 30_000 + 100 * epoch));
    let case = Case { before, after, change: None, goals: vec![], controls: vec![] };
    assert_eq!(case.answer(), (Answer::Inconclusive, vec!["no_change"]));
}

#[test]
fn goals_decide_where_there_are_some() {
    let case = || Case::of(30_000, 36_000);
    for (goals, answer, codes) in [
        (&["vtrust.mean>=0.5"][..], Answer::Pass, &["goals_met"][..]),
        (&["vtrust.mean>=+15%", "age.max<=200", "commits.missing=0"], Answer::Pass, &["goals_met"]),
        (&["vtrust.mean>=0.5", "age.max<=50"], Answer::Fail, &["goal_missed"]),
        (&["vtrust.mean>=+21%"], Answer::Fail, &["goal_missed"]),
        (&["vtrust.mean>=0.55023"], Answer::Inconclusive, &["goal_unclear"]),
        (&["vtrust.mean>=0.55023", "vtrust.min>0.6"], Answer::Fail, &["goal_missed"]),
    ] {
        assert_eq!(case().goals(goals).answer(), (answer, codes.to_vec()), "{goals:?}");
    }
    // Full agreement, as the chain stores it, is all that can be asked.
    let mut full = case().goals(&["vtrust.mean>=1", "vtrust.min>=1"]);
    for neuron in full.after.iter_mut().flat_map(|sample| &mut sample.neurons) {
        neuron.vtrust = 65_534;
    }
    assert_eq!(full.answer().0, Answer::Inconclusive, "the noise before counts for the mean");
    for (neuron, index) in full.before.iter_mut().flat_map(|sample| &mut sample.neurons).zip(0..) {
        neuron.vtrust = 30_000 + 10 * (index % 8);
    }
    assert_eq!(full.answer().0, Answer::Pass);
    // A goal beside, reached at the cost of Vtrust.
    let worse = Case::of(36_000, 30_000).goals(&["age.max<=200"]);
    assert_eq!(worse.answer(), (Answer::Inconclusive, vec!["vtrust_fell"]));
    assert_eq!(worse.notes(), ["goals_met", "met_before"]);
}

#[test]
fn extremes_are_judged_by_the_worst_epoch() {
    let mut case = Case::of(30_000, 36_000).goals(&["vtrust.min>=0.54"]);
    assert_eq!(case.answer().0, Answer::Pass);
    case.after[4].neurons[2].vtrust = 35_000;
    assert_eq!(case.answer(), (Answer::Fail, vec!["goal_missed"]));
    let judged = case.judged();
    assert_eq!(judged.goals[0].value, Some(Figure::share(35_000)));
    assert!(
        judged.reasons[0].text.ends_with("0.534066 in the worst epoch"),
        "{:?}",
        judged.reasons
    );
}

#[test]
fn when_all_subnets_move_it_was_not_the_change() {
    let case = |by| Case::of(30_000, 36_000).others_move(by);
    assert_eq!(case(0).answer(), (Answer::Pass, vec!["vtrust_rose"]));
    assert_eq!(case(-5_000).answer(), (Answer::Pass, vec!["vtrust_rose"]));
    assert_eq!(case(4_000).answer(), (Answer::Inconclusive, vec!["network_moved"]));
    let goal = case(4_000).goals(&["vtrust.mean>=0.5"]);
    assert_eq!(goal.answer(), (Answer::Inconclusive, vec!["network_moved"]));
    let control = case(4_000).judged().metrics[0].control.clone().unwrap();
    assert_eq!((control.subnets, control.rank), (20, 1));
    assert_eq!(control.difference.to_string(), "0.061036");
    // Few others say nothing of the network.
    let mut few = case(4_000);
    for control in &mut few.controls {
        control.subnets.retain(|netuid, _| *netuid < 10);
    }
    assert_eq!(few.answer().0, Answer::Pass);
}

#[test]
fn what_does_not_act_on_vtrust_did_not_move_it() {
    let mut case = Case::of(30_000, 36_000).named("bonds_moving_avg");
    assert_eq!(case.answer().0, Answer::Pass);
    case.change.as_mut().unwrap().names = vec!["bonds_moving_avg".to_owned()];
    for sample in case.before.iter_mut().chain(&mut case.after) {
        sample.hyperparameters.insert("kappa".to_owned(), Value::Uint(32_767));
    }
    assert_eq!(case.answer(), (Answer::Inconclusive, vec!["cannot_act"]));
    case.change.as_mut().unwrap().names = vec!["immunity_period".to_owned()];
    assert_eq!(case.answer().0, Answer::Pass);
    assert_eq!(case.notes(), ["not_in_epoch"]);
}

#[test]
fn each_doubt_leaves_it_open() {
    type Spoil = (&'static str, fn(&mut Case));
    let spoils: [Spoil; 14] = [
        ("too_few_epochs", |case| drop(case.before.drain(..31))),
        ("too_few_epochs", |case| case.after.truncate(4)),
        ("runtime_changed", |case| case.after[5].spec_version = 426),
        ("hyperparameter_changed", |case| {
            case.after[5].hyperparameters.insert("tempo".to_owned(), Value::Uint(99));
        }),
        ("hyperparameter_changed", |case| case.change = None),
        ("hyperparameter_unknown", |case| drop(case.after[5].hyperparameters.remove("tempo"))),
        ("changed_twice", |case| {
            case.after[5].hyperparameters.insert("kappa".to_owned(), Value::Uint(9));
        }),
        ("epochs_missing", |case| drop(case.after.remove(3))),
        ("epochs_missing", |case| drop(case.before.remove(3))),
        ("not_yuma", |case| case.after[9].mode = Mode::Null),
        ("not_yuma", |case| case.before[0].mode = Mode::Other("raffle".to_owned())),
        ("stake_moved", |case| {
            for sample in &mut case.after {
                sample.neurons[0].stake_weight -= 6_700;
                sample.neurons[3].stake_weight += 6_700;
            }
        }),
        ("cohort_gone", |case| {
            case.after[9].neurons[1].permit = false;
            case.after[9].neurons[2].permit = false;
        }),
        ("no_validators", |case| {
            for sample in &mut case.before {
                sample.neurons.iter_mut().for_each(|neuron| neuron.permit = false);
            }
        }),
    ];
    for (code, spoil) in spoils {
        let mut case = Case::of(30_000, 36_000);
        spoil(&mut case);
        assert_eq!(case.answer(), (Answer::Inconclusive, vec![code]));
        // Goals do not help it.
        let case = case.goals(&["vtrust.mean>=0.5"]);
        assert_eq!(case.answer(), (Answer::Inconclusive, vec![code]));
    }
}

#[test]
fn what_keeps_within_its_limits_is_no_doubt() {
    type Keep = (&'static [&'static str], fn(&mut Case));
    let keeps: [Keep; 6] = [
        (&[], |case| drop(case.before.drain(..30))),
        (&[], |case| case.after.truncate(5)),
        (&[], |case| {
            for sample in &mut case.after {
                sample.neurons[0].stake_weight -= 6_500;
                sample.neurons[3].stake_weight += 6_500;
            }
        }),
        (&[], |case| case.after[9].neurons[1].permit = false),
        (&["gap"], |case| drop(case.before.pop())),
        (&["hyperparameter_changed"], |case| {
            case.after[5].hyperparameters.insert("min_allowed_weights".to_owned(), Value::Uint(9));
        }),
    ];
    for (index, (notes, keep)) in keeps.into_iter().enumerate() {
        let mut case = Case::of(30_000, 36_000);
        keep(&mut case);
        assert_eq!(case.answer(), (Answer::Pass, vec!["vtrust_rose"]), "{index}");
        assert_eq!(case.notes(), notes, "{index}");
    }
}

#[test]
fn who_leaves_does_not_make_it_look_better() {
    let mut case = Case::of(36_000, 36_000);
    for sample in &mut case.before {
        sample.neurons[3].vtrust = 1_000;
    }
    for sample in &mut case.after {
        sample.neurons[3].permit = false;
    }
    let judged = case.judged();
    assert_eq!(judged.left, ["hotkey-3"]);
    assert_eq!(judged.cohort, ["hotkey-0", "hotkey-1", "hotkey-2"]);
    assert_eq!(judged.verdict, Answer::Inconclusive);
    assert!(judged.metrics[0].difference.abs() < Figure::share(10));
}

#[test]
fn nothing_at_all_is_too_few_epochs() {
    let case =
        Case { before: vec![], after: vec![], change: None, goals: vec![], controls: vec![] };
    let case = case.goals(&["vtrust.mean>=0.5"]);
    let judged = case.judged();
    assert_eq!(judged.verdict, Answer::Inconclusive);
    assert_eq!(judged.reasons[0].code, "too_few_epochs");
    assert!(matches!(judged.goals[0].state, GoalState::CannotTell(_)));
    assert_eq!(judged.metrics, []);
}
#[test]
fn what_was_seen_before_without_a_change_is_no_change() {
    let mut samples = Samples::new();
    // Up and down from one epoch to the next, so that they are not correlated, with a few high ones in between.
    let level = |epoch: usize| match epoch {
        20..26 | 60.. => 31_000,
        _ => 30_000,
    };
    let vtrust = |epoch: usize| {
        if epoch.is_multiple_of(2) { level(epoch) - 500 } else { level(epoch) + 500 }
    };
    let before = samples.epochs((0..60).map(vtrust));
    let after = samples.epochs((60..65).map(vtrust));
    let case = Case { before, after, change: None, goals: vec![], controls: vec![] };
    let judged = case.judged();
    let change = &judged.metrics[0];
    assert!(change.interval.unwrap().0 > Figure::ZERO && !change.changed, "{change:?}");
    assert_eq!(change.placebo, Some(Placebo { rank: 4, of: 52 }));
    assert_eq!(case.answer(), (Answer::Inconclusive, vec!["no_change"]));
    assert!(judged.reasons[0].text.contains("but 3 of 51 cuts"), "{}", judged.reasons[0].text);
    let case = case.goals(&["vtrust.mean>=+0.5%"]);
    assert_eq!(case.answer(), (Answer::Inconclusive, vec!["goal_unclear"]));
    assert!(case.judged().reasons[0].text.ends_with("such a difference is usual without a change"));
    // What asks for no change needs none.
    assert_eq!(case.goals(&["vtrust.mean>=-1%"]).answer().0, Answer::Pass);
}
