//! The schedule of the epochs.

use super::{pallet::*, population, types::*};

impl<T: Config> Pallet<T> {
    /// Block of the next epoch that nobody asked for.
    pub fn next_automatic_epoch(netuid: NetUid) -> u64 {
        LastEpochBlock::<T>::get(netuid).saturating_add(u64::from(Tempo::<T>::get(netuid)))
    }

    /// Sets the tempo and starts the cycle anew.
    pub fn apply_tempo(netuid: NetUid, tempo: u16) {
        Tempo::<T>::insert(netuid, tempo);
        LastEpochBlock::<T>::insert(netuid, Self::now());
        Self::deposit_event(Event::TempoSet(netuid, tempo));
    }

    fn is_due(netuid: NetUid, block: u64) -> bool {
        let tempo = u64::from(Tempo::<T>::get(netuid));
        let pending = PendingEpochAt::<T>::get(netuid);
        tempo > 0
            && ((pending > 0 && pending <= block)
                || BlocksSinceLastStep::<T>::get(netuid) > MAX_BLOCKS_WITHOUT_EPOCH
                || block.saturating_sub(LastEpochBlock::<T>::get(netuid)) >= tempo)
    }

    /// Runs the epochs that are due in this block, and puts off what is over the cap.
    pub(super) fn run_schedule(block: u64) {
        for netuid in Self::netuids() {
            Self::collect(netuid);
        }
        // An epoch in Null consensus shares its block with no other.
        let null = Self::netuids().into_iter().any(|netuid| {
            netuid != ROOT
                && SubnetEpochConsensus::<T>::get(netuid) == EpochConsensus::Null
                && Self::is_due(netuid, block)
        });
        let mut left = if null { 1 } else { MaxEpochsPerBlock::<T>::get() };
        for netuid in Self::netuids() {
            if netuid == ROOT {
                continue;
            }
            BlocksSinceLastStep::<T>::mutate(netuid, |blocks| *blocks = blocks.saturating_add(1));
            if !Self::is_due(netuid, block) {
                continue;
            }
            if left == 0 {
                let to_block = block.saturating_add(1);
                PendingEpochAt::<T>::insert(netuid, to_block);
                Self::deposit_event(Event::EpochDeferred { netuid, from_block: block, to_block });
                continue;
            }
            if Self::use_slot(netuid, block) {
                left = left.saturating_sub(1);
            }
        }
        // As transactions would, after all that a block does by itself.
        for netuid in Self::netuids() {
            population::act::<T>(netuid, block);
        }
    }

    /// Runs the epoch of a subnet, unless its hotkeys forbid it: whether it ran.
    fn use_slot(netuid: NetUid, block: u64) -> bool {
        LastEpochBlock::<T>::insert(netuid, block);
        PendingEpochAt::<T>::insert(netuid, 0);
        SubnetEpochIndex::<T>::mutate(netuid, |index| *index = index.saturating_add(1));
        Self::reveal(netuid);
        if Self::has_duplicate_hotkeys(netuid) {
            Self::deposit_event(Event::EpochSkipped { netuid, block });
            return false;
        }
        Self::run_epoch(netuid, block);
        BlocksSinceLastStep::<T>::insert(netuid, 0);
        LastMechansimStepBlock::<T>::insert(netuid, block);
        if SubnetEpochConsensus::<T>::get(netuid) == EpochConsensus::Yuma {
            LastYumaStepBlock::<T>::insert(netuid, block);
        }
        let stop = VotingPowerDisableAtBlock::<T>::get(netuid);
        if stop > 0 && stop <= block {
            VotingPowerTrackingEnabled::<T>::insert(netuid, false);
            VotingPowerDisableAtBlock::<T>::remove(netuid);
            Self::deposit_event(Event::VotingPowerTrackingDisabled { netuid });
        }
        true
    }
}
