//! Whatever one command prints for scripts, and whatever file one writes, every command that reads a
//! file either takes with the same values or refuses as what it is, with a command that works.

use crate::support::Stage;

/// What is printed, by a name for the file that it is kept in.
const WRITERS: &[(&str, &str, i32)] = &[
    ("show", "show 46", 0),
    ("snapshot", "snapshot 46", 0),
    ("diff", "diff 46 subnet13-aligned", 0),
    ("plan", "plan 46 --set immunity_period=12000", 0),
    ("dry", "apply 46 --set immunity_period=12000 --dry-run", 0),
    ("applied", "apply 46 --set immunity_period=12000 --dev-key alice --yes", 0),
    ("history", "history 46", 0),
    ("check", "check subnet13-aligned", 0),
    ("profiles", "profiles", 0),
    ("profile", "profiles subnet13-aligned", 0),
    ("explain", "explain tempo", 0),
    ("imported", "import snapshot.file", 0),
    ("wallets", "wallet list --wallet-path .", 0),
    ("error", "show 99", 4),
];

/// What reads a file.
const READERS: &[&str] = &[
    "plan 46 --profile FILE",
    "apply 46 --profile FILE --dry-run",
    "apply --plan FILE --dry-run",
    "rollback 46 --to FILE --dry-run",
    "diff FILE subnet13-aligned",
    "check FILE",
    "check FILE --netuid 46",
    "import FILE",
    "sign FILE --dry-run",
    "submit FILE --dry-run",
];

/// Commands of which the result for people is YAML, or a table that can be told by its look.
const PLAIN: &[&str] = &["show", "snapshot", "diff", "applied", "history", "profile", "imported"];

/// Whether a reader takes a file.
fn takes(reader: &str, file: &str) -> bool {
    let of = |starts: &[&str]| starts.iter().any(|start| file.starts_with(start));
    match reader.split_whitespace().next() {
        Some("sign") => of(&["unsigned"]),
        Some("submit") => of(&["signed"]),
        Some("apply") if reader.contains("--plan") => of(&["saved-plan"]),
        _ => {
            let values = of(&["show-", "snapshot-", "plan-", "profile-", "imported-", "rollback."]);
            values && file != "show-table.file"
        }
    }
}

#[test]
fn what_is_printed_is_read_or_refused_as_what_it_is() {
    let stage = Stage::with_chain();
    stage.write("snapshot.file", stage.expect("snapshot 46", 0).stdout);
    stage.lift_rate_limit();
    let mut files = Vec::new();
    for (name, line, code) in WRITERS {
        for format in ["table", "json", "yaml"] {
            if format == "table" && !PLAIN.contains(name) {
                continue;
            }
            let run = stage.expect(&format!("{line} --format {format}"), *code);
            let file = format!("{name}-{format}.file");
            stage.write(&file, run.stdout);
            files.push(file);
            stage.set_46("ImmunityPeriod", &7200u16.to_le_bytes());
        }
    }
    for (file, line) in [
        ("saved-plan.file", "plan 46 --set rho=11 --out saved-plan.file"),
        ("unsigned.file", "plan 46 --set rho=11 --unsigned unsigned.file"),
        ("signed.file", "sign unsigned.file --dev-key alice --yes --output signed.file"),
    ] {
        stage.expect(line, 0);
        files.push(file.to_owned());
    }
    for ending in ["receipt.yaml", "rollback.yaml"] {
        let path = stage.records(ending).pop().unwrap();
        stage.write(&format!("{ending}.file"), std::fs::read(path).unwrap());
        files.push(format!("{ending}.file"));
    }
    let mut taken = 0;
    for file in &files {
        for reader in READERS {
            let line = reader.replace("FILE", file);
            let run = stage.run(&line);
            if takes(reader, file) {
                // A profile with a value that only root may set is read as well.
                let read = [0, 6].contains(&run.code) && !run.stderr.contains("this is ");
                assert!(read, "{line}: {run:?}");
                taken += 1;
                continue;
            }
            let said = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, 4, "{line}: {said}");
            let unsigned = said.contains("is not signed yet") || said.contains("is signed already");
            let kind = said.contains("this is ") && said.contains(", not ");
            assert!(kind || unsigned, "{line}: {said}");
            assert!(said.contains("hint: ") && said.contains("`subtune "), "{line}: {said}");
        }
    }
    println!("{} files, {} readers: {taken} taken", files.len(), READERS.len());
    // The same values in every form.
    for name in ["show-json", "show-yaml", "snapshot-table", "snapshot-json", "snapshot-yaml"] {
        let run = stage.expect(&format!("diff {name}.file snapshot.file --detailed-exitcode"), 0);
        assert!(run.stdout.starts_with("No differences"), "{name}: {}", run.stdout);
    }
}
