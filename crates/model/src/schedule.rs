//! Epochs, freeze window and rate limits: the exact block at which a change may go.
//!
//! All of it is arithmetic on what was read at one block. Sources: the chain's
//! `ensure_admin_window_open`, `should_run_epoch` and `RateLimitKey` rules.
//!
//! What is said of a block is exact as long as every epoch runs when it is due. Nobody can know ahead
//! that the chain will put one off, by a block each time, because more subnets are due than
//! `MaxEpochsPerBlock`; that the owner will trigger one; or that root will change a limit. So a block
//! in which an epoch is due, and all that is counted from it, is the earliest: allow a block or two.

use crate::catalog::{self, Hyperparameter, Limit};
use crate::receipt::Change;
use crate::snapshot::{Anchor, Guards, Schedule, Snapshot};
use crate::time::minutes;
use crate::value::{SECONDS_PER_BLOCK, blocks};

/// Blocks between two changes of the mechanism count or the emission split;
/// compiled into the chain.
pub const MECHANISM_LIMIT: u64 = 7_200;
/// Blocks between two trims; compiled into the chain.
pub const TRIM_LIMIT: u64 = 216_000;
/// Blocks between two changes of the owner hotkey; compiled into the chain.
pub const OWNER_HOTKEY_LIMIT: u64 = 50_400;
/// An epoch that has not run for more blocks than this is due whatever the schedule says; compiled
/// into the chain.
const MOST_IDLE: u64 = 50_400;
/// The last block that a chain can have: its block numbers have 32 bits.
const LAST_BLOCK: u64 = 0xffff_ffff;

/// Blocks for which a transaction of ours is valid: short, so that a late one cannot slip into a
/// freeze window or overtake a later decision.
pub const ERA: u64 = 16;

impl Anchor {
    /// First block after its own in which an epoch is due.
    fn due(self, tempo: u64) -> u64 {
        let regular = self.last_epoch.saturating_add(tempo);
        let asked = if self.pending > 0 { self.pending } else { regular };
        let overdue = self.idle.map_or(regular, |idle| {
            self.block.saturating_add((MOST_IDLE + 1).saturating_sub(idle))
        });
        regular.min(asked).min(overdue).max(self.block.saturating_add(1))
    }

    /// The anchor when the calls of block `at` run: epochs run first.
    fn ahead(self, tempo: u64, at: u64) -> Self {
        let first = self.due(tempo);
        if tempo == 0 || at < first {
            return self;
        }
        let period = if self.idle.is_some() { tempo.min(MOST_IDLE + 1) } else { tempo };
        let over = at.saturating_sub(first).checked_rem(period).unwrap_or(0);
        let last_epoch = at.saturating_sub(over);
        Self { block: last_epoch, last_epoch, pending: 0, idle: self.idle.map(|_| 0) }
    }

    /// Blocks since an epoch ran, when the calls of block `at` run.
    fn idle_at(self, at: u64) -> Option<u64> {
        self.idle.map(|idle| idle.saturating_add(at.saturating_sub(self.block)))
    }

    /// Whether by block `at` an epoch may be due in every block, since none succeeds: a change of tempo
    /// and an epoch that failed both leave more idle blocks than there are since the last epoch.
    fn may_fail_by(self, at: u64) -> bool {
        self.idle.is_some_and(|idle| idle > self.block.saturating_sub(self.last_epoch))
            && self.idle_at(at).is_some_and(|idle| idle > MOST_IDLE)
    }

    /// Whether an epoch was due and the chain has neither run it nor put it off.
    fn is_stuck(self, tempo: u64) -> bool {
        self.last_epoch.saturating_add(tempo) <= self.block
            && self.pending != self.block.saturating_add(1)
    }
}

impl Schedule {
    /// Whether an owner's call in block `at` falls into the freeze window.
    fn frozen(&self, netuid: u16, at: u64) -> bool {
        if self.tempo == 0 {
            return false;
        }
        match self.anchor {
            Some(anchor) => {
                let now = anchor.ahead(self.tempo, at);
                let regular = now.last_epoch.saturating_add(self.tempo);
                now.pending > at || regular.saturating_sub(at) < self.freeze_window
            }
            None => self.remaining_before_423(netuid, at) < self.freeze_window,
        }
    }

    /// First block from `from` on that is outside the freeze window, if there is one.
    fn next_open(&self, netuid: u16, from: u64) -> Option<u64> {
        if !self.frozen(netuid, from) {
            return Some(from);
        }
        // A closed window ends with the next epoch, or never.
        let opens = match self.anchor {
            Some(_) => self.next_epoch(netuid, from)?,
            // Here the block of the epoch itself still counts as frozen.
            None => from.saturating_add(self.remaining_before_423(netuid, from)).saturating_add(1),
        };
        (!self.frozen(netuid, opens)).then_some(opens)
    }

    /// First block from `from` on that lies in the freeze window, if one does: the first of the window
    /// before the next epoch, or of that before the one after it.
    fn next_closed(&self, netuid: u16, from: u64) -> Option<u64> {
        if self.frozen(netuid, from) {
            return Some(from);
        }
        // The window is as many blocks before the epoch, or before its regular block, and one less.
        let ahead = self.freeze_window.checked_sub(1)?;
        let Some(anchor) = self.anchor else {
            let left = self.remaining_before_423(netuid, from).checked_sub(ahead)?;
            return (self.tempo > 0).then(|| from.saturating_add(left));
        };
        let epoch = self.next_epoch(netuid, from)?;
        let closes = |last_epoch: u64, since: u64| {
            last_epoch.saturating_add(self.tempo).saturating_sub(ahead).max(since)
        };
        let first = closes(anchor.ahead(self.tempo, from).last_epoch, from);
        if first < epoch {
            return Some(first);
        }
        let second = closes(epoch, epoch);
        (second < self.next_epoch(netuid, epoch)?).then_some(second)
    }

    /// First block after `at` in which an epoch is due, if epochs run at all.
    #[must_use]
    pub fn next_epoch(&self, netuid: u16, at: u64) -> Option<u64> {
        if self.tempo == 0 {
            return None;
        }
        Some(match self.anchor {
            Some(anchor) => {
                let now = anchor.ahead(self.tempo, at);
                Anchor { block: now.block.max(at), idle: now.idle_at(at), ..now }.due(self.tempo)
            }
            None => match self.remaining_before_423(netuid, at) {
                0 => at.saturating_add(self.tempo).saturating_add(1),
                remaining => at.saturating_add(remaining),
            },
        })
    }

    /// Blocks until the epoch by the formula of runtimes up to 422.
    fn remaining_before_423(&self, netuid: u16, at: u64) -> u64 {
        let cycle = u128::from(self.tempo).saturating_add(1);
        let passed = u128::from(at).saturating_add(netuid.into()).saturating_add(1);
        let gone = passed.checked_rem(cycle).and_then(|gone| u64::try_from(gone).ok());
        self.tempo.saturating_sub(gone.unwrap_or(u64::MAX))
    }
}

/// The storage item that keeps the block of the last change, and which slot of it.
#[must_use]
pub fn slot(limit: Limit) -> Option<String> {
    match limit {
        Limit::None => None,
        Limit::Hyperparameter(name) | Limit::HyperparameterIfAny(name) => {
            Some(format!("LastRateLimitedBlock for {name}"))
        }
        Limit::OwnerHotkey => Some("LastRateLimitedBlock for SetSNOwnerHotkey".to_owned()),
        Limit::VersionKey
        | Limit::Tempo
        | Limit::MechanismCount
        | Limit::EmissionSplit
        | Limit::Trim => Some("TransactionKeyLastBlock".to_owned()),
    }
}

/// Says which storage item is missing, if one of these is.
fn need(guards: &Guards, items: &[&str]) -> Result<(), String> {
    match items.iter().find(|item| guards.missing.contains(**item)) {
        Some(item) => Err(format!("this chain has no SubtensorModule.{item} that can be read")),
        None => Ok(()),
    }
}

/// The rate limit in blocks of an owner's change; 0 when there is none.
///
/// # Errors
/// What the chain lacks to tell.
pub fn limit(limit: Limit, guards: &Guards) -> Result<u64, String> {
    let Schedule { tempo, owner_limit_tempos, version_key_tempos, .. } = guards.schedule;
    let tempos = |item: &str, count: u64| {
        need(guards, &["Tempo", item]).map(|()| tempo.saturating_mul(count))
    };
    match limit {
        Limit::None => Ok(0),
        Limit::Hyperparameter(_) | Limit::HyperparameterIfAny(_) => {
            tempos("OwnerHyperparamRateLimit", owner_limit_tempos)
        }
        Limit::VersionKey => tempos("WeightsVersionKeyRateLimit", version_key_tempos),
        Limit::Tempo => {
            let least =
                guards.constants.get("MinTempo").and_then(|blocks| (*blocks).try_into().ok());
            least.ok_or_else(|| {
                "this chain has no constant SubtensorModule.MinTempo that can be read".to_owned()
            })
        }
        Limit::MechanismCount | Limit::EmissionSplit => Ok(MECHANISM_LIMIT),
        Limit::Trim => Ok(TRIM_LIMIT),
        Limit::OwnerHotkey => Ok(OWNER_HOTKEY_LIMIT),
    }
}

/// First block at which the rate limit lets the owner change it again, counted
/// from the last change; `None` when it is free.
///
/// # Errors
/// What the chain lacks to tell.
pub fn limited_until(row: &Hyperparameter, guards: &Guards) -> Result<Option<u64>, String> {
    let Some(slot) = slot(row.limit) else { return Ok(None) };
    need(guards, &[&slot])?;
    let last = guards.last_change.get(row.name).copied().unwrap_or(0);
    let blocks = limit(row.limit, guards)?;
    Ok((last > 0 && blocks > 0).then(|| last.saturating_add(blocks)))
}

/// Whether what was read tells when the freeze window is open.
fn known(guards: &Guards) -> Result<(), String> {
    let Schedule { tempo, anchor, .. } = guards.schedule;
    need(guards, &["Tempo"])?;
    if tempo == 0 {
        return Ok(());
    }
    need(
        guards,
        &["AdminFreezeWindow", "LastEpochBlock", "PendingEpochAt", "BlocksSinceLastStep"],
    )?;
    match anchor {
        Some(anchor) if anchor.is_stuck(tempo) => Err(format!(
            "the epoch that was due in block {} has not run",
            anchor.last_epoch.saturating_add(tempo)
        )),
        Some(_) | None => Ok(()),
    }
}

/// What the chain will have noted of its epochs when the calls of block `at` run; `None` where that
/// does not matter, as by the older formula, or is not known.
#[must_use]
pub fn noted(guards: &Guards, at: u64) -> Option<Anchor> {
    known(guards).ok()?;
    let Schedule { tempo, anchor, .. } = guards.schedule;
    let now = anchor.filter(|_| tempo > 0)?.ahead(tempo, at);
    Some(Anchor { block: at, idle: now.idle_at(at), ..now })
}

/// The last epoch by block `at`, if there is to be one.
#[must_use]
pub fn foretold_epoch(guards: &Guards, at: u64) -> Option<u64> {
    let last = guards.schedule.anchor?.last_epoch;
    noted(guards, at).map(|noted| noted.last_epoch).filter(|epoch| *epoch != last)
}

/// First block after `at` in which an epoch is due, if epochs run at all.
///
/// # Errors
/// What the chain lacks to tell.
pub fn next_epoch(guards: &Guards, netuid: u16, at: u64) -> Result<Option<u64>, String> {
    need(guards, &["Tempo", "LastEpochBlock", "PendingEpochAt", "BlocksSinceLastStep"])?;
    Ok(guards.schedule.next_epoch(netuid, at))
}

/// Whether an owner's call in block `at` falls into the freeze window.
///
/// # Errors
/// What the chain lacks to tell.
pub fn frozen(guards: &Guards, netuid: u16, at: u64) -> Result<bool, String> {
    known(guards)?;
    let frozen = guards.schedule.frozen(netuid, at);
    match guards.schedule.anchor {
        Some(anchor) if frozen && anchor.may_fail_by(at) => {
            Err("its epochs may be failing, and then one is due in every block".to_owned())
        }
        Some(_) | None => Ok(frozen),
    }
}

/// The freeze window, as it is in one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// Changes may go, up to the block before this one.
    Open(Option<u64>),
    /// Changes may go again from this block on.
    Closed(Option<u64>),
}

/// The freeze window in block `at`.
///
/// # Errors
/// What the chain lacks to tell.
pub fn window(guards: &Guards, netuid: u16, at: u64) -> Result<Window, String> {
    let schedule = &guards.schedule;
    Ok(if frozen(guards, netuid, at)? {
        Window::Closed(schedule.next_open(netuid, at))
    } else {
        Window::Open(schedule.next_closed(netuid, at))
    })
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
    let reached = |block: u64| match block {
        0..=LAST_BLOCK => Ok(block),
        _ => Err(format!("it would be block {block}, which no chain reaches")),
    };
    let opens = limited_until(row, guards).and_then(|until| {
        let free = reached(until.map_or(from, |block| block.max(from)))?;
        if !row.is_frozen(guards) {
            return Ok(Some(free));
        }
        frozen(guards, netuid, free)?;
        guards.schedule.next_open(netuid, free).map(reached).transpose()
    });
    match opens {
        Ok(Some(block)) => Opening::At(block),
        Ok(None) => Opening::Never,
        Err(why) => Opening::Unclear(why),
    }
}

/// What decides about further changes after these were made in block `at`.
#[must_use]
pub fn after(changes: &[Change], guards: &Guards, at: u64) -> Guards {
    let mut after = guards.clone();
    for change in changes {
        after.last_change.insert(change.name.clone(), at);
        if let ("tempo", Some(tempo)) = (change.name.as_str(), change.to.as_u64()) {
            // A change of tempo restarts the epoch, and every limit is counted in the new tempo.
            let Schedule { tempo: old, anchor, .. } = guards.schedule;
            after.schedule.tempo = tempo;
            after.schedule.anchor = anchor.map(|anchor| {
                let idle = anchor.ahead(old, at).idle_at(at);
                Anchor { block: at, last_epoch: at, pending: 0, idle }
            });
        }
    }
    after
}

/// When each of these changes may be made again, the way back among them, after all of them were
/// made in block `at`: as far as rate limits and freeze window go.
#[must_use]
pub fn again(changes: &[Change], guards: &Guards, netuid: u16, at: u64) -> Vec<(String, Opening)> {
    let after = after(changes, guards, at);
    changes
        .iter()
        .filter_map(|change| {
            let row = catalog::find(&change.name)?;
            Some((change.name.clone(), earliest(row, &after, netuid, at.saturating_add(1))))
        })
        .collect()
}

/// When the owner may take back all these changes that were made in block `at`.
#[must_use]
pub fn reversible(changes: &[Change], guards: &Guards, netuid: u16, at: u64) -> Opening {
    again(changes, guards, netuid, at).into_iter().fold(
        Opening::At(at.saturating_add(1)),
        |latest, (_, opening)| match (latest, opening) {
            (Opening::At(latest), Opening::At(block)) => Opening::At(latest.max(block)),
            (Opening::At(_), other) => other,
            (other, _) => other,
        },
    )
}

/// Clock time of a future block, in milliseconds since 1970, at 12 seconds a block.
#[must_use]
pub fn time_of(block: u64, head: u64, head_time_ms: u64) -> u64 {
    let ahead = block.saturating_sub(head).saturating_mul(SECONDS_PER_BLOCK * 1_000);
    head_time_ms.saturating_add(ahead)
}

/// A future block with its clock time: `block 100850 (2026-11-22 14:05 UTC, in 2h 24m)`.
#[must_use]
pub fn when(block: u64, snapshot: &Snapshot) -> String {
    let head = snapshot.block.number;
    let rest = blocks(block.saturating_sub(head));
    match snapshot.guards.time_ms.is() {
        Some(time) => {
            let clock = minutes(time_of(block, head, *time));
            format!("block {block} ({clock}, in {rest})")
        }
        None => format!("block {block} (in {rest})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn schedule(anchor: Option<Anchor>) -> Schedule {
        Schedule {
            tempo: 360,
            freeze_window: 10,
            anchor,
            owner_limit_tempos: 2,
            version_key_tempos: 5,
        }
    }

    /// Read at the block of an epoch.
    fn anchor(last_epoch: u64, pending: u64) -> Anchor {
        Anchor { block: last_epoch, last_epoch, pending, idle: Some(0) }
    }

    fn guards(schedule: Schedule) -> Guards {
        let constants = [("MinTempo".to_owned(), 360)].into();
        Guards { schedule, constants, ..Guards::none() }
    }

    fn row(name: &str) -> &'static Hyperparameter {
        catalog::find(name).unwrap()
    }

    #[test]
    fn the_window_closes_nine_blocks_before_an_epoch_and_opens_in_it() {
        let s = schedule(Some(anchor(1_000, 0)));
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

    /// The same by looking at every block.
    #[test]
    fn the_window_closes_where_every_block_says_so() {
        let (netuid, block) = (3, 1_000);
        let mut seen = [0; 2];
        for (tempo, freeze_window) in [1, 2, 5, 12, 13]
            .into_iter()
            .flat_map(|tempo| [0, 1, 2, 4, 12, 13, 14, 30].map(|window| (tempo, window)))
        {
            let anchors = (0..20).flat_map(|ago| {
                [0, 995, 1_001, 1_004, 1_020].into_iter().flat_map(move |pending| {
                    [None, Some(3), Some(50_399)]
                        .map(|idle| Some(Anchor { block, last_epoch: 1_010 - ago, pending, idle }))
                })
            });
            for anchor in anchors.chain([None]) {
                let s = Schedule { tempo, freeze_window, ..schedule(anchor) };
                for from in block + 1..block + 20 {
                    let looked = (from..from + 80).find(|at| s.frozen(netuid, *at));
                    assert_eq!(s.next_closed(netuid, from), looked, "{s:?} {from}");
                    seen[usize::from(looked.is_some())] += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 10_000), "{seen:?}");
    }

    /// A tempo that no chain can have must not be counted through.
    #[test]
    fn no_number_of_a_node_is_counted_through() {
        for anchor in
            [None, Some(anchor(1_000, 0)), Some(Anchor { idle: None, ..anchor(1_000, 0) })]
        {
            for freeze_window in [1, 10, u64::MAX] {
                let guards =
                    guards(Schedule { tempo: u64::MAX, freeze_window, ..schedule(anchor) });
                assert!(window(&guards, 46, 1_001).is_ok(), "{anchor:?}");
            }
        }
    }

    #[test]
    fn a_pending_epoch_freezes_until_it_runs() {
        let s = schedule(Some(anchor(1_000, 1_050)));
        assert!(s.frozen(46, 1_049));
        assert!(!s.frozen(46, 1_050));
        assert_eq!(s.next_open(46, 1_010), Some(1_050));
        assert!(s.frozen(46, 1_050 + 351));
        assert_eq!(s.next_open(46, 1_050 + 351), Some(1_410));
        // The regular epoch comes first and takes the other one's place.
        let s = schedule(Some(anchor(1_000, 1_400)));
        assert!(s.frozen(46, 1_359));
        assert!(!s.frozen(46, 1_360) && !s.frozen(46, 1_399));
        assert_eq!(s.next_epoch(46, 1_360), Some(1_720));
    }

    /// What a chain notes is what its own rule then goes by: frozen or not, it is the same.
    #[test]
    fn what_the_chain_will_have_noted_is_foretold() {
        let read = guards(schedule(Some(Anchor { idle: Some(100), ..anchor(1_000, 0) })));
        let told = |at: u64| {
            let Anchor { last_epoch, pending, idle, .. } = noted(&read, at).unwrap();
            (last_epoch, pending, idle)
        };
        assert_eq!(told(1_359), (1_000, 0, Some(459)));
        assert_eq!(told(1_360), (1_360, 0, Some(0)), "epochs run before calls");
        assert_eq!(told(2_000), (1_720, 0, Some(280)));
        assert_eq!([1_359, 2_000].map(|at| foretold_epoch(&read, at)), [None, Some(1_720)]);
        for at in 1_001..3_000 {
            let Schedule { tempo, freeze_window, .. } = read.schedule;
            let (last_epoch, pending, _) = told(at);
            let frozen = pending > at || (last_epoch + tempo).saturating_sub(at) < freeze_window;
            assert_eq!(frozen, read.schedule.frozen(46, at), "{at}");
        }
        let asked = guards(schedule(Some(anchor(1_000, 1_050))));
        assert_eq!(noted(&asked, 1_049).map(|noted| noted.pending), Some(1_050));
        assert_eq!(noted(&asked, 1_050).map(|noted| noted.pending), Some(0));
        // The older formula needs nothing noted, and what is not known is not made up.
        let stuck = Anchor { block: 1_400, ..anchor(1_000, 0) };
        for anchor in [None, Some(stuck)] {
            assert_eq!(noted(&guards(schedule(anchor)), 2_000), None);
        }
    }

    #[test]
    fn an_epoch_that_was_put_off_starts_the_cycle_where_it_runs() {
        // Due in 1360, put off to 1361, read in between.
        let late = Anchor { block: 1_360, last_epoch: 1_000, pending: 1_361, idle: Some(360) };
        let s = schedule(Some(late));
        assert_eq!(frozen(&guards(s), 46, 1_361), Ok(false));
        assert_eq!(s.next_epoch(46, 1_360), Some(1_361));
        assert!(!s.frozen(46, 1_711), "the next epoch is due in 1721");
        assert!(s.frozen(46, 1_712));
        assert_eq!(s.next_open(46, 1_712), Some(1_721));
    }

    #[test]
    fn an_epoch_that_neither_ran_nor_was_put_off_makes_it_unclear() {
        let stuck = Anchor { block: 1_400, last_epoch: 1_000, pending: 0, idle: Some(400) };
        let guards = guards(schedule(Some(stuck)));
        let why = "the epoch that was due in block 1360 has not run".to_owned();
        assert_eq!(frozen(&guards, 46, 1_401), Err(why.clone()));
        assert_eq!(earliest(row("immunity_period"), &guards, 46, 1_401), Opening::Unclear(why));
        // What no window closes is as clear as ever.
        assert_eq!(earliest(row("sn_owner_hotkey"), &guards, 46, 1_401), Opening::At(1_401));
    }

    #[test]
    fn an_epoch_runs_after_fifty_thousand_blocks_without_one() {
        let idle = |idle| {
            let anchor = Anchor { block: 1_100, last_epoch: 1_000, pending: 0, idle };
            Schedule { tempo: 65_535, ..schedule(Some(anchor)) }
        };
        assert_eq!(idle(Some(50_390)).next_epoch(46, 1_100), Some(1_111));
        assert_eq!(idle(Some(60_000)).next_epoch(46, 1_100), Some(1_101));
        assert_eq!(idle(Some(100)).next_epoch(46, 1_100), Some(51_401));
        assert_eq!(idle(Some(100)).next_epoch(46, 51_401), Some(101_802));
        assert_eq!(idle(None).next_epoch(46, 1_100), Some(66_535));
        // Nothing is frozen before it: the window looks at the regular epoch alone.
        assert!(!idle(Some(50_390)).frozen(46, 1_110));
        // If that one fails too, the next block has another, and no window closes.
        let failing = Schedule { tempo: 360, ..idle(Some(50_390)) };
        assert_eq!(frozen(&guards(failing), 46, 1_400), Ok(false));
        let closed = frozen(&guards(failing), 46, 1_470);
        assert!(closed.is_err_and(|why| why.contains("may be failing")));
    }

    #[test]
    fn a_window_as_long_as_the_tempo_opens_in_the_epoch_alone() {
        let fast =
            |freeze_window| Schedule { tempo: 10, freeze_window, ..schedule(Some(anchor(100, 0))) };
        assert_eq!(fast(10).next_open(1, 101), Some(110));
        assert_eq!(fast(10).next_open(1, 110), Some(110));
        assert_eq!(fast(10).next_open(1, 111), Some(120));
        assert_eq!(fast(11).next_open(1, 101), None);
        let guards = guards(fast(11));
        assert_eq!(earliest(row("rho"), &guards, 1, 101), Opening::Never);
        // By the older formula it is the block after the epoch.
        let old = |freeze_window| Schedule { anchor: None, ..fast(freeze_window) };
        assert_eq!(old(10).next_open(1, 100), Some(108));
        assert_eq!(old(11).next_open(1, 100), None);
    }

    #[test]
    fn a_tempo_of_0_means_no_epoch_no_window_and_no_limit() {
        for anchor in [None, Some(Anchor { block: 7, ..Anchor::default() }), Some(anchor(9, 99))] {
            let mut guards = guards(Schedule { tempo: 0, ..schedule(anchor) });
            guards.last_change.insert("rho".to_owned(), 7);
            guards.last_change.insert("weights_version".to_owned(), 7);
            assert_eq!(guards.schedule.next_epoch(1, 7), None);
            assert_eq!(earliest(row("rho"), &guards, 1, 8), Opening::At(8));
            assert_eq!(earliest(row("weights_version"), &guards, 1, 8), Opening::At(8));
            // This one is counted in blocks.
            guards.last_change.insert("tempo".to_owned(), 7);
            assert_eq!(earliest(row("tempo"), &guards, 1, 8), Opening::At(367));
        }
    }

    #[test]
    fn a_young_subnet_waits_for_its_first_epoch() {
        let ahead = Anchor { block: 1_000, last_epoch: 1_200, pending: 0, idle: Some(0) };
        let s = schedule(Some(ahead));
        assert!(!s.frozen(46, 1_001) && !s.frozen(46, 1_550));
        assert_eq!(s.next_open(46, 1_551), Some(1_560));
        assert_eq!(s.next_epoch(46, 1_001), Some(1_560));
        let first = Anchor { block: 100, last_epoch: 0, pending: 0, idle: Some(100) };
        assert_eq!(schedule(Some(first)).next_open(46, 355), Some(360));
    }

    #[test]
    fn counters_at_their_end_never_mean_now() {
        let max = u64::MAX;
        let beyond = |opening: Opening| matches!(opening, Opening::Unclear(why) if why.contains("no chain reaches"));
        let rho = row("rho");
        for anchor in [
            Anchor { block: max, last_epoch: max, pending: max, idle: Some(max) },
            Anchor { block: 9, last_epoch: max, pending: max, idle: Some(0) },
            Anchor { block: 9, last_epoch: max, pending: max, idle: None },
            Anchor { block: max, last_epoch: 0, pending: 0, idle: Some(max) },
        ] {
            for tempo in [1, 360, max] {
                let s = Schedule { tempo, freeze_window: max, ..schedule(Some(anchor)) };
                for at in [0, 10, max - 1, max] {
                    let opening = earliest(rho, &guards(s), u16::MAX, at);
                    assert!(!matches!(opening, Opening::At(_)), "{s:?} {at}: {opening:?}");
                    let old = guards(Schedule { anchor: None, ..s });
                    let opening = earliest(rho, &old, u16::MAX, at);
                    assert_eq!(opening.block(), None, "{s:?} {at}");
                }
            }
        }
        let mut limited = guards(schedule(Some(anchor(1_000, 0))));
        limited.last_change.insert("rho".to_owned(), max);
        assert!(beyond(earliest(rho, &limited, 46, 1_001)));
        limited.last_change.insert("rho".to_owned(), 1_000);
        limited.schedule.owner_limit_tempos = max;
        assert!(beyond(earliest(rho, &limited, 46, 1_001)));
        // A change in a block to come, as after a chain was set back, is waited for.
        limited.schedule.owner_limit_tempos = 2;
        limited.last_change.insert("rho".to_owned(), 2_000);
        assert_eq!(earliest(rho, &limited, 46, 1_001), Opening::At(2_720));
    }

    #[test]
    fn what_could_not_be_read_makes_it_unclear() {
        let opening = |name: &str, missing: &str| {
            let mut guards = guards(schedule(Some(anchor(1_000, 0))));
            guards.missing.insert(missing.to_owned());
            earliest(row(name), &guards, 46, 1_001)
        };
        for (name, item) in [
            ("rho", "Tempo"),
            ("rho", "AdminFreezeWindow"),
            ("rho", "LastEpochBlock"),
            ("rho", "PendingEpochAt"),
            ("rho", "OwnerHyperparamRateLimit"),
            ("rho", "LastRateLimitedBlock for Rho"),
            ("sn_owner_hotkey", "LastRateLimitedBlock for SetSNOwnerHotkey"),
            ("weights_version", "Tempo"),
            ("weights_version", "WeightsVersionKeyRateLimit"),
            ("weights_version", "TransactionKeyLastBlock"),
            ("tempo", "TransactionKeyLastBlock"),
            ("owner_cut_enabled", "AdminFreezeWindow"),
        ] {
            let why = format!("this chain has no SubtensorModule.{item} that can be read");
            assert_eq!(opening(name, item), Opening::Unclear(why), "{name}");
        }
        for (name, item) in [
            ("rho", "WeightsVersionKeyRateLimit"),
            ("rho", "LastRateLimitedBlock for Kappa"),
            ("sn_owner_hotkey", "Tempo"),
            ("owner_cut_enabled", "LastRateLimitedBlock for Rho"),
        ] {
            assert_eq!(opening(name, item), Opening::At(1_001), "{name}");
        }
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
        let row = row("immunity_period");
        let mut guards = guards(schedule(Some(anchor(1_000, 0))));
        assert_eq!(earliest(row, &guards, 46, 1_100), Opening::At(1_100));
        guards.last_change.insert("immunity_period".to_owned(), 1_090);
        assert_eq!(limited_until(row, &guards), Ok(Some(1_810)));
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
        let guards = guards(schedule(Some(anchor(1_000, 0))));
        let period = change("immunity_period", 7_200, 9_000);
        let back = |changes: &[Change]| reversible(changes, &guards, 46, 1_200).block();
        assert_eq!(back(std::slice::from_ref(&period)), Some(1_920));
        // 1200 + 2 × 400; the epochs are at 1600 and 2000 now, so that is one of them.
        assert_eq!(back(&[period, change("tempo", 360, 400)]), Some(2_000));
        // 1200 + 360 lies in the window before 1200 + 361.
        assert_eq!(back(&[change("tempo", 360, 361)]), Some(1_561));
        assert_eq!(back(&[change("owner_cut_enabled", 0, 1)]), Some(1_201));
        let mut lacking = guards.clone();
        lacking.missing.insert("AdminFreezeWindow".to_owned());
        let rho = [change("rho", 10, 11)];
        assert!(matches!(reversible(&rho, &lacking, 46, 1_200), Opening::Unclear(_)));
    }
}
