//! The removal of neurons.

use super::{pallet::*, types::*};
use alloc::vec::Vec;
use frame_support::{dispatch::DispatchResult, ensure};

impl<T: Config> Pallet<T> {
    /// Removes up to 64 neurons of a subnet in Null consensus, or first the weights that wait. Which
    /// neurons move into the gaps differs from the real chain: here all behind them move up.
    pub fn apply_null_batch(netuid: NetUid, target: u16) -> DispatchResult {
        ensure!(
            SubnetEpochConsensus::<T>::get(netuid) == EpochConsensus::Null
                && target >= MinAllowedUids::<T>::get(netuid)
                && target <= MaxAllowedUids::<T>::get(netuid),
            Error::<T>::InvalidValue
        );
        let count = SubnetworkN::<T>::get(netuid);
        Self::ensure_few_are_immune(netuid, count, target)?;
        let cleared_commits = Self::cancel_commits(netuid);
        let mut remaining = count;
        if cleared_commits == 0 && count > target {
            remaining = target.max(count.saturating_sub(NULL_BATCH));
            Self::remove_least(netuid, count, remaining)?;
        }
        MaxAllowedUids::<T>::insert(netuid, target.max(remaining));
        if remaining > target {
            NullPruningTarget::<T>::insert(netuid, target);
        } else {
            NullPruningTarget::<T>::remove(netuid);
        }
        Self::deposit_event(Event::NullUidsPruningProgress {
            netuid,
            target,
            remaining,
            removed: count.saturating_sub(remaining),
            cleared_commits,
        });
        Ok(())
    }

    fn ensure_few_are_immune(netuid: NetUid, count: u16, max: u16) -> DispatchResult {
        let immune = (0..count).filter(|uid| Self::is_immune(netuid, *uid)).count();
        ensure!(
            immune.saturating_mul(100) < usize::from(max).saturating_mul(80),
            Error::<T>::TrimmingWouldExceedMaxImmunePercentage
        );
        Ok(())
    }

    /// Removes the neurons that earn least and may be removed, until `max` are left.
    fn remove_least(netuid: NetUid, count: u16, max: u16) -> DispatchResult {
        let emission = Emission::<T>::get(netuid);
        let emission_of = |uid: u16| emission.get(usize::from(uid)).copied().unwrap_or_default();
        let mut candidates: Vec<u16> =
            (0..count).filter(|uid| !Self::is_immune(netuid, *uid)).collect();
        candidates.sort_by_key(|uid| (emission_of(*uid), core::cmp::Reverse(*uid)));
        let wanted = usize::from(count.saturating_sub(max));
        ensure!(candidates.len() >= wanted, Error::<T>::InvalidValue);
        candidates.truncate(wanted);
        let keep: Vec<u16> = (0..count).filter(|uid| !candidates.contains(uid)).collect();
        Self::keep_neurons(netuid, count, &keep);
        Ok(())
    }

    /// Whether a neuron is too new to be replaced.
    pub fn is_immune(netuid: NetUid, uid: u16) -> bool {
        Self::now().saturating_sub(BlockAtRegistration::<T>::get(netuid, uid))
            < u64::from(ImmunityPeriod::<T>::get(netuid))
    }

    /// Removes the neurons that earn least until `max` are left, and lowers the maximum.
    pub fn apply_trim(netuid: NetUid, max: u16) -> DispatchResult {
        ensure!(Self::subnet_exists(netuid), Error::<T>::SubnetNotExists);
        ensure!(
            max >= MinAllowedUids::<T>::get(netuid) && max <= MaxAllowedUids::<T>::get(netuid),
            Error::<T>::InvalidValue
        );
        MaxAllowedUids::<T>::insert(netuid, max);
        let count = SubnetworkN::<T>::get(netuid);
        if count <= max {
            return Ok(());
        }
        Self::ensure_few_are_immune(netuid, count, max)?;
        if SubnetEpochConsensus::<T>::get(netuid) == EpochConsensus::Null {
            ensure!(count.saturating_sub(max) <= NULL_BATCH, Error::<T>::InvalidValue);
            Self::cancel_commits(netuid);
        }
        Self::remove_least(netuid, count, max)
    }

    /// Keeps these neurons only and numbers them from 0.
    fn keep_neurons(netuid: NetUid, count: u16, keep: &[u16]) {
        fn pick<V: Copy + Default>(all: Vec<V>, keep: &[u16]) -> Vec<V> {
            keep.iter().map(|uid| all.get(usize::from(*uid)).copied().unwrap_or_default()).collect()
        }
        let keys: Vec<T::AccountId> = (0..count).map(|uid| Keys::<T>::get(netuid, uid)).collect();
        let since: Vec<u64> =
            (0..count).map(|uid| BlockAtRegistration::<T>::get(netuid, uid)).collect();
        for (uid, hotkey) in (0..count).zip(&keys) {
            Keys::<T>::remove(netuid, uid);
            BlockAtRegistration::<T>::remove(netuid, uid);
            Uids::<T>::remove(netuid, hotkey);
        }
        for (new, old) in (0_u16..).zip(keep) {
            let at = usize::from(*old);
            if let (Some(hotkey), Some(block)) = (keys.get(at), since.get(at)) {
                Keys::<T>::insert(netuid, new, hotkey);
                Uids::<T>::insert(netuid, hotkey, new);
                BlockAtRegistration::<T>::insert(netuid, new, block);
            }
        }
        ValidatorTrust::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        Consensus::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        Dividends::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        StakeWeight::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        Active::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        ValidatorPermit::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        Emission::<T>::mutate(netuid, |all| *all = pick(core::mem::take(all), keep));
        for mechanism in 0..MechanismCountCurrent::<T>::get(netuid).0 {
            let index = Self::mechanism_index(netuid, MechId(mechanism));
            LastUpdate::<T>::mutate(index, |all| *all = pick(core::mem::take(all), keep));
            Incentive::<T>::mutate(index, |all| *all = pick(core::mem::take(all), keep));
            let renumber = |row: Vec<(u16, u16)>| -> Vec<(u16, u16)> {
                row.into_iter()
                    .filter_map(|(uid, value)| {
                        let new = keep.binary_search(&uid).ok()?;
                        Some((u16::try_from(new).ok()?, value))
                    })
                    .collect()
            };
            let weights: Vec<_> = (0..count).map(|uid| Weights::<T>::take(index, uid)).collect();
            let bonds: Vec<_> = (0..count).map(|uid| Bonds::<T>::take(index, uid)).collect();
            for (new, old) in (0_u16..).zip(keep) {
                let at = usize::from(*old);
                if let Some(row) = weights.get(at).filter(|row| !row.is_empty()) {
                    Weights::<T>::insert(index, new, renumber(row.clone()));
                }
                if let Some(row) = bonds.get(at).filter(|row| !row.is_empty()) {
                    Bonds::<T>::insert(index, new, renumber(row.clone()));
                }
            }
        }
        SubnetworkN::<T>::insert(netuid, u16::try_from(keep.len()).unwrap_or(u16::MAX));
    }
}
