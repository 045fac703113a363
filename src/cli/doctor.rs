//! `subtune doctor`

use serde_json::json;
use subtune_chain::{At, Chain, Depth, Endpoint};
use subtune_model::error::Result;
use subtune_model::snapshot::Snapshot;

use super::connect::NodesMeant;
use super::netuid::Netuid;
use super::{Global, connect, keys, topics};
use crate::doctor::machine::{self, OwnDirectory};
use crate::doctor::nodes::{self, AskedNode, NodeRole};
use crate::doctor::{self, Checkup, owner};
use crate::settings::Surroundings;
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::DoctorView;
use crate::wallet::WalletRef;

/// What the exit codes mean here.
pub(super) const AFTER_HELP: &str = "\
Exit codes:
  0  no error; warnings are none
  otherwise that of the first error: see `subtune help exit-codes`";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: Netuid,
    /// Wallet to look at; nothing is unlocked [env: BT_WALLET_NAME, then what btcli is set to]
    /// [default: default]
    #[arg(long, short = 'w', aliases = ["wallet", "wallet.name", "wallet_name"], value_name = "NAME")]
    wallet_name: Option<String>,
    #[command(flatten)]
    folder: keys::Folder,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, wallet_name, folder } = args;
    let surroundings = Surroundings::of_process();
    let (mut checks, mut settings, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    let netuid = match netuid.given()? {
        Some(netuid) => Some(netuid),
        None => surroundings.netuid().unwrap_or_else(|error| {
            settings.push(Checkup::error("environment", &error));
            None
        }),
    };
    let meant = meant(global, &mut checks, &mut remarks);
    let asked = nodes::ask(meant, global.timeout()).await;
    let now = crate::time::now_ms();
    checks.extend(nodes::judge(&asked, now));
    checks.insert(0, nodes::version(&asked));
    checks.push(nodes::clock(&asked, now));
    checks.extend(directories(global));
    let (found, account) = wallet(&surroundings, wallet_name.as_deref(), &folder, &mut remarks);
    checks.extend(found);
    if let Some(netuid) = netuid {
        checks.extend(subnet(global, &asked, netuid, account.as_ref()).await);
    }
    let names = topics::VARIABLES.iter().map(|(name, _)| *name);
    checks.extend(machine::environment(&surroundings, names, &remarks));
    checks.extend(settings);
    let code = doctor::exit_code(&checks);
    let view = DoctorView::of(checks);
    let report = Report::new(render::text::doctor(&view), json!(view)).code(code);
    Ok(report.markdown(render::markdown::doctor(&view)))
}

/// The nodes to ask, and what is wrong with how they are named.
fn meant(
    global: &Global,
    checks: &mut Vec<Checkup>,
    remarks: &mut Vec<String>,
) -> Vec<(NodeRole, Endpoint)> {
    let NodesMeant { endpoints, fallbacks, archives, cross_check } = connect::nodes(global, None);
    let endpoints = endpoints.map(|(choice, endpoints)| {
        let shown: Vec<_> = endpoints.iter().map(ToString::to_string).collect();
        remarks.extend(choice.remarks("network", &shown.join(", ")));
        endpoints
    });
    let cross_check = cross_check.map(|second| second.into_iter().collect());
    let mut nodes = Vec::new();
    for (role, found) in [
        (NodeRole::Node, endpoints),
        (NodeRole::Fallback, fallbacks),
        (NodeRole::Archive, archives),
        (NodeRole::CrossCheck, cross_check),
    ] {
        match found {
            Ok(found) => nodes.extend(found.into_iter().map(|endpoint| (role, endpoint))),
            Err(error) => checks.push(Checkup::error("network", &error)),
        }
    }
    nodes
}

/// The directories of the tool, and what is in them.
fn directories(global: &Global) -> Vec<Checkup> {
    let mut checks = Vec::new();
    match connect::state(global) {
        Ok(state) => {
            let own = OwnDirectory {
                check: "state",
                path: state.root(),
                option: "--state-dir",
                is_needed: true,
            };
            checks.extend(own.check());
            checks.extend(machine::kept(&state));
        }
        Err(error) => checks.push(Checkup::error("state", &error)),
    }
    match connect::cache(global) {
        Ok(Some(path)) => {
            let (check, option) = ("cache", "--cache-dir");
            let own = OwnDirectory { check, path: &path, option, is_needed: false };
            checks.extend(own.check());
        }
        Ok(None) => checks.push(Checkup::warning(
            "cache",
            "there is no home directory: nothing that was fetched is kept",
            "name a directory with --cache-dir",
        )),
        Err(error) => checks.push(Checkup::error("cache", &error)),
    }
    checks
}

/// The wallet that a command would take, and the account that it is of.
fn wallet(
    surroundings: &Surroundings<'_>,
    name: Option<&str>,
    folder: &keys::Folder,
    remarks: &mut Vec<String>,
) -> (Vec<Checkup>, Option<Account>) {
    let find = || {
        let name = surroundings.wallet_name(name)?;
        let (path, by) = surroundings.wallet_path(folder.wallet_path.as_deref())?;
        let shown = path.display().to_string();
        let remarks =
            [name.remarks("wallet", &name.value), by.remarks("directory of the wallets", &shown)];
        let wallet = WalletRef::named(&name.value, path).map_err(|error| name.blame(error))?;
        Ok((wallet, name.is_named() || by.is_named(), remarks.concat()))
    };
    match find() {
        Ok((wallet, is_named, found)) => {
            remarks.extend(found);
            let (checks, account) = owner::wallet(&wallet, is_named);
            (checks, account.map(|address| Account { address, is_named }))
        }
        Err(error) => (vec![Checkup::error("wallet", &error)], None),
    }
}

/// The account of the wallet.
struct Account {
    address: String,
    /// Whether somebody has chosen the wallet.
    is_named: bool,
}

/// What the wallet may do on a subnet.
async fn subnet(
    global: &Global,
    asked: &[AskedNode],
    netuid: u16,
    account: Option<&Account>,
) -> Vec<Checkup> {
    let serving = nodes::serving(asked);
    if serving.is_empty() {
        let what = format!("no node answers for subnet {netuid}");
        return vec![Checkup::cannot_tell("subnet", what, "look at what is said of the nodes")];
    }
    let read = async {
        let chain = connect::connect_at(global, serving).await?;
        let snapshot = chain.snapshot(netuid, &At::Finalized, Depth::Rules).await?;
        Ok((chain, snapshot))
    };
    let (chain, snapshot) = match read.await {
        Ok(read) => read,
        Err(error) => return vec![Checkup::error("subnet", &error)],
    };
    let mut checks = vec![owner::subnet(&snapshot)];
    match account {
        Some(account) => checks.extend(right(&chain, &snapshot, account).await),
        None => checks.push(Checkup::cannot_tell(
            "owner",
            format!("whether the wallet may change subnet {netuid}: its account is not known"),
            "look at what is said of the wallet",
        )),
    }
    checks
}

async fn right(chain: &Chain, snapshot: &Snapshot, account: &Account) -> Vec<Checkup> {
    let at = At::Hash(snapshot.block.hash);
    let read = async {
        let proxies = chain.proxies(&snapshot.owner, &at).await?;
        Ok((proxies, chain.filters(&at).await?))
    };
    match read.await {
        Ok((proxies, filters)) => {
            owner::right(&account.address, account.is_named, snapshot, &proxies, &filters)
        }
        Err(error) => vec![Checkup::unanswered("owner", &error)],
    }
}
