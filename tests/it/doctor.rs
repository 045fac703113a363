//! `doctor`: what it finds on a real chain, at nodes that are dead, silent, behind or of another chain,
//! and on a machine where something is wrong.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use subtune_devnet::Seal;

use crate::origins::{OWNER, with_proxies};
use crate::proxy::{Proxy, Reply, reserve};
use crate::support::{ALICE, APPLY, Stage, finish};
use crate::wallet_command::furnish;

/// Each row as `check state`, and the object itself.
#[track_caller]
fn rows(command: &mut Command, code: i32) -> (Vec<String>, Value) {
    let run = finish(command.arg("--json"));
    assert_eq!(run.code, code, "{}\n{}", run.stdout, run.stderr);
    assert_eq!(run.stderr, "");
    let json = run.json();
    let rows = json["checks"].as_array().unwrap().iter().map(|row| {
        let is_ok = row["state"] == "ok";
        assert_eq!(row["hint"].is_null(), is_ok, "{row}");
        format!("{} {}", row["check"].as_str().unwrap(), row["state"].as_str().unwrap())
    });
    (rows.collect(), json)
}

/// What is said by the checks of this name, and what to do.
#[track_caller]
fn said(json: &Value, check: &str) -> String {
    let rows = json["checks"].as_array().unwrap().iter().filter(|row| row["check"] == check);
    let lines: Vec<_> = rows
        .map(|row| {
            let hint = row["hint"].as_str().unwrap_or("nothing");
            format!("{}: {hint}", row["message"].as_str().unwrap())
        })
        .collect();
    assert!(!lines.is_empty(), "{json}");
    lines.join("\n")
}

fn doctor(stage: &Stage, options: &str) -> Command {
    stage.command(&format!("doctor {options}"))
}

/// A stage in which everything is as it should be.
fn sound(seal: Seal) -> Stage {
    let stage = with_proxies(seal, &[]);
    furnish(&stage, "v4.1.1", &["nacl"]);
    stage
}

const SOUND: &[&str] = &[
    "version ok",
    "node ok",
    "clock ok",
    "state ok",
    "locks ok",
    "records ok",
    "samples ok",
    "cache ok",
    "wallet ok",
    "keyfile ok",
];

#[test]
fn where_nothing_is_wrong_every_check_says_so() {
    let stage = sound(Seal::Instant);
    let wallet = "--wallet-path wallets -w nacl";
    let (found, json) = rows(&mut doctor(&stage, wallet), 0);
    assert_eq!(found, [SOUND, &["environment ok"]].concat());
    let url = stage.url().unwrap();
    let answers = format!("{url} answers (no TLS, this machine): local, runtime 475, finalized");
    assert!(said(&json, "node").starts_with(&answers), "{json}");
    assert!(said(&json, "environment").starts_with("set: BT_NETWORK, SUBTUNE_STATE_DIR, "));
    for made in ["state", "cache"] {
        assert!(!stage.path(made).exists(), "looking makes nothing");
    }
    // With a subnet: the key of this wallet has no right on it, until its owner gives it one.
    let (found, json) = rows(&mut doctor(&stage, &format!("46 {wallet}")), 6);
    assert_eq!(found, [SOUND, &["subnet ok", "owner error", "environment ok"]].concat());
    assert!(said(&json, "owner").contains(&format!("choose the wallet of {ALICE}")), "{json}");
    let account = json["checks"].as_array().unwrap().iter().find(|row| row["check"] == "wallet");
    let account = account.unwrap()["message"].as_str().unwrap().rsplit(' ').next().unwrap();
    let (_, json) = rows(doctor(&stage, wallet).env("SUBTUNE_NETUID", "46"), 6);
    assert!(said(&json, "subnet").contains("subnet 46"), "the variable names it, too");
    let account = subtune_model::address::parse_ss58(account).unwrap();
    stage.give_46_to(account, 0);
    let (found, json) = rows(&mut doctor(&stage, &format!("46 {wallet}")), 0);
    assert_eq!(found, [SOUND, &["subnet ok", "owner ok", "environment ok"]].concat());
    assert!(said(&json, "owner").contains("owns subnet 46; it has no proxies"), "{json}");
    // Nothing was unlocked, and so no password asked for.
    assert!(!stage.path("state").exists());
}

#[test]
fn a_wallet_that_is_a_proxy_is_told_what_it_may_do() {
    let stage = with_proxies(Seal::Instant, &[("charlie", OWNER, 0), ("dave", OWNER, 5)]);
    let wallet = |name: &str, address: &str| {
        let file = format!("wallets/{name}/coldkeypub.txt");
        stage.write(&file, json!({ "ss58Address": address }).to_string());
        format!("46 --wallet-path wallets -w {name}")
    };
    for (name, state, words) in [
        ("charlie", "ok", "is a proxy (Owner) of the owner of subnet 46: "),
        ("dave", "warning", "with a delay of 5 blocks"),
    ] {
        let line = wallet(name, &crate::origins::ss58(name));
        let (found, json) = rows(&mut doctor(&stage, &line), 0);
        assert!(found.contains(&format!("proxy {state}")), "{found:?}");
        assert!(said(&json, "proxy").contains(words), "{json}");
        assert!(said(&json, "keyfile").contains("none here"), "{json}");
    }
    let line = wallet("alice", ALICE);
    let (_, json) = rows(&mut doctor(&stage, &line), 0);
    assert!(said(&json, "owner").contains("owns subnet 46; it has 2 proxies"), "{json}");
}

#[test]
fn a_dead_node_is_told_and_takes_no_longer_than_its_time() {
    let stage = sound(Seal::Instant);
    let (_port, port) = reserve();
    let dead = format!("ws://127.0.0.1:{port}");
    let silent = Proxy::start(None, Box::new(|_, _| Reply::Silence));
    let url = stage.url().unwrap();
    let wallet = "--wallet-path wallets -w nacl";
    let nodes = format!("--network {dead},{},{url}", silent.url());
    let since = Instant::now();
    let (found, json) = rows(&mut doctor(&stage, &format!("46 {nodes} {wallet} --timeout 1")), 6);
    // Both wait at once; what else is read is read at the node that answers.
    assert!(since.elapsed() < Duration::from_secs(60), "{:?}", since.elapsed());
    let all: Vec<_> = found.iter().filter(|row| row.starts_with("node")).collect();
    assert_eq!(all, ["node warning", "node warning", "node ok"]);
    let words = said(&json, "node");
    assert!(words.contains(&format!("{dead} cannot be reached: ")), "the cause is told: {words}");
    assert!(words.contains(&format!("{}: no answer within 1 s", silent.url())), "{words}");
    assert!(found.contains(&"subnet ok".to_owned()), "{found:?}");

    // Where no other answers it is an error, and all else is looked at none the less.
    let (found, json) = rows(&mut doctor(&stage, &format!("46 --network {dead} {wallet}")), 5);
    let expected = [
        &["version cannot_tell", "node error", "clock cannot_tell"],
        &SOUND[3..],
        &["subnet cannot_tell", "environment ok"],
    ]
    .concat();
    assert_eq!(found, expected);
    assert!(said(&json, "version").starts_with("0.1.0, checked with runtime 475"));
    // One that only has to say the same has to answer.
    let (found, _) = rows(&mut doctor(&stage, &format!("--cross-check {dead} {wallet}")), 5);
    assert!(found.contains(&"cross-check error".to_owned()), "{found:?}");
    let (found, json) = rows(&mut doctor(&stage, &format!("--network finny {wallet}")), 2);
    assert!(found.contains(&"network error".to_owned()), "{found:?}");
    assert!(said(&json, "network").contains("finny is not a network that subtune knows"));
    let mut command = doctor(&stage, wallet);
    let (found, json) = rows(command.env("BT_FALLBACK_ENDPOINTS", format!("{dead},nowhere")), 2);
    assert_eq!(found[..3], ["version ok", "network error", "node ok"]);
    assert!(said(&json, "network").starts_with("BT_FALLBACK_ENDPOINTS: nowhere is not a network"));
}

/// What a node says of itself is held against the others, the clock, and what it is for.
#[test]
fn a_node_that_is_not_what_it_should_be_is_told() {
    let stage = sound(Seal::Instant);
    let first = json!(stage.chain().head().1);
    stage.chain().new_blocks(30).unwrap();
    let url = stage.url().unwrap();
    let behind = Proxy::start(
        Some(url.clone()),
        Box::new(move |method, _| match method {
            "chain_getFinalizedHead" => Reply::Say(first.clone()),
            _ => Reply::Pass,
        }),
    );
    let fork = Proxy::start(
        Some(url.clone()),
        Box::new(|method, params| match method {
            "chain_getBlockHash" if *params == json!([0]) => {
                Reply::Say(json!(format!("0x{}", "11".repeat(32))))
            }
            _ => Reply::Pass,
        }),
    );
    let light = Proxy::start(
        Some(url.clone()),
        Box::new(|method, params| match (method, &params[0]) {
            ("chain_getBlockHash", number) if *number == json!(1) => {
                Reply::Say(json!(format!("0x{}", "22".repeat(32))))
            }
            ("state_getStorage", _) if params[1] == json!(format!("0x{}", "22".repeat(32))) => {
                Reply::Refuse(-32_000, "Client error: State already discarded for 0x2222")
            }
            _ => Reply::Pass,
        }),
    );
    let wallet = "--wallet-path wallets -w nacl";
    let line = format!("{wallet} --network {url},{},{}", behind.url(), fork.url());
    let mut command = doctor(&stage, &line);
    let (found, json) = rows(command.env("BT_ARCHIVE_ENDPOINTS", light.url()), 5);
    let nodes: Vec<_> = found[1..5].iter().map(String::as_str).collect();
    assert_eq!(nodes, ["node ok", "node warning", "node error", "archive warning"]);
    let words = said(&json, "node");
    assert!(words.contains(&format!("{} is 30 blocks behind: ", behind.url())), "{words}");
    assert!(words.contains(&format!("{} answers for another chain", fork.url())), "{words}");
    let words = said(&json, "archive");
    let lacks = format!("{} has discarded the state of the first blocks", light.url());
    assert!(words.contains(&lacks) && words.contains("BT_ARCHIVE_ENDPOINTS"), "{words}");

    // The genesis hash of finney makes it a chain whose clock counts.
    let old = |time_ms: u64| {
        let clock = json!(format!("0x{}", hex::encode(time_ms.to_le_bytes())));
        Proxy::start(
            Some(url.clone()),
            Box::new(move |method, params| match method {
                "chain_getBlockHash" if *params == json!([0]) => {
                    Reply::Say(json!(subtune_model::network::FINNEY))
                }
                "state_getStorage" => Reply::Say(clock.clone()),
                _ => Reply::Pass,
            }),
        )
    };
    for (time_ms, node, words) in [
        (
            1_000_000_000_000,
            "node warning",
            "all nodes are behind, or this machine's clock is ahead",
        ),
        (9_000_000_000_000, "node ok", "or more behind the chain's: set the clock"),
    ] {
        let node_there = old(time_ms);
        let line = format!("{wallet} --network {}", node_there.url());
        let (found, json) = rows(&mut doctor(&stage, &line), 0);
        assert_eq!(found[1..3], [node, "clock warning"]);
        assert!(said(&json, "clock").contains(words), "{json}");
    }
}

/// Directories, records and samples of a machine on which something went wrong.
#[test]
fn what_is_wrong_on_this_machine_is_told() {
    let stage = sound(Seal::Instant);
    let wallet = "--wallet-path wallets -w nacl";
    stage.expect(APPLY, 0);
    let (found, json) = rows(&mut doctor(&stage, wallet), 0);
    assert_eq!(found, [SOUND, &["environment ok"]].concat());
    assert_eq!(said(&json, "records"), "1 change, each with its outcome: nothing");

    // A node that keeps to itself what became of a change.
    let silent = sound(Seal::Instant).through(Box::new(|method, _| match method {
        "state_getStorage" => Reply::Say(Value::Null),
        _ => Reply::Pass,
    }));
    silent.expect(APPLY, 9);
    let (found, json) = rows(&mut doctor(&silent, wallet), 0);
    assert!(found.contains(&"records warning".to_owned()), "{json}");
    let words = said(&json, "records");
    assert!(words.contains("history --refresh") && words.contains("(subnet 46)"), "{words}");

    let receipt = stage.receipt();
    std::fs::write(&receipt, "kind: receipt\n").unwrap();
    let state = stage.path("state");
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o755)).unwrap();
    stage.write("state/samples.sqlite", "no database, and longer than its header. ".repeat(9));
    let (found, json) = rows(&mut doctor(&stage, wallet), 1);
    assert_eq!(found[3..7], ["state warning", "locks ok", "records error", "samples error"]);
    assert!(said(&json, "state").contains("(mode 755): chmod 700 "), "{json}");
    assert!(stage.path("state/samples.sqlite").exists(), "looking sets nothing aside");

    stage.write("file", "");
    let line = format!("{wallet} --state-dir file --cache-dir file/cache");
    let (found, _) = rows(&mut doctor(&stage, &line), 1);
    assert!(found.contains(&"state error".to_owned()), "{found:?}");
    assert!(found.contains(&"cache warning".to_owned()), "{found:?}");
    // Nobody has named a wallet, and looking needs none.
    let (found, _) = rows(&mut doctor(&stage, "--state-dir other"), 0);
    assert!(found.contains(&"wallet warning".to_owned()), "{found:?}");
    let (found, _) = rows(&mut doctor(&stage, "--state-dir other -w nobody"), 7);
    assert!(found.contains(&"wallet error".to_owned()), "{found:?}");
    let (found, json) = rows(doctor(&stage, wallet).env("SUBTUNE_NETUID", "x"), 1);
    assert_eq!(found.last().unwrap(), "environment error");
    assert!(said(&json, "environment").contains("SUBTUNE_NETUID: \"x\" is not a netuid"));
    let (found, _) = rows(&mut doctor(&stage, "99 --state-dir other"), 4);
    assert!(found.contains(&"subnet error".to_owned()), "{found:?}");
}

/// Every form of the result says the same.
#[test]
fn it_is_text_markdown_and_data() {
    let stage = Stage::offline();
    let line = "doctor --network ws://127.0.0.1:1";
    let text = stage.expect(line, 5).stdout;
    assert!(text.contains("error        node"), "{text}");
    assert!(text.contains("hint: check the network"), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.contains(" ok, ") && last.contains("1 error, 2 cannot be told"), "{last}");
    let markdown = stage.expect(&format!("{line} --format markdown"), 5).stdout;
    assert!(markdown.starts_with("| state | check | found | what to do |\n|---"), "{markdown}");
    assert!(markdown.contains("| error | node | "), "{markdown}");
    for columns in ["40", "80"] {
        let run = finish(stage.command(line).env("COLUMNS", columns));
        let width: usize = columns.parse().unwrap();
        for line in run.stdout.lines().filter(|line| !line.contains('/')) {
            assert!(line.chars().count() <= width, "{columns}: {line}");
        }
    }
}
