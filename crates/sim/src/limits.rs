//! How much of this machine a runtime may have.

use std::time::Duration;

/// Bounds of a run. The default ones are several times what real runtimes need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of code, packed or unpacked.
    pub code: usize,
    /// Most bytes of linear memory.
    pub memory: usize,
    /// Most instructions of one call; what is copied to and from the host counts, too.
    pub fuel: u64,
    /// Longest time of one call. It is looked at in host functions only: what runs between them is
    /// bounded by the fuel.
    pub time: Duration,
    /// Most keys that a fork is asked for, and most that it is told.
    pub keys: usize,
    /// Most bytes of a key.
    pub key: usize,
    /// Most bytes of all values that a fork is told, of all keys that it is asked for, and of all that
    /// one call writes or calls answer.
    pub state: usize,
    /// Most storage transactions that are open at once.
    pub nesting: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code: 32 << 20,
            memory: 128 << 20,
            fuel: 3_000_000_000,
            time: Duration::from_secs(30),
            keys: 200_000,
            key: 4_096,
            state: 64 << 20,
            nesting: 256,
        }
    }
}
