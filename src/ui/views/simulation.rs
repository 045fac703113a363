//! What the chain's own code says of a plan, as it is shown.

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::plan::{Call, Plan};
use subtune_model::ports::ChainError;
use subtune_model::simulation::{CODE_CANNOT_RUN, Judgement, Ran, StateChange};
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
        let Ran { spec_version, code_hash, block, refused, waits, calls, fee_rao, effects, .. } =
            ran;
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
            requests: ran.requests,
            bytes: ran.bytes,
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
