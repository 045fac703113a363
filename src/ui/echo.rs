//! The settings of the terminal while a question is asked: without an echo, or key by key. Whatever
//! ends the program meanwhile puts them back.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The terminal on which a question is asked, as it was before.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

fn before() -> MutexGuard<'static, Option<Before>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While this lives, the end of the program restores the terminal, and so does its own end.
pub struct Kept(());

impl Kept {
    /// Remembers how the terminal is now, if there is one.
    #[must_use]
    pub fn now() -> Self {
        *before() = Before::now();
        Self(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back to how it was before the question that is asked right now; without a
/// question nothing is touched, since the terminal may be somebody else's by now.
pub fn restore() {
    if let Some(before) = before().take() {
        before.restore();
    }
}

#[cfg(unix)]
struct Before {
    settings: rustix::termios::Termios,
    /// The terminal of the process, where the input is another.
    terminal: Option<std::fs::File>,
}

#[cfg(unix)]
impl Before {
    /// Of the terminal that a question reads from: the input, or else the one of the process.
    #[expect(clippy::disallowed_methods, reason = "the terminal is no input")]
    fn now() -> Option<Self> {
        use std::io::IsTerminal as _;
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            let settings = rustix::termios::tcgetattr(stdin).ok()?;
            return Some(Self { settings, terminal: None });
        }
        let terminal = std::fs::File::open("/dev/tty").ok()?;
        let settings = rustix::termios::tcgetattr(&terminal).ok()?;
        Some(Self { settings, terminal: Some(terminal) })
    }

    fn restore(&self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let Self { settings, terminal } = self;
        let _ = match terminal {
            Some(terminal) => tcsetattr(terminal, OptionalActions::Now, settings),
            None => tcsetattr(std::io::stdin(), OptionalActions::Now, settings),
        };
        // Questions hide it.
        let _ = dialoguer::console::Term::stderr().show_cursor();
    }
}

#[cfg(not(unix))]
struct Before;

#[cfg(not(unix))]
impl Before {
    const fn now() -> Option<Self> {
        None
    }

    const fn restore(&self) {}
}
