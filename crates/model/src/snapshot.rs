//! What the chain says about one subnet at one block.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use crate::hash::Hash32;
use crate::network;
use crate::value::Value;

/// Version of the snapshot format.
pub const FORMAT_VERSION: u32 = 1;

/// All hyperparameters of a subnet, read at one block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Version of this format.
    pub format_version: u32,
    /// Always `snapshot`.
    pub kind: SnapshotKind,
    /// Which chain.
    pub chain: ChainId,
    /// Which block.
    pub block: Block,
    /// Which subnet.
    pub netuid: u16,
    /// SS58 address of the owner's coldkey.
    pub owner: String,
    /// Every value by canonical name, exact, in raw units.
    pub hyperparameters: BTreeMap<String, Value>,
    /// Names that nobody has ever set: their value is the chain's default.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<String>,
    /// What the chain reports and this version of the tool does not know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, Value>,
    /// What could not be read, by name, and why: the snapshot is not complete without it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: BTreeMap<String, String>,
    /// What decides whether a change is allowed; not saved.
    #[serde(skip)]
    pub guards: Guards,
}

impl Snapshot {
    /// The value of a hyperparameter, known to the catalog or not. [`Known::Unset`]: the chain has no
    /// such thing.
    #[must_use]
    pub fn known(&self, name: &str) -> Known<&Value> {
        if let Some(why) = self.unreadable.get(name) {
            return Known::Unreadable(why.clone());
        }
        match self.hyperparameters.get(name).or_else(|| self.unknown.get(name)) {
            Some(value) => Known::Is(value),
            None if matches!(self.guards.setters.get(name), Some(SetterState::Call { .. })) => {
                Known::Unreadable("it is not among the values that were read".to_owned())
            }
            None => Known::Unset,
        }
    }
}

/// What is known of something on the chain. There is no default: what cannot be read is neither none
/// nor zero, and whoever depends on it cannot tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<T> {
    /// It is this.
    Is(T),
    /// The chain has none.
    Unset,
    /// It could not be read, and why.
    Unreadable(String),
}

impl<T> Known<T> {
    /// What it is, where that is known: for outputs that can do without it. Whatever decides looks at
    /// all three states.
    #[must_use]
    pub const fn is(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Unset | Self::Unreadable(_) => None,
        }
    }

    /// Why it could not be read, if so.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Unreadable(why) => Some(why),
            Self::Is(_) | Self::Unset => None,
        }
    }

    /// The same of a reference.
    #[must_use]
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Self::Is(value) => Known::Is(value),
            Self::Unset => Known::Unset,
            Self::Unreadable(why) => Known::Unreadable(why.clone()),
        }
    }

    /// The same of something that depends on it.
    #[must_use]
    pub fn and_then<U>(self, then: impl FnOnce(T) -> Known<U>) -> Known<U> {
        match self {
            Self::Is(value) => then(value),
            Self::Unset => Known::Unset,
            Self::Unreadable(why) => Known::Unreadable(why),
        }
    }
}

/// The constant `snapshot` in a saved file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotKind {
    /// A snapshot.
    Snapshot,
}

/// Which chain, and which runtime it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainId {
    /// `finney`, `test`, or `local` for any other.
    pub network: String,
    /// Hash of the genesis block.
    pub genesis_hash: Hash32,
    /// Runtime version.
    pub spec_version: u32,
}

impl ChainId {
    /// The chain with this genesis hash, which names its network.
    #[must_use]
    pub fn new(genesis_hash: Hash32, spec_version: u32) -> Self {
        let network = network::name_of(&genesis_hash).to_owned();
        Self { network, genesis_hash, spec_version }
    }
}

impl<'de> Deserialize<'de> for ChainId {
    /// The genesis hash alone counts: a file may call its network what it likes.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "ChainId", deny_unknown_fields)]
        struct Written {
            #[serde(rename = "network")]
            _network: String,
            genesis_hash: Hash32,
            spec_version: u32,
        }
        let Written { _network, genesis_hash, spec_version } = Written::deserialize(deserializer)?;
        Ok(Self::new(genesis_hash, spec_version))
    }
}

/// Which block, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: Hash32,
    /// Time of the block in UTC, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// What decides whether and when a change is allowed, read at the same block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guards {
    /// Time of the block, milliseconds since 1970.
    pub time_ms: Known<u64>,
    /// Number of neurons on the subnet.
    pub neurons: Known<u64>,
    /// Network-wide storage values of SubtensorModule that could be read, by item name.
    pub globals: BTreeMap<String, u128>,
    /// Constants of SubtensorModule and Swap that could be read, by name.
    pub constants: BTreeMap<String, u128>,
    /// The epoch schedule.
    pub schedule: Schedule,
    /// Block of the last change by an owner, by hyperparameter name.
    pub last_change: BTreeMap<String, u64>,
    /// How the connected chain sets each hyperparameter, by name.
    pub setters: BTreeMap<String, SetterState>,
    /// Storage items of SubtensorModule that the schedule needs and that were not read: this chain
    /// does not have them, or not in a form that is known.
    pub missing: BTreeSet<String>,
    /// Whether the owner is the account of a lease, and who may act for it (SS58).
    pub lease: Known<Lease>,
    /// The coldkey swap that is announced for the owner.
    pub swap: Known<Swap>,
    /// Block up to which safe mode stops all calls but a few.
    pub safe_mode_until: Known<u64>,
    /// Block in which the subnet was registered.
    pub registered: Known<u64>,
    /// Timelocked weights that wait to be revealed: the chain refuses to switch the consensus.
    pub commits: Known<Commits>,
    /// What `max_validators` will be once Null consensus ends.
    pub saved_validators: Known<u64>,
    /// The highest conviction on the subnet, read once it could decide who owns it.
    pub conviction: Known<Conviction>,
    /// Defaults of the storage, by hyperparameter name.
    pub defaults: BTreeMap<String, Value>,
    /// Number of miners that got anything in the last epoch, where the chain tells.
    pub rewarded: Option<u64>,
    /// On a runtime newer than the catalog: what is different there, by the hyperparameter that it
    /// concerns.
    pub unforeseen: BTreeMap<String, BTreeSet<String>>,
}

/// Storage items of SubtensorModule that the schedule is read from.
pub const SCHEDULE_ITEMS: &[&str] = &[
    "Tempo",
    "AdminFreezeWindow",
    "LastEpochBlock",
    "PendingEpochAt",
    "BlocksSinceLastStep",
    "OwnerHyperparamRateLimit",
    "WeightsVersionKeyRateLimit",
];

/// Why something is not known that nobody has asked for: for a rule as good as unreadable, and no
/// fault of the chain.
pub const NOT_READ: &str = "it was not read";

/// What a snapshot file holds of this: nothing was read.
impl Default for Guards {
    fn default() -> Self {
        fn unread<T>() -> Known<T> {
            Known::Unreadable(NOT_READ.to_owned())
        }
        Self {
            time_ms: unread(),
            neurons: unread(),
            lease: unread(),
            swap: unread(),
            safe_mode_until: unread(),
            registered: unread(),
            conviction: unread(),
            commits: unread(),
            saved_validators: unread(),
            missing: SCHEDULE_ITEMS.iter().map(|item| (*item).to_owned()).collect(),
            ..Self::none()
        }
    }
}

impl Guards {
    /// The guards of a chain that has nothing of all this, and where nothing stands against a change.
    #[must_use]
    pub fn none() -> Self {
        Self {
            time_ms: Known::Unset,
            neurons: Known::Unset,
            globals: BTreeMap::new(),
            constants: BTreeMap::new(),
            schedule: Schedule::default(),
            last_change: BTreeMap::new(),
            setters: BTreeMap::new(),
            missing: BTreeSet::new(),
            lease: Known::Unset,
            swap: Known::Unset,
            safe_mode_until: Known::Unset,
            registered: Known::Unset,
            conviction: Known::Unset,
            commits: Known::Unset,
            saved_validators: Known::Unset,
            defaults: BTreeMap::new(),
            rewarded: None,
            unforeseen: BTreeMap::new(),
        }
    }

    /// What of this could not be read, by what it is about, and why.
    pub fn unreadable(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("the time of the block", self.time_ms.why()),
            ("the number of neurons", self.neurons.why()),
            ("whether the subnet is leased", self.lease.why()),
            ("whether a coldkey swap of the owner is announced", self.swap.why()),
            ("whether the chain is in safe mode", self.safe_mode_until.why()),
            ("when the subnet was registered", self.registered.why()),
            ("how high the conviction on the subnet is", self.conviction.why()),
            ("whether timelocked weights wait to be revealed", self.commits.why()),
        ]
        .into_iter()
        .filter_map(|(what, why)| Some((what, why?)))
        .filter(|(_, why)| *why != NOT_READ)
    }
}

/// A subnet that belongs to the account of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Number of the lease.
    pub id: u64,
    /// SS58 address that may act for it, as far as its proxy type permits.
    pub beneficiary: Option<String>,
}

/// Timelocked weights that wait to be revealed, by mechanism; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commits(pub BTreeMap<u8, u64>);

impl Commits {
    /// How many, and under which mechanism.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self(by_mechanism) = self;
        let parts: Vec<_> = by_mechanism
            .iter()
            .map(|(mechanism, count)| format!("{count} under mechanism {mechanism}"))
            .collect();
        parts.join(", ")
    }
}

/// The hotkey with the highest conviction on a subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conviction {
    /// SS58 address of the hotkey.
    pub hotkey: String,
    /// SS58 address of its coldkey, to which the subnet would pass.
    pub coldkey: String,
    /// Its own conviction: alpha rao with 64 fractional bits.
    pub own: u128,
    /// The alpha it is measured by, alpha rao: from runtime 447 what is out, without what belongs to
    /// the protocol or is burned; before, all that is out.
    pub eligible: u64,
}

impl Conviction {
    /// Whether its own conviction is more than so many percent of the eligible alpha, to the last bit.
    #[must_use]
    pub fn is_above(&self, percent: u64) -> bool {
        // own × 100 in parts that fit: the whole alpha rao, and what is carried from the fraction.
        let whole = (self.own >> 64).saturating_mul(100);
        let fraction = (self.own & u128::from(u64::MAX)).saturating_mul(100);
        let own = whole.saturating_add(fraction >> 64);
        let enough = u128::from(self.eligible).saturating_mul(percent.into());
        own > enough || (own == enough && fraction & u128::from(u64::MAX) > 0)
    }

    /// Its own conviction in hundredths of a percent of the eligible alpha, rounded down; `None` where
    /// no alpha is eligible.
    #[must_use]
    pub fn hundredths(&self) -> Option<u128> {
        (self.own >> 64).saturating_mul(10_000).checked_div(self.eligible.into())
    }
}

/// A coldkey swap that stops everything else of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Whether it is disputed.
    pub disputed: bool,
}

/// The epoch schedule and the freeze window of a subnet.
///
/// Zeros stand for what could not be read: [`Guards::missing`] has the names, and
/// [`crate::schedule`] answers nothing before it has looked there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Blocks in an epoch.
    pub tempo: u64,
    /// Blocks before an epoch in which owners may not change anything.
    pub freeze_window: u64,
    /// From runtime 423: the anchor of the schedule. `None`: the older formula.
    pub anchor: Option<Anchor>,
    /// Tempos between two changes of one hyperparameter.
    pub owner_limit_tempos: u64,
    /// Tempos between two changes of the weights version.
    pub version_key_tempos: u64,
}

/// The stateful epoch schedule of runtime 423 and later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Block after which all this holds.
    pub block: u64,
    /// Block of the last epoch.
    pub last_epoch: u64,
    /// Block for which an epoch was asked for, or to which one was put off; else 0.
    pub pending: u64,
    /// Blocks since an epoch last succeeded; `None` on a chain that does not count them.
    pub idle: Option<u64>,
}

/// How the connected chain sets a hyperparameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetterState {
    /// By this call.
    Call {
        /// Pallet name.
        pallet: String,
        /// Call name.
        call: String,
        /// Names of the arguments after the netuid.
        args: Vec<String>,
        /// `owner`, `root`, `nobody`, or `unknown` for a call that the catalog does not know.
        who: &'static str,
    },
    /// Not at all.
    Missing,
    /// By a call whose arguments are not the known ones.
    Changed {
        /// Pallet and call.
        call: String,
        /// What differs.
        what: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_called_what_its_genesis_hash_says() {
        let of = |hash: Hash32| {
            let json = serde_json::json!({
                "network": "../../x\u{1b}[2J", "genesis_hash": hash, "spec_version": 425
            });
            serde_json::from_value::<ChainId>(json).unwrap()
        };
        let other = Hash32::new([0x11; 32]);
        for (hash, name) in [(network::FINNEY, "finney"), (network::TEST, "test"), (other, "local")]
        {
            assert_eq!(of(hash), ChainId::new(hash, 425));
            assert_eq!(of(hash).network, name);
        }
        let bad = serde_json::json!({
            "network": "local", "genesis_hash": "../../x", "spec_version": 425
        });
        assert!(serde_json::from_value::<ChainId>(bad).is_err());
    }
}
