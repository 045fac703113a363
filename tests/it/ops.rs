//! The course of a change over a chain that can be told what to do: order of steps, bad ends.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use subtune::ops::{self, Applied, Closing, Consent, Decision, Request};
use subtune_model::error::{Error, Kind, Result};
use subtune_model::plan::{Plan, Wish};
use subtune_model::ports::{ChainError, Inclusion, Submitted};
use subtune_model::receipt::{Command, Outcome, Place, Receipt};
use subtune_model::rules::RATE_LIMIT;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::value::Value;

use crate::fake::{
    DEATH, Desk, Fake, HEAD, Key, TRANSACTION, chain_error, hash, included, note, snapshot,
};
use crate::support::{ALICE, BOB};

fn wish(name: &str, value: u64) -> Wish {
    Wish { name: name.to_owned(), value: Value::Uint(value.into()) }
}

fn request(base: &Snapshot) -> Request {
    let wishes = [wish("immunity_period", 12_000), wish("rho", 20)];
    let plan = Plan::build(base, &wishes, "a test", &Terms::default());
    assert_eq!(plan.calls.len(), 2, "{:?}", plan.items);
    Request {
        command: Command::Apply,
        plan,
        saved: None,
        signer: ALICE.to_owned(),
        skip_blocked: false,
        terms: Terms::default(),
        dry_run: false,
        patience: Duration::from_millis(5),
    }
}

async fn apply(chain: &Fake, desk: &Desk<'_>, request: Request) -> Result<Applied> {
    let base = snapshot(7_200, 10);
    ops::apply(chain, request, &base, desk, desk, async || {
        note(desk.log, "unlock");
        Ok(Key(desk.address))
    })
    .await
}

async fn run(chain: &Fake, desk: &Desk<'_>) -> Result<Applied> {
    apply(chain, desk, request(&snapshot(7_200, 10))).await
}

/// The error of a run, which must have a hint.
#[track_caller]
fn error(result: Result<Applied>) -> (Kind, String, String) {
    let error = result.unwrap_err();
    assert!(error.hint.is_some(), "no hint: {error}");
    (error.kind, error.what, error.hint.unwrap_or_default())
}

#[tokio::test]
async fn the_way_back_and_the_record_are_on_disk_before_anything_is_sent() {
    let chain = Fake::good();
    let desk = Desk::new(&chain);
    let Applied::Done(receipt) = run(&chain, &desk).await.unwrap() else { panic!("not done") };
    assert!(matches!(receipt.outcome, Outcome::Applied { .. }));
    assert_eq!(
        chain.events(),
        [
            "fee",
            "ask",
            "unlock",
            "read",
            "prepare",
            "save rollback",
            "sign",
            "save unknown",
            "preflight",
            "submit",
            "find from 1000",
            "find from 1001",
            "save included",
            "read back at its block",
            "save applied",
        ]
    );
    let rollback = &desk.rollbacks.lock().unwrap()[0];
    assert_eq!(rollback.hyperparameters["immunity_period"], Value::Uint(7_200));
    assert_eq!(rollback.hyperparameters["rho"], Value::Uint(10));
    assert_eq!(rollback.replaces["rho"], Value::Uint(20));
    assert_eq!(rollback.target.as_ref().unwrap().netuid, Some(46));
    let first = &desk.receipts.lock().unwrap()[0];
    assert_eq!((first.transaction.hash, first.transaction.nonce), (TRANSACTION, 5));
    assert_eq!((first.id.as_str(), first.rollback.as_ref()), ("the-id", None));
}

#[tokio::test]
async fn nothing_is_sent_when_the_journal_cannot_be_written() {
    for (broken, last) in [("rollback", "save rollback"), ("unknown", "save unknown")] {
        let chain = Fake::good();
        let desk = Desk { broken, ..Desk::new(&chain) };
        let (kind, what, hint) = error(run(&chain, &desk).await);
        assert_eq!((kind, what.as_str()), (Kind::Other, "the disk is full"));
        assert!(hint.contains("nothing was sent"), "{hint}");
        let events = chain.events();
        let (before, left) = events.split_at(events.len() - 2);
        assert_eq!(before.last().unwrap(), last);
        assert_eq!(left, ["discard rollback", "discard"], "nothing is left behind");
    }
}

/// The disk fills up while the transaction is under way: it is on the chain all the same.
#[tokio::test]
async fn a_record_that_cannot_be_finished_does_not_hide_what_happened() {
    let chain = Fake::good();
    let desk = Desk { broken: "applied", ..Desk::new(&chain) };
    let (kind, what, hint) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Other);
    assert!(what.contains("block 1003") && what.contains("the disk is full"), "{what}");
    assert!(hint.contains("subtune history --refresh"), "{hint}");
    assert!(!hint.contains("nothing was sent"), "{hint}");
    assert!(matches!(desk.last(), Outcome::Included { .. }));

    let chain = Fake { after: snapshot(7_200, 10), ..Fake::good() };
    let desk = Desk { broken: "not verified", ..Desk::new(&chain) };
    let (_, what, _) = error(run(&chain, &desk).await);
    assert!(what.contains("immunity_period is 7200"), "{what}");
}

#[tokio::test]
async fn without_consent_nothing_is_written() {
    let chain = Fake::good();
    let desk = Desk { consent: false, ..Desk::new(&chain) };
    let (kind, what, _) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(what.contains("nothing was written or sent"), "{what}");
    assert_eq!(chain.events(), ["fee", "ask"]);
}

#[tokio::test]
async fn who_is_not_the_owner_is_not_even_asked() {
    let chain = Fake::good();
    let desk = Desk::new(&chain);
    let wrong = Request { signer: BOB.to_owned(), ..request(&snapshot(7_200, 10)) };
    let (kind, what, hint) = error(apply(&chain, &desk, wrong).await);
    assert_eq!(kind, Kind::Refused);
    assert!(what.contains(BOB) && hint.contains(ALICE), "{what} {hint}");
    assert!(chain.events().is_empty());
}

#[tokio::test]
async fn a_key_of_another_account_signs_nothing() {
    let chain = Fake::good();
    let desk = Desk { address: BOB, ..Desk::new(&chain) };
    let (kind, what, _) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Wallet);
    assert!(what.contains("nothing was sent"), "{what}");
    assert_eq!(chain.events().last().unwrap(), "unlock");
}

#[tokio::test]
async fn a_dry_run_asks_nobody() {
    let chain = Fake::good();
    let desk = Desk::new(&chain);
    let dry = Request { dry_run: true, ..request(&snapshot(7_200, 10)) };
    assert!(matches!(apply(&chain, &desk, dry).await, Ok(Applied::DryRun)));
    assert_eq!(chain.events(), ["fee"]);
}

#[tokio::test]
async fn what_is_already_so_is_not_sent() {
    let chain = Fake::good();
    let desk = Desk::new(&chain);
    let base = snapshot(12_000, 20);
    let wishes = [wish("immunity_period", 12_000), wish("rho", 20)];
    let plan = Plan::build(&base, &wishes, "a test", &Terms::default());
    let same = Request { plan, ..request(&snapshot(7_200, 10)) };
    assert!(matches!(apply(&chain, &desk, same).await, Ok(Applied::Nothing)));
    assert!(chain.events().is_empty());
}

#[tokio::test]
async fn a_chain_that_moved_during_the_question_is_noticed() {
    for (now, says) in [
        (snapshot(7_300, 10), "immunity_period: 7200 then, 7300 now"),
        (Snapshot { owner: BOB.to_owned(), ..snapshot(7_200, 10) }, "the owner"),
    ] {
        let chain = Fake { now: Mutex::new(now), ..Fake::good() };
        let desk = Desk::new(&chain);
        let (kind, what, _) = error(run(&chain, &desk).await);
        assert_eq!(kind, Kind::Refused);
        assert!(what.contains("the plan is out of date") && what.contains(says), "{what}");
        assert_eq!(chain.events(), ["fee", "ask", "unlock", "read"]);
    }
    let mut now = snapshot(7_200, 10);
    now.guards.last_change.insert("rho".to_owned(), HEAD - 1);
    let chain = Fake { now: Mutex::new(now), ..Fake::good() };
    let desk = Desk::new(&chain);
    let (kind, what, _) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(what.contains("rho (rate limit"), "{what}");
}

#[tokio::test]
async fn a_read_back_that_differs_is_partial() {
    let chain = Fake { after: snapshot(12_000, 10), ..Fake::good() };
    let desk = Desk::new(&chain);
    let (kind, what, hint) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Partial);
    assert!(what.contains("rho is 10, wanted 20") && !what.contains("immunity"), "{what}");
    assert!(hint.contains("to roll back: `subtune rollback 46 --to the-id`"), "{hint}");
    let Outcome::NotProved { differs, .. } = desk.last() else { panic!("{:?}", desk.last()) };
    assert_eq!(differs.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_followed_and_nothing_is_sent_twice() {
    let chain = Fake {
        submitted: Mutex::new(Some(Submitted::Doubtful("it broke".to_owned()))),
        found: Mutex::new(VecDeque::from([
            Err(Error::chain("no answer")),
            Ok(Inclusion::NotBy(HEAD + 1)),
            Err(Error::chain("no answer")),
            Ok(included(Ok(()))),
        ])),
        ..Fake::good()
    };
    let desk = Desk::new(&chain);
    assert!(matches!(run(&chain, &desk).await, Ok(Applied::Done(_))));
    let events = chain.events();
    assert_eq!(events.iter().filter(|event| *event == "submit").count(), 1);
    // What was looked through once is not looked through again.
    assert_eq!(events.iter().filter(|event| *event == "find from 1000").count(), 2, "{events:?}");
    assert_eq!(events.iter().filter(|event| *event == "find from 1002").count(), 2, "{events:?}");
}

#[tokio::test]
async fn a_chain_that_is_never_heard_again_leaves_the_end_open() {
    let chain = Fake {
        submitted: Mutex::new(Some(Submitted::Doubtful("it broke".to_owned()))),
        found: Mutex::new(VecDeque::from([Err(Error::chain("no answer"))])),
        ..Fake::good()
    };
    let desk = Desk::new(&chain);
    let (kind, what, hint) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Unknown);
    assert!(what.contains(&TRANSACTION.to_string()), "{what}");
    assert!(hint.contains("do not send it again"), "{hint}");
    assert_eq!(desk.last(), Outcome::Sending);
}

#[tokio::test]
async fn a_chain_that_stands_still_is_not_waited_for_without_end() {
    let chain =
        Fake { found: Mutex::new(VecDeque::from([Ok(Inclusion::NotBy(HEAD))])), ..Fake::good() };
    let desk = Desk::new(&chain);
    assert_eq!(error(run(&chain, &desk).await).0, Kind::Unknown);
    assert_eq!(desk.last(), Outcome::Sending);
}

#[tokio::test]
async fn a_transaction_that_is_in_no_block_in_time_is_over() {
    for head in [DEATH - 1, DEATH + 9, u64::MAX] {
        let found = VecDeque::from([Ok(Inclusion::NotBy(DEATH - 2)), Ok(Inclusion::NotBy(head))]);
        let chain = Fake { found: Mutex::new(found), ..Fake::good() };
        let desk = Desk::new(&chain);
        let (kind, what, _) = error(run(&chain, &desk).await);
        assert_eq!(kind, Kind::Refused);
        assert!(what.contains("nothing changed"), "{what}");
        assert_eq!(desk.last(), Outcome::Expired);
    }
}

#[tokio::test]
async fn what_cannot_be_read_back_is_neither_equal_nor_different() {
    let mut after = snapshot(12_000, 20);
    after.hyperparameters.remove("rho");
    after.unreadable.insert("rho".to_owned(), "odd bytes".to_owned());
    let chain = Fake { after, ..Fake::good() };
    let desk = Desk::new(&chain);
    let (kind, what, hint) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Unknown);
    assert!(what.contains("could not be read back: rho: odd bytes"), "{what}");
    assert!(hint.contains("history --refresh"), "{hint}");
}

#[tokio::test]
async fn a_node_that_rejects_it_is_believed() {
    for (name, advice) in [
        ("Invalid Transaction (1010)", "run `subtune plan` again and retry"),
        ("Pool.TooLowPriority", "wait until it is in a block"),
    ] {
        let why = Submitted::Rejected(ChainError::named(name));
        let chain = Fake { submitted: Mutex::new(Some(why)), ..Fake::good() };
        let desk = Desk::new(&chain);
        let (kind, what, hint) = error(run(&chain, &desk).await);
        assert_eq!(kind, Kind::Refused);
        assert!(what.contains(name), "{what}");
        assert!(hint.contains("nothing changed") && hint.contains(advice), "{hint}");
        assert!(matches!(desk.last(), Outcome::Rejected { .. }));
        assert_eq!(chain.events().last().unwrap(), "save rejected");
    }
}

#[tokio::test]
async fn a_preflight_that_fails_names_the_item_and_sends_nothing() {
    // The chain knows of a change that the snapshot does not know.
    let refusal = Ok(Some(Err(chain_error("AdminUtils.ValueNotInBounds"))));
    let chain = Fake { preflight: Mutex::new(Some(refusal)), ..Fake::good() };
    let desk = Desk::new(&chain);
    let (kind, what, hint) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(what.contains("AdminUtils.ValueNotInBounds: so it is"), "{what}");
    assert!(hint.starts_with("do better next time; "), "{hint}");
    assert!(what.contains("nothing was sent"), "{what}");
    assert!(matches!(desk.last(), Outcome::NotSent { .. }));
    // The fact is written down before the chain is asked for the reason.
    let end = ["preflight", "save not sent", "discard rollback", "read"];
    assert!(chain.events().ends_with(&end.map(str::to_owned)), "{:?}", chain.events());
    assert!(desk.rollbacks.lock().unwrap().is_empty());
    assert!(!chain.events().contains(&"submit".to_owned()));

    let chain = Fake {
        preflight: Mutex::new(Some(Err(Error::chain("gone").hint("wait")))),
        ..Fake::good()
    };
    let desk = Desk::new(&chain);
    let (kind, _, hint) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Chain);
    assert!(hint.contains("nothing was sent"), "{hint}");
    assert!(matches!(desk.last(), Outcome::NotSent { .. }));

    // A node without the preflight is used all the same.
    let chain = Fake { preflight: Mutex::new(Some(Ok(None))), ..Fake::good() };
    let desk = Desk::new(&chain);
    assert!(matches!(run(&chain, &desk).await, Ok(Applied::Done(_))));
}

#[tokio::test]
async fn a_refusal_in_the_block_names_the_item_and_the_fee() {
    let found = VecDeque::from([Ok(included(Err(chain_error(RATE_LIMIT))))]);
    let mut after = snapshot(7_200, 10);
    after.guards.last_change.insert("rho".to_owned(), HEAD + 1);
    let chain = Fake { found: Mutex::new(found), after, ..Fake::good() };
    let desk = Desk::new(&chain);
    let (kind, what, _) = error(run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(what.starts_with("the chain refused rho: "), "{what}");
    assert!(what.contains(RATE_LIMIT) && what.contains("4321"), "{what}");
    assert!(matches!(desk.last(), Outcome::Failed { .. }));
}

#[tokio::test]
async fn a_preflight_names_the_item_by_the_rules() {
    // Right at the end of a rate limit, and one that has not ended: only the second is refused.
    let mut now = snapshot(7_200, 10);
    now.guards.last_change.insert("rho".to_owned(), HEAD + 1 - 720);
    let refusal = || Mutex::new(Some(Ok(Some(Err(chain_error(RATE_LIMIT))))));
    let chain = Fake { preflight: refusal(), now: Mutex::new(now), ..Fake::good() };
    let desk = Desk::new(&chain);
    assert!(matches!(run(&chain, &desk).await, Ok(Applied::Done(_))));

    let chain = Fake { preflight: refusal(), ..Fake::good() };
    let desk = Desk::new(&chain);
    assert_eq!(error(run(&chain, &desk).await).0, Kind::Refused);
}

/// A wrong password, and a node that is gone when it is asked once more.
#[tokio::test]
async fn nothing_is_written_before_the_key_is_open_and_the_chain_was_read() {
    let chain = Fake::good();
    let desk = Desk::new(&chain);
    let base = snapshot(7_200, 10);
    let wrong = async || -> Result<Key> {
        note(desk.log, "unlock");
        Err(Error::wallet("the password is wrong").hint("try another one"))
    };
    let run = ops::apply(&chain, request(&base), &base, &desk, &desk, wrong).await;
    assert_eq!(error(run).0, Kind::Wallet);
    assert_eq!(chain.events(), ["fee", "ask", "unlock"]);

    let chain = Fake { lost: Mutex::new(true), ..Fake::good() };
    let desk = Desk::new(&chain);
    assert_eq!(self::run(&chain, &desk).await.unwrap_err().kind, Kind::Chain);
    assert_eq!(chain.events(), ["fee", "ask", "unlock", "read"]);
}

/// A person who takes an hour to find the password signs nothing that has moved meanwhile.
#[tokio::test]
async fn what_moves_while_the_password_is_asked_for_is_seen() {
    let chain = Fake::good();
    let desk = Desk::new(&chain);
    let base = snapshot(7_200, 10);
    let slow = async || {
        *chain.now.lock().unwrap() = snapshot(7_200, 11);
        Ok(Key(desk.address))
    };
    let run = ops::apply(&chain, request(&base), &base, &desk, &desk, slow).await;
    let (kind, what, _) = error(run);
    assert_eq!(kind, Kind::Refused);
    assert!(what.contains("rho: 10 then, 11 now"), "{what}");
    assert!(desk.rollbacks.lock().unwrap().is_empty());
}

/// A new key of the same owner is no takeover, and who reads of it has to know which.
#[tokio::test]
async fn a_rotated_key_of_the_owner_is_told_from_a_takeover() {
    for rotated in [true, false] {
        let chain = Fake { rotated, ..Fake::good() };
        let desk = Desk::new(&chain);
        let base = snapshot(7_200, 10);
        let slow = async || {
            let mut now = snapshot(7_200, 10);
            now.owner = BOB.to_owned();
            *chain.now.lock().unwrap() = now;
            Ok(Key(desk.address))
        };
        let run = ops::apply(&chain, request(&base), &base, &desk, &desk, slow).await;
        let (kind, what, hint) = error(run);
        assert_eq!(kind, Kind::Refused);
        assert!(what.contains(&format!("the owner: {ALICE} then, {BOB} now")), "{what}");
        let told = format!("the chain notes {BOB} as the successor of {ALICE}");
        assert_eq!(what.contains(&told), rotated, "{what}");
        assert_eq!(hint.contains(&format!("sign with the coldkey {BOB}")), rotated, "{hint}");
        assert!(desk.rollbacks.lock().unwrap().is_empty());
    }
}

/// What is known of the end is on disk before anything else is read, and survives when that fails.
#[tokio::test]
async fn a_known_end_is_written_down_before_anything_else_is_read() {
    let unread = |kind| Inclusion::Unread {
        place: Place { block: HEAD + 3, block_hash: hash(HEAD + 3), index: 2, fee_rao: None },
        why: Error::new(kind, "its events cannot be read").hint("ask later"),
    };
    let failed = || included(Err(chain_error(RATE_LIMIT)));
    for (found, saved, says, code) in [
        (vec![included(Ok(()))], "included", "could not be read back", Kind::Unknown),
        // Who is to blame cannot be read; that it failed, and why, is known.
        (vec![failed()], "failed", RATE_LIMIT, Kind::Refused),
        (vec![unread(Kind::Unknown)], "included", "its events cannot be read", Kind::Unknown),
        (vec![unread(Kind::Chain)], "included", "is in block 1003", Kind::Unknown),
        (vec![unread(Kind::Chain), failed()], "failed", RATE_LIMIT, Kind::Refused),
    ] {
        let found = found.into_iter().map(Ok).collect();
        let chain = Fake { found: Mutex::new(found), no_read_back: true, ..Fake::good() };
        let desk = Desk::new(&chain);
        let (kind, what, _) = error(run(&chain, &desk).await);
        assert_eq!(kind, code, "{what}");
        assert!(what.contains(says), "{what}");
        assert_eq!(desk.last().word(), saved);
        let events = chain.events();
        let at = |event: &str| events.iter().position(|known| known == event);
        if let Some(read) = at("read back at its block") {
            assert!(at(&format!("save {saved}")).unwrap() < read, "{events:?}");
        }
        assert_eq!(desk.rollbacks.lock().unwrap().len(), 1);
    }
}

/// A record of which only the block is known is completed later.
#[tokio::test]
async fn what_was_not_read_back_is_read_back_later() {
    let chain = Fake { no_read_back: true, ..Fake::good() };
    let desk = Desk::new(&chain);
    error(run(&chain, &desk).await);
    let mut receipt = desk.receipts.lock().unwrap().pop().unwrap();
    assert!(receipt.outcome.is_open());
    let found = VecDeque::from([Ok(included(Ok(())))]);
    let chain = Fake { found: Mutex::new(found), ..Fake::good() };
    let desk = Desk::new(&chain);
    assert!(ops::settle(&chain, &mut receipt, &desk).await.unwrap());
    assert!(matches!(receipt.outcome, Outcome::Applied { .. }));
    assert_eq!(chain.events()[0], "find from 1003");
    // A node that is behind, or was set back, says nothing about what is in a block.
    let chain = Fake { no_read_back: true, ..Fake::good() };
    let desk = Desk::new(&chain);
    error(run(&chain, &desk).await);
    let mut receipt = desk.receipts.lock().unwrap().pop().unwrap();
    let found = VecDeque::from([Ok(Inclusion::NotBy(DEATH + 5))]);
    let chain = Fake { found: Mutex::new(found), ..Fake::good() };
    assert!(!ops::settle(&chain, &mut receipt, &Desk::new(&chain)).await.unwrap());
    assert!(receipt.outcome.is_open());
}

#[tokio::test]
async fn settling_asks_and_writes_the_answer_down() {
    let place = |found: Inclusion| match found {
        Inclusion::Included { place, .. } => place,
        _ => panic!("not included"),
    };
    let place = place(included(Ok(())));
    let failed = chain_error("BadOrigin");
    for (found, after, outcome) in [
        (included(Ok(())), snapshot(12_000, 20), Some(Outcome::Applied { place: place.clone() })),
        (
            included(Err(failed.clone())),
            snapshot(7_200, 10),
            Some(Outcome::Failed { place, error: failed.to_string() }),
        ),
        (Inclusion::NotBy(DEATH - 1), snapshot(7_200, 10), Some(Outcome::Expired)),
        (Inclusion::NotBy(DEATH - 2), snapshot(7_200, 10), None),
    ] {
        let mut receipt = sending().await;
        let found = VecDeque::from([Ok(found)]);
        let chain = Fake { found: Mutex::new(found), after, ..Fake::good() };
        let desk = Desk::new(&chain);
        let settled = ops::settle(&chain, &mut receipt, &desk).await.unwrap();
        assert_eq!(settled, outcome.is_some());
        assert_eq!(receipt.outcome, outcome.clone().unwrap_or(Outcome::Sending));
        assert_eq!(desk.receipts.lock().unwrap().last().is_some(), settled);
        // What is known is not asked again.
        let asked = chain.events().len();
        if settled {
            assert!(ops::settle(&chain, &mut receipt, &desk).await.unwrap());
            assert_eq!(chain.events().len(), asked);
        }
    }
}

/// The record that is on disk when the chain is never heard again.
async fn sending() -> Receipt {
    let chain = Fake {
        found: Mutex::new(VecDeque::from([Err(Error::chain("no answer"))])),
        ..Fake::good()
    };
    let desk = Desk::new(&chain);
    run(&chain, &desk).await.unwrap_err();
    desk.receipts.into_inner().unwrap().remove(0)
}

/// A record that stays open, by a chain that never tells.
async fn stuck(found: Inclusion) -> (Fake, Receipt) {
    let receipt = sending().await;
    let found = VecDeque::from([Ok(found)]);
    (Fake { found: Mutex::new(found), ..Fake::good() }, receipt)
}

fn decision(applied: bool) -> Decision {
    Decision { applied, because: "an explorer shows it".to_owned() }
}

#[tokio::test]
async fn a_record_is_not_closed_while_its_transaction_may_get_into_a_block() {
    for (head, closes) in [(DEATH - 2, false), (DEATH - 1, true), (u64::MAX, true)] {
        let receipt = &mut sending().await;
        let found = VecDeque::from([Err(Error::chain("no answer"))]);
        let heads = Mutex::new(VecDeque::from([Some(head)]));
        let chain = Fake { found: Mutex::new(found), heads, ..Fake::good() };
        let desk = Desk::new(&chain);
        let ended = ops::close(&chain, receipt, &desk, &decision(false), |_, why| {
            assert_eq!(why, "no answer");
            Ok(Consent::Yes)
        })
        .await;
        if closes {
            assert_eq!(ended.unwrap(), Closing::Decided);
            let Outcome::Closed { applied: false, because, place: None, .. } = desk.last() else {
                panic!("{:?}", desk.last())
            };
            assert_eq!(because, "an explorer shows it");
            assert!(!receipt.outcome.is_open());
        } else {
            let error = ended.unwrap_err();
            assert_eq!(error.kind, Kind::Refused);
            assert!(error.what.contains("may still get into a block"), "{error}");
            assert!(receipt.outcome.is_open() && desk.receipts.lock().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn what_the_chain_tells_counts_for_more_than_a_decision() {
    let (chain, mut receipt) = stuck(included(Ok(()))).await;
    let desk = Desk::new(&chain);
    let nobody = |_: &Receipt, _: &str| panic!("nobody is asked");
    let ended = ops::close(&chain, &mut receipt, &desk, &decision(false), nobody).await;
    assert_eq!(ended.unwrap(), Closing::Told);
    assert!(matches!(desk.last(), Outcome::Applied { .. }));
    // And what is known is not decided.
    let error =
        ops::close(&chain, &mut receipt, &desk, &decision(false), nobody).await.unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert!(error.what.contains("is known: applied"), "{error}");

    let unread = Inclusion::Unread {
        place: Place { block: HEAD + 3, block_hash: hash(HEAD + 3), index: 2, fee_rao: None },
        why: Error::new(Kind::Unknown, "its events cannot be read"),
    };
    let (chain, mut receipt) = stuck(unread).await;
    let desk = Desk::new(&chain);
    let no = |_: &Receipt, _: &str| Ok(Consent::No);
    let error = ops::close(&chain, &mut receipt, &desk, &decision(true), no).await.unwrap_err();
    assert!(error.what.contains("stays open"), "{error}");
    let yes = |_: &Receipt, _: &str| Ok(Consent::Yes);
    ops::close(&chain, &mut receipt, &desk, &decision(true), yes).await.unwrap();
    assert_eq!(desk.last().place().unwrap().block, HEAD + 3, "what is known is kept");
}
