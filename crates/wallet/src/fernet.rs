//! The `gAAAAA` keyfile, the oldest encrypted one: a Fernet token under a key that PBKDF2 makes of
//! the password.
//!
//! Layout, as base64url text: the byte 0x80, a time of 8 bytes, an IV of 16 bytes, the encrypted
//! JSON (AES-128-CBC, padded as PKCS #7 says), HMAC-SHA256 of all that. Salt and cost are fixed by
//! the wallet library.

use std::num::NonZeroU32;
use std::path::Path;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, KeyIvInit as _};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::{hmac, pbkdf2};
use subtune_model::error::{Error, Result};
use zeroize::Zeroizing;

/// How such a file begins: the version byte and the upper half of the time.
pub(crate) const MAGIC: &[u8] = b"gAAAAA";

/// The same for every wallet: it is a part of the file format.
const SALT: &[u8] = b"Iguesscyborgslikemyselfhaveatendencytobeparanoidaboutourorigins";
/// Rounds of PBKDF2-HMAC-SHA256.
const ROUNDS: NonZeroU32 = NonZeroU32::new(10_000_000).unwrap();
/// Fernet's base64: others leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

type Cipher = cbc::Decryptor<aes::Aes128>;

/// A token that has the shape of one.
pub(crate) struct Sealed {
    /// Everything that the tag speaks for.
    signed: Vec<u8>,
    iv: [u8; 16],
    tag: [u8; 32],
    /// Where in `signed` the encrypted text begins.
    body: usize,
}

impl Sealed {
    /// Takes a keyfile apart, so that a damaged one is refused before any password is asked for.
    pub(crate) fn split(bytes: &[u8], path: &Path) -> Result<Self> {
        Self::of(bytes).ok_or_else(|| {
            Error::wallet(format!("the keyfile {} is cut short or damaged", path.display()))
                .hint(super::RESTORE)
        })
    }

    fn of(token: &[u8]) -> Option<Self> {
        let mut signed = BASE64.decode(token.trim_ascii_end()).ok()?;
        let tag = *signed.last_chunk()?;
        signed.truncate(signed.len().checked_sub(32)?);
        let (version, rest) = signed.split_first()?;
        let (_time, rest) = rest.split_first_chunk::<8>()?;
        let (iv, body) = rest.split_first_chunk()?;
        let (iv, length) = (*iv, body.len());
        let sound = *version == 0x80 && length > 0 && length.is_multiple_of(16);
        let body = signed.len().checked_sub(length)?;
        sound.then_some(Self { signed, iv, tag, body })
    }

    /// The JSON inside; `None` when the password is wrong (or the file damaged: the HMAC does not
    /// tell which).
    pub(crate) fn open(&self, password: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new([0; 32]);
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA256,
            ROUNDS,
            SALT,
            password.as_bytes(),
            key.as_mut_slice(),
        );
        self.open_with_key(&key)
    }

    fn open_with_key(&self, key: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let (hmac_key, cipher_key) = key.split_first_chunk::<16>()?;
        let cipher_key: &[u8; 16] = cipher_key.first_chunk()?;
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, hmac_key), &self.signed, &self.tag).ok()?;
        let mut text = Zeroizing::new(self.signed.get(self.body..)?.to_vec());
        let cipher = Cipher::new(cipher_key.into(), (&self.iv).into());
        let length = cipher.decrypt_padded_mut::<Pkcs7>(&mut text).ok()?.len();
        text.truncate(length);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use aes::cipher::BlockEncryptMut as _;
    use aes::cipher::block_padding::NoPadding;

    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const TEXT: &[u8] = b"a secret text of more than one block";

    /// The bytes of a token whose text is padded with these bytes.
    fn seal(text: &[u8], padding: &[u8]) -> Vec<u8> {
        let mut body = [text, padding].concat();
        let length = body.len();
        cbc::Encryptor::<aes::Aes128>::new_from_slices(&KEY[16..], &[9; 16])
            .unwrap()
            .encrypt_padded_mut::<NoPadding>(&mut body, length)
            .unwrap();
        let mut token = [&[0x80][..], &[0; 8], &[9; 16], &body].concat();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &KEY[..16]), &token);
        token.extend_from_slice(tag.as_ref());
        token
    }

    fn text(token: &[u8]) -> String {
        BASE64.encode(token)
    }

    fn opened(file: &[u8], key: &[u8; 32]) -> Option<Vec<u8>> {
        Some(Sealed::of(file)?.open_with_key(key)?.to_vec())
    }

    #[test]
    fn opens_what_was_sealed_and_nothing_else() {
        let token = seal(TEXT, &[12; 12]);
        let file = text(&token);
        assert!(file.as_bytes().starts_with(MAGIC));
        assert_eq!(opened(file.as_bytes(), &KEY).unwrap(), TEXT);
        assert_eq!(opened(format!("{file}\r\n").as_bytes(), &KEY).unwrap(), TEXT);
        assert_eq!(opened(file.trim_end_matches('=').as_bytes(), &KEY).unwrap(), TEXT);
        assert!(opened(file.as_bytes(), &[8; 32]).is_none());
        for place in 0..token.len() {
            let mut damaged = token.clone();
            damaged[place] ^= 1;
            assert!(opened(text(&damaged).as_bytes(), &KEY).is_none(), "byte {place}");
        }
        // Sealed with the right key, and yet not as the format says.
        for padding in [[13; 12], [0; 12]] {
            assert!(opened(text(&seal(TEXT, &padding)).as_bytes(), &KEY).is_none());
        }
    }

    #[test]
    fn a_damaged_file_is_known_before_the_password() {
        let token = seal(TEXT, &[12; 12]);
        // Where whole blocks are missing, the HMAC does not fit.
        for length in 0..token.len() {
            assert!(opened(text(&token[..length]).as_bytes(), &KEY).is_none(), "cut to {length}");
        }
        let file = text(&token);
        for bad in [&b""[..], b"gAAAAA", b"gAAAAA\n", &file.as_bytes()[..file.len() - 5]] {
            assert!(Sealed::of(bad).is_none(), "{bad:?}");
        }
        for trailing in ["x", "xxxx", "\nx", "===="] {
            assert!(Sealed::of(format!("{file}{trailing}").as_bytes()).is_none(), "{trailing:?}");
        }
    }
}
