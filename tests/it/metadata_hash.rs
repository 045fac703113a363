//! The digest of the metadata under every signature, and what is said where there is none.

use std::sync::{Arc, Mutex};

use parity_scale_codec::DecodeAll as _;
use serde_json::{Value, json};

use crate::proxy::{Hook, Reply};
use crate::support::{APPLY, Stage};

/// Which runtime API a request asks for.
fn api(method: &str, params: &Value) -> String {
    let name = params.get(0).and_then(Value::as_str).filter(|_| method == "state_call");
    name.unwrap_or_default().to_owned()
}

/// A node that serves metadata of version 14 alone.
fn only_v14() -> Hook {
    Box::new(|method, params| match api(method, params).as_str() {
        "Metadata_metadata_at_version" => Reply::Say(json!("0x00")),
        _ => Reply::Pass,
    })
}

/// What was sent, and a node that notes it.
fn noting() -> (Arc<Mutex<Vec<String>>>, Hook) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&sent);
    let hook: Hook = Box::new(move |method, params| {
        if method == "author_submitExtrinsic" {
            note.lock().unwrap().push(params[0].as_str().unwrap().to_owned());
        }
        Reply::Pass
    });
    (sent, hook)
}

/// Whether a transaction says that a digest was signed. Before the byte that says so: the version,
/// the address and the signature with one byte each for their kind, era, nonce and tip.
fn mode(extrinsic: &str) -> u8 {
    let bytes = hex::decode(extrinsic.strip_prefix("0x").unwrap()).unwrap();
    let extrinsic = Vec::<u8>::decode_all(&mut &bytes[..]).unwrap();
    extrinsic[1 + 33 + 65 + 2 + 1 + 1]
}

/// The chain checks the digest that is signed, so it was the right one.
#[test]
fn the_digest_is_signed_unless_told_otherwise() {
    for (option, expected) in [("", 1), ("--no-metadata-hash", 0)] {
        let (sent, hook) = noting();
        let stage = Stage::with_chain().through(hook);
        let run = stage.expect(&format!("{APPLY} {option}"), 0);
        assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
        let sent = sent.lock().unwrap();
        assert_eq!(sent.iter().map(|sent| mode(sent)).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_node_without_version_15_is_refused_before_anything_is_asked() {
    let stage = Stage::with_chain().through(only_v14());
    let (head, _) = stage.chain().head();
    let error = "serves no metadata of version 15, whose digest a signature covers";
    for line in [APPLY, &format!("{APPLY} --dry-run")] {
        stage.fails(line, 6, error, "--no-metadata-hash signs without the digest");
    }
    assert!(!stage.path("state").exists());
    assert_eq!(stage.chain().head().0, head);
    // A plan needs no signature.
    stage.expect("plan 46 --set immunity_period=12000", 0);
    // What such a node serves is not kept, so another node is not judged by it.
    let direct = format!("{APPLY} --network {}", stage.chain().url());
    stage.expect(&format!("{direct} --dry-run"), 0);
    stage.expect(&format!("{APPLY} --no-metadata-hash"), 0);
}

/// The answers of chains whose runtime was built in another way.
#[test]
fn a_chain_without_the_digest_says_so() {
    for (answer, error, hint) in [
        (
            "0x010100",
            "UnknownTransaction.CannotLookup: this chain was built without a digest",
            "use --no-metadata-hash",
        ),
        (
            "0x010004",
            "InvalidTransaction.BadProof: the chain's own metadata is not the one",
            "use another node with --network",
        ),
    ] {
        let stage = Stage::with_chain().through(Box::new(move |method, params| {
            match api(method, params).as_str() {
                "BlockBuilder_apply_extrinsic" => Reply::Say(json!(answer)),
                _ => Reply::Pass,
            }
        }));
        stage.fails_later(APPLY, 6, error, hint);
        assert_eq!(stage.chain().pending(), 0);
        // Metadata that a signature failed on is not used again.
        let kept = std::fs::read_dir(stage.path("cache")).unwrap().count();
        assert_eq!(kept, 0);
    }
}
