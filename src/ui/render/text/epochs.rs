//! Epochs, as text.

use crate::ui::output::table;
use crate::ui::stream::Stream;
use crate::ui::tone::{self, Tone};
use crate::ui::views::{BaselineView, EpochLine, SamplesView, SpreadView, sparkline};

use super::push_line;

/// Epochs of a table of them; all are in the JSON.
const SHOWN: usize = 10;

/// One epoch in a line, with what is to be known of it below.
#[must_use]
pub fn epoch(line: &EpochLine) -> String {
    let figures = match &line.vtrust {
        Some(SpreadView { validators, mean, std, min, max, .. }) => format!(
            "Vtrust {mean:.4} ±{std:.4} ({min:.4} to {max:.4}), {validators} validator{}",
            if *validators == 1 { "" } else { "s" }
        ),
        None => "no Vtrust to speak of".to_owned(),
    };
    let age = line.oldest_weights.map_or_else(String::new, |age| format!(", oldest {age}"));
    let mut text = String::new();
    push_line(&mut text, &format!("{}  {figures}{age}", line.block));
    for alert in &line.alerts {
        let mark = tone::paint(Tone::Notice, "!", tone::is_on(Stream::Stdout));
        text.push_str(&format!("  {mark} "));
        push_line(&mut text, &alert.text);
    }
    text
}

/// Epochs that were gathered.
#[must_use]
pub fn baseline(view: &BaselineView) -> String {
    let mut text = String::new();
    push_line(&mut text, &format!("{}: {}", view.subject.title(), gathered(view)));
    let (Some(first), Some(last)) = (view.epochs.first(), view.epochs.last()) else {
        return text + &missing(&view.missing);
    };
    let means: Vec<_> =
        view.epochs.iter().map(|line| line.vtrust.map(|vtrust| vtrust.mean)).collect();
    push_line(&mut text, &format!("Blocks {} to {}", first.block, last.block));
    if means.iter().any(Option::is_some) {
        // One sign a epoch, as far as a line goes.
        let shown = means.get(means.len().saturating_sub(60)..).unwrap_or(&means);
        push_line(&mut text, &format!("Mean Vtrust {}", sparkline(shown)));
    }
    text.push_str(&missing(&view.missing));
    text.push('\n');
    let mut rows = table(
        &["epoch at block", "mean Vtrust", "deviation", "lowest", "highest", "oldest weights"],
        Stream::Stdout,
    );
    let hidden = view.epochs.len().saturating_sub(SHOWN);
    for line in view.epochs.iter().skip(hidden) {
        let figure =
            |of: fn(&SpreadView) -> String| line.vtrust.as_ref().map_or_else(|| "–".to_owned(), of);
        rows.add_row([
            line.block.to_string(),
            figure(|it| format!("{:.4}", it.mean)),
            figure(|it| format!("{:.4}", it.std)),
            figure(|it| format!("{:.4}", it.min)),
            figure(|it| format!("{:.4}", it.max)),
            line.oldest_weights.map_or_else(|| "–".to_owned(), |age| format!("{age} blocks")),
        ]);
    }
    text.push_str(&rows.lines());
    if hidden > 0 {
        push_line(&mut text, &format!("{hidden} earlier ones: `--format json` lists all"));
    }
    text
}

/// How many there are.
fn gathered(view: &BaselineView) -> String {
    let count = view.epochs.len();
    let epochs = if count == 1 { "epoch" } else { "epochs" };
    match (view.read, view.kept) {
        (_, 0) => format!("{count} {epochs}, read now and kept"),
        (0, _) => format!("{count} {epochs}, all kept before"),
        (read, kept) => format!("{count} {epochs}, {read} read now, {kept} kept before"),
    }
}

/// What could not be had.
fn missing(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        push_line(&mut text, &format!("missing: {line}"));
    }
    text
}

/// What is kept.
#[must_use]
pub fn samples(view: &SamplesView) -> String {
    if view.kept.is_empty() {
        return "No epochs are kept yet: `subtune baseline NETUID` reads some\n".to_owned();
    }
    let mut rows = table(
        &["network", "subnet", "mechanism", "epochs", "from block", "to block", "KiB"],
        Stream::Stdout,
    );
    for kept in &view.kept {
        rows.add_row([
            kept.network.clone(),
            kept.netuid.to_string(),
            kept.mechanism.to_string(),
            kept.epochs.to_string(),
            kept.first_block.to_string(),
            kept.last_block.to_string(),
            kept.bytes.div_ceil(1_024).to_string(),
        ]);
    }
    rows.lines()
}
