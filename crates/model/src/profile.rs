//! What is wanted.

use std::collections::BTreeMap;

use crate::catalog;
use crate::finding;
use crate::finding::Finding;
use crate::hash::Hash32;
use crate::plan::Wish;
use crate::snapshot::{Known, SetterState, Snapshot};
use crate::value::spoken;
use crate::value::{Unit, Value};

/// Version of the profile format.
pub const FORMAT_VERSION: u32 = 1;

/// A set of wanted values with a name and a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where the numbers come from.
    pub source: String,
    /// The chain and subnet it is for, if it is for one only.
    pub target: Option<Target>,
    /// Wanted raw values by canonical name.
    pub hyperparameters: BTreeMap<String, Value>,
    /// For a rollback: the values that it takes back, by canonical name.
    pub replaces: BTreeMap<String, Value>,
}

/// The one chain, and perhaps the one subnet, that a profile is meant for.
#[derive(
    Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Name of the network, for people.
    pub network: String,
    /// Hash of the genesis block, `0x…`.
    pub genesis_hash: Hash32,
    /// The subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub netuid: Option<u16>,
}

impl Profile {
    /// The wanted values.
    #[must_use]
    pub fn wishes(&self) -> Vec<Wish> {
        wishes(self.hyperparameters.clone())
    }
}

/// Values by name as wishes.
#[must_use]
pub fn wishes(values: BTreeMap<String, Value>) -> Vec<Wish> {
    values.into_iter().map(|(name, value)| Wish { name, value }).collect()
}

/// What wanted values were read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A profile: every value in it is wanted.
    Profile,
    /// A snapshot: all values of a subnet, wanted as far as the owner may set them.
    Snapshot,
    /// What another tool or subtune has printed: values of a subnet, wanted likewise.
    Import,
}

impl Form {
    /// Whether it names every value of the subnet.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        match self {
            Self::Profile | Self::Import => false,
            Self::Snapshot => true,
        }
    }

    /// Whether only what the owner may set is wanted of it.
    #[must_use]
    pub const fn is_selective(self) -> bool {
        match self {
            Self::Profile => false,
            Self::Snapshot | Self::Import => true,
        }
    }
}

/// Of the values of a whole subnet, those that its owner may set on the connected chain. What differs
/// and is left out is found, never dropped in silence. A name that was `asked` for is always kept.
#[must_use]
pub fn settable(
    values: BTreeMap<String, Value>,
    asked: &[String],
    allow_unknown: bool,
    now: &Snapshot,
) -> (BTreeMap<String, Value>, Vec<Finding>) {
    let mut left_out = Vec::new();
    let kept = |(name, value): &(String, Value)| {
        let why = match now.guards.setters.get(name) {
            Some(SetterState::Call { who: "owner", .. }) => return true,
            Some(SetterState::Call { who: "unknown", .. }) if allow_unknown => return true,
            _ if asked.contains(name) => return true,
            Some(SetterState::Call { who: "root", .. }) => "only root may set it",
            Some(SetterState::Call { who: "unknown", .. }) => {
                "subtune does not know its rules (--allow-unknown)"
            }
            Some(SetterState::Changed { .. }) => "the arguments of its call have changed",
            Some(SetterState::Call { .. } | SetterState::Missing) | None => "nobody can set it",
        };
        let unit = catalog::find(name).map_or(Unit::Count, |row| row.unit);
        let is = match now.known(name) {
            Known::Is(is) if is == value => return false,
            Known::Unset if *value == Value::None => return false,
            Known::Is(is) => format!("is {}", spoken(is, unit)),
            Known::Unset => "is not on this chain".to_owned(),
            Known::Unreadable(why) => format!("could not be read ({why})"),
        };
        let message = format!("{name} {is}, the file has {}: left out, {why}", spoken(value, unit));
        left_out.push(finding::finding(
            finding::LEFT_OUT,
            name,
            message,
            "nothing can be done about it with the owner's key",
        ));
        false
    };
    let values = values.into_iter().filter(kept).collect();
    (values, left_out)
}
