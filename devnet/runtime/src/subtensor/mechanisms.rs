//! The mechanisms of a subnet, and the consensus that they run.

use super::{pallet::*, types::*};
use alloc::vec::Vec;
use frame_support::{dispatch::DispatchResult, ensure};

impl<T: Config> Pallet<T> {
    /// Where the storage of one mechanism lies.
    pub fn mechanism_index(netuid: NetUid, mechanism: MechId) -> NetUidStorageIndex {
        let first = u16::from(mechanism.0).saturating_mul(MECHANISM_STRIDE);
        NetUidStorageIndex(first.saturating_add(netuid.0))
    }

    /// Changes the number of mechanisms; what belongs to the dropped ones is lost.
    pub fn apply_mechanism_count(netuid: NetUid, count: MechId) -> DispatchResult {
        ensure!(Self::subnet_exists(netuid), Error::<T>::MechanismDoesNotExist);
        ensure!(count.0 >= 1 && count <= MaxMechanismCount::<T>::get(), Error::<T>::InvalidValue);
        ensure!(
            MaxAllowedUids::<T>::get(netuid).saturating_mul(u16::from(count.0))
                <= Self::budget(SubnetEpochConsensus::<T>::get(netuid)),
            Error::<T>::TooManyUIDsPerMechanism
        );
        ensure!(count.0 <= MAX_MECHANISMS, Error::<T>::InvalidValue);
        let old = MechanismCountCurrent::<T>::get(netuid);
        for dropped in count.0..old.0 {
            let index = Self::mechanism_index(netuid, MechId(dropped));
            let _ = Weights::<T>::clear_prefix(index, u32::MAX, None);
            let _ = Bonds::<T>::clear_prefix(index, u32::MAX, None);
            Incentive::<T>::remove(index);
            LastUpdate::<T>::remove(index);
        }
        for added in old.0..count.0 {
            let index = Self::mechanism_index(netuid, MechId(added));
            let neurons = usize::from(SubnetworkN::<T>::get(netuid));
            Incentive::<T>::insert(index, vec![PerU16(0); neurons]);
            LastUpdate::<T>::insert(index, vec![Self::now(); neurons]);
        }
        if old != count {
            MechanismCountCurrent::<T>::insert(netuid, count);
            MechanismEmissionSplit::<T>::remove(netuid);
        }
        Ok(())
    }

    /// Sets how the mechanisms share the emission; `None` for evenly.
    pub fn apply_mechanism_split(netuid: NetUid, split: Option<Vec<u16>>) -> DispatchResult {
        ensure!(Self::subnet_exists(netuid), Error::<T>::MechanismDoesNotExist);
        let Some(split) = split else {
            MechanismEmissionSplit::<T>::remove(netuid);
            return Ok(());
        };
        let sum: u64 = split.iter().copied().map(u64::from).sum();
        ensure!(
            !split.is_empty()
                && split.len() == usize::from(MechanismCountCurrent::<T>::get(netuid).0)
                && sum == u64::from(u16::MAX),
            Error::<T>::InvalidValue
        );
        MechanismEmissionSplit::<T>::insert(netuid, split);
        Ok(())
    }

    /// Most neurons in a subnet of this consensus, over all mechanisms.
    pub const fn budget(mode: EpochConsensus) -> u16 {
        match mode {
            EpochConsensus::Yuma => MAX_UIDS,
            EpochConsensus::Null => NULL_MAX_UIDS,
        }
    }

    /// The same for one mechanism.
    fn budget_of_each(netuid: NetUid, mode: EpochConsensus) -> u16 {
        let mechanisms = u16::from(MechanismCountCurrent::<T>::get(netuid).0);
        Self::budget(mode).checked_div(mechanisms).unwrap_or_default()
    }

    /// Where timelocked weights of a subnet may lie.
    fn commit_indices(netuid: NetUid) -> impl Iterator<Item = NetUidStorageIndex> {
        (0..MAX_MECHANISMS).map(move |mechanism| Self::mechanism_index(netuid, MechId(mechanism)))
    }

    /// Forgets all weights that wait to be revealed; how many entries there were.
    pub(super) fn cancel_commits(netuid: NetUid) -> u32 {
        Self::commit_indices(netuid)
            .map(|index| TimelockedWeightCommits::<T>::clear_prefix(index, u32::MAX, None).unique)
            .fold(0, u32::saturating_add)
    }

    /// Switches the consensus of a subnet, with what that brings.
    pub fn apply_epoch_consensus(netuid: NetUid, mode: EpochConsensus) -> DispatchResult {
        ensure!(Self::subnet_exists(netuid), Error::<T>::SubnetNotExists);
        let waiting = Self::commit_indices(netuid)
            .any(|index| TimelockedWeightCommits::<T>::iter_prefix(index).next().is_some());
        ensure!(!waiting, Error::<T>::InvalidValue);
        let most = Self::budget_of_each(netuid, mode);
        ensure!(SubnetworkN::<T>::get(netuid) <= most, Error::<T>::TooManyUIDsPerMechanism);
        MaxAllowedUids::<T>::mutate(netuid, |uids| *uids = (*uids).min(most));
        match (SubnetEpochConsensus::<T>::get(netuid), mode) {
            (EpochConsensus::Yuma, EpochConsensus::Null) => {
                let before = MaxAllowedValidators::<T>::get(netuid);
                SavedYumaMaxAllowedValidators::<T>::insert(netuid, before);
                MaxAllowedValidators::<T>::insert(netuid, 1);
                Self::permit_the_largest(netuid);
            }
            (EpochConsensus::Null, EpochConsensus::Yuma) => {
                if let Some(before) = SavedYumaMaxAllowedValidators::<T>::take(netuid) {
                    MaxAllowedValidators::<T>::insert(netuid, before);
                }
            }
            _ => {}
        }
        SubnetEpochConsensus::<T>::insert(netuid, mode);
        Self::deposit_event(Event::EpochConsensusSet(netuid, mode));
        Ok(())
    }

    /// Gives the one permit to the neuron with the most stake, of equals the first.
    fn permit_the_largest(netuid: NetUid) {
        let stake = StakeWeight::<T>::get(netuid);
        let largest =
            stake.iter().enumerate().max_by_key(|(at, is)| (**is, core::cmp::Reverse(*at)));
        let chosen = largest.map(|(at, _)| at);
        ValidatorPermit::<T>::mutate(netuid, |permits| {
            for (at, permit) in permits.iter_mut().enumerate() {
                *permit = Some(at) == chosen;
            }
        });
    }
}
