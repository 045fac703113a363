//! Writes an encrypted keyfile as the wallet library did, for tests that need one: in the format that
//! costs the least. The salt is fixed: never use it for a real key.

use std::num::NonZeroU32;

use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use ring::{hmac, pbkdf2};

/// An Ansible Vault keyfile with this JSON.
pub(crate) fn ansible(json: &[u8], password: &str) -> Vec<u8> {
    let salt = [5; 32];
    let mut keys = [0; 80];
    let rounds = NonZeroU32::new(10_000).unwrap();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &mut keys);
    let padding = 16 - json.len() % 16;
    let mut body = [json, &vec![u8::try_from(padding).unwrap(); padding]].concat();
    ctr::Ctr128BE::<aes::Aes256>::new_from_slices(&keys[..32], &keys[64..])
        .unwrap()
        .apply_keystream(&mut body);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &keys[32..64]), &body);
    let inner = [&salt[..], tag.as_ref(), &body].map(hex::encode).join("\n");
    let mut file = b"$ANSIBLE_VAULT;1.1;AES256\n".to_vec();
    for line in hex::encode(inner).as_bytes().chunks(80) {
        file.extend([line, b"\n"].concat());
    }
    file
}
