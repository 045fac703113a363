//! `subtune check`

use std::path::Path;

use serde_json::{Value as Json, json};
use subtune_chain::Depth;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::plan::Status;
use subtune_model::planner::check::Check;
use subtune_model::profile::wishes;
use subtune_model::terms::Intent;
use subtune_model::terms::Terms;

use super::args::IntentArgs;
use super::{Global, connect, printed};
use crate::files::read;
use crate::profile_yaml::{self, Names};
use crate::ui::output::{Report, one_line};
use crate::ui::render;
use crate::ui::views::{self, CheckView, PlaceView};

/// What the exit codes mean here.
pub(super) const AFTER_HELP: &str = "\
Exit codes:
  0  good; a value that has to wait, or of which nobody can tell, is no fault
  4  a complaint, or a value that the chain calls invalid
  6  a value that can never be set with the owner's key";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profile files, or names of shipped profiles
    #[arg(required = true, value_name = "NAME-or-FILE")]
    files: Vec<String>,
    /// Ask the chain of this subnet, too: who may set it, bounds, pair rules, intent
    #[arg(long, value_name = "NETUID")]
    netuid: Option<u16>,
    #[command(flatten)]
    intent: IntentArgs,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { files, netuid, intent } = args;
    if netuid.is_none() && intent.intent() != Intent::default() {
        return Err(Error::usage("--round and --epoch-length are for the rules of a subnet")
            .hint("name it with --netuid"));
    }
    let mut text = String::new();
    let mut complaints = Vec::new();
    let mut good = Vec::new();
    for file in &files {
        let name = one_line(&read::name(Path::new(file)));
        match profile_yaml::inspect(file, Names::Known)? {
            Ok(loaded) => {
                connect::tell_import(global, &loaded);
                if netuid.is_none() {
                    text.push_str(&format!("{name}: good\n"));
                }
                good.push((name, loaded));
            }
            Err(found) => {
                for complaint in found {
                    let (what, hint) =
                        (one_line(&complaint.to_string()), one_line(&complaint.hint));
                    text.push_str(&format!("{what}\n  hint: {hint}\n"));
                    complaints.push(complaint);
                }
            }
        }
    }
    let imported: Vec<_> = good.iter().filter_map(|(_, loaded)| loaded.import.as_ref()).collect();
    let mut data = json!({ "complaints": complaints, "imported": imported });
    let mut markdown = if text.is_empty() {
        String::new()
    } else {
        render::markdown::verbatim(&printed::complete(&text))
    };
    let mut invalid = !complaints.is_empty();
    let mut never = false;
    if let Some(netuid) = netuid.filter(|_| !good.is_empty()) {
        let chain = connect::connect(global).await?;
        let snapshot = connect::read(&chain, netuid, None, Depth::Rules).await?;
        let terms = Terms { intent: intent.intent(), ..Terms::default() };
        let mut results = Vec::new();
        for (file, loaded) in good {
            connect::check_loaded(&loaded, &snapshot)?;
            let (wanted, left_out) = loaded.wanted(&[], Names::Known, &snapshot);
            let mut check = Check::new(&snapshot, &wishes(wanted), &terms);
            check.findings.extend(left_out);
            if !text.is_empty() {
                text.push('\n');
            }
            let view = CheckView::of(&file, &check, &snapshot);
            text.push_str(&render::text::check(&view));
            markdown.push_str(&render::markdown::check(&view));
            invalid |= check.any(|status| matches!(status, Status::Invalid { .. }));
            never |= check.any(|status| matches!(status, Status::NotPermitted { .. }));
            results.push(json!(view));
        }
        connect::tell_traffic(global, &chain);
        if let (Json::Object(data), Json::Object(place)) =
            (&mut data, json!(PlaceView::of(&snapshot)))
        {
            data.extend(place);
            data.insert("unreadable".to_owned(), json!(views::unreadable(&snapshot)));
            data.insert("results".to_owned(), Json::Array(results));
        }
    }
    // A value that breaks a rule weighs more than one that this owner may not set.
    let code = match (invalid, never) {
        (true, _) => exit::INPUT,
        (false, true) => exit::REFUSED,
        (false, false) => exit::OK,
    };
    Ok(Report::new(text, data).markdown(markdown).code(code))
}
