//! YAML text as a small tree in which every node knows its place.
//!
//! Only the plain part of YAML is let in: one document, maps with text keys, lists
//! and scalars. Anchors, aliases and tags are refused, so a small file stays a small
//! tree, and what a person reads is what the tool reads.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};
use subtune_model::value::Value;

use super::{Complaints, unseen};

/// How deep maps and lists may be nested; a profile needs three levels, a plan five.
const MAX_DEPTH: usize = 16;
/// How many nodes a file may hold; a plan of everything needs about two thousand.
pub(super) const MAX_NODES: usize = 8_192;

/// Where something stands in its file; both count from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TextPlace {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A node with the place at which it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: TextPlace,
    pub(super) data: Data,
}

/// What a node holds.
#[derive(Debug)]
pub(super) enum Data {
    /// A single value; `plain` when it stands without quotes.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file, every key once.
    Map(Vec<YamlEntry>),
    /// Something that has been complained about already.
    Refused,
}

/// One entry of a map.
#[derive(Debug)]
pub(super) struct YamlEntry {
    pub(super) key: String,
    pub(super) place: TextPlace,
    pub(super) value: Node,
}

impl YamlEntry {
    /// Where to point at when the value is wrong: an absent value has no place of
    /// its own, the parser reports the next thing in the file.
    pub(super) fn blame(&self) -> TextPlace {
        if self.value.place.line == self.place.line { self.value.place } else { self.place }
    }
}

impl Node {
    /// The entries, when it is a map.
    pub(super) fn entries(&self) -> Option<&[YamlEntry]> {
        match &self.data {
            Data::Map(entries) => Some(entries),
            Data::Scalar { .. } | Data::List(_) | Data::Refused => None,
        }
    }

    /// The value of a key, when it is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&YamlEntry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// The text, when it is a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar { text, .. } => Some(text),
            Data::List(_) | Data::Map(_) | Data::Refused => None,
        }
    }
}

/// Reads the tree. `None` when there is no tree to speak of; a complaint says why.
pub(super) fn read(text: &str, out: &mut Complaints) -> Option<Node> {
    read_up_to(text, MAX_NODES, out)
}

/// The same for a text that may have so many nodes.
pub(super) fn read_up_to(text: &str, most: usize, out: &mut Complaints) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.clone_into(&mut out.text);
    if let Some(place) = control_character(text) {
        out.add(
            Some(place),
            None,
            "it holds a control character: it is not a text file",
            "open the file in an editor and remove it, or pass another file",
        );
        return None;
    }
    let mut builder = Builder { parser: Parser::new_from_str(text), text, nodes: 0, most, out };
    let mut root = None;
    loop {
        match builder.next()? {
            (Event::StreamEnd, _) => break,
            (Event::DocumentStart(_), span) if root.is_some() => {
                let place = place(span.start);
                let hint = "keep one document in a file: remove what follows `---`";
                builder.out.add(Some(place), None, "a second YAML document begins here", hint);
                return None;
            }
            (Event::Nothing | Event::StreamStart | Event::DocumentStart(_), _)
            | (Event::DocumentEnd, _) => {}
            (event, span) => root = Some(builder.node(event, span, 0)?),
        }
    }
    let empty = match root.as_ref().map(|node| &node.data) {
        None => true,
        Some(Data::Scalar { text, plain }) => *plain && matches!(resolve(text), Plain::Null),
        Some(_) => false,
    };
    if empty {
        out.add(None, None, "the file is empty", "write a profile into it, or pass another file");
        return None;
    }
    root
}

/// The first character that no text file has. The parser would take a NUL for the
/// end of the file and say nothing about the rest.
fn control_character(text: &str) -> Option<TextPlace> {
    let mut place = TextPlace { line: 1, column: 1 };
    for character in text.chars() {
        match character {
            '\n' => place = TextPlace { line: place.line.saturating_add(1), column: 0 },
            '\r' | '\t' => {}
            other if other.is_control() => return Some(place),
            _ => {}
        }
        place.column = place.column.saturating_add(1);
    }
    None
}

fn place(marker: Marker) -> TextPlace {
    TextPlace { line: marker.line(), column: marker.col().saturating_add(1) }
}

struct Builder<'text, 'out> {
    parser: Parser<'text, StrInput<'text>>,
    text: &'text str,
    nodes: usize,
    most: usize,
    out: &'out mut Complaints,
}

impl<'text> Builder<'text, '_> {
    /// The next event; `None` when the text is not YAML, which ends everything.
    fn next(&mut self) -> Option<(Event<'text>, Span)> {
        match self.parser.next_event()? {
            Ok(event) => Some(event),
            Err(error) => {
                self.broken(place(*error.marker()), error.info());
                None
            }
        }
    }

    /// The complaint about a text that is not YAML. The parser often notices a fault only on the line
    /// after it.
    fn broken(&mut self, place: TextPlace, info: &str) {
        const BEFORE: usize = 3;
        let lines: Vec<&str> = self.text.lines().take(place.line).collect();
        let numbered =
            || lines.iter().enumerate().rev().map(|(index, line)| (index.saturating_add(1), *line));
        let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        // The line with the fault, or those right before it that have one and the same.
        let at_fault = numbered().filter(|(_, line)| !blank(line));
        let skipped = usize::from(
            lines
                .get(place.line.saturating_sub(1))
                .is_some_and(|line| !blank(line) && unseen::unspaced(line).is_none()),
        );
        let mut glued: Vec<_> = at_fault
            .skip(skipped)
            .map_while(|(number, line)| unseen::unspaced(line).map(|name| (number, name)))
            .collect();
        glued.reverse();
        if !glued.is_empty() {
            for (line, name) in glued {
                let (what, hint) = unseen::unspaced_words(name);
                self.out.add(Some(TextPlace { line, column: 1 }), Some(name), &what, &hint);
            }
            return;
        }
        let near = || numbered().take(BEFORE);
        let unseen = near().find_map(|(line, text)| {
            unseen::first(text).map(|found| TextPlace { line, column: found.column })
        });
        let tab = near().find_map(|(line, text)| {
            let column = text.chars().position(|c| c == '\t')?.saturating_add(1);
            Some(TextPlace { line, column })
        });
        let what = format!("it is not valid YAML: {info}");
        let (place, what, hint) = match (unseen, tab) {
            // Whoever sorts the complaints names the character.
            (Some(place), _) => (place, what, "type it again"),
            (None, Some(place)) => {
                let what = format!("{what}: a tab in column {}", place.column);
                (place, what, "use spaces, not tabs")
            }
            (None, None) => (
                place,
                what,
                "look at this line and the one before: indentation, a colon, a quote or a bracket",
            ),
        };
        self.out.add(Some(place), None, &what, hint);
    }

    fn node(&mut self, event: Event<'text>, span: Span, depth: usize) -> Option<Node> {
        let place = place(span.start);
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > self.most || depth > MAX_DEPTH {
            let what =
                if depth > MAX_DEPTH { "it is nested too deeply" } else { "it holds too much" };
            let hint = "a profile is one map of names and values; remove the rest";
            self.out.add(Some(place), None, what, hint);
            return None;
        }
        let refused = match &event {
            Event::Alias(_) => Some("an alias (`*name`)"),
            Event::Scalar(_, _, anchor, tag) if *anchor != 0 || tag.is_some() => {
                Some(if *anchor != 0 { "an anchor (`&name`)" } else { "a tag (`!name`)" })
            }
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if *anchor != 0 || tag.is_some() =>
            {
                Some(if *anchor != 0 { "an anchor (`&name`)" } else { "a tag (`!name`)" })
            }
            _ => None,
        };
        if let Some(kind) = refused {
            let hint = "write the value out in full, without it";
            self.out.add(Some(place), None, &format!("{kind} is not accepted here"), hint);
        }
        let data = match event {
            Event::Scalar(text, style, ..) => {
                Data::Scalar { text: text.into_owned(), plain: matches!(style, ScalarStyle::Plain) }
            }
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            _ => Data::Refused,
        };
        let data = if refused.is_some() { Data::Refused } else { data };
        Some(Node { place, data })
    }

    fn list(&mut self, depth: usize) -> Option<Data> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(Data::List(items)),
                (event, span) => items.push(self.node(event, span, depth.saturating_add(1))?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Option<Data> {
        let mut entries = Vec::new();
        let mut seen: BTreeMap<String, TextPlace> = BTreeMap::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Some(Data::Map(entries)),
                (event, span) => self.node(event, span, depth.saturating_add(1))?,
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth.saturating_add(1))?;
            let place = key.place;
            let key = match key.data {
                Data::Scalar { text, .. } => text,
                Data::Refused => continue,
                Data::List(_) | Data::Map(_) => {
                    let hint = "a key is a name, followed by a colon";
                    self.out.add(Some(place), None, "a list or a map is used as a key", hint);
                    continue;
                }
            };
            if let Some(first) = seen.get(&key) {
                let name = super::shown(&key);
                let what = format!("{name} is set twice (first on line {})", first.line);
                self.out.add(Some(place), Some(&key), &what, "keep one of the two lines");
                continue;
            }
            seen.insert(key.clone(), place);
            entries.push(YamlEntry { key, place, value });
        }
    }
}

/// What a scalar without quotes means, by the core schema of YAML 1.2.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plain<'text> {
    Null,
    Bool(bool),
    Int(Value),
    /// An integer that 128 bits do not hold.
    TooLarge,
    /// Digits after a leading zero: octal to some readers, decimal to others.
    LeadingZero,
    /// A decimal point, an exponent, infinity or not-a-number.
    Float,
    Text(&'text str),
}

/// Says what a scalar without quotes means.
pub(super) fn resolve(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        _ => {}
    }
    let all =
        |text: &str, test: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|b| test(&b));
    let radix = |digits: &str, radix| {
        u128::from_str_radix(digits, radix)
            .map_or(Plain::TooLarge, |raw| Plain::Int(Value::Uint(raw)))
    };
    if let Some(digits) = text.strip_prefix("0x").filter(|rest| all(rest, u8::is_ascii_hexdigit)) {
        return radix(digits, 16);
    }
    if let Some(digits) =
        text.strip_prefix("0o").filter(|rest| all(rest, |b| (b'0'..=b'7').contains(b)))
    {
        return radix(digits, 8);
    }
    let negative = text.starts_with('-');
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if all(body, u8::is_ascii_digit) {
        if body.len() > 1 && body.starts_with('0') {
            return Plain::LeadingZero;
        }
        let raw = body.parse::<u128>().ok();
        let signed = raw.and_then(|raw| {
            if negative {
                0i128.checked_sub_unsigned(raw).map(Value::int)
            } else {
                Some(Value::Uint(raw))
            }
        });
        return signed.map_or(Plain::TooLarge, Plain::Int);
    }
    if is_float(body) { Plain::Float } else { Plain::Text(text) }
}

/// Whether it is a number with a decimal point or an exponent, its sign taken off.
fn is_float(body: &str) -> bool {
    if matches!(body, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) =
        body.split_once(['e', 'E']).map_or((body, None), |(left, right)| (left, Some(right)));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|text| {
        let text = text.strip_prefix(['-', '+']).unwrap_or(text);
        !text.is_empty() && digits(text)
    });
    exponent && digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty())
}
