//! What can go wrong.

use std::fmt;

/// What kind of trouble a run ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimErrorKind {
    /// The code is none, or not of a kind that can be run here.
    Code,
    /// A bound was hit.
    Bound,
    /// The runtime stopped itself, or did what no runtime may.
    Trap,
    /// It needs what is not offered here: a host function, an entry point.
    Missing,
}

/// Why a run came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimError {
    /// Of what kind it is.
    pub kind: SimErrorKind,
    /// What happened, for a person.
    pub what: String,
}

/// Most letters of what happened.
const WORDS: usize = 600;

impl SimError {
    pub(crate) fn new(kind: SimErrorKind, what: impl Into<String>) -> Self {
        // A runtime may name things as it likes.
        Self { kind, what: what.into().chars().take(WORDS).collect() }
    }
}

impl fmt::Display for SimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for SimError {}
