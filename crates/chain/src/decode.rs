//! SCALE values by the chain's own types, to and from ours.

use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};
use scale_value::{Composite, Primitive, ValueDef};
use sp_core::crypto::{AccountId32, Ss58Codec};
use subtune_model::catalog::{Kind, Part};
use subtune_model::value::Value;
use subxt::metadata::Metadata;

use super::{bounded, discover};

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
pub(crate) fn hyperparameter(stored: &Scale, part: Part, kind: Kind) -> Option<Value> {
    let stored = match (part, &stored.value) {
        (Part::Field(index), ValueDef::Composite(fields)) => fields.values().nth(index)?,
        (Part::Field(_), _) => return None,
        (Part::Whole | Part::IntegerOfFixed(_), _) => stored,
    };
    match kind {
        // What is not UTF-8 has no text that would set it again.
        Kind::Text => String::from_utf8(bytes(stored)?).ok().map(Value::Text),
        Kind::Account => Some(Value::Text(AccountId32::new(account_of(stored)?).to_ss58check())),
        Kind::Shares => list(stored).map(Value::List),
        Kind::Choice(_) => match plain(stored)? {
            Value::Text(name) => Some(Value::Text(name.to_ascii_lowercase())),
            other => Some(other),
        },
        Kind::Bool | Kind::Uint(_) | Kind::Int16 | Kind::Action => match (plain(stored)?, part) {
            // Its setter takes whole numbers: a fraction could not be set again.
            (Value::Uint(bits), Part::IntegerOfFixed(fraction)) => {
                (bits.trailing_zeros() >= fraction).then_some(Value::Uint(bits >> fraction))
            }
            (value, _) => Some(value),
        },
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

/// Whether the argument type of a setter takes values of this kind.
pub(crate) fn takes(kind: Kind, ty: u32, types: &PortableRegistry) -> bool {
    let Some(ty) = types.resolve(ty) else { return false };
    match &ty.type_def {
        TypeDef::Composite(fields) => match (kind, fields.fields.as_slice()) {
            (Kind::Account, [field]) => matches!(
                types.resolve(field.ty.id).map(|inner| &inner.type_def),
                Some(TypeDef::Array(array)) if array.len == 32
            ),
            (_, [field]) => takes(kind, field.ty.id, types),
            _ => false,
        },
        TypeDef::Primitive(primitive) => matches!(
            (kind, primitive),
            (Kind::Bool, TypeDefPrimitive::Bool)
                | (Kind::Uint(8), TypeDefPrimitive::U8)
                | (Kind::Uint(16), TypeDefPrimitive::U16)
                | (Kind::Uint(32), TypeDefPrimitive::U32)
                | (Kind::Uint(64), TypeDefPrimitive::U64)
                | (Kind::Uint(128), TypeDefPrimitive::U128)
                | (Kind::Int16, TypeDefPrimitive::I16)
        ),
        TypeDef::Compact(compact) => takes(kind, compact.type_param.id, types),
        TypeDef::Variant(variants) => match kind {
            Kind::Choice(names) => names.iter().all(|name| {
                variants.variants.iter().any(|variant| variant.name.eq_ignore_ascii_case(name))
            }),
            Kind::Shares => variants.variants.iter().any(|variant| variant.name == "Some"),
            _ => false,
        },
        TypeDef::Sequence(_) => kind == Kind::Text,
        TypeDef::Array(_) | TypeDef::Tuple(_) | TypeDef::BitSequence(_) => false,
    }
}

/// A value as the argument of a call, shaped after the argument's type.
pub(crate) fn argument(
    value: &Value,
    ty: u32,
    types: &PortableRegistry,
) -> Option<scale_value::Value<()>> {
    use scale_value::Value as V;
    if let Some(inner) = discover::optional(ty, types) {
        return Some(match value {
            Value::None => V::variant("None", Composite::Unnamed(Vec::new())),
            value => V::unnamed_variant("Some", [argument(value, inner, types)?]),
        });
    }
    let def = &types.resolve(ty)?.type_def;
    Some(match (value, def) {
        (Value::Bool(value), _) => V::bool(*value),
        (Value::Uint(value), _) => V::u128(*value),
        (Value::Negative(value), _) => V::i128(*value),
        (Value::None, _) => return None,
        (Value::Text(text), TypeDef::Variant(variants)) => {
            let variant =
                variants.variants.iter().find(|variant| variant.name.eq_ignore_ascii_case(text))?;
            V::variant(variant.name.clone(), Composite::Unnamed(Vec::new()))
        }
        (Value::Text(text), TypeDef::Sequence(_)) => V::from_bytes(text.as_bytes()),
        (Value::Text(text), TypeDef::Array(_)) => {
            let account = AccountId32::from_ss58check(text).ok()?;
            let bytes: &[u8; 32] = account.as_ref();
            V::from_bytes(bytes)
        }
        // A type of one field: the value is inside.
        (Value::Text(_) | Value::List(_), TypeDef::Composite(composite)) => {
            let [only] = composite.fields.as_slice() else { return None };
            V::unnamed_composite([argument(value, only.ty.id, types)?])
        }
        (Value::List(values), _) => {
            V::unnamed_composite(values.iter().map(|value| V::u128(*value)))
        }
        (Value::Text(_), _) => return None,
    })
}
