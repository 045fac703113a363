//! The chain client: everything that touches subxt, JSON-RPC or SCALE.
//!
//! [`Chain`] implements the ports of [`subtune_model::ports`]. Requests go over one connection at a time, to the
//! next node of the same chain where one does not answer; they are counted, and have a time limit each.
//! Nothing is ever sent twice.

// A number of a node may be any: what it is added to must say what happens then.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests have files of their own"))]

mod account;
mod bounded;
mod call;
mod commits;
mod config;
mod conviction;
mod crosscheck;
mod decode;
mod digest;
mod discover;
pub mod endpoint;
mod errors;
mod forecast;
mod metadata;
mod metagraph;
mod offline;
mod origins;
mod probe;
mod resolve;
mod rpc;
mod sample;
mod shape;
mod simulate;
mod snapshot;
mod storage;
mod surface;
mod together;
mod write;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::network;

use rpc::{Pool, Rpc};

pub use digest::digest as metadata_digest;
pub use endpoint::Endpoint;
pub use forecast::Tell;
pub use offline::{Carried, Opened, Shown, for_vault, open};
pub use origins::{Encoded, Proxies};
pub use probe::{Probe, ProbedHead, probe};
pub use resolve::{Resolved, resolve};
pub use rpc::Traffic;
pub use simulate::CodeFacts;
pub use snapshot::Depth;

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

/// Keeps what a node need not be asked for twice. What is lost or damaged costs a question, nothing
/// else, so nothing here fails.
pub trait Cache: Send + Sync {
    /// What was kept by this name, which is made of letters, digits, `-` and `.`.
    fn load(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps these bytes.
    fn save(&self, name: &str, bytes: &[u8]);
    /// Drops what was kept by this name.
    fn remove(&self, name: &str);
}

/// How to connect.
#[derive(Clone)]
pub struct ConnectOptions {
    /// Where: the first that answers.
    pub endpoints: Vec<Endpoint>,
    /// More of them, which are asked only for a chain that is known before they answer.
    pub fallbacks: Vec<Endpoint>,
    /// Nodes that keep all states, asked for what the others have discarded.
    pub archives: Vec<Endpoint>,
    /// A second node, which must say the same before a change.
    pub cross_check: Option<Endpoint>,
    /// Tells of what goes on, such as that another node is asked.
    pub tell: fn(&str),
    /// Longest time for one answer.
    pub timeout: Duration,
    /// Whether to ask for the finalized head together with the genesis hash: for a run that reads it
    /// right away.
    pub eager: bool,
    /// Where metadata is kept; `None` keeps nothing.
    pub cache: Option<Arc<dyn Cache>>,
}

impl ConnectOptions {
    /// One node and nothing else: 30 s for an answer, nothing kept, nothing told.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoints: vec![endpoint],
            fallbacks: Vec::new(),
            archives: Vec::new(),
            cross_check: None,
            tell: |_| (),
            timeout: Duration::from_secs(30),
            eager: false,
            cache: None,
        }
    }
}

/// A connection to one chain.
pub struct Chain {
    rpc: Rpc,
    genesis_hash: Hash32,
    runtimes: metadata::Runtimes,
    codes: simulate::Codes,
    metadata_hash: bool,
    /// Whether snapshots tell what waits to be revealed.
    heeds_commits: AtomicBool,
    /// The subnets that there are, once that was wanted.
    listed: tokio::sync::OnceCell<Vec<u16>>,
    /// The node that must say the same.
    second: Option<Box<Self>>,
    /// Whether it was told that it does.
    agreed: AtomicBool,
}

impl Chain {
    /// Connects and checks that it is the chain that was meant.
    ///
    /// # Errors
    /// When nothing answers in time, or another chain does.
    pub async fn connect(options: ConnectOptions) -> Result<Self> {
        let ConnectOptions {
            endpoints,
            fallbacks,
            archives,
            cross_check,
            timeout,
            eager,
            cache,
            tell,
        } = options;
        let pool = Pool { endpoints, fallbacks, archives, eager };
        let chain = Self::open(pool, timeout, cache, tell).await?;
        let Some(endpoint) = cross_check else { return Ok(chain) };
        let pool = Pool { endpoints: vec![endpoint], ..Pool::default() };
        // With metadata of its own: what the first one has sent may be the lie.
        let second = Self::open(pool, timeout, None, tell).await.map_err(crosscheck::at_second)?;
        if second.genesis_hash != chain.genesis_hash {
            return Err(Error::chain(format!(
                "{} answers for another chain than {}: genesis {}, not {}",
                second.endpoint(),
                chain.endpoint(),
                second.genesis_hash,
                chain.genesis_hash
            ))
            .hint("use a node of the same chain with --cross-check"));
        }
        Ok(Self { second: Some(Box::new(second)), ..chain })
    }

    async fn open(
        pool: Pool,
        timeout: Duration,
        cache: Option<Arc<dyn Cache>>,
        tell: fn(&str),
    ) -> Result<Self> {
        let (rpc, genesis_hash) = Rpc::connect(pool, timeout, tell).await?;
        Ok(Self {
            rpc,
            genesis_hash,
            codes: simulate::Codes::new(cache.clone()),
            runtimes: metadata::Runtimes::new(cache),
            metadata_hash: true,
            heeds_commits: AtomicBool::new(false),
            listed: tokio::sync::OnceCell::new(),
            second: None,
            agreed: AtomicBool::new(false),
        })
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

    /// Where it is connected to now, without credentials.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.rpc.endpoint()
    }

    /// Requests and bytes so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.rpc.traffic()
    }
}
