//! The neurons of a subnet, held against what stands in storage.

use serde_json::Value;
use sp_crypto_hashing::blake2_128;

use crate::proxy::Reply;
use crate::support::{Stage, item};

/// The SS58 address of an account.
fn address(account: &[u8]) -> String {
    subtune_model::address::ss58(account.try_into().unwrap())
}

fn read(stage: &Stage, line: &str) -> Value {
    stage.expect(&format!("metagraph 46 {line} --format json"), 0).json()
}

fn neurons(graph: &Value) -> Vec<Value> {
    let mut all = graph["neurons"].as_array().unwrap().clone();
    all.sort_by_key(|one| one["uid"].as_u64());
    all
}

/// The values of a list in storage, each of so many bytes; their number takes one or two bytes.
fn list(stage: &Stage, name: &str, size: usize) -> Vec<u64> {
    let bytes = stage.get_46(name).unwrap();
    let head = if bytes[0] & 3 == 0 { 1 } else { 2 };
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    bytes[head..].chunks(size).map(number).collect()
}

fn numbers(neurons: &[Value], field: &str) -> Vec<u64> {
    let number = |one: &Value| match &one[field] {
        Value::String(text) => text.parse().unwrap(),
        Value::Bool(on) => u64::from(*on),
        other => other.as_u64().unwrap_or_else(|| panic!("{field}: {one}")),
    };
    neurons.iter().map(number).collect()
}

fn by_uid(name: &str, uid: u16) -> Vec<u8> {
    [&item("SubtensorModule", name)[..], &46u16.to_le_bytes(), &uid.to_le_bytes()].concat()
}

fn hotkey(stage: &Stage, uid: u16) -> Vec<u8> {
    stage.chain().get_storage(&by_uid("Keys", uid)).unwrap()
}

/// What is kept by an account.
fn by_account(name: &str, account: &[u8]) -> Vec<u8> {
    [&item("SubtensorModule", name)[..], &blake2_128(account), account].concat()
}

fn set(stage: &Stage, key: Vec<u8>, value: impl Into<Vec<u8>>) {
    stage.chain().set_storage(vec![(key, Some(value.into()))]).unwrap();
}

#[test]
fn every_column_is_what_stands_in_storage() {
    let stage = crate::forecast::populated();
    let graph = read(&stage, "");
    let all = neurons(&graph);
    assert_eq!(all.len(), 32);
    for (name, size, field) in [
        ("ValidatorTrust", 2, "vtrust_raw"),
        ("Consensus", 2, "consensus_raw"),
        ("Dividends", 2, "dividends_raw"),
        ("Incentive", 2, "incentive_raw"),
        ("StakeWeight", 2, "stake_weight_raw"),
        ("Emission", 8, "emission_rao"),
        ("LastUpdate", 8, "last_update"),
        ("ValidatorPermit", 1, "permit"),
        ("Active", 1, "active"),
    ] {
        assert_eq!(numbers(&all, field), list(&stage, name, size), "{name}");
    }
    assert!(numbers(&all, "vtrust_raw").iter().sum::<u64>() > 0);
    let block = graph["block"].as_u64().unwrap();
    for one in &all {
        let uid = u16::try_from(one["uid"].as_u64().unwrap()).unwrap();
        let hotkey = hotkey(&stage, uid);
        assert_eq!(one["hotkey"], address(&hotkey));
        let coldkey = stage.chain().get_storage(&by_account("Owner", &hotkey));
        assert_eq!(one["coldkey"], coldkey.map_or(Value::Null, |key| address(&key).into()));
        let updated = one["updated"].as_u64();
        let last = one["last_update"].as_u64().unwrap();
        assert_eq!(updated, (last > 0).then(|| block - last));
        // The tempo is 20 here.
        let emission: u64 = one["emission_rao"].as_str().unwrap().parse().unwrap();
        assert_eq!(one["daily_alpha_rao"], (emission * 360).to_string());
    }
    let shares: Vec<f64> =
        all.iter().map(|one| one["vtrust"].as_str().unwrap().parse().unwrap()).collect();
    for (share, raw) in shares.iter().zip(numbers(&all, "vtrust_raw")) {
        assert!((share - raw as f64 / 65_535.0).abs() < 0.000_000_6);
    }
}

#[test]
fn an_identity_an_axon_and_weights_are_shown() {
    let stage = crate::forecast::populated();
    let (first, second, third) = (hotkey(&stage, 0), hotkey(&stage, 1), hotkey(&stage, 9));
    let coldkey = [7u8; 32];
    set(&stage, by_account("Owner", &first), coldkey);
    let mut identity = vec![10 << 2];
    identity.extend(b"Fin\x1b[2Jney");
    identity.extend([0; 6]);
    set(&stage, by_account("IdentitiesV2", &coldkey), identity);
    let axon_of = |hotkey: &[u8]| {
        let prefix = [&item("SubtensorModule", "Axons")[..], &46u16.to_le_bytes()].concat();
        [&prefix[..], &blake2_128(hotkey), hotkey].concat()
    };
    let axon = |ip: u128, kind: u8| {
        let numbers = [&5u64.to_le_bytes()[..], &1u32.to_le_bytes(), &ip.to_le_bytes()].concat();
        [&numbers[..], &8_091u16.to_le_bytes(), &[kind, 4, 0, 0]].concat()
    };
    set(&stage, axon_of(&first), axon(0x0102_0304, 4));
    set(&stage, axon_of(&second), axon(1, 6));
    set(&stage, axon_of(&third), axon(0, 4));
    let all = neurons(&read(&stage, ""));
    assert_eq!(all[0]["name"], "Fin\u{1b}[2Jney");
    assert_eq!(all[0]["coldkey"], address(&coldkey));
    let axons: Vec<_> = [0, 1, 9].map(|uid| all[uid]["axon"].as_str().unwrap()).into();
    assert_eq!(axons, ["1.2.3.4:8091", "[::1]:8091", "none"]);
    let close = read(&stage, "--uid 0");
    // Weights beside the consensus, the largest first.
    let weights = close["detail"]["weights"].as_array().unwrap();
    assert!(weights.len() > 10);
    let raw: Vec<_> = weights.iter().map(|one| one["weight_raw"].as_u64().unwrap()).collect();
    assert!(raw.is_sorted_by(|one, other| one >= other) && raw[0] == 65_535, "{raw:?}");
    for weight in weights {
        let uid = usize::try_from(weight["uid"].as_u64().unwrap()).unwrap();
        assert_eq!(weight["consensus_raw"], all[uid]["consensus_raw"]);
    }
    assert!(!close["detail"]["bonds"].as_array().unwrap().is_empty());
    // What a node says moves no cursor.
    let table = stage.expect("metagraph 46", 0).stdout;
    assert!(table.contains("Fin\u{fffd}[2Jney") && !table.contains('\u{1b}'), "{table}");
    let markdown = stage.expect("metagraph 46 --format markdown", 0).stdout;
    assert_eq!(markdown.lines().filter(|line| line.starts_with("| ")).count(), 33);
}

#[test]
fn roles_and_who_is_replaced_next() {
    let stage = crate::forecast::populated();
    stage.set_46("ImmunityPeriod", &50u16.to_le_bytes());
    stage.set_46("MinNonImmuneUids", &10u16.to_le_bytes());
    let now = u64::from(stage.chain().head().0);
    let registered = |uid: u16, block: u64| {
        set(&stage, by_uid("BlockAtRegistration", uid), block.to_le_bytes());
    };
    for uid in 0..32 {
        registered(uid, 2);
    }
    // In the block of a set storage one more passes.
    registered(20, now);
    registered(21, now - 10);
    registered(22, 1);
    let owners = hotkey(&stage, 30);
    stage.set_46("SubnetOwnerHotkey", &owners);
    // 100 for all but a few.
    let mut emission = vec![100u64; 32];
    emission[22] = 7;
    emission[23] = 7;
    emission[24] = 7;
    emission[21] = 3;
    emission[30] = 0;
    let bytes = emission.iter().flat_map(|one| one.to_le_bytes()).collect::<Vec<_>>();
    stage.set_46("Emission", &[&[32 << 2][..], &bytes].concat());
    let graph = read(&stage, "--role miner");
    let found = graph["neurons"].as_array().unwrap();
    let order: Vec<_> = found
        .iter()
        .filter(|one| !one["prune_rank"].is_null())
        .map(|one| one["uid"].as_u64().unwrap())
        .collect();
    // The oldest of those that earn least, then by uid; those with immunity at the end.
    assert_eq!(order[..3], [22, 23, 24], "{order:?}");
    assert_eq!(order[order.len() - 2..], [21, 20], "{order:?}");
    // Ten without immunity are kept, be they validators or miners: the ranks end before.
    let whole = neurons(&read(&stage, ""));
    let ranked = whole.iter().filter(|one| !one["prune_rank"].is_null()).count();
    assert_eq!(ranked, 32 - 1 - 10);
    assert_eq!(whole[30]["prune_rank"], Value::Null);
    assert_eq!(whole[30]["role"], "owner");
    assert_eq!((&whole[21]["role"], &whole[5]["role"]), (&"immune".into(), &"miner".into()));
    assert!(whole.iter().take(4).all(|one| one["role"] == "validator"), "{whole:?}");
    let count =
        |role: &str| read(&stage, &format!("--role {role}"))["neurons"].as_array().unwrap().len();
    assert_eq!((count("owner"), count("validator"), count("miner")), (1, 4, 27));
}

#[test]
fn what_is_not_there_yet_is_no_zero() {
    let stage = crate::forecast::populated();
    let bytes = stage.get_46("StakeWeight").unwrap();
    stage.set_46("StakeWeight", &[&[30 << 2][..], &bytes[1..61]].concat());
    stage.set_46("ValidatorTrust", &[1]);
    let graph = read(&stage, "");
    let all = neurons(&graph);
    assert_eq!(all[30]["stake_weight_raw"], Value::Null);
    assert!(all[29]["stake_weight_raw"].is_u64());
    assert_eq!(graph["not_yet"]["StakeWeight"], 30);
    assert_eq!(all[0]["vtrust_raw"], Value::Null);
    assert!(graph["unreadable"]["ValidatorTrust"].as_str().unwrap().contains("form"));
    let text = stage.expect("metagraph 46", 0).stdout;
    assert!(text.contains("StakeWeight has 30 of 32 values"), "{text}");
}

/// A node that does not tell stake as it counts: nobody computes it from less.
#[test]
fn stake_that_cannot_be_told_is_told_as_that() {
    let stage = crate::forecast::populated().through(Box::new(|method, params| {
        match (method, params[0].as_str()) {
            ("state_call", Some("SubnetInfoRuntimeApi_get_selective_metagraph")) => {
                Reply::Say(serde_json::json!("0x0000"))
            }
            _ => Reply::Pass,
        }
    }));
    let graph = read(&stage, "");
    for name in ["alpha_stake", "tao_stake"] {
        assert!(graph["unreadable"].get(name).is_some(), "{name}: {}", graph["unreadable"]);
    }
    for one in neurons(&graph) {
        for field in ["stake_weight_rao", "alpha_stake_rao", "root_stake_rao", "root_weight_rao"] {
            assert!(one[field].is_null(), "{field} {one}");
        }
        assert!(one["stake_weight_raw"].is_u64(), "{one}");
    }
}

#[test]
fn notes_say_what_misleads() {
    let stage = crate::forecast::populated();
    stage.set_mechanisms(2);
    stage.set_46("SubnetEpochConsensus", &[1]);
    let graph = read(&stage, "--mechanism 1");
    let notes = graph["notes"].to_string();
    assert!(notes.contains("less emission than it pays"), "{notes}");
    assert!(notes.contains("Vtrust and consensus mean nothing"), "{notes}");
    assert_eq!((&graph["mechanism"], &graph["consensus_mode"]), (&1.into(), &"null".into()));
    stage.fails("metagraph 46 --mechanism 2", 4, "the subnet has no mechanism 2", "leave out");
}

#[test]
fn what_is_wrong_is_said() {
    let stage = Stage::with_chain();
    stage.fails("metagraph 99", 4, "subnet 99 does not exist", "check the netuid");
    stage.fails("metagraph 46 --uid 500", 4, "has no uid 500", "lists them");
    stage.fails("metagraph 46 --at 9999999", 4, "has no block 9999999", "already there");
    // No more neurons than any subnet has, whatever a node says.
    stage.set_46("SubnetworkN", &5_000u16.to_le_bytes());
    stage.fails("metagraph 46", 5, "cannot tell how many neurons subnet 46 has", "another node");
    let run = stage.run("metagraph 46 --columns rank");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("rank is no column; there are pos, role"), "{}", run.stderr);
}

/// Absolute stakes and families: what parents lend counts, what children were lent does not, and the epoch
/// counts the same.
#[test]
fn stake_counts_with_what_is_lent() {
    let stage = crate::forecast::populated();
    let (first, second) = (hotkey(&stage, 0), hotkey(&stage, 1));
    let family = |name: &str, whose: &[u8], share: u64, other: &[u8]| {
        let key = [by_account(name, whose), 46u16.to_le_bytes().to_vec()].concat();
        set(&stage, key, [&[4][..], &share.to_le_bytes(), other].concat());
    };
    // Half of what the second neuron has counts for the first one.
    family("ParentKeys", &first, u64::MAX / 2, &second);
    family("ChildKeys", &second, u64::MAX / 2, &first);
    let have = |whose: &[u8], netuid: u16, amount: u64| {
        let key = [by_account("TotalHotkeyAlpha", whose), netuid.to_le_bytes().to_vec()].concat();
        set(&stage, key, amount.to_le_bytes());
    };
    have(&first, 46, 1_000_000_007);
    have(&first, 0, 0);
    have(&second, 46, 3_000_000_001);
    have(&second, 0, 8_000_000_001);
    stage.chain().new_blocks(20).unwrap();
    let all = neurons(&read(&stage, ""));
    let rao = |uid: usize, field: &str| -> u128 {
        all[uid][field].as_str().unwrap_or_else(|| panic!("{field}: {}", all[uid])).parse().unwrap()
    };
    // By 2^31 - 1 of 2^32, cut off.
    let lent = |amount: u128| (amount * ((1 << 31) - 1)) >> 32;
    let kept = |amount: u128| ((amount << 32) - amount * ((1 << 31) - 1)) >> 32;
    assert_eq!(
        rao(0, "alpha_stake_rao"),
        ((1_000_000_007 << 32) + 3_000_000_001 * ((1 << 31) - 1)) >> 32
    );
    assert_eq!(rao(0, "root_stake_rao"), lent(8_000_000_001));
    assert_eq!(rao(1, "alpha_stake_rao"), kept(3_000_000_001));
    assert_eq!(rao(1, "root_stake_rao"), kept(8_000_000_001));
    let weight = u128::from(u64::from_le_bytes(
        stage
            .chain()
            .get_storage(&item("SubtensorModule", "TaoWeight"))
            .map_or(971_718_665_099_567_868u64.to_le_bytes(), |bytes| bytes.try_into().unwrap()),
    ));
    let total = |uid: usize| {
        let root = rao(uid, "root_stake_rao") * ((weight << 32) / u128::from(u64::MAX));
        ((rao(uid, "alpha_stake_rao") << 64) + (root << 32)) >> 64
    };
    // The epoch has shared it out in the same way.
    let whole: u128 = (0..32).map(total).sum();
    for (uid, one) in all.iter().enumerate().take(4) {
        assert_eq!(rao(uid, "stake_weight_rao"), total(uid), "{uid}");
        let share = one["stake_weight_raw"].as_u64().unwrap();
        let expected = u64::try_from(total(uid) * 65_535 / whole).unwrap();
        assert!(share.abs_diff(expected) <= 1, "{uid}: {share} {expected}");
    }
    let close = read(&stage, "--uid 0");
    let parent = &close["neurons"][0]["parents"][0];
    assert_eq!(parent["hotkey"], address(&second));
    assert_eq!(parent["share_raw"], (u64::MAX / 2).to_string());
    assert_eq!(parent["alpha_rao"], lent(3_000_000_001).to_string());
    assert_eq!(parent["root_rao"], lent(8_000_000_001).to_string());
    let child = &read(&stage, "--uid 1")["neurons"][0]["children"][0];
    assert_eq!(child["hotkey"], address(&first));
}
