//! The key of a command that signs: which one, and how it is unlocked.

use std::any::Any;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use subtune_model::address;
use subtune_model::error::{Error, Kind, Result};
use subtune_model::fleet::Signing;
use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::signature::Signature;
use subtune_wallet::Unlocked;
use zeroize::Zeroizing;

use super::{Global, printed};
use crate::ops::{Sign, step};
use crate::settings::{Surroundings, absolute};
use crate::ui::{ask, progress, screen};
use crate::wallet::password::PASSWORD_VAR;
use crate::wallet::{self, Person, WalletRef};

/// Options that name the key of a command that signs.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Key")]
pub(super) struct KeyArgs {
    /// Wallet whose coldkey signs [env: BT_WALLET_NAME, then what btcli is set to] [default: default]
    #[arg(long, short = 'w', aliases = ["wallet", "wallet.name", "wallet_name"], value_name = "NAME", conflicts_with_all = ["suri_file", "ask_suri", "dev_key"])]
    wallet_name: Option<String>,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    password: Password,
    /// Sign with the mnemonic, seed or `phrase//hard/soft///password` in this file or file descriptor
    #[arg(long, value_name = "FILE",
          conflicts_with_all = ["wallet_path", "password_file", "ask_suri", "dev_key"])]
    suri_file: Option<PathBuf>,
    /// Ask for the mnemonic, seed or `phrase//hard/soft///password`, without showing it
    #[arg(long, conflicts_with_all = ["wallet_path", "password_file", "dev_key"])]
    ask_suri: bool,
    /// Sign with a well-known development key such as alice; refused on public networks
    #[arg(long, value_name = "NAME", hide = true,
          conflicts_with_all = ["wallet_path", "password_file"])]
    dev_key: Option<String>,
}

/// Where the wallets are.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Folder {
    /// Directory of the wallets [env: BT_WALLET_PATH, then what btcli is set to] [default:
    /// ~/.bittensor/wallets]
    #[arg(long, aliases = ["wallet.path", "wallet_path"], value_name = "DIR")]
    pub(super) wallet_path: Option<String>,
}

impl Folder {
    /// The directory of the wallets, told when btcli's settings have named it.
    pub(super) fn resolve(&self) -> Result<PathBuf> {
        let all = Surroundings::of_process();
        let (path, choice) = all.wallet_path(self.wallet_path.as_deref())?;
        for remark in
            choice.remarks("directory of the wallets", &absolute(&path).display().to_string())
        {
            screen::tell(&remark);
        }
        Ok(path)
    }
}

/// The wallet that is meant, told when btcli's settings have named it.
pub(super) fn wallet(name: Option<&str>, folder: &Folder) -> Result<WalletRef> {
    let choice = Surroundings::of_process().wallet_name(name)?;
    let wallet = WalletRef::named(&choice.value, folder.resolve()?);
    for remark in choice.remarks("wallet", &choice.value) {
        screen::tell(&remark);
    }
    wallet.map_err(|error| choice.blame(error))
}

/// Where the password is.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Password {
    /// Read the wallet password from this file or file descriptor (other sources: `subtune help signing`)
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
}

/// The option with the path of a secret URI.
const SURI_FILE: &str = "--suri-file";

/// Where the key is.
#[derive(Clone)]
pub(super) enum Keys {
    Wallet(WalletRef, Option<PathBuf>),
    SuriFile(PathBuf),
    AskedSuri,
    Development(String),
}

impl KeyArgs {
    /// The key that a file of a fleet names.
    pub(super) fn of(sign: &Signing) -> Self {
        let Signing { wallet, wallet_path, password_file, suri_file, dev_key, .. } = sign;
        Self {
            wallet_name: wallet.clone(),
            folder: Folder { wallet_path: wallet_path.clone() },
            password: Password { password_file: password_file.as_ref().map(PathBuf::from) },
            suri_file: suri_file.as_ref().map(PathBuf::from),
            ask_suri: false,
            dev_key: dev_key.clone(),
        }
    }

    /// Whether any key is named, by an option or a variable.
    pub(super) fn is_named(&self) -> bool {
        let Self { wallet_name, folder, password, suri_file, ask_suri, dev_key } = self;
        wallet_name.is_some()
            || folder.wallet_path.is_some()
            || password.password_file.is_some()
            || suri_file.is_some()
            || *ask_suri
            || dev_key.is_some()
            || !Surroundings::of_process().is_default_wallet()
    }

    /// The key of a rehearsal: what is named is looked at as in the performance, and only where
    /// nothing is named there need be no wallet on the machine.
    ///
    /// # Errors
    /// As [`signer`](Self::signer), but that a wallet may do without its coldkey: only a warning
    /// tells that it could not sign.
    pub(super) fn rehearsal(
        &self,
        global: &Global,
        genesis_hash: &Hash32,
    ) -> Result<Option<(Keys, Option<String>)>> {
        match self.signer(global, genesis_hash, true) {
            Ok(found) => Ok(Some(found)),
            Err(_) if !self.is_named() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The key and its address, without unlocking anything; no address where only the secret tells
    /// it. What would not unlock is refused here, before anything is confirmed or written, as far as
    /// that shows without the secret; for a `rehearsal` a wallet may do without its coldkey. Commands
    /// that are printed from now on name this key.
    pub(super) fn signer(
        &self,
        global: &Global,
        genesis_hash: &Hash32,
        rehearsal: bool,
    ) -> Result<(Keys, Option<String>)> {
        let found = self.find(global, genesis_hash, rehearsal)?;
        printed::signed_by(self.printed(&found.0));
        Ok(found)
    }

    fn find(
        &self,
        global: &Global,
        genesis_hash: &Hash32,
        rehearsal: bool,
    ) -> Result<(Keys, Option<String>)> {
        if let Some(name) = &self.dev_key {
            if network::is_public(genesis_hash) {
                return Err(Error::refused(format!(
                    "development keys are known to everybody: refused on {}",
                    network::name_of(genesis_hash)
                ))
                .hint("sign with a wallet: --wallet-name"));
            }
            let key = subtune_wallet::dev::unlock(name)?;
            return Ok((Keys::Development(name.clone()), Some(address::ss58(&key.account()))));
        }
        if let Some(path) = &self.suri_file {
            wallet::suri::check_file(path, SURI_FILE)?;
            return Ok((Keys::SuriFile(path.clone()), None));
        }
        if self.ask_suri {
            return Ok((Keys::AskedSuri, None));
        }
        let wallet = wallet(self.wallet_name.as_deref(), &self.folder)?;
        let person = AtTerminal { quiet: global.quiet() };
        if let Some(note) = wallet.note() {
            person.tell(&format!("note: {note}"));
        }
        let account = wallet.read_coldkeypub()?;
        match wallet::look(&wallet) {
            Err(error) if rehearsal && wallet::only_watches(&wallet) => {
                person.tell(&format!("warning: {error}; this is a rehearsal alone"));
            }
            looked => drop(looked?),
        }
        let password_file = self.password.password_file.clone();
        if let Some(file) = &password_file {
            wallet::password::check_file(file)?;
        }
        Ok((Keys::Wallet(wallet, password_file), Some(address::ss58(&account))))
    }
}

impl KeyArgs {
    /// The options that name the key that was found, for a command that is printed.
    pub(super) fn words(&self, keys: &Keys) -> Vec<String> {
        self.printed(keys)
    }

    /// The options that name the same key in another directory and without any variable; never a
    /// secret. What only this process could read is asked for.
    fn printed(&self, keys: &Keys) -> Vec<String> {
        let file = |option: &str, path: &Path| -> Option<[String; 2]> {
            path.is_file().then(|| [option.to_owned(), printed::path(path)])
        };
        match keys {
            Keys::Development(name) => vec!["--dev-key".to_owned(), name.clone()],
            Keys::AskedSuri => vec!["--ask-suri".to_owned()],
            Keys::SuriFile(path) => file("--suri-file", path)
                .map_or_else(|| vec!["--ask-suri".to_owned()], |words| words.to_vec()),
            Keys::Wallet(wallet, password_file) => {
                let mut options = vec!["--wallet-name".to_owned(), wallet.name().to_owned()];
                let usual = printed::usual_home().map(|home| home.join(".bittensor/wallets"));
                let path = printed::path(wallet.path());
                if usual.is_none_or(|usual| usual != Path::new(&path)) {
                    options.extend(["--wallet-path".to_owned(), path]);
                }
                let password = password_file.as_deref();
                options.extend(
                    password.and_then(|path| file("--password-file", path)).into_iter().flatten(),
                );
                options
            }
        }
    }
}

impl Keys {
    /// Where its secret comes from, if that can be read once alone, as a pipe can.
    pub(super) fn read_once(&self) -> Option<&Path> {
        let file = match self {
            Self::Wallet(_, file) => file.as_deref(),
            Self::SuriFile(file) => Some(file.as_path()),
            Self::AskedSuri | Self::Development(_) => None,
        };
        file.filter(|file| file.exists() && !file.is_file())
    }

    /// Whether a person will be asked for a secret when this is unlocked, perhaps `again` and again.
    ///
    /// # Errors
    /// What can be told before: there is nobody to ask, or a descriptor would have to be read twice.
    pub(super) fn will_ask(&self, again: bool) -> Result<bool> {
        let asks = match self {
            Self::Wallet(wallet, file) => wallet::will_ask(wallet, file.as_deref())?,
            Self::AskedSuri if !std::io::stderr().is_terminal() => {
                return Err(wallet::suri::nobody_to_ask());
            }
            Self::AskedSuri => true,
            Self::SuriFile(_) | Self::Development(_) => false,
        };
        // The path is not quoted: by mistake it may be the secret itself.
        if again && self.read_once().is_some() {
            return Err(Error::usage(
                "--staged reads the secret before each stage, and a descriptor can be read once",
            )
            .hint("use a file, or --wait instead of --staged"));
        }
        Ok(asks)
    }
}

/// Who is at the terminal of this process.
struct AtTerminal {
    /// Tells nothing; questions are asked all the same.
    quiet: bool,
}

impl Person for AtTerminal {
    fn ask(&self, prompt: &str) -> Result<Option<Zeroizing<String>>> {
        ask::secret(prompt).map_err(|error| match error.kind {
            Kind::Wallet => {
                error.hint(format!("use --password-file or {PASSWORD_VAR} where there is none"))
            }
            _ => error,
        })
    }

    fn tell(&self, line: &str) {
        if !self.quiet {
            screen::tell(&screen::one_line(line));
        }
    }

    fn busy(&self, line: &str) -> Box<dyn Any> {
        if self.quiet { Box::new(()) } else { Box::new(progress::busy(line)) }
    }
}

impl Keys {
    /// What to do when it is another key than it should be, which is `owner`'s.
    pub(super) fn instead(&self, owner: &str) -> String {
        let first = match self {
            Self::Wallet(wallet, _) => {
                format!("check --wallet-name: the coldkey of `{}` is another one", wallet.name())
            }
            Self::SuriFile(_) => format!(
                "check the derivation path in the file of {SURI_FILE}, and that it is the phrase of \
                 this account"
            ),
            Self::AskedSuri => {
                "check the derivation path that was typed, and that it is the phrase of this account"
                    .to_owned()
            }
            Self::Development(name) => format!("--dev-key {name} is not this account"),
        };
        format!("{first}; or sign with the coldkey {owner}")
    }
}

impl Sign for Unlocked {
    fn address(&self) -> String {
        address::ss58(&self.account())
    }

    fn sign(&self, payload: &[u8]) -> Signature {
        Self::sign(self, payload)
    }
}

/// Unlocks off the async threads, since deriving the key takes seconds; refuses a key that is not
/// the `owner`'s.
pub(super) async fn unlock(keys: Keys, owner: Option<&str>, quiet: bool) -> Result<Unlocked> {
    // A person who is asked for a password must see how it goes.
    let person = AtTerminal { quiet: quiet && !std::io::stderr().is_terminal() };
    let instead = owner.map(|owner| keys.instead(owner));
    let key = tokio::task::spawn_blocking(move || {
        step::bug("key");
        match keys {
            Keys::Wallet(wallet, file) => wallet::unlock(&wallet, file.as_deref(), &person),
            Keys::SuriFile(path) => wallet::suri::from_file(&path, SURI_FILE, &person),
            Keys::AskedSuri => wallet::suri::ask(&person),
            Keys::Development(name) => subtune_wallet::dev::unlock(&name),
        }
    })
    .await
    .map_err(|error| Error::wallet("the key could not be unlocked").because(error))??;
    let address = address::ss58(&key.account());
    match owner {
        Some(owner) if owner != address => Err(Error::refused(format!(
            "the key is that of {address}, but the owner is {owner}: nothing was sent"
        ))
        .hint(instead.unwrap_or_default())),
        _ => Ok(key),
    }
}
