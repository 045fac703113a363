//! `subtune check`

use std::path::PathBuf;

use serde_json::json;

use crate::error::Result;
use crate::exit;
use crate::profile_yaml;
use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profile files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Report> {
    let mut text = String::new();
    let mut complaints = Vec::new();
    for file in &args.files {
        let found = profile_yaml::check_file(file)?;
        if found.is_empty() {
            text.push_str(&format!("{}: good\n", file.display()));
        }
        for complaint in found {
            text.push_str(&format!("{complaint}\n  hint: {}\n", complaint.hint));
            complaints.push(complaint);
        }
    }
    let code = if complaints.is_empty() { exit::OK } else { exit::INPUT };
    Ok(Report::new(text, json!({ "complaints": complaints })).code(code))
}
