//! A keyfile as bytes: read with care, told apart by how it begins.

use std::path::{Path, PathBuf};

use subtune_model::error::{Error, Result};
use subtune_model::text;
use zeroize::Zeroizing;

use crate::fields::{self, Fields};
use crate::key::Scheme;
use crate::{Unlocked, ansible, derive, fernet, nacl, polkadot};

/// The largest keyfile that is read, in bytes. Real ones have from 400 to 2,600.
pub const MAX_BYTES: u64 = 64 * 1024;

/// How a keyfile is written, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The plain JSON.
    Json,
    /// NaCl secretbox under an Argon2i key: what wallets have been written in since 2023.
    Nacl,
    /// Ansible Vault 1.1 text.
    AnsibleVault,
    /// A Fernet token, the oldest encryption.
    Fernet,
    /// The JSON export of polkadot-js and the wallets that follow it.
    PolkadotJs,
    /// A bare public key in hex.
    PublicKey,
}

impl Format {
    /// The name of the format as people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Nacl => "NaCl",
            Self::AnsibleVault => "Ansible Vault",
            Self::Fernet => "Fernet",
            Self::PolkadotJs => "polkadot-js export",
            Self::PublicKey => "public key",
        }
    }
}

/// What of a secret is in a keyfile: only what is in it counts, not how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// One that a password opens.
    Encrypted,
    /// One that everybody who reads the file has.
    Open,
    /// None: the public key at most.
    None,
}

/// What a keyfile holds, as far as that shows without a password.
pub struct Contents<'a>(Held<'a>);

enum Held<'a> {
    /// The fields.
    Plain(Fields<'a>),
    /// A polkadot-js export without a password.
    Exported(polkadot::Export),
    /// Something that a password opens.
    Sealed(Sealed<'a>),
    /// A public key and nothing else; `None` when it is not even that.
    PublicKey(Option<[u8; 32]>),
}

/// An encrypted keyfile, taken apart.
pub struct Sealed<'a>(Cipher<'a>);

enum Cipher<'a> {
    Nacl(nacl::Sealed<'a>),
    AnsibleVault(ansible::Sealed),
    Fernet(fernet::Sealed),
    Exported(polkadot::Export),
}

impl Sealed<'_> {
    /// The key inside; `None` when the password does not open it. Of an export of several accounts
    /// it is the `wanted` one's.
    ///
    /// # Errors
    /// When what opens holds no key, or one that contradicts the rest of the file.
    pub fn open(
        &self,
        password: &str,
        wanted: Option<[u8; 32]>,
        path: &Path,
    ) -> Result<Option<Unlocked>> {
        let json = match &self.0 {
            Cipher::Nacl(sealed) => sealed.open(password)?,
            Cipher::AnsibleVault(sealed) => sealed.open(password),
            Cipher::Fernet(sealed) => sealed.open(password),
            Cipher::Exported(export) => return export.open(password, wanted, path),
        };
        json.map(|json| derive::derive(&fields::parse(&json, path)?, path)).transpose()
    }

    /// Refuses what no password will make the key of the `wanted` account.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when the file holds other accounts.
    pub fn check(&self, wanted: Option<[u8; 32]>, path: &Path) -> Result<()> {
        match &self.0 {
            Cipher::Exported(export) => export.check(wanted, path),
            Cipher::Nacl(_) | Cipher::AnsibleVault(_) | Cipher::Fernet(_) => Ok(()),
        }
    }

    /// What to tell somebody who waits meanwhile.
    pub const fn patience(&self) -> &'static str {
        match &self.0 {
            Cipher::Nacl(_) => {
                "opening the keyfile, which takes some seconds and 512 MiB of memory"
            }
            Cipher::AnsibleVault(_) => "opening the keyfile",
            Cipher::Exported(_) => "opening the export, which takes 128 MiB of memory",
            Cipher::Fernet(_) => "opening the keyfile, which takes some seconds",
        }
    }
}

/// A keyfile in memory; it may be plain JSON, so it is held as a secret.
pub struct Keyfile {
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
}

impl Keyfile {
    /// One that was not read from a file.
    pub(crate) fn of(bytes: Vec<u8>) -> Result<Self> {
        Self::new(Zeroizing::new(bytes), PathBuf::from("(bytes)"))
    }

    /// The keyfile in these bytes; `path` says in errors where they were read from.
    ///
    /// An editor's mark in front is taken off.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when they are too many.
    pub fn new(mut bytes: Zeroizing<Vec<u8>>, path: PathBuf) -> Result<Self> {
        check_size(&bytes, &path)?;
        if bytes.starts_with(text::MARK) {
            bytes.drain(..text::MARK.len());
        }
        Ok(Self { path, bytes })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it is written.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when no wallet writes so.
    pub fn format(&self) -> Result<Format> {
        let trimmed = self.bytes.trim_ascii_start();
        let format = if self.bytes.starts_with(nacl::MAGIC) {
            Format::Nacl
        } else if self.bytes.starts_with(ansible::MAGIC) {
            Format::AnsibleVault
        } else if self.bytes.starts_with(fernet::MAGIC) {
            Format::Fernet
        } else if trimmed.starts_with(b"{") {
            if polkadot::is_export(trimmed) { Format::PolkadotJs } else { Format::Json }
        } else if trimmed.starts_with(b"0x") {
            Format::PublicKey
        } else {
            let what = if trimmed.is_empty() {
                "is empty"
            } else if text::decode(&self.bytes).is_err_and(|why| why.utf_16) {
                "is UTF-16 text, not in a format that wallets use: save it as UTF-8"
            } else {
                "is not in a format that wallets use"
            };
            return Err(Error::wallet(format!("the keyfile {} {what}", self.path.display()))
                .hint("check that the path is that of a Bittensor wallet's file"));
        };
        Ok(format)
    }

    /// What it holds: everything about it that can be wrong is found here, but for the password
    /// and what it opens.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) that says what is damaged.
    pub fn contents(&self) -> Result<Contents<'_>> {
        Ok(Contents(match self.format()? {
            Format::Json => Held::Plain(fields::parse(&self.bytes, &self.path)?),
            Format::Nacl => {
                Held::Sealed(Sealed(Cipher::Nacl(nacl::Sealed::split(&self.bytes, &self.path)?)))
            }
            Format::AnsibleVault => Held::Sealed(Sealed(Cipher::AnsibleVault(
                ansible::Sealed::split(&self.bytes, &self.path)?,
            ))),
            Format::Fernet => Held::Sealed(Sealed(Cipher::Fernet(fernet::Sealed::split(
                &self.bytes,
                &self.path,
            )?))),
            Format::PolkadotJs => {
                let export = polkadot::Export::split(&self.bytes, &self.path)?;
                match export.is_encrypted() {
                    true => Held::Sealed(Sealed(Cipher::Exported(export))),
                    false => Held::Exported(export),
                }
            }
            Format::PublicKey => Held::PublicKey(fields::bare_public_key(&self.bytes)),
        }))
    }

    /// The account that it claims to be of, where that shows without a password.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when it contradicts itself or is damaged.
    pub fn claimed_account(&self) -> Result<Option<[u8; 32]>> {
        self.contents()?.claimed(&self.path)
    }
}

impl<'a> Contents<'a> {
    /// What a password opens, when it is encrypted.
    #[must_use]
    pub const fn sealed(&self) -> Option<&Sealed<'a>> {
        match &self.0 {
            Held::Sealed(sealed) => Some(sealed),
            Held::Plain(_) | Held::Exported(_) | Held::PublicKey(_) => None,
        }
    }

    /// What of a secret is in it.
    pub const fn secret(&self) -> Secret {
        match &self.0 {
            Held::Plain(fields) if !fields.names_secret() => Secret::None,
            Held::Plain(_) | Held::Exported(_) => Secret::Open,
            Held::Sealed(_) => Secret::Encrypted,
            Held::PublicKey(_) => Secret::None,
        }
    }

    /// The account that it claims to be of, where that shows without a password.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when it contradicts itself or is damaged.
    pub fn claimed(&self, path: &Path) -> Result<Option<[u8; 32]>> {
        match &self.0 {
            Held::Plain(fields) => fields.account(path),
            Held::PublicKey(account) => Ok(*account),
            Held::Exported(export) | Held::Sealed(Sealed(Cipher::Exported(export))) => {
                Ok(export.claimed())
            }
            Held::Sealed(_) => Ok(None),
        }
    }

    /// How its key signs, where that shows without a password.
    pub const fn scheme(&self) -> Option<Scheme> {
        match &self.0 {
            Held::Plain(fields) => Some(fields.crypto_type),
            Held::Exported(export) | Held::Sealed(Sealed(Cipher::Exported(export))) => {
                export.scheme()
            }
            Held::Sealed(_) | Held::PublicKey(_) => None,
        }
    }

    /// The key of what no password protects.
    ///
    /// # Errors
    /// When it holds no secret, or one that makes no key or another than it claims.
    pub fn open(&self, path: &Path) -> Result<Option<Unlocked>> {
        match &self.0 {
            Held::Plain(fields) => derive::derive(fields, path).map(Some),
            Held::Exported(export) => export.open("", None, path),
            Held::Sealed(_) => Ok(None),
            Held::PublicKey(_) => Err(derive::no_secret(path)),
        }
    }
}

fn check_size(bytes: &[u8], path: &Path) -> Result<()> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= MAX_BYTES {
        return Ok(());
    }
    Err(too_large(path))
}

/// The error for a keyfile that is too large.
#[must_use]
pub fn too_large(path: &Path) -> Error {
    let limit = MAX_BYTES / 1024;
    Error::wallet(format!("the keyfile {} is larger than {limit} KiB", path.display()))
        .hint("a keyfile has less than 3 KiB: check the path")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(content: &[u8]) -> Result<Format> {
        Keyfile::of(content.to_vec())?.format()
    }

    #[test]
    fn formats_are_told_apart_by_their_first_bytes() {
        assert_eq!(format(b"$NACL...").unwrap(), Format::Nacl);
        assert_eq!(format(b"$ANSIBLE_VAULT;1.1;AES256\n00").unwrap(), Format::AnsibleVault);
        assert_eq!(format(b"gAAAAABf").unwrap(), Format::Fernet);
        assert_eq!(format(b" \n{}").unwrap(), Format::Json);
        assert_eq!(format(b"0x00").unwrap(), Format::PublicKey);
        // An editor's mark in front.
        assert_eq!(format(b"\xef\xbb\xbf{}").unwrap(), Format::Json);
        assert_eq!(format(b"\xef\xbb\xbf0x00\r\n").unwrap(), Format::PublicKey);
        assert!(format(b"\xff\xfe{\0}\0").unwrap_err().what.contains("UTF-16"));
        for unknown in [&b""[..], b" \n", b"$NAC", b"\0\xff\xfe", b"[\"a\"]", b"nacl"] {
            assert!(format(unknown).is_err(), "{unknown:?}");
        }
        assert!(format(b"").unwrap_err().what.ends_with("is empty"));
    }

    #[test]
    fn the_size_is_capped() {
        let limit = usize::try_from(MAX_BYTES).unwrap();
        assert!(format(&vec![b'{'; limit]).is_ok());
        assert!(format(&vec![b'{'; limit + 1]).unwrap_err().what.contains("larger than 64 KiB"));
    }
}
