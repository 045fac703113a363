//! What the chain's own code says of a plan, as it is shown.

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::plan::{Call, Plan};
use subtune_model::ports::ChainError;
use subtune_model::simulation::{CODE_CANNOT_RUN, Confirmation, Judgement, Ran, StateChange};
use subtune_model::value::Value;

use super::exact;

/// How a simulation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulationState {
    /// The chain's code took every call.
    Accepted,
    /// It refused the transaction, or a call in it.
    Refused,
    /// It could not be run.
    Unavailable,
}

/// A plan on the chain's own code.
#[derive(Debug, Clone, Serialize)]
pub struct SimulationView {
    /// How it ended.
    pub state: SimulationState,
    /// Why it was refused, or could not be run.
    pub reason: Option<String>,
    /// Version of the code.
    pub spec_version: Option<u32>,
    /// BLAKE2-256 of the code.
    pub code_hash: Option<String>,
    /// Block for which it was run.
    pub block: Option<u64>,
    /// What the code says of that block, where it is not simply the next one.
    pub confirmed: Option<ConfirmedView>,
    /// The fee in rao, as the code took it.
    pub fee_rao: Option<String>,
    /// What became of each call.
    pub calls: Vec<TriedCallView>,
    /// What the calls change in storage.
    pub effects: Vec<EffectView>,
    /// Requests to the node that it took.
    pub requests: u64,
    /// Bytes from the node that it took.
    pub bytes: u64,
    /// The outcome, one sentence.
    #[serde(skip)]
    pub outcome: String,
    /// The calls that were refused, a line each.
    #[serde(skip)]
    pub refused: Vec<String>,
    /// What changes beside what is asked for, a line each.
    #[serde(skip)]
    pub beside: Vec<String>,
    /// What the code says of the block, one sentence.
    #[serde(skip)]
    pub time: Option<TimeView>,
}

/// The block of a change, confirmed by the chain's own code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmedView {
    /// The block before, where the code still refuses the change.
    pub refused_at: Option<u64>,
    /// The chain's error there.
    pub error: Option<String>,
    /// The block in which it accepts the change.
    pub accepted_at: u64,
    /// The epoch that the schedule foretells by then, and that was taken for granted.
    pub epoch: Option<u64>,
}

impl ConfirmedView {
    /// What is confirmed; `None` where the code says something else than the rules.
    #[must_use]
    pub(super) fn of(said: &Confirmation) -> Option<Self> {
        let refused = said.refused();
        said.holds().then(|| Self {
            refused_at: refused.map(|(block, _)| block),
            error: refused.map(|(_, error)| error.name.clone()),
            accepted_at: said.block,
            epoch: said.epoch,
        })
    }
}

/// What the chain's own code says of the block of a change.
#[derive(Debug, Clone)]
pub struct TimeView {
    /// Whether it says what the rules say.
    pub holds: bool,
    /// One sentence.
    pub sentence: String,
}

impl TimeView {
    /// What is said of changes with these names; of all that there is when there are none.
    #[must_use]
    pub(super) fn of(names: &[&str], said: &Confirmation) -> Self {
        let Confirmation { block, first: _, before, at, epoch } = said;
        let earlier = block.saturating_sub(1);
        let refused = |block: u64, error: &ChainError| {
            // What it belongs to is told beside the change.
            let name = error.name.rsplit('.').next().unwrap_or(&error.name);
            format!("refused in block {block} ({name})")
        };
        let accepted = format!("accepted in block {block}");
        let words = match (before, at) {
            (_, Err(error)) => refused(*block, error),
            (None, Ok(())) => accepted,
            (Some(Ok(())), Ok(())) => format!("accepted in block {earlier} and in block {block}"),
            (Some(Err(error)), Ok(())) => {
                let and = if names.is_empty() { "," } else { " and" };
                format!("{}{and} {accepted}", refused(earlier, error))
            }
        };
        let holds = said.holds();
        let head = match holds {
            true => "Confirmed by the chain's own code",
            false => "NOT confirmed by the chain's own code",
        };
        let about = match names {
            [] => String::new(),
            [one] => format!("{one} is "),
            [one, other] => format!("{one} and {other} are "),
            several => format!("{} changes are ", several.len()),
        };
        let epoch = epoch.map_or_else(String::new, |epoch| {
            format!(", if the epoch of block {epoch} runs on time")
        });
        Self { holds, sentence: format!("{head}: {about}{words}{epoch}") }
    }

    /// What is said of the changes of a plan that have to wait, in one sentence for all of which the
    /// same is said.
    #[must_use]
    pub(super) fn of_later(plan: &Plan) -> Vec<Self> {
        let mut alike: Vec<(&Option<Confirmation>, Vec<&str>)> = Vec::new();
        for item in &plan.items {
            let Some(said) = plan.confirmed.get(&item.name) else { continue };
            match alike.iter_mut().find(|(other, _)| *other == said) {
                Some((_, names)) => names.push(&item.name),
                None => alike.push((said, vec![&item.name])),
            }
        }
        let of = |(said, names): (&Option<Confirmation>, Vec<&str>)| match said {
            Some(said) => Self::of(&names, said),
            None => Self {
                holds: false,
                sentence: format!(
                    "NOT confirmed by the chain's own code: {} cannot be tried alone",
                    names.join(", ")
                ),
            },
        };
        alike.into_iter().map(of).collect()
    }
}

/// A call that was tried.
#[derive(Debug, Clone, Serialize)]
pub struct TriedCallView {
    /// `Pallet.call`.
    pub call: String,
    /// Whether it took effect.
    pub ok: bool,
    /// The chain's error.
    pub error: Option<String>,
}

/// A stored value that changes.
#[derive(Debug, Clone, Serialize)]
pub struct EffectView {
    /// Where it is stored.
    pub item: String,
    /// The hyperparameter that it is, if it is one.
    pub name: Option<String>,
    /// The hyperparameter whose last change it notes, for the rate limit.
    pub clock_of: Option<String>,
    /// Value before, exact; null where it has no form that subtune can write.
    pub from: Option<Json>,
    /// Value after.
    pub to: Option<Json>,
}

impl SimulationView {
    /// What is told of the judgement on a plan.
    #[must_use]
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        Some(match plan.judgement.as_ref()? {
            Judgement::Unavailable { reason } => Self {
                state: SimulationState::Unavailable,
                reason: Some(reason.clone()),
                spec_version: None,
                code_hash: None,
                block: None,
                confirmed: None,
                time: None,
                fee_rao: None,
                calls: Vec::new(),
                effects: Vec::new(),
                requests: 0,
                bytes: 0,
                outcome: match reason.strip_prefix(CODE_CANNOT_RUN) {
                    Some(why) => format!("The chain's own code cannot be run: {why}"),
                    None => format!("Not tried on the chain's own code: {reason}"),
                },
                refused: Vec::new(),
                beside: Vec::new(),
            },
            Judgement::Ran(ran) => Self::ran(plan, ran),
        })
    }

    fn ran(plan: &Plan, ran: &Ran) -> Self {
        let Ran {
            spec_version,
            code_hash,
            block,
            confirmed,
            refused,
            waits,
            calls,
            fee_rao,
            effects,
            requests,
            bytes,
        } = ran;
        let done = calls.iter().filter(|call| call.is_ok()).count();
        let accepted = refused.is_none() && done == calls.len();
        let fee = fee_rao.map_or_else(String::new, |fee| format!(", fee {} TAO", super::tao(fee)));
        let how = match waits {
            true => ", as the last approval will run it",
            false => "",
        };
        let reason =
            refused.clone().or_else(|| calls.iter().find_map(|call| call.as_ref().err().cloned()));
        let outcome = match (&reason, done) {
            (None, _) => "accepted".to_owned(),
            (Some(error), 0) => format!("refused: {error}"),
            (Some(_), _) => "refused in part".to_owned(),
        };
        let count = calls.len();
        let took = match (accepted, done) {
            (false, 0) => String::new(),
            _ if count == 1 => ", the call took effect".to_owned(),
            _ => format!(", {done} of {count} calls took effect"),
        };
        let tried = plan.calls.iter().zip(calls);
        Self {
            state: if accepted { SimulationState::Accepted } else { SimulationState::Refused },
            reason: reason.map(|error| error.to_string()),
            spec_version: Some(*spec_version),
            code_hash: Some(code_hash.to_string()),
            block: Some(*block),
            fee_rao: fee_rao.map(|fee| fee.to_string()),
            outcome: format!(
                "Tried on the chain's own code (runtime {spec_version}){how}: \
                 {outcome}{took}{fee}"
            ),
            refused: match done {
                0 => Vec::new(),
                _ => tried.clone().filter_map(|(call, said)| line(call, said)).collect(),
            },
            calls: tried
                .map(|(call, said)| TriedCallView {
                    call: call.name(),
                    ok: said.is_ok(),
                    error: said.as_ref().err().map(|error| error.name.clone()),
                })
                .collect(),
            beside: beside(plan, effects),
            effects: effects.iter().map(EffectView::of).collect(),
            requests: *requests,
            bytes: *bytes,
            confirmed: confirmed.as_deref().and_then(ConfirmedView::of),
            time: confirmed.as_deref().map(|said| TimeView::of(&[], said)),
        }
    }
}

impl EffectView {
    fn of(effect: &StateChange) -> Self {
        let StateChange { item, name, clock_of, from, to } = effect;
        Self {
            item: item.clone(),
            name: name.clone(),
            clock_of: clock_of.clone(),
            from: from.as_ref().map(exact),
            to: to.as_ref().map(exact),
        }
    }
}

/// Whether the plan itself asks for it, or tells of it by its rate limit.
fn asked(plan: &Plan, effect: &StateChange) -> bool {
    let StateChange { name, clock_of, .. } = effect;
    plan.changes().any(|item| [name, clock_of].contains(&&Some(item.name.clone())))
}

/// What changes beside what is asked for: hyperparameters first.
fn beside(plan: &Plan, effects: &[StateChange]) -> Vec<String> {
    let mut others: Vec<_> = effects.iter().filter(|effect| !asked(plan, effect)).collect();
    others.sort_by_key(|effect| (effect.name.is_none(), &effect.item));
    others.into_iter().map(words).collect()
}

fn line(call: &Call, said: &Result<(), ChainError>) -> Option<String> {
    let error = said.as_ref().err()?;
    Some(format!("{}: {error}", call.call))
}

fn words(effect: &StateChange) -> String {
    let StateChange { item, name, clock_of: _, from, to } = effect;
    let what = name.as_deref().unwrap_or(item);
    match (from, to) {
        (Some(from), Some(to)) => format!("{what} {} → {}", short(from), short(to)),
        _ => what.to_owned(),
    }
}

/// A value that fits into a line: the whole of it is in the JSON.
fn short(value: &Value) -> String {
    /// Most numbers of a list that are shown.
    const SHOWN: usize = 6;
    match value {
        Value::List(values) if values.len() > SHOWN => format!("{} values", values.len()),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(names: &[&str], said: &Confirmation) -> String {
        let TimeView { holds, sentence } = TimeView::of(names, said);
        assert_eq!((holds, said.holds()), (ConfirmedView::of(said).is_some(), holds));
        sentence
    }

    /// What the code says otherwise is not told as if it were confirmed.
    #[test]
    fn what_is_said_of_a_block_is_what_the_code_said() {
        let refused = || Err(ChainError::named("SubtensorModule.TxRateLimitExceeded"));
        let said = Confirmation {
            block: 100,
            first: true,
            before: Some(refused()),
            at: Ok(()),
            epoch: None,
        };
        let of = |names: &[&str], said: &Confirmation| sentence(names, said);
        let head = "Confirmed by the chain's own code";
        for (names, words) in [
            (&[][..], "refused in block 99 (TxRateLimitExceeded), accepted in block 100"),
            (
                &["rho"],
                "rho is refused in block 99 (TxRateLimitExceeded) and accepted in block 100",
            ),
            (
                &["rho", "tempo", "kappa"],
                "3 changes are refused in block 99 (TxRateLimitExceeded) and accepted in block 100",
            ),
        ] {
            assert_eq!(of(names, &said), format!("{head}: {words}"));
        }
        let ready = Confirmation { first: false, before: None, ..said.clone() };
        assert_eq!(of(&[], &ready), format!("{head}: accepted in block 100"));
        let epoch = Confirmation { epoch: Some(90), ..said.clone() };
        assert!(of(&[], &epoch).ends_with(", if the epoch of block 90 runs on time"));
        for (odd, words) in [
            (
                Confirmation { before: Some(Ok(())), ..said.clone() },
                "rho is accepted in block 99 and in block 100",
            ),
            (
                Confirmation { at: refused(), ..said.clone() },
                "rho is refused in block 100 (TxRateLimitExceeded)",
            ),
            (
                Confirmation { first: false, ..said },
                "rho is refused in block 99 (TxRateLimitExceeded) and accepted in block 100",
            ),
        ] {
            assert_eq!(of(&["rho"], &odd), format!("NOT {}: {words}", head.replace('C', "c")));
        }
    }
}
