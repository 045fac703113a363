//! The catalog against the metadata of real runtimes, where that is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_yaml::Value as Yaml;
use subtune_chain::{Resolved, resolve};
use subtune_model::catalog::{ALL, BUDGET_CONSTANT, CHECKED, Frozen, Source, ValueKind};
use subtune_model::snapshot::SetterState;
use subxt::metadata::Metadata;

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
    for spec_version in [365, 393, 424, 475] {
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
            // A call that is gone is nobody's.
            let gone = row.name == "max_weights_limit";
            let settable = here && !row.setters.is_empty() && !gone;
            let found = matches!(resolved.setter, SetterState::Call { .. });
            let action = row.kind == ValueKind::Action;
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
    assert_eq!([246, 247].map(|spec| owner_of("weights_rate_limit", spec)), ["owner", "root"]);
    let registration = [289, 290, 473, 474].map(|spec| owner_of("registration_allowed", spec));
    assert_eq!(registration, ["owner", "root", "root", "owner"]);
    let threshold = [459, 460, 474, 475].map(|spec| owner_of("root_claim_threshold", spec));
    assert_eq!(threshold, ["owner", "unknown", "unknown", "nobody"]);
}

/// Who may set it by the last of its calls.
fn owner_of(name: &str, spec_version: u32) -> &'static str {
    subtune_model::catalog::find(name).unwrap().setters.last().unwrap().who.at(spec_version)
}

/// What the facts about runtime 475 say of a hyperparameter that is not as it was at 424: its call and
/// who may send it, the number of its slot among those of the owner's hyperparameters or of the
/// transactions, the window, and whether it does anything.
const AT_475: &[(&str, &str, &str, bool, bool)] = &[
    ("epoch_consensus", "sudo_set_epoch_consensus owner", "H35", true, true),
    (
        "liquid_alpha_consensus_mode",
        "sudo_set_liquid_alpha_consensus_mode owner",
        "H34",
        true,
        true,
    ),
    ("collateral_lock_share", "sudo_set_collateral_lock_share owner", "H32", true, true),
    ("collateral_drain_ratio", "sudo_set_collateral_drain_ratio owner", "H33", true, true),
    ("activity_cutoff_factor", "sudo_set_activity_cutoff_factor owner", "H30", true, true),
    ("tempo", "sudo_set_tempo owner", "T11", true, true),
    ("registration_allowed", "sudo_set_network_registration_allowed owner", "H36", true, true),
    (
        "network_pow_registration_allowed",
        "sudo_set_network_pow_registration_allowed owner",
        "H10",
        true,
        true,
    ),
    ("trim_null_uids_batch", "sudo_trim_null_uids_batch owner", "T9", true, true),
    ("trim_to_max_allowed_uids", "sudo_trim_to_max_allowed_uids owner", "T9", true, true),
    ("max_difficulty", "sudo_set_max_difficulty owner", "H2", true, true),
    ("min_difficulty", "sudo_set_min_difficulty root", "-", true, true),
    ("difficulty", "sudo_set_difficulty root", "-", true, true),
    ("root_claim_threshold", "sudo_set_root_claim_threshold nobody", "-", false, true),
    ("adjustment_alpha", "sudo_set_adjustment_alpha owner", "H3", true, false),
    ("weights_rate_limit", "sudo_set_weights_set_rate_limit root", "-", false, true),
    ("owner_cut_enabled", "sudo_set_owner_cut_enabled owner", "-", true, true),
];

/// All hyperparameters at all runtimes of which the metadata is known, as a file to be read as a whole;
/// what is new in the last one against the facts.
#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn every_hyperparameter_at_every_runtime() {
    let mut table = String::new();
    for spec in [365, 393, 424, 475] {
        table.push_str(&format!("# Runtime {spec}\n\n"));
        for Resolved { row, setter, slot, .. } in resolve(&metadata(spec), spec).unwrap() {
            let setter = match setter {
                SetterState::Call { pallet, call, who, .. } => format!("{pallet}.{call} {who}"),
                SetterState::Changed { call, what } => format!("{call}: {what}"),
                SetterState::Missing => continue,
            };
            let frozen = match row.frozen {
                Frozen::Always => true,
                Frozen::Never => false,
                Frozen::WithLimitOf(_) => spec >= 474,
            };
            let live = row.effect.inert_at(spec).is_none();
            let slot = slot.filter(|_| setter.ends_with(" owner")).map_or("-".to_owned(), numbered);
            if let Some((_, call, number, window, acts)) =
                AT_475.iter().find(|(name, ..)| spec == 475 && *name == row.name)
            {
                let found = (setter.rsplit('.').next().unwrap(), slot.as_str(), frozen, live);
                assert_eq!(found, (*call, *number, *window, *acts), "{} at {spec}", row.name);
            }
            let words = [
                slot,
                if frozen { "window" } else { "-" }.to_owned(),
                if live { "live" } else { "no effect" }.to_owned(),
                row.range().join(", "),
            ];
            let line = format!("{}: {setter}; {}", row.name, words.join("; "));
            table.push_str(&format!("{}\n", line.trim_end_matches([';', ' '])));
        }
        table.push('\n');
    }
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/hyperparameters-by-runtime.txt");
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == table, "the table is another one now: run this test with UPDATE_TABLE=1");
}

/// The number of a slot by its key on subnet 1: `H35` of `OwnerHyperparamUpdate`, `T11` of a
/// transaction, as it is where it is another one.
fn numbered(suffix: String) -> String {
    let number = |digits: &str| u16::from_str_radix(digits, 16).ok();
    match (suffix.strip_prefix("010100"), suffix.strip_prefix("0100")) {
        (Some(hex), _) if hex.len() == 2 => number(hex).map_or(suffix.clone(), |n| format!("H{n}")),
        (_, Some(hex)) if hex.len() == 4 => {
            number(&hex[..2]).map_or(suffix.clone(), |n| format!("T{n}"))
        }
        _ => suffix,
    }
}

/// The numbers that the catalog names as the chain's own.
#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn the_constants_are_those_of_the_newest_runtime() {
    #[expect(clippy::disallowed_methods, reason = "the metadata of a real runtime, at hand")]
    let metadata = Metadata::decode_from(&metadata(CHECKED)).unwrap();
    let mut seen = 0;
    for bound in ALL.iter().flat_map(|row| row.bounds) {
        let (pallet, name, raw) = match bound.with {
            Source::Constant(name, raw) => ("SubtensorModule", name, raw),
            Source::SwapConstant(name, raw) => ("Swap", name, raw),
            Source::Budget => ("SubtensorModule", BUDGET_CONSTANT, 256),
            _ => continue,
        };
        let value =
            metadata.pallet_by_name(pallet).unwrap().constant_by_name(name).unwrap().value();
        let number = value.iter().rev().fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
        assert_eq!(number, raw, "{pallet}.{name}");
        seen += 1;
    }
    assert!(seen > 6, "{seen}");
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
            let row = subtune_model::catalog::find(name).unwrap();
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
            check(
                "window",
                format!("{:?}", Some(row.frozen == Frozen::Always)),
                format!("{frozen:?}"),
            );
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
            println!("{line} {}{says}", if row.frozen == Frozen::Always { "window, " } else { "" });
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(used, EXPLAINED.iter().map(|(name, ..)| *name).collect(), "all are needed");
}
