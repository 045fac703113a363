//! `subtune samples`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::monitor::{Neuron, Sample};

use super::netuid::Netuid;
use super::{Global, connect};
use crate::files::write;
use crate::ops::Consent;
use crate::samples::{KeptEpochs, SampleStore};
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, one_line};
use crate::ui::render;
use crate::ui::screen;
use crate::ui::views::{KeptView, SamplesView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List what is kept
    List,
    /// Write the epochs of a subnet: one line for each epoch and neuron, exact
    Export(Export),
    /// Remove the epochs of a subnet before a block
    Prune(Prune),
}

#[derive(Debug, clap::Args)]
struct Export {
    #[command(flatten)]
    netuid: Netuid,
    /// Mechanism, counted from 0
    #[arg(long, value_name = "M", default_value_t = 0)]
    mechanism: u8,
    #[command(flatten)]
    of: OfChain,
    /// Write comma-separated values instead of a JSON object a line
    #[arg(long)]
    csv: bool,
    /// Write to this file instead of stdout, which is -
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(short, long, requires = "output")]
    force: bool,
}

#[derive(Debug, clap::Args)]
struct Prune {
    #[command(flatten)]
    netuid: Netuid,
    #[command(flatten)]
    of: OfChain,
    /// The first block that is kept
    #[arg(long, value_name = "BLOCK")]
    before: u64,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    yes: bool,
}

/// Which chain is meant, where epochs of several are kept.
#[derive(Debug, Clone, clap::Args)]
struct OfChain {
    /// Genesis hash of the chain, where epochs of several are kept
    #[arg(long, value_name = "HASH")]
    genesis: Option<Hash32>,
}

impl OfChain {
    /// The one chain that is meant.
    fn one(&self, kept: &[KeptEpochs]) -> Result<Hash32> {
        if let Some(genesis) = self.genesis {
            return Ok(genesis);
        }
        let mut chains: Vec<Hash32> = kept.iter().map(|kept| kept.genesis_hash).collect();
        chains.dedup();
        match chains.as_slice() {
            [only] => Ok(*only),
            [] => Err(nothing_kept()),
            several => Err(Error::usage("epochs of several chains are kept").hint(format!(
                "say which one with --genesis: {}",
                several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ))),
        }
    }
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Report> {
    let state = connect::state(global)?;
    // Looking makes no file.
    if !SampleStore::is_there(&state) {
        return match &args.verb {
            None | Some(Verb::List) => Ok(list(Vec::new())),
            Some(_) => Err(nothing_kept()),
        };
    }
    let opened = SampleStore::open(&state)?;
    if let Some(aside) = &opened.set_aside {
        screen::tell(&format!(
            "warning: the samples that were kept are damaged: they were set aside as {}",
            aside.display()
        ));
    }
    let samples = opened.samples;
    match &args.verb {
        None | Some(Verb::List) => Ok(list(samples.list()?.iter().map(KeptView::of).collect())),
        Some(Verb::Export(export)) => self::export(&samples, export),
        Some(Verb::Prune(prune)) => self::prune(global, &samples, prune),
    }
}

fn list(kept: Vec<KeptView>) -> Report {
    let view = SamplesView { kind: "samples", kept };
    let report = Report::new(render::text::samples(&view), json!(view));
    report.markdown(render::markdown::samples(&view))
}

fn nothing_kept() -> Error {
    Error::input("no epochs are kept yet").hint("`subtune baseline NETUID` reads some")
}

fn export(samples: &SampleStore, args: &Export) -> Result<Report> {
    let netuid = args.netuid.required("samples export")?;
    let genesis = args.of.one(&samples.list()?)?;
    let found = samples.range(&genesis, netuid, args.mechanism, 0..=u64::MAX)?;
    if found.is_empty() {
        return Err(Error::input(format!("no epochs of subnet {netuid} are kept"))
            .hint("`subtune samples` lists what is kept; `subtune baseline` reads more"));
    }
    let text = match args.csv {
        true => csv(&found),
        false => lines(&found)?,
    };
    let data = json!({ "netuid": netuid, "mechanism": args.mechanism, "epochs": found.len() });
    match args.output.as_ref().filter(|path| path.as_os_str() != "-") {
        None => Ok(Report::new(text, data).verbatim()),
        Some(path) => {
            write::output(path, &text, args.force)?;
            let path = path.display().to_string();
            let text = format!("{} epochs written to {}\n", found.len(), one_line(&path));
            Ok(Report::new(text, data))
        }
    }
}

fn prune(global: &Global, samples: &SampleStore, args: &Prune) -> Result<Report> {
    let netuid = args.netuid.required("samples prune")?;
    let genesis = args.of.one(&samples.list()?)?;
    let before = args.before;
    let terminal = Terminal { yes: args.yes, quiet: global.quiet() };
    let shown = format!(
        "Epochs of subnet {netuid} before block {before}: only an archive node has them still\n"
    );
    let deed = "remove what is kept of these epochs";
    if matches!(terminal.consent(&shown, deed, &netuid.to_string(), &genesis)?, Consent::No) {
        return Err(Error::refused("not confirmed: nothing was removed")
            .hint("run it again to answer otherwise"));
    }
    let removed = samples.prune(&genesis, netuid, before)?;
    let data = json!({ "netuid": netuid, "before": before, "removed": removed });
    Ok(Report::new(format!("{removed} epochs removed\n"), data))
}

/// One JSON object for each epoch.
fn lines(samples: &[Sample]) -> Result<String> {
    let mut text = String::new();
    for sample in samples {
        let line = serde_json::to_string(sample)
            .map_err(|error| Error::other("the epoch cannot be written down").because(error))?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// One line for each epoch and neuron. No field holds a comma or a quote: they are numbers, addresses and
/// words of ours.
fn csv(samples: &[Sample]) -> String {
    let mut text = "block,block_hash,time_ms,spec_version,uid,hotkey,permit,active,vtrust,consensus,incentive,\
                    dividends,stake_weight,emission_rao,last_update,registered_at,commit_block,revealed\n"
        .to_owned();
    for sample in samples {
        for neuron in &sample.neurons {
            let Neuron {
                uid,
                hotkey,
                permit,
                active,
                vtrust,
                consensus,
                incentive,
                dividends,
                stake_weight,
                emission,
                last_update,
                registered_at,
                commit,
                ..
            } = neuron;
            let time = sample.time_ms.map_or_else(String::new, |time| time.to_string());
            let (committed, revealed) = match commit {
                Some(commit) => (commit.block.to_string(), commit.revealed.to_string()),
                None => (String::new(), String::new()),
            };
            let _ = writeln!(
                text,
                "{},{},{time},{},{uid},{hotkey},{permit},{active},{vtrust},{consensus},{incentive},\
                 {dividends},{stake_weight},{emission},{last_update},{registered_at},{committed},{revealed}",
                sample.block, sample.hash, sample.spec_version
            );
        }
    }
    text
}
