//! Several nodes: what is said when one is dead, limits how much it is asked, is behind, of another chain,
//! has discarded a state or lies, and that nothing is ever sent twice.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::chain::server;
use crate::proxy::{Hook, Proxy, Reply, reserve};
use crate::support::{Run, Stage, finish};

/// A node in front of the chain of a stage.
fn node(stage: &Stage, hook: impl Fn(&str, &Value) -> Reply + Send + Sync + 'static) -> Proxy {
    Proxy::start(Some(stage.chain().url()), Box::new(hook))
}

fn honest(stage: &Stage) -> Proxy {
    node(stage, |_, _| Reply::Pass)
}

/// Runs a command at these nodes.
fn at(stage: &Stage, nodes: &[&str], line: &str) -> Command {
    stage.command(&format!("{line} --network {}", nodes.join(",")))
}

#[track_caller]
fn ends(command: &mut Command, code: i32, words: &[&str]) -> Run {
    let run = finish(command);
    assert_eq!(run.code, code, "{}\n{}", run.stdout, run.stderr);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in words {
        assert!(said.contains(words), "{words}\n{said}");
    }
    run
}

#[test]
fn a_dead_node_is_passed_over() {
    let stage = Stage::with_chain();
    let (_port, port) = reserve();
    let (dead, good) = (format!("ws://127.0.0.1:{port}"), honest(&stage));
    let told = format!("note: {dead} cannot be reached: asking {}", good.url());
    let run = ends(&mut at(&stage, &[&dead, &good.url()], "show 46"), 0, &[&told]);
    assert_eq!(run.stdout, stage.expect("show 46", 0).stdout);
    let why = format!("error: no node answers: {dead} cannot be reached; {dead} cannot be reached");
    ends(&mut at(&stage, &[&dead, &dead], "show 46"), 5, &[&why]);
}

/// In the middle of a run, with a request on its way.
#[test]
fn a_node_that_falls_silent_is_left() {
    let stage = Stage::with_chain();
    let silent = node(&stage, |method, _| match method {
        "state_queryStorageAt" => Reply::Silence,
        _ => Reply::Pass,
    });
    let good = honest(&stage);
    let told = format!(
        "note: {}: no answer within 1 s (state_queryStorageAt): asking {}",
        silent.url(),
        good.url()
    );
    let nodes = [&*silent.url(), &good.url()];
    ends(&mut at(&stage, &nodes, "show 46 --timeout 1"), 0, &[&told]);
}

#[test]
fn a_node_that_limits_how_much_it_is_asked_is_left_or_waited_for() {
    let stage = Stage::with_chain();
    let good = honest(&stage);
    let limits = |method: &str, _: &Value| match method {
        "state_queryStorageAt" => Reply::Refuse(-32_005, "too many requests, retry after 1 s"),
        _ => Reply::Pass,
    };
    let busy = node(&stage, limits);
    let why = format!(
        "note: {} limits how much it is asked: too many requests, retry after 1 s (-32005)",
        busy.url()
    );
    let told = format!("{why}: asking {}", good.url());
    ends(&mut at(&stage, &[&busy.url(), &good.url()], "show 46"), 0, &[&told]);
    // Before the connection is made.
    let (url, thread) = server("HTTP/1.1 429 Too Many Requests\r\n\r\n".to_owned());
    let told = format!("note: {url} limits how much it is asked: HTTP status 429: asking");
    for _ in 0..2 {
        ends(&mut at(&stage, &[&url, &good.url()], "show 46"), 0, &[&told]);
    }
    thread.join().unwrap();

    // Where there is no other, it is waited for once, as long as it says.
    let again = format!("{why}: asking again in 1 s");
    ends(&mut at(&stage, &[&busy.url()], "show 46"), 5, &[&again, "hint: wait a minute"]);
    let times = AtomicU32::new(0);
    let busy = node(&stage, move |method, params| {
        match times.fetch_add(u32::from(method == "state_queryStorageAt"), Ordering::SeqCst) {
            0 => limits(method, params),
            _ => Reply::Pass,
        }
    });
    ends(&mut at(&stage, &[&busy.url()], "show 46"), 0, &["asking again in 1 s"]);
    let forever = node(&stage, |method, _| match method {
        "state_queryStorageAt" => Reply::Refuse(-32_005, "retry_after: 3600"),
        _ => Reply::Pass,
    });
    let run = ends(&mut at(&stage, &[&forever.url()], "show 46"), 5, &["retry_after: 3600"]);
    assert!(!run.stderr.contains("asking again"), "{}", run.stderr);
}

/// What is read at one block is read at no other.
#[test]
fn a_node_that_is_behind_is_passed_over() {
    let stage = Stage::with_chain();
    let silent = node(&stage, |method, _| match method {
        "state_queryStorageAt" => Reply::Refuse(-32_004, "storage work rate limit exceeded"),
        _ => Reply::Pass,
    });
    let behind = node(&stage, |method, _| match method {
        "state_queryStorageAt" | "state_call" => {
            Reply::Refuse(-32_000, "UnknownBlock: Header was not found in the database")
        }
        _ => Reply::Pass,
    });
    let good = honest(&stage);
    let told = format!(
        "note: {} does not have the block that is read: asking {}",
        behind.url(),
        good.url()
    );
    let nodes = [&*silent.url(), &behind.url(), &good.url()];
    ends(&mut at(&stage, &nodes, "show 46"), 0, &[&told]);
}

#[test]
fn a_node_of_another_chain_is_never_asked() {
    let stage = Stage::with_chain();
    let busy = node(&stage, |method, _| match method {
        "state_queryStorageAt" => Reply::Refuse(-32_004, "storage work rate limit exceeded"),
        _ => Reply::Pass,
    });
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&asked);
    let other = node(&stage, move |method, params| match (method, params) {
        ("chain_getBlockHash", params) if *params == json!([0]) => {
            Reply::Say(json!(format!("0x{}", "11".repeat(32))))
        }
        _ => {
            seen.store(true, Ordering::SeqCst);
            Reply::Pass
        }
    });
    let told = format!("{} answers for another chain: genesis 0x1111", other.url());
    let run = ends(&mut at(&stage, &[&busy.url(), &other.url()], "show 46"), 5, &[]);
    assert!(run.stderr.contains("storage work rate limit"), "{}", run.stderr);
    assert!(!asked.load(Ordering::SeqCst));
    let good = honest(&stage);
    let nodes = [&*busy.url(), &other.url(), &good.url()];
    ends(&mut at(&stage, &nodes, "show 46"), 0, &[&told]);
}

/// A fallback that nobody named for this chain is asked only once it is known which chain that is.
#[test]
fn a_fallback_is_asked_for_a_chain_that_is_known() {
    let stage = Stage::with_chain();
    let (_port, port) = reserve();
    let dead = format!("ws://127.0.0.1:{port}");
    let good = honest(&stage);
    let with = |network: &str| {
        let mut command = at(&stage, &[network], "show 46");
        command.env("BT_FALLBACK_ENDPOINTS", good.url());
        command
    };
    let run = ends(&mut with(&dead), 5, &["cannot be reached"]);
    assert!(!run.stderr.contains("asking"), "{}", run.stderr);
    let busy = node(&stage, |method, _| match method {
        "state_queryStorageAt" => Reply::Refuse(-32_004, "storage work rate limit exceeded"),
        _ => Reply::Pass,
    });
    ends(&mut with(&busy.url()), 0, &[&format!("asking {}", good.url())]);
    let mut off = with(&busy.url());
    ends(off.env("BT_FALLBACK_ENDPOINTS", "None"), 5, &["wait a minute"]);
    // The file of btcli says the same.
    std::fs::create_dir_all(stage.path("home/.bittensor")).unwrap();
    let config = json!({ "fallback_endpoints": format!("{dead}, {}", good.url()) });
    stage.write("home/.bittensor/btcli.json", config.to_string());
    ends(&mut at(&stage, &[&busy.url()], "show 46"), 0, &[&format!("asking {}", good.url())]);
    let mut bad = with(&busy.url());
    let words = "error: BT_FALLBACK_ENDPOINTS: nowhere is not a network";
    ends(bad.env("BT_FALLBACK_ENDPOINTS", "nowhere"), 2, &[words]);
}

#[test]
fn a_discarded_state_is_asked_of_an_archive() {
    let stage = Stage::with_chain();
    stage.chain().new_blocks(3).unwrap();
    let pruned = || {
        node(&stage, |method, _| match method {
            "state_queryStorageAt" | "state_call" => {
                Reply::Refuse(-32_000, "Client error: State already discarded for 0xabc")
            }
            _ => Reply::Pass,
        })
    };
    let (light, archive) = (pruned(), honest(&stage));
    let mut command = at(&stage, &[&light.url()], "show 46 --at 100001");
    command.env("BT_ARCHIVE_ENDPOINTS", archive.url());
    let told = format!(
        "note: {} no longer has the state of that block: asking {}",
        light.url(),
        archive.url()
    );
    let run = ends(&mut command, 0, &[&told]);
    assert_eq!(run.stderr.matches("asking").count(), 1, "one connection serves: {}", run.stderr);
    assert_eq!(run.stdout, stage.expect("show 46 --at 100001", 0).stdout);
    let mut command = at(&stage, &[&light.url()], "show 46 --at 100001");
    command.env("BT_ARCHIVE_ENDPOINTS", "none");
    ends(&mut command, 5, &["State already discarded", "BT_ARCHIVE_ENDPOINTS"]);
}

const APPLY: &str = "apply 46 --set immunity_period=12000 --dev-key alice --yes";

/// A node that takes a transaction, tells nobody, and is gone.
#[test]
fn a_transaction_is_sent_to_one_node_once() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let sent = Arc::new(AtomicU32::new(0));
    let counted = |gone: Option<Arc<AtomicBool>>| -> Hook {
        let sent = Arc::clone(&sent);
        Box::new(move |method, _| {
            let submits = method.starts_with("author_");
            sent.fetch_add(u32::from(submits), Ordering::SeqCst);
            match &gone {
                Some(gone) if submits => {
                    gone.store(true, Ordering::SeqCst);
                    Reply::Swallow
                }
                Some(gone) if gone.load(Ordering::SeqCst) => Reply::Silence,
                _ => Reply::Pass,
            }
        })
    };
    let url = Some(stage.chain().url());
    let first = Proxy::start(url.clone(), counted(Some(Arc::default())));
    let second = Proxy::start(url, counted(None));
    let nodes = [&*first.url(), &second.url()];
    let told = format!("asking {}", second.url());
    ends(&mut at(&stage, &nodes, &format!("{APPLY} --timeout 1")), 0, &[&told]);
    assert_eq!(sent.load(Ordering::SeqCst), 1);
    let value = stage.get_46("ImmunityPeriod").unwrap();
    assert_eq!(value, 12_000u16.to_le_bytes());
}

/// Tells another immunity period than the chain's.
fn lies(answer: Value) -> Value {
    let prefix = ["SubtensorModule", "ImmunityPeriod"]
        .map(|name| hex::encode(sp_crypto_hashing::twox_128(name.as_bytes())));
    let prefix = format!("0x{}", prefix.concat());
    let mut answer = answer;
    for set in answer.as_array_mut().unwrap() {
        for change in set["changes"].as_array_mut().unwrap() {
            if change[0].as_str().unwrap().starts_with(&prefix) {
                change[1] = json!("0x3930");
            }
        }
    }
    answer
}

#[test]
fn a_second_node_has_to_say_the_same() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let liar = node(&stage, |method, _| match method {
        "state_queryStorageAt" => Reply::Alter(lies),
        _ => Reply::Pass,
    });
    let honest = honest(&stage);
    // Whichever of the two lies.
    let (truth, lie) = (7_200, 12_345);
    for (one, two, of_one, of_two) in [(&honest, &liar, truth, lie), (&liar, &honest, lie, truth)] {
        for line in ["plan 46 --set rho=11", "show 46", APPLY] {
            let line = format!("{line} --cross-check {}", two.url());
            let number = stage.chain().head().0;
            let words = format!(
                "error: {} and {} say different things about block {number}: immunity_period \
                 ({of_one} and {of_two})",
                one.url(),
                two.url()
            );
            ends(&mut at(&stage, &[&one.url()], &line), 6, &[&words, "change nothing until then"]);
        }
    }
    assert_eq!(stage.records(".receipt.yaml").len(), 0);
    let run = |line: &str, two: &str, code, words: &[&str]| {
        let line = format!("{line} --cross-check {two}");
        ends(&mut at(&stage, &[&honest.url()], &line), code, words)
    };
    let good = node(&stage, |_, _| Reply::Pass);
    let run_twice =
        run(APPLY, &good.url(), 0, &[&format!("{} has the same values at", good.url())]);
    assert_eq!(run_twice.stderr.matches("has the same values").count(), 1, "{}", run_twice.stderr);

    let behind = node(&stage, |method, params| match method {
        "chain_getBlockHash" if *params != json!([0]) => Reply::Say(Value::Null),
        _ => Reply::Pass,
    });
    run("plan 46 --set rho=11", &behind.url(), 5, &["cannot tell: it does not have block"]);
    let fork = node(&stage, |method, params| match method {
        "chain_getBlockHash" if *params != json!([0]) => {
            Reply::Say(json!(format!("0x{}", "22".repeat(32))))
        }
        _ => Reply::Pass,
    });
    run("plan 46 --set rho=11", &fork.url(), 6, &["do not have the same block"]);
    let other = node(&stage, |method, _| match method {
        "chain_getBlockHash" => Reply::Say(json!(format!("0x{}", "11".repeat(32)))),
        _ => Reply::Pass,
    });
    run("plan 46 --set rho=11", &other.url(), 5, &["answers for another chain than"]);
    run("plan 46 --set rho=11", &honest.url(), 2, &["that node is asked anyway"]);
    let (_port, port) = reserve();
    let dead = format!("ws://127.0.0.1:{port}");
    run("plan 46 --set rho=11", &dead, 5, &[&format!("{dead} cannot be reached"), "--cross-check"]);
}

#[test]
fn names_of_networks_that_are_gone_lead_to_those_of_today() {
    let stage = Stage::offline();
    for (name, hint) in [
        ("nakamoto", "use finney"),
        ("latent-lite", "use finney"),
        ("dev", "use devnet"),
        ("RAO", "use test or devnet"),
    ] {
        let line = format!("show 46 --network {name}");
        let error = format!("the network {} is gone", name.to_lowercase());
        stage.fails(&line, 2, &error, hint);
    }
    stage.fails("show 46 --network finney,,test", 2, "an empty name is not a network", "devnet");
}
