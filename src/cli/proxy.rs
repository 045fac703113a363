//! `subtune proxy`

use serde_json::json;
use subtune_chain::{At, Chain, Encoded};
use subtune_model::address::{parse_ss58, ss58};
use subtune_model::error::{Error, Result};
use subtune_model::origin;
use subtune_model::origin::{Filter, ProxyEntry};
use subtune_model::ports::ChainRead as _;
use subtune_model::snapshot::{Known, Lease, SetterState, Snapshot};
use subtune_model::value::decimal;

use super::args::Wanted;
use super::netuid::Netuid;
use super::{Global, connect};
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{GrantedView, ProxiesView, ProxyCallView, ProxySetupView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the call that makes another key a proxy, with the fewest rights
    Setup(Setup),
    /// List the proxies of an account
    List {
        /// The account
        #[arg(value_name = "SS58")]
        account: String,
    },
}

#[derive(Debug, clap::Args)]
struct Setup {
    #[command(flatten)]
    netuid: Netuid,
    /// The key that is to change the subnet for its owner
    #[arg(long, value_name = "SS58")]
    delegate: String,
    #[command(flatten)]
    wanted: Wanted,
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    match args.command {
        Command::Setup(args) => setup(global, args).await,
        Command::List { account } => list(global, &account).await,
    }
}

/// A setter that an owner may call.
struct Setter<'a> {
    name: &'a str,
    pallet: &'a str,
    call: &'a str,
}

fn setters(snapshot: &Snapshot) -> Vec<Setter<'_>> {
    snapshot
        .guards
        .setters
        .iter()
        .filter_map(|(name, state)| match state {
            SetterState::Call { pallet, call, who: "owner", .. } => {
                Some(Setter { name, pallet, call })
            }
            _ => None,
        })
        .collect()
}

async fn setup(global: &Global, args: Setup) -> Result<Report> {
    let Setup { netuid, delegate, wanted } = args;
    let netuid = netuid.required("proxy setup")?;
    let delegate = ss58(&parse_ss58(&delegate)?);
    let wished = match (&wanted.profile, wanted.set.is_empty()) {
        (None, true) => None,
        _ => Some(wanted.read()?),
    };
    let chain = connect::connect(global).await?;
    let snapshot = chain.latest(netuid).await?;
    let wishes =
        wished.map(|wished| wished.wishes(&snapshot)).transpose()?.map(|(wishes, _)| wishes);
    let owner = &snapshot.owner;
    if let Known::Unreadable(why) = &snapshot.guards.lease {
        return Err(Error::refused(format!(
            "cannot tell whether subnet {netuid} is leased: {why}"
        ))
        .hint("use another node with --network; if all do this, subtune needs an update"));
    }
    if let Known::Is(Lease { id, .. }) = &snapshot.guards.lease {
        return Err(Error::refused(format!(
            "subnet {netuid} is leased (lease {id}): its account {owner} has no key that could sign"
        ))
        .hint("its beneficiary is its proxy already: `subtune proxy list` shows it"));
    }
    if delegate == *owner {
        return Err(Error::input(format!("{delegate} owns subnet {netuid} itself"))
            .hint("pass the address of the key that is to act for it"));
    }
    let setters = setters(&snapshot);
    let needed: Vec<_> = match &wishes {
        Some(wishes) => {
            let wanted = |setter: &&Setter<'_>| wishes.iter().any(|wish| wish.name == setter.name);
            setters.iter().filter(wanted).collect()
        }
        None => Vec::new(),
    };
    if wishes.is_some() && needed.is_empty() {
        return Err(Error::refused("the owner may set none of the requested changes")
            .hint("`subtune plan` says who may"));
    }
    let at = At::Hash(snapshot.block.hash);
    let filters = chain.filters(&at).await?;
    // Without wishes: all that is the owner's daily work.
    let fits = |name: &&&str| match (filters.get(**name), wishes.is_some()) {
        (Some(filter), true) => needed.iter().all(|it| filter.permits(it.pallet, it.call)),
        (Some(_), false) => **name == "Owner",
        (None, _) => false,
    };
    let proxy_type = origin::TYPES.iter().find(fits).copied().unwrap_or("Any");
    let filter = filters.get(proxy_type).cloned().unwrap_or_default();
    let right = Right { owner, delegate: &delegate, proxy_type, filter: &filter };
    right.report(&chain, &at, &snapshot, &setters).await
}

/// What a key is to be given.
struct Right<'a> {
    owner: &'a str,
    delegate: &'a str,
    proxy_type: &'a str,
    filter: &'a Filter,
}

impl Right<'_> {
    async fn report(
        &self,
        chain: &Chain,
        at: &At,
        snapshot: &Snapshot,
        setters: &[Setter<'_>],
    ) -> Result<Report> {
        let Self { owner, delegate, proxy_type, filter } = *self;
        let add = chain.proxy_call("add_proxy", delegate, proxy_type, at).await?;
        let remove = chain.proxy_call("remove_proxy", delegate, proxy_type, at).await?;
        let proxies = chain.proxies(owner, at).await?;
        let there = ProxyEntry {
            delegate: delegate.to_owned(),
            proxy_type: proxy_type.to_owned(),
            delay: 0,
        };
        let exists = proxies.entries.contains(&there);
        let deposit = chain.proxy_deposit(&proxies, at).await?;
        let names = |permitted: bool| -> Vec<String> {
            let is = |it: &&Setter<'_>| filter.permits(it.pallet, it.call) == permitted;
            setters.iter().filter(is).map(|it| it.name.to_owned()).collect()
        };
        let call = |encoded: Encoded| ProxyCallView {
            call: encoded.name,
            delegate: delegate.to_owned(),
            proxy_type: proxy_type.to_owned(),
            delay: 0,
            call_data: encoded.data,
            call_hash: encoded.hash,
        };
        let view = ProxySetupView {
            netuid: snapshot.netuid,
            owner: owner.to_owned(),
            delegate: delegate.to_owned(),
            proxy_type: proxy_type.to_owned(),
            atomic: filter.permits_batch(),
            add: call(add),
            remove: call(remove),
            exists,
            deposit_rao: deposit.map(|deposit| deposit.to_string()),
            permits: names(true),
            forbids: names(false),
            deposit: deposit.map(|deposit| decimal(deposit.into(), 9)),
            beyond: beyond(proxy_type),
        };
        Ok(Report::new(render::text::proxy_setup(&view), json!(view))
            .markdown(render::markdown::proxy_setup(&view)))
    }
}

/// What a type permits besides the setters of a subnet.
fn beyond(proxy_type: &str) -> &'static str {
    match proxy_type {
        "SubnetLeaseBeneficiary" | "Owner" => {
            "the same on all subnets of the owner; no transfers, no stake"
        }
        "NonFungible" => "much else, but neither transfers nor stake",
        "NonTransfer" => "much else, stake included, but no transfers",
        _ => "nearly everything, transfers included: this is as good as the owner's own key",
    }
}

async fn list(global: &Global, account: &str) -> Result<Report> {
    let account = ss58(&parse_ss58(account)?);
    let chain = connect::connect(global).await?;
    let proxies = chain.proxies(&account, &At::Finalized).await?;
    let filters = chain.filters(&At::Finalized).await?;
    let granted = |entry: ProxyEntry| {
        let ProxyEntry { delegate, proxy_type, delay } = entry;
        let filter =
            filters.get(&proxy_type).cloned().unwrap_or_else(|| origin::known_filter(&proxy_type));
        // Every type that permits any setter permits this one.
        let setters = match (filter.permits_batch(), filter.permits("AdminUtils", "sudo_set_rho")) {
            (true, _) => "all or nothing",
            (false, true) => "one by one",
            (false, false) => "none",
        };
        GrantedView { delegate, proxy_type, delay, hyperparameters: setters }
    };
    let view = ProxiesView { account, proxies: proxies.entries.into_iter().map(granted).collect() };
    Ok(Report::new(render::text::proxies(&view), json!(view))
        .markdown(render::markdown::proxies(&view)))
}
