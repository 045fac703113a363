//! Which change an error of the chain is about.

use subtune_model::catalog;
use subtune_model::error::Error;
use subtune_model::finding::{self, Finding};
use subtune_model::plan::{Item, Plan, Status};
use subtune_model::ports::ChainError;
use subtune_model::rules;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

/// The terms to judge a plan by once more.
fn terms_of(plan: &Plan) -> Terms {
    Terms { origin: plan.origin.clone(), ..Terms::default() }
}

/// A preflight runs on the state of the head, one block early: right at the block
/// at which a rate limit or a window ends it still says no.
pub(super) fn too_early_to_tell(error: &ChainError, plan: &Plan, now: &Snapshot) -> bool {
    if !matches!(error.name.as_str(), rules::RATE_LIMIT | rules::FREEZE_WINDOW) {
        return false;
    }
    let mut before = now.clone();
    before.block.number = before.block.number.saturating_sub(1);
    Plan::build(&before, &plan.wishes(), &plan.source, &terms_of(plan)).items.iter().any(|item| {
        matches!(&item.status, Status::Later { block, error: name, .. }
            if *name == error.name && *block == now.block.number.saturating_add(1))
    })
}

/// The items that explain an error of the chain, by the rules and the state that
/// the calls met.
pub(super) fn blame(plan: &Plan, error: &ChainError, state: &Snapshot) -> Vec<String> {
    if let [only] = plan.changes().collect::<Vec<_>>().as_slice() {
        return vec![only.name.clone()];
    }
    let wishes: Vec<_> = plan
        .wishes()
        .into_iter()
        .filter(|wish| plan.changes().any(|item| item.name == wish.name))
        .collect();
    let again = Plan::build(state, &wishes, &plan.source, &terms_of(plan));
    let named: Vec<_> = again
        .items
        .iter()
        .filter(|item| match &item.status {
            Status::Later { error: name, .. } => *name == error.name,
            Status::NotPermitted { error: name, .. } | Status::Invalid { error: name, .. } => {
                name.as_deref() == Some(error.name.as_str())
            }
            Status::Ready | Status::Unchanged | Status::Unknown { .. } => false,
        })
        .map(|item| item.name.clone())
        .collect();
    if !named.is_empty() {
        return named;
    }
    // The rules see nothing wrong: name those that can give this error at all, or else those of which
    // the rules could not tell.
    let named = |is: &dyn Fn(&Item) -> bool| -> Vec<String> {
        plan.changes().filter(|item| is(item)).map(|item| item.name.clone()).collect()
    };
    let can_give = named(&|item| {
        catalog::find(&item.name)
            .is_some_and(|row| row.bounds.iter().any(|bound| bound.error == error.name))
    });
    if !can_give.is_empty() {
        return can_give;
    }
    named(&|item| {
        let untold =
            |finding: &Finding| finding.code == finding::UNKNOWN_RULE && finding.name == item.name;
        plan.findings.iter().any(untold)
    })
}

pub(super) fn refused_by_chain(
    plan: &Plan,
    blamed: &[String],
    error: &ChainError,
    done: &str,
) -> Error {
    let what = match blamed {
        [] => "one of the changes".to_owned(),
        [one] => one.clone(),
        several => format!("one of {}", several.join(", ")),
    };
    let advice = error.advice.unwrap_or("make a new plan and look at it before you try again");
    let others = plan.changes().any(|item| !blamed.contains(&item.name));
    let without: Vec<_> = blamed.iter().map(|name| format!("--without {name}")).collect();
    let together = match (plan.origin.is_apart(), without.as_slice(), others) {
        (true, ..) => String::new(),
        (false, [_, ..], true) => format!(
            "; all changes of a plan go together or not at all: `{}` makes it without",
            without.join(" ")
        ),
        _ => "; all changes of a plan go together or not at all".to_owned(),
    };
    Error::refused(format!("the chain refused {what}: {error}; {done}"))
        .hint(format!("{advice}{together}"))
}
