//! What a runtime offers, taken from its metadata; and the whole chain at a glance.

use scale_info::form::PortableForm;
use scale_info::{PortableRegistry, Type, TypeDef};
use subtune_model::error::Result;
use subtune_model::overview::{Overview, UnknownSetter};
use subtune_model::runtime::{Surface, SurfacePart};
use subtune_model::snapshot::{Block, ChainId, Known, SetterState};
use subxt::metadata::Metadata;

use super::{At, Chain, decode, discover, names};

/// Pallets of which calls and storage count.
const PALLETS: [&str; 8] = [
    "AdminUtils",
    names::SUBTENSOR,
    "Swap",
    "Proxy",
    "Multisig",
    "Utility",
    "SafeMode",
    "Timestamp",
];
/// Pallets of which constants count; those of the others are limits of other things.
const CONSTANTS: [&str; 3] = [names::SUBTENSOR, "Swap", "Timestamp"];
/// The type that a proxy is of.
const PROXY_TYPE: &str = "ProxyType";

/// What this runtime offers.
pub(super) fn of(metadata: &Metadata) -> Surface {
    let types = metadata.types();
    let mut found = Surface::default();
    for pallet in PALLETS.iter().filter_map(|name| metadata.pallet_by_name(name)) {
        let named = |name: &str| format!("{}.{name}", pallet.name());
        for call in pallet.call_variants().unwrap_or_default() {
            let args: Vec<_> = call
                .fields
                .iter()
                .map(|field| {
                    format!("{} {}", field.name.as_deref().unwrap_or("_"), text(field.ty.id, types))
                })
                .collect();
            found.insert(SurfacePart::Call, named(&call.name), format!("({})", args.join(", ")));
        }
        for entry in pallet.storage().map(|storage| storage.entries()).unwrap_or_default() {
            let keys: Vec<_> = entry.keys().map(|key| text(key.key_id, types)).collect();
            let value = text(entry.value_ty(), types);
            let optional = if entry.default_value().is_none() { "?" } else { "" };
            let what = match keys.as_slice() {
                [] => format!("{value}{optional}"),
                keys => format!("({}) {value}{optional}", keys.join(", ")),
            };
            found.insert(SurfacePart::Item, named(entry.name()), what);
        }
        for error in pallet.error_variants().unwrap_or_default() {
            found.insert(SurfacePart::Error, named(&error.name), String::new());
        }
        for constant in pallet.constants().filter(|_| CONSTANTS.contains(&pallet.name())) {
            let value = decode::scale(constant.value(), constant.ty(), types);
            let value = value.and_then(|value| decode::integer(&value));
            let ty = text(constant.ty(), types);
            let what = value.map_or_else(|| ty.clone(), |value| format!("{ty} = {value}"));
            found.insert(SurfacePart::Constant, named(constant.name()), what);
        }
    }
    for (name, variants) in choices(types) {
        found.insert(SurfacePart::Type, name, variants.join(" "));
    }
    for name in extensions(metadata) {
        found.insert(SurfacePart::Extension, name, String::new());
    }
    found
}

fn extensions(metadata: &Metadata) -> Vec<String> {
    let extensions = metadata.extrinsic().transaction_extensions_to_use_for_encoding();
    extensions.map(|extension| extension.identifier().to_owned()).collect()
}

/// Types of the chain itself of which every value is a name.
fn choices(types: &PortableRegistry) -> impl Iterator<Item = (String, Vec<String>)> {
    /// What decides which proxy may do what, which limit counts and how a subnet works.
    const NAMED: [&str; 7] = [
        PROXY_TYPE,
        "Hyperparameter",
        "ConsensusMode",
        "EpochConsensus",
        "RecycleOrBurnEnum",
        "TransactionType",
        "RateLimitKey",
    ];
    types.types.iter().filter_map(|found| {
        let TypeDef::Variant(variants) = &found.ty.type_def else { return None };
        let name = found.ty.path.segments.last().filter(|name| NAMED.contains(&name.as_str()))?;
        let names = variants.variants.iter().map(|variant| variant.name.clone());
        Some((name.clone(), names.collect()))
    })
}

/// A type in words. Bytes and meaning count: what only gives a type another name is the type itself.
fn text(ty: u32, types: &PortableRegistry) -> String {
    bounded_text(ty, types, 0)
}

fn bounded_text(ty: u32, types: &PortableRegistry, depth: u8) -> String {
    // No chain nests deeper, and a type that holds itself was refused.
    let (Some(found), 0..16) = (types.resolve(ty), depth) else { return "…".to_owned() };
    let inner = |ty: u32| bounded_text(ty, types, depth.saturating_add(1));
    let last = found.path.segments.last().map_or("", String::as_str);
    match &found.type_def {
        TypeDef::Primitive(primitive) => format!("{primitive:?}").to_lowercase(),
        TypeDef::Compact(compact) => inner(compact.type_param.id),
        TypeDef::Sequence(sequence) => format!("Vec<{}>", inner(sequence.type_param.id)),
        TypeDef::Array(array) => format!("[{}; {}]", inner(array.type_param.id), array.len),
        TypeDef::Tuple(tuple) => {
            let parts: Vec<_> = tuple.fields.iter().map(|field| inner(field.id)).collect();
            format!("({})", parts.join(", "))
        }
        TypeDef::BitSequence(_) => "bits".to_owned(),
        TypeDef::Composite(_) if last == "AccountId32" => "account".to_owned(),
        TypeDef::Composite(composite) => match composite.fields.as_slice() {
            [only] => match fraction(found, types) {
                Some(bits) => format!("{} with {bits} fractional bits", inner(only.ty.id)),
                None => inner(only.ty.id),
            },
            _ => last.to_owned(),
        },
        TypeDef::Variant(_) => {
            let params = &found.type_params;
            let inside = params.iter().filter_map(|param| Some(inner(param.ty?.id)));
            match last {
                "Option" => format!("Option<{}>", inside.collect::<Vec<_>>().join(", ")),
                _ => last.to_owned(),
            }
        }
    }
}

/// The fractional bits of a fixed-point number, which its type parameter counts in binary: two in
/// place of one for each bit.
fn fraction(found: &Type<PortableForm>, types: &PortableRegistry) -> Option<u32> {
    let last = found.path.segments.last()?;
    if !last.starts_with("Fixed") {
        return None;
    }
    let mut digit = types.resolve(found.type_params.first()?.ty?.id)?;
    let (mut bits, mut place) = (0u32, 1u32);
    for _ in 0..8 {
        if digit.path.segments.last()? == "UTerm" {
            return Some(bits);
        }
        let [rest, low] = digit.type_params.as_slice() else { return None };
        if types.resolve(low.ty?.id)?.path.segments.last()? == "B1" {
            bits = bits.checked_add(place)?;
        }
        place = place.checked_mul(2)?;
        digit = types.resolve(rest.ty?.id)?;
    }
    None
}

impl Chain {
    /// The connected chain at its newest finalized block: its runtime, its own times and limits, and
    /// what is different from the runtime that the catalog was checked with.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn overview(&self) -> Result<Overview> {
        let at = self.at(&At::Finalized).await?;
        let metadata = &*at.runtime.metadata;
        let time_ms = self.time_ms(&at).await?;
        let globals = self.globals(&at).await?;
        let discovered = discover::setters(metadata);
        let found = discovered.setters.into_iter().filter_map(|found| {
            let SetterState::Call { pallet, call, .. } = found.state else { return None };
            let (item_pallet, item) = found.storage;
            Some(UnknownSetter {
                name: found.name,
                call: format!("{pallet}.{call}"),
                item: format!("{item_pallet}.{item}"),
                ty: text(found.ty, metadata.types()),
            })
        });
        let time = time_ms.and_then(subtune_model::time::rfc3339);
        Ok(Overview {
            chain: ChainId::new(self.genesis_hash, at.runtime.spec_version),
            block: Block { number: at.number, hash: at.hash, time },
            time_ms,
            transaction_version: at.runtime.transaction_version,
            block_time: block_time(metadata),
            globals,
            proxy_types: choices(metadata.types())
                .find_map(|(name, variants)| (name == PROXY_TYPE).then_some(variants))
                .unwrap_or_default(),
            extensions: extensions(metadata),
            found: found.collect(),
            ambiguous: discovered.ambiguous,
            differences: of(metadata).since(Surface::checked()),
        })
    }
}

/// The time between two blocks in milliseconds, and the constant that says so.
pub(super) fn block_time(metadata: &Metadata) -> Known<(u64, &'static str)> {
    let constant =
        |pallet: &str, name: &str| u64::try_from(decode::constant(metadata, pallet, name)?).ok();
    if let Some(slot) = constant("Aura", "SlotDuration") {
        return Known::Is((slot, "Aura.SlotDuration"));
    }
    match constant("Timestamp", "MinimumPeriod").and_then(|half| half.checked_mul(2)) {
        Some(time) => Known::Is((time, "twice Timestamp.MinimumPeriod")),
        None => Known::Unset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(spec: u32) -> Metadata {
        super::super::metadata::read(&super::super::metadata::of_finney(spec)).unwrap()
    }

    /// Made anew with `UPDATE_TABLE=1`.
    #[test]
    #[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
    fn the_checked_in_lines_are_the_runtime_that_was_checked() {
        let lines = of(&metadata(subtune_model::catalog::CHECKED)).lines();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../model/src/runtime-475.txt");
        if std::env::var_os("UPDATE_TABLE").is_some() {
            std::fs::write(path, &lines).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), lines);
    }

    /// What is only called by another name is no difference, and what is another number is.
    #[test]
    #[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
    fn an_older_runtime_differs_in_what_it_lacks() {
        let found = of(&metadata(424)).since(Surface::checked());
        let gone = |name: &str| found.iter().any(|one| one.name == name && one.is.is_none());
        assert!(gone("AdminUtils.sudo_set_epoch_consensus"));
        assert!(gone("SubtensorModule.SubnetEpochConsensus"));
        let tempo = found.iter().filter(|one| one.name.ends_with(".sudo_set_tempo"));
        assert_eq!(tempo.count(), 0, "named and bare types are one");
    }
}
