//! Options that several commands share.

use std::path::PathBuf;

use subtune_chain::Chain;
use subtune_model::error::Result;
use subtune_model::plan::Plan;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::{Intent, Terms};
use subtune_model::value::{Unit, parse_with_unit};

use super::keys::KeyArgs;
use super::origin::OriginArgs;
use super::runtime;
use crate::ops;

/// What is wanted.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Wanted {
    /// Built-in profile or YAML file
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) profile: Option<String>,
    /// Set a value; overrides the profile (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// Use only this hyperparameter from the profile (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,
    /// Leave out this hyperparameter (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) without: Vec<String>,
    /// Skip changes that have no effect on this chain
    #[arg(long = "skip-no-effect", alias = "skip-inert")]
    pub(super) skip_inert: bool,
    /// Include changes that subtune has no rules for; the chain decides
    #[arg(long)]
    pub(super) allow_unknown: bool,
    #[command(flatten)]
    pub(super) intent: IntentArgs,
}

/// What the owner knows of the subnet and the chain does not, for the lint.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct IntentArgs {
    /// Length of a full evaluation or competition round, as 48h or in blocks
    #[arg(long, value_name = "TIME", value_parser = duration)]
    round: Option<u64>,
    /// Time between two weight submissions in the validators' code, as 20m or in blocks
    #[arg(long, value_name = "TIME", value_parser = duration)]
    epoch_length: Option<u64>,
}

impl IntentArgs {
    pub(super) const fn intent(&self) -> Intent {
        let Self { round, epoch_length } = self;
        Intent { round: *round, epoch_length: *epoch_length }
    }
}

/// A time in blocks, written as in a profile.
pub(super) fn duration(text: &str) -> Result<u64, String> {
    match parse_with_unit(text, Unit::Blocks) {
        Ok(value) => value.as_u64().ok_or_else(|| "it is too long".to_owned()),
        Err(unreadable) => Err(format!("{}; {}", unreadable.what, unreadable.hint)),
    }
}

impl Wanted {
    /// How to plan it for the next block.
    pub(super) fn terms(&self) -> Terms {
        let Self { profile: _, set: _, only: _, without: _, skip_inert, allow_unknown, intent } =
            self;
        Terms {
            skip_inert: *skip_inert,
            allow_unknown: *allow_unknown,
            intent: intent.intent(),
            ..Terms::default()
        }
    }
}

/// Options of every command that signs and sends.
#[derive(Debug, clap::Args)]
pub(super) struct Sending {
    /// Check everything, but do not unlock the key, write files or send
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) waits: Waits,
    #[command(flatten)]
    pub(super) keys: KeyArgs,
    /// Sign without the metadata hash, for chains or nodes that lack it (less safe)
    #[arg(long)]
    pub(super) no_metadata_hash: bool,
    #[command(flatten)]
    pub(super) origin: OriginArgs,
    #[command(flatten)]
    pub(super) simulating: Simulating,
    #[command(flatten)]
    pub(super) foretelling: Foretelling,
}

/// Whether the epochs to come are looked at.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Foretelling {
    /// Say what the next 10 epochs give with the change (see `subtune forecast`)
    #[arg(long, conflicts_with = "no_simulate")]
    pub(super) forecast: bool,
}

/// Whether the chain's own code is asked.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Simulating {
    /// Do not run the plan on the chain's own code; subtune's rules alone decide
    #[arg(long)]
    no_simulate: bool,
}

impl Simulating {
    /// Whether it is.
    pub(super) const fn is_wanted(&self) -> bool {
        !self.no_simulate
    }

    /// The plan as the chain's own code judges it, with the terms that it then has.
    pub(super) async fn judge(
        &self,
        chain: &Chain,
        plan: Plan,
        snapshot: &Snapshot,
        terms: &mut Terms,
        signer: &str,
    ) -> Plan {
        match self.no_simulate {
            true => plan,
            false => ops::judge(chain, plan, snapshot, terms, signer).await,
        }
    }
}

/// A runtime of one's own.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OwnCode {
    /// Try it on this runtime instead of the chain's own, such as that of the next release
    #[arg(long, value_name = "FILE", conflicts_with = "no_simulate")]
    offline_runtime: Option<PathBuf>,
}

impl OwnCode {
    /// Whether there is one.
    pub(super) const fn is_given(&self) -> bool {
        self.offline_runtime.is_some()
    }

    /// The chain, with that code in place of its own.
    pub(super) fn on(&self, chain: Chain) -> Result<Chain> {
        match &self.offline_runtime {
            Some(path) => chain.with_code(&runtime::read_code(path)?),
            None => Ok(chain),
        }
    }
}

/// Options of every command that can wait.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("waits").args(["wait", "staged"]).multiple(true))]
pub(super) struct Waits {
    /// Wait until the freeze window and rate limits allow all changes, then send
    #[arg(long)]
    pub(super) wait: bool,
    /// Like --wait, but send each part as soon as it is accepted (one rollback profile each)
    #[arg(long)]
    pub(super) staged: bool,
    /// Longest wait, such as 90m, 3h, 2d or "300 blocks"; a longer one is refused at once
    #[arg(long, value_name = "TIME", requires = "waits", value_parser = duration)]
    pub(super) wait_timeout: Option<u64>,
}

impl Waits {
    /// Whether there is to be any wait.
    pub(super) const fn any(&self) -> bool {
        self.wait || self.staged
    }
}
