//! The results of commands that send.

use serde_json::json;
use subtune_model::origin::Origin;
use subtune_model::plan::Plan;
use subtune_model::receipt::{Outcome, Receipt};
use subtune_model::schedule::{self, Opening};
use subtune_model::snapshot::Snapshot;

use super::printed;
use crate::ops::{Applied, Sent};
use crate::store::Subnet;
use crate::ui::output::{Report, Stream};
use crate::ui::render;
use crate::ui::views::{PlanView, ReceiptView};

/// The result of a change; `spared` is what a dry run has not done.
pub(super) fn report(
    applied: &Applied,
    plan: &Plan,
    base: &Snapshot,
    journal: &Subnet,
    spared: &str,
) -> Report {
    let planned = |ending: &str, outcome: &str| {
        let view = PlanView::of(plan, base);
        Report::new(
            format!("{}{ending}\n", render::text::plan(&view, Stream::Stdout)),
            json!({ "outcome": outcome, "plan": view }),
        )
        .markdown(format!("{}\n{ending}\n", render::markdown::plan(&view)))
    };
    match applied {
        Applied::Nothing => planned("Nothing to do", "nothing to do"),
        Applied::DryRun => planned(&format!("Dry run: nothing was {spared}"), "dry run"),
        Applied::Done(receipt) => done(receipt, base, journal),
    }
}

pub(super) fn done(receipt: &Receipt, base: &Snapshot, journal: &Subnet) -> Report {
    let profile = journal.rollback_profile(receipt);
    let profile = profile.as_deref();
    let view = ReceiptView::of(receipt, profile);
    let markdown = render::markdown::receipt(&view);
    if let (Outcome::Proposed { .. }, Origin::Multisig(multisig)) =
        (&receipt.outcome, &receipt.origin)
    {
        let text = format!(
            "{}\nCall data, for a signatory with another tool:\n{}\n",
            render::text::receipt(&view),
            multisig.call_data
        );
        let data = json!({
            "outcome": receipt.outcome.word(),
            "receipt": view,
        });
        return Report::new(text, data).markdown(markdown);
    }
    let data = json!({
        "outcome": receipt.outcome.word(),
        "receipt": view,
        "rollback_command": printed::back(receipt, profile),
    });
    let markdown = format!(
        "{markdown}\nTo roll back:\n\n{}",
        render::markdown::verbatim(&printed::back(receipt, profile))
    );
    Report::new(done_text(receipt, base, journal), data).markdown(markdown)
}

/// A receipt with the way back.
fn done_text(receipt: &Receipt, base: &Snapshot, journal: &Subnet) -> String {
    let profile = journal.rollback_profile(receipt);
    let profile = profile.as_deref();
    format!(
        "{}\nTo roll back:\n  {}\n{}",
        render::text::receipt(&ReceiptView::of(receipt, profile)),
        printed::back(receipt, profile),
        rollback_time(receipt, base)
    )
}

/// When the chain will accept the way back.
fn rollback_time(receipt: &Receipt, base: &Snapshot) -> String {
    let Some(place) = receipt.outcome.place() else { return String::new() };
    match schedule::reversible(&receipt.changes, &base.guards, base.netuid, place.block) {
        Opening::At(block) if block > place.block.saturating_add(1) => {
            format!("Possible from {}\n", schedule::when(block, base))
        }
        Opening::At(_) => String::new(),
        Opening::Never => {
            "The freeze window never ends: nothing here can be rolled back\n".to_owned()
        }
        Opening::Unclear(why) => {
            format!("When the chain accepts that is not clear, because {why}\n")
        }
    }
}

/// The result of stages, in the order in which they were sent.
pub(super) fn all_done(sent: &[Sent], journal: &Subnet) -> Report {
    let profile = |receipt: &Receipt| journal.rollback_profile(receipt);
    let back = |receipt: &Receipt| printed::back(receipt, profile(receipt).as_deref());
    let mut text = String::new();
    for (index, Sent { receipt, before }) in sent.iter().enumerate() {
        if sent.len() > 1 {
            text.push_str(&format!("Stage {}\n", index.saturating_add(1)));
        }
        text.push_str(&format!("{}\n", done_text(receipt, before, journal)));
    }
    let backs: Vec<_> = sent.iter().rev().map(|sent| back(&sent.receipt)).collect();
    if backs.len() > 1 {
        text.push_str("To roll back all the way, in this order:\n");
        text.extend(backs.iter().map(|line| format!("  {line}\n")));
    }
    let stages: Vec<_> = sent
        .iter()
        .map(|sent| {
            json!({
                "outcome": sent.receipt.outcome.word(),
                "receipt": ReceiptView::of(&sent.receipt, profile(&sent.receipt).as_deref()),
                "rollback_command": back(&sent.receipt),
            })
        })
        .collect();
    let outcome = sent.last().map(|sent| sent.receipt.outcome.word());
    let data = json!({ "outcome": outcome, "stages": stages, "rollback_commands": backs });
    Report::new(text, data)
}
