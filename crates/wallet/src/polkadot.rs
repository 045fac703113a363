//! The JSON export of polkadot-js, and of the wallets that follow it: PKCS #8 in NaCl's secretbox
//! (XSalsa20-Poly1305), under a key that scrypt makes of the password.
//!
//! Layout of `encoded`, in base64: a salt of 32 bytes, the cost N, p and r of scrypt (4 bytes each,
//! little-endian), a nonce of 24 bytes, a tag of 16 bytes, the encrypted text. Without a password it
//! is the text alone. The export of several accounts holds such exports as its text, each under the
//! password of its own account. (`@polkadot/util-crypto`: `json/`, `scrypt/`; `@polkadot/keyring`:
//! `pair/decode`.)
//!
//! The memory that scrypt itself works in is not wiped by the library: it holds blocks that are made
//! of the password, not the password or the key.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::{AeadInPlace as _, KeyInit as _, XSalsa20Poly1305};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sp_core::crypto::{AccountId32, Ss58Codec as _};
use subtune_model::address;
use subtune_model::error::{Error, Result};
use zeroize::{Zeroize as _, Zeroizing};

use crate::fields::Field;
use crate::key::Scheme;
use crate::{Unlocked, derive};

/// The costs N, p, r that polkadot-js itself accepts (`scrypt/defaults`): a file cannot ask for more
/// than 128 MiB.
const COSTS: [(u32, u32, u32); 6] = [
    (1 << 13, 10, 8),
    (1 << 14, 5, 8),
    (1 << 15, 3, 8),
    (1 << 15, 1, 8),
    (1 << 16, 2, 8),
    (1 << 17, 1, 8),
];
/// What the text begins with: a PKCS #8 header for a secret of 32 bytes, whatever follows.
const HEADER: [u8; 16] = [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// What stands between the secret and the public key.
const DIVIDER: [u8; 5] = [161, 35, 3, 33, 0];
/// The most accounts in the export of several.
const MAX_ACCOUNTS: usize = 1_000;
/// The longest address that is looked at, as in [`address`].
const MAX_ADDRESS: usize = 64;
/// The version of the format that is read: the others are from before 2020.
const VERSION: &str = "3";

/// Whether a JSON file is such an export, whatever is in it.
pub(crate) fn is_export(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Marks {
        encoded: IgnoredAny,
        encoding: IgnoredAny,
    }
    serde_json::from_slice(json)
        .is_ok_and(|Marks { encoded: IgnoredAny, encoding: IgnoredAny }| true)
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Written<'a> {
    encoded: Field<'a>,
    encoding: Encoding,
    #[serde(default)]
    address: Field<'a>,
    #[serde(default)]
    accounts: Vec<Listed<'a>>,
}

#[derive(Deserialize)]
struct Encoding {
    #[serde(default)]
    content: Vec<String>,
    #[serde(default, rename = "type")]
    kind: Vec<String>,
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Listed<'a> {
    #[serde(default)]
    address: Field<'a>,
}

/// An export, taken apart.
pub(crate) struct Export {
    /// Decoded, and held as a secret: without a password it is one.
    bytes: Zeroizing<Vec<u8>>,
    content: Content,
    encrypted: bool,
    /// The account that it says it is of.
    claimed: Option<[u8; 32]>,
    /// The accounts that the export of several says it is of.
    listed: Vec<[u8; 32]>,
}

/// What is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Key(Scheme),
    Accounts,
}

impl Export {
    /// Takes an export apart, so that one that cannot be opened is refused before any password is
    /// asked for. The parser's own error is dropped, because it can quote the content.
    pub(crate) fn split(json: &[u8], path: &Path) -> Result<Self> {
        let written = serde_json::from_slice(json).map_err(|_| {
            damaged(path, "has a field of the wrong type, or one that is given twice")
        })?;
        Self::of(written, path)
    }

    fn of(written: Written<'_>, path: &Path) -> Result<Self> {
        let place = path.display();
        let damaged = |what: &str| damaged(path, what);
        let Encoding { content, kind, version } = written.encoding;
        let content = match list(&content)[..] {
            ["pkcs8", "sr25519"] => Content::Key(Scheme::Sr25519),
            ["pkcs8", "ed25519"] => Content::Key(Scheme::Ed25519),
            ["batch-pkcs8"] => Content::Accounts,
            ["pkcs8", "ecdsa" | "ethereum"] => {
                return Err(Error::wallet(format!(
                    "the polkadot-js export {place} is of a key for Ethereum, which no coldkey is"
                ))
                .hint("export the sr25519 or ed25519 account that owns the subnet"));
            }
            _ => return Err(damaged("holds something else than an account")),
        };
        let encrypted = match (&list(&kind)[..], version.as_str()) {
            (["scrypt", "xsalsa20-poly1305"], VERSION) => true,
            (["none"], VERSION) => false,
            _ => return Err(damaged("is of a version or encryption that is not read here")),
        };
        let Field::Text(encoded) = written.encoded else {
            return Err(damaged("does not hold its data as a plain text"));
        };
        let bytes = decode(encoded).ok_or_else(|| damaged("holds data that is not base64"))?;
        if written.accounts.len() > MAX_ACCOUNTS {
            return Err(damaged(&format!("lists more than {MAX_ACCOUNTS} accounts")));
        }
        let account = |field: &Field<'_>| match field {
            Field::Absent => Ok(None),
            Field::Text(text) => {
                account(text).map(Some).ok_or_else(|| damaged("names an address that is none"))
            }
            Field::Escaped | Field::NotText => Err(damaged("names an address that is none")),
        };
        let claimed = account(&written.address)?;
        let mut listed = Vec::new();
        for entry in &written.accounts {
            // One for another kind of chain has another kind of address.
            listed.extend(account(&entry.address).ok().flatten());
        }
        let export = Self { bytes, content, encrypted, claimed, listed };
        if encrypted {
            let parts = export.parts().ok_or_else(|| damaged("is cut short"))?;
            if !COSTS.contains(&parts.cost) {
                return Err(damaged("asks for a cost of scrypt that polkadot-js never writes"));
            }
        }
        Ok(export)
    }

    /// Whether a password opens it.
    pub(crate) const fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// How its key signs, where that shows.
    pub(crate) const fn scheme(&self) -> Option<Scheme> {
        match self.content {
            Content::Key(scheme) => Some(scheme),
            Content::Accounts => None,
        }
    }

    /// The account that it claims to be of: the only one, where it lists several.
    pub(crate) fn claimed(&self) -> Option<[u8; 32]> {
        match (self.content, &self.listed[..]) {
            (Content::Accounts, [only]) => Some(*only),
            _ => self.claimed,
        }
    }

    /// Refuses the export of several accounts when it does not show which of them is meant.
    pub(crate) fn check(&self, wanted: Option<[u8; 32]>, path: &Path) -> Result<()> {
        if self.content != Content::Accounts {
            return Ok(());
        }
        let place = path.display();
        match wanted {
            Some(wanted) if !self.listed.is_empty() && !self.listed.contains(&wanted) => {
                Err(Error::wallet(format!(
                    "the polkadot-js export {place} does not hold {}, of which coldkeypub.txt is",
                    address::ss58(&wanted)
                ))
                .hint("export that account, or put the right coldkeypub.txt beside it"))
            }
            None if self.listed.len() != 1 => Err(Error::wallet(format!(
                "the polkadot-js export {place} holds {} accounts, and nothing says which is meant",
                self.listed.len()
            ))
            .hint("export the one account alone, or put its coldkeypub.txt beside it (`btcli wallet regen-coldkeypub`)")),
            _ => Ok(()),
        }
    }

    /// The key in it; `None` when the password does not open it (or the file is damaged: the tag
    /// does not tell which).
    ///
    /// # Errors
    /// When what opens holds no key, or the key of another account than `wanted` or the one named in
    /// the export.
    pub(crate) fn open(
        &self,
        password: &str,
        wanted: Option<[u8; 32]>,
        path: &Path,
    ) -> Result<Option<Unlocked>> {
        let opened;
        let text = if self.encrypted {
            let Some(text) = self.decrypt(password)? else { return Ok(None) };
            opened = text;
            &opened
        } else {
            &self.bytes
        };
        match self.content {
            Content::Key(scheme) => self.key(text, scheme, path).map(Some),
            Content::Accounts => {
                self.check(wanted, path)?;
                one_of(text, wanted.or_else(|| self.claimed()), password, path).map(Some)
            }
        }
    }

    fn key(&self, text: &[u8], scheme: Scheme, path: &Path) -> Result<Unlocked> {
        let key = pkcs8(text, scheme).ok_or_else(|| {
            Error::wallet(format!(
                "no key can be made of the polkadot-js export {}",
                path.display()
            ))
            .hint("export the account again, or restore it from its mnemonic")
        })?;
        match self.claimed {
            Some(claimed) if claimed != key.account() => {
                Err(derive::mismatch(path, key.account(), "the file itself", claimed))
            }
            _ => Ok(key),
        }
    }

    fn parts(&self) -> Option<Parts<'_>> {
        let (salt, rest) = self.bytes.split_first_chunk::<32>()?;
        let (n, rest) = rest.split_first_chunk::<4>()?;
        let (p, rest) = rest.split_first_chunk::<4>()?;
        let (r, rest) = rest.split_first_chunk::<4>()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (tag, body) = rest.split_first_chunk()?;
        let cost = (u32::from_le_bytes(*n), u32::from_le_bytes(*p), u32::from_le_bytes(*r));
        Some(Parts { salt, cost, nonce, tag, body })
    }

    fn decrypt(&self, password: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let failed = || {
            Error::wallet("the key of the export cannot be derived: it takes 128 MiB of memory")
                .hint("close other programs, or use a machine with more memory")
        };
        let Parts { salt, cost: (n, p, r), nonce, tag, body } = self.parts().ok_or_else(failed)?;
        // Asked for first: the library ends the process where there is none.
        let bytes = u64::from(n).saturating_mul(u64::from(r)).saturating_mul(128);
        let room = usize::try_from(bytes).map_err(|_| failed())?;
        Vec::<u8>::new().try_reserve_exact(room).map_err(|_| failed())?;
        let log_n = u8::try_from(n.ilog2()).map_err(|_| failed())?;
        let params = scrypt::Params::new(log_n, r, p, 64).map_err(|_| failed())?;
        let mut derived = Zeroizing::new([0; 64]);
        scrypt::scrypt(password.as_bytes(), salt, &params, derived.as_mut_slice())
            .map_err(|_| failed())?;
        let Some(key) = derived.first_chunk::<32>() else { return Ok(None) };
        let mut text = Zeroizing::new(body.to_vec());
        let opened = XSalsa20Poly1305::new(key.into()).decrypt_in_place_detached(
            nonce.into(),
            b"",
            &mut text,
            tag.into(),
        );
        Ok(opened.is_ok().then_some(text))
    }
}

fn list(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::wallet(format!("the polkadot-js export {} {what}", path.display()))
        .hint("export the account again, with its password")
}

/// The parts of what is encrypted.
struct Parts<'a> {
    salt: &'a [u8; 32],
    /// N, p and r of scrypt.
    cost: (u32, u32, u32),
    nonce: &'a [u8; 24],
    tag: &'a [u8; 16],
    body: &'a [u8],
}

/// The key of one of the accounts of an opened export of several.
fn one_of(json: &[u8], wanted: Option<[u8; 32]>, password: &str, path: &Path) -> Result<Unlocked> {
    let place = path.display();
    let broken = || {
        Error::wallet(format!("what the polkadot-js export {place} holds cannot be read"))
            .hint("export the account alone")
    };
    let accounts: Vec<Written<'_>> = serde_json::from_slice(json).map_err(|_| broken())?;
    for account in accounts {
        // Others may be for another kind of chain.
        let Ok(export) = Export::of(account, path) else { continue };
        if export.content == Content::Accounts || export.claimed != wanted || wanted.is_none() {
            continue;
        }
        return export.open(password, wanted, path)?.ok_or_else(|| {
            Error::wallet(format!(
                "the password opens the polkadot-js export {place}, but the account in it has \
                 another password"
            ))
            .hint("export the account alone: that export has the password of the account")
        });
    }
    Err(broken())
}

/// Base64, or hex as older versions have it; wiped when dropped.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if let Some(digits) = text.strip_prefix("0x") {
        let mut bytes = Zeroizing::new(vec![0; digits.len() / 2]);
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        return Some(bytes);
    }
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

/// The account of an address of any network: the same key has one for each.
fn account(text: &str) -> Option<[u8; 32]> {
    if text.len() > MAX_ADDRESS {
        return None;
    }
    AccountId32::from_ss58check_with_version(text).ok().map(|(account, _)| account.into())
}

/// The key of a PKCS #8 text as polkadot-js writes it: a secret of 64 bytes, or formerly a seed of
/// 32. The public key behind it has to be that of the secret.
fn pkcs8(text: &[u8], scheme: Scheme) -> Option<Unlocked> {
    let rest = text.strip_prefix(&HEADER)?;
    let (secret, public) = rest
        .split_first_chunk::<64>()
        .map(|(secret, rest)| (secret.as_slice(), rest))
        .and_then(|(secret, rest)| Some((secret, rest.strip_prefix(&DIVIDER)?)))
        .or_else(|| {
            let (seed, rest) = rest.split_first_chunk::<32>()?;
            Some((seed.as_slice(), rest.strip_prefix(&DIVIDER)?))
        })?;
    let key = match scheme {
        Scheme::Sr25519 => {
            let mut secret = Zeroizing::new(secret.to_vec());
            if secret.len() == 64 {
                canonical(&mut secret)?;
            }
            derive::sr25519_of(&secret)?
        }
        // The seed, and perhaps the public key once more.
        Scheme::Ed25519 => {
            let mut seed = Box::new(Zeroizing::new([0; 32]));
            seed.copy_from_slice(secret.first_chunk::<32>()?);
            Unlocked::ed25519(seed)
        }
    };
    (public == key.account()).then_some(key)
}

/// polkadot-js keeps the scalar times 8, as ed25519 does; schnorrkel's own form is without.
fn canonical(secret: &mut [u8]) -> Option<()> {
    let scalar = secret.first_chunk_mut::<32>()?;
    if scalar[0] & 0b111 != 0 {
        return None;
    }
    let mut above = 0u8;
    for byte in scalar.iter_mut().rev() {
        let low = *byte & 0b111;
        *byte = (*byte >> 3) | (above << 5);
        above = low;
    }
    above.zeroize();
    Some(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use subtune_model::error::Kind;

    use super::*;

    const PASSWORD: &str = "dummy-password-1";
    const SR25519: &str = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
    const ED25519: &str = "5DFJF7tY4bpbpcKPJcBTQaKuCDEPCpiz8TRjpmLeTtweqmXL";
    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    fn vector(name: &str) -> Vec<u8> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/vectors/wallets/polkadot-js");
        std::fs::read(folder.join(name).join("coldkey")).unwrap()
    }

    fn path() -> &'static Path {
        Path::new("coldkey")
    }

    fn open(json: &[u8], password: &str, wanted: Option<&str>) -> Result<Option<String>> {
        assert!(is_export(json));
        let wanted = wanted.map(|text| account(text).unwrap());
        let export = Export::split(json, path())?;
        export.check(wanted, path())?;
        let key = export.open(password, wanted, path())?;
        assert!(key.as_ref().is_none_or(Unlocked::proves_itself));
        Ok(key.map(|key| address::ss58(&key.account())))
    }

    fn changed(name: &str, from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(vector(name)).unwrap();
        assert!(text.contains(from), "{from}");
        text.replace(from, to).into_bytes()
    }

    #[track_caller]
    fn refusal(json: &[u8], wanted: Option<&str>) -> String {
        let error = open(json, PASSWORD, wanted).unwrap_err();
        assert_eq!(error.kind, Kind::Wallet);
        assert!(error.hint.is_some());
        error.what
    }

    /// Written by `@polkadot/keyring` 14.0.3.
    #[test]
    fn what_polkadot_js_writes_is_opened() {
        for (name, wanted, expected) in [
            ("sr25519", None, SR25519),
            ("ed25519", None, ED25519),
            ("plain", None, SR25519),
            ("batch-of-one", None, SR25519),
            ("batch-of-one", Some(SR25519), SR25519),
            ("batch-of-two", Some(SR25519), SR25519),
            ("batch-of-two", Some(ALICE), ALICE),
        ] {
            let opened = open(&vector(name), PASSWORD, wanted).unwrap();
            assert_eq!(opened.as_deref(), Some(expected), "{name}");
        }
        for name in ["sr25519", "ed25519", "batch-of-one"] {
            assert_eq!(open(&vector(name), "not-the-password", None).unwrap(), None, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_the_right_key_is_refused() {
        assert!(refusal(&vector("ecdsa"), None).contains("a key for Ethereum"));
        assert!(refusal(&vector("batch-of-two"), None).contains("holds 2 accounts"));
        assert!(refusal(&vector("batch-of-one"), Some(ALICE)).contains("does not hold 5Grwva"));
        let other = refusal(&vector("batch-of-another-password"), None);
        assert!(other.contains("the account in it has another password"), "{other}");
        // The address of another account, and the right secret as another kind of key.
        let mixed = refusal(&changed("sr25519", SR25519, ALICE), None);
        assert!(mixed.contains("but the file itself says 5Grwva"), "{mixed}");
        let read_as = refusal(&changed("sr25519", "\"sr25519\"", "\"ed25519\""), None);
        assert!(read_as.contains("no key can be made"), "{read_as}");
        // The same account as it is written on Polkadot.
        let dot =
            AccountId32::new(account(SR25519).unwrap()).to_ss58check_with_version(0u16.into());
        let opened = open(&changed("plain", SR25519, &dot), PASSWORD, None).unwrap();
        assert_eq!(opened.as_deref(), Some(SR25519));
    }

    #[test]
    fn a_damaged_export_is_known_before_the_password() {
        for (json, why) in [
            (changed("sr25519", "\"3\"", "\"2\""), "version or encryption"),
            (changed("sr25519", "scrypt", "argon2"), "version or encryption"),
            (changed("sr25519", "pkcs8", "pkcs1"), "something else than an account"),
            (changed("sr25519", "\"encoded\":\"", "\"encoded\":\"!"), "not base64"),
            (changed("sr25519", "\"encoded\":\"", "\"encoded\":\"\",\"x\":\""), "as a plain text"),
            (changed("sr25519", "5Dfh", "5Dfg"), "an address that is none"),
            (changed("sr25519", "{\"content\"", "{\"content\":7,\"x\""), "of the wrong type"),
        ] {
            let what = Export::split(&json, path()).err().unwrap().what;
            assert!(what.contains(why), "{why}: {what}");
        }
        let text = String::from_utf8(vector("sr25519")).unwrap();
        let encoded = text.split('"').nth(3).unwrap();
        for length in [0, 4, 44, 80] {
            let what = Export::split(text.replace(encoded, &encoded[..length]).as_bytes(), path());
            let what = what.err().unwrap().what;
            assert!(what.contains("is cut short") || what.contains("as a plain text"), "{what}");
        }
        for json in ["{}", "[]", "{\"encoded\":1}", "{\"encoding\":{}}", "{\"a\":1}", "x"] {
            assert!(!is_export(json.as_bytes()), "{json}");
        }
    }

    /// A file cannot ask for a terabyte, or for an hour.
    #[test]
    fn the_cost_that_a_file_asks_for_is_bounded() {
        let text = String::from_utf8(vector("sr25519")).unwrap();
        let encoded = text.split('"').nth(3).unwrap();
        let bytes = STANDARD.decode(encoded).unwrap();
        for (n, p, r) in [
            (1u32 << 30, 1u32, 8u32),
            (1 << 17, 1 << 20, 8),
            (1 << 17, 1, 1 << 20),
            (1 << 18, 1, 8),
            (0, 0, 0),
            (1, 1, 8),
            ((1 << 17) + 1, 1, 8),
            (u32::MAX, u32::MAX, u32::MAX),
        ] {
            let mut bytes = bytes.clone();
            bytes.splice(32..44, [n, p, r].map(u32::to_le_bytes).concat());
            let json = text.replace(encoded, &STANDARD.encode(bytes));
            let what = Export::split(json.as_bytes(), path()).err().unwrap().what;
            assert!(what.contains("a cost of scrypt"), "{n} {p} {r}: {what}");
        }
    }

    #[test]
    fn any_change_of_the_encrypted_part_is_noticed() {
        let text = String::from_utf8(vector("sr25519")).unwrap();
        let encoded = text.split('"').nth(3).unwrap();
        let bytes = STANDARD.decode(encoded).unwrap();
        for place in [0, 31, 44, 67, 68, 83, 84, bytes.len() - 1] {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1;
            let json = text.replace(encoded, &STANDARD.encode(bytes));
            assert_eq!(open(json.as_bytes(), PASSWORD, None).unwrap(), None, "byte {place}");
        }
    }
}
