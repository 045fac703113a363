//! What usually goes wrong, as Markdown.

use super::{plain, sentence};
use crate::doctor::Checkup;
use crate::ui::views::DoctorView;

/// What was looked at.
#[must_use]
pub fn doctor(view: &DoctorView) -> String {
    let mut text = "| state | check | found | what to do |\n|---|---|---|---|\n".to_owned();
    for Checkup { check, state, message, hint, .. } in &view.checks {
        let hint = hint.as_deref().map(sentence).unwrap_or_default();
        let (state, check) = (plain(state.words()), plain(check));
        text.push_str(&format!("| {state} | {check} | {} | {hint} |\n", sentence(message)));
    }
    text.push_str(&format!("\n**{}**\n", plain(&view.counts)));
    text
}
