//! Validators that set weights: what an owner changes can be seen in the next epochs.

#![expect(clippy::disallowed_macros, reason = "it tells what it saw")]

use subtune_devnet::{
    Devnet, Options, Runtime, START, Seal,
    population::Population,
    subtensor::{NetUid, NetUidStorageIndex, pallet as storage},
};

const S46: NetUid = NetUid(46);
/// Shorter than on the main network, and longer than validators wait between two sets of weights.
const TEMPO: u16 = 120;

fn chain(population: Population) -> Devnet {
    let population = Some(population);
    let options = Options { seal: Seal::Manual, population, ..Options::default() };
    let chain = Devnet::start(options).expect("a chain");
    set(&chain, storage::Tempo::<Runtime>::hashed_key_for(S46), &TEMPO.to_le_bytes());
    let last = storage::LastEpochBlock::<Runtime>::hashed_key_for(S46);
    set(&chain, last, &u64::from(START).to_le_bytes());
    chain
}

const CALM: Population = Population { neurons: 32, disagreement: 100, seed: 7 };

/// Changes the state of subnet 46 as its owner or root could, without the way there.
fn set(chain: &Devnet, key: Vec<u8>, value: &[u8]) {
    chain.set_storage(vec![(key, Some(value.to_vec()))]).expect("a block");
}

/// Some epochs later.
fn pass(chain: &Devnet, epochs: u32) {
    chain.new_blocks(u32::from(TEMPO) * epochs).expect("blocks");
}

struct Seen {
    trust: Vec<u16>,
    incentive: Vec<u16>,
    dividends: Vec<u16>,
}

fn seen(chain: &Devnet) -> Seen {
    chain.look(|| Seen {
        trust: storage::ValidatorTrust::<Runtime>::get(S46).into_iter().map(u16::from).collect(),
        incentive: storage::Incentive::<Runtime>::get(NetUidStorageIndex::from(S46))
            .into_iter()
            .map(u16::from)
            .collect(),
        dividends: storage::Dividends::<Runtime>::get(S46).into_iter().map(u16::from).collect(),
    })
}

/// The mean of those that are not 0, in shares of 65535.
fn mean(values: &[u16]) -> u64 {
    let some = || values.iter().filter(|value| **value > 0).map(|value| u64::from(*value));
    some().sum::<u64>() / some().map(|_| 1).sum::<u64>().max(1)
}

#[test]
fn the_same_seed_gives_the_same_chain() {
    let run = |seed| {
        let chain = chain(Population { seed, ..CALM });
        pass(&chain, 4);
        let Seen { trust, incentive, dividends } = seen(&chain);
        (trust, incentive, dividends)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn validators_that_disagree_have_less_trust() {
    let trust: Vec<u64> = [0, 100, 500, 1_000]
        .into_iter()
        .map(|disagreement| {
            let chain = chain(Population { disagreement, ..CALM });
            pass(&chain, 4);
            mean(&seen(&chain).trust)
        })
        .collect();
    println!("Vtrust by disagreement: {trust:?}");
    assert!(trust[0] >= 65_500, "of one mind: {trust:?}");
    assert!(trust.windows(2).all(|pair| pair[0] > pair[1]), "{trust:?}");
}

/// With commit-reveal, which is on at the start, nothing counts before it is revealed.
#[test]
fn commit_reveal_delays_weights() {
    let period = storage::RevealPeriodEpochs::<Runtime>::hashed_key_for(S46);
    let epochs_until_trust = |epochs: u64| {
        let chain = chain(CALM);
        set(&chain, period.clone(), &epochs.to_le_bytes());
        (1..9).find(|_| {
            pass(&chain, 1);
            mean(&seen(&chain).trust) > 0
        })
    };
    assert_eq!([1, 2, 4].map(epochs_until_trust), [Some(1), Some(2), Some(4)]);
    let chain = chain(CALM);
    let switch = storage::CommitRevealWeightsEnabled::<Runtime>::hashed_key_for(S46);
    set(&chain, switch, &[0]);
    pass(&chain, 1);
    assert!(mean(&seen(&chain).trust) > 0, "without it, they count at once");
}

#[test]
fn what_the_owner_changes_acts_in_the_next_epochs() {
    let loud = Population { disagreement: 700, ..CALM };
    let with = |changes: &[(Vec<u8>, &[u8])]| {
        let chain = chain(loud);
        for (key, value) in changes {
            set(&chain, key.clone(), value);
        }
        pass(&chain, 6);
        seen(&chain)
    };
    let kappa = storage::Kappa::<Runtime>::hashed_key_for(S46);
    let liquid = storage::LiquidAlphaOn::<Runtime>::hashed_key_for(S46);
    let before = with(&[]);
    let stricter = with(&[(kappa, &50_000_u16.to_le_bytes())]);
    println!("Vtrust by kappa: {} {}", mean(&before.trust), mean(&stricter.trust));
    assert!(mean(&stricter.trust) < mean(&before.trust));
    let flowing = with(&[(liquid, &[1])]);
    assert_eq!(flowing.trust, before.trust, "bonds do not move the consensus");
    assert_ne!(flowing.dividends, before.dividends);
}

/// Who may set weights once in 360 blocks does so more seldom.
#[test]
fn a_rate_limit_makes_weights_older() {
    let oldest = |blocks: u64| {
        let chain = chain(CALM);
        let limit = storage::WeightsSetRateLimit::<Runtime>::hashed_key_for(S46);
        set(&chain, limit, &blocks.to_le_bytes());
        chain.new_blocks(1_000).unwrap();
        let (now, _) = chain.head();
        chain.look(|| {
            let updated = storage::LastUpdate::<Runtime>::get(NetUidStorageIndex::from(S46));
            let ages = updated.iter().take(4).map(|block| u64::from(now) - block);
            ages.max().unwrap()
        })
    };
    let (often, seldom) = (oldest(100), oldest(360));
    assert!(often <= 100 && (100..=400).contains(&seldom), "{often} {seldom}");
}

/// In Null consensus one validator's weights are the result, and nobody has trust.
#[test]
fn null_consensus_pays_by_one_row() {
    let chain = chain(CALM);
    pass(&chain, 3);
    let mode = storage::SubnetEpochConsensus::<Runtime>::hashed_key_for(S46);
    let most = storage::MaxAllowedValidators::<Runtime>::hashed_key_for(S46);
    let bonds = storage::Bonds::<Runtime>::hashed_key_for(NetUidStorageIndex::from(S46), 0);
    chain.set_storage(vec![(mode, Some(vec![1])), (most, Some(vec![1, 0]))]).unwrap();
    pass(&chain, 2);
    let before = chain.get_storage(&bonds);
    pass(&chain, 1);
    let Seen { trust, incentive, dividends } = seen(&chain);
    assert_eq!(mean(&trust), 0);
    assert!(incentive.iter().filter(|share| **share > 0).count() > 20, "{incentive:?}");
    assert_eq!(dividends.iter().filter(|share| **share > 0).count(), 4, "all stake earns");
    assert_eq!(chain.get_storage(&bonds), before, "bonds stand still");
}
