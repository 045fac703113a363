//! What usually goes wrong, as text.

use super::push_line;
use crate::doctor::{Checkup, CheckupState};
use crate::ui::rows::table;
use crate::ui::stream::Stream;
use crate::ui::tone::Tone;
use crate::ui::views::DoctorView;

/// What was looked at, folded to the terminal.
#[must_use]
pub fn doctor(view: &DoctorView) -> String {
    let mut rows = table(&["", "", ""], Stream::Stdout).plain();
    for Checkup { check, state, message, hint, .. } in &view.checks {
        let tone = match state {
            CheckupState::Ok => Tone::Good,
            CheckupState::Warning => Tone::Notice,
            CheckupState::Error => Tone::Bad,
            CheckupState::CannotTell => Tone::Doubt,
        };
        let hint = hint.as_ref().map(|hint| format!("hint: {hint}"));
        let lines: Vec<_> = [message.clone()].into_iter().chain(hint).collect();
        rows.add_tall_row(tone, [state.words(), check], &lines);
    }
    rows.keep_whole(&[0, 1]);
    let mut text = rows.lines().trim_start_matches('\n').to_owned();
    text.push('\n');
    push_line(&mut text, &view.counts);
    text
}
