//! The nodes: whether each answers, for which chain, and how far it is; and by them, the clock and the
//! version of subtune.

use std::time::Duration;

use subtune_chain::{Endpoint, Probe, ProbedHead, probe};
use subtune_model::catalog;
use subtune_model::error::Error;
use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::value;

use super::Checkup;

/// Blocks by which a node may be behind the best one: finality comes to nodes by and by.
const LAG: u64 = 10;
/// The age of the newest finalized block, in milliseconds, from which on a public chain is not followed.
pub const STALE: u64 = 10 * 60 * 1_000;
/// How far the clock of a chain may be ahead of this machine's, in milliseconds: its newest finalized
/// block is some blocks old.
const AHEAD: u64 = 5_000;

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeRole {
    /// It is asked.
    Node,
    /// It is asked where those do not answer.
    Fallback,
    /// It is asked for what others have discarded.
    Archive,
    /// It has to say the same.
    CrossCheck,
}

impl NodeRole {
    const fn check(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Fallback => "fallback",
            Self::Archive => "archive",
            Self::CrossCheck => "cross-check",
        }
    }
}

/// A node that was asked.
pub struct AskedNode {
    /// What it is for.
    pub role: NodeRole,
    /// Where it is.
    pub endpoint: Endpoint,
    /// What it has said, or why it cannot be reached.
    pub said: Result<Probe, Error>,
}

/// Asks all nodes at once, each for no longer than this.
pub async fn ask(nodes: Vec<(NodeRole, Endpoint)>, timeout: Duration) -> Vec<AskedNode> {
    let ask = |(role, endpoint): (NodeRole, Endpoint)| {
        tokio::spawn(async move {
            let old = role == NodeRole::Archive || endpoint.is_archive();
            AskedNode { role, said: probe(&endpoint, timeout, old).await, endpoint }
        })
    };
    let asking: Vec<_> = nodes.into_iter().map(ask).collect();
    let mut asked = Vec::new();
    for node in asking {
        asked.extend(node.await.ok());
    }
    asked
}

/// What is known of a chain by all nodes that answer for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownChain {
    /// Its genesis hash.
    pub genesis_hash: Hash32,
    /// The newest runtime that a node of it runs.
    spec_version: Option<u32>,
    /// The newest finalized block.
    head: Option<ProbedHead>,
}

impl KnownChain {
    /// The chain of these nodes; `None` where no node answers.
    #[must_use]
    pub fn of(asked: &[AskedNode]) -> Option<Self> {
        let genesis_hash = meant(asked)?;
        let of_it = || asked.iter().filter(move |node| node.genesis() == Some(genesis_hash));
        let said = || of_it().filter_map(|node| node.said.as_ref().ok());
        of_it().next()?;
        Some(Self {
            genesis_hash,
            spec_version: said().filter_map(|said| said.spec_version.as_ref().ok()).max().copied(),
            head: said()
                .filter_map(|said| said.head.as_ref().ok())
                .max_by_key(|head| (head.number, head.time_ms))
                .copied(),
        })
    }

    fn is_public(&self) -> bool {
        network::is_public(&self.genesis_hash)
    }
}

/// The genesis hash of the chain that is meant: that of the network that was named, or else of the first
/// node that answers.
fn meant(asked: &[AskedNode]) -> Option<Hash32> {
    let named = asked.iter().find_map(|node| node.endpoint.expected());
    named.or_else(|| asked.iter().find_map(AskedNode::genesis))
}

impl AskedNode {
    /// The genesis hash that it answers with.
    fn genesis(&self) -> Option<Hash32> {
        self.said.as_ref().ok()?.genesis_hash.as_ref().ok().copied()
    }

    /// Whether a command could use it.
    fn serves(&self, chain: Option<&KnownChain>) -> bool {
        let of_it = chain.is_some_and(|chain| self.genesis() == Some(chain.genesis_hash));
        let asked = matches!(self.role, NodeRole::Node | NodeRole::Fallback);
        asked && of_it && self.said.as_ref().is_ok_and(|said| said.head.is_ok())
    }
}

/// The nodes that a command could use, in the order in which it would.
#[must_use]
pub fn serving(asked: &[AskedNode]) -> Vec<Endpoint> {
    let chain = KnownChain::of(asked);
    let serving = asked.iter().filter(|node| node.serves(chain.as_ref()));
    serving.map(|node| node.endpoint.clone()).collect()
}

/// What is to be said of the nodes, at this time.
#[must_use]
pub fn judge(asked: &[AskedNode], now_ms: u64) -> Vec<Checkup> {
    let chain = KnownChain::of(asked);
    let one_serves = asked.iter().any(|node| node.serves(chain.as_ref()));
    let mut checks = Vec::new();
    for node in asked {
        let check = node.role.check();
        let lost = |error: &Error| match node.role {
            NodeRole::Node | NodeRole::Fallback if one_serves => Checkup::spare(check, error),
            NodeRole::Archive => Checkup::spare(check, error),
            NodeRole::Node | NodeRole::Fallback | NodeRole::CrossCheck => {
                Checkup::error(check, error)
            }
        };
        let said = match &node.said {
            Ok(said) => said,
            Err(error) => {
                checks.push(lost(error));
                continue;
            }
        };
        let genesis = match &said.genesis_hash {
            Ok(genesis) => genesis,
            Err(error) => {
                checks.push(lost(error));
                continue;
            }
        };
        match node.endpoint.check_genesis(meant(asked), genesis) {
            Ok(()) => checks.extend(living(node, said, chain.as_ref(), now_ms)),
            // Worse than one that is dead: what it says looks like an answer.
            Err(error) => checks.push(Checkup::error(check, &error)),
        }
    }
    checks
}

/// What is to be said of a node that answers for the chain.
fn living(node: &AskedNode, said: &Probe, chain: Option<&KnownChain>, now_ms: u64) -> Vec<Checkup> {
    let AskedNode { role, endpoint, .. } = node;
    let check = role.check();
    let mut found = Vec::new();
    if !endpoint.is_encrypted() && !endpoint.is_here() {
        found.push(Checkup::warning(
            check,
            format!("{endpoint} is not encrypted: everybody on the way can change what it says"),
            "use wss://, or a node on this machine",
        ));
    }
    let newest = chain.and_then(|chain| chain.spec_version);
    let runtime = match &said.spec_version {
        Ok(runtime) => {
            if let Some(newest) = newest.filter(|newest| newest > runtime) {
                found.push(Checkup::warning(
                    check,
                    format!("{endpoint} runs runtime {runtime}, and another node {newest}"),
                    "the node is behind, or the chain has just been upgraded: look again in a minute",
                ));
            }
            format!(", runtime {runtime}")
        }
        Err(error) => {
            found.push(Checkup::unanswered(check, error));
            String::new()
        }
    };
    let head = match &said.head {
        Ok(head) => {
            found.extend(late(node, head, chain, now_ms));
            format!(", finalized block {}", head.number)
        }
        Err(error) => {
            found.push(Checkup::unanswered(check, error));
            String::new()
        }
    };
    match &said.has_old_state {
        None => {}
        Some(Ok(true)) => {}
        Some(Ok(false)) => found.push(Checkup::warning(
            check,
            format!(
                "{endpoint} has discarded the state of the first blocks: it is no archive node"
            ),
            "name a node that keeps all states in BT_ARCHIVE_ENDPOINTS, or unset that",
        )),
        Some(Err(error)) => found.push(Checkup::unanswered(check, error)),
    }
    if !found.is_empty() {
        return found;
    }
    let way = if endpoint.is_encrypted() { "TLS" } else { "no TLS, this machine" };
    let network = said.network().unwrap_or_default();
    let old = if said.has_old_state.is_some() { ", has the first states" } else { "" };
    vec![Checkup::ok(check, format!("{endpoint} answers ({way}): {network}{runtime}{head}{old}"))]
}

/// What is to be said of a node's newest block.
fn late(
    node: &AskedNode,
    head: &ProbedHead,
    chain: Option<&KnownChain>,
    now_ms: u64,
) -> Option<Checkup> {
    let AskedNode { role, endpoint, .. } = node;
    let hint = "the node is behind: use another one until it has caught up";
    let best = chain.and_then(|chain| chain.head).map_or(0, |best| best.number);
    let behind = best.saturating_sub(head.number);
    if behind > LAG {
        let what = format!(
            "{endpoint} is {behind} blocks behind: its newest finalized block is {}, that of another \
             node {best}",
            head.number
        );
        return Some(Checkup::warning(role.check(), what, hint));
    }
    if !chain.is_some_and(KnownChain::is_public) {
        return None;
    }
    let Some(time) = head.time_ms else {
        let what = format!("{endpoint} does not tell the time of its newest block");
        return Some(Checkup::cannot_tell(role.check(), what, "use another node with --network"));
    };
    let age = now_ms.saturating_sub(time);
    (age >= STALE).then(|| {
        let age = value::seconds((age / 1_000).into());
        let what =
            format!("the newest finalized block of {endpoint}, {}, is {age} old", head.number);
        Checkup::warning(role.check(), what, "changes through it are refused: use another node")
    })
}

/// Whether this machine's clock fits that of the chain.
#[must_use]
pub fn clock(asked: &[AskedNode], now_ms: u64) -> Checkup {
    const CHECK: &str = "clock";
    let Some(chain) = KnownChain::of(asked) else {
        return Checkup::cannot_tell(
            CHECK,
            "no node tells the time of its chain",
            "look at what is said of the nodes",
        );
    };
    if !chain.is_public() {
        return Checkup::ok(CHECK, "a chain of your own may have any time: not compared");
    }
    // Of any node: one that is behind says less than the others.
    let times = asked.iter().filter(|node| node.genesis() == Some(chain.genesis_hash));
    let times = times.filter_map(|node| node.said.as_ref().ok()?.head.as_ref().ok()?.time_ms);
    let Some(time) = times.max() else {
        return Checkup::cannot_tell(
            CHECK,
            "no node tells the time of its chain",
            "look at what is said of the nodes",
        );
    };
    let (ahead, behind) = (time.saturating_sub(now_ms), now_ms.saturating_sub(time));
    let span = |millis: u64| value::seconds((millis / 1_000).into());
    if ahead > AHEAD {
        return Checkup::warning(
            CHECK,
            format!("this machine's clock is {} or more behind the chain's", span(ahead)),
            "set the clock, for example with `timedatectl set-ntp true`",
        );
    }
    if behind >= STALE {
        return Checkup::warning(
            CHECK,
            format!("the newest finalized block of all nodes is {} old", span(behind)),
            "all nodes are behind, or this machine's clock is ahead: compare it with another one",
        );
    }
    let message = format!("fits the chain's: the newest finalized block is {} old", span(behind));
    Checkup::ok(CHECK, message)
}

/// Whether this version knows the runtime of the chain.
#[must_use]
pub fn version(asked: &[AskedNode]) -> Checkup {
    const CHECK: &str = "version";
    let (own, checked) = (env!("CARGO_PKG_VERSION"), catalog::CHECKED);
    let own = format!("{own}, checked with runtime {checked}");
    match KnownChain::of(asked).and_then(|chain| chain.spec_version) {
        None => Checkup::cannot_tell(
            CHECK,
            format!("{own}; no node tells the runtime of the chain"),
            "look at what is said of the nodes",
        ),
        Some(runs) if runs > checked => Checkup::warning(
            CHECK,
            format!("{own}; the chain runs the newer {runs}"),
            "`subtune chain` lists what differs; a newer version of subtune may know it",
        ),
        Some(runs) if runs < checked => Checkup::ok(
            CHECK,
            format!("{own}; the chain runs the older {runs}, whose history is known"),
        ),
        Some(_) => Checkup::ok(CHECK, format!("{own}, which the chain runs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::CheckupState;

    const NOW: u64 = 2_000_000_000_000;

    fn node(role: NodeRole, url: &str, said: Result<Probe, Error>) -> AskedNode {
        AskedNode { role, endpoint: Endpoint::parse(url, true).unwrap(), said }
    }

    /// A node of finney, so many blocks and milliseconds behind.
    fn finney(role: NodeRole, blocks: u64, millis: u64) -> AskedNode {
        let head = ProbedHead { number: 1_000 - blocks, time_ms: Some(NOW - millis) };
        let said = Probe {
            genesis_hash: Ok(network::FINNEY),
            spec_version: Ok(catalog::CHECKED),
            head: Ok(head),
            has_old_state: None,
        };
        node(role, "wss://node.example", Ok(said))
    }

    fn changed(mut node: AskedNode, change: impl FnOnce(&mut Probe)) -> AskedNode {
        change(node.said.as_mut().unwrap());
        node
    }

    fn dead(role: NodeRole) -> AskedNode {
        node(role, "wss://dead.example", Err(Error::chain("it cannot be reached")))
    }

    /// State and beginning of what is said of the last node.
    #[track_caller]
    fn says(asked: &[AskedNode], state: CheckupState, message: &str) {
        let checks = judge(asked, NOW);
        let last = checks.last().unwrap();
        assert_eq!(last.state, state, "{last:?}");
        assert!(last.message.starts_with(message), "{last:?}");
        assert_eq!(last.hint.is_none(), state == CheckupState::Ok, "{last:?}");
    }

    #[test]
    fn a_dead_node_matters_as_far_as_no_other_serves() {
        use CheckupState::{Error, Ok, Warning};
        use NodeRole::{Archive, CrossCheck, Fallback, Node};
        let good = |role| finney(role, 0, 24_000);
        let answers = "wss://node.example answers (TLS): finney, runtime 475, finalized block 1000";
        says(&[good(Node)], Ok, answers);
        let gone = "it cannot be reached";
        says(&[dead(Node)], Error, gone);
        says(&[dead(Node), dead(Fallback)], Error, gone);
        says(&[good(Fallback), dead(Node)], Warning, gone);
        says(&[good(Node), dead(Fallback)], Warning, gone);
        says(&[good(Node), dead(Archive)], Warning, gone);
        says(&[good(Node), dead(CrossCheck)], Error, gone);
        // An archive node and a second one are not asked in place of another.
        says(&[good(Archive), good(CrossCheck), dead(Node)], Error, gone);
        assert_eq!(serving(&[dead(Node), good(Archive), good(Fallback)]).len(), 1);
    }

    #[test]
    fn a_node_of_another_chain_is_an_error_for_whatever_it_is_meant() {
        let other = Hash32::new([0x11; 32]);
        let liar = |role| changed(finney(role, 0, 0), |said| said.genesis_hash = Ok(other));
        let roles = [NodeRole::Node, NodeRole::Fallback, NodeRole::Archive, NodeRole::CrossCheck];
        for role in roles {
            let asked = [finney(NodeRole::Node, 0, 0), liar(role)];
            says(&asked, CheckupState::Error, "wss://node.example answers for another chain");
            assert_eq!(serving(&asked).len(), 1);
        }
        // The name of a network counts before any node does.
        let named = node(NodeRole::Node, "finney", Err(Error::chain("it is dead")));
        let asked = [named, liar(NodeRole::Fallback)];
        says(&asked, CheckupState::Error, "wss://node.example answers for another chain");
        assert_eq!(KnownChain::of(&asked), None);
    }

    #[test]
    fn a_node_may_be_behind_others_and_behind_the_clock() {
        let best = || finney(NodeRole::Node, 0, 24_000);
        let with = |blocks, millis| [best(), finney(NodeRole::Fallback, blocks, millis)];
        says(&with(LAG, 144_000), CheckupState::Ok, "wss://node.example answers");
        let behind =
            "wss://node.example is 11 blocks behind: its newest finalized block is 989, that";
        says(&with(LAG + 1, 0), CheckupState::Warning, behind);
        let old = "the newest finalized block of wss://node.example, 1000, is 10m old";
        says(&with(0, STALE), CheckupState::Warning, old);
        says(&with(0, STALE - 1), CheckupState::Ok, "wss://node.example answers");
        let set = |time| {
            [changed(best(), |said| said.head = Ok(ProbedHead { number: 7, time_ms: time }))]
        };
        says(&set(None), CheckupState::CannotTell, "wss://node.example does not tell the time");
        // A chain of one's own may have any clock.
        let own = set(Some(1))
            .map(|node| changed(node, |said| said.genesis_hash = Ok(Hash32::new([0x11; 32]))));
        says(&own, CheckupState::Ok, "wss://node.example answers (TLS): local");
        assert_eq!(clock(&own, NOW).state, CheckupState::Ok);
    }

    #[test]
    fn what_a_node_lacks_is_told() {
        let best = || finney(NodeRole::Node, 0, 24_000);
        let archive = |old| {
            changed(finney(NodeRole::Archive, 0, 24_000), |said| said.has_old_state = Some(old))
        };
        says(&[best(), archive(Ok(true))], CheckupState::Ok, "wss://node.example answers");
        let none = "wss://node.example has discarded the state of the first blocks";
        says(&[best(), archive(Ok(false))], CheckupState::Warning, none);
        let no_answer = archive(Err(Error::chain("it does not say")));
        says(&[best(), no_answer], CheckupState::CannotTell, "it does not say");
        let older = changed(finney(NodeRole::Fallback, 0, 0), |said| said.spec_version = Ok(474));
        let runs = "wss://node.example runs runtime 474, and another node 475";
        says(&[best(), older], CheckupState::Warning, runs);
        let mut plain = best();
        plain.endpoint = Endpoint::parse("ws://node.example", true).unwrap();
        says(&[plain], CheckupState::Warning, "ws://node.example is not encrypted");
        let headless = changed(best(), |said| said.head = Err(Error::chain("no head")));
        says(&[headless], CheckupState::CannotTell, "no head");
    }

    #[test]
    fn the_clock_is_judged_by_the_newest_block_of_all() {
        let at = |millis| finney(NodeRole::Node, 0, millis);
        let says = |asked: &[AskedNode], now, state, message: &str| {
            let found = clock(asked, now);
            assert_eq!((found.state, found.message.as_str()), (state, message));
        };
        let fits = "fits the chain's: the newest finalized block is 24s old";
        says(&[at(STALE), at(24_000)], NOW, CheckupState::Ok, fits);
        let old = "the newest finalized block of all nodes is 10m old";
        says(&[at(STALE), at(STALE + 5)], NOW, CheckupState::Warning, old);
        let behind = "this machine's clock is 1h or more behind the chain's";
        says(&[at(0)], NOW - 3_600_000, CheckupState::Warning, behind);
        let none = "no node tells the time of its chain";
        says(&[dead(NodeRole::Node)], NOW, CheckupState::CannotTell, none);
    }

    #[test]
    fn a_newer_runtime_is_a_warning_and_an_older_one_is_known() {
        let runs = |runtime| {
            version(&[changed(finney(NodeRole::Node, 0, 0), |said| {
                said.spec_version = Ok(runtime)
            })])
        };
        assert_eq!(runs(catalog::CHECKED).state, CheckupState::Ok);
        assert_eq!(runs(catalog::CHECKED - 1).state, CheckupState::Ok);
        assert_eq!(runs(catalog::CHECKED + 1).state, CheckupState::Warning);
        assert_eq!(version(&[dead(NodeRole::Node)]).state, CheckupState::CannotTell);
    }
}
