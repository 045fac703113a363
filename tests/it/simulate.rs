//! Plans on the chain's own code: before there is a key, and equal to what then happens.

use std::process::Command;

use serde_json::{Value, json};
use subtune_chain::{Chain, ConnectOptions, Endpoint};
use subtune_devnet::Seal;
use subtune_model::ports::{ChainRead as _, Simulate as _};
use subtune_model::simulation::Trial;
use subtune_model::terms::Terms;
use subtune_model::{origin::Origin, plan::Plan, plan::Wish};

use crate::origins::{ANY, OWNER, TWO, ss58, with_multisig, with_proxies};
use crate::support::{ALICE, Run, Stage};

const STORY: &str = "--set weights_rate_limit=360 --set adjustment_alpha=17893341751498264576 \
                     --set immunity_period=12000";

fn simulation(stage: &Stage, line: &str) -> Value {
    stage.expect(&format!("{line} --format json"), 0).json()["simulation"].clone()
}

/// No wallet, no key, no signature: the chain's own code says the same as the rules.
#[test]
fn the_story_is_tried_without_any_key() {
    let stage = Stage::with_chain();
    let plan = stage.expect(&format!("plan 46 {STORY}"), 0).stdout;
    for part in [
        "Tried on the chain's own code (runtime 475): accepted, 2 of 2 calls took effect,\n  fee \
         0.00048536 TAO",
        "Fee: about 0.00048536 TAO",
        "!  weights_rate_limit",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    assert!(!plan.contains("HP115"), "{plan}");
    let simulation = simulation(&stage, &format!("plan 46 {STORY}"));
    assert_eq!(simulation["state"], "accepted");
    assert_eq!(simulation["spec_version"], 475);
    assert_eq!(simulation["fee_rao"], "485360");
    let effects = simulation["effects"].as_array().unwrap();
    let effect = |name: &str| effects.iter().find(|effect| effect["name"] == name).unwrap();
    let immunity = effect("immunity_period");
    assert_eq!([&immunity["from"], &immunity["to"]], ["7200", "12000"]);
    let alpha = effect("adjustment_alpha");
    assert_eq!(
        [&alpha["from"], &alpha["to"]],
        ["14757395258967641292", "17893341751498264576"],
        "to the last bit"
    );
    assert!(effects.iter().any(|effect| effect["clock_of"] == "immunity_period"));
    // What was tried has gone nowhere.
    assert_eq!(stage.chain().pending(), 0);
}

/// What the code says before is what the chain does after.
#[test]
fn what_was_tried_is_what_then_happens() {
    let stage = Stage::with_chain();
    let line = "--set tempo=400 --set mechanism_count=2 --set epoch_consensus=null";
    let tried = simulation(&stage, &format!("plan 46 {line}"));
    let shown = stage.expect(&format!("plan 46 {line}"), 0).stdout;
    assert!(shown.contains("Also changes:\n  max_validators 64 → 1\n"), "{shown}");
    let apply = format!("apply 46 {line} --dev-key alice --yes --format json");
    let applied = stage.expect(&apply, 0).json();
    assert_eq!(applied["outcome"], "applied");
    assert_eq!(tried["fee_rao"], applied["receipt"]["fee_rao"]);
    let now = stage.expect("snapshot 46 --format json", 0).json();
    for effect in tried["effects"].as_array().unwrap() {
        let Some(name) = effect["name"].as_str() else { continue };
        let (raw, to) = (&now["hyperparameters"][name]["raw"], &effect["to"]);
        assert_eq!(raw, to, "{name}");
    }
}

/// What is inside a proxy or a multisig is seen before anybody signs, as no preflight can.
#[test]
fn results_inside_are_seen_before_the_signature() {
    let stage = with_proxies(Seal::Instant, &[("charlie", OWNER, 0), ("dave", ANY, 0)]);
    for (delegate, shape) in [("charlie", "NOT all or nothing"), ("dave", "all or nothing")] {
        let line = format!("plan 46 {TWO} --proxy-for {ALICE} --signer {}", ss58(delegate));
        let text = stage.expect(&line, 0).stdout;
        assert!(text.contains(shape) && text.contains("2 of 2 calls took effect"), "{text}");
        let tried = simulation(&stage, &line);
        let refused = tried["calls"].as_array().unwrap().iter().filter(|call| call["ok"] != true);
        assert_eq!((&tried["state"], refused.count()), (&json!("accepted"), 0));
    }
    // And what then happens is what was seen.
    let line = format!("plan 46 {TWO} --proxy-for {ALICE} --signer {}", ss58("charlie"));
    let applied = format!("apply 46 {TWO} --proxy-for {ALICE} --dev-key charlie --yes");
    let tried = simulation(&stage, &line);
    let done = stage.expect(&format!("{applied} --format json"), 0).json();
    assert_eq!(done["outcome"], "applied");
    assert_eq!(tried["fee_rao"], done["receipt"]["fee_rao"], "{tried}");
}

/// A proposal runs nothing yet: what its calls will come to is seen as the account makes them.
#[test]
fn a_proposal_is_tried_as_its_last_approval_will_run_it() {
    let stage = with_multisig(Seal::Instant, 2);
    let all = ["charlie", "dave", "eve"].map(ss58).join(",");
    let plan = |name: &str| {
        format!("plan 46 {TWO} --multisig {all} --threshold 2 --signer {}", ss58(name))
    };
    let text = stage.expect(&plan("charlie"), 0).stdout;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("as the last approval will run it: accepted"), "{text}");
    assert!(!text.contains("judged by subtune's rules"), "{text}");
    let propose = "--dev-key charlie --yes --format json";
    stage.expect(&format!("apply 46 {TWO} --multisig {all} --threshold 2 {propose}"), 0);
    let tried = simulation(&stage, &plan("dave"));
    assert_eq!(tried["calls"].as_array().unwrap().len(), 2);
    let approve = "--dev-key dave --yes --format json";
    let line = format!("apply 46 {TWO} --multisig {all} --threshold 2 {approve}");
    let done = stage.expect(&line, 0).json();
    assert_eq!(done["outcome"], "applied");
    assert_eq!(tried["fee_rao"], done["receipt"]["fee_rao"], "{tried}");
}

#[test]
fn it_can_be_left_out_and_says_why_it_could_not_be_done() {
    let stage = Stage::with_chain();
    let line = format!("plan 46 {STORY}");
    let without = stage.expect(&format!("{line} --no-simulate"), 0).stdout;
    assert!(!without.contains("own code"), "{without}");
    assert_eq!(simulation(&stage, &format!("{line} --no-simulate")), Value::Null);
    // A chain that keeps no code where every other one does.
    let code = b":code".to_vec();
    stage.chain().set_storage(vec![(code, None)]).unwrap();
    let run = stage.expect(&line, 0).stdout;
    assert!(run.contains("The chain's own code cannot be run: it keeps no code"), "{run}");
    let simulation = simulation(&stage, &line);
    assert_eq!(simulation["state"], "unavailable");
    let broken = [b"\x52\xbc\x53\x76\x46\xdb\x8e\x05".as_slice(), b"nothing"].concat();
    stage.chain().set_storage(vec![(b":code".to_vec(), Some(broken))]).unwrap();
    let run = stage.expect(&line, 0).stdout;
    assert!(run.contains("the code cannot be unpacked"), "{run}");
    // The rules alone are enough to go on with.
    stage.expect(&format!("apply 46 {STORY} --skip-blocked --dev-key alice --yes --dry-run"), 0);
}

/// What was fetched is told, and is not fetched twice; another runtime can be asked in its place.
#[test]
fn the_code_is_told_and_another_can_be_tried() {
    let stage = Stage::with_chain();
    let told = || stage.expect("explain --runtime --format json", 0).json();
    let (first, second) = (told(), told());
    assert_eq!([&first["kept"], &second["kept"]], [false, true]);
    assert_eq!(first["spec_version"], 475);
    assert_eq!(first["bytes"], subtune_devnet::WASM.len());
    let text = stage.expect("explain --runtime", 0).stdout;
    assert!(text.contains("27 imported, 2 not offered"), "{text}");

    let line = "plan 46 --set immunity_period=9000";
    let own = simulation(&stage, line);
    assert_eq!(own["code_hash"], first["code_hash"]);
    stage.write("next.wasm", subtune_devnet::WASM);
    let next = simulation(&stage, &format!("{line} --offline-runtime next.wasm"));
    assert_eq!((&next["state"], &next["effects"]), (&own["state"], &own["effects"]));
    stage.write("none.wasm", "no runtime");
    let wrong = format!("{line} --offline-runtime none.wasm");
    stage.fails(&wrong, 4, "the runtime cannot be used: the code is not wasm", "its release");
}

fn forgetful(stage: &Stage, line: &str, code: i32) -> Run {
    let mut command: Command = stage.command(line);
    command.env("SUBTUNE_FORGET", "liquid_alpha_consensus_mode,collateral_drain_ratio");
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, code, "{line}\n{}\n{}", run.stdout, run.stderr);
    run
}

/// What no rule knows is decided by the code alone: planned, applied, proved, rolled back, and
/// refused with the chain's own error, without anybody having to allow it.
#[test]
fn what_no_rule_knows_is_decided_by_the_code() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let mode = "--set liquid_alpha_consensus_mode=Previous";
    let plan = forgetful(&stage, &format!("plan 46 {mode}"), 0).stdout;
    for part in ["HP114", "accepted, the call took effect", "Auto → Previous"] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    let drain = "plan 46 --set collateral_drain_ratio=0";
    let refused = forgetful(&stage, drain, 0).stdout;
    assert!(refused.contains("CollateralDrainRatioOutOfBounds"), "{refused}");
    assert!(refused.contains("0 to change, 1 blocked"), "{refused}");
    // Where the code is not asked, somebody has to allow it.
    let without = forgetful(&stage, &format!("plan 46 {mode} --no-simulate --allow-unknown"), 0);
    assert!(without.stdout.contains("HP101"), "{}", without.stdout);

    let apply = format!("apply 46 {mode} --dev-key alice --yes --format json");
    assert_eq!(forgetful(&stage, &apply, 0).json()["outcome"], "applied");
    let show = forgetful(&stage, "show 46 --format json", 0).json();
    assert_eq!(show["unknown"]["liquid_alpha_consensus_mode"], json!("Previous"));
    forgetful(&stage, "rollback 46 --dev-key alice --yes", 0);
    let show = forgetful(&stage, "show 46 --format json", 0).json();
    assert_eq!(show["unknown"]["liquid_alpha_consensus_mode"], json!("Auto"));
}

/// A name that neither the catalog nor the chain knows is a mistake, as it was.
#[test]
fn a_name_that_the_chain_does_not_know_either_is_refused() {
    let stage = Stage::with_chain();
    stage.fails("plan 46 --set xyzzy=1", 4, "unknown hyperparameter xyzzy", "");
    // One that looks misspelt needs no chain.
    Stage::offline().fails("plan 46 --set immunity_periode=1", 4, "immunity_periode", "");
}

/// The next block may be that of an epoch: what the chain notes then is there when calls run.
#[test]
fn the_block_of_an_epoch_is_tried_as_it_will_be() {
    let stage = Stage::with_chain();
    stage.chain().new_blocks(258).unwrap();
    assert_eq!(stage.chain().head().0, 100_259);
    let plan = stage.expect("plan 46 --set immunity_period=9000", 0).stdout;
    assert!(plan.contains("accepted, the call took effect"), "{plan}");
    assert!(!plan.contains("HP115") && !plan.contains("LastEpochBlock"), "{plan}");
}

/// A block further away than a transaction is valid, with an epoch in between.
#[test]
fn a_far_block_is_tried_as_it_will_be() {
    let stage = Stage::with_chain();
    for block in [100_100, 100_260, 101_500] {
        let line = format!("plan 46 --set immunity_period=9000 --at-block {block}");
        let tried = simulation(&stage, &line);
        assert_eq!([&tried["state"], &tried["block"]], [&json!("accepted"), &json!(block)]);
        let again = format!("or rolled back from block {} (", block + 720);
        assert!(stage.expect(&line, 0).stdout.contains(&again), "two tempos after it");
    }
}

/// What a simulation makes has no signature: sent by force, every node refuses it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_simulated_can_never_be_sent() {
    let stage = Stage::with(Seal::Manual);
    let endpoint = Endpoint::parse(&stage.chain().url(), false).unwrap();
    let chain = Chain::connect(ConnectOptions::new(endpoint)).await.unwrap();
    let snapshot = chain.latest(46).await.unwrap();
    let wish = Wish {
        name: "immunity_period".to_owned(),
        value: subtune_model::value::Value::Uint(9_000),
    };
    let calls = Plan::build(&snapshot, &[wish], "test", &Terms::default()).calls;
    let trial = Trial {
        calls,
        origin: Origin::Direct,
        signer: ALICE.to_owned(),
        lent: false,
        block: 100_001,
        epochs: None,
        after: None,
    };
    let simulation =
        chain.simulate(46, &snapshot.block.hash, std::slice::from_ref(&trial)).await.unwrap();
    assert_eq!(simulation.tried[0].result, Ok(()));
    let bytes = chain.unsigned_bytes(&trial, &snapshot.block.hash).await.unwrap();
    let refused = stage.chain().submit(&bytes).unwrap_err().to_string();
    assert!(refused.contains("BadProof") || refused.contains("bad signature"), "{refused}");
    assert_eq!(stage.chain().pending(), 0);
}
