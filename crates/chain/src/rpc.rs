//! JSON-RPC to one of several nodes of a chain: counted, with a time limit for every answer.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jsonrpsee::client_transport::ws::WsHandshakeError;
use jsonrpsee::core::ClientError;
use jsonrpsee::core::client::async_client::PingConfig;
use jsonrpsee::ws_client::WsClientBuilder;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subxt::rpcs::client::RpcClient;
use subxt::rpcs::{Error as RpcError, UserError};
use tokio::sync::{Mutex, RwLock};

use super::Endpoint;

/// Largest answer that is taken. The largest ones are blocks, of up to 5 MiB of extrinsics in hex.
const MAX_ANSWER: u32 = 32 << 20;
/// How often a connection without traffic is shown to be alive: servers in front of nodes close one
/// that is idle for a minute.
const PING: Duration = Duration::from_secs(20);
/// How long nothing may come back, not even an answer to a ping, before the connection is given up.
const SILENCE: Duration = Duration::from_secs(60);
/// The client's own time limits are only there if ours should fail.
const SPARE: Duration = Duration::from_secs(10);

/// JSON-RPC's code for a method that is not there.
const METHOD_NOT_FOUND: i32 = -32_601;
/// What public nodes answer to too many requests, or to too much work.
const RATE_LIMITS: [i32; 2] = [-32_004, -32_005];
/// HTTP status codes for the same, before the connection is made.
const RATE_LIMIT_STATUS: [u16; 2] = [403, 429];

/// What a run has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent.
    pub requests: u64,
    /// Bytes of parameters sent.
    pub sent: u64,
    /// Bytes of results received.
    pub received: u64,
}

/// Why a request has no result. Only one of them says something about what was asked for.
pub(crate) enum Failure {
    /// No answer: what happened is not known.
    Lost(Error),
    /// The node answered with an error: it has read the request.
    Refused(UserError),
    /// The node does not have this method, or its runtime does not have this function. This alone may
    /// be passed over by what can do without.
    NotSupported(UserError),
    /// An answer that makes no sense: what happened is not known.
    Odd(Error),
}

impl Failure {
    /// Whether the node no longer has the state that was asked for.
    pub(crate) fn is_about_old_state(&self) -> bool {
        matches!(self, Self::Refused(error) if is_discarded(error) || is_unknown_block(error))
    }
}

/// Nodes of one chain.
#[derive(Default)]
pub(crate) struct Pool {
    /// In the order in which they are asked.
    pub(crate) endpoints: Vec<Endpoint>,
    /// Asked after those, for a chain that is known before they answer.
    pub(crate) fallbacks: Vec<Endpoint>,
    /// Nodes that keep all states.
    pub(crate) archives: Vec<Endpoint>,
    /// Whether the finalized head is asked for together with the genesis hash.
    pub(crate) eager: bool,
}

/// One connection at a time, to one of several nodes of a chain. What only reads goes on at the next one
/// when a node is lost, limits how much it is asked or does not know a block; what sends never does.
pub(crate) struct Rpc {
    /// The one that answered first.
    first: Endpoint,
    endpoints: Vec<Endpoint>,
    archives: Vec<Endpoint>,
    /// Which of the endpoints the client is connected to.
    at: AtomicUsize,
    client: RwLock<RpcClient>,
    /// The connection to a node that keeps all states, once it was wanted.
    archive: Mutex<Option<(Endpoint, RpcClient)>>,
    genesis_hash: Hash32,
    timeout: Duration,
    tell: fn(&str),
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    /// The finalized head that came along with the genesis hash, and when.
    head: std::sync::Mutex<Option<(Hash32, Instant)>>,
}

/// What a node has answered, and how many bytes that was.
pub(crate) type Answer<T> = Result<(T, u64), Failure>;

impl Rpc {
    /// Connects to the first node that answers for the chain that is meant; its genesis hash.
    pub(crate) async fn connect(
        pool: Pool,
        timeout: Duration,
        tell: fn(&str),
    ) -> Result<(Self, Hash32)> {
        let Pool { mut endpoints, fallbacks, archives, eager } = pool;
        // Who says which chain it is before any node does.
        let mut pinned = endpoints.iter().find_map(Endpoint::expected);
        if pinned.is_some() {
            endpoints.extend(fallbacks.iter().cloned());
        }
        let mut failed: Vec<Error> = Vec::new();
        let mut connected = None;
        for (at, endpoint) in endpoints.iter().enumerate() {
            if let Some(error) = failed.last() {
                tell(&format!("note: {}: asking {endpoint}", error.what));
            }
            match meet(endpoint, timeout, pinned, eager).await {
                Ok(met) => {
                    connected = Some((at, endpoint.clone(), met));
                    break;
                }
                Err(error) => failed.push(error),
            }
        }
        let Some((at, first, Met { client, genesis_hash, head, traffic })) = connected else {
            return Err(match (failed.len(), failed.pop()) {
                (2.., Some(last)) => {
                    let all: Vec<_> = failed.iter().chain([&last]).map(|e| &*e.what).collect();
                    let what = format!("no node answers: {}", all.join("; "));
                    Error { what, ..last }
                }
                (_, Some(only)) => only,
                (_, None) => Error::usage("no node is given").hint("choose one with --network"),
            });
        };
        if pinned.replace(genesis_hash).is_none() {
            endpoints.extend(fallbacks);
        }
        let rpc = Self {
            first,
            endpoints,
            archives,
            at: AtomicUsize::new(at),
            client: RwLock::new(client),
            archive: Mutex::new(None),
            genesis_hash,
            timeout,
            tell,
            requests: AtomicU64::new(traffic.requests),
            sent: AtomicU64::new(traffic.sent),
            received: AtomicU64::new(traffic.received),
            head: std::sync::Mutex::new(head.map(|head| (head, Instant::now()))),
        };
        Ok((rpc, genesis_hash))
    }

    /// The finalized head that came along with the genesis hash: once, and while it is fresh.
    pub(crate) fn take_head(&self) -> Option<Hash32> {
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        head.take().filter(|(_, since)| since.elapsed() < FRESH).map(|(head, _)| head)
    }

    /// Tells of something that goes on.
    pub(crate) fn tell(&self, line: &str) {
        (self.tell)(line);
    }

    /// The node that is asked now.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.endpoint_at(self.at.load(Ordering::Relaxed))
    }

    fn endpoint_at(&self, at: usize) -> &Endpoint {
        self.endpoints.get(at).unwrap_or(&self.first)
    }

    /// Opens a new connection in place of a dead one, to another node if that one is gone. Nothing is
    /// sent again.
    pub(crate) async fn reconnect(&self) -> Result<()> {
        let from = self.at.load(Ordering::Relaxed);
        let mut client = self.client.write().await;
        let (fresh, _) = match greet(self.endpoint(), self.timeout, Some(self.genesis_hash)).await {
            Ok(fresh) => fresh,
            Err(error) => return self.next(from, &mut client, &error.what).await,
        };
        *client = fresh;
        Ok(())
    }

    /// Goes on at another node, unless somebody else has done so meanwhile.
    async fn move_on(&self, from: usize, why: &str) -> Result<()> {
        let mut client = self.client.write().await;
        if self.at.load(Ordering::Relaxed) != from {
            return Ok(());
        }
        self.next(from, &mut client, why).await
    }

    /// Connects to the first node after this one that answers for the same chain.
    async fn next(&self, from: usize, client: &mut RpcClient, why: &str) -> Result<()> {
        let mut why = why.to_owned();
        let after = self.endpoints.iter().enumerate().skip(from.saturating_add(1));
        let before = self.endpoints.iter().enumerate().take(from);
        for (at, endpoint) in after.chain(before) {
            (self.tell)(&format!("note: {why}: asking {endpoint}"));
            match greet(endpoint, self.timeout, Some(self.genesis_hash)).await {
                Ok((fresh, _)) => {
                    *client = fresh;
                    self.at.store(at, Ordering::Relaxed);
                    return Ok(());
                }
                Err(error) => why = error.what,
            }
        }
        Err(Error::chain(why).hint("check the network, or use another node with --network"))
    }

    /// Sends one request and waits for its answer.
    pub(crate) async fn request<T: DeserializeOwned>(
        &self,
        method: &str,
        params: serde_json::Value,
    ) -> Result<T> {
        self.try_request(method, params).await.map_err(|failure| self.error(method, failure))
    }

    /// As [`Rpc::request`], telling what sort of failure it was.
    pub(crate) async fn try_request<T: DeserializeOwned>(
        &self,
        method: &str,
        params: serde_json::Value,
    ) -> Result<T, Failure> {
        let api = runtime_function(method, &params);
        let params = params.to_string();
        let (mut left, mut may_wait) = (self.endpoints.len().saturating_sub(1), true);
        loop {
            let at = self.at.load(Ordering::Relaxed);
            let client = self.client.read().await.clone();
            let endpoint = self.endpoint_at(at);
            let answer = self.ask(endpoint, &client, method, &params, api.as_deref()).await;
            let failure = match answer {
                Ok(answer) => return Ok(answer),
                // Nobody knows what became of it: the chain has to be asked.
                Err(failure) if sends(method) => return Err(failure),
                Err(failure) => failure,
            };
            if let Failure::Refused(error) = &failure
                && is_discarded(error)
                && !self.archives.is_empty()
            {
                return self.ask_archive(method, &params, api.as_deref(), failure).await;
            }
            let why = match &failure {
                Failure::Lost(error) => error.what.clone(),
                Failure::Refused(error) if RATE_LIMITS.contains(&error.code) => {
                    rate_limited(endpoint, &describe(error)).what
                }
                Failure::Refused(error) if is_unknown_block(error) => {
                    format!("{endpoint} does not have the block that is read")
                }
                _ => return Err(failure),
            };
            if left > 0 && self.move_on(at, &why).await.is_ok() {
                left = left.saturating_sub(1);
                continue;
            }
            match &failure {
                Failure::Refused(error) if may_wait && RATE_LIMITS.contains(&error.code) => {
                    let Some(time) = time_to_wait(&describe(error)) else { return Err(failure) };
                    may_wait = false;
                    (self.tell)(&format!("note: {why}: asking again in {} s", time.as_secs()));
                    tokio::time::sleep(jittered(time)).await;
                }
                _ => return Err(failure),
            }
        }
    }

    /// Asks a node that keeps all states for what another has discarded.
    async fn ask_archive<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &str,
        api: Option<&str>,
        failure: Failure,
    ) -> Result<T, Failure> {
        let mut archive = self.archive.lock().await;
        if archive.is_none() {
            for endpoint in &self.archives {
                (self.tell)(&format!(
                    "note: {} no longer has the state of that block: asking {endpoint}",
                    self.endpoint()
                ));
                match greet(endpoint, self.timeout, Some(self.genesis_hash)).await {
                    Ok((client, _)) => {
                        *archive = Some((endpoint.clone(), client));
                        break;
                    }
                    Err(error) => (self.tell)(&format!("note: {}", error.what)),
                }
            }
        }
        match &*archive {
            Some((endpoint, client)) => self.ask(endpoint, client, method, params, api).await,
            None => Err(failure),
        }
    }

    /// Asks one node once.
    async fn ask<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        client: &RpcClient,
        method: &str,
        params: &str,
        api: Option<&str>,
    ) -> Result<T, Failure> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.sent.fetch_add(params.len() as u64, Ordering::Relaxed);
        let (answer, length) = ask(endpoint, client, self.timeout, method, params, api).await?;
        self.received.fetch_add(length, Ordering::Relaxed);
        Ok(answer)
    }

    /// The error for a request that cannot do without its result.
    pub(crate) fn error(&self, method: &str, failure: Failure) -> Error {
        told(self.endpoint(), method, failure)
    }

    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
        }
    }
}

/// Asks for the genesis hash.
const GENESIS: &str = "[0]";
/// Asks for what takes no arguments.
const NOTHING: &str = "[]";
/// How long a head counts as the newest one: a block takes 12 s.
const FRESH: Duration = Duration::from_secs(2);

/// Connects to a node and asks which chain it is of: that one, if it is known.
async fn greet(
    endpoint: &Endpoint,
    timeout: Duration,
    known: Option<Hash32>,
) -> Result<(RpcClient, Hash32)> {
    let client = open(endpoint, timeout).await?;
    let (genesis, _) = which(endpoint, &client, timeout, known).await?;
    Ok((client, genesis))
}

/// A node that was met, and what that took.
struct Met {
    client: RpcClient,
    genesis_hash: Hash32,
    head: Option<Hash32>,
    traffic: Traffic,
}

/// The same for the first time: the finalized head, which is asked for next, comes in the same round
/// trip. Without an answer it is asked for again.
async fn meet(
    endpoint: &Endpoint,
    timeout: Duration,
    known: Option<Hash32>,
    eager: bool,
) -> Result<Met> {
    let client = open(endpoint, timeout).await?;
    let head = async {
        if !eager {
            return None;
        }
        let head: Answer<Hash32> =
            ask(endpoint, &client, timeout, "chain_getFinalizedHead", NOTHING, None).await;
        head.ok()
    };
    let (genesis, head) = tokio::join!(which(endpoint, &client, timeout, known), head);
    let (genesis_hash, mut received) = genesis?;
    let (mut requests, mut sent) = (1u64, GENESIS.len());
    if eager {
        (requests, sent) = (requests.saturating_add(1), sent.saturating_add(NOTHING.len()));
    }
    if let Some((_, bytes)) = head {
        received = received.saturating_add(bytes);
    }
    let traffic = Traffic { requests, sent: sent as u64, received };
    Ok(Met { client, genesis_hash, head: head.map(|(head, _)| head), traffic })
}

/// The genesis hash of a node's chain, which must be the one that is known, and the bytes of the
/// answer.
async fn which(
    endpoint: &Endpoint,
    client: &RpcClient,
    timeout: Duration,
    known: Option<Hash32>,
) -> Result<(Hash32, u64)> {
    let method = "chain_getBlockHash";
    let answer: Answer<Option<Hash32>> =
        ask(endpoint, client, timeout, method, GENESIS, None).await;
    let (genesis, bytes) = answer.map_err(|failure| told(endpoint, method, failure))?;
    let genesis = genesis.ok_or_else(|| {
        Error::chain(format!("{endpoint} has no genesis block"))
            .hint("use another node with --network")
    })?;
    endpoint.check_genesis(known, &genesis)?;
    Ok((genesis, bytes))
}

/// Asks one node once.
pub(crate) async fn ask<T: DeserializeOwned>(
    endpoint: &Endpoint,
    client: &RpcClient,
    timeout: Duration,
    method: &str,
    params: &str,
    api: Option<&str>,
) -> Answer<T> {
    let failed = |what: &str| {
        Error::chain(format!("{endpoint}: {what} ({method})"))
            .hint("check the network, or use another node with --network")
    };
    let raw = RawValue::from_string(params.to_owned())
        .map_err(|_| Failure::Odd(failed("the request is not JSON")))?;
    match tokio::time::timeout(timeout, client.request_raw(method, Some(raw))).await {
        Err(_) => Err(Failure::Lost(failed(&format!("no answer within {} s", timeout.as_secs())))),
        Ok(Err(RpcError::User(error))) if is_missing(&error, api) => {
            Err(Failure::NotSupported(error))
        }
        Ok(Err(RpcError::User(error))) => Err(Failure::Refused(error)),
        Ok(Err(error)) => {
            // The text of a transport error may name the URL with its credentials.
            let cause = anyhow::Error::msg(endpoint.hide_in(&error.to_string()));
            Err(match is_unintelligible(&error) {
                true => Failure::Odd(failed("the answer makes no sense").because(cause)),
                false => Failure::Lost(failed("the connection was lost").because(cause)),
            })
        }
        Ok(Ok(answer)) => serde_json::from_str(answer.get())
            .map(|value| (value, answer.get().len() as u64))
            .map_err(|_| Failure::Odd(failed("the answer makes no sense"))),
    }
}

/// The error for a request to a node that cannot do without its result.
pub(crate) fn told(endpoint: &Endpoint, method: &str, failure: Failure) -> Error {
    let error = match failure {
        Failure::Lost(error) | Failure::Odd(error) => return error,
        Failure::Refused(error) | Failure::NotSupported(error) => error,
    };
    let text = describe(&error);
    if RATE_LIMITS.contains(&error.code) {
        return rate_limited(endpoint, &text);
    }
    let pruned = is_discarded(&error) || is_unknown_block(&error);
    Error::chain(format!("{endpoint} refused {method}: {text}")).hint(if pruned {
        "the node no longer has the state of that block: use --network archive, or name nodes that \
         keep all states in BT_ARCHIVE_ENDPOINTS"
    } else {
        "the node may be old or restricted: use another one with --network"
    })
}

/// Whether a request changes anything: such a one is made once, at one node.
fn sends(method: &str) -> bool {
    method.starts_with("author_")
}

/// Whether a node has dropped the state of a block that it knows.
fn is_discarded(error: &UserError) -> bool {
    describe(error).contains("State already discarded")
}

/// Whether a node does not know a block.
fn is_unknown_block(error: &UserError) -> bool {
    describe(error).contains("UnknownBlock") && !is_discarded(error)
}

/// The time that a node asks to wait, in words like `retry after 5 s` or `{"retry_after":5}`, or a
/// moment where it names none. `None` where it is longer than anybody would sit there for.
fn time_to_wait(said: &str) -> Option<Duration> {
    const LONGEST: u64 = 30;
    let said = said.to_ascii_lowercase();
    let named = said.split_once("retry").map(|(_, rest)| {
        let digits = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end).and_then(|digits| digits.parse::<u64>().ok())
    });
    let seconds = named.flatten().unwrap_or(2);
    (seconds <= LONGEST).then(|| Duration::from_secs(seconds))
}

/// A time and up to half a second more, so that many who were refused at once do not come back at once.
fn jittered(time: Duration) -> Duration {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    let chance = RandomState::new().build_hasher().finish() % 500;
    time.saturating_add(Duration::from_millis(chance))
}

/// The function of the runtime that a request calls.
fn runtime_function(method: &str, params: &serde_json::Value) -> Option<String> {
    let name = params.get(0)?.as_str()?;
    (method == "state_call").then(|| name.to_owned())
}

/// Whether the node says that what was asked for is not there at all: the method, or the function of
/// the runtime, in the words of the executor of every Substrate node.
fn is_missing(error: &UserError, function: Option<&str>) -> bool {
    error.code == METHOD_NOT_FOUND
        || function.is_some_and(|function| {
            describe(error).contains(&format!("Exported method {function} is not found"))
        })
}

/// Whether something came back that is no answer.
fn is_unintelligible(error: &RpcError) -> bool {
    match error {
        RpcError::Client(cause) => {
            matches!(cause.downcast_ref(), Some(ClientError::ParseError(_)))
        }
        RpcError::Deserialization(_) | RpcError::Decode(_) => true,
        _ => false,
    }
}

/// A node's error in words: the detail is in `data`, which most clients drop.
pub(crate) fn describe(error: &UserError) -> String {
    let data = error.data.as_ref().map(|data| data.get().trim_matches('"').to_owned());
    match data {
        Some(data) if !data.is_empty() => format!("{}: {data} ({})", error.message, error.code),
        _ => format!("{} ({})", error.message, error.code),
    }
}

fn rate_limited(endpoint: &Endpoint, said: &str) -> Error {
    Error::chain(format!("{endpoint} limits how much it is asked: {said}"))
        .hint("wait a minute before you try again, or use another node with --network")
}

/// A client whose time limits are not shorter than ours.
fn client(timeout: Duration) -> WsClientBuilder {
    let late = timeout.saturating_add(SPARE);
    WsClientBuilder::new()
        .connection_timeout(late)
        .request_timeout(late)
        .max_response_size(MAX_ANSWER)
        .enable_ws_ping(PingConfig::new().ping_interval(PING).inactive_limit(SILENCE))
        // One try, and none at another address: a redirection would lead away from the host that was
        // checked, even to an unencrypted connection.
        .max_redirections(1)
}

pub(crate) async fn open(endpoint: &Endpoint, timeout: Duration) -> Result<RpcClient> {
    let hint = "check the network and the address, or use another node with --network";
    match tokio::time::timeout(timeout, client(timeout).build(endpoint.url())).await {
        Err(_) => {
            Err(Error::chain(format!("{endpoint} did not answer within {} s", timeout.as_secs()))
                .hint(hint))
        }
        Ok(Err(error)) => {
            let cause = anyhow::Error::msg(endpoint.hide_in(&error.to_string()));
            let error = match rejection(&error) {
                Some(status) if RATE_LIMIT_STATUS.contains(&status) => {
                    rate_limited(endpoint, &format!("HTTP status {status}"))
                }
                Some(status) => {
                    Error::chain(format!("{endpoint} refuses connections: HTTP status {status}"))
                        .hint(hint)
                }
                None => Error::chain(format!("{endpoint} cannot be reached")).hint(hint),
            };
            Err(error.because(cause))
        }
        Ok(Ok(client)) => Ok(RpcClient::new(client)),
    }
}

/// The HTTP status by which a server has turned the connection down.
fn rejection(error: &ClientError) -> Option<u16> {
    let ClientError::Transport(error) = error else { return None };
    match error.downcast_ref()? {
        WsHandshakeError::Rejected { status_code } => Some(*status_code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: i32, message: &str, data: Option<&str>) -> UserError {
        let error = serde_json::json!({ "code": code, "message": message, "data": data });
        serde_json::from_str(&error.to_string()).unwrap()
    }

    #[test]
    fn only_what_is_not_there_counts_as_not_supported() {
        let params = serde_json::json!(["BlockBuilder_apply_extrinsic", "0x00", "0x11"]);
        let function = runtime_function("state_call", &params);
        assert_eq!(function.as_deref(), Some("BlockBuilder_apply_extrinsic"));
        assert_eq!(runtime_function("state_getStorage", &params), None);
        let missing = |error: UserError| is_missing(&error, function.as_deref());
        let executor = "Other: Exported method BlockBuilder_apply_extrinsic is not found";
        assert!(missing(said(-32_601, "Method not found", None)));
        assert!(missing(said(4003, "Client error: Execution failed", Some(executor))));
        assert!(missing(said(4003, executor, None)));
        for other in [
            said(-32_000, "Server is busy", None),
            said(-32_603, "Internal error", Some("Method not found")),
            said(-32_005, "too many requests", None),
            said(4003, "Client error: Execution failed", Some("wasm trap: unreachable")),
            said(4003, "Exported method Core_version is not found", None),
        ] {
            assert!(!missing(other.clone()), "{other:?}");
        }
    }

    /// Its own are 60 s for an answer and 10 s for the connection, whatever `--timeout` says.
    #[test]
    fn the_client_ends_nothing_before_our_own_time_limit() {
        for seconds in [1, 30, 3_600] {
            let client = format!("{:?}", client(Duration::from_secs(seconds)));
            let late = seconds + SPARE.as_secs();
            for part in [
                format!("request_timeout: {late}s"),
                format!("connection_timeout: {late}s"),
                "ping_interval: 20s".to_owned(),
                "max_redirections: 1".to_owned(),
            ] {
                assert!(client.contains(&part), "{part}: {client}");
            }
        }
    }

    #[test]
    fn the_time_that_a_node_names_is_waited_for_and_no_longer_than_half_a_minute() {
        for (said, seconds) in [
            ("too many requests, retry after 5 s (-32005)", Some(5)),
            ("storage work: {\"retry_after\":30} (-32004)", Some(30)),
            ("Retry-After: 31", None),
            ("retry after 99999999999999999999999 s", Some(2)),
            ("storage work rate limit exceeded (-32004)", Some(2)),
        ] {
            assert_eq!(time_to_wait(said), seconds.map(Duration::from_secs), "{said}");
        }
        let time = Duration::from_secs(7);
        let waits: Vec<_> = (0..50).map(|_| jittered(time)).collect();
        let most = time.saturating_add(Duration::from_millis(500));
        assert!(waits.iter().all(|wait| (time..most).contains(wait)));
        assert!(waits.iter().any(|wait| *wait != waits[0]), "they do not all come back at once");
    }

    #[test]
    fn rate_limits_are_told_as_such() {
        let endpoint = Endpoint::parse("finney", false).unwrap();
        let text = rate_limited(&endpoint, &describe(&said(-32_004, "storage work", Some("60"))));
        assert_eq!(text.what, "finney limits how much it is asked: storage work: 60 (-32004)");
    }
}
