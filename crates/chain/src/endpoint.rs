//! Networks, URLs and the chains behind them.

use std::fmt;

use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::network::{FINNEY, TEST};
use url::{Host, Url};

/// A network that has a name.
struct Network {
    /// The name that is shown, and then what else it is called.
    names: &'static [&'static str],
    url: &'static str,
    /// The genesis hash that must answer, for a public one.
    genesis_hash: Option<Hash32>,
    /// Nodes of others that answer where it does not.
    fallbacks: &'static [&'static str],
    /// Nodes that keep all states.
    archives: &'static [&'static str],
}

/// The networks of btcli 11, with the same pools.
const NETWORKS: &[Network] = &[
    Network {
        names: &["finney", "mainnet", "main"],
        url: "wss://entrypoint-finney.opentensor.ai:443",
        genesis_hash: Some(FINNEY),
        fallbacks: &["wss://lite.chain.opentensor.ai:443", "wss://lite.sub.latent.to:443"],
        archives: &["wss://archive.chain.opentensor.ai:443", "wss://archive.sub.latent.to:443"],
    },
    Network {
        names: &["test", "testnet"],
        url: "wss://test.finney.opentensor.ai:443",
        genesis_hash: Some(TEST),
        fallbacks: &[],
        archives: &[],
    },
    Network {
        names: &["archive"],
        url: "wss://archive.chain.opentensor.ai:443",
        genesis_hash: Some(FINNEY),
        fallbacks: &["wss://archive.sub.latent.to:443"],
        archives: &[],
    },
    Network {
        names: &["devnet"],
        url: "wss://dev.chain.opentensor.ai:443",
        genesis_hash: None,
        fallbacks: &[],
        archives: &[],
    },
    Network {
        names: &["local", "localnet"],
        url: "ws://127.0.0.1:9944",
        genesis_hash: None,
        fallbacks: &[],
        archives: &[],
    },
];

/// Names that networks had, and what to use now.
const GONE: &[(&str, &str)] = &[
    ("nakamoto", "use finney, which has followed it"),
    ("latent-lite", "use finney, which asks its node where its own does not answer"),
    ("dev", "use devnet, as it is called now"),
    ("rao", "use test or devnet"),
];

const HINT: &str = "use finney, test, archive, devnet, local, or a ws:// or wss:// URL";
/// Longest part of a name that is no network's which is shown.
const LONGEST_SHOWN: usize = 40;
/// Shortest part of a URL that may be a key.
const SHORTEST_KEY: usize = 4;

/// Where to connect, and which chain must answer.
#[derive(Clone)]
pub struct Endpoint {
    /// In the one form that the client reads, too: what was checked is what is used.
    url: Url,
    name: Option<&'static str>,
    expected: Option<Hash32>,
}

impl Endpoint {
    /// The names of the known networks.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NETWORKS.iter().filter_map(|network| network.names.first().copied())
    }

    /// Reads the name of a network in any case, `localhost:PORT` or `127.0.0.1:PORT`, or a `ws://` or
    /// `wss://` URL.
    ///
    /// # Errors
    /// When it is none of them, or a plain `ws://` to another host without `allow_insecure`.
    pub fn parse(text: &str, allow_insecure: bool) -> Result<Self> {
        let text = text.trim();
        let called =
            |network: &&Network| network.names.iter().any(|name| name.eq_ignore_ascii_case(text));
        if let Some(network) = NETWORKS.iter().find(called)
            && let [name, ..] = network.names
            && let Ok(url) = Url::parse(network.url)
        {
            return Ok(Self { url, name: Some(name), expected: network.genesis_hash });
        }
        if let Some((name, now)) = GONE.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Err(Error::usage(format!("the network {name} is gone")).hint(*now));
        }
        let url = match Url::parse(text).ok().filter(is_web_socket) {
            Some(url) => url,
            None => this_machine(text).ok_or_else(|| unknown(text))?,
        };
        let mut endpoint = Self { url, name: None, expected: None };
        // A fragment is for readers of pages: the protocol has no place for it.
        endpoint.url.set_fragment(None);
        if endpoint.url.scheme() == "wss" || allow_insecure || is_loopback(&endpoint.url) {
            return Ok(endpoint);
        }
        Err(Error::usage(format!("{endpoint} is not encrypted and not on this machine"))
            .hint("use wss://, or --allow-insecure if you trust every machine on the way"))
    }

    /// Reads several, separated by commas: the first is asked, and the others where it does not answer.
    ///
    /// # Errors
    /// As [`Endpoint::parse`], for any of them.
    pub fn parse_list(text: &str, allow_insecure: bool) -> Result<Vec<Self>> {
        text.split(',').map(|one| Self::parse(one, allow_insecure)).collect()
    }

    /// The known nodes that answer where that of a named network does not.
    #[must_use]
    pub fn fallbacks(&self) -> Vec<Self> {
        self.known(|network| network.fallbacks)
    }

    /// The known nodes that keep all states of a named network.
    #[must_use]
    pub fn archives(&self) -> Vec<Self> {
        self.known(|network| network.archives)
    }

    fn known(&self, which: impl Fn(&Network) -> &'static [&'static str]) -> Vec<Self> {
        let network = NETWORKS
            .iter()
            .find(|network| self.name.is_some_and(|name| network.names.first() == Some(&name)));
        let urls = network.map(which).unwrap_or_default();
        urls.iter()
            .filter_map(|url| Url::parse(url).ok())
            .map(|url| Self { url, name: None, expected: self.expected })
            .collect()
    }

    /// The chain that must answer, where that is known before it does.
    #[must_use]
    pub const fn expected(&self) -> Option<Hash32> {
        self.expected
    }

    /// Whether what is said can be read and altered by nobody on the way.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "wss"
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether it is the network of the nodes that keep all states.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.name == Some("archive")
    }

    /// Whether it is the same address, credentials included.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.url() == other.url()
    }

    /// The URL to connect to; may hold credentials.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// A text of the client, which may name the URL or a part of it, without credentials and keys.
    pub(crate) fn hide_in(&self, text: &str) -> String {
        let text = text.replace(self.url.as_str(), &self.to_string());
        let parts = [Some(self.url.username()), self.url.password(), self.url.query()];
        let path = self.url.path().trim_start_matches('/');
        let keys = parts.into_iter().flatten().chain([path]);
        // What is shorter is no key, and stands in many words.
        keys.filter(|key| key.len() >= SHORTEST_KEY).fold(text, |text, key| text.replace(key, "…"))
    }

    /// Refuses a chain other than the one that is known already, or else was named.
    ///
    /// # Errors
    /// When the genesis hash is another one.
    pub fn check_genesis(&self, known: Option<Hash32>, genesis_hash: &Hash32) -> Result<()> {
        match known.or(self.expected) {
            Some(expected) if expected != *genesis_hash => Err(Error::chain(format!(
                "{self} answers for another chain: genesis {genesis_hash}, expected {expected}"
            ))
            .hint("do not use this node; use another one with --network")),
            _ => Ok(()),
        }
    }
}

fn is_web_socket(url: &Url) -> bool {
    matches!(url.scheme(), "ws" | "wss") && url.has_host()
}

/// Whether a connection stays on this machine, by the host that the client will use.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// `localhost:9944` and the like, as people write it: a plain connection to this machine.
fn this_machine(text: &str) -> Option<Url> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '[' | ']');
    let url = Url::parse(&format!("ws://{text}")).ok()?;
    (text.chars().all(plain) && url.port().is_some() && is_loopback(&url)).then_some(url)
}

/// The error for a text that names no network. By mistake it may hold credentials, so no more of it
/// is shown than a host or a plain word.
fn unknown(text: &str) -> Error {
    let (text_as_url, prefix) = match text.contains("://") {
        true => (text.to_owned(), ""),
        false => (format!("wss://{text}"), "wss://"),
    };
    let url = Url::parse(&text_as_url).ok().filter(Url::has_host).map(|url| shown(&url));
    // What is no address may be a secret that was pasted in the wrong place.
    let url = url.filter(|url| prefix.is_empty() || url.contains('.'));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let what = match &url {
        _ if text.is_empty() => "an empty name",
        _ if text.len() <= LONGEST_SHOWN && text.chars().all(plain) => text,
        Some(url) => url.trim_start_matches(prefix),
        None => "what was given",
    };
    Error::usage(format!("{what} is not a network that subtune knows")).hint(HINT)
}

/// A URL without credentials, path and query: keys are put there.
fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let more = !matches!(url.path(), "" | "/") || url.query().is_some();
    format!("{}://{host}{port}{}", url.scheme(), if more { "/…" } else { "" })
}

impl fmt::Display for Endpoint {
    /// The name, or the URL without credentials, path and query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => f.write_str(name),
            None => f.write_str(&shown(&self.url)),
        }
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

    fn parse(text: &str) -> Result<Endpoint> {
        Endpoint::parse(text, false)
    }

    #[test]
    fn plain_ws_needs_this_machine_or_a_flag() {
        for good in [
            "ws://127.0.0.1:9944",
            "ws://127.9.8.7:9944",
            "ws://localhost",
            "ws://LOCALHOST:9944",
            "ws://[::1]:1",
            "wss://node.example",
            "WSS://node.example",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "ws://node.example",
            "ws://127.0.0.1.evil.example",
            "ws://localhost.evil.example",
            "ws://127.0.0.1@evil.example:1",
            "ws://localhost:1@evil.example:1",
            "ws://[::2]:1",
            "ws://0.0.0.0:1",
            // Where one reader sees the host before the backslash, another saw it after the @.
            r"ws://192.0.2.2:20002\@localhost",
            r"ws:\\192.0.2.2:20002\@localhost",
            "ws://192.0.2.2:20002\t/@localhost",
            "ws:/192.0.2.2/@localhost",
            "ws://192.0.2.2?@localhost",
            "ws://192.0.2.2#@localhost",
        ] {
            let refusal = parse(bad).unwrap_err();
            assert!(refusal.what.contains("not encrypted"), "{bad}: {refusal}");
            let host = Endpoint::parse(bad, true).unwrap().url().host_str().unwrap().to_owned();
            assert!(!host.starts_with("localhost") || host.len() > 9, "{bad}: {host}");
        }
        for bad in ["", "  ", "finny", "http://127.0.0.1", "ws://", "ws:///", "192.0.2.2:9944"] {
            assert!(Endpoint::parse(bad, true).is_err(), "{bad}");
        }
    }

    /// What is checked and shown is what the client gets, whatever was typed.
    #[test]
    fn there_is_one_form_of_an_address() {
        for (typed, used) in [
            (r"ws://192.0.2.2:20002\@localhost", "ws://192.0.2.2:20002/@localhost"),
            ("ws://0x7f.1:9944", "ws://127.0.0.1:9944/"),
            ("ws://2130706433:9944", "ws://127.0.0.1:9944/"),
            ("  wss://Node.Example:443/a#b \n", "wss://node.example/a"),
            ("wss://nöde.example", "wss://xn--nde-sna.example/"),
            ("127.0.0.1:9944", "ws://127.0.0.1:9944/"),
            ("localhost:9944 ", "ws://localhost:9944/"),
            ("[::1]:9944", "ws://[::1]:9944/"),
            ("Finney", "wss://entrypoint-finney.opentensor.ai/"),
        ] {
            assert_eq!(Endpoint::parse(typed, true).unwrap().url().as_str(), used, "{typed}");
        }
    }

    #[test]
    fn networks_are_known_by_their_usual_names() {
        for (typed, name) in [
            ("finney", "finney"),
            ("Finney ", "finney"),
            ("mainnet", "finney"),
            ("MAIN", "finney"),
            ("test", "test"),
            ("testnet\r\n", "test"),
            ("Archive", "archive"),
            ("local", "local"),
        ] {
            assert_eq!(parse(typed).unwrap().to_string(), name, "{typed}");
        }
        for typed in ["finny", "finney,test", "node.example:9944"] {
            let refusal = parse(typed).unwrap_err();
            assert!(
                refusal.what.starts_with(&format!("{typed} is not a network"))
                    || typed.contains(',')
            );
            assert_eq!(refusal.hint.as_deref(), Some(HINT));
        }
        for (name, _) in GONE {
            assert_eq!(parse(name).unwrap_err().what, format!("the network {name} is gone"));
        }
    }

    #[test]
    fn the_known_pools_are_of_the_chain_that_was_named() {
        let shown = |all: Vec<Endpoint>| -> Vec<String> {
            assert!(all.iter().all(|one| one.expected == Some(FINNEY)));
            all.iter().map(ToString::to_string).collect()
        };
        let finney = parse("main").unwrap();
        assert_eq!(shown(finney.fallbacks()).len(), 2);
        assert_eq!(shown(finney.archives()).len(), 2);
        assert_eq!(shown(parse("archive").unwrap().fallbacks()), ["wss://archive.sub.latent.to"]);
        for other in ["test", "devnet", "local", "wss://entrypoint-finney.opentensor.ai:443"] {
            let other = parse(other).unwrap();
            assert!(other.fallbacks().is_empty() && other.archives().is_empty(), "{other}");
        }
        let list = Endpoint::parse_list("finney, wss://node.example", false).unwrap();
        let list: Vec<_> = list.iter().map(ToString::to_string).collect();
        assert_eq!(list, ["finney", "wss://node.example"]);
        assert!(Endpoint::parse_list("finney,ws://node.example", false).is_err());
    }

    #[test]
    fn credentials_are_never_shown() {
        let show = |url: &str| Endpoint::parse(url, true).unwrap().to_string();
        assert_eq!(
            show("wss://user:secret@node.example:8443/key?token=1"),
            "wss://node.example:8443/…"
        );
        assert_eq!(show("wss://user:secret@node.example:443/"), "wss://node.example");
        assert_eq!(show("wss://node.example/"), "wss://node.example");
        assert_eq!(show("wss://node.example?token=1"), "wss://node.example/…");
        assert_eq!(show("finney"), "finney");
        let refusal = |url: &str| Endpoint::parse(url, true).unwrap_err().what;
        for url in ["https://user:secret@node.example/secret", "user:secret@node.example?secret"] {
            let what = refusal(url);
            assert!(what.contains("node.example/…") && !what.contains("secret"), "{what}");
        }
        for odd in
            ["secret word\u{1b}[2J", "{secret}", "wss://user:secret@ no host", &"s".repeat(99)]
        {
            let what = refusal(odd);
            assert!(!what.contains("secret") && !what.contains("sss"), "{what}");
            assert!(!what.contains(char::is_control), "{what}");
        }
        let endpoint = Endpoint::parse("wss://user:secret@node.example/?token=hush", true).unwrap();
        let hidden =
            endpoint.hide_in("wss://user:secret@node.example/?token=hush; token=hush, secret");
        assert!(!hidden.contains("secret") && !hidden.contains("hush"), "{hidden}");
        assert_eq!(format!("{endpoint:?}"), "Endpoint(wss://node.example/…)");
    }

    #[test]
    fn the_pinned_chains_are_known_by_genesis() {
        let finney = parse("finney").unwrap();
        assert!(finney.check_genesis(None, &FINNEY).is_ok());
        assert!(finney.check_genesis(None, &TEST).is_err());
        assert!(parse("local").unwrap().check_genesis(None, &TEST).is_ok());
    }
}
