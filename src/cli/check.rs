//! `subtune check`

use std::path::Path;

use serde_json::{Value as Json, json};
use subtune_chain::Depth;
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::finding::RULES_DISAGREE;
use subtune_model::lint;
use subtune_model::plan::{Item, Plan, Status};
use subtune_model::planner::check::Check;
use subtune_model::profile::wishes;
use subtune_model::terms::Intent;
use subtune_model::terms::Terms;

use super::args::{IntentArgs, OwnCode, Simulating};
use super::netuid::SubnetAt;
use super::{Global, connect, printed};
use crate::files::read;
use crate::profile_yaml::{self, Names};
use crate::ui::output::{Report, one_line};
use crate::ui::render;
use crate::ui::stream::Stream;
use crate::ui::views::{self, CheckView, PlaceView};

/// What the exit codes mean here.
pub(super) const AFTER_HELP: &str = "\
Exit codes:
  0  valid (values that must wait or cannot be judged are not errors)
  4  an error in a file, or a value that the chain would reject
  6  a value that the owner may not set";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profile files, names of built-in profiles, or files of goals
    #[arg(required = true, value_name = "NAME-or-FILE")]
    files: Vec<String>,
    /// Check against this subnet on the chain as well: who may set it, bounds, rules, warnings
    #[arg(long, value_name = "NETUID[@BLOCK]")]
    netuid: Option<SubnetAt>,
    /// Check against the subnet at this block instead of the latest finalized one
    #[arg(long, alias = "at", value_name = "BLOCK", requires = "netuid")]
    at_block: Option<u64>,
    #[command(flatten)]
    intent: IntentArgs,
    #[command(flatten)]
    simulating: Simulating,
    #[command(flatten)]
    own_code: OwnCode,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { files, netuid, at_block, intent, simulating, own_code } = args;
    let netuid = netuid.map(|subnet| subnet.at(at_block)).transpose()?;
    if netuid.is_none() && intent.intent() != Intent::default() {
        return Err(Error::usage("--round and --epoch-length are for the rules of a subnet")
            .hint("add --netuid N"));
    }
    let mut text = String::new();
    let mut complaints = Vec::new();
    let mut good = Vec::new();
    let mut wished = Vec::new();
    for file in &files {
        let name = one_line(&read::name(Path::new(file)));
        let read = match profile_yaml::inspect_goals(file)? {
            Some(Ok(goals)) => {
                if netuid.is_none() {
                    text.push_str(&format!("{name}: valid\n"));
                }
                wished.push((name, goals));
                continue;
            }
            Some(Err(found)) => Err(found),
            None => profile_yaml::inspect(file, Names::Known)?,
        };
        match read {
            Ok(loaded) => {
                connect::tell_import(global, &loaded);
                if netuid.is_none() {
                    text.push_str(&format!("{name}: valid\n"));
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
    if let Some(SubnetAt { netuid, block }) =
        netuid.filter(|_| !good.is_empty() || !wished.is_empty())
    {
        let chain = own_code.on(connect::connect(global).await?)?;
        let snapshot = connect::read(&chain, netuid, block, Depth::Rules).await?;
        let terms = Terms { intent: intent.intent(), ..Terms::default() };
        let mut results = Vec::new();
        for (file, loaded) in good {
            connect::check_loaded(&loaded, &snapshot)?;
            let (wanted, left_out) = loaded.wanted(&[], Names::Known, &snapshot);
            let wanted = wishes(wanted);
            let mut terms = terms.clone();
            let plan = Plan::build(&snapshot, &wanted, &file, &terms);
            let tried =
                simulating.judge(&chain, plan, &snapshot, &mut terms, &snapshot.owner).await;
            // What only has to wait is no fault of a profile.
            terms.verdicts.retain(|name, _| {
                let waits = |item: &Item| matches!(item.status, Status::Later { .. });
                !tried.items.iter().any(|item| item.name == *name && waits(item))
            });
            let mut check = Check::new(&snapshot, &wanted, &terms);
            check.findings.extend(left_out);
            // What only has to wait may be a fault of the rules.
            let at_odds = tried.findings.iter().filter(|finding| finding.code == RULES_DISAGREE);
            let at_odds = at_odds.filter(|finding| !check.findings.contains(finding));
            let at_odds: Vec<_> = at_odds.cloned().collect();
            check.findings.extend(at_odds);
            if !text.is_empty() {
                text.push('\n');
            }
            let view = CheckView::of(&file, &check, Some(&tried), &snapshot);
            text.push_str(&render::text::check(&view));
            markdown.push_str(&render::markdown::check(&view));
            invalid |= check.any(|status| matches!(status, Status::Invalid { .. }));
            never |= check.any(|status| matches!(status, Status::NotPermitted { .. }));
            results.push(json!(view));
        }
        let mut goals = Vec::new();
        for (file, wish) in &wished {
            let found = lint::goals::findings(&wish.goals, &snapshot);
            if !text.is_empty() {
                text.push('\n');
            }
            let count = wish.goals.len();
            let told = match found.len() {
                0 => {
                    format!("{file}: {count} goals, nothing on subnet {netuid} contradicts them\n")
                }
                some => format!(
                    "{file}: {count} goals, {some} of them contradicted on subnet {netuid}\n"
                ),
            };
            text.push_str(&told);
            text.push_str(&render::text::findings(&found, Stream::Stdout));
            markdown.push_str(&render::markdown::verbatim(&told));
            markdown.push_str(&render::markdown::findings(&found));
            goals.push(json!({ "file": file, "findings": found }));
        }
        connect::tell_traffic(global, &chain);
        if let Json::Object(data) = &mut data {
            data.insert("goals".to_owned(), Json::Array(goals));
        }
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
