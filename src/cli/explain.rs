//! `subtune explain`

use serde_json::json;
use subtune_model::catalog::{self, Meant};
use subtune_model::error::{Error, Result};
use subtune_model::errors::{self, Found, Topic};
use subtune_model::finding;

use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{
    CodeView, CodesView, DisplayOnlyView, ErrorView, ExplainView, HyperparameterView, IndexView,
    SharedCallView, SubjectView, TopicView,
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Hyperparameter or a call that sets it, RateLimit, FreezeWindow, error of the chain by its name,
    /// code or words, or code of a finding such as HP201 (`codes` lists them); without it the
    /// hyperparameters are listed
    name: Option<String>,
    /// Tell of the chain's own code: its version, hash and size, and what it asks of its host
    #[arg(long, conflicts_with = "name")]
    runtime: bool,
}

impl Args {
    /// Whether a chain is asked.
    pub(super) const fn asks_the_chain(&self) -> bool {
        self.runtime
    }
}

pub(super) fn run(args: &Args) -> Result<Report> {
    let view = match args.name.as_deref() {
        None => ExplainView::Index(IndexView::all()),
        Some("codes") => ExplainView::Codes(CodesView::all()),
        Some(name) => ExplainView::Subject(subject(name)?),
    };
    Ok(Report::new(render::text::explain(&view), json!(view))
        .markdown(render::markdown::explain(&view)))
}

fn subject(name: &str) -> Result<SubjectView> {
    match catalog::look_up(name) {
        Meant::Rows(rows) => {
            return Ok(match rows[..] {
                [row] => SubjectView::Hyperparameter(Box::new(HyperparameterView::of(row))),
                _ => SubjectView::Call(SharedCallView {
                    name: name.to_owned(),
                    hyperparameters: rows.into_iter().map(HyperparameterView::of).collect(),
                }),
            });
        }
        Meant::DisplayOnly(shown) => {
            return Ok(SubjectView::DisplayOnly(DisplayOnlyView::of(shown)));
        }
        Meant::Nothing => {}
    }
    if let Some(code) = finding::find(name) {
        return Ok(SubjectView::Code(CodeView::of(code)));
    }
    if let Some(topic) = Topic::find(name) {
        return Ok(SubjectView::Topic(TopicView::of(topic)));
    }
    match errors::find(name) {
        Found::One(error) => Ok(SubjectView::Error(ErrorView::of(error))),
        Found::Several(errors) => {
            let names: Vec<_> = errors.iter().map(|error| error.name).collect();
            Err(Error::input(format!("{name} is the name of several errors"))
                .hint(format!("did you mean {}?", names.join(" or "))))
        }
        Found::Nothing => {
            if let Some(error) = errors::find_printed(name) {
                return Ok(SubjectView::Error(ErrorView::of(error)));
            }
            let what = format!("unknown hyperparameter {name}, and no error of that name");
            Err(Error::input(what).hint(nearest(name).map_or_else(
                || {
                    "`subtune explain` lists all hyperparameters, `subtune explain codes` the codes"
                        .to_owned()
                },
                |near| format!("did you mean {near}?"),
            )))
        }
    }
}

/// The name of anything explained that looks most like this one, if any does.
fn nearest(name: &str) -> Option<&'static str> {
    match (catalog::nearest(name), errors::nearest(name)) {
        (Some(row), Some((distance, error))) => {
            Some(if strsim::damerau_levenshtein(name, row) <= distance { row } else { error })
        }
        (row, error) => row.or(error.map(|(_, error)| error)),
    }
}
