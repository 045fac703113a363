//! `subtune check`

use serde_json::{Value as Json, json};

use super::plan::IntentArgs;
use super::{Global, connect};
use crate::chain::Depth;
use crate::error::Result;
use crate::exit;
use crate::model::plan::{Plan, Terms, Verdict};
use crate::model::snapshot::Snapshot;
use crate::profile_yaml::{self, Names};
use crate::ui::output::{Report, Stream};
use crate::ui::views;

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
    let mut text = String::new();
    let mut complaints = Vec::new();
    let mut good = Vec::new();
    for file in &files {
        let found = profile_yaml::check_file(file)?;
        if found.is_empty() {
            good.push(file);
            if netuid.is_none() {
                text.push_str(&format!("{file}: good\n"));
            }
        }
        for complaint in found {
            text.push_str(&format!("{complaint}\n  hint: {}\n", complaint.hint));
            complaints.push(complaint);
        }
    }
    let mut data = json!({ "complaints": complaints });
    let mut code = if complaints.is_empty() { exit::OK } else { exit::INPUT };
    if let Some(netuid) = netuid {
        let chain = connect::connect(global).await?;
        let snapshot = connect::read(&chain, netuid, None, Depth::Rules).await?;
        let terms = Terms { intent: intent.intent(), ..Terms::default() };
        let mut results = Vec::new();
        for file in good {
            let profile = profile_yaml::load(file, Names::Known)?;
            connect::check_target(&profile, &snapshot)?;
            let plan = Plan::build(&snapshot, &profile.wishes(), file, &terms);
            text.push_str(&views::check_text(&plan, &snapshot, Stream::Stdout));
            code = code_of(&plan, code);
            results.push(result(&plan, &snapshot));
        }
        connect::tell_traffic(global, &chain);
        if let Json::Object(data) = &mut data {
            data.insert("results".to_owned(), Json::Array(results));
        }
    }
    Ok(Report::new(text, data).code(code))
}

/// A value that breaks a rule weighs more than one that this owner may not set.
fn code_of(plan: &Plan, before: u8) -> u8 {
    let any = |test: fn(&Verdict) -> bool| plan.items.iter().any(|item| test(&item.verdict));
    if before == exit::INPUT || any(|verdict| matches!(verdict, Verdict::Invalid { .. })) {
        exit::INPUT
    } else if before == exit::REFUSED
        || any(|verdict| matches!(verdict, Verdict::Never { .. } | Verdict::Unclear { .. }))
    {
        exit::REFUSED
    } else {
        before
    }
}

fn result(plan: &Plan, snapshot: &Snapshot) -> Json {
    let all = views::plan_json(plan, snapshot);
    json!({ "profile": plan.source, "items": all.get("items"), "findings": all.get("findings") })
}
