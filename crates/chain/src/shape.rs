//! Types by their shape: what of a value fits into a call, and what a stored one is written as.

use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};
use scale_value::{Composite, ValueDef};
use sp_core::crypto::{AccountId32, Ss58Codec};
use subtune_model::address::ss58;
use subtune_model::catalog::ValueKind;
use subtune_model::value::Value;

use super::decode;

type Scale = scale_value::Value<u32>;

/// What is inside a type of one field, through as many as there are: names and compacts.
pub(crate) fn inside(mut ty: u32, types: &PortableRegistry) -> u32 {
    // No chain nests deeper, and a type that holds itself was refused.
    for _ in 0..16 {
        let inner = types.resolve(ty).and_then(|found| match &found.type_def {
            TypeDef::Composite(composite) => match composite.fields.as_slice() {
                [only] => Some(only.ty.id),
                _ => None,
            },
            TypeDef::Compact(compact) => Some(compact.type_param.id),
            _ => None,
        });
        match inner {
            Some(inner) => ty = inner,
            None => break,
        }
    }
    ty
}

/// The type inside an `Option`.
pub(crate) fn optional(ty: u32, types: &PortableRegistry) -> Option<u32> {
    let found = types.resolve(ty)?;
    let TypeDef::Variant(variants) = &found.type_def else { return None };
    match variants.variants.as_slice() {
        [none, some] if none.name == "None" && none.fields.is_empty() && some.name == "Some" => {
            let [inner] = some.fields.as_slice() else { return None };
            Some(inner.ty.id)
        }
        _ => None,
    }
}

/// What a value of a type can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    Switch,
    /// The name of a variant.
    Name,
    Account,
    /// Bytes that may be text.
    Text,
    /// Numbers.
    List,
}

fn form(ty: u32, types: &PortableRegistry) -> Option<Form> {
    use scale_info::TypeDefPrimitive as P;
    let is_byte = |ty: u32| {
        let found = types.resolve(ty);
        matches!(found.map(|found| &found.type_def), Some(TypeDef::Primitive(P::U8)))
    };
    let is_number = |ty: u32| form(inside(ty, types), types) == Some(Form::Number);
    Some(match &types.resolve(inside(ty, types))?.type_def {
        TypeDef::Primitive(P::Bool) => Form::Switch,
        TypeDef::Primitive(P::Char | P::Str | P::U256 | P::I256) => return None,
        TypeDef::Primitive(_) => Form::Number,
        TypeDef::Variant(variants)
            if !variants.variants.is_empty()
                && variants.variants.iter().all(|variant| variant.fields.is_empty()) =>
        {
            Form::Name
        }
        TypeDef::Array(array) if array.len == 32 && is_byte(array.type_param.id) => Form::Account,
        TypeDef::Sequence(sequence) if is_byte(sequence.type_param.id) => Form::Text,
        TypeDef::Sequence(sequence) if is_number(sequence.type_param.id) => Form::List,
        TypeDef::Array(array) if is_number(array.type_param.id) => Form::List,
        TypeDef::Tuple(tuple)
            if tuple.fields.len() > 1 && tuple.fields.iter().all(|field| is_number(field.id)) =>
        {
            Form::List
        }
        _ => return None,
    })
}

/// Whether every value of the type has one form that can be written and set again.
pub(crate) fn is_readable(ty: u32, types: &PortableRegistry) -> bool {
    form(optional(ty, types).unwrap_or(ty), types).is_some()
}

/// A stored value by the type of the argument that sets it. `None` for what has no such form, such as
/// bytes that are no text.
pub(crate) fn value(stored: &Scale, ty: u32, types: &PortableRegistry) -> Option<Value> {
    if let Some(inner) = optional(ty, types) {
        return match &stored.value {
            ValueDef::Variant(variant) if variant.name == "None" => Some(Value::None),
            ValueDef::Variant(variant) if variant.name == "Some" => {
                value(variant.values.values().next()?, inner, types)
            }
            // The item is optional itself.
            _ => value(stored, inner, types),
        };
    }
    let stored = innermost(stored, ty, types)?;
    match form(ty, types)? {
        Form::Number | Form::Switch => decode::plain(stored),
        Form::Name => match &stored.value {
            ValueDef::Variant(variant) => Some(Value::Text(variant.name.clone())),
            _ => None,
        },
        Form::Account => decode::bytes(stored)?.try_into().ok().map(|id| Value::Text(ss58(&id))),
        Form::Text => {
            let ValueDef::Composite(bytes) = &stored.value else { return None };
            let bytes: Option<Vec<u8>> =
                bytes.values().map(|byte| u8::try_from(decode::integer(byte)?).ok()).collect();
            String::from_utf8(bytes?).ok().map(Value::Text)
        }
        Form::List => decode::list(stored).map(Value::List),
    }
}

/// The value inside all types of one field around it.
fn innermost<'a>(mut stored: &'a Scale, ty: u32, types: &PortableRegistry) -> Option<&'a Scale> {
    let (mut ty, end) = (ty, inside(ty, types));
    while ty != end {
        let found = types.resolve(ty)?;
        match (&found.type_def, &stored.value) {
            (TypeDef::Composite(_), ValueDef::Composite(fields)) => {
                stored = match fields {
                    Composite::Named(fields) => &fields.first()?.1,
                    Composite::Unnamed(fields) => fields.first()?,
                };
            }
            (TypeDef::Compact(_), _) => {}
            _ => return None,
        }
        ty = match &found.type_def {
            TypeDef::Composite(composite) => composite.fields.first()?.ty.id,
            TypeDef::Compact(compact) => compact.type_param.id,
            _ => return None,
        };
    }
    Some(stored)
}

/// Whether the argument type of a setter takes values of this kind.
pub(crate) fn takes(kind: ValueKind, ty: u32, types: &PortableRegistry) -> bool {
    let Some(ty) = types.resolve(ty) else { return false };
    match &ty.type_def {
        TypeDef::Composite(fields) => match (kind, fields.fields.as_slice()) {
            (ValueKind::Account, [field]) => matches!(
                types.resolve(field.ty.id).map(|inner| &inner.type_def),
                Some(TypeDef::Array(array)) if array.len == 32
            ),
            (_, [field]) => takes(kind, field.ty.id, types),
            _ => false,
        },
        TypeDef::Primitive(primitive) => matches!(
            (kind, primitive),
            (ValueKind::Bool, TypeDefPrimitive::Bool)
                | (ValueKind::Uint(8), TypeDefPrimitive::U8)
                | (ValueKind::Uint(16), TypeDefPrimitive::U16)
                | (ValueKind::Uint(32), TypeDefPrimitive::U32)
                | (ValueKind::Uint(64), TypeDefPrimitive::U64)
                | (ValueKind::Uint(128), TypeDefPrimitive::U128)
                | (ValueKind::Int16, TypeDefPrimitive::I16)
        ),
        TypeDef::Compact(compact) => takes(kind, compact.type_param.id, types),
        TypeDef::Variant(variants) => match kind {
            ValueKind::Choice(names) => names.iter().all(|name| {
                variants.variants.iter().any(|variant| variant.name.eq_ignore_ascii_case(name))
            }),
            ValueKind::Shares => variants.variants.iter().any(|variant| variant.name == "Some"),
            _ => false,
        },
        TypeDef::Sequence(_) => kind == ValueKind::Text,
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
    if let Some(inner) = optional(ty, types) {
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
