//! Several subnets, as they are shown.

use serde::Serialize;
use subtune_model::error::{Error, Kind};
use subtune_model::fleet::{FleetMember, FleetState};
use subtune_model::plan::Plan;
use subtune_model::planner::Drift;
use subtune_model::snapshot::Snapshot;

use super::{ItemView, PlanView, ReceiptView, StatusView, tao};

/// The subnets of a file.
#[derive(Debug, Clone, Serialize)]
pub struct FleetView {
    /// The file.
    pub file: String,
    /// The network.
    pub network: String,
    /// Its genesis hash.
    pub genesis_hash: Option<String>,
    /// The runtime.
    pub spec_version: Option<u32>,
    /// The block at which all of them were read.
    pub block: Option<u64>,
    /// Its hash.
    pub block_hash: Option<String>,
    /// Its time, RFC 3339.
    pub time: Option<String>,
    /// The subnets in the order of their netuids.
    pub subnets: Vec<FleetLine>,
    /// All of them in numbers.
    pub summary: FleetSummary,
}

/// One subnet.
#[derive(Debug, Clone, Serialize)]
pub struct FleetLine {
    /// The subnet.
    pub netuid: u16,
    /// How it is.
    pub state: FleetState,
    /// Its profile.
    pub profile: String,
    /// Its owner on the chain.
    pub owner: Option<String>,
    /// How many values would be sent, now or later.
    pub to_send: usize,
    /// How many are blocked for good.
    pub blocked: usize,
    /// How many nobody can tell anything of.
    pub unclear: usize,
    /// The plan; none where the subnet could not be read or planned.
    pub plan: Option<PlanView>,
    /// What went wrong.
    pub error: Option<FleetErrorView>,
}

/// What went wrong with one subnet.
#[derive(Debug, Clone, Serialize)]
pub struct FleetErrorView {
    /// The sort of failure.
    pub kind: Kind,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl FleetErrorView {
    fn of(error: &Error) -> Self {
        Self { kind: error.kind, message: error.what.clone(), hint: error.next_step().to_owned() }
    }
}

/// All subnets in numbers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FleetSummary {
    /// How many are as wanted.
    pub same: usize,
    /// How many have something to send.
    pub drift: usize,
    /// How many have something that is blocked for good.
    pub blocked: usize,
    /// How many could not be told.
    pub error: usize,
    /// The fees of all plans, in rao, where they were asked for.
    pub fee_rao: Option<String>,
    /// The same in a sentence.
    #[serde(skip)]
    pub sentence: String,
}

impl FleetLine {
    /// One subnet as it was found.
    #[must_use]
    pub fn of(
        netuid: u16,
        member: &FleetMember,
        found: Result<(&Plan, &Snapshot), &Error>,
        state: FleetState,
    ) -> Self {
        let (drift, plan, error) = match found {
            Ok((plan, snapshot)) => {
                (plan.drift(snapshot), Some(PlanView::of(plan, snapshot)), None)
            }
            Err(error) => (Drift::default(), None, Some(FleetErrorView::of(error))),
        };
        let Drift { pending, blocked, unclear } = drift;
        Self {
            netuid,
            state,
            profile: member.profile.clone(),
            owner: found.ok().map(|(_, snapshot)| snapshot.owner.clone()),
            to_send: pending.len(),
            blocked: blocked.len(),
            unclear: unclear.len(),
            plan,
            error,
        }
    }
}

impl FleetView {
    /// All of them.
    #[must_use]
    pub fn of(
        file: &str,
        place: Option<&Snapshot>,
        network: &str,
        subnets: Vec<FleetLine>,
    ) -> Self {
        let count = |state| subnets.iter().filter(|line| line.state == state).count();
        let fees: Vec<u64> = subnets
            .iter()
            .filter_map(|line| line.plan.as_ref()?.fee_rao.as_ref()?.parse().ok())
            .collect();
        let fee = fees.iter().fold(0u64, |sum, fee| sum.saturating_add(*fee));
        let mut summary = FleetSummary {
            same: count(FleetState::Same),
            drift: count(FleetState::Drift),
            blocked: count(FleetState::Blocked),
            error: count(FleetState::Error),
            fee_rao: (!fees.is_empty()).then(|| fee.to_string()),
            sentence: String::new(),
        };
        let counts: Vec<_> = FleetState::ALL
            .into_iter()
            .filter(|state| count(*state) > 0)
            .map(|state| format!("{} {}", count(state), state.word()))
            .collect();
        let all = subnets.len();
        summary.sentence = format!("{all} subnet{}: {}", plural(all), counts.join(", "));
        if !fees.is_empty() {
            let (count, fee) = (fees.len(), tao(fee));
            summary
                .sentence
                .push_str(&format!("; {count} transaction{}, fee about {fee} TAO", plural(count)));
        }
        Self {
            file: file.to_owned(),
            network: network.to_owned(),
            genesis_hash: place.map(|place| place.chain.genesis_hash.to_string()),
            spec_version: place.map(|place| place.chain.spec_version),
            block: place.map(|place| place.block.number),
            block_hash: place.map(|place| place.block.hash.to_string()),
            time: place.and_then(|place| place.block.time.clone()),
            subnets,
            summary,
        }
    }

    /// What it is about, in a line.
    #[must_use]
    pub fn title(&self) -> String {
        let at = self.block.map_or_else(String::new, |block| format!(" at block {block}"));
        format!("Fleet {} on {}{at}", self.file, self.network)
    }
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// How a change of several subnets has ended.
#[derive(Debug, Clone, Serialize)]
pub struct FleetEndedView {
    /// The file.
    pub file: String,
    /// The network.
    pub network: String,
    /// Its genesis hash.
    pub genesis_hash: Option<String>,
    /// The subnets in the order of their netuids.
    pub subnets: Vec<EndedView>,
    /// All of them in numbers.
    pub summary: EndedSummary,
}

/// How one subnet has ended.
#[derive(Debug, Clone, Serialize)]
pub struct EndedView {
    /// The subnet.
    pub netuid: u16,
    /// How it has ended.
    pub state: EndingWord,
    /// The outcome, as in the receipt.
    pub outcome: Option<&'static str>,
    /// The receipt.
    pub receipt: Option<ReceiptView>,
    /// The command that takes it back.
    pub rollback_command: Option<String>,
    /// The commands that look whether it has helped.
    pub next: Vec<String>,
    /// What went wrong.
    pub error: Option<FleetErrorView>,
}

/// How one subnet has ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingWord {
    /// Sent, and read back.
    Done,
    /// There was nothing to send.
    Nothing,
    /// A dry run: nothing was sent.
    DryRun,
    /// It has ended badly.
    Failed,
    /// Another one has ended badly before: nothing was written or sent.
    NotBegun,
}

impl EndingWord {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Nothing => "nothing to do",
            Self::DryRun => "dry run",
            Self::Failed => "failed",
            Self::NotBegun => "not begun",
        }
    }
}

/// How many subnets have ended in which way.
#[derive(Debug, Clone, Serialize)]
pub struct EndedSummary {
    /// Sent, and read back.
    pub done: usize,
    /// Nothing to send.
    pub nothing: usize,
    /// Ended badly.
    pub failed: usize,
    /// Not begun.
    pub not_begun: usize,
    /// The command that goes on, where not all is done.
    pub resume_command: Option<String>,
}

impl EndedView {
    /// A subnet for which nothing was sent.
    #[must_use]
    pub const fn without(netuid: u16, state: EndingWord) -> Self {
        Self {
            netuid,
            state,
            outcome: None,
            receipt: None,
            rollback_command: None,
            next: Vec::new(),
            error: None,
        }
    }

    /// A subnet that ended badly.
    #[must_use]
    pub fn failed(netuid: u16, error: &Error) -> Self {
        Self { error: Some(FleetErrorView::of(error)), ..Self::without(netuid, EndingWord::Failed) }
    }

    /// A subnet whose change was sent and proved.
    #[must_use]
    pub fn done(
        netuid: u16,
        receipt: ReceiptView,
        outcome: &'static str,
        back: String,
        next: Vec<String>,
    ) -> Self {
        Self {
            outcome: Some(outcome),
            receipt: Some(receipt),
            rollback_command: Some(back),
            next,
            ..Self::without(netuid, EndingWord::Done)
        }
    }
}

impl FleetEndedView {
    /// All of them.
    #[must_use]
    pub fn of(
        file: &str,
        place: Option<&Snapshot>,
        network: &str,
        subnets: Vec<EndedView>,
        resume: Option<String>,
    ) -> Self {
        let count = |state| subnets.iter().filter(|one| one.state == state).count();
        let (failed, not_begun) = (count(EndingWord::Failed), count(EndingWord::NotBegun));
        let summary = EndedSummary {
            done: count(EndingWord::Done),
            nothing: count(EndingWord::Nothing),
            failed,
            not_begun,
            resume_command: resume.filter(|_| failed > 0 || not_begun > 0),
        };
        Self {
            file: file.to_owned(),
            network: network.to_owned(),
            genesis_hash: place.map(|place| place.chain.genesis_hash.to_string()),
            subnets,
            summary,
        }
    }
}

impl FleetView {
    /// The values that are not as wanted, by subnet.
    #[must_use]
    pub fn drift_lines(&self) -> Vec<(u16, &ItemView)> {
        let mut found = Vec::new();
        for FleetLine { netuid, plan, .. } in &self.subnets {
            let items = plan.iter().flat_map(|plan| &plan.items);
            let differs = items.filter(|item| item.state != StatusView::Unchanged);
            found.extend(differs.map(|item| (*netuid, item)));
        }
        found
    }
}
