//! The connected chain at a glance: its runtime, and how far what is known of it reaches.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::catalog::{self, Source};
use super::runtime::SurfaceDifference;
use super::snapshot::{Block, ChainId, Known};
use super::value::Unit;

/// Network-wide values that limit changes, with their units: those of the schedule, and those that bounds in
/// the catalog name.
pub static GLOBALS: LazyLock<Vec<(&'static str, Unit)>> = LazyLock::new(|| {
    let mut found = vec![
        ("AdminFreezeWindow", Unit::Blocks),
        ("OwnerHyperparamRateLimit", Unit::Tempos),
        ("WeightsVersionKeyRateLimit", Unit::Tempos),
    ];
    for row in catalog::ALL.iter() {
        for bound in row.bounds {
            match bound.with {
                Source::Global(name, _) if !found.iter().any(|(known, _)| *known == name) => {
                    found.push((name, row.unit));
                }
                _ => {}
            }
        }
    }
    found
});

/// A setter that the catalog does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSetter {
    /// The hyperparameter.
    pub name: String,
    /// `Pallet.call`.
    pub call: String,
    /// `Pallet.Item` that it seems to write.
    pub item: String,
    /// The type of its value.
    pub ty: String,
}

/// The connected chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Which chain, and which runtime.
    pub chain: ChainId,
    /// Which block.
    pub block: Block,
    /// Its time, milliseconds since 1970, where the chain keeps one.
    pub time_ms: Option<u64>,
    /// Version of the form of transactions.
    pub transaction_version: u32,
    /// Time between two blocks in milliseconds, and the constant that says so.
    pub block_time: Known<(u64, &'static str)>,
    /// The values of [`GLOBALS`], by name.
    pub globals: BTreeMap<String, Known<u128>>,
    /// Proxy types, in the order of the chain.
    pub proxy_types: Vec<String>,
    /// Transaction extensions, in the order of the chain.
    pub extensions: Vec<String>,
    /// Setters that the catalog does not know, found by their shape.
    pub found: Vec<UnknownSetter>,
    /// What looks like a setter and could be two things, and why.
    pub ambiguous: BTreeMap<String, String>,
    /// What is different from the runtime that the catalog was checked with.
    pub differences: Vec<SurfaceDifference>,
}
