//! Who may sign: consent, ownership, wallets and their passwords.

use std::path::Path;
use std::process::Command;

use sp_core::crypto::Ss58Codec as _;

use crate::support::{ALICE, APPLY, BOB, Run, Stage, command_fails};

const PASSWORD: &str = "dummy-password-1";
/// The account of the wallets `nacl`, `plain` and `watch-only`.
const DUMMY: &str = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
const WISH: &str = "apply 46 --set immunity_period=12000 --yes";

/// A command line that signs with a wallet of another implementation.
fn with_wallet(stage: &Stage, line: &str, wallet: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets/v4.1.1");
    let mut command = stage.command(&format!("{line} --wallet-name {wallet} --wallet-path"));
    command.arg(folder);
    command
}

fn dummys_subnet() -> Stage {
    let stage = Stage::with_chain();
    let account = sp_core::crypto::AccountId32::from_ss58check(DUMMY).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    stage
}

/// Nothing was sent, and nothing that was written says so.
#[track_caller]
fn nothing_sent(stage: &Stage, head: u32) {
    assert_eq!(stage.chain().head().0, head);
    assert_eq!(stage.chain().pending(), 0);
    assert!(stage.records(".receipt.yaml").is_empty());
}

#[test]
fn without_a_terminal_there_is_no_consent() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    let line = "apply 46 --set immunity_period=12000 --dev-key alice";
    stage.fails_later(line, 6, "no terminal to ask on", "--yes");
    // The plan is shown to whoever reads along.
    assert!(stage.run(line).stderr.contains("immunity_period"));
    nothing_sent(&stage, head);
    assert!(stage.records(".rollback.yaml").is_empty());
}

#[test]
fn who_is_not_the_owner_is_told_who_is() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    let error = format!("{BOB} is not the owner of subnet 46");
    let line = "apply 46 --set immunity_period=12000 --dev-key bob --yes";
    stage.fails(line, 6, &error, &format!("sign with the coldkey {ALICE}"));
    stage.fails(&format!("{line} --dry-run"), 6, &error, ALICE);
    nothing_sent(&stage, head);
}

#[test]
fn a_dry_run_needs_no_key_and_leaves_nothing() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    let run = stage.expect("apply 46 --set immunity_period=12000 --dry-run", 0);
    assert!(run.stdout.contains("Dry run: nothing was unlocked"), "{}", run.stdout);
    nothing_sent(&stage, head);
    assert!(!stage.path("state").exists());
}

#[test]
fn a_development_key_that_is_none() {
    let stage = Stage::with_chain();
    let line = "apply 46 --set immunity_period=12000 --dev-key mallory --yes";
    stage.fails(line, 4, "unknown development key `mallory`", "alice, bob");
}

#[test]
fn a_wallet_that_is_not_there() {
    let stage = Stage::with_chain();
    // No wallet folder at all, as on a fresh machine.
    stage.fails(WISH, 7, "wallet `default` not found in ", "--wallet-name");
    let nobody = || with_wallet(&stage, WISH, "nobody");
    command_fails(&nobody, 7, "wallet `nobody` not found in ", "nacl, plain");
    std::fs::create_dir_all(stage.path("wallets/empty")).unwrap();
    let line = format!("{WISH} --wallet-path wallets --wallet-name empty");
    stage.fails(&line, 7, "has no coldkeypub.txt", "--wallet-name");
    let line = format!("{WISH} --wallet-path wallets --wallet-name ../x");
    stage.fails(&line, 4, "not the name of a wallet", "--wallet-path");
    assert!(!stage.path("state").exists());
}

#[test]
fn a_wallet_that_only_watches() {
    let stage = dummys_subnet();
    let head = stage.chain().head().0;
    let run = Run::of(with_wallet(&stage, WISH, "watch-only").output().unwrap());
    let error = format!("the wallet `watch-only` ({DUMMY}) has only its public key here");
    run.check_failure(true, 7, &error, "put its coldkey at");
    let run = with_wallet(&stage, WISH, "watch-only").args(["--format", "json"]).output().unwrap();
    Run::of(run).check_json_failure(7, &error, "put its coldkey at");
    nothing_sent(&stage, head);
}

#[test]
fn an_encrypted_wallet_without_a_terminal_or_a_password() {
    let stage = dummys_subnet();
    let head = stage.chain().head().0;
    let run = Run::of(with_wallet(&stage, WISH, "nacl").output().unwrap());
    run.check_failure(
        true,
        7,
        "there is no terminal to ask for its password",
        "BT_WALLET_PASSWORD",
    );
    nothing_sent(&stage, head);
}

#[test]
fn a_wallet_of_somebody_else_is_not_even_opened() {
    let stage = Stage::with_chain();
    let make = || {
        let mut command = with_wallet(&stage, WISH, "nacl");
        command.env("BT_WALLET_PASSWORD", "wrong");
        command
    };
    command_fails(&make, 6, &format!("{DUMMY} is not the owner of subnet 46"), ALICE);
}

#[test]
fn a_plain_wallet_of_the_owner_signs() {
    let stage = Stage::with_chain();
    let run = Run::of(with_wallet(&stage, WISH, "uri").output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
    let shown = stage.expect("show 46 --format json", 0).json();
    let shown = shown.to_string();
    assert!(shown.contains("12000"), "{shown}");
}

/// Both ends of one run, since deriving a key takes seconds: the wrong password changes nothing,
/// the right one ends in a proved change.
#[test]
fn an_encrypted_wallet_opens_with_its_password_alone() {
    let stage = dummys_subnet();
    let head = stage.chain().head().0;
    let mut wrong = with_wallet(&stage, WISH, "nacl");
    wrong.env("BT_WALLET_PASSWORD", "wrong").args(["--format", "json"]);
    let run = Run::of(wrong.output().unwrap());
    run.check_json_failure(7, "BT_WALLET_PASSWORD does not open the keyfile", "check the wallet");
    nothing_sent(&stage, head);

    let mut right = with_wallet(&stage, WISH, "nacl");
    right.env("BT_WALLET_PASSWORD", PASSWORD);
    let run = Run::of(right.output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
    assert!(run.stderr.contains("unlocking the keyfile"), "{}", run.stderr);
    assert!(!format!("{run:?}").contains(PASSWORD));
    let receipt = std::fs::read_to_string(stage.receipt()).unwrap();
    assert!(receipt.contains(DUMMY) && !receipt.contains(PASSWORD), "{receipt}");
}

#[test]
fn what_cannot_be_done_is_refused_as_a_whole() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    let line = "apply 46 --profile subnet13-aligned --dev-key alice --yes";
    stage.fails(line, 6, "weights_rate_limit (only root", "--skip-blocked");
    nothing_sent(&stage, head);
    stage.expect(APPLY, 0);
    let line = "apply 46 --set immunity_period=100 --dev-key alice --yes";
    stage.fails(line, 6, "immunity_period (rate limit", "the chain accepts it from block ");
    let line = "rollback 46 --last --dev-key alice --yes";
    stage.fails(line, 6, "immunity_period (rate limit", "the chain accepts it from block ");
}
