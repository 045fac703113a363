//! Stages: what may go in which block, when not all of it may go in the next one.
//!
//! All of it is simulated by the rules on what was read at one block; the chain is asked again
//! before each stage.

use crate::plan::{Plan, Status, Wish};
use crate::receipt::Change;
use crate::rules;
use crate::schedule;
use crate::snapshot::Snapshot;
use crate::terms::Terms;
use crate::value::Value;

/// Steps from one block to a later one after which a simulation is given up; few are ever needed.
const STEPS: usize = 1_000;

/// Changes that go together, and the first block at which the chain accepts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// That block.
    pub block: u64,
    /// What is waited for; empty when it may go at once.
    pub waits_for: String,
    /// The plan for that block.
    pub plan: Plan,
}

impl Stage {
    /// The names that it changes.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.plan.changes().map(|item| item.name.clone()).collect()
    }
}

/// All of it together in the first block at which nothing has to wait any more. What the chain
/// accepts in no block stays blocked in the plan. `None` when there is no such block: one wait
/// runs into another without end.
#[must_use]
pub fn together(
    snapshot: &Snapshot,
    wishes: &[Wish],
    source: &str,
    terms: &Terms,
) -> Option<Stage> {
    let mut block = terms.block(snapshot);
    let mut waits_for = String::new();
    for _ in 0..STEPS {
        let at = Terms { at: Some(block), ..terms.clone() };
        let plan = Plan::build(snapshot, wishes, source, &at);
        let Some(latest) = later(&plan).max() else {
            return Some(Stage { block, waits_for, plan });
        };
        waits_for = cause(&plan, latest);
        block = latest;
    }
    None
}

/// What is sent for the whole, in order: each part on its own where `staged`, else all at once; nothing
/// when all of it is already so.
#[must_use]
pub fn stages(snapshot: &Snapshot, whole: Stage, terms: &Terms, staged: bool) -> Vec<Stage> {
    match (whole.plan.calls.is_empty(), staged) {
        (true, _) => Vec::new(),
        (false, true) => apart(snapshot, &whole, terms),
        (false, false) => vec![whole],
    }
}

/// Each part in the first block at which it may go, in order. What `whole` has blocked is left out.
/// It is one stage, the whole, when the parts alone would not come to the same end.
#[must_use]
pub fn apart(snapshot: &Snapshot, whole: &Stage, terms: &Terms) -> Vec<Stage> {
    let source = &whole.plan.source;
    let wanted = whole.plan.going();
    let mut state = snapshot.clone();
    let mut rest = wanted.clone();
    let mut stages: Vec<Stage> = Vec::new();
    let mut block = terms.block(snapshot);
    let mut waits_for = String::new();
    for _ in 0..STEPS {
        let at = Terms { at: Some(block), ..terms.clone() };
        let all = Plan::build(&state, &rest, source, &at);
        let names = part(&all);
        if names.is_empty() {
            let Some(next) = later(&all).min() else { break };
            waits_for = cause(&all, next);
            block = next;
            continue;
        }
        let (now, left): (Vec<Wish>, Vec<Wish>) =
            rest.into_iter().partition(|wish| names.contains(&wish.name));
        rest = left;
        let plan = Plan::build(&state, &now, source, &at);
        state = after(&state, &plan, block);
        stages.push(Stage { block, waits_for: std::mem::take(&mut waits_for), plan });
        block = block.saturating_add(1);
    }
    let end = Plan::build(&state, &wanted, source, terms);
    let reached = end.items.iter().all(|item| item.status == Status::Unchanged);
    if reached { stages } else { vec![whole.clone()] }
}

/// The subnet after the changes of a plan were made in block `at`, as far as the rules tell.
#[must_use]
pub fn after(snapshot: &Snapshot, plan: &Plan, at: u64) -> Snapshot {
    let mut after = snapshot.clone();
    after.block.number = at;
    let changes: Vec<_> = plan.changes().filter_map(Change::of).collect();
    after.guards = schedule::after(&changes, &snapshot.guards, at);
    if changes.iter().any(|change| change.name == "mechanism_count") {
        after.hyperparameters.insert("mechanism_emission_split".to_owned(), Value::None);
    }
    for Change { name, from: _, to } in changes {
        let known = after.hyperparameters.contains_key(&name);
        let values = if known || !after.unknown.contains_key(&name) {
            &mut after.hyperparameters
        } else {
            &mut after.unknown
        };
        values.insert(name, to);
    }
    after
}

/// What of a plan goes now when the rest comes later. As in one batch, a raised tempo goes last:
/// every other limit is counted in tempos.
fn part(plan: &Plan) -> Vec<String> {
    let rest = plan.blocked().next().is_some();
    plan.changes()
        .filter(|item| !(rest && item.name == "tempo" && Some(&item.to) > item.from.as_ref()))
        .map(|item| item.name.clone())
        .collect()
}

fn later(plan: &Plan) -> impl Iterator<Item = u64> {
    plan.items.iter().filter_map(|item| match item.status {
        Status::Later { block, .. } => Some(block),
        _ => None,
    })
}

/// What is over at a block, in words.
fn cause(plan: &Plan, at: u64) -> String {
    let limited: Vec<&str> = plan
        .items
        .iter()
        .filter_map(|item| match &item.status {
            Status::Later { block, error, .. } if *block == at && error == rules::RATE_LIMIT => {
                Some(item.name.as_str())
            }
            _ => None,
        })
        .collect();
    match limited.as_slice() {
        [] => "freeze window".to_owned(),
        [one] => format!("rate limit of {one}"),
        [one, other] => format!("rate limits of {one} and {other}"),
        several => format!("rate limits of {} hyperparameters", several.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::world;

    type Wishes<'a> = &'a [(&'a str, Value)];

    fn wishes(wanted: Wishes<'_>) -> Vec<Wish> {
        let wish =
            |(name, value): &(&str, Value)| Wish { name: (*name).to_owned(), value: value.clone() };
        wanted.iter().map(wish).collect()
    }

    fn whole(world: &Snapshot, wanted: Wishes<'_>) -> Stage {
        together(world, &wishes(wanted), "test", &Terms::default()).unwrap()
    }

    /// Block, what is waited for, and the calls of each stage.
    fn staged(world: &Snapshot, wanted: Wishes<'_>) -> Vec<(u64, String, Vec<String>)> {
        apart(world, &whole(world, wanted), &Terms::default())
            .into_iter()
            .map(|Stage { block, waits_for, plan }| {
                (block, waits_for, plan.calls.into_iter().map(|call| call.call).collect())
            })
            .collect()
    }

    fn stage(block: u64, waits_for: &str, calls: &[&str]) -> (u64, String, Vec<String>) {
        (block, waits_for.to_owned(), calls.iter().map(|call| (*call).to_owned()).collect())
    }

    /// The world in which these were changed in block 1090: until 1810, while the tempo is 360.
    fn limited(names: &[&str]) -> Snapshot {
        let mut world = world();
        for name in names {
            world.guards.last_change.insert((*name).to_owned(), 1_090);
        }
        world
    }

    fn uint(value: u128) -> Value {
        Value::Uint(value)
    }

    #[test]
    fn what_may_go_at_once_waits_for_nothing() {
        let all = [("immunity_period", uint(9_000)), ("yuma3_enabled", Value::Bool(false))];
        let Stage { block, waits_for, plan } = whole(&world(), &all);
        assert_eq!((block, waits_for.as_str(), plan.calls.len()), (1_101, "", 2));
        assert_eq!(staged(&world(), &all).len(), 1);
        let same = [("immunity_period", uint(7_200))];
        assert!(whole(&world(), &same).plan.calls.is_empty());
        assert!(staged(&world(), &same).is_empty());
    }

    #[test]
    fn one_wait_may_run_into_another() {
        let mut world = world();
        let hotkey = Value::Text("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY".to_owned());
        // The window does not hold this one; its limit ends inside the window before block 51400.
        world.guards.last_change.insert("sn_owner_hotkey".to_owned(), 995);
        let all = [("sn_owner_hotkey", hotkey), ("immunity_period", uint(9_000))];
        let Stage { block, waits_for, .. } = whole(&world, &all[..1]);
        assert_eq!((block, waits_for.as_str()), (51_395, "rate limit of sn_owner_hotkey"));
        let Stage { block, waits_for, plan } = whole(&world, &all);
        assert_eq!((block, waits_for.as_str()), (51_400, "freeze window"));
        assert_eq!(plan.calls.len(), 2);
    }

    #[test]
    fn each_part_goes_as_soon_as_it_may() {
        let all = [("immunity_period", uint(9_000)), ("yuma3_enabled", Value::Bool(false))];
        assert_eq!(
            staged(&limited(&["immunity_period"]), &all),
            [
                stage(1_101, "", &["sudo_set_yuma3_enabled"]),
                stage(1_810, "rate limit of immunity_period", &["sudo_set_immunity_period"]),
            ]
        );
        assert_eq!(
            staged(&limited(&["immunity_period", "yuma3_enabled"]), &all),
            [stage(
                1_810,
                "rate limits of immunity_period and yuma3_enabled",
                &["sudo_set_immunity_period", "sudo_set_yuma3_enabled"]
            )]
        );
    }

    #[test]
    fn a_part_that_would_be_invalid_alone_waits_for_the_other() {
        let burns = |names: &[&str]| {
            let mut world = limited(names);
            world.hyperparameters.insert("min_burn".to_owned(), uint(600_000_000));
            world.hyperparameters.insert("max_burn".to_owned(), uint(700_000_000));
            world
        };
        let up = [("min_burn", uint(800_000_000)), ("max_burn", uint(900_000_000))];
        let down = [("min_burn", uint(200_000_000)), ("max_burn", uint(300_000_000))];
        let (min, max) = ("sudo_set_min_burn", "sudo_set_max_burn");
        assert_eq!(
            staged(&burns(&["max_burn"]), &up),
            [stage(1_810, "rate limit of max_burn", &[max, min])]
        );
        assert_eq!(
            staged(&burns(&["min_burn"]), &up),
            [stage(1_101, "", &[max]), stage(1_810, "rate limit of min_burn", &[min])]
        );
        assert_eq!(
            staged(&burns(&["min_burn"]), &down),
            [stage(1_810, "rate limit of min_burn", &[min, max])]
        );
        assert_eq!(
            staged(&burns(&["max_burn"]), &down),
            [stage(1_101, "", &[min]), stage(1_810, "rate limit of max_burn", &[max])]
        );
    }

    #[test]
    fn a_raised_tempo_goes_last_and_a_lowered_one_first() {
        let period = ("immunity_period", uint(9_000));
        assert_eq!(
            staged(&limited(&["immunity_period"]), &[period.clone(), ("tempo", uint(720))]),
            [stage(
                1_810,
                "rate limit of immunity_period",
                &["sudo_set_immunity_period", "set_tempo"]
            )]
        );
        let mut long = limited(&["immunity_period"]);
        long.hyperparameters.insert("tempo".to_owned(), uint(720));
        long.guards.schedule.tempo = 720;
        assert_eq!(whole(&long, std::slice::from_ref(&period)).block, 2_530, "1090 + 2 × 720");
        assert_eq!(
            staged(&long, &[period, ("tempo", uint(360))]),
            [
                stage(1_101, "", &["set_tempo"]),
                stage(1_810, "rate limit of immunity_period", &["sudo_set_immunity_period"]),
            ]
        );
    }

    #[test]
    fn a_split_is_set_after_the_count_that_erases_it() {
        let mut world = limited(&["mechanism_emission_split"]);
        world.hyperparameters.insert("max_allowed_uids".to_owned(), uint(64));
        world.hyperparameters.insert("mechanism_count".to_owned(), uint(3));
        let split = "mechanism_emission_split";
        world.hyperparameters.insert(split.to_owned(), Value::List(vec![40_000, 25_535]));
        let all = [("mechanism_count", uint(2)), (split, Value::List(vec![30_000, 35_535]))];
        let stages = apart(&world, &whole(&world, &all), &Terms::default());
        assert_eq!(
            stages.iter().map(Stage::names).collect::<Vec<_>>(),
            [["mechanism_count"], [split]]
        );
        let second = &stages.last().unwrap().plan.items;
        assert_eq!(second.first().map(|item| &item.from), Some(&Some(Value::None)));

        // As it is now, it has to be sent again with the count.
        let all = [("mechanism_count", uint(2)), (split, Value::List(vec![40_000, 25_535]))];
        world.guards.last_change = limited(&["mechanism_count"]).guards.last_change;
        let stages = apart(&world, &whole(&world, &all), &Terms::default());
        assert_eq!(
            stages.iter().map(Stage::names).collect::<Vec<_>>(),
            [["mechanism_count", split]]
        );
    }

    #[test]
    fn what_never_goes_is_left_out() {
        let all = [("immunity_period", uint(9_000)), ("weights_rate_limit", uint(360))];
        let world = limited(&["immunity_period"]);
        assert_eq!(whole(&world, &all).plan.blocked().count(), 1);
        assert_eq!(staged(&world, &all).len(), 1);
    }
}
