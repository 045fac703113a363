//! `subtune import`

use std::path::{Path, PathBuf};

use serde_json::json;
use subtune_model::error::{Error, Result};
use subtune_model::profile::Profile;

use super::Global;
use crate::files::{read, write};
use crate::profile_yaml::import::Import;
use crate::profile_yaml::{self, FileKind, Names};
use crate::ui::output::Report;
use crate::ui::views::ImportView;
use crate::ui::{render, screen};

/// Where the forms come from.
pub(super) const AFTER_HELP: &str = "\
FILE is one of:
  the table of `btcli sudo get --netuid N` (btcli 9), or its JSON (--json-output)
  the text of `btcli hparams get --netuid N` (btcli 11), or its JSON (btcli --json)
  what subtune prints with --format json or yaml (show, snapshot, plan, import)
  a snapshot, or a profile
plan, apply, rollback --to, diff and check take the same files directly.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File with the values, or - for standard input
    file: PathBuf,
    /// The subnet of the values, where the file does not say it
    #[arg(long, value_name = "NETUID")]
    netuid: Option<u16>,
    /// Write the profile to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Report> {
    let Args { file, netuid, output, force } = args;
    let output = output.as_ref().filter(|path| path.as_os_str() != "-");
    if let Some(path) = output {
        write::check_output(path, *force)?;
    }
    let (profile, import) = load(file, *netuid)?;
    let yaml = profile_yaml::write(&profile);
    let mut view = ImportView::of(&profile, import, yaml);
    if let Some(path) = output {
        write::output(path, &view.yaml, *force)?;
        view.output = Some(path.display().to_string());
    } else if !global.quiet()
        && let Some(import) = view.printed()
    {
        screen::tell(&render::text::taken(import));
    }
    let report = Report::new(render::text::import(&view), json!(view))
        .markdown(render::markdown::import(&view));
    // The file of a profile stays as it is.
    Ok(if output.is_some() { report } else { report.verbatim() })
}

/// The profile of a file, and how it came about when the file is none itself.
fn load(file: &Path, netuid: Option<u16>) -> Result<(Profile, Option<Import>)> {
    let document = profile_yaml::Document::open(file)?
        .map_err(|complaint| profile_yaml::complaints_error(vec![complaint]))?;
    let name = read::name(file);
    let wrong = profile_yaml::complaints_error;
    let Some(import) = profile_yaml::import::read(&document.text, &name) else {
        if !matches!(document.kind, FileKind::Profile | FileKind::Unknown) {
            return Err(wrong(vec![
                document.kind.wrong(&name, profile_yaml::ExpectedKind::Values),
            ]));
        }
        if document.kind == FileKind::Unknown && !document.text.trim().is_empty() {
            return Err(Error::input(format!("{name} is in no form that is known"))
                .hint("see `subtune import --help` for what it reads"));
        }
        if netuid.is_some() {
            return Err(Error::usage(format!("{name} is a profile, which is for any subnet"))
                .hint("leave --netuid out"));
        }
        return Ok((
            profile_yaml::parse(&document.text, &name, Names::Known).map_err(wrong)?,
            None,
        ));
    };
    let mut import = import.map_err(wrong)?;
    if let Some((of, given)) = import.netuid.zip(netuid).filter(|(of, given)| of != given) {
        return Err(Error::input(format!("{name} has the values of subnet {of}, not of {given}"))
            .hint("leave --netuid out, or pass another file"));
    }
    import.netuid = import.netuid.or(netuid);
    let profile = import.profile().map_err(wrong)?;
    Ok((profile, Some(import)))
}
