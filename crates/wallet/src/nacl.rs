//! The `$NACL` keyfile: NaCl secretbox (XSalsa20-Poly1305) under a key that Argon2i makes of the
//! password.
//!
//! Layout: the five bytes `$NACL`, a nonce of 24 bytes, a tag of 16 bytes, the encrypted JSON. Salt
//! and cost are fixed by the wallet library.

use std::path::Path;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use crypto_secretbox::{AeadInPlace as _, KeyInit as _, XSalsa20Poly1305};
use subtune_model::error::{Error, Result};
use zeroize::{Zeroize as _, Zeroizing};

/// How such a file begins.
pub(crate) const MAGIC: &[u8] = b"$NACL";

/// The same for every wallet: it is a part of the file format.
const SALT: [u8; 16] = [
    0x13, 0x71, 0x83, 0xdf, 0xf1, 0x5a, 0x09, 0xbc, 0x9c, 0x90, 0xb5, 0x51, 0x87, 0x39, 0xe9, 0xb1,
];
/// libsodium's `crypto_pwhash_argon2i_MEMLIMIT_SENSITIVE`, in KiB: 512 MiB.
const MEMORY_KIB: u32 = 512 * 1024;
/// libsodium's `crypto_pwhash_argon2i_OPSLIMIT_SENSITIVE`.
const PASSES: u32 = 8;

/// The parts of an encrypted keyfile.
pub(crate) struct Sealed<'a> {
    nonce: &'a [u8; 24],
    tag: &'a [u8; 16],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Takes a keyfile apart, so that a short one is refused before any password is asked for.
    pub(crate) fn split(bytes: &'a [u8], path: &Path) -> Result<Self> {
        Self::of(bytes).ok_or_else(|| {
            Error::wallet(format!("the keyfile {} is cut short", path.display()))
                .hint(super::RESTORE)
        })
    }

    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (nonce, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
        let (tag, body) = rest.split_first_chunk()?;
        Some(Self { nonce, tag, body })
    }

    /// The JSON inside; `None` when the password is wrong (or the file damaged: the tag does not
    /// tell which).
    pub(crate) fn open(&self, password: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.open_with_key(&*derive_key(password)?))
    }

    fn open_with_key(&self, key: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new(self.body.to_vec());
        XSalsa20Poly1305::new(key.into())
            .decrypt_in_place_detached(self.nonce.into(), b"", &mut text, self.tag.into())
            .ok()?;
        Some(text)
    }
}

fn derive_key(password: &str) -> Result<Zeroizing<[u8; 32]>> {
    let failed = |cause: argon2::Error| {
        Error::wallet(format!("the key of the keyfile cannot be derived: {cause}"))
    };
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(failed)?;
    let mut memory = Memory::new(params.block_count())?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2i, Version::V0x13, params)
        .hash_password_into_with_memory(
            password.as_bytes(),
            &SALT,
            key.as_mut_slice(),
            &mut memory.0,
        )
        .map_err(failed)?;
    Ok(key)
}

/// The working memory of Argon2. Wiped when dropped, since the key follows from its last block. Not
/// `Zeroizing<Vec<Block>>`, which wipes twice and the second time byte by byte: too slow for half a
/// gigabyte.
struct Memory(Vec<Block>);

impl Memory {
    fn new(blocks: usize) -> Result<Self> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|cause| {
            Error::wallet(
                "there is not enough memory to open the keyfile: its encryption needs 512 MiB",
            )
            .hint("raise the memory limit of this process or container, or close other programs")
            .because(cause)
        })?;
        memory.resize(blocks, Block::new());
        Ok(Self(memory))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        for block in &mut self.0 {
            block.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn seal(text: &[u8]) -> Vec<u8> {
        let nonce = [3; 24];
        let mut body = text.to_vec();
        let tag = XSalsa20Poly1305::new(&KEY.into())
            .encrypt_in_place_detached(&nonce.into(), b"", &mut body)
            .unwrap();
        [MAGIC, &nonce, &tag, &body].concat()
    }

    fn opened(file: &[u8], key: &[u8; 32]) -> Option<Vec<u8>> {
        Some(Sealed::of(file)?.open_with_key(key)?.to_vec())
    }

    #[test]
    fn opens_what_was_sealed_and_nothing_else() {
        let file = seal(b"{}");
        assert_eq!(opened(&file, &KEY).unwrap(), b"{}");
        assert!(opened(&file, &[8; 32]).is_none());
        assert_eq!(opened(&seal(b""), &KEY).unwrap(), b"");
    }

    #[test]
    fn any_change_of_the_file_is_noticed() {
        let file = seal(b"a secret text");
        for length in 0..file.len() {
            assert!(opened(&file[..length], &KEY).is_none(), "cut to {length}");
        }
        assert!(opened(&[&file[..], b"\n"].concat(), &KEY).is_none());
        for place in MAGIC.len()..file.len() {
            let mut damaged = file.clone();
            damaged[place] ^= 1;
            assert!(opened(&damaged, &KEY).is_none(), "byte {place}");
        }
    }

    #[test]
    fn memory_that_cannot_be_had_is_a_wallet_error() {
        let error = Memory::new(usize::MAX / Block::SIZE).err().unwrap();
        assert_eq!(error.kind, subtune_model::error::Kind::Wallet);
        assert!(error.what.contains("512 MiB"));
    }
}
