//! What is wanted.

use std::collections::BTreeMap;

use crate::model::hash::Hash32;
use crate::model::plan::Wish;
use crate::model::value::Value;

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
        self.hyperparameters
            .iter()
            .map(|(name, value)| Wish { name: name.clone(), value: value.clone() })
            .collect()
    }
}
