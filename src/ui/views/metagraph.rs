//! The neurons of a subnet, as they are shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use dialoguer::console::truncate_str;
use serde::Serialize;
use subtune_model::forecast::{percent, share};
use subtune_model::monitor::{Figure, Metagraph, Mode, Occupant, Role};
use subtune_model::snapshot::Snapshot;

use super::PlaceView;
use super::column::{Column, Selection, UNKNOWN};
use super::short_hotkey;
use super::uid::{CloseView, UidView, close_view, text, uid_view};
use crate::ui::output::one_line;

/// Columns that a name may take.
const NAME: usize = 16;
/// Most weights and bonds of one neuron in a table: all are in the JSON.
const ROWS: usize = 10;
/// The neurons.
#[derive(Debug, Clone, Serialize)]
pub struct MetagraphView {
    /// Always `metagraph`.
    pub kind: &'static str,
    /// Chain, block and subnet.
    #[serde(flatten)]
    pub place: PlaceView,
    /// Which mechanism.
    pub mechanism: u8,
    /// How many there are.
    pub mechanisms: u8,
    /// How consensus is reached.
    pub consensus_mode: Option<String>,
    /// Neurons of the subnet, whichever are shown.
    pub count: usize,
    /// Neurons that there may be.
    pub max_neurons: Option<u64>,
    /// The block of the last epoch.
    pub last_epoch: Option<u64>,
    /// Blocks from one epoch to the next.
    pub epoch_period: Option<u64>,
    /// What TAO on root counts, of 2^64 - 1.
    pub tao_weight_raw: Option<String>,
    /// Blocks after which a validator without new weights is late, and very late.
    pub stale: (u64, u64),
    /// The neurons.
    pub neurons: Vec<UidView>,
    /// More about the one that was asked for.
    pub detail: Option<CloseView>,
    /// What could not be read, and why.
    pub unreadable: BTreeMap<String, String>,
    /// Lists that are shorter than there are neurons, and how many values they have.
    pub not_yet: BTreeMap<String, usize>,
    /// What has to be known to read it.
    pub notes: Vec<String>,
    /// Which columns were chosen.
    #[serde(skip)]
    pub columns: Vec<Column>,
    /// Whether they were chosen by hand.
    #[serde(skip)]
    pub by_hand: bool,
    /// One line that says what it is.
    #[serde(skip)]
    pub title: String,
}

impl MetagraphView {
    /// What was read of a subnet.
    #[must_use]
    pub fn of(graph: &Metagraph, snapshot: &Snapshot, choice: &Selection) -> Self {
        let pruned = graph.pruned();
        let mut members: Vec<&Occupant> =
            graph.members.iter().filter(|one| is_wanted(graph, one, choice)).collect();
        let by_default = match choice.role {
            Some(Role::Miner | Role::Immune) if pruned.is_some() => Column::Prune,
            _ => Column::Stake,
        };
        let rank = |uid: u16| {
            let at = pruned.as_ref()?.iter().position(|one| *one == uid)?;
            Some(at.saturating_add(1))
        };
        sort(&mut members, graph, choice.sort.unwrap_or(by_default), &rank);
        let neurons: Vec<UidView> = members
            .iter()
            .enumerate()
            .map(|(at, member)| {
                uid_view(graph, member, at.saturating_add(1), rank(member.uid), choice)
            })
            .collect();
        let order = match choice.role {
            Some(Role::Miner | Role::Immune) => Column::FOR_MINERS,
            _ => Column::PREFERRED,
        };
        Self {
            kind: "metagraph",
            place: PlaceView::of(snapshot),
            mechanism: graph.mechanism,
            mechanisms: graph.mechanisms,
            consensus_mode: graph.mode.as_ref().map(|mode| match mode {
                Mode::Yuma => "yuma".to_owned(),
                Mode::Null => "null".to_owned(),
                Mode::Other(name) => name.to_lowercase(),
            }),
            count: graph.members.len(),
            max_neurons: graph.max_neurons,
            last_epoch: graph.last_epoch,
            epoch_period: graph.period,
            tao_weight_raw: text(graph.tao_weight),
            stale: choice.stale,
            detail: graph.close.as_ref().map(|close| close_view(graph, close)),
            unreadable: graph.unreadable.clone(),
            not_yet: graph.short.clone(),
            notes: notes(graph, choice, pruned.is_some()),
            columns: choice.columns.clone().unwrap_or_else(|| order.to_vec()),
            by_hand: choice.columns.is_some(),
            title: title(graph, snapshot, neurons.len(), choice),
            neurons,
        }
    }

    /// The columns that fit into this width, in the order of the table.
    #[must_use]
    pub fn fitting(&self, width: Option<usize>) -> Vec<Column> {
        let Some(width) = width.filter(|_| !self.by_hand) else {
            return match self.by_hand {
                true => self.columns.clone(),
                false => Column::ALL.to_vec(),
            };
        };
        let wide = |column: Column| {
            let cells = self.neurons.iter().map(|one| self.cell(one, column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(column.name().len()).saturating_add(1)
        };
        let (mut taken, mut chosen) = (0usize, Vec::new());
        for column in &self.columns {
            taken = taken.saturating_add(wide(*column));
            if taken > width.saturating_add(1) {
                break;
            }
            chosen.push(*column);
        }
        Column::ALL.into_iter().filter(|column| chosen.contains(column)).collect()
    }

    /// What stands in a cell, for people.
    #[must_use]
    pub fn cell(&self, one: &UidView, column: Column) -> String {
        let known = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
        match column {
            Column::Pos => one.position.to_string(),
            Column::Role => one.role.to_owned(),
            Column::Uid => one.uid.to_string(),
            Column::Name => match &one.name {
                Some(name) => truncate_str(&one_line(name), NAME, "…").into_owned(),
                None => short_hotkey(&one.hotkey),
            },
            Column::Stake => amount(one.stake_weight_rao.as_deref(), 2),
            Column::Vtrust if self.consensus_mode.as_deref() == Some("null") => "-".to_owned(),
            Column::Vtrust => known(one.vtrust_raw.map(share)),
            Column::Consensus => known(one.consensus_raw.map(share)),
            Column::Incentive => known(one.incentive_raw.map(percent)),
            Column::Dividends => known(one.dividends_raw.map(percent)),
            Column::Emission => amount(one.emission_rao.as_deref(), 4),
            Column::Updated => match (one.updated, one.last_update, one.updated_alert) {
                (_, _, Some("never")) => "never !!".to_owned(),
                // Only validators set weights.
                _ if one.permit == Some(false) => "-".to_owned(),
                (Some(blocks), _, Some("very_late")) => format!("{blocks} !!"),
                (Some(blocks), _, Some(_)) => format!("{blocks} !"),
                (Some(blocks), _, None) => blocks.to_string(),
                (None, Some(0), _) => "never".to_owned(),
                (None, _, _) => UNKNOWN.to_owned(),
            },
            Column::Prune => one.prune_rank.map_or_else(|| "-".to_owned(), |at| at.to_string()),
            Column::Immunity => known(text(one.immunity_left)),
            Column::Axon => known(one.axon.clone()),
            Column::Hotkey => one.hotkey.clone(),
            Column::Coldkey => known(one.coldkey.clone()),
            Column::Root => amount(one.root_stake_rao.as_deref(), 2),
            Column::RootWeight => amount(one.root_weight_rao.as_deref(), 2),
            Column::Alpha => amount(one.alpha_stake_rao.as_deref(), 2),
            Column::Daily => amount(one.daily_alpha_rao.as_deref(), 2),
        }
    }
}

/// An amount of rao in whole ones, rounded to so many decimals.
fn amount(rao: Option<&str>, places: usize) -> String {
    let Some(rao) = rao.and_then(|rao| rao.parse::<i128>().ok()) else {
        return UNKNOWN.to_owned();
    };
    let figure = Figure::ratio(rao, 1_000_000_000).unwrap_or_default();
    match rao {
        0 => "0".to_owned(),
        _ => format!("{figure:.places$}"),
    }
}

fn is_wanted(graph: &Metagraph, member: &Occupant, choice: &Selection) -> bool {
    if let Some(close) = &graph.close {
        return member.uid == close.uid;
    }
    let role = graph.role(member);
    match choice.role {
        None => true,
        // The owner's own may do either.
        Some(Role::Validator) => {
            role == Role::Validator
                || (role == Role::Owner && graph.validates(member) == Some(true))
        }
        Some(Role::Miner) => matches!(role, Role::Miner | Role::Immune),
        Some(wanted) => role == wanted,
    }
}

/// Sorts: numbers from the largest on, but for uids and ranks; what is not known comes last.
fn sort(
    members: &mut [&Occupant],
    graph: &Metagraph,
    by: Column,
    rank: &dyn Fn(u16) -> Option<usize>,
) {
    let number = |one: &Occupant| -> Option<u64> {
        match by {
            Column::Stake | Column::Pos => {
                graph.total_stake(one).or_else(|| one.stake_weight.map(u64::from))
            }
            Column::Vtrust => one.vtrust.map(u64::from),
            Column::Consensus => one.consensus.map(u64::from),
            Column::Incentive => one.incentive.map(u64::from),
            Column::Dividends => one.dividends.map(u64::from),
            Column::Emission | Column::Daily => one.emission,
            Column::Updated => graph.updated(one),
            Column::Immunity => graph.immunity_left(one),
            Column::Root | Column::RootWeight => one.tao_stake,
            Column::Alpha => one.alpha_stake,
            Column::Prune
            | Column::Uid
            | Column::Role
            | Column::Name
            | Column::Axon
            | Column::Hotkey
            | Column::Coldkey => None,
        }
    };
    let words = |one: &Occupant| match by {
        Column::Name => one.name.clone().unwrap_or_else(|| format!("\u{10ffff}{}", one.hotkey)),
        Column::Axon => one.axon.as_ref().and_then(|axon| axon.is().cloned()).unwrap_or_default(),
        Column::Hotkey => one.hotkey.clone(),
        Column::Coldkey => one.coldkey.clone().unwrap_or_default(),
        _ => String::new(),
    };
    let first = |one: &Occupant| match by {
        Column::Prune => rank(one.uid).unwrap_or(usize::MAX),
        _ => 0,
    };
    let role = |one: &Occupant| (by == Column::Role).then(|| graph.role(one));
    members.sort_by_cached_key(|one| {
        (first(one), role(one), Reverse(number(one)), words(one), one.uid)
    });
}

fn title(graph: &Metagraph, snapshot: &Snapshot, shown: usize, choice: &Selection) -> String {
    let what = match (&graph.close, choice.role) {
        (Some(close), _) => format!("uid {}", close.uid),
        (None, None) => format!("{shown} neurons"),
        (None, Some(role)) => {
            format!("{shown} of {} neurons, {}", graph.members.len(), role.name())
        }
    };
    let mechanism = match graph.mechanisms {
        1 => String::new(),
        many => format!(", mechanism {} of 0 to {}", graph.mechanism, many.saturating_sub(1)),
    };
    format!(
        "Subnet {} on {} at block {}: {what}{mechanism}",
        snapshot.netuid, snapshot.chain.network, snapshot.block.number
    )
}

fn notes(graph: &Metagraph, choice: &Selection, has_order: bool) -> Vec<String> {
    let mut notes = Vec::new();
    match &graph.mode {
        Some(Mode::Yuma) => {}
        Some(Mode::Null) => notes.push(
            "Null consensus: one validator decides, so Vtrust and consensus mean nothing here"
                .to_owned(),
        ),
        Some(Mode::Other(name)) => {
            notes.push(format!("subtune does not know the consensus of this subnet: {name}"));
        }
        None => notes.push("How consensus is reached cannot be told".to_owned()),
    }
    if graph.mechanisms > 1 {
        notes.push(format!(
            "{} mechanisms: the chain stores less emission than it pays (each mechanism's part is \
             multiplied by its share twice); incentive, updated, weights and bonds are of mechanism {}, \
             all else is of the subnet",
            graph.mechanisms, graph.mechanism
        ));
    }
    if matches!(choice.role, Some(Role::Miner | Role::Immune)) {
        notes.push(match has_order {
            true => "prune: the order in which newcomers would replace them, 1 first, if nothing \
                     else changed; without a rank a neuron is kept"
                .to_owned(),
            false => {
                "prune: who is replaced next cannot be told: see what could not be read".to_owned()
            }
        });
        let count = u64::try_from(graph.members.len()).unwrap_or(u64::MAX);
        if let Some(most) = graph.max_neurons.filter(|most| *most > count) {
            notes.push(format!("Nobody is replaced before the subnet is full: {count} of {most}"));
        }
    }
    for (name, values) in &graph.short {
        let all = graph.members.len();
        notes.push(format!("{name} has {values} of {all} values: the others come with an epoch"));
    }
    notes
}

/// The rows of one neuron's weights and bonds that are shown, and how many more there are.
#[must_use]
pub fn first_of<T>(rows: &[T]) -> (&[T], usize) {
    let shown = rows.get(..ROWS).unwrap_or(rows);
    (shown, rows.len().saturating_sub(shown.len()))
}

/// An amount of rao as it stands in a table.
#[must_use]
pub fn shown(rao: Option<&String>) -> String {
    amount(rao.map(String::as_str), 2)
}

impl UidView {
    /// What is told of one neuron, name and text.
    #[must_use]
    pub fn facts(&self, view: &MetagraphView) -> Vec<(&'static str, String)> {
        let alone = |column: Column| (column.name(), view.cell(self, column));
        let hidden = [Column::Pos, Column::Name, Column::Uid, Column::Immunity];
        let mut facts = vec![("name", self.name.as_deref().map_or("none".to_owned(), one_line))];
        facts.extend(Column::ALL.into_iter().filter(|column| !hidden.contains(column)).map(alone));
        let registered =
            self.registered_at.map_or(UNKNOWN.to_owned(), |block| match self.immunity_left {
                Some(0) => format!("block {block}; no immunity left"),
                Some(left) => format!("block {block}; {left} blocks of immunity left"),
                None => format!("block {block}"),
            });
        facts.push(("registered", registered));
        facts
    }
}
