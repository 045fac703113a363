//! The `$ANSIBLE_VAULT` keyfile: Ansible Vault 1.1, AES-256-CTR under keys that PBKDF2 makes of the
//! password.
//!
//! Layout: the line `$ANSIBLE_VAULT;1.1;AES256`, then hex in lines of 80 characters. That is the
//! hex of three lines of hex again: salt, HMAC-SHA256 of the encrypted text, encrypted text. The
//! text is padded as PKCS #7 says.

use std::num::NonZeroU32;
use std::path::Path;

use aes::cipher::block_padding::{Pkcs7, RawPadding as _};
use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use ring::{hmac, pbkdf2};
use subtune_model::error::{Error, Result};
use zeroize::Zeroizing;

/// How such a file begins, whatever its version.
pub(crate) const MAGIC: &[u8] = b"$ANSIBLE_VAULT";
/// The only version and cipher that wallets were written in.
const HEADER: &[u8] = b"$ANSIBLE_VAULT;1.1;AES256";
/// Bytes in a block of AES.
const BLOCK: usize = 16;
/// What Ansible fixes for PBKDF2-HMAC-SHA256.
const ROUNDS: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

type Cipher = ctr::Ctr128BE<aes::Aes256>;

/// The parts of an encrypted keyfile.
pub(crate) struct Sealed {
    salt: Vec<u8>,
    tag: Vec<u8>,
    body: Vec<u8>,
}

impl Sealed {
    /// Takes a keyfile apart, so that a damaged one is refused before any password is asked for.
    pub(crate) fn split(bytes: &[u8], path: &Path) -> Result<Self> {
        let path = path.display();
        let (header, rest) = line(bytes);
        if header != HEADER {
            return Err(Error::wallet(format!(
                "the keyfile {path} is of a version or cipher of Ansible Vault that wallets never \
                 used: only 1.1 with AES256 is known here"
            ))
            .hint(super::RESTORE));
        }
        Self::of(rest).ok_or_else(|| {
            Error::wallet(format!("the keyfile {path} is cut short or damaged"))
                .hint(super::RESTORE)
        })
    }

    fn of(lines: &[u8]) -> Option<Self> {
        let digits: Vec<u8> =
            lines.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let inner = hex::decode(digits).ok()?;
        let mut parts = inner.split(|byte| *byte == b'\n').map(hex::decode);
        let mut part = || parts.next()?.ok();
        let (salt, tag, body) = (part()?, part()?, part()?);
        let blocks = !body.is_empty() && body.len().is_multiple_of(BLOCK);
        (parts.next().is_none() && !salt.is_empty() && tag.len() == 32 && blocks).then_some(Self {
            salt,
            tag,
            body,
        })
    }

    /// The JSON inside; `None` when the password is wrong (or the file damaged: the HMAC does not
    /// tell which).
    pub(crate) fn open(&self, password: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut keys = Zeroizing::new([0; 80]);
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA256,
            ROUNDS,
            &self.salt,
            password.as_bytes(),
            keys.as_mut_slice(),
        );
        let (cipher_key, rest) = keys.split_first_chunk::<32>()?;
        let (hmac_key, nonce) = rest.split_first_chunk::<32>()?;
        let nonce: &[u8; 16] = nonce.first_chunk()?;
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, hmac_key), &self.body, &self.tag).ok()?;
        let mut text = Zeroizing::new(self.body.clone());
        Cipher::new(cipher_key.into(), nonce.into()).apply_keystream(&mut text);
        unpad(text)
    }
}

/// Cuts the padding off; a right password opens what is padded well.
fn unpad(mut text: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let last = text.rchunks_exact(BLOCK).next()?;
    let padding = BLOCK.checked_sub(Pkcs7::raw_unpad(last).ok()?.len())?;
    let length = text.len().checked_sub(padding)?;
    text.truncate(length);
    Some(text)
}

/// The first line without its end, and what follows.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (first, rest) = bytes.split_at(end);
    (first.trim_ascii_end(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "sesame";
    const TEXT: &[u8] = b"a secret text of more than one block";

    /// Salt, tag and body of a text under [`PASSWORD`], padded with these bytes.
    fn seal(text: &[u8], padding: &[u8]) -> [Vec<u8>; 3] {
        let mut keys = [0; 80];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, ROUNDS, b"salt", PASSWORD.as_bytes(), &mut keys);
        let mut body = [text, padding].concat();
        Cipher::new_from_slices(&keys[..32], &keys[64..]).unwrap().apply_keystream(&mut body);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &keys[32..64]), &body);
        [b"salt".to_vec(), tag.as_ref().to_vec(), body]
    }

    fn lines(parts: &[Vec<u8>]) -> Vec<u8> {
        let inner: Vec<_> = parts.iter().map(hex::encode).collect();
        hex::encode(inner.join("\n")).into_bytes()
    }

    fn opened(lines: &[u8], password: &str) -> Option<Vec<u8>> {
        Some(Sealed::of(lines)?.open(password)?.to_vec())
    }

    #[test]
    fn opens_what_was_sealed_and_nothing_else() {
        let parts = seal(TEXT, &[12; 12]);
        let file = lines(&parts);
        assert_eq!(opened(&file, PASSWORD).unwrap(), TEXT);
        assert!(opened(&file, "Sesame").is_none());
        let (one, two) = file.split_at(80);
        assert_eq!(opened(&[one, b"\r\n", two, b"\n \n"].concat(), PASSWORD).unwrap(), TEXT);
        for part in 0..3 {
            let mut damaged = parts.clone();
            damaged[part][0] ^= 1;
            assert!(opened(&lines(&damaged), PASSWORD).is_none(), "part {part}");
        }
        // Sealed with the right keys, and yet not as the format says.
        for padding in [[13; 12], [0; 12]] {
            assert!(opened(&lines(&seal(TEXT, &padding)), PASSWORD).is_none());
        }
    }

    #[test]
    fn a_damaged_file_is_known_before_the_password() {
        let parts = seal(TEXT, &[12; 12]);
        let file = lines(&parts);
        // Where whole blocks are missing, the HMAC does not fit.
        for length in 0..file.len() {
            assert!(opened(&file[..length], PASSWORD).is_none(), "cut to {length}");
        }
        assert!(Sealed::of(&file[..file.len() - 2]).is_none());
        for trailing in [&b"x"[..], b"00", b"0a", b"0a3030", b"\xff"] {
            assert!(Sealed::of(&[&file, trailing].concat()).is_none(), "{trailing:?}");
        }
        let [salt, tag, body] = parts;
        for parts in [
            vec![],
            vec![salt.clone(), tag.clone()],
            vec![salt.clone(), tag.clone(), vec![]],
            vec![vec![], tag.clone(), body.clone()],
            vec![salt.clone(), tag[..31].to_vec(), body.clone()],
            vec![salt, tag, body.clone(), body],
        ] {
            assert!(Sealed::of(&lines(&parts)).is_none(), "{} parts", parts.len());
        }
    }
}
