//! The state folder: foreign, unreadable, full, locked, damaged.

use std::fs::File;

use crate::support::{APPLY, Run, Stage, command_fails};

const COMMANDS: &[&str] = &[APPLY, "rollback 46 --dev-key alice --yes", "history"];

#[track_caller]
fn refused_everywhere(stage: &Stage, folder: &str, error: &str) {
    let head = stage.chain().head();
    for command in COMMANDS {
        let line = format!("{command} --state-dir {folder}");
        let folder = stage.path(folder);
        let error = format!("the state directory {} {error}", folder.display());
        stage.fails(&line, 1, &error, "--state-dir");
    }
    assert_eq!(stage.chain().head(), head);
    assert_eq!(stage.chain().pending(), 0);
}

#[test]
fn a_state_folder_of_somebody_else() {
    let stage = Stage::with_chain();
    stage.write("documents/letter.txt", "Dear all");
    refused_everywhere(&stage, "documents", "holds files that are not subtune's");
    assert_eq!(std::fs::read_dir(stage.path("documents")).unwrap().count(), 1);
}

#[test]
fn a_state_folder_that_cannot_be_read() {
    let stage = Stage::with_chain();
    stage.write("file", "");
    refused_everywhere(&stage, "file", "cannot be read");
    refused_everywhere(&stage, "file/below", "cannot be read");
}

#[test]
fn an_empty_folder_may_become_the_state_folder() {
    let stage = Stage::with_chain();
    std::fs::create_dir(stage.path("state")).unwrap();
    stage.expect("history", 0);
    stage.expect(APPLY, 0);
    stage.expect("history", 0);
}

#[test]
fn nothing_is_sent_while_another_run_holds_the_lock() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let lock = stage.records("lock").remove(0);
    let lock = File::options().write(true).open(lock).unwrap();
    lock.lock().unwrap();
    stage.lift_rate_limit();
    let head = stage.chain().head();
    let error = "another run of subtune is changing this subnet";
    let line = "apply 46 --set immunity_period=100 --dev-key alice --yes";
    stage.fails(line, 6, error, "subtune history");
    stage.fails("rollback 46 --dev-key alice --yes", 6, error, "subtune history");
    // Looking is always possible.
    stage.expect(&format!("{line} --dry-run"), 0);
    stage.expect("history", 0);
    assert_eq!(stage.chain().head(), head);
    drop(lock);
    stage.expect(line, 0);
}

/// Everything that would be written hits the limit of file sizes; pipes do not.
#[test]
fn a_full_disk_stops_before_anything_is_sent() {
    const FULL: &str = "ulimit -f 0; trap '' XFSZ";
    let stage = Stage::with_chain();
    let head = stage.chain().head();
    command_fails(&|| stage.after(FULL, "snapshot 46 --output x.yaml"), 1, "x.yaml", "free space");
    assert!(!stage.path("x.yaml").exists());
    // At the very first use, and later.
    let fresh = Run::of(stage.after(FULL, APPLY).output().unwrap());
    fresh.check_failure(true, 1, "cannot be written", "nothing was sent");
    assert_eq!(stage.chain().head(), head);
    stage.expect(APPLY, 0);
    stage.lift_rate_limit();
    let head = stage.chain().head();
    let later = "apply 46 --set immunity_period=100 --dev-key alice --yes";
    let run = Run::of(stage.after(FULL, later).output().unwrap());
    run.check_failure(true, 1, ".rollback.yaml cannot be written", "nothing was sent");
    assert_eq!(stage.chain().head(), head);
    assert_eq!(stage.chain().pending(), 0);
    assert_eq!(stage.records(".receipt.yaml").len(), 1);
    // A cache that cannot be written costs nothing.
    let run = Run::of(stage.after(FULL, "show 46 --cache-dir other").output().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn a_damaged_receipt_is_named_and_the_others_are_listed() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let good = stage.receipt();
    let text = std::fs::read_to_string(&good).unwrap();
    for (name, content) in [
        ("00000000T000000Z-aaaaaa", text.replace("format_version: 1", "format_version: 7")),
        ("00000000T000000Z-bbbbbb", text[..text.len() / 2].to_owned()),
        ("00000000T000000Z-cccccc", "\0".to_owned()),
    ] {
        std::fs::write(good.with_file_name(format!("{name}.receipt.yaml")), content).unwrap();
    }
    let run = stage.expect("history 46", 0);
    assert!(run.stdout.contains("  applied  "), "{}", run.stdout);
    let warnings: Vec<_> = run.stderr.lines().collect();
    assert_eq!(warnings.len(), 3, "{}", run.stderr);
    for (warning, name) in warnings.iter().zip(["aaaaaa", "bbbbbb", "cccccc"]) {
        assert!(warning.starts_with("warning: ") && warning.contains(name), "{warning}");
    }
    let json = stage.expect("history 46 --format json", 0).json();
    assert_eq!(json["receipts"].as_array().unwrap().len(), 1);
    assert_eq!(json["unreadable"].as_array().unwrap().len(), 3);
}

/// A record of a change under way that cannot be read must not be taken for none.
#[test]
fn a_damaged_receipt_stops_the_next_change() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let receipt = stage.receipt();
    std::fs::write(&receipt, "half a rec").unwrap();
    stage.lift_rate_limit();
    let head = stage.chain().head();
    let name = receipt.file_name().unwrap().to_string_lossy().into_owned();
    let line = "apply 46 --set immunity_period=100 --dev-key alice --yes";
    stage.fails(line, 1, &name, "move it");
    stage.fails("rollback 46 --last --dev-key alice --yes", 1, &name, "move it");
    assert_eq!(stage.chain().head(), head);
}

#[test]
fn a_rollback_profile_that_is_gone_is_told() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    std::fs::remove_file(stage.records(".rollback.yaml").remove(0)).unwrap();
    let line = "rollback 46 --last --dev-key alice --yes";
    stage.fails(line, 4, "there is no rollback profile", "subtune history");
}

#[test]
fn what_others_changed_meanwhile_is_not_taken_back_unasked() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    stage.lift_rate_limit();
    stage.set_46("ImmunityPeriod", &5_000u16.to_le_bytes());
    let line = "rollback 46 --last --dev-key alice --yes";
    stage.fails(line, 6, "immunity_period is 5000, was set to 12000", "--ignore-drift");
    stage.expect(&format!("{line} --ignore-drift"), 0);
    let shown = stage.expect("diff 46 subnet46-2025 --detailed-exitcode", 0);
    assert!(shown.stdout.contains("No differences"), "{}", shown.stdout);
}

/// A line for each record, the newest first; one of them is shown whole by its id.
#[test]
fn the_history_is_a_list_and_a_record_is_shown_by_its_id() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    stage.lift_rate_limit();
    stage.expect("rollback 46 --dev-key alice --yes", 0);
    let json = |line: &str| stage.expect(&format!("{line} --json"), 0).json()["receipts"].clone();
    let all = json("history");
    let [apply, rollback] = [0, 1].map(|index| all[index]["id"].as_str().unwrap().to_owned());
    let list = |line: &str| stage.expect(line, 0).stdout;
    let text = list("history 46");
    let place = |id: &str| text.lines().position(|line| line.ends_with(id));
    assert!(place(&rollback).unwrap() + 1 == place(&apply).unwrap(), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let text = list("history -n 1");
    assert!(text.contains(&rollback) && !text.contains(&apply), "{text}");
    assert!(text.contains("1 older record is not shown"), "{text}");
    assert_eq!(json("history --limit 1").as_array().unwrap(), &[all[1].clone()]);
    assert_eq!(json("history -n 9"), all);
    let whole = list(&format!("history {apply}"));
    assert!(whole.starts_with("Applied to subnet 46") && whole.contains("verified"), "{whole}");
    assert!(!whole.contains(&rollback), "{whole}");
    assert_eq!(json(&format!("history {apply}")).as_array().unwrap(), &[all[0].clone()]);
    assert_eq!(list(&format!("history {apply} --refresh")), whole);
    stage.fails("history 20200101T000000Z-aaaaaa", 4, "there is no record 2020", "--state-dir");
    stage.fails(&format!("history {apply} --netuid 13"), 4, "there is no record", "lists");
    stage.fails(&format!("history {apply} -n 1"), 2, "taken alone", "--limit");
    assert!(stage.expect("history soon", 2).stderr.contains("neither a netuid nor the id"));
}

/// A record that was asked for and cannot be read is no record that is missing.
#[test]
fn a_damaged_record_is_not_taken_for_none() {
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let path = stage.receipt();
    let name = path.file_name().unwrap().to_str().unwrap();
    let id = name.split('.').next().unwrap().to_owned();
    std::fs::write(&path, "").unwrap();
    stage.fails(&format!("history {id}"), 1, &id, "restore that file");
}

#[test]
fn a_history_of_nothing() {
    let stage = Stage::offline();
    let run = stage.expect("history", 0);
    let none = format!("No changes recorded in {}\n", stage.path("state").display());
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (none.as_str(), ""));
    assert!(!stage.path("state").exists());
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::with_chain();
    stage.expect(APPLY, 0);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&stage.path("state")) & 0o777, 0o700);
    for file in stage.records("") {
        assert_eq!(mode(&file) & 0o077, 0, "{}", file.display());
    }
}
