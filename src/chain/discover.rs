//! Setters that the connected chain has and the catalog does not know.

use scale_info::TypeDef;
use subxt::metadata::Metadata;

use super::names;
use crate::model::catalog;
use crate::model::snapshot::SetterState;

/// The pallet in which the chain keeps its setters.
const PALLET: &str = "AdminUtils";
const PREFIX: &str = "sudo_set_";

/// A setter, and the storage item that it seems to write.
pub(super) struct Found {
    /// The name of the call without its prefix.
    pub(super) name: String,
    pub(super) storage: String,
    pub(super) state: SetterState,
}

/// Calls `sudo_set_NAME(netuid, value)` that no row of the catalog names, and whose value is found
/// again: in the one storage map by netuid that begins like the name and holds the same type.
/// What cannot be read cannot be proved either, so it is left alone.
pub(super) fn setters(metadata: &Metadata) -> Vec<Found> {
    let known = |call: &str| {
        catalog::ALL.iter().flat_map(|row| row.setters).any(|setter| setter.call == call)
    };
    let calls = metadata.pallet_by_name(PALLET).and_then(|pallet| pallet.call_variants());
    calls
        .unwrap_or_default()
        .iter()
        .filter(|call| !known(&call.name))
        .filter_map(|call| {
            let name = call.name.strip_prefix(PREFIX)?;
            let [netuid, value] = call.fields.as_slice() else { return None };
            if netuid.name.as_deref() != Some("netuid") || catalog::find(name).is_some() {
                return None;
            }
            let storage = storage(name, value.ty.id, metadata)?;
            let state = SetterState::Call {
                pallet: PALLET.to_owned(),
                call: call.name.clone(),
                args: vec![value.name.clone()?],
                who: "unknown",
            };
            Some(Found { name: name.to_owned(), storage, state })
        })
        .collect()
}

fn storage(name: &str, ty: u32, metadata: &Metadata) -> Option<String> {
    let squeezed = name.replace('_', "");
    let is_number = |ty: u32| {
        let ty = metadata.types().resolve(ty);
        ty.is_some_and(|ty| matches!(ty.type_def, TypeDef::Primitive(_)))
    };
    let mut items = metadata
        .pallet_by_name(names::SUBTENSOR)?
        .storage()?
        .entries()
        .iter()
        .filter(|entry| entry.name().to_ascii_lowercase().starts_with(&squeezed))
        .filter(|entry| entry.keys().len() == 1 && entry.value_ty() == ty && is_number(ty))
        .filter(|entry| {
            let taken = |row: &catalog::Hyperparameter| {
                row.storage.is_some_and(|item| item.name == entry.name())
            };
            !catalog::ALL.iter().any(taken)
        });
    let first = items.next()?;
    items.next().is_none().then(|| first.name().to_owned())
}
