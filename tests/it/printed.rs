//! Commands that the tool prints run when they are pasted: in another directory, with an empty
//! environment, in a shell.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Run, Stage};

/// Runs a line as a person would who pastes it into a fresh shell elsewhere.
fn pasted(line: &str) -> Run {
    let elsewhere = tempfile::tempdir().unwrap();
    let tool = Path::new(env!("CARGO_BIN_EXE_subtune")).parent().unwrap();
    let mut command = Command::new("/usr/bin/env");
    command
        .arg("-i")
        .arg(format!("PATH={}:/usr/bin:/bin", tool.display()))
        // What another version of the local chain has left in the folder of whoever runs this is of no use.
        .arg(format!("XDG_CACHE_HOME={}", elsewhere.path().display()))
        .args(["/bin/sh", "-c", line])
        .current_dir(elsewhere.path())
        .stdin(Stdio::null());
    Run::of(command.output().unwrap())
}

/// The tool on this stage, with a state directory whose name a shell would take apart.
fn here(stage: &Stage, line: &str) -> Run {
    let mut command = stage.command(line);
    // As a person has it: relative, and in a variable.
    command.env("SUBTUNE_STATE_DIR", "it's my state");
    Run::of(command.output().unwrap())
}

/// The lines of a text that are commands, and the commands between backticks.
fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("subtune "));
    let quoted = text.split('`').skip(1).step_by(2).filter(|part| part.starts_with("subtune "));
    lines.chain(quoted).map(str::to_owned).collect()
}

fn raw(stage: &Stage, name: &str) -> String {
    let shown = stage.expect("show 46 --format json", 0).json();
    shown["hyperparameters"][name]["raw"].as_str().unwrap().to_owned()
}

const APPLY: &str = "apply 46 --set immunity_period=12000 --dev-key alice --yes";

#[test]
fn a_printed_rollback_runs_elsewhere() {
    let stage = Stage::with_chain();
    let text = here(&stage, APPLY);
    assert_eq!(text.code, 0, "{text:?}");
    let printed = commands(&text.stdout);
    let [back] = printed.as_slice() else { panic!("{printed:?}") };
    for part in [" --to 20", " --dev-key alice", " --network ws://127.0.0.1:", "my state"] {
        assert!(back.contains(part), "{part} is not in {back}");
    }
    stage.lift_rate_limit();
    let run = pasted(&format!("{back} --yes --format json"));
    assert_eq!(run.code, 0, "{back}\n{run:?}");
    assert_eq!(raw(&stage, "immunity_period"), "7200");
    // The way back from there, as a script gets it.
    let back = run.json()["rollback_command"].as_str().unwrap().to_owned();
    let run = pasted(&format!("{back} --yes"));
    assert_eq!(run.code, 0, "{back}\n{run:?}");
    assert_eq!(raw(&stage, "immunity_period"), "12000");
}

/// With a wallet and a password file of which the paths were typed as they are here.
#[test]
fn a_printed_rollback_names_the_wallet() {
    let stage = Stage::with_chain();
    let wallets = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/wallets/v4.1.1");
    let wallet = subtune::wallet::WalletRef::new("nacl".into(), wallets.into()).unwrap();
    stage.give_46_to(wallet.read_coldkeypub().unwrap(), 10_000_000_000);
    std::os::unix::fs::symlink(wallets, stage.path("wallets")).unwrap();
    stage.write("password", "dummy-password-1");
    let line = "apply 46 --set immunity_period=12000 --yes --wallet-name nacl --wallet-path wallets \
                --password-file password";
    let run = here(&stage, line);
    assert_eq!(run.code, 0, "{run:?}");
    let printed = commands(&run.stdout);
    assert!(!printed[0].contains("dummy"), "{printed:?}");
    stage.lift_rate_limit();
    let run = pasted(&format!("{} --yes", printed[0]));
    assert_eq!(run.code, 0, "{printed:?}\n{run:?}");
    assert_eq!(raw(&stage, "immunity_period"), "7200");
}

#[test]
fn printed_plans_files_and_hints_run_elsewhere() {
    let stage = Stage::with_chain();
    let saved = here(&stage, "plan 46 --set immunity_period=12000 --out the.plan");
    let printed = commands(&saved.stdout);
    let run = pasted(&format!("{} --dev-key alice --dry-run", printed[0]));
    assert_eq!(run.code, 0, "{printed:?}\n{run:?}");

    let planned = here(&stage, "plan 46 --set immunity_period=12000 --unsigned t.json");
    let printed = commands(&planned.stdout);
    let sign = printed.iter().find(|line| line.starts_with("subtune sign")).unwrap();
    let signed = pasted(&format!("{sign} --dev-key alice --yes"));
    assert_eq!(signed.code, 0, "{sign}\n{signed:?}");
    let submit = commands(&signed.stdout).remove(0);
    let url = stage.url().unwrap();
    let run = pasted(&format!("{submit} --yes --network {url} --state-dir \"$PWD/state\""));
    assert_eq!(run.code, 0, "{submit}\n{run:?}");
    stage.lift_rate_limit();
    // The key is elsewhere: the way back begins with a plan that goes there. The profile is gone with
    // the directory in which that ran.
    let back = commands(&run.stdout).remove(0);
    assert!(back.starts_with("subtune plan 46 --profile /"), "{back}");
    assert!(back.contains("/state/") && back.contains(" --unsigned rollback-20"), "{back}");

    // A hint of an error: every command in it that can be run, runs.
    assert_eq!(here(&stage, &APPLY.replace("12000", "9000")).code, 0);
    let run = here(&stage, "rollback 46 --to 20200101T000000Z-aaaaaa --dev-key alice --yes");
    run.check_failure(true, 4, "subnet 46 has no record 20200101T000000Z-aaaaaa", "--state-dir");
    let printed = commands(&run.stderr);
    assert!(printed[0].starts_with("subtune history --state-dir "), "{printed:?}");
    let run = pasted(&printed[0]);
    assert_eq!(run.code, 0, "{printed:?}\n{run:?}");
    assert!(run.stdout.contains("  applied  "), "{}", run.stdout);
}

/// A record has its profile beside it, wherever it was when it was written.
#[test]
fn a_record_is_found_by_its_id() {
    let stage = Stage::with_chain();
    assert_eq!(here(&stage, APPLY).code, 0);
    let moved = stage.path("moved");
    std::fs::rename(stage.path("it's my state"), &moved).unwrap();
    stage.lift_rate_limit();
    let line = format!("history 46 --format json --state-dir {}", moved.display());
    let receipt = stage.expect(&line, 0).json()["receipts"][0].clone();
    let id = receipt["id"].as_str().unwrap();
    assert!(receipt["rollback"].as_str().unwrap().starts_with(moved.to_str().unwrap()));
    let line = format!("rollback 46 --to {id} --dev-key alice --yes --state-dir moved");
    stage.expect(&line, 0);
    assert_eq!(raw(&stage, "immunity_period"), "7200");
    let line = line.replace("rollback 46", "rollback 13");
    stage.fails(&line, 4, &format!("subnet 13 has no record {id}"), "subtune history");
}

/// What an older version has written is read: it notes a path, which may still hold.
#[test]
fn a_record_of_version_1_still_has_its_rollback_profile() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let receipt = stage.receipt();
    let profile = stage.records(".rollback.yaml").remove(0);
    let text = std::fs::read_to_string(&receipt).unwrap();
    assert!(text.contains("format_version: 2") && !text.contains("rollback:"), "{text}");
    let text = text.replace("format_version: 2", "format_version: 1");
    let text = text.replace("transaction:", "rollback: elsewhere.yaml\ntransaction:");
    std::fs::write(&receipt, text).unwrap();
    std::fs::rename(profile, stage.path("elsewhere.yaml")).unwrap();
    stage.lift_rate_limit();
    stage.expect("rollback 46 --last --dev-key alice --yes", 0);
    assert_eq!(raw(&stage, "immunity_period"), "7200");
}

#[test]
fn a_record_by_another_name_than_its_id_is_not_written_over() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let receipt = stage.receipt();
    let text = std::fs::read_to_string(&receipt).unwrap();
    let id = text.split("id: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    std::fs::write(&receipt, text.replace(&id, "../../../20200101T000000Z-aaaaaa")).unwrap();
    let run = stage.expect("history", 0);
    assert!(run.stderr.contains("is the record of another change by its id"), "{}", run.stderr);
    stage.lift_rate_limit();
    let line = "apply 46 --set immunity_period=100 --dev-key alice --yes";
    stage.fails(line, 1, "is the record of another change by its id", "move it");
}
