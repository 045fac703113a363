//! What the chain refuses although the plan was good: something moved at the last moment.

use std::sync::Mutex;
use std::time::Duration;

use sp_crypto_hashing::twox_128;
use subtune::ops::{Applied, Confirm, Consent, Journal, Request, apply};
use subtune_chain::{Chain, ConnectOptions as Connection, Endpoint};
use subtune_devnet::{Devnet, Options, Seal};
use subtune_model::error::{Error, Kind};
use subtune_model::hash::Hash32;
use subtune_model::origin::{Multisig, Origin};
use subtune_model::plan::Call;
use subtune_model::plan::{Plan, Wish};
use subtune_model::ports::{
    ChainError, ChainRead, ChainWrite, Head, Inclusion, Proposal, Signed, Submitted, Unsigned,
};
use subtune_model::profile::Profile;
use subtune_model::receipt::{Command, Outcome, Receipt};
use subtune_model::receipt::{Place, Transaction};
use subtune_model::signature::Signature;
use subtune_model::snapshot::SetterState;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::value::Value;
use subtune_wallet::{Unlocked, dev};

use crate::support::Stage;

/// Says yes, and does something when this is said.
struct Yes<'a>(&'static str, &'a (dyn Fn() + Sync));

impl Confirm for Yes<'_> {
    fn confirm(&self, _: &Plan, _: &Snapshot) -> Result<Consent, Error> {
        Ok(Consent::Yes)
    }

    fn say(&self, line: &str) {
        if line.starts_with(self.0) {
            (self.1)();
        }
    }
}

/// Keeps the newest record.
#[derive(Default)]
struct Memory(Mutex<Option<Receipt>>);

impl Journal for Memory {
    fn new_id(&self, _: &Plan) -> String {
        "id".to_owned()
    }

    fn save_rollback(&self, _: &str, _: &Profile) -> Result<String, Error> {
        Ok("rollback.yaml".to_owned())
    }

    fn discard_rollback(&self, _: &str) {}

    fn discard(&self, _: &str) {
        *self.0.lock().unwrap() = None;
    }

    fn save(&self, receipt: &Receipt) -> Result<(), Error> {
        *self.0.lock().unwrap() = Some(receipt.clone());
        Ok(())
    }
}

/// The owner's rate-limit slot of max_burn on subnet 46.
fn max_burn_slot() -> Vec<u8> {
    let mut key = twox_128(b"SubtensorModule").to_vec();
    key.extend(twox_128(b"LastRateLimitedBlock"));
    key.extend([1, 46, 0, 12]);
    key
}

/// Somebody else has just changed max_burn.
fn somebody_was_faster(devnet: &Devnet) {
    let now = u64::from(devnet.head().0).to_le_bytes().to_vec();
    devnet.set_storage(vec![(max_burn_slot(), Some(now))]).unwrap();
}

fn ten_wishes() -> Vec<Wish> {
    let switches = ["liquid_alpha_enabled", "bonds_reset_enabled", "owner_cut_auto_lock_enabled"];
    let numbers = [
        ("immunity_period", 9_000),
        ("max_burn", 50_000_000_000),
        ("min_burn", 1_000_000),
        ("serving_rate_limit", 100),
        ("bonds_penalty", 0),
        ("burn_half_life", 720),
        ("min_allowed_weights", 4),
    ];
    let switches = switches.map(|name| (name, Value::Bool(true)));
    let numbers = numbers.map(|(name, raw)| (name, Value::Uint(raw)));
    let all = switches.into_iter().chain(numbers);
    all.map(|(name, value)| Wish { name: name.to_owned(), value }).collect()
}

struct Ended {
    error: Error,
    receipt: Receipt,
    before: Snapshot,
    after: Snapshot,
    free: [u64; 2],
}

/// Applies ten changes; `then` happens when a line of progress begins so.
async fn ten_changes(devnet: &Devnet, said: &'static str, then: &(dyn Fn() + Sync)) -> Ended {
    let endpoint = Endpoint::parse(&devnet.url(), false).unwrap();
    let timeout = Duration::from_secs(30);
    let chain = Chain::connect(Connection { timeout, ..Connection::new(endpoint) }).await.unwrap();
    let before = chain.latest(46).await.unwrap();
    let plan = Plan::build(&before, &ten_wishes(), "test", &Terms::default());
    assert_eq!(plan.calls.len(), 10, "{:?}", plan.items);
    let request = Request {
        command: Command::Apply,
        signer: plan.owner.clone(),
        plan,
        saved: None,
        skip_blocked: false,
        terms: Terms::default(),
        dry_run: false,
        patience: Duration::from_secs(60),
    };
    let journal = Memory::default();
    let balance = free(devnet);
    let ended =
        apply(&chain, request, &before, &Yes(said, then), &journal, async || dev::unlock("alice"))
            .await;
    let error = match ended {
        Err(error) => error,
        Ok(Applied::Nothing | Applied::DryRun | Applied::Done(_)) => panic!("it went through"),
    };
    let after = chain.latest(46).await.unwrap();
    let receipt = journal.0.lock().unwrap().take().unwrap();
    Ended { error, receipt, before, after, free: [balance, free(devnet)] }
}

/// Free balance of Alice in rao.
fn free(devnet: &Devnet) -> u64 {
    let alice: Unlocked = dev::unlock("alice").unwrap();
    let mut key = twox_128(b"System").to_vec();
    key.extend(twox_128(b"Account"));
    key.extend(sp_crypto_hashing::blake2_128(&alice.account()));
    key.extend(alice.account());
    // nonce, consumers, providers, sufficients: four u32; then the free balance.
    let account = devnet.get_storage(&key).unwrap();
    u64::from_le_bytes(account[16..24].try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preflight_stops_it_and_names_the_item() {
    let devnet = Devnet::start(Options { seal: Seal::Instant, ..Options::default() }).unwrap();
    // After it was signed, before the node is asked.
    let said = "wrote rollback profile";
    let ended = ten_changes(&devnet, said, &|| somebody_was_faster(&devnet)).await;
    assert_eq!(ended.error.kind, Kind::Refused);
    let what = &ended.error.what;
    for part in ["refused max_burn:", "TxRateLimitExceeded", "too recently", "no fee"] {
        assert!(what.contains(part), "{what}");
    }
    assert!(ended.error.next_step().contains("`subtune plan` shows the block"), "{}", ended.error);
    assert!(matches!(ended.receipt.outcome, Outcome::NotSent { .. }));
    assert_eq!(ended.before.hyperparameters, ended.after.hyperparameters);
    assert_eq!(ended.free[0], ended.free[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_item_takes_the_whole_batch_down_and_is_named() {
    let devnet = Devnet::start(Options::default()).unwrap();
    let ended = ten_changes(&devnet, "sent ", &|| {
        somebody_was_faster(&devnet);
        devnet.new_blocks(1).unwrap();
    })
    .await;
    assert_eq!(ended.error.kind, Kind::Refused);
    let what = &ended.error.what;
    for part in ["refused max_burn:", "TxRateLimitExceeded", "too recently", "nothing changed"] {
        assert!(what.contains(part), "{what}");
    }
    assert!(ended.error.next_step().contains("`subtune plan` shows the block"), "{}", ended.error);
    let Outcome::Failed { place, .. } = &ended.receipt.outcome else {
        panic!("{:?}", ended.receipt)
    };
    assert_eq!(ended.before.hyperparameters, ended.after.hyperparameters);
    assert_eq!(ended.free[0] - ended.free[1], place.fee_rao.unwrap());
}

/// The chain, seen with a rule too few: it lets the owner set what only root may.
struct Lenient(Chain);

fn lenient(mut snapshot: Snapshot) -> Snapshot {
    for state in snapshot.guards.setters.values_mut() {
        if let SetterState::Call { who, .. } = state {
            *who = "owner";
        }
    }
    snapshot
}

impl ChainRead for Lenient {
    async fn rotated(&self, before: &str, now: &str, hash: &Hash32) -> Result<bool, Error> {
        self.0.rotated(before, now, hash).await
    }

    async fn latest(&self, netuid: u16) -> Result<Snapshot, Error> {
        self.0.latest(netuid).await.map(lenient)
    }

    async fn at_block(&self, netuid: u16, hash: &Hash32) -> Result<Snapshot, Error> {
        self.0.at_block(netuid, hash).await.map(lenient)
    }

    async fn head(&self, known: &Hash32) -> Result<Option<Head>, Error> {
        self.0.head(known).await
    }

    async fn find(&self, transaction: &Transaction, from: u64) -> Result<Inclusion, Error> {
        self.0.find(transaction, from).await
    }

    async fn proposal(&self, multisig: &Multisig, place: &Place) -> Result<Proposal, Error> {
        self.0.proposal(multisig, place).await
    }

    async fn wait(&self, tries: u32, lost: bool) {
        self.0.wait(tries, lost).await;
    }
}

impl ChainWrite for Lenient {
    async fn fee(
        &self,
        calls: &[Call],
        origin: &Origin,
        signer: &str,
    ) -> Result<Option<u64>, Error> {
        self.0.fee(calls, origin, signer).await
    }

    async fn prepare(
        &self,
        calls: &[Call],
        origin: &Origin,
        signer: &str,
    ) -> Result<Unsigned, Error> {
        self.0.prepare(calls, origin, signer).await
    }

    async fn sign(
        &self,
        unsigned: &Unsigned,
        sign: &(dyn Fn(&[u8]) -> Signature + Sync),
    ) -> Result<Signed, Error> {
        self.0.sign(unsigned, sign).await
    }

    async fn preflight(&self, signed: &Signed) -> Result<Option<Result<(), ChainError>>, Error> {
        self.0.preflight(signed).await
    }

    async fn submit(&self, _: &Signed) -> Submitted {
        panic!("it was sent")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_our_rules_wrongly_allow_the_preflight_stops() {
    let devnet = Devnet::start(Options { seal: Seal::Instant, ..Options::default() }).unwrap();
    let endpoint = Endpoint::parse(&devnet.url(), false).unwrap();
    let timeout = Duration::from_secs(30);
    let chain = Chain::connect(Connection { timeout, ..Connection::new(endpoint) }).await.unwrap();
    let chain = Lenient(chain);
    let before = chain.latest(46).await.unwrap();
    let wishes = [("weights_rate_limit", 360), ("immunity_period", 12_000)];
    let wishes = wishes.map(|(name, raw)| Wish { name: name.to_owned(), value: Value::Uint(raw) });
    let plan = Plan::build(&before, &wishes, "test", &Terms::default());
    assert_eq!(plan.calls.len(), 2, "the rules allow both: {plan:?}");
    let request = Request {
        command: Command::Apply,
        signer: plan.owner.clone(),
        plan,
        saved: None,
        skip_blocked: false,
        terms: Terms::default(),
        dry_run: false,
        patience: Duration::from_secs(60),
    };
    let (journal, balance) = (Memory::default(), free(&devnet));
    let unlock = async || dev::unlock("alice");
    let ended = apply(&chain, request, &before, &Yes("", &|| {}), &journal, unlock).await;
    let error = ended.unwrap_err();
    println!("{error} (balance {balance} before, {} after)", free(&devnet));
    assert_eq!(error.kind, Kind::Refused);
    for part in ["BadOrigin", "nothing was sent", "no fee was paid"] {
        assert!(error.what.contains(part), "{error}");
    }
    let after = chain.latest(46).await.unwrap();
    assert_eq!(before.hyperparameters, after.hyperparameters);
    assert_eq!(free(&devnet), balance);
}

/// Which symbols there are, only the chain knows: one that it does not know takes all the others down, and
/// they go without it.
#[test]
fn what_the_chain_refuses_is_named_and_can_be_left_out() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let apply = "apply 46 --set token_symbol=nosuch --set rho=11 --set immunity_period=12000 \
                 --allow-unknown --dev-key alice --yes";
    // The chain's own code says so before there is a key.
    stage.fails(apply, 6, "refuses it now: SubtensorModule.SymbolDoesNotExist", "--skip-blocked");
    let run = stage.expect(&format!("{apply} --no-simulate"), 6);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "the chain refused token_symbol: SubtensorModule.SymbolDoesNotExist",
        "nothing was sent",
        "a plan is applied all or nothing: `--without token_symbol` leaves it out",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    stage.expect(&format!("{apply} --without token_symbol"), 0);
    assert_eq!(stage.get_46("ImmunityPeriod").unwrap(), 12_000u16.to_le_bytes());
    stage.rate_limit(0);
    stage.expect("rollback 46 --without rho --dev-key alice --yes", 0);
    assert_eq!(stage.get_46("ImmunityPeriod").unwrap(), 7_200u16.to_le_bytes());
    assert_eq!(stage.get_46("Rho").unwrap(), 11u16.to_le_bytes());
    let error = "--without kappa: it is not among the requested changes";
    stage.fails("plan 46 --set rho=11 --without kappa", 4, error, "`subtune plan` shows");
}
