//! The same block at a second node: whoever is lied to by one is not lied to by two.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::snapshot::{Guards, Snapshot};

use super::{At, Chain, Depth};

/// Most differences that are named.
const SHOWN: usize = 6;

impl Chain {
    /// Reads a snapshot's block at the second node, if there is one, and holds every value against it.
    ///
    /// # Errors
    /// When the second node does not have that block, does not answer, or says something else.
    pub async fn cross_check(&self, snapshot: &Snapshot) -> Result<()> {
        let Some(second) = &self.second else { return Ok(()) };
        let (number, hash) = (snapshot.block.number, snapshot.block.hash);
        let one = self.endpoint();
        let two = second.endpoint();
        let found: Option<Hash32> = second
            .rpc
            .request("chain_getBlockHash", serde_json::json!([number]))
            .await
            .map_err(at_second)?;
        match found {
            Some(found) if found == hash => {}
            Some(found) => {
                return Err(Error::refused(format!(
                    "{one} and {two} do not have the same block {number}: {hash} and {found}"
                ))
                .hint("one of them is on a fork, behind or lying: ask a third one"));
            }
            None => {
                return Err(Error::chain(format!(
                    "{two} cannot tell: it does not have block {number} of {one} yet"
                ))
                .hint("try again in a minute, or use another node with --cross-check"));
            }
        }
        if self.heeds_commits() {
            second.heed([&"epoch_consensus".to_owned()]);
        }
        let other = second
            .snapshot(snapshot.netuid, &At::Hash(hash), Depth::Rules)
            .await
            .map_err(at_second)?;
        let differ = differences(snapshot, &other);
        if differ.is_empty() {
            if !self.agreed.swap(true, Ordering::Relaxed) {
                self.rpc.tell(&format!("note: {two} has the same values at block {number}"));
            }
            return Ok(());
        }
        let more = differ.len().saturating_sub(SHOWN);
        let shown: Vec<_> = differ.into_iter().take(SHOWN).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Err(Error::refused(format!(
            "{one} and {two} say different things about block {number}: {}{more}",
            shown.join(", ")
        ))
        .hint("one of them is faulty or lying: ask a third one, and change nothing until then"))
    }
}

/// The error of a second node that does not answer, with the option that names it.
pub(super) fn at_second(error: Error) -> Error {
    error.hint("check the network, or use another node with --cross-check")
}

/// What differs: each value with both, the rest by what it is about.
fn differences<'a>(one: &'a Snapshot, two: &'a Snapshot) -> Vec<String> {
    let value = |snapshot: &Snapshot, name: &str| {
        snapshot.known(name).is().map_or_else(|| "nothing".to_owned(), ToString::to_string)
    };
    let names = |snapshot: &'a Snapshot| {
        let values = snapshot.hyperparameters.keys().chain(snapshot.unknown.keys());
        values.chain(snapshot.unreadable.keys()).chain(&snapshot.unset)
    };
    let all: BTreeSet<&String> = names(one).chain(names(two)).collect();
    let differs = |name: &&&String| {
        one.known(name) != two.known(name)
            || one.unset.contains(**name) != two.unset.contains(**name)
    };
    let mut found: Vec<String> = all
        .iter()
        .filter(differs)
        .map(|name| format!("{name} ({} and {})", value(one, name), value(two, name)))
        .collect();
    if one.owner != two.owner {
        found.push(format!("the owner ({} and {})", one.owner, two.owner));
    }
    if one.chain != two.chain {
        found.push("the runtime".to_owned());
    }
    found.extend(rules(&one.guards, &two.guards).map(str::to_owned));
    // Whatever has no words above is a difference, too.
    if found.is_empty() && one != two {
        found.push("something that is not shown".to_owned());
    }
    found
}

/// What decides whether a change is allowed, and is not the same.
fn rules<'a>(one: &'a Guards, two: &'a Guards) -> impl Iterator<Item = &'static str> + 'a {
    [
        ("the time of the block", one.time_ms == two.time_ms),
        ("the schedule of epochs", one.schedule == two.schedule && one.missing == two.missing),
        ("when hyperparameters were changed last", one.last_change == two.last_change),
        ("the limits of the network", one.globals == two.globals && one.constants == two.constants),
        ("who may set what", one.setters == two.setters),
        ("the lease", one.lease == two.lease),
        ("the coldkey swap", one.swap == two.swap),
        ("safe mode", one.safe_mode_until == two.safe_mode_until),
        ("the weights that wait to be revealed", one.commits == two.commits),
        ("the convictions", one.conviction == two.conviction),
        ("what else decides about a change", one == two),
    ]
    .into_iter()
    .filter_map(|(what, same)| (!same).then_some(what))
}
