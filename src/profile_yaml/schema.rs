//! The JSON Schema of the profile format, for editors and other tools.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};
use subtune_model::catalog::{self, Hyperparameter, Source, Test, ValueKind};
use subtune_model::profile::Target;

use super::read::{ALPHA_VALUES, spellings};

/// The frame of a profile. It is never read through serde: the tree of the reader
/// knows places, which serde does not.
#[derive(JsonSchema)]
#[schemars(
    title = "subtune profile",
    description = "Wanted hyperparameters of a Bittensor subnet.",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "only its schema is used")]
struct ProfileFile {
    /// Version of this format.
    #[schemars(extend("const" = subtune_model::profile::FORMAT_VERSION))]
    format_version: u32,
    /// Short name.
    #[schemars(length(min = 1))]
    name: String,
    /// What it is for.
    #[schemars(length(min = 1))]
    description: String,
    /// Where the numbers come from.
    #[schemars(length(min = 1))]
    source: String,
    /// The chain and subnet it is for, if it is for one only.
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    /// Wanted values by name: a bare integer is the raw value of the chain, a text may carry a unit. None
    /// at all, as where each is still a comment, wants no change.
    hyperparameters: Values,
    /// In a rollback profile: the values that it takes back.
    #[schemars(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<Values>,
}

/// The map of values.
struct Values;

impl JsonSchema for Values {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties = Map::new();
        for row in catalog::ALL.iter().filter(|row| !matches!(row.kind, ValueKind::Action)) {
            for name in spellings(row) {
                let mut schema = allowed(row);
                let other = if name == row.name {
                    String::new()
                } else {
                    format!("Another name of {}. ", row.name)
                };
                schema.insert("description".to_owned(), Json::String(other + &description(row)));
                properties.insert(name.to_owned(), Json::Object(schema));
            }
        }
        if let Some(low) = catalog::find("alpha_low") {
            let pair = json!({
                "description": "alpha_low and alpha_high in one line.",
                "type": "array",
                "items": allowed(low),
                "minItems": 2,
                "maxItems": 2,
            });
            properties.insert(ALPHA_VALUES.to_owned(), pair);
        }
        json_schema!({
            "type": ["object", "null"],
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

/// The JSON Schema of a profile file.
#[must_use]
pub fn json_schema() -> Json {
    schemars::schema_for!(ProfileFile).to_value()
}

fn description(row: &Hyperparameter) -> String {
    let mut text = format!("{} {}", row.summary, row.influence);
    if !matches!(row.kind, ValueKind::Bool) {
        text.push_str(&format!(" Unit: {}.", row.unit.describe()));
    }
    for bound in row.range() {
        text.push_str(&format!(" Must be {bound}."));
    }
    if row.since > 0 {
        text.push_str(&format!(" Since runtime {}.", row.since));
    }
    text
}

/// What JSON the value may be. Bounds above 64 bits stand in the description only:
/// most readers of a schema would round them.
fn allowed(row: &Hyperparameter) -> Map<String, Json> {
    let schema = match row.kind {
        ValueKind::Bool => json!({ "enum": [true, false, "on", "off"] }),
        ValueKind::Uint(bits) => {
            let largest =
                1u128.checked_shl(u32::from(bits)).map_or(u128::MAX, |top| top.saturating_sub(1));
            json!({ "anyOf": numbers(row, integer(row, 0, largest)) })
        }
        ValueKind::Int16 => {
            let highest = i16::MAX.unsigned_abs().into();
            json!({ "anyOf": numbers(row, integer(row, i16::MIN.into(), highest)) })
        }
        ValueKind::Choice(names) => json!({ "enum": names }),
        ValueKind::Shares => json!({ "anyOf": [
            {
                "type": "array",
                "items": { "anyOf": [
                    { "type": "integer", "minimum": 0, "maximum": 65_535 },
                    { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *%?$" },
                ] },
                "minItems": 1,
            },
            { "type": "null" },
        ] }),
        ValueKind::Account => {
            json!({ "type": "string", "pattern": "^5[1-9A-HJ-NP-Za-km-z]{46,47}$" })
        }
        ValueKind::Text | ValueKind::Action => json!({ "type": "string", "minLength": 1 }),
    };
    match schema {
        Json::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// The raw integer, a text with a unit and, where it means something, a decimal.
fn numbers(row: &Hyperparameter, integer: Json) -> Vec<Json> {
    let mut numbers = vec![integer, text(row)];
    if row.unit.reads_decimals() {
        numbers.push(json!({
            "type": "number",
            "not": { "type": "integer" },
            "description": "A decimal, converted exactly or refused",
        }));
    }
    numbers
}

/// A raw integer between what the type holds and what the chain is known to accept.
fn integer(row: &Hyperparameter, lowest: i64, highest: u128) -> Json {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("integer"));
    schema.insert("minimum".to_owned(), json!(lowest));
    let mut set = |key: &str, raw: u128| {
        if let Ok(raw) = u64::try_from(raw) {
            schema.insert(key.to_owned(), json!(raw));
        }
    };
    set("maximum", highest);
    for bound in row.bounds {
        if let Source::Literal(raw) = bound.with {
            let key = match bound.test {
                Test::AtLeast => "minimum",
                Test::AtMost => "maximum",
                Test::Above => "exclusiveMinimum",
                Test::Below => "exclusiveMaximum",
            };
            set(key, raw);
        }
    }
    Json::Object(schema)
}

/// The same with a unit.
fn text(row: &Hyperparameter) -> Json {
    if row.unit.spellings().is_empty() {
        return json!({ "type": "string", "pattern": "^[0-9]+$" });
    }
    let examples = match row.examples().as_slice() {
        [] => String::new(),
        examples => format!(": {}", examples.join(", ")),
    };
    json!({
        "type": "string",
        "pattern": "^[-×]?[0-9]",
        "description": format!("With a unit, converted exactly or refused{examples}"),
    })
}
