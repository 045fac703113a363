//! `subtune completions` and `subtune man`

use std::path::PathBuf;

use serde_json::json;
use subtune_model::error::{Error, Result};

use super::suggest;
use super::topics::TOPICS;
use crate::files::write;
use crate::ui::output::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// Shell
    shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct Manual {
    /// The command or topic whose page to print; without one the page of subtune itself
    #[arg(value_name = "COMMAND|TOPIC")]
    command: Option<String>,
    /// Write all pages to this directory
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
    /// Overwrite pages that exist
    #[arg(short, long, requires = "dir")]
    force: bool,
}

pub(super) fn completions(args: &Completions, command: clap::Command) -> Report {
    let mut command = suggest::suggesting(command);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "subtune", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let data = json!({ "shell": args.shell.to_string(), "script": script });
    Report::new(script, data).verbatim()
}

pub(super) fn man(args: &Manual, mut command: clap::Command) -> Result<Report> {
    // With the options of all commands in the page of each.
    command.build();
    let mut pages = pages(&command, "subtune")?;
    for topic in TOPICS {
        let name = format!("subtune-{}", topic.name);
        // A command and a topic of one name share a page.
        match pages.iter_mut().find(|(page, _)| *page == name) {
            Some((_, page)) => page.push_str(&topic.section()),
            None => pages.push((name, topic.manual())),
        }
    }
    if let Some(dir) = &args.dir {
        for (name, page) in &pages {
            write::output(&dir.join(format!("{name}.1")), page, args.force)?;
        }
        let names: Vec<_> = pages.iter().map(|(name, _)| format!("{name}.1")).collect();
        let text = format!("Wrote {} pages to {}\n", names.len(), dir.display());
        return Ok(Report::new(text, json!({ "pages": names })));
    }
    let wanted = args
        .command
        .as_ref()
        .map_or_else(|| "subtune".to_owned(), |name| format!("subtune-{name}"));
    let page = pages.into_iter().find(|(name, _)| *name == wanted).ok_or_else(|| {
        Error::usage(format!("there is no manual page {wanted}"))
            .hint("`subtune --help` lists the commands and topics")
    })?;
    let data = json!({ "page": page.1 });
    Ok(Report::new(page.1, data).verbatim())
}

/// The pages of a command and of those below it, by name.
fn pages(command: &clap::Command, name: &str) -> Result<Vec<(String, String)>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Error::other("the manual page cannot be made").because(error))?;
    let mut pages = vec![(name.to_owned(), String::from_utf8_lossy(&page).into_owned())];
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        // That of the commands with subcommands is the parser's own.
        if sub.get_name() != "help" || name == "subtune" {
            pages.extend(self::pages(sub, &format!("{name}-{}", sub.get_name()))?);
        }
    }
    Ok(pages)
}
