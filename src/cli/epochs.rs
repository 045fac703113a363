//! What the commands have in common that look at epochs: the subnet and its mechanism, what is kept of them.

use subtune_chain::Chain;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::monitor::{Clock, Control, Sample};
use subtune_model::ports::EpochRead as _;

use super::netuid::Netuid;
use super::{Global, connect};
use crate::ops::{EpochLog, Subject};
use crate::samples::{Put, SampleStore};
use crate::ui::screen;

/// Which subnet, and which of its mechanisms.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct SubjectArgs {
    #[command(flatten)]
    netuid: Netuid,
    /// Mechanism whose incentives and weights are meant, counted from 0
    #[arg(long, value_name = "M", default_value_t = 0,
          value_parser = clap::value_parser!(u8).range(0..16))]
    mechanism: u8,
}

impl SubjectArgs {
    /// The subnet, which the command cannot do without.
    pub(super) fn required(self, command: &str) -> Result<Subject> {
        Ok(Subject { netuid: self.netuid.required(command)?, mechanism: self.mechanism })
    }
}

/// The epochs that are kept of one chain.
pub(super) struct Log {
    samples: SampleStore,
    genesis_hash: Hash32,
}

impl Log {
    /// Opens what is kept in the state folder.
    pub(super) fn open(global: &Global, genesis_hash: Hash32) -> Result<Self> {
        let opened = SampleStore::open(&connect::state(global)?)?;
        if let Some(aside) = &opened.set_aside {
            screen::tell(&format!(
                "warning: the samples that were kept are damaged: they were set aside as {}, and new ones \
                 are begun",
                aside.display()
            ));
        }
        Ok(Self { samples: opened.samples, genesis_hash })
    }
}

impl Log {
    /// The block of the last epoch that a watch has told.
    pub(super) fn told(&self, subject: Subject) -> Result<Option<u64>> {
        self.samples.told(&self.genesis_hash, subject.netuid, subject.mechanism)
    }

    /// Notes that a watch has told this epoch.
    pub(super) fn note_told(&self, sample: &Sample) -> Result<()> {
        self.samples.note_told(&self.genesis_hash, sample)
    }
}

impl EpochLog for Log {
    fn kept(&self, netuid: u16, mechanism: u8, block: u64) -> Result<Option<Sample>> {
        let found = self.samples.range(&self.genesis_hash, netuid, mechanism, block..=block)?;
        Ok(found.into_iter().next())
    }

    fn newest(&self, netuid: u16, mechanism: u8, up_to: u64) -> Result<Option<u64>> {
        self.samples.newest(&self.genesis_hash, netuid, mechanism, up_to)
    }

    fn keep(&self, sample: &Sample) -> Result<()> {
        if let Put::Replaced = self.samples.put(&self.genesis_hash, sample)? {
            screen::tell(&format!(
                "note: another block {} than the one that was kept is final: its epoch is replaced",
                sample.block
            ));
        }
        Ok(())
    }

    fn kept_control(&self, block: u64) -> Result<Option<Control>> {
        let found = self.samples.controls(&self.genesis_hash, block..=block)?;
        Ok(found.into_iter().next())
    }

    fn keep_control(&self, control: &Control) -> Result<()> {
        self.samples.put_control(&self.genesis_hash, control)
    }
}

/// The clock of a subnet that has had an epoch.
pub(super) async fn clock(chain: &Chain, netuid: u16) -> Result<Clock> {
    let clock = chain.clock(netuid).await?;
    match clock.last {
        0 => Err(Error::input(format!("subnet {netuid} has had no epoch yet"))
            .hint("come back after its first one: `subtune show` says when that is")),
        _ => Ok(clock),
    }
}
