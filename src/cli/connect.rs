//! Connecting, and what every command does with a connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use subtune_chain::{At, Chain, ConnectOptions, Depth, Endpoint};
use subtune_model::error::{Error, Result};
use subtune_model::network;
use subtune_model::profile::Profile;
use subtune_model::snapshot::{Known, Snapshot};
use subtune_model::value;

use super::{Global, printed};
use crate::cache::DiskCache;
use crate::doctor::nodes::STALE;
use crate::profile_yaml::Loaded;
use crate::settings::{self, Choice, Nodes, Surroundings};
use crate::store::State;
use crate::ui::screen;

/// The nodes that are meant, by what they are for.
pub(super) struct NodesMeant {
    /// Who has said which network it is, and its nodes.
    pub(super) endpoints: Result<(Choice, Vec<Endpoint>)>,
    /// Those that are asked where these do not answer.
    pub(super) fallbacks: Result<Vec<Endpoint>>,
    /// Those that keep all states.
    pub(super) archives: Result<Vec<Endpoint>>,
    /// The one that has to say the same.
    pub(super) cross_check: Result<Option<Endpoint>>,
}

/// The nodes that the options, the variables and the settings of btcli name; the network of a file goes
/// after the option and before all else.
pub(super) fn nodes(global: &Global, network: Option<&str>) -> NodesMeant {
    let surroundings = Surroundings::of_process();
    let network = global.network.as_deref().or(network);
    let endpoints = surroundings.network(network).and_then(|choice| {
        let endpoints = Endpoint::parse_list(&choice.value, global.allow_insecure);
        let endpoints = endpoints.map_err(|error| choice.blame(error))?;
        Ok((choice, endpoints))
    });
    let named = endpoints.as_ref().map_or(&[][..], |(_, endpoints)| endpoints);
    // Who names several nodes has named all of them.
    let only = match named {
        [only] => Some(only),
        _ => None,
    };
    let more = |variable, key, known: fn(&Endpoint) -> Vec<Endpoint>| {
        let found = surroundings.nodes(variable, key)?;
        match (found, only) {
            (Some(Nodes { named, place }), _) => named
                .iter()
                .map(|name| Endpoint::parse(name, global.allow_insecure))
                .collect::<Result<Vec<_>>>()
                .map_err(|error| Error { what: format!("{place}: {}", error.what), ..error }),
            (None, Some(only)) => Ok(known(only)),
            (None, None) => Ok(Vec::new()),
        }
    };
    NodesMeant {
        fallbacks: match only {
            Some(_) => more(settings::FALLBACK_VAR, "fallback_endpoints", Endpoint::fallbacks),
            None => Ok(Vec::new()),
        },
        archives: more(settings::ARCHIVE_VAR, "archive_endpoints", Endpoint::archives),
        cross_check: global
            .cross_check
            .as_deref()
            .map(|text| second(text, global, named))
            .transpose(),
        endpoints,
    }
}

/// Connects as the global options say.
pub(super) async fn connect(global: &Global) -> Result<Chain> {
    connect_to(global, None).await
}

/// The same with the network of a file.
pub(super) async fn connect_to(global: &Global, network: Option<&str>) -> Result<Chain> {
    let NodesMeant { endpoints, fallbacks, archives, cross_check } = nodes(global, network);
    let (choice, endpoints) = endpoints?;
    let shown: Vec<_> = endpoints.iter().map(ToString::to_string).collect();
    for remark in choice.remarks("network", &shown.join(", ")) {
        screen::tell(&remark);
    }
    let options = ConnectOptions {
        fallbacks: fallbacks?,
        archives: archives?,
        cross_check: cross_check?,
        endpoints,
        timeout: global.timeout(),
        eager: true,
        cache: cache(global)?.map(|folder| Arc::new(DiskCache::new(folder)) as _),
        tell: if global.quiet() { |_| () } else { screen::tell },
    };
    let chain = Chain::connect(options).await?;
    printed::connected(chain.genesis_hash());
    Ok(chain)
}

/// Connects to nodes that are known to answer for one chain, without a word.
pub(super) async fn connect_at(global: &Global, endpoints: Vec<Endpoint>) -> Result<Chain> {
    let options = ConnectOptions {
        endpoints,
        fallbacks: Vec::new(),
        archives: Vec::new(),
        cross_check: None,
        timeout: global.timeout(),
        eager: true,
        cache: cache(global).ok().flatten().map(|folder| Arc::new(DiskCache::new(folder)) as _),
        tell: |_| (),
    };
    let chain = Chain::connect(options).await?;
    printed::connected(chain.genesis_hash());
    Ok(chain)
}

/// The second node of `--cross-check`, which is another one than those that are asked anyway.
fn second(text: &str, global: &Global, asked: &[Endpoint]) -> Result<Endpoint> {
    let second = Endpoint::parse(text, global.allow_insecure)?;
    match asked.iter().any(|one| one.is(&second)) {
        true => Err(Error::usage(format!("--cross-check {second}: that node is asked anyway"))
            .hint("use a node run by somebody else: two that agree are worth more than one twice")),
        false => Ok(second),
    }
}

/// The folder for metadata; without one nothing is kept.
pub(super) fn cache(global: &Global) -> Result<Option<PathBuf>> {
    use etcetera::BaseStrategy as _;
    let given = directory(global.cache_dir.as_deref(), settings::CACHE_DIR_VAR)?;
    Ok(given.or_else(|| {
        let base = etcetera::choose_base_strategy().ok()?;
        Some(base.cache_dir().join("subtune"))
    }))
}

/// A directory of ours: the option, or else the variable; it means the same from everywhere.
fn directory(option: Option<&Path>, variable: &str) -> Result<Option<PathBuf>> {
    let given = match option {
        Some(path) => Some(path.to_owned()),
        None => Surroundings::of_process().path(variable)?,
    };
    Ok(given.map(|path| settings::absolute(&path)))
}

/// Reads a subnet at the newest finalized block or at a given one.
pub(super) async fn read(
    chain: &Chain,
    netuid: u16,
    at: Option<u64>,
    depth: Depth,
) -> Result<Snapshot> {
    let snapshot = chain.snapshot(netuid, &at.map_or(At::Finalized, At::Number), depth).await?;
    if at.is_none() {
        check_fresh(&snapshot, false)?;
    }
    chain.cross_check(&snapshot).await?;
    Ok(snapshot)
}

/// The state folder.
pub(super) fn state(global: &Global) -> Result<State> {
    State::locate(directory(global.state_dir.as_deref(), settings::STATE_DIR_VAR)?)
}

/// Says what the run has cost, when asked.
pub(super) fn tell_traffic(global: &Global, chain: &Chain) {
    if global.verbose {
        let traffic = chain.traffic();
        screen::tell(&format!(
            "{}: {} requests, {} bytes sent, {} bytes received",
            chain.endpoint(),
            traffic.requests,
            traffic.sent,
            traffic.received
        ));
    }
}

/// Refuses a profile that is meant for another chain or subnet.
fn check_target(profile: &Profile, snapshot: &Snapshot) -> Result<()> {
    let Some(target) = &profile.target else { return Ok(()) };
    if target.genesis_hash != snapshot.chain.genesis_hash {
        return Err(Error::input(format!(
            "profile {} is for {} ({}), not for {} ({})",
            profile.name,
            target.network,
            target.genesis_hash,
            snapshot.chain.network,
            snapshot.chain.genesis_hash
        ))
        .hint("check --network, or take another profile"));
    }
    match target.netuid {
        Some(netuid) if netuid != snapshot.netuid => Err(Error::input(format!(
            "profile {} is for subnet {netuid}, not for {}",
            profile.name, snapshot.netuid
        ))
        .hint("check the netuid, or take another profile")),
        _ => Ok(()),
    }
}

/// Refuses wanted values that are of another chain or subnet.
pub(super) fn check_loaded(loaded: &Loaded, snapshot: &Snapshot) -> Result<()> {
    if let Some(import) = &loaded.import
        && let Some(netuid) = import.netuid.filter(|netuid| *netuid != snapshot.netuid)
    {
        return Err(Error::input(format!(
            "{} has the values of subnet {netuid}, not of {}",
            import.file, snapshot.netuid
        ))
        .hint("make a profile for any subnet of it with `subtune import FILE --output PROFILE`"));
    }
    check_target(&loaded.profile, snapshot)
}

/// Says what was taken from a file that is no profile.
pub(super) fn tell_import(global: &Global, loaded: &Loaded) {
    if let Some(import) = loaded.import.as_ref().filter(|_| !global.quiet()) {
        screen::tell(&format!("note: {}", import.told()));
    }
}

const CLOCKLESS: &str = "nobody can tell whether the node is behind";

/// Warns of a node that is behind; refuses to change anything through one.
pub(super) fn check_fresh(snapshot: &Snapshot, changing: bool) -> Result<()> {
    if !network::is_public(&snapshot.chain.genesis_hash) {
        return Ok(());
    }
    let (what, behind) = match &snapshot.guards.time_ms {
        Known::Is(time) => {
            let age = crate::time::now_ms().saturating_sub(*time);
            if age < STALE {
                return Ok(());
            }
            let what = format!(
                "the latest finalized block of this node, {}, is {} old",
                snapshot.block.number,
                value::seconds((age / 1_000).into())
            );
            (what, "the node is behind")
        }
        // Every public chain has a clock.
        Known::Unset => ("this node shows no time of its blocks".to_owned(), CLOCKLESS),
        Known::Unreadable(why) => {
            (format!("the time of this node's latest block cannot be read: {why}"), CLOCKLESS)
        }
    };
    if changing {
        return Err(Error::chain(what).hint(format!("{behind}: use another node with --network")));
    }
    screen::tell(&format!("warning: {what}: {behind}"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use subtune_model::exit;

    use super::*;

    /// A snapshot of finney, from a file: its clock was not read.
    fn finney() -> Snapshot {
        let hash = "2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";
        let text = format!(
            "format_version: 1\nkind: snapshot\nchain:\n  network: finney\n  genesis_hash: '0x{hash}'\n  \
             spec_version: 425\nblock:\n  number: 7\n  hash: '0x{hash}'\nnetuid: 46\nowner: someone\n\
             hyperparameters:\n  rho: 10\n"
        );
        crate::profile_yaml::parse_snapshot(&text, "test").unwrap()
    }

    #[test]
    fn a_public_chain_without_a_clock_is_not_changed() {
        let mut snapshot = finney();
        for clock in [Known::Unset, Known::Unreadable("odd bytes".to_owned()), Known::Is(0)] {
            snapshot.guards.time_ms = clock;
            let error = check_fresh(&snapshot, true).unwrap_err();
            assert_eq!(error.kind.exit_code(), exit::CHAIN, "{error}");
            assert!(check_fresh(&snapshot, false).is_ok(), "it is only told");
        }
        snapshot.guards.time_ms = Known::Is(crate::time::now_ms());
        assert!(check_fresh(&snapshot, true).is_ok());
        // A chain of one's own may have any clock or none.
        snapshot.chain.genesis_hash = subtune_model::hash::Hash32::new([0x11; 32]);
        snapshot.guards.time_ms = Known::Unset;
        assert!(check_fresh(&snapshot, true).is_ok());
    }
}
