//! Several subnets, as text.

use subtune_model::fleet::FleetState;

use crate::ui::output::table;
use crate::ui::stream::Stream;
use crate::ui::tone::{self, Tone};
use crate::ui::views::{
    EndedView, EndingWord, FleetEndedView, FleetErrorView, FleetLine, FleetView, StatusView,
};

use super::{add_item, folded, heading, plan, push_line};

const fn tone_of_state(state: FleetState) -> Tone {
    match state {
        FleetState::Same => Tone::Faint,
        FleetState::Drift => Tone::Notice,
        FleetState::Blocked | FleetState::Error => Tone::Bad,
    }
}

fn title(view: &FleetView, stream: Stream) -> String {
    let title = folded(&view.title(), stream);
    tone::paint(Tone::Strong, title.trim_end(), tone::is_on(stream)) + "\n"
}

/// One line for each subnet.
fn lines(view: &FleetView, stream: Stream) -> String {
    let mut rows = table(&["netuid", "state", "to send", "blocked", "unclear", "profile"], stream);
    let number = |count: usize| if count == 0 { "–".to_owned() } else { count.to_string() };
    for line in &view.subnets {
        let FleetLine { netuid, state, profile, to_send, blocked, unclear, .. } = line;
        rows.add_toned_row(
            tone_of_state(*state),
            [
                netuid.to_string(),
                state.word().to_owned(),
                number(*to_send),
                number(*blocked),
                number(*unclear),
                profile.clone(),
            ],
        );
    }
    rows.lines()
}

/// What went wrong, and the summary.
fn ending(view: &FleetView, stream: Stream) -> String {
    let mut text = String::new();
    for FleetLine { netuid, error, .. } in &view.subnets {
        if let Some(error) = error {
            text.push_str(&failed(*netuid, error, stream));
        }
    }
    text.push('\n');
    text + &folded(&view.summary.sentence, stream)
}

fn failed(netuid: u16, error: &FleetErrorView, stream: Stream) -> String {
    let FleetErrorView { kind: _, message, hint } = error;
    let label = |tone: Tone, word: &str| tone::paint(tone, word, tone::is_on(stream));
    let mut text = format!("\n{}", folded(&format!("subnet {netuid}: {message}"), stream));
    text.push_str(&format!("{} ", label(Tone::Strong, "hint:")));
    push_line(&mut text, hint);
    text
}

/// Which subnets are as wanted.
#[must_use]
pub fn fleet_status(view: &FleetView, stream: Stream) -> String {
    let mut text = title(view, stream);
    text.push_str(&lines(view, stream));
    text + &ending(view, stream)
}

/// Every value that is not as wanted.
#[must_use]
pub fn fleet_drift(view: &FleetView, stream: Stream) -> String {
    let mut text = title(view, stream);
    let names = view.drift_lines().into_iter().map(|(_, item)| item.name.chars().count());
    let width = names.max().unwrap_or_default();
    for FleetLine { netuid, plan, .. } in &view.subnets {
        let mut rows = table(&["", "", ""], stream).plain();
        let items = plan.iter().flat_map(|plan| &plan.items);
        for item in items.filter(|item| item.state != StatusView::Unchanged) {
            add_item(&mut rows, item, width);
        }
        if !rows.is_empty() {
            rows.keep_whole(&[0, 1]);
            text.push_str(&heading(&format!("Subnet {netuid}"), Tone::Strong, stream));
            text.push_str(rows.lines().trim_start_matches('\n'));
        }
    }
    text + &ending(view, stream)
}

/// The plan of each subnet that has one, and the summary.
#[must_use]
pub fn fleet_plan(view: &FleetView, stream: Stream) -> String {
    let mut text = String::new();
    for line in view.subnets.iter().filter(|line| line.state != FleetState::Same) {
        if let Some(of) = &line.plan {
            text.push_str(&plan(of, stream));
            text.push('\n');
        }
    }
    text.push_str(&title(view, stream));
    text.push_str(&lines(view, stream));
    text + &ending(view, stream)
}

/// How a change of several subnets has ended.
#[must_use]
pub fn fleet_ended(view: &FleetEndedView, stream: Stream) -> String {
    let mut text = String::new();
    for one in view.subnets.iter().filter(|one| one.receipt.is_some()) {
        if let Some(receipt) = &one.receipt {
            text.push_str(&super::receipt(receipt));
            text.push('\n');
        }
    }
    let mut rows = table(&["netuid", "state", "outcome", "receipt"], stream);
    for EndedView { netuid, state, outcome, receipt, .. } in &view.subnets {
        let tone = match state {
            EndingWord::Done => Tone::Good,
            EndingWord::Failed => Tone::Bad,
            EndingWord::NotBegun => Tone::Notice,
            EndingWord::Nothing | EndingWord::DryRun => Tone::Faint,
        };
        rows.add_toned_row(
            tone,
            [
                netuid.to_string(),
                state.word().to_owned(),
                outcome.unwrap_or("–").to_owned(),
                receipt.as_ref().map_or_else(|| "–".to_owned(), |receipt| receipt.id.clone()),
            ],
        );
    }
    let title = format!("Fleet {} on {}", view.file, view.network);
    text.push_str(&tone::paint(
        Tone::Strong,
        folded(&title, stream).trim_end(),
        tone::is_on(stream),
    ));
    text.push('\n');
    text.push_str(&rows.lines());
    for EndedView { netuid, error, .. } in &view.subnets {
        if let Some(error) = error {
            text.push_str(&failed(*netuid, error, stream));
        }
    }
    let back: Vec<_> =
        view.subnets.iter().rev().filter_map(|one| one.rollback_command.as_ref()).collect();
    text.push_str(&commands("To roll back, in this order:", &back));
    text.push_str(&commands(
        "To see whether it has helped:",
        &view.subnets.iter().flat_map(|one| &one.next).collect::<Vec<_>>(),
    ));
    text.push_str(&commands(
        "To go on with what is left:",
        &view.summary.resume_command.iter().collect::<Vec<_>>(),
    ));
    text
}

fn commands(title: &str, lines: &[&String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    heading(title, Tone::Plain, Stream::Stdout) + &lines
}
