//! What is explained, as Markdown.

use super::{code, facts, plain, sentence};
use crate::ui::views::{CodeView, CodesView, ExplainView, IndexView, RuntimeView};

/// What a name stands for, or all that can be explained.
#[must_use]
pub fn explain(view: &ExplainView) -> String {
    match view {
        ExplainView::Subject(view) => {
            let told: Vec<_> = view.facts().iter().map(|told| subject(told)).collect();
            told.join("\n")
        }
        ExplainView::Index(view) => index(view),
        ExplainView::Codes(view) => codes(view),
    }
}

/// What is told of a thing, below its name, which is the first of it.
fn subject(told: &[(&'static str, String)]) -> String {
    let Some(((_, name), rest)) = told.split_first() else { return String::new() };
    format!("### {}\n\n{}", code(name), facts(rest))
}

fn index(view: &IndexView) -> String {
    let mut text = "| name | set by | what it is |\n|---|---|---|\n".to_owned();
    for row in &view.hyperparameters {
        let (name, by, summary) = (code(row.name), plain(row.set_by), sentence(row.summary));
        text.push_str(&format!("| {name} | {by} | {summary} |\n"));
    }
    for note in &view.notes {
        text.push_str(&format!("\n{}\n", sentence(note)));
    }
    text
}

fn codes(view: &CodesView) -> String {
    let mut text = "| code | what is found |\n|---|---|\n".to_owned();
    for CodeView { name, title, why: _ } in &view.codes {
        text.push_str(&format!("| {} | {} |\n", code(name), sentence(title)));
    }
    text
}

/// The chain's own code.
#[must_use]
pub fn runtime(view: &RuntimeView) -> String {
    let text = format!("### Runtime {} of {}\n\n", view.spec_version, plain(&view.network));
    let told = view.facts();
    let told = told.get(1..).unwrap_or_default();
    format!(
        "{text}{}\nA function that is not offered stops only a run that calls it: the plan then says \
         its name.\n",
        facts(told)
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use subtune_model::finding;

    use super::*;
    use crate::ui::views::SubjectView;

    #[test]
    fn what_is_explained_is_a_list_below_its_name() {
        let found = finding::find("HP206").unwrap();
        let view = ExplainView::Subject(SubjectView::Code(CodeView::of(found)));
        let data =
            json!({ "kind": "code", "name": "HP206", "title": found.title, "why": found.why });
        assert_eq!(json!(view), data);
        let text = explain(&view);
        assert!(text.starts_with("### `HP206`\n\n- summary: owner takeover"), "{text}");
        let all = explain(&ExplainView::Codes(CodesView::all()));
        assert!(all.contains("\n| `HP206` | owner takeover"), "{all}");
    }
}
