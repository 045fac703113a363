//! What a runtime offers, in words that can be compared with another's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Serialize;

use super::catalog::{self, Source};
use super::schedule;
use super::snapshot::SCHEDULE_ITEMS;

/// The runtime [`catalog::CHECKED`] of the main network: a line each, made of its metadata by a test of
/// `chain::surface`.
const CHECKED: &str = include_str!("runtime-475.txt");

/// A part of a runtime that can be new, gone or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SurfacePart {
    /// A call, with its arguments.
    Call,
    /// A storage item, with its keys and its value.
    Item,
    /// A constant, with its value where that is an integer.
    Constant,
    /// An error of a pallet.
    Error,
    /// A type that is one of several names, such as the proxy types.
    Type,
    /// A transaction extension.
    Extension,
}

impl SurfacePart {
    /// All, in the order in which they are shown, with what they are called.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Call, "calls"),
        (Self::Item, "storage items"),
        (Self::Constant, "constants"),
        (Self::Error, "errors"),
        (Self::Type, "types"),
        (Self::Extension, "extensions"),
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Item => "item",
            Self::Constant => "constant",
            Self::Error => "error",
            Self::Type => "type",
            Self::Extension => "extension",
        }
    }
}

/// The parts of a runtime that a change of hyperparameters can touch: what each is, by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surface(BTreeMap<(SurfacePart, String), String>);

/// One difference between two runtimes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SurfaceDifference {
    /// What kind of part.
    pub part: SurfacePart,
    /// `Pallet.name`, or the name of the type or extension.
    pub name: String,
    /// What it was in the runtime that was checked; `None` where it is new.
    pub was: Option<String>,
    /// What it is here; `None` where it is gone.
    pub is: Option<String>,
    /// The hyperparameters that are set by it, kept in it or limited by it.
    pub concerns: Vec<&'static str>,
}

impl Surface {
    /// Notes a part.
    pub fn insert(&mut self, part: SurfacePart, name: String, what: String) {
        self.0.insert((part, name), what);
    }

    /// The runtime that the catalog was last checked with.
    #[must_use]
    pub fn checked() -> &'static Self {
        static KNOWN: LazyLock<Surface> = LazyLock::new(|| Surface::parse(CHECKED));
        &KNOWN
    }

    /// A line each: the kind of part, the name, and what it is.
    #[must_use]
    pub fn lines(&self) -> String {
        let line = |((part, name), what): (&(SurfacePart, String), &String)| {
            format!("{} {name} {what}", part.word()).trim_end().to_owned() + "\n"
        };
        self.0.iter().map(line).collect()
    }

    fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let mut words = line.splitn(3, ' ');
            let (word, name) = (words.next()?, words.next()?);
            let (part, _) = SurfacePart::ALL.into_iter().find(|(part, _)| part.word() == word)?;
            Some(((part, name.to_owned()), words.next().unwrap_or_default().to_owned()))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// What differs from another runtime, in the order of parts and names.
    #[must_use]
    pub fn since(&self, before: &Self) -> Vec<SurfaceDifference> {
        let keys: BTreeSet<_> = self.0.keys().chain(before.0.keys()).collect();
        keys.into_iter()
            .filter_map(|key| {
                let (was, is) = (before.0.get(key), self.0.get(key));
                (was != is).then(|| SurfaceDifference {
                    part: key.0,
                    name: key.1.clone(),
                    was: was.cloned(),
                    is: is.cloned(),
                    concerns: concerns(key.0, &key.1),
                })
            })
            .collect()
    }
}

/// The hyperparameters that a part decides about.
fn concerns(part: SurfacePart, name: &str) -> Vec<&'static str> {
    let Some((pallet, own)) = name.split_once('.') else { return Vec::new() };
    let bounded = |row: &catalog::Hyperparameter| {
        row.bounds.iter().any(|bound| match (part, bound.with) {
            (SurfacePart::Constant, source) => source.constant() == Some((pallet, own)),
            (SurfacePart::Item, Source::Global(item, _)) => {
                pallet == "SubtensorModule" && item == own
            }
            _ => false,
        })
    };
    let is = |row: &&catalog::Hyperparameter| match part {
        SurfacePart::Call => row.setters.iter().any(|set| set.pallet == pallet && set.call == own),
        SurfacePart::Item => {
            row.storage.is_some_and(|item| item.pallet == pallet && item.name == own)
                || bounded(row)
                || (pallet == "SubtensorModule"
                    && SCHEDULE_ITEMS.contains(&own)
                    && schedule::slot(row.limit).is_some())
        }
        SurfacePart::Constant => bounded(row),
        SurfacePart::Error | SurfacePart::Type | SurfacePart::Extension => false,
    };
    catalog::ALL.iter().filter(is).map(|row| row.name).collect()
}

/// What differs, by the hyperparameter that it concerns.
#[must_use]
pub fn unforeseen(differences: &[SurfaceDifference]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for difference in differences {
        for name in &difference.concerns {
            found.entry((*name).to_owned()).or_default().insert(difference.name.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_back_and_compared() {
        let surface = Surface::checked();
        assert_eq!(Surface::parse(&surface.lines()), *surface);
        assert_eq!(surface.since(surface), []);
        let mut newer = surface.clone();
        let name = "AdminUtils.sudo_set_rho".to_owned();
        newer.insert(SurfacePart::Call, name.clone(), "(netuid u16, rho u32)".to_owned());
        newer.insert(SurfacePart::Error, "AdminUtils.Brandnew".to_owned(), String::new());
        newer.0.remove(&(SurfacePart::Item, "SubtensorModule.Tempo".to_owned()));
        let found = newer.since(surface);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.was.is_some(), one.is.is_some()))
            .collect();
        assert_eq!(
            told,
            [
                ("AdminUtils.sudo_set_rho", true, true),
                ("SubtensorModule.Tempo", true, false),
                ("AdminUtils.Brandnew", false, true),
            ]
        );
        let unforeseen = unforeseen(&found);
        assert_eq!(unforeseen["rho"], BTreeSet::from([name, "SubtensorModule.Tempo".to_owned()]));
        assert!(unforeseen.contains_key("tempo") && unforeseen["tempo"].len() == 1);
    }
}
