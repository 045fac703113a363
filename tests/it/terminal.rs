//! What is written where: streams that are full or closed, a narrow terminal, hostile texts, questions
//! on a real terminal, and bugs.

use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};

use pty_process::blocking::{Pty, open};
use rustix::termios::{LocalModes, tcgetattr};
use subtune_devnet::Seal;

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
            assert!(run.stderr.contains("`subtune history`"), "{line}: {run:?}");
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
    let error = "subtune 0.1.0 has a bug, found at ending.rs:";
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
struct Screen {
    child: Child,
    pty: Pty,
    said: String,
}

impl Screen {
    fn start(command: Command, stdin: Option<Stdio>) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(pty_process::Size::new(24, 80)).unwrap();
        let command = pty_process::blocking::Command::from(command);
        let command = match stdin {
            Some(stdin) => command.stdin(stdin),
            None => command,
        };
        Self { child: command.spawn(pts).unwrap(), pty, said: String::new() }
    }

    /// Reads until this is said.
    #[track_caller]
    fn wait_for(&mut self, words: &str) {
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
                assert!(said.contains("nothing was sent"), "{line}: {signal}: {said}");
            }
        }
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
