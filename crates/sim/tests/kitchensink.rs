//! A stranger's runtime: that of the SDK's own example node, as its crate ships it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a test says that it fails by a panic, and has files of its own"
)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use frame_metadata::v14::RuntimeMetadataV14;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use parity_scale_codec::{Compact, Decode, Encode};
use scale_info::{PortableRegistry, TypeDef};
use subtune_sim::{Asked, Code, Entry, Fork, Gap, Limits, Ran, Runtime, RuntimeCall, Step};

/// The runtime that `frame-system-benchmarking` ships for its own tests.
fn code() -> Code {
    let run = |program: &str, args: &[&str]| {
        let mut command = Command::new(std::env::var(program).unwrap_or(program.to_lowercase()));
        let output = command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let version = run("RUSTC", &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = run(
        "CARGO",
        &["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host],
    );
    let (folder, _) = metadata
        .split('"')
        .filter_map(|text| text.split_once("/Cargo.toml"))
        .find(|(folder, _)| folder.contains("/frame-system-benchmarking-"))
        .unwrap();
    let path = PathBuf::from(folder).join("res/kitchensink_runtime.compact.compressed.wasm");
    Code::read(&std::fs::read(path).unwrap(), &Limits::default()).unwrap()
}

fn call(method: &str, args: impl Encode) -> RuntimeCall {
    RuntimeCall { method: method.to_owned(), args: args.encode() }
}

/// Runs on a state that is known whole.
fn run(runtime: &Runtime, fork: &mut Fork, asked: &Asked) -> Ran {
    loop {
        match runtime.run(fork, asked).unwrap() {
            Step::Done(ran) => return ran,
            Step::Wants(wanted) => {
                let nothing = wanted.values.into_iter().map(|key| Entry { key, value: None });
                fork.tell(nothing).unwrap();
                let last = wanted.after.into_iter().map(|after| Gap { after, next: None });
                fork.tell_gaps(last).unwrap();
            }
        }
    }
}

#[test]
fn it_says_its_version_and_its_metadata() {
    let code = code();
    let runtime = Runtime::new(&code, Limits::default()).unwrap();
    let mut fork = Fork::new(Limits::default());
    let calls = vec![call("Core_version", ()), call("Metadata_metadata", ())];
    let ran = run(&runtime, &mut fork, &Asked { calls, signer: None });
    let [version, metadata] = ran.answers.as_slice() else { panic!("two answers") };
    assert_eq!(String::decode(&mut version.as_slice()).unwrap(), "node");
    let metadata = Vec::<u8>::decode(&mut metadata.as_slice()).unwrap();
    assert!(metadata.starts_with(b"meta\x0e"));
    let missing =
        |name: &str| runtime.imports().iter().any(|import| import.name == name && !import.offered);
    assert!(missing("ext_benchmarking_current_time_version_1"));
    assert!(!missing("ext_storage_get_version_1"));
}

const ALICE: [u8; 32] = [
    0xd4, 0x35, 0x93, 0xc7, 0x15, 0xfd, 0xd3, 0x1c, 0x61, 0x14, 0x1a, 0xbd, 0x04, 0xa9, 0x9f, 0xd6,
    0x82, 0x2c, 0x85, 0x58, 0x85, 0x4c, 0xcd, 0xe3, 0x9a, 0x56, 0x84, 0xe7, 0xa5, 0x6d, 0xa2, 0x7d,
];

/// The smallest value of a type: the first variant, nothing, no items, zero.
fn least(types: &PortableRegistry, ty: u32, to: &mut Vec<u8>) {
    match &types.resolve(ty).unwrap().type_def {
        TypeDef::Composite(whole) => {
            whole.fields.iter().for_each(|field| least(types, field.ty.id, to));
        }
        TypeDef::Tuple(whole) => {
            whole.fields.iter().for_each(|field| least(types, field.id, to));
        }
        TypeDef::Variant(one) => {
            to.push(0);
            let first = one.variants.iter().find(|variant| variant.index == 0).unwrap();
            first.fields.iter().for_each(|field| least(types, field.ty.id, to));
        }
        TypeDef::Compact(_) | TypeDef::Sequence(_) => to.push(0),
        other => panic!("no least value of {other:?}"),
    }
}

/// The two bytes that stand before the arguments of a call.
fn call_index(metadata: &RuntimeMetadataV14, pallet: &str, call: &str) -> [u8; 2] {
    let pallet = metadata.pallets.iter().find(|it| it.name == pallet).unwrap();
    let calls = metadata.types.resolve(pallet.calls.as_ref().unwrap().ty.id).unwrap();
    let TypeDef::Variant(calls) = &calls.type_def else { panic!("calls are variants") };
    let call = calls.variants.iter().find(|it| it.name == call).unwrap();
    [pallet.index, call.index]
}

/// A transaction of the fourth version, "signed" by Alice with zeros.
fn signed(metadata: &RuntimeMetadataV14, call: &[u8]) -> Vec<u8> {
    let mut body = vec![0x84];
    (0u8, ALICE).encode_to(&mut body);
    (1u8, [0u8; 64]).encode_to(&mut body);
    for extension in &metadata.extrinsic.signed_extensions {
        least(&metadata.types, extension.ty.id, &mut body);
    }
    body.extend(call);
    body.encode()
}

fn key(pallet: &str, item: &str) -> Vec<u8> {
    let hash = |name: &str| sp_crypto_hashing::twox_128(name.as_bytes());
    [hash(pallet), hash(item)].concat()
}

/// A block is opened and a batch applied, by a runtime that nothing here was made for.
#[test]
fn it_judges_a_batch_that_nobody_signed() {
    let code = code();
    let since = Instant::now();
    let runtime = Runtime::new(&code, Limits::default()).unwrap();
    let prepared = since.elapsed();
    let mut fork = Fork::new(Limits::default());
    let calls = vec![call("Metadata_metadata", ())];
    let ran = run(&runtime, &mut fork, &Asked { calls, signer: None });
    let metadata = Vec::<u8>::decode(&mut ran.answers.first().unwrap().as_slice()).unwrap();
    let metadata = RuntimeMetadataPrefixed::decode(&mut metadata.as_slice()).unwrap().1;
    let RuntimeMetadata::V14(metadata) = metadata else { panic!("it is of version 14") };

    // One provider, and a million of the SDK's dollars.
    let account = (0u32, 0u32, 1u32, 0u32, 100_000_000_000_000_000_000u128, 0u128, 0u128, 0u128);
    let hash = sp_crypto_hashing::blake2_128(&ALICE);
    let alice = [key("System", "Account"), hash.to_vec(), ALICE.to_vec()].concat();
    fork.plant(alice.clone(), Some(account.encode()));
    fork.plant(key("Balances", "TotalIssuance"), Some(account.4.encode()));

    let remark =
        |text: &str| [call_index(&metadata, "System", "remark").to_vec(), text.encode()].concat();
    let mut batch = call_index(&metadata, "Utility", "batch_all").to_vec();
    Compact(2u32).encode_to(&mut batch);
    batch.extend([remark("one"), remark("two")].concat());
    let header = ([0u8; 32], Compact(1u32), [0u8; 32], [0u8; 32], Compact(0u32));
    let extrinsic = signed(&metadata, &batch);
    let apply = RuntimeCall { method: "BlockBuilder_apply_extrinsic".to_owned(), args: extrinsic };
    let asked = |signer| {
        let calls = vec![call("Core_initialize_block", header), apply.clone()];
        Asked { calls, signer }
    };

    let since = Instant::now();
    let ran = run(&runtime, &mut fork, &asked(Some(ALICE)));
    let first = since.elapsed();
    assert_eq!(ran.answers.last().unwrap(), &[0, 0], "Ok(Ok(()))");
    let since = Instant::now();
    let again = run(&runtime, &mut fork, &asked(Some(ALICE)));
    println!(
        "prepared in {prepared:?}, run in {first:?} with {} instructions, again in {:?}",
        ran.fuel,
        since.elapsed()
    );
    assert_eq!(again, ran, "the same state, the same result");

    // It says what it did, by events of its own types, and Alice has paid for it.
    let change = |key: &[u8]| {
        let entry = ran.changes.iter().find(|entry| entry.key == key).unwrap();
        entry.value.clone().unwrap()
    };
    let system = metadata.pallets.iter().find(|it| it.name == "System").unwrap();
    let items = &system.storage.as_ref().unwrap().entries;
    let item = items.iter().find(|item| item.name == "Events").unwrap();
    let frame_metadata::v14::StorageEntryType::Plain(ty) = &item.ty else { panic!("it is plain") };
    let events = change(&key("System", "Events"));
    let events = scale_value::scale::decode_as_type(&mut events.as_slice(), ty.id, &metadata.types);
    let events = events.unwrap().to_string();
    assert_eq!(events.matches("ItemCompleted").count(), 2, "{events}");
    for event in ["BatchCompleted", "TransactionFeePaid", "ExtrinsicSuccess"] {
        assert_eq!(events.matches(event).count(), 1, "{event} in {events}");
    }
    let (nonce, _, _, _, free) =
        <(u32, u32, u32, u32, u128)>::decode(&mut change(&alice).as_slice()).unwrap();
    assert_eq!(nonce, 1);
    assert!(free < account.4 && free > 0, "{free}");

    // To whoever else the signature is none: TransactionValidityError::Invalid(BadProof).
    for signer in [None, Some([7; 32])] {
        let ran = run(&runtime, &mut fork, &asked(signer));
        assert_eq!(ran.answers.last().unwrap(), &[1, 0, 4], "{signer:?}");
    }
}
