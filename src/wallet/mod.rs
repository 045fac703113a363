//! The wallet: the only module that ever holds a secret.
//!
//! One path leads to a signing key: [`unlock`] reads the coldkey file, opens it with a password if
//! it is encrypted, derives the key and refuses it unless it belongs to the address that the wallet
//! claims. What comes out, [`Unlocked`], can sign and tell its account and can do nothing else.
//!
//! Secrets stay in buffers that are wiped when dropped, and no type that holds one can be printed,
//! cloned or serialized.

pub mod address;
mod derive;
pub mod dev;
mod fields;
mod key;
mod keyfile;
pub mod locate;
mod nacl;
pub mod password;

pub use key::Unlocked;
pub use locate::WalletRef;
pub use password::AskPassword;

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use keyfile::{Format, Keyfile};
use password::Passwords;

/// The hint for a keyfile that is damaged.
const RESTORE: &str =
    "restore it from a backup, or from your mnemonic with `btcli wallet regen-coldkey`";

/// Opens the coldkey of `wallet` for signing.
///
/// Blocks: an encrypted file takes seconds and 512 MiB of memory. `progress` gets the warnings and
/// what is going on, one sentence each. The password comes from [`password::PASSWORD_VAR`] or,
/// failing that, from `ask`.
///
/// # Errors
/// [`Kind::Wallet`](crate::error::Kind::Wallet) when there is no coldkey, it cannot be read or
/// opened, it holds no secret, or its key is not the one of the wallet's address.
pub fn unlock(
    wallet: &WalletRef,
    ask: &dyn AskPassword,
    progress: &dyn Fn(&str),
) -> Result<Unlocked> {
    unlock_with(wallet, &Passwords { given: password::from_environment()?, ask, progress })
}

/// Whether a person will be asked for the password when the coldkey of `wallet` is opened; nothing
/// is opened here.
///
/// # Errors
/// As [`unlock`], as far as that can be told before: there is no coldkey, it holds no secret, or it
/// is encrypted and there is neither a password nor a terminal to ask on.
pub fn will_ask(wallet: &WalletRef) -> Result<bool> {
    let path = wallet.coldkey_path();
    if !keyfile::may_exist(&path) {
        return Err(wallet.no_coldkey());
    }
    let file = keyfile::read(&path, &|_| {})?;
    match file.format()? {
        Format::Json => Ok(false),
        Format::Nacl => password::will_ask(wallet),
        format @ (Format::AnsibleVault | Format::Fernet) => Err(not_yet(&file, format)),
        Format::PublicKey => Err(derive::no_secret(file.path())),
    }
}

fn unlock_with(wallet: &WalletRef, passwords: &Passwords<'_>) -> Result<Unlocked> {
    let path = wallet.coldkey_path();
    if !keyfile::may_exist(&path) {
        return Err(wallet.no_coldkey());
    }
    let file = keyfile::read(&path, passwords.progress)?;
    // Read before the password is asked for: a broken wallet should not cost the wait.
    let expected = if keyfile::may_exist(&wallet.coldkeypub_path()) {
        Some(wallet.read_coldkeypub()?)
    } else {
        None
    };

    let unlocked = derive::derive(&fields::parse(&open(wallet, &file, passwords)?, &path)?, &path)?;
    match expected {
        Some(expected) if expected != unlocked.account() => {
            Err(derive::mismatch(&path, unlocked.account(), "coldkeypub.txt", expected))
        }
        _ => Ok(unlocked),
    }
}

/// The JSON inside a keyfile. One arm for each format: a new one is opened by adding its own.
fn open(
    wallet: &WalletRef,
    file: &Keyfile,
    passwords: &Passwords<'_>,
) -> Result<Zeroizing<Vec<u8>>> {
    match file.format()? {
        Format::Json => Ok(Zeroizing::new(file.bytes().to_vec())),
        Format::Nacl => {
            let sealed = nacl::Sealed::split(file)?;
            passwords.try_each(wallet, |password| nacl::open(&sealed, password))
        }
        format @ (Format::AnsibleVault | Format::Fernet) => Err(not_yet(file, format)),
        Format::PublicKey => Err(derive::no_secret(file.path())),
    }
}

fn not_yet(file: &Keyfile, format: Format) -> Error {
    Error::wallet(format!(
        "the keyfile {} is encrypted with {}, which this version cannot open yet",
        file.path().display(),
        format.name()
    ))
    .hint("recreate it in the current format from your mnemonic: `btcli wallet regen-coldkey`")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::error::Kind;

    struct Nobody;

    impl AskPassword for Nobody {
        fn ask(&self, _: &str) -> Result<Option<Zeroizing<String>>> {
            Ok(None)
        }
    }

    fn vectors() -> WalletRef {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/wallets/v4.1.1");
        WalletRef::new("nacl".into(), folder).unwrap()
    }

    fn given(password: &str) -> Option<Zeroizing<String>> {
        Some(Zeroizing::new(password.to_owned()))
    }

    #[test]
    fn a_wrong_password_from_the_environment_is_tried_once_and_named() {
        let passwords =
            Passwords { given: given("not-the-password"), ask: &Nobody, progress: &|_| {} };
        let error = unlock_with(&vectors(), &passwords).err().unwrap();
        assert_eq!(error.kind, Kind::Wallet);
        assert!(
            error.what.contains("the password in BT_WALLET_PASSWORD does not open"),
            "{}",
            error.what
        );
    }

    #[test]
    fn without_a_terminal_an_encrypted_file_is_refused_at_once() {
        let passwords = Passwords { given: None, ask: &Nobody, progress: &|_| {} };
        let error = unlock_with(&vectors(), &passwords).err().unwrap();
        assert!(error.what.contains("no terminal"), "{}", error.what);
        assert!(error.hint.unwrap().contains("BT_WALLET_PASSWORD"));
    }

    #[test]
    fn a_coldkeypub_of_another_wallet_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let wallet = WalletRef::new("w".into(), folder.path().into()).unwrap();
        fs::create_dir(folder.path().join("w")).unwrap();
        let seed = format!(r#"{{"secretSeed":"0x{}"}}"#, "11".repeat(32));
        fs::write(wallet.coldkey_path(), seed).unwrap();
        let passwords = Passwords { given: None, ask: &Nobody, progress: &|_| {} };
        let unlocked = unlock_with(&wallet, &passwords).unwrap();

        fs::write(wallet.coldkeypub_path(), format!("0x{}\n", hex::encode(unlocked.account())))
            .unwrap();
        assert_eq!(unlock_with(&wallet, &passwords).unwrap().account(), unlocked.account());

        fs::write(wallet.coldkeypub_path(), format!("0x{}", "22".repeat(32))).unwrap();
        let error = unlock_with(&wallet, &passwords).err().unwrap();
        assert!(error.what.contains("coldkeypub.txt says"), "{}", error.what);

        // A public key that cannot be read must not pass as an absent one.
        fs::write(wallet.coldkeypub_path(), "{").unwrap();
        assert_eq!(unlock_with(&wallet, &passwords).err().unwrap().kind, Kind::Wallet);
    }
}
