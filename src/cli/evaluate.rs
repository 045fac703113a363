//! `subtune evaluate`

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::error::Result;
use subtune_model::exit;
use subtune_model::monitor::{Answer, ChangeAt, Evaluation, Inquiry, evaluate};

use super::epochs::{Log, SubjectArgs, clock};
use super::goals::GoalArgs;
use super::since::{ChangeRef, Made, since};
use super::{Global, connect};
use crate::ops::{Gathered, Subject, around};
use crate::ui::output::Report;
use crate::ui::progress;
use crate::ui::render;
use crate::ui::views::{EvaluationView, SubnetView};

/// What the exit codes mean here.
pub(super) const AFTER_HELP: &str = "\
Exit codes:
  0   pass: the goals are met, or without goals the mean Vtrust has risen
  11  fail: a goal is missed, or the mean Vtrust has fallen
  12  inconclusive: nobody can tell from these epochs, and the reasons say why
How the verdict is made: docs/method.md";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    #[command(flatten)]
    asked: JudgeArgs,
}

/// What is to be judged.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct JudgeArgs {
    /// The change: the id of a receipt, `last` for the newest one, or a block
    #[arg(long, value_name = "RECEIPT|last|BLOCK")]
    since: ChangeRef,
    #[command(flatten)]
    goals: GoalArgs,
    /// Epochs before the change
    #[arg(long, value_name = "N", default_value_t = 60,
          value_parser = clap::value_parser!(u16).range(1..=1_000))]
    baseline: u16,
}

/// What a verdict is about, and the verdict.
pub(super) struct Judged {
    pub(super) subject: Subject,
    pub(super) made: Made,
    pub(super) past: Gathered,
    pub(super) after: Gathered,
    pub(super) evaluation: Evaluation,
}

impl JudgeArgs {
    /// Gathers the epochs, and judges.
    pub(super) async fn judge(
        &self,
        global: &Global,
        chain: &Chain,
        subject: Subject,
    ) -> Result<Judged> {
        let goals = self.goals.read()?;
        let made = since(global, *chain.genesis_hash(), subject.netuid, &self.since)?;
        let log = Log::open(global, *chain.genesis_hash())?;
        clock(chain, subject.netuid).await?;
        let bar = progress::steps("reading epochs", global.quiet());
        let most = usize::from(self.baseline);
        let tell = |done: usize| {
            let done = u64::try_from(done).unwrap_or(u64::MAX);
            bar.at(done, u64::from(self.baseline).max(done));
        };
        let (past, after) = around(chain, &log, subject, made.block, most, &tell).await?;
        drop(bar);
        let controls: Vec<_> = past.controls.iter().chain(&after.controls).cloned().collect();
        let change = ChangeAt {
            block: made.block,
            names: made.changes.iter().map(|change| change.name.clone()).collect(),
            reveal: None,
        };
        let inquiry = Inquiry {
            before: &past.samples,
            after: &after.samples,
            change: Some(&change),
            goals: &goals,
            controls: &controls,
        };
        let evaluation = evaluate(&inquiry);
        Ok(Judged { subject, made, past, after, evaluation })
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subject, asked } = args;
    let subject = subject.required("evaluate")?;
    let chain = connect::connect(global).await?;
    let judged = asked.judge(global, &chain, subject).await?;
    connect::tell_traffic(global, &chain);
    let view = view(&chain, &judged);
    let report = Report::new(render::text::evaluation(&view), json!(view));
    Ok(report.markdown(render::markdown::evaluation(&view)).code(code(judged.evaluation.verdict)))
}

/// What is shown of a verdict.
pub(super) fn view(chain: &Chain, judged: &Judged) -> EvaluationView {
    let Subject { netuid, mechanism } = judged.subject;
    let place = SubnetView::of(chain.genesis_hash(), netuid, mechanism);
    let missing = judged.past.missing.iter().chain(&judged.after.missing);
    let missing = missing.map(ToString::to_string).collect();
    let Made { block, changes, receipt } = &judged.made;
    let change = (*block, receipt.clone(), changes.as_slice());
    EvaluationView::of(place, judged.evaluation.clone(), change, missing)
}

/// The exit code of a verdict.
pub(super) const fn code(verdict: Answer) -> u8 {
    match verdict {
        Answer::Pass => exit::OK,
        Answer::Fail => exit::MISSED,
        Answer::Inconclusive => exit::INCONCLUSIVE,
    }
}
