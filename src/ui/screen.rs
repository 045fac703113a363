//! The only writer to the terminal: whatever a person reads leaves the tool here.
//!
//! * It never panics. A standard error that is full or closed is passed over, since what is under way
//!   matters more ([`tell`]), unless a person has to see the text before a question ([`show`]).
//! * It lets no control sequence through, whatever a node, a file or an argument has put into a text,
//!   so that nothing shown can be painted over: what is shown is what happens.
//!
//! The print macros are forbidden everywhere else (`clippy.toml`).

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use dialoguer::console::{Term, measure_text_width};
use subtune_model::error::{Error, Result};
use subtune_model::text::is_harmful;

use super::stream::Stream;
use super::tone;

/// Columns below which no text is folded further.
const NARROWEST: usize = 40;

/// Tells a person on standard error, in whole lines; when that cannot be written, nobody.
pub fn tell(text: &str) {
    // Whatever is under way goes on.
    let _ = write_stderr(text);
}

/// Shows what a person has to see before a question.
///
/// # Errors
/// When standard error cannot be written: what was not shown cannot be agreed to.
pub fn show(text: &str) -> Result<()> {
    write_stderr(text).map_err(|error| {
        Error::refused("what is to be confirmed cannot be shown on standard error")
            .hint("run it in a terminal, or review the plan and then run again with --yes")
            .because(error)
    })
}

fn write_stderr(text: &str) -> io::Result<()> {
    let text = harmless(text, tone::is_on(Stream::Stderr));
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = format!("{}\n", fold(text, width(Stream::Stderr)));
    // At once: lines of two threads must not mix.
    io::stderr().lock().write_all(text.as_bytes())
}

/// Writes the result to standard output as it is, but for what could harm a terminal.
///
/// # Errors
/// When it is full or gone; a reader who has seen enough is no error.
pub fn result(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out
        .write_all(harmless(text, tone::is_on(Stream::Stdout)).as_bytes())
        .and_then(|()| out.flush())
    {
        // `subtune show 46 | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A text of lines that moves no cursor. Where there is colour, the few sequences of our tones pass:
/// whatever others say was made one line before, without any.
fn harmless(text: &str, colour: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(code) = tone::CODES.iter().find(|code| colour && rest.starts_with(*code)) {
            safe.push_str(code);
            rest = rest.get(code.len()..).unwrap_or_default();
            continue;
        }
        let harmful = is_harmful(character) && !matches!(character, '\n' | '\t');
        safe.push(if harmful { '\u{fffd}' } else { character });
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    safe
}

/// A text as one line that moves no cursor, whatever a file, a node or an argument put in it.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            harmful if is_harmful(harmful) => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// How many columns a text may take: those of `COLUMNS` or of the terminal; elsewhere no line is
/// broken.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "how wide the terminal is")]
pub fn width(stream: Stream) -> Option<usize> {
    let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<u16>().ok());
    let (is_terminal, term) = match stream {
        Stream::Stdout => (io::stdout().is_terminal(), Term::stdout()),
        Stream::Stderr => (io::stderr().is_terminal(), Term::stderr()),
    };
    let own = || term.size_checked().filter(|_| is_terminal).map(|(_, columns)| columns);
    // A terminal without a known size calls itself 0 columns wide.
    let columns = given.or_else(own).filter(|columns| *columns > 0)?;
    Some(usize::from(columns).max(NARROWEST))
}

/// Breaks lines that are too long at their blanks; what is broken off is indented below. Whole stay
/// words, commands, so that they can be copied (in backticks, or from their `subtune` to the end of the
/// line), and lines without a word.
#[must_use]
pub fn fold(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let lines: Vec<_> = text.split('\n').map(|line| fold_line(line, width)).collect();
    lines.join("\n")
}

fn fold_line(line: &str, width: usize) -> String {
    if measure_text_width(line) <= width || !line.contains(char::is_alphanumeric) {
        return line.to_owned();
    }
    let mut out = String::new();
    let mut column = 0usize;
    let mut indent = 0usize;
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.trim_start_matches(' ');
        let blanks = rest.len().saturating_sub(word.len());
        // A command: first of its line, or announced by a colon.
        let command = word.starts_with("subtune ") && (out.is_empty() || out.ends_with(':'));
        let end = if command { word.len() } else { word_end(word) };
        let (word, after) = word.split_at(end);
        rest = after;
        let length = measure_text_width(word);
        if out.is_empty() {
            // Below the first word of the line, and a little to the right.
            indent = blanks.saturating_add(2).min(width / 2);
        } else if column.saturating_add(blanks).saturating_add(length) > width {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            out.push_str(word);
            column = indent.saturating_add(length);
            continue;
        }
        out.push_str(&" ".repeat(blanks));
        out.push_str(word);
        column = column.saturating_add(blanks).saturating_add(length);
    }
    out
}

/// Where the first word ends: at a blank that is not between backticks.
fn word_end(text: &str) -> usize {
    let mut quoted = false;
    for (place, character) in text.char_indices() {
        match character {
            // The last backtick of an odd number quotes nothing.
            '`' => {
                quoted = !quoted
                    && text.get(place.saturating_add(1)..).is_some_and(|rest| rest.contains('`'))
            }
            ' ' if !quoted => return place,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_sequence_leaves() {
        let hostile = "a\u{1b}[2J\u{9b}1A\r\u{8}\u{202e}b\u{61c}\u{2028}\u{7f}\nc\td";
        assert_eq!(
            harmless(hostile, false),
            "a\u{fffd}[2J\u{fffd}1A\u{fffd}\u{fffd}\u{fffd}b\u{fffd}\u{fffd}\u{fffd}\nc\td"
        );
        // Of colours only ours, and only where there are any.
        let colours = "\u{1b}[31mred\u{1b}[0m \u{1b}[8mhidden \u{1b}[30;40mblack";
        assert_eq!(harmless(colours, false).matches('\u{1b}').count(), 0);
        assert_eq!(
            harmless(colours, true),
            "\u{1b}[31mred\u{1b}[0m \u{fffd}[8mhidden \u{fffd}[30;40mblack"
        );
        assert_eq!(one_line("a\nb\tc\u{1b}d\u{2029}e"), "a b c\u{fffd}d e");
    }

    #[test]
    fn lines_are_folded_and_commands_stay_whole() {
        let text = "  from       the file of a profile with a long name\nshort\n";
        assert_eq!(
            fold(text, Some(30)),
            "  from       the file of a\n    profile with a long name\nshort\n"
        );
        assert_eq!(fold(text, None), text);
        let command = "again with `subtune rollback 46 --to a/file/far/away.yaml`, then look";
        assert_eq!(
            fold(command, Some(20)),
            "again with\n  `subtune rollback 46 --to a/file/far/away.yaml`,\n  then look"
        );
        let bare = "to roll back: subtune rollback 46 --to a/file/far/away.yaml";
        assert_eq!(
            fold(bare, Some(20)),
            "to roll back:\n  subtune rollback 46 --to a/file/far/away.yaml"
        );
        let drawn = "█▀▀█ █▀▀█ █▀▀█ █▀▀█";
        assert_eq!(fold(drawn, Some(10)), drawn);
        assert_eq!(fold("it isn`t one two three", Some(10)), "it isn`t\n  one two\n  three");
    }
}
