//! A chain that is newer than the catalog: the tool runs as if it had never heard of some rows, and the
//! chain has them all the same.

use std::process::Command;

use parity_scale_codec::Encode as _;
use serde_json::{Value, json};

use crate::proxy::Reply;
use crate::support::{Run, Stage};

/// An enum, a fixed-point number, an `Option<Vec<u16>>`.
const FORGOTTEN: &str =
    "liquid_alpha_consensus_mode,collateral_drain_ratio,mechanism_emission_split";

fn older(stage: &Stage, line: &str) -> Command {
    let mut command = stage.command(line);
    command.env("SUBTUNE_FORGET", FORGOTTEN);
    command
}

#[track_caller]
fn run(stage: &Stage, line: &str, code: i32) -> Run {
    let run = Run::of(older(stage, line).output().unwrap());
    assert_eq!(run.code, code, "{line}\n{}\n{}", run.stdout, run.stderr);
    run
}

fn unknown(stage: &Stage) -> Value {
    run(stage, "show 46 --format json", 0).json()["unknown"].clone()
}

#[test]
fn what_nobody_has_heard_of_is_found_shown_changed_proved_and_rolled_back() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    // Two mechanisms, so that there is something to share.
    stage.set_46("MaxAllowedUids", &128u16.to_le_bytes());
    stage.set_mechanisms(2);
    let before = json!({
        "collateral_drain_ratio": "18446744073709551616",
        "liquid_alpha_consensus_mode": "Auto",
        "mechanism_emission_split": null,
        "rao_recycled": "0",
    });
    assert_eq!(unknown(&stage), before);
    let snapshot = run(&stage, "snapshot 46", 0).stdout;
    for line in [
        "  collateral_drain_ratio: 18446744073709551616\n",
        "  liquid_alpha_consensus_mode: Auto\n",
        "  mechanism_emission_split: null\n",
    ] {
        assert!(snapshot.contains(line), "{line}{snapshot}");
    }
    stage.write("before.yaml", snapshot);

    // Where the chain's own code is not asked, nobody can tell.
    let wish = "plan 46 --set liquid_alpha_consensus_mode=Previous --no-simulate";
    assert!(run(&stage, wish, 0).stdout.contains("Unknown\n?  liquid_alpha_consensus_mode"));
    stage.write(
        "new.yaml",
        "format_version: 1\nname: new\ndescription: what is new\nsource: a test\n\
         hyperparameters:\n  liquid_alpha_consensus_mode: Previous\n  \
         collateral_drain_ratio: 36893488147419103232\n  \
         mechanism_emission_split: [40000, 25535]\n",
    );
    let plan = run(&stage, "plan 46 --profile new.yaml --allow-unknown", 0).stdout;
    for part in [
        "18446744073709551616 → 36893488147419103232",
        "Auto → Previous",
        "none → [40000, 25535]",
        "HP101",
        "subtune does not know AdminUtils.sudo_set_collateral_drain_ratio",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    // Another form than what is there is no value of it.
    let odd = "plan 46 --set collateral_drain_ratio=Auto --allow-unknown";
    assert!(run(&stage, odd, 0).stdout.contains("must be an integer, as it is now"));

    let apply = "apply 46 --profile new.yaml --allow-unknown --dev-key alice --yes --format json";
    let applied = run(&stage, apply, 0).json();
    assert_eq!(applied["outcome"], "applied", "read back from block");
    let after = json!({
        "collateral_drain_ratio": "36893488147419103232",
        "liquid_alpha_consensus_mode": "Previous",
        "mechanism_emission_split": ["40000", "25535"],
        "rao_recycled": "0",
    });
    assert_eq!(unknown(&stage), after);
    let diff = run(&stage, "diff before.yaml 46 --detailed-exitcode", 3).stdout;
    assert!(diff.contains("3 differences"), "{diff}");
    // The chain lets a split be changed once in 7200 blocks, which nobody has told the tool.
    stage.chain().new_blocks(7_200).unwrap();
    run(&stage, "rollback 46 --allow-unknown --dev-key alice --yes", 0);
    assert_eq!(unknown(&stage), before);
}

/// What the chain refuses is told by its own words, and nothing is sent.
#[test]
fn an_unknown_value_that_the_chain_refuses_is_not_sent() {
    let stage = Stage::with_chain();
    let line = "apply 46 --set collateral_drain_ratio=0 --allow-unknown --dev-key alice --yes";
    let run = run(&stage, line, 6);
    assert!(run.stderr.contains("AdminUtils.CollateralDrainRatioOutOfBounds"), "{}", run.stderr);
    assert_eq!(stage.chain().pending(), 0);
}

/// Two calls set what could be one and the same: nothing is guessed, and it is said.
#[test]
fn what_could_be_two_things_is_said() {
    let stage = Stage::with_chain();
    let run = |line: &str, code: i32| {
        let mut command = stage.command(line);
        command.env("SUBTUNE_FORGET", "activity_cutoff_factor");
        let run = Run::of(command.output().unwrap());
        assert_eq!(run.code, code, "{line}\n{}\n{}", run.stdout, run.stderr);
        run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let why = "it could be set by SubtensorModule.set_activity_cutoff_factor or by \
               AdminUtils.sudo_set_activity_cutoff_factor, and subtune does not guess";
    assert!(run("show 46", 0).contains(why));
    assert!(run("snapshot 46", 0).contains(why));
    assert!(run("chain", 0).contains(why));
    let wish = "plan 46 --set activity_cutoff_factor=2000 --allow-unknown";
    assert!(run(wish, 0).contains(why));
    let apply = wish.replace("plan", "apply");
    run(&format!("{apply} --dev-key alice --yes"), 6);
    assert_eq!(stage.chain().pending(), 0);
}

/// A chain that says that it is newer than what subtune was checked with.
fn newer(method: &str, _: &Value) -> Reply {
    match method {
        "state_getRuntimeVersion" => Reply::Alter(|mut version| {
            version["specVersion"] = json!(480);
            version
        }),
        _ => Reply::Pass,
    }
}

/// The local chain has another type for one of two.
#[test]
fn a_plan_on_a_newer_chain_says_what_it_touches_that_differs() {
    let stage = Stage::with_chain().through(Box::new(newer));
    stage.lift_rate_limit();
    let plan = |set: &str| stage.expect(&format!("plan 46 --set {set}"), 0).stdout;
    let told = plan("burn_increase_mult=36893488147419103232");
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("HP112"), "{told}");
    assert!(told.contains("AdminUtils.sudo_set_burn_increase_mult"), "{told}");
    assert!(!plan("immunity_period=12000").contains("HP112"));
    let chain = stage.expect("chain", 0).stdout;
    assert!(chain.contains("runtime 475; this one is newer"), "{chain}");
}

/// A node of the main network as it was in August 2026.
#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn an_older_chain_is_told_by_what_it_lacks() {
    let metadata = crate::catalog::metadata(424);
    let v15 = metadata[4] == 15;
    let stage = Stage::with_chain().through(Box::new(move |method, params| {
        let hex = |bytes: &[u8]| Reply::Say(json!(format!("0x{}", hex::encode(bytes))));
        match (method, params[0].as_str().unwrap_or_default()) {
            ("state_getRuntimeVersion", _) => Reply::Alter(|mut version| {
                version["specVersion"] = json!(424);
                version
            }),
            ("state_call", "Metadata_metadata_at_version") => {
                hex(&v15.then(|| metadata.clone()).encode())
            }
            ("state_call", "Metadata_metadata") => hex(&metadata.encode()),
            _ => Reply::Pass,
        }
    }));
    let told = stage.expect("chain --detailed-exitcode", 3).stdout;
    println!("{told}");
    for part in [
        "Runtime        424",
        "runtime 475; this one is older, and its history is known",
        "12s, by Aura.SlotDuration",
        "AdminUtils.sudo_set_epoch_consensus is missing: epoch_consensus",
        "lists all",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let data = stage.expect("chain --format json", 0).json();
    let differs = data["differences"].as_array().unwrap();
    let one = |name: &str| differs.iter().find(|one| one["name"] == name).unwrap();
    assert!(one("ProxyType")["was"].as_str().unwrap().ends_with("RootClaim BasketTrading"));
    assert!(one("ProxyType")["is"].as_str().unwrap().ends_with("RootClaim"));
}
