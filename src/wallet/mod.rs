//! Wallets on this machine: where they lie, what opens them, what they tell.
//!
//! One path leads to a signing key: [`unlock`] reads the coldkey file, opens it with a password if
//! it is encrypted, derives the key and refuses it unless it belongs to the address that the wallet
//! claims. What comes out, [`Unlocked`], can sign and tell its account and can do nothing else.
//! [`suri`] and [`dev`](subtune_wallet::dev) make one without a wallet. [`survey`] tells all that a
//! wallet tells without a password. The formats are those of [`subtune_wallet`].

pub mod locate;
pub mod password;
mod read;
mod secret_file;
pub mod suri;
pub mod survey;

use std::path::Path;

use subtune_model::error::Result;
use subtune_wallet::keyfile::{Keyfile, Secret};
use subtune_wallet::{Unlocked, derive, memory};

use password::Passwords;

pub use locate::WalletRef;
pub use password::Person;

/// Opens the coldkey of `wallet` for signing.
///
/// Blocks: an encrypted file takes seconds and up to 512 MiB of memory. The password comes from
/// `password_file`, or else from the environment ([`password`]), or else `person` is asked.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when there is no coldkey, it cannot be read or
/// opened, it holds no secret, or its key is not the one of the wallet's address.
pub fn unlock(
    wallet: &WalletRef,
    password_file: Option<&Path>,
    person: &dyn Person,
) -> Result<Unlocked> {
    memory::protect();
    memory::leaving_no_trace(|| unlock_coldkey(wallet, password_file, person))
}

/// What shows of the coldkey of `wallet` without opening it: that there is one, that it holds a
/// secret and of which kind, and that it does not contradict `coldkeypub.txt`.
///
/// # Errors
/// As [`unlock`], as far as that can be told before.
pub fn look(wallet: &WalletRef) -> Result<Secret> {
    memory::protect();
    wallet.check_coldkey()?;
    let path = wallet.coldkey_path();
    let file = read::secret(&path, &|_| {})?;
    let contents = file.contents()?;
    let expected = expected(wallet)?;
    if let Some(sealed) = contents.sealed() {
        sealed.check(expected, &path)?;
    }
    match (contents.secret(), expected, contents.claimed(&path)?) {
        (Secret::None, ..) => Err(derive::no_secret(&path)),
        (_, Some(expected), Some(claimed)) if expected != claimed => {
            Err(derive::claims(&path, claimed, expected))
        }
        (secret, ..) => Ok(secret),
    }
}

/// Whether `wallet` has nothing to sign with: no coldkey, or one that holds no secret.
#[must_use]
pub fn only_watches(wallet: &WalletRef) -> bool {
    let path = wallet.coldkey_path();
    if !read::may_exist(&path) {
        return true;
    }
    let secret = |file: Keyfile| file.contents().map(|contents| contents.secret());
    matches!(read::secret(&path, &|_| {}).and_then(secret), Ok(Secret::None))
}

/// The account that `coldkeypub.txt` names; `None` without that file.
fn expected(wallet: &WalletRef) -> Result<Option<[u8; 32]>> {
    let there = read::may_exist(&wallet.coldkeypub_path());
    there.then(|| wallet.read_coldkeypub()).transpose()
}

/// Whether a person will be asked for the password when the coldkey of `wallet` is opened; nothing
/// is opened here, and no password is read.
///
/// # Errors
/// As [`unlock`], as far as that can be told before: there is no coldkey, it holds no secret, or it
/// is encrypted and there is neither a password nor a terminal to ask on.
pub fn will_ask(wallet: &WalletRef, password_file: Option<&Path>) -> Result<bool> {
    match look(wallet)? {
        Secret::Encrypted if password_file.is_none() => password::will_ask(wallet),
        Secret::Encrypted | Secret::Open | Secret::None => Ok(false),
    }
}

fn unlock_coldkey(
    wallet: &WalletRef,
    password_file: Option<&Path>,
    person: &dyn Person,
) -> Result<Unlocked> {
    let path = wallet.coldkey_path();
    wallet.check_coldkey()?;
    let file = read::secret(&path, &|line| person.tell(&format!("warning: {line}")))?;
    // Read before the password is asked for: a broken wallet should not cost the wait.
    let expected = expected(wallet)?;
    let contents = file.contents()?;
    let unlocked = match (contents.open(&path)?, contents.sealed()) {
        (Some(unlocked), _) => unlocked,
        (None, Some(sealed)) => {
            sealed.check(expected, &path)?;
            let given = password::given(wallet, password_file, person)?;
            Passwords { given, person }.try_each(wallet, sealed.patience(), |password| {
                sealed.open(password, expected, &path)
            })?
        }
        (None, None) => return Err(derive::no_secret(&path)),
    };
    match expected {
        Some(expected) if expected != unlocked.account() => {
            Err(derive::mismatch(&path, unlocked.account(), "coldkeypub.txt", expected))
        }
        _ => Ok(unlocked),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use subtune_model::error::Kind;
    use zeroize::Zeroizing;

    use super::*;

    /// Nobody to ask; counts what is told.
    #[derive(Default)]
    struct Nobody(Cell<usize>);

    impl Person for Nobody {
        fn ask(&self, _: &str) -> Result<Option<Zeroizing<String>>> {
            Ok(None)
        }

        fn tell(&self, _: &str) {
            self.0.set(self.0.get() + 1);
        }
    }

    fn vector(version: &str, name: &str) -> WalletRef {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets");
        WalletRef::new(name.into(), folder.join(version)).unwrap()
    }

    #[test]
    fn a_wrong_password_in_a_file_is_tried_once_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, "not-the-password").unwrap();
        let wallet = vector("v1.0.0", "ansible");
        let error = unlock(&wallet, Some(&file), &Nobody::default()).err().unwrap();
        assert_eq!(error.kind, Kind::Wallet);
        let what = "the password in the file of --password-file does not open";
        assert!(error.what.starts_with(what), "{}", error.what);
        fs::write(&file, "dummy-password-1\n").unwrap();
        assert!(unlock(&wallet, Some(&file), &Nobody::default()).is_ok());
    }

    #[test]
    fn without_a_terminal_an_encrypted_file_is_refused_at_once() {
        let nobody = Nobody::default();
        for (version, name) in [("v4.1.1", "nacl"), ("v1.0.0", "ansible"), ("v1.0.0", "fernet")] {
            let error = unlock(&vector(version, name), None, &nobody).err().unwrap();
            assert!(error.what.contains("no terminal"), "{}", error.what);
            assert!(error.hint.unwrap().contains("BT_WALLET_PASSWORD"));
        }
    }

    #[test]
    fn a_coldkeypub_of_another_wallet_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let wallet = WalletRef::new("w".into(), folder.path().into()).unwrap();
        fs::create_dir(folder.path().join("w")).unwrap();
        let seed = format!(r#"{{"secretSeed":"0x{}"}}"#, "11".repeat(32));
        fs::write(wallet.coldkey_path(), seed).unwrap();
        let open = || unlock(&wallet, None, &Nobody::default());
        let account = open().unwrap().account();

        fs::write(wallet.coldkeypub_path(), format!("0x{}\n", hex::encode(account))).unwrap();
        assert_eq!(open().unwrap().account(), account);

        fs::write(wallet.coldkeypub_path(), format!("0x{}", "22".repeat(32))).unwrap();
        let error = open().err().unwrap();
        assert!(error.what.contains("coldkeypub.txt says"), "{}", error.what);

        // A public key that cannot be read must not pass as an absent one.
        fs::write(wallet.coldkeypub_path(), "{").unwrap();
        assert_eq!(open().err().unwrap().kind, Kind::Wallet);
    }
}
