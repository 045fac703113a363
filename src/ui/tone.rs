//! Colour by meaning. It is never alone: a sign or a word says the same.

use std::sync::atomic::{AtomicU8, Ordering};

use super::stream::Stream;

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    Plain,
    /// A change that is sent, a good end.
    Good,
    /// It has to wait, or is worth a look.
    Notice,
    /// It cannot be done, a bad end.
    Bad,
    /// It is not known.
    Doubt,
    /// It does nothing.
    Faint,
    /// A heading.
    Strong,
}

impl Tone {
    /// The sequence that begins it. Colours of the terminal's own palette, none of the bright ones,
    /// which are not seen on a light ground.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "\u{1b}[32m",
            Self::Notice => "\u{1b}[33m",
            Self::Bad => "\u{1b}[31m",
            Self::Doubt => "\u{1b}[36m",
            Self::Faint => "\u{1b}[2m",
            Self::Strong => "\u{1b}[1m",
        }
    }
}

/// The sequence that ends every tone.
pub const END: &str = "\u{1b}[0m";

/// All sequences that may reach a terminal.
pub const CODES: [&str; 7] = [
    END,
    Tone::Good.code(),
    Tone::Notice.code(),
    Tone::Bad.code(),
    Tone::Doubt.code(),
    Tone::Faint.code(),
    Tone::Strong.code(),
];

/// When there is colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum When {
    /// On a terminal that has it, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What was asked for.
static WHEN: AtomicU8 = AtomicU8::new(0);

/// Sets when there is colour, for all that is shown from now on.
pub fn choose(when: When) {
    let number = match when {
        When::Auto => 0,
        When::Always => 1,
        When::Never => 2,
    };
    WHEN.store(number, Ordering::Relaxed);
}

/// Whether there is colour on a stream.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "what the terminal can do")]
pub fn is_on(stream: Stream) -> bool {
    match WHEN.load(Ordering::Relaxed) {
        1 => true,
        2 => false,
        _ => {
            let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
            stream.is_terminal()
                && set("NO_COLOR").is_none()
                && set("TERM").is_some_and(|term| term != "dumb")
        }
    }
}

/// A text in a tone, where there is colour. The text must be harmless already.
#[must_use]
pub fn paint(tone: Tone, text: &str, colour: bool) -> String {
    if !colour || tone == Tone::Plain || text.is_empty() {
        return text.to_owned();
    }
    format!("{}{text}{END}", tone.code())
}
