//! Changes that wait for freeze window and rate limits: first over a chain that can be told what to
//! do, then with the real tool on a local chain.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command as Process, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use subtune::ops::{self, Consent, Link, Request, Wait, WaitLimit, Waited, Waiting, Watch};
use subtune_model::error::{Kind, Result};
use subtune_model::finding::MORE_CHANGES;
use subtune_model::plan::{Plan, Wish};
use subtune_model::planner::stage::Stage as Part;
use subtune_model::receipt::Command;
use subtune_model::simulation::{Judgement, StateChange};
use subtune_model::snapshot::{Anchor, Known, Snapshot};
use subtune_model::terms::Terms;
use subtune_model::value::Value;

use crate::fake::{Desk, Fake, HEAD, Key, note, snapshot};
use crate::support::{ALICE, BOB, Run, Stage};

/// First block at which the immunity period may be changed again.
const FREE: u64 = HEAD + 20;

impl Watch for Desk<'_> {
    fn agree(&self, _: &Plan, stages: &[Part], _: &Snapshot) -> Result<Consent> {
        let stages: Vec<_> = stages
            .iter()
            .map(|Part { block, waits_for, plan }| {
                let names: Vec<_> = plan.changes().map(|item| item.name.as_str()).collect();
                format!("{} in {block} after [{waits_for}]", names.join("+"))
            })
            .collect();
        note(self.log, &format!("agree: {}", stages.join(", ")));
        Ok(if self.consent { Consent::Yes } else { Consent::No })
    }

    fn waiting(&self, wait: &Wait<'_>) {
        let link = match wait.link {
            Link::Good => "",
            Link::Still(_) => ", still",
            Link::Lost(_) => ", lost",
        };
        let (left, seconds) = (wait.blocks_left(), wait.seconds_left());
        note(self.log, &format!("{left} blocks, {seconds} s{link}"));
    }

    fn over(&self, reached: bool) {
        note(self.log, if reached { "over" } else { "broken off" });
    }
}

/// The subnet with an immunity period that was changed a short while ago.
fn limited(immunity_period: u64, rho: u64) -> Snapshot {
    let mut snapshot = snapshot(immunity_period, rho);
    snapshot.guards.last_change.insert("immunity_period".to_owned(), FREE - 720);
    snapshot.guards.time_ms = Known::Is(HEAD * 10_000);
    snapshot
}

fn chain(heads: &[Option<u64>]) -> Fake {
    Fake {
        now: Mutex::new(limited(7_200, 10)),
        heads: Mutex::new(heads.iter().copied().collect()),
        ..Fake::good()
    }
}

struct Case {
    base: Snapshot,
    wishes: Vec<Wish>,
    skip_blocked: bool,
    dry_run: bool,
    signer: &'static str,
    staged: bool,
    limit: Option<WaitLimit>,
    simulate: bool,
    patience: Duration,
}

impl Case {
    fn new() -> Self {
        let wish = |name: &str, value: u64| Wish {
            name: name.to_owned(),
            value: Value::Uint(value.into()),
        };
        Self {
            base: limited(7_200, 10),
            wishes: vec![wish("immunity_period", 12_000), wish("rho", 20)],
            skip_blocked: false,
            dry_run: false,
            signer: ALICE,
            staged: false,
            limit: None,
            simulate: false,
            patience: Duration::from_secs(60),
        }
    }

    fn staged() -> Self {
        Self { staged: true, ..Self::new() }
    }

    async fn run(self, chain: &Fake, desk: &Desk<'_>) -> Result<Waited> {
        let Self { base, wishes, skip_blocked, dry_run, signer, staged, limit, simulate, patience } =
            self;
        let terms = Terms::default();
        let plan = Plan::build(&base, &wishes, "a test", &terms);
        let request = Request {
            command: Command::Apply,
            plan,
            saved: None,
            signer: signer.to_owned(),
            skip_blocked,
            terms,
            dry_run,
            patience,
        };
        let waiting = Waiting { staged, limit, simulate, watch: desk };
        let enter = async || {
            note(desk.log, "enter");
            Ok(())
        };
        let unlock = async || {
            note(desk.log, "unlock");
            Ok(Key(desk.address))
        };
        ops::wait_and_apply(chain, request, &waiting, &base, desk, enter, unlock).await
    }
}

/// The error of a run that must not have locked, unlocked, written or sent anything.
#[track_caller]
fn nothing_done(chain: &Fake, result: Result<Waited>) -> (Kind, String) {
    let Err(error) = result else { panic!("it went through: {:?}", chain.events()) };
    let events = chain.events();
    for event in ["enter", "unlock", "save rollback", "sign", "submit"] {
        assert!(!events.contains(&event.to_owned()), "{event}: {events:?}");
    }
    let said = format!("{}; {}", error.what, error.next_step());
    (error.kind, said)
}

fn count(chain: &Fake, event: &str) -> usize {
    chain.events().iter().filter(|known| *known == event).count()
}

#[tokio::test]
async fn nothing_is_locked_or_unlocked_before_the_wait_is_over() {
    let chain = chain(&[Some(HEAD), None, Some(HEAD + 5), Some(FREE - 1)]);
    let desk = Desk::new(&chain);
    let Waited::Done(sent) = Case::new().run(&chain, &desk).await.unwrap() else { panic!() };
    assert_eq!(sent.len(), 1);
    assert_eq!(
        chain.events(),
        [
            "fee",
            "agree: immunity_period+rho in 1020 after [rate limit of immunity_period]",
            "19 blocks, 228 s",
            "head",
            "19 blocks, 228 s",
            "head",
            "19 blocks, 228 s, lost",
            "head",
            // The blocks of this chain come every ten seconds.
            "14 blocks, 140 s",
            "head",
            "over",
            "read",
            "enter",
            "fee",
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
    assert!(rollback.source.contains(&format!("block {}", FREE - 1)), "{}", rollback.source);
}

/// What the chain's own code changes beside what is asked for: told before the wait, and taken back by
/// the rollback profile of what is then sent.
#[tokio::test]
async fn the_code_is_asked_before_the_wait_and_again_after_it() {
    let beside = StateChange {
        item: "SubtensorModule.MaxBurn(46)".to_owned(),
        name: Some("max_burn".to_owned()),
        clock_of: None,
        from: Some(Value::Uint(9)),
        to: Some(Value::Uint(1)),
    };
    let code = |opens| Fake {
        beside: Some(beside.clone()),
        opens,
        ..chain(&[Some(HEAD), Some(FREE - 1)])
    };
    let case = || Case { simulate: true, ..Case::new() };
    let chain = code(FREE);
    let desk = Desk::new(&chain);
    let Ok(Waited::DryRun(whole, stages)) =
        Case { dry_run: true, ..case() }.run(&chain, &desk).await
    else {
        panic!()
    };
    assert!(
        whole.findings.iter().any(|found| found.code == MORE_CHANGES && found.name == "max_burn")
    );
    assert!(matches!(&stages[0].plan.judgement, Some(Judgement::Ran(ran))
        if ran.confirmed.as_ref().is_some_and(|said| said.holds())));
    chain.log.lock().unwrap().clear();
    assert!(matches!(case().run(&chain, &desk).await, Ok(Waited::Done(_))));
    let events = chain.events();
    let place = |event: &str| events.iter().position(|known| known.starts_with(event)).unwrap();
    assert_eq!(count(&chain, "simulate in 1019, 1020"), 1, "{events:?}");
    assert!(place("simulate in 1019, 1020") < place("agree"), "{events:?}");
    assert!(
        place("over") < place("simulate in 1020") && place("simulate in 1020") < place("unlock")
    );
    let rollback = desk.rollbacks.lock().unwrap()[0].clone();
    assert!(rollback.hyperparameters.contains_key("max_burn"), "{rollback:?}");

    // What the code still refuses after the wait is not sent.
    let chain = code(FREE + 1);
    let desk = Desk::new(&chain);
    let Err(error) = case().run(&chain, &desk).await else { panic!() };
    assert_eq!(
        (error.kind, count(&chain, "unlock"), count(&chain, "submit")),
        (Kind::Refused, 0, 0)
    );
    assert!(error.what.contains("TxRateLimitExceeded"), "{error}");
}

#[tokio::test]
async fn what_may_go_at_once_is_not_waited_for() {
    for staged in [false, true] {
        let chain = Fake::good();
        let desk = Desk::new(&chain);
        let case = Case { base: snapshot(7_200, 10), staged, ..Case::new() };
        assert!(matches!(case.run(&chain, &desk).await, Ok(Waited::Done(sent)) if sent.len() == 1));
        assert!(chain.events().contains(&"agree: immunity_period+rho in 1001 after []".to_owned()));
        assert_eq!(count(&chain, "head"), 0);
    }
}

#[tokio::test]
async fn refusals_come_before_the_wait() {
    let never = || Wish { name: "weights_rate_limit".to_owned(), value: Value::Uint(1) };
    let with_never = || {
        let case = Case::new();
        Case { wishes: [case.wishes.clone(), vec![never()]].concat(), ..case }
    };
    let chain = chain(&[Some(FREE)]);
    let desk = Desk::new(&chain);
    let (kind, said) = nothing_done(&chain, with_never().run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(said.contains("weights_rate_limit") && said.contains("--skip-blocked"), "{said}");
    let (kind, said) =
        nothing_done(&chain, Case { signer: BOB, ..Case::new() }.run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(said.contains("is not the owner"), "{said}");
    assert_eq!(chain.events(), Vec::<String>::new());

    let refusing = Desk { consent: false, ..Desk::new(&chain) };
    let (_, said) = nothing_done(&chain, Case::new().run(&chain, &refusing).await);
    assert!(said.contains("not confirmed: nothing was written or sent"), "{said}");
    let dry = Case { dry_run: true, ..Case::staged() };
    let Ok(Waited::DryRun(_, stages)) = dry.run(&chain, &desk).await else { panic!() };
    assert_eq!(stages.iter().map(|stage| stage.block).collect::<Vec<_>>(), [HEAD + 1, FREE]);
    assert_eq!(count(&chain, "head"), 0);

    let skipping = Case { skip_blocked: true, ..with_never() };
    assert!(matches!(skipping.run(&chain, &desk).await, Ok(Waited::Done(_))));
}

#[tokio::test]
async fn what_moved_during_the_wait_stops_it() {
    let mut changed = limited(7_200, 10);
    changed.guards.last_change.insert("immunity_period".to_owned(), HEAD - 1);
    for (now, says) in [
        (limited(7_300, 10), "immunity_period: 7200 then, 7300 now"),
        (Snapshot { owner: BOB.to_owned(), ..limited(7_200, 10) }, "the owner"),
        (changed, "the rate limit of immunity_period now ends at block 1719"),
    ] {
        let chain = Fake { now: Mutex::new(now), ..chain(&[Some(FREE - 1)]) };
        let desk = Desk::new(&chain);
        let (kind, said) = nothing_done(&chain, Case::new().run(&chain, &desk).await);
        assert_eq!(kind, Kind::Refused);
        assert!(said.contains(says) && said.contains("the plan is out of date"), "{said}");
        assert!(said.contains("nothing was sent"), "{said}");
    }
}

/// The machine slept, and the next window has closed meanwhile: not a refusal, another wait.
#[tokio::test]
async fn a_block_that_was_missed_is_waited_for_again() {
    let frozen = || {
        let mut frozen = snapshot(7_200, 10);
        frozen.guards.schedule.freeze_window = 10;
        frozen.guards.schedule.anchor =
            Some(Anchor { block: HEAD, last_epoch: HEAD - 355, pending: 0, idle: None });
        frozen
    };
    let heads = VecDeque::from([Some(HEAD + 360), Some(HEAD + 364)]);
    let chain = Fake { now: Mutex::new(frozen()), heads: Mutex::new(heads), ..Fake::good() };
    let desk = Desk::new(&chain);
    let case = Case { base: frozen(), ..Case::new() };
    assert!(matches!(case.run(&chain, &desk).await, Ok(Waited::Done(_))));
    let events = chain.events();
    assert!(events[1].ends_with("in 1005 after [freeze window]"), "{events:?}");
    assert_eq!((count(&chain, "over"), count(&chain, "submit")), (2, 1));
    assert!(events.contains(&"4 blocks, 48 s".to_owned()), "{events:?}");
}

#[tokio::test]
async fn a_wait_that_is_too_long_does_not_begin() {
    let limit = |blocks, time| Some(WaitLimit { blocks, time });
    let far = chain(&[Some(FREE)]);
    let desk = Desk::new(&far);
    let case = Case { limit: limit(19, Duration::from_secs(228)), ..Case::new() };
    let (kind, said) = nothing_done(&far, case.run(&far, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(said.contains("block 1020") && said.contains("3m 48s"), "{said}");
    assert_eq!(far.events(), ["fee"]);

    let near = chain(&[Some(FREE)]);
    let desk = Desk::new(&near);
    let case = Case { limit: limit(20, Duration::from_secs(240)), ..Case::new() };
    assert!(matches!(case.run(&near, &desk).await, Ok(Waited::Done(_))));
}

#[tokio::test]
async fn a_chain_that_stands_still_is_waited_for_until_the_time_is_over() {
    let chain = chain(&[Some(HEAD + 1)]);
    let desk = Desk::new(&chain);
    let limit = Some(WaitLimit { blocks: 20, time: Duration::from_millis(20) });
    let case = Case { limit, patience: Duration::ZERO, ..Case::new() };
    let (kind, said) = nothing_done(&chain, case.run(&chain, &desk).await);
    assert_eq!(kind, Kind::Refused);
    assert!(said.contains("--wait-timeout reached at block 1001"), "{said}");
    assert!(said.contains("nothing was sent"), "{said}");
    assert!(chain.events().iter().any(|event| event.ends_with(", still")), "{:?}", chain.events());
    assert_eq!(chain.events().last().unwrap(), "broken off");
}

#[tokio::test]
async fn a_node_that_is_never_heard_again_ends_the_wait() {
    let chain = chain(&[Some(HEAD + 1), None]);
    let desk = Desk::new(&chain);
    let case = Case { patience: Duration::from_millis(1), ..Case::new() };
    let (kind, said) = nothing_done(&chain, case.run(&chain, &desk).await);
    assert_eq!(kind, Kind::Chain);
    assert!(said.contains("no answer") && said.contains("nothing was sent"), "{said}");
}

#[tokio::test]
async fn a_read_that_gets_lost_after_the_wait_is_done_again() {
    let chain = Fake { lost: Mutex::new(true), ..chain(&[Some(FREE - 1)]) };
    let desk = Desk::new(&chain);
    assert!(matches!(Case::new().run(&chain, &desk).await, Ok(Waited::Done(_))));
    let chain = Fake { lost: Mutex::new(true), ..self::chain(&[Some(FREE - 1)]) };
    let desk = Desk::new(&chain);
    let case = Case { patience: Duration::ZERO, ..Case::new() };
    let (kind, said) = nothing_done(&chain, case.run(&chain, &desk).await);
    assert_eq!(kind, Kind::Chain);
    assert!(said.contains("nothing was sent"), "{said}");
}

#[tokio::test]
async fn stages_go_one_after_the_other() {
    let between = limited(7_200, 20);
    let chain = Fake { moves: Mutex::new([between].into()), ..chain(&[Some(FREE - 1)]) };
    let desk = Desk::new(&chain);
    let Ok(Waited::Done(sent)) = Case::staged().run(&chain, &desk).await else { panic!() };
    let names: Vec<_> = sent.iter().map(|sent| sent.receipt.changes[0].name.as_str()).collect();
    assert_eq!(names, ["rho", "immunity_period"]);
    let events = chain.events();
    assert_eq!(
        events[2],
        "agree: rho in 1001 after [], immunity_period in 1020 after [rate limit of immunity_period]"
    );
    let place = |event: &str| events.iter().rposition(|known| known == event).unwrap();
    assert!(place("head") < place("enter") && place("enter") < place("unlock"));
    for event in ["enter", "unlock", "submit", "save rollback", "save applied"] {
        assert_eq!(count(&chain, event), 2, "{event}");
    }
    let rollbacks = desk.rollbacks.lock().unwrap();
    assert!(!rollbacks[0].hyperparameters.contains_key("immunity_period"));
    assert!(!rollbacks[1].hyperparameters.contains_key("rho"));
}

#[tokio::test]
async fn what_moved_between_stages_leaves_the_rest() {
    let between = limited(7_300, 20);
    let chain = Fake { moves: Mutex::new([between].into()), ..chain(&[Some(FREE - 1)]) };
    let desk = Desk::new(&chain);
    let error = Case::staged().run(&chain, &desk).await.err().unwrap();
    assert_eq!(error.kind, Kind::Partial);
    assert_eq!(
        error.what,
        "applied: rho; not applied: immunity_period, because the plan is out of date: immunity_period: \
         7200 then, 7300 now"
    );
    assert!(error.next_step().contains("`subtune rollback 46 --to the-id`"));
    assert_eq!((count(&chain, "submit"), count(&chain, "head")), (1, 0));
}

/// A run of the tool that waits for a block.
struct Run46 {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Run46 {
    /// Starts it, and returns when it waits, with the block that it waits for.
    fn start(stage: &Stage, line: &str) -> (Self, u64) {
        let mut child =
            stage.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut run = Self { child, stderr, said: String::new() };
        let block = run.block();
        (run, block)
    }

    /// The next block that it says to wait for.
    fn block(&mut self) -> u64 {
        loop {
            let mut line = String::new();
            let length = self.stderr.read_line(&mut line).unwrap();
            assert!(length > 0, "it ended early: {}", self.said);
            self.said.push_str(&line);
            if let Some(words) = line.strip_prefix("waiting for block ") {
                return words.split(':').next().unwrap().parse().unwrap();
            }
        }
    }

    fn interrupt(&self) {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Process::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    }

    fn end(mut self) -> Run {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut run = Run::of(self.child.wait_with_output().unwrap());
        run.stderr = self.said;
        run
    }
}

/// Makes blocks until the next one is this one.
fn go_before(stage: &Stage, block: u64) {
    let head = u64::from(stage.chain().head().0);
    stage.chain().new_blocks(u32::try_from(block - 1 - head).unwrap()).unwrap();
}

const FIRST: &str = "apply 46 --set immunity_period=9000 --dev-key alice --yes";
const SECOND: &str = "apply 46 --set immunity_period=9500 --dev-key alice --yes";

#[test]
fn a_change_goes_in_the_block_in_which_the_freeze_window_opens() {
    let stage = Stage::with_chain();
    go_before(&stage, 100_253);
    stage.expect(FIRST, 6);
    let (run, block) = Run46::start(&stage, &format!("{FIRST} --wait --format json"));
    assert_eq!(block, 100_260);
    assert!(run.said.ends_with(": 7 blocks, 1m 24s, freeze window\n"), "{}", run.said);
    go_before(&stage, block);
    let run = run.end();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["outcome"], "applied");
    assert_eq!(run.json()["receipt"]["block"], block);
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    assert!(run.stderr.ends_with("reached block 100260\n"), "{}", run.stderr);
}

#[test]
fn a_rollback_waits_for_the_rate_limit() {
    let stage = Stage::with_chain();
    stage.expect("snapshot 46 --output before.yaml", 0);
    stage.expect(FIRST, 0);
    let back = "rollback 46 --dev-key alice --yes";
    stage.expect(back, 6);
    let (run, block) = Run46::start(&stage, &format!("{back} --wait"));
    assert!(run.said.contains("2h 23m, rate limit of immunity_period\n"), "{}", run.said);
    go_before(&stage, block);
    let run = run.end();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains(&format!("block      {block} ")), "{}", run.stdout);
    assert!(run.stdout.contains("To roll back:\n  subtune rollback 46 --to 20"), "{}", run.stdout);
    stage.expect("diff 46 before.yaml --detailed-exitcode", 0);
}

#[test]
fn a_wait_that_is_interrupted_leaves_nothing_behind() {
    let stage = Stage::with_chain();
    go_before(&stage, 100_253);
    let (run, _) = Run46::start(&stage, &format!("{FIRST} --wait"));
    run.interrupt();
    let run = run.end();
    run.check_failure(true, 130, "interrupted by a signal", "nothing was sent");
    assert!(!stage.path("state").exists());
    assert_eq!(stage.chain().pending(), 0);
    assert_eq!(stage.chain().head().0, 100_252);
}

#[test]
fn a_wait_longer_than_wanted_is_refused_at_once() {
    let stage = Stage::with_chain();
    stage.expect(FIRST, 0);
    let line = format!("{SECOND} --wait --wait-timeout 2h");
    stage.fails(&line, 6, "later than --wait-timeout 2h", "nothing was sent");
    let line = format!("{SECOND} --staged --wait-timeout 100blocks");
    stage.fails(&line, 6, "the change is accepted from block 100722 (", "allow more time");
    for (options, says) in [
        ("--wait-timeout 3h", "--wait|--staged"),
        ("--wait --wait-timeout soon", "a duration or a number of blocks"),
        ("--wait --wait-timeout 7s", "block"),
    ] {
        let run = stage.expect(&format!("{FIRST} {options}"), 2);
        assert!(run.stderr.contains(says), "{}", run.stderr);
    }
    let dry = stage.expect(&format!("{SECOND} --wait --dry-run --format json"), 0).json();
    assert_eq!(dry["stages"][0]["from_block"], 100_722, "{dry}");
    assert_eq!(dry["stages"][0]["waits_for"], "rate limit of immunity_period");
}

#[test]
fn somebody_who_changes_it_during_the_wait_stops_it() {
    let stage = Stage::with_chain();
    go_before(&stage, 100_253);
    let (run, block) = Run46::start(&stage, &format!("{FIRST} --wait"));
    stage.set_46("ImmunityPeriod", &7_300u16.to_le_bytes());
    go_before(&stage, block);
    let error = "the plan is out of date: immunity_period: 7200 then, 7300 now";
    run.end().check_failure(true, 6, error, "run `subtune plan` again; nothing was sent");
    assert!(!stage.path("state").exists());
}

#[test]
fn stages_are_sent_as_soon_as_they_may_go_and_taken_back_in_reverse() {
    let stage = Stage::with_chain();
    stage.expect(FIRST, 0);
    stage.expect("snapshot 46 --output before.yaml", 0);
    let line = "apply 46 --set immunity_period=9500 --set owner_cut_enabled=false --dev-key alice \
                --yes --staged --format json";
    let (run, block) = Run46::start(&stage, line);
    stage.expect("diff 46 before.yaml --detailed-exitcode", 3);
    go_before(&stage, block);
    let run = run.end();
    assert_eq!(run.code, 0, "{run:?}");
    let json = run.json();
    let stages = json["stages"].as_array().unwrap();
    let names: Vec<_> =
        stages.iter().map(|stage| &stage["receipt"]["changes"][0]["name"]).collect();
    assert_eq!(names, ["owner_cut_enabled", "immunity_period"]);
    assert_eq!(stages[1]["receipt"]["block"], block);
    assert_eq!(stage.records(".rollback.yaml").len(), 3);

    stage.lift_rate_limit();
    let back: Vec<_> = json["rollback_commands"].as_array().unwrap().iter().collect();
    assert_eq!(back, [&stages[1]["rollback_command"], &stages[0]["rollback_command"]]);
    for line in back {
        let line = line.as_str().unwrap().strip_prefix("subtune ").unwrap();
        stage.expect(&format!("{line} --yes"), 0);
    }
    stage.expect("diff 46 before.yaml --detailed-exitcode", 0);
}

#[test]
fn stages_that_are_interrupted_say_what_is_applied() {
    let stage = Stage::with_chain();
    stage.expect(FIRST, 0);
    let line = "apply 46 --set immunity_period=9500 --set owner_cut_enabled=false --dev-key alice \
                --yes --staged";
    let (run, _) = Run46::start(&stage, line);
    run.interrupt();
    run.end().check_failure(true, 130, "interrupted by a signal", "nothing of the rest was sent");
    let line = "apply 46 --set immunity_period=9500 --set rho=20 --dev-key alice --yes --staged";
    let (run, block) = Run46::start(&stage, line);
    stage.set_46("ImmunityPeriod", &7_300u16.to_le_bytes());
    go_before(&stage, block);
    let error = "applied: rho; not applied: immunity_period, because the plan is out of date";
    run.end().check_failure(true, 8, error, "to roll back: `subtune rollback 46 --to 20");
}

/// A password that nobody can give is missed before the wait, not after it.
#[test]
fn an_encrypted_key_without_a_password_is_refused_before_the_wait() {
    let stage = Stage::with_chain();
    go_before(&stage, 100_253);
    let wallets = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/wallets/v4.1.1");
    let wallet = subtune::wallet::WalletRef::new("nacl".into(), wallets.into()).unwrap();
    stage.give_46_to(wallet.read_coldkeypub().unwrap(), 10_000_000_000);
    let line = "apply 46 --set immunity_period=9000 --yes --wait --wallet-name nacl --wallet-path";
    let line = format!("{line} {wallets}");
    stage.fails(&line, 7, "there is no terminal to ask for its password", "BT_WALLET_PASSWORD");

    let mut child = stage.command(&line);
    child.env("BT_WALLET_PASSWORD", "dummy-password-1");
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut run = Run46 { child, stderr, said: String::new() };
    let block = run.block();
    go_before(&stage, block);
    assert_eq!(run.end().code, 0);
}

/// A plan takes the options of `apply`: what it shows is what a rehearsal of `apply` shows.
#[test]
fn a_plan_shows_the_stages_that_apply_would_send() {
    let stage = Stage::with_chain();
    stage.just_changed(MAX_BURN);
    for how in ["--staged", "--wait"] {
        let line = format!("46 --set immunity_period=12000 --set max_burn=50TAO {how}");
        let plan = stage.expect(&format!("plan {line}"), 0).stdout;
        assert!(plan.contains("rom block ") && plan.contains("after the rate limit"), "{plan}");
        let dry = stage.expect(&format!("apply {line} --dry-run"), 0).stdout;
        assert_eq!(
            dry,
            format!("{plan}Dry run: nothing was waited for, unlocked, written or sent\n")
        );
        let json = stage.expect(&format!("plan {line} --json"), 0).json();
        assert_eq!(json["stages"].as_array().unwrap().len(), if how == "--staged" { 2 } else { 1 });
    }
    // What waits is not what is saved.
    let both = stage.expect("plan 46 --set rho=11 --staged --output p.yaml", 2).stderr;
    assert!(both.contains("'--staged' cannot be used with"), "{both}");
}

/// The rate-limit slot of `max_burn`.
const MAX_BURN: u8 = 12;
