//! What the chain asks of a value, by itself and beside others.

use std::collections::BTreeMap;

use crate::catalog::{self, BUDGET_CONSTANT, Bound, Hyperparameter, Source, Test};
use crate::plan::Status;
use crate::snapshot::Guards;
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

/// The bounds of a value, as far as they are known; of the others tells
/// [`unknown_rule`](super::unknown::unknown_rule).
pub(super) fn bounds(
    row: &Hyperparameter,
    to: &Value,
    state: &BTreeMap<String, Value>,
    guards: &Guards,
    same: Same,
) -> Result<(), Status> {
    let limit = |bound: &Bound| -> Option<(u128, Option<&str>)> {
        match bound.with {
            Source::Literal(raw) => Some((raw, None)),
            Source::Constant(name, _) | Source::SwapConstant(name, _) => {
                Some((*guards.constants.get(name)?, Some(name)))
            }
            Source::Global(name, _) => Some((*guards.globals.get(name)?, Some(name))),
            Source::Neurons => {
                Some(((*guards.neurons.is()?).into(), Some("the number of neurons")))
            }
            Source::Same(_) | Source::Shared(_) if same == Same::Skip => None,
            // Whatever the mode will be.
            Source::Budget if same == Same::Skip && state.contains_key(MODE) => {
                Some((catalog::NULL_BUDGET, None))
            }
            Source::Same(name) => match state.get(name)? {
                Value::Uint(raw) => Some((*raw, Some(name))),
                _ => None,
            },
            Source::Budget => Some((budget(state, guards)?, None)),
            Source::Shared(name) => match state.get(name)? {
                Value::Uint(by) => Some((budget(state, guards)?.checked_div(*by)?, Some(name))),
                _ => None,
            },
        }
    };
    let limits: Vec<_> = row
        .bounds
        .iter()
        .filter_map(|bound| limit(bound).map(|(raw, name)| (bound, raw, name)))
        .collect();
    let Some((broken, ..)) = limits.iter().find(|(bound, raw, _)| !bound.test.holds(to, *raw))
    else {
        return Ok(());
    };
    // A number with what it is and where it comes from: `360 (1h 12m, MinTempo)`.
    let told = |(bound, raw, name): &(&Bound, u128, Option<&str>)| {
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
    let range = match limits.as_slice() {
        [least, most] if (least.0.test, most.0.test) == (Test::AtLeast, Test::AtMost) => {
            format!("from {} to {}", told(least), told(most))
        }
        all => {
            let each = all.iter().map(|limit| format!("{} {}", limit.0.test.words(), told(limit)));
            each.collect::<Vec<_>>().join(" and ")
        }
    };
    Err(Status::Invalid {
        reason: format!("must be {range}"),
        error: Some(broken.error.to_owned()),
    })
}
