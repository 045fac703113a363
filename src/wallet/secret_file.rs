//! A secret of one line in a file or a descriptor.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::keyfile;
use crate::error::{Error, Result};

/// The longest such secret, in bytes. A mnemonic of 24 words has about 200.
const MAX_BYTES: u64 = 4 * 1024;

fn failed(option: &str, why: &dyn std::fmt::Display) -> Error {
    Error::wallet(format!("the file of {option} cannot be read: {why}")).hint(format!(
        "{option} wants the path of a file, or a descriptor such as /dev/fd/3, never the secret \
         itself"
    ))
}

/// Looks whether it can be read, before it is needed: a file is read, a pipe or descriptor, which
/// can be read only once, has to be there.
pub(super) fn check(path: &Path, option: &str) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|cause| failed(option, &cause))?;
    match metadata.is_file() || metadata.is_dir() {
        true => read(path, option, &|_| {}).map(|_| ()),
        false => Ok(()),
    }
}

/// Reads the text, without the line end that editors and `echo` leave behind it; `warn` is told
/// when other users of the machine can read it too.
///
/// The path is never quoted: whoever mistakes the option writes the secret itself there. `option`
/// says where it was given.
pub(super) fn read(path: &Path, option: &str, warn: &dyn Fn(&str)) -> Result<Zeroizing<String>> {
    let failed = |why: &dyn std::fmt::Display| failed(option, why);
    let file = File::open(path).map_err(|cause| failed(&cause))?;
    let metadata = file.metadata().map_err(|cause| failed(&cause))?;
    if metadata.is_dir() {
        return Err(failed(&"it is a folder"));
    }
    // A pipe has nobody else at its other end.
    if metadata.is_file()
        && let Some(mode) = keyfile::open_to_others(&metadata)
    {
        warn(&format!("other users can read the file of {option} (mode {mode:03o})"));
    }
    // Room for everything that may come, so that the buffer never moves and leaves a copy behind.
    let room = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX).saturating_add(64);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|cause| failed(&cause))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        return Err(failed(&format_args!("it is larger than {} KiB", MAX_BYTES / 1024)));
    }
    // An editor's mark in front is no part of the secret.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if [&b"\xff\xfe"[..], b"\xfe\xff"].iter().any(|mark| bytes.starts_with(mark)) {
        return Err(failed(&"it is UTF-16 text: save it as UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| failed(&"it is not UTF-8 text"))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(failed(&"it is empty"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn read_bytes(content: &[u8]) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, content).unwrap();
        read(&path, "--password-file", &|_| {}).map(|text| text.to_string())
    }

    #[test]
    fn one_line_end_is_dropped() {
        for (content, text) in [
            (&b"sesame"[..], "sesame"),
            (b"sesame\n", "sesame"),
            (b"sesame\r\n", "sesame"),
            (b"sesame\n\n", "sesame\n"),
            (b" sesame ", " sesame "),
            (b"\xef\xbb\xbfsesame\r\n", "sesame"),
            ("sésame\n".as_bytes(), "sésame"),
        ] {
            assert_eq!(read_bytes(content).unwrap(), text, "{content:?}");
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_and_never_quoted() {
        for (content, why) in [
            (&b""[..], "it is empty"),
            (b"\n", "it is empty"),
            (b"sesame\xff", "not UTF-8"),
            (b"\xef\xbb\xbf\n", "it is empty"),
            (b"\xff\xfes\0e\0s\0", "UTF-16"),
            (&[b's'; 4097], "larger than 4 KiB"),
        ] {
            let error = read_bytes(content).unwrap_err();
            assert!(error.what.contains(why), "{}", error.what);
            assert!(!error.what.contains("ses"), "{}", error.what);
        }
        let missing = read(Path::new("my-password"), "--password-file", &|_| {}).unwrap_err();
        assert!(missing.what.starts_with("the file of --password-file cannot be read: "));
        assert!(!missing.what.contains("my-password"));
        assert!(missing.hint.unwrap().contains("/dev/fd/3"));
        assert!(read(Path::new("/"), "--suri-file", &|_| {}).unwrap_err().what.contains("folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_gives_a_warning() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "sesame").unwrap();
        for (mode, warns) in [(0o600, false), (0o644, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let warned = Cell::new(false);
            read(&path, "--password-file", &|_| warned.set(true)).unwrap();
            assert_eq!(warned.get(), warns, "{mode:o}");
        }
    }
}
