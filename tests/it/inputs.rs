//! Every input, wherever a file is taken: read once, from a file, a pipe, a descriptor or `-`, and
//! taken for what its content says it is.

use std::io::Write as _;
use std::process::Stdio;

use crate::support::{Run, Stage};

/// A stage with one file of every kind that the tool writes, and a profile.
fn files() -> Stage {
    let stage = Stage::with_chain();
    stage.expect("snapshot 46 --output snapshot", 0);
    stage.expect("plan 46 --set immunity_period=12000 --out plan", 0);
    stage.expect("plan 46 --set immunity_period=12000 --unsigned unsigned", 0);
    stage.expect("sign unsigned --output signed --dev-key alice --yes", 0);
    stage.expect("profiles liquid-alpha", 0);
    let profile = stage.run("profiles liquid-alpha").stdout;
    stage.write("profile", profile);
    stage
}

/// Runs a command line with a pipe as its standard input that says this, once.
fn fed(stage: &Stage, line: &str, input: &[u8]) -> Run {
    let mut command = stage.command(line);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // Whoever does not read it at all has ended already.
        let _ = pipe.write_all(&input);
    });
    let run = Run::of(child.wait_with_output().unwrap());
    writer.join().unwrap();
    run
}

/// What takes which file; `@` stands for it.
const TAKERS: &[(&str, &str)] = &[
    ("plan 46 --profile @", "profile"),
    ("plan 46 --profile @", "snapshot"),
    ("apply 46 --profile @ --dry-run --dev-key alice", "profile"),
    ("apply 46 --profile @ --wait --dry-run --dev-key alice", "profile"),
    ("apply --plan @ --dry-run --dev-key alice", "plan"),
    (
        "proxy setup 46 --delegate 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty --profile @",
        "profile",
    ),
    ("rollback 46 --to @ --dry-run --dev-key alice", "profile"),
    ("rollback 46 --to @ --dry-run --dev-key alice", "snapshot"),
    ("diff @ 46", "profile"),
    ("diff 46 @", "snapshot"),
    ("check @", "profile"),
    ("check @ --netuid 46", "profile"),
    ("check @ --netuid 46", "snapshot"),
    ("sign @ --dry-run --dev-key alice", "unsigned"),
    ("submit @ --dry-run --yes", "signed"),
];

#[test]
fn a_pipe_and_a_dash_do_wherever_a_file_does() {
    let stage = files();
    for (line, file) in TAKERS {
        let text = stage.read(file);
        let named = stage.run(&line.replace('@', file));
        assert!(named.code == 0, "{line}: {named:?}");
        for input in ["-", "/dev/stdin"] {
            let line = line.replace('@', input);
            let run = fed(&stage, &line, text.as_bytes());
            assert_eq!(run.code, 0, "{line}: {run:?}");
            // A byte-order mark is no part of any text.
            let run = fed(&stage, &line, format!("\u{feff}{text}").as_bytes());
            assert_eq!(run.code, 0, "{line}: {run:?}");
        }
    }
}

#[test]
fn standard_input_is_read_for_one_argument_only() {
    let stage = Stage::offline();
    let text = stage.run("profiles liquid-alpha").stdout;
    let run = fed(&stage, "diff - -", text.as_bytes());
    run.check_failure(false, 2, "standard input cannot be read: another argument", "once");
    let run = fed(&stage, "check - -", text.as_bytes());
    run.check_failure(false, 2, "standard input cannot be read: another argument", "once");
    let run = fed(&stage, "plan 46 --profile -", b"a: [1\n");
    run.check_failure(false, 4, "standard input:", "look at this line");
    let run = fed(&stage, "check -", text.replace("true", "perhaps").as_bytes());
    assert!(run.code == 4 && run.stdout.starts_with("standard input:"), "{run:?}");
}

#[test]
fn a_signed_transaction_needs_a_name() {
    let stage = files();
    let text = stage.read("unsigned");
    let run = fed(&stage, "sign - --dev-key alice --yes", text.as_bytes());
    run.check_failure(false, 2, "no name that the signed file could have", "--output");
    let run = fed(&stage, "sign - --output there --dev-key alice --yes", text.as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    stage.expect("submit there --dry-run --yes", 0);
}

#[test]
fn text_that_is_not_utf_8_is_told_alike_wherever_a_file_is_taken() {
    let stage = Stage::offline();
    let utf_16: Vec<u8> =
        "\u{feff}format_version: 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    stage.write("utf16", utf_16);
    stage.write("latin", b"format_version: 1\nname: caf\xe9\n");
    for line in [
        "plan 46 --profile @",
        "apply --plan @ --dev-key alice --yes",
        "rollback 46 --to @ --dev-key alice --yes",
        "diff @ liquid-alpha",
        "sign @ --dev-key alice --yes",
        "submit @ --yes",
    ] {
        stage.fails(
            &line.replace('@', "utf16"),
            4,
            "utf16:1: it is not UTF-8 text but UTF-16",
            "save it as UTF-8",
        );
        let place = "latin:2: it is not UTF-8 text: byte 0xe9 in column 10";
        stage.fails(&line.replace('@', "latin"), 4, place, "save it as UTF-8");
    }
}

/// A snapshot in every spelling that a reader of YAML takes for the same.
#[test]
fn a_snapshot_is_known_by_what_it_parses_to() {
    let stage = files();
    let text = stage.read("snapshot");
    let spelt = |to: &str| text.replacen("kind: snapshot", to, 1);
    let object: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    for (index, text) in [
        spelt("kind: \"snapshot\""),
        spelt("kind: 'snapshot'"),
        spelt("kind: snapshot   # taken before the change"),
        spelt("\"kind\":   snapshot"),
        format!("# mine\n---\n{text}...\n"),
        text.replace('\n', "\r\n"),
        serde_json::to_string(&object).unwrap(),
        serde_json::to_string_pretty(&object).unwrap(),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("snapshot-{index}");
        stage.write(&name, text);
        let same = stage.expect(&format!("diff {name} 46 --detailed-exitcode"), 0);
        assert!(same.stdout.starts_with("No differences"), "{name}: {same:?}");
    }
    // The word alone makes no snapshot.
    let profile = stage.read("profile");
    stage.write("comment", format!("{profile}# kind: snapshot\n"));
    stage.write(
        "text",
        profile.replacen("description:", "description: |\n  kind: snapshot\nreplaced:", 1),
    );
    stage.expect("check comment", 0);
    let run = stage.expect("check text", 4);
    assert!(run.stdout.contains("unknown field replaced"), "{run:?}");
}

/// What is told where a file of another kind is given: what it is, and a command that takes it.
#[test]
fn a_file_of_another_kind_is_told_with_a_command_that_takes_it() {
    let stage = files();
    stage.expect("apply --plan plan --dev-key alice --yes", 0);
    let receipt = stage.receipt();
    std::fs::copy(&receipt, stage.path("receipt")).unwrap();
    let id = receipt.file_name().unwrap().to_string_lossy().replace(".receipt.yaml", "");
    let shown = stage.run("show 46 --format json").stdout;
    stage.write("printed", shown);
    let plan = ("a saved plan", "`subtune apply --plan plan".to_owned());
    let receipt = ("a receipt", format!("`subtune rollback 46 --to {id}"));
    let unsigned = ("an unsigned transaction", "`subtune sign unsigned".to_owned());
    let signed = ("a signed transaction", "`subtune submit signed".to_owned());
    let snapshot = ("a snapshot", "`subtune plan 46 --profile snapshot".to_owned());
    let profile = ("a profile", "`subtune plan NETUID --profile profile".to_owned());
    for (lines, files) in [
        (
            &[
                "plan 46 --profile @",
                "apply 46 --profile @ --dev-key alice --yes",
                "rollback 46 --to @ --dev-key alice --yes",
                "diff @ 46",
                "diff liquid-alpha @",
            ][..],
            &[("plan", &plan), ("receipt", &receipt), ("unsigned", &unsigned), ("signed", &signed)]
                [..],
        ),
        (
            &["apply --plan @ --dev-key alice --yes"],
            &[
                ("profile", &profile),
                ("snapshot", &snapshot),
                ("receipt", &receipt),
                ("unsigned", &unsigned),
                ("signed", &signed),
            ],
        ),
        (
            &["sign @ --dev-key alice --yes", "submit @ --yes"],
            &[
                ("profile", &profile),
                ("snapshot", &snapshot),
                ("plan", &plan),
                ("receipt", &receipt),
            ],
        ),
    ] {
        for line in lines {
            for (file, (is, hint)) in files {
                let what = format!("{file}: this is {is}, not a");
                stage.fails(&line.replace('@', file), 4, &what, hint);
            }
        }
    }
    for line in ["apply --plan printed", "sign printed --dev-key alice"] {
        stage.fails(line, 4, "printed: this is the printed result of `show`", "--profile printed`");
    }
}

/// A snapshot of the same subnet is a profile and the target of a rollback: what the owner may set.
#[test]
fn a_snapshot_is_a_profile_and_a_rollback_target() {
    let stage = Stage::with_chain();
    stage.expect("snapshot 46 --output before", 0);
    stage.set_46("ImmunityPeriod", &5_000u16.to_le_bytes());
    stage.set_46("Kappa", &1_000u16.to_le_bytes());
    for line in ["plan 46 --profile before", "rollback 46 --to before --dry-run --dev-key alice"] {
        let run = stage.expect(line, 0);
        assert!(run.stdout.contains("1 to change, 0 blocked"), "{line}: {}", run.stdout);
        assert!(run.stdout.contains("immunity_period"), "{line}: {}", run.stdout);
        let told: String = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.contains("HP109 kappa is 1000") && told.contains("left out, only root may set it"),
            "{line}: {told}"
        );
    }
    let json = stage.expect("plan 46 --profile before --format json", 0).json();
    let codes: Vec<_> = json["findings"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert!(codes.contains(&&serde_json::json!("HP109")), "{json}");
    let run = stage.expect("check before --netuid 46", 0);
    assert!(run.stdout.contains("HP109"), "{}", run.stdout);
    // What is asked for by its name is not left out.
    let run = stage.expect("plan 46 --profile before --only kappa", 0);
    assert!(run.stdout.contains("1 blocked") && !run.stdout.contains("HP109"), "{}", run.stdout);

    stage.expect("rollback 46 --to before --dev-key alice --yes", 0);
    let run = stage.expect("diff before 46 --detailed-exitcode", 3);
    assert!(run.stdout.contains("kappa") && run.stdout.contains("1 difference"), "{}", run.stdout);
    // It is for its own subnet.
    stage.fails("plan 13 --profile before", 4, "is for subnet 46, not for 13", "netuid");
    stage.fails(
        "rollback 13 --to before --dev-key bob --yes",
        4,
        "is for subnet 46, not for 13",
        "netuid",
    );
}

/// What only one of two profiles names is a difference of its own kind, not dropped.
#[test]
fn two_profiles_differ_in_three_ways() {
    let stage = Stage::offline();
    let profile = |values: &str| {
        format!("format_version: 1\nname: p\ndescription: d\nsource: s\nhyperparameters:\n{values}")
    };
    stage.write("a.yaml", profile("  rho: 1\n  kappa: 2\n  tempo: 360\n"));
    stage.write("b.yaml", profile("  kappa: 3\n  tempo: 360\n  immunity_period: 5\n"));
    stage.write("c.yaml", profile("  immunity_period: 5\n"));
    let run = stage.expect("diff a.yaml b.yaml --detailed-exitcode", 3);
    let line = "3 differences: 1 changed, 1 only in a.yaml, 1 only in b.yaml\n";
    assert!(run.stdout.ends_with(line), "{}", run.stdout);
    let json = stage.expect("diff a.yaml b.yaml --format json", 0).json();
    let kinds: Vec<_> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["kind"].as_str().unwrap()))
        .collect();
    let expected = [("immunity_period", "only_right"), ("kappa", "changed"), ("rho", "only_left")];
    assert_eq!(kinds, expected);
    let run = stage.expect("diff a.yaml c.yaml --detailed-exitcode", 3);
    assert!(run.stdout.contains("4 differences"), "{}", run.stdout);
    let run = stage.expect("diff a.yaml b.yaml --unified", 0);
    for line in ["-rho: 1", "-kappa: 2", "+kappa: 3", "+immunity_period: 5"] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    stage.expect("diff a.yaml a.yaml --detailed-exitcode", 0);
}

#[test]
fn a_shipped_profile_is_a_rollback_target_by_its_name() {
    let stage = Stage::with_chain();
    let run = stage.expect("rollback 46 --to liquid-alpha --dry-run --dev-key alice", 0);
    assert!(run.stdout.contains("Dry run: nothing was"), "{}", run.stdout);
    let near = "did you mean subnet46-2025?";
    stage.fails("rollback 46 --to subnet46-2052 --dev-key alice --yes", 4, "subnet46-2052", near);
}
