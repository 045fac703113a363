//! Setters that the connected chain has and the catalog does not know, found by their shape.

use std::collections::{BTreeMap, BTreeSet};

use scale_info::{PortableRegistry, TypeDef};
use scale_value::{Composite, ValueDef};
use subtune_model::address::ss58;
use subtune_model::catalog;
use subtune_model::snapshot::SetterState;
use subtune_model::value::Value;
use subxt::metadata::Metadata;

use super::{decode, names};

type Scale = scale_value::Value<u32>;

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

/// What is inside a type of one field, through as many as there are: names and compacts.
fn inside(mut ty: u32, types: &PortableRegistry) -> u32 {
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

fn is_netuid(ty: u32, types: &PortableRegistry) -> bool {
    use scale_info::TypeDefPrimitive::U16;
    let found = types.resolve(inside(ty, types));
    matches!(found.map(|found| &found.type_def), Some(TypeDef::Primitive(U16)))
}

/// The type inside an `Option`.
pub(super) fn optional(ty: u32, types: &PortableRegistry) -> Option<u32> {
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
fn is_readable(ty: u32, types: &PortableRegistry) -> bool {
    form(optional(ty, types).unwrap_or(ty), types).is_some()
}

/// A stored value by the type of the argument that sets it. `None` for what has no such form, such as
/// bytes that are no text.
pub(super) fn value(stored: &Scale, ty: u32, types: &PortableRegistry) -> Option<Value> {
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
