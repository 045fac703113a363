//! The goals that come with the tool, by name.

/// Name and text of all that are shipped.
pub static SHIPPED: &[(&str, &str)] =
    &[("subnet46-2025", include_str!("../goals/subnet46-2025.yaml"))];

/// The names of the shipped goals.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// The text of shipped goals.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}
