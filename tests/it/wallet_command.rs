//! `subtune wallet`, and where passwords and keys come from: on the real binary, without a chain
//! where none is needed.

use std::path::Path;

use serde_json::json;
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
pub(crate) fn stage_with(version: &str, names: &[&str]) -> Stage {
    let stage = Stage::offline();
    furnish(&stage, version, names);
    stage
}

pub(crate) fn furnish(stage: &Stage, version: &str, names: &[&str]) {
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
pub(crate) const VERIFY: &str = "wallet verify ansible --wallet-path wallets";

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
    assert_eq!(lines[2], "broken unknown JSON, unreadable");
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

/// What a file is called and how it is written says nothing: only a secret in it does.
#[test]
fn a_wallet_is_judged_by_the_secret_in_it() {
    let stage = stage_with("v4.1.1", &["plain", "ed25519", "watch-only"]);
    furnish(&stage, "polkadot-js", &["sr25519", "batch-of-one", "batch-of-two", "ecdsa"]);
    let exported = std::fs::read(vectors("polkadot-js").join("plain/coldkey")).unwrap();
    private(&stage.write("wallets/exported/coldkey", exported));
    let public = std::fs::read(stage.path("wallets/watch-only/coldkeypub.txt")).unwrap();
    private(&stage.write("wallets/copied/coldkey", &public));
    stage.write("wallets/copied/coldkeypub.txt", &public);
    private(&stage.write("wallets/bare/coldkey", format!("0x{}\n", "11".repeat(32))));
    private(&stage.write("wallets/unusable/coldkey", r#"{"secretPhrase":"bottom"}"#));
    let mark = [b"\xef\xbb\xbf", &std::fs::read(stage.path("wallets/plain/coldkey")).unwrap()[..]];
    private(&stage.write("wallets/marked/coldkey", mark.concat()));
    for (name, keyfile, secret, watch_only, problem) in [
        ("plain", "JSON, not encrypted", json!("open"), false, ""),
        ("marked", "JSON, not encrypted", json!("open"), false, "there is no"),
        ("sr25519", "polkadot-js export, encrypted", json!("encrypted"), false, "there is no"),
        ("exported", "polkadot-js export, not encrypted", json!("open"), false, "there is no"),
        ("batch-of-one", "polkadot-js export, encrypted", json!("encrypted"), false, "there is no"),
        ("ecdsa", "polkadot-js export, unreadable", json!(null), false, "a key for Ethereum"),
        ("watch-only", "none: watch-only", json!(null), true, ""),
        ("copied", "JSON, without a secret: watch-only", json!("none"), true, "holds no secret"),
        (
            "bare",
            "public key, without a secret: watch-only",
            json!("none"),
            true,
            "holds no secret",
        ),
        ("unusable", "JSON, not encrypted", json!("open"), false, "no key can be made"),
    ] {
        let show = format!("wallet show {name} --wallet-path wallets");
        let json = stage.expect(&format!("{show} --format json"), 0).json();
        assert_eq!((&json["secret"], &json["watch_only"]), (&secret, &json!(watch_only)), "{json}");
        let problems = json["problems"].to_string();
        assert!(problems.contains(problem), "{name}: {problems}");
        assert!(!problem.is_empty() || problems == "[]", "{name}: {problems}");
        for line in [show.as_str(), "wallet list --wallet-path wallets"] {
            let text = stage.expect(line, 0).stdout;
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(keyfile), "{line}: {keyfile}: {words}");
        }
        if watch_only || ["unusable", "ecdsa"].contains(&name) {
            stage.fails(&format!("wallet verify {name} --wallet-path wallets"), 7, "", "");
        }
    }
    let address = stage.expect("wallet show sr25519 --wallet-path wallets --format json", 0).json();
    assert_eq!((&address["address"], &address["key_type"]), (&json!(DUMMY), &json!("sr25519")));
    let line = "wallet verify batch-of-two --wallet-path wallets";
    stage.fails(line, 7, "holds 2 accounts", "coldkeypub.txt");
}

#[cfg(unix)]
#[test]
fn a_polkadot_js_export_opens() {
    let stage = Stage::offline();
    furnish(&stage, "polkadot-js", &["sr25519", "ed25519", "batch-of-two"]);
    private(&stage.write("right", format!("{PASSWORD}\r\n")));
    private(&stage.write("wrong", "wrong"));
    let public = std::fs::read(vectors("v4.1.1").join("plain/coldkeypub.txt")).unwrap();
    stage.write("wallets/batch-of-two/coldkeypub.txt", public);
    for (name, address) in [("sr25519", DUMMY), ("ed25519", ED25519), ("batch-of-two", DUMMY)] {
        let line = format!("wallet verify {name} --wallet-path wallets --password-file right");
        let json = stage.expect(&format!("{line} --format json"), 0).json();
        assert_eq!((&json["address"], &json["verified"]), (&json!(address), &json!(true)));
    }
    let line = "wallet verify sr25519 --wallet-path wallets";
    let wrong = "the password in the file of --password-file does not open";
    stage.fails_later(
        &format!("{line} --password-file wrong"),
        7,
        wrong,
        "check the wallet's name",
    );
    stage.fails(line, 7, "no terminal to ask for its password", "--password-file");
}

/// The right password in the wrong encoding is not a wrong password.
#[test]
fn a_plain_password_in_the_librarys_variable_is_named() {
    let stage = stage_with("v1.0.0", &["ansible"]);
    let variable = "BT_PW_WALLETS_ANSIBLE_COLDKEY";
    let run = |value: &str| {
        let mut command = stage.command(VERIFY);
        Run::of(command.env(variable, value).output().unwrap())
    };
    let named = format!("{variable} is set to the password itself");
    run(PASSWORD).check_failure(true, 7, &named, "set BT_WALLET_PASSWORD to it instead");
    run("wrong").check_failure(true, 7, "does not open the keyfile", "stands scrambled");
}

/// A keyfile that cannot sign is told before anything is asked, not after.
#[test]
fn a_keyfile_without_a_secret_is_told_before_the_question() {
    let stage = Stage::with_chain();
    let account = sp_core::crypto::AccountId32::from_ss58check(DUMMY).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    let public = std::fs::read(vectors("v4.1.1").join("watch-only/coldkeypub.txt")).unwrap();
    private(&stage.write("wallets/copied/coldkey", &public));
    stage.write("wallets/copied/coldkeypub.txt", &public);
    let ask = "apply 46 --set immunity_period=12000 --wallet-path wallets --wallet-name copied";
    stage.fails(ask, 7, "holds no secret, only the public key", "btcli wallet regen-coldkey");
    let file = format!("{ask} --password-file nowhere");
    furnish(&stage, "v1.0.0", &["ansible"]);
    stage.fails(&file.replace("copied", "ansible"), 7, "the file of --password-file", "never the");
    assert!(!stage.path("state").exists());
}

/// What was named is looked at in a dry run as in the real run; where nothing is named, no wallet is
/// needed.
#[test]
fn a_rehearsal_forgives_nothing_that_was_named() {
    let stage = Stage::with_chain();
    furnish(&stage, "v4.1.1", &["plain"]);
    private(&stage.write("garbage", "\n"));
    let dry = "apply 46 --set immunity_period=12000 --dry-run";
    assert!(stage.expect(dry, 0).stdout.contains("Dry run"));
    let wallets = format!("{dry} --wallet-path wallets");
    for (line, error, hint) in [
        (format!("{dry} --wallet-name nosuch"), "wallet `nosuch`", "--wallet-path"),
        (format!("{dry} -w nosuch"), "wallet `nosuch`", "--wallet-path"),
        (format!("{wallets} --wallet-name nosuch"), "wallet `nosuch`", "plain"),
        (format!("{dry} --wallet-path nowhere"), "wallet `default`", "--wallet-path"),
        (wallets.clone(), "wallet `default`", "plain"),
        (format!("{wallets} -w plain --password-file nowhere"), "--password-file cannot", "path"),
        (format!("{wallets} -w plain --password-file garbage"), "it is empty", "--password-file"),
        (format!("{wallets} -w plain --password-file wallets"), "it is a directory", "path"),
        (format!("{dry} --suri-file nowhere"), "the file of --suri-file cannot", "/dev/fd/3"),
    ] {
        stage.fails(&line, 7, error, hint);
        let rollback =
            line.replace("apply 46 --set immunity_period=12000", "rollback 46 --to p.yaml");
        stage.write("p.yaml", profile());
        stage.fails(&rollback, 7, error, hint);
        let real = line.replace("--dry-run", "--yes");
        stage.fails(&real, 7, error, hint);
    }
    let by_variable = || {
        let mut command = stage.command(dry);
        command.env("BT_WALLET_NAME", "nosuch");
        command
    };
    command_fails(&by_variable, 7, "wallet `nosuch`", "--wallet-path");
    let line = format!("{dry} --proxy-for {DUMMY}");
    stage.fails(&line, 2, "the address of the key has to be known", "--wallet-name");
    assert!(!stage.path("state").exists());
}

fn profile() -> &'static str {
    "format_version: 1\nname: mine\ndescription: a test\nsource: a test\nhyperparameters:\n  \
     immunity_period: 12000\n"
}

/// `-w`, and btcli's shorthand with a hotkey behind it.
#[test]
fn the_short_names_of_btcli_are_taken() {
    let stage = Stage::with_chain();
    let account = sp_core::crypto::AccountId32::from_ss58check(ED25519).unwrap();
    stage.give_46_to(account.into(), 10_000_000_000);
    furnish(&stage, "v4.1.1", &["ed25519"]);
    let line = format!("{WISH} --netuid 46 --wallet-path wallets -w ed25519/hot");
    let run = stage.expect(&line.replace("apply 46", "apply"), 0);
    let note = "note: the hotkey `hot` is not used: the coldkey of the wallet `ed25519` signs";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    for line in [
        "wallet show -w ed25519/hot",
        "wallet show --wallet-name ed25519",
        "wallet verify -w ed25519",
    ] {
        assert!(stage.expect(&format!("{line} --wallet-path wallets"), 0).stdout.contains(ED25519));
    }
    stage.fails("wallet show a --wallet-name b", 2, "two different wallets", "leave one");
    stage.fails("wallet show", 2, "needs the name of a wallet", "subtune wallet list");
}

/// What is wrong with a phrase is told by position, and what to do by where it came from.
#[cfg(unix)]
#[test]
fn a_phrase_is_read_with_any_white_space_and_told_by_position() {
    let stage = Stage::with_chain();
    let write = |text: String| private(&stage.write("phrase", text));
    let line = format!("{WISH} --suri-file phrase");
    for (text, why) in [
        (PHRASE.replace("obey", "obex"), "word 3 of the mnemonic is not in the English list"),
        (PHRASE.replace("walk", "wall"), "its checksum is wrong"),
        (format!("{PHRASE} walk"), "has 13 words, not 12, 15, 18, 21 or 24"),
    ] {
        write(text);
        let run = stage.run(&line);
        run.check_failure(true, 7, why, "check the file of --suri-file");
        assert!(!run.stderr.contains("obe") && !run.stderr.contains("wal"), "{}", run.stderr);
    }
    // Another key's phrase: the hint is about the file.
    write(PHRASE.to_owned());
    stage.fails_later(&line, 6, "the key is that of 5Dfh", "in the file of --suri-file");
    write(format!("\u{feff}{}\r\n//Alice\r\n", PHRASE.replace(' ', "\r\n")));
    let run = stage.expect(&line, 0);
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
}

#[test]
fn one_wallet_is_shown_with_what_is_wrong() {
    let stage = stage_with("v4.1.1", &["plain", "ed25519"]);
    let run = stage.expect("wallet show ed25519 --wallet-path wallets", 0);
    for part in [ED25519, "ed25519", "JSON, not encrypted", "0x345071da55e5"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("problem"), "{}", run.stdout);
    stage.fails("wallet show x --wallet-path wallets", 7, "wallet `x` not found", "ed25519, plain");
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
    assert!(run.stdout.contains("missing"), "{}", run.stdout);
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
    let error = format!("the keyfile {shown} is a link that leads out of its wallet's directory");
    stage.fails("wallet verify plain --wallet-path wallets", 7, &error, "--wallet-path");
    let run = stage.expect("wallet show plain --wallet-path wallets", 0);
    assert!(run.stdout.contains("leads out of its wallet's directory"), "{}", run.stdout);
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
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
    // A dry run looks at the file and leaves it alone.
    let line = "apply 46 --set max_burn=50000000000 --dry-run --suri-file alice";
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
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
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
    let warning = "has only its public key here, so it cannot sign; this is a rehearsal alone";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
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
    assert!(run.stdout.contains("read back from block"), "{}", run.stdout);
}

/// The address of a wallet stands in a file that needs no password.
#[test]
fn a_plan_is_made_for_a_wallet_without_unlocking_it() {
    let stage = Stage::with_chain();
    furnish(&stage, "v4.1.1", &["nacl"]);
    let line = "plan 46 --set rho=11 --json";
    let by_wallet = stage.expect(&format!("{line} -w nacl --wallet-path wallets"), 0).json();
    let address = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
    let by_signer = stage.expect(&format!("{line} --signer {address}"), 0).json();
    assert_eq!(by_wallet["items"][0]["state"], "not_permitted", "{by_wallet}");
    assert_eq!(by_wallet["items"], by_signer["items"]);
    stage.fails("plan 46 --set rho=11 -w nosuch", 7, "wallet `nosuch` not found", "--wallet-name");
}
