//! What keeps a comparison from saying anything, by rule.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::Figure;
use super::sample::{Mode, Sample};
use super::verdict::{AFTER_NEEDED, BEFORE_NEEDED, ChangeAt, Inquiry, Reason};
use super::windows::{ON_PERMITS, ON_WEIGHTS, Windows};
use crate::catalog::{self, Hyperparameter};
use crate::value::{Value, spoken};

/// Share of all stake that may move between the windows: 10 per cent.
const STAKE_MAY_MOVE: Figure = Figure::from_units(100_000_000_000);

/// All reasons why the windows cannot be compared, and notes on what may have played a part.
pub(super) fn doubts(inquiry: &Inquiry<'_>, windows: &Windows<'_>) -> Vec<Reason> {
    let found = [
        too_few(windows),
        mode(windows),
        runtime(inquiry),
        holes(inquiry),
        stake(windows),
        cohort(windows),
        gap(inquiry),
        not_read(inquiry.change),
    ];
    let mut found: Vec<_> = found.into_iter().flatten().collect();
    found.extend(hyperparameters(inquiry));
    found.extend(change_itself(inquiry.change, windows));
    // What decides comes first; a stable sort keeps the rest as it is.
    found.sort_by_key(|reason| !reason.decides);
    found
}

impl Reason {
    /// One that the answer rests on.
    pub(super) const fn decisive(code: &'static str, text: String) -> Self {
        Self { code, text, decides: true }
    }

    /// A note beside it.
    pub(super) const fn note(code: &'static str, text: String) -> Self {
        Self { code, text, decides: false }
    }
}

fn too_few(windows: &Windows<'_>) -> Option<Reason> {
    let (before, after) = (windows.before.len(), windows.after.len());
    if before >= BEFORE_NEEDED && after >= AFTER_NEEDED {
        return None;
    }
    let text = format!(
        "there are {before} epochs before and {after} after that count, and it takes at least {BEFORE_NEEDED} and \
         {AFTER_NEEDED}"
    );
    Some(Reason::decisive("too_few_epochs", text))
}

fn mode(windows: &Windows<'_>) -> Option<Reason> {
    let other = windows.all().find(|sample| sample.mode != Mode::Yuma)?;
    let name = match &other.mode {
        Mode::Other(name) => name.as_str(),
        Mode::Null => "Null",
        Mode::Yuma => "Yuma",
    };
    let text = format!(
        "consensus is {name} in block {}: only epochs of Yuma can be compared",
        other.block
    );
    Some(Reason::decisive("not_yuma", text))
}

/// All samples, those that do not count among them: what happened in between them matters, too.
fn given<'a>(inquiry: &Inquiry<'a>) -> impl Iterator<Item = &'a Sample> + Clone {
    inquiry.before.iter().chain(inquiry.after)
}

/// Each with the one before it.
fn steps<'a>(
    samples: impl Iterator<Item = &'a Sample> + Clone,
) -> impl Iterator<Item = [&'a Sample; 2]> {
    samples.clone().zip(samples.skip(1)).map(|(one, next)| [one, next])
}

fn runtime(inquiry: &Inquiry<'_>) -> Option<Reason> {
    let mut steps = steps(given(inquiry));
    let [one, next] = steps.find(|[one, next]| one.spec_version != next.spec_version)?;
    let text = format!(
        "the runtime was upgraded from {} to {} between the epochs of blocks {} and {}",
        one.spec_version, next.spec_version, one.block, next.block
    );
    Some(Reason::decisive("runtime_changed", text))
}

fn holes(inquiry: &Inquiry<'_>) -> Option<Reason> {
    let windows = [inquiry.before, inquiry.after];
    let holes = windows.map(|window| {
        steps(window.iter()).filter(|[one, next]| next.previous != one.block).count()
    });
    let count = holes.iter().fold(0_usize, |sum, holes| sum.saturating_add(*holes));
    let first = windows.into_iter().flat_map(|window| steps(window.iter()));
    let [one, next] = first.into_iter().find(|[one, next]| next.previous != one.block)?;
    let places = if count == 1 { "1 place".to_owned() } else { format!("{count} places") };
    let text = format!(
        "epochs are missing in {places}, the first between blocks {} and {}: read them, too",
        one.block, next.block
    );
    Some(Reason::decisive("epochs_missing", text))
}

/// That epochs lie between the windows is no fault, but what happened there is not seen.
fn gap(inquiry: &Inquiry<'_>) -> Option<Reason> {
    let (last, first) = (inquiry.before.last()?, inquiry.after.first()?);
    (first.previous > last.block).then(|| {
        let text = format!(
            "the epochs between blocks {} and {} are in neither window, so what happened there is not seen",
            last.block, first.block
        );
        Reason::note("gap", text)
    })
}

fn stake(windows: &Windows<'_>) -> Option<Reason> {
    let moved = stake_moved(&windows.before, &windows.after)?;
    (moved > STAKE_MAY_MOVE).then(|| {
        let text = format!(
            "{} of all stake moved between validators from the window before to the one after (more than {} is too \
             much to compare)",
            moved.percent(),
            STAKE_MAY_MOVE.percent()
        );
        Reason::decisive("stake_moved", text)
    })
}

/// Share of all stake that another hotkey holds: half the sum of all differences of mean shares.
pub(super) fn stake_moved(before: &[&Sample], after: &[&Sample]) -> Option<Figure> {
    let (n, m) = (i128::try_from(before.len()).ok()?, i128::try_from(after.len()).ok()?);
    let mut apart: BTreeMap<&str, i128> = BTreeMap::new();
    for (samples, factor) in [(before, m), (after, n.saturating_neg())] {
        for neuron in samples.iter().flat_map(|sample| &sample.neurons) {
            let part = i128::from(neuron.stake_weight).saturating_mul(factor);
            let entry = apart.entry(&neuron.hotkey).or_default();
            *entry = entry.saturating_add(part);
        }
    }
    let sum = apart.values().fold(0_i128, |sum, part| sum.saturating_add(part.saturating_abs()));
    let whole = n.saturating_mul(m).saturating_mul(i128::from(u16::MAX).saturating_mul(2));
    Figure::ratio(sum, whole)
}

fn cohort(windows: &Windows<'_>) -> Option<Reason> {
    let (left, of) = (windows.left.len(), windows.followed.hotkeys.len());
    if left.saturating_mul(3) > of {
        let text = format!(
            "{left} of the {of} validators before the change have no usable weights in an epoch after: more than a third"
        );
        return Some(Reason::decisive("cohort_gone", text));
    }
    windows.cohort.hotkeys.is_empty().then(|| {
        let text = "no validator has usable weights in all epochs".to_owned();
        Reason::decisive("no_validators", text)
    })
}

/// Hyperparameters that changed besides the change itself, or that cannot be read throughout.
fn hyperparameters(inquiry: &Inquiry<'_>) -> Vec<Reason> {
    let named = |row: &&Hyperparameter| {
        inquiry.change.is_some_and(|change| change.names.iter().any(|name| name == row.name))
    };
    let others = catalog::ALL.iter().filter(|row| !named(row));
    others.filter_map(|row| another(row, given(inquiry))).collect()
}

fn another<'a>(
    row: &Hyperparameter,
    samples: impl Iterator<Item = &'a Sample> + Clone,
) -> Option<Reason> {
    let on_weights = ON_WEIGHTS.contains(&row.name);
    if !row.in_epoch && !on_weights {
        return None;
    }
    let value = |sample: &'a Sample| sample.hyperparameters.get(row.name);
    let known = || samples.clone().filter_map(|sample| Some((sample.block, value(sample)?)));
    let (_, first) = known().next()?;
    let changed = known().find(|(_, value)| *value != first);
    if let Some((block, to)) = changed {
        let say = |value: &Value| spoken(value, row.unit);
        let by = if row.in_epoch { "which the epoch reads" } else { "a rule for setting weights" };
        let text = format!(
            "{}, {by}, changed from {} to {}: so it was by the epoch of block {block}",
            row.name,
            say(first),
            say(to)
        );
        let code = "hyperparameter_changed";
        return Some(match row.in_epoch {
            true => Reason::decisive(code, text),
            false => Reason::note(code, text),
        });
    }
    let unread = samples.clone().find(|sample| value(sample).is_none())?;
    let text = format!(
        "{} cannot be read before the epoch of block {}, so whether it changed cannot be told",
        row.name, unread.block
    );
    Some(match row.in_epoch {
        true => Reason::decisive("hyperparameter_unknown", text),
        false => Reason::note("hyperparameter_unknown", text),
    })
}

/// A hyperparameter of the change must keep its value within each window.
fn change_itself(change: Option<&ChangeAt>, windows: &Windows<'_>) -> Vec<Reason> {
    let names = change.map(|change| change.names.as_slice()).unwrap_or_default();
    let moved = |name: &String| {
        let values = |samples: &[&Sample]| {
            let values = samples.iter().filter_map(|sample| sample.hyperparameters.get(name));
            values.collect::<BTreeSet<_>>().len()
        };
        let window = match (values(&windows.before), values(&windows.after)) {
            (2.., _) => "before",
            (_, 2..) => "after",
            _ => return None,
        };
        let text =
            format!("{name} has several values in the window {window}: it changed more than once");
        Some(Reason::decisive("changed_twice", text))
    };
    names.iter().filter_map(moved).collect()
}

/// What no epoch reads can act only by way of what validators and miners do.
fn not_read(change: Option<&ChangeAt>) -> Option<Reason> {
    let change = change?;
    let unread = |name: &&String| {
        let acts = ON_WEIGHTS.contains(&name.as_str()) || ON_PERMITS.contains(&name.as_str());
        !acts && catalog::find(name).is_some_and(|row| !row.in_epoch)
    };
    let names: Vec<&str> = change.names.iter().filter(unread).map(String::as_str).collect();
    if names.is_empty() {
        return None;
    }
    let text = format!(
        "no epoch reads {}: it can act only by way of what validators and miners do",
        names.join(", ")
    );
    Some(Reason::note("not_in_epoch", text))
}
