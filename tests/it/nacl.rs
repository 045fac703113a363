//! Writes an encrypted keyfile as the wallet library does, for tests that need one.

use argon2::{Algorithm, Argon2, Params, Version};
use crypto_secretbox::{AeadInPlace as _, KeyInit as _, XSalsa20Poly1305};

/// The salt of the file format, the same for every wallet.
const SALT: &[u8] = b"\x13q\x83\xdf\xf1Z\x09\xbc\x9c\x90\xb5Q\x879\xe9\xb1";

/// Encrypts the JSON of a keyfile, which takes seconds and 512 MiB. The nonce is fixed: never use
/// it for a real key.
pub(crate) fn seal(json: &[u8], password: &str) -> Vec<u8> {
    let params = Params::new(512 * 1024, 8, 1, Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2i, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), SALT, &mut key)
        .unwrap();
    let nonce = [5; 24];
    let mut body = json.to_vec();
    let tag = XSalsa20Poly1305::new(&key.into())
        .encrypt_in_place_detached(&nonce.into(), b"", &mut body)
        .unwrap();
    [&b"$NACL"[..], &nonce, &tag, &body].concat()
}
