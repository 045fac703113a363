//! From a node of the tree to one exact value: type, unit, bounds.

use sp_core::crypto::{AccountId32, Ss58AddressFormat, Ss58Codec};
use subtune_model::catalog::{Bound, Hyperparameter, Source, ValueKind};
use subtune_model::value::spoken;
use subtune_model::value::{self, Unit, Value, looks_rounded, parse_with_unit, write_one_of};

use super::tree::{Data, Node, Plain, resolve};
use super::{is_harmful, shown};

/// Longest text that is looked at as a value or as a misspelt name.
pub(super) const LONGEST_VALUE: usize = 128;

/// The address format of Bittensor.
const SS58_PREFIX: u16 = 42;

/// What is wrong with a value, and what to do.
pub(super) struct Wrong {
    pub(super) what: String,
    pub(super) hint: String,
}

impl Wrong {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into() }
    }
}

/// Reads one value by the row's kind and unit. `Err(None)`: complained about already. `wished`: a
/// person wants it; otherwise it is one that the chain had, whatever it looks like.
pub(super) fn value(
    row: &Hyperparameter,
    node: &Node,
    wished: bool,
) -> Result<Value, Option<Wrong>> {
    let bad = |what: String| Some(Wrong::new(what, how_to_write(row)));
    match &node.data {
        Data::Refused => Err(None),
        Data::Map(_) => Err(bad(format!("it must be {}, not a map", row.accepts()))),
        Data::List(items) if row.kind == ValueKind::Shares => {
            let shares: Result<Vec<u128>, _> = items.iter().map(share).collect();
            shares.map(Value::List)
        }
        Data::List(_) => Err(bad(format!("it must be {}, not a list", row.accepts()))),
        Data::Scalar { text, plain: false } => from_text(row, text, wished).map_err(Some),
        Data::Scalar { text, plain: true } => match resolve(text) {
            Plain::Null if row.kind == ValueKind::Shares => Ok(Value::None),
            // A name that is a word of YAML, too.
            Plain::Null if is_name(row, text) => from_text(row, text, wished).map_err(Some),
            Plain::Null => Err(bad("it has no value".to_owned())),
            Plain::Text(text) => from_text(row, text, wished).map_err(Some),
            // Bytes of a token symbol may well spell a number.
            _ if row.kind == ValueKind::Text => Err(Some(Wrong::new(
                "it must be a text",
                format!("put it in quotes: \"{}\"", shown(text)),
            ))),
            Plain::Bool(switch) => Ok(Value::Bool(switch)),
            Plain::Float if is_number(row.kind) && row.unit.reads_decimals() => {
                united(text, row.unit, &Takes::Row(row)).map_err(Some)
            }
            plain => number(plain, text, how_to_write(row)).map_err(Some),
        },
    }
}

/// Whether a text is one of the names that a row takes.
fn is_name(row: &Hyperparameter, text: &str) -> bool {
    match row.kind {
        ValueKind::Choice(names) => names.iter().any(|name| text.eq_ignore_ascii_case(name)),
        _ => false,
    }
}

/// One share of a list.
fn share(node: &Node) -> Result<u128, Option<Wrong>> {
    let hint = "write each share as an integer from 0 to 65535; together they are 65535";
    let bad = || Some(Wrong::new("the list holds something that is not a share of 65535", hint));
    let value = match &node.data {
        Data::Refused => return Err(None),
        Data::Map(_) | Data::List(_) => return Err(bad()),
        Data::Scalar { text, .. } if text.len() > LONGEST_VALUE => return Err(bad()),
        Data::Scalar { text, plain } => match (resolve(text), plain) {
            (Plain::Text(_) | Plain::Float, _) | (_, false) => {
                united(text, Unit::Share16, &Takes::Share).map_err(Some)?
            }
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
        Plain::Int(value) => match looks_rounded(&value) {
            false => Ok(value),
            true => Err(Wrong::new(
                format!("{text} looks rounded, as by a floating-point number"),
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
fn from_text(row: &Hyperparameter, text: &str, wished: bool) -> Result<Value, Wrong> {
    let harmful = text.chars().any(is_harmful);
    // What the chain had is read back whatever it is: it is written before anything is sent.
    if row.kind == ValueKind::Text && !wished {
        return Ok(Value::Text(text.to_owned()));
    }
    if text.len() > LONGEST_VALUE || harmful {
        let what = format!("{} is not a value", shown(text));
        return Err(Wrong::new(what, how_to_write(row)));
    }
    let lower = text.trim().to_ascii_lowercase();
    match row.kind {
        ValueKind::Bool => match lower.as_str() {
            "on" | "true" => Ok(Value::Bool(true)),
            "off" | "false" => Ok(Value::Bool(false)),
            _ => Err(Wrong::new(
                format!("it must be {}, not {}", row.accepts(), shown(text)),
                "write true or false",
            )),
        },
        ValueKind::Uint(_) | ValueKind::Int16 => united(text, row.unit, &Takes::Row(row)),
        ValueKind::Choice(_) => Ok(Value::Text(lower)),
        ValueKind::Account => account(text).map(Value::Text),
        ValueKind::Text if text.is_empty() => Err(Wrong::new("it is empty", "write a text")),
        ValueKind::Text => Ok(Value::Text(text.to_owned())),
        ValueKind::Shares | ValueKind::Action => Err(Wrong::new(
            format!("it must be {}, not {}", row.accepts(), shown(text)),
            how_to_write(row),
        )),
    }
}

const fn is_number(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Uint(_) | ValueKind::Int16)
}

/// Who judges the values that a hint names.
enum Takes<'row> {
    Row(&'row Hyperparameter),
    /// A member of a list.
    Share,
}

/// A text with a unit, exact or refused. What a hint names is taken.
fn united(text: &str, unit: Unit, takes: &Takes<'_>) -> Result<Value, Wrong> {
    if text.len() > LONGEST_VALUE {
        return Err(Wrong::new(format!("{} is not a value", shown(text)), "write the raw integer"));
    }
    parse_with_unit(text, unit).map_err(|error| {
        let what = match error.what.strip_prefix("it ") {
            Some(rest) => format!("\"{}\" {rest}", shown(text)),
            None => error.what,
        };
        let hint = match takes {
            Takes::Share => error.hint,
            Takes::Row(row) => {
                let near: Vec<_> = error
                    .near
                    .into_iter()
                    .filter(|raw| checked(row, Value::Uint(*raw), true).is_ok())
                    .collect();
                if near.is_empty() { how_to_write(row) } else { write_one_of(&near) }
            }
        };
        Wrong::new(what, hint)
    })
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
pub(super) fn checked(
    row: &Hyperparameter,
    value: Value,
    bounds: bool,
) -> Result<Value, Option<Wrong>> {
    if let Err(wrong) = typed(row, &value) {
        return Err(Some(wrong));
    }
    for Bound { test, with, error, owner_only } in row.bounds {
        let Source::Literal(limit) = *with else { continue };
        if bounds && !test.holds(&value, limit) {
            let who = if *owner_only { " for the owner" } else { "" };
            return Err(Some(Wrong::new(
                format!(
                    "it must be {} {}{who}, not {}",
                    test.words(),
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
        (ValueKind::Account, Value::Text(text)) => account(text).map(|_| ()).map_err(pair),
        _ => Ok(()),
    }
}

fn how_to_write(row: &Hyperparameter) -> String {
    if !is_number(row.kind) {
        return format!("write {}", row.accepts());
    }
    let integer = format!("the raw integer ({})", row.unit.describe());
    value::how_to_write(&row.examples()).replacen("the raw integer", &integer, 1)
}
