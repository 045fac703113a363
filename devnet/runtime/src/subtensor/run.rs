//! The epoch of a subnet: what it reads from storage, and what it writes.

use super::{pallet::*, types::*};
use crate::epoch::{self, Input, Mode, Output};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use codec::Decode;

/// What one mechanism gave, and its part of the emission: of how much.
struct Part {
    output: Output,
    emission: u64,
}

impl<T: Config> Pallet<T> {
    /// Adds what a block emits to what the next epoch shares out: the owner's cut apart, half of it for
    /// miners and half for validators.
    pub(super) fn collect(netuid: NetUid) {
        let emitted = SubnetAlphaOutEmission::<T>::get(netuid).0;
        if emitted == 0 {
            return;
        }
        let cut = u128::from(emitted) * u128::from(SubnetOwnerCut::<T>::get()) / 65_535;
        let left = emitted.saturating_sub(u64::try_from(cut).unwrap_or(u64::MAX));
        let half = left / 2;
        let add = |pending: &mut AlphaBalance, rao| pending.0 = pending.0.saturating_add(rao);
        PendingServerEmission::<T>::mutate(netuid, |pending| add(pending, half));
        PendingValidatorEmission::<T>::mutate(netuid, |pending| add(pending, left - half));
    }

    /// Whether two neurons have one hotkey: then there is no epoch.
    pub(super) fn has_duplicate_hotkeys(netuid: NetUid) -> bool {
        let mut seen = BTreeSet::new();
        Keys::<T>::iter_prefix_values(netuid).any(|hotkey| !seen.insert(hotkey))
    }

    /// Opens the weights whose time has come, in the block of the epoch and before it. They are not really
    /// encrypted here.
    pub(super) fn reveal(netuid: NetUid) {
        let index = SubnetEpochIndex::<T>::get(netuid);
        let Some(due) = index.checked_sub(RevealPeriodEpochs::<T>::get(netuid)) else { return };
        for mechanism in 0..MechanismCountCurrent::<T>::get(netuid).0 {
            let place = Self::mechanism_index(netuid, MechId(mechanism));
            for (hotkey, _, weights, _) in TimelockedWeightCommits::<T>::take(place, due) {
                let row = Vec::<(u16, u16)>::decode(&mut &weights[..]);
                if let (Some(uid), Ok(row)) = (Uids::<T>::get(netuid, &hotkey), row) {
                    Weights::<T>::insert(place, uid, row);
                    Self::deposit_event(Event::TimelockedWeightsRevealed(place, hotkey));
                }
            }
        }
    }

    /// Runs the epoch of a subnet and stores its outcome.
    pub(super) fn run_epoch(netuid: NetUid, block: u64) {
        let n = SubnetworkN::<T>::get(netuid);
        let emission = PendingServerEmission::<T>::take(netuid)
            .0
            .saturating_add(PendingValidatorEmission::<T>::take(netuid).0);
        let shared = Self::shared_input(netuid, block, n);
        let count = MechanismCountCurrent::<T>::get(netuid).0.max(1);
        let parts: Vec<Part> = (0_u8..)
            .zip(Self::split(netuid, count, emission))
            .map(|(mechanism, emission)| {
                let place = Self::mechanism_index(netuid, MechId(mechanism));
                let input = Input { emission, ..Self::input(&shared, netuid, place) };
                let output = epoch::run(&input);
                Self::store_mechanism(place, &output);
                Part { output, emission }
            })
            .collect();
        Self::store_subnet(netuid, n, emission, &parts);
    }

    /// What all mechanisms read alike.
    fn shared_input(netuid: NetUid, block: u64, n: u16) -> Input {
        let hotkeys: Vec<T::AccountId> = (0..n).map(|uid| Keys::<T>::get(netuid, uid)).collect();
        let tempo = Tempo::<T>::get(netuid);
        let factor = u64::from(ActivityCutoffFactorMilli::<T>::get(netuid));
        let mode = match SubnetEpochConsensus::<T>::get(netuid) {
            EpochConsensus::Yuma => Mode::Yuma,
            EpochConsensus::Null => Mode::Null,
        };
        let (alpha_low, alpha_high) = AlphaValues::<T>::get(netuid);
        let cutoff = epoch::bonds_cutoff(LastMechansimStepBlock::<T>::get(netuid), block, tempo);
        Input {
            mode,
            n,
            block,
            activity_cutoff: (factor.saturating_mul(tempo.into()) / 1_000).max(1),
            last_update: Vec::new(),
            registered_at: (0..n).map(|uid| BlockAtRegistration::<T>::get(netuid, uid)).collect(),
            stake: hotkeys.iter().map(|hotkey| Self::stake_in_epoch(hotkey, netuid)).collect(),
            owner_uid: SubnetOwnerHotkey::<T>::try_get(netuid)
                .ok()
                .and_then(|hotkey| Uids::<T>::get(netuid, hotkey)),
            stake_threshold: StakeThreshold::<T>::get(),
            permits: ValidatorPermit::<T>::get(netuid),
            max_validators: MaxAllowedValidators::<T>::get(netuid),
            weights: BTreeMap::new(),
            bonds: BTreeMap::new(),
            oldest_commit: None,
            kappa: Kappa::<T>::get(netuid),
            bonds_penalty: BondsPenalty::<T>::get(netuid),
            bonds_moving_average: BondsMovingAverage::<T>::get(netuid),
            yuma3: Yuma3On::<T>::get(netuid),
            liquid_alpha: LiquidAlphaOn::<T>::get(netuid),
            alpha_low,
            alpha_high,
            alpha_sigmoid_steepness: AlphaSigmoidSteepness::<T>::get(netuid),
            previous_consensus: None,
            bonds_cutoff: LastYumaStepBlock::<T>::get(netuid)
                .map_or(cutoff, |last| last.max(cutoff)),
            emission: 0,
        }
    }

    /// What one mechanism reads.
    fn input(shared: &Input, netuid: NetUid, place: NetUidStorageIndex) -> Input {
        // Rows of others do not count.
        let rows = |row: fn(NetUidStorageIndex, u16) -> Vec<(u16, u16)>| {
            (0..shared.n)
                .map(|uid| (uid, row(place, uid)))
                .filter(|(_, row)| !row.is_empty())
                .collect()
        };
        let before = || ConsensusByMechanism::<T>::get(place).into_iter().map(u16::from).collect();
        Input {
            last_update: LastUpdate::<T>::get(place),
            weights: rows(Weights::<T>::get),
            bonds: rows(Bonds::<T>::get),
            oldest_commit: CommitRevealWeightsEnabled::<T>::get(netuid)
                .then(|| Self::oldest_commits(netuid, place, shared.n)),
            // What the chain chooses by itself is not known: this epoch's, as before there was a choice.
            previous_consensus: (LiquidAlphaConsensusMode::<T>::get(netuid)
                == ConsensusMode::Previous)
                .then(before),
            ..shared.clone()
        }
    }

    /// For each neuron the block of its oldest commit that can still be revealed.
    fn oldest_commits(netuid: NetUid, place: NetUidStorageIndex, n: u16) -> Vec<Option<u64>> {
        let now = SubnetEpochIndex::<T>::get(netuid);
        let period = RevealPeriodEpochs::<T>::get(netuid);
        let mut oldest = vec![None; n.into()];
        for (epoch, commits) in TimelockedWeightCommits::<T>::iter_prefix(place) {
            if now > epoch.saturating_add(period) {
                continue;
            }
            for (hotkey, block, ..) in commits {
                let uid = Uids::<T>::get(netuid, hotkey).map(usize::from);
                if let Some(oldest) = uid.and_then(|uid| oldest.get_mut(uid)) {
                    *oldest = Some(oldest.map_or(block, |before: u64| before.min(block)));
                }
            }
        }
        oldest
    }

    /// The emission of each mechanism; what is left over by rounding is the first one's.
    fn split(netuid: NetUid, count: u8, emission: u64) -> Vec<u64> {
        let split = MechanismEmissionSplit::<T>::get(netuid);
        let mut parts: Vec<u64> = (0..usize::from(count))
            .map(|mechanism| match &split {
                Some(split) => {
                    let share = split.get(mechanism).copied().unwrap_or_default();
                    let part = u128::from(emission) * u128::from(share) / 65_535;
                    u64::try_from(part).unwrap_or(u64::MAX)
                }
                None => emission / u64::from(count),
            })
            .collect();
        let left = parts.iter().fold(emission, |left, part| left.saturating_sub(*part));
        if let Some(first) = parts.first_mut() {
            *first = first.saturating_add(left);
        }
        parts
    }

    fn store_mechanism(place: NetUidStorageIndex, output: &Output) {
        let shares = |values: &[u16]| values.iter().copied().map(PerU16::from).collect::<Vec<_>>();
        Incentive::<T>::insert(place, shares(&output.incentive));
        ConsensusByMechanism::<T>::insert(place, shares(&output.consensus));
        for (uid, row) in output.bonds.iter().flatten() {
            Bonds::<T>::insert(place, uid, row);
        }
        let emissions = output.server_emission.iter().copied().map(AlphaBalance::from).collect();
        Self::deposit_event(Event::IncentiveAlphaEmittedToMiners { netuid: place, emissions });
    }

    /// The vectors of a subnet: one weighted sum over its mechanisms, rounded down for each of them.
    fn store_subnet(netuid: NetUid, n: u16, emission: u64, parts: &[Part]) {
        let weight = |at: usize, part: &Part| match emission {
            0 => u128::from(at == 0) << 64,
            all => (u128::from(part.emission) << 64) / u128::from(all),
        };
        let sum = |of: fn(&Output) -> &[u16]| -> Vec<u16> {
            let add = |uid: usize| {
                parts.iter().enumerate().fold(0_u16, |sum, (at, part)| {
                    let value = of(&part.output).get(uid).copied().unwrap_or_default();
                    // Weights are at most 1, so there is room.
                    let bits = (u128::from(sum) << 64)
                        .saturating_add(u128::from(value).saturating_mul(weight(at, part)));
                    u16::try_from(bits >> 64).unwrap_or(u16::MAX)
                })
            };
            (0..usize::from(n)).map(add).collect()
        };
        let any = |of: fn(&Output) -> &[bool]| -> Vec<bool> {
            let is = |uid: usize| {
                parts.iter().any(|part| of(&part.output).get(uid).copied().unwrap_or_default())
            };
            (0..usize::from(n)).map(is).collect()
        };
        let shares = |values: Vec<u16>| values.into_iter().map(PerU16::from).collect::<Vec<_>>();
        ValidatorTrust::<T>::insert(netuid, shares(sum(|output| &output.validator_trust)));
        Consensus::<T>::insert(netuid, shares(sum(|output| &output.consensus)));
        Dividends::<T>::insert(netuid, shares(sum(|output| &output.dividends)));
        StakeWeight::<T>::insert(netuid, sum(|output| &output.stake_weight));
        Active::<T>::insert(netuid, any(|output| &output.active));
        ValidatorPermit::<T>::insert(netuid, any(|output| &output.validator_permit));
        let earned: Vec<AlphaBalance> = (0..usize::from(n))
            .map(|uid| {
                let sum = parts.iter().enumerate().fold(0_u128, |sum, (at, part)| {
                    let value = part.output.emission.get(uid).copied().unwrap_or_default();
                    sum.saturating_add((u128::from(value).saturating_mul(weight(at, part))) >> 64)
                });
                AlphaBalance(u64::try_from(sum).unwrap_or(u64::MAX))
            })
            .collect();
        Emission::<T>::insert(netuid, earned);
    }
}
