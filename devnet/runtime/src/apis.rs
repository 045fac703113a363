//! The runtime APIs: what `state_call` answers.

use crate::{
    AccountId, Balance, Block, Executive, Nonce, Runtime, RuntimeCall, SubtensorModule, System,
    TransactionPayment, VERSION,
    proxy::{ProxyFilterInfo, ProxyType, ProxyTypeInfo},
    subtensor::{
        DynamicInfo, HyperparamEntry, NetUid, NeuronInfo, NeuronInfoLite, SelectiveMetagraph,
        SubnetHyperparams, SubnetHyperparamsV2,
    },
};
use alloc::vec::Vec;
#[cfg(feature = "std")]
use codec::Decode;
use frame_support::weights::Weight;
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_core::OpaqueMetadata;
use sp_runtime::{
    ApplyExtrinsicResult, ExtrinsicInclusionMode,
    traits::Block as BlockT,
    transaction_validity::{TransactionSource, TransactionValidity},
};
use sp_version::RuntimeVersion;

/// Versions in which the metadata is there.
const METADATA_VERSIONS: [u32; 3] = [14, 15, 16];

/// The metadata, encoded. It never changes, so the node makes it once.
#[cfg(feature = "std")]
pub fn metadata_at(version: u32) -> Option<&'static [u8]> {
    use std::sync::OnceLock;
    static MADE: [OnceLock<Vec<u8>>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
    let at = METADATA_VERSIONS.iter().position(|known| *known == version)?;
    let made = MADE.get(at)?.get_or_init(|| {
        Runtime::metadata_at_version(version).map(|opaque| (*opaque).clone()).unwrap_or_default()
    });
    Some(made)
}

/// The metadata as the API gives it.
#[cfg(feature = "std")]
fn served(version: u32) -> Option<OpaqueMetadata> {
    metadata_at(version).map(|bytes| OpaqueMetadata::new(bytes.to_vec()))
}

/// The metadata as the API gives it.
#[cfg(not(feature = "std"))]
fn served(version: u32) -> Option<OpaqueMetadata> {
    METADATA_VERSIONS.contains(&version).then_some(())?;
    Runtime::metadata_at_version(version)
}

/// The digest of the metadata that a careful signer signs.
#[cfg(feature = "std")]
pub fn metadata_digest() -> Option<[u8; 32]> {
    use frame_metadata::RuntimeMetadataPrefixed;
    use merkleized_metadata::{ExtraInfo, generate_metadata_digest};
    use std::sync::OnceLock;
    static MADE: OnceLock<Option<[u8; 32]>> = OnceLock::new();
    *MADE.get_or_init(|| {
        let metadata = RuntimeMetadataPrefixed::decode(&mut metadata_at(15)?).ok()?;
        let extra = ExtraInfo {
            spec_version: VERSION.spec_version,
            spec_name: VERSION.spec_name.to_string(),
            base58_prefix: 42,
            decimals: 9,
            token_symbol: "TAO".to_owned(),
        };
        Some(generate_metadata_digest(&metadata.1, extra).ok()?.hash())
    })
}

/// The digest of the metadata that a careful signer signs: a true chain's build bakes it in, too.
#[cfg(not(feature = "std"))]
pub fn metadata_digest() -> Option<[u8; 32]> {
    let digits = option_env!("RUNTIME_METADATA_HASH")?.as_bytes();
    let digit = |at: usize| Some((*digits.get(at)? as char).to_digit(16)? as u8);
    let mut digest = [0; 32];
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = digit(2 * index)? << 4 | digit(2 * index + 1)?;
    }
    Some(digest)
}

/// The traits of the chain's own APIs.
mod declared {
    use super::*;

    sp_api::decl_runtime_apis! {
        /// Subnets and their hyperparameters.
        #[api_version(2)]
        pub trait SubnetInfoRuntimeApi {
            /// The oldest form, positional.
            fn get_subnet_hyperparams(netuid: NetUid) -> Option<SubnetHyperparams>;
            /// The second form, positional.
            fn get_subnet_hyperparams_v2(netuid: NetUid) -> Option<SubnetHyperparamsV2>;
            /// The open-ended form.
            fn get_subnet_hyperparams_v3(netuid: NetUid) -> Option<Vec<HyperparamEntry>>;
            /// All subnets with their pools.
            fn get_all_dynamic_info() -> Vec<Option<DynamicInfo<AccountId>>>;
            /// A subnet with its pool.
            fn get_dynamic_info(netuid: NetUid) -> Option<DynamicInfo<AccountId>>;
            /// The subnet's own account.
            fn get_subnet_account_id(netuid: NetUid) -> Option<AccountId>;
            /// What is asked for of a subnet, by the numbers of its fields.
            fn get_selective_metagraph(
                netuid: NetUid,
                metagraph_indexes: Vec<u16>,
            ) -> Option<SelectiveMetagraph<AccountId>>;
            /// The block of the next epoch.
            fn get_next_epoch_start_block(netuid: NetUid) -> Option<u64>;
        }

        /// Neurons.
        pub trait NeuronInfoRuntimeApi {
            /// All neurons of a subnet, with weights and bonds.
            fn get_neurons(netuid: NetUid) -> Vec<NeuronInfo<AccountId>>;
            /// A neuron with weights and bonds.
            fn get_neuron(netuid: NetUid, uid: u16) -> Option<NeuronInfo<AccountId>>;
            /// All neurons of a subnet.
            fn get_neurons_lite(netuid: NetUid) -> Vec<NeuronInfoLite<AccountId>>;
            /// A neuron.
            fn get_neuron_lite(netuid: NetUid, uid: u16) -> Option<NeuronInfoLite<AccountId>>;
        }

        /// What proxies of each type may do.
        pub trait ProxyFilterRuntimeApi {
            /// All types.
            fn get_proxy_types() -> Vec<ProxyTypeInfo>;
            /// What these types permit, or all.
            fn get_proxy_filters(proxy_types: Option<Vec<u8>>) -> Vec<ProxyFilterInfo>;
        }

        /// Prices of the subnets' tokens.
        pub trait SwapRuntimeApi {
            /// Price in rao of TAO per whole token.
            fn current_alpha_price(netuid: NetUid) -> u64;
        }
    }
}

sp_api::impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block);
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            served(14).unwrap_or_else(|| OpaqueMetadata::new(Vec::new()))
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            served(version)
        }

        fn metadata_versions() -> Vec<u32> {
            METADATA_VERSIONS.to_vec()
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(_data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            Vec::new()
        }

        fn check_inherents(
            _block: <Block as BlockT>::LazyBlock,
            _data: sp_inherents::InherentData,
        ) -> sp_inherents::CheckInherentsResult {
            sp_inherents::CheckInherentsResult::new()
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            tx: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, tx, block_hash)
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
        fn query_info(uxt: <Block as BlockT>::Extrinsic, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_info(uxt, len)
        }

        fn query_fee_details(uxt: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_fee_details(uxt, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall> for Runtime {
        fn query_call_info(call: RuntimeCall, len: u32) -> RuntimeDispatchInfo<Balance> {
            TransactionPayment::query_call_info(call, len)
        }

        fn query_call_fee_details(call: RuntimeCall, len: u32) -> FeeDetails<Balance> {
            TransactionPayment::query_call_fee_details(call, len)
        }

        fn query_weight_to_fee(weight: Weight) -> Balance {
            TransactionPayment::weight_to_fee(weight)
        }

        fn query_length_to_fee(length: u32) -> Balance {
            TransactionPayment::length_to_fee(length)
        }
    }

    impl declared::SubnetInfoRuntimeApi<Block> for Runtime {
        fn get_subnet_hyperparams(netuid: NetUid) -> Option<SubnetHyperparams> {
            SubtensorModule::hyperparams(netuid)
        }

        fn get_subnet_hyperparams_v2(netuid: NetUid) -> Option<SubnetHyperparamsV2> {
            SubtensorModule::hyperparams_v2(netuid)
        }

        fn get_subnet_hyperparams_v3(netuid: NetUid) -> Option<Vec<HyperparamEntry>> {
            SubtensorModule::hyperparams_v3(netuid)
        }

        fn get_all_dynamic_info() -> Vec<Option<DynamicInfo<AccountId>>> {
            SubtensorModule::netuids().into_iter().map(SubtensorModule::dynamic_info).collect()
        }

        fn get_dynamic_info(netuid: NetUid) -> Option<DynamicInfo<AccountId>> {
            SubtensorModule::dynamic_info(netuid)
        }

        fn get_subnet_account_id(netuid: NetUid) -> Option<AccountId> {
            SubtensorModule::subnet_exists(netuid).then(|| SubtensorModule::subnet_account(netuid))
        }

        fn get_selective_metagraph(
            netuid: NetUid,
            metagraph_indexes: Vec<u16>,
        ) -> Option<SelectiveMetagraph<AccountId>> {
            SubtensorModule::selective_metagraph(netuid, &metagraph_indexes)
        }

        fn get_next_epoch_start_block(netuid: NetUid) -> Option<u64> {
            SubtensorModule::next_epoch_start_block(netuid)
        }
    }

    impl declared::NeuronInfoRuntimeApi<Block> for Runtime {
        fn get_neurons(netuid: NetUid) -> Vec<NeuronInfo<AccountId>> {
            SubtensorModule::neurons(netuid)
        }

        fn get_neuron(netuid: NetUid, uid: u16) -> Option<NeuronInfo<AccountId>> {
            SubtensorModule::neuron(netuid, uid)
        }

        fn get_neurons_lite(netuid: NetUid) -> Vec<NeuronInfoLite<AccountId>> {
            SubtensorModule::neurons(netuid).into_iter().map(Into::into).collect()
        }

        fn get_neuron_lite(netuid: NetUid, uid: u16) -> Option<NeuronInfoLite<AccountId>> {
            SubtensorModule::neuron(netuid, uid).map(Into::into)
        }
    }

    impl declared::ProxyFilterRuntimeApi<Block> for Runtime {
        fn get_proxy_types() -> Vec<ProxyTypeInfo> {
            let info = |one: ProxyType| ProxyTypeInfo {
                name: format!("{one:?}").into_bytes(),
                index: one.number(),
                deprecated: one.is_deprecated(),
            };
            ProxyType::ALL.map(info).into()
        }

        fn get_proxy_filters(proxy_types: Option<Vec<u8>>) -> Vec<ProxyFilterInfo> {
            let wanted =
                |one: &ProxyType| proxy_types.as_ref().is_none_or(|all| all.contains(&one.number()));
            ProxyType::ALL.into_iter().filter(wanted).map(ProxyType::told).collect()
        }
    }

    impl declared::SwapRuntimeApi<Block> for Runtime {
        fn current_alpha_price(netuid: NetUid) -> u64 {
            SubtensorModule::alpha_price(netuid)
        }
    }
}
