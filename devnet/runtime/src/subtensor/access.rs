//! Who may call, how often and when.

use super::{pallet::*, types::*};
use alloc::vec::Vec;
use frame_support::{
    dispatch::DispatchResult, ensure, pallet_prelude::DispatchError, traits::OriginTrait as _,
};
use frame_system::{ensure_root, ensure_signed, ensure_signed_or_root, pallet_prelude::OriginFor};
use sp_runtime::{SaturatedConversion as _, traits::AccountIdConversion as _};

impl<T: Config> Pallet<T> {
    /// Number of the block that is being built.
    pub fn now() -> u64 {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// Whether there is a subnet of this number.
    pub fn subnet_exists(netuid: NetUid) -> bool {
        NetworksAdded::<T>::get(netuid)
    }

    /// All subnets, by number.
    pub fn netuids() -> Vec<NetUid> {
        let mut all: Vec<NetUid> = NetworksAdded::<T>::iter()
            .filter_map(|(netuid, added)| added.then_some(netuid))
            .collect();
        all.sort_unstable();
        all
    }

    /// An account that has announced a move to another coldkey may do nothing here.
    pub fn ensure_no_coldkey_swap(who: &T::AccountId) -> DispatchResult {
        if ColdkeySwapAnnouncements::<T>::contains_key(who) {
            ensure!(!ColdkeySwapDisputes::<T>::contains_key(who), Error::<T>::ColdkeySwapDisputed);
            return Err(Error::<T>::ColdkeySwapAnnounced.into());
        }
        Ok(())
    }

    /// Root, and no account.
    pub fn ensure_only_root(origin: OriginFor<T>) -> DispatchResult {
        if let Some(who) = origin.as_signer() {
            Self::ensure_no_coldkey_swap(who)?;
        }
        Ok(ensure_root(origin)?)
    }

    /// The subnet's owner, and not root.
    pub fn ensure_owner(
        origin: OriginFor<T>,
        netuid: NetUid,
    ) -> Result<T::AccountId, DispatchError> {
        let who = ensure_signed(origin)?;
        Self::ensure_no_coldkey_swap(&who)?;
        ensure!(SubnetOwner::<T>::get(netuid) == who, DispatchError::BadOrigin);
        Ok(who)
    }

    /// The subnet's owner, or root (`None`).
    pub fn ensure_owner_or_root(
        origin: OriginFor<T>,
        netuid: NetUid,
    ) -> Result<Option<T::AccountId>, DispatchError> {
        match ensure_signed_or_root(origin.clone())? {
            None => Ok(None),
            Some(_) => Self::ensure_owner(origin, netuid).map(Some),
        }
    }

    /// Block of the last change that counts against this slot; 0 for none.
    fn last_change(who: &T::AccountId, netuid: NetUid, slot: Slot) -> u64 {
        match slot {
            Slot::Free => 0,
            Slot::Hyper(which) => {
                LastRateLimitedBlock::<T>::get(RateLimitKey::OwnerHyperparamUpdate(netuid, which))
            }
            Slot::Transaction(kind) => {
                TransactionKeyLastBlock::<T>::get((who, netuid, kind as u16))
            }
        }
    }

    /// Blocks that must pass between two changes of this slot.
    fn limit(netuid: NetUid, slot: Slot) -> u64 {
        let tempos = |count: u64| u64::from(Tempo::<T>::get(netuid)).saturating_mul(count);
        match slot {
            Slot::Free => 0,
            Slot::Hyper(_) => tempos(u64::from(OwnerHyperparamRateLimit::<T>::get())),
            Slot::Transaction(kind) => match kind {
                TransactionType::WeightsVersionKey => {
                    tempos(WeightsVersionKeyRateLimit::<T>::get())
                }
                TransactionType::MechanismCount | TransactionType::MechanismEmission => {
                    MECHANISM_LIMIT
                }
                TransactionType::Trim => TRIM_LIMIT,
                TransactionType::Tempo => u64::from(MIN_TEMPO),
            },
        }
    }

    /// A first change is always allowed, another one after the limit.
    pub fn ensure_not_too_soon(who: &T::AccountId, netuid: NetUid, slot: Slot) -> DispatchResult {
        let last = Self::last_change(who, netuid, slot);
        ensure!(
            last == 0 || Self::now().saturating_sub(last) >= Self::limit(netuid, slot),
            Error::<T>::TxRateLimitExceeded
        );
        Ok(())
    }

    /// Remembers that an owner changed something now.
    pub fn note(who: &T::AccountId, netuid: NetUid, slot: Slot) {
        let now = Self::now();
        match slot {
            Slot::Free => {}
            Slot::Hyper(which) => {
                LastRateLimitedBlock::<T>::insert(
                    RateLimitKey::OwnerHyperparamUpdate(netuid, which),
                    now,
                );
            }
            Slot::Transaction(kind) => {
                TransactionKeyLastBlock::<T>::insert((who, netuid, kind as u16), now);
            }
        }
    }

    /// Whether setters are refused because an epoch is near.
    pub fn is_frozen(netuid: NetUid) -> bool {
        let now = Self::now();
        if Tempo::<T>::get(netuid) == 0 {
            return false;
        }
        if PendingEpochAt::<T>::get(netuid) > now {
            return true;
        }
        Self::next_automatic_epoch(netuid).saturating_sub(now)
            < u64::from(AdminFreezeWindow::<T>::get())
    }

    /// Refuses in the freeze window.
    pub fn ensure_not_frozen(netuid: NetUid) -> DispatchResult {
        ensure!(!Self::is_frozen(netuid), Error::<T>::AdminActionProhibitedDuringWeightsWindow);
        Ok(())
    }

    /// The frame of most owner calls: owner and rate limit, window, the body, the note.
    /// The body is told whether root calls.
    pub fn owner_call(
        origin: OriginFor<T>,
        netuid: NetUid,
        slot: Slot,
        body: impl FnOnce(bool) -> DispatchResult,
    ) -> DispatchResult {
        let who = Self::ensure_owner_or_root(origin, netuid)?;
        if let Some(who) = &who {
            Self::ensure_not_too_soon(who, netuid, slot)?;
        }
        Self::ensure_not_frozen(netuid)?;
        body(who.is_none())?;
        if let Some(who) = &who {
            Self::note(who, netuid, slot);
        }
        Ok(())
    }

    /// The subnet's own account.
    pub fn subnet_account(netuid: NetUid) -> T::AccountId {
        SUBTENSOR_PALLET_ID.into_sub_account_truncating(netuid)
    }

    /// Sets the owner's hotkey. The limit holds for root too.
    pub fn apply_owner_hotkey(
        origin: OriginFor<T>,
        netuid: NetUid,
        hotkey: T::AccountId,
    ) -> DispatchResult {
        Self::ensure_owner_or_root(origin, netuid)?;
        ensure!(Self::subnet_exists(netuid), Error::<T>::SubnetNotExists);
        let key = RateLimitKey::SetSNOwnerHotkey(netuid);
        let (last, now) = (LastRateLimitedBlock::<T>::get(&key), Self::now());
        ensure!(
            last == 0 || now.saturating_sub(last) >= OWNER_HOTKEY_LIMIT,
            Error::<T>::TxRateLimitExceeded
        );
        ensure!(
            !Self::netuids().into_iter().any(|netuid| Self::subnet_account(netuid) == hotkey),
            Error::<T>::CannotUseSystemAccount
        );
        LastRateLimitedBlock::<T>::insert(key, now);
        SubnetOwnerHotkey::<T>::insert(netuid, hotkey.clone());
        Self::deposit_event(Event::SubnetOwnerHotkeySet(netuid, hotkey));
        Ok(())
    }
}
