//! From what stands in an exact column to a value of the catalog, or to a reason against it.

use std::collections::BTreeMap;

use subtune_model::catalog::{self, By, Hyperparameter, ValueKind};
use subtune_model::value::{Value, looks_rounded};

use super::super::shown;
use super::super::tree::{Data, Node, Plain, resolve};
use super::LeftOut;

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Null,
    /// A switch.
    Bool(bool),
    /// An integer, every digit there.
    Int(Value),
    /// A number with a decimal point or an exponent.
    Real(String),
    /// Anything else that is one word or text.
    Text(String),
    /// A list of integers.
    List(Vec<u128>),
    /// What no rule reads, as it stands.
    Odd(String),
}

impl Cell {
    /// A word as Python prints it.
    pub(super) fn printed(word: &str) -> Self {
        match word {
            "True" => Self::Bool(true),
            "False" => Self::Bool(false),
            "None" => Self::Null,
            _ if word.contains('…') => Self::Odd(shown(word)),
            _ => match resolve(word) {
                Plain::Int(value) if is_decimal(word) => Self::Int(value),
                Plain::Float => Self::Real(shown(word)),
                Plain::Text(text) => Self::Text(text.to_owned()),
                _ => Self::Odd(shown(word)),
            },
        }
    }

    /// A node of JSON or YAML.
    pub(super) fn node(node: &Node) -> Self {
        match &node.data {
            Data::Scalar { text, plain: false } => Self::Text(text.clone()),
            Data::Scalar { text, plain: true } => match resolve(text) {
                Plain::Null => Self::Null,
                Plain::Bool(switch) => Self::Bool(switch),
                Plain::Int(value) if is_decimal(text) => Self::Int(value),
                Plain::Float => Self::Real(shown(text)),
                Plain::Text(text) => Self::Text(text.to_owned()),
                _ => Self::Odd(shown(text)),
            },
            Data::List(items) => {
                let shares = items.iter().map(|item| match Self::node(item) {
                    Self::Int(Value::Uint(raw)) => Some(raw),
                    Self::Text(text) => digits(&text),
                    _ => None,
                });
                shares
                    .collect::<Option<Vec<_>>>()
                    .map_or_else(|| Self::Odd("a list".to_owned()), Self::List)
            }
            Data::Map(_) => Self::Odd("a map".to_owned()),
            Data::Refused => Self::Odd("an alias or a tag".to_owned()),
        }
    }
}

/// Whether it is an integer in decimal, as every printer writes one.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An integer as our own output writes it: in quotes.
fn digits(text: &str) -> Option<u128> {
    if is_decimal(text) { text.parse().ok() } else { None }
}

/// Who has printed a value, which decides what a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printer {
    /// A client of the chain's API for hyperparameters, which shows some in another form than they
    /// are stored in.
    Api,
    /// subtune: what is stored, under canonical names.
    Own,
}

/// The values of one file, collected.
pub(super) struct Taken {
    printer: Printer,
    values: BTreeMap<&'static str, Value>,
    /// Those that stand twice with two values.
    disputed: Vec<&'static str>,
    left_out: Vec<LeftOut>,
}

impl Taken {
    pub(super) const fn new(printer: Printer) -> Self {
        Self { printer, values: BTreeMap::new(), disputed: Vec::new(), left_out: Vec::new() }
    }

    /// Takes a value, or leaves it out with the reason.
    pub(super) fn take(&mut self, name: &str, cell: &Cell) {
        match self.value(name, cell) {
            Err(why) => self.leave(name, why),
            Ok((row, _)) if self.disputed.contains(&row.name) => {}
            Ok((row, value)) => match self.values.get(row.name) {
                Some(first) if *first != value => {
                    let why = format!("it appears as {first} and as {value}");
                    self.values.remove(row.name);
                    self.disputed.push(row.name);
                    self.leave(row.name, why);
                }
                _ => {
                    self.values.insert(row.name, value);
                }
            },
        }
    }

    /// Takes a value of our own that was read and checked before.
    pub(super) fn stored(&mut self, name: &str, value: Value) {
        match row(name) {
            Some(row) if is_set_by_nobody(row) => self.leave(name, NO_CALL),
            Some(row) => {
                self.values.insert(row.name, value);
            }
            None => self.leave(name, UNKNOWN),
        }
    }

    /// Leaves a value out.
    pub(super) fn leave(&mut self, name: &str, why: impl Into<String>) {
        self.left_out.push(LeftOut { name: shown(name), why: why.into() });
    }

    pub(super) fn done(self) -> (BTreeMap<String, Value>, Vec<LeftOut>) {
        let values = self.values.into_iter().map(|(name, value)| (name.to_owned(), value));
        (values.collect(), self.left_out)
    }

    fn value(&self, name: &str, cell: &Cell) -> Result<(&'static Hyperparameter, Value), String> {
        let row = row(name).ok_or(UNKNOWN)?;
        if row.kind == ValueKind::Action {
            return Err("it is an action, not a value".to_owned());
        }
        if is_set_by_nobody(row) {
            return Err(NO_CALL.to_owned());
        }
        let value = match (self.printer, name) {
            (Printer::Api, "activity_cutoff") => {
                return Err(
                    "it is the effective number of blocks, made of activity_cutoff_factor \
                            and tempo"
                        .to_owned(),
                );
            }
            (Printer::Api, "min_childkey_take") => match convert(row, cell)? {
                // The larger of two is zero: so both are.
                Value::Uint(0) => Value::Uint(0),
                _ => {
                    return Err("it is the larger of the subnet's own value and the network's \
                                minimum"
                        .to_owned());
                }
            },
            (Printer::Api, "yuma_version") => match cell {
                Cell::Int(Value::Uint(2)) => Value::Bool(false),
                Cell::Int(Value::Uint(3)) => Value::Bool(true),
                _ => return Err("only the versions 2 and 3 are known".to_owned()),
            },
            _ => convert(row, cell)?,
        };
        Ok((row, value))
    }
}

/// Why a name that the catalog lacks is left out.
pub(super) const UNKNOWN: &str = "this version of subtune does not know it";
/// Why a value that is only shown is left out.
const NO_CALL: &str = "no call of the chain sets it";

fn is_set_by_nobody(row: &Hyperparameter) -> bool {
    row.setters.iter().all(|setter| setter.who.by(catalog::CHECKED) == By::Nobody)
}

/// The row of a name, also of one that only the API uses.
pub(super) fn row(name: &str) -> Option<&'static Hyperparameter> {
    catalog::find(name).or_else(|| catalog::ALL.iter().find(|row| row.api == Some(name)))
}

/// Whether a cell can stand under this name at all: what tells apart names that were cut off.
pub(super) fn admits(name: &str, row: &Hyperparameter, cell: &Cell) -> bool {
    match (name, cell) {
        ("yuma_version", cell) => matches!(cell, Cell::Int(_)),
        // A printer that turns fixed-point numbers into decimals does so with all of them.
        (_, Cell::Real(_)) => row.kind == ValueKind::Int16 || row.kind == ValueKind::Uint(128),
        (_, Cell::Int(_)) if row.kind == ValueKind::Int16 || row.kind == ValueKind::Uint(128) => {
            false
        }
        _ => convert(row, cell).is_ok(),
    }
}

/// The exact value of a cell, or why there is none.
fn convert(row: &Hyperparameter, cell: &Cell) -> Result<Value, String> {
    let value = match (row.kind, cell) {
        (_, Cell::Odd(text)) if text.contains('…') => {
            return Err(format!("it is cut off: {text}"));
        }
        (ValueKind::Shares, Cell::Null) => Value::None,
        (_, Cell::Null) => return Err("it has no value".to_owned()),
        (ValueKind::Bool, Cell::Bool(switch)) => Value::Bool(*switch),
        (ValueKind::Uint(_) | ValueKind::Int16, Cell::Int(value)) => {
            if looks_rounded(value) {
                return Err(format!("{value} looks rounded, as by a floating-point number"));
            }
            value.clone()
        }
        (ValueKind::Int16, Cell::Real(text)) => {
            whole(text).ok_or_else(|| format!("{text} is not a whole number"))?
        }
        (ValueKind::Uint(_), Cell::Real(text)) => {
            return Err(format!("it is given only rounded: {text}"));
        }
        // Our own output quotes integers, so that no reader of JSON rounds them.
        (ValueKind::Uint(_) | ValueKind::Int16, Cell::Text(text)) if is_decimal(text) => {
            match resolve(text) {
                Plain::Int(value) => value,
                _ => return Err(format!("{} is not a value of the chain", shown(text))),
            }
        }
        // btcli shows the number of a variant.
        (ValueKind::Choice(names), Cell::Int(Value::Uint(number))) => {
            let name = usize::try_from(*number).ok().and_then(|index| names.get(index));
            let name = name.ok_or_else(|| format!("it must be {}", row.accepts()))?;
            Value::Text((*name).to_owned())
        }
        (ValueKind::Choice(_), Cell::Text(text)) => Value::Text(text.to_ascii_lowercase()),
        (ValueKind::Account | ValueKind::Text, Cell::Text(text)) => Value::Text(text.clone()),
        (ValueKind::Shares, Cell::List(shares)) => Value::List(shares.clone()),
        _ => return Err(format!("it must be {}", row.accepts())),
    };
    row.check_type(&value)?;
    Ok(value)
}

/// An integer that is printed with a zero after the point, as Python prints a fixed-point number
/// without a part. A float holds 15 bits before the point and 32 behind it exactly, so that a part
/// would have been printed.
fn whole(text: &str) -> Option<Value> {
    const DIGITS: usize = 5;
    let whole = text.strip_suffix(".0")?;
    if !is_decimal(whole) || whole.trim_start_matches('-').len() > DIGITS {
        return None;
    }
    whole.parse::<i128>().ok().map(Value::int)
}
