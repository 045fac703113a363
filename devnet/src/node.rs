//! The node: chain, pool, finality and the library's handle on them.

use crate::{
    AccountId, BlockNumber, Hash, Header, MILLISECONDS_PER_BLOCK, Nonce, Runtime, START, System,
    UncheckedExtrinsic,
    chain::{Ahead, Chain, Fate, Sealed, State},
    population::Population,
    rpc,
};
use codec::{DecodeAll, Encode};
use jsonrpsee::server::{Server, ServerHandle};
use sp_runtime::{
    generic::Preamble,
    traits::{BlakeTwo256, Hash as _},
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidity, TransactionValidityError,
        UnknownTransaction,
    },
};
use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    runtime::{self, Runtime as Threads},
    sync::{broadcast, mpsc},
};

/// When blocks are made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Seal {
    /// When asked for, by [`Devnet::new_blocks`] or `dev_newBlock`.
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
    /// Who lives on the subnets: nobody who does anything, unless this says so.
    pub population: Option<Population>,
}

/// Why a chain did not start or stopped working.
#[derive(Debug)]
pub struct DevnetError(String);

impl fmt::Display for DevnetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DevnetError {}

impl DevnetError {
    fn because(what: &str, why: impl fmt::Display) -> Self {
        Self(format!("{what}: {why}"))
    }
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

struct Inner {
    chain: Chain,
    pool: Vec<Pending>,
    /// Watchers of transactions in blocks that are not final yet.
    waiting: Vec<(BlockNumber, Hash, Watcher)>,
}

pub(crate) struct Node {
    inner: Mutex<Inner>,
    events: broadcast::Sender<Event>,
    options: Options,
}

impl Node {
    fn new(options: Options) -> Result<Self, String> {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(wall.as_millis()).unwrap_or(u64::MAX);
        // The block after the first, and as many more as finality lags behind.
        let blocks = options.finality_lag.saturating_add(1);
        let before = u64::from(blocks).saturating_mul(MILLISECONDS_PER_BLOCK);
        let now = now.saturating_sub(now.checked_rem(MILLISECONDS_PER_BLOCK).unwrap_or_default());
        let chain = Chain::new(now.saturating_sub(before), options.population.as_ref())?;
        let inner = Inner { chain, pool: Vec::new(), waiting: Vec::new() };
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

    pub(crate) fn finalized(&self) -> Sealed {
        let inner = self.inner();
        let number = self.finalized_number(&inner.chain);
        inner.chain.number(number).unwrap_or(inner.chain.genesis()).clone()
    }

    fn finalized_number(&self, chain: &Chain) -> BlockNumber {
        chain.head().header.number.saturating_sub(self.options.finality_lag).max(START)
    }

    pub(crate) fn by_number(&self, number: BlockNumber) -> Option<Sealed> {
        self.inner().chain.number(number).cloned()
    }

    /// The block of this hash, or the head.
    pub(crate) fn block(&self, hash: Option<Hash>) -> Option<Sealed> {
        match hash {
            Some(hash) => self.inner().chain.hash(&hash).cloned(),
            None => Some(self.head()),
        }
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
        let before = self.finalized_number(&inner.chain);
        let fates = inner.chain.seal(&offered, changes)?;
        let head = inner.chain.head().clone();
        if with_pool {
            let old = std::mem::take(&mut inner.pool);
            for (pending, fate) in old.into_iter().zip(fates) {
                match (fate, &pending.watcher) {
                    (Fate::Kept, _) => inner.pool.push(pending),
                    (Fate::Included, Some(watcher)) => {
                        let _ = watcher.send(Status::InBlock(head.hash));
                        inner.waiting.push((head.header.number, head.hash, watcher.clone()));
                    }
                    (Fate::Dropped, Some(watcher)) => {
                        let _ = watcher.send(Status::Invalid);
                    }
                    (Fate::Included | Fate::Dropped, None) => {}
                }
            }
        }
        let _ = self.events.send(Event::Best(head.header.clone(), head.state));
        let finalized = self.finalized_number(&inner.chain);
        if finalized > before
            && let Some(block) = inner.chain.number(finalized)
        {
            let _ = self.events.send(Event::Finalized(block.header.clone()));
        }
        inner.waiting.retain(|(number, hash, watcher)| {
            let done = *number <= finalized;
            if done {
                let _ = watcher.send(Status::Finalized(*hash));
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

/// Who signed, and with which nonce.
pub(crate) fn signer(extrinsic: &UncheckedExtrinsic) -> Option<(AccountId, Nonce)> {
    use sp_runtime::traits::StaticLookup;
    match &extrinsic.preamble {
        Preamble::Signed(address, _, extension) => {
            let who = <Runtime as frame_system::Config>::Lookup::lookup(address.clone()).ok()?;
            Some((who, extension.0.5.0))
        }
        _ => None,
    }
}

/// A running chain. It stops when it is dropped.
pub struct Devnet {
    node: Arc<Node>,
    server: ServerHandle,
    threads: Option<Threads>,
    address: SocketAddr,
}

/// Starts a chain and its server. The server has threads of its own, so that the caller may block.
pub async fn spawn(options: Options) -> Result<Devnet, DevnetError> {
    Devnet::start(options)
}

impl Devnet {
    /// Starts a chain and its server, without an executor around it.
    pub fn start(options: Options) -> Result<Self, DevnetError> {
        let node = Node::new(options)
            .map_err(|error| DevnetError::because("cannot make the chain", error))?;
        let node = Arc::new(node);
        let threads = runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("devnet")
            .enable_all()
            .build()
            .map_err(|error| DevnetError::because("cannot start threads", error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| {
                DevnetError::because(&format!("cannot listen on port {}", options.port), error)
            })?;
        let address = listener
            .local_addr()
            .map_err(|error| DevnetError::because("cannot tell the port", error))?;
        let methods = rpc::methods(Arc::clone(&node))
            .map_err(|error| DevnetError::because("cannot register the methods", error))?;
        let server = {
            let _inside = threads.enter();
            Server::builder()
                .build_from_tcp(listener)
                .map_err(|error| DevnetError::because("cannot serve", error))?
                .start(methods)
        };
        if let Seal::Every(time) = options.seal {
            let node = Arc::clone(&node);
            threads.spawn(async move {
                let mut ticks = tokio::time::interval(time.max(Duration::from_millis(1)));
                ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
                ticks.tick().await;
                loop {
                    ticks.tick().await;
                    if node.seal(1).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Self { node, server, threads: Some(threads), address })
    }

    /// Where the chain is reached.
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Makes blocks, the first of them with what is in the pool. Returns the new head's hash.
    pub fn new_blocks(&self, count: u32) -> Result<Hash, DevnetError> {
        self.node.seal(count).map_err(|error| DevnetError::because("cannot make a block", error))
    }

    /// Number and hash of the head.
    pub fn head(&self) -> (BlockNumber, Hash) {
        let head = self.node.head();
        (head.header.number, head.hash)
    }

    /// How many transactions wait for a block.
    pub fn pending(&self) -> usize {
        self.node.inner().pool.len()
    }

    /// Changes the state directly, by a new block that has no transactions. Returns its hash.
    pub fn set_storage(
        &self,
        changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    ) -> Result<Hash, DevnetError> {
        self.node
            .change(&changes)
            .map_err(|error| DevnetError::because("cannot make a block", error))
    }

    /// A value of the head's state.
    pub fn get_storage(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.node.head().state.get(key)
    }

    /// Runs runtime code on the head's state and forgets what it writes.
    pub fn look<R>(&self, code: impl FnOnce() -> R) -> R {
        self.node.head().state.look(code)
    }

    /// Looks at the blocks after the head as they would be, and forgets them.
    pub fn ahead<R>(&self, code: impl FnOnce(Ahead) -> R) -> R {
        let (head, ahead) = self.node.inner().chain.ahead();
        ahead.look(&head, code)
    }

    /// Takes an encoded extrinsic into the pool; the error is the pool's reason.
    pub fn submit(&self, extrinsic: &[u8]) -> Result<Hash, DevnetError> {
        self.node.submit(extrinsic, None).map_err(|refusal| {
            let (_, message, data) = rpc::explain(&refusal);
            DevnetError(format!("{message}: {data}"))
        })
    }

    /// Stops the server.
    pub async fn stop(self) {
        drop(self);
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        let _ = self.server.stop();
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}
