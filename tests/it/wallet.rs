//! Unlocking wallets: those that other implementations wrote, and broken ones.

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use sp_core::{Pair as _, sr25519};
use subtune::wallet::{Person, WalletRef, unlock};
use subtune_model::address::ss58;
use subtune_model::error::{Error, Kind, Result};
use subtune_model::signature::Signature;
use subtune_wallet::Unlocked;
use zeroize::Zeroizing;

const PASSWORD: &str = "dummy-password-1";
const SR25519: &str = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV";
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const ED25519: &str = "5DFJF7tY4bpbpcKPJcBTQaKuCDEPCpiz8TRjpmLeTtweqmXL";

/// A person who types these answers and then leaves; what is told is kept.
#[derive(Default)]
struct Types {
    answers: RefCell<Vec<&'static str>>,
    told: RefCell<String>,
}

impl Types {
    fn new(answers: &[&'static str]) -> Self {
        let answers = RefCell::new(answers.iter().rev().copied().collect());
        Self { answers, told: RefCell::default() }
    }
}

impl Person for Types {
    fn ask(&self, _: &str) -> Result<Option<Zeroizing<String>>> {
        Ok(self.answers.borrow_mut().pop().map(|answer| Zeroizing::new(answer.to_owned())))
    }

    fn tell(&self, line: &str) {
        self.told.borrow_mut().push_str(line);
    }
}

/// Asking is a mistake: what is wrong shows without a password.
struct NeverAsked;

impl Person for NeverAsked {
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
        Err(Error::other(format!("asked for a password: {prompt}")))
    }

    fn tell(&self, _: &str) {}
}

fn vector(version: &str, name: &str) -> WalletRef {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets").join(version);
    WalletRef::new(name.to_owned(), folder).unwrap()
}

fn open(wallet: &WalletRef, answers: &[&'static str]) -> Result<Unlocked> {
    unlock(wallet, None, &Types::new(answers))
}

fn open_plain(wallet: &WalletRef) -> Result<Unlocked> {
    unlock(wallet, None, &NeverAsked)
}

/// A wallet whose coldkey is these bytes.
fn wallet_of(coldkey: &[u8]) -> (tempfile::TempDir, WalletRef) {
    let folder = tempfile::tempdir().unwrap();
    let wallet = WalletRef::new("w".to_owned(), folder.path().to_owned()).unwrap();
    fs::create_dir(folder.path().join("w")).unwrap();
    fs::write(wallet.coldkey_path(), coldkey).unwrap();
    (folder, wallet)
}

fn refusal(coldkey: &[u8]) -> Error {
    let (_folder, wallet) = wallet_of(coldkey);
    open_plain(&wallet).err().unwrap()
}

#[test]
fn the_current_wallet_opens_and_signs() {
    let wallet = vector("v4.1.1", "nacl");
    let unlocked = open(&wallet, &[PASSWORD]).unwrap();
    assert_eq!(ss58(&unlocked.account()), SR25519);
    assert_eq!(wallet.read_coldkeypub().unwrap(), unlocked.account());
    let Signature::Sr25519(signature) = unlocked.sign(b"payload") else { panic!("another scheme") };
    let public = sr25519::Public::from_raw(unlocked.account());
    assert!(sr25519::Pair::verify(&sr25519::Signature::from_raw(signature), b"payload", &public));
}

/// Pure Python and libsodium wrote this one: none of the code that opens it.
#[test]
fn a_wallet_of_the_python_library_opens_at_the_second_try() {
    let person = Types::new(&["not-the-password", PASSWORD]);
    let unlocked = unlock(&vector("v1.0.0", "nacl"), None, &person).unwrap();
    assert_eq!(ss58(&unlocked.account()), SR25519);
    let told = person.told.borrow();
    assert!(told.contains("2 attempts left") && !told.contains("password-1"), "{told}");
}

#[test]
fn plain_wallets_open_without_a_question() {
    for (version, name, address) in [
        ("v4.1.1", "plain", SR25519),
        ("v2.1.3", "plain", SR25519),
        ("v1.0.0", "plain", SR25519),
        ("v4.1.1", "ed25519", ED25519),
        // Made of `//Alice`: holds the private key alone.
        ("v4.1.1", "uri", ALICE),
        // The library wrote raw bytes for the seed and cannot open its own file; the private key
        // is sound.
        ("v4.1.1", "garbled-seed", "5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi"),
    ] {
        let wallet = vector(version, name);
        assert_eq!(ss58(&open_plain(&wallet).unwrap().account()), address, "{version}/{name}");
        assert_eq!(ss58(&wallet.read_coldkeypub().unwrap()), address, "{version}/{name}");
    }
}

#[test]
fn a_wallet_that_only_watches_cannot_sign() {
    let error = open_plain(&vector("v4.1.1", "watch-only")).err().unwrap();
    assert!(
        error.what.contains(SR25519) && error.what.contains("only its public key"),
        "{}",
        error.what
    );
    let public = fs::read(vector("v4.1.1", "watch-only").coldkeypub_path()).unwrap();
    assert!(refusal(&public).what.contains("holds no secret"));
    assert!(refusal(format!("0x{}", "11".repeat(32)).as_bytes()).what.contains("holds no secret"));
}

#[test]
fn a_missing_wallet_is_a_wallet_error() {
    let error = open_plain(&vector("v4.1.1", "nobody")).err().unwrap();
    assert_eq!(error.kind, Kind::Wallet);
    assert!(error.hint.unwrap().contains("nacl, plain"));
}

#[test]
fn broken_files_are_refused_before_any_question() {
    let sealed = fs::read(vector("v4.1.1", "nacl").coldkey_path()).unwrap();
    let json = fs::read(vector("v4.1.1", "plain").coldkey_path()).unwrap();
    let cases: [(&[u8], &str); 12] = [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (&sealed[..5], "is cut short"),
        (&sealed[..44], "is cut short"),
        (&json[..json.len() - 1], "valid JSON"),
        (&[&json[..], b"x"].concat(), "valid JSON"),
        (b"\0\x01\xff\xfe", "not in a format"),
        (b"[]", "not in a format"),
        (b"{\"secretPhrase\":\"\xff\"}", "valid JSON"),
        (
            b"{\"secretPhrase\":{},\"secretSeed\":7}",
            "no key can be made of secretPhrase, secretSeed",
        ),
        (b"{\"cryptoType\":2}", "unknown as a key type"),
        (&[b'{'; 70_000], "larger than 64 KiB"),
    ];
    for (bytes, reason) in cases {
        let error = refusal(bytes);
        assert_eq!(error.kind, Kind::Wallet, "{}", error.what);
        assert!(error.what.contains(reason), "{reason}: {}", error.what);
    }
}

/// Whatever byte of a plain file changes: an error or the same key, never a panic or another key.
#[test]
fn damage_never_gives_another_key() {
    let json = fs::read(vector("v4.1.1", "uri").coldkey_path()).unwrap();
    let (_folder, wallet) = wallet_of(&json);
    for place in 0..json.len() {
        let mut damaged = json.clone();
        damaged[place] = damaged[place].wrapping_add(1);
        fs::write(wallet.coldkey_path(), damaged).unwrap();
        match open_plain(&wallet) {
            Ok(unlocked) => assert_eq!(ss58(&unlocked.account()), ALICE, "byte {place}"),
            Err(error) => assert_eq!(error.kind, Kind::Wallet, "byte {place}"),
        }
    }
}
