//! What a hotkey's stake counts for: with what it was lent by parents, and without what it lends to children.

use super::{pallet::*, types::*};
use alloc::vec::Vec;
use codec::{Compact, Decode, Encode};
use frame_support::pallet_prelude::TypeInfo;

/// The stake of a neuron, in rao.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stakes {
    /// Of the subnet's own alpha.
    pub alpha: u64,
    /// On root.
    pub tao: u64,
    /// Both, root by its weight.
    pub total: u64,
}

/// What is asked of a subnet, field by field; on this chain only hotkeys and stakes are ever there.
#[derive(Clone, Debug, Decode, Encode, Eq, PartialEq, TypeInfo)]
pub struct SelectiveMetagraph<AccountId> {
    pub netuid: Compact<u16>,
    pub name: Option<Vec<Compact<u8>>>,
    pub symbol: Option<Vec<Compact<u8>>>,
    pub identity: Option<Option<SubnetIdentityV3>>,
    pub network_registered_at: Option<Compact<u64>>,
    pub owner_hotkey: Option<AccountId>,
    pub owner_coldkey: Option<AccountId>,
    pub block: Option<Compact<u64>>,
    pub tempo: Option<Compact<u16>>,
    pub last_step: Option<Compact<u64>>,
    pub blocks_since_last_step: Option<Compact<u64>>,
    pub subnet_emission: Option<Compact<u64>>,
    pub alpha_in: Option<Compact<u64>>,
    pub alpha_out: Option<Compact<u64>>,
    pub tao_in: Option<Compact<u64>>,
    pub alpha_out_emission: Option<Compact<u64>>,
    pub alpha_in_emission: Option<Compact<u64>>,
    pub tao_in_emission: Option<Compact<u64>>,
    pub pending_alpha_emission: Option<Compact<u64>>,
    pub pending_root_emission: Option<Compact<u64>>,
    pub subnet_volume: Option<Compact<u128>>,
    pub moving_price: Option<I96F32>,
    pub rho: Option<Compact<u16>>,
    pub kappa: Option<Compact<u16>>,
    pub min_allowed_weights: Option<Compact<u16>>,
    pub max_weights_limit: Option<Compact<u16>>,
    pub weights_version: Option<Compact<u64>>,
    pub weights_rate_limit: Option<Compact<u64>>,
    pub activity_cutoff: Option<Compact<u64>>,
    pub max_validators: Option<Compact<u16>>,
    pub num_uids: Option<Compact<u16>>,
    pub max_uids: Option<Compact<u16>>,
    pub burn: Option<Compact<u64>>,
    pub difficulty: Option<Compact<u64>>,
    pub registration_allowed: Option<bool>,
    pub pow_registration_allowed: Option<bool>,
    pub immunity_period: Option<Compact<u16>>,
    pub min_difficulty: Option<Compact<u64>>,
    pub max_difficulty: Option<Compact<u64>>,
    pub min_burn: Option<Compact<u64>>,
    pub max_burn: Option<Compact<u64>>,
    pub adjustment_alpha: Option<Compact<u64>>,
    pub adjustment_interval: Option<Compact<u16>>,
    pub target_regs_per_interval: Option<Compact<u16>>,
    pub max_regs_per_block: Option<Compact<u16>>,
    pub serving_rate_limit: Option<Compact<u64>>,
    pub commit_reveal_weights_enabled: Option<bool>,
    pub commit_reveal_period: Option<Compact<u64>>,
    pub liquid_alpha_enabled: Option<bool>,
    pub alpha_high: Option<Compact<u16>>,
    pub alpha_low: Option<Compact<u16>>,
    pub bonds_moving_avg: Option<Compact<u64>>,
    pub hotkeys: Option<Vec<AccountId>>,
    pub coldkeys: Option<Vec<AccountId>>,
    pub identities: Option<Vec<Option<ChainIdentityV2>>>,
    pub axons: Option<Vec<AxonInfo>>,
    pub active: Option<Vec<bool>>,
    pub validator_permit: Option<Vec<bool>>,
    pub pruning_score: Option<Vec<Compact<u16>>>,
    pub last_update: Option<Vec<Compact<u64>>>,
    pub emission: Option<Vec<Compact<u64>>>,
    pub dividends: Option<Vec<Compact<u16>>>,
    pub incentives: Option<Vec<Compact<u16>>>,
    pub consensus: Option<Vec<Compact<u16>>>,
    pub trust: Option<Vec<Compact<u16>>>,
    pub rank: Option<Vec<Compact<u16>>>,
    pub block_at_registration: Option<Vec<Compact<u64>>>,
    pub alpha_stake: Option<Vec<Compact<u64>>>,
    pub tao_stake: Option<Vec<Compact<u64>>>,
    pub total_stake: Option<Vec<Compact<u64>>>,
    pub tao_dividends_per_hotkey: Option<Vec<(AccountId, Compact<u64>)>>,
    pub alpha_dividends_per_hotkey: Option<Vec<(AccountId, Compact<u64>)>>,
    pub validators: Option<Vec<Compact<u16>>>,
    pub commitments: Option<Vec<(AccountId, Vec<Compact<u8>>)>>,
}

impl<T: Config> Pallet<T> {
    /// What a hotkey has on a subnet, in rao, after what is lent between it and its kin of another subnet.
    fn inherited(hotkey: &T::AccountId, kin: NetUid, netuid: NetUid) -> u64 {
        // Proportions and amounts with 32 bits of fraction, each product rounded down.
        let lent = |of: &T::AccountId, proportion: u64| {
            let share = (u128::from(proportion) << 32) / u128::from(u64::MAX);
            u128::from(TotalHotkeyAlpha::<T>::get(of, netuid).0).saturating_mul(share)
        };
        let own = u128::from(TotalHotkeyAlpha::<T>::get(hotkey, netuid).0) << 32;
        let to_children = ChildKeys::<T>::get(hotkey, kin)
            .iter()
            .fold(0_u128, |sum, (proportion, _)| sum.saturating_add(lent(hotkey, *proportion)));
        let of_parents =
            ParentKeys::<T>::get(hotkey, kin).iter().fold(0_u128, |sum, (proportion, parent)| {
                sum.saturating_add(lent(parent, *proportion))
            });
        let left = own.saturating_sub(to_children).saturating_add(of_parents);
        u64::try_from(left >> 32).unwrap_or(u64::MAX)
    }

    /// The stake that an epoch counts, with 64 bits of fraction.
    pub(super) fn stake_in_epoch(hotkey: &T::AccountId, netuid: NetUid) -> i128 {
        let alpha = u128::from(Self::inherited(hotkey, netuid, netuid)) << 64;
        let root = u128::from(Self::inherited(hotkey, netuid, ROOT));
        let weight = (u128::from(TaoWeight::<T>::get()) << 32) / u128::from(u64::MAX);
        let total = alpha.saturating_add(root.saturating_mul(weight) << 32);
        i128::try_from(total).unwrap_or(i128::MAX)
    }

    /// The same in rao, with its parts.
    pub fn stakes(hotkey: &T::AccountId, netuid: NetUid) -> Stakes {
        let total = Self::stake_in_epoch(hotkey, netuid) >> 64;
        Stakes {
            alpha: Self::inherited(hotkey, netuid, netuid),
            tao: Self::inherited(hotkey, netuid, ROOT),
            total: u64::try_from(total).unwrap_or(u64::MAX),
        }
    }

    /// What is asked for of a subnet, by the numbers of the fields.
    pub fn selective_metagraph(
        netuid: NetUid,
        indexes: &[u16],
    ) -> Option<SelectiveMetagraph<T::AccountId>> {
        if !Self::subnet_exists(netuid) {
            return None;
        }
        let asked = |index: u16| indexes.contains(&index);
        let hotkeys: Vec<T::AccountId> =
            (0..SubnetworkN::<T>::get(netuid)).map(|uid| Keys::<T>::get(netuid, uid)).collect();
        let all = |part: &dyn Fn(Stakes) -> u64| {
            hotkeys.iter().map(|hotkey| Compact(part(Self::stakes(hotkey, netuid)))).collect()
        };
        Some(SelectiveMetagraph {
            netuid: Compact(netuid.0),
            name: None,
            symbol: None,
            identity: None,
            network_registered_at: None,
            owner_hotkey: None,
            owner_coldkey: None,
            block: None,
            tempo: None,
            last_step: None,
            blocks_since_last_step: None,
            subnet_emission: None,
            alpha_in: None,
            alpha_out: None,
            tao_in: None,
            alpha_out_emission: None,
            alpha_in_emission: None,
            tao_in_emission: None,
            pending_alpha_emission: None,
            pending_root_emission: None,
            subnet_volume: None,
            moving_price: None,
            rho: None,
            kappa: None,
            min_allowed_weights: None,
            max_weights_limit: None,
            weights_version: None,
            weights_rate_limit: None,
            activity_cutoff: None,
            max_validators: None,
            num_uids: None,
            max_uids: None,
            burn: None,
            difficulty: None,
            registration_allowed: None,
            pow_registration_allowed: None,
            immunity_period: None,
            min_difficulty: None,
            max_difficulty: None,
            min_burn: None,
            max_burn: None,
            adjustment_alpha: None,
            adjustment_interval: None,
            target_regs_per_interval: None,
            max_regs_per_block: None,
            serving_rate_limit: None,
            commit_reveal_weights_enabled: None,
            commit_reveal_period: None,
            liquid_alpha_enabled: None,
            alpha_high: None,
            alpha_low: None,
            bonds_moving_avg: None,
            hotkeys: asked(52).then(|| hotkeys.clone()),
            coldkeys: None,
            identities: None,
            axons: None,
            active: None,
            validator_permit: None,
            pruning_score: None,
            last_update: None,
            emission: None,
            dividends: None,
            incentives: None,
            consensus: None,
            trust: None,
            rank: None,
            block_at_registration: None,
            alpha_stake: asked(67).then(|| all(&|stake| stake.alpha)),
            tao_stake: asked(68).then(|| all(&|stake| stake.tao)),
            total_stake: asked(69).then(|| all(&|stake| stake.total)),
            tao_dividends_per_hotkey: None,
            alpha_dividends_per_hotkey: None,
            validators: None,
            commitments: None,
        })
    }
}
