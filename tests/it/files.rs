//! Profiles, plans and snapshots that are not what they should be: exit code 4, before any chain
//! is asked.

use crate::support::{Run, Stage};

/// A profile with these lines of values.
fn profile(values: &str) -> String {
    format!(
        "format_version: 1\nname: test\ndescription: a test\nsource: a test\n\
         hyperparameters:\n  {values}\n"
    )
}

/// A few hundred bytes that other readers turn into gigabytes.
fn bomb() -> String {
    let names = ["immunity_period", "tempo", "rho", "kappa", "min_burn", "max_burn", "alpha_low"];
    let mut text = String::new();
    let mut item = "x".to_owned();
    for name in names {
        text.push_str(&format!("{name}: &{name} [{}]\n  ", vec![item; 9].join(", ")));
        item = format!("*{name}");
    }
    profile(text.trim_end())
}

/// Files that no command can use, with what is said and what is hinted.
fn unusable() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    vec![
        ("empty", Vec::new(), "the file is empty", "pass another file"),
        ("blank", b"\n  \n# nothing\n".to_vec(), "the file is empty", "pass another file"),
        ("malformed", profile("tempo: [1").into_bytes(), "not valid YAML", "look at this line"),
        ("tabs", b"a:\n\tb: 1\n".to_vec(), "not valid YAML", "spaces"),
        ("huge", b"# long\n".repeat(60_000), "larger than 256 KiB", "another file"),
        ("binary", (0..=255).collect(), "not UTF-8 text", "another file"),
        ("nul", b"format_version: 1\0".to_vec(), "control character", "another file"),
        ("bomb", bomb().into_bytes(), "anchor", "write the value out"),
        ("deep", "[".repeat(40).into_bytes(), "nested too deeply", "remove"),
        ("deeper", "[".repeat(50_000).into_bytes(), "not valid YAML", "look at this line"),
        ("two", b"a: 1\n---\na: 2\n".to_vec(), "second YAML document", "one document"),
        ("list", b"- 1\n- 2\n".to_vec(), "", ""),
        ("scalar", b"forty-two\n".to_vec(), "", ""),
    ]
}

#[test]
fn unusable_files_are_refused_wherever_a_file_is_taken() {
    let stage = Stage::offline();
    for (name, content, error, hint) in unusable() {
        stage.write(name, content);
        for line in [
            format!("plan 46 --profile {name}"),
            format!("apply 46 --profile {name} --dev-key alice --yes"),
            format!("apply --plan {name} --dev-key alice --yes"),
            format!("rollback 46 --to {name} --dev-key alice --yes"),
            format!("diff {name} liquid-alpha"),
        ] {
            stage.fails(&line, 4, error, hint);
            stage.fails(&line, 4, name, hint);
        }
        let run = stage.expect(&format!("check {name}"), 4);
        assert!(run.stdout.contains(error) && run.stdout.contains("hint: "), "{}", run.stdout);
        let run = stage.expect(&format!("check {name} --format json"), 4);
        assert_eq!(run.json()["complaints"][0]["file"], name);
    }
    assert!(!stage.path("state").exists());
}

#[test]
fn files_that_cannot_be_read() {
    let stage = Stage::offline();
    std::fs::create_dir(stage.path("folder")).unwrap();
    for (line, says) in [
        ("plan 46 --profile nowhere.yaml", "\"nowhere.yaml\""),
        ("plan 46 --profile folder", "it is a directory"),
        ("apply --plan nowhere.yaml", "nowhere.yaml cannot be read: no such file"),
        ("apply --plan folder", "it is a directory"),
        ("rollback 46 --to nowhere.yaml", "\"nowhere.yaml\""),
        ("rollback 46 --to folder", "folder"),
        ("diff nowhere.yaml liquid-alpha", "\"nowhere.yaml\""),
        ("diff liquid-alpha folder", "it is a directory"),
        ("check nowhere.yaml", "file named \"nowhere.yaml\""),
        // Without end, and never read to it.
        ("plan 46 --profile /dev/zero", "larger than 256 KiB"),
        ("diff /dev/zero liquid-alpha", "larger than 256 KiB"),
    ] {
        stage.fails(line, 4, says, "");
    }
}

/// A file that was asked for and cannot be written is no success, and half of one is left nowhere.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_half_of_a_file() {
    let stage = Stage::with_chain();
    let change = "--set immunity_period=12000";
    stage.expect(&format!("plan 46 {change} --unsigned t.json"), 0);
    stage.expect("snapshot 46 --output s.yaml", 0);
    for line in [
        format!("plan 46 {change} --out plan.yaml"),
        format!("plan 46 {change} --unsigned u.json"),
        "snapshot 46 --output snapshot.yaml".to_owned(),
        "import s.yaml --output profile.yaml".to_owned(),
        "sign t.json --dev-key alice --yes".to_owned(),
    ] {
        let before = listing(&stage);
        let full = stage.after("ulimit -f 0; trap '' XFSZ", &line).output().unwrap();
        Run::of(full).check_failure(true, 1, "cannot be written", "");
        assert_eq!(listing(&stage), before, "{line}");
        // With room for it, the very same line works.
        stage.expect(&line, 0);
    }
}

/// The names of all files of a stage.
#[cfg(target_os = "linux")]
fn listing(stage: &Stage) -> Vec<String> {
    let files = std::fs::read_dir(stage.path("")).unwrap();
    let mut names: Vec<_> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_misspelt_shipped_profile_gets_the_nearest_name() {
    let stage = Stage::offline();
    let near = "did you mean subnet13-aligned?";
    stage.fails("plan 46 --profile subnet13-alinged", 4, "no built-in profile", near);
    stage.fails("diff subnet13-alinged liquid-alpha", 4, "no built-in profile", near);
    stage.fails("profiles subnet13-alinged", 4, "no built-in profile", near);
}

#[test]
fn values_that_a_profile_may_not_hold() {
    let stage = Stage::offline();
    for (values, error, hint) in [
        (
            "imunity_period: 5",
            "unknown hyperparameter imunity_period",
            "did you mean immunity_period?",
        ),
        ("immunity_period: 70000", "from 0 to 65535, not 70000", "blocks"),
        ("immunity_period: -1", "from 0 to 65535, not -1", "blocks"),
        ("adjustment_alpha: 18446744073709551616", "not 18446744073709551616", "raw integer"),
        ("immunity_period: soon", "\"soon\" is not a duration", "300 blocks"),
        ("immunity_period: true", "not true", "blocks"),
        ("immunity_period: [1]", "not a list", "blocks"),
        ("immunity_period: 1e3", "1e3 is not exact", "blocks"),
        ("immunity_period: 0100", "0100 begins with a zero", "without"),
        ("immunity_period: 40 TAO", "\"40 TAO\" is not a duration", "40h"),
        ("immunity_period: 41s", "not a whole number of blocks (12 s each)", "3 or 4"),
        ("liquid_alpha_enabled: 7", "not 7", "true or false"),
        ("adjustment_alpha: 14757395258967642000", "looks rounded", "subtune snapshot"),
        ("min_burn: 0.1234567891 TAO", "cannot be stored exactly", "123456789 or 123456790"),
        ("min_burn: 5\n  max_burn: 4", "must be below max_burn", "change one"),
        ("trim_to_max_allowed_uids: 5", "is an action, not a value", "remove it"),
    ] {
        stage.write("bad.yaml", profile(values));
        for command in ["plan 46", "apply 46 --yes --dev-key alice"] {
            let line = format!("{command} --profile bad.yaml");
            stage.fails(&line, 4, "bad.yaml:6: ", "");
            stage.fails(&line, 4, error, hint);
        }
    }
}

#[test]
fn a_complaint_has_its_line_and_a_file_with_several_says_so() {
    let stage = Stage::offline();
    stage.write("bad.yaml", profile("imunity_period: 5\n  temp: 360\n  rho: x"));
    let line = "plan 46 --profile bad.yaml";
    stage.fails(line, 4, "bad.yaml:6: unknown hyperparameter imunity_period, and 2 more", "");
    stage.fails(line, 4, "", "`subtune check bad.yaml` shows all");
    stage.write("twice.yaml", profile("immunity_period: 1\n  immunity_period: 2"));
    let error = "twice.yaml:7: immunity_period is set twice (first on line 6)";
    stage.fails("plan 46 --profile twice.yaml", 4, error, "keep one");
    let run = stage.expect("check bad.yaml", 4);
    for place in ["bad.yaml:6: ", "bad.yaml:7: ", "bad.yaml:8: "] {
        assert!(run.stdout.contains(place), "{}", run.stdout);
    }
}

#[test]
fn one_kind_of_file_is_not_taken_for_another() {
    let stage = Stage::with_chain();
    stage.expect("snapshot 46 --output snapshot.yaml", 0);
    stage.expect("plan 46 --set immunity_period=12000 --out plan.yaml", 0);
    let apply = "subtune apply --plan plan.yaml";
    stage.expect("plan 46 --profile snapshot.yaml", 0);
    stage.fails("plan 46 --profile plan.yaml", 4, "a saved plan, not a profile", apply);
    stage.fails("apply --plan snapshot.yaml", 4, "a snapshot, not a saved plan", "subtune plan 46");
    stage.fails("diff plan.yaml liquid-alpha", 4, "a saved plan, not a profile", apply);

    let text = stage.read("snapshot.yaml");
    stage.write("later.yaml", text.replace("format_version: 1", "format_version: 2"));
    stage.fails("diff later.yaml 46", 4, "format_version 2 is newer", "subtune");
    stage.write("odd.yaml", text.replace("immunity_period: 7200", "immunity_period: 72000"));
    stage.fails("diff odd.yaml 46", 4, "immunity_period", "");
    let same = Run::of(stage.command("diff snapshot.yaml 46").output().unwrap());
    assert_eq!(same.code, 0, "{same:?}");
}

#[test]
fn a_file_that_is_there_is_not_replaced_unasked() {
    let stage = Stage::with_chain();
    stage.write("mine.yaml", "mine");
    let plan = "plan 46 --set immunity_period=12000 --out mine.yaml";
    stage.fails("snapshot 46 --output mine.yaml", 6, "mine.yaml already exists", "--force");
    stage.fails(plan, 6, "mine.yaml already exists", "--force");
    assert_eq!(stage.read("mine.yaml"), "mine");
    stage.expect("snapshot 46 --output mine.yaml --force", 0);
    assert!(stage.read("mine.yaml").contains("kind: snapshot"));
    stage.expect(&format!("{plan} --force"), 0);
    assert!(stage.read("mine.yaml").contains("kind: plan"));
}

#[test]
fn output_that_cannot_be_written() {
    let stage = Stage::with_chain();
    stage.write("file", "");
    stage.fails("snapshot 46 --output file/below.yaml", 1, "file", "check the directory");
    let line = "plan 46 --set immunity_period=12000 --out file/below.yaml";
    stage.fails(line, 1, "file", "check the directory");
}
