//! What is written is what is read.

use super::*;

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
