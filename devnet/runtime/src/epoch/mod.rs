//! The epoch of the main network as one function of what it reads: no storage, no block, exact.
//!
//! It is held against what the real runtime has stored in 320 states: `tests/epoch.rs`.

mod fixed;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use fixed::{Fixed, normalise, total};

/// A row of weights or bonds: uids with values, in the order in which they were set.
pub type Row = Vec<(u16, u16)>;

/// How the outcome of an epoch is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Consensus of all validators.
    Yuma,
    /// The weights of one validator are the result.
    Null,
}

/// What the epoch of one mechanism of a subnet reads.
#[derive(Debug, Clone)]
pub struct Input {
    pub mode: Mode,
    /// Number of neurons.
    pub n: u16,
    /// The block of the epoch.
    pub block: u64,
    /// Blocks after which a validator that has set no weights is inactive.
    pub activity_cutoff: u64,
    /// Block of the last weights, by uid; missing ones are 0.
    pub last_update: Vec<u64>,
    pub registered_at: Vec<u64>,
    /// Stake with 64 bits behind the point, by uid.
    pub stake: Vec<i128>,
    /// The neuron of the owner.
    pub owner_uid: Option<u16>,
    /// Less stake than this counts as none, but for the owner.
    pub stake_threshold: u64,
    /// Permits of the epoch before.
    pub permits: Vec<bool>,
    pub max_validators: u16,
    pub weights: BTreeMap<u16, Row>,
    pub bonds: BTreeMap<u16, Row>,
    /// With commit-reveal: the block of the oldest commit that has not expired, by uid.
    pub oldest_commit: Option<Vec<Option<u64>>>,
    pub kappa: u16,
    pub bonds_penalty: u16,
    pub bonds_moving_average: u64,
    pub yuma3: bool,
    pub liquid_alpha: bool,
    pub alpha_low: u16,
    pub alpha_high: u16,
    pub alpha_sigmoid_steepness: i16,
    /// Consensus of the epoch before, where liquid alpha is to compare with that.
    pub previous_consensus: Option<Vec<u16>>,
    /// Bonds with neurons that were registered from this block on are gone.
    pub bonds_cutoff: u64,
    /// Alpha rao to share out.
    pub emission: u64,
}

/// What an epoch gives, by uid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    pub validator_trust: Vec<u16>,
    pub consensus: Vec<u16>,
    pub incentive: Vec<u16>,
    pub dividends: Vec<u16>,
    pub stake_weight: Vec<u16>,
    /// Alpha rao of miners and validators together.
    pub emission: Vec<u64>,
    /// Alpha rao of miners.
    pub server_emission: Vec<u64>,
    /// Alpha rao of validators.
    pub validator_emission: Vec<u64>,
    pub active: Vec<bool>,
    pub validator_permit: Vec<bool>,
    /// `None` where they stay as they are.
    pub bonds: Option<BTreeMap<u16, Row>>,
}

/// A row of fixed-point numbers, and one for each neuron.
type SparseRow = Vec<(u16, Fixed)>;
type Sparse = Vec<SparseRow>;

/// The block from which on a registration takes bonds away, by the block of the last step.
#[must_use]
pub fn bonds_cutoff(last_step: u64, block: u64, tempo: u16) -> u64 {
    match last_step {
        0 => block.saturating_sub(tempo.into()),
        last => last.saturating_add(1),
    }
}

/// Runs an epoch.
#[must_use]
pub fn run(input: &Input) -> Output {
    let n = usize::from(input.n);
    let uids = || 0..input.n;
    let is_owner = |uid: u16| input.owner_uid == Some(uid);
    let active: Vec<bool> = uids()
        .map(|uid| at(&input.last_update, uid).saturating_add(input.activity_cutoff) >= input.block)
        .collect();

    let threshold = i128::from(input.stake_threshold);
    let stakes: Vec<i128> = uids()
        .map(|uid| {
            let stake = at(&input.stake, uid);
            if stake >> 64 < threshold && !is_owner(uid) { 0 } else { stake }
        })
        .collect();
    let stake = fixed::shares(&stakes);

    let mut permits = input.permits.clone();
    if let Some(own) = input.owner_uid.and_then(|uid| permits.get_mut(usize::from(uid))) {
        *own = true;
    }
    let new_permits = permits_by_stake(input, &stake);
    let mut able: Vec<Fixed> = uids()
        .map(|uid| {
            // A subnet without permits masks no stake.
            let permitted = permits.is_empty() || at(&permits, uid);
            let votes = permitted && at(&active, uid);
            if votes { at(&stake, uid) } else { Fixed::ZERO }
        })
        .collect();
    normalise(&mut able);

    let weights = usable_weights(input, &permits);
    if input.mode == Mode::Null {
        return null(input, active, &stake, new_permits, &weights);
    }
    let consensus = consensus(input, &able, &weights);
    let clipped = clipped(&weights, &consensus);
    let trust: Vec<Fixed> = clipped
        .iter()
        .map(|row| row.iter().fold(Fixed::ZERO, |sum, (_, value)| sum.plus(*value)))
        .collect();
    let mut incentive = vec![Fixed::ZERO; n];
    for (row, able) in clipped.iter().zip(&able) {
        for (uid, value) in row {
            if let Some(rank) = incentive.get_mut(usize::from(*uid)) {
                *rank = rank.plus(able.times(*value));
            }
        }
    }
    normalise(&mut incentive);

    let for_bonds = weights_for_bonds(input, weights, clipped);
    let (bonds, dividends) = if input.yuma3 {
        yuma3(input, &able, &consensus, &incentive, &for_bonds)
    } else {
        yuma2(input, &able, &incentive, &for_bonds)
    };
    let bonds = uids()
        .zip(bonds)
        .map(|(uid, row)| {
            let kept = if at(&new_permits, uid) { row } else { Vec::new() };
            (uid, kept.into_iter().map(|(uid, value)| (uid, value.to_share())).collect())
        })
        .collect();

    let amounts = amounts(&incentive, &dividends, &able, &stake, input.emission);
    Output {
        validator_trust: to_shares(&trust),
        consensus: to_shares(&consensus),
        incentive: to_shares(&incentive),
        dividends: to_shares(&dividends),
        stake_weight: to_shares(&stake),
        emission: amounts.0,
        server_emission: amounts.1,
        validator_emission: amounts.2,
        active,
        validator_permit: new_permits,
        bonds: Some(bonds),
    }
}

/// The value of a uid; what a vector does not reach is nothing.
fn at<T: Copy + Default>(values: &[T], uid: u16) -> T {
    values.get(usize::from(uid)).copied().unwrap_or_default()
}

fn to_shares(values: &[Fixed]) -> Vec<u16> {
    values.iter().map(|value| value.to_share()).collect()
}

/// Who may set weights for the next epoch: those with the most stake, and the owner.
fn permits_by_stake(input: &Input, stake: &[Fixed]) -> Vec<bool> {
    let mut permits: Vec<bool> = stake.iter().map(|stake| *stake != Fixed::ZERO).collect();
    let excess = usize::from(input.n).saturating_sub(input.max_validators.into());
    if input.n >= input.max_validators {
        let mut order: Vec<usize> = (0..stake.len()).collect();
        // Stable: among equals the lower uid loses first.
        order.sort_by_key(|uid| stake.get(*uid));
        for uid in order.into_iter().take(excess) {
            if let Some(permit) = permits.get_mut(uid) {
                *permit = false;
            }
        }
    }
    if let Some(own) = input.owner_uid.and_then(|uid| permits.get_mut(usize::from(uid))) {
        *own = true;
    }
    permits
}

/// The weights that count, each row divided by its sum.
fn usable_weights(input: &Input, permits: &[bool]) -> Sparse {
    let row = |uid: u16| {
        let mut row = input.weights.get(&uid).cloned().unwrap_or_default();
        let commit = input.oldest_commit.as_ref().and_then(|commits| at(commits, uid));
        let updated = at(&input.last_update, uid);
        row.retain(|(to, _)| {
            let registered = at(&input.registered_at, *to);
            *to < input.n
                && at(permits, uid)
                && (*to != uid || input.owner_uid == Some(uid))
                && updated > registered
                && commit.is_none_or(|commit| commit >= registered)
        });
        let mut values: Vec<Fixed> = row.iter().map(|(_, value)| Fixed::from_u16(*value)).collect();
        normalise(&mut values);
        row.into_iter().map(|(to, _)| to).zip(values).collect()
    };
    (0..input.n).map(row).collect()
}

/// For each neuron the largest weight that at least kappa of the voting stake gives it or exceeds.
fn consensus(input: &Input, able: &[Fixed], weights: &Sparse) -> Vec<Fixed> {
    let voters: Vec<usize> =
        (0..able.len()).filter(|uid| able.get(*uid).is_some_and(|a| *a > Fixed::ZERO)).collect();
    let mut votes: Vec<Fixed> = voters.iter().filter_map(|uid| able.get(*uid)).copied().collect();
    normalise(&mut votes);
    let minority = total(&votes).minus(Fixed::share(input.kappa));
    (0..input.n)
        .map(|uid| {
            let mut scores: Vec<(Fixed, Fixed)> = voters
                .iter()
                .zip(&votes)
                .map(|(voter, vote)| {
                    let row = weights.get(*voter).map_or(&[][..], Vec::as_slice).iter();
                    let given =
                        row.filter(|(to, _)| *to == uid).map(|(_, value)| *value).next_back();
                    (given.unwrap_or_default(), *vote)
                })
                .collect();
            scores.sort_unstable();
            let mut below = Fixed::ZERO;
            for (score, vote) in &scores {
                below = below.plus(*vote);
                // Of equal scores the whole stake counts, which the last of them reaches.
                if below > minority {
                    return *score;
                }
            }
            scores.last().map(|(score, _)| *score).unwrap_or_default()
        })
        .collect()
}

fn clipped(weights: &Sparse, consensus: &[Fixed]) -> Sparse {
    let cell = |(uid, value): &(u16, Fixed)| {
        let limit = at(consensus, *uid);
        let kept = (*value).min(limit);
        (limit >= *value || limit != Fixed::ZERO).then_some((*uid, kept))
    };
    weights.iter().map(|row| row.iter().filter_map(cell).collect()).collect()
}

/// The weights by which bonds are bought: what was clipped away counts by the penalty.
fn weights_for_bonds(input: &Input, weights: Sparse, clipped: Sparse) -> Sparse {
    let penalty = Fixed::share(input.bonds_penalty);
    if penalty == Fixed::ZERO {
        return weights;
    }
    if penalty == Fixed::ONE {
        return clipped;
    }
    let mixed = |(raw, clipped): (&SparseRow, &SparseRow)| {
        let (raw, clipped) = (dense(raw, input.n), dense(clipped, input.n));
        positive(
            raw.iter()
                .zip(&clipped)
                .map(|(raw, clipped)| raw.plus(penalty.times(clipped.minus(*raw)))),
        )
    };
    weights.iter().zip(&clipped).map(mixed).collect()
}

fn dense(row: &[(u16, Fixed)], n: u16) -> Vec<Fixed> {
    let mut values = vec![Fixed::ZERO; n.into()];
    for (uid, value) in row {
        if let Some(cell) = values.get_mut(usize::from(*uid)) {
            *cell = *value;
        }
    }
    values
}

/// A row of those above 0, in the order of uids.
fn positive(values: impl Iterator<Item = Fixed>) -> Vec<(u16, Fixed)> {
    (0..).zip(values).filter(|(_, value)| *value > Fixed::ZERO).collect()
}

/// The bonds of before, without those whose neuron is another one since.
fn old_bonds(input: &Input, value: impl Fn(u16) -> Fixed) -> Sparse {
    let row = |uid: u16| {
        let row = input.bonds.get(&uid).into_iter().flatten();
        row.filter(|(to, _)| *to >= input.n || input.bonds_cutoff > at(&input.registered_at, *to))
            .map(|(to, bond)| (*to, value(*bond)))
            .collect()
    };
    (0..input.n).map(row).collect()
}

/// Divides each column by its sum, where there is one.
fn normalise_columns(rows: &mut Sparse, n: u16) {
    let mut sums = vec![Fixed::ZERO; n.into()];
    for (uid, value) in rows.iter().flatten() {
        if let Some(sum) = sums.get_mut(usize::from(*uid)) {
            *sum = sum.plus(*value);
        }
    }
    for (uid, value) in rows.iter_mut().flatten() {
        let sum = at(&sums, *uid);
        if sum != Fixed::ZERO {
            *value = value.over(sum);
        }
    }
}

/// What each validator's bonds pay: the sum over the neurons that it is bonded to.
fn paid(bonds: &Sparse, incentive: &[Fixed]) -> Vec<Fixed> {
    bonds
        .iter()
        .map(|row| {
            row.iter()
                .fold(Fixed::ZERO, |sum, (uid, bond)| sum.plus(bond.times(at(incentive, *uid))))
        })
        .collect()
}

fn yuma3(
    input: &Input,
    able: &[Fixed],
    consensus: &[Fixed],
    incentive: &[Fixed],
    weights: &Sparse,
) -> (Sparse, Vec<Fixed>) {
    let old = old_bonds(input, Fixed::share);
    let is_liquid =
        input.liquid_alpha && consensus.iter().any(|consensus| *consensus != Fixed::ZERO);
    let bonds: Sparse = if is_liquid {
        let compared = input.previous_consensus.as_ref().map_or_else(
            || consensus.to_vec(),
            |before| before.iter().map(|value| Fixed::share(*value)).collect(),
        );
        weights.iter().zip(&old).map(|(row, old)| liquid(input, &compared, row, old)).collect()
    } else {
        moving_average(input, weights, &old)
    };
    let mut shares = bonds.clone();
    normalise_columns(&mut shares, input.n);
    let mut dividends: Vec<Fixed> = paid(&shares, incentive)
        .into_iter()
        .zip(able)
        .map(|(paid, able)| paid.times(*able))
        .collect();
    normalise(&mut dividends);
    (bonds, dividends)
}

fn yuma2(
    input: &Input,
    able: &[Fixed],
    incentive: &[Fixed],
    weights: &Sparse,
) -> (Sparse, Vec<Fixed>) {
    let mut old = old_bonds(input, Fixed::from_u16);
    normalise_columns(&mut old, input.n);
    let mut bought: Sparse = weights
        .iter()
        .zip(able)
        .map(|(row, able)| row.iter().map(|(uid, value)| (*uid, value.times(*able))).collect())
        .collect();
    normalise_columns(&mut bought, input.n);
    let mut bonds = moving_average(input, &bought, &old);
    normalise_columns(&mut bonds, input.n);
    let mut dividends = paid(&bonds, incentive);
    normalise(&mut dividends);

    let mut largest = vec![Fixed::ZERO; input.n.into()];
    for (uid, value) in bonds.iter().flatten() {
        if let Some(most) = largest.get_mut(usize::from(*uid)) {
            *most = (*most).max(*value);
        }
    }
    for (uid, value) in bonds.iter_mut().flatten() {
        let most = at(&largest, *uid);
        if most != Fixed::ZERO {
            *value = value.over(most);
        }
    }
    (bonds, dividends)
}

/// New values and old ones by one alpha.
fn moving_average(input: &Input, new: &Sparse, old: &Sparse) -> Sparse {
    let alpha = fixed::alpha(input.bonds_moving_average);
    let rest = Fixed::ONE.minus(alpha);
    new.iter()
        .zip(old)
        .map(|(new, old)| {
            let (new, old) = (dense(new, input.n), dense(old, input.n));
            positive(
                new.iter().zip(&old).map(|(new, old)| alpha.times(*new).plus(rest.times(*old))),
            )
        })
        .collect()
}

/// One validator's bonds with an alpha for each neuron, for what its weights name.
fn liquid(
    input: &Input,
    consensus: &[Fixed],
    weights: &[(u16, Fixed)],
    old: &[(u16, Fixed)],
) -> Vec<(u16, Fixed)> {
    let (low, high) = (Fixed::share(input.alpha_low), Fixed::share(input.alpha_high));
    let (mut weight, mut bond) = (Walk(weights), Walk(old));
    let alphas: Vec<Fixed> = (0..input.n)
        .map(|uid| {
            let (weight, bond) = (weight.to(uid), bond.to(uid));
            let difference =
                if weight >= bond { weight.minus(at(consensus, uid)) } else { bond.minus(weight) };
            let difference = difference.clamp(Fixed::ZERO, Fixed::ONE);
            Fixed::sigmoid(difference, input.alpha_sigmoid_steepness, low, high)
        })
        .collect();
    let held = dense(old, input.n);
    weights
        .iter()
        .map(|(uid, weight)| {
            let alpha = at(&alphas, *uid);
            let kept = Fixed::ONE.minus(alpha).times(at(&held, *uid));
            let bought = alpha.times(*weight).max(Fixed::ZERO);
            (*uid, kept.plus(bought).min(Fixed::ONE))
        })
        .filter(|(_, bond)| *bond > Fixed::ZERO)
        .collect()
}

/// Walks a row forward: what stands behind a larger uid is not met.
struct Walk<'row>(&'row [(u16, Fixed)]);

impl Walk<'_> {
    fn to(&mut self, uid: u16) -> Fixed {
        while let [(first, value), rest @ ..] = self.0 {
            if *first == uid {
                return *value;
            }
            if *first > uid {
                break;
            }
            self.0 = rest;
        }
        Fixed::ZERO
    }
}

/// Amounts of all, of miners and of validators.
fn amounts(
    incentive: &[Fixed],
    dividends: &[Fixed],
    able: &[Fixed],
    stake: &[Fixed],
    emission: u64,
) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
    let mut both: Vec<Fixed> = incentive.iter().zip(dividends).map(|(i, d)| i.plus(*d)).collect();
    let sum = total(&both);
    let of_sum =
        |values: &[Fixed]| -> Vec<Fixed> { values.iter().map(|value| value.over(sum)).collect() };
    let (servers, mut validators) = (of_sum(incentive), of_sum(dividends));
    normalise(&mut both);
    if sum == Fixed::ZERO {
        let idle = able.iter().all(|able| *able == Fixed::ZERO);
        both = if idle { stake.to_vec() } else { able.to_vec() };
        validators.clone_from(&both);
    }
    let pay = |shares: Vec<Fixed>| -> Vec<u64> {
        shares.into_iter().map(|share| fixed::part(share, emission)).collect()
    };
    (pay(both), pay(servers), pay(validators))
}

/// The weights of the one validator are the result; all stake earns, and bonds stand still.
fn null(
    input: &Input,
    active: Vec<bool>,
    stake: &[Fixed],
    permits: Vec<bool>,
    weights: &Sparse,
) -> Output {
    let n = usize::from(input.n);
    let row = weights.iter().find(|row| !row.is_empty()).map(|row| dense(row, input.n));
    let mut incentive = row.unwrap_or_else(|| vec![Fixed::ZERO; n]);
    if total(&incentive) == Fixed::ZERO {
        incentive = vec![Fixed::ONE; n];
        normalise(&mut incentive);
    }
    let mut dividends = stake.to_vec();
    normalise(&mut dividends);
    let amounts = amounts(&incentive, &dividends, stake, stake, input.emission);
    Output {
        validator_trust: vec![0; n],
        consensus: vec![0; n],
        incentive: to_shares(&incentive),
        dividends: to_shares(&dividends),
        stake_weight: to_shares(stake),
        emission: amounts.0,
        server_emission: amounts.1,
        validator_emission: amounts.2,
        active,
        validator_permit: permits,
        bonds: None,
    }
}
