//! The change, as data: the wanted values, what becomes of each, the calls to send in order.
//!
//! [`crate::planner`] makes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog;
use crate::finding::{Finding, UNKNOWN_RULE};
use crate::origin::Origin;
use crate::simulation::{Confirmation, Judgement};
use crate::snapshot::{Block, ChainId, Snapshot};
use crate::value::{Unit, Value};

pub use crate::call::{Arg, Call};

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
    #[serde(
        default,
        rename = "signing_mode",
        alias = "signing_mode",
        skip_serializing_if = "Origin::is_direct"
    )]
    pub origin: Origin,
    /// Estimated fee in rao, when the chain was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_rao: Option<u64>,
    /// What is legal and worth a look before signing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What the chain's own code says of the calls, when it was asked; not saved, since it is about
    /// one block.
    #[serde(skip)]
    pub judgement: Option<Judgement>,
    /// What matters most of the epochs to come with these changes, when it was asked for; not saved either.
    #[serde(skip)]
    pub forecast: Vec<String>,
    /// The hyperparameters whose change the chain's own code refuses; not saved either.
    #[serde(skip)]
    pub code_refuses: BTreeSet<String>,
    /// What the chain's own code says of the blocks for which changes have to wait, by the names of
    /// hyperparameters; `None` for what it cannot be asked by itself. Not saved either.
    #[serde(skip)]
    pub confirmed: BTreeMap<String, Option<Confirmation>>,
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
    /// Whether it can be applied.
    #[serde(alias = "verdict")]
    pub status: Status,
    /// Why it would be without effect, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inert: Option<String>,
}

/// A value that is written down, if only as none, is known.
fn known<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}

/// Whether a change can be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Status {
    /// In the next block.
    #[serde(alias = "now")]
    Ready,
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
    #[serde(alias = "never")]
    NotPermitted {
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
    #[serde(alias = "unclear")]
    Unknown {
        /// What is not known.
        reason: String,
    },
    /// It already has this value.
    #[serde(alias = "same")]
    Unchanged,
}

impl Item {
    /// The unit of the value, as far as the catalog knows it.
    #[must_use]
    pub fn unit(&self) -> Unit {
        catalog::find(&self.name).map_or(Unit::Count, |row| row.unit)
    }
}

impl Status {
    /// Whether the change is wanted and cannot go now.
    #[must_use]
    pub const fn is_blocked(&self) -> bool {
        !matches!(self, Self::Ready | Self::Unchanged)
    }

    /// Why it cannot go, if it cannot.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Later { reason, .. }
            | Self::NotPermitted { reason, .. }
            | Self::Invalid { reason, .. }
            | Self::Unknown { reason } => Some(reason),
            Self::Ready | Self::Unchanged => None,
        }
    }
}

impl Plan {
    /// The items that the calls change.
    pub fn changes(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| matches!(item.status, Status::Ready))
    }

    /// The items that are wanted and cannot go.
    pub fn blocked(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.status.is_blocked())
    }

    /// Whether something goes that no rule decides: then the plan was made to let it.
    #[must_use]
    pub fn lets_unknown_go(&self) -> bool {
        self.findings.iter().any(|finding| finding.code == UNKNOWN_RULE)
    }

    /// The wishes of this plan again, for planning anew on a later block.
    #[must_use]
    pub fn wishes(&self) -> Vec<Wish> {
        self.items
            .iter()
            .map(|item| Wish { name: item.name.clone(), value: item.to.clone() })
            .collect()
    }

    /// The wishes of this plan without what it has blocked.
    #[must_use]
    pub fn going(&self) -> Vec<Wish> {
        self.items
            .iter()
            .filter(|item| !item.status.is_blocked())
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
            origin,
            fee_rao: _,
            findings: _,
            judgement: _,
            forecast: _,
            code_refuses: _,
            confirmed: _,
        } = self;
        let mut text = format!(
            "{}|{}|{}|{}|{netuid}|{owner}|{source}",
            chain.network, chain.genesis_hash, chain.spec_version, base.hash
        );
        for Item { name, from, to, status: _, inert: _ } in items {
            text.push_str(&format!("|{name}:{from:?}:{to:?}"));
        }
        for Call { pallet, call, netuid, args, sets } in calls {
            text.push_str(&format!("|{pallet}.{call}({netuid}, {args:?}) {sets:?}"));
        }
        if !origin.is_direct() {
            text.push_str(&format!("|{origin:?}"));
        }
        format!("0x{}", hex::encode(sp_crypto_hashing::blake2_256(text.as_bytes())))
    }

    /// What `again`, the same wishes planned once more, would send otherwise than this plan: calls
    /// that are new, gone or changed, another order of them, another signing mode. Empty when it is the same.
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
        other.extend(self.origin.otherwise(&again.origin));
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
            .filter_map(|item| Some(format!("{} ({})", item.name, item.status.reason()?)))
            .collect();
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join(", ")) };
        changed.push(format!("the call {call} is gone{why}"));
    }
    changed.extend(new.into_iter().map(|call| format!("the call {call} is new")));
    changed
}
