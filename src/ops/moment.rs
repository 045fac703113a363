//! The time of a change before the chain's own code: refused in the block before, accepted in its own.

use subtune_model::error::Result;
use subtune_model::finding::Finding;
use subtune_model::lint;
use subtune_model::origin::Origin;
use subtune_model::plan::{Call, Plan, Status, Wish};
use subtune_model::planner::stage::{self, Stage};
use subtune_model::ports::{ChainError, Simulate};
use subtune_model::schedule;
use subtune_model::simulation::{Confirmation, Judgement, Simulation, Trial, Tried};
use subtune_model::terms::Terms;

use super::judge::{Court, outcome, waits};
use super::way_back::more_changes;

/// Calls that the rules have accepted in a block to come.
struct Moment {
    /// The hyperparameters that they are about; of the plan as a whole when there are none.
    names: Vec<String>,
    calls: Vec<Call>,
    block: u64,
    /// Whether that is the first such block.
    first: bool,
}

/// What the code says of the times in a plan.
#[derive(Default)]
pub(super) struct Times {
    /// Of the block of the plan itself, and of those for which changes have to wait.
    said: Vec<(Vec<String>, Confirmation)>,
    /// Changes that have to wait and cannot be tried by themselves.
    untried: Vec<String>,
    /// What it took.
    pub(super) took: Option<Simulation>,
}

impl Times {
    /// Notes them in the plan that they are about.
    pub(super) fn note(self, plan: &mut Plan) {
        let Self { said, untried, took: _ } = self;
        plan.confirmed.extend(untried.into_iter().map(|name| (name, None)));
        for (names, confirmation) in said {
            let about: Vec<_> = match names.is_empty() {
                true => plan.changes().map(|item| item.name.clone()).collect(),
                false => names.clone(),
            };
            plan.findings.extend(at_odds(&about, &confirmation));
            match (&mut plan.judgement, names.is_empty()) {
                (Some(Judgement::Ran(ran)), true) => ran.confirmed = Some(Box::new(confirmation)),
                (_, true) => {}
                (_, false) => {
                    let of_each = names.into_iter().map(|name| (name, Some(confirmation.clone())));
                    plan.confirmed.extend(of_each);
                }
            }
        }
    }
}

impl<C: Simulate> Court<'_, C> {
    /// What the code says of the times in a plan.
    pub(super) async fn times(&self, plan: &Plan, terms: &Terms) -> Result<Times> {
        let (moments, untried) = self.moments(plan, terms);
        let guards = &self.snapshot.guards;
        let mut trials = Vec::new();
        for Moment { calls, block, .. } in &moments {
            for block in [block.saturating_sub(1), *block] {
                trials.extend(self.trial_in(block, calls, guards, None, terms));
            }
        }
        if trials.is_empty() {
            return Ok(Times { untried, ..Times::default() });
        }
        let took = self.run(&trials).await?;
        let mut said = Vec::new();
        for (moment, tried) in moments.into_iter().zip(took.tried.chunks(2)) {
            let [before, at] = tried else { continue };
            let Moment { names, calls, block, first } = moment;
            let confirmation = Confirmation {
                block,
                first,
                before: Some(answer(&terms.origin, &calls, before)?),
                at: answer(&terms.origin, &calls, at)?,
                epoch: schedule::foretold_epoch(guards, block),
            };
            said.push((names, confirmation));
        }
        Ok(Times { said, untried, took: Some(took) })
    }

    /// The blocks to come that a plan tells of, and what is accepted then; and what has to wait and is
    /// not accepted by itself.
    fn moments(&self, plan: &Plan, terms: &Terms) -> (Vec<Moment>, Vec<String>) {
        let (mut moments, mut untried) = (Vec::new(), Vec::new());
        let at = terms.block(self.snapshot);
        let in_block = |block| Terms { at: Some(block), ..terms.clone() };
        if at > self.next() && !plan.calls.is_empty() {
            let before = self.planned(plan, &in_block(at.saturating_sub(1)));
            let waits = |name: &str| {
                let later = |status: &Status| matches!(status, Status::Later { .. });
                before.items.iter().any(|item| item.name == name && later(&item.status))
            };
            moments.push(Moment {
                names: Vec::new(),
                calls: plan.calls.clone(),
                block: at,
                first: plan.changes().any(|item| waits(&item.name)),
            });
        }
        // The last approval of a multisig runs what was proposed, and nothing else.
        let fixed = matches!(terms.origin, Origin::Multisig(_)) && !waits(&terms.origin);
        for item in &plan.items {
            let Status::Later { block, .. } = item.status else { continue };
            let then = in_block(block);
            let ready = |plan: &Plan| plan.changes().any(|other| other.name == item.name);
            let wish = Wish { name: item.name.clone(), value: item.to.clone() };
            let mut going = Plan::build(self.snapshot, &[wish], &plan.source, &then);
            // What would be invalid alone is accepted beside the others.
            if !ready(&going) {
                going = self.planned(plan, &then);
            }
            if fixed || !ready(&going) || going.calls.is_empty() {
                untried.push(item.name.clone());
                continue;
            }
            let names = vec![item.name.clone()];
            moments.push(Moment { names, calls: going.calls, block, first: true });
        }
        (moments, untried)
    }

    /// Runs the calls of each stage in its block, after the stages before it, and in the block before.
    /// What is worth a look is returned.
    pub(super) async fn staged(&self, stages: &mut [Stage], terms: &Terms) -> Result<Vec<Finding>> {
        if matches!(terms.origin, Origin::Multisig(_)) && !waits(&terms.origin) {
            return Ok(Vec::new());
        }
        let mut trials: Vec<Trial> = Vec::new();
        let mut places = Vec::new();
        let (mut state, mut last) = (self.snapshot.clone(), None);
        for Stage { block, waits_for, plan } in &*stages {
            let trial = |block| self.trial_in(block, &plan.calls, &state.guards, last, terms);
            let first = !waits_for.is_empty();
            let earlier = block.saturating_sub(1);
            let before = trial(earlier).filter(|_| first && earlier >= self.next());
            let at = trial(*block);
            let mut add = |trial: Option<Trial>| {
                let place = trial.as_ref().map(|_| trials.len());
                trials.extend(trial);
                place
            };
            let (before, at) = (add(before), add(at));
            let after = stage::after(&state, plan, *block);
            places.push((before, at, std::mem::replace(&mut state, after)));
            last = at.or(last);
        }
        if trials.is_empty() {
            return Ok(Vec::new());
        }
        let simulation = self.run(&trials).await?;
        let mut found: Vec<Finding> = Vec::new();
        for (stage, (before, at, state)) in stages.iter_mut().zip(places) {
            let calls = &stage.plan.calls;
            let tried = |place: Option<usize>| place.and_then(|place| simulation.tried.get(place));
            let Some(at) = tried(at) else { continue };
            let said = |tried| answer(&terms.origin, calls, tried);
            let confirmation = Confirmation {
                block: stage.block,
                first: !stage.waits_for.is_empty(),
                before: tried(before).map(said).transpose()?,
                at: said(at)?,
                epoch: schedule::foretold_epoch(&state.guards, stage.block),
            };
            let mut ran = self.ran(calls, at, &simulation, stage.block, terms)?;
            found.extend(at_odds(&stage.names(), &confirmation));
            ran.confirmed = Some(Box::new(confirmation));
            stage.plan.judgement = Some(Judgement::Ran(ran));
            found.extend(more_changes(&stage.plan, &state));
        }
        Ok(found)
    }

    /// The block after that of the plan.
    pub(super) const fn next(&self) -> u64 {
        self.snapshot.block.number.saturating_add(1)
    }
}

/// What the code says of all the calls of a transaction: the first error, where there is one.
fn answer(origin: &Origin, calls: &[Call], tried: &Tried) -> Result<Result<(), ChainError>> {
    Ok(outcome(origin, calls, tried)?.into_iter().collect())
}

/// The finding where the code says something else of a block than the rules.
fn at_odds(names: &[String], confirmation: &Confirmation) -> Option<Finding> {
    let Confirmation { block, first, before, at, epoch: _ } = confirmation;
    if confirmation.holds() {
        return None;
    }
    let earlier = block.saturating_sub(1);
    let it = if names.len() == 1 { "it" } else { "them" };
    let (from, block_of_rules) = match (first, at) {
        (true, _) => ("from", block),
        (false, Err(_)) => ("in", block),
        (false, Ok(())) => ("in", &earlier),
    };
    let rules = format!("by subtune's rules the chain accepts {it} {from} block {block_of_rules}");
    let code = match (at, before) {
        (Err(error), _) => format!("refuses {it} in block {block} ({error})"),
        (Ok(()), Some(Err(error))) => format!("refuses {it} in block {earlier} ({error})"),
        (Ok(()), _) => format!("accepts {it} in block {earlier} already"),
    };
    let found =
        lint::rules_disagree(&names.join(", "), &rules, &format!("the chain's own code {code}"));
    let name = match names {
        [one] => one.clone(),
        _ => String::new(),
    };
    Some(Finding { name, ..found })
}
