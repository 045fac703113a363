//! Exact values and their units.
//!
//! A value is what the chain stores, in the chain's own raw units: an integer,
//! the bits of a fixed-point number, a list, a name. Nothing here, and nothing in
//! the crate, goes through floating point: a rounded number cannot be rolled back.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeSeq};

/// Seconds between two blocks of the public networks.
pub const SECONDS_PER_BLOCK: u64 = 12;

/// One exact value, in raw chain units.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A non-negative integer, or the bits of an unsigned fixed-point number.
    Uint(u128),
    /// A negative integer (never `>= 0`: see [`Value::int`]).
    Negative(i128),
    /// A name: an enum variant in lower case, a token symbol, an SS58 address.
    Text(String),
    /// A list of integers, such as the emission split.
    List(Vec<u128>),
    /// Nothing is set where the chain keeps an optional value.
    None,
}

impl Value {
    /// An integer of either sign in its one normal form.
    #[must_use]
    pub fn int(value: i128) -> Self {
        u128::try_from(value).map_or(Self::Negative(value), Self::Uint)
    }

    /// The value as a signed integer, if it is one and fits.
    #[must_use]
    pub fn as_int(&self) -> Option<i128> {
        match self {
            Self::Uint(value) => i128::try_from(*value).ok(),
            Self::Negative(value) => Some(*value),
            _ => None,
        }
    }

    /// The value as an unsigned 64-bit integer, if it is one and fits.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Uint(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The value as a switch, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Uint(value) => write!(f, "{value}"),
            Self::Negative(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::List(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{value}")?;
                }
                f.write_str("]")
            }
            Self::None => f.write_str("none"),
        }
    }
}

impl Serialize for Value {
    /// Writes the YAML form: bare integers, every digit kept. (JSON output goes
    /// through [`fmt::Display`] instead, since many JSON readers round.)
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Uint(value) => match u64::try_from(*value) {
                Ok(value) => serializer.serialize_u64(value),
                Err(_) => serializer.serialize_u128(*value),
            },
            Self::Negative(value) => match i64::try_from(*value) {
                Ok(value) => serializer.serialize_i64(value),
                Err(_) => serializer.serialize_i128(*value),
            },
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Self::Uint(*value))?;
                }
                list.end()
            }
            Self::None => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> de::Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer, true or false, a text, a list of integers or null")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Uint(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::int(value.into()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Uint(value))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::int(value))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom(
            "a number with a decimal point or an exponent is not exact: write the raw integer, \
             or a text with a unit such as \"0.5 TAO\" or \"90%\"",
        ))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element::<Value>()? {
            match value {
                Value::Uint(value) => values.push(value),
                _ => return Err(de::Error::custom("a list may hold only non-negative integers")),
            }
        }
        Ok(Value::List(values))
    }
}

/// What a raw value counts, and how a person reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A switch.
    Switch,
    /// A plain count.
    Count,
    /// Blocks of 12 seconds.
    Blocks,
    /// Rao; 10^9 rao are one TAO.
    Rao,
    /// Rao of the subnet's own alpha token.
    AlphaRao,
    /// A share of 65535.
    Share16,
    /// A share of 2^64 - 1.
    Share64,
    /// Parts of a million.
    PerMillion,
    /// Parts of 10^18.
    PerQuintillion,
    /// Parts of a hundred.
    PerHundred,
    /// Thousandths of a tempo.
    MilliTempos,
    /// Whole tempos, as rate limits count.
    Tempos,
    /// Epochs, as events that are counted.
    Epochs,
    /// An unsigned fixed-point number with 64 fractional bits.
    Fixed64,
    /// A list of shares of 65535.
    Shares,
    /// One of a few names.
    Choice,
    /// An account in SS58.
    Account,
    /// Free text.
    Text,
}

impl Unit {
    /// The unit in words, for `explain`.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::Count => "a count",
            Self::Blocks => "blocks of 12 seconds",
            Self::Rao => "rao; 1 TAO is 1000000000 rao",
            Self::AlphaRao => "rao of the subnet's alpha",
            Self::Share16 => "a share, raw/65535",
            Self::Share64 => "a share, raw/(2^64-1)",
            Self::PerMillion => "a share, raw/1000000",
            Self::PerQuintillion => "a share, raw/10^18",
            Self::PerHundred => "raw/100",
            Self::MilliTempos => "thousandths of a tempo",
            Self::Tempos => "tempos",
            Self::Epochs => "epochs",
            Self::Fixed64 => "fixed point, raw/2^64",
            Self::Shares => {
                "a list of shares, each raw/65535, that sum to 65535; null is an even split"
            }
            Self::Choice => "one of a few names",
            Self::Account => "an account, SS58",
            Self::Text => "text",
        }
    }

    /// What a text has to be, to be read as a value of this unit.
    const fn form(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Blocks => "a duration or a number of blocks",
            Self::Rao => "an amount of TAO or rao",
            Self::AlphaRao => "an amount of alpha or rao",
            Self::Share16 | Self::Share64 | Self::PerMillion | Self::PerQuintillion => "a share",
            Self::MilliTempos | Self::Tempos => "a number of tempos",
            Self::Epochs => "a number of epochs",
            Self::PerHundred | Self::Fixed64 => "a number",
            Self::Switch | Self::Shares | Self::Choice | Self::Account | Self::Text => {
                self.describe()
            }
        }
    }

    /// How a profile may write it besides the bare raw integer. A row has bounds of its own: those
    /// that it takes are [`Hyperparameter::examples`](crate::catalog::Hyperparameter::examples).
    #[must_use]
    pub const fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Blocks => &["40h", "2d 12h", "300 blocks"],
            Self::Rao => &["0.5 TAO", "500000 rao"],
            Self::AlphaRao => &["0.5 alpha", "500000 rao"],
            // 65535 and 2^64-1 have few divisors: most percentages are no whole share of them.
            Self::Share16 | Self::Share64 => &["20%", "80%"],
            Self::PerMillion | Self::PerQuintillion => &["90%", "0.9"],
            Self::PerHundred => &["10.5", "0.5"],
            Self::MilliTempos => &["13.889 tempos"],
            Self::Tempos => &["3 tempos"],
            Self::Epochs => &["3 epochs"],
            Self::Fixed64 => &["1.5"],
            Self::Switch
            | Self::Count
            | Self::Shares
            | Self::Choice
            | Self::Account
            | Self::Text => &[],
        }
    }

    /// Whether a decimal without a unit means something: `0.5` TAO, half of a whole, ×0.5.
    #[must_use]
    pub const fn reads_decimals(self) -> bool {
        match self {
            Self::Rao
            | Self::AlphaRao
            | Self::Share16
            | Self::Share64
            | Self::PerMillion
            | Self::PerQuintillion
            | Self::PerHundred
            | Self::Fixed64 => true,
            Self::Switch
            | Self::Count
            | Self::Blocks
            | Self::MilliTempos
            | Self::Tempos
            | Self::Epochs
            | Self::Shares
            | Self::Choice
            | Self::Account
            | Self::Text => false,
        }
    }

    /// The whole that a share is a part of.
    const fn whole(self) -> Option<u128> {
        match self {
            Self::Share16 => Some(65_535),
            Self::Share64 => Some(u64::MAX as u128),
            Self::PerMillion => Some(1_000_000),
            Self::PerQuintillion => Some(1_000_000_000_000_000_000),
            _ => None,
        }
    }
}

/// A value as a person reads it, with its unit; `~` marks what is rounded.
#[must_use]
pub fn human(value: &Value, unit: Unit) -> String {
    match (value, unit) {
        (Value::Bool(true), _) => "on".to_owned(),
        (Value::Bool(false), _) => "off".to_owned(),
        (Value::Uint(raw), Unit::Blocks) => {
            u64::try_from(*raw).map_or_else(|_| raw.to_string(), blocks)
        }
        (Value::Uint(raw), Unit::Rao) => format!("{} TAO", decimal(*raw, 9)),
        (Value::Uint(raw), Unit::AlphaRao) => format!("{} alpha", decimal(*raw, 9)),
        (
            Value::Uint(raw),
            Unit::Share16 | Unit::Share64 | Unit::PerMillion | Unit::PerQuintillion,
        ) => unit.whole().map_or_else(|| raw.to_string(), |whole| percent(*raw, whole)),
        (Value::Uint(raw), Unit::PerHundred) => decimal(*raw, 2),
        (Value::Negative(raw), Unit::PerHundred) => format!("-{}", decimal(raw.unsigned_abs(), 2)),
        (Value::Uint(1_000), Unit::MilliTempos) | (Value::Uint(1), Unit::Tempos) => {
            "1 tempo".to_owned()
        }
        (Value::Uint(raw), Unit::MilliTempos) => format!("{} tempos", decimal(*raw, 3)),
        (Value::Uint(raw), Unit::Tempos) => format!("{raw} tempos"),
        (Value::Uint(1), Unit::Epochs) => "1 epoch".to_owned(),
        (Value::Uint(raw), Unit::Epochs) => format!("{raw} epochs"),
        (Value::Uint(raw), Unit::Fixed64) => fixed64(*raw),
        (Value::List(shares), Unit::Shares) => {
            let parts: Vec<_> = shares.iter().map(|share| percent(*share, 65_535)).collect();
            parts.join(" / ")
        }
        (Value::None, Unit::Shares) => "even split".to_owned(),
        (Value::Text(text), Unit::Account) if text.chars().count() > 12 => {
            let head: String = text.chars().take(6).collect();
            let tail: String = text.chars().skip(text.chars().count().saturating_sub(4)).collect();
            format!("{head}…{tail}")
        }
        // A plain count says all in its raw form.
        _ => String::new(),
    }
}

/// A number of blocks as time: `7200` → `1d`, `262` → `52m 24s`.
#[must_use]
pub fn blocks(count: u64) -> String {
    seconds(u128::from(count).saturating_mul(SECONDS_PER_BLOCK.into()))
}

/// Whether an integer looks as if a float had been printed: too large for a float to
/// hold every integer, at least three zeros at the end, and exactly what the shortest
/// print of some float is, padded with zeros. Up to six digits before the zeros are a
/// round number that a person chose. The one use of a float in the crate: it takes
/// one to know one.
#[must_use]
pub fn looks_rounded(value: &Value) -> bool {
    const EXACT: u128 = 1 << 53;
    let Value::Uint(raw) = value else { return false };
    let text = raw.to_string();
    let digits = text.trim_end_matches('0').len();
    *raw > EXACT
        && digits > 6
        && text.len().saturating_sub(digits) >= 3
        && text.parse::<f64>().is_ok_and(|float| float.to_string() == text)
}

/// Quotient and rest; by nothing, nothing is divided.
fn divided(number: u128, by: u128) -> (u128, u128) {
    match (number.checked_div(by), number.checked_rem(by)) {
        (Some(quotient), Some(rest)) => (quotient, rest),
        _ => (0, number),
    }
}

/// A number of seconds in days, hours, minutes and seconds.
#[must_use]
pub fn seconds(total: u128) -> String {
    let mut rest = total;
    let mut parts = Vec::new();
    for (size, name) in [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")] {
        let (count, left) = divided(rest, size);
        rest = left;
        if count > 0 {
            parts.push(format!("{count}{name}"));
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// `raw / 10^places`, exact, without trailing zeros.
#[must_use]
pub fn decimal(raw: u128, places: u32) -> String {
    let Some(scale) = 10u128.checked_pow(places) else { return raw.to_string() };
    let (whole, part) = divided(raw, scale);
    if part == 0 {
        return whole.to_string();
    }
    let digits = format!("{part:0width$}", width = places as usize);
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

/// A share in percent, to four decimals; `~` when that is not the whole truth.
fn percent(raw: u128, whole: u128) -> String {
    let Some(scaled) = raw.checked_mul(1_000_000) else { return raw.to_string() };
    let (parts, rest) = divided(scaled, whole);
    if rest == 0 {
        return format!("{}%", decimal(parts, 4));
    }
    let up = rest >= whole.saturating_sub(rest);
    let rounded = parts.saturating_add(up.into());
    format!("~{}%", decimal(rounded, 4))
}

/// `bits / 2^64` to six decimals; `~` when that is not the whole truth.
fn fixed64(bits: u128) -> String {
    let (whole, part) = (bits >> 64, bits & u128::from(u64::MAX));
    let scaled = part.saturating_mul(1_000_000);
    let (mut micros, rest) = (scaled >> 64, scaled & u128::from(u64::MAX));
    let exact = rest == 0;
    if rest > u128::from(u64::MAX / 2) {
        micros = micros.saturating_add(1);
    }
    let text = decimal(whole.saturating_mul(1_000_000).saturating_add(micros), 6);
    if exact { format!("×{text}") } else { format!("~×{text}") }
}

/// Why a text with a unit could not become a raw value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotExact {
    /// What is wrong with it.
    pub what: String,
    /// What to write instead.
    pub hint: String,
    /// Raw values that may be meant; none where the text is not of the unit's form.
    pub near: Vec<u128>,
}

impl NotExact {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: hint.into(), near: Vec::new() }
    }

    fn near(what: impl Into<String>, near: Vec<u128>) -> Self {
        Self { what: what.into(), hint: write_one_of(&near), near }
    }
}

/// The hint that names raw values.
#[must_use]
pub fn write_one_of(raw: &[u128]) -> String {
    let raw: Vec<_> = raw.iter().map(ToString::to_string).collect();
    format!("write the raw integer {}", raw.join(" or "))
}

/// Turns a text with a unit into the exact raw integer, or refuses.
///
/// # Errors
/// When the text is not of the unit's form, or when no raw value is exactly equal
/// to it: then the hint names the neighbours.
pub fn parse_with_unit(text: &str, unit: Unit) -> Result<Value, NotExact> {
    let trimmed = text.trim();
    if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        return trimmed.parse().map(Value::Uint).map_err(|_| {
            let what = format!("{trimmed} is larger than any value of the chain");
            NotExact::new(what, "write a smaller integer")
        });
    }
    if let Some(refused) = whole_decimal(trimmed, unit) {
        return Err(refused);
    }
    let coin = |name: &str| {
        strip(trimmed, name)
            .map(|number| scaled(number, 1_000_000_000, unit))
            .or_else(|| strip(trimmed, "rao").map(|number| scaled(number, 1, unit)))
            .or_else(|| decimal_of(trimmed).map(|number| scaled(number, 1_000_000_000, unit)))
    };
    let parsed = match unit {
        Unit::Blocks => parse_blocks(trimmed),
        Unit::Rao => coin("TAO"),
        Unit::AlphaRao => coin("alpha"),
        Unit::Share16 | Unit::Share64 | Unit::PerMillion | Unit::PerQuintillion => {
            let whole = unit.whole().unwrap_or_default();
            strip(trimmed, "%")
                .map(|number| Ratio::parse(number)?.times(whole)?.divided_by(100)?.exact(unit))
                .or_else(|| {
                    // More than the whole is no share, and its neighbours are none either.
                    let number = decimal_of(trimmed).filter(|number| number.starts_with('0'))?;
                    Some(Ratio::parse(number).and_then(|part| part.times(whole)?.exact(unit)))
                })
        }
        Unit::PerHundred => return signed_hundredths(trimmed),
        Unit::MilliTempos => strip(trimmed, "tempos")
            .or_else(|| strip(trimmed, "tempo"))
            .map(|number| scaled(number, 1_000, unit)),
        // Both words for both: an epoch lasts one tempo.
        Unit::Tempos | Unit::Epochs => strip(trimmed, "tempos")
            .or_else(|| strip(trimmed, "tempo"))
            .or_else(|| strip(trimmed, "epochs"))
            .or_else(|| strip(trimmed, "epoch"))
            .map(|number| scaled(number, 1, unit)),
        // As it is shown, too.
        Unit::Fixed64 => {
            let number = trimmed.strip_prefix('×').unwrap_or(trimmed);
            Some(Ratio::parse(number).and_then(|ratio| ratio.times(1 << 64)?.exact(unit)))
        }
        _ => None,
    };
    match parsed {
        Some(result) => result.map(Value::Uint),
        None => {
            let what = format!("\"{trimmed}\" is not {}", unit.form());
            Err(NotExact::new(what, how_to_write(unit.spellings())))
        }
    }
}

/// The hint that names the raw integer, and texts that are read as well.
#[must_use]
pub fn how_to_write(examples: &[&str]) -> String {
    if examples.is_empty() {
        return "write the raw integer".to_owned();
    }
    let examples: Vec<_> = examples.iter().map(|example| format!("\"{example}\"")).collect();
    format!("write the raw integer, or for example {}", examples.join(" or "))
}

/// A number with digits on both sides of a decimal point and nothing else.
fn decimal_of(text: &str) -> Option<&str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').filter(|(whole, part)| digits(whole) && digits(part)).map(|_| text)
}

/// Refuses `2.0` where 2 and 2 of the larger unit are both possible: some programs print integers so.
fn whole_decimal(text: &str, unit: Unit) -> Option<NotExact> {
    let (sign, number) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, part) = decimal_of(number)?.split_once('.')?;
    if part.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let raw = whole.parse::<u128>().ok().filter(|raw| *raw > 0)?;
    let times = match unit {
        Unit::Rao | Unit::AlphaRao => 1_000_000_000,
        Unit::PerHundred => 100,
        Unit::Share16 | Unit::Share64 | Unit::PerMillion | Unit::PerQuintillion => unit.whole()?,
        _ => return None,
    };
    let larger =
        raw.checked_mul(times).filter(|raw| unit.whole().is_none_or(|whole| *raw <= whole));
    if !sign.is_empty() {
        let hint = "write the raw integer, without a decimal point";
        return Some(NotExact::new(format!("\"{text}\" is ambiguous"), hint));
    }
    let what = match larger {
        Some(larger) => format!(
            "\"{text}\" is ambiguous: {raw}, or {larger} ({})",
            human(&Value::Uint(larger), unit)
        ),
        None => format!("\"{text}\" is no part of a whole"),
    };
    Some(NotExact::near(what, std::iter::once(raw).chain(larger).collect()))
}

fn strip<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let split = text.len().checked_sub(suffix.len())?;
    let (number, unit) = (text.get(..split)?, text.get(split..)?);
    unit.eq_ignore_ascii_case(suffix).then(|| number.trim_end())
}

fn scaled(number: &str, factor: u128, unit: Unit) -> Result<u128, NotExact> {
    Ratio::parse(number)?.times(factor)?.exact(unit)
}

fn signed_hundredths(text: &str) -> Result<Value, NotExact> {
    let (negative, number) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let raw = if number.contains('.') {
        scaled(number, 100, Unit::PerHundred)?
    } else {
        Ratio::parse(number)?.exact(Unit::PerHundred)?
    };
    let raw = i128::try_from(raw).map_err(|_| too_large(text))?;
    Ok(Value::int(if negative { raw.saturating_neg() } else { raw }))
}

fn parse_blocks(text: &str) -> Option<Result<u128, NotExact>> {
    if let Some(number) = strip(text, "blocks").or_else(|| strip(text, "block")) {
        return Some(scaled(number, 1, Unit::Blocks));
    }
    let mut total = Ratio { numerator: 0, denominator: 1 };
    let mut rest = text;
    let mut any = false;
    while !rest.is_empty() {
        let split = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(split);
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let size: u128 = match after.get(..end)? {
            "d" | "day" | "days" => 86_400,
            "h" | "hour" | "hours" => 3_600,
            "m" | "min" | "minute" | "minutes" => 60,
            "s" | "sec" | "second" | "seconds" => 1,
            _ => return None,
        };
        let part = match Ratio::parse(number).and_then(|ratio| ratio.times(size)) {
            Ok(part) => part,
            Err(error) => return Some(Err(error)),
        };
        total = match total.plus(&part) {
            Ok(total) => total,
            Err(error) => return Some(Err(error)),
        };
        any = true;
        rest = after.get(end..)?.trim_start();
    }
    any.then(|| {
        total.divided_by(u128::from(SECONDS_PER_BLOCK)).and_then(|ratio| ratio.exact(Unit::Blocks))
    })
}

/// A non-negative rational: decimals without rounding.
struct Ratio {
    numerator: u128,
    denominator: u128,
}

impl Ratio {
    fn parse(text: &str) -> Result<Self, NotExact> {
        let bad = || {
            let hint = "use digits with at most one decimal point, no exponent";
            NotExact::new(format!("\"{text}\" is not a number"), hint)
        };
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(part) || text.ends_with('.') {
            return Err(bad());
        }
        let places = u32::try_from(part.len()).map_err(|_| bad())?;
        let denominator = 10u128.checked_pow(places).ok_or_else(|| too_large(text))?;
        let numerator = format!("{whole}{part}").parse().map_err(|_| too_large(text))?;
        Ok(Self { numerator, denominator }.reduced())
    }

    fn reduced(self) -> Self {
        let (mut a, mut b) = (self.numerator, self.denominator);
        while b != 0 {
            (a, b) = (b, divided(a, b).1);
        }
        let divisor = a.max(1);
        let part = |of: u128| divided(of, divisor).0;
        Self { numerator: part(self.numerator), denominator: part(self.denominator) }
    }

    fn times(self, factor: u128) -> Result<Self, NotExact> {
        let crossed = Self { numerator: factor, denominator: self.denominator }.reduced();
        let numerator = self
            .numerator
            .checked_mul(crossed.numerator)
            .ok_or_else(|| too_large(&self.numerator.to_string()))?;
        Ok(Self { numerator, denominator: crossed.denominator })
    }

    fn divided_by(self, divisor: u128) -> Result<Self, NotExact> {
        let crossed = Self { numerator: self.numerator, denominator: divisor }.reduced();
        let denominator = self
            .denominator
            .checked_mul(crossed.denominator)
            .ok_or_else(|| too_large(&divisor.to_string()))?;
        Ok(Self { numerator: crossed.numerator, denominator })
    }

    fn plus(&self, other: &Self) -> Result<Self, NotExact> {
        let sum = || {
            let left = self.numerator.checked_mul(other.denominator)?;
            let right = other.numerator.checked_mul(self.denominator)?;
            let denominator = self.denominator.checked_mul(other.denominator)?;
            Some(Self { numerator: left.checked_add(right)?, denominator }.reduced())
        };
        sum().ok_or_else(|| too_large(&other.numerator.to_string()))
    }

    fn exact(&self, unit: Unit) -> Result<u128, NotExact> {
        if self.denominator == 1 {
            return Ok(self.numerator);
        }
        let (below, _) = divided(self.numerator, self.denominator);
        let above = below.saturating_add(1);
        let what = match unit {
            Unit::Blocks => {
                format!("it is not a whole number of blocks ({SECONDS_PER_BLOCK} s each)")
            }
            _ => {
                let [below, above] = [below, above].map(|raw| spoken(&Value::Uint(raw), unit));
                format!("it cannot be stored exactly; nearest are {below} and {above}")
            }
        };
        Err(NotExact::near(what, vec![below, above]))
    }
}

fn too_large(text: &str) -> NotExact {
    NotExact::new(format!("{text} is too large or too precise"), "write the raw integer")
}

/// A value with its meaning: `7200 (1d)`.
#[must_use]
pub fn spoken(value: &Value, unit: Unit) -> String {
    let words = if unit == Unit::Account { String::new() } else { human(value, unit) };
    if words.is_empty() { value.to_string() } else { format!("{value} ({words})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str, unit: Unit) -> u128 {
        match parse_with_unit(text, unit) {
            Ok(Value::Uint(raw)) => raw,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn texts_with_units_become_exact_integers() {
        assert_eq!(raw("40h", Unit::Blocks), 12_000);
        assert_eq!(raw("2d 12h", Unit::Blocks), 18_000);
        assert_eq!(raw("1.5h", Unit::Blocks), 450);
        assert_eq!(raw("360 blocks", Unit::Blocks), 360);
        assert_eq!(raw("0.5 TAO", Unit::Rao), 500_000_000);
        assert_eq!(raw("0.000000001 tao", Unit::Rao), 1);
        assert_eq!(raw("7 rao", Unit::Rao), 7);
        assert_eq!(raw("100%", Unit::Share64), u128::from(u64::MAX));
        assert_eq!(raw("20%", Unit::Share16), 13_107);
        assert_eq!(raw("97.5%", Unit::PerMillion), 975_000);
        assert_eq!(raw("13.889 tempos", Unit::MilliTempos), 13_889);
        assert_eq!(raw("1.5", Unit::Fixed64), 3 << 63);
        assert_eq!(raw("17893341751498264576", Unit::Share64), 17_893_341_751_498_264_576);
        assert_eq!(parse_with_unit("-1000", Unit::PerHundred), Ok(Value::Negative(-1_000)));
        assert_eq!(parse_with_unit("10.5", Unit::PerHundred), Ok(Value::Uint(1_050)));
    }

    #[test]
    fn what_is_not_exact_is_refused_with_its_neighbours() {
        let hint = |text, unit| parse_with_unit(text, unit).map_err(|error| error.hint);
        assert_eq!(
            hint("90%", Unit::Share16),
            Err("write the raw integer 58981 or 58982".to_owned())
        );
        assert_eq!(hint("10s", Unit::Blocks), Err("write the raw integer 0 or 1".to_owned()));
        assert!(
            hint("1.26", Unit::Fixed64).is_err_and(|hint| hint.contains("23242897532874035036"))
        );
        let what = |text, unit| parse_with_unit(text, unit).unwrap_err().what;
        assert_eq!(
            what("50%", Unit::Share16),
            "it cannot be stored exactly; nearest are 32767 (~49.9992%) and 32768 (~50.0008%)"
        );
        assert_eq!(what("7h1s", Unit::Blocks), "it is not a whole number of blocks (12 s each)");
        assert_eq!(what("1 TOA", Unit::Rao), "\"1 TOA\" is not an amount of TAO or rao");
        assert_eq!(what("abc", Unit::Blocks), "\"abc\" is not a duration or a number of blocks");
        assert!(parse_with_unit("0.0000000001 TAO", Unit::Rao).is_err());
        for bad in [
            "",
            "h",
            "1e3",
            "0x10",
            "1.",
            ".5h",
            "-3h",
            "1 fortnight",
            "1..2h",
            "99999999999999999999999999999999999999999h",
        ] {
            assert!(parse_with_unit(bad, Unit::Blocks).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_decimal_is_read_where_it_has_one_meaning() {
        assert_eq!(raw("0.5", Unit::Rao), 500_000_000);
        assert_eq!(raw("12.25", Unit::AlphaRao), 12_250_000_000);
        assert_eq!(raw("0.5 alpha", Unit::AlphaRao), 500_000_000);
        assert_eq!(raw("0.8", Unit::Share64), 14_757_395_258_967_641_292);
        assert_eq!(raw("0.9", Unit::PerMillion), 900_000);
        assert_eq!(raw("×1.5", Unit::Fixed64), 3 << 63);
        assert_eq!(raw("2.0", Unit::Fixed64), 1 << 65);
        for unit in [Unit::Rao, Unit::Share16, Unit::PerMillion, Unit::Fixed64, Unit::PerHundred] {
            assert_eq!(raw("0.0", unit), 0, "{unit:?}");
        }
        let near = |text, unit| parse_with_unit(text, unit).map_err(|error| error.near);
        assert_eq!(near("0.5", Unit::Share16), Err(vec![32_767, 32_768]));
        assert_eq!(near("0.0000000005", Unit::Rao), Err(vec![0, 1]));
        // An integer that some program has printed as a float, or 2 TAO?
        assert_eq!(near("2.0", Unit::Rao), Err(vec![2, 2_000_000_000]));
        assert_eq!(near("1.0", Unit::Share16), Err(vec![1, 65_535]));
        assert_eq!(near("58982.0", Unit::Share16), Err(vec![58_982]));
        assert_eq!(near("10.00", Unit::PerHundred), Err(vec![10, 1_000]));
        for (text, unit) in [
            ("7200.0", Unit::Blocks),
            ("7.5", Unit::Count),
            ("13.889", Unit::MilliTempos),
            ("90.5", Unit::Share16),
            ("-10.0", Unit::PerHundred),
            ("-0.5", Unit::Rao),
            (".5", Unit::Rao),
            ("5.", Unit::Rao),
            ("1e3", Unit::Rao),
            ("1.5e3", Unit::Fixed64),
        ] {
            assert_eq!(near(text, unit), Err(Vec::new()), "{text}");
        }
    }

    #[test]
    fn every_spelling_is_read_in_its_unit() {
        for unit in [
            Unit::Blocks,
            Unit::Rao,
            Unit::AlphaRao,
            Unit::Share16,
            Unit::Share64,
            Unit::PerMillion,
            Unit::PerQuintillion,
            Unit::PerHundred,
            Unit::MilliTempos,
            Unit::Tempos,
            Unit::Epochs,
            Unit::Fixed64,
        ] {
            assert!(!unit.spellings().is_empty());
            for text in unit.spellings() {
                assert!(parse_with_unit(text, unit).is_ok(), "{text} {unit:?}");
            }
        }
    }

    #[test]
    fn people_read_units() {
        let show = |raw: u128, unit| human(&Value::Uint(raw), unit);
        assert_eq!(show(7_200, Unit::Blocks), "1d");
        assert_eq!(show(12_000, Unit::Blocks), "1d 16h");
        assert_eq!(show(0, Unit::Blocks), "0s");
        assert_eq!(show(500_000, Unit::Rao), "0.0005 TAO");
        assert_eq!(show(100_000_000_000, Unit::Rao), "100 TAO");
        assert_eq!(show(65_535, Unit::Share16), "100%");
        assert_eq!(show(45_875, Unit::Share16), "~70.0008%");
        assert_eq!(show(14_757_395_258_967_641_292, Unit::Share64), "80%");
        assert_eq!(show(900_000, Unit::PerMillion), "90%");
        assert_eq!(show(13_889, Unit::MilliTempos), "13.889 tempos");
        assert_eq!(show(1_000, Unit::MilliTempos), "1 tempo");
        assert_eq!(show(1, Unit::Tempos), "1 tempo");
        assert_eq!(show(1, Unit::Epochs), "1 epoch");
        assert_eq!((raw("3 epochs", Unit::Epochs), raw("3 tempos", Unit::Epochs)), (3, 3));
        assert_eq!(show(3 << 63, Unit::Fixed64), "×1.5");
        assert_eq!(show((1 << 64) + 1, Unit::Fixed64), "~×1");
        assert_eq!(human(&Value::Negative(-1_000), Unit::PerHundred), "-10");
    }

    #[test]
    fn yaml_keeps_every_digit() {
        for raw in [0, 7_200, u128::from(u64::MAX), 14_757_395_258_967_641_292, u128::MAX] {
            let text = serde_yaml::to_string(&Value::Uint(raw)).unwrap();
            assert_eq!(text.trim(), raw.to_string());
            assert_eq!(serde_yaml::from_str::<Value>(&text).unwrap(), Value::Uint(raw));
        }
        let low = Value::Negative(-32_768);
        assert_eq!(
            serde_yaml::from_str::<Value>(&serde_yaml::to_string(&low).unwrap()).unwrap(),
            low
        );
        for float in ["1.0", "1e3", "14757395258967642000.0", ".inf"] {
            let error = serde_yaml::from_str::<Value>(float).unwrap_err().to_string();
            assert!(error.contains("not exact"), "{float}: {error}");
        }
    }
}
