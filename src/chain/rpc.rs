//! One JSON-RPC connection: counted, with a time limit for every answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use subxt::rpcs::client::RpcClient;
use subxt::rpcs::{Error as RpcError, UserError};
use tokio::sync::RwLock;

use super::Endpoint;
use crate::error::{Error, Result};

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

/// Why a request has no result.
pub(crate) enum Failure {
    /// The node answered with an error: it has read the request.
    Refused(UserError),
    /// No answer, or no sense in it: what happened is not known.
    Lost(Error),
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
        self.try_request(method, params).await.map_err(|failure| match failure {
            Failure::Lost(error) => error,
            Failure::Refused(error) => self.refused(method, &error),
        })
    }

    /// As [`Rpc::request`], telling a refusal from a lost answer.
    pub(crate) async fn try_request<T: DeserializeOwned>(
        &self,
        method: &str,
        params: serde_json::Value,
    ) -> Result<T, Failure> {
        let lost = |what: &str| {
            Failure::Lost(
                Error::chain(format!("{}: {what} ({method})", self.endpoint))
                    .hint("check the network, or name another node with --network"),
            )
        };
        let params = params.to_string();
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.sent.fetch_add(params.len() as u64, Ordering::Relaxed);
        let raw = RawValue::from_string(params).map_err(|_| lost("the request is no JSON"))?;
        let client = self.client.read().await.clone();
        let answer = tokio::time::timeout(self.timeout, client.request_raw(method, Some(raw)));
        match answer.await {
            Err(_) => Err(lost(&format!("no answer within {} s", self.timeout.as_secs()))),
            Ok(Err(RpcError::User(error))) => Err(Failure::Refused(error)),
            Ok(Err(error)) => match lost("the connection was lost") {
                Failure::Lost(what) => Err(Failure::Lost(what.because(anyhow::Error::msg(
                    // The text of a transport error may name the URL with its credentials.
                    error.to_string().replace(self.endpoint.url(), &self.endpoint.to_string()),
                )))),
                refused @ Failure::Refused(_) => Err(refused),
            },
            Ok(Ok(answer)) => {
                self.received.fetch_add(answer.get().len() as u64, Ordering::Relaxed);
                serde_json::from_str(answer.get()).map_err(|_| lost("the answer makes no sense"))
            }
        }
    }

    /// The error for a request that the node has refused.
    pub(crate) fn refused(&self, method: &str, error: &UserError) -> Error {
        let text = describe(error);
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

/// A node's error in words: the detail is in `data`, which most clients drop.
pub(crate) fn describe(error: &UserError) -> String {
    let data = error.data.as_ref().map(|data| data.get().trim_matches('"').to_owned());
    match data {
        Some(data) if !data.is_empty() => format!("{}: {data} ({})", error.message, error.code),
        _ => format!("{} ({})", error.message, error.code),
    }
}

async fn open(endpoint: &Endpoint, timeout: Duration) -> Result<RpcClient> {
    let hint = "check the network and the address, or name another node with --network";
    let connect = RpcClient::from_insecure_url(endpoint.url());
    match tokio::time::timeout(timeout, connect).await {
        Err(_) => {
            Err(Error::chain(format!("{endpoint} did not answer within {} s", timeout.as_secs()))
                .hint(hint))
        }
        Ok(Err(error)) => Err(Error::chain(format!("{endpoint} cannot be reached"))
            .hint(hint)
            .because(anyhow::Error::msg(
                error.to_string().replace(endpoint.url(), &endpoint.to_string()),
            ))),
        Ok(Ok(client)) => Ok(client),
    }
}
