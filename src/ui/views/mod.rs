//! What is shown, as data: made once of a plan, a snapshot or a receipt, and then written as text,
//! Markdown, JSON or YAML by [`crate::ui::render`], which knows none of these.
//!
//! A field that scripts get is serialized; what only people need is skipped.

mod column;
mod diff;
mod doctor;
mod epochs;
mod evaluation;
mod explain;
mod fleet;
mod forecast;
mod health;
mod history;
mod import;
mod init;
mod metagraph;
mod plan;
mod proxy;
mod receipt;
mod runtime;
mod samples;
mod show;
mod simulation;
mod uid;
mod wallet;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use subtune_model::origin::Origin;
use subtune_model::plan::Plan;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::{Value, decimal};

pub use column::{Column, Selection};
pub use diff::{CannotTellView, DiffView, DifferenceView};
pub use doctor::DoctorView;
pub use epochs::{
    AlertView, BaselineView, EpochLine, SpreadView, SubnetView, short_hotkey, sparkline,
};
pub use evaluation::{EvaluationView, MadeView, MovedView, in_unit};
pub use explain::{
    CodeView, CodesView, DisplayOnlyView, ErrorView, ExplainView, HyperparameterView, IndexView,
    PartView, SharedCallView, SubjectView, TopicView,
};
pub use fleet::{
    EndedSummary, EndedView, EndingWord, FleetEndedView, FleetErrorView, FleetLine, FleetSummary,
    FleetView,
};
pub use forecast::{EpochView, ForecastView, MovesView, NeuronView, SelfTestView, SummaryRow, Two};
pub use health::{GoalView, HealthView, levers};
pub use history::{FailedView, HistoryView, RecordLine};
pub use import::{AsItIs, ImportView, ImportedFrom};
pub use init::{InitRow, InitView};
pub use metagraph::{MetagraphView, first_of, shown};
pub use plan::{
    CallView, CheckView, ItemView, LimitView, PlanView, StageView, StatusView, TransactionView,
};
pub use proxy::{GrantedView, ProxiesView, ProxyCallView, ProxySetupView};
pub use receipt::{ChangeView, ReceiptView};
pub use runtime::{HostFunctionView, RuntimeView};
pub use samples::{KeptView, SamplesView};
pub use show::{Reach, Row, Section, ShowView, who};
pub use simulation::{
    ConfirmedView, EffectView, SimulationState, SimulationView, TimeView, TriedCallView,
};
pub use uid::{BondView, CloseView, RelativeView, UidView, WeightView};
pub use wallet::{VerifiedView, WalletView, WalletsView};

/// What is told of one thing: labels, each with a text. One without a text is not shown.
pub type Facts = Vec<(&'static str, String)>;

/// Which chain, block and subnet a result is about.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceView {
    /// The network.
    pub network: String,
    /// Its genesis hash.
    pub genesis_hash: String,
    /// The runtime.
    pub spec_version: u32,
    /// The block.
    pub block: u64,
    /// Its hash.
    pub block_hash: String,
    /// Its time, RFC 3339.
    pub time: Option<String>,
    /// The subnet.
    pub netuid: u16,
    /// Its owner.
    pub owner: String,
}

impl PlaceView {
    /// Where a snapshot was read.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        Self {
            network: snapshot.chain.network.clone(),
            genesis_hash: snapshot.chain.genesis_hash.to_string(),
            spec_version: snapshot.chain.spec_version,
            block: snapshot.block.number,
            block_hash: snapshot.block.hash.to_string(),
            time: snapshot.block.time.clone(),
            netuid: snapshot.netuid,
            owner: snapshot.owner.clone(),
        }
    }
}

/// What could not be read, and why.
#[must_use]
pub fn unreadable(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let guards = snapshot.guards.unreadable().map(|(what, why)| (what.to_owned(), why.to_owned()));
    snapshot.unreadable.clone().into_iter().chain(guards).collect()
}

/// A value for scripts: integers as strings, so that no reader rounds them.
#[must_use]
pub fn exact(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::None => Json::Null,
        Value::List(values) => values.iter().map(ToString::to_string).collect(),
        Value::Uint(_) | Value::Negative(_) | Value::Text(_) => json!(value.to_string()),
    }
}

/// An amount of rao in TAO, exact.
fn tao(rao: u64) -> String {
    decimal(rao.into(), 9)
}

/// What the signature does, for a question: `change subnet 46 on finney`.
#[must_use]
pub fn deed(plan: &Plan) -> String {
    let what = format!("subnet {} on {}", plan.netuid, plan.chain.network);
    match &plan.origin {
        Origin::Multisig(multisig) if !multisig.runs() => match multisig.timepoint {
            None => format!("propose a change of {what}"),
            Some(_) => format!("approve a change of {what}"),
        },
        origin if origin.is_apart() && plan.calls.len() > 1 => {
            format!("change {what} call by call, NOT all or nothing")
        }
        Origin::Direct | Origin::Proxy(_) | Origin::Multisig(_) => format!("change {what}"),
    }
}
