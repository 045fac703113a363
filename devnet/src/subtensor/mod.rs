//! The pallet `SubtensorModule`: subnets, their hyperparameters, their neurons and the epoch schedule.
//!
//! Only what the rules for owners and the epoch need is here. There is no registration and no staking, and
//! what an epoch earns is told and not paid.

mod info;
mod run;
pub mod types;

pub use info::*;
pub use pallet::*;
pub use types::*;

use frame_support::weights::Weight;

/// Weight of a call that reads a few items and writes one or two.
pub fn setter_weight<T: frame_system::Config>() -> Weight {
    use frame_support::traits::Get;
    Weight::from_parts(20_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(4, 1))
}

/// The pallet itself.
#[frame_support::pallet]
pub mod pallet {
    use super::setter_weight;
    use super::types::*;
    use crate::population;
    use frame_support::{
        PalletId, dispatch::DispatchResult, pallet_prelude::*, traits::OriginTrait,
    };
    use frame_system::{ensure_root, ensure_signed, ensure_signed_or_root, pallet_prelude::*};
    use sp_core::H256;
    use sp_runtime::{
        Percent, SaturatedConversion,
        traits::{AccountIdConversion, TrailingZeroInput},
    };

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

    // Global settings

    #[pallet::type_value]
    /// Starting value of `MinActivityCutoff`.
    pub fn DefaultMinActivityCutoff() -> u16 {
        360
    }

    #[pallet::storage]
    /// Smallest value that `ActivityCutoff` may take.
    pub type MinActivityCutoff<T: Config> =
        StorageValue<_, u16, ValueQuery, DefaultMinActivityCutoff>;

    #[pallet::type_value]
    /// Starting value of `AdminFreezeWindow`.
    pub fn DefaultAdminFreezeWindow() -> u16 {
        10
    }

    #[pallet::storage]
    /// Blocks before an epoch in which setters are refused.
    pub type AdminFreezeWindow<T: Config> =
        StorageValue<_, u16, ValueQuery, DefaultAdminFreezeWindow>;

    #[pallet::type_value]
    /// Starting value of `OwnerHyperparamRateLimit`.
    pub fn DefaultOwnerHyperparamRateLimit() -> u16 {
        2
    }

    #[pallet::storage]
    /// Tempos that must pass between two changes of one hyperparameter.
    pub type OwnerHyperparamRateLimit<T: Config> =
        StorageValue<_, u16, ValueQuery, DefaultOwnerHyperparamRateLimit>;

    #[pallet::type_value]
    /// Starting value of `WeightsVersionKeyRateLimit`.
    pub fn DefaultWeightsVersionKeyRateLimit() -> u64 {
        5
    }

    #[pallet::storage]
    /// Tempos that must pass between two changes of the weights version.
    pub type WeightsVersionKeyRateLimit<T: Config> =
        StorageValue<_, u64, ValueQuery, DefaultWeightsVersionKeyRateLimit>;

    #[pallet::type_value]
    /// Starting value of `MaxEpochsPerBlock`.
    pub fn DefaultMaxEpochsPerBlock() -> u8 {
        2
    }

    #[pallet::storage]
    /// How many subnets may run their epoch in one block.
    pub type MaxEpochsPerBlock<T: Config> =
        StorageValue<_, u8, ValueQuery, DefaultMaxEpochsPerBlock>;

    #[pallet::type_value]
    /// Starting value of `MaxMechanismCount`.
    pub fn DefaultMaxMechanismCount() -> MechId {
        MechId(2)
    }

    #[pallet::storage]
    /// Most mechanisms that a subnet may have.
    pub type MaxMechanismCount<T: Config> =
        StorageValue<_, MechId, ValueQuery, DefaultMaxMechanismCount>;

    #[pallet::type_value]
    /// Starting value of `MaxChildkeyTake`.
    pub fn DefaultMaxChildkeyTake() -> PerU16 {
        PerU16(11_796)
    }

    #[pallet::storage]
    /// Largest childkey take.
    pub type MaxChildkeyTake<T: Config> =
        StorageValue<_, PerU16, ValueQuery, DefaultMaxChildkeyTake>;

    #[pallet::storage]
    /// Smallest childkey take.
    pub type MinChildkeyTake<T: Config> = StorageValue<_, PerU16, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `MaxDelegateTake`.
    pub fn DefaultMaxDelegateTake() -> PerU16 {
        PerU16(11_796)
    }

    #[pallet::storage]
    /// Largest delegate take.
    pub type MaxDelegateTake<T: Config> =
        StorageValue<_, PerU16, ValueQuery, DefaultMaxDelegateTake>;

    #[pallet::storage]
    /// Smallest delegate take.
    pub type MinDelegateTake<T: Config> = StorageValue<_, PerU16, ValueQuery>;

    #[pallet::storage]
    /// Stake below which a neuron has no stake weight.
    pub type StakeThreshold<T: Config> = StorageValue<_, u64, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `TaoWeight`.
    pub fn DefaultTaoWeight() -> u64 {
        971_718_665_099_567_868
    }

    #[pallet::storage]
    /// How much root stake weighs, over 2^64.
    pub type TaoWeight<T: Config> = StorageValue<_, u64, ValueQuery, DefaultTaoWeight>;

    #[pallet::type_value]
    /// Starting value of `SubnetLimit`.
    pub fn DefaultSubnetLimit() -> u16 {
        128
    }

    #[pallet::storage]
    /// Most subnets at a time.
    pub type SubnetLimit<T: Config> = StorageValue<_, u16, ValueQuery, DefaultSubnetLimit>;

    #[pallet::storage]
    /// Number of subnets.
    pub type TotalNetworks<T: Config> = StorageValue<_, u16, ValueQuery>;

    #[pallet::storage]
    /// All TAO, staked or free.
    pub type TotalIssuance<T: Config> = StorageValue<_, TaoBalance, ValueQuery>;

    #[pallet::storage]
    /// All staked TAO.
    pub type TotalStake<T: Config> = StorageValue<_, TaoBalance, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `BlockEmission`.
    pub fn DefaultBlockEmission() -> u64 {
        1_000_000_000
    }

    #[pallet::storage]
    /// TAO minted per block.
    pub type BlockEmission<T: Config> = StorageValue<_, u64, ValueQuery, DefaultBlockEmission>;

    #[pallet::type_value]
    /// Starting value of `SubnetOwnerCut`.
    pub fn DefaultSubnetOwnerCut() -> u16 {
        11_796
    }

    #[pallet::storage]
    /// The owner's share of a subnet's emission, over 65535.
    pub type SubnetOwnerCut<T: Config> = StorageValue<_, u16, ValueQuery, DefaultSubnetOwnerCut>;

    #[pallet::type_value]
    /// Starting value of `NetworkRateLimit`.
    pub fn DefaultNetworkRateLimit() -> u64 {
        7200
    }

    #[pallet::storage]
    /// Blocks between two subnet registrations of one account.
    pub type NetworkRateLimit<T: Config> =
        StorageValue<_, u64, ValueQuery, DefaultNetworkRateLimit>;

    #[pallet::type_value]
    /// Starting value of `NetworkMinLockCost`.
    pub fn DefaultNetworkMinLockCost() -> TaoBalance {
        TaoBalance(1_000_000_000_000)
    }

    #[pallet::storage]
    /// Smallest price of a subnet.
    pub type NetworkMinLockCost<T: Config> =
        StorageValue<_, TaoBalance, ValueQuery, DefaultNetworkMinLockCost>;

    #[pallet::type_value]
    /// Starting value of `NetworkLastLockCost`.
    pub fn DefaultNetworkLastLockCost() -> TaoBalance {
        TaoBalance(1_000_000_000_000)
    }

    #[pallet::storage]
    /// The price that the last subnet paid.
    pub type NetworkLastLockCost<T: Config> =
        StorageValue<_, TaoBalance, ValueQuery, DefaultNetworkLastLockCost>;

    #[pallet::type_value]
    /// Starting value of `TxRateLimit`.
    pub fn DefaultTxRateLimit() -> u64 {
        1000
    }

    #[pallet::storage]
    /// Blocks between two transactions of some kinds.
    pub type TxRateLimit<T: Config> = StorageValue<_, u64, ValueQuery, DefaultTxRateLimit>;

    #[pallet::type_value]
    /// Starting value of `TxDelegateTakeRateLimit`.
    pub fn DefaultTxDelegateTakeRateLimit() -> u64 {
        216_000
    }

    #[pallet::storage]
    /// Blocks between two changes of a delegate take.
    pub type TxDelegateTakeRateLimit<T: Config> =
        StorageValue<_, u64, ValueQuery, DefaultTxDelegateTakeRateLimit>;

    #[pallet::type_value]
    /// Starting value of `TxChildkeyTakeRateLimit`.
    pub fn DefaultTxChildkeyTakeRateLimit() -> u64 {
        216_000
    }

    #[pallet::storage]
    /// Blocks between two changes of a childkey take.
    pub type TxChildkeyTakeRateLimit<T: Config> =
        StorageValue<_, u64, ValueQuery, DefaultTxChildkeyTakeRateLimit>;

    #[pallet::type_value]
    /// Starting value of `CommitRevealWeightsVersion`.
    pub fn DefaultCommitRevealWeightsVersion() -> u16 {
        4
    }

    #[pallet::storage]
    /// Version of the commit-reveal scheme.
    pub type CommitRevealWeightsVersion<T: Config> =
        StorageValue<_, u16, ValueQuery, DefaultCommitRevealWeightsVersion>;

    #[pallet::storage]
    /// Blocks from registration until a subnet may be started.
    pub type StartCallDelay<T: Config> = StorageValue<_, u64, ValueQuery>;

    // Rate limits

    #[pallet::storage]
    /// Block of the last change, for every rate-limited thing that has a key of its own.
    pub type LastRateLimitedBlock<T: Config> =
        StorageMap<_, Identity, RateLimitKey<T::AccountId>, u64, ValueQuery>;

    #[pallet::storage]
    /// Block of the last change by account, subnet and transaction type.
    pub type TransactionKeyLastBlock<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Blake2_128Concat, T::AccountId>,
            NMapKey<Identity, NetUid>,
            NMapKey<Identity, u16>,
        ),
        u64,
        ValueQuery,
    >;

    // Epochs

    #[pallet::type_value]
    /// Starting value of `Tempo`.
    pub fn DefaultTempo() -> u16 {
        360
    }

    #[pallet::storage]
    /// Blocks from one epoch to the next.
    pub type Tempo<T: Config> = StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultTempo>;

    #[pallet::storage]
    /// Block in which the last epoch slot was used: the anchor of the schedule.
    pub type LastEpochBlock<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::storage]
    /// Block of an epoch that was triggered or deferred; 0 for none.
    pub type PendingEpochAt<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::storage]
    /// How many epoch slots were used.
    pub type SubnetEpochIndex<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::storage]
    /// Blocks since the last epoch that ran.
    pub type BlocksSinceLastStep<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::storage]
    /// Block of the last epoch that ran (the spelling is the chain's).
    pub type LastMechansimStepBlock<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    // Hyperparameters

    #[pallet::type_value]
    /// Starting value of `ServingRateLimit`.
    pub fn DefaultServingRateLimit() -> u64 {
        50
    }

    #[pallet::storage]
    /// Blocks between two announcements of a neuron's address.
    pub type ServingRateLimit<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultServingRateLimit>;

    #[pallet::type_value]
    /// Starting value of `MinDifficulty`.
    pub fn DefaultMinDifficulty() -> u64 {
        10_000_000
    }

    #[pallet::storage]
    /// Lower bound of the proof-of-work difficulty.
    pub type MinDifficulty<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultMinDifficulty>;

    #[pallet::type_value]
    /// Starting value of `MaxDifficulty`.
    pub fn DefaultMaxDifficulty() -> u64 {
        4_611_686_018_427_387_903
    }

    #[pallet::storage]
    /// Upper bound of the proof-of-work difficulty.
    pub type MaxDifficulty<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultMaxDifficulty>;

    #[pallet::type_value]
    /// Starting value of `Difficulty`.
    pub fn DefaultDifficulty() -> u64 {
        10_000_000
    }

    #[pallet::storage]
    /// Proof-of-work difficulty.
    pub type Difficulty<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultDifficulty>;

    #[pallet::storage]
    /// Version that weights must carry; 0 for any.
    pub type WeightsVersionKey<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `WeightsSetRateLimit`.
    pub fn DefaultWeightsSetRateLimit() -> u64 {
        100
    }

    #[pallet::storage]
    /// Blocks between two weight settings of one validator.
    pub type WeightsSetRateLimit<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultWeightsSetRateLimit>;

    #[pallet::type_value]
    /// Starting value of `AdjustmentInterval`.
    pub fn DefaultAdjustmentInterval() -> u16 {
        100
    }

    #[pallet::storage]
    /// Blocks between two adjustments of the registration price (no longer read).
    pub type AdjustmentInterval<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultAdjustmentInterval>;

    #[pallet::storage]
    /// Smoothing of the registration price (no longer read).
    pub type AdjustmentAlpha<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `ImmunityPeriod`.
    pub fn DefaultImmunityPeriod() -> u16 {
        4096
    }

    #[pallet::storage]
    /// Blocks in which a new neuron cannot be replaced.
    pub type ImmunityPeriod<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultImmunityPeriod>;

    #[pallet::type_value]
    /// Starting value of `MinAllowedWeights`.
    pub fn DefaultMinAllowedWeights() -> u16 {
        1024
    }

    #[pallet::storage]
    /// Fewest weights that a validator must set.
    pub type MinAllowedWeights<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMinAllowedWeights>;

    #[pallet::type_value]
    /// Starting value of `MaxWeightsLimit`.
    pub fn DefaultMaxWeightsLimit() -> u16 {
        65_535
    }

    #[pallet::storage]
    /// Largest single weight (a constant in fact).
    pub type MaxWeightsLimit<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMaxWeightsLimit>;

    #[pallet::type_value]
    /// Starting value of `MaxAllowedUids`.
    pub fn DefaultMaxAllowedUids() -> u16 {
        256
    }

    #[pallet::storage]
    /// Most neurons in a subnet.
    pub type MaxAllowedUids<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMaxAllowedUids>;

    #[pallet::type_value]
    /// Starting value of `MinAllowedUids`.
    pub fn DefaultMinAllowedUids() -> u16 {
        64
    }

    #[pallet::storage]
    /// Fewest neurons that a subnet may be trimmed to.
    pub type MinAllowedUids<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMinAllowedUids>;

    #[pallet::type_value]
    /// Starting value of `MinNonImmuneUids`.
    pub fn DefaultMinNonImmuneUids() -> u16 {
        10
    }

    #[pallet::storage]
    /// Neurons that stay replaceable.
    pub type MinNonImmuneUids<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMinNonImmuneUids>;

    #[pallet::type_value]
    /// Starting value of `Kappa`.
    pub fn DefaultKappa() -> u16 {
        32_767
    }

    #[pallet::storage]
    /// The share of stake that makes consensus, over 65535.
    pub type Kappa<T: Config> = StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultKappa>;

    #[pallet::type_value]
    /// Starting value of `Rho`.
    pub fn DefaultRho() -> u16 {
        10
    }

    #[pallet::storage]
    /// Steepness of the old trust function (no longer read).
    pub type Rho<T: Config> = StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultRho>;

    #[pallet::type_value]
    /// Starting value of `ActivityCutoff`.
    pub fn DefaultActivityCutoff() -> u16 {
        5000
    }

    #[pallet::storage]
    /// Blocks after which a validator was inactive (no longer read).
    pub type ActivityCutoff<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultActivityCutoff>;

    #[pallet::type_value]
    /// Starting value of `ActivityCutoffFactorMilli`.
    pub fn DefaultActivityCutoffFactorMilli() -> u32 {
        13_889
    }

    #[pallet::storage]
    /// Thousandths of a tempo after which a validator is inactive.
    pub type ActivityCutoffFactorMilli<T: Config> =
        StorageMap<_, Identity, NetUid, u32, ValueQuery, DefaultActivityCutoffFactorMilli>;

    #[pallet::type_value]
    /// Starting value of `NetworkRegistrationAllowed`.
    pub fn DefaultNetworkRegistrationAllowed() -> bool {
        true
    }

    #[pallet::storage]
    /// Whether neurons may register.
    pub type NetworkRegistrationAllowed<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery, DefaultNetworkRegistrationAllowed>;

    #[pallet::type_value]
    /// Starting value of `NetworkPowRegistrationAllowed`.
    pub fn DefaultNetworkPowRegistrationAllowed() -> bool {
        false
    }

    #[pallet::storage]
    /// Whether neurons may register by proof of work (never, now).
    pub type NetworkPowRegistrationAllowed<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery, DefaultNetworkPowRegistrationAllowed>;

    #[pallet::type_value]
    /// Starting value of `TargetRegistrationsPerInterval`.
    pub fn DefaultTargetRegistrationsPerInterval() -> u16 {
        2
    }

    #[pallet::storage]
    /// Registrations per interval that the old price aimed at.
    pub type TargetRegistrationsPerInterval<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultTargetRegistrationsPerInterval>;

    #[pallet::type_value]
    /// Starting value of `MaxRegistrationsPerBlock`.
    pub fn DefaultMaxRegistrationsPerBlock() -> u16 {
        1
    }

    #[pallet::storage]
    /// Registrations per block.
    pub type MaxRegistrationsPerBlock<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMaxRegistrationsPerBlock>;

    #[pallet::type_value]
    /// Starting value of `MinBurn`.
    pub fn DefaultMinBurn() -> TaoBalance {
        TaoBalance(500_000)
    }

    #[pallet::storage]
    /// Lower bound of the registration price.
    pub type MinBurn<T: Config> =
        StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery, DefaultMinBurn>;

    #[pallet::type_value]
    /// Starting value of `MaxBurn`.
    pub fn DefaultMaxBurn() -> TaoBalance {
        TaoBalance(100_000_000_000)
    }

    #[pallet::storage]
    /// Upper bound of the registration price.
    pub type MaxBurn<T: Config> =
        StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery, DefaultMaxBurn>;

    #[pallet::type_value]
    /// Starting value of `Burn`.
    pub fn DefaultBurn() -> TaoBalance {
        TaoBalance(100_000_000)
    }

    #[pallet::storage]
    /// Registration price.
    pub type Burn<T: Config> = StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery, DefaultBurn>;

    #[pallet::type_value]
    /// Starting value of `BurnHalfLife`.
    pub fn DefaultBurnHalfLife() -> u16 {
        360
    }

    #[pallet::storage]
    /// Blocks in which the registration price halves.
    pub type BurnHalfLife<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultBurnHalfLife>;

    #[pallet::type_value]
    /// Starting value of `BurnIncreaseMult`.
    pub fn DefaultBurnIncreaseMult() -> U64F64 {
        U64F64 { bits: 23242897532874035200 }
    }

    #[pallet::storage]
    /// Factor by which a registration raises the price.
    pub type BurnIncreaseMult<T: Config> =
        StorageMap<_, Identity, NetUid, U64F64, ValueQuery, DefaultBurnIncreaseMult>;

    #[pallet::type_value]
    /// Starting value of `BondsMovingAverage`.
    pub fn DefaultBondsMovingAverage() -> u64 {
        900_000
    }

    #[pallet::storage]
    /// Weight of old bonds, over a million.
    pub type BondsMovingAverage<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultBondsMovingAverage>;

    #[pallet::type_value]
    /// Starting value of `BondsPenalty`.
    pub fn DefaultBondsPenalty() -> u16 {
        65_535
    }

    #[pallet::storage]
    /// How much of the bonds over consensus is cut, over 65535.
    pub type BondsPenalty<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultBondsPenalty>;

    #[pallet::storage]
    /// Whether validators may ask for their bonds to be reset.
    pub type BondsResetOn<T: Config> = StorageMap<_, Identity, NetUid, bool, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `MaxAllowedValidators`.
    pub fn DefaultMaxAllowedValidators() -> u16 {
        128
    }

    #[pallet::storage]
    /// Most validators with a permit.
    pub type MaxAllowedValidators<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultMaxAllowedValidators>;

    #[pallet::type_value]
    /// Starting value of `CommitRevealWeightsEnabled`.
    pub fn DefaultCommitRevealWeightsEnabled() -> bool {
        true
    }

    #[pallet::storage]
    /// Whether weights are committed first and revealed later.
    pub type CommitRevealWeightsEnabled<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery, DefaultCommitRevealWeightsEnabled>;

    #[pallet::type_value]
    /// Starting value of `RevealPeriodEpochs`.
    pub fn DefaultRevealPeriodEpochs() -> u64 {
        1
    }

    #[pallet::storage]
    /// Epochs from commit to reveal.
    pub type RevealPeriodEpochs<T: Config> =
        StorageMap<_, Twox64Concat, NetUid, u64, ValueQuery, DefaultRevealPeriodEpochs>;

    #[pallet::storage]
    /// Whether the bond average follows the distance from consensus.
    pub type LiquidAlphaOn<T: Config> = StorageMap<_, Blake2_128Concat, NetUid, bool, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `AlphaValues`.
    pub fn DefaultAlphaValues() -> (u16, u16) {
        (45_875, 58_982)
    }

    #[pallet::storage]
    /// Low and high bound of the liquid alpha, over 65535.
    pub type AlphaValues<T: Config> =
        StorageMap<_, Identity, NetUid, (u16, u16), ValueQuery, DefaultAlphaValues>;

    #[pallet::type_value]
    /// Starting value of `AlphaSigmoidSteepness`.
    pub fn DefaultAlphaSigmoidSteepness() -> i16 {
        1000
    }

    #[pallet::storage]
    /// Steepness of the liquid alpha, in hundredths.
    pub type AlphaSigmoidSteepness<T: Config> =
        StorageMap<_, Identity, NetUid, i16, ValueQuery, DefaultAlphaSigmoidSteepness>;

    #[pallet::storage]
    /// Whether the third Yuma consensus is used.
    pub type Yuma3On<T: Config> = StorageMap<_, Blake2_128Concat, NetUid, bool, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `TransferToggle`.
    pub fn DefaultTransferToggle() -> bool {
        true
    }

    #[pallet::storage]
    /// Whether stake may be transferred.
    pub type TransferToggle<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery, DefaultTransferToggle>;

    #[pallet::storage]
    /// What happens to the emission of the owner's miners.
    pub type RecycleOrBurn<T: Config> =
        StorageMap<_, Identity, NetUid, RecycleOrBurnEnum, ValueQuery>;

    #[pallet::storage]
    /// Whether the subnet's token is in use.
    pub type SubtokenEnabled<T: Config> = StorageMap<_, Identity, NetUid, bool, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `SubnetEmissionEnabled`.
    pub fn DefaultSubnetEmissionEnabled() -> bool {
        true
    }

    #[pallet::storage]
    /// Whether the subnet's pool receives emission.
    pub type SubnetEmissionEnabled<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery, DefaultSubnetEmissionEnabled>;

    #[pallet::type_value]
    /// Starting value of `ImmuneOwnerUidsLimit`.
    pub fn DefaultImmuneOwnerUidsLimit() -> u16 {
        1
    }

    #[pallet::storage]
    /// How many of the owner's neurons cannot be replaced.
    pub type ImmuneOwnerUidsLimit<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultImmuneOwnerUidsLimit>;

    #[pallet::type_value]
    /// Starting value of `OwnerCutEnabled`.
    pub fn DefaultOwnerCutEnabled() -> bool {
        true
    }

    #[pallet::storage]
    /// Whether the owner receives a share of the emission.
    pub type OwnerCutEnabled<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery, DefaultOwnerCutEnabled>;

    #[pallet::storage]
    /// Whether the owner's share is locked at once.
    pub type OwnerCutAutoLockEnabled<T: Config> = StorageMap<_, Identity, NetUid, bool, ValueQuery>;

    #[pallet::storage]
    /// Smallest childkey take in this subnet.
    pub type MinChildkeyTakePerSubnet<T: Config> =
        StorageMap<_, Identity, NetUid, PerU16, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `EMAPriceHalvingBlocks`.
    pub fn DefaultEMAPriceHalvingBlocks() -> u64 {
        201_600
    }

    #[pallet::storage]
    /// Half-life of the price average, in blocks.
    pub type EMAPriceHalvingBlocks<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultEMAPriceHalvingBlocks>;

    #[pallet::type_value]
    /// Starting value of `MechanismCountCurrent`.
    pub fn DefaultMechanismCountCurrent() -> MechId {
        MechId(1)
    }

    #[pallet::storage]
    /// How many mechanisms the subnet runs.
    pub type MechanismCountCurrent<T: Config> =
        StorageMap<_, Twox64Concat, NetUid, MechId, ValueQuery, DefaultMechanismCountCurrent>;

    #[pallet::storage]
    /// Shares of the mechanisms, summing up to 65535; none for even.
    pub type MechanismEmissionSplit<T: Config> =
        StorageMap<_, Twox64Concat, NetUid, Vec<u16>, OptionQuery>;

    #[pallet::type_value]
    /// Starting value of `RootClaimableThreshold`.
    pub fn DefaultRootClaimableThreshold() -> I96F32 {
        I96F32 { bits: 2147483648000000 }
    }

    #[pallet::storage]
    /// Smallest root dividend that is claimed.
    pub type RootClaimableThreshold<T: Config> =
        StorageMap<_, Blake2_128Concat, NetUid, I96F32, ValueQuery, DefaultRootClaimableThreshold>;

    #[pallet::storage]
    /// Whether voting power is tracked.
    pub type VotingPowerTrackingEnabled<T: Config> =
        StorageMap<_, Identity, NetUid, bool, ValueQuery>;

    #[pallet::storage]
    /// Block at which the tracking ends; 0 for never.
    pub type VotingPowerDisableAtBlock<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `VotingPowerEmaAlpha`.
    pub fn DefaultVotingPowerEmaAlpha() -> u64 {
        3_570_000_000_000_000
    }

    #[pallet::storage]
    /// Smoothing of the voting power, over 10^18.
    pub type VotingPowerEmaAlpha<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultVotingPowerEmaAlpha>;

    #[pallet::type_value]
    /// Starting value of `TokenSymbol`.
    pub fn DefaultTokenSymbol() -> Vec<u8> {
        "\u{1d70f}".as_bytes().to_vec()
    }

    #[pallet::storage]
    /// The subnet's token symbol.
    pub type TokenSymbol<T: Config> =
        StorageMap<_, Identity, NetUid, Vec<u8>, ValueQuery, DefaultTokenSymbol>;

    #[pallet::type_value]
    /// Starting value of `ScalingLawPower`.
    pub fn DefaultScalingLawPower() -> u16 {
        50
    }

    #[pallet::storage]
    /// An old parameter that nothing reads.
    pub type ScalingLawPower<T: Config> =
        StorageMap<_, Identity, NetUid, u16, ValueQuery, DefaultScalingLawPower>;

    #[pallet::type_value]
    /// Starting value of `ValidatorPruneLen`.
    pub fn DefaultValidatorPruneLen() -> u64 {
        1
    }

    #[pallet::storage]
    /// An old parameter that nothing reads.
    pub type ValidatorPruneLen<T: Config> =
        StorageMap<_, Identity, NetUid, u64, ValueQuery, DefaultValidatorPruneLen>;

    // Subnets

    #[pallet::storage]
    /// Whether there is a subnet of this number.
    pub type NetworksAdded<T: Config> = StorageMap<_, Identity, NetUid, bool, ValueQuery>;

    #[pallet::storage]
    /// Block of registration.
    pub type NetworkRegisteredAt<T: Config> = StorageMap<_, Identity, NetUid, u64, ValueQuery>;

    #[pallet::storage]
    /// The owner's coldkey.
    pub type SubnetOwner<T: Config> =
        StorageMap<_, Identity, NetUid, T::AccountId, ValueQuery, ZeroAccount<T>>;

    #[pallet::storage]
    /// The owner's hotkey.
    pub type SubnetOwnerHotkey<T: Config> =
        StorageMap<_, Identity, NetUid, T::AccountId, ValueQuery, ZeroAccount<T>>;

    #[pallet::storage]
    /// Number of neurons.
    pub type SubnetworkN<T: Config> = StorageMap<_, Identity, NetUid, u16, ValueQuery>;

    #[pallet::storage]
    /// Kind of the pool: 1 for one with a token of its own.
    pub type SubnetMechanism<T: Config> = StorageMap<_, Identity, NetUid, u16, ValueQuery>;

    #[pallet::storage]
    /// Block since which the subnet receives emission.
    pub type FirstEmissionBlockNumber<T: Config> =
        StorageMap<_, Identity, NetUid, u64, OptionQuery>;

    #[pallet::storage]
    /// TAO in the pool.
    pub type SubnetTAO<T: Config> = StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery>;

    #[pallet::storage]
    /// Tokens in the pool.
    pub type SubnetAlphaIn<T: Config> = StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    #[pallet::storage]
    /// Tokens outside the pool.
    pub type SubnetAlphaOut<T: Config> = StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    #[pallet::storage]
    /// All trading, in TAO.
    pub type SubnetVolume<T: Config> = StorageMap<_, Identity, NetUid, u128, ValueQuery>;

    #[pallet::storage]
    /// Averaged price of the token.
    pub type SubnetMovingPrice<T: Config> = StorageMap<_, Identity, NetUid, I96F32, ValueQuery>;

    #[pallet::storage]
    /// TAO that enters the pool per block.
    pub type SubnetTaoInEmission<T: Config> =
        StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery>;

    #[pallet::storage]
    /// Tokens that enter the pool per block.
    pub type SubnetAlphaInEmission<T: Config> =
        StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    #[pallet::storage]
    /// Tokens that neurons share per block.
    pub type SubnetAlphaOutEmission<T: Config> =
        StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    #[pallet::storage]
    /// TAO locked at registration.
    pub type SubnetLocked<T: Config> = StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery>;

    #[pallet::storage]
    /// TAO recycled by registrations.
    pub type RAORecycledForRegistration<T: Config> =
        StorageMap<_, Identity, NetUid, TaoBalance, ValueQuery>;

    #[pallet::storage]
    /// What the owner says about the subnet.
    pub type SubnetIdentitiesV3<T: Config> =
        StorageMap<_, Blake2_128Concat, NetUid, SubnetIdentityV3, OptionQuery>;

    #[pallet::storage]
    /// Leases of subnets.
    pub type SubnetLeases<T: Config> =
        StorageMap<_, Twox64Concat, u32, SubnetLease<T::AccountId, BlockNumberFor<T>>, OptionQuery>;

    #[pallet::storage]
    /// The lease that a subnet is under.
    pub type SubnetUidToLeaseId<T: Config> = StorageMap<_, Twox64Concat, NetUid, u32, OptionQuery>;

    // Coldkeys

    #[pallet::storage]
    /// Announced moves of a coldkey: from which block on, and the hash of the new key.
    pub type ColdkeySwapAnnouncements<T: Config> =
        StorageMap<_, Twox64Concat, T::AccountId, (u32, T::Hash), OptionQuery>;

    #[pallet::storage]
    /// Disputed moves of a coldkey.
    pub type ColdkeySwapDisputes<T: Config> =
        StorageMap<_, Twox64Concat, T::AccountId, u32, OptionQuery>;

    #[pallet::storage]
    /// The coldkey of a hotkey.
    pub type Owner<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId, ValueQuery, ZeroAccount<T>>;

    #[pallet::storage]
    /// The hotkeys of a coldkey.
    pub type OwnedHotkeys<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Vec<T::AccountId>, ValueQuery>;

    #[pallet::storage]
    /// The hotkeys on which a coldkey has stake.
    pub type StakingHotkeys<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, Vec<T::AccountId>, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `Delegates`.
    pub fn DefaultDelegates() -> PerU16 {
        PerU16(11_796)
    }

    #[pallet::storage]
    /// The take of a hotkey that accepts other people's stake.
    pub type Delegates<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, PerU16, ValueQuery, DefaultDelegates>;

    #[pallet::storage]
    /// Stake on a hotkey in a subnet.
    pub type TotalHotkeyAlpha<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Identity,
        NetUid,
        AlphaBalance,
        ValueQuery,
    >;

    #[pallet::storage]
    /// What an account says about itself.
    pub type IdentitiesV2<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, ChainIdentityV2, OptionQuery>;

    // Neurons

    #[pallet::storage]
    /// The number of a hotkey.
    pub type Uids<T: Config> =
        StorageDoubleMap<_, Identity, NetUid, Blake2_128Concat, T::AccountId, u16, OptionQuery>;

    #[pallet::storage]
    /// The hotkey of a neuron.
    pub type Keys<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUid,
        Identity,
        u16,
        T::AccountId,
        ValueQuery,
        ZeroAccount<T>,
    >;

    #[pallet::storage]
    /// Block in which a neuron registered.
    pub type BlockAtRegistration<T: Config> =
        StorageDoubleMap<_, Identity, NetUid, Identity, u16, u64, ValueQuery>;

    #[pallet::storage]
    /// Whether a hotkey is in a subnet.
    pub type IsNetworkMember<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, NetUid, bool, ValueQuery>;

    #[pallet::storage]
    /// Stake weight per neuron, over 65535.
    pub type StakeWeight<T: Config> = StorageMap<_, Identity, NetUid, Vec<u16>, ValueQuery>;

    #[pallet::storage]
    /// Whether a neuron is active.
    pub type Active<T: Config> = StorageMap<_, Identity, NetUid, Vec<bool>, ValueQuery>;

    #[pallet::storage]
    /// Consensus weight per neuron, over 65535.
    pub type Consensus<T: Config> = StorageMap<_, Identity, NetUid, Vec<PerU16>, ValueQuery>;

    #[pallet::storage]
    /// Incentive per neuron, over 65535.
    pub type Incentive<T: Config> =
        StorageMap<_, Identity, NetUidStorageIndex, Vec<PerU16>, ValueQuery>;

    #[pallet::storage]
    /// Consensus weight per neuron and mechanism, over 65535.
    pub type ConsensusByMechanism<T: Config> =
        StorageMap<_, Identity, NetUidStorageIndex, Vec<PerU16>, ValueQuery>;

    #[pallet::storage]
    /// What miners share at the next epoch.
    pub type PendingServerEmission<T: Config> =
        StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    #[pallet::storage]
    /// What validators share at the next epoch.
    pub type PendingValidatorEmission<T: Config> =
        StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    #[pallet::storage]
    /// Dividends per neuron, over 65535.
    pub type Dividends<T: Config> = StorageMap<_, Identity, NetUid, Vec<PerU16>, ValueQuery>;

    #[pallet::storage]
    /// Emission per neuron and tempo.
    pub type Emission<T: Config> = StorageMap<_, Identity, NetUid, Vec<AlphaBalance>, ValueQuery>;

    #[pallet::storage]
    /// Block in which a neuron set its weights.
    pub type LastUpdate<T: Config> =
        StorageMap<_, Identity, NetUidStorageIndex, Vec<u64>, ValueQuery>;

    #[pallet::storage]
    /// Validator trust per neuron, over 65535.
    pub type ValidatorTrust<T: Config> = StorageMap<_, Identity, NetUid, Vec<PerU16>, ValueQuery>;

    #[pallet::storage]
    /// Whether a neuron may validate.
    pub type ValidatorPermit<T: Config> = StorageMap<_, Identity, NetUid, Vec<bool>, ValueQuery>;

    #[pallet::storage]
    /// The weights that a neuron gave.
    pub type Weights<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUidStorageIndex,
        Identity,
        u16,
        Vec<(u16, u16)>,
        ValueQuery,
    >;

    #[pallet::storage]
    /// The bonds that a neuron holds.
    pub type Bonds<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUidStorageIndex,
        Identity,
        u16,
        Vec<(u16, u16)>,
        ValueQuery,
    >;

    #[pallet::storage]
    /// Where a neuron is reached.
    pub type Axons<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUid,
        Blake2_128Concat,
        T::AccountId,
        AxonInfo,
        OptionQuery,
    >;

    #[pallet::storage]
    /// Where a neuron's metrics are.
    pub type Prometheus<T: Config> = StorageDoubleMap<
        _,
        Identity,
        NetUid,
        Blake2_128Concat,
        T::AccountId,
        PrometheusInfo,
        OptionQuery,
    >;

    // Liquid alpha, collateral, and which consensus runs

    #[pallet::storage]
    /// Which consensus the liquid alpha measures the distance from.
    pub type LiquidAlphaConsensusMode<T: Config> =
        StorageMap<_, Identity, NetUid, ConsensusMode, ValueQuery>;

    #[pallet::storage]
    /// Share of the registration price that is locked as collateral, over 65535.
    pub type CollateralLockShare<T: Config> = StorageMap<_, Identity, NetUid, u16, ValueQuery>;

    #[pallet::type_value]
    /// Starting value of `CollateralDrainRatio`.
    pub fn DefaultCollateralDrainRatio() -> U64F64 {
        U64F64::ONE
    }

    #[pallet::storage]
    /// How fast collateral is drained.
    pub type CollateralDrainRatio<T: Config> =
        StorageMap<_, Identity, NetUid, U64F64, ValueQuery, DefaultCollateralDrainRatio>;

    #[pallet::storage]
    /// Which consensus the epoch runs.
    pub type SubnetEpochConsensus<T: Config> =
        StorageMap<_, Identity, NetUid, EpochConsensus, ValueQuery>;

    #[pallet::storage]
    /// How many neurons an unfinished pruning in Null consensus leaves.
    pub type NullPruningTarget<T: Config> = StorageMap<_, Identity, NetUid, u16, OptionQuery>;

    #[pallet::storage]
    /// What `MaxAllowedValidators` will be once Null consensus ends.
    pub type SavedYumaMaxAllowedValidators<T: Config> =
        StorageMap<_, Identity, NetUid, u16, OptionQuery>;

    #[pallet::storage]
    /// Block of the last epoch that ran Yuma consensus.
    pub type LastYumaStepBlock<T: Config> = StorageMap<_, Identity, NetUid, u64, OptionQuery>;

    #[pallet::storage]
    /// Weights that wait to be revealed: who, when, the encrypted weights, and the round that opens them.
    pub type TimelockedWeightCommits<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        NetUidStorageIndex,
        Twox64Concat,
        u64,
        Vec<(T::AccountId, u64, BoundedVec<u8, ConstU32<MAX_COMMIT_BYTES>>, u64)>,
        ValueQuery,
    >;

    #[pallet::storage]
    /// The key that a coldkey was rotated to.
    pub type ColdkeySuccessor<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId, OptionQuery>;

    #[pallet::storage]
    /// The first key of a coldkey's rotations.
    pub type ColdkeyRoot<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, T::AccountId, OptionQuery>;

    #[pallet::storage]
    /// Tokens that belong to the protocol, and count for no conviction.
    pub type SubnetProtocolAlpha<T: Config> =
        StorageMap<_, Identity, NetUid, AlphaBalance, ValueQuery>;

    /// The events that the calls here and in `AdminUtils` give, with the real chain's numbers.
    #[pallet::event]
    #[pallet::generate_deposit(pub fn deposit_event)]
    pub enum Event<T: Config> {
        /// Max allowed uids set.
        #[codec(index = 10)]
        MaxAllowedUidsSet(NetUid, u16),
        /// Difficulty set.
        #[codec(index = 12)]
        DifficultySet(NetUid, u64),
        /// Adjustment interval set.
        #[codec(index = 13)]
        AdjustmentIntervalSet(NetUid, u16),
        /// Registration per interval set.
        #[codec(index = 14)]
        RegistrationPerIntervalSet(NetUid, u16),
        /// Max registrations per block set.
        #[codec(index = 15)]
        MaxRegistrationsPerBlockSet(NetUid, u16),
        /// Activity cutoff set.
        #[codec(index = 16)]
        ActivityCutoffSet(NetUid, u16),
        /// Kappa set.
        #[codec(index = 19)]
        KappaSet(NetUid, u16),
        /// Min allowed weight set.
        #[codec(index = 20)]
        MinAllowedWeightSet(NetUid, u16),
        /// Weights set rate limit set.
        #[codec(index = 23)]
        WeightsSetRateLimitSet(NetUid, u64),
        /// Immunity period set.
        #[codec(index = 24)]
        ImmunityPeriodSet(NetUid, u16),
        /// Bonds moving average set.
        #[codec(index = 25)]
        BondsMovingAverageSet(NetUid, u64),
        /// Bonds penalty set.
        #[codec(index = 26)]
        BondsPenaltySet(NetUid, u16),
        /// Bonds reset on set.
        #[codec(index = 27)]
        BondsResetOnSet(NetUid, bool),
        /// Max allowed validators set.
        #[codec(index = 28)]
        MaxAllowedValidatorsSet(NetUid, u16),
        /// Weights version key set.
        #[codec(index = 33)]
        WeightsVersionKeySet(NetUid, u64),
        /// Min difficulty set.
        #[codec(index = 34)]
        MinDifficultySet(NetUid, u64),
        /// Max difficulty set.
        #[codec(index = 35)]
        MaxDifficultySet(NetUid, u64),
        /// Serving rate limit set.
        #[codec(index = 36)]
        ServingRateLimitSet(NetUid, u64),
        /// Max burn set.
        #[codec(index = 38)]
        MaxBurnSet(NetUid, TaoBalance),
        /// Min burn set.
        #[codec(index = 39)]
        MinBurnSet(NetUid, TaoBalance),
        /// Max epochs per block set.
        #[codec(index = 40)]
        MaxEpochsPerBlockSet(u8),
        /// Admin freeze window set.
        #[codec(index = 44)]
        AdminFreezeWindowSet(u16),
        /// Owner hyperparam rate limit set.
        #[codec(index = 45)]
        OwnerHyperparamRateLimitSet(u16),
        /// Min child key take per subnet set.
        #[codec(index = 47)]
        MinChildKeyTakePerSubnetSet(NetUid, PerU16),
        /// Registration allowed.
        #[codec(index = 51)]
        RegistrationAllowed(NetUid, bool),
        /// Tempo set.
        #[codec(index = 53)]
        TempoSet(NetUid, u16),
        /// What registrations have recycled set.
        #[codec(index = 54)]
        RAORecycledForRegistrationSet(NetUid, TaoBalance),
        /// Adjustment alpha set.
        #[codec(index = 56)]
        AdjustmentAlphaSet(NetUid, u64),
        /// Transfer toggle.
        #[codec(index = 94)]
        TransferToggle(NetUid, bool),
        /// Subnet owner hotkey set.
        #[codec(index = 95)]
        SubnetOwnerHotkeySet(NetUid, T::AccountId),
        /// Commit reveal periods set.
        #[codec(index = 101)]
        CommitRevealPeriodsSet(NetUid, u64),
        /// Commit reveal enabled.
        #[codec(index = 102)]
        CommitRevealEnabled(NetUid, bool),
        /// Symbol updated.
        #[codec(index = 106)]
        SymbolUpdated { netuid: NetUid, symbol: Vec<u8> },
        /// Min allowed uids set.
        #[codec(index = 112)]
        MinAllowedUidsSet(NetUid, u16),
        /// Min non immune uids set.
        #[codec(index = 114)]
        MinNonImmuneUidsSet(NetUid, u16),
        /// Voting power tracking enabled.
        #[codec(index = 120)]
        VotingPowerTrackingEnabled { netuid: NetUid },
        /// Voting power tracking disable scheduled.
        #[codec(index = 121)]
        VotingPowerTrackingDisableScheduled { netuid: NetUid, disable_at_block: u64 },
        /// Voting power tracking disabled.
        #[codec(index = 122)]
        VotingPowerTrackingDisabled { netuid: NetUid },
        /// Voting power ema alpha set.
        #[codec(index = 123)]
        VotingPowerEmaAlphaSet { netuid: NetUid, alpha: u64 },
        /// Weights set.
        #[codec(index = 5)]
        WeightsSet(NetUidStorageIndex, u16),
        /// Timelocked weights committed.
        #[codec(index = 108)]
        TimelockedWeightsCommitted(T::AccountId, NetUidStorageIndex, H256, u64),
        /// Timelocked weights revealed.
        #[codec(index = 109)]
        TimelockedWeightsRevealed(NetUidStorageIndex, T::AccountId),
        /// Incentive alpha emitted to miners.
        #[codec(index = 111)]
        IncentiveAlphaEmittedToMiners { netuid: NetUidStorageIndex, emissions: Vec<AlphaBalance> },
        /// Activity cutoff factor milli set.
        #[codec(index = 135)]
        ActivityCutoffFactorMilliSet { netuid: NetUid, factor_milli: u32 },
        /// Epoch triggered.
        #[codec(index = 136)]
        EpochTriggered { netuid: NetUid, by: T::AccountId, fires_at: u64 },
        /// Epoch deferred.
        #[codec(index = 137)]
        EpochDeferred { netuid: NetUid, from_block: u64, to_block: u64 },
        /// Epoch skipped.
        #[codec(index = 138)]
        EpochSkipped { netuid: NetUid, block: u64 },
        /// Proof-of-work registration allowed.
        #[codec(index = 52)]
        PowRegistrationAllowed(NetUid, bool),
        /// Epoch consensus set.
        #[codec(index = 154)]
        EpochConsensusSet(NetUid, EpochConsensus),
        /// Null uids pruning progress.
        #[codec(index = 155)]
        NullUidsPruningProgress {
            netuid: NetUid,
            target: u16,
            remaining: u16,
            removed: u16,
            cleared_commits: u32,
        },
    }

    /// All errors of the real pallet, in its order, so that the numbers agree.
    #[pallet::error]
    pub enum Error<T> {
        /// Root network does not exist.
        RootNetworkDoesNotExist,
        /// Invalid ip type.
        InvalidIpType,
        /// Invalid ip address.
        InvalidIpAddress,
        /// Invalid port.
        InvalidPort,
        /// Hot key not registered in sub net.
        HotKeyNotRegisteredInSubNet,
        /// Hot key account not exists.
        HotKeyAccountNotExists,
        /// Hot key not registered in network.
        HotKeyNotRegisteredInNetwork,
        /// Non associated cold key.
        NonAssociatedColdKey,
        /// Not enough stake.
        NotEnoughStake,
        /// Not enough stake to withdraw.
        NotEnoughStakeToWithdraw,
        /// Not enough stake to set weights.
        NotEnoughStakeToSetWeights,
        /// Not enough stake to set childkeys.
        NotEnoughStakeToSetChildkeys,
        /// Not enough balance to stake.
        NotEnoughBalanceToStake,
        /// Balance withdrawal error.
        BalanceWithdrawalError,
        /// Zero balance after withdrawn.
        ZeroBalanceAfterWithdrawn,
        /// Neuron no validator permit.
        NeuronNoValidatorPermit,
        /// Weight vec not equal size.
        WeightVecNotEqualSize,
        /// Duplicate uids.
        DuplicateUids,
        /// Uid vec contain invalid one.
        UidVecContainInvalidOne,
        /// Weight vec length is low.
        WeightVecLengthIsLow,
        /// Too many registrations this block.
        TooManyRegistrationsThisBlock,
        /// Hot key already registered in sub net.
        HotKeyAlreadyRegisteredInSubNet,
        /// New hot key is same with old.
        NewHotKeyIsSameWithOld,
        /// New hot key not clean for root swap.
        NewHotKeyNotCleanForRootSwap,
        /// Invalid work block.
        InvalidWorkBlock,
        /// Invalid difficulty.
        InvalidDifficulty,
        /// Invalid seal.
        InvalidSeal,
        /// Max weight exceeded.
        MaxWeightExceeded,
        /// Hot key already delegate.
        HotKeyAlreadyDelegate,
        /// Setting weights too fast.
        SettingWeightsTooFast,
        /// Incorrect weight version key.
        IncorrectWeightVersionKey,
        /// Serving rate limit exceeded.
        ServingRateLimitExceeded,
        /// Uids length exceed uids in sub net.
        UidsLengthExceedUidsInSubNet,
        /// Network tx rate limit exceeded.
        NetworkTxRateLimitExceeded,
        /// Delegate tx rate limit exceeded.
        DelegateTxRateLimitExceeded,
        /// Hot key set tx rate limit exceeded.
        HotKeySetTxRateLimitExceeded,
        /// Staking rate limit exceeded.
        StakingRateLimitExceeded,
        /// Sub net registration disabled.
        SubNetRegistrationDisabled,
        /// Too many registrations this interval.
        TooManyRegistrationsThisInterval,
        /// Transactor account should be hot key.
        TransactorAccountShouldBeHotKey,
        /// Faucet disabled.
        FaucetDisabled,
        /// Not subnet owner.
        NotSubnetOwner,
        /// Registration not permitted on root subnet.
        RegistrationNotPermittedOnRootSubnet,
        /// Stake too low for root.
        StakeTooLowForRoot,
        /// All networks in immunity.
        AllNetworksInImmunity,
        /// Not enough balance to pay swap hot key.
        NotEnoughBalanceToPaySwapHotKey,
        /// Not root subnet.
        NotRootSubnet,
        /// Can not set root network weights.
        CanNotSetRootNetworkWeights,
        /// No neuron id available.
        NoNeuronIdAvailable,
        /// Delegate take too low.
        DelegateTakeTooLow,
        /// Delegate take too high.
        DelegateTakeTooHigh,
        /// No weights commit found.
        NoWeightsCommitFound,
        /// Invalid reveal commit hash not match.
        InvalidRevealCommitHashNotMatch,
        /// Commit reveal enabled.
        CommitRevealEnabled,
        /// Commit reveal disabled.
        CommitRevealDisabled,
        /// Liquid alpha must be on before its bounds can be set.
        LiquidAlphaDisabled,
        /// The high alpha is below 1638 of 65535.
        AlphaHighTooLow,
        /// The low alpha is below 1638 of 65535, or above the high one.
        AlphaLowOutOfRange,
        /// Cold key already associated.
        ColdKeyAlreadyAssociated,
        /// Not enough balance to pay swap cold key.
        NotEnoughBalanceToPaySwapColdKey,
        /// Invalid child.
        InvalidChild,
        /// Duplicate child.
        DuplicateChild,
        /// Proportion overflow.
        ProportionOverflow,
        /// Too many children.
        TooManyChildren,
        /// The same thing was changed too few blocks ago.
        TxRateLimitExceeded,
        /// Coldkey swap announcement not found.
        ColdkeySwapAnnouncementNotFound,
        /// Coldkey swap too early.
        ColdkeySwapTooEarly,
        /// Coldkey swap reannounced too early.
        ColdkeySwapReannouncedTooEarly,
        /// Announced coldkey hash does not match.
        AnnouncedColdkeyHashDoesNotMatch,
        /// Coldkey swap already disputed.
        ColdkeySwapAlreadyDisputed,
        /// New cold key is hotkey.
        NewColdKeyIsHotkey,
        /// Invalid childkey take.
        InvalidChildkeyTake,
        /// Tx childkey take rate limit exceeded.
        TxChildkeyTakeRateLimitExceeded,
        /// Invalid identity.
        InvalidIdentity,
        /// There is no such subnet.
        MechanismDoesNotExist,
        /// Stake unavailable.
        StakeUnavailable,
        /// There is no such subnet.
        SubnetNotExists,
        /// Too many unrevealed commits.
        TooManyUnrevealedCommits,
        /// Expired weight commit.
        ExpiredWeightCommit,
        /// Reveal too early.
        RevealTooEarly,
        /// Input lengths unequal.
        InputLengthsUnequal,
        /// Committing weights too fast.
        CommittingWeightsTooFast,
        /// Amount too low.
        AmountTooLow,
        /// Insufficient liquidity.
        InsufficientLiquidity,
        /// Slippage too high.
        SlippageTooHigh,
        /// Transfer disallowed.
        TransferDisallowed,
        /// Activity cutoff too low.
        ActivityCutoffTooLow,
        /// Call disabled.
        CallDisabled,
        /// First emission block number already set.
        FirstEmissionBlockNumberAlreadySet,
        /// Need waiting more blocks to star call.
        NeedWaitingMoreBlocksToStarCall,
        /// Not enough alpha out to recycle.
        NotEnoughAlphaOutToRecycle,
        /// Cannot burn or recycle on root subnet.
        CannotBurnOrRecycleOnRootSubnet,
        /// Unable to recover public key.
        UnableToRecoverPublicKey,
        /// Invalid recovered public key.
        InvalidRecoveredPublicKey,
        /// Subtoken disabled.
        SubtokenDisabled,
        /// Hot key swap on subnet interval not passed.
        HotKeySwapOnSubnetIntervalNotPassed,
        /// Keep stake blocked by collateral.
        KeepStakeBlockedByCollateral,
        /// Same netuid.
        SameNetuid,
        /// Insufficient tao balance.
        InsufficientTaoBalance,
        /// Invalid lease beneficiary.
        InvalidLeaseBeneficiary,
        /// Lease cannot end in the past.
        LeaseCannotEndInThePast,
        /// Lease netuid not found.
        LeaseNetuidNotFound,
        /// Lease does not exist.
        LeaseDoesNotExist,
        /// Lease has no end block.
        LeaseHasNoEndBlock,
        /// Lease has not ended.
        LeaseHasNotEnded,
        /// Overflow.
        Overflow,
        /// Beneficiary does not own hotkey.
        BeneficiaryDoesNotOwnHotkey,
        /// Expected beneficiary origin.
        ExpectedBeneficiaryOrigin,
        /// The subnet is about to run its epoch: setters are refused until it has.
        AdminActionProhibitedDuringWeightsWindow,
        /// Symbol does not exist.
        SymbolDoesNotExist,
        /// Symbol already in use.
        SymbolAlreadyInUse,
        /// Incorrect commit reveal version.
        IncorrectCommitRevealVersion,
        /// Invalid reveal round.
        InvalidRevealRound,
        /// Reveal period too large.
        RevealPeriodTooLarge,
        /// Reveal period too small.
        RevealPeriodTooSmall,
        /// The value is out of range.
        InvalidValue,
        /// Subnet limit reached.
        SubnetLimitReached,
        /// Cannot afford lock cost.
        CannotAffordLockCost,
        /// Evm key associate rate limit exceeded.
        EvmKeyAssociateRateLimitExceeded,
        /// Evm key association limit exceeded.
        EvmKeyAssociationLimitExceeded,
        /// Same auto stake hotkey already set.
        SameAutoStakeHotkeyAlreadySet,
        /// Uid map could not be cleared.
        UidMapCouldNotBeCleared,
        /// Too many of the neurons that stay would be immune.
        TrimmingWouldExceedMaxImmunePercentage,
        /// Child parent inconsistency.
        ChildParentInconsistency,
        /// Invalid root claim threshold.
        InvalidRootClaimThreshold,
        /// Neurons times mechanisms would be more than 256.
        TooManyUIDsPerMechanism,
        /// Voting power tracking not enabled.
        VotingPowerTrackingNotEnabled,
        /// Invalid voting power ema alpha.
        InvalidVotingPowerEmaAlpha,
        /// Deprecated.
        Deprecated,
        /// Subnet buyback rate limit exceeded.
        SubnetBuybackRateLimitExceeded,
        /// Network dissolve already queued.
        NetworkDissolveAlreadyQueued,
        /// Add stake burn rate limit exceeded.
        AddStakeBurnRateLimitExceeded,
        /// The account has announced a move to another coldkey.
        ColdkeySwapAnnounced,
        /// The account has announced a move to another coldkey, and it is disputed.
        ColdkeySwapDisputed,
        /// Coldkey swap clear too early.
        ColdkeySwapClearTooEarly,
        /// Disabled temporarily.
        DisabledTemporarily,
        /// Registration price limit exceeded.
        RegistrationPriceLimitExceeded,
        /// Lock hotkey mismatch.
        LockHotkeyMismatch,
        /// Insufficient stake for lock.
        InsufficientStakeForLock,
        /// No existing lock.
        NoExistingLock,
        /// Active lock exists.
        ActiveLockExists,
        /// The account is one of the chain's own.
        CannotUseSystemAccount,
        /// Unlock amount too high.
        UnlockAmountTooHigh,
        /// Waiting for dissolved subnet cleanup.
        WaitingForDissolvedSubnetCleanup,
        /// The tempo is not within 360 and 50400 blocks.
        TempoOutOfBounds,
        /// The factor is not within 1000 and 50000.
        ActivityCutoffFactorMilliOutOfBounds,
        /// An epoch is already pending.
        EpochTriggerAlreadyPending,
        /// The next epoch comes by itself within the freeze window.
        AutoEpochAlreadyImminent,
        /// An epoch cannot be triggered while weights are committed and revealed.
        DynamicTempoBlockedByCommitReveal,
        /// Account rejects locked alpha.
        AccountRejectsLockedAlpha,
        /// Lock id over flow.
        LockIdOverFlow,
        /// Start call not ready.
        StartCallNotReady,
        /// Insufficient alpha balance.
        InsufficientAlphaBalance,
        /// Coldkey collateral incomplete.
        ColdkeyCollateralIncomplete,
        /// Coldkey collateral positions full.
        ColdkeyCollateralPositionsFull,
        /// Basket has no weights.
        BasketHasNoWeights,
        /// Root stake locked.
        RootStakeLocked,
        /// Beta basket seed in progress.
        BetaBasketSeedInProgress,
        /// Root weight setting disabled.
        RootWeightSettingDisabled,
        /// Root claim too heavy.
        RootClaimTooHeavy,
        /// Root weight cap exceeded.
        RootWeightCapExceeded,
        /// Basket deposit pending.
        BasketDepositPending,
        /// Invalid batch length.
        InvalidBatchLength,
        /// Too many staking hotkeys.
        TooManyStakingHotkeys,
        /// Coldkey swap too heavy.
        ColdkeySwapTooHeavy,
        /// Basket concentration cap exceeded.
        BasketConcentrationCapExceeded,
        /// Basket trading disabled.
        BasketTradingDisabled,
        /// Basket trading frozen.
        BasketTradingFrozen,
        /// Basket turnover budget exceeded.
        BasketTurnoverBudgetExceeded,
        /// Basket same subnet.
        BasketSameSubnet,
        /// Basket liquidity cap exceeded.
        BasketLiquidityCapExceeded,
        /// Basket min out not met.
        BasketMinOutNotMet,
        /// Basket swap batch empty.
        BasketSwapBatchEmpty,
        /// Commit payload too large.
        CommitPayloadTooLarge,
        /// Commit queue full.
        CommitQueueFull,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::run_schedule(now.saturated_into());
            Weight::zero()
        }
    }

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

    /// Who may call, how often and when.
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
                ensure!(
                    !ColdkeySwapDisputes::<T>::contains_key(who),
                    Error::<T>::ColdkeySwapDisputed
                );
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
                Slot::Hyper(which) => LastRateLimitedBlock::<T>::get(
                    RateLimitKey::OwnerHyperparamUpdate(netuid, which),
                ),
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
        pub fn ensure_not_too_soon(
            who: &T::AccountId,
            netuid: NetUid,
            slot: Slot,
        ) -> DispatchResult {
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
        pub fn ensure_window_open(netuid: NetUid) -> DispatchResult {
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
            Self::ensure_window_open(netuid)?;
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

    /// The epoch schedule.
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
                population::act::<T>(netuid, block);
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
                BlocksSinceLastStep::<T>::mutate(netuid, |blocks| {
                    *blocks = blocks.saturating_add(1)
                });
                if !Self::is_due(netuid, block) {
                    continue;
                }
                if left == 0 {
                    let to_block = block.saturating_add(1);
                    PendingEpochAt::<T>::insert(netuid, to_block);
                    Self::deposit_event(Event::EpochDeferred {
                        netuid,
                        from_block: block,
                        to_block,
                    });
                    continue;
                }
                left = left.saturating_sub(1);
                Self::use_slot(netuid, block);
            }
        }

        fn use_slot(netuid: NetUid, block: u64) {
            LastEpochBlock::<T>::insert(netuid, block);
            PendingEpochAt::<T>::insert(netuid, 0);
            SubnetEpochIndex::<T>::mutate(netuid, |index| *index = index.saturating_add(1));
            Self::reveal(netuid);
            if Self::has_duplicate_hotkeys(netuid) {
                Self::deposit_event(Event::EpochSkipped { netuid, block });
                return;
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
        }
    }

    /// Mechanisms and neurons.
    impl<T: Config> Pallet<T> {
        /// Where the storage of one mechanism lies.
        pub fn mechanism_index(netuid: NetUid, mechanism: MechId) -> NetUidStorageIndex {
            let first = u16::from(mechanism.0).saturating_mul(MECHANISM_STRIDE);
            NetUidStorageIndex(first.saturating_add(netuid.0))
        }

        /// Changes the number of mechanisms; what belongs to the dropped ones is lost.
        pub fn apply_mechanism_count(netuid: NetUid, count: MechId) -> DispatchResult {
            ensure!(Self::subnet_exists(netuid), Error::<T>::MechanismDoesNotExist);
            ensure!(
                count.0 >= 1 && count <= MaxMechanismCount::<T>::get(),
                Error::<T>::InvalidValue
            );
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
            (0..MAX_MECHANISMS)
                .map(move |mechanism| Self::mechanism_index(netuid, MechId(mechanism)))
        }

        /// Forgets all weights that wait to be revealed; how many entries there were.
        fn cancel_commits(netuid: NetUid) -> u32 {
            Self::commit_indices(netuid)
                .map(|index| {
                    TimelockedWeightCommits::<T>::clear_prefix(index, u32::MAX, None).unique
                })
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
            let emission_of =
                |uid: u16| emission.get(usize::from(uid)).copied().unwrap_or_default();
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
                keep.iter()
                    .map(|uid| all.get(usize::from(*uid)).copied().unwrap_or_default())
                    .collect()
            }
            let keys: Vec<T::AccountId> =
                (0..count).map(|uid| Keys::<T>::get(netuid, uid)).collect();
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
                let weights: Vec<_> =
                    (0..count).map(|uid| Weights::<T>::take(index, uid)).collect();
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
}
