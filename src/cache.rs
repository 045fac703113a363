//! What is kept of a chain between runs: the metadata of its runtimes, and its newest code.

use std::path::PathBuf;

use crate::files::{read, write};

/// The largest file that is read, in bytes. Real metadata has less than 1 MiB, and
/// real code some 2 MiB.
const MAX_BYTES: u64 = 16 << 20;

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
}

/// A cache that cannot be read or written costs a download, nothing else, so failures are not reported.
impl subtune_chain::Cache for DiskCache {
    fn load(&self, name: &str) -> Option<Vec<u8>> {
        read::bytes(&self.folder.join(name), MAX_BYTES).ok()
    }

    fn save(&self, name: &str, bytes: &[u8]) {
        let _ = write::private(&self.folder.join(name), bytes);
    }

    fn remove(&self, name: &str) {
        let _ = std::fs::remove_file(self.folder.join(name));
    }
}
