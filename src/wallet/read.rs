//! Keyfiles from a disk.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use subtune_model::error::{Error, Result};
use subtune_wallet::keyfile::{Keyfile, MAX_BYTES, too_large};

use crate::files::read as input;

/// Whether there is something to read. A file that cannot even be looked for counts: reading it
/// tells why, while taking it for absent would skip what it is compared with.
pub(super) fn may_exist(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// Reads a secret keyfile; `warn` is told when other users of the machine can read it too.
pub(super) fn secret(path: &Path, warn: &dyn Fn(&str)) -> Result<Keyfile> {
    let (file, metadata) = read_with_metadata(path)?;
    if let Some(mode) = metadata.as_ref().and_then(open_to_others) {
        let path = path.display();
        warn(&format!("other users can read the keyfile {path} (mode {mode:03o}): `chmod 600` it"));
    }
    Ok(file)
}

/// Reads a file that holds no secret.
pub(super) fn public(path: &Path) -> Result<Keyfile> {
    Ok(read_with_metadata(path)?.0)
}

fn read_with_metadata(path: &Path) -> Result<(Keyfile, Option<Metadata>)> {
    let failed = |cause: std::io::Error| {
        Error::wallet(format!("the keyfile {} cannot be read: {cause}", path.display()))
            .because(cause)
    };
    let place = inside(path).map_err(failed)?.ok_or_else(|| {
        Error::wallet(format!(
            "the keyfile {} is a link that leads out of its wallet's directory",
            path.display()
        ))
        .hint("put the file itself there, or pass its directory with --wallet-path")
    })?;
    // Asked before opening: to open a named pipe would wait for its writer.
    if !fs::metadata(&place).map_err(failed)?.is_file() {
        return Err(Error::wallet(format!("the keyfile {} is not a file", path.display())));
    }
    let input::SecretBytes { bytes, metadata } =
        input::secret(&place, MAX_BYTES).map_err(|why| {
            let error =
                Error::wallet(format!("the keyfile {} cannot be read: {why}", path.display()));
            match why {
                input::Failed::TooLarge(_) => too_large(path),
                input::Failed::Other(cause) => error.because(cause),
                _ => error,
            }
        })?;
    Ok((Keyfile::new(bytes, path.to_owned())?, metadata))
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

    #[test]
    fn a_folder_and_a_missing_file_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(public(folder.path()).err().unwrap().what.contains("is not a file"));
        assert!(public(&folder.path().join("x")).err().unwrap().what.contains("cannot be read"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_may_not_lead_out_of_the_wallet() {
        use std::os::unix::fs::symlink;
        let (folder, path) = written(b"{}");
        symlink("coldkey", folder.path().join("inner")).unwrap();
        assert!(public(&folder.path().join("inner")).is_ok());

        let other = tempfile::tempdir().unwrap();
        symlink(&path, other.path().join("coldkey")).unwrap();
        let error = public(&other.path().join("coldkey")).err().unwrap();
        assert!(error.what.ends_with("leads out of its wallet's directory"), "{}", error.what);

        // The whole folder elsewhere, as on a stick, is what its owner meant.
        symlink(folder.path(), other.path().join("wallet")).unwrap();
        assert!(public(&other.path().join("wallet/coldkey")).is_ok());
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
            let _ = secret(&path, &|text| said.borrow_mut().push(text.to_owned())).unwrap();
            assert_eq!(said.borrow().len(), usize::from(warns), "{mode:o}");
        }
    }
}
