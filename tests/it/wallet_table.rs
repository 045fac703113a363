//! Every keyfile format, sound and broken: what comes out. `cargo test --test it -- --nocapture
//! wallet_table` prints the table.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};
use subtune::wallet::{Person, WalletRef, unlock};
use subtune_model::address::ss58;
use subtune_model::error::{Error, Kind, Result};
use zeroize::Zeroizing;

use crate::seal;

const PASSWORD: &str = "dummy-password-1";
const ADDRESS: &str = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
const FIELDS: [&str; 7] = [
    "secretPhrase",
    "secretSeed",
    "privateKey",
    "publicKey",
    "accountId",
    "ss58Address",
    "cryptoType",
];

/// Nobody: a password that is not in the file is a password too many.
struct Nobody;

impl Person for Nobody {
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
        Err(Error::other(format!("asked: {prompt}")))
    }

    fn tell(&self, _: &str) {}
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets")
}

fn vector(wallet: &str) -> Vec<u8> {
    fs::read(vectors().join(wallet).join("coldkey")).unwrap()
}

/// A wallet that is nothing but this keyfile, and the passwords to try on it.
struct Bench {
    _folder: tempfile::TempDir,
    wallet: WalletRef,
    right: PathBuf,
    wrong: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wallet = WalletRef::new("w".to_owned(), folder.path().to_owned()).unwrap();
        fs::create_dir(folder.path().join("w")).unwrap();
        let [right, wrong] = ["right", "wrong"].map(|name| folder.path().join(name));
        fs::write(&right, format!("{PASSWORD}\n")).unwrap();
        fs::write(&wrong, "not-the-password\n").unwrap();
        Self { _folder: folder, wallet, right, wrong }
    }

    /// The address of what opens, or the error without the path in it.
    fn outcome(&self, keyfile: &[u8], password: &Path) -> String {
        fs::write(self.wallet.coldkey_path(), keyfile).unwrap();
        match unlock(&self.wallet, Some(password), &Nobody) {
            Ok(key) => {
                assert!(key.proves_itself());
                ss58(&key.account())
            }
            Err(error) => {
                assert_eq!(error.kind, Kind::Wallet, "{}", error.what);
                assert!(error.hint.is_some() || !error.next_step().is_empty());
                let path = self.wallet.coldkey_path().display().to_string();
                error.what.replace(&format!(" {path}"), "")
            }
        }
    }
}

/// One line of the table.
#[track_caller]
fn row(format: &str, case: &str, outcome: &str, expected: &str) {
    println!("{format:<14}{case:<28}{outcome}");
    assert!(outcome.contains(expected), "{format}, {case}: «{expected}» is not in: {outcome}");
}

const WRONG: &str = "the password in the file of --password-file does not open the keyfile";

#[test]
fn passwords_and_damage() {
    let bench = Bench::new();
    let formats = [
        ("JSON", vector("v4.1.1/plain")),
        ("NaCl", vector("v4.1.1/nacl")),
        ("Ansible Vault", vector("v1.0.0/ansible")),
        ("Fernet", vector("v1.0.0/fernet")),
    ];
    for (format, file) in &formats {
        let open = |bytes: &[u8]| bench.outcome(bytes, &bench.right);
        let check = |case: &str, bytes: &[u8], expected| row(format, case, &open(bytes), expected);
        let json = *format == "JSON";
        let nacl = *format == "NaCl";
        check("right password", file, ADDRESS);
        let outcome = bench.outcome(file, &bench.wrong);
        row(format, "wrong password", &outcome, if json { ADDRESS } else { WRONG });
        check("empty", b"", "is empty");
        let short = if json { "does not hold valid JSON" } else { "is cut short" };
        check("cut in the first bytes", &file[..4], if json { short } else { "not in a format" });
        check("cut after the magic", &file[..44], short);
        // Binary: only the tag can tell.
        check("cut in the middle", &file[..file.len() / 2], if nacl { WRONG } else { short });
        if !nacl {
            let end = file.trim_ascii_end().len();
            // Not one: Fernet's text ends with padding, which may be left out.
            check("last two bytes missing", &file[..end - 2], short);
            check("a letter behind", &[file.trim_ascii_end(), b"x"].concat(), short);
        }
        let newline = if nacl { WRONG } else { ADDRESS };
        check("a line end behind", &[&file[..], b"\n"].concat(), newline);
    }
    let fernet = String::from_utf8(vector("v1.0.0/fernet")).unwrap();
    let ansible = String::from_utf8(vector("v1.0.0/ansible")).unwrap();
    for (format, case, file, expected) in [
        ("Ansible Vault", "CRLF line ends", ansible.replace('\n', "\r\n"), ADDRESS),
        ("Ansible Vault", "version 1.2", ansible.replace("1.1;", "1.2;"), "only 1.1 with AES256"),
        ("Ansible Vault", "another cipher", ansible.replace("AES256", "AES"), "only 1.1 with"),
        ("Fernet", "no base64", fernet.replace('_', "*"), "is cut short or damaged"),
        ("public key", "0x and 64 digits", format!("0x{}", "46".repeat(32)), "holds no secret"),
        ("public key", "0x and nonsense", "0xzz".to_owned(), "holds no secret"),
        ("none", "a text", "hello".to_owned(), "not in a format that wallets use"),
    ] {
        row(format, case, &bench.outcome(file.as_bytes(), &bench.right), expected);
    }
}

/// The fields of a sound keyfile, with all that old and new libraries write.
fn fields() -> Map<String, Value> {
    let mut fields: Map<String, Value> = serde_json::from_slice(&vector("v4.1.1/plain")).unwrap();
    fields.insert("cryptoType".to_owned(), json!(1));
    assert!(FIELDS.iter().all(|name| fields.contains_key(*name)), "{fields:?}");
    fields
}

fn only(names: &[&str]) -> Map<String, Value> {
    fields().into_iter().filter(|(name, _)| names.contains(&name.as_str())).collect()
}

/// Plain and inside an encryption, since both go through the same reader.
#[test]
fn fields_missing_and_wrong() {
    let bench = Bench::new();
    let check = |case: &str, fields: &Map<String, Value>, expected: &str| {
        let json = serde_json::to_vec(fields).unwrap();
        row("JSON", case, &bench.outcome(&json, &bench.right), expected);
        let sealed = seal::ansible(&json, PASSWORD);
        row("Ansible Vault", case, &bench.outcome(&sealed, &bench.right), expected);
    };
    check("all fields", &fields(), ADDRESS);
    for name in FIELDS {
        let mut fields = fields();
        fields.remove(name);
        check(&format!("no {name}"), &fields, ADDRESS);
        fields.insert(name.to_owned(), Value::Null);
        check(&format!("null {name}"), &fields, ADDRESS);
        // Another source of the same key takes its place; the address has to be one.
        let claims = ["publicKey", "accountId", "ss58Address"].contains(&name);
        for (kind, value) in [
            ("a number as", json!(7)),
            ("a list as", json!(["x"])),
            ("an object as", json!({ "x": 1 })),
            ("nonsense as", json!("x")),
        ] {
            let expected = match name {
                "cryptoType" => "of the wrong type, or unknown as a key type",
                _ if claims => "is not an account",
                _ => ADDRESS,
            };
            fields.insert(name.to_owned(), value);
            check(&format!("{kind} {name}"), &fields, expected);
        }
    }
    for name in ["secretPhrase", "secretSeed", "privateKey"] {
        check(&format!("nothing but {name}"), &only(&[name]), ADDRESS);
    }
    check("no secret", &only(&["publicKey", "accountId", "ss58Address"]), "holds no secret");
    check("no field", &Map::new(), "holds no secret");
    let mut other = fields();
    other.insert("cryptoType".to_owned(), json!(0));
    check("read as ed25519", &other, "but the file itself says");
    other.insert("cryptoType".to_owned(), json!("1"));
    check("cryptoType as text", &other, "of the wrong type");
}

/// Files that the wallet library writes at this moment.
#[test]
#[cfg_attr(not(wallet_library), ignore = "needs SUBTUNE_PYTHON, a Python with bittensor_wallet")]
fn files_of_the_wallet_library() {
    let python = std::env::var("SUBTUNE_PYTHON").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(&python)
        .arg(vectors().join("make.py"))
        .arg(folder.path())
        .arg(PASSWORD)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&made.stdout);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let password = folder.path().join("password");
    fs::write(&password, PASSWORD).unwrap();
    let mut opened = 0;
    for line in said.lines() {
        let (name, address) = line.split_once(' ').unwrap();
        let wallet = WalletRef::new(name.to_owned(), folder.path().to_owned()).unwrap();
        let key = unlock(&wallet, Some(&password), &Nobody)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(key.proves_itself());
        row("by Python", name, &ss58(&key.account()), address);
        opened += 1;
    }
    assert!(opened >= 2, "{said}");
}
