//! One result on stdout, as a table, JSON or YAML.

use std::io::{IsTerminal as _, Write as _};

use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Kind, is_harmful};

/// Version of every JSON and YAML result.
pub const SCHEMA_VERSION: u32 = 1;

/// How results are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One object; numbers of the chain are strings, so that no reader rounds them.
    Json,
    /// The same object as YAML.
    Yaml,
}

/// The result of a command.
pub struct Report {
    /// For people, with a line end.
    pub text: String,
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
        Self { text, data, code: crate::exit::OK }
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
    let mut object = Map::new();
    object.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
    object.insert("command".to_owned(), json!(command));
    object.extend(report.data.clone());
    write(&match format {
        Format::Table => report.text.clone(),
        Format::Json => format!("{:#}\n", Json::Object(object)),
        Format::Yaml => yaml(&Json::Object(object)),
    })
}

/// Writes an error: to stderr for people, to stdout as an object for scripts.
pub fn print_error(error: &Error, format: Format, verbose: bool) {
    let Error { kind, what, hint: _, source } = error;
    let (what, hint) = (one_line(what), one_line(error.next_step()));
    if format == Format::Table {
        let mut text = format!("error: {what}\n");
        if let (Some(source), true) = (source, verbose) {
            for cause in source.chain() {
                text.push_str(&format!("cause: {}\n", one_line(&cause.to_string())));
            }
        }
        text.push_str(&format!("hint: {hint}\n"));
        let _ = std::io::stderr().write_all(text.as_bytes());
        return;
    }
    let object = json!({
        "schema_version": SCHEMA_VERSION,
        "error": { "kind": kind, "exit_code": kind.exit_code(), "message": what, "hint": hint },
    });
    let text = if format == Format::Json { format!("{object:#}\n") } else { yaml(&object) };
    let _ = write(&text);
}

/// A message as one line that moves no cursor, whatever a file, a node or an argument put in it.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            harmful if is_harmful(harmful) => '\u{fffd}',
            other => other,
        })
        .collect()
}

fn yaml(object: &Json) -> String {
    serde_yaml::to_string(&yaml_value(object)).unwrap_or_else(|error| format!("# {error}\n"))
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

fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough: `subtune show 46 | head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Where a table will be shown: decides how wide it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The result.
    Stdout,
    /// Questions and progress.
    Stderr,
}

/// An aligned table that fits the terminal (or `COLUMNS`); elsewhere no line is broken.
#[must_use]
pub fn table(header: &[&str], stream: Stream) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
    table.set_header(header.iter().copied());
    table.discover_columns();
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    if let Some(last) = table.column_mut(header.len().saturating_sub(1)) {
        last.set_padding((0, 0));
    }
    let terminal = match stream {
        Stream::Stdout => std::io::stdout().is_terminal(),
        Stream::Stderr => {
            table.use_stderr();
            std::io::stderr().is_terminal()
        }
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<u16>().ok());
    if terminal || width.is_some() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // A terminal without a known size calls itself 0 columns wide.
        if let Some(width) = width.or_else(|| table.width().filter(|width| *width < 40)) {
            table.set_width(width.max(40));
        }
    }
    table
}

/// Names and texts side by side, folded to the terminal.
#[must_use]
pub fn pairs(rows: &[(&str, String)]) -> String {
    let mut pairs = table(&["", ""], Stream::Stdout);
    pairs.load_style(TableStyle::new());
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        pairs.add_row([*name, text.as_str()]);
    }
    keep_whole(&mut pairs, &[0]);
    lines(&pairs).trim_start_matches('\n').to_owned()
}

/// Columns that are never broken, whatever the width.
pub fn keep_whole(table: &mut Table, columns: &[usize]) {
    for index in columns {
        if let Some(column) = table.column_mut(*index) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

/// A table as text without trailing blanks.
#[must_use]
pub fn lines(table: &Table) -> String {
    let mut text = String::new();
    for line in table.to_string().lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The usual error when stdout cannot be written.
#[must_use]
pub fn stdout_failed(error: std::io::Error) -> Error {
    Error::new(Kind::Other, "the result cannot be written to stdout")
        .hint("check the free space where the output goes")
        .because(error)
}
