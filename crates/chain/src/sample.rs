//! Epochs that the chain has run, as it has stored them: what monitoring looks at.
//!
//! What an epoch gave stands in the state of its own block, what it was made of in that of the block before.

use std::collections::{BTreeMap, BTreeSet};

use scale_value::{At as _, Value as V, ValueDef};
use subtune_model::address::ss58;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::monitor::{Clock, Commit, Control, Mode, Neuron, Sample, Sampled};
use subtune_model::ports::EpochRead;
use subtune_model::snapshot::{Anchor, Known, Schedule};
use subtune_model::value::Value;
use subxt::ext::frame_decode::storage::encode_storage_key;

use super::commits::{APART, MECHANISMS};
use super::metadata::{AtBlock, from_hex};
use super::metagraph::BY_SUBNET;
use super::snapshot::Reading;
use super::storage::{Answers, Entry, lookup, number};
use super::write::all_events_of;
use super::{At, Chain, decode, names};

/// Most neurons of a subnet, whatever a node says.
const NEURONS: u64 = 4_096;
/// Neurons that are asked for when nobody knows how many there are: as many as most subnets have.
const USUAL: u16 = 256;
/// Most subnets: many more than the network has room for.
const SUBNETS: u16 = 1_000;
/// The root network, which has no epochs.
const ROOT: u16 = 0;
/// The runtime since which the owner's hotkey always has a permit.
const OWNER_PERMIT: u32 = 401;

/// A block of which several things are read in one request.
struct Page<'a> {
    chain: &'a Chain,
    at: AtBlock,
    netuid: u16,
    answers: Answers,
}

impl EpochRead for Chain {
    async fn clock(&self, netuid: u16) -> Result<Clock> {
        let mut page = Page::open(self, &At::Finalized, netuid).await?;
        let items =
            ["NetworksAdded", "Tempo", "LastEpochBlock", "PendingEpochAt", "BlocksSinceLastStep"];
        let mut wishes: Vec<Wish> = items.map(|item| (item, vec![id(netuid)])).into();
        wishes.push(last_step(netuid));
        let keys = page.keys(&wishes);
        page.ask(keys).await?;
        let key = [id(netuid)];
        if page.known("NetworksAdded", &key, |it| decode::plain(it)?.as_bool()) == Known::Is(false)
        {
            return Err(Error::input(format!(
                "subnet {netuid} does not exist on {} at block {}",
                self.network(),
                page.at.number
            ))
            .hint("check the netuid and the --network"));
        }
        let tempo = page.need("Tempo", &key, number)?;
        let block = page.at.number;
        let anchor = match page.known("LastEpochBlock", &key, number) {
            Known::Unset => None,
            _ => Some(Anchor {
                block,
                last_epoch: page.need("LastEpochBlock", &key, number)?,
                pending: page.need("PendingEpochAt", &key, number)?,
                idle: page.known("BlocksSinceLastStep", &key, number).is().copied(),
            }),
        };
        let schedule = Schedule {
            tempo,
            anchor,
            freeze_window: 0,
            owner_limit_tempos: 0,
            version_key_tempos: 0,
        };
        let last = page.need("LastMechansimStepBlock", &key, number)?;
        if last > block {
            return Err(page.odd("LastMechansimStepBlock"));
        }
        Ok(Clock {
            block,
            hash: page.at.hash,
            time_ms: page.time_ms(),
            last,
            tempo,
            next: schedule.next_epoch(netuid, block),
        })
    }

    async fn sample(
        &self,
        netuid: u16,
        mechanism: u8,
        block: u64,
        like: Option<&Sample>,
    ) -> Result<Sampled> {
        let Some(before) = block.checked_sub(1) else { return Ok(Sampled::NoEpoch(0)) };
        let (hash, parent) = tokio::join!(self.hash_if(block), self.hash_if(before));
        // A node that begins later has neither.
        let (Some(hash), Some(parent)) = (hash?, parent?) else { return Ok(Sampled::Gone) };
        let read = self.sample_of(netuid, mechanism, (block, hash), (before, parent), like).await;
        match read {
            Ok(found) => Ok(found),
            Err(error) => {
                // Asked only then: most states are there.
                let (one, other) = tokio::join!(self.has_state(&hash), self.has_state(&parent));
                if one? && other? { Err(error) } else { Ok(Sampled::Gone) }
            }
        }
    }

    async fn block_hash(&self, block: u64) -> Result<Option<Hash32>> {
        self.hash_if(block).await
    }

    async fn control(&self, hash: &Hash32) -> Result<Control> {
        let listed = self.listed.get_or_try_init(|| self.subnets(&At::Finalized)).await?;
        self.trust(hash, listed).await
    }
}

impl Chain {
    /// The netuids of all subnets at a block, but for the root's.
    async fn subnets(&self, at: &At) -> Result<Vec<u16>> {
        const ITEM: &str = "NetworksAdded";
        let mut page = Page::open(self, at, 0).await?;
        let types = page.at.runtime.metadata.types();
        let prefix = encode_storage_key(
            names::SUBTENSOR,
            ITEM,
            Vec::<V<()>>::new(),
            &*page.at.runtime.metadata,
            types,
        );
        let prefix = format!("0x{}", hex::encode(prefix.map_err(|_| page.odd(ITEM))?));
        let params = serde_json::json!([prefix, SUBNETS, null, page.at.hash]);
        let keys: Vec<String> = self.rpc.request("state_getKeysPaged", params).await?;
        // A key ends with the netuid, unless the chain hashes it away: held against the key it gives.
        let netuid = |key: &String| {
            let bytes = from_hex(key)?;
            let netuid = u16::from_le_bytes(*bytes.last_chunk::<2>()?);
            let entry = page.entry(ITEM, &[id(netuid)]);
            (entry.is()?.key == *key).then_some(netuid)
        };
        let all = keys.iter().map(netuid).collect::<Option<BTreeSet<u16>>>();
        let all = all.ok_or_else(|| page.odd(ITEM))?;
        page.ask(keys.into_iter().take(SUBNETS.into()).collect()).await?;
        let added = |netuid: &u16| {
            let flag = |stored: &V<u32>| decode::plain(stored)?.as_bool();
            *netuid != ROOT && page.known(ITEM, &[id(*netuid)], flag) == Known::Is(true)
        };
        Ok(all.into_iter().filter(added).collect())
    }

    /// Validator trust of these subnets at a block, in one request.
    async fn trust(&self, hash: &Hash32, subnets: &[u16]) -> Result<Control> {
        let mut page = Page::open(self, &At::Hash(*hash), 0).await?;
        let place = |netuid: &u16| ("ValidatorTrust", vec![id(*netuid)]);
        let keys = page.keys(&subnets.iter().map(place).collect::<Vec<_>>());
        page.ask(keys).await?;
        let of = |netuid: &u16| {
            let all = page.known("ValidatorTrust", &[id(*netuid)], decode::shares);
            let above: Vec<u64> =
                all.is()?.iter().filter(|share| **share > 0).map(|it| u64::from(*it)).collect();
            let sum = above.iter().fold(0, |sum: u64, share| sum.saturating_add(*share));
            Some((*netuid, (sum, u32::try_from(above.len()).ok()?)))
        };
        let subnets = subnets.iter().filter_map(of).collect();
        Ok(Control { block: page.at.number, hash: *hash, subnets })
    }

    async fn sample_of(
        &self,
        netuid: u16,
        mechanism: u8,
        (block, hash): (u64, Hash32),
        (before, parent): (u64, Hash32),
        like: Option<&Sample>,
    ) -> Result<Sampled> {
        let (after, before) = tokio::join!(
            Page::open_at(self, block, &hash, netuid),
            Page::open_at(self, before, &parent, netuid)
        );
        let (mut after, mut before) = (after?, before?);
        let guess = Guess::by(like, block);
        let idx = index(netuid, mechanism);
        let reading = Reading::new(&before.at.runtime.metadata, netuid)?;
        let mut early = before.keys(&inputs(netuid, &idx));
        early.extend(reading.value_keys());
        early.extend(before.keys(&of_uids(netuid, 0..guess.neurons)));
        early.extend(before.keys(&guess.rows_before(&idx)));
        early.extend(before.keys(&commits(&idx, guess.due)));
        let mut late = after.keys(&outputs(netuid, &idx));
        late.extend(after.keys(&guess.rows_after(&idx)));
        if guess.commit_reveal {
            late.extend(after.events_key());
        }
        let (asked, told) = tokio::join!(before.ask(early), after.ask(late));
        asked.and(told)?;
        let last = after.need("LastMechansimStepBlock", &[id(netuid)], number)?;
        if last != block {
            return Ok(Sampled::NoEpoch(last));
        }
        let hyperparameters = reading.readable(&before.answers, &before.at.runtime.metadata);
        let neurons = before.need("SubnetworkN", &[id(netuid)], number)?;
        let neurons = u16::try_from(neurons).ok().filter(|count| u64::from(*count) <= NEURONS);
        let neurons = neurons.ok_or_else(|| before.odd("SubnetworkN"))?;
        let epoch = after.known("SubnetEpochIndex", &[id(netuid)], number).is().copied();
        let commit_reveal =
            hyperparameters.get("commit_reveal_weights_enabled").and_then(Value::as_bool);
        let period = hyperparameters.get("commit_reveal_period").and_then(Value::as_u64);
        let due = epoch.zip(period).and_then(|(epoch, period)| epoch.checked_sub(period));
        let due = due.filter(|_| commit_reveal == Some(true));
        let permits = before.need("ValidatorPermit", &[id(netuid)], decode::switches)?;

        // What was not foreseen.
        let mut early = before.keys(&of_uids(netuid, guess.neurons.min(neurons)..neurons));
        early.extend(before.keys(&commits(&idx, due)));
        let came = after.known("RegistrationsThisBlock", &[id(netuid)], number);
        let mut late = match came {
            Known::Is(0) => BTreeSet::new(),
            _ => after.keys(&registrations(netuid, neurons)),
        };
        let owner = before.known("SubnetOwnerHotkey", &[id(netuid)], decode::account_of);
        before.ask(early).await?;
        let hotkeys = (0..neurons)
            .map(|uid| before.need("Keys", &[id(netuid), id(uid)], decode::account_of))
            .collect::<Result<Vec<_>>>()?;
        let owner = owner.is().and_then(|owner| hotkeys.iter().position(|it| it == owner));
        let owner = owner.filter(|_| before.at.runtime.spec_version >= OWNER_PERMIT);
        let permitted =
            |uid: usize| permits.get(uid).copied().unwrap_or_default() || owner == Some(uid);
        let voters: Vec<u16> = (0..neurons).filter(|uid| permitted(usize::from(*uid))).collect();
        let rows = rows(&idx, &voters);
        let early = before.keys(&rows);
        if commit_reveal == Some(true) {
            late.extend(after.keys(&rows));
            late.extend(after.events_key());
        }
        let (asked, told) = tokio::join!(before.ask(early), after.ask(late));
        asked.and(told)?;

        let events = match commit_reveal {
            Some(true) => after.reveals(&idx)?,
            _ => Reveals::default(),
        };
        let waiting = before.waiting(&idx, due)?;
        let lists = Outputs::of(&after, netuid, &idx, neurons)?;
        let updated = before.need("LastUpdate", std::slice::from_ref(&idx), decode::numbers)?;
        let registered = (0..neurons)
            .map(|uid| before.need("BlockAtRegistration", &[id(netuid), id(uid)], number))
            .collect::<Result<Vec<_>>>()?;
        let mut all = Vec::new();
        for (uid, hotkey) in (0..neurons).zip(&hotkeys) {
            let at = usize::from(uid);
            let permit = permitted(at);
            // Rows that a transaction of this very block has replaced were others in its epoch.
            let revealed_then = commit_reveal == Some(true) && !events.late.contains(hotkey);
            let weights = match permit {
                false => Vec::new(),
                true => {
                    let page = if revealed_then { &after } else { &before };
                    page.need("Weights", &[idx.clone(), id(uid)], decode::row)?
                }
            };
            let replaced = !matches!(came, Known::Is(0))
                && after.known("BlockAtRegistration", &[id(netuid), id(uid)], number)
                    == Known::Is(block);
            all.push(Neuron {
                uid,
                hotkey: ss58(hotkey),
                permit,
                next_permit: one(&lists.permits, at),
                active: one(&lists.active, at),
                vtrust: one(&lists.vtrust, at),
                consensus: one(&lists.consensus, at),
                incentive: one(&lists.incentive, at),
                dividends: one(&lists.dividends, at),
                stake_weight: one(&lists.stake_weight, at),
                emission: one(&lists.emission, at),
                // The chain, too, takes what is missing there for never.
                last_update: one(&updated, at),
                registered_at: one(&registered, at),
                weights,
                replaced,
                commit: waiting.get(hotkey).map(|block| Commit {
                    block: *block,
                    revealed: events.revealed.contains(hotkey),
                }),
            });
        }
        let previous = before.need("LastMechansimStepBlock", &[id(netuid)], number)?;
        if previous >= block {
            return Err(before.odd("LastMechansimStepBlock"));
        }
        let mechanisms = before.known("MechanismCountCurrent", &[id(netuid)], number);
        let mechanisms = mechanisms.is().copied().unwrap_or(1).clamp(1, MECHANISMS.into());
        Ok(Sampled::Is(Box::new(Sample {
            netuid,
            mechanism,
            mechanisms: u8::try_from(mechanisms).unwrap_or(1),
            block,
            hash,
            previous,
            time_ms: after.time_ms(),
            spec_version: before.at.runtime.spec_version,
            mode: mode(&hyperparameters),
            index: epoch,
            tempo: hyperparameters
                .get("tempo")
                .and_then(Value::as_u64)
                .ok_or_else(|| before.odd("Tempo"))?,
            kappa: hyperparameters
                .get("kappa")
                .and_then(Value::as_u64)
                .and_then(|kappa| u16::try_from(kappa).ok()),
            activity_cutoff: cutoff(&hyperparameters),
            commit_reveal,
            hyperparameters,
            neurons: all,
        })))
    }
}

/// What is asked for at once, since another sample of the subnet makes it likely.
struct Guess {
    neurons: u16,
    voters: Vec<u16>,
    commit_reveal: bool,
    due: Option<u64>,
}

impl Guess {
    fn by(like: Option<&Sample>, block: u64) -> Self {
        let Some(like) = like else {
            return Self { neurons: USUAL, voters: Vec::new(), commit_reveal: false, due: None };
        };
        let permits = like.neurons.iter().filter(|neuron| neuron.permit || neuron.next_permit);
        let index = like.index.and_then(|index| match block > like.block {
            true => index.checked_add(1),
            false => index.checked_sub(1),
        });
        let period = like.hyperparameters.get("commit_reveal_period").and_then(Value::as_u64);
        let commit_reveal = like.commit_reveal == Some(true);
        Self {
            neurons: u16::try_from(like.neurons.len()).unwrap_or(USUAL),
            voters: permits.map(|neuron| neuron.uid).collect(),
            commit_reveal,
            due: index
                .zip(period)
                .and_then(|(index, period)| index.checked_sub(period))
                .filter(|_| commit_reveal),
        }
    }

    fn rows_before(&self, idx: &V<()>) -> Vec<Wish> {
        rows(idx, &self.voters)
    }

    fn rows_after(&self, idx: &V<()>) -> Vec<Wish> {
        if self.commit_reveal { rows(idx, &self.voters) } else { Vec::new() }
    }
}

/// An item of the subnet's pallet, and the keys to it.
type Wish = (&'static str, Vec<V<()>>);

fn id(number: u16) -> V<()> {
    V::u128(number.into())
}

fn last_step(netuid: u16) -> Wish {
    ("LastMechansimStepBlock", vec![id(netuid)])
}

/// How the chain numbers what it keeps of a mechanism.
fn index(netuid: u16, mechanism: u8) -> V<()> {
    id(u16::from(mechanism).saturating_mul(APART).saturating_add(netuid))
}

/// What an epoch leaves behind.
fn outputs(netuid: u16, idx: &V<()>) -> Vec<Wish> {
    let of_subnet = BY_SUBNET.into_iter().chain(["SubnetEpochIndex", "RegistrationsThisBlock"]);
    let mut all: Vec<Wish> = of_subnet.map(|item| (item, vec![id(netuid)])).collect();
    all.push(("Incentive", vec![idx.clone()]));
    all.push(last_step(netuid));
    all
}

/// What an epoch is made of, but for what stands by uid.
fn inputs(netuid: u16, idx: &V<()>) -> Vec<Wish> {
    let items = ["SubnetworkN", "ValidatorPermit", "SubnetOwnerHotkey", "MechanismCountCurrent"];
    let mut all: Vec<Wish> = items.map(|item| (item, vec![id(netuid)])).into();
    all.push(("LastUpdate", vec![idx.clone()]));
    all.push(last_step(netuid));
    all
}

fn of_uids(netuid: u16, uids: std::ops::Range<u16>) -> Vec<Wish> {
    let wish = |uid| ["Keys", "BlockAtRegistration"].map(|item| (item, vec![id(netuid), id(uid)]));
    uids.flat_map(wish).collect()
}

fn registrations(netuid: u16, neurons: u16) -> Vec<Wish> {
    (0..neurons).map(|uid| ("BlockAtRegistration", vec![id(netuid), id(uid)])).collect()
}

fn rows(idx: &V<()>, uids: &[u16]) -> Vec<Wish> {
    uids.iter().map(|uid| ("Weights", vec![idx.clone(), id(*uid)])).collect()
}

/// The commits that are due by an epoch, and those that should have been revealed an epoch earlier.
fn commits(idx: &V<()>, due: Option<u64>) -> Vec<Wish> {
    let both = due.into_iter().flat_map(|due| [due.checked_sub(1), Some(due)]);
    both.flatten()
        .map(|epoch| ("TimelockedWeightCommits", vec![idx.clone(), V::u128(epoch.into())]))
        .collect()
}

/// How many blocks without weights make a neuron inactive.
fn cutoff(hyperparameters: &BTreeMap<String, Value>) -> Option<u64> {
    let value = |name| hyperparameters.get(name).and_then(Value::as_u64);
    match value("activity_cutoff_factor") {
        Some(factor) => {
            Some(factor.checked_mul(value("tempo")?)?.checked_div(1_000).unwrap_or_default().max(1))
        }
        None => value("activity_cutoff"),
    }
}

/// How consensus is reached. A chain that cannot choose does it by Yuma.
fn mode(hyperparameters: &BTreeMap<String, Value>) -> Mode {
    match hyperparameters.get("epoch_consensus") {
        None => Mode::Yuma,
        Some(Value::Text(name)) => match name.as_str() {
            "yuma" => Mode::Yuma,
            "null" => Mode::Null,
            other => Mode::Other(other.to_owned()),
        },
        Some(other) => Mode::Other(other.to_string()),
    }
}

fn one<T: Copy + Default>(list: &[T], at: usize) -> T {
    list.get(at).copied().unwrap_or_default()
}

/// Whose weights were revealed by an epoch, and whose were set after it in the same block.
#[derive(Default)]
struct Reveals {
    revealed: BTreeSet<[u8; 32]>,
    late: BTreeSet<[u8; 32]>,
}

/// The vectors that an epoch has stored.
struct Outputs {
    vtrust: Vec<u16>,
    consensus: Vec<u16>,
    dividends: Vec<u16>,
    stake_weight: Vec<u16>,
    incentive: Vec<u16>,
    emission: Vec<u64>,
    active: Vec<bool>,
    permits: Vec<bool>,
}

impl Outputs {
    fn of(page: &Page<'_>, netuid: u16, idx: &V<()>, neurons: u16) -> Result<Self> {
        /// Nothing of an epoch is shorter than the subnet: what is missing is not zero.
        fn whole<T>(
            page: &Page<'_>,
            item: &'static str,
            key: &V<()>,
            neurons: u16,
            read: fn(&V<u32>) -> Option<Vec<T>>,
        ) -> Result<Vec<T>> {
            let list = page.need(item, std::slice::from_ref(key), read)?;
            match list.len() < usize::from(neurons) {
                true => Err(page.odd(item)),
                false => Ok(list),
            }
        }
        let key = &id(netuid);
        Ok(Self {
            vtrust: whole(page, "ValidatorTrust", key, neurons, decode::shares)?,
            consensus: whole(page, "Consensus", key, neurons, decode::shares)?,
            dividends: whole(page, "Dividends", key, neurons, decode::shares)?,
            stake_weight: whole(page, "StakeWeight", key, neurons, decode::shares)?,
            incentive: whole(page, "Incentive", idx, neurons, decode::shares)?,
            emission: whole(page, "Emission", key, neurons, decode::numbers)?,
            active: whole(page, "Active", key, neurons, decode::switches)?,
            permits: whole(page, "ValidatorPermit", key, neurons, decode::switches)?,
        })
    }
}

impl<'a> Page<'a> {
    async fn open(chain: &'a Chain, at: &At, netuid: u16) -> Result<Self> {
        let at = chain.at(at).await?;
        Ok(Self { chain, at, netuid, answers: Answers::none() })
    }

    async fn open_at(chain: &'a Chain, number: u64, hash: &Hash32, netuid: u16) -> Result<Self> {
        let at = chain.at_known(number, hash).await?;
        Ok(Self { chain, at, netuid, answers: Answers::none() })
    }

    fn entry(&self, item: &str, keys: &[V<()>]) -> Known<Entry> {
        lookup(&self.at.runtime.metadata, names::SUBTENSOR, item, keys)
    }

    /// The storage keys of what this chain has of these.
    fn keys(&self, wishes: &[Wish]) -> BTreeSet<String> {
        let entries = wishes.iter().map(|(item, keys)| self.entry(item, keys));
        entries.filter_map(|entry| Some(entry.is()?.key.clone())).collect()
    }

    fn clock_entry(&self) -> Known<Entry> {
        lookup(&self.at.runtime.metadata, "Timestamp", "Now", &[])
    }

    fn events_key(&self) -> Option<String> {
        Some(lookup(&self.at.runtime.metadata, "System", "Events", &[]).is()?.key.clone())
    }

    /// Asks for what is not known yet, in one request.
    async fn ask(&mut self, mut keys: BTreeSet<String>) -> Result<()> {
        if self.answers.is_empty() {
            keys.extend(self.clock_entry().is().map(|entry| entry.key.clone()));
        }
        keys.retain(|key| !self.answers.has(key));
        self.answers.extend(self.chain.read(keys, &self.at.hash).await?);
        Ok(())
    }

    fn known<T>(
        &self,
        item: &str,
        keys: &[V<()>],
        read: impl FnOnce(&V<u32>) -> Option<T>,
    ) -> Known<T> {
        let entry = self.entry(item, keys);
        self.answers.known(entry.as_ref(), &self.at.runtime.metadata, read)
    }

    fn need<T>(
        &self,
        item: &str,
        keys: &[V<()>],
        read: impl FnOnce(&V<u32>) -> Option<T>,
    ) -> Result<T> {
        match self.known(item, keys, read) {
            Known::Is(value) => Ok(value),
            Known::Unset | Known::Unreadable(_) => Err(self.odd(item)),
        }
    }

    fn odd(&self, item: &str) -> Error {
        Error::chain(format!(
            "cannot tell what epochs of subnet {} give: {}.{item} at block {} has a form that subtune \
             does not know",
            self.netuid,
            names::SUBTENSOR,
            self.at.number
        ))
        .hint("use another node with --network; if all do this, subtune needs an update")
    }

    fn time_ms(&self) -> Option<u64> {
        let entry = self.clock_entry();
        self.answers.known(entry.as_ref(), &self.at.runtime.metadata, number).is().copied()
    }

    /// Who waits to have weights revealed by an epoch, since which block.
    fn waiting(&self, idx: &V<()>, due: Option<u64>) -> Result<BTreeMap<[u8; 32], u64>> {
        let mut found = BTreeMap::new();
        for (item, keys) in commits(idx, due) {
            let queue = match self.known(item, &keys, queue) {
                Known::Is(queue) => queue,
                Known::Unset => Vec::new(),
                Known::Unreadable(_) => return Err(self.odd(item)),
            };
            for (hotkey, block) in queue {
                let oldest = found.entry(hotkey).or_insert(block);
                *oldest = block.min(*oldest);
            }
        }
        Ok(found)
    }

    fn reveals(&self, idx: &V<()>) -> Result<Reveals> {
        let odd = || self.odd("TimelockedWeightCommits");
        let idx = match &idx.value {
            ValueDef::Primitive(scale_value::Primitive::U128(idx)) => *idx,
            _ => return Err(odd()),
        };
        let stored = self.events_key().and_then(|key| self.answers.stored(&key));
        let events = all_events_of(stored.unwrap_or(&[0]), &self.at.runtime).ok_or_else(odd)?;
        let mut found = Reveals::default();
        for (extrinsic, event) in events {
            let timelocked = match (event.pallet.as_str(), event.name.as_str()) {
                (names::SUBTENSOR, "TimelockedWeightsRevealed") => true,
                (names::SUBTENSOR, "WeightsRevealed") => false,
                _ => continue,
            };
            let mut fields = event.fields.values();
            // One names the mechanism first, the other one the account.
            let (first, second) = (fields.next(), fields.next());
            let hotkey = [first, second].into_iter().flatten().find_map(decode::account_of);
            let place = [first, second].into_iter().flatten().find_map(decode::integer);
            let (Some(hotkey), true) = (hotkey, place == Some(idx)) else { continue };
            match (timelocked, extrinsic) {
                (_, Some(_)) => found.late.insert(hotkey),
                (true, None) => found.revealed.insert(hotkey),
                (false, None) => false,
            };
        }
        Ok(found)
    }
}

/// The accounts of a queue of commits, and when they have committed.
fn queue(value: &V<u32>) -> Option<Vec<([u8; 32], u64)>> {
    let ValueDef::Composite(entries) = &value.value else { return None };
    let entry = |entry: &V<u32>| Some((decode::account_of(entry.at(0)?)?, number(entry.at(1)?)?));
    entries.values().map(entry).collect()
}
