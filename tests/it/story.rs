//! The owner's story, with the real tool on a real local chain.

use std::process::Stdio;

use subtune_devnet::{Options, Seal};

use crate::support::{Run, Stage};

const EXACT: &str = "14757395258967641292";

#[test]
fn the_plan_says_what_can_go_what_cannot_and_what_is_dead() {
    let stage = Stage::with_chain();
    let run = stage.expect("plan 46 --profile subnet13-aligned --format json", 0);
    let plan = run.json();
    let item = |name: &str| {
        plan["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap().clone()
    };
    assert_eq!(item("immunity_period")["state"], "ready");
    assert_eq!(item("immunity_period")["from"], "7200");
    assert_eq!(item("immunity_period")["no_effect"], serde_json::Value::Null);
    assert_eq!(item("weights_rate_limit")["state"], "not_permitted");
    assert_eq!(item("weights_rate_limit")["error"], "BadOrigin");
    assert_eq!(item("adjustment_alpha")["state"], "no_effect");
    assert_eq!(item("adjustment_alpha")["from"], EXACT);
    assert!(item("adjustment_alpha")["no_effect"].is_string());
    assert_eq!(plan["calls"].as_array().unwrap().len(), 2);
    assert!(plan["fee_rao"].as_str().unwrap().parse::<u64>().unwrap() > 0);
    stage.expect("plan 46 --profile subnet13-aligned --detailed-exitcode", 3);
    stage.expect("plan 46 --profile subnet46-2025 --detailed-exitcode", 0);
    assert!(!stage.path("state").exists(), "a plan writes nothing");
}

#[test]
fn apply_and_rollback_restore_every_bit() {
    let stage = Stage::with_chain();
    let told = stage.expect("snapshot 46 --output before.yaml", 0).stdout;
    // Whether the subnet is leased was not asked, so that nothing failed.
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(stage.read("before.yaml").contains(&format!("adjustment_alpha: {EXACT}\n")));

    stage.expect("apply 46 --profile subnet13-aligned --dev-key alice --yes", 6);
    stage.expect("diff 46 before.yaml --detailed-exitcode", 0);
    let line = "apply 46 --profile subnet13-aligned --skip-blocked --dev-key alice --yes";
    let applied = stage.expect(&format!("{line} --format json"), 0).json();
    assert_eq!(applied["outcome"], "applied");
    assert_eq!(applied["receipt"]["changes"].as_array().unwrap().len(), 2);
    assert!(stage.expect("diff 46 subnet13-aligned", 0).stdout.contains("1 difference\n"));

    let refused = stage.expect("rollback 46 --last --dev-key alice --yes", 6);
    let block = applied["receipt"]["block"].as_u64().unwrap() + 720;
    assert!(refused.stderr.contains(&format!("block {block} (")), "{}", refused.stderr);

    // One block early it is refused, at the told block it goes.
    let head = u64::from(stage.chain().head().0);
    stage.chain().new_blocks(u32::try_from(block - head - 2).unwrap()).unwrap();
    stage.expect("rollback 46 --last --dev-key alice --yes", 6);
    stage.chain().new_blocks(1).unwrap();
    let back = stage.expect("rollback 46 --last --dev-key alice --yes --format json", 0).json();
    assert_eq!(back["receipt"]["block"], block);
    stage.expect("snapshot 46 --output after.yaml", 0);
    stage.expect("diff before.yaml after.yaml --detailed-exitcode", 0);
    let values = |file: &str| {
        let text = stage.read(file);
        let (_, rest) = text.split_once("hyperparameters:\n").unwrap();
        rest.lines().take_while(|line| line.starts_with(' ')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(values("before.yaml"), values("after.yaml"));
    stage.expect("rollback 46 --last --dev-key alice --yes", 6);
    let history = stage.expect("history 46 --format json", 0).json();
    let outcomes: Vec<_> = history["receipts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|receipt| (receipt["action"].as_str().unwrap(), receipt["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(outcomes, [("apply", "applied"), ("rollback", "applied")]);
}

#[test]
fn ten_changes_are_one_extrinsic() {
    let stage = Stage::with_chain();
    let set = "--set immunity_period=40h --set min_allowed_weights=4 --set max_burn=200TAO \
               --set min_burn=0.001TAO --set liquid_alpha_enabled=true --set alpha_low=40000 \
               --set alpha_high=50000 --set serving_rate_limit=100 --set bonds_penalty=0 \
               --set burn_half_life=720 --set owner_cut_auto_lock_enabled=true \
               --set tempo=720";
    let run = stage.expect(&format!("apply 46 {set} --dev-key alice --yes --format json"), 0);
    let receipt = &run.json()["receipt"];
    assert_eq!(receipt["changes"].as_array().unwrap().len(), 12);
    let calls: Vec<_> = receipt["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["call"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(calls.len(), 11, "the alpha values share a call");
    let place = |name: &str| calls.iter().position(|call| call == name).unwrap();
    assert!(place("sudo_set_liquid_alpha_enabled") < place("sudo_set_alpha_values"));
    assert_eq!(place("sudo_set_tempo"), calls.len() - 1, "a raised tempo goes last");
    assert_eq!(stage.chain().pending(), 0);

    // The way back: the values first, then liquid alpha off; the lower tempo first.
    stage.chain().new_blocks(1_500).unwrap();
    let back = stage.expect("rollback 46 --dev-key alice --yes --format json", 0).json();
    let calls: Vec<_> = back["receipt"]["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["call"].as_str().unwrap().to_owned())
        .collect();
    let place = |name: &str| calls.iter().position(|call| call == name).unwrap();
    assert!(place("sudo_set_alpha_values") < place("sudo_set_liquid_alpha_enabled"));
    assert_eq!(place("sudo_set_tempo"), 0);
}

#[test]
fn burns_are_raised_from_above_and_lowered_from_below() {
    let stage = Stage::with_chain();
    let order = |line: &str| {
        let run = stage.expect(&format!("apply 46 {line} --dev-key alice --yes --format json"), 0);
        run.json()["receipt"]["calls"]
            .as_array()
            .unwrap()
            .iter()
            .map(|call| call["call"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = order("--set min_burn=0.5TAO --set max_burn=0.6TAO");
    assert_eq!(first.len(), 2);
    stage.chain().new_blocks(760).unwrap();
    let raise = order("--set min_burn=0.9TAO --set max_burn=2TAO");
    assert_eq!(raise, ["sudo_set_max_burn", "sudo_set_min_burn"]);
    stage.chain().new_blocks(760).unwrap();
    let lower = order("--set min_burn=0.1TAO --set max_burn=0.2TAO");
    assert_eq!(lower, ["sudo_set_min_burn", "sudo_set_max_burn"]);
}

#[test]
fn a_saved_plan_is_refused_once_something_moved() {
    let stage = Stage::with_chain();
    stage.expect("plan 46 --set immunity_period=9000 --out plan.yaml", 0);
    stage.expect("apply 46 --set immunity_period=8000 --dev-key alice --yes", 0);
    let stale = stage.expect("apply --plan plan.yaml --dev-key alice --yes", 6);
    assert!(stale.stderr.contains("immunity_period: 7200 then, 8000 now"), "{}", stale.stderr);
    stage.expect("plan 46 --set max_burn=50TAO --out second.yaml", 0);
    let run = stage.expect("apply --plan second.yaml --dev-key alice --yes --format json", 0);
    assert_eq!(run.json()["outcome"], "applied");
}

#[test]
fn what_others_changed_meanwhile_needs_force() {
    let stage = Stage::with_chain();
    stage.expect("apply 46 --set owner_cut_enabled=false --dev-key alice --yes", 0);
    let receipt = stage.expect("history 46 --format json", 0).json()["receipts"][0].clone();
    let file = receipt["rollback"].as_str().unwrap().to_owned();
    let text = stage.read(&file).replace("owner_cut_enabled: false", "immunity_period: 5000");
    let mine =
        stage.write("mine.yaml", text.replace("owner_cut_enabled: true", "immunity_period: 6000"));
    let line = format!("rollback 46 --to {} --dev-key alice --yes", mine.display());
    let refused = stage.expect(&line, 6);
    assert!(
        refused.stderr.contains("immunity_period is 7200, was set to 5000"),
        "{}",
        refused.stderr
    );
    stage.expect(&format!("{line} --force"), 0);
    stage.expect("diff 46 mine.yaml --detailed-exitcode", 0);
}

#[test]
fn a_dry_run_writes_nothing_and_needs_no_wallet() {
    let stage = Stage::with_chain();
    let run = stage.expect("apply 46 --set immunity_period=9000 --dry-run", 0);
    assert!(run.stdout.contains("Dry run"));
    assert!(!stage.path("state").exists());
    assert_eq!(stage.chain().pending(), 0);
    stage.expect("diff 46 subnet46-2025 --detailed-exitcode", 0);
}

#[test]
fn reads_are_few_and_metadata_is_kept() {
    let stage = Stage::with_chain();
    let cold = stage.expect("show 46 -v", 0);
    let warm = stage.expect("show 46 -v", 0);
    let numbers = |text: &str| {
        let line = text.lines().find(|line| line.contains("requests")).unwrap().to_owned();
        line.split(|c: char| !c.is_ascii_digit())
            .filter_map(|part| part.parse::<u64>().ok())
            .collect::<Vec<_>>()
    };
    // The URL has five numbers of its own.
    let (cold, warm) = (numbers(&cold.stderr), numbers(&warm.stderr));
    assert_eq!((cold[5], warm[5]), (8, 7));
    assert!(cold[7] > 100_000 && warm[7] < 20_000, "{cold:?} {warm:?}");
}

#[test]
fn finality_is_waited_for() {
    let stage =
        Stage::with_options(Options { seal: Seal::Manual, finality_lag: 3, ..Options::default() });
    let line = "apply 46 --set immunity_period=9000 --dev-key alice --yes --format json";
    let mut command = stage.command(line);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while stage.chain().pending() == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended without sending");
        std::thread::yield_now();
    }
    stage.chain().new_blocks(3).unwrap();
    assert!(child.try_wait().unwrap().is_none(), "in a block, but that is not final yet");
    stage.chain().new_blocks(1).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    let block = run.json()["receipt"]["block"].as_u64().unwrap();
    assert_eq!(u64::from(stage.chain().head().0), block + 3);
}
