//! Views as text for a terminal.

mod doctor;
mod epochs;
mod evaluation;
mod explain;
mod fleet;
mod health;
mod import;
mod proxy;
mod wallet;

use std::collections::BTreeMap;

use subtune_model::finding::Finding;

use crate::ui::rows::{Rows, table};
use crate::ui::screen::{self, one_line};
use crate::ui::stream::Stream;
use crate::ui::tone::{self, Tone};
use crate::ui::views::{
    CannotTellView, CheckView, DiffView, DifferenceView, ForecastView, HistoryView, ItemView,
    LimitView, MovesView, PlanView, Reach, ReceiptView, RecordLine, Section, SelfTestView,
    ShowView, SimulationState, SimulationView, StageView, StatusView, TimeView, TransactionView,
};

pub use doctor::doctor;
pub use epochs::{baseline, epoch, samples};
pub use evaluation::evaluation;
pub use explain::{explain, runtime};
pub use fleet::{fleet_drift, fleet_ended, fleet_plan, fleet_status};
pub use health::health;
pub use import::{import, taken};
pub use proxy::{proxies, proxy_setup};
pub use wallet::{verified, wallet, wallets};

/// Adds a line, which stays one whatever was put into it.
fn push_line(text: &mut String, line: &str) {
    text.push_str(&one_line(line));
    text.push('\n');
}

/// A heading with the blank line above it.
pub(super) fn heading(title: &str, tone: Tone, stream: Stream) -> String {
    let title: Vec<_> =
        title.lines().map(|line| tone::paint(tone, &one_line(line), tone::is_on(stream))).collect();
    format!("\n{}\n", title.join("\n"))
}

/// The tone of a status.
const fn tone_of(state: StatusView) -> Tone {
    match state {
        StatusView::Ready => Tone::Good,
        StatusView::NoEffect | StatusView::Unchanged => Tone::Faint,
        StatusView::Later => Tone::Notice,
        StatusView::NotPermitted | StatusView::Invalid => Tone::Bad,
        StatusView::Unknown => Tone::Doubt,
    }
}

/// A sentence in lines that fit the terminal, or 80 columns where there is none.
#[must_use]
pub fn folded(sentence: &str, stream: Stream) -> String {
    let room = screen::width(stream).unwrap_or(80);
    let (mut text, mut width) = (String::new(), 0usize);
    for word in one_line(sentence).split(' ') {
        let length = word.chars().count();
        let next = width.saturating_add(1).saturating_add(length);
        width = if text.is_empty() {
            length
        } else if next > room {
            text.push_str("\n  ");
            length.saturating_add(2)
        } else {
            text.push(' ');
            next
        };
        text.push_str(word);
    }
    text.push('\n');
    text
}

/// The live values, by who may set them.
#[must_use]
pub fn show(view: &ShowView) -> String {
    let stream = Stream::Stdout;
    let mut text = String::new();
    let mut add = |line: &str, tone: Tone| {
        let line = folded(line, stream);
        text.push_str(&tone::paint(tone, line.trim_end(), tone::is_on(stream)));
        text.push('\n');
    };
    add(&view.title, Tone::Strong);
    for line in &view.about {
        add(line, Tone::Plain);
    }
    let accepted = view.schedule.frozen == Some(false);
    add(&view.window, if accepted { Tone::Good } else { Tone::Notice });
    if let Some(held) = &view.held_line {
        add(held, Tone::Bad);
    }
    for section in &view.sections {
        text.push_str(&values(section, stream));
    }
    text.push_str(&unreadable(&view.unreadable));
    text.push_str(
        "\n*  never set: the chain's default\n¹  no effect: nothing on the chain reads it\n²  \
         inactive until another setting is on: see `subtune explain NAME`\n",
    );
    for note in &view.notes {
        push_line(&mut text, note);
    }
    if !view.unknown.is_empty() {
        let mut rows = table(&["name", "raw"], stream);
        for (name, value) in &view.unknown {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            rows.add_row([name, &value]);
        }
        text.push_str(&heading(
            "Reported by the chain, not known to this version of subtune",
            Tone::Strong,
            stream,
        ));
        text.push_str(&rows.lines());
    }
    text
}

fn values(section: &Section, stream: Stream) -> String {
    let Section { title, owners, rows: values } = section;
    let mut header = vec!["name", "raw", "value", ""];
    header.extend(owners.then_some("from"));
    let mut rows = table(&header, stream);
    for row in values {
        let (mark, tone) = match row.reach {
            Reach::Live => ("", Tone::Plain),
            Reach::Depends => ("²", Tone::Faint),
            Reach::None => ("¹", Tone::Faint),
        };
        let default = if row.default { " *" } else { "" };
        let mut cells = vec![
            row.name.to_owned(),
            row.raw.clone(),
            format!("{}{default}", row.value).trim_start().to_owned(),
            mark.to_owned(),
        ];
        cells.extend(owners.then(|| row.from.clone()));
        rows.add_toned_row(tone, cells);
    }
    rows.keep_whole(&[0, 2, 3, 4]);
    // With the longest name, the longest integer and a unit that makes 80 columns.
    rows.tighten(&[2, 3]);
    // The longest integer stays in one line; an account may take several.
    rows.align_right(1, 22);
    format!("{}{}", heading(title, Tone::Strong, stream), rows.lines())
}

/// What could not be read, and why, folded to the terminal; empty when all was.
#[must_use]
pub fn unreadable(found: &BTreeMap<String, String>) -> String {
    let mut rows = table(&["name", "why"], Stream::Stdout);
    for (name, why) in found {
        rows.add_row([name, why]);
    }
    if rows.is_empty() {
        return String::new();
    }
    format!("{}{}", heading("Could not be read", Tone::Doubt, Stream::Stdout), rows.lines())
}

/// A plan.
#[must_use]
pub fn plan(view: &PlanView, stream: Stream) -> String {
    let mut text = head(view, stream);
    for state in StatusView::ALL {
        let of = view.items.iter().filter(|item| item.state == state);
        text.push_str(&items(state.title(), of, state, width(view), stream));
    }
    text.push('\n');
    push_line(&mut text, &view.counts);
    text.push_str(&transaction(view.transaction.as_ref(), stream));
    text.push_str(&simulation(view.simulation.as_ref(), &view.later, stream));
    text.push_str(&foretold(&view.forecast));
    text.push_str(&limits(&view.limits, stream));
    text.push_str(&findings(&view.findings, stream));
    text
}

/// What matters most of the epochs to come.
fn foretold(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = "Forecast:\n".to_owned();
    for line in lines {
        push_line(&mut text, &format!("  {line}"));
    }
    text
}

/// What the chain's own code says of the calls, and of the blocks for which changes have to wait.
fn simulation(view: Option<&SimulationView>, later: &[TimeView], stream: Stream) -> String {
    let times = |said: &[TimeView]| times(said, stream);
    let Some(view) = view else {
        return if later.is_empty() { String::new() } else { format!("\n{}", times(later)) };
    };
    let tone = match view.state {
        SimulationState::Accepted => Tone::Good,
        SimulationState::Refused => Tone::Bad,
        SimulationState::Unavailable => Tone::Doubt,
    };
    let outcome = folded(&view.outcome, stream);
    let mut text = format!("\n{}\n", tone::paint(tone, outcome.trim_end(), tone::is_on(stream)));
    for line in &view.refused {
        push_line(&mut text, &format!("  {line}"));
    }
    text + &times(view.time.as_slice()) + &times(later) + &also_changes(view)
}

/// What the chain's own code changes beside what is asked for.
fn also_changes(view: &SimulationView) -> String {
    let mut text = String::new();
    if !view.beside.is_empty() {
        text.push_str("Also changes:\n");
    }
    for line in &view.beside {
        push_line(&mut text, &format!("  {line}"));
    }
    text
}

/// What the chain's own code says of blocks to come, a sentence each.
fn times(said: &[TimeView], stream: Stream) -> String {
    let mut text = String::new();
    for TimeView { holds, sentence } in said {
        let tone = if *holds { Tone::Good } else { Tone::Bad };
        let lines = folded(sentence, stream);
        text.push_str(&tone::paint(tone, lines.trim_end(), tone::is_on(stream)));
        text.push('\n');
    }
    text
}

/// A plan that is carried out in later blocks: each stage with its block.
#[must_use]
pub fn stages(whole: &PlanView, stages: &[StageView], stream: Stream) -> String {
    let mut text = head(whole, stream);
    for (index, stage) in stages.iter().enumerate() {
        let number = match stages.len() {
            1 => String::new(),
            count => format!("Stage {} of {count}: ", index.saturating_add(1)),
        };
        let (title, state) = match (number.as_str(), &stage.waits_for) {
            ("", None) => ("Ready".to_owned(), StatusView::Ready),
            (number, None) => (format!("{number}ready"), StatusView::Ready),
            ("", Some(why)) => {
                (format!("From {}\nafter the {}", stage.when, one_line(why)), StatusView::Later)
            }
            (number, Some(why)) => (
                format!("{number}from {}\nafter the {}", stage.when, one_line(why)),
                StatusView::Later,
            ),
        };
        text.push_str(&items(&title, stage.items.iter(), state, width(whole), stream));
        text.push_str(&transaction(stage.transaction.as_ref(), stream));
        if let Some(tried) = &stage.simulation {
            text.push_str(&times(tried.time.as_slice(), stream));
            text.push_str(&also_changes(tried));
        }
        text.push_str(&limits(&stage.limits, stream));
    }
    for state in StatusView::ALL {
        if matches!(state, StatusView::Ready | StatusView::NoEffect) {
            continue;
        }
        let of = whole.items.iter().filter(|item| item.state == state);
        text.push_str(&items(state.title(), of, state, width(whole), stream));
    }
    text.push('\n');
    push_line(&mut text, &whole.counts);
    text.push_str(&simulation(whole.simulation.as_ref(), &[], stream));
    text.push_str(&foretold(&whole.forecast));
    text.push_str(&findings(&whole.findings, stream));
    text
}

fn head(view: &PlanView, stream: Stream) -> String {
    let title = tone::paint(Tone::Strong, &one_line(&view.title), tone::is_on(stream));
    format!("{title}\n{}", folded(&format!("Source: {}", view.source), stream))
}

/// The longest name of a plan.
fn width(view: &PlanView) -> usize {
    view.items.iter().map(|item| item.name.chars().count()).max().unwrap_or(0)
}

/// Items under a title; nothing when there are none.
fn items<'a>(
    title: &str,
    items: impl Iterator<Item = &'a ItemView>,
    state: StatusView,
    width: usize,
    stream: Stream,
) -> String {
    let mut rows = table(&["", "", ""], stream).plain();
    for item in items {
        add_item(&mut rows, item, width);
    }
    if rows.is_empty() {
        return String::new();
    }
    rows.keep_whole(&[0, 1]);
    let title = heading(title, tone_of(state), stream);
    format!("{title}{}", rows.lines().trim_start_matches('\n'))
}

/// A change, and below it what stands against it.
fn add_item(rows: &mut Rows, item: &ItemView, width: usize) {
    let ItemView { name, state, before, after, reason, error, when, no_effect, .. } = item;
    let mut words = match state {
        StatusView::Unchanged => vec![after.clone()],
        _ if before.chars().count().saturating_add(after.chars().count()) < 48 => {
            vec![format!("{before} → {after}")]
        }
        _ => vec![before.clone(), format!("→ {after}")],
    };
    words.extend(when.as_ref().map(|when| format!("from {when}")));
    words.extend(reason.clone());
    words.extend(error.as_ref().map(|error| format!("[{error}]")));
    words.extend(no_effect.clone());
    rows.add_tall_row(tone_of(*state), [state.mark(), &format!("{name:width$}")], &words);
}

/// What is sent for a plan, and its fee.
fn transaction(sent: Option<&TransactionView>, stream: Stream) -> String {
    let Some(TransactionView { shape, calls, signing, opaque, fee, deposit }) = sent else {
        return String::new();
    };
    let mut text = folded(shape, stream);
    for (index, call) in calls.iter().enumerate() {
        push_line(&mut text, &format!("  {}. {call}", index.saturating_add(1)));
    }
    for (index, line) in signing.iter().enumerate() {
        let label = if index == 0 { "Signed as " } else { "  " };
        push_line(&mut text, &format!("{label}{line}"));
    }
    if *opaque {
        text.push_str(&folded(
            "The preflight sees the outer call alone; the rest is judged by subtune's rules",
            stream,
        ));
    }
    if let Some(fee) = fee {
        push_line(&mut text, &format!("Fee: {fee}"));
    }
    if let Some(deposit) = deposit {
        push_line(&mut text, &format!("Deposit: {deposit}"));
    }
    text
}

/// What epochs give with a change and without it.
#[must_use]
pub fn forecast(view: &ForecastView) -> String {
    let stream = Stream::Stdout;
    let title = folded(&view.title, stream);
    let mut text = tone::paint(Tone::Strong, title.trim_end(), tone::is_on(stream));
    text.push('\n');
    if let Some(SelfTestView { epochs, values, equal }) = view.self_test {
        let line = match epochs {
            1 => "Self-test: the last epoch".to_owned(),
            many => format!("Self-test: {many} epochs of the past"),
        };
        let line = format!("{line} came out as on the chain, {equal} of {values} values equal");
        text.push_str(&folded(&line, stream));
    }
    if !view.changes.is_empty() {
        let names = view.changes.iter().map(|item| item.name.chars().count());
        let width = names.max().unwrap_or_default();
        let mut rows = table(&["", "", ""], stream).plain();
        for item in &view.changes {
            add_item(&mut rows, item, width);
        }
        rows.keep_whole(&[0, 1]);
        text.push_str(&heading("Change", Tone::Strong, stream));
        text.push_str(rows.lines().trim_start_matches('\n'));
    }
    for (title, found) in [("Read by no epoch", &view.not_in_epoch), ("Left out", &view.not_tried)]
    {
        let mut rows = table(&["", ""], stream).plain();
        for (name, why) in found {
            rows.add_row([name, why]);
        }
        if !rows.is_empty() {
            rows.keep_whole(&[0]);
            text.push_str(&heading(title, Tone::Notice, stream));
            text.push_str(rows.lines().trim_start_matches('\n'));
        }
    }
    if !view.headlines.is_empty() {
        text.push_str(&heading("In short", Tone::Strong, stream));
    }
    for line in &view.headlines {
        text.push_str(&folded(line, stream));
    }
    let header = view.columns();
    if !view.subnet.is_empty() {
        let mut names = vec!["subnet"];
        names.extend(header.iter().map(String::as_str));
        let mut rows = table(&names, stream);
        for row in &view.subnet {
            rows.add_row(std::iter::once(row.name).chain(row.cells.iter().map(String::as_str)));
        }
        numbers(&mut rows, 1, header.len());
        text.push('\n');
        text.push_str(&rows.lines());
    }
    for MovesView { title, rows: found, more } in &view.tables {
        let title = format!("{title}, where it differs most");
        text.push_str(&heading(&title, Tone::Strong, stream));
        let mut names = vec!["uid", "hotkey"];
        names.extend(header.iter().map(String::as_str));
        names.extend((header.len() > 2).then_some("with the change"));
        let mut rows = table(&names, stream);
        for row in found {
            rows.add_row(row);
        }
        numbers(&mut rows, 2, header.len());
        text.push_str(&rows.lines());
        if *more > 0 {
            push_line(&mut text, &format!("{more} more differ less: see --format json"));
        }
    }
    if !view.notes.is_empty() {
        text.push('\n');
    }
    for note in &view.notes {
        text.push_str(&folded(note, stream));
    }
    text
}

/// So many columns of numbers from this one on.
fn numbers(rows: &mut Rows, from: usize, count: usize) {
    let whole: Vec<_> = (0..from.saturating_add(count)).collect();
    rows.keep_whole(&whole);
    for column in whole.into_iter().skip(from) {
        rows.align_right(column, 0);
    }
}

/// From when a rate limit lets changes be changed again.
fn limits(limits: &[LimitView], stream: Stream) -> String {
    let mut text = String::new();
    for LimitView { what, when } in limits {
        let again = format!("Rate limit: {what} can be changed again");
        text.push_str(&folded(&again, stream));
        push_line(&mut text, &format!("  or rolled back from {when}"));
    }
    text
}

/// What the rules and the lint say to the values of a profile.
#[must_use]
pub fn check(view: &CheckView) -> String {
    let CheckView {
        profile,
        items,
        findings: found,
        simulation: tried,
        netuid,
        unreadable: unread,
        later: waiting,
    } = view;
    let stream = Stream::Stdout;
    let mut rows = table(&["", "", ""], stream).plain();
    let mut bad = 0usize;
    for item in items {
        match item.state {
            StatusView::Ready | StatusView::NoEffect | StatusView::Unchanged => continue,
            // What has to wait is valid: no complaint.
            StatusView::Later | StatusView::Unknown => {}
            StatusView::NotPermitted | StatusView::Invalid => bad = bad.saturating_add(1),
        }
        add_item(&mut rows, item, item.name.chars().count());
    }
    let source = one_line(profile);
    let mut text = match bad {
        0 => format!("{source}: valid for subnet {netuid}\n"),
        1 => format!("{source}: one value cannot be set on subnet {netuid}\n"),
        several => format!("{source}: {several} values cannot be set on subnet {netuid}\n"),
    };
    if !rows.is_empty() {
        rows.keep_whole(&[0, 1]);
        text.push_str(rows.lines().trim_start_matches('\n'));
    }
    text.push_str(&simulation(tried.as_ref(), waiting, stream));
    text.push_str(&findings(found, stream));
    text.push_str(&unreadable(unread));
    text
}

/// What differs between two sides.
#[must_use]
pub fn diff(view: &DiffView) -> String {
    let DiffView { left, right, differences, cannot_tell: unread, counts, .. } = view;
    let mut text = String::new();
    if !differences.is_empty() {
        let mut rows = table(&["name", left, right], Stream::Stdout);
        for DifferenceView { name, left_text, right_text, .. } in differences {
            rows.add_row([name, left_text, right_text]);
        }
        text.push_str(&rows.lines());
        text.push('\n');
    }
    push_line(&mut text, counts);
    text.push_str(&cannot_tell(unread));
    text
}

/// What could not be read on one side.
#[must_use]
pub fn cannot_tell(found: &[CannotTellView]) -> String {
    let mut text = String::new();
    for CannotTellView { name, side, why } in found {
        push_line(&mut text, &format!("cannot tell: {name} could not be read in {side}: {why}"));
    }
    text
}

/// Findings, folded to the terminal.
#[must_use]
pub fn findings(found: &[Finding], stream: Stream) -> String {
    let mut rows = table(&["", ""], stream).plain();
    for Finding { code, name: _, message, hint } in found {
        rows.add_tall_row(Tone::Notice, [code], &[message.clone(), format!("hint: {hint}")]);
    }
    if rows.is_empty() {
        return String::new();
    }
    rows.keep_whole(&[0]);
    let title = heading("Warnings", Tone::Notice, stream);
    format!("{title}{}", rows.lines().trim_start_matches('\n'))
}

/// The records of this machine: a line for each, or the one that was asked for.
#[must_use]
pub fn history(view: &HistoryView) -> String {
    if view.whole {
        return view.receipts.iter().map(receipt).collect::<Vec<_>>().join("\n");
    }
    if view.lines.is_empty() {
        return format!("{}\n", one_line(&view.none));
    }
    let header = ["signed (UTC)", "subnet", "command", "outcome", "values", "id"];
    let mut rows = table(&header, Stream::Stdout);
    for RecordLine { when, subnet, action, outcome, values, id, good } in &view.lines {
        let tone = if *good { Tone::Plain } else { Tone::Notice };
        let values = values.to_string();
        rows.add_toned_row(tone, [when, subnet, *action, *outcome, &values, id]);
    }
    rows.keep_whole(&[0, 1, 2, 5]);
    // With the longest outcome that makes 80 columns.
    rows.tighten(&[1]);
    rows.align_right(4, 6);
    let mut text = format!("{}\n", rows.lines());
    match view.older {
        0 => {}
        1 => text.push_str("1 older record is not shown\n"),
        several => text.push_str(&format!("{several} older records are not shown\n")),
    }
    if view.open > 0 {
        text.push_str(
            "What is unknown or included may be on the chain: do not send it again; `subtune history \
             --refresh` asks the chain\n",
        );
    }
    text.push_str("`subtune history ID` shows one of them whole\n");
    text
}

/// A receipt.
#[must_use]
pub fn receipt(view: &ReceiptView) -> String {
    let stream = Stream::Stdout;
    let tone = if view.good { Tone::Good } else { Tone::Notice };
    let mut text = tone::paint(tone, &one_line(&view.title), tone::is_on(stream));
    text.push('\n');
    let mut rows = table(&["name", "before", "after"], stream);
    for change in &view.changes {
        rows.add_row([&change.name, &change.before, &change.after]);
    }
    for line in rows.lines().lines() {
        text.push_str(&format!("  {line}\n"));
    }
    let labelled = |label: &str, line: &str| format!("  {label:9}  {line}");
    push_line(&mut text, &labelled("source", &view.source));
    for (index, line) in view.signing.iter().enumerate() {
        push_line(&mut text, &labelled(if index == 0 { "signed as" } else { "" }, line));
    }
    let mut lines: Vec<(&str, &str)> =
        view.ending.iter().map(|(label, line)| (*label, line.as_str())).collect();
    lines.push(("id", &view.id));
    lines.extend(view.rollback.iter().map(|path| ("rollback", path.as_str())));
    for (label, line) in lines {
        push_line(&mut text, &labelled(label, line));
    }
    text
}
