//! Several subnets, as Markdown.

use subtune_model::fleet::FleetState;

use crate::ui::views::{EndedView, FleetEndedView, FleetLine, FleetView};

use super::{code, plain, plan, receipt, verbatim};

fn table(view: &FleetView) -> String {
    let mut text =
        "\n| netuid | state | to send | blocked | unclear | profile |\n|--:|---|--:|--:|--:|---|\n"
            .to_owned();
    for line in &view.subnets {
        let FleetLine { netuid, state, profile, to_send, blocked, unclear, .. } = line;
        text.push_str(&format!(
            "| {netuid} | {} | {to_send} | {blocked} | {unclear} | {} |\n",
            state.word(),
            code(profile)
        ));
    }
    text
}

fn errors(view: &FleetView) -> String {
    let mut text = String::new();
    for FleetLine { netuid, error, .. } in &view.subnets {
        if let Some(error) = error {
            text.push_str(&failed(*netuid, &error.message, &error.hint));
        }
    }
    text
}

fn failed(netuid: u16, message: &str, hint: &str) -> String {
    format!("\n**Subnet {netuid}**: {}  \nHint: {}\n", plain(message), plain(hint))
}

/// Which subnets are as wanted.
#[must_use]
pub fn fleet_status(view: &FleetView) -> String {
    format!(
        "## {}\n\n{}\n{}{}",
        plain(&view.title()),
        plain(&view.summary.sentence),
        table(view),
        errors(view)
    )
}

/// Every value that is not as wanted.
#[must_use]
pub fn fleet_drift(view: &FleetView) -> String {
    let mut text = format!("## {}\n\n{}\n", plain(&view.title()), plain(&view.summary.sentence));
    let drift = view.drift_lines();
    if !drift.is_empty() {
        text.push_str("\n| netuid | name | live | wanted | status |\n|--:|---|---|---|---|\n");
        for (netuid, item) in drift {
            text.push_str(&format!(
                "| {netuid} | {} | {} | {} | {} |\n",
                code(&item.name),
                code(&item.before),
                code(&item.after),
                item.state.title().to_lowercase()
            ));
        }
    }
    text + &errors(view)
}

/// The summary, and the plan of each subnet that has one.
#[must_use]
pub fn fleet_plan(view: &FleetView) -> String {
    let mut text = fleet_status(view);
    for line in view.subnets.iter().filter(|line| line.state != FleetState::Same) {
        if let Some(of) = &line.plan {
            text.push('\n');
            text.push_str(&plan(of));
        }
    }
    text
}

/// How a change of several subnets has ended.
#[must_use]
pub fn fleet_ended(view: &FleetEndedView) -> String {
    let mut text = format!(
        "## Fleet {} on {}\n\n| netuid | state | outcome | receipt |\n|--:|---|---|---|\n",
        code(&view.file),
        plain(&view.network)
    );
    for EndedView { netuid, state, outcome, receipt, .. } in &view.subnets {
        let receipt = receipt.as_ref().map_or_else(|| "–".to_owned(), |one| code(&one.id));
        text.push_str(&format!(
            "| {netuid} | {} | {} | {receipt} |\n",
            state.word(),
            outcome.unwrap_or("–")
        ));
    }
    for EndedView { netuid, error, .. } in &view.subnets {
        if let Some(error) = error {
            text.push_str(&failed(*netuid, &error.message, &error.hint));
        }
    }
    for one in view.subnets.iter().filter_map(|one| one.receipt.as_ref()) {
        text.push('\n');
        text.push_str(&receipt(one));
    }
    let lines = |title: &str, lines: Vec<&String>| match lines.as_slice() {
        [] => String::new(),
        lines => {
            let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
            format!("\n{title}\n\n{}", verbatim(&lines.join("\n")))
        }
    };
    let back = view.subnets.iter().rev().filter_map(|one| one.rollback_command.as_ref());
    text.push_str(&lines("To roll back, in this order:", back.collect()));
    let resume = view.summary.resume_command.iter().collect();
    text + &lines("To go on with what is left:", resume)
}
