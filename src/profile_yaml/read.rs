//! From the tree to a [`Profile`]: names, types, units, bounds.

use std::collections::{BTreeMap, BTreeSet};

use sp_core::crypto::{AccountId32, Ss58AddressFormat, Ss58Codec};

use super::tree::{self, Data, Entry, Node, Place, Plain, resolve};
use super::{Complaint, Complaints, is_harmful, shown};
use crate::model::catalog::{self, Bound, Hyperparameter, Kind, Source, Test};
use crate::model::plan::spoken;
use crate::model::profile::{FORMAT_VERSION, Profile, Target};
use crate::model::value::{Unit, Value, parse_with_unit};

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
/// Pairs whose first member the chain compares with the second.
const PAIRS: &[(&str, &str)] = &[("min_burn", "max_burn"), ("alpha_low", "alpha_high")];
/// The address format of Bittensor.
const SS58_PREFIX: u16 = 42;
/// Longest text that is looked at as a value.
const LONGEST_VALUE: usize = 128;

/// Reads a profile.
///
/// Bounds are checked as far as no chain is needed, except in a rollback profile (one
/// with `replaces`): its values came from the chain, and the plan judges them there.
///
/// # Errors
/// Every complaint about the text, in its order.
pub fn parse(text: &str, file: &str) -> Result<Profile, Vec<Complaint>> {
    let mut out = Complaints::new(file);
    let profile = tree::read(text, &mut out).and_then(|root| profile(&root, &mut out));
    match profile {
        Some(profile) if out.list.is_empty() => Ok(profile),
        _ => Err(out.sorted()),
    }
}

fn profile(root: &Node, out: &mut Complaints) -> Option<Profile> {
    let Some(entries) = root.entries() else {
        if !matches!(root.data, Data::Refused) {
            let hint = "begin with `format_version: 1`; `subtune profiles NAME` shows an example";
            out.add(Some(root.place), None, "it is no map of fields, so it is no profile", hint);
        }
        return None;
    };
    if let Some(kind) = root.get("kind").and_then(|entry| entry.value.text()) {
        let what = format!("this is a {}, not a profile", shown(kind));
        let hint = "copy the wanted lines under `hyperparameters:` of a profile, or see \
                    `subtune diff --help` and `subtune rollback --help` for what takes this file";
        out.add(Some(root.place), None, &what, hint);
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
            "hyperparameters" => profile.hyperparameters = values(entry, !rollback, out),
            "replaces" => profile.replaces = values(entry, false, out),
            other => unknown_field(other, entry.place, out),
        }
    }
    if root.get("hyperparameters").is_some_and(|entry| is_vacant(&entry.value)) {
        let place = root.get("hyperparameters").map(|entry| entry.place);
        let hint = "add `name: value` lines under it, indented";
        out.add(place, Some("hyperparameters"), "the profile asks for nothing", hint);
    }
    Some(profile)
}

fn unknown_field(field: &str, place: Place, out: &mut Complaints) {
    let hint = if catalog::find(field).is_some() || field == ALPHA_VALUES {
        "it is a hyperparameter: indent it under `hyperparameters:`".to_owned()
    } else {
        let names: Vec<_> = FIELDS.iter().map(|(name, _)| *name).collect();
        did_you_mean(field, &names)
    };
    out.add(Some(place), Some(field), &format!("there is no field {}", shown(field)), &hint);
}

fn did_you_mean(name: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .filter(|_| name.len() <= LONGEST_VALUE)
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .min()
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .map_or_else(String::new, |(_, known)| format!("did you mean {known}? "));
    format!("{near}known are: {}", known.join(", "))
}

fn format_version(entry: &Entry, out: &mut Complaints) {
    let version = match &entry.value.data {
        Data::Scalar { text, plain: true } => resolve(text),
        Data::Refused => return,
        Data::Scalar { .. } | Data::List(_) | Data::Map(_) => Plain::Null,
    };
    let what = match version {
        Plain::Int(Value::Uint(version)) if version == u128::from(FORMAT_VERSION) => return,
        Plain::Int(Value::Uint(version)) if version > u128::from(FORMAT_VERSION) => {
            format!("format_version {version} is newer than this version of subtune")
        }
        _ => format!("format_version is not {FORMAT_VERSION}"),
    };
    let hint = format!("write `format_version: {FORMAT_VERSION}`, or use a newer subtune");
    out.add(Some(entry.blame()), Some("format_version"), &what, &hint);
}

/// A text field. A plain `123` or `true` is not a text, so that other readers of the
/// file see what this one sees.
fn words(entry: &Entry, out: &mut Complaints) -> String {
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
fn line(entry: &Entry, out: &mut Complaints) -> String {
    let text = words(entry, out);
    if text.contains(['\n', '\t']) {
        let what = format!("{} is longer than a line", entry.key);
        out.add(Some(entry.blame()), Some(&entry.key), &what, "write it on one line");
    }
    text
}

fn target(entry: &Entry, out: &mut Complaints) -> Option<Target> {
    let Some(entries) = entry.value.entries() else {
        if !matches!(entry.value.data, Data::Refused) {
            let hint = "write `network:` and `genesis_hash:` under it, indented, or leave it out";
            out.add(Some(entry.blame()), Some("target"), "target is not a map", hint);
        }
        return None;
    };
    for entry in entries.iter().filter(|entry| !TARGET_FIELDS.contains(&entry.key.as_str())) {
        let what = format!("there is no field {} in target", shown(&entry.key));
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
fn hash(entry: &Entry, out: &mut Complaints) -> Option<String> {
    if matches!(entry.value.data, Data::Refused) {
        return None;
    }
    let text = entry.value.text().unwrap_or_default();
    if is_hash(text) {
        return Some(text.to_ascii_lowercase());
    }
    let what = format!("{} is not a hash", entry.key);
    let hint = "write 0x and 64 hexadecimal digits; `subtune snapshot` prints it";
    out.add(Some(entry.blame()), Some(&entry.key), &what, hint);
    None
}

/// Whether it is `0x` and 64 hexadecimal digits.
pub(super) fn is_hash(text: &str) -> bool {
    text.strip_prefix("0x")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn netuid(entry: &Entry, out: &mut Complaints) -> Option<u16> {
    let raw = match &entry.value.data {
        Data::Refused => return None,
        Data::Scalar { text, plain: true } => match resolve(text) {
            Plain::Int(value) => value.as_u64().and_then(|raw| u16::try_from(raw).ok()),
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
fn values(entry: &Entry, bounds: bool, out: &mut Complaints) -> BTreeMap<String, Value> {
    let Some(entries) = entry.value.entries() else {
        if !is_vacant(&entry.value) && !matches!(entry.value.data, Data::Refused) {
            let what = format!("{} is not a map of names and values", entry.key);
            let hint = "write `name: value` lines under it, indented, without dashes";
            out.add(Some(entry.blame()), Some(&entry.key), &what, hint);
        }
        return BTreeMap::new();
    };
    let mut values = Values { read: BTreeMap::new(), names: BTreeMap::new(), bounds, out };
    for entry in entries {
        if entry.key == ALPHA_VALUES {
            values.alpha(entry);
        } else if let Some(row) = row(entry, values.out) {
            values.one(row, entry, &entry.value, entry.blame());
        }
    }
    if bounds {
        values.pairs();
    }
    values.read.into_iter().map(|(name, (value, _))| (name, value)).collect()
}

/// The row that a name means; a complaint when it means none that can be wanted.
fn row(entry: &Entry, out: &mut Complaints) -> Option<&'static Hyperparameter> {
    let name = entry.key.as_str();
    match catalog::find(name) {
        Some(row) if matches!(row.kind, Kind::Action) => {
            let what = format!("{} is an action, not a value", row.name);
            let hint = format!("remove it: {}", row.influence);
            out.add(Some(entry.place), Some(row.name), &what, &hint);
            None
        }
        Some(row) => Some(row),
        None => {
            let what = format!("there is no hyperparameter {}", shown(name));
            out.add(Some(entry.place), Some(name), &what, &unknown_name_hint(name));
            None
        }
    }
}

/// What to do about a name that the catalog does not know.
pub(super) fn unknown_name_hint(name: &str) -> String {
    // The distance to a name of a hundred kilobytes would take long and tell nothing.
    match catalog::nearest(name).filter(|_| name.len() <= LONGEST_VALUE) {
        Some(near) => format!("did you mean {near}?"),
        None => "`subtune explain` lists the names".to_owned(),
    }
}

struct Values<'out> {
    read: BTreeMap<String, (Value, Place)>,
    /// Every name that was met, good value or not, and how it was spelt.
    names: BTreeMap<&'static str, (Place, String)>,
    bounds: bool,
    out: &'out mut Complaints,
}

impl Values<'_> {
    fn one(&mut self, row: &'static Hyperparameter, entry: &Entry, node: &Node, blame: Place) {
        if let Some((first, spelling)) = self.names.get(row.name) {
            let what = format!(
                "{} is set twice: {} on line {} means it too",
                row.name,
                shown(spelling),
                first.line
            );
            self.out.add(Some(entry.place), Some(row.name), &what, "keep one of the two lines");
            return;
        }
        self.names.insert(row.name, (entry.place, entry.key.clone()));
        let read = value(row, node);
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

    fn alpha(&mut self, entry: &Entry) {
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
        for (name, other) in PAIRS {
            let (Some((value, place)), Some((limit, _)), Some(row)) =
                (self.read.get(*name), self.read.get(*other), catalog::find(name))
            else {
                continue;
            };
            let bound = row.bounds.iter().find(|bound| bound.with == Source::Same(other));
            if let (Some(bound), Value::Uint(raw)) = (bound, limit)
                && !holds(bound.test, value, *raw) {
                    let what = format!(
                        "{name} is {}, but must be {} {other}, which is {}",
                        spoken(value, row.unit),
                        in_words(bound.test),
                        spoken(limit, row.unit)
                    );
                    let hint = format!("the chain answers {}: change one of the two", bound.error);
                    self.out.add(Some(*place), Some(name), &what, &hint);
                }
        }
    }
}

/// What is wrong with a value, and what to do.
struct Wrong {
    what: String,
    hint: String,
}

impl Wrong {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }
}

/// Reads one value by the row's kind and unit. `Err(None)`: complained about already.
fn value(row: &Hyperparameter, node: &Node) -> Result<Value, Option<Wrong>> {
    let bad = |what: String| Some(Wrong::new(what, how_to_write(row)));
    match &node.data {
        Data::Refused => Err(None),
        Data::Map(_) => Err(bad(format!("it must be {}, not a map", row.accepts()))),
        Data::List(items) if row.kind == Kind::Shares => {
            let shares: Result<Vec<u128>, _> = items.iter().map(share).collect();
            shares.map(Value::List)
        }
        Data::List(_) => Err(bad(format!("it must be {}, not a list", row.accepts()))),
        Data::Scalar { text, plain: false } => from_text(row, text).map_err(Some),
        Data::Scalar { text, plain: true } => match resolve(text) {
            Plain::Null if row.kind == Kind::Shares => Ok(Value::None),
            Plain::Null => Err(bad("it has no value".to_owned())),
            Plain::Text(text) => from_text(row, text).map_err(Some),
            // Bytes of a token symbol may well spell a number.
            _ if row.kind == Kind::Text => Err(Some(Wrong::new(
                "it must be a text",
                format!("put it in quotes: \"{}\"", shown(text)),
            ))),
            Plain::Bool(switch) => Ok(Value::Bool(switch)),
            plain => number(plain, text, how_to_write(row)).map_err(Some),
        },
    }
}

/// One share of a list.
fn share(node: &Node) -> Result<u128, Option<Wrong>> {
    let hint = "write each share as an integer from 0 to 65535; together they are 65535";
    let bad = || Some(Wrong::new("the list holds something that is no share of 65535", hint));
    let value = match &node.data {
        Data::Refused => return Err(None),
        Data::Map(_) | Data::List(_) => return Err(bad()),
        Data::Scalar { text, .. } if text.len() > LONGEST_VALUE => return Err(bad()),
        Data::Scalar { text, plain } => match (resolve(text), plain) {
            (Plain::Text(text), _) => parse_with_unit(text, Unit::Share16)
                .map_err(|error| Some(Wrong::new(error.what, error.hint)))?,
            (_, false) => parse_with_unit(text, Unit::Share16)
                .map_err(|error| Some(Wrong::new(error.what, error.hint)))?,
            (Plain::Null | Plain::Bool(_), true) => return Err(bad()),
            (plain, true) => number(plain, text, hint.to_owned()).map_err(Some)?,
        },
    };
    match value {
        Value::Uint(raw) if raw <= 65_535 => Ok(raw),
        _ => Err(bad()),
    }
}

/// A number without quotes: exact, or refused.
fn number(plain: Plain<'_>, text: &str, hint: String) -> Result<Value, Wrong> {
    let text = shown(text);
    match plain {
        Plain::Int(value) => match rounded(&value) {
            false => Ok(value),
            true => Err(Wrong::new(
                format!("{text} looks rounded: it went through a floating-point number"),
                "some display has rounded it: read the exact value with `subtune snapshot`; if this \
                 very number is meant, put it in quotes",
            )),
        },
        Plain::LeadingZero => Err(Wrong::new(
            format!("{text} begins with a zero, which some programs read as octal"),
            "write it without the leading zeros",
        )),
        Plain::TooLarge => {
            Err(Wrong::new(format!("{text} is larger than any value of the chain"), hint))
        }
        _ => Err(Wrong::new(
            format!("{text} is not exact: it has a decimal point or an exponent"),
            hint,
        )),
    }
}

/// A text, with quotes or without, as a value of the row's kind.
fn from_text(row: &Hyperparameter, text: &str) -> Result<Value, Wrong> {
    if text.len() > LONGEST_VALUE || text.chars().any(is_harmful) {
        let what = format!("{} is no value", shown(text));
        return Err(Wrong::new(what, how_to_write(row)));
    }
    let lower = text.trim().to_ascii_lowercase();
    match row.kind {
        Kind::Bool => match lower.as_str() {
            "on" | "true" => Ok(Value::Bool(true)),
            "off" | "false" => Ok(Value::Bool(false)),
            _ => Err(Wrong::new(
                format!("it must be {}, not {}", row.accepts(), shown(text)),
                "write true or false",
            )),
        },
        Kind::Uint(_) | Kind::Int16 => {
            parse_with_unit(text, row.unit).map_err(|error| Wrong::new(error.what, error.hint))
        }
        Kind::Choice(_) => Ok(Value::Text(lower)),
        Kind::Account => account(text).map(Value::Text),
        Kind::Text if text.is_empty() => Err(Wrong::new("it is empty", "write a text")),
        Kind::Text => Ok(Value::Text(text.to_owned())),
        Kind::Shares | Kind::Action => Err(Wrong::new(
            format!("it must be {}, not {}", row.accepts(), shown(text)),
            how_to_write(row),
        )),
    }
}

/// Checks an SS58 address: its alphabet, length, checksum and network prefix.
fn account(text: &str) -> Result<String, Wrong> {
    let Ok((account, format)) = AccountId32::from_ss58check_with_version(text) else {
        return Err(Wrong::new(
            format!("{} is not an SS58 address, or a letter of it is wrong", shown(text)),
            "copy the address again, whole",
        ));
    };
    if u16::from(format) == SS58_PREFIX {
        return Ok(text.to_owned());
    }
    let ours = account.to_ss58check_with_version(Ss58AddressFormat::custom(SS58_PREFIX));
    Err(Wrong::new(
        format!("{} is an address of another network", shown(text)),
        format!("the same account on Bittensor is {ours}"),
    ))
}

/// Checks the type of a value, and its bounds if asked to.
fn checked(row: &Hyperparameter, value: Value, bounds: bool) -> Result<Value, Option<Wrong>> {
    if let Err(wrong) = typed(row, &value) {
        return Err(Some(wrong));
    }
    for Bound { test, with, error, owner_only } in row.bounds {
        let Source::Literal(limit) = *with else { continue };
        if bounds && !holds(*test, &value, limit) {
            let who = if *owner_only { " for the owner" } else { "" };
            return Err(Some(Wrong::new(
                format!(
                    "it must be {} {}{who}, not {}",
                    in_words(*test),
                    spoken(&Value::Uint(limit), row.unit),
                    spoken(&value, row.unit)
                ),
                format!("the chain answers {error}; `subtune explain {}` tells more", row.name),
            )));
        }
    }
    Ok(value)
}

fn typed(row: &Hyperparameter, value: &Value) -> Result<(), Wrong> {
    row.check_type(value).map_err(|reason| {
        let what = if reason.starts_with("it must be") {
            format!("{reason}, not {}", shown(&value.to_string()))
        } else {
            reason
        };
        Wrong::new(what, how_to_write(row))
    })
}

/// Complains about a value that was read by other means, such as one of a snapshot.
pub(super) fn check_saved(row: &Hyperparameter, value: &Value) -> Result<(), (String, String)> {
    let pair = |wrong: Wrong| (format!("{}: {}", row.name, wrong.what), wrong.hint);
    typed(row, value).map_err(pair)?;
    match (row.kind, value) {
        (Kind::Account, Value::Text(text)) => account(text).map(|_| ()).map_err(pair),
        _ => Ok(()),
    }
}

fn how_to_write(row: &Hyperparameter) -> String {
    match (row.kind, row.unit.example()) {
        (Kind::Uint(_) | Kind::Int16, Some(example)) => {
            format!("write the raw integer ({}), or for example {example}", row.unit.describe())
        }
        (Kind::Uint(_) | Kind::Int16, None) => {
            format!("write the raw integer ({})", row.unit.describe())
        }
        _ => format!("write {}", row.accepts()),
    }
}

fn holds(test: Test, value: &Value, limit: u128) -> bool {
    match (test, value) {
        (Test::AtLeast, Value::Uint(raw)) => *raw >= limit,
        (Test::Above, Value::Uint(raw)) => *raw > limit,
        (Test::AtMost, Value::Uint(raw)) => *raw <= limit,
        (Test::Below, Value::Uint(raw)) => *raw < limit,
        (Test::AtLeast | Test::Above, Value::Negative(_)) => false,
        _ => true,
    }
}

const fn in_words(test: Test) -> &'static str {
    match test {
        Test::AtLeast => "at least",
        Test::AtMost => "at most",
        Test::Above => "above",
        Test::Below => "below",
    }
}

/// Whether an integer looks as if a float had been printed: too large for a float to
/// hold every integer, at least three zeros at the end, and exactly what the shortest
/// print of some float is, padded with zeros. Up to six digits before the zeros are a
/// round number that a person chose. The one use of a float in the crate: it takes
/// one to know one.
pub(super) fn rounded(value: &Value) -> bool {
    const EXACT: u128 = 1 << 53;
    let Value::Uint(raw) = value else { return false };
    let text = raw.to_string();
    let digits = text.trim_end_matches('0').len();
    *raw > EXACT
        && digits > 6
        && text.len() - digits >= 3
        && text.parse::<f64>().is_ok_and(|float| float.to_string() == text)
}

/// The names that a profile can give to a value, canonical first.
pub(super) fn spellings(row: &'static Hyperparameter) -> BTreeSet<&'static str> {
    std::iter::once(row.name).chain(row.aliases.iter().copied()).collect()
}
