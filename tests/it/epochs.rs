//! Epochs that the chain has run, read as samples.

use subtune_chain::Chain;
use subtune_model::monitor::{Mode, Sample, Sampled};
use subtune_model::ports::EpochRead as _;

use crate::forecast::{at_rest, connect, populated, stored};
use crate::support::{Stage, item};

/// Does something with the chain of a stage.
fn on<T>(stage: &Stage, work: impl AsyncFnOnce(&Chain) -> T) -> T {
    let chain = connect(stage);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let chain = chain.await;
        work(&chain).await
    })
}

async fn sample(chain: &Chain, block: u64, like: Option<&Sample>) -> Sample {
    match chain.sample(46, 0, block, like).await.unwrap() {
        Sampled::Is(sample) => *sample,
        other => panic!("{block}: {other:?}"),
    }
}

#[test]
fn an_epoch_is_read_as_it_is_stored() {
    let stage = at_rest();
    let (one, last) = on(&stage, async |chain| {
        let clock = chain.clock(46).await.unwrap();
        (sample(chain, clock.last, None).await, clock)
    });
    assert_eq!((one.block, one.mode.clone(), one.neurons.len()), (last.last, Mode::Yuma, 32));
    let of = |what: fn(&subtune_model::monitor::Neuron) -> u16| -> Vec<u16> {
        one.neurons.iter().map(what).collect()
    };
    assert_eq!(of(|neuron| neuron.vtrust), stored(&stage, "ValidatorTrust", 46));
    assert_eq!(of(|neuron| neuron.consensus), stored(&stage, "Consensus", 46));
    assert_eq!(of(|neuron| neuron.dividends), stored(&stage, "Dividends", 46));
    assert_eq!(of(|neuron| neuron.incentive), stored(&stage, "Incentive", 46));
    assert_eq!(of(|neuron| neuron.stake_weight), stored(&stage, "StakeWeight", 46));
    for neuron in one.neurons.iter().filter(|neuron| neuron.permit) {
        let place = [46u16.to_le_bytes(), neuron.uid.to_le_bytes()].concat();
        let key = [&item("SubtensorModule", "Weights")[..], &place].concat();
        let row = stage.chain().get_storage(&key).unwrap();
        let entries: Vec<u8> = neuron
            .weights
            .iter()
            .flat_map(|(uid, weight)| [uid.to_le_bytes(), weight.to_le_bytes()].concat())
            .collect();
        // A length of up to 63 takes one byte.
        assert_eq!(row[1..], entries);
        assert!(neuron.last_update > 0 && !neuron.weights.is_empty());
    }
    assert_eq!(one.hyperparameters["kappa"].as_u64(), one.kappa.map(u64::from));
    assert_eq!(one.tempo, 20);
}

/// Another sample tells what to ask for: the same comes out, in fewer requests.
#[test]
fn what_one_epoch_tells_saves_requests_for_the_next() {
    let stage = populated();
    on(&stage, async |chain| {
        let last = chain.clock(46).await.unwrap().last;
        let first = sample(chain, last, None).await;
        let before = chain.traffic().requests;
        let cold = sample(chain, first.previous, None).await;
        let asked = chain.traffic().requests - before;
        let before = chain.traffic().requests;
        let warm = sample(chain, first.previous, Some(&first)).await;
        let again = chain.traffic().requests - before;
        assert_eq!(cold, warm);
        assert!(again < asked, "{again} {asked}");
        assert!(warm.previous < warm.block && warm.previous > 0);
        // A block without an epoch says so.
        let none = chain.sample(46, 0, last - 1, None).await.unwrap();
        assert_eq!(none, Sampled::NoEpoch(first.previous));
    });
}

/// Weights that are committed first: what was due by an epoch, and whether it was revealed.
#[test]
fn commits_that_are_due_are_told() {
    let stage = populated();
    on(&stage, async |chain| {
        let mut block = chain.clock(46).await.unwrap().last;
        let (mut due, mut like) = (0, None);
        for _ in 0..5 {
            let one = sample(chain, block, like.as_ref()).await;
            assert_eq!(one.commit_reveal, Some(true));
            for neuron in &one.neurons {
                let Some(commit) = neuron.commit else { continue };
                assert!(commit.revealed && commit.block < block, "{neuron:?}");
                due += 1;
            }
            block = one.previous;
            like = Some(one);
        }
        assert!(due > 0);
    });
}

/// All subnets at once, as what else goes on in the network.
#[test]
fn all_subnets_are_read_at_once() {
    let stage = at_rest();
    let vtrust = stored(&stage, "ValidatorTrust", 46);
    on(&stage, async |chain| {
        let head = chain.clock(46).await.unwrap();
        let first = chain.control(&head.hash).await.unwrap();
        let before = chain.traffic().requests;
        let control = chain.control(&head.hash).await.unwrap();
        assert_eq!(first, control);
        // The runtime of the block, and the values.
        assert!(chain.traffic().requests - before <= 2);
        let above: Vec<u64> =
            vtrust.iter().filter(|it| **it > 0).map(|it| u64::from(*it)).collect();
        let count = u32::try_from(above.len()).unwrap();
        assert_eq!(control.subnets[&46], (above.iter().sum(), count));
        assert!(control.subnets.len() > 1 && !control.subnets.contains_key(&0));
    });
}
