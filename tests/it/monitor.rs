//! Did it help: epochs kept, watched and judged, with the real tool on a local chain with real epochs.

use serde_json::Value;
use subtune_devnet::population::Population;
use subtune_devnet::{Options, Seal};

use crate::forecast::{populated, stored};
use crate::proxy::Reply;
use crate::support::{Stage, item};

/// The mean of Vtrust above zero of subnet 46, as the chain has stored it.
fn mean(stage: &Stage) -> String {
    let all = stored(stage, "ValidatorTrust", 46);
    let above: Vec<u64> = all.iter().filter(|it| **it > 0).map(|it| u64::from(*it)).collect();
    let (sum, count) = (above.iter().sum::<u64>(), above.len() as u64 * 65_535);
    // To the nearest of six decimals.
    let millionths = (sum * 2_000_000 + count) / (2 * count);
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

#[test]
fn the_health_is_that_of_the_last_epoch() {
    let stage = populated();
    let health = stage.expect("health 46 --json", 0).json();
    assert_eq!(health["vtrust"]["mean"], mean(&stage));
    assert_eq!(health["vtrust"]["count"], 4);
    assert_eq!(health["cohort"].as_array().unwrap().len(), 4);
    let text = stage.expect("health 46", 0).stdout;
    assert!(text.contains("Vtrust") && text.contains("Miners paid"), "{text}");
    // Kept: the second look asks for no state.
    let run = stage.expect("health 46 --json -v", 0);
    assert!(run.stderr.contains(" requests"), "{}", run.stderr);
    let missed = stage.run("health 46 --goal vtrust.mean>=1 --goal vtrust.mean>0 --json");
    assert_eq!(missed.code, 11, "{missed:?}");
    let goals = &missed.json()["goals"];
    assert_eq!((&goals[0]["state"], &goals[1]["state"]), (&"missed".into(), &"met".into()));
    let wrong = stage.run("health 46 --goal vtrust.maen>=1");
    wrong.check_failure(false, 2, "vtrust.maen", "vtrust.mean");
}

#[test]
fn a_baseline_is_read_once() {
    let stage = populated();
    // Looking makes nothing.
    assert!(stage.expect("samples", 0).stdout.starts_with("No epochs are kept yet"));
    stage.fails("samples export 46", 4, "no epochs are kept yet", "subtune baseline");
    assert!(!stage.path("state").exists());
    let first = stage.expect("baseline 46 --epochs 4 --json", 0).json();
    assert_eq!((&first["read"], &first["kept"]), (&4.into(), &0.into()));
    let blocks = |found: &Value| -> Vec<u64> {
        let epochs = found["epochs"].as_array().unwrap();
        epochs.iter().map(|epoch| epoch["block"].as_u64().unwrap()).collect()
    };
    assert!(blocks(&first).windows(2).all(|pair| pair[1] == pair[0] + 20), "{first}");
    let again = stage.expect("baseline 46 --epochs 5 --json", 0).json();
    assert_eq!((&again["read"], &again["kept"]), (&1.into(), &4.into()));
    assert_eq!(blocks(&again)[1..], blocks(&first));
    assert_eq!(again["epochs"][4], first["epochs"][3]);
    // Epochs that were not: the chain is younger.
    let all = stage.expect("baseline 46 --epochs 500", 0).stdout;
    assert!(
        all.contains("missing: the node no longer has the states of the epoch of block 99900"),
        "{all}"
    );
    let kept = stage.expect("samples --json", 0).json();
    assert_eq!(kept["kept"][0]["netuid"], 46);
    let csv = stage.expect("samples export 46 --csv", 0).stdout;
    let lines = csv.lines().count() as u64;
    assert_eq!(lines, 1 + 32 * kept["kept"][0]["epochs"].as_u64().unwrap());
    let last = blocks(&first)[3];
    stage.expect(&format!("samples prune 46 --before {last} --yes"), 0);
    let left = stage.expect("samples --json", 0).json();
    assert_eq!(
        (&left["kept"][0]["epochs"], &left["kept"][0]["first_block"]),
        (&1.into(), &last.into())
    );
    stage.fails("samples export 47", 4, "no epochs of subnet 47", "subtune samples");
}

#[test]
fn every_epoch_is_told_as_it_comes() {
    let stage = populated();
    stage.expect("baseline 46 --epochs 1", 0);
    stage.chain().new_blocks(60).unwrap();
    let run = stage.expect("watch 46 --epochs 3 --json", 0);
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let blocks: Vec<u64> = lines.iter().map(|line| line["block"].as_u64().unwrap()).collect();
    assert_eq!(blocks.len(), 3);
    assert!(blocks.windows(2).all(|pair| pair[1] == pair[0] + 20), "{blocks:?}");
    assert!(lines.iter().all(|line| line["event"] == "epoch" && line["schema_version"] == 2));
    assert!(lines.iter().all(|line| line["vtrust"]["mean"].is_string()), "{run:?}");
    // What ran while nobody watched is filled in.
    stage.chain().new_blocks(60).unwrap();
    let run = stage.expect("watch 46 --epochs 3", 0);
    let told: Vec<u64> =
        run.stdout.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).collect();
    assert_eq!(told, [blocks[2] + 20, blocks[2] + 40, blocks[2] + 60]);
}

/// Killed at any step of any epoch, it goes on where it was: nothing is lost, and only what may not have been seen
/// is told again.
#[test]
fn a_watch_that_is_killed_goes_on() {
    let stage = populated();
    stage.expect("watch 46 --epochs 1", 0);
    let blocks = |text: &str| -> Vec<u64> {
        let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["block"].as_u64();
        text.lines().map(|text| line(text).unwrap()).collect()
    };
    let mut seen: Vec<u64> = Vec::new();
    for step in ["EpochRead", "EpochKept", "EpochTold", "EpochNoted"] {
        for time in 1..=3 {
            stage.chain().new_blocks(60).unwrap();
            let mut command = stage.command("watch 46 --epochs 3 --json");
            command.env("SUBTUNE_STOP", format!("{step}:{time}:kill"));
            let killed = command.output().unwrap();
            assert_eq!(killed.status.code(), None, "{step}:{time} was not reached");
            let told = blocks(std::str::from_utf8(&killed.stdout).unwrap());
            // Only what was told and not noted comes again.
            let again = step == "EpochTold";
            let rest = match told.len() == 3 && !again {
                true => Vec::new(),
                false => blocks(&stage.expect("watch 46 --epochs 1 --json", 0).stdout),
            };
            assert_eq!(told.last() == rest.first() && !told.is_empty(), again, "{told:?} {rest:?}");
            let mut all = [told, rest].concat();
            all.dedup();
            seen.extend(all);
        }
    }
    assert!(seen.windows(2).all(|pair| pair[1] == pair[0] + 20), "{seen:?}");
    assert_eq!(seen.len(), 36);
    let kept = stage.expect("samples --json", 0).json();
    let of = |field: &str| kept["kept"][0][field].as_u64().unwrap();
    assert_eq!(of("epochs"), (of("last_block") - of("first_block")) / 20 + 1, "no hole: {kept}");
}

#[test]
fn a_change_that_does_nothing_is_no_success() {
    let stage = populated();
    stage.chain().new_blocks(400).unwrap();
    stage.expect("apply 46 --set bonds_penalty=20000 --dev-key alice --yes", 0);
    let change = stage.expect("history --json", 0).json();
    let id = change["receipts"][0]["id"].as_str().unwrap().to_owned();
    let early = stage.run("evaluate 46 --since last --baseline 20 --json");
    assert_eq!(early.code, 12, "{early:?}");
    stage.chain().new_blocks(200).unwrap();
    let goal = "--goal vtrust.mean>=+20%";
    let run = stage.run(&format!("evaluate 46 --since {id} --baseline 20 {goal} --json"));
    assert_eq!(run.code, 11, "{run:?}");
    let found = run.json();
    assert_eq!(found["verdict"], "fail");
    assert_eq!(found["change"]["values"][0]["name"], "bonds_penalty");
    assert_eq!(found["goals"][0]["state"], "missed");
    let text = stage.run(&format!("evaluate 46 --since last --baseline 20 {goal}"));
    assert!(text.stdout.contains("Verdict: fail"), "{text:?}");
    stage.fails("evaluate 46 --since 20200101T000000Z-aaaaaa", 4, "no record", "subtune history");
}

/// One file, without a script and without a request; every tag that opens closes.
#[test]
fn a_report_is_one_quiet_file() {
    let stage = populated();
    stage.chain().new_blocks(300).unwrap();
    stage.expect("apply 46 --set bonds_penalty=20000 --dev-key alice --yes", 0);
    stage.chain().new_blocks(150).unwrap();
    let run =
        stage.run("report 46 --since last --baseline 12 --output r.html --goal vtrust.mean>=0.5");
    assert_eq!(run.code, 0, "{run:?}");
    let page = stage.read("r.html");
    for never in ["<script", "http:", "https:", "url(", "@import", " src=", " href="] {
        assert!(!page.contains(never), "{never}");
    }
    for part in
        ["bonds_penalty", "65535", "20000", "vtrust.mean", "<polygon", "prefers-color-scheme"]
    {
        assert!(page.contains(part), "{part}");
    }
    for tag in ["svg", "table", "figure", "main", "div", "ul", "p", "tr", "figcaption"] {
        let count = |what: &str| page.matches(what).count();
        let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
        assert_eq!(opened, count(&format!("</{tag}>")), "{tag}");
    }
    stage.fails("report 46 --since last --output r.html", 6, "r.html", "--force");
    let markdown = stage.expect("report 46 --since last --baseline 12 --format markdown", 0).stdout;
    assert!(markdown.starts_with("### Subnet 46"), "{markdown}");
}

#[test]
fn a_change_with_goals_knows_what_was_before() {
    let stage = populated();
    stage.chain().new_blocks(300).unwrap();
    let goals = "format_version: 1\nkind: goals\ngoals: [vtrust.mean>=0.5, age.max<=20]\n";
    stage.write("goals.yaml", goals);
    let line =
        "apply 46 --set activity_cutoff_factor=9000 --set immunity_period=9000 --goals goals.yaml";
    let run = stage.expect(&format!("{line} --dev-key alice --yes"), 0);
    for part in [
        "epochs before the change are kept",
        "goal vtrust.mean>=0.5: vtrust.mean is 0.9",
        "activity_cutoff_factor: the epoch reads it",
        "immunity_period: no epoch reads it",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let next = run.stdout.split("To see whether it has helped:\n").nth(1).unwrap();
    assert!(next.contains("subtune watch 46 --since "), "{next}");
    // As it is printed, it runs.
    let evaluate = next.lines().find(|line| line.contains("evaluate")).unwrap().trim();
    stage.chain().new_blocks(150).unwrap();
    let evaluate = evaluate.strip_prefix("subtune ").unwrap();
    // The first epochs of this chain had no weights.
    let run = stage.run(&format!("{evaluate} --baseline 15"));
    assert_eq!(run.code, 11, "{run:?}");
    stage.fails(&format!("{line}.not"), 4, "no built-in goals or file", "subnet46-2025");
}

#[test]
fn goals_are_checked_like_profiles() {
    let stage = populated();
    let goals = include_str!("../../goals/subnet46-2025.yaml");
    stage.write("goals.yaml", goals);
    stage.write("bad.yaml", "format_version: 1\nkind: goals\ngoals: [vtrust.maen>=1]\n");
    let run = stage.expect("check goals.yaml", 0);
    assert_eq!(run.stdout, "goals.yaml: valid\n");
    let run = stage.run("check bad.yaml goals.yaml");
    assert!(run.code == 4 && run.stdout.contains("bad.yaml:3"), "{run:?}");
    stage.set_46("WeightsSetRateLimit", &360u64.to_le_bytes());
    let run = stage.expect("check goals.yaml --netuid 46", 0);
    assert!(run.stdout.contains("HP401") && run.stdout.contains("44% of the time"), "{run:?}");
    let data = stage.expect("check goals.yaml --netuid 46 --json", 0).json();
    assert_eq!(data["goals"][0]["findings"].as_array().unwrap().len(), 2, "{data}");
    stage.fails(
        "plan 46 --profile goals.yaml",
        4,
        "a file of goals, not a profile",
        "subtune health",
    );
}

fn options() -> Options {
    let population = Population { neurons: 32, disagreement: 400, seed: 7 };
    Options { seal: Seal::Instant, population: Some(population), ..Options::default() }
}

/// A node that keeps few states: what is gone is said, and what was read before is not lost.
#[test]
fn a_node_that_forgets_costs_epochs_that_are_named() {
    let stage = Stage::with_options(Options { keep_states: Some(30), ..options() });
    stage.set_46("Tempo", &20u16.to_le_bytes());
    stage.chain().new_blocks(130).unwrap();
    let found = stage.expect("baseline 46 --epochs 5 --json", 0).json();
    assert_eq!(found["epochs"].as_array().unwrap().len(), 1, "{found}");
    assert!(found["missing"][0].as_str().unwrap().contains("no longer has the states"), "{found}");
    stage.chain().new_blocks(80).unwrap();
    let run = stage.expect("watch 46 --epochs 1", 0);
    assert!(run.stdout.starts_with("missing: "), "{run:?}");
    let found = stage.expect("baseline 46 --epochs 5 --json", 0).json();
    assert_eq!((&found["kept"], &found["read"]), (&2.into(), &0.into()), "{found}");
}

/// Blocks that are taken back were never looked at: only what is final is kept.
#[test]
fn a_reorganisation_leaves_nothing_behind() {
    let stage = Stage::with_options(Options { finality_lag: 8, ..options() });
    stage.set_46("Tempo", &20u16.to_le_bytes());
    stage.chain().new_blocks(130).unwrap();
    let last = |stage: &Stage| {
        let found = stage.expect("baseline 46 --epochs 1 --json", 0).json();
        let block = found["epochs"][0]["block"].as_u64().unwrap();
        (block, found["epochs"][0]["block_hash"].clone())
    };
    let (first, _) = last(&stage);
    // The next epoch is there and not final: it is taken back.
    while u64::from(stage.chain().head().0) < first + 22 {
        stage.chain().new_blocks(1).unwrap();
    }
    assert_eq!(last(&stage).0, first);
    stage.chain().reorganize(5).unwrap();
    stage.chain().new_blocks(12).unwrap();
    let (second, hash) = last(&stage);
    assert_eq!(second, first + 20);
    let shown = stage.expect(&format!("show 46@{second} --json"), 0).json();
    assert_eq!(shown["block_hash"], hash);
}

/// An epoch that does not run when it is due is told as late.
#[test]
fn an_epoch_that_is_skipped_is_told() {
    let stage = populated();
    stage.expect("baseline 46 --epochs 3", 0);
    let key = |uid: u16| {
        let place = [46u16.to_le_bytes(), uid.to_le_bytes()].concat();
        [&item("SubtensorModule", "Keys")[..], &place].concat()
    };
    let (own, other) = (key(20), stage.chain().get_storage(&key(21)).unwrap());
    let before = stage.chain().get_storage(&own).unwrap();
    // Two neurons with one hotkey: the chain runs no epoch.
    stage.chain().set_storage(vec![(own.clone(), Some(other))]).unwrap();
    stage.chain().new_blocks(20).unwrap();
    stage.chain().set_storage(vec![(own, Some(before))]).unwrap();
    stage.chain().new_blocks(20).unwrap();
    let run = stage.expect("watch 46 --epochs 1 --json", 0).json();
    let codes: Vec<_> = run["alerts"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert!(codes.contains(&&Value::from("epoch_deferred")), "{run}");
}

/// Every value of the node with all bits set.
fn all_ones(answer: Value) -> Value {
    changed(answer, |text| format!("0x{}", "f".repeat(text.len() - 2)))
}

/// Every value of the node cut short.
fn cut_short(answer: Value) -> Value {
    changed(answer, |text| text[..2 + (text.len() - 2) / 4 * 2].to_owned())
}

fn changed(mut answer: Value, change: fn(&str) -> String) -> Value {
    for set in answer.as_array_mut().unwrap() {
        for pair in set["changes"].as_array_mut().unwrap() {
            if let Some(text) = pair[1].as_str() {
                pair[1] = change(text).into();
            }
        }
    }
    answer
}

/// Whatever a node says of an epoch: an error that says what to do, and nothing is kept of it.
#[test]
fn nonsense_of_a_node_is_no_epoch() {
    for lie in [all_ones, cut_short] {
        let stage = populated().through(Box::new(move |method, _| match method {
            "state_queryStorageAt" => Reply::Alter(lie),
            _ => Reply::Pass,
        }));
        for line in
            ["health 46", "baseline 46", "watch 46 --epochs 1", "evaluate 46 --since 100100"]
        {
            let run = stage.run(line);
            assert_eq!(run.code, 5, "{line}: {run:?}");
            assert!(run.stderr.contains("hint: "), "{line}: {run:?}");
        }
        assert_eq!(stage.run("metagraph 46").code, 5);
        let kept = stage.expect("samples --json", 0).json();
        assert_eq!(kept["kept"], Value::Array(Vec::new()));
    }
}
