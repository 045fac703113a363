//! Names, netuids and targets that do not fit.

use crate::support::Stage;

#[test]
fn a_subnet_that_does_not_exist() {
    let stage = Stage::with_chain();
    for line in [
        "show 99",
        "snapshot 99",
        "snapshot 99 --output never.yaml",
        "diff 46 99",
        "plan 99 --profile subnet13-aligned",
        "apply 99 --profile subnet13-aligned --dev-key alice --yes",
        "apply 99 --profile subnet13-aligned --dry-run",
    ] {
        stage.fails(line, 4, "subnet 99 does not exist on local", "check the netuid");
    }
    stage.fails("rollback 99 --dev-key alice --yes", 4, "no receipt for subnet 99", "--to");
    assert!(!stage.path("never.yaml").exists() && !stage.path("state").exists());
}

#[test]
fn a_block_that_does_not_exist() {
    let stage = Stage::with_chain();
    for line in ["show 46 --at 999999", "snapshot 46 --at 999999", "diff 46 46@999999"] {
        stage.fails(line, 4, "has no block 999999", "archive");
    }
}

#[test]
fn a_misspelt_hyperparameter_gets_the_nearest_name() {
    let stage = Stage::offline();
    let (error, hint) = ("unknown hyperparameter imunity_period", "did you mean immunity_period?");
    stage.fails("explain imunity_period", 4, error, hint);
    stage.fails("plan 46 --set imunity_period=5", 4, error, hint);
    stage.fails("apply 46 --set imunity_period=5 --yes", 4, error, hint);
    stage.fails("plan 46 --profile subnet13-aligned --only imunity_period", 4, error, hint);
    stage.fails("explain xyzzy", 4, "unknown hyperparameter xyzzy", "subtune explain");
    let line = "plan 46 --profile subnet13-aligned --only tempo";
    stage.fails(line, 4, "the profile does not name it", "subtune profiles");
}

/// Who writes the call or the storage item where the name of the value belongs is told the name.
#[test]
fn a_call_in_the_place_of_a_name_leads_to_the_name() {
    let stage = Stage::offline();
    for (name, hint) in [
        ("sudo_set_weights_set_rate_limit", "its name is weights_rate_limit"),
        ("AdminUtils.sudo_set_tempo", "its name is tempo"),
        ("ImmunityPeriod", "its name is immunity_period"),
        ("sudo_set_alpha_values", "name alpha_low or alpha_high"),
    ] {
        let error = format!("unknown hyperparameter {name}");
        stage.fails(&format!("plan 46 --set {name}=5"), 4, &error, hint);
        stage.fails(&format!("plan 46 --profile dust-floor --only {name}"), 4, &error, hint);
        let yaml = format!(
            "format_version: 1\nname: mine\ndescription: a test\nsource: a test\n\
             hyperparameters:\n  {name}: 5\n"
        );
        stage.write("p.yaml", yaml);
        let run = stage.expect("check p.yaml", 4);
        assert!(run.stdout.contains(&error) && run.stdout.contains(hint), "{}", run.stdout);
    }
}

/// A name that btcli shows and nobody can set is told with what to set instead.
#[test]
fn a_name_that_is_only_shown_is_told_with_what_to_set() {
    let stage = Stage::offline();
    for (setting, hint) in [
        ("yuma_version=3", "set yuma3_enabled: true for version 3"),
        ("subnet_is_active=true", "leave it out"),
    ] {
        let (name, value) = setting.split_once('=').unwrap();
        let error = format!("{name} is a name that is only shown");
        stage.fails(&format!("plan 46 --set {setting}"), 4, &error, hint);
        let yaml = format!(
            "format_version: 1\nname: mine\ndescription: a test\nsource: a test\n\
             hyperparameters:\n  {name}: {value}\n"
        );
        stage.write("p.yaml", yaml);
        let run = stage.expect("check p.yaml", 4);
        assert!(run.stdout.contains(&error) && run.stdout.contains(hint), "{}", run.stdout);
        stage.fails("plan 46 --profile p.yaml", 4, &error, hint);
        stage.fails(&format!("plan 46 --profile dust-floor --only {name}"), 4, &error, hint);
    }
}

#[test]
fn settings_out_of_range_or_of_another_type() {
    let stage = Stage::offline();
    for (setting, error) in [
        ("immunity_period=70000", "70000"),
        ("immunity_period=soon", "immunity_period"),
        ("liquid_alpha_enabled=7", "liquid_alpha_enabled"),
        ("{x=1", "--set"),
        ("*x=1", "--set"),
    ] {
        stage.fails(&format!("plan 46 --set {setting}"), 4, error, "");
    }
    stage.fails("plan 46 --set immunity_period=", 2, "has no value", "--set NAME=VALUE");
    let twice = "plan 46 --set immunity_period=1 --set immunity_period=2";
    stage.fails(twice, 2, "--set names immunity_period twice", "keep one");
}

/// What only the chain can know makes a plan that says so, and an apply that is refused.
#[test]
fn values_that_the_chain_would_refuse() {
    let stage = Stage::with_chain();
    let head = stage.chain().head();
    for (setting, says) in [
        ("min_burn=900000000000", "must be below 1000000000 (1 TAO"),
        ("alpha_low=30000", "liquid_alpha_enabled must be on"),
        ("weights_rate_limit=360", "only root"),
    ] {
        let plan = stage.expect(&format!("plan 46 --set {setting} --blocked-exitcode"), 10);
        assert!(plan.stdout.contains(says), "{}", plan.stdout);
        let line = format!("apply 46 --set {setting} --dev-key alice --yes");
        stage.fails(&line, 6, says, "there is nothing else to apply");
    }
    assert_eq!(stage.chain().head(), head);
}

fn targeted(genesis_hash: &str, netuid: u16) -> String {
    format!(
        "format_version: 1\nname: mine\ndescription: a test\nsource: a test\ntarget:\n  \
         network: finney\n  genesis_hash: \"{genesis_hash}\"\n  netuid: {netuid}\n\
         hyperparameters:\n  immunity_period: 12000\n"
    )
}

#[test]
fn a_profile_for_another_chain_or_subnet() {
    let stage = Stage::with_chain();
    let finney = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";
    let here = stage.run("show 46 --format json").json()["genesis_hash"].clone();
    let here = here.as_str().unwrap();
    stage.write("finney.yaml", targeted(finney, 46));
    stage.write("subnet13.yaml", targeted(here, 13));
    stage.write("fits.yaml", targeted(here, 46));
    for command in ["plan 46 --profile", "apply 46 --yes --dev-key alice --profile"] {
        let line = format!("{command} finney.yaml");
        stage.fails(&line, 4, "profile mine is for finney (0x2f05", "--network");
        let line = format!("{command} subnet13.yaml");
        stage.fails(&line, 4, "profile mine is for subnet 13, not for 46", "netuid");
    }
    stage.fails("rollback 46 --to finney.yaml", 4, "profile mine is for finney", "--network");
    stage.expect("plan 46 --profile fits.yaml", 0);
    assert!(!stage.path("state").exists());
}
