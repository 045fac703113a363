//! A chain that can be told what to do, and a person, a key and a journal of which every step is
//! noted: for what no real chain does on request.

use std::collections::VecDeque;
use std::sync::Mutex;

use subtune::ops::{Confirm, Consent, Journal, Sign};
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::origin::{Multisig, Origin};
use subtune_model::plan::{Call, Plan};
use subtune_model::ports::{
    ChainError, ChainRead, ChainWrite, Head, Inclusion, Proposal, Signed, Simulate, Submitted,
    Unsigned,
};
use subtune_model::profile::Profile;
use subtune_model::receipt::{Outcome, Place, Receipt, Transaction};
use subtune_model::schedule::ERA;
use subtune_model::signature::Signature;
use subtune_model::simulation::{Simulation, StateChange, Trial, Tried};
use subtune_model::snapshot::{Schedule, Snapshot};
use subtune_model::value::Value;
use subtune_model::world::World;

use crate::support::ALICE;

pub(crate) const HEAD: u64 = 1_000;
/// The first block that can no longer hold the transaction.
pub(crate) const DEATH: u64 = HEAD + 15;

/// What happened, in order.
pub(crate) type Log = Mutex<Vec<String>>;

/// The hash of the transaction.
pub(crate) const TRANSACTION: Hash32 = Hash32::new([0x77; 32]);

/// The hash of a block.
pub(crate) fn hash(number: u64) -> Hash32 {
    let mut bytes = [0xb1; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Hash32::new(bytes)
}

pub(crate) fn note(log: &Log, event: &str) {
    log.lock().unwrap().push(event.to_owned());
}

/// Subnet 46 of Alice, with these values of two hyperparameters.
pub(crate) fn snapshot(immunity_period: u64, rho: u64) -> Snapshot {
    let schedule = Schedule { tempo: 360, owner_limit_tempos: 2, ..Schedule::default() };
    World::at(425)
        .on(Hash32::new([0x11; 32]))
        .owned_by(ALICE)
        .in_block(HEAD, hash(HEAD))
        .with("immunity_period", Value::Uint(immunity_period.into()))
        .with("rho", Value::Uint(rho.into()))
        .scheduled(schedule)
        .done()
}

/// What a preflight comes to, as the port says it.
pub(crate) type Preflight = Result<Option<Result<(), ChainError>>>;

/// A chain that answers as told.
pub(crate) struct Fake {
    pub(crate) log: Log,
    /// The newest block, again and again.
    pub(crate) now: Mutex<Snapshot>,
    /// The state at the block of the transaction.
    pub(crate) after: Snapshot,
    /// Whether that state cannot be read.
    pub(crate) no_read_back: bool,
    pub(crate) preflight: Mutex<Option<Preflight>>,
    pub(crate) submitted: Mutex<Option<Submitted>>,
    /// The finalized heads to come, `None` for a lost answer. After them the chain stands still; when
    /// the last one is lost, so are all after it.
    pub(crate) heads: Mutex<VecDeque<Option<u64>>>,
    /// Whether an owner that is another one now is the same with a new key.
    pub(crate) rotated: bool,
    /// Whether the next answer to a read gets lost.
    pub(crate) lost: Mutex<bool>,
    /// What the newest block says after each submit.
    pub(crate) moves: Mutex<VecDeque<Snapshot>>,
    /// What the chain's own code changes beside what is asked for; no code where it is not told.
    pub(crate) beside: Option<StateChange>,
    /// The block in which that code begins to accept anything.
    pub(crate) opens: u64,
    /// Answers to the search; the last one is given from then on.
    pub(crate) found: Mutex<VecDeque<Result<Inclusion>>>,
}

impl Fake {
    /// A chain on which all goes well.
    pub(crate) fn good() -> Self {
        Self {
            log: Log::default(),
            now: Mutex::new(snapshot(7_200, 10)),
            after: snapshot(12_000, 20),
            no_read_back: false,
            preflight: Mutex::new(Some(Ok(Some(Ok(()))))),
            submitted: Mutex::new(Some(Submitted::Pooled)),
            heads: Mutex::default(),
            rotated: false,
            lost: Mutex::default(),
            moves: Mutex::default(),
            beside: None,
            opens: 0,
            found: Mutex::new(VecDeque::from([Ok(Inclusion::NotBy(HEAD)), Ok(included(Ok(())))])),
        }
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

pub(crate) fn included(result: Result<(), ChainError>) -> Inclusion {
    let place =
        Place { block: HEAD + 3, block_hash: hash(HEAD + 3), index: 2, fee_rao: Some(4_321) };
    Inclusion::Included { place, result, inside: Vec::new() }
}

/// An error once more.
fn again(error: &Error) -> Error {
    Error::new(error.kind, &error.what).hint(error.next_step())
}

pub(crate) fn chain_error(name: &str) -> ChainError {
    ChainError {
        name: name.to_owned(),
        meaning: "so it is".to_owned(),
        advice: Some("do better next time"),
    }
}

impl ChainRead for Fake {
    async fn latest(&self, _: u16) -> Result<Snapshot> {
        note(&self.log, "read");
        if std::mem::take(&mut *self.lost.lock().unwrap()) {
            return Err(Error::chain("no answer"));
        }
        Ok(self.now.lock().unwrap().clone())
    }

    async fn rotated(&self, _: &str, _: &str, _: &Hash32) -> Result<bool> {
        Ok(self.rotated)
    }

    async fn at_block(&self, _: u16, at: &Hash32) -> Result<Snapshot> {
        let place = if *at == hash(HEAD + 3) { "its block" } else { "another block" };
        note(&self.log, &format!("read back at {place}"));
        if self.no_read_back {
            return Err(Error::chain("no answer"));
        }
        Ok(self.after.clone())
    }

    async fn head(&self, known: &Hash32) -> Result<Option<Head>> {
        note(&self.log, "head");
        let mut heads = self.heads.lock().unwrap();
        let next = heads.front().copied();
        if next.is_some() && (heads.len() > 1 || next != Some(None)) {
            heads.pop_front();
        }
        let number = match next {
            Some(Some(number)) => number,
            Some(None) => return Err(Error::chain("no answer")),
            None => return Ok(None),
        };
        self.now.lock().unwrap().block.number = number;
        let hash = hash(number);
        let time_ms = Some(number.saturating_mul(10_000));
        Ok((hash != *known).then_some(Head { number, hash, time_ms }))
    }

    async fn find(&self, _: &Transaction, from: u64) -> Result<Inclusion> {
        note(&self.log, &format!("find from {from}"));
        let mut found = self.found.lock().unwrap();
        let again = match found.front() {
            Some(Ok(Inclusion::Included { place, result, inside })) => Ok(Inclusion::Included {
                place: place.clone(),
                result: result.clone(),
                inside: inside.clone(),
            }),
            Some(Ok(Inclusion::Unread { place, why })) => {
                Ok(Inclusion::Unread { place: place.clone(), why: again(why) })
            }
            Some(Ok(Inclusion::NotBy(head))) => Ok(Inclusion::NotBy(*head)),
            _ => Err(Error::chain("no answer")),
        };
        if found.len() > 1 {
            found.pop_front();
        }
        again
    }

    async fn proposal(&self, _: &Multisig, _: &Place) -> Result<Proposal> {
        Err(Error::chain("no multisigs here"))
    }

    async fn wait(&self, _: u32, _: bool) {}
}

impl Simulate for Fake {
    async fn simulate(&self, _: u16, _: &Hash32, trials: &[Trial]) -> Result<Simulation> {
        let blocks: Vec<_> = trials.iter().map(|trial| trial.block.to_string()).collect();
        note(&self.log, &format!("simulate in {}", blocks.join(", ")));
        let Some(beside) = &self.beside else { return Err(Error::chain("no code here")) };
        let tried = |trial: &Trial| {
            let open = trial.block >= self.opens;
            let error = || ChainError::named("SubtensorModule.TxRateLimitExceeded");
            Tried {
                result: open.then_some(()).ok_or_else(error),
                inside: Vec::new(),
                fee_rao: Some(1_000),
                effects: vec![beside.clone()],
            }
        };
        Ok(Simulation {
            spec_version: 425,
            code_hash: Hash32::new([1; 32]),
            tried: trials.iter().map(tried).collect(),
            requests: 1,
            bytes: 10,
        })
    }
}

impl ChainWrite for Fake {
    async fn fee(&self, _: &[Call], _: &Origin, _: &str) -> Result<Option<u64>> {
        note(&self.log, "fee");
        Ok(Some(1_000))
    }

    async fn prepare(&self, calls: &[Call], origin: &Origin, signer: &str) -> Result<Unsigned> {
        note(&self.log, "prepare");
        Ok(Unsigned {
            calls: calls.to_vec(),
            origin: origin.clone(),
            signer: signer.to_owned(),
            nonce: 5,
            at_hash: hash(HEAD),
            era: ERA,
            birth: HEAD - 1,
            birth_hash: hash(HEAD - 1),
        })
    }

    async fn sign(
        &self,
        unsigned: &Unsigned,
        sign: &(dyn Fn(&[u8]) -> Signature + Sync),
    ) -> Result<Signed> {
        assert_eq!(sign(b"payload"), Signature::Sr25519([7; 64]));
        note(&self.log, "sign");
        let transaction = Transaction {
            hash: TRANSACTION,
            nonce: unsigned.nonce,
            birth: unsigned.birth,
            death: DEATH,
        };
        Ok(Signed { bytes: vec![1, 2, 3], transaction })
    }

    async fn preflight(&self, _: &Signed) -> Preflight {
        note(&self.log, "preflight");
        self.preflight.lock().unwrap().take().unwrap_or(Ok(Some(Ok(()))))
    }

    async fn submit(&self, _: &Signed) -> Submitted {
        note(&self.log, "submit");
        if let Some(moved) = self.moves.lock().unwrap().pop_front() {
            *self.now.lock().unwrap() = moved;
        }
        self.submitted.lock().unwrap().take().unwrap_or(Submitted::Pooled)
    }
}

/// A person, a key and a journal of which every step is noted.
pub(crate) struct Desk<'log> {
    pub(crate) log: &'log Log,
    pub(crate) consent: bool,
    pub(crate) address: &'static str,
    /// The writes that fail: `rollback`, or the state of a receipt.
    pub(crate) broken: &'static str,
    pub(crate) receipts: Mutex<Vec<Receipt>>,
    pub(crate) rollbacks: Mutex<Vec<Profile>>,
}

impl<'log> Desk<'log> {
    pub(crate) fn new(chain: &'log Fake) -> Self {
        Self {
            log: &chain.log,
            consent: true,
            address: ALICE,
            broken: "",
            receipts: Mutex::default(),
            rollbacks: Mutex::default(),
        }
    }

    pub(crate) fn last(&self) -> Outcome {
        self.receipts.lock().unwrap().last().unwrap().outcome.clone()
    }
}

impl Confirm for Desk<'_> {
    fn confirm(&self, _: &Plan, _: &Snapshot) -> Result<Consent> {
        note(self.log, "ask");
        Ok(if self.consent { Consent::Yes } else { Consent::No })
    }

    fn say(&self, line: &str) {
        assert!(!line.contains('\n'), "{line}");
    }
}

impl Journal for Desk<'_> {
    fn new_id(&self, _: &Plan) -> String {
        "the-id".to_owned()
    }

    fn save_rollback(&self, id: &str, profile: &Profile) -> Result<String> {
        note(self.log, "save rollback");
        if self.broken == "rollback" {
            return Err(Error::other("the disk is full").hint("make room"));
        }
        self.rollbacks.lock().unwrap().push(profile.clone());
        Ok(format!("{id}.rollback.yaml"))
    }

    fn discard_rollback(&self, _: &str) {
        note(self.log, "discard rollback");
        self.rollbacks.lock().unwrap().clear();
    }

    fn discard(&self, _: &str) {
        note(self.log, "discard");
        self.receipts.lock().unwrap().clear();
    }

    fn save(&self, receipt: &Receipt) -> Result<()> {
        let word = receipt.outcome.word();
        note(self.log, &format!("save {word}"));
        if self.broken == word {
            return Err(Error::other("the disk is full").hint("make room"));
        }
        self.receipts.lock().unwrap().push(receipt.clone());
        Ok(())
    }
}

pub(crate) struct Key(pub(crate) &'static str);

impl Sign for Key {
    fn address(&self) -> String {
        self.0.to_owned()
    }

    fn sign(&self, _: &[u8]) -> Signature {
        Signature::Sr25519([7; 64])
    }
}
