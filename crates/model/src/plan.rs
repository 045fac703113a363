//! The change: from what is and what is wanted to the calls to send, in order.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalog::{self, Effect, Hyperparameter};
use crate::intent::{self, Intent};
use crate::lint::{self, Finding};
use crate::road::{self, Filter, Road};
use crate::rules;
use crate::snapshot::{Block, ChainId, SetterState, Snapshot};
use crate::stage;
use crate::value::{Unit, Value, human};

/// Version of the plan format.
pub const FORMAT_VERSION: u32 = 1;

/// One wanted value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Canonical name.
    pub name: String,
    /// Wanted value, raw.
    pub value: Value,
}

/// What would be changed, what it was made from, and what cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this format.
    pub format_version: u32,
    /// Always `plan`.
    pub kind: PlanKind,
    /// The chain it was made on.
    pub chain: ChainId,
    /// The block it was made at.
    pub base: Block,
    /// The subnet.
    pub netuid: u16,
    /// SS58 address of the owner it was made for.
    pub owner: String,
    /// Where the wanted values came from.
    pub source: String,
    /// Every wanted value, in the order of the catalog.
    pub items: Vec<Item>,
    /// The calls to send, in order.
    pub calls: Vec<Call>,
    /// How the signature reaches the owner.
    #[serde(default, skip_serializing_if = "Road::is_direct")]
    pub road: Road,
    /// Estimated fee in rao, when the chain was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_rao: Option<u64>,
    /// What is legal and worth a look before signing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// The constant `plan` in a saved file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// A plan.
    Plan,
}

/// One wanted value and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Canonical name.
    pub name: String,
    /// Value at the base block; `None` where it is not known, and then nothing is sent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known")]
    pub from: Option<Value>,
    /// Wanted value.
    pub to: Value,
    /// Whether it can go.
    pub verdict: Verdict,
    /// Why it would be without effect, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inert: Option<String>,
}

/// A value that is written down, if only as none, is known.
fn known<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}

/// Whether a change can go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Verdict {
    /// In the next block.
    Now,
    /// Not before a block.
    Later {
        /// First block at which the chain accepts it.
        block: u64,
        /// What it waits for.
        reason: String,
        /// The chain's error in the block of the terms.
        error: String,
    },
    /// Not by the owner, or not on this chain.
    Never {
        /// Why.
        reason: String,
        /// The chain's error, where it would be asked at all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// The value breaks a rule.
    Invalid {
        /// Which rule.
        reason: String,
        /// The chain's error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// No rule that is known decides it: the chain will.
    Unclear {
        /// What is not known.
        reason: String,
    },
    /// It already has this value.
    Same,
}

/// One call of the chain, with the values it sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Pallet name.
    pub pallet: String,
    /// Call name.
    pub call: String,
    /// Subnet, the first argument of every setter.
    pub netuid: u16,
    /// Arguments after the netuid.
    pub args: Vec<Arg>,
    /// Names of the hyperparameters that it changes.
    pub sets: Vec<String>,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arg {
    /// Argument name on the chain.
    pub name: String,
    /// Raw value.
    pub value: Value,
}

impl Call {
    /// `Pallet.call`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.pallet, self.call)
    }

    /// What the chain gets of it: all but the names that it is planned for.
    fn sent(&self) -> (&str, &str, u16, &[Arg]) {
        let Self { pallet, call, netuid, args, sets: _ } = self;
        (pallet, call, *netuid, args)
    }
}

/// `Pallet.call(netuid = 46, argument = value)`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}(netuid = {}", self.pallet, self.call, self.netuid)?;
        for Arg { name, value } in &self.args {
            write!(f, ", {name} = {value}")?;
        }
        f.write_str(")")
    }
}

impl Item {
    /// The unit of the value, as far as the catalog knows it.
    #[must_use]
    pub fn unit(&self) -> Unit {
        catalog::find(&self.name).map_or(Unit::Count, |row| row.unit)
    }
}

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

impl Verdict {
    /// Whether the change is wanted and cannot go now.
    #[must_use]
    pub const fn is_blocked(&self) -> bool {
        !matches!(self, Self::Now | Self::Same)
    }

    /// Why it cannot go, if it cannot.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Later { reason, .. }
            | Self::Never { reason, .. }
            | Self::Invalid { reason, .. }
            | Self::Unclear { reason } => Some(reason),
            Self::Now | Self::Same => None,
        }
    }
}

/// How a plan is made.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Leave out what is without effect on the chain.
    pub skip_inert: bool,
    /// Let what no rule decides go: the chain will say.
    pub allow_unknown: bool,
    /// Block in which the calls are to run; `None` is the block after the snapshot.
    pub at: Option<u64>,
    /// SS58 address that will sign; `None` is the owner, or who signs for the owner.
    pub signer: Option<String>,
    /// What the lint of intent goes by.
    pub intent: Intent,
    /// How the signature reaches the owner.
    pub road: Road,
    /// What the type of the proxy permits.
    pub permits: Filter,
}

impl Terms {
    /// The block in which the calls are to run.
    #[must_use]
    pub fn block(&self, snapshot: &Snapshot) -> u64 {
        let next = snapshot.block.number.saturating_add(1);
        self.at.map_or(next, |at| at.max(next))
    }
}

impl Plan {
    /// Plans the way from `snapshot` to the wishes. Pure: the same input gives the
    /// same plan. `Now` means the block of the terms.
    #[must_use]
    pub fn build(snapshot: &Snapshot, wishes: &[Wish], source: &str, terms: &Terms) -> Self {
        let mut wishes: Vec<&Wish> = wishes.iter().collect();
        wishes.sort_by_key(|wish| position(&wish.name));
        let mut unclear = Vec::new();
        let mut items: Vec<Item> = wishes
            .iter()
            .map(|wish| {
                let row = catalog::find(&wish.name);
                let from = snapshot.known(&wish.name).is().map(|value| (*value).clone());
                let mut verdict = rules::judge(row, &wish.name, &wish.value, snapshot, terms);
                // Nobody can allow what could not be taken back.
                let allowed =
                    terms.allow_unknown && rules::irreversible(&wish.name, snapshot).is_none();
                if let (Verdict::Unclear { reason }, true) = (&verdict, allowed) {
                    unclear.push(lint::unclear(&wish.name, reason));
                    verdict = Verdict::Now;
                }
                let inert = row.and_then(|row| rules::without_effect(row, &wish.value, snapshot));
                Item { name: wish.name.clone(), from, to: wish.value.clone(), verdict, inert }
            })
            .collect();
        rules::resend_erased_split(&mut items);
        rules::mark_inert_in_null(&mut items, snapshot);
        if terms.skip_inert {
            items.retain(|item| item.inert.is_none() || matches!(item.verdict, Verdict::Same));
        }
        let calls = rules::order(&mut items, snapshot);
        unclear.retain(|finding| {
            items.iter().any(|item| finding.name == item.name && item.verdict == Verdict::Now)
        });
        let mut findings = unclear;
        findings.extend(lint::findings(&items, snapshot, terms));
        findings.extend(intent::findings(&items, snapshot, terms));
        findings.extend(road::findings(&calls, snapshot, terms));
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
            road: terms.road.clone(),
            fee_rao: None,
            findings,
        }
    }

    /// The items that the calls change.
    pub fn changes(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| matches!(item.verdict, Verdict::Now))
    }

    /// The items that are wanted and cannot go.
    pub fn blocked(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.verdict.is_blocked())
    }

    /// What would be sent, now or later, what is blocked for good, and what could not be told. A
    /// hold on the whole account ends one day, so what it holds up is pending.
    #[must_use]
    pub fn drift(&self, snapshot: &Snapshot) -> Drift<'_> {
        let mut drift = Drift::default();
        for item in &self.items {
            match &item.verdict {
                Verdict::Now | Verdict::Later { .. } => drift.pending.push(item),
                Verdict::Never { error: Some(error), .. } if rules::holds_all(error, snapshot) => {
                    drift.pending.push(item);
                }
                // No rule is known for it, and reading once more brings none.
                Verdict::Unclear { .. }
                    if item.from.is_some() && catalog::find(&item.name).is_none() =>
                {
                    drift.blocked.push(item);
                }
                Verdict::Unclear { .. } => drift.unclear.push(item),
                Verdict::Never { .. } | Verdict::Invalid { .. } => drift.blocked.push(item),
                Verdict::Same => {}
            }
        }
        drift
    }

    /// The same plan without what is blocked: the calls are the same, and what is left out is not
    /// asked for again.
    #[must_use]
    pub fn without_blocked(&self, snapshot: &Snapshot, terms: &Terms) -> Self {
        let going = stage::going(self);
        Self { fee_rao: self.fee_rao, ..Self::build(snapshot, &going, &self.source, terms) }
    }

    /// Whether something goes that no rule decides: then the plan was made to let it.
    #[must_use]
    pub fn lets_unknown_go(&self) -> bool {
        self.findings.iter().any(|finding| finding.code == lint::UNKNOWN_RULE)
    }

    /// The wishes of this plan again, for planning anew on a later block.
    #[must_use]
    pub fn wishes(&self) -> Vec<Wish> {
        self.items
            .iter()
            .map(|item| Wish { name: item.name.clone(), value: item.to.clone() })
            .collect()
    }

    /// A digest of all that the plan would do and of what it was made from.
    #[must_use]
    pub fn digest(&self) -> String {
        let Self {
            format_version: _,
            kind: _,
            chain,
            base,
            netuid,
            owner,
            source,
            items,
            calls,
            road,
            fee_rao: _,
            findings: _,
        } = self;
        let mut text = format!(
            "{}|{}|{}|{}|{netuid}|{owner}|{source}",
            chain.network, chain.genesis_hash, chain.spec_version, base.hash
        );
        for Item { name, from, to, verdict: _, inert: _ } in items {
            text.push_str(&format!("|{name}:{from:?}:{to:?}"));
        }
        for Call { pallet, call, netuid, args, sets } in calls {
            text.push_str(&format!("|{pallet}.{call}({netuid}, {args:?}) {sets:?}"));
        }
        if !road.is_direct() {
            text.push_str(&format!("|{road:?}"));
        }
        format!("0x{}", hex::encode(sp_crypto_hashing::blake2_256(text.as_bytes())))
    }

    /// What `again`, the same wishes planned once more, would send otherwise than this plan: calls
    /// that are new, gone or changed, another order of them, another road. Empty when it is the same.
    #[must_use]
    pub fn sent_otherwise(&self, again: &Self) -> Vec<String> {
        let mut other = changed_calls(&self.calls, &again.calls, &again.items);
        let order = |calls: &[Call]| calls.iter().map(Call::name).collect::<Vec<_>>().join(", ");
        if other.is_empty()
            && !self.calls.iter().map(Call::sent).eq(again.calls.iter().map(Call::sent))
        {
            let (then, now) = (order(&self.calls), order(&again.calls));
            other.push(format!("the order of the calls: {then} then, {now} now"));
        }
        other.extend(self.road.otherwise(&again.road));
        other
    }

    /// What moved between the plan and `now`; empty when the plan still holds.
    #[must_use]
    pub fn moved(&self, now: &Snapshot) -> Vec<String> {
        let mut moved = Vec::new();
        if self.chain.genesis_hash != now.chain.genesis_hash {
            moved.push(format!(
                "the chain: the plan was made on {} ({}), this is {} ({})",
                self.chain.network,
                self.chain.genesis_hash.short(),
                now.chain.network,
                now.chain.genesis_hash.short()
            ));
        }
        if self.chain.spec_version != now.chain.spec_version {
            moved.push(format!(
                "the runtime: {} then, {} now",
                self.chain.spec_version, now.chain.spec_version
            ));
        }
        if self.owner != now.owner {
            moved.push(format!("the owner: {} then, {} now", self.owner, now.owner));
        }
        for item in &self.items {
            let is = now.known(&item.name);
            if is.is().copied() != item.from.as_ref() {
                let word = |value: Option<&Value>| {
                    value.map_or_else(|| "not known".to_owned(), ToString::to_string)
                };
                let (then, is) = (word(item.from.as_ref()), word(is.is().copied()));
                moved.push(format!("{}: {then} then, {is} now", item.name));
            }
        }
        moved
    }
}

/// The calls that are new, gone or changed from one list to another, whatever their order; why one
/// is gone is told by the `items` of the second.
#[must_use]
pub fn changed_calls(then: &[Call], now: &[Call], items: &[Item]) -> Vec<String> {
    let mut new: Vec<&Call> = now.iter().collect();
    let mut gone: Vec<&Call> = Vec::new();
    for call in then {
        match new.iter().position(|other| other.sent() == call.sent()) {
            Some(index) => {
                new.remove(index);
            }
            None => gone.push(call),
        }
    }
    let mut changed = Vec::new();
    for call in gone {
        let same = |other: &&Call| (&other.pallet, &other.call) == (&call.pallet, &call.call);
        if let Some(index) = new.iter().position(same) {
            changed.push(format!("{call} then, {} now", new.remove(index)));
            continue;
        }
        let why: Vec<_> = items
            .iter()
            .filter(|item| call.sets.contains(&item.name))
            .filter_map(|item| Some(format!("{} ({})", item.name, item.verdict.reason()?)))
            .collect();
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join(", ")) };
        changed.push(format!("the call {call} is gone{why}"));
    }
    changed.extend(new.into_iter().map(|call| format!("the call {call} is new")));
    changed
}

/// The place of a name in the catalog; unknown names come last.
fn position(name: &str) -> usize {
    catalog::ALL.iter().position(|row| row.name == name).unwrap_or(usize::MAX)
}

/// A value with its meaning: `7200 (1d)`.
#[must_use]
pub fn spoken(value: &Value, unit: Unit) -> String {
    let words = if unit == Unit::Account { String::new() } else { human(value, unit) };
    if words.is_empty() { value.to_string() } else { format!("{value} ({words})") }
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

/// Whether a row is live, in words, for `show` and `explain`.
#[must_use]
pub fn effect_in_words(row: &Hyperparameter, snapshot: &Snapshot) -> String {
    match (row.effect.inert_at(snapshot.chain.spec_version), row.effect) {
        (Some((why, _)), _) => format!("none: {why}"),
        (None, _) if rules::is_inert(row, snapshot) => format!("none: {}", rules::NOT_IN_NULL),
        (None, Effect::When(when, _)) => format!("while {when}"),
        (None, Effect::Live | Effect::Inert { .. }) => "live".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::road::Proxy;
    use crate::rules::tests::world;
    use crate::snapshot::{Known, Swap};

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
            Road::Proxy(Proxy {
                real: "real".to_owned(),
                proxy_type: "Any".to_owned(),
                apart: false,
                real_pays,
            })
        };
        let by = |road: Road| Plan { road, ..both.clone() };
        let [signer, account, unknown] = [Some(false), Some(true), None].map(real_pays);
        assert_eq!(by(account.clone()).sent_otherwise(&by(account.clone())), Vec::<String>::new());
        for (then, now) in [
            (Road::Direct, signer.clone()),
            (signer.clone(), Road::Direct),
            (signer.clone(), account),
            (signer, unknown),
        ] {
            assert_eq!(by(then).sent_otherwise(&by(now)).len(), 1);
        }
    }
}
