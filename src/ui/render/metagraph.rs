//! The neurons of a subnet as text and as Markdown.

use super::markdown::{details, plain};
use super::text::{folded, heading, unreadable};
use crate::ui::output::{Stream, pairs, table};
use crate::ui::screen;
use crate::ui::tone::{self, Tone};
use crate::ui::views::{
    BondView, CloseView, Column, MetagraphView, RelativeView, UidView, WeightView, first_of, shown,
};

/// A table in the making: a title, the names of its columns, its rows.
struct Part {
    title: &'static str,
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// How many rows are left out.
    more: usize,
}

/// For a terminal.
#[must_use]
pub fn text(view: &MetagraphView) -> String {
    let stream = Stream::Stdout;
    let title = folded(&view.title, stream);
    let mut text = tone::paint(Tone::Strong, title.trim_end(), tone::is_on(stream));
    text.push('\n');
    match (&view.detail, view.neurons.first()) {
        (Some(close), Some(one)) => {
            text.push_str(&heading(&one.hotkey, Tone::Strong, stream));
            text.push_str(&pairs(&one.facts(view)));
            for part in parts(one, close) {
                text.push_str(&heading(part.title, Tone::Strong, stream));
                let mut rows = table(&part.header, stream);
                for row in &part.rows {
                    rows.add_row(row);
                }
                for column in 1..part.header.len() {
                    rows.align_right(column, 0);
                }
                text.push_str(&rows.lines());
                text.push_str(&left_out(part.more));
            }
        }
        (_, None) => text.push_str("\nNo neuron is like that\n"),
        (None, Some(_)) => {
            text.push('\n');
            text.push_str(&neurons(view, stream));
        }
    }
    text.push_str(&unreadable(&view.unreadable));
    if !view.notes.is_empty() {
        text.push('\n');
    }
    for note in &view.notes {
        text.push_str(&folded(note, stream));
    }
    text
}

fn neurons(view: &MetagraphView, stream: Stream) -> String {
    let columns = view.fitting(screen::width(stream));
    let names: Vec<_> = columns.iter().map(|column| column.name()).collect();
    let mut rows = table(&names, stream);
    for one in &view.neurons {
        let tone = match (one.updated_alert, one.role) {
            (Some("late"), _) => Tone::Notice,
            (Some(_), _) => Tone::Bad,
            (None, "immune") => Tone::Faint,
            (None, _) => Tone::Plain,
        };
        rows.add_toned_row(tone, columns.iter().map(|column| view.cell(one, *column)));
    }
    let all: Vec<usize> = (0..columns.len()).collect();
    for (at, column) in columns.iter().enumerate() {
        if !column.is_text() {
            rows.align_right(at, 0);
        }
    }
    rows.keep_whole(&all);
    let last = columns.len().saturating_sub(1);
    rows.tighten(all.get(..last).unwrap_or_default());
    rows.lines()
}

/// The parents, the children, the weights and the bonds of a neuron.
fn parts(one: &UidView, close: &CloseView) -> Vec<Part> {
    let mut parts = Vec::new();
    for (title, relatives) in [
        ("Parents: their stake counts for it", &one.parents),
        ("Children: its stake counts for them", &one.children),
    ] {
        let relatives = relatives.as_deref().unwrap_or_default();
        if !relatives.is_empty() {
            let (few, more) = first_of(relatives);
            let row = |relative: &RelativeView| {
                let RelativeView { hotkey, share_raw: _, alpha_rao, root_rao, share } = relative;
                vec![
                    hotkey.clone(),
                    share.clone(),
                    shown(alpha_rao.as_ref()),
                    shown(root_rao.as_ref()),
                ]
            };
            let header = vec!["hotkey", "share", "alpha", "root"];
            parts.push(Part { title, header, rows: few.iter().map(row).collect(), more });
        }
    }
    if let Some(weights) = close.weights.as_ref().filter(|weights| !weights.is_empty()) {
        let (few, more) = first_of(weights);
        let row = |weight: &WeightView| {
            let WeightView { uid, weight_raw, share, consensus_raw } = weight;
            vec![
                uid.to_string(),
                weight_raw.to_string(),
                share.map_or_else(|| "?".to_owned(), |share| format!("{share:.4}")),
                consensus_raw.map_or_else(|| "?".to_owned(), subtune_model::forecast::share),
            ]
        };
        let header = vec!["uid", "raw", "weight", "consensus"];
        let rows = few.iter().map(row).collect();
        parts.push(Part { title: "Weights beside the consensus", header, rows, more });
    }
    if let Some(bonds) = close.bonds.as_ref().filter(|bonds| !bonds.is_empty()) {
        let (few, more) = first_of(bonds);
        let row = |bond: &BondView| {
            let BondView { uid, bond_raw } = bond;
            let share = subtune_model::forecast::share(*bond_raw);
            vec![uid.to_string(), bond_raw.to_string(), share]
        };
        let rows = few.iter().map(row).collect();
        parts.push(Part { title: "Bonds", header: vec!["uid", "raw", "bond"], rows, more });
    }
    parts
}

fn left_out(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!("{more} more: see --format json\n"),
    }
}

/// For a report.
#[must_use]
pub fn markdown(view: &MetagraphView) -> String {
    let mut text = format!("### {}\n", plain(&view.title));
    match (&view.detail, view.neurons.first()) {
        (Some(close), Some(one)) => {
            let facts = one.facts(view).into_iter().map(|(name, said)| vec![name.to_owned(), said]);
            text.push_str(&grid(&["", ""], &[true, true], facts));
            for Part { title, header, rows, more } in parts(one, close) {
                let is_text: Vec<_> = header.iter().map(|name| *name == "hotkey").collect();
                let (open, shut) = details(title);
                let rows = grid(&header, &is_text, rows.into_iter());
                text.push_str(&format!("{open}{rows}"));
                if more > 0 {
                    text.push_str(&format!("\n{}", left_out(more)));
                }
                text.push_str(&shut);
            }
        }
        _ => {
            let columns = match view.by_hand {
                true => view.columns.clone(),
                false => Column::ALL.to_vec(),
            };
            let names: Vec<_> = columns.iter().map(|column| column.name()).collect();
            let is_text: Vec<_> = columns.iter().map(|column| column.is_text()).collect();
            let rows = view.neurons.iter().map(|one| {
                columns.iter().map(|column| view.cell(one, *column)).collect::<Vec<_>>()
            });
            text.push_str(&grid(&names, &is_text, rows));
        }
    }
    if !view.unreadable.is_empty() {
        text.push_str("\n**Not readable**\n\n");
        for (name, why) in &view.unreadable {
            text.push_str(&format!("- {}: {}\n", plain(name), plain(why)));
        }
    }
    for note in &view.notes {
        text.push_str(&format!("\n{}.\n", plain(note)));
    }
    text
}

fn grid(header: &[&str], is_text: &[bool], rows: impl Iterator<Item = Vec<String>>) -> String {
    let names: Vec<_> = header.iter().map(|name| plain(name)).collect();
    let marks: String =
        is_text.iter().map(|is_text| if *is_text { "---|" } else { "--:|" }).collect();
    let mut text = format!("\n| {} |\n|{marks}\n", names.join(" | "));
    for row in rows {
        let cells: Vec<_> = row.iter().map(|cell| plain(cell)).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}
