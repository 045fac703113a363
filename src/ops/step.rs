//! The steps of a change, announced where they are reached.
//!
//! Whoever ends the program on a signal asks here what may be under way.

#[cfg(all(debug_assertions, unix))]
use std::sync::atomic::AtomicU32;
use std::sync::atomic::{AtomicBool, Ordering};

/// A step of a change, and then of a watch, in the order in which they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The plan was agreed to; nothing is written or unlocked.
    Confirmed,
    /// The key is in memory.
    Unlocked,
    /// The chain was read again, and the plan still holds.
    Read,
    /// The rollback profile is on disk.
    RollbackWritten,
    /// The transaction is signed.
    Signed,
    /// Its record is on disk: from here on it may be on its way.
    Recorded,
    /// The node has run it and thrown the result away.
    Preflighted,
    /// It was handed to the node.
    Submitted,
    /// It was found in a finalized block.
    Included,
    /// The values of that block were read.
    ReadBack,
    /// What is known of its end is on disk.
    Ended,
    /// An epoch was read.
    EpochRead,
    /// It is on disk.
    EpochKept,
    /// It was told.
    EpochTold,
    /// That it was told is on disk.
    EpochNoted,
}

/// Whether a transaction may be on its way.
static UNDER_WAY: AtomicBool = AtomicBool::new(false);
/// Whether one has come to an end in this run.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Announces a step.
pub(crate) fn reached(step: Step) {
    match step {
        Step::Recorded => UNDER_WAY.store(true, Ordering::SeqCst),
        Step::Ended => {
            UNDER_WAY.store(false, Ordering::SeqCst);
            ENDED.store(true, Ordering::SeqCst);
        }
        _ => {}
    }
    #[cfg(all(debug_assertions, unix))]
    obey(step);
}

/// A test ends or halts the process at a step here: `SUBTUNE_STOP=Recorded:2:kill` is the second time
/// that it is reached. Not in a release.
#[cfg(all(debug_assertions, unix))]
#[expect(clippy::disallowed_methods, reason = "a test asks for it, in debug builds alone")]
fn obey(step: Step) {
    use rustix::process::{Signal, getpid, kill_process};
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("SUBTUNE_STOP") else { return };
    let [name, time, how] = wanted.split(':').collect::<Vec<_>>()[..] else { return };
    if name != format!("{step:?}") {
        return;
    }
    let times = TIMES.fetch_add(1, Ordering::SeqCst).saturating_add(1);
    if time != times.to_string() {
        return;
    }
    let signal = if how == "kill" { Signal::KILL } else { Signal::STOP };
    let _ = kill_process(getpid(), signal);
}

/// Hyperparameters and errors that a test wants the tool never to have heard of: `SUBTUNE_FORGET` names them. Not in
/// a release.
#[cfg(debug_assertions)]
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a test asks for it, in debug builds alone")]
pub fn forgotten() -> Option<Vec<String>> {
    let names = std::env::var("SUBTUNE_FORGET").ok()?;
    Some(names.split(',').map(str::to_owned).collect())
}

/// A test asks for a bug here: `SUBTUNE_BUG` names the place. Not in a release.
#[cfg(debug_assertions)]
#[expect(clippy::disallowed_methods, reason = "a test asks for it, in debug builds alone")]
pub fn bug(place: &str) {
    assert!(std::env::var_os("SUBTUNE_BUG").is_none_or(|wanted| wanted != place), "asked for");
}

/// Nothing: a release has no bugs on demand.
#[cfg(not(debug_assertions))]
pub const fn bug(_: &str) {}

/// Whether a transaction may be on its way now.
#[must_use]
pub fn is_under_way() -> bool {
    UNDER_WAY.load(Ordering::SeqCst)
}

/// Whether a transaction of this run has come to an end that is on disk.
#[must_use]
pub fn has_ended() -> bool {
    ENDED.load(Ordering::SeqCst)
}
