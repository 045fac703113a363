//! `subtune fleet`: several subnets, whose wanted state is in one file.

mod apply;
pub(super) mod look;
mod snapshot;
mod watch;

use std::path::PathBuf;

use serde_json::{Value as Json, json};
use subtune_model::error::Result;
use subtune_model::exit;
use subtune_model::fleet::{FORMAT_VERSION, FleetPlan, FleetPlanKind, FleetState};

use super::args::Simulating;
use super::{Global, connect, printed};
use crate::files::write;
use crate::profile_yaml;
use crate::ui::output::{Report, Stream};
use crate::ui::render;
use crate::ui::views::FleetView;

use look::{Looked, Whole};

/// What is in the file.
pub(super) const AFTER_HELP: &str = "\
The file names the subnets, the profile of each and, if you like, its goals, its owner and who signs:

  format_version: 1
  network: finney
  subnets:
    46: { profile: profiles/46.yaml, goals: goals/46.yaml, owner: 5Grw…, sign: { wallet: ci } }
    13: { profile: subnet13-aligned }

Paths are relative to the file. An owner that is pinned and is not the chain's is an error before
anything else. `subtune help fleets` tells all fields.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show which subnets are as wanted, in one table
    Status(Subnets),
    /// Preview the change of each subnet, and a summary of all
    Plan(PlanArgs),
    /// Apply the plans account by account; stop at the first bad end
    Apply(apply::Args),
    /// Write the live values of each subnet to a file of its own
    Snapshot(snapshot::Args),
    /// Name every value that is not as wanted; exit with 3 when there is one
    Drift(Subnets),
    /// Tell and keep every epoch of each subnet as it comes
    Watch(watch::Args),
}

/// Which subnets.
#[derive(Debug, Clone, clap::Args)]
struct Subnets {
    /// File of the fleet
    #[arg(value_name = "FILE", default_value = "fleet.yaml")]
    file: PathBuf,
    /// Only these subnets of it
    #[arg(long, value_name = "NETUID,NETUID", value_delimiter = ',')]
    only: Vec<u16>,
}

#[derive(Debug, clap::Args)]
struct PlanArgs {
    #[command(flatten)]
    subnets: Subnets,
    /// Save the plans to this file, for `subtune fleet apply --plan`
    #[arg(short = 'o', long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,
    /// Leave blocked changes out of what is saved, as apply does
    #[arg(long)]
    skip_blocked: bool,
    /// Exit with 3 when there is something to send, now or later, or when that is not known
    #[arg(long)]
    detailed_exitcode: bool,
    /// Exit with 10 when something is blocked for good: not permitted, invalid or unknown; 3 comes
    /// first
    #[arg(long, conflicts_with = "skip_blocked")]
    blocked_exitcode: bool,
    #[command(flatten)]
    simulating: Simulating,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    match args.verb {
        Verb::Status(subnets) => status(global, &subnets).await,
        Verb::Plan(args) => plan(global, args).await,
        Verb::Apply(args) => apply::run(global, args).await,
        Verb::Snapshot(args) => snapshot::run(global, args).await,
        Verb::Drift(subnets) => drift(global, &subnets).await,
        Verb::Watch(args) => watch::run(global, args).await,
    }
}

/// The exit code of what went wrong with single subnets.
fn of_errors(whole: &Whole) -> Option<u8> {
    whole.looked.iter().find_map(|one| Some(one.found.as_ref().err()?.kind.exit_code()))
}

async fn status(global: &Global, subnets: &Subnets) -> Result<Report> {
    let whole = look::look(global, subnets).await?;
    connect::tell_traffic(global, &whole.chain);
    let view = view(&whole);
    Ok(Report::new(render::text::fleet_status(&view, Stream::Stdout), json!(view))
        .markdown(render::markdown::fleet_status(&view))
        .code(of_errors(&whole).unwrap_or(exit::OK)))
}

async fn drift(global: &Global, subnets: &Subnets) -> Result<Report> {
    let whole = look::look(global, subnets).await?;
    connect::tell_traffic(global, &whole.chain);
    let view = view(&whole);
    let code = match (of_errors(&whole), whole.are_all_same()) {
        (Some(code), _) => code,
        (None, false) => exit::PENDING,
        (None, true) => exit::OK,
    };
    Ok(Report::new(render::text::fleet_drift(&view, Stream::Stdout), json!(view))
        .markdown(render::markdown::fleet_drift(&view))
        .code(code))
}

async fn plan(global: &Global, args: PlanArgs) -> Result<Report> {
    let PlanArgs {
        subnets,
        output,
        force,
        skip_blocked,
        detailed_exitcode,
        blocked_exitcode,
        simulating,
    } = args;
    if let Some(path) = &output {
        write::check_output(path, force)?;
    }
    let mut whole = look::look(global, &subnets).await?;
    whole.judge(&simulating, output.is_some()).await;
    connect::tell_traffic(global, &whole.chain);
    let view = view(&whole);
    let mut text = render::text::fleet_plan(&view, Stream::Stdout);
    let mut data = json!(view);
    let failed = of_errors(&whole);
    if let (Some(path), None) = (&output, failed) {
        let saved = whole.saved(skip_blocked)?;
        write::output(path, &profile_yaml::write_saved(&saved)?, force)?;
        text.push_str(&saved_words(&saved, skip_blocked, path));
        if let Json::Object(data) = &mut data {
            data.insert("file".to_owned(), json!(path.display().to_string()));
        }
    } else if output.is_some() {
        text.push_str("Not saved: not every subnet could be planned\n");
    }
    let any = |state: FleetState| whole.looked.iter().any(|one| one.state() == state);
    let pending = whole.looked.iter().any(Looked::is_pending);
    let code = match failed {
        Some(code) => code,
        None if detailed_exitcode && pending => exit::PENDING,
        None if blocked_exitcode && any(FleetState::Blocked) => exit::BLOCKED,
        None => exit::OK,
    };
    Ok(Report::new(text, data).markdown(render::markdown::fleet_plan(&view)).code(code))
}

/// Where the plans were saved, and the command that applies them.
fn saved_words(saved: &FleetPlan, skip_blocked: bool, path: &std::path::Path) -> String {
    let file = printed::path(path);
    let shown = crate::ui::output::one_line(&path.display().to_string());
    if saved.plans.iter().all(|plan| plan.calls.is_empty()) {
        return format!("Saved to {shown}; nothing in it can be sent\n");
    }
    let blocked = !skip_blocked && saved.plans.iter().any(|plan| plan.blocked().next().is_some());
    let mut words = vec!["fleet", "apply", "--plan", &file];
    words.extend(blocked.then_some("--skip-blocked"));
    format!("Saved to {shown}; to apply it:\n  {}\n", printed::command(&words))
}

/// All of it, to be shown.
fn view(whole: &Whole) -> FleetView {
    let subnets = whole.looked.iter().map(Looked::view).collect();
    FleetView::of(&whole.file, whole.place.as_ref(), whole.chain.network(), subnets)
}

impl Whole {
    /// The plans that have something to send, in the order in which they are sent.
    fn saved(&self, skip_blocked: bool) -> Result<FleetPlan> {
        let plans = self.in_order().into_iter().filter_map(|one| {
            let found = one.found.as_ref().ok()?;
            let plan = match skip_blocked {
                true => found.plan.without_blocked(&found.snapshot, &found.terms),
                false => found.plan.clone(),
            };
            (one.state() != FleetState::Same).then_some(plan)
        });
        Ok(FleetPlan {
            format_version: FORMAT_VERSION,
            kind: FleetPlanKind::FleetPlan,
            chain: self.chain_id()?,
            plans: plans.collect(),
        })
    }
}
