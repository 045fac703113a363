//! Types of the pallet's storage and calls.

use alloc::vec::Vec;
use codec::{CompactAs, Decode, DecodeWithMemTracking, Encode, EncodeLike, MaxEncodedLen};
use frame_support::pallet_prelude::TypeInfo;
use sp_runtime::Percent;

/// A type with a name of its own around an integer, as the metadata of the real chain has it.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone,
            CompactAs,
            Copy,
            Debug,
            Decode,
            DecodeWithMemTracking,
            Default,
            Encode,
            Eq,
            MaxEncodedLen,
            Ord,
            PartialEq,
            PartialOrd,
            TypeInfo,
        )]
        pub struct $name(pub $inner);

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl EncodeLike<$name> for $inner {}

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

named!(
    /// Number of a subnet.
    NetUid(u16)
);
named!(
    /// Number of a subnet plus 4096 times the number of a mechanism.
    NetUidStorageIndex(u16)
);
named!(
    /// Number of a mechanism.
    MechId(u8)
);
named!(
    /// An amount of TAO, in rao.
    TaoBalance(u64)
);
named!(
    /// An amount of a subnet's token, in parts of 10^9.
    AlphaBalance(u64)
);
named!(
    /// A share of 65535.
    PerU16(u16)
);

impl EncodeLike<NetUidStorageIndex> for NetUid {}

impl From<NetUid> for NetUidStorageIndex {
    fn from(netuid: NetUid) -> Self {
        Self(netuid.0)
    }
}

/// The subnet that stakes TAO for the whole network.
pub const ROOT: NetUid = NetUid(0);

/// Unsigned fixed point: 64 bits before and 64 bits behind the point.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub struct U64F64 {
    /// The value times 2^64.
    pub bits: u128,
}

impl U64F64 {
    /// 1.0
    pub const ONE: Self = Self { bits: 1 << 64 };

    /// A whole number.
    pub const fn whole(value: u32) -> Self {
        Self { bits: (value as u128) << 64 }
    }
}

/// Signed fixed point: 96 bits before and 32 bits behind the point.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct I96F32 {
    /// The value times 2^32.
    pub bits: i128,
}

impl From<u64> for I96F32 {
    fn from(value: u64) -> Self {
        Self { bits: i128::from(value) << 32 }
    }
}

/// Signed fixed point: 32 bits before and 32 bits behind the point.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub struct I32F32 {
    /// The value times 2^32.
    pub bits: i64,
}

impl From<i16> for I32F32 {
    fn from(value: i16) -> Self {
        Self { bits: i64::from(value) << 32 }
    }
}

/// What happens to the emission of the owner's miners.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum RecycleOrBurnEnum {
    /// It is gone for good.
    #[default]
    Burn,
    /// It may be minted again.
    Recycle,
}

/// Which consensus the liquid alpha measures the distance from.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum ConsensusMode {
    /// That of this epoch.
    Current,
    /// That of the epoch before.
    Previous,
    /// The chain chooses.
    #[default]
    Auto,
}

/// Which consensus an epoch runs.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum EpochConsensus {
    /// All validators, by stake.
    #[default]
    Yuma,
    /// One validator alone.
    Null,
}

/// Everything that has a rate-limit slot of its own among the hyperparameters. The order is the
/// number under which the slot is stored.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Encode,
    Eq,
    MaxEncodedLen,
    PartialEq,
    TypeInfo,
)]
pub enum Hyperparameter {
    Unknown,
    ServingRateLimit,
    MaxDifficulty,
    AdjustmentAlpha,
    MaxWeightLimit,
    ImmunityPeriod,
    MinAllowedWeights,
    Kappa,
    Rho,
    ActivityCutoff,
    PowRegistrationAllowed,
    MinBurn,
    MaxBurn,
    BondsMovingAverage,
    BondsPenalty,
    CommitRevealEnabled,
    LiquidAlphaEnabled,
    AlphaValues,
    WeightCommitInterval,
    TransferEnabled,
    AlphaSigmoidSteepness,
    Yuma3Enabled,
    BondsResetEnabled,
    ImmuneNeuronLimit,
    RecycleOrBurn,
    MaxAllowedUids,
    BurnHalfLife,
    BurnIncreaseMult,
    SubnetEmissionEnabled,
    MinChildkeyTake,
    ActivityCutoffFactorMilli,
    TriggerEpoch,
    CollateralLockShare,
    CollateralDrainRatio,
    LiquidAlphaConsensusMode,
    EpochConsensus,
    BurnRegistrationAllowed,
}

/// Key of `LastRateLimitedBlock`.
#[derive(
    Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo,
)]
pub enum RateLimitKey<AccountId> {
    /// The owner's hotkey of a subnet.
    SetSNOwnerHotkey(NetUid),
    /// A hyperparameter of a subnet.
    OwnerHyperparamUpdate(NetUid, Hyperparameter),
    /// The registration of subnets.
    NetworkLastRegistered,
    /// Some transactions of an account.
    LastTxBlock(AccountId),
    /// Childkey takes of an account.
    LastTxBlockChildKeyTake(AccountId),
    /// Delegate takes of an account.
    LastTxBlockDelegateTake(AccountId),
    /// Purchases that are burnt at once.
    AddStakeBurn(NetUid),
}

/// Last part of the key of `TransactionKeyLastBlock`.
#[derive(Clone, Copy, Debug)]
#[repr(u16)]
pub enum TransactionType {
    /// The weights version.
    WeightsVersionKey = 4,
    /// The number of mechanisms.
    MechanismCount = 7,
    /// The emission split.
    MechanismEmission = 8,
    /// A trim.
    Trim = 9,
    /// The tempo.
    Tempo = 11,
}

/// Where an owner call keeps the block of its last change.
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    /// Nowhere: it has no rate limit.
    Free,
    /// In `LastRateLimitedBlock`.
    Hyper(Hyperparameter),
    /// In `TransactionKeyLastBlock`.
    Transaction(TransactionType),
}

impl From<Hyperparameter> for Slot {
    fn from(which: Hyperparameter) -> Self {
        Self::Hyper(which)
    }
}

impl From<TransactionType> for Slot {
    fn from(kind: TransactionType) -> Self {
        Self::Transaction(kind)
    }
}

/// A lease of a subnet.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct SubnetLease<AccountId, BlockNumber> {
    /// Who may act for the subnet.
    pub beneficiary: AccountId,
    /// The lease's own coldkey, which owns the subnet.
    pub coldkey: AccountId,
    /// The lease's own hotkey.
    pub hotkey: AccountId,
    /// Share of the emission that the contributors receive.
    pub emissions_share: Percent,
    /// When the lease ends, if it does.
    pub end_block: Option<BlockNumber>,
    /// The subnet.
    pub netuid: NetUid,
    /// What it cost.
    pub cost: TaoBalance,
}

/// Where a neuron is reached.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct AxonInfo {
    pub block: u64,
    pub version: u32,
    pub ip: u128,
    pub port: u16,
    pub ip_type: u8,
    pub protocol: u8,
    pub placeholder1: u8,
    pub placeholder2: u8,
}

/// Where a neuron's metrics are.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct PrometheusInfo {
    pub block: u64,
    pub version: u32,
    pub ip: u128,
    pub port: u16,
    pub ip_type: u8,
}

/// What an owner says about a subnet.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct SubnetIdentityV3 {
    pub subnet_name: Vec<u8>,
    pub github_repo: Vec<u8>,
    pub subnet_contact: Vec<u8>,
    pub subnet_url: Vec<u8>,
    pub discord: Vec<u8>,
    pub description: Vec<u8>,
    pub logo_url: Vec<u8>,
    pub additional: Vec<u8>,
}

/// What an account says about itself.
#[derive(Clone, Debug, Decode, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct ChainIdentityV2 {
    pub name: Vec<u8>,
    pub url: Vec<u8>,
    pub github_repo: Vec<u8>,
    pub image: Vec<u8>,
    pub discord: Vec<u8>,
    pub description: Vec<u8>,
    pub additional: Vec<u8>,
}

/// Symbols that a subnet may take: a part of the real chain's much longer list.
pub const SYMBOLS: [&str; 46] = [
    "\u{1d70f}",
    "α",
    "β",
    "γ",
    "δ",
    "ε",
    "ζ",
    "η",
    "θ",
    "ι",
    "κ",
    "λ",
    "μ",
    "ν",
    "ξ",
    "ο",
    "π",
    "ρ",
    "σ",
    "t",
    "υ",
    "φ",
    "χ",
    "ψ",
    "ω",
    "א",
    "ב",
    "ג",
    "ד",
    "ה",
    "ו",
    "ז",
    "ח",
    "ט",
    "י",
    "ך",
    "כ",
    "ל",
    "ם",
    "מ",
    "ן",
    "נ",
    "ס",
    "ע",
    "ף",
    "פ",
];
