//! What a runtime has of the rows of the catalog: by the metadata alone.

use std::collections::BTreeMap;

use scale_info::TypeDef;
use subtune_model::catalog::{self, Hyperparameter, Setter, ValueKind};
use subtune_model::error::{Error, Result};
use subtune_model::snapshot::SetterState;
use subxt::metadata::Metadata;

use super::storage::{entry, slot, transaction_type};
use super::{decode, discover, shape};

/// How this chain sets every hyperparameter of the catalog.
pub(crate) fn setters(metadata: &Metadata, spec_version: u32) -> BTreeMap<String, SetterState> {
    catalog::ALL
        .iter()
        .map(|row| {
            let state = row
                .setters
                .iter()
                .find_map(|setter| setter_state(setter, row, metadata, spec_version))
                .unwrap_or(SetterState::Missing);
            (row.name.to_owned(), state)
        })
        .chain(
            discover::setters(metadata).setters.into_iter().map(|found| (found.name, found.state)),
        )
        .collect()
}

/// What a runtime has of one row of the catalog.
#[derive(Debug)]
pub struct Resolved {
    /// The row.
    pub row: &'static Hyperparameter,
    /// Whether its storage item is there, a map from netuid whose default value can be read.
    pub stored: bool,
    /// How it is set.
    pub setter: SetterState,
    /// The end of the key of its rate-limit slot on subnet 1, in hex, without prefix and account.
    pub slot: Option<String>,
}

/// Looks every row of the catalog up in a runtime's metadata, without a chain.
///
/// # Errors
/// When the metadata cannot be decoded.
pub fn resolve(metadata: &[u8], spec_version: u32) -> Result<Vec<Resolved>> {
    let metadata = super::metadata::read(metadata)
        .map_err(|what| Error::input(format!("the metadata cannot be decoded: {what}")))?;
    let mut setters = setters(&metadata, spec_version);
    Ok(catalog::ALL
        .iter()
        .map(|row| {
            let by_netuid = [scale_value::Value::u128(1)];
            let stored = row.storage.is_some_and(|item| {
                entry(&metadata, item.pallet, item.name, &by_netuid).is_some_and(|entry| {
                    entry.default.is_none_or(|default| {
                        decode::scale(&default, entry.ty, metadata.types())
                            .and_then(|value| decode::hyperparameter(&value, item.part, row.kind))
                            .is_some_and(|value| {
                                row.kind == ValueKind::Text || row.check_type(&value).is_ok()
                            })
                    })
                })
            });
            let setter = setters.remove(row.name).unwrap_or(SetterState::Missing);
            let slot = slot(&metadata, row.limit, 1, &[0; 32]).and_then(|entry| {
                // 0x, two hashes of 16 bytes; the account with another one.
                let account = transaction_type(row.limit).is_some();
                let shared = if account { 2 + 64 + 96 } else { 2 + 64 };
                Some(entry.key.get(shared..)?.to_owned())
            });
            Resolved { row, stored, setter, slot }
        })
        .collect())
}

fn setter_state(
    setter: &Setter,
    row: &Hyperparameter,
    metadata: &Metadata,
    spec_version: u32,
) -> Option<SetterState> {
    let Setter { pallet, call, args, who, when } = setter;
    let variant =
        |pallet: &str, call: &str| metadata.pallet_by_name(pallet)?.call_variant_by_name(call);
    if let Some((pallet, call)) = when {
        variant(pallet, call)?;
    }
    let found = variant(pallet, call)?;
    let changed =
        |what: String| Some(SetterState::Changed { call: format!("{pallet}.{call}"), what });
    let names: Vec<&str> = found.fields.iter().map(|f| f.name.as_deref().unwrap_or("")).collect();
    let expected: Vec<&str> = std::iter::once("netuid").chain(args.iter().copied()).collect();
    if names != expected {
        return changed(format!("({}) instead of ({})", names.join(", "), expected.join(", ")));
    }
    let types = metadata.types();
    for (index, field) in found.fields.iter().enumerate() {
        let kind = match (index, row.kind) {
            (0, _) => ValueKind::Uint(16),
            // Its arguments are nobody's values.
            (_, ValueKind::Action) => break,
            (_, kind) => kind,
        };
        if !shape::takes(kind, field.ty.id, types) {
            let ty = types.resolve(field.ty.id).map(|ty| match &ty.type_def {
                TypeDef::Primitive(primitive) => format!("{primitive:?}").to_lowercase(),
                _ => ty.path.segments.join("::"),
            });
            let name = names.get(index).copied().unwrap_or_default();
            return changed(format!("{name} is {}", ty.unwrap_or_default()));
        }
    }
    Some(SetterState::Call {
        pallet: (*pallet).to_owned(),
        call: (*call).to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        who: who.at(spec_version),
    })
}
