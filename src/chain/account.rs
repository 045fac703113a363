//! What the chain keeps by the account of the owner: limits, and what stops it altogether.

use std::collections::BTreeMap;

use scale_value::At as _;

use super::metadata::AtBlock;
use super::read::{Entry, entry, slot, transaction_type};
use super::{Chain, decode, names};
use crate::error::Result;
use crate::model::catalog;
use crate::model::snapshot::{Lease, Swap};
use crate::wallet::address::ss58;

/// What is read by the owner's account.
#[derive(Default)]
pub(super) struct OfAccount {
    /// Block of the last change by hyperparameter name, where the chain keeps it by coldkey.
    pub(super) last_change: BTreeMap<String, u64>,
    pub(super) swap: Option<Swap>,
    pub(super) lease: Option<Lease>,
}

impl Chain {
    /// Reads what the chain keeps by the owner's account, in one request.
    pub(super) async fn of_account(
        &self,
        at: &AtBlock,
        netuid: u16,
        owner: [u8; 32],
        lease: Option<u64>,
    ) -> Result<OfAccount> {
        let metadata = &*at.runtime.metadata;
        let item = |name: &str, keys: &[scale_value::Value<()>]| {
            entry(metadata, names::SUBTENSOR, name, keys)
        };
        let account = || scale_value::Value::from_bytes(owner);
        let limits: Vec<(&'static str, Entry)> = catalog::ALL
            .iter()
            .filter(|row| transaction_type(row.limit).is_some())
            .filter_map(|row| Some((row.name, slot(metadata, row.limit, netuid, &owner)?)))
            .collect();
        let announced = item("ColdkeySwapAnnouncements", &[account()]);
        let disputed = item("ColdkeySwapDisputes", &[account()]);
        let leased =
            lease.and_then(|id| item("SubnetLeases", &[scale_value::Value::u128(id.into())]));
        let keys = limits
            .iter()
            .map(|(_, entry)| entry)
            .chain(&announced)
            .chain(&disputed)
            .chain(&leased)
            .map(|entry| entry.key.clone())
            .collect();
        let answers = self.read(keys, &at.hash).await?;
        let is_set = |entry: &Option<Entry>| entry.as_ref().is_some_and(|e| answers.is_set(e));
        let beneficiary = leased.as_ref().and_then(|entry| {
            let lease = decode::scale(answers.bytes(entry)?, entry.ty, metadata.types())?;
            decode::account_of(lease.at("beneficiary")?)
        });
        Ok(OfAccount {
            last_change: limits
                .iter()
                .filter_map(|(name, entry)| {
                    Some(((*name).to_owned(), answers.value(entry, metadata)?.as_u64()?))
                })
                .collect(),
            swap: is_set(&announced).then(|| Swap { disputed: is_set(&disputed) }),
            lease: lease.map(|id| Lease { id, beneficiary: beneficiary.as_ref().map(ss58) }),
        })
    }
}
