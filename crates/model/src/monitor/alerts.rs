//! What a new epoch has to tell, beside those before it.

use serde::Serialize;

use super::cohort::Cohort;
use super::doubts::stake_moved;
use super::figure::Figure;
use super::rows::UsableRow;
use super::sample::{Mode, Neuron, Sample};
use crate::catalog;
use crate::value::{Value, spoken};

/// From where on an alert is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AlertLimits {
    /// Weights older than so many blocks when the epoch runs are stale.
    pub age: u64,
    /// Vtrust that falls by less than this share is not worth an alert.
    pub vtrust: Figure,
    /// Stake that moves by less than this share of all is not worth an alert.
    pub stake: Figure,
}

impl Default for AlertLimits {
    /// 1500 blocks, 0.02, and 0.1.
    fn default() -> Self {
        Self {
            age: 1_500,
            vtrust: Figure::from_units(20_000_000_000),
            stake: Figure::from_units(100_000_000_000),
        }
    }
}

/// What a new epoch has to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Alert {
    /// A validator is not registered any more.
    Left {
        /// Its hotkey.
        hotkey: String,
        /// Its uid before.
        uid: u16,
    },
    /// A validator has lost its permit.
    LostPermit {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
    },
    /// A validator has turned inactive.
    Inactive {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// Age of its weights, blocks; `None` where it never set any.
        age: Option<u64>,
    },
    /// A validator's weights have grown older than the limit.
    Stale {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// Age of its weights, blocks.
        age: u64,
        /// The limit, blocks.
        limit: u64,
    },
    /// A validator did not reveal what was due.
    NotRevealed {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// The block of the oldest commit.
        commit: u64,
    },
    /// A validator has lost all weights that an epoch could use: it has no Vtrust, and not a low one.
    NoUsableRow {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
    },
    /// A validator's Vtrust fell beyond its usual range: below all of at least ten epochs before, and below their mean
    /// by three standard deviations and by the limit.
    VtrustFell {
        /// Its hotkey.
        hotkey: String,
        /// Its uid.
        uid: u16,
        /// What it is.
        now: Figure,
        /// Its mean in the epochs before.
        usual: Figure,
        /// The lowest of them.
        lowest: Figure,
        /// How many they are.
        epochs: usize,
    },
    /// Epochs are missing between this one and the last that was seen.
    EpochMissed {
        /// The block of the last that was seen.
        seen: u64,
        /// The block of the epoch before this one, as the chain has it.
        previous: u64,
    },
    /// The epoch ran later than its tempo says.
    EpochDeferred {
        /// The block that it was due in.
        due: u64,
        /// The block that it ran in.
        block: u64,
    },
    /// The runtime was upgraded.
    RuntimeChanged {
        /// From this version.
        from: u32,
        /// To this one.
        to: u32,
    },
    /// A hyperparameter was changed.
    HyperparameterChanged {
        /// Its name.
        name: String,
        /// From this raw value.
        from: Value,
        /// To this one.
        to: Value,
    },
    /// Stake moved between validators.
    StakeMoved {
        /// Which share of all.
        share: Figure,
    },
}

impl Alert {
    /// Its name, for programs: the same as the field `code` of its JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Left { .. } => "left",
            Self::LostPermit { .. } => "lost_permit",
            Self::Inactive { .. } => "inactive",
            Self::Stale { .. } => "stale",
            Self::NotRevealed { .. } => "not_revealed",
            Self::NoUsableRow { .. } => "no_usable_row",
            Self::VtrustFell { .. } => "vtrust_fell",
            Self::EpochMissed { .. } => "epoch_missed",
            Self::EpochDeferred { .. } => "epoch_deferred",
            Self::RuntimeChanged { .. } => "runtime_changed",
            Self::HyperparameterChanged { .. } => "hyperparameter_changed",
            Self::StakeMoved { .. } => "stake_moved",
        }
    }

    /// In words, a sentence without a full stop.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Left { hotkey, uid } => {
                format!("validator {hotkey} (UID {uid} before) is not registered any more")
            }
            Self::LostPermit { uid, .. } => format!("UID {uid} has lost its validator permit"),
            Self::Inactive { uid, age: Some(age), .. } => format!(
                "UID {uid} has turned inactive: its weights are {age} blocks old, and its stake does not count"
            ),
            Self::Inactive { uid, age: None, .. } => {
                format!("UID {uid} is inactive: it never set weights, and its stake does not count")
            }
            Self::Stale { uid, age, limit, .. } => {
                format!("the weights of UID {uid} are {age} blocks old; the limit is {limit}")
            }
            Self::NotRevealed { uid, commit, .. } => format!(
                "UID {uid} did not reveal what it had committed in block {commit}: the epoch used older weights"
            ),
            Self::NoUsableRow { uid, .. } => {
                format!(
                    "UID {uid} has no weights left that the epoch could use, and no Vtrust therefore"
                )
            }
            Self::VtrustFell { uid, now, usual, lowest, epochs, .. } => format!(
                "Vtrust of UID {uid} fell to {now}: in the {epochs} epochs before it was {usual} on average and at \
                 least {lowest}"
            ),
            Self::EpochMissed { seen, previous } => format!(
                "an epoch was missed: the last one seen was in block {seen}, and there was another in block {previous}"
            ),
            Self::EpochDeferred { due, block } => format!(
                "the epoch ran {} blocks late: it was due in block {due}, and ran in block {block}",
                block.saturating_sub(*due)
            ),
            Self::RuntimeChanged { from, to } => {
                format!("the runtime was upgraded from {from} to {to}")
            }
            Self::HyperparameterChanged { name, from, to } => {
                let say = |value: &Value| match catalog::find(name) {
                    Some(row) => spoken(value, row.unit),
                    None => value.to_string(),
                };
                format!("{name} changed from {} to {}", say(from), say(to))
            }
            Self::StakeMoved { share } => {
                format!(
                    "{} of all stake moved between neurons since the last epoch",
                    share.percent()
                )
            }
        }
    }
}

/// Blocks that an epoch may be late without an alert: when more subnets are due than one block has epochs for, some
/// wait, and before runtime 423 an epoch was a block longer than the tempo.
const MAY_BE_LATE: u64 = 10;
/// Epochs that make a usual range.
const USUAL_NEEDED: usize = 10;

/// What a new epoch has to tell, beside those before it, the newest last. What is a state, such as stale weights, is
/// told when it begins, or when there is no epoch before; what was not revealed is told every time.
#[must_use]
pub fn alerts(
    history: &[Sample],
    now: &Sample,
    cohort: &Cohort,
    limits: &AlertLimits,
) -> Vec<Alert> {
    let last = history.last();
    let mut found = last.map_or_else(Vec::new, |last| of_the_subnet(last, now, limits));
    for hotkey in &cohort.hotkeys {
        let before = last.and_then(|last| last.neuron_of(hotkey));
        match now.neuron_of(hotkey) {
            None => found.extend(
                before.map(|before| Alert::Left { hotkey: hotkey.clone(), uid: before.uid }),
            ),
            Some(neuron) => {
                let before = last.zip(before);
                found.extend(of_one((now, neuron), before, limits));
                found.extend(vtrust_fell(history, (now, neuron), limits));
            }
        }
    }
    found
}

fn of_the_subnet(last: &Sample, now: &Sample, limits: &AlertLimits) -> Vec<Alert> {
    let mut found = Vec::new();
    if now.previous > last.block {
        found.push(Alert::EpochMissed { seen: last.block, previous: now.previous });
    }
    let due = now.previous.saturating_add(now.tempo.max(last.tempo));
    if now.previous > 0 && now.block > due.saturating_add(MAY_BE_LATE) {
        found.push(Alert::EpochDeferred { due, block: now.block });
    }
    if last.spec_version != now.spec_version {
        found.push(Alert::RuntimeChanged { from: last.spec_version, to: now.spec_version });
    }
    for (name, from) in &last.hyperparameters {
        // What cannot be read now has not changed for that.
        let Some(to) = now.hyperparameters.get(name).filter(|to| *to != from) else { continue };
        let (name, from, to) = (name.clone(), from.clone(), to.clone());
        found.push(Alert::HyperparameterChanged { name, from, to });
    }
    let moved = stake_moved(&[last], &[now]).filter(|share| *share >= limits.stake);
    found.extend(moved.map(|share| Alert::StakeMoved { share }));
    found
}

/// An epoch, and a neuron in it.
type In<'a> = (&'a Sample, &'a Neuron);

fn of_one(now: In<'_>, before: Option<In<'_>>, limits: &AlertLimits) -> Vec<Alert> {
    let (sample, neuron) = now;
    let (hotkey, uid) = (neuron.hotkey.clone(), neuron.uid);
    // Without an epoch before, nothing has begun yet.
    let begins = |is: &dyn Fn(In<'_>) -> bool| is(now) && !before.is_some_and(is);
    if begins(&|(_, neuron)| !neuron.permit) {
        return vec![Alert::LostPermit { hotkey, uid }];
    }
    if !neuron.permit {
        return Vec::new();
    }
    let mut found = Vec::new();
    let stale = |(sample, neuron): In<'_>| sample.age(neuron) > Some(limits.age);
    let age = sample.age(neuron);
    if begins(&|(_, neuron)| !neuron.active) {
        found.push(Alert::Inactive { hotkey: hotkey.clone(), uid, age });
    } else if let Some(age) = age.filter(|_| begins(&stale)) {
        found.push(Alert::Stale { hotkey: hotkey.clone(), uid, age, limit: limits.age });
    }
    if begins(&|(sample, neuron)| UsableRow::of(sample, neuron).is_none()) {
        found.push(Alert::NoUsableRow { hotkey: hotkey.clone(), uid });
    }
    if let Some(commit) = neuron.commit.filter(|commit| !commit.revealed) {
        found.push(Alert::NotRevealed { hotkey, uid, commit: commit.block });
    }
    found
}

fn vtrust_of((sample, neuron): In<'_>) -> Option<Figure> {
    let counts = sample.mode == Mode::Yuma && UsableRow::of(sample, neuron).is_some();
    counts.then(|| Figure::share(neuron.vtrust))
}

fn vtrust_fell(history: &[Sample], now: In<'_>, limits: &AlertLimits) -> Option<Alert> {
    let (_, neuron) = now;
    let value = vtrust_of(now)?;
    let earlier = |sample: &Sample| vtrust_of((sample, sample.neuron_of(&neuron.hotkey)?));
    let before: Vec<Figure> = history.iter().filter_map(earlier).collect();
    if before.len() < USUAL_NEEDED {
        return None;
    }
    let (usual, lowest) = (Figure::mean(&before)?, *before.iter().min()?);
    let std = Figure::deviation(&before, usual, 1)?;
    let fell = usual.minus(value);
    let unusual = value < lowest && fell > std.times(Figure::whole(3)) && fell >= limits.vtrust;
    unusual.then(|| Alert::VtrustFell {
        hotkey: neuron.hotkey.clone(),
        uid: neuron.uid,
        now: value,
        usual,
        lowest,
        epochs: before.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::Commit;
    use super::super::samples::Samples;
    use super::*;

    fn told(history: &[Sample], now: &Sample) -> Vec<Alert> {
        let cohort = Cohort::of(&Samples::new().epoch());
        alerts(history, now, &cohort, &AlertLimits::default())
    }

    /// What a change to the second of two quiet epochs gives.
    fn after(change: impl Fn(&mut Sample)) -> Vec<Alert> {
        let mut samples = Samples::new();
        let (last, mut now) = (samples.epoch(), samples.epoch());
        change(&mut now);
        told(&[last], &now)
    }

    #[test]
    fn each_alert_has_its_occasion() {
        assert_eq!(after(|_| ()), []);
        type Occasion = (&'static str, fn(&mut Sample));
        let occasions: [Occasion; 12] = [
            ("left", |now| now.neurons[1].hotkey = "other".to_owned()),
            ("lost_permit", |now| now.neurons[1].permit = false),
            ("inactive", |now| now.neurons[1].active = false),
            ("stale", |now| now.neurons[1].last_update = now.block - 1_501),
            ("not_revealed", |now| {
                now.neurons[1].commit = Some(Commit { block: 3, revealed: false });
            }),
            ("no_usable_row", |now| now.neurons[1].weights.clear()),
            ("epoch_missed", |now| {
                now.previous += 360;
                now.block += 360;
                now.neurons.iter_mut().for_each(|neuron| neuron.last_update += 360);
            }),
            ("epoch_deferred", |now| now.block += 11),
            ("runtime_changed", |now| now.spec_version += 1),
            ("hyperparameter_changed", |now| {
                now.hyperparameters.insert("immunity_period".to_owned(), Value::Uint(5));
            }),
            ("stake_moved", |now| {
                now.neurons[0].stake_weight -= 7_000;
                now.neurons[1].stake_weight += 7_000;
            }),
            ("inactive", |now| {
                now.neurons[1].active = false;
                now.neurons[1].last_update = now.block - 6_000;
            }),
        ];
        for (code, change) in occasions {
            // A hotkey that is not there any more takes its stake along.
            let found: Vec<_> = after(change)
                .into_iter()
                .filter(|alert| code != "left" || alert.code() != "stake_moved")
                .collect();
            assert_eq!(found.iter().map(Alert::code).collect::<Vec<_>>(), [code]);
            assert!(found[0].text().len() > 20 && !found[0].text().ends_with('.'));
            assert_eq!(serde_json::to_value(&found[0]).unwrap()["code"], code);
        }
    }

    #[test]
    fn limits_are_not_overstepped_when_they_are_reached() {
        assert_eq!(after(|now| now.neurons[1].last_update = now.block - 1_500), []);
        assert_eq!(after(|now| now.block += 10), []);
        let moved = |now: &mut Sample| {
            now.neurons[0].stake_weight -= 6_000;
            now.neurons[1].stake_weight += 6_000;
        };
        assert_eq!(after(moved), []);
        assert_eq!(after(|now| now.hyperparameters.clear()), []);
    }

    #[test]
    fn a_state_is_told_when_it_begins() {
        let mut samples = Samples::new();
        samples.coming.neurons[1].active = false;
        samples.coming.neurons[2].permit = false;
        samples.coming.neurons[3].commit = Some(Commit { block: 3, revealed: false });
        let (last, now) = (samples.epoch(), samples.epoch());
        let codes = |of: Vec<Alert>| of.iter().map(Alert::code).collect::<Vec<_>>();
        assert_eq!(codes(told(&[], &last)), ["inactive", "lost_permit", "not_revealed"]);
        assert_eq!(codes(told(&[last], &now)), ["not_revealed"]);
    }

    #[test]
    fn vtrust_below_its_usual_range_is_told() {
        let mut samples = Samples::new();
        let history = samples.epochs([40_000, 41_000, 40_500, 40_200, 40_800].repeat(2));
        let fell = |vtrust| told(&history, &samples.clone().epochs([vtrust])[0]);
        assert_eq!(fell(39_300), []);
        let found = fell(30_000);
        assert_eq!(found.iter().map(Alert::code).collect::<Vec<_>>(), ["vtrust_fell"; 4]);
        assert_eq!(
            found[0].text(),
            "Vtrust of UID 0 fell to 0.457771: in the 10 epochs before it was 0.617990 on average and at least 0.610361"
        );
        // Nine epochs are no usual range.
        let short = told(&history[1..], &samples.epochs([30_000])[0]);
        assert_eq!(short, []);
    }
}
