//! The process ends, or the world around it breaks, at every step of every change that is sent; then
//! the next runs have to tell the truth, take nothing for granted and send nothing twice.
//!
//! A point is a change, a step of it, what happens there, and what becomes of the transaction. All
//! points of `apply` are tried, and of the others those that can differ; `SUBTUNE_POINTS=all` tries
//! all of them.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, kill_process, prlimit, waitid,
};
use serde_json::Value;
use subtune_model::address;
use subtune_model::origin::multisig_account;
use subtune_wallet::dev;
use tokio::net::TcpSocket;

use crate::proxy::{Hook, Proxy, Reply, reserve};
use crate::support::{ALICE, Run, Stage, finish};

/// The steps, in their order, and how many of them come before the node has the transaction.
const STEPS: [&str; 11] = [
    "Confirmed",
    "Unlocked",
    "Read",
    "RollbackWritten",
    "Signed",
    "Recorded",
    "Preflighted",
    "Submitted",
    "Included",
    "ReadBack",
    "Ended",
];
const SUBMITTED: usize = 7;
const RECORDED: usize = 5;
const READ_BACK: usize = 9;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Apply,
    Rollback,
    /// The stage in which it happens.
    Staged(u32),
    Submit,
    /// The run of a multisig, 3 of 3, in which it happens.
    Multisig(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blow {
    Killed,
    StderrGone,
    DiskFull,
    NodeGone,
    NodeRestarted,
    HeadMovedBack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is killed before.
    NotSent,
    Included,
    /// The node says yes, and it never gets into a block.
    Lost,
}

#[derive(Debug, Clone, Copy)]
struct Point {
    change: Change,
    step: usize,
    blow: Blow,
    fate: Fate,
}

const CHANGES: [Change; 8] = [
    Change::Apply,
    Change::Rollback,
    Change::Staged(1),
    Change::Staged(2),
    Change::Submit,
    Change::Multisig(1),
    Change::Multisig(2),
    Change::Multisig(3),
];
const BLOWS: [Blow; 6] = [
    Blow::Killed,
    Blow::StderrGone,
    Blow::DiskFull,
    Blow::NodeGone,
    Blow::NodeRestarted,
    Blow::HeadMovedBack,
];

/// The points that can come about.
fn points() -> Vec<Point> {
    let all = std::env::var("SUBTUNE_POINTS").is_ok_and(|which| which == "all");
    let mut points = Vec::new();
    for change in CHANGES {
        for blow in BLOWS {
            for step in 0..STEPS.len() {
                // A proposal changes no value that could be read back.
                if matches!(change, Change::Multisig(1 | 2)) && step == READ_BACK {
                    continue;
                }
                let fates: &[Fate] = match (blow, step) {
                    (Blow::Killed, ..SUBMITTED) => &[Fate::NotSent],
                    (_, ..=SUBMITTED) => &[Fate::Included, Fate::Lost],
                    // What is in a block is not lost.
                    _ => &[Fate::Included],
                };
                // What the other changes share with apply is tried where it can make a difference:
                // before anything is written, before the send and after it.
                let telling = blow == Blow::Killed || [2, RECORDED, SUBMITTED].contains(&step);
                for &fate in fates {
                    let rest = fate != Fate::Lost || (blow == Blow::Killed && step == SUBMITTED);
                    if all || change == Change::Apply || (telling && rest) {
                        points.push(Point { change, step, blow, fate });
                    }
                }
            }
        }
    }
    points
}

/// What the node does, and what it has been asked for.
#[derive(Default)]
struct Node {
    /// Transactions that it was handed.
    submits: AtomicU32,
    /// The number of the one that it loses; 0 for none.
    loses: AtomicU32,
    /// A finalized head of before, and how often it is told.
    behind: Mutex<Option<(String, u32)>>,
    /// Hears of every transaction.
    heard: Mutex<Option<Sender<()>>>,
}

impl Node {
    fn hook(self: &Arc<Self>) -> Hook {
        let node = Arc::clone(self);
        Box::new(move |method, params| match method {
            "author_submitExtrinsic" => {
                let number = node.submits.fetch_add(1, Ordering::SeqCst) + 1;
                let heard = node.heard.lock().unwrap().clone();
                let tell = move || {
                    if let Some(heard) = heard {
                        let _ = heard.send(());
                    }
                };
                if number != node.loses.load(Ordering::SeqCst) {
                    // Time goes on once the transaction is in a block, lest its era ends before.
                    return Reply::Then(Box::new(tell));
                }
                tell();
                let bytes = hex::decode(&params[0].as_str().unwrap()[2..]).unwrap();
                let hash = sp_crypto_hashing::blake2_256(&bytes);
                Reply::Say(format!("0x{}", hex::encode(hash)).into())
            }
            "chain_getFinalizedHead" => match &mut *node.behind.lock().unwrap() {
                Some((hash, times @ 1..)) => {
                    *times -= 1;
                    Reply::Say(hash.clone().into())
                }
                _ => Reply::Pass,
            },
            _ => Reply::Pass,
        })
    }

    fn submits(&self) -> u32 {
        self.submits.load(Ordering::SeqCst)
    }
}

/// Ends who hears of transactions.
struct Deaf<'node>(&'node Node);

impl Drop for Deaf<'_> {
    fn drop(&mut self) {
        *self.0.heard.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A chain, a node before it, and what is tried there one after the other.
struct World {
    stage: Stage,
    node: Arc<Node>,
    door: Option<Proxy>,
    /// Keeps the port for the node while it is gone.
    _port: TcpSocket,
    port: u16,
    count: u64,
    state: String,
}

fn account(name: &str) -> [u8; 32] {
    dev::unlock(name).unwrap().account()
}

const SIGNATORIES: [&str; 3] = ["charlie", "dave", "eve"];

impl World {
    fn new(multisig: bool) -> Self {
        let stage = Stage::with_chain();
        stage.lift_rate_limit();
        stage.lift_freeze_window();
        if multisig {
            stage.give_46_to(multisig_account(&SIGNATORIES.map(account), 3), 0);
        }
        let node = Arc::new(Node::default());
        let (reserved, port) = reserve();
        let door = Some(Proxy::start_at(port, Some(stage.chain().url()), node.hook()));
        Self { stage, node, door, _port: reserved, port, count: 0, state: String::new() }
    }

    /// Closes the node, or opens it again behind the same address.
    fn open(&mut self, open: bool) {
        self.door = None;
        if open {
            let chain = Some(self.stage.chain().url());
            self.door = Some(Proxy::start_at(self.port, chain, self.node.hook()));
        }
    }

    fn command(&self, line: &str) -> std::process::Command {
        // A full disk is an error, not a signal.
        // The chain's own code is asked before the first step, and nothing here is about it.
        let plans = ["apply ", "rollback ", "plan "].iter().any(|verb| line.starts_with(verb));
        let line = format!("{line} --timeout 2{}", if plans { " --no-simulate" } else { "" });
        let mut command = self.stage.after("trap '' XFSZ", &line);
        command
            .env("BT_NETWORK", format!("ws://127.0.0.1:{}", self.port))
            .env("SUBTUNE_STATE_DIR", self.stage.path(&self.state));
        command
    }

    fn run(&self, line: &str) -> Run {
        finish(&mut self.command(line))
    }

    #[track_caller]
    fn expect(&self, line: &str) -> Run {
        let run = self.run(line);
        assert_eq!(run.code, 0, "{line}\n{run:?}");
        run
    }

    fn nonce(&self, name: &str) -> u32 {
        let account = account(name);
        let hash = sp_crypto_hashing::blake2_128(&account);
        let prefix = ["System", "Account"].map(|text| sp_crypto_hashing::twox_128(text.as_bytes()));
        let key = [&prefix.concat()[..], &hash, &account].concat();
        let info = self.stage.chain().get_storage(&key).unwrap();
        u32::from_le_bytes(info[..4].try_into().unwrap())
    }

    fn history(&self, options: &str) -> Vec<Value> {
        let history = self.expect(&format!("history 46 {options} --format json")).json();
        history["receipts"].as_array().unwrap().clone()
    }

    /// Makes everything ready for a change; returns its command, that of the next run, and who signs.
    fn ready(&mut self, change: Change) -> (String, String, &'static str) {
        self.count += 1;
        self.state = format!("state-{}", self.count);
        let value = 5_000 + self.count;
        let apply = format!("apply 46 --set immunity_period={value} --dev-key alice --yes");
        let same = |line: String, signer| (line.clone(), line, signer);
        match change {
            Change::Apply => same(apply, "alice"),
            Change::Rollback => {
                self.expect(&apply);
                same("rollback 46 --last --dev-key alice --yes".to_owned(), "alice")
            }
            Change::Staged(_) => {
                // The one just changed has to wait for a tempo.
                let apply = format!("{apply} --set rho={}", 100 + self.count);
                let stage = &self.stage;
                stage.rate_limit(1);
                stage.chain().new_blocks(361).unwrap();
                stage.just_changed(5);
                (format!("{apply} --staged"), apply, "alice")
            }
            Change::Submit => {
                let file = format!("t{}.json", self.count);
                let plan = format!("plan 46 --set immunity_period={value} --era 16");
                self.expect(&format!("{plan} --unsigned {file}"));
                self.expect(&format!("sign {file} --dev-key alice --yes"));
                same(format!("submit t{}.signed.json --yes", self.count), "alice")
            }
            Change::Multisig(run) => {
                let all = SIGNATORIES.map(|name| address::ss58(&account(name))).join(",");
                let line = |name: &str| {
                    format!(
                        "apply 46 --set immunity_period={value} --multisig {all} --threshold 3 \
                         --dev-key {name} --yes"
                    )
                };
                let index = usize::try_from(run).unwrap() - 1;
                for name in &SIGNATORIES[..index] {
                    self.expect(&line(name));
                }
                same(line(SIGNATORIES[index]), SIGNATORIES[index])
            }
        }
    }

    /// Runs a change of which this happens at that step.
    fn disturbed(&mut self, line: &str, point: Point) -> Run {
        let Point { change, step, blow, fate } = point;
        let time = if let Change::Staged(stage) = change { stage } else { 1 };
        let before = self.node.submits();
        let loses = if fate == Fate::Lost { before + time } else { 0 };
        self.node.loses.store(loses, Ordering::SeqCst);
        let head = format!("0x{}", hex::encode(self.stage.chain().head().1));
        let (heard, hears) = mpsc::channel();
        *self.node.heard.lock().unwrap() = Some(heard);

        let how = if blow == Blow::Killed { "kill" } else { "halt" };
        let mut command = self.command(&format!("{line} --format json"));
        command.env("SUBTUNE_STOP", format!("{}:{time}:{how}", STEPS[step]));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = Pid::from_child(&child);
        let (node, staged) = (Arc::clone(&self.node), matches!(change, Change::Staged(_)));
        let run = std::thread::scope(|scope| {
            let chain = self.stage.chain();
            // Whatever happens, nobody goes on listening.
            let deaf = Deaf(&node);
            // Time goes on: a lost transaction dies, a stage that waits may go.
            scope.spawn(move || {
                for number in 1.. {
                    if hears.recv().is_err() {
                        break;
                    }
                    // One by one: the node answers in between.
                    let blocks = match (before + number == loses, staged) {
                        (true, _) => 20,
                        (false, true) => 361,
                        (false, false) => 0,
                    };
                    for _ in 0..blocks {
                        chain.new_blocks(1).unwrap();
                    }
                }
            });
            if blow != Blow::Killed {
                let options =
                    WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                let status = waitid(WaitId::Pid(pid), options).unwrap().unwrap();
                if !status.stopped() {
                    let run = Run::of(child.wait_with_output().unwrap());
                    panic!("{point:?} was not reached: {run:?}");
                }
            }
            match blow {
                Blow::Killed => {}
                Blow::StderrGone => drop(child.stderr.take()),
                Blow::DiskFull => {
                    let none = Rlimit { current: Some(0), maximum: Some(0) };
                    prlimit(Some(pid), Resource::Fsize, none).unwrap();
                }
                Blow::NodeGone => self.door = None,
                Blow::NodeRestarted => {
                    drop(self.door.take());
                    let chain = Some(self.stage.chain().url());
                    self.door = Some(Proxy::start_at(self.port, chain, self.node.hook()));
                }
                Blow::HeadMovedBack => *self.node.behind.lock().unwrap() = Some((head, 4)),
            }
            if blow != Blow::Killed {
                kill_process(pid, Signal::CONT).unwrap();
            }
            let run = Run::of(child.wait_with_output().unwrap());
            drop(deaf);
            assert!(blow != Blow::Killed || run.code == -1, "{point:?} was not reached: {run:?}");
            run
        });
        self.node.loses.store(0, Ordering::SeqCst);
        *self.node.behind.lock().unwrap() = None;
        if self.door.is_none() {
            self.open(true);
        }
        run
    }

    /// Tries a point; returns everything that is not as it has to be.
    fn attempt(&mut self, point: Point, faults: &mut Faults) {
        let Point { change, step, blow, .. } = point;
        let (line, next, signer) = self.ready(change);
        let known = self.history("").len();
        let (nonce, submits) = (self.nonce(signer), self.node.submits());
        let run = self.disturbed(&line, point);
        let included = self.nonce(signer) - nonce;
        let sent = self.node.submits() - submits;
        let time = if let Change::Staged(stage) = change { stage } else { 1 };
        let is_in = included == time;

        // What the run itself says is true.
        let said = format!("{} {}", run.stdout, run.stderr);
        let lies = match run.code {
            0 => !is_in && !matches!(change, Change::Staged(_)),
            1 | 8 | 9 => false,
            -1 => blow != Blow::Killed,
            _ => is_in || (said.contains("nothing was sent") && sent == time),
        };
        if lies {
            faults.wrong(point, format!("{included} included, {sent} sent, and it says {run:?}"));
        }
        // So is what the next runs say. What is in no block dies with its era.
        if !is_in {
            self.stage.chain().new_blocks(20).unwrap();
        }
        let records = self.history("--refresh");
        let new: Vec<_> = records.iter().skip(known).collect();
        for record in &new {
            let file = record["rollback"].as_str();
            if record["outcome"] != "not sent"
                && !file.is_some_and(|file| Path::new(file).is_file())
            {
                faults.lost(point, format!("{record}"));
            }
        }
        if new.len() < usize::try_from(sent).unwrap() {
            faults.lost(point, format!("{sent} sent, {} records", new.len()));
        }
        let good = |word: &Value| match change {
            Change::Multisig(1 | 2) => word == "proposed",
            _ => word == "applied",
        };
        let told = new.iter().filter(|record| good(&record["outcome"])).count();
        let dead = new
            .iter()
            .filter(|record| {
                ["expired", "not sent", "rejected"].iter().any(|end| record["outcome"] == *end)
            })
            .count();
        if told != usize::try_from(included).unwrap() || told + dead != new.len() {
            faults.wrong(point, format!("{included} included, and the records are {new:?}"));
        }

        // The same command once more: it sends what is left, and only that.
        self.stage.lift_rate_limit();
        let (nonce, submits) = (self.nonce(signer), self.node.submits());
        let again = self.run(&format!("{next} --format json"));
        let (more, sent) = (self.nonce(signer) - nonce, self.node.submits() - submits);
        let done = u32::from(again.code == 0);
        let whole = match change {
            Change::Staged(_) => included == 2,
            _ => is_in,
        };
        let expected = match (change, whole) {
            (_, true) => 0,
            // The file of a transaction that has died is of no use; one that was never recorded may
            // have died meanwhile, too.
            (Change::Submit, false) => 0,
            (_, false) => 1,
        };
        if (more, sent) != (expected, expected) {
            faults.double(point, format!("{more} more included, {sent} more sent: {again:?}"));
        }
        let right = match (change, whole) {
            (Change::Apply | Change::Staged(_) | Change::Multisig(3) | Change::Submit, true) => {
                done == 1
            }
            // It says that there is nothing to take back, or to approve.
            (Change::Rollback | Change::Multisig(_), true) => again.code == 6,
            (Change::Submit, false) => again.code == 6,
            (_, false) => done == 1,
        };
        if !right {
            faults.wrong(point, format!("step {step}, and the next run says {again:?}"));
        }
        assert_ne!(said, "", "silent: {point:?}");
    }
}

/// What is not as it has to be.
#[derive(Default)]
struct Faults {
    tried: BTreeMap<(Change, Blow), usize>,
    lost: Vec<String>,
    double: Vec<String>,
    wrong: Vec<String>,
}

impl Faults {
    fn lost(&mut self, point: Point, what: String) {
        self.lost.push(format!("{point:?}: {what}"));
    }

    fn double(&mut self, point: Point, what: String) {
        self.double.push(format!("{point:?}: {what}"));
    }

    fn wrong(&mut self, point: Point, what: String) {
        self.wrong.push(format!("{point:?}: {what}"));
    }

    fn add(&mut self, other: Self) {
        for (key, count) in other.tried {
            *self.tried.entry(key).or_default() += count;
        }
        self.lost.extend(other.lost);
        self.double.extend(other.double);
        self.wrong.extend(other.wrong);
    }
}

#[test]
fn nothing_is_lost_or_sent_twice_wherever_it_stops() {
    let queue = Mutex::new(VecDeque::from(points()));
    let count = queue.lock().unwrap().len();
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    let mut faults = Faults::default();
    std::thread::scope(|scope| {
        let work = || {
            let mut faults = Faults::default();
            let mut worlds = [None, None];
            loop {
                let Some(point) = queue.lock().unwrap().pop_front() else { break faults };
                let multisig = matches!(point.change, Change::Multisig(_));
                let world =
                    worlds[usize::from(multisig)].get_or_insert_with(|| World::new(multisig));
                world.attempt(point, &mut faults);
                *faults.tried.entry((point.change, point.blow)).or_default() += 1;
            }
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for one in all {
            faults.add(one.join().unwrap());
        }
    });
    let Faults { tried, lost, double, wrong } = &faults;
    println!("{:12} {}", "", BLOWS.map(|blow| format!("{blow:?}")).join("  "));
    for change in CHANGES {
        let cells = BLOWS.map(|blow| {
            let width = format!("{blow:?}").len();
            format!("{:>width$}", tried.get(&(change, blow)).copied().unwrap_or_default())
        });
        println!("{:12} {}", format!("{change:?}"), cells.join("  "));
    }
    println!(
        "{count} points, {} lost rollback profiles, {} double sends, {} wrong ends",
        lost.len(),
        double.len(),
        wrong.len()
    );
    assert_eq!(tried.values().sum::<usize>(), count);
    let all: Vec<_> = lost.iter().chain(double).chain(wrong).collect();
    assert!(all.is_empty(), "{} faults, {ALICE}:\n{all:#?}", all.len());
}
