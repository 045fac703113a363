//! The chain's own code on the state of a block: fetched as it asks for it, run here, never sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use parity_scale_codec::{Decode as _, Encode as _};
use scale_value::At as _;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::ports::{Simulate, Unsigned};
use subtune_model::signature::Signature;
use subtune_model::simulation::{CODE_CANNOT_RUN, Simulation, StateChange, Trial, Tried};
use subtune_model::snapshot::Anchor;
use subtune_model::value::Value;
use subtune_sim::{Asked, Code, Entry, Fork, Gap, Import, Limits, Ran, RuntimeCall, Step, Wanted};
use subxt::ext::frame_decode::storage::decode_storage_key;
use subxt::metadata::Metadata;
use tokio::sync::Mutex;

use super::call::account;
use super::metadata::{AtBlock, Runtime, SPEC_NAME, from_hex};
use super::storage::{entry, lookup, number};
use super::write::{Told, events_of, told};
use super::{At, Cache, Chain, decode, names, shape, snapshot};

/// Where a chain keeps its code.
const CODE: &[u8] = b":code";
/// Where it keeps the number of the transaction that it runs.
const INDEX: &[u8] = b":extrinsic_index";
/// Most rounds of fetching what a run has missed. A true runtime takes three or four.
const PASSES: usize = 16;
/// Longest that one call may take: a true one takes some milliseconds.
const CALL: Duration = Duration::from_secs(10);
/// Longest that all of them may take, the questions to the node included.
const ALL: Duration = Duration::from_secs(60);
/// Keys that are asked for after one, since the next will be wanted, too.
const PAGE: usize = 256;
/// Most keys of one request.
pub(super) const KEYS: usize = 1_000;
/// Pallets whose storage is about accounts, fees and blocks.
pub(super) const BOOKS: [&str; 8] = [
    "System",
    "Timestamp",
    "Balances",
    "TransactionPayment",
    "Utility",
    "Sudo",
    "Multisig",
    "Proxy",
];

/// The bounds of a run.
fn limits() -> Limits {
    Limits { time: CALL, ..Limits::default() }
}

/// The code that was run last: in memory, and in the cache when there is one.
pub(crate) struct Codes {
    pub(super) cache: Option<Arc<dyn Cache>>,
    known: Mutex<Option<Arc<Ready>>>,
    /// Code that is run in place of the chain's own.
    own: Option<(Arc<Ready>, Runtime)>,
    /// The state of the block that was asked for last.
    fork: Mutex<Option<(Hash32, Arc<Ready>, Fork)>>,
}

/// Code that can be run.
pub(super) struct Ready {
    pub(super) hash: Hash32,
    packed: usize,
    unpacked: usize,
    pub(super) runtime: subtune_sim::Runtime,
}

/// A runtime's code, as [`Chain::code`] tells of it.
#[derive(Debug, Clone)]
pub struct CodeFacts {
    /// Version of the runtime.
    pub spec_version: u32,
    /// BLAKE2-256 of the code as the chain keeps it.
    pub hash: Hash32,
    /// Bytes as the chain keeps it.
    pub packed: usize,
    /// Bytes of wasm.
    pub unpacked: usize,
    /// What it imports.
    pub imports: Vec<Import>,
    /// Whether it was kept from an earlier run.
    pub kept: bool,
}

impl Codes {
    pub(crate) fn new(cache: Option<Arc<dyn Cache>>) -> Self {
        Self { cache, known: Mutex::new(None), own: None, fork: Mutex::new(None) }
    }

    /// One for each chain: the next runtime takes the place of the last.
    fn name(genesis_hash: &Hash32) -> String {
        format!("{}.code", genesis_hash.digits())
    }
}

impl Simulate for Chain {
    async fn simulate(&self, netuid: u16, base: &Hash32, trials: &[Trial]) -> Result<Simulation> {
        let before = self.traffic();
        let mut at = self.at(&At::Hash(*base)).await?;
        if let Some((_, runtime)) = &self.codes.own {
            at.runtime = runtime.clone();
        }
        let metadata = &*at.runtime.metadata;
        let mut seeds = plain(metadata);
        let mut accounts = Vec::new();
        for trial in trials {
            let key = scale_value::Value::from_bytes(account(&trial.signer)?);
            let found = entry(metadata, "System", "Account", &[key]);
            let key = found.ok_or_else(|| strange("it has no accounts"))?.key;
            seeds.insert(from_hex(&key).unwrap_or_default());
            accounts.push(from_hex(&key).unwrap_or_default());
        }
        let noted: Vec<_> =
            trials.iter().map(|trial| noted(trial, netuid, &at)).collect::<Result<_>>()?;
        // What was there before is told of what a trial changes.
        seeds.extend(noted.iter().flatten().map(|entry| entry.key.clone()));
        // What is nearly always asked for, in the same trip.
        let wanted = snapshot::Reading::new(metadata, netuid)?;
        seeds.extend(wanted.keys().iter().filter_map(|key| from_hex(key)));
        let born = scale_value::Value::u128(birth(at.number.saturating_add(1)).into());
        let hash = entry(metadata, "System", "BlockHash", &[born]);
        seeds.extend(hash.and_then(|found| from_hex(&found.key)));
        let mut state = self.codes.fork.lock().await;
        let (ready, mut fork) = match state.take().filter(|(hash, ..)| hash == base) {
            Some((_, ready, fork)) => {
                seeds.retain(|key| fork.told(key).is_none());
                let mut fork = fork;
                fork.tell(self.values(&seeds, &at.hash).await?).map_err(unrunnable)?;
                (ready, fork)
            }
            None => {
                let mut fork = Fork::new(limits());
                let (seeded, ready) = tokio::join!(self.values(&seeds, &at.hash), self.ready(&at));
                fork.tell(seeded?).map_err(unrunnable)?;
                (ready?, fork)
            }
        };
        let mut asked = Vec::new();
        for (trial, key) in trials.iter().zip(&accounts) {
            let nonce = nonce(&fork, key, metadata);
            let nonce = nonce.ok_or_else(|| strange("an account has a form that is not known"))?;
            asked.push(self.asked(trial, nonce, &at)?);
        }
        let lent = trials
            .iter()
            .zip(&accounts)
            .map(|(trial, key)| trial.lent.then(|| lent(&fork, key, metadata)).flatten());
        let planted: Vec<Vec<_>> = noted
            .into_iter()
            .zip(lent)
            .map(|(noted, lent)| [noted, lent.into_iter().collect()].concat())
            .collect();
        let runs = self.passes(&ready.runtime, &mut fork, trials, &asked, &planted, &at).await?;
        let mut clocks = wanted.clocks();
        for trial in trials {
            let signer = trial.origin.account().unwrap_or(&trial.signer);
            clocks.extend(snapshot::clocks_of(metadata, netuid, &account(signer)?));
        }
        let names = Names { values: wanted.values(), clocks, items: items(metadata) };
        let mut tried = Vec::new();
        for (trial, (ran, planted)) in trials.iter().zip(runs.iter().zip(&planted)) {
            fork.unplant();
            plant(&mut fork, trials, trial, planted, &|before| runs.get(before), metadata);
            tried.push(self.tried(ran, &fork, &at, &names)?);
        }
        fork.unplant();
        let after = self.traffic();
        let code_hash = ready.hash;
        *state = Some((*base, ready, fork));
        Ok(Simulation {
            spec_version: at.runtime.spec_version,
            code_hash,
            tried,
            requests: after.requests.saturating_sub(before.requests),
            bytes: after.received.saturating_sub(before.received),
        })
    }
}

impl Chain {
    /// Runs this code in place of the chain's own: wasm, plain or packed as a chain keeps it.
    ///
    /// # Errors
    /// When it is no runtime that can be run here, or not one of a Subtensor chain.
    pub fn with_code(mut self, bytes: &[u8]) -> Result<Self> {
        let wrong = |what: String| {
            Error::input(format!("the runtime cannot be used: {what}"))
                .hint("name the wasm of a Subtensor runtime, as its release has it")
        };
        let bounds = limits();
        let code = Code::read(bytes, &bounds).map_err(|error| wrong(error.what))?;
        let runtime =
            subtune_sim::Runtime::new(&code, bounds).map_err(|error| wrong(error.what))?;
        let ask = |method: &str, args: Vec<u8>| {
            let call = RuntimeCall { method: method.to_owned(), args };
            let asked = Asked { calls: vec![call], signer: None };
            match runtime.run(&Fork::new(bounds), &asked) {
                Ok(Step::Done(ran)) => Ok(ran.answers.into_iter().next().unwrap_or_default()),
                Ok(Step::Wants(_)) => Err(wrong(format!("its {method} reads the state"))),
                Err(error) => Err(wrong(error.what)),
            }
        };
        let version = ask("Core_version", Vec::new())?;
        // Names of the specification and of who implements it, then four numbers.
        type Head = (String, String, u32, u32, u32);
        let rest = &mut version.as_slice();
        let (name, _, _, spec_version, _) =
            Head::decode(rest).map_err(|_| wrong("its version cannot be read".to_owned()))?;
        if name != SPEC_NAME {
            return Err(wrong(format!("it is of {}", name.escape_debug())));
        }
        let metadata = ask("Metadata_metadata_at_version", 15u32.encode())?;
        let metadata = Option::<Vec<u8>>::decode(&mut metadata.as_slice()).ok().flatten();
        let metadata = metadata.ok_or_else(|| wrong("it has no metadata".to_owned()))?;
        let known = Runtime::new(spec_version, 1, metadata).map_err(wrong)?;
        let ready = Ready {
            hash: Hash32::new(*code.hash()),
            packed: code.packed_len(),
            unpacked: code.wasm().len(),
            runtime,
        };
        self.codes.own = Some((Arc::new(ready), known));
        Ok(self)
    }

    /// What the code of a block's runtime is.
    ///
    /// # Errors
    /// When it cannot be had, or not be run here.
    pub async fn code(&self, at: &At) -> Result<CodeFacts> {
        let at = self.at(at).await?;
        let before = self.traffic().received;
        let ready = self.ready(&at).await?;
        let fetched = self.traffic().received.saturating_sub(before);
        Ok(CodeFacts {
            spec_version: at.runtime.spec_version,
            hash: ready.hash,
            packed: ready.packed,
            unpacked: ready.unpacked,
            imports: ready.runtime.imports().to_vec(),
            kept: fetched < u64::try_from(ready.packed).unwrap_or(u64::MAX),
        })
    }

    /// The transaction of a trial, encoded, with a signature of zeros: for a test that tries to send it.
    ///
    /// # Errors
    /// When it cannot be built for that block's runtime.
    #[doc(hidden)]
    pub async fn unsigned_bytes(&self, trial: &Trial, base: &Hash32) -> Result<Vec<u8>> {
        let at = self.at(&At::Hash(*base)).await?;
        let asked = self.asked(trial, 0, &at)?;
        Ok(asked.calls.into_iter().next().map(|call| call.args).unwrap_or_default())
    }

    /// The code of a block's runtime, ready to be run.
    pub(super) async fn ready(&self, at: &AtBlock) -> Result<Arc<Ready>> {
        if let Some((ready, _)) = &self.codes.own {
            return Ok(Arc::clone(ready));
        }
        let mut known = self.codes.known.lock().await;
        let key = format!("0x{}", hex::encode(CODE));
        let params = serde_json::json!([key, at.hash]);
        let hash: Option<Hash32> = self.rpc.request("state_getStorageHash", params.clone()).await?;
        let hash = hash.ok_or_else(|| strange("it keeps no code"))?;
        if let Some(ready) = known.as_ref().filter(|ready| ready.hash == hash) {
            return Ok(Arc::clone(ready));
        }
        let bounds = limits();
        let name = Codes::name(&self.genesis_hash);
        let read = |bytes: &[u8]| {
            let code = Code::read(bytes, &bounds).map_err(unrunnable)?;
            match *code.hash() == *hash.bytes() {
                true => Ok(code),
                false => Err(strange("its code is not the one whose hash it tells")),
            }
        };
        let kept = self.codes.cache.as_ref().and_then(|cache| cache.load(&name));
        let code = match kept.and_then(|bytes| read(&bytes).ok()) {
            Some(code) => code,
            None => {
                let text: Option<String> = self.rpc.request("state_getStorage", params).await?;
                let bytes = text.and_then(|text| from_hex(&text));
                let bytes = bytes.ok_or_else(|| strange("it does not serve its code"))?;
                let code = read(&bytes)?;
                if let Some(cache) = &self.codes.cache {
                    cache.save(&name, &bytes);
                }
                code
            }
        };
        let runtime = subtune_sim::Runtime::new(&code, bounds).map_err(unrunnable)?;
        let (packed, unpacked) = (code.packed_len(), code.wasm().len());
        let ready = Arc::new(Ready { hash, packed, unpacked, runtime });
        *known = Some(Arc::clone(&ready));
        Ok(ready)
    }

    /// A transaction "signed" with zeros, as the call that dispatches it.
    fn asked(&self, trial: &Trial, nonce: u64, at: &AtBlock) -> Result<Asked> {
        let Trial { calls, origin, signer, lent: _, block, epochs: _, after: _ } = trial;
        let unsigned = Unsigned {
            calls: calls.clone(),
            origin: origin.clone(),
            signer: signer.clone(),
            nonce,
            at_hash: at.hash,
            era: subtune_model::schedule::ERA,
            birth: birth(*block),
            // Signed and not sent, and nobody signs.
            birth_hash: at.hash,
        };
        let nobody = |_: &[u8]| Signature::Sr25519([0; 64]);
        let bytes = self.encode(&at.runtime, &unsigned, None, &nobody)?;
        let call = RuntimeCall { method: "BlockBuilder_apply_extrinsic".to_owned(), args: bytes };
        Ok(Asked { calls: vec![call], signer: Some(account(signer)?) })
    }

    /// Runs all of them, again and again, until none lacks anything.
    async fn passes(
        &self,
        runtime: &subtune_sim::Runtime,
        fork: &mut Fork,
        trials: &[Trial],
        asked: &[Asked],
        planted: &[Vec<Entry>],
        at: &AtBlock,
    ) -> Result<Vec<Ran>> {
        let began = Instant::now();
        let mut runs: Vec<Option<Ran>> = trials.iter().map(|_| None).collect();
        for _ in 0..PASSES {
            if began.elapsed() > ALL {
                return Err(strange("it takes too long"));
            }
            let (mut values, mut after) = (BTreeSet::new(), BTreeSet::new());
            for (index, (trial, (asked, planted))) in
                trials.iter().zip(asked.iter().zip(planted)).enumerate()
            {
                let known = |before: usize| runs.get(before).and_then(Option::as_ref);
                // One that comes after another has to wait for it.
                if known(index).is_some() || trial.after.is_some_and(|it| known(it).is_none()) {
                    continue;
                }
                begin(fork, trial.block, &at.runtime.metadata);
                bear(fork, trial.block, at);
                plant(fork, trials, trial, planted, &known, &at.runtime.metadata);
                match runtime.run(fork, asked).map_err(unrunnable)? {
                    Step::Done(ran) => {
                        if let Some(run) = runs.get_mut(index) {
                            *run = Some(ran);
                        }
                    }
                    Step::Wants(wanted) => {
                        let Wanted { values: some, after: others } = wanted;
                        values.extend(some);
                        after.extend(others);
                    }
                }
            }
            if let Some(runs) = runs.iter().cloned().collect() {
                return Ok(runs);
            }
            self.supply(fork, &values, &after, &at.hash).await?;
        }
        Err(strange("its code asks for more and more of the state"))
    }

    /// Tells a fork what a run has asked for in vain.
    pub(super) async fn supply(
        &self,
        fork: &mut Fork,
        values: &BTreeSet<Vec<u8>>,
        after: &BTreeSet<Vec<u8>>,
        hash: &Hash32,
    ) -> Result<()> {
        let (values, gaps) = tokio::join!(self.values(values, hash), self.gaps(after, hash));
        fork.tell(values?).map_err(unrunnable)?;
        fork.tell_gaps(gaps?).map_err(unrunnable)
    }

    /// The values at these keys.
    pub(super) async fn values(
        &self,
        keys: &BTreeSet<Vec<u8>>,
        hash: &Hash32,
    ) -> Result<Vec<Entry>> {
        let keys: Vec<_> = keys.iter().collect();
        let mut found = Vec::new();
        for some in keys.chunks(KEYS) {
            let names = some.iter().map(|key| format!("0x{}", hex::encode(key))).collect();
            let answers = self.read(names, hash).await?;
            found.extend(some.iter().map(|key| {
                let value = answers.stored(&format!("0x{}", hex::encode(key)));
                Entry { key: key.to_vec(), value: value.map(<[u8]>::to_vec) }
            }));
        }
        Ok(found)
    }

    /// The keys after these, as far as they belong to the same item, and the first that does not.
    pub(super) async fn gaps(&self, after: &BTreeSet<Vec<u8>>, hash: &Hash32) -> Result<Vec<Gap>> {
        let mut found = Vec::new();
        let item = |key: &[u8]| key.get(..32).unwrap_or(key).to_vec();
        // Behind all keys of an item.
        let ends: BTreeSet<_> =
            after.iter().map(|key| [&item(key)[..], &[0xff; 64]].concat()).collect();
        let pages = after.iter().map(|key| async move {
            Ok::<_, Error>((key, self.page(&item(key), PAGE, key, hash).await?))
        });
        let ends = ends.iter().map(|end| async move {
            Ok::<_, Error>((end, self.page(&[], 1, end, hash).await?.into_iter().next()))
        });
        let (pages, ends) = tokio::join!(join_all(pages), join_all(ends));
        let ends = ends.into_iter().collect::<Result<BTreeMap<_, _>>>()?;
        for (end, next) in &ends {
            found.push(Gap { after: (*end).clone(), next: next.clone() });
        }
        for page in pages {
            let (key, page) = page?;
            let full = page.len() >= PAGE;
            let mut last = key.clone();
            for next in page {
                found.push(Gap {
                    after: std::mem::replace(&mut last, next.clone()),
                    next: Some(next),
                });
            }
            if !full {
                let end = [&item(key)[..], &[0xff; 64]].concat();
                found.push(Gap { after: last, next: ends.get(&end).cloned().flatten() });
            }
        }
        Ok(found)
    }

    pub(super) async fn page(
        &self,
        prefix: &[u8],
        count: usize,
        after: &[u8],
        hash: &Hash32,
    ) -> Result<Vec<Vec<u8>>> {
        let text = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
        let params = serde_json::json!([text(prefix), count, text(after), hash]);
        let keys: Vec<String> = self.rpc.request("state_getKeysPaged", params).await?;
        let odd = || strange("it answers with other keys than were asked for");
        let keys: Option<Vec<_>> = keys.iter().map(|key| from_hex(key)).collect();
        let keys = keys.filter(|keys| keys.len() <= count).ok_or_else(odd)?;
        let mut last = after;
        for key in &keys {
            if key.as_slice() <= last || !key.starts_with(prefix) {
                return Err(odd());
            }
            last = key;
        }
        Ok(keys)
    }

    /// Reads what a transaction came to.
    fn tried(&self, ran: &Ran, fork: &Fork, at: &AtBlock, names: &Names<'_>) -> Result<Tried> {
        let metadata = &*at.runtime.metadata;
        let answer = ran.answers.first().ok_or_else(odd_answers)?;
        let result = self.applied(answer, &at.runtime).ok_or_else(odd_answers)?;
        let events_key = key_of(metadata, "System", "Events");
        let events = ran
            .changes
            .iter()
            .find(|entry| Some(&entry.key) == events_key.as_ref())
            .and_then(|entry| events_of(entry.value.as_deref()?, &at.runtime))
            .unwrap_or_default();
        let Told { fee_rao, result: _, inside } = told(&events, &at.runtime);
        // What was planted is there before, and no change of this one.
        let changes =
            ran.changes.iter().filter(|Entry { key, value }| fork.value(key) != Some(value));
        let effects = changes.filter_map(|entry| effect(entry, fork, metadata, names)).collect();
        Ok(Tried { result, inside, fee_rao, effects })
    }
}

/// What stored values are called.
struct Names<'a> {
    /// Hyperparameters by the keys of their values, with how the catalog reads them.
    values: BTreeMap<&'a str, (&'a str, snapshot::HowRead)>,
    /// Hyperparameters by the keys of their last change.
    clocks: BTreeMap<String, &'static str>,
    /// Pallet and item by what their keys begin with.
    items: BTreeMap<[u8; 32], (&'a str, &'a str)>,
}

/// The block from which a transaction for this block is valid: its parent's parent, which is the last
/// one whose hash is in the state of its parent.
const fn birth(block: u64) -> u64 {
    block.saturating_sub(2)
}

/// Plants the hash of that block, where it is one that has not been made either.
fn bear(fork: &mut Fork, block: u64, at: &AtBlock) {
    if birth(block) < at.number {
        return;
    }
    let key = [scale_value::Value::u128(birth(block).into())];
    let found = entry(&at.runtime.metadata, "System", "BlockHash", &key);
    if let Some(key) = found.and_then(|entry| from_hex(&entry.key)) {
        fork.plant(key, Some(at.hash.bytes().to_vec()));
    }
}

/// What the chain will have noted of its epochs, as it is stored, where it stores that.
fn noted(trial: &Trial, netuid: u16, at: &AtBlock) -> Result<Vec<Entry>> {
    let metadata = &*at.runtime.metadata;
    let Some(Anchor { block: _, last_epoch, pending, idle }) = trial.epochs else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (item, value) in [
        ("LastEpochBlock", Some(last_epoch)),
        ("PendingEpochAt", Some(pending)),
        ("BlocksSinceLastStep", idle),
    ] {
        let keys = [scale_value::Value::u128(netuid.into())];
        let known = entry(metadata, names::SUBTENSOR, item, &keys);
        let Some((known, value)) = known.zip(value) else { continue };
        let bytes = value.to_le_bytes();
        let bytes = bytes.get(..known.default.as_ref().map_or(8, Vec::len)).unwrap_or(&bytes);
        // Only where the chain reads it like that, too.
        let read = decode::scale(bytes, known.ty, metadata.types());
        if read.as_ref().and_then(number) != Some(value) {
            return Err(strange(&format!("{} has a form that is not known", known.name)));
        }
        let key = from_hex(&known.key).unwrap_or_default();
        found.push(Entry { key, value: Some(bytes.to_vec()) });
    }
    Ok(found)
}

/// Plants what the trials before this one have changed, in order, and what is planted for this one.
fn plant<'a>(
    fork: &mut Fork,
    trials: &[Trial],
    trial: &Trial,
    planted: &[Entry],
    ran: &impl Fn(usize) -> Option<&'a Ran>,
    metadata: &Metadata,
) {
    let mut before = Vec::new();
    let mut last = trial.after;
    // None comes after a later one: the list ends.
    while let Some((index, ran)) = last.and_then(|index| Some((index, ran(index)?))) {
        before.push(ran);
        last = trials.get(index).and_then(|it| it.after).filter(|earlier| *earlier < index);
    }
    // Accounts with their nonces, events and the block are those of each trial itself.
    let own = metadata.pallet_by_name("System").and_then(|pallet| pallet.storage());
    let own = own.map(|storage| sp_crypto_hashing::twox_128(storage.prefix().as_bytes()));
    let of_block = |key: &[u8]| key == INDEX || own.is_some_and(|prefix| key.starts_with(&prefix));
    let changes = before.iter().rev().flat_map(|ran| &ran.changes);
    for Entry { key, value } in changes.filter(|entry| !of_block(&entry.key)).chain(planted) {
        fork.plant(key.clone(), value.clone());
    }
}

/// Makes the state that of a block which has just begun.
pub(super) fn begin(fork: &mut Fork, block: u64, metadata: &Metadata) {
    fork.unplant();
    let system = |item| key_of(metadata, "System", item);
    for item in ["Events", "EventCount", "EventTopics", "BlockWeight", "AllExtrinsicsLen"] {
        if let Some(key) = system(item) {
            fork.plant(key, None);
        }
    }
    if let Some(key) = system("ExecutionPhase") {
        // `ApplyExtrinsic(0)`.
        fork.plant(key, Some(vec![0; 5]));
    }
    if let Some(key) = system("Number") {
        // As wide as the chain's own.
        let wide = fork.told(&key).and_then(Option::as_ref).map_or(4, Vec::len);
        let number = block.to_le_bytes();
        fork.plant(key, Some(number.get(..wide).unwrap_or(&number).to_vec()));
    }
    fork.plant(INDEX.to_vec(), Some(0u32.encode()));
}

/// An account with enough for any fee: after its nonce and three counters, what it has comes first.
pub(super) fn lent(fork: &Fork, key: &[u8], metadata: &Metadata) -> Option<Entry> {
    /// A million TAO, in rao.
    const PLENTY: u64 = 1_000_000_000_000_000;
    let account = metadata.pallet_by_name("System")?.storage()?.entry_by_name("Account")?;
    let told = fork.told(key).and_then(Option::as_deref);
    let mut value = told.or(account.default_value())?.to_vec();
    // One who has something has somebody who provides for it.
    value.get_mut(8..12)?.copy_from_slice(&1u32.to_le_bytes());
    value.get_mut(16..24)?.copy_from_slice(&PLENTY.to_le_bytes());
    // Only where the chain reads it like that, too.
    let read = decode::scale(&value, account.value_ty(), metadata.types())?;
    let (providers, free) = (number(read.at("providers")?)?, number(read.at("data")?.at("free")?)?);
    (providers == 1 && free == PLENTY).then_some(())?;
    Some(Entry { key: key.to_vec(), value: Some(value) })
}

/// The nonce of an account; one that nothing is stored for has the chain's default.
pub(super) fn nonce(fork: &Fork, key: &[u8], metadata: &Metadata) -> Option<u64> {
    let account = metadata.pallet_by_name("System")?.storage()?.entry_by_name("Account")?;
    let bytes = fork.told(key)?.as_deref().or(account.default_value())?;
    number(decode::scale(bytes, account.value_ty(), metadata.types())?.at("nonce")?)
}

/// Where an item without keys is stored.
pub(super) fn key_of(metadata: &Metadata, pallet: &str, item: &str) -> Option<Vec<u8>> {
    from_hex(&entry(metadata, pallet, item, &[])?.key)
}

/// Where all items without keys are stored, but for what is large and never read.
pub(super) fn plain(metadata: &Metadata) -> BTreeSet<Vec<u8>> {
    let mut keys = BTreeSet::new();
    for pallet in metadata.pallets() {
        let Some(storage) = pallet.storage() else { continue };
        for item in storage.entries().iter().filter(|item| item.keys().len() == 0) {
            if pallet.name() == "System" && item.name() == "Events" {
                continue;
            }
            let found = lookup(metadata, pallet.name(), item.name(), &[]);
            keys.extend(found.is().and_then(|entry| from_hex(&entry.key)));
        }
    }
    keys
}

/// Pallet and item by what their keys begin with.
pub(super) fn items(metadata: &Metadata) -> BTreeMap<[u8; 32], (&str, &str)> {
    let half = |name: &str| sp_crypto_hashing::twox_128(name.as_bytes());
    let mut found = BTreeMap::new();
    for pallet in metadata.pallets() {
        let Some(storage) = pallet.storage() else { continue };
        for item in storage.entries() {
            let mut prefix = [0; 32];
            let (pallet_half, item_half) = prefix.split_at_mut(16);
            pallet_half.copy_from_slice(&half(storage.prefix()));
            item_half.copy_from_slice(&half(item.name()));
            found.insert(prefix, (pallet.name(), item.name()));
        }
    }
    found
}

/// A change as it is told; `None` for one of the chain's own books.
fn effect(
    change: &Entry,
    fork: &Fork,
    metadata: &Metadata,
    names: &Names<'_>,
) -> Option<StateChange> {
    let Names { values, clocks, items } = names;
    let Entry { key, value } = change;
    let (prefix, rest) = key.split_first_chunk::<32>()?;
    let (pallet, item) = items.get(prefix)?;
    if BOOKS.contains(pallet) {
        return None;
    }
    let found = metadata.pallet_by_name(pallet)?.storage()?.entry_by_name(item)?;
    let (ty, types) = (found.value_ty(), metadata.types());
    let text = format!("0x{}", hex::encode(key));
    let known = values.get(text.as_str());
    let read = |bytes: Option<&[u8]>| match bytes.or(found.default_value()) {
        None => Some(Value::None),
        Some(bytes) => {
            let stored = decode::scale(bytes, ty, types)?;
            match known.and_then(|(_, how)| *how) {
                Some((part, kind)) => decode::hyperparameter(&stored, part, kind),
                None => shape::value(&stored, ty, types),
            }
        }
    };
    let keys = match rest.is_empty() {
        true => String::new(),
        false => {
            format!("({})", keys(key, pallet, item, metadata).unwrap_or_else(|| hex::encode(rest)))
        }
    };
    Some(StateChange {
        item: format!("{pallet}.{item}{keys}"),
        name: known.map(|(name, _)| (*name).to_owned()),
        clock_of: clocks.get(text.as_str()).map(|name| (*name).to_owned()),
        from: read(fork.value(key)?.as_deref()),
        to: read(value.as_deref()),
    })
}

/// The keys of a map in words.
fn keys(key: &[u8], pallet: &str, item: &str, metadata: &Metadata) -> Option<String> {
    let types = metadata.types();
    let parts = decode_storage_key(pallet, item, &mut &*key, metadata, types).ok()?;
    let word = |part: &subxt::ext::frame_decode::storage::StorageKeyPart<u32>| {
        let Some(value) = part.value() else {
            return key.get(part.hash_range()).map(|hash| format!("0x{}", hex::encode(hash)));
        };
        let decoded = decode::scale(key.get(value.range())?, *value.ty(), types)?;
        Some(
            shape::value(&decoded, *value.ty(), types)
                .map_or_else(|| decoded.remove_context().to_string(), |value| value.to_string()),
        )
    };
    let words: Option<Vec<_>> = parts.parts().map(word).collect();
    Some(words?.join(", "))
}

pub(super) fn odd_answers() -> Error {
    strange("its code gives answers that make no sense")
}

pub(super) fn strange(what: &str) -> Error {
    Error::chain(format!("{CODE_CANNOT_RUN}{what}"))
        .hint("use another node with --network; if all of them say so, subtune needs an update")
}

pub(super) fn unrunnable(error: subtune_sim::SimError) -> Error {
    strange(&error.what)
}
