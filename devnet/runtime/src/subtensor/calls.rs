//! The calls that the pallet has itself; the setters are those of `AdminUtils`.

use frame_support::pallet_macros::pallet_section;

/// Becomes part of the pallet.
#[pallet_section]
mod calls {
    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// The owner or root gives the subnet another symbol, out of a fixed list.
        #[pallet::call_index(112)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn update_symbol(
            origin: OriginFor<T>,
            netuid: NetUid,
            symbol: Vec<u8>,
        ) -> DispatchResult {
            Self::ensure_owner_or_root(origin, netuid)?;
            ensure!(
                SYMBOLS.iter().any(|known| known.as_bytes() == symbol),
                Error::<T>::SymbolDoesNotExist
            );
            ensure!(
                !TokenSymbol::<T>::iter_values().any(|used| used == symbol),
                Error::<T>::SymbolAlreadyInUse
            );
            TokenSymbol::<T>::insert(netuid, symbol.clone());
            Self::deposit_event(Event::SymbolUpdated { netuid, symbol });
            Ok(())
        }

        /// Sets the smallest root dividend that is claimed, for the root subnet alone. Which error another
        /// subnet gives is not known.
        #[pallet::call_index(124)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_root_claim_threshold(
            origin: OriginFor<T>,
            netuid: NetUid,
            new_value: u64,
        ) -> DispatchResult {
            Self::ensure_owner_or_root(origin, netuid)?;
            ensure!(
                netuid == ROOT && new_value <= MAX_ROOT_CLAIM_THRESHOLD,
                Error::<T>::InvalidRootClaimThreshold
            );
            RootClaimableThreshold::<T>::insert(netuid, I96F32::from(new_value));
            Ok(())
        }

        /// The owner or root starts the tracking of voting power.
        #[pallet::call_index(129)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn enable_voting_power_tracking(
            origin: OriginFor<T>,
            netuid: NetUid,
        ) -> DispatchResult {
            Self::ensure_owner_or_root(origin, netuid)?;
            VotingPowerTrackingEnabled::<T>::insert(netuid, true);
            VotingPowerDisableAtBlock::<T>::remove(netuid);
            Self::deposit_event(Event::VotingPowerTrackingEnabled { netuid });
            Ok(())
        }

        /// The owner or root ends the tracking of voting power, after a grace period.
        #[pallet::call_index(130)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn disable_voting_power_tracking(
            origin: OriginFor<T>,
            netuid: NetUid,
        ) -> DispatchResult {
            Self::ensure_owner_or_root(origin, netuid)?;
            ensure!(
                VotingPowerTrackingEnabled::<T>::get(netuid),
                Error::<T>::VotingPowerTrackingNotEnabled
            );
            let disable_at_block = Self::now().saturating_add(VOTING_POWER_GRACE);
            VotingPowerDisableAtBlock::<T>::insert(netuid, disable_at_block);
            Self::deposit_event(Event::VotingPowerTrackingDisableScheduled {
                netuid,
                disable_at_block,
            });
            Ok(())
        }

        /// Root sets the smoothing of voting power.
        #[pallet::call_index(131)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_voting_power_ema_alpha(
            origin: OriginFor<T>,
            netuid: NetUid,
            alpha: u64,
        ) -> DispatchResult {
            Self::ensure_only_root(origin)?;
            ensure!(alpha <= 1_000_000_000_000_000_000, Error::<T>::InvalidVotingPowerEmaAlpha);
            VotingPowerEmaAlpha::<T>::insert(netuid, alpha);
            Self::deposit_event(Event::VotingPowerEmaAlphaSet { netuid, alpha });
            Ok(())
        }

        /// Does nothing, for a fee: the tempo is set through `AdminUtils`.
        #[pallet::call_index(139)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn set_tempo(origin: OriginFor<T>, netuid: NetUid, tempo: u16) -> DispatchResult {
            let _ = (origin, netuid, tempo);
            Ok(())
        }

        /// Does nothing, for a fee: the factor is set through `AdminUtils`.
        #[pallet::call_index(140)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn set_activity_cutoff_factor(
            origin: OriginFor<T>,
            netuid: NetUid,
            factor_milli: u32,
        ) -> DispatchResult {
            let _ = (origin, netuid, factor_milli);
            Ok(())
        }

        /// The owner asks for an epoch out of turn, a freeze window from now.
        #[pallet::call_index(141)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn trigger_epoch(origin: OriginFor<T>, netuid: NetUid) -> DispatchResult {
            let who = Self::ensure_owner(origin, netuid)?;
            ensure!(
                !CommitRevealWeightsEnabled::<T>::get(netuid),
                Error::<T>::DynamicTempoBlockedByCommitReveal
            );
            ensure!(PendingEpochAt::<T>::get(netuid) == 0, Error::<T>::EpochTriggerAlreadyPending);
            let now = Self::now();
            let window = u64::from(AdminFreezeWindow::<T>::get());
            ensure!(
                Self::next_automatic_epoch(netuid).saturating_sub(now) >= window,
                Error::<T>::AutoEpochAlreadyImminent
            );
            let slot = Slot::Hyper(Hyperparameter::TriggerEpoch);
            Self::ensure_not_too_soon(&who, netuid, slot)?;
            let fires_at = now.saturating_add(window);
            PendingEpochAt::<T>::insert(netuid, fires_at);
            Self::note(&who, netuid, slot);
            Self::deposit_event(Event::EpochTriggered { netuid, by: who, fires_at });
            Ok(())
        }
    }
}
