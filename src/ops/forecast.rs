//! What a forecast tries: every change that the epoch reads, whoever may send it and whenever.

use std::collections::BTreeMap;

use subtune_model::catalog;
use subtune_model::plan::{Call, Item, Plan, Status, Wish};
use subtune_model::simulation::Verdict;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

/// Changes, parted by whether the epochs to come tell of them.
#[derive(Debug)]
pub struct WhatIf {
    /// The plan as it would be sent: says who may make a change, and when.
    pub plan: Plan,
    /// The calls that are tried, in order, as root makes them.
    pub calls: Vec<Call>,
    /// The changes that they make, by name.
    pub tried: Vec<String>,
    /// Those that no epoch reads, and what they do instead.
    pub apart: BTreeMap<String, String>,
    /// Those that cannot be tried, and why.
    pub untried: BTreeMap<String, String>,
}

/// What of a plan is to be tried.
#[must_use]
pub fn what_if(plan: Plan, snapshot: &Snapshot, terms: &Terms) -> WhatIf {
    let (mut apart, mut wishes) = (BTreeMap::new(), Vec::new());
    for item in plan.items.iter().filter(|item| item.status != Status::Unchanged) {
        match outside(item) {
            Some(instead) => {
                apart.insert(item.name.clone(), instead);
            }
            None => wishes.push(Wish { name: item.name.clone(), value: item.to.clone() }),
        }
    }
    // Root is asked: neither the owner's limits nor what is unknown stands against it.
    let mut wide = terms.clone();
    wide.verdicts.extend(wishes.iter().map(|wish| (wish.name.clone(), Verdict::Accepted)));
    let whole = Plan::build(snapshot, &wishes, &plan.source, &wide);
    let tried: Vec<String> = whole.calls.iter().flat_map(|call| call.sets.clone()).collect();
    let why = |item: &Item| match item.status.reason() {
        Some(reason) => reason.to_owned(),
        None => "the chain has no call for it".to_owned(),
    };
    let untried = whole.items.iter().filter(|item| !tried.contains(&item.name));
    let untried = untried.map(|item| (item.name.clone(), why(item))).collect();
    WhatIf { plan, calls: whole.calls, tried, apart, untried }
}

/// What a change does instead, when no epoch reads it. Of one that the catalog lacks nobody knows.
fn outside(item: &Item) -> Option<String> {
    let row = catalog::find(&item.name)?;
    match &item.inert {
        Some(inert) => Some(inert.clone()),
        None if row.in_epoch => None,
        None => Some(row.summary.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use subtune_model::value::Value;
    use subtune_model::world::world;

    use super::*;

    fn parted(wishes: &[(&str, Value)]) -> WhatIf {
        let world = world();
        let wish =
            |(name, value): &(&str, Value)| Wish { name: (*name).to_owned(), value: value.clone() };
        let wishes: Vec<_> = wishes.iter().map(wish).collect();
        let terms = Terms::default();
        let plan = Plan::build(&world, &wishes, "test", &terms);
        what_if(plan, &world, &terms)
    }

    /// What only root may set is tried, too; what no epoch reads is told, and why.
    #[test]
    fn the_founding_story_has_no_part_in_the_epoch() {
        let found = parted(&[
            ("weights_rate_limit", Value::Uint(360)),
            ("adjustment_alpha", Value::Uint(17_893_341_751_498_264_576)),
            ("immunity_period", Value::Uint(12_000)),
            ("kappa", Value::Uint(40_000)),
        ]);
        assert_eq!(found.tried, ["kappa"]);
        assert_eq!(found.apart.len(), 3, "{:?}", found.apart);
        assert!(found.apart["immunity_period"].contains("cannot be pruned"));
        assert!(found.apart["adjustment_alpha"].contains("burn half-life"));
        let kappa = found.plan.items.iter().find(|item| item.name == "kappa").unwrap();
        assert!(matches!(kappa.status, Status::NotPermitted { .. }), "{kappa:?}");
    }

    #[test]
    fn what_no_order_makes_valid_is_not_tried() {
        let found = parted(&[("alpha_low", Value::Uint(45_000))]);
        assert_eq!(found.calls, []);
        assert!(found.untried["alpha_low"].contains("liquid_alpha_enabled"), "{found:?}");
    }
}
