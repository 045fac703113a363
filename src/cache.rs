//! What is kept of a chain between runs: the metadata of its runtimes, its newest code, and parts of the
//! states of past blocks.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::files::{read, write};

/// The largest file that is read, in bytes. Real metadata has less than 1 MiB, and
/// real code some 2 MiB.
const MAX_BYTES: u64 = 16 << 20;

/// Most bytes of all states together. What an epoch of 256 neurons reads takes half a MiB.
const STATES: u64 = 256 << 20;
/// How the names of states end.
const STATE: &str = ".state";

/// A folder of such files.
pub struct DiskCache {
    folder: PathBuf,
}

impl DiskCache {
    /// The cache in this folder, which is made when something is kept.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Drops the oldest states until the rest fits.
    fn thin_out(&self) {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return };
        let mut states: Vec<(SystemTime, u64, PathBuf)> = files
            .filter_map(Result::ok)
            .filter(|file| file.file_name().to_string_lossy().ends_with(STATE))
            .filter_map(|file| {
                let facts = file.metadata().ok()?;
                Some((facts.modified().ok()?, facts.len(), file.path()))
            })
            .collect();
        states.sort_unstable();
        let mut all = states.iter().fold(0u64, |sum, (_, bytes, _)| sum.saturating_add(*bytes));
        for (_, bytes, path) in states {
            if all <= STATES {
                break;
            }
            let _ = std::fs::remove_file(path);
            all = all.saturating_sub(bytes);
        }
    }
}

/// A cache that cannot be read or written costs a download, nothing else, so failures are not reported.
impl subtune_chain::Cache for DiskCache {
    fn load(&self, name: &str) -> Option<Vec<u8>> {
        read::bytes(&self.folder.join(name), MAX_BYTES).ok()
    }

    fn save(&self, name: &str, bytes: &[u8]) {
        let _ = write::private(&self.folder.join(name), bytes);
        if name.ends_with(STATE) {
            self.thin_out();
        }
    }

    fn remove(&self, name: &str) {
        let _ = std::fs::remove_file(self.folder.join(name));
    }
}

#[cfg(test)]
mod tests {
    use subtune_chain::Cache as _;

    use super::*;

    #[test]
    fn the_oldest_states_make_room_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().to_owned());
        cache.save("kept.code", b"code");
        let half = usize::try_from(STATES / 2).unwrap();
        for name in ["b.state", "a.state"] {
            let file = std::fs::File::create(folder.path().join(name)).unwrap();
            // A hole: no disk is filled.
            file.set_len(u64::try_from(half).unwrap()).unwrap();
            let age = if name == "b.state" { 100 } else { 50 };
            let then = SystemTime::now() - std::time::Duration::from_secs(age);
            file.set_modified(then).unwrap();
        }
        cache.save("new.state", b"state");
        let exists = |name: &str| folder.path().join(name).exists();
        let found = ["kept.code", "b.state", "a.state", "new.state"].map(exists);
        assert_eq!(found, [true, false, true, true]);
    }
}
