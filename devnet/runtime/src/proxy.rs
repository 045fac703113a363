//! What a proxy of each type may call.

use crate::{AllPalletsWithSystem, Runtime, RuntimeCall, admin_utils, subtensor, swap};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::TypeInfo, traits::InstanceFilter};

/// The types of proxies, with the chain's numbers.
#[derive(
    Clone,
    Copy,
    Debug,
    Decode,
    DecodeWithMemTracking,
    Default,
    Encode,
    Eq,
    MaxEncodedLen,
    Ord,
    PartialEq,
    PartialOrd,
    TypeInfo,
)]
pub enum ProxyType {
    /// Everything.
    #[default]
    Any,
    /// The setters of a subnet.
    Owner,
    /// Everything that can be undone.
    NonCritical,
    /// Everything that moves no funds.
    NonTransfer,
    /// Nothing any more.
    Senate,
    /// Everything that moves neither funds nor stake.
    NonFungible,
    /// Nothing any more.
    Triumvirate,
    /// Nothing any more.
    Governance,
    /// Stake.
    Staking,
    /// Registrations.
    Registration,
    /// Transfers.
    Transfer,
    /// Transfers below half a TAO.
    SmallTransfer,
    /// Nothing any more.
    RootWeights,
    /// Childkeys.
    ChildKeys,
    /// A runtime upgrade by the sudo key.
    SudoUncheckedSetCode,
    /// A change of hotkey.
    SwapHotkey,
    /// A part of the setters, for the beneficiary of a lease.
    SubnetLeaseBeneficiary,
    /// Claims of root dividends.
    RootClaim,
    /// Trades of baskets.
    BasketTrading,
}

/// Transfers of this many rao and more are not small.
const SMALL_TRANSFER: u64 = 500_000_000;

/// Transfers of free balance.
const TRANSFERS: [&str; 3] = ["transfer_keep_alive", "transfer_allow_death", "transfer_all"];
/// Those of which the amount counts.
const SMALL_TRANSFERS: [&str; 2] = ["transfer_keep_alive", "transfer_allow_death"];
/// What the beneficiary of a lease may set.
const LEASE_CALLS: [&str; 21] = [
    "sudo_set_serving_rate_limit",
    "sudo_set_min_difficulty",
    "sudo_set_max_difficulty",
    "sudo_set_weights_version_key",
    "sudo_set_adjustment_alpha",
    "sudo_set_immunity_period",
    "sudo_set_min_allowed_weights",
    "sudo_set_kappa",
    "sudo_set_rho",
    "sudo_set_activity_cutoff",
    "sudo_set_network_registration_allowed",
    "sudo_set_max_burn",
    "sudo_set_bonds_moving_average",
    "sudo_set_bonds_penalty",
    "sudo_set_commit_reveal_weights_enabled",
    "sudo_set_liquid_alpha_enabled",
    "sudo_set_alpha_values",
    "sudo_set_commit_reveal_weights_interval",
    "sudo_set_toggle_transfer",
    "sudo_set_min_childkey_take_per_subnet",
    "sudo_set_subnet_emission_enabled",
];

impl ProxyType {
    /// All types, in the order of their numbers.
    pub const ALL: [Self; 19] = [
        Self::Any,
        Self::Owner,
        Self::NonCritical,
        Self::NonTransfer,
        Self::Senate,
        Self::NonFungible,
        Self::Triumvirate,
        Self::Governance,
        Self::Staking,
        Self::Registration,
        Self::Transfer,
        Self::SmallTransfer,
        Self::RootWeights,
        Self::ChildKeys,
        Self::SudoUncheckedSetCode,
        Self::SwapHotkey,
        Self::SubnetLeaseBeneficiary,
        Self::RootClaim,
        Self::BasketTrading,
    ];

    /// Whether a proxy of this type may make a call, whatever is inside.
    #[must_use]
    pub fn permits(self, pallet: &str, call: &str) -> bool {
        match self {
            Self::Any => true,
            Self::NonCritical => pallet != "Sudo",
            Self::NonTransfer | Self::NonFungible => pallet != "Balances",
            Self::Owner => match pallet {
                "AdminUtils" => call != "sudo_set_sn_owner_hotkey",
                _ => (pallet, call) == ("SubtensorModule", "update_symbol"),
            },
            Self::SubnetLeaseBeneficiary => pallet == "AdminUtils" && LEASE_CALLS.contains(&call),
            Self::Transfer => pallet == "Balances" && TRANSFERS.contains(&call),
            Self::SmallTransfer => pallet == "Balances" && SMALL_TRANSFERS.contains(&call),
            Self::SudoUncheckedSetCode => (pallet, call) == ("Sudo", "sudo_unchecked_weight"),
            Self::Senate
            | Self::Triumvirate
            | Self::Governance
            | Self::Staking
            | Self::Registration
            | Self::RootWeights
            | Self::ChildKeys
            | Self::SwapHotkey
            | Self::RootClaim
            | Self::BasketTrading => false,
        }
    }

    /// Whether what is inside the call is permitted, too.
    fn permits_inside(self, call: &RuntimeCall) -> bool {
        match (self, call) {
            (
                Self::SmallTransfer,
                RuntimeCall::Balances(
                    pallet_balances::Call::transfer_keep_alive { value, .. }
                    | pallet_balances::Call::transfer_allow_death { value, .. },
                ),
            ) => *value < SMALL_TRANSFER,
            (
                Self::SudoUncheckedSetCode,
                RuntimeCall::Sudo(pallet_sudo::Call::sudo_unchecked_weight { call, .. }),
            ) => matches!(**call, RuntimeCall::System(frame_system::Call::set_code { .. })),
            _ => true,
        }
    }

    /// What a call of this kind has to keep to, in the words of the chain's API.
    fn constraint(self) -> Option<CallConstraint> {
        match self {
            Self::SmallTransfer => Some(CallConstraint::ParamLessThan {
                param_name: b"value".to_vec(),
                limit: SMALL_TRANSFER.into(),
            }),
            Self::SudoUncheckedSetCode => Some(CallConstraint::NestedCallMustBe {
                pallet_name: b"System".to_vec(),
                call_name: b"set_code".to_vec(),
            }),
            _ => None,
        }
    }

    /// The type in the words of the chain's API.
    #[must_use]
    pub fn told(self) -> ProxyFilterInfo {
        let filter_mode = match self {
            Self::Any => FilterMode::AllowAll,
            _ => FilterMode::Allow(
                calls()
                    .filter(|(pallet, _, call, _)| self.permits(pallet, call))
                    .map(|(pallet, pallet_index, call, call_index)| CallInfo {
                        pallet_name: pallet.as_bytes().to_vec(),
                        pallet_index,
                        call_name: call.as_bytes().to_vec(),
                        call_index,
                        constraint: self.constraint(),
                    })
                    .collect(),
            ),
        };
        ProxyFilterInfo {
            proxy_type: self.number(),
            name: format!("{self:?}").into_bytes(),
            deprecated: self.is_deprecated(),
            filter_mode,
        }
    }

    /// The number of the type.
    #[must_use]
    pub fn number(self) -> u8 {
        self.encode().first().copied().unwrap_or_default()
    }

    /// Whether nobody should give such a proxy any more.
    #[must_use]
    pub const fn is_deprecated(self) -> bool {
        matches!(self, Self::Senate | Self::Triumvirate | Self::Governance | Self::RootWeights)
    }
}

/// All calls of the runtime, with the numbers of pallet and call.
fn calls() -> impl Iterator<Item = (&'static str, u8, &'static str, u8)> {
    use frame_support::traits::{GetCallIndex, GetCallName, PalletsInfoAccess as _};
    fn of<C: GetCallName + GetCallIndex>() -> (&'static [&'static str], &'static [u8]) {
        (C::get_call_names(), C::get_call_indices())
    }
    AllPalletsWithSystem::infos().into_iter().flat_map(|pallet| {
        let (names, numbers) = match pallet.name {
            "System" => of::<frame_system::Call<Runtime>>(),
            "Timestamp" => of::<pallet_timestamp::Call<Runtime>>(),
            "Balances" => of::<pallet_balances::Call<Runtime>>(),
            "SubtensorModule" => of::<subtensor::Call<Runtime>>(),
            "Utility" => of::<pallet_utility::Call<Runtime>>(),
            "Sudo" => of::<pallet_sudo::Call<Runtime>>(),
            "Multisig" => of::<pallet_multisig::Call<Runtime>>(),
            "Proxy" => of::<pallet_proxy::Call<Runtime>>(),
            "AdminUtils" => of::<admin_utils::Call<Runtime>>(),
            "SafeMode" => of::<pallet_safe_mode::Call<Runtime>>(),
            "Swap" => of::<swap::Call<Runtime>>(),
            _ => (&[][..], &[][..]),
        };
        let index = u8::try_from(pallet.index).unwrap_or(u8::MAX);
        names.iter().zip(numbers).map(move |(name, number)| (pallet.name, index, *name, *number))
    })
}

/// A proxy type, for who looks for one.
#[derive(Debug, Encode, Decode, TypeInfo)]
pub struct ProxyTypeInfo {
    pub name: Vec<u8>,
    pub index: u8,
    pub deprecated: bool,
}

/// What a proxy type permits.
#[derive(Debug, Encode, Decode, TypeInfo)]
pub struct ProxyFilterInfo {
    pub proxy_type: u8,
    pub name: Vec<u8>,
    pub deprecated: bool,
    pub filter_mode: FilterMode,
}

/// How it permits.
#[derive(Debug, Encode, Decode, TypeInfo)]
pub enum FilterMode {
    AllowAll,
    Allow(Vec<CallInfo>),
}

/// A call that is permitted.
#[derive(Debug, Encode, Decode, TypeInfo)]
pub struct CallInfo {
    pub pallet_name: Vec<u8>,
    pub pallet_index: u8,
    pub call_name: Vec<u8>,
    pub call_index: u8,
    pub constraint: Option<CallConstraint>,
}

/// What it has to keep to.
#[derive(Debug, Encode, Decode, TypeInfo)]
pub enum CallConstraint {
    ParamLessThan { param_name: Vec<u8>, limit: u128 },
    NestedCallMustBe { pallet_name: Vec<u8>, call_name: Vec<u8> },
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        use frame_support::traits::GetCallMetadata as _;
        let named = call.get_call_metadata();
        self.permits(named.pallet_name, named.function_name) && self.permits_inside(call)
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (one, another) if one == another => true,
            (Self::Any, _) => true,
            (Self::NonTransfer, other) => !matches!(
                other,
                Self::Any | Self::Transfer | Self::SmallTransfer | Self::NonCritical
            ),
            (Self::Transfer, Self::SmallTransfer) => true,
            _ => false,
        }
    }
}
