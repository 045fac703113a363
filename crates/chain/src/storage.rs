//! Storage: where an item is by the metadata, many of them read in one request, what is stored there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use subtune_model::catalog::Limit;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::snapshot::Known;
use subxt::ext::frame_decode::storage::encode_storage_key;
use subxt::metadata::Metadata;

use super::metadata::from_hex;
use super::{Chain, decode, names, together};

/// A storage entry to read: where it is and how its bytes are typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// `Pallet.Item`.
    pub(super) name: String,
    pub(super) key: String,
    pub(super) ty: u32,
    pub(super) default: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Changes {
    changes: Vec<(String, Option<String>)>,
}

/// The answers of one batched read, by storage key.
pub(super) struct Answers(BTreeMap<String, Option<Vec<u8>>>);

impl Chain {
    /// Reads many keys at one block in one request.
    pub(super) async fn read(&self, keys: BTreeSet<String>, hash: &Hash32) -> Result<Answers> {
        if keys.is_empty() {
            return Ok(Answers(BTreeMap::new()));
        }
        let keys = match together::read(keys, hash).await {
            Ok(answers) => return answers,
            Err(keys) => keys,
        };
        let params = serde_json::json!([keys, hash]);
        let sets: Vec<Changes> = self.rpc.request("state_queryStorageAt", params).await?;
        let mut answers = BTreeMap::new();
        for (key, value) in sets.into_iter().flat_map(|set| set.changes) {
            let bytes = match value {
                Some(text) => Some(from_hex(&text).ok_or_else(|| {
                    Error::chain(format!("{} sent storage that is not hex", self.endpoint()))
                })?),
                None => None,
            };
            answers.insert(key, bytes);
        }
        if let Some(missing) = keys.iter().find(|key| !answers.contains_key(*key)) {
            return Err(Error::chain(format!(
                "{} left out an answer (storage key {missing})",
                self.endpoint()
            ))
            .hint("the node is faulty: use another one with --network"));
        }
        Ok(Answers(answers))
    }
}

impl Answers {
    /// Before anything was asked.
    pub(super) const fn none() -> Self {
        Self(BTreeMap::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this key was asked for.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Adds the answers of another request at the same block.
    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The answers to these keys.
    pub(super) fn only(&self, keys: &BTreeSet<String>) -> Self {
        let found = keys.iter().filter_map(|key| self.0.get_key_value(key));
        Self(found.map(|(key, bytes)| (key.clone(), bytes.clone())).collect())
    }

    /// The stored bytes, or the default of the metadata.
    pub(super) fn bytes<'a>(&'a self, entry: &'a Entry) -> Option<&'a [u8]> {
        self.0.get(&entry.key)?.as_deref().or(entry.default.as_deref())
    }

    /// Answers with this content.
    #[cfg(test)]
    pub(super) fn of(stored: impl IntoIterator<Item = (String, Option<Vec<u8>>)>) -> Self {
        Self(stored.into_iter().collect())
    }

    /// The stored bytes at a key that was asked for.
    pub(super) fn stored(&self, key: &str) -> Option<&[u8]> {
        self.0.get(key)?.as_deref()
    }

    /// Whether anything is stored at all.
    pub(super) fn is_set(&self, entry: &Entry) -> bool {
        self.0.get(&entry.key).is_some_and(Option::is_some)
    }

    /// What an entry holds, read in this way.
    pub(super) fn known<T>(
        &self,
        entry: Known<&Entry>,
        metadata: &Metadata,
        read: impl FnOnce(&scale_value::Value<u32>) -> Option<T>,
    ) -> Known<T> {
        entry.and_then(|entry| {
            let Some(bytes) = self.bytes(entry) else { return Known::Unset };
            let value = decode::scale(bytes, entry.ty, metadata.types());
            value.as_ref().and_then(read).map_or_else(|| unknown_form(&entry.name), Known::Is)
        })
    }
}

pub(super) fn unknown_form<T>(name: &str) -> Known<T> {
    Known::Unreadable(format!("{name} has a form that subtune does not know"))
}

/// A number of the chain, of up to 64 bits.
pub(super) fn number(value: &scale_value::Value<u32>) -> Option<u64> {
    u64::try_from(decode::integer(value)?).ok()
}

/// The number of a change in `TransactionKeyLastBlock`, for those that are kept there.
pub(super) fn transaction_type(limit: Limit) -> Option<u16> {
    match limit {
        Limit::VersionKey => Some(4),
        Limit::MechanismCount => Some(7),
        Limit::EmissionSplit => Some(8),
        Limit::Trim => Some(9),
        Limit::Tempo => Some(11),
        Limit::None
        | Limit::Hyperparameter(_)
        | Limit::HyperparameterIfAny(_)
        | Limit::OwnerHotkey => None,
    }
}

/// Where the chain keeps the block of the last change. A slot is found by the variant's name: its
/// number is the metadata's to say.
pub(super) fn slot(
    metadata: &Metadata,
    limit: Limit,
    netuid: u16,
    owner: &[u8; 32],
) -> Option<Entry> {
    use scale_value::Value as V;
    let id = V::u128(netuid.into());
    if let Some(number) = transaction_type(limit) {
        let keys = [V::from_bytes(owner), id, V::u128(number.into())];
        return entry(metadata, names::SUBTENSOR, "TransactionKeyLastBlock", &keys);
    }
    let key = match limit {
        Limit::Hyperparameter(name) | Limit::HyperparameterIfAny(name) => {
            let which = V::variant(name, scale_value::Composite::Unnamed(Vec::new()));
            V::unnamed_variant("OwnerHyperparamUpdate", [id, which])
        }
        Limit::OwnerHotkey => V::unnamed_variant("SetSNOwnerHotkey", [id]),
        _ => return None,
    };
    entry(metadata, names::SUBTENSOR, "LastRateLimitedBlock", &[key])
}

/// A storage entry as the metadata describes it; `None` when there is no such item,
/// or its keys are of other types.
pub(super) fn entry(
    metadata: &Metadata,
    pallet: &str,
    item: &str,
    keys: &[scale_value::Value<()>],
) -> Option<Entry> {
    match lookup(metadata, pallet, item, keys) {
        Known::Is(entry) => Some(entry),
        Known::Unset | Known::Unreadable(_) => None,
    }
}

/// A storage entry as the metadata describes it: a chain without the item is not one whose item has
/// other keys.
pub(super) fn lookup(
    metadata: &Metadata,
    pallet: &str,
    item: &str,
    keys: &[scale_value::Value<()>],
) -> Known<Entry> {
    let name = format!("{pallet}.{item}");
    let found =
        metadata.pallet_by_name(pallet).and_then(|pallet| pallet.storage()?.entry_by_name(item));
    let Some(found) = found else { return Known::Unset };
    let odd = || Known::Unreadable(format!("{name} has other keys than subtune knows"));
    if found.keys().len() != keys.len() {
        return odd();
    }
    let key = encode_storage_key(pallet, item, keys.to_vec(), metadata, metadata.types());
    let Ok(key) = key else { return odd() };
    Known::Is(Entry {
        key: format!("0x{}", hex::encode(key)),
        ty: found.value_ty(),
        default: found.default_value().map(<[u8]>::to_vec),
        name,
    })
}
