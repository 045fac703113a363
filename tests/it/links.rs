//! Bad links: the answer to a submit gets lost, and the node comes back, or does not.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::Stage;

/// A relay in front of a node that drops the connection once a submit has reached the node,
/// before its answer gets back.
struct Relay {
    url: String,
    submits: Arc<AtomicUsize>,
}

impl Relay {
    fn start(upstream: &str, comes_back: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let upstream = upstream.trim_start_matches("ws://").to_owned();
        let submits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&submits);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if counted.load(Ordering::SeqCst) > 0 && !comes_back {
                    continue;
                }
                let node = TcpStream::connect(&upstream).unwrap();
                let counted = Arc::clone(&counted);
                thread::spawn(move || relay(client, node, &counted));
            }
        });
        Self { url, submits }
    }
}

/// Passes frames on until the submit; each side is closed when the other is.
fn relay(mut client: TcpStream, mut node: TcpStream, submits: &AtomicUsize) -> Option<()> {
    let (mut from_node, mut to_client) = (node.try_clone().ok()?, client.try_clone().ok()?);
    let answers = thread::spawn(move || {
        let _ = std::io::copy(&mut from_node, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    // The handshake ends with an empty line; the frames come after it.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    node.write_all(&head).ok()?;
    while let Some((raw, text)) = frame(&mut client) {
        if text.windows(22).any(|part| part == b"author_submitExtrinsic") {
            // No answer from here on: the client's side is closed first.
            client.shutdown(Shutdown::Both).ok()?;
            node.write_all(&raw).ok()?;
            submits.fetch_add(1, Ordering::SeqCst);
            break;
        }
        node.write_all(&raw).ok()?;
    }
    let _ = answers.join();
    Some(())
}

/// One masked WebSocket frame: as it came, and its text.
fn frame(client: &mut TcpStream) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut raw = vec![0; 2];
    client.read_exact(&mut raw).ok()?;
    let extra = match raw[1] & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mut long = vec![0; extra];
    client.read_exact(&mut long).ok()?;
    let length = match extra {
        0 => usize::from(raw[1] & 0x7f),
        _ => long.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)),
    };
    raw.extend(&long);
    let mut mask = [0; 4];
    client.read_exact(&mut mask).ok()?;
    raw.extend(mask);
    let mut text = vec![0; length];
    client.read_exact(&mut text).ok()?;
    raw.extend(&text);
    for (byte, key) in text.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
    Some((raw, text))
}

const LINE: &str = "apply 46 --set immunity_period=9000 --dev-key alice --yes --format json";

#[test]
fn a_lost_answer_is_not_sent_again_but_looked_up() {
    let stage = Stage::with_chain();
    let relay = Relay::start(&stage.chain().url(), true);
    let run = stage.expect(&format!("{LINE} --network {}", relay.url), 0);
    assert_eq!(run.json()["outcome"], "applied");
    assert_eq!(relay.submits.load(Ordering::SeqCst), 1);
    stage.expect("diff 46 13", 0);
}

#[test]
fn a_node_that_is_gone_leaves_the_outcome_open_and_the_chain_tells_it_later() {
    let stage = Stage::with_chain();
    let relay = Relay::start(&stage.chain().url(), false);
    let lost = stage.expect(&format!("{LINE} --timeout 3 --network {}", relay.url), 9);
    let error = &lost.json()["error"];
    assert_eq!(error["kind"], "unknown");
    assert!(error["hint"].as_str().unwrap().contains("history --refresh"), "{error}");
    let open = stage.expect("history 46 --format json", 0).json();
    assert_eq!(open["receipts"][0]["outcome"], "unknown");
    stage.expect("rollback 46 --last --dev-key alice --yes", 6);
    let told = stage.expect("history 46 --refresh --format json", 0).json();
    assert_eq!(told["receipts"][0]["outcome"], "applied");
    assert_eq!(relay.submits.load(Ordering::SeqCst), 1);
}
