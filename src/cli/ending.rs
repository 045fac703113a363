//! The ways in which a run ends that it did not choose: a signal, and a bug.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use subtune_model::error::{Error, Kind, Result};
use subtune_model::text;

use crate::files::read;
use crate::ops::step;
use crate::ui::echo;

/// Most bytes of what Linux tells of a process; it is about 1.5 KiB.
#[cfg(unix)]
const STATUS_BYTES: u64 = 64 * 1024;

/// The first panic of this run, on whatever thread.
static BUG: Mutex<Option<Bug>> = Mutex::new(None);

struct Bug {
    /// The file of our source or of a library, without its path, and the line.
    place: String,
    /// What the panic said, shown with `-v`.
    message: String,
}

/// From now on a panic says nothing by itself: [`run`] tells of it. One that a runtime brings about is
/// the runtime's fault, and its run says so.
pub(super) fn watch() {
    panic::set_hook(Box::new(|panic| {
        if subtune_sim::in_runtime() {
            return;
        }
        echo::restore();
        BUG.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| Bug::of(panic));
    }));
}

impl Bug {
    fn of(panic: &PanicHookInfo<'_>) -> Self {
        let payload = panic.payload();
        let message = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = message.or_else(|| payload.downcast_ref::<String>().cloned());
        let place = panic.location().map_or_else(
            || "an unknown place".to_owned(),
            |location| {
                let file = location.file().rsplit(['/', '\\']).next().unwrap_or_default();
                format!("{file}:{}", location.line())
            },
        );
        Self { place, message: message.unwrap_or_else(|| "a panic without words".to_owned()) }
    }

    fn error(&self) -> Error {
        let Self { place, message } = self;
        let version = env!("CARGO_PKG_VERSION");
        let report = "please report this line, and what -v shows, to the makers of subtune";
        Error::other(format!("this is a bug of subtune {version}, met at {place}"))
            .hint(match on_its_way() {
                Some(advice) => format!("{advice}; {report}"),
                None => format!("nothing was sent; {report}"),
            })
            .because(anyhow::anyhow!("{message}"))
    }
}

/// Runs `work`; a panic in it is an error, and so is a failure that a panic elsewhere may have caused.
pub(super) fn run<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    let bug = BUG.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (outcome, bug) {
        (Ok(Ok(done)), _) => Ok(done),
        // What is known of the chain counts for more.
        (Ok(Err(error)), Some(bug)) if !matches!(error.kind, Kind::Partial | Kind::Unknown) => {
            Err(bug.error())
        }
        (Ok(Err(error)), _) => Err(error),
        (Err(_), Some(bug)) => Err(bug.error()),
        (Err(_), None) => Err(Error::other("this is a bug of subtune, met at an unknown place")),
    }
}

/// What to do about what may be on the chain by now, if anything may.
fn on_its_way() -> Option<&'static str> {
    match (step::is_under_way(), step::has_ended()) {
        (true, _) => Some(
            "a transaction may be on its way: do not send it again, `subtune history --refresh` \
             asks the chain",
        ),
        (false, true) => Some(
            "do not send it again: what was sent has ended, and nothing of the rest was sent; \
             `subtune history` lists it",
        ),
        (false, false) => None,
    }
}

/// Whether anything was sent.
pub(super) fn sent() -> bool {
    on_its_way().is_some()
}

/// The error of a run that a signal has stopped.
pub(super) fn interrupted() -> Error {
    Error::new(Kind::Interrupted, "interrupted by a signal")
        .hint(on_its_way().unwrap_or("nothing was sent"))
}

/// Waits for a signal that ends a program, unless whoever started this one has it ignored: nohup, or a
/// shell for what runs in the background.
#[cfg(unix)]
pub(super) async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let ignored = ignored();
    let mut signals: Vec<_> = [
        SignalKind::interrupt(),
        SignalKind::quit(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ]
    .into_iter()
    .filter(|kind| !ignored(*kind))
    .filter_map(|kind| signal(kind).ok())
    .collect();
    std::future::poll_fn(|context| {
        // All of them: each has to know whom to wake.
        let came =
            signals.iter_mut().filter_map(|one| one.poll_recv(context).is_ready().then_some(()));
        if came.count() > 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// Whether this process was started with a signal ignored.
#[cfg(unix)]
fn ignored() -> impl Fn(tokio::signal::unix::SignalKind) -> bool {
    // Only Linux tells it without a call that is unsafe.
    let status = read::bytes(Path::new("/proc/self/status"), STATUS_BYTES).ok();
    let mask = status.and_then(|status| mask(text::decode(&status).ok()?));
    move |kind| match mask {
        Some(mask) => {
            let bit =
                u32::try_from(kind.as_raw_value()).ok().and_then(|number| number.checked_sub(1));
            bit.and_then(|bit| mask.checked_shr(bit)).is_some_and(|mask| mask & 1 == 1)
        }
        // Of these, nohup ignores that one.
        None => kind == tokio::signal::unix::SignalKind::hangup(),
    }
}

/// The signals that are ignored, one bit each, as Linux tells them.
#[cfg(unix)]
fn mask(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn stopped() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Appending to a list of 4,294,967,295 items panics in the host.
    const PANICS: &str = r#"(module
        (import "env" "memory" (memory 1))
        (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
        (import "env" "ext_storage_append_version_1" (func $append (param i64 i64)))
        (global (export "__heap_base") i32 (i32.const 1024))
        (data (i32.const 0) "\03\ff\ff\ff\ff")
        (func (export "run") (param i32 i32) (result i64)
            (call $set (i64.const 0x100000000) (i64.const 0x500000000))
            (call $append (i64.const 0x100000000) (i64.const 0x100000000))
            (i64.const 0)))"#;

    #[test]
    fn a_panic_that_a_runtime_brings_about_is_no_bug_of_ours() {
        use subtune_sim::{Asked, Code, Entry, Fork, Limits, Runtime, RuntimeCall, SimErrorKind};
        let limits = Limits::default();
        let code = Code::read(&wat::parse_str(PANICS).unwrap(), &limits).unwrap();
        let runtime = Runtime::new(&code, limits).unwrap();
        let call = RuntimeCall { method: "run".to_owned(), args: Vec::new() };
        let asked = Asked { calls: vec![call], signer: None };
        let mut fork = Fork::new(limits);
        fork.tell([Entry { key: vec![3], value: None }]).unwrap();
        let others = panic::take_hook();
        watch();
        let error = runtime.run(&fork, &asked).unwrap_err();
        let ours = panic::catch_unwind(|| assert!(subtune_sim::in_runtime(), "of ours"));
        panic::set_hook(others);
        assert_eq!(error.kind, SimErrorKind::Trap, "{error}");
        let bug = BUG.lock().unwrap_or_else(PoisonError::into_inner).take();
        assert_eq!(bug.map(|bug| bug.message).as_deref(), Some("of ours"));
        assert!(ours.is_err());
    }

    #[test]
    fn the_ignored_signals_are_read() {
        let status = "Name:\tsubtune\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nx";
        assert_eq!(mask(status), Some(0x1001));
        assert_eq!(mask("Name:\tsubtune\n"), None);
    }
}
