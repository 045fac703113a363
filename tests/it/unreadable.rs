//! What cannot be read is told, and stops what depends on it: it is never none, zero or a default.

use frame_metadata::RuntimeMetadata;
use frame_metadata::v14::StorageEntryType;
use scale_info::{TypeDef, TypeDefTuple};
use serde_json::Value;

use crate::lying::{metadata, tell};
use crate::proxy::{Hook, Reply};
use crate::support::Stage;

/// A stage on which the bytes of subnet 46's immunity period are of another form.
fn odd() -> Stage {
    let stage = Stage::with_chain();
    stage.set_46("ImmunityPeriod", &[1]);
    stage
}

/// A node that shows other metadata.
fn through(lie: fn(&str, &Value) -> Option<Reply>) -> Stage {
    let hook: Hook = Box::new(move |method, params| lie(method, params).unwrap_or(Reply::Pass));
    Stage::with_chain().through(hook)
}

/// State and reason of the one wanted change; nothing goes, whatever is allowed.
#[track_caller]
fn unclear(stage: &Stage, wish: &str, part: &str) {
    for allow in ["", " --allow-unknown"] {
        let line = format!("plan 46 --set {wish}{allow} --format json");
        let plan = stage.expect(&line, 0).json();
        let item = &plan["items"][0];
        assert_eq!(item["state"], "unknown", "{line}: {item}");
        assert_eq!((&item["from"], &item["from_known"]), (&Value::Null, &Value::Bool(false)));
        assert!(item["reason"].as_str().unwrap().contains(part), "{item}");
        assert_eq!(plan["calls"], serde_json::json!([]));
        let apply = format!("apply 46 --set {wish}{allow} --dev-key alice --yes");
        stage.fails(&apply, 6, part, "subtune needs an update");
    }
    assert!(stage.records(".yaml").is_empty());
}

#[test]
fn bytes_of_another_form_are_named_everywhere() {
    let stage = odd();
    let why = "SubtensorModule.ImmunityPeriod has a form that subtune does not know";
    let shown = stage.expect("show 46", 0).stdout;
    assert!(shown.contains("Could not be read") && shown.contains("immunity_period"), "{shown}");
    assert_eq!(
        stage.expect("show 46 --format json", 0).json()["unreadable"]["immunity_period"],
        why
    );

    let run = stage.expect("snapshot 46 --output odd.yaml", 0);
    assert!(run.stdout.contains("immunity_period"), "{}", run.stdout);
    assert!(stage.read("odd.yaml").contains(&format!("unreadable:\n  immunity_period: {why}\n")));

    // Nothing differs, and that is not all.
    for line in ["diff odd.yaml 46", "diff 46 odd.yaml --unified"] {
        let run = stage.expect(&format!("{line} --detailed-exitcode"), 3);
        assert!(run.stdout.contains("cannot tell: immunity_period"), "{}", run.stdout);
        assert!(!run.stdout.contains("difference "), "{}", run.stdout);
        let found = stage.expect(&format!("{line} --format json"), 0).json();
        assert_eq!(found["differences"], serde_json::json!([]));
        assert_eq!(found["cannot_tell"][0]["name"], "immunity_period");
    }

    unclear(&stage, "immunity_period=12000", why);
    let plan = stage.expect("plan 46 --set immunity_period=12000", 0).stdout;
    assert!(plan.contains("not known → 12000") && plan.contains("Unknown"), "{plan}");

    let head = "format_version: 1\nname: p\ndescription: d\nsource: s\nhyperparameters:\n";
    let values = "  immunity_period: 12000\n  serving_rate_limit: 51\n";
    stage.write("p.yaml", format!("{head}{values}"));
    let check = stage.expect("check p.yaml --netuid 46", 0).stdout;
    assert!(check.contains(why), "{check}");
    let check = stage.expect("check p.yaml --netuid 46 --format json", 0).json();
    assert_eq!(check["unreadable"]["immunity_period"], why);
    let run = stage.expect("diff p.yaml 46", 0).stdout;
    assert!(run.contains("cannot tell: immunity_period") && run.contains("1 difference"), "{run}");
}

#[test]
fn an_item_that_is_gone_while_its_setter_is_there_is_no_empty_item() {
    let stage = through(|method, params| {
        metadata(method, params, |answer| {
            tell(&answer, |metadata| {
                let RuntimeMetadata::V15(metadata) = metadata else { return };
                for pallet in &mut metadata.pallets {
                    for entry in pallet.storage.iter_mut().flat_map(|it| &mut it.entries) {
                        if entry.name == "ImmunityPeriod" {
                            entry.name = "Moved".to_owned();
                        }
                    }
                }
            })
        })
    });
    unclear(&stage, "immunity_period=12000", "has no SubtensorModule.ImmunityPeriod");
}

/// The type of what an item holds becomes one that holds itself.
#[test]
fn a_type_that_holds_itself_is_an_error_and_no_crash() {
    let stage = through(|method, params| {
        metadata(method, params, |answer| {
            tell(&answer, |metadata| {
                let RuntimeMetadata::V15(metadata) = metadata else { return };
                let id = u32::try_from(metadata.types.types.len()).unwrap();
                let mut endless = metadata.types.types[0].clone();
                endless.id = id;
                let itself = TypeDefTuple::new_portable([id.into()]);
                endless.ty.type_def = TypeDef::Tuple(itself);
                metadata.types.types.push(endless);
                for pallet in &mut metadata.pallets {
                    for entry in pallet.storage.iter_mut().flat_map(|it| &mut it.entries) {
                        if let (true, StorageEntryType::Map { value, .. }) =
                            (entry.name == "ImmunityPeriod", &mut entry.ty)
                        {
                            *value = id.into();
                        }
                    }
                }
            })
        })
    });
    for line in ["show 46", "plan 46 --set immunity_period=12000"] {
        stage.fails(line, 5, "types that hold themselves", "use another node");
    }
}

#[test]
fn a_bound_that_the_chain_does_not_show_is_not_ours_to_fill_in() {
    let stage = through(|method, params| {
        metadata(method, params, |answer| {
            tell(&answer, |metadata| {
                let RuntimeMetadata::V15(metadata) = metadata else { return };
                for pallet in &mut metadata.pallets {
                    pallet.constants.retain(|constant| constant.name != "MinBurnUpperBound");
                }
            })
        })
    });
    let line = "plan 46 --set min_burn=600000 --format json";
    let item = &stage.expect(line, 0).json()["items"][0];
    assert_eq!(item["state"], "unknown", "{item}");
    assert!(
        item["reason"].as_str().unwrap().contains("SubtensorModule.MinBurnUpperBound"),
        "{item}"
    );
    // The value before is known, so the chain may decide.
    let plan = stage.expect(&format!("{line} --allow-unknown"), 0).json();
    assert_eq!(
        (&plan["items"][0]["state"], &plan["findings"][0]["code"]),
        (&"ready".into(), &"HP101".into())
    );
}

#[test]
fn what_decides_about_a_subnet_is_read_or_told() {
    let stage = Stage::with_chain();
    stage.set_46("SubnetworkN", &[1]);
    let reason = |stage: &Stage, wish: &str| {
        // What the rules say: the chain's own code knows what it makes of such bytes.
        let line = format!("plan 46 --set {wish} --no-simulate --format json");
        let item = &stage.expect(&line, 0).json()["items"][0];
        assert_eq!(item["state"], "unknown", "{item}");
        item["reason"].as_str().unwrap().to_owned()
    };
    assert!(reason(&stage, "max_allowed_uids=128").contains("SubtensorModule.SubnetworkN"));
    let shown = stage.expect("show 46", 0).stdout;
    assert!(shown.contains("the number of neurons"), "{shown}");

    // The partner of a rule.
    let stage = Stage::with_chain();
    stage.set_46("MinBurn", &[1]);
    assert!(reason(&stage, "max_burn=200000000").contains("min_burn cannot be read"));

    let stage = Stage::with_chain();
    stage.set_46("Tempo", &[1]);
    let shown = stage.expect("show 46", 0).stdout;
    assert!(shown.contains("Epochs not known: "), "{shown}");
    let schedule = &stage.expect("show 46 --format json", 0).json()["schedule"];
    assert_eq!((&schedule["tempo"], &schedule["next_epoch"]), (&Value::Null, &Value::Null));

    let stage = Stage::with_chain();
    stage.set_46("SubnetOwner", &[1]);
    let hint = "subtune needs an update";
    stage.fails("show 46", 5, "cannot tell who owns subnet 46", hint);
    let stage = Stage::with_chain();
    stage.set_46("NetworksAdded", &[7]);
    stage.fails("show 46", 5, "cannot tell whether there is subnet 46", hint);
}
