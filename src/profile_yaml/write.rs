//! The one canonical spelling of a profile.

use std::collections::BTreeMap;
use std::fmt::Write;

use subtune_model::profile::{FORMAT_VERSION, Profile, Target};
use subtune_model::value::{Value, looks_rounded};

/// Writes a profile: fields in a fixed order, names sorted, no comments, integers
/// bare and exact, every text in double quotes. Reading it gives an equal profile, but for the
/// words in it: characters that the reader refuses there are replaced. An
/// integer that [`parse`](super::parse) would take for a rounded one is quoted: here
/// it is meant.
#[must_use]
pub fn write(profile: &Profile) -> String {
    let mut out = head(profile);
    values(&mut out, "hyperparameters", &profile.hyperparameters);
    if !profile.replaces.is_empty() {
        values(&mut out, "replaces", &profile.replaces);
    }
    out
}

/// The fields before the values.
pub(super) fn head(profile: &Profile) -> String {
    let Profile { name, description, source, target, .. } = profile;
    let mut out = format!("format_version: {FORMAT_VERSION}\n");
    // Paths and sources find their way into these.
    for (field, text, lines) in
        [("name", name, false), ("description", description, true), ("source", source, true)]
    {
        line(&mut out, 0, field, &quoted(&words(text, lines)));
    }
    if let Some(Target { network, genesis_hash, netuid }) = target {
        out.push_str("target:\n");
        line(&mut out, 1, "network", &quoted(&words(network, false)));
        line(&mut out, 1, "genesis_hash", &quoted(&genesis_hash.to_string()));
        if let Some(netuid) = netuid {
            line(&mut out, 1, "netuid", &netuid.to_string());
        }
    }
    out
}

fn values(out: &mut String, field: &str, values: &BTreeMap<String, Value>) {
    if values.is_empty() {
        line(out, 0, field, "{}");
        return;
    }
    let _ = writeln!(out, "{field}:");
    for (name, value) in values {
        let text = spelled(value);
        // Any name but a plain one comes from a chain that is not known.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.is_empty() && name.chars().all(plain) {
            line(out, 1, name, &text);
        } else {
            line(out, 1, &quoted(name), &text);
        }
    }
}

/// A value in the one form that reads back as the same.
pub(super) fn spelled(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::None => "null".to_owned(),
        Value::Uint(_) if looks_rounded(value) => quoted(&value.to_string()),
        Value::Bool(_) | Value::Uint(_) | Value::Negative(_) | Value::List(_) => value.to_string(),
    }
}

/// Words as the reader takes them: not empty, and nothing in them that it refuses.
pub(super) fn words(text: &str, lines: bool) -> String {
    if text.trim().is_empty() {
        return "not named".to_owned();
    }
    let kept = |c: char| match c {
        '\n' | '\t' if lines => c,
        '\n' | '\t' => ' ',
        c if super::is_harmful(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(kept).collect()
}

fn line(out: &mut String, depth: usize, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{:width$}{key}: {value}", "", width = depth.saturating_mul(2));
}

/// A text in double quotes: whatever it looks like, it stays a text.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other if is_unprintable(other) => {
                let _ = write!(out, "\\U{:08X}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Characters that YAML, or a person, would not see as they are.
fn is_unprintable(character: char) -> bool {
    super::is_harmful(character)
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
