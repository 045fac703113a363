//! The epoch against what the runtime of the main network has stored: 320 states, every value.

#![expect(clippy::disallowed_macros, reason = "it tells how much it compared")]
#![expect(clippy::unwrap_used, reason = "the states are in a form that is known")]

use flate2::read::GzDecoder;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader},
};
use subtune_devnet::epoch::{Input, Mode, Output, Row, bonds_cutoff, run};

#[derive(Deserialize)]
struct Vector {
    id: String,
    r#in: In,
    out: Out,
}

#[derive(Deserialize)]
struct In {
    n: u16,
    block: u64,
    activity_cutoff: u64,
    last_update: Vec<u64>,
    registered_at: Vec<u64>,
    stake_i64f64: Vec<String>,
    owner_uid: Option<u16>,
    stake_threshold: u64,
    permits: Vec<bool>,
    max_validators: u16,
    weights: BTreeMap<String, Row>,
    bonds: BTreeMap<String, Row>,
    oldest_commit: Option<Vec<Option<u64>>>,
    kappa: u16,
    bonds_penalty: u16,
    bonds_moving_average: u64,
    yuma3: bool,
    liquid_alpha: bool,
    alpha_low: u16,
    alpha_high: u16,
    alpha_sigmoid_steepness: i16,
    last_mechanism_step_block: u64,
    tempo: u16,
    emission: String,
}

#[derive(Deserialize)]
struct Out {
    validator_trust: Vec<u16>,
    consensus: Vec<u16>,
    incentive: Vec<u16>,
    dividends: Vec<u16>,
    stake_weight: Vec<u16>,
    emission: Vec<String>,
    active: Vec<bool>,
    validator_permit: Vec<bool>,
    bonds: BTreeMap<String, Row>,
}

fn rows(rows: BTreeMap<String, Row>) -> BTreeMap<u16, Row> {
    rows.into_iter().map(|(uid, row)| (uid.parse().unwrap(), row)).collect()
}

impl In {
    fn input(self) -> Input {
        Input {
            mode: Mode::Yuma,
            bonds_cutoff: bonds_cutoff(self.last_mechanism_step_block, self.block, self.tempo),
            n: self.n,
            block: self.block,
            activity_cutoff: self.activity_cutoff,
            last_update: self.last_update,
            registered_at: self.registered_at,
            stake: self.stake_i64f64.iter().map(|bits| bits.parse().unwrap()).collect(),
            owner_uid: self.owner_uid,
            stake_threshold: self.stake_threshold,
            permits: self.permits,
            max_validators: self.max_validators,
            weights: rows(self.weights),
            bonds: rows(self.bonds),
            oldest_commit: self.oldest_commit,
            kappa: self.kappa,
            bonds_penalty: self.bonds_penalty,
            bonds_moving_average: self.bonds_moving_average,
            yuma3: self.yuma3,
            liquid_alpha: self.liquid_alpha,
            alpha_low: self.alpha_low,
            alpha_high: self.alpha_high,
            alpha_sigmoid_steepness: self.alpha_sigmoid_steepness,
            previous_consensus: None,
            emission: self.emission.parse().unwrap(),
        }
    }
}

#[test]
fn every_value_is_what_the_real_runtime_has_stored() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/epoch-vectors.jsonl.gz");
    let lines = BufReader::new(GzDecoder::new(File::open(path).unwrap())).lines();
    let (mut states, mut values) = (0, 0);
    let mut wrong = Vec::new();
    for line in lines {
        let Vector { id, r#in, out } = serde_json::from_str(&line.unwrap()).unwrap();
        let (yuma3, liquid) = (r#in.yuma3, r#in.liquid_alpha);
        let found = run(&r#in.input());
        let expected = Output {
            validator_trust: out.validator_trust,
            consensus: out.consensus,
            incentive: out.incentive,
            dividends: out.dividends,
            stake_weight: out.stake_weight,
            emission: out.emission.iter().map(|rao| rao.parse().unwrap()).collect(),
            server_emission: found.server_emission.clone(),
            validator_emission: found.validator_emission.clone(),
            active: out.active,
            validator_permit: out.validator_permit,
            bonds: Some(rows(out.bonds)),
        };
        states += 1;
        values += 8 * expected.active.len();
        values += expected
            .bonds
            .iter()
            .flat_map(BTreeMap::values)
            .map(|row| 2 * row.len())
            .sum::<usize>();
        if found != expected {
            wrong.push(format!("{id} (yuma3 {yuma3}, liquid {liquid})"));
            if wrong.len() == 1 {
                println!("{id}\n{found:?}\n{expected:?}");
            }
        }
    }
    println!("{states} states, {values} values, {} states wrong", wrong.len());
    assert_eq!((states, wrong), (320, Vec::<String>::new()));
}

/// Eight neurons of which four give weights to the other four, over eight epochs: numbers that the tests of
/// the real chain state as integers (`test_bonds`).
#[test]
fn bonds_follow_the_weights_over_eight_epochs() {
    const ALL: &[(u16, u16)] = &[(4, 16_383), (5, 32_767), (6, 49_149), (7, 65_535)];
    let mut input = Input {
        mode: Mode::Yuma,
        n: 8,
        block: 1,
        activity_cutoff: 5_000,
        last_update: vec![2, 2, 2, 2, 1, 1, 1, 1],
        registered_at: vec![1; 8],
        stake: [1, 2, 3, 4, 0, 0, 0, 0].map(|rao: i128| rao << 64).to_vec(),
        owner_uid: None,
        stake_threshold: 0,
        permits: vec![true; 8],
        max_validators: 8,
        weights: (0..4).map(|uid| (uid, ALL.to_vec())).collect(),
        bonds: BTreeMap::new(),
        oldest_commit: None,
        kappa: 32_767,
        bonds_penalty: u16::MAX,
        bonds_moving_average: 900_000,
        yuma3: false,
        liquid_alpha: false,
        alpha_low: 45_875,
        alpha_high: 58_982,
        alpha_sigmoid_steepness: 1_000,
        previous_consensus: None,
        bonds_cutoff: 2,
        emission: 1_000_000_000,
    };
    let servers = [49_998_779, 100_000_610, 149_996_337, 200_004_272];
    let last = [0, 0, 0, 500_000_000];
    // Who changes its weights before the epoch; amounts of validators and of servers; bonds to one of them.
    type Epoch = (Option<(u16, Row)>, [u64; 4], [u64; 4], usize, [u16; 4]);
    let epochs: [Epoch; 8] = [
        (
            None,
            [49_999_998, 99_999_999, 150_000_000, 200_000_001],
            servers,
            0,
            [16_383, 32_767, 49_151, 65_535],
        ),
        (
            Some((0, vec![(0, 65_535)])),
            [44_998_351, 101_110_561, 151_667_215, 202_223_870],
            servers,
            0,
            [14_582, 32_767, 49_151, 65_535],
        ),
        (
            Some((1, vec![(1, 65_535)])),
            [40_496_805, 90_999_783, 157_929_636, 210_573_773],
            servers,
            0,
            [12_603, 28_321, 49_151, 65_535],
        ),
        (
            Some((2, vec![(2, 65_535)])),
            [99_999_999, 199_999_999, 299_999_999, 399_999_999],
            [0; 4],
            3,
            [12_602, 28_320, 49_150, 65_535],
        ),
        (
            Some((2, vec![(7, 65_535)])),
            [36_443_733, 81_898_628, 163_565_493, 218_092_144],
            last,
            3,
            [10_951, 24_609, 49_150, 65_535],
        ),
        (
            None,
            [32_799_427, 73_706_612, 168_638_129, 224_855_830],
            last,
            3,
            [9_559, 21_482, 49_150, 65_535],
        ),
        (
            None,
            [29_518_068, 66_336_137, 173_203_134, 230_942_659],
            last,
            3,
            [8_376, 18_824, 49_150, 65_535],
        ),
        // These bonds are not stated: they have lost a unit in every epoch.
        (
            None,
            [26_565_175, 59_701_871, 177_311_856, 236_421_095],
            last,
            0,
            [12_598, 28_316, 49_146, 65_535],
        ),
    ];
    for (change, validators, servers, column, bonds) in epochs {
        input.block += 1;
        input.weights.extend(change);
        let output = run(&input);
        assert_eq!(output.emission, [validators, servers].concat(), "block {}", input.block);
        let rows = output.bonds.unwrap();
        for (uid, expected) in (0..).zip(bonds) {
            let uid: u16 = uid;
            assert_eq!(rows[&uid][column].1, expected, "block {}, {uid}", input.block);
        }
        input.bonds = rows;
    }
}
