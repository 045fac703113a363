//! One subnet at one block, in one storage request.

use std::collections::{BTreeMap, BTreeSet};

use parity_scale_codec::Encode;
use subtune_model::catalog::{self, Hyperparameter, Limit, Part, StorageItem, ValueKind};
use subtune_model::error::{Error, Result};
use subtune_model::lint::intent;
use subtune_model::runtime::Surface;
use subtune_model::snapshot::{
    Anchor, Block, ChainId, FORMAT_VERSION, Guards, Known, NOT_READ, Schedule, SetterState,
    Snapshot, SnapshotKind,
};
use subtune_model::value::Value;
use subtune_model::{overview, runtime, schedule};
use subxt::metadata::Metadata;

use super::account::OfAccount;
use super::metadata::AtBlock;
use super::resolve::setters;
use super::storage::{Answers, Entry, entry, lookup, number, slot, transaction_type, unknown_form};
use super::{At, Chain, decode, discover, names, shape, surface};

/// The oldest runtime that was looked at; it has leases.
const LEASES_SINCE: u32 = 365;

/// How much of a subnet to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The values: one storage request.
    Values,
    /// Also the rate limits that are kept by the owner's coldkey: one request more.
    Rules,
}

/// Whether the chain's own hyperparameter API is asked what the catalog may not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// It is.
    Asked,
    /// It is not: another subnet has told that it has no news.
    LeftOut,
}

impl Chain {
    /// Reads all of a subnet at one block.
    ///
    /// # Errors
    /// When the subnet does not exist or the node does not answer.
    pub async fn snapshot(&self, netuid: u16, at: &At, depth: Depth) -> Result<Snapshot> {
        let at = self.at(at).await?;
        self.snapshot_at(netuid, &at, depth, Api::Asked).await.map(|(snapshot, _)| snapshot)
    }

    /// What the chain's own hyperparameter API reports of a subnet and the catalog does not know.
    pub(super) async fn reported(&self, netuid: u16, at: &AtBlock) -> Result<Reported> {
        let metadata = &*at.runtime.metadata;
        let (api, method) = names::HYPERPARAMS_API;
        let ty = metadata
            .runtime_api_trait_by_name(api)
            .and_then(|found| Some(found.method_by_name(method)?.output_ty()));
        let Some(ty) = ty else { return Ok(Reported::default()) };
        let name = format!("{api}_{method}");
        let bytes = self.state_call(&name, &netuid.encode(), &at.hash).await?;
        Ok(reported_beside(&bytes, ty, metadata))
    }

    /// Reads all of a subnet at one block, and what its API reports beside.
    pub(super) async fn snapshot_at(
        &self,
        netuid: u16,
        at: &AtBlock,
        depth: Depth,
        api: Api,
    ) -> Result<(Snapshot, Reported)> {
        let metadata = &*at.runtime.metadata;
        let plan = Reading::new(metadata, netuid)?;
        let reported = async {
            match api {
                Api::Asked => self.reported(netuid, at).await,
                Api::LeftOut => Ok(Reported::default()),
            }
        };
        let (answers, reported) = tokio::join!(self.read(plan.keys(), &at.hash), reported);
        let answers = answers?;
        let cannot_tell = |what: &str, why: &str| {
            Error::chain(format!(
                "cannot tell {what} subnet {netuid} at block {}: {why}",
                at.number
            ))
            .hint("use another node with --network; if all do this, subtune needs an update")
        };
        match plan.subnet(&answers, "NetworksAdded", metadata, flag) {
            Known::Is(true) => {}
            Known::Is(false) => {
                return Err(Error::input(format!(
                    "subnet {netuid} does not exist on {} at block {}",
                    self.network(),
                    at.number
                ))
                .hint("check the netuid and the --network"));
            }
            Known::Unset => return Err(cannot_tell("whether there is", "nothing is stored")),
            Known::Unreadable(why) => return Err(cannot_tell("whether there is", &why)),
        }
        let reported = reported?;
        let owner = match plan.subnet(&answers, "SubnetOwner", metadata, decode::account_of) {
            Known::Is(owner) => owner,
            Known::Unset => return Err(cannot_tell("who owns", "nothing is stored")),
            Known::Unreadable(why) => return Err(cannot_tell("who owns", &why)),
        };
        let registered = plan.subnet(&answers, "NetworkRegisteredAt", metadata, number);
        // Neither needs the other.
        let account = async {
            match depth {
                Depth::Values => Ok(OfAccount::unread()),
                Depth::Rules => {
                    let lease = plan.lease(&answers, at.runtime.spec_version, metadata);
                    self.of_account(at, netuid, owner, lease).await
                }
            }
        };
        let conviction = async {
            match depth {
                Depth::Rules
                    if intent::can_pass(at.runtime.spec_version, &registered, at.number) =>
                {
                    let one_decides = intent::one_decides(at.runtime.spec_version);
                    self.conviction(at, netuid, one_decides).await
                }
                Depth::Rules | Depth::Values => Ok(Known::Unreadable(NOT_READ.to_owned())),
            }
        };
        let (account, conviction) = tokio::join!(account, conviction);
        let (account, conviction) = (account?, conviction?);
        let mut snapshot =
            self.assemble(at, netuid, owner, &plan, &answers, account, reported.clone());
        snapshot.guards.registered = registered;
        if depth == Depth::Rules && self.heeds_commits() {
            snapshot.guards.commits = self.commits(at, netuid).await?;
        }
        snapshot.guards.conviction = conviction;
        Ok((snapshot, reported))
    }

    /// The time of a block, milliseconds since 1970, where the chain keeps one.
    pub(crate) async fn time_ms(&self, at: &AtBlock) -> Result<Option<u64>> {
        let metadata = &*at.runtime.metadata;
        let entry = lookup(metadata, "Timestamp", "Now", &[]);
        let keys = entry.is().map(|entry| entry.key.clone()).into_iter().collect();
        let answers = self.read(keys, &at.hash).await?;
        // A clock that is not there slows a wait down and decides nothing.
        Ok(answers.known(entry.as_ref(), metadata, number).is().copied())
    }

    /// The network-wide values that limit changes.
    pub(super) async fn globals(&self, at: &AtBlock) -> Result<BTreeMap<String, Known<u128>>> {
        let metadata = &*at.runtime.metadata;
        let entries = globals(metadata);
        let keys = entries.values().filter_map(Known::is).map(|entry| entry.key.clone()).collect();
        let answers = self.read(keys, &at.hash).await?;
        let value = |entry: &Known<Entry>| answers.known(entry.as_ref(), metadata, decode::integer);
        Ok(entries.iter().map(|(name, entry)| ((*name).to_owned(), value(entry))).collect())
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one snapshot, read separately")]
    fn assemble(
        &self,
        at: &AtBlock,
        netuid: u16,
        owner: [u8; 32],
        plan: &Reading,
        answers: &Answers,
        account: OfAccount,
        reported: Reported,
    ) -> Snapshot {
        let metadata = &*at.runtime.metadata;
        let spec_version = at.runtime.spec_version;
        let setters = setters(metadata, spec_version);
        let Reported { mut unknown, mut unreadable } = reported;
        let mut hyperparameters = BTreeMap::new();
        let mut unset = BTreeSet::new();
        for (row, item, entry) in &plan.rows {
            let name = row.name.to_owned();
            match stored(row, *item, entry, answers, metadata) {
                Known::Is(value) => {
                    if entry.is().is_some_and(|entry| !answers.is_set(entry)) {
                        unset.insert(name.clone());
                    }
                    hyperparameters.insert(name, value);
                }
                Known::Unset => {
                    // A runtime before or after it has neither the item nor a call that sets it.
                    let gone = setters.get(row.name).is_some_and(|s| *s != SetterState::Missing);
                    if gone {
                        let why = format!(
                            "this chain can set it and has no {}.{}",
                            item.pallet, item.name
                        );
                        unreadable.insert(name, why);
                    }
                }
                Known::Unreadable(why) => {
                    unreadable.insert(name, why);
                }
            }
        }
        let global = |name: &str| {
            answers.known(
                plan.globals.get(name).map_or(Known::Unset, Known::as_ref),
                metadata,
                number,
            )
        };
        let subnet = |name: &str| plan.subnet(answers, name, metadata, number);
        let time_ms = answers.known(plan.timestamp.as_ref(), metadata, number);
        for (name, (entry, ty)) in &plan.discovered {
            let types = metadata.types();
            let read = |stored: &scale_value::Value<u32>| shape::value(stored, *ty, types);
            match answers.known(Known::Is(entry), metadata, read) {
                Known::Is(value) => {
                    unknown.insert(name.clone(), value);
                }
                Known::Unset if shape::optional(*ty, types).is_some() => {
                    unknown.insert(name.clone(), Value::None);
                }
                Known::Unset => {
                    let why = format!("nothing is stored in {}, which has no default", entry.name);
                    unreadable.insert(name.clone(), why);
                }
                Known::Unreadable(why) => {
                    unreadable.insert(name.clone(), why);
                }
            }
        }
        for (name, why) in &plan.ambiguous {
            unreadable.insert(name.clone(), format!("{why}, and subtune does not guess"));
        }
        let OfAccount { mut last_change, swap, lease } = account;
        let mut missing = BTreeSet::new();
        let mut need = |item: &str, value: Option<u64>| {
            value.unwrap_or_else(|| {
                missing.insert(item.to_owned());
                0
            })
        };
        let schedule = Schedule {
            tempo: need("Tempo", hyperparameters.get("tempo").and_then(Value::as_u64)),
            freeze_window: need("AdminFreezeWindow", global("AdminFreezeWindow").is().copied()),
            // The item tells which schedule a chain follows; whether it can be read is another matter.
            anchor: has(metadata, "LastEpochBlock").then(|| Anchor {
                block: at.number,
                last_epoch: need("LastEpochBlock", subnet("LastEpochBlock").is().copied()),
                pending: need("PendingEpochAt", subnet("PendingEpochAt").is().copied()),
                idle: has(metadata, "BlocksSinceLastStep").then(|| {
                    need("BlocksSinceLastStep", subnet("BlocksSinceLastStep").is().copied())
                }),
            }),
            owner_limit_tempos: need(
                "OwnerHyperparamRateLimit",
                global("OwnerHyperparamRateLimit").is().copied(),
            ),
            version_key_tempos: need(
                "WeightsVersionKeyRateLimit",
                global("WeightsVersionKeyRateLimit").is().copied(),
            ),
        };
        for (name, entry) in &plan.limits {
            if let Known::Is(block) = answers.known(Known::Is(entry), metadata, number) {
                last_change.insert((*name).to_owned(), block);
            }
        }
        for row in catalog::ALL.iter() {
            // A slot that an older runtime lacks goes with a setter that it lacks.
            let owner =
                matches!(setters.get(row.name), Some(SetterState::Call { who: "owner", .. }));
            // Some have a slot only in the runtimes that limit them.
            let limited = !matches!(row.limit, Limit::HyperparameterIfAny(_));
            if owner
                && limited
                && let Some(slot) =
                    schedule::slot(row.limit).filter(|_| !last_change.contains_key(row.name))
            {
                missing.insert(slot);
            }
        }
        let time = time_ms.is().copied().and_then(subtune_model::time::rfc3339);
        let unforeseen = match spec_version > catalog::CHECKED {
            true => runtime::unforeseen(&surface::of(metadata).since(Surface::checked())),
            false => BTreeMap::new(),
        };
        let guards = Guards {
            time_ms,
            neurons: subnet("SubnetworkN"),
            globals: overview::GLOBALS
                .iter()
                .filter_map(|(name, _)| Some(((*name).to_owned(), (*global(name).is()?).into())))
                .collect(),
            constants: constants(metadata),
            schedule,
            last_change,
            lease,
            swap,
            // A subnet of the genesis block has 0, and by that the chain counts its age.
            registered: Known::Unset,
            conviction: Known::Unset,
            commits: Known::Unreadable(NOT_READ.to_owned()),
            saved_validators: subnet("SavedYumaMaxAllowedValidators"),
            rewarded: plan.subnet(answers, "Incentive", metadata, rewarded).is().copied(),
            defaults: plan
                .rows
                .iter()
                .filter_map(|(row, item, entry)| {
                    let entry = entry.is()?;
                    let stored =
                        decode::scale(entry.default.as_deref()?, entry.ty, metadata.types())?;
                    let value = decode::hyperparameter(&stored, item.part, row.kind)?;
                    Some((row.name.to_owned(), value))
                })
                .collect(),
            safe_mode_until: answers.known(plan.safe_mode.as_ref(), metadata, number),
            setters,
            missing,
            unforeseen,
        };
        Snapshot {
            format_version: FORMAT_VERSION,
            kind: SnapshotKind::Snapshot,
            chain: ChainId::new(self.genesis_hash, spec_version),
            block: Block { number: at.number, hash: at.hash, time },
            netuid,
            owner: subtune_model::address::ss58(&owner),
            hyperparameters,
            unset,
            unknown,
            unreadable,
            guards,
        }
    }
}

fn flag(value: &scale_value::Value<u32>) -> Option<bool> {
    decode::plain(value)?.as_bool()
}

/// How many of the shares of miners are more than nothing.
fn rewarded(shares: &scale_value::Value<u32>) -> Option<u64> {
    let shares = decode::list(shares)?;
    u64::try_from(shares.iter().filter(|share| **share > 0).count()).ok()
}

/// The value of a row, exact and of a form that a rollback profile can hold, or why there is none.
fn stored(
    row: &Hyperparameter,
    item: StorageItem,
    entry: &Known<Entry>,
    answers: &Answers,
    metadata: &Metadata,
) -> Known<Value> {
    let read =
        |stored: &scale_value::Value<u32>| decode::hyperparameter(stored, item.part, row.kind);
    let name = format!("{}.{}", item.pallet, item.name);
    match answers.known(entry.as_ref(), metadata, read) {
        Known::Is(value) => match row.check_type(&value) {
            Ok(()) => Known::Is(value),
            Err(_) => unknown_form(&name),
        },
        // Only a list of shares has a value that says so.
        Known::Unset if entry.is().is_some() && row.kind == ValueKind::Shares => {
            Known::Is(Value::None)
        }
        Known::Unset if entry.is().is_some() => {
            Known::Unreadable(format!("nothing is stored in {name}, which has no default"))
        }
        other => other,
    }
}

/// How the catalog reads a stored value; `None` where it knows none like it.
pub(super) type HowRead = Option<(Part, ValueKind)>;

/// Everything that one batched request asks for.
pub(super) struct Reading {
    rows: Vec<(&'static Hyperparameter, StorageItem, Known<Entry>)>,
    limits: Vec<(&'static str, Entry)>,
    globals: BTreeMap<&'static str, Known<Entry>>,
    subnets: BTreeMap<&'static str, Known<Entry>>,
    timestamp: Known<Entry>,
    safe_mode: Known<Entry>,
    /// Values of setters that the catalog does not know, with the type that the setter takes.
    discovered: BTreeMap<String, (Entry, u32)>,
    /// What could be such a setter or another, and why.
    ambiguous: BTreeMap<String, String>,
}

/// Hyperparameters by the storage keys where their last change by an account is noted.
pub(super) fn clocks_of(
    metadata: &Metadata,
    netuid: u16,
    account: &[u8; 32],
) -> Vec<(String, &'static str)> {
    let by_account = catalog::ALL.iter().filter(|row| transaction_type(row.limit).is_some());
    by_account
        .filter_map(|row| Some((slot(metadata, row.limit, netuid, account)?.key, row.name)))
        .collect()
}

/// Where the network-wide values are kept.
fn globals(metadata: &Metadata) -> BTreeMap<&'static str, Known<Entry>> {
    let entry = |name| lookup(metadata, names::SUBTENSOR, name, &[]);
    overview::GLOBALS.iter().map(|(name, _)| (*name, entry(name))).collect()
}

impl Reading {
    pub(super) fn new(metadata: &Metadata, netuid: u16) -> Result<Self> {
        let by_netuid = [scale_value::Value::u128(netuid.into())];
        let rows: Vec<_> = catalog::ALL
            .iter()
            .filter_map(|row| {
                let item = row.storage?;
                Some((row, item, lookup(metadata, item.pallet, item.name, &by_netuid)))
            })
            .collect();
        // Those that are kept by account have to wait until the owner is known.
        let limits = catalog::ALL
            .iter()
            .filter(|row| transaction_type(row.limit).is_none())
            .filter_map(|row| Some((row.name, slot(metadata, row.limit, netuid, &[0; 32])?)))
            .collect();
        let globals = globals(metadata);
        let subnets: BTreeMap<_, _> = names::PER_SUBNET
            .iter()
            .map(|name| (*name, lookup(metadata, names::SUBTENSOR, name, &by_netuid)))
            .collect();
        for needed in ["SubnetOwner", "NetworksAdded"] {
            if subnets.get(needed).and_then(Known::is).is_none() {
                return Err(Error::chain(format!(
                    "this chain has no {}.{needed}: it is not a Subtensor chain that subtune knows",
                    names::SUBTENSOR
                ))
                .hint("check the --network, or update subtune"));
            }
        }
        let timestamp = lookup(metadata, "Timestamp", "Now", &[]);
        let safe_mode = lookup(metadata, "SafeMode", "EnteredUntil", &[]);
        let discover::Discovered { setters, ambiguous } = discover::setters(metadata);
        let discovered = setters
            .into_iter()
            .filter_map(|found| {
                let (pallet, item) = &found.storage;
                let entry = entry(metadata, pallet, item, &by_netuid)?;
                Some((found.name, (entry, found.ty)))
            })
            .collect();
        Ok(Self { rows, limits, globals, subnets, timestamp, safe_mode, discovered, ambiguous })
    }

    /// The storage keys of the values alone.
    pub(super) fn value_keys(&self) -> BTreeSet<String> {
        self.values().into_keys().map(str::to_owned).collect()
    }

    /// All values that can be read, by name.
    pub(super) fn readable(
        &self,
        answers: &Answers,
        metadata: &Metadata,
    ) -> BTreeMap<String, Value> {
        let rows = self.rows.iter().filter_map(|(row, item, entry)| {
            let value = stored(row, *item, entry, answers, metadata).is().cloned()?;
            Some((row.name.to_owned(), value))
        });
        let types = metadata.types();
        let found = self.discovered.iter().filter_map(|(name, (entry, ty))| {
            let read = |stored: &scale_value::Value<u32>| shape::value(stored, *ty, types);
            let value = answers.known(Known::Is(entry), metadata, read).is().cloned()?;
            Some((name.clone(), value))
        });
        found.chain(rows).collect()
    }

    /// What reads the values of hyperparameters, by their names and the storage keys of these values.
    pub(super) fn values(&self) -> BTreeMap<&str, (&str, HowRead)> {
        let rows = self.rows.iter().filter_map(|(row, item, entry)| {
            Some((entry.is()?.key.as_str(), (row.name, Some((item.part, row.kind)))))
        });
        let found = self
            .discovered
            .iter()
            .map(|(name, (entry, _))| (entry.key.as_str(), (name.as_str(), None)));
        found.chain(rows).collect()
    }

    /// Hyperparameters by the storage keys where their last change is noted, but for those that are
    /// noted by account.
    pub(super) fn clocks(&self) -> BTreeMap<String, &'static str> {
        self.limits.iter().map(|(name, entry)| (entry.key.clone(), *name)).collect()
    }

    pub(super) fn keys(&self) -> BTreeSet<String> {
        let Self { rows, limits, globals, subnets, timestamp, safe_mode, discovered, ambiguous: _ } =
            self;
        rows.iter()
            .map(|(_, _, entry)| entry)
            .chain(globals.values())
            .chain(subnets.values())
            .chain([timestamp, safe_mode])
            .filter_map(Known::is)
            .chain(limits.iter().map(|(_, entry)| entry))
            .chain(discovered.values().map(|(entry, _)| entry))
            .map(|entry| entry.key.clone())
            .collect()
    }

    /// What one of the items by subnet holds.
    fn subnet<T>(
        &self,
        answers: &Answers,
        name: &str,
        metadata: &Metadata,
        read: impl FnOnce(&scale_value::Value<u32>) -> Option<T>,
    ) -> Known<T> {
        let entry = self.subnets.get(name).map_or(Known::Unset, Known::as_ref);
        answers.known(entry, metadata, read)
    }

    /// The number of the lease of the subnet.
    fn lease(&self, answers: &Answers, spec_version: u32, metadata: &Metadata) -> Known<u64> {
        let item = "SubnetUidToLeaseId";
        match self.subnet(answers, item, metadata, number) {
            // A chain that has leases and not this item keeps them in another form.
            Known::Unset
                if spec_version >= LEASES_SINCE
                    && self.subnets.get(item).is_none_or(|entry| *entry == Known::Unset) =>
            {
                Known::Unreadable(format!("this chain has no {}.{item}", names::SUBTENSOR))
            }
            other => other,
        }
    }
}

/// Whether the chain has a storage item of this name, of whatever shape.
fn has(metadata: &Metadata, item: &str) -> bool {
    metadata
        .pallet_by_name(names::SUBTENSOR)
        .and_then(|pallet| pallet.storage()?.entry_by_name(item))
        .is_some()
}

/// Constants that bounds refer to, by name.
fn constants(metadata: &Metadata) -> BTreeMap<String, u128> {
    catalog::ALL
        .iter()
        .flat_map(|row| row.bounds)
        .filter_map(|bound| bound.with.constant())
        .filter_map(|(pallet, name)| {
            Some((name.to_owned(), decode::constant(metadata, pallet, name)?))
        })
        .collect()
}

/// What the chain's own hyperparameter API reports and the catalog does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reported {
    pub(super) unknown: BTreeMap<String, Value>,
    pub(super) unreadable: BTreeMap<String, String>,
}

impl Reported {
    /// Whether the catalog knows all of it.
    pub(super) fn is_empty(&self) -> bool {
        self.unknown.is_empty() && self.unreadable.is_empty()
    }
}

fn reported_beside(bytes: &[u8], ty: u32, metadata: &Metadata) -> Reported {
    // Option<Vec<{ name, value }>>: the first byte tells whether there is a list.
    if bytes == [0] {
        return Reported::default();
    }
    let entries = || {
        let decoded = decode::scale(bytes, ty, metadata.types())?;
        let scale_value::ValueDef::Variant(some) = decoded.value else { return None };
        match some.values.into_values().next()?.value {
            scale_value::ValueDef::Composite(entries) => Some(entries),
            _ => None,
        }
    };
    let mut reported = Reported::default();
    let form = "it has a form that subtune does not know";
    let Some(entries) = entries() else {
        let api = format!("what {}.{} reports", names::HYPERPARAMS_API.0, names::HYPERPARAMS_API.1);
        reported.unreadable.insert(api, form.to_owned());
        return reported;
    };
    let known = |name: &str| {
        catalog::find(name).is_some() || catalog::ALL.iter().any(|row| row.api == Some(name))
    };
    for (index, entry) in entries.into_values().enumerate() {
        let scale_value::ValueDef::Composite(fields) = entry.value else { continue };
        let mut fields = fields.values();
        let name = fields.next().and_then(decode::bytes).and_then(|it| String::from_utf8(it).ok());
        match (name, fields.next().and_then(decode::plain)) {
            (Some(name), _) if known(&name) => {}
            (Some(name), Some(value)) => {
                reported.unknown.insert(name, value);
            }
            (name, _) => {
                let name = name.unwrap_or_else(|| format!("hyperparameter {index} of the API"));
                reported.unreadable.insert(name, form.to_owned());
            }
        }
    }
    reported
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use parity_scale_codec::Compact;
    use subtune_devnet::{Devnet, Options};
    use subtune_model::origin::Origin;
    use subtune_model::plan::{Arg, Call};

    use super::*;
    use crate::metadata::Runtime;
    use crate::origins::{encoded, wrapped};
    use crate::{ConnectOptions as Connection, Endpoint};

    /// Values at the edges of what a row takes.
    fn edges(row: &Hyperparameter) -> Vec<Value> {
        match row.kind {
            ValueKind::Bool => vec![Value::Bool(false), Value::Bool(true)],
            ValueKind::Uint(bits) => {
                let most = 1u128.checked_shl(bits.into()).map_or(u128::MAX, |end| end - 1);
                vec![Value::Uint(0), Value::Uint(1), Value::Uint(most / 3), Value::Uint(most)]
            }
            ValueKind::Int16 => {
                [i16::MIN, -1, 0, i16::MAX].map(|raw| Value::int(raw.into())).to_vec()
            }
            ValueKind::Choice(names) => {
                names.iter().map(|name| Value::Text((*name).to_owned())).collect()
            }
            ValueKind::Shares => {
                vec![Value::None, Value::List(vec![65_535, 0]), Value::List(vec![1, 2, 65_532])]
            }
            ValueKind::Account => vec![Value::Text(subtune_model::address::ss58(&[7; 32]))],
            ValueKind::Text => vec![Value::Text(String::new()), Value::Text("τ".to_owned())],
            ValueKind::Action => Vec::new(),
        }
    }

    /// What was a bare integer at 424 is a type with a name at 475: for us and for the chain the same.
    #[test]
    #[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
    fn bare_and_named_types_give_the_same_values_and_the_same_bytes() {
        let [bare, named] = [424, 475]
            .map(|spec| Runtime::new(spec, 1, super::super::metadata::of_finney(spec)).unwrap());
        let is_named = |ty: u32| {
            let ty = named.metadata.types().resolve(ty).unwrap();
            matches!(ty.type_def, scale_info::TypeDef::Composite(_)) && !ty.path.segments.is_empty()
        };
        let (mut calls, mut reads, mut by_name) = (0, 0, 0);
        for row in catalog::ALL.iter() {
            let setter = |runtime: &Runtime| {
                setters(&runtime.metadata, runtime.spec_version).remove(row.name)
            };
            if let (Some(before), Some(after)) = (setter(&bare), setter(&named))
                && let (
                    SetterState::Call { pallet, call, args, .. },
                    SetterState::Call { pallet: pallet_now, call: call_now, .. },
                ) = (before, after)
                && (&pallet, &call) == (&pallet_now, &call_now)
            {
                for value in edges(row) {
                    let arg = |name: &String| Arg { name: name.clone(), value: value.clone() };
                    let sets = vec![row.name.to_owned()];
                    let args = args.iter().map(arg).collect();
                    let (pallet, call) = (pallet.clone(), call.clone());
                    let one = Call { pallet, call, netuid: 4_097, args, sets };
                    for several in [vec![one.clone()], vec![one.clone(), one]] {
                        let bytes = |runtime: &Runtime| {
                            wrapped(&several, &Origin::Direct, runtime)
                                .and_then(|call| encoded(&call, runtime))
                                .map(|encoded| encoded.data)
                                .unwrap()
                        };
                        assert_eq!(bytes(&bare), bytes(&named), "{} {value}", row.name);
                        calls += 1;
                    }
                }
            }
            let Some(item) = row.storage else { continue };
            let by_netuid = [scale_value::Value::u128(4_097)];
            let find =
                |runtime: &Runtime| entry(&runtime.metadata, item.pallet, item.name, &by_netuid);
            let (Some(before), Some(after)) = (find(&bare), find(&named)) else { continue };
            assert_eq!(before.key, after.key, "{}", row.name);
            by_name += usize::from(is_named(after.ty));
            for fill in [0x00, 0x01, 0x5a, 0xff] {
                for length in [1, 2, 4, 8, 16, 32] {
                    let bytes = vec![fill; length];
                    let value = |entry: &Entry, runtime: &Runtime| {
                        let stored = decode::scale(&bytes, entry.ty, runtime.metadata.types())?;
                        decode::hyperparameter(&stored, item.part, row.kind)
                    };
                    let (before, after) = (value(&before, &bare), value(&after, &named));
                    assert_eq!(before, after, "{} {bytes:?}", row.name);
                    reads += usize::from(after.is_some());
                }
            }
        }
        assert!(calls > 300 && reads > 150 && by_name >= 3, "{calls} {reads} {by_name}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_that_the_catalog_does_not_know_are_kept_exactly() {
        let devnet = Devnet::start(Options::default()).unwrap();
        let endpoint = Endpoint::parse(&devnet.url(), false).unwrap();
        let timeout = Duration::from_secs(30);
        let chain =
            Chain::connect(Connection { timeout, ..Connection::new(endpoint) }).await.unwrap();
        let at = chain.at(&At::Finalized).await.unwrap();
        let metadata = &*at.runtime.metadata;
        let api = metadata.runtime_api_trait_by_name(names::HYPERPARAMS_API.0).unwrap();
        let ty = api.method_by_name(names::HYPERPARAMS_API.1).unwrap().output_ty();

        // Some(list of name and value); the values are Bool 0, U16 1, U64 3, I32F32 6, U64F64 7.
        let mut bytes = vec![1];
        Compact(5u32).encode_to(&mut bytes);
        let mut entry = |name: &str, value: Vec<u8>| {
            name.encode_to(&mut bytes);
            bytes.extend(value);
        };
        entry("immunity_period", [vec![1], Compact(7_200u16).encode()].concat());
        entry("brand_new_switch", vec![0, 1]);
        entry("brand_new_number", [vec![3], Compact(u64::MAX).encode()].concat());
        entry("brand_new_signed", [vec![6], (-5i64).encode()].concat());
        entry("brand_new_ratio", [vec![7], u128::MAX.encode()].concat());
        let expected = [
            ("brand_new_switch", Value::Bool(true)),
            ("brand_new_number", Value::Uint(u64::MAX.into())),
            ("brand_new_signed", Value::Negative(-5)),
            ("brand_new_ratio", Value::Uint(u128::MAX)),
        ];
        let expected: BTreeMap<_, _> =
            expected.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let reported = reported_beside(&bytes, ty, metadata);
        assert_eq!(reported.unknown, expected);
        assert_eq!(reported.unreadable, BTreeMap::new());
        // What cannot be read is named, and not left out.
        for (bytes, expected) in [(&[0u8][..], 0), (&[], 1), (&[1], 1), (&[0, 0], 1), (&[2], 1)] {
            assert_eq!(
                reported_beside(bytes, ty, metadata).unreadable.len(),
                expected,
                "{bytes:?}"
            );
        }

        let snapshot = chain.snapshot(46, &At::Finalized, Depth::Values).await.unwrap();
        // The API knows no name that we do not; the metadata has a setter that we do not.
        let discovered = BTreeMap::from([("rao_recycled".to_owned(), Value::Uint(0))]);
        assert_eq!(snapshot.unknown, discovered);
    }
}
