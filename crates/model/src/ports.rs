//! What the verbs ask of a chain, as traits, with the data that goes through them.
//!
//! They stand here, below both sides, because the crate that speaks to a node implements them and the
//! verbs use them: neither knows of the other.

use std::future::Future;

use crate::call::Call;
use crate::error::{Error, Result};
use crate::hash::Hash32;
use crate::monitor::{Clock, Control, Sample, Sampled};
use crate::origin::{Multisig, Origin};
use crate::receipt::{Place, Transaction};
use crate::signature::Signature;
use crate::simulation::{Simulation, Trial};
use crate::snapshot::Snapshot;

pub use crate::chain_error::{ChainError, Inside};

/// A signed transaction, ready to be sent.
pub struct Signed {
    /// The extrinsic.
    pub bytes: Vec<u8>,
    /// What identifies it.
    pub transaction: Transaction,
}

/// What a signature is asked for.
pub struct Unsigned {
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// How they reach the owner.
    pub origin: Origin,
    /// SS58 address of the signer.
    pub signer: String,
    /// Its next nonce, with what waits in the pool.
    pub nonce: u64,
    /// Block whose runtime it is built for.
    pub at_hash: Hash32,
    /// Number of blocks for which it is valid, a power of two.
    pub era: u64,
    /// Finalized block that the era starts from.
    pub birth: u64,
    /// Hash of that block.
    pub birth_hash: Hash32,
}

/// What became of sending a transaction.
pub enum Submitted {
    /// The node has it in its pool.
    Pooled,
    /// The node refused it: it is nowhere.
    Rejected(ChainError),
    /// No answer: it may or may not be on its way.
    Doubtful(String),
}

/// Where a transaction is.
#[derive(Debug)]
pub enum Inclusion {
    /// In a finalized block.
    Included {
        /// Where.
        place: Place,
        /// What the chain said to it.
        result: Result<(), ChainError>,
        /// What it said to calls inside it, in order: those of a proxy or a multisig.
        inside: Vec<Inside>,
    },
    /// In a finalized block, but what the chain said to it cannot be read.
    Unread {
        /// Where.
        place: Place,
        /// Why: [`Kind::Unknown`](crate::error::Kind::Unknown) when asking again is of no use.
        why: Error,
    },
    /// In no finalized block up to this one.
    NotBy(u64),
}

/// What has become of a proposal of a multisig.
#[derive(Debug, Clone)]
pub enum Proposal {
    /// It waits, with so many approvals, in this block.
    Pending(u16, u64),
    /// Somebody has run it: where, and what was said to the calls inside.
    Run(Place, Vec<Inside>),
    /// Somebody has cancelled it, in this block.
    Cancelled(u64),
    /// It waits no more in this block, and the node does not tell since when, or why.
    Gone(u64, Hash32),
}

/// A finalized block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: Hash32,
    /// Its time, milliseconds since 1970, where the chain keeps one.
    pub time_ms: Option<u64>,
}

/// Reading the chain.
pub trait ChainRead {
    /// All of a subnet at the newest finalized block.
    fn latest(&self, netuid: u16) -> impl Future<Output = Result<Snapshot>> + Send;
    /// All of a subnet at a block.
    fn at_block(&self, netuid: u16, hash: &Hash32)
    -> impl Future<Output = Result<Snapshot>> + Send;
    /// The newest finalized block; `None` while it is the one with this hash.
    fn head(&self, known: &Hash32) -> impl Future<Output = Result<Option<Head>>> + Send;
    /// Looks for a transaction in the finalized blocks from `from` up to its death.
    fn find(
        &self,
        transaction: &Transaction,
        from: u64,
    ) -> impl Future<Output = Result<Inclusion>> + Send;
    /// What has become of a proposal that is in this place.
    fn proposal(
        &self,
        multisig: &Multisig,
        place: &Place,
    ) -> impl Future<Output = Result<Proposal>> + Send;
    /// Whether the chain notes that one account's coldkey was rotated to another's, perhaps in several
    /// steps, by this block.
    fn rotated(
        &self,
        before: &str,
        now: &str,
        hash: &Hash32,
    ) -> impl Future<Output = Result<bool>> + Send;
    /// Waits a little for new blocks, longer with every try, and opens the connection again when
    /// the last question got `lost`.
    fn wait(&self, tries: u32, lost: bool) -> impl Future<Output = ()> + Send;
}

/// Reading epochs that the chain has run.
pub trait EpochRead {
    /// When the epochs of a subnet run, by the newest finalized block.
    fn clock(&self, netuid: u16) -> impl Future<Output = Result<Clock>> + Send;
    /// The epoch that a subnet had in a block. Another sample of the subnet saves requests.
    fn sample(
        &self,
        netuid: u16,
        mechanism: u8,
        block: u64,
        like: Option<&Sample>,
    ) -> impl Future<Output = Result<Sampled>> + Send;
    /// The hash of a block, if the node has that block.
    fn block_hash(&self, block: u64) -> impl Future<Output = Result<Option<Hash32>>> + Send;
    /// Validator trust of all subnets at the block of an epoch.
    fn control(&self, hash: &Hash32) -> impl Future<Output = Result<Control>> + Send;
}

/// Running the chain's own code here, on the state of a block.
pub trait Simulate {
    /// Tries transactions, each on its own, on the state of a block.
    ///
    /// # Errors
    /// Why that could not be done: it says nothing about the transactions.
    fn simulate(
        &self,
        netuid: u16,
        base: &Hash32,
        trials: &[Trial],
    ) -> impl Future<Output = Result<Simulation>> + Send;
}

/// Writing to the chain.
pub trait ChainWrite: ChainRead {
    /// Estimated fee in rao; `None` when the node does not tell.
    fn fee(
        &self,
        calls: &[Call],
        origin: &Origin,
        signer: &str,
    ) -> impl Future<Output = Result<Option<u64>>> + Send;
    /// Fetches what a transaction needs before it can be signed.
    fn prepare(
        &self,
        calls: &[Call],
        origin: &Origin,
        signer: &str,
    ) -> impl Future<Output = Result<Unsigned>> + Send;
    /// Builds the transaction; `sign` is given the bytes to sign.
    fn sign(
        &self,
        unsigned: &Unsigned,
        sign: &(dyn Fn(&[u8]) -> Signature + Sync),
    ) -> impl Future<Output = Result<Signed>> + Send;
    /// Runs the signed transaction on the state of the head and throws the result
    /// away. `None` when the node does not offer that.
    fn preflight(
        &self,
        signed: &Signed,
    ) -> impl Future<Output = Result<Option<Result<(), ChainError>>>> + Send;
    /// Sends it, once.
    fn submit(&self, signed: &Signed) -> impl Future<Output = Submitted> + Send;
}
