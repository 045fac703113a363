//! Several subnets as one: what is wanted of each, and the plans for all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::planner::Drift;
use crate::snapshot::{ChainId, Snapshot};

/// Version of the format of saved plans of a fleet.
pub const FORMAT_VERSION: u32 = 1;

/// What a file of a fleet says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fleet {
    /// The network: a name or the URL of a node.
    pub network: Option<String>,
    /// The subnets by netuid.
    pub subnets: BTreeMap<u16, FleetMember>,
}

/// What is wanted of one subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FleetMember {
    /// Name of a built-in profile, or a file, relative to the fleet's own.
    pub profile: String,
    /// Name of built-in goals, or a file, relative to the fleet's own.
    pub goals: Option<String>,
    /// SS58 address of the coldkey that must own the subnet.
    pub owner: Option<String>,
    /// Who signs.
    pub sign: Signing,
}

/// Who signs for a subnet. No field takes a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signing {
    /// Name of the wallet.
    pub wallet: Option<String>,
    /// Directory of the wallets.
    pub wallet_path: Option<String>,
    /// File or file descriptor with the password of the wallet.
    pub password_file: Option<String>,
    /// File with a mnemonic, seed or secret URI.
    pub suri_file: Option<String>,
    /// A development key, for a local chain.
    pub dev_key: Option<String>,
    /// SS58 address of the key that signs, for a plan on a machine without the wallet.
    pub signer: Option<String>,
    /// SS58 address of the account that the key is a proxy of.
    pub proxy_for: Option<String>,
    /// SS58 addresses of all signatories of a multisig.
    pub multisig: Vec<String>,
    /// How many of them have to approve.
    pub threshold: Option<u16>,
}

impl Signing {
    /// Whether it names a key.
    #[must_use]
    pub const fn names_a_key(&self) -> bool {
        let Self { wallet, suri_file, dev_key, .. } = self;
        wallet.is_some() || suri_file.is_some() || dev_key.is_some()
    }
}

/// How a subnet of a fleet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FleetState {
    /// As wanted.
    Same,
    /// Something would be sent, now or later, or nobody can tell.
    Drift,
    /// Something that is wanted is blocked for good.
    Blocked,
    /// It cannot be told: its file or the chain cannot be read, or its owner is another one.
    Error,
}

impl FleetState {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Same, Self::Drift, Self::Blocked, Self::Error];

    /// The state that a plan shows.
    #[must_use]
    pub fn of(plan: &Plan, snapshot: &Snapshot) -> Self {
        let Drift { pending, blocked, unclear } = plan.drift(snapshot);
        match (blocked.is_empty(), pending.is_empty() && unclear.is_empty()) {
            (false, _) => Self::Blocked,
            (true, false) => Self::Drift,
            (true, true) => Self::Same,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Drift => "drift",
            Self::Blocked => "blocked",
            Self::Error => "error",
        }
    }
}

/// The plans for several subnets, saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetPlan {
    /// Version of this format.
    pub format_version: u32,
    /// Always `fleet_plan`.
    pub kind: FleetPlanKind,
    /// The chain they were made on.
    pub chain: ChainId,
    /// One plan for each subnet that has something to send, in the order in which they are sent.
    pub plans: Vec<Plan>,
}

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FleetPlanKind {
    /// Plans of a fleet.
    FleetPlan,
}
