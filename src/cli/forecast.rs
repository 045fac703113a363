//! `subtune forecast`

use std::path::PathBuf;

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::forecast::{Forecast, Question, Span};
use subtune_model::plan::{Plan, Status};
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;

use super::args::{Foretelling, Wanted};
use super::netuid::Netuid;
use super::{Global, connect};
use crate::files::write;
use crate::ops::{self, WhatIf};
use crate::ui::chart;
use crate::ui::output::{Format, Report, one_line};
use crate::ui::progress;
use crate::ui::render;
use crate::ui::views::ForecastView;

/// Epochs to look ahead.
const EPOCHS: u16 = 10;
/// Epochs of the past that have to come out as on the chain before those to come are believed.
const SELF_TESTS: u16 = 3;

/// What it is and what it is not.
pub(super) const AFTER_HELP: &str = "\
The chain's own code runs the epochs here, on the weights and the stake that are on the chain now:
without the change and with it, whoever may make the change. Nothing is signed and nothing is sent.
First it runs epochs of the past, which have to come out as the chain has stored them; for that the
node has to have the state before the last epoch (a public node keeps 256 blocks, an archive all).";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: Netuid,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    epochs: Epochs,
    /// Also draw the curves into this SVG file
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "chart")]
    force: bool,
}

/// Which epochs.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Epochs {
    /// How many epochs to look ahead
    #[arg(long, value_name = "N", default_value_t = EPOCHS, conflicts_with = "replay",
          value_parser = clap::value_parser!(u16).range(1..=500))]
    epochs: u16,
    /// Run the last N epochs once more instead, each with its own weights and stake
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=500))]
    replay: Option<u16>,
    /// Run every block up to the epochs: exact for subnets with several mechanisms, and slow
    #[arg(long, conflicts_with = "replay")]
    every_block: bool,
}

impl Epochs {
    const fn span(self) -> Span {
        match self.replay {
            Some(epochs) => Span::Replay { epochs },
            None => Span::Ahead { epochs: self.epochs, every_block: self.every_block },
        }
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, wanted, epochs, chart: picture, force } = args;
    let netuid = netuid.required("forecast")?;
    let wished = wanted.read()?;
    if let Some(path) = &picture {
        write::check_output(path, force)?;
    }
    let chain = connect::connect(global).await?;
    let terms = wanted.terms();
    let (plan, snapshot) = wished.plan(&chain, netuid, &terms).await?;
    let what = ops::what_if(plan, &snapshot, &terms);
    let forecast = made(global, &chain, &what, &snapshot, epochs.span()).await?;
    connect::tell_traffic(global, &chain);
    let view = ForecastView::of(&what, forecast.as_ref(), &snapshot);
    let mut text = render::text::forecast(&view);
    // Every neuron of every epoch: only for who reads it.
    let mut data = match global.format {
        Format::Json | Format::Yaml => json!(view),
        Format::Text | Format::Markdown => json!({}),
    };
    if let Some(path) = &picture {
        let Some(forecast) = &forecast else {
            return Err(Error::input(
                "there is nothing to draw: no epoch reads any of the changes",
            )
            .hint("leave out --chart"));
        };
        write::output(path, &chart::svg(forecast)?, force)?;
        text.push_str(&format!("Drawn to {}\n", one_line(&path.display().to_string())));
        if let serde_json::Value::Object(data) = &mut data {
            data.insert("file".to_owned(), json!(path.display().to_string()));
        }
    }
    Ok(Report::new(text, data).markdown(render::markdown::forecast(&view)))
}

impl Foretelling {
    /// The plan with what matters most of the next epochs, where that was asked for. Where it cannot be had,
    /// the plan says why, and is as good as without.
    pub(super) async fn tell(
        self,
        global: &Global,
        chain: &Chain,
        plan: Plan,
        snapshot: &Snapshot,
        terms: &Terms,
    ) -> Plan {
        if !self.forecast || plan.items.is_empty() {
            return plan;
        }
        let mut going = plan.clone();
        going.items.retain(|item| {
            !matches!(item.status, Status::NotPermitted { .. } | Status::Invalid { .. })
        });
        let what = ops::what_if(going, snapshot, terms);
        let span = Span::Ahead { epochs: EPOCHS, every_block: false };
        let forecast = match made(global, chain, &what, snapshot, span).await {
            Ok(Some(forecast)) => forecast.headlines(),
            Ok(None) => vec!["no epoch reads any of these changes".to_owned()],
            Err(error) => vec![error.what],
        };
        Plan { forecast, ..plan }
    }
}

/// The forecast, unless no epoch reads any of the changes.
async fn made(
    global: &Global,
    chain: &Chain,
    what: &WhatIf,
    snapshot: &Snapshot,
    span: Span,
) -> Result<Option<Forecast>> {
    if what.calls.is_empty() {
        return Ok(None);
    }
    let question = Question {
        netuid: snapshot.netuid,
        base: snapshot.block.hash,
        owner: snapshot.owner.clone(),
        calls: what.calls.clone(),
        span,
        self_tests: SELF_TESTS,
    };
    let steps = progress::steps("running epochs on the chain's own code", global.quiet());
    let tell = |done: u64, all: u64| steps.at(done, all);
    chain.forecast(&question, &tell).await.map(Some)
}
