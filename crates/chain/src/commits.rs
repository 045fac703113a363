//! Timelocked weights of a subnet that wait to be revealed.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use scale_value::ValueDef;
use subtune_model::error::Result;
use subtune_model::snapshot::{Commits, Known};
use subxt::ext::frame_decode::storage::encode_storage_key;

use super::metadata::AtBlock;
use super::storage::Entry;
use super::{Chain, decode, names};

const ITEM: &str = "TimelockedWeightCommits";
/// How many mechanisms the chain looks at, and how far apart their indices are: both compiled into it.
pub(super) const MECHANISMS: u16 = 16;
pub(super) const APART: u16 = 4_096;
/// Most entries of one mechanism that are read: one for each epoch whose weights wait.
const MOST: u16 = 256;

impl Chain {
    /// From now on snapshots tell what only some changes depend on, if one of these is wished for.
    pub fn heed<'a>(&self, names: impl IntoIterator<Item = &'a String>) {
        if names.into_iter().any(|name| name == "epoch_consensus") {
            self.heeds_commits.store(true, Ordering::Relaxed);
        }
    }

    /// Whether somebody depends on [`Chain::commits`].
    pub(super) fn heeds_commits(&self) -> bool {
        self.heeds_commits.load(Ordering::Relaxed)
    }

    /// The timelocked weights that wait, in at most two requests for each mechanism that there can be.
    /// [`Known::Unset`] where there are none.
    pub(super) async fn commits(&self, at: &AtBlock, netuid: u16) -> Result<Known<Commits>> {
        let metadata = &*at.runtime.metadata;
        let item = metadata
            .pallet_by_name(names::SUBTENSOR)
            .and_then(|pallet| pallet.storage()?.entry_by_name(ITEM));
        let Some(item) = item else { return Ok(Known::Unset) };
        let odd = || Ok(Known::Unreadable(format!("{ITEM} has a form that subtune does not know")));
        if item.keys().len() != 2 {
            return odd();
        }
        let mut found = BTreeMap::new();
        for mechanism in 0..MECHANISMS {
            let index = mechanism.checked_mul(APART).and_then(|first| first.checked_add(netuid));
            let Some(index) = index else { continue };
            let key = [scale_value::Value::u128(index.into())];
            let prefix = encode_storage_key(
                names::SUBTENSOR,
                ITEM,
                key.to_vec(),
                metadata,
                metadata.types(),
            );
            let Ok(prefix) = prefix else { return odd() };
            let prefix = format!("0x{}", hex::encode(prefix));
            let params = serde_json::json!([prefix, MOST, null, at.hash]);
            let keys: Vec<String> = self.rpc.request("state_getKeysPaged", params).await?;
            if keys.iter().any(|key| !key.starts_with(&prefix)) || keys.len() > MOST.into() {
                return Ok(Known::Unreadable(format!("{} sent other keys", self.endpoint())));
            }
            let answers = self.read(keys.iter().cloned().collect(), &at.hash).await?;
            let mut count = 0u64;
            for key in keys {
                let name = format!("{}.{ITEM}", names::SUBTENSOR);
                let entry = Entry { name, key, ty: item.value_ty(), default: None };
                let waiting = answers.bytes(&entry).and_then(|bytes| {
                    let value = decode::scale(bytes, entry.ty, metadata.types())?;
                    let ValueDef::Composite(list) = &value.value else { return None };
                    u64::try_from(list.len()).ok()
                });
                // An entry alone is enough for a refusal, be it empty.
                let Some(waiting) = waiting else { return odd() };
                count = count.saturating_add(waiting.max(1));
            }
            if count > 0 {
                found.insert(u8::try_from(mechanism).unwrap_or(u8::MAX), count);
            }
        }
        Ok(if found.is_empty() { Known::Unset } else { Known::Is(Commits(found)) })
    }
}
