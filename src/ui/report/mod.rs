//! Whether a change has helped, as one file: HTML with its pictures inside, without a script and without a
//! request.
//!
//! Drawn by hand: a few lines of SVG, from exact numbers. Every text of a chain or a file is escaped.

mod charts;
mod style;

use std::fmt::Write as _;

use subtune_model::monitor::{Answer, Cohort, Figure, Sample};

use super::output::one_line;
use super::views::{EvaluationView, in_unit};

/// What a report tells.
pub struct ReportData<'a> {
    /// The verdict.
    pub view: &'a EvaluationView,
    /// The epochs before the change, oldest first.
    pub before: &'a [Sample],
    /// The epochs after it, oldest first.
    pub after: &'a [Sample],
}

/// A text in HTML, which moves nothing and ends nothing.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// The whole file.
#[must_use]
pub fn html(data: &ReportData<'_>) -> String {
    let view = data.view;
    let cohort = data.before.last().or(data.after.last()).map(Cohort::of);
    let cohort = cohort.unwrap_or(Cohort { block: 0, hotkeys: Vec::new() });
    let title = format!("{}: did it help?", view.subject.title());
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>{}</style>\n\
         </head>\n<body>\n<main>\n",
        escape(&title),
        style::CSS
    );
    let (class, word) = match view.verdict {
        Answer::Pass => ("pass", "✓ pass"),
        Answer::Fail => ("fail", "✗ fail"),
        Answer::Inconclusive => ("open", "? inconclusive"),
    };
    let _ = write!(
        page,
        "<h1>{}</h1>\n<p class=\"verdict {class}\">{word}</p>\n<p>{}</p>\n",
        escape(&title),
        escape(&view.about())
    );
    list(&mut page, "reasons", view.reasons.iter().map(|reason| reason.text.as_str()));
    change(&mut page, view, data);
    goals(&mut page, view);
    figures(&mut page, view);
    let all: Vec<&Sample> = data.before.iter().chain(data.after).collect();
    if all.iter().any(|sample| sample.mechanisms > 1) {
        page.push_str(
            "<p class=\"note\">The subnet has several mechanisms: the stored Vtrust is a weighted sum over \
             them.</p>\n",
        );
    }
    page.push_str("<h2>Validator trust, epoch by epoch</h2>\n");
    page.push_str(&charts::band(&all, &cohort, view.change.block));
    page.push_str("<h2>Each validator</h2>\n<div class=\"cards\">\n");
    for hotkey in &cohort.hotkeys {
        page.push_str(&charts::card(&all, hotkey, view.change.block));
    }
    page.push_str("</div>\n");
    heat(&mut page, data, &cohort);
    rest(&mut page, view);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn list<'a>(page: &mut String, class: &str, lines: impl Iterator<Item = &'a str>) {
    let lines: Vec<_> = lines.map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    if !lines.is_empty() {
        let _ = write!(page, "<ul class=\"{class}\">\n{}</ul>\n", lines.concat());
    }
}

/// A table; cells are HTML already.
fn table(page: &mut String, caption: &str, head: &[&str], rows: &[Vec<String>]) {
    let _ =
        write!(page, "<div class=\"wide\"><table>\n<caption>{}</caption>\n<tr>", escape(caption));
    for cell in head {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escape(cell));
    }
    page.push_str("</tr>\n");
    for row in rows {
        page.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let (tag, scope) = if at == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
            let _ = write!(page, "<{tag}{scope}>{cell}</{tag}>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table></div>\n");
}

fn change(page: &mut String, view: &EvaluationView, data: &ReportData<'_>) {
    let time = data.before.last().and_then(|sample| sample.time_ms);
    let time = time.and_then(subtune_model::time::rfc3339);
    let rows: Vec<Vec<String>> = view
        .change
        .values
        .iter()
        .map(|value| {
            let cell = |value: &serde_json::Value| match value {
                serde_json::Value::String(text) => escape(text),
                other => escape(&other.to_string()),
            };
            vec![escape(&value.name), cell(&value.from), cell(&value.to)]
        })
        .collect();
    let block = view.change.block;
    let when =
        time.map_or_else(String::new, |time| format!(", the last epoch before it at {time}"));
    let caption = format!("What was changed, in block {block}{when}");
    match rows.is_empty() {
        true => {
            let _ = writeln!(page, "<p>{}</p>", escape(&caption));
        }
        false => table(page, &caption, &["hyperparameter", "before", "after"], &rows),
    }
}

fn goals(page: &mut String, view: &EvaluationView) {
    let row = |goal: &super::views::GoalView| {
        let state = match goal.state {
            "met" => "✓ met",
            "missed" => "✗ missed",
            _ => "? cannot tell",
        };
        let why = goal.why.as_deref().map_or_else(String::new, |why| format!(": {}", escape(why)));
        let value = goal.value.as_deref().unwrap_or("–");
        vec![escape(&goal.goal), format!("{state}{why}"), escape(value)]
    };
    let rows: Vec<_> = view.goals.iter().map(row).collect();
    if !rows.is_empty() {
        table(page, "Goals", &["goal", "state", "value"], &rows);
    }
}

fn figures(page: &mut String, view: &EvaluationView) {
    let row = |one: &subtune_model::monitor::MetricChange| {
        // Shown as people read it, with all that is known in the title.
        let show = |figure: Figure, signed| {
            format!("<span title=\"{figure:.12}\">{}</span>", in_unit(one.metric, figure, signed))
        };
        let none = || "–".to_owned();
        vec![
            escape(&one.metric.to_string()),
            show(one.before, false),
            show(one.after, false),
            show(one.difference, true),
            one.interval.map_or_else(none, |(low, high)| {
                format!("{} to {}", show(low, true), show(high, true))
            }),
            one.detectable.map_or_else(none, |figure| show(figure, false)),
            one.placebo.map_or_else(none, |it| format!("{} of {}", it.rank, it.of)),
            one.control.as_ref().map_or_else(none, |control| {
                format!("{} (median of {})", show(control.difference, true), control.subnets)
            }),
        ]
    };
    let rows: Vec<_> = view.metrics.iter().map(row).collect();
    if rows.is_empty() {
        return;
    }
    let head = [
        "figure",
        "before",
        "after",
        "difference",
        "95% interval",
        "smallest that could show",
        "rank among placebos",
        "other subnets",
    ];
    table(page, "Figures, over the validators that are followed", &head, &rows);
}

fn heat(page: &mut String, data: &ReportData<'_>, cohort: &Cohort) {
    page.push_str(
        "<h2>How far validators' weights lie apart</h2>\n<p>0 is equal, 1 has no miner in common; in the \
         last epoch before the change, and in the last one after it.</p>\n<div class=\"pair\">\n",
    );
    for (name, sample) in [("before", data.before.last()), ("after", data.after.last())] {
        if let Some(sample) = sample {
            page.push_str(&charts::heat(name, sample, cohort));
        }
    }
    page.push_str("</div>\n");
}

fn rest(page: &mut String, view: &EvaluationView) {
    page.push_str("<h2>What it rests on</h2>\n");
    let span = |blocks: &[u64]| match blocks {
        [] => "none".to_owned(),
        [one] => format!("1, block {one}"),
        [first, .., last] => format!("{}, blocks {first} to {last}", blocks.len()),
    };
    let lines = [
        format!("Epochs before the change: {}", span(&view.before)),
        format!("Epochs after it: {}", span(&view.after)),
        format!(
            "Validators: {} followed, {} left, {} joined",
            view.cohort.len(),
            view.left.len(),
            view.joined.len()
        ),
    ];
    let left_out = view.left_out_by_reason();
    let left_out = left_out.iter().map(|(why, blocks)| format!("Left out: {blocks}: {why}"));
    let missing = view.missing.iter().map(|line| format!("Missing: {line}"));
    let lines: Vec<_> = lines.into_iter().chain(left_out).chain(missing).collect();
    list(page, "facts", lines.iter().map(String::as_str));
    let _ = writeln!(
        page,
        "<p class=\"note\">Chain {} ({}), subnet {}. Vtrust is how much of a validator's weights the \
         consensus shares; figures and verdict are made as the method page of subtune says.</p>",
        escape(&view.subject.network),
        escape(&view.subject.genesis_hash),
        view.subject.netuid
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_or_begins_anything() {
        assert_eq!(
            escape("<script>\"'&\u{1b}[2J</script>\n"),
            "&lt;script&gt;&quot;&#39;&amp;\u{fffd}[2J&lt;/script&gt; "
        );
    }
}
