//! What the figures of an epoch say, and which hyperparameters could move them.

use serde::Serialize;

/// One thing that the figures of an epoch say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Its name, for programs: `dominated`, `stale_weights`, …
    pub code: &'static str,
    /// In words, with the numbers.
    pub text: String,
    /// What could move it; none where no hyperparameter can.
    pub levers: Vec<Lever>,
}

/// A hyperparameter that could move a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lever {
    /// Its name in the catalog, which says who may set it.
    pub name: &'static str,
    /// How, and when that would show.
    pub text: String,
}
