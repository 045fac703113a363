//! A subnet in Null consensus: the switch, what it brings, and the way back.

use crate::support::Stage;

/// The values that a switch touches, as `show` has them, and what the chain keeps for the way back.
fn touched(stage: &Stage) -> [String; 4] {
    let show = stage.expect("show 46 --format json", 0).json();
    let value = |name: &str| {
        let value = &show["hyperparameters"][name]["raw"];
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    };
    let saved = stage.get_46("SavedYumaMaxAllowedValidators");
    [
        value("epoch_consensus"),
        value("max_allowed_uids"),
        value("max_validators"),
        saved.map_or_else(|| "none".to_owned(), |bytes| format!("{bytes:?}")),
    ]
}

#[test]
fn a_switch_to_null_and_back_restores_everything() {
    let stage = Stage::with_chain();
    let yuma = ["yuma", "256", "64", "none"];
    assert_eq!(touched(&stage), yuma);
    let wishes = "--set epoch_consensus=null --set max_allowed_uids=2000";
    let plan = stage.expect(&format!("plan 46 {wishes} --set bonds_penalty=7"), 0).stdout;
    for part in [
        "HP111",
        "the chain also changes max_validators 64 → 1",
        "1. sudo_set_epoch_consensus",
        "2. sudo_set_max_allowed_uids",
        "Null consensus does not read it",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    stage.expect(&format!("apply 46 {wishes} --dev-key alice --yes"), 0);
    let null = ["null", "2000", "1", "[64, 0]"];
    assert_eq!(touched(&stage), null);
    let show = stage.expect("show 46", 0).stdout;
    let kappa = show.lines().find(|line| line.starts_with("kappa ")).unwrap();
    assert!(kappa.trim_end().ends_with('¹'), "{kappa}");

    stage.lift_rate_limit();
    stage.expect("rollback 46 --dev-key alice --yes", 0);
    assert_eq!(touched(&stage), yuma);
    // And from the other side: what the chain clamps along with it is brought back, too.
    stage.expect(&format!("apply 46 {wishes} --dev-key alice --yes"), 0);
    assert_eq!(touched(&stage), null);
    let back = "apply 46 --set epoch_consensus=yuma --dev-key alice --yes";
    let run = stage.expect(back, 0);
    let told = "max_allowed_uids 2000 → 256 and max_validators 1 → 64";
    let said: String = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(told), "{said}");
    assert_eq!(touched(&stage), yuma);
    stage.expect("rollback 46 --dev-key alice --yes", 0);
    assert_eq!(touched(&stage), null);
}

#[test]
fn weights_that_wait_stand_in_the_way_of_the_switch() {
    let stage = Stage::with_chain();
    // Two commits under the second mechanism, in one epoch.
    let one = [&[9; 32][..], &[0; 8], &[0], &[0; 8]].concat();
    stage.set_commits(1, 7, &[&[8][..], &one, &one].concat());
    let run = stage.expect("plan 46 --set epoch_consensus=null --detailed-exitcode", 3);
    for part in ["Unknown", "2 under mechanism 1"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let line = "apply 46 --set epoch_consensus=null --dev-key alice --yes";
    stage.fails(line, 6, "timelocked weights wait to be revealed", "");
    // Asked for all the same, the chain has the last word before anything is sent.
    let asked = format!("{line} --allow-unknown --no-simulate");
    stage.fails_later(&asked, 6, "SubtensorModule.InvalidValue", "");
    assert_eq!(stage.chain().pending(), 0);
    stage.set_commits(1, 7, &[]);
    stage.expect(line, 0);
}

/// One way to register has to stay on, so that a swap has an order; so has the way back.
#[test]
fn the_ways_to_register_are_swapped_in_order() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let (burn, pow) = ("registration_allowed", "network_pow_registration_allowed");
    let line = format!("apply 46 --set {burn}=false --dev-key alice --yes");
    stage.fails(&line, 6, &format!("one way to register has to stay on, and {pow} is off"), "");
    let swap = format!("apply 46 --set {burn}=false --set {pow}=true --dev-key alice --yes");
    let calls = |run: &serde_json::Value| -> Vec<String> {
        let calls = run["receipt"]["calls"].as_array().unwrap().iter();
        calls.map(|call| call["sets"][0].as_str().unwrap().to_owned()).collect()
    };
    let applied = stage.expect(&format!("{swap} --format json"), 0).json();
    assert_eq!(calls(&applied), [pow, burn]);
    let back = stage.expect("rollback 46 --dev-key alice --yes --format json", 0).json();
    assert_eq!(calls(&back), [burn, pow]);
}
