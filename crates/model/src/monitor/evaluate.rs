//! The answer: what decides it, and in which order.

use super::compare::Compared;
use super::doubts::doubts;
use super::figure::Figure;
use super::goal::{GoalState, GoalTarget};
use super::metric::Metric;
use super::sample::Sample;
use super::verdict::{
    Answer, ControlChange, Evaluation, GoalOutcome, Inquiry, MetricChange, Reason,
};
use super::windows::Windows;

/// What is judged where no goals are set.
const PRIMARY: Metric = Metric::VtrustMean;
/// So many other subnets can say that all of the network moved.
const OTHERS_NEEDED: usize = 10;

/// What the epoch reads for bonds, dividends or amounts only: Vtrust is made of weights, stake and kappa alone.
const NOT_ON_VTRUST: &[&str] = &[
    "bonds_moving_avg",
    "bonds_penalty",
    "bonds_reset_enabled",
    "yuma3_enabled",
    "liquid_alpha_enabled",
    "liquid_alpha_consensus_mode",
    "alpha_low",
    "alpha_high",
    "alpha_sigmoid_steepness",
    "owner_cut_enabled",
];

/// Judges whether a change helped.
///
/// By rule it is inconclusive where the windows cannot be compared at all. Else a goal that is missed fails it, one
/// that cannot be told leaves it open, and all goals met pass it, if nothing says that they would have been met
/// anyway or are not this change's doing. Without goals, `vtrust.mean` has to rise by more than its interval.
#[must_use]
pub fn evaluate(inquiry: &Inquiry<'_>) -> Evaluation {
    let windows = Windows::of(inquiry);
    let compared = Compared::of(&windows);
    let blocks =
        |samples: &[&Sample]| -> Vec<u64> { samples.iter().map(|sample| sample.block).collect() };
    let (before, after) = (blocks(&windows.before), blocks(&windows.after));
    let mut wanted = vec![PRIMARY];
    for goal in inquiry.goals {
        if !wanted.contains(&goal.metric) {
            wanted.push(goal.metric);
        }
    }
    let mut metrics: Vec<_> =
        wanted.into_iter().filter_map(|metric| compared.change(metric)).collect();
    let netuid = windows.all().next().map(|sample| sample.netuid).unwrap_or_default();
    for change in metrics.iter_mut().filter(|change| change.metric == PRIMARY) {
        let blocks = (before.as_slice(), after.as_slice());
        change.control = ControlChange::of(inquiry.controls, blocks, netuid, change.difference);
    }
    let goals: Vec<_> = inquiry.goals.iter().map(|goal| compared.outcome(goal)).collect();
    let mut reasons = doubts(inquiry, &windows);
    let decided = if reasons.iter().any(|reason| reason.decides) {
        (Answer::Inconclusive, Vec::new())
    } else if goals.is_empty() {
        by_primary(inquiry, &metrics)
    } else {
        by_goals(inquiry, &metrics, &goals)
    };
    let (verdict, decisive) = decided;
    reasons.splice(0..0, decisive);
    reasons.extend(met_before(inquiry, &compared, &goals));
    Evaluation {
        verdict,
        reasons,
        goals,
        metrics,
        cohort: windows.cohort.hotkeys,
        joined: windows.joined,
        left: windows.left,
        left_out: windows.left_out,
        before,
        after,
    }
}

type Decision = (Answer, Vec<Reason>);

fn primary(metrics: &[MetricChange]) -> Option<&MetricChange> {
    metrics.iter().find(|change| change.metric == PRIMARY)
}

/// Without goals: whether the primary metric rose or fell beyond its interval.
fn by_primary(inquiry: &Inquiry<'_>, metrics: &[MetricChange]) -> Decision {
    let Some(change) = primary(metrics) else {
        let text = format!("{PRIMARY} cannot be told in these epochs");
        return (Answer::Inconclusive, vec![Reason::decisive("no_vtrust", text)]);
    };
    if !change.changed {
        return (Answer::Inconclusive, vec![unchanged(change)]);
    }
    if let Some(reason) = not_its_doing(inquiry).or_else(|| network_moved(change)) {
        return (Answer::Inconclusive, vec![reason, moved(change, false)]);
    }
    let answer = if change.difference > Figure::ZERO { Answer::Pass } else { Answer::Fail };
    (answer, vec![moved(change, true)])
}

/// By goals: one that is missed decides, then one that cannot be told, then what speaks against the change.
fn by_goals(inquiry: &Inquiry<'_>, metrics: &[MetricChange], goals: &[GoalOutcome]) -> Decision {
    let missed: Vec<_> = goals.iter().filter_map(missed).collect();
    if !missed.is_empty() {
        return (Answer::Fail, missed);
    }
    let unclear: Vec<_> = goals.iter().filter_map(unclear).collect();
    if !unclear.is_empty() {
        return (Answer::Inconclusive, unclear);
    }
    let against = inquiry.change.and_then(|_| against(inquiry, metrics, goals));
    if let Some(reason) = against {
        return (Answer::Inconclusive, vec![reason, all_met(goals, false)]);
    }
    (Answer::Pass, vec![all_met(goals, true)])
}

/// What says that goals that are met are not the change's doing, or that it did harm beside.
fn against(
    inquiry: &Inquiry<'_>,
    metrics: &[MetricChange],
    goals: &[GoalOutcome],
) -> Option<Reason> {
    let change = primary(metrics)?;
    let on_vtrust = goals.iter().any(|outcome| outcome.goal.metric.is_vtrust());
    if on_vtrust {
        let found = not_its_doing(inquiry).or_else(|| network_moved(change));
        if found.is_some() {
            return found;
        }
    }
    (change.changed && change.difference < Figure::ZERO)
        .then(|| Reason { decides: true, ..moved(change, true) })
}

/// A change of what Vtrust does not depend on cannot have moved it.
fn not_its_doing(inquiry: &Inquiry<'_>) -> Option<Reason> {
    let names = &inquiry.change?.names;
    let cannot = |name: &String| NOT_ON_VTRUST.contains(&name.as_str());
    (!names.is_empty() && names.iter().all(cannot)).then(|| {
        let text = format!(
            "Vtrust does not depend on {}: the epoch reads that for bonds, dividends or amounts only",
            names.join(", ")
        );
        Reason::decisive("cannot_act", text)
    })
}

/// The others went the same way, at least half as far, where this subnet changed at all.
fn network_moved(change: &MetricChange) -> Option<Reason> {
    let control = change.control.as_ref()?;
    let same_way = (control.difference < Figure::ZERO) == (change.difference < Figure::ZERO);
    let doubled = control.difference.plus(control.difference).abs();
    let as_far = control.difference != Figure::ZERO && doubled >= change.difference.abs();
    (change.changed && control.subnets >= OTHERS_NEEDED && same_way && as_far).then(|| {
        let text = format!(
            "the other {} subnets moved the same way: the median of their mean Vtrust by {:+}, this one by {:+} (rank \
             {} of {})",
            control.subnets,
            control.difference,
            change.difference,
            control.rank,
            control.subnets.saturating_add(1)
        );
        Reason::decisive("network_moved", text)
    })
}

fn moved(change: &MetricChange, decides: bool) -> Reason {
    let rose = change.difference > Figure::ZERO;
    let MetricChange { metric, before, after, difference, .. } = change;
    let sure = change
        .interval
        .map_or(String::new(), |(low, high)| format!(" (95% interval {low:+} to {high:+})"));
    let rank = change.placebo.map_or(String::new(), |placebo| {
        format!(
            "; {} of {} cuts before it show as much without a change",
            placebo.rank.saturating_sub(1),
            placebo.of.saturating_sub(1)
        )
    });
    let verb = if rose { "rose" } else { "fell" };
    let text = format!("{metric} {verb} from {before} to {after}, by {difference:+}{sure}{rank}");
    let code = if rose { "vtrust_rose" } else { "vtrust_fell" };
    Reason { code, text, decides }
}

fn unchanged(change: &MetricChange) -> Reason {
    let MetricChange { metric, before, after, difference, detectable, placebo, .. } = change;
    let smallest = detectable.map_or("unknown".to_owned(), |half| half.to_string());
    let beyond = detectable.is_some_and(|half| difference.abs() > half);
    let text = match placebo.filter(|_| beyond) {
        Some(placebo) => format!(
            "{metric} went from {before} to {after}, but {} of {} cuts before the change show as much without one",
            placebo.rank.saturating_sub(1),
            placebo.of.saturating_sub(1)
        ),
        None => format!(
            "{metric} went from {before} to {after}, by {difference:+}: no change that these windows could show (the \
             smallest would be {smallest})"
        ),
    };
    Reason::decisive("no_change", text)
}

fn missed(outcome: &GoalOutcome) -> Option<Reason> {
    let GoalState::Missed = outcome.state else { return None };
    Some(Reason::decisive(
        "goal_missed",
        format!("{} is missed: {}", outcome.goal, what_is(outcome)),
    ))
}

fn unclear(outcome: &GoalOutcome) -> Option<Reason> {
    let GoalState::CannotTell(why) = &outcome.state else { return None };
    Some(Reason::decisive("goal_unclear", format!("{} cannot be told: {why}", outcome.goal)))
}

fn all_met(goals: &[GoalOutcome], decides: bool) -> Reason {
    let each: Vec<_> = goals
        .iter()
        .map(|outcome| format!("{} is met ({})", outcome.goal, what_is(outcome)))
        .collect();
    Reason { code: "goals_met", text: each.join("; "), decides }
}

/// What was compared, as in `0.612000, between 0.590000 and 0.634000`.
fn what_is(outcome: &GoalOutcome) -> String {
    let metric = outcome.goal.metric;
    let Some(value) = outcome.value else { return "it cannot be told".to_owned() };
    let value = metric.show(value);
    let target = match (outcome.goal.target, outcome.target) {
        (GoalTarget::Relative(_), Some(target)) => {
            format!("; the target is {}", metric.show(target))
        }
        _ => String::new(),
    };
    match outcome.interval {
        Some((low, high)) => {
            format!("{value}, between {} and {}{target}", metric.show(low), metric.show(high))
        }
        None => format!("{value} in the worst epoch{target}"),
    }
}

/// A goal that was met before the change, too, tells little of it.
fn met_before(inquiry: &Inquiry<'_>, compared: &Compared, goals: &[GoalOutcome]) -> Option<Reason> {
    inquiry.change?;
    let was =
        |outcome: &&GoalOutcome| outcome.state == GoalState::Met && compared.was_met(&outcome.goal);
    let names: Vec<String> =
        goals.iter().filter(was).map(|outcome| outcome.goal.to_string()).collect();
    if names.is_empty() {
        return None;
    }
    let verb = if names.len() == 1 { "was" } else { "were" };
    let text = format!("{} {verb} met before the change, too", names.join(", "));
    Some(Reason::note("met_before", text))
}
