//! `subtune wallet`, and where passwords and keys come from: on the real binary, without a chain
//! where none is needed.

use std::path::Path;

use sp_core::crypto::Ss58Codec as _;

use crate::support::{ALICE, Run, Stage, command_fails};

const PASSWORD: &str = "dummy-password-1";
const DUMMY: &str = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
const ED25519: &str = "5DFJF7tY4bpbpcKPJcBTQaKuCDEPCpiz8TRjpmLeTtweqmXL";

fn vectors(version: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets").join(version)
}

/// A wish that the owner of subnet 46 may have.
const WISH: &str = "apply 46 --set immunity_period=12000 --yes";
const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// A stage with a copy of a wallet, its keyfile private.
fn stage_with(version: &str, names: &[&str]) -> Stage {
    let stage = Stage::offline();
    furnish(&stage, version, names);
    stage
}

fn furnish(stage: &Stage, version: &str, names: &[&str]) {
    for name in names {
        for file in ["coldkey", "coldkeypub.txt"] {
            if let Ok(content) = std::fs::read(vectors(version).join(name).join(file)) {
                private(&stage.write(&format!("wallets/{name}/{file}"), content));
            }
        }
    }
}

fn private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Verifies the cheapest encrypted wallet.
const VERIFY: &str = "wallet verify ansible --wallet-path wallets";

#[test]
fn a_list_tells_every_wallet() {
    let stage = stage_with("v4.1.1", &["nacl", "ed25519", "watch-only"]);
    stage.write("wallets/broken/coldkey", "{");
    private(&stage.path("wallets/broken/coldkey"));
    stage.write("wallets/no wallet/readme.txt", "");
    let run = stage.expect("wallet list --wallet-path wallets", 0);
    assert_eq!(run.stderr, "");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = run.stdout.lines().map(words).collect();
    assert_eq!(lines[2], "broken unknown JSON, not encrypted");
    assert_eq!(lines[3], format!("ed25519 {ED25519} JSON, not encrypted"));
    assert_eq!(lines[4], format!("nacl {DUMMY} NaCl, encrypted"));
    assert_eq!(lines[5], format!("watch-only {DUMMY} none: watch-only"));
    assert!(lines[6..].iter().all(|line| line.starts_with("problem: ")), "{lines:?}");
    assert!(run.stdout.contains("does not hold valid JSON"), "{}", run.stdout);

    let json = stage.expect("wallet list --wallet-path wallets --format json", 0).json();
    assert_eq!(json["command"], "wallet list");
    let wallets = json["wallets"].as_array().unwrap();
    assert_eq!(wallets.len(), 4);
    assert_eq!(wallets[2]["address"], DUMMY);
    assert_eq!(wallets[2]["format"], "nacl");
    assert_eq!(wallets[2]["encrypted"], true);
    assert_eq!(wallets[2]["problems"], serde_json::json!([]));
    assert_eq!(wallets[3]["watch_only"], true);
    assert!(wallets[3]["format"].is_null() && wallets[3]["encrypted"].is_null());

    std::fs::create_dir(stage.path("empty")).unwrap();
    let none = stage.expect("wallet list --wallet-path empty", 0);
    assert_eq!(none.stdout, format!("There are no wallets in {}\n", stage.path("empty").display()));
    stage.fails("wallet list --wallet-path nowhere", 7, "nowhere, cannot be read", "--wallet-path");
}

#[test]
fn one_wallet_is_shown_with_what_is_wrong() {
    let stage = stage_with("v4.1.1", &["plain", "ed25519"]);
    let run = stage.expect("wallet show ed25519 --wallet-path wallets", 0);
    for part in [ED25519, "ed25519", "JSON, not encrypted", "0x345071da55e5"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("problem"), "{}", run.stdout);
    stage.fails("wallet show x --wallet-path wallets", 7, "no wallet `x`", "ed25519, plain");
    stage.fails("wallet show ../x --wallet-path wallets", 4, "not the name of a wallet", "");

    // The files of two wallets, mixed up.
    let other = std::fs::read(stage.path("wallets/ed25519/coldkeypub.txt")).unwrap();
    stage.write("wallets/plain/coldkeypub.txt", other);
    let run = stage.expect("wallet show plain --wallet-path wallets --format json", 0).json();
    let problem = format!("claims to be of {DUMMY}, but coldkeypub.txt says {ED25519}");
    assert!(run["problems"][0].as_str().unwrap().contains(&problem), "{run}");
    let line = "wallet verify plain --wallet-path wallets";
    stage.fails(line, 7, &format!("coldkeypub.txt says {ED25519}"), "mixed up");
    // Without the public file the keyfile itself tells the address.
    std::fs::remove_file(stage.path("wallets/plain/coldkeypub.txt")).unwrap();
    let run = stage.expect("wallet show plain --wallet-path wallets --format json", 0).json();
    assert_eq!(run["address"], DUMMY);
    assert!(run["problems"][0].as_str().unwrap().contains("coldkeypub.txt"), "{run}");
    let run = stage.expect("wallet verify plain --wallet-path wallets", 0);
    assert!(run.stdout.contains("is not there"), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn unsafe_files_are_told_and_links_out_are_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let stage = stage_with("v4.1.1", &["plain", "uri"]);
    let coldkey = stage.path("wallets/plain/coldkey");
    std::fs::set_permissions(&coldkey, std::fs::Permissions::from_mode(0o640)).unwrap();
    let shown = coldkey.display();
    let warning = format!("other users can read the keyfile {shown} (mode 640)");
    let run = stage.expect("wallet show plain --wallet-path wallets", 0);
    assert!(run.stdout.contains(&warning), "{}", run.stdout);
    let run = stage.expect("wallet verify plain --wallet-path wallets", 0);
    assert!(run.stderr.starts_with(&format!("warning: {warning}")), "{}", run.stderr);

    std::fs::remove_file(&coldkey).unwrap();
    symlink(stage.path("wallets/uri/coldkey"), &coldkey).unwrap();
    let error = format!("the keyfile {shown} is a link that leads out of its wallet's folder");
    stage.fails("wallet verify plain --wallet-path wallets", 7, &error, "--wallet-path");
    let run = stage.expect("wallet show plain --wallet-path wallets", 0);
    assert!(run.stdout.contains("leads out of its wallet's folder"), "{}", run.stdout);
}

#[test]
fn verify_proves_a_key() {
    let stage = stage_with("v4.1.1", &["ed25519", "watch-only"]);
    let run = stage.expect("wallet verify ed25519 --wallet-path wallets --format json", 0).json();
    assert_eq!(run["command"], "wallet verify");
    assert_eq!(run["verified"], true);
    assert_eq!(run["key_type"], "ed25519");
    assert_eq!(run["coldkeypub_equal"], true);
    let line = "wallet verify watch-only --wallet-path wallets";
    stage.fails(line, 7, "has only its public key here, so it cannot sign", "put its coldkey at");
}

/// Each source of a password, and the order of them, on the cheapest encrypted wallet.
#[cfg(unix)]
#[test]
fn a_password_comes_from_many_places_but_no_argument() {
    let stage = stage_with("v1.0.0", &["ansible"]);
    let right = stage.write("right", format!("{PASSWORD}\n"));
    let wrong = stage.write("wrong", "wrong");
    private(&right);
    private(&wrong);
    // The variable that the wallet library keeps it in.
    let scrambled = ("BT_PW_WALLETS_ANSIBLE_COLDKEY", "JiEyPS5yJyA/PzI7ITtsfw==");
    let run = |line: &str, variables: &[(&str, &str)]| {
        let mut command = stage.command(line);
        command.envs(variables.iter().copied());
        Run::of(command.output().unwrap())
    };
    let with_file = format!("{VERIFY} --password-file right");
    for (line, variables) in [
        (with_file.as_str(), vec![]),
        (VERIFY, vec![("BT_WALLET_PASSWORD", PASSWORD)]),
        (VERIFY, vec![("BT_WALLET_PASSWORD_FILE", "right")]),
        (VERIFY, vec![scrambled]),
        // The first that is set counts.
        (with_file.as_str(), vec![("BT_WALLET_PASSWORD", "wrong")]),
        (VERIFY, vec![("BT_WALLET_PASSWORD", PASSWORD), ("BT_WALLET_PASSWORD_FILE", "wrong")]),
        (VERIFY, vec![("BT_WALLET_PASSWORD_FILE", "right"), (scrambled.0, "NSYwPjA=")]),
        (VERIFY, vec![("BT_WALLET_PASSWORD", ""), scrambled]),
    ] {
        let run = run(line, &variables);
        assert_eq!(run.code, 0, "{line} {variables:?} {run:?}");
        assert!(run.stdout.contains(DUMMY), "{run:?}");
    }
    let hint = "check the wallet's name and the password";
    for (line, variables, place) in [
        (format!("{VERIFY} --password-file wrong"), vec![], "the file of --password-file"),
        (VERIFY.to_owned(), vec![("BT_WALLET_PASSWORD", "wrong")], "BT_WALLET_PASSWORD"),
        (
            VERIFY.to_owned(),
            vec![("BT_WALLET_PASSWORD_FILE", "wrong")],
            "the file of BT_WALLET_PASSWORD_FILE",
        ),
        (VERIFY.to_owned(), vec![(scrambled.0, "NSYwPjA=")], scrambled.0),
    ] {
        let error = format!("the password in {place} does not open the keyfile");
        let run = run(&line, &variables);
        run.check_failure(true, 7, &error, hint);
        assert_eq!(run.stderr.matches("does not open").count(), 1, "{run:?}");
    }
    // A descriptor of the shell's.
    let by_descriptor = format!("{VERIFY} --password-file /dev/fd/3");
    let run = Run::of(stage.after("exec 3<right", &by_descriptor).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    stage.fails(&by_descriptor, 7, "the file of --password-file cannot be read", "/dev/fd/3");
    stage.fails(VERIFY, 7, "no terminal to ask for its password", "--password-file");
    let run = stage.expect(&format!("{VERIFY} --password-file -"), 2);
    assert!(run.stderr.contains("standard input is not read for secrets"), "{}", run.stderr);
}

/// A key that is in no wallet signs for the owner, and for nobody else.
#[cfg(unix)]
#[test]
fn a_secret_uri_signs() {
    let stage = Stage::with_chain();
    let alice = stage.write("alice", format!("{PHRASE}//Alice\n"));
    let root = stage.write("root", PHRASE);
    let path = stage.write("path", "//Alice");
    for file in [&alice, &root, &path] {
        private(file);
    }
    let head = stage.chain().head().0;
    let not_the_owner = format!("the key is that of {DUMMY}, but the owner is {ALICE}");
    let line = format!("{WISH} --suri-file root");
    stage.fails_later(&line, 6, &not_the_owner, "check the derivation path");
    let line = format!("{WISH} --suri-file path");
    stage.fails_later(&line, 7, "the file of --suri-file makes no key", "phrase//hard/soft");
    let line = format!("{WISH} --suri-file nowhere");
    stage.fails_later(&line, 7, "the file of --suri-file cannot be read", "/dev/fd/3");
    stage.fails_later(&format!("{WISH} --ask-suri"), 7, "there is no terminal", "--suri-file");
    assert_eq!(stage.chain().head().0, head);

    let line = format!("{WISH} --suri-file /dev/fd/3");
    let run = Run::of(stage.after("exec 3<alice", &line).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("every value read back equal"), "{}", run.stdout);
    // A dry run does not even look for the file.
    let line = "apply 46 --set max_burn=50000000000 --dry-run --suri-file nowhere";
    assert!(stage.expect(line, 0).stdout.contains("Dry run"));
}

/// The chain itself verifies the other kind of signature.
#[test]
fn an_ed25519_wallet_signs() {
    let stage = Stage::with_chain();
    let account = sp_core::crypto::AccountId32::from_ss58check(ED25519).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    let mut command = stage.command(&format!("{WISH} --wallet-name ed25519 --wallet-path"));
    let run = Run::of(command.arg(vectors("v4.1.1")).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("every value read back equal"), "{}", run.stdout);
}

#[test]
fn a_wallet_that_only_watches_plans_and_rehearses() {
    let stage = Stage::with_chain();
    let account = sp_core::crypto::AccountId32::from_ss58check(DUMMY).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    let line = format!("{WISH} --dry-run --wallet-name watch-only --wallet-path");
    let run = Run::of(stage.command(&line).arg(vectors("v4.1.1")).output().unwrap());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("Dry run"), "{}", run.stdout);
    let line = format!("{WISH} --wallet-name watch-only --wallet-path");
    let run = Run::of(stage.command(&line).arg(vectors("v4.1.1")).output().unwrap());
    run.check_failure(false, 7, "has only its public key here", "put its coldkey at");
    assert!(!stage.path("state").exists());
}

/// Better to hear of it now than when the wait is over.
#[cfg(unix)]
#[test]
fn what_will_be_asked_after_a_wait_is_known_before_it() {
    let stage = Stage::with_chain();
    let account = sp_core::crypto::AccountId32::from_ss58check(DUMMY).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    furnish(&stage, "v1.0.0", &["ansible"]);
    private(&stage.write("right", PASSWORD));
    let line = format!("{WISH} --wallet-path wallets --wallet-name ansible");
    for waits in ["--wait", "--staged"] {
        let nobody = "there is no terminal to ask for";
        stage.fails(&format!("{line} {waits}"), 7, nobody, "--password-file");
        stage.fails(&format!("{WISH} --ask-suri {waits}"), 7, nobody, "--suri-file");
    }
    for secret in ["--password-file", "--suri-file"] {
        let wallet = if secret == "--suri-file" { WISH } else { &line };
        let make =
            || stage.after("exec 3</dev/null", &format!("{wallet} --staged {secret} /dev/fd/3"));
        command_fails(&make, 2, "a descriptor can be read once", "use a file");
    }
    let run = stage.expect(&format!("{line} --staged --password-file right"), 0);
    assert!(run.stdout.contains("every value read back equal"), "{}", run.stdout);
}
