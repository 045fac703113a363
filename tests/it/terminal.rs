//! What is written where: streams that are full or closed, a narrow terminal, hostile texts, questions
//! on a real terminal, and bugs.

use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};

use pty_process::blocking::{Pty, open};
use rustix::termios::{LocalModes, tcgetattr};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_yaml::Value as Yaml;
use subtune::ui::output::Stream;
use subtune::ui::render::text;
use subtune::ui::views::{PlanView, ReceiptView, ShowView};
use subtune_devnet::Seal;
use subtune_model::plan::Plan;
use subtune_model::receipt::{Outcome, Receipt, Refused};
use subtune_model::snapshot::Snapshot;
use subtune_model::text::is_harmful;

use crate::support::{APPLY, Run, Stage, command_fails};

/// What the history says about the newest change.
#[track_caller]
fn newest(stage: &Stage) -> String {
    let json = stage.expect("history --format json", 0).json();
    let receipts = json["receipts"].as_array().unwrap();
    receipts.last().map_or_else(String::new, |one| one["outcome"].as_str().unwrap().to_owned())
}

/// Every kind of command with its documented code; the changes come in an order that works.
const LINES: &[(&str, i32)] = &[
    ("show 46", 0),
    ("show 46 --format json", 0),
    ("snapshot 46 --format yaml", 0),
    ("plan 46 --set immunity_period=12000 -v", 0),
    ("apply 46 --set immunity_period=12000 --dev-key alice --yes -v", 0),
    ("history -v", 0),
    ("history --refresh --format json", 0),
    ("rollback 46 --last --dev-key alice --yes", 0),
    ("apply 46 --set immunity_period=12000 --dev-key alice --yes --format json", 0),
    ("apply 46 --set immunity_period=12001 --wait --dev-key alice --yes", 0),
    ("explain tempo", 0),
    ("--help", 0),
    ("man", 0),
    ("show", 2),
    ("show --format json", 2),
    ("show 99", 4),
    ("show 99 --format yaml", 4),
    ("show 46 --network ws://127.0.0.1:1 -v", 5),
    ("apply 46 --set tempo=400 --dev-key alice", 6),
    ("apply 46 --set tempo=400 --dev-key bob --yes", 6),
    ("apply 46 --set tempo=400 --dev-key bob --yes --format json", 6),
    ("apply 46 --set tempo=400 --yes", 7),
];

#[test]
fn a_stream_that_is_full_or_closed_changes_no_exit_code() {
    for shell in ["exec 2>/dev/full", "exec 2>&-", "exec <&-", "exec >&-", "exec <&- >&- 2>&-"] {
        let stage = Stage::with_chain();
        stage.lift_rate_limit();
        for (line, code) in LINES {
            let run = Run::of(stage.after(shell, line).output().unwrap());
            assert_eq!(run.code, *code, "{shell}: {line}: {run:?}");
            assert!(!run.stderr.contains("panicked"), "{shell}: {line}: {run:?}");
        }
        let json = stage.expect("history --format json", 0).json();
        let receipts = json["receipts"].as_array().unwrap();
        assert_eq!(receipts.len(), 4, "{shell}: {json}");
        assert!(receipts.iter().all(|one| one["outcome"] == "applied"), "{shell}: {json}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_told() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    for (line, code) in LINES {
        let run = Run::of(stage.after("exec >/dev/full", line).output().unwrap());
        let code = if *code == 0 { 1 } else { *code };
        assert_eq!(run.code, code, "{line}: {run:?}");
        // An error that was to be data on stdout is heard all the same.
        assert!(run.stderr.contains("error: "), "{line}: {run:?}");
        assert!(run.stderr.contains("hint: ") || code == 2, "{line}: {run:?}");
        if line.contains("--yes") && code == 1 {
            assert!(run.stderr.contains("`subtune history"), "{line}: {run:?}");
        }
    }
    assert_eq!(newest(&stage), "applied");
}

/// A bug is told as one, without a path, on whatever thread and in whatever format.
#[test]
fn a_bug_is_told_as_one() {
    let stage = Stage::with_chain();
    let bug = |place: &'static str, line: &'static str| {
        let stage = &stage;
        move || {
            let mut command = stage.command(line);
            command.env("SUBTUNE_BUG", place).env("RUST_BACKTRACE", "1");
            command
        }
    };
    let error = "this is a bug of subtune 0.1.0, met at step.rs:";
    let hint = "nothing was sent; please report";
    command_fails(&bug("command", "show 46"), 1, error, hint);
    command_fails(&bug("result", "explain"), 1, error, hint);
    let run = Run::of(bug("key", APPLY)().output().unwrap());
    run.check_failure(true, 1, error, hint);
    assert_eq!(stage.chain().pending(), 0);
    // The change is through, and only the result is not: nobody is told to send it again.
    let run = Run::of(bug("result", APPLY)().output().unwrap());
    run.check_failure(true, 1, error, "do not send it again");
    assert_eq!(newest(&stage), "applied");

    let verbose = Run::of(bug("command", "show 46 -v")().output().unwrap());
    assert!(verbose.stderr.contains("cause: asked for"), "{}", verbose.stderr);
    let mut unheard = stage.after("exec 2>/dev/full", "show 46 --format json");
    let run = Run::of(unheard.env("SUBTUNE_BUG", "command").output().unwrap());
    run.check_json_failure(1, error, hint);
}

#[test]
fn arguments_and_variables_that_are_no_utf8() {
    let stage = Stage::with_chain();
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.yaml");
    for (line, format) in [("show 46 --network", "table"), ("explain", "table"), ("show", "json")] {
        let mut command = stage.command(line);
        let run = Run::of(command.arg(odd).args(["--format", format]).output().unwrap());
        assert_eq!(run.code, 2, "{line}: {run:?}");
        let said = if format == "json" { run.stdout } else { run.stderr };
        assert!(said.contains("UTF-8"), "{line}: {said}");
    }
    // What is a path may be any.
    for line in ["snapshot 46 --output", "plan 46 --set immunity_period=12000 --force --out"] {
        assert_eq!(Run::of(stage.command(line).arg(odd).output().unwrap()).code, 0, "{line}");
    }
    let run =
        Run::of(stage.command("apply --dev-key alice --yes --plan").arg(odd).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    let state = stage.path("state").join(odd);
    let run = Run::of(stage.command("history").env("SUBTUNE_STATE_DIR", state).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
}

/// The tool on a terminal of its own.
pub(crate) struct Screen {
    child: Child,
    pty: Pty,
    said: String,
}

impl Screen {
    pub(crate) fn start(command: Command, stdin: Option<Stdio>) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(pty_process::Size::new(24, 80)).unwrap();
        let command = pty_process::blocking::Command::from(command);
        let command = match stdin {
            Some(stdin) => command.stdin(stdin),
            None => command,
        };
        Self { child: command.spawn(pts).unwrap(), pty, said: String::new() }
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Types a line once nothing that is typed is shown any more.
    pub(crate) fn type_unseen(&mut self, line: &str) {
        use std::io::Write as _;
        while self.echoes() {
            std::thread::yield_now();
        }
        self.pty.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits for its end; its code, and everything that was said.
    pub(crate) fn all(mut self) -> (i32, String) {
        while self.read() {}
        (self.child.wait().unwrap().code().unwrap_or(-1), self.said)
    }

    /// Ends it, and gives everything that was said.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while self.read() {}
        self.said
    }

    /// Reads until this is said.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, words: &str) {
        while !self.said.contains(words) {
            assert!(self.read(), "«{words}» was not said: {}", self.said);
        }
    }

    /// Reads on; false at the end.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        // At the end a terminal gives an error.
        let length = self.pty.read(&mut bytes).unwrap_or(0);
        self.said.push_str(&String::from_utf8_lossy(&bytes[..length]));
        length > 0
    }

    fn echoes(&self) -> bool {
        let modes = tcgetattr(&self.pty).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// What the terminal is like when the tool has ended, and its code.
    fn end(mut self) -> (bool, i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let echoes = self.echoes();
        while self.said.len() < 100_000 && !self.said.contains("hint: ") && self.read() {}
        (echoes, code, self.said)
    }
}

/// A wallet that asks for a password, and a question for the consent: both without an echo.
#[test]
fn the_terminal_gets_its_echo_back() {
    let stage = Stage::with_chain();
    let ask = "apply 46 --set immunity_period=12000 --ask-suri --yes";
    let consent = "apply 46 --set immunity_period=12000 --dev-key alice";
    for (line, question) in [(ask, "secret URI"), (consent, "Do you want to")] {
        for signal in ["INT", "TERM", "HUP", "QUIT"] {
            // The input may be another: then the terminal itself is read.
            for stdin in [None, Some(Stdio::null())] {
                if stdin.is_some() && line == consent {
                    continue;
                }
                let mut screen = Screen::start(stage.command(line), stdin);
                screen.wait_for(question);
                while screen.echoes() {
                    std::thread::yield_now();
                }
                screen.signal(signal);
                let (echoes, code, said) = screen.end();
                assert!(echoes, "{line}: {signal}");
                assert_eq!(code, 130, "{line}: {signal}: {said}");
                // The signal ends the run, or the question that it breaks off does.
                let ends = ["nothing was sent", "nothing was written or sent"];
                assert!(ends.iter().any(|end| said.contains(end)), "{line}: {signal}: {said}");
            }
        }
    }
    assert_eq!(stage.chain().pending(), 0);
}

/// A bug in the middle of a question is told on a terminal that shows what is typed again.
#[test]
fn a_bug_leaves_a_terminal_that_echoes() {
    let stage = Stage::with_chain();
    let ask = "apply 46 --set immunity_period=12000 --ask-suri --yes";
    for stdin in [None, Some(Stdio::null())] {
        let mut command = stage.command(ask);
        command.env("SUBTUNE_BUG", "question");
        let (echoes, code, said) = Screen::start(command, stdin).end();
        assert!(said.contains("secret URI") && said.contains("this is a bug of subtune"), "{said}");
        assert!(echoes, "{said}");
        assert_eq!(code, 1, "{said}");
    }
    assert_eq!(stage.chain().pending(), 0);
}

/// What was started with a signal ignored, as `nohup` does, goes on.
#[test]
fn a_signal_that_is_ignored_stays_so() {
    let stage = Stage::with(Seal::Manual);
    let mut command = stage.after("trap '' HUP INT", APPLY);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while stage.chain().pending() == 0 {
        std::thread::yield_now();
    }
    for signal in ["HUP", "INT"] {
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    }
    stage.chain().new_blocks(1).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(newest(&stage), "applied");
}

/// Asked for data, a person must see what the question is about all the same.
#[test]
fn what_is_agreed_to_was_shown() {
    let stage = Stage::with_chain();
    for format in ["table", "json"] {
        let line =
            format!("apply 46 --set immunity_period=12000 --dev-key alice --format {format}");
        let mut screen = Screen::start(stage.command(&line), None);
        screen.wait_for("Do you want to");
        assert!(screen.said.contains("→ 12000 (1d 16h)"), "{format}: {}", screen.said);
        screen.signal("INT");
        assert_eq!(screen.end().1, 130);
    }
}

/// A text that paints over what stands above it, and one that looks like a line of ours.
const HOSTILE: &str = "x\u{1b}[2A\u{9b}2J\u{202e}\r\nForged line";

/// The value again and again, each time with another of its texts or names hostile.
fn each_hostile<T: Serialize + DeserializeOwned>(value: &T) -> Vec<T> {
    fn spoiled(value: &Yaml, place: &mut usize) -> Yaml {
        match value {
            Yaml::String(text) => {
                *place = place.wrapping_sub(1);
                Yaml::String(if *place == 0 { HOSTILE.to_owned() } else { text.clone() })
            }
            Yaml::Sequence(values) => {
                Yaml::Sequence(values.iter().map(|value| spoiled(value, place)).collect())
            }
            Yaml::Mapping(fields) => Yaml::Mapping(
                fields.iter().map(|(k, v)| (spoiled(k, place), spoiled(v, place))).collect(),
            ),
            Yaml::Tagged(_) | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) => value.clone(),
        }
    }
    let tree = serde_yaml::to_value(value).unwrap();
    let mut all = Vec::new();
    for place in 1.. {
        let mut left = place;
        let spoiled = spoiled(&tree, &mut left);
        if left != 0 && left < usize::MAX / 2 {
            return all;
        }
        // What is read strictly is refused, and shown nowhere.
        all.extend(serde_yaml::from_value(spoiled).ok());
    }
    all
}

/// Whatever a file or a node holds, what is made of it for people has no lines but our own.
#[test]
fn no_text_of_others_makes_a_line() {
    let stage = Stage::with_chain();
    let line = "plan 46 --set immunity_period=12000 --set kappa=5 --set rho=9 --set tempo=400 \
                --set min_burn=1 --out plan.yaml --force";
    stage.expect(line, 0);
    stage.expect("snapshot 46 --output snapshot.yaml", 0);
    stage.expect(APPLY, 0);
    let plan: Plan = serde_yaml::from_str(&stage.read("plan.yaml")).unwrap();
    let snapshot: Snapshot = serde_yaml::from_str(&stage.read("snapshot.yaml")).unwrap();
    let receipt: Receipt =
        serde_yaml::from_str(&std::fs::read_to_string(stage.receipt()).unwrap()).unwrap();
    let place = receipt.outcome.place().unwrap().clone();
    let (error, differs) = ("an error".to_owned(), receipt.changes.clone());
    let refused = vec![Refused { names: vec!["tempo".to_owned()], error: error.clone() }];
    let outcomes = [
        receipt.outcome.clone(),
        Outcome::Sending,
        Outcome::Failed { place: place.clone(), error: error.clone() },
        Outcome::Rejected { error },
        Outcome::NotProved { place: place.clone(), differs: differs.clone() },
        Outcome::Partial { place, refused, differs },
    ];

    let mut texts = Vec::new();
    for plan in each_hostile(&plan) {
        texts.push(text::plan(&PlanView::of(&plan, &snapshot), Stream::Stdout));
    }
    for snapshot in each_hostile(&snapshot) {
        texts.push(text::show(&ShowView::of(&snapshot)));
        texts.push(text::plan(&PlanView::of(&plan, &snapshot), Stream::Stderr));
    }
    for outcome in outcomes {
        let receipt = Receipt { outcome, ..receipt.clone() };
        texts.extend(
            each_hostile(&receipt)
                .iter()
                .map(|receipt| text::receipt(&ReceiptView::of(receipt, None))),
        );
    }
    let shown = texts.iter().filter(|text| text.contains("Forged line")).count();
    assert!(texts.len() > 300 && shown > 50, "{shown} of {}", texts.len());
    for text in texts {
        let forged = text.lines().any(|line| line.trim_start().starts_with("Forged line"));
        assert!(!forged, "{text}");
    }
}

/// The same from a real node and a real command line, in every format.
#[test]
fn nothing_that_a_node_or_an_argument_says_moves_the_cursor() {
    let stage = Stage::with_chain();
    let symbol = [&[u8::try_from(HOSTILE.len() * 4).unwrap()], HOSTILE.as_bytes()].concat();
    stage.set_46("TokenSymbol", &symbol);
    let file = format!("{HOSTILE}.yaml");
    for line in [
        "show 46",
        "snapshot 46",
        "diff 46 13",
        "diff 46 13 --unified",
        "show 46 --nosuch",
        "explain",
        "profiles",
        "check",
        "plan 46 --profile",
        "plan 46 --force --set rho=9 --out",
        "apply --dev-key alice --dry-run --plan",
        "history --state-dir",
        "show 46 --network",
    ] {
        for format in ["table", "json", "yaml"] {
            let mut command = stage.command(line);
            command.args(["--format", format]);
            if !["show 46", "snapshot 46", "diff 46 13", "diff 46 13 --unified"].contains(&line) {
                command = stage.command(&format!("--format {format} {line}"));
                command.arg(&file);
            }
            let run = Run::of(command.output().unwrap());
            for text in [&run.stdout, &run.stderr] {
                let harmful = text.chars().find(|c| is_harmful(*c) && *c != '\n');
                assert_eq!(harmful, None, "{line} {format}: {text:?}");
                let forged = text.lines().any(|line| line.starts_with("Forged line"));
                assert!(!forged, "{line} {format}: {text}");
            }
            if line == "show 46" && format != "table" {
                let data: serde_json::Value = serde_yaml::from_str(&run.stdout).unwrap();
                let raw = data["hyperparameters"]["token_symbol"]["raw"].as_str();
                assert_eq!(raw, Some(HOSTILE), "exact: {}", run.stdout);
            }
        }
    }
}

/// What stays whole on a narrow terminal: a word, and a command that is to be copied.
fn unbreakable(line: &str) -> bool {
    let line = line.trim();
    !line.contains(' ')
        || line.starts_with("subtune ")
        || line.starts_with('`') && line.matches('`').count() == 2
}

#[test]
fn a_terminal_of_40_columns_is_enough() {
    let stage = Stage::with_chain();
    stage.lift_rate_limit();
    let key = "--dev-key alice --yes";
    for line in [
        "show 46".to_owned(),
        "plan 46 --set immunity_period=12000 --set kappa=5 --set tempo=400 --set min_burn=1"
            .to_owned(),
        "plan 46 --set commit_reveal_weights_enabled=false --set rho=9 --out p.yaml".to_owned(),
        format!(
            "apply 46 --set immunity_period=12000 --set commit_reveal_weights_enabled=false {key}"
        ),
        format!("apply 46 --set immunity_period=12001 --staged {key}"),
        "history".to_owned(),
        "rollback 46 --last --dev-key alice --dry-run".to_owned(),
        "diff 46 13".to_owned(),
        "explain".to_owned(),
        "explain tempo".to_owned(),
        "explain BadOrigin".to_owned(),
        "explain codes".to_owned(),
        "profiles".to_owned(),
        "check liquid-alpha --netuid 46".to_owned(),
        "wallet list --wallet-path .".to_owned(),
        "show 99".to_owned(),
        "apply 46 --set tempo=400 --dev-key bob --yes".to_owned(),
        "apply 46 --set tempo=400 --yes".to_owned(),
    ] {
        let run = Run::of(stage.command(&line).env("COLUMNS", "40").output().unwrap());
        let text = format!("{}{}", run.stdout, run.stderr);
        assert!(!text.is_empty(), "{line}: {run:?}");
        for shown in text.lines().filter(|shown| shown.chars().count() > 40) {
            assert!(unbreakable(shown), "{line}: {shown}\n{text}");
        }
    }
}
