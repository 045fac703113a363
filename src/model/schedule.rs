//! Epochs, freeze window and rate limits: the exact block at which a change may go.
//!
//! All of it is arithmetic on what was read at one block. Sources: the chain's
//! `ensure_admin_window_open`, `should_run_epoch` and `RateLimitKey` rules.

use crate::model::catalog::{self, Hyperparameter, Limit};
use crate::model::receipt::Change;
use crate::model::snapshot::{Anchor, Guards, Schedule};
use crate::model::value::SECONDS_PER_BLOCK;

/// Blocks between two changes of the tempo by an owner (the chain's `MinTempo`).
pub const TEMPO_LIMIT: u64 = 360;
/// Blocks between two changes of the mechanism count or the emission split;
/// compiled into the chain.
pub const MECHANISM_LIMIT: u64 = 7_200;
/// Blocks between two trims; compiled into the chain.
pub const TRIM_LIMIT: u64 = 216_000;
/// Blocks between two changes of the owner hotkey; compiled into the chain.
pub const OWNER_HOTKEY_LIMIT: u64 = 50_400;

/// Blocks for which a transaction of ours is valid: short, so that a late one cannot slip into a
/// freeze window or overtake a later decision.
pub const ERA: u64 = 16;

impl Schedule {
    /// The anchor as it stands when the calls of block `at` run: epochs run first.
    fn anchor_at(&self, anchor: Anchor, at: u64) -> Anchor {
        let mut now = anchor;
        if now.pending > 0 && now.pending <= at && now.pending <= now.last_epoch + self.tempo {
            now = Anchor { last_epoch: now.pending, pending: 0 };
        }
        if self.tempo > 0 && at >= now.last_epoch + self.tempo {
            let epochs = (at - now.last_epoch) / self.tempo;
            now.last_epoch += epochs * self.tempo;
            if now.pending <= at {
                now.pending = 0;
            }
        }
        now
    }

    /// Whether an owner's call in block `at` falls into the freeze window.
    #[must_use]
    pub fn frozen(&self, netuid: u16, at: u64) -> bool {
        if self.tempo == 0 {
            return false;
        }
        match self.anchor {
            Some(anchor) => {
                let now = self.anchor_at(anchor, at);
                now.pending > at
                    || (now.last_epoch + self.tempo).saturating_sub(at) < self.freeze_window
            }
            None => self.remaining_before_423(netuid, at) < self.freeze_window,
        }
    }

    /// First block from `from` on that is outside the freeze window, if there is one.
    #[must_use]
    pub fn next_open(&self, netuid: u16, from: u64) -> Option<u64> {
        let mut at = from;
        // A closed window ends with the next epoch; two are passed at most.
        for _ in 0..3 {
            if !self.frozen(netuid, at) {
                return Some(at);
            }
            at = match self.anchor {
                Some(_) => self.next_epoch(netuid, at)?,
                // Here the block of the epoch itself still counts as frozen.
                None => at + self.remaining_before_423(netuid, at) + 1,
            };
        }
        None
    }

    /// First block from `from` on that lies in the freeze window, if one does within an epoch.
    #[must_use]
    pub fn next_closed(&self, netuid: u16, from: u64) -> Option<u64> {
        let epoch = from..=from.saturating_add(self.tempo);
        epoch.into_iter().find(|at| self.frozen(netuid, *at))
    }

    /// First block after `at` in which an epoch runs, if epochs run at all.
    #[must_use]
    pub fn next_epoch(&self, netuid: u16, at: u64) -> Option<u64> {
        if self.tempo == 0 {
            return None;
        }
        Some(match self.anchor {
            Some(anchor) => {
                let now = self.anchor_at(anchor, at);
                let regular = now.last_epoch + self.tempo;
                if now.pending > at { regular.min(now.pending) } else { regular }
            }
            None => match self.remaining_before_423(netuid, at) {
                0 => at + self.tempo + 1,
                remaining => at + remaining,
            },
        })
    }

    /// Blocks until the epoch by the formula of runtimes up to 422.
    fn remaining_before_423(&self, netuid: u16, at: u64) -> u64 {
        self.tempo - (at + u64::from(netuid) + 1) % (self.tempo + 1)
    }

    /// The rate limit in blocks of an owner's change, `None` when there is none.
    #[must_use]
    pub fn limit(&self, limit: Limit) -> Option<u64> {
        match limit {
            Limit::None => None,
            Limit::Hyperparameter(_) => Some(self.tempo.saturating_mul(self.owner_limit_tempos)),
            Limit::VersionKey => Some(self.tempo.saturating_mul(self.version_key_tempos)),
            Limit::Tempo => Some(TEMPO_LIMIT),
            Limit::MechanismCount | Limit::EmissionSplit => Some(MECHANISM_LIMIT),
            Limit::Trim => Some(TRIM_LIMIT),
            Limit::OwnerHotkey => Some(OWNER_HOTKEY_LIMIT),
        }
    }
}

/// First block at which the rate limit lets the owner change it again, counted
/// from the last change; `None` when it is free.
#[must_use]
pub fn limited_until(row: &Hyperparameter, guards: &Guards) -> Option<u64> {
    let last = guards.last_change.get(row.name).copied().filter(|last| *last > 0)?;
    Some(last.saturating_add(guards.schedule.limit(row.limit)?))
}

/// When the chain lets a change through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// First in this block.
    At(u64),
    /// In no block, as things are.
    Never,
    /// What was read does not tell, and why.
    Unclear(String),
}

impl Opening {
    /// The block, if there is one.
    #[must_use]
    pub const fn block(&self) -> Option<u64> {
        match self {
            Self::At(block) => Some(*block),
            Self::Never | Self::Unclear(_) => None,
        }
    }
}

/// First block from `from` on at which the owner may change it, as far as rate
/// limit and freeze window go.
#[must_use]
pub fn earliest(row: &Hyperparameter, guards: &Guards, netuid: u16, from: u64) -> Opening {
    let free = limited_until(row, guards).map_or(from, |block| block.max(from));
    if !row.frozen {
        return Opening::At(free);
    }
    guards.schedule.next_open(netuid, free).map_or(Opening::Never, Opening::At)
}

/// When each of these changes may be made again, the way back among them, after all of them were
/// made in block `at`: as far as rate limits and freeze window go.
#[must_use]
pub fn again(changes: &[Change], guards: &Guards, netuid: u16, at: u64) -> Vec<(String, Opening)> {
    let mut after = guards.clone();
    for change in changes {
        after.last_change.insert(change.name.clone(), at);
        if let ("tempo", Some(tempo)) = (change.name.as_str(), change.to.as_u64()) {
            // A change of tempo restarts the epoch, and every limit is counted in the new tempo.
            after.schedule.tempo = tempo;
            after.schedule.anchor =
                after.schedule.anchor.map(|_| Anchor { last_epoch: at, pending: 0 });
        }
    }
    changes
        .iter()
        .filter_map(|change| {
            let row = catalog::find(&change.name)?;
            Some((change.name.clone(), earliest(row, &after, netuid, at.saturating_add(1))))
        })
        .collect()
}

/// First block at which the owner may take back all these changes that were made in block `at`;
/// `None` when the window never opens again, or nobody can tell.
#[must_use]
pub fn reversible_from(changes: &[Change], guards: &Guards, netuid: u16, at: u64) -> Option<u64> {
    again(changes, guards, netuid, at)
        .iter()
        .try_fold(at.saturating_add(1), |latest, (_, opening)| Some(latest.max(opening.block()?)))
}

/// Clock time of a future block, in milliseconds since 1970, at 12 seconds a block.
#[must_use]
pub fn time_of(block: u64, head: u64, head_time_ms: u64) -> u64 {
    let ahead = block.saturating_sub(head).saturating_mul(SECONDS_PER_BLOCK * 1_000);
    head_time_ms.saturating_add(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::Value;

    fn schedule(anchor: Option<Anchor>) -> Schedule {
        Schedule {
            tempo: 360,
            freeze_window: 10,
            anchor,
            owner_limit_tempos: 2,
            version_key_tempos: 5,
        }
    }

    #[test]
    fn the_window_closes_nine_blocks_before_an_epoch_and_opens_in_it() {
        let s = schedule(Some(Anchor { last_epoch: 1_000, pending: 0 }));
        for block in [1_001, 1_350, 1_360, 1_361, 1_720, 5_320] {
            assert!(!s.frozen(46, block), "{block}");
        }
        for block in [1_351, 1_359, 1_711, 1_719, 5_319] {
            assert!(s.frozen(46, block), "{block}");
        }
        assert_eq!(s.next_open(46, 1_350), Some(1_350));
        assert_eq!(s.next_open(46, 1_351), Some(1_360));
        assert_eq!(s.next_epoch(46, 1_360), Some(1_720));
    }

    #[test]
    fn a_pending_epoch_freezes_until_it_runs() {
        let s = schedule(Some(Anchor { last_epoch: 1_000, pending: 1_050 }));
        assert!(s.frozen(46, 1_049));
        assert!(!s.frozen(46, 1_050));
        assert_eq!(s.next_open(46, 1_010), Some(1_050));
        assert!(s.frozen(46, 1_050 + 351));
        assert_eq!(s.next_open(46, 1_050 + 351), Some(1_410));
    }

    #[test]
    fn odd_chains_get_an_answer() {
        let fast = |window| Schedule {
            tempo: 10,
            freeze_window: window,
            ..schedule(Some(Anchor { last_epoch: 100, pending: 0 }))
        };
        assert_eq!(fast(10).next_open(1, 101), Some(110));
        assert_eq!(fast(11).next_open(1, 101), None);
        let never = Schedule { tempo: 0, ..schedule(Some(Anchor::default())) };
        assert_eq!(never.next_open(1, 7), Some(7));
        assert_eq!(never.next_epoch(1, 7), None);
    }

    #[test]
    fn the_older_formula_counts_from_netuid() {
        let s = schedule(None);
        // (block + netuid + 1) mod 361 = 360 is the epoch.
        let epoch = 361 * 10 - 1 - 47;
        assert_eq!(s.next_epoch(46, epoch - 100), Some(epoch));
        assert!(s.frozen(46, epoch));
        assert!(s.frozen(46, epoch - 9));
        assert!(!s.frozen(46, epoch - 10));
        assert_eq!(s.next_open(46, epoch - 5), Some(epoch + 1));
    }

    #[test]
    fn rate_limits_count_from_the_last_change() {
        let row = catalog::find("immunity_period").unwrap();
        let mut guards = Guards {
            schedule: schedule(Some(Anchor { last_epoch: 1_000, pending: 0 })),
            ..Guards::default()
        };
        assert_eq!(earliest(row, &guards, 46, 1_100), Opening::At(1_100));
        guards.last_change.insert("immunity_period".to_owned(), 1_090);
        assert_eq!(limited_until(row, &guards), Some(1_810));
        assert_eq!(earliest(row, &guards, 46, 1_100), Opening::At(1_810));
        // The limit ends inside the next window: wait for the epoch.
        guards.last_change.insert("immunity_period".to_owned(), 1_352);
        assert_eq!(earliest(row, &guards, 46, 1_400), Opening::At(2_080));
    }

    #[test]
    fn the_way_back_counts_with_the_new_tempo_and_epoch() {
        let change = |name: &str, from: u128, to: u128| Change {
            name: name.to_owned(),
            from: Value::Uint(from),
            to: Value::Uint(to),
        };
        let guards = Guards {
            schedule: schedule(Some(Anchor { last_epoch: 1_000, pending: 0 })),
            ..Guards::default()
        };
        let period = change("immunity_period", 7_200, 9_000);
        let back = |changes: &[Change]| reversible_from(changes, &guards, 46, 1_200);
        assert_eq!(back(std::slice::from_ref(&period)), Some(1_920));
        // 1200 + 2 × 400; the epochs are at 1600 and 2000 now, so that is one of them.
        assert_eq!(back(&[period, change("tempo", 360, 400)]), Some(2_000));
        // 1200 + 360 lies in the window before 1200 + 361.
        assert_eq!(back(&[change("tempo", 360, 361)]), Some(1_561));
        assert_eq!(back(&[change("owner_cut_enabled", 0, 1)]), Some(1_201));
    }
}
