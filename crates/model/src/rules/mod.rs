//! What the chain will say to a change, before anybody signs.
//!
//! Every check here is one that the chain makes, with the chain's error. [`order`] puts the calls of a
//! batch in order, which run one after the other.

mod order;

pub use order::{SideEffect, call_for, order, resend_erased_split, side_effects};

use std::collections::BTreeMap;

use crate::catalog::{self, BUDGET_CONSTANT, Bound, Effect, Hyperparameter, Source, Test};
use crate::origin::{CALL_FILTERED, Proxy};
use crate::plan::{Item, Status};
use crate::schedule::{self, Opening};
use crate::snapshot::{Guards, Known, Lease, SetterState, Snapshot, Swap};
use crate::terms::Terms;
use crate::value::{Value, human};

/// The chain's error for a change by somebody who may not make it.
pub const BAD_ORIGIN: &str = "BadOrigin";
/// The chain's error for a change before its rate limit has passed.
pub const RATE_LIMIT: &str = "SubtensorModule.TxRateLimitExceeded";
/// The chain's error for a change inside the freeze window.
pub const FREEZE_WINDOW: &str = "SubtensorModule.AdminActionProhibitedDuringWeightsWindow";

/// The two ways to register, of which one has to stay on.
const SWITCHES: &[&str] = &["registration_allowed", "network_pow_registration_allowed"];

/// The other way to register, on a chain that has that rule: it came with the rate limit of the one
/// for a price.
fn partner(name: &str, guards: &Guards) -> Option<&'static str> {
    let rule = guards.last_change.contains_key("registration_allowed");
    (rule && SWITCHES.contains(&name))
        .then(|| SWITCHES.iter().find(|other| **other != name))?
        .copied()
}

/// The two values of one call, in the order in which the chain checks them.
const ALPHA: &[&str] = &["alpha_high", "alpha_low"];

/// Judges one wanted value on its own: setter, origin, type, rate limit, window.
/// Bounds that depend on other values are checked when the batch is ordered.
#[must_use]
pub fn judge(
    row: Option<&Hyperparameter>,
    name: &str,
    to: &Value,
    snapshot: &Snapshot,
    terms: &Terms,
) -> Status {
    let never = |reason: String, error: Option<&str>| Status::NotPermitted {
        reason,
        error: error.map(str::to_owned),
    };
    if snapshot.known(name) == Known::Is(to) {
        return Status::Unchanged;
    }
    let Some(row) = row else {
        return match snapshot.guards.setters.get(name) {
            Some(SetterState::Call { pallet, call, .. }) => account(snapshot, terms)
                .or_else(|| forbidden(name, snapshot, terms))
                .or_else(|| irreversible(name, snapshot))
                .or_else(|| other_form(name, to, snapshot))
                .or_else(|| unknown_account(snapshot, terms))
                .unwrap_or_else(|| Status::Unknown {
                    reason: format!(
                        "unknown rule: subtune does not know {pallet}.{call}, only the chain can tell"
                    ),
                }),
            // Whoever could not tell how it is set could not tell what it is.
            _ => match snapshot.unreadable.get(name) {
                Some(why) => Status::Unknown { reason: format!("cannot tell: {why}") },
                None => {
                    never(format!("subtune does not know how {name} is set"), None)
                }
            },
        };
    };
    let who = match snapshot.guards.setters.get(name) {
        None | Some(SetterState::Missing) => {
            return never(
                if row.setters.is_empty() {
                    format!("nobody can set {name}")
                } else {
                    format!("runtime {} has no call that sets it", snapshot.chain.spec_version)
                },
                None,
            );
        }
        Some(SetterState::Changed { call, what }) => {
            return never(format!("{call} has other arguments than expected: {what}"), None);
        }
        Some(SetterState::Call { who, .. }) => *who,
    };
    if who == "nobody" {
        return never("the call always fails on this runtime".to_owned(), None);
    }
    if who == "root" {
        return never("only root may set this".to_owned(), Some(BAD_ORIGIN));
    }
    if let Some(never) = account(snapshot, terms).or_else(|| forbidden(name, snapshot, terms)) {
        return never;
    }
    if row.not_on_root && snapshot.netuid == 0 {
        return never(
            "not permitted on the root network".to_owned(),
            Some("AdminUtils.NotPermittedOnRootSubnet"),
        );
    }
    if row.name == "voting_power_tracking" && *to == Value::Bool(false) {
        return never(
            "the owner's call for it, disable_voting_power_tracking, acts 14 days later: nothing could \
             be read back, so subtune does not send it"
                .to_owned(),
            None,
        );
    }
    if let Err(reason) = row.check_type(to) {
        return Status::Invalid { reason, error: None };
    }
    // The chain asks for liquid alpha before it looks at the alpha values: both come with the order.
    let bounded = if ALPHA.contains(&row.name) {
        Ok(())
    } else {
        bounds(row, to, &snapshot.hyperparameters, &snapshot.guards, Same::Skip)
    };
    if let Err(broken) = bounded {
        // No other value mends it; the chain names the first bound that is broken as things are.
        return bounds(row, to, &snapshot.hyperparameters, &snapshot.guards, Same::Check)
            .err()
            .unwrap_or(broken);
    }
    irreversible(name, snapshot)
        .or_else(|| unknown_account(snapshot, terms))
        .or_else(|| unknown_rule(row, snapshot))
        .or_else(|| only_the_chain(row, who, snapshot))
        .unwrap_or_else(|| timing(row, snapshot, terms))
}

/// Why only the chain can tell whether it takes a change, if so.
fn only_the_chain(row: &Hyperparameter, who: &str, snapshot: &Snapshot) -> Option<Status> {
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

/// Why the proxy type forbids a change, if it does.
#[must_use]
pub fn forbidden(name: &str, snapshot: &Snapshot, terms: &Terms) -> Option<Status> {
    let Some(SetterState::Call { pallet, call, .. }) = snapshot.guards.setters.get(name) else {
        return None;
    };
    let Proxy { proxy_type, .. } = terms.origin.proxy()?;
    (!terms.permits.permits(pallet, call)).then(|| Status::NotPermitted {
        reason: format!("a proxy of type {proxy_type} may not call {pallet}.{call}"),
        error: Some(CALL_FILTERED.to_owned()),
    })
}

/// Refuses a value of another form than the one that is there, where no row tells what the chain
/// takes. Nothing may become something, and something nothing.
fn other_form(name: &str, to: &Value, snapshot: &Snapshot) -> Option<Status> {
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

/// Why nobody can tell whether the owner's account may change anything, if so.
fn unknown_account(snapshot: &Snapshot, terms: &Terms) -> Option<Status> {
    let Guards { safe_mode_until, swap, lease, .. } = &snapshot.guards;
    let leased = lease.why().filter(|_| terms.origin.proxy().is_none());
    let (what, why) = [
        ("the chain is in safe mode", safe_mode_until.why()),
        ("a coldkey swap of the owner is announced", swap.why()),
        ("the subnet is leased", leased),
    ]
    .into_iter()
    .find_map(|(what, why)| Some((what, why?)))?;
    Some(Status::Unknown { reason: format!("cannot tell whether {what}: {why}") })
}

/// Why nobody can tell whether the chain takes a value of this row, if so: something that its rules
/// look at is not known.
fn unknown_rule(row: &Hyperparameter, snapshot: &Snapshot) -> Option<Status> {
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

/// The chain's errors for an owner whose coldkey is being swapped.
const SWAP_DISPUTED: &str = "SubtensorModule.ColdkeySwapDisputed";
const SWAP_ANNOUNCED: &str = "SubtensorModule.ColdkeySwapAnnounced";

/// Whether an error of a status is that of a hold on the whole account, which says nothing about
/// the change itself: safe mode, or a coldkey swap. While safe mode is on, no other rule gives
/// `CallFiltered`.
#[must_use]
pub fn holds_all(error: &str, snapshot: &Snapshot) -> bool {
    match error {
        SWAP_DISPUTED | SWAP_ANNOUNCED => true,
        CALL_FILTERED => {
            let next = snapshot.block.number.saturating_add(1);
            snapshot.guards.safe_mode_until.is().is_some_and(|until| *until >= next)
        }
        _ => false,
    }
}

/// Why the owner's key can change nothing at all in the next block, if so: never, or it cannot be told.
#[must_use]
pub fn held(snapshot: &Snapshot) -> Option<Status> {
    account(snapshot, &Terms::default())
}

/// Why this account can change nothing at all, if so.
fn account(snapshot: &Snapshot, terms: &Terms) -> Option<Status> {
    let never = |reason: String, error: &str| {
        Some(Status::NotPermitted { reason, error: Some(error.to_owned()) })
    };
    let guards = &snapshot.guards;
    if let Known::Is(until) = &guards.safe_mode_until
        && *until >= terms.block(snapshot)
    {
        return never(format!("the chain is in safe mode up to block {until}"), CALL_FILTERED);
    }
    // The account of a lease has no key, so only a proxy acts for it.
    if let (Known::Is(Lease { id, beneficiary }), None) = (&guards.lease, terms.origin.proxy()) {
        let who = beneficiary.as_ref().map_or_else(String::new, |who| format!(", {who},"));
        return never(
            format!(
                "the subnet is leased (lease {id}): its beneficiary{who} acts through a proxy of \
                 type SubnetLeaseBeneficiary"
            ),
            BAD_ORIGIN,
        );
    }
    // What stops the owner is not what stops somebody else.
    if let Some(signer) = terms.signer.as_ref().filter(|signer| **signer != snapshot.owner) {
        return never(format!("{signer} is not the owner"), BAD_ORIGIN);
    }
    match &guards.swap {
        Known::Is(Swap { disputed: true }) => {
            never("the coldkey swap of the owner is disputed".to_owned(), SWAP_DISPUTED)
        }
        Known::Is(Swap { disputed: false }) => {
            never("a coldkey swap is announced for the owner".to_owned(), SWAP_ANNOUNCED)
        }
        Known::Unset | Known::Unreadable(_) => None,
    }
}

/// Whether rate limit and freeze window allow it in the block of the terms.
fn timing(row: &Hyperparameter, snapshot: &Snapshot, terms: &Terms) -> Status {
    let guards = &snapshot.guards;
    let at = terms.block(snapshot);
    let limited = matches!(schedule::limited_until(row, guards), Ok(Some(until)) if until > at);
    let frozen = if row.is_frozen(guards) {
        schedule::frozen(guards, snapshot.netuid, at)
    } else {
        Ok(false)
    };
    // AdminUtils looks at the rate limit first, the two setters of SubtensorModule at the window.
    let window_first = matches!(
        guards.setters.get(row.name),
        Some(SetterState::Call { pallet, .. }) if pallet == "SubtensorModule"
    );
    let first = if window_first && frozen == Ok(true) { FREEZE_WINDOW } else { RATE_LIMIT };
    let error = if limited { first } else { FREEZE_WINDOW };
    let opening = match frozen {
        // Which of the two the chain would name is not known either.
        Err(why) if window_first => Opening::Unclear(why),
        _ => schedule::earliest(row, guards, snapshot.netuid, at),
    };
    match opening {
        Opening::At(block) if block <= at => Status::Ready,
        Opening::At(block) => Status::Later {
            block,
            reason: if limited {
                "rate limited: it was changed recently"
            } else {
                "freeze window: no changes until the next epoch, which can come a block or two late"
            }
            .to_owned(),
            error: error.to_owned(),
        },
        Opening::Never => Status::NotPermitted {
            reason: format!(
                "the freeze window of {} blocks never ends at tempo {}",
                guards.schedule.freeze_window, guards.schedule.tempo
            ),
            error: Some(error.to_owned()),
        },
        Opening::Unclear(why) => Status::Unknown { reason: format!("cannot tell, because {why}") },
    }
}

/// Whether bounds that name another hyperparameter are checked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Same {
    Check,
    Skip,
}

/// The row of the consensus mode, and its value for the mode with one validator.
const MODE: &str = "epoch_consensus";
const NULL: &str = "null";

/// Whether this is a subnet in Null consensus; a chain without modes has Yuma alone.
fn is_null(state: &BTreeMap<String, Value>) -> bool {
    matches!(state.get(MODE), Some(Value::Text(mode)) if mode == NULL)
}

/// How many neurons all mechanisms of a subnet may have together in its consensus mode.
fn budget(state: &BTreeMap<String, Value>, guards: &Guards) -> Option<u128> {
    if is_null(state) {
        return Some(catalog::NULL_BUDGET);
    }
    guards.constants.get(BUDGET_CONSTANT).copied()
}

/// The bounds of a value, as far as they are known: [`unknown_rule`] tells of the others.
fn bounds(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash32;
    use crate::plan::{Plan, Wish};
    use crate::snapshot::Commits;
    use crate::world::{World, world};

    fn plan(world: &Snapshot, wishes: &[(&str, Value)]) -> Plan {
        let wishes: Vec<_> = wishes
            .iter()
            .map(|(name, value)| Wish { name: (*name).to_owned(), value: value.clone() })
            .collect();
        Plan::build(world, &wishes, "test", &Terms::default())
    }

    fn calls(plan: &Plan) -> Vec<&str> {
        plan.calls.iter().map(|call| call.call.as_str()).collect()
    }

    fn error(plan: &Plan) -> Option<&str> {
        plan.blocked().find_map(|item| match &item.status {
            Status::Later { error, .. } => Some(error.as_str()),
            Status::NotPermitted { error, .. } | Status::Invalid { error, .. } => error.as_deref(),
            Status::Ready | Status::Unchanged | Status::Unknown { .. } => None,
        })
    }

    fn says(plan: &Plan, words: &str) -> bool {
        plan.findings.iter().any(|finding| finding.message.contains(words))
    }

    #[test]
    fn each_wish_gets_the_answer_of_the_chain() {
        let world = world();
        let is = |name, value, wanted: Option<&str>| {
            let plan = plan(&world, &[(name, value)]);
            assert_eq!(error(&plan), wanted, "{name}: {:?}", plan.items);
            assert_eq!(plan.calls.is_empty(), wanted.is_some());
        };
        is("immunity_period", Value::Uint(12_000), None);
        is("weights_rate_limit", Value::Uint(360), Some(BAD_ORIGIN));
        is("min_burn", Value::Uint(1_000_000_000), Some("AdminUtils.ValueNotInBounds"));
        is("min_burn", Value::Uint(999_999_999), None);
        is("max_burn", Value::Uint(100_000_000), Some("AdminUtils.ValueNotInBounds"));
        is("alpha_low", Value::Uint(40_000), Some("SubtensorModule.LiquidAlphaDisabled"));
        is(
            "max_allowed_uids",
            Value::Uint(99),
            Some("AdminUtils.MaxAllowedUIdsLessThanCurrentUIds"),
        );
        is("mechanism_count", Value::Uint(2), Some("SubtensorModule.TooManyUIDsPerMechanism"));
        is("tempo", Value::Uint(359), Some("SubtensorModule.TempoOutOfBounds"));
        let same = plan(&world, &[("immunity_period", Value::Uint(7_200))]);
        assert_eq!(same.items.first().map(|item| &item.status), Some(&Status::Unchanged));
    }

    #[test]
    fn one_way_to_register_stays_on_and_a_swap_is_ordered() {
        let world = World::newest().done();
        let (burn, pow) = ("registration_allowed", "network_pow_registration_allowed");
        let off = plan(&world, &[(burn, Value::Bool(false))]);
        assert_eq!(error(&off), Some("AdminUtils.InvalidValue"));
        let on = plan(&world, &[(pow, Value::Bool(true))]);
        assert_eq!((error(&on), on.calls.len()), (None, 1));
        let swap = plan(&world, &[(burn, Value::Bool(false)), (pow, Value::Bool(true))]);
        assert_eq!(error(&swap), None);
        assert_eq!(
            calls(&swap),
            ["sudo_set_network_pow_registration_allowed", "sudo_set_network_registration_allowed"]
        );
        // Its rate limit and its window came with runtime 474.
        let mut limited = world.clone();
        limited.guards.last_change.insert(burn.to_owned(), 1_000);
        let late = plan(&limited, &[(pow, Value::Bool(true)), (burn, Value::Bool(false))]);
        assert_eq!(error(&late), Some(RATE_LIMIT));
        let before = crate::world::world();
        assert_eq!(error(&plan(&before, &[(burn, Value::Bool(true))])), Some(BAD_ORIGIN));
        let mut unread = world.clone();
        unread.unreadable.insert(pow.to_owned(), "odd bytes".to_owned());
        assert!(unclear(
            &unread,
            &Wish { name: burn.to_owned(), value: Value::Bool(false) },
            false
        ));
    }

    fn mode(name: &str) -> Value {
        Value::Text(name.to_owned())
    }

    #[test]
    fn a_switch_of_the_consensus_shows_what_it_brings() {
        let mut world = World::newest().done();
        let null = plan(&world, &[("epoch_consensus", mode("null"))]);
        assert_eq!((error(&null), calls(&null)), (None, vec!["sudo_set_epoch_consensus"]));
        assert!(says(&null, "the chain also changes max_validators 64 → 1"), "{:?}", null.findings);
        // More neurons than Yuma takes, in the order that works.
        let more = [("max_allowed_uids", Value::Uint(2_000)), ("epoch_consensus", mode("null"))];
        let both = plan(&world, &more);
        assert_eq!(error(&both), None);
        assert_eq!(calls(&both), ["sudo_set_epoch_consensus", "sudo_set_max_allowed_uids"]);
        let alone = plan(&world, &more[..1]);
        let most = "AdminUtils.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids";
        assert_eq!(error(&alone), Some(most));
        // And back: the chain clamps one and restores the other.
        world.hyperparameters.insert("epoch_consensus".to_owned(), mode("null"));
        world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(2_000));
        world.hyperparameters.insert("max_validators".to_owned(), Value::Uint(1));
        world.guards.saved_validators = Known::Is(64);
        let back = plan(&world, &[("epoch_consensus", mode("yuma"))]);
        let told = "max_allowed_uids 2000 → 256 and max_validators 1 → 64";
        assert!(says(&back, told), "{:?}", back.findings);
        world.guards.neurons = Known::Is(257);
        let full = plan(&world, &[("epoch_consensus", mode("yuma"))]);
        assert_eq!(error(&full), Some("SubtensorModule.TooManyUIDsPerMechanism"));
        // Null reads neither bonds nor liquid alpha.
        let bonds = plan(&world, &[("bonds_moving_avg", Value::Uint(900_000))]);
        assert_eq!(bonds.items[0].inert.as_deref(), Some("Null consensus does not read it"));
        let yuma = [("epoch_consensus", mode("yuma")), ("bonds_moving_avg", Value::Uint(900_000))];
        world.guards.neurons = Known::Is(100);
        let with = plan(&world, &yuma);
        assert_eq!(with.items.iter().filter(|item| item.inert.is_some()).count(), 0);
    }

    #[test]
    fn a_switch_of_the_consensus_waits_for_timelocked_weights() {
        let mut world = World::newest().done();
        let wish = Wish { name: "epoch_consensus".to_owned(), value: mode("null") };
        assert!(!unclear(&world, &wish, false));
        let waiting = Commits(BTreeMap::from([(0, 3), (1, 1)]));
        world.guards.commits = Known::Is(waiting);
        assert!(unclear(&world, &wish, false));
        let told = plan(&world, &[("epoch_consensus", mode("null"))]);
        let reason = told.items[0].status.reason().unwrap();
        assert!(reason.contains("3 under mechanism 0, 1 under mechanism 1"), "{reason}");
        world.guards.commits = Known::Unreadable("odd bytes".to_owned());
        assert!(unclear(&world, &wish, false));
    }

    #[test]
    fn a_split_is_whole_on_newer_runtimes() {
        let split = [("mechanism_emission_split", Value::List(vec![65_535]))];
        for (mut world, wanted) in
            [(world(), None), (World::newest().done(), Some("SubtensorModule.InvalidValue"))]
        {
            if wanted.is_none() {
                world.guards.setters.remove("epoch_consensus");
            }
            world.hyperparameters.insert("mechanism_count".to_owned(), Value::Uint(2));
            assert_eq!(error(&plan(&world, &split)), wanted);
            let whole = [("mechanism_emission_split", Value::List(vec![65_535, 0]))];
            assert_eq!(error(&plan(&world, &whole)), None);
        }
    }

    #[test]
    fn what_a_version_has_changed_is_told_by_ranges() {
        let world = World::newest().done();
        let threshold = [("root_claim_threshold", Value::Uint(9))];
        assert!(matches!(plan(&world, &threshold).items[0].status, Status::NotPermitted { .. }));
        let mut between = World::newest().done();
        between.chain.spec_version = 465;
        if let Some(SetterState::Call { who, .. }) =
            between.guards.setters.get_mut("root_claim_threshold")
        {
            *who = "unknown";
        }
        assert!(matches!(plan(&between, &threshold).items[0].status, Status::Unknown { .. }));
        let difficulty = [("max_difficulty", Value::Uint(9))];
        assert!(plan(&self::world(), &difficulty).items[0].inert.is_some());
        assert!(plan(&world, &difficulty).items[0].inert.is_none());
        // Nobody outside the chain knows which symbols there are.
        let symbol = [("token_symbol", Value::Text("x".to_owned()))];
        assert!(matches!(plan(&world, &symbol).items[0].status, Status::Unknown { .. }));
    }

    #[test]
    fn the_first_broken_bound_is_the_one_that_is_named() {
        let mut world = world();
        let is = |world: &Snapshot, name, value: u128, wanted: &str| {
            assert_eq!(error(&plan(world, &[(name, Value::Uint(value))])), Some(wanted), "{name}");
        };
        // Below the neurons, too: the smallest number that root allows comes first.
        is(&world, "max_allowed_uids", 63, "AdminUtils.MaxAllowedUidsLessThanMinAllowedUids");
        world.guards.globals.insert("MaxMechanismCount".to_owned(), 20);
        is(&world, "mechanism_count", 17, "SubtensorModule.TooManyUIDsPerMechanism");
        is(&world, "mechanism_count", 21, "SubtensorModule.InvalidValue");
    }

    #[test]
    fn what_the_chain_looks_at_first_is_named() {
        let mut world = world();
        world.block.number = 1_352;
        for name in ["immunity_period", "tempo"] {
            world.guards.last_change.insert(name.to_owned(), 1_300);
        }
        let is = |name, value, wanted: &str| {
            assert_eq!(error(&plan(&world, &[(name, Value::Uint(value))])), Some(wanted), "{name}");
        };
        is("immunity_period", 1, RATE_LIMIT);
        is("tempo", 400, FREEZE_WINDOW);
    }

    #[test]
    fn the_owner_of_nothing_and_unknown_names_are_never() {
        let world = world();
        let plan = plan(&world, &[("brand_new", Value::Uint(1))]);
        assert!(matches!(plan.items[0].status, Status::NotPermitted { .. }));
    }

    #[test]
    fn limits_and_windows_name_their_block() {
        let mut world = world();
        world.guards.last_change.insert("immunity_period".to_owned(), 1_090);
        let later = plan(&world, &[("immunity_period", Value::Uint(1))]);
        assert!(
            matches!(&later.items[0].status, Status::Later { block: 1_810, error, .. } if error == RATE_LIMIT)
        );
        world.guards.last_change.clear();
        world.block.number = 1_352;
        let frozen = plan(&world, &[("immunity_period", Value::Uint(1))]);
        assert!(
            matches!(&frozen.items[0].status, Status::Later { block: 1_360, error, .. } if error == FREEZE_WINDOW)
        );
        world.block.number = 1_345;
        let soon = plan(&world, &[("immunity_period", Value::Uint(1))]);
        assert!(says(&soon, "block 1351"), "{soon:?}");
    }

    #[test]
    fn the_order_satisfies_every_intermediate_state() {
        let mut world = world();
        let uint = Value::Uint;
        let on = plan(
            &world,
            &[
                ("alpha_low", uint(40_000)),
                ("alpha_high", uint(50_000)),
                ("liquid_alpha_enabled", Value::Bool(true)),
            ],
        );
        assert_eq!(calls(&on), ["sudo_set_liquid_alpha_enabled", "sudo_set_alpha_values"]);
        let args: Vec<_> = on.calls[1].args.iter().map(|arg| arg.value.clone()).collect();
        assert_eq!(args, [uint(40_000), uint(50_000)]);

        let two = plan(&world, &[("mechanism_count", uint(2)), ("max_allowed_uids", uint(128))]);
        assert_eq!(calls(&two), ["sudo_set_max_allowed_uids", "sudo_set_mechanism_count"]);

        world.hyperparameters.insert("min_burn".to_owned(), uint(600_000_000));
        world.hyperparameters.insert("max_burn".to_owned(), uint(700_000_000));
        let up = plan(&world, &[("min_burn", uint(800_000_000)), ("max_burn", uint(900_000_000))]);
        assert_eq!(calls(&up), ["sudo_set_max_burn", "sudo_set_min_burn"]);
        let down =
            plan(&world, &[("min_burn", uint(200_000_000)), ("max_burn", uint(300_000_000))]);
        assert_eq!(calls(&down), ["sudo_set_min_burn", "sudo_set_max_burn"]);

        world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
        let off = plan(
            &world,
            &[("alpha_low", uint(40_000)), ("liquid_alpha_enabled", Value::Bool(false))],
        );
        assert_eq!(calls(&off), ["sudo_set_alpha_values", "sudo_set_liquid_alpha_enabled"]);
        assert_eq!(off.calls[0].args[1].value, uint(58_982), "the other value is sent as it is");
    }

    #[test]
    fn a_tempo_that_closes_the_window_is_set_last() {
        let mut world = world();
        world.hyperparameters.insert("tempo".to_owned(), Value::Uint(500));
        world.guards.schedule.tempo = 500;
        let wishes = [("tempo", Value::Uint(360)), ("immunity_period", Value::Uint(1))];
        assert_eq!(calls(&plan(&world, &wishes)), ["set_tempo", "sudo_set_immunity_period"]);
        world.guards.schedule.freeze_window = 361;
        assert_eq!(calls(&plan(&world, &wishes)), ["sudo_set_immunity_period", "set_tempo"]);
    }

    #[test]
    fn a_changed_mechanism_count_sends_the_split_again() {
        let mut world = world();
        let split = Value::List(vec![40_000, 25_535]);
        world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(64));
        world.hyperparameters.insert("mechanism_count".to_owned(), Value::Uint(3));
        world.hyperparameters.insert("mechanism_emission_split".to_owned(), split.clone());
        let plan = plan(
            &world,
            &[("mechanism_count", Value::Uint(2)), ("mechanism_emission_split", split)],
        );
        assert_eq!(calls(&plan), ["sudo_set_mechanism_count", "sudo_set_mechanism_emission_split"]);
        assert!(says(&plan, "deletes the data"));
    }

    /// A wanted value for every hyperparameter that the owner may change in this world at once.
    fn changeable(world: &Snapshot) -> Vec<Wish> {
        let numbers = [8, 1, 2, 200, 2_000, 20_000, 500, 1 << 64, 700_000_000];
        let values: Vec<Value> = [Value::Bool(true), Value::List(vec![65_535])]
            .into_iter()
            .chain(["other", "recycle", "previous"].map(|text| Value::Text(text.to_owned())))
            .chain(numbers.map(Value::Uint))
            .collect();
        let goes = |wish: &Wish| {
            let plan = Plan::build(world, std::slice::from_ref(wish), "test", &Terms::default());
            plan.items[0].status == Status::Ready && plan.calls.len() == 1
        };
        let wishes: Vec<_> = catalog::ALL
            .iter()
            .filter_map(|row| {
                let wish = |value: &Value| Wish { name: row.name.to_owned(), value: value.clone() };
                values.iter().map(wish).find(goes)
            })
            .collect();
        assert!(wishes.len() > 25, "{wishes:?}");
        wishes
    }

    /// Whether a wish is judged to be unclear, with or without leave.
    fn unclear(world: &Snapshot, wish: &Wish, allow_unknown: bool) -> bool {
        let terms = Terms { allow_unknown, ..Terms::default() };
        let plan = Plan::build(world, std::slice::from_ref(wish), "test", &terms);
        let unclear = matches!(plan.items[0].status, Status::Unknown { .. });
        assert_eq!(unclear, plan.calls.is_empty(), "{plan:?}");
        unclear
    }

    #[test]
    fn what_cannot_be_read_is_never_changed() {
        let mut world = world();
        world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
        for wish in changeable(&world) {
            let mut without = world.clone();
            without.hyperparameters.remove(&wish.name);
            let mut unreadable = without.clone();
            unreadable.unreadable.insert(wish.name.clone(), "odd bytes".to_owned());
            for world in [&without, &unreadable] {
                assert!(unclear(world, &wish, false), "{wish:?}");
                assert!(unclear(world, &wish, true), "nobody can allow it: {wish:?}");
            }
            // Wishing for what null would be is no way to have it already.
            let null = Wish { value: Value::None, ..wish.clone() };
            let plan = Plan::build(&unreadable, &[null], "test", &Terms::default());
            assert!(plan.calls.is_empty() && plan.items[0].status != Status::Unchanged, "{plan:?}");
            assert_eq!(plan.items[0].from, None);
        }
    }

    #[test]
    fn what_a_change_erases_has_to_be_known() {
        let mut world = world();
        world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(64));
        let count = Wish { name: "mechanism_count".to_owned(), value: Value::Uint(2) };
        assert!(!unclear(&world, &count, false));
        world.unreadable.insert("mechanism_emission_split".to_owned(), "odd bytes".to_owned());
        assert!(unclear(&world, &count, true));
        // One call sets both.
        let mut world = self::world();
        world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
        let high = Wish { name: "alpha_high".to_owned(), value: Value::Uint(60_000) };
        assert!(!unclear(&world, &high, false));
        world.unreadable.insert("alpha_low".to_owned(), "odd bytes".to_owned());
        assert!(unclear(&world, &high, true));
    }

    #[test]
    fn a_rule_that_cannot_be_read_is_not_skipped() {
        let mut world = world();
        world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
        world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(120));
        let why = || Known::Unreadable("odd bytes".to_owned());
        let mut seen = 0;
        for wish in changeable(&world) {
            let Some(row) = catalog::find(&wish.name) else { continue };
            for bound in row.bounds {
                let mut lacking = world.clone();
                match bound.with {
                    Source::Literal(_) => continue,
                    Source::Constant(name, _) | Source::SwapConstant(name, _) => {
                        lacking.guards.constants.remove(name);
                    }
                    Source::Global(name, _) => {
                        lacking.guards.globals.remove(name);
                    }
                    Source::Neurons => lacking.guards.neurons = why(),
                    Source::Same(name) | Source::Shared(name) => {
                        lacking.unreadable.insert(name.to_owned(), "odd bytes".to_owned());
                    }
                    Source::Budget => {
                        lacking.guards.constants.remove(BUDGET_CONSTANT);
                    }
                }
                seen += 1;
                assert!(unclear(&lacking, &wish, false), "{wish:?} {bound:?}");
                let erased = matches!(bound.with, Source::Same(name) if ALPHA.contains(&name));
                assert_eq!(unclear(&lacking, &wish, true), erased, "{wish:?} {bound:?}");
            }
        }
        assert!(seen > 12, "{seen}");
        // A bound that is known to be broken says enough.
        world.guards.neurons = why();
        assert!(matches!(
            plan(&world, &[("max_allowed_uids", Value::Uint(257))]).items[0].status,
            Status::Invalid { .. }
        ));
    }

    #[test]
    fn what_stops_an_account_and_cannot_be_read_makes_everything_unclear() {
        let why = || "odd bytes".to_owned();
        let world = world();
        let wish = Wish { name: "rho".to_owned(), value: Value::Uint(11) };
        assert!(!unclear(&world, &wish, false));
        for lacking in [
            Guards { lease: Known::Unreadable(why()), ..world.guards.clone() },
            Guards { swap: Known::Unreadable(why()), ..world.guards.clone() },
            Guards { safe_mode_until: Known::Unreadable(why()), ..world.guards.clone() },
        ] {
            let world = Snapshot { guards: lacking, ..world.clone() };
            assert!(unclear(&world, &wish, false));
            // What was before is known: the chain may decide.
            assert!(!unclear(&world, &wish, true));
            let never = plan(&world, &[("weights_rate_limit", Value::Uint(360))]);
            assert_eq!(error(&never), Some(BAD_ORIGIN), "that is certain all the same");
        }
        // A snapshot from a file tells nothing of all this.
        let unread = Snapshot {
            guards: Guards { setters: world.guards.setters.clone(), ..Guards::default() },
            ..world
        };
        assert!(unclear(&unread, &wish, false));
    }

    #[test]
    fn dead_levers_are_named_with_what_to_use() {
        let world = world();
        let plan = plan(&world, &[("activity_cutoff", Value::Uint(1_000))]);
        let inert = plan.items[0].inert.as_deref().unwrap_or_default();
        assert!(inert.contains("activity_cutoff_factor=2778"), "{inert}");
        assert_eq!(plan.calls.len(), 1, "it is planned all the same");
    }

    #[test]
    fn a_plan_notices_what_moved() {
        let world = world();
        let plan = plan(&world, &[("immunity_period", Value::Uint(1))]);
        assert!(plan.moved(&world).is_empty());
        let mut later = world.clone();
        later.block.number += 5;
        later.hyperparameters.insert("max_burn".to_owned(), Value::Uint(7));
        assert!(plan.moved(&later).is_empty(), "what the plan does not touch may move");
        later.hyperparameters.insert("immunity_period".to_owned(), Value::Uint(9));
        later.owner = "other".to_owned();
        later.chain.spec_version = 426;
        later.chain.genesis_hash = Hash32::new([2; 32]);
        assert_eq!(plan.moved(&later).len(), 4);
        assert_ne!(
            plan.digest(),
            self::plan(&world, &[("immunity_period", Value::Uint(2))]).digest()
        );
    }
}
