//! Drift is what would be sent; what is blocked for good is told apart.

use serde_json::json;

use crate::support::Stage;

const ALIGNED: &str = "plan 46 --profile subnet13-aligned";

/// A job that asks for drift every hour, with a profile that holds a root-only value.
#[test]
fn a_check_for_drift_becomes_green_although_a_value_is_root_only() {
    let stage = Stage::with_chain();
    let drift = |code: i32, options: &str| {
        let line = format!("{ALIGNED} --format json {options}");
        stage.expect(&line, code).json()["drift"].clone()
    };
    let blocked = json!(["weights_rate_limit"]);
    let both = "--detailed-exitcode --blocked-exitcode";
    for (code, options) in [(3, "--detailed-exitcode"), (10, "--blocked-exitcode"), (3, both)] {
        let found = drift(code, options);
        let pending = json!(["adjustment_alpha", "immunity_period"]);
        assert_eq!((&found["pending"], &found["blocked"]), (&pending, &blocked), "{options}");
    }
    stage.expect("apply 46 --profile subnet13-aligned --skip-blocked --dev-key alice --yes", 0);
    let left = |code, options: &str| {
        let found = drift(code, options);
        assert_eq!((&found["pending"], &found["blocked"]), (&json!([]), &blocked), "{options}");
    };
    left(0, "--detailed-exitcode");
    left(0, "--detailed-exitcode --skip-blocked");
    left(10, "--blocked-exitcode");
    left(10, both);
    let text = stage.expect(ALIGNED, 0).stdout;
    assert!(text.contains("0 to change, 1 blocked, 2 unchanged\n"), "{text}");
}

#[test]
fn what_has_to_wait_is_drift() {
    let stage = Stage::with_chain();
    stage.expect("apply 46 --set max_burn=50TAO --dev-key alice --yes", 0);
    let line = "plan 46 --set max_burn=60TAO --set immunity_period=7200";
    for options in ["--detailed-exitcode", "--detailed-exitcode --skip-blocked"] {
        let run = stage.expect(&format!("{line} {options}"), 3);
        assert!(run.stdout.contains("0 to change, 1 later, 0 blocked, 1 unchanged\n"), "{run:?}");
    }
    let found = stage.expect(&format!("{line} --blocked-exitcode --format json"), 0).json();
    assert_eq!(found["drift"], json!({ "pending": ["max_burn"], "blocked": [], "unknown": [] }));
}

/// The command that a plan tells with its file works as it stands.
#[test]
fn the_command_for_a_saved_plan_fits_what_is_in_it() {
    let stage = Stage::with_chain();
    let saved = |line: &str, file: &str| {
        let text = stage.expect(&format!("{line} --out {file}"), 0).stdout;
        text.lines().last().unwrap().to_owned()
    };
    let applied = |words: &str, code: i32| {
        let command = words.trim().strip_prefix("subtune ").unwrap();
        stage.expect(&format!("{command} --dev-key alice --dry-run"), code)
    };
    let all = saved(ALIGNED, "all.yaml");
    assert!(all.contains("/all.yaml --skip-blocked"), "{all}");
    applied(&all, 0);
    let some = saved(&format!("{ALIGNED} --skip-blocked"), "some.yaml");
    assert!(some.contains("/some.yaml") && !some.contains("--skip"), "{some}");
    assert!(!stage.read("some.yaml").contains("weights_rate_limit"));
    applied(&some, 0);
    let none = saved("plan 46 --set weights_rate_limit=360", "none.yaml");
    assert_eq!(none, "Saved to none.yaml; nothing in it can be sent");
    let done = saved("plan 46 --set immunity_period=7200", "done.yaml");
    assert_eq!(done, "Saved to done.yaml");
    stage.expect("apply 46 --set max_burn=50TAO --dev-key alice --yes", 0);
    let late = saved("plan 46 --set max_burn=60TAO", "late.yaml");
    assert!(late.contains("/late.yaml --wait"), "{late}");
    applied(&late, 0);
}
