//! Whole screens as files, so that a change of one is read as a whole: what stands on stdout and on
//! stderr after a command, at 80 columns.
//!
//! `SUBTUNE_SCREENS=accept cargo test --test it -- screens::` writes the files in `tests/screens` anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use similar::TextDiff;
use subtune_devnet::Seal;

use crate::origins::{OWNER, TWO, ss58, with_multisig, with_proxies};
use crate::support::{ALICE, Run, Stage};
use crate::terminal::Screen;
use crate::wallet_command::{VERIFY, furnish, stage_with};

/// The names of all screens; each is shown by one test.
const ALL: &[&str] = &[
    "apply-blocked",
    "apply-declined",
    "apply-dry-run",
    "apply-done",
    "apply-rate-limited",
    "apply-staged-dry-run",
    "baseline",
    "chain",
    "check-netuid",
    "check-profile",
    "diff-markdown",
    "diff-nothing",
    "diff-profile",
    "diff-two-profiles",
    "doctor",
    "doctor-dead",
    "error-dead-endpoint",
    "error-network",
    "error-profile",
    "error-subnet",
    "evaluate",
    "evaluate-markdown",
    "explain-error",
    "explain-finding",
    "explain-hyperparameter",
    "fields",
    "fleet-applied",
    "fleet-apply-stopped",
    "fleet-drift",
    "fleet-plan",
    "fleet-plan-markdown",
    "fleet-status",
    "forecast",
    "forecast-nothing",
    "health",
    "help-environment",
    "history",
    "history-empty",
    "history-one",
    "import",
    "init",
    "metagraph",
    "metagraph-markdown",
    "metagraph-miners",
    "metagraph-uid",
    "metagraph-wide",
    "plan-help",
    "plan-json",
    "plan-mixed",
    "plan-multisig",
    "plan-nothing",
    "plan-proxy",
    "plan-story",
    "plan-unsigned",
    "rollback-done",
    "rollback-rate-limited",
    "samples",
    "show",
    "show-unreadable",
    "snapshot",
    "wallet-list",
    "wallet-show",
    "wallet-wrong-password",
    "watch",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screens")
}

/// A command with a terminal's width and no terminal.
fn command(stage: &Stage, line: &str) -> Command {
    let mut command = stage.command(line);
    command.env("COLUMNS", "80");
    command
}

/// Holds what a command shows against the file of this name.
#[track_caller]
fn shows(stage: &Stage, name: &str, line: &str) -> Run {
    shows_at(stage, "80", name, line)
}

/// The same at so many columns.
#[track_caller]
fn shows_at(stage: &Stage, columns: &str, name: &str, line: &str) -> Run {
    let run = Run::of(command(stage, line).env("COLUMNS", columns).output().unwrap());
    let mut text = format!("$ subtune {line}\n{}", run.stdout);
    if !run.stderr.is_empty() {
        text.push_str(&format!("--- on stderr\n{}", run.stderr));
    }
    text.push_str(&format!("--- exit code {}\n", run.code));
    compare(name, &masked(stage, &text));
    run
}

#[track_caller]
fn compare(name: &str, now: &str) {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    assert!(ALL.contains(&name), "{name} is not among the names of all screens");
    assert!(SEEN.lock().unwrap().insert(name.to_owned()), "{name} is shown twice");
    let path = folder().join(format!("{name}.txt"));
    if std::env::var_os("SUBTUNE_SCREENS").is_some_and(|what| what == "accept") {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&path, now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(kept.as_str(), now);
    assert!(
        kept == now,
        "the screen {name} is another one now; if it is meant, run the tests `screens::` once with \
         SUBTUNE_SCREENS=accept\n{}",
        diff.unified_diff().header("kept", "now")
    );
}

/// The text without what differs from run to run: where the tests run, hashes that cover a signature,
/// the time of day.
pub(crate) fn masked(stage: &Stage, text: &str) -> String {
    let text = text.replace(&stage.path("").display().to_string(), "/stage/");
    let text = match stage.url() {
        Some(url) => text.replace(url.trim_end_matches('/'), "ws://node"),
        None => text,
    };
    let mut done = String::new();
    let mut rest = text.as_str();
    while let Some(next) = rest.chars().next() {
        let inside = done.ends_with(|c: char| c.is_ascii_alphanumeric());
        let found = (!inside)
            .then(|| {
                MASKS
                    .iter()
                    .find_map(|(shape, word)| length(shape, rest).map(|length| (length, *word)))
            })
            .flatten();
        match found {
            Some((length, word)) => {
                done.push_str(word);
                rest = &rest[length..];
            }
            None => {
                done.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    done
}

/// Shapes of what differs: `9` is a digit, `f` a hexadecimal one, `*` any number of hexadecimal ones,
/// everything else itself. A shape ends where no letter or digit follows.
const MASKS: &[(&str, &str)] = &[
    // Ids of records.
    ("99999999T999999Z-ffffff-9", "<ID>"),
    ("99999999T999999Z-ffffff", "<ID>"),
    // Clock times, from the most exact on.
    ("9999-99-99T99:99:99Z", "<TIME>"),
    ("9999-99-99 99:99:99", "<TIME>"),
    ("9999-99-99 99:99", "<TIME>"),
    // Hashes, whole and short.
    ("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "<HASH>"),
    ("0xffffffff…ffffffff", "<HASH>"),
    ("0xffffffff…", "<HASH>"),
    ("0xffffff…ffff", "<HASH>"),
];

/// How many bytes at the beginning of the text have this shape.
fn length(shape: &str, text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let mut length = 0;
    for wanted in shape.chars() {
        let is = chars.next()?;
        let fits = match wanted {
            '9' => is.is_ascii_digit(),
            'f' => is.is_ascii_hexdigit(),
            other => is == other,
        };
        if !fits {
            return None;
        }
        length += is.len_utf8();
    }
    chars.next().is_none_or(|next| !next.is_ascii_alphanumeric()).then_some(length)
}

#[test]
fn every_file_is_a_screen_and_every_screen_a_file() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut names: Vec<String> = ALL.iter().map(|name| format!("{name}.txt")).collect();
    names.sort();
    assert_eq!(files, names);
}

#[test]
fn only_what_differs_is_masked() {
    let stage = Stage::offline();
    let hash = format!("0x{}", "ab".repeat(32));
    for (text, expected) in [
        (format!("block 5 ({hash})"), "block 5 (<HASH>)".to_owned()),
        (format!("{hash}ab"), format!("{hash}ab")),
        ("at 2026-11-22 14:05 UTC".to_owned(), "at <TIME> UTC".to_owned()),
        ("20261122T140500Z-0f0f0f".to_owned(), "<ID>".to_owned()),
        ("14757395258967641292 → 0.8".to_owned(), "14757395258967641292 → 0.8".to_owned()),
    ] {
        assert_eq!(masked(&stage, &text), expected);
    }
}

#[test]
fn what_a_subnet_is() {
    let stage = Stage::with_chain();
    shows(&stage, "show", "show 46");
    shows(&stage, "snapshot", "snapshot 46");
    shows(&stage, "init", "init 46");
    shows(&stage, "chain", "chain --detailed-exitcode");
    shows(&stage, "doctor", "doctor 46");
    shows(&stage, "diff-profile", "diff 46 subnet13-aligned");
    shows(&stage, "diff-markdown", "diff 46 subnet13-aligned --format markdown");
    shows(&stage, "diff-nothing", "diff 46 subnet46-2025");
    shows(&stage, "diff-two-profiles", "diff subnet46-2025 liquid-alpha");
    // Another factor than the one that gives the stored cutoff.
    stage.set_46("ActivityCutoffFactorMilli", &20_000u32.to_le_bytes());
    stage.set_46("ImmunityPeriod", &[1]);
    shows(&stage, "show-unreadable", "show 46");
    shows(&stage, "error-subnet", "show 99");
}

#[test]
fn what_a_plan_says() {
    let stage = Stage::with_chain();
    shows(&stage, "plan-story", "plan 46 --profile subnet13-aligned");
    shows(&stage, "plan-nothing", "plan 46 --set immunity_period=7200");
    shows(&stage, "plan-json", "plan 46 --set immunity_period=12000 --format json");
    shows(&stage, "plan-unsigned", "plan 46 --set immunity_period=12000 --unsigned change.json");
    // One of each kind.
    stage.just_changed(MAX_BURN);
    shows(
        &stage,
        "plan-mixed",
        "plan 46 --set immunity_period=12000 --set max_burn=50TAO --set kappa=40000 --set tempo=5 \
         --set adjustment_alpha=17893341751498264576 --set rho=10 --set min_burn=1",
    );
    shows(&stage, "check-profile", "check subnet13-aligned");
    shows(&stage, "check-netuid", "check subnet13-aligned --netuid 46");
}

#[test]
fn what_a_forecast_says() {
    let stage = crate::forecast::populated();
    let change = "--set yuma3_enabled=false --set kappa=45000 --set immunity_period=9000";
    shows(&stage, "forecast", &format!("forecast 46 {change} --epochs 12"));
    shows(&stage, "forecast-nothing", "forecast 46 --set immunity_period=9000");
}

#[test]
fn what_the_neurons_are() {
    let stage = crate::forecast::populated();
    shows(&stage, "metagraph", "metagraph 46");
    shows(&stage, "metagraph-miners", "metagraph 46 --role miner --stale 100,1000");
    shows(&stage, "metagraph-uid", "metagraph 46 --uid 1");
    let columns = "pos,role,uid,stake,vtrust,emission";
    let line = format!("metagraph 46 --role validator --columns {columns} --format markdown");
    shows(&stage, "metagraph-markdown", &line);
    shows_at(&stage, "120", "metagraph-wide", "metagraph 46 --sort vtrust --role validator");
}

#[test]
fn what_others_sign() {
    let stage = with_proxies(Seal::Manual, &[("charlie", OWNER, 0)]);
    let signer = ss58("charlie");
    shows(&stage, "plan-proxy", &format!("plan 46 {TWO} --proxy-for {ALICE} --signer {signer}"));
    let stage = with_multisig(Seal::Manual, 2);
    let all = ["charlie", "dave", "eve"].map(ss58).join(",");
    let line = format!("plan 46 {TWO} --multisig {all} --threshold 2 --signer {signer}");
    shows(&stage, "plan-multisig", &line);
}

/// The rate-limit slot of `max_burn`.
const MAX_BURN: u8 = 12;

#[test]
fn what_a_change_says() {
    let stage = Stage::with_chain();
    shows(&stage, "history-empty", "history 46");
    let apply = "apply 46 --set immunity_period=12000";
    shows(&stage, "apply-dry-run", &format!("{apply} --dry-run"));
    shows(&stage, "apply-blocked", "apply 46 --profile subnet13-aligned --dev-key alice --yes");
    shows(&stage, "apply-done", &format!("{apply} --dev-key alice --yes"));
    shows(
        &stage,
        "apply-rate-limited",
        "apply 46 --set immunity_period=12001 --dev-key alice --yes",
    );
    shows(
        &stage,
        "apply-staged-dry-run",
        "apply 46 --set immunity_period=12001 --set max_burn=50TAO --staged --dry-run",
    );
    shows(&stage, "rollback-rate-limited", "rollback 46 --dev-key alice --yes");
    stage.lift_rate_limit();
    shows(&stage, "rollback-done", "rollback 46 --dev-key alice --yes");
    shows(&stage, "history", "history 46");
    let history = stage.expect("history 46 -n 1 --json", 0).json();
    let id = history["receipts"][0]["id"].as_str().unwrap();
    shows(&stage, "history-one", &format!("history {id}"));
}

#[test]
fn what_is_asked_on_a_terminal() {
    let stage = Stage::with(Seal::Manual);
    let line = "apply 46 --set immunity_period=12000 --dev-key alice";
    let mut screen = Screen::start(command(&stage, line), None);
    screen.wait_for("Do you want to");
    screen.type_unseen("no");
    let (code, said) = screen.all();
    assert_eq!(stage.chain().pending(), 0);
    let screen = format!("$ subtune {line}\n{}--- exit code {code}\n", left_on_screen(&said));
    compare("apply-declined", &masked(&stage, &screen));
}

/// What a terminal shows in the end: the question was erased once it was answered.
fn left_on_screen(said: &str) -> String {
    let lines = said.replace("\r\n", "\n");
    let lines = lines.split_inclusive('\n').map(|line| {
        let (_, kept) = line.rsplit_once("\u{1b}[2K").unwrap_or(("", line));
        anstream::adapter::strip_str(kept).to_string()
    });
    lines.collect()
}

#[test]
fn what_needs_no_chain() {
    let stage = Stage::offline();
    shows(&stage, "explain-hyperparameter", "explain adjustment_alpha");
    shows(&stage, "explain-error", "explain AdminActionProhibitedDuringWeightsWindow");
    shows(&stage, "explain-finding", "explain HP206");
    shows(&stage, "plan-help", "plan --help");
    shows(&stage, "help-environment", "help environment");
    shows(&stage, "doctor-dead", "doctor 46 --network ws://127.0.0.1:1");
    shows(&stage, "error-dead-endpoint", "show 46 --network ws://127.0.0.1:1");
    shows(&stage, "error-network", "show 46 --network finny");
    stage.write("odd.yaml", "hyperparameters:\n  immunity_peroid: 12000\n  tempo: 400.5\n");
    shows(&stage, "error-profile", "check odd.yaml");
    let vectors = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let table = std::fs::read(vectors.join("import/btcli-9.23.2/table-80.txt")).unwrap();
    stage.write("table.txt", table);
    shows(&stage, "import", "import table.txt");
}

#[test]
fn what_a_wallet_says() {
    let stage = stage_with("v4.1.1", &["ed25519", "watch-only"]);
    furnish(&stage, "v1.0.0", &["ansible"]);
    shows(&stage, "wallet-list", "wallet list --wallet-path wallets");
    shows(&stage, "wallet-show", "wallet show ed25519 --wallet-path wallets");
    stage.write("wrong", "not it\n");
    shows(&stage, "wallet-wrong-password", &format!("{VERIFY} --password-file wrong"));
}

/// Every field of every JSON object, with what it can be: `null` beside another type where one of the
/// objects here shows it.
#[test]
fn what_every_json_object_holds() {
    let stage = stage_with("v4.1.1", &["ed25519", "watch-only"]);
    let chain = with_proxies(Seal::Instant, &[("charlie", OWNER, 0)]);
    let charlie = ss58("charlie");
    let mut text = String::new();
    let mut show = |stage: &Stage, lines: &[&str]| {
        let mut fields = BTreeMap::new();
        for line in lines {
            let run = Run::of(command(stage, &format!("{line} --format json")).output().unwrap());
            collect(&run.json(), String::new(), &mut fields);
        }
        let name = masked(stage, lines[0]).replace(ALICE, "ALICE");
        let name = name.split(" -").next().unwrap();
        text.push_str(&format!("# {name}\n"));
        for (path, types) in fields {
            let types: Vec<&str> = types.into_iter().collect();
            text.push_str(&format!("{path}: {}\n", types.join(" | ")));
        }
    };
    show(&chain, &["show 46"]);
    show(&chain, &["snapshot 46"]);
    show(&chain, &["init 46 --output 46.yaml"]);
    show(&chain, &["chain"]);
    show(&chain, &["doctor 46"]);
    show(&chain, &["diff 46 subnet13-aligned"]);
    show(&chain, &["plan 46 --profile subnet13-aligned --set kappa=40000"]);
    show(&chain, &["plan 46 --set rho=11 --unsigned t.json --qr"]);
    show(&chain, &["check subnet13-aligned --netuid 46", "check liquid-alpha"]);
    let proxied = format!("apply 46 {TWO} --proxy-for {ALICE} --dev-key charlie --yes");
    show(&chain, &["sign t.json --dev-key alice --yes"]);
    show(&chain, &["submit t.signed.json --yes"]);
    // Until its rate limit is over, and in a later block.
    let later = "plan 46 --set rho=13 --set immunity_period=9000";
    show(&chain, &[&format!("{later} --staged"), later, &format!("{later} --at-block 101000")]);
    chain.lift_rate_limit();
    show(&chain, &["apply 46 --set rho=12 --dev-key alice --yes", &proxied]);
    chain.lift_rate_limit();
    show(&chain, &["rollback 46 --dev-key alice --yes --skip-blocked"]);
    show(&chain, &["history 46"]);
    show(&chain, &[&format!("proxy list {ALICE}")]);
    show(&chain, &[&format!("proxy setup 46 --delegate {charlie} {TWO}")]);
    let settled = crate::forecast::populated();
    show(
        &settled,
        &["forecast 46 --set kappa=45000 --set rho=11 --set alpha_low=40000 --chart c.svg"],
    );
    show(&settled, &["metagraph 46 --uid 0", "metagraph 46"]);
    settled.chain().new_blocks(300).unwrap();
    show(&settled, &["health 46 --goal vtrust.mean>=0.5"]);
    show(&settled, &["baseline 46 --epochs 12"]);
    settled.expect("apply 46 --set bonds_penalty=20000 --dev-key alice --yes", 0);
    settled.chain().new_blocks(150).unwrap();
    show(&settled, &["watch 46 --epochs 1 --since 100570"]);
    let since = "46 --since last --baseline 15 --goal vtrust.mean>=0.5";
    show(&settled, &[&format!("evaluate {since}"), &format!("report {since} --output r.html")]);
    show(&settled, &["samples"]);
    let many = Stage::with_chain();
    crate::fleet::write(&many, "  immunity_period: 12000\n");
    many.write(
        "gone.yaml",
        many.read("fleet.yaml").replace("13: { profile: wanted", "13: { profile: gone"),
    );
    show(&many, &["fleet status gone.yaml", "fleet plan --output plans.yaml"]);
    show(&many, &["fleet apply --plan plans.yaml --yes", "fleet snapshot --output now"]);
    show(&stage, &["explain rho", "explain tempo"]);
    show(&stage, &["explain BadOrigin"]);
    show(&stage, &["explain codes"]);
    show(&stage, &["profiles"]);
    show(&stage, &["help environment", "help profiles"]);
    show(&stage, &["wallet list --wallet-path wallets"]);
    show(&stage, &["wallet show ed25519 --wallet-path wallets"]);
    show(&stage, &["show 46 --network finny"]);
    compare("fields", &text);
}

/// Adds what is in a JSON value to the fields seen so far; a list counts as what is in it, and so does
/// what is kept by the names of hyperparameters.
fn collect(
    value: &serde_json::Value,
    path: String,
    fields: &mut BTreeMap<String, BTreeSet<&'static str>>,
) {
    use serde_json::Value;
    let kind = match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = if subtune_model::catalog::find(name).is_some() { "NAME" } else { name };
                collect(value, format!("{path}.{name}"), fields);
            }
            return;
        }
        Value::Array(list) if !list.is_empty() => {
            for value in list {
                collect(value, format!("{path}[]"), fields);
            }
            return;
        }
        Value::Array(_) => "empty list",
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
    };
    fields.entry(path).or_default().insert(kind);
}

/// Several subnets, looked at and changed.
#[test]
fn several_subnets() {
    let stage = Stage::with_chain();
    crate::fleet::write(
        &stage,
        "  immunity_period: 12000\n  max_burn: 2 TAO\n  weights_rate_limit: 360\n",
    );
    shows(&stage, "fleet-status", "fleet status");
    shows(&stage, "fleet-drift", "fleet drift");
    crate::fleet::write(&stage, "  immunity_period: 12000\n  serving_rate_limit: 60\n");
    shows(&stage, "fleet-plan", "fleet plan --output plans.yaml");
    shows(&stage, "fleet-plan-markdown", "fleet plan --format markdown");
    let fleet = stage.read("fleet.yaml");
    stage.write("suri", crate::fleet::CHARLIE);
    stage.write("fleet.yaml", fleet.replace("dev_key: alice", "suri_file: suri"));
    shows(&stage, "fleet-apply-stopped", "fleet apply --plan plans.yaml --yes");
    stage.write("fleet.yaml", fleet);
    shows(&stage, "fleet-applied", "fleet apply --plan plans.yaml --resume --yes");
}

/// Epochs that are looked at, kept, watched and judged.
#[test]
fn what_has_become_of_a_change() {
    let stage = crate::forecast::populated();
    stage.chain().new_blocks(300).unwrap();
    shows(&stage, "health", "health 46 --goals subnet46-2025");
    shows(&stage, "baseline", "baseline 46 --epochs 12");
    stage.expect("apply 46 --set bonds_penalty=20000 --dev-key alice --yes", 0);
    stage.chain().new_blocks(150).unwrap();
    shows(&stage, "watch", "watch 46 --epochs 3");
    let line = "evaluate 46 --since last --baseline 15 --goal vtrust.mean>=+5%";
    shows(&stage, "evaluate", line);
    shows(&stage, "evaluate-markdown", &format!("{line} --format markdown"));
    shows(&stage, "samples", "samples");
}
