//! The columns of a table of neurons.

use subtune_model::monitor::Role;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Row number.
    Pos,
    /// What it is.
    Role,
    /// Which.
    Uid,
    /// What its coldkey calls itself, else its hotkey.
    Name,
    /// All stake that counts.
    Stake,
    /// Validator trust.
    Vtrust,
    /// Consensus weight.
    Consensus,
    /// Incentive.
    Incentive,
    /// Dividends.
    Dividends,
    /// Alpha of the last epoch.
    Emission,
    /// Blocks since its last weights.
    Updated,
    /// How soon it is pruned.
    Prune,
    /// Blocks of immunity left.
    Immunity,
    /// Where it is reached.
    Axon,
    /// Its hotkey.
    Hotkey,
    /// Its coldkey.
    Coldkey,
    /// TAO on root that counts.
    Root,
    /// What that counts in alpha.
    RootWeight,
    /// Alpha that counts.
    Alpha,
    /// Alpha of a day.
    Daily,
}

impl Column {
    /// All, in the order of the table.
    pub const ALL: [Self; 20] = [
        Self::Pos,
        Self::Role,
        Self::Uid,
        Self::Name,
        Self::Stake,
        Self::Vtrust,
        Self::Consensus,
        Self::Incentive,
        Self::Dividends,
        Self::Emission,
        Self::Updated,
        Self::Prune,
        Self::Immunity,
        Self::Axon,
        Self::Root,
        Self::RootWeight,
        Self::Alpha,
        Self::Daily,
        Self::Hotkey,
        Self::Coldkey,
    ];
    /// From the one that is shown first to the one that is shown last, as far as there is room.
    pub(super) const PREFERRED: [Self; 20] = [
        Self::Pos,
        Self::Role,
        Self::Uid,
        Self::Name,
        Self::Stake,
        Self::Vtrust,
        Self::Incentive,
        Self::Updated,
        Self::Emission,
        Self::Dividends,
        Self::Consensus,
        Self::Daily,
        Self::Axon,
        Self::Root,
        Self::RootWeight,
        Self::Alpha,
        Self::Immunity,
        Self::Prune,
        Self::Hotkey,
        Self::Coldkey,
    ];
    /// The same for miners.
    pub(super) const FOR_MINERS: [Self; 20] = [
        Self::Pos,
        Self::Role,
        Self::Uid,
        Self::Name,
        Self::Prune,
        Self::Immunity,
        Self::Incentive,
        Self::Emission,
        Self::Daily,
        Self::Consensus,
        Self::Axon,
        Self::Stake,
        Self::Alpha,
        Self::Root,
        Self::RootWeight,
        Self::Hotkey,
        Self::Coldkey,
        Self::Vtrust,
        Self::Dividends,
        Self::Updated,
    ];

    /// As it is written in the table and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pos => "pos",
            Self::Role => "role",
            Self::Uid => "uid",
            Self::Name => "name",
            Self::Stake => "stake",
            Self::Vtrust => "vtrust",
            Self::Consensus => "consensus",
            Self::Incentive => "incentive",
            Self::Dividends => "dividends",
            Self::Emission => "emission",
            Self::Updated => "updated",
            Self::Prune => "prune",
            Self::Immunity => "immunity",
            Self::Axon => "axon",
            Self::Hotkey => "hotkey",
            Self::Coldkey => "coldkey",
            Self::Root => "root",
            Self::RootWeight => "root-weight",
            Self::Alpha => "alpha",
            Self::Daily => "daily",
        }
    }

    /// Whether it holds text.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Role | Self::Name | Self::Axon | Self::Hotkey | Self::Coldkey)
    }
}

/// What stands for what is not known.
pub(super) const UNKNOWN: &str = "?";

/// What is to be shown.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Those of one role alone.
    pub role: Option<Role>,
    /// By what they are sorted.
    pub sort: Option<Column>,
    /// The columns, where they are not those that there is room for.
    pub columns: Option<Vec<Column>>,
    /// Blocks without weights after which a validator is late, and very late.
    pub stale: (u64, u64),
}
