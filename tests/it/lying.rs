//! A node that lies, in front of the true chain. Whatever it says, no signature may leave that would
//! do something else than was shown: what the node got is submitted to the true chain.

use std::sync::{Arc, Mutex};

use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Decode as _, Encode as _};
use scale_info::{PortableRegistry, TypeDef, form::PortableForm};
use serde_json::{Value, json};
use sp_crypto_hashing::twox_128;
use subtune_devnet::metadata_at;

use crate::proxy::{Hook, Reply};
use crate::support::{ALICE, Stage};

const SHOWN: &str = "adjustment_alpha";
const WANTED: u64 = 17_893_341_751_498_264_576;
const LINE: &str =
    "apply 46 --set adjustment_alpha=17893341751498264576 --dev-key alice --yes --timeout 5";
/// The one that the forged metadata calls by the number of the other.
const SWAPPED: &str = "MaxDifficulty";

/// One lie: what the node says to a request, if it lies there.
type Lie = Box<dyn Fn(&str, &Value) -> Option<Reply> + Send + Sync>;

/// What became of one lie.
struct Told {
    code: i32,
    said: String,
    /// What the true chain says to what was signed, if anything was.
    chain: String,
}

/// The metadata of the chain with the numbers of two calls exchanged.
fn forged(version: u32) -> Vec<u8> {
    let mut metadata = RuntimeMetadataPrefixed::decode(&mut metadata_at(version).unwrap()).unwrap();
    let types = match &mut metadata.1 {
        RuntimeMetadata::V14(metadata) => &mut metadata.types,
        RuntimeMetadata::V15(metadata) => &mut metadata.types,
        RuntimeMetadata::V16(metadata) => &mut metadata.types,
        _ => panic!("version {version}"),
    };
    swap(types, "sudo_set_adjustment_alpha", "sudo_set_max_difficulty");
    metadata.encode()
}

fn swap(types: &mut PortableRegistry, one: &str, other: &str) {
    let variants = types.types.iter_mut().find_map(|ty| match &mut ty.ty.type_def {
        TypeDef::Variant(found) if found.variants.iter().any(|variant| variant.name == one) => {
            Some(&mut found.variants)
        }
        _ => None,
    });
    let variants: &mut Vec<scale_info::Variant<PortableForm>> = variants.unwrap();
    let at = |name: &str| variants.iter().position(|variant| variant.name == name).unwrap();
    let (one, other) = (at(one), at(other));
    let index = variants[one].index;
    variants[one].index = variants[other].index;
    variants[other].index = index;
}

/// Answers a question for metadata of one version.
fn metadata(method: &str, params: &Value, newest: u32) -> Option<Reply> {
    if method != "state_call" {
        return None;
    }
    let hex = |bytes: Vec<u8>| json!(format!("0x{}", hex::encode(bytes)));
    match params[0].as_str()? {
        "Metadata_metadata_at_version" if newest == 14 => {
            Some(Reply::Say(hex(None::<Vec<u8>>.encode())))
        }
        "Metadata_metadata_at_version" => Some(Reply::Say(hex(Some(forged(15)).encode()))),
        "Metadata_metadata" => Some(Reply::Say(hex(forged(14).encode()))),
        _ => None,
    }
}

/// Where the chain keeps a value of subnet 46.
fn key(item: &str) -> Vec<u8> {
    let prefix = [twox_128(b"SubtensorModule"), twox_128(item.as_bytes())].concat();
    [&prefix[..], &46u16.to_le_bytes()].concat()
}

/// Says something else about one storage value.
fn storage(key: &[u8], value: &[u8]) -> Lie {
    let key = format!("0x{}", hex::encode(key));
    let value = json!(format!("0x{}", hex::encode(value)));
    Box::new(move |method, _| {
        let (key, value) = (key.clone(), value.clone());
        (method == "state_queryStorageAt").then(|| {
            Reply::Edit(Box::new(move |mut sets| {
                let changes = sets[0]["changes"].as_array_mut().into_iter().flatten();
                for change in changes.filter(|change| change[0] == key) {
                    change[1] = value.clone();
                }
                sets
            }))
        })
    })
}

/// Lets the tool change a value through a node that tells this lie and says yes to all else, and
/// gives what the node got to the true chain.
#[track_caller]
fn tell(line: &str, lie: Lie) -> Told {
    let got = Arc::new(Mutex::new(Vec::<Vec<u8>>::new()));
    let kept = Arc::clone(&got);
    let hook: Hook = Box::new(move |method, params| {
        if let Some(reply) = lie(method, params) {
            return reply;
        }
        let keep = |bytes: &Value| {
            let bytes = bytes.as_str().unwrap().trim_start_matches("0x").to_owned();
            kept.lock().unwrap().push(hex::decode(bytes).unwrap());
        };
        match method {
            // The preflight hands a signed transaction over, too: it counts as sent.
            "state_call" if params[0] == "BlockBuilder_apply_extrinsic" => {
                keep(&params[1]);
                Reply::Say(json!("0x0000"))
            }
            "author_submitExtrinsic" => {
                keep(&params[0]);
                Reply::Refuse(1010, "Invalid Transaction")
            }
            _ => Reply::Pass,
        }
    });
    let stage = Stage::with_chain().through(hook);
    let run = stage.run(line);
    let said = run.stderr.lines().find(|said| said.starts_with("error: ")).unwrap_or_default();
    let before = everything(&stage);
    let mut chain = Vec::new();
    let mut got = std::mem::take(&mut *got.lock().unwrap());
    got.dedup();
    for extrinsic in &got {
        match stage.chain().submit(extrinsic) {
            Ok(_) => {
                stage.chain().new_blocks(1).unwrap();
                chain.push("taken by the pool".to_owned());
            }
            Err(error) => chain.push(error.to_string()),
        }
    }
    // Only what was shown may have changed, and only to what was shown.
    let alpha = stage.chain().get_storage(&key("AdjustmentAlpha")).unwrap();
    for ((name, before), (_, after)) in before.iter().zip(everything(&stage)) {
        assert!(name == SHOWN || *before == after, "{name} changed: {line}");
    }
    let shown = WANTED.to_le_bytes().to_vec();
    if alpha == shown {
        chain.push(format!("{SHOWN} is what was shown"));
    } else {
        chain.push("nothing changed".to_owned());
    }
    if got.is_empty() {
        chain = vec!["nothing was signed".to_owned()];
    }
    Told {
        code: run.code,
        said: said.trim_start_matches("error: ").to_owned(),
        chain: chain.join("; "),
    }
}

/// Every value of subnet 46, by the true chain.
fn everything(stage: &Stage) -> Vec<(String, Option<Vec<u8>>)> {
    let url = stage.chain().url();
    let json = stage.expect(&format!("show 46 --network {url} --format json"), 0).json();
    let mut all: Vec<_> = json["hyperparameters"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), Some(value["raw"].to_string().into_bytes())))
        .collect();
    assert!(all.len() > 50);
    all.push((SWAPPED.to_owned(), stage.chain().get_storage(&key(SWAPPED))));
    all
}

#[test]
fn no_lie_gets_a_signature_for_something_else_than_was_shown() {
    let is =
        |line: &'static str, name: &'static str, lie: Lie, code: i32, says: &str, chain: &str| {
            let told = tell(line, lie);
            println!("{name}\n  tool:  {} ({})\n  chain: {}", told.said, told.code, told.chain);
            assert_eq!(told.code, code, "{name}: {}", told.said);
            assert!(told.said.contains(says), "{name}: {}", told.said);
            assert!(told.chain.contains(chain), "{name}: {}", told.chain);
        };
    let bad_proof = "bad signature; nothing changed";
    // Here the node is honest up to the preflight, so the true chain takes what it got.
    let honest: Lie = Box::new(|_, _| None);
    is(LINE, "no lie", honest, 6, "refused", "adjustment_alpha is what was shown");

    let lie: Lie = Box::new(|method, params| metadata(method, params, 15));
    is(LINE, "two calls exchanged, metadata 15", lie, 6, "refused", bad_proof);
    let lie: Lie = Box::new(|method, params| metadata(method, params, 14));
    let none = "gives no metadata hash";
    is(LINE, "two calls exchanged, metadata 14", lie, 5, none, "nothing was signed");

    let lie: Lie = Box::new(|method, params| {
        (method == "chain_getBlockHash" && *params == json!([0]))
            .then(|| Reply::Say(json!(format!("0x{}", "ab".repeat(32)))))
    });
    is(LINE, "another genesis hash", lie, 6, "refused", bad_proof);

    let version = |field: &'static str| -> Lie {
        Box::new(move |method, _| {
            (method == "state_getRuntimeVersion").then(|| {
                Reply::Edit(Box::new(move |mut version| {
                    version[field] = json!(version[field].as_u64().unwrap() + 1);
                    version
                }))
            })
        })
    };
    is(LINE, "another spec version", version("specVersion"), 6, "refused", bad_proof);
    is(LINE, "another transaction version", version("transactionVersion"), 6, "refused", bad_proof);

    let nonce = |by: u64| -> Lie {
        Box::new(move |method, _| {
            (method == "system_accountNextIndex").then_some(Reply::Say(json!(by)))
        })
    };
    is(LINE, "a nonce too high", nonce(5), 6, "refused", "nothing changed");
    let lie: Lie = Box::new(|method, _| {
        (method == "chain_getHeader").then(|| {
            Reply::Edit(Box::new(|mut header| {
                header["parentHash"] = json!(format!("0x{}", "cd".repeat(32)));
                header
            }))
        })
    });
    is(LINE, "another block to begin the era with", lie, 6, "refused", bad_proof);

    // Subnet 13 is Bob's: the node says that it is Alice's.
    let alice = subtune::wallet::address::parse_ss58(ALICE).unwrap();
    let key_13 = [&key("SubnetOwner")[..32], &13u16.to_le_bytes()].concat();
    let owner = storage(&key_13, &alice);
    let line = "apply 13 --set immunity_period=9000 --dev-key alice --yes --timeout 5";
    is(line, "another owner", owner, 6, "refused", "taken by the pool; nothing changed");

    // The old value is shown wrongly; what is signed is what was wanted.
    let lie = storage(&key("AdjustmentAlpha"), &1u64.to_le_bytes());
    is(LINE, "another value", lie, 6, "refused", "adjustment_alpha is what was shown");
    // An old state of the freeze window and the limits: the chain refuses at most.
    let lie = storage(&key("LastEpochBlock"), &1u64.to_le_bytes());
    is(LINE, "another epoch", lie, 6, "", "");
}
