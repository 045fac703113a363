//! One epoch of a subnet, as the chain has stored it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hash::Hash32;
use crate::value::Value;

/// What one epoch of one mechanism gave: its outcome at its block, and what it was made of, from the block
/// before. Exact, as on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Which subnet.
    pub netuid: u16,
    /// Which of its mechanisms; 0 is the first. Incentive, weights and times of updates are of this one, all
    /// else is of the subnet.
    pub mechanism: u8,
    /// How many mechanisms there are.
    pub mechanisms: u8,
    /// The block of the epoch.
    pub block: u64,
    /// Its hash.
    pub hash: Hash32,
    /// The block of the epoch before; 0 where there was none.
    pub previous: u64,
    /// Time of the block, milliseconds since 1970, where the chain keeps one.
    pub time_ms: Option<u64>,
    /// Version of the runtime that ran it.
    pub spec_version: u32,
    /// How consensus is reached.
    pub mode: Mode,
    /// The subnet's number of the epoch, where the chain counts.
    pub index: Option<u64>,
    /// Blocks from one epoch to the next.
    pub tempo: u64,
    /// Weight that is consensus when this share of stake gives it, where it can be read; 65535 is all.
    pub kappa: Option<u16>,
    /// Blocks after which who sets no weights turns inactive, where that can be read.
    pub activity_cutoff: Option<u64>,
    /// Whether weights are committed first and revealed later, where that can be read.
    pub commit_reveal: Option<bool>,
    /// All hyperparameters before the epoch, in raw units.
    #[serde(with = "exact")]
    pub hyperparameters: BTreeMap<String, Value>,
    /// The neurons by uid, without holes.
    pub neurons: Vec<Neuron>,
}

/// How consensus is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By Yuma: validators are held against each other.
    Yuma,
    /// One validator decides: there is no trust to speak of.
    Null,
    /// In a way that subtune does not know: its name.
    Other(String),
}

/// One neuron in an epoch. Shares are of 65535.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neuron {
    /// Which.
    pub uid: u16,
    /// SS58 address of its hotkey, in the block before the epoch.
    pub hotkey: String,
    /// Whether its weights counted in this epoch.
    pub permit: bool,
    /// Whether they count in the next.
    pub next_permit: bool,
    /// Whether it has set weights recently enough.
    pub active: bool,
    /// Validator trust.
    pub vtrust: u16,
    /// Consensus weight.
    pub consensus: u16,
    /// Incentive, in this mechanism.
    pub incentive: u16,
    /// Dividends.
    pub dividends: u16,
    /// Share of all stake.
    pub stake_weight: u16,
    /// Rao of alpha that the epoch gave.
    pub emission: u64,
    /// Block of its last weights, or of their commit; 0 for never.
    pub last_update: u64,
    /// Block of its registration.
    pub registered_at: u64,
    /// Its weights that this epoch has used, as they are stored: uid and weight.
    pub weights: Vec<(u16, u16)>,
    /// Whether another one took its place in the very block of the epoch: what the epoch gave it is lost,
    /// and stands as zero.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
    /// What it had committed to be revealed by this epoch, where anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Commit>,
}

/// Weights that were committed, and due by an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// The block of the oldest of them.
    pub block: u64,
    /// Whether they were revealed by the epoch.
    pub revealed: bool,
}

/// What there is of an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sampled {
    /// All of it.
    Is(Box<Sample>),
    /// The subnet had no epoch in this block, but its last one in that; 0 for none.
    NoEpoch(u64),
    /// The node no longer has the state of this block, or of the one before.
    Gone,
}

/// The clock of a subnet's epochs, by the state of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The block.
    pub block: u64,
    /// Its hash.
    pub hash: Hash32,
    /// Its time, milliseconds since 1970, where the chain keeps one.
    pub time_ms: Option<u64>,
    /// The block of the last epoch that was run; 0 when there was none.
    pub last: u64,
    /// Blocks from one epoch to the next.
    pub tempo: u64,
    /// The block in which the next epoch is due, where there is to be one.
    pub next: Option<u64>,
}

/// Validator trust of all subnets in a block: what else went on in the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The block.
    pub block: u64,
    /// Its hash.
    pub hash: Hash32,
    /// By netuid: the sum of all shares above zero, and how many there are. One that cannot be read is
    /// missing.
    pub subnets: BTreeMap<u16, (u64, u32)>,
}

impl Sample {
    /// The neuron with a hotkey, where it is registered.
    #[must_use]
    pub fn neuron_of(&self, hotkey: &str) -> Option<&Neuron> {
        self.neurons.iter().find(|neuron| neuron.hotkey == hotkey && !neuron.replaced)
    }

    /// How old a neuron's weights were when the epoch ran; `None` when it never set any.
    #[must_use]
    pub fn age(&self, neuron: &Neuron) -> Option<u64> {
        (neuron.last_update > 0).then(|| self.block.saturating_sub(neuron.last_update))
    }
}

/// Values in JSON, whose readers keep no integer above 64 bits: each says what it is, and integers are text.
mod exact {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::value::Value;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Exact {
        Bool(bool),
        Int(String),
        Text(String),
        List(Vec<String>),
        None,
    }

    pub(super) fn serialize<S: Serializer>(
        values: &BTreeMap<String, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, value)| {
            let exact = match value {
                Value::Bool(on) => Exact::Bool(*on),
                Value::Uint(number) => Exact::Int(number.to_string()),
                Value::Negative(number) => Exact::Int(number.to_string()),
                Value::Text(text) => Exact::Text(text.clone()),
                Value::List(list) => Exact::List(list.iter().map(u128::to_string).collect()),
                Value::None => Exact::None,
            };
            (name, exact)
        }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Value>, D::Error> {
        let odd = |text: &String| de::Error::custom(format!("{text} is no integer"));
        let value = |exact| {
            Ok(match exact {
                Exact::Bool(on) => Value::Bool(on),
                Exact::Int(text) => match text.parse() {
                    Ok(number) => Value::Uint(number),
                    Err(_) => Value::int(text.parse().map_err(|_| odd(&text))?),
                },
                Exact::Text(text) => Value::Text(text),
                Exact::List(list) => Value::List(
                    list.iter()
                        .map(|text| text.parse().map_err(|_| odd(text)))
                        .collect::<Result<_, _>>()?,
                ),
                Exact::None => Value::None,
            })
        };
        let read = BTreeMap::<String, Exact>::deserialize(deserializer)?;
        read.into_iter().map(|(name, exact)| Ok((name, value(exact)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_every_value() {
        let values = [
            Value::Bool(true),
            Value::Uint(7),
            Value::Uint(u128::MAX),
            Value::Negative(i128::MIN),
            Value::Negative(-1),
            Value::Text("7".to_owned()),
            Value::Text(String::new()),
            Value::List(vec![0, u128::MAX]),
            Value::List(Vec::new()),
            Value::None,
        ];
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Kept(#[serde(with = "exact")] BTreeMap<String, Value>);
        let kept = Kept((0..).map(|n: u8| n.to_string()).zip(values).collect());
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
    }
}
