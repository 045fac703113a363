//! The pallet `SubtensorModule`: subnets, their hyperparameters, their neurons and the epoch schedule.
//!
//! Only what the rules for owners and the epoch need is here. There is no registration and no staking, and
//! what an epoch earns is told and not paid.

#[macro_use]
mod table;

mod access;
mod calls;
mod errors;
mod events;
mod info;
mod mechanisms;
pub mod population;
mod pruning;
mod run;
mod schedule;
mod stake;
mod storage;
pub mod types;

pub use info::*;
pub use pallet::*;
pub use stake::*;
pub use types::*;

use frame_support::{pallet_macros::import_section, weights::Weight};
use storage::{consensus, globals, hyperparameters, neurons, subnets};

/// Weight of a call that reads a few items and writes one or two.
pub fn setter_weight<T: frame_system::Config>() -> Weight {
    use frame_support::traits::Get;
    Weight::from_parts(20_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(4, 1))
}

/// The pallet itself.
// Configuration, constants and hooks are here. Storage, events, errors and calls are sections, each in a
// file of its own; they are appended in this order, which is that of the metadata. The doc comment is part
// of the metadata too.
#[import_section(globals::globals)]
#[import_section(hyperparameters::hyperparameters)]
#[import_section(subnets::subnets)]
#[import_section(neurons::neurons)]
#[import_section(consensus::consensus)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(calls::calls)]
#[frame_support::pallet]
pub mod pallet {
    use super::setter_weight;
    use super::types::*;
    use alloc::vec::Vec;
    use frame_support::{PalletId, dispatch::DispatchResult, pallet_prelude::*};
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use sp_runtime::{Percent, SaturatedConversion, traits::TrailingZeroInput};

    /// Shortest tempo that an owner may set, and blocks between two changes of it.
    pub const MIN_TEMPO: u16 = 360;
    /// Longest tempo that an owner may set.
    pub const MAX_TEMPO: u16 = 50_400;
    /// Smallest activity cutoff, in thousandths of a tempo.
    pub const MIN_ACTIVITY_CUTOFF_FACTOR: u32 = 1_000;
    /// Largest activity cutoff, in thousandths of a tempo.
    pub const MAX_ACTIVITY_CUTOFF_FACTOR: u32 = 50_000;
    /// The lower bound of the registration price stays below this.
    pub const MIN_BURN_UPPER_BOUND: TaoBalance = TaoBalance(1_000_000_000);
    /// The upper bound of the registration price stays above this.
    pub const MAX_BURN_LOWER_BOUND: TaoBalance = TaoBalance(100_000_000);
    /// Most neurons in a subnet, over all mechanisms.
    pub const MAX_UIDS: u16 = 256;
    /// The same in Null consensus.
    pub const NULL_MAX_UIDS: u16 = 2_500;
    /// Most neurons that one call removes in Null consensus.
    pub const NULL_BATCH: u16 = 64;
    /// Longest encrypted weights.
    pub const MAX_COMMIT_BYTES: u32 = 32 * 1_024;
    /// Most mechanisms that any setting allows.
    pub const MAX_MECHANISMS: u8 = 16;
    /// Storage of mechanism `m` of a subnet lies at `netuid + m * 4096`.
    pub const MECHANISM_STRIDE: u16 = 4_096;
    /// Blocks between two changes of the mechanism count or of the emission split.
    pub const MECHANISM_LIMIT: u64 = 7_200;
    /// Blocks between two trims.
    pub const TRIM_LIMIT: u64 = 216_000;
    /// Blocks between two changes of the owner's hotkey.
    pub const OWNER_HOTKEY_LIMIT: u64 = 50_400;
    /// An epoch that did not run for so many blocks is due whatever the schedule says.
    pub const MAX_BLOCKS_WITHOUT_EPOCH: u64 = 50_400;
    /// Blocks for which voting power is still tracked after the owner stopped it.
    pub const VOTING_POWER_GRACE: u64 = 100_800;
    /// Largest threshold of root claims.
    pub const MAX_ROOT_CLAIM_THRESHOLD: u64 = 10_000_000;
    /// Largest share of neurons that may be immune after a trim.
    pub const MAX_IMMUNE_UIDS: Percent = Percent::from_percent(80);
    /// Seed of the subnets' own accounts.
    pub const SUBTENSOR_PALLET_ID: PalletId = PalletId(*b"subtensr");

    #[pallet::pallet]
    #[pallet::without_storage_info]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {}

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        #[pallet::constant_name(InitialTempo)]
        fn initial_tempo() -> u16 {
            DefaultTempo::get()
        }
        #[pallet::constant_name(MinTempo)]
        fn min_tempo() -> u16 {
            MIN_TEMPO
        }
        #[pallet::constant_name(MaxTempo)]
        fn max_tempo() -> u16 {
            MAX_TEMPO
        }
        #[pallet::constant_name(MinActivityCutoffFactorMilli)]
        fn min_activity_cutoff_factor_milli() -> u32 {
            MIN_ACTIVITY_CUTOFF_FACTOR
        }
        #[pallet::constant_name(MaxActivityCutoffFactorMilli)]
        fn max_activity_cutoff_factor_milli() -> u32 {
            MAX_ACTIVITY_CUTOFF_FACTOR
        }
        #[pallet::constant_name(MinBurnUpperBound)]
        fn min_burn_upper_bound() -> TaoBalance {
            MIN_BURN_UPPER_BOUND
        }
        #[pallet::constant_name(MaxBurnLowerBound)]
        fn max_burn_lower_bound() -> TaoBalance {
            MAX_BURN_LOWER_BOUND
        }
        #[pallet::constant_name(InitialMaxAllowedUids)]
        fn initial_max_allowed_uids() -> u16 {
            MAX_UIDS
        }
        #[pallet::constant_name(InitialMinAllowedUids)]
        fn initial_min_allowed_uids() -> u16 {
            DefaultMinAllowedUids::get()
        }
        #[pallet::constant_name(InitialMaxEpochsPerBlock)]
        fn initial_max_epochs_per_block() -> u8 {
            DefaultMaxEpochsPerBlock::get()
        }
        #[pallet::constant_name(MaxImmuneUidsPercentage)]
        fn max_immune_uids_percentage() -> Percent {
            MAX_IMMUNE_UIDS
        }
        #[pallet::constant_name(SubtensorPalletId)]
        fn subtensor_pallet_id() -> PalletId {
            SUBTENSOR_PALLET_ID
        }
    }

    #[pallet::type_value]
    /// The account of 32 zero bytes.
    pub fn ZeroAccount<T: Config>() -> T::AccountId {
        T::AccountId::decode(&mut TrailingZeroInput::zeroes()).expect("zeroes decode as an account")
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::run_schedule(now.saturated_into());
            Weight::zero()
        }
    }
}
