//! What is explained, as text.

use crate::ui::rows::{pairs, table};
use crate::ui::stream::Stream;
use crate::ui::views::{CodeView, CodesView, ExplainView, IndexView, RuntimeView};

/// What a name stands for, or all that can be explained.
#[must_use]
pub fn explain(view: &ExplainView) -> String {
    match view {
        ExplainView::Subject(view) => {
            let told: Vec<_> = view.facts().iter().map(|facts| pairs(facts)).collect();
            told.join("\n")
        }
        ExplainView::Index(view) => index(view),
        ExplainView::Codes(view) => codes(view),
    }
}

fn index(view: &IndexView) -> String {
    let mut rows = table(&["name", "set by", "what it is"], Stream::Stdout);
    for row in &view.hyperparameters {
        rows.add_row([row.name, row.set_by, row.summary]);
    }
    format!("{}\n{}\n", rows.lines(), view.notes.join("\n"))
}

fn codes(view: &CodesView) -> String {
    let mut rows = table(&["code", "what is found"], Stream::Stdout);
    for CodeView { name, title, why: _ } in &view.codes {
        rows.add_row([*name, *title]);
    }
    rows.lines()
}

/// The chain's own code.
#[must_use]
pub fn runtime(view: &RuntimeView) -> String {
    format!(
        "{}\nA function that is not offered stops only a run that calls it:\nthe plan then says its \
         name.\n",
        pairs(&view.facts()).trim_end()
    )
}
