//! No secret leaves the process: not to stdout, stderr, the state, the cache, the command line.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sp_core::crypto::Ss58Codec as _;
use subtune_devnet::Seal;

use crate::proxy::Reply;
use crate::support::Stage;
use crate::terminal::Screen;

const PASSWORD: &str = "dummy-password-1";
const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
const SEED: &str = "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";
/// The private key of that seed: its scalar, and the half that makes its nonces.
const PRIVATE: [&str; 2] = [
    "05d65584630d16cd4af6d0bec10f34bb504a5dcb62dba2122d49f5a663763d0a",
    "fd190cce74df356432b410bd64682309d6dedb27c76845daf388557cbac3ca34",
];
const OWNER: &str = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
const ED25519: &str = "5DFJF7tY4bpbpcKPJcBTQaKuCDEPCpiz8TRjpmLeTtweqmXL";
const WISH: &str = "apply 46 --set immunity_period=12000 --yes -v";
const ANSIBLE: &str = "--wallet-path wallets --wallet-name ansible";

/// Every shape that a secret may leak in, with its name.
fn needles() -> Vec<(String, Vec<u8>)> {
    let texts = [
        ("password", PASSWORD.to_owned()),
        ("mnemonic", PHRASE.to_owned()),
        ("words of the mnemonic", "drive obey lake".to_owned()),
        ("lines of the mnemonic", "drive\r\nobey\r\nlake".to_owned()),
        ("a misspelt word of the mnemonic", "curtian".to_owned()),
    ];
    let keys = [("seed", SEED), ("scalar", PRIVATE[0]), ("nonce half", PRIVATE[1])];
    let secrets = texts.into_iter().map(|(name, text)| (name, text.into_bytes()));
    let secrets = secrets.chain(keys.map(|(name, text)| (name, hex::decode(text).unwrap())));
    let mut needles = Vec::new();
    for (name, secret) in secrets {
        let digits = hex::encode(&secret);
        // In the middle of something else base64 looks otherwise: at each of the three places.
        for place in 0..3 {
            let shifted = [&[0u8; 2][..place], &secret].concat();
            for (alphabet, text) in
                [("", STANDARD.encode(&shifted)), ("url-", URL_SAFE_NO_PAD.encode(&shifted))]
            {
                let whole = text.trim_end_matches('=');
                let inner = &whole[[0, 2, 3][place]..whole.len() - 1];
                needles.push((format!("{name} in {alphabet}base64"), inner.as_bytes().to_vec()));
            }
        }
        needles.push((format!("{name} in HEX"), digits.to_uppercase().into_bytes()));
        needles.push((format!("{name} in hex"), digits.into_bytes()));
        // As a list of numbers, which a careless `Debug` prints.
        needles.push((format!("{name} as numbers"), format!("{secret:?}").into_bytes()));
        needles.push((name.to_owned(), secret));
    }
    needles
}

/// Looks for all of them, and counts.
struct Search {
    needles: Vec<(String, Vec<u8>)>,
    places: Cell<usize>,
    bytes: Cell<usize>,
    runs: Cell<usize>,
}

impl Search {
    fn new() -> Self {
        Self { needles: needles(), places: Cell::new(0), bytes: Cell::new(0), runs: Cell::new(0) }
    }

    fn found<'a>(&'a self, hay: &[u8]) -> Vec<&'a str> {
        self.places.set(self.places.get() + 1);
        self.bytes.set(self.bytes.get() + hay.len());
        let found = self.needles.iter().filter(|(_, needle)| has(hay, needle));
        found.map(|(name, _)| name.as_str()).collect()
    }

    #[track_caller]
    fn none_in(&self, what: &str, hay: &[u8]) {
        assert_eq!(self.found(hay), Vec::<&str>::new(), "{what}: {}", String::from_utf8_lossy(hay));
    }

    /// Runs the tool for a person and for a script.
    #[track_caller]
    fn run(&self, make: &dyn Fn() -> Command, code: i32) {
        for format in ["table", "json"] {
            let run = self.once(make().args(["--format", format]));
            assert_eq!(run.status.code(), Some(code), "{run:?}");
        }
    }

    #[track_caller]
    fn once(&self, command: &mut Command) -> Output {
        let output = command.output().unwrap();
        let what = format!("{:?}", command.get_args());
        self.none_in(&what, &output.stdout);
        self.none_in(&what, &output.stderr);
        self.runs.set(self.runs.get() + 1);
        output
    }

    /// Everything that the tool has written on this stage.
    #[track_caller]
    fn none_on(&self, stage: &Stage) {
        for folder in ["state", "cache", "home"] {
            for file in files(&stage.path(folder)) {
                self.none_in(&file.display().to_string(), &std::fs::read(&file).unwrap());
                self.none_in("name of a file", file.as_os_str().as_encoded_bytes());
            }
        }
    }
}

/// Whether a part of it is `needle`. By its first byte: most places end there.
fn has(hay: &[u8], needle: &[u8]) -> bool {
    let mut rest = hay;
    while let Some(place) = rest.iter().position(|byte| *byte == needle[0]) {
        rest = &rest[place..];
        if rest.starts_with(needle) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Wallets and secrets of the owner of subnet 46.
fn furnish(stage: &Stage) {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets");
    for (version, name) in
        [("v4.1.1", "plain"), ("v1.0.0", "ansible"), ("v4.1.1", "nacl"), ("v4.1.1", "ed25519")]
    {
        for file in ["coldkey", "coldkeypub.txt"] {
            let content = std::fs::read(vectors.join(version).join(name).join(file)).unwrap();
            stage.write(&format!("wallets/{name}/{file}"), content);
        }
    }
    for name in ["sr25519", "plain", "batch-of-one"] {
        let content =
            std::fs::read(vectors.join("polkadot-js").join(name).join("coldkey")).unwrap();
        stage.write(&format!("wallets/export-{name}/coldkey"), content);
    }
    let public = stage.read("wallets/plain/coldkeypub.txt");
    stage.write("wallets/export-sr25519/coldkeypub.txt", public);
    let plain = stage.read("wallets/plain/coldkey");
    for (name, content) in [
        ("cut", plain[..plain.len() - 20].to_owned()),
        (
            "garbled",
            plain
                .replace("walk", "wall")
                .replace("0xfac7", "fac7")
                .replace("Key\":\"0x", "Key\":[\""),
        ),
        ("twice", plain.replace("\"secretSeed\"", "\"secretPhrase\"")),
        ("other", plain.replace("5Dfh", "5Dfg")),
        ("untyped", plain.replace("\"secretPhrase\":\"", "\"secretPhrase\":1,\"x\":\"")),
    ] {
        stage.write(&format!("wallets/{name}/coldkey"), content);
    }
    stage.write("right", format!("{PASSWORD}\n"));
    stage.write("wrong", format!("{PASSWORD}2"));
    stage.write("phrase", PHRASE);
    stage.write("seed", format!("0x{SEED}"));
    stage.write("lines", PHRASE.replace(' ', "\r\n"));
    stage.write("misspelt", PHRASE.replace("curtain", "curtian"));
    stage.write("bad-phrase", format!("{PHRASE} walk"));
    stage.write("bad-seed", format!("0x{SEED}5"));
}

fn owners_stage(seal: Seal) -> Stage {
    let stage = Stage::with(seal);
    let account = sp_core::crypto::AccountId32::from_ss58check(OWNER).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    furnish(&stage);
    stage
}

/// The search finds what it is to find: the secrets where they belong, and shapes of them anywhere.
#[test]
fn the_search_finds_secrets() {
    let search = Search::new();
    let stage = Stage::offline();
    furnish(&stage);
    let names = |file: &str| search.found(&std::fs::read(stage.path(file)).unwrap());
    assert_eq!(names("right"), ["password"]);
    assert_eq!(names("phrase"), ["mnemonic", "words of the mnemonic"]);
    let plain = names("wallets/plain/coldkey");
    for name in ["mnemonic", "seed in hex", "scalar in hex", "nonce half in hex"] {
        assert!(plain.contains(&name), "{name}: {plain:?}");
    }
    let seed = hex::decode(SEED).unwrap();
    for before in 0..6 {
        let hay = STANDARD.encode([&vec![7; before][..], &seed, &[9; 5]].concat());
        assert_eq!(search.found(hay.as_bytes()).first(), Some(&"seed in base64"), "{before}");
    }
    assert_eq!(search.found(format!("{seed:?}").as_bytes()), ["seed as numbers"]);
    assert!(names("wallets/nacl/coldkey").is_empty());
}

#[cfg(unix)]
#[test]
fn no_command_lets_a_secret_out() {
    let search = Search::new();
    let stage = owners_stage(Seal::Instant);
    stage.lift_rate_limit();
    let run_with = |line: &str, variable: Option<(&str, &str)>, argument: Option<&str>, code| {
        let make = || {
            let mut command = stage.command(line);
            command.envs(variable).args(argument);
            command
        };
        search.run(&make, code);
    };
    let run = |line: &str, code| run_with(line, None, None, code);

    // Looking at wallets, sound and broken.
    run("wallet list --wallet-path wallets -v", 0);
    let exports = ["export-sr25519", "export-plain", "export-batch-of-one"];
    for name in exports {
        run(&format!("wallet show {name} --wallet-path wallets -v"), 0);
        let verify = format!("wallet verify {name} --wallet-path wallets -v");
        run(&format!("{verify} --password-file right"), 0);
        let code = if name == "export-plain" { 0 } else { 7 };
        run(&format!("{verify} --password-file wrong"), code);
        run_with(&verify, Some(("BT_WALLET_PASSWORD", PASSWORD)), None, 0);
        let variable = format!("BT_PW_WALLETS_{}_COLDKEY", name.to_uppercase());
        run_with(&verify, Some((&variable, PASSWORD)), None, code);
    }
    for name in ["plain", "ansible", "cut", "garbled", "twice", "other", "untyped"] {
        run(&format!("wallet show {name} --wallet-path wallets -v"), 0);
    }
    for name in ["plain", "ed25519", "untyped"] {
        run(&format!("wallet verify {name} --wallet-path wallets -v"), 0);
    }
    for name in ["cut", "garbled", "twice", "other", "ansible"] {
        run(&format!("wallet verify {name} --wallet-path wallets -v"), 7);
    }
    let verify = "wallet verify ansible --wallet-path wallets -v";
    run_with(verify, Some(("BT_WALLET_PASSWORD", PASSWORD)), None, 0);
    run_with(verify, Some(("BT_WALLET_PASSWORD_FILE", "right")), None, 0);
    run_with(verify, Some(("BT_WALLET_PASSWORD", "wrong")), None, 7);
    run_with(verify, Some(("BT_PW_WALLETS_ANSIBLE_COLDKEY", PASSWORD)), None, 7);
    run(&format!("{verify} --password-file right"), 0);
    run(&format!("{verify} --password-file wrong"), 7);
    // The secret itself in the place of a path: it stands on the command line, but goes no further.
    run_with(&format!("{verify} --password-file"), None, Some(PASSWORD), 7);
    run_with(verify, Some(("BT_WALLET_PASSWORD_FILE", PASSWORD)), None, 7);
    run_with(&format!("{WISH} --suri-file"), None, Some(PHRASE), 7);
    run_with(&format!("{WISH} --staged --suri-file"), None, Some(PHRASE), 7);

    // Signing, from every source; the value goes to and fro, so that there is something to do.
    let sources = [
        "--wallet-path wallets --wallet-name plain",
        &format!("{ANSIBLE} --password-file right"),
        "--wallet-path wallets --wallet-name export-sr25519 --password-file right",
        "--suri-file phrase",
        "--suri-file lines",
        "--suri-file seed",
    ];
    for (number, source) in sources.iter().enumerate() {
        let line = format!("apply 46 --set immunity_period={} --yes -v {source}", 8_000 + number);
        run(&line, 0);
    }
    let back = format!("rollback 46 --last --yes -v {ANSIBLE} --password-file right");
    let ended = search.once(&mut stage.command(&back));
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");

    // Failures at every step before something is sent.
    let right = format!("{WISH} {ANSIBLE} --password-file right");
    run(&format!("{WISH} {ANSIBLE}"), 7);
    run(&format!("{WISH} {ANSIBLE} --password-file wrong"), 7);
    run(&format!("{WISH} --suri-file bad-phrase"), 7);
    run(&format!("{WISH} --suri-file bad-seed"), 7);
    run(&format!("{WISH} --suri-file misspelt"), 7);
    run(&format!("{WISH} --dry-run --suri-file misspelt"), 0);
    run(&format!("{WISH} --dry-run {ANSIBLE} --password-file wrong"), 0);
    run(&format!("{right} --network ws://127.0.0.1:1"), 5);
    search.run(&|| stage.after("trap '' XFSZ; ulimit -f 0", &right), 1);
    search.none_on(&stage);

    // Failures of what is sent.
    for refusing in ["author_submitExtrinsic", "state_call", "chain_getFinalizedHead"] {
        let stage = owners_stage(Seal::Instant).through(Box::new(move |method, _| {
            if method == refusing {
                Reply::Refuse(1010, "Invalid Transaction")
            } else {
                Reply::Pass
            }
        }));
        let run = search.once(&mut stage.command(&right));
        assert_ne!(run.status.code(), Some(0), "{refusing} {run:?}");
        search.none_on(&stage);
    }
    let (places, shapes) = (search.places.get(), search.needles.len());
    println!(
        "{} runs: {places} outputs and files of {} bytes, {shapes} shapes of secrets: {} searches, \
         nothing found",
        search.runs.get(),
        search.bytes.get(),
        places * shapes
    );
}

/// Keys of a node's provider stand in its URL, wherever that comes from.
#[test]
fn the_credentials_of_an_endpoint_are_not_told() {
    let stage = Stage::with_chain();
    let secret = "pr0vider";
    let address = stage.chain().url().replace("ws://", "");
    let with_key =
        |address: &str| format!("ws://{secret}:{secret}@{address}/{secret}?{secret}={secret}");
    let path_only = format!("ws://{address}/{secret}?key={secret}");
    for (line, network, code) in [
        ("show 46 -v", path_only.as_str(), 0),
        ("apply 46 --set immunity_period=12000 --dev-key alice --yes -v", &path_only, 0),
        ("history --refresh -v", &path_only, 0),
        ("show 46 -v", &with_key("127.0.0.1:1"), 5),
        ("show 46 -v", &with_key("node.invalid"), 2),
        ("show 46 -v", &with_key("x").replace("ws:", "http:"), 2),
        ("show 46 -v", &with_key("x").replace("ws://", ""), 2),
        ("show 46 --help", &with_key("x"), 0),
        ("--help", &with_key("x"), 0),
    ] {
        for format in ["table", "json"] {
            let mut command = stage.command(line);
            command.args(["--format", format]).env("BT_NETWORK", network);
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{line} {network} {output:?}");
            let all = [output.stdout, output.stderr].concat();
            assert!(!has(&all, secret.as_bytes()), "{line}: {}", String::from_utf8_lossy(&all));
        }
    }
    for file in [files(&stage.path("state")), files(&stage.path("cache"))].concat() {
        let content = std::fs::read(&file).unwrap();
        assert!(!has(&content, secret.as_bytes()), "{}", file.display());
    }
}

/// While a transaction waits, its key is no longer needed: nothing that the system tells of the
/// process holds a secret, its memory included.
#[cfg(target_os = "linux")]
#[test]
fn a_waiting_process_holds_no_secret() {
    let stage = owners_stage(Seal::Manual);
    let ed25519 = sp_core::crypto::AccountId32::from_ss58check(ED25519).unwrap();
    for (source, owner) in [
        (format!("{ANSIBLE} --password-file right"), None),
        (
            "--wallet-path wallets --wallet-name export-sr25519 --password-file right".to_owned(),
            None,
        ),
        ("--suri-file phrase".to_owned(), None),
        ("--suri-file lines".to_owned(), None),
        ("--suri-file seed".to_owned(), None),
        ("--wallet-path wallets --wallet-name ed25519".to_owned(), Some(ed25519)),
    ] {
        if let Some(owner) = owner {
            stage.give_46_to(owner.into(), 10_000_000_000);
        }
        look_into(&stage, &source);
        as_before(&stage);
    }
}

/// Ends what was sent, so that the next source can be tried.
#[cfg(target_os = "linux")]
fn as_before(stage: &Stage) {
    stage.chain().new_blocks(1).unwrap();
    stage.expect("history --refresh", 0);
    stage.lift_rate_limit();
    stage.set_46("ImmunityPeriod", &7200u16.to_le_bytes());
}

#[cfg(target_os = "linux")]
#[track_caller]
fn look_into(stage: &Stage, source: &str) {
    let search = Search::new();
    let mut child = stage
        .command(&format!("{WISH} {source}"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("\nsent 0x") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended early: {said}");
    }
    let about = |name: &str| std::fs::read(format!("/proc/{}/{name}", child.id()));
    search.none_in("command line", &about("cmdline").unwrap());
    // Only root may read it, once the process has shut its doors.
    if let Ok(environment) = about("environ") {
        search.none_in("environment", &environment);
    }
    let limits = String::from_utf8(about("limits").unwrap()).unwrap();
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<_> = cores.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{cores}");
    nothing_in_memory(&search, child.id(), source);
    child.kill().unwrap();
    child.wait().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    search.none_in("stderr", said.as_bytes());
    search.none_on(stage);
}

/// On the machine without a network nothing waits for a block: the process is held where it writes
/// its result, into a pipe that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_has_signed_a_file_holds_no_secret() {
    use std::io::Write as _;
    let stage = owners_stage(Seal::Manual);
    stage.expect("plan 46 --set immunity_period=12000 --unsigned t.json", 0);
    for source in [format!("{ANSIBLE} --password-file right"), "--suri-file phrase".to_owned()] {
        let search = Search::new();
        let (reader, mut writer) = std::io::pipe().unwrap();
        // What Linux gives a pipe; where it is more, the result fits in and nothing is held.
        writer.write_all(&[b'x'; 64 * 1024]).unwrap();
        let mut child = stage
            .command(&format!("sign t.json --force --yes {source}"))
            .stdout(writer)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !(stage.path("t.signed.json").exists() && writes_to_stdout(child.id())) {
            assert!(child.try_wait().unwrap().is_none(), "it ended early");
            std::thread::yield_now();
        }
        let signed: serde_json::Value = serde_json::from_str(&stage.read("t.signed.json")).unwrap();
        assert!(signed["signature"].is_string());
        nothing_in_memory(&search, child.id(), &source);
        drop(reader);
        child.wait().unwrap();
        search.none_on(&stage);
        std::fs::remove_file(stage.path("t.signed.json")).unwrap();
    }
}

/// Whether a thread of the process is inside `write(1, …)`, as far as this user may know.
#[cfg(target_os = "linux")]
fn writes_to_stdout(process: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return false };
    threads.flatten().any(|thread| {
        std::fs::read_to_string(thread.path().join("syscall"))
            // The number of the call on x86-64, and on arm64.
            .map_or(true, |call| ["1 0x1 ", "64 0x1 "].iter().any(|is| call.starts_with(is)))
    })
}

/// The same where the secret was typed on a terminal, which neither shows nor keeps it.
#[cfg(target_os = "linux")]
#[test]
fn what_was_typed_is_kept_nowhere() {
    let stage = owners_stage(Seal::Manual);
    for (source, question, typed) in [
        (ANSIBLE, "Password of the wallet", PASSWORD.to_owned()),
        ("--ask-suri", "secret URI", format!("0x{SEED}")),
    ] {
        let search = Search::new();
        let mut screen = Screen::start(stage.command(&format!("{WISH} {source}")), None);
        screen.wait_for(question);
        screen.type_unseen(&typed);
        screen.wait_for("sent 0x");
        nothing_in_memory(&search, screen.id(), source);
        search.none_in("terminal", screen.kill().as_bytes());
        search.none_on(&stage);
        as_before(&stage);
    }
}

/// Looks into everything that a waiting process can write to.
#[cfg(target_os = "linux")]
#[track_caller]
fn nothing_in_memory(search: &Search, process: u32, source: &str) {
    match memory(process) {
        Ok(memory) => {
            // The mnemonic is that of all development keys: it stands in the program itself.
            let needles = || search.needles.iter().filter(|(name, _)| !name.contains("mnemonic"));
            let found = needles().filter(|(_, needle)| memory.iter().any(|part| has(part, needle)));
            assert_eq!(found.map(|(name, _)| name).collect::<Vec<_>>(), Vec::<&String>::new());
            let bytes: usize = memory.iter().map(Vec::len).sum();
            println!(
                "{source}: {} shapes in {bytes} bytes of memory, none found",
                needles().count()
            );
        }
        Err(error) => println!("{source}: the memory is closed to this user: {error}"),
    }
}

/// Everything that a process can write to; only root may read it.
#[cfg(target_os = "linux")]
fn memory(process: u32) -> std::io::Result<Vec<Vec<u8>>> {
    use std::os::unix::fs::FileExt as _;
    let memory = std::fs::File::open(format!("/proc/{process}/mem"))?;
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps"))?;
    let mut parts = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, rest) = line.split_once('-').unwrap();
        let to = rest.split_once(' ').unwrap().0;
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut part = vec![0; usize::try_from(to - from).unwrap()];
        if memory.read_exact_at(&mut part, from).is_ok() {
            parts.push(part);
        }
    }
    Ok(parts)
}
