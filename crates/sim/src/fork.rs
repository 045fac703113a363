//! The state of one block, as far as it is known.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use parity_scale_codec::{DecodeAll as _, Encode as _};
use sp_core::storage::{ChildInfo, StateVersion};
use sp_core::{Blake2Hasher, H256};
use sp_state_machine::backend::{BackendTransaction, IterArgs, StorageIterator};
use sp_state_machine::{Backend, MemoryDB};
use sp_state_machine::{StateMachineStats, UsageInfo};
use sp_trie::MerkleValue;

use crate::{Limits, SimError, SimErrorKind};

/// The value at a key; `None` when the state has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Option<Vec<u8>>,
}

/// Two keys that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// A key, which need not be in the state.
    pub after: Vec<u8>,
    /// The first key of the state behind it; `None` when it has none.
    pub next: Option<Vec<u8>>,
}

/// What a run has asked for in vain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Keys whose values are wanted.
    pub values: Vec<Vec<u8>>,
    /// Keys after which the next ones are wanted.
    pub after: Vec<Vec<u8>>,
}

impl Wanted {
    /// Whether nothing is missed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty() && self.after.is_empty()
    }
}

/// The state of one block, as far as it is known, and what was planted over it.
///
/// A key that nobody told it of is taken for absent and noted. So the result of a run counts only
/// when nothing was noted in it.
#[derive(Clone)]
pub struct Fork {
    limits: Limits,
    values: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    gaps: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    planted: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    bytes: usize,
}

impl Fork {
    /// A state of which nothing is known.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            values: BTreeMap::new(),
            gaps: BTreeMap::new(),
            planted: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// The bounds of what it takes.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Tells what the state holds.
    ///
    /// # Errors
    /// When it would be told more than its bounds permit.
    pub fn tell(&mut self, entries: impl IntoIterator<Item = Entry>) -> Result<(), SimError> {
        for Entry { key, value } in entries {
            let more = value.as_ref().map_or(0, Vec::len).saturating_add(key.len());
            self.grow(more, self.values.len())?;
            self.values.insert(key, value);
        }
        Ok(())
    }

    /// Tells which keys follow each other.
    ///
    /// # Errors
    /// When it would be told more than its bounds permit, or a key does not follow.
    pub fn tell_gaps(&mut self, gaps: impl IntoIterator<Item = Gap>) -> Result<(), SimError> {
        for Gap { after, next } in gaps {
            if next.as_ref().is_some_and(|next| *next <= after) {
                return Err(SimError::new(
                    SimErrorKind::Bound,
                    "the node told keys that are out of order",
                ));
            }
            let more = next.as_ref().map_or(0, Vec::len).saturating_add(after.len());
            self.grow(more, self.gaps.len())?;
            self.gaps.insert(after, next);
        }
        Ok(())
    }

    fn grow(&mut self, more: usize, entries: usize) -> Result<(), SimError> {
        self.bytes = self.bytes.saturating_add(more);
        let Limits { keys, state, .. } = self.limits;
        if self.bytes > state || entries >= keys {
            return Err(SimError::new(
                SimErrorKind::Bound,
                format!("the run needs more than {keys} keys or {} MiB of state", state >> 20),
            ));
        }
        Ok(())
    }

    /// All that it was told, to be kept: [`restore`](Self::restore) takes it.
    #[must_use]
    pub fn kept(&self) -> Vec<u8> {
        let body = (&self.values, &self.gaps).encode();
        [&sp_crypto_hashing::blake2_256(&body)[..], &body].concat()
    }

    /// What was told to another one of the same state. `None` when it is damaged or too much: then nothing is
    /// known.
    #[must_use]
    pub fn restore(kept: &[u8], limits: Limits) -> Option<Self> {
        type Told = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
        let (digest, body) = kept.split_first_chunk::<32>()?;
        if sp_crypto_hashing::blake2_256(body) != *digest {
            return None;
        }
        let (values, gaps) = <(Told, Told)>::decode_all(&mut &*body).ok()?;
        let mut fork = Self::new(limits);
        fork.tell(values.into_iter().map(|(key, value)| Entry { key, value })).ok()?;
        fork.tell_gaps(gaps.into_iter().map(|(after, next)| Gap { after, next })).ok()?;
        Some(fork)
    }

    /// How many values it was told.
    #[must_use]
    pub fn told_count(&self) -> usize {
        self.values.len().saturating_add(self.gaps.len())
    }

    /// Lets the state hold something else than the block does.
    pub fn plant(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.planted.insert(key, value);
    }

    /// Forgets all that was planted.
    pub fn unplant(&mut self) {
        self.planted.clear();
    }

    /// The value at a key: planted, or told; `None` when neither is.
    #[must_use]
    pub fn value(&self, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.planted.get(key).or_else(|| self.values.get(key))
    }

    pub(crate) const fn planted(&self) -> &BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        &self.planted
    }

    /// The value that the block itself has at a key, as far as it was told.
    #[must_use]
    pub fn told(&self, key: &[u8]) -> Option<&Option<Vec<u8>>> {
        self.values.get(key)
    }

    /// The first key after this one, of those that were told; the outer `None` when that is not known.
    fn next(&self, key: &[u8]) -> Option<Option<&Vec<u8>>> {
        let covers = (Bound::Unbounded, Bound::Included(key));
        let (_, next) = self.gaps.range::<[u8], _>(covers).next_back()?;
        match next {
            None => Some(None),
            Some(next) if next.as_slice() > key => Some(Some(next)),
            Some(_) => None,
        }
    }
}

/// A fork while it is read, with what it was asked in vain.
pub(crate) struct View<'a> {
    fork: &'a Fork,
    missed: RefCell<Missed>,
}

#[derive(Default)]
struct Missed {
    values: BTreeSet<Vec<u8>>,
    after: BTreeSet<Vec<u8>>,
    bytes: usize,
    too_much: bool,
}

impl<'a> View<'a> {
    pub(crate) fn of(fork: &'a Fork) -> Self {
        Self { fork, missed: RefCell::default() }
    }

    /// What was asked in vain.
    ///
    /// # Errors
    /// When that is more than the bounds permit.
    pub(crate) fn wanted(self) -> Result<Wanted, SimError> {
        let Missed { values, after, too_much, .. } = self.missed.into_inner();
        if too_much {
            return Err(SimError::new(
                SimErrorKind::Bound,
                "the run asks for too many or too long keys",
            ));
        }
        Ok(Wanted { values: values.into_iter().collect(), after: after.into_iter().collect() })
    }

    /// Notes a key that was written, if its value before is not known.
    pub(crate) fn before(&self, key: &[u8]) {
        if !self.fork.values.contains_key(key) {
            self.miss(key, |missed| &mut missed.values);
        }
    }

    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        if let Some(value) = self.fork.values.get(key) {
            return value.clone();
        }
        self.miss(key, |missed| &mut missed.values);
        None
    }

    fn after(&self, key: &[u8]) -> Option<Vec<u8>> {
        if let Some(next) = self.fork.next(key) {
            return next.cloned();
        }
        self.miss(key, |missed| &mut missed.after);
        None
    }

    fn miss(&self, key: &[u8], which: impl Fn(&mut Missed) -> &mut BTreeSet<Vec<u8>>) {
        let Limits { keys, key: longest, state, .. } = self.fork.limits;
        let missed = &mut *self.missed.borrow_mut();
        let bytes = missed.bytes.saturating_add(key.len());
        let full = missed.values.len().saturating_add(missed.after.len()) >= keys || bytes > state;
        if full || key.len() > longest {
            missed.too_much = true;
        } else if which(missed).insert(key.to_vec()) {
            missed.bytes = bytes;
        }
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({} values)", self.fork.values.len())
    }
}

/// Child tries are not offered: no call that can be made here reads one.
const NO_CHILDREN: &str = "child storage is not offered";

impl<'a> Backend<Blake2Hasher> for View<'a> {
    type Error = String;
    type TrieBackendStorage = MemoryDB<Blake2Hasher>;
    type RawIter = Keys<'a>;

    fn storage(&self, key: &[u8]) -> Result<Option<Vec<u8>>, String> {
        Ok(self.get(key))
    }

    fn storage_hash(&self, key: &[u8]) -> Result<Option<H256>, String> {
        Ok(self.get(key).map(|value| H256(sp_crypto_hashing::blake2_256(&value))))
    }

    /// Without a hash of the value, which the one of the trait makes.
    fn exists_storage(&self, key: &[u8]) -> Result<bool, String> {
        if let Some(value) = self.fork.values.get(key) {
            return Ok(value.is_some());
        }
        Ok(self.get(key).is_some())
    }

    fn closest_merkle_value(&self, _key: &[u8]) -> Result<Option<MerkleValue<H256>>, String> {
        Err("the trie is not here".to_owned())
    }

    fn child_closest_merkle_value(
        &self,
        _child: &ChildInfo,
        _key: &[u8],
    ) -> Result<Option<MerkleValue<H256>>, String> {
        Err(NO_CHILDREN.to_owned())
    }

    fn child_storage(&self, _child: &ChildInfo, _key: &[u8]) -> Result<Option<Vec<u8>>, String> {
        Err(NO_CHILDREN.to_owned())
    }

    fn child_storage_hash(&self, _child: &ChildInfo, _key: &[u8]) -> Result<Option<H256>, String> {
        Err(NO_CHILDREN.to_owned())
    }

    fn next_storage_key(&self, key: &[u8]) -> Result<Option<Vec<u8>>, String> {
        Ok(self.after(key))
    }

    fn next_child_storage_key(
        &self,
        _child: &ChildInfo,
        _key: &[u8],
    ) -> Result<Option<Vec<u8>>, String> {
        Err(NO_CHILDREN.to_owned())
    }

    /// Of no state root is anything made here: it is zero.
    fn storage_root<'b>(
        &self,
        _delta: impl Iterator<Item = (&'b [u8], Option<&'b [u8]>)>,
        _version: StateVersion,
    ) -> (H256, BackendTransaction<Blake2Hasher>) {
        (H256::zero(), BackendTransaction::default())
    }

    fn child_storage_root<'b>(
        &self,
        _child: &ChildInfo,
        _delta: impl Iterator<Item = (&'b [u8], Option<&'b [u8]>)>,
        _version: StateVersion,
    ) -> (H256, bool, BackendTransaction<Blake2Hasher>) {
        (H256::zero(), true, BackendTransaction::default())
    }

    fn raw_iter(&self, args: IterArgs<'_>) -> Result<Keys<'a>, String> {
        if args.child_info.is_some() {
            return Err(NO_CHILDREN.to_owned());
        }
        let prefix = args.prefix.unwrap_or_default().to_vec();
        let start = args.start_at.unwrap_or(&prefix).to_vec();
        Ok(Keys {
            inclusive: !args.start_at_exclusive,
            at: start,
            prefix,
            over: false,
            of: std::marker::PhantomData,
        })
    }

    fn register_overlay_stats(&self, _stats: &StateMachineStats) {}

    fn usage_info(&self) -> UsageInfo {
        UsageInfo::empty()
    }
}

/// The keys with a prefix, in order.
pub(crate) struct Keys<'a> {
    prefix: Vec<u8>,
    at: Vec<u8>,
    inclusive: bool,
    over: bool,
    of: std::marker::PhantomData<&'a ()>,
}

impl<'a> Keys<'a> {
    fn step(&mut self, view: &View<'a>) -> Option<Vec<u8>> {
        if self.over {
            return None;
        }
        // The key to start from counts itself, where the state has it.
        let first = std::mem::take(&mut self.inclusive) && view.get(&self.at).is_some();
        let key = if first { Some(self.at.clone()) } else { view.after(&self.at) };
        match key.filter(|key| key.starts_with(&self.prefix)) {
            Some(key) => {
                self.at.clone_from(&key);
                Some(key)
            }
            None => {
                self.over = true;
                None
            }
        }
    }
}

impl<'a> StorageIterator<Blake2Hasher> for Keys<'a> {
    type Backend = View<'a>;
    type Error = String;

    fn next_key(&mut self, view: &View<'a>) -> Option<Result<Vec<u8>, String>> {
        self.step(view).map(Ok)
    }

    fn next_pair(&mut self, view: &View<'a>) -> Option<Result<(Vec<u8>, Vec<u8>), String>> {
        let key = self.step(view)?;
        let value = view.get(&key).unwrap_or_default();
        Some(Ok((key, value)))
    }

    fn was_complete(&self) -> bool {
        self.over
    }
}
