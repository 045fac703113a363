//! What a transaction holds besides its call: the extensions, as this chain wants them encoded.

use parity_scale_codec::Encode as _;
use scale_info::PortableRegistry;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::signature::Signature;
use subxt::config::substrate::{
    AccountId32, DynamicHasher256, H256, MultiAddress, MultiSignature, SubstrateHeader,
};
use subxt::config::transaction_extensions::{
    ChargeTransactionPayment, ChargeTransactionPaymentParams, CheckGenesis, CheckMetadataHashMode,
    CheckMortality, CheckMortalityParams, CheckNonce, CheckNonceParams, CheckSpecVersion,
    CheckTxVersion, Params,
};
use subxt::config::{ClientState, Config, TransactionExtension, TransactionExtensions};
use subxt::error::TransactionExtensionError;
use subxt::ext::frame_decode::extrinsics::{self, ExtrinsicEncodeError, ExtrinsicTypeInfo as _};
use subxt::tx::Payload;

use super::metadata::Runtime;

/// A payload that is longer is hashed before it is signed.
const LONGEST_PLAIN: usize = 256;

/// Subtensor, as far as its transactions go.
#[derive(Debug, Clone)]
pub(super) struct Subtensor;

impl Config for Subtensor {
    type AccountId = AccountId32;
    type Address = MultiAddress<AccountId32, u32>;
    type Signature = MultiSignature;
    type Header = SubstrateHeader<H256>;
    type TransactionExtensions = Extensions;
    type AssetId = u32;
    type Hasher = DynamicHasher256;
}

/// The extensions that hold data; those without any are skipped by their type.
type Extensions = (
    CheckSpecVersion,
    CheckTxVersion,
    CheckNonce,
    CheckGenesis<Subtensor>,
    CheckMortality<Subtensor>,
    ChargeTransactionPayment,
    CheckMetadataHash,
);

/// Puts the digest of the metadata under the signature, if there is one: subxt's own extension of
/// this name never does.
pub(super) struct CheckMetadataHash(Option<[u8; 32]>);

/// The digest to sign, if any.
pub(super) struct MetadataHash(Option<[u8; 32]>);

impl Params<Subtensor> for MetadataHash {}

impl TransactionExtension<Subtensor> for CheckMetadataHash {
    type Decoded = CheckMetadataHashMode;
    type Params = MetadataHash;

    fn new(
        _: &ClientState<Subtensor>,
        params: MetadataHash,
    ) -> Result<Self, TransactionExtensionError> {
        Ok(Self(params.0))
    }
}

impl extrinsics::TransactionExtension<PortableRegistry> for CheckMetadataHash {
    const NAME: &str = super::digest::EXTENSION;

    fn encode_value_to(
        &self,
        _: u32,
        _: &PortableRegistry,
        out: &mut Vec<u8>,
    ) -> Result<(), extrinsics::TransactionExtensionError> {
        u8::from(self.0.is_some()).encode_to(out);
        Ok(())
    }

    fn encode_implicit_to(
        &self,
        _: u32,
        _: &PortableRegistry,
        out: &mut Vec<u8>,
    ) -> Result<(), extrinsics::TransactionExtensionError> {
        self.0.encode_to(out);
        Ok(())
    }
}

/// When and by whom a transaction can be sent: all of its extensions.
pub(super) struct SigningTerms<'a> {
    pub(super) genesis_hash: &'a Hash32,
    pub(super) nonce: u64,
    /// Number of blocks, a power of two.
    pub(super) era: u64,
    pub(super) birth: u64,
    pub(super) birth_hash: &'a Hash32,
    pub(super) digest: Option<[u8; 32]>,
}

/// The extensions of one transaction of a runtime.
pub(super) struct Frame<'a> {
    runtime: &'a Runtime,
    extensions: Extensions,
}

/// What is signed, in its parts.
pub(super) struct Body {
    /// The call.
    pub(super) call: Vec<u8>,
    /// What the extensions put into the transaction, and then what they only sign.
    pub(super) extensions: Vec<u8>,
}

impl Body {
    /// All that is signed.
    pub(super) fn payload(&self) -> Vec<u8> {
        [self.call.as_slice(), &self.extensions].concat()
    }

    /// What the key is given.
    pub(super) fn to_sign(&self) -> Vec<u8> {
        let payload = self.payload();
        if payload.len() > LONGEST_PLAIN {
            return sp_crypto_hashing::blake2_256(&payload).to_vec();
        }
        payload
    }
}

impl<'a> Frame<'a> {
    pub(super) fn new(runtime: &'a Runtime, terms: &SigningTerms<'_>) -> Result<Self> {
        let SigningTerms { genesis_hash, nonce, era, birth, birth_hash, digest } = terms;
        let state = ClientState {
            genesis_hash: H256(*genesis_hash.bytes()),
            spec_version: runtime.spec_version,
            transaction_version: runtime.transaction_version,
            metadata: runtime.metadata.clone(),
        };
        let params = (
            (),
            (),
            CheckNonceParams::with_nonce(*nonce),
            (),
            CheckMortalityParams::mortal_from_unchecked(*era, *birth, H256(*birth_hash.bytes())),
            ChargeTransactionPaymentParams::no_tip(),
            MetadataHash(*digest),
        );
        let extensions = <Extensions as TransactionExtensions<Subtensor>>::new(&state, params)
            .map_err(|error| cannot_build("its extensions").because(error))?;
        Ok(Self { runtime, extensions })
    }

    /// What is signed for a call that is encoded already.
    pub(super) fn body(&self, call: Vec<u8>) -> Result<Body> {
        use extrinsics::TransactionExtensions as _;
        let metadata = &*self.runtime.metadata;
        let failed = |_| cannot_build("its extensions do not fit this chain");
        let info = metadata.extrinsic_extension_info(None).map_err(|_| failed(()))?;
        let (mut values, mut implicits) = (Vec::new(), Vec::new());
        for extension in &info.extension_ids {
            let (name, types) = (&*extension.name, metadata.types());
            if !self.extensions.contains_extension(name) {
                continue;
            }
            self.extensions
                .encode_extension_value_to(name, extension.id, types, &mut values)
                .map_err(|error| failed(()).because(error))?;
            self.extensions
                .encode_extension_implicit_to(name, extension.implicit_id, types, &mut implicits)
                .map_err(|error| failed(()).because(error))?;
        }
        Ok(Body { call, extensions: [values, implicits].concat() })
    }

    /// Encodes a call, lets it be signed, and gives the transaction.
    pub(super) fn sign<P: Payload>(
        &self,
        call: &P,
        account: [u8; 32],
        sign: &dyn Fn(&[u8]) -> Signature,
    ) -> Result<Vec<u8>> {
        let metadata = &*self.runtime.metadata;
        let body = self.body(call_data(call, self.runtime)?)?;
        let message = body.to_sign();
        // The library's own payload: an extension with data that is not known here is its error.
        let again = extrinsics::encode_v4_signer_payload(
            call.pallet_name(),
            call.call_name(),
            call.call_data(),
            &self.extensions,
            metadata,
            metadata.types(),
        )
        .map_err(failed)?;
        if again != message {
            return Err(cannot_build("its extensions do not fit this chain"));
        }
        let signature = match sign(&message) {
            Signature::Sr25519(bytes) => MultiSignature::Sr25519(bytes),
            Signature::Ed25519(bytes) => MultiSignature::Ed25519(bytes),
        };
        let address: MultiAddress<AccountId32, u32> = AccountId32(account).into();
        extrinsics::encode_v4_signed(
            call.pallet_name(),
            call.call_name(),
            call.call_data(),
            &self.extensions,
            &address,
            &signature,
            metadata,
            metadata.types(),
        )
        .map_err(failed)
    }
}

/// A call as the runtime reads it.
pub(super) fn call_data<P: Payload>(call: &P, runtime: &Runtime) -> Result<Vec<u8>> {
    let metadata = &*runtime.metadata;
    extrinsics::encode_call_data(
        call.pallet_name(),
        call.call_name(),
        call.call_data(),
        metadata,
        metadata.types(),
    )
    .map_err(failed)
}

fn failed(error: ExtrinsicEncodeError) -> Error {
    cannot_build("its calls or extensions do not fit this chain").because(error)
}

fn cannot_build(what: &str) -> Error {
    Error::chain(format!("the transaction cannot be built: {what}"))
}
