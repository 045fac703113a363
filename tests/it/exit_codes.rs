//! Every exit code that the help names, from a real run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use subtune_devnet::Seal;
use subtune_model::exit;

use crate::proxy::Reply;
use crate::stopped::interrupted;
use crate::support::{APPLY, Run, Stage};

/// From the moment a transaction is sent, the node tells the values of before.
fn liar() -> Stage {
    let stage = Stage::with_chain();
    let before = json!(stage.chain().head().1);
    let sent = Arc::new(AtomicBool::new(false));
    stage.through(Box::new(move |method, params| {
        if method == "author_submitExtrinsic" {
            sent.store(true, Ordering::SeqCst);
        }
        if method == "state_queryStorageAt" && sent.load(Ordering::SeqCst) {
            return Reply::With(json!([params[0], before]));
        }
        Reply::Pass
    }))
}

/// A node that keeps the events of blocks to itself.
fn silent_about_events() -> Stage {
    Stage::with_chain().through(Box::new(|method, _| match method {
        "state_getStorage" => Reply::Say(json!(null)),
        _ => Reply::Pass,
    }))
}

#[test]
fn every_documented_code_is_produced() {
    let offline = Stage::offline();
    let stage = Stage::with_chain();
    stage.write("file", "");
    let settled = crate::forecast::populated();
    let runs: Vec<(u8, Run)> = vec![
        (exit::OK, stage.run("show 46")),
        (exit::OTHER, stage.run("history --state-dir file")),
        (exit::USAGE, offline.run("show")),
        (exit::PENDING, stage.run("diff 46 13 --detailed-exitcode")),
        (exit::INPUT, stage.run("show 99")),
        (exit::CHAIN, offline.run("show 46 --network ws://127.0.0.1:1")),
        (exit::REFUSED, stage.run("apply 46 --set tempo=400 --dev-key bob --yes")),
        (exit::WALLET, stage.run("apply 46 --set tempo=400 --yes")),
        (exit::PARTIAL, liar().run(APPLY)),
        (exit::UNKNOWN, silent_about_events().run(APPLY)),
        (exit::BLOCKED, stage.run("plan 46 --set weights_rate_limit=360 --blocked-exitcode")),
        (exit::MISSED, settled.run("health 46 --goal vtrust.mean>1")),
        (exit::INCONCLUSIVE, settled.run("evaluate 46 --since 100100")),
        (exit::INTERRUPTED, interrupted(&Stage::with(Seal::Manual))),
    ];
    for (code, run) in &runs {
        assert_eq!(run.code, i32::from(*code), "{run:?}");
    }
    let produced: BTreeSet<u8> = runs.iter().map(|(code, _)| *code).collect();
    let documented: BTreeSet<u8> = exit::TABLE.iter().map(|(code, _)| *code).collect();
    assert_eq!(produced, documented);
    let help = offline.expect("help exit-codes", 0).stdout;
    for (code, words) in exit::TABLE {
        assert!(help.contains(&format!("{code:<3}  {words}\n")), "{code} is not in the help");
    }
}

#[test]
fn a_read_back_that_differs_is_told_and_kept() {
    let stage = liar();
    let run = stage.run(APPLY);
    let error = "read back: immunity_period is 7200, wanted 12000";
    run.check_failure(true, 8, error, "subtune rollback 46 --to ");
    let history = stage.expect("history --format json", 0).json();
    assert_eq!(history["receipts"][0]["outcome"], "not verified", "{history}");
    assert_eq!(history["receipts"][0]["differs"][0]["name"], "immunity_period", "{history}");
    liar().run(&format!("{APPLY} --format json")).check_json_failure(8, error, "rollback");
}

#[test]
fn an_end_that_is_not_known_is_settled_later() {
    let stage = silent_about_events();
    let run = stage.run(APPLY);
    run.check_failure(true, 9, "its events cannot be read", "subtune history --refresh");
    let history = stage.expect("history --format json", 0).json();
    assert_eq!(history["receipts"][0]["outcome"], "included", "{history}");
    assert!(history["receipts"][0]["block"].is_u64(), "{history}");
    // The same question to a node that answers.
    let honest = format!("history --refresh --format json --network {}", stage.chain().url());
    let history = stage.expect(&honest, 0).json();
    assert_eq!(history["receipts"][0]["outcome"], "applied", "{history}");
}

/// One record that cannot be settled hides none of the others, and does not stop the work for ever.
#[test]
fn a_stuck_record_is_told_and_can_be_closed() {
    let stage = silent_about_events();
    let honest = format!(" --network {}", stage.chain().url());
    stage.expect(&format!("{APPLY}{honest}"), 0);
    stage.lift_rate_limit();
    let next = "apply 46 --set immunity_period=9000 --dev-key alice --yes";
    stage.expect(next, 9);
    let run = stage.expect("history --refresh", 9);
    assert!(run.stdout.contains("  applied  ") && run.stdout.contains("  included  "), "{run:?}");
    assert!(run.stderr.contains("its events cannot be read"), "{}", run.stderr);
    let json = stage.expect("history --refresh --format json", 9).json();
    assert_eq!(json["receipts"].as_array().unwrap().len(), 2);
    let failed = json["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 1);
    let id = failed[0]["id"].as_str().unwrap();
    assert_eq!(json["receipts"][1]["id"], id);

    // It stops the next change, which tells how to go on.
    let other = "apply 46 --set rho=20 --dev-key alice --yes";
    let close = format!("history --close {id} --as applied --because seen");
    stage.fails(other, 9, &format!("the outcome of the change {id}"), "subtune history --close");
    stage.fails_later(&close, 6, "no terminal to ask on", "--yes");
    let usage = stage.expect(&format!("history --close {id} --yes"), 2);
    assert!(usage.stderr.contains("--because"), "{}", usage.stderr);
    let missing = close.replace(id, "20200101T000000Z-aaaaaa");
    stage.fails(&missing, 4, "there is no record", "subtune history");
    let json = stage.expect(&format!("{close} --yes --format json"), 0).json();
    assert_eq!(json["outcome"], "closed as applied");
    assert_eq!(json["receipt"]["decided"]["because"], "seen");
    assert!(json["receipt"]["decided"]["at"].as_str().unwrap().starts_with("20"), "{json}");
    stage.fails(&format!("{close} --yes"), 6, "is known: closed as applied", "nothing to close");
    let history = stage.whole_history("history --refresh");
    assert!(history.contains("decided    applied, at 20"), "{history}");
    // It counts as the newest change, and no longer stops the next one.
    let back = stage.expect(&format!("rollback 46 --dev-key alice --dry-run{honest}"), 0);
    assert!(back.stdout.contains("9000"), "{}", back.stdout);
    stage.expect(&format!("{other}{honest}"), 0);
}
