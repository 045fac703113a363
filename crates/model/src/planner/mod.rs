//! From what is and what is wanted to a plan.

pub mod check;
mod choose;
pub mod stage;

pub use choose::choose;

use std::collections::BTreeMap;

use crate::catalog;
use crate::finding::Finding;
use crate::lint;
use crate::plan::{FORMAT_VERSION, Item, Plan, PlanKind, Status, Wish};
use crate::ports::ChainError;
use crate::rules;
use crate::simulation::Verdict;
use crate::snapshot::Snapshot;
use crate::terms::Terms;

/// What of a plan is drift.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift<'a> {
    /// What would be sent: now, or as soon as the chain accepts it.
    pub pending: Vec<&'a Item>,
    /// What would not, however long anybody waits: not permitted, invalid, or unknown.
    pub blocked: Vec<&'a Item>,
    /// What could not be told, because something could not be read: it may be either, or no drift.
    pub unclear: Vec<&'a Item>,
}

impl Plan {
    /// Plans the way from `snapshot` to the wishes. Pure: the same input gives the
    /// same plan. `Now` means the block of the terms.
    #[must_use]
    pub fn build(snapshot: &Snapshot, wishes: &[Wish], source: &str, terms: &Terms) -> Self {
        let mut wishes: Vec<&Wish> = wishes.iter().collect();
        wishes.sort_by_key(|wish| position(&wish.name));
        let (mut unclear, mut decisions) = (Vec::new(), Vec::new());
        let mut items: Vec<Item> = wishes
            .iter()
            .map(|wish| {
                let row = catalog::find(&wish.name);
                let from = snapshot.known(&wish.name).is().map(|value| (*value).clone());
                let mut status = rules::judge(row, &wish.name, &wish.value, snapshot, terms);
                // Nobody can allow what could not be taken back.
                let reversible = rules::irreversible(&wish.name, snapshot).is_none();
                if let Some(verdict) = terms.verdicts.get(&wish.name).filter(|_| reversible) {
                    let (judged, finding) = decided(&wish.name, status, verdict);
                    status = judged;
                    decisions.extend(finding);
                }
                let refused = matches!(terms.verdicts.get(&wish.name), Some(Verdict::Refused(_)));
                let allowed = terms.allow_unknown && reversible && !refused;
                if let (Status::Unknown { reason }, true) = (&status, allowed) {
                    unclear.push(lint::unclear(&wish.name, reason));
                    status = Status::Ready;
                }
                let inert = row.and_then(|row| rules::without_effect(row, &wish.value, snapshot));
                Item { name: wish.name.clone(), from, to: wish.value.clone(), status, inert }
            })
            .collect();
        rules::resend_erased_split(&mut items);
        rules::mark_inert_in_null(&mut items, snapshot);
        if terms.skip_inert {
            items.retain(|item| item.inert.is_none() || matches!(item.status, Status::Unchanged));
        }
        let calls = rules::order(&mut items, snapshot);
        unclear.retain(|finding| {
            items.iter().any(|item| finding.name == item.name && item.status == Status::Ready)
        });
        let mut findings = unclear;
        findings.extend(decisions);
        findings.extend(lint::all(&items, &calls, snapshot, terms));
        Self {
            format_version: FORMAT_VERSION,
            kind: PlanKind::Plan,
            chain: snapshot.chain.clone(),
            base: snapshot.block.clone(),
            netuid: snapshot.netuid,
            owner: snapshot.owner.clone(),
            source: source.to_owned(),
            items,
            calls,
            origin: terms.origin.clone(),
            fee_rao: None,
            findings,
            judgement: None,
            forecast: Vec::new(),
            code_refuses: terms
                .verdicts
                .iter()
                .filter(|(_, verdict)| matches!(verdict, Verdict::Refused(_)))
                .map(|(name, _)| name.clone())
                .collect(),
            confirmed: BTreeMap::new(),
        }
    }

    /// What would be sent, now or later, what is blocked for good, and what could not be told. A
    /// hold on the whole account ends one day, so what it holds up is pending.
    #[must_use]
    pub fn drift(&self, snapshot: &Snapshot) -> Drift<'_> {
        let mut drift = Drift::default();
        for item in &self.items {
            match &item.status {
                Status::Ready | Status::Later { .. } => drift.pending.push(item),
                Status::NotPermitted { error: Some(error), .. }
                    if rules::holds_all(error, snapshot) =>
                {
                    drift.pending.push(item);
                }
                // No rule is known for it, and reading once more brings none.
                Status::Unknown { .. }
                    if item.from.is_some() && catalog::find(&item.name).is_none() =>
                {
                    drift.blocked.push(item);
                }
                Status::Unknown { .. } => drift.unclear.push(item),
                Status::NotPermitted { .. } | Status::Invalid { .. } => drift.blocked.push(item),
                Status::Unchanged => {}
            }
        }
        drift
    }

    /// The same plan without what is blocked: the calls are the same, and what is left out is not
    /// asked for again.
    #[must_use]
    pub fn without_blocked(&self, snapshot: &Snapshot, terms: &Terms) -> Self {
        let going = self.going();
        Self { fee_rao: self.fee_rao, ..Self::build(snapshot, &going, &self.source, terms) }
    }
}

/// What becomes of a change of which the chain's own code has said something, and what is told of it:
/// the code decides, and the words of the rule explain.
fn decided(name: &str, status: Status, verdict: &Verdict) -> (Status, Option<Finding>) {
    let refused = |error: &ChainError| Status::NotPermitted {
        reason: format!("the chain's own code refuses it: {error}"),
        error: Some(error.name.clone()),
    };
    match (&status, verdict) {
        (Status::Unknown { reason }, Verdict::Accepted) => {
            let finding = lint::decided_by_code(name, reason);
            (Status::Ready, Some(finding))
        }
        // Refused in this block: whether for good, the code does not tell.
        (Status::Unknown { reason }, Verdict::Refused(error)) => {
            let reason = format!("{reason}; the chain's own code refuses it now: {error}");
            (Status::Unknown { reason }, None)
        }
        (
            Status::Later { reason, error, .. }
            | Status::NotPermitted { reason, error: Some(error) }
            | Status::Invalid { reason, error: Some(error) },
            Verdict::Accepted,
        ) => {
            let finding = lint::rules_disagree(
                name,
                &format!("by subtune's rules the chain refuses it ({error}: {reason})"),
                "the chain's own code accepts it",
            );
            (Status::Ready, Some(finding))
        }
        (Status::Ready, Verdict::Refused(error)) => {
            let finding = lint::rules_disagree(
                name,
                "by subtune's rules the chain accepts it",
                &format!("the chain's own code refuses it ({error})"),
            );
            (refused(error), Some(finding))
        }
        _ => (status, None),
    }
}

/// The place of a name in the catalog; unknown names come last.
fn position(name: &str) -> usize {
    catalog::ALL.iter().position(|row| row.name == name).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::{Origin, Proxy};
    use crate::plan::{Arg, Call};
    use crate::snapshot::{Known, Swap};
    use crate::value::Value;
    use crate::world::world;

    fn drift(world: &Snapshot) -> (Vec<String>, Vec<String>) {
        let wish = |(name, value): (&str, Value)| Wish { name: name.to_owned(), value };
        let wishes = [
            ("immunity_period", Value::Uint(9_000)),
            ("max_burn", Value::Uint(800_000_000)),
            ("min_burn", Value::Uint(900_000_000_000)),
            ("weights_rate_limit", Value::Uint(360)),
            ("adjustment_alpha", world.hyperparameters["adjustment_alpha"].clone()),
            ("a_name_of_tomorrow", Value::Uint(1)),
        ];
        let wishes: Vec<_> = wishes.map(wish).into();
        let plan = Plan::build(world, &wishes, "test", &Terms::default());
        let Drift { pending, blocked, unclear } = plan.drift(world);
        let names = |items: Vec<&Item>| {
            let mut names: Vec<_> = items.into_iter().map(|item| item.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(unclear, Vec::<&Item>::new());
        (names(pending), names(blocked))
    }

    /// A node that cannot be read proves no drift away.
    #[test]
    fn what_cannot_be_told_is_neither_green_nor_blocked_for_good() {
        let mut world = world();
        world.guards.safe_mode_until = Known::Unreadable("no answer".to_owned());
        let wish = Wish { name: "immunity_period".to_owned(), value: Value::Uint(9_000) };
        let plan = Plan::build(&world, &[wish], "test", &Terms::default());
        let Drift { pending, blocked, unclear } = plan.drift(&world);
        assert_eq!((pending.len(), blocked.len(), unclear.len()), (0, 0, 1), "{:?}", plan.items);
    }

    #[test]
    fn drift_is_what_would_be_sent_now_or_later() {
        let mut world = world();
        world.guards.last_change.insert("max_burn".to_owned(), 1_090);
        let (pending, blocked) = drift(&world);
        assert_eq!(pending, ["immunity_period", "max_burn"]);
        assert_eq!(blocked, ["a_name_of_tomorrow", "min_burn", "weights_rate_limit"]);
        // A hold on the whole account ends: there is drift all the same.
        for hold in [
            |world: &mut Snapshot| world.guards.safe_mode_until = Known::Is(2_000),
            |world: &mut Snapshot| world.guards.swap = Known::Is(Swap { disputed: false }),
            |world: &mut Snapshot| world.guards.swap = Known::Is(Swap { disputed: true }),
        ] {
            let mut held = world.clone();
            hold(&mut held);
            let (pending, blocked) = drift(&held);
            assert!(pending.contains(&"immunity_period".to_owned()), "{pending:?}");
            assert_eq!(blocked, ["a_name_of_tomorrow", "weights_rate_limit"]);
        }
    }

    fn call(name: &str, value: u32) -> Call {
        Call {
            pallet: "AdminUtils".to_owned(),
            call: format!("sudo_set_{name}"),
            netuid: 46,
            args: vec![Arg { name: name.to_owned(), value: Value::Uint(value.into()) }],
            sets: vec![name.to_owned()],
        }
    }

    fn plan(calls: &[Call]) -> Plan {
        Plan { calls: calls.to_vec(), ..Plan::build(&world(), &[], "test", &Terms::default()) }
    }

    #[test]
    fn what_would_be_sent_otherwise_is_named() {
        let (rho, tempo) = (call("rho", 20), call("tempo", 400));
        let both = plan(&[rho.clone(), tempo.clone()]);
        assert_eq!(both.sent_otherwise(&both), Vec::<String>::new());
        let (rho_words, tempo_words) = (
            "AdminUtils.sudo_set_rho(netuid = 46, rho = 20)",
            "AdminUtils.sudo_set_tempo(netuid = 46, tempo = 400)",
        );
        for (calls, said) in [
            (vec![rho.clone()], format!("the call {tempo_words} is gone")),
            (vec![tempo.clone(), rho.clone()], "the order of the calls: AdminUtils.sudo_set_rho, \
              AdminUtils.sudo_set_tempo then, AdminUtils.sudo_set_tempo, AdminUtils.sudo_set_rho now"
                .to_owned()),
            (
                vec![rho.clone(), call("tempo", 401)],
                format!("{tempo_words} then, AdminUtils.sudo_set_tempo(netuid = 46, tempo = 401) now"),
            ),
            (vec![Call { netuid: 13, ..rho.clone() }, tempo.clone()], format!("{rho_words} then, {} now", rho_words.replace("46", "13"))),
            (vec![rho.clone(), tempo.clone(), rho.clone()], format!("the call {rho_words} is new")),
        ] {
            assert_eq!(both.sent_otherwise(&plan(&calls)), [said]);
        }
        let real_pays = |real_pays| {
            Origin::Proxy(Proxy {
                real: "real".to_owned(),
                proxy_type: "Any".to_owned(),
                apart: false,
                real_pays,
            })
        };
        let by = |origin: Origin| Plan { origin, ..both.clone() };
        let [signer, account, unknown] = [Some(false), Some(true), None].map(real_pays);
        assert_eq!(by(account.clone()).sent_otherwise(&by(account.clone())), Vec::<String>::new());
        for (then, now) in [
            (Origin::Direct, signer.clone()),
            (signer.clone(), Origin::Direct),
            (signer.clone(), account),
            (signer, unknown),
        ] {
            assert_eq!(by(then).sent_otherwise(&by(now)).len(), 1);
        }
    }
}
