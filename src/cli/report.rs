//! `subtune report`

use std::path::PathBuf;

use serde_json::{Value as Json, json};
use subtune_model::error::Result;

use super::epochs::SubjectArgs;
use super::evaluate::{JudgeArgs, view};
use super::{Global, connect};
use crate::files::write;
use crate::ui::output::{Format, Report, one_line};
use crate::ui::render;
use crate::ui::report::{ReportData, html};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    #[command(flatten)]
    asked: JudgeArgs,
    /// Write the report to this file, as HTML; without it, and with --format markdown, it goes to stdout
    #[arg(long, short, value_name = "FILE.html")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subject, asked, output, force } = args;
    let subject = subject.required("report")?;
    let output = output.filter(|path| path.as_os_str() != "-");
    if let Some(path) = &output {
        write::check_output(path, force)?;
    }
    let chain = connect::connect(global).await?;
    let judged = asked.judge(global, &chain, subject).await?;
    connect::tell_traffic(global, &chain);
    let view = view(&chain, &judged);
    let data =
        ReportData { view: &view, before: &judged.past.samples, after: &judged.after.samples };
    let page = html(&data);
    let mut json = json!(view);
    let markdown = render::markdown::evaluation(&view);
    let Some(path) = output else {
        return Ok(match global.format {
            Format::Text => Report::new(page, json).verbatim(),
            _ => Report::new(page, json).markdown(markdown),
        });
    };
    write::output(&path, &page, force)?;
    let path = path.display().to_string();
    if let Json::Object(json) = &mut json {
        json.insert("file".to_owned(), json!(path));
    }
    let verdict = match &json["verdict"] {
        Json::String(word) => word.clone(),
        _ => String::new(),
    };
    let text = format!("Verdict: {verdict}\nReport written to {}\n", one_line(&path));
    Ok(Report::new(text, json).markdown(markdown))
}
