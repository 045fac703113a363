//! What the chain says no with, and what became of a call inside another one.

use crate::errors;

/// An error of the chain, by name and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainError {
    /// `Pallet.Name`, or a bare name such as `BadOrigin`.
    pub name: String,
    /// What it means; empty when nobody says.
    pub meaning: String,
    /// What to do about it, where that is known.
    pub advice: Option<&'static str>,
}

impl ChainError {
    /// The error of this name, explained as far as [`errors`] knows it.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        let (meaning, advice) = match errors::find(&name) {
            errors::Found::One(row) => (row.meaning.to_owned(), Some(row.advice)),
            errors::Found::Several(_) | errors::Found::Nothing => (String::new(), None),
        };
        Self { name, meaning, advice }
    }
}

impl std::fmt::Display for ChainError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.meaning.as_str() {
            "" => f.write_str(&self.name),
            meaning => write!(f, "{}: {meaning}", self.name),
        }
    }
}

/// What became of a call inside another one, which succeeds whatever the inner one does.
#[derive(Debug, Clone)]
pub enum Inside {
    /// A proxy has made it.
    Proxied(Result<(), ChainError>),
    /// A multisig has run it.
    Run(Result<(), ChainError>),
    /// The multisig has noted the approval, and waits for others.
    Waits,
}
