//! Everything that needs the binary, a chain, or the project's own files.

#![expect(clippy::unwrap_used, reason = "a test stops where something unexpected happens")]

mod catalog;
mod layers;
mod links;
mod nacl;
mod refusals;
mod rules;
mod story;
mod support;
mod wallet;
