//! The events of the pallet.

use frame_support::pallet_macros::pallet_section;

/// Becomes part of the pallet.
#[pallet_section]
mod events {
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
}
