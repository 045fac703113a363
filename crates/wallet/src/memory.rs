//! What can be done to keep the memory of this process to itself.

use std::hint::black_box;

use zeroize::Zeroize as _;

/// Bytes of the stack that the making and the use of a key go through, with room to spare.
const DEPTH: usize = 128 * 1024;

/// Keeps secrets out of core dumps, debuggers and swap, as far as the system lets it: what it
/// refuses, it refuses.
///
/// Before any secret is read.
pub fn protect() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::mm::{MlockAllFlags, mlockall};
        use rustix::process::{DumpableBehavior, Resource, getrlimit, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        let mut flags = MlockAllFlags::CURRENT | MlockAllFlags::ONFAULT;
        // Under a limit, memory of the future would be refused instead of left unlocked: 512 MiB
        // for Argon2 among it.
        if getrlimit(Resource::Memlock).current.is_none() {
            flags |= MlockAllFlags::FUTURE;
        }
        let _ = mlockall(flags);
    }
}

/// Runs what makes or uses a secret, then wipes the stack that it went through: the libraries below
/// wipe what they keep, and not what they move about.
pub fn leaving_no_trace<T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    wipe();
    result
}

/// In a frame of its own, below that of the caller.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

#[inline(never)]
fn wipe() {
    let mut below = [0u8; DEPTH];
    black_box(&mut below).zeroize();
}
