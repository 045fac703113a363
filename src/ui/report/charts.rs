//! The pictures of a report.

use std::fmt::Write as _;

use subtune_model::monitor::{Cohort, Figure, Neuron, Sample, health, matrix};

use super::escape;
use crate::ui::views::short_hotkey;

/// Width of a picture across the page, and of one on a card.
const WIDE: i128 = 900;
const CARD: i128 = 260;
/// One, in units of a figure.
const ONE: i128 = 1_000_000_000_000;
/// Most validators of a heat map.
const HEAT: usize = 24;

/// A frame in which epochs go from left to right, and values from `low` to `high` go up.
struct Frame {
    left: i128,
    top: i128,
    width: i128,
    height: i128,
    first: u64,
    last: u64,
    low: i128,
    high: i128,
}

impl Frame {
    /// Where a block is, in tenths.
    fn x(&self, block: u64) -> i128 {
        let over = i128::from(block.saturating_sub(self.first));
        let all = i128::from(self.last.saturating_sub(self.first)).max(1);
        let along = over.saturating_mul(self.width.saturating_mul(10)).checked_div(all);
        self.left.saturating_mul(10).saturating_add(along.unwrap_or_default())
    }

    /// Where a value is, in tenths.
    fn y(&self, value: i128) -> i128 {
        let over = value.clamp(self.low, self.high).saturating_sub(self.low);
        let all = self.high.saturating_sub(self.low).max(1);
        let up = over.saturating_mul(self.height.saturating_mul(10)).checked_div(all);
        let bottom = self.top.saturating_add(self.height).saturating_mul(10);
        bottom.saturating_sub(up.unwrap_or_default())
    }

    fn bottom(&self) -> i128 {
        self.top.saturating_add(self.height)
    }

    /// A point of a curve.
    fn point(&self, block: u64, value: i128) -> String {
        format!("{},{}", tenths(self.x(block)), tenths(self.y(value)))
    }

    /// The line where the change is, if it lies within.
    fn mark(&self, change: u64) -> String {
        if !(self.first..=self.last).contains(&change) {
            return String::new();
        }
        let x = tenths(self.x(change));
        format!(
            "<line class=\"mark\" x1=\"{x}\" x2=\"{x}\" y1=\"{}\" y2=\"{}\"/>\n",
            self.top,
            self.bottom()
        )
    }
}

/// A number of tenths, with its decimal.
fn tenths(number: i128) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let number = number.unsigned_abs();
    let (whole, part) = (number.checked_div(10), number.checked_rem(10));
    format!("{sign}{}.{}", whole.unwrap_or_default(), part.unwrap_or_default())
}

fn span(samples: &[&Sample]) -> (u64, u64) {
    let block = |sample: Option<&&Sample>| sample.map_or(0, |sample| sample.block);
    (block(samples.first()), block(samples.last()))
}

/// Mean Vtrust of the cohort over the epochs, between the lowest and the highest.
pub(super) fn band(samples: &[&Sample], cohort: &Cohort, change: u64) -> String {
    let found: Vec<_> = samples
        .iter()
        .filter_map(|sample| Some((sample.block, health(sample, cohort).vtrust?)))
        .collect();
    let (Some((_, one)), (first, last)) = (found.first(), span(samples)) else {
        return "<p class=\"note\">No epoch has any Vtrust to speak of.</p>\n".to_owned();
    };
    // From the tenth below the lowest to all of it.
    let lowest = found.iter().map(|(_, it)| it.min.units()).min().unwrap_or(one.min.units());
    let tenth = ONE / 10;
    let low = lowest.checked_div(tenth).unwrap_or_default().saturating_mul(tenth);
    let frame =
        Frame { left: 44, top: 12, width: WIDE - 60, height: 220, first, last, low, high: ONE };
    let mut picture = format!(
        "<figure><svg viewBox=\"0 0 {WIDE} 262\" role=\"img\" aria-label=\"Mean Vtrust by epoch, with the \
         lowest and the highest; the change is marked\">\n"
    );
    let mut level = low;
    while level <= ONE {
        let y = tenths(frame.y(level));
        let _ = writeln!(
            picture,
            "<line class=\"grid\" x1=\"44\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"38\" y=\"{y}\" \
             text-anchor=\"end\" dominant-baseline=\"middle\">{:.1}</text>",
            WIDE - 16,
            Figure::from_units(level)
        );
        level = level.saturating_add(tenth);
    }
    let up: Vec<_> = found.iter().map(|(block, it)| frame.point(*block, it.max.units())).collect();
    let down = found
        .iter()
        .rev()
        .map(|(block, it)| frame.point(*block, it.min.units()))
        .collect::<Vec<_>>();
    let mean: Vec<_> =
        found.iter().map(|(block, it)| frame.point(*block, it.mean.units())).collect();
    let _ = writeln!(
        picture,
        "<polygon class=\"band\" points=\"{} {}\"/>\n<polyline class=\"mean\" points=\"{}\"/>",
        up.join(" "),
        down.join(" "),
        mean.join(" ")
    );
    for (block, it) in &found {
        let (x, y) = (tenths(frame.x(*block)), tenths(frame.y(it.mean.units())));
        let _ = writeln!(
            picture,
            "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"><title>block {block}: mean {}, {} to {}, \
             {} validators</title></circle>",
            it.mean, it.min, it.max, it.count
        );
    }
    picture.push_str(&frame.mark(change));
    let _ = writeln!(
        picture,
        "<text x=\"44\" y=\"254\">block {first}</text><text x=\"{}\" y=\"254\" text-anchor=\"end\">block \
         {last}</text></svg>\n<figcaption>Line: mean. Shade: from the lowest to the highest validator. \
         Dashed: block {change}, the change.</figcaption></figure>",
        WIDE - 16
    );
    picture
}

/// One validator: its Vtrust, dividends beside stake, age of weights, reveals.
pub(super) fn card(samples: &[&Sample], hotkey: &str, change: u64) -> String {
    let (first, last) = span(samples);
    let mine: Vec<(&Sample, &Neuron)> =
        samples.iter().filter_map(|sample| Some((*sample, sample.neuron_of(hotkey)?))).collect();
    let Some((_, newest)) = mine.last() else { return String::new() };
    let frame = |top: i128, high: i128| Frame {
        left: 4,
        top,
        width: CARD - 8,
        height: 44,
        first,
        last,
        low: 0,
        high,
    };
    let curve = |frame: &Frame, class: &str, of: fn(&Neuron) -> u16| {
        let points: Vec<_> = mine
            .iter()
            .map(|(sample, neuron)| frame.point(sample.block, i128::from(of(neuron))))
            .collect();
        format!("<polyline class=\"{class}\" points=\"{}\"/>\n", points.join(" "))
    };
    let all = i128::from(u16::MAX);
    let most = mine.iter().map(|(_, neuron)| neuron.dividends.max(neuron.stake_weight)).max();
    let most = i128::from(most.unwrap_or(1).max(1));
    let ages: Vec<_> = mine
        .iter()
        .filter_map(|(sample, neuron)| Some((sample.block, sample.age(neuron)?)))
        .collect();
    let oldest = ages.iter().map(|(_, age)| *age).max().unwrap_or(1).max(1);
    let name = short_hotkey(hotkey);
    let mut picture = format!(
        "<figure><figcaption>uid {} <code title=\"{}\">{}</code></figcaption>\n<svg viewBox=\"0 0 {CARD} \
         196\" role=\"img\" aria-label=\"Validator {}\">\n",
        newest.uid,
        escape(hotkey),
        escape(&name),
        escape(&name)
    );
    let trust = frame(14, all);
    let _ = write!(
        picture,
        "<text x=\"4\" y=\"10\">Vtrust, {:.3} now</text>\n{}{}",
        Figure::share(newest.vtrust),
        curve(&trust, "one", |neuron| neuron.vtrust),
        trust.mark(change)
    );
    let shares = frame(78, most);
    let _ = write!(
        picture,
        "<text x=\"4\" y=\"74\">dividends, and stake dashed, up to {:.3}</text>\n{}{}{}",
        Figure::ratio(most, all).unwrap_or_default(),
        curve(&shares, "one", |neuron| neuron.dividends),
        curve(&shares, "two", |neuron| neuron.stake_weight),
        shares.mark(change)
    );
    let age = frame(142, i128::from(oldest));
    let _ =
        writeln!(picture, "<text x=\"4\" y=\"138\">age of weights, up to {oldest} blocks</text>");
    for (block, value) in &ages {
        let y = age.y(i128::from(*value));
        let height = age.bottom().saturating_mul(10).saturating_sub(y);
        let x = age.x(*block).saturating_sub(10);
        let _ = writeln!(
            picture,
            "<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"2\" height=\"{}\"><title>block {block}: {value} \
             blocks</title></rect>",
            tenths(x),
            tenths(y),
            tenths(height)
        );
    }
    for (sample, neuron) in &mine {
        if neuron.commit.is_some_and(|commit| !commit.revealed) {
            let x = tenths(age.x(sample.block));
            let _ = writeln!(
                picture,
                "<circle class=\"lost\" cx=\"{x}\" cy=\"192\" r=\"2.5\"><title>block {}: not \
                 revealed</title></circle>",
                sample.block
            );
        }
    }
    picture.push_str(&age.mark(change));
    picture.push_str("</svg></figure>\n");
    picture
}

/// How far validators' weights lie apart in one epoch.
pub(super) fn heat(name: &str, sample: &Sample, cohort: &Cohort) -> String {
    let few = Cohort {
        block: cohort.block,
        hotkeys: cohort.hotkeys.iter().take(HEAT).cloned().collect(),
    };
    let found = matrix(sample, &few);
    let count = i128::try_from(few.hotkeys.len()).unwrap_or(1).max(1);
    let (left, size) = (30i128, (CARD - 34).checked_div(count).unwrap_or(1).max(1));
    let side = left.saturating_add(size.saturating_mul(count)).saturating_add(4);
    let uid = |hotkey: &String| sample.neuron_of(hotkey).map(|neuron| neuron.uid);
    let mut picture = format!(
        "<figure><figcaption>{name}, block {}</figcaption>\n<svg viewBox=\"0 0 {side} {side}\" role=\"img\" \
         aria-label=\"Distance between the weights of every two validators, {name}\">\n",
        sample.block
    );
    for (row, (hotkey, distances)) in (0i128..).zip(few.hotkeys.iter().zip(&found)) {
        let y = left.saturating_add(row.saturating_mul(size));
        let middle = y.saturating_add(size / 2);
        let label = uid(hotkey).map_or_else(|| "–".to_owned(), |uid| uid.to_string());
        let _ = writeln!(
            picture,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\" dominant-baseline=\"middle\">{label}</text>\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            left.saturating_sub(5),
            left.saturating_sub(6)
        );
        for (column, distance) in (0i128..).zip(distances) {
            let x = left.saturating_add(column.saturating_mul(size));
            let (opacity, told) = match distance {
                Some(distance) => (format!("{distance:.3}"), format!("{distance:.4}")),
                None => ("0".to_owned(), "no usable weights".to_owned()),
            };
            let other = few.hotkeys.get(usize::try_from(column).unwrap_or(usize::MAX));
            let other = other.and_then(uid).map_or_else(|| "–".to_owned(), |uid| uid.to_string());
            let _ = writeln!(
                picture,
                "<rect class=\"cell\" x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" \
                 fill-opacity=\"{opacity}\"><title>uid {label} and uid {other}: {told}</title></rect>"
            );
            if size >= 30 && distance.is_some() && row != column {
                let _ = writeln!(
                    picture,
                    "<text x=\"{}\" y=\"{middle}\" text-anchor=\"middle\" \
                     dominant-baseline=\"middle\">{}</text>",
                    x.saturating_add(size / 2),
                    distance.map_or_else(String::new, |distance| format!("{distance:.2}"))
                );
            }
        }
    }
    picture.push_str("</svg>\n");
    let more = cohort.hotkeys.len().saturating_sub(few.hotkeys.len());
    if more > 0 {
        let _ = writeln!(picture, "<p class=\"key\">and {more} more validators</p>");
    }
    picture.push_str("</figure>\n");
    picture
}
