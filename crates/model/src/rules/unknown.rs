//! What nobody but the chain can tell.

use super::bounds::{ALPHA, MODE, partner};
use crate::catalog::{self, BUDGET_CONSTANT, Bound, Hyperparameter, Source};
use crate::plan::Status;
use crate::snapshot::{Known, Snapshot};
use crate::value::Value;

/// Why only the chain can tell whether it takes a change, if so.
pub(super) fn only_the_chain(
    row: &Hyperparameter,
    who: &str,
    snapshot: &Snapshot,
) -> Option<Status> {
    let unclear = |reason: String| Some(Status::Unknown { reason });
    if who == "unknown" {
        let runtime = snapshot.chain.spec_version;
        return unclear(format!(
            "cannot tell whether the owner may still set it in runtime {runtime}"
        ));
    }
    match (row.name, &snapshot.guards.commits) {
        ("token_symbol", _) => unclear(
            "cannot tell whether the chain has this symbol, and whether another subnet uses it"
                .to_owned(),
        ),
        (MODE, Known::Is(commits)) => unclear(format!(
            "cannot tell when: the chain refuses the switch while timelocked weights wait to be \
             revealed, and there are {}",
            commits.in_words()
        )),
        (MODE, Known::Unreadable(why)) => {
            unclear(format!("cannot tell whether timelocked weights wait to be revealed: {why}"))
        }
        _ => None,
    }
}

/// Refuses a value of another form than the one that is there, where no row tells what the chain
/// takes. Nothing may become something, and something nothing.
pub(super) fn other_form(name: &str, to: &Value, snapshot: &Snapshot) -> Option<Status> {
    let form = |value: &Value| match value {
        Value::Bool(_) => Some("true or false"),
        Value::Uint(_) | Value::Negative(_) => Some("an integer"),
        Value::Text(_) => Some("a name"),
        Value::List(_) => Some("a list of integers"),
        Value::None => None,
    };
    let known = snapshot.known(name);
    let (is, to) = (known.is().copied().and_then(form)?, form(to)?);
    (is != to)
        .then(|| Status::Invalid { reason: format!("must be {is}, as it is now"), error: None })
}

/// Hyperparameters that a change of this one erases or sets again: their values before it belong to
/// the way back.
fn touched(name: &str) -> &'static [&'static str] {
    match name {
        "mechanism_count" => &["mechanism_emission_split"],
        MODE => &["max_allowed_uids"],
        "alpha_low" | "alpha_high" => ALPHA,
        _ => &[],
    }
}

/// Why a change of it could not be taken back, if so: a value before it is not known. Nobody can
/// allow that, for nothing is sent without an exact rollback profile.
#[must_use]
pub fn irreversible(name: &str, snapshot: &Snapshot) -> Option<Status> {
    let own = match snapshot.known(name) {
        Known::Is(_) => None,
        Known::Unset => Some((name, "the chain has none".to_owned())),
        Known::Unreadable(why) => Some((name, why)),
    };
    let (name, why) = own.or_else(|| {
        touched(name).iter().find_map(|name| match snapshot.known(name) {
            Known::Unreadable(why) => Some((*name, why)),
            Known::Is(_) | Known::Unset => None,
        })
    })?;
    Some(Status::Unknown {
        reason: format!(
            "cannot tell what {name} is now ({why}), so no rollback profile could be written"
        ),
    })
}

/// Why nobody can tell whether the chain takes a value of this row, if so: something that its rules
/// look at is not known.
pub(super) fn unknown_rule(row: &Hyperparameter, snapshot: &Snapshot) -> Option<Status> {
    let guards = &snapshot.guards;
    let lacks =
        |what: &str, name: &str| Some(format!("this chain has no {what} {name} that can be read"));
    let other = |name: &str| {
        let why = snapshot.known(name).why()?.to_owned();
        Some(format!("{name} cannot be read: {why}"))
    };
    let of_bound = |bound: &Bound| match bound.with {
        Source::Literal(_) => None,
        Source::Constant(name, _) if !guards.constants.contains_key(name) => {
            lacks("constant", &format!("SubtensorModule.{name}"))
        }
        Source::SwapConstant(name, _) if !guards.constants.contains_key(name) => {
            lacks("constant", &format!("Swap.{name}"))
        }
        Source::Global(name, _) if !guards.globals.contains_key(name) => {
            lacks("storage item", &format!("SubtensorModule.{name}"))
        }
        Source::Constant(..) | Source::SwapConstant(..) | Source::Global(..) => None,
        Source::Neurons => match &guards.neurons {
            Known::Is(_) => None,
            Known::Unset => lacks("storage item", "SubtensorModule.SubnetworkN"),
            Known::Unreadable(why) => Some(format!("the number of neurons cannot be read: {why}")),
        },
        Source::Same(name) => other(name),
        Source::Budget | Source::Shared(_) if !guards.constants.contains_key(BUDGET_CONSTANT) => {
            lacks("constant", &format!("SubtensorModule.{BUDGET_CONSTANT}"))
        }
        Source::Budget => other(MODE),
        Source::Shared(name) => other(name).or_else(|| other(MODE)),
    };
    // One call carries both alpha values, so the chain checks both.
    let rows = touched(row.name).iter().filter_map(|name| catalog::find(name)).chain([row]);
    let tied = match row.name {
        "alpha_low" | "alpha_high" => other("liquid_alpha_enabled"),
        "mechanism_emission_split" => other("mechanism_count"),
        MODE => other("mechanism_count").or_else(|| match &guards.neurons {
            Known::Unreadable(why) => Some(format!("the number of neurons cannot be read: {why}")),
            Known::Is(_) | Known::Unset => None,
        }),
        name => partner(name, guards).and_then(other),
    };
    let why = tied.or_else(|| rows.flat_map(|row| row.bounds).find_map(of_bound))?;
    Some(Status::Unknown {
        reason: format!("cannot tell whether the chain takes it, because {why}"),
    })
}
