//! What holds for all subnets, what was changed when, and the schedule of the epochs.

use frame_support::pallet_macros::pallet_section;

storage! {
    mod globals;

    // Global settings

    /// Smallest value that `ActivityCutoff` may take.
    MinActivityCutoff: u16 = DefaultMinActivityCutoff { 360 };
    /// Blocks before an epoch in which setters are refused.
    AdminFreezeWindow: u16 = DefaultAdminFreezeWindow { 10 };
    /// Tempos that must pass between two changes of one hyperparameter.
    OwnerHyperparamRateLimit: u16 = DefaultOwnerHyperparamRateLimit { 2 };
    /// Tempos that must pass between two changes of the weights version.
    WeightsVersionKeyRateLimit: u64 = DefaultWeightsVersionKeyRateLimit { 5 };
    /// How many subnets may run their epoch in one block.
    MaxEpochsPerBlock: u8 = DefaultMaxEpochsPerBlock { 2 };
    /// Most mechanisms that a subnet may have.
    MaxMechanismCount: MechId = DefaultMaxMechanismCount { MechId(2) };
    /// Largest childkey take.
    MaxChildkeyTake: PerU16 = DefaultMaxChildkeyTake { PerU16(11_796) };
    /// Smallest childkey take.
    MinChildkeyTake: PerU16;
    /// Largest delegate take.
    MaxDelegateTake: PerU16 = DefaultMaxDelegateTake { PerU16(11_796) };
    /// Smallest delegate take.
    MinDelegateTake: PerU16;
    /// Stake below which a neuron has no stake weight.
    StakeThreshold: u64;
    /// How much root stake weighs, over 2^64.
    TaoWeight: u64 = DefaultTaoWeight { 971_718_665_099_567_868 };
    /// Most subnets at a time.
    SubnetLimit: u16 = DefaultSubnetLimit { 128 };
    /// Number of subnets.
    TotalNetworks: u16;
    /// All TAO, staked or free.
    TotalIssuance: TaoBalance;
    /// All staked TAO.
    TotalStake: TaoBalance;
    /// TAO minted per block.
    BlockEmission: u64 = DefaultBlockEmission { 1_000_000_000 };
    /// The owner's share of a subnet's emission, over 65535.
    SubnetOwnerCut: u16 = DefaultSubnetOwnerCut { 11_796 };
    /// Blocks between two subnet registrations of one account.
    NetworkRateLimit: u64 = DefaultNetworkRateLimit { 7200 };
    /// Smallest price of a subnet.
    NetworkMinLockCost: TaoBalance = DefaultNetworkMinLockCost { TaoBalance(1_000_000_000_000) };
    /// The price that the last subnet paid.
    NetworkLastLockCost: TaoBalance = DefaultNetworkLastLockCost { TaoBalance(1_000_000_000_000) };
    /// Blocks between two transactions of some kinds.
    TxRateLimit: u64 = DefaultTxRateLimit { 1000 };
    /// Blocks between two changes of a delegate take.
    TxDelegateTakeRateLimit: u64 = DefaultTxDelegateTakeRateLimit { 216_000 };
    /// Blocks between two changes of a childkey take.
    TxChildkeyTakeRateLimit: u64 = DefaultTxChildkeyTakeRateLimit { 216_000 };
    /// Version of the commit-reveal scheme.
    CommitRevealWeightsVersion: u16 = DefaultCommitRevealWeightsVersion { 4 };
    /// Blocks from registration until a subnet may be started.
    StartCallDelay: u64;

    // Rate limits

    /// Block of the last change, for every rate-limited thing that has a key of its own.
    LastRateLimitedBlock: Identity(RateLimitKey<T::AccountId>) => u64;

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

    /// Blocks from one epoch to the next.
    Tempo: Identity(NetUid) => u16 = DefaultTempo { 360 };
    /// Block in which the last epoch slot was used: the anchor of the schedule.
    LastEpochBlock: Identity(NetUid) => u64;
    /// Block of an epoch that was triggered or deferred; 0 for none.
    PendingEpochAt: Identity(NetUid) => u64;
    /// How many epoch slots were used.
    SubnetEpochIndex: Identity(NetUid) => u64;
    /// Blocks since the last epoch that ran.
    BlocksSinceLastStep: Identity(NetUid) => u64;
    /// Block of the last epoch that ran (the spelling is the chain's).
    LastMechansimStepBlock: Identity(NetUid) => u64;
}
