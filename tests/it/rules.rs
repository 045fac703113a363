//! Our rules against the chain: what a plan calls «now» is accepted in the next block, what it
//! calls blocked is refused there with the named error.

use std::collections::BTreeMap;
use std::time::Duration;

use subtune::chain::{Chain, Endpoint, Options as Connection};
use subtune::model::catalog;
use subtune::model::plan::{Call, Plan, Terms, Verdict, Wish, call_for};
use subtune::model::schedule::{Opening, earliest};
use subtune::model::snapshot::Snapshot;
use subtune::model::value::Value;
use subtune::ops::{ChainRead as _, ChainWrite as _, Found, Submitted};
use subtune::wallet::{Unlocked, dev};
use subtune_devnet::{Devnet, Options};

/// A small generator of numbers, the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// Names with values on both sides of their bounds.
fn wish(dice: &mut Dice) -> Wish {
    let numbers: &[(&str, &[u128])] = &[
        ("immunity_period", &[0, 1, 5_000, 65_535]),
        ("min_allowed_weights", &[1, 4, 65_535]),
        ("max_allowed_uids", &[63, 64, 255, 256, 257]),
        ("activity_cutoff", &[359, 360, 5_001]),
        ("activity_cutoff_factor", &[999, 1_000, 50_000, 50_001]),
        ("min_burn", &[0, 500_001, 150_000_000, 999_999_999, 1_000_000_000]),
        ("max_burn", &[100_000_000, 100_000_001, 200_000_000, 90_000_000_000]),
        ("bonds_moving_avg", &[0, 975_000, 975_001]),
        ("commit_reveal_period", &[0, 1, 2, 100, 101]),
        ("owner_immune_neuron_limit", &[0, 1, 10, 11]),
        ("burn_half_life", &[0, 1, 36_100, 36_101]),
        ("burn_increase_mult", &[(1 << 64) - 1, 1 << 64, 3 << 64, (3 << 64) + 1]),
        ("min_childkey_take", &[0, 1, 11_796, 11_797]),
        ("tempo", &[359, 360, 361, 400, 50_400, 50_401]),
        ("alpha_low", &[1_637, 1_638, 40_000, 58_982, 58_983]),
        ("alpha_high", &[1_637, 45_875, 60_000]),
        ("mechanism_count", &[0, 1, 2, 3]),
        ("weights_version", &[1, 63]),
        ("serving_rate_limit", &[0, 60]),
        ("collateral_lock_share", &[0, 62_258, 62_259]),
        ("collateral_drain_ratio", &[0, 1, 10 << 64, (10 << 64) + 1]),
        ("root_claim_threshold", &[10_000_000, 10_000_001]),
        ("weights_rate_limit", &[360]),
        ("kappa", &[30_000]),
        ("max_validators", &[32]),
        ("difficulty", &[1]),
    ];
    let switches = [
        "liquid_alpha_enabled",
        "yuma3_enabled",
        "bonds_reset_enabled",
        "owner_cut_enabled",
        "transfers_enabled",
        "registration_allowed",
    ];
    if dice.below(5) == 0 {
        let value = Value::Bool(dice.below(2) == 0);
        return Wish { name: dice.pick(&switches).to_owned(), value };
    }
    let (name, values) = dice.pick(numbers);
    Wish { name: name.to_owned(), value: Value::Uint(dice.pick(values)) }
}

struct Bench {
    devnet: Devnet,
    chain: Chain,
    key: Unlocked,
}

impl Bench {
    /// Sends calls, one transaction for each list, all for the next block; returns what became of them.
    async fn send(&self, lists: &[Vec<Call>], owner: &str) -> Vec<Result<(), String>> {
        let mut sent = Vec::new();
        for calls in lists {
            let unsigned = self.chain.prepare(calls, owner).await.unwrap();
            let signed =
                self.chain.sign(&unsigned, &|payload| self.key.sign(payload)).await.unwrap();
            assert!(matches!(self.chain.submit(&signed).await, Submitted::Pooled));
            sent.push(signed.transaction);
        }
        self.devnet.new_blocks(1).unwrap();
        let mut results = Vec::new();
        for transaction in sent {
            match self.chain.find(&transaction, 0).await.unwrap() {
                Found::Included { result, .. } => results.push(result.map_err(|error| error.name)),
                Found::NotBy(head) => panic!("not in a block by {head}"),
            }
        }
        results
    }
}

/// The call of one item alone, whatever the plan thinks of it.
fn alone(name: &str, value: &Value, snapshot: &Snapshot) -> Option<Call> {
    let mut state: BTreeMap<_, _> = snapshot.hyperparameters.clone();
    state.insert(name.to_owned(), value.clone());
    call_for(name, &state, vec![name.to_owned()], snapshot)
}

/// Whether neither rate limit nor freeze window stand against it in the next block.
fn on_time(name: &str, snapshot: &Snapshot) -> bool {
    let next = snapshot.block.number + 1;
    catalog::find(name).is_some_and(|row| {
        earliest(row, &snapshot.guards, snapshot.netuid, next) == Opening::At(next)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_agrees_with_every_verdict() {
    let devnet = Devnet::start(Options::default()).unwrap();
    let endpoint = Endpoint::parse(&devnet.url(), false).unwrap();
    let timeout = Duration::from_secs(30);
    let chain = Chain::connect(Connection { endpoint, timeout, cache: None }).await.unwrap();
    let bench = Bench { devnet, chain, key: dev::unlock("alice").unwrap() };
    let mut dice = Dice(46);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for case in 0..90 {
        // Sometimes a step to a block close before an epoch, sometimes a long rest.
        let snapshot = bench.chain.latest(46).await.unwrap();
        let next = snapshot.guards.schedule.next_epoch(46, snapshot.block.number).unwrap();
        let steps = match dice.below(7) {
            0 => next.saturating_sub(snapshot.block.number + dice.below(14)).min(400),
            1 => 721 + dice.below(30),
            _ => dice.below(3),
        };
        bench.devnet.new_blocks(u32::try_from(steps).unwrap()).unwrap();
        let snapshot = bench.chain.latest(46).await.unwrap();
        let count = dice.pick(&[1, 1, 1, 3, 4]);
        let wishes: BTreeMap<_, _> =
            (0..count).map(|_| wish(&mut dice)).map(|wish| (wish.name, wish.value)).collect();
        let wishes: Vec<_> = wishes.into_iter().map(|(name, value)| Wish { name, value }).collect();
        let plan = Plan::build(&snapshot, &wishes, "test", &Terms::default());

        // Refused ones first: they change nothing, so the batch meets the state of the snapshot.
        let mut lists = Vec::new();
        let mut expected = Vec::new();
        for item in plan.blocked() {
            let (word, error) = match &item.verdict {
                Verdict::Later { error, .. } => ("later", Some(error.clone())),
                Verdict::Never { error, .. } => ("never", error.clone()),
                // Alone, a call meets the state of the snapshot; in a plan it may be another. And the
                // chain looks at the clock first, where we say what no waiting mends.
                Verdict::Invalid { error, .. }
                    if wishes.len() == 1 && on_time(&item.name, &snapshot) =>
                {
                    ("invalid", error.clone())
                }
                _ => continue,
            };
            let (Some(error), Some(call)) = (error, alone(&item.name, &item.to, &snapshot)) else {
                continue;
            };
            *seen.entry(word).or_default() += 1;
            lists.push(vec![call]);
            expected.push(Err(error));
        }
        if !plan.calls.is_empty() {
            *seen.entry("now").or_default() += plan.calls.len();
            lists.push(plan.calls.clone());
            expected.push(Ok(()));
        }
        let results = bench.send(&lists, &plan.owner).await;
        assert_eq!(results, expected, "case {case}: {plan:#?}");
        let after = bench.chain.latest(46).await.unwrap();
        for item in plan.changes() {
            assert_eq!(after.hyperparameters.get(&item.name), Some(&item.to), "case {case}");
        }
    }
    println!("{seen:?}");
    for (word, least) in [("now", 30), ("later", 10), ("never", 10), ("invalid", 5)] {
        let count = seen.get(word).copied().unwrap_or_default();
        assert!(count >= least, "only {count} were {word}: {seen:?}");
    }
}
