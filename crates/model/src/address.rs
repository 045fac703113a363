//! Account addresses: SS58 with network prefix 42, the one that Bittensor uses.

use sp_crypto_hashing::blake2_512;

use crate::error::{Error, Result};

/// The SS58 network prefix of Bittensor: 42, the generic Substrate one.
pub const SS58_PREFIX: u16 = 42;

/// No SS58 address of a 32-byte account is longer; base58 takes quadratic time, so longer text is
/// not even decoded.
const MAX_CHARS: usize = 64;

/// Hashed in front of what an address says: see the specification of SS58.
const CHECKED: &[u8] = b"SS58PRE";
/// Bytes of the checksum of an account's address.
const CHECKSUM: usize = 2;

/// The SS58 address of an account.
#[must_use]
pub fn ss58(account: &[u8; 32]) -> String {
    let [low, _] = SS58_PREFIX.to_le_bytes();
    let mut bytes = vec![low];
    bytes.extend_from_slice(account);
    let checksum = checksum(&bytes);
    bytes.extend_from_slice(&checksum);
    bs58::encode(bytes).into_string()
}

/// The account of an SS58 address.
///
/// # Errors
/// [`Kind::Input`](crate::error::Kind::Input) that names what is wrong: the alphabet, the length,
/// the checksum or the network.
pub fn parse_ss58(text: &str) -> Result<[u8; 32]> {
    if text.len() > MAX_CHARS {
        return Err(bad(text, "it is too long"));
    }
    let length = || bad(text, "its length is not that of an account");
    let bytes = bs58::decode(text)
        .into_vec()
        .map_err(|_| bad(text, "it has a character that base58 does not use"))?;
    // One byte of prefix, or two whose bits are in another order.
    let (prefix, rest) = match bytes.as_slice() {
        [low @ 0..=63, rest @ ..] => (u16::from(*low), rest),
        [first @ 64..=127, second, rest @ ..] => {
            let low = (first << 2) | (second >> 6);
            (u16::from_le_bytes([low, second & 0b0011_1111]), rest)
        }
        [] | [64..=127] => return Err(length()),
        [_, ..] => {
            return Err(bad(text, "its network prefix is not one that accounts use"));
        }
    };
    let Some((account, given)) = rest.split_last_chunk::<CHECKSUM>() else { return Err(length()) };
    let account: [u8; 32] = account.try_into().map_err(|_| length())?;
    let body = bytes.strip_suffix(given).unwrap_or_default();
    if checksum(body) != *given {
        return Err(bad(text, "its checksum does not match, so it has a typing error"));
    }
    if prefix != SS58_PREFIX {
        return Err(bad(
            text,
            &format!("it is of another network (SS58 prefix {prefix}, not {SS58_PREFIX})"),
        ));
    }
    Ok(account)
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let [first, second, ..] = blake2_512(&[CHECKED, body].concat());
    [first, second]
}

/// Quotes only what can be a mistyped address: a seed or a mnemonic pasted by mistake must not land
/// in a log.
fn bad(text: &str, why: &str) -> Error {
    let quotable = text.len() <= MAX_CHARS
        && !text.starts_with("0x")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let what = if quotable && !text.is_empty() {
        format!("`{text}`")
    } else {
        "the given text".to_owned()
    };
    Error::input(format!("{what} is not a Bittensor address: {why}"))
        .hint("an address looks like 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    fn refusal(text: &str) -> String {
        parse_ss58(text).unwrap_err().what
    }

    #[test]
    fn round_trip() {
        let account = parse_ss58(ALICE).unwrap();
        assert_eq!(
            hex::encode(account),
            "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
        );
        assert_eq!(ss58(&account), ALICE);
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(refusal(&ALICE.replace("Grwva", "Grwvb")).contains("checksum"));
        assert!(refusal(&ALICE.replace('G', "0")).contains("base58"));
        assert!(refusal("").contains("length"));
        assert!(refusal(&ALICE[..40]).contains("length"));
        assert!(refusal(&ALICE.repeat(1000)).contains("too long"));
        // The same account on Polkadot, prefix 0.
        assert!(
            refusal("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5")
                .contains("prefix 0, not 42")
        );
        assert!(refusal("é").contains("base58"));
    }

    #[test]
    fn never_repeats_what_may_be_a_secret() {
        let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
        assert!(!refusal(phrase).contains("bottom"));
        assert!(!refusal(&format!("0x{}", "ab".repeat(31))).contains("abab"));
    }
}
