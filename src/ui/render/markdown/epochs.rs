//! Epochs, as Markdown.

use subtune_model::monitor::{Answer, Figure};

use super::{code, plain};
use crate::ui::views::{
    BaselineView, EvaluationView, GoalView, HealthView, SamplesView, SpreadView, levers,
};

/// Epochs that were gathered.
#[must_use]
pub fn baseline(view: &BaselineView) -> String {
    let mut text = format!("### {}: {} epochs\n\n", view.subject.title(), view.epochs.len());
    for line in &view.missing {
        text.push_str(&format!("- missing: {}\n", plain(line)));
    }
    text.push_str(
        "\n| epoch at block | mean Vtrust | deviation | lowest | highest | oldest weights |\n\
         |--:|--:|--:|--:|--:|--:|\n",
    );
    for line in &view.epochs {
        let figure =
            |of: fn(&SpreadView) -> String| line.vtrust.as_ref().map_or_else(|| "–".to_owned(), of);
        let age = line.oldest_weights.map_or_else(|| "–".to_owned(), |age| age.to_string());
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {age} |\n",
            line.block,
            figure(|it| it.mean.to_string()),
            figure(|it| it.std.to_string()),
            figure(|it| it.min.to_string()),
            figure(|it| it.max.to_string()),
        ));
    }
    text
}

/// The health of a subnet's validators.
#[must_use]
pub fn health(view: &HealthView) -> String {
    let found = &view.health;
    let mut text = format!("### {}: the epoch of block {}\n\n", view.subject.title(), found.block);
    if let Some(vtrust) = &found.vtrust {
        text.push_str(&format!(
            "Vtrust of {} validators: mean {}, deviation {} (÷ n), lowest {}, highest {}\n\n",
            vtrust.count, vtrust.mean, vtrust.std, vtrust.min, vtrust.max
        ));
    }
    text.push_str(
        "| uid | hotkey | stake | Vtrust | age | distance |\n|--:|---|--:|--:|--:|--:|\n",
    );
    for member in &found.cohort {
        let figure = |figure: Option<Figure>| {
            figure.map_or_else(|| "–".to_owned(), |figure| figure.to_string())
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            member.uid.map_or_else(|| "–".to_owned(), |uid| uid.to_string()),
            code(&member.hotkey),
            member.stake,
            figure(member.vtrust),
            member.age.map_or_else(|| "never".to_owned(), |age| age.to_string()),
            figure(member.distance),
        ));
    }
    if !found.diagnosis.is_empty() {
        text.push_str("\n**What this means**\n\n");
        for one in &found.diagnosis {
            text.push_str(&format!("- {}\n", plain(&one.text)));
            for line in levers(one, view.spec_version) {
                text.push_str(&format!("  - {}\n", plain(&line)));
            }
        }
    }
    text + &goals(&view.goals)
}

/// What was wanted.
fn goals(goals: &[GoalView]) -> String {
    if goals.is_empty() {
        return String::new();
    }
    let mut text = "\n| goal | state | value |\n|---|---|--:|\n".to_owned();
    for goal in goals {
        let state = goal.state.replace('_', " ");
        let value = goal.value.as_deref().unwrap_or("–");
        text.push_str(&format!("| {} | {state} | {value} |\n", code(&goal.goal)));
    }
    text
}

/// Whether a change has helped.
#[must_use]
pub fn evaluation(view: &EvaluationView) -> String {
    let verdict = match view.verdict {
        Answer::Pass => "pass",
        Answer::Fail => "fail",
        Answer::Inconclusive => "inconclusive",
    };
    let mut text = format!(
        "### {}: {}\n\nVerdict: **{verdict}**\n\n",
        view.subject.title(),
        plain(&view.about())
    );
    for reason in &view.reasons {
        text.push_str(&format!("- {}\n", plain(&reason.text)));
    }
    text.push_str(&goals(&view.goals));
    if !view.metrics.is_empty() {
        text.push_str(
            "\n| figure | before | after | difference | 95% interval | placebo | other subnets |\n\
             |---|--:|--:|--:|--:|--:|--:|\n",
        );
    }
    for one in &view.metrics {
        let interval = one
            .interval
            .map_or_else(|| "–".to_owned(), |(low, high)| format!("{low:+} to {high:+}"));
        let placebo =
            one.placebo.map_or_else(|| "–".to_owned(), |it| format!("{} of {}", it.rank, it.of));
        let control = one
            .control
            .as_ref()
            .map_or_else(|| "–".to_owned(), |control| format!("{:+}", control.difference));
        text.push_str(&format!(
            "| {} | {} | {} | {:+} | {interval} | {placebo} | {control} |\n",
            one.metric, one.before, one.after, one.difference
        ));
    }
    text.push_str(&format!(
        "\n{} epochs before, {} after; {} validators followed, {} left, {} joined\n",
        view.before.len(),
        view.after.len(),
        view.cohort.len(),
        view.left.len(),
        view.joined.len()
    ));
    for (why, blocks) in view.left_out_by_reason() {
        text.push_str(&format!("\n- left out: {}: {}", plain(&blocks), plain(why)));
    }
    for line in &view.missing {
        text.push_str(&format!("\n- missing: {}", plain(line)));
    }
    text.push('\n');
    text
}

/// What is kept.
#[must_use]
pub fn samples(view: &SamplesView) -> String {
    let mut text = "| network | subnet | mechanism | epochs | from block | to block | bytes |\n\
                    |---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for kept in &view.kept {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            plain(&kept.network),
            kept.netuid,
            kept.mechanism,
            kept.epochs,
            kept.first_block,
            kept.last_block,
            kept.bytes
        ));
    }
    text
}
