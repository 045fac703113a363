//! `subtune wallet`: what lies in a wallet folder, and the proof that a key opens. Never uses the
//! network.

use serde_json::json;
use subtune_model::address;
use subtune_model::error::{Error, Result};
use subtune_wallet::{Scheme, Secret};

use super::Global;
use super::keys::{self, Folder, Keys, Password};
use crate::settings::absolute;
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{VerifiedView, WalletView, WalletsView};
use crate::wallet::survey::{Survey, survey};
use crate::wallet::{WalletRef, locate};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the wallets of a folder, without any password
    List(Folder),
    /// Show one wallet, without any password: files, address, what is wrong or unsafe
    Show(Show),
    /// Unlock a wallet and prove its key: it signs, and it is the key of the wallet's address
    Verify(Verify),
}

/// Which wallet: an argument, or the option of the commands that sign.
#[derive(Debug, clap::Args)]
struct Name {
    /// Wallet; `--wallet-name NAME` does as well
    name: Option<String>,
    /// The wallet, as an option
    #[arg(long, short = 'w', value_name = "NAME", hide = true)]
    wallet_name: Option<String>,
}

impl Name {
    fn required(self, command: &str) -> Result<String> {
        match (self.name, self.wallet_name) {
            (Some(argument), Some(option)) if argument != option => {
                Err(Error::usage("two different wallets are named").hint("leave one of them out"))
            }
            (argument, option) => argument.or(option).ok_or_else(|| {
                Error::usage(format!("`subtune {command}` needs the name of a wallet"))
                    .hint("`subtune wallet list` names them")
            }),
        }
    }
}

#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    password: Password,
}

impl Args {
    pub(super) const fn name(&self) -> &'static str {
        match self.command {
            Command::List(_) => "wallet list",
            Command::Show(_) => "wallet show",
            Command::Verify(_) => "wallet verify",
        }
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    match args.command {
        Command::List(folder) => list(folder),
        Command::Show(Show { name, folder }) => {
            show(&wallet(name.required("wallet show")?, folder)?)
        }
        Command::Verify(Verify { name, folder, password }) => {
            verify(global, wallet(name.required("wallet verify")?, folder)?, password).await
        }
    }
}

fn wallet(name: String, folder: Folder) -> Result<WalletRef> {
    keys::wallet(Some(&name), &folder)
}

fn list(folder: Folder) -> Result<Report> {
    let folder = absolute(&folder.resolve()?);
    let wallets = locate::all(&folder)?.iter().map(view).collect::<Result<_>>()?;
    let view = WalletsView { folder: folder.display().to_string(), wallets };
    Ok(Report::new(render::text::wallets(&view), json!(view))
        .markdown(render::markdown::wallets(&view)))
}

fn show(wallet: &WalletRef) -> Result<Report> {
    let view = view(wallet)?;
    Ok(Report::new(render::text::wallet(&view), json!(view))
        .markdown(render::markdown::wallet(&view)))
}

async fn verify(global: &Global, wallet: WalletRef, password: Password) -> Result<Report> {
    let keys = Keys::Wallet(wallet.clone(), password.password_file);
    let key = keys::unlock(keys, None, global.quiet()).await?;
    if !key.proves_itself() {
        return Err(Error::wallet("the key signs what its own account does not verify")
            .hint("keep the files, and restore the wallet from its mnemonic"));
    }
    let compared = wallet.coldkeypub_path().exists();
    let view = VerifiedView {
        wallet: wallet.name().to_owned(),
        address: address::ss58(&key.account()),
        public_key: hex(key.account()),
        key_type: key.scheme().name(),
        verified: true,
        coldkeypub_equal: compared.then_some(true),
    };
    Ok(Report::new(render::text::verified(&view), json!(view))
        .markdown(render::markdown::verified(&view)))
}

/// How the keyfile is written, for people.
fn keyfile(survey: &Survey) -> String {
    match survey.format {
        None if survey.watch_only => "none: watch-only".to_owned(),
        None => "unreadable".to_owned(),
        Some(format) => match survey.secret {
            Some(Secret::Encrypted) => format!("{}, encrypted", format.name()),
            Some(Secret::Open) => format!("{}, not encrypted", format.name()),
            Some(Secret::None) => format!("{}, without a secret: watch-only", format.name()),
            None => format!("{}, unreadable", format.name()),
        },
    }
}

/// A wallet as it is shown.
fn view(wallet: &WalletRef) -> Result<WalletView> {
    let survey = survey(wallet)?;
    Ok(WalletView {
        name: wallet.name().to_owned(),
        folder: wallet.path().display().to_string(),
        address: survey.address(),
        public_key: survey.account.map(hex),
        key_type: survey.scheme.map(Scheme::name),
        format: json!(survey.format),
        encrypted: survey.secret.map(|secret| secret == Secret::Encrypted),
        secret: json!(survey.secret),
        watch_only: survey.watch_only,
        keyfile: keyfile(&survey),
        problems: survey.problems,
    })
}

fn hex(account: [u8; 32]) -> String {
    format!("0x{}", hex::encode(account))
}
