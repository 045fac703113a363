//! A forecast as a picture: a curve for each neuron that differs most, with the change and without it.
//!
//! Drawn by hand: a few lines of SVG, which no drawing library makes without floating point and with dashes
//! that stay one line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use subtune_model::error::{Error, Result};
use subtune_model::forecast::{Course, Forecast};
use subtune_model::value::decimal;

/// Colours of the curves of a part, which are no more than these; told apart by most eyes, on light and on
/// dark ground.
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#b8860b"];
/// Size of a part, and where in it the curves are: from the left, from the top, width, height.
const PART: (u32, u32) = (880, 260);
const PLOT: (u32, u32, u32, u32) = (64, 40, 720, 176);
/// Most lines across a part, and most numbers below it.
const LINES: u32 = 5;
const EPOCHS: u32 = 10;
/// Least distance of two labels.
const APART: u32 = 13;

/// Draws a forecast as SVG.
///
/// # Errors
/// When there is nothing that a curve could show.
pub fn svg(forecast: &Forecast) -> Result<String> {
    let mut parts = Vec::new();
    if let Some(values) = forecast.mean_vtrust() {
        let mean = Course { uid: 0, hotkey: String::new(), values };
        parts.push(("Mean Vtrust".to_owned(), vec![("mean".to_owned(), mean)]));
    }
    for (name, measure) in forecast.measures() {
        let named = |course: Course| (format!("uid {}", course.uid), course);
        let moved = forecast.moved(measure).into_iter().take(COLOURS.len()).map(named);
        let moved: Vec<_> = moved.collect();
        if !moved.is_empty() {
            parts.push((format!("{name}, where it differs most"), moved));
        }
    }
    if parts.is_empty() {
        return Err(Error::input("there is nothing to draw: no neuron has any Vtrust")
            .hint("leave out --chart; `--format json` has every number"));
    }
    let (width, each) = PART;
    let height = (0..parts.len()).fold(0u32, |height, _| height.saturating_add(each));
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <style>\n\
         svg {{ background: #ffffff; color: #24292f }}\n\
         @media (prefers-color-scheme: dark) {{ svg {{ background: #0d1117; color: #e6edf3 }} }}\n\
         text {{ fill: currentColor }}\n\
         .line {{ stroke: currentColor; stroke-opacity: 0.2 }}\n\
         polyline {{ fill: none; stroke-width: 2 }}\n\
         .without {{ stroke-dasharray: 5 4; stroke-width: 1.2 }}\n\
         </style>\n"
    );
    let mut top = 0u32;
    let mut known = BTreeMap::new();
    for (title, curves) in &parts {
        let _ = writeln!(picture, "<g transform=\"translate(0 {top})\">");
        part(&mut picture, title, &coloured(curves, &mut known));
        picture.push_str("</g>\n");
        top = top.saturating_add(each);
    }
    picture.push_str("</svg>\n");
    Ok(picture)
}

/// A curve with its name and its colour.
type Curve<'a> = (&'a str, &'a Course, &'static str);

/// Gives every neuron the colour that it had in the part above, as far as that is free.
fn coloured<'a>(
    curves: &'a [(String, Course)],
    known: &mut BTreeMap<String, &'static str>,
) -> Vec<Curve<'a>> {
    let had = |name: &String| known.get(name).copied();
    let taken: Vec<_> = curves.iter().filter_map(|(name, _)| had(name)).collect();
    let mut free = COLOURS.into_iter().filter(|colour| !taken.contains(colour));
    let mut used = Vec::new();
    let mut found = Vec::new();
    for (name, course) in curves {
        let colour = match had(name).filter(|colour| !used.contains(colour)) {
            Some(colour) => colour,
            None => free.next().unwrap_or(COLOURS[0]),
        };
        used.push(colour);
        found.push((name.as_str(), course, colour));
    }
    known.extend(found.iter().map(|(name, _, colour)| ((*name).to_owned(), *colour)));
    found
}

/// One part: shares over epochs.
fn part(picture: &mut String, title: &str, curves: &[Curve<'_>]) {
    let (left, top, width, height) = PLOT;
    let (right, bottom) = (left.saturating_add(width), top.saturating_add(height));
    let epochs = curves.iter().map(|(_, course, _)| course.values.len()).max().unwrap_or(1);
    let epochs = u32::try_from(epochs).unwrap_or(u32::MAX);
    let all = curves.iter().flat_map(|(_, course, _)| &course.values);
    let most = hundredths(all.map(|(now, then)| (*now).max(*then)).max().unwrap_or_default());
    let step = step(most);
    let highest = most.div_ceil(step).max(1).saturating_mul(step);
    let x = |epoch: u32| left.saturating_add(scaled(epoch, width, epochs.saturating_sub(1).max(1)));
    let y = |part: u32| bottom.saturating_sub(scaled(part, height, highest));
    let mut add = |line: String| {
        picture.push_str(&line);
        picture.push('\n');
    };
    add(format!(
        "<text x=\"{left}\" y=\"22\" font-size=\"14\">{title} (solid: with the change, dashed: \
         without it)</text>"
    ));
    for part in (0..=highest).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        let at = y(part);
        add(format!(
            "<line class=\"line\" x1=\"{left}\" y1=\"{at}\" x2=\"{right}\" y2=\"{at}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}%</text>",
            left.saturating_sub(8),
            at.saturating_add(4),
            decimal(part.into(), 2)
        ));
    }
    let every = epochs.div_ceil(EPOCHS).max(1);
    for epoch in (0..epochs).step_by(usize::try_from(every).unwrap_or(usize::MAX)) {
        add(format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x(epoch),
            bottom.saturating_add(18),
            epoch.saturating_add(1)
        ));
    }
    // Names at the ends of the curves, from the top, none over another.
    let mut ends: Vec<_> = curves
        .iter()
        .map(|(name, course, colour)| (y(hundredths(course.last().1)), name, colour))
        .collect();
    ends.sort();
    let mut free = 0u32;
    for (end, name, colour) in ends {
        let at = end.saturating_add(4).max(free);
        free = at.saturating_add(APART);
        add(format!(
            "<text x=\"{}\" y=\"{at}\" style=\"fill: {colour}\">{name}</text>",
            right.saturating_add(8)
        ));
    }
    for (_, course, colour) in curves {
        for (class, changed) in [("without", false), ("with", true)] {
            let share = |(now, then): &(u16, u16)| if changed { *then } else { *now };
            let mut points: Vec<_> = (0u32..)
                .zip(&course.values)
                .map(|(epoch, pair)| (x(epoch), y(hundredths(share(pair)))))
                .collect();
            // A single epoch is a line all the same.
            if let [(_, at)] = points.as_slice() {
                points.push((right, *at));
            }
            let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
            add(format!(
                "<polyline class=\"{class}\" stroke=\"{colour}\" points=\"{}\"/>",
                points.join(" ")
            ));
        }
    }
}

/// A share of 65535 in hundredths of a percent.
fn hundredths(share: u16) -> u32 {
    u32::from(share).saturating_mul(10_000) / 65_535
}

/// `part` of `whole`, as a part of a length.
fn scaled(part: u32, length: u32, whole: u32) -> u32 {
    let scaled = u64::from(part).saturating_mul(length.into()).checked_div(whole.into());
    u32::try_from(scaled.unwrap_or(0)).unwrap_or(length)
}

/// The distance of the lines across: 1, 2 or 5 and noughts.
fn step(most: u32) -> u32 {
    let mut unit = 1u32;
    loop {
        for step in [1, 2, 5].map(|factor| unit.saturating_mul(factor)) {
            if step.saturating_mul(LINES) >= most {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_across_are_round_numbers() {
        for (most, distance) in
            [(0, 1), (1, 1), (5, 1), (6, 2), (486, 100), (3_954, 1_000), (10_000, 2_000)]
        {
            assert_eq!(step(most), distance, "{most}");
        }
        assert_eq!((hundredths(65_535), hundredths(0)), (10_000, 0));
        assert_eq!((scaled(1, 100, 4), scaled(1, 100, 0)), (25, 0));
    }
}
