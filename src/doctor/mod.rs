//! What usually goes wrong, and how to mend it: looked at one by one, each whether or not another has
//! failed. Nothing is changed and nothing is unlocked.

pub mod machine;
pub mod nodes;
pub mod owner;

use serde::Serialize;
use subtune_model::error::{Error, Kind};
use subtune_model::exit;

/// What was found by one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// What was looked at: one of a few words.
    pub check: &'static str,
    /// What it came to.
    pub state: CheckupState,
    /// What was found, a sentence without a full stop.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// What sort of failure it is.
    #[serde(skip)]
    kind: Kind,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckupState {
    /// Nothing is wrong.
    Ok,
    /// It works, and is worth a look.
    Warning,
    /// Something does not work.
    Error,
    /// What it depends on is not known.
    CannotTell,
}

impl CheckupState {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::CannotTell => "cannot tell",
        }
    }
}

impl Checkup {
    /// Nothing is wrong.
    #[must_use]
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        let (state, message) = (CheckupState::Ok, message.into());
        Self { check, state, message, hint: None, kind: Kind::Other }
    }

    /// It works, and is worth a look.
    #[must_use]
    pub fn warning(
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let hint = Some(hint.into());
        Self { state: CheckupState::Warning, hint, ..Self::ok(check, message) }
    }

    /// What it depends on is not known.
    #[must_use]
    pub fn cannot_tell(
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { state: CheckupState::CannotTell, ..Self::warning(check, message, hint) }
    }

    /// Something does not work, with the cause where there is one.
    #[must_use]
    pub fn error(check: &'static str, error: &Error) -> Self {
        let hint = error.next_step();
        let found = Self::warning(check, with_cause(error), hint);
        Self { state: CheckupState::Error, kind: error.kind, ..found }
    }

    /// The same as a warning: something else does in its place.
    #[must_use]
    pub fn spare(check: &'static str, error: &Error) -> Self {
        Self { state: CheckupState::Warning, ..Self::error(check, error) }
    }

    /// The same where the error only keeps the check from an answer.
    #[must_use]
    pub fn unanswered(check: &'static str, error: &Error) -> Self {
        Self { state: CheckupState::CannotTell, ..Self::error(check, error) }
    }
}

/// An error with what was behind it: here nobody has to ask for it with -v.
fn with_cause(error: &Error) -> String {
    match &error.source {
        Some(cause) if !error.what.contains(&cause.to_string()) => {
            format!("{}: {cause}", error.what)
        }
        _ => error.what.clone(),
    }
}

/// The exit code of all checks together: that of the first error.
#[must_use]
pub fn exit_code(checks: &[Checkup]) -> u8 {
    let first = checks.iter().find(|check| check.state == CheckupState::Error);
    first.map_or(exit::OK, |check| check.kind.exit_code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_decides() {
        let ok = Checkup::ok("node", "it answers");
        let warning = Checkup::spare("node", &Error::chain("it is dead"));
        let unknown = Checkup::unanswered("proxy", &Error::chain("nobody says"));
        let wallet = Checkup::error("wallet", &Error::wallet("there is none"));
        let disk =
            Checkup::error("state", &Error::other("it is full").because(anyhow::anyhow!("x")));
        let of =
            |checks: &[&Checkup]| exit_code(&checks.iter().copied().cloned().collect::<Vec<_>>());
        assert_eq!(of(&[&ok, &warning, &unknown]), exit::OK);
        assert_eq!(of(&[&ok, &wallet, &disk]), exit::WALLET);
        assert_eq!(of(&[&warning, &disk, &wallet]), exit::OTHER);
        assert_eq!(disk.message, "it is full: x");
        assert!(disk.hint.is_some());
    }
}
