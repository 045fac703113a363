//! How Subtensor's transactions are put together: the stock extensions, and a metadata hash that
//! goes under the signature.
//!
//! The hash is a digest of the metadata by which the calls were encoded and shown. A chain that has
//! other metadata refuses the signature, so a node that lies about the metadata gains nothing.

use frame_metadata::RuntimeMetadataPrefixed;
use merkleized_metadata::{ExtraInfo, generate_metadata_digest};
use parity_scale_codec::{Decode as _, Encode as _};
use scale_info::PortableRegistry;
use subxt::config::substrate::{SubstrateConfig, SubstrateHeader};
use subxt::config::transaction_extensions as stock;
use subxt::config::{ClientState, Config, HashFor, Hasher, TransactionExtension};
use subxt::error::TransactionExtensionError;
use subxt::ext::frame_decode::extrinsics as frame;
use subxt::metadata::ArcMetadata;

use super::decode;
use super::metadata::Runtime;
use crate::error::{Error, Result};

/// The token of the network, as its runtime is built with it: part of the digest.
const TOKEN: &str = "TAO";
/// Decimals of the token, as the runtime is built with them: part of the digest.
const DECIMALS: u8 = 9;

/// [`SubstrateConfig`] with the metadata hash.
#[derive(Debug, Clone)]
pub(super) struct Subtensor(pub(super) SubstrateConfig);

impl Config for Subtensor {
    type AccountId = <SubstrateConfig as Config>::AccountId;
    type Address = <SubstrateConfig as Config>::Address;
    type Signature = <SubstrateConfig as Config>::Signature;
    type Hasher = <SubstrateConfig as Config>::Hasher;
    type Header = SubstrateHeader<<Self::Hasher as Hasher>::Hash>;
    type TransactionExtensions = (
        stock::VerifySignature<Self>,
        stock::CheckSpecVersion,
        stock::CheckTxVersion,
        stock::CheckNonce,
        stock::CheckGenesis<Self>,
        stock::CheckMortality<Self>,
        stock::ChargeTransactionPayment,
        MetadataHash,
    );
    type AssetId = u32;

    fn genesis_hash(&self) -> Option<HashFor<Self>> {
        self.0.genesis_hash()
    }

    fn spec_and_transaction_version_for_block_number(&self, block: u64) -> Option<(u32, u32)> {
        self.0.spec_and_transaction_version_for_block_number(block)
    }

    fn metadata_for_spec_version(&self, spec_version: u32) -> Option<ArcMetadata> {
        self.0.metadata_for_spec_version(spec_version)
    }
}

/// What the extensions of one transaction need to know, in their order.
pub(super) fn params(
    nonce: u64,
    mortality: stock::CheckMortalityParams<Subtensor>,
    hash: Option<[u8; 32]>,
) -> subxt::config::ParamsFor<Subtensor> {
    let nonce = stock::CheckNonceParams::with_nonce(nonce);
    let tip = stock::ChargeTransactionPaymentParams::no_tip();
    ((), (), (), nonce, (), mortality, tip, MetadataHash(hash))
}

/// The `CheckMetadataHash` extension; `None` switches it off for a transaction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MetadataHash(Option<[u8; 32]>);

impl subxt::config::transaction_extensions::Params<Subtensor> for MetadataHash {}

impl TransactionExtension<Subtensor> for MetadataHash {
    type Decoded = stock::CheckMetadataHashMode;
    type Params = Self;

    fn new(
        _: &ClientState<Subtensor>,
        params: Self::Params,
    ) -> Result<Self, TransactionExtensionError> {
        Ok(params)
    }
}

impl frame::TransactionExtension<PortableRegistry> for MetadataHash {
    const NAME: &str = "CheckMetadataHash";

    fn encode_value_to(
        &self,
        _: u32,
        _: &PortableRegistry,
        out: &mut Vec<u8>,
    ) -> Result<(), frame::TransactionExtensionError> {
        u8::from(self.0.is_some()).encode_to(out);
        Ok(())
    }

    fn encode_implicit_to(
        &self,
        _: u32,
        _: &PortableRegistry,
        out: &mut Vec<u8>,
    ) -> Result<(), frame::TransactionExtensionError> {
        self.0.encode_to(out);
        Ok(())
    }
}

/// The digest of a runtime's metadata; `None` when its transactions carry none.
///
/// Takes tens of milliseconds.
///
/// # Errors
/// When the metadata is older than version 15, from which no digest is made.
pub(super) fn digest(runtime: &Runtime) -> Result<Option<[u8; 32]>> {
    let metadata = &*runtime.metadata;
    let carries = metadata
        .extrinsic()
        .transaction_extensions_by_version(0)
        .is_some_and(|mut all| all.any(|one| one.identifier() == "CheckMetadataHash"));
    if !carries {
        return Ok(None);
    }
    let none = |why: String| {
        Error::chain(format!("the metadata of this node gives no metadata hash: {why}")).hint(
            "name another node with --network; --no-metadata-hash signs without, and trusts the node",
        )
    };
    let prefix = metadata
        .pallet_by_name("System")
        .and_then(|system| system.constant_by_name("SS58Prefix"))
        .and_then(|prefix| decode::scale(prefix.value(), prefix.ty(), metadata.types()))
        .and_then(|prefix| u16::try_from(decode::integer(&prefix)?).ok())
        .ok_or_else(|| none("it names no SS58 prefix".to_owned()))?;
    let prefixed = RuntimeMetadataPrefixed::decode(&mut &runtime.bytes[..])
        .map_err(|error| none(error.to_string()))?;
    let extra = ExtraInfo {
        spec_version: runtime.spec_version,
        spec_name: super::names::SPEC.to_owned(),
        base58_prefix: prefix,
        decimals: DECIMALS,
        token_symbol: TOKEN.to_owned(),
    };
    generate_metadata_digest(&prefixed.1, extra).map(|digest| Some(digest.hash())).map_err(none)
}

#[cfg(test)]
mod tests {
    use super::super::{At, Chain, Endpoint, Options};
    use super::*;
    use subtune_devnet::Devnet;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_digest_is_that_of_the_chain() {
        let devnet = Devnet::start(subtune_devnet::Options::default()).unwrap();
        let endpoint = Endpoint::parse(&devnet.url(), false).unwrap();
        let timeout = std::time::Duration::from_secs(30);
        let chain = Chain::connect(Options { endpoint, timeout, cache: None }).await.unwrap();
        let runtime = chain.at(&At::Finalized).await.unwrap().runtime;
        let ours = digest(&runtime).unwrap();
        assert!(ours.is_some());
        assert_eq!(ours, subtune_devnet::metadata_digest());

        // Metadata that differs in one byte of a name, as a node that lies would send it.
        let mut bytes = runtime.bytes.to_vec();
        let name = b"sudo_set_adjustment_alpha";
        let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
        bytes[at + 9] = b'A';
        let metadata = std::sync::Arc::new(subxt::metadata::Metadata::decode_from(&bytes).unwrap());
        let forged = Runtime { metadata, bytes: bytes.into(), ..runtime.clone() };
        assert_ne!(digest(&forged).unwrap(), ours);
        let other = Runtime { spec_version: runtime.spec_version + 1, ..runtime };
        assert_ne!(digest(&other).unwrap(), ours);
    }
}
