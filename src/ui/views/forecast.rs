//! A forecast, as it is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use subtune_model::forecast::{Course, Epoch, EpochResult, Forecast, Measure, percent, share};
use subtune_model::snapshot::Snapshot;

use super::{ItemView, PlaceView, PlanView, short_hotkey};
use crate::ops::WhatIf;

/// Most neurons of a table: all are in the JSON.
const SHOWN: usize = 8;
/// Most signs of a curve.
const CURVE: usize = 12;

/// A forecast.
#[derive(Debug, Clone, Serialize)]
pub struct ForecastView {
    /// Always `forecast`.
    pub kind: &'static str,
    /// Where it begins.
    #[serde(flatten)]
    pub place: PlaceView,
    /// Version of the code that was run.
    pub code_version: Option<u32>,
    /// BLAKE2-256 of that code.
    pub code_hash: Option<String>,
    /// Whether the epochs are of the past.
    pub replayed: bool,
    /// How past epochs came out here.
    pub self_test: Option<SelfTestView>,
    /// What is tried.
    pub changes: Vec<ItemView>,
    /// What no epoch reads, and what it does instead.
    pub not_in_epoch: BTreeMap<String, String>,
    /// What could not be tried, and why.
    pub not_tried: BTreeMap<String, String>,
    /// What matters most, a sentence each.
    pub headlines: Vec<String>,
    /// The epochs, with every neuron.
    pub epochs: Vec<EpochView>,
    /// Requests to the node that it took.
    pub requests: u64,
    /// Bytes from the node that it took.
    pub bytes: u64,
    /// One sentence that says what it is.
    #[serde(skip)]
    pub title: String,
    /// What it is about as a whole: name, first epoch without and with, last epoch without and with.
    #[serde(skip)]
    pub subnet: Vec<SummaryRow>,
    /// Who wins and who loses.
    #[serde(skip)]
    pub tables: Vec<MovesView>,
    /// What has to be known to read it.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// The self-test.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SelfTestView {
    /// Epochs of the past that were run.
    pub epochs: u16,
    /// Values that were compared.
    pub values: u64,
    /// Values that are equal.
    pub equal: u64,
}

/// One epoch.
#[derive(Debug, Clone, Serialize)]
pub struct EpochView {
    /// Its block without the change.
    pub block: u64,
    /// Its block with the change.
    pub then_block: u64,
    /// Every neuron.
    pub neurons: Vec<NeuronView>,
}

/// One neuron in an epoch: shares in units of 65535.
#[derive(Debug, Clone, Serialize)]
pub struct NeuronView {
    /// Which.
    pub uid: u16,
    /// Its hotkey.
    pub hotkey: String,
    /// Validator trust.
    pub vtrust: Two<u16>,
    /// Consensus weight.
    pub consensus: Two<u16>,
    /// Dividends.
    pub dividends: Two<u16>,
    /// Incentive, by mechanism.
    pub incentive: Vec<Two<u16>>,
    /// Whether it may set weights in the next epoch.
    pub permit: Two<bool>,
    /// Whether it counts as active.
    pub active: Two<bool>,
    /// Its bonds by mechanism, in the last epoch alone: pairs of uid and share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bonds: Option<Vec<Two<Json>>>,
}

/// A value without the change and with it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Two<T> {
    /// Without it.
    pub now: T,
    /// With it.
    pub then: T,
}

/// A number of the whole subnet in the first and in the last epoch.
#[derive(Debug, Clone)]
pub struct SummaryRow {
    /// What it is.
    pub name: &'static str,
    /// In the first epoch without the change and with it, then in the last.
    pub cells: Vec<String>,
}

/// Who wins and who loses of something.
#[derive(Debug, Clone)]
pub struct MovesView {
    /// What of.
    pub title: String,
    /// The neurons, the largest difference first: uid, hotkey, numbers, curve.
    pub rows: Vec<Vec<String>>,
    /// Neurons that are left out, since the difference is smaller.
    pub more: usize,
}

impl ForecastView {
    /// A forecast, or what there is to say where no epoch reads any of the changes.
    #[must_use]
    pub fn of(what: &WhatIf, forecast: Option<&Forecast>, snapshot: &Snapshot) -> Self {
        let plan = PlanView::of(&what.plan, snapshot);
        let mut not_tried = what.untried.clone();
        for refused in forecast.iter().flat_map(|forecast| &forecast.refused) {
            let why = format!("the chain's own code refuses it: {}", refused.error);
            not_tried.extend(refused.sets.iter().map(|name| (name.clone(), why.clone())));
        }
        let tried = |item: &ItemView| {
            what.tried.contains(&item.name) && !not_tried.contains_key(&item.name)
        };
        let changes: Vec<_> = plan.items.into_iter().filter(tried).collect();
        let mut view = Self {
            kind: "forecast",
            place: PlaceView::of(snapshot),
            code_version: None,
            code_hash: None,
            replayed: false,
            self_test: None,
            changes,
            not_in_epoch: what.apart.clone(),
            not_tried,
            headlines: Vec::new(),
            epochs: Vec::new(),
            requests: 0,
            bytes: 0,
            title: format!(
                "Subnet {} on {}: {}, so there is nothing to forecast",
                snapshot.netuid,
                snapshot.chain.network,
                match (what.apart.is_empty(), what.untried.is_empty()) {
                    (true, true) => "it has these values already",
                    (false, true) => "no epoch reads any of this",
                    (_, false) => "none of this can be tried",
                }
            ),
            subnet: Vec::new(),
            tables: Vec::new(),
            notes: Vec::new(),
        };
        if let Some(forecast) = forecast {
            view.fill(forecast, snapshot);
        }
        view
    }

    /// What the columns of numbers are called.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let epoch = |index: usize| match self.replayed {
            true => self.epochs.get(index).map_or_else(String::new, |it| it.block.to_string()),
            false => format!("epoch {}", index.saturating_add(1)),
        };
        let changed = || "changed".to_owned();
        match self.epochs.len() {
            0 => Vec::new(),
            1 => vec![epoch(0), changed()],
            many => vec![epoch(0), changed(), epoch(many.saturating_sub(1)), changed()],
        }
    }

    fn fill(&mut self, forecast: &Forecast, snapshot: &Snapshot) {
        let Forecast { spec_version, code_hash, replayed, self_test, epochs, .. } = forecast;
        self.code_version = Some(*spec_version);
        self.code_hash = Some(code_hash.to_string());
        self.replayed = *replayed;
        self.self_test = Some(SelfTestView {
            epochs: self_test.epochs,
            values: self_test.values,
            equal: self_test.equal,
        });
        self.headlines = forecast.headlines();
        self.requests = forecast.requests;
        self.bytes = forecast.bytes;
        let last = epochs.len().saturating_sub(1);
        self.epochs =
            epochs.iter().enumerate().map(|(at, epoch)| EpochView::of(epoch, at == last)).collect();
        self.title = title(forecast, snapshot);
        self.subnet = summary(forecast);
        let measures = forecast.measures();
        let tables = measures.into_iter().filter_map(|(name, of)| moves(&name, of, forecast));
        self.tables = tables.collect();
        self.notes = notes(forecast, snapshot);
    }
}

impl EpochView {
    fn of(epoch: &Epoch, with_bonds: bool) -> Self {
        let Epoch { now, then } = epoch;
        let neurons = now.hotkeys.len().max(then.hotkeys.len());
        let neuron = |uid: usize| {
            let share = |of: fn(&EpochResult) -> &Vec<u16>| Two {
                now: of(now).get(uid).copied().unwrap_or_default(),
                then: of(then).get(uid).copied().unwrap_or_default(),
            };
            let switch = |of: fn(&EpochResult) -> &Vec<bool>| Two {
                now: of(now).get(uid).copied().unwrap_or_default(),
                then: of(then).get(uid).copied().unwrap_or_default(),
            };
            let mechanisms = now.incentive.len().max(then.incentive.len());
            let incentive = |mechanism: usize| Two {
                now: Measure::Incentive(mechanism).of(now, uid),
                then: Measure::Incentive(mechanism).of(then, uid),
            };
            let uid16 = u16::try_from(uid).ok()?;
            let row = |outcome: &EpochResult, mechanism: usize| {
                json!(outcome.bonds.get(mechanism).and_then(|rows| rows.get(&uid16)))
            };
            let bonds =
                |mechanism: usize| Two { now: row(now, mechanism), then: row(then, mechanism) };
            let has =
                |outcome: &EpochResult| outcome.bonds.iter().any(|rows| rows.contains_key(&uid16));
            let shown = with_bonds && (has(now) || has(then));
            let hotkey = now.hotkeys.get(uid).or_else(|| then.hotkeys.get(uid)).cloned();
            Some(NeuronView {
                uid: uid16,
                hotkey: hotkey.unwrap_or_default(),
                vtrust: share(|outcome| &outcome.vtrust),
                consensus: share(|outcome| &outcome.consensus),
                dividends: share(|outcome| &outcome.dividends),
                incentive: (0..mechanisms).map(incentive).collect(),
                permit: switch(|outcome| &outcome.permits),
                active: switch(|outcome| &outcome.active),
                bonds: shown.then(|| (0..mechanisms).map(bonds).collect()),
            })
        };
        Self {
            block: now.block,
            then_block: then.block,
            neurons: (0..neurons).filter_map(neuron).collect(),
        }
    }
}

fn title(forecast: &Forecast, snapshot: &Snapshot) -> String {
    let blocks = |at: Option<&Epoch>| at.map_or(0, |epoch| epoch.now.block);
    let (first, last) = (blocks(forecast.epochs.first()), blocks(forecast.epochs.last()));
    let epochs = match (forecast.epochs.len(), forecast.replayed) {
        (1, false) => format!("the next epoch, in block {first}"),
        (count, false) => format!("the next {count} epochs, from block {first} to {last}"),
        (1, true) => format!("the last epoch once more, in block {first}"),
        (count, true) => format!("the last {count} epochs once more, from block {first} to {last}"),
    };
    let change = match forecast.differs() {
        true => "with this change and without it",
        false => "are the same with this change and without it",
    };
    format!(
        "Subnet {} on {}: {epochs}, {change}, by the chain's own code (runtime {})",
        snapshot.netuid, snapshot.chain.network, forecast.spec_version
    )
}

fn summary(forecast: &Forecast) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    let mut add = |name: &'static str, values: Vec<(String, String)>| {
        let ends = match values.as_slice() {
            [] => return,
            [only] => vec![only.clone()],
            [first, .., last] => vec![first.clone(), last.clone()],
        };
        let cells = ends.into_iter().flat_map(|(now, then)| [now, then]).collect();
        rows.push(SummaryRow { name, cells });
    };
    let means = forecast.mean_vtrust().unwrap_or_default();
    add("mean Vtrust", means.into_iter().map(|(now, then)| (share(now), share(then))).collect());
    let words = |values: Vec<(usize, usize)>| {
        values.into_iter().map(|(now, then)| (now.to_string(), then.to_string())).collect()
    };
    add("neurons with an incentive", words(forecast.paid()));
    add("validator permits", words(forecast.permitted()));
    rows
}

fn moves(name: &str, measure: Measure, forecast: &Forecast) -> Option<MovesView> {
    let moved = forecast.moved(measure);
    if moved.is_empty() {
        return None;
    }
    let number = |value: u16| match measure {
        Measure::Vtrust => share(value),
        Measure::Dividends | Measure::Incentive(_) => percent(value),
    };
    let row = |course: &Course| {
        let mut cells = vec![course.uid.to_string(), short_hotkey(&course.hotkey)];
        let (first, last) = (course.first(), course.last());
        let ends = if course.values.len() > 1 { vec![first, last] } else { vec![first] };
        cells.extend(ends.into_iter().flat_map(|(now, then)| [number(now), number(then)]));
        if course.values.len() > 1 {
            cells.push(curve(&course.values));
        }
        cells
    };
    Some(MovesView {
        title: name.to_owned(),
        rows: moved.iter().take(SHOWN).map(row).collect(),
        more: moved.len().saturating_sub(SHOWN),
    })
}

fn notes(forecast: &Forecast, snapshot: &Snapshot) -> Vec<String> {
    let mut notes = vec![match forecast.replayed {
        true => {
            "Weights and stake are those of each epoch, bonds are carried along; how validators \
                 would have answered to the change is in no computation"
                .to_owned()
        }
        false => {
            "If validators go on setting the weights of this block and stake stays; how they will \
                  answer to the change is in no computation"
                .to_owned()
        }
    }];
    let on = subtune_model::value::Value::Bool(true);
    if !forecast.replayed
        && snapshot.hyperparameters.get("commit_reveal_weights_enabled") == Some(&on)
    {
        notes.push(
            "Weights that are committed and not revealed yet are not seen; --replay runs epochs whose \
             weights are known"
                .to_owned(),
        );
    }
    notes
}

/// How it goes with the change, from nothing to the most that there is with the change or without it.
fn curve(values: &[(u16, u16)]) -> String {
    const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().map(|(now, then)| (*now).max(*then)).max().unwrap_or_default();
    let count = values.len().min(CURVE);
    let sample = |index: usize| {
        let last = count.saturating_sub(1).max(1);
        let at = index.saturating_mul(values.len().saturating_sub(1)).checked_div(last);
        let at = at.unwrap_or_default();
        let (_, then) = values.get(at).copied().unwrap_or_default();
        let step = usize::from(then).saturating_mul(7).checked_div(usize::from(most));
        SIGNS.get(step.unwrap_or(0)).copied().unwrap_or('█')
    };
    (0..count).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_has_the_height_of_its_values() {
        assert_eq!(curve(&[(0, 0), (0, 35_000), (70, 70_00), (0, 65_535)]), "▁▄▁█");
        let long: Vec<_> = (0..40).map(|at| (0, at * 1_000)).collect();
        let drawn = curve(&long);
        assert_eq!(drawn.chars().count(), CURVE);
        assert!(drawn.starts_with('▁') && drawn.ends_with('█'), "{drawn}");
        assert_eq!(curve(&[(0, 0)]), "▁");
    }

    #[test]
    fn a_hotkey_is_cut_to_what_tells_it_apart() {
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        assert_eq!(short_hotkey(alice), "5Grwv…utQY");
    }
}
