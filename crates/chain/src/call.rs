//! Calls by the metadata, and the events that they leave behind: below reading and writing.

use scale_value::Composite;
use sp_core::crypto::{AccountId32 as Account, Ss58Codec};
use subtune_model::error::{Error, Result};
use subtune_model::plan::Call;
use subxt::tx::DynamicPayload;

use super::metadata::Runtime;
use super::shape;

/// A call by the metadata.
pub(super) type Payload = DynamicPayload<Composite<()>>;

/// An event of an extrinsic.
pub(super) struct Event {
    /// Index of the extrinsic in its block.
    pub(super) index: u32,
    pub(super) pallet: String,
    pub(super) name: String,
    pub(super) fields: Composite<u32>,
}

/// The call of a transaction: one call as it is, several in one atomic batch.
pub(super) fn payload(calls: &[Call], runtime: &Runtime) -> Result<Payload> {
    let mut payloads =
        calls.iter().map(|call| single(call, runtime)).collect::<Result<Vec<_>>>()?;
    match (payloads.pop(), payloads.is_empty()) {
        (None, _) => Err(Error::refused("there is nothing to send")),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            payloads.push(last);
            let calls = payloads.into_iter().map(DynamicPayload::into_value);
            let calls = scale_value::Value::unnamed_composite(calls);
            Ok(subxt::dynamic::tx("Utility", "batch_all", Composite::named([("calls", calls)])))
        }
    }
}

pub(super) fn single(call: &Call, runtime: &Runtime) -> Result<Payload> {
    let metadata = &*runtime.metadata;
    let missing = || {
        Error::refused(format!("runtime {} has no call {}", runtime.spec_version, call.name()))
            .hint("run `subtune plan` again")
    };
    let variant = metadata
        .pallet_by_name(&call.pallet)
        .and_then(|pallet| pallet.call_variant_by_name(&call.call))
        .ok_or_else(missing)?;
    let mut fields = vec![("netuid".to_owned(), scale_value::Value::u128(call.netuid.into()))];
    for arg in &call.args {
        let field = variant
            .fields
            .iter()
            .find(|field| field.name.as_deref() == Some(arg.name.as_str()))
            .ok_or_else(missing)?;
        let value =
            shape::argument(&arg.value, field.ty.id, metadata.types()).ok_or_else(|| {
                Error::refused(format!(
                    "{} does not take {} for {}",
                    call.name(),
                    arg.value,
                    arg.name
                ))
            })?;
        fields.push((arg.name.clone(), value));
    }
    Ok(subxt::dynamic::tx(call.pallet.clone(), call.call.clone(), Composite::named(fields)))
}

pub(super) fn account(ss58: &str) -> Result<[u8; 32]> {
    Account::from_ss58check(ss58)
        .map(Into::into)
        .map_err(|_| Error::input(format!("{ss58} is not an SS58 address")))
}
