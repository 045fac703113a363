//! A plan, its stages and a check of a profile, as they are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::finding::Finding;
use subtune_model::origin::{Multisig, Origin, Proxy, Timepoint};
use subtune_model::plan::{Call, Item, Plan, Status};
use subtune_model::planner::Drift;
use subtune_model::planner::check::Check;
use subtune_model::planner::stage::Stage;
use subtune_model::receipt::Change;
use subtune_model::schedule::{self, Opening, when};
use subtune_model::simulation::{Confirmation, Judgement};
use subtune_model::snapshot::Snapshot;
use subtune_model::value::{human, spoken};

use super::simulation::{ConfirmedView, TimeView};
use super::{PlaceView, SimulationView, exact, unreadable};

/// Stands for a value before that is not known.
const NOT_KNOWN: &str = "not known";

/// The status of a change: the same word in text, JSON and Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusView {
    /// It is sent.
    Ready,
    /// It is sent, and nothing on the chain reads it.
    NoEffect,
    /// The chain accepts it from a later block on.
    Later,
    /// Not by this signer, or not on this chain.
    NotPermitted,
    /// The value breaks a rule.
    Invalid,
    /// No rule decides it.
    Unknown,
    /// It is so already.
    Unchanged,
}

impl StatusView {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Ready,
        Self::NoEffect,
        Self::Later,
        Self::NotPermitted,
        Self::Invalid,
        Self::Unknown,
        Self::Unchanged,
    ];

    const fn of(item: &Item) -> Self {
        match (&item.status, &item.inert) {
            (Status::Ready, None) => Self::Ready,
            (Status::Ready, Some(_)) => Self::NoEffect,
            (Status::Later { .. }, _) => Self::Later,
            (Status::NotPermitted { .. }, _) => Self::NotPermitted,
            (Status::Invalid { .. }, _) => Self::Invalid,
            (Status::Unknown { .. }, _) => Self::Unknown,
            (Status::Unchanged, _) => Self::Unchanged,
        }
    }

    /// As a heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::NoEffect => "No effect on this chain",
            Self::Later => "Later",
            Self::NotPermitted => "Not permitted",
            Self::Invalid => "Invalid",
            Self::Unknown => "Unknown",
            Self::Unchanged => "Unchanged",
        }
    }

    /// The sign in front of a name: nothing is told by colour alone.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Ready | Self::NoEffect => "~",
            Self::Later => "…",
            Self::NotPermitted | Self::Invalid => "!",
            Self::Unknown => "?",
            Self::Unchanged => "=",
        }
    }
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct ItemView {
    /// The hyperparameter.
    pub name: String,
    /// Its status.
    pub state: StatusView,
    /// The value before, exact.
    pub from: Option<Json>,
    /// Whether that is known.
    pub from_known: bool,
    /// The target value, exact.
    pub to: Json,
    /// The value before with its unit.
    pub from_text: Option<String>,
    /// The target value with its unit.
    pub to_text: String,
    /// Why it cannot be applied now.
    pub reason: Option<String>,
    /// The chain's error.
    pub error: Option<String>,
    /// First block at which the chain accepts it.
    pub from_block: Option<u64>,
    /// That block, confirmed by the chain's own code.
    pub confirmed: Option<ConfirmedView>,
    /// Why nothing on the chain reads it.
    pub no_effect: Option<String>,
    /// The value before, raw and with its unit.
    #[serde(skip)]
    pub before: String,
    /// The target value, raw and with its unit.
    #[serde(skip)]
    pub after: String,
    /// That block with its time.
    #[serde(skip)]
    pub when: Option<String>,
}

impl ItemView {
    fn of(item: &Item, snapshot: &Snapshot, said: Option<&Confirmation>) -> Self {
        let Item { name, from, to, status, inert } = item;
        let unit = item.unit();
        let (block, error) = match status {
            Status::Later { block, error, .. } => (Some(*block), Some(error.clone())),
            Status::NotPermitted { error, .. } | Status::Invalid { error, .. } => {
                (None, error.clone())
            }
            Status::Ready | Status::Unknown { .. } | Status::Unchanged => (None, None),
        };
        Self {
            name: name.clone(),
            state: StatusView::of(item),
            from: from.as_ref().map(exact),
            from_known: from.is_some(),
            to: exact(to),
            from_text: from.as_ref().map(|from| human(from, unit)),
            to_text: human(to, unit),
            reason: status.reason().map(str::to_owned),
            error,
            from_block: block,
            confirmed: said.and_then(ConfirmedView::of),
            no_effect: inert.clone(),
            before: from.as_ref().map_or_else(|| NOT_KNOWN.to_owned(), |from| spoken(from, unit)),
            after: spoken(to, unit),
            when: block.map(|block| when(block, snapshot)),
        }
    }
}

/// One call of the chain.
#[derive(Debug, Clone, Serialize)]
pub struct CallView {
    /// Pallet name.
    pub pallet: String,
    /// Call name.
    pub call: String,
    /// Subnet.
    pub netuid: u16,
    /// Arguments after the netuid.
    pub args: Vec<ArgView>,
    /// The hyperparameters that it sets.
    pub sets: Vec<String>,
    /// `Pallet.call(netuid = 46, …)`.
    #[serde(skip)]
    pub written: String,
}

/// One argument of a call.
#[derive(Debug, Clone, Serialize)]
pub struct ArgView {
    /// Its name on the chain.
    pub name: String,
    /// Its value, exact.
    pub value: Json,
}

impl CallView {
    pub(super) fn of(call: &Call) -> Self {
        let Call { pallet, call: name, netuid, args, sets } = call;
        let arg = |arg: &subtune_model::plan::Arg| ArgView {
            name: arg.name.clone(),
            value: exact(&arg.value),
        };
        Self {
            pallet: pallet.clone(),
            call: name.clone(),
            netuid: *netuid,
            args: args.iter().map(arg).collect(),
            sets: sets.clone(),
            written: call.to_string(),
        }
    }
}

/// Who signs, and for whom.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum SigningMode {
    /// The owner's own key.
    Direct,
    /// A key that the owner has made its proxy.
    Proxy {
        /// The account that the calls run as.
        real: String,
        /// The proxy type that is used.
        proxy_type: String,
        /// Whether the calls go all or nothing.
        atomic: bool,
        /// Whether that account pays the fee; `null` where nobody can tell.
        real_pays: Option<bool>,
    },
    /// A signatory of the multisig that owns the subnet, or that is the owner's proxy.
    Multisig {
        /// The multisig's account.
        account: String,
        /// For whom it acts as a proxy.
        proxy: Option<ProxyView>,
        /// How many signatories have to approve.
        threshold: u16,
        /// The other signatories.
        other_signatories: Vec<String>,
        /// Approvals with this one.
        approvals: u16,
        /// Whether this approval runs the call.
        runs: bool,
        /// Names the proposal.
        call_hash: String,
        /// The call, encoded.
        call_data: String,
        /// Where it was proposed.
        timepoint: Option<TimepointView>,
        /// What the proposal reserves, in rao.
        deposit_rao: Option<String>,
    },
}

/// The proxy that a multisig is.
#[derive(Debug, Clone, Serialize)]
pub struct ProxyView {
    /// The account that the calls run as.
    pub real: String,
    /// The proxy type that is used.
    pub proxy_type: String,
    /// Whether the calls go all or nothing.
    pub atomic: bool,
}

/// Where a call was proposed.
#[derive(Debug, Clone, Serialize)]
pub struct TimepointView {
    /// Block.
    pub height: u64,
    /// Index of the extrinsic in it.
    pub index: u64,
}

impl SigningMode {
    pub(super) fn of(origin: &Origin) -> Self {
        match origin {
            Origin::Direct => Self::Direct,
            Origin::Proxy(Proxy { real, proxy_type, apart, real_pays }) => Self::Proxy {
                real: real.clone(),
                proxy_type: proxy_type.clone(),
                atomic: !apart,
                real_pays: *real_pays,
            },
            Origin::Multisig(multisig) => {
                let Multisig {
                    account,
                    proxy,
                    threshold,
                    others,
                    call_hash,
                    call_data,
                    timepoint,
                    approvals,
                    max_weight: _,
                    deposit_rao,
                } = multisig;
                Self::Multisig {
                    account: account.clone(),
                    proxy: proxy.as_ref().map(|proxy| ProxyView {
                        real: proxy.real.clone(),
                        proxy_type: proxy.proxy_type.clone(),
                        atomic: !proxy.apart,
                    }),
                    threshold: *threshold,
                    other_signatories: others.clone(),
                    approvals: *approvals,
                    runs: multisig.runs(),
                    call_hash: call_hash.to_string(),
                    call_data: call_data.clone(),
                    timepoint: timepoint
                        .map(|Timepoint { height, index }| TimepointView { height, index }),
                    deposit_rao: deposit_rao.map(|deposit| deposit.to_string()),
                }
            }
        }
    }
}

/// When something happens that is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tense {
    Present,
    Past,
}

/// Whose calls they are, when not the signer's own, in lines.
pub(super) fn signing_lines(origin: &Origin, tense: Tense) -> Vec<String> {
    match origin {
        Origin::Direct => Vec::new(),
        Origin::Proxy(Proxy { real, proxy_type, .. }) => {
            vec![format!("proxy ({proxy_type}) for {real}")]
        }
        Origin::Multisig(multisig) => {
            let Multisig { account, proxy, threshold, call_hash, timepoint, approvals, .. } =
                multisig;
            let does = match (multisig.runs(), timepoint, tense) {
                (true, _, Tense::Present) => "runs the call",
                (true, _, Tense::Past) => "ran the call",
                (false, None, Tense::Present) => "proposes the call",
                (false, None, Tense::Past) => "proposed the call",
                (false, Some(_), Tense::Present) => "the call waits for more",
                (false, Some(_), Tense::Past) => "the call waited for more",
            };
            let mut lines = vec![format!("multisig {account}")];
            if let Some(Proxy { real, proxy_type, .. }) = proxy {
                lines.push(format!("which is proxy ({proxy_type}) for {real}"));
            }
            lines.push(format!("approval {approvals} of {threshold}: {does}"));
            lines.push(format!("call hash {call_hash}"));
            lines
        }
    }
}

/// What is sent for a plan, in words.
#[derive(Debug, Clone)]
pub struct TransactionView {
    /// How the calls are wrapped, one sentence.
    pub shape: String,
    /// The calls in order, when there are several.
    pub calls: Vec<String>,
    /// Whose calls they are, when not the signer's own.
    pub signing: Vec<String>,
    /// Whether the preflight sees what is inside.
    pub opaque: bool,
    /// The fee with who pays it.
    pub fee: Option<String>,
    /// The deposit of a proposal.
    pub deposit: Option<String>,
}

impl TransactionView {
    fn of(plan: &Plan) -> Option<Self> {
        let multisig = match &plan.origin {
            Origin::Direct | Origin::Proxy(_) => "",
            Origin::Multisig(multisig) if multisig.threshold == 1 => {
                "Multisig.as_multi_threshold_1 of "
            }
            Origin::Multisig(_) => "Multisig.as_multi of ",
        };
        let proxy = if plan.origin.proxy().is_some() { "Proxy.proxy of " } else { "" };
        let one = "One transaction (extrinsic)";
        let (shape, calls) = match plan.calls.as_slice() {
            [] => return None,
            [only] => (format!("{one}: {multisig}{proxy}{}", only.name()), Vec::new()),
            several => {
                let count = several.len();
                let shape = if plan.origin.is_apart() {
                    format!(
                        "{one}, NOT all or nothing: {multisig}Utility.batch_all of {count} times \
                         Proxy.proxy, in this order:"
                    )
                } else {
                    format!(
                        "{one}, all or nothing: {multisig}{proxy}Utility.batch_all of {count} \
                         calls, in this order:"
                    )
                };
                (shape, several.iter().map(|call| call.call.clone()).collect())
            }
        };
        let fee = plan.fee_rao.map(|fee| {
            let payer = match &plan.origin {
                Origin::Direct => "",
                Origin::Proxy(Proxy { real_pays: Some(true), .. }) => {
                    ", paid by the account it is for"
                }
                Origin::Proxy(Proxy { real_pays: None, .. }) => {
                    ", paid by the signer or by the account it is for: cannot tell which"
                }
                Origin::Proxy(_) | Origin::Multisig(_) => ", paid by the signer",
            };
            // The declared weight of an approval covers the call, which only the last one runs.
            let about = match &plan.origin {
                Origin::Multisig(multisig) if !multisig.runs() => "at most",
                Origin::Direct | Origin::Proxy(_) | Origin::Multisig(_) => "about",
            };
            format!("{about} {} TAO{payer}", super::tao(fee))
        });
        let deposit = match &plan.origin {
            Origin::Multisig(Multisig { deposit_rao: Some(deposit), .. }) => {
                Some(format!("{} TAO, given back when the call runs", super::tao(*deposit)))
            }
            Origin::Direct | Origin::Proxy(_) | Origin::Multisig(_) => None,
        };
        Some(Self {
            shape,
            calls,
            signing: signing_lines(&plan.origin, Tense::Present),
            opaque: !plan.origin.is_direct() && !matches!(plan.judgement, Some(Judgement::Ran(_))),
            fee,
            deposit,
        })
    }
}

/// A plan.
#[derive(Debug, Clone, Serialize)]
pub struct PlanView {
    /// Chain, block and subnet.
    #[serde(flatten)]
    pub place: PlaceView,
    /// Where the target values come from.
    pub source: String,
    /// Every target value.
    pub items: Vec<ItemView>,
    /// The names of what differs, by what can be done about it.
    pub drift: DriftView,
    /// The calls to send, in order.
    pub calls: Vec<CallView>,
    /// Who signs, and for whom.
    pub signing_mode: SigningMode,
    /// Estimated fee in rao.
    pub fee_rao: Option<String>,
    /// What is worth a look.
    pub findings: Vec<Finding>,
    /// What the chain's own code says of it; null when it was not asked.
    pub simulation: Option<SimulationView>,
    /// What matters most of the epochs to come with these changes; absent when it was not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forecast: Vec<String>,
    /// Digest of all that the plan would do.
    pub digest: String,
    /// One line that names the plan.
    #[serde(skip)]
    pub title: String,
    /// How many changes of which kind, one line.
    #[serde(skip)]
    pub counts: String,
    /// What is sent.
    #[serde(skip)]
    pub transaction: Option<TransactionView>,
    /// From when a rate limit lets it be changed again.
    #[serde(skip)]
    pub limits: Vec<LimitView>,
    /// What the chain's own code says of the blocks for which changes have to wait.
    #[serde(skip)]
    pub later: Vec<TimeView>,
}

/// From when a rate limit lets changes be changed again, or rolled back.
#[derive(Debug, Clone)]
pub struct LimitView {
    /// Which changes.
    pub what: String,
    /// The block with its time.
    pub when: String,
}

/// The names of what differs.
#[derive(Debug, Clone, Serialize)]
pub struct DriftView {
    /// What would be sent, now or later.
    pub pending: Vec<String>,
    /// What would not, however long anybody waits.
    pub blocked: Vec<String>,
    /// What could not be told.
    pub unknown: Vec<String>,
}

impl PlanView {
    /// A plan that was made on this snapshot.
    #[must_use]
    pub fn of(plan: &Plan, snapshot: &Snapshot) -> Self {
        Self::of_block(plan, snapshot, snapshot.block.number.saturating_add(1))
    }

    /// A plan that was made on this snapshot for a block.
    #[must_use]
    pub fn of_block(plan: &Plan, snapshot: &Snapshot, block: u64) -> Self {
        let drift = plan.drift(snapshot);
        Self {
            place: PlaceView::of(snapshot),
            source: plan.source.clone(),
            items: plan.items.iter().map(|item| item_view(plan, item, snapshot)).collect(),
            later: TimeView::of_later(plan),
            counts: counts(plan, &drift),
            drift: DriftView::of(&drift),
            calls: plan.calls.iter().map(CallView::of).collect(),
            signing_mode: SigningMode::of(&plan.origin),
            fee_rao: plan.fee_rao.map(|fee| fee.to_string()),
            findings: plan.findings.clone(),
            forecast: plan.forecast.clone(),
            simulation: SimulationView::of(plan),
            digest: plan.digest(),
            title: format!(
                "Plan for subnet {} on {} at block {}, runtime {}",
                plan.netuid, plan.chain.network, plan.base.number, plan.chain.spec_version
            ),
            transaction: TransactionView::of(plan),
            limits: limits(plan, snapshot, block),
        }
    }
}

/// A change of a plan, with what the chain's own code says of its block.
fn item_view(plan: &Plan, item: &Item, snapshot: &Snapshot) -> ItemView {
    ItemView::of(item, snapshot, plan.confirmed.get(&item.name).and_then(Option::as_ref))
}

impl DriftView {
    fn of(drift: &Drift<'_>) -> Self {
        let names = |items: &[&Item]| items.iter().map(|item| item.name.clone()).collect();
        let Drift { pending, blocked, unclear } = drift;
        Self { pending: names(pending), blocked: names(blocked), unknown: names(unclear) }
    }
}

fn counts(plan: &Plan, drift: &Drift<'_>) -> String {
    if plan.items.is_empty() {
        return "Nothing to change: no target values are set".to_owned();
    }
    let Drift { pending, blocked, unclear } = drift;
    let changes = plan.changes().count();
    let more = |count: usize, word: &str| match count {
        0 => String::new(),
        count => format!(", {count} {word}"),
    };
    let later = more(pending.len().saturating_sub(changes), "later");
    let unknown = more(unclear.len(), "unknown");
    let dead = match plan.changes().filter(|item| item.inert.is_some()).count() {
        0 => String::new(),
        dead => format!(" ({dead} without effect)"),
    };
    let same = plan.items.iter().filter(|item| item.status == Status::Unchanged).count();
    let blocked = blocked.len();
    format!("{changes} to change{dead}{later}, {blocked} blocked{unknown}, {same} unchanged")
}

/// From when the changes of a plan, made in block `at`, can be changed again, a rollback included.
fn limits(plan: &Plan, snapshot: &Snapshot, at: u64) -> Vec<LimitView> {
    let changes: Vec<_> = plan.changes().filter_map(Change::of).collect();
    let mut blocks: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (name, opening) in schedule::again(&changes, &snapshot.guards, plan.netuid, at) {
        match opening {
            Opening::At(block) if block > at.saturating_add(1) => {
                blocks.entry(block).or_default().push(name);
            }
            Opening::At(_) | Opening::Never | Opening::Unclear(_) => {}
        }
    }
    let line = |(block, names): (u64, Vec<String>)| {
        let what = match names.as_slice() {
            [one] => one.clone(),
            [one, other] => format!("{one} and {other}"),
            several => format!("{} of these", several.len()),
        };
        LimitView { what, when: when(block, snapshot) }
    };
    blocks.into_iter().map(line).collect()
}

/// Changes that are sent together in a later block.
#[derive(Debug, Clone, Serialize)]
pub struct StageView {
    /// That block.
    pub from_block: u64,
    /// What is waited for.
    pub waits_for: Option<String>,
    /// The hyperparameters that it changes.
    pub changes: Vec<String>,
    /// The calls to send.
    pub calls: Vec<CallView>,
    /// Estimated fee in rao.
    pub fee_rao: Option<String>,
    /// The block, confirmed by the chain's own code.
    pub confirmed: Option<ConfirmedView>,
    /// What the chain's own code says of the calls in that block; null when it was not asked.
    pub simulation: Option<SimulationView>,
    /// The block with its time.
    #[serde(skip)]
    pub when: String,
    /// The changes.
    #[serde(skip)]
    pub items: Vec<ItemView>,
    /// What is sent.
    #[serde(skip)]
    pub transaction: Option<TransactionView>,
    /// From when a rate limit lets it be changed again.
    #[serde(skip)]
    pub limits: Vec<LimitView>,
}

impl StageView {
    /// All stages of a plan, in order.
    #[must_use]
    pub fn all(stages: &[Stage], snapshot: &Snapshot) -> Vec<Self> {
        stages.iter().map(|stage| Self::of(stage, snapshot)).collect()
    }

    /// A stage of a plan that was made on this snapshot.
    #[must_use]
    pub fn of(stage: &Stage, snapshot: &Snapshot) -> Self {
        let Stage { block, waits_for, plan } = stage;
        let simulation = SimulationView::of(plan);
        Self {
            from_block: *block,
            waits_for: Some(waits_for.clone()).filter(|why| !why.is_empty()),
            changes: stage.names(),
            calls: plan.calls.iter().map(CallView::of).collect(),
            fee_rao: plan.fee_rao.map(|fee| fee.to_string()),
            confirmed: simulation.as_ref().and_then(|tried| tried.confirmed.clone()),
            simulation,
            when: when(*block, snapshot),
            items: plan.changes().map(|item| item_view(plan, item, snapshot)).collect(),
            transaction: TransactionView::of(plan),
            limits: limits(plan, snapshot, *block),
        }
    }
}

/// What the rules and the lint say to the values of a profile.
#[derive(Debug, Clone, Serialize)]
pub struct CheckView {
    /// The profile.
    pub profile: String,
    /// Every value.
    pub items: Vec<ItemView>,
    /// What is worth a look.
    pub findings: Vec<Finding>,
    /// What the chain's own code says of the values; null when it was not asked.
    pub simulation: Option<SimulationView>,
    /// The subnet.
    #[serde(skip)]
    pub netuid: u16,
    /// What could not be read, and why.
    #[serde(skip)]
    pub unreadable: BTreeMap<String, String>,
    /// What the chain's own code says of the blocks for which changes have to wait.
    #[serde(skip)]
    pub later: Vec<TimeView>,
}

impl CheckView {
    /// The check of a profile on this snapshot.
    #[must_use]
    pub fn of(source: &str, check: &Check, tried: Option<&Plan>, snapshot: &Snapshot) -> Self {
        Self {
            simulation: tried.and_then(SimulationView::of),
            profile: source.to_owned(),
            items: check
                .items
                .iter()
                .map(|item| match tried {
                    Some(plan) => item_view(plan, item, snapshot),
                    None => ItemView::of(item, snapshot, None),
                })
                .collect(),
            later: tried.map(TimeView::of_later).unwrap_or_default(),
            findings: check.findings.clone(),
            netuid: snapshot.netuid,
            unreadable: unreadable(snapshot),
        }
    }
}
