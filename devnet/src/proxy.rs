//! What a proxy of each type may call.

use crate::{RuntimeCall, admin_utils, subtensor};
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

fn is_transfer(call: &RuntimeCall) -> bool {
    use pallet_balances::Call;
    matches!(
        call,
        RuntimeCall::Balances(
            Call::transfer_keep_alive { .. }
                | Call::transfer_allow_death { .. }
                | Call::transfer_all { .. }
        )
    )
}

fn is_small_transfer(call: &RuntimeCall) -> bool {
    use pallet_balances::Call;
    match call {
        RuntimeCall::Balances(
            Call::transfer_keep_alive { value, .. } | Call::transfer_allow_death { value, .. },
        ) => *value < SMALL_TRANSFER,
        _ => false,
    }
}

fn is_owner_call(call: &RuntimeCall) -> bool {
    use admin_utils::Call;
    match call {
        RuntimeCall::AdminUtils(Call::sudo_set_sn_owner_hotkey { .. }) => false,
        RuntimeCall::AdminUtils(_)
        | RuntimeCall::SubtensorModule(subtensor::Call::update_symbol { .. }) => true,
        _ => false,
    }
}

fn is_lease_call(call: &RuntimeCall) -> bool {
    use admin_utils::Call;
    matches!(
        call,
        RuntimeCall::AdminUtils(
            Call::sudo_set_serving_rate_limit { .. }
                | Call::sudo_set_min_difficulty { .. }
                | Call::sudo_set_max_difficulty { .. }
                | Call::sudo_set_weights_version_key { .. }
                | Call::sudo_set_adjustment_alpha { .. }
                | Call::sudo_set_immunity_period { .. }
                | Call::sudo_set_min_allowed_weights { .. }
                | Call::sudo_set_kappa { .. }
                | Call::sudo_set_rho { .. }
                | Call::sudo_set_activity_cutoff { .. }
                | Call::sudo_set_network_registration_allowed { .. }
                | Call::sudo_set_max_burn { .. }
                | Call::sudo_set_bonds_moving_average { .. }
                | Call::sudo_set_bonds_penalty { .. }
                | Call::sudo_set_commit_reveal_weights_enabled { .. }
                | Call::sudo_set_liquid_alpha_enabled { .. }
                | Call::sudo_set_alpha_values { .. }
                | Call::sudo_set_commit_reveal_weights_interval { .. }
                | Call::sudo_set_toggle_transfer { .. }
                | Call::sudo_set_min_childkey_take_per_subnet { .. }
                | Call::sudo_set_subnet_emission_enabled { .. }
        )
    )
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            Self::NonCritical => !matches!(call, RuntimeCall::Sudo(_)),
            Self::NonTransfer | Self::NonFungible => !matches!(call, RuntimeCall::Balances(_)),
            Self::Owner => is_owner_call(call),
            Self::SubnetLeaseBeneficiary => is_lease_call(call),
            Self::Transfer => is_transfer(call),
            Self::SmallTransfer => is_small_transfer(call),
            Self::SudoUncheckedSetCode => match call {
                RuntimeCall::Sudo(pallet_sudo::Call::sudo_unchecked_weight { call, .. }) => {
                    matches!(**call, RuntimeCall::System(frame_system::Call::set_code { .. }))
                }
                _ => false,
            },
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
