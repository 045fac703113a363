//! The pure heart: what is wanted, what is, the difference, the change.
//!
//! No async, clock, files, terminal or chain client in here; a test reads the
//! `use` lines and fails when that changes.

pub mod catalog;
pub mod check;
pub mod diff;
pub mod errors;
pub mod format;
pub mod hash;
pub mod intent;
pub mod lint;
pub mod network;
pub mod overview;
pub mod plan;
pub mod profile;
pub mod receipt;
pub mod road;
pub mod rules;
pub mod runtime;
pub mod schedule;
pub mod signature;
pub mod snapshot;
pub mod stage;
pub mod unsigned;
pub mod value;
