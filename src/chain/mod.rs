//! The chain client: everything that touches subxt, JSON-RPC or SCALE.
//!
//! [`Chain`] implements the ports of [`crate::ops`]. Requests go over one
//! connection, are counted, and have a time limit each; nothing is ever sent twice.

mod account;
mod bounded;
mod commits;
mod config;
mod conviction;
mod decode;
mod digest;
mod discover;
pub mod endpoint;
mod errors;
mod metadata;
mod offline;
mod read;
mod roads;
mod rpc;
mod surface;
mod write;

pub use endpoint::Endpoint;
pub use offline::{Carried, Opened, Shown, for_vault, open};
pub use read::{Depth, Resolved, resolve};
pub use roads::{Encoded, Proxies};
pub use rpc::Traffic;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::hash::Hash32;
use crate::model::network;
use rpc::Rpc;

/// Names of what the tool reads besides the hyperparameters themselves.
pub(crate) mod names {
    pub(crate) const SUBTENSOR: &str = "SubtensorModule";
    pub(crate) const HYPERPARAMS_API: (&str, &str) =
        ("SubnetInfoRuntimeApi", "get_subnet_hyperparams_v3");
    /// Values of the subnet that are no hyperparameters.
    pub(crate) const PER_SUBNET: &[&str] = &[
        "SubnetOwner",
        "NetworksAdded",
        "SubnetworkN",
        "LastEpochBlock",
        "PendingEpochAt",
        "SubnetUidToLeaseId",
        "NetworkRegisteredAt",
        "Incentive",
        "BlocksSinceLastStep",
        "SavedYumaMaxAllowedValidators",
    ];
}

/// Which block to read at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The newest finalized block.
    Finalized,
    /// The block of this height.
    Number(u64),
    /// The block with this hash.
    Hash(Hash32),
}

/// How to connect.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where.
    pub endpoint: Endpoint,
    /// Longest time for one answer.
    pub timeout: Duration,
    /// Folder for metadata; `None` keeps nothing.
    pub cache: Option<PathBuf>,
}

/// A connection to one chain.
pub struct Chain {
    rpc: Rpc,
    endpoint: Endpoint,
    genesis_hash: Hash32,
    cache: metadata::Cache,
    metadata_hash: bool,
    /// Whether snapshots tell what waits to be revealed.
    heeds_commits: AtomicBool,
}

impl Chain {
    /// Connects and checks that it is the chain that was meant.
    ///
    /// # Errors
    /// When nothing answers in time, or another chain does.
    pub async fn connect(options: Options) -> Result<Self> {
        let Options { endpoint, timeout, cache } = options;
        let rpc = Rpc::connect(&endpoint, timeout).await?;
        let genesis: Option<Hash32> =
            rpc.request("chain_getBlockHash", serde_json::json!([0])).await?;
        let genesis_hash = genesis.ok_or_else(|| {
            Error::chain(format!("{endpoint} has no genesis block"))
                .hint("name another node with --network")
        })?;
        endpoint.check_genesis(&genesis_hash)?;
        let cache = metadata::Cache::new(cache);
        let heeds_commits = AtomicBool::new(false);
        Ok(Self { rpc, endpoint, genesis_hash, cache, metadata_hash: true, heeds_commits })
    }

    /// The network's name, known by its genesis hash.
    #[must_use]
    pub fn network(&self) -> &'static str {
        network::name_of(&self.genesis_hash)
    }

    /// Hash of the genesis block.
    #[must_use]
    pub const fn genesis_hash(&self) -> &Hash32 {
        &self.genesis_hash
    }

    /// Where it is connected to, without credentials.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Requests and bytes so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.rpc.traffic()
    }
}
