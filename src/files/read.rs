//! Reading: every input once, into memory, bounded.
//!
//! An input is a file, a pipe, a descriptor such as `/dev/fd/3`, or standard input, named `-`. It is
//! opened once and read once: what was checked is what is used, and a pipe has nothing to say a second
//! time. So nobody asks beforehand whether it is there, or what it is.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use subtune_model::error::Error;
use zeroize::Zeroizing;

/// The name of standard input on the command line.
pub const STDIN: &str = "-";
/// Standard input as a message calls it.
pub const STDIN_NAME: &str = "standard input";

/// Set when standard input was read: it has nothing more to say.
static STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

/// Why an input cannot be read. It never names the input: the path of a secret may be the secret.
#[derive(Debug)]
pub enum Failed {
    /// There is nothing of that name.
    Missing,
    /// It is a directory.
    Directory,
    /// It has more bytes than this.
    TooLarge(u64),
    /// Standard input was read before, for another argument.
    Taken,
    /// The operating system says no.
    Other(io::Error),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no such file"),
            Self::Directory => f.write_str("it is a directory"),
            Self::TooLarge(limit) if limit % (1 << 20) == 0 => {
                write!(f, "it is larger than {} MiB", limit >> 20)
            }
            Self::TooLarge(limit) => write!(f, "it is larger than {} KiB", limit >> 10),
            Self::Taken => f.write_str("another argument has read it already"),
            Self::Other(error) if error.kind() == ErrorKind::PermissionDenied => {
                f.write_str("permission denied")
            }
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl Failed {
    /// The failure as an error that names the input; `hint` says what belongs there.
    #[must_use]
    pub fn error(self, path: &Path, hint: &str) -> Error {
        let what = format!("{} cannot be read: {self}", name(path));
        match self {
            Self::Taken => Error::usage(what).hint("name `-` once, and a file for the other one"),
            Self::Other(error) => Error::input(what).hint(hint).because(error),
            Self::Missing | Self::Directory | Self::TooLarge(_) => Error::input(what).hint(hint),
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::IsADirectory => Self::Directory,
            _ => Self::Other(error),
        }
    }
}

/// An input as a message calls it.
#[must_use]
pub fn name(path: &Path) -> String {
    if is_stdin(path) { STDIN_NAME.to_owned() } else { path.display().to_string() }
}

/// Whether it is standard input.
#[must_use]
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// All of an input of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read, is larger, or is standard input for the second time.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    fill(path, limit, &mut bytes)?;
    Ok(bytes)
}

/// A secret as it was read.
pub struct SecretBytes {
    /// All of it; wiped when it is dropped.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Of the file that was opened, when it is a regular one. A pipe has nobody else at its end.
    pub metadata: Option<Metadata>,
}

/// The same for a secret: no copy of it is left behind.
///
/// # Errors
/// As [`bytes`].
pub fn secret(path: &Path, limit: u64) -> Result<SecretBytes, Failed> {
    // Room for everything that may come, so that the buffer never moves and leaves a copy behind.
    let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(64);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let metadata = fill(path, limit, &mut bytes)?;
    Ok(SecretBytes { bytes, metadata })
}

fn fill(path: &Path, limit: u64, bytes: &mut Vec<u8>) -> Result<Option<Metadata>, Failed> {
    let file = open(path)?;
    let metadata = file.metadata().ok();
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        return Err(Failed::Directory);
    }
    file.take(limit.saturating_add(1)).read_to_end(bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(Failed::TooLarge(limit));
    }
    Ok(metadata.filter(Metadata::is_file))
}

/// Opens it. Standard input is read without the buffer of the standard library: that is never wiped.
#[expect(clippy::disallowed_methods, reason = "the one place that opens an input")]
fn open(path: &Path) -> Result<File, Failed> {
    if !is_stdin(path) {
        return Ok(File::open(path)?);
    }
    if STDIN_TAKEN.swap(true, Ordering::SeqCst) {
        return Err(Failed::Taken);
    }
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    Ok(File::from(owned?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("input");
        std::fs::write(&path, "seven b").unwrap();
        assert_eq!(bytes(&path, 7).unwrap(), b"seven b");
        assert!(matches!(bytes(&path, 6), Err(Failed::TooLarge(6))));
        assert!(matches!(bytes(folder.path(), 7), Err(Failed::Directory)));
        assert!(matches!(bytes(&folder.path().join("none"), 7), Err(Failed::Missing)));
        assert!(matches!(bytes(&path.join("below"), 7), Err(Failed::Other(_))));
        let kept = secret(&path, 7).unwrap();
        assert_eq!(*kept.bytes, b"seven b");
        assert_eq!(kept.metadata.map(|metadata| metadata.len()), Some(7));
        assert!(kept.bytes.capacity() > 7, "it never had to move");
        assert!(matches!(secret(&path, 6), Err(Failed::TooLarge(6))));
    }

    #[test]
    fn a_failure_never_names_its_input_and_an_error_always_does() {
        let path = Path::new("/my/secret");
        for failed in [
            Failed::Missing,
            Failed::Directory,
            Failed::TooLarge(4 << 10),
            Failed::Taken,
            Failed::Other(io::Error::other("no")),
        ] {
            assert!(!failed.to_string().contains("secret"), "{failed}");
            let error = failed.error(path, "use another one");
            assert!(error.what.starts_with("/my/secret cannot be read: "), "{error}");
        }
        assert_eq!(Failed::TooLarge(256 << 10).to_string(), "it is larger than 256 KiB");
        assert_eq!(Failed::TooLarge(8 << 20).to_string(), "it is larger than 8 MiB");
        assert_eq!(name(Path::new("-")), "standard input");
    }
}
