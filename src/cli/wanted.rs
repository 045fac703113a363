//! What is wanted, read from profile and options.

use std::collections::BTreeMap;
use std::path::Path;

use subtune_chain::Chain;
use subtune_model::catalog;
use subtune_model::error::{Error, Result};
use subtune_model::finding::Finding;
use subtune_model::plan::{Plan, Wish};
use subtune_model::ports::{ChainRead as _, ChainWrite as _};
use subtune_model::profile::wishes;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::value::Value;

use super::args::Wanted;
use super::connect;
use crate::files::read;
use crate::profile_yaml::{self, Loaded, Names};

impl Wanted {
    /// Reads what is wanted, once: its file may be a pipe.
    pub(super) fn read(&self) -> Result<Wished> {
        let names = names(self.allow_unknown);
        let loaded =
            self.profile.as_deref().map(|name| profile_yaml::load(name, names)).transpose()?;
        let named = |name: &str| {
            loaded.as_ref().is_some_and(|loaded: &Loaded| {
                loaded.profile.hyperparameters.contains_key(name)
                    || loaded.unreadable.contains_key(name)
            })
        };
        let canonical = |name: &String| match catalog::find(name) {
            Some(row) => Ok(row.name.to_owned()),
            None if named(name) => Ok(name.clone()),
            None => Err(unknown_name(name)),
        };
        let only = self.only.iter().map(canonical).collect::<Result<Vec<_>>>()?;
        if let Some(name) = only.iter().find(|name| !named(name)) {
            return Err(Error::input(format!("--only {name}: the profile does not name it"))
                .hint("look at it with `subtune profiles NAME`"));
        }
        let settings = profile_yaml::settings(&self.set, names)?;
        let without = without(&self.without, &|name| named(name) || settings.contains_key(name))?;
        if loaded.is_none() && self.set.is_empty() {
            return Err(Error::usage("no changes requested")
                .hint("use --profile NAME|FILE or --set NAME=VALUE"));
        }
        let profile = self.profile.as_deref().map(|profile| read::name(Path::new(profile)));
        let source = match (profile, self.set.is_empty()) {
            (Some(profile), true) => profile,
            (Some(profile), false) => format!("{profile} and --set {}", self.set.join(" --set ")),
            (None, _) => format!("--set {}", self.set.join(" --set ")),
        };
        Ok(Wished { loaded, only, without, settings, source, names })
    }
}

/// What is wanted, as it was read.
pub(super) struct Wished {
    loaded: Option<Loaded>,
    /// Names of the profile that were asked for one by one.
    only: Vec<String>,
    /// Names that were left out one by one.
    without: Vec<String>,
    /// Those of `--set`, which go before the profile's.
    settings: BTreeMap<String, Value>,
    source: String,
    names: Names,
}

impl Wished {
    /// The wishes for this subnet, and what was left out of them.
    pub(super) fn wishes(&self, snapshot: &Snapshot) -> Result<(Vec<Wish>, Vec<Finding>)> {
        let Self { loaded, only, without, settings, source: _, names } = self;
        let (mut values, mut left_out) = (BTreeMap::new(), Vec::new());
        if let Some(loaded) = loaded {
            connect::check_loaded(loaded, snapshot)?;
            (values, left_out) = loaded.wanted(only, *names, snapshot);
        }
        values.extend(settings.clone());
        values.retain(|name, _| !without.contains(name));
        left_out.retain(|finding| !values.contains_key(&finding.name));
        Ok((wishes(values), left_out))
    }

    /// Lets snapshots tell what some of these changes depend on.
    pub(super) fn heed(&self, chain: &Chain) {
        let profile = self.loaded.iter().flat_map(|loaded| loaded.profile.hyperparameters.keys());
        chain.heed(profile.chain(self.settings.keys()));
    }

    /// The plan on a snapshot, by the rules alone.
    pub(super) fn on(&self, snapshot: &Snapshot, terms: &Terms) -> Result<Plan> {
        let (wishes, left_out) = self.wishes(snapshot)?;
        known_to_any(wishes.iter().map(|wish| wish.name.as_str()), self.names, snapshot)?;
        let mut plan = Plan::build(snapshot, &wishes, &self.source, terms);
        plan.findings.extend(left_out);
        Ok(plan)
    }

    /// Plans on the newest finalized block.
    pub(super) async fn plan(
        &self,
        chain: &Chain,
        netuid: u16,
        terms: &Terms,
    ) -> Result<(Plan, Snapshot)> {
        self.heed(chain);
        let snapshot = chain.latest(netuid).await?;
        connect::check_fresh(&snapshot, false)?;
        let mut plan = self.on(&snapshot, terms)?;
        if !plan.calls.is_empty() {
            plan.fee_rao = chain.fee(&plan.calls, &plan.origin, &plan.owner).await?;
        }
        Ok((plan, snapshot))
    }
}

/// Which names are taken before the chain is asked.
pub(super) const fn names(allow_unknown: bool) -> Names {
    match allow_unknown {
        true => Names::Any,
        false => Names::Plausible,
    }
}

/// Refuses a name that neither the catalog nor the chain knows, unless it was allowed.
///
/// # Errors
/// With the name.
pub(super) fn known_to_any<'a>(
    mut wanted: impl Iterator<Item = &'a str>,
    names: Names,
    snapshot: &Snapshot,
) -> Result<()> {
    let known = |name: &str| {
        catalog::find(name).is_some()
            || snapshot.unknown.contains_key(name)
            || snapshot.unreadable.contains_key(name)
    };
    match wanted.find(|name| names != Names::Any && !known(name)) {
        Some(name) => Err(unknown_name(name)),
        None => Ok(()),
    }
}

/// The names of `--without` as the catalog writes them.
///
/// # Errors
/// When one is not among those that are wanted.
pub(super) fn without(names: &[String], wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>> {
    let name = |name: &String| {
        let canonical = catalog::find(name).map_or(name.as_str(), |row| row.name);
        match wanted(canonical) {
            true => Ok(canonical.to_owned()),
            false => Err(Error::input(format!(
                "--without {name}: it is not among the requested changes"
            ))
            .hint("choose one that `subtune plan` shows without this option")),
        }
    };
    names.iter().map(name).collect()
}

/// The error for a name that the catalog does not know.
pub(super) fn unknown_name(name: &str) -> Error {
    if let Some(only) = catalog::display_only(name) {
        return Error::input(only.fault()).hint(only.advice);
    }
    Error::input(format!("unknown hyperparameter {name}")).hint(
        catalog::suggestion(name).unwrap_or_else(|| "`subtune explain` lists all names".to_owned()),
    )
}
