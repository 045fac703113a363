//! The pallet `AdminUtils`: the setters of hyperparameters.
//!
//! Most check in this order: owner and rate limit, freeze window, subnet, value.

pub use pallet::*;

/// The pallet itself.
#[frame_support::pallet]
pub mod pallet {
    use crate::subtensor::{
        Error as ChainError, Event as ChainEvent, Hyperparameter as Hyper, Pallet as Chain, Slot,
        TransactionType, pallet::*, setter_weight, types::*,
    };
    use frame_support::{dispatch::DispatchResult, pallet_prelude::*};
    use frame_system::pallet_prelude::*;

    /// Longest memory of bonds that an owner may set, in millionths.
    pub const MAX_OWNER_BONDS_AVERAGE: u64 = 975_000;
    /// Fewest epochs from commit to reveal.
    pub const MIN_REVEAL_PERIOD: u64 = 1;
    /// Most epochs from commit to reveal.
    pub const MAX_REVEAL_PERIOD: u64 = 100;
    /// Smallest bound of the liquid alpha: a fortieth.
    pub const MIN_ALPHA: u16 = 1_638;
    /// Most neurons of the owner that cannot be replaced.
    pub const MAX_IMMUNE_OWNER_NEURONS: u16 = 10;
    /// Longest half-life of the registration price.
    pub const MAX_BURN_HALF_LIFE: u16 = 36_100;
    /// Largest share of the registration price that is locked.
    pub const MAX_COLLATERAL_LOCK_SHARE: u16 = 62_258;

    #[pallet::pallet]
    #[pallet::without_storage_info]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>> + crate::subtensor::Config
    {
    }

    /// The events that the calls give, with the real chain's numbers.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The third Yuma consensus was switched.
        #[codec(index = 1)]
        Yuma3EnableToggled { netuid: NetUid, enabled: bool },
        /// The reset of bonds was switched.
        #[codec(index = 2)]
        BondsResetToggled { netuid: NetUid, enabled: bool },
        /// The half-life of the registration price was set.
        #[codec(index = 3)]
        BurnHalfLifeSet { netuid: NetUid, burn_half_life: u16 },
        /// The rise of the registration price was set.
        #[codec(index = 4)]
        BurnIncreaseMultSet { netuid: NetUid, burn_increase_mult: U64F64 },
        /// The emission into the pool was switched.
        #[codec(index = 5)]
        SubnetEmissionEnabledSet { netuid: NetUid, enabled: bool },
        /// The locked share of the registration price was set.
        #[codec(index = 6)]
        CollateralLockShareSet { netuid: NetUid, lock_share: u16 },
        /// The drain of the collateral was set.
        #[codec(index = 7)]
        CollateralDrainRatioSet { netuid: NetUid, drain_ratio: U64F64 },
    }

    /// All errors of the real pallet, in its order.
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such subnet.
        SubnetDoesNotExist,
        /// Max validators larger than max u ids.
        MaxValidatorsLargerThanMaxUIds,
        /// Max allowed u ids less than current u ids.
        MaxAllowedUIdsLessThanCurrentUIds,
        /// Bonds moving average max reached.
        BondsMovingAverageMaxReached,
        /// Negative sigmoid steepness.
        NegativeSigmoidSteepness,
        /// The value is out of its bounds, or on the wrong side of its counterpart.
        ValueNotInBounds,
        /// Min allowed uids greater than current uids.
        MinAllowedUidsGreaterThanCurrentUids,
        /// Min allowed uids greater than max allowed uids.
        MinAllowedUidsGreaterThanMaxAllowedUids,
        /// Max allowed uids less than min allowed uids.
        MaxAllowedUidsLessThanMinAllowedUids,
        /// Max allowed uids greater than default max allowed uids.
        MaxAllowedUidsGreaterThanDefaultMaxAllowedUids,
        /// The value is out of range.
        InvalidValue,
        /// The root subnet has no such setting.
        NotPermittedOnRootSubnet,
        /// Registration by proof of work is gone.
        POWRegistrationDisabled,
        /// Deprecated.
        Deprecated,
        /// The locked share is above 62258 of 65535.
        CollateralLockShareTooHigh,
        /// The drain ratio is not above 0 and up to 10.
        CollateralDrainRatioOutOfBounds,
        /// Grandpa change delay must be zero.
        GrandpaChangeDelayMustBeZero,
    }

    impl<T: Config> Pallet<T> {
        fn ensure_subnet(netuid: NetUid) -> DispatchResult {
            ensure!(Chain::<T>::subnet_exists(netuid), Error::<T>::SubnetDoesNotExist);
            Ok(())
        }

        fn ensure_not_root_subnet(netuid: NetUid) -> DispatchResult {
            ensure!(netuid != ROOT, Error::<T>::NotPermittedOnRootSubnet);
            Ok(())
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// The owner or root sets `ServingRateLimit`.
        #[pallet::call_index(3)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_serving_rate_limit(
            origin: OriginFor<T>,
            netuid: NetUid,
            serving_rate_limit: u64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::ServingRateLimit), |_| {
                ServingRateLimit::<T>::insert(netuid, serving_rate_limit);
                Chain::<T>::deposit_event(ChainEvent::ServingRateLimitSet(
                    netuid,
                    serving_rate_limit,
                ));
                Ok(())
            })
        }

        /// Root sets `MinDifficulty`.
        #[pallet::call_index(4)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_min_difficulty(
            origin: OriginFor<T>,
            netuid: NetUid,
            min_difficulty: u64,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
            Self::ensure_subnet(netuid)?;
            MinDifficulty::<T>::insert(netuid, min_difficulty);
            Chain::<T>::deposit_event(ChainEvent::MinDifficultySet(netuid, min_difficulty));
            Ok(())
        }

        /// The owner or root sets `MaxDifficulty`.
        #[pallet::call_index(5)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_difficulty(
            origin: OriginFor<T>,
            netuid: NetUid,
            max_difficulty: u64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::MaxDifficulty), |_| {
                Self::ensure_subnet(netuid)?;
                MaxDifficulty::<T>::insert(netuid, max_difficulty);
                Chain::<T>::deposit_event(ChainEvent::MaxDifficultySet(netuid, max_difficulty));
                Ok(())
            })
        }

        /// The owner or root sets `WeightsVersionKey`.
        #[pallet::call_index(6)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_weights_version_key(
            origin: OriginFor<T>,
            netuid: NetUid,
            weights_version_key: u64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(
                origin,
                netuid,
                Slot::Transaction(TransactionType::WeightsVersionKey),
                |_| {
                    Self::ensure_subnet(netuid)?;
                    WeightsVersionKey::<T>::insert(netuid, weights_version_key);
                    Chain::<T>::deposit_event(ChainEvent::WeightsVersionKeySet(
                        netuid,
                        weights_version_key,
                    ));
                    Ok(())
                },
            )
        }

        /// Root sets `WeightsSetRateLimit`.
        #[pallet::call_index(7)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_weights_set_rate_limit(
            origin: OriginFor<T>,
            netuid: NetUid,
            weights_set_rate_limit: u64,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Self::ensure_subnet(netuid)?;
            WeightsSetRateLimit::<T>::insert(netuid, weights_set_rate_limit);
            Chain::<T>::deposit_event(ChainEvent::WeightsSetRateLimitSet(
                netuid,
                weights_set_rate_limit,
            ));
            Ok(())
        }

        /// Root sets `AdjustmentInterval`.
        #[pallet::call_index(8)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_adjustment_interval(
            origin: OriginFor<T>,
            netuid: NetUid,
            adjustment_interval: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Self::ensure_subnet(netuid)?;
            AdjustmentInterval::<T>::insert(netuid, adjustment_interval);
            Chain::<T>::deposit_event(ChainEvent::AdjustmentIntervalSet(
                netuid,
                adjustment_interval,
            ));
            Ok(())
        }

        /// The owner or root sets `AdjustmentAlpha`.
        #[pallet::call_index(9)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_adjustment_alpha(
            origin: OriginFor<T>,
            netuid: NetUid,
            adjustment_alpha: u64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::AdjustmentAlpha), |_| {
                Self::ensure_subnet(netuid)?;
                AdjustmentAlpha::<T>::insert(netuid, adjustment_alpha);
                Chain::<T>::deposit_event(ChainEvent::AdjustmentAlphaSet(netuid, adjustment_alpha));
                Ok(())
            })
        }

        /// The owner or root sets `ImmunityPeriod`.
        #[pallet::call_index(13)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_immunity_period(
            origin: OriginFor<T>,
            netuid: NetUid,
            immunity_period: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::ImmunityPeriod), |_| {
                Self::ensure_subnet(netuid)?;
                ImmunityPeriod::<T>::insert(netuid, immunity_period);
                Chain::<T>::deposit_event(ChainEvent::ImmunityPeriodSet(netuid, immunity_period));
                Ok(())
            })
        }

        /// The owner or root sets `MinAllowedWeights`.
        #[pallet::call_index(14)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_min_allowed_weights(
            origin: OriginFor<T>,
            netuid: NetUid,
            min_allowed_weights: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::MinAllowedWeights), |_| {
                Self::ensure_subnet(netuid)?;
                MinAllowedWeights::<T>::insert(netuid, min_allowed_weights);
                Chain::<T>::deposit_event(ChainEvent::MinAllowedWeightSet(
                    netuid,
                    min_allowed_weights,
                ));
                Ok(())
            })
        }

        /// The owner or root sets `MaxAllowedUids`.
        #[pallet::call_index(15)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_allowed_uids(
            origin: OriginFor<T>,
            netuid: NetUid,
            max_allowed_uids: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::MaxAllowedUids), |_| {
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
                    max_allowed_uids
                        .saturating_mul(u16::from(MechanismCountCurrent::<T>::get(netuid).0))
                        <= Chain::<T>::budget(SubnetEpochConsensus::<T>::get(netuid)),
                    ChainError::<T>::TooManyUIDsPerMechanism
                );
                MaxAllowedUids::<T>::insert(netuid, max_allowed_uids);
                Chain::<T>::deposit_event(ChainEvent::MaxAllowedUidsSet(netuid, max_allowed_uids));
                Ok(())
            })
        }

        /// Root sets `Kappa`.
        #[pallet::call_index(16)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_kappa(origin: OriginFor<T>, netuid: NetUid, kappa: u16) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Self::ensure_subnet(netuid)?;
            Kappa::<T>::insert(netuid, kappa);
            Chain::<T>::deposit_event(ChainEvent::KappaSet(netuid, kappa));
            Ok(())
        }

        /// The owner or root sets `Rho`.
        #[pallet::call_index(17)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_rho(origin: OriginFor<T>, netuid: NetUid, rho: u16) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::Rho), |_| {
                Self::ensure_subnet(netuid)?;
                Rho::<T>::insert(netuid, rho);
                Ok(())
            })
        }

        /// The owner or root sets `ActivityCutoff`.
        #[pallet::call_index(18)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_activity_cutoff(
            origin: OriginFor<T>,
            netuid: NetUid,
            activity_cutoff: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::ActivityCutoff), |_| {
                Self::ensure_subnet(netuid)?;
                ensure!(
                    activity_cutoff >= MinActivityCutoff::<T>::get(),
                    ChainError::<T>::ActivityCutoffTooLow
                );
                ActivityCutoff::<T>::insert(netuid, activity_cutoff);
                Chain::<T>::deposit_event(ChainEvent::ActivityCutoffSet(netuid, activity_cutoff));
                Ok(())
            })
        }

        /// The owner or root switches registration for a price.
        #[pallet::call_index(19)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_network_registration_allowed(
            origin: OriginFor<T>,
            netuid: NetUid,
            registration_allowed: bool,
        ) -> DispatchResult {
            let slot = Slot::Hyper(Hyper::BurnRegistrationAllowed);
            Chain::<T>::owner_call(origin, netuid, slot, |_| {
                ensure!(
                    registration_allowed || NetworkPowRegistrationAllowed::<T>::get(netuid),
                    Error::<T>::InvalidValue
                );
                NetworkRegistrationAllowed::<T>::insert(netuid, registration_allowed);
                Chain::<T>::deposit_event(ChainEvent::RegistrationAllowed(
                    netuid,
                    registration_allowed,
                ));
                Ok(())
            })
        }

        /// The owner or root switches registration by proof of work.
        #[pallet::call_index(20)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_network_pow_registration_allowed(
            origin: OriginFor<T>,
            netuid: NetUid,
            registration_allowed: bool,
        ) -> DispatchResult {
            let slot = Slot::Hyper(Hyper::PowRegistrationAllowed);
            Chain::<T>::owner_call(origin, netuid, slot, |_| {
                Self::ensure_not_root_subnet(netuid)?;
                ensure!(
                    registration_allowed || NetworkRegistrationAllowed::<T>::get(netuid),
                    Error::<T>::InvalidValue
                );
                NetworkPowRegistrationAllowed::<T>::insert(netuid, registration_allowed);
                Chain::<T>::deposit_event(ChainEvent::PowRegistrationAllowed(
                    netuid,
                    registration_allowed,
                ));
                Ok(())
            })
        }

        /// Root sets `TargetRegistrationsPerInterval`.
        #[pallet::call_index(21)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_target_registrations_per_interval(
            origin: OriginFor<T>,
            netuid: NetUid,
            target_registrations_per_interval: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
            Self::ensure_subnet(netuid)?;
            TargetRegistrationsPerInterval::<T>::insert(netuid, target_registrations_per_interval);
            Chain::<T>::deposit_event(ChainEvent::RegistrationPerIntervalSet(
                netuid,
                target_registrations_per_interval,
            ));
            Ok(())
        }

        /// The owner or root sets `MinBurn`.
        #[pallet::call_index(22)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_min_burn(
            origin: OriginFor<T>,
            netuid: NetUid,
            min_burn: TaoBalance,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::MinBurn), |_| {
                Self::ensure_subnet(netuid)?;
                ensure!(min_burn < MIN_BURN_UPPER_BOUND, Error::<T>::ValueNotInBounds);
                ensure!(min_burn < MaxBurn::<T>::get(netuid), Error::<T>::ValueNotInBounds);
                MinBurn::<T>::insert(netuid, min_burn);
                Chain::<T>::deposit_event(ChainEvent::MinBurnSet(netuid, min_burn));
                Ok(())
            })
        }

        /// The owner or root sets `MaxBurn`.
        #[pallet::call_index(23)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_burn(
            origin: OriginFor<T>,
            netuid: NetUid,
            max_burn: TaoBalance,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::MaxBurn), |_| {
                Self::ensure_subnet(netuid)?;
                ensure!(max_burn > MAX_BURN_LOWER_BOUND, Error::<T>::ValueNotInBounds);
                ensure!(max_burn > MinBurn::<T>::get(netuid), Error::<T>::ValueNotInBounds);
                MaxBurn::<T>::insert(netuid, max_burn);
                Chain::<T>::deposit_event(ChainEvent::MaxBurnSet(netuid, max_burn));
                Ok(())
            })
        }

        /// Root sets `Difficulty`.
        #[pallet::call_index(24)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_difficulty(
            origin: OriginFor<T>,
            netuid: NetUid,
            difficulty: u64,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
            Self::ensure_subnet(netuid)?;
            Difficulty::<T>::insert(netuid, difficulty);
            Chain::<T>::deposit_event(ChainEvent::DifficultySet(netuid, difficulty));
            Ok(())
        }

        /// Root sets `MaxAllowedValidators`.
        #[pallet::call_index(25)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_allowed_validators(
            origin: OriginFor<T>,
            netuid: NetUid,
            max_allowed_validators: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
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
            Ok(())
        }

        /// The owner or root sets `BondsMovingAverage`.
        #[pallet::call_index(26)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_bonds_moving_average(
            origin: OriginFor<T>,
            netuid: NetUid,
            bonds_moving_average: u64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::BondsMovingAverage), |root| {
                ensure!(
                    root || bonds_moving_average <= MAX_OWNER_BONDS_AVERAGE,
                    Error::<T>::BondsMovingAverageMaxReached
                );
                Self::ensure_subnet(netuid)?;
                BondsMovingAverage::<T>::insert(netuid, bonds_moving_average);
                Chain::<T>::deposit_event(ChainEvent::BondsMovingAverageSet(
                    netuid,
                    bonds_moving_average,
                ));
                Ok(())
            })
        }

        /// Root sets `MaxRegistrationsPerBlock`.
        #[pallet::call_index(27)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_registrations_per_block(
            origin: OriginFor<T>,
            netuid: NetUid,
            max_registrations_per_block: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
            Self::ensure_subnet(netuid)?;
            MaxRegistrationsPerBlock::<T>::insert(netuid, max_registrations_per_block);
            Chain::<T>::deposit_event(ChainEvent::MaxRegistrationsPerBlockSet(
                netuid,
                max_registrations_per_block,
            ));
            Ok(())
        }

        /// The owner sets the tempo within its bounds, and root any; the cycle starts anew.
        #[pallet::call_index(30)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_tempo(origin: OriginFor<T>, netuid: NetUid, tempo: u16) -> DispatchResult {
            let slot = Slot::Transaction(TransactionType::Tempo);
            Chain::<T>::owner_call(origin, netuid, slot, |root| {
                Self::ensure_subnet(netuid)?;
                ensure!(
                    root || (MIN_TEMPO..=MAX_TEMPO).contains(&tempo),
                    ChainError::<T>::TempoOutOfBounds
                );
                Chain::<T>::apply_tempo(netuid, tempo);
                Ok(())
            })
        }

        /// Root sets `RAORecycledForRegistration`.
        #[pallet::call_index(39)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_rao_recycled(
            origin: OriginFor<T>,
            netuid: NetUid,
            rao_recycled: TaoBalance,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Self::ensure_subnet(netuid)?;
            RAORecycledForRegistration::<T>::insert(netuid, rao_recycled);
            Chain::<T>::deposit_event(ChainEvent::RAORecycledForRegistrationSet(
                netuid,
                rao_recycled,
            ));
            Ok(())
        }

        /// The owner or root sets `CommitRevealWeightsEnabled`.
        #[pallet::call_index(49)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_commit_reveal_weights_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::CommitRevealEnabled), |_| {
                Self::ensure_subnet(netuid)?;
                CommitRevealWeightsEnabled::<T>::insert(netuid, enabled);
                Chain::<T>::deposit_event(ChainEvent::CommitRevealEnabled(netuid, enabled));
                Ok(())
            })
        }

        /// The owner or root sets `LiquidAlphaOn`.
        #[pallet::call_index(50)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_liquid_alpha_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::LiquidAlphaEnabled), |_| {
                LiquidAlphaOn::<T>::insert(netuid, enabled);
                Ok(())
            })
        }

        /// The owner or root sets both bounds of the liquid alpha.
        #[pallet::call_index(51)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_alpha_values(
            origin: OriginFor<T>,
            netuid: NetUid,
            alpha_low: u16,
            alpha_high: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::AlphaValues), |_| {
                ensure!(LiquidAlphaOn::<T>::get(netuid), ChainError::<T>::LiquidAlphaDisabled);
                ensure!(alpha_high >= MIN_ALPHA, ChainError::<T>::AlphaHighTooLow);
                ensure!(
                    (MIN_ALPHA..=alpha_high).contains(&alpha_low),
                    ChainError::<T>::AlphaLowOutOfRange
                );
                AlphaValues::<T>::insert(netuid, (alpha_low, alpha_high));
                Ok(())
            })
        }

        /// The owner or root sets `RevealPeriodEpochs`.
        #[pallet::call_index(57)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_commit_reveal_weights_interval(
            origin: OriginFor<T>,
            netuid: NetUid,
            interval: u64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::WeightCommitInterval), |_| {
                Self::ensure_subnet(netuid)?;
                ensure!(interval >= MIN_REVEAL_PERIOD, ChainError::<T>::RevealPeriodTooSmall);
                ensure!(interval <= MAX_REVEAL_PERIOD, ChainError::<T>::RevealPeriodTooLarge);
                RevealPeriodEpochs::<T>::insert(netuid, interval);
                Chain::<T>::deposit_event(ChainEvent::CommitRevealPeriodsSet(netuid, interval));
                Ok(())
            })
        }

        /// The owner or root sets `BondsPenalty`.
        #[pallet::call_index(60)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_bonds_penalty(
            origin: OriginFor<T>,
            netuid: NetUid,
            bonds_penalty: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::BondsPenalty), |_| {
                Self::ensure_subnet(netuid)?;
                BondsPenalty::<T>::insert(netuid, bonds_penalty);
                Chain::<T>::deposit_event(ChainEvent::BondsPenaltySet(netuid, bonds_penalty));
                Ok(())
            })
        }

        /// The owner or root sets `TransferToggle`.
        #[pallet::call_index(61)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_toggle_transfer(
            origin: OriginFor<T>,
            netuid: NetUid,
            toggle: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::TransferEnabled), |_| {
                TransferToggle::<T>::insert(netuid, toggle);
                Chain::<T>::deposit_event(ChainEvent::TransferToggle(netuid, toggle));
                Ok(())
            })
        }

        /// Root sets `EMAPriceHalvingBlocks`.
        #[pallet::call_index(65)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_ema_price_halving_period(
            origin: OriginFor<T>,
            netuid: NetUid,
            ema_halving: u64,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            EMAPriceHalvingBlocks::<T>::insert(netuid, ema_halving);
            Ok(())
        }

        /// Root sets `SubtokenEnabled`.
        #[pallet::call_index(66)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_subtoken_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            subtoken_enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
            SubtokenEnabled::<T>::insert(netuid, subtoken_enabled);
            Ok(())
        }

        /// The owner or root sets the owner's hotkey; it has a rate limit that holds for root too.
        #[pallet::call_index(67)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_sn_owner_hotkey(
            origin: OriginFor<T>,
            netuid: NetUid,
            hotkey: <T as frame_system::Config>::AccountId,
        ) -> DispatchResult {
            Chain::<T>::apply_owner_hotkey(origin, netuid, hotkey)
        }

        /// The owner or root sets `AlphaSigmoidSteepness`.
        #[pallet::call_index(68)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_alpha_sigmoid_steepness(
            origin: OriginFor<T>,
            netuid: NetUid,
            steepness: i16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(
                origin,
                netuid,
                Slot::Hyper(Hyper::AlphaSigmoidSteepness),
                |root| {
                    Self::ensure_subnet(netuid)?;
                    ensure!(root || steepness >= 0, Error::<T>::NegativeSigmoidSteepness);
                    AlphaSigmoidSteepness::<T>::insert(netuid, steepness);
                    Ok(())
                },
            )
        }

        /// The owner or root sets `Yuma3On`.
        #[pallet::call_index(69)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_yuma3_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::Yuma3Enabled), |_| {
                Yuma3On::<T>::insert(netuid, enabled);
                Self::deposit_event(Event::Yuma3EnableToggled { netuid, enabled });
                Ok(())
            })
        }

        /// The owner or root sets `BondsResetOn`.
        #[pallet::call_index(70)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_bonds_reset_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::BondsResetEnabled), |_| {
                BondsResetOn::<T>::insert(netuid, enabled);
                Chain::<T>::deposit_event(ChainEvent::BondsResetOnSet(netuid, enabled));
                Self::deposit_event(Event::BondsResetToggled { netuid, enabled });
                Ok(())
            })
        }

        /// The owner or root sets `ImmuneOwnerUidsLimit`.
        #[pallet::call_index(72)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_owner_immune_neuron_limit(
            origin: OriginFor<T>,
            netuid: NetUid,
            immune_neurons: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::ImmuneNeuronLimit), |_| {
                ensure!(
                    (1..=MAX_IMMUNE_OWNER_NEURONS).contains(&immune_neurons),
                    ChainError::<T>::InvalidValue
                );
                ImmuneOwnerUidsLimit::<T>::insert(netuid, immune_neurons);
                Ok(())
            })
        }

        /// Root sets `AdminFreezeWindow`, for all subnets.
        #[pallet::call_index(74)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_admin_freeze_window(origin: OriginFor<T>, window: u16) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            AdminFreezeWindow::<T>::put(window);
            Chain::<T>::deposit_event(ChainEvent::AdminFreezeWindowSet(window));
            Ok(())
        }

        /// Root sets `OwnerHyperparamRateLimit`, for all subnets.
        #[pallet::call_index(75)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_owner_hparam_rate_limit(
            origin: OriginFor<T>,
            epochs: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            OwnerHyperparamRateLimit::<T>::put(epochs);
            Chain::<T>::deposit_event(ChainEvent::OwnerHyperparamRateLimitSet(epochs));
            Ok(())
        }

        /// The owner or root sets the number of mechanisms.
        #[pallet::call_index(76)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_mechanism_count(
            origin: OriginFor<T>,
            netuid: NetUid,
            mechanism_count: MechId,
        ) -> DispatchResult {
            Chain::<T>::owner_call(
                origin,
                netuid,
                Slot::Transaction(TransactionType::MechanismCount),
                |_| Chain::<T>::apply_mechanism_count(netuid, mechanism_count),
            )
        }

        /// The owner or root sets how the mechanisms share the emission.
        #[pallet::call_index(77)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_mechanism_emission_split(
            origin: OriginFor<T>,
            netuid: NetUid,
            maybe_split: Option<Vec<u16>>,
        ) -> DispatchResult {
            Chain::<T>::owner_call(
                origin,
                netuid,
                Slot::Transaction(TransactionType::MechanismEmission),
                |_| Chain::<T>::apply_mechanism_split(netuid, maybe_split),
            )
        }

        /// The owner or root removes neurons until so many are left.
        #[pallet::call_index(78)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_trim_to_max_allowed_uids(
            origin: OriginFor<T>,
            netuid: NetUid,
            max_n: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Transaction(TransactionType::Trim), |_| {
                Chain::<T>::apply_trim(netuid, max_n)
            })
        }

        /// Root sets `MinAllowedUids`.
        #[pallet::call_index(79)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_min_allowed_uids(
            origin: OriginFor<T>,
            netuid: NetUid,
            min_allowed_uids: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Chain::<T>::ensure_window_open(netuid)?;
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
            Ok(())
        }

        /// The owner or root sets `RecycleOrBurn`.
        #[pallet::call_index(80)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_recycle_or_burn(
            origin: OriginFor<T>,
            netuid: NetUid,
            recycle_or_burn: RecycleOrBurnEnum,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::RecycleOrBurn), |_| {
                RecycleOrBurn::<T>::insert(netuid, recycle_or_burn);
                Ok(())
            })
        }

        /// Root sets `MinNonImmuneUids`.
        #[pallet::call_index(84)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_min_non_immune_uids(
            origin: OriginFor<T>,
            netuid: NetUid,
            min: u16,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            MinNonImmuneUids::<T>::insert(netuid, min);
            Chain::<T>::deposit_event(ChainEvent::MinNonImmuneUidsSet(netuid, min));
            Ok(())
        }

        /// Root sets `MaxMechanismCount`, for all subnets.
        #[pallet::call_index(88)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_mechanism_count(
            origin: OriginFor<T>,
            max_mechanism_count: MechId,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            MaxMechanismCount::<T>::put(max_mechanism_count);

            Ok(())
        }

        /// The owner or root sets `BurnHalfLife`.
        #[pallet::call_index(89)]
        #[pallet::weight((setter_weight::<T>(), DispatchClass::Operational))]
        pub fn sudo_set_burn_half_life(
            origin: OriginFor<T>,
            netuid: NetUid,
            burn_half_life: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::BurnHalfLife), |_| {
                Self::ensure_subnet(netuid)?;
                Self::ensure_not_root_subnet(netuid)?;
                ensure!(
                    (1..=MAX_BURN_HALF_LIFE).contains(&burn_half_life),
                    Error::<T>::InvalidValue
                );
                BurnHalfLife::<T>::insert(netuid, burn_half_life);
                Self::deposit_event(Event::BurnHalfLifeSet { netuid, burn_half_life });
                Ok(())
            })
        }

        /// The owner or root sets `BurnIncreaseMult`.
        #[pallet::call_index(90)]
        #[pallet::weight((setter_weight::<T>(), DispatchClass::Operational))]
        pub fn sudo_set_burn_increase_mult(
            origin: OriginFor<T>,
            netuid: NetUid,
            burn_increase_mult: U64F64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::BurnIncreaseMult), |_| {
                Self::ensure_subnet(netuid)?;
                Self::ensure_not_root_subnet(netuid)?;
                ensure!(
                    (U64F64::ONE..=U64F64::whole(3)).contains(&burn_increase_mult),
                    Error::<T>::InvalidValue
                );
                BurnIncreaseMult::<T>::insert(netuid, burn_increase_mult);
                Self::deposit_event(Event::BurnIncreaseMultSet { netuid, burn_increase_mult });
                Ok(())
            })
        }

        /// The owner or root sets `OwnerCutEnabled`.
        #[pallet::call_index(92)]
        #[pallet::weight((setter_weight::<T>(), DispatchClass::Operational))]
        pub fn sudo_set_owner_cut_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Free, |_| {
                Self::ensure_subnet(netuid)?;
                Self::ensure_not_root_subnet(netuid)?;
                OwnerCutEnabled::<T>::insert(netuid, enabled);
                Ok(())
            })
        }

        /// The owner or root sets `MinChildkeyTakePerSubnet`.
        #[pallet::call_index(93)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_min_childkey_take_per_subnet(
            origin: OriginFor<T>,
            netuid: NetUid,
            take: PerU16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::MinChildkeyTake), |_| {
                Self::ensure_subnet(netuid)?;
                ensure!(
                    take >= MinChildkeyTake::<T>::get() && take <= MaxChildkeyTake::<T>::get(),
                    Error::<T>::InvalidValue
                );
                MinChildkeyTakePerSubnet::<T>::insert(netuid, take);
                Chain::<T>::deposit_event(ChainEvent::MinChildKeyTakePerSubnetSet(netuid, take));
                Ok(())
            })
        }

        /// Root sets `SubnetEmissionEnabled`.
        #[pallet::call_index(94)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_subnet_emission_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            Self::ensure_subnet(netuid)?;
            Self::ensure_not_root_subnet(netuid)?;
            SubnetEmissionEnabled::<T>::insert(netuid, enabled);
            Self::deposit_event(Event::SubnetEmissionEnabledSet { netuid, enabled });
            Ok(())
        }

        /// The owner or root sets `OwnerCutAutoLockEnabled`.
        #[pallet::call_index(95)]
        #[pallet::weight((setter_weight::<T>(), DispatchClass::Operational))]
        pub fn sudo_set_owner_cut_auto_lock_enabled(
            origin: OriginFor<T>,
            netuid: NetUid,
            enabled: bool,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Free, |_| {
                Self::ensure_subnet(netuid)?;
                Self::ensure_not_root_subnet(netuid)?;
                OwnerCutAutoLockEnabled::<T>::insert(netuid, enabled);
                Ok(())
            })
        }

        /// Root sets `MaxEpochsPerBlock`, for all subnets.
        #[pallet::call_index(96)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_max_epochs_per_block(
            origin: OriginFor<T>,
            max_epochs_per_block: u8,
        ) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            MaxEpochsPerBlock::<T>::put(max_epochs_per_block);
            Chain::<T>::deposit_event(ChainEvent::MaxEpochsPerBlockSet(max_epochs_per_block));
            Ok(())
        }

        /// The owner or root sets after how many tempos a validator is inactive.
        #[pallet::call_index(97)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_activity_cutoff_factor(
            origin: OriginFor<T>,
            netuid: NetUid,
            factor_milli: u32,
        ) -> DispatchResult {
            let slot = Slot::Hyper(Hyper::ActivityCutoffFactorMilli);
            Chain::<T>::owner_call(origin, netuid, slot, |_| {
                Self::ensure_subnet(netuid)?;
                ensure!(
                    (MIN_ACTIVITY_CUTOFF_FACTOR..=MAX_ACTIVITY_CUTOFF_FACTOR)
                        .contains(&factor_milli),
                    ChainError::<T>::ActivityCutoffFactorMilliOutOfBounds
                );
                ActivityCutoffFactorMilli::<T>::insert(netuid, factor_milli);
                Chain::<T>::deposit_event(ChainEvent::ActivityCutoffFactorMilliSet {
                    netuid,
                    factor_milli,
                });
                Ok(())
            })
        }

        /// The owner or root sets `CollateralLockShare`.
        #[pallet::call_index(98)]
        #[pallet::weight((setter_weight::<T>(), DispatchClass::Operational))]
        pub fn sudo_set_collateral_lock_share(
            origin: OriginFor<T>,
            netuid: NetUid,
            lock_share: u16,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::CollateralLockShare), |_| {
                Self::ensure_subnet(netuid)?;
                Self::ensure_not_root_subnet(netuid)?;
                ensure!(
                    lock_share <= MAX_COLLATERAL_LOCK_SHARE,
                    Error::<T>::CollateralLockShareTooHigh
                );
                CollateralLockShare::<T>::insert(netuid, lock_share);
                Self::deposit_event(Event::CollateralLockShareSet { netuid, lock_share });
                Ok(())
            })
        }

        /// The owner or root sets `CollateralDrainRatio`.
        #[pallet::call_index(99)]
        #[pallet::weight((setter_weight::<T>(), DispatchClass::Operational))]
        pub fn sudo_set_collateral_drain_ratio(
            origin: OriginFor<T>,
            netuid: NetUid,
            drain_ratio: U64F64,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::CollateralDrainRatio), |_| {
                Self::ensure_subnet(netuid)?;
                Self::ensure_not_root_subnet(netuid)?;
                ensure!(
                    drain_ratio.bits > 0 && drain_ratio <= U64F64::whole(10),
                    Error::<T>::CollateralDrainRatioOutOfBounds
                );
                CollateralDrainRatio::<T>::insert(netuid, drain_ratio);
                Self::deposit_event(Event::CollateralDrainRatioSet { netuid, drain_ratio });
                Ok(())
            })
        }

        /// The owner or root sets `LiquidAlphaConsensusMode`.
        #[pallet::call_index(104)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_liquid_alpha_consensus_mode(
            origin: OriginFor<T>,
            netuid: NetUid,
            mode: ConsensusMode,
        ) -> DispatchResult {
            Chain::<T>::owner_call(
                origin,
                netuid,
                Slot::Hyper(Hyper::LiquidAlphaConsensusMode),
                |_| {
                    LiquidAlphaConsensusMode::<T>::insert(netuid, mode);
                    Ok(())
                },
            )
        }

        /// The owner or root switches the consensus of a subnet.
        #[pallet::call_index(111)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_set_epoch_consensus(
            origin: OriginFor<T>,
            netuid: NetUid,
            mode: EpochConsensus,
        ) -> DispatchResult {
            Chain::<T>::owner_call(origin, netuid, Slot::Hyper(Hyper::EpochConsensus), |_| {
                Self::ensure_not_root_subnet(netuid)?;
                Chain::<T>::apply_epoch_consensus(netuid, mode)
            })
        }

        /// The owner or root removes neurons of a subnet in Null consensus, a batch at a time. Only the
        /// first of several batches with one target counts for the rate limit.
        #[pallet::call_index(112)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn sudo_trim_null_uids_batch(
            origin: OriginFor<T>,
            netuid: NetUid,
            target: u16,
        ) -> DispatchResult {
            let slot = match NullPruningTarget::<T>::get(netuid) {
                Some(begun) if begun == target => Slot::Free,
                _ => Slot::Transaction(TransactionType::Trim),
            };
            Chain::<T>::owner_call(origin, netuid, slot, |_| {
                Chain::<T>::apply_null_batch(netuid, target)
            })
        }
    }
}
