//! A profile of a live subnet to be edited, as data.

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::human;

use super::{PlaceView, exact};
use crate::profile_yaml::{Draft, DraftRow};

/// A profile of a live subnet to be edited.
#[derive(Debug, Clone, Serialize)]
pub struct InitView {
    /// Where it was read.
    #[serde(flatten)]
    pub place: PlaceView,
    /// The file.
    pub profile: String,
    /// Every value that the owner may set.
    pub rows: Vec<InitRow>,
    /// Where the file was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// A value that the owner may set.
#[derive(Debug, Clone, Serialize)]
pub struct InitRow {
    /// The hyperparameter.
    pub name: &'static str,
    /// What it is.
    pub summary: &'static str,
    /// What it does and does not influence.
    pub influence: &'static str,
    /// What it is now, exact; `null` as well where that could not be read.
    pub raw: Json,
    /// The same with its unit.
    pub value: Option<String>,
    /// What the raw value counts.
    pub unit: &'static str,
    /// What it can be set to.
    pub range: String,
    /// Whether anything on the chain reads it.
    pub effect: String,
    /// Why nothing does.
    pub no_effect: Option<String>,
    /// Why its present value cannot be set, or is not known.
    pub note: Option<String>,
}

impl InitView {
    /// A draft of a subnet, and the file that was made of it.
    #[must_use]
    pub fn of(draft: &Draft, snapshot: &Snapshot, profile: String) -> Self {
        let rows = draft.rows.iter().map(InitRow::of).collect();
        Self { place: PlaceView::of(snapshot), profile, rows, file: None }
    }
}

impl InitRow {
    fn of(draft: &DraftRow) -> Self {
        let DraftRow { row, value, range, effect, no_effect, note, .. } = draft;
        Self {
            name: row.name,
            summary: row.summary,
            influence: row.influence,
            raw: value.as_ref().map_or(Json::Null, exact),
            value: value.as_ref().map(|value| human(value, row.unit)),
            unit: row.unit.describe(),
            range: range.clone(),
            effect: effect.clone(),
            no_effect: no_effect.clone(),
            note: note.clone(),
        }
    }
}
