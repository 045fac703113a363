//! The tool as a person or a script meets it: the real binary, on a real local chain.
//!
//! One program for all integration tests: it links once, and they share the stage.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]
#![expect(clippy::disallowed_macros, reason = "tests print what they found for whoever looks")]
#![expect(clippy::disallowed_methods, reason = "tests have files of their own")]

mod blocked;
mod catalog;
mod chain;
#[cfg(target_os = "linux")]
mod ci;
mod cold;
mod command_line;
mod consensus;
mod docs;
#[cfg(unix)]
mod doctor;
mod drift;
mod endpoints;
mod epochs;
mod errors;
mod exit_codes;
mod exporter;
mod fake;
mod files;
mod fleet;
mod forecast;
mod formats;
mod guide;
mod house;
mod import;
mod init;
mod inputs;
#[cfg(target_os = "linux")]
mod killed;
mod leaks;
mod links;
mod lint;
mod lying;
mod metadata_hash;
mod metagraph;
mod monitor;
mod names;
mod newer;
mod ops;
mod origins;
mod picture;
mod printed;
mod proxy;
mod records;
mod refusals;
mod rules;
mod saved_plan;
#[cfg(target_os = "linux")]
mod screens;
mod seal;
mod settings;
mod signing;
mod simulate;
mod standing;
mod stopped;
mod story;
mod support;
mod tables;
mod terminal;
mod unreadable;
mod wait;
mod wallet;
mod wallet_command;
mod wallet_table;
