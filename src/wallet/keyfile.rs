//! A keyfile as bytes: read with care, told apart by how it begins.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::fields::{self, Fields};
use super::key::Scheme;
use super::{Unlocked, ansible, derive, fernet, nacl, polkadot};
use crate::error::{Error, Result};
use crate::files::read as input;

/// The largest keyfile that is read, in bytes. Real ones have from 400 to 2,600.
pub(super) const MAX_BYTES: u64 = 64 * 1024;

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
pub(super) enum Contents<'a> {
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
pub(super) enum Sealed<'a> {
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
    pub(super) fn open(
        &self,
        password: &str,
        wanted: Option<[u8; 32]>,
        path: &Path,
    ) -> Result<Option<Unlocked>> {
        let json = match self {
            Self::Nacl(sealed) => sealed.open(password)?,
            Self::AnsibleVault(sealed) => sealed.open(password),
            Self::Fernet(sealed) => sealed.open(password),
            Self::Exported(export) => return export.open(password, wanted, path),
        };
        json.map(|json| derive::derive(&fields::parse(&json, path)?, path)).transpose()
    }

    /// Refuses what no password will make the key of the `wanted` account.
    pub(super) fn check(&self, wanted: Option<[u8; 32]>, path: &Path) -> Result<()> {
        match self {
            Self::Exported(export) => export.check(wanted, path),
            Self::Nacl(_) | Self::AnsibleVault(_) | Self::Fernet(_) => Ok(()),
        }
    }

    /// What to tell somebody who waits meanwhile.
    pub(super) const fn patience(&self) -> &'static str {
        match self {
            Self::Nacl(_) => "opening the keyfile, which takes some seconds and 512 MiB of memory",
            Self::AnsibleVault(_) => "opening the keyfile",
            Self::Exported(_) => "opening the export, which takes 128 MiB of memory",
            Self::Fernet(_) => "opening the keyfile, which takes some seconds",
        }
    }
}

/// A keyfile in memory; it may be plain JSON, so it is held as a secret.
pub(super) struct Keyfile {
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
}

impl Keyfile {
    /// One that was not read from a file.
    pub(super) fn of(bytes: Vec<u8>) -> Result<Self> {
        Self::checked(Zeroizing::new(bytes), PathBuf::from("(bytes)"))
    }

    /// Refuses what is no keyfile for its size, and takes an editor's mark in front away.
    fn checked(mut bytes: Zeroizing<Vec<u8>>, path: PathBuf) -> Result<Self> {
        check_size(&bytes, &path)?;
        if bytes.starts_with(input::MARK) {
            bytes.drain(..input::MARK.len());
        }
        Ok(Self { path, bytes })
    }

    /// Where it was read from.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole content.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How it is written.
    pub(super) fn format(&self) -> Result<Format> {
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
            } else if input::text(&self.bytes).is_err_and(|why| why.utf_16) {
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
    pub(super) fn contents(&self) -> Result<Contents<'_>> {
        Ok(match self.format()? {
            Format::Json => Contents::Plain(fields::parse(&self.bytes, &self.path)?),
            Format::Nacl => Contents::Sealed(Sealed::Nacl(nacl::Sealed::split(self)?)),
            Format::AnsibleVault => {
                Contents::Sealed(Sealed::AnsibleVault(ansible::Sealed::split(self)?))
            }
            Format::Fernet => Contents::Sealed(Sealed::Fernet(fernet::Sealed::split(self)?)),
            Format::PolkadotJs => {
                let export = polkadot::Export::split(&self.bytes, &self.path)?;
                match export.is_encrypted() {
                    true => Contents::Sealed(Sealed::Exported(export)),
                    false => Contents::Exported(export),
                }
            }
            Format::PublicKey => Contents::PublicKey(fields::bare_public_key(&self.bytes)),
        })
    }

    /// The account that it claims to be of, where that shows without a password.
    pub(super) fn claimed_account(&self) -> Result<Option<[u8; 32]>> {
        self.contents()?.claimed(&self.path)
    }
}

impl Contents<'_> {
    /// What of a secret is in it.
    pub(super) const fn secret(&self) -> Secret {
        match self {
            Self::Plain(fields) if !fields.names_secret() => Secret::None,
            Self::Plain(_) | Self::Exported(_) => Secret::Open,
            Self::Sealed(_) => Secret::Encrypted,
            Self::PublicKey(_) => Secret::None,
        }
    }

    /// The account that it claims to be of, where that shows without a password.
    pub(super) fn claimed(&self, path: &Path) -> Result<Option<[u8; 32]>> {
        match self {
            Self::Plain(fields) => fields.account(path),
            Self::PublicKey(account) => Ok(*account),
            Self::Exported(export) | Self::Sealed(Sealed::Exported(export)) => Ok(export.claimed()),
            Self::Sealed(_) => Ok(None),
        }
    }

    /// How its key signs, where that shows without a password.
    pub(super) const fn scheme(&self) -> Option<Scheme> {
        match self {
            Self::Plain(fields) => Some(fields.crypto_type),
            Self::Exported(export) | Self::Sealed(Sealed::Exported(export)) => export.scheme(),
            Self::Sealed(_) | Self::PublicKey(_) => None,
        }
    }

    /// The key of what no password protects.
    ///
    /// # Errors
    /// When it holds no secret, or one that makes no key or another than it claims.
    pub(super) fn open(&self, path: &Path) -> Result<Option<Unlocked>> {
        match self {
            Self::Plain(fields) => derive::derive(fields, path).map(Some),
            Self::Exported(export) => export.open("", None, path),
            Self::Sealed(_) => Ok(None),
            Self::PublicKey(_) => Err(derive::no_secret(path)),
        }
    }
}

/// Whether there is something to read. A file that cannot even be looked for counts: reading it
/// tells why, while taking it for absent would skip what it is compared with.
pub(super) fn may_exist(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// Reads a secret keyfile; `warn` is told when other users of the machine can read it too.
pub(super) fn read(path: &Path, warn: &dyn Fn(&str)) -> Result<Keyfile> {
    let (file, metadata) = read_with_metadata(path)?;
    if let Some(mode) = metadata.as_ref().and_then(open_to_others) {
        let path = path.display();
        warn(&format!("other users can read the keyfile {path} (mode {mode:03o}): `chmod 600` it"));
    }
    Ok(file)
}

/// Reads a file that holds no secret.
pub(super) fn read_public(path: &Path) -> Result<Keyfile> {
    Ok(read_with_metadata(path)?.0)
}

fn read_with_metadata(path: &Path) -> Result<(Keyfile, Option<Metadata>)> {
    let failed = |cause: std::io::Error| {
        Error::wallet(format!("the keyfile {} cannot be read: {cause}", path.display()))
            .because(cause)
    };
    let place = inside(path).map_err(failed)?.ok_or_else(|| {
        Error::wallet(format!(
            "the keyfile {} is a link that leads out of its wallet's folder",
            path.display()
        ))
        .hint("put the file itself there, or name the folder that it is in with --wallet-path")
    })?;
    // Asked before opening: to open a named pipe would wait for its writer.
    if !fs::metadata(&place).map_err(failed)?.is_file() {
        return Err(Error::wallet(format!("the keyfile {} is not a file", path.display())));
    }
    let input::Secret { bytes, metadata } = input::secret(&place, MAX_BYTES).map_err(|why| {
        let error = Error::wallet(format!("the keyfile {} cannot be read: {why}", path.display()));
        match why {
            input::Failed::TooLarge(_) => too_large(path),
            input::Failed::Other(cause) => error.because(cause),
            _ => error,
        }
    })?;
    Ok((Keyfile::checked(bytes, path.to_owned())?, metadata))
}

fn check_size(bytes: &[u8], path: &Path) -> Result<()> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= MAX_BYTES {
        return Ok(());
    }
    Err(too_large(path))
}

fn too_large(path: &Path) -> Error {
    let limit = MAX_BYTES / 1024;
    Error::wallet(format!("the keyfile {} is larger than {limit} KiB", path.display()))
        .hint("a keyfile has less than 3 KiB: check the path")
}

/// Where a file really is; `None` when a link has led out of the folder that it was looked for in.
/// The folder itself may be reached by a link.
fn inside(path: &Path) -> std::io::Result<Option<PathBuf>> {
    let place = path.canonicalize()?;
    let folder = path.parent().unwrap_or(path).canonicalize()?;
    Ok(place.starts_with(folder).then_some(place))
}

/// The permission bits, when they let the group or the world read.
#[cfg(unix)]
pub(super) fn open_to_others(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o044 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub(super) fn open_to_others(_: &Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn written(content: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("coldkey");
        fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn format(content: &[u8]) -> Result<Format> {
        let (_folder, path) = written(content);
        read_public(&path)?.format()
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

    #[test]
    fn a_folder_and_a_missing_file_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_public(folder.path()).err().unwrap().what.contains("is not a file"));
        assert!(
            read_public(&folder.path().join("x")).err().unwrap().what.contains("cannot be read")
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_may_not_lead_out_of_the_wallet() {
        use std::os::unix::fs::symlink;
        let (folder, path) = written(b"{}");
        symlink("coldkey", folder.path().join("inner")).unwrap();
        assert!(read_public(&folder.path().join("inner")).is_ok());

        let other = tempfile::tempdir().unwrap();
        symlink(&path, other.path().join("coldkey")).unwrap();
        let error = read_public(&other.path().join("coldkey")).err().unwrap();
        assert!(error.what.ends_with("leads out of its wallet's folder"), "{}", error.what);

        // The whole folder elsewhere, as on a stick, is what its owner meant.
        symlink(folder.path(), other.path().join("wallet")).unwrap();
        assert!(read_public(&other.path().join("wallet/coldkey")).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_keyfile_that_others_can_read_gives_a_warning() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, path) = written(b"{}");
        for (mode, warns) in
            [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)]
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let said = RefCell::new(Vec::new());
            let _ = read(&path, &|text| said.borrow_mut().push(text.to_owned())).unwrap();
            assert_eq!(said.borrow().len(), usize::from(warns), "{mode:o}");
        }
    }
}
