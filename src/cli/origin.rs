//! The options that say for which account a key signs.

use subtune_chain::{At, Chain};
use subtune_model::address::{parse_ss58, ss58};
use subtune_model::error::{Error, Result};
use subtune_model::fleet::Signing;
use subtune_model::origin;
use subtune_model::origin::{Origin, Proxy, ProxyEntry};
use subtune_model::plan::Plan;
use subtune_model::ports::ChainWrite as _;
use subtune_model::snapshot::Snapshot;
use subtune_model::terms::Terms;
use subtune_model::{finding, planner};

/// For whom the key signs, when not for itself.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Signing for the owner")]
pub(super) struct OriginArgs {
    /// Sign as a proxy of this account, which owns the subnet; with --multisig that one is the proxy
    #[arg(long, value_name = "SS58")]
    proxy_for: Option<String>,
    /// Sign as one of these accounts: all signatories of the multisig that owns the subnet, or that is
    /// the proxy of its owner, the key's own among them
    #[arg(long, value_name = "SS58,SS58", value_delimiter = ',', requires = "threshold")]
    multisig: Vec<String>,
    /// How many of the signatories have to approve
    #[arg(long, value_name = "N", requires = "multisig",
          value_parser = clap::value_parser!(u16).range(1..))]
    threshold: Option<u16>,
}

impl OriginArgs {
    /// For whom the key of a file of a fleet signs.
    pub(super) fn named(sign: &Signing) -> Self {
        let Signing { proxy_for, multisig, threshold, .. } = sign;
        Self { proxy_for: proxy_for.clone(), multisig: multisig.clone(), threshold: *threshold }
    }

    /// Whether the key signs for itself.
    pub(super) const fn is_direct(&self) -> bool {
        self.proxy_for.is_none() && self.multisig.is_empty()
    }

    /// The options that name the signing mode of a saved plan, for this signer.
    pub(super) fn of(origin: &Origin, signer: &str) -> Result<Self> {
        Ok(match origin {
            Origin::Direct => Self::default(),
            Origin::Proxy(Proxy { real, .. }) => {
                Self { proxy_for: Some(real.clone()), ..Self::default() }
            }
            Origin::Multisig(multisig) if multisig.others.iter().any(|other| other == signer) => {
                return Err(Error::refused(format!(
                    "the plan is for another signatory to sign than {signer}"
                ))
                .hint("make a plan for this one with `subtune plan … --signer`"));
            }
            Origin::Multisig(multisig) => Self {
                proxy_for: multisig.proxy.as_ref().map(|proxy| proxy.real.clone()),
                multisig: [&multisig.others[..], &[signer.to_owned()]].concat(),
                threshold: Some(multisig.threshold),
            },
        })
    }

    /// Plans again for the signing mode that these options name; nothing when the key signs for itself.
    pub(super) async fn take(
        &self,
        chain: &Chain,
        plan: &mut Plan,
        terms: &mut Terms,
        snapshot: &Snapshot,
        signer: &str,
    ) -> Result<()> {
        let base = Terms { signer: None, ..terms.clone() };
        *terms = match (&self.proxy_for, self.threshold) {
            (Some(real), None) => {
                let (terms, mut proxy) = proxy(chain, real, plan, &base, snapshot, signer).await?;
                let at = At::Hash(snapshot.block.hash);
                proxy.real_pays = chain.real_pays(&proxy.real, signer, &at).await?;
                Terms { origin: Origin::Proxy(proxy), ..terms }
            }
            (_, Some(threshold)) => {
                self.multisig(chain, threshold, plan, base, snapshot, signer).await?
            }
            (None, None) => return Ok(()),
        };
        let again = Plan::build(snapshot, &plan.wishes(), &plan.source, terms);
        let before = std::mem::replace(plan, again);
        let kept = |finding: &finding::Finding| {
            [finding::CHANGED_MEANWHILE, finding::LEFT_OUT].contains(&finding.code.as_str())
        };
        plan.findings.extend(before.findings.into_iter().filter(kept));
        if !plan.calls.is_empty() {
            plan.fee_rao = chain.fee(&plan.calls, &plan.origin, signer).await?;
        }
        Ok(())
    }

    async fn multisig(
        &self,
        chain: &Chain,
        threshold: u16,
        plan: &Plan,
        terms: Terms,
        snapshot: &Snapshot,
        signer: &str,
    ) -> Result<Terms> {
        let mut accounts =
            self.multisig.iter().map(|text| parse_ss58(text.trim())).collect::<Result<Vec<_>>>()?;
        accounts.sort_unstable();
        let named = accounts.len();
        accounts.dedup();
        if accounts.len() < named || named < 2 || usize::from(threshold) > named {
            return Err(Error::input(format!(
                "{} different signatories of {named} named, and a threshold of {threshold} do not form \
                 a valid multisig",
                accounts.len()
            ))
            .hint("list every signatory once, with a threshold no larger than their number"));
        }
        if !accounts.iter().any(|account| ss58(account) == signer) {
            return Err(Error::refused(format!("{signer} is none of the signatories"))
                .hint("list all signatories with --multisig, including the signing key"));
        }
        let account = ss58(&origin::multisig_account(&accounts, threshold));
        let (terms, proxy) = match &self.proxy_for {
            None => {
                owns(&account, "the multisig", snapshot)?;
                (terms, None)
            }
            Some(real) => {
                let (terms, proxy) = proxy(chain, real, plan, &terms, snapshot, &account).await?;
                (terms, Some(proxy))
            }
        };
        let calls = Plan::build(snapshot, &plan.wishes(), &plan.source, &terms).calls;
        if calls.is_empty() {
            return Ok(terms);
        }
        let multisig =
            chain.multisig(&calls, proxy, &accounts, threshold, signer, snapshot).await?;
        Ok(Terms { origin: Origin::Multisig(multisig), ..terms })
    }
}

/// Refuses an account that does not own the subnet.
fn owns(account: &str, what: &str, snapshot: &Snapshot) -> Result<()> {
    if account == snapshot.owner {
        return Ok(());
    }
    Err(Error::refused(format!("{what} {account} does not own subnet {}", snapshot.netuid))
        .hint(format!("its owner is {}", snapshot.owner)))
}

/// How this account may act for another one now: the terms to plan by, and the proxy.
async fn proxy(
    chain: &Chain,
    real: &str,
    plan: &Plan,
    terms: &Terms,
    snapshot: &Snapshot,
    delegate: &str,
) -> Result<(Terms, Proxy)> {
    let real = ss58(&parse_ss58(real)?);
    owns(&real, "the account", snapshot)?;
    let at = At::Hash(snapshot.block.hash);
    let entries = chain.proxies(&real, &at).await?.entries;
    let mine: Vec<ProxyEntry> =
        entries.into_iter().filter(|entry| entry.delegate == delegate).collect();
    let setup = format!(
        "`subtune proxy setup {} --delegate {delegate}` prints the call that the owner signs for it",
        snapshot.netuid
    );
    if mine.is_empty() {
        return Err(Error::refused(format!(
            "{delegate} is not a proxy of {real}: the chain would refuse it (Proxy.NotProxy)"
        ))
        .hint(setup));
    }
    let filters = chain.filters(&at).await?;
    let types = mine
        .iter()
        .filter(|entry| entry.delay == 0)
        .map(|ProxyEntry { proxy_type, .. }| {
            let filter = filters.get(proxy_type).cloned();
            (proxy_type.clone(), filter.unwrap_or_else(|| origin::known_filter(proxy_type)))
        })
        .collect();
    let chosen = planner::choose(&real, types, &plan.wishes(), snapshot, terms);
    let Some(chosen) = chosen else {
        let delays: Vec<_> = mine
            .iter()
            .map(|ProxyEntry { proxy_type, delay, .. }| format!("{proxy_type}: {delay} blocks"))
            .collect();
        return Err(Error::refused(format!(
            "{delegate} is a proxy of {real} only with a delay ({}): its calls have to be announced \
             first, which subtune does not do (Proxy.Unannounced)",
            delays.join(", ")
        ))
        .hint(setup));
    };
    Ok(chosen)
}
