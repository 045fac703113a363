//! Profiles as files.

use super::*;

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
fn a_profile_may_want_nothing_and_a_rollback_may_not() {
    for hyperparameters in ["", " {}", " null", " ~", "\n  # rho: 1"] {
        let text = format!("{HEAD}hyperparameters:{hyperparameters}\n");
        let profile = parse(&text, "p.yaml", Names::Known).unwrap();
        assert_eq!(profile.hyperparameters, std::collections::BTreeMap::new(), "{text}");
        assert_eq!(parse(&write(&profile), "p.yaml", Names::Known), Ok(profile));
        let list = complaints(&format!("{text}replaces:\n  rho: 1\n"));
        assert_eq!(list.len(), 1, "{list:?}");
        assert_eq!(list[0].what, "the rollback sets no hyperparameters");
        assert_eq!(list[0].line, Some(5));
    }
    // What was meant to stand under it is still found.
    let list = complaints(&format!("{HEAD}hyperparameters:\nrho: 1\n"));
    assert!(list[0].hint.contains("indent it under `hyperparameters:`"), "{list:?}");
    assert_eq!(complaints(HEAD)[0].what, "the field hyperparameters is missing");
    let list = complaints(&format!("{HEAD}hyperparameters:\n- rho: 1\n"));
    assert_eq!(list[0].what, "hyperparameters is not a map of names and values");
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

#[test]
fn the_checked_in_schema_is_the_generated_one() {
    for (path, schema) in [
        ("profiles/profile.schema.json", json_schema()),
        ("goals/goals.schema.json", goals_schema()),
        ("profiles/fleet.schema.json", fleet_schema()),
    ] {
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(&path, &generated).unwrap();
        }
        let saved = fs::read_to_string(&path).unwrap_or_default();
        assert!(saved == generated, "{path} is out of date: run the tests with UPDATE_SCHEMA=1");
    }
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
