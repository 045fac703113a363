//! Nodes that are not there, say nothing, say nonsense, or are of another chain: exit code 5.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::proxy::{Hook, Reply};
use crate::support::{APPLY, BOB, Run, Stage};

const FINNEY: &str = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";
/// The commands that need a chain.
const COMMANDS: &[&str] =
    &["show 46", "snapshot 46", "diff 46 13", "plan 46 --profile liquid-alpha", APPLY];

/// Does one thing for one method, and asks the chain for everything else.
fn only(method: &'static str, reply: fn() -> Reply) -> Hook {
    Box::new(move |asked, _| if asked == method { reply() } else { Reply::Pass })
}

#[test]
fn a_port_on_which_nobody_listens() {
    let stage = Stage::offline();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for command in COMMANDS {
        let line = format!("{command} --network ws://127.0.0.1:{port}");
        stage.fails(&line, 5, &format!("ws://127.0.0.1:{port} cannot be reached"), "--network");
    }
    let verbose = stage.expect(&format!("show 46 -v --network ws://127.0.0.1:{port}"), 5);
    assert!(verbose.stderr.contains("\ncause: "), "{}", verbose.stderr);
    assert!(!stage.path("state").exists());
}

#[test]
fn a_port_that_takes_the_connection_and_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let start = Instant::now();
    let line = format!("show 46 --timeout 1 --network {url}");
    Stage::offline().fails(&line, 5, "did not answer within 1 s", "check the network");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_node_that_shakes_hands_and_says_nothing() {
    let stage = Stage::offline().through(Box::new(|_, _| Reply::Silence));
    let start = Instant::now();
    let error = "no answer within 1 s (chain_getBlockHash)";
    stage.fails("show 46 --timeout 1", 5, error, "check the network");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_node_that_falls_silent_later() {
    let stage = Stage::with_chain().through(only("state_queryStorageAt", || Reply::Silence));
    let error = "no answer within 1 s (state_queryStorageAt)";
    stage.fails("plan 46 --profile liquid-alpha --timeout 1", 5, error, "check the network");
}

#[test]
fn a_node_of_another_kind_of_chain() {
    let version = || {
        Reply::Say(json!({
            "specName": "polkadot", "implName": "parity-polkadot", "authoringVersion": 0,
            "specVersion": 1_000_000, "implVersion": 0, "transactionVersion": 26, "apis": []
        }))
    };
    let stage = Stage::with_chain().through(only("state_getRuntimeVersion", version));
    for command in COMMANDS {
        stage.fails(command, 5, "runs polkadot, which is not a Subtensor chain", "--network");
    }
}

#[test]
fn a_node_that_refuses_has_the_last_word() {
    let stage = Stage::with_chain().through(only("state_queryStorageAt", || {
        Reply::Refuse(-32_000, "State already discarded")
    }));
    stage.fails("show 46", 5, "refused state_queryStorageAt", "--network archive");
    let stage = Stage::with_chain()
        .through(only("state_call", || Reply::Refuse(-32_601, "Method not found\n\u{1b}[31m")));
    stage.fails("plan 46 --profile liquid-alpha", 5, "refused state_call", "another one");
}

/// A server that answers every request for a connection with this.
pub(crate) fn server(answer: String) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    // Once for a person, once for a script.
    let thread = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, thread)
}

#[test]
fn a_node_that_limits_how_much_it_is_asked() {
    let limits = || Reply::Refuse(-32_004, "storage work rate limit exceeded");
    let stage = Stage::with_chain().through(only("state_queryStorageAt", limits));
    let error = "limits how much it is asked: storage work rate limit exceeded (-32004)";
    stage.fails_later("show 46", 5, error, "wait a minute");
    let (url, thread) = server("HTTP/1.1 429 Too Many Requests\r\n\r\n".to_owned());
    let line = format!("show 46 --network {url}");
    stage.fails(&line, 5, "limits how much it is asked: HTTP status 429", "wait a minute");
    thread.join().unwrap();
}

/// The host was checked, another one was not: it may be reached without encryption.
#[test]
fn a_redirection_is_not_followed() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let location = other.local_addr().unwrap();
    let answer = format!("HTTP/1.1 302 Found\r\nLocation: ws://{location}/\r\n\r\n");
    let (url, thread) = server(answer);
    Stage::offline().fails(
        &format!("show 46 --timeout 5 --network {url}"),
        5,
        &format!("{url} cannot be reached"),
        "--network",
    );
    thread.join().unwrap();
    other.set_nonblocking(true).unwrap();
    assert_eq!(other.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// Answers of a node to one function of the runtime that say nothing about what was asked.
fn failures() -> [Reply; 6] {
    [
        Reply::Refuse(-32_000, "Server is busy"),
        Reply::Refuse(4_003, "Client error: Execution failed: wasm trap: unreachable"),
        Reply::Refuse(4_003, "Client error: Exported method Core_version is not found"),
        Reply::Say(json!("no hex")),
        Reply::Say(json!("0x05")),
        Reply::Silence,
    ]
}

/// Answers this for one function of the runtime, once.
fn function(name: &'static str, reply: Reply) -> Hook {
    let reply = std::sync::Mutex::new(Some(reply));
    Box::new(move |method, params| {
        let asked = method == "state_call" && params[0] == name;
        asked.then(|| reply.lock().unwrap().take()).flatten().unwrap_or(Reply::Pass)
    })
}

/// A preflight that fails is not a preflight that nobody offers: nothing is sent.
#[test]
fn nothing_is_sent_when_the_preflight_gets_lost() {
    for reply in failures() {
        let stage = Stage::with_chain().through(function("BlockBuilder_apply_extrinsic", reply));
        let head = stage.chain().head();
        let run = stage.run(&format!("{APPLY} --timeout 1"));
        run.check_failure(true, 5, "", "");
        assert!(!run.stderr.contains("no preflight"), "{}", run.stderr);
        assert_eq!((stage.chain().head(), stage.chain().pending()), (head, 0));
        let history = stage.expect("history --format json", 0).json();
        assert_eq!(history["receipts"][0]["outcome"], "not sent", "{history}");
    }
    let missing = "Exported method BlockBuilder_apply_extrinsic is not found";
    for reply in [Reply::Refuse(-32_601, "Method not found"), Reply::Refuse(4_003, missing)] {
        let stage = Stage::with_chain().through(function("BlockBuilder_apply_extrinsic", reply));
        let run = stage.expect(APPLY, 0);
        assert!(run.stderr.contains("this node offers no preflight"), "{}", run.stderr);
    }
}

/// Only a node that has no metadata of version 15 is asked for the older one.
#[test]
fn the_older_metadata_is_no_way_out_of_a_failure() {
    for reply in failures() {
        let stage = Stage::with_chain().through(function("Metadata_metadata_at_version", reply));
        stage.run("show 46 --timeout 1").check_failure(false, 5, "", "");
        assert!(!stage.path("cache").exists());
    }
    let missing = "Exported method Metadata_metadata_at_version is not found";
    for reply in [Reply::Refuse(4_003, missing), Reply::Say(json!("0x00"))] {
        let stage = Stage::with_chain().through(function("Metadata_metadata_at_version", reply));
        stage.expect("show 46", 0);
    }
}

/// A fee that cannot be read is not a fee that nobody tells.
#[test]
fn nothing_is_asked_for_consent_when_the_fee_gets_lost() {
    for reply in failures() {
        let stage =
            Stage::with_chain().through(function("TransactionPaymentApi_query_info", reply));
        stage.run(&format!("{APPLY} --timeout 1")).check_failure(true, 5, "", "");
        assert_eq!(stage.chain().pending(), 0);
        assert_eq!(stage.records("yaml"), Vec::<std::path::PathBuf>::new());
    }
}

/// Whatever a node answers, it ends in words and in time, and nothing is sent.
#[test]
fn nonsense_is_no_answer() {
    for method in [
        "chain_getBlockHash",
        "chain_getFinalizedHead",
        "chain_getHeader",
        "state_getRuntimeVersion",
        "state_queryStorageAt",
        "state_call",
        "system_accountNextIndex",
    ] {
        for nonsense in [json!(null), json!("0xnonsense"), json!({ "number": -1 })] {
            let told = nonsense.clone();
            let hook: Hook =
                Box::new(
                    move |asked: &str, _: &Value| {
                        if asked == method { Reply::Say(told.clone()) } else { Reply::Pass }
                    },
                );
            let stage = Stage::with_chain().through(hook);
            let head = stage.chain().head();
            let run = stage.run(&format!("{APPLY} --timeout 5"));
            run.check_failure(true, 5, "", "");
            assert_eq!(stage.chain().head(), head, "{method}: {nonsense}");
            assert_eq!(stage.chain().pending(), 0, "{method}: {nonsense}");
        }
    }
}

/// A hash becomes a part of a path, so nothing else may pass for one.
#[test]
fn a_genesis_hash_that_is_a_path_leads_nowhere() {
    let stage = Stage::with_chain();
    let outside = stage.path("outside");
    for said in [
        format!("{}/x", outside.display()),
        format!("0x{}/x", outside.display()),
        "0x../../outside/x".to_owned(),
        format!("0x{}", "1".repeat(63)),
        format!("0x{}/", "1".repeat(64)),
    ] {
        let stage = Stage::with_chain().through(Box::new(move |asked, params| {
            let genesis = asked == "chain_getBlockHash" && *params == json!([0]);
            if genesis { Reply::Say(json!(said)) } else { Reply::Pass }
        }));
        stage.fails("show 46", 5, "the answer makes no sense (chain_getBlockHash)", "--network");
        assert!(!outside.exists() && !stage.path("outside").exists());
        assert!(!stage.path("cache").exists() && !stage.path("state").exists());
    }
}

/// A number that leaves no room to add to it is the number of no block.
#[test]
fn a_height_that_no_chain_has_is_refused() {
    for height in ["0xffffffffffffffff", "0x100000000", "0x", "64", "0x+64", "0x0x64"] {
        let hook: Hook = Box::new(move |asked, _| match asked {
            "chain_getHeader" => Reply::Say(
                json!({ "number": height, "parentHash": format!("0x{}", "11".repeat(32)) }),
            ),
            _ => Reply::Pass,
        });
        let stage = Stage::with_chain().through(hook);
        stage.fails("show 46", 5, "a number that no chain has", "do not use this node");
    }
}

/// The genesis hash decides, not the address.
#[test]
fn development_keys_are_refused_on_a_public_chain() {
    let stage = Stage::with_chain().through(Box::new(|asked, params| {
        if asked == "chain_getBlockHash" && *params == json!([0]) {
            Reply::Say(json!(FINNEY))
        } else {
            Reply::Pass
        }
    }));
    let error = "development keys are known to everybody: refused on finney";
    stage.fails(APPLY, 6, error, "--wallet-name");
    stage.fails(&format!("{APPLY} --dry-run"), 6, error, "--wallet-name");
    assert!(!stage.path("state").exists());
}

#[test]
fn a_node_that_does_not_take_the_transaction() {
    for reply in [
        || Reply::Refuse(1_010, "Invalid Transaction"),
        || Reply::Refuse(-32_601, "Method not found"),
    ] {
        let stage = Stage::with_chain().through(only("author_submitExtrinsic", reply));
        let run = stage.run(APPLY);
        run.check_failure(true, 6, "the node refused the transaction: ", "nothing changed");
        let history = stage.expect("history --format json", 0).json();
        assert_eq!(history["receipts"][0]["outcome"], "rejected", "{history}");
    }
}

/// The answer is lost, the transaction is not, and it is not sent twice.
#[test]
fn a_lost_answer_is_looked_for_on_the_chain() {
    let stage = Stage::with_chain().through(only("author_submitExtrinsic", || Reply::Swallow));
    let (before, _) = stage.chain().head();
    let run = stage.expect(&format!("{APPLY} --timeout 1"), 0);
    assert!(run.stderr.contains("sent, but the answer is lost"), "{}", run.stderr);
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
    assert_eq!(stage.chain().head().0, before + 1);
}

#[test]
fn too_little_money_is_found_before_anything_is_sent() {
    let stage = Stage::with_chain();
    stage.give_46_to(sp_keyring::Sr25519Keyring::Two.to_raw_public(), 600);
    let line = "apply 46 --set immunity_period=12000 --dev-key two --yes";
    // The chain's own code says so before there is a key, or a record.
    let early = "the chain's own code refuses the plan: InvalidTransaction.Payment";
    stage.fails(line, 6, early, "send TAO to the signer");
    assert!(stage.records(".receipt.yaml").is_empty());
    // And the node's preflight after it was signed.
    let run = stage.run(&format!("{line} --no-simulate"));
    run.check_failure(true, 6, "too little TAO for the fee; nothing was sent", "");
    assert_eq!(stage.chain().pending(), 0);
    let history = stage.expect("history", 0);
    assert!(history.stdout.contains("  not sent  "), "{}", history.stdout);
    assert!(stage.records(".rollback.yaml").is_empty(), "nothing is there to be rolled back");
}

#[test]
fn verbose_counts_requests() {
    let stage = Stage::with_chain();
    let run = Run::of(stage.command("show 46 -v").output().unwrap());
    assert!(run.stderr.contains(" requests, ") && run.code == 0, "{run:?}");
}

/// What subtune knows itself is no answer where the chain gives another one.
#[test]
fn proxy_types_in_words_that_cannot_be_read_are_not_guessed() {
    for answer in ["0x", "0x04ff", "0x0401104f776e657200ff"] {
        let stage = Stage::with_chain().through(Box::new(move |method, params| {
            match (method, params[0].as_str()) {
                ("state_call", Some("ProxyFilterRuntimeApi_get_proxy_filters")) => {
                    Reply::Say(json!(answer))
                }
                _ => Reply::Pass,
            }
        }));
        let line = format!("proxy setup 46 --delegate {BOB} --set rho=11");
        stage.fails_later(
            &line,
            5,
            "ProxyFilterRuntimeApi_get_proxy_filters has a form",
            "update subtune",
        );
    }
}
