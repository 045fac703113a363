//! From the tree to a [`Profile`]: fields, names, pairs.

use std::collections::{BTreeMap, BTreeSet};

use subtune_model::catalog::{self, Hyperparameter, Source, Test, ValueKind};
use subtune_model::error::Error;
use subtune_model::format;
use subtune_model::hash::Hash32;
use subtune_model::profile::{FORMAT_VERSION, Profile, Target};
use subtune_model::value::Value;
use subtune_model::value::spoken;

use super::kind::{ExpectedKind, FileKind};
use super::tree::{self, Data, Node, Plain, TextPlace, YamlEntry, resolve};
use super::value::{LONGEST_VALUE, Wrong, checked, value};
use super::{Complaint, Complaints, is_harmful, shown, unseen};

/// The fields of a profile, with what belongs in the required ones.
pub(super) const FIELDS: &[(&str, Option<&str>)] = &[
    ("format_version", Some("begin the file with `format_version: 1`")),
    ("name", Some("add `name:` and a short name")),
    ("description", Some("add `description:` and what the profile is for")),
    ("source", Some("add `source:` and where the numbers come from")),
    ("target", None),
    ("hyperparameters", Some("add `hyperparameters:` and under it, indented, `name: value` lines")),
    ("replaces", None),
];
const TARGET_FIELDS: &[&str] = &["network", "genesis_hash", "netuid"];
/// One line that stands for the two values of one call.
pub(super) const ALPHA_VALUES: &str = "alpha_values";
/// Pairs of which the chain compares the first with the second, which it must not exceed: as the
/// bounds of the catalog say.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    catalog::ALL.iter().flat_map(|row| {
        row.bounds.iter().filter_map(|bound| match (bound.test, bound.with) {
            (Test::Below | Test::AtMost, Source::Same(other)) => Some((row.name, other)),
            _ => None,
        })
    })
}

/// Number of complaints up to which a misspelt name is looked up: beyond, the file is
/// something else altogether.
const WORTH_GUESSING: usize = 100;

/// Which names a profile may give a value to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Those that the catalog knows.
    Known,
    /// Also those that look like none of the catalog: the chain is then asked whether it knows them.
    Plausible,
    /// Also others: the connected chain may know them.
    Any,
}

impl Names {
    /// Whether a name is taken that the catalog does not know.
    fn takes(self, name: &str) -> bool {
        let unknown = catalog::find(name).is_none();
        match self {
            Self::Known => false,
            Self::Any => unknown,
            Self::Plausible => {
                let like_none = catalog::suggestion(name).is_none();
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
                unknown
                    && like_none
                    && name.chars().all(plain)
                    && catalog::display_only(name).is_none()
            }
        }
    }
}

/// Reads a profile.
///
/// Bounds are checked as far as no chain is needed, except in a rollback profile (one
/// with `replaces`): its values came from the chain, and the plan judges them there.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse(text: &str, file: &str, names: Names) -> Result<Profile, Vec<Complaint>> {
    let mut out = Complaints::new(file);
    let profile = tree::read(text, &mut out).and_then(|root| profile(&root, names, &mut out));
    match profile {
        Some(profile) if out.list.is_empty() => Ok(profile),
        _ => Err(out.sorted()),
    }
}

fn profile(root: &Node, names: Names, out: &mut Complaints) -> Option<Profile> {
    let Some(entries) = root.entries() else {
        if glued(root, out) {
            return None;
        }
        if !matches!(root.data, Data::Refused) {
            let hint = "begin with `format_version: 1`; `subtune profiles NAME` shows an example";
            out.add(
                Some(root.place),
                None,
                "it is not a map of fields, so it is not a profile",
                hint,
            );
        }
        return None;
    };
    let kind = FileKind::of_tree(root);
    if !matches!(kind, FileKind::Profile | FileKind::Unknown) {
        out.list.push(kind.wrong(&out.file, ExpectedKind::Values));
        return None;
    }
    for (field, hint) in FIELDS {
        if let (None, Some(hint)) = (root.get(field), hint) {
            out.add(Some(root.place), Some(field), &format!("the field {field} is missing"), hint);
        }
    }
    let rollback = root
        .get("replaces")
        .is_some_and(|entry| entry.value.entries().is_some_and(|entries| !entries.is_empty()));
    let mut profile = Profile {
        name: String::new(),
        description: String::new(),
        source: String::new(),
        target: None,
        hyperparameters: BTreeMap::new(),
        replaces: BTreeMap::new(),
    };
    for entry in entries {
        match entry.key.as_str() {
            "format_version" => format_version(entry, out),
            "name" => profile.name = line(entry, out),
            "description" => profile.description = words(entry, out),
            "source" => profile.source = words(entry, out),
            "target" => profile.target = target(entry, out),
            "hyperparameters" => profile.hyperparameters = values(entry, !rollback, names, out),
            "replaces" => profile.replaces = values(entry, false, names, out),
            other => unknown_field(other, entry.place, out),
        }
    }
    // A profile may ask for nothing, as one in which all values are still comments. A rollback that
    // takes something back and puts nothing in its place is damaged.
    if rollback && root.get("hyperparameters").is_some_and(|entry| is_vacant(&entry.value)) {
        let place = root.get("hyperparameters").map(|entry| entry.place);
        let hint = "add `name: value` lines under it, indented";
        out.add(place, Some("hyperparameters"), "the rollback sets no hyperparameters", hint);
    }
    Some(profile)
}

/// Complains about a text that stands where a map should, because no blank follows its colon.
fn glued(node: &Node, out: &mut Complaints) -> bool {
    let Some(name) = node.text().and_then(unseen::unspaced) else { return false };
    let (what, hint) = unseen::unspaced_words(name);
    out.add(Some(node.place), Some(name), &what, &hint);
    true
}

fn unknown_field(field: &str, place: TextPlace, out: &mut Complaints) {
    if let Some(name) = unseen::unspaced(field) {
        let (what, hint) = unseen::unspaced_words(name);
        out.add(Some(place), Some(name), &what, &hint);
        return;
    }
    let hint = if catalog::find(field).is_some() || field == ALPHA_VALUES {
        "it is a hyperparameter: indent it under `hyperparameters:`".to_owned()
    } else {
        let names: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
        did_you_mean(field, &names)
    };
    out.add(Some(place), Some(field), &format!("unknown field {}", shown(field)), &hint);
}

pub(super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .filter(|_| name.len() <= LONGEST_VALUE)
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .map_or_else(String::new, |(_, known)| format!("did you mean {known}? "));
    format!("{near}known fields: {}", known.join(", "))
}

pub(super) fn format_version(entry: &YamlEntry, out: &mut Complaints) {
    let version = match &entry.value.data {
        Data::Scalar { text, plain: true } => resolve(text),
        Data::Refused => return,
        Data::Scalar { .. } | Data::List(_) | Data::Map(_) => Plain::Null,
    };
    let number = match version {
        Plain::Int(Value::Uint(version)) => u64::try_from(version).ok(),
        _ => None,
    };
    let (what, hint) = match number.map(|number| format::check(number, FORMAT_VERSION)) {
        Some(Ok(())) => return,
        Some(Err(format::UnsupportedVersion { what, hint })) => (what, hint.to_owned()),
        None => (
            "format_version is not a version number".to_owned(),
            format!("write `format_version: {FORMAT_VERSION}`"),
        ),
    };
    out.add(Some(entry.blame()), Some("format_version"), &what, &hint);
}

/// A text field. A plain `123` or `true` is not a text, so that other readers of the
/// file see what this one sees.
pub(super) fn words(entry: &YamlEntry, out: &mut Complaints) -> String {
    let (what, hint) = match &entry.value.data {
        Data::Refused => return String::new(),
        Data::Scalar { text, plain } if !plain || matches!(resolve(text), Plain::Text(_)) => {
            if text.trim().is_empty() {
                ("is empty", "write a few words")
            } else if text.chars().any(|c| is_harmful(c) && !matches!(c, '\n' | '\t')) {
                ("holds a control character", "remove it")
            } else {
                return text.clone();
            }
        }
        Data::Scalar { text, .. } if matches!(resolve(text), Plain::Null) => {
            ("is empty", "write a few words")
        }
        Data::Scalar { .. } => ("is not a text", "put it in quotes"),
        Data::List(_) | Data::Map(_) => ("is not a text", "write one text, in quotes"),
    };
    let what = format!("{} {what}", entry.key);
    out.add(Some(entry.blame()), Some(&entry.key), &what, hint);
    String::new()
}

/// A text field of one line.
pub(super) fn line(entry: &YamlEntry, out: &mut Complaints) -> String {
    let text = words(entry, out);
    if text.contains(['\n', '\t']) {
        let what = format!("{} is longer than a line", entry.key);
        out.add(Some(entry.blame()), Some(&entry.key), &what, "write it on one line");
    }
    text
}

fn target(entry: &YamlEntry, out: &mut Complaints) -> Option<Target> {
    let Some(entries) = entry.value.entries() else {
        if glued(&entry.value, out) {
            return None;
        }
        if !is_vacant(&entry.value) && !matches!(entry.value.data, Data::Refused) {
            let hint = "write `network:` and `genesis_hash:` under it, indented, or leave it out";
            out.add(Some(entry.blame()), Some("target"), "target is not a map", hint);
        }
        return None;
    };
    for entry in entries.iter().filter(|entry| !TARGET_FIELDS.contains(&entry.key.as_str())) {
        let what = format!("unknown field {} in target", shown(&entry.key));
        let hint = did_you_mean(&entry.key, TARGET_FIELDS);
        out.add(Some(entry.place), Some(&entry.key), &what, &hint);
    }
    for field in ["network", "genesis_hash"] {
        if entry.value.get(field).is_none() {
            let what = format!("the field {field} of target is missing");
            out.add(Some(entry.place), Some(field), &what, "add it, or leave out the whole target");
        }
    }
    let network = entry.value.get("network").map(|entry| line(entry, out));
    let genesis_hash = entry.value.get("genesis_hash").and_then(|entry| hash(entry, out));
    let netuid = entry.value.get("netuid").and_then(|entry| netuid(entry, out));
    Some(Target { network: network?, genesis_hash: genesis_hash?, netuid })
}

/// A hash. Without quotes YAML would call it an integer of 256 bits, so the text
/// counts, with quotes or without.
fn hash(entry: &YamlEntry, out: &mut Complaints) -> Option<Hash32> {
    if matches!(entry.value.data, Data::Refused) {
        return None;
    }
    if let Ok(hash) = entry.value.text().unwrap_or_default().parse() {
        return Some(hash);
    }
    let what = format!("{} is not a hash", entry.key);
    let hint = "write 0x and 64 hexadecimal digits; `subtune snapshot` prints it";
    out.add(Some(entry.blame()), Some(&entry.key), &what, hint);
    None
}

fn netuid(entry: &YamlEntry, out: &mut Complaints) -> Option<u16> {
    let raw = match &entry.value.data {
        Data::Refused => return None,
        Data::Scalar { text, plain: true } => match resolve(text) {
            Plain::Int(value) => value.as_u64().and_then(|raw| u16::try_from(raw).ok()),
            Plain::Null => return None,
            _ => None,
        },
        Data::Scalar { .. } | Data::List(_) | Data::Map(_) => None,
    };
    if raw.is_none() {
        let hint = "write an integer from 0 to 65535, or leave it out";
        out.add(Some(entry.blame()), Some("netuid"), "netuid is not a number of a subnet", hint);
    }
    raw
}

fn is_vacant(node: &Node) -> bool {
    match &node.data {
        Data::Scalar { text, plain } => *plain && matches!(resolve(text), Plain::Null),
        Data::Map(entries) => entries.is_empty(),
        Data::List(_) | Data::Refused => false,
    }
}

/// The values of one map, by canonical name.
fn values(
    entry: &YamlEntry,
    bounds: bool,
    names: Names,
    out: &mut Complaints,
) -> BTreeMap<String, Value> {
    let Some(entries) = entry.value.entries() else {
        if glued(&entry.value, out) {
            return BTreeMap::new();
        }
        if !is_vacant(&entry.value) && !matches!(entry.value.data, Data::Refused) {
            let what = format!("{} is not a map of names and values", entry.key);
            let hint = "write `name: value` lines under it, indented, without dashes";
            out.add(Some(entry.value.place), Some(&entry.key), &what, hint);
        }
        return BTreeMap::new();
    };
    let mut values =
        Values { read: BTreeMap::new(), names: BTreeMap::new(), bounds, lines: true, out };
    for entry in entries {
        values.entry(entry, names);
    }
    values.done()
}

/// Reads the `NAME=VALUE` of options by the rules of a profile. A value is all that stands behind the
/// sign: it is no YAML, in which ` #` begins a comment and quotes decide what a number is, since a
/// shell takes quotes away.
///
/// # Errors
/// When one is no setting, names what another one names, or has a value that a profile may not have.
pub fn settings(given: &[String], names: Names) -> Result<BTreeMap<String, Value>, Error> {
    let mut out = Complaints::new("--set");
    let mut values = Values {
        read: BTreeMap::new(),
        names: BTreeMap::new(),
        bounds: true,
        lines: false,
        out: &mut out,
    };
    let mut seen = BTreeSet::new();
    for setting in given {
        if setting.chars().any(is_harmful) {
            let what = "--set holds a control character";
            return Err(Error::usage(what).hint("write it in one line"));
        }
        let example = "write --set NAME=VALUE, for example --set immunity_period=40h";
        let Some((name, text)) = setting.split_once('=') else {
            return Err(Error::usage(format!("--set {setting} has no value")).hint(example));
        };
        let (name, text) = (name.trim(), text.trim());
        if name.is_empty() {
            return Err(Error::usage(format!("--set {setting} has no name")).hint(example));
        }
        let row = catalog::find(name);
        if text.is_empty() {
            let hint = match row.map(|row| row.kind) {
                Some(ValueKind::Shares) => "write null for an even split",
                _ => example,
            };
            return Err(Error::usage(format!("--set {name}= has no value")).hint(hint));
        }
        if !seen.insert(row.map_or(name, |row| row.name)) {
            return Err(
                Error::usage(format!("--set names {name} twice")).hint("keep one of the two")
            );
        }
        let place = TextPlace { line: 1, column: 1 };
        let value = argument(name, row.map(|row| row.kind), text, place);
        values.entry(&YamlEntry { key: name.to_owned(), place, value }, names);
    }
    let read = values.done();
    let whats: Vec<_> =
        out.list.iter().map(|complaint| format!("--set: {}", complaint.what)).collect();
    match out.list.into_iter().next() {
        None => Ok(read),
        Some(first) => {
            // A shell takes quotes for its own.
            let hint = first.hint.replace("put it in quotes", "write --set 'NAME=\"VALUE\"'");
            Err(Error::input(whats.join("; ")).hint(hint))
        }
    }
}

/// The value of an option as the reader of values takes it.
fn argument(name: &str, kind: Option<ValueKind>, text: &str, place: TextPlace) -> Node {
    let scalar = |text: &str| {
        let text = text.trim();
        let inner = ['"', '\'']
            .iter()
            .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
            .filter(|_| text.len() > 1);
        // Where a text is wanted, what looks like a number is a text, too.
        let plain = inner.is_none() && kind != Some(ValueKind::Text);
        let data = Data::Scalar { text: inner.unwrap_or(text).to_owned(), plain };
        Node { place, data }
    };
    if name != ALPHA_VALUES && kind != Some(ValueKind::Shares) {
        return scalar(text);
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match bare {
        Some(inner) if inner.trim().is_empty() => Node { place, data: Data::List(Vec::new()) },
        None if !text.contains(',') => scalar(text),
        _ => {
            let items = bare.unwrap_or(text).split(',').map(scalar).collect();
            Node { place, data: Data::List(items) }
        }
    }
}

/// The row that a name means; a complaint when it means none that can be wanted.
fn row(entry: &YamlEntry, out: &mut Complaints) -> Option<&'static Hyperparameter> {
    let name = entry.key.as_str();
    match catalog::find(name) {
        Some(row) if matches!(row.kind, ValueKind::Action) => {
            let what = format!("{} is an action, not a value", row.name);
            let hint = format!("remove it; `subtune explain {}` tells what it does", row.name);
            out.add(Some(entry.place), Some(row.name), &what, &hint);
            None
        }
        Some(row) => Some(row),
        None if unseen::unspaced(name).is_some() => {
            unknown_field(name, entry.place, out);
            None
        }
        None => {
            let (what, hint) = match catalog::display_only(name) {
                Some(only) => (only.fault(), only.advice.to_owned()),
                None => (
                    format!("unknown hyperparameter {}", shown(name)),
                    unknown_name_hint(name, out),
                ),
            };
            out.add(Some(entry.place), Some(name), &what, &hint);
            None
        }
    }
}

/// What to do about a name that the catalog does not know.
pub(super) fn unknown_name_hint(name: &str, out: &Complaints) -> String {
    // Distances take time: not for a name of a hundred kilobytes, nor for thousands.
    let near = if name.len() <= LONGEST_VALUE && out.list.len() < WORTH_GUESSING {
        catalog::suggestion(name)
    } else {
        None
    };
    near.unwrap_or_else(|| "`subtune explain` lists the names".to_owned())
}

struct Values<'out> {
    read: BTreeMap<String, (Value, TextPlace)>,
    /// Every name that was met, good value or not, and how it was spelt.
    names: BTreeMap<&'static str, (TextPlace, String)>,
    bounds: bool,
    /// Whether the names stand on lines of a file.
    lines: bool,
    out: &'out mut Complaints,
}

impl Values<'_> {
    fn entry(&mut self, entry: &YamlEntry, names: Names) {
        if entry.key == ALPHA_VALUES {
            self.alpha(entry);
        } else if names.takes(&entry.key) {
            self.unknown(entry);
        } else if let Some(row) = row(entry, self.out) {
            self.one(row, entry, &entry.value, entry.blame());
        }
    }

    fn done(mut self) -> BTreeMap<String, Value> {
        if self.bounds {
            self.pairs();
        }
        self.read.into_iter().map(|(name, (value, _))| (name, value)).collect()
    }

    fn one(
        &mut self,
        row: &'static Hyperparameter,
        entry: &YamlEntry,
        node: &Node,
        blame: TextPlace,
    ) {
        if let Some((first, spelling)) = self.names.get(row.name) {
            let on = if self.lines { format!(" on line {}", first.line) } else { String::new() };
            let what = format!("{} is set twice: {}{on} means it too", row.name, shown(spelling));
            self.out.add(Some(entry.place), Some(row.name), &what, "keep one of the two lines");
            return;
        }
        self.names.insert(row.name, (entry.place, entry.key.clone()));
        let read = value(row, node, self.bounds);
        match read.and_then(|value| checked(row, value, self.bounds)) {
            Ok(value) => {
                self.read.insert(row.name.to_owned(), (value, blame));
            }
            Err(Some(Wrong { what, hint })) => {
                let what = format!("{}: {what}", row.name);
                self.out.add(Some(blame), Some(row.name), &what, &hint);
            }
            Err(None) => {}
        }
    }

    /// A value that only the connected chain can judge: an integer or a switch, as it is written. One
    /// that the chain had may be anything.
    fn unknown(&mut self, entry: &YamlEntry) {
        let value = match &entry.value.data {
            Data::Refused => return,
            Data::Scalar { text, plain: false } if !self.bounds => Some(Value::Text(text.clone())),
            Data::Scalar { text, plain: true }
                if !self.bounds && matches!(resolve(text), Plain::Null) =>
            {
                Some(Value::None)
            }
            Data::List(items) => items
                .iter()
                .map(|item| match item.text().map(resolve) {
                    Some(Plain::Int(Value::Uint(raw))) => Some(raw),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .map(Value::List),
            _ => Self::unknown_wish(entry),
        };
        let name = shown(&entry.key);
        match value {
            Some(value) => {
                self.read.insert(entry.key.clone(), (value, entry.blame()));
            }
            None => {
                let what = format!("{name} is unknown to subtune, and not a raw value");
                let hint = "write an integer, true or false, a name, null, or a list of integers";
                self.out.add(Some(entry.blame()), Some(&name), &what, hint);
            }
        }
    }

    fn unknown_wish(entry: &YamlEntry) -> Option<Value> {
        match &entry.value.data {
            Data::Scalar { text, plain: true } => match resolve(text) {
                Plain::Int(value) => Some(value),
                Plain::Bool(value) => Some(Value::Bool(value)),
                Plain::Null => Some(Value::None),
                Plain::Text(text) => Some(Value::Text(text.to_owned())),
                _ => None,
            },
            Data::Scalar { text, plain: false } => Some(Value::Text(text.clone())),
            Data::List(_) | Data::Map(_) | Data::Refused => None,
        }
    }

    fn alpha(&mut self, entry: &YamlEntry) {
        let rows = catalog::find("alpha_low").zip(catalog::find("alpha_high"));
        match (&entry.value.data, rows) {
            (Data::Refused, _) | (_, None) => {}
            (Data::List(items), Some((low, high))) if items.len() == 2 => {
                for (row, item) in [low, high].into_iter().zip(items) {
                    self.one(row, entry, item, item.place);
                }
            }
            _ => {
                let what = format!("{ALPHA_VALUES} is not a list of two values");
                let hint = "write `alpha_values: [LOW, HIGH]`, or alpha_low and alpha_high";
                self.out.add(Some(entry.blame()), Some(ALPHA_VALUES), &what, hint);
            }
        }
    }

    /// Rules between two values that both stand in the profile.
    fn pairs(&mut self) {
        for (name, other) in pairs() {
            let (Some((value, place)), Some((limit, _)), Some(row)) =
                (self.read.get(name), self.read.get(other), catalog::find(name))
            else {
                continue;
            };
            let bound = row.bounds.iter().find(|bound| bound.with == Source::Same(other));
            if let (Some(bound), Value::Uint(raw)) = (bound, limit)
                && !bound.test.holds(value, *raw)
            {
                let what = format!(
                    "{name} is {}, but must be {} {other}, which is {}",
                    spoken(value, row.unit),
                    bound.test.words(),
                    spoken(limit, row.unit)
                );
                let hint = format!("the chain answers {}: change one of the two", bound.error);
                self.out.add(Some(*place), Some(name), &what, &hint);
            }
        }
    }
}

/// The names that a profile can give to a value, canonical first.
pub(super) fn spellings(row: &'static Hyperparameter) -> BTreeSet<&'static str> {
    std::iter::once(row.name).chain(row.aliases.iter().copied()).collect()
}
