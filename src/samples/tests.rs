use std::collections::BTreeMap;
use std::fs;

use subtune_model::hash::Hash32;
use subtune_model::monitor::{Commit, Control, Mode, Neuron, Sample};
use subtune_model::value::Value;

use super::*;

const GENESIS: Hash32 = Hash32::new([7; 32]);

/// An epoch with every kind of value at its limits.
fn sample(block: u64) -> Sample {
    let neuron = Neuron {
        uid: 0,
        hotkey: "5F\"\\\u{202e}é".to_owned(),
        permit: true,
        next_permit: false,
        active: true,
        vtrust: u16::MAX,
        consensus: 1,
        incentive: 2,
        dividends: 3,
        stake_weight: 4,
        emission: u64::MAX,
        last_update: u64::MAX,
        registered_at: 0,
        weights: vec![(0, 0), (u16::MAX, u16::MAX)],
        replaced: false,
        commit: Some(Commit { block: u64::MAX, revealed: false }),
    };
    let hyperparameters = [
        ("bool", Value::Bool(true)),
        ("uint", Value::Uint(u128::MAX)),
        ("past_u64", Value::Uint(u128::from(u64::MAX) + 1)),
        ("negative", Value::Negative(i128::MIN)),
        ("text", Value::Text("340282366920938463463374607431768211455".to_owned())),
        ("list", Value::List(vec![0, u128::MAX])),
        ("none", Value::None),
    ];
    Sample {
        netuid: 46,
        mechanism: 0,
        mechanisms: 2,
        block,
        hash: Hash32::blake2(&block.to_le_bytes()),
        previous: block.saturating_sub(360),
        time_ms: Some(u64::MAX),
        spec_version: u32::MAX,
        mode: Mode::Other("x".to_owned()),
        index: None,
        tempo: 360,
        kappa: Some(32_767),
        activity_cutoff: None,
        commit_reveal: Some(false),
        hyperparameters: BTreeMap::from(
            hyperparameters.map(|(name, value)| (name.to_owned(), value)),
        ),
        neurons: vec![neuron.clone(), Neuron { uid: 1, commit: None, ..neuron }],
    }
}

fn folder() -> (tempfile::TempDir, State) {
    let folder = tempfile::tempdir().unwrap();
    let state = State::locate(Some(folder.path().join("state"))).unwrap();
    (folder, state)
}

fn opened(state: &State) -> SampleStore {
    let OpenedSamples { samples, set_aside } = SampleStore::open(state).unwrap();
    assert_eq!(set_aside, None);
    samples
}

fn all(samples: &SampleStore) -> Vec<Sample> {
    samples.range(&GENESIS, 46, 0, 0..=u64::MAX).unwrap()
}

#[test]
fn what_goes_in_comes_out_to_the_last_bit() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    for block in [720, 360, 1_080] {
        assert_eq!(samples.put(&GENESIS, &sample(block)).unwrap(), Put::New);
    }
    assert_eq!(samples.put(&GENESIS, &sample(720)).unwrap(), Put::Same);
    let other = Sample { mechanism: 1, ..sample(360) };
    samples.put(&GENESIS, &other).unwrap();
    samples.put(&Hash32::new([8; 32]), &sample(5)).unwrap();
    drop(samples);
    let samples = opened(&state);
    assert_eq!(all(&samples), [360, 720, 1_080].map(sample));
    assert_eq!(samples.range(&GENESIS, 46, 0, 361..=1_080).unwrap(), [720, 1_080].map(sample));
    assert_eq!(samples.newest(&GENESIS, 46, 0, 1_079).unwrap(), Some(720));
    assert_eq!(samples.newest(&GENESIS, 47, 0, u64::MAX).unwrap(), None);
    let list = samples.list().unwrap();
    let found = list.iter().map(|it| (it.netuid, it.mechanism, it.epochs, it.first, it.last));
    let found: Vec<_> = found.collect();
    assert_eq!(found, [(46, 0, 3, 360, 1_080), (46, 1, 1, 360, 360), (46, 0, 1, 5, 5)]);
    assert!(list.iter().all(|series| series.bytes > 500), "{list:?}");
}

#[test]
fn controls_are_kept_and_read_in_their_order() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    let control = |block| Control {
        block,
        hash: Hash32::new([3; 32]),
        subnets: BTreeMap::from([(0, (u64::MAX, u32::MAX)), (46, (65_535, 1))]),
    };
    for block in [9, 3, 6] {
        samples.put_control(&GENESIS, &control(block)).unwrap();
    }
    samples.put_control(&GENESIS, &control(3)).unwrap();
    assert_eq!(samples.controls(&GENESIS, 4..=9).unwrap(), [6, 9].map(control));
}

#[test]
fn what_was_told_is_noted_apart_from_what_is_kept() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    assert_eq!(samples.told(&GENESIS, 46, 0).unwrap(), None);
    for block in [360, 720] {
        samples.put(&GENESIS, &sample(block)).unwrap();
    }
    samples.note_told(&GENESIS, &sample(360)).unwrap();
    let other = opened(&state);
    assert_eq!(other.told(&GENESIS, 46, 0).unwrap(), Some(360));
    assert_eq!(other.told(&GENESIS, 46, 1).unwrap(), None);
    samples.note_told(&GENESIS, &sample(720)).unwrap();
    assert_eq!(other.told(&GENESIS, 46, 0).unwrap(), Some(720));
}

#[test]
fn an_epoch_of_a_block_that_is_no_more_is_replaced() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    let gone = Sample { hash: Hash32::new([9; 32]), tempo: 1, ..sample(360) };
    samples.put(&GENESIS, &gone).unwrap();
    assert_eq!(samples.put(&GENESIS, &sample(360)).unwrap(), Put::Replaced);
    assert_eq!(all(&samples), [sample(360)]);
}

#[test]
fn one_reads_while_another_writes() {
    let (_folder, state) = folder();
    let (first, second) = (opened(&state), opened(&state));
    let reader = opened(&state);
    first.put(&GENESIS, &sample(360)).unwrap();
    second.put(&GENESIS, &sample(720)).unwrap();
    let writes = first.db.unchecked_transaction().unwrap();
    writes.execute("DELETE FROM epoch", []).unwrap();
    assert_eq!(all(&reader), [360, 720].map(sample));
    drop(writes);
    assert_eq!(all(&reader), [360, 720].map(sample));
}

#[test]
fn the_file_is_private_and_the_folder_ours() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    samples.put(&GENESIS, &sample(360)).unwrap();
    assert!(state.root().join("subtune-state").is_file());
    #[cfg(unix)]
    for entry in fs::read_dir(state.root()).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
    }
    assert!(state.receipts(None).unwrap().1.is_empty());
    let (strange, other) = self::folder();
    fs::create_dir(other.root()).unwrap();
    fs::write(other.root().join("mine"), "").unwrap();
    let error = SampleStore::open(&other).err().unwrap();
    assert!(error.what.contains("holds files that are not subtune's"), "{error}");
    drop(strange);
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let (_folder, state) = folder();
    drop(opened(&state));
    let path = state.root().join(FILE);
    let database = Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", LAYOUT + 1).unwrap();
    drop(database);
    let before = fs::read(&path).unwrap();
    let error = SampleStore::open(&state).err().unwrap();
    assert!(error.what.contains("was written by a newer version of subtune"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_full_disk_loses_nothing() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    samples.put(&GENESIS, &sample(360)).unwrap();
    let database = &samples.db;
    let pages: i64 = database.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    database.pragma_update(None, "max_page_count", pages).unwrap();
    let mut large = sample(720);
    large.neurons = vec![large.neurons[0].clone(); 256];
    let error = samples.put(&GENESIS, &large).unwrap_err();
    assert!(error.what.contains("full"), "{error}");
    assert!(error.next_step().contains("make room"), "{error:?}");
    assert_eq!(all(&samples), [sample(360)]);
    drop(samples);
    assert_eq!(all(&opened(&state)), [sample(360)]);
}

#[test]
fn old_epochs_are_taken_out_when_asked() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    for block in [360, 720, 1_080] {
        samples.put(&GENESIS, &sample(block)).unwrap();
    }
    assert_eq!(samples.prune(&GENESIS, 47, 9_999).unwrap(), 0);
    assert_eq!(samples.prune(&Hash32::new([8; 32]), 46, 9_999).unwrap(), 0);
    assert_eq!(samples.prune(&GENESIS, 46, 720).unwrap(), 1);
    assert_eq!(all(&samples), [720, 1_080].map(sample));
}

#[test]
fn a_damaged_file_is_set_aside_and_none_is_overwritten() {
    let (_folder, state) = folder();
    drop(opened(&state));
    let path = state.root().join(FILE);
    for number in 1..4 {
        let harmed = "not a database ".repeat(99);
        fs::write(&path, &harmed).unwrap();
        let OpenedSamples { samples, set_aside } = SampleStore::open(&state).unwrap();
        let aside = set_aside.unwrap();
        assert_eq!(aside, state.root().join(format!("samples.damaged-{number}.sqlite")));
        assert_eq!(fs::read_to_string(&aside).unwrap(), harmed);
        samples.put(&GENESIS, &sample(360)).unwrap();
        assert_eq!(all(&samples), [sample(360)]);
    }
}

#[test]
fn what_subtune_does_not_write_is_no_epoch() {
    let (_folder, state) = folder();
    let samples = opened(&state);
    samples.put(&GENESIS, &sample(360)).unwrap();
    samples.db.execute("UPDATE epoch SET sample = '{}'", []).unwrap();
    let error = samples.range(&GENESIS, 46, 0, 0..=999).unwrap_err();
    assert!(error.what.contains("holds what subtune does not write"), "{error}");
}
