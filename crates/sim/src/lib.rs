//! The chain's own code, run here: without a key, without a signature, without sending anything.
//!
//! A node has the runtime, as wasm, and the state. [`Code`] unpacks the one, [`Runtime`] interprets
//! it, and a [`Fork`] stands for the other: it knows what it was given, notes what was asked for in
//! vain, and is run again when that has been fetched ([`Runtime::run`]). Whoever speaks to a node
//! fetches it; nothing here does.
//!
//! What runs is hostile until proven otherwise: its size, memory, work, keys and values are bounded
//! ([`Limits`]), a trap is an error, and what it says is bytes. Nothing here knows of hyperparameters,
//! or of any chain in particular.

// A number of a runtime may be any: what it is added to must say what happens then.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

// A panic that a runtime brings about in its host functions is caught.
#[cfg(not(panic = "unwind"))]
compile_error!("a runtime could end the program: build it with panic = \"unwind\"");

mod code;
mod error;
mod fork;
mod host;
mod limits;
mod memory;
mod runtime;

pub use code::Code;
pub use error::{SimError, SimErrorKind};
pub use fork::{Entry, Fork, Gap, Wanted};
pub use host::{Import, in_runtime};
pub use limits::Limits;
pub use runtime::{Asked, Ran, Runtime, RuntimeCall, Step};
