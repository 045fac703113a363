//! What the chain says to wanted values, whenever they come.

use crate::catalog;
use crate::finding::Finding;
use crate::plan::{Item, Plan, Status, Wish};
use crate::snapshot::Snapshot;
use crate::terms::Terms;
use crate::{lint, rules};

/// The answers to a set of wanted values.
#[derive(Debug)]
pub struct Check {
    /// Every wanted value. `Later` is a remark here: the value is good, and has to wait.
    pub items: Vec<Item>,
    /// What is worth a look, also about what is so already.
    pub findings: Vec<Finding>,
}

impl Check {
    /// Judges the wishes by all rules but those of time, and looks at what they mean.
    #[must_use]
    pub fn new(snapshot: &Snapshot, wishes: &[Wish], terms: &Terms) -> Self {
        // A plan leaves what has to wait out of its order, and so out of the rules between two values.
        let mut timeless = snapshot.clone();
        timeless.guards.last_change.clear();
        timeless.guards.schedule.freeze_window = 0;
        if let Some(anchor) = &mut timeless.guards.schedule.anchor {
            anchor.pending = 0;
        }
        let mut items = Plan::build(&timeless, wishes, "", terms).items;
        let mut wanted = items.clone();
        for item in wanted.iter_mut().filter(|item| item.status == Status::Unchanged) {
            item.status = Status::Ready;
        }
        let findings = lint::all(&wanted, &[], &timeless, terms);
        for item in items.iter_mut().filter(|item| item.status == Status::Ready) {
            let row = catalog::find(&item.name);
            item.status = rules::judge(row, &item.name, &item.to, snapshot, terms);
        }
        Self { items, findings }
    }

    /// Whether the status of one of them is such.
    #[must_use]
    pub fn any(&self, test: impl Fn(&Status) -> bool) -> bool {
        self.items.iter().any(|item| test(&item.status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding;
    use crate::terms::Intent;
    use crate::value::Value;
    use crate::world::world;

    fn check(world: &Snapshot, wishes: &[(&str, u128)]) -> Check {
        let wish = |(name, raw): &(&str, u128)| Wish {
            name: (*name).to_owned(),
            value: Value::Uint(*raw),
        };
        let wishes: Vec<_> = wishes.iter().map(wish).collect();
        let intent = Intent { round: Some(7_201), epoch_length: None };
        Check::new(world, &wishes, &Terms { intent, ..Terms::default() })
    }

    #[test]
    fn what_has_to_wait_is_judged_by_the_other_rules_all_the_same() {
        let mut world = world();
        let pair = [("min_burn", 900_000_000), ("max_burn", 800_000_000)];
        let invalid = |status: &Status| matches!(status, Status::Invalid { .. });
        let later = |status: &Status| matches!(status, Status::Later { .. });
        assert!(check(&world, &pair).any(invalid));
        // Inside the freeze window, before a pending epoch, and while the rate limit holds.
        world.block.number = 1_352;
        assert!(check(&world, &pair).any(invalid));
        assert!(check(&world, &[("max_burn", 800_000_000)]).any(later));
        world.block.number = 1_100;
        world.guards.schedule.anchor.as_mut().unwrap().pending = 1_200;
        assert!(check(&world, &pair).any(invalid));
        world.guards.schedule.anchor.as_mut().unwrap().pending = 0;
        for (name, _) in pair {
            world.guards.last_change.insert(name.to_owned(), 1_090);
        }
        assert!(check(&world, &pair).any(invalid));
        let good = check(&world, &[("max_burn", 800_000_000)]);
        assert!(good.any(later) && !good.any(invalid));
        // Where the window never opens, no waiting helps.
        world.guards.schedule.freeze_window = 361;
        assert!(
            check(&world, &[("tempo", 400)])
                .any(|status| matches!(status, Status::NotPermitted { .. }))
        );
    }

    #[test]
    fn what_is_so_already_is_looked_at_too() {
        let same = check(&world(), &[("immunity_period", 7_200)]);
        assert!(same.any(|status| *status == Status::Unchanged));
        let codes: Vec<_> = same.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, [finding::SHORT_IMMUNITY]);
        let mut world = world();
        let split = Value::List(vec![40_000, 25_535]);
        world.hyperparameters.insert("mechanism_emission_split".to_owned(), split);
        assert_eq!(check(&world, &[("mechanism_count", 1)]).findings, [], "it erases nothing");
    }
}
