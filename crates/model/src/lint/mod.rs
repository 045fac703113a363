//! What is found about a plan: what the chain takes and is worth a look before signing.

pub mod goals;
pub mod intent;
mod origin;

use std::collections::BTreeSet;

use crate::catalog::{self, Effect};
use crate::finding::{
    DECIDED_BY_CODE, DELETES_MECHANISMS, DEPENDS, ERASES_SPLIT, Finding, NEWER_CHAIN, NO_EFFECT,
    RULES_DISAGREE, SIDE_EFFECTS, SLOW_WAY_BACK, UNKNOWN_RULE, WINDOW_STARTS, finding,
};
use crate::plan::{Call, Item, Status};
use crate::snapshot::Snapshot;
use crate::terms::Terms;
use crate::value::Value;
use crate::{rules, schedule};

/// Everything found about a plan: its changes, what its owner wants, how it is signed.
#[must_use]
pub fn all(items: &[Item], calls: &[Call], snapshot: &Snapshot, terms: &Terms) -> Vec<Finding> {
    let mut findings = changes(items, snapshot, terms);
    findings.extend(intent::findings(items, snapshot, terms));
    findings.extend(origin::findings(calls, snapshot, terms));
    findings
}

/// The finding for what goes although no rule that is known decides it.
#[must_use]
pub fn unclear(name: &str, reason: &str) -> Finding {
    finding(
        UNKNOWN_RULE,
        name,
        format!("{name}: {reason}"),
        "the pre-send check will show the chain's answer",
    )
}

/// The finding for what no rule decides and the chain's own code accepts.
#[must_use]
pub fn decided_by_code(name: &str, reason: &str) -> Finding {
    finding(
        DECIDED_BY_CODE,
        name,
        format!("{name}: {reason}; the chain's own code accepts it"),
        "the pre-send check will ask the node, too",
    )
}

/// The finding for a change of which the rules say one thing and the chain's own code another.
#[must_use]
pub fn rules_disagree(name: &str, rules: &str, code: &str) -> Finding {
    finding(
        RULES_DISAGREE,
        name,
        format!("{name}: {rules}, but {code}"),
        "the code decides; update subtune, whose rules are behind this chain",
    )
}

/// Everything found about the changes of a plan.
fn changes(items: &[Item], snapshot: &Snapshot, terms: &Terms) -> Vec<Finding> {
    let now = |item: &&Item| matches!(item.status, Status::Ready);
    let mut findings: Vec<Finding> =
        items.iter().filter(now).flat_map(|item| about(item, items, snapshot)).collect();
    findings.extend(side_effects(items, snapshot));
    findings.extend(closing_window(items, snapshot, terms));
    findings.extend(newer_chain(items, snapshot));
    findings
}

/// What the plan touches and is not as it was in the runtime that the catalog was checked with.
fn newer_chain(items: &[Item], snapshot: &Snapshot) -> Option<Finding> {
    let touched = items.iter().filter(|item| !matches!(item.status, Status::Unchanged));
    let differs: BTreeSet<&str> = touched
        .filter_map(|item| snapshot.guards.unforeseen.get(&item.name))
        .flatten()
        .map(String::as_str)
        .collect();
    let message = format!(
        "the chain runs runtime {}, but subtune was checked with {}, and these items of the plan differ: {}",
        snapshot.chain.spec_version,
        catalog::CHECKED,
        differs.iter().copied().collect::<Vec<_>>().join(", ")
    );
    let hint = "review the differences with `subtune chain`, and look for a newer subtune";
    (!differs.is_empty()).then(|| finding(NEWER_CHAIN, "", message, hint))
}

/// The value that a hyperparameter will have.
fn wanted<'a>(name: &str, items: &'a [Item]) -> Option<&'a Value> {
    let item = items.iter().find(|item| item.name == name)?;
    matches!(item.status, Status::Ready).then_some(&item.to)
}

fn about(item: &Item, items: &[Item], snapshot: &Snapshot) -> Vec<Finding> {
    let Item { name, from, to, status: _, inert } = item;
    let mut found = Vec::new();
    if let Some(row) = catalog::find(name)
        && let Effect::When(when, needs) = row.effect
        && *to != Value::Bool(false)
        && let off = needs.iter().copied().filter(|name| {
            let value = wanted(name, items).or_else(|| snapshot.hyperparameters.get(*name));
            value == Some(&Value::Bool(false))
        })
        && let off = off.collect::<Vec<_>>()
        && !off.is_empty()
    {
        let message = format!("{name} has an effect only while {when}");
        let hint = format!("switch {} on as well, or leave {name} out", off.join(" and "));
        found.push(finding(DEPENDS, name, message, &hint));
    }
    if name == "mechanism_count" && from.as_ref() != Some(to) {
        if from.as_ref().is_some_and(|from| to < from) {
            let message = "lowering mechanism_count deletes the data of the dropped mechanisms: a \
                           rollback restores the number, not the data";
            let hint = "check that nobody uses the dropped mechanisms";
            found.push(finding(DELETES_MECHANISMS, name, message, hint));
        }
        let split = "mechanism_emission_split";
        let split_is_set = snapshot.known(split).is().is_some_and(|is| **is != Value::None);
        if split_is_set && wanted(split, items).is_none() {
            let message = "changing mechanism_count resets the emission split to even";
            let hint = "to keep a split, set mechanism_emission_split in the same plan";
            found.push(finding(ERASES_SPLIT, name, message, hint));
        }
    }
    if name == "voting_power_tracking" && *to == Value::Bool(true) {
        let message = "switching voting_power_tracking off again takes effect only 14 days later";
        let hint = "apply it only if it may stay on: a rollback cannot undo it at once";
        found.push(finding(SLOW_WAY_BACK, name, message, hint));
    }
    if inert.is_some() {
        let message = format!("{name} would be accepted but has no effect on this chain");
        let hint = "remove it from the profile, or plan with --skip-no-effect";
        found.push(finding(NO_EFFECT, name, message, hint));
    }
    found
}

/// What else changes with a switch of the consensus.
fn side_effects(items: &[Item], snapshot: &Snapshot) -> Option<Finding> {
    let name = "epoch_consensus";
    let effects: Vec<_> = rules::side_effects(items, snapshot)
        .into_iter()
        .filter(|effect| effect.by == name)
        .map(|rules::SideEffect { name, from, to, .. }| format!("{name} {from} → {to}"))
        .collect();
    let message = format!("the chain also changes {}", effects.join(" and "));
    let hint = "to restore them, roll back the switch";
    (!effects.is_empty()).then(|| finding(SIDE_EFFECTS, name, message, hint))
}

/// Whether the freeze window starts while a transaction may still be under way.
fn closing_window(items: &[Item], snapshot: &Snapshot, terms: &Terms) -> Option<Finding> {
    let item = items.iter().find(|item| {
        matches!(item.status, Status::Ready)
            && catalog::find(&item.name).is_some_and(|row| row.is_frozen(&snapshot.guards))
    })?;
    let from = terms.block(snapshot);
    let starts = (from..from.saturating_add(schedule::ERA))
        .find(|block| schedule::frozen(&snapshot.guards, snapshot.netuid, *block) == Ok(true))?;
    let message = format!(
        "the freeze window starts at block {starts}, in {} blocks; the transaction may arrive too late",
        starts.saturating_sub(snapshot.block.number)
    );
    let hint = format!("apply before block {starts}, or after the epoch");
    Some(finding(WINDOW_STARTS, &item.name, message, &hint))
}
