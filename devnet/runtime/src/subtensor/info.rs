//! What the runtime APIs tell about subnets and neurons.

use super::{pallet::*, types::*};
use alloc::vec::Vec;
use codec::{Compact, Decode, Encode};
use frame_support::pallet_prelude::TypeInfo;

/// The oldest, positional form.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct SubnetHyperparams {
    pub rho: Compact<u16>,
    pub kappa: Compact<u16>,
    pub immunity_period: Compact<u16>,
    pub min_allowed_weights: Compact<u16>,
    pub max_weights_limit: Compact<u16>,
    pub tempo: Compact<u16>,
    pub min_difficulty: Compact<u64>,
    pub max_difficulty: Compact<u64>,
    pub weights_version: Compact<u64>,
    pub weights_rate_limit: Compact<u64>,
    pub adjustment_interval: Compact<u16>,
    pub activity_cutoff: Compact<u64>,
    pub registration_allowed: bool,
    pub target_regs_per_interval: Compact<u16>,
    pub min_burn: Compact<u64>,
    pub max_burn: Compact<u64>,
    pub bonds_moving_avg: Compact<u64>,
    pub max_regs_per_block: Compact<u16>,
    pub serving_rate_limit: Compact<u64>,
    pub max_validators: Compact<u16>,
    pub adjustment_alpha: Compact<u64>,
    pub difficulty: Compact<u64>,
    pub commit_reveal_period: Compact<u64>,
    pub commit_reveal_weights_enabled: bool,
    pub alpha_high: Compact<u16>,
    pub alpha_low: Compact<u16>,
    pub liquid_alpha_enabled: bool,
}

/// The second, positional form.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct SubnetHyperparamsV2 {
    pub rho: Compact<u16>,
    pub kappa: Compact<u16>,
    pub immunity_period: Compact<u16>,
    pub min_allowed_weights: Compact<u16>,
    pub max_weights_limit: Compact<u16>,
    pub tempo: Compact<u16>,
    pub min_difficulty: Compact<u64>,
    pub max_difficulty: Compact<u64>,
    pub weights_version: Compact<u64>,
    pub weights_rate_limit: Compact<u64>,
    pub adjustment_interval: Compact<u16>,
    pub activity_cutoff: Compact<u64>,
    pub registration_allowed: bool,
    pub target_regs_per_interval: Compact<u16>,
    pub min_burn: Compact<u64>,
    pub max_burn: Compact<u64>,
    pub bonds_moving_avg: Compact<u64>,
    pub max_regs_per_block: Compact<u16>,
    pub serving_rate_limit: Compact<u64>,
    pub max_validators: Compact<u16>,
    pub adjustment_alpha: Compact<u64>,
    pub difficulty: Compact<u64>,
    pub commit_reveal_period: Compact<u64>,
    pub commit_reveal_weights_enabled: bool,
    pub alpha_high: Compact<u16>,
    pub alpha_low: Compact<u16>,
    pub liquid_alpha_enabled: bool,
    pub alpha_sigmoid_steepness: I32F32,
    pub yuma_version: Compact<u16>,
    pub subnet_is_active: bool,
    pub transfers_enabled: bool,
    pub bonds_reset_enabled: bool,
    pub user_liquidity_enabled: bool,
}

/// One hyperparameter of the open-ended form.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct HyperparamEntry {
    /// Its name.
    pub name: Vec<u8>,
    /// Its value.
    pub value: HyperparamValue,
}

/// A value of the open-ended form.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub enum HyperparamValue {
    Bool(bool),
    U16(Compact<u16>),
    U32(Compact<u32>),
    U64(Compact<u64>),
    U128(Compact<u128>),
    TaoBalance(Compact<u64>),
    I32F32(I32F32),
    U64F64(U64F64),
}

/// A neuron with its weights and bonds.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct NeuronInfo<AccountId> {
    pub hotkey: AccountId,
    pub coldkey: AccountId,
    pub uid: Compact<u16>,
    pub netuid: Compact<u16>,
    pub active: bool,
    pub axon_info: AxonInfo,
    pub prometheus_info: PrometheusInfo,
    pub stake: Vec<(AccountId, Compact<u64>)>,
    pub rank: Compact<u16>,
    pub emission: Compact<u64>,
    pub incentive: Compact<u16>,
    pub consensus: Compact<u16>,
    pub trust: Compact<u16>,
    pub validator_trust: Compact<u16>,
    pub dividends: Compact<u16>,
    pub last_update: Compact<u64>,
    pub validator_permit: bool,
    pub weights: Vec<(Compact<u16>, Compact<u16>)>,
    pub bonds: Vec<(Compact<u16>, Compact<u16>)>,
    pub pruning_score: Compact<u16>,
}

/// A neuron without its weights and bonds.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct NeuronInfoLite<AccountId> {
    pub hotkey: AccountId,
    pub coldkey: AccountId,
    pub uid: Compact<u16>,
    pub netuid: Compact<u16>,
    pub active: bool,
    pub axon_info: AxonInfo,
    pub prometheus_info: PrometheusInfo,
    pub stake: Vec<(AccountId, Compact<u64>)>,
    pub rank: Compact<u16>,
    pub emission: Compact<u64>,
    pub incentive: Compact<u16>,
    pub consensus: Compact<u16>,
    pub trust: Compact<u16>,
    pub validator_trust: Compact<u16>,
    pub dividends: Compact<u16>,
    pub last_update: Compact<u64>,
    pub validator_permit: bool,
    pub pruning_score: Compact<u16>,
}

/// A subnet with its pool.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct DynamicInfo<AccountId> {
    pub netuid: Compact<u16>,
    pub owner_hotkey: AccountId,
    pub owner_coldkey: AccountId,
    pub subnet_name: Vec<Compact<u8>>,
    pub token_symbol: Vec<Compact<u8>>,
    pub tempo: Compact<u16>,
    pub last_step: Compact<u64>,
    pub blocks_since_last_step: Compact<u64>,
    pub emission: Compact<u64>,
    pub alpha_in: Compact<u64>,
    pub alpha_out: Compact<u64>,
    pub tao_in: Compact<u64>,
    pub alpha_out_emission: Compact<u64>,
    pub alpha_in_emission: Compact<u64>,
    pub tao_in_emission: Compact<u64>,
    pub pending_alpha_emission: Compact<u64>,
    pub pending_root_emission: Compact<u64>,
    pub subnet_volume: Compact<u128>,
    pub network_registered_at: Compact<u64>,
    pub subnet_identity: Option<SubnetIdentityV3>,
    pub moving_price: I96F32,
}

fn bytes(text: Vec<u8>) -> Vec<Compact<u8>> {
    text.into_iter().map(Compact).collect()
}

fn pairs(row: Vec<(u16, u16)>) -> Vec<(Compact<u16>, Compact<u16>)> {
    row.into_iter().map(|(uid, value)| (Compact(uid), Compact(value))).collect()
}

impl<T: Config> Pallet<T> {
    /// The activity cutoff that holds, in blocks.
    pub fn activity_cutoff_blocks(netuid: NetUid) -> u64 {
        let factor = u64::from(ActivityCutoffFactorMilli::<T>::get(netuid));
        factor
            .saturating_mul(u64::from(Tempo::<T>::get(netuid)))
            .checked_div(1000)
            .unwrap_or_default()
            .max(1)
    }

    fn yuma_version(netuid: NetUid) -> u16 {
        if Yuma3On::<T>::get(netuid) { 3 } else { 2 }
    }

    /// The block of the next epoch, as far as it is known now.
    pub fn next_epoch_start_block(netuid: NetUid) -> Option<u64> {
        if !Self::subnet_exists(netuid) || Tempo::<T>::get(netuid) == 0 {
            return None;
        }
        let automatic = Self::next_automatic_epoch(netuid);
        let pending = PendingEpochAt::<T>::get(netuid);
        Some(if pending > 0 { automatic.min(pending) } else { automatic })
    }

    /// The oldest form.
    pub fn hyperparams(netuid: NetUid) -> Option<SubnetHyperparams> {
        let (alpha_low, alpha_high) = AlphaValues::<T>::get(netuid);
        Self::subnet_exists(netuid).then(|| SubnetHyperparams {
            rho: Compact(Rho::<T>::get(netuid)),
            kappa: Compact(Kappa::<T>::get(netuid)),
            immunity_period: Compact(ImmunityPeriod::<T>::get(netuid)),
            min_allowed_weights: Compact(MinAllowedWeights::<T>::get(netuid)),
            max_weights_limit: Compact(u16::MAX),
            tempo: Compact(Tempo::<T>::get(netuid)),
            min_difficulty: Compact(MinDifficulty::<T>::get(netuid)),
            max_difficulty: Compact(MaxDifficulty::<T>::get(netuid)),
            weights_version: Compact(WeightsVersionKey::<T>::get(netuid)),
            weights_rate_limit: Compact(WeightsSetRateLimit::<T>::get(netuid)),
            adjustment_interval: Compact(AdjustmentInterval::<T>::get(netuid)),
            activity_cutoff: Compact(Self::activity_cutoff_blocks(netuid)),
            registration_allowed: NetworkRegistrationAllowed::<T>::get(netuid),
            target_regs_per_interval: Compact(TargetRegistrationsPerInterval::<T>::get(netuid)),
            min_burn: Compact(MinBurn::<T>::get(netuid).0),
            max_burn: Compact(MaxBurn::<T>::get(netuid).0),
            bonds_moving_avg: Compact(BondsMovingAverage::<T>::get(netuid)),
            max_regs_per_block: Compact(MaxRegistrationsPerBlock::<T>::get(netuid)),
            serving_rate_limit: Compact(ServingRateLimit::<T>::get(netuid)),
            max_validators: Compact(MaxAllowedValidators::<T>::get(netuid)),
            adjustment_alpha: Compact(AdjustmentAlpha::<T>::get(netuid)),
            difficulty: Compact(Difficulty::<T>::get(netuid)),
            commit_reveal_period: Compact(RevealPeriodEpochs::<T>::get(netuid)),
            commit_reveal_weights_enabled: CommitRevealWeightsEnabled::<T>::get(netuid),
            alpha_high: Compact(alpha_high),
            alpha_low: Compact(alpha_low),
            liquid_alpha_enabled: LiquidAlphaOn::<T>::get(netuid),
        })
    }

    /// The second form.
    pub fn hyperparams_v2(netuid: NetUid) -> Option<SubnetHyperparamsV2> {
        let (alpha_low, alpha_high) = AlphaValues::<T>::get(netuid);
        Self::subnet_exists(netuid).then(|| SubnetHyperparamsV2 {
            rho: Compact(Rho::<T>::get(netuid)),
            kappa: Compact(Kappa::<T>::get(netuid)),
            immunity_period: Compact(ImmunityPeriod::<T>::get(netuid)),
            min_allowed_weights: Compact(MinAllowedWeights::<T>::get(netuid)),
            max_weights_limit: Compact(u16::MAX),
            tempo: Compact(Tempo::<T>::get(netuid)),
            min_difficulty: Compact(MinDifficulty::<T>::get(netuid)),
            max_difficulty: Compact(MaxDifficulty::<T>::get(netuid)),
            weights_version: Compact(WeightsVersionKey::<T>::get(netuid)),
            weights_rate_limit: Compact(WeightsSetRateLimit::<T>::get(netuid)),
            adjustment_interval: Compact(AdjustmentInterval::<T>::get(netuid)),
            activity_cutoff: Compact(Self::activity_cutoff_blocks(netuid)),
            registration_allowed: NetworkRegistrationAllowed::<T>::get(netuid),
            target_regs_per_interval: Compact(TargetRegistrationsPerInterval::<T>::get(netuid)),
            min_burn: Compact(MinBurn::<T>::get(netuid).0),
            max_burn: Compact(MaxBurn::<T>::get(netuid).0),
            bonds_moving_avg: Compact(BondsMovingAverage::<T>::get(netuid)),
            max_regs_per_block: Compact(MaxRegistrationsPerBlock::<T>::get(netuid)),
            serving_rate_limit: Compact(ServingRateLimit::<T>::get(netuid)),
            max_validators: Compact(MaxAllowedValidators::<T>::get(netuid)),
            adjustment_alpha: Compact(AdjustmentAlpha::<T>::get(netuid)),
            difficulty: Compact(Difficulty::<T>::get(netuid)),
            commit_reveal_period: Compact(RevealPeriodEpochs::<T>::get(netuid)),
            commit_reveal_weights_enabled: CommitRevealWeightsEnabled::<T>::get(netuid),
            alpha_high: Compact(alpha_high),
            alpha_low: Compact(alpha_low),
            liquid_alpha_enabled: LiquidAlphaOn::<T>::get(netuid),
            alpha_sigmoid_steepness: AlphaSigmoidSteepness::<T>::get(netuid).into(),
            yuma_version: Compact(Self::yuma_version(netuid)),
            subnet_is_active: SubtokenEnabled::<T>::get(netuid),
            transfers_enabled: TransferToggle::<T>::get(netuid),
            bonds_reset_enabled: BondsResetOn::<T>::get(netuid),
            user_liquidity_enabled: false,
        })
    }

    /// The open-ended list that newer clients read.
    pub fn hyperparams_v3(netuid: NetUid) -> Option<Vec<HyperparamEntry>> {
        use HyperparamValue as V;
        if !Self::subnet_exists(netuid) {
            return None;
        }
        let (alpha_low, alpha_high) = AlphaValues::<T>::get(netuid);
        let take = MinChildkeyTakePerSubnet::<T>::get(netuid).max(MinChildkeyTake::<T>::get());
        let entries = [
            ("kappa", V::U16(Compact(Kappa::<T>::get(netuid)))),
            ("immunity_period", V::U16(Compact(ImmunityPeriod::<T>::get(netuid)))),
            ("min_allowed_weights", V::U16(Compact(MinAllowedWeights::<T>::get(netuid)))),
            ("max_weights_limit", V::U16(Compact(u16::MAX))),
            ("tempo", V::U16(Compact(Tempo::<T>::get(netuid)))),
            ("weights_version", V::U64(Compact(WeightsVersionKey::<T>::get(netuid)))),
            ("weights_rate_limit", V::U64(Compact(WeightsSetRateLimit::<T>::get(netuid)))),
            ("activity_cutoff", V::U64(Compact(Self::activity_cutoff_blocks(netuid)))),
            (
                "activity_cutoff_factor",
                V::U32(Compact(ActivityCutoffFactorMilli::<T>::get(netuid))),
            ),
            ("registration_allowed", V::Bool(NetworkRegistrationAllowed::<T>::get(netuid))),
            (
                "target_regs_per_interval",
                V::U16(Compact(TargetRegistrationsPerInterval::<T>::get(netuid))),
            ),
            ("min_burn", V::TaoBalance(Compact(MinBurn::<T>::get(netuid).0))),
            ("max_burn", V::TaoBalance(Compact(MaxBurn::<T>::get(netuid).0))),
            ("burn_half_life", V::U16(Compact(BurnHalfLife::<T>::get(netuid)))),
            ("burn_increase_mult", V::U64F64(BurnIncreaseMult::<T>::get(netuid))),
            ("bonds_moving_avg", V::U64(Compact(BondsMovingAverage::<T>::get(netuid)))),
            ("max_regs_per_block", V::U16(Compact(MaxRegistrationsPerBlock::<T>::get(netuid)))),
            ("serving_rate_limit", V::U64(Compact(ServingRateLimit::<T>::get(netuid)))),
            ("max_validators", V::U16(Compact(MaxAllowedValidators::<T>::get(netuid)))),
            ("commit_reveal_period", V::U64(Compact(RevealPeriodEpochs::<T>::get(netuid)))),
            (
                "commit_reveal_weights_enabled",
                V::Bool(CommitRevealWeightsEnabled::<T>::get(netuid)),
            ),
            ("alpha_high", V::U16(Compact(alpha_high))),
            ("alpha_low", V::U16(Compact(alpha_low))),
            ("liquid_alpha_enabled", V::Bool(LiquidAlphaOn::<T>::get(netuid))),
            ("alpha_sigmoid_steepness", V::I32F32(AlphaSigmoidSteepness::<T>::get(netuid).into())),
            ("yuma_version", V::U16(Compact(Self::yuma_version(netuid)))),
            ("subnet_is_active", V::Bool(SubtokenEnabled::<T>::get(netuid))),
            ("transfers_enabled", V::Bool(TransferToggle::<T>::get(netuid))),
            ("bonds_reset_enabled", V::Bool(BondsResetOn::<T>::get(netuid))),
            ("user_liquidity_enabled", V::Bool(false)),
            ("owner_cut_enabled", V::Bool(OwnerCutEnabled::<T>::get(netuid))),
            ("owner_cut_auto_lock_enabled", V::Bool(OwnerCutAutoLockEnabled::<T>::get(netuid))),
            ("min_childkey_take", V::U16(Compact(take.0))),
            ("collateral_lock_share", V::U16(Compact(CollateralLockShare::<T>::get(netuid)))),
            ("collateral_drain_ratio", V::U64F64(CollateralDrainRatio::<T>::get(netuid))),
        ];
        Some(
            entries
                .into_iter()
                .map(|(name, value)| HyperparamEntry { name: name.as_bytes().to_vec(), value })
                .collect(),
        )
    }

    /// A subnet with its pool.
    pub fn dynamic_info(netuid: NetUid) -> Option<DynamicInfo<T::AccountId>> {
        if !Self::subnet_exists(netuid) {
            return None;
        }
        let identity = SubnetIdentitiesV3::<T>::get(netuid);
        Some(DynamicInfo {
            netuid: Compact(netuid.0),
            owner_hotkey: SubnetOwnerHotkey::<T>::get(netuid),
            owner_coldkey: SubnetOwner::<T>::get(netuid),
            subnet_name: bytes(
                identity.as_ref().map(|known| known.subnet_name.clone()).unwrap_or_default(),
            ),
            token_symbol: bytes(TokenSymbol::<T>::get(netuid)),
            tempo: Compact(Tempo::<T>::get(netuid)),
            last_step: Compact(LastMechansimStepBlock::<T>::get(netuid)),
            blocks_since_last_step: Compact(BlocksSinceLastStep::<T>::get(netuid)),
            emission: Compact(0),
            alpha_in: Compact(SubnetAlphaIn::<T>::get(netuid).0),
            alpha_out: Compact(SubnetAlphaOut::<T>::get(netuid).0),
            tao_in: Compact(SubnetTAO::<T>::get(netuid).0),
            alpha_out_emission: Compact(SubnetAlphaOutEmission::<T>::get(netuid).0),
            alpha_in_emission: Compact(SubnetAlphaInEmission::<T>::get(netuid).0),
            tao_in_emission: Compact(SubnetTaoInEmission::<T>::get(netuid).0),
            pending_alpha_emission: Compact(0),
            pending_root_emission: Compact(0),
            subnet_volume: Compact(SubnetVolume::<T>::get(netuid)),
            network_registered_at: Compact(NetworkRegisteredAt::<T>::get(netuid)),
            moving_price: SubnetMovingPrice::<T>::get(netuid),
            subnet_identity: identity,
        })
    }

    /// Price of the subnet's token in rao of TAO per whole token.
    pub fn alpha_price(netuid: NetUid) -> u64 {
        const WHOLE: u128 = 1_000_000_000;
        if netuid == ROOT {
            return 1_000_000_000;
        }
        let tao = u128::from(SubnetTAO::<T>::get(netuid).0);
        let alpha = u128::from(SubnetAlphaIn::<T>::get(netuid).0);
        let price = tao.saturating_mul(WHOLE).checked_div(alpha).unwrap_or_default();
        u64::try_from(price).unwrap_or(u64::MAX)
    }

    /// A neuron with its weights and bonds.
    pub fn neuron(netuid: NetUid, uid: u16) -> Option<NeuronInfo<T::AccountId>> {
        fn at<V: Copy + Default>(all: &[V], uid: u16) -> V {
            all.get(usize::from(uid)).copied().unwrap_or_default()
        }
        if uid >= SubnetworkN::<T>::get(netuid) {
            return None;
        }
        let hotkey = Keys::<T>::get(netuid, uid);
        let coldkey = Owner::<T>::get(&hotkey);
        let stake = TotalHotkeyAlpha::<T>::get(&hotkey, netuid);
        Some(NeuronInfo {
            uid: Compact(uid),
            netuid: Compact(netuid.0),
            active: at(&Active::<T>::get(netuid), uid),
            axon_info: Axons::<T>::get(netuid, &hotkey).unwrap_or_default(),
            prometheus_info: Prometheus::<T>::get(netuid, &hotkey).unwrap_or_default(),
            stake: vec![(coldkey.clone(), Compact(stake.0))],
            rank: Compact(0),
            emission: Compact(at(&Emission::<T>::get(netuid), uid).0),
            incentive: Compact(at(&Incentive::<T>::get(netuid), uid).0),
            consensus: Compact(at(&Consensus::<T>::get(netuid), uid).0),
            trust: Compact(0),
            validator_trust: Compact(at(&ValidatorTrust::<T>::get(netuid), uid).0),
            dividends: Compact(at(&Dividends::<T>::get(netuid), uid).0),
            last_update: Compact(at(&LastUpdate::<T>::get(netuid), uid)),
            validator_permit: at(&ValidatorPermit::<T>::get(netuid), uid),
            weights: pairs(Weights::<T>::get(netuid, uid)),
            bonds: pairs(Bonds::<T>::get(netuid, uid)),
            pruning_score: Compact(u16::MAX),
            hotkey,
            coldkey,
        })
    }

    /// All neurons of a subnet.
    pub fn neurons(netuid: NetUid) -> Vec<NeuronInfo<T::AccountId>> {
        (0..SubnetworkN::<T>::get(netuid)).filter_map(|uid| Self::neuron(netuid, uid)).collect()
    }
}

impl<AccountId> From<NeuronInfo<AccountId>> for NeuronInfoLite<AccountId> {
    fn from(neuron: NeuronInfo<AccountId>) -> Self {
        Self {
            hotkey: neuron.hotkey,
            coldkey: neuron.coldkey,
            uid: neuron.uid,
            netuid: neuron.netuid,
            active: neuron.active,
            axon_info: neuron.axon_info,
            prometheus_info: neuron.prometheus_info,
            stake: neuron.stake,
            rank: neuron.rank,
            emission: neuron.emission,
            incentive: neuron.incentive,
            consensus: neuron.consensus,
            trust: neuron.trust,
            validator_trust: neuron.validator_trust,
            dividends: neuron.dividends,
            last_update: neuron.last_update,
            validator_permit: neuron.validator_permit,
            pruning_score: neuron.pruning_score,
        }
    }
}
