//! The runtime at a block: its version and metadata, kept on disk between runs.

use std::collections::VecDeque;
use std::sync::Arc;

use parity_scale_codec::{DecodeAll as _, Encode};
use serde::Deserialize;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subxt::metadata::Metadata;
use tokio::sync::{Mutex, OnceCell};

use super::rpc::Failure;
use super::{At, Cache, Chain, bounded, together};

/// The newest metadata version that carries runtime APIs and that every node of
/// interest serves. It is also the one whose digest is signed.
const METADATA_VERSION: u8 = 15;
/// Blocks whose number and runtime are remembered.
const RESOLVED: usize = 8;
/// What every Subtensor chain calls its runtime.
pub(super) const SPEC_NAME: &str = "node-subtensor";

/// A block, with the runtime that made its state.
#[derive(Clone)]
pub(crate) struct AtBlock {
    pub(crate) number: u64,
    pub(crate) hash: Hash32,
    pub(crate) runtime: Runtime,
}

/// A runtime version and its metadata.
#[derive(Clone)]
pub(crate) struct Runtime {
    pub(crate) spec_version: u32,
    pub(crate) transaction_version: u32,
    pub(crate) metadata: Arc<Metadata>,
    /// What `metadata` was decoded from.
    pub(super) bytes: Arc<[u8]>,
    /// The digest of `bytes`, once it was wanted.
    pub(super) digest: Arc<OnceCell<[u8; 32]>>,
}

impl Runtime {
    /// Reads encoded metadata.
    pub(super) fn new(
        spec_version: u32,
        transaction_version: u32,
        bytes: Vec<u8>,
    ) -> Result<Self, String> {
        let metadata = read(&bytes)?;
        Ok(Self {
            spec_version,
            transaction_version,
            metadata: Arc::new(metadata),
            bytes: bytes.into(),
            digest: Arc::default(),
        })
    }

    /// The metadata as it came, when it is of the version that has a digest.
    pub(super) fn v15(&self) -> Option<Arc<[u8]>> {
        is_v15(&self.bytes).then(|| Arc::clone(&self.bytes))
    }
}

/// Reads encoded metadata whose types can be walked.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(bytes: &[u8]) -> Result<Metadata, String> {
    #[expect(clippy::disallowed_methods, reason = "the one place, right before the check")]
    let metadata = Metadata::decode_from(bytes).map_err(|error| error.to_string())?;
    bounded::check(metadata.types()).map_err(|what| format!("it {what}"))?;
    Ok(metadata)
}

/// Whether encoded metadata is of version 15: it begins with `meta` and the version.
fn is_v15(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"meta").and_then(<[u8]>::first) == Some(&METADATA_VERSION)
}

/// Runtimes by version: in memory, and in the cache when there is one.
pub(crate) struct Runtimes {
    cache: Option<Arc<dyn Cache>>,
    known: Mutex<Vec<Runtime>>,
    /// The blocks that were asked for last.
    resolved: Mutex<VecDeque<AtBlock>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header {
    number: String,
    parent_hash: Hash32,
}

impl Header {
    /// The height, if it is one that a chain can have.
    pub(super) fn height(&self) -> Option<u64> {
        block_number(&self.number)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    spec_name: String,
    pub(super) spec_version: u32,
    transaction_version: u32,
}

impl Runtimes {
    pub(crate) fn new(cache: Option<Arc<dyn Cache>>) -> Self {
        Self { cache, known: Mutex::new(Vec::new()), resolved: Mutex::new(VecDeque::new()) }
    }

    fn name(genesis_hash: &Hash32, spec_version: u32) -> String {
        format!("{}-{spec_version}.metadata", genesis_hash.digits())
    }

    /// Reads kept metadata: a 32-byte digest, then the bytes. Anything odd about
    /// the file means that the node is asked instead.
    fn load(&self, genesis_hash: &Hash32, spec_version: u32) -> Option<Vec<u8>> {
        let file = self.cache.as_ref()?.load(&Self::name(genesis_hash, spec_version))?;
        let (digest, bytes) = file.split_at_checked(32)?;
        if sp_crypto_hashing::blake2_256(bytes) != digest {
            return None;
        }
        Some(bytes.to_vec())
    }

    /// Keeps metadata for the next run. What has no digest is not kept: the next node may serve what
    /// has one.
    fn save(&self, genesis_hash: &Hash32, spec_version: u32, bytes: &[u8]) {
        let Some(cache) = self.cache.as_ref().filter(|_| is_v15(bytes)) else { return };
        let mut file = sp_crypto_hashing::blake2_256(bytes).to_vec();
        file.extend_from_slice(bytes);
        cache.save(&Self::name(genesis_hash, spec_version), &file);
    }
}

impl Chain {
    /// A block whose number and hash are known, with the runtime of its state.
    pub(crate) async fn at_known(&self, number: u64, hash: &Hash32) -> Result<AtBlock> {
        let version = self.version(hash).await?;
        let runtime = self.runtime(version, hash).await?;
        Ok(AtBlock { number, hash: *hash, runtime })
    }

    /// Resolves a block and the runtime of its state.
    pub(crate) async fn at(&self, at: &At) -> Result<AtBlock> {
        let hash = match at {
            At::Finalized => match self.rpc.take_head() {
                Some(head) => head,
                None => self.rpc.request("chain_getFinalizedHead", serde_json::json!([])).await?,
            },
            At::Number(number) => self.hash_of(*number).await?,
            At::Hash(hash) => *hash,
        };
        // Number and version of a block never change.
        let known = self.runtimes.resolved.lock().await;
        if let Some(known) = known.iter().find(|known| known.hash == hash) {
            return Ok(known.clone());
        }
        drop(known);
        let number = async {
            match at {
                At::Number(number) => Ok(*number),
                At::Finalized | At::Hash(_) => self.number_of(&hash).await,
            }
        };
        let (number, version) = tokio::join!(number, self.version(&hash));
        let (number, version) = (number?, version?);
        let runtime = self.runtime(version, &hash).await?;
        let at = AtBlock { number, hash, runtime };
        let mut resolved = self.runtimes.resolved.lock().await;
        if resolved.len() >= RESOLVED {
            resolved.pop_front();
        }
        resolved.push_back(at.clone());
        Ok(at)
    }

    /// The hash of a block by its height.
    pub(crate) async fn hash_of(&self, number: u64) -> Result<Hash32> {
        self.hash_if(number).await?.ok_or_else(|| {
            Error::input(format!("{} has no block {number}", self.endpoint()))
                .hint("take a block that is already there; for an old one use --network archive")
        })
    }

    /// The hash of a block by its height, if the node has that block.
    pub(crate) async fn hash_if(&self, number: u64) -> Result<Option<Hash32>> {
        self.rpc.request("chain_getBlockHash", serde_json::json!([number])).await
    }

    /// The height of a block by its hash.
    pub(crate) async fn number_of(&self, hash: &Hash32) -> Result<u64> {
        Ok(self.number_and_parent(hash).await?.0)
    }

    /// The height of a block and the hash of the block before it.
    pub(crate) async fn number_and_parent(&self, hash: &Hash32) -> Result<(u64, Hash32)> {
        let header: Option<Header> =
            self.rpc.request("chain_getHeader", serde_json::json!([hash])).await?;
        let Some(header) = header else {
            return Err(Error::chain(format!("{} has no block {hash}", self.endpoint())));
        };
        let number = header.height().ok_or_else(|| {
            Error::chain(format!(
                "{} gives block {hash} a number that no chain has",
                self.endpoint()
            ))
            .hint("do not use this node; use another one with --network")
        })?;
        Ok((number, header.parent_hash))
    }

    async fn version(&self, hash: &Hash32) -> Result<Version> {
        self.rpc.request("state_getRuntimeVersion", serde_json::json!([hash])).await
    }

    /// The runtime of this version, with the metadata that is kept, or that the node serves.
    async fn runtime(&self, version: Version, hash: &Hash32) -> Result<Runtime> {
        let Version { spec_name, spec_version, transaction_version } = version;
        if spec_name != SPEC_NAME {
            return Err(Error::chain(format!(
                "{} runs {spec_name}, which is not a Subtensor chain",
                self.endpoint()
            ))
            .hint("use a Subtensor node with --network"));
        }
        let mut known = self.runtimes.known.lock().await;
        if let Some(runtime) = known.iter().find(|known| known.spec_version == spec_version) {
            return Ok(runtime.clone());
        }
        let kept = self
            .runtimes
            .load(&self.genesis_hash, spec_version)
            .and_then(|bytes| Runtime::new(spec_version, transaction_version, bytes).ok());
        let runtime = match kept {
            Some(runtime) => runtime,
            None => {
                let bytes = self.download(hash).await?;
                let runtime = Runtime::new(spec_version, transaction_version, bytes.clone())
                    .map_err(|what| self.unreadable(&what))?;
                self.runtimes.save(&self.genesis_hash, spec_version, &bytes);
                runtime
            }
        };
        known.push(runtime.clone());
        Ok(runtime)
    }

    async fn download(&self, hash: &Hash32) -> Result<Vec<u8>> {
        let unreadable = |error: parity_scale_codec::Error| self.unreadable(&error.to_string());
        let version = u32::from(METADATA_VERSION).encode();
        // The older form is for a chain that says that it has no other, never for an answer that
        // got lost.
        if let Some(bytes) = self.try_call("Metadata_metadata_at_version", &version, hash).await? {
            let versioned = Option::<Vec<u8>>::decode_all(&mut &bytes[..]).map_err(unreadable)?;
            if let Some(bytes) = versioned {
                return Ok(bytes);
            }
        }
        let bytes = self.state_call("Metadata_metadata", &[], hash).await?;
        Vec::<u8>::decode_all(&mut &bytes[..]).map_err(unreadable)
    }

    fn unreadable(&self, what: &str) -> Error {
        Error::chain(format!("{} sent metadata that cannot be read: {what}", self.endpoint()))
            .hint("use another node with --network; if all do this, subtune needs an update")
    }

    /// Drops the metadata that is kept for a runtime.
    pub(super) fn forget_metadata(&self, spec_version: u32) {
        if let Some(cache) = &self.runtimes.cache {
            cache.remove(&Runtimes::name(&self.genesis_hash, spec_version));
        }
    }

    /// Calls a runtime API with encoded arguments on the state of a block.
    pub(crate) async fn state_call(
        &self,
        api: &str,
        args: &[u8],
        hash: &Hash32,
    ) -> Result<Vec<u8>> {
        let answer = self.call(api, args, hash).await;
        answer.map_err(|failure| self.rpc.error("state_call", failure))
    }

    /// As [`Chain::state_call`]; `None` when this node or its runtime does not have that function. Any
    /// other failure is an error, also where one can do without the answer.
    pub(crate) async fn try_call(
        &self,
        api: &str,
        args: &[u8],
        hash: &Hash32,
    ) -> Result<Option<Vec<u8>>> {
        match self.call(api, args, hash).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Failure::NotSupported(_)) => Ok(None),
            Err(failure) => Err(self.rpc.error("state_call", failure)),
        }
    }

    pub(super) async fn call(
        &self,
        api: &str,
        args: &[u8],
        hash: &Hash32,
    ) -> Result<Vec<u8>, Failure> {
        if let Some(answer) = together::call(api, args, hash).await {
            return answer;
        }
        let params = serde_json::json!([api, format!("0x{}", hex::encode(args)), hash]);
        let answer: String = self.rpc.try_request("state_call", params).await?;
        from_hex(&answer).ok_or_else(|| Failure::Odd(self.odd(api)))
    }

    /// The error for an answer of a runtime API that makes no sense.
    pub(super) fn odd(&self, api: &str) -> Error {
        Error::chain(format!("{}: the answer makes no sense ({api})", self.endpoint()))
            .hint("use another node with --network; if all do this, subtune needs an update")
    }
}

/// The height that a node names in a header: `0x` and at most 8 digits, since a block number of these
/// chains has 32 bits. So whatever a node says, there is room to add to it.
fn block_number(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x")?;
    let plain = (1..=8).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_hexdigit());
    plain.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// Bytes of a `0x…` text.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

/// Encoded metadata of a real runtime, for tests: from `SUBTUNE_METADATA_DIR`, else beside the project.
#[cfg(test)]
pub(super) fn of_finney(spec_version: u32) -> Vec<u8> {
    let folder = std::env::var_os("SUBTUNE_METADATA_DIR").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/chain/metadata").into(),
        std::path::PathBuf::from,
    );
    std::fs::read(folder.join(format!("finney-{spec_version}.scale"))).unwrap()
}
