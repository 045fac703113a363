//! What the chain asks of a value, by itself and beside others.

use std::collections::BTreeMap;

use crate::catalog::{self, BUDGET_CONSTANT, Bound, Hyperparameter, Source, Test};
use crate::plan::Status;
use crate::snapshot::{Guards, Snapshot};
use crate::value::{Value, human};

/// The two ways to register, of which one has to stay on.
const SWITCHES: &[&str] = &["registration_allowed", "network_pow_registration_allowed"];

/// The other way to register, on a chain that has that rule: it came with the rate limit of the one
/// for a price.
pub(super) fn partner(name: &str, guards: &Guards) -> Option<&'static str> {
    let rule = guards.last_change.contains_key("registration_allowed");
    (rule && SWITCHES.contains(&name))
        .then(|| SWITCHES.iter().find(|other| **other != name))?
        .copied()
}

/// The two values of one call, in the order in which the chain checks them.
pub(super) const ALPHA: &[&str] = &["alpha_high", "alpha_low"];

/// Whether bounds that name another hyperparameter are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    Check,
    Skip,
}

/// The row of the consensus mode, and its value for the mode with one validator.
pub(super) const MODE: &str = "epoch_consensus";
pub(super) const NULL: &str = "null";

/// Whether this is a subnet in Null consensus; a chain without modes has Yuma alone.
pub(super) fn is_null(state: &BTreeMap<String, Value>) -> bool {
    matches!(state.get(MODE), Some(Value::Text(mode)) if mode == NULL)
}

/// How many neurons all mechanisms of a subnet may have together in its consensus mode.
pub(super) fn budget(state: &BTreeMap<String, Value>, guards: &Guards) -> Option<u128> {
    if is_null(state) {
        return Some(catalog::NULL_BUDGET);
    }
    guards.constants.get(BUDGET_CONSTANT).copied()
}

/// A bound with the number that it comes to here, and what says so.
struct Measured {
    bound: &'static Bound,
    raw: u128,
    name: Option<&'static str>,
}

/// What a bound comes to, as far as that is known.
fn limit(
    bound: &'static Bound,
    state: &BTreeMap<String, Value>,
    guards: &Guards,
    same: Same,
) -> Option<Measured> {
    let of = |raw: u128, name: Option<&'static str>| Some(Measured { bound, raw, name });
    match bound.with {
        Source::Literal(raw) => of(raw, None),
        Source::Constant(name, _) | Source::SwapConstant(name, _) => {
            of(*guards.constants.get(name)?, Some(name))
        }
        Source::Global(name, _) => of(*guards.globals.get(name)?, Some(name)),
        Source::Neurons => of((*guards.neurons.is()?).into(), Some("the number of neurons")),
        Source::Same(_) | Source::Shared(_) if same == Same::Skip => None,
        // Whatever the mode will be.
        Source::Budget if same == Same::Skip && state.contains_key(MODE) => {
            of(catalog::NULL_BUDGET, None)
        }
        Source::Same(name) => match state.get(name)? {
            Value::Uint(raw) => of(*raw, Some(name)),
            _ => None,
        },
        Source::Budget => of(budget(state, guards)?, None),
        Source::Shared(name) => match state.get(name)? {
            Value::Uint(by) => of(budget(state, guards)?.checked_div(*by)?, Some(name)),
            _ => None,
        },
    }
}

/// The bounds of a value, as far as they are known; of the others tells
/// [`unknown_rule`](super::unknown::unknown_rule).
pub(super) fn bounds(
    row: &Hyperparameter,
    to: &Value,
    state: &BTreeMap<String, Value>,
    guards: &Guards,
    same: Same,
) -> Result<(), Status> {
    let limits: Vec<_> =
        row.bounds.iter().filter_map(|bound| limit(bound, state, guards, same)).collect();
    let Some(broken) = limits.iter().find(|limit| !limit.bound.test.holds(to, limit.raw)) else {
        return Ok(());
    };
    Err(Status::Invalid {
        reason: format!("must be {}", range(&limits, row, state, guards)),
        error: Some(broken.bound.error.to_owned()),
    })
}

/// Bounds in words: `from 360 (1h 12m, MinTempo) to 50400 (7d, MaxTempo)`.
fn range(
    limits: &[Measured],
    row: &Hyperparameter,
    state: &BTreeMap<String, Value>,
    guards: &Guards,
) -> String {
    // A number with what it is and where it comes from: `360 (1h 12m, MinTempo)`.
    let told = |Measured { bound, raw, name }: &Measured| {
        let from = match (bound.with, name) {
            (Source::Shared(name), _) => {
                format!("{} / {name}", budget(state, guards).unwrap_or_default())
            }
            (_, name) => name.unwrap_or_default().to_owned(),
        };
        let words = [human(&Value::Uint(*raw), row.unit), from];
        let words: Vec<_> = words.into_iter().filter(|words| !words.is_empty()).collect();
        if words.is_empty() { raw.to_string() } else { format!("{raw} ({})", words.join(", ")) }
    };
    match limits {
        [least, most] if (least.bound.test, most.bound.test) == (Test::AtLeast, Test::AtMost) => {
            format!("from {} to {}", told(least), told(most))
        }
        all => {
            let each =
                all.iter().map(|limit| format!("{} {}", limit.bound.test.words(), told(limit)));
            each.collect::<Vec<_>>().join(" and ")
        }
    }
}

/// What the owner can set it to on this chain, beside the other values of the subnet, in words: by the
/// chain's own numbers, and where one was not read by those of the catalog. Its type, where it has no
/// bounds.
#[must_use]
pub fn range_in_words(row: &Hyperparameter, snapshot: &Snapshot) -> String {
    let (state, guards) = (&snapshot.hyperparameters, &snapshot.guards);
    let here = |bound: &'static Bound| limit(bound, state, guards, Same::Check);
    let limits: Vec<_> = row.bounds.iter().filter_map(here).collect();
    let known = (!limits.is_empty()).then(|| range(&limits, row, state, guards));
    let unread = row.bounds.iter().zip(row.range()).filter(|(bound, _)| here(bound).is_none());
    let words: Vec<_> = known.into_iter().chain(unread.map(|(_, words)| words)).collect();
    if words.is_empty() { row.accepts() } else { words.join(" and ") }
}

/// Whether the subnet has a value that its owner could not set now: root is exempt from some bounds, and
/// others came later than the value.
#[must_use]
pub fn is_out_of_range(row: &Hyperparameter, snapshot: &Snapshot) -> bool {
    snapshot.hyperparameters.get(row.name).is_some_and(|value| {
        bounds(row, value, &snapshot.hyperparameters, &snapshot.guards, Same::Check).is_err()
    })
}
