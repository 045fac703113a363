//! What the figures of an epoch say, and which hyperparameters could move them.

use super::figure::Figure;
use super::health::{Diagnosis, Health, Lever, Member, MemberState};
use super::sample::{Mode, Sample};

/// Weights older than so many tempos when the epoch runs are stale: a validator sets them about once in one.
pub const STALE_TEMPOS: u64 = 4;

const KAPPA: Lever = Lever {
    name: "kappa",
    text: "the share of stake that decides; shows in the first epoch after the change",
};
const CUTOFF: Lever = Lever {
    name: "activity_cutoff_factor",
    text: "a smaller one takes the stake of stale validators out of consensus; shows in the first epoch after the change",
};
const OLD_CUTOFF: Lever = Lever {
    name: "activity_cutoff",
    text: "the same on runtimes before 423; shows in the first epoch after the change",
};
const WEIGHTS_LIMIT: Lever = Lever {
    name: "weights_rate_limit",
    text: "a smaller one lets validators set weights more often; shows when they next do",
};
const COMMIT_REVEAL: Lever = Lever {
    name: "commit_reveal_weights_enabled",
    text: "off, weights are used without a delay; shows when validators next set weights",
};
const REVEAL_PERIOD: Lever = Lever {
    name: "commit_reveal_period",
    text: "a shorter one lets commits be used sooner; shows once those made after the change are revealed",
};
const MIN_WEIGHTS: Lever = Lever {
    name: "min_allowed_weights",
    text: "a row with fewer entries is refused; shows when validators next set weights",
};
const WEIGHTS_VERSION: Lever = Lever {
    name: "weights_version",
    text: "weights of an older version are refused; shows when validators next set weights",
};

/// What the figures say, what weighs most first.
pub(super) fn diagnose(sample: &Sample, health: &Health) -> Vec<Diagnosis> {
    let found = [
        mode(sample),
        nobody(health),
        dominated(health),
        no_row(health),
        inactive(sample, health),
        stale(sample, health),
        not_revealed(health),
        disagreement(health),
        unscored(health),
        mechanisms(sample),
        unreadable(sample),
    ];
    found.into_iter().flatten().collect()
}

fn said(code: &'static str, text: String, levers: &[Lever]) -> Option<Diagnosis> {
    Some(Diagnosis { code, text, levers: levers.to_vec() })
}

fn mode(sample: &Sample) -> Option<Diagnosis> {
    match &sample.mode {
        Mode::Yuma => None,
        Mode::Null => said(
            "null_consensus",
            "consensus is Null: one validator decides, so there is no Vtrust to speak of"
                .to_owned(),
            &[],
        ),
        Mode::Other(name) => said(
            "unknown_consensus",
            format!(
                "consensus is {name}, which this version does not know: Vtrust cannot be judged"
            ),
            &[],
        ),
    }
}

fn nobody(health: &Health) -> Option<Diagnosis> {
    if health.cohort.iter().any(|member| member.state == MemberState::Counted) {
        return None;
    }
    said(
        "no_validators",
        "no validator of the cohort has weights that the epoch could use".to_owned(),
        &[],
    )
}

fn dominated(health: &Health) -> Option<Diagnosis> {
    let found = health.domination.as_ref()?;
    let (uid, share, kappa) = (found.uid, found.share.percent(), found.kappa.percent());
    let text = match found.alone {
        true => format!(
            "UID {uid} holds {share} of the active stake (kappa is {kappa}): consensus is its weights, and the Vtrust \
             of the others is their overlap with it; only the weights and stake of validators change that"
        ),
        false => format!(
            "UID {uid} holds {share} of the active stake (kappa is {kappa}): consensus is never below its weights"
        ),
    };
    // Where the others together have kappa, too, another kappa changes who decides.
    let levers: &[Lever] = if found.alone { &[] } else { &[KAPPA] };
    said("dominated", text, levers)
}

/// The uids of some of the cohort, as in `UIDs 1, 7`; `None` of nobody.
fn uids(health: &Health, which: impl Fn(&Member) -> bool) -> Option<(usize, String)> {
    const NAMED: usize = 8;
    let found: Vec<u16> = health
        .cohort
        .iter()
        .filter(|member| which(member))
        .filter_map(|member| member.uid)
        .collect();
    let names: Vec<_> = found.iter().take(NAMED).map(ToString::to_string).collect();
    let more = match found.len().checked_sub(NAMED) {
        Some(more) if more > 0 => format!(" and {more} more"),
        _ => String::new(),
    };
    match found.len() {
        0 => None,
        1 => Some((1, format!("UID {}", names.join(", ")))),
        count => Some((count, format!("UIDs {}{more}", names.join(", ")))),
    }
}

/// The verb for so many.
const fn verb(count: usize, one: &'static str, several: &'static str) -> &'static str {
    if count == 1 { one } else { several }
}

fn no_row(health: &Health) -> Option<Diagnosis> {
    let (count, who) = uids(health, |member| member.state == MemberState::NoUsableRow)?;
    let has = verb(count, "has", "have");
    said(
        "no_usable_row",
        format!("{who} {has} no usable row, and no Vtrust therefore; this is not a low value"),
        &[MIN_WEIGHTS, WEIGHTS_VERSION],
    )
}

fn inactive(sample: &Sample, health: &Health) -> Option<Diagnosis> {
    let (count, who) =
        uids(health, |member| !member.active && member.state != MemberState::NoPermit)?;
    let cutoff = match sample.activity_cutoff {
        Some(blocks) => format!("{blocks} blocks"),
        None => "the activity cutoff".to_owned(),
    };
    let (is, its) = (verb(count, "is", "are"), verb(count, "its", "their"));
    said(
        "inactive",
        format!(
            "{who} {is} inactive: weights older than {cutoff}, so {its} stake does not count in consensus"
        ),
        &[CUTOFF, OLD_CUTOFF],
    )
}

fn stale(sample: &Sample, health: &Health) -> Option<Diagnosis> {
    let limit = sample.tempo.saturating_mul(STALE_TEMPOS);
    let old = |member: &Member| {
        member.active && member.state == MemberState::Counted && member.age > Some(limit)
    };
    let (count, who) = uids(health, old)?;
    let oldest = health.cohort.iter().filter(|member| old(member)).filter_map(|m| m.age).max()?;
    let levers: &[Lever] = match sample.commit_reveal {
        Some(false) => &[CUTOFF, OLD_CUTOFF, WEIGHTS_LIMIT],
        _ => &[CUTOFF, OLD_CUTOFF, WEIGHTS_LIMIT, COMMIT_REVEAL, REVEAL_PERIOD],
    };
    let votes = verb(count, "votes", "vote");
    said(
        "stale_weights",
        format!(
            "{who} {votes} with weights more than {limit} blocks old ({STALE_TEMPOS} tempos), the oldest {oldest} \
             blocks: what they say of miners is out of date"
        ),
        levers,
    )
}

fn not_revealed(health: &Health) -> Option<Diagnosis> {
    let (count, who) = uids(health, |member| member.revealed == Some(false))?;
    let has = verb(count, "has", "have");
    said(
        "not_revealed",
        format!(
            "{who} {has} commits that were due and not revealed: they look up to date, and the epoch used older weights"
        ),
        &[COMMIT_REVEAL, REVEAL_PERIOD, WEIGHTS_VERSION, MIN_WEIGHTS],
    )
}

fn disagreement(health: &Health) -> Option<Diagnosis> {
    let (count, who) = uids(health, |member| member.stands_out)?;
    let farthest = health.cohort.iter().filter(|member| member.stands_out);
    let farthest = farthest.filter_map(|member| member.distance).max()?;
    let mean = health.distance.as_ref()?.mean;
    let scores = verb(count, "scores", "score");
    said(
        "disagreement",
        format!(
            "{who} {scores} miners unlike the others: a mean distance of up to {farthest:.3}, where that of all pairs \
             is {mean:.3}; no hyperparameter changes what validators think of miners"
        ),
        &[],
    )
}

fn unscored(health: &Health) -> Option<Diagnosis> {
    let paid: Vec<_> =
        health.miners.iter().filter(|miner| miner.incentive > Figure::ZERO).collect();
    let some = paid.iter().filter(|miner| miner.scored_by < miner.of).count();
    if some == 0 {
        return None;
    }
    said(
        "partly_scored",
        format!(
            "{some} of {} paid neurons are scored by only some of the {} validators that count; who gives nothing \
             votes for zero",
            paid.len(),
            paid.first()?.of
        ),
        &[MIN_WEIGHTS],
    )
}

fn mechanisms(sample: &Sample) -> Option<Diagnosis> {
    if sample.mechanisms < 2 {
        return None;
    }
    said(
        "several_mechanisms",
        format!(
            "there are {} mechanisms: Vtrust is a sum over them, weighted by their emission; weights, ages and \
             incentive are of mechanism {}",
            sample.mechanisms, sample.mechanism
        ),
        &[],
    )
}

fn unreadable(sample: &Sample) -> Option<Diagnosis> {
    if sample.kappa.is_some() || sample.mode != Mode::Yuma {
        return None;
    }
    said(
        "kappa_unknown",
        "kappa cannot be read, so whether one validator decides alone cannot be told".to_owned(),
        &[],
    )
}
