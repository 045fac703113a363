//! The library's handle on a node and its server.

use crate::{
    BlockNumber, Hash,
    chain::Ahead,
    node::{Node, Options, Seal},
    rpc,
};
use jsonrpsee::server::{Server, ServerHandle};
use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::runtime::{self, Runtime as Threads};

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
            .map_err(|error| DevnetError::because("cannot create the chain", error))?;
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
            .map_err(|error| DevnetError::because("cannot determine the port", error))?;
        let methods = rpc::methods(Arc::clone(&node))
            .map_err(|error| DevnetError::because("cannot register the methods", error))?;
        let server = {
            let _inside = threads.enter();
            Server::builder()
                .build_from_tcp(listener)
                .map_err(|error| DevnetError::because("cannot start the server", error))?
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
        self.node.seal(count).map_err(|error| DevnetError::because("cannot produce a block", error))
    }

    /// Forgets its own chain for that of another, which it may go on from without changing the other.
    pub fn follow(&self, other: &Self) {
        self.node.follow(&other.node);
    }

    /// Lets another branch win: the last blocks, none of them finalized, are replaced by as many and one
    /// more, as a client sees it. Their transactions are in the pool again, and so in the first of the new
    /// blocks where they still can be. Returns the new head's hash.
    pub fn reorganize(&self, blocks: u32) -> Result<Hash, DevnetError> {
        self.node
            .reorganize(blocks)
            .map_err(|error| DevnetError::because("cannot leave the branch", error))
    }

    /// Number and hash of the head.
    pub fn head(&self) -> (BlockNumber, Hash) {
        let head = self.node.head();
        (head.header.number, head.hash)
    }

    /// How many transactions wait for a block.
    pub fn pending(&self) -> usize {
        self.node.pending().len()
    }

    /// Changes the state directly, by a new block that has no transactions. Returns its hash.
    pub fn set_storage(
        &self,
        changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    ) -> Result<Hash, DevnetError> {
        self.node
            .change(&changes)
            .map_err(|error| DevnetError::because("cannot produce a block", error))
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
        let (head, ahead) = self.node.ahead();
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
