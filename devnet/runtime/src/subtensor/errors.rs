//! The errors of the pallet.

use frame_support::pallet_macros::pallet_section;

/// Becomes part of the pallet.
#[pallet_section]
mod errors {
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
}
