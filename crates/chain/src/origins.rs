//! Proxies and multisigs: what the chain keeps of them, and calls wrapped for them.

use std::collections::BTreeMap;

use scale_value::{At as _, Composite, Value, ValueDef};
use subtune_model::address::ss58;
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::origin::{
    Calls, Filter, Multisig, Origin, Proxy, ProxyEntry, TYPES, Timepoint, Weight, known_filter,
    multisig_account,
};
use subtune_model::plan::Call;
use subtune_model::ports::{ChainError, Inside, Proposal};
use subtune_model::receipt::Place;
use subtune_model::snapshot::{Known, Snapshot};
use subxt::ext::frame_decode::extrinsics::encode_call_data;
use subxt::metadata::Metadata;
use subxt::tx::DynamicPayload;

use super::call::{Event, account, payload, single};
use super::metadata::{AtBlock, Runtime};
use super::storage::{Entry as Stored, entry, lookup};
use super::{At, Chain, decode, errors};

/// Pallet and method names of the chain's own words on proxy types; the second method is a later one.
const FILTERS: (&str, [&str; 2]) =
    ("ProxyFilterRuntimeApi", ["get_proxy_filter", "get_proxy_filters"]);

/// Where the chain keeps that an account pays the fees of a proxy, by (account, proxy), newest first:
/// what the older item holds counts no more where there is the newer one.
const CONSENTS: [&str; 2] = ["RealPaysFeeConsentV1", "RealPaysFee"];
/// The call that writes it.
const CONSENT_CALL: &str = "set_real_pays_fee";

/// The proxies of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Who may act for it.
    pub entries: Vec<ProxyEntry>,
    /// What is reserved for them, rao.
    pub deposit: u64,
}

/// A call that somebody else signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// `Pallet.call`.
    pub name: String,
    /// The encoded call, `0x…`.
    pub data: String,
    /// Its Blake2-256.
    pub hash: Hash32,
}

impl Chain {
    /// The proxies of an account at a block.
    ///
    /// # Errors
    /// When the chain has none at all, or the node does not answer.
    pub async fn proxies(&self, real: &str, at: &At) -> Result<Proxies> {
        let at = self.at(at).await?;
        let Some(value) = self.stored(&at, "Proxy", "Proxies", &[of(real)?]).await? else {
            return Ok(Proxies::default());
        };
        let read = || {
            let entries = list(value.at(0)?.at(0)?)?
                .map(|definition| {
                    Some(ProxyEntry {
                        delegate: ss58(&decode::account_of(definition.at("delegate")?)?),
                        proxy_type: match &definition.at("proxy_type")?.value {
                            ValueDef::Variant(variant) => variant.name.clone(),
                            _ => return None,
                        },
                        delay: number(definition.at("delay")?)?,
                    })
                })
                .collect::<Option<_>>()?;
            Some(Proxies { entries, deposit: number(value.at(1)?)? })
        };
        read().ok_or_else(|| unknown_form("Proxy.Proxies"))
    }

    /// Whether an account pays the fees of this proxy; `None` on a chain that has a call for it and
    /// keeps the consent nowhere that is known.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn real_pays(&self, real: &str, delegate: &str, at: &At) -> Result<Option<bool>> {
        let at = self.at(at).await?;
        let keys = [of(real)?, of(delegate)?];
        match consent(&at.runtime.metadata, &CONSENTS, &keys) {
            // That something is stored says it all.
            Known::Is(entry) => {
                let answers = self.read([entry.key.clone()].into(), &at.hash).await?;
                Ok(Some(answers.is_set(&entry)))
            }
            Known::Unset => Ok(Some(false)),
            Known::Unreadable(_) => Ok(None),
        }
    }

    /// What each proxy type permits, by its name: in the chain's own words where it has some, else as
    /// far as subtune knows. A type that is not named permits no setter.
    ///
    /// # Errors
    /// When the node does not answer, or with words of a form that is not known.
    pub async fn filters(&self, at: &At) -> Result<BTreeMap<String, Filter>> {
        let at = self.at(at).await?;
        let known = TYPES.iter().map(|name| ((*name).to_owned(), known_filter(name)));
        Ok(known.chain(self.told_filters(&at).await?).collect())
    }

    /// The chain's own words on all proxy types; empty when it has none.
    async fn told_filters(&self, at: &AtBlock) -> Result<BTreeMap<String, Filter>> {
        let metadata = &*at.runtime.metadata;
        let (api, methods) = FILTERS;
        let method = metadata.runtime_api_trait_by_name(api).and_then(|found| {
            methods.iter().find_map(|name| Some((*name, found.method_by_name(name)?.output_ty())))
        });
        let Some((method, ty)) = method else { return Ok(BTreeMap::new()) };
        // `None` asks for all types, whatever the argument's type.
        let name = format!("{api}_{method}");
        let Some(answer) = self.try_call(&name, &[0], &at.hash).await? else {
            return Ok(BTreeMap::new());
        };
        let types = metadata.types();
        // What we know ourselves is no answer where the chain gives another one.
        decode::scale(&answer, ty, types)
            .as_ref()
            .and_then(filters)
            .ok_or_else(|| unknown_form(&name))
    }

    /// The call of `Proxy.add_proxy` or `Proxy.remove_proxy`, without delay.
    ///
    /// # Errors
    /// When the chain has no such call or type.
    pub async fn proxy_call(
        &self,
        call: &'static str,
        delegate: &str,
        proxy_type: &str,
        at: &At,
    ) -> Result<Encoded> {
        let at = self.at(at).await?;
        let fields = [
            ("delegate", address(delegate)?),
            ("proxy_type", Value::variant(proxy_type, Composite::Unnamed(Vec::new()))),
            ("delay", Value::u128(0)),
        ];
        encoded(&subxt::dynamic::tx("Proxy", call, Composite::named(fields)), &at.runtime)
    }

    /// What one more proxy costs its account, rao: reserved, and given back when it is removed.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn proxy_deposit(&self, proxies: &Proxies, at: &At) -> Result<Option<u64>> {
        let at = self.at(at).await?;
        let metadata = &*at.runtime.metadata;
        let count = u64::try_from(proxies.entries.len()).unwrap_or(u64::MAX).saturating_add(1);
        let total = deposit(metadata, "Proxy", "ProxyDepositBase", "ProxyDepositFactor", count);
        Ok(total.map(|total| total.saturating_sub(proxies.deposit)))
    }

    /// The step that this signatory takes with these calls, the multisig's own or those that it makes
    /// as a proxy: propose, approve or run them.
    ///
    /// # Errors
    /// When the chain has no multisigs, or the node does not answer.
    pub async fn multisig(
        &self,
        calls: &[Call],
        proxy: Option<Proxy>,
        signatories: &[[u8; 32]],
        threshold: u16,
        signer: &str,
        snapshot: &Snapshot,
    ) -> Result<Multisig> {
        let at = self.at(&At::Hash(snapshot.block.hash)).await?;
        // What the multisig account itself calls.
        let origin = proxy.clone().map_or(Origin::Direct, Origin::Proxy);
        let Encoded { name: _, data, hash } =
            encoded(&wrapped(calls, &origin, &at.runtime)?, &at.runtime)?;
        let id = multisig_account(signatories, threshold);
        let me = account(signer)?;
        let mut others: Vec<_> = signatories.iter().filter(|one| **one != me).collect();
        others.sort_unstable();
        let keys = [Value::from_bytes(id), Value::from_bytes(hash.bytes())];
        let pending = self.stored(&at, "Multisig", "Multisigs", &keys).await?;
        let (timepoint, approvals) = match &pending {
            None => (None, 1),
            Some(value) => {
                let (timepoint, approvals) =
                    waiting(value).ok_or_else(|| unknown_form("Multisig.Multisigs"))?;
                let count = u16::try_from(approvals.len()).unwrap_or(u16::MAX);
                if approvals.contains(&me) && count < threshold {
                    return Err(Error::refused(format!(
                        "{signer} has already approved {hash}: {count} of {threshold}"
                    ))
                    .hint("the other signatories run the same command with their keys"));
                }
                let more = u16::from(count < threshold);
                (Some(timepoint), count.saturating_add(more))
            }
        };
        let info = self.info(&at, calls, &origin, signer).await?;
        let proposes = timepoint.is_none() && threshold > 1;
        Ok(Multisig {
            account: ss58(&id),
            proxy,
            threshold,
            others: others.into_iter().map(ss58).collect(),
            call_hash: hash,
            call_data: data,
            timepoint,
            approvals,
            max_weight: info.map_or(Weight::AMPLE, |info| info.weight),
            deposit_rao: proposes
                .then(|| {
                    let metadata = &*at.runtime.metadata;
                    deposit(metadata, "Multisig", "DepositBase", "DepositFactor", threshold.into())
                })
                .flatten(),
        })
    }

    /// What has become of a proposal, by the newest finalized block. When it waits no more, the block
    /// in which that ended is found by halving, as far as the node still has the states between.
    pub(super) async fn proposal_of(&self, multisig: &Multisig, place: &Place) -> Result<Proposal> {
        let proposed = Timepoint { height: place.block, index: place.index.into() };
        let when = multisig.timepoint.unwrap_or(proposed);
        let head = self.at(&At::Finalized).await?;
        if head.number < place.block {
            let what = format!("the latest finalized block of this node is {}", head.number);
            return Err(Error::chain(format!("{what}, before block {}", place.block))
                .hint("the node is behind: use another one with --network"));
        }
        if let Some(count) = self.approvals(&head, multisig, when).await? {
            return Ok(Proposal::Pending(count, head.number));
        }
        // A node that no longer has a state in between says so, and the rest stays unknown.
        let ended = self.ended(multisig, when, (place.block, head.number)).await;
        Ok(ended.ok().flatten().unwrap_or(Proposal::Gone(head.number, head.hash)))
    }

    /// How many have approved the proposal of this time; nothing when it does not wait there.
    async fn approvals(
        &self,
        at: &AtBlock,
        multisig: &Multisig,
        when: Timepoint,
    ) -> Result<Option<u16>> {
        let keys = [of(&multisig.account)?, Value::from_bytes(multisig.call_hash.bytes())];
        let Some(value) = self.stored(at, "Multisig", "Multisigs", &keys).await? else {
            return Ok(None);
        };
        let (timepoint, approvals) =
            waiting(&value).ok_or_else(|| unknown_form("Multisig.Multisigs"))?;
        let count = u16::try_from(approvals.len()).unwrap_or(u16::MAX);
        Ok((timepoint == when).then_some(count))
    }

    /// The end of a proposal that waits in the first of two blocks and no more in the second.
    async fn ended(
        &self,
        multisig: &Multisig,
        when: Timepoint,
        (mut waits, mut gone): (u64, u64),
    ) -> Result<Option<Proposal>> {
        while gone.saturating_sub(waits) > 1 {
            let middle = waits.midpoint(gone);
            let at = self.at(&At::Hash(self.hash_of(middle).await?)).await?;
            match self.approvals(&at, multisig, when).await? {
                Some(_) => waits = middle,
                None => gone = middle,
            }
        }
        let at = self.at(&At::Hash(self.hash_of(gone).await?)).await?;
        let account = account(&multisig.account)?;
        let about = |event: &&Event| {
            let fields = &event.fields;
            let is = || {
                let hash = decode::bytes(fields.at("call_hash")?)?;
                let account_is = decode::account_of(fields.at("multisig")?)?;
                let ours = timepoint(fields.at("timepoint")?)? == when;
                Some(ours && account_is == account && hash == multisig.call_hash.bytes())
            };
            event.pallet == "Multisig" && is() == Some(true)
        };
        let events = self.all_events(&at).await?.unwrap_or_default();
        for Event { index, pallet: _, name, fields: _ } in events.iter().filter(about) {
            match name.as_str() {
                "MultisigCancelled" => return Ok(Some(Proposal::Cancelled(at.number))),
                "MultisigExecuted" => {
                    let (block, block_hash) = (at.number, at.hash);
                    // Another signatory has paid.
                    let place = Place { block, block_hash, index: *index, fee_rao: None };
                    let inside = self.said(&place).await?.inside;
                    return Ok(Some(Proposal::Run(place, inside)));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// What is stored under these keys, if anything is.
    async fn stored(
        &self,
        at: &AtBlock,
        pallet: &str,
        item: &str,
        keys: &[Value<()>],
    ) -> Result<Option<Value<u32>>> {
        let metadata = &*at.runtime.metadata;
        let missing = || {
            Error::chain(format!("this chain has no {pallet}.{item}"))
                .hint("sign with the owner's own key, or update subtune")
        };
        let entry = entry(metadata, pallet, item, keys).ok_or_else(missing)?;
        let answers = self.read([entry.key.clone()].into(), &at.hash).await?;
        if !answers.is_set(&entry) {
            return Ok(None);
        }
        let value = answers
            .bytes(&entry)
            .and_then(|bytes| decode::scale(bytes, entry.ty, metadata.types()))
            .ok_or_else(|| unknown_form(&format!("{pallet}.{item}")))?;
        Ok(Some(value))
    }
}

/// Where a chain keeps that an account pays the fees of a proxy. [`Known::Unset`]: it has no call for
/// that, and the proxy pays.
fn consent(metadata: &Metadata, items: &[&str], keys: &[Value<()>]) -> Known<Stored> {
    let found = items
        .iter()
        .map(|item| lookup(metadata, "Proxy", item, keys))
        .find(|entry| !matches!(entry, Known::Unset));
    let has_call = metadata
        .pallet_by_name("Proxy")
        .is_some_and(|pallet| pallet.call_variant_by_name(CONSENT_CALL).is_some());
    match found {
        Some(entry) => entry,
        None if has_call => Known::Unreadable(format!(
            "this chain has Proxy.{CONSENT_CALL}, and keeps what it says in no item that is known"
        )),
        None => Known::Unset,
    }
}

fn unknown_form(item: &str) -> Error {
    Error::chain(format!("{item} has a form that subtune does not know"))
        .hint("sign with the owner's own key, or update subtune")
}

/// An account as a storage key.
fn of(address: &str) -> Result<Value<()>> {
    Ok(Value::from_bytes(account(address)?))
}

/// An account as calls name it: a `MultiAddress`.
fn address(address: &str) -> Result<Value<()>> {
    Ok(Value::unnamed_variant("Id", [of(address)?]))
}

/// Block and extrinsic, as the chain writes them.
fn timepoint(value: &Value<u32>) -> Option<Timepoint> {
    Some(Timepoint { height: number(value.at("height")?)?, index: number(value.at("index")?)? })
}

/// A proposal that waits: since when, and who has approved it.
fn waiting(value: &Value<u32>) -> Option<(Timepoint, Vec<[u8; 32]>)> {
    let approvals = list(value.at("approvals")?.at(0)?)?.map(decode::account_of);
    Some((timepoint(value.at("when")?)?, approvals.collect::<Option<_>>()?))
}

fn number(value: &Value<u32>) -> Option<u64> {
    u64::try_from(decode::integer(value)?).ok()
}

fn list(value: &Value<u32>) -> Option<impl Iterator<Item = &Value<u32>>> {
    match &value.value {
        ValueDef::Composite(elements) => Some(elements.values()),
        _ => None,
    }
}

/// What is reserved for `count` things of a pallet.
fn deposit(metadata: &Metadata, pallet: &str, base: &str, each: &str, count: u64) -> Option<u64> {
    let constant = |name: &str| {
        let constant = metadata.pallet_by_name(pallet)?.constant_by_name(name)?;
        number(&decode::scale(constant.value(), constant.ty(), metadata.types())?)
    };
    constant(base)?.checked_add(constant(each)?.checked_mul(count)?)
}

pub(super) fn encoded(call: &DynamicPayload<Composite<()>>, runtime: &Runtime) -> Result<Encoded> {
    let metadata = &*runtime.metadata;
    let (pallet, name, data) = (call.pallet_name(), call.call_name(), call.call_data());
    let bytes =
        encode_call_data(pallet, name, data, metadata, metadata.types()).map_err(|error| {
            Error::chain(format!("{pallet}.{name} does not fit this chain")).because(error)
        })?;
    Ok(Encoded {
        name: format!("{pallet}.{name}"),
        hash: Hash32::blake2(&bytes),
        data: format!("0x{}", hex::encode(bytes)),
    })
}

/// The call of a transaction, wrapped as its signing mode wants it.
pub(super) fn wrapped(
    calls: &[Call],
    origin: &Origin,
    runtime: &Runtime,
) -> Result<DynamicPayload<Composite<()>>> {
    match origin {
        Origin::Direct => payload(calls, runtime),
        Origin::Proxy(proxy) => proxied(calls, proxy, runtime),
        Origin::Multisig(multisig) => {
            let Multisig { proxy, threshold, others, timepoint, max_weight, .. } = multisig;
            let call = match proxy {
                None => payload(calls, runtime)?,
                Some(proxy) => proxied(calls, proxy, runtime)?,
            };
            let call = call.into_value();
            let others = others.iter().map(|other| of(other)).collect::<Result<Vec<_>>>()?;
            let others = ("other_signatories", Value::unnamed_composite(others));
            if *threshold == 1 {
                let fields = Composite::named([others, ("call", call)]);
                return Ok(subxt::dynamic::tx("Multisig", "as_multi_threshold_1", fields));
            }
            let number = |number: u64| Value::u128(number.into());
            let timepoint = match timepoint {
                None => Value::variant("None", Composite::Unnamed(Vec::new())),
                Some(Timepoint { height, index }) => {
                    let fields = [("height", number(*height)), ("index", number(*index))];
                    Value::unnamed_variant("Some", [Value::named_composite(fields)])
                }
            };
            let Weight { ref_time, proof_size } = *max_weight;
            let weight = [("ref_time", number(ref_time)), ("proof_size", number(proof_size))];
            // Always with the call: then the last approval runs it, whoever gives it.
            let fields = Composite::named([
                ("threshold", Value::u128((*threshold).into())),
                others,
                ("maybe_timepoint", timepoint),
                ("call", call),
                ("max_weight", Value::named_composite(weight)),
            ]);
            Ok(subxt::dynamic::tx("Multisig", "as_multi", fields))
        }
    }
}

/// Calls that a proxy makes: one batch, or each alone where the type permits none.
fn proxied(
    calls: &[Call],
    Proxy { real, proxy_type, apart, real_pays: _ }: &Proxy,
    runtime: &Runtime,
) -> Result<DynamicPayload<Composite<()>>> {
    let wrap = |call: DynamicPayload<Composite<()>>| {
        let ty = Value::variant(proxy_type.clone(), Composite::Unnamed(Vec::new()));
        let fields = [
            ("real", address(real)?),
            ("force_proxy_type", Value::unnamed_variant("Some", [ty])),
            ("call", call.into_value()),
        ];
        Ok(subxt::dynamic::tx("Proxy", "proxy", Composite::named(fields)))
    };
    if !*apart || calls.len() == 1 {
        return wrap(payload(calls, runtime)?);
    }
    let calls = calls
        .iter()
        .map(|call| Ok(wrap(single(call, runtime)?)?.into_value()))
        .collect::<Result<Vec<_>>>()?;
    let calls = Composite::named([("calls", Value::unnamed_composite(calls))]);
    Ok(subxt::dynamic::tx("Utility", "batch_all", calls))
}

/// What an event tells of a call inside the transaction.
pub(super) fn inside(
    pallet: &str,
    event: &str,
    fields: &Composite<u32>,
    metadata: &Metadata,
) -> Option<Inside> {
    match (pallet, event) {
        ("Proxy", "ProxyExecuted") | ("Multisig", "MultisigExecuted") => {
            let result = result(fields.at("result")?, metadata)?;
            Some(if pallet == "Proxy" { Inside::Proxied(result) } else { Inside::Run(result) })
        }
        ("Multisig", "NewMultisig" | "MultisigApproval") => Some(Inside::Waits),
        _ => None,
    }
}

/// What an event says a call inside another has come to.
pub(super) fn result(said: &Value<u32>, metadata: &Metadata) -> Option<Result<(), ChainError>> {
    let ValueDef::Variant(result) = &said.value else { return None };
    match (result.name.as_str(), result.values.values().next()) {
        ("Ok", _) => Some(Ok(())),
        ("Err", Some(error)) => Some(Err(errors::dispatch_error(error, metadata))),
        _ => None,
    }
}

/// The proxy types of the chain's answer, in its form of 415 and in the later one.
fn filters(answer: &Value<u32>) -> Option<BTreeMap<String, Filter>> {
    list(answer)?
        .map(|info| {
            let ValueDef::Variant(mode) = &info.at("filter_mode")?.value else { return None };
            let filter = match (mode.name.as_str(), mode.values.values().next()) {
                ("AllowAll", _) => Filter::All,
                ("DenyAll", _) => Filter::Only(Vec::new(), Vec::new()),
                ("Allow", Some(calls)) => Filter::Only(rules(calls, false)?, Vec::new()),
                ("Allow", None) => Filter::Only(
                    rules(info.at("calls")?, false)?,
                    rules(info.at("exceptions")?, true)?,
                ),
                ("Deny", None) => Filter::AllBut(
                    rules(info.at("calls")?, true)?,
                    rules(info.at("exceptions")?, false)?,
                ),
                _ => return None,
            };
            Some((text(info.at("name")?)?, filter))
        })
        .collect()
}

/// The calls of a list. Those under a condition count only where they forbid something.
fn rules(calls: &Value<u32>, forbids: bool) -> Option<Vec<Calls>> {
    let mut found = Vec::new();
    for call in list(calls)? {
        let condition = call.at("condition").or_else(|| call.at("constraint"))?;
        let ValueDef::Variant(condition) = &condition.value else { return None };
        if condition.name != "None" && !forbids {
            continue;
        }
        let name = call.at("call_name")?;
        let name = match &name.value {
            ValueDef::Variant(some) => some.values.values().next().map(text),
            _ => Some(text(name)),
        };
        let name = match name {
            Some(name) => Some(name?),
            None => None,
        };
        found.push(Calls { pallet: text(call.at("pallet_name")?)?, call: name });
    }
    Some(found)
}

fn text(value: &Value<u32>) -> Option<String> {
    String::from_utf8(decode::bytes(value)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    type V = Value<()>;

    fn name(text: &str) -> V {
        V::from_bytes(text.as_bytes())
    }

    fn none() -> V {
        V::variant("None", Composite::Unnamed(Vec::new()))
    }

    fn some(value: V) -> V {
        V::unnamed_variant("Some", [value])
    }

    fn mode(name: &str) -> V {
        V::variant(name, Composite::Unnamed(Vec::new()))
    }

    fn read(answer: Vec<V>) -> Option<BTreeMap<String, Filter>> {
        filters(&V::unnamed_composite(answer).map_context(|()| 0))
    }

    #[test]
    #[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
    fn who_pays_for_a_proxy_is_read_where_this_runtime_keeps_it() {
        let keys = || [V::from_bytes([1; 32]), V::from_bytes([2; 32])];
        let kept = |spec: u32, items: &[&str], keys: &[V]| {
            let bytes = super::super::metadata::of_finney(spec);
            let metadata = super::super::metadata::read(&bytes).unwrap();
            match consent(&metadata, items, keys) {
                Known::Is(entry) => entry.name,
                Known::Unset => "the signer pays".to_owned(),
                Known::Unreadable(_) => "cannot tell".to_owned(),
            }
        };
        assert_eq!(kept(365, &CONSENTS, &keys()), "the signer pays");
        assert_eq!(kept(424, &CONSENTS, &keys()), "Proxy.RealPaysFee");
        assert_eq!(kept(475, &CONSENTS, &keys()), "Proxy.RealPaysFeeConsentV1");
        // A runtime that has moved it again, or keys it otherwise, leaves it open.
        assert_eq!(kept(475, &["RealPaysFee"], &keys()), "cannot tell");
        assert_eq!(kept(475, &CONSENTS, &keys()[..1]), "cannot tell");
    }

    #[test]
    fn the_words_of_415_are_read() {
        let rule = |pallet: &str, call: V, condition: V| {
            let fields =
                [("pallet_name", name(pallet)), ("call_name", call), ("condition", condition)];
            V::named_composite(fields)
        };
        let info = |ty: &str, kind: &str, calls: Vec<V>, but: Vec<V>| {
            V::named_composite([
                ("name", name(ty)),
                ("filter_mode", mode(kind)),
                ("calls", V::unnamed_composite(calls)),
                ("exceptions", V::unnamed_composite(but)),
            ])
        };
        let hotkey = || rule("AdminUtils", some(name("sudo_set_sn_owner_hotkey")), none());
        let small = rule("Balances", some(name("transfer_all")), some(mode("ParamLessThan")));
        let found = read(vec![
            info("Any", "AllowAll", vec![], vec![]),
            info("Senate", "DenyAll", vec![], vec![]),
            info("Owner", "Allow", vec![rule("AdminUtils", none(), none())], vec![hotkey()]),
            info("NonCritical", "Deny", vec![rule("Sudo", none(), none())], vec![]),
            info("SmallTransfer", "Allow", vec![small], vec![]),
        ])
        .unwrap();
        let permits = |ty: &str, pallet: &str, call: &str| found[ty].permits(pallet, call);
        assert!(permits("Any", "Sudo", "sudo") && !permits("Senate", "AdminUtils", "sudo_set_rho"));
        assert!(permits("Owner", "AdminUtils", "sudo_set_rho"));
        assert!(!permits("Owner", "AdminUtils", "sudo_set_sn_owner_hotkey"));
        assert!(!found["Owner"].permits_batch() && found["NonCritical"].permits_batch());
        assert!(!permits("NonCritical", "Sudo", "sudo"));
        assert!(!permits("SmallTransfer", "Balances", "transfer_all"), "only under a condition");
    }

    #[test]
    fn the_later_words_are_read_and_others_are_not_guessed() {
        let rule = V::named_composite([
            ("pallet_name", name("AdminUtils")),
            ("call_name", name("sudo_set_rho")),
            ("constraint", none()),
        ]);
        let list = V::unnamed_composite([rule]);
        let info = |mode: V| V::named_composite([("name", name("Owner")), ("filter_mode", mode)]);
        let found = read(vec![info(V::unnamed_variant("Allow", [list]))]).unwrap();
        assert!(found["Owner"].permits("AdminUtils", "sudo_set_rho"));
        assert!(!found["Owner"].permits("AdminUtils", "sudo_set_tempo"));
        assert_eq!(read(vec![info(mode("Sometimes"))]), None);
    }
}
