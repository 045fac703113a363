//! Whether a change has helped, as text.

use subtune_model::monitor::{Answer, MetricChange};

use super::{heading, push_line};
use crate::ui::output::table;
use crate::ui::stream::Stream;
use crate::ui::tone::{self, Tone};
use crate::ui::views::{EvaluationView, in_unit};

use super::health::goals;

/// A verdict: the answer, why, the figures, what was left out.
#[must_use]
pub fn evaluation(view: &EvaluationView) -> String {
    let found = view;
    let mut text = String::new();
    push_line(&mut text, &format!("{}: {}", view.subject.title(), view.about()));
    let (tone, word) = match found.verdict {
        Answer::Pass => (Tone::Good, "pass"),
        Answer::Fail => (Tone::Bad, "fail"),
        Answer::Inconclusive => (Tone::Doubt, "inconclusive"),
    };
    let word = tone::paint(tone, word, tone::is_on(Stream::Stdout));
    text.push_str(&format!("Verdict: {word}\n"));
    for reason in &found.reasons {
        push_line(&mut text, &format!("- {}", reason.text));
    }
    text.push_str(&goals(&view.goals));
    text.push_str(&figures(&found.metrics));
    text.push_str(&heading("What it rests on", Tone::Strong, Stream::Stdout));
    let span = |blocks: &[u64]| match blocks {
        [] => "none".to_owned(),
        [one] => format!("1, block {one}"),
        [first, .., last] => format!("{}, blocks {first} to {last}", blocks.len()),
    };
    push_line(&mut text, &format!("epochs before: {}", span(&found.before)));
    push_line(&mut text, &format!("epochs after:  {}", span(&found.after)));
    push_line(
        &mut text,
        &format!(
            "validators:    {} followed, {} left, {} joined",
            found.cohort.len(),
            found.left.len(),
            found.joined.len()
        ),
    );
    for (why, blocks) in view.left_out_by_reason() {
        push_line(&mut text, &format!("left out: {blocks}: {why}"));
    }
    for line in &view.missing {
        push_line(&mut text, &format!("missing: {line}"));
    }
    text
}

/// Before, after, the difference with its interval.
fn figures(metrics: &[MetricChange]) -> String {
    if metrics.is_empty() {
        return String::new();
    }
    let mut rows = table(
        &["figure", "before", "after", "difference", "95% interval", "placebo", "others"],
        Stream::Stdout,
    );
    for one in metrics {
        let show = |value, signed| in_unit(one.metric, value, signed);
        rows.add_row([
            one.metric.to_string(),
            show(one.before, false),
            show(one.after, false),
            show(one.difference, true),
            one.interval.map_or_else(
                || "–".to_owned(),
                |(low, high)| format!("{} to {}", show(low, true), show(high, true)),
            ),
            one.placebo.map_or_else(|| "–".to_owned(), |it| format!("{} of {}", it.rank, it.of)),
            one.control
                .as_ref()
                .map_or_else(|| "–".to_owned(), |control| show(control.difference, true)),
        ]);
    }
    format!("\n{}", rows.lines())
}
