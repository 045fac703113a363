//! Writing: whole, on the disk, and private or as the user's umask says.
//!
//! What the tool keeps for itself is private: files for their owner alone, in directories that only
//! the owner enters, which are made where they are missing. What the user named is the user's: as
//! readable as the umask says, in a directory that has to be there, and in place of nothing unless
//! `--force` says so.
//!
//! Either is written beside its place, synced and renamed, so that a killed process or a full disk
//! leaves the old file or the new one, never half.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use subtune_model::error::{Error, Result};
use tempfile::NamedTempFile;

/// Writes a file of the tool's own, in place of an older one; its directories are made.
///
/// # Errors
/// When the disk is full or the directory not writable.
pub fn private(path: &Path, bytes: &[u8]) -> Result<()> {
    let directory = directory(path);
    private_directory(directory)?;
    let write = || {
        let file = filled(tempfile::Builder::new(), directory, bytes)?;
        file.persist(path).map_err(|error| error.error)?;
        // The rename itself must survive a power cut, too.
        sync_directory(directory)
    };
    write().map_err(|error| cannot_write(path, error))
}

/// Opens a file of the tool's own for writing as it is, and makes it where it is missing; its
/// directory is there.
///
/// # Errors
/// When the directory is not writable.
#[expect(clippy::disallowed_methods, reason = "the one place that opens an output")]
pub fn private_in_place(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| cannot_write(path, error))
}

/// Writes what is in no other place yet into a file of the tool's own, not by way of a file beside
/// it; its directory is there.
///
/// # Errors
/// When the disk is full or the directory not writable.
pub fn private_mark(path: &Path, text: &str) -> Result<()> {
    let mut file = private_in_place(path)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_directory(directory(path)))
        .map_err(|error| cannot_write(path, error))
}

/// Makes a private directory and those above it that are missing, each of them on the disk when this
/// returns.
///
/// # Errors
/// When one cannot be made.
pub fn private_directory(path: &Path) -> Result<()> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.is_dir())
        .collect();
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    for made in missing.into_iter().rev() {
        match builder.create(made) {
            // Another run was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && made.is_dir() => {}
            other => other.map_err(|error| cannot_write(made, error))?,
        }
        // The entry of a directory is kept by the one above it.
        sync_directory(directory(made)).map_err(|error| cannot_write(made, error))?;
    }
    Ok(())
}

/// Makes the directory that the user named for files of a run, unless it is there.
///
/// # Errors
/// When it cannot be made, or the one above it is not there.
pub fn directory_for_files(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if !directory(path).exists() {
        return Err(no_directory(path));
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other.map_err(|error| cannot_write(path, error)),
    }
}

/// Checks that a file that the user named may be written, before any work is done.
///
/// # Errors
/// When it already exists and `force` is not given, or its directory is not there.
pub fn check_output(path: &Path, force: bool) -> Result<()> {
    if path.as_os_str() == "-" {
        return Err(Error::usage("a file to write cannot be called -")
            .hint("pass a file; a result goes to stdout without the option"));
    }
    let place = Place::of(path).map_err(|error| cannot_write(path, error))?;
    match place {
        Place::Taken(_) if !force => Err(there_already(path)),
        Place::Free if !directory(path).exists() => Err(no_directory(path)),
        Place::Free | Place::Taken(_) | Place::Stream => Ok(()),
    }
}

/// Writes a file that the user named.
///
/// # Errors
/// When it is there by now and `force` is not given, or cannot be written.
pub fn output(path: &Path, text: &str, force: bool) -> Result<()> {
    check_output(path, force)?;
    let place = Place::of(path).map_err(|error| cannot_write(path, error))?;
    put(path, place, text, force)
}

/// Writes a file that the user named, where this was found just before.
#[expect(clippy::disallowed_methods, reason = "the one place that opens an output")]
fn put(path: &Path, place: Place, text: &str, force: bool) -> Result<()> {
    let (target, permissions) = match place {
        Place::Stream => {
            let stream = OpenOptions::new().write(true).open(path);
            return stream
                .and_then(|mut stream| stream.write_all(text.as_bytes()))
                .map_err(|error| cannot_write(path, error));
        }
        // In place of what a link leads to, not of the link.
        Place::Taken(Some((target, metadata))) => (target, Some(metadata.permissions())),
        Place::Taken(None) | Place::Free => (path.to_owned(), None),
    };
    let directory = directory(&target);
    let write = || {
        let mut builder = tempfile::Builder::new();
        // Less what the umask takes away.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = filled(builder, directory, text.as_bytes())?;
        if force {
            if let Some(permissions) = permissions {
                file.as_file().set_permissions(permissions)?;
            }
            file.persist(&target).map_err(|error| error.error)?;
        } else {
            // What has come there since stays.
            file.persist_noclobber(&target).map_err(|error| error.error)?;
        }
        sync_directory(directory)
    };
    write().map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => there_already(path),
        _ => cannot_write(path, error),
    })
}

/// What is at a path that the user named.
enum Place {
    /// Nothing.
    Free,
    /// A file, with its own name and what it is; a link that leads nowhere without.
    Taken(Option<(PathBuf, Metadata)>),
    /// A pipe or a device: written to, never replaced.
    Stream,
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(ErrorKind::IsADirectory.into()),
            Ok(metadata) if metadata.is_file() => {
                Ok(Self::Taken(Some((fs::canonicalize(path)?, metadata))))
            }
            Ok(_) => Ok(Self::Stream),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(if path.is_symlink() { Self::Taken(None) } else { Self::Free })
            }
            Err(error) => Err(error),
        }
    }
}

/// A temporary file in this directory with these bytes, on the disk; it goes away when dropped.
fn filled(
    mut builder: tempfile::Builder<'_, '_>,
    directory: &Path,
    bytes: &[u8],
) -> io::Result<NamedTempFile> {
    let mut file = builder.prefix(".subtune-").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The directory of a file.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    }
}

#[expect(clippy::disallowed_methods, reason = "a folder is opened to be synced")]
fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(path)?.sync_all() {
        // Some file systems know no syncing of directories.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Ok(())
        }
        other => other,
    }
}

fn there_already(path: &Path) -> Error {
    Error::refused(format!("{} already exists", path.display()))
        .hint("use --force to replace it, or another name")
}

fn no_directory(path: &Path) -> Error {
    Error::other(format!(
        "{} cannot be written: directory {} does not exist",
        path.display(),
        directory(path).display()
    ))
    .hint("create that directory first, or choose another name")
}

/// The error for a file or a directory that cannot be written.
#[must_use]
pub fn cannot_write(path: &Path, error: io::Error) -> Error {
    Error::other(format!("{} cannot be written: {error}", path.display()))
        .hint("check the directory and the free space")
        .because(error)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use subtune_model::error::Kind;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    /// The names in a directory: nothing temporary may stay.
    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The mode of a file that anybody makes here.
    fn usual_mode(directory: &Path) -> u32 {
        let path = directory.join("usual");
        fs::write(&path, "").unwrap();
        let usual = mode(&path);
        fs::remove_file(path).unwrap();
        usual
    }

    #[test]
    fn what_the_tool_keeps_is_private_with_its_directories() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/record");
        private(&path, b"one").unwrap();
        private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600);
        for made in ["a", "a/b"] {
            assert_eq!(mode(&folder.path().join(made)), 0o700, "{made}");
        }
        assert_eq!(names(path.parent().unwrap()), ["record"]);

        let mark = folder.path().join("a/mark");
        private_mark(&mark, "ours").unwrap();
        assert_eq!((mode(&mark), fs::read(&mark).unwrap()), (0o600, b"ours".to_vec()));
        private_in_place(&mark).unwrap();
        assert_eq!(fs::read(&mark).unwrap(), b"ours");

        fs::write(folder.path().join("file"), "").unwrap();
        let error = private(&folder.path().join("file/below/record"), b"").unwrap_err();
        assert!(error.what.contains("cannot be written"), "{}", error.what);
    }

    #[test]
    fn what_the_user_named_is_as_readable_as_any_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.yaml");
        output(&path, "one", false).unwrap();
        assert_eq!(mode(&path), usual_mode(folder.path()));
        // A file that was closed to others stays so.
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        output(&path, "two", true).unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o640, b"two".to_vec()));
        assert_eq!(names(folder.path()), ["plan.yaml"]);
    }

    #[test]
    fn no_directory_is_made_for_a_file_that_the_user_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plnas/plan.yaml");
        for force in [false, true] {
            for result in [check_output(&path, force), output(&path, "", force)] {
                let error = result.unwrap_err();
                assert!(error.what.contains("does not exist"), "{}", error.what);
            }
        }
        assert_eq!(names(folder.path()), Vec::<String>::new());
        assert_eq!(check_output(Path::new("-"), true).unwrap_err().kind, Kind::Usage);
    }

    #[test]
    fn what_came_between_the_check_and_the_write_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.yaml");
        let place = Place::of(&path).unwrap();
        fs::write(&path, "theirs").unwrap();
        let error = put(&path, place, "ours", false).unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(folder.path()), ["plan.yaml"]);
    }

    #[test]
    fn a_link_stays_and_a_stream_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, nowhere, pipe] =
            ["file", "link", "nowhere", "pipe"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        symlink(&file, &link).unwrap();
        symlink("missing", &nowhere).unwrap();
        assert_eq!(output(&link, "new", false).unwrap_err().kind, Kind::Refused);
        output(&link, "new", true).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(output(&nowhere, "new", false).unwrap_err().kind, Kind::Refused);

        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for force in [false, true] {
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || fs::read(pipe).unwrap()
            });
            output(&pipe, "through", force).unwrap();
            assert_eq!(reader.join().unwrap(), b"through");
        }
        assert_eq!(names(folder.path()), ["file", "link", "nowhere", "pipe"]);
        assert!(output(folder.path(), "", true).is_err());
    }
}
