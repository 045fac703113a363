//! How a signing key is made of the secrets in a keyfile.

use std::path::Path;

use sp_core::crypto::Pair as _;
use sp_core::{ed25519, sr25519};
use subtune_model::address;
use subtune_model::error::{Error, Result};
use zeroize::{Zeroize as _, Zeroizing};

use crate::Unlocked;
use crate::fields::{Field, Fields};
use crate::key::Scheme;

/// Makes the key of a keyfile and checks that it is the key of the address in it.
///
/// The mnemonic comes first, then the seed, then the private key, as in the wallet library. One
/// that cannot be read gives way to the next: whatever opens has to match the address all the same.
pub(crate) fn derive(fields: &Fields<'_>, path: &Path) -> Result<Unlocked> {
    let claimed = fields.account(path)?;
    let mut unusable = Vec::new();
    for (name, field, make) in [
        (
            "secretPhrase",
            &fields.secret_phrase,
            from_phrase as fn(&str, Scheme) -> Option<Unlocked>,
        ),
        ("secretSeed", &fields.secret_seed, from_seed),
        ("privateKey", &fields.private_key, from_private_key),
    ] {
        let unlocked = match field {
            Field::Absent => continue,
            Field::Text(text) => make(text, fields.crypto_type),
            Field::Escaped | Field::NotText => None,
        };
        let Some(unlocked) = unlocked else {
            unusable.push(name);
            continue;
        };
        return match claimed {
            Some(claimed) if claimed != unlocked.account() => {
                Err(mismatch(path, unlocked.account(), "the file itself", claimed))
            }
            _ => Ok(unlocked),
        };
    }
    if unusable.is_empty() {
        return Err(no_secret(path));
    }
    Err(Error::wallet(format!(
        "no key can be made of {} in the keyfile {}",
        unusable.join(", "),
        path.display()
    ))
    .hint(super::RESTORE))
}

/// The error for a file with nothing to sign with.
#[must_use]
pub fn no_secret(path: &Path) -> Error {
    Error::wallet(format!(
        "the keyfile {} holds no secret, only the public key, so it cannot sign",
        path.display()
    ))
    .hint("use the machine that holds the coldkey, or restore it with `btcli wallet regen-coldkey`")
}

/// The error for a key that belongs to another address.
#[must_use]
pub fn mismatch(path: &Path, derived: [u8; 32], source: &str, claimed: [u8; 32]) -> Error {
    Error::wallet(format!(
        "the secret in {} is of {}, but {source} says {}",
        path.display(),
        address::ss58(&derived),
        address::ss58(&claimed)
    ))
    .hint("the files of two wallets are mixed up, or one is damaged: restore them from a backup")
}

/// The error for a keyfile that names another address than `coldkeypub.txt`.
#[must_use]
pub fn claims(path: &Path, claimed: [u8; 32], expected: [u8; 32]) -> Error {
    Error::wallet(format!(
        "{} claims to be of {}, but coldkeypub.txt says {}",
        path.display(),
        address::ss58(&claimed),
        address::ss58(&expected)
    ))
    .hint("the files of two wallets are mixed up, or one is damaged: restore them from a backup")
}

fn from_phrase(phrase: &str, scheme: Scheme) -> Option<Unlocked> {
    match scheme {
        Scheme::Sr25519 => {
            let (pair, mut seed) = sr25519::Pair::from_phrase(phrase, None).ok()?;
            seed.zeroize();
            Some(Unlocked::sr25519(pair))
        }
        Scheme::Ed25519 => {
            let (_, mut seed) = ed25519::Pair::from_phrase(phrase, None).ok()?;
            let key = Unlocked::ed25519(Box::new(Zeroizing::new(seed)));
            seed.zeroize();
            Some(key)
        }
    }
}

fn from_seed(text: &str, scheme: Scheme) -> Option<Unlocked> {
    let seed = secret_hex::<32>(text)?;
    match scheme {
        Scheme::Sr25519 => sr25519_of(seed.as_slice()),
        Scheme::Ed25519 => Some(Unlocked::ed25519(seed)),
    }
}

/// The wallet library writes schnorrkel's own (canonical) form of an sr25519 key, not the one
/// shifted for ed25519.
fn from_private_key(text: &str, scheme: Scheme) -> Option<Unlocked> {
    match scheme {
        Scheme::Sr25519 => sr25519_of(secret_hex::<64>(text)?.as_slice()),
        Scheme::Ed25519 => Some(Unlocked::ed25519(secret_hex(text)?)),
    }
}

pub(crate) fn sr25519_of(secret: &[u8]) -> Option<Unlocked> {
    sr25519::Pair::from_seed_slice(secret).ok().map(Unlocked::sr25519)
}

fn secret_hex<const N: usize>(text: &str) -> Option<Box<Zeroizing<[u8; N]>>> {
    let mut bytes = Box::new(Zeroizing::new([0; N]));
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), bytes.as_mut_slice()).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use super::*;

    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    const SEED: &str = "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";
    const PRIVATE: &str = "0x05d65584630d16cd4af6d0bec10f34bb504a5dcb62dba2122d49f5a663763d0afd190cce74df356432b410bd64682309d6dedb27c76845daf388557cbac3ca34";
    const SR: &str = "46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a";
    const ED: &str = "345071da55e5dccefaaa440339415ef9f2663338a38f7da0df21be5ab4e055ef";

    fn key(json: &str) -> Result<Unlocked> {
        let path = Path::new("coldkey");
        derive(&fields::parse(json.as_bytes(), path)?, path)
    }

    fn account(json: &str) -> String {
        hex::encode(key(json).unwrap_or_else(|error| panic!("{json}: {error}")).account())
    }

    fn refusal(json: &str) -> String {
        key(json).err().unwrap().what
    }

    #[test]
    fn every_source_gives_the_same_key() {
        for source in [
            ("secretPhrase", PHRASE),
            ("secretSeed", SEED),
            ("secretSeed", &SEED[2..]),
            ("privateKey", PRIVATE),
        ] {
            assert_eq!(account(&format!(r#"{{"{}":"{}"}}"#, source.0, source.1)), SR);
        }
        for source in [("secretPhrase", PHRASE), ("secretSeed", SEED), ("privateKey", SEED)] {
            assert_eq!(
                account(&format!(r#"{{"{}":"{}","cryptoType":0}}"#, source.0, source.1)),
                ED
            );
        }
    }

    #[test]
    fn the_mnemonic_comes_first_and_a_broken_source_gives_way() {
        let other = format!("0x{}", "11".repeat(32));
        assert_eq!(
            account(&format!(r#"{{"secretSeed":"{other}","secretPhrase":"{PHRASE}"}}"#)),
            SR
        );
        assert_eq!(
            account(&format!(
                r#"{{"secretPhrase":7,"secretSeed":"0x\u0011","privateKey":"{PRIVATE}"}}"#
            )),
            SR
        );
        assert_eq!(
            account(&format!(r#"{{"secretPhrase":"bottom bottom","secretSeed":"{SEED}"}}"#)),
            SR
        );
    }

    #[test]
    fn another_address_is_refused() {
        let json = format!(r#"{{"secretSeed":"{SEED}","publicKey":"0x{}"}}"#, "11".repeat(32));
        assert!(refusal(&json).contains(
            "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV, but the file itself says"
        ));
        // The right secret read as the wrong kind of key.
        assert!(
            refusal(&format!(r#"{{"secretSeed":"{SEED}","publicKey":"0x{SR}","cryptoType":0}}"#))
                .contains("says")
        );
        assert!(
            refusal(&format!(r#"{{"secretSeed":"{SEED}","publicKey":"0xzz"}}"#))
                .contains("publicKey in the keyfile")
        );
    }

    #[test]
    fn a_file_without_a_usable_secret_is_refused_without_telling_it() {
        assert!(refusal("{}").contains("holds no secret"));
        assert!(
            refusal(&format!(r#"{{"publicKey":"0x{SR}","secretSeed":null}}"#))
                .contains("holds no secret")
        );
        let not_a_scalar = format!("0x{}", "ff".repeat(64));
        for bad in [
            r#"{"secretPhrase":"drive drive drive"}"#.to_owned(),
            format!(r#"{{"secretPhrase":"{PHRASE} //Alice"}}"#),
            r#"{"secretSeed":"0xfac795"}"#.to_owned(),
            format!(r#"{{"secretSeed":"{SEED}00"}}"#),
            format!(r#"{{"privateKey":"{SEED}"}}"#),
            format!(r#"{{"privateKey":"{not_a_scalar}"}}"#),
            format!(r#"{{"privateKey":"{PRIVATE}","cryptoType":0}}"#),
        ] {
            let what = refusal(&bad);
            assert!(what.starts_with("no key can be made of"), "{what}");
            assert!(!what.contains("drive") && !what.contains("fac795"), "{what}");
        }
    }
}
