//! `init`: a profile of a live subnet in which every value is a comment.

use serde_json::{Value, json};

use crate::support::{ALICE, Stage};

/// The profile with the lines of all values, or of one, made such.
fn uncommented(text: &str, only: Option<&str>) -> String {
    let line = |line: &str| {
        let bare = line.strip_prefix("  #").filter(|rest| rest.starts_with(|c: char| c != ' '));
        match bare.and_then(|bare| bare.split_once(':')) {
            Some((name, value)) if only.is_none_or(|only| only == name) => {
                format!("  {name}:{value}\n")
            }
            _ => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

#[test]
fn as_it_is_it_wants_nothing_and_one_edited_line_wants_that() {
    let stage = Stage::with_chain();
    let told = stage.expect("init 46 --output 46.yaml", 0).stdout;
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.starts_with("42 values of subnet 46 written to 46.yaml"), "{told}");
    assert!(words.contains("`subtune profiles --schema` prints profile.schema.json"), "{told}");
    let command = told.lines().find_map(|line| line.trim().strip_prefix("subtune ")).unwrap();
    let planned = stage.expect(&format!("{command} --detailed-exitcode"), 0).stdout;
    assert!(planned.contains("\nNothing to change: no target values are set\n"), "{planned}");
    stage.expect("check 46.yaml --netuid 46", 0);
    let applied = stage.expect("apply 46 --profile 46.yaml --dev-key alice --yes --json", 0).json();
    assert_eq!(applied["outcome"], "nothing to do");
    assert!(stage.records("yaml").is_empty());

    let text = uncommented(&stage.read("46.yaml"), Some("immunity_period"));
    stage.write("46.yaml", text.replace("  immunity_period: 7200\n", "  immunity_period: 40h\n"));
    let plan = stage.expect("plan 46 --profile 46.yaml --json", 0).json();
    let items = plan["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{plan}");
    assert_eq!(items[0]["name"], "immunity_period");
    assert_eq!((&items[0]["from"], &items[0]["to"]), (&json!("7200"), &json!("12000")));
    assert_eq!(plan["drift"]["pending"], json!(["immunity_period"]));

    // For this chain and subnet alone.
    let error = "profile subnet-46 is for subnet 46, not for 13";
    stage.fails("plan 13 --profile 46.yaml", 4, error, "check the netuid");
}

#[test]
fn every_live_value_goes_back_bit_for_bit() {
    let stage = Stage::with_chain();
    // What a float would round, and what the chain keeps as a list.
    stage.set_46("AdjustmentAlpha", &17_893_341_751_498_264_576u64.to_le_bytes());
    stage.set_mechanisms(2);
    for netuid in [0, 13, 46] {
        let text = stage.expect(&format!("init {netuid}"), 0).stdout;
        assert!(text.starts_with("# yaml-language-server: $schema=profile.schema.json\n"));
        let all = uncommented(&text, None);
        stage.write("all.yaml", &all);
        let line = format!("plan {netuid} --profile all.yaml --detailed-exitcode --json");
        let plan = stage.expect(&line, 0).json();
        let items = plan["items"].as_array().unwrap();
        let rows = stage.expect(&format!("init {netuid} --json"), 0).json();
        assert_eq!(items.len(), rows["rows"].as_array().unwrap().len(), "{netuid}");
        assert!(items.len() > 35, "{netuid}: {}", items.len());
        for item in items {
            assert_eq!(item["state"], "unchanged", "{netuid}: {item}");
        }
        assert_eq!(plan["findings"], json!([]), "{netuid}");
        stage.expect(&format!("check all.yaml --netuid {netuid}"), 0);
    }
}

#[test]
fn the_file_keeps_to_the_schema() {
    let stage = Stage::with_chain();
    let schema = stage.expect("profiles --schema", 0).stdout;
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/profile.schema.json");
    assert_eq!(schema, std::fs::read_to_string(kept).unwrap());
    let schema: Value = serde_json::from_str(&schema).unwrap();
    for (kind, title) in [("goals", "subtune goals"), ("fleet", "subtune fleet")] {
        let other = stage.expect(&format!("profiles --schema {kind} --json"), 0).json();
        assert_eq!(other["schema"]["title"], title);
    }
    assert_eq!(stage.expect("profiles --schema --json", 0).json()["schema"], schema);
    let text = stage.expect("init 46", 0).stdout;
    let as_json = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
    let all = uncommented(&text, None);
    for (text, is_valid) in [
        (text.as_str(), true),
        (&all, true),
        (&all.replace("\n  tempo: 360", "\n  tempo: [360]"), false),
        (&all.replace("\n  tempo: 360", "\n  tempi: 360"), false),
        (&text.replace("format_version: 1", "format_version: 2"), false),
        (&text.replace("hyperparameters:", "hyperparameters: 5"), false),
    ] {
        let odds = odds(&as_json(text), &schema, &schema);
        assert_eq!(odds.is_empty(), is_valid, "{odds:?}");
    }
}

/// What a value has against a schema: as much of the language as ours uses, but for patterns.
fn odds(value: &Value, schema: &Value, root: &Value) -> Vec<String> {
    let Some(rules) = schema.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    let mut odd = |is_odd: bool, what: &str| {
        if is_odd {
            found.push(format!("{what}: {value}"));
        }
    };
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other}"),
    };
    let number = |rule: &Value| i128::from(rule.as_i64().unwrap_or_default());
    let limit = |rule: &Value| rule.as_u64().map_or_else(|| number(rule), i128::from);
    let value_number = (is("integer")).then(|| limit(value));
    let mut below = Vec::new();
    for (rule, with) in rules {
        match rule.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" | "default" | "pattern" => {}
            "$ref" => {
                let place = with.as_str().unwrap().trim_start_matches('#');
                below.extend(odds(value, root.pointer(place).unwrap(), root));
            }
            "type" => {
                let names: Vec<_> = match with {
                    Value::Array(names) => names.iter().collect(),
                    name => vec![name],
                };
                odd(!names.iter().any(|name| is(name.as_str().unwrap())), "type");
            }
            "const" => odd(value != with, "const"),
            "enum" => odd(!with.as_array().unwrap().contains(value), "enum"),
            "anyOf" => {
                let all = with.as_array().unwrap();
                odd(!all.iter().any(|one| odds(value, one, root).is_empty()), "anyOf");
            }
            "not" => odd(odds(value, with, root).is_empty(), "not"),
            "minimum" => odd(value_number.is_some_and(|is| is < limit(with)), rule),
            "maximum" => odd(value_number.is_some_and(|is| is > limit(with)), rule),
            "exclusiveMinimum" => odd(value_number.is_some_and(|is| is <= limit(with)), rule),
            "exclusiveMaximum" => odd(value_number.is_some_and(|is| is >= limit(with)), rule),
            "minLength" => odd(value.as_str().is_some_and(str::is_empty), rule),
            "minItems" | "maxItems" | "items" => {
                for item in value.as_array().into_iter().flatten().filter(|_| rule == "items") {
                    below.extend(odds(item, with, root));
                }
            }
            "required" => {
                for name in with.as_array().unwrap() {
                    odd(value.get(name.as_str().unwrap()).is_none(), "required");
                }
            }
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = with.get(name) {
                        below.extend(odds(value, schema, root));
                    }
                }
            }
            "additionalProperties" => {
                let known = &rules["properties"];
                let names = value.as_object().into_iter().flatten().map(|(name, _)| name);
                odd(names.into_iter().any(|name| known.get(name).is_none()), rule);
            }
            other => panic!("{other} is not known here"),
        }
    }
    found.extend(below);
    found
}

#[test]
fn a_file_that_is_there_stays() {
    let stage = Stage::with_chain();
    stage.write("46.yaml", "mine\n");
    let line = "init 46 --output 46.yaml";
    stage.fails(line, 6, "46.yaml already exists", "use --force to replace it");
    assert_eq!(stage.read("46.yaml"), "mine\n");
    stage.expect(&format!("{line} --force"), 0);
    assert!(stage.read("46.yaml").contains("name: \"subnet-46\""));
    // With a schema beside it nothing is said of that.
    stage.write("profile.schema.json", "{}");
    let told = stage.expect(&format!("{line} --force"), 0).stdout;
    assert!(!told.contains("schema"), "{told}");
    stage.fails("init 46 --output no/46.yaml", 1, "directory no does not exist", "create that");
    stage.fails("init 99", 4, "subnet 99 does not exist", "check the netuid");
    stage.fails("init", 2, "`subtune init` needs the netuid", "subtune init 46");
}

/// What cannot be set is told, and has no line that could be made one.
#[test]
fn what_a_profile_cannot_hold_is_told() {
    let stage = Stage::with_chain();
    stage.set_46("ImmunityPeriod", &[1]);
    // Root is exempt from this bound.
    stage.set_46("BondsMovingAverage", &990_000u64.to_le_bytes());
    // Of the chain: the price has a floor above its ceiling.
    stage.set_46("MinBurn", &999_999_999u64.to_le_bytes());
    stage.set_46("MaxBurn", &100_000_001u64.to_le_bytes());
    // SCALE: the length of 20 bytes.
    let symbol = "x\n  tempo: 5\u{1b}[2J\u{2028}y";
    let mut bytes = vec![u8::try_from(symbol.len() * 4).unwrap()];
    bytes.extend(symbol.as_bytes());
    stage.set_46("TokenSymbol", &bytes);
    let text = stage.expect("init 46", 0).stdout;
    let (_, values) = text.split_once("hyperparameters:\n").unwrap();
    for line in values.lines() {
        assert!(line.is_empty() || line.starts_with("  #"), "{line:?}");
        assert!(line.chars().count() <= 100, "{line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    let words = text.replace("\n  #            ", " ");
    for said in [
        "note     it could not be read: ",
        "note     the live value cannot be set: it must be at most 975000 (97.5%) for the owner, not 990000",
        "note     the live value is outside of its range, and could not be set again\n  #min_burn: 999999999",
        "  #   immunity_period: …\n",
        "  #   bonds_moving_avg: …\n",
        "  #   token_symbol: …\n",
    ] {
        assert!(words.contains(said), "{said}\n{words}");
    }
    stage.write("46.yaml", &text);
    stage.expect("plan 46 --profile 46.yaml --detailed-exitcode", 0);
    let json = stage.expect("init 46 --json", 0).json();
    let row = |name: &str| {
        let rows = json["rows"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap().clone()
    };
    assert_eq!(json["profile"], text);
    assert_eq!(json["owner"], ALICE);
    assert_eq!(row("immunity_period")["raw"], Value::Null);
    assert_eq!(row("bonds_moving_avg")["raw"], "990000");
    assert_eq!(row("tempo")["range"], "from 360 (1h 12m, MinTempo) to 50400 (7d, MaxTempo)");
    assert_eq!(row("rho")["no_effect"], "the epoch does not read it");
    assert_eq!(row("tempo")["no_effect"], Value::Null);
}

/// Only what the owner may set on this chain is in it, and what the consensus does not read is told.
#[test]
fn the_chain_says_whose_a_value_is_and_what_it_reads() {
    let stage = Stage::with_chain();
    let text = stage.expect("init 46", 0).stdout;
    assert!(!text.contains("weights_rate_limit:") && !text.contains("#kappa:"), "{text}");
    let (live, dead) = text.split_once("  # No effect on this chain").unwrap();
    assert!(live.contains("#bonds_penalty:") && dead.contains("#rho:"), "{dead}");
    assert!(live.contains("liquid alpha are on; liquid_alpha_enabled is off"), "{live}");
    stage.expect("apply 46 --set epoch_consensus=null --dev-key alice --yes", 0);
    let text = stage.expect("init 46", 0).stdout;
    assert!(text.contains("  #epoch_consensus: \"null\"\n"), "{text}");
    let (_, dead) = text.split_once("  # No effect on this chain").unwrap();
    assert!(dead.contains("#bonds_penalty:"), "{dead}");
    assert!(dead.contains("effect   none: Null consensus does not read it"), "{dead}");
}
