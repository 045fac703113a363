//! `subtune fleet apply`: one transaction for each subnet, account by account, until the first bad end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::json;
use subtune_chain::Chain;
use subtune_model::error::{Error, Kind, Result};
use subtune_model::exit;
use subtune_model::fleet::{Fleet, FleetMember, FleetPlan, FleetState, Signing};
use subtune_model::plan::{Item, Plan, Wish};
use subtune_model::ports::ChainWrite as _;
use subtune_model::receipt::{Command, Receipt};
use subtune_model::snapshot::{Known, Snapshot};
use subtune_model::terms::Terms;

use super::Subnets;
use super::look::{self, FoundSubnet, Looked, Whole};
use crate::cli::args::Simulating;
use crate::cli::earlier::settle_earlier;
use crate::cli::goals::Afterwards;
use crate::cli::keys::{self, KeyArgs, Keys};
use crate::cli::origin::OriginArgs;
use crate::cli::send::On;
use crate::cli::{Global, connect, printed};
use crate::ops::{self, Applied, Asked, Confirm, Consent, Request, SubnetChange};
use crate::profile_yaml;
use crate::store::{Lock, Subnet};
use crate::ui::ask::Terminal;
use crate::ui::output::{Report, Stream, one_line};
use crate::ui::render;
use crate::ui::screen;
use crate::ui::views::{EndedView, EndingWord, FleetEndedView, FleetView, ReceiptView};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    subnets: Subnets,
    /// Apply these saved plans; refused if a subnet has changed since
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Go on with saved plans of which some were applied: those are looked at and passed over
    #[arg(long, requires = "plan")]
    resume: bool,
    /// Apply the rest of a subnet's changes even if some are blocked
    #[arg(long)]
    skip_blocked: bool,
    /// Send what one key signs for several subnets as one transaction, all or nothing; only for keys that
    /// sign for themselves
    #[arg(long)]
    atomic: bool,
    /// Check everything, but do not unlock any key, write files or send
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    yes: bool,
    /// Sign without the metadata hash, for chains or nodes that lack it (less safe)
    #[arg(long)]
    no_metadata_hash: bool,
    #[command(flatten)]
    simulating: Simulating,
    /// The key of subnets for which the file names none
    #[command(flatten)]
    keys: KeyArgs,
}

/// A change of one subnet that is ready to be confirmed.
struct Ready {
    netuid: u16,
    goals: Option<String>,
    snapshot: Snapshot,
    plan: Plan,
    saved: Option<Plan>,
    terms: Terms,
    signer: String,
    keys: Option<Keys>,
    /// The options that name the key.
    key_words: Vec<String>,
}

/// The records of one subnet, and the lock on them unless nothing is to be written.
struct Records {
    journal: Subnet,
    _lock: Option<Lock>,
}

/// Nobody is asked again: all of it was agreed to.
struct Agreed {
    /// The subnet; none where it is about several.
    netuid: Option<u16>,
    quiet: bool,
}

impl Confirm for Agreed {
    fn confirm(&self, _: &Plan, _: &Snapshot) -> Result<Consent> {
        Ok(Consent::Yes)
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            let of = self.netuid.map_or_else(String::new, |netuid| format!("subnet {netuid}: "));
            screen::tell(&one_line(&format!("{of}{line}")));
        }
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { subnets, plan, resume, skip_blocked, dry_run, yes, simulating, keys, .. } = &args;
    let fleet = look::fleet(subnets)?;
    let file = crate::files::read::name(&subnets.file);
    let saved = plan.as_deref().map(profile_yaml::read_saved::<FleetPlan>).transpose()?;
    let saved = saved.map(|saved| by_netuid(saved, &fleet, subnets, &file)).transpose()?;
    let wishes = look::wishes(&fleet);
    let chain = look::connected(global, &fleet, &file).await?.metadata_hash(!args.no_metadata_hash);
    match &saved {
        Some(saved) => {
            chain.heed(saved.values().flat_map(|plan| plan.items.iter().map(|item| &item.name)));
        }
        None => wishes.values().flatten().for_each(|wished| wished.heed(&chain)),
    }
    let terminal = Terminal { yes: *yes, quiet: global.quiet() };
    // What an earlier run has left open is settled before anything is read.
    let records = enter(global, &chain, &fleet, &terminal, *dry_run).await?;
    let plan_of = |netuid: u16, snapshot: &Snapshot, terms: &mut Terms| {
        // Who is not the owner is told so in better words than the chain's.
        terms.signer = None;
        // What there is no saved plan for was as wanted.
        if saved.as_ref().is_some_and(|saved| !saved.contains_key(&netuid)) {
            return Ok(Plan::build(snapshot, &[], "", terms));
        }
        let wished = look::of(&wishes, netuid)?;
        match &saved {
            Some(saved) => {
                let saved = saved.get(&netuid);
                is_wanted(saved, &wished.wishes(snapshot)?.0)?;
                again(saved, snapshot, terms, *resume)
            }
            None => wished.on(snapshot, terms),
        }
    };
    let whole = look::at_one_block(chain, fleet, file, &plan_of).await?;
    if let Some((one, error)) = whole.first_error() {
        return Err(Error {
            what: format!("subnet {}: {}; nothing was sent", one.netuid, error.what),
            ..look::same(error)
        }
        .hint(error.next_step().to_owned()));
    }
    let mut ready = Vec::new();
    for one in whole.in_order() {
        let saved = saved.as_ref().and_then(|saved| saved.get(&one.netuid));
        let wants =
            Wants { global, simulating, keys, skip_blocked: *skip_blocked, dry_run: *dry_run };
        if let Some(one) = wants.ready(&whole.chain, one, saved).await? {
            ready.push(one);
        }
    }
    let Whole { chain, place, .. } = &whole;
    let Some(place) = place else { return Err(Error::chain("no subnet could be read")) };
    connect::check_fresh(place, true)?;
    let groups = groups(ready, args.atomic)?;
    // What a dry run does not read need not be there.
    if !*dry_run {
        read_once(&groups)?;
    }
    let mut shown = shown(&whole, groups.iter().flatten());
    for group in groups.iter().filter(|group| group.len() > 1) {
        let names: Vec<_> = group.iter().map(|one| one.netuid.to_string()).collect();
        let one = "One transaction, all or nothing, for the subnets";
        shown.push_str(&format!("{one} {}\n", names.join(", ")));
    }
    let ready: Vec<&Ready> = groups.iter().flatten().collect();
    if ready.is_empty() || *dry_run {
        let ending = if ready.is_empty() {
            "Nothing to do"
        } else {
            "Dry run: nothing was unlocked, written or sent"
        };
        let word = |netuid| match ready.iter().any(|one| one.netuid == netuid) {
            true => EndingWord::DryRun,
            false => EndingWord::Nothing,
        };
        let netuids = whole.looked.iter().map(|one| one.netuid);
        let subnets = netuids.map(|netuid| EndedView::without(netuid, word(netuid))).collect();
        let view = FleetEndedView::of(&whole.file, Some(place), chain.network(), subnets, None);
        return Ok(Report::new(format!("{shown}\n{ending}\n"), json!(view)));
    }
    chain.check_metadata_hash(&place.block.hash).await?;
    let names: Vec<_> = ready.iter().map(|one| one.netuid.to_string()).collect();
    let names = names.join(",");
    let deed = match ready.as_slice() {
        [one] => format!("change subnet {} on {}", one.netuid, chain.network()),
        several => {
            format!("change {} subnets on {}, one after the other", several.len(), chain.network())
        }
    };
    let consent = terminal.consent(&shown, &deed, &names, chain.genesis_hash())?;
    if matches!(consent, Consent::No) {
        return Err(Error::refused("not confirmed: nothing was written or sent")
            .hint("change the file or a profile, and try again"));
    }
    // Where the file names no key, the command has to.
    let of_file = |netuid: u16| {
        let mut named = whole.looked.iter().filter(|one| one.netuid == netuid);
        named.any(|one| one.member.sign.names_a_key())
    };
    let default_key = ready
        .iter()
        .find(|one| !of_file(one.netuid))
        .map_or_else(Vec::new, |one| one.key_words.clone());
    drop(ready);
    let (ended, code) = send(global, chain, groups, &records, *skip_blocked).await?;
    connect::tell_traffic(global, chain);
    let ended = in_file_order(&whole, ended);
    let view = FleetEndedView::of(
        &whole.file,
        Some(place),
        chain.network(),
        ended,
        Some(resume_command(&args, &default_key)),
    );
    Ok(Report::new(render::text::fleet_ended(&view, Stream::Stdout), json!(view))
        .markdown(render::markdown::fleet_ended(&view))
        .code(code))
}

/// The command that goes on after a bad end.
fn resume_command(args: &Args, key: &[String]) -> String {
    let file = printed::path(&args.subnets.file);
    let mut words = vec!["fleet".to_owned(), "apply".to_owned(), file];
    if !args.subnets.only.is_empty() {
        let only: Vec<_> = args.subnets.only.iter().map(ToString::to_string).collect();
        words.extend(["--only".to_owned(), only.join(",")]);
    }
    if let Some(plan) = &args.plan {
        words.extend(["--plan".to_owned(), printed::path(plan), "--resume".to_owned()]);
    }
    words.extend(args.skip_blocked.then(|| "--skip-blocked".to_owned()));
    words.extend(args.atomic.then(|| "--atomic".to_owned()));
    words.extend_from_slice(key);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    printed::command(&words)
}

/// The saved plans by their subnets, which the file has to name.
fn by_netuid(
    saved: FleetPlan,
    fleet: &Fleet,
    subnets: &Subnets,
    file: &str,
) -> Result<BTreeMap<u16, Plan>> {
    let mut found = BTreeMap::new();
    for plan in saved.plans {
        let netuid = plan.netuid;
        if !subnets.only.is_empty() && !subnets.only.contains(&netuid) {
            continue;
        }
        if !fleet.subnets.contains_key(&netuid) {
            return Err(Error::input(format!(
                "there is a saved plan for subnet {netuid}, which {file} does not name"
            ))
            .hint("use the file of the fleet that the plans were made for"));
        }
        if found.insert(netuid, plan).is_some() {
            return Err(Error::input(format!("there are two saved plans for subnet {netuid}"))
                .hint("make the plans anew with `subtune fleet plan --output FILE`"));
        }
    }
    Ok(found)
}

/// Refuses a saved plan of something that the file of the fleet does not want.
fn is_wanted(saved: Option<&Plan>, wished: &[Wish]) -> Result<()> {
    let is_wished =
        |item: &&Item| wished.iter().any(|wish| wish.name == item.name && wish.value == item.to);
    let other = saved.into_iter().flat_map(|plan| &plan.items).find(|item| !is_wished(item));
    match other {
        None => Ok(()),
        Some(item) => Err(Error::refused(format!(
            "the saved plan sets {} to {}, which the profile does not want",
            item.name, item.to
        ))
        .hint("make the plans anew with `subtune fleet plan`, and review them")),
    }
}

/// A saved plan once more: of what was applied already nothing is left.
fn again(
    saved: Option<&Plan>,
    snapshot: &Snapshot,
    terms: &mut Terms,
    resume: bool,
) -> Result<Plan> {
    let Some(saved) = saved else { return Err(Error::other("handled above")) };
    // What no rule decides was let go when the plan was made, or was not.
    terms.allow_unknown |= saved.lets_unknown_go();
    let again = || Plan {
        fee_rao: saved.fee_rao,
        ..Plan::build(snapshot, &saved.wishes(), &saved.source, terms)
    };
    let is_applied = saved.changes().all(|item| match snapshot.known(&item.name) {
        Known::Is(now) => *now == item.to,
        Known::Unset | Known::Unreadable(_) => false,
    });
    match ops::refuse_moved(saved, snapshot) {
        Ok(()) => Ok(again()),
        Err(_) if resume && is_applied && saved.owner == snapshot.owner => Ok(Plan {
            items: Vec::new(),
            calls: Vec::new(),
            findings: Vec::new(),
            fee_rao: None,
            ..again()
        }),
        Err(error) if is_applied && !resume => {
            Err(error.hint("it was applied already: --resume passes over it"))
        }
        Err(error) => Err(error),
    }
}

/// The records of all subnets, locked; what became of earlier changes is asked first.
async fn enter(
    global: &Global,
    chain: &Chain,
    fleet: &Fleet,
    terminal: &Terminal,
    dry_run: bool,
) -> Result<BTreeMap<u16, Records>> {
    let state = connect::state(global)?;
    state.check()?;
    let mut records = BTreeMap::new();
    for netuid in fleet.subnets.keys() {
        let journal = state.subnet(chain.genesis_hash(), *netuid);
        let lock = if dry_run { None } else { Some(journal.lock().map_err(ops::unsent)?) };
        if lock.is_some() {
            settle_earlier(chain, &journal, terminal).await?;
        }
        records.insert(*netuid, Records { journal, _lock: lock });
    }
    Ok(records)
}

/// How changes are made ready.
struct Wants<'a> {
    global: &'a Global,
    simulating: &'a Simulating,
    keys: &'a KeyArgs,
    skip_blocked: bool,
    dry_run: bool,
}

impl Wants<'_> {
    /// One subnet's change, as it will be sent; nothing where nothing is to be sent.
    async fn ready(
        &self,
        chain: &Chain,
        one: &Looked,
        saved: Option<&Plan>,
    ) -> Result<Option<Ready>> {
        let Looked { netuid, member, found, .. } = one;
        let Ok(FoundSubnet { snapshot, terms, plan }) = found else { return Ok(None) };
        if one.state() == FleetState::Same {
            return Ok(None);
        }
        let FleetMember { goals, sign, .. } = member;
        let failed = |error: Error| Error {
            what: format!("subnet {netuid}: {}; nothing was sent", error.what),
            ..error
        };
        let named = if sign.names_a_key() { &KeyArgs::of(sign) } else { self.keys };
        let genesis = chain.genesis_hash();
        let found = match self.dry_run {
            true => named.rehearsal(self.global, genesis).map_err(failed)?,
            false => Some(named.signer(self.global, genesis, false).map_err(failed)?),
        };
        let origin = match saved.filter(|saved| !saved.origin.is_direct()) {
            None => OriginArgs::named(sign),
            Some(saved) => {
                let signer = found.as_ref().and_then(|(_, signer)| signer.clone());
                OriginArgs::of(&saved.origin, &address(signer, sign, *netuid)?)?
            }
        };
        let key_words = found.as_ref().map_or_else(Vec::new, |(keys, _)| named.words(keys));
        let (keys, signer) = match found {
            Some((keys, signer)) => (Some(keys), signer),
            None => (None, None),
        };
        let signer = match (signer, origin.is_direct()) {
            (Some(signer), _) => signer,
            // The key is then checked to be the owner's.
            (None, true) => plan.owner.clone(),
            (None, false) => address(None, sign, *netuid)?,
        };
        let (mut plan, mut terms) = (plan.clone(), terms.clone());
        origin.take(chain, &mut plan, &mut terms, snapshot, &signer).await.map_err(failed)?;
        ops::refuse_stranger(&plan, &signer).map_err(|error| {
            let owner = &plan.owner;
            failed(error.hint(format!(
                "name the key of {owner} in its `sign`, or add `proxy_for: {owner}` there"
            )))
        })?;
        if plan.fee_rao.is_none() && !plan.calls.is_empty() {
            plan.fee_rao = chain.fee(&plan.calls, &plan.origin, &signer).await?;
        }
        let plan = self.simulating.judge(chain, plan, snapshot, &mut terms, &signer).await;
        ops::refuse_blocked(&plan, self.skip_blocked, snapshot, Asked::Fleet).map_err(failed)?;
        if let Some(saved) = saved {
            ops::refuse_other_calls(saved, &plan).map_err(failed)?;
        }
        if plan.calls.is_empty() {
            return Ok(None);
        }
        // Of one subnet it would be refused after the others were sent.
        ops::refuse_judged(&plan)
            .map_err(|error| Error { what: format!("subnet {netuid}: {}", error.what), ..error })?;
        Ok(Some(Ready {
            netuid: *netuid,
            goals: goals.clone(),
            snapshot: snapshot.clone(),
            plan,
            saved: saved.cloned(),
            terms,
            signer,
            keys,
            key_words,
        }))
    }
}

/// The address of a key that signs for another account.
fn address(signer: Option<String>, sign: &Signing, netuid: u16) -> Result<String> {
    signer.or_else(|| sign.signer.clone()).ok_or_else(|| {
        Error::usage(format!(
            "subnet {netuid}: for another account, the address of the key has to be known"
        ))
        .hint("add `signer: ADDRESS` to its `sign`, or name a wallet there")
    })
}

/// All plans that are sent, and the summary.
fn shown<'a>(whole: &Whole, ready: impl Iterator<Item = &'a Ready>) -> String {
    let ready: Vec<&Ready> = ready.collect();
    let subnets = whole
        .looked
        .iter()
        .map(|one| match ready.iter().find(|ready| ready.netuid == one.netuid) {
            Some(Ready { plan, snapshot, .. }) => crate::ui::views::FleetLine::of(
                one.netuid,
                &one.member,
                Ok((plan, snapshot)),
                one.state(),
            ),
            None => one.view(),
        })
        .collect();
    let view = FleetView::of(&whole.file, whole.place.as_ref(), whole.chain.network(), subnets);
    render::text::fleet_plan(&view, Stream::Stderr)
}

/// What goes in one transaction each: every subnet for itself, or all that one key signs.
fn groups(ready: Vec<Ready>, atomic: bool) -> Result<Vec<Vec<Ready>>> {
    let mut groups: Vec<Vec<Ready>> = Vec::new();
    for one in ready {
        if atomic && !one.plan.origin.is_direct() {
            return Err(Error::refused(format!(
                "--atomic: subnet {} is signed for by a proxy or a multisig; nothing was sent",
                one.netuid
            ))
            .hint("apply it without --atomic, or leave it out with --only"));
        }
        match groups.last_mut().filter(|_| atomic) {
            Some(group) if group.iter().all(|other| other.signer == one.signer) => group.push(one),
            _ => groups.push(vec![one]),
        }
    }
    Ok(groups)
}

/// Refuses a secret that would have to be read again where it can be read once.
fn read_once(groups: &[Vec<Ready>]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for group in groups {
        let once: BTreeSet<_> = group
            .iter()
            .filter_map(|one| one.keys.as_ref().and_then(Keys::read_once).map(Path::to_owned))
            .collect();
        if once.iter().any(|path| seen.contains(path)) {
            // The path is not quoted: by mistake it may be the secret itself.
            return Err(Error::usage(
                "a secret is read for each transaction, and a descriptor can be read once; nothing was sent",
            )
            .hint("use a file, or a descriptor of its own for each subnet; --atomic makes one transaction"));
        }
        seen.extend(once);
    }
    Ok(())
}

/// Sends one transaction after the other until one ends badly; how each subnet has ended, and the exit code of the
/// whole.
async fn send(
    global: &Global,
    chain: &Chain,
    groups: Vec<Vec<Ready>>,
    records: &BTreeMap<u16, Records>,
    skip_blocked: bool,
) -> Result<(Vec<EndedView>, u8)> {
    let mut ended: Vec<EndedView> = Vec::new();
    let mut bad: Option<u8> = None;
    for mut group in groups {
        let netuids: Vec<u16> = group.iter().map(|one| one.netuid).collect();
        if bad.is_some() {
            let without = |netuid| EndedView::without(netuid, EndingWord::NotBegun);
            ended.extend(netuids.into_iter().map(without));
            continue;
        }
        let any = ended.iter().any(|one| one.receipt.is_some());
        let ends = match (group.pop(), group.is_empty()) {
            (Some(one), true) => {
                let Some(Records { journal, .. }) = records.get(&one.netuid) else { continue };
                vec![apply(global, chain, one, journal, skip_blocked).await]
            }
            (last, _) => {
                group.extend(last);
                atomically(global, chain, group, records).await
            }
        };
        for (netuid, end) in netuids.into_iter().zip(ends) {
            match end {
                Ok(view) => ended.push(view),
                Err(error) => {
                    let code = match error.kind {
                        Kind::Unknown | Kind::Interrupted => error.kind.exit_code(),
                        _ if any => exit::PARTIAL,
                        kind => kind.exit_code(),
                    };
                    // What nobody knows goes before what is known to be bad.
                    let unknown = Kind::Unknown.exit_code();
                    bad =
                        Some(bad.filter(|bad| *bad == unknown || code != unknown).unwrap_or(code));
                    ended.push(EndedView::failed(netuid, &printed::error(error)));
                }
            }
        }
    }
    Ok((ended, bad.unwrap_or(exit::OK)))
}

/// Sends the changes of several subnets as one transaction, and proves each.
async fn atomically(
    global: &Global,
    chain: &Chain,
    group: Vec<Ready>,
    records: &BTreeMap<u16, Records>,
) -> Vec<Result<EndedView>> {
    let count = group.len();
    let ended = together(global, chain, group, records).await;
    ended.unwrap_or_else(|error| (0..count).map(|_| Err(look::same(&error))).collect())
}

async fn together(
    global: &Global,
    chain: &Chain,
    group: Vec<Ready>,
    records: &BTreeMap<u16, Records>,
) -> Result<Vec<Result<EndedView>>> {
    let quiet = global.quiet();
    let mut key = None;
    let (mut parts, mut goals, mut signer) = (Vec::new(), Vec::new(), String::new());
    for one in group {
        let Some(Records { journal, .. }) = records.get(&one.netuid) else { continue };
        Afterwards::of(one.goals.clone()).before(global, chain, &one.plan).await?;
        printed::signed_by(one.key_words);
        key = key.or(one.keys);
        signer = one.signer;
        goals.push((one.netuid, one.goals, journal));
        parts.push(SubnetChange { plan: one.plan, terms: one.terms, journal });
    }
    let agreed = Agreed { netuid: None, quiet };
    let patience = global.timeout().saturating_mul(2);
    let unlock = async || match key {
        Some(keys) => keys::unlock(keys, Some(&signer), quiet).await,
        None => Err(Error::wallet("there is no key to sign with")),
    };
    let ended = ops::apply_together(chain, parts, &signer, patience, &agreed, unlock).await?;
    let views = ended.into_iter().zip(goals).map(|(end, (netuid, goals, journal))| {
        end.map(|receipt| done(netuid, &receipt, goals, journal))
    });
    Ok(views.collect())
}

/// A change that was sent and proved.
fn done(netuid: u16, receipt: &Receipt, goals: Option<String>, journal: &Subnet) -> EndedView {
    let profile = journal.rollback_profile(receipt);
    let view = ReceiptView::of(receipt, profile.as_deref());
    let back = printed::back(receipt, profile.as_deref());
    let next = goals.map_or_else(Vec::new, |goals| Afterwards::next(netuid, &receipt.id, &goals));
    EndedView::done(netuid, view, receipt.outcome.word(), back, next)
}

/// Sends the change of one subnet and proves it.
async fn apply(
    global: &Global,
    chain: &Chain,
    ready: Ready,
    journal: &Subnet,
    skip_blocked: bool,
) -> Result<EndedView> {
    let Ready { netuid, goals, snapshot, plan, saved, terms, signer, keys, key_words } = ready;
    printed::signed_by(key_words);
    let agreed = Agreed { netuid: Some(netuid), quiet: global.quiet() };
    Afterwards::of(goals.clone()).before(global, chain, &plan).await?;
    let request = Request {
        command: Command::Apply,
        plan,
        saved,
        signer: signer.clone(),
        skip_blocked,
        terms,
        dry_run: false,
        patience: global.timeout().saturating_mul(2),
    };
    let on = On { chain, snapshot: &snapshot, journal };
    let applied = on.apply(request, &agreed, keys, &signer, global.quiet()).await?;
    Ok(match applied {
        Applied::Nothing => EndedView::without(netuid, EndingWord::Nothing),
        Applied::DryRun => EndedView::without(netuid, EndingWord::DryRun),
        Applied::Done(receipt) => done(netuid, &receipt, goals, journal),
    })
}

/// How each subnet of the file has ended; those of which nothing was to be sent have nothing to do.
fn in_file_order(whole: &Whole, mut ended: Vec<EndedView>) -> Vec<EndedView> {
    for one in &whole.looked {
        if ended.iter().all(|ended| ended.netuid != one.netuid) {
            ended.push(EndedView::without(one.netuid, EndingWord::Nothing));
        }
    }
    ended.sort_by_key(|ended| ended.netuid);
    ended
}
