//! One JSON-RPC connection: counted, with a time limit for every answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jsonrpsee::client_transport::ws::WsHandshakeError;
use jsonrpsee::core::ClientError;
use jsonrpsee::core::client::async_client::PingConfig;
use jsonrpsee::ws_client::WsClientBuilder;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use subxt::rpcs::client::RpcClient;
use subxt::rpcs::{Error as RpcError, UserError};
use tokio::sync::RwLock;

use super::Endpoint;
use crate::error::{Error, Result};

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

pub(crate) struct Rpc {
    client: RwLock<RpcClient>,
    endpoint: Endpoint,
    timeout: Duration,
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Rpc {
    pub(crate) async fn connect(endpoint: &Endpoint, timeout: Duration) -> Result<Self> {
        Ok(Self {
            client: RwLock::new(open(endpoint, timeout).await?),
            endpoint: endpoint.clone(),
            timeout,
            requests: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
        })
    }

    /// Opens a new connection in place of a dead one. Nothing is sent again.
    pub(crate) async fn reconnect(&self) -> Result<()> {
        let fresh = open(&self.endpoint, self.timeout).await?;
        *self.client.write().await = fresh;
        Ok(())
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
        let failed = |what: &str| {
            Error::chain(format!("{}: {what} ({method})", self.endpoint))
                .hint("check the network, or name another node with --network")
        };
        let api = runtime_function(method, &params);
        let params = params.to_string();
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.sent.fetch_add(params.len() as u64, Ordering::Relaxed);
        let raw = RawValue::from_string(params)
            .map_err(|_| Failure::Odd(failed("the request is no JSON")))?;
        let client = self.client.read().await.clone();
        let answer = tokio::time::timeout(self.timeout, client.request_raw(method, Some(raw)));
        match answer.await {
            Err(_) => {
                let what = format!("no answer within {} s", self.timeout.as_secs());
                Err(Failure::Lost(failed(&what)))
            }
            Ok(Err(RpcError::User(error))) if is_missing(&error, api.as_deref()) => {
                Err(Failure::NotSupported(error))
            }
            Ok(Err(RpcError::User(error))) => Err(Failure::Refused(error)),
            Ok(Err(error)) => {
                // The text of a transport error may name the URL with its credentials.
                let cause = anyhow::Error::msg(self.endpoint.hide_in(&error.to_string()));
                Err(match is_unintelligible(&error) {
                    true => Failure::Odd(failed("the answer makes no sense").because(cause)),
                    false => Failure::Lost(failed("the connection was lost").because(cause)),
                })
            }
            Ok(Ok(answer)) => {
                self.received.fetch_add(answer.get().len() as u64, Ordering::Relaxed);
                serde_json::from_str(answer.get())
                    .map_err(|_| Failure::Odd(failed("the answer makes no sense")))
            }
        }
    }

    /// The error for a request that cannot do without its result.
    pub(crate) fn error(&self, method: &str, failure: Failure) -> Error {
        match failure {
            Failure::Lost(error) | Failure::Odd(error) => error,
            Failure::Refused(error) | Failure::NotSupported(error) => self.refused(method, &error),
        }
    }

    /// The error for a request that the node has refused.
    fn refused(&self, method: &str, error: &UserError) -> Error {
        let text = describe(error);
        if RATE_LIMITS.contains(&error.code) {
            return rate_limited(&self.endpoint, &text);
        }
        let pruned = text.contains("State already discarded") || text.contains("UnknownBlock");
        Error::chain(format!("{} refused {method}: {text}", self.endpoint)).hint(if pruned {
            "the node no longer has the state of that block: use --network archive"
        } else {
            "the node may be old or restricted: name another one with --network"
        })
    }

    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
        }
    }
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
        .hint("wait a minute before you try again, or name another node with --network")
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

async fn open(endpoint: &Endpoint, timeout: Duration) -> Result<RpcClient> {
    let hint = "check the network and the address, or name another node with --network";
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
    fn rate_limits_are_told_as_such() {
        let endpoint = Endpoint::parse("finney", false).unwrap();
        let text = rate_limited(&endpoint, &describe(&said(-32_004, "storage work", Some("60"))));
        assert_eq!(text.what, "finney limits how much it is asked: storage work: 60 (-32004)");
    }
}
