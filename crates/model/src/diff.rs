//! The difference between two sets of values.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::value::Value;

/// One name whose values differ; `None` where a side does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Canonical name, or the chain's name when the catalog does not know it.
    pub name: String,
    /// Value on the left.
    pub left: Option<Value>,
    /// Value on the right.
    pub right: Option<Value>,
}

/// How two sides differ in one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// Both have a value, and not the same.
    Changed,
    /// Only the left side has a value.
    OnlyLeft,
    /// Only the right side has a value.
    OnlyRight,
}

impl Difference {
    /// How the sides differ.
    #[must_use]
    pub const fn kind(&self) -> DifferenceKind {
        match (&self.left, &self.right) {
            (Some(_), None) => DifferenceKind::OnlyLeft,
            (None, Some(_)) => DifferenceKind::OnlyRight,
            (Some(_), Some(_)) | (None, None) => DifferenceKind::Changed,
        }
    }
}

/// The differences, by name. A side that is a profile speaks only of what it names: beside one that
/// names everything, what it does not name is no difference. Of two profiles each is all that there
/// is to compare, so what only one of them names is a difference.
#[must_use]
pub fn differences(
    left: &BTreeMap<String, Value>,
    right: &BTreeMap<String, Value>,
    left_partial: bool,
    right_partial: bool,
) -> Vec<Difference> {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (l, r) = (left.get(name), right.get(name));
            let skipped = left_partial != right_partial
                && ((l.is_none() && left_partial) || (r.is_none() && right_partial));
            (l != r && !skipped).then(|| Difference {
                name: name.clone(),
                left: l.cloned(),
                right: r.cloned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, u128)]) -> BTreeMap<String, Value> {
        pairs.iter().map(|(name, raw)| ((*name).to_owned(), Value::Uint(*raw))).collect()
    }

    #[test]
    fn only_what_differs_is_listed() {
        let left = map(&[("a", 1), ("b", 2), ("c", 14_757_395_258_967_641_292)]);
        let right = map(&[("a", 1), ("b", 3), ("c", 14_757_395_258_967_642_000), ("d", 4)]);
        let names =
            |l, r| differences(&left, &right, l, r).into_iter().map(|d| d.name).collect::<Vec<_>>();
        assert_eq!(names(false, false), ["b", "c", "d"]);
        assert_eq!(names(true, false), ["b", "c"]);
        assert_eq!(names(false, true), ["b", "c", "d"]);
        // Neither is the whole: nothing that only one of them names is dropped.
        let left = map(&[("a", 1), ("b", 2)]);
        let right = map(&[("b", 3), ("c", 4)]);
        let kinds: Vec<_> = differences(&left, &right, true, true)
            .into_iter()
            .map(|found| (found.kind(), found.name))
            .collect();
        let expected = [
            (DifferenceKind::OnlyLeft, "a"),
            (DifferenceKind::Changed, "b"),
            (DifferenceKind::OnlyRight, "c"),
        ];
        assert_eq!(kinds, expected.map(|(kind, name)| (kind, name.to_owned())));
    }
}
