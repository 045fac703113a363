//! Transactions: built offline by the metadata, sent once, looked up by their hash.

use std::time::Duration;

use parity_scale_codec::Encode;
use scale_value::{At as _, ValueDef};
use serde::Deserialize;
use subtune_model::error::{Error, Result};
use subtune_model::errors::{INVALID, UNKNOWN, of_node};
use subtune_model::hash::Hash32;
use subtune_model::origin::{Multisig, Origin, Weight};
use subtune_model::plan::Call;
use subtune_model::ports::{
    ChainError, ChainRead, ChainWrite, Head, Inclusion, Inside, Proposal, Signed, Submitted,
    Unsigned,
};
use subtune_model::receipt::{Place, Transaction};
use subtune_model::schedule::ERA;
use subtune_model::signature::Signature;
use subtune_model::snapshot::Snapshot;
use subxt::ext::frame_decode::storage::encode_storage_key;
use subxt::rpcs::UserError;

use super::call::{Event, Payload, account};
use super::config::{Frame, SigningTerms};
use super::metadata::{AtBlock, Runtime, from_hex};
use super::rpc::{Failure, describe};
use super::snapshot::Depth;
use super::{At, Chain, decode, errors, origins};

/// The longest era of a mortal transaction, in blocks (`sp_runtime::generic::Era`).
const LONGEST_ERA: u64 = 65_536;

#[derive(Deserialize)]
struct SignedBlock {
    block: BlockBody,
}

#[derive(Deserialize)]
struct BlockBody {
    extrinsics: Vec<String>,
}

impl ChainRead for Chain {
    async fn latest(&self, netuid: u16) -> Result<Snapshot> {
        let snapshot = self.snapshot(netuid, &At::Finalized, Depth::Rules).await?;
        self.cross_check(&snapshot).await?;
        Ok(snapshot)
    }

    async fn at_block(&self, netuid: u16, hash: &Hash32) -> Result<Snapshot> {
        self.snapshot(netuid, &At::Hash(*hash), Depth::Rules).await
    }

    async fn head(&self, known: &Hash32) -> Result<Option<Head>> {
        let hash: Hash32 =
            self.rpc.request("chain_getFinalizedHead", serde_json::json!([])).await?;
        if hash == *known {
            return Ok(None);
        }
        let at = self.at(&At::Hash(hash)).await?;
        let time_ms = self.time_ms(&at).await?;
        Ok(Some(Head { number: at.number, hash: at.hash, time_ms }))
    }

    async fn find(&self, transaction: &Transaction, from: u64) -> Result<Inclusion> {
        let head: Hash32 =
            self.rpc.request("chain_getFinalizedHead", serde_json::json!([])).await?;
        let head = self.number_of(&head).await?;
        let first = from.max(transaction.birth.saturating_add(1));
        let last = head.min(transaction.death.saturating_sub(1));
        // No transaction lives longer, whatever a node says its head is or a file its death.
        let looked = last.min(first.saturating_add(LONGEST_ERA));
        for number in first..=looked {
            let hash = self.hash_of(number).await?;
            let block: Option<SignedBlock> =
                self.rpc.request("chain_getBlock", serde_json::json!([hash])).await?;
            let block = block.ok_or_else(|| {
                Error::chain(format!("{} has no block {number}", self.endpoint()))
            })?;
            let index = block.block.extrinsics.iter().position(|extrinsic| {
                from_hex(extrinsic).is_some_and(|bytes| Hash32::blake2(&bytes) == transaction.hash)
            });
            if let Some(index) = index {
                return Ok(self.included(number, hash, index).await);
            }
        }
        Ok(Inclusion::NotBy(if looked < last { looked } else { head }))
    }

    async fn proposal(&self, multisig: &Multisig, place: &Place) -> Result<Proposal> {
        self.proposal_of(multisig, place).await
    }

    async fn rotated(&self, before: &str, now: &str, hash: &Hash32) -> Result<bool> {
        let at = self.at(&At::Hash(*hash)).await?;
        self.succeeded(&at, account(before)?, account(now)?).await
    }

    async fn wait(&self, tries: u32, lost: bool) {
        let millis = 50u64.saturating_mul(1 << tries.min(6)).min(2_000);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        if lost {
            // The next question shows whether this has helped.
            let _ = self.rpc.reconnect().await;
        }
    }
}

impl ChainWrite for Chain {
    async fn fee(&self, calls: &[Call], origin: &Origin, signer: &str) -> Result<Option<u64>> {
        let at = self.at(&At::Finalized).await?;
        Ok(self.info(&at, calls, origin, signer).await?.map(|info| info.fee_rao))
    }

    async fn prepare(&self, calls: &[Call], origin: &Origin, signer: &str) -> Result<Unsigned> {
        let nonce: u64 =
            self.rpc.request("system_accountNextIndex", serde_json::json!([signer])).await?;
        let head: Hash32 =
            self.rpc.request("chain_getFinalizedHead", serde_json::json!([])).await?;
        let (number, parent) = self.number_and_parent(&head).await?;
        Ok(Unsigned {
            calls: calls.to_vec(),
            origin: origin.clone(),
            signer: signer.to_owned(),
            nonce,
            at_hash: head,
            era: ERA,
            // One block back: the state of a block does not know the block's own hash, so a
            // preflight on a head that is final already could not find it.
            birth: number.saturating_sub(1),
            birth_hash: parent,
        })
    }

    async fn sign(
        &self,
        unsigned: &Unsigned,
        sign: &(dyn Fn(&[u8]) -> Signature + Sync),
    ) -> Result<Signed> {
        let at = self.at(&At::Hash(unsigned.at_hash)).await?;
        let digest = self.digest(&at.runtime).await?;
        self.build(&at.runtime, unsigned, digest, sign)
    }

    async fn preflight(&self, signed: &Signed) -> Result<Option<Result<(), ChainError>>> {
        let head: Hash32 = self.rpc.request("chain_getBlockHash", serde_json::json!([])).await?;
        let at = self.at(&At::Hash(head)).await?;
        let api = "BlockBuilder_apply_extrinsic";
        let Some(bytes) = self.try_call(api, &signed.bytes, &at.hash).await? else {
            return Ok(None);
        };
        self.applied(&bytes, &at.runtime).map(Some).ok_or_else(|| self.odd(api))
    }

    async fn submit(&self, signed: &Signed) -> Submitted {
        let params = serde_json::json!([format!("0x{}", hex::encode(&signed.bytes))]);
        match self.rpc.try_request::<String>("author_submitExtrinsic", params).await {
            Ok(_) => Submitted::Pooled,
            // 1013: the node already has it, which is what was wanted.
            Err(Failure::Refused(error)) if error.code == 1013 => Submitted::Pooled,
            // The node does not offer it at all, so it has not done it.
            Err(Failure::NotSupported(error)) => Submitted::Rejected(rejected(&error)),
            // A node's own trouble says nothing about the transaction.
            Err(Failure::Refused(error)) if !(1_000..1_100).contains(&error.code) => {
                Submitted::Doubtful(describe(&error))
            }
            Err(Failure::Refused(error)) => {
                Submitted::Rejected(self.explain(rejected(&error), None))
            }
            Err(Failure::Lost(error) | Failure::Odd(error)) => Submitted::Doubtful(error.what),
        }
    }
}

/// What a transaction will cost.
pub(super) struct Info {
    pub(super) fee_rao: u64,
    pub(super) weight: Weight,
}

/// What the chain said to a transaction.
pub(super) struct Said {
    pub(super) fee_rao: Option<u64>,
    pub(super) result: Result<(), ChainError>,
    pub(super) inside: Vec<Inside>,
}

impl Chain {
    /// What a transaction will cost; `None` when the node does not tell.
    pub(super) async fn info(
        &self,
        at: &AtBlock,
        calls: &[Call],
        origin: &Origin,
        signer: &str,
    ) -> Result<Option<Info>> {
        let unsigned = Unsigned {
            calls: calls.to_vec(),
            origin: origin.clone(),
            signer: signer.to_owned(),
            nonce: 0,
            at_hash: at.hash,
            era: ERA,
            birth: at.number,
            birth_hash: at.hash,
        };
        // The fee depends on length and weight, not on whether the signature is right; the digest
        // is signed, not sent.
        let dummy = |_: &[u8]| Signature::Sr25519([1; 64]);
        let signed = self.build(&at.runtime, &unsigned, None, &dummy)?;
        let api = ("TransactionPaymentApi", "query_info");
        let ty = at
            .runtime
            .metadata
            .runtime_api_trait_by_name(api.0)
            .and_then(|found| Some(found.method_by_name(api.1)?.output_ty()));
        let Some(ty) = ty else { return Ok(None) };
        let mut args = signed.bytes.clone();
        args.extend(u32::try_from(signed.bytes.len()).unwrap_or(u32::MAX).encode());
        let name = format!("{}_{}", api.0, api.1);
        let Some(answer) = self.try_call(&name, &args, &at.hash).await? else { return Ok(None) };
        let read = || {
            let info = decode::scale(&answer, ty, at.runtime.metadata.types())?;
            let number = |value: &scale_value::Value<u32>| {
                decode::integer(value).and_then(|number| u64::try_from(number).ok())
            };
            let weight = info.at("weight")?;
            Some(Info {
                fee_rao: number(info.at("partial_fee")?)?,
                weight: Weight {
                    ref_time: number(weight.at("ref_time")?)?,
                    proof_size: number(weight.at("proof_size")?)?,
                },
            })
        };
        read().map(Some).ok_or_else(|| self.odd(&name))
    }

    /// Builds and signs a transaction without any request: what can be sent.
    fn build(
        &self,
        runtime: &Runtime,
        unsigned: &Unsigned,
        digest: Option<[u8; 32]>,
        sign: &dyn Fn(&[u8]) -> Signature,
    ) -> Result<Signed> {
        let bytes = self.encode(runtime, unsigned, digest, sign)?;
        let Unsigned { nonce, birth, era, .. } = unsigned;
        let (hash, death) = (Hash32::blake2(&bytes), birth.saturating_add(*era));
        Ok(Signed { bytes, transaction: Transaction { hash, nonce: *nonce, birth: *birth, death } })
    }

    /// The bytes of a transaction, which are nothing that could be sent.
    pub(super) fn encode(
        &self,
        runtime: &Runtime,
        unsigned: &Unsigned,
        digest: Option<[u8; 32]>,
        sign: &dyn Fn(&[u8]) -> Signature,
    ) -> Result<Vec<u8>> {
        let call = origins::wrapped(&unsigned.calls, &unsigned.origin, runtime)?;
        self.framed(runtime, unsigned, &call, digest, sign)
    }

    /// The bytes of a transaction that makes this call, whatever calls it was asked for.
    pub(super) fn framed(
        &self,
        runtime: &Runtime,
        unsigned: &Unsigned,
        call: &Payload,
        digest: Option<[u8; 32]>,
        sign: &dyn Fn(&[u8]) -> Signature,
    ) -> Result<Vec<u8>> {
        let Unsigned { calls: _, origin: _, signer, nonce, at_hash: _, era, birth, birth_hash } =
            unsigned;
        let terms = SigningTerms {
            genesis_hash: &self.genesis_hash,
            nonce: *nonce,
            era: *era,
            birth: *birth,
            birth_hash,
            digest,
        };
        Frame::new(runtime, &terms)?.sign(call, account(signer)?, sign)
    }

    /// What became of the transaction at `index` of a block. That it is there is known, whatever
    /// else cannot be read.
    async fn included(&self, number: u64, hash: Hash32, index: usize) -> Inclusion {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let place = Place { block: number, block_hash: hash, index, fee_rao: None };
        match self.said(&place).await {
            Ok(Said { fee_rao, result, inside }) => {
                Inclusion::Included { place: Place { fee_rao, ..place }, result, inside }
            }
            Err(why) => Inclusion::Unread { place, why },
        }
    }

    /// What the chain said to a transaction.
    pub(super) async fn said(&self, place: &Place) -> Result<Said> {
        let number = place.block;
        let at = self.at(&At::Hash(place.block_hash)).await?;
        let unclear = || {
            Error::new(
                subtune_model::error::Kind::Unknown,
                format!("the transaction is in block {number}, but its events cannot be read"),
            )
            .hint("run `subtune history --refresh` later, or look the block up in an explorer")
        };
        let events = self.events(&at, place.index).await?.ok_or_else(unclear)?;
        let Told { fee_rao, result, inside } = told(&events, &at.runtime);
        Ok(Said { fee_rao, result: result.ok_or_else(unclear)?, inside })
    }

    /// The events of one extrinsic.
    async fn events(&self, at: &AtBlock, index: u32) -> Result<Option<Vec<Event>>> {
        let of = |all: Vec<Event>| all.into_iter().filter(|event| event.index == index).collect();
        Ok(self.all_events(at).await?.map(of))
    }

    /// The events of all extrinsics of a block; nothing when they cannot be read.
    pub(super) async fn all_events(&self, at: &AtBlock) -> Result<Option<Vec<Event>>> {
        let metadata = &*at.runtime.metadata;
        let key = encode_storage_key("System", "Events", (), metadata, metadata.types())
            .map_err(|error| Error::chain("this chain has no events").because(error))?;
        let params = serde_json::json!([format!("0x{}", hex::encode(key)), at.hash]);
        let answer: Option<String> = self.rpc.request("state_getStorage", params).await?;
        Ok(answer.and_then(|text| events_of(&from_hex(&text)?, &at.runtime)))
    }

    /// Reads an `ApplyExtrinsicResult`.
    pub(super) fn applied(
        &self,
        bytes: &[u8],
        runtime: &Runtime,
    ) -> Option<Result<(), ChainError>> {
        match bytes {
            [0, 0] => Some(Ok(())),
            [0, 1, error @ ..] => Some(Err(self.decode_dispatch_error(error, runtime))),
            [1, error @ ..] => Some(Err(self.explain(invalid_transaction(error), Some(runtime)))),
            _ => None,
        }
    }

    fn decode_dispatch_error(&self, bytes: &[u8], runtime: &Runtime) -> ChainError {
        let metadata = &*runtime.metadata;
        metadata
            .dispatch_error_ty()
            .and_then(|ty| decode::scale(bytes, ty, metadata.types()))
            .map_or_else(
                || ChainError::named(format!("0x{}", hex::encode(bytes))),
                |error| errors::dispatch_error(&error, metadata),
            )
    }
}

/// What the events of a transaction tell.
pub(super) struct Told {
    pub(super) fee_rao: Option<u64>,
    /// `None` when they do not tell.
    pub(super) result: Option<Result<(), ChainError>>,
    pub(super) inside: Vec<Inside>,
}

/// Reads the events of one transaction.
pub(super) fn told(events: &[Event], runtime: &Runtime) -> Told {
    let (mut fee_rao, mut result, mut inside) = (None, None, Vec::new());
    for Event { index: _, pallet, name, fields } in events {
        match (pallet.as_str(), name.as_str()) {
            ("System", "ExtrinsicSuccess") => result = Some(Ok(())),
            ("System", "ExtrinsicFailed") => {
                let error = fields
                    .values()
                    .next()
                    .map(|error| errors::dispatch_error(error, &runtime.metadata));
                result = error.map(Err);
            }
            ("TransactionPayment", "TransactionFeePaid") => {
                fee_rao = fields
                    .at("actual_fee")
                    .and_then(decode::integer)
                    .and_then(|fee| u64::try_from(fee).ok());
            }
            (pallet, event) => {
                inside.extend(origins::inside(pallet, event, fields, &runtime.metadata));
            }
        }
    }
    Told { fee_rao, result, inside }
}

/// Reads the events of all extrinsics of a block, as they are stored.
pub(super) fn events_of(bytes: &[u8], runtime: &Runtime) -> Option<Vec<Event>> {
    let all = all_events_of(bytes, runtime)?.into_iter();
    Some(all.filter_map(|(index, event)| Some(Event { index: index?, ..event })).collect())
}

/// Reads all events of a block, as they are stored, each with the number of its extrinsic; `None` where the
/// block itself has it.
pub(super) fn all_events_of(bytes: &[u8], runtime: &Runtime) -> Option<Vec<(Option<u32>, Event)>> {
    let metadata = &*runtime.metadata;
    let ty = metadata.pallet_by_name("System")?.storage()?.entry_by_name("Events")?.value_ty();
    let records = decode::scale(bytes, ty, metadata.types())?;
    let ValueDef::Composite(records) = records.value else { return None };
    let event = |record: scale_value::Value<u32>| {
        let ValueDef::Variant(phase) = &record.at("phase")?.value else { return None };
        let index = match phase.name.as_str() {
            "ApplyExtrinsic" => {
                let index = decode::integer(phase.values.values().next()?)?;
                Some(u32::try_from(index).ok()?)
            }
            _ => None,
        };
        let ValueDef::Variant(pallet) = &record.at("event")?.value else { return None };
        let ValueDef::Variant(event) = &pallet.values.values().next()?.value else {
            return None;
        };
        let (pallet, name, fields) =
            (pallet.name.clone(), event.name.clone(), event.values.clone());
        Some((index, Event { index: index.unwrap_or_default(), pallet, name, fields }))
    };
    records.into_values().map(event).collect()
}

/// The chain's reason for not letting a transaction in, from its encoded
/// `TransactionValidityError`.
fn invalid_transaction(bytes: &[u8]) -> ChainError {
    let listed = |list: &[(&str, &str)], index: u8| {
        list.get(usize::from(index))
            .map_or_else(|| index.to_string(), |(name, _)| (*name).to_owned())
    };
    ChainError::named(match bytes {
        [0, 7, code, ..] => format!("InvalidTransaction.Custom({code})"),
        [0, index, ..] => format!("InvalidTransaction.{}", listed(&INVALID, *index)),
        [1, 2, code, ..] => format!("UnknownTransaction.Custom({code})"),
        [1, index, ..] => format!("UnknownTransaction.{}", listed(&UNKNOWN, *index)),
        _ => "InvalidTransaction".to_owned(),
    })
}

/// The reason of a node that does not take a transaction into its pool, from its JSON-RPC error:
/// where the code or the words are those of a Substrate node, by the chain's name.
fn rejected(error: &UserError) -> ChainError {
    let data = error.data.as_ref().map(|data| data.get().trim_matches('"')).unwrap_or_default();
    let listed = |group: &str, list: &[(&str, &str)]| {
        let (name, _) = list.iter().find(|(_, words)| *words == data)?;
        Some(format!("{group}.{name}"))
    };
    let name = match error.code {
        1010 => match data.strip_prefix("Custom error: ") {
            Some(code) => Some(format!("InvalidTransaction.Custom({code})")),
            None => listed("InvalidTransaction", &INVALID),
        },
        1011 => listed("UnknownTransaction", &UNKNOWN),
        code => of_node(code.into()).map(str::to_owned),
    };
    ChainError::named(name.unwrap_or_else(|| describe(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_that_is_not_let_in_is_explained() {
        for (bytes, name) in [
            (&[0, 0][..], "InvalidTransaction.Call"),
            (&[0, 3], "InvalidTransaction.Stale"),
            (&[0, 7, 21], "InvalidTransaction.Custom(21)"),
            (&[0, 7, 99], "InvalidTransaction.Custom(99)"),
            (&[0, 12], "InvalidTransaction.UnknownOrigin"),
            (&[1, 0], "UnknownTransaction.CannotLookup"),
            (&[1, 1], "UnknownTransaction.NoUnsignedValidator"),
        ] {
            let error = invalid_transaction(bytes);
            assert_eq!(error.name, name);
            assert!(!error.meaning.is_empty() && error.advice.is_some(), "{error:?}");
        }
        for (bytes, name) in [
            (&[0, 13][..], "InvalidTransaction.13"),
            (&[1, 2, 5], "UnknownTransaction.Custom(5)"),
            (&[], "InvalidTransaction"),
        ] {
            assert_eq!(invalid_transaction(bytes), ChainError::named(name));
        }
        for index in 0..13 {
            assert!(invalid_transaction(&[0, index, 6]).advice.is_some(), "{index}");
        }
    }

    #[test]
    fn what_a_node_says_to_a_transaction_is_explained() {
        let says = |code, data: Option<&str>| {
            let error = serde_json::json!({ "code": code, "message": "no", "data": data });
            rejected(&serde_json::from_str(&error.to_string()).unwrap()).name
        };
        assert_eq!(says(1010, Some("Transaction is outdated")), "InvalidTransaction.Stale");
        assert_eq!(says(1010, Some("Custom error: 0")), "InvalidTransaction.Custom(0)");
        assert_eq!(says(1012, None), "Pool.TemporarilyBanned");
        assert_eq!(says(1014, Some("any")), "Pool.TooLowPriority");
        // What is said otherwise is told as it is.
        assert_eq!(says(1010, Some("Something new")), "no: Something new (1010)");
        assert_eq!(says(1010, None), "no (1010)");
    }
}
