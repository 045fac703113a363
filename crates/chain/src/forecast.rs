//! Epochs on the chain's own code: those that it has run, those that come, and what a change makes of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use futures_util::future::join_all;
use parity_scale_codec::{Compact, Encode as _};
use scale_value::{At as _, Value as V};
use serde::Deserialize;
use subtune_model::address::ss58;
use subtune_model::error::{Error, Result};
use subtune_model::forecast::{Epoch, EpochResult, Forecast, Question, SelfTest, Span, Untried};
use subtune_model::hash::Hash32;
use subtune_model::origin::Origin;
use subtune_model::plan::Call;
use subtune_model::ports::{ChainError, Unsigned};
use subtune_model::signature::Signature;
use subtune_model::snapshot::Known;
use subtune_sim::{Asked, Entry, Fork, Limits, Ran, Runtime, RuntimeCall, Step, Wanted};
use subxt::metadata::Metadata;

use super::call::{account, single};
use super::commits::{APART, MECHANISMS};
use super::metadata::{AtBlock, from_hex};
use super::simulate::{
    BOOKS, KEYS, begin, items, key_of, lent, nonce, odd_answers, plain, strange, unrunnable,
};
use super::storage::{Entry as Stored, entry, number};
use super::surface::block_time;
use super::write::events_of;
use super::{At, Chain, decode, names, origins};

/// Most rounds of fetching what a block has missed.
const PASSES: usize = 32;
/// Longest that one block may take: one epoch of 256 neurons with liquid alpha takes some seconds.
const BLOCK: Duration = Duration::from_secs(120);
/// Instructions of one block, for the same reason.
const FUEL: u64 = 60_000_000_000;
/// Blocks after the one that the code names in which an epoch may run instead: it is put off when too many
/// subnets are due.
const PUT_OFF: u64 = 8;
/// Most blocks from one epoch to the next: a tempo has 16 bits.
const FARTHEST: u64 = 1 << 16;
/// Epochs of the past that are run side by side: while one computes, the others fetch.
const TOGETHER: usize = 4;
/// Most neurons of a subnet, whatever a node says.
const NEURONS: u64 = 4_096;

/// What a state holds beside what the block itself does.
type World = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// How far a forecast is, for who waits: epochs run, of how many.
pub type Tell<'a> = &'a (dyn Fn(u64, u64) + Sync);

#[derive(Deserialize)]
struct Header {
    digest: Digest,
}

#[derive(Deserialize)]
struct Digest {
    logs: Vec<String>,
}

impl Chain {
    /// What the epochs of a subnet give with a change and without it, by the chain's own code.
    ///
    /// First it runs epochs that the chain has run, from the state before each: without a change they must
    /// come out as the chain has stored them, or there is no forecast.
    ///
    /// # Errors
    /// When the code cannot be run, the past does not come out, or the states of it are gone.
    pub async fn forecast(&self, question: &Question, tell: Tell<'_>) -> Result<Forecast> {
        let before = self.traffic();
        let mut forecast = match question.span {
            Span::Ahead { epochs, every_block } => {
                self.ahead(question, epochs, every_block, tell).await?
            }
            Span::Replay { epochs } => self.replay(question, epochs, tell).await?,
        };
        let after = self.traffic();
        forecast.requests = after.requests.saturating_sub(before.requests);
        forecast.bytes = after.received.saturating_sub(before.received);
        Ok(forecast)
    }

    async fn ahead(
        &self,
        question: &Question,
        epochs: u16,
        every_block: bool,
        tell: Tell<'_>,
    ) -> Result<Forecast> {
        let past = self.past(question, question.self_tests).await?;
        let tests = u64::try_from(past.len()).unwrap_or(u64::MAX);
        let all = tests.saturating_add(u64::from(epochs).saturating_mul(2));
        tell(0, all);
        let mut self_test = SelfTest::default();
        for rerun in join_all(past.iter().map(|block| self.rerun(block, question))).await {
            self_test.add(rerun?.test);
        }
        let mut done = tests;
        let mut step = || {
            tell(done, all);
            done = done.saturating_add(1);
        };
        let mut scene = Scene::at(self, &question.base, question.netuid).await?;
        scene.digest = scene.digest_of(&question.base).await?;
        let hidden = scene.hidden().await?;
        let mut now = scene.line(hidden).await?;
        let mut then = Line { world: now.world.clone(), block: now.block, ages: now.ages.clone() };
        let next = scene.at.number.saturating_add(1);
        let refused = scene.changed(&mut then.world, question, next).await?;
        let mut found = Vec::new();
        for _ in 0..epochs {
            step();
            scene.next(&mut now, every_block).await?;
            let without = scene.result(&now.world, now.block).await?;
            step();
            scene.next(&mut then, every_block).await?;
            let with = scene.result(&then.world, then.block).await?;
            forget_bonds(found.last_mut());
            found.push(Epoch { now: without, then: with });
        }
        tell(all, all);
        Ok(Forecast {
            spec_version: scene.at.runtime.spec_version,
            code_hash: scene.code_hash,
            replayed: false,
            self_test,
            refused,
            epochs: found,
            requests: 0,
            bytes: 0,
        })
    }

    async fn replay(&self, question: &Question, epochs: u16, tell: Tell<'_>) -> Result<Forecast> {
        let past = self.past(question, epochs).await?;
        let all = u64::try_from(past.len()).unwrap_or(u64::MAX);
        let mut self_test = SelfTest::default();
        let mut found: Vec<Epoch> = Vec::new();
        let mut refused = Vec::new();
        let mut code = None;
        let mut reruns = VecDeque::new();
        for (at, block) in past.iter().enumerate() {
            tell(u64::try_from(at).unwrap_or(u64::MAX), all);
            if reruns.is_empty() {
                // What several of them ask of the node goes together.
                let some = past.iter().skip(at).take(TOGETHER);
                reruns.extend(join_all(some.map(|block| self.rerun(block, question))).await);
            }
            let Some(rerun) = reruns.pop_front() else { break };
            let Rerun { mut scene, result: now, test } = rerun?;
            self_test.add(test);
            let mut world = World::new();
            refused = scene.changed(&mut world, question, block.number).await?;
            scene.on_time(&mut world, block.number)?;
            if let Some(Epoch { then, .. }) = found.last() {
                scene.carry(&mut world, then).await?;
            }
            let then = scene.again(&world, block).await?;
            scene.keep();
            forget_bonds(found.last_mut());
            code = Some((scene.at.runtime.spec_version, scene.code_hash));
            found.push(Epoch { now, then });
        }
        tell(all, all);
        let (spec_version, code_hash) =
            code.ok_or_else(|| strange("the subnet has had no epoch yet"))?;
        Ok(Forecast {
            spec_version,
            code_hash,
            replayed: true,
            self_test,
            refused,
            epochs: found,
            requests: 0,
            bytes: 0,
        })
    }

    /// The last epochs of the subnet, oldest first: as many as were asked for, and as far back as the node
    /// has the states.
    async fn past(&self, question: &Question, most: u16) -> Result<Vec<Past>> {
        let mut found: Vec<Past> = Vec::new();
        let mut from = question.base;
        while found.len() < usize::from(most) {
            let at = self.at(&At::Hash(from)).await?;
            let item = "LastMechansimStepBlock";
            let key = [V::u128(question.netuid.into())];
            let entry = entry(&at.runtime.metadata, names::SUBTENSOR, item, &key)
                .ok_or_else(|| missing(item))?;
            let answers = self.read([entry.key.clone()].into(), &at.hash).await?;
            let last = match answers.known(Known::Is(&entry), &at.runtime.metadata, number) {
                Known::Is(last) => last,
                Known::Unset => 0,
                Known::Unreadable(why) => return Err(strange(&why)),
            };
            // One that is later than the state which tells of it would lead in circles.
            if last == 0 || found.last().is_some_and(|later| last >= later.number) {
                break;
            }
            let params = serde_json::json!([last]);
            let hash: Option<Hash32> = self.rpc.request("chain_getBlockHash", params).await?;
            let Some(hash) = hash else { break };
            let (_, parent) = self.number_and_parent(&hash).await?;
            if !self.has_state(&parent).await? {
                break;
            }
            found.push(Past { number: last, hash, parent });
            from = parent;
        }
        if found.is_empty() {
            return Err(Error::chain(format!(
                "no forecast: none of the past epochs of subnet {} can be run to test it: there was none, \
                 or the node no longer has the state before it",
                question.netuid
            ))
            .hint(
                "use --network archive, or try again within 256 blocks after an epoch; a subnet that has \
                 had no epoch yet cannot be forecast",
            ));
        }
        found.reverse();
        Ok(found)
    }

    /// Whether the node has the state of a block.
    pub(super) async fn has_state(&self, hash: &Hash32) -> Result<bool> {
        let params = serde_json::json!(["0x3a636f6465", hash]);
        let answer = self.rpc.try_request::<Option<String>>("state_getStorageHash", params).await;
        match answer {
            Ok(hash) => Ok(hash.is_some()),
            Err(failure) if failure.is_about_old_state() => Ok(false),
            Err(failure) => Err(self.rpc.error("state_getStorageHash", failure)),
        }
    }

    /// Runs an epoch of the past without any change, and holds what comes out against what the chain has
    /// stored.
    async fn rerun(&self, block: &Past, question: &Question) -> Result<Rerun<'_>> {
        let mut before = Scene::before(self, block, question.netuid).await?;
        let result = before.again(&World::new(), block).await?;
        before.keep();
        let mut after = Scene::at(self, &block.hash, question.netuid).await?;
        let stored = after.result(&World::new(), block.number).await?;
        // Who came in that very block, after the epoch, has overwritten what it gave.
        let newcomers = after.newcomers(block.number, stored.hotkeys.len()).await?;
        after.keep();
        let found = result.compare(&stored, &newcomers);
        if let Some(first) = found.first {
            return Err(Error::chain(format!(
                "no forecast: the epoch of block {} does not come out here as on the chain, {} of {} \
                 values are equal; {first}",
                block.number, found.equal, found.values
            ))
            .hint("the state or the code that the node serves is not what the chain has run: use \
                   another node with --network"));
        }
        let test = SelfTest { epochs: 1, values: found.values, equal: found.equal };
        Ok(Rerun { scene: before, result, test })
    }
}

/// An epoch of the past that was run once more, with the state that it began with.
struct Rerun<'a> {
    scene: Scene<'a>,
    result: EpochResult,
    test: SelfTest,
}

/// An epoch that the chain has run.
struct Past {
    number: u64,
    hash: Hash32,
    parent: Hash32,
}

/// A course of events: the state that it has come to, and the block.
struct Line {
    world: World,
    block: u64,
    /// How many blocks ago each neuron had set weights at the beginning, by mechanism; `None` for never.
    ages: Vec<Vec<Option<u64>>>,
}

/// The state of a block, as far as it was fetched, with the code that runs on it.
struct Scene<'a> {
    chain: &'a Chain,
    at: AtBlock,
    runtime: Runtime,
    code_hash: Hash32,
    fork: Fork,
    /// How much of it was kept from an earlier run.
    loaded: usize,
    netuid: u16,
    /// What the header of a block says before it runs, at the block that this scene begins with.
    digest: Vec<Vec<u8>>,
}

impl<'a> Scene<'a> {
    async fn at(chain: &'a Chain, hash: &Hash32, netuid: u16) -> Result<Self> {
        let at = chain.at(&At::Hash(*hash)).await?;
        let bounds = Limits { time: BLOCK, fuel: FUEL, ..Limits::default() };
        let kept = chain.codes.cache.as_ref().and_then(|cache| cache.load(&name(chain, hash)));
        let kept = kept.and_then(|bytes| Fork::restore(&bytes, bounds));
        let mut fork = kept.unwrap_or_else(|| Fork::new(bounds));
        let loaded = fork.told_count();
        let mut seeds = plain(&at.runtime.metadata);
        seeds.retain(|key| fork.told(key).is_none());
        let (seeded, ready) = tokio::join!(chain.values(&seeds, &at.hash), chain.ready(&at));
        fork.tell(seeded?).map_err(unrunnable)?;
        let ready = ready?;
        Ok(Self {
            chain,
            at,
            runtime: ready.runtime.within(bounds),
            code_hash: ready.hash,
            fork,
            loaded,
            netuid,
            digest: Vec::new(),
        })
    }

    /// Keeps what was fetched of this state, for it never changes.
    fn keep(&self) {
        if let Some(cache) = &self.chain.codes.cache
            && self.fork.told_count() > self.loaded
        {
            cache.save(&name(self.chain, &self.at.hash), &self.fork.kept());
        }
    }

    /// The state before an epoch that the chain has run.
    async fn before(chain: &'a Chain, block: &Past, netuid: u16) -> Result<Self> {
        let mut scene = Self::at(chain, &block.parent, netuid).await?;
        scene.digest = scene.digest_of(&block.hash).await?;
        Ok(scene)
    }

    /// Runs an epoch of the past once more.
    async fn again(&mut self, change: &World, block: &Past) -> Result<EpochResult> {
        let mut world = self.hidden().await?;
        world.extend(change.clone());
        self.block(&mut world, block.number, 0).await?;
        if self.last_epoch(&world)? != block.number {
            return Err(strange("an epoch of the past does not run when it ran on the chain"));
        }
        self.result(&world, block.number).await
    }

    /// What a block's header says for the runtime: who made it, and when.
    async fn digest_of(&self, hash: &Hash32) -> Result<Vec<Vec<u8>>> {
        /// The kind of what stands there before the block is run.
        const BEFORE: u8 = 6;
        let header: Option<Header> =
            self.chain.rpc.request("chain_getHeader", serde_json::json!([hash])).await?;
        let logs = header.map(|header| header.digest.logs).unwrap_or_default();
        let logs: Option<Vec<_>> = logs.iter().map(|log| from_hex(log)).collect();
        let mut logs = logs.ok_or_else(|| strange("a header is not hex"))?;
        logs.retain(|log| log.first() == Some(&BEFORE));
        Ok(logs)
    }

    /// The header of a block that is so many later than the one whose digest is known.
    fn header(&self, number: u64, later: u64) -> Vec<u8> {
        /// Before the block, by Aura, eight bytes: its slot.
        const SLOT: [u8; 6] = [6, b'a', b'u', b'r', b'a', 8 << 2];
        let logs = self.digest.iter().map(|log| match log.split_first_chunk::<6>() {
            Some((&SLOT, slot)) => {
                let slot = slot.try_into().map_or(0, u64::from_le_bytes).saturating_add(later);
                [&SLOT[..], &slot.to_le_bytes()].concat()
            }
            _ => log.clone(),
        });
        let logs: Vec<_> = logs.collect();
        let count = Compact(u32::try_from(logs.len()).unwrap_or(u32::MAX)).encode();
        [&self.at.hash.bytes()[..], &Compact(number).encode(), &[0; 64], &count, &logs.concat()]
            .concat()
    }

    /// The other subnets, gone: an epoch does not look at them, and they take most of a block's time.
    async fn hidden(&self) -> Result<World> {
        let of = |netuid: u16| self.place("NetworksAdded", &[V::u128(netuid.into())]);
        let kept = [key(&of(0)?), key(&of(self.netuid)?)];
        let prefix = kept.iter().flatten().next().and_then(|key| key.get(..32));
        let prefix = prefix.ok_or_else(|| missing("NetworksAdded"))?;
        let all = self.chain.page(prefix, KEYS, prefix, &self.at.hash).await?;
        let hidden = all.into_iter().filter(|key| !kept.contains(&Some(key.clone())));
        Ok(hidden.map(|key| (key, None)).collect())
    }

    /// Runs a block on what a world has come to: its number and its time follow the last one's.
    async fn block(&mut self, world: &mut World, number: u64, later: u64) -> Result<()> {
        let metadata = self.at.runtime.metadata.clone();
        let before =
            number.checked_sub(1).ok_or_else(|| strange("it has an epoch at its genesis"))?;
        if let Some(key) = key_of(&metadata, "System", "Number") {
            let bytes = self.fork.told(&key).and_then(Option::as_ref).map_or(4, Vec::len);
            let number = before.to_le_bytes();
            world.insert(key, Some(number.get(..bytes).unwrap_or(&number).to_vec()));
        }
        if let (Some(key), Some((time, _))) =
            (key_of(&metadata, "Timestamp", "Now"), block_time(&metadata).is())
            && let Some(Some(bytes)) = self.fork.told(&key)
            && let Ok(bytes) = <[u8; 8]>::try_from(bytes.as_slice())
        {
            let passed = later.saturating_sub(1).saturating_mul(*time);
            let now = u64::from_le_bytes(bytes).saturating_add(passed);
            world.insert(key, Some(now.to_le_bytes().to_vec()));
        }
        let args = self.header(number, later);
        let call = RuntimeCall { method: "Core_initialize_block".to_owned(), args };
        let ran = self.run(world, &Asked { calls: vec![call], signer: None }).await?;
        *world = changes(ran);
        Ok(())
    }

    /// Goes on to the next epoch: at once, or block by block.
    async fn next(&mut self, line: &mut Line, every_block: bool) -> Result<()> {
        let due = self.due(&line.world).await?;
        if due.saturating_sub(line.block) > FARTHEST {
            return Err(strange(&format!("its code names block {due} for the next epoch")));
        }
        let mut block = due.max(line.block.saturating_add(1));
        if every_block {
            for number in line.block.saturating_add(1)..block {
                let later = number.saturating_sub(self.at.number);
                self.block(&mut line.world, number, later).await?;
            }
        }
        for _ in 0..PUT_OFF {
            let later = block.saturating_sub(self.at.number);
            self.keep_setting(line, block).await?;
            self.block(&mut line.world, block, later).await?;
            line.block = block;
            if self.last_epoch(&line.world)? == block {
                return Ok(());
            }
            block = block.saturating_add(1);
        }
        Err(strange(&format!("no epoch runs in block {due} or after it, as the code itself says"))
            .hint("two neurons with one hotkey stop the epochs of a subnet; `subtune show` tells when \
                   the next one is due"))
    }

    /// A course of events that begins with this state.
    async fn line(&mut self, world: World) -> Result<Line> {
        let mut ages = Vec::new();
        for mechanism in 0..self.mechanisms(&world).await? {
            let place = self.place("LastUpdate", &[self.mechanism(mechanism)])?;
            self.fetch_places(std::slice::from_ref(&place)).await?;
            let age = |last: u64| (last > 0).then(|| self.at.number.saturating_sub(last));
            ages.push(self.of(&world, &place, decode::numbers)?.into_iter().map(age).collect());
        }
        Ok(Line { world, block: self.at.number, ages })
    }

    /// Validators go on setting the weights that they have set: at an epoch nobody has done so longer ago
    /// than at the beginning.
    async fn keep_setting(&mut self, line: &mut Line, block: u64) -> Result<()> {
        for (mechanism, ages) in (0u16..).zip(&line.ages) {
            let place = self.place("LastUpdate", &[self.mechanism(mechanism)])?;
            self.fetch_places(std::slice::from_ref(&place)).await?;
            let mut updated = self.of(&line.world, &place, decode::numbers)?;
            for (last, age) in updated.iter_mut().zip(ages) {
                if let Some(age) = age {
                    *last = (*last).max(block.saturating_sub(*age));
                }
            }
            line.world.extend(key(&place).map(|key| (key, Some(updated.encode()))));
        }
        Ok(())
    }

    /// The block of the next epoch, by the code itself.
    async fn due(&mut self, world: &World) -> Result<u64> {
        let method = "SubnetInfoRuntimeApi_get_next_epoch_start_block".to_owned();
        let call = RuntimeCall { method, args: self.netuid.encode() };
        let ran = self.run(world, &Asked { calls: vec![call], signer: None }).await?;
        let answer = ran.answers.first().map(Vec::as_slice).unwrap_or_default();
        match answer.split_first() {
            Some((1, block)) => match <[u8; 8]>::try_from(block) {
                Ok(block) => Ok(u64::from_le_bytes(block)),
                Err(_) => Err(odd_answers()),
            },
            Some((0, [])) => Err(strange("the subnet has no epochs: its tempo is 0")),
            _ => Err(odd_answers()),
        }
    }

    /// Makes all changes, as far as the code takes them; what it refuses is returned.
    async fn changed(
        &mut self,
        world: &mut World,
        question: &Question,
        block: u64,
    ) -> Result<Vec<Untried>> {
        let mut refused = Vec::new();
        for call in &question.calls {
            if let Err(error) = self.change(world, call, &question.owner, block).await? {
                refused.push(Untried { sets: call.sets.clone(), error });
            }
        }
        Ok(refused)
    }

    /// Makes a change as root, which no rate limit and no freeze window holds up, and keeps what it does to
    /// the subnet.
    async fn change(
        &mut self,
        world: &mut World,
        call: &Call,
        owner: &str,
        block: u64,
    ) -> Result<Result<(), ChainError>> {
        let runtime = self.at.runtime.clone();
        let metadata = &*runtime.metadata;
        let root = account(owner)?;
        let accounts = entry(metadata, "System", "Account", &[V::from_bytes(root)])
            .and_then(|found| from_hex(&found.key))
            .ok_or_else(|| strange("it has no accounts"))?;
        self.fetch(std::slice::from_ref(&accounts)).await?;
        let sudo = key_of(metadata, "Sudo", "Key").ok_or_else(|| strange("it has no root key"))?;
        let window = key_of(metadata, names::SUBTENSOR, "AdminFreezeWindow");
        let nonce = nonce(&self.fork, &accounts, metadata)
            .ok_or_else(|| strange("an account has a form that is not known"))?;
        let unsigned = Unsigned {
            calls: Vec::new(),
            origin: Origin::Direct,
            signer: owner.to_owned(),
            nonce,
            at_hash: self.at.hash,
            era: subtune_model::schedule::ERA,
            birth: self.at.number.saturating_sub(1),
            birth_hash: self.at.hash,
        };
        let inner = single(call, &runtime)?.into_value();
        let fields = scale_value::Composite::named([("call", inner)]);
        let payload = subxt::dynamic::tx("Sudo", "sudo", fields);
        let nobody = |_: &[u8]| Signature::Sr25519([0; 64]);
        let args = self.chain.framed(&runtime, &unsigned, &payload, None, &nobody)?;
        let asked = Asked {
            calls: vec![RuntimeCall { method: "BlockBuilder_apply_extrinsic".to_owned(), args }],
            signer: Some(root),
        };
        begin(&mut self.fork, block, metadata);
        for (key, value) in world.iter() {
            self.fork.plant(key.clone(), value.clone());
        }
        self.fork.plant(sudo, Some(root.to_vec()));
        if let Some(key) = &window {
            let width = self.fork.told(key).and_then(Option::as_ref).map_or(2, Vec::len);
            self.fork.plant(key.clone(), Some(vec![0; width]));
        }
        if let Some(Entry { key, value }) = lent(&self.fork, &accounts, metadata) {
            self.fork.plant(key, value);
        }
        let ran = self.settle(&asked).await?;
        let answer = ran.answers.first().ok_or_else(odd_answers)?;
        if let Err(error) = self.chain.applied(answer, &runtime).ok_or_else(odd_answers)? {
            return Ok(Err(error));
        }
        if let Err(error) = sudo_result(&ran, metadata, &runtime).ok_or_else(odd_answers)? {
            return Ok(Err(error));
        }
        let pallets = items(metadata);
        for (key, value) in changes(ran) {
            let pallet = key.first_chunk::<32>().and_then(|prefix| pallets.get(prefix));
            let book = pallet.is_none_or(|(pallet, _)| BOOKS.contains(pallet));
            if !book && Some(&key) != window.as_ref() {
                world.insert(key, value);
            }
        }
        Ok(Ok(()))
    }

    /// Lets the epoch of the past run in its own block, whatever the change does to the clock.
    fn on_time(&self, world: &mut World, block: u64) -> Result<()> {
        let id = [V::u128(self.netuid.into())];
        for item in ["LastEpochBlock", "BlocksSinceLastStep"] {
            if let Some(key) = self.place(item, &id).ok().and_then(|place| key(&place)) {
                world.remove(&key);
            }
        }
        if let Some(key) = key(&self.place("PendingEpochAt", &id)?) {
            world.insert(key, Some(block.to_le_bytes().to_vec()));
        }
        Ok(())
    }

    /// What the epoch before has left with the change: bonds and permits, of those who were there then.
    async fn carry(&mut self, world: &mut World, before: &EpochResult) -> Result<()> {
        let neurons = self.neurons(world).await?;
        let hotkeys = self.hotkeys(world, neurons).await?;
        let same = |uid: &u16| {
            let uid = usize::from(*uid);
            hotkeys.get(uid).is_some_and(|hotkey| before.hotkeys.get(uid) == Some(hotkey))
        };
        for (mechanism, rows) in (0u16..).zip(&before.bonds) {
            for (uid, row) in rows.iter().filter(|(uid, _)| same(uid)) {
                let place =
                    self.place("Bonds", &[self.mechanism(mechanism), V::u128((*uid).into())])?;
                let value = Some(row.encode()).filter(|_| !row.is_empty());
                world.extend(key(&place).map(|key| (key, value)));
            }
        }
        let place = self.place("ValidatorPermit", &[V::u128(self.netuid.into())])?;
        self.fetch_places(std::slice::from_ref(&place)).await?;
        let mut permits = self.of(world, &place, decode::switches)?;
        for (uid, permit) in (0u16..).zip(&mut permits) {
            if let (true, Some(left)) = (same(&uid), before.permits.get(usize::from(uid))) {
                *permit = *left;
            }
        }
        world.extend(key(&place).map(|key| (key, Some(permits.encode()))));
        // What the chain reads of the consensus before, where it does.
        for (mechanism, consensus) in (0u16..).zip(&before.consensus_by_mechanism) {
            if let Ok(place) = self.place("ConsensusByMechanism", &[self.mechanism(mechanism)]) {
                world.extend(key(&place).map(|key| (key, Some(consensus.encode()))));
            }
        }
        Ok(())
    }

    /// The block of the subnet's last epoch.
    fn last_epoch(&self, world: &World) -> Result<u64> {
        let place = self.place("LastMechansimStepBlock", &[V::u128(self.netuid.into())])?;
        self.read(world, &place).as_ref().and_then(number).ok_or_else(|| unreadable(&place))
    }

    /// What an epoch has left behind.
    async fn result(&mut self, world: &World, block: u64) -> Result<EpochResult> {
        let id = [V::u128(self.netuid.into())];
        let neurons = self.neurons(world).await?;
        let count = self.mechanisms(world).await?;
        let of = |item| self.place(item, &id);
        let vtrust = of("ValidatorTrust")?;
        let consensus = of("Consensus")?;
        let dividends = of("Dividends")?;
        let stake_weight = of("StakeWeight")?;
        let active = of("Active")?;
        let permits = of("ValidatorPermit")?;
        let (mut incentive, mut bonds, mut by_mechanism) = (Vec::new(), Vec::new(), Vec::new());
        for mechanism in 0..count {
            let id = self.mechanism(mechanism);
            incentive.push(self.place("Incentive", std::slice::from_ref(&id))?);
            by_mechanism.extend(self.place("ConsensusByMechanism", std::slice::from_ref(&id)).ok());
            let row = |uid: u16| {
                let keys = [id.clone(), V::u128(uid.into())];
                Ok::<_, Error>((uid, self.place("Bonds", &keys)?))
            };
            bonds.push((0..neurons).map(row).collect::<Result<Vec<_>>>()?);
        }
        let vectors = [&vtrust, &consensus, &dividends, &stake_weight, &active, &permits];
        let rows = bonds.iter().flatten().map(|(_, place)| place);
        let all = vectors.into_iter().chain(&incentive).chain(&by_mechanism).chain(rows);
        let keys: Vec<_> = all.filter_map(key).collect();
        self.fetch(&keys).await?;
        let hotkeys = self.hotkeys(world, neurons).await?;
        let row = |(uid, place): &(u16, Stored)| {
            let row = self.of(world, place, decode::row)?;
            Ok::<_, Error>((!row.is_empty()).then_some((*uid, row)))
        };
        Ok(EpochResult {
            block,
            hotkeys,
            vtrust: self.of(world, &vtrust, decode::shares)?,
            consensus: self.of(world, &consensus, decode::shares)?,
            dividends: self.of(world, &dividends, decode::shares)?,
            stake_weight: self.of(world, &stake_weight, decode::shares)?,
            active: self.of(world, &active, decode::switches)?,
            permits: self.of(world, &permits, decode::switches)?,
            incentive: incentive
                .iter()
                .map(|place| self.of(world, place, decode::shares))
                .collect::<Result<_>>()?,
            consensus_by_mechanism: by_mechanism
                .iter()
                .map(|place| self.of(world, place, decode::shares))
                .collect::<Result<_>>()?,
            bonds: bonds
                .iter()
                .map(|rows| {
                    rows.iter().filter_map(|one| row(one).transpose()).collect::<Result<_>>()
                })
                .collect::<Result<_>>()?,
        })
    }

    async fn mechanisms(&mut self, world: &World) -> Result<u16> {
        let place = self.place("MechanismCountCurrent", &[V::u128(self.netuid.into())])?;
        self.fetch_places(std::slice::from_ref(&place)).await?;
        let count = self.read(world, &place).as_ref().and_then(number);
        let count = count.ok_or_else(|| unreadable(&place))?.clamp(1, MECHANISMS.into());
        Ok(u16::try_from(count).unwrap_or(1))
    }

    async fn neurons(&mut self, world: &World) -> Result<u16> {
        let place = self.place("SubnetworkN", &[V::u128(self.netuid.into())])?;
        self.fetch_places(std::slice::from_ref(&place)).await?;
        let neurons = self.read(world, &place).as_ref().and_then(number);
        let neurons = neurons.filter(|neurons| *neurons <= NEURONS);
        neurons.and_then(|neurons| u16::try_from(neurons).ok()).ok_or_else(|| unreadable(&place))
    }

    async fn hotkeys(&mut self, world: &World, neurons: u16) -> Result<Vec<String>> {
        let places = self.by_uid("Keys", neurons)?;
        self.fetch_places(&places).await?;
        let hotkey = |place| {
            let found = self.read(world, place).as_ref().and_then(decode::account_of);
            found.map(|account| ss58(&account)).ok_or_else(|| unreadable(place))
        };
        places.iter().map(hotkey).collect()
    }

    /// Who was registered in this block.
    async fn newcomers(&mut self, block: u64, neurons: usize) -> Result<BTreeSet<u16>> {
        let neurons = u16::try_from(neurons).unwrap_or(u16::MAX);
        let places = self.by_uid("BlockAtRegistration", neurons)?;
        self.fetch_places(&places).await?;
        let came = |place| self.read(&World::new(), place).as_ref().and_then(number) == Some(block);
        Ok((0u16..).zip(&places).filter(|(_, place)| came(place)).map(|(uid, _)| uid).collect())
    }

    fn by_uid(&self, item: &str, neurons: u16) -> Result<Vec<Stored>> {
        let of = |uid: u16| self.place(item, &[V::u128(self.netuid.into()), V::u128(uid.into())]);
        (0..neurons).map(of).collect()
    }

    /// How the chain numbers what it keeps of a mechanism.
    fn mechanism(&self, mechanism: u16) -> V<()> {
        let index = mechanism.saturating_mul(APART).saturating_add(self.netuid);
        V::u128(index.into())
    }

    /// Where the chain keeps something of the subnet.
    fn place(&self, item: &str, keys: &[V<()>]) -> Result<Stored> {
        entry(&self.at.runtime.metadata, names::SUBTENSOR, item, keys).ok_or_else(|| missing(item))
    }

    /// What is there in a world; `None` where nothing is and nothing is the default, or it is not read.
    fn read(&self, world: &World, place: &Stored) -> Option<V<u32>> {
        let key = key(place)?;
        let stored = world.get(&key).or_else(|| self.fork.told(&key))?.as_deref();
        let bytes = stored.or(place.default.as_deref())?;
        decode::scale(bytes, place.ty, self.at.runtime.metadata.types())
    }

    /// What is there in a world, read in this way.
    fn of<T>(&self, world: &World, place: &Stored, read: fn(&V<u32>) -> Option<T>) -> Result<T> {
        self.read(world, place).as_ref().and_then(read).ok_or_else(|| unreadable(place))
    }

    async fn fetch_places(&mut self, places: &[Stored]) -> Result<()> {
        let keys: Vec<_> = places.iter().filter_map(key).collect();
        self.fetch(&keys).await
    }

    /// Fetches what is not known yet.
    async fn fetch(&mut self, keys: &[Vec<u8>]) -> Result<()> {
        let unknown = keys.iter().filter(|key| self.fork.told(key).is_none());
        let unknown: BTreeSet<_> = unknown.cloned().collect();
        let values = self.chain.values(&unknown, &self.at.hash).await?;
        self.fork.tell(values).map_err(unrunnable)
    }

    /// Runs calls on a world until nothing is missed.
    async fn run(&mut self, world: &World, asked: &Asked) -> Result<Ran> {
        self.fork.unplant();
        for (key, value) in world {
            self.fork.plant(key.clone(), value.clone());
        }
        self.settle(asked).await
    }

    /// Runs calls on what is planted until nothing is missed.
    async fn settle(&mut self, asked: &Asked) -> Result<Ran> {
        for _ in 0..PASSES {
            let wanted = match self.runtime.run(&self.fork, asked).map_err(unrunnable)? {
                Step::Done(ran) => return Ok(ran),
                Step::Wants(wanted) => wanted,
            };
            let Wanted { values, after } = wanted;
            let (values, after) = (values.into_iter().collect(), after.into_iter().collect());
            self.chain.supply(&mut self.fork, &values, &after, &self.at.hash).await?;
        }
        Err(strange("its code asks for more and more of the state"))
    }
}

/// Bonds are told of the last epoch alone: those of all of them fill the memory.
fn forget_bonds(epoch: Option<&mut Epoch>) {
    if let Some(Epoch { now, then }) = epoch {
        now.bonds.clear();
        then.bonds.clear();
    }
}

fn changes(ran: Ran) -> World {
    ran.changes.into_iter().map(|Entry { key, value }| (key, value)).collect()
}

/// What root's call has come to.
fn sudo_result(
    ran: &Ran,
    metadata: &Metadata,
    runtime: &super::metadata::Runtime,
) -> Option<Result<(), ChainError>> {
    let key = key_of(metadata, "System", "Events")?;
    let stored = ran.changes.iter().find(|entry| entry.key == key)?;
    let events = events_of(stored.value.as_deref()?, runtime)?;
    let done = events.iter().find(|event| event.pallet == "Sudo" && event.name == "Sudid")?;
    origins::result(done.fields.at("sudo_result")?, metadata)
}

/// What the kept state of a block is called.
fn name(chain: &Chain, hash: &Hash32) -> String {
    format!("{}-{}.state", chain.genesis_hash.digits(), hash.digits())
}

/// The key of a place.
fn key(place: &Stored) -> Option<Vec<u8>> {
    from_hex(&place.key)
}

fn missing(item: &str) -> Error {
    strange(&format!("it has no SubtensorModule.{item} as subtune knows it"))
}

fn unreadable(place: &Stored) -> Error {
    strange(&format!("{} has a form that subtune does not know", place.name))
}
