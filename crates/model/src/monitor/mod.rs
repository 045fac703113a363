//! Did it help: what epochs gave, how validators agree, what was wanted of them, and the verdict.
//!
//! Everything here is computed of [`Sample`]s, exact integers as the chain has stored them. Figures that
//! need a quotient or a root are [`Figure`]s: fixed-point numbers, computed in one documented way
//! (docs/method.md), and rounded only for people.

mod figure;
mod sample;

pub use figure::Figure;
pub use sample::{Clock, Commit, Control, Mode, Neuron, Sample, Sampled};
