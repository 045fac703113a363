//! The order of a batch: it follows from the rules that tie hyperparameters to each other, since the
//! calls of a batch run one after the other.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::bounds::{ALPHA, MODE, Same, bounds, budget, is_null, partner};
use crate::catalog::{self, Hyperparameter, Source};
use crate::plan::{Arg, Call, Item, Status};
use crate::snapshot::{Guards, Known, SetterState, Snapshot};
use crate::value::Value;

/// Rules of two hyperparameters that are no bounds: what is checked or changed with the one when the other
/// is set.
const RULES: &[(&str, &str)] = &[
    ("registration_allowed", "network_pow_registration_allowed"),
    ("liquid_alpha_enabled", "alpha_low"),
    ("alpha_low", "alpha_high"),
    (MODE, "max_allowed_uids"),
    (MODE, "max_validators"),
    (MODE, "mechanism_count"),
    ("mechanism_count", "mechanism_emission_split"),
];

/// Hyperparameters whose rules look at each other, by those rules and by the bounds of the catalog: every
/// order is tried. The groups are in the order of the catalog.
static TIED: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let bounds = catalog::ALL.iter().flat_map(|row| {
        row.bounds.iter().filter_map(|bound| match bound.with {
            Source::Same(other) | Source::Shared(other) => Some((row.name, other)),
            _ => None,
        })
    });
    let mut groups: Vec<Vec<&'static str>> = Vec::new();
    for (one, other) in bounds.chain(RULES.iter().copied()) {
        let (mut joined, apart) = groups
            .into_iter()
            .partition::<Vec<_>, _>(|names| names.contains(&one) || names.contains(&other));
        let mut group = joined.pop().unwrap_or_default();
        group.extend(joined.into_iter().flatten());
        for name in [one, other] {
            if !group.contains(&name) {
                group.push(name);
            }
        }
        groups = apart;
        groups.push(group);
    }
    let place = |name: &&str| catalog::ALL.iter().position(|row| row.name == *name);
    groups.sort_by_key(|names| names.iter().filter_map(place).min());
    groups
});

/// One call to be: the items that it changes.
struct Step {
    /// The first of them.
    name: String,
    /// Those that the catalog knows.
    rows: Vec<&'static Hyperparameter>,
    indices: Vec<usize>,
}

/// Orders the items that can go, checks every intermediate state as the chain will,
/// and returns the calls. Items that no order makes valid become `Invalid`.
pub fn order(items: &mut [Item], snapshot: &Snapshot) -> Vec<Call> {
    let mut state = snapshot.hyperparameters.clone();
    let mut calls = Vec::new();
    for group in groups(items, snapshot.guards.schedule.freeze_window) {
        let attempt = |order: Vec<usize>| run(&order, &group, items, &state, snapshot);
        let Some(run) = best(Orders::of(group.len()).map(attempt)) else { continue };
        for (index, status) in run.failed {
            if let Some(item) = items.get_mut(index) {
                item.status = status;
            }
        }
        state = run.state;
        calls.extend(run.calls);
    }
    calls
}

/// The run in which the fewest fail, the first of several: no other is looked at after one in which
/// none does.
fn best(runs: impl Iterator<Item = Run>) -> Option<Run> {
    let mut best: Option<Run> = None;
    for run in runs {
        let failed = run.failed.len();
        if best.as_ref().is_none_or(|best| failed < best.failed.len()) {
            best = Some(run);
        }
        if failed == 0 {
            break;
        }
    }
    best
}

/// The result of running steps in one order.
#[derive(Default)]
struct Run {
    state: BTreeMap<String, Value>,
    calls: Vec<Call>,
    failed: Vec<(usize, Status)>,
}

fn run(
    permutation: &[usize],
    group: &[Step],
    items: &[Item],
    state: &BTreeMap<String, Value>,
    snapshot: &Snapshot,
) -> Run {
    let mut run = Run { state: state.clone(), calls: Vec::new(), failed: Vec::new() };
    for step in permutation.iter().filter_map(|index| group.get(*index)) {
        let mut after = run.state.clone();
        for item in step.indices.iter().filter_map(|index| items.get(*index)) {
            after.insert(item.name.clone(), item.to.clone());
        }
        let checked = step.rows.iter().try_for_each(|row| tied(row, &after, snapshot));
        match checked {
            Ok(()) => {
                let sets = step
                    .indices
                    .iter()
                    .filter_map(|index| Some(items.get(*index)?.name.clone()))
                    .collect();
                run.calls.extend(call_for(&step.name, &after, sets, snapshot));
                for row in &step.rows {
                    for (name, value) in brings(row.name, &after, &snapshot.guards) {
                        after.insert(name.to_owned(), value);
                    }
                }
                run.state = after;
            }
            Err(status) => {
                run.failed.extend(step.indices.iter().map(|index| (*index, status.clone())));
            }
        }
    }
    run
}

/// What the chain changes by itself when this is set, given the state right after it.
fn brings(
    name: &str,
    after: &BTreeMap<String, Value>,
    guards: &Guards,
) -> Vec<(&'static str, Value)> {
    let number = |name: &str| match after.get(name) {
        Some(Value::Uint(raw)) => Some(*raw),
        _ => None,
    };
    let mut brought = Vec::new();
    if name == "mechanism_count" {
        brought.push(("mechanism_emission_split", Value::None));
    }
    if name == MODE {
        let most = budget(after, guards)
            .zip(number("mechanism_count"))
            .and_then(|(budget, count)| budget.checked_div(count));
        if let (Some(most), Some(is)) = (most, number("max_allowed_uids"))
            && is > most
        {
            brought.push(("max_allowed_uids", Value::Uint(most)));
        }
        match (is_null(after), &guards.saved_validators) {
            (true, _) => brought.push(("max_validators", Value::Uint(1))),
            (false, Known::Is(saved)) => {
                brought.push(("max_validators", Value::Uint((*saved).into())));
            }
            (false, Known::Unset | Known::Unreadable(_)) => {}
        }
    }
    brought
}

/// A value that the chain changes by itself along with the changes of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideEffect {
    /// What is asked for.
    pub by: &'static str,
    /// What changes with it.
    pub name: &'static str,
    /// What it is.
    pub from: Value,
    /// What it will be.
    pub to: Value,
}

/// What else changes on the subnet when all that can go has gone, and is not asked for itself.
#[must_use]
pub fn side_effects(items: &[Item], snapshot: &Snapshot) -> Vec<SideEffect> {
    let mut after = snapshot.hyperparameters.clone();
    let goes = |item: &&Item| matches!(item.status, Status::Ready);
    for item in items.iter().filter(goes) {
        after.insert(item.name.clone(), item.to.clone());
    }
    let mut found = Vec::new();
    for item in items.iter().filter(goes).filter(|item| item.from.as_ref() != Some(&item.to)) {
        let Some(row) = catalog::find(&item.name) else { continue };
        for (name, to) in brings(row.name, &after, &snapshot.guards) {
            let asked = items.iter().filter(goes).any(|item| item.name == name);
            match snapshot.hyperparameters.get(name) {
                Some(from) if *from != to && !asked => {
                    found.push(SideEffect { by: row.name, name, from: from.clone(), to });
                }
                _ => {}
            }
        }
    }
    found
}

/// The rules between hyperparameters, on the state right after the change.
fn tied(
    row: &Hyperparameter,
    after: &BTreeMap<String, Value>,
    snapshot: &Snapshot,
) -> Result<(), Status> {
    let invalid = |reason: String, error: &str| {
        Err(Status::Invalid { reason, error: Some(error.to_owned()) })
    };
    let number = |name: &str| match after.get(name) {
        Some(Value::Uint(raw)) => Some(*raw),
        _ => None,
    };
    if ALPHA.contains(&row.name) && after.get("liquid_alpha_enabled") == Some(&Value::Bool(false)) {
        return invalid(
            "liquid_alpha_enabled must be on when the alpha values are set: add --set \
             liquid_alpha_enabled=true to the same plan"
                .to_owned(),
            "SubtensorModule.LiquidAlphaDisabled",
        );
    }
    // One call carries both alpha values, so the chain checks both, the high one first.
    let checked: &[&str] = if ALPHA.contains(&row.name) { ALPHA } else { &[row.name] };
    for name in checked {
        if let (Some(row), Some(to)) = (catalog::find(name), after.get(*name)) {
            bounds(row, to, after, &snapshot.guards, Same::Check)?;
        }
    }
    if row.name == "mechanism_emission_split"
        && let (Some(Value::List(shares)), Some(count)) =
            (after.get(row.name), number("mechanism_count"))
    {
        let given = shares.len() as u128;
        // Newer runtimes read a shorter one as even, or refuse it.
        let whole = matches!(snapshot.guards.setters.get(MODE), Some(SetterState::Call { .. }));
        if given > count || (whole && given < count) {
            let whole = if given < count { ": write 0 for a mechanism without one" } else { "" };
            return invalid(
                format!("{given} shares for mechanism_count {count}{whole}"),
                "SubtensorModule.InvalidValue",
            );
        }
    }
    if row.name == MODE
        && let (Some(neurons), Some(most), Some(count)) = (
            snapshot.guards.neurons.is(),
            budget(after, &snapshot.guards),
            number("mechanism_count"),
        )
        && most.checked_div(count).is_some_and(|most| u128::from(*neurons) > most)
    {
        return invalid(
            format!("{neurons} neurons are more than {most} / mechanism_count {count}: trim first"),
            "SubtensorModule.TooManyUIDsPerMechanism",
        );
    }
    if after.get(row.name) == Some(&Value::Bool(false))
        && let Some(other) = partner(row.name, &snapshot.guards)
        && after.get(other) != Some(&Value::Bool(true))
    {
        return invalid(
            format!("one way to register has to stay on, and {other} is off"),
            "AdminUtils.InvalidValue",
        );
    }
    Ok(())
}

/// The steps in the order of the catalog, tied ones together, a lowered tempo
/// first and a raised one last: every other limit is counted in tempos. A tempo
/// below the freeze window closes it at once, so that one is last too.
fn groups(items: &[Item], freeze_window: u64) -> Vec<Vec<Step>> {
    let mut groups: Vec<(usize, Vec<Step>)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if !matches!(item.status, Status::Ready) {
            continue;
        }
        let row = catalog::find(&item.name);
        let tie = TIED.iter().position(|names| names.contains(&item.name.as_str()));
        let place = match (tie, item.name.as_str()) {
            (Some(tie), _) => tie.saturating_add(1),
            (None, "tempo")
                if item.from.as_ref().is_some_and(|from| item.to < *from)
                    && item.to.as_u64() >= Some(freeze_window) =>
            {
                0
            }
            (None, "tempo") => usize::MAX,
            (None, _) => index.saturating_add(TIED.len()).saturating_add(1),
        };
        let step = || Step {
            name: item.name.clone(),
            rows: row.into_iter().collect(),
            indices: vec![index],
        };
        let Some((_, steps)) = groups.iter_mut().find(|(at, _)| *at == place) else {
            groups.push((place, vec![step()]));
            continue;
        };
        let partner = row.filter(|row| ALPHA.contains(&row.name)).and_then(|row| {
            let step = steps
                .iter_mut()
                .find(|step| step.rows.iter().any(|other| other.setters_are(row)))?;
            Some((step, row))
        });
        match partner {
            Some((step, row)) => {
                step.rows.push(row);
                step.indices.push(index);
            }
            None => steps.push(step()),
        }
    }
    groups.sort_by_key(|(place, _)| *place);
    groups.into_iter().map(|(_, steps)| steps).collect()
}

impl Hyperparameter {
    /// Whether one call sets both.
    fn setters_are(&self, other: &Self) -> bool {
        let call = |row: &Self| row.setters.first().map(|setter| (setter.pallet, setter.call));
        call(self).is_some() && call(self) == call(other)
    }
}

/// All orders of some things, the given one first, made one by one.
struct Orders(Option<Vec<usize>>);

impl Orders {
    fn of(count: usize) -> Self {
        Self(Some((0..count).collect()))
    }
}

impl Iterator for Orders {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let order = self.0.take()?;
        // The next one in the order of a dictionary: a greater one moves up, the rest begins anew.
        let rise = order.windows(2).rposition(|pair| matches!(pair, [one, next] if one < next));
        if let Some(at) = rise {
            let (mut next, here) = (order.clone(), order.get(at).copied());
            if let Some(greater) = order.iter().rposition(|it| Some(*it) > here) {
                next.swap(at, greater);
            }
            if let Some(rest) = next.get_mut(at.saturating_add(1)..) {
                rest.reverse();
            }
            self.0 = Some(next);
        }
        Some(order)
    }
}

/// A change of the mechanism count erases the split, so a split that is wanted as
/// it is has to be sent again.
pub fn resend_erased_split(items: &mut [Item]) {
    let counted = items
        .iter()
        .any(|item| item.name == "mechanism_count" && matches!(item.status, Status::Ready));
    for item in items.iter_mut() {
        if counted
            && item.name == "mechanism_emission_split"
            && item.status == Status::Unchanged
            && item.to != Value::None
        {
            item.status = Status::Ready;
        }
    }
}

/// The call that sets these values, if the chain has one.
#[must_use]
pub fn call_for(
    name: &str,
    state: &BTreeMap<String, Value>,
    sets: Vec<String>,
    snapshot: &Snapshot,
) -> Option<Call> {
    let SetterState::Call { pallet, call, args, .. } = snapshot.guards.setters.get(name)? else {
        return None;
    };
    let args = match args.as_slice() {
        [one] => vec![Arg { name: one.clone(), value: state.get(name)?.clone() }],
        // The alpha values: every argument bears the name of its hyperparameter.
        several => several
            .iter()
            .map(|name| Some(Arg { name: name.clone(), value: state.get(name)?.clone() }))
            .collect::<Option<_>>()?,
    };
    Some(Call { pallet: pallet.clone(), call: call.clone(), netuid: snapshot.netuid, args, sets })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new bound with another hyperparameter ties the two by itself.
    #[test]
    fn what_looks_at_each_other_is_tied() {
        let mut groups: Vec<Vec<_>> = TIED.clone();
        groups.iter_mut().for_each(|names| names.sort_unstable());
        groups.sort_unstable();
        assert_eq!(
            groups,
            [
                vec!["alpha_high", "alpha_low", "liquid_alpha_enabled"],
                vec![
                    "epoch_consensus",
                    "max_allowed_uids",
                    "max_validators",
                    "mechanism_count",
                    "mechanism_emission_split",
                    "min_allowed_uids",
                ],
                vec!["max_burn", "min_burn"],
                vec!["network_pow_registration_allowed", "registration_allowed"],
            ]
        );
    }

    #[test]
    fn orders_are_made_until_nothing_fails() {
        let five: Vec<_> = Orders::of(5).collect();
        assert_eq!(five.first(), Some(&vec![0, 1, 2, 3, 4]));
        let sorted = five.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(sorted && five.len() == 120, "each of them once");
        assert_eq!(Orders::of(0).collect::<Vec<_>>(), [Vec::<usize>::new()]);
        assert_eq!(Orders::of(1).count(), 1);

        let looked = |failures: &[usize]| {
            let made = std::cell::Cell::new(0usize);
            let runs = failures.iter().map(|count| {
                made.set(made.get() + 1);
                Run { failed: vec![(*count, Status::Unchanged); *count], ..Run::default() }
            });
            (best(runs).map(|run| run.failed.len()), made.get())
        };
        assert_eq!(looked(&[0, 0, 1]), (Some(0), 1));
        assert_eq!(looked(&[2, 1, 0, 0]), (Some(0), 3));
        assert_eq!(looked(&[2, 1, 2]), (Some(1), 3));
        assert_eq!(looked(&[]), (None, 0));
    }
}
