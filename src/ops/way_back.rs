//! The rollback profile: what takes a change back, written before it is sent.

use std::collections::BTreeMap;

use subtune_model::catalog;
use subtune_model::error::{Error, Result};
use subtune_model::finding::{self, Finding};
use subtune_model::plan::{Item, Plan, Status};
use subtune_model::profile::{Profile, Target};
use subtune_model::rules::{self, SideEffect};
use subtune_model::simulation::Judgement;
use subtune_model::snapshot::{SetterState, Snapshot};
use subtune_model::value::Value;

/// The profile that takes the changes back.
///
/// # Errors
/// When a value before is not known, or is none that could be set again: the rules let no such
/// change through, and this is the last place that could.
pub(super) fn way_back(plan: &Plan, id: &str, now: &Snapshot) -> Result<Profile> {
    let mut hyperparameters = BTreeMap::new();
    let mut replaces = BTreeMap::new();
    for item in plan.changes() {
        let Item { name, from, to, .. } = item;
        let blocked = rules::irreversible(name, now);
        let why = blocked.as_ref().and_then(Status::reason).map(str::to_owned);
        let form = catalog::find(name).zip(from.as_ref());
        let form = form.and_then(|(row, from)| row.check_type(from).err());
        let (Some(from), None, None) = (from, &why, &form) else {
            let why = why.or(form).unwrap_or_else(|| "its value is not known".to_owned());
            return Err(Error::refused(format!("{name} could not be rolled back: {why}"))
                .hint("nothing was written or sent; leave it out, or use another node"));
        };
        hyperparameters.insert(name.clone(), from.clone());
        replaces.insert(name.clone(), to.clone());
    }
    // What the chain changes along with it, without any call of its own; what only root may set, the
    // chain brings back in the same way.
    for SideEffect { by: _, name, from, to } in rules::side_effects(&plan.items, now) {
        let roots =
            matches!(now.guards.setters.get(name), Some(SetterState::Call { who: "root", .. }));
        if !roots {
            hyperparameters.insert(name.to_owned(), from);
            replaces.insert(name.to_owned(), to);
        }
    }
    // What the chain's own code has changed beside, where the owner can set it again.
    for (name, to) in beside(plan, now) {
        let Some(from) = now.known(&name).is().map(|from| (*from).clone()) else { continue };
        let owners =
            matches!(now.guards.setters.get(&*name), Some(SetterState::Call { who: "owner", .. }));
        if owners && !hyperparameters.contains_key(&name) && from != to {
            hyperparameters.insert(name.clone(), from);
            replaces.insert(name, to);
        }
    }
    Ok(Profile {
        name: format!("rollback-{id}"),
        description: format!(
            "rolls back what was applied to subnet {} from {}",
            plan.netuid, plan.source
        ),
        source: format!("read at block {} ({})", plan.base.number, plan.base.hash),
        target: Some(Target {
            network: plan.chain.network.clone(),
            genesis_hash: plan.chain.genesis_hash,
            netuid: Some(plan.netuid),
        }),
        hyperparameters,
        replaces,
    })
}

/// Hyperparameters that changed, when the chain's own code ran, without being asked for, with the
/// value that they would have.
pub(super) fn beside(plan: &Plan, now: &Snapshot) -> Vec<(String, Value)> {
    let Some(Judgement::Ran(ran)) = &plan.judgement else { return Vec::new() };
    let told = rules::side_effects(&plan.items, now);
    ran.effects
        .iter()
        .filter_map(|effect| Some((effect.name.clone()?, effect.to.clone()?)))
        .filter(|(name, _)| plan.changes().all(|item| item.name != *name))
        .filter(|(name, _)| told.iter().all(|known| known.name != name))
        .collect()
}

/// The findings for what the code changes beside what a plan asks for.
pub(super) fn more_changes(plan: &Plan, snapshot: &Snapshot) -> Vec<Finding> {
    let found = beside(plan, snapshot).into_iter().map(|(name, to)| {
        let from = snapshot.known(&name);
        let from = from.is().map_or_else(|| "not known".to_owned(), ToString::to_string);
        finding::finding(
            finding::MORE_CHANGES,
            &name,
            format!("the chain also changes {name} {from} → {to}"),
            "to keep it, set it in the same plan",
        )
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use subtune_model::error::Kind;
    use subtune_model::plan::Wish;
    use subtune_model::terms::Terms;
    use subtune_model::world::World;

    use super::*;

    /// A subnet with two mechanisms and a split, and a plan that takes one of them away.
    fn fewer_mechanisms() -> (Snapshot, Plan) {
        let split = Value::List(vec![40_000, 25_535]);
        let now = World::at(425)
            .with("mechanism_count", Value::Uint(2))
            .with("mechanism_emission_split", split)
            .done();
        let fewer = Wish { name: "mechanism_count".to_owned(), value: Value::Uint(1) };
        let plan = Plan::build(&now, &[fewer], "test", &Terms::default());
        (now, plan)
    }

    #[test]
    fn what_could_not_be_taken_back_is_not_sent() {
        let refused = |now: &Snapshot, plan: &Plan, part: &str| {
            let error = way_back(plan, "id", now).unwrap_err();
            assert_eq!(error.kind, Kind::Refused);
            assert!(error.what.contains(part), "{error}");
        };
        let (mut now, plan) = fewer_mechanisms();
        let mut unknown = plan.clone();
        unknown.items[0].from = None;
        refused(&now, &unknown, "mechanism_count could not be rolled back");
        // Null is no count that could be set again.
        unknown.items[0].from = Some(Value::None);
        refused(&now, &unknown, "it must be an integer");
        // What the change erases belongs to the way back, too.
        now.unreadable.insert("mechanism_emission_split".to_owned(), "odd bytes".to_owned());
        refused(&now, &plan, "odd bytes");
        now.unreadable.clear();
        now.hyperparameters.remove("mechanism_count");
        refused(&now, &plan, "mechanism_count could not be rolled back");
    }

    #[test]
    fn the_way_back_restores_a_split_that_the_count_erases() {
        let (now, plan) = fewer_mechanisms();
        let split = Value::List(vec![40_000, 25_535]);
        let back = way_back(&plan, "id", &now).unwrap();
        assert_eq!(back.hyperparameters.get("mechanism_count"), Some(&Value::Uint(2)));
        assert_eq!(back.hyperparameters.get("mechanism_emission_split"), Some(&split));
        assert_eq!(back.replaces.get("mechanism_emission_split"), Some(&Value::None));
    }
}
