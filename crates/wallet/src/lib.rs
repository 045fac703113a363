//! Keys and their formats: bytes in, a key or a report of the damage out.
//!
//! Nothing here knows of a chain, a disk or a terminal. A path that a function takes only says in an
//! error which file is meant.
//!
//! Secrets stay in buffers that are wiped when dropped, and no type that holds one can be printed,
//! cloned or serialized. Before the first one is read, the process gives up core dumps and asks for
//! its memory to stay out of swap ([`memory`]); the stack that made or used a key is wiped behind it.
//!
//! Kept by hand on purpose: the formats are those of other programs, whose every version differs a
//! little, and a library that opens one of them leaves copies of the secret behind.

// A number of a file may be any: what it is added to must say what happens then.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests have files of their own"))]

mod ansible;
pub mod derive;
pub mod dev;
mod fernet;
mod fields;
mod key;
pub mod keyfile;
pub mod memory;
mod nacl;
mod polkadot;
pub mod suri;

use subtune_model::error::Result;

use keyfile::Keyfile;

pub use key::{Scheme, Unlocked};
pub use keyfile::{KeyfileFormat, Secret};

/// The hint for a keyfile that is damaged.
const RESTORE: &str =
    "restore it from a backup, or from your mnemonic with `btcli wallet regen-coldkey`";

/// Takes the bytes of a keyfile as far as they go without a password: an unencrypted one makes its
/// key, an encrypted one only comes apart, which gives `None`.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet), when they are no keyfile, or hold no secret.
pub fn open_bytes(bytes: Vec<u8>) -> Result<Option<Unlocked>> {
    let file = Keyfile::of(bytes)?;
    file.contents()?.open(file.path())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn bytes_without_a_password_go_as_far_as_they_can() {
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/wallets");
        let bytes = |name: &str| std::fs::read(vectors.join(name).join("coldkey")).unwrap();
        assert!(open_bytes(bytes("v4.1.1/plain")).unwrap().unwrap().proves_itself());
        assert!(open_bytes(bytes("v4.1.1/nacl")).unwrap().is_none());
        assert!(open_bytes(vec![b'{'; 70_000]).is_err());
    }
}
