//! What the chain keeps by the account of the owner: limits, and what stops it altogether.

use std::collections::BTreeMap;

use scale_value::At as _;
use subtune_model::address::ss58;
use subtune_model::catalog;
use subtune_model::error::Result;
use subtune_model::snapshot::{Known, Lease, NOT_READ, Swap};

use super::metadata::AtBlock;
use super::storage::{Entry, lookup, number, slot, transaction_type};
use super::{Chain, decode, names};

const ANNOUNCED: &str = "ColdkeySwapAnnouncements";
const DISPUTED: &str = "ColdkeySwapDisputes";

/// What is read by the owner's account.
pub(super) struct OfAccount {
    /// Block of the last change by hyperparameter name, where the chain keeps it by coldkey.
    pub(super) last_change: BTreeMap<String, u64>,
    pub(super) swap: Known<Swap>,
    pub(super) lease: Known<Lease>,
}

impl OfAccount {
    /// What is known when the account is not looked at.
    pub(super) fn unread() -> Self {
        let unread = || NOT_READ.to_owned();
        Self {
            last_change: BTreeMap::new(),
            swap: Known::Unreadable(unread()),
            lease: Known::Unreadable(unread()),
        }
    }
}

/// How many rotations of one coldkey are followed.
const ROTATIONS: usize = 16;

impl Chain {
    /// Whether an account has another one as its successor, in one or several rotations.
    pub(super) async fn succeeded(
        &self,
        at: &AtBlock,
        before: [u8; 32],
        now: [u8; 32],
    ) -> Result<bool> {
        let metadata = &*at.runtime.metadata;
        let mut account = before;
        for _ in 0..ROTATIONS {
            let key = scale_value::Value::from_bytes(account);
            let entry = lookup(metadata, names::SUBTENSOR, "ColdkeySuccessor", &[key]);
            let keys = entry.is().map(|entry| entry.key.clone()).into_iter().collect();
            let answers = self.read(keys, &at.hash).await?;
            match answers.known(entry.as_ref(), metadata, decode::account_of) {
                Known::Is(next) if next == now => return Ok(true),
                Known::Is(next) => account = next,
                Known::Unset | Known::Unreadable(_) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Reads what the chain keeps by the owner's account, in one request.
    pub(super) async fn of_account(
        &self,
        at: &AtBlock,
        netuid: u16,
        owner: [u8; 32],
        lease: Known<u64>,
    ) -> Result<OfAccount> {
        let metadata = &*at.runtime.metadata;
        let item = |name: &str, keys: &[scale_value::Value<()>]| {
            lookup(metadata, names::SUBTENSOR, name, keys)
        };
        let account = || scale_value::Value::from_bytes(owner);
        let limits: Vec<(&'static str, Entry)> = catalog::ALL
            .iter()
            .filter(|row| transaction_type(row.limit).is_some())
            .filter_map(|row| Some((row.name, slot(metadata, row.limit, netuid, &owner)?)))
            .collect();
        let announced = item(ANNOUNCED, &[account()]);
        let disputed = item(DISPUTED, &[account()]);
        let leased = match &lease {
            Known::Is(id) => item("SubnetLeases", &[scale_value::Value::u128((*id).into())]),
            Known::Unset | Known::Unreadable(_) => Known::Unset,
        };
        let keys = [&announced, &disputed, &leased]
            .into_iter()
            .filter_map(Known::is)
            .chain(limits.iter().map(|(_, entry)| entry))
            .map(|entry| entry.key.clone())
            .collect();
        let answers = self.read(keys, &at.hash).await?;
        // That something is stored says it all; its form does not matter.
        let is_set = |entry: &Known<Entry>, name: &str| match entry {
            Known::Is(entry) => Ok(answers.is_set(entry)),
            Known::Unset => Err(format!("this chain has no {}.{name}", names::SUBTENSOR)),
            Known::Unreadable(why) => Err(why.clone()),
        };
        let swap = match is_set(&announced, ANNOUNCED) {
            Ok(false) => Known::Unset,
            // Either stops everything; what cannot be read decides which error is named.
            Ok(true) => Known::Is(Swap { disputed: is_set(&disputed, DISPUTED).unwrap_or(false) }),
            Err(why) => Known::Unreadable(why),
        };
        let beneficiary = answers
            .known(leased.as_ref(), metadata, |lease| decode::account_of(lease.at("beneficiary")?));
        Ok(OfAccount {
            last_change: limits
                .iter()
                .filter_map(|(name, entry)| {
                    let block = answers.known(Known::Is(entry), metadata, number);
                    Some(((*name).to_owned(), *block.is()?))
                })
                .collect(),
            swap,
            // Who may act for it is a hint; that it is leased decides.
            lease: lease
                .and_then(|id| Known::Is(Lease { id, beneficiary: beneficiary.is().map(ss58) })),
        })
    }
}
