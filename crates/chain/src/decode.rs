//! SCALE values by the chain's own types, to and from ours.

use scale_info::PortableRegistry;
use scale_value::{Composite, Primitive, ValueDef};
use sp_core::crypto::{AccountId32, Ss58Codec};
use subtune_model::catalog::{Part, ValueKind};
use subtune_model::value::Value;
use subxt::metadata::Metadata;

use super::bounded;

type Scale = scale_value::Value<u32>;

/// Decodes bytes by a type of the metadata; `None` unless all of them are used.
pub(crate) fn scale(bytes: &[u8], ty: u32, types: &PortableRegistry) -> Option<Scale> {
    let mut rest = bytes;
    let value = bounded::value(&mut rest, ty, types)?;
    rest.is_empty().then_some(value)
}

/// A constant of a pallet, where that is an integer.
pub(crate) fn constant(metadata: &Metadata, pallet: &str, name: &str) -> Option<u128> {
    let found = metadata.pallet_by_name(pallet)?.constant_by_name(name)?;
    integer(&scale(found.value(), found.ty(), metadata.types())?)
}

/// The value of a hyperparameter from what the chain stores for it.
pub(crate) fn hyperparameter(stored: &Scale, part: Part, kind: ValueKind) -> Option<Value> {
    let stored = match (part, &stored.value) {
        (Part::Field(index), ValueDef::Composite(fields)) => fields.values().nth(index)?,
        (Part::Field(_), _) => return None,
        (Part::Whole | Part::IntegerOfFixed(_), _) => stored,
    };
    match kind {
        // What is not UTF-8 has no text that would set it again.
        ValueKind::Text => String::from_utf8(bytes(stored)?).ok().map(Value::Text),
        ValueKind::Account => {
            Some(Value::Text(AccountId32::new(account_of(stored)?).to_ss58check()))
        }
        ValueKind::Shares => list(stored).map(Value::List),
        ValueKind::Choice(_) => match plain(stored)? {
            Value::Text(name) => Some(Value::Text(name.to_ascii_lowercase())),
            other => Some(other),
        },
        ValueKind::Bool | ValueKind::Uint(_) | ValueKind::Int16 | ValueKind::Action => {
            match (plain(stored)?, part) {
                // Its setter takes whole numbers: a fraction could not be set again.
                (Value::Uint(bits), Part::IntegerOfFixed(fraction)) => {
                    (bits.trailing_zeros() >= fraction).then_some(Value::Uint(bits >> fraction))
                }
                (value, _) => Some(value),
            }
        }
    }
}

/// A value without knowing what it is: numbers, switches, names and lists.
pub(crate) fn plain(value: &Scale) -> Option<Value> {
    match &value.value {
        ValueDef::Primitive(Primitive::Bool(value)) => Some(Value::Bool(*value)),
        ValueDef::Primitive(Primitive::U128(value)) => Some(Value::Uint(*value)),
        ValueDef::Primitive(Primitive::I128(value)) => Some(Value::int(*value)),
        ValueDef::Primitive(Primitive::String(value)) => Some(Value::Text(value.clone())),
        ValueDef::Primitive(_) | ValueDef::BitSequence(_) => None,
        ValueDef::Variant(variant) => match (variant.name.as_str(), variant.values.len()) {
            ("None", 0) => Some(Value::None),
            (name, 0) => Some(Value::Text(name.to_owned())),
            (_, 1) => plain(variant.values.values().next()?),
            _ => None,
        },
        // Fixed-point numbers, newtypes and compacts are structs of one field.
        ValueDef::Composite(Composite::Named(fields)) if fields.len() == 1 => {
            plain(&fields.first()?.1)
        }
        ValueDef::Composite(Composite::Unnamed(fields)) if fields.len() == 1 => {
            plain(fields.first()?)
        }
        ValueDef::Composite(fields) => {
            let list = fields.values().map(integer).collect::<Option<Vec<_>>>();
            list.map(Value::List)
        }
    }
}

/// A sequence of integers, also of one element.
pub(crate) fn list(value: &Scale) -> Option<Vec<u128>> {
    match &value.value {
        ValueDef::Composite(fields) => fields.values().map(integer).collect(),
        _ => None,
    }
}

/// A vector of shares of 65535, or of other numbers of 16 bits.
pub(crate) fn shares(value: &Scale) -> Option<Vec<u16>> {
    list(value)?.into_iter().map(|share| u16::try_from(share).ok()).collect()
}

/// A vector of numbers of 64 bits: blocks, amounts.
pub(crate) fn numbers(value: &Scale) -> Option<Vec<u64>> {
    list(value)?.into_iter().map(|number| u64::try_from(number).ok()).collect()
}

/// A vector of switches.
pub(crate) fn switches(value: &Scale) -> Option<Vec<bool>> {
    let ValueDef::Composite(fields) = &value.value else { return None };
    let switch = |field| match plain(field) {
        Some(Value::Bool(on)) => Some(on),
        _ => None,
    };
    fields.values().map(switch).collect()
}

/// A row of weights or bonds: uid and share.
pub(crate) fn row(value: &Scale) -> Option<Vec<(u16, u16)>> {
    let ValueDef::Composite(fields) = &value.value else { return None };
    let pair = |field| match list(field)?.as_slice() {
        [uid, share] => Some((u16::try_from(*uid).ok()?, u16::try_from(*share).ok()?)),
        _ => None,
    };
    fields.values().map(pair).collect()
}

/// A non-negative integer, through any newtypes around it.
pub(crate) fn integer(value: &Scale) -> Option<u128> {
    match plain(value)? {
        Value::Uint(value) => Some(value),
        _ => None,
    }
}

/// A sequence or array of bytes.
pub(crate) fn bytes(value: &Scale) -> Option<Vec<u8>> {
    match &value.value {
        // An account is a struct around its array.
        ValueDef::Composite(fields) if fields.len() == 1 => {
            let inner = fields.values().next()?;
            match &inner.value {
                ValueDef::Composite(_) => bytes(inner),
                _ => Some(vec![u8::try_from(integer(inner)?).ok()?]),
            }
        }
        ValueDef::Composite(fields) => {
            fields.values().map(|byte| u8::try_from(integer(byte)?).ok()).collect()
        }
        _ => None,
    }
}

/// An account's address.
pub(crate) fn account_of(value: &Scale) -> Option<[u8; 32]> {
    bytes(value)?.try_into().ok()
}
