//! What a wait looks like: a bar on a terminal, a line a minute elsewhere, both on stderr.

use std::io::IsTerminal as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use subtune_model::error::Result;
use subtune_model::monitor::{Clock, Figure};
use subtune_model::plan::Plan;
use subtune_model::planner::stage::Stage;
use subtune_model::schedule::when;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::{self, SECONDS_PER_BLOCK};

use crate::ops::{Confirm, Consent, Link, Wait, Watch};
use crate::ui::ask::Terminal;
use crate::ui::render;
use crate::ui::screen::{self, one_line};
use crate::ui::stream::Stream;
use crate::ui::views::{self, EpochLine, PlanView, StageView};

/// Where there is no terminal to draw on, a line is written so often.
const BETWEEN_LINES: Duration = Duration::from_secs(60);
/// Columns that the words beside the bar may take.
const WORDS: usize = 66;

/// Asks before a wait, and shows it.
pub struct Patient {
    /// Who is asked.
    pub terminal: Terminal,
    /// Whether a password will be asked for after the wait.
    pub asks_password: bool,
}

/// The bar, where the end of the program can reach it.
static LINE: Mutex<Option<Line>> = Mutex::new(None);

struct Line {
    bar: ProgressBar,
    /// When the last line was written, where there is no bar.
    written: Option<Instant>,
    block: u64,
}

fn line() -> MutexGuard<'static, Option<Line>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something that takes seconds is under way until the returned value is dropped.
#[must_use]
pub fn busy(line: &str) -> Busy {
    let line = one_line(line);
    if !std::io::stderr().is_terminal() {
        screen::tell(&line);
        return Busy(None);
    }
    let spinner = ProgressBar::new_spinner().with_message(line);
    spinner.enable_steady_tick(Duration::from_millis(100));
    Busy(Some(spinner))
}

/// A spinner that ends with what it stands for.
pub struct Busy(Option<ProgressBar>);

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(spinner) = &self.0 {
            spinner.finish_and_clear();
        }
    }
}

/// A work of many like steps is under way until the returned value is dropped.
#[must_use]
pub fn steps(line: &str, quiet: bool) -> Steps {
    if quiet || !std::io::stderr().is_terminal() {
        return Steps(None);
    }
    Steps(Some(bar(0).with_message(one_line(line))))
}

/// A bar that ends with what it stands for.
pub struct Steps(Option<ProgressBar>);

impl Steps {
    /// So many are done, of so many.
    pub fn at(&self, done: u64, all: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(all);
            bar.set_position(done);
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Takes the bar off the terminal; no other comes while the returned guard is held.
#[must_use]
pub fn stop() -> impl Sized {
    let mut line = line();
    if let Some(line) = line.take() {
        line.bar.finish_and_clear();
    }
    line
}

impl Confirm for Patient {
    fn confirm(&self, plan: &Plan, snapshot: &Snapshot) -> Result<Consent> {
        self.terminal.confirm(plan, snapshot)
    }

    fn say(&self, line: &str) {
        self.terminal.say(line);
    }
}

impl Watch for Patient {
    fn agree(&self, whole: &Plan, stages: &[Stage], snapshot: &Snapshot) -> Result<Consent> {
        let parts = StageView::all(stages, snapshot);
        let mut shown =
            render::text::stages(&PlanView::of(whole, snapshot), &parts, Stream::Stderr);
        let Some(last) = stages.last().filter(|stage| !stage.waits_for.is_empty()) else {
            return self.terminal.consent(
                &shown,
                &views::deed(whole),
                &whole.netuid.to_string(),
                &whole.chain.genesis_hash,
            );
        };
        if !self.terminal.yes {
            let until = when(last.block, snapshot);
            shown.push_str(&match stages {
                [one] => format!("Waits for the {} until\n{until}, then sends\n", one.waits_for),
                more => format!(
                    "Sends {} stages; the last waits for the {} until\n{until}\n",
                    more.len(),
                    last.waits_for
                ),
            });
        }
        if self.asks_password {
            shown.push_str(match stages {
                [_] => "The password is asked for after the wait\n",
                _ => "The password is asked for before each stage, after its wait\n",
            });
        }
        self.terminal.consent(
            &shown,
            &format!("wait and {}", views::deed(whole)),
            &whole.netuid.to_string(),
            &whole.chain.genesis_hash,
        )
    }

    fn waiting(&self, wait: &Wait<'_>) {
        let mut line = line();
        let line = line.get_or_insert_with(|| Line {
            bar: bar(wait.block.saturating_sub(wait.from.saturating_add(1))),
            written: None,
            block: wait.block,
        });
        if !line.bar.is_hidden() {
            line.bar.set_position(wait.head.saturating_sub(wait.from));
            line.bar.set_message(words(wait));
        } else if line.written.is_none_or(|written| written.elapsed() >= BETWEEN_LINES) {
            screen::tell(&format!("waiting for {}", words(wait)));
            line.written = Some(Instant::now());
        }
    }

    fn over(&self, reached: bool) {
        let Some(Line { bar, written: _, block }) = line().take() else { return };
        bar.finish_and_clear();
        if reached {
            screen::tell(&format!("reached block {block}"));
        }
    }
}

/// What a watch of epochs looks like: below what is told, a line with the last epochs and the blocks to the
/// next one on a terminal, nothing elsewhere.
pub struct EpochWatch {
    bar: Option<ProgressBar>,
    title: String,
    /// Mean Vtrust of the last epochs.
    last: Mutex<Vec<Option<Figure>>>,
}

/// EpochWatch of the curve.
const CURVE: usize = 24;

impl EpochWatch {
    /// Begins.
    #[must_use]
    pub fn new(title: &str, quiet: bool) -> Self {
        let drawn = !quiet && std::io::stderr().is_terminal();
        let style = ProgressStyle::with_template("{wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = drawn.then(|| {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style)
        });
        Self { bar, title: one_line(title), last: Mutex::default() }
    }

    /// An epoch was told.
    pub fn epoch(&self, line: &EpochLine) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.push(line.vtrust.map(|vtrust| vtrust.mean));
        if last.len() > CURVE {
            last.remove(0);
        }
    }

    /// Nothing new.
    pub fn waiting(&self, clock: &Clock, link: Link) {
        let Some(bar) = &self.bar else { return };
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let curve = views::sparkline(&last);
        let next = match (link, clock.next) {
            (Link::Lost(time), _) => format!("no answer for {}", rough(time.as_secs())),
            (Link::Still(time), _) => format!("no new block for {}", rough(time.as_secs())),
            (Link::Good, Some(next)) => {
                let left = next.saturating_sub(clock.block);
                let time = rough(left.saturating_mul(SECONDS_PER_BLOCK));
                format!("next epoch in {left} blocks, {time}")
            }
            (Link::Good, None) => "no epoch is due".to_owned(),
        };
        bar.set_message(format!("{}  {curve}  {next}", self.title));
        bar.tick();
    }

    /// Writes something above the line.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for EpochWatch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(blocks: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("[{bar:10}] {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(blocks), ProgressDrawTarget::stderr())
        .with_style(style.progress_chars("=> "))
}

/// The wait in a line that leaves room for the bar.
fn words(wait: &Wait<'_>) -> String {
    let blocks = match wait.blocks_left() {
        1 => "1 block".to_owned(),
        several => format!("{several} blocks"),
    };
    let left = rough(wait.seconds_left());
    let short = |why: &str| format!("block {}: {blocks}, {left}, {why}", wait.block);
    let why = match wait.link {
        Link::Good => one_line(wait.waits_for),
        Link::Still(time) => format!("no new block for {}", rough(time.as_secs())),
        Link::Lost(time) => format!("no answer for {}", rough(time.as_secs())),
    };
    let long = short(&why);
    if long.chars().count() <= WORDS {
        return long;
    }
    // The names stand in the plan above.
    short(why.split(" of ").next().unwrap_or_default())
}

/// A number of seconds in its two largest units or so.
fn rough(seconds: u64) -> String {
    let unit = match seconds {
        0..3_600 => 1,
        3_600..86_400 => 60,
        _ => 3_600,
    };
    let over = seconds.checked_rem(unit).unwrap_or(0);
    value::seconds(seconds.saturating_sub(over).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_fit_beside_the_bar() {
        let wait = |waits_for, link| {
            let block = 6_900_850;
            words(&Wait { block, waits_for, from: 0, head: block - 731, block_ms: 12_000, link })
        };
        assert_eq!(
            wait("rate limit of tempo", Link::Good),
            "block 6900850: 730 blocks, 2h 26m, rate limit of tempo"
        );
        assert_eq!(
            wait("rate limits of mechanism_count and mechanism_emission_split", Link::Good),
            "block 6900850: 730 blocks, 2h 26m, rate limits"
        );
        assert_eq!(
            wait("freeze window", Link::Still(Duration::from_secs(100_000))),
            "block 6900850: 730 blocks, 2h 26m, no new block for 1d 3h"
        );
        assert_eq!(
            wait("freeze window", Link::Lost(Duration::from_secs(61))),
            "block 6900850: 730 blocks, 2h 26m, no answer for 1m 1s"
        );
    }
}
