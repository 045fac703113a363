//! `subtune completions` and `subtune man`

use serde_json::json;
use subtune_model::error::{Error, Result};

use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// Shell
    shell: clap_complete::Shell,
}

pub(super) fn completions(args: &Completions, mut command: clap::Command) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "subtune", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let data = json!({ "shell": args.shell.to_string(), "script": script });
    Report::new(script, data).verbatim()
}

pub(super) fn man(command: clap::Command) -> Result<Report> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| Error::other("the manual page cannot be made").because(error))?;
    let page = String::from_utf8_lossy(&page).into_owned();
    let data = json!({ "page": page });
    Ok(Report::new(page, data).verbatim())
}
