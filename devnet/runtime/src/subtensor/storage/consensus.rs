//! Liquid alpha, collateral, which consensus a subnet runs, and what followed upon a coldkey.

use frame_support::pallet_macros::pallet_section;

storage! {
    mod consensus;

    /// Which consensus the liquid alpha measures the distance from.
    LiquidAlphaConsensusMode: Identity(NetUid) => ConsensusMode;
    /// Share of the registration price that is locked as collateral, over 65535.
    CollateralLockShare: Identity(NetUid) => u16;
    /// How fast collateral is drained.
    CollateralDrainRatio: Identity(NetUid) => U64F64 = DefaultCollateralDrainRatio { U64F64::ONE };
    /// Which consensus the epoch runs.
    SubnetEpochConsensus: Identity(NetUid) => EpochConsensus;
    /// How many neurons an unfinished pruning in Null consensus leaves.
    NullPruningTarget: Identity(NetUid) => Option<u16>;
    /// What `MaxAllowedValidators` will be once Null consensus ends.
    SavedYumaMaxAllowedValidators: Identity(NetUid) => Option<u16>;
    /// Block of the last epoch that ran Yuma consensus.
    LastYumaStepBlock: Identity(NetUid) => Option<u64>;

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

    /// The key that a coldkey was rotated to.
    ColdkeySuccessor: Blake2_128Concat(T::AccountId) => Option<T::AccountId>;
    /// The first key of a coldkey's rotations.
    ColdkeyRoot: Blake2_128Concat(T::AccountId) => Option<T::AccountId>;
    /// Tokens that belong to the protocol, and count for no conviction.
    SubnetProtocolAlpha: Identity(NetUid) => AlphaBalance;
}
