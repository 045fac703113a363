//! Transactions that are signed on another machine: written here, read there without a network,
//! and sent from here.

use parity_scale_codec::{Compact, Decode as _, Encode as _};
use scale_value::ValueDef;
use sp_core::crypto::Pair as _;
use sp_core::{ed25519, sr25519};
use subtune_model::catalog::{self, Hyperparameter};
use subtune_model::error::{Error, Result};
use subtune_model::hash::Hash32;
use subtune_model::network;
use subtune_model::origin::{Multisig, Origin};
use subtune_model::plan::{Call, Plan};
use subtune_model::ports::{
    ChainError, ChainRead, ChainWrite, Head, Inclusion, Proposal, Signed, Submitted, Unsigned,
};
use subtune_model::receipt::{Place, Transaction};
use subtune_model::signature::Signature;
use subtune_model::snapshot::Snapshot;
use subtune_model::unsigned::{ColdFile, ColdStage, Era, FORMAT_VERSION, Hex, SignatureText};
use subtune_model::value::spoken;
use subtune_model::value::{Unit, Value};
use subxt::metadata::Metadata;

use super::call::{account, payload};
use super::config::{Body, Frame, SigningTerms, call_data};
use super::metadata::Runtime;
use super::{At, Chain, bounded, decode, digest, origins};

/// The hint for a file that cannot be what subtune wrote.
const ANEW: &str = "do not sign or send it; make it anew with `subtune plan … --unsigned FILE`";

impl Chain {
    /// The calls of a plan, encoded as one call.
    ///
    /// # Errors
    /// When the runtime at that block does not have them.
    pub async fn call_data(&self, plan: &Plan) -> Result<Vec<u8>> {
        let at = self.at(&At::Hash(plan.base.hash)).await?;
        call_data(&origins::wrapped(&plan.calls, &plan.origin, &at.runtime)?, &at.runtime)
    }

    /// Writes down a transaction for a machine without a network.
    ///
    /// # Errors
    /// When the node does not answer, or the digest of its metadata is wanted and cannot be had.
    pub async fn carry(
        &self,
        plan: &Plan,
        saved_plan: String,
        snapshot: &Snapshot,
        blocks: u64,
    ) -> Result<ColdFile> {
        let unsigned = self.prepare(&plan.calls, &Origin::Direct, &plan.owner).await?;
        let at = self.at(&At::Hash(unsigned.at_hash)).await?;
        let runtime = &at.runtime;
        let digest = self.digest(runtime).await?;
        let unsigned = Unsigned { era: blocks, ..unsigned };
        let call = call_data(&payload(&unsigned.calls, runtime)?, runtime)?;
        let body = Frame::new(runtime, &self.terms(&unsigned, digest))?.body(call)?;
        let time = snapshot.guards.time_ms.is().copied();
        let file = ColdFile {
            format_version: FORMAT_VERSION,
            kind: ColdStage::Unsigned,
            summary: Vec::new(),
            chain: plan.chain.clone(),
            transaction_version: runtime.transaction_version,
            netuid: plan.netuid,
            signer: unsigned.signer,
            nonce: unsigned.nonce,
            era: Era {
                blocks,
                birth: unsigned.birth,
                birth_hash: unsigned.birth_hash,
                birth_time_ms: time,
            },
            payload: Hex(body.payload()),
            call_data: Hex(body.call),
            metadata_digest: digest.map(|digest| Hex(digest.to_vec())),
            metadata: Some(Hex(runtime.bytes.to_vec())),
            plan: saved_plan,
            signature: None,
        };
        // What the other machine will show is shown here, too, and must be the plan.
        let opened = open(&file)?;
        Ok(ColdFile { summary: opened.lines(), ..file })
    }

    fn terms<'a>(&'a self, unsigned: &'a Unsigned, digest: Option<[u8; 32]>) -> SigningTerms<'a> {
        SigningTerms {
            genesis_hash: self.genesis_hash(),
            nonce: unsigned.nonce,
            era: unsigned.era,
            birth: unsigned.birth,
            birth_hash: &unsigned.birth_hash,
            digest,
        }
    }
}

/// A call that sets hyperparameters, as it is shown before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `Pallet.call`.
    pub name: String,
    /// The subnet.
    pub netuid: u16,
    /// Arguments after the netuid, with their units.
    pub args: Vec<(String, String)>,
}

/// A file that was read back from its bytes: everything in it says the same.
pub struct Opened {
    /// The calls, decoded.
    pub calls: Vec<Shown>,
    /// What the key signs.
    pub to_sign: Vec<u8>,
    chain: String,
    runtime: String,
    signer: String,
    nonce: u64,
    era: Era,
}

impl Opened {
    /// What will be signed, for people.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let Self { calls, to_sign: _, chain, runtime, signer, nonce, era } = self;
        let time = era.birth_time_ms.map_or_else(String::new, |time| {
            let end = subtune_model::schedule::time_of(era.death(), era.birth, time);
            format!(", about {}", subtune_model::time::minutes(end))
        });
        let calls = calls.iter().map(|Shown { name, netuid, args }| {
            let args: String =
                args.iter().map(|(name, value)| format!(", {name} {value}")).collect();
            format!("Call     {name}: netuid {netuid}{args}")
        });
        let rest = [
            format!("Chain    {chain}"),
            format!("Signer   {signer}, nonce {nonce}"),
            format!("Valid    before block {} ({} blocks{time})", era.death(), era.blocks),
            format!("Runtime  {runtime}"),
            "Fee      not in the file: `subtune plan` and `subtune submit` show it".to_owned(),
        ];
        calls.chain(rest).collect()
    }
}

/// Reads what an unsigned file would make a key sign, from its bytes and its metadata alone.
///
/// # Errors
/// When something in it contradicts something else, or when it is none of the calls that set
/// hyperparameters.
pub fn open(file: &ColdFile) -> Result<Opened> {
    let refused = |what: &str| Error::refused(format!("the file {what}")).hint(ANEW);
    let Some(Hex(bytes)) = &file.metadata else {
        return Err(refused("has no metadata to read its call by"));
    };
    let runtime = Runtime::new(file.chain.spec_version, file.transaction_version, bytes.clone())
        .map_err(|what| {
            refused("has metadata that cannot be read").because(anyhow::anyhow!(what))
        })?;
    let digest = match &file.metadata_digest {
        None => None,
        Some(Hex(said)) => {
            let digest = digest::digest(bytes, file.chain.spec_version)
                .map_err(|what| refused(&format!("has metadata that {what}")))?;
            if digest.as_slice() != said {
                return Err(refused("has another metadata digest than its metadata"));
            }
            Some(digest)
        }
    };
    let terms = SigningTerms {
        genesis_hash: &file.chain.genesis_hash,
        nonce: file.nonce,
        era: file.era.blocks,
        birth: file.era.birth,
        birth_hash: &file.era.birth_hash,
        digest,
    };
    let body: Body = Frame::new(&runtime, &terms)?.body(file.call_data.0.clone())?;
    if body.payload() != file.payload.0 {
        return Err(refused("has another payload than its own fields make"));
    }
    let mut rest = file.call_data.0.as_slice();
    let calls = read_calls(&mut rest, &runtime.metadata)
        .filter(|calls| calls.is_err() || rest.is_empty())
        .ok_or_else(|| refused("has a call that its metadata cannot read"))??;
    if let Some(other) = calls.iter().find(|call| call.netuid != file.netuid) {
        let what = format!("is for subnet {} and has a call for {}", file.netuid, other.netuid);
        return Err(refused(&what));
    }
    account(&file.signer)?;
    let network = network::name_of(&file.chain.genesis_hash);
    Ok(Opened {
        calls,
        to_sign: body.to_sign(),
        chain: format!("{network}, genesis {}", file.chain.genesis_hash),
        runtime: match &file.metadata_digest {
            Some(digest) => format!("{}, metadata digest {digest}", file.chain.spec_version),
            None => format!("{}, WITHOUT a metadata digest", file.chain.spec_version),
        },
        signer: file.signer.clone(),
        nonce: file.nonce,
        era: file.era.clone(),
    })
}

/// What a QR code says to Polkadot Vault about a transaction: `S`, the scheme sr25519, a transaction;
/// the account; the call with its length before it, the rest of what is signed; the genesis hash.
///
/// # Errors
/// When the signer is no address.
pub fn for_vault(file: &ColdFile) -> Result<Vec<u8>> {
    let ColdFile { call_data: Hex(call), payload: Hex(payload), .. } = file;
    let extensions = payload.get(call.len()..).unwrap_or_default();
    let account = account(&file.signer)?;
    let parts = [
        &[0x53, 0x01, 0x02],
        &account[..],
        &call.encode(),
        extensions,
        file.chain.genesis_hash.bytes(),
    ];
    Ok(parts.concat())
}

type Calls = Option<Result<Vec<Shown>>>;

/// The setter in these bytes, or the setters in one batch. What is neither is an error, for nothing
/// else is ever signed; `None` when the bytes are no call at all.
fn read_calls(bytes: &mut &[u8], metadata: &Metadata) -> Calls {
    let [pallet, call, rest @ ..] = *bytes else { return None };
    let name = metadata.pallet_by_call_index(*pallet).and_then(|pallet| {
        let call = pallet.call_variant_by_index(*call)?;
        Some((pallet.name().to_owned(), call.name.clone()))
    })?;
    if name != ("Utility".to_owned(), "batch_all".to_owned()) {
        return read_setter(bytes, metadata).map(|call| call.map(|call| vec![call]));
    }
    *bytes = rest;
    let Compact(count) = Compact::<u32>::decode(bytes).ok()?;
    let mut calls = Vec::new();
    for _ in 0..count {
        match read_setter(bytes, metadata)? {
            Ok(call) => calls.push(call),
            Err(error) => return Some(Err(error)),
        }
    }
    (!calls.is_empty()).then_some(Ok(calls))
}

fn read_setter(bytes: &mut &[u8], metadata: &Metadata) -> Option<Result<Shown>> {
    let [pallet, call, ..] = *bytes else { return None };
    let pallet = metadata.pallet_by_call_index(*pallet)?;
    let call = pallet.call_variant_by_index(*call)?;
    let name = format!("{}.{}", pallet.name(), call.name);
    let rows: Vec<&Hyperparameter> = catalog::ALL
        .iter()
        .filter(|row| {
            let mut setters = row.setters.iter();
            setters.any(|setter| setter.pallet == pallet.name() && setter.call == call.name)
        })
        .collect();
    let known =
        !rows.is_empty() || (pallet.name() == "AdminUtils" && call.name.starts_with("sudo_set_"));
    if !known {
        return Some(Err(Error::refused(format!(
            "the file has the call {name}, which sets no hyperparameter"
        ))
        .hint(ANEW)));
    }
    *bytes = bytes.get(1..)?;
    let value = bounded::value(bytes, pallet.call_ty_id()?, metadata.types())?;
    let ValueDef::Variant(variant) = value.value else { return None };
    let scale_value::Composite::Named(fields) = variant.values else { return None };
    let mut fields = fields.into_iter();
    let (first, netuid) = fields.next()?;
    let netuid = u16::try_from(decode::integer(&netuid)?).ok().filter(|_| first == "netuid")?;
    let args = fields.map(|(name, stored)| {
        let row = match rows.as_slice() {
            [row] => Some(*row),
            several => several.iter().copied().find(|row| row.name == name),
        };
        Some((name, shown(&stored, row)?))
    });
    Some(Ok(Shown { name, netuid, args: args.collect::<Option<_>>()? }))
}

/// An argument with its unit.
fn shown(stored: &scale_value::Value<u32>, row: Option<&Hyperparameter>) -> Option<String> {
    let value: Option<Value> = match row {
        Some(row) => decode::hyperparameter(stored, catalog::Part::Whole, row.kind),
        None => decode::plain(stored),
    };
    Some(spoken(&value?, row.map_or(Unit::Count, |row| row.unit)))
}

/// Whether a signature is one of this account over these bytes.
fn verifies(signature: Signature, message: &[u8], account: [u8; 32]) -> bool {
    match signature {
        Signature::Sr25519(bytes) => sr25519::Pair::verify(
            &sr25519::Signature::from_raw(bytes),
            message,
            &sr25519::Public::from_raw(account),
        ),
        Signature::Ed25519(bytes) => ed25519::Pair::verify(
            &ed25519::Signature::from_raw(bytes),
            message,
            &ed25519::Public::from_raw(account),
        ),
    }
}

/// The error for a transaction that the chain would not take any more.
fn stale(what: String) -> Error {
    Error::refused(what).hint("make a new one with `subtune plan … --unsigned FILE` and sign that")
}

/// A chain on which one transaction is ready: with the nonce and the era under its signature.
pub struct Carried<'a> {
    chain: &'a Chain,
    file: &'a ColdFile,
}

impl<'a> Carried<'a> {
    /// Checks a signature that came back.
    ///
    /// # Errors
    /// When it is for another chain or runtime, or not signed over what the calls make here.
    pub async fn new(
        chain: &'a Chain,
        file: &'a ColdFile,
        calls: &[Call],
        now: &Snapshot,
        SignatureText(signature): SignatureText,
    ) -> Result<Self> {
        if file.chain.genesis_hash != *chain.genesis_hash() {
            return Err(Error::refused(format!(
                "the transaction is for the chain {}, this is {} ({})",
                file.chain.genesis_hash,
                chain.network(),
                chain.genesis_hash()
            ))
            .hint("choose that chain with --network"));
        }
        if file.chain.spec_version != now.chain.spec_version {
            return Err(stale(format!(
                "the transaction is for runtime {}, the chain has {} now",
                file.chain.spec_version, now.chain.spec_version
            )));
        }
        let carried = Self { chain, file };
        let unsigned = carried.unsigned(calls, now.block.hash);
        let at = chain.at(&At::Hash(now.block.hash)).await?;
        let digest = chain.digest(&at.runtime).await?;
        let call = call_data(&payload(calls, &at.runtime)?, &at.runtime)?;
        let body = Frame::new(&at.runtime, &chain.terms(&unsigned, digest))?.body(call)?;
        if body.payload() != file.payload.0 {
            return Err(stale(
                "the transaction is not what its plan makes on this chain".to_owned(),
            ));
        }
        if !verifies(signature, &body.to_sign(), account(&file.signer)?) {
            return Err(Error::refused(format!(
                "the signature is not one of {} over this transaction",
                file.signer
            ))
            .hint("sign the file again, with that key"));
        }
        Ok(carried)
    }

    /// The transaction with this signature, as the chain names it.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub async fn transaction(
        &self,
        calls: &[Call],
        now: &Snapshot,
        SignatureText(signature): SignatureText,
    ) -> Result<Transaction> {
        let unsigned = self.unsigned(calls, now.block.hash);
        Ok(self.chain.sign(&unsigned, &|_| signature).await?.transaction)
    }

    /// Checks that the chain could take the transaction now.
    ///
    /// # Errors
    /// When it is too late or out of turn.
    pub async fn check_turn(&self, calls: &[Call], now: &Snapshot) -> Result<()> {
        let Self { chain, file } = self;
        if now.block.number.saturating_add(1) >= file.era.death() {
            return Err(stale(format!(
                "the transaction was valid before block {}, and block {} is final already",
                file.era.death(),
                now.block.number
            )));
        }
        let next = chain.prepare(calls, &Origin::Direct, &file.signer).await?.nonce;
        if next != file.nonce {
            return Err(stale(format!(
                "the transaction has nonce {}, the next one of {} is {next}",
                file.nonce, file.signer
            )));
        }
        Ok(())
    }

    fn unsigned(&self, calls: &[Call], at_hash: Hash32) -> Unsigned {
        let ColdFile { signer, nonce, era, .. } = self.file;
        Unsigned {
            origin: Origin::Direct,
            calls: calls.to_vec(),
            signer: signer.clone(),
            nonce: *nonce,
            at_hash,
            era: era.blocks,
            birth: era.birth,
            birth_hash: era.birth_hash,
        }
    }
}

impl ChainRead for Carried<'_> {
    async fn latest(&self, netuid: u16) -> Result<Snapshot> {
        self.chain.latest(netuid).await
    }

    async fn at_block(&self, netuid: u16, hash: &Hash32) -> Result<Snapshot> {
        self.chain.at_block(netuid, hash).await
    }

    async fn find(&self, transaction: &Transaction, from: u64) -> Result<Inclusion> {
        self.chain.find(transaction, from).await
    }

    async fn head(&self, known: &Hash32) -> Result<Option<Head>> {
        self.chain.head(known).await
    }

    async fn proposal(&self, multisig: &Multisig, place: &Place) -> Result<Proposal> {
        self.chain.proposal(multisig, place).await
    }

    async fn rotated(&self, before: &str, now: &str, hash: &Hash32) -> Result<bool> {
        self.chain.rotated(before, now, hash).await
    }

    async fn wait(&self, tries: u32, lost: bool) {
        self.chain.wait(tries, lost).await;
    }
}

impl ChainWrite for Carried<'_> {
    async fn fee(&self, calls: &[Call], origin: &Origin, signer: &str) -> Result<Option<u64>> {
        self.chain.fee(calls, origin, signer).await
    }

    async fn prepare(&self, calls: &[Call], origin: &Origin, signer: &str) -> Result<Unsigned> {
        let fresh = self.chain.prepare(calls, origin, signer).await?;
        Ok(self.unsigned(calls, fresh.at_hash))
    }

    async fn sign(
        &self,
        unsigned: &Unsigned,
        sign: &(dyn Fn(&[u8]) -> Signature + Sync),
    ) -> Result<Signed> {
        self.chain.sign(unsigned, sign).await
    }

    async fn preflight(&self, signed: &Signed) -> Result<Option<Result<(), ChainError>>> {
        self.chain.preflight(signed).await
    }

    async fn submit(&self, signed: &Signed) -> Submitted {
        self.chain.submit(signed).await
    }
}
