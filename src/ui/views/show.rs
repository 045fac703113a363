//! The live values of a subnet, as they are shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::catalog::{self, Effect, Hyperparameter};
use subtune_model::plan::Status;
use subtune_model::rules::{self, effect_in_words};
use subtune_model::schedule::{self, Opening, Window, when};
use subtune_model::snapshot::{Guards, Schedule, SetterState, Snapshot};
use subtune_model::value::{Value, blocks, human};

use super::{PlaceView, exact, unreadable};

/// Who may set a hyperparameter on the connected chain, in one word.
#[must_use]
pub fn who(row: &Hyperparameter, snapshot: &Snapshot) -> &'static str {
    match snapshot.guards.setters.get(row.name) {
        Some(SetterState::Call { who, .. }) => who,
        Some(SetterState::Changed { .. }) => "unknown",
        Some(SetterState::Missing) | None => "nobody",
    }
}

/// The live values.
#[derive(Debug, Clone, Serialize)]
pub struct ShowView {
    /// Chain, block and subnet.
    #[serde(flatten)]
    pub place: PlaceView,
    /// Epochs and freeze window.
    pub schedule: ScheduleView,
    /// Why the owner's key can change nothing, or may not be able to.
    pub held: Option<String>,
    /// Every hyperparameter, by name.
    pub hyperparameters: BTreeMap<String, ValueView>,
    /// What the chain reports and the catalog does not know.
    pub unknown: BTreeMap<String, Json>,
    /// What could not be read, and why.
    pub unreadable: BTreeMap<String, String>,
    /// Subnet, chain, block and time, one line.
    #[serde(skip)]
    pub title: String,
    /// The owner and the epochs, a line each.
    #[serde(skip)]
    pub about: Vec<String>,
    /// When changes are accepted, one line.
    #[serde(skip)]
    pub window: String,
    /// That the owner's key can change nothing, or may not be able to, one line.
    #[serde(skip)]
    pub held_line: Option<String>,
    /// The values in the order of the catalog, by who may set them.
    #[serde(skip)]
    pub sections: Vec<Section>,
    /// What is to be said below the table.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// One value.
#[derive(Debug, Clone, Serialize)]
pub struct ValueView {
    /// Exact.
    pub raw: Json,
    /// With its unit.
    pub value: Option<String>,
    /// What the raw value counts.
    pub unit: Option<String>,
    /// Whether it was ever set; else it is the chain's default.
    pub set: bool,
    /// Who may set it.
    pub set_by: Option<&'static str>,
    /// Whether anything on the chain reads it.
    pub effect: Option<String>,
    /// First block that accepts a change by the owner.
    pub changeable_from: Option<u64>,
}

/// Epochs and freeze window, all in blocks.
#[derive(Debug, Clone, Serialize)]
pub struct ScheduleView {
    /// Blocks between two epochs.
    pub tempo: Option<u64>,
    /// The next one.
    pub next_epoch: Option<u64>,
    /// Blocks before an epoch in which no change is accepted.
    pub freeze_window: Option<u64>,
    /// Whether the next block is one of them; `null` where that cannot be told.
    pub frozen: Option<bool>,
    /// First frozen block to come, while it is not frozen.
    pub frozen_from: Option<u64>,
    /// Last frozen block, while it is frozen and where there is one.
    pub frozen_until: Option<u64>,
    /// Why that cannot be told.
    pub frozen_unknown: Option<String>,
}

/// The values that the same people may set.
#[derive(Debug, Clone)]
pub struct Section {
    /// A heading.
    pub title: &'static str,
    /// Whether the owner may.
    pub owners: bool,
    /// The values.
    pub rows: Vec<Row>,
}

/// One value as a row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Name.
    pub name: &'static str,
    /// Raw value.
    pub raw: String,
    /// With its unit.
    pub value: String,
    /// Whether it is the chain's default.
    pub default: bool,
    /// Whether it does anything.
    pub reach: Reach,
    /// First block that accepts a change by the owner.
    pub from: String,
}

/// Whether a value does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Yes.
    Live,
    /// Only while another setting is on.
    Depends,
    /// No.
    None,
}

/// The sections, by who may set what is in them.
const SECTIONS: [(&str, &str); 4] = [
    ("owner", "The owner may set, from the block in the last column on"),
    ("root", "Only root may set"),
    ("nobody", "Not settable"),
    ("unknown", "The call has changed: update subtune"),
];

impl ShowView {
    /// What was read of a subnet.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let held = rules::held(snapshot);
        let values = snapshot.hyperparameters.iter().map(|(name, value)| {
            let row = catalog::find(name);
            let owners = |row: &&Hyperparameter| who(row, snapshot) == "owner" && held.is_none();
            let view = ValueView {
                raw: exact(value),
                value: row.map(|row| human(value, row.unit)),
                unit: row.map(|row| row.unit.describe().to_owned()),
                set: !snapshot.unset.contains(name),
                set_by: row.map(|row| who(row, snapshot)),
                effect: row.map(|row| effect_in_words(row, snapshot)),
                changeable_from: row.filter(owners).and_then(|row| earliest(row, snapshot).block()),
            };
            (name.clone(), view)
        });
        let hyperparameters = values.collect();
        Self {
            place: PlaceView::of(snapshot),
            held: held.as_ref().and_then(|held| held.reason().map(str::to_owned)),
            hyperparameters,
            unknown: snapshot.unknown.iter().map(|(name, it)| (name.clone(), exact(it))).collect(),
            unreadable: unreadable(snapshot),
            title: title(snapshot),
            about: vec![format!("Owner {}", snapshot.owner), epochs(snapshot)],
            window: window(snapshot),
            held_line: held.as_ref().map(held_line),
            schedule: ScheduleView::of(snapshot),
            sections: SECTIONS
                .iter()
                .filter_map(|it| section(*it, snapshot, held.as_ref()))
                .collect(),
            notes: effective_cutoff(snapshot).into_iter().collect(),
        }
    }
}

impl ScheduleView {
    fn of(snapshot: &Snapshot) -> Self {
        let guards = &snapshot.guards;
        let Guards { schedule, .. } = guards;
        let (netuid, head) = (snapshot.netuid, snapshot.block.number);
        let mut view = Self {
            // Zeros stand for what could not be read.
            tempo: (!guards.missing.contains("Tempo")).then_some(schedule.tempo),
            next_epoch: schedule::next_epoch(guards, netuid, head).ok().flatten(),
            freeze_window: (!guards.missing.contains("AdminFreezeWindow"))
                .then_some(schedule.freeze_window),
            frozen: None,
            frozen_from: None,
            frozen_until: None,
            frozen_unknown: None,
        };
        match schedule::window(guards, netuid, head.saturating_add(1)) {
            Ok(Window::Open(from)) => {
                (view.frozen, view.frozen_from) = (Some(false), from);
            }
            Ok(Window::Closed(end)) => {
                view.frozen = Some(true);
                view.frozen_until = end.map(|end| end.saturating_sub(1));
            }
            Err(why) => view.frozen_unknown = Some(why),
        }
        view
    }
}

fn section(
    (wanted, title): (&str, &'static str),
    snapshot: &Snapshot,
    held: Option<&Status>,
) -> Option<Section> {
    let rows: Vec<_> = catalog::ALL
        .iter()
        .filter(|row| who(row, snapshot) == wanted)
        .filter_map(|row| {
            let value = snapshot.hyperparameters.get(row.name)?;
            Some(Row {
                name: row.name,
                raw: value.to_string(),
                value: human(value, row.unit),
                default: snapshot.unset.contains(row.name),
                reach: match row.effect {
                    _ if rules::is_inert(row, snapshot) => Reach::None,
                    Effect::When(..) => Reach::Depends,
                    Effect::Live | Effect::Inert { .. } => Reach::Live,
                },
                from: next_change(row, snapshot, held),
            })
        })
        .collect();
    (!rows.is_empty()).then_some(Section { title, owners: wanted == "owner", rows })
}

fn title(snapshot: &Snapshot) -> String {
    let time = snapshot.guards.time_ms.is().copied().map(subtune_model::time::minutes);
    format!(
        "Subnet {} on {} at block {} ({}), runtime {}",
        snapshot.netuid,
        snapshot.chain.network,
        snapshot.block.number,
        time.as_deref().unwrap_or("at an unknown time"),
        snapshot.chain.spec_version
    )
}

fn held_line(held: &Status) -> String {
    match held {
        Status::NotPermitted { reason, .. } => {
            format!("The owner's key can change nothing: {reason}")
        }
        other => format!(
            "Whether the owner's key can change anything is not known: {}",
            other.reason().unwrap_or_default()
        ),
    }
}

fn epochs(snapshot: &Snapshot) -> String {
    let Guards { schedule: Schedule { tempo, .. }, .. } = snapshot.guards;
    match schedule::next_epoch(&snapshot.guards, snapshot.netuid, snapshot.block.number) {
        Ok(Some(epoch)) => format!(
            "Epoch every {tempo} blocks ({}); next: {}",
            blocks(tempo),
            when(epoch, snapshot)
        ),
        Ok(None) => "No epochs: the tempo is 0".to_owned(),
        Err(why) => format!("Epochs not known: {why}"),
    }
}

/// When changes are accepted. A freeze starts and ends; in between, blocks are frozen.
fn window(snapshot: &Snapshot) -> String {
    let (netuid, head) = (snapshot.netuid, snapshot.block.number);
    let at = |block: u64| schedule::window(&snapshot.guards, netuid, block);
    match at(head.saturating_add(1)) {
        Ok(Window::Open(Some(block))) => {
            let until = match at(block) {
                Ok(Window::Closed(Some(end))) => format!(" to {}", end.saturating_sub(1)),
                _ => String::new(),
            };
            format!(
                "Changes accepted until block {}; frozen from {}{until}",
                block.saturating_sub(1),
                when(block, snapshot)
            )
        }
        Ok(Window::Open(None)) => "Changes accepted: no freeze window".to_owned(),
        Ok(Window::Closed(Some(block))) => {
            format!("Frozen: no changes until {}", when(block, snapshot))
        }
        Ok(Window::Closed(None)) => "Frozen: the freeze window never ends".to_owned(),
        Err(why) => format!("Freeze window not known: {why}"),
    }
}

/// The first block in which the owner may change it, as far as limits and window go: `now`, a block,
/// or why there is none.
fn next_change(row: &Hyperparameter, snapshot: &Snapshot, held: Option<&Status>) -> String {
    match held {
        None => {}
        Some(Status::NotPermitted { .. }) => return "held".to_owned(),
        Some(_) => return "unknown".to_owned(),
    }
    match earliest(row, snapshot) {
        Opening::At(block) if block <= snapshot.block.number.saturating_add(1) => "now".to_owned(),
        Opening::At(block) => block.to_string(),
        Opening::Never => "never".to_owned(),
        Opening::Unclear(_) => "unknown".to_owned(),
    }
}

fn earliest(row: &Hyperparameter, snapshot: &Snapshot) -> Opening {
    let next = snapshot.block.number.saturating_add(1);
    schedule::earliest(row, &snapshot.guards, snapshot.netuid, next)
}

/// The cutoff by which the chain acts, where it is not the stored number: the factor times the tempo.
fn effective_cutoff(snapshot: &Snapshot) -> Option<String> {
    let number = |name: &str| snapshot.hyperparameters.get(name).and_then(Value::as_u64);
    let row = catalog::find("activity_cutoff").filter(|row| rules::is_inert(row, snapshot))?;
    let acts = number("activity_cutoff_factor")?.saturating_mul(number("tempo")?);
    let acts = acts.checked_div(1_000)?.max(1);
    (number(row.name)? != acts).then(|| {
        format!("The chain goes by activity_cutoff_factor × tempo: {acts} ({})", blocks(acts))
    })
}
