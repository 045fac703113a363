//! The node: chain, pool and finality.

use crate::{
    AccountId, BlockNumber, Hash, Header, MILLISECONDS_PER_BLOCK, Nonce, START, System,
    UncheckedExtrinsic,
    chain::{Ahead, Chain, Fate, Sealed, State},
    extrinsic::signer,
    population::Population,
};
use codec::{DecodeAll, Encode};
use sp_runtime::{
    traits::{BlakeTwo256, Hash as _},
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
        UnknownTransaction,
    },
};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::{broadcast, mpsc};

/// When blocks are made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Seal {
    /// When asked for, by [`new_blocks`](crate::Devnet::new_blocks) or `dev_newBlock`.
    #[default]
    Manual,
    /// At once for every transaction.
    Instant,
    /// Regularly. The chain's own clock still moves on by 12 seconds per block.
    Every(Duration),
}

/// How a chain is started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Port on 127.0.0.1; 0 for any.
    pub port: u16,
    /// When blocks are made.
    pub seal: Seal,
    /// By how many blocks finality is behind the head.
    pub finality_lag: u32,
    /// How many states a node keeps, the finalized one and those before it; all of them without this. A
    /// node that nobody has told otherwise keeps 256.
    pub keep_states: Option<u32>,
    /// Who lives on the subnets: nobody who does anything, unless this says so.
    pub population: Option<Population>,
}

/// A new head or a newly finalized block.
#[derive(Clone)]
pub(crate) enum Event {
    Best(Header, State),
    Finalized(Header),
}

/// What a watcher of a transaction is told.
#[derive(Clone, Copy)]
pub(crate) enum Status {
    Ready,
    Future,
    InBlock(Hash),
    Retracted(Hash),
    Finalized(Hash),
    Invalid,
}

/// Why a transaction is not taken.
pub(crate) enum Refusal {
    BadFormat,
    Invalid(InvalidTransaction),
    Unknown(UnknownTransaction),
    AlreadyKnown,
    Slot,
}

type Watcher = mpsc::UnboundedSender<Status>;

struct Pending {
    hash: Hash,
    extrinsic: UncheckedExtrinsic,
    signer: Option<(AccountId, Nonce)>,
    watcher: Option<Watcher>,
}

/// A watcher of a transaction in a block that is not final yet.
struct Waiting {
    number: BlockNumber,
    block: Hash,
    extrinsic: Hash,
    watcher: Watcher,
}

struct Inner {
    chain: Chain,
    pool: Vec<Pending>,
    waiting: Vec<Waiting>,
    /// The last block that was finalized: it stays so, whatever the head does.
    finalized: BlockNumber,
}

pub(crate) struct Node {
    inner: Mutex<Inner>,
    events: broadcast::Sender<Event>,
    options: Options,
}

impl Node {
    pub(crate) fn new(options: Options) -> Result<Self, String> {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        // The block after the first, and as many more as finality lags behind.
        let blocks = options.finality_lag.saturating_add(1);
        let before = u64::from(blocks).saturating_mul(MILLISECONDS_PER_BLOCK);
        let now = now.saturating_sub(now.checked_rem(MILLISECONDS_PER_BLOCK).unwrap_or_default());
        let chain = Chain::new(now.saturating_sub(before), options.population.as_ref())?;
        let inner = Inner { chain, pool: Vec::new(), waiting: Vec::new(), finalized: START };
        let node = Self { inner: Mutex::new(inner), events: broadcast::channel(4_096).0, options };
        node.seal(blocks)?;
        Ok(node)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    pub(crate) fn head(&self) -> Sealed {
        self.inner().chain.head().clone()
    }

    /// The head, and what it takes to look at the blocks after it.
    pub(crate) fn ahead(&self) -> (Sealed, Ahead) {
        self.inner().chain.ahead()
    }

    pub(crate) fn finalized(&self) -> Sealed {
        let inner = self.inner();
        let number = self.finalized_number(&inner);
        inner.chain.number(number).unwrap_or(inner.chain.genesis()).clone()
    }

    fn finalized_number(&self, inner: &Inner) -> BlockNumber {
        let head = inner.chain.head().header.number;
        head.saturating_sub(self.options.finality_lag).max(inner.finalized)
    }

    /// Whether the state of a block that the node knows is still there.
    pub(crate) fn keeps_state(&self, block: &Sealed) -> bool {
        self.options.keep_states.is_none_or(|kept| {
            block.header.number.saturating_add(kept) > self.finalized_number(&self.inner())
        })
    }

    pub(crate) fn by_number(&self, number: BlockNumber) -> Option<Sealed> {
        self.inner().chain.number(number).cloned()
    }

    /// The block of this hash, or the head.
    pub(crate) fn block(&self, hash: Option<Hash>) -> Option<Sealed> {
        match hash {
            Some(hash) => {
                let inner = self.inner();
                let stale = |block: &&Sealed| {
                    // What lost is forgotten once another block is final in its place.
                    block.header.number > self.finalized_number(&inner)
                };
                let known = inner.chain.hash(&hash);
                known.or_else(|| inner.chain.stale(&hash).filter(stale)).cloned()
            }
            None => Some(self.head()),
        }
    }

    /// Takes the chain of another node in place of its own.
    pub(crate) fn follow(&self, other: &Self) {
        let chain = other.inner().chain.clone();
        let mut inner = self.inner();
        inner.chain = chain;
        inner.finalized = START;
    }

    /// Lets another branch win, which leaves out the last blocks and is longer by one. Their transactions
    /// go back to the pool. Returns the new head's hash.
    pub(crate) fn reorganize(&self, blocks: u32) -> Result<Hash, String> {
        let mut inner = self.inner();
        let head = inner.chain.head().header.number;
        let kept = head.saturating_sub(blocks);
        if kept < self.finalized_number(&inner) {
            return Err(format!("{blocks} blocks back there is a finalized one"));
        }
        inner.finalized = self.finalized_number(&inner);
        let dropped = inner.chain.branch(kept);
        let mut returned = Vec::new();
        // The first extrinsic sets the time.
        for bytes in dropped.iter().flat_map(|block| block.extrinsics.iter().skip(1)) {
            let extrinsic = UncheckedExtrinsic::decode_all(&mut &**bytes)
                .map_err(|error| format!("an extrinsic of a block: {error}"))?;
            let hash = BlakeTwo256::hash(bytes);
            let at = inner.waiting.iter().position(|waiting| waiting.extrinsic == hash);
            let watcher = at.map(|at| inner.waiting.swap_remove(at)).map(|waiting| {
                let _ = waiting.watcher.send(Status::Retracted(waiting.block));
                waiting.watcher
            });
            let signer = signer(&extrinsic);
            returned.push(Pending { hash, extrinsic, signer, watcher });
        }
        inner.pool.splice(0..0, returned);
        drop(inner);
        self.seal(blocks.saturating_add(1))
    }

    pub(crate) fn seal(&self, count: u32) -> Result<Hash, String> {
        for _ in 0..count {
            self.seal_one(true, &[])?;
        }
        Ok(self.head().hash)
    }

    /// Seals a block without transactions that changes the state directly.
    pub(crate) fn change(&self, changes: &[(Vec<u8>, Option<Vec<u8>>)]) -> Result<Hash, String> {
        self.seal_one(false, changes)?;
        Ok(self.head().hash)
    }

    fn seal_one(
        &self,
        with_pool: bool,
        changes: &[(Vec<u8>, Option<Vec<u8>>)],
    ) -> Result<(), String> {
        let mut inner = self.inner();
        let offered: Vec<UncheckedExtrinsic> = if with_pool {
            inner.pool.iter().map(|pending| pending.extrinsic.clone()).collect()
        } else {
            Vec::new()
        };
        let before = self.finalized_number(&inner);
        let fates = inner.chain.seal(&offered, changes)?;
        let head = inner.chain.head().clone();
        if with_pool {
            let old = std::mem::take(&mut inner.pool);
            for (pending, fate) in old.into_iter().zip(fates) {
                match (fate, &pending.watcher) {
                    (Fate::Kept, _) => inner.pool.push(pending),
                    (Fate::Included, Some(watcher)) => {
                        let _ = watcher.send(Status::InBlock(head.hash));
                        inner.waiting.push(Waiting {
                            number: head.header.number,
                            block: head.hash,
                            extrinsic: pending.hash,
                            watcher: watcher.clone(),
                        });
                    }
                    (Fate::Dropped, Some(watcher)) => {
                        let _ = watcher.send(Status::Invalid);
                    }
                    (Fate::Included | Fate::Dropped, None) => {}
                }
            }
        }
        let _ = self.events.send(Event::Best(head.header.clone(), head.state));
        let finalized = self.finalized_number(&inner);
        inner.finalized = finalized;
        if finalized > before
            && let Some(block) = inner.chain.number(finalized)
        {
            let _ = self.events.send(Event::Finalized(block.header.clone()));
        }
        inner.waiting.retain(|waiting| {
            let done = waiting.number <= finalized;
            if done {
                let _ = waiting.watcher.send(Status::Finalized(waiting.block));
            }
            !done
        });
        Ok(())
    }

    /// Takes a transaction into the pool.
    pub(crate) fn submit(&self, bytes: &[u8], watcher: Option<Watcher>) -> Result<Hash, Refusal> {
        let extrinsic =
            UncheckedExtrinsic::decode_all(&mut &*bytes).map_err(|_| Refusal::BadFormat)?;
        let hash = BlakeTwo256::hash(bytes);
        {
            let mut inner = self.inner();
            if inner.pool.iter().any(|pending| pending.hash == hash) {
                return Err(Refusal::AlreadyKnown);
            }
            let head = inner.chain.head();
            let arguments = (TransactionSource::External, &extrinsic, head.hash).encode();
            let answer = head
                .state
                .call("TaggedTransactionQueue_validate_transaction", &arguments)
                .map_err(|_| Refusal::BadFormat)?;
            let validity = TransactionValidity::decode_all(&mut &answer[..])
                .map_err(|_| Refusal::BadFormat)?;
            let valid = validity.map_err(|error| match error {
                TransactionValidityError::Invalid(invalid) => Refusal::Invalid(invalid),
                TransactionValidityError::Unknown(unknown) => Refusal::Unknown(unknown),
            })?;
            let signer = signer(&extrinsic);
            if signer.is_some() && inner.pool.iter().any(|pending| pending.signer == signer) {
                return Err(Refusal::Slot);
            }
            if let Some(watcher) = &watcher {
                let status = if valid.requires.is_empty() { Status::Ready } else { Status::Future };
                let _ = watcher.send(status);
            }
            inner.pool.push(Pending { hash, extrinsic, signer, watcher });
        }
        if self.options.seal == Seal::Instant {
            let _ = self.seal(1);
        }
        Ok(hash)
    }

    pub(crate) fn pending(&self) -> Vec<Vec<u8>> {
        self.inner().pool.iter().map(|pending| pending.extrinsic.encode()).collect()
    }

    /// The account's next nonce, after its transactions in the pool.
    pub(crate) fn next_nonce(&self, who: &AccountId) -> Nonce {
        let inner = self.inner();
        let mut next = inner.chain.head().state.look(|| System::account_nonce(who));
        while inner.pool.iter().any(|pending| pending.signer.as_ref() == Some(&(who.clone(), next)))
        {
            next = next.saturating_add(1);
        }
        next
    }
}
