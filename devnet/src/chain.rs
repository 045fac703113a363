//! Blocks and their states.

use crate::{
    AllPalletsWithSystem, BlockNumber, Executive, Hash, Header, MILLISECONDS_PER_BLOCK,
    RuntimeCall, RuntimeOrigin, UncheckedExtrinsic, api,
    extrinsic::signer,
    genesis::{self, BASE},
    population::Population,
};
use codec::{DecodeAll, Encode};
use frame_support::traits::{OnFinalize as _, PalletsInfoAccess as _};
use sp_core::storage::StateVersion;
use sp_externalities::set_and_run_with_externalities;
use sp_runtime::{
    DigestItem, DispatchError, ModuleError,
    traits::{BlakeTwo256, Dispatchable as _, Hash as _, Header as _},
    transaction_validity::{InvalidTransaction, TransactionValidityError},
};
use sp_state_machine::{
    Backend, BackendTransaction, Ext, IterArgs, OverlayedChanges, TrieBackend, TrieBackendBuilder,
    TrieBackendStorage,
};
use sp_trie::{DBValue, LayoutV1, TrieConfiguration, prefixed_key};
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
};

/// All trie nodes of all states: nothing is ever removed, so every state stays readable.
#[derive(Clone, Default)]
pub(crate) struct Nodes(Arc<RwLock<HashMap<Vec<u8>, DBValue>>>);

impl TrieBackendStorage<BlakeTwo256> for Nodes {
    fn get(&self, hash: &Hash, prefix: (&[u8], Option<u8>)) -> Result<Option<DBValue>, String> {
        let nodes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(nodes.get(&prefixed_key::<BlakeTwo256>(hash, prefix)).cloned())
    }
}

impl Nodes {
    fn add(&self, mut new: BackendTransaction<BlakeTwo256>) {
        let mut nodes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        nodes.extend(
            new.drain()
                .into_iter()
                .filter(|(_, (_, count))| *count > 0)
                .map(|(key, (value, _))| (key, value)),
        );
    }
}

/// The state after one block.
#[derive(Clone)]
pub(crate) struct State {
    nodes: Nodes,
    root: Hash,
}

impl State {
    fn backend(&self) -> TrieBackend<Nodes, BlakeTwo256> {
        TrieBackendBuilder::new(self.nodes.clone(), self.root).build()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.backend().storage(key).ok().flatten()
    }

    /// Up to `count` keys with this prefix, after `start` if there is one.
    pub(crate) fn keys(&self, prefix: &[u8], count: usize, start: Option<&[u8]>) -> Vec<Vec<u8>> {
        let mut args = IterArgs::default();
        args.prefix = Some(prefix);
        args.start_at = start;
        args.start_at_exclusive = true;
        match self.backend().keys(args) {
            Ok(keys) => keys.filter_map(Result::ok).take(count).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// Runs runtime code on this state and forgets what it wrote.
    pub(crate) fn look<R>(&self, code: impl FnOnce() -> R) -> R {
        let backend = self.backend();
        let mut overlay = OverlayedChanges::default();
        let mut ext = Ext::new(&mut overlay, &backend, None);
        set_and_run_with_externalities(&mut ext, code)
    }

    /// Runs runtime code on this state; gives the state after it.
    fn run<R>(&self, code: impl FnOnce() -> R) -> Result<(R, Self), String> {
        let backend = self.backend();
        let mut overlay = OverlayedChanges::default();
        let mut ext = Ext::new(&mut overlay, &backend, None);
        let result = set_and_run_with_externalities(&mut ext, code);
        let changes = overlay.drain_storage_changes(&backend, StateVersion::V1)?;
        self.nodes.add(changes.transaction);
        let next = Self { nodes: self.nodes.clone(), root: changes.transaction_storage_root };
        Ok((result, next))
    }

    /// A runtime API call. Arguments that do not decode make the runtime panic, as they would make
    /// a wasm runtime trap.
    pub(crate) fn call(&self, method: &str, arguments: &[u8]) -> Result<Vec<u8>, String> {
        let call = AssertUnwindSafe(|| self.look(|| api::dispatch(method, arguments)));
        match catch_unwind(call) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(format!("Exported method {method} is not found")),
            Err(_) => Err(format!("Runtime panicked in {method}: bad arguments?")),
        }
    }
}

/// A block of the chain.
#[derive(Clone)]
pub(crate) struct Sealed {
    pub(crate) hash: Hash,
    pub(crate) header: Header,
    pub(crate) extrinsics: Vec<Vec<u8>>,
    pub(crate) state: State,
}

impl Sealed {
    fn new(header: Header, extrinsics: Vec<Vec<u8>>, state: State) -> Self {
        Self { hash: header.hash(), header, extrinsics, state }
    }
}

/// What became of a transaction that was offered to a block.
pub(crate) enum Fate {
    /// It is in the block.
    Included,
    /// It may be in a later one.
    Kept,
    /// It never will.
    Dropped,
}

/// The chain: genesis and everything from [`BASE`] on.
#[derive(Clone)]
pub(crate) struct Chain {
    genesis: Sealed,
    blocks: Vec<Sealed>,
    numbers: HashMap<Hash, BlockNumber>,
    /// Blocks that other ones have replaced.
    stale: HashMap<Hash, Sealed>,
    /// How often another branch has won.
    branches: u32,
    started: u64,
}

impl Chain {
    /// A chain whose head is block [`BASE`], produced at this time.
    pub(crate) fn new(started: u64, population: Option<&Population>) -> Result<Self, String> {
        let nodes = Nodes::default();
        let storage = genesis::genesis()?;
        let empty = State { nodes, root: sp_trie::empty_trie_root::<LayoutV1<BlakeTwo256>>() };
        let ((), state) = empty.run(|| {
            for (key, value) in &storage.top {
                sp_io::storage::set(key, value);
            }
        })?;
        let genesis = Sealed::new(header(0, Hash::default(), state.root), Vec::new(), state);
        let parent = BlakeTwo256::hash(b"subtune-devnet: before the first block");
        let hash = genesis.hash;
        let ((), state) =
            genesis.state.run(|| genesis::history(hash, parent, started, population))?;
        let first = Sealed::new(header(BASE, parent, state.root), Vec::new(), state);
        let numbers = HashMap::from([(genesis.hash, 0), (first.hash, BASE)]);
        let stale = HashMap::new();
        Ok(Self { genesis, blocks: vec![first], numbers, stale, branches: 0, started })
    }

    pub(crate) fn head(&self) -> &Sealed {
        self.blocks.last().unwrap_or(&self.genesis)
    }

    pub(crate) fn genesis(&self) -> &Sealed {
        &self.genesis
    }

    pub(crate) fn number(&self, number: BlockNumber) -> Option<&Sealed> {
        if number == 0 {
            return Some(&self.genesis);
        }
        self.blocks.get(usize::try_from(number.checked_sub(BASE)?).ok()?)
    }

    pub(crate) fn hash(&self, hash: &Hash) -> Option<&Sealed> {
        self.number(*self.numbers.get(hash)?)
    }

    /// A block that another one has replaced.
    pub(crate) fn stale(&self, hash: &Hash) -> Option<&Sealed> {
        self.stale.get(hash)
    }

    /// Goes back to this block, to go on from there with other ones. Returns what it leaves.
    pub(crate) fn branch(&mut self, number: BlockNumber) -> Vec<Sealed> {
        let kept = number.saturating_sub(BASE).saturating_add(1);
        let kept = usize::try_from(kept).unwrap_or(usize::MAX).min(self.blocks.len());
        let left = self.blocks.split_off(kept);
        for block in &left {
            self.numbers.remove(&block.hash);
            self.stale.insert(block.hash, block.clone());
        }
        self.branches = self.branches.saturating_add(1);
        left
    }

    /// The head, and what it takes to look at the blocks after it.
    pub(crate) fn ahead(&self) -> (Sealed, Ahead) {
        let head = self.head().clone();
        let number = head.header.number.saturating_add(1);
        (head, Ahead { number, started: self.started })
    }

    /// Adds a block with those of the offered transactions that are valid, in their order, and with
    /// direct changes of the state.
    pub(crate) fn seal(
        &mut self,
        offered: &[UncheckedExtrinsic],
        changes: &[(Vec<u8>, Option<Vec<u8>>)],
    ) -> Result<Vec<Fate>, String> {
        let head = self.head();
        let number = head.header.number.saturating_add(1);
        let inherent = clock(self.started, number);
        let mut bodies = vec![inherent.encode()];
        let mut fates: Vec<Fate> = offered.iter().map(|_| Fate::Kept).collect();
        let (header, state) = head.state.run(|| {
            begin(&self.new_header(number, head.hash), inherent);
            apply_all(offered, &mut fates, &mut bodies);
            for (key, value) in changes {
                match value {
                    Some(value) => sp_io::storage::set(key, value),
                    None => sp_io::storage::clear(key),
                }
            }
            Executive::finalize_block()
        })?;
        let block = Sealed::new(header, bodies, state);
        self.numbers.insert(block.hash, number);
        self.blocks.push(block);
        Ok(fates)
    }

    /// What a block begins with. Branches have different authors on a real chain, and so never the same
    /// block twice.
    fn new_header(&self, number: BlockNumber, parent: Hash) -> Header {
        let mut header = header(number, parent, Hash::default());
        if self.branches > 0 {
            header.digest.push(DigestItem::PreRuntime(*b"bran", self.branches.encode()));
        }
        header
    }
}

/// The extrinsic that sets the time of a block.
fn clock(started: u64, number: BlockNumber) -> UncheckedExtrinsic {
    let since = u64::from(number.saturating_sub(BASE));
    let now = started.saturating_add(since.saturating_mul(MILLISECONDS_PER_BLOCK));
    UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(pallet_timestamp::Call::set { now }))
}

/// Begins a block: the epochs run, the time is set.
fn begin(header: &Header, inherent: UncheckedExtrinsic) {
    Executive::initialize_block(header);
    let applied = Executive::apply_extrinsic(inherent);
    debug_assert!(matches!(applied, Ok(Ok(()))), "the time is accepted");
}

/// The blocks to come as the chain would make them if nobody sent anything, one after the other, on
/// a copy of the state that is forgotten. They have no state root, which takes longest to make, and
/// so no true hash.
pub struct Ahead {
    number: BlockNumber,
    started: u64,
}

impl Ahead {
    pub(crate) fn look<R>(self, head: &Sealed, code: impl FnOnce(Self) -> R) -> R {
        head.state.look(|| {
            let header = header(self.number, head.hash, Hash::default());
            begin(&header, clock(self.started, self.number));
            code(self)
        })
    }

    /// Number of the block that is being made.
    pub const fn block(&self) -> BlockNumber {
        self.number
    }

    /// Finishes this block, and begins the next one.
    pub fn next_block(&mut self) {
        AllPalletsWithSystem::on_finalize(self.number);
        let parent = BlakeTwo256::hash_of(&self.number);
        self.number = self.number.saturating_add(1);
        let header = header(self.number, parent, Hash::default());
        begin(&header, clock(self.started, self.number));
    }

    /// A value of the state in this block.
    pub fn get_storage(&self, key: &[u8]) -> Option<Vec<u8>> {
        sp_io::storage::get(key).map(Into::into)
    }

    /// What an encoded transaction would do in this block, its signature, era and nonce aside. The
    /// error is `Pallet.Name`, or a name of the dispatch itself as `BadOrigin`.
    pub fn attempt(&self, extrinsic: &[u8]) -> Result<(), String> {
        let extrinsic = UncheckedExtrinsic::decode_all(&mut &*extrinsic)
            .map_err(|error| format!("not an extrinsic: {error}"))?;
        let who = signer(&extrinsic).ok_or("the extrinsic is not signed")?.0;
        sp_io::storage::start_transaction();
        let result = extrinsic.function.dispatch(RuntimeOrigin::signed(who));
        sp_io::storage::rollback_transaction();
        result.map(drop).map_err(|failed| name_of(failed.error))
    }
}

/// The name of an error, with its pallet.
fn name_of(error: DispatchError) -> String {
    match error {
        DispatchError::Module(ModuleError { index, message, .. }) => {
            let pallet = AllPalletsWithSystem::infos()
                .into_iter()
                .find(|info| info.index == usize::from(index))
                .map_or("?", |info| info.name);
            format!("{pallet}.{}", message.unwrap_or("?"))
        }
        other => format!("{other:?}"),
    }
}

/// Applies what can be applied; a transaction that waits for another one is tried again after it.
fn apply_all(offered: &[UncheckedExtrinsic], fates: &mut [Fate], bodies: &mut Vec<Vec<u8>>) {
    loop {
        let mut progress = false;
        for (extrinsic, fate) in offered.iter().zip(fates.iter_mut()) {
            if !matches!(fate, Fate::Kept) {
                continue;
            }
            sp_io::storage::start_transaction();
            match Executive::apply_extrinsic(extrinsic.clone()) {
                Ok(_) => {
                    sp_io::storage::commit_transaction();
                    bodies.push(extrinsic.encode());
                    *fate = Fate::Included;
                    progress = true;
                }
                Err(error) => {
                    sp_io::storage::rollback_transaction();
                    *fate = match error {
                        TransactionValidityError::Invalid(
                            InvalidTransaction::Future | InvalidTransaction::ExhaustsResources,
                        ) => Fate::Kept,
                        _ => Fate::Dropped,
                    };
                }
            }
        }
        if !progress {
            break;
        }
    }
}

fn header(number: BlockNumber, parent: Hash, state_root: Hash) -> Header {
    let no_extrinsics = LayoutV1::<BlakeTwo256>::ordered_trie_root(Vec::<Vec<u8>>::new());
    Header::new(number, no_extrinsics, state_root, parent, Default::default())
}
