//! Views as Markdown: a plan as it stands in a pull request. Every digit is there, and nothing that a
//! node, a file or an argument says is read as Markdown.

mod doctor;
mod epochs;
mod explain;
mod fleet;
mod import;
mod proxy;
mod wallet;

use subtune_model::finding::Finding;

pub use doctor::doctor;
pub use epochs::{baseline, evaluation, health, samples};
pub use explain::{explain, runtime};
pub use fleet::{fleet_drift, fleet_ended, fleet_plan, fleet_status};
pub use import::import;
pub use proxy::{proxies, proxy_setup};
pub use wallet::{verified, wallet, wallets};

use crate::ui::screen::one_line;
use crate::ui::views::{
    CannotTellView, CheckView, DiffView, DifferenceView, ForecastView, ItemView, LimitView,
    MovesView, PlanView, Reach, ReceiptView, SelfTestView, ShowView, SimulationView, StageView,
    TimeView, TransactionView,
};

/// A plan.
#[must_use]
pub fn plan(view: &PlanView) -> String {
    let mut text = head(view);
    text.push_str(&items(&view.items));
    text.push_str(&transaction(view.transaction.as_ref(), &view.calls));
    text.push_str(&simulation(view.simulation.as_ref()));
    text.push_str(&times(&view.later));
    text.push_str(&foretold(&view.forecast));
    text.push_str(&limits(&view.limits));
    text.push_str(&findings(&view.findings));
    text
}

/// What matters most of the epochs to come.
fn foretold(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| format!("- {}\n", plain(line))).collect();
    format!("\n**Forecast**\n\n{lines}")
}

/// What the chain's own code says.
fn simulation(view: Option<&SimulationView>) -> String {
    let Some(view) = view else { return String::new() };
    // One list with the fee before and the rate limits after it.
    let mut text = format!("\n- {}\n", sentence(&view.outcome));
    for line in &view.refused {
        text.push_str(&format!("  - {}\n", sentence(line)));
    }
    text.push_str(&times(view.time.as_slice()));
    text.push_str(&also_changes(view));
    text
}

/// What the chain's own code changes beside what is asked for.
fn also_changes(view: &SimulationView) -> String {
    if view.beside.is_empty() {
        return String::new();
    }
    let (open, close) = details("Also changes");
    let lines: Vec<_> = view.beside.iter().map(|line| format!("- {}\n", code(line))).collect();
    format!("{open}{}{close}", lines.concat())
}

/// What the chain's own code says of blocks to come, a sentence each.
fn times(said: &[TimeView]) -> String {
    said.iter()
        .map(|TimeView { holds: _, sentence: words }| format!("\n- {}\n", sentence(words)))
        .collect()
}

/// What epochs give with a change and without it.
#[must_use]
pub fn forecast(view: &ForecastView) -> String {
    let mut text = format!("### {}\n", plain(&view.title));
    if let Some(SelfTestView { epochs, values, equal }) = view.self_test {
        text.push_str(&format!(
            "\nSelf-test: {epochs} of the past epochs came out as on the chain, {equal} of {values} \
             values equal.\n"
        ));
    }
    text.push_str(&items(&view.changes));
    for (title, found) in [("Read by no epoch", &view.not_in_epoch), ("Left out", &view.not_tried)]
    {
        if found.is_empty() {
            continue;
        }
        text.push_str(&format!("\n**{title}**\n\n"));
        for (name, why) in found {
            text.push_str(&format!("- {}: {}\n", code(name), plain(why)));
        }
    }
    if !view.headlines.is_empty() {
        text.push_str("\n**In short**\n\n");
        for line in &view.headlines {
            text.push_str(&format!("- {}\n", plain(line)));
        }
    }
    let columns = view.columns();
    let head = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| plain(name)).collect();
        let numbers = "--:|".repeat(columns.len());
        let columns: Vec<_> = columns.iter().map(|name| plain(name)).collect();
        let text = "---|".repeat(names.len());
        format!("| {} | {} |\n|{text}{numbers}\n", names.join(" | "), columns.join(" | "))
    };
    if !view.subnet.is_empty() {
        text.push_str(&format!("\n{}", head(&["subnet"])));
        for row in &view.subnet {
            text.push_str(&format!("| {} | {} |\n", row.name, row.cells.join(" | ")));
        }
    }
    for MovesView { title, rows, more } in &view.tables {
        let (open, close) = details(&format!("{title}, where it differs most"));
        text.push_str(&format!("{open}\n{}", head(&["uid", "hotkey"])));
        for row in rows {
            // Without the curve.
            let cells = row.iter().take(columns.len().saturating_add(2)).map(|cell| plain(cell));
            text.push_str(&format!("| {} |\n", cells.collect::<Vec<_>>().join(" | ")));
        }
        if *more > 0 {
            text.push_str(&format!("\n{more} more differ less.\n"));
        }
        text.push_str(&close);
    }
    for note in &view.notes {
        text.push_str(&format!("\n{}.\n", plain(note)));
    }
    text
}

/// A plan that is carried out in later blocks.
#[must_use]
pub fn stages(whole: &PlanView, stages: &[StageView]) -> String {
    let mut text = head(whole);
    text.push_str(&items(&whole.items));
    for (index, stage) in stages.iter().enumerate() {
        let when = match &stage.waits_for {
            None => "ready".to_owned(),
            Some(why) => format!("from {}, after the {}", plain(&stage.when), plain(why)),
        };
        text.push_str(&format!("\n#### Stage {}: {when}\n", index.saturating_add(1)));
        text.push_str(&items(&stage.items));
        text.push_str(&transaction(stage.transaction.as_ref(), &stage.calls));
        if let Some(tried) = &stage.simulation {
            text.push_str(&times(tried.time.as_slice()));
            text.push_str(&also_changes(tried));
        }
        text.push_str(&limits(&stage.limits));
    }
    text.push_str(&simulation(whole.simulation.as_ref()));
    text.push_str(&foretold(&whole.forecast));
    text.push_str(&findings(&whole.findings));
    text
}

/// The live values of a subnet.
#[must_use]
pub fn show(view: &ShowView) -> String {
    let mut text = format!("### {}\n\n", plain(&view.title));
    for line in view.about.iter().chain([&view.window]).chain(&view.held_line) {
        text.push_str(&format!("- {}\n", plain(line)));
    }
    for section in &view.sections {
        let (open, close) = match section.owners {
            true => (format!("\n**{}**\n", section.title), String::new()),
            false => details(section.title),
        };
        text.push_str(&open);
        text.push_str(match section.owners {
            true => "\n| name | raw | value | | from |\n|---|--:|---|---|---|\n",
            false => "\n| name | raw | value | |\n|---|--:|---|---|\n",
        });
        for row in &section.rows {
            let reach = match row.reach {
                Reach::Live => "",
                Reach::Depends => "inactive",
                Reach::None => "no effect",
            };
            let default = if row.default { " (default)" } else { "" };
            let (name, raw) = (code(row.name), code(&row.raw));
            text.push_str(&format!(
                "| {name} | {raw} | {}{default} | {reach} |",
                plain(&row.value)
            ));
            text.push_str(&match section.owners {
                true => format!(" {} |\n", plain(&row.from)),
                false => "\n".to_owned(),
            });
        }
        text.push_str(&close);
    }
    for (name, why) in &view.unreadable {
        text.push_str(&format!("- {} could not be read: {}\n", code(name), plain(why)));
    }
    text
}

/// What differs between two sides.
#[must_use]
pub fn diff(view: &DiffView) -> String {
    let DiffView { left, right, differences, cannot_tell, counts, .. } = view;
    let mut text = format!("### {}\n", plain(counts));
    if !differences.is_empty() {
        text.push_str(&format!("\n| name | {} | {} |\n|---|--:|--:|\n", plain(left), plain(right)));
    }
    for DifferenceView { name, left_text, right_text, .. } in differences {
        let (left, right) = (code(left_text), code(right_text));
        text.push_str(&format!("| {} | {left} | {right} |\n", code(name)));
    }
    if !cannot_tell.is_empty() {
        text.push('\n');
    }
    for CannotTellView { name, side, why } in cannot_tell {
        let (side, why) = (plain(side), plain(why));
        text.push_str(&format!("- {} could not be read in {side}: {why}\n", code(name)));
    }
    text
}

/// What the rules and the lint say to the values of a profile.
#[must_use]
pub fn check(view: &CheckView) -> String {
    let mut text = format!("### {} on subnet {}\n", code(&view.profile), view.netuid);
    text.push_str(&items(&view.items));
    text.push_str(&simulation(view.simulation.as_ref()));
    text.push_str(&times(&view.later));
    text.push_str(&findings(&view.findings));
    for (name, why) in &view.unreadable {
        text.push_str(&format!("- {} could not be read: {}\n", code(name), plain(why)));
    }
    text
}

/// A receipt.
#[must_use]
pub fn receipt(view: &ReceiptView) -> String {
    let mut text = format!("### {}\n\n", plain(&view.title));
    text.push_str("| hyperparameter | before | after |\n|---|---|---|\n");
    for change in &view.changes {
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            code(&change.name),
            code(&change.before),
            code(&change.after)
        ));
    }
    text.push_str(&format!("\n- source: {}\n", code(&view.source)));
    for line in &view.signing {
        text.push_str(&format!("- signed as {}\n", plain(line)));
    }
    for (label, line) in &view.ending {
        let label = if label.is_empty() { String::new() } else { format!("{label}: ") };
        text.push_str(&format!("- {label}{}\n", sentence(line)));
    }
    text.push_str(&format!("- id: {}\n", code(&view.id)));
    text
}

/// Any text, as it would stand on a terminal.
#[must_use]
pub fn verbatim(text: &str) -> String {
    // A fence that the text does not hold itself.
    let longest = text
        .lines()
        .map(|line| line.trim_start().chars().take_while(|c| *c == '`').count())
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

/// A line of ours to be copied, as a block of its own.
fn block(line: &str) -> String {
    // One line holds no fence.
    format!("```text\n{}\n```\n", one_line(line).replace('`', "'"))
}

/// Labels with their texts, as a list; what has no label belongs to what is above it.
fn facts(facts: &[(&'static str, String)]) -> String {
    let line = |(label, text): &(&'static str, String)| match *label {
        "" => format!("  - {}\n", sentence(text)),
        label => format!("- {}: {}\n", plain(label), sentence(text)),
    };
    facts.iter().filter(|(_, text)| !text.is_empty()).map(line).collect()
}

fn head(view: &PlanView) -> String {
    format!(
        "### {}\n\nSource: {}\n\n**{}**\n",
        plain(&view.title),
        code(&view.source),
        plain(&view.counts)
    )
}

fn items(items: &[ItemView]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut text =
        "\n| | hyperparameter | before | after | status |\n|---|---|---|---|---|\n".to_owned();
    for item in items {
        let ItemView { name, state, before, after, reason, error, when, no_effect, .. } = item;
        let mut status = vec![format!("**{}**", state.title())];
        status.extend(when.as_ref().map(|when| format!("from {}", plain(when))));
        status.extend(reason.as_deref().map(sentence));
        status.extend(error.as_deref().map(code));
        status.extend(no_effect.as_deref().map(sentence));
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            state.mark().replace('~', "\\~"),
            code(name),
            code(before),
            code(after),
            status.join("<br>")
        ));
    }
    text
}

/// What is sent, folded away.
fn transaction(sent: Option<&TransactionView>, calls: &[crate::ui::views::CallView]) -> String {
    let Some(TransactionView { shape, calls: _, signing, opaque, fee, deposit }) = sent else {
        return String::new();
    };
    let (open, close) = details(shape.trim_end_matches(':'));
    let mut text = open;
    text.push_str("\n```text\n");
    for (index, call) in calls.iter().enumerate() {
        // One line holds no fence.
        let call = one_line(&call.written).replace('`', "'");
        text.push_str(&format!("{}. {call}\n", index.saturating_add(1)));
    }
    text.push_str("```\n");
    text.push_str(&close);
    text.push('\n');
    for line in signing {
        text.push_str(&format!("- Signed as {}\n", plain(line)));
    }
    if *opaque {
        text.push_str("- The preflight sees the outer call alone\n");
    }
    for (label, line) in [("Fee", fee), ("Deposit", deposit)] {
        if let Some(line) = line {
            text.push_str(&format!("- {label}: {}\n", plain(line)));
        }
    }
    text
}

fn limits(limits: &[LimitView]) -> String {
    let line = |LimitView { what, when }: &LimitView| {
        let (what, when) = (plain(what), plain(when));
        format!("- Rate limit: {what} can be changed again or rolled back from {when}\n")
    };
    limits.iter().map(line).collect()
}

/// Warnings, folded away.
#[must_use]
pub fn findings(found: &[Finding]) -> String {
    let title = match found.len() {
        0 => return String::new(),
        1 => "1 warning".to_owned(),
        several => format!("{several} warnings"),
    };
    let (mut text, close) = details(&title);
    text.push('\n');
    for Finding { code: found, name: _, message, hint } in found {
        let (message, hint) = (sentence(message), sentence(hint));
        text.push_str(&format!("- {}: {message}. Hint: {hint}\n", code(found)));
    }
    text.push_str(&close);
    text
}

/// A section that is folded away, with its end.
pub(super) fn details(title: &str) -> (String, String) {
    (format!("\n<details>\n<summary>{}</summary>\n", html(title)), "\n</details>\n".to_owned())
}

/// A text of somebody else within a tag, where a backslash would be shown.
fn html(text: &str) -> String {
    let plain = plain(text);
    let mut safe = String::new();
    let mut characters = plain.chars();
    while let Some(character) = characters.next() {
        match (character, if character == '\\' { characters.next() } else { None }) {
            (_, Some('_')) => safe.push('_'),
            (_, Some(meant)) => safe.push_str(&format!("&#{};", u32::from(meant))),
            (character, None) => safe.push(character),
        }
    }
    safe
}

/// A text of somebody else as code: a span that the text cannot end, and no column of a table.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1));
    // A backtick at an end would be read as part of the fence.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    match text.is_empty() {
        true => String::new(),
        false => format!("{fence}{pad}{text}{pad}{fence}"),
    }
}

/// A sentence of ours, which may hold what others say: what it quotes in backticks, such as a command to
/// run, is code, the rest is text.
fn sentence(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // The last backtick of an odd number quotes nothing.
    let quotes = parts.len() % 2 == 1;
    let part = |(index, part): (usize, &&str)| match quotes && index % 2 == 1 {
        true => code(part),
        false => plain(part),
    };
    parts.iter().enumerate().map(part).collect::<Vec<_>>().join(if quotes { "" } else { "\\`" })
}

/// A text of somebody else as text: nothing in it is read as Markdown, HTML, a mention or a link.
pub(super) fn plain(text: &str) -> String {
    let mut safe = String::new();
    for character in one_line(text).chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("&#64;"),
            '#' => safe.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                safe.push('\\');
                safe.push(character);
            }
            other => safe.push(other),
        }
    }
    // What begins like an address would become a link.
    safe.replace("://", ":&#8203;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_say_is_read_as_markdown() {
        let hostile = "</details> @everyone #1 `x` | **b** [a](http://x) ![i](y)\n# head";
        let safe = plain(hostile);
        for part in ["</", "@", " #", " `", " | ", " **", "[a]", "://", "![", "\n"] {
            assert!(!safe.contains(part), "{part}: {safe}");
        }
        assert_eq!(html("a_b <i> \\ [x]"), "a_b &lt;i&gt; &#92; &#91;x&#93;");
        assert_eq!(code("a`b|c"), "``a`b\\|c``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("one\ntwo"), "`one two`");
        assert_eq!(sentence("use `a_b` | `c|d` *now*"), "use `a_b` \\| `c\\|d` \\*now\\*");
        assert_eq!(sentence("one ` of them, and _this_"), "one \\` of them, and \\_this\\_");
        assert_eq!(verbatim("a\n```\nb\n"), "````text\na\n```\nb\n````\n");
    }
}
