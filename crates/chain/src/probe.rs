//! What one node is like, whatever the others say: asked within one time limit, each question for itself.

use std::time::Duration;

use serde_json::{Value as Json, json};
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::network;
use subxt::rpcs::client::RpcClient;

use super::Endpoint;
use super::metadata::{Header, Version, from_hex};
use super::rpc::{self, Failure};

/// What a node has said of itself.
#[derive(Debug)]
pub struct Probe {
    /// Genesis hash of its chain.
    pub genesis_hash: Result<Hash32>,
    /// The runtime of its newest block.
    pub spec_version: Result<u32>,
    /// Its newest finalized block.
    pub head: Result<ProbedHead>,
    /// Where it was asked: whether it has the state of the first blocks.
    pub has_old_state: Option<Result<bool>>,
}

/// The newest finalized block of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbedHead {
    /// Height.
    pub number: u64,
    /// Time, milliseconds since 1970, where it can be read.
    pub time_ms: Option<u64>,
}

impl Probe {
    /// The network's name, known by the genesis hash.
    #[must_use]
    pub fn network(&self) -> Option<&'static str> {
        self.genesis_hash.as_ref().ok().map(network::name_of)
    }
}

/// Asks a node what it is like; all of it takes no longer than one answer may. `old` asks for the state
/// of the first blocks, too.
///
/// # Errors
/// When it cannot be reached. What it does not answer then is an error of its own.
pub async fn probe(endpoint: &Endpoint, timeout: Duration, old: bool) -> Result<Probe> {
    let late = || {
        Error::chain(format!("{endpoint}: no answer within {} s", timeout.as_secs()))
            .hint("check the network, or use another node with --network")
    };
    let mut probe = Probe {
        genesis_hash: Err(late()),
        spec_version: Err(late()),
        head: Err(late()),
        has_old_state: old.then(|| Err(late())),
    };
    let Probe { genesis_hash, spec_version, head, has_old_state } = &mut probe;
    let asking = async {
        let client = rpc::open(endpoint, timeout).await?;
        let node = Node { endpoint, client, timeout };
        tokio::join!(
            async { *genesis_hash = node.genesis_hash().await },
            async { *spec_version = node.spec_version().await },
            async { *head = node.head().await },
            async {
                if let Some(answer) = has_old_state {
                    *answer = node.has_old_state().await;
                }
            },
        );
        Ok(())
    };
    match tokio::time::timeout(timeout, asking).await {
        Ok(Err(unreachable)) => Err(unreachable),
        // What was answered until then counts.
        Ok(Ok(())) | Err(_) => Ok(probe),
    }
}

/// One node, and nothing beside it.
struct Node<'a> {
    endpoint: &'a Endpoint,
    client: RpcClient,
    timeout: Duration,
}

impl Node<'_> {
    async fn try_ask<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: Json,
    ) -> Result<T, Failure> {
        let params = params.to_string();
        rpc::ask(self.endpoint, &self.client, self.timeout, method, &params, None)
            .await
            .map(|(answer, _)| answer)
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, method: &str, params: Json) -> Result<T> {
        let answer = self.try_ask(method, params).await;
        answer.map_err(|failure| rpc::told(self.endpoint, method, failure))
    }

    async fn genesis_hash(&self) -> Result<Hash32> {
        let hash: Option<Hash32> = self.ask("chain_getBlockHash", json!([0])).await?;
        hash.ok_or_else(|| self.faulty("has no genesis block"))
    }

    async fn spec_version(&self) -> Result<u32> {
        let version: Version = self.ask("state_getRuntimeVersion", json!([])).await?;
        Ok(version.spec_version)
    }

    async fn head(&self) -> Result<ProbedHead> {
        let hash: Hash32 = self.ask("chain_getFinalizedHead", json!([])).await?;
        let (header, time) = tokio::join!(
            self.ask::<Option<Header>>("chain_getHeader", json!([hash])),
            self.ask::<Option<String>>("state_getStorage", json!([clock(), hash])),
        );
        let number = header?.and_then(|header| header.height());
        let number = number.ok_or_else(|| self.faulty("does not know its own newest block"))?;
        let time = time.ok().flatten().and_then(|text| from_hex(&text));
        let time = time.and_then(|bytes| <[u8; 8]>::try_from(bytes.as_slice()).ok());
        Ok(ProbedHead { number, time_ms: time.map(u64::from_le_bytes) })
    }

    /// Whether it has the state of block 1, or where it has no such block that of the genesis block.
    async fn has_old_state(&self) -> Result<bool> {
        let first: Option<Hash32> = self.ask("chain_getBlockHash", json!([1])).await?;
        let hash = match first {
            Some(hash) => hash,
            None => self.genesis_hash().await?,
        };
        match self.try_ask::<Option<String>>("state_getStorage", json!([clock(), hash])).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.is_about_old_state() => Ok(false),
            Err(failure) => Err(rpc::told(self.endpoint, "state_getStorage", failure)),
        }
    }

    fn faulty(&self, what: &str) -> Error {
        Error::chain(format!("{} {what}", self.endpoint))
            .hint("the node is faulty: use another one with --network")
    }
}

/// Where every chain with a clock keeps its time: an item of a name alone, so that no metadata is asked for.
fn clock() -> String {
    let part = |name: &str| hex::encode(sp_crypto_hashing::twox_128(name.as_bytes()));
    format!("0x{}{}", part("Timestamp"), part("Now"))
}
