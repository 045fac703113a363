use std::collections::BTreeMap;
use std::fs;

use subtune_model::catalog;
use subtune_model::error::Kind;
use subtune_model::finding;
use subtune_model::hash::Hash32;
use subtune_model::origin::{Multisig, Origin, Proxy, Timepoint, Weight};
use subtune_model::plan::{Arg, Call, Item, Plan, PlanKind, Status};
use subtune_model::profile::Target;
use subtune_model::receipt::{
    Change, Command, Outcome, Place, Receipt, Refused, Since, Transaction,
};
use subtune_model::snapshot::{Block, ChainId, Guards, Snapshot};
use subtune_model::value::{Value, looks_rounded};
use subtune_model::world::World;

use super::tree::{Plain, resolve};
use super::*;

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const HASH: &str = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";

fn hash() -> Hash32 {
    HASH.parse().unwrap()
}
const HEAD: &str = "format_version: 1\nname: a\ndescription: b\nsource: c\n";

fn with(lines: &str) -> String {
    format!("{HEAD}hyperparameters:\n{lines}")
}

fn values(lines: &str) -> BTreeMap<String, Value> {
    parse(&with(lines), "p.yaml", Names::Known)
        .unwrap_or_else(|bad| panic!("{lines}: {bad:#?}"))
        .hyperparameters
}

fn value(line: &str) -> Value {
    values(&format!("  {line}\n")).into_values().next().unwrap()
}

fn complaints(text: &str) -> Vec<Complaint> {
    parse(text, "p.yaml", Names::Known).expect_err(text)
}

/// The one complaint about one line, as a person reads it.
fn complaint(line: &str) -> String {
    let list = complaints(&with(&format!("  {line}\n")));
    assert_eq!(list.len(), 1, "{line}: {list:#?}");
    assert_eq!(list[0].line, Some(6), "{line}: {list:#?}");
    assert!(!list[0].hint.is_empty());
    format!("{} | {}", list[0].what, list[0].hint)
}

#[track_caller]
fn complains(line: &str, parts: &[&str]) {
    let text = complaint(line);
    for part in parts {
        assert!(text.contains(part), "{line}: {text:?} lacks {part:?}");
    }
}

#[test]
fn raw_integers_units_names_and_switches_become_exact_values() {
    for (line, expected) in [
        ("immunity_period: 12000", Value::Uint(12_000)),
        ("immunity_period: 40h", Value::Uint(12_000)),
        ("immunity_period: \"40h\"", Value::Uint(12_000)),
        ("immunity_period: '12000'", Value::Uint(12_000)),
        ("immunity_period: 0x2ee0", Value::Uint(12_000)),
        ("immunity_period: 0o27340", Value::Uint(12_000)),
        ("immunity_period: +12000", Value::Uint(12_000)),
        ("min_burn: 0.5 TAO", Value::Uint(500_000_000)),
        ("min_burn: 0.5", Value::Uint(500_000_000)),
        ("min_burn: \"0.5\"", Value::Uint(500_000_000)),
        ("bonds_moving_avg: 0.9", Value::Uint(900_000)),
        ("burn_increase_mult: 1.5", Value::Uint(3 << 63)),
        ("alpha_sigmoid_steepness: 10.5", Value::Uint(1_050)),
        ("mechanism_emission_split: [0.6, 0.4]", Value::List(vec![39_321, 26_214])),
        ("bonds_moving_avg: \"90%\"", Value::Uint(900_000)),
        ("adjustment_alpha: 17893341751498264576", Value::Uint(17_893_341_751_498_264_576)),
        ("adjustment_alpha: 18446744073709551615", Value::Uint(u64::MAX.into())),
        ("burn_increase_mult: 23242897532874035036", Value::Uint(23_242_897_532_874_035_036)),
        ("burn_increase_mult: \"1.5\"", Value::Uint(3 << 63)),
        ("alpha_sigmoid_steepness: 1000", Value::Uint(1_000)),
        ("alpha_sigmoid_steepness: \"10.5\"", Value::Uint(1_050)),
        ("yuma3_enabled: true", Value::Bool(true)),
        ("yuma3_enabled: off", Value::Bool(false)),
        ("yuma3_enabled: \"On\"", Value::Bool(true)),
        ("recycle_or_burn: Burn", Value::Text("burn".into())),
        ("recycle_or_burn: recycle", Value::Text("recycle".into())),
        ("mechanism_emission_split: null", Value::None),
        ("mechanism_emission_split:", Value::None),
        ("mechanism_emission_split: [40000, 25535]", Value::List(vec![40_000, 25_535])),
        ("mechanism_emission_split: [60%, \"40%\"]", Value::List(vec![39_321, 26_214])),
        ("token_symbol: τ", Value::Text("τ".into())),
        ("token_symbol: \"1\"", Value::Text("1".into())),
        ("weights_set_rate_limit: 360", Value::Uint(360)),
    ] {
        assert_eq!(value(line), expected, "{line}");
    }
    assert_eq!(value(&format!("sn_owner_hotkey: {ALICE}")), Value::Text(ALICE.into()));
}

#[test]
fn aliases_and_alpha_values_become_canonical_names() {
    let read = values("  weights_set_rate_limit: 100\n  alpha_values: [45875, \"100%\"]\n");
    let expected = [("alpha_high", 65_535), ("alpha_low", 45_875), ("weights_rate_limit", 100)];
    let expected = expected.map(|(name, raw)| (name.to_owned(), Value::Uint(raw)));
    assert_eq!(read, BTreeMap::from(expected));
}

#[test]
fn a_full_profile_is_read() {
    let text = format!(
        "\u{feff}# a comment\r\nformat_version: 1\r\nname: mine\r\ndescription: |\r\n  two\r\n  lines\r\n\
         source: here\r\ntarget:\r\n  network: finney\r\n  genesis_hash: {}\r\n  netuid: 46\r\n\
         hyperparameters:\r\n  rho: 10\r\nreplaces:\r\n  rho: 11\r\n",
        HASH.to_ascii_uppercase().replace("0X", "0x"),
    );
    let profile = parse(&text, "p.yaml", Names::Known).unwrap();
    assert_eq!(profile.description, "two\nlines\n");
    let target = Target { network: "finney".into(), genesis_hash: hash(), netuid: Some(46) };
    assert_eq!(profile.target, Some(target));
    assert_eq!(profile.hyperparameters, BTreeMap::from([("rho".into(), Value::Uint(10))]));
    assert_eq!(profile.replaces, BTreeMap::from([("rho".into(), Value::Uint(11))]));
    assert_eq!(parse(&write(&profile), "again", Names::Known), Ok(profile));
}

#[test]
fn all_complaints_come_at_once_in_the_order_of_the_file() {
    let list = complaints(
        "format_version: 2\nname: 12\ndescripton: x\nsource: \"\"\nhyperparameters:\n  \
         imunity_period: 1\n  rho: 1\n  rho: 2\n  kappa: 0.5\n  tempo: 70000\nsource: d\n",
    );
    let lines: Vec<_> = list.iter().map(|complaint| complaint.to_string()).collect();
    let expected = [
        "p.yaml:1: the field description is missing",
        "p.yaml:1: format_version 2 is newer than this version of subtune, which reads 1",
        "p.yaml:2: name is not a text",
        "p.yaml:3: unknown field descripton",
        "p.yaml:4: source is empty",
        "p.yaml:6: unknown hyperparameter imunity_period",
        "p.yaml:8: rho is set twice (first on line 7)",
        "p.yaml:9: kappa: \"0.5\" cannot be stored exactly; nearest are 32767 (~49.9992%) and 32768 (~50.0008%)",
        "p.yaml:10: tempo: it must be an integer from 0 to 65535, not 70000",
        "p.yaml:11: source is set twice (first on line 4)",
    ];
    assert_eq!(lines, expected);
    assert_eq!(list[5].hint, "did you mean immunity_period?");
    assert_eq!(list[5].name.as_deref(), Some("imunity_period"));
    assert_eq!(list[5].column, Some(3));
    assert!(list[3].hint.starts_with("did you mean description?"));
    let error = complaints_error(list);
    assert_eq!(error.kind, Kind::Input);
    assert_eq!(error.what, "p.yaml:1: the field description is missing, and 9 more");
    assert!(error.hint.unwrap().ends_with("`subtune check p.yaml` shows all"));
}

#[test]
fn wrong_values_are_refused_with_a_hint() {
    complains("immunity_period: 65536", &["from 0 to 65535, not 65536", "40h"]);
    complains("immunity_period: -1", &["not -1"]);
    complains("immunity_period: 12e3", &["not exact", "40h"]);
    complains("immunity_period: 7200.0", &["not exact"]);
    complains("immunity_period: .inf", &["not exact"]);
    complains("immunity_period: 0123", &["octal", "leading zeros"]);
    complains("immunity_period: 40x", &["\"40x\" is not a duration"]);
    complains(
        "immunity_period: 10s",
        &["\"10s\" is not a whole number of blocks (12 s each)", "0 or 1"],
    );
    complains("immunity_period: true", &["not true"]);
    complains("immunity_period:", &["has no value"]);
    complains("immunity_period: [1]", &["not a list"]);
    complains("immunity_period: {a: 1}", &["not a map"]);
    complains("immunity_period: 1_000", &["1_000"]);
    complains("weights_version: 340282366920938463463374607431768211456", &["larger than any"]);
    complains("weights_version: 18446744073709551616", &["from 0 to 18446744073709551615"]);
    complains("yuma3_enabled: 1", &["true or false, not 1"]);
    complains("yuma3_enabled: yes", &["true or false, not yes"]);
    complains("recycle_or_burn: keep", &["burn or recycle, not keep"]);
    complains("token_symbol: 12", &["must be a text", "\"12\""]);
    complains("token_symbol: \"\\e[31m\"", &["\u{fffd}[31m"]);
    complains("mechanism_emission_split: []", &["at least one share"]);
    complains("mechanism_emission_split: [1, 2]", &["sum to 3"]);
    complains("mechanism_emission_split: [65536]", &["not a share"]);
    complains(
        "mechanism_emission_split: [0.5, 0.5]",
        &["cannot be stored exactly", "32767 or 32768"],
    );
    complains("alpha_values: [1]", &["not a list of two"]);
    complains(&format!("immunity_period: \"{}\"", "9".repeat(500)), &["999…"]);
    complains("trigger_epoch: true", &["is an action"]);
    complains("trim: 64", &["trim_to_max_allowed_uids is an action"]);
}

/// The values that a hint names: what stands in quotes, and the integers it says to write.
fn named_in(hint: &str) -> Vec<String> {
    let quoted = hint.split('"').skip(1).step_by(2).map(|text| format!("\"{text}\""));
    let integers = hint.split("raw integer ").nth(1).unwrap_or_default();
    let integers = integers.split([' ', ';']).filter(|word| word.parse::<u128>().is_ok());
    quoted.chain(integers.map(str::to_owned)).collect()
}

/// Whatever a row is given that is wrong, what its hint names is taken by this very row.
#[test]
fn every_example_in_a_hint_is_taken_by_its_row() {
    let wrong = [
        "\"\"",
        "soon",
        "0.5",
        "0.51",
        "1.0",
        "2.0",
        "90%",
        "33%",
        "97.55%",
        "0.333",
        "1e3",
        ".5",
        "5.",
        "-1",
        "-0.5",
        "10s",
        "0.1234567891 TAO",
        "1.00000001 tempos",
        "5 bananas",
        "[1]",
        "{a: 1}",
        "true",
        "null",
        "1.26",
        "99999999999999999999999999999999999999999",
        "0100",
        "0.00000000000000000000000000000000000000000001",
        "58982.0",
        "18446744073709551616.0",
    ];
    let mut named = 0;
    for row in catalog::ALL.iter().filter(|row| !matches!(row.kind, catalog::ValueKind::Action)) {
        for example in row.examples() {
            let text = with(&format!("  {}: \"{example}\"\n", row.name));
            let read = parse(&text, "p", Names::Known).unwrap_or_else(|bad| panic!("{bad:?}"));
            assert!(row.is_in_bounds(&read.hyperparameters[row.name]), "{}: {example}", row.name);
        }
        for wrong in wrong {
            let Err(list) = parse(&with(&format!("  {}: {wrong}\n", row.name)), "p", Names::Known)
            else {
                continue;
            };
            for text in named_in(&list[0].hint) {
                let again = with(&format!("  {}: {text}\n", row.name));
                let read = parse(&again, "p", Names::Known);
                assert!(read.is_ok(), "{}: {wrong}: {}: {text}: {read:?}", row.name, list[0].hint);
                named += 1;
            }
        }
    }
    assert!(named > 300, "{named}");
}

fn set(settings: &[&str]) -> std::result::Result<Vec<(String, Value)>, String> {
    let given: Vec<_> = settings.iter().map(|&setting| setting.to_owned()).collect();
    super::settings(&given, Names::Known).map(|values| values.into_iter().collect()).map_err(
        |error| format!("{} | {} | {}", error.kind.exit_code(), error.what, error.next_step()),
    )
}

#[test]
fn an_option_is_read_by_the_reader_of_values() {
    for (setting, expected) in [
        ("immunity_period=12000", Value::Uint(12_000)),
        ("immunity_period = 12000", Value::Uint(12_000)),
        ("immunity_period=40h", Value::Uint(12_000)),
        ("immunity_period=0x2ee0", Value::Uint(12_000)),
        ("max_burn=2 TAO", Value::Uint(2_000_000_000)),
        ("max_burn=\"2 TAO\"", Value::Uint(2_000_000_000)),
        ("max_burn='2 TAO'", Value::Uint(2_000_000_000)),
        ("max_burn=2", Value::Uint(2)),
        ("max_burn=0.5", Value::Uint(500_000_000)),
        ("bonds_moving_avg=90%", Value::Uint(900_000)),
        ("yuma3_enabled=on", Value::Bool(true)),
        ("recycle_or_burn=Burn", Value::Text("burn".into())),
        ("token_symbol=12", Value::Text("12".into())),
        ("token_symbol=null", Value::Text("null".into())),
        ("token_symbol=a=b # c", Value::Text("a=b # c".into())),
        ("token_symbol=\"a\"", Value::Text("a".into())),
        ("mechanism_emission_split=null", Value::None),
        ("mechanism_emission_split=[40000, 25535]", Value::List(vec![40_000, 25_535])),
        ("mechanism_emission_split=60%,40%", Value::List(vec![39_321, 26_214])),
        ("adjustment_alpha=\"14757395258967642000\"", Value::Uint(14_757_395_258_967_642_000)),
    ] {
        let read = set(&[setting]).unwrap_or_else(|error| panic!("{setting}: {error}"));
        assert_eq!(
            read.into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
            [expected],
            "{setting}"
        );
    }
    let both = set(&["alpha_values=45875, 100%", "rho=10"]).unwrap();
    let names: Vec<_> = both.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["alpha_high", "alpha_low", "rho"]);
}

/// The name of a mode is a word of YAML, too: it is the mode wherever the mode is asked for, and nothing
/// elsewhere.
#[test]
fn null_is_a_name_where_it_is_one() {
    let null = Value::Text("null".to_owned());
    for spelling in ["null", "\"null\"", "'null'", "Null", "NULL"] {
        assert_eq!(value(&format!("epoch_consensus: {spelling}")), null, "{spelling}");
    }
    for nothing in ["", "~"] {
        complains(&format!("epoch_consensus: {nothing}"), &["no value", "yuma or null"]);
    }
    let option = super::settings(&["epoch_consensus=null".to_owned()], Names::Known).unwrap();
    assert_eq!(option.into_iter().next().unwrap().1, null);
}

#[test]
fn an_option_is_no_yaml_and_never_silently_another_number() {
    for (settings, parts) in [
        (&["max_burn=7777 # 12000"][..], &["4 |", "\"7777 # 12000\" is not an amount"][..]),
        (&["max_burn=2.0"], &["4 |", "ambiguous: 2, or 2000000000 (2 TAO)", "2 or 2000000000"]),
        (&["kappa=0.5"], &["4 |", "cannot be stored exactly", "32767 or 32768"]),
        (&["immunity_period=7200.0"], &["4 |", "not exact"]),
        (&["immunity_period=&a 5"], &["4 |", "\"&a 5\" is not a duration"]),
        (&["immunity_period=!!int 5"], &["4 |", "is not a duration"]),
        (&["immunity_period={a: 1}"], &["4 |", "is not a duration"]),
        (&["immunity_period=[5]"], &["4 |", "is not a duration"]),
        (&["immunity_period=5: 6"], &["4 |", "is not a duration"]),
        (&["immunity_period=null"], &["4 |", "it has no value"]),
        (&["immunity_period=\""], &["4 |", "is not a duration"]),
        (&["immunity_period=0100"], &["4 |", "begins with a zero"]),
        (&["immunity_period=="], &["4 |", "is not a duration"]),
        (&["adjustment_alpha=14757395258967642000"], &["4 |", "rounded", "--set 'NAME=\"VALUE\"'"]),
        (&["immunity_period="], &["2 |", "has no value", "immunity_period=40h"]),
        (&["mechanism_emission_split="], &["2 |", "has no value", "null for an even split"]),
        (&["mechanism_emission_split=[]"], &["4 |", "at least one share"]),
        (&["immunity_period"], &["2 |", "has no value", "NAME=VALUE"]),
        (&["=5"], &["2 |", "has no name"]),
        (&[" = 5"], &["2 |", "has no name"]),
        (&["rho=1", "rho=1"], &["2 |", "names rho twice", "keep one"]),
        (&["weights_rate_limit=1", "weights_set_rate_limit=1"], &["2 |", "twice"]),
        (
            &["alpha_low=1", "alpha_values=1,2"],
            &["4 |", "alpha_low is set twice: alpha_low means it too"],
        ),
        (&["min_burn=5", "max_burn=4"], &["4 |", "must be below max_burn"]),
        (
            &["imunity_period=5"],
            &["4 |", "unknown hyperparameter imunity_period", "immunity_period?"],
        ),
        (&["rho=1\nrho: 2"], &["2 |", "control character"]),
        (&["burn_half_life=0"], &["4 |", "at least 1"]),
    ] {
        let told = set(settings).expect_err(settings[0]);
        for part in parts {
            assert!(told.contains(part), "{settings:?}: {told} lacks {part}");
        }
    }
}

#[test]
fn addresses_are_checked() {
    let wrong = ALICE.replace("5Grw", "5Grv");
    complains(&format!("sn_owner_hotkey: {wrong}"), &["not an SS58 address"]);
    complains("sn_owner_hotkey: 0x1234", &["it must be an account in SS58"]);
    let polkadot = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";
    complains(&format!("sn_owner_hotkey: {polkadot}"), &["another network", ALICE]);
}

#[test]
fn bounds_that_need_no_chain_are_checked() {
    complains("burn_half_life: 0", &["at least 1", "AdminUtils.InvalidValue"]);
    complains("burn_half_life: 36101", &["at most 36100"]);
    complains("bonds_moving_avg: 975001", &["at most 975000 (97.5%) for the owner"]);
    complains("alpha_sigmoid_steepness: -1", &["at least 0"]);
    complains("commit_reveal_period: 101", &["at most 100"]);
    complains("burn_increase_mult: 1", &["at least 18446744073709551616 (×1)"]);
    // A bound that the chain may move is left to the plan.
    assert_eq!(value("max_burn: 1"), Value::Uint(1));
    assert_eq!(value("tempo: 1"), Value::Uint(1));
}

#[test]
fn pairs_are_checked_when_both_are_there() {
    let list = complaints(&with("  min_burn: 2 rao\n  max_burn: 2 rao\n"));
    assert_eq!(list.len(), 1, "{list:?}");
    assert!(list[0].what.contains("must be below max_burn"), "{}", list[0].what);
    let list = complaints(&with("  alpha_values: [50000, 40000]\n"));
    assert_eq!(list.len(), 1, "{list:?}");
    assert!(list[0].what.contains("must be at most alpha_high"), "{}", list[0].what);
    assert_eq!(values("  alpha_low: 40000\n  alpha_high: 40000\n").len(), 2);
    for (name, words, most) in
        [("min_allowed_uids", "below", 127), ("max_validators", "at most", 128)]
    {
        let both = |value: u16| format!("  {name}: {value}\n  max_allowed_uids: 128\n");
        let list = complaints(&with(&both(most + 1)));
        assert_eq!(list.len(), 1, "{list:?}");
        let expected = format!("must be {words} max_allowed_uids");
        assert!(list[0].what.contains(&expected), "{}", list[0].what);
        assert_eq!(values(&both(most)).len(), 2, "{name}");
        // What the subnet has is left to the plan.
        assert_eq!(values(&format!("  {name}: {}\n", most + 1)).len(), 1, "{name}");
    }
}

#[test]
fn one_thing_under_two_names_is_a_duplicate() {
    let lines = "  weights_rate_limit: 1\n  weights_set_rate_limit: 1\n";
    let list = complaints(&with(lines));
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].line, Some(7));
    assert!(list[0].what.contains("weights_rate_limit on line 6 means it too"), "{}", list[0].what);
    let list = complaints(&with("  alpha_low: 40000\n  alpha_values: [40000, 50000]\n"));
    assert_eq!(list.len(), 1, "{list:?}");
}

#[test]
fn a_number_that_went_through_a_float_is_noticed() {
    let looks = |raw: u128| looks_rounded(&Value::Uint(raw));
    for raw in [
        14_757_395_258_967_642_000,
        17_893_341_751_498_265_000,
        18_446_744_073_709_552_000,
        23_242_897_532_874_035_000,
        // Fifteen digits, as spreadsheets keep them.
        14_757_395_258_967_600_000,
    ] {
        assert!(looks(raw), "{raw}");
    }
    for raw in [
        14_757_395_258_967_641_292,
        14_757_395_258_967_642_112,
        17_893_341_751_498_264_576,
        u128::from(u64::MAX),
        10_000_000_000_000_000_000,
        12_345_600_000_000_000_000,
        9_007_199_254_740_992,
        9_007_199_254_000_000,
        1 << 64,
        3 << 63,
        0,
    ] {
        assert!(!looks(raw), "{raw}");
    }
    complains(
        "adjustment_alpha: 14757395258967642000",
        &["looks rounded", "subtune snapshot", "in quotes"],
    );
    let meant = Value::Uint(14_757_395_258_967_642_000);
    assert_eq!(value("adjustment_alpha: \"14757395258967642000\""), meant);
}

#[test]
fn a_rollback_profile_takes_what_the_chain_had() {
    let text = format!(
        "{HEAD}hyperparameters:\n  bonds_moving_avg: 990000\n  adjustment_alpha: \"14757395258967642000\"\n\
         replaces:\n  bonds_moving_avg: 900000\n  adjustment_alpha: 5\n"
    );
    let profile = parse(&text, "p.yaml", Names::Known).unwrap();
    assert_eq!(profile.hyperparameters["bonds_moving_avg"], Value::Uint(990_000));
    assert_eq!(parse(&write(&profile), "again", Names::Known), Ok(profile));
    let list = complaints(&text.replace("990000", "true"));
    assert_eq!(list.len(), 1, "types still count");
}

#[test]
fn targets_are_checked() {
    let with = |target: &str| format!("{HEAD}target: {target}\nhyperparameters:\n  rho: 1\n");
    let whats = |target: &str| {
        complaints(&with(target)).into_iter().map(|complaint| complaint.what).collect::<Vec<_>>()
    };
    assert_eq!(whats("finney"), ["target is not a map"]);
    assert_eq!(
        whats("{netuid: 65536}"),
        [
            "the field network of target is missing",
            "the field genesis_hash of target is missing",
            "netuid is not a number of a subnet"
        ]
    );
    assert_eq!(
        whats(&format!("{{network: finney, genesis_hash: {HASH}, uid: 1}}")),
        ["unknown field uid in target"]
    );
    assert_eq!(whats("{network: finney, genesis_hash: 0x12}"), ["genesis_hash is not a hash"]);
    for absent in ["", "null", &format!("{{network: local, genesis_hash: {HASH}, netuid: null}}")] {
        let profile = parse(&with(absent), "p.yaml", Names::Known).unwrap();
        assert_eq!(profile.target.and_then(|target| target.netuid), None);
    }
    let quoted = format!("{{network: finney, genesis_hash: \"{HASH}\"}}");
    assert!(parse(&with(&quoted), "p.yaml", Names::Known).is_ok());
}

#[test]
fn what_is_no_profile_is_refused() {
    for (text, part) in [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("---\n", "empty"),
        ("\u{feff}", "empty"),
        ("just words", "not a map"),
        ("- a\n- b\n", "not a map"),
        ("kind: snapshot\nnetuid: 46\n", "a snapshot, not a profile"),
        ("kind: plan\nnetuid: 46\n", "a saved plan, not a profile"),
        ("a: 1\n---\na: 2\n", "second YAML document"),
        ("a: [1, 2\n", "not valid YAML"),
        ("a: \"x\n", "not valid YAML"),
        ("a:\n\t- b\n", "not valid YAML"),
        ("a: b: c\n", "not valid YAML"),
        ("a: *b\n", "not valid YAML"),
        ("a: &b 1\nc: *b\n", "anchor"),
        ("a: !!binary aGk=\n", "tag"),
        ("!mine\na: 1\n", "tag"),
        ("[a]: 1\n", "is used as a key"),
        ("a: \0\n", "control character"),
        ("a: 1\nb: \u{7}\n", "control character"),
    ] {
        let list = complaints(text);
        assert!(list.iter().any(|complaint| complaint.what.contains(part)), "{text:?}: {list:#?}");
    }
    for text in ["a:\n\tb: 1\n", "a:\t1\n"] {
        let list = complaints(text);
        assert_eq!(list[0].hint, "use spaces, not tabs", "{list:?}");
    }
    assert_eq!(complaints("a: 1\nb: \u{7}\n")[0].line, Some(2));
}

/// What a person cannot see is named by its code point, its line and its column.
#[test]
fn characters_that_cannot_be_seen_are_named() {
    for (text, line, column, code) in [
        (with("\u{a0}\u{a0}rho: 1\n"), 6, 1, "U+00A0 (a no-break space)"),
        (with("  rho:\u{a0}1\n"), 6, 7, "U+00A0"),
        (with("  rho: 1\u{a0}0\n"), 6, 9, "U+00A0"),
        (with("  kappa: 1\n  r\u{200b}ho: 1\n"), 7, 4, "U+200B (a zero-width space)"),
        (with("  rho: 1\u{200b}\n"), 6, 9, "U+200B"),
        (with("  rho: 1\u{feff}\n"), 6, 9, "U+FEFF"),
        (with("  rho: \u{201c}1\u{201d}\n"), 6, 8, "U+201C (a typographic quote)"),
        (with("  immunity_period: \u{2018}40h\u{2019}\n"), 6, 20, "U+2018"),
        (with("  alpha_sigmoid_steepness: \u{2212}5\n"), 6, 28, "U+2212"),
        (with("  temp\u{43e}: 360\n"), 6, 7, "U+043E (no plain letter)"),
        (with("  rho\u{ff1a} 1\n  kappa: 2\n"), 6, 6, "U+FF1A (a wide colon)"),
        (format!("\u{a0}{HEAD}hyperparameters:\n  rho: 1\n"), 1, 1, "U+00A0"),
    ] {
        let list = complaints(&text);
        let told = list.iter().find(|it| it.what.contains(code));
        let told = told.unwrap_or_else(|| panic!("{text:?}: {list:#?}"));
        assert_eq!((told.line, told.column), (Some(line), Some(column)), "{text:?}: {told:?}");
        assert!(told.what.ends_with(&format!(" in column {column}")), "{told:?}");
        assert!(
            told.hint.contains("in its place")
                || told.hint.contains("remove it")
                || told.hint.contains("plain letters"),
            "{told:?}"
        );
    }
    // Where they do no harm they are let be.
    let text = with("  rho: 10 # \u{ab}ten\u{bb}\u{a0}\n  token_symbol: τ\n")
        .replace("description: b", "description: \u{201c}b\u{201d}\u{a0}c");
    assert!(parse(&text, "p.yaml", Names::Known).is_ok());
}

/// `immunity_period:7200` is one word to YAML, and the parser blames the line after it.
#[test]
fn a_colon_without_a_blank_is_blamed_on_its_own_line() {
    for (text, lines) in [
        (with("  immunity_period:7200\n"), &[6][..]),
        (with("  immunity_period:7200\n  rho: 1\n"), &[6]),
        (with("  rho: 1\n  immunity_period:7200\n"), &[7]),
        (with("  rho: 1\n  immunity_period:7200\n  kappa: 2\n"), &[7]),
        (with("  rho: 1\n\n  # why\n  immunity_period:7200\n\n  # and\n  kappa: 2\n"), &[9]),
        (with("  immunity_period:7200\n  rho:1\n  kappa: 2\n"), &[6, 7]),
        (with("  {immunity_period:7200}\n"), &[6]),
        (HEAD.replace("name: a", "name:a") + "hyperparameters:\n  rho: 1\n", &[2]),
        ("format_version:1\n".to_owned(), &[1]),
    ] {
        let list = complaints(&text);
        let told: Vec<_> = list
            .iter()
            .filter(|it| it.what.starts_with("there is no space after the colon of "))
            .filter_map(|it| it.line)
            .collect();
        assert_eq!(told, lines, "{text}: {list:#?}");
        assert!(list[0].hint.contains(": `"), "{list:?}");
    }
    // A tab is told with its place, also when the parser stumbles later.
    let list = complaints(&with("\trho: 1\n"));
    assert!(list[0].what.contains("a tab in column 1"), "{list:?}");
    assert_eq!((list[0].line, list[0].column), (Some(6), Some(1)), "{list:?}");
}

#[test]
fn bombs_end_quickly() {
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (name, before) in ('b'..='i').zip('a'..='h') {
        bomb.push_str(&format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{before}"); 10].join(", ")
        ));
    }
    let list = complaints(&bomb);
    assert!(list.iter().any(|complaint| complaint.what.contains("alias")));
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(50_000),
        "- ".repeat(100_000),
        "a:\n".repeat(80_000),
        format!("{HEAD}hyperparameters: {}1{}", "[".repeat(200), "]".repeat(200)),
        format!("hyperparameters: [{}]", "1, ".repeat(80_000)),
    ] {
        assert!(!complaints(&text).is_empty());
    }
    let wide: String = (0..3_000).map(|index| format!("  name_{index}: 1\n")).collect();
    assert_eq!(complaints(&with(&wide)).len(), 3_000);
}

#[test]
fn an_empty_wish_is_refused() {
    for hyperparameters in ["", " {}", " null"] {
        let list = complaints(&format!("{HEAD}hyperparameters:{hyperparameters}\n"));
        assert_eq!(list.len(), 1, "{list:?}");
        assert_eq!(list[0].what, "the profile sets no hyperparameters");
        assert_eq!(list[0].line, Some(5));
    }
    let list = complaints(&format!("{HEAD}hyperparameters:\n- rho: 1\n"));
    assert_eq!(list[0].what, "hyperparameters is not a map of names and values");
}

#[test]
fn plain_scalars_follow_yaml_1_2() {
    let uint = |raw| Plain::Int(Value::Uint(raw));
    for (text, expected) in [
        ("0", uint(0)),
        ("-0", uint(0)),
        ("+7", uint(7)),
        ("-7", Plain::Int(Value::Negative(-7))),
        ("-170141183460469231731687303715884105728", Plain::Int(Value::Negative(i128::MIN))),
        ("-170141183460469231731687303715884105729", Plain::TooLarge),
        ("0x1F", uint(31)),
        ("0o17", uint(15)),
        ("0b1", Plain::Text("0b1")),
        ("017", Plain::LeadingZero),
        ("1_000", Plain::Text("1_000")),
        ("1.", Plain::Float),
        (".5", Plain::Float),
        ("1e3", Plain::Float),
        ("-1.5E-3", Plain::Float),
        (".", Plain::Text(".")),
        ("e3", Plain::Text("e3")),
        ("-", Plain::Text("-")),
        ("1e", Plain::Text("1e")),
        ("yes", Plain::Text("yes")),
        ("12:30", Plain::Text("12:30")),
        ("Null", Plain::Null),
        ("TRUE", Plain::Bool(true)),
        ("340282366920938463463374607431768211455", uint(u128::MAX)),
        ("340282366920938463463374607431768211456", Plain::TooLarge),
        ("-170141183460469231731687303715884105729", Plain::TooLarge),
    ] {
        assert_eq!(resolve(text), expected, "{text}");
    }
}

/// What may be asked of a row: its ends, its bounds and awkward numbers between.
fn samples(row: &catalog::Hyperparameter) -> Vec<Value> {
    let mut samples = vec![
        Value::Bool(true),
        Value::Bool(false),
        Value::None,
        Value::List(vec![65_535]),
        Value::List(vec![40_000, 25_535, 0]),
        Value::Text(ALICE.into()),
    ];
    let texts = [
        "burn",
        "recycle",
        "auto",
        "τ",
        "1",
        "-1",
        "1e3",
        "0x10",
        "0123",
        "null",
        "~",
        "true",
        "no",
        "on",
        ".inf",
        "1_000",
        "",
        " ",
        " a ",
        "a: b",
        "a #b",
        "# a",
        "- a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "\"",
        "'",
        "\\",
        "\\n",
        "{a",
        "[a",
        "?",
        "|",
        ">",
        "a,b",
        "<<",
        "=",
        "---",
        "...",
        "\u{2028}x",
        "\u{feff}x",
        "ü",
        "日本語",
        "🦀",
        "12:30",
        "2025-12-01",
    ];
    samples.extend(texts.map(|text| Value::Text(text.to_owned())));
    let mut raws = vec![
        0,
        1,
        9,
        10,
        255,
        256,
        1_638,
        65_535,
        65_536,
        (1 << 53) - 1,
        (1 << 53) + 1,
        14_757_395_258_967_641_292,
        14_757_395_258_967_642_000,
        17_893_341_751_498_264_576,
        u64::MAX.into(),
        1 << 64,
        23_242_897_532_874_035_036,
        23_242_897_532_874_035_000,
        u128::MAX,
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..16 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        raws.extend([u128::from(seed), u128::from(seed) << 20, u128::from(seed >> 48)]);
    }
    samples.extend(raws.into_iter().map(Value::Uint));
    samples.extend([-1, -1_000, -32_768].map(Value::int));
    samples.retain(|value| row.check_type(value).is_ok());
    samples
}

#[test]
fn what_is_written_is_read_back_equal() {
    let mut tried = 0;
    for row in catalog::ALL.iter() {
        for value in samples(row) {
            let values = BTreeMap::from([(row.name.to_owned(), value.clone())]);
            let mut profile = Profile {
                name: "a \"name\" with: #odd 'parts' \\ 日本 no".into(),
                description: "lines\nand\ttabs \n\n  - even: \u{2060} \u{feff} these ".into(),
                source: "null".into(),
                target: Some(Target {
                    network: "1e3".into(),
                    genesis_hash: hash(),
                    netuid: Some(0),
                }),
                hyperparameters: values.clone(),
                replaces: BTreeMap::from([("rho".into(), Value::Uint(u16::MAX.into()))]),
            };
            let text = write(&profile);
            match parse(&text, "again", Names::Known) {
                Ok(read) => assert_eq!(read, profile, "{text}"),
                Err(bad) => {
                    let unwritable = match &value {
                        Value::Text(text) => {
                            text.is_empty()
                                || text.len() > 40
                                || row.unit == subtune_model::value::Unit::Account
                        }
                        _ => false,
                    };
                    assert!(unwritable, "{text}\n{bad:#?}");
                }
            }
            // A general reader of YAML sees the same, as far as it knows such numbers.
            let large = matches!(&value, Value::Uint(raw) if *raw > u64::MAX.into());
            if !large && !looks_rounded(&value) {
                let other: serde_yaml::Mapping = serde_yaml::from_str(&text).unwrap();
                let other = other["hyperparameters"][row.name].clone();
                assert_eq!(serde_yaml::from_value::<Value>(other).unwrap(), value, "{text}");
            }
            profile.replaces.clear();
            profile.target = None;
            if let Ok(read) = parse(&write(&profile), "again", Names::Known) {
                assert_eq!(read, profile);
            }
            tried += 1;
        }
    }
    assert!(tried > 1_500, "{tried}");
}

/// The edges of every type, and texts that a chain may hold and no keyboard has.
fn edges(row: &catalog::Hyperparameter) -> Vec<Value> {
    let mut edges: Vec<Value> = [
        0,
        1,
        i16::MAX.unsigned_abs().into(),
        255,
        65_535,
        u32::MAX.into(),
        14_757_395_258_967_642_000,
        u64::MAX.into(),
        1 << 64,
        u128::MAX - 1,
        u128::MAX,
    ]
    .map(Value::Uint)
    .into();
    edges.extend([-1, i128::from(i16::MIN)].map(Value::int));
    edges.extend([Value::Bool(true), Value::Bool(false), Value::None]);
    edges.extend([Value::List(vec![65_535]), Value::List(vec![0, 65_535, 0])]);
    match row.kind {
        catalog::ValueKind::Account => edges.push(Value::Text(ALICE.into())),
        catalog::ValueKind::Choice(names) => {
            edges.extend(names.iter().map(|name| Value::Text((*name).to_owned())));
        }
        _ => edges.extend(texts()),
    }
    edges.retain(|value| row.check_type(value).is_ok());
    edges
}

fn texts() -> Vec<Value> {
    let long = "τ".repeat(300);
    let texts = [
        "",
        " ",
        "null",
        "~",
        "true",
        "0x10",
        "1e3",
        "-1",
        "a: b",
        "a #b",
        "- a",
        "\"",
        "'",
        "\\",
        "a\nb",
        "a\r\nb",
        "\t",
        "\0",
        "\u{7}",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{85}",
        "\u{a0}",
        "\u{ad}",
        "\u{200b}",
        "\u{202e}x",
        "\u{2028}",
        "\u{2029}x",
        "\u{feff}",
        "x\u{feff}",
        "\u{fffe}",
        "🦀",
        "\u{10ffff}",
        &long,
    ];
    texts.map(|text| Value::Text(text.to_owned())).into()
}

/// What each writer writes is what every reader of it reads, whatever the chain has said: a file
/// that is refused when it is needed is worse than none.
#[test]
fn what_one_writer_writes_every_reader_of_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    // YAML has no noncharacters, and JSON writes them as they are.
    let plain = |c: char| !is_harmful(c) && !matches!(c, '\u{fffe}' | '\u{ffff}') || c == '\n';
    let harmless = |text: &str| text.chars().all(plain);
    let mut tried = 0;
    let mut all = |name: &str, value: &Value, known: bool| {
        let values = BTreeMap::from([(name.to_owned(), value.clone())]);
        let names = if known { Names::Known } else { Names::Any };

        let mut snapshot = snapshot();
        snapshot.hyperparameters = if known { values.clone() } else { BTreeMap::new() };
        snapshot.unknown = if known { BTreeMap::new() } else { values.clone() };
        snapshot.unset.clear();
        snapshot.unreadable.clear();
        let text = write_snapshot(&snapshot).unwrap();
        let json = serde_json::to_string(&snapshot).unwrap();
        assert!(harmless(&text), "{text:?}");
        // The writer of JSON leaves characters as they are that no YAML may hold.
        let is_yaml = harmless(&json) && !json.contains(['\u{feff}', '\u{fffe}']);
        for text in [Some(&text), is_yaml.then_some(&json)].into_iter().flatten() {
            assert_eq!(parse_snapshot(text, "s").as_ref(), Ok(&snapshot), "{text}");
            assert_eq!(FileKind::of(text), FileKind::Snapshot { netuid: Some(46) }, "{text}");
        }
        fs::write(&file, &text).unwrap();
        assert_eq!(read_snapshot(&file).unwrap(), snapshot);
        let loaded = load(file.to_str().unwrap(), names).unwrap();
        assert_eq!(loaded.profile.hyperparameters, values, "{text}");
        assert_eq!(loaded.form, Form::Snapshot);

        let mut profile = Profile {
            name: "rollback-\u{202e}x\n".into(),
            description: "from \u{1b}[2J".into(),
            source: String::new(),
            target: loaded.profile.target,
            hyperparameters: values.clone(),
            replaces: values.clone(),
        };
        let text = write(&profile);
        assert!(harmless(&text), "{text:?}");
        let read = parse(&text, "r", names).unwrap_or_else(|bad| panic!("{text}\n{bad:#?}"));
        // Its words are as the reader takes them.
        profile.name = "rollback-\u{fffd}x ".into();
        profile.description = "from \u{fffd}[2J".into();
        profile.source = "not named".into();
        assert_eq!(read, profile, "{text}");
        assert_eq!(FileKind::of(&text), FileKind::Profile);

        let item = Item {
            name: name.to_owned(),
            from: Some(value.clone()),
            to: value.clone(),
            status: Status::Ready,
            inert: None,
        };
        let args = vec![Arg { name: name.to_owned(), value: value.clone() }];
        let plan = Plan {
            format_version: 1,
            kind: PlanKind::Plan,
            chain: chain(),
            base: block(),
            netuid: 46,
            owner: ALICE.into(),
            source: "\u{202e}p".into(),
            items: vec![item],
            calls: vec![Call { args, ..call() }],
            origin: Origin::default(),
            fee_rao: None,
            findings: Vec::new(),
            judgement: None,
            forecast: Vec::new(),
            code_refuses: std::collections::BTreeSet::new(),
            confirmed: std::collections::BTreeMap::new(),
        };
        let text = write_saved(&plan).unwrap();
        assert!(harmless(&text), "{text:?}");
        assert_eq!(FileKind::of(&text), FileKind::Plan);
        fs::write(&file, &text).unwrap();
        assert_eq!(read_saved::<Plan>(&file).unwrap(), plan, "{text}");
        tried += 1;
    };
    for row in catalog::ALL.iter().filter(|row| !matches!(row.kind, catalog::ValueKind::Action)) {
        for value in edges(row) {
            all(row.name, &value, true);
        }
    }
    // Of what a newer chain has nothing is known, not even the type, and its names may be odd ones.
    let mut odd = texts();
    odd.extend([Value::None, Value::Bool(true), Value::Uint(u128::MAX), Value::int(i128::MIN)]);
    odd.push(Value::List(vec![0, u64::MAX.into()]));
    for value in odd {
        all("new_one", &value, false);
    }
    for name in ["null", "1e3", "a: b", "# a", "\u{202e}", "", "- a", "Ω"] {
        all(name, &Value::Uint(1), false);
    }
    assert!(tried > 350, "{tried}");
}

#[test]
fn the_canonical_text_is_stable() {
    let text = format!(
        "replaces: {{rho: 1}}\nhyperparameters:\n  alpha_values: [45875, 58982]\n  \
         adjustment_alpha: 14757395258967641292\n  mechanism_emission_split:\n  recycle_or_burn: Burn\n\
         source: c\ndescription: b\nname: a\nformat_version: 1\n\
         target: {{netuid: 46, genesis_hash: {HASH}, network: finney}}\n"
    );
    let expected = format!(
        "format_version: 1\nname: \"a\"\ndescription: \"b\"\nsource: \"c\"\ntarget:\n  \
         network: \"finney\"\n  genesis_hash: \"{HASH}\"\n  netuid: 46\nhyperparameters:\n  \
         adjustment_alpha: 14757395258967641292\n  alpha_high: 58982\n  alpha_low: 45875\n  \
         mechanism_emission_split: null\n  recycle_or_burn: \"burn\"\nreplaces:\n  rho: 1\n"
    );
    assert_eq!(write(&parse(&text, "p.yaml", Names::Known).unwrap()), expected);
}

#[test]
fn profiles_are_loaded_by_name_or_from_a_file() {
    assert_eq!(load("liquid-alpha", Names::Known).unwrap().profile.hyperparameters.len(), 3);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let load_file = |name: &str| load(path(name).to_str().unwrap(), Names::Known);
    let bad = |name: &str| {
        let found = inspect(path(name).to_str().unwrap(), Names::Known).unwrap();
        found.err().unwrap_or_default().len()
    };
    fs::write(path("good.yaml"), with("  rho: 1\n")).unwrap();
    assert_eq!(load_file("good.yaml").unwrap().profile.name, "a");
    assert_eq!(bad("good.yaml"), 0);

    fs::write(path("bad.yaml"), with("  rho: x\n  kapa: 1\n")).unwrap();
    let error = load_file("bad.yaml").unwrap_err();
    assert_eq!(error.kind, Kind::Input);
    assert!(
        error.what.contains("bad.yaml:6: rho: ") && error.what.ends_with("and 1 more"),
        "{error}"
    );
    assert_eq!(bad("bad.yaml"), 2);

    fs::write(path("binary"), [0x61, 0x0a, 0xff, 0xfe]).unwrap();
    assert!(load_file("binary").unwrap_err().what.contains("binary:2: it is not UTF-8"));
    fs::write(path("huge"), "#".repeat(usize::try_from(MAX_BYTES).unwrap() + 1)).unwrap();
    assert!(load_file("huge").unwrap_err().what.contains("larger than 256 KiB"));
    assert_eq!(bad("huge"), 1);
    fs::write(path("full"), "#".repeat(usize::try_from(MAX_BYTES).unwrap())).unwrap();
    assert!(load_file("full").unwrap_err().what.ends_with("the file is empty"));

    let error = load(folder.path().to_str().unwrap(), Names::Known).unwrap_err();
    assert!(error.what.contains("cannot be read"), "{error}");
    let none = path("none");
    assert_eq!(inspect(none.to_str().unwrap(), Names::Known).unwrap_err().kind, Kind::Input);

    let error = load("subnet13-alligned", Names::Known).unwrap_err();
    assert_eq!(error.kind, Kind::Input);
    let hint = error.hint.unwrap();
    assert!(hint.starts_with("did you mean subnet13-aligned? "), "{hint}");
    assert!(hint.contains("liquid-alpha, subnet13-aligned, subnet46-2025"), "{hint}");
    for name in ["", "zzz", "/no/such/file.yaml"] {
        assert!(
            load(name, Names::Known).unwrap_err().hint.unwrap().contains("built-in profiles: "),
            "{name}"
        );
    }
}

#[test]
fn complaints_can_be_printed_as_json() {
    let list = complaints(&with("  rho: x\n"));
    let json = serde_json::to_value(&list[0]).unwrap();
    assert_eq!(json["file"], "p.yaml");
    assert_eq!(json["line"], 6);
    assert_eq!(json["name"], "rho");
}

fn chain() -> ChainId {
    ChainId::new(hash(), 425)
}

fn block() -> Block {
    Block { number: u64::MAX, hash: hash(), time: Some("2025-12-01T00:00:00Z".into()) }
}

/// Every shape of value, with the numbers that break readers of YAML.
fn awkward() -> BTreeMap<String, Value> {
    [
        ("adjustment_alpha", Value::Uint(14_757_395_258_967_642_000)),
        ("alpha_sigmoid_steepness", Value::Negative(-32_768)),
        ("bonds_moving_avg", Value::Uint(999_999_999)),
        ("burn_increase_mult", Value::Uint(23_242_897_532_874_035_036)),
        ("collateral_drain_ratio", Value::Uint(u128::MAX)),
        ("liquid_alpha_enabled", Value::Bool(true)),
        ("mechanism_emission_split", Value::List(vec![40_000, 25_535])),
        ("recycle_or_burn", Value::Text("burn".into())),
        ("sn_owner_hotkey", Value::Text(ALICE.into())),
        ("token_symbol", Value::Text("1e3".into())),
        ("weights_version", Value::Uint(u64::MAX.into())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A subnet of those values; no file keeps the guards.
fn snapshot() -> Snapshot {
    Snapshot {
        block: block(),
        hyperparameters: awkward(),
        unset: ["token_symbol".to_owned()].into(),
        unknown: [
            ("new_one".to_owned(), Value::Uint(u128::MAX)),
            ("new_none".to_owned(), Value::None),
            ("new_text".to_owned(), Value::Text("0x12".into())),
        ]
        .into(),
        unreadable: [("min_burn".to_owned(), "it has a form: \"odd\"".to_owned())].into(),
        guards: Guards::default(),
        ..World::at(425).owned_by(ALICE).on(hash()).done()
    }
}

#[test]
fn snapshots_survive_to_the_bit() {
    let snapshot = snapshot();
    let text = write_snapshot(&snapshot).unwrap();
    assert!(text.contains("burn_increase_mult: 23242897532874035036\n"), "{text}");
    assert!(
        text.starts_with("format_version: 1\nkind: snapshot\nchain:\n  network: finney\n"),
        "{text}"
    );
    assert_eq!(parse_snapshot(&text, "s.yaml"), Ok(snapshot.clone()));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &text).unwrap();
    assert_eq!(read_snapshot(file.path()).unwrap(), snapshot);
    // The chain's answer is kept even where a profile would be asked about it.
    for row in catalog::ALL.iter() {
        for value in samples(row) {
            let one = Snapshot {
                hyperparameters: [(row.name.to_owned(), value.clone())].into(),
                unset: Default::default(),
                ..snapshot.clone()
            };
            let text = write_snapshot(&one).unwrap();
            assert_eq!(from_saved(&text, "s.yaml"), Ok(one), "{text}");
        }
    }
}

#[test]
fn bad_snapshots_are_refused_with_the_line() {
    let good = write_snapshot(&snapshot()).unwrap();
    let whats = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let list = parse_snapshot(&good.replacen(from, to, 1), "s.yaml").expect_err(to);
        assert!(list.iter().all(|complaint| !complaint.hint.is_empty()));
        list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let refused = |from: &str, to: &str, part: &str| {
        let text = whats(from, to);
        assert!(text.contains(part) && text.contains("s.yaml:"), "{to}: {text}");
    };
    refused("format_version: 1", "format_version: 2", "s.yaml:1: format_version 2 is newer");
    refused("kind: snapshot", "kind: plan", "s.yaml:2: kind: unknown variant `plan`");
    refused("netuid: 46", "netuid: 46\nextra: 1", "unknown field `extra`");
    refused("netuid: 46", "netuid: 46\nextra: 340282366920938463463374607431768211455", "extra");
    refused("netuid: 46\n", "", "missing field `netuid`");
    refused("netuid: 46", "netuid: 65536", "65536");
    refused("spec_version: 425", "spec_version: x", "s.yaml:6: chain.spec_version: ");
    refused("spec_version: 425", "spec_version: 425\n  more: 1", "unknown field `more`");
    refused("  spec_version: 425\n", "", "missing field `spec_version`");
    refused("weights_version: 18446744073709551615", "weights_version: 1.8e19", "not exact");
    refused(
        "weights_version: 18446744073709551615",
        "weights_version: 18446744073709551616",
        "weights_version: it must be",
    );
    refused("weights_version", "weights_versoin", "unknown hyperparameter weights_versoin");
    refused("weights_version", "weights_version_key", "unknown hyperparameter");
    refused("recycle_or_burn: burn", "recycle_or_burn: Burn", "burn or recycle, not Burn");
    refused(&format!("sn_owner_hotkey: {ALICE}"), "sn_owner_hotkey: nobody", "not an SS58");
    refused("- 25535", "- 25536", "sum to 65536");
    refused("- 25535", &format!("- {}", u128::MAX), "but must sum to 65535");
    refused("- token_symbol", "- rho", "unset names rho");
    refused("  min_burn: 'it", "  token_symbol: 'it", "token_symbol cannot be unreadable");
    refused("  min_burn: 'it has a form: \"odd\"'", "  min_burn: ' '", "does not say why min_burn");
    refused("netuid: 46", "netuid: &a 46", "anchor");
    refused("netuid: 46", "netuid: 46\nnetuid: 47", "is set twice");
    refused("netuid: 46", "netuid: !!int 46", "tag");
    refused(
        &format!("genesis_hash: {HASH}"),
        "genesis_hash: 0x12x",
        "s.yaml:5: chain.genesis_hash: not a hash",
    );
    for text in ["", "x", "[]", "a: 1\n---\nb: 1\n", "\0"] {
        assert!(parse_snapshot(text, "s.yaml").is_err(), "{text:?}");
    }
    let line = whats("recycle_or_burn: burn", "recycle_or_burn: keep");
    let at = good.lines().position(|line| line.contains("recycle_or_burn")).unwrap() + 1;
    assert!(line.starts_with(&format!("s.yaml:{at}: recycle_or_burn: ")), "{line}");
}

fn call() -> Call {
    Call {
        pallet: "AdminUtils".into(),
        call: "sudo_set_burn_increase_mult".into(),
        netuid: 46,
        args: awkward().into_iter().map(|(name, value)| Arg { name, value }).collect(),
        sets: vec!["burn_increase_mult".into()],
    }
}

#[test]
fn plans_survive_to_the_bit() {
    let reason = String::from("null");
    let error = Some(String::from("1e3"));
    let statuses = [
        Status::Ready,
        Status::Later { block: u64::MAX, reason: reason.clone(), error: "e".into() },
        Status::NotPermitted { reason: reason.clone(), error: error.clone() },
        Status::Invalid { reason: reason.clone(), error },
        Status::Invalid { reason, error: None },
        Status::Unknown { reason: "null".into() },
        Status::Unchanged,
    ];
    let mut items = Vec::new();
    for (name, value) in awkward() {
        for (index, status) in statuses.iter().enumerate() {
            items.push(Item {
                name: name.clone(),
                // None is a value; what is not known is none.
                from: (index > 0).then_some(Value::None),
                to: value.clone(),
                status: status.clone(),
                inert: Some("12".into()),
            });
        }
    }
    let plan = Plan {
        format_version: 1,
        kind: PlanKind::Plan,
        chain: chain(),
        base: block(),
        netuid: 46,
        owner: ALICE.into(),
        source: "p".into(),
        items,
        calls: vec![call()],
        origin: Origin::default(),
        fee_rao: Some(u64::MAX),
        findings: vec![finding::finding("HP101", "n", "m", "h")],
        judgement: None,
        forecast: Vec::new(),
        code_refuses: std::collections::BTreeSet::new(),
        confirmed: std::collections::BTreeMap::new(),
    };
    let text = serde_yaml::to_string(&plan).unwrap();
    assert_eq!(from_saved::<Plan>(&text, "plan"), Ok(plan), "{text}");
    let extra = from_saved::<Plan>(&format!("{text}extra: 1\n"), "plan").unwrap_err();
    assert!(extra[0].what.contains("unknown field `extra`"), "{extra:?}");
}

#[test]
fn receipts_survive_to_the_bit() {
    let change = |(name, value): (String, Value)| Change { name, from: value.clone(), to: value };
    let place =
        Place { block: u64::MAX, block_hash: hash(), index: u32::MAX, fee_rao: Some(u64::MAX) };
    let bare = Place { fee_rao: None, ..place.clone() };
    let proxy = Proxy {
        real: ALICE.into(),
        proxy_type: "Owner".into(),
        apart: true,
        real_pays: Some(false),
    };
    let own = Multisig {
        account: ALICE.into(),
        proxy: None,
        threshold: 2,
        others: vec![ALICE.into()],
        call_hash: hash(),
        call_data: "0x00".into(),
        timepoint: Some(Timepoint { height: u64::MAX, index: 2 }),
        approvals: 2,
        max_weight: Weight { ref_time: u64::MAX, proof_size: 0 },
        deposit_rao: Some(u64::MAX),
    };
    let nested = Multisig { proxy: Some(proxy.clone()), ..own.clone() };
    let origins =
        [Origin::Direct, Origin::Proxy(proxy), Origin::Multisig(own), Origin::Multisig(nested)];
    for (outcome, origin) in [
        Outcome::Sending,
        Outcome::Applied { place: place.clone() },
        Outcome::Applied { place: bare },
        Outcome::NotProved {
            place: place.clone(),
            differs: awkward().into_iter().map(change).collect(),
        },
        Outcome::Partial {
            place: place.clone(),
            refused: vec![Refused { names: vec!["rho".into()], error: "e".into() }],
            differs: Vec::new(),
        },
        Outcome::Proposed { place: place.clone(), since: None },
        Outcome::Proposed {
            place: place.clone(),
            since: Some(Since::Gone {
                block: u64::MAX,
                differs: awkward().into_iter().map(change).collect(),
            }),
        },
        Outcome::Proposed { place: place.clone(), since: Some(Since::Cancelled { block: 7 }) },
        Outcome::Failed { place, error: "e".into() },
        Outcome::Expired,
        Outcome::Rejected { error: "1010: bad".into() },
    ]
    .into_iter()
    .zip(origins.into_iter().cycle())
    {
        let receipt = Receipt {
            format_version: 1,
            id: "20251201".into(),
            signed_at: "2025-12-01T00:00:00Z".into(),
            chain: chain(),
            netuid: 46,
            command: Command::Rollback,
            source: "p".into(),
            signer: ALICE.into(),
            origin,
            plan_digest: HASH.into(),
            changes: awkward().into_iter().map(change).collect(),
            calls: vec![call()],
            rollback: Some("r.yaml".into()),
            transaction: Transaction { hash: hash(), nonce: u64::MAX, birth: 1, death: 65 },
            proposed: None,
            outcome,
        };
        let text = serde_yaml::to_string(&receipt).unwrap();
        assert_eq!(from_saved::<Receipt>(&text, "receipt"), Ok(receipt), "{text}");
        for extra in ["extra: 1\n", "  extra: 1\n"] {
            let list = from_saved::<Receipt>(&format!("{text}{extra}"), "receipt").unwrap_err();
            assert!(list[0].what.contains("extra"), "{text}{extra}: {list:?}");
        }
    }
}

#[test]
fn the_checked_in_schema_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/profile.schema.json");
    let generated = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(path, &generated).unwrap();
    }
    let saved = fs::read_to_string(path).unwrap_or_default();
    assert!(saved == generated, "the schema is out of date: run the tests with UPDATE_SCHEMA=1");
}

#[test]
fn the_schema_knows_every_name_and_keeps_large_integers() {
    let schema = json_schema();
    let names = schema["$defs"]["Values"]["properties"].as_object().unwrap();
    for row in catalog::ALL.iter() {
        let action = matches!(row.kind, catalog::ValueKind::Action);
        for name in std::iter::once(&row.name).chain(row.aliases) {
            assert_eq!(names.contains_key(*name), !action, "{name}");
        }
    }
    assert_eq!(schema["$defs"]["Values"]["additionalProperties"], false);
    assert_eq!(schema["additionalProperties"], false);
    let alpha = &names["adjustment_alpha"]["anyOf"][0];
    assert_eq!(alpha["maximum"].as_u64(), Some(u64::MAX));
    assert_eq!(names["burn_half_life"]["anyOf"][0]["maximum"], 36_100);
    assert_eq!(names["burn_increase_mult"]["anyOf"][0].get("maximum"), None);
    let fields: Vec<_> = super::read::FIELDS.iter().map(|(name, _)| *name).collect();
    for field in &fields {
        assert!(schema["properties"].get(field).is_some(), "{field}");
    }
    assert_eq!(schema["properties"].as_object().unwrap().len(), fields.len());
    let required: Vec<_> =
        schema["required"].as_array().unwrap().iter().filter_map(|v| v.as_str()).collect();
    let wanted: Vec<_> = super::read::FIELDS
        .iter()
        .filter(|(_, hint)| hint.is_some())
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(required, wanted);
}
