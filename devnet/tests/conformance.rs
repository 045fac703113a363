//! Compares everything that the local chain declares with the metadata of the main network at spec
//! version 475, by the shape of the types and not by their paths; the runtime APIs with that of 424, the
//! newest that tells of them.
//!
//! The metadata is third-party data and not part of this project: it is looked for in the directory
//! that `SUBTUNE_METADATA_DIR` names, or beside the workspace. Without it, the test says so.

#![expect(clippy::panic, reason = "tests stop at what they did not expect")]
#![expect(clippy::disallowed_macros, reason = "it tells what it compared")]

use codec::Decode;
use frame_metadata::{
    RuntimeMetadata, RuntimeMetadataPrefixed,
    v14::{RuntimeMetadataV14, StorageEntryType},
    v16::RuntimeMetadataV16,
};
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive, form::PortableForm};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

const AMOUNTS: &str = "amounts of TAO are bare integers here";

/// Items that differ, or that the real chain lacks, and why. A star at the end matches any rest.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("constant System.Version value", "fewer runtime APIs"),
    // Newer than the metadata that tells of runtime APIs.
    ("api NeuronInfoRuntimeApi.get_*", "the netuid is a named type since"),
    ("api SubnetInfoRuntimeApi.get_*", "the netuid is a named type since"),
    ("api SwapRuntimeApi.current_alpha_price", "the netuid is a named type since"),
    (
        "api ProxyFilterRuntimeApi.get_proxy_filters",
        "newer than the metadata that tells of it: of its calls only what 424 had is known",
    ),
    // The stock pallets count in bare integers here, and in the named type of an amount there.
    ("call Balances.*", AMOUNTS),
    ("constant Balances.ExistentialDeposit type", AMOUNTS),
    ("constant Multisig.Deposit*", AMOUNTS),
    ("constant Proxy.AnnouncementDeposit*", AMOUNTS),
    ("constant Proxy.ProxyDeposit*", AMOUNTS),
    ("constant SafeMode.EnterDepositAmount type", AMOUNTS),
    ("constant SafeMode.ExtendDepositAmount type", AMOUNTS),
    ("event Balances.*", "amounts of TAO are bare integers here; newer pallet-balances"),
    ("event Multisig.DepositPoked fields", AMOUNTS),
    ("event Proxy.DepositPoked fields", AMOUNTS),
    ("event SafeMode.Deposit*", AMOUNTS),
    ("event TransactionPayment.TransactionFeePaid fields", AMOUNTS),
    ("extension ChargeTransactionPayment type", AMOUNTS),
    ("storage Balances.*", AMOUNTS),
    ("storage Multisig.Multisigs value", AMOUNTS),
    ("storage Proxy.Announcements value", AMOUNTS),
    ("storage Proxy.Proxies value", AMOUNTS),
    ("storage SafeMode.Deposits value", AMOUNTS),
    ("storage System.Account value", AMOUNTS),
    // Newer stock pallets than those the main network is built with.
    ("api BlockBuilder.check_inherents", "newer sp-block-builder: extrinsics as opaque bytes"),
    ("api Core.execute_block", "newer sp-api: extrinsics as opaque bytes"),
    ("constant System.BlockLength *", "newer frame-system: an optional header size more"),
    ("event System.CodeUpdated fields", "newer frame-system: the hash of the code"),
    ("storage System.BlockSize *", "newer frame-system"),
    ("storage System.BlocksTillUpgrade *", "newer frame-system"),
    ("storage TransactionPayment.TxPaymentCredit *", "newer pallet-transaction-payment"),
    ("extrinsic signature", "newer sp-runtime: a fourth kind of signature, last"),
    ("event Proxy.PureCreated fields", "newer pallet-proxy: where the account was made"),
];

#[expect(clippy::disallowed_methods, reason = "where the metadata of real runtimes is")]
fn metadata_file(name: &str) -> PathBuf {
    let directory = std::env::var_os("SUBTUNE_METADATA_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/chain/metadata"),
        PathBuf::from,
    );
    directory.join(name)
}

fn v14(bytes: &[u8]) -> RuntimeMetadataV14 {
    match RuntimeMetadataPrefixed::decode(&mut &*bytes).expect("the metadata decodes").1 {
        RuntimeMetadata::V14(metadata) => metadata,
        other => panic!("metadata of version {}", other.version()),
    }
}

fn v16(bytes: &[u8]) -> RuntimeMetadataV16 {
    match RuntimeMetadataPrefixed::decode(&mut &*bytes).expect("the metadata decodes").1 {
        RuntimeMetadata::V16(metadata) => metadata,
        other => panic!("metadata of version {}", other.version()),
    }
}

/// Writes types by their shape.
struct Shapes<'a> {
    types: &'a PortableRegistry,
}

impl Shapes<'_> {
    fn of(&self, id: u32) -> String {
        self.shape(id, &mut Vec::new())
    }

    fn shape(&self, id: u32, above: &mut Vec<u32>) -> String {
        let ty = self.types.resolve(id).expect("a type of the registry");
        if let Some(last) = ty.path.segments.last() {
            // The outer enums are made of the pallets, which are compared one by one; the extrinsic
            // of the call, the signature and the extensions.
            const OUTER: [&str; 6] = [
                "RuntimeCall",
                "RuntimeEvent",
                "RuntimeHoldReason",
                "RuntimeFreezeReason",
                "OriginCaller",
                "UncheckedExtrinsic",
            ];
            if OUTER.contains(&last.as_str()) {
                return last.clone();
            }
        }
        if above.contains(&id) {
            return "^".to_owned();
        }
        above.push(id);
        let shape = match &ty.type_def {
            TypeDef::Composite(composite) => {
                format!("{{{}}}", self.fields(&composite.fields, above))
            }
            TypeDef::Variant(variant) => {
                let variants: Vec<String> = variant
                    .variants
                    .iter()
                    .map(|one| {
                        format!("{}={}({})", one.name, one.index, self.fields(&one.fields, above))
                    })
                    .collect();
                format!("[{}]", variants.join("|"))
            }
            TypeDef::Sequence(sequence) => {
                format!("Vec<{}>", self.shape(sequence.type_param.id, above))
            }
            TypeDef::Array(array) => {
                format!("[{};{}]", self.shape(array.type_param.id, above), array.len)
            }
            TypeDef::Tuple(tuple) => {
                let parts: Vec<String> =
                    tuple.fields.iter().map(|part| self.shape(part.id, above)).collect();
                format!("({})", parts.join(","))
            }
            TypeDef::Primitive(primitive) => primitive_name(primitive).to_owned(),
            TypeDef::Compact(compact) => {
                format!("Compact<{}>", self.shape(compact.type_param.id, above))
            }
            TypeDef::BitSequence(_) => "bits".to_owned(),
        };
        above.pop();
        shape
    }

    fn fields(&self, fields: &[scale_info::Field<PortableForm>], above: &mut Vec<u32>) -> String {
        let parts: Vec<String> = fields
            .iter()
            .map(|field| {
                let shape = self.shape(field.ty.id, above);
                match &field.name {
                    Some(name) => format!("{name}:{shape}"),
                    None => shape,
                }
            })
            .collect();
        parts.join(",")
    }
}

fn primitive_name(primitive: &TypeDefPrimitive) -> &'static str {
    match primitive {
        TypeDefPrimitive::Bool => "bool",
        TypeDefPrimitive::Char => "char",
        TypeDefPrimitive::Str => "str",
        TypeDefPrimitive::U8 => "u8",
        TypeDefPrimitive::U16 => "u16",
        TypeDefPrimitive::U32 => "u32",
        TypeDefPrimitive::U64 => "u64",
        TypeDefPrimitive::U128 => "u128",
        TypeDefPrimitive::U256 => "u256",
        TypeDefPrimitive::I8 => "i8",
        TypeDefPrimitive::I16 => "i16",
        TypeDefPrimitive::I32 => "i32",
        TypeDefPrimitive::I64 => "i64",
        TypeDefPrimitive::I128 => "i128",
        TypeDefPrimitive::I256 => "i256",
    }
}

/// Everything of the pallets and the transactions: name of the item, and what it is.
fn items(metadata: &RuntimeMetadataV14) -> BTreeMap<String, String> {
    let shapes = Shapes { types: &metadata.types };
    let mut all = BTreeMap::new();
    for pallet in &metadata.pallets {
        let name = &pallet.name;
        all.insert(format!("pallet {name}"), pallet.index.to_string());
        if let Some(storage) = &pallet.storage {
            all.insert(format!("storage prefix {name}"), storage.prefix.clone());
            for entry in &storage.entries {
                let (hashers, key, value) = match &entry.ty {
                    StorageEntryType::Plain(value) => {
                        (String::new(), String::new(), shapes.of(value.id))
                    }
                    StorageEntryType::Map { hashers, key, value } => {
                        (format!("{hashers:?}"), shapes.of(key.id), shapes.of(value.id))
                    }
                };
                let entry_name = format!("storage {name}.{}", entry.name);
                all.insert(format!("{entry_name} hashers"), hashers);
                all.insert(format!("{entry_name} key"), key);
                all.insert(format!("{entry_name} value"), format!("{:?} {value}", entry.modifier));
                all.insert(format!("{entry_name} default"), hex::encode(&entry.default));
            }
        }
        let enums = [
            ("call", pallet.calls.as_ref().map(|calls| calls.ty.id)),
            ("event", pallet.event.as_ref().map(|event| event.ty.id)),
            ("error", pallet.error.as_ref().map(|error| error.ty.id)),
        ];
        for (kind, ty) in enums {
            let Some(ty) = ty else { continue };
            let ty = shapes.types.resolve(ty).expect("a type of the registry");
            let TypeDef::Variant(variants) = &ty.type_def else {
                panic!("{name} {kind} is no enum")
            };
            for variant in &variants.variants {
                let key = format!("{kind} {name}.{}", variant.name);
                all.insert(format!("{key} index"), variant.index.to_string());
                if kind != "error" {
                    all.insert(
                        format!("{key} fields"),
                        shapes.fields(&variant.fields, &mut Vec::new()),
                    );
                }
            }
        }
        for constant in &pallet.constants {
            let key = format!("constant {name}.{}", constant.name);
            all.insert(format!("{key} type"), shapes.of(constant.ty.id));
            all.insert(format!("{key} value"), hex::encode(&constant.value));
        }
    }
    for (at, extension) in metadata.extrinsic.signed_extensions.iter().enumerate() {
        let key = format!("extension {}", extension.identifier);
        all.insert(format!("{key} place"), at.to_string());
        all.insert(format!("{key} type"), shapes.of(extension.ty.id));
        all.insert(format!("{key} implicit"), shapes.of(extension.additional_signed.id));
    }
    let extrinsic = shapes.types.resolve(metadata.extrinsic.ty.id).expect("a type of the registry");
    for part in extrinsic.type_params.iter().filter(|part| part.name != "Extra") {
        let ty = part.ty.expect("a part of the extrinsic");
        all.insert(format!("extrinsic {}", part.name.to_lowercase()), shapes.of(ty.id));
    }
    all.insert("extrinsic version".to_owned(), metadata.extrinsic.version.to_string());
    all
}

/// The same of the runtime APIs, of which older metadata does not tell.
fn apis(metadata: &RuntimeMetadataV16) -> BTreeMap<String, String> {
    let shapes = Shapes { types: &metadata.types };
    let mut all = BTreeMap::new();
    for api in &metadata.apis {
        all.insert(format!("api {} version", api.name), api.version.0.to_string());
        for method in &api.methods {
            let inputs: Vec<String> = method
                .inputs
                .iter()
                .map(|input| format!("{}:{}", input.name, shapes.of(input.ty.id)))
                .collect();
            let output = shapes.of(method.output.id);
            all.insert(
                format!("api {}.{}", api.name, method.name),
                format!("({}) -> {output}", inputs.join(",")),
            );
        }
    }
    all
}

fn matches(pattern: &str, item: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => item.starts_with(start),
        None => pattern == item,
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(600) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn the_chain_looks_like_the_main_network() {
    let read = |name| std::fs::read(metadata_file(name)).expect("metadata of a real runtime");
    let at = |version| subtune_devnet::metadata_at(version).expect("metadata of this version");
    let mut real = items(&v14(&read("finney-475.scale")));
    real.extend(apis(&v16(&read("finney-424.scale"))));
    let mut ours = items(&v14(at(14)));
    ours.extend(apis(&v16(at(16))));

    let mut used = BTreeSet::new();
    let mut excepted = 0_usize;
    let mut differences = Vec::new();
    for (item, what) in &ours {
        let difference = match real.get(item) {
            Some(there) if there == what => continue,
            Some(there) => {
                format!("{item}\n    here:  {}\n    there: {}", short(what), short(there))
            }
            None => format!("{item}: not there (here: {})", short(what)),
        };
        match EXCEPTIONS.iter().find(|(pattern, _)| matches(pattern, item)) {
            Some((pattern, _)) => {
                used.insert(*pattern);
                excepted += 1;
            }
            None => differences.push(difference),
        }
    }
    println!(
        "{} items compared, {} the same, {excepted} excepted by {} lines",
        ours.len(),
        ours.len() - excepted - differences.len(),
        EXCEPTIONS.len()
    );
    for (pattern, reason) in EXCEPTIONS {
        println!("  except {pattern}: {reason}");
    }
    let unused: Vec<&str> = EXCEPTIONS
        .iter()
        .map(|(pattern, _)| *pattern)
        .filter(|pattern| !used.contains(pattern))
        .collect();
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert!(unused.is_empty(), "exceptions that nothing needs: {unused:?}");
}
