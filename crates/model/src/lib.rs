//! The pure heart: what is wanted, what is, the difference, the change.
//!
//! No async runtime, clock, files, terminal or chain client in here: the package depends on none, and
//! `clippy.toml` beside it refuses what the standard library offers of them.

// A number of a node, a file or an argument may be any: what it is added to must say what happens then.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]
#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests have files of their own"))]

pub mod address;
pub mod call;
pub mod catalog;
pub mod chain_error;
pub mod diff;
pub mod error;
pub mod errors;
pub mod exit;
pub mod finding;
pub mod fleet;
pub mod forecast;
pub mod format;
pub mod hash;
pub mod lint;
pub mod monitor;
pub mod network;
pub mod origin;
pub mod overview;
pub mod plan;
pub mod planner;
pub mod ports;
pub mod profile;
pub mod receipt;
pub mod rules;
pub mod runtime;
pub mod schedule;
pub mod signature;
pub mod simulation;
pub mod snapshot;
pub mod terms;
pub mod text;
pub mod time;
pub mod unsigned;
pub mod value;
#[cfg(any(test, feature = "world"))]
pub mod world;
