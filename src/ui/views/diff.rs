//! What differs between two sides, as it is shown.

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::catalog;
use subtune_model::diff::{Difference, DifferenceKind};
use subtune_model::value::{Unit, Value, spoken};

use super::exact;
use crate::profile_yaml::Import;

/// What differs between two sides.
#[derive(Debug, Clone, Serialize)]
pub struct DiffView {
    /// What the left side is called.
    pub left: String,
    /// What the right side is called.
    pub right: String,
    /// What differs.
    pub differences: Vec<DifferenceView>,
    /// What could not be read on one side.
    pub cannot_tell: Vec<CannotTellView>,
    /// The sides that other tools have printed.
    pub imported: Vec<Import>,
    /// How many differences there are, of which kinds.
    #[serde(skip)]
    pub counts: String,
}

/// A hyperparameter that differs.
#[derive(Debug, Clone, Serialize)]
pub struct DifferenceView {
    /// Its name.
    pub name: String,
    /// How it differs.
    pub kind: DifferenceKind,
    /// The left value, exact.
    pub left: Option<Json>,
    /// The right value, exact.
    pub right: Option<Json>,
    /// The left value, raw and with its unit.
    #[serde(skip)]
    pub left_text: String,
    /// The right value, raw and with its unit.
    #[serde(skip)]
    pub right_text: String,
}

/// A hyperparameter that could not be read on one side.
#[derive(Debug, Clone, Serialize)]
pub struct CannotTellView {
    /// Its name.
    pub name: String,
    /// What that side is called.
    pub side: String,
    /// Why it could not be read.
    pub why: String,
}

impl DiffView {
    /// What differs between sides of these names.
    #[must_use]
    pub fn of(
        left: &str,
        right: &str,
        found: &[Difference],
        cannot_tell: Vec<CannotTellView>,
        imported: Vec<Import>,
    ) -> Self {
        Self {
            left: left.to_owned(),
            right: right.to_owned(),
            differences: found.iter().map(DifferenceView::of).collect(),
            cannot_tell,
            imported,
            counts: counts(left, right, found),
        }
    }
}

impl DifferenceView {
    fn of(found: &Difference) -> Self {
        let Difference { name, left, right } = found;
        let unit = catalog::find(name).map_or(Unit::Count, |row| row.unit);
        let words = |value: &Option<Value>| {
            value.as_ref().map_or_else(|| "-".to_owned(), |value| spoken(value, unit))
        };
        Self {
            name: name.clone(),
            kind: found.kind(),
            left: left.as_ref().map(exact),
            right: right.as_ref().map(exact),
            left_text: words(left),
            right_text: words(right),
        }
    }
}

/// How many differences there are, and of which kind, where they are not all of the usual one.
fn counts(left: &str, right: &str, found: &[Difference]) -> String {
    let all = match found.len() {
        0 => return format!("No differences between {left} and {right}"),
        1 => "1 difference".to_owned(),
        count => format!("{count} differences"),
    };
    let count = |kind| found.iter().filter(|found| found.kind() == kind).count();
    let changed = count(DifferenceKind::Changed);
    if changed == found.len() {
        return all;
    }
    let parts: Vec<_> = [
        (changed, "changed".to_owned()),
        (count(DifferenceKind::OnlyLeft), format!("only in {left}")),
        (count(DifferenceKind::OnlyRight), format!("only in {right}")),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{count} {words}"))
    .collect();
    format!("{all}: {}", parts.join(", "))
}
