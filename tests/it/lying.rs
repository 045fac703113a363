//! A node that lies, and what a signature that it gets is worth on the true chain.
//!
//! `cargo test --test it lying -- --nocapture` prints the table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{DecodeAll as _, Encode as _};
use scale_info::{PortableRegistry, TypeDef};
use serde_json::{Value, json};
use subtune_devnet::{START, Seal, UncheckedExtrinsic};

use crate::proxy::{Hook, Reply};
use crate::support::{APPLY, Run, Stage};

/// What is asked for where the lie is about the calls.
const ALPHA: &str = "apply 46 --set adjustment_alpha=17893341751498264576 --dev-key alice --yes";
/// What a false call would set in its place.
const OTHER: &str = "sudo_set_max_difficulty";

/// A lie about one request; `None` where the node tells the truth.
type Lie = fn(&str, &Value) -> Option<Reply>;

fn api(method: &str, params: &Value) -> String {
    let name = params.get(0).and_then(Value::as_str).filter(|_| method == "state_call");
    name.unwrap_or_default().to_owned()
}

fn bytes_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap()
}

fn to_hex(bytes: &[u8]) -> Value {
    json!(format!("0x{}", hex::encode(bytes)))
}

/// Keeps every transaction that it sees, says that all is well, and sends none on.
fn liar(lie: Lie) -> (Arc<Mutex<Option<Vec<u8>>>>, Hook) {
    let caught = Arc::new(Mutex::new(None));
    let keep = Arc::clone(&caught);
    let hook: Hook = Box::new(move |method, params| {
        if api(method, params) == "BlockBuilder_apply_extrinsic" {
            *keep.lock().unwrap() = Some(bytes_of(&params[1]));
            return Reply::Say(json!("0x0000"));
        }
        if method == "author_submitExtrinsic" {
            *keep.lock().unwrap() = Some(bytes_of(&params[0]));
            return Reply::Refuse(1_012, "Transaction is temporarily banned");
        }
        lie(method, params).unwrap_or(Reply::Pass)
    });
    (caught, hook)
}

/// Metadata of any version, told otherwise.
fn altered(bytes: &[u8], change: fn(&mut RuntimeMetadata)) -> Vec<u8> {
    let mut metadata = RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]).unwrap();
    change(&mut metadata.1);
    metadata.encode()
}

/// The false answer to whichever request for metadata this is.
pub(crate) fn metadata(method: &str, params: &Value, change: fn(Value) -> Value) -> Option<Reply> {
    let asked = matches!(
        api(method, params).as_str(),
        "Metadata_metadata_at_version" | "Metadata_metadata"
    );
    asked.then_some(Reply::Alter(change))
}

pub(crate) fn tell(answer: &Value, change: fn(&mut RuntimeMetadata)) -> Value {
    let bytes = bytes_of(answer);
    to_hex(&match Option::<Vec<u8>>::decode_all(&mut &bytes[..]) {
        Ok(some) => some.map(|bytes| altered(&bytes, change)).encode(),
        Err(_) => altered(&Vec::<u8>::decode_all(&mut &bytes[..]).unwrap(), change).encode(),
    })
}

fn types(metadata: &mut RuntimeMetadata) -> &mut PortableRegistry {
    match metadata {
        RuntimeMetadata::V14(metadata) => &mut metadata.types,
        RuntimeMetadata::V15(metadata) => &mut metadata.types,
        RuntimeMetadata::V16(metadata) => &mut metadata.types,
        _ => panic!("a version that is not served"),
    }
}

/// Makes the name of one call stand for the other.
fn swap_calls(ty: &mut TypeDef<scale_info::form::PortableForm>) -> bool {
    let TypeDef::Variant(calls) = ty else { return false };
    let at = |name| calls.variants.iter().position(|call| call.name == name);
    let (Some(one), Some(two)) = (at("sudo_set_adjustment_alpha"), at(OTHER)) else { return false };
    let index = calls.variants[one].index;
    calls.variants[one].index = calls.variants[two].index;
    calls.variants[two].index = index;
    true
}

fn swapped(metadata: &mut RuntimeMetadata) {
    let swaps = types(metadata)
        .types
        .iter_mut()
        .filter_map(|ty| swap_calls(&mut ty.ty.type_def).then_some(()));
    assert_eq!(swaps.count(), 1);
}

/// The same beside the types that the digest covers.
fn swapped_beside(metadata: &mut RuntimeMetadata) {
    let RuntimeMetadata::V15(metadata) = metadata else { return };
    let pallet = metadata.pallets.iter_mut().find(|pallet| pallet.name == "AdminUtils").unwrap();
    let calls = pallet.calls.as_mut().unwrap();
    let mut copy = metadata.types.types[usize::try_from(calls.ty.id).unwrap()].clone();
    assert!(swap_calls(&mut copy.ty.type_def));
    copy.id = u32::try_from(metadata.types.types.len()).unwrap();
    calls.ty = copy.id.into();
    metadata.types.types.push(copy);
}

fn without_extension(metadata: &mut RuntimeMetadata) {
    let RuntimeMetadata::V15(metadata) = metadata else { return };
    metadata.extrinsic.signed_extensions.retain(|one| one.identifier != "CheckMetadataHash");
}

fn another_prefix(metadata: &mut RuntimeMetadata) {
    let RuntimeMetadata::V15(metadata) = metadata else { return };
    let system = metadata.pallets.iter_mut().find(|pallet| pallet.name == "System").unwrap();
    let prefix = system.constants.iter_mut().find(|one| one.name == "SS58Prefix").unwrap();
    prefix.value = 7u16.encode();
}

/// The state that answers for subnet 46's item of storage with this value.
fn storage(answer: Value, item: &str, told: &[u8]) -> Value {
    let name = sp_crypto_hashing::twox_128(item.as_bytes());
    let mut answer = answer;
    for change in answer[0]["changes"].as_array_mut().unwrap() {
        let key = bytes_of(&change[0]);
        if key.get(16..32) == Some(&name[..]) && key.ends_with(&46u16.to_le_bytes()) {
            change[1] = to_hex(told);
        }
    }
    answer
}

fn version(field: &'static str, number: u32, mut answer: Value) -> Value {
    answer[field] = json!(number);
    answer
}

/// The values of subnet 46, as the true chain has them.
fn values(stage: &Stage) -> BTreeMap<String, String> {
    let line = format!("show 46 --format json --network {} --cache-dir true", stage.chain().url());
    let shown = stage.expect(&line, 0).json();
    let rows = shown["hyperparameters"].as_object().unwrap();
    rows.iter().map(|(name, row)| (name.clone(), row["raw"].to_string())).collect()
}

/// What the true chain makes of a transaction, and what it changes there.
fn truth(stage: &Stage, extrinsic: &[u8]) -> String {
    let before = values(stage);
    let said = match stage.chain().submit(extrinsic) {
        Ok(_) if stage.chain().pending() > 0 => "waits for its nonce".to_owned(),
        Ok(_) => "in a block".to_owned(),
        Err(error) => error.to_string(),
    };
    let after = values(stage);
    let changed: Vec<_> = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| format!("{name} = {}", value.trim_matches('"')))
        .collect();
    let changed =
        if changed.is_empty() { "nothing changed".to_owned() } else { changed.join(", ") };
    format!("{said}; {changed}")
}

/// The call that was signed, as the true chain reads it.
fn signed(extrinsic: &[u8]) -> String {
    let read = UncheckedExtrinsic::decode_all(&mut &extrinsic[..]).unwrap();
    let call = format!("{:?}", read.function);
    let (_, call) = call.rsplit_once("Call::").unwrap_or(("", &call));
    call.trim_end_matches(')').replace("netuid: 46, ", "")
}

/// One lie: what is told falsely, the command line, and what must come of it.
struct Case {
    about: &'static str,
    lie: Lie,
    line: String,
    /// A part of the tool's last words.
    tool: &'static str,
    /// What the true chain says to the signature that the node got; `None` when it got none.
    chain: Option<&'static str>,
    prepare: fn(&Stage),
}

/// The liar's answer to what it has got, which is how a run ends in which a signature has left.
const BANNED: &str = "the node refused the transaction: Pool.TemporarilyBanned";
const BAD: &str = "Invalid Transaction: Transaction has a bad signature; nothing changed";

fn cases() -> Vec<Case> {
    let nothing: fn(&Stage) = |_| {};
    let case = |about, lie: Lie, line: &str, tool, chain| Case {
        about,
        lie,
        line: line.to_owned(),
        tool,
        chain,
        prepare: nothing,
    };
    vec![
        case(
            "two calls swapped in the metadata",
            |method, params| metadata(method, params, |answer| tell(&answer, swapped)),
            ALPHA,
            BANNED,
            Some(BAD),
        ),
        // What the digest is for: here the node gets what it wants.
        case(
            "the same, with --no-metadata-hash",
            |method, params| metadata(method, params, |answer| tell(&answer, swapped)),
            &format!("{ALPHA} --no-metadata-hash"),
            BANNED,
            Some("in a block; max_difficulty = 17893341751498264576"),
        ),
        case(
            "swapped beside what the digest covers",
            |method, params| metadata(method, params, |answer| tell(&answer, swapped_beside)),
            ALPHA,
            "serves metadata that contradicts itself about the calls of AdminUtils",
            None,
        ),
        case(
            "swapped, and only version 14 served",
            |method, params| match api(method, params).as_str() {
                "Metadata_metadata_at_version" => Some(Reply::Say(json!("0x00"))),
                _ => metadata(method, params, |answer| tell(&answer, swapped)),
            },
            ALPHA,
            "serves no metadata of version 15",
            None,
        ),
        case(
            "no CheckMetadataHash in the metadata",
            |method, params| match api(method, params).as_str() {
                // The chain cannot read the transaction whose fee is asked for.
                "TransactionPaymentApi_query_info" => Some(Reply::Say(to_hex(&[0; 11]))),
                _ => metadata(method, params, |answer| tell(&answer, without_extension)),
            },
            APPLY,
            "does not end its transaction extensions with CheckMetadataHash",
            None,
        ),
        case(
            "another SS58 prefix (decimals and symbol are not even asked for)",
            |method, params| metadata(method, params, |answer| tell(&answer, another_prefix)),
            APPLY,
            BANNED,
            Some("in a block; immunity_period = 12000"),
        ),
        case(
            "another genesis hash",
            |method, params| {
                let asked = method == "chain_getBlockHash" && *params == json!([0]);
                asked.then(|| Reply::Say(json!(format!("0x{}", "22".repeat(32)))))
            },
            APPLY,
            BANNED,
            Some(BAD),
        ),
        case(
            "another spec version",
            |method, _| {
                let asked = method == "state_getRuntimeVersion";
                asked.then_some(Reply::Alter(|answer| version("specVersion", 426, answer)))
            },
            APPLY,
            BANNED,
            Some(BAD),
        ),
        case(
            "another transaction version",
            |method, _| {
                let asked = method == "state_getRuntimeVersion";
                asked.then_some(Reply::Alter(|answer| version("transactionVersion", 2, answer)))
            },
            APPLY,
            BANNED,
            Some(BAD),
        ),
        case(
            "another hash of the block that the era begins at",
            |method, _| {
                (method == "chain_getHeader").then_some(Reply::Alter(|mut answer| {
                    answer["parentHash"] = json!(format!("0x{}", "33".repeat(32)));
                    answer
                }))
            },
            APPLY,
            BANNED,
            Some(BAD),
        ),
        case(
            "a nonce of the future",
            |method, _| (method == "system_accountNextIndex").then(|| Reply::Say(json!(1))),
            APPLY,
            BANNED,
            Some("waits for its nonce; nothing changed"),
        ),
        Case {
            prepare: |stage| {
                stage.set_account(sp_keyring::Sr25519Keyring::Alice.to_raw_public(), 7, 1 << 40);
            },
            ..case(
                "a nonce of the past",
                |method, _| (method == "system_accountNextIndex").then(|| Reply::Say(json!(6))),
                APPLY,
                BANNED,
                Some("Invalid Transaction: Transaction is outdated; nothing changed"),
            )
        },
        case(
            "another owner",
            |method, _| {
                (method == "state_queryStorageAt").then_some(Reply::Alter(|answer| {
                    let bob = sp_keyring::Sr25519Keyring::Bob.to_raw_public();
                    storage(answer, "SubnetOwner", &bob)
                }))
            },
            APPLY,
            "is not the owner of subnet 46",
            None,
        ),
        Case {
            prepare: |stage| {
                stage.set_46("SubnetOwner", &sp_keyring::Sr25519Keyring::Bob.to_raw_public());
            },
            ..case(
                "the signer as owner, who is not",
                |method, _| {
                    (method == "state_queryStorageAt").then_some(Reply::Alter(|answer| {
                        let alice = sp_keyring::Sr25519Keyring::Alice.to_raw_public();
                        storage(answer, "SubnetOwner", &alice)
                    }))
                },
                APPLY,
                BANNED,
                Some("in a block; nothing changed"),
            )
        },
        Case {
            prepare: |stage| stage.set_46("ImmunityPeriod", &9_999u16.to_le_bytes()),
            ..case(
                "an old value",
                |method, _| {
                    (method == "state_queryStorageAt").then_some(Reply::Alter(|answer| {
                        storage(answer, "ImmunityPeriod", &7_200u16.to_le_bytes())
                    }))
                },
                APPLY,
                BANNED,
                Some("in a block; immunity_period = 12000"),
            )
        },
        Case {
            prepare: |stage| {
                stage.chain().new_blocks(40).unwrap();
            },
            ..case(
                "an old block as the newest",
                |method, _| {
                    let asked = method == "chain_getFinalizedHead";
                    asked.then(|| Reply::Instead("chain_getBlockHash", json!([START])))
                },
                APPLY,
                BANNED,
                Some(BAD),
            )
        },
    ]
}

#[test]
fn no_lie_gets_a_signature_for_something_else() {
    let head = ["a lie about", "the tool", "signed", "the true chain"];
    println!("{:<66}  {:<90}  {:<72}  {}", head[0], head[1], head[2], head[3]);
    for Case { about, lie, line, tool, chain, prepare } in cases() {
        let (caught, hook) = liar(lie);
        let stage = Stage::with(Seal::Instant).through(hook);
        prepare(&stage);
        let run = stage.run(&format!("{line} --timeout 10"));
        assert_ne!(run.code, 0, "{about}: {run:?}");
        let error = run.stderr.lines().find_map(|line| line.strip_prefix("error: ")).unwrap();
        assert!(error.contains(tool), "{about}: {error}");
        let caught = caught.lock().unwrap().take();
        let call = caught.as_deref().map_or_else(|| "nothing".to_owned(), signed);
        let said = caught.map(|extrinsic| truth(&stage, &extrinsic));
        let told = said.as_deref().unwrap_or("no signature left");
        let short: String = if error.contains(BANNED) {
            "signs what it has shown".to_owned()
        } else {
            error.replace(&stage.url().unwrap(), "the node").chars().take(90).collect()
        };
        println!("{about:<66}  {short:<90}  {call:<72}  {told}");
        assert_eq!(said.as_deref(), chain, "{about}");
    }
}

/// The same, with the key on another machine: it shows what the file says, and the digest of the
/// file's own metadata is what it signs.
#[test]
fn a_forged_file_gets_a_signature_that_is_void() {
    let (caught, hook) =
        liar(|method, params| metadata(method, params, |answer| tell(&answer, swapped)));
    let stage = Stage::with_chain().through(hook);
    let wish = ALPHA.split_whitespace().nth(3).unwrap();
    stage.expect(&format!("plan 46 --set {wish} --unsigned t.json"), 0);
    let run = stage.expect("sign t.json --dev-key alice --yes", 0);
    assert!(run.stderr.contains("AdminUtils.sudo_set_adjustment_alpha: netuid 46"), "{run:?}");
    stage.fails_later("submit t.signed.json --yes", 6, BANNED, "");
    let sent = caught.lock().unwrap().take().unwrap();
    let said = truth(&stage, &sent);
    println!("two calls swapped in the metadata, signed on another machine: {said}");
    assert_eq!(said, BAD);
    // An honest node shows at once that it is another call.
    let honest =
        format!("submit t.signed.json --yes --cache-dir true --network {}", stage.chain().url());
    stage.fails(&honest, 6, "the transaction is not what its plan makes on this chain", "new one");
}

/// Metadata that a liar left on disk does not outlive the first signature that fails on it.
#[test]
fn false_metadata_on_disk_is_dropped() {
    let (_, hook) =
        liar(|method, params| metadata(method, params, |answer| tell(&answer, swapped)));
    let stage = Stage::with_chain().through(hook);
    stage.expect("show 46", 0);
    let kept = || {
        let files = std::fs::read_dir(stage.path("cache")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".metadata")).count()
    };
    assert_eq!(kept(), 1);
    let honest = format!("{ALPHA} --network {}", stage.chain().url());
    let run = stage.run(&honest);
    run.check_failure(true, 6, "InvalidTransaction.BadProof", "use another node");
    assert_eq!(kept(), 0);
    let run: Run = stage.expect(&honest, 0);
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
}
