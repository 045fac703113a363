//! The values of a file, as text.

use crate::profile_yaml::import::Import;
use crate::ui::views::ImportView;

/// The profile as a file; or what was taken and written, where it is in a file already.
#[must_use]
pub fn import(view: &ImportView) -> String {
    match view.written() {
        None => view.yaml.clone(),
        Some(written) => {
            format!("{}{written}\n", view.printed().map_or_else(String::new, taken))
        }
    }
}

/// What was taken and what was not, line by line.
#[must_use]
pub fn taken(import: &Import) -> String {
    let mut text = format!("{}\n", import.taken());
    for left in &import.left_out {
        text.push_str(&format!("left out {}: {}\n", left.name, left.why));
    }
    if let Some(hint) = import.hint() {
        text.push_str(&format!("hint: {hint}\n"));
    }
    text
}
