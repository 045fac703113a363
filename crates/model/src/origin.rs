//! How a signature reaches the account that owns the subnet: its own key, a proxy, a multisig, or a
//! multisig that is a proxy.

use serde::{Deserialize, Serialize};

use crate::hash::Hash32;

/// The chain's error for a call that the proxy type does not permit.
pub const CALL_FILTERED: &str = "System.CallFiltered";

/// Whose calls they are, and how they are wrapped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "detail", deny_unknown_fields)]
pub enum Origin {
    /// The signer's own: several calls are one atomic batch.
    #[default]
    Direct,
    /// Those of another account, which has made the signer its proxy.
    Proxy(Proxy),
    /// Those of a multisig account, of which the signer is a signatory.
    Multisig(Multisig),
}

/// Calls of an account, made by one that it has made its proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// SS58 address of the account that the calls run as.
    pub real: String,
    /// Name of the proxy type that is used, always forced.
    pub proxy_type: String,
    /// Whether every call is wrapped alone, because the type permits no batch: then one can fail
    /// while the others stay.
    pub apart: bool,
    /// Whether the other account pays the fee; `None` where the chain does not say so in a form
    /// that is known.
    #[serde(default = "by_the_signer", skip_serializing_if = "is_by_the_signer")]
    pub real_pays: Option<bool>,
}

/// A call of a multisig account: what it takes to propose, approve and run it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Multisig {
    /// SS58 address of the multisig account.
    pub account: String,
    /// For whom the multisig acts as a proxy, when the calls are not its own: then the call that is
    /// approved is `Proxy.proxy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// How many signatories have to approve.
    pub threshold: u16,
    /// SS58 addresses of the other signatories, in the chain's order.
    pub others: Vec<String>,
    /// Blake2-256 of the call: it names the proposal.
    pub call_hash: Hash32,
    /// The encoded call, `0x…`.
    pub call_data: String,
    /// Where the call was proposed; `None` proposes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timepoint: Option<Timepoint>,
    /// Approvals with this one.
    pub approvals: u16,
    /// What the call may cost at most.
    pub max_weight: Weight,
    /// What a proposal reserves until it is run or cancelled, rao.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_rao: Option<u64>,
}

/// Block and extrinsic in which a call was proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timepoint {
    /// Block height.
    pub height: u64,
    /// Index of the extrinsic.
    pub index: u64,
}

/// Work, as the chain measures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Picoseconds.
    pub ref_time: u64,
    /// Bytes of proof.
    pub proof_size: u64,
}

impl Weight {
    /// For a chain that does not tell: far above any plan (a setter takes some 10⁸ ps), well below a
    /// block. What is not used is not paid.
    pub const AMPLE: Self = Self { ref_time: 200_000_000_000, proof_size: 2_000_000 };
}

/// Who pays on a chain that nobody has told otherwise.
#[expect(clippy::unnecessary_wraps, reason = "serde wants the type of the field")]
pub(crate) const fn by_the_signer() -> Option<bool> {
    Some(false)
}

#[expect(clippy::ref_option, reason = "serde hands over a reference")]
const fn is_by_the_signer(real_pays: &Option<bool>) -> bool {
    matches!(real_pays, Some(false))
}

impl Origin {
    /// The options that sign another change in the same way, with a blank before each.
    #[must_use]
    pub fn options(&self, signer: &str) -> String {
        match self {
            Self::Direct => String::new(),
            Self::Proxy(Proxy { real, .. }) => format!(" --proxy-for {real}"),
            Self::Multisig(Multisig { threshold, others, proxy, .. }) => {
                let of = proxy
                    .as_ref()
                    .map_or_else(String::new, |Proxy { real, .. }| format!(" --proxy-for {real}"));
                format!("{of} --multisig {signer},{} --threshold {threshold}", others.join(","))
            }
        }
    }

    /// Whether the signer's own calls are sent.
    #[must_use]
    pub const fn is_direct(&self) -> bool {
        matches!(self, Self::Direct)
    }

    /// In what `now` is another signing mode than this one, if it is: another account, another way of
    /// wrapping, another payer, another turn of a multisig.
    #[must_use]
    pub fn otherwise(&self, now: &Self) -> Option<String> {
        let (then, now) = (self.in_words(), now.in_words());
        (then != now).then(|| format!("the signature: {then} then, {now} now"))
    }

    /// What a signature of this signing mode is, in a few words that differ where it does.
    fn in_words(&self) -> String {
        let proxied = |proxy: &Proxy| {
            let Proxy { real, proxy_type, apart, real_pays } = proxy;
            let shape = if *apart { ", each call apart" } else { "" };
            let payer = match real_pays {
                Some(true) => ", which pays the fee",
                Some(false) => "",
                None => ", who pays the fee not known",
            };
            format!("as proxy ({proxy_type}) of {real}{payer}{shape}")
        };
        match self {
            Self::Direct => "by the owner".to_owned(),
            Self::Proxy(proxy) => proxied(proxy),
            Self::Multisig(multisig) => {
                let Multisig { account, proxy, threshold, approvals, call_hash, timepoint, .. } =
                    multisig;
                let of = proxy.as_ref().map_or_else(String::new, |it| format!(", {}", proxied(it)));
                let proposed = timepoint.as_ref().map_or_else(String::new, |timepoint| {
                    format!(", proposed at {}-{}", timepoint.height, timepoint.index)
                });
                format!(
                    "approval {approvals} of {threshold} of call {call_hash} of the multisig \
                     {account}{of}{proposed}"
                )
            }
        }
    }

    /// SS58 address of the account that the calls run as, when it is not the signer.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match (self, self.proxy()) {
            (_, Some(Proxy { real, .. })) => Some(real),
            (Self::Multisig(Multisig { account, .. }), None) => Some(account),
            (Self::Direct | Self::Proxy(_), None) => None,
        }
    }

    /// The proxy of this signing mode, be it the signer's own or the multisig's.
    #[must_use]
    pub const fn proxy(&self) -> Option<&Proxy> {
        match self {
            Self::Direct => None,
            Self::Proxy(proxy) => Some(proxy),
            Self::Multisig(Multisig { proxy, .. }) => proxy.as_ref(),
        }
    }

    /// Whether one of several calls can fail while the others stay.
    #[must_use]
    pub const fn is_apart(&self) -> bool {
        matches!(self.proxy(), Some(Proxy { apart: true, .. }))
    }
}

impl Multisig {
    /// Whether this approval runs the call.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.approvals >= self.threshold
    }
}

/// The account of a multisig: pallet-multisig hashes its own name, the sorted signatories and the
/// threshold.
#[must_use]
pub fn multisig_account(signatories: &[[u8; 32]], threshold: u16) -> [u8; 32] {
    use parity_scale_codec::Encode as _;
    let mut sorted = signatories.to_vec();
    sorted.sort_unstable();
    sp_crypto_hashing::blake2_256(&(b"modlpy/utilisuba", sorted, threshold).encode())
}

/// One entry of `Proxy.Proxies`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyEntry {
    /// SS58 address of the delegate.
    pub delegate: String,
    /// Name of the proxy type.
    pub proxy_type: String,
    /// Blocks between announcement and call; 0 needs no announcement.
    pub delay: u64,
}

/// Calls by pallet and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// Pallet name.
    pub pallet: String,
    /// Call name; `None` is all of the pallet.
    pub call: Option<String>,
}

/// Which calls a proxy type permits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those of the first list that are not in the second.
    Only(Vec<Calls>, Vec<Calls>),
    /// All but those of the first list that are not in the second.
    AllBut(Vec<Calls>, Vec<Calls>),
}

impl Filter {
    /// Whether a call is permitted.
    #[must_use]
    pub fn permits(&self, pallet: &str, call: &str) -> bool {
        let holds = |calls: &[Calls]| {
            calls.iter().any(|calls| {
                calls.pallet == pallet && calls.call.as_deref().is_none_or(|name| name == call)
            })
        };
        match self {
            Self::All => true,
            Self::Only(calls, but) => holds(calls) && !holds(but),
            Self::AllBut(calls, but) => !holds(calls) || holds(but),
        }
    }

    /// Whether several calls can go as one atomic batch.
    #[must_use]
    pub fn permits_batch(&self) -> bool {
        self.permits("Utility", "batch_all")
    }
}

/// Proxy types that permit any setter at all, the narrowest first.
pub const TYPES: &[&str] =
    &["SubnetLeaseBeneficiary", "Owner", "NonFungible", "NonTransfer", "NonCritical", "Any"];

/// Setters that the beneficiary of a lease may call at 425.
const LEASE: &[&str] = &[
    "sudo_set_serving_rate_limit",
    "sudo_set_max_difficulty",
    "sudo_set_weights_version_key",
    "sudo_set_adjustment_alpha",
    "sudo_set_immunity_period",
    "sudo_set_min_allowed_weights",
    "sudo_set_rho",
    "sudo_set_activity_cutoff",
    "sudo_set_max_burn",
    "sudo_set_bonds_moving_average",
    "sudo_set_bonds_penalty",
    "sudo_set_commit_reveal_weights_enabled",
    "sudo_set_liquid_alpha_enabled",
    "sudo_set_alpha_values",
    "sudo_set_commit_reveal_weights_interval",
    "sudo_set_toggle_transfer",
    "sudo_set_min_childkey_take_per_subnet",
];

/// What a proxy type permits of setters and batches, for a chain that does not tell. As in the filters
/// of subtensor's runtime at 425; the types that are not named permit none of it.
#[must_use]
pub fn known_filter(proxy_type: &str) -> Filter {
    let call =
        |pallet: &str, call: &str| Calls { pallet: pallet.to_owned(), call: Some(call.to_owned()) };
    let admin = |name: &&str| call("AdminUtils", name);
    match proxy_type {
        "Any" | "NonCritical" | "NonTransfer" | "NonFungible" => Filter::All,
        "Owner" => Filter::Only(
            vec![
                Calls { pallet: "AdminUtils".to_owned(), call: None },
                call("SubtensorModule", "update_symbol"),
            ],
            ["sudo_set_sn_owner_hotkey", "sudo_set_subnet_owner_hotkey"]
                .iter()
                .map(admin)
                .collect(),
        ),
        "SubnetLeaseBeneficiary" => Filter::Only(LEASE.iter().map(admin).collect(), Vec::new()),
        _ => Filter::Only(Vec::new(), Vec::new()),
    }
}
