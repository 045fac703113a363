//! Saved plans: applied as they were read, or refused with what has moved.

use crate::support::{ALICE, APPLY, BOB, Stage};

const PLAN: &str = "plan 46 --set immunity_period=12000 --out the.plan";
const APPLY_IT: &str = "apply --plan the.plan --dev-key alice --yes";

fn planned() -> Stage {
    let stage = Stage::with_chain();
    stage.expect(PLAN, 0);
    stage
}

/// Replaces a text in the saved plan, which must be there.
#[track_caller]
fn edit(stage: &Stage, from: &str, to: &str) {
    let text = stage.read("the.plan");
    assert!(text.contains(from), "no {from} in:\n{text}");
    stage.write("the.plan", text.replace(from, to));
}

#[test]
fn a_plan_that_still_holds_is_applied_once() {
    let stage = planned();
    // Blocks pass; nothing in them concerns the plan.
    stage.chain().new_blocks(5).unwrap();
    let run = stage.expect(APPLY_IT, 0);
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
    let error = "the plan is out of date: immunity_period: 7200 then, 12000 now";
    stage.fails(APPLY_IT, 6, error, "run `subtune plan` again");
}

#[test]
fn a_value_that_moved_is_named() {
    let stage = planned();
    stage.set_46("ImmunityPeriod", &5_000u16.to_le_bytes());
    let error = "the plan is out of date: immunity_period: 7200 then, 5000 now";
    stage.fails(APPLY_IT, 6, error, "run `subtune plan` again");
}

#[test]
fn an_owner_that_moved_is_named() {
    let stage = planned();
    stage.give_46_to(sp_keyring::Sr25519Keyring::Bob.to_raw_public(), 10_000_000_000);
    let error = format!("the plan is out of date: the owner: {ALICE} then, {BOB} now");
    stage.fails(APPLY_IT, 6, &error, "run `subtune plan` again");
    stage.fails("apply --plan the.plan --dev-key bob --yes", 6, &error, "run `subtune plan` again");
}

#[test]
fn another_chain_or_runtime_is_named() {
    let stage = planned();
    edit(&stage, "spec_version: 475", "spec_version: 474");
    stage.fails(
        APPLY_IT,
        6,
        "the plan is out of date: the runtime: 474 then, 475 now",
        "`subtune plan` again",
    );

    let stage = planned();
    let genesis = stage.run("show 46 --format json").json()["genesis_hash"].clone();
    edit(&stage, genesis.as_str().unwrap(), &format!("0x{}", "42".repeat(32)));
    stage.fails(
        APPLY_IT,
        6,
        "the plan is out of date: the chain: the plan was made on",
        "`subtune plan` again",
    );
}

#[test]
fn other_versions_and_odd_fields_are_refused() {
    for (from, to, error) in [
        ("format_version: 1", "format_version: 2", "the.plan:1: format_version 2 is newer"),
        ("format_version: 1", "format_version: one", "the.plan:1: format_version"),
        ("kind: plan", "kind: scheme", "a file of the kind scheme, not a saved plan"),
        ("netuid: 46", "netuid: forty-six", "the.plan:"),
        ("owner: ", "ower: ", "the.plan"),
        ("owner: ", "more: 1\nowner: ", "the.plan"),
    ] {
        let stage = planned();
        edit(&stage, from, to);
        stage.fails(APPLY_IT, 4, error, "");
    }
}

/// What was looked at is what is sent: the calls are made anew from what is wanted, and are compared
/// with those that were saved.
#[test]
fn edited_calls_are_not_sent() {
    for (from, to, error) in [
        (
            "sudo_set_immunity_period",
            "sudo_set_rao_recycled",
            "the call AdminUtils.sudo_set_rao_recycled(netuid = 46, immunity_period = 12000) is gone; the call \
             AdminUtils.sudo_set_immunity_period(netuid = 46, immunity_period = 12000) is new",
        ),
        (
            "    value: 12000",
            "    value: 12001",
            "(netuid = 46, immunity_period = 12001) then, AdminUtils",
        ),
        ("to: 12000", "to: 1200000", "immunity_period"),
    ] {
        let stage = planned();
        edit(&stage, from, to);
        stage.fails(APPLY_IT, 6, error, "");
        assert_eq!(stage.chain().pending(), 0);
        assert!(stage.records("").iter().all(|file| file.ends_with("lock")));
    }
}

/// Saved within the freeze window, with one call that goes there and one that has to wait; ten blocks
/// later both may go, and nobody has looked at that.
#[test]
fn a_call_that_nobody_looked_at_is_not_sent() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    stage.chain().new_blocks(100_252 - head).unwrap();
    let wishes = "--set voting_power_tracking=true --set immunity_period=9000";
    stage.expect(&format!("plan 46 {wishes} --out the.plan"), 0);
    stage.fails(APPLY_IT, 6, "immunity_period (freeze window", "--wait");
    let only_now = format!("{APPLY_IT} --skip-blocked");
    stage.expect(&format!("{only_now} --dry-run"), 0);

    stage.chain().new_blocks(10).unwrap();
    let error = "the plan is out of date: the call AdminUtils.sudo_set_immunity_period(netuid = 46, immunity_period = \
                 9000) is new";
    for line in [APPLY_IT, &only_now, &format!("{only_now} --dry-run")] {
        stage.fails(line, 6, error, "run `subtune plan` again");
    }
    assert!(stage.records(".rollback.yaml").is_empty());
    assert_eq!(stage.chain().pending(), 0);
    // To wait for what the plan has waiting was looked at.
    let waits = stage.expect(&format!("{APPLY_IT} --wait --dry-run --format json"), 0).json();
    assert_eq!(waits["stages"][0]["calls"].as_array().unwrap().len(), 2, "{waits}");
    let root_only = "plan 46 --set weights_rate_limit=360 --set rho=11 --out other.plan";
    stage.expect(root_only, 0);
    let text = stage.read("other.plan");
    let (before, calls) = text.split_once("calls:\n").unwrap();
    let (_, after) = calls.split_once("fee_rao:").unwrap();
    let before = before.replace("state: now", "state: same");
    stage.write("other.plan", format!("{before}calls: []\nfee_rao:{after}"));
    let line = "apply --plan other.plan --wait --skip-blocked --dev-key alice --yes";
    stage.fails(
        line,
        6,
        "the call AdminUtils.sudo_set_rho(netuid = 46, rho = 11) is new",
        "run `subtune plan` again",
    );
}

/// The other way about: a saved call that may no longer go is told, also where what is blocked may be
/// left out.
#[test]
fn a_call_that_may_no_longer_go_is_told() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    let wishes = "--set voting_power_tracking=true --set immunity_period=9000";
    stage.expect(&format!("plan 46 {wishes} --out the.plan"), 0);
    stage.chain().new_blocks(100_252 - head).unwrap();
    let error = "the call AdminUtils.sudo_set_immunity_period(netuid = 46, immunity_period = 9000) is gone: \
                 immunity_period (freeze window";
    stage.fails(&format!("{APPLY_IT} --skip-blocked"), 6, error, "run `subtune plan` again");
}

#[test]
fn a_wish_is_applied_once_too() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let head = stage.chain().head();
    let again = stage.expect(APPLY, 0);
    assert!(again.stdout.ends_with("Nothing to do\n"), "{}", again.stdout);
    let again = stage.expect(&format!("{APPLY} --format json"), 0);
    assert_eq!(again.json()["outcome"], "nothing to do");
    assert_eq!(stage.chain().head(), head);
    assert_eq!(stage.records(".receipt.yaml").len(), 1);
}

#[test]
fn a_detailed_exit_code_tells_changes_from_none() {
    let stage = Stage::with_chain();
    stage.expect("plan 46 --set immunity_period=12000 --detailed-exitcode", 3);
    stage.expect("plan 46 --set immunity_period=7200 --detailed-exitcode", 0);
    stage.expect("plan 46 --set weights_rate_limit=360 --detailed-exitcode", 0);
    stage.expect("diff 46 13 --detailed-exitcode", 3);
    stage.expect("diff 46 46 --detailed-exitcode", 0);
    stage.expect("diff 46 subnet46-2025 --detailed-exitcode", 0);
    stage.expect("diff 46 13", 0);
    let run = stage.expect("plan 46 --set immunity_period=12000 --format json", 0);
    assert_eq!(run.json()["items"][0]["state"], "ready", "{}", run.stdout);
}
