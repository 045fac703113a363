//! The signing key.

use sp_core::crypto::Pair as _;
use sp_core::{ed25519, sr25519};
use subtune_model::signature::Signature;
use zeroize::Zeroizing;

use crate::memory;

/// A signing key that is ready for use. It cannot be printed, cloned or serialized; its secret is
/// wiped when it is dropped.
pub struct Unlocked {
    account: [u8; 32],
    key: Key,
}

/// The signature scheme of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Schnorr signatures on Ristretto: the one meant when nothing is said.
    #[default]
    Sr25519,
    /// Ed25519.
    Ed25519,
}

impl Scheme {
    /// The name as people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sr25519 => "sr25519",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// On the heap, so that moving an [`Unlocked`] about leaves no copies on the stack.
enum Key {
    /// schnorrkel wipes its key pair on drop.
    Sr25519(Box<sr25519::Pair>),
    /// The seed: the key pair of `sp-core` is `Copy` and never wiped, so it is made anew for each
    /// signature.
    Ed25519(Box<Zeroizing<[u8; 32]>>),
}

impl Unlocked {
    /// An sr25519 key.
    pub(crate) fn sr25519(pair: sr25519::Pair) -> Self {
        let key = Box::new(pair);
        Self { account: key.public().0, key: Key::Sr25519(key) }
    }

    /// An ed25519 key.
    pub(crate) fn ed25519(seed: Box<Zeroizing<[u8; 32]>>) -> Self {
        let account = ed25519::Pair::from_seed(&seed).public().0;
        Self { account, key: Key::Ed25519(seed) }
    }

    /// The account that the key signs for.
    #[must_use]
    pub const fn account(&self) -> [u8; 32] {
        self.account
    }

    /// How the key signs.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        match self.key {
            Key::Sr25519(_) => Scheme::Sr25519,
            Key::Ed25519(_) => Scheme::Ed25519,
        }
    }

    /// Whether what the key signs verifies for its account.
    #[must_use]
    pub fn proves_itself(&self) -> bool {
        let message = b"subtune: this key signs for its account";
        match self.sign(message) {
            Signature::Sr25519(signature) => sr25519::Pair::verify(
                &sr25519::Signature::from_raw(signature),
                message,
                &sr25519::Public::from_raw(self.account),
            ),
            Signature::Ed25519(signature) => ed25519::Pair::verify(
                &ed25519::Signature::from_raw(signature),
                message,
                &ed25519::Public::from_raw(self.account),
            ),
        }
    }

    /// Signs exactly these bytes: a payload that the chain wants hashed is hashed by the caller.
    #[must_use]
    pub fn sign(&self, payload: &[u8]) -> Signature {
        memory::leaving_no_trace(|| match &self.key {
            Key::Sr25519(pair) => Signature::Sr25519(pair.sign(payload).0),
            Key::Ed25519(seed) => {
                Signature::Ed25519(ed25519::Pair::from_seed(seed).sign(payload).0)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;
    use static_assertions::assert_not_impl_any;

    use super::super::fields::{Field, Fields};
    use super::super::keyfile::{Contents, Keyfile, Sealed};
    use super::*;

    #[test]
    fn signatures_verify() {
        let key = Unlocked::sr25519(sr25519::Pair::from_seed(&[1; 32]));
        let Signature::Sr25519(signature) = key.sign(b"payload") else { panic!("another scheme") };
        let (signature, public) =
            (sr25519::Signature::from_raw(signature), sr25519::Public::from_raw(key.account()));
        assert!(sr25519::Pair::verify(&signature, b"payload", &public));
        assert!(!sr25519::Pair::verify(&signature, b"other", &public));

        let key = Unlocked::ed25519(Box::new(Zeroizing::new([1; 32])));
        let Signature::Ed25519(signature) = key.sign(b"payload") else { panic!("another scheme") };
        let (signature, public) =
            (ed25519::Signature::from_raw(signature), ed25519::Public::from_raw(key.account()));
        assert!(ed25519::Pair::verify(&signature, b"payload", &public));
        assert!(!ed25519::Pair::verify(&signature, b"other", &public));
    }

    #[test]
    fn a_key_proves_itself_for_its_own_account_alone() {
        for mut key in [
            Unlocked::sr25519(sr25519::Pair::from_seed(&[1; 32])),
            Unlocked::ed25519(Box::new(Zeroizing::new([1; 32]))),
        ] {
            assert!(key.proves_itself());
            key.account = ed25519::Pair::from_seed(&[2; 32]).public().0;
            assert!(!key.proves_itself());
        }
    }

    // A type that holds a secret cannot be printed, cloned or serialized.
    assert_not_impl_any!(Unlocked: Debug, Clone, Serialize);
    assert_not_impl_any!(Fields<'static>: Debug, Clone, Serialize);
    assert_not_impl_any!(Field<'static>: Debug, Clone, Serialize);
    assert_not_impl_any!(Keyfile: Debug, Clone, Serialize);
    assert_not_impl_any!(Contents<'static>: Debug, Clone, Serialize);
    assert_not_impl_any!(Sealed<'static>: Debug, Clone, Serialize);
}
