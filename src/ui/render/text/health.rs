//! The health of a subnet's validators, as text.

use subtune_model::monitor::{Figure, MemberState, Mode};

use super::{heading, push_line};
use crate::ui::output::{pairs, table};
use crate::ui::stream::Stream;
use crate::ui::tone::{self, Tone};
use crate::ui::views::{GoalView, HealthView, levers, short_hotkey};

/// A share in percent, for people.
pub(super) fn percent(share: Figure, places: usize) -> String {
    format!("{:.places$}%", Figure::from_units(share.units().saturating_mul(100)))
}

/// The first epoch screen: who validates, what they agree on, what miners get, what it means.
#[must_use]
pub fn health(view: &HealthView) -> String {
    let found = &view.health;
    let mut text = String::new();
    let time = view.time.as_deref().map_or_else(String::new, |time| format!(", {time}"));
    push_line(
        &mut text,
        &format!("{}: the epoch of block {}{time}", view.subject.title(), found.block),
    );
    text.push('\n');
    text.push_str(&pairs(&facts(view)));
    text.push_str(&validators(view));
    if !found.diagnosis.is_empty() {
        text.push_str(&heading("What this means", Tone::Strong, Stream::Stdout));
        for one in &found.diagnosis {
            push_line(&mut text, &format!("- {}", one.text));
            for line in levers(one, view.spec_version) {
                push_line(&mut text, &format!("    {line}"));
            }
        }
    }
    text.push_str(&goals(&view.goals));
    text
}

fn facts(view: &HealthView) -> Vec<(&'static str, String)> {
    let found = &view.health;
    let mut rows = vec![(
        "Validators",
        format!(
            "{} with a permit, {} active, {} followed",
            found.validators,
            found.active,
            found.cohort.len()
        ),
    )];
    match (&found.vtrust, &found.mode) {
        (Some(vtrust), _) => {
            let weighted = vtrust
                .weighted_mean
                .map_or_else(String::new, |mean| format!(", by stake {mean:.4}"));
            rows.push(("Vtrust", format!("mean {:.4}{weighted}", vtrust.mean)));
            rows.push((
                "",
                format!(
                    "deviation {:.4} (÷ n), lowest {:.4}, highest {:.4}",
                    vtrust.std, vtrust.min, vtrust.max
                ),
            ));
        }
        (None, Mode::Yuma) => rows.push(("Vtrust", "none: nobody has usable weights".to_owned())),
        (None, _) => rows.push(("Vtrust", "none to speak of: consensus is not Yuma's".to_owned())),
    }
    if let Some(age) = &found.age {
        let never = match age.never {
            0 => String::new(),
            some => format!("; {some} never set any"),
        };
        rows.push((
            "Age of weights",
            format!("{} to {} blocks at the epoch, {} apart{never}", age.min, age.max, age.spread),
        ));
    }
    if found.reveals.due > 0 {
        let all = found.reveals.due;
        rows.push(("Commits due", format!("{all}, {} not revealed", found.reveals.missing)));
    }
    if let Some(distance) = &found.distance {
        let (one, other) = distance.farthest;
        rows.push((
            "Distance",
            format!(
                "mean {:.4}, largest {:.4} (uid {one} and uid {other}); 0 is equal, 1 disjoint",
                distance.mean, distance.max
            ),
        ));
    }
    let incentive = &found.incentive;
    let top = |k: usize| incentive.top(k).map_or_else(|| "–".to_owned(), |it| percent(it, 1));
    rows.push((
        "Miners paid",
        match incentive.smallest {
            Some(smallest) => format!(
                "{}; the first {}, the first 4 together {}, the smallest {}",
                incentive.paid,
                top(1),
                top(4),
                percent(smallest, 4)
            ),
            None => "none".to_owned(),
        },
    ));
    rows
}

fn validators(view: &HealthView) -> String {
    let found = &view.health;
    if found.cohort.is_empty() {
        return String::new();
    }
    let mut rows =
        table(&["uid", "hotkey", "stake", "Vtrust", "age", "distance", "remarks"], Stream::Stdout);
    for member in &found.cohort {
        let mut remarks = Vec::new();
        match member.state {
            MemberState::Counted => {}
            MemberState::NoUsableRow => remarks.push("no usable weights"),
            MemberState::NoPermit => remarks.push("no permit"),
            MemberState::Gone => remarks.push("gone"),
        }
        if !member.active {
            remarks.push("inactive");
        }
        if member.stands_out {
            remarks.push("stands out");
        }
        if member.revealed == Some(false) {
            remarks.push("not revealed");
        }
        let figure = |figure: Option<Figure>| {
            figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.4}"))
        };
        rows.add_row([
            member.uid.map_or_else(|| "–".to_owned(), |uid| uid.to_string()),
            short_hotkey(&member.hotkey),
            percent(member.stake, 2),
            figure(member.vtrust),
            member.age.map_or_else(|| "never".to_owned(), |age| age.to_string()),
            figure(member.distance),
            remarks.join(", "),
        ]);
    }
    format!("\n{}", rows.lines())
}

/// What was wanted, a line each.
pub(super) fn goals(goals: &[GoalView]) -> String {
    if goals.is_empty() {
        return String::new();
    }
    let mut text = heading("Goals", Tone::Strong, Stream::Stdout);
    for goal in goals {
        let (sign, tone, word) = match goal.state {
            "met" => ("✓", Tone::Good, "met"),
            "missed" => ("✗", Tone::Bad, "missed"),
            _ => ("?", Tone::Doubt, "cannot tell"),
        };
        let sign = tone::paint(tone, sign, tone::is_on(Stream::Stdout));
        let value =
            goal.value.as_ref().map_or_else(String::new, |value| format!(", it is {value}"));
        let why = goal.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        // The sign has a colour, and all else is one line.
        text.push_str(&format!("{sign} "));
        push_line(&mut text, &format!("{}  {word}{value}{why}", goal.goal));
    }
    text
}
