//! A secret of one line in a file or a descriptor.

use std::path::Path;

use subtune_model::error::{Error, Result};
use subtune_model::text;
use zeroize::Zeroizing;

use super::read::open_to_others;
use crate::files::read as input;

/// The longest such secret, in bytes. A mnemonic of 24 words has about 200.
const MAX_BYTES: u64 = 4 * 1024;

fn failed(option: &str, why: &dyn std::fmt::Display) -> Error {
    Error::wallet(format!("the file of {option} cannot be read: {why}")).hint(format!(
        "{option} takes the path of a file, or a file descriptor such as /dev/fd/3, never the secret \
         itself"
    ))
}

/// Looks whether it can be read, before it is needed: a file is read, a pipe or descriptor, which
/// can be read only once, has to be there.
pub(super) fn check(path: &Path, option: &str) -> Result<()> {
    // What is not there fails in the words of the reader.
    let once = std::fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir());
    if once { Ok(()) } else { read(path, option, &|_| {}).map(drop) }
}

/// Reads the text, without the line end that editors and `echo` leave behind it; `warn` is told
/// when other users of the machine can read it too.
///
/// The path is never quoted: whoever mistakes the option writes the secret itself there. `option`
/// says where it was given.
pub(super) fn read(path: &Path, option: &str, warn: &dyn Fn(&str)) -> Result<Zeroizing<String>> {
    let failed = |why: &dyn std::fmt::Display| failed(option, why);
    // It answers questions.
    if input::is_stdin(path) {
        return Err(failed(&"standard input is not read for secrets"));
    }
    let secret = input::secret(path, MAX_BYTES).map_err(|why| failed(&why))?;
    if let Some(mode) = secret.metadata.as_ref().and_then(open_to_others) {
        warn(&format!("other users can read the file of {option} (mode {mode:03o})"));
    }
    // The place of a byte that is no text, and the byte, would tell of the secret.
    let text = text::decode(&secret.bytes).map_err(|why| match why.utf_16 {
        true => failed(&why.what),
        false => failed(&"it is not UTF-8 text"),
    })?;
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
        let stdin = read(Path::new("-"), "--password-file", &|_| {}).unwrap_err();
        assert!(stdin.what.contains("standard input is not read"), "{}", stdin.what);
        let missing = read(Path::new("my-password"), "--password-file", &|_| {}).unwrap_err();
        assert!(missing.what.starts_with("the file of --password-file cannot be read: "));
        assert!(!missing.what.contains("my-password"));
        assert!(missing.hint.unwrap().contains("/dev/fd/3"));
        assert!(
            read(Path::new("/"), "--suri-file", &|_| {}).unwrap_err().what.contains("directory")
        );
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
