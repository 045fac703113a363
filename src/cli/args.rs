//! Options that several commands share.

use subtune_model::terms::{Intent, Terms};
use subtune_model::value::{Unit, parse_with_unit};

use super::keys::KeyArgs;
use super::origin::OriginArgs;

/// What is wanted.
#[derive(Debug, clap::Args)]
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
#[derive(Debug, Clone, clap::Args)]
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
