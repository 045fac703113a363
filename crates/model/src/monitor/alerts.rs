//! What a new epoch has to tell, beside those before it.

use serde::Serialize;

use super::cohort::Cohort;
use super::figure::Figure;
use super::sample::Sample;
use crate::value::Value;

/// From where on an alert is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AlertLimits {
    /// Weights older than so many blocks when the epoch runs are stale.
    pub age: u64,
    /// Vtrust that falls by less than this share is not worth an alert.
    pub vtrust: Figure,
    /// Stake that moves by less than this share of all is not worth an alert.
    pub stake: Figure,
}

impl Default for AlertLimits {
    /// 1500 blocks, 0.02, and 0.1.
    fn default() -> Self {
        Self {
            age: 1_500,
            vtrust: Figure::from_units(20_000_000_000),
            stake: Figure::from_units(100_000_000_000),
        }
    }
}

/// What a new epoch has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Alert {
    /// A validator is not registered any more.
    Left {
        /// Its hotkey.
        hotkey: String,
        /// Its uid before.
        uid: u16,
    },
    /// A validator has lost its permit.
    LostPermit {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
    },
    /// A validator has turned inactive.
    Inactive {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// Age of its weights, blocks; `None` where it never set any.
        age: Option<u64>,
    },
    /// A validator's weights have grown older than the limit.
    Stale {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// Age of its weights, blocks.
        age: u64,
        /// The limit, blocks.
        limit: u64,
    },
    /// A validator did not reveal what was due.
    NotRevealed {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// The block of the oldest commit.
        commit: u64,
    },
    /// A validator's Vtrust fell beyond its usual range.
    VtrustFell {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// What it is.
        now: Figure,
        /// Its mean in the epochs before.
        usual: Figure,
        /// The lowest of them.
        lowest: Figure,
        /// How many they are.
        epochs: usize,
    },
    /// Epochs are missing between this one and the last that was seen.
    EpochMissed {
        /// The block of the last that was seen.
        seen: u64,
        /// The block of the epoch before this one, as the chain has it.
        previous: u64,
    },
    /// The epoch ran later than its tempo says.
    EpochDeferred {
        /// The block that it was due in.
        due: u64,
        /// The block that it ran in.
        block: u64,
    },
    /// The runtime was upgraded.
    RuntimeChanged {
        /// From this version.
        from: u32,
        /// To this one.
        to: u32,
    },
    /// A hyperparameter was changed.
    HyperparameterChanged {
        /// Its name.
        name: String,
        /// From this raw value.
        from: Value,
        /// To this one.
        to: Value,
    },
    /// Stake moved between validators.
    StakeMoved {
        /// Which share of all.
        share: Figure,
    },
}

impl Alert {
    /// Its name, for programs: the same as the field `code` of its JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Left { .. } => "left",
            Self::LostPermit { .. } => "lost_permit",
            Self::Inactive { .. } => "inactive",
            Self::Stale { .. } => "stale",
            Self::NotRevealed { .. } => "not_revealed",
            Self::VtrustFell { .. } => "vtrust_fell",
            Self::EpochMissed { .. } => "epoch_missed",
            Self::EpochDeferred { .. } => "epoch_deferred",
            Self::RuntimeChanged { .. } => "runtime_changed",
            Self::HyperparameterChanged { .. } => "hyperparameter_changed",
            Self::StakeMoved { .. } => "stake_moved",
        }
    }

    /// In words, a sentence without a full stop.
    #[must_use]
    pub fn text(&self) -> String {
        String::new()
    }
}

/// What a new epoch has to tell, beside those before it, the newest last.
#[must_use]
pub fn alerts(
    history: &[Sample],
    now: &Sample,
    cohort: &Cohort,
    limits: &AlertLimits,
) -> Vec<Alert> {
    let _ = (history, now, cohort, limits);
    Vec::new()
}
