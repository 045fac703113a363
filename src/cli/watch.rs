//! `subtune watch`

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use subtune_chain::Chain;
use subtune_model::error::Result;
use subtune_model::monitor::{AlertLimits, Cohort, Sample, alerts};
use subtune_model::ports::EpochRead as _;

use super::epochs::{Log, SubjectArgs, clock};
use super::since::{ChangeRef, since};
use super::{Global, connect};
use crate::ops::step::{self, Step};
use crate::ops::{EpochLog as _, Seen, Subject, Watching, watch};
use crate::ui::output::{self, Format, Report, SCHEMA_VERSION};
use crate::ui::progress::EpochWatch;
use crate::ui::render;
use crate::ui::screen;
use crate::ui::views::{EpochLine, SubnetView};

/// What it writes.
pub(super) const AFTER_HELP: &str = "\
Every epoch is read once it is final, kept, and told in one line; on a terminal a line below counts
the blocks to the next one. Stopped and started again, it goes on where it was, and fills in what the
node still has. With --format json each line is an object of its own.";

/// EpochWatch before the first one that is watched, which tell what is usual.
const USUAL: usize = 60;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// Begin with the first epoch after this change or block: the id of a receipt, `last`, or a block
    #[arg(long, value_name = "RECEIPT|last|BLOCK")]
    since: Option<ChangeRef>,
    #[command(flatten)]
    watched: Watched,
}

/// How epochs are watched.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Watched {
    /// End after this many epochs instead of going on until stopped
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// Blocks since its last weights from which a validator is stale
    #[arg(long, value_name = "BLOCKS", default_value_t = AlertLimits::default().age)]
    stale: u64,
    /// Give up when the node is silent for this many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
}

/// What was seen so far.
struct Memory {
    history: Vec<Sample>,
    cohort: Option<Cohort>,
    /// Whether nothing was told yet.
    begins: bool,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subject, since, watched } = args;
    let subject = subject.required("watch")?;
    let chain = connect::connect(global).await?;
    let log = Log::open(global, *chain.genesis_hash())?;
    one(global, &chain, &log, subject, &watched, since, false).await?;
    connect::tell_traffic(global, &chain);
    Ok(Report::written())
}

/// Watches one subnet. Where it is one `of_many`, its lines name it, and no line counts the blocks.
pub(super) async fn one(
    global: &Global,
    chain: &Chain,
    log: &Log,
    subject: Subject,
    watched: &Watched,
    from: Option<ChangeRef>,
    of_many: bool,
) -> Result<()> {
    let Watched { epochs, stale, patience } = watched.clone();
    let clock = clock(chain, subject.netuid).await?;
    let after = match from {
        Some(from) => since(global, *chain.genesis_hash(), subject.netuid, &from)?.block,
        // After what was told or, the first time, what is kept; else with the last epoch, so that something
        // is there to see.
        None => {
            let told = log.told(subject)?.unwrap_or(clock.last).min(clock.last);
            newest(chain, log, subject, told).await?.unwrap_or_else(|| clock.last.saturating_sub(1))
        }
    };
    let known = newest(chain, log, subject, after).await?;
    let limits = AlertLimits { age: stale, ..AlertLimits::default() };
    let memory = Mutex::new(usual(log, subject, known)?);
    let view = SubnetView::of(chain.genesis_hash(), subject.netuid, subject.mechanism);
    let live = EpochWatch::new(&view.title(), of_many || global.quiet());
    let name = if of_many { format!("subnet {}: ", subject.netuid) } else { String::new() };
    let see = |seen: Seen<'_>| match seen {
        Seen::Waiting(clock, link) => {
            live.waiting(clock, link);
            Ok(())
        }
        Seen::Missing(missing) => {
            let line = json!({ "event": "missing", "text": missing.to_string() });
            write(global, &view, &live, &format!("{name}missing: {missing}\n"), line)
        }
        Seen::Epoch(sample) => {
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            // Where it begins later than what is kept ends, nobody has missed what lies between.
            let gap = memory.history.last().is_some_and(|last| last.block != sample.previous);
            if std::mem::take(&mut memory.begins) && gap {
                memory.history.clear();
            }
            let cohort = memory.cohort.get_or_insert_with(|| Cohort::of(sample)).clone();
            let found = alerts(&memory.history, sample, &cohort, &limits);
            let line = EpochLine::of(sample, &cohort, &found);
            live.epoch(&line);
            let text = format!("{name}{}", render::text::epoch(&line));
            let mut data = json!(line);
            if let Json::Object(data) = &mut data {
                data.insert("event".to_owned(), json!("epoch"));
            }
            memory.history.push(sample.clone());
            if memory.history.len() > USUAL {
                memory.history.remove(0);
            }
            write(global, &view, &live, &text, data)?;
            step::reached(Step::EpochTold);
            // Told twice is better than not at all.
            log.note_told(sample)?;
            step::reached(Step::EpochNoted);
            Ok(())
        }
    };
    let watching = Watching {
        after,
        epochs: epochs.map(|epochs| usize::try_from(epochs).unwrap_or(usize::MAX)),
        patience: Duration::from_secs(patience),
    };
    watch(chain, log, subject, watching, &see).await
}

/// The newest epoch that is kept of this very chain: a local one may begin anew under the same genesis.
async fn newest(chain: &Chain, log: &Log, subject: Subject, up_to: u64) -> Result<Option<u64>> {
    let Subject { netuid, mechanism } = subject;
    let Some(block) = log.newest(netuid, mechanism, up_to)? else { return Ok(None) };
    let kept = log.kept(netuid, mechanism, block)?;
    let now = chain.block_hash(block).await?;
    Ok(kept.filter(|kept| now.is_none_or(|hash| hash == kept.hash)).map(|kept| kept.block))
}

/// The epochs that are kept from before, which tell what is usual.
fn usual(log: &Log, subject: Subject, newest: Option<u64>) -> Result<Memory> {
    let mut history = Vec::new();
    let mut block = newest;
    while let Some(at) = block.filter(|_| history.len() < USUAL) {
        let Some(sample) = log.kept(subject.netuid, subject.mechanism, at)? else { break };
        block = Some(sample.previous).filter(|previous| *previous < at);
        history.push(sample);
    }
    history.reverse();
    let cohort = history.first().map(Cohort::of);
    Ok(Memory { history, cohort, begins: true })
}

/// Writes one line, at once.
fn write(
    global: &Global,
    view: &SubnetView,
    live: &EpochWatch,
    text: &str,
    data: Json,
) -> Result<()> {
    let line = match global.format {
        Format::Text | Format::Markdown => text.to_owned(),
        Format::Json | Format::Yaml => {
            let mut line = Map::new();
            line.insert("schema_version".to_owned(), json!(SCHEMA_VERSION));
            line.insert("command".to_owned(), json!("watch"));
            for part in [json!(view), data] {
                if let Json::Object(part) = part {
                    line.extend(part);
                }
            }
            format!("{}\n", Json::Object(line))
        }
    };
    live.aside(|| screen::result(&line)).map_err(output::stdout_failed)
}
