//! One neuron, as it is shown.

use std::cmp::Reverse;

use serde::Serialize;
use subtune_model::monitor::{Close, Figure, Metagraph, Occupant, passed};
use subtune_model::snapshot::Known;

use super::column::{Selection, UNKNOWN};

/// One neuron.
#[derive(Debug, Clone, Serialize)]
pub struct UidView {
    /// Row number.
    pub position: usize,
    /// Which.
    pub uid: u16,
    /// Its hotkey.
    pub hotkey: String,
    /// Its coldkey.
    pub coldkey: Option<String>,
    /// What its coldkey calls itself.
    pub name: Option<String>,
    /// What it is.
    pub role: &'static str,
    /// Whether it may validate.
    pub permit: Option<bool>,
    /// Whether it has set weights recently enough.
    pub active: Option<bool>,
    /// Validator trust, of 65535.
    pub vtrust_raw: Option<u16>,
    /// The same, up to 1.
    pub vtrust: Option<Figure>,
    /// Share of all stake, of 65535.
    pub stake_weight_raw: Option<u16>,
    /// All stake that counts, in rao of alpha.
    pub stake_weight_rao: Option<String>,
    /// Alpha that counts, in rao.
    pub alpha_stake_rao: Option<String>,
    /// TAO on root that counts, in rao.
    pub root_stake_rao: Option<String>,
    /// What that counts, in rao of alpha.
    pub root_weight_rao: Option<String>,
    /// Consensus weight, of 65535.
    pub consensus_raw: Option<u16>,
    /// Incentive, of 65535.
    pub incentive_raw: Option<u16>,
    /// Dividends, of 65535.
    pub dividends_raw: Option<u16>,
    /// Alpha of the last epoch, in rao.
    pub emission_rao: Option<String>,
    /// Alpha of a day, in rao.
    pub daily_alpha_rao: Option<String>,
    /// Block of its last weights; 0 for never.
    pub last_update: Option<u64>,
    /// Blocks since then.
    pub updated: Option<u64>,
    /// `late` or `very_late`, of a validator.
    pub updated_alert: Option<&'static str>,
    /// Block of its registration.
    pub registered_at: Option<u64>,
    /// Blocks of immunity left.
    pub immunity_left: Option<u64>,
    /// How soon newcomers replace it; 1 is next.
    pub prune_rank: Option<usize>,
    /// Where it is reached, or `none`.
    pub axon: Option<String>,
    /// Whose stake counts for it.
    pub parents: Option<Vec<RelativeView>>,
    /// For whom its stake counts.
    pub children: Option<Vec<RelativeView>>,
}

/// A parent or a child.
#[derive(Debug, Clone, Serialize)]
pub struct RelativeView {
    /// Its hotkey.
    pub hotkey: String,
    /// Its share, of 2^64 - 1.
    pub share_raw: String,
    /// Alpha that passes, in rao, where one was looked at closely.
    pub alpha_rao: Option<String>,
    /// TAO on root that passes, in rao.
    pub root_rao: Option<String>,
    /// For people.
    #[serde(skip)]
    pub share: String,
}

/// What is known of one neuron alone.
#[derive(Debug, Clone, Serialize)]
pub struct CloseView {
    /// Its own alpha, in rao.
    pub own_alpha_rao: Option<String>,
    /// Its own TAO on root, in rao.
    pub own_root_rao: Option<String>,
    /// Its weights, largest first.
    pub weights: Option<Vec<WeightView>>,
    /// Its bonds, largest first.
    pub bonds: Option<Vec<BondView>>,
}

/// A weight beside the consensus.
#[derive(Debug, Clone, Serialize)]
pub struct WeightView {
    /// Of whom.
    pub uid: u16,
    /// As it is stored: the largest is 65535.
    pub weight_raw: u16,
    /// Its share of all its weights.
    pub share: Option<Figure>,
    /// The consensus weight, of 65535.
    pub consensus_raw: Option<u16>,
}

/// A bond.
#[derive(Debug, Clone, Serialize)]
pub struct BondView {
    /// With whom.
    pub uid: u16,
    /// Of 65535.
    pub bond_raw: u16,
}

/// A number for scripts, which no reader rounds.
pub(super) fn text(number: Option<u64>) -> Option<String> {
    number.map(|number| number.to_string())
}

/// What is known of a neuron.
pub(super) fn uid_view(
    graph: &Metagraph,
    member: &Occupant,
    position: usize,
    prune_rank: Option<usize>,
    choice: &Selection,
) -> UidView {
    let Occupant {
        uid,
        hotkey,
        coldkey,
        name,
        permit,
        active,
        vtrust,
        consensus,
        incentive,
        dividends,
        stake_weight,
        emission,
        last_update,
        registered_at,
        axon,
        alpha_stake,
        tao_stake,
        parents,
        children,
    } = member;
    let updated = graph.updated(member);
    let (late, very_late) = choice.stale;
    let alert = match (updated, last_update) {
        (Some(blocks), _) if blocks > very_late => Some("very_late"),
        (Some(blocks), _) if blocks > late => Some("late"),
        (None, Some(0)) => Some("never"),
        _ => None,
    };
    let close = graph.close.as_ref().filter(|close| close.uid == *uid);
    let own = close.map(|close| close.own);
    let relative = |(proportion, hotkey): &(u64, String),
                    held: Option<(Option<u64>, Option<u64>)>| {
        let (alpha, root) = held.unwrap_or_default();
        let pass = |amount: Option<u64>| text(amount.map(|amount| passed(amount, *proportion)));
        RelativeView {
            hotkey: hotkey.clone(),
            share_raw: proportion.to_string(),
            alpha_rao: pass(alpha),
            root_rao: pass(root),
            share: Figure::ratio(i128::from(*proportion).saturating_mul(100), u64::MAX.into())
                .map_or_else(|| UNKNOWN.to_owned(), |figure| format!("{figure:.2}%")),
        }
    };
    UidView {
        position,
        uid: *uid,
        hotkey: hotkey.clone(),
        coldkey: coldkey.clone(),
        name: name.clone(),
        role: graph.role(member).name(),
        permit: *permit,
        active: *active,
        vtrust_raw: *vtrust,
        vtrust: vtrust.map(Figure::share),
        stake_weight_raw: *stake_weight,
        stake_weight_rao: text(graph.total_stake(member)),
        alpha_stake_rao: text(*alpha_stake),
        root_stake_rao: text(*tao_stake),
        root_weight_rao: text(graph.root_weight(member)),
        consensus_raw: *consensus,
        incentive_raw: *incentive,
        dividends_raw: *dividends,
        emission_rao: text(*emission),
        daily_alpha_rao: text(graph.daily(member)),
        last_update: *last_update,
        updated,
        updated_alert: alert.filter(|_| *permit == Some(true)),
        registered_at: *registered_at,
        immunity_left: graph.immunity_left(member),
        prune_rank,
        axon: axon.as_ref().map(|axon| match axon {
            Known::Is(axon) => axon.clone(),
            Known::Unset | Known::Unreadable(_) => "none".to_owned(),
        }),
        parents: parents.as_ref().map(|parents| {
            let held = |at: usize| close.and_then(|close| close.of_parents.get(at).copied());
            parents.iter().enumerate().map(|(at, one)| relative(one, held(at))).collect()
        }),
        children: children
            .as_ref()
            .map(|children| children.iter().map(|one| relative(one, own)).collect()),
    }
}

/// What is known of the neuron that is looked at closely.
pub(super) fn close_view(graph: &Metagraph, close: &Close) -> CloseView {
    let Close { uid: _, weights, bonds, own: (alpha, root), of_parents: _ } = close;
    let consensus = |uid: u16| graph.members.get(usize::from(uid)).and_then(|one| one.consensus);
    CloseView {
        own_alpha_rao: text(*alpha),
        own_root_rao: text(*root),
        weights: weights.as_ref().map(|row| {
            let sum: i128 = row.iter().map(|(_, weight)| i128::from(*weight)).sum();
            let mut row = row.clone();
            row.sort_by_key(|(uid, weight)| (Reverse(*weight), *uid));
            row.into_iter()
                .map(|(uid, weight_raw)| WeightView {
                    uid,
                    weight_raw,
                    share: Figure::ratio(weight_raw.into(), sum),
                    consensus_raw: consensus(uid),
                })
                .collect()
        }),
        bonds: bonds.as_ref().map(|row| {
            let mut row = row.clone();
            row.sort_by_key(|(uid, bond)| (Reverse(*bond), *uid));
            row.into_iter().map(|(uid, bond_raw)| BondView { uid, bond_raw }).collect()
        }),
    }
}
