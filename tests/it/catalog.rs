//! The catalog against the metadata of real runtimes, where that is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_yaml::Value as Yaml;
use subtune::chain::resolve;
use subtune::model::catalog::{Kind, Who};
use subtune::model::snapshot::SetterState;

/// Where metadata of real runtimes is: `SUBTUNE_METADATA_DIR`, else beside the project.
fn folder() -> PathBuf {
    std::env::var_os("SUBTUNE_METADATA_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/chain/metadata")),
        PathBuf::from,
    )
}

/// Metadata of a real runtime.
pub(crate) fn metadata(spec_version: u32) -> Vec<u8> {
    std::fs::read(folder().join(format!("finney-{spec_version}.scale"))).unwrap()
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn every_row_resolves_or_says_since_when_it_exists() {
    for spec_version in [365, 393, 424] {
        let rows = resolve(&metadata(spec_version), spec_version).unwrap();
        let mut wrong = Vec::new();
        for resolved in &rows {
            let row = resolved.row;
            let here = row.since <= spec_version;
            // Their storage item is another row's or none at all.
            let no_storage = row.storage.is_none();
            if resolved.stored != (here && !no_storage) {
                wrong.push(format!("{}: stored is {}", row.name, resolved.stored));
            }
            let settable = here && !row.setters.is_empty();
            let found = matches!(resolved.setter, SetterState::Call { .. });
            let action = row.kind == Kind::Action;
            if found != settable && !action {
                wrong.push(format!("{}: {:?}", row.name, resolved.setter));
            }
        }
        assert_eq!(wrong, Vec::<String>::new(), "runtime {spec_version}");
        println!("runtime {spec_version}: {} rows looked up", rows.len());
    }
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn who_may_set_it_follows_the_runtime() {
    let who = |spec_version: u32, name: &str| {
        let rows = resolve(&metadata(spec_version), spec_version).unwrap();
        let found = rows.into_iter().find(|resolved| resolved.row.name == name).unwrap();
        match found.setter {
            SetterState::Call { pallet, call, who, .. } => format!("{pallet}.{call} {who}"),
            other => format!("{other:?}"),
        }
    };
    let is = |spec_version, name, wanted: &str| {
        assert_eq!(who(spec_version, name), wanted, "{spec_version} {name}");
    };
    is(365, "tempo", "AdminUtils.sudo_set_tempo root");
    is(393, "tempo", "AdminUtils.sudo_set_tempo root");
    is(424, "tempo", "SubtensorModule.set_tempo owner");
    is(424, "activity_cutoff_factor", "SubtensorModule.set_activity_cutoff_factor owner");
    is(393, "activity_cutoff_factor", "Missing");
    is(424, "weights_rate_limit", "AdminUtils.sudo_set_weights_set_rate_limit root");
    is(365, "kappa", "AdminUtils.sudo_set_kappa root");
    let pow = "network_pow_registration_allowed";
    let call = "AdminUtils.sudo_set_network_pow_registration_allowed";
    is(393, pow, &format!("{call} owner"));
    is(424, pow, &format!("{call} nobody"));
    assert_eq!(Who::Owner { since: 0, until: 333 }.at(334), "root");
}

/// A hyperparameter as the table of facts has it.
struct Fact(Yaml);

impl Fact {
    fn at(&self, path: &[&str]) -> &Yaml {
        path.iter().fold(&self.0, |yaml, name| yaml.get(name).unwrap_or(&Yaml::Null))
    }

    fn text(&self, path: &[&str]) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    /// The first number in a text such as `326 (root-only before)`.
    fn number(text: &str) -> Option<u32> {
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }

    /// First runtime that has it. The oldest one looked at is 149, and 425 the newest.
    fn since(&self) -> u32 {
        let text = match self.at(&["since_spec"]) {
            Yaml::Number(number) => number.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        match Self::number(&text).unwrap_or(0) {
            number if text.starts_with('>') => number + 1,
            number => number,
        }
    }

    /// The setter at a runtime and who may use it, `-` for none.
    fn setter(&self, name: &str, spec_version: u32) -> String {
        // Before the owner got a call, root had the one that is there to this day.
        if name == "tempo" && spec_version < self.since() {
            return "AdminUtils.sudo_set_tempo root".to_owned();
        }
        let call = self.text(&["call", "name"]).split(' ').next().unwrap_or_default();
        if call.is_empty() || spec_version < self.since() {
            return "-".to_owned();
        }
        let says = self.text(&["setter"]);
        // `always fails since 401`, or `deprecated (always fails) from 424`
        let fails = [says.split_once("since "), self.text(&["since_spec"]).split_once("from ")];
        let gone = fails.into_iter().flatten().find_map(|(_, text)| Self::number(text));
        let who = match says.split([' ', '_']).next() {
            Some("nobody") if gone.is_some_and(|gone| spec_version < gone) => "owner",
            Some(who) => who,
            None => "?",
        };
        let history = self.text(&["owner_settable_since_spec"]);
        let later = Self::number(history).is_some_and(|since| spec_version < since);
        let who = if who == "owner" && later { "root" } else { who };
        format!("{}.{call} {who}", self.text(&["call", "pallet"]))
    }

    /// The end of the key of its rate-limit slot on subnet 1, `-` for none.
    fn slot(&self) -> Option<String> {
        let part = |part: &str| match part.trim() {
            "u16le(netuid)" => Some("0100".to_owned()),
            part if part.starts_with("blake2") => Some(String::new()),
            part => match part.strip_prefix("u16le(") {
                Some(number) => {
                    let number: u16 = number.trim_end_matches(')').parse().ok()?;
                    Some(hex::encode(number.to_le_bytes()))
                }
                None => Some(part.to_owned()),
            },
        };
        match self.text(&["rate_limit", "key_suffix"]) {
            "" => None,
            suffix => suffix.split("++").map(part).collect(),
        }
    }
}

/// Where catalog and table differ, and why.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("max_weights_limit", "effect", "the table calls it constant: what is stored does nothing"),
    (
        "kappa",
        "slot",
        "from when the owner set it; the table is about 425, where root has no limit",
    ),
    ("network_pow_registration_allowed", "slot", "the owner's up to 393; the table is about 425"),
    (
        "user_liquidity_enabled",
        "setter",
        "the table does not say who could set it before 424; it is not stored, so never planned",
    ),
];

/// All the rows of the table of facts against catalog and metadata.
#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn the_catalog_says_what_the_table_of_facts_says() {
    let text = std::fs::read_to_string(folder().join("../hyperparameters.yaml")).unwrap();
    let facts: Vec<Yaml> = serde_yaml::from_str(&text).unwrap();
    assert_eq!(facts.len(), 62);
    let runtimes: BTreeMap<u32, _> = [365, 393, 424]
        .into_iter()
        .map(|spec| (spec, resolve(&metadata(spec), spec).unwrap()))
        .collect();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for fact in facts.into_iter().map(Fact) {
        let name = fact.text(&["name"]);
        // Two values of one call are two rows of ours.
        let rows: &[&str] =
            if name == "alpha_values" { &["alpha_low", "alpha_high"] } else { &[name] };
        for name in rows {
            let row = subtune::model::catalog::find(name).unwrap();
            let mut check = |what: &str, ours: String, theirs: String| {
                let explained =
                    EXPLAINED.iter().any(|(row, field, _)| row == name && what.starts_with(field));
                if ours != theirs && explained {
                    used.insert(row.name);
                } else if ours != theirs {
                    wrong.push(format!("{name}: {what} is {ours}, the table has {theirs}"));
                }
            };
            let inert = row.effect.inert_at(425).is_some();
            let says = fact.text(&["effect_at_425"]);
            let dead = ["inert", "obsolete"].iter().any(|word| says.starts_with(word));
            check("effect", format!("inert {inert}"), format!("inert {dead}"));
            let frozen = fact.at(&["freeze_window"]).as_bool();
            check("window", format!("{:?}", Some(row.frozen)), format!("{frozen:?}"));
            let mut line = format!("{name:33}");
            for (spec, resolved) in &runtimes {
                let found = resolved.iter().find(|resolved| resolved.row.name == *name).unwrap();
                let ours = match &found.setter {
                    SetterState::Call { pallet, call, who, .. } => format!("{pallet}.{call} {who}"),
                    SetterState::Changed { call, what } => format!("{call}: {what}"),
                    SetterState::Missing => "-".to_owned(),
                };
                check(&format!("setter at {spec}"), ours.clone(), fact.setter(name, *spec));
                let there = ours != "-";
                let slot = |slot: Option<String>| slot.filter(|_| there).unwrap_or("-".to_owned());
                let slots = (slot(found.slot.clone()), slot(fact.slot()));
                check(&format!("slot at {spec}"), slots.0.clone(), slots.1);
                let who = ours.rsplit(' ').next().unwrap_or_default().to_owned();
                line.push_str(&format!(" {spec}: {who:7} {:9}", slots.0));
            }
            println!("{line} {}{says}", if row.frozen { "window, " } else { "" });
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(used, EXPLAINED.iter().map(|(name, ..)| *name).collect(), "all are needed");
}
