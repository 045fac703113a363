//! Epochs as they are shown: those that were kept, and those that are watched.

use serde::Serialize;
use subtune_model::hash::Hash32;
use subtune_model::monitor::{Alert, Cohort, Figure, Sample, Spread, health};
use subtune_model::network;
use subtune_model::time::rfc3339;

/// Signs of a sparkline, from the lowest to the highest.
const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Which subnet of which chain epochs are of.
#[derive(Debug, Clone, Serialize)]
pub struct SubnetView {
    /// The network.
    pub network: String,
    /// Its genesis hash.
    pub genesis_hash: String,
    /// The subnet.
    pub netuid: u16,
    /// Its mechanism; 0 is the first.
    pub mechanism: u8,
}

impl SubnetView {
    /// A subnet of the chain with this genesis hash.
    #[must_use]
    pub fn of(genesis_hash: &Hash32, netuid: u16, mechanism: u8) -> Self {
        Self {
            network: network::name_of(genesis_hash).to_owned(),
            genesis_hash: genesis_hash.to_string(),
            netuid,
            mechanism,
        }
    }

    /// The subnet in words.
    #[must_use]
    pub fn title(&self) -> String {
        let Self { network, netuid, mechanism, .. } = self;
        match mechanism {
            0 => format!("Subnet {netuid} on {network}"),
            more => format!("Subnet {netuid} on {network}, mechanism {more}"),
        }
    }
}

/// Figures over the validators of a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SpreadView {
    /// How many validators.
    pub validators: usize,
    /// Their mean.
    pub mean: Figure,
    /// Standard deviation, divided by n.
    pub std: Figure,
    /// The lowest.
    pub min: Figure,
    /// The highest.
    pub max: Figure,
    /// The mean by stake.
    pub weighted_mean: Option<Figure>,
}

impl SpreadView {
    /// Figures as they were computed.
    #[must_use]
    pub const fn of(spread: &Spread) -> Self {
        Self {
            validators: spread.count,
            mean: spread.mean,
            std: spread.std,
            min: spread.min,
            max: spread.max,
            weighted_mean: spread.weighted_mean,
        }
    }
}

/// Something that whoever watches should know.
#[derive(Debug, Clone, Serialize)]
pub struct AlertView {
    /// What kind it is.
    pub code: &'static str,
    /// A sentence.
    pub text: String,
}

/// One epoch.
#[derive(Debug, Clone, Serialize)]
pub struct EpochLine {
    /// Its block.
    pub block: u64,
    /// Hash of that block.
    pub block_hash: String,
    /// Its time, RFC 3339.
    pub time: Option<String>,
    /// The runtime that ran it.
    pub spec_version: u32,
    /// Validator trust of the cohort; null where there is none to speak of.
    pub vtrust: Option<SpreadView>,
    /// Blocks since the weights of the slowest of them.
    pub oldest_weights: Option<u64>,
    /// What is to be known of it.
    pub alerts: Vec<AlertView>,
}

impl EpochLine {
    /// An epoch, by the validators of a cohort.
    #[must_use]
    pub fn of(sample: &Sample, cohort: &Cohort, alerts: &[Alert]) -> Self {
        let found = health(sample, cohort);
        Self {
            block: sample.block,
            block_hash: sample.hash.to_string(),
            time: sample.time_ms.and_then(rfc3339),
            spec_version: sample.spec_version,
            vtrust: found.vtrust.as_ref().map(SpreadView::of),
            oldest_weights: found.age.as_ref().map(|age| age.max),
            alerts: alerts
                .iter()
                .map(|alert| AlertView { code: alert.code(), text: alert.text() })
                .collect(),
        }
    }
}

/// Epochs that were gathered.
#[derive(Debug, Clone, Serialize)]
pub struct BaselineView {
    /// Always `baseline`.
    pub kind: &'static str,
    /// Which subnet.
    #[serde(flatten)]
    pub subject: SubnetView,
    /// How many were wanted.
    pub wanted: usize,
    /// How many were read now.
    pub read: usize,
    /// How many were kept before.
    pub kept: usize,
    /// What could not be had, and why.
    pub missing: Vec<String>,
    /// The epochs, oldest first.
    pub epochs: Vec<EpochLine>,
}

/// A hotkey that fits into a table: the whole of it is in the JSON.
#[must_use]
pub fn short_hotkey(hotkey: &str) -> String {
    let head: String = hotkey.chars().take(5).collect();
    let tail: String = hotkey.chars().skip(hotkey.chars().count().saturating_sub(4)).collect();
    format!("{head}…{tail}")
}

/// A row of numbers as signs of different heights; a gap where there is none.
#[must_use]
pub fn sparkline(values: &[Option<Figure>]) -> String {
    let known = || values.iter().flatten().map(|value| value.units());
    let (Some(low), Some(high)) = (known().min(), known().max()) else {
        return " ".repeat(values.len());
    };
    let sign = |value: &Option<Figure>| {
        let Some(value) = value else { return ' ' };
        let steps = i128::try_from(SIGNS.len().saturating_sub(1)).unwrap_or_default();
        let over = value.units().saturating_sub(low).saturating_mul(steps);
        // One level stays in the middle.
        let at = over.checked_div(high.saturating_sub(low)).unwrap_or(3);
        usize::try_from(at).ok().and_then(|at| SIGNS.get(at)).copied().unwrap_or(SIGNS[0])
    };
    values.iter().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_shows_what_is_there() {
        let of = |numbers: &[i128]| {
            let all: Vec<_> = numbers
                .iter()
                .map(|number| (*number >= 0).then(|| Figure::from_units(*number)))
                .collect();
            sparkline(&all)
        };
        assert_eq!(of(&[0, 7, -1, 3, 4]), "▁█ ▄▅");
        assert_eq!(of(&[5, 5]), "▄▄");
        assert_eq!(of(&[-1]), " ");
        assert_eq!(of(&[]), "");
    }
}
