//! What is forecast, and what then happens.

use serde_json::Value;
use subtune_chain::{Chain, ConnectOptions, Endpoint};
use subtune_devnet::population::Population;
use subtune_devnet::{Options, Seal};
use subtune_model::catalog::{self, By, ValueKind};
use subtune_model::forecast::{Question, Span};
use subtune_model::plan::{Plan, Wish};
use subtune_model::ports::ChainRead as _;
use subtune_model::simulation::Verdict;
use subtune_model::terms::Terms;
use subtune_model::value::Value as Raw;

use crate::support::{Stage, item};

/// Blocks between two epochs of subnet 46 here.
const TEMPO: u16 = 20;
/// How much later every second mechanism is numbered.
const SECOND: u16 = 4_096;

/// A subnet whose validators have set weights, after its first epochs; nothing holds up its owner.
pub(crate) fn populated() -> Stage {
    let population = Population { neurons: 32, disagreement: 400, seed: 7 };
    let options = Options { population: Some(population), ..Options::default() };
    let stage = Stage::with_options(Options { seal: Seal::Instant, ..options });
    stage.lift_rate_limit();
    stage.lift_freeze_window();
    stage.set_46("Tempo", &TEMPO.to_le_bytes());
    stage.chain().new_blocks(130).unwrap();
    stage
}

/// The same, with validators who set weights no more.
pub(crate) fn at_rest() -> Stage {
    let stage = populated();
    let key = [&b":subtune-devnet:population"[..], &46u16.to_le_bytes()].concat();
    stage.chain().set_storage(vec![(key, None)]).unwrap();
    // What was committed is revealed.
    stage.chain().new_blocks(2 * u32::from(TEMPO)).unwrap();
    stage
}

/// What the chain stores by uid.
pub(crate) fn stored(stage: &Stage, name: &str, place: u16) -> Vec<u16> {
    let key = [&item("SubtensorModule", name)[..], &place.to_le_bytes()].concat();
    let bytes = stage.chain().get_storage(&key).unwrap();
    // A length of 32 takes one byte.
    assert_eq!(usize::from(bytes[0] >> 2), (bytes.len() - 1) / 2, "{name}");
    bytes[1..].chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Bonds of a validator: uid and share, after their number.
fn bonds(stage: &Stage, place: u16, uid: u16) -> Vec<(u16, u16)> {
    let key = [&item("SubtensorModule", "Bonds")[..], &place.to_le_bytes(), &uid.to_le_bytes()];
    let Some(bytes) = stage.chain().get_storage(&key.concat()) else { return Vec::new() };
    let number = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]);
    bytes[1..].chunks(4).map(|pair| (number(pair), number(&pair[2..]))).collect()
}

fn forecast(stage: &Stage, line: &str) -> Value {
    stage.expect(&format!("forecast 46 {line} --format json"), 0).json()
}

/// One number of all neurons in an epoch, without the change or with it.
fn of(epoch: &Value, field: &str, which: &str) -> Vec<u16> {
    let neurons = epoch["neurons"].as_array().unwrap();
    let number = |neuron: &Value| u16::try_from(neuron[field][which].as_u64().unwrap()).unwrap();
    neurons.iter().map(number).collect()
}

/// A forecast, and what the chain held when it was made.
struct Foretold {
    data: Value,
    /// When validators had set weights last, by where that is stored.
    updated: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A forecast of a subnet whose validators are at rest.
fn foretold(stage: &Stage, line: &str) -> Foretold {
    Foretold { data: forecast(stage, line), updated: vec![updated(stage, 46)] }
}

/// When validators have set weights last, and where that is stored.
fn updated(stage: &Stage, place: u16) -> (Vec<u8>, Vec<u8>) {
    let key = [&item("SubtensorModule", "LastUpdate")[..], &place.to_le_bytes()].concat();
    let stored = stage.chain().get_storage(&key).unwrap();
    (key, stored)
}

/// Validators at rest set the weights that they have, as late before an epoch as before the forecast.
fn set_again(stage: &Stage, updated: &[(Vec<u8>, Vec<u8>)], later: u64) {
    let again = updated.iter().map(|(key, updated)| {
        let again = updated[1..].chunks(8).flat_map(|block| {
            let block = u64::from_le_bytes(block.try_into().unwrap());
            if block > 0 { block + later } else { 0 }.to_le_bytes()
        });
        (key.clone(), Some([&updated[..1], &again.collect::<Vec<_>>()].concat()))
    });
    stage.chain().set_storage(again.collect()).unwrap();
}

/// Lets the blocks come, and holds what is then stored against what was forecast. Returns how many values
/// were compared.
fn comes_true(stage: &Stage, foretold: &Foretold, mechanisms: u16) -> usize {
    let Foretold { data: forecast, updated } = foretold;
    let epochs = forecast["epochs"].as_array().unwrap();
    let base = forecast["block"].as_u64().unwrap();
    let mut compared = 0;
    for epoch in epochs {
        let block = u32::try_from(epoch["then_block"].as_u64().unwrap()).unwrap();
        stage.chain().new_blocks(block.checked_sub(stage.chain().head().0 + 2).unwrap()).unwrap();
        set_again(stage, updated, u64::from(block) - base);
        stage.chain().new_blocks(1).unwrap();
        assert_eq!(stage.chain().head().0, block);
        for (field, name) in
            [("vtrust", "ValidatorTrust"), ("dividends", "Dividends"), ("consensus", "Consensus")]
        {
            assert_eq!(of(epoch, field, "then"), stored(stage, name, 46), "{block} {name}");
            compared += 32;
        }
        for mechanism in 0..mechanisms {
            let foretold: Vec<_> = epoch["neurons"]
                .as_array()
                .unwrap()
                .iter()
                .map(|neuron| neuron["incentive"][usize::from(mechanism)]["then"].as_u64().unwrap())
                .map(|share| u16::try_from(share).unwrap())
                .collect();
            let place = 46 + SECOND * mechanism;
            assert_eq!(foretold, stored(stage, "Incentive", place), "{block} {mechanism}");
            compared += 32;
        }
        let permits: Vec<_> = stage.get_46("ValidatorPermit").unwrap()[1..].to_vec();
        let neurons = epoch["neurons"].as_array().unwrap();
        let foretold: Vec<_> =
            neurons.iter().map(|neuron| u8::from(neuron["permit"]["then"] == true)).collect();
        assert_eq!(foretold, permits, "{block}");
        compared += 32;
    }
    for neuron in epochs.last().unwrap()["neurons"].as_array().unwrap() {
        let uid = u16::try_from(neuron["uid"].as_u64().unwrap()).unwrap();
        for mechanism in 0..mechanisms {
            let row = &neuron["bonds"][usize::from(mechanism)]["then"];
            let foretold: Vec<(u16, u16)> =
                serde_json::from_value::<Option<_>>(row.clone()).unwrap().unwrap_or_default();
            let place = 46 + SECOND * mechanism;
            assert_eq!(foretold, bonds(stage, place, uid), "bonds of {uid}, {mechanism}");
            compared += foretold.len();
        }
    }
    compared
}

/// A change of the owner's, forecast and then made: ten epochs come out as they were forecast.
fn made_by_the_owner(stage: &Stage, change: &str) -> Value {
    let found = foretold(stage, change);
    stage.expect(&format!("apply 46 {change} --dev-key alice --yes"), 0);
    let compared = comes_true(stage, &found, 1);
    assert!(compared > 1_600, "{change}: {compared}");
    found.data
}

fn is_tested(forecast: &Value) {
    let test = &forecast["self_test"];
    assert_eq!((&test["epochs"], &test["values"]), (&Value::from(3), &test["equal"]), "{test}");
    assert!(test["values"].as_u64().unwrap() > 900, "{test}");
}

#[test]
fn what_is_forecast_of_bonds_comes_true() {
    let stage = at_rest();
    for change in [
        "--set bonds_moving_avg=975000",
        "--set bonds_penalty=20000",
        "--set yuma3_enabled=false",
        "--set yuma3_enabled=true",
    ] {
        let found = made_by_the_owner(&stage, change);
        is_tested(&found);
        let last = found["epochs"].as_array().unwrap().last().unwrap();
        assert_eq!(of(last, "vtrust", "now"), of(last, "vtrust", "then"), "{change}");
        let differs = found["epochs"]
            .as_array()
            .unwrap()
            .iter()
            .any(|epoch| of(epoch, "dividends", "now") != of(epoch, "dividends", "then"));
        assert!(differs, "{change}");
    }
    // Switching re-reads bonds of one kind as those of the other: the jump is seen before.
    let found = forecast(&stage, "--set yuma3_enabled=false --epochs 40");
    let share = |epoch: usize| of(&found["epochs"][epoch], "dividends", "then")[0];
    assert!(share(0).abs_diff(share(39)) > 500, "{} {}", share(0), share(39));
}

#[test]
fn what_is_forecast_of_liquid_alpha_and_activity_comes_true() {
    let stage = at_rest();
    for (change, epochs) in [
        ("--set liquid_alpha_enabled=true --set alpha_low=45875 --set alpha_high=58982", 10),
        ("--set activity_cutoff_factor=1000", 10),
        ("--set activity_cutoff_factor=50000", 10),
        // The clock itself.
        ("--set tempo=360", 2),
    ] {
        let found = foretold(&stage, &format!("{change} --epochs {epochs}"));
        is_tested(&found.data);
        stage.expect(&format!("apply 46 {change} --dev-key alice --yes"), 0);
        comes_true(&stage, &found, 1);
    }
}

#[test]
fn what_is_forecast_of_null_consensus_and_back_comes_true() {
    let stage = at_rest();
    let null = made_by_the_owner(&stage, "--set epoch_consensus=null");
    assert!(of(&null["epochs"][0], "vtrust", "then").iter().all(|vtrust| *vtrust == 0));
    assert!(of(&null["epochs"][0], "vtrust", "now").iter().any(|vtrust| *vtrust > 0));
    made_by_the_owner(&stage, "--set epoch_consensus=yuma");
}

/// Root's own, which the owner can look at all the same.
#[test]
fn what_is_forecast_of_roots_hyperparameters_comes_true() {
    let stage = at_rest();
    let found = foretold(&stage, "--set kappa=50000 --set max_validators=3");
    is_tested(&found.data);
    assert_eq!(found.data["changes"][0]["state"], "not_permitted");
    stage.set_46("Kappa", &50_000u16.to_le_bytes());
    stage.set_46("MaxAllowedValidators", &3u16.to_le_bytes());
    comes_true(&stage, &found, 1);
    let first = &found.data["epochs"][0];
    assert_ne!(of(first, "vtrust", "now"), of(first, "vtrust", "then"));
    // A permit that is lost counts from the second epoch on.
    let permits = |epoch: &Value, which: &str| {
        let neurons = epoch["neurons"].as_array().unwrap();
        neurons.iter().filter(|neuron| neuron["permit"][which] == true).count()
    };
    assert_eq!((permits(first, "now"), permits(first, "then")), (4, 3));
}

/// Two mechanisms share an emission whose very amount enters the sums: every block is run.
#[test]
fn every_block_is_right_for_two_mechanisms() {
    let stage = at_rest();
    stage.set_mechanisms(2);
    let second = (46 + SECOND).to_le_bytes();
    let mut copied = Vec::new();
    for uid in 0..32u16 {
        let key = |place: [u8; 2]| {
            [&item("SubtensorModule", "Weights")[..], &place, &uid.to_le_bytes()].concat()
        };
        // Each validator's weights are another's here.
        let other = [&item("SubtensorModule", "Weights")[..], &46u16.to_le_bytes()];
        let other = [&other.concat()[..], &((uid + 1) % 4).to_le_bytes()].concat();
        let row = stage.chain().get_storage(&other).filter(|_| uid < 4);
        copied.push((key(second), row));
    }
    let (_, first) = updated(&stage, 46);
    copied.push(([&item("SubtensorModule", "LastUpdate")[..], &second].concat(), Some(first)));
    stage.chain().set_storage(copied).unwrap();
    stage.chain().new_blocks(60).unwrap();
    let change = "--set mechanism_emission_split=[50000,15535] --set bonds_moving_avg=500000";
    let data = forecast(&stage, &format!("{change} --every-block"));
    is_tested(&data);
    let both = vec![updated(&stage, 46), updated(&stage, 46 + SECOND)];
    let found = Foretold { data, updated: both };
    stage.expect(&format!("apply 46 {change} --dev-key alice --yes"), 0);
    let compared = comes_true(&stage, &found, 2);
    assert!(compared > 2_000, "{compared}");
    let last = &found.data["epochs"][9];
    assert_ne!(of(last, "vtrust", "now"), of(last, "vtrust", "then"), "the split tells");
}

/// The pure effect of a change on the epochs that have been, with the weights that they had.
#[test]
fn the_past_is_run_once_more() {
    let stage = populated();
    let found = forecast(&stage, "--set bonds_moving_avg=100000 --set kappa=50000 --replay 5");
    assert_eq!((&found["replayed"], &found["self_test"]["epochs"]), (&true.into(), &5.into()));
    let test = &found["self_test"];
    assert_eq!(test["values"], test["equal"]);
    let epochs = found["epochs"].as_array().unwrap();
    assert_eq!(epochs.len(), 5);
    // Without the change it is what the chain has stored.
    let last = &epochs[4];
    let block = u32::try_from(last["block"].as_u64().unwrap()).unwrap();
    assert!(stage.chain().head().0 - block < u32::from(TEMPO));
    assert_eq!(of(last, "dividends", "now"), stored(&stage, "Dividends", 46));
    assert_ne!(of(last, "dividends", "then"), of(last, "dividends", "now"));
    // A change that comes to nothing leaves the past as it was, bonds carried along and all.
    let is = u64::from_le_bytes(
        stage
            .get_46("BondsMovingAverage")
            .map_or(900_000u64.to_le_bytes(), |bytes| bytes.try_into().unwrap()),
    );
    let chain = connect(&stage);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let chain = chain.await;
        let snapshot = chain.latest(46).await.unwrap();
        let wish = Wish { name: "bonds_moving_avg".to_owned(), value: Raw::Uint(7) };
        let plan = Plan::build(&snapshot, &[wish], "test", &Terms::default());
        let mut calls = plan.calls;
        calls[0].args[0].value = Raw::Uint(is.into());
        let question = Question {
            netuid: 46,
            base: snapshot.block.hash,
            owner: snapshot.owner.clone(),
            calls,
            span: Span::Replay { epochs: 5 },
            self_tests: 0,
        };
        let found = chain.forecast(&question, &|_, _| ()).await.unwrap();
        assert!(!found.differs() && found.epochs.len() == 5);
    });
}

/// A past state never changes: it is fetched once, and a damaged file costs that once more.
#[test]
fn what_was_fetched_of_the_past_is_kept() {
    let stage = at_rest();
    let line = "--set bonds_moving_avg=500000 --replay 3";
    let (first, second) = (forecast(&stage, line), forecast(&stage, line));
    assert_eq!(first["epochs"], second["epochs"]);
    let bytes = |of: &Value| of["bytes"].as_u64().unwrap();
    assert!(bytes(&second) * 10 < bytes(&first), "{} {}", bytes(&first), bytes(&second));
    let cache = stage.path("cache");
    let mut states = 0;
    for file in std::fs::read_dir(cache).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "state") {
            let mut bytes = std::fs::read(&path).unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            states += 1;
        }
    }
    assert_eq!(states, 6, "before and after each epoch");
    let third = forecast(&stage, line);
    assert_eq!(first["epochs"], third["epochs"]);
    assert!(bytes(&third) > bytes(&second) * 5);
}

pub(crate) async fn connect(stage: &Stage) -> Chain {
    let endpoint = Endpoint::parse(&stage.chain().url(), false).unwrap();
    Chain::connect(ConnectOptions::new(endpoint)).await.unwrap()
}

/// Every row of the catalog that says so: whatever is set, the next epochs are the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_epoch_does_not_read_changes_nothing_in_it() {
    let stage = at_rest();
    let chain = connect(&stage).await;
    let snapshot = chain.latest(46).await.unwrap();
    let mut wishes = Vec::new();
    for row in catalog::ALL.iter().filter(|row| !row.in_epoch) {
        let settable = row.setters.first().is_some_and(|setter| setter.who.by(475) != By::Nobody);
        let Some(is) = snapshot.hyperparameters.get(row.name).filter(|_| settable) else {
            continue;
        };
        // One more or one less, as far as the bounds let it.
        let near = match (row.kind, is) {
            (ValueKind::Bool, Raw::Bool(is)) => vec![Raw::Bool(!is)],
            (ValueKind::Uint(_), Raw::Uint(is)) => {
                vec![Raw::Uint(is + 1), Raw::Uint(is.saturating_sub(1))]
            }
            _ => continue,
        };
        let fit = near
            .into_iter()
            .find(|value| value != is && row.check_type(value).is_ok() && row.is_in_bounds(value));
        wishes.extend(fit.map(|value| Wish { name: row.name.to_owned(), value }));
    }
    let mut terms = Terms::default();
    terms.verdicts.extend(wishes.iter().map(|wish| (wish.name.clone(), Verdict::Accepted)));
    let plan = Plan::build(&snapshot, &wishes, "test", &terms);
    assert!(plan.calls.len() > 25, "{}", plan.calls.len());
    let question = Question {
        netuid: 46,
        base: snapshot.block.hash,
        owner: snapshot.owner.clone(),
        calls: plan.calls.clone(),
        span: Span::Ahead { epochs: 3, every_block: false },
        self_tests: 1,
    };
    let found = chain.forecast(&question, &|_, _| ()).await.unwrap();
    let refused: Vec<_> = found.refused.iter().map(|one| (&one.sets, &one.error.name)).collect();
    assert!(refused.len() < 6, "{refused:?}");
    assert!(!found.differs(), "{:?}", found.headlines());
}

/// What does not come out as on the chain is no base for a forecast, and is named.
#[test]
fn without_a_past_that_comes_out_there_is_no_forecast() {
    let stage = at_rest();
    let line = "forecast 46 --set bonds_moving_avg=500000";
    let last = u64::from_le_bytes(stage.get_46("LastEpochBlock").unwrap().try_into().unwrap());
    let next = u32::try_from(last).unwrap() + u32::from(TEMPO);
    stage.chain().new_blocks(next - stage.chain().head().0 - 1).unwrap();
    // In the very block of the epoch something else is written.
    let mut vtrust = stage.get_46("ValidatorTrust").unwrap();
    vtrust[1] ^= 1;
    stage.set_46("ValidatorTrust", &vtrust);
    let run = stage.expect(line, 5);
    for part in ["no forecast: the epoch of block", "validator trust of uid 0", "on the chain"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let object = stage.expect(&format!("{line} --format json"), 5).json();
    assert_eq!(object["error"]["exit_code"], 5);
    // Who registers in that block has overwritten what the epoch gave, and proves nothing.
    stage.chain().new_blocks(3 * u32::from(TEMPO) - 1).unwrap();
    let mut incentive = stage.get_46("Incentive").unwrap();
    let uid = 9u16;
    incentive[1 + 2 * usize::from(uid)..][..2].copy_from_slice(&[0, 0]);
    let block = u64::from(stage.chain().head().0) + 1;
    let place = |name: &str, uid: &[u8]| {
        [&item("SubtensorModule", name)[..], &46u16.to_le_bytes(), uid].concat()
    };
    stage
        .chain()
        .set_storage(vec![
            (place("Incentive", &[]), Some(incentive)),
            (place("BlockAtRegistration", &uid.to_le_bytes()), Some(block.to_le_bytes().to_vec())),
        ])
        .unwrap();
    stage.expect(line, 0);
}

/// A subnet that has had no epoch which the node could show.
#[test]
fn without_any_past_it_says_what_to_do() {
    let stage = Stage::with_chain();
    let line = "forecast 46 --set bonds_moving_avg=500000";
    stage.fails(line, 5, "no forecast: none of the past epochs of subnet 46", "--network archive");
    stage.write("next.wasm", "no runtime");
    let own = "plan 46 --set rho=11 --forecast --offline-runtime next.wasm";
    stage.fails(own, 2, "--forecast is by the chain's own code", "leave one of them out");
    // What cannot be read is not taken for none.
    let last = stage.get_46("LastMechansimStepBlock").unwrap();
    stage.set_46("LastMechansimStepBlock", &[1]);
    stage.fails(line, 5, "LastMechansimStepBlock has a form that subtune does not know", "");
    stage.set_46("LastMechansimStepBlock", &last);
    // Asked for beside a plan, it is told, and the plan is as good as without.
    let plan = stage.expect("plan 46 --set bonds_moving_avg=500000 --forecast", 0).stdout;
    assert!(plan.contains("Forecast:\n  no forecast: none of the past epochs"), "{plan}");
}

#[test]
fn what_no_epoch_reads_is_told_with_what_it_does_instead() {
    let stage = populated();
    let story = "--set weights_rate_limit=360 --set adjustment_alpha=17893341751498264576 \
                 --set immunity_period=12000";
    let text = stage.expect(&format!("forecast 46 {story}"), 0).stdout;
    for part in ["no epoch reads any of this", "cannot be pruned", "burn half-life model"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let object = forecast(&stage, story);
    assert_eq!(object["epochs"], Value::Array(Vec::new()));
    assert_eq!(object["not_in_epoch"].as_object().unwrap().len(), 3);
    let run = stage.expect(&format!("forecast 46 {story} --chart c.svg"), 4);
    assert!(run.stderr.contains("nothing to draw") && !stage.path("c.svg").exists());
    // What the code refuses is left out, and the rest is forecast.
    let object = forecast(&stage, "--set bonds_moving_avg=500000 --set alpha_low=40000");
    assert!(object["not_tried"]["alpha_low"].as_str().unwrap().contains("liquid_alpha_enabled"));
    assert_eq!(object["changes"].as_array().unwrap().len(), 1);
}

/// The three lines that matter, before the question; and a picture.
#[test]
fn apply_shows_what_matters_most_and_curves_are_drawn() {
    let stage = at_rest();
    let change = "--set bonds_moving_avg=500000";
    let run = stage.expect(&format!("apply 46 {change} --dev-key alice --yes --forecast"), 0);
    let said = run.stderr;
    for part in ["Forecast:\n  mean Vtrust: ", "  dividends of uid ", "incentive: as without"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for options in ["--wait", "--staged", "--format markdown", "--wait --format markdown"] {
        let plan = stage.expect(&format!("plan 46 --set bonds_penalty=9 --forecast {options}"), 0);
        assert!(plan.stdout.contains("dividends of uid "), "{options}: {}", plan.stdout);
    }
    let wait = "apply 46 --set bonds_penalty=9 --forecast --dev-key alice --wait --dry-run";
    assert!(stage.expect(wait, 0).stdout.contains("Forecast:\n  mean Vtrust: "));
    stage.expect("forecast 46 --set kappa=50000 --epochs 4 --chart c.svg", 0);
    let picture = stage.read("c.svg");
    assert!(picture.starts_with("<svg") && picture.contains("Mean Vtrust"), "{picture}");
    assert!(picture.matches("<polyline").count() > 8, "{picture}");
    stage.fails("forecast 46 --set kappa=50000 --chart c.svg", 6, "already exists", "--force");
}
