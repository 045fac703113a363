//! Which validators are followed.

use serde::{Deserialize, Serialize};

use super::sample::Sample;

/// Validators that are followed from epoch to epoch, fixed at one of them and by hotkey: else a weak one
/// that leaves would raise the mean, and look like success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// The block of the epoch that it was fixed at.
    pub block: u64,
    /// SS58 addresses of their hotkeys, by their uid in that epoch.
    pub hotkeys: Vec<String>,
}

impl Cohort {
    /// Who validates in an epoch: with a permit, active, with stake, and with weights that the epoch could use.
    #[must_use]
    pub fn of(sample: &Sample) -> Self {
        Self { block: sample.block, hotkeys: Vec::new() }
    }

    /// Whether it has a hotkey.
    #[must_use]
    pub fn has(&self, hotkey: &str) -> bool {
        self.hotkeys.iter().any(|member| member == hotkey)
    }
}
