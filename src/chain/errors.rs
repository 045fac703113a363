//! The chain's errors, by name and in words.

use scale_value::{Composite, ValueDef};
use subxt::metadata::Metadata;

use super::decode;
use crate::ops::ChainError;

/// Decodes a `DispatchError` by the metadata of the block it came from.
pub(crate) fn dispatch_error(value: &scale_value::Value<u32>, metadata: &Metadata) -> ChainError {
    let ValueDef::Variant(variant) = &value.value else {
        return ChainError { name: "unknown error".to_owned(), meaning: String::new() };
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
    let name = match detail {
        Some(detail) => format!("{}.{detail}", variant.name),
        None => variant.name.clone(),
    };
    let meaning = explain_error(&name).unwrap_or_default().to_owned();
    ChainError { name, meaning }
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
    let name = format!("{}.{}", pallet.name(), variant.name);
    let meaning = match explain_error(&name) {
        Some(meaning) => meaning.to_owned(),
        None => variant.docs.join(" ").trim().to_owned(),
    };
    Some(ChainError { name, meaning })
}

/// What an error of the chain means for an owner, where the chain's own words say
/// too little.
#[must_use]
pub fn explain_error(name: &str) -> Option<&'static str> {
    Some(match name {
        "BadOrigin" => "the signer is not the owner of the subnet, or only root may make this call",
        "SubtensorModule.TxRateLimitExceeded" => {
            "the same hyperparameter was changed too short a while ago"
        }
        "SubtensorModule.AdminActionProhibitedDuringWeightsWindow" => {
            "the freeze window before an epoch is closed to changes"
        }
        "SubtensorModule.LiquidAlphaDisabled" => "liquid alpha must be on to set the alpha values",
        "SubtensorModule.AlphaHighTooLow" => "alpha_high must be at least 1638",
        "SubtensorModule.AlphaLowOutOfRange" => {
            "alpha_low must be at least 1638 and at most alpha_high"
        }
        "SubtensorModule.TooManyUIDsPerMechanism" => {
            "max_allowed_uids times mechanism_count must be at most 256"
        }
        "SubtensorModule.ColdkeySwapAnnounced" => {
            "a coldkey swap is announced for the signer: until it is done nothing else goes"
        }
        "SubtensorModule.ColdkeySwapDisputed" => {
            "the coldkey swap of the signer is disputed: nothing goes until that is settled"
        }
        "AdminUtils.ValueNotInBounds" => {
            "the value is outside its bounds (min_burn must stay below max_burn)"
        }
        "AdminUtils.SubnetDoesNotExist" => "there is no such subnet",
        "System.CallFiltered" => {
            "the chain does not let this call through now: safe mode, a batch in a batch, or a \
             proxy that may not make it"
        }
        "Token.FundsUnavailable" => "the account has too little TAO",
        _ => return None,
    })
}
