//! One result on stdout, as text, Markdown, JSON or YAML.

use serde_json::{Map, Value as Json, json};
use subtune_model::error::{Error, Kind};
use subtune_model::text::is_harmful;

use super::tone::{self, Tone};
use super::{render, screen};

pub use super::rows::{Rows, pairs, table};
pub use super::screen::one_line;
pub use super::stream::Stream;

/// Version of every JSON and YAML result.
pub const SCHEMA_VERSION: u32 = 2;

/// How results are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One object; numbers of the chain are strings, so that no reader rounds them.
    Json,
    /// The same object as YAML.
    Yaml,
    /// For a pull request or a report.
    Markdown,
}

/// The result of a command.
pub struct Report {
    /// For people, with a line end.
    pub text: String,
    /// Whether the text is a file of its own, in which no line may be folded.
    pub verbatim: bool,
    /// As Markdown; without one the text stands in a block of code.
    pub markdown: Option<String>,
    /// Whether all of it was written already.
    pub is_written: bool,
    /// For scripts.
    pub data: Map<String, Json>,
    /// The exit code.
    pub code: u8,
}

impl Report {
    /// A result with exit code 0; `data` must be an object.
    #[must_use]
    pub fn new(text: String, data: Json) -> Self {
        let data = match data {
            Json::Object(data) => data,
            other => Map::from_iter([("result".to_owned(), other)]),
        };
        Self {
            text,
            verbatim: false,
            markdown: None,
            is_written: false,
            data,
            code: subtune_model::exit::OK,
        }
    }

    /// Nothing more: all of it was written while it came.
    #[must_use]
    pub fn written() -> Self {
        Self { is_written: true, ..Self::new(String::new(), json!({})) }
    }

    /// The same with a text that is a file of its own, to be written as it is.
    #[must_use]
    pub const fn verbatim(mut self) -> Self {
        self.verbatim = true;
        self
    }

    /// The same with its own Markdown.
    #[must_use]
    pub fn markdown(mut self, markdown: String) -> Self {
        self.markdown = Some(markdown);
        self
    }

    /// The same with another exit code.
    #[must_use]
    pub const fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }
}

/// Writes a result.
///
/// # Errors
/// When stdout is full or gone.
pub fn print(report: &Report, command: &str, format: Format) -> std::io::Result<()> {
    if report.is_written {
        return Ok(());
    }
    let mut object = Map::new();
    object.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
    object.insert("command".to_owned(), json!(command));
    object.extend(report.data.clone());
    screen::result(&match format {
        Format::Text if report.verbatim => report.text.clone(),
        Format::Text => screen::fold(&report.text, screen::width(Stream::Stdout)),
        Format::Json => json_text(&Json::Object(object)),
        Format::Yaml => yaml(&Json::Object(object)),
        Format::Markdown => match &report.markdown {
            Some(markdown) => markdown.clone(),
            None => render::markdown::verbatim(&report.text),
        },
    })
}

/// Writes an error: to stderr for people, to stdout as an object for scripts.
pub fn print_error(error: &Error, format: Format, verbose: bool) {
    let Error { kind, what, hint: _, source } = error;
    let (what, hint) = (one_line(what), one_line(error.next_step()));
    let for_people = || {
        let colour = tone::is_on(Stream::Stderr);
        let label = |tone: Tone, word: &str| tone::paint(tone, word, colour);
        let mut text = format!("{} {what}\n", label(Tone::Bad, "error:"));
        if let (Some(source), true) = (source, verbose) {
            for cause in source.chain() {
                text.push_str(&format!("cause: {}\n", one_line(&cause.to_string())));
            }
        }
        text.push_str(&format!("{} {hint}", label(Tone::Strong, "hint:")));
        screen::tell(&text);
    };
    let object = json!({
        "schema_version": SCHEMA_VERSION,
        "error": { "kind": kind, "exit_code": kind.exit_code(), "message": what, "hint": hint },
    });
    let text = match format {
        Format::Text | Format::Markdown => return for_people(),
        Format::Json => json_text(&object),
        Format::Yaml => yaml(&object),
    };
    // Better heard in the wrong place than not at all.
    if screen::result(&text).is_err() {
        for_people();
    }
}

/// JSON in which nothing harms a terminal: such characters stand in strings alone, where an escape
/// is the same.
fn json_text(object: &Json) -> String {
    let mut text = String::new();
    for character in format!("{object:#}\n").chars() {
        if is_harmful(character) && character != '\n' {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}

fn yaml(object: &Json) -> String {
    match serde_yaml::to_string(&yaml_value(object)) {
        Ok(text) if !text.chars().any(|c| is_harmful(c) && c != '\n') => text,
        // Its writer lets some of them through. JSON is YAML, too.
        Ok(_) | Err(_) => json_text(object),
    }
}

/// The same value for the YAML writer: it does not know how serde_json keeps numbers.
fn yaml_value(value: &Json) -> serde_yaml::Value {
    match value {
        Json::Null => serde_yaml::Value::Null,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => number.to_string().into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(values) => serde_yaml::Value::Sequence(values.iter().map(yaml_value).collect()),
        Json::Object(fields) => serde_yaml::Value::Mapping(
            fields.iter().map(|(name, value)| (name.as_str().into(), yaml_value(value))).collect(),
        ),
    }
}

/// The usual error when stdout cannot be written.
#[must_use]
pub fn stdout_failed(error: std::io::Error) -> Error {
    Error::new(Kind::Other, "the result cannot be written to stdout")
        .hint("check the free space where the output goes")
        .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A node's text that would paint over a line, end a colour, turn the direction of writing.
    const HOSTILE: &str = "a\u{1b}[2A\u{9b}0m\u{7f}\u{202e}\u{61c}\u{2028}\n\"b\\";

    #[test]
    fn data_harms_no_terminal_and_stays_exact() {
        let object = json!({ "text": HOSTILE, HOSTILE: [1, null, true] });
        for text in [json_text(&object), yaml(&object)] {
            assert!(!text.chars().any(|c| is_harmful(c) && c != '\n'), "{text:?}");
            assert_eq!(serde_yaml::from_str::<Json>(&text).unwrap(), object);
        }
        assert_eq!(serde_json::from_str::<Json>(&json_text(&object)).unwrap(), object);
        assert_eq!(yaml(&json!({ "text": "plain" })), "text: plain\n");
    }
}
