//! The runtime of the local chain: its pallets, its epoch, its APIs. It runs natively in the node, and as
//! wasm wherever its code is fetched; `build-wasm.sh` makes that.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    test,
    expect(clippy::disallowed_macros, reason = "the tests that the runtime macros make print")
)]

#[macro_use]
extern crate alloc;

pub mod admin_utils;
mod apis;
pub mod epoch;
mod extensions;
pub mod proxy;
pub mod subtensor;
pub mod swap;

pub use apis::metadata_digest;
#[cfg(feature = "std")]
pub use apis::{api, metadata_at};
pub use extensions::{
    COLDKEY_SWAP_ANNOUNCED, COLDKEY_SWAP_DISPUTED, CheckMetadataHash, CheckShieldedTxValidity,
    DrandPriority, Mode, SubtensorTransactionExtension, SudoTransactionExtension,
};
pub use proxy::ProxyType;
pub use subtensor::population;

use alloc::{borrow::Cow, vec::Vec};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstU8, ConstU16, ConstU32, ConstU64, Contains, InsideBoth},
    weights::{
        Weight, WeightToFeeCoefficient, WeightToFeeCoefficients, WeightToFeePolynomial,
        constants::{BlockExecutionWeight, ExtrinsicBaseWeight},
    },
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, limits};
use sp_runtime::{
    AccountId32, MultiAddress, MultiSignature, Perbill, generic, traits::BlakeTwo256,
};
use sp_version::RuntimeVersion;

/// This runtime as wasm, packed as a chain keeps it.
#[cfg(feature = "std")]
pub const WASM: &[u8] = include_bytes!("../runtime.compact.compressed.wasm");

/// An account.
pub type AccountId = AccountId32;
/// An amount, in rao.
pub type Balance = u64;
/// Number of a block.
pub type BlockNumber = u32;
/// Number of an account's transaction.
pub type Nonce = u32;
/// The hash of everything.
pub type Hash = sp_core::H256;
/// A signature.
pub type Signature = MultiSignature;
/// How an account is named in an extrinsic.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// The transaction extensions, in the real chain's order.
pub type TxExtension = (
    (
        frame_system::CheckNonZeroSender<Runtime>,
        frame_system::CheckSpecVersion<Runtime>,
        frame_system::CheckTxVersion<Runtime>,
        frame_system::CheckGenesis<Runtime>,
        frame_system::CheckMortality<Runtime>,
        frame_system::CheckNonce<Runtime>,
        frame_system::CheckWeight<Runtime>,
    ),
    (
        pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
        SudoTransactionExtension,
        CheckShieldedTxValidity,
        SubtensorTransactionExtension,
        DrandPriority,
    ),
    CheckMetadataHash,
);
/// An extrinsic.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What is signed.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// Runs blocks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

/// Time from one block to the next.
pub const MILLISECONDS_PER_BLOCK: u64 = 12_000;
/// Blocks whose hashes the chain knows: the longest possible life of a transaction.
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;

/// The runtime's name and version.
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("node-subtensor"),
    impl_name: Cow::Borrowed("node-subtensor"),
    authoring_version: 1,
    spec_version: 475,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// The pallets, with the real chain's numbers.
#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(5)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(6)]
    pub type TransactionPayment = pallet_transaction_payment;
    #[runtime::pallet_index(7)]
    pub type SubtensorModule = crate::subtensor;
    #[runtime::pallet_index(11)]
    pub type Utility = pallet_utility;
    #[runtime::pallet_index(12)]
    pub type Sudo = pallet_sudo;
    #[runtime::pallet_index(13)]
    pub type Multisig = pallet_multisig;
    #[runtime::pallet_index(16)]
    pub type Proxy = pallet_proxy;
    #[runtime::pallet_index(19)]
    pub type AdminUtils = crate::admin_utils;
    #[runtime::pallet_index(20)]
    pub type SafeMode = pallet_safe_mode;
    #[runtime::pallet_index(28)]
    pub type Swap = crate::swap;
}

parameter_types! {
    /// The runtime's version.
    pub const Version: RuntimeVersion = VERSION;
    /// How much work fits in a block: four seconds of it.
    pub BlockWeights: limits::BlockWeights = limits::BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(frame_support::dispatch::DispatchClass::all(), |weights| {
            weights.base_extrinsic = ExtrinsicBaseWeight::get();
        })
        .for_class(frame_support::dispatch::DispatchClass::Normal, |weights| {
            weights.max_total = Some(Perbill::from_percent(75) * FULL_BLOCK);
        })
        .for_class(frame_support::dispatch::DispatchClass::Operational, |weights| {
            weights.max_total = Some(FULL_BLOCK);
            weights.reserved = Some(FULL_BLOCK - Perbill::from_percent(75) * FULL_BLOCK);
        })
        .avg_block_initialization(Perbill::from_percent(10))
        .build_or_panic();
    /// How many bytes fit in a block.
    pub BlockLength: limits::BlockLength = limits::BlockLength::builder()
        .max_length(10 * 1024 * 1024)
        .modify_max_length_for_class(frame_support::dispatch::DispatchClass::Normal, |length| {
            *length = Perbill::from_percent(75) * *length;
        })
        .build();
    /// What a storage access costs.
    pub const DbWeight: frame_support::weights::RuntimeDbWeight =
        frame_support::weights::RuntimeDbWeight { read: 25_000_000, write: 100_000_000 };
}

/// The work of a whole block.
const FULL_BLOCK: Weight = Weight::from_parts(4_000_000_000_000, u64::MAX);

/// What may be called while the chain is in safe mode.
pub struct SafeModeCalls;

impl Contains<RuntimeCall> for SafeModeCalls {
    fn contains(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::System(_)
                | RuntimeCall::Timestamp(_)
                | RuntimeCall::Sudo(_)
                | RuntimeCall::Multisig(_)
                | RuntimeCall::SafeMode(_)
        )
    }
}

/// No batch directly inside a batch.
pub struct NoNestedBatch;

impl NoNestedBatch {
    fn items(call: &RuntimeCall) -> Option<&[RuntimeCall]> {
        use pallet_utility::Call;
        match call {
            RuntimeCall::Utility(
                Call::batch { calls } | Call::batch_all { calls } | Call::force_batch { calls },
            ) => Some(calls),
            _ => None,
        }
    }
}

impl Contains<RuntimeCall> for NoNestedBatch {
    fn contains(call: &RuntimeCall) -> bool {
        Self::items(call).is_none_or(|calls| calls.iter().all(|inner| Self::items(inner).is_none()))
    }
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BaseCallFilter = InsideBoth<SafeMode, NoNestedBatch>;
    type BlockWeights = BlockWeights;
    type BlockLength = BlockLength;
    type BlockHashCount = ConstU32<BLOCK_HASH_COUNT>;
    type DbWeight = DbWeight;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SS58Prefix = ConstU16<42>;
    type MaxConsumers = ConstU32<16>;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = ();
    type MinimumPeriod = ConstU64<{ MILLISECONDS_PER_BLOCK / 2 }>;
    type WeightInfo = ();
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type AccountStore = System;
    type ExistentialDeposit = ConstU64<500>;
    type ReserveIdentifier = [u8; 8];
    type FreezeIdentifier = RuntimeFreezeReason;
    type MaxLocks = ConstU32<50>;
    type MaxReserves = ConstU32<50>;
    type MaxFreezes = ConstU32<50>;
}

/// 0.0005 rao per picosecond of work.
pub struct WorkFee;

impl WeightToFeePolynomial for WorkFee {
    type Balance = Balance;

    fn polynomial() -> WeightToFeeCoefficients<Balance> {
        [WeightToFeeCoefficient {
            coeff_integer: 0,
            coeff_frac: Perbill::from_parts(500_000),
            negative: false,
            degree: 1,
        }]
        .into_iter()
        .collect()
    }
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = pallet_transaction_payment::FungibleAdapter<Balances, ()>;
    type WeightToFee = WorkFee;
    type LengthToFee = frame_support::weights::IdentityFee<Balance>;
    type FeeMultiplierUpdate = pallet_transaction_payment::ConstFeeMultiplier<FeeMultiplier>;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightInfo = ();
}

impl pallet_utility::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PalletsOrigin = OriginCaller;
    type WeightInfo = ();
}

impl pallet_sudo::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = ();
}

impl pallet_multisig::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type DepositBase = ConstU64<132_000_000>;
    type DepositFactor = ConstU64<32_000_000>;
    type MaxSignatories = ConstU32<100>;
    type WeightInfo = ();
    type BlockNumberProvider = System;
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ConstU64<60_000_000>;
    type ProxyDepositFactor = ConstU64<33_000_000>;
    type MaxProxies = ConstU32<20>;
    type WeightInfo = ();
    type MaxPending = ConstU32<75>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = ConstU64<36_000_000>;
    type AnnouncementDepositFactor = ConstU64<68_000_000>;
    type BlockNumberProvider = System;
}

parameter_types! {
    /// Fees do not depend on how full the blocks are.
    pub const FeeMultiplier: pallet_transaction_payment::Multiplier =
        pallet_transaction_payment::Multiplier::from_u32(1);
    /// Nobody may enter safe mode for a deposit.
    pub const NoDeposit: Option<Balance> = None;
    /// There is no deposit to give back.
    pub const NoRelease: Option<BlockNumber> = None;
    /// For how long root enters safe mode.
    pub const SafeModeBlocks: BlockNumber = 1_000;
}

impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = SafeModeCalls;
    type EnterDuration = ConstU32<0>;
    type ExtendDuration = ConstU32<0>;
    type EnterDepositAmount = NoDeposit;
    type ExtendDepositAmount = NoDeposit;
    type ForceEnterOrigin = EnsureRootWithSuccess<AccountId, SafeModeBlocks>;
    type ForceExtendOrigin = EnsureRootWithSuccess<AccountId, SafeModeBlocks>;
    type ForceExitOrigin = EnsureRoot<AccountId>;
    type ForceDepositOrigin = EnsureRoot<AccountId>;
    type Notify = ();
    type ReleaseDelay = NoRelease;
    type WeightInfo = ();
}

impl subtensor::Config for Runtime {}
impl admin_utils::Config for Runtime {}
impl swap::Config for Runtime {}
