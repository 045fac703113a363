//! Signing on a machine without a network: plan here, sign there, submit here.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{ALICE, BOB, Run, Stage};

const PLAN: &str =
    "plan 46 --set immunity_period=12000 --set max_burn=2000000000 --unsigned t.json";
const SIGN: &str = "sign t.json --dev-key alice --yes";
const SUBMIT: &str = "submit t.signed.json --yes";

/// Whether this system lets a test take the network away from a program.
fn can_unshare() -> bool {
    Command::new("unshare").args(["-rn", "true"]).output().is_ok_and(|run| run.status.success())
}

/// The tool where no network can be reached: in a namespace that has none, or else with an address
/// at which nobody listens.
fn cold(stage: &Stage, line: &str) -> Run {
    let tool = env!("CARGO_BIN_EXE_subtune");
    let mut command = if can_unshare() {
        let mut command = Command::new("unshare");
        command.args(["-rn", tool]);
        command
    } else {
        Command::new(tool)
    };
    stage.prepare(&mut command, line);
    Run::of(command.env("BT_NETWORK", "ws://127.0.0.1:1").output().unwrap())
}

fn planned() -> Stage {
    let stage = Stage::with_chain();
    stage.expect(PLAN, 0);
    stage
}

fn signed() -> Stage {
    let stage = planned();
    let run = cold(&stage, SIGN);
    assert_eq!(run.code, 0, "{run:?}");
    stage
}

fn file(stage: &Stage, name: &str) -> Value {
    serde_json::from_str(&stage.read(name)).unwrap()
}

#[test]
fn three_commands_end_in_a_verified_change() {
    let stage = Stage::with_chain();
    let head = stage.chain().head().0;
    let plan = stage.expect(PLAN, 0);
    assert!(plan.stdout.contains("Written to t.json"), "{}", plan.stdout);
    assert!(plan.stdout.contains("Sign it with `subtune sign /"), "{}", plan.stdout);

    let run = cold(&stage, SIGN);
    assert_eq!(run.code, 0, "{run:?}");
    for shown in [
        "Call     AdminUtils.sudo_set_immunity_period: netuid 46, immunity_period 12000 (1d 16h)",
        "Call     AdminUtils.sudo_set_max_burn: netuid 46, max_burn 2000000000 (2 TAO)",
        "Chain    local, genesis 0x",
        &format!("Signer   {ALICE}, nonce 0"),
        &format!("Valid    before block {} (256 blocks, about 20", head - 1 + 256),
        "Runtime  475, metadata digest 0x",
        "Fee      not in the file: `subtune plan` and `subtune submit` show it",
    ] {
        assert!(run.stderr.contains(shown), "«{shown}» is not in: {}", run.stderr);
    }
    assert!(!stage.path("state").exists());
    assert_eq!(stage.chain().head().0, head);

    // The walk back takes a while.
    stage.chain().new_blocks(100).unwrap();
    let run = stage.expect(&format!("{SUBMIT} --format json"), 0).json();
    assert_eq!(run["outcome"], "applied", "{run}");
    let receipt = std::fs::read_to_string(stage.receipt()).unwrap();
    assert!(receipt.contains("immunity_period") && receipt.contains("state: applied"), "{receipt}");
    assert_eq!(stage.records(".rollback.yaml").len(), 1);
    let now = stage.expect("show 46 --format json", 0).json();
    assert_eq!(now["hyperparameters"]["immunity_period"]["raw"], "12000");
    assert_eq!(now["hyperparameters"]["max_burn"]["raw"], "2000000000");
    // Once is enough, and the second run says so.
    let head = stage.chain().head();
    let again = stage.expect(&format!("{SUBMIT} --format json"), 0).json();
    assert_eq!(
        (&again["outcome"], &again["receipt"]["id"]),
        (&run["outcome"], &run["receipt"]["id"])
    );
    let again = stage.expect(SUBMIT, 0);
    assert!(again.stderr.contains("not sent again"), "{again:?}");
    assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
    // From another machine: the chain tells it, there is no record.
    let line = format!("{SUBMIT} --state-dir elsewhere");
    stage.fails(
        &line,
        6,
        "sent before, from elsewhere: the transaction is in block",
        "subtune show",
    );
}

#[track_caller]
fn submit_and_kill(stage: &Stage) {
    let mut child = stage.command(SUBMIT).stderr(std::process::Stdio::null()).spawn().unwrap();
    while stage.chain().pending() == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it has ended without sending");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Killed between the send and the answer, and run again: by the record, not by the nonce.
#[test]
fn a_submit_that_was_killed_tells_what_became_of_it() {
    let stage = Stage::with(subtune_devnet::Seal::Manual);
    stage.expect(PLAN, 0);
    assert_eq!(cold(&stage, SIGN).code, 0);
    submit_and_kill(&stage);
    let hint = "do not send another one until then; `subtune history --refresh";
    stage.fails(SUBMIT, 9, "is not known yet", hint);
    assert_eq!(stage.chain().pending(), 1);
    stage.chain().new_blocks(1).unwrap();
    let run = stage.expect(&format!("{SUBMIT} --format json"), 0).json();
    assert_eq!(run["outcome"], "applied", "{run}");
    assert_eq!(stage.chain().pending(), 0);
    assert_eq!(stage.records(".receipt.yaml").len(), 1);

    // One that never got in: that is its end, and the file is of no use any more.
    let stage = Stage::with(subtune_devnet::Seal::Manual);
    stage.expect(&format!("{PLAN} --era 4"), 0);
    assert_eq!(cold(&stage, SIGN).code, 0);
    submit_and_kill(&stage);
    stage.set_account(sp_keyring::Sr25519Keyring::Alice.to_raw_public(), 7, 10_000_000_000);
    stage.chain().new_blocks(5).unwrap();
    stage.fails(SUBMIT, 6, "its outcome is expired", "make a new plan");
}

#[test]
fn the_way_back_is_on_disk_before_it_is_sent() {
    let stage = Stage::with_chain().through(Box::new(|method, _| match method {
        "author_submitExtrinsic" => crate::proxy::Reply::Refuse(1_012, "no"),
        _ => crate::proxy::Reply::Pass,
    }));
    stage.expect(PLAN, 0);
    assert_eq!(cold(&stage, SIGN).code, 0);
    stage.fails_later(SUBMIT, 6, "the node refused the transaction", "nothing changed");
    assert!(!stage.records(".rollback.yaml").is_empty());
    assert!(!stage.records(".receipt.yaml").is_empty());
}

#[test]
fn a_signature_of_another_signer_does_as_well() {
    let stage = planned();
    let payload = file(&stage, "t.json")["payload"].as_str().unwrap().to_owned();
    let bytes = hex::decode(&payload[2..]).unwrap();
    assert!(bytes.len() <= 256, "{}", bytes.len());
    stage.fails(
        "submit t.json --yes",
        4,
        "t.json is not signed yet",
        "/t.json`, or give the --signature",
    );
    let by = |key: sp_keyring::Sr25519Keyring| hex::encode(key.sign(&bytes).0);
    let other = by(sp_keyring::Sr25519Keyring::Bob);
    let line = format!("submit t.json --yes --signature 0x{other}");
    stage.fails(&line, 6, &format!("not one of {ALICE}"), "sign the file again");
    let alice = by(sp_keyring::Sr25519Keyring::Alice);
    stage.expect(&format!("submit t.json --dry-run --signature 0x{alice}"), 0);
    let run = stage.expect(&format!("submit t.json --yes --signature 0x01{alice}"), 0);
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
}

#[test]
fn other_signers_get_the_call_and_a_qr_code() {
    let stage = Stage::with_chain();
    let plan = "plan 46 --set immunity_period=12000 --call-data";
    let run = stage.expect(&format!("{plan} --format json"), 0).json();
    // AdminUtils, sudo_set_immunity_period, 46, 12000.
    assert_eq!(run["call_data"]["hex"], "0x130d2e00e02e");
    let hash = sp_crypto_hashing::blake2_256(&[0x13, 0x0d, 0x2e, 0x00, 0xe0, 0x2e]);
    assert_eq!(run["call_data"]["hash"], format!("0x{}", hex::encode(hash)));
    let text = stage.expect(plan, 0).stdout;
    assert!(text.contains("Call data 0x130d2e00e02e\nCall hash 0x"), "{text}");
    let same = "plan 46 --set immunity_period=7200 --call-data";
    stage.fails(same, 6, "there is no call", "without --call-data");

    let line = "plan 46 --set immunity_period=12000 --unsigned t.json --qr";
    let run = stage.expect(line, 0);
    let code = run.stdout.lines().filter(|line| line.contains('\u{2588}')).count();
    assert!(code > 20, "{}", run.stdout);
    let run = stage.expect(&format!("{line} --force --format json"), 0).json();
    let alice = hex::encode(sp_keyring::Sr25519Keyring::Alice.to_raw_public());
    let file = file(&stage, "t.json");
    let rest = file["payload"].as_str().unwrap().strip_prefix("0x130d2e00e02e").unwrap();
    let genesis = file["chain"]["genesis_hash"].as_str().unwrap().strip_prefix("0x").unwrap();
    // The call is six bytes long: 24 in the chain's compact form.
    let expected = format!("0x530102{alice}18130d2e00e02e{rest}{genesis}");
    assert_eq!(run["unsigned"]["qr"], expected);
    assert!(stage.expect("plan 46 --set rho=11 --qr", 2).stderr.contains("--unsigned"));
}

#[test]
fn what_cannot_be_done_is_not_written() {
    let stage = Stage::with_chain();
    let line = "plan 46 --profile subnet13-aligned --unsigned t.json";
    stage.fails(line, 6, "weights_rate_limit (only root", "--skip-blocked");
    assert!(!stage.path("t.json").exists());
    stage.expect(&format!("{line} --skip-blocked"), 0);
    let run = cold(&stage, "sign t.json --dry-run");
    assert!(run.stdout.contains("sudo_set_immunity_period"), "{run:?}");
    assert!(!run.stdout.contains("weights_set_rate_limit"), "{run:?}");
    assert_eq!(cold(&stage, SIGN).code, 0);
    stage.expect(SUBMIT, 0);
    stage.fails(line, 6, "t.json already exists", "--force");
    let line = "plan 46 --set immunity_period=12000 --unsigned u.json";
    stage.fails(line, 6, "there is nothing to sign", "without --unsigned");
    let line = "plan 46 --set rho=11 --unsigned u.json --era 100";
    assert!(stage.expect(line, 2).stderr.contains("not a power of two from 4 to 2048"));
}

#[test]
fn the_freeze_window_within_its_time_is_told() {
    let stage = Stage::with_chain();
    let line = "plan 46 --set rho=11 --unsigned t.json --era 512";
    let run = stage.expect(line, 0);
    assert!(run.stdout.contains("The freeze window starts within that time"), "{}", run.stdout);
    let run = stage.expect("plan 46 --set rho=11 --unsigned u.json --era 4", 0);
    assert!(!run.stdout.contains("The freeze window starts within"), "{}", run.stdout);
    // The fee is known here, and the file does not say otherwise.
    assert!(run.stdout.contains("Fee: about ") && !run.stdout.contains("not known"), "{run:?}");
}

#[test]
fn who_signs_is_who_was_meant() {
    let stage = planned();
    let run = cold(&stage, "sign t.json --dev-key bob --yes");
    run.check_failure(false, 6, &format!("is for {ALICE}, not {BOB}"), "--wallet-name");
    let run = cold(&stage, "sign t.json --dev-key alice");
    run.check_failure(true, 6, "no terminal to ask on", "--yes");
    assert!(!stage.path("t.signed.json").exists());
    let run = cold(&stage, &format!("{SIGN} --format json")).json();
    assert_eq!(run["calls"][1]["call"], "AdminUtils.sudo_set_immunity_period", "{run}");
    let run = cold(&stage, SIGN);
    run.check_failure(false, 6, "t.signed.json already exists", "--force");
    let run = cold(&stage, "sign t.signed.json --dev-key alice --yes");
    run.check_failure(false, 4, "is signed already", "subtune submit");
}

/// What a forger does to a file.
type Forge = Box<dyn Fn(&mut Value)>;

/// Puts another call into a file, with a payload that fits.
fn with_call(file: &mut Value, call: &str) {
    let (old, payload) = (file["call_data"].clone(), file["payload"].clone());
    let rest = payload.as_str().unwrap().strip_prefix(old.as_str().unwrap()).unwrap().to_owned();
    file["call_data"] = json!(call);
    file["payload"] = json!(format!("{call}{rest}"));
}

#[test]
fn a_file_that_contradicts_itself_is_not_signed() {
    let stage = planned();
    let good = file(&stage, "t.json");
    let hash = format!("0x{}", "11".repeat(32));
    let remark: fn(&mut Value) = |file| with_call(file, "0x000000");
    let cases: Vec<(&str, Forge)> = vec![
        ("has another payload", Box::new(|file| file["nonce"] = json!(7))),
        ("has another payload", Box::new(|file| file["era"]["blocks"] = json!(512))),
        ("has another payload", Box::new(|file| file["era"]["birth"] = json!(7))),
        ("has another payload", {
            let hash = hash.clone();
            Box::new(move |file| file["era"]["birth_hash"] = json!(hash))
        }),
        ("has another payload", {
            let hash = hash.clone();
            Box::new(move |file| file["chain"]["genesis_hash"] = json!(hash))
        }),
        ("another metadata digest", Box::new(|file| file["chain"]["spec_version"] = json!(426))),
        ("another metadata digest", Box::new(move |file| file["metadata_digest"] = json!(hash))),
        ("holds no metadata digest", Box::new(|file| file["metadata_digest"] = Value::Null)),
        ("has a call for 46", Box::new(|file| file["netuid"] = json!(13))),
        ("System.remark, which sets no hyperparameter", Box::new(remark)),
        ("that its metadata cannot read", Box::new(|file| with_call(file, "0x130d2e"))),
        ("that its metadata cannot read", Box::new(|file| with_call(file, "0x130d2e00e02e00"))),
        ("that its metadata cannot read", Box::new(|file| with_call(file, "0x0b0200"))),
        ("metadata that cannot be read", Box::new(|file| file["metadata"] = json!("0x6d657461"))),
    ];
    for (error, change) in cases {
        let mut bad = good.clone();
        change(&mut bad);
        stage.write("t.json", bad.to_string());
        cold(&stage, SIGN).check_failure(false, 6, error, "");
        assert!(!stage.path("t.signed.json").exists(), "{error}");
    }
    stage.write("t.json", "{}");
    cold(&stage, SIGN).check_failure(
        false,
        4,
        "is not a transaction that subtune wrote",
        "pass a file",
    );
    std::fs::remove_file(stage.path("t.json")).unwrap();
    cold(&stage, SIGN).check_failure(false, 4, "t.json cannot be read", "pass a file");
}

#[test]
fn without_a_digest_only_if_told_so() {
    let stage = Stage::with_chain();
    stage.expect(&format!("{PLAN} --no-metadata-hash"), 0);
    let run = cold(&stage, SIGN);
    run.check_failure(false, 6, "holds no metadata digest", "--no-metadata-hash");
    let run = cold(&stage, &format!("{SIGN} --no-metadata-hash"));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("warning: without a metadata digest"), "{}", run.stderr);
    assert!(run.stderr.contains("Runtime  475, WITHOUT a metadata digest"), "{}", run.stderr);
    stage.expect(SUBMIT, 0);
}

#[test]
fn what_was_signed_for_another_state_is_refused() {
    let stage = signed();
    let good = file(&stage, "t.signed.json");
    let submit = |what: &str, change: &dyn Fn(&mut Value), hint: &str| {
        let mut bad = good.clone();
        change(&mut bad);
        stage.write("t.signed.json", bad.to_string());
        stage.fails(SUBMIT, 6, what, hint);
    };
    let hash = format!("0x{}", "11".repeat(32));
    submit(
        "the transaction is for the chain 0x11",
        &|file| file["chain"]["genesis_hash"] = json!(hash),
        "choose that chain",
    );
    submit("is for runtime 424", &|file| file["chain"]["spec_version"] = json!(424), "new one");
    submit(
        "is not what its plan makes",
        &|file| {
            let plan = file["plan"].as_str().unwrap().replace("12000", "12001");
            file["plan"] = json!(plan);
        },
        "make a new one",
    );
    submit(
        "is not what its plan makes",
        &|file| file["era"]["blocks"] = json!(512),
        "make a new one",
    );
    submit(
        &format!("the signature is not one of {ALICE}"),
        &|file| file["signature"] = json!(format!("0x01{}", "11".repeat(64))),
        "sign the file again",
    );
    assert!(!stage.path("state").exists());
    stage.write("t.signed.json", good.to_string());
    // Somebody else changes a value meanwhile.
    stage.set_46("ImmunityPeriod", &7_201u16.to_le_bytes());
    stage.fails(
        SUBMIT,
        6,
        "the plan is out of date: immunity_period: 7200 then, 7201 now",
        "`subtune plan` again",
    );
    stage.set_46("ImmunityPeriod", &7_200u16.to_le_bytes());
    stage.expect(&format!("{SUBMIT} --dry-run"), 0);
    stage.chain().new_blocks(256).unwrap();
    stage.fails(SUBMIT, 6, "the transaction was valid before block ", "make a new one");
}
