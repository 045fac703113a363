//! What stops every change of an account: a lease, a coldkey swap, safe mode, another owner. And what
//! the catalog does not know. The chain is asked each time whether it sees it so too.

use std::time::Duration;

use sp_crypto_hashing::{twox_64, twox_128};
use subtune_chain::{Chain, ConnectOptions as Connection, Endpoint};
use subtune_model::plan::{Plan, Wish};
use subtune_model::ports::{ChainRead as _, ChainWrite as _};
use subtune_model::snapshot::Known;
use subtune_model::terms::Terms;
use subtune_model::value::Value;
use subtune_wallet::dev;

use crate::support::{ALICE, BOB, Stage};

const PLAN: &str = "plan 46 --set immunity_period=9000";

/// Where a map hashed by twox64 keeps the value of a key.
fn hashed(item: &str, key: &[u8]) -> Vec<u8> {
    let prefix = [twox_128(b"SubtensorModule"), twox_128(item.as_bytes())].concat();
    [&prefix, &twox_64(key)[..], key].concat()
}

fn set(stage: &Stage, key: Vec<u8>, value: Vec<u8>) {
    stage.chain().set_storage(vec![(key, Some(value))]).unwrap();
}

/// What the chain says to Alice's change of `immunity_period`, whatever the rules think of it.
async fn answer(stage: &Stage) -> String {
    let endpoint = Endpoint::parse(&stage.chain().url(), false).unwrap();
    let timeout = Duration::from_secs(30);
    let chain = Chain::connect(Connection { timeout, ..Connection::new(endpoint) }).await.unwrap();
    let mut snapshot = chain.latest(46).await.unwrap();
    snapshot.guards.swap = Known::Unset;
    snapshot.guards.lease = Known::Unset;
    snapshot.guards.safe_mode_until = Known::Unset;
    let wish = Wish { name: "immunity_period".to_owned(), value: Value::Uint(9_000) };
    let plan = Plan::build(&snapshot, &[wish], "test", &Terms::default());
    assert_eq!(plan.calls.len(), 1, "{plan:?}");
    let key = dev::unlock("alice").unwrap();
    let unsigned = chain.prepare(&plan.calls, &plan.origin, ALICE).await.unwrap();
    let signed = chain.sign(&unsigned, &|payload| key.sign(payload)).await.unwrap();
    match chain.preflight(&signed).await.unwrap() {
        Some(Ok(())) => "accepted".to_owned(),
        Some(Err(error)) => error.name,
        None => panic!("no preflight"),
    }
}

/// The status of the tool on the one wanted change: state, reason, error. What holds the owner up
/// `show` says in the same words.
#[track_caller]
fn status(stage: &Stage, line: &str) -> [String; 3] {
    let json = stage.expect(&format!("{line} --format json"), 0).json();
    let status = ["state", "reason", "error"]
        .map(|field| json["items"][0][field].as_str().unwrap_or_default().to_owned());
    if line == PLAN {
        let shown = stage.expect("show 46 --format json", 0).json();
        let from = &shown["hyperparameters"]["immunity_period"]["changeable_from"];
        let text = stage.expect("show 46", 0).stdout;
        let row = text.lines().find(|line| line.starts_with("immunity_period")).unwrap();
        if status[0] == "ready" {
            assert_eq!(shown["held"], serde_json::Value::Null);
            assert!(from.is_u64() && row.ends_with("now") && !text.contains("can change nothing"));
        } else {
            assert_eq!(shown["held"], status[1].as_str());
            assert!(from.is_null() && row.ends_with("held"), "{row}");
            let said = format!("The owner's key can change nothing: {}", status[1]);
            let lines = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(lines.contains(&said), "{said}: {text}");
        }
    }
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_change_nothing_is_told_why() {
    let stage = Stage::with_chain();
    assert_eq!(answer(&stage).await, "accepted");
    let [state, ..] = status(&stage, PLAN);
    assert_eq!(state, "ready");

    let [state, reason, error] = status(&stage, &format!("{PLAN} --signer {BOB}"));
    assert_eq!((state.as_str(), error.as_str()), ("not_permitted", "BadOrigin"));
    assert!(reason.contains(&format!("{BOB} is not the owner")), "{reason}");
    let [state, ..] = status(&stage, &format!("{PLAN} --signer {ALICE}"));
    assert_eq!(state, "ready");

    let stage = Stage::with_chain();
    let alice = dev::unlock("alice").unwrap().account();
    let announced = [&200_000u32.to_le_bytes()[..], &[7; 32]].concat();
    set(&stage, hashed("ColdkeySwapAnnouncements", &alice), announced);
    let [state, reason, error] = status(&stage, PLAN);
    assert_eq!(
        (state.as_str(), error.as_str()),
        ("not_permitted", "SubtensorModule.ColdkeySwapAnnounced")
    );
    assert!(reason.contains("coldkey swap is announced"), "{reason}");
    // The pool says it by a number of its own.
    assert_eq!(answer(&stage).await, "InvalidTransaction.Custom(0)");
    set(&stage, hashed("ColdkeySwapDisputes", &alice), 1u32.to_le_bytes().to_vec());
    let [_, reason, error] = status(&stage, PLAN);
    assert_eq!(error, "SubtensorModule.ColdkeySwapDisputed");
    assert!(reason.contains("disputed"), "{reason}");
    assert_eq!(answer(&stage).await, "InvalidTransaction.Custom(21)");

    let stage = Stage::with_chain();
    let key = [twox_128(b"SafeMode"), twox_128(b"EnteredUntil")].concat();
    set(&stage, key, 200_000u32.to_le_bytes().to_vec());
    let [state, reason, error] = status(&stage, PLAN);
    assert_eq!((state.as_str(), error.as_str()), ("not_permitted", "System.CallFiltered"));
    assert!(reason.contains("safe mode up to block 200000"), "{reason}");
    assert_eq!(answer(&stage).await, "System.CallFiltered");

    let stage = Stage::with_chain();
    stage.set_46("SubnetOwner", &[9; 32]);
    set(&stage, hashed("SubnetUidToLeaseId", &46u16.to_le_bytes()), 3u32.to_le_bytes().to_vec());
    // Beneficiary, coldkey, hotkey, share, end block, netuid, cost.
    let netuid = 46u16.to_le_bytes();
    let lease =
        [&alice[..], &[9; 32], &[8; 32], &[30], &[0], &netuid, &1u64.to_le_bytes()].concat();
    set(&stage, hashed("SubnetLeases", &3u32.to_le_bytes()), lease);
    let [state, reason, error] = status(&stage, PLAN);
    assert_eq!((state.as_str(), error.as_str()), ("not_permitted", "BadOrigin"));
    for part in ["lease 3", ALICE, "SubnetLeaseBeneficiary"] {
        assert!(reason.contains(part), "{reason}");
    }
    assert_eq!(answer(&stage).await, "BadOrigin");
}

#[test]
fn a_setter_that_the_catalog_does_not_know_goes_only_when_asked_for() {
    let stage = Stage::with_chain();
    let shown = stage.expect("show 46 --format json", 0).json();
    assert_eq!(shown["unknown"]["rao_recycled"], "0");
    // The chain's own code says that only root may.
    let asked = stage.expect("plan 46 --set rao_recycled=5", 0).stdout;
    let words = asked.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("own code refuses it now: BadOrigin"), "{asked}");

    let line = "plan 46 --set rao_recycled=5 --allow-unknown --no-simulate";
    let run = stage.expect(line, 0);
    for part in ["rao_recycled", "0 → 5", "HP101", "AdminUtils.sudo_set_rao_recycled"] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    assert_eq!(stage.expect(line, 0).stdout, run.stdout);
    let run = stage.expect("plan 46 --set rao_recycled=many --allow-unknown", 0);
    assert!(run.stdout.contains("must be an integer, as it is now"), "{}", run.stdout);
    stage.fails("plan 46 --set no_such_thing=5 --allow-unknown --at-block 1", 4, "block 1", "");

    // Only root may: the chain has the last word, before anything is sent.
    let apply = "apply 46 --set rao_recycled=5 --allow-unknown --no-simulate --dev-key alice --yes";
    stage.fails_later(apply, 6, "refused rao_recycled: BadOrigin", "");
    assert_eq!(stage.expect("show 46 --format json", 0).json()["unknown"]["rao_recycled"], "0");

    let run = stage.expect("plan 46 --set no_such_thing=5 --allow-unknown", 0);
    assert!(run.stdout.contains("does not know how no_such_thing is set"), "{}", run.stdout);
}

#[test]
fn a_plan_for_a_block_to_come_says_what_goes_there() {
    let stage = Stage::with_chain();
    stage.expect("apply 46 --set immunity_period=9000 --dev-key alice --yes", 0);
    let plan = "plan 46 --set immunity_period=9100 --format json";
    let item = |line: &str| stage.expect(line, 0).json()["items"][0].clone();
    let later = item(plan);
    assert_eq!(later["state"], "later", "{later}");
    let block = later["from_block"].as_u64().unwrap();
    assert_eq!(item(&format!("{plan} --at-block {}", block - 1))["state"], "later");
    assert_eq!(item(&format!("{plan} --at-block {block}"))["state"], "ready");

    let shown = stage.expect("show 46 --format json", 0).json();
    assert_eq!(shown["hyperparameters"]["immunity_period"]["changeable_from"], block);
    let schedule = &shown["schedule"];
    let number = |name: &str| schedule[name].as_u64().unwrap();
    assert_eq!(schedule["frozen"], false, "{schedule}");
    assert_eq!(number("frozen_from") + 9, number("next_epoch"), "{schedule}");
    let text = stage.expect("show 46", 0).stdout;
    for part in [
        format!("; next: block {}", number("next_epoch")),
        format!("frozen from block {}", number("frozen_from")),
        block.to_string(),
    ] {
        assert!(text.contains(&part), "{part}: {text}");
    }
}
