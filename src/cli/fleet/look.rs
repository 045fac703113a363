//! What a file of a fleet wants, and how the subnets are: all of them at one block.

use std::collections::BTreeMap;

use subtune_chain::{At, Chain, Depth};
use subtune_model::address;
use subtune_model::error::{Error, Result};
use subtune_model::fleet::{Fleet, FleetMember, FleetState, Signing};
use subtune_model::network;
use subtune_model::plan::Plan;
use subtune_model::ports::ChainWrite as _;
use subtune_model::snapshot::{ChainId, Snapshot};
use subtune_model::terms::Terms;

use super::Subnets;
use crate::cli::args::{Simulating, Wanted};
use crate::cli::keys::{self, Folder};
use crate::cli::origin::OriginArgs;
use crate::cli::wanted::Wished;
use crate::cli::{Global, connect, printed};
use crate::files::read;
use crate::profile_yaml;
use crate::ui::views::FleetLine;

/// The subnets of a file, as they are.
pub(super) struct Whole {
    /// The file, as it was named.
    pub(super) file: String,
    pub(super) chain: Chain,
    /// A snapshot that tells where all of them were read.
    pub(super) place: Option<Snapshot>,
    /// In the order of their netuids.
    pub(super) looked: Vec<Looked>,
}

/// One of them.
pub(in crate::cli) struct Looked {
    pub(in crate::cli) netuid: u16,
    pub(in crate::cli) member: FleetMember,
    /// What was read, also where it cannot be planned on.
    pub(in crate::cli) place: Option<Snapshot>,
    pub(in crate::cli) found: Result<FoundSubnet>,
}

/// What was found.
pub(in crate::cli) struct FoundSubnet {
    pub(in crate::cli) snapshot: Snapshot,
    pub(in crate::cli) terms: Terms,
    pub(in crate::cli) plan: Plan,
}

/// Reads the file, alone.
pub(super) fn fleet(subnets: &Subnets) -> Result<Fleet> {
    let mut fleet = profile_yaml::load_fleet(&subnets.file)?;
    if let Some(netuid) = subnets.only.iter().find(|netuid| !fleet.subnets.contains_key(netuid)) {
        let named: Vec<_> = fleet.subnets.keys().map(ToString::to_string).collect();
        return Err(Error::input(format!(
            "--only {netuid}: {} does not name that subnet",
            read::name(&subnets.file)
        ))
        .hint(format!("it names {}", named.join(", "))));
    }
    if !subnets.only.is_empty() {
        fleet.subnets.retain(|netuid, _| subnets.only.contains(netuid));
    }
    Ok(fleet)
}

/// Connects to the network that the file names.
pub(in crate::cli) async fn connected(global: &Global, fleet: &Fleet, file: &str) -> Result<Chain> {
    printed::remember_file(global, fleet.network.as_deref());
    let chain = connect::connect_to(global, fleet.network.as_deref()).await?;
    let named = fleet.network.as_deref().and_then(network::genesis_of);
    match named {
        // Another node of that network may be asked, and no other network.
        Some(genesis) if genesis != *chain.genesis_hash() => Err(Error::input(format!(
            "{file} is for {}, and {} is a node of {}",
            fleet.network.as_deref().unwrap_or_default(),
            chain.endpoint(),
            chain.network()
        ))
        .hint("check --network, or the network of the file")),
        _ => Ok(chain),
    }
}

/// Reads the file and the chain.
pub(super) async fn look(global: &Global, subnets: &Subnets) -> Result<Whole> {
    let fleet = fleet(subnets)?;
    let file = read::name(&subnets.file);
    // Before anything is asked of a node.
    let wishes = wishes(&fleet);
    let chain = connected(global, &fleet, &file).await?;
    wishes.values().flatten().for_each(|wished| wished.heed(&chain));
    let plan = |netuid: u16, snapshot: &Snapshot, terms: &mut Terms| {
        of(&wishes, netuid)?.on(snapshot, terms)
    };
    at_one_block(chain, fleet, file, &plan).await
}

/// The same error once more.
pub(in crate::cli) fn same(error: &Error) -> Error {
    Error::new(error.kind, error.what.clone()).hint(error.next_step().to_owned())
}

/// What a file wants of one subnet.
pub(in crate::cli) fn wished(member: &FleetMember) -> Result<Wished> {
    Wanted { profile: Some(member.profile.clone()), ..Wanted::default() }.read()
}

/// What it wants of each, or why that cannot be read.
pub(super) type Wishes = BTreeMap<u16, Result<Wished>>;

/// What a file wants of each subnet.
pub(super) fn wishes(fleet: &Fleet) -> Wishes {
    fleet.subnets.iter().map(|(netuid, member)| (*netuid, wished(member))).collect()
}

/// What is wanted of this one.
pub(super) fn of(wishes: &Wishes, netuid: u16) -> Result<&Wished> {
    match wishes.get(&netuid) {
        Some(wished) => wished.as_ref().map_err(same),
        None => Err(Error::other(format!("nothing is wanted of subnet {netuid}"))),
    }
}

/// How one subnet is planned on what was read of it.
pub(in crate::cli) type PlanOne<'a> = &'a (dyn Fn(u16, &Snapshot, &mut Terms) -> Result<Plan> + 'a);

/// Reads the subnets at the newest finalized block.
pub(super) async fn at_one_block(
    chain: Chain,
    fleet: Fleet,
    file: String,
    plan: PlanOne<'_>,
) -> Result<Whole> {
    let looked = looked(&chain, &fleet, &At::Finalized, plan).await?;
    for one in &looked {
        let Some(pinned) = &one.member.owner else { continue };
        if let Some(owner) = one.owner().filter(|owner| owner != pinned) {
            return Err(Error::refused(format!(
                "the owner of subnet {} is {owner}, and {file} pins {pinned}",
                one.netuid
            ))
            .hint(
                "find out why it has changed hands before anything else; then correct the file",
            ));
        }
    }
    let place = looked.iter().find_map(|one| one.place.clone());
    if let Some(snapshot) = &place {
        connect::check_fresh(snapshot, false)?;
    }
    Ok(Whole { file, place, looked, chain })
}

/// How each subnet is at one block.
pub(in crate::cli) async fn looked(
    chain: &Chain,
    fleet: &Fleet,
    at: &At,
    plan: PlanOne<'_>,
) -> Result<Vec<Looked>> {
    let netuids: Vec<u16> = fleet.subnets.keys().copied().collect();
    let snapshots = chain.snapshots(&netuids, at, Depth::Rules).await?;
    for snapshot in snapshots.iter().flatten() {
        chain.cross_check(snapshot).await?;
    }
    let members = fleet.subnets.iter().zip(snapshots);
    let looked = members.map(|((netuid, member), snapshot)| {
        let place = snapshot.as_ref().ok().cloned();
        let found = snapshot.and_then(|snapshot| {
            let mut terms = Terms { signer: signer(&member.sign)?, ..Terms::default() };
            let plan = plan(*netuid, &snapshot, &mut terms)?;
            Ok(FoundSubnet { snapshot, terms, plan })
        });
        Looked { netuid: *netuid, member: member.clone(), place, found }
    });
    Ok(looked.collect())
}

/// The address that signs, as far as it is known without any key.
fn signer(sign: &Signing) -> Result<Option<String>> {
    let Signing { wallet, wallet_path, dev_key, signer, .. } = sign;
    Ok(match (signer, dev_key, wallet) {
        (Some(signer), _, _) => Some(signer.clone()),
        (None, Some(name), _) => Some(address::ss58(&subtune_wallet::dev::unlock(name)?.account())),
        (None, None, Some(name)) => {
            let folder = Folder { wallet_path: wallet_path.clone() };
            let wallet = keys::wallet(Some(name), &folder)?;
            // A plan needs no wallet on the machine.
            wallet.read_coldkeypub().ok().map(|account| address::ss58(&account))
        }
        (None, None, None) => None,
    })
}

impl Looked {
    /// Its owner on the chain, where that was read.
    pub(in crate::cli) fn owner(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.owner.as_str())
    }

    /// How it is.
    pub(in crate::cli) fn state(&self) -> FleetState {
        match &self.found {
            Ok(found) => FleetState::of(&found.plan, &found.snapshot),
            Err(_) => FleetState::Error,
        }
    }

    /// Whether something would be sent, now or later, or nobody can tell.
    pub(super) fn is_pending(&self) -> bool {
        self.found.as_ref().is_ok_and(|found| {
            let drift = found.plan.drift(&found.snapshot);
            !drift.pending.is_empty() || !drift.unclear.is_empty()
        })
    }

    pub(super) fn view(&self) -> FleetLine {
        let found = self.found.as_ref().map(|found| (&found.plan, &found.snapshot));
        FleetLine::of(self.netuid, &self.member, found, self.state())
    }
}

impl FoundSubnet {
    /// What the plan is for its signing mode, with its fee and what the chain's own code says of it.
    pub(super) async fn judge(
        &mut self,
        chain: &Chain,
        sign: &Signing,
        simulating: &Simulating,
        signer: Option<&str>,
    ) -> Result<()> {
        let Self { snapshot, terms, plan } = self;
        let signs = signer.unwrap_or(&plan.owner).to_owned();
        if signer.is_some() {
            OriginArgs::named(sign).take(chain, plan, terms, snapshot, &signs).await?;
        }
        if plan.calls.is_empty() {
            return Ok(());
        }
        if plan.fee_rao.is_none() {
            plan.fee_rao = chain.fee(&plan.calls, &plan.origin, &signs).await?;
        }
        let judged = simulating.judge(chain, plan.clone(), snapshot, terms, &signs).await;
        *plan = judged;
        Ok(())
    }
}

impl Whole {
    /// Looks more closely at each plan. Who signs has to be known for those that are to be `saved`.
    pub(super) async fn judge(&mut self, simulating: &Simulating, saved: bool) {
        for one in &mut self.looked {
            let Ok(found) = &mut one.found else { continue };
            let sign = &one.member.sign;
            let signer = found.terms.signer.clone();
            let judged = match (&signer, OriginArgs::named(sign).is_direct()) {
                (None, false) if saved => Err(Error::wallet(format!(
                    "nobody can tell who signs for subnet {}: its wallet is not on this machine",
                    one.netuid
                ))
                .hint("add `signer: ADDRESS` to its `sign`")),
                _ => found.judge(&self.chain, sign, simulating, signer.as_deref()).await,
            };
            if let Err(error) = judged {
                one.found = Err(error);
            }
        }
    }

    /// Whether all subnets are as wanted.
    pub(super) fn are_all_same(&self) -> bool {
        self.looked.iter().all(|one| one.state() == FleetState::Same)
    }

    /// What went wrong with the first subnet that has an error.
    pub(super) fn first_error(&self) -> Option<(&Looked, &Error)> {
        self.looked.iter().find_map(|one| Some((one, one.found.as_ref().err()?)))
    }

    /// The subnets account by account, so that all that one key signs comes in a row.
    pub(super) fn in_order(&self) -> Vec<&Looked> {
        let mut all: Vec<&Looked> = self.looked.iter().collect();
        let account = |one: &Looked| {
            let found = one.found.as_ref().ok()?;
            Some(found.terms.signer.clone().unwrap_or_else(|| found.plan.owner.clone()))
        };
        let firsts: Vec<_> = all.iter().map(|one| account(one)).collect();
        // An account comes where its first subnet stands.
        all.sort_by_key(|one| {
            let account = account(one);
            (firsts.iter().position(|first| *first == account), one.netuid)
        });
        all
    }

    /// The chain that the plans are for.
    pub(super) fn chain_id(&self) -> Result<ChainId> {
        let place = self.place.as_ref().map(|place| place.chain.clone());
        place.ok_or_else(|| Error::chain("no subnet of the file could be read"))
    }
}
