//! The neurons of a subnet at one block: a few requests, however many there are.

mod form;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use parity_scale_codec::Encode as _;
use scale_value::{At as _, Value as V};
use subtune_model::address::ss58;
use subtune_model::error::{Error, Result};
use subtune_model::monitor::{Close, Metagraph, Mode, Occupant};
use subtune_model::snapshot::{Known, Snapshot};
use subtune_model::value::Value;
use subxt::metadata::Metadata;

use form::{amounts, axon, is_whole, numbers, pairs, shares};

use super::commits::{APART, MECHANISMS};
use super::conviction::{odd_answer, option};
use super::metadata::AtBlock;
use super::storage::{Answers, Entry, lookup, number};
use super::{At, Chain, decode, names};

/// Most neurons of a subnet, whatever a node says.
const NEURONS: u64 = 4_096;
/// Most characters of a name: whoever wants more reads the chain itself.
const NAME: usize = 64;
/// What tells of stake as it counts.
const STAKE: (&str, &str) = ("SubnetInfoRuntimeApi", "get_selective_metagraph");
/// The numbers of its fields for alpha and TAO on root.
const STAKE_FIELDS: [u16; 2] = [67, 68];

type Scale = scale_value::Value<u32>;
/// Hotkey or coldkey.
type Account = [u8; 32];

impl Chain {
    /// The neurons of a subnet in the block of a snapshot, of one of its mechanisms; of one neuron, by uid,
    /// more than of the others.
    ///
    /// # Errors
    /// When the subnet has no such mechanism or neuron, or the node does not answer.
    pub async fn metagraph(
        &self,
        snapshot: &Snapshot,
        mechanism: u8,
        close: Option<u16>,
    ) -> Result<Metagraph> {
        let at = self.at(&At::Hash(snapshot.block.hash)).await?;
        let count = self.count(snapshot)?;
        if let Some(uid) = close.filter(|uid| *uid >= count) {
            return Err(Error::input(format!(
                "subnet {} has no uid {uid} at block {}: it has {count} neurons",
                snapshot.netuid, at.number
            ))
            .hint(format!("`subtune metagraph {}` lists them", snapshot.netuid)));
        }
        let index = index(snapshot.netuid, mechanism).ok_or_else(|| no_mechanism(mechanism))?;
        let first = Read { at: &at, netuid: snapshot.netuid, index, count };
        let fields: Vec<u16> = STAKE_FIELDS.to_vec();
        let args = [("netuid", snapshot.netuid.encode()), ("metagraph_indexes", fields.encode())];
        let (answers, stake) =
            tokio::join!(self.read(first.keys(close), &at.hash), self.told(&at, STAKE, &args));
        let (answers, stake) = (answers?, stake?);
        let mut graph = first.outcome(snapshot, &answers, mechanism);
        if mechanism >= graph.mechanisms {
            return Err(no_mechanism(mechanism));
        }
        let hotkeys = first.hotkeys(&answers)?;
        for (member, hotkey) in graph.members.iter_mut().zip(&hotkeys) {
            member.hotkey = ss58(hotkey);
        }
        first.stakes(&stake, &mut graph);
        let second = Second { first: &first, hotkeys };
        let answers_2 = self.read(second.keys(), &at.hash).await?;
        let coldkeys = second.fill(&answers_2, &mut graph);
        let mut family = Vec::new();
        if let Some(uid) = close {
            let found = first.close(uid, &answers);
            family = second.family(uid, &graph);
            graph.close = Some(found);
        }
        let keys = coldkeys.iter().flatten().filter_map(|key| first.identity(key).is().map(key_of));
        let keys = keys.chain(family.iter().flatten().filter_map(Known::is).map(key_of)).collect();
        let answers_3 = self.read(keys, &at.hash).await?;
        first.names(&coldkeys, &answers_3, &mut graph);
        first.amounts(&family, &answers_3, &mut graph);
        Ok(graph)
    }

    /// How many neurons there are.
    fn count(&self, snapshot: &Snapshot) -> Result<u16> {
        let cannot_tell = |why: &str| {
            let what =
                format!("cannot tell how many neurons subnet {} has: {why}", snapshot.netuid);
            Error::chain(what)
                .hint("use another node with --network; if all do this, subtune needs an update")
        };
        match &snapshot.guards.neurons {
            Known::Is(count) if *count <= NEURONS => {
                u16::try_from(*count).map_err(|_| cannot_tell("it says too many"))
            }
            Known::Is(count) => Err(cannot_tell(&format!("the node says {count}"))),
            Known::Unset => Err(cannot_tell("nothing is stored")),
            Known::Unreadable(why) => Err(cannot_tell(why)),
        }
    }
}

fn no_mechanism(mechanism: u8) -> Error {
    Error::input(format!("the subnet has no mechanism {mechanism}"))
        .hint("leave out --mechanism for the first one, which is 0")
}

/// How the chain numbers what it keeps of a mechanism.
fn index(netuid: u16, mechanism: u8) -> Option<u16> {
    let mechanism = u16::from(mechanism);
    let apart = mechanism.checked_mul(APART).filter(|_| mechanism < MECHANISMS)?;
    apart.checked_add(netuid)
}

fn key_of(entry: &Entry) -> String {
    entry.key.clone()
}

/// What is kept by subnet and by uid.
struct Read<'a> {
    at: &'a AtBlock,
    netuid: u16,
    index: u16,
    count: u16,
}

/// Lists with one value for each neuron, by subnet.
pub(super) const BY_SUBNET: [&str; 7] = [
    "ValidatorTrust",
    "Consensus",
    "Dividends",
    "StakeWeight",
    "Emission",
    "Active",
    "ValidatorPermit",
];
/// Lists with one value for each neuron, by mechanism.
const BY_MECHANISM: [&str; 2] = ["Incentive", "LastUpdate"];

impl Read<'_> {
    fn metadata(&self) -> &Metadata {
        &self.at.runtime.metadata
    }

    fn item(&self, item: &str, keys: &[V<()>]) -> Known<Entry> {
        lookup(self.metadata(), names::SUBTENSOR, item, keys)
    }

    fn of_subnet(&self, item: &str) -> Known<Entry> {
        self.item(item, &[V::u128(self.netuid.into())])
    }

    fn of_uid(&self, item: &str, uid: u16) -> Known<Entry> {
        self.item(item, &[V::u128(self.netuid.into()), V::u128(uid.into())])
    }

    fn row(&self, item: &str, uid: u16) -> Known<Entry> {
        self.item(item, &[V::u128(self.index.into()), V::u128(uid.into())])
    }

    fn list(&self, item: &str) -> Known<Entry> {
        match BY_MECHANISM.contains(&item) {
            true => self.item(item, &[V::u128(self.index.into())]),
            false => self.of_subnet(item),
        }
    }

    fn identity(&self, coldkey: &Account) -> Known<Entry> {
        self.item("IdentitiesV2", &[V::from_bytes(coldkey)])
    }

    fn keys(&self, close: Option<u16>) -> BTreeSet<String> {
        let lists = BY_SUBNET.iter().chain(&BY_MECHANISM).map(|item| self.list(item));
        let plain = ["TaoWeight", "StakeThreshold"].map(|item| self.item(item, &[]));
        let subnet = [
            "LastMechansimStepBlock",
            "SubnetOwnerHotkey",
            "SubnetEpochConsensus",
            "MechanismCountCurrent",
        ]
        .map(|item| self.of_subnet(item));
        let uids = (0..self.count)
            .flat_map(|uid| ["Keys", "BlockAtRegistration"].map(|item| self.of_uid(item, uid)));
        let close = close.map(|uid| ["Weights", "Bonds"].map(|item| self.row(item, uid)));
        let all = lists.chain(plain).chain(subnet).chain(uids).chain(close.into_iter().flatten());
        all.filter_map(|entry| entry.is().map(key_of)).collect()
    }

    fn known<T>(
        &self,
        answers: &Answers,
        entry: &Known<Entry>,
        read: impl FnOnce(&Scale) -> Option<T>,
    ) -> Known<T> {
        answers.known(entry.as_ref(), self.metadata(), read)
    }

    /// What the epoch has left behind, and what follows from hyperparameters.
    fn outcome(&self, snapshot: &Snapshot, answers: &Answers, mechanism: u8) -> Metagraph {
        let mut unreadable = BTreeMap::new();
        let mut short = BTreeMap::new();
        let mut members: Vec<Occupant> =
            (0..self.count).map(|uid| Occupant { uid, ..Occupant::default() }).collect();
        for name in BY_SUBNET.iter().chain(&BY_MECHANISM).copied() {
            let most = usize::from(self.count);
            let highest = match name {
                "Emission" | "LastUpdate" => u64::MAX,
                "Active" | "ValidatorPermit" => 1,
                _ => u16::MAX.into(),
            };
            let fits =
                |list: &Vec<u64>| list.len() <= most && list.iter().all(|one| *one <= highest);
            let read = |value: &Scale| numbers(value).filter(fits);
            let Some(list) = self.wanted(answers, &self.list(name), &mut unreadable, name, read)
            else {
                continue;
            };
            // Only the epoch makes it longer; blocks of updates are zeros until then.
            if list.len() < most && name != "LastUpdate" {
                short.insert(name.to_owned(), list.len());
            }
            for (at, member) in members.iter_mut().enumerate() {
                let value = list.get(at).copied();
                put(member, name, value);
            }
        }
        for member in &mut members {
            let entry = self.of_uid("BlockAtRegistration", member.uid);
            let name = "BlockAtRegistration";
            member.registered_at = self.wanted(answers, &entry, &mut unreadable, name, number);
        }
        let hyperparameter = |name: &str| match snapshot.known(name) {
            Known::Is(value) => value.as_u64(),
            Known::Unset | Known::Unreadable(_) => None,
        };
        let wanted: [(&str, Option<u64>); 6] = [
            "tempo",
            "immunity_period",
            "max_validators",
            "max_allowed_uids",
            "min_non_immune_uids",
            "owner_immune_neuron_limit",
        ]
        .map(|name| (name, hyperparameter(name)));
        for (name, value) in &wanted {
            if value.is_none() {
                let why = snapshot.unreadable.get(*name).cloned();
                let why = why.unwrap_or_else(|| "this chain has none".to_owned());
                unreadable.insert((*name).to_owned(), why);
            }
        }
        let [tempo, immunity, max_validators, max_neurons, min_non_immune, owner_limit] =
            wanted.map(|(_, value)| value);
        let more = u64::from(snapshot.guards.schedule.anchor.is_none());
        let plain = |item: &str| self.item(item, &[]);
        let mut get = |item: &str, entry: Known<Entry>| {
            self.wanted(answers, &entry, &mut unreadable, item, number)
        };
        let tao_weight = get("TaoWeight", plain("TaoWeight"));
        let stake_threshold = get("StakeThreshold", plain("StakeThreshold"));
        let last_epoch = get("LastMechansimStepBlock", self.of_subnet("LastMechansimStepBlock"));
        let mechanisms = self.known(answers, &self.of_subnet("MechanismCountCurrent"), number);
        if let Some(why) = mechanisms.why() {
            unreadable.insert("MechanismCountCurrent".to_owned(), why.to_owned());
        }
        // Before there were several, there was one.
        let mechanisms = mechanisms.is().map_or(1, |count| u8::try_from(*count).unwrap_or(u8::MAX));
        let owner_hotkey =
            self.known(answers, &self.of_subnet("SubnetOwnerHotkey"), decode::account_of);
        Metagraph {
            mechanism,
            mechanisms: mechanisms.max(1),
            mode: self.mode(answers, &mut unreadable),
            block: self.at.number,
            last_epoch,
            period: tempo.map(|tempo| if tempo > 0 { tempo.saturating_add(more) } else { 0 }),
            tao_weight,
            stake_threshold,
            max_validators,
            max_neurons,
            immunity_period: immunity,
            min_non_immune,
            owner_limit,
            owner: snapshot.owner.clone(),
            owner_hotkey: owner_hotkey.and_then(|hotkey| match hotkey == Account::default() {
                true => Known::Unset,
                false => Known::Is(ss58(&hotkey)),
            }),
            members,
            unreadable,
            short,
            close: None,
        }
    }

    /// What an entry holds; why not is remembered by its name.
    fn wanted<T>(
        &self,
        answers: &Answers,
        entry: &Known<Entry>,
        unreadable: &mut BTreeMap<String, String>,
        name: &str,
        read: impl FnOnce(&Scale) -> Option<T>,
    ) -> Option<T> {
        let why = match self.known(answers, entry, read) {
            Known::Is(value) => return Some(value),
            Known::Unset if entry.is().is_some() => "nothing is stored".to_owned(),
            Known::Unset => format!("this chain has no {}.{name}", names::SUBTENSOR),
            Known::Unreadable(why) => why,
        };
        unreadable.insert(name.to_owned(), why);
        None
    }

    /// How consensus is reached; before there was a choice it was by Yuma.
    fn mode(&self, answers: &Answers, unreadable: &mut BTreeMap<String, String>) -> Option<Mode> {
        let name = "SubnetEpochConsensus";
        let entry = self.of_subnet(name);
        if entry == Known::Unset {
            return Some(Mode::Yuma);
        }
        let read = |value: &Scale| match decode::plain(value)? {
            Value::Text(name) if name == "Yuma" => Some(Mode::Yuma),
            Value::Text(name) if name == "Null" => Some(Mode::Null),
            Value::Text(name) => Some(Mode::Other(name)),
            _ => None,
        };
        self.wanted(answers, &entry, unreadable, name, read)
    }

    fn hotkeys(&self, answers: &Answers) -> Result<Vec<Account>> {
        let hotkey = |uid: u16| {
            let entry = self.of_uid("Keys", uid);
            let found = self.known(answers, &entry, decode::account_of);
            found.is().copied().ok_or_else(|| {
                let why = found.why().unwrap_or("nothing is stored");
                Error::chain(format!("cannot tell the hotkey of uid {uid}: {why}")).hint(
                    "use another node with --network; if all do this, subtune needs an update",
                )
            })
        };
        (0..self.count).map(hotkey).collect()
    }

    /// Stake as it counts, from the runtime's own answer.
    fn stakes(&self, answer: &Known<Scale>, graph: &mut Metagraph) {
        let inside = match answer {
            Known::Is(answer) => match option(answer) {
                Some(Some(inside)) => Known::Is(inside),
                Some(None) | None => odd_answer(STAKE),
            },
            Known::Unset => odd_answer(STAKE),
            Known::Unreadable(why) => Known::Unreadable(why.clone()),
        };
        for name in ["alpha_stake", "tao_stake"] {
            let list = inside.as_ref().and_then(|inside| {
                let list = inside.at(name).and_then(amounts);
                let list = list.filter(|list| list.len() == usize::from(self.count));
                list.map_or_else(|| odd_answer(STAKE), Known::Is)
            });
            match list {
                Known::Is(list) => {
                    for (member, amount) in graph.members.iter_mut().zip(list) {
                        match name {
                            "alpha_stake" => member.alpha_stake = Some(amount),
                            _ => member.tao_stake = Some(amount),
                        }
                    }
                }
                Known::Unset => {}
                Known::Unreadable(why) => {
                    graph.unreadable.insert(name.to_owned(), why);
                }
            }
        }
    }

    fn close(&self, uid: u16, answers: &Answers) -> Close {
        let most = usize::from(u16::MAX);
        let row = |item: &str| {
            let read = |value: &Scale| pairs(value).filter(|row| row.len() <= most);
            self.known(answers, &self.row(item, uid), read).is().cloned()
        };
        Close {
            uid,
            weights: row("Weights"),
            bonds: row("Bonds"),
            own: (None, None),
            of_parents: Vec::new(),
        }
    }

    /// What coldkeys call themselves.
    fn names(&self, coldkeys: &[Option<Account>], answers: &Answers, graph: &mut Metagraph) {
        for (member, coldkey) in graph.members.iter_mut().zip(coldkeys) {
            let Some(coldkey) = coldkey else { continue };
            let entry = self.identity(coldkey);
            let read = |value: &Scale| {
                let value = match option(value) {
                    Some(inside) => inside?,
                    None => value,
                };
                decode::bytes(value.at("name")?)
            };
            let name = self.known(answers, &entry, read);
            if let Some(why) = name.why() {
                graph.unreadable.insert("IdentitiesV2".to_owned(), why.to_owned());
            }
            let name = name.is().map(|name| String::from_utf8_lossy(name));
            let name: Option<String> = name.map(|name| name.trim().chars().take(NAME).collect());
            member.name = name.filter(|name| !name.is_empty());
        }
    }

    /// What the neuron that is looked at closely and its parents hold themselves.
    fn amounts(&self, family: &[[Known<Entry>; 2]], answers: &Answers, graph: &mut Metagraph) {
        let Some(close) = &mut graph.close else { return };
        let amount = |entry: &Known<Entry>| self.known(answers, entry, number).is().copied();
        let mut amounts = family.iter().map(|[alpha, tao]| (amount(alpha), amount(tao)));
        close.own = amounts.next().unwrap_or_default();
        close.of_parents = amounts.collect();
    }
}

/// What is kept by hotkey.
struct Second<'a> {
    first: &'a Read<'a>,
    hotkeys: Vec<Account>,
}

impl Second<'_> {
    fn entry(&self, item: &str, hotkey: &Account) -> Known<Entry> {
        let (hotkey, netuid) = (V::from_bytes(hotkey), V::u128(self.first.netuid.into()));
        match item {
            "Owner" => self.first.item(item, &[hotkey]),
            "Axons" => self.first.item(item, &[netuid, hotkey]),
            _ => self.first.item(item, &[hotkey, netuid]),
        }
    }

    fn keys(&self) -> BTreeSet<String> {
        let entries = self.hotkeys.iter().flat_map(|hotkey| {
            ["Owner", "Axons", "ParentKeys", "ChildKeys"].map(|item| self.entry(item, hotkey))
        });
        entries.filter_map(|entry| entry.is().map(key_of)).collect()
    }

    /// Fills in what is kept by hotkey; returns the coldkeys.
    fn fill(&self, answers: &Answers, graph: &mut Metagraph) -> Vec<Option<Account>> {
        let Metagraph { members, unreadable, .. } = graph;
        let mut coldkeys = Vec::new();
        for (member, hotkey) in members.iter_mut().zip(&self.hotkeys) {
            let first = self.first;
            let owner = self.entry("Owner", hotkey);
            let coldkey = first.wanted(answers, &owner, unreadable, "Owner", decode::account_of);
            let coldkey = coldkey.filter(|coldkey| *coldkey != Account::default());
            member.coldkey = coldkey.as_ref().map(ss58);
            coldkeys.push(coldkey);
            for item in ["ParentKeys", "ChildKeys"] {
                let entry = self.entry(item, hotkey);
                // A hotkey gives away no more than it has; what it gets has no such bound.
                let all = item == "ChildKeys";
                let read = |value: &Scale| shares(value).filter(|list| !all || is_whole(list));
                let found = first.wanted(answers, &entry, unreadable, item, read);
                match item {
                    "ParentKeys" => member.parents = found,
                    _ => member.children = found,
                }
            }
            let entry = self.entry("Axons", hotkey);
            member.axon = match (first.known(answers, &entry, axon), entry.is()) {
                (Known::Is(axon), _) => Some(axon),
                (Known::Unset, Some(_)) => Some(Known::Unset),
                (Known::Unset, None) => {
                    unreadable.insert("Axons".to_owned(), "this chain has none".to_owned());
                    None
                }
                (Known::Unreadable(why), _) => {
                    unreadable.insert("Axons".to_owned(), why);
                    None
                }
            };
        }
        coldkeys
    }

    /// Where what a neuron and its parents hold is kept, alpha and TAO on root.
    fn family(&self, uid: u16, graph: &Metagraph) -> Vec<[Known<Entry>; 2]> {
        let Some(own) = self.hotkeys.get(usize::from(uid)) else { return Vec::new() };
        let member = graph.members.get(usize::from(uid));
        let parents = member.and_then(|member| member.parents.as_ref()).into_iter().flatten();
        let parents =
            parents.filter_map(|(_, hotkey)| subtune_model::address::parse_ss58(hotkey).ok());
        let of = |hotkey: Account| {
            let held = |netuid: u16| {
                let keys = [V::from_bytes(hotkey), V::u128(netuid.into())];
                self.first.item("TotalHotkeyAlpha", &keys)
            };
            [held(self.first.netuid), held(0)]
        };
        std::iter::once(*own).chain(parents).map(of).collect()
    }
}

/// Puts a value of a list where it belongs.
fn put(member: &mut Occupant, name: &str, value: Option<u64>) {
    let share = value.and_then(|value| u16::try_from(value).ok());
    let flag = value.map(|value| value == 1);
    match name {
        "ValidatorTrust" => member.vtrust = share,
        "Consensus" => member.consensus = share,
        "Dividends" => member.dividends = share,
        "StakeWeight" => member.stake_weight = share,
        "Incentive" => member.incentive = share,
        "Emission" => member.emission = value,
        "Active" => member.active = flag,
        "ValidatorPermit" => member.permit = flag,
        "LastUpdate" => member.last_update = Some(value.unwrap_or(0)),
        _ => {}
    }
}
