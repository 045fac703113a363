//! The seeded content: accounts, two subnets and their neurons.

use crate::{
    AccountId, Balance, Hash, Runtime, RuntimeGenesisConfig, System, VERSION,
    population::{self, Population},
    subtensor::{NetUid, ROOT, SYMBOLS, SubnetIdentityV3, pallet::*},
};
use frame_system::LastRuntimeUpgradeInfo;
use sp_core::storage::Storage;
use sp_crypto_hashing::blake2_256;
use sp_keyring::Sr25519Keyring as Key;
use sp_runtime::{AccountId32, BuildStorage};

/// Number of the head when the chain is ready, without a finality lag.
pub const START: u32 = 100_000;

/// Number of the first block after genesis that this chain has. A node that took a state over from
/// others looks the same: it knows the genesis block, and nothing more before that state. It is one
/// block before [`START`], because some clients ask for the parent of the head.
pub(crate) const BASE: u32 = START - 1;

const NOW: u64 = START as u64;
const TAO: Balance = 1_000_000_000;

struct Validator {
    uid: u16,
    tao: u64,
    trust: u16,
    updated: u64,
}

const VALIDATORS_46: [Validator; 5] = [
    Validator { uid: 1, tao: 1_331_333, trust: 65_534, updated: 12 },
    Validator { uid: 73, tao: 8_113, trust: 34_612, updated: 57 },
    Validator { uid: 138, tao: 51_880, trust: 26_161, updated: 262 },
    Validator { uid: 198, tao: 9_611, trust: 26_431, updated: 31 },
    Validator { uid: 220, tao: 129_222, trust: 28_013, updated: 391 },
];

const VALIDATORS_13: [Validator; 3] = [
    Validator { uid: 0, tao: 402_118, trust: 65_011, updated: 44 },
    Validator { uid: 5, tao: 97_204, trust: 58_770, updated: 120 },
    Validator { uid: 17, tao: 12_650, trust: 40_225, updated: 203 },
];

struct Subnet {
    netuid: NetUid,
    owner: Key,
    name: &'static str,
    neurons: u16,
    registered: u64,
    last_epoch: u64,
    weights_rate_limit: u64,
    adjustment_alpha: u64,
    immunity_period: u16,
    weights_version: u64,
    validators: &'static [Validator],
}

const SUBNETS: [Subnet; 2] = [
    Subnet {
        netuid: NetUid(13),
        owner: Key::Bob,
        name: "devnet thirteen",
        neurons: 64,
        registered: 20_000,
        last_epoch: NOW - 60,
        weights_rate_limit: 360,
        adjustment_alpha: 17_893_341_751_498_264_576,
        immunity_period: 12_000,
        weights_version: 1_030,
        validators: &VALIDATORS_13,
    },
    Subnet {
        netuid: NetUid(46),
        owner: Key::Alice,
        name: "devnet forty-six",
        neurons: 256,
        registered: 30_000,
        last_epoch: NOW - 100,
        weights_rate_limit: 100,
        adjustment_alpha: 14_757_395_258_967_641_292,
        immunity_period: 7_200,
        weights_version: 62,
        validators: &VALIDATORS_46,
    },
];

/// An account that nobody has the key of.
fn nobody(kind: &str, netuid: NetUid, uid: u16) -> AccountId {
    AccountId32::new(blake2_256(format!("subtune-devnet {kind} {netuid} {uid}").as_bytes()))
}

fn balances() -> Vec<(AccountId, Balance)> {
    let rich =
        [Key::Alice, Key::Bob, Key::Charlie].map(|key| (key.to_account_id(), 1_000_000 * TAO));
    let others = [Key::Dave, Key::Eve, Key::Ferdie, Key::One, Key::Two]
        .map(|key| (key.to_account_id(), 2_000 * TAO));
    rich.into_iter().chain(others).chain([(three(), 2_000 * TAO)]).collect()
}

/// `//Three`, which the keyring lacks.
fn three() -> AccountId {
    use sp_core::Pair;
    sp_core::sr25519::Pair::from_string("//Three", None)
        .map(|pair| AccountId::from(pair.public()))
        .unwrap_or_else(|_| nobody("three", ROOT, 0))
}

/// The state of block 0.
pub(crate) fn genesis() -> Result<Storage, String> {
    let config = RuntimeGenesisConfig {
        balances: pallet_balances::GenesisConfig { balances: balances(), ..Default::default() },
        sudo: pallet_sudo::GenesisConfig { key: Some(Key::Alice.to_account_id()) },
        ..Default::default()
    };
    config.build_storage()
}

/// What happened since: run on the genesis state, it gives that of block [`BASE`].
pub(crate) fn history(genesis: Hash, parent: Hash, now: u64, population: Option<&Population>) {
    System::set_block_number(BASE);
    // A chain's code of today is not that of its first block.
    sp_io::storage::set(sp_core::storage::well_known_keys::CODE, subtune_devnet_runtime::WASM);
    System::set_parent_hash(parent);
    frame_system::BlockHash::<Runtime>::insert(0, genesis);
    frame_system::LastRuntimeUpgrade::<Runtime>::put(LastRuntimeUpgradeInfo::from(VERSION));
    pallet_timestamp::Now::<Runtime>::put(now);

    NetworksAdded::<Runtime>::insert(ROOT, true);
    // The root subnet has no epochs.
    Tempo::<Runtime>::insert(ROOT, 0);
    TokenSymbol::<Runtime>::insert(ROOT, SYMBOLS.first().copied().unwrap_or_default().as_bytes());
    TotalNetworks::<Runtime>::put(3);
    for subnet in &SUBNETS {
        seed(subnet, population);
    }
}

fn seed(subnet: &Subnet, population: Option<&Population>) {
    let id = subnet.netuid;
    let neurons = population.map_or(subnet.neurons, |population| population.neurons);
    let owner = subnet.owner.to_account_id();
    NetworksAdded::<Runtime>::insert(id, true);
    NetworkRegisteredAt::<Runtime>::insert(id, subnet.registered);
    FirstEmissionBlockNumber::<Runtime>::insert(id, subnet.registered + 10_000);
    SubnetOwner::<Runtime>::insert(id, &owner);
    SubnetMechanism::<Runtime>::insert(id, 1);
    SubnetworkN::<Runtime>::insert(id, neurons);
    TokenSymbol::<Runtime>::insert(
        id,
        SYMBOLS.get(usize::from(id.0)).or(SYMBOLS.last()).copied().unwrap_or_default().as_bytes(),
    );
    SubnetIdentitiesV3::<Runtime>::insert(
        id,
        SubnetIdentityV3 { subnet_name: subnet.name.as_bytes().to_vec(), ..Default::default() },
    );

    // As at registration.
    Tempo::<Runtime>::insert(id, 360);
    NetworkRegistrationAllowed::<Runtime>::insert(id, true);
    MaxAllowedUids::<Runtime>::insert(id, 256);
    MaxAllowedValidators::<Runtime>::insert(id, 64);
    MinAllowedWeights::<Runtime>::insert(id, 1);
    MaxWeightsLimit::<Runtime>::insert(id, u16::MAX);
    Yuma3On::<Runtime>::insert(id, true);
    Burn::<Runtime>::insert(id, TAO);
    SubnetEmissionEnabled::<Runtime>::insert(id, false);
    // Since then.
    SubtokenEnabled::<Runtime>::insert(id, true);
    WeightsSetRateLimit::<Runtime>::insert(id, subnet.weights_rate_limit);
    AdjustmentAlpha::<Runtime>::insert(id, subnet.adjustment_alpha);
    ImmunityPeriod::<Runtime>::insert(id, subnet.immunity_period);
    WeightsVersionKey::<Runtime>::insert(id, subnet.weights_version);

    LastEpochBlock::<Runtime>::insert(id, subnet.last_epoch);
    LastMechansimStepBlock::<Runtime>::insert(id, subnet.last_epoch);
    BlocksSinceLastStep::<Runtime>::insert(id, u64::from(BASE) - subnet.last_epoch);
    SubnetEpochIndex::<Runtime>::insert(id, (subnet.last_epoch - subnet.registered) / 360);

    SubnetTAO::<Runtime>::insert(id, 21_000 * TAO);
    SubnetAlphaIn::<Runtime>::insert(id, 1_050_000 * TAO);
    SubnetAlphaOut::<Runtime>::insert(id, 1_600_000 * TAO);
    match population {
        None => seed_neurons(subnet),
        Some(population) => settle(subnet, population),
    }
}

/// Neurons that behave: validators first, the largest of them with half as much again as the next. They
/// have set no weights yet, and every block emits one alpha.
fn settle(subnet: &Subnet, population: &Population) {
    let id = subnet.netuid;
    let count = usize::from(population.neurons);
    let mut updated = vec![0_u64; count];
    let mut permit = vec![false; count];
    for uid in 0..population.neurons {
        let at = usize::from(uid);
        register(subnet, uid, subnet.registered + 100);
        updated[at] = subnet.registered + 100;
        if uid < population.validators() {
            permit[at] = true;
            let hotkey = Keys::<Runtime>::get(id, uid);
            let stake = 1_000_000 * TAO * 2 / (u64::from(uid) + 2);
            TotalHotkeyAlpha::<Runtime>::insert(&hotkey, id, stake);
        }
    }
    ValidatorTrust::<Runtime>::insert(id, vec![0_u16; count]);
    StakeWeight::<Runtime>::insert(id, vec![0_u16; count]);
    Dividends::<Runtime>::insert(id, vec![0_u16; count]);
    Consensus::<Runtime>::insert(id, vec![0_u16; count]);
    Incentive::<Runtime>::insert(id, vec![0_u16; count]);
    Emission::<Runtime>::insert(id, vec![0_u64; count]);
    ValidatorPermit::<Runtime>::insert(id, permit);
    LastUpdate::<Runtime>::insert(id, updated);
    Active::<Runtime>::insert(id, vec![true; count]);
    SubnetAlphaOutEmission::<Runtime>::insert(id, TAO);
    population::settle(id, population);
}

/// Gives a neuron its keys. The first one's are the owner's.
fn register(subnet: &Subnet, uid: u16, block: u64) {
    let id = subnet.netuid;
    let hotkey = nobody("hotkey", id, uid);
    let coldkey = if uid == 0 { subnet.owner.to_account_id() } else { nobody("coldkey", id, uid) };
    Keys::<Runtime>::insert(id, uid, &hotkey);
    Uids::<Runtime>::insert(id, &hotkey, uid);
    Owner::<Runtime>::insert(&hotkey, coldkey);
    BlockAtRegistration::<Runtime>::insert(id, uid, block);
    if uid == 0 {
        SubnetOwnerHotkey::<Runtime>::insert(id, &hotkey);
    }
}

fn seed_neurons(subnet: &Subnet) {
    let id = subnet.netuid;
    let count = usize::from(subnet.neurons);
    let mut trust = vec![0_u16; count];
    let mut permit = vec![false; count];
    let mut stake_weight = vec![0_u16; count];
    let mut dividends = vec![0_u16; count];
    let mut consensus = vec![0_u16; count];
    let mut incentive = vec![0_u16; count];
    let mut emission = vec![0_u64; count];
    let mut updated = vec![0_u64; count];
    let mut active = vec![false; count];
    let all_stake: u64 = subnet.validators.iter().map(|validator| validator.tao).sum();
    let share =
        |tao: u64| u16::try_from(tao * u64::from(u16::MAX) / all_stake.max(1)).unwrap_or(u16::MAX);

    for uid in 0..subnet.neurons {
        let at = usize::from(uid);
        let validator = subnet.validators.iter().find(|validator| validator.uid == uid);
        // The last few have just registered and are immune.
        let fresh = uid + 4 >= subnet.neurons;
        let registered = if fresh { NOW - 3_000 } else { subnet.registered + 100 * u64::from(uid) };
        register(subnet, uid, registered);
        let hotkey = nobody("hotkey", id, uid);
        match validator {
            Some(validator) => {
                TotalHotkeyAlpha::<Runtime>::insert(&hotkey, id, validator.tao * TAO);
                trust[at] = validator.trust;
                permit[at] = true;
                stake_weight[at] = share(validator.tao);
                dividends[at] = share(validator.tao);
                updated[at] = NOW - validator.updated;
                active[at] = true;
                emission[at] = u64::from(share(validator.tao)) * 1_000_000;
                let row: Vec<(u16, u16)> = miners(subnet)
                    .take(8)
                    .map(|(miner, weight)| (miner, weight.saturating_sub(uid)))
                    .collect();
                Weights::<Runtime>::insert(id, uid, &row);
                Bonds::<Runtime>::insert(id, uid, row);
            }
            None => updated[at] = registered,
        }
    }
    let all_weight: u64 = miners(subnet).map(|(_, weight)| u64::from(weight)).sum();
    for (miner, weight) in miners(subnet) {
        let at = usize::from(miner);
        let part = u64::from(weight) * u64::from(u16::MAX) / all_weight.max(1);
        incentive[at] = u16::try_from(part).unwrap_or(u16::MAX);
        consensus[at] = incentive[at];
        emission[at] = part * 1_000_000;
    }

    ValidatorTrust::<Runtime>::insert(id, trust);
    ValidatorPermit::<Runtime>::insert(id, permit);
    StakeWeight::<Runtime>::insert(id, stake_weight);
    Dividends::<Runtime>::insert(id, dividends);
    Consensus::<Runtime>::insert(id, consensus);
    Incentive::<Runtime>::insert(id, incentive);
    Emission::<Runtime>::insert(id, emission);
    LastUpdate::<Runtime>::insert(id, updated);
    Active::<Runtime>::insert(id, active);
}

/// Miners that receive weights, and how much.
fn miners(subnet: &Subnet) -> impl Iterator<Item = (u16, u16)> {
    (2..subnet.neurons)
        .filter(|uid| {
            uid % 3 == 2 && !subnet.validators.iter().any(|validator| validator.uid == *uid)
        })
        .zip(0_u16..)
        .map(|(uid, rank)| (uid, 60_000_u16.saturating_sub(rank * 700)))
}
