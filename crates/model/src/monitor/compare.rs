//! How metrics moved from one window to the other, and what became of goals.

use std::collections::BTreeSet;

use super::figure::Figure;
use super::figures::health;
use super::goal::{Goal, GoalSign, GoalState, GoalTarget};
use super::health::Health;
use super::interval::Noise;
use super::metric::Metric;
use super::sample::{Control, Sample};
use super::verdict::{
    AFTER_NEEDED, BEFORE_NEEDED, ControlChange, GoalOutcome, MetricChange, Placebo,
};
use super::windows::Windows;

/// The figures of all epochs that count.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    before: Vec<Health>,
    after: Vec<Health>,
}

/// One metric over both windows: epochs where it cannot be told are left out.
struct Course {
    metric: Metric,
    before: Vec<Figure>,
    after: Vec<Figure>,
    /// Whether it can be told in all epochs.
    whole: bool,
}

impl Compared {
    pub(super) fn of(windows: &Windows<'_>) -> Self {
        let healths = |samples: &[&Sample]| {
            samples.iter().map(|sample| health(sample, &windows.cohort)).collect()
        };
        Self { before: healths(&windows.before), after: healths(&windows.after) }
    }

    fn course(&self, metric: Metric) -> Course {
        let told = |healths: &[Health]| -> Vec<Figure> {
            healths.iter().filter_map(|health| metric.of(health)).collect()
        };
        let (before, after) = (told(&self.before), told(&self.after));
        let whole = before.len() == self.before.len() && after.len() == self.after.len();
        Course { metric, before, after, whole }
    }

    /// How a metric moved; `None` where it cannot be told in either window.
    pub(super) fn change(&self, metric: Metric) -> Option<MetricChange> {
        let course = self.course(metric);
        let (before, after) = (Figure::mean(&course.before)?, Figure::mean(&course.after)?);
        let difference = after.minus(before);
        let detectable = course.half_width(Figure::WHOLE);
        let interval = detectable.map(|half| (difference.minus(half), difference.plus(half)));
        let placebo = Placebo::of(&course.before, course.after.len(), difference);
        let beyond = interval.is_some_and(|(low, high)| low > Figure::ZERO || high < Figure::ZERO);
        let changed = beyond && placebo.is_some_and(Placebo::is_extreme);
        let control = None;
        Some(MetricChange {
            metric,
            before,
            after,
            difference,
            interval,
            detectable,
            placebo,
            control,
            changed,
        })
    }

    /// What became of a goal.
    pub(super) fn outcome(&self, goal: &Goal) -> GoalOutcome {
        let course = self.course(goal.metric);
        match goal.target {
            GoalTarget::Absolute(_) if goal.metric.is_of_the_worst() => course.worst(goal),
            _ => course.mean(goal),
        }
    }

    /// Whether a goal was met before the change, too, as far as the means say.
    pub(super) fn was_met(&self, goal: &Goal) -> bool {
        let GoalTarget::Absolute(_) = goal.target else { return false };
        let course = self.course(goal.metric);
        let holds = |value: Figure| goal.judge(Some(value), None) == GoalState::Met;
        match goal.metric.is_of_the_worst() {
            true => !course.before.is_empty() && course.before.iter().copied().all(holds),
            false => Figure::mean(&course.before).is_some_and(holds),
        }
    }
}

impl Course {
    /// Half the width of the interval of the mean after less `factor` times the mean before; where two means are
    /// compared, never less than the step that the chain stores. `None` of windows that are too short.
    fn half_width(&self, factor: Figure) -> Option<Figure> {
        if self.before.len() < BEFORE_NEEDED || self.after.len() < AFTER_NEEDED {
            return None;
        }
        let noise = Noise::of(&self.before, &self.after)?;
        let step = match factor {
            Figure::ZERO => Figure::ZERO,
            _ => self.metric.scale().step(),
        };
        Some(noise.half_width(factor).max(step))
    }

    /// A goal that has to hold in every epoch.
    fn worst(&self, goal: &Goal) -> GoalOutcome {
        let target = goal.target(None);
        let epochs = self.after.iter().copied();
        let value = match goal.sign {
            GoalSign::AtLeast | GoalSign::Above => epochs.min(),
            GoalSign::AtMost | GoalSign::Below => epochs.max(),
            GoalSign::Equal => {
                epochs.max_by_key(|value| value.minus(target.unwrap_or_default()).abs())
            }
        };
        let state = match goal.judge(value, None) {
            GoalState::Met if !self.whole => {
                GoalState::CannotTell(format!("{} cannot be told in every epoch", goal.metric))
            }
            state => state,
        };
        GoalOutcome { goal: *goal, state, value, interval: None, target }
    }

    /// A goal for the mean: against a value, or against the mean before.
    fn mean(&self, goal: &Goal) -> GoalOutcome {
        let (before, value) = (Figure::mean(&self.before), Figure::mean(&self.after));
        let target = goal.target(before);
        let half = self.half_width(goal.factor());
        let (Some(mean), Some(aim), Some(half)) = (value, target, half) else {
            let why = format!("{} cannot be told in enough epochs", goal.metric);
            let state = GoalState::CannotTell(why);
            return GoalOutcome { goal: *goal, state, value, interval: None, target };
        };
        let interval = (mean.minus(half), mean.plus(half));
        let mut state = state(goal, interval, aim);
        if state == GoalState::Met && self.is_usual(goal, (before, mean)) {
            let why = "such a difference is usual without a change".to_owned();
            state = GoalState::CannotTell(why);
        }
        GoalOutcome { goal: *goal, state, value, interval: Some(interval), target }
    }
}

impl Course {
    /// Whether a goal that asks for a change is met by what cuts before the change show, too.
    fn is_usual(&self, goal: &Goal, (before, after): (Option<Figure>, Figure)) -> bool {
        let (GoalTarget::Relative(_), Some(before)) = (goal.target, before) else { return false };
        let asks = goal.judge(Some(before), Some(before)) != GoalState::Met;
        let placebo = Placebo::of(&self.before, self.after.len(), after.minus(before));
        asks && !placebo.is_some_and(Placebo::is_extreme)
    }
}

/// A goal is met or missed where all of an interval says so.
fn state(goal: &Goal, (low, high): (Figure, Figure), aim: Figure) -> GoalState {
    let step = goal.metric.scale().step();
    let (met, missed) = match goal.sign {
        GoalSign::AtLeast => (low >= aim, high < aim),
        GoalSign::Above => (low > aim, high <= aim),
        GoalSign::AtMost => (high <= aim, low > aim),
        GoalSign::Below => (high < aim, low >= aim),
        // Nothing can be shown to be equal, but to be as near as the chain can store it.
        GoalSign::Equal => {
            let near = |bound: Figure| bound.minus(aim).abs() <= step.plus(step);
            (near(low) && near(high), low > aim || high < aim)
        }
    };
    match (met, missed) {
        (true, _) => GoalState::Met,
        (_, true) => GoalState::Missed,
        _ => GoalState::CannotTell(format!(
            "{} is between {} and {}, and {} lies between the two",
            goal.metric,
            goal.metric.show(low),
            goal.metric.show(high),
            goal.metric.show(aim)
        )),
    }
}

impl ControlChange {
    /// What all subnets but one did, from their mean Vtrust in the blocks of two windows, beside what that one did.
    pub(super) fn of(
        controls: &[Control],
        (before, after): (&[u64], &[u64]),
        netuid: u16,
        difference: Figure,
    ) -> Option<Self> {
        let within = |blocks: &[u64]| -> Vec<&Control> {
            controls.iter().filter(|control| blocks.contains(&control.block)).collect()
        };
        let (before, after) = (within(before), within(after));
        let first = before.first()?;
        let others = first.subnets.keys().copied().chain(after.first()?.subnets.keys().copied());
        let others: BTreeSet<u16> = others.filter(|other| *other != netuid).collect();
        let moved = |other: u16| Some(mean(&after, other)?.minus(mean(&before, other)?));
        let mut moves: Vec<Figure> = others.into_iter().filter_map(moved).collect();
        moves.sort_unstable();
        let median = median(&moves)?;
        let further = |other: &&Figure| match difference < Figure::ZERO {
            true => **other < difference,
            false => **other > difference,
        };
        let rank = moves.iter().filter(further).count().saturating_add(1);
        Some(Self { subnets: moves.len(), difference: median, rank })
    }
}

/// Mean over blocks of a subnet's mean Vtrust; `None` where fewer than half of the blocks have it.
fn mean(controls: &[&Control], netuid: u16) -> Option<Figure> {
    let read = |control: &&Control| {
        let (sum, count) = *control.subnets.get(&netuid)?;
        let whole = i128::from(count).saturating_mul(u16::MAX.into());
        Figure::ratio(sum.into(), whole)
    };
    let read: Vec<Figure> = controls.iter().filter_map(read).collect();
    if read.len().saturating_mul(2) < controls.len() {
        return None;
    }
    Figure::mean(&read)
}

/// The middle one, or the mean of the middle two.
fn median(sorted: &[Figure]) -> Option<Figure> {
    let last = sorted.len().checked_sub(1)?;
    let middle = |index: usize| sorted.get(index.checked_div(2)?).copied();
    Figure::mean(&[middle(last)?, middle(last.saturating_add(1))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(block: u64, subnets: &[(u16, u64)]) -> Control {
        let subnets = subnets.iter().map(|(netuid, sum)| (*netuid, (*sum, 2))).collect();
        Control { block, hash: crate::hash::Hash32::new([0; 32]), subnets }
    }

    #[test]
    fn other_subnets_are_a_median_and_a_rank() {
        let controls = [
            control(1, &[(1, 1_000), (2, 2_000), (3, 3_000), (4, 9), (46, 5_000)]),
            control(2, &[(1, 1_200), (2, 2_000), (3, 2_800), (46, 9_000)]),
            control(3, &[(1, 9), (2, 9), (3, 9), (46, 9)]),
        ];
        let of = |blocks: (&[u64], &[u64]), difference: i128| {
            let difference = Figure::from_units(difference);
            ControlChange::of(&controls, blocks, 46, difference)
        };
        let found = of((&[1], &[2]), 2).unwrap();
        // 4 cannot be read after; 1 rose, 2 stayed, 3 fell.
        assert_eq!((found.subnets, found.difference, found.rank), (3, Figure::ZERO, 2));
        assert_eq!(of((&[1], &[2]), -2).unwrap().rank, 2);
        assert_eq!(of((&[1], &[2]), 1_000_000_000_000).unwrap().rank, 1);
        assert_eq!(of((&[1], &[7]), 2), None);
        assert_eq!(of((&[], &[2]), 2), None);
    }

    #[test]
    fn the_median_of_an_even_number_is_between_the_middle_two() {
        let figures = |of: &[i128]| of.iter().copied().map(Figure::whole).collect::<Vec<_>>();
        assert_eq!(median(&figures(&[1, 2, 9])), Some(Figure::whole(2)));
        assert_eq!(median(&figures(&[1, 2, 4, 9])), Some(Figure::whole(3)));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_goal_is_judged_by_all_of_an_interval() {
        let judged = |goal: &str, low: i128, high: i128| {
            let goal: Goal = goal.parse().unwrap();
            let aim = goal.target(None).unwrap();
            match state(&goal, (Figure::whole(low), Figure::whole(high)), aim) {
                GoalState::Met => "met",
                GoalState::Missed => "missed",
                GoalState::CannotTell(_) => "cannot tell",
            }
        };
        for (goal, low, high, state) in [
            ("age.max>=5", 5, 9, "met"),
            ("age.max>5", 5, 9, "cannot tell"),
            ("age.max>=5", 4, 9, "cannot tell"),
            ("age.max>=5", 3, 4, "missed"),
            ("age.max>5", 3, 5, "missed"),
            ("age.max<=5", 3, 5, "met"),
            ("age.max<5", 3, 5, "cannot tell"),
            ("age.max<5", 5, 9, "missed"),
            ("age.max<=5", 6, 9, "missed"),
            ("age.max=5", 5, 5, "met"),
            ("age.max=5", 4, 6, "cannot tell"),
            ("age.max=5", 6, 7, "missed"),
        ] {
            assert_eq!(judged(goal, low, high), state, "{goal} {low} {high}");
        }
    }
}
