//! The pallet `Swap`: of the real one only the fee rate, and a call that is gone.

pub use pallet::*;

/// The pallet itself.
#[frame_support::pallet]
pub mod pallet {
    use crate::subtensor::{Pallet as Chain, setter_weight, types::NetUid};
    use frame_support::{dispatch::DispatchResult, pallet_prelude::*};
    use frame_system::pallet_prelude::*;

    /// Largest fee rate, over 65535.
    pub const MAX_FEE_RATE: u16 = 10_000;

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>> + crate::subtensor::Config
    {
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        #[pallet::constant_name(MaxFeeRate)]
        fn max_fee_rate() -> u16 {
            MAX_FEE_RATE
        }
    }

    #[pallet::type_value]
    /// Starting value of `FeeRate`.
    pub fn DefaultFeeRate() -> u16 {
        33
    }

    #[pallet::storage]
    /// The fee of a swap, over 65535.
    pub type FeeRate<T: Config> =
        StorageMap<_, Twox64Concat, NetUid, u16, ValueQuery, DefaultFeeRate>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The fee rate was set.
        FeeRateSet { netuid: NetUid, rate: u16 },
    }

    /// All errors of the real pallet, in its order.
    #[pallet::error]
    pub enum Error<T> {
        /// Fee rate too high.
        FeeRateTooHigh,
        /// Insufficient input amount.
        InsufficientInputAmount,
        /// Insufficient liquidity.
        InsufficientLiquidity,
        /// Price limit exceeded.
        PriceLimitExceeded,
        /// Insufficient balance.
        InsufficientBalance,
        /// Invalid tick range.
        InvalidTickRange,
        /// Invalid liquidity value.
        InvalidLiquidityValue,
        /// Reserves too low.
        ReservesTooLow,
        /// There is no such subnet.
        MechanismDoesNotExist,
        /// Subtoken disabled.
        SubtokenDisabled,
        /// Reserves out of balance.
        ReservesOutOfBalance,
        /// Swap input too large.
        SwapInputTooLarge,
        /// Deprecated.
        Deprecated,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Root sets the fee rate.
        #[pallet::call_index(0)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn set_fee_rate(origin: OriginFor<T>, netuid: NetUid, rate: u16) -> DispatchResult {
            Chain::<T>::ensure_only_root(origin)?;
            ensure!(Chain::<T>::subnet_exists(netuid), Error::<T>::MechanismDoesNotExist);
            ensure!(rate <= MAX_FEE_RATE, Error::<T>::FeeRateTooHigh);
            FeeRate::<T>::insert(netuid, rate);
            Self::deposit_event(Event::FeeRateSet { netuid, rate });
            Ok(())
        }

        /// Fails always: user liquidity is gone.
        #[pallet::call_index(4)]
        #[pallet::weight(setter_weight::<T>())]
        pub fn toggle_user_liquidity(
            _origin: OriginFor<T>,
            _netuid: NetUid,
            _enable: bool,
        ) -> DispatchResult {
            Err(Error::<T>::Deprecated.into())
        }
    }
}
