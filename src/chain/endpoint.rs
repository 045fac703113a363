//! Networks, URLs and the chains behind them.

use std::fmt;

use crate::error::{Error, Result};
use crate::model::hash::Hash32;
use crate::model::network::{FINNEY, TEST};

/// A public network, pinned by its genesis hash.
struct Network {
    name: &'static str,
    url: &'static str,
    genesis_hash: Option<Hash32>,
}

const NETWORKS: &[Network] = &[
    Network {
        name: "finney",
        url: "wss://entrypoint-finney.opentensor.ai:443",
        genesis_hash: Some(FINNEY),
    },
    Network { name: "test", url: "wss://test.finney.opentensor.ai:443", genesis_hash: Some(TEST) },
    Network {
        name: "archive",
        url: "wss://archive.chain.opentensor.ai:443",
        genesis_hash: Some(FINNEY),
    },
    Network { name: "local", url: "ws://127.0.0.1:9944", genesis_hash: None },
];

/// Where to connect, and which chain must answer.
#[derive(Clone)]
pub struct Endpoint {
    url: String,
    name: Option<&'static str>,
    expected: Option<Hash32>,
}

impl Endpoint {
    /// Reads `finney`, `test`, `archive`, `local`, or a `ws://` or `wss://` URL.
    ///
    /// # Errors
    /// When it is neither, or a plain `ws://` to another host without
    /// `allow_insecure`.
    pub fn parse(text: &str, allow_insecure: bool) -> Result<Self> {
        let text = text.trim();
        if let Some(network) = NETWORKS.iter().find(|network| network.name == text) {
            return Ok(Self {
                url: network.url.to_owned(),
                name: Some(network.name),
                expected: network.genesis_hash,
            });
        }
        let endpoint = Self { url: text.to_owned(), name: None, expected: None };
        let host = match text.split_once("://") {
            Some(("wss", _)) => return Ok(endpoint),
            Some(("ws", rest)) => host(rest),
            _ => {
                return Err(Error::usage(format!("--network {endpoint} is no known network"))
                    .hint("use finney, test, archive, local, or a ws:// or wss:// URL"));
            }
        };
        if allow_insecure || matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Ok(endpoint);
        }
        Err(Error::usage(format!("{endpoint} is not encrypted and not on this machine"))
            .hint("use wss://, or --allow-insecure if you know who can change what you see"))
    }

    /// The URL to connect to; may hold credentials.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Refuses a chain other than the one that was named.
    ///
    /// # Errors
    /// When the genesis hash is not the pinned one.
    pub fn check_genesis(&self, genesis_hash: &Hash32) -> Result<()> {
        match self.expected {
            Some(expected) if expected != *genesis_hash => Err(Error::chain(format!(
                "{self} answers for another chain: genesis {genesis_hash}, expected {expected}"
            ))
            .hint("do not use this node; name another one with --network")),
            _ => Ok(()),
        }
    }
}

/// The host of what follows `ws://`.
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    if host.starts_with('[') {
        return host.split_inclusive(']').next().unwrap_or(host);
    }
    host.split(':').next().unwrap_or(host)
}

impl fmt::Display for Endpoint {
    /// The name, or the URL without credentials, path and query: keys are put there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name {
            return f.write_str(name);
        }
        let (scheme, rest) = match self.url.split_once("://") {
            Some((scheme, rest)) => (format!("{scheme}://"), rest),
            None => (String::new(), self.url.as_str()),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let shown = authority.rsplit('@').next().unwrap_or(authority);
        let hidden = if shown == rest.trim_end_matches('/') { "" } else { "/…" };
        write!(f, "{scheme}{shown}{hidden}")
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_ws_needs_this_machine_or_a_flag() {
        for good in ["ws://127.0.0.1:9944", "ws://localhost", "ws://[::1]:1", "wss://node.example"]
        {
            assert!(Endpoint::parse(good, false).is_ok(), "{good}");
        }
        for bad in
            ["ws://node.example", "ws://127.0.0.1.evil.example", "ws://127.0.0.1@evil.example:1"]
        {
            assert!(Endpoint::parse(bad, false).is_err(), "{bad}");
            assert!(Endpoint::parse(bad, true).is_ok(), "{bad}");
        }
        for bad in ["", "finny", "http://127.0.0.1", "127.0.0.1:9944"] {
            assert!(Endpoint::parse(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn credentials_are_never_shown() {
        let show = |url: &str| Endpoint::parse(url, true).unwrap().to_string();
        assert_eq!(
            show("wss://user:secret@node.example:443/key?token=1"),
            "wss://node.example:443/…"
        );
        assert_eq!(show("wss://node.example/"), "wss://node.example");
        assert_eq!(show("wss://node.example?token=1"), "wss://node.example/…");
        assert_eq!(show("finney"), "finney");
        let refusal = |url: &str| Endpoint::parse(url, true).unwrap_err().what;
        for url in ["https://user:secret@node.example/secret", "user:secret@node.example?secret"] {
            let what = refusal(url);
            assert!(what.contains("node.example/…") && !what.contains("secret"), "{what}");
        }
    }

    #[test]
    fn the_pinned_chains_are_known_by_genesis() {
        let finney = Endpoint::parse("finney", false).unwrap();
        assert!(finney.check_genesis(&FINNEY).is_ok());
        assert!(finney.check_genesis(&TEST).is_err());
        assert!(Endpoint::parse("local", false).unwrap().check_genesis(&TEST).is_ok());
    }
}
