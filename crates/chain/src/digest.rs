//! The digest of the metadata that a signature covers (RFC 78, `CheckMetadataHash`).
//!
//! The chain compares it with the digest that was built into its runtime. So a node that shows false
//! metadata, in which a name stands for another call, gets a signature that the chain refuses.

use frame_metadata::v15::RuntimeMetadataV15;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use merkleized_metadata::{ExtraInfo, generate_metadata_digest};
use parity_scale_codec::DecodeLimit as _;
use scale_info::TypeDef;
use subtune_model::address::SS58_PREFIX;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::ports::ChainError;

use super::metadata::{Runtime, SPEC_NAME};
use super::{At, Chain, bounded};

/// The transaction extension that checks the digest.
pub(super) const EXTENSION: &str = "CheckMetadataHash";

/// Compiled into every runtime of Subtensor, those of test networks too (`enable_metadata_hash` in
/// the runtime's `build.rs`). So no node is asked for them, whatever its `system_properties` say.
const TOKEN: (&str, u8) = ("TAO", 9);

/// Metadata of real chains has about a thousand types.
const MAX_TYPES: usize = 8_192;
/// Metadata is decoded no deeper than this: its types name each other by number.
const DEPTH: u32 = 64;
/// The types are walked by recursion, as deep as they are nested: 8192 at most.
const STACK: usize = 32 << 20;

/// The hint for metadata that has no digest.
const WITHOUT: &str = "use another node with --network; --no-metadata-hash signs without the \
                       digest, and trusts this node to show the true metadata";

/// The digest of metadata in version 15. For the 753 types of finney's runtime 424 it takes 55 ms in
/// a development build and 6 to 20 ms in a release build, so it is not kept on disk; callers keep it
/// off the async threads.
///
/// # Errors
/// What is wrong with the metadata, in words that follow on "metadata that".
pub fn digest(v15: &[u8], spec_version: u32) -> Result<[u8; 32], String> {
    let RuntimeMetadataPrefixed(_, metadata) =
        RuntimeMetadataPrefixed::decode_all_with_depth_limit(DEPTH, &mut &*v15)
            .map_err(|_| "cannot be read".to_owned())?;
    let RuntimeMetadata::V15(inner) = &metadata else {
        return Err("is not of version 15".to_owned());
    };
    bounded::check(&inner.types)?;
    check(inner)?;
    let extra = ExtraInfo {
        spec_version,
        spec_name: SPEC_NAME.to_owned(),
        base58_prefix: SS58_PREFIX,
        decimals: TOKEN.1,
        token_symbol: TOKEN.0.to_owned(),
    };
    let work = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let digest = generate_metadata_digest(&metadata, extra)?;
        Ok::<_, String>(digest.hash())
    });
    let digest = work.map_err(|error| format!("cannot be digested: {error}"))?.join();
    digest.map_err(|_| "cannot be digested".to_owned())?
}

/// Refuses metadata that would encode otherwise than its digest says.
///
/// The digest covers the types that hang on the extrinsic, and nothing else. Calls are encoded by
/// what each pallet says of its own calls, so that must be the same types. And the extension must be
/// the last: then the digest ends whatever is signed, and no other order of the fields can turn the
/// bytes into a transaction that the chain reads otherwise.
fn check(metadata: &RuntimeMetadataV15) -> Result<(), String> {
    if metadata.types.types.len() > MAX_TYPES {
        return Err("has too many types".to_owned());
    }
    if metadata.extrinsic.version != 4 {
        return Err(format!("has extrinsics of version {}, not 4", metadata.extrinsic.version));
    }
    let last = metadata.extrinsic.signed_extensions.last();
    if last.is_none_or(|extension| extension.identifier != EXTENSION) {
        return Err(format!("does not end its transaction extensions with {EXTENSION}"));
    }
    let calls = metadata.types.resolve(metadata.extrinsic.call_ty.id);
    let Some(TypeDef::Variant(calls)) = calls.map(|ty| &ty.type_def) else {
        return Err("has no calls".to_owned());
    };
    for pallet in &metadata.pallets {
        let Some(own) = &pallet.calls else { continue };
        let mut same = calls.variants.iter().filter(|variant| variant.name == pallet.name);
        let fits = match (same.next(), same.next()) {
            (Some(variant), None) => {
                variant.index == pallet.index
                    && matches!(variant.fields.as_slice(), [field] if field.ty.id == own.ty.id)
            }
            _ => false,
        };
        if !fits {
            return Err(format!("contradicts itself about the calls of {}", pallet.name));
        }
    }
    Ok(())
}

impl Chain {
    /// Whether signatures cover the digest of the metadata; they do unless told otherwise.
    #[must_use]
    pub fn metadata_hash(self, on: bool) -> Self {
        Self { metadata_hash: on, ..self }
    }

    /// Makes sure that a transaction for the runtime of this block could be signed.
    ///
    /// # Errors
    /// When the digest of its metadata is wanted and cannot be had.
    pub async fn check_metadata_hash(&self, block_hash: &Hash32) -> Result<()> {
        let at = self.at(&At::Hash(*block_hash)).await?;
        self.digest(&at.runtime).await.map(|_| ())
    }

    /// The digest to sign; `None` when it was not wanted.
    pub(super) async fn digest(&self, runtime: &Runtime) -> Result<Option<[u8; 32]>> {
        if !self.metadata_hash {
            return Ok(None);
        }
        let compute = async || {
            let Some(bytes) = runtime.v15() else {
                return Err(Error::refused(format!(
                    "{} serves no metadata of version 15, whose digest a signature covers",
                    self.endpoint()
                ))
                .hint(WITHOUT));
            };
            let spec_version = runtime.spec_version;
            let done = tokio::task::spawn_blocking(move || digest(&bytes, spec_version)).await;
            done.unwrap_or_else(|_| Err("cannot be digested".to_owned())).map_err(|what| {
                self.forget_metadata(spec_version);
                Error::refused(format!("{} serves metadata that {what}", self.endpoint()))
                    .hint(WITHOUT)
            })
        };
        runtime.digest.get_or_try_init(compute).await.copied().map(Some)
    }

    /// Tells what a refused signature means where the digest was signed.
    pub(super) fn explain(&self, mut error: ChainError, runtime: Option<&Runtime>) -> ChainError {
        let (meaning, advice) = match error.name.as_str() {
            "InvalidTransaction.BadProof" => (
                "the chain's own metadata is not the one that this node has shown, or the \
                 signature is wrong otherwise",
                "use another node with --network; if those agree, the chain was built in another way, \
                 and --no-metadata-hash trusts what they show",
            ),
            "UnknownTransaction.CannotLookup" => (
                "this chain was built without a digest of its metadata",
                "use --no-metadata-hash, which trusts the node to show the true metadata",
            ),
            _ => return error,
        };
        if self.metadata_hash {
            error.meaning = meaning.to_owned();
            error.advice = Some(advice);
            // A false one that was kept would spoil every run to come.
            if let Some(runtime) = runtime {
                self.forget_metadata(runtime.spec_version);
            }
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use frame_metadata::RuntimeMetadata;
    use parity_scale_codec::{DecodeAll as _, Encode as _};
    use subtune_devnet::{VERSION, metadata_at, metadata_digest};

    use super::*;

    fn metadata() -> RuntimeMetadataV15 {
        let decoded = RuntimeMetadataPrefixed::decode_all(&mut metadata_at(15).unwrap()).unwrap();
        let RuntimeMetadata::V15(metadata) = decoded.1 else { panic!("another version") };
        metadata
    }

    fn refusal(metadata: RuntimeMetadataV15) -> String {
        let bytes = RuntimeMetadataPrefixed::from(metadata).encode();
        digest(&bytes, VERSION.spec_version).unwrap_err()
    }

    #[test]
    fn the_digest_is_the_chains_own() {
        let ours = digest(metadata_at(15).unwrap(), VERSION.spec_version).unwrap();
        assert_eq!(Some(ours), metadata_digest());
        let later = digest(metadata_at(15).unwrap(), VERSION.spec_version + 1).unwrap();
        assert_ne!(Some(later), metadata_digest());
    }

    #[test]
    fn what_has_no_digest_is_refused() {
        assert_eq!(digest(metadata_at(14).unwrap(), 425).unwrap_err(), "is not of version 15");
        for broken in [&b""[..], b"meta", b"meta\x0f", &[0xff; 64]] {
            assert_eq!(digest(broken, 425).unwrap_err(), "cannot be read");
        }
        let longer = [metadata_at(15).unwrap(), &[0]].concat();
        assert_eq!(digest(&longer, 425).unwrap_err(), "cannot be read");
    }

    /// The digest of such metadata is the true one; what is encoded with it is not what it says.
    #[test]
    fn calls_beside_the_digest_are_refused() {
        let mut metadata = metadata();
        let types = &mut metadata.types.types;
        let own = metadata.pallets.iter_mut().find(|pallet| pallet.name == "AdminUtils").unwrap();
        let calls = own.calls.as_mut().unwrap();
        let copy = types[usize::try_from(calls.ty.id).unwrap()].clone();
        calls.ty = u32::try_from(types.len()).unwrap().into();
        types.push(copy);
        let sneaky = metadata.clone();
        assert_eq!(refusal(sneaky), "contradicts itself about the calls of AdminUtils");

        metadata = self::metadata();
        let own = metadata.pallets.iter_mut().find(|pallet| pallet.name == "AdminUtils").unwrap();
        own.index += 1;
        assert_eq!(refusal(metadata), "contradicts itself about the calls of AdminUtils");
    }

    #[test]
    fn the_digest_must_end_what_is_signed() {
        let mut metadata = metadata();
        metadata.extrinsic.signed_extensions.rotate_right(1);
        assert!(refusal(metadata.clone()).contains("does not end its transaction extensions"));
        metadata.extrinsic.signed_extensions.remove(0);
        assert!(refusal(metadata).contains("does not end its transaction extensions"));
    }
}
