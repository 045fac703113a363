use std::collections::BTreeMap;

use super::*;

const TABLE_80: &str = include_str!("../../../tests/vectors/import/btcli-9.23.2/table-80.txt");
const TABLE_160: &str = include_str!("../../../tests/vectors/import/btcli-9.23.2/table-160.txt");
const TABLE_40: &str = include_str!("../../../tests/vectors/import/btcli-9.23.2/table-40.txt");
const LIST: &str = include_str!("../../../tests/vectors/import/btcli-9.23.2/list.json");
const OBJECT: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/object.json");
const LISTING: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/listing.txt");
const COLOURED: &str =
    include_str!("../../../tests/vectors/import/btcli-11.3.0/listing-coloured.txt");
const NAME: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/name.json");
const NAME_TEXT: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/name.txt");
const QUERY: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/query.txt");

const EDGES_9: &str = include_str!("../../../tests/vectors/import/btcli-9.23.2/edges.json");
const EDGES_11: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/edges.json");
const EDGES_TEXT: &str = include_str!("../../../tests/vectors/import/btcli-11.3.0/edges.txt");

/// What the API lists of subnet 46 and a profile can hold, apart from fixed-point numbers.
const API: &[(&str, &str)] = &[
    ("activity_cutoff_factor", "13889"),
    ("alpha_high", "58982"),
    ("alpha_low", "45875"),
    ("alpha_sigmoid_steepness", "1000"),
    ("bonds_moving_avg", "900000"),
    ("bonds_reset_enabled", "false"),
    ("burn_half_life", "360"),
    ("collateral_lock_share", "0"),
    ("commit_reveal_period", "1"),
    ("commit_reveal_weights_enabled", "true"),
    ("immunity_period", "7200"),
    ("kappa", "32767"),
    ("liquid_alpha_enabled", "false"),
    ("max_burn", "100000000000"),
    ("max_regs_per_block", "1"),
    ("max_validators", "64"),
    ("min_allowed_weights", "1"),
    ("min_burn", "500000"),
    ("min_childkey_take", "0"),
    ("owner_cut_auto_lock_enabled", "false"),
    ("owner_cut_enabled", "true"),
    ("registration_allowed", "true"),
    ("serving_rate_limit", "50"),
    ("subtoken_enabled", "true"),
    ("target_regs_per_interval", "2"),
    ("tempo", "360"),
    ("transfers_enabled", "true"),
    ("weights_rate_limit", "100"),
    ("weights_version", "62"),
    ("yuma3_enabled", "true"),
];
/// What btcli 11 adds: bits of fixed-point numbers, and what only storage has.
const MORE: &[(&str, &str)] = &[
    ("adjustment_alpha", "14757395258967641292"),
    ("bonds_penalty", "65535"),
    ("burn_increase_mult", "23242897532874035200"),
    ("collateral_drain_ratio", "18446744073709551616"),
    ("max_allowed_uids", "256"),
    ("max_difficulty", "4611686018427387903"),
    ("network_pow_registration_allowed", "true"),
    ("owner_immune_neuron_limit", "1"),
    ("rho", "10"),
];
/// What is shown and never taken, whoever shows it.
const SHOWN_ONLY: &[&str] = &["activity_cutoff", "max_weights_limit", "user_liquidity_enabled"];

#[track_caller]
fn import(text: &str) -> Import {
    read(text, "f.txt").expect("a form that is known").unwrap_or_else(|bad| panic!("{bad:#?}"))
}

fn texts(import: &Import) -> BTreeMap<String, String> {
    import.values.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
}

fn expected(lists: &[&[(&str, &str)]]) -> BTreeMap<String, String> {
    lists.concat().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn left_out(import: &Import) -> BTreeMap<&str, &str> {
    import.left_out.iter().map(|left| (left.name.as_str(), left.why.as_str())).collect()
}

/// The profile of it is what the reader of profiles reads from what the writer writes.
#[track_caller]
fn is_readable(mut import: Import) -> Profile {
    let profile = import.profile().unwrap_or_else(|bad| panic!("{bad:#?}"));
    assert_eq!(parse(&write(&profile), "again", Names::Known).as_ref(), Ok(&profile));
    assert_eq!(profile.hyperparameters, import.values);
    for left in &import.left_out {
        assert!(profile.description.contains(&left.name), "{left:?}: {}", profile.description);
    }
    profile
}

#[test]
fn every_form_is_recognised_and_a_profile_is_none() {
    for (text, form) in [
        (TABLE_80, ForeignForm::Table9),
        (TABLE_160, ForeignForm::Table9),
        (TABLE_40, ForeignForm::Table9),
        (LIST, ForeignForm::List9),
        (OBJECT, ForeignForm::Object11),
        (NAME, ForeignForm::One11),
        (LISTING, ForeignForm::Text11),
        (COLOURED, ForeignForm::Text11),
        (QUERY, ForeignForm::Text11),
        (NAME_TEXT, ForeignForm::OneText11),
    ] {
        assert_eq!(recognise(text), Some(form));
        assert_eq!(recognise(&text.replace('\n', "\r\n")), Some(form), "with CR LF");
        assert_eq!(recognise(&format!("\u{feff}{text}")), Some(form), "with a byte-order mark");
    }
    for (_, text) in crate::profiles::SHIPPED {
        assert_eq!(recognise(text), None);
    }
    for text in ["", "{}", "[]", "[1]", "a: 1", "{\"tempo\": {}}", "kappa", "{\"a\": 1}", "\u{1b}["]
    {
        assert_eq!(recognise(text), None, "{text:?}");
    }
}

#[test]
fn the_listing_and_the_objects_of_btcli_11_are_taken_to_the_last_bit() {
    for text in [OBJECT, LISTING, COLOURED] {
        let import = import(text);
        assert_eq!(texts(&import), expected(&[API, MORE]));
        let names: Vec<_> = left_out(&import).into_keys().collect();
        assert_eq!(names, SHOWN_ONLY);
        is_readable(import);
    }
    assert_eq!(import(LISTING).netuid, Some(46));
    assert_eq!(import(OBJECT).netuid, None, "it does not say");
    for text in [NAME, NAME_TEXT] {
        let import = import(text);
        assert_eq!(texts(&import), expected(&[&MORE[2..3]]));
        assert_eq!((import.netuid, import.left_out.len()), (Some(46), 0));
        is_readable(import);
    }
    let query = import(QUERY);
    assert_eq!(texts(&query), expected(&[API, &MORE[2..4]]));
}

#[test]
fn the_list_and_the_wide_table_of_btcli_9_are_taken_but_for_what_it_rounds() {
    for text in [LIST, TABLE_160] {
        let import = import(text);
        assert_eq!(texts(&import), expected(&[API]));
        let left = left_out(&import);
        assert_eq!(left["burn_increase_mult"], "it is given only rounded: 1.26");
        assert_eq!(left["collateral_drain_ratio"], "it is given only rounded: 1.0");
        assert_eq!(left.len(), 5);
        is_readable(import);
    }
    assert_eq!(import(TABLE_160).netuid, Some(46));
    assert_eq!(import(LIST).netuid, None);
}

#[test]
fn values_at_the_edges_keep_every_bit_or_are_left_out() {
    let common = [
        ("alpha_sigmoid_steepness", "-1000"),
        ("max_burn", "18446744073709551615"),
        ("weights_version", "9223372036854775809"),
    ];
    let bits = [
        ("adjustment_alpha", "18446744073709551615"),
        ("burn_increase_mult", "23242897532874035037"),
        ("collateral_drain_ratio", "18446744073709551617"),
    ];
    for (text, exact) in [(EDGES_9, false), (EDGES_11, true), (EDGES_TEXT, true)] {
        let import = import(text);
        let values = texts(&import);
        for (name, value) in common.iter().chain(bits.iter().filter(|_| exact)) {
            assert_eq!(values.get(*name).map(String::as_str), Some(*value), "{name}");
        }
        let left = left_out(&import);
        assert!(left["min_childkey_take"].contains("the larger of"), "{left:?}");
        assert_eq!(left.contains_key("collateral_drain_ratio"), !exact);
        // The chain takes a negative steepness from root alone, and so does no profile.
        let names: Vec<_> = import.left_out.iter().map(|left| left.name.clone()).collect();
        let mut import = import;
        let profile = import.profile().unwrap();
        assert!(!profile.hyperparameters.contains_key("alpha_sigmoid_steepness"));
        assert_eq!(import.left_out.len(), names.len() + 1);
        is_readable(import);
    }
}

#[test]
fn a_name_that_the_table_cuts_off_is_taken_only_when_one_name_is_possible() {
    let narrow = import(TABLE_80);
    assert_eq!(narrow.netuid, Some(46));
    let left = left_out(&narrow);
    let two = "its name is cut off: it may be activity_cutoff or activity_cutoff_factor";
    assert_eq!(left["activity_cu…"], two);
    assert_eq!(
        left["min_allowed…"],
        "its name is cut off: it may be min_allowed_weights or min_allowed_uids"
    );
    let mut all = expected(&[API]);
    all.remove("activity_cutoff_factor");
    all.remove("min_allowed_weights");
    assert_eq!(texts(&narrow), all);
    let names: Vec<_> = left.into_keys().collect();
    assert_eq!(
        names,
        [
            "activity_cu…",
            "burn_increase_mult",
            "collateral_drain_ratio",
            "max_weights_limit",
            "min_allowed…",
            "user_liquidity_enabled",
        ]
    );
    is_readable(narrow);
    // Narrower still, every value that is taken is the right one all the same.
    let narrowest = import(TABLE_40);
    let all = expected(&[API]);
    for (name, value) in texts(&narrowest) {
        assert_eq!(all.get(&name), Some(&value), "{name}");
    }
    assert!(narrowest.values.contains_key("tempo"));
    let both = "its name and its value are cut off: bon… 9000…";
    assert!(narrowest.left_out.iter().any(|left| left.why == both));
}

#[test]
fn another_row_with_the_same_beginning_makes_a_cut_name_uncertain() {
    let rows = |more: &str| {
        format!(
            " HYPERPARAMETER   VALUE   NORMALIZED \n ──────────────────────────────────── \n   \
             serving_rat…   50      50         \n{more} ────────────────────────────────────\n"
        )
    };
    assert_eq!(texts(&import(&rows(""))), expected(&[&[("serving_rate_limit", "50")]]));
    let both = import(&rows("   serving_rat…   60      60         \n"));
    assert_eq!(texts(&both), BTreeMap::new());
    assert_eq!(both.left_out.len(), 2);
    // A switch is no rival of a number.
    let switch = import(&rows("   serving_rat…   True    True       \n"));
    assert_eq!(switch.values.len(), 1);
}

#[test]
fn a_column_is_never_read_across_its_border() {
    // The lines lost their first blanks, as a form on the web removes them: the columns are off.
    let trimmed: String = TABLE_160.lines().map(|line| format!("{}\n", line.trim())).collect();
    let import = import(&trimmed);
    let all = expected(&[API]);
    for (name, value) in texts(&import) {
        assert_eq!(all.get(&name), Some(&value), "{name}");
    }
}

#[test]
fn an_integer_that_a_reader_of_json_has_rounded_is_left_out() {
    for (digits, why) in [
        (
            "14757395258967642000",
            "14757395258967642000 looks rounded, as by a floating-point number",
        ),
        ("1.4757395258967641e19", "it is given only rounded: 1.4757395258967641e19"),
        ("1e3", "it is given only rounded: 1e3"),
        ("7.0", "it is given only rounded: 7.0"),
        ("-1", "it must be an integer from 0 to 18446744073709551615"),
        ("18446744073709551616", "it must be an integer from 0 to 18446744073709551615"),
        ("null", "it has no value"),
        ("true", "it must be an integer from 0 to 18446744073709551615"),
        ("[1]", "it must be an integer from 0 to 18446744073709551615"),
        ("\"0x10\"", "it must be an integer from 0 to 18446744073709551615"),
        ("99999999999999999999999999999999999999999", ""),
    ] {
        let text = OBJECT.replace("14757395258967641292", digits);
        let import = import(&text);
        assert!(!import.values.contains_key("adjustment_alpha"), "{digits}");
        let left = left_out(&import);
        assert!(left["adjustment_alpha"].contains(why), "{digits}: {}", left["adjustment_alpha"]);
        assert_eq!(import.values.len(), API.len() + MORE.len() - 1);
    }
}

#[test]
fn what_the_api_shows_in_another_form_is_turned_back_or_left_out() {
    let one = |name: &str, value: &str| import(&format!("{{\"{name}\": {value}}}"));
    let taken = |name: &str, value: &str| texts(&one(name, value)).into_iter().next();
    let pair = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
    assert_eq!(taken("yuma_version", "3"), pair("yuma3_enabled", "true"));
    assert_eq!(taken("yuma_version", "2"), pair("yuma3_enabled", "false"));
    assert_eq!(taken("yuma_version", "4"), None);
    assert_eq!(taken("subnet_is_active", "false"), pair("subtoken_enabled", "false"));
    assert_eq!(taken("activity_cutoff", "5000"), None);
    assert_eq!(taken("min_childkey_take", "0"), pair("min_childkey_take", "0"));
    assert_eq!(taken("min_childkey_take", "5898"), None);
    for (value, raw) in [("1000.0", "1000"), ("0.0", "0"), ("-1000.0", "-1000"), ("-5", "-5")] {
        assert_eq!(taken("alpha_sigmoid_steepness", value), pair("alpha_sigmoid_steepness", raw),);
    }
    for value in ["1000.5", "1e3", "4294966296.0", "100000.0", "1000.00", "."] {
        assert_eq!(taken("alpha_sigmoid_steepness", value), None, "{value}");
    }
    // Both spellings of one hyperparameter: equal, or neither is taken.
    let both = |flag: &str| {
        texts(&import(&format!("{{\"yuma_version\": 3, \"yuma3_enabled\": {flag}, \"rho\": 1}}")))
    };
    assert_eq!(both("true").len(), 2);
    assert_eq!(both("false"), expected(&[&[("rho", "1")]]));
    let new = import("{\"tempo\": 360, \"epoch_consensus_of_tomorrow\": 1}");
    assert_eq!(left_out(&new)["epoch_consensus_of_tomorrow"], UNKNOWN_WORDS);
}

const UNKNOWN_WORDS: &str = "this version of subtune does not know it";

#[test]
fn what_a_profile_may_not_hold_is_left_out_of_the_profile_alone() {
    let mut low =
        import("{\"alpha_sigmoid_steepness\": -5, \"rho\": 10, \"min_burn\": 9, \"max_burn\": 5}");
    assert_eq!(low.values.len(), 4, "each is a value of the chain");
    let profile = low.profile().unwrap();
    assert_eq!(profile.hyperparameters.keys().collect::<Vec<_>>(), ["max_burn", "rho"]);
    let left = left_out(&low);
    assert!(left["alpha_sigmoid_steepness"].contains("at least"), "{left:?}");
    assert!(left["min_burn"].contains("max_burn"), "{left:?}");
    is_readable(low);
    let mut none = import("{\"alpha_sigmoid_steepness\": -5}");
    let complaint = none.profile().unwrap_err().remove(0);
    assert!(complaint.what.contains("a JSON object of btcli 11"), "{complaint}");
    assert!(complaint.what.contains("alpha_sigmoid_steepness is left out because"), "{complaint}");
}

#[test]
fn the_source_names_form_subnet_column_and_file() {
    let source = |text| is_readable(import(text)).source;
    assert_eq!(source(TABLE_80), "f.txt: a table of btcli 9, subnet 46, column VALUE");
    assert_eq!(source(OBJECT), "f.txt: a JSON object of btcli 11, column value");
    assert_eq!(
        source(LISTING),
        "f.txt: a text table of btcli 11, subnet 46, values of the second column"
    );
    let odd = read(LISTING, "a\u{1b}[2J\nb").unwrap().unwrap();
    assert!(!is_readable(odd).source.chars().any(super::super::is_harmful));
}

#[test]
fn two_tables_in_one_file_are_refused_with_the_line() {
    let complaints = read(&TABLE_80.repeat(2), "f.txt").unwrap().unwrap_err();
    assert_eq!(complaints.len(), 1);
    assert_eq!(complaints[0].line, Some(TABLE_80.lines().count() + 7));
    assert!(complaints[0].what.contains("second table"), "{}", complaints[0]);
}

#[test]
fn json_is_read_with_tabs_and_escapes_too() {
    let tabs = OBJECT.replace("  ", "\t");
    assert_eq!(texts(&import(&tabs)), texts(&import(OBJECT)));
    let one_line = OBJECT.replace('\n', "");
    assert_eq!(texts(&import(&one_line)), texts(&import(OBJECT)));
    let list = "[{\"hyperparameter\": \"rho\", \"value\": 10, \"description\": \"\\/ \\u00d7\"}]";
    assert_eq!(texts(&import(list)), expected(&[&[("rho", "10")]]));
}

#[test]
fn no_text_is_too_odd() {
    for text in [TABLE_80, LISTING, OBJECT, NAME_TEXT, COLOURED] {
        for end in (0..text.len()).step_by(61).filter(|end| text.is_char_boundary(*end)) {
            if let Some(Ok(import)) = read(&text[..end], "f.txt") {
                let all = expected(&[API, MORE]);
                for (name, value) in texts(&import) {
                    // A number may well end where the file does; no other is ever wrong.
                    let whole = all.get(&name);
                    assert!(
                        whole == Some(&value) || whole.is_some_and(|w| w.starts_with(&value)),
                        "{name} {value}"
                    );
                }
            }
        }
    }
}
