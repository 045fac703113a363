//! Setters that the connected chain has and the catalog does not know, found by their shape.

use std::collections::{BTreeMap, BTreeSet};

use scale_info::{PortableRegistry, TypeDef};
use subtune_model::catalog;
use subtune_model::snapshot::SetterState;
use subxt::metadata::Metadata;

use super::names;
use super::shape::{inside, is_readable, optional};

/// What calls that set something begin with.
const PREFIXES: [&str; 3] = ["sudo_set_", "sudo_", "set_"];

/// A setter, and the storage item that it seems to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The name of the call without its prefix.
    pub(super) name: String,
    /// The pallet and the name of the item.
    pub(super) storage: (String, String),
    /// The type of the call's argument, by which the value is read.
    pub(super) ty: u32,
    pub(super) state: SetterState,
}

/// What was found, and what looks like a setter and is none for sure, with the reason.
#[derive(Debug, Default)]
pub(super) struct Discovered {
    pub(super) setters: Vec<Found>,
    pub(super) ambiguous: BTreeMap<String, String>,
}

/// A call `…NAME(netuid, value)` of any pallet, and the items that may hold its value.
struct Candidate {
    name: String,
    pallet: String,
    call: String,
    arg: String,
    ty: u32,
    items: Vec<(String, String)>,
}

/// Calls that no row of the catalog names, with a netuid and one other argument, whose value is found
/// again in the one map from netuid that has the words of its name and a value of the argument's type.
/// What could be two things is said, and not guessed.
pub(super) fn setters(metadata: &Metadata) -> Discovered {
    let mut found = Discovered::default();
    let mut by_name: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
    for one in candidates(metadata) {
        by_name.entry(one.name.clone()).or_default().push(one);
    }
    let mut by_item: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for one in by_name.values().flatten() {
        for item in &one.items {
            by_item.entry(item.clone()).or_default().insert(format!("{}.{}", one.pallet, one.call));
        }
    }
    for (name, mut all) in by_name {
        if all.len() > 1 {
            let calls: Vec<_> =
                all.iter().map(|one| format!("{}.{}", one.pallet, one.call)).collect();
            found.ambiguous.insert(name, format!("it could be set by {}", calls.join(" or by ")));
            continue;
        }
        let Some(Candidate { name, pallet, call, arg, ty, items }) = all.pop() else { continue };
        let items: Vec<_> = items.into_iter().collect();
        let [storage] = items.as_slice() else {
            let places: Vec<_> =
                items.iter().map(|(pallet, item)| format!("{pallet}.{item}")).collect();
            let why = format!("{pallet}.{call} could set {}", places.join(" or "));
            found.ambiguous.insert(name, why);
            continue;
        };
        if let Some(calls) = by_item.get(storage).filter(|calls| calls.len() > 1) {
            let calls: Vec<_> = calls.iter().map(String::as_str).collect();
            let what = format!("{}.{}", storage.0, storage.1);
            found
                .ambiguous
                .insert(name, format!("{what} could be set by {}", calls.join(" or by ")));
            continue;
        }
        let state = SetterState::Call { pallet, call, args: vec![arg], who: "unknown" };
        found.setters.push(Found { name, storage: storage.clone(), ty, state });
    }
    found
}

fn candidates(metadata: &Metadata) -> Vec<Candidate> {
    let types = metadata.types();
    let known = |call: &str| {
        catalog::ALL.iter().flat_map(|row| row.setters).any(|setter| setter.call == call)
    };
    let mut all = Vec::new();
    for pallet in metadata.pallets() {
        for call in pallet.call_variants().unwrap_or_default() {
            let Some(name) = PREFIXES.iter().find_map(|prefix| call.name.strip_prefix(prefix))
            else {
                continue;
            };
            let [netuid, value] = call.fields.as_slice() else { continue };
            let Some(arg) = value.name.clone() else { continue };
            if known(&call.name)
                || catalog::find(name).is_some()
                || netuid.name.as_deref() != Some("netuid")
                || !is_netuid(netuid.ty.id, types)
                || !is_readable(value.ty.id, types)
            {
                continue;
            }
            let items = items(pallet.name(), name, value.ty.id, metadata);
            if items.is_empty() {
                continue;
            }
            all.push(Candidate {
                name: name.to_owned(),
                pallet: pallet.name().to_owned(),
                call: call.name.clone(),
                arg,
                ty: value.ty.id,
                items,
            });
        }
    }
    all
}

/// The maps from netuid, of the call's own pallet and of the chain's main one, that have all words of
/// the name and hold what the call takes. Where one has no other words, the others are not meant.
fn items(pallet: &str, name: &str, ty: u32, metadata: &Metadata) -> Vec<(String, String)> {
    let types = metadata.types();
    let wanted: Vec<String> = name.split('_').map(str::to_owned).collect();
    let mut found = Vec::new();
    let mut exact = Vec::new();
    let pallets: BTreeSet<&str> = [pallet, names::SUBTENSOR].into();
    for pallet in pallets {
        let Some(storage) = metadata.pallet_by_name(pallet).and_then(|pallet| pallet.storage())
        else {
            continue;
        };
        for entry in storage.entries() {
            let taken = catalog::ALL.iter().any(|row| {
                row.storage.is_some_and(|item| item.pallet == pallet && item.name == entry.name())
            });
            let by_netuid = match entry.keys().collect::<Vec<_>>().as_slice() {
                [key] => is_netuid(key.key_id, types),
                _ => false,
            };
            let stored = entry.value_ty();
            let holds = stored == ty
                || (entry.default_value().is_none() && optional(ty, types) == Some(stored));
            let words = words(entry.name());
            if taken || !by_netuid || !holds || !wanted.iter().all(|word| words.contains(word)) {
                continue;
            }
            let item = (pallet.to_owned(), entry.name().to_owned());
            if words.len() == wanted.len() {
                exact.push(item.clone());
            }
            found.push(item);
        }
    }
    if exact.len() == 1 { exact } else { found }
}

/// The words of a name in camel case, in small letters: `RAORecycled` is two.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(index.saturating_add(1));
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

fn is_netuid(ty: u32, types: &PortableRegistry) -> bool {
    use scale_info::TypeDefPrimitive::U16;
    let found = types.resolve(inside(ty, types));
    matches!(found.map(|found| &found.type_def), Some(TypeDef::Primitive(U16)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_camel_case_are_taken_apart() {
        for (name, expected) in [
            ("SubnetEpochConsensus", "subnet epoch consensus"),
            ("RAORecycledForRegistration", "rao recycled for registration"),
            ("EMAPriceHalvingBlocks", "ema price halving blocks"),
            ("Yuma3On", "yuma3 on"),
            ("Tempo", "tempo"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    /// What is found on real runtimes beyond the catalog.
    #[test]
    #[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
    fn on_real_runtimes_only_what_sets_something_is_found() {
        let recycled =
            || vec!["rao_recycled SubtensorModule.RAORecycledForRegistration".to_owned()];
        for (spec, expected) in [365, 393, 424, 475].map(|spec| (spec, recycled())) {
            let bytes = super::super::metadata::of_finney(spec);
            let metadata = super::super::metadata::read(&bytes).unwrap();
            let Discovered { setters, ambiguous } = setters(&metadata);
            let found: Vec<String> = setters
                .iter()
                .map(|one| format!("{} {}.{}", one.name, one.storage.0, one.storage.1))
                .collect();
            assert_eq!((found, ambiguous), (expected, BTreeMap::new()), "{spec}");
        }
    }
}
