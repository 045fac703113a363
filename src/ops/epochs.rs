//! Epochs of the past and those that come: walked back by the chain's own marker, waited for one by one, kept.

use std::time::{Duration, Instant};

use subtune_model::error::{Error, Kind, Result};
use subtune_model::monitor::{Clock, Control, Sample, Sampled};
use subtune_model::ports::{ChainRead, EpochRead};

use super::follow::STANDSTILL;
use super::ports::Link;
use super::step::{Step, reached};

/// Where epochs are kept that were read. Only final ones come here.
pub trait EpochLog {
    /// The epoch of this block, if it is kept.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    fn kept(&self, netuid: u16, mechanism: u8, block: u64) -> Result<Option<Sample>>;
    /// The block of the newest epoch that is kept, of those up to a block.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    fn newest(&self, netuid: u16, mechanism: u8, up_to: u64) -> Result<Option<u64>>;
    /// Keeps an epoch, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep(&self, sample: &Sample) -> Result<()>;
    /// What else went on in this block, if it is kept.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    fn kept_control(&self, block: u64) -> Result<Option<Control>>;
    /// Keeps what else went on, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep_control(&self, control: &Control) -> Result<()>;
}

/// Most epochs that are filled in when a watch begins: three weeks of the usual tempo.
const AT_ONCE: usize = 420;

/// A subnet, and which of its mechanisms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The subnet.
    pub netuid: u16,
    /// The mechanism; 0 is the first.
    pub mechanism: u8,
}

/// How far back.
#[derive(Debug, Clone, Copy)]
pub struct EpochReach {
    /// The block of the newest epoch that is wanted.
    pub from: u64,
    /// Most epochs.
    pub most: usize,
    /// Only epochs after this block.
    pub after: u64,
}

/// Epochs of the past.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The epochs, oldest first.
    pub samples: Vec<Sample>,
    /// What else went on, at the same blocks.
    pub controls: Vec<Control>,
    /// How many of them were kept before.
    pub kept: usize,
    /// What is missing of those that were wanted, newest first.
    pub missing: Vec<Missing>,
}

/// Why epochs are not to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The subnet had none before the one of this block.
    None(u64),
    /// The node no longer has what the one of this block, and those before it, gave.
    Gone(u64),
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None(block) => write!(f, "the subnet had no epoch before block {block}"),
            Self::Gone(block) => write!(
                f,
                "the node no longer has the states of the epoch of block {block}: an archive node has \
                 them (--network archive)"
            ),
        }
    }
}

/// The epochs of a subnet, walked back from one of them: what is kept is not asked for again, and what is
/// asked for is kept.
///
/// # Errors
/// When the node does not answer, or what was read cannot be kept.
pub async fn gather<C: EpochRead>(
    chain: &C,
    log: &impl EpochLog,
    subject: Subject,
    reach: EpochReach,
    tell: &(dyn Fn(usize) + Sync),
) -> Result<Gathered> {
    let Subject { netuid, mechanism } = subject;
    let mut found = Gathered::default();
    let mut block = reach.from;
    // Whether what is kept is of this very chain: what is before one block of it is as well.
    let mut ours = false;
    while found.samples.len() < reach.most && block > reach.after {
        tell(found.samples.len());
        let kept = log.kept(netuid, mechanism, block)?;
        let kept = match kept {
            Some(sample) if !ours => {
                // A local chain may begin anew under the same genesis.
                ours = chain.block_hash(block).await?.is_none_or(|hash| hash == sample.hash);
                Some(sample).filter(|_| ours)
            }
            kept => kept,
        };
        let sample = match kept {
            Some(sample) => {
                found.kept = found.kept.saturating_add(1);
                sample
            }
            None => match chain.sample(netuid, mechanism, block, found.samples.last()).await? {
                Sampled::Is(sample) => {
                    reached(Step::EpochRead);
                    log.keep(&sample)?;
                    reached(Step::EpochKept);
                    *sample
                }
                Sampled::NoEpoch(last) if found.samples.is_empty() && last < block => {
                    block = last;
                    continue;
                }
                Sampled::NoEpoch(_) => {
                    return Err(Error::chain(format!(
                        "the node contradicts itself: subnet {netuid} had an epoch in block {block}, and \
                         had none"
                    ))
                    .hint("use another node with --network"));
                }
                Sampled::Gone => {
                    found.missing.push(Missing::Gone(block));
                    let earlier = block.saturating_sub(1);
                    let Some(kept) = log.newest(netuid, mechanism, earlier)? else { break };
                    block = kept.min(earlier);
                    continue;
                }
            },
        };
        found.controls.extend(control(chain, log, &sample).await?);
        // One that is not earlier would lead in circles.
        let previous = sample.previous;
        found.samples.push(sample);
        if previous == 0 || previous >= block {
            if found.samples.len() < reach.most {
                found.missing.push(Missing::None(block));
            }
            break;
        }
        block = previous;
    }
    found.samples.reverse();
    found.controls.reverse();
    Ok(found)
}

/// What else went on in the block of an epoch. A state that has gone meanwhile is a control less, and no
/// reason to lose the epoch.
async fn control<C: EpochRead>(
    chain: &C,
    log: &impl EpochLog,
    sample: &Sample,
) -> Result<Option<Control>> {
    if let Some(control) = log.kept_control(sample.block)?.filter(|it| it.hash == sample.hash) {
        return Ok(Some(control));
    }
    match chain.control(&sample.hash).await {
        Ok(control) => {
            log.keep_control(&control)?;
            Ok(Some(control))
        }
        Err(_) => Ok(None),
    }
}

/// What a watch sees.
pub enum Seen<'a> {
    /// Nothing new: the clock, and how the chain is heard.
    Waiting(&'a Clock, Link),
    /// An epoch, in order.
    Epoch(&'a Sample),
    /// Some epochs are not to be had, and why.
    Missing(Missing),
}

/// How to watch.
#[derive(Debug, Clone, Copy)]
pub struct Watching {
    /// Only epochs after this block.
    pub after: u64,
    /// How many epochs to see, and as many more as are filled in; `None` goes on until it is stopped.
    pub epochs: Option<usize>,
    /// How long the node may be silent.
    pub patience: Duration,
}

/// Watches the epochs of a subnet: tells of each that is final, in order, and keeps it. What ran while nobody
/// watched is filled in, as far as the node still has it.
///
/// # Errors
/// When the node is silent for too long, or what was read cannot be kept.
pub async fn watch<C: EpochRead + ChainRead>(
    chain: &C,
    log: &impl EpochLog,
    subject: Subject,
    watching: Watching,
    see: &dyn Fn(Seen<'_>) -> Result<()>,
) -> Result<()> {
    let mut after = watching.after;
    let mut left = watching.epochs.unwrap_or(usize::MAX);
    let (mut heard, mut moved) = (Instant::now(), Instant::now());
    let (mut tries, mut at) = (0u32, 0u64);
    let mut known: Option<Clock> = None;
    while left > 0 {
        let mut lost = false;
        match step(chain, log, subject, after).await {
            Ok((clock, found)) => {
                heard = Instant::now();
                if clock.block > at {
                    (at, moved, tries) = (clock.block, Instant::now(), 0);
                }
                known = Some(clock);
                for missing in found.missing.iter().rev() {
                    if let Missing::Gone(block) = missing {
                        see(Seen::Missing(*missing))?;
                        // What can never be had is not asked for again.
                        after = after.max(*block);
                    }
                }
                for sample in &found.samples {
                    see(Seen::Epoch(sample))?;
                    after = after.max(sample.block);
                    left = left.saturating_sub(1);
                }
            }
            Err(error) if error.kind != Kind::Chain || heard.elapsed() > watching.patience => {
                return Err(error);
            }
            Err(_) => lost = true,
        }
        if left == 0 {
            break;
        }
        if let Some(clock) = &known {
            let still = moved.elapsed();
            let link = match lost {
                true => Link::Lost(heard.elapsed()),
                false if still > watching.patience.saturating_mul(STANDSTILL) => Link::Still(still),
                false => Link::Good,
            };
            see(Seen::Waiting(clock, link))?;
        }
        chain.wait(tries, lost).await;
        tries = tries.saturating_add(1);
    }
    Ok(())
}

/// One look: the clock, and the epochs that have become final since.
async fn step<C: EpochRead>(
    chain: &C,
    log: &impl EpochLog,
    subject: Subject,
    after: u64,
) -> Result<(Clock, Gathered)> {
    let clock = chain.clock(subject.netuid).await?;
    if clock.last <= after {
        return Ok((clock, Gathered::default()));
    }
    // However long nobody has watched: what is older is for `baseline`.
    let reach = EpochReach { from: clock.last, most: AT_ONCE, after };
    Ok((clock, gather(chain, log, subject, reach, &|_| ()).await?))
}

/// The epochs around a change: those up to its block, and those after it.
///
/// # Errors
/// When the node does not answer, or what was read cannot be kept.
pub async fn around<C: EpochRead>(
    chain: &C,
    log: &impl EpochLog,
    subject: Subject,
    change: u64,
    before: usize,
    tell: &(dyn Fn(usize) + Sync),
) -> Result<(Gathered, Gathered)> {
    let clock = chain.clock(subject.netuid).await?;
    let reach = EpochReach { from: clock.last, most: AT_ONCE, after: change };
    let since = gather(chain, log, subject, reach, tell).await?;
    // The first one after the change tells of the last one before it.
    let from = match since.samples.first() {
        Some(first) => first.previous.min(change),
        None => clock.last,
    };
    let reach = EpochReach { from, most: before, after: 0 };
    let done = since.samples.len();
    let past = gather(chain, log, subject, reach, &|more| tell(done.saturating_add(more))).await?;
    Ok((past, since))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use subtune_model::hash::Hash32;
    use subtune_model::monitor::Mode;

    use super::*;

    const SUBJECT: Subject = Subject { netuid: 46, mechanism: 0 };

    /// Epochs every ten blocks; states before `oldest` are gone.
    struct Node {
        head: u64,
        oldest: u64,
        asked: Mutex<Vec<u64>>,
    }

    impl Node {
        fn new(head: u64, oldest: u64) -> Self {
            Self { head, oldest, asked: Mutex::default() }
        }

        fn asked(&self) -> Vec<u64> {
            std::mem::take(&mut self.asked.lock().unwrap())
        }
    }

    fn sample(block: u64) -> Sample {
        Sample {
            netuid: 46,
            mechanism: 0,
            mechanisms: 1,
            block,
            hash: Hash32::blake2(&block.to_le_bytes()),
            previous: block - 10,
            time_ms: None,
            spec_version: 475,
            mode: Mode::Yuma,
            index: None,
            tempo: 10,
            kappa: None,
            activity_cutoff: None,
            commit_reveal: None,
            hyperparameters: BTreeMap::new(),
            neurons: Vec::new(),
        }
    }

    impl EpochRead for Node {
        async fn clock(&self, _: u16) -> Result<Clock> {
            let last = self.head / 10 * 10;
            Ok(Clock {
                block: self.head,
                hash: Hash32::blake2(&[]),
                time_ms: None,
                last,
                tempo: 10,
                next: Some(last + 10),
            })
        }

        async fn sample(&self, _: u16, _: u8, block: u64, _: Option<&Sample>) -> Result<Sampled> {
            self.asked.lock().unwrap().push(block);
            Ok(match block {
                _ if block < self.oldest => Sampled::Gone,
                _ if !block.is_multiple_of(10) => Sampled::NoEpoch(block / 10 * 10),
                _ => Sampled::Is(Box::new(sample(block))),
            })
        }

        async fn block_hash(&self, block: u64) -> Result<Option<Hash32>> {
            Ok(Some(sample(block).hash))
        }

        async fn control(&self, hash: &Hash32) -> Result<Control> {
            Ok(Control { block: 0, hash: *hash, subnets: BTreeMap::new() })
        }
    }

    #[derive(Default)]
    struct Log(RefCell<BTreeMap<u64, Sample>>);

    impl EpochLog for Log {
        fn kept(&self, _: u16, _: u8, block: u64) -> Result<Option<Sample>> {
            Ok(self.0.borrow().get(&block).cloned())
        }

        fn newest(&self, _: u16, _: u8, up_to: u64) -> Result<Option<u64>> {
            Ok(self.0.borrow().range(..=up_to).next_back().map(|(block, _)| *block))
        }

        fn keep(&self, sample: &Sample) -> Result<()> {
            self.0.borrow_mut().insert(sample.block, sample.clone());
            Ok(())
        }

        fn kept_control(&self, _: u64) -> Result<Option<Control>> {
            Ok(None)
        }

        fn keep_control(&self, _: &Control) -> Result<()> {
            Ok(())
        }
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    fn blocks(gathered: &Gathered) -> Vec<u64> {
        gathered.samples.iter().map(|sample| sample.block).collect()
    }

    fn back(node: &Node, log: &Log, from: u64, most: usize) -> Gathered {
        run(gather(node, log, SUBJECT, EpochReach { from, most, after: 0 }, &|_| ())).unwrap()
    }

    #[test]
    fn epochs_are_walked_back_and_never_asked_for_twice() {
        let (node, log) = (Node::new(105, 0), Log::default());
        let found = back(&node, &log, 100, 4);
        assert_eq!((blocks(&found), found.kept), (vec![70, 80, 90, 100], 0));
        assert_eq!(node.asked(), [100, 90, 80, 70]);
        let found = back(&node, &log, 100, 6);
        assert_eq!((blocks(&found), found.kept), (vec![50, 60, 70, 80, 90, 100], 4));
        assert_eq!(node.asked(), [60, 50]);
        assert_eq!(found.missing, []);
        // From any block, to the beginning.
        let found = back(&node, &log, 38, 9);
        assert_eq!((blocks(&found), found.missing), (vec![10, 20, 30], vec![Missing::None(10)]));
    }

    /// Under the same genesis a local chain may have begun anew: what is kept of the other one is no epoch.
    #[test]
    fn what_is_kept_of_another_chain_is_read_anew() {
        let (node, log) = (Node::new(105, 0), Log::default());
        for block in [100, 90, 80] {
            let other = Hash32::blake2(b"other");
            log.keep(&Sample { hash: other, tempo: 9, ..sample(block) }).unwrap();
        }
        let found = back(&node, &log, 100, 3);
        assert_eq!((found.kept, node.asked()), (0, vec![100, 90, 80]));
        assert_eq!(found.samples, [80, 90, 100].map(sample));
        // Replaced by what is on this chain.
        assert_eq!((back(&node, &log, 100, 3).kept, node.asked()), (3, vec![]));
    }

    #[test]
    fn what_the_node_has_discarded_is_a_hole_that_is_told() {
        let (node, log) = (Node::new(105, 80), Log::default());
        let found = back(&node, &log, 100, 9);
        assert_eq!((blocks(&found), found.missing), (vec![80, 90, 100], vec![Missing::Gone(70)]));
        // What was kept when it was there is used.
        log.keep(&sample(50)).unwrap();
        log.keep(&sample(40)).unwrap();
        let found = back(&node, &log, 100, 5);
        assert_eq!(blocks(&found), [40, 50, 80, 90, 100]);
        assert_eq!(found.missing, [Missing::Gone(70)]);
    }

    #[test]
    fn a_change_parts_the_epochs() {
        let (node, log) = (Node::new(105, 0), Log::default());
        let (past, since) = run(around(&node, &log, SUBJECT, 80, 3, &|_| ())).unwrap();
        assert_eq!((blocks(&past), blocks(&since)), (vec![60, 70, 80], vec![90, 100]));
        let (past, since) = run(around(&node, &log, SUBJECT, 104, 2, &|_| ())).unwrap();
        assert_eq!((blocks(&past), blocks(&since)), (vec![90, 100], vec![]));
    }

    /// A node whose epochs lead in circles, or that says now this and now that.
    #[test]
    fn a_node_that_contradicts_itself_is_not_followed() {
        let (node, log) = (Node::new(105, 0), Log::default());
        log.keep(&Sample { previous: 95, ..sample(100) }).unwrap();
        let reach = EpochReach { from: 100, most: 5, after: 0 };
        let error = run(gather(&node, &log, SUBJECT, reach, &|_| ())).unwrap_err();
        assert!(error.what.contains("contradicts itself"), "{}", error.what);
        log.keep(&Sample { previous: 120, ..sample(100) }).unwrap();
        assert_eq!(blocks(&back(&node, &log, 100, 5)), [100]);
    }
}
