//! A key from a secret URI: a mnemonic or a seed, with or without a derivation path, as Substrate's
//! tools write it: `phrase//hard/soft///password`.

use std::path::Path;

use sp_core::crypto::{Pair as _, SecretStringError};
use sp_core::sr25519;
use zeroize::Zeroize as _;

use super::{Person, Unlocked, process, secret_file};
use crate::error::{Error, Result};

/// The sr25519 key of the secret URI in a file or descriptor; `option` is what the path was given
/// with.
///
/// # Errors
/// [`Kind::Wallet`](crate::error::Kind::Wallet) when it cannot be read or makes no key.
pub fn from_file(path: &Path, option: &str, person: &dyn Person) -> Result<Unlocked> {
    process::protect();
    let text = secret_file::read(path, option, &|line| person.tell(&format!("warning: {line}")))?;
    process::leaving_no_trace(|| parse(&text))
        .map_err(|why| refused(&format!("the file of {option}"), why))
}

/// The sr25519 key of a secret URI that is typed without being shown.
///
/// # Errors
/// [`Kind::Wallet`](crate::error::Kind::Wallet) when there is nobody to ask, or it makes no key.
pub fn ask(person: &dyn Person) -> Result<Unlocked> {
    process::protect();
    let text = person.ask("Mnemonic, seed or secret URI")?.ok_or_else(nobody_to_ask)?;
    process::leaving_no_trace(|| parse(&text)).map_err(|why| refused("what was typed", why))
}

/// The error for a question that nobody can answer.
#[must_use]
pub fn nobody_to_ask() -> Error {
    Error::wallet("there is no terminal to ask for the mnemonic or seed")
        .hint("run this in a terminal, or use --suri-file with a file or descriptor")
}

fn refused(place: &str, why: &str) -> Error {
    Error::wallet(format!("{place} makes no key: {why}")).hint(
        "it holds a mnemonic of 12 to 24 words or 0x and 64 hex digits, perhaps with a derivation \
         path, as in `phrase//hard/soft///password`",
    )
}

/// The reason never quotes the text.
fn parse(text: &str) -> Result<Unlocked, &'static str> {
    let text = text.trim();
    // Substrate would put the development phrase, which is public, in front.
    if text.is_empty() || text.starts_with('/') {
        return Err("there is no mnemonic or seed, only a development key's path at most");
    }
    let (pair, mut seed) =
        sr25519::Pair::from_string_with_seed(text, None).map_err(|error| match error {
            SecretStringError::InvalidPhrase => {
                "the mnemonic has a wrong word, a wrong number of words or a wrong checksum"
            }
            SecretStringError::InvalidSeed | SecretStringError::InvalidSeedLength => {
                "the seed is not 0x and 64 hex digits"
            }
            _ => "it is not written as a secret URI",
        })?;
    seed.zeroize();
    Ok(Unlocked::sr25519(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wallet::address::ss58;

    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    const SEED: &str = "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";

    fn address(text: &str) -> String {
        parse(text).map(|key| ss58(&key.account())).unwrap_or_else(str::to_owned)
    }

    /// Addresses as `Keypair.create_from_uri` of bittensor-wallet 4.1.1 tells them.
    #[test]
    fn what_substrate_reads_is_read() {
        let root = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for (text, expected) in [
            (PHRASE.to_owned(), root),
            (format!("  {PHRASE}\n"), root),
            (SEED.to_owned(), root),
            (format!("{PHRASE}//Alice"), alice),
            (format!("{SEED}//Alice"), alice),
            (format!("{PHRASE}//Alice/soft"), "5C8PhJPLE54x23RjmqBcEEnALryCDWdTJM5xLaoL9W8XEpnt"),
            (format!("{PHRASE}///secret"), "5HK6uyFmwszxvvpJrcKAz7sGijnCGQdn3XxGnWQMHu4ZAi2y"),
            (format!("{SEED}//hard/soft"), "5F9Awe4TLRmnDEtqq1AWMsJFRoFPctHt5Licz4B6X5LoWV9e"),
            (
                format!("{PHRASE}//hard/soft///secret"),
                "5E9PUenfKv2FaCGgBfusZmP7kVrioa7eaDPRjVdA8AjGWcVN",
            ),
            (format!("{PHRASE}//42/7"), "5DspSKUC5pij6uWzeHtDbpcYu43MAyP9ED1G6yFJJuSq7zVm"),
        ] {
            assert_eq!(address(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_makes_no_key_is_refused_without_quoting_it() {
        for (text, why) in [
            ("", "no mnemonic or seed"),
            (" \n", "no mnemonic or seed"),
            ("//Alice", "no mnemonic or seed"),
            ("///password", "no mnemonic or seed"),
            ("bottom drive obey", "the mnemonic"),
            (&PHRASE.replace("walk", "walks"), "the mnemonic"),
            (&PHRASE.replace("walk", "wall"), "the mnemonic"),
            (&SEED[..40], "the seed"),
            (&format!("{SEED}00"), "the seed"),
            (&SEED[2..], "the mnemonic"),
            (&format!("{PHRASE} /"), ""),
        ] {
            let what = parse(text).err().unwrap_or_else(|| panic!("{text}"));
            assert!(what.contains(why), "{text}: {what}");
        }
    }
}
