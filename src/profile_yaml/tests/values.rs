//! Values as people write them.

use super::*;

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
