//! What is measured: the subnets at the newest finalized block, read once for each block.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use subtune_chain::{At, Chain};
use subtune_model::catalog::{self, Hyperparameter};
use subtune_model::error::{Error, Result};
use subtune_model::fleet::{Fleet, FleetState};
use subtune_model::hash::Hash32;
use subtune_model::monitor::{Cohort, Sample, Sampled, health};
use subtune_model::plan::{Plan, Status};
use subtune_model::ports::{ChainRead as _, EpochRead as _};
use subtune_model::schedule::{self, Opening};
use subtune_model::snapshot::{SetterState, Snapshot};
use subtune_model::terms::Terms;
use subtune_model::value::Value;
use tokio::sync::Mutex;

use crate::cli::epochs::Log;
use crate::cli::fleet::look::{self, Looked};
use crate::cli::wanted::Wished;
use crate::ops::EpochLog as _;
use crate::ui::metrics::Metrics;
use crate::ui::output::one_line;
use crate::ui::screen;

/// What is served.
pub(super) struct Exporter {
    chain: Chain,
    fleet: Fleet,
    wished: BTreeMap<u16, Wished>,
    log: Log,
    memory: Mutex<Memory>,
}

/// What was read, and how that went.
#[derive(Default)]
struct Memory {
    /// The block that was read last.
    head: Option<Hash32>,
    /// What is told of it.
    text: String,
    /// The last epoch of each subnet.
    epochs: BTreeMap<u16, Epoch>,
    /// Whether the node has answered the last time.
    is_up: bool,
    scrapes: u64,
    reads: u64,
    failures: u64,
    took: Duration,
}

/// The last epoch of a subnet.
#[derive(Default)]
struct Epoch {
    /// Its block.
    block: u64,
    /// What it gave, where it could be read.
    sample: Option<Sample>,
    /// How many epochs there were between two that were read.
    missed: u64,
    /// How often one could not be read.
    errors: u64,
}

impl Exporter {
    pub(super) fn new(chain: Chain, fleet: Fleet, wished: BTreeMap<u16, Wished>, log: Log) -> Self {
        wished.values().for_each(|wished| wished.heed(&chain));
        Self { chain, fleet, wished, log, memory: Mutex::new(Memory::default()) }
    }

    /// All metrics, within so much time.
    pub(super) async fn scrape(&self, longest: Duration) -> String {
        let begun = Instant::now();
        // Who comes meanwhile gets what is being read.
        let mut memory = self.memory.lock().await;
        memory.scrapes = memory.scrapes.saturating_add(1);
        let read = tokio::time::timeout(longest, self.refresh(&mut memory)).await;
        let read = read.unwrap_or_else(|_| {
            Err(Error::chain(format!("the node has not answered within {} s", longest.as_secs())))
        });
        let was_up = std::mem::replace(&mut memory.is_up, read.is_ok());
        if let Err(error) = &read {
            memory.failures = memory.failures.saturating_add(1);
            // What was read before is not true any more.
            memory.head = None;
            if was_up || memory.failures == 1 {
                screen::tell(&one_line(&format!("warning: {}", error.what)));
            }
        }
        self.text(&memory, begun.elapsed())
    }

    fn text(&self, memory: &Memory, took: Duration) -> String {
        let mut metrics = Metrics::default();
        let Memory { text, is_up, scrapes, reads, failures, took: read, epochs, .. } = memory;
        let version = env!("CARGO_PKG_VERSION");
        metrics.gauge("subtune_build_info", "Version of subtune", &[("version", version)], 1);
        metrics.gauge(
            "subtune_node_up",
            "Whether the node has answered this scrape; without it nothing is told of the chain",
            &[],
            u8::from(*is_up),
        );
        let mut counter = |name, help, value: u64| metrics.counter(name, help, &[], value);
        counter("subtune_scrapes_total", "Scrapes so far", *scrapes);
        counter(
            "subtune_block_reads_total",
            "Blocks that were read; one for all scrapes of a block",
            *reads,
        );
        counter(
            "subtune_node_errors_total",
            "Scrapes for which the node did not answer as it should",
            *failures,
        );
        let traffic = self.chain.traffic();
        counter("subtune_node_requests_total", "Requests to the node", traffic.requests);
        counter(
            "subtune_node_sent_bytes_total",
            "Bytes of parameters sent to the node",
            traffic.sent,
        );
        counter(
            "subtune_node_received_bytes_total",
            "Bytes of results received from the node",
            traffic.received,
        );
        for (netuid, epoch) in epochs {
            metrics.counter(
                "subtune_epochs_missed_total",
                "Epochs between two that were read, and that were not",
                &[("netuid", &netuid.to_string())],
                epoch.missed,
            );
            metrics.counter(
                "subtune_epoch_errors_total",
                "How often an epoch could not be read; it is tried again with the next block",
                &[("netuid", &netuid.to_string())],
                epoch.errors,
            );
        }
        metrics.gauge(
            "subtune_block_read_duration_seconds",
            "How long the last block took to read",
            &[],
            seconds(*read),
        );
        metrics.gauge(
            "subtune_scrape_duration_seconds",
            "How long this scrape has taken",
            &[],
            seconds(took),
        );
        let mut all = metrics.text();
        if *is_up {
            all.push_str(text);
        }
        all
    }

    /// Reads the newest finalized block, unless it was read already.
    async fn refresh(&self, memory: &mut Memory) -> Result<()> {
        if !memory.is_up && memory.scrapes > 1 {
            // The connection may be dead: it is opened anew.
            self.chain.wait(0, true).await;
        }
        let known = memory.head.unwrap_or(*self.chain.genesis_hash());
        let Some(head) = self.chain.head(&known).await? else { return Ok(()) };
        let begun = Instant::now();
        let plan =
            |netuid: u16, snapshot: &Snapshot, terms: &mut Terms| match self.wished.get(&netuid) {
                Some(wished) => wished.on(snapshot, terms),
                None => Ok(Plan::build(snapshot, &[], "", terms)),
            };
        let at = At::Hash(head.hash);
        let looked = look::looked(&self.chain, &self.fleet, &at, &plan).await?;
        for one in &looked {
            if let Some(snapshot) = &one.place {
                // It is asked for again with the next block; what else is known is told all the same.
                if self.epoch(memory, snapshot).await.is_err() {
                    let epoch = memory.epochs.entry(one.netuid).or_default();
                    epoch.errors = epoch.errors.saturating_add(1);
                }
            }
        }
        let mut metrics = Metrics::default();
        let block = head.number;
        metrics.gauge(
            "subtune_chain_info",
            "The chain that is read",
            &[
                ("network", self.chain.network()),
                ("genesis_hash", &self.chain.genesis_hash().to_string()),
            ],
            1,
        );
        metrics.gauge("subtune_block_number", "Newest finalized block", &[], block);
        if let Some(millis) = head.time_ms {
            metrics.gauge(
                "subtune_block_timestamp_seconds",
                "Time of the newest finalized block",
                &[],
                seconds(Duration::from_millis(millis)),
            );
        }
        for one in &looked {
            subnet(&mut metrics, one, memory.epochs.get(&one.netuid));
        }
        memory.text = metrics.text();
        memory.head = Some(head.hash);
        memory.reads = memory.reads.saturating_add(1);
        memory.took = begun.elapsed();
        Ok(())
    }

    /// Reads the last epoch of a subnet, unless it was read already.
    async fn epoch(&self, memory: &mut Memory, snapshot: &Snapshot) -> Result<()> {
        let Some(last) = snapshot.guards.schedule.anchor.map(|anchor| anchor.last_epoch) else {
            return Ok(());
        };
        let netuid = snapshot.netuid;
        let epoch = memory.epochs.entry(netuid).or_default();
        if last == 0 || last == epoch.block {
            return Ok(());
        }
        let kept = self.log.kept(netuid, 0, last)?;
        let sample = match kept {
            Some(kept) => Some(kept),
            None => match self.chain.sample(netuid, 0, last, epoch.sample.as_ref()).await? {
                Sampled::Is(sample) => {
                    self.log.keep(&sample)?;
                    Some(*sample)
                }
                Sampled::NoEpoch(_) | Sampled::Gone => None,
            },
        };
        if let (Some(sample), true) = (&sample, epoch.block > 0)
            && sample.previous > epoch.block
        {
            // By the tempo, since nobody counts them: at least one.
            let between = sample.previous.saturating_sub(epoch.block);
            let missed = between.checked_div(sample.tempo.max(1)).unwrap_or_default().max(1);
            epoch.missed = epoch.missed.saturating_add(missed);
        }
        epoch.block = last;
        epoch.sample = sample;
        Ok(())
    }
}

/// A time with three decimals, in seconds.
fn seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}

/// A value as a metric has it; texts and lists have none.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(u8::from(*value).to_string()),
        Value::Uint(_) | Value::Negative(_) => Some(value.to_string()),
        Value::Text(_) | Value::List(_) | Value::None => None,
    }
}

/// What is told of one subnet.
fn subnet(metrics: &mut Metrics, one: &Looked, epoch: Option<&Epoch>) {
    let netuid = one.netuid.to_string();
    let of = [("netuid", netuid.as_str())];
    let state = one.state();
    for each in FleetState::ALL {
        metrics.gauge(
            "subtune_subnet_state",
            "Whether the subnet is as wanted: 1 for the state that it has",
            &[of[0], ("state", each.word())],
            u8::from(each == state),
        );
    }
    if let (Some(pinned), Some(owner)) = (&one.member.owner, one.owner()) {
        metrics.gauge(
            "subtune_owner_as_pinned",
            "Whether the owner of the subnet is the one that the file pins",
            &of,
            u8::from(pinned == owner),
        );
    }
    let Some(snapshot) = &one.place else { return };
    values(metrics, snapshot, &of);
    if let Ok(found) = &one.found {
        wanted(metrics, &found.plan, &of);
    }
    clock(metrics, snapshot, &of);
    if let Some(Epoch { sample: Some(sample), .. }) = epoch {
        figures(metrics, sample, &of);
    }
}

fn is_the_owners(row: &Hyperparameter, snapshot: &Snapshot) -> bool {
    let setter = snapshot.guards.setters.get(row.name);
    matches!(setter, Some(SetterState::Call { who: "owner", .. }))
}

/// The values, and when each may be changed.
fn values(metrics: &mut Metrics, snapshot: &Snapshot, of: &[(&str, &str); 1]) {
    let next = snapshot.block.number.saturating_add(1);
    for row in catalog::ALL.iter() {
        let labels = [of[0], ("name", row.name)];
        if let Some(value) = snapshot.hyperparameters.get(row.name).and_then(number) {
            metrics.gauge(
                "subtune_hyperparameter",
                "Live raw value of the hyperparameter; 1 and 0 for on and off",
                &labels,
                value,
            );
        }
        if is_the_owners(row, snapshot)
            && let Opening::At(block) =
                schedule::earliest(row, &snapshot.guards, snapshot.netuid, next)
        {
            metrics.gauge(
                "subtune_hyperparameter_locked_blocks",
                "Blocks until the owner may change it, by rate limit and freeze window",
                &labels,
                block.saturating_sub(next),
            );
        }
    }
    let counts = [("unknown", snapshot.unknown.len()), ("unreadable", snapshot.unreadable.len())];
    for (what, count) in counts {
        metrics.gauge(
            "subtune_hyperparameters_untold",
            "Hyperparameters that this version does not know, or could not read",
            &[of[0], ("what", what)],
            count,
        );
    }
}

/// What is wanted, and whether it is so.
fn wanted(metrics: &mut Metrics, plan: &Plan, of: &[(&str, &str); 1]) {
    for item in &plan.items {
        let labels = [of[0], ("name", item.name.as_str())];
        if let Some(value) = number(&item.to) {
            metrics.gauge(
                "subtune_hyperparameter_wanted",
                "Raw value that the profile wants",
                &labels,
                value,
            );
        }
        metrics.gauge(
            "subtune_hyperparameter_drift",
            "Whether the live value is another one than the profile wants",
            &labels,
            u8::from(item.status != Status::Unchanged),
        );
    }
}

/// Epochs and the freeze window.
fn clock(metrics: &mut Metrics, snapshot: &Snapshot, of: &[(&str, &str); 1]) {
    let (guards, netuid, now) = (&snapshot.guards, snapshot.netuid, snapshot.block.number);
    if let Some(anchor) = guards.schedule.anchor {
        metrics.gauge("subtune_last_epoch_block", "Block of the last epoch", of, anchor.last_epoch);
    }
    if let Ok(Some(block)) = schedule::next_epoch(guards, netuid, now) {
        metrics.gauge(
            "subtune_next_epoch_block",
            "Block in which the next epoch is due",
            of,
            block,
        );
        metrics.gauge(
            "subtune_next_epoch_blocks",
            "Blocks until the next epoch",
            of,
            block.saturating_sub(now),
        );
    }
    if let Ok(frozen) = schedule::frozen(guards, netuid, now.saturating_add(1)) {
        metrics.gauge(
            "subtune_freeze_window",
            "Whether the next block is in the freeze window, in which owners may change nothing",
            of,
            u8::from(frozen),
        );
    }
}

/// How the validators agreed in the last epoch.
fn figures(metrics: &mut Metrics, sample: &Sample, of: &[(&str, &str); 1]) {
    let now = health(sample, &Cohort::of(sample));
    metrics.gauge(
        "subtune_validators",
        "Neurons with a permit in the last epoch",
        of,
        now.validators,
    );
    metrics.gauge("subtune_validators_active", "Those of them that are active", of, now.active);
    if let Some(vtrust) = &now.vtrust {
        metrics.gauge(
            "subtune_vtrust_mean_ratio",
            "Mean Vtrust of the last epoch",
            of,
            vtrust.mean,
        );
        metrics.gauge(
            "subtune_vtrust_stddev_ratio",
            "Standard deviation of Vtrust, divided by n",
            of,
            vtrust.std,
        );
        metrics.gauge("subtune_vtrust_min_ratio", "Lowest Vtrust", of, vtrust.min);
        metrics.gauge("subtune_vtrust_max_ratio", "Highest Vtrust", of, vtrust.max);
    }
    if let Some(age) = &now.age {
        metrics.gauge(
            "subtune_weights_age_max_blocks",
            "Age of the oldest weights when the epoch ran",
            of,
            age.max,
        );
        metrics.gauge(
            "subtune_weights_age_min_blocks",
            "Age of the newest weights when the epoch ran",
            of,
            age.min,
        );
    }
    metrics.gauge(
        "subtune_miners_paid",
        "Neurons with incentive in the last epoch",
        of,
        now.incentive.paid,
    );
}
