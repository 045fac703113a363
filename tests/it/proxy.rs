//! A node between the tool and the chain that may lie, refuse or fall silent.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonrpsee::core::ClientError;
use jsonrpsee::core::client::ClientT as _;
use jsonrpsee::core::params::ArrayParams;
use jsonrpsee::server::{RpcModule, Server, ServerHandle};
use jsonrpsee::types::ErrorObjectOwned;
use jsonrpsee::ws_client::{WsClient, WsClientBuilder};
use serde_json::Value;
use tokio::net::TcpSocket;
use tokio::runtime::Runtime;

/// Every method that the tool uses.
const METHODS: &[&str] = &[
    "author_submitExtrinsic",
    "chain_getBlock",
    "chain_getBlockHash",
    "chain_getFinalizedHead",
    "chain_getHeader",
    "state_call",
    "state_getRuntimeVersion",
    "state_getStorage",
    "state_queryStorageAt",
    "system_accountNextIndex",
];

/// What a node does with a request.
pub(crate) enum Reply {
    /// Asks the chain.
    Pass,
    /// Asks the chain, with other parameters.
    With(Value),
    /// Asks the chain something else.
    Instead(&'static str, Value),
    /// Asks the chain, and tells its answer otherwise.
    Alter(fn(Value) -> Value),
    /// Asks the chain, and does this once it has answered.
    Then(Box<dyn FnOnce() + Send>),
    /// Answers this.
    Say(Value),
    /// Refuses.
    Refuse(i32, &'static str),
    /// Never answers.
    Silence,
    /// Asks the chain, and never tells the answer.
    Swallow,
}

/// Decides about a request by its method and parameters.
pub(crate) type Hook = Box<dyn Fn(&str, &Value) -> Reply + Send + Sync>;

/// A running node. It stops when it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    _server: ServerHandle,
    _threads: Runtime,
}

struct Shared {
    chain: Option<WsClient>,
    hook: Hook,
}

impl Proxy {
    /// Starts a node in front of a chain, or of none.
    pub(crate) fn start(chain: Option<String>, hook: Hook) -> Self {
        Self::start_at(0, chain, hook)
    }

    /// Starts a node at a port, where another one may have been; 0 is any.
    pub(crate) fn start_at(port: u16, chain: Option<String>, hook: Hook) -> Self {
        let threads =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let threads = threads.unwrap();
        let (address, server) = threads.block_on(async {
            let chain = match chain {
                Some(url) => Some(WsClientBuilder::default().build(url).await.unwrap()),
                None => None,
            };
            let mut module = RpcModule::new(Shared { chain, hook });
            for method in METHODS {
                module
                    .register_async_method(method, move |params, shared, _| async move {
                        let params = params.parse().unwrap_or(Value::Null);
                        answer(method, params, &shared).await
                    })
                    .unwrap();
            }
            let server = listen(port).await;
            (server.local_addr().unwrap(), server.start(module))
        });
        Self { address, _server: server, _threads: threads }
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }
}

/// A port at which nobody listens, and which nobody else is given.
pub(crate) fn reserve() -> (TcpSocket, u16) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

/// Listens at a port. One that was just closed may stay open for a moment: a process that another thread
/// is starting has all files of this one, until it becomes another program.
async fn listen(port: u16) -> Server {
    const LONGEST: Duration = Duration::from_secs(60);
    let since = Instant::now();
    loop {
        match Server::builder().build(format!("127.0.0.1:{port}")).await {
            Ok(server) => return server,
            Err(error) if error.kind() == ErrorKind::AddrInUse && since.elapsed() < LONGEST => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("port {port}: {error}"),
        }
    }
}

async fn answer(
    method: &str,
    params: Value,
    shared: &Arc<Shared>,
) -> Result<Value, ErrorObjectOwned> {
    match (shared.hook)(method, &params) {
        Reply::Pass => ask(method, params, shared).await,
        Reply::With(params) => ask(method, params, shared).await,
        Reply::Instead(method, params) => ask(method, params, shared).await,
        Reply::Alter(change) => ask(method, params, shared).await.map(change),
        Reply::Then(after) => {
            let answer = ask(method, params, shared).await;
            after();
            answer
        }
        Reply::Say(value) => Ok(value),
        Reply::Refuse(code, why) => Err(ErrorObjectOwned::owned(code, why, None::<()>)),
        Reply::Silence => std::future::pending().await,
        Reply::Swallow => {
            let _ = ask(method, params, shared).await;
            std::future::pending().await
        }
    }
}

async fn ask(method: &str, params: Value, shared: &Shared) -> Result<Value, ErrorObjectOwned> {
    let mut list = ArrayParams::new();
    for param in params.as_array().into_iter().flatten() {
        list.insert(param).unwrap();
    }
    shared.chain.as_ref().unwrap().request(method, list).await.map_err(|error| match error {
        ClientError::Call(error) => error,
        other => ErrorObjectOwned::owned(-32_603, other.to_string(), None::<()>),
    })
}
