//! Files, read once and written whole: the only module that opens what a person named.

pub mod read;
pub mod write;
