//! Interrupted and killed in the middle: the record on disk says what to ask the chain.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use subtune_devnet::Seal;

use crate::support::{APPLY, Run, Stage};

/// A run that waits for a block, its transaction in the pool.
struct Waiting {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Waiting {
    fn start(stage: &Stage) -> Self {
        let mut child =
            stage.command(APPLY).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("\nsent 0x") {
            let length = stderr.read_line(&mut said).unwrap();
            assert!(length > 0, "it ended early: {said}");
        }
        assert_eq!(stage.chain().pending(), 1);
        Self { child, stderr, said }
    }

    fn interrupt(&self) {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn end(mut self) -> Run {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut run = Run::of(self.child.wait_with_output().unwrap());
        run.stderr = self.said;
        run
    }
}

/// What the history says about the one change.
#[track_caller]
fn outcome(stage: &Stage, line: &str) -> String {
    let json = stage.expect(&format!("{line} --format json"), 0).json();
    json["receipts"][0]["outcome"].as_str().unwrap().to_owned()
}

/// Makes what waits in the pool invalid: the owner's nonce is another one now.
fn spoil(stage: &Stage) {
    stage.set_account(sp_keyring::Sr25519Keyring::Alice.to_raw_public(), 7, 10_000_000_000);
}

/// A run that was interrupted while its transaction waited for a block.
pub(crate) fn interrupted(stage: &Stage) -> Run {
    let waiting = Waiting::start(stage);
    waiting.interrupt();
    waiting.end()
}

#[test]
fn interrupted_while_the_transaction_is_under_way() {
    let stage = Stage::with(Seal::Manual);
    let run = interrupted(&stage);
    run.check_failure(true, 130, "interrupted", "a transaction may be on its way");
    assert!(run.stderr.contains("subtune history --refresh"), "{}", run.stderr);

    assert_eq!(outcome(&stage, "history"), "unknown");
    assert_eq!(outcome(&stage, "history --refresh"), "unknown");
    stage.chain().new_blocks(1).unwrap();
    assert_eq!(outcome(&stage, "history --refresh"), "applied");
    assert_eq!(outcome(&stage, "history"), "applied");
    assert!(stage.expect(APPLY, 0).stdout.ends_with("Nothing to do\n"));
}

#[test]
fn killed_while_the_transaction_is_under_way() {
    let stage = Stage::with(Seal::Manual);
    Waiting::start(&stage).kill();
    let receipt = std::fs::read_to_string(stage.receipt()).unwrap();
    assert!(receipt.contains("state: sending"), "{receipt}");
    let shown = stage.expect("history", 0).stdout;
    assert!(shown.contains("may be on the chain: do not send it again"), "{shown}");
    let whole = stage.whole_history("history");
    assert!(whole.contains("not known yet: do not send it again"), "{whole}");

    let error = "an earlier change is still under way: 0x";
    stage.fails(APPLY, 6, error, "subtune history --refresh");
    let other = "apply 46 --set tempo=400 --dev-key alice --yes";
    stage.fails(other, 6, error, "subtune history --refresh");
    let back = "rollback 46 --last --dev-key alice --yes";
    stage.fails(
        back,
        6,
        "the outcome of the last change is not known yet",
        "subtune history --refresh",
    );
    assert_eq!(stage.chain().pending(), 1);

    stage.chain().new_blocks(1).unwrap();
    assert_eq!(outcome(&stage, "history --refresh"), "applied");
}

/// The next change settles an earlier one by itself.
#[test]
fn the_next_change_asks_what_became_of_the_last() {
    let stage = Stage::with(Seal::Manual);
    Waiting::start(&stage).kill();
    stage.chain().new_blocks(1).unwrap();
    let run = stage.expect(APPLY, 0);
    assert!(run.stderr.contains(": applied"), "{}", run.stderr);
    assert_eq!(outcome(&stage, "history"), "applied");
}

#[test]
fn a_transaction_that_never_gets_in_expires() {
    let stage = Stage::with(Seal::Manual);
    let waiting = Waiting::start(&stage);
    spoil(&stage);
    stage.chain().new_blocks(20).unwrap();
    let run = waiting.end();
    run.check_failure(true, 6, "expired before a block included it", "run `subtune plan` again");
    assert_eq!(outcome(&stage, "history"), "expired");
}

#[test]
fn a_killed_run_whose_transaction_never_got_in() {
    let stage = Stage::with(Seal::Manual);
    Waiting::start(&stage).kill();
    spoil(&stage);
    stage.chain().new_blocks(5).unwrap();
    assert_eq!(outcome(&stage, "history --refresh"), "unknown");
    stage.chain().new_blocks(15).unwrap();
    assert_eq!(outcome(&stage, "history --refresh"), "expired");
    let shown = stage.whole_history("history");
    assert!(shown.contains("nothing changed"), "{shown}");
    let back = "rollback 46 --last --dev-key alice --yes";
    stage.fails(back, 4, "no receipt for subnet 46", "--to");
}

/// A record whose hash is on no chain: after its last block that is certain.
#[test]
fn a_record_of_a_transaction_that_nobody_knows() {
    let stage = Stage::with(Seal::Manual);
    Waiting::start(&stage).kill();
    let path = stage.receipt();
    let text = std::fs::read_to_string(&path).unwrap();
    let hash = text.split("hash: ").last().unwrap().lines().next().unwrap().to_owned();
    std::fs::write(&path, text.replace(&hash, &format!("'0x{}'", "42".repeat(32)))).unwrap();
    stage.chain().new_blocks(40).unwrap();
    assert_eq!(outcome(&stage, "history --refresh"), "expired");
}

/// What a record calls its network is for people: its folder is found by the genesis hash.
#[test]
fn the_name_of_a_network_in_a_record_leads_nowhere() {
    let stage = Stage::with(Seal::Manual);
    Waiting::start(&stage).kill();
    let path = stage.receipt();
    let text = std::fs::read_to_string(&path).unwrap();
    let outside = stage.path("outside");
    let network = format!("network: {}/x", outside.display());
    std::fs::write(&path, text.replace("network: local", &network)).unwrap();
    stage.chain().new_blocks(1).unwrap();
    assert_eq!(outcome(&stage, "history --refresh"), "applied");
    assert_eq!(outcome(&stage, "history"), "applied");
    assert!(!outside.exists());
    assert_eq!(stage.receipt(), path);
}

#[test]
fn blocks_that_come_late_are_waited_for() {
    let stage = Stage::with(Seal::Manual);
    let waiting = Waiting::start(&stage);
    stage.chain().new_blocks(3).unwrap();
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
}
