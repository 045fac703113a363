//! The setters.

use frame_support::pallet_macros::pallet_section;

setters! {
    /// The owner or root sets `ServingRateLimit`.
    3: owner(Hyper::ServingRateLimit)
    fn sudo_set_serving_rate_limit(netuid: NetUid, serving_rate_limit: u64) {
        ServingRateLimit::<T>::insert(netuid, serving_rate_limit);
        Chain::<T>::deposit_event(ChainEvent::ServingRateLimitSet(netuid, serving_rate_limit));
    }

    /// Root sets `MinDifficulty`.
    4: root fn sudo_set_min_difficulty(netuid: NetUid, min_difficulty: u64) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        Self::ensure_subnet(netuid)?;
        MinDifficulty::<T>::insert(netuid, min_difficulty);
        Chain::<T>::deposit_event(ChainEvent::MinDifficultySet(netuid, min_difficulty));
    }

    /// The owner or root sets `MaxDifficulty`.
    5: owner(Hyper::MaxDifficulty) fn sudo_set_max_difficulty(netuid: NetUid, max_difficulty: u64) {
        Self::ensure_subnet(netuid)?;
        MaxDifficulty::<T>::insert(netuid, max_difficulty);
        Chain::<T>::deposit_event(ChainEvent::MaxDifficultySet(netuid, max_difficulty));
    }

    /// The owner or root sets `WeightsVersionKey`.
    6: owner(Transaction::WeightsVersionKey)
    fn sudo_set_weights_version_key(netuid: NetUid, weights_version_key: u64) {
        Self::ensure_subnet(netuid)?;
        WeightsVersionKey::<T>::insert(netuid, weights_version_key);
        Chain::<T>::deposit_event(ChainEvent::WeightsVersionKeySet(netuid, weights_version_key));
    }

    /// Root sets `WeightsSetRateLimit`.
    7: root fn sudo_set_weights_set_rate_limit(netuid: NetUid, weights_set_rate_limit: u64) {
        Self::ensure_subnet(netuid)?;
        WeightsSetRateLimit::<T>::insert(netuid, weights_set_rate_limit);
        Chain::<T>::deposit_event(ChainEvent::WeightsSetRateLimitSet(
            netuid,
            weights_set_rate_limit,
        ));
    }

    /// Root sets `AdjustmentInterval`.
    8: root fn sudo_set_adjustment_interval(netuid: NetUid, adjustment_interval: u16) {
        Self::ensure_subnet(netuid)?;
        AdjustmentInterval::<T>::insert(netuid, adjustment_interval);
        Chain::<T>::deposit_event(ChainEvent::AdjustmentIntervalSet(netuid, adjustment_interval));
    }

    /// The owner or root sets `AdjustmentAlpha`.
    9: owner(Hyper::AdjustmentAlpha)
    fn sudo_set_adjustment_alpha(netuid: NetUid, adjustment_alpha: u64) {
        Self::ensure_subnet(netuid)?;
        AdjustmentAlpha::<T>::insert(netuid, adjustment_alpha);
        Chain::<T>::deposit_event(ChainEvent::AdjustmentAlphaSet(netuid, adjustment_alpha));
    }

    /// The owner or root sets `ImmunityPeriod`.
    13: owner(Hyper::ImmunityPeriod)
    fn sudo_set_immunity_period(netuid: NetUid, immunity_period: u16) {
        Self::ensure_subnet(netuid)?;
        ImmunityPeriod::<T>::insert(netuid, immunity_period);
        Chain::<T>::deposit_event(ChainEvent::ImmunityPeriodSet(netuid, immunity_period));
    }

    /// The owner or root sets `MinAllowedWeights`.
    14: owner(Hyper::MinAllowedWeights)
    fn sudo_set_min_allowed_weights(netuid: NetUid, min_allowed_weights: u16) {
        Self::ensure_subnet(netuid)?;
        MinAllowedWeights::<T>::insert(netuid, min_allowed_weights);
        Chain::<T>::deposit_event(ChainEvent::MinAllowedWeightSet(netuid, min_allowed_weights));
    }

    /// The owner or root sets `MaxAllowedUids`.
    15: owner(Hyper::MaxAllowedUids)
    fn sudo_set_max_allowed_uids(netuid: NetUid, max_allowed_uids: u16) {
        Self::ensure_subnet(netuid)?;
        ensure!(
            max_allowed_uids >= MinAllowedUids::<T>::get(netuid),
            Error::<T>::MaxAllowedUidsLessThanMinAllowedUids
        );
        ensure!(
            max_allowed_uids >= SubnetworkN::<T>::get(netuid),
            Error::<T>::MaxAllowedUIdsLessThanCurrentUIds
        );
        ensure!(
            max_allowed_uids <= Chain::<T>::budget(SubnetEpochConsensus::<T>::get(netuid)),
            Error::<T>::MaxAllowedUidsGreaterThanDefaultMaxAllowedUids
        );
        ensure!(
            max_allowed_uids.saturating_mul(u16::from(MechanismCountCurrent::<T>::get(netuid).0))
                <= Chain::<T>::budget(SubnetEpochConsensus::<T>::get(netuid)),
            ChainError::<T>::TooManyUIDsPerMechanism
        );
        MaxAllowedUids::<T>::insert(netuid, max_allowed_uids);
        Chain::<T>::deposit_event(ChainEvent::MaxAllowedUidsSet(netuid, max_allowed_uids));
    }

    /// Root sets `Kappa`.
    16: root fn sudo_set_kappa(netuid: NetUid, kappa: u16) {
        Self::ensure_subnet(netuid)?;
        Kappa::<T>::insert(netuid, kappa);
        Chain::<T>::deposit_event(ChainEvent::KappaSet(netuid, kappa));
    }

    /// The owner or root sets `Rho`.
    17: owner(Hyper::Rho) fn sudo_set_rho(netuid: NetUid, rho: u16) {
        Self::ensure_subnet(netuid)?;
        Rho::<T>::insert(netuid, rho);
    }

    /// The owner or root sets `ActivityCutoff`.
    18: owner(Hyper::ActivityCutoff)
    fn sudo_set_activity_cutoff(netuid: NetUid, activity_cutoff: u16) {
        Self::ensure_subnet(netuid)?;
        ensure!(
            activity_cutoff >= MinActivityCutoff::<T>::get(),
            ChainError::<T>::ActivityCutoffTooLow
        );
        ActivityCutoff::<T>::insert(netuid, activity_cutoff);
        Chain::<T>::deposit_event(ChainEvent::ActivityCutoffSet(netuid, activity_cutoff));
    }

    /// The owner or root switches registration for a price.
    19: owner(Hyper::BurnRegistrationAllowed)
    fn sudo_set_network_registration_allowed(netuid: NetUid, registration_allowed: bool) {
        ensure!(
            registration_allowed || NetworkPowRegistrationAllowed::<T>::get(netuid),
            Error::<T>::InvalidValue
        );
        NetworkRegistrationAllowed::<T>::insert(netuid, registration_allowed);
        Chain::<T>::deposit_event(ChainEvent::RegistrationAllowed(netuid, registration_allowed));
    }

    /// The owner or root switches registration by proof of work.
    20: owner(Hyper::PowRegistrationAllowed)
    fn sudo_set_network_pow_registration_allowed(netuid: NetUid, registration_allowed: bool) {
        Self::ensure_not_root_subnet(netuid)?;
        ensure!(
            registration_allowed || NetworkRegistrationAllowed::<T>::get(netuid),
            Error::<T>::InvalidValue
        );
        NetworkPowRegistrationAllowed::<T>::insert(netuid, registration_allowed);
        Chain::<T>::deposit_event(ChainEvent::PowRegistrationAllowed(netuid, registration_allowed));
    }

    /// Root sets `TargetRegistrationsPerInterval`.
    21: root
    fn sudo_set_target_registrations_per_interval(netuid: NetUid, target_registrations_per_interval: u16) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        Self::ensure_subnet(netuid)?;
        TargetRegistrationsPerInterval::<T>::insert(netuid, target_registrations_per_interval);
        Chain::<T>::deposit_event(ChainEvent::RegistrationPerIntervalSet(
            netuid,
            target_registrations_per_interval,
        ));
    }

    /// The owner or root sets `MinBurn`.
    22: owner(Hyper::MinBurn) fn sudo_set_min_burn(netuid: NetUid, min_burn: TaoBalance) {
        Self::ensure_subnet(netuid)?;
        ensure!(min_burn < MIN_BURN_UPPER_BOUND, Error::<T>::ValueNotInBounds);
        ensure!(min_burn < MaxBurn::<T>::get(netuid), Error::<T>::ValueNotInBounds);
        MinBurn::<T>::insert(netuid, min_burn);
        Chain::<T>::deposit_event(ChainEvent::MinBurnSet(netuid, min_burn));
    }

    /// The owner or root sets `MaxBurn`.
    23: owner(Hyper::MaxBurn) fn sudo_set_max_burn(netuid: NetUid, max_burn: TaoBalance) {
        Self::ensure_subnet(netuid)?;
        ensure!(max_burn > MAX_BURN_LOWER_BOUND, Error::<T>::ValueNotInBounds);
        ensure!(max_burn > MinBurn::<T>::get(netuid), Error::<T>::ValueNotInBounds);
        MaxBurn::<T>::insert(netuid, max_burn);
        Chain::<T>::deposit_event(ChainEvent::MaxBurnSet(netuid, max_burn));
    }

    /// Root sets `Difficulty`.
    24: root fn sudo_set_difficulty(netuid: NetUid, difficulty: u64) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        Self::ensure_subnet(netuid)?;
        Difficulty::<T>::insert(netuid, difficulty);
        Chain::<T>::deposit_event(ChainEvent::DifficultySet(netuid, difficulty));
    }

    /// Root sets `MaxAllowedValidators`.
    25: root fn sudo_set_max_allowed_validators(netuid: NetUid, max_allowed_validators: u16) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        Self::ensure_subnet(netuid)?;
        ensure!(
            max_allowed_validators <= MaxAllowedUids::<T>::get(netuid),
            Error::<T>::MaxValidatorsLargerThanMaxUIds
        );
        ensure!(
            SubnetEpochConsensus::<T>::get(netuid) == EpochConsensus::Yuma
                || max_allowed_validators == 1,
            Error::<T>::InvalidValue
        );
        MaxAllowedValidators::<T>::insert(netuid, max_allowed_validators);
        Chain::<T>::deposit_event(ChainEvent::MaxAllowedValidatorsSet(
            netuid,
            max_allowed_validators,
        ));
    }

    /// The owner or root sets `BondsMovingAverage`.
    26: owner(Hyper::BondsMovingAverage, root)
    fn sudo_set_bonds_moving_average(netuid: NetUid, bonds_moving_average: u64) {
        ensure!(
            root || bonds_moving_average <= MAX_OWNER_BONDS_AVERAGE,
            Error::<T>::BondsMovingAverageMaxReached
        );
        Self::ensure_subnet(netuid)?;
        BondsMovingAverage::<T>::insert(netuid, bonds_moving_average);
        Chain::<T>::deposit_event(ChainEvent::BondsMovingAverageSet(netuid, bonds_moving_average));
    }

    /// Root sets `MaxRegistrationsPerBlock`.
    27: root
    fn sudo_set_max_registrations_per_block(netuid: NetUid, max_registrations_per_block: u16) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        Self::ensure_subnet(netuid)?;
        MaxRegistrationsPerBlock::<T>::insert(netuid, max_registrations_per_block);
        Chain::<T>::deposit_event(ChainEvent::MaxRegistrationsPerBlockSet(
            netuid,
            max_registrations_per_block,
        ));
    }

    /// The owner sets the tempo within its bounds, and root any; the cycle starts anew.
    30: owner(Transaction::Tempo, root) fn sudo_set_tempo(netuid: NetUid, tempo: u16) {
        Self::ensure_subnet(netuid)?;
        ensure!(
            root || (MIN_TEMPO..=MAX_TEMPO).contains(&tempo),
            ChainError::<T>::TempoOutOfBounds
        );
        Chain::<T>::apply_tempo(netuid, tempo);
    }

    /// Root sets `RAORecycledForRegistration`.
    39: root fn sudo_set_rao_recycled(netuid: NetUid, rao_recycled: TaoBalance) {
        Self::ensure_subnet(netuid)?;
        RAORecycledForRegistration::<T>::insert(netuid, rao_recycled);
        Chain::<T>::deposit_event(ChainEvent::RAORecycledForRegistrationSet(netuid, rao_recycled));
    }

    /// The owner or root sets `CommitRevealWeightsEnabled`.
    49: owner(Hyper::CommitRevealEnabled)
    fn sudo_set_commit_reveal_weights_enabled(netuid: NetUid, enabled: bool) {
        Self::ensure_subnet(netuid)?;
        CommitRevealWeightsEnabled::<T>::insert(netuid, enabled);
        Chain::<T>::deposit_event(ChainEvent::CommitRevealEnabled(netuid, enabled));
    }

    /// The owner or root sets `LiquidAlphaOn`.
    50: owner(Hyper::LiquidAlphaEnabled)
    fn sudo_set_liquid_alpha_enabled(netuid: NetUid, enabled: bool) {
        LiquidAlphaOn::<T>::insert(netuid, enabled);
    }

    /// The owner or root sets both bounds of the liquid alpha.
    51: owner(Hyper::AlphaValues)
    fn sudo_set_alpha_values(netuid: NetUid, alpha_low: u16, alpha_high: u16) {
        ensure!(LiquidAlphaOn::<T>::get(netuid), ChainError::<T>::LiquidAlphaDisabled);
        ensure!(alpha_high >= MIN_ALPHA, ChainError::<T>::AlphaHighTooLow);
        ensure!((MIN_ALPHA..=alpha_high).contains(&alpha_low), ChainError::<T>::AlphaLowOutOfRange);
        AlphaValues::<T>::insert(netuid, (alpha_low, alpha_high));
    }

    /// The owner or root sets `RevealPeriodEpochs`.
    57: owner(Hyper::WeightCommitInterval)
    fn sudo_set_commit_reveal_weights_interval(netuid: NetUid, interval: u64) {
        Self::ensure_subnet(netuid)?;
        ensure!(interval >= MIN_REVEAL_PERIOD, ChainError::<T>::RevealPeriodTooSmall);
        ensure!(interval <= MAX_REVEAL_PERIOD, ChainError::<T>::RevealPeriodTooLarge);
        RevealPeriodEpochs::<T>::insert(netuid, interval);
        Chain::<T>::deposit_event(ChainEvent::CommitRevealPeriodsSet(netuid, interval));
    }

    /// The owner or root sets `BondsPenalty`.
    60: owner(Hyper::BondsPenalty) fn sudo_set_bonds_penalty(netuid: NetUid, bonds_penalty: u16) {
        Self::ensure_subnet(netuid)?;
        BondsPenalty::<T>::insert(netuid, bonds_penalty);
        Chain::<T>::deposit_event(ChainEvent::BondsPenaltySet(netuid, bonds_penalty));
    }

    /// The owner or root sets `TransferToggle`.
    61: owner(Hyper::TransferEnabled) fn sudo_set_toggle_transfer(netuid: NetUid, toggle: bool) {
        TransferToggle::<T>::insert(netuid, toggle);
        Chain::<T>::deposit_event(ChainEvent::TransferToggle(netuid, toggle));
    }

    /// Root sets `EMAPriceHalvingBlocks`.
    65: root fn sudo_set_ema_price_halving_period(netuid: NetUid, ema_halving: u64) {
        EMAPriceHalvingBlocks::<T>::insert(netuid, ema_halving);
    }

    /// Root sets `SubtokenEnabled`.
    66: root fn sudo_set_subtoken_enabled(netuid: NetUid, subtoken_enabled: bool) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        SubtokenEnabled::<T>::insert(netuid, subtoken_enabled);
    }

    /// The owner or root sets the owner's hotkey; it has a rate limit that holds for root too.
    67: any(origin)
    fn sudo_set_sn_owner_hotkey(netuid: NetUid, hotkey: <T as frame_system::Config>::AccountId) {
        Chain::<T>::apply_owner_hotkey(origin, netuid, hotkey)?;
    }

    /// The owner or root sets `AlphaSigmoidSteepness`.
    68: owner(Hyper::AlphaSigmoidSteepness, root)
    fn sudo_set_alpha_sigmoid_steepness(netuid: NetUid, steepness: i16) {
        Self::ensure_subnet(netuid)?;
        ensure!(root || steepness >= 0, Error::<T>::NegativeSigmoidSteepness);
        AlphaSigmoidSteepness::<T>::insert(netuid, steepness);
    }

    /// The owner or root sets `Yuma3On`.
    69: owner(Hyper::Yuma3Enabled) fn sudo_set_yuma3_enabled(netuid: NetUid, enabled: bool) {
        Yuma3On::<T>::insert(netuid, enabled);
        Self::deposit_event(Event::Yuma3EnableToggled { netuid, enabled });
    }

    /// The owner or root sets `BondsResetOn`.
    70: owner(Hyper::BondsResetEnabled)
    fn sudo_set_bonds_reset_enabled(netuid: NetUid, enabled: bool) {
        BondsResetOn::<T>::insert(netuid, enabled);
        Chain::<T>::deposit_event(ChainEvent::BondsResetOnSet(netuid, enabled));
        Self::deposit_event(Event::BondsResetToggled { netuid, enabled });
    }

    /// The owner or root sets `ImmuneOwnerUidsLimit`.
    72: owner(Hyper::ImmuneNeuronLimit)
    fn sudo_set_owner_immune_neuron_limit(netuid: NetUid, immune_neurons: u16) {
        ensure!(
            (1..=MAX_IMMUNE_OWNER_NEURONS).contains(&immune_neurons),
            ChainError::<T>::InvalidValue
        );
        ImmuneOwnerUidsLimit::<T>::insert(netuid, immune_neurons);
    }

    /// Root sets `AdminFreezeWindow`, for all subnets.
    74: root fn sudo_set_admin_freeze_window(window: u16) {
        AdminFreezeWindow::<T>::put(window);
        Chain::<T>::deposit_event(ChainEvent::AdminFreezeWindowSet(window));
    }

    /// Root sets `OwnerHyperparamRateLimit`, for all subnets.
    75: root fn sudo_set_owner_hparam_rate_limit(epochs: u16) {
        OwnerHyperparamRateLimit::<T>::put(epochs);
        Chain::<T>::deposit_event(ChainEvent::OwnerHyperparamRateLimitSet(epochs));
    }

    /// The owner or root sets the number of mechanisms.
    76: owner(Transaction::MechanismCount)
    fn sudo_set_mechanism_count(netuid: NetUid, mechanism_count: MechId) {
        Chain::<T>::apply_mechanism_count(netuid, mechanism_count)?;
    }

    /// The owner or root sets how the mechanisms share the emission.
    77: owner(Transaction::MechanismEmission)
    fn sudo_set_mechanism_emission_split(netuid: NetUid, maybe_split: Option<Vec<u16>>) {
        Chain::<T>::apply_mechanism_split(netuid, maybe_split)?;
    }

    /// The owner or root removes neurons until so many are left.
    78: owner(Transaction::Trim) fn sudo_trim_to_max_allowed_uids(netuid: NetUid, max_n: u16) {
        Chain::<T>::apply_trim(netuid, max_n)?;
    }

    /// Root sets `MinAllowedUids`.
    79: root fn sudo_set_min_allowed_uids(netuid: NetUid, min_allowed_uids: u16) {
        Chain::<T>::ensure_not_frozen(netuid)?;
        Self::ensure_subnet(netuid)?;
        ensure!(
            min_allowed_uids < MaxAllowedUids::<T>::get(netuid),
            Error::<T>::MinAllowedUidsGreaterThanMaxAllowedUids
        );
        ensure!(
            min_allowed_uids < SubnetworkN::<T>::get(netuid),
            Error::<T>::MinAllowedUidsGreaterThanCurrentUids
        );
        MinAllowedUids::<T>::insert(netuid, min_allowed_uids);
        Chain::<T>::deposit_event(ChainEvent::MinAllowedUidsSet(netuid, min_allowed_uids));
    }

    /// The owner or root sets `RecycleOrBurn`.
    80: owner(Hyper::RecycleOrBurn)
    fn sudo_set_recycle_or_burn(netuid: NetUid, recycle_or_burn: RecycleOrBurnEnum) {
        RecycleOrBurn::<T>::insert(netuid, recycle_or_burn);
    }

    /// Root sets `MinNonImmuneUids`.
    84: root fn sudo_set_min_non_immune_uids(netuid: NetUid, min: u16) {
        MinNonImmuneUids::<T>::insert(netuid, min);
        Chain::<T>::deposit_event(ChainEvent::MinNonImmuneUidsSet(netuid, min));
    }

    /// Root sets `MaxMechanismCount`, for all subnets.
    88: root fn sudo_set_max_mechanism_count(max_mechanism_count: MechId) {
        MaxMechanismCount::<T>::put(max_mechanism_count);
    }

    /// The owner or root sets `BurnHalfLife`.
    89 operational: owner(Hyper::BurnHalfLife)
    fn sudo_set_burn_half_life(netuid: NetUid, burn_half_life: u16) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        ensure!((1..=MAX_BURN_HALF_LIFE).contains(&burn_half_life), Error::<T>::InvalidValue);
        BurnHalfLife::<T>::insert(netuid, burn_half_life);
        Self::deposit_event(Event::BurnHalfLifeSet { netuid, burn_half_life });
    }

    /// The owner or root sets `BurnIncreaseMult`.
    90 operational: owner(Hyper::BurnIncreaseMult)
    fn sudo_set_burn_increase_mult(netuid: NetUid, burn_increase_mult: U64F64) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        ensure!(
            (U64F64::ONE..=U64F64::whole(3)).contains(&burn_increase_mult),
            Error::<T>::InvalidValue
        );
        BurnIncreaseMult::<T>::insert(netuid, burn_increase_mult);
        Self::deposit_event(Event::BurnIncreaseMultSet { netuid, burn_increase_mult });
    }

    /// The owner or root sets `OwnerCutEnabled`.
    92 operational: owner(Slot::Free) fn sudo_set_owner_cut_enabled(netuid: NetUid, enabled: bool) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        OwnerCutEnabled::<T>::insert(netuid, enabled);
    }

    /// The owner or root sets `MinChildkeyTakePerSubnet`.
    93: owner(Hyper::MinChildkeyTake)
    fn sudo_set_min_childkey_take_per_subnet(netuid: NetUid, take: PerU16) {
        Self::ensure_subnet(netuid)?;
        ensure!(
            take >= MinChildkeyTake::<T>::get() && take <= MaxChildkeyTake::<T>::get(),
            Error::<T>::InvalidValue
        );
        MinChildkeyTakePerSubnet::<T>::insert(netuid, take);
        Chain::<T>::deposit_event(ChainEvent::MinChildKeyTakePerSubnetSet(netuid, take));
    }

    /// Root sets `SubnetEmissionEnabled`.
    94: root fn sudo_set_subnet_emission_enabled(netuid: NetUid, enabled: bool) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        SubnetEmissionEnabled::<T>::insert(netuid, enabled);
        Self::deposit_event(Event::SubnetEmissionEnabledSet { netuid, enabled });
    }

    /// The owner or root sets `OwnerCutAutoLockEnabled`.
    95 operational: owner(Slot::Free)
    fn sudo_set_owner_cut_auto_lock_enabled(netuid: NetUid, enabled: bool) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        OwnerCutAutoLockEnabled::<T>::insert(netuid, enabled);
    }

    /// Root sets `MaxEpochsPerBlock`, for all subnets.
    96: root fn sudo_set_max_epochs_per_block(max_epochs_per_block: u8) {
        MaxEpochsPerBlock::<T>::put(max_epochs_per_block);
        Chain::<T>::deposit_event(ChainEvent::MaxEpochsPerBlockSet(max_epochs_per_block));
    }

    /// The owner or root sets after how many tempos a validator is inactive.
    97: owner(Hyper::ActivityCutoffFactorMilli)
    fn sudo_set_activity_cutoff_factor(netuid: NetUid, factor_milli: u32) {
        Self::ensure_subnet(netuid)?;
        ensure!(
            (MIN_ACTIVITY_CUTOFF_FACTOR..=MAX_ACTIVITY_CUTOFF_FACTOR).contains(&factor_milli),
            ChainError::<T>::ActivityCutoffFactorMilliOutOfBounds
        );
        ActivityCutoffFactorMilli::<T>::insert(netuid, factor_milli);
        Chain::<T>::deposit_event(ChainEvent::ActivityCutoffFactorMilliSet {
            netuid,
            factor_milli,
        });
    }

    /// The owner or root sets `CollateralLockShare`.
    98 operational: owner(Hyper::CollateralLockShare)
    fn sudo_set_collateral_lock_share(netuid: NetUid, lock_share: u16) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        ensure!(lock_share <= MAX_COLLATERAL_LOCK_SHARE, Error::<T>::CollateralLockShareTooHigh);
        CollateralLockShare::<T>::insert(netuid, lock_share);
        Self::deposit_event(Event::CollateralLockShareSet { netuid, lock_share });
    }

    /// The owner or root sets `CollateralDrainRatio`.
    99 operational: owner(Hyper::CollateralDrainRatio)
    fn sudo_set_collateral_drain_ratio(netuid: NetUid, drain_ratio: U64F64) {
        Self::ensure_subnet(netuid)?;
        Self::ensure_not_root_subnet(netuid)?;
        ensure!(
            drain_ratio.bits > 0 && drain_ratio <= U64F64::whole(10),
            Error::<T>::CollateralDrainRatioOutOfBounds
        );
        CollateralDrainRatio::<T>::insert(netuid, drain_ratio);
        Self::deposit_event(Event::CollateralDrainRatioSet { netuid, drain_ratio });
    }

    /// The owner or root sets `LiquidAlphaConsensusMode`.
    104: owner(Hyper::LiquidAlphaConsensusMode)
    fn sudo_set_liquid_alpha_consensus_mode(netuid: NetUid, mode: ConsensusMode) {
        LiquidAlphaConsensusMode::<T>::insert(netuid, mode);
    }

    /// The owner or root switches the consensus of a subnet.
    111: owner(Hyper::EpochConsensus)
    fn sudo_set_epoch_consensus(netuid: NetUid, mode: EpochConsensus) {
        Self::ensure_not_root_subnet(netuid)?;
        Chain::<T>::apply_epoch_consensus(netuid, mode)?;
    }

    /// The owner or root removes neurons of a subnet in Null consensus, a batch at a time. Only the
    /// first of several batches with one target counts for the rate limit.
    112: owner(match NullPruningTarget::<T>::get(netuid) {
        Some(begun) if begun == target => Slot::Free,
        _ => Transaction::Trim.into(),
    })
    fn sudo_trim_null_uids_batch(netuid: NetUid, target: u16) {
        Chain::<T>::apply_null_batch(netuid, target)?;
    }
}
