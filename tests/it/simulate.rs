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
    // A hyperparameter, another one with its bound, and the error of that bound.
    let newer = "liquid_alpha_consensus_mode,collateral_drain_ratio,\
                 AdminUtils.CollateralDrainRatioOutOfBounds";
    command.env("SUBTUNE_FORGET", newer);
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

/// A call that fails inside a proxy still "succeeds" on the chain: the trial names its error before, and it
/// is the one that then comes.
#[test]
fn what_fails_inside_a_proxy_is_seen_before_it_is_signed() {
    const ERROR: &str = "AdminUtils.CollateralDrainRatioOutOfBounds";
    let stage = with_proxies(Seal::Instant, &[("charlie", OWNER, 0), ("dave", ANY, 0)]);
    stage.lift_rate_limit();
    for delegate in ["charlie", "dave"] {
        let change = "--set rho=11 --set collateral_drain_ratio=0";
        let line = format!("{change} --proxy-for {ALICE} --signer {}", ss58(delegate));
        let plan = forgetful(&stage, &format!("plan 46 {line} --format json"), 0).json();
        let items = plan["items"].as_array().unwrap();
        let drain = items.iter().find(|item| item["name"] == "collateral_drain_ratio").unwrap();
        let reason = drain["reason"].as_str().unwrap();
        assert!(reason.contains(ERROR), "{delegate}: {reason}");
        // What the code takes is tried, and goes.
        assert_eq!(plan["simulation"]["state"], "accepted", "{plan}");
        let apply = format!(
            "apply 46 --set collateral_drain_ratio=0 --proxy-for {ALICE} --dev-key {delegate} --yes \
             --no-simulate --allow-unknown"
        );
        let after = forgetful(&stage, &apply, 6);
        assert!(after.stderr.contains(ERROR), "{delegate}: {}", after.stderr);
    }
}

/// A name that neither the catalog nor the chain knows is a mistake, as it was.
#[test]
fn a_name_that_the_chain_does_not_know_either_is_refused() {
    let stage = Stage::with_chain();
    stage.fails("plan 46 --set xyzzy=1", 4, "unknown hyperparameter xyzzy", "");
    // One that looks misspelt needs no chain.
    Stage::offline().fails("plan 46 --set immunity_periode=1", 4, "immunity_periode", "");
}

/// The sentence of a text on one line, as the terminal folds it.
fn unfolded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const LIMITED: &str = "SubtensorModule.TxRateLimitExceeded";
const FROZEN: &str = "SubtensorModule.AdminActionProhibitedDuringWeightsWindow";

/// A rate limit ends in a block that the rules work out: the code says the same, with an epoch
/// in between and without one.
#[test]
fn the_code_confirms_when_a_rate_limit_ends() {
    let stage = Stage::with_chain();
    stage.expect("apply 46 --set immunity_period=9000 --dev-key alice --yes", 0);
    let line = "plan 46 --set immunity_period=9500";
    let later = |stage: &Stage| {
        let json = stage.expect(&format!("{line} --json"), 0).json();
        assert_eq!(json["items"][0]["from_block"], 100_722, "{json}");
        json["items"][0]["confirmed"].clone()
    };
    let expected = |epoch: Value| json!({ "refused_at": 100_721, "error": LIMITED, "accepted_at": 100_722, "epoch": epoch });
    assert_eq!(later(&stage), expected(json!(100_620)));
    let text = unfolded(&stage.expect(line, 0).stdout);
    let says = "Confirmed by the chain's own code: immunity_period is refused in block 100721 \
                (TxRateLimitExceeded) and accepted in block 100722, if the epoch of block 100620 \
                runs on time";
    assert!(text.contains(says), "{text}");
    let markdown = unfolded(&stage.expect(&format!("{line} --format markdown"), 0).stdout);
    assert!(markdown.contains("is refused in block 100721 (TxRateLimitExceeded)"), "{markdown}");
    let without = stage.expect(&format!("{line} --no-simulate --json"), 0).json();
    assert_eq!(without["items"][0]["confirmed"], Value::Null);
    // Once that epoch has run nothing has to be foretold.
    stage.chain().new_blocks(650).unwrap();
    assert_eq!(later(&stage), expected(Value::Null));
}

/// A plan for a later block is tried in that block, as the schedule foretells it: in the freeze window,
/// at the epoch that ends it, and long after.
#[test]
fn a_plan_for_a_later_block_is_tried_in_it() {
    let stage = Stage::with_chain();
    let line = "plan 46 --set immunity_period=9000";
    let at = |block: u64| stage.expect(&format!("{line} --at-block {block} --json"), 0).json();
    for (block, refused, error, epoch) in [
        (100_100, Value::Null, Value::Null, Value::Null),
        (100_260, json!(100_259), json!(FROZEN), json!(100_260)),
        (101_500, Value::Null, Value::Null, json!(101_340)),
    ] {
        let plan = at(block);
        let simulation = &plan["simulation"];
        assert_eq!(
            [&simulation["state"], &simulation["block"]],
            [&json!("accepted"), &json!(block)]
        );
        let confirmed = json!({
            "refused_at": refused, "error": error, "accepted_at": block, "epoch": epoch
        });
        assert_eq!(simulation["confirmed"], confirmed, "{block}");
        assert_eq!(plan["findings"], json!([]), "{block}");
        let others = simulation["effects"].as_array().unwrap().iter();
        let others = others.filter(|it| it["name"].is_null() && it["clock_of"].is_null());
        assert_eq!(others.count(), 0, "what was planted is no effect: {simulation}");
    }
    let frozen = at(100_255);
    assert_eq!(frozen["items"][0]["confirmed"]["refused_at"], 100_259, "{frozen}");
    // What both blocks accept is no boundary, and is told as such.
    let text = unfolded(&stage.expect(&format!("{line} --at-block 100100"), 0).stdout);
    assert!(text.contains("accepted in block 100099 and in block 100100"), "{text}");
    assert!(text.contains("or rolled back from block 100820 ("), "two tempos after it: {text}");
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

/// Each stage is tried on what the stages before it leave.
#[test]
fn stages_are_tried_one_after_the_other() {
    /// The rate-limit slot of `min_burn`.
    const MIN_BURN: u8 = 11;
    let stage = Stage::with_chain();
    stage.set_46("MinBurn", &600_000_000u64.to_le_bytes());
    stage.set_46("MaxBurn", &700_000_000u64.to_le_bytes());
    stage.just_changed(MIN_BURN);
    // The new minimum is above the old maximum.
    let line = "46 --set min_burn=800000000 --set max_burn=900000000 --set epoch_consensus=null";
    let plan = stage.expect(&format!("plan {line} --staged --json"), 0).json();
    let stages = plan["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 2, "{plan}");
    let first = stages[0]["confirmed"].clone();
    assert_eq!([&first["refused_at"], &first["epoch"]], [&Value::Null, &Value::Null]);
    assert_eq!(stages[1]["changes"], json!(["min_burn"]));
    assert_eq!(stages[1]["confirmed"]["accepted_at"], stages[1]["from_block"]);
    assert_eq!(stages[1]["confirmed"]["error"], LIMITED);
    for (stage, others) in stages.iter().zip([true, false]) {
        let effects = stage["simulation"]["effects"].as_array().unwrap();
        assert_eq!(effects.iter().any(|effect| effect["name"] == "max_validators"), others);
    }
    let text = stage.expect(&format!("plan {line} --staged"), 0).stdout;
    assert_eq!(text.matches("Confirmed by the chain's own code:").count(), 2, "{text}");
    assert!(text.contains("Also changes:\n  max_validators 64 → 1\n"), "{text}");
    let without = stage.expect(&format!("plan {line} --staged --no-simulate"), 0).stdout;
    assert!(!without.contains("own code"), "{without}");
    // Where there is no code, that is said once.
    stage.chain().set_storage(vec![(b":code".to_vec(), None)]).unwrap();
    let gone = stage.expect(&format!("plan {line} --staged"), 0).stdout;
    assert_eq!(gone.matches("own code cannot be run:").count(), 1, "{gone}");
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
