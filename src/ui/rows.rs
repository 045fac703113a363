//! Tables: aligned where there is room, and a list of records where there is none.

use comfy_table::{
    Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width,
};
use dialoguer::console::measure_text_width;

use super::screen::{self, fold, one_line};
use super::stream::Stream;
use super::tone::{self, Tone};

/// Below so many columns a table of several wide columns is a list.
const ROOMY: usize = 60;
/// How far the fields of a record are indented in a list.
const INDENT: usize = 2;

/// A table in the making. What a cell holds stays one line, whoever has written it.
pub struct Rows {
    table: Table,
    /// Whether there is colour.
    colour: bool,
    /// The header and the rows, for a list.
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    width: Option<usize>,
}

/// An aligned table that fits the terminal (or `COLUMNS`); elsewhere no line is broken.
#[must_use]
pub fn table(header: &[&str], stream: Stream) -> Rows {
    Rows::new(header, screen::width(stream), tone::is_on(stream))
}

impl Rows {
    fn new(header: &[&str], width: Option<usize>, colour: bool) -> Self {
        let header: Vec<_> = header.iter().map(|name| one_line(name)).collect();
        let mut table = Table::new();
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
        table.set_header(&header);
        table.discover_columns();
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        if let Some(last) = table.column_mut(header.len().saturating_sub(1)) {
            last.set_padding((0, 0));
        }
        if let Some(width) = width {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        Self { table, colour, header, rows: Vec::new(), width }
    }

    /// The same without a line for the header.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.table.load_style(TableStyle::new());
        self
    }

    /// Adds a row, each of its cells one line.
    pub fn add_row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.add_toned_row(Tone::Plain, cells);
    }

    /// Adds a row in a tone.
    pub fn add_toned_row<T: AsRef<str>>(&mut self, tone: Tone, cells: impl IntoIterator<Item = T>) {
        self.push(
            cells.into_iter().map(|cell| one_line(cell.as_ref())).collect(),
            tone,
            usize::MAX,
        );
    }

    /// Adds a row with one more cell, of several lines; the others are in a tone.
    pub fn add_tall_row<T: AsRef<str>>(
        &mut self,
        tone: Tone,
        cells: impl IntoIterator<Item = T>,
        last: &[String],
    ) {
        let mut cells: Vec<_> = cells.into_iter().map(|cell| one_line(cell.as_ref())).collect();
        let last: Vec<_> = last.iter().map(|line| one_line(line)).collect();
        let toned = cells.len();
        cells.push(last.join("\n"));
        self.push(cells, tone, toned);
    }

    /// Adds a row of harmless cells, the first so many of them in a tone.
    fn push(&mut self, cells: Vec<String>, tone: Tone, toned: usize) {
        let cell = |(index, text): (usize, &String)| match index < toned {
            true => Cell::new(tone::paint(tone, text, self.colour)),
            false => Cell::new(text),
        };
        self.table.add_row(cells.iter().enumerate().map(cell));
        self.rows.push(cells);
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Never breaks these columns.
    pub fn keep_whole(&mut self, columns: &[usize]) {
        for index in columns {
            if let Some(column) = self.table.column_mut(*index) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
    }

    /// Puts one blank behind these columns instead of two.
    pub fn tighten(&mut self, columns: &[usize]) {
        for index in columns {
            if let Some(column) = self.table.column_mut(*index) {
                column.set_padding((0, 1));
            }
        }
    }

    /// Puts the texts of a column to its right, and makes it no narrower than this.
    pub fn align_right(&mut self, column: usize, least: u16) {
        if let Some(column) = self.table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
    }

    /// The table as text without trailing blanks.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut text = String::new();
        for line in self.table.to_string().lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        match self.width {
            Some(width) if !self.fits(&text, width) => self.list(width),
            _ => text,
        }
    }

    /// Whether the table, drawn like this, can be read: it is no wider than the terminal, and words
    /// are not broken to pieces where there is too little room.
    fn fits(&self, text: &str, width: usize) -> bool {
        if text.lines().any(|line| measure_text_width(line) > width) {
            return false;
        }
        let widest = |column: usize| {
            let cells = self.rows.iter().chain([&self.header]).filter_map(|row| row.get(column));
            cells.flat_map(|cell| cell.lines()).map(measure_text_width).max().unwrap_or(0)
        };
        let last = self.header.len().saturating_sub(1);
        let before: usize = (0..last).map(|column| widest(column).saturating_add(2)).sum();
        width >= ROOMY
            || before.saturating_add(widest(last)) <= width
            || before <= width.saturating_div(2)
    }

    /// The rows as records: the first cell, and the others below it.
    fn list(&self, width: usize) -> String {
        let header = Some(&self.header).filter(|header| header.iter().any(|name| !name.is_empty()));
        let mut text = String::new();
        for cells in header.into_iter().chain(&self.rows) {
            let cells: Vec<_> = cells.iter().map(|cell| cell.trim()).collect();
            // A mark stands before the name.
            let head = cells.iter().position(|cell| measure_text_width(cell) > 1).unwrap_or(0);
            let (head, fields) = cells.split_at(head.saturating_add(1).min(cells.len()));
            let head: Vec<_> = head.iter().copied().filter(|cell| !cell.is_empty()).collect();
            let fields: Vec<_> = fields.iter().copied().filter(|cell| !cell.is_empty()).collect();
            text.push_str(&fold(&format!("{}\n", head.join("  ")), Some(width)));
            let joined = fields.join("  ");
            let room = width.saturating_sub(INDENT);
            let whole = !joined.contains('\n') && measure_text_width(&joined) <= room;
            let below = if whole { joined } else { fields.join("\n") };
            for line in below.lines() {
                let line = format!("{:INDENT$}{line}\n", "");
                text.push_str(&fold(&line, Some(width)));
            }
        }
        text
    }
}

/// Names and texts side by side, folded to the terminal.
#[must_use]
pub fn pairs(rows: &[(&str, String)]) -> String {
    let mut pairs = table(&["", ""], Stream::Stdout).plain();
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        pairs.add_row([*name, text.as_str()]);
    }
    pairs.keep_whole(&[0]);
    pairs.lines().trim_start_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(width: Option<usize>) -> Rows {
        let mut rows = Rows::new(&["name", "raw", ""], width, false);
        rows.add_row(["immunity_period", "7200", "x"]);
        rows.add_row(["commit_reveal_weights_enabled", "true\nnow", ""]);
        rows.keep_whole(&[0, 2]);
        rows.align_right(1, 22);
        rows
    }

    #[test]
    fn a_cell_is_one_line_unless_it_was_made_of_several() {
        let text = rows(None).lines();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.ends_with(" true now\n"), "{text}");
        let mut tall = Rows::new(&["", ""], None, false).plain();
        tall.add_tall_row(Tone::Plain, ["~"], &["one\nForged".to_owned(), "two".to_owned()]);
        assert_eq!(tall.lines().trim_start(), "~  one Forged\n   two\n");
    }

    #[test]
    fn where_there_is_no_room_it_is_a_list() {
        assert_eq!(rows(None).lines(), rows(Some(80)).lines());
        assert_eq!(
            rows(Some(40)).lines(),
            "name\n  raw\nimmunity_period\n  7200  x\ncommit_reveal_weights_enabled\n  true now\n"
        );
        let mut wide = Rows::new(&["", "", ""], Some(40), false).plain();
        let reason = "a reason that is longer than what is left of the line";
        wide.add_tall_row(
            Tone::Plain,
            ["x", "commit_reveal_weights_enabled"],
            &["on → off".to_owned(), reason.to_owned()],
        );
        wide.keep_whole(&[0, 1]);
        assert_eq!(
            wide.lines(),
            "x  commit_reveal_weights_enabled\n  on → off\n  a reason that is longer than what is\n    left of the line\n"
        );
    }
}
