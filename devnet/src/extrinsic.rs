//! What chain and pool read in an extrinsic.

use crate::{AccountId, Nonce, Runtime, UncheckedExtrinsic};
use sp_runtime::{generic::Preamble, traits::StaticLookup as _};

/// Who signed, and with which nonce.
pub(crate) fn signer(extrinsic: &UncheckedExtrinsic) -> Option<(AccountId, Nonce)> {
    match &extrinsic.preamble {
        Preamble::Signed(address, _, extension) => {
            let who = <Runtime as frame_system::Config>::Lookup::lookup(address.clone()).ok()?;
            Some((who, extension.0.5.0))
        }
        _ => None,
    }
}
