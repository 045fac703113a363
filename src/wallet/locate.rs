//! Where a wallet is on this machine, by the names that btcli uses.

use std::fs;
use std::path::{Path, PathBuf};

use subtune_model::address;
use subtune_model::error::{Error, Result};

use super::read;
use crate::settings;

/// How many neighbours an error about a missing wallet names.
const MAX_NEIGHBOURS: usize = 8;

/// One wallet: a name, and the folder that holds the wallets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletRef {
    name: String,
    path: PathBuf,
    /// As it was named: by that path the library calls the variable of the password.
    given: PathBuf,
    /// The hotkey of the shorthand `wallet/hotkey`: named, and of no use here.
    hotkey: Option<String>,
}

impl WalletRef {
    /// The wallet `name` in the folder `path`.
    ///
    /// # Errors
    /// [`Kind::Input`](subtune_model::error::Kind::Input) when the name is not the plain name of a folder.
    pub fn new(name: String, path: PathBuf) -> Result<Self> {
        // The name becomes a part of a path: with a separator in it, it could lead anywhere.
        let plain = !name.is_empty()
            && name != "."
            && name != ".."
            && !name.chars().any(|c| matches!(c, '/' | '\\') || c.is_control());
        if !plain {
            return Err(Error::input(format!("{name:?} is not the name of a wallet"))
                .hint("pass the name alone, and the directory of the wallets with --wallet-path"));
        }
        Ok(Self { name, path: settings::absolute(&path), given: path, hotkey: None })
    }

    /// The wallet that a person or a setting names, in the folder `path`: by its name, or by btcli's
    /// shorthand `wallet/hotkey`.
    ///
    /// # Errors
    /// As [`WalletRef::new`].
    pub fn named(name: &str, path: PathBuf) -> Result<Self> {
        match name.split_once('/') {
            Some((wallet, hotkey)) if !hotkey.is_empty() && !hotkey.contains('/') => {
                let hotkey = Some(hotkey.to_owned());
                Ok(Self { hotkey, ..Self::new(wallet.to_owned(), path)? })
            }
            _ => Self::new(name.to_owned(), path),
        }
    }

    /// The wallet's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What to tell about a hotkey that was named, too.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let hotkey = self.hotkey.as_ref()?;
        Some(format!(
            "the hotkey `{}` is not used: the coldkey of the wallet `{}` signs",
            plain(hotkey),
            self.name
        ))
    }

    /// The folder that holds the wallets.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file with the secret key, usually encrypted.
    #[must_use]
    pub fn coldkey_path(&self) -> PathBuf {
        self.path.join(&self.name).join("coldkey")
    }

    /// The same path as it was named.
    pub(super) fn coldkey_as_named(&self) -> PathBuf {
        self.given.join(&self.name).join("coldkey")
    }

    /// The file with the public key and the address.
    #[must_use]
    pub fn coldkeypub_path(&self) -> PathBuf {
        self.path.join(&self.name).join("coldkeypub.txt")
    }

    /// The account of the wallet, from its public file alone: no password, no secret.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when the file is missing, is not a public key,
    /// or contradicts itself.
    pub fn read_coldkeypub(&self) -> Result<[u8; 32]> {
        let path = self.coldkeypub_path();
        if !read::may_exist(&path) {
            return Err(self.missing("coldkeypub.txt"));
        }
        let file = read::public(&path)?;
        file.claimed_account()?.ok_or_else(|| {
            Error::wallet(format!("{} holds no public key", path.display()))
                .hint("recreate it from the address: `btcli wallet regen-coldkeypub`")
        })
    }

    /// Checks that there is a coldkey to sign with, without reading it.
    ///
    /// # Errors
    /// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when there is none: tells a public-only wallet
    /// from one that is not there.
    pub fn check_coldkey(&self) -> Result<()> {
        if read::may_exist(&self.coldkey_path()) { Ok(()) } else { Err(self.no_coldkey()) }
    }

    fn no_coldkey(&self) -> Error {
        match self.read_coldkeypub() {
            Ok(account) => Error::wallet(format!(
                "the wallet `{}` ({}) has only its public key here, so it cannot sign",
                self.name,
                address::ss58(&account)
            ))
            .hint(format!("put its coldkey at {}", self.coldkey_path().display())),
            Err(_) => self.missing("coldkey"),
        }
    }

    /// Whether it has a file of a coldkey at all.
    fn is_there(&self) -> bool {
        self.coldkey_path().exists() || self.coldkeypub_path().exists()
    }

    pub(super) fn missing(&self, file: &str) -> Error {
        let what = if self.path.join(&self.name).is_dir() {
            format!("the wallet `{}` in {} has no {file}", self.name, self.path.display())
        } else {
            format!("wallet `{}` not found in {}", self.name, self.path.display())
        };
        let neighbours = self.neighbours();
        Error::wallet(what).hint(if neighbours.is_empty() {
            "choose a wallet with --wallet-name (see `subtune wallet list`), or pass its directory with --wallet-path"
                .to_owned()
        } else {
            format!("choose one with --wallet-name; that directory holds: {}", neighbours.join(", "))
        })
    }

    fn neighbours(&self) -> Vec<String> {
        let all = all(&self.path).unwrap_or_default();
        all.into_iter().take(MAX_NEIGHBOURS).map(|wallet| wallet.name).collect()
    }
}

/// The wallets in a folder, by name.
///
/// # Errors
/// [`Kind::Wallet`](subtune_model::error::Kind::Wallet) when the folder cannot be read.
pub fn all(folder: &Path) -> Result<Vec<WalletRef>> {
    let entries = fs::read_dir(folder).map_err(|cause| {
        Error::wallet(format!(
            "the directory of the wallets, {}, cannot be read: {cause}",
            folder.display()
        ))
        .hint("pass the directory with --wallet-path")
    })?;
    let mut wallets: Vec<WalletRef> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| WalletRef::new(name, folder.to_owned()).ok())
        .filter(WalletRef::is_there)
        .collect();
    wallets.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(wallets)
}

/// For a message: a name as it was typed may hold anything.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !subtune_model::text::is_harmful(*c)).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wallet(path: &Path, name: &str) -> WalletRef {
        WalletRef::new(name.to_owned(), path.to_owned()).unwrap()
    }

    fn with_coldkeypub(content: &str) -> Result<[u8; 32]> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("w")).unwrap();
        fs::write(folder.path().join("w/coldkeypub.txt"), content).unwrap();
        wallet(folder.path(), "w").read_coldkeypub()
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        for bad in ["", ".", "..", "a/b", "/etc", "..\\x", "a\0", "a\nb"] {
            assert!(WalletRef::new(bad.to_owned(), PathBuf::new()).is_err(), "{bad:?}");
        }
        let good = wallet(Path::new("w"), "my wallet.1");
        assert_eq!(good.coldkey_path(), settings::absolute(Path::new("w/my wallet.1/coldkey")));
        assert_eq!(good.coldkey_as_named(), Path::new("w/my wallet.1/coldkey"));
    }

    #[test]
    fn the_shorthand_of_btcli_names_a_wallet() {
        let of = |name: &str| WalletRef::named(name, "b".into());
        let given = of("cold/hot").unwrap();
        assert_eq!(given.coldkey_path(), settings::absolute(Path::new("b/cold/coldkey")));
        assert_eq!(given.name(), "cold");
        assert!(given.note().unwrap().contains("the hotkey `hot` is not used"));
        assert_eq!(of("cold").unwrap().note(), None);
        for bad in ["/hot", "cold/", "../hot", "a/b/c", "/", "./x"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_public_file_is_json_or_a_bare_key() {
        let key = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        for good in [
            format!("0x{key}\n"),
            format!(r#"{{"publicKey":"0x{key}"}}"#),
            format!(r#"{{"ss58Address":"{alice}","privateKey":null,"cryptoType":1}}"#),
            format!(r#"{{"accountId":"0x{key}","ss58Address":"{alice}"}}"#),
        ] {
            assert_eq!(hex::encode(with_coldkeypub(&good).unwrap()), key, "{good}");
        }
        let contradiction =
            format!(r#"{{"publicKey":"0x{}","ss58Address":"{alice}"}}"#, "11".repeat(32));
        assert!(with_coldkeypub(&contradiction).unwrap_err().what.contains("contradicts itself"));
        for bad in [
            "",
            "{}",
            "0x12",
            "$NACLxxx",
            "hello",
            &format!("0x{key}00"),
            r#"{"ss58Address":"5Grwva"}"#,
        ] {
            assert!(with_coldkeypub(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_missing_wallet_names_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a", "empty"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("a/coldkey"), "").unwrap();
        fs::write(folder.path().join("b/coldkeypub.txt"), format!("0x{}", "11".repeat(32)))
            .unwrap();
        let error = wallet(folder.path(), "c").no_coldkey();
        assert!(error.what.contains("wallet `c`"), "{}", error.what);
        assert!(error.hint.unwrap().ends_with("holds: a, b"));
        assert!(wallet(folder.path(), "empty").no_coldkey().what.contains("has no coldkey"));
        assert!(wallet(folder.path(), "b").no_coldkey().what.contains("only its public key"));
    }
}
