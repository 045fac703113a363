//! The pallet `AdminUtils`: the setters of hyperparameters.
//!
//! Most check in this order: owner and rate limit, freeze window, subnet, value.

#[macro_use]
mod setters;

mod calls;

pub use pallet::*;

use frame_support::pallet_macros::import_section;

/// The pallet itself.
#[import_section(calls::calls)]
#[frame_support::pallet]
pub mod pallet {
    use crate::subtensor::{
        Error as ChainError, Event as ChainEvent, Hyperparameter as Hyper, Pallet as Chain, Slot,
        TransactionType as Transaction, pallet::*, setter_weight, types::*,
    };
    use alloc::vec::Vec;
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
}
