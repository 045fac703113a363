//! The transaction extensions that are not stock ones.

use crate::{Runtime, RuntimeCall, metadata_digest, subtensor};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::pallet_prelude::TypeInfo;
use frame_support::traits::OriginTrait;
use sp_runtime::{
    impl_tx_ext_default,
    traits::{DispatchInfoOf, DispatchOriginOf, Implication, TransactionExtension, ValidateResult},
    transaction_validity::{
        InvalidTransaction, TransactionSource, TransactionValidityError, UnknownTransaction,
        ValidTransaction,
    },
};

/// Refuses `Sudo` calls of everybody but the sudo key, before they cost anything.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct SudoTransactionExtension;

impl TransactionExtension<RuntimeCall> for SudoTransactionExtension {
    const IDENTIFIER: &'static str = "SudoTransactionExtension";
    type Implicit = ();
    type Val = ();
    type Pre = ();

    fn validate(
        &self,
        origin: DispatchOriginOf<RuntimeCall>,
        call: &RuntimeCall,
        _info: &DispatchInfoOf<RuntimeCall>,
        _len: usize,
        _implicit: (),
        _implication: &impl Implication,
        _source: TransactionSource,
    ) -> ValidateResult<(), RuntimeCall> {
        if let (Some(who), RuntimeCall::Sudo(_)) = (origin.as_signer(), call)
            && pallet_sudo::Key::<Runtime>::get().as_ref() != Some(who)
        {
            return Err(InvalidTransaction::BadSigner.into());
        }
        Ok((ValidTransaction::default(), (), origin))
    }
    impl_tx_ext_default!(RuntimeCall; weight prepare);
}

/// There are no shielded transactions here: does nothing.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct CheckShieldedTxValidity;

impl TransactionExtension<RuntimeCall> for CheckShieldedTxValidity {
    const IDENTIFIER: &'static str = "CheckShieldedTxValidity";
    type Implicit = ();
    type Val = ();
    type Pre = ();
    impl_tx_ext_default!(RuntimeCall; weight validate prepare);
}

/// There is no random beacon here: does nothing.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct DrandPriority;

impl TransactionExtension<RuntimeCall> for DrandPriority {
    const IDENTIFIER: &'static str = "DrandPriority";
    type Implicit = ();
    type Val = ();
    type Pre = ();
    impl_tx_ext_default!(RuntimeCall; weight validate prepare);
}

/// Pool code for a signer who has announced a move to another coldkey.
pub const COLDKEY_SWAP_ANNOUNCED: u8 = 0;
/// Pool code for a signer whose announced move is disputed.
pub const COLDKEY_SWAP_DISPUTED: u8 = 21;

/// Refuses everything from an account that has announced a move to another coldkey.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo)]
pub struct SubtensorTransactionExtension;

impl TransactionExtension<RuntimeCall> for SubtensorTransactionExtension {
    const IDENTIFIER: &'static str = "SubtensorTransactionExtension";
    type Implicit = ();
    type Val = ();
    type Pre = ();

    fn validate(
        &self,
        origin: DispatchOriginOf<RuntimeCall>,
        _call: &RuntimeCall,
        _info: &DispatchInfoOf<RuntimeCall>,
        _len: usize,
        _implicit: (),
        _implication: &impl Implication,
        _source: TransactionSource,
    ) -> ValidateResult<(), RuntimeCall> {
        if let Some(who) = origin.as_signer()
            && subtensor::ColdkeySwapAnnouncements::<Runtime>::contains_key(who)
        {
            let code = if subtensor::ColdkeySwapDisputes::<Runtime>::contains_key(who) {
                COLDKEY_SWAP_DISPUTED
            } else {
                COLDKEY_SWAP_ANNOUNCED
            };
            return Err(InvalidTransaction::Custom(code).into());
        }
        Ok((ValidTransaction::default(), (), origin))
    }
    impl_tx_ext_default!(RuntimeCall; weight prepare);
}

/// Whether the signer has signed a digest of the metadata.
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo,
)]
pub enum Mode {
    /// No.
    #[default]
    Disabled,
    /// Yes.
    Enabled,
}

/// Checks the digest of the metadata that the signer saw. The stock extension takes the digest from
/// the build of a wasm runtime; this one computes it from the metadata at hand.
#[derive(
    Clone, Copy, Debug, Decode, DecodeWithMemTracking, Default, Encode, Eq, PartialEq, TypeInfo,
)]
pub struct CheckMetadataHash {
    /// Whether there is a digest.
    pub mode: Mode,
}

impl TransactionExtension<RuntimeCall> for CheckMetadataHash {
    const IDENTIFIER: &'static str = "CheckMetadataHash";
    type Implicit = Option<[u8; 32]>;
    type Val = ();
    type Pre = ();

    fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
        match self.mode {
            Mode::Disabled => Ok(None),
            Mode::Enabled => match metadata_digest() {
                Some(digest) => Ok(Some(digest)),
                None => Err(UnknownTransaction::CannotLookup.into()),
            },
        }
    }
    impl_tx_ext_default!(RuntimeCall; weight validate prepare);
}
