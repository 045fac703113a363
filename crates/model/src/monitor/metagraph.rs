//! The neurons of a subnet at one block, and what follows from what the chain stores of them.

use std::collections::BTreeMap;

use super::Mode;
use crate::snapshot::Known;

/// Blocks of a day, at twelve seconds each.
const DAY: u64 = 7_200;

/// The neurons of a subnet at one block. What the chain lacks or nobody can read is `None`, with the reason
/// in `unreadable`, or in `short` where it only comes with the next epoch.
#[derive(Debug, Clone)]
pub struct Metagraph {
    /// Whose incentives, bonds, weights and updates these are; 0 is the first mechanism.
    pub mechanism: u8,
    /// How many mechanisms there are.
    pub mechanisms: u8,
    /// How consensus is reached, where it can be read.
    pub mode: Option<Mode>,
    /// The block that everything was read at.
    pub block: u64,
    /// The block of the last epoch; 0 before the first.
    pub last_epoch: Option<u64>,
    /// Blocks from one epoch to the next, by the chain's own count; 0 for never.
    pub period: Option<u64>,
    /// What a rao of TAO on root counts in alpha, of 2^64 - 1.
    pub tao_weight: Option<u64>,
    /// Rao of alpha below which stake counts for nothing.
    pub stake_threshold: Option<u64>,
    /// Neurons that may validate.
    pub max_validators: Option<u64>,
    /// Neurons that there may be.
    pub max_neurons: Option<u64>,
    /// Blocks after its registration in which a neuron is not pruned, as long as others can be.
    pub immunity_period: Option<u64>,
    /// Neurons without immunity that are left, whoever registers.
    pub min_non_immune: Option<u64>,
    /// How many of the owner's neurons are never pruned.
    pub owner_limit: Option<u64>,
    /// SS58 address of the owner's coldkey.
    pub owner: String,
    /// SS58 address of the owner's hotkey, where one is named.
    pub owner_hotkey: Known<String>,
    /// The neurons by uid, without holes.
    pub members: Vec<Occupant>,
    /// What could not be read, and why.
    pub unreadable: BTreeMap<String, String>,
    /// Lists that are shorter than there are neurons, by name, with how many values they have.
    pub short: BTreeMap<String, usize>,
    /// More about one of them, where that was asked for.
    pub close: Option<Close>,
}

/// One neuron. Shares are of 65535.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occupant {
    /// Which.
    pub uid: u16,
    /// SS58 address of its hotkey.
    pub hotkey: String,
    /// SS58 address of the coldkey that owns it.
    pub coldkey: Option<String>,
    /// What its coldkey calls itself.
    pub name: Option<String>,
    /// Whether it may validate, as the last epoch has decided.
    pub permit: Option<bool>,
    /// Whether it has set weights recently enough, as the last epoch has found.
    pub active: Option<bool>,
    /// Validator trust.
    pub vtrust: Option<u16>,
    /// Consensus weight.
    pub consensus: Option<u16>,
    /// Incentive, in this mechanism.
    pub incentive: Option<u16>,
    /// Dividends.
    pub dividends: Option<u16>,
    /// Share of all stake.
    pub stake_weight: Option<u16>,
    /// Rao of alpha of the last epoch.
    pub emission: Option<u64>,
    /// Block of its last weights, or of their commit; 0 for never.
    pub last_update: Option<u64>,
    /// Block of its registration.
    pub registered_at: Option<u64>,
    /// Where it is reached; [`Known::Unset`] where it serves nothing.
    pub axon: Option<Known<String>>,
    /// Rao of alpha that counts for it, of parents and without that of children.
    pub alpha_stake: Option<u64>,
    /// Rao of TAO on root that counts for it, likewise.
    pub tao_stake: Option<u64>,
    /// Whose stake counts for it: share of 2^64 - 1 and hotkey.
    pub parents: Option<Vec<(u64, String)>>,
    /// For whom its stake counts.
    pub children: Option<Vec<(u64, String)>>,
}

/// One neuron looked at closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Which.
    pub uid: u16,
    /// The weights that it has set, as stored: uid and weight.
    pub weights: Option<Vec<(u16, u16)>>,
    /// Its bonds, as stored: uid and share.
    pub bonds: Option<Vec<(u16, u16)>>,
    /// Rao of alpha and of TAO on root that its own nominators hold, where they can be read.
    pub own: (Option<u64>, Option<u64>),
    /// The same of its parents, by their order.
    pub of_parents: Vec<(Option<u64>, Option<u64>)>,
}

/// What a neuron is on its subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The owner's own.
    Owner,
    /// It may validate, or will as it seems.
    Validator,
    /// It works.
    Miner,
    /// It works, and is too new to be pruned.
    Immune,
    /// Nobody can tell.
    Unknown,
}

impl Role {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Validator => "validator",
            Self::Miner => "miner",
            Self::Immune => "immune",
            Self::Unknown => "unknown",
        }
    }
}

/// So much of an amount as a proportion of 2^64 - 1 gives, by the chain's own arithmetic: 32 bits of
/// fraction, each step cut off.
#[must_use]
pub fn passed(amount: u64, proportion: u64) -> u64 {
    let fraction =
        (u128::from(proportion) << 32).checked_div(u128::from(u64::MAX)).unwrap_or_default();
    u64::try_from(u128::from(amount).saturating_mul(fraction) >> 32).unwrap_or(u64::MAX)
}

impl Metagraph {
    /// What the root stake of a neuron counts in alpha, rounded down to a rao.
    #[must_use]
    pub fn root_weight(&self, member: &Occupant) -> Option<u64> {
        Some(passed(member.tao_stake?, self.tao_weight?))
    }

    /// All stake that counts for a neuron, in rao of alpha.
    #[must_use]
    pub fn total_stake(&self, member: &Occupant) -> Option<u64> {
        self.root_weight(member)?.checked_add(member.alpha_stake?)
    }

    /// What it would get in a day, were every epoch like the last, in rao of alpha rounded down.
    #[must_use]
    pub fn daily(&self, member: &Occupant) -> Option<u64> {
        let period = u128::from(self.period?);
        let day = u128::from(member.emission?).checked_mul(u128::from(DAY))?;
        u64::try_from(day.checked_div(period)?).ok()
    }

    /// Blocks until it can be pruned like others; 0 when it can.
    #[must_use]
    pub fn immunity_left(&self, member: &Occupant) -> Option<u64> {
        let age = self.block.saturating_sub(member.registered_at?);
        Some(self.immunity_period?.saturating_sub(age))
    }

    /// Blocks since its last weights; `None` where that cannot be read or there never were any.
    #[must_use]
    pub fn updated(&self, member: &Occupant) -> Option<u64> {
        let last = member.last_update.filter(|last| *last > 0)?;
        Some(self.block.saturating_sub(last))
    }

    /// Whether it may validate: by its permit, or, before its first epoch, by whether its stake would give
    /// it one.
    #[must_use]
    pub fn validates(&self, member: &Occupant) -> Option<bool> {
        let registered = member.registered_at?;
        // In the block of an epoch registrations come after it.
        let is_new = registered > 0 && registered >= self.last_epoch?;
        match member.permit {
            Some(true) => Some(true),
            // Whoever is not new has a permit or none, even where that cannot be read.
            permit if !is_new => permit,
            Some(false) | None => self.would_validate(member),
        }
    }

    /// Whether its stake is among the highest that make validators.
    fn would_validate(&self, member: &Occupant) -> Option<bool> {
        let counts = |stake: u64| Some(stake > 0 && stake >= self.stake_threshold?);
        let own = self.total_stake(member)?;
        if !counts(own)? {
            return Some(false);
        }
        let mut before = 0u64;
        for other in &self.members {
            let stake = self.total_stake(other)?;
            // Of equals, the chain keeps those of lower uid.
            let first = stake > own || (stake == own && other.uid < member.uid);
            before = before.saturating_add(u64::from(first));
        }
        Some(before < self.max_validators?)
    }

    /// What a neuron is.
    #[must_use]
    pub fn role(&self, member: &Occupant) -> Role {
        if self.owner_hotkey.is() == Some(&member.hotkey) {
            return Role::Owner;
        }
        match (self.validates(member), self.immunity_left(member)) {
            (Some(true), _) => Role::Validator,
            (Some(false), Some(1..)) => Role::Immune,
            (Some(false), _) => Role::Miner,
            (None, _) => Role::Unknown,
        }
    }

    /// The owner's neurons that are never pruned: those that registered last, of them the lowest uids, and
    /// the hotkey that the subnet names before all.
    fn immortal(&self) -> Option<Vec<u16>> {
        let limit = usize::try_from(self.owner_limit?).unwrap_or(usize::MAX);
        let mut owned = Vec::new();
        for member in &self.members {
            if *member.coldkey.as_ref()? == self.owner {
                owned.push((std::cmp::Reverse(member.registered_at?), member.uid));
            }
        }
        owned.sort_unstable();
        let mut uids: Vec<u16> = owned.into_iter().take(limit).map(|(_, uid)| uid).collect();
        let named = match &self.owner_hotkey {
            Known::Is(hotkey) => self.members.iter().find(|one| one.hotkey == *hotkey),
            Known::Unset => None,
            Known::Unreadable(_) => return None,
        };
        if let Some(named) = named.filter(|named| !uids.contains(&named.uid)) {
            uids.insert(0, named.uid);
            uids.truncate(limit);
        }
        Some(uids)
    }

    /// The uids in the order in which newcomers would replace them, if nothing else changed: those without
    /// immunity by lowest emission, then oldest registration, then lowest uid, as long as more of them are
    /// left than the chain keeps; then those with immunity in the same order. Who is not among them is not
    /// replaced. `None` where that cannot be told.
    #[must_use]
    pub fn pruned(&self) -> Option<Vec<u16>> {
        let immortal = self.immortal()?;
        let (mut free, mut immune) = (Vec::new(), Vec::new());
        for member in self.members.iter().filter(|member| !immortal.contains(&member.uid)) {
            let key = (member.emission?, member.registered_at?, member.uid);
            match self.immunity_left(member)? {
                0 => free.push(key),
                _ => immune.push(key),
            }
        }
        free.sort_unstable();
        immune.sort_unstable();
        let floor = usize::try_from(self.min_non_immune?).unwrap_or(usize::MAX);
        free.truncate(free.len().saturating_sub(floor));
        Some(free.into_iter().chain(immune).map(|(_, _, uid)| uid).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(uid: u16, emission: u64, registered_at: u64) -> Occupant {
        Occupant {
            uid,
            hotkey: format!("h{uid}"),
            coldkey: Some("someone".to_owned()),
            permit: Some(false),
            emission: Some(emission),
            registered_at: Some(registered_at),
            alpha_stake: Some(0),
            tao_stake: Some(0),
            ..Occupant::default()
        }
    }

    fn metagraph(members: Vec<Occupant>) -> Metagraph {
        Metagraph {
            mechanism: 0,
            mechanisms: 1,
            mode: Some(Mode::Yuma),
            block: 1_000,
            last_epoch: Some(900),
            period: Some(360),
            tao_weight: Some(u64::MAX / 2),
            stake_threshold: Some(10),
            max_validators: Some(2),
            max_neurons: Some(8),
            immunity_period: Some(100),
            min_non_immune: Some(1),
            owner_limit: Some(1),
            owner: "owner".to_owned(),
            owner_hotkey: Known::Unset,
            members,
            unreadable: BTreeMap::new(),
            short: BTreeMap::new(),
            close: None,
        }
    }

    #[test]
    fn who_is_pruned_next() {
        let all = vec![
            member(0, 5, 10),
            member(1, 0, 20),
            member(2, 0, 10),
            // Equal but for the uid.
            member(3, 0, 10),
            // Immune to the last block, and not any more.
            member(4, 0, 901),
            member(5, 9, 900),
        ];
        let mut graph = metagraph(all);
        // One without immunity has to be left: that which earns most.
        assert_eq!(graph.pruned().unwrap(), [2, 3, 1, 0, 4]);
        graph.min_non_immune = Some(10);
        assert_eq!(graph.pruned().unwrap(), [4]);
        graph.min_non_immune = Some(0);
        // The owner's that registered last is spared, and the one that is named before it.
        graph.members[2].coldkey = Some("owner".to_owned());
        graph.members[1].coldkey = Some("owner".to_owned());
        assert_eq!(graph.pruned().unwrap(), [2, 3, 0, 5, 4]);
        graph.owner_hotkey = Known::Is("h3".to_owned());
        assert_eq!(graph.pruned().unwrap(), [2, 1, 0, 5, 4]);
        graph.owner_limit = Some(2);
        assert_eq!(graph.pruned().unwrap(), [2, 0, 5, 4]);
        // What cannot be read makes no order.
        graph.members[5].emission = None;
        assert_eq!(graph.pruned(), None);
    }

    #[test]
    fn what_a_neuron_is() {
        let mut graph = metagraph((0..5).map(|uid| member(uid, 0, 10)).collect());
        graph.members[0].permit = Some(true);
        graph.members[1].registered_at = Some(950);
        graph.members[2].registered_at = Some(950);
        graph.members[2].alpha_stake = Some(10);
        // Enough stake and old: the epoch has denied it.
        graph.members[3].alpha_stake = Some(9);
        let roles = |graph: &Metagraph| {
            graph.members.iter().map(|one| graph.role(one).name()).collect::<Vec<_>>()
        };
        assert_eq!(roles(&graph), ["validator", "immune", "validator", "miner", "miner"]);
        graph.max_validators = Some(0);
        assert_eq!(roles(&graph)[2], "immune");
        graph.members[0].permit = None;
        assert_eq!(roles(&graph)[0], "unknown");
        graph.members[4].tao_stake = None;
        graph.owner_hotkey = Known::Is("h4".to_owned());
        assert_eq!(roles(&graph)[1..], ["immune", "unknown", "miner", "owner"]);
    }

    #[test]
    fn amounts_are_cut_as_the_chain_cuts_them() {
        // 2^31 of 2^32: half of it, less what the division cuts off.
        assert_eq!(passed(1_000_000_000, u64::MAX / 2), 499_999_999);
        assert_eq!(passed(u64::MAX, u64::MAX), u64::MAX);
        assert_eq!(passed(7, 0), 0);
        let mut one = member(0, 360, 10);
        (one.alpha_stake, one.tao_stake) = (Some(1), Some(1_000_000_000));
        let graph = metagraph(vec![one.clone()]);
        assert_eq!(graph.total_stake(&one), Some(500_000_000));
        assert_eq!(graph.daily(&one), Some(7_200));
        assert_eq!(graph.immunity_left(&one), Some(0));
        one.tao_stake = None;
        assert_eq!(graph.total_stake(&one), None);
    }
}
