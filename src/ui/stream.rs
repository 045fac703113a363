//! The two streams of this process that people read.

use std::io::{self, IsTerminal as _};

/// Where a text will be shown: decides how wide it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The result.
    Stdout,
    /// Questions, progress, warnings and errors.
    Stderr,
}

impl Stream {
    /// Whether a terminal is at its end.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        }
    }
}
