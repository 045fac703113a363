//! The hyperparameters of a subnet.

use frame_support::pallet_macros::pallet_section;

storage! {
    mod hyperparameters;

    /// Blocks between two announcements of a neuron's address.
    ServingRateLimit: Identity(NetUid) => u64 = DefaultServingRateLimit { 50 };
    /// Lower bound of the proof-of-work difficulty.
    MinDifficulty: Identity(NetUid) => u64 = DefaultMinDifficulty { 10_000_000 };
    /// Upper bound of the proof-of-work difficulty.
    MaxDifficulty: Identity(NetUid) => u64 = DefaultMaxDifficulty { 4_611_686_018_427_387_903 };
    /// Proof-of-work difficulty.
    Difficulty: Identity(NetUid) => u64 = DefaultDifficulty { 10_000_000 };
    /// Version that weights must carry; 0 for any.
    WeightsVersionKey: Identity(NetUid) => u64;
    /// Blocks between two weight settings of one validator.
    WeightsSetRateLimit: Identity(NetUid) => u64 = DefaultWeightsSetRateLimit { 100 };
    /// Blocks between two adjustments of the registration price (no longer read).
    AdjustmentInterval: Identity(NetUid) => u16 = DefaultAdjustmentInterval { 100 };
    /// Smoothing of the registration price (no longer read).
    AdjustmentAlpha: Identity(NetUid) => u64;
    /// Blocks in which a new neuron cannot be replaced.
    ImmunityPeriod: Identity(NetUid) => u16 = DefaultImmunityPeriod { 4096 };
    /// Fewest weights that a validator must set.
    MinAllowedWeights: Identity(NetUid) => u16 = DefaultMinAllowedWeights { 1024 };
    /// Largest single weight (a constant in fact).
    MaxWeightsLimit: Identity(NetUid) => u16 = DefaultMaxWeightsLimit { 65_535 };
    /// Most neurons in a subnet.
    MaxAllowedUids: Identity(NetUid) => u16 = DefaultMaxAllowedUids { 256 };
    /// Fewest neurons that a subnet may be trimmed to.
    MinAllowedUids: Identity(NetUid) => u16 = DefaultMinAllowedUids { 64 };
    /// Neurons that stay replaceable.
    MinNonImmuneUids: Identity(NetUid) => u16 = DefaultMinNonImmuneUids { 10 };
    /// The share of stake that makes consensus, over 65535.
    Kappa: Identity(NetUid) => u16 = DefaultKappa { 32_767 };
    /// Steepness of the old trust function (no longer read).
    Rho: Identity(NetUid) => u16 = DefaultRho { 10 };
    /// Blocks after which a validator was inactive (no longer read).
    ActivityCutoff: Identity(NetUid) => u16 = DefaultActivityCutoff { 5000 };
    /// Thousandths of a tempo after which a validator is inactive.
    ActivityCutoffFactorMilli: Identity(NetUid) => u32
        = DefaultActivityCutoffFactorMilli { 13_889 };
    /// Whether neurons may register.
    NetworkRegistrationAllowed: Identity(NetUid) => bool
        = DefaultNetworkRegistrationAllowed { true };
    /// Whether neurons may register by proof of work (never, now).
    NetworkPowRegistrationAllowed: Identity(NetUid) => bool
        = DefaultNetworkPowRegistrationAllowed { false };
    /// Registrations per interval that the old price aimed at.
    TargetRegistrationsPerInterval: Identity(NetUid) => u16
        = DefaultTargetRegistrationsPerInterval { 2 };
    /// Registrations per block.
    MaxRegistrationsPerBlock: Identity(NetUid) => u16 = DefaultMaxRegistrationsPerBlock { 1 };
    /// Lower bound of the registration price.
    MinBurn: Identity(NetUid) => TaoBalance = DefaultMinBurn { TaoBalance(500_000) };
    /// Upper bound of the registration price.
    MaxBurn: Identity(NetUid) => TaoBalance = DefaultMaxBurn { TaoBalance(100_000_000_000) };
    /// Registration price.
    Burn: Identity(NetUid) => TaoBalance = DefaultBurn { TaoBalance(100_000_000) };
    /// Blocks in which the registration price halves.
    BurnHalfLife: Identity(NetUid) => u16 = DefaultBurnHalfLife { 360 };
    /// Factor by which a registration raises the price.
    BurnIncreaseMult: Identity(NetUid) => U64F64
        = DefaultBurnIncreaseMult { U64F64 { bits: 23242897532874035200 } };
    /// Weight of old bonds, over a million.
    BondsMovingAverage: Identity(NetUid) => u64 = DefaultBondsMovingAverage { 900_000 };
    /// How much of the bonds over consensus is cut, over 65535.
    BondsPenalty: Identity(NetUid) => u16 = DefaultBondsPenalty { 65_535 };
    /// Whether validators may ask for their bonds to be reset.
    BondsResetOn: Identity(NetUid) => bool;
    /// Most validators with a permit.
    MaxAllowedValidators: Identity(NetUid) => u16 = DefaultMaxAllowedValidators { 128 };
    /// Whether weights are committed first and revealed later.
    CommitRevealWeightsEnabled: Identity(NetUid) => bool
        = DefaultCommitRevealWeightsEnabled { true };
    /// Epochs from commit to reveal.
    RevealPeriodEpochs: Twox64Concat(NetUid) => u64 = DefaultRevealPeriodEpochs { 1 };
    /// Whether the bond average follows the distance from consensus.
    LiquidAlphaOn: Blake2_128Concat(NetUid) => bool;
    /// Low and high bound of the liquid alpha, over 65535.
    AlphaValues: Identity(NetUid) => (u16, u16) = DefaultAlphaValues { (45_875, 58_982) };
    /// Steepness of the liquid alpha, in hundredths.
    AlphaSigmoidSteepness: Identity(NetUid) => i16 = DefaultAlphaSigmoidSteepness { 1000 };
    /// Whether the third Yuma consensus is used.
    Yuma3On: Blake2_128Concat(NetUid) => bool;
    /// Whether stake may be transferred.
    TransferToggle: Identity(NetUid) => bool = DefaultTransferToggle { true };
    /// What happens to the emission of the owner's miners.
    RecycleOrBurn: Identity(NetUid) => RecycleOrBurnEnum;
    /// Whether the subnet's token is in use.
    SubtokenEnabled: Identity(NetUid) => bool;
    /// Whether the subnet's pool receives emission.
    SubnetEmissionEnabled: Identity(NetUid) => bool = DefaultSubnetEmissionEnabled { true };
    /// How many of the owner's neurons cannot be replaced.
    ImmuneOwnerUidsLimit: Identity(NetUid) => u16 = DefaultImmuneOwnerUidsLimit { 1 };
    /// Whether the owner receives a share of the emission.
    OwnerCutEnabled: Identity(NetUid) => bool = DefaultOwnerCutEnabled { true };
    /// Whether the owner's share is locked at once.
    OwnerCutAutoLockEnabled: Identity(NetUid) => bool;
    /// Smallest childkey take in this subnet.
    MinChildkeyTakePerSubnet: Identity(NetUid) => PerU16;
    /// Half-life of the price average, in blocks.
    EMAPriceHalvingBlocks: Identity(NetUid) => u64 = DefaultEMAPriceHalvingBlocks { 201_600 };
    /// How many mechanisms the subnet runs.
    MechanismCountCurrent: Twox64Concat(NetUid) => MechId
        = DefaultMechanismCountCurrent { MechId(1) };
    /// Shares of the mechanisms, summing up to 65535; none for even.
    MechanismEmissionSplit: Twox64Concat(NetUid) => Option<Vec<u16>>;
    /// Smallest root dividend that is claimed.
    RootClaimableThreshold: Blake2_128Concat(NetUid) => I96F32
        = DefaultRootClaimableThreshold { I96F32 { bits: 2147483648000000 } };
    /// Whether voting power is tracked.
    VotingPowerTrackingEnabled: Identity(NetUid) => bool;
    /// Block at which the tracking ends; 0 for never.
    VotingPowerDisableAtBlock: Identity(NetUid) => u64;
    /// Smoothing of the voting power, over 10^18.
    VotingPowerEmaAlpha: Identity(NetUid) => u64
        = DefaultVotingPowerEmaAlpha { 3_570_000_000_000_000 };
    /// The subnet's token symbol.
    TokenSymbol: Identity(NetUid) => Vec<u8>
        = DefaultTokenSymbol { "\u{1d70f}".as_bytes().to_vec() };
    /// An old parameter that nothing reads.
    ScalingLawPower: Identity(NetUid) => u16 = DefaultScalingLawPower { 50 };
    /// An old parameter that nothing reads.
    ValidatorPruneLen: Identity(NetUid) => u64 = DefaultValidatorPruneLen { 1 };
}
