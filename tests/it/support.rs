//! A stage for the tool: a local chain in this process, folders of its own, no environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use subtune_devnet::{Devnet, Options, Seal};

use crate::proxy::{Hook, Proxy};

/// SS58 address of the development key Alice, the owner of subnet 46.
pub(crate) const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
/// SS58 address of the development key Bob, the owner of subnet 13.
pub(crate) const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
/// A change that goes at once on a fresh chain.
pub(crate) const APPLY: &str = "apply 46 --set immunity_period=12000 --dev-key alice --yes";

/// A folder for one test, and perhaps a chain.
pub(crate) struct Stage {
    chain: Option<Devnet>,
    proxy: Option<Proxy>,
    folder: tempfile::TempDir,
}

/// What one run of the tool has said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Who may say something on stderr before the error.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Progress,
}

impl Stage {
    /// A stage with a chain that makes a block for every transaction.
    pub(crate) fn with_chain() -> Self {
        Self::with(Seal::Instant)
    }

    /// A stage with a chain that makes blocks so.
    pub(crate) fn with(seal: Seal) -> Self {
        Self::with_options(Options { seal, ..Options::default() })
    }

    /// A stage with a chain that is started so.
    pub(crate) fn with_options(options: Options) -> Self {
        let chain = Devnet::start(options).unwrap();
        // A chain in the middle of its life: the head has a predecessor.
        chain.new_blocks(1).unwrap();
        Self { chain: Some(chain), ..Self::offline() }
    }

    /// A stage without a chain: what would ask one fails.
    pub(crate) fn offline() -> Self {
        // The same length everywhere: whole screens are compared, and their lines are folded.
        let folder = if cfg!(unix) { tempfile::tempdir_in("/tmp") } else { tempfile::tempdir() };
        Self { chain: None, proxy: None, folder: folder.unwrap() }
    }

    /// Ends the chain: from now on the node is gone.
    pub(crate) fn stop_chain(&mut self) {
        drop(self.chain.take());
    }

    /// Puts a node between the tool and the chain that may answer otherwise.
    pub(crate) fn through(mut self, hook: Hook) -> Self {
        self.proxy = Some(Proxy::start(self.chain.as_ref().map(Devnet::url), hook));
        self
    }

    /// The chain.
    pub(crate) fn chain(&self) -> &Devnet {
        self.chain.as_ref().unwrap()
    }

    /// Gives subnet 46 to this account, which then has this many rao.
    pub(crate) fn give_46_to(&self, account: [u8; 32], rao: u64) {
        self.set_46("SubnetOwner", &account);
        self.set_account(account, 0, rao);
    }

    /// Makes an account one with this nonce and this many rao.
    pub(crate) fn set_account(&self, account: [u8; 32], nonce: u32, rao: u64) {
        let hash = sp_crypto_hashing::blake2_128(&account);
        let key = [&item("System", "Account")[..], &hash, &account].concat();
        // Nonce, consumers, providers, sufficients; free, reserved, frozen, flags.
        let mut info = [nonce, 0, 1, 0].map(u32::to_le_bytes).concat();
        info.extend([rao, 0, 0].map(u64::to_le_bytes).concat());
        info.extend((1u128 << 127).to_le_bytes());
        self.chain().set_storage(vec![(key, Some(info))]).unwrap();
    }

    /// Lets every change go at once: otherwise 720 blocks lie between two of one kind.
    pub(crate) fn lift_rate_limit(&self) {
        self.rate_limit(0);
    }

    /// Leaves no block before an epoch in which changes are refused.
    pub(crate) fn lift_freeze_window(&self) {
        let key = item("SubtensorModule", "AdminFreezeWindow");
        self.chain().set_storage(vec![(key, Some(0u16.to_le_bytes().to_vec()))]).unwrap();
    }

    /// Lets so many tempos of 360 blocks lie between two changes of one kind.
    pub(crate) fn rate_limit(&self, tempos: u16) {
        let key = item("SubtensorModule", "OwnerHyperparamRateLimit");
        self.chain().set_storage(vec![(key, Some(tempos.to_le_bytes().to_vec()))]).unwrap();
    }

    /// The owner's rate-limit slot of a hyperparameter of subnet 46, as if it had just been changed.
    pub(crate) fn just_changed(&self, slot: u8) {
        let key =
            [&item("SubtensorModule", "LastRateLimitedBlock")[..], &[1, 46, 0, slot]].concat();
        let now = u64::from(self.chain().head().0).to_le_bytes().to_vec();
        self.chain().set_storage(vec![(key, Some(now))]).unwrap();
    }

    /// Sets a value of subnet 46 behind everybody's back.
    pub(crate) fn set_46(&self, name: &str, value: &[u8]) {
        let key = [&item("SubtensorModule", name)[..], &46u16.to_le_bytes()].concat();
        self.chain().set_storage(vec![(key, Some(value.to_vec()))]).unwrap();
    }

    /// What is stored for subnet 46, if anything is.
    pub(crate) fn get_46(&self, name: &str) -> Option<Vec<u8>> {
        let key = [&item("SubtensorModule", name)[..], &46u16.to_le_bytes()].concat();
        self.chain().get_storage(&key)
    }

    /// Lets subnet 46 have so many mechanisms.
    pub(crate) fn set_mechanisms(&self, count: u8) {
        let netuid = 46u16.to_le_bytes();
        let twox = [&sp_crypto_hashing::twox_64(&netuid)[..], &netuid].concat();
        let key = [item("SubtensorModule", "MechanismCountCurrent"), twox].concat();
        self.chain().set_storage(vec![(key, Some(vec![count]))]).unwrap();
    }

    /// Lets timelocked weights of subnet 46 wait under a mechanism, or none.
    pub(crate) fn set_commits(&self, mechanism: u16, epoch: u64, weights: &[u8]) {
        let twox = |part: &[u8]| [&sp_crypto_hashing::twox_64(part)[..], part].concat();
        let index = (46 + 4_096 * mechanism).to_le_bytes();
        let key = [
            item("SubtensorModule", "TimelockedWeightCommits"),
            twox(&index),
            twox(&epoch.to_le_bytes()),
        ]
        .concat();
        let weights = (!weights.is_empty()).then(|| weights.to_vec());
        self.chain().set_storage(vec![(key, weights)]).unwrap();
    }

    /// A path in the folder of this stage.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder of this stage.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Reads a file of the folder of this stage.
    pub(crate) fn read(&self, name: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The files of subnet 46 in the state directory with this ending, oldest first.
    pub(crate) fn records(&self, ending: &str) -> Vec<PathBuf> {
        let Ok(chains) = std::fs::read_dir(self.path("state")) else { return Vec::new() };
        let mut found: Vec<PathBuf> = chains
            .filter_map(|chain| std::fs::read_dir(chain.unwrap().path().join("subnet-46")).ok())
            .flatten()
            .map(|file| file.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with(ending))
            .collect();
        found.sort();
        found
    }

    /// The one receipt of this stage.
    #[track_caller]
    pub(crate) fn receipt(&self) -> PathBuf {
        let mut found = self.records(".receipt.yaml");
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// The tool, with nothing of our own environment, no terminal and no input.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_subtune"));
        self.prepare(&mut command, line);
        command
    }

    /// The tool after a line of shell, as in `ulimit -f 0`.
    pub(crate) fn after(&self, shell: &str, line: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("{shell}; exec \"$0\" \"$@\"")]);
        command.arg(env!("CARGO_BIN_EXE_subtune"));
        self.prepare(&mut command, line);
        command
    }

    /// Any program, run as the tool is.
    pub(crate) fn prepare(&self, command: &mut Command, line: &str) {
        hear_signals();
        watch_over_children();
        command
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.path("home"))
            .env("SUBTUNE_STATE_DIR", self.path("state"))
            .env("SUBTUNE_CACHE_DIR", self.path("cache"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        if let Some(url) = self.url() {
            command.env("BT_NETWORK", url);
        }
    }

    /// The node that the tool is pointed at, if there is one.
    pub(crate) fn url(&self) -> Option<String> {
        let chain = self.chain.as_ref().map(Devnet::url);
        self.proxy.as_ref().map(Proxy::url).or(chain)
    }

    /// Runs one command line.
    pub(crate) fn run(&self, line: &str) -> Run {
        finish(&mut self.command(line))
    }

    /// Runs one command line that must end with this code.
    #[track_caller]
    pub(crate) fn expect(&self, line: &str, code: i32) -> Run {
        let run = self.run(line);
        assert_eq!(run.code, code, "{line}\n{}\n{}", run.stdout, run.stderr);
        run
    }

    /// Every record that this line of `history` lists, each shown whole.
    #[track_caller]
    pub(crate) fn whole_history(&self, line: &str) -> String {
        let json = self.expect(&format!("{line} --json"), 0).json();
        let ids =
            json["receipts"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
        ids.map(|id| self.expect(&format!("history {id}"), 0).stdout).collect()
    }

    /// Runs a command line that must fail at once, for a person and for a script, and checks
    /// everything that every failure must have.
    #[track_caller]
    pub(crate) fn fails(&self, line: &str, code: i32, error: &str, hint: &str) {
        fails(&|| self.command(line), Before::Nothing, code, error, hint);
    }

    /// The same for a command that may tell its progress first.
    #[track_caller]
    pub(crate) fn fails_later(&self, line: &str, code: i32, error: &str, hint: &str) {
        fails(&|| self.command(line), Before::Progress, code, error, hint);
    }
}

/// Lets programs that are started from now on hear the signals that end one. Whoever has started the
/// tests may have them ignored, as a shell does for what runs in the background, and a program inherits
/// that; what is handled here it does not.
pub(crate) fn hear_signals() {
    use tokio::signal::unix::{SignalKind, signal};
    static HEARD: Once = Once::new();
    HEARD.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = u64::from_str_radix(mask.unwrap_or("0").trim(), 16).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _context = runtime.enter();
        for kind in [
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ] {
            if ignored >> (kind.as_raw_value() - 1) & 1 == 1 {
                drop(signal(kind).unwrap());
            }
        }
    });
}

/// Ends programs that do not end by themselves, so that a test fails and does not wait for ever.
fn watch_over_children() {
    /// Far more than any command takes.
    const LONGEST: Duration = Duration::from_secs(300);
    static WATCHED: Once = Once::new();
    let children = || -> BTreeSet<i32> {
        let me = std::process::id().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let number = |name: std::ffi::OsString| name.to_str()?.parse::<i32>().ok();
        let numbers = processes.filter_map(|process| number(process.file_name()));
        let is_mine = |process: &i32| {
            // The name stands in parentheses, then the state and the parent.
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            let rest = stat.rsplit(") ").next().unwrap_or_default();
            rest.split(' ').nth(1) == Some(me.as_str())
        };
        numbers.filter(is_mine).collect()
    };
    WATCHED.call_once(|| {
        std::thread::spawn(move || {
            let mut since: BTreeMap<i32, Instant> = BTreeMap::new();
            loop {
                std::thread::park_timeout(Duration::from_secs(5));
                let now = children();
                since.retain(|process, _| now.contains(process));
                for process in now {
                    if since.entry(process).or_insert_with(Instant::now).elapsed() > LONGEST {
                        let what = std::fs::read_to_string(format!("/proc/{process}/cmdline"));
                        let what = what.unwrap_or_default().replace('\0', " ");
                        eprintln!("killed, since it does not end: {what}");
                        let pid = Pid::from_raw(process).unwrap();
                        let _ = kill_process(pid, Signal::KILL);
                    }
                }
            }
        });
    });
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Run {
    Run::of(command.output().unwrap())
}

/// [`Stage::fails`] for any way to start the tool; `--format json` is added for the second run.
#[track_caller]
pub(crate) fn command_fails(make: &dyn Fn() -> Command, code: i32, error: &str, hint: &str) {
    fails(make, Before::Nothing, code, error, hint);
}

#[track_caller]
fn fails(make: &dyn Fn() -> Command, before: Before, code: i32, error: &str, hint: &str) {
    let run = Run::of(make().output().unwrap());
    run.check_failure(before == Before::Progress, code, error, hint);
    check_options(&make(), run.stderr.lines().last().unwrap());
    let run = Run::of(make().args(["--format", "json"]).output().unwrap());
    run.check_json_failure(code, error, hint);
}

/// The options in a text.
fn options(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    parts.filter(|part| part.len() > 3 && part.starts_with("--"))
}

/// The help of a command, such as `plan` or `proxy setup`.
fn help(command: &str) -> String {
    static SEEN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let ask = || Stage::offline().expect(&format!("{command} --help"), 0).stdout;
    seen.entry(command.to_owned()).or_insert_with(ask).clone()
}

/// The command that a line is for: two words for those that have commands of their own.
fn verb<'a>(mut words: impl Iterator<Item = &'a str>) -> String {
    match words.next().unwrap_or_default() {
        group @ ("proxy" | "wallet" | "fleet") => {
            format!("{group} {}", words.next().unwrap_or_default())
        }
        verb => verb.to_owned(),
    }
}

/// A hint names only options that the command has, or the command that has them:
/// "`subtune plan --skip-no-effect` …".
#[track_caller]
pub(crate) fn check_options(command: &Command, hint: &str) {
    let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect();
    if command.get_program() != env!("CARGO_BIN_EXE_subtune") || args.is_empty() {
        return;
    }
    for (index, part) in hint.split('`').enumerate() {
        let of = match part.strip_prefix("subtune ") {
            Some(line) if index % 2 == 1 => verb(line.split_whitespace()),
            _ => verb(args.iter().map(String::as_str)),
        };
        for option in options(part) {
            let help = help(&of);
            assert!(
                options(&help).any(|has| has == option),
                "`subtune {of}` has no {option}: {hint}"
            );
        }
    }
}

/// The storage prefix of an item.
pub(crate) fn item(pallet: &str, name: &str) -> Vec<u8> {
    [pallet, name].map(|text| sp_crypto_hashing::twox_128(text.as_bytes())).concat()
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The result as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// A failure for people: nothing on stdout, one `error:` and one `hint:` line on stderr.
    #[track_caller]
    pub(crate) fn check_failure(&self, progress: bool, code: i32, error: &str, hint: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        let lines: Vec<_> = self.stderr.lines().collect();
        let Some((said, [first, second])) = lines.split_last_chunk() else {
            panic!("no error and hint: {}", self.stderr)
        };
        assert!(progress || said.is_empty(), "{}", self.stderr);
        let is_end = |line: &str| line.starts_with("error:") || line.starts_with("hint:");
        assert!(!said.iter().any(|line| is_end(line) || line.contains("panicked")), "{self:?}");
        let (Some(what), Some(next)) =
            (first.strip_prefix("error: "), second.strip_prefix("hint: "))
        else {
            panic!("no error and hint: {}", self.stderr)
        };
        check_words(what, next);
        assert!(what.contains(error), "«{error}» is not in: {what}");
        assert!(next.contains(hint), "«{hint}» is not in: {next}");
    }

    /// A failure for scripts: one object on stdout, nothing on stderr.
    #[track_caller]
    pub(crate) fn check_json_failure(&self, code: i32, error: &str, hint: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        let json = self.json();
        assert_eq!(json["schema_version"], 2, "{json}");
        assert_eq!(json["error"]["kind"], kind(code), "{json}");
        assert_eq!(json["error"]["exit_code"], code, "{json}");
        let (Some(what), Some(next)) =
            (json["error"]["message"].as_str(), json["error"]["hint"].as_str())
        else {
            panic!("no message and hint: {json}")
        };
        check_words(what, next);
        assert!(what.contains(error), "«{error}» is not in: {what}");
        assert!(next.contains(hint), "«{hint}» is not in: {next}");
    }
}

/// A message is a sentence of one line without a final full stop.
#[track_caller]
fn check_words(what: &str, hint: &str) {
    for text in [what, hint] {
        assert!(text.split_whitespace().count() >= 3, "no sentence: {text}");
        let stops = text.ends_with('.') && !text.ends_with("...");
        assert!(!stops && text.trim() == text, "full stop or blanks: {text}");
        assert!(!text.chars().any(char::is_control), "control character: {text:?}");
        assert!(text.len() < 600, "too long: {text}");
    }
}

/// The kind that goes with an exit code.
fn kind(code: i32) -> &'static str {
    match code {
        1 => "other",
        2 => "usage",
        4 => "input",
        5 => "chain",
        6 => "refused",
        7 => "wallet",
        8 => "partial",
        9 => "unknown",
        130 => "interrupted",
        other => panic!("{other} is no failure"),
    }
}
