//! What usually goes wrong, as it is shown.

use serde::Serialize;

use crate::doctor::{Checkup, CheckupState};

/// What was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct DoctorView {
    /// Each check, in the order of the command.
    pub checks: Vec<Checkup>,
    /// How many came to what, one line.
    #[serde(skip)]
    pub counts: String,
}

impl DoctorView {
    /// What was looked at.
    #[must_use]
    pub fn of(checks: Vec<Checkup>) -> Self {
        let count = |state| checks.iter().filter(|check| check.state == state).count();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let (warnings, errors) = (count(CheckupState::Warning), count(CheckupState::Error));
        let unknown = match count(CheckupState::CannotTell) {
            0 => String::new(),
            unknown => format!(", {unknown} cannot be told"),
        };
        let counts = format!(
            "{} ok, {warnings} warning{}, {errors} error{}{unknown}",
            count(CheckupState::Ok),
            plural(warnings),
            plural(errors)
        );
        Self { checks, counts }
    }
}
