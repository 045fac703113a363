//! What is legal but unwise, and the rules of a subnet without a plan.

use crate::support::Stage;

/// The codes of the findings in a JSON list.
fn codes(findings: &serde_json::Value) -> Vec<&str> {
    findings.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn profile(values: &str) -> String {
    format!("format_version: 1\nname: p\ndescription: d\nsource: s\nhyperparameters:\n  {values}\n")
}

#[test]
fn check_asks_the_rules_of_a_subnet_when_it_is_named() {
    let stage = Stage::with_chain();
    let good = "check liquid-alpha --netuid 46";
    let run = stage.expect(good, 0);
    assert!(run.stdout.starts_with("liquid-alpha: valid for subnet 46\n"), "{}", run.stdout);

    let run = stage.expect("check subnet13-aligned --netuid 46", 6);
    for part in ["one value cannot be set", "weights_rate_limit", "only root", "HP107"] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    let json = stage.expect("check subnet13-aligned --netuid 46 --format json", 6).json();
    assert_eq!(json["schema_version"], 2);
    let result = &json["results"][0];
    assert_eq!(result["profile"], "subnet13-aligned");
    assert_eq!(codes(&result["findings"]), ["HP107"]);
    assert_eq!((&json["network"], &json["netuid"]), (&"local".into(), &46.into()), "{json}");
    let never =
        result["items"].as_array().unwrap().iter().find(|item| item["state"] == "not_permitted");
    assert_eq!(never.unwrap()["name"], "weights_rate_limit");

    // The subnet has more neurons than that: only the chain can say so.
    stage.write("few.yaml", profile("max_allowed_uids: 64"));
    stage.expect("check few.yaml", 0);
    let run = stage.expect("check few.yaml --netuid 46", 4);
    assert!(run.stdout.contains("MaxAllowedUIdsLessThanCurrentUIds"), "{}", run.stdout);
    // An invalid value weighs more than a forbidden one, in whatever order.
    stage.expect("check few.yaml subnet13-aligned --netuid 46", 4);
    stage.expect("check subnet13-aligned few.yaml --netuid 46", 4);

    // A limit in time is no complaint about the profile.
    stage.write("later.yaml", profile("immunity_period: 9500"));
    stage.expect("apply 46 --set immunity_period=9000 --dev-key alice --yes", 0);
    let run = stage.expect("check later.yaml --netuid 46", 0);
    for part in ["valid for subnet 46", "…  immunity_period", "rate limit"] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    let json = stage.expect("check later.yaml --netuid 46 --format json", 0).json();
    assert_eq!(json["results"][0]["items"][0]["state"], "later", "{json}");
    // What has to wait is judged by the rules between two values all the same.
    stage.expect("apply 46 --set min_burn=600000 --dev-key alice --yes", 0);
    stage.expect("apply 46 --set max_burn=150000000 --dev-key alice --yes", 0);
    stage.write("least.yaml", profile("min_burn: 200000000"));
    let run = stage.expect("check least.yaml --netuid 46", 4);
    assert!(run.stdout.contains("below 150000000"), "{}", run.stdout);
    stage.fails("check later.yaml --netuid 999", 4, "subnet 999 does not exist", "netuid");
}

#[test]
fn the_shipped_profiles_bear_their_own_lints() {
    let stage = Stage::with_chain();
    let findings = |line: &str| {
        let json = stage.expect(&format!("{line} --netuid 46 --format json"), 0).json();
        json["results"][0]["findings"].clone()
    };
    let found = findings("check winner-take-most-48h --round 48h");
    assert_eq!(codes(&found), Vec::<&str>::new(), "{found}");
    let found = findings("check winner-take-most-48h --round 99h");
    assert_eq!(codes(&found), ["HP202"], "{found}");
    // Expected, as the profile says, until dust has been through an epoch.
    let found = findings("check dust-floor");
    assert_eq!(codes(&found), ["HP203"], "{found}");
    // The length of 256 elements, compact, and a small share for each.
    let shares = [vec![1, 4], [1, 0].repeat(256)].concat();
    stage.set_46("Incentive", &shares);
    assert_eq!(codes(&findings("check dust-floor")), Vec::<&str>::new());
    for line in ["--profile dust-floor", "--profile winner-take-most-48h --round 48h"] {
        let plan = stage.expect(&format!("plan 46 {line} --format json"), 0).json();
        assert_eq!(plan["findings"], serde_json::json!([]), "{plan}");
        assert_eq!(
            plan["items"].as_array().unwrap().len(),
            plan["calls"].as_array().unwrap().len()
        );
    }
}

#[test]
fn check_asks_no_chain_that_it_does_not_need() {
    let stage = Stage::offline();
    stage.write("bad.yaml", profile("immunity_period: 70000"));
    let run = stage.expect("check bad.yaml --netuid 46 --network ws://127.0.0.1:1", 4);
    assert!(run.stdout.contains("bad.yaml:6: "), "{}", run.stdout);
    stage.fails("check liquid-alpha --round 48h", 2, "for the rules of a subnet", "--netuid");
    let line = "check liquid-alpha --netuid 46 --network ws://127.0.0.1:1";
    stage.fails(line, 5, "cannot be reached", "--network");
}

#[test]
fn a_profile_for_another_subnet_is_not_checked_on_this_one() {
    let stage = Stage::with_chain();
    let here = stage.expect("show 46 --format json", 0).json()["genesis_hash"].clone();
    let target = format!("target:\n  network: local\n  genesis_hash: {here}\n  netuid: 13\n");
    stage.write("other.yaml", format!("{}{target}", profile("immunity_period: 9000")));
    stage.expect("check other.yaml", 0);
    stage.fails("check other.yaml --netuid 46", 4, "is for subnet 13, not for 46", "netuid");
    stage.expect("check other.yaml --netuid 13", 0);
}

/// What was there before is no choice that somebody has copied.
#[test]
fn a_rollback_to_the_values_of_a_new_subnet_is_no_finding() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let plan = stage.expect("plan 46 --set immunity_period=5000 --format json", 0).json();
    assert_eq!(codes(&plan["findings"]), ["HP207"], "{plan}");
    stage.set_46("ImmunityPeriod", &5_000u16.to_le_bytes());
    stage.expect("apply 46 --set immunity_period=9000 --dev-key alice --yes", 0);
    let back = stage.expect("rollback 46 --dry-run --format json", 0).json();
    assert_eq!(back["plan"]["items"][0]["to"], "5000", "{back}");
    assert_eq!(back["plan"]["findings"], serde_json::json!([]), "{back}");
}

#[test]
fn a_plan_says_what_is_unwise_and_blocks_nothing() {
    let stage = Stage::with_chain();
    let line = "plan 46 --set immunity_period=6000 --set activity_cutoff_factor=1500 --round 48h";
    let json = stage.expect(&format!("{line} --format json"), 0).json();
    assert_eq!(codes(&json["findings"]), ["HP202", "HP204"]);
    assert_eq!(json["calls"].as_array().unwrap().len(), 2);
    let run = stage.expect(line, 0);
    for part in
        ["Warnings", "HP202", "shorter than a round of 14400 (2d)", "hint: set immunity_period to"]
    {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
}

#[test]
fn every_code_can_be_looked_up() {
    let stage = Stage::offline();
    let json = stage.expect("explain codes --format json", 0).json();
    stage.fails("explain HP999", 4, "HP999", "subtune explain codes");
    let listed = json["codes"].as_array().unwrap();
    assert!(listed.len() >= 16, "{json}");
    for code in listed {
        let name = code["name"].as_str().unwrap();
        let run = stage.expect(&format!("explain {}", name.to_lowercase()), 0);
        assert!(run.stdout.contains(name), "{}", run.stdout);
    }
}
