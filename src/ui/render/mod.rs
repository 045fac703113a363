//! Views written for people: text for a terminal, Markdown for a pull request.
//!
//! Renderers know the views alone: no snapshot, no plan, no receipt.

pub mod markdown;
pub mod metagraph;
pub mod text;
