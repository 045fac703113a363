//! What a person does not see in a text: characters that look like others or like nothing, and the
//! missing blank after a colon.

/// What a character is that is not what it looks like, and what to do about it.
pub(super) fn character(c: char) -> Option<(&'static str, &'static str)> {
    const BLANK: &str = "type a plain blank in its place";
    const NOTHING: &str = "remove it: it shows nothing";
    const QUOTE: &str = "type a plain quote in its place, or leave it out";
    Some(match c {
        '\u{a0}' | '\u{202f}' => ("a no-break space", BLANK),
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => {
            ("a space of another width", BLANK)
        }
        '\u{200b}' => ("a zero-width space", NOTHING),
        '\u{200c}' | '\u{200d}' => ("a zero-width joiner", NOTHING),
        '\u{2060}' | '\u{feff}' => ("a zero-width no-break space", NOTHING),
        '\u{ad}' => ("a soft hyphen", NOTHING),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            ("a mark that turns the direction of writing", NOTHING)
        }
        '\u{2028}' | '\u{2029}' => ("a separator of lines", "begin a new line in its place"),
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => ("a typographic quote", QUOTE),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => {
            ("a typographic dash", "type a plain - in its place")
        }
        '\u{ff1a}' => ("a wide colon", "type a plain colon in its place"),
        '\u{ff0c}' => ("a wide comma", "type a plain comma in its place"),
        _ => return None,
    })
}

/// A character of a line that is not what it looks like.
pub(super) struct Unseen {
    /// Its column, from one.
    pub(super) column: usize,
    /// The character with its name, as in `U+00A0 (a no-break space)`.
    pub(super) what: String,
    /// What to do about it.
    pub(super) hint: &'static str,
}

/// The first such character of a line of YAML, outside comments. In the name before the colon every
/// letter counts that is not plain: all names are of plain letters.
pub(super) fn first(line: &str) -> Option<Unseen> {
    // Prose in front of a colon is no name.
    let name = line.split_once(':').map(|(name, _)| name);
    let is_name = name.is_some_and(|name| !name.trim().contains(' '));
    let mut in_name = is_name;
    let mut before = ' ';
    for (index, c) in line.chars().enumerate() {
        if c == '#' && matches!(before, ' ' | '\t') {
            return None;
        }
        in_name &= c != ':';
        let foreign = ("no plain letter", "type the name again with plain letters");
        if let Some((name, hint)) =
            character(c).or_else(|| (in_name && !c.is_ascii()).then_some(foreign))
        {
            let what = format!("U+{:04X} ({name})", u32::from(c));
            return Some(Unseen { column: index.saturating_add(1), what, hint });
        }
        before = c;
    }
    None
}

/// The name in front of a colon that has no blank behind it: `immunity_period:7200` is one word to YAML.
pub(super) fn unspaced(line: &str) -> Option<&str> {
    let (name, rest) = line.trim_start().split_once(':')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let glued = rest.starts_with(|c: char| !c.is_whitespace()) && !rest.starts_with("//");
    (is_name && glued).then_some(name)
}

/// The complaint about it: what is wrong, and what to do.
pub(super) fn unspaced_words(name: &str) -> (String, String) {
    let name = super::shown(name);
    (
        format!("there is no space after the colon of {name}"),
        format!("write `{name}: ` and then the value"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_something_else_is_named_with_its_column() {
        let found = |line: &str| first(line).map(|found| (found.column, found.what));
        for (line, column, what) in [
            ("\u{a0} rho: 1", 1, "U+00A0 (a no-break space)"),
            ("  rho:\u{a0}1", 7, "U+00A0 (a no-break space)"),
            ("  r\u{200b}ho: 1", 4, "U+200B (a zero-width space)"),
            ("  rho: \u{201c}1\u{201d}", 8, "U+201C (a typographic quote)"),
            ("  rho: \u{2212}1", 8, "U+2212 (a typographic dash)"),
            ("  temp\u{43e}: 1", 7, "U+043E (no plain letter)"),
            ("  rho\u{ff1a} 1", 6, "U+FF1A (a wide colon)"),
        ] {
            assert_eq!(found(line), Some((column, what.to_owned())), "{line}");
        }
        for line in ["  token_symbol: τ", "  rho: 1 # «ten»\u{a0}", "# \u{200b}", "", "  rho: 1"]
        {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn a_colon_without_a_blank_is_seen() {
        assert_eq!(unspaced("  immunity_period:7200"), Some("immunity_period"));
        assert_eq!(unspaced("name:mine"), Some("name"));
        for line in ["rho: 1", "rho:", "http://a", "12:30", "\"rho\":1", "a b:c", "- 1", ""] {
            assert_eq!(unspaced(line), None, "{line}");
        }
    }
}
