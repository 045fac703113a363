//! Whether the chain reads what is set.

use super::bounds::{MODE, NULL, is_null};
use crate::catalog::{self, Effect, Hyperparameter};
use crate::plan::{Item, Status};
use crate::snapshot::Snapshot;
use crate::value::Value;

/// Why something has no effect in Null consensus.
pub const NOT_IN_NULL: &str = "Null consensus does not read it";

/// Marks what has no effect in the consensus that the subnet will have.
pub fn mark_inert_in_null(items: &mut [Item], snapshot: &Snapshot) {
    let wanted = items.iter().find(|item| item.name == MODE && item.status == Status::Ready);
    let null = match wanted {
        Some(item) => item.to == Value::Text(NULL.to_owned()),
        None => is_null(&snapshot.hyperparameters),
    };
    for item in items.iter_mut().filter(|_| null) {
        if item.inert.is_none() && catalog::NOT_IN_NULL.contains(&item.name.as_str()) {
            item.inert = Some(NOT_IN_NULL.to_owned());
        }
    }
}

/// Whether the chain reads nothing of what this holds, in its runtime and its consensus.
#[must_use]
pub fn is_inert(row: &Hyperparameter, snapshot: &Snapshot) -> bool {
    row.effect.inert_at(snapshot.chain.spec_version).is_some()
        || (is_null(&snapshot.hyperparameters) && catalog::NOT_IN_NULL.contains(&row.name))
}

/// Why setting it to this value is without effect on the chain, if it is.
#[must_use]
pub fn without_effect(row: &Hyperparameter, to: &Value, snapshot: &Snapshot) -> Option<String> {
    if let Some((why, instead)) = row.effect.inert_at(snapshot.chain.spec_version) {
        let hint = match (row.name, to.as_u64(), snapshot.guards.schedule.tempo) {
            ("activity_cutoff", Some(blocks), tempo) if tempo > 0 => {
                let factor = (u128::from(blocks) * 1_000).div_ceil(u128::from(tempo));
                Some(format!("activity_cutoff_factor={factor}"))
            }
            _ => instead.map(str::to_owned),
        };
        return Some(
            hint.map_or_else(|| why.to_owned(), |hint| format!("{why}; use {hint} instead")),
        );
    }
    None
}

/// Whether a row is active, in words, for `show` and `explain`.
#[must_use]
pub fn effect_in_words(row: &Hyperparameter, snapshot: &Snapshot) -> String {
    match (row.effect.inert_at(snapshot.chain.spec_version), row.effect) {
        (Some((why, _)), _) => format!("none: {why}"),
        (None, _) if is_inert(row, snapshot) => format!("none: {}", NOT_IN_NULL),
        (None, Effect::When(when, _)) => format!("while {when}"),
        (None, Effect::Live | Effect::Inert { .. }) => "active".to_owned(),
    }
}
