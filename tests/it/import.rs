//! Values as other tools print them: imported, and taken directly wherever a profile is.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Run, Stage};

/// What the two versions of btcli printed about the local chain as it starts.
const FOREIGN: &[(&str, usize)] = &[
    ("btcli-9.23.2/table-80.txt", 28),
    ("btcli-9.23.2/table-160.txt", 30),
    ("btcli-9.23.2/list.json", 30),
    ("btcli-11.3.0/object.json", 39),
    ("btcli-11.3.0/listing.txt", 39),
    ("btcli-11.3.0/listing-coloured.txt", 39),
    ("btcli-11.3.0/query.txt", 32),
    ("btcli-11.3.0/name.json", 1),
    ("btcli-11.3.0/name.txt", 1),
];

fn vector(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/import").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Puts a sample into the folder of the stage.
fn sample(stage: &Stage, name: &str) -> PathBuf {
    stage.write("values", vector(name))
}

/// The states of all values that a plan names.
#[track_caller]
fn states(run: &Run) -> Vec<String> {
    let json = run.json();
    let items = json["items"].as_array().unwrap();
    items.iter().map(|item| item["state"].as_str().unwrap().to_owned()).collect()
}

/// Imports a file, and plans from it on the chain: everything is as it is.
/// The one value whose default was another one when the samples were printed.
fn as_at_425(stage: &Stage) {
    stage.set_46("NetworkPowRegistrationAllowed", &[1]);
}

#[track_caller]
fn is_already_so(stage: &Stage, file: &str, count: usize) {
    let run = stage.expect(&format!("import {file} --output p.yaml --force"), 0);
    let last = run.stdout.lines().last().unwrap();
    let values = if count == 1 { "value" } else { "values" };
    assert_eq!(last, format!("{count} {values} written to p.yaml"), "{}", run.stdout);
    stage.expect("check p.yaml", 0);
    let run = stage.expect("plan 46 --profile p.yaml --detailed-exitcode --format json", 0);
    assert_eq!(states(&run), vec!["unchanged"; count], "{file}");
    // Taken directly, the same values are there but for those of root, which are as they are, too.
    let run =
        stage.expect(&format!("plan 46 --profile {file} --detailed-exitcode --format json"), 0);
    assert!(states(&run).iter().all(|state| state == "unchanged"), "{file}");
    assert!(!states(&run).is_empty(), "{file}");
    assert_eq!(run.json()["calls"], serde_json::json!([]));
}

#[test]
fn what_btcli_prints_is_imported_and_already_so_on_the_chain_that_it_was_printed_of() {
    let stage = Stage::with_chain();
    as_at_425(&stage);
    for (name, count) in FOREIGN {
        sample(&stage, name);
        is_already_so(&stage, "values", *count);
        let run = stage.expect("plan 46 --profile values --format json", 0);
        let json = run.json();
        let findings = json["findings"].as_array().unwrap();
        let told = findings.iter().find(|finding| finding["code"] == "HP110").unwrap();
        assert!(told["message"].as_str().unwrap().contains("taken from values: "), "{told}");
    }
}

#[test]
fn values_at_the_edges_of_their_types_come_through_to_the_bit() {
    let stage = Stage::with_chain();
    as_at_425(&stage);
    stage.set_46("BurnIncreaseMult", &23_242_897_532_874_035_037u128.to_le_bytes());
    stage.set_46("CollateralDrainRatio", &((1u128 << 64) + 1).to_le_bytes());
    stage.set_46("MinChildkeyTakePerSubnet", &5_898u16.to_le_bytes());
    stage.set_46("MaxBurn", &u64::MAX.to_le_bytes());
    stage.set_46("AdjustmentAlpha", &u64::MAX.to_le_bytes());
    stage.set_46("WeightsVersionKey", &((1u64 << 63) + 1).to_le_bytes());
    stage.set_46("AlphaSigmoidSteepness", &(-1_000i16).to_le_bytes());
    for (name, count) in [
        ("btcli-9.23.2/edges.json", 28),
        ("btcli-11.3.0/edges.json", 37),
        ("btcli-11.3.0/edges.txt", 37),
    ] {
        sample(&stage, name);
        is_already_so(&stage, "values", count);
    }
    stage.set_46("AdjustmentAlpha", &(u64::MAX - 1).to_le_bytes());
    let run = stage.expect("diff 46 values --format json --detailed-exitcode", 3);
    let json = run.json();
    assert_eq!(json["differences"][0]["name"], "adjustment_alpha");
    assert_eq!(json["differences"][0]["right"], u64::MAX.to_string());
}

#[test]
fn what_subtune_prints_is_imported_too() {
    let stage = Stage::with_chain();
    for line in [
        "show 46 --format json",
        "show 46 --format yaml",
        "snapshot 46",
        "snapshot 46 --format json",
        "snapshot 46 --format yaml",
    ] {
        let run = stage.expect(line, 0);
        stage.write("own", &run.stdout);
        let run = stage.expect("import own --format json", 0);
        let json = run.json();
        assert_eq!((&json["netuid"], &json["network"]), (&46.into(), &"local".into()), "{line}");
        let count = json["hyperparameters"].as_object().unwrap().len();
        assert!(count > 45, "{line}: {count}");
        is_already_so(&stage, "own", count);
        // What import itself prints is one of the forms, and a profile comes back as it is.
        stage.write("again", &run.stdout);
        is_already_so(&stage, "again", count);
        let text = stage.read("p.yaml");
        assert_eq!(stage.expect("import p.yaml", 0).stdout, text);
    }
    let run = stage.expect("plan 46 --set immunity_period=12000 --set rho=10 --format json", 0);
    stage.write("plan", &run.stdout);
    let run = stage.expect("import plan", 0);
    assert!(run.stdout.contains("  immunity_period: 12000\n  rho: 10\n"), "{}", run.stdout);
    assert!(run.stdout.contains("the printed result of `plan`, subnet 46 on local at block "));
}

#[test]
fn a_rollback_takes_what_btcli_printed_before_the_change() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    sample(&stage, "btcli-9.23.2/list.json");
    stage.expect("apply 46 --set immunity_period=12000 --dev-key alice --yes", 0);
    let run = stage.expect("rollback 46 --to values --dev-key alice --yes --format json", 0);
    assert_eq!(run.json()["receipt"]["changes"][0]["to"], "7200", "{}", run.stdout);
    stage.expect("diff 46 values --detailed-exitcode", 0);
}

#[test]
fn diff_and_check_say_what_they_took() {
    let stage = Stage::with_chain();
    sample(&stage, "btcli-9.23.2/table-80.txt");
    let run = stage.expect("diff 46 values --detailed-exitcode", 0);
    assert!(run.stderr.contains("28 values taken from values: a table of btcli 9, subnet 46"));
    assert!(run.stderr.contains("left out: "), "{}", run.stderr);
    let json = stage.expect("diff 46 values --format json", 0).json();
    assert_eq!(json["imported"][0]["form"], "btcli_9_table");
    assert_eq!(json["imported"][0]["left_out"][0]["name"], "activity_cu…");
    let run = stage.expect("check values", 0);
    assert!(run.stderr.contains("28 values taken from values: "), "{}", run.stderr);
    let json = stage.expect("check values --netuid 46 --format json", 0).json();
    assert_eq!(json["imported"][0]["netuid"], 46);
}

#[test]
fn values_of_another_subnet_are_not_taken_for_this_one() {
    let stage = Stage::with_chain();
    sample(&stage, "btcli-11.3.0/listing.txt");
    for line in ["plan 13 --profile values", "rollback 13 --to values --dry-run"] {
        stage.fails(line, 4, "values has the values of subnet 46, not of 13", "`subtune import");
    }
    stage.fails("import values --netuid 13", 4, "of subnet 46, not of 13", "leave --netuid out");
    // A profile of them is for any subnet.
    stage.expect("import values --output p.yaml", 0);
    let run = stage.expect("plan 13 --profile p.yaml --format json", 0);
    assert!(states(&run).contains(&"ready".to_owned()), "{}", run.stdout);
}

#[test]
fn the_netuid_and_the_source_are_named_in_the_profile() {
    let stage = Stage::offline();
    sample(&stage, "btcli-11.3.0/object-13.json");
    let run = stage.expect("import values --netuid 13", 0);
    let source = "source: \"values: a JSON object of btcli 11, subnet 13, column value\"\n";
    assert!(run.stdout.contains(source), "{}", run.stdout);
    assert!(run.stdout.contains("  adjustment_alpha: 17893341751498264576\n"), "{}", run.stdout);
    assert!(run.stderr.contains("left out activity_cutoff: it is the effective number of blocks"));
    let json = stage.expect("import values --format json", 0).json();
    assert_eq!((&json["form"], &json["netuid"]), (&"btcli_11_json".into(), &().into()));
}

#[test]
fn import_reads_standard_input() {
    let stage = Stage::offline();
    let mut command = stage.command("import - --netuid 46");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = vector("btcli-9.23.2/table-80.txt");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("source: \"standard input: a table of btcli 9, subnet 46"));
}

#[test]
fn what_cannot_be_imported_is_named() {
    let stage = Stage::offline();
    for (text, says, hint) in [
        ("forty-two\n", "values is in no form that is known", "`subtune import --help`"),
        ("a: 1\n", "values is in no form that is known", "`subtune import --help`"),
        ("", "the file is empty", "pass another file"),
        ("{\"activity_cutoff\": 5000}", "no value in it can be taken", "subtune snapshot"),
        ("{\"schema_version\": 1, \"command\": \"diff\"}", "`diff`", ""),
    ] {
        stage.write("values", text);
        stage.fails("import values", 4, says, hint);
    }
    sample(&stage, "btcli-11.3.0/object.json");
    stage.write("p.yaml", "mine");
    stage.fails("import values --output p.yaml", 6, "p.yaml", "--force");
    assert_eq!(stage.read("p.yaml"), "mine");
    stage.expect("import values --output p.yaml --force", 0);
    stage.fails("import p.yaml --netuid 46", 2, "is a profile", "leave --netuid out");
}
