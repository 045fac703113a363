//! The runtime as wasm does what the native one does: the same answers, the same state.

use codec::{Decode, DecodeAll, Encode};
use sp_core::storage::StateVersion;
use sp_core::storage::well_known_keys::CODE;
use sp_keyring::Sr25519Keyring as Key;
use sp_runtime::traits::{Header as _, TransactionExtension};
use sp_runtime::{ApplyExtrinsicResult, MultiAddress, generic::Era};
use subtune_devnet::{
    Devnet, Hash, Header, Mode, Options, Runtime, RuntimeCall, SignedPayload, System, TxExtension,
    UncheckedExtrinsic, VERSION, WASM, api, metadata_at, metadata_digest,
    population::Population,
    subtensor::{NetUid, pallet::SubnetEpochIndex},
};
use subtune_sim::{Asked, Code, Entry, Fork, Gap, Limits, Ran, Step};

/// Blocks that are compared on each chain.
const CASES: usize = 20;

/// Keys that are told at once.
const PAGE: usize = 64;

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    /// A number below `end`.
    fn roll(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap_or_default()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let at = self.roll(u64::try_from(all.len()).unwrap_or(1));
        all[usize::try_from(at).unwrap_or_default()]
    }

    /// Any call of the chain's own pallets, most often with small numbers.
    fn call(&mut self) -> RuntimeCall {
        loop {
            let mut bytes = vec![self.one_of(&[7, 19, 19, 19, 28]), self.byte() % 128];
            bytes.extend(self.one_of(&[13_u16, 46, 46, 46, 47, 0]).encode());
            for _ in 0..64 {
                bytes.push(if self.roll(3) == 0 { self.byte() } else { 0 });
            }
            if let Ok(call) = RuntimeCall::decode(&mut &bytes[..]) {
                return call;
            }
        }
    }

    /// The same, alone or in what calls are wrapped in.
    fn wrapped(&mut self) -> RuntimeCall {
        let call = self.call();
        match self.roll(8) {
            0 => pallet_utility::Call::batch { calls: vec![call, self.call()] }.into(),
            1 => pallet_utility::Call::batch_all { calls: vec![call, self.call()] }.into(),
            2 => pallet_utility::Call::force_batch { calls: vec![call, self.call()] }.into(),
            3 => pallet_sudo::Call::sudo { call: Box::new(call) }.into(),
            4 => {
                let dest = MultiAddress::Id(Key::Eve.to_account_id());
                pallet_balances::Call::transfer_keep_alive { dest, value: self.roll(1 << 52) }
                    .into()
            }
            _ => call,
        }
    }
}

/// Signs with the digest of the metadata, or without.
fn sign(chain: &Devnet, who: Key, nonce: u32, call: RuntimeCall, mode: Mode) -> Vec<u8> {
    let genesis = chain.look(|| System::block_hash(0));
    let extension: TxExtension = (
        (
            frame_system::CheckNonZeroSender::new(),
            frame_system::CheckSpecVersion::new(),
            frame_system::CheckTxVersion::new(),
            frame_system::CheckGenesis::new(),
            frame_system::CheckMortality::from(Era::Immortal),
            frame_system::CheckNonce::from(nonce),
            frame_system::CheckWeight::new(),
        ),
        (
            pallet_transaction_payment::ChargeTransactionPayment::from(0),
            Default::default(),
            Default::default(),
            Default::default(),
            Default::default(),
        ),
        subtune_devnet::CheckMetadataHash { mode },
    );
    let implicit: <TxExtension as TransactionExtension<RuntimeCall>>::Implicit = (
        ((), VERSION.spec_version, VERSION.transaction_version, genesis, genesis, (), ()),
        ((), (), (), (), ()),
        if mode == Mode::Enabled { metadata_digest() } else { None },
    );
    let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
    let signature = payload.using_encoded(|bytes| who.sign(bytes));
    let who = MultiAddress::Id(who.to_account_id());
    UncheckedExtrinsic::new_signed(call, who, signature.into(), extension).encode()
}

/// The calls that make the next block of these extrinsics.
fn block(chain: &Devnet, extrinsics: &[Vec<u8>]) -> Vec<subtune_sim::RuntimeCall> {
    let call =
        |method: &str, args: Vec<u8>| subtune_sim::RuntimeCall { method: method.into(), args };
    let (number, parent) = chain.head();
    let zero = Hash::default();
    let header = Header::new(number.saturating_add(1), zero, zero, parent, Default::default());
    let now = chain.look(pallet_timestamp::Now::<Runtime>::get).saturating_add(12_000);
    let clock = UncheckedExtrinsic::new_bare(pallet_timestamp::Call::set { now }.into());
    let mut calls = vec![
        call("Core_initialize_block", header.encode()),
        call("BlockBuilder_apply_extrinsic", clock.encode()),
    ];
    calls.extend(extrinsics.iter().map(|it| call("BlockBuilder_apply_extrinsic", it.clone())));
    calls.push(call("BlockBuilder_finalize_block", Vec::new()));
    calls
}

/// Runs calls by wasm on the head's state, which is told as it is asked for.
fn by_wasm(chain: &Devnet, runtime: &subtune_sim::Runtime, asked: &Asked) -> Ran {
    let mut fork = Fork::new(Limits::default());
    loop {
        let wanted = match runtime.run(&fork, asked).expect("the wasm runs") {
            Step::Done(ran) => return ran,
            Step::Wants(wanted) => wanted,
        };
        let values = wanted.values.into_iter().map(|key| {
            let value = chain.get_storage(&key);
            Entry { key, value }
        });
        fork.tell(values).expect("it fits");
        // A page of keys, as a node gives them.
        let gaps: Vec<_> = chain.look(|| {
            let page = |first: Vec<u8>| {
                std::iter::successors(Some(first), |after| sp_io::storage::next_key(after))
                    .take(PAGE)
                    .map(|after| {
                        let next = sp_io::storage::next_key(&after);
                        Gap { after, next }
                    })
            };
            wanted.after.into_iter().flat_map(page).collect()
        });
        let follow = gaps.iter().filter_map(|gap| gap.next.clone());
        let values: Vec<_> = follow
            .map(|key| {
                let value = chain.get_storage(&key);
                Entry { key, value }
            })
            .collect();
        fork.tell(values).expect("it fits");
        fork.tell_gaps(gaps).expect("they follow each other");
    }
}

/// Runs the same natively, compares, and returns the answers.
fn compare(chain: &Devnet, runtime: &subtune_sim::Runtime, asked: &Asked) -> Vec<Vec<u8>> {
    let ran = by_wasm(chain, runtime, asked);
    let (answers, other, root) = chain.look(|| {
        let answers: Vec<Vec<u8>> = asked
            .calls
            .iter()
            .map(|call| api::dispatch(&call.method, &call.args).expect("an entry point"))
            .collect();
        let other: Vec<_> = ran
            .changes
            .iter()
            .map(|entry| (entry, sp_io::storage::get(&entry.key).map(|value| value.to_vec())))
            .filter(|(entry, value)| entry.value != *value)
            .map(|(entry, value)| (hex::encode(&entry.key), entry.value.clone(), value))
            .collect();
        (answers, other, sp_io::storage::root(StateVersion::V1))
    });
    assert_eq!(other, [], "key, value by wasm, value natively");
    // The same values at the keys that the wasm wrote, and nothing else is other than before.
    let root_by_wasm = chain.look(|| {
        for Entry { key, value } in &ran.changes {
            match value {
                Some(value) => sp_io::storage::set(key, value),
                None => sp_io::storage::clear(key),
            }
        }
        sp_io::storage::root(StateVersion::V1)
    });
    assert_eq!(root, root_by_wasm, "the native runtime wrote more than the wasm");
    for ((call, native), wasm) in asked.calls.iter().zip(&answers).zip(&ran.answers) {
        if call.method == "BlockBuilder_finalize_block" {
            // The wasm runs without a trie, and so knows no root.
            let mut header = Header::decode_all(&mut &native[..]).expect("a header");
            header.set_state_root(Hash::zero());
            assert_eq!(header.encode(), *wasm);
        } else {
            assert_eq!(native, wasm, "{}", call.method);
        }
    }
    answers
}

fn wasm(chain: &Devnet) -> subtune_sim::Runtime {
    let code = chain.get_storage(CODE).expect("the chain's code");
    let code = Code::read(&code, &Limits::default()).expect("it is wasm");
    subtune_sim::Runtime::new(&code, Limits::default()).expect("it is a runtime")
}

/// How many transactions were in the blocks, how many of them worked, and how many blocks had an epoch.
#[derive(Debug, Default)]
struct Seen {
    included: usize,
    worked: usize,
    refused: usize,
    epochs: usize,
}

/// Makes random blocks on a chain, each by wasm and natively.
fn walk(options: Options, seed: u64) -> Seen {
    let chain = Devnet::start(options).expect("the chain starts");
    let runtime = wasm(&chain);
    let mut dice = Dice(seed);
    let mut seen = Seen::default();
    for case in 0..CASES {
        // Every fourth block is one in which an epoch is due.
        let next = chain.look(|| {
            let answer = api::dispatch(
                "SubnetInfoRuntimeApi_get_next_epoch_start_block",
                &dice.one_of(&[13_u16, 46]).encode(),
            );
            Option::<u64>::decode_all(&mut &answer.expect("an answer")[..]).expect("a block")
        });
        let head = u64::from(chain.head().0);
        let ahead = next.map_or(0, |next| next.saturating_sub(head).saturating_sub(1));
        let on = if case % 4 == 0 && ahead < 500 { ahead } else { dice.roll(4) };
        chain.new_blocks(u32::try_from(on).unwrap_or_default()).expect("blocks");

        let mut nonces = std::collections::BTreeMap::new();
        let mut extrinsics = Vec::new();
        for _ in 0..dice.roll(4) {
            let who = dice.one_of(&[Key::Alice, Key::Alice, Key::Bob, Key::Dave]);
            let account = who.to_account_id();
            let nonce: &mut u32 = nonces
                .entry(account.clone())
                .or_insert_with(|| chain.look(|| System::account_nonce(&account)));
            // A nonce that was used, now and then.
            let used = u32::from(dice.roll(10) == 0);
            let mode = dice.one_of(&[Mode::Enabled, Mode::Disabled]);
            let call = dice.wrapped();
            extrinsics.push(sign(&chain, who, nonce.saturating_sub(used), call, mode));
            *nonce = nonce.saturating_add(1).saturating_sub(used);
        }
        let asked = Asked { calls: block(&chain, &extrinsics), signer: None };
        let before = chain.look(epochs);
        let answers = compare(&chain, &runtime, &asked);
        for answer in answers.iter().skip(2).take(extrinsics.len()) {
            match ApplyExtrinsicResult::decode_all(&mut &answer[..]).expect("a result") {
                Ok(result) => {
                    seen.included += 1;
                    seen.worked += usize::from(result.is_ok());
                }
                Err(_) => seen.refused += 1,
            }
        }
        // The chain goes on with what its pool takes of them.
        for extrinsic in &extrinsics {
            let _ = chain.submit(extrinsic);
        }
        chain.new_blocks(1).expect("a block");
        seen.epochs += usize::from(before != chain.look(epochs));
    }
    seen
}

/// How many epochs the subnets have had.
fn epochs() -> [u64; 2] {
    [13, 46].map(|netuid| SubnetEpochIndex::<Runtime>::get(NetUid(netuid)))
}

#[test]
fn random_blocks_are_the_same() {
    let seen = walk(Options::default(), 1);
    assert!(seen.included > CASES / 2 && seen.worked > 5 && seen.refused > 0, "{seen:?}");
}

#[test]
fn random_blocks_with_neurons_that_act_are_the_same() {
    let population = Population { neurons: 16, disagreement: 300, seed: 3 };
    let seen = walk(Options { population: Some(population), ..Options::default() }, 2);
    assert!(seen.worked > 5 && seen.epochs > 3, "{seen:?}");
}

#[test]
fn every_answer_is_the_same() {
    let chain = Devnet::start(Options::default()).expect("the chain starts");
    let runtime = wasm(&chain);
    let mut calls = Vec::new();
    let mut call = |method: &str, args: Vec<u8>| {
        calls.push(subtune_sim::RuntimeCall { method: method.to_owned(), args });
    };
    call("Core_version", Vec::new());
    call("Metadata_metadata", Vec::new());
    call("Metadata_metadata_versions", Vec::new());
    for version in [14_u32, 15, 16, 17] {
        call("Metadata_metadata_at_version", version.encode());
    }
    for netuid in [0_u16, 13, 46, 47] {
        for method in [
            "get_subnet_hyperparams",
            "get_subnet_hyperparams_v2",
            "get_subnet_hyperparams_v3",
            "get_dynamic_info",
            "get_subnet_account_id",
            "get_next_epoch_start_block",
        ] {
            call(&format!("SubnetInfoRuntimeApi_{method}"), netuid.encode());
        }
        call("NeuronInfoRuntimeApi_get_neurons", netuid.encode());
        call("NeuronInfoRuntimeApi_get_neurons_lite", netuid.encode());
        call("SwapRuntimeApi_current_alpha_price", netuid.encode());
    }
    call("SubnetInfoRuntimeApi_get_all_dynamic_info", Vec::new());
    call("ProxyFilterRuntimeApi_get_proxy_types", Vec::new());
    call("ProxyFilterRuntimeApi_get_proxy_filters", None::<Vec<u8>>.encode());
    call("AccountNonceApi_account_nonce", Key::Alice.to_account_id().encode());
    let answers = compare(&chain, &runtime, &Asked { calls, signer: None });
    assert_eq!(Vec::<u8>::decode_all(&mut &answers[1][..]).ok().as_deref(), metadata_at(14));
}

#[test]
fn the_chain_keeps_its_code() {
    let chain = Devnet::start(Options::default()).expect("the chain starts");
    assert_eq!(chain.get_storage(CODE).as_deref(), Some(WASM));
    let runtime = wasm(&chain);
    let of_host = |import: &subtune_sim::Import| import.name.starts_with("ext_");
    assert!(runtime.imports().iter().all(of_host), "{:?}", runtime.imports());
    // Left out by the executor: the one serves `set_code`, the other signatures that nobody makes here.
    let lacking = runtime.imports().iter().filter(|import| !import.offered);
    let mut lacking: Vec<_> = lacking.map(|import| import.name.as_str()).collect();
    lacking.sort_unstable();
    assert_eq!(
        lacking,
        [
            "ext_crypto_secp256k1_ecdsa_recover_compressed_version_2",
            "ext_misc_runtime_version_version_1",
        ]
    );
    let exports: Vec<_> = runtime.exports().collect();
    for entry in ["Core_version", "Core_initialize_block", "BlockBuilder_apply_extrinsic"] {
        assert!(exports.contains(&entry), "{entry}");
    }
    // Had another version run last, a migration would be due.
    let last = chain.look(frame_system::LastRuntimeUpgrade::<Runtime>::get);
    assert!(last.is_some_and(|last| !last.was_upgraded(&VERSION)));
}
