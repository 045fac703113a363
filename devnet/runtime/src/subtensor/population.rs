//! Neurons that behave: validators of a subnet that set weights, agreeing or not, so that a change of the
//! owner can be seen to act. Everything follows from the seed.

use super::{pallet::*, types::*};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{BoundedVec, storage::unhashed};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// Blocks between two attempts of a validator to set weights, like the usual validator's code.
const CADENCE: u64 = 100;
/// Blocks in which what miners are worth stays the same.
const SEASON: u64 = 3_600;

/// Who lives on the subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Population {
    /// Neurons of each subnet: from 8 to 256. One of sixteen is a validator, and no fewer than four.
    pub neurons: u16,
    /// How far validators' opinions lie apart, in thousandths: at 0 all are of one mind, at 1000 a
    /// weight is anything from nothing to twice what the miner is worth.
    pub disagreement: u16,
    /// What everything follows from.
    pub seed: u64,
}

impl Population {
    /// How many validators there are; their uids are the first ones.
    #[must_use]
    pub fn validators(&self) -> u16 {
        (self.neurons / 16).max(4)
    }
}

/// Where the population of a subnet is kept, out of sight of the metadata.
fn key(netuid: NetUid) -> Vec<u8> {
    (b":subtune-devnet:population", netuid).encode()
}

/// Settles a population on a subnet.
pub fn settle(netuid: NetUid, population: &Population) {
    unhashed::put(&key(netuid), population);
}

/// A number below 2^32 that follows from the seed and what it is for.
fn roll(seed: u64, netuid: NetUid, what: &str, of: (u64, u64, u64)) -> u64 {
    let bytes = blake2_256(&(seed, netuid, what, of).encode());
    u64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// The row that a validator thinks right in a block: each miner by what it is worth, which all see, and by
/// the validator's own opinion, half of which it keeps.
fn opinion(population: &Population, netuid: NetUid, uid: u16, block: u64) -> Vec<(u16, u16)> {
    let Population { neurons, disagreement, seed } = *population;
    let (validator, season) = (u64::from(uid), block / SEASON);
    let row: Vec<(u16, u64)> = (population.validators()..neurons)
        .map(|miner| {
            let of = u64::from(miner);
            // A few are worth much and most little.
            let luck = roll(seed, netuid, "worth", (of, season, 0)) >> 16;
            let worth = (luck * luck) >> 16;
            let kept = roll(seed, netuid, "taste", (validator, of, 0)) % 1_001;
            let fresh = roll(seed, netuid, "mood", (validator, of, block / CADENCE)) % 1_001;
            // From 0 to 2000, around 1000.
            let taste = kept + fresh;
            let distance = u64::from(disagreement.min(1_000));
            let factor = 1_000 * (1_000 - distance) + taste * distance;
            (miner, worth * factor / 1_000_000)
        })
        .collect();
    let most = row.iter().map(|(_, weight)| *weight).max().unwrap_or_default().max(1);
    row.into_iter()
        .map(|(miner, weight)| (miner, u16::try_from(weight * 65_535 / most).unwrap_or(u16::MAX)))
        .filter(|(_, weight)| *weight > 0)
        .collect()
}

/// What the validators of a subnet do in a block: those whose turn it is set weights, as far as the rules
/// for weights let them.
pub(super) fn act<T: Config>(netuid: NetUid, block: u64) {
    let Some(population) = unhashed::get::<Population>(&key(netuid)) else { return };
    let permits = ValidatorPermit::<T>::get(netuid);
    for uid in 0..population.validators() {
        // Not all at once.
        let turn = roll(population.seed, netuid, "turn", (uid.into(), 0, 0)) % CADENCE;
        let permitted = permits.get(usize::from(uid)).copied().unwrap_or_default();
        if block % CADENCE != turn || !permitted {
            continue;
        }
        let place = NetUidStorageIndex::from(netuid);
        let updated = LastUpdate::<T>::get(place);
        let last = updated.get(usize::from(uid)).copied().unwrap_or_default();
        if last != 0 && block.saturating_sub(last) < WeightsSetRateLimit::<T>::get(netuid) {
            continue;
        }
        let row = opinion(&population, netuid, uid, block);
        if row.len() < usize::from(MinAllowedWeights::<T>::get(netuid)) {
            continue;
        }
        let hotkey = Keys::<T>::get(netuid, uid);
        LastUpdate::<T>::mutate(place, |all| {
            if let Some(last) = all.get_mut(usize::from(uid)) {
                *last = block;
            }
        });
        if !CommitRevealWeightsEnabled::<T>::get(netuid) {
            Weights::<T>::insert(place, uid, row);
            Pallet::<T>::deposit_event(Event::WeightsSet(place, uid));
            continue;
        }
        let Ok(commit) = BoundedVec::try_from(row.encode()) else { continue };
        let hash = H256(blake2_256(&commit));
        let round = block;
        let epoch = SubnetEpochIndex::<T>::get(netuid);
        TimelockedWeightCommits::<T>::mutate(place, epoch, |queue| {
            queue.push((hotkey.clone(), block, commit, round));
        });
        let event = Event::TimelockedWeightsCommitted(hotkey, place, hash, round);
        Pallet::<T>::deposit_event(event);
    }
}
