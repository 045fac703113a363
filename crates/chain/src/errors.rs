//! The chain's errors, by the metadata of the block they came from.

use scale_value::{Composite, ValueDef};
use subtune_model::ports::ChainError;
use subxt::metadata::Metadata;

use super::decode;

/// Decodes a `DispatchError`; what our own table does not explain keeps the chain's words.
pub(crate) fn dispatch_error(value: &scale_value::Value<u32>, metadata: &Metadata) -> ChainError {
    let ValueDef::Variant(variant) = &value.value else {
        return ChainError::named("unknown error");
    };
    if variant.name == "Module"
        && let Some(error) = module_error(&variant.values, metadata)
    {
        return error;
    }
    let detail = variant.values.values().next().and_then(|inner| match &inner.value {
        ValueDef::Variant(inner) => Some(inner.name.clone()),
        _ => None,
    });
    ChainError::named(match detail {
        Some(detail) => format!("{}.{detail}", variant.name),
        None => variant.name.clone(),
    })
}

fn module_error(values: &Composite<u32>, metadata: &Metadata) -> Option<ChainError> {
    // Newer runtimes wrap { index, error } into one more field.
    let values = match values {
        Composite::Unnamed(fields) if fields.len() == 1 => match &fields.first()?.value {
            ValueDef::Composite(inner) => inner,
            _ => values,
        },
        _ => values,
    };
    let mut fields = values.values();
    let index = u8::try_from(decode::integer(fields.next()?)?).ok()?;
    let bytes = decode::bytes(fields.next()?)?;
    let pallet = metadata.pallet_by_error_index(index)?;
    let variant = pallet.error_variant_by_index(*bytes.first()?)?;
    let mut error = ChainError::named(format!("{}.{}", pallet.name(), variant.name));
    if error.meaning.is_empty() {
        variant.docs.join(" ").trim().clone_into(&mut error.meaning);
    }
    Some(error)
}
