//! The lint of intent: wanted values that the chain takes and that work against the owner.
//!
//! Every lint looks at the subnet as it will be when all that is wanted has gone, and speaks only
//! when a change is part of it. What the chain did not tell keeps a lint silent.

use crate::catalog::Limit;
use crate::finding::{self, Finding, finding};
use crate::plan::{Item, Status};
use crate::schedule;
use crate::snapshot::{Conviction, Known, Snapshot};
use crate::terms::{Intent, Terms};
use crate::value::{Unit, Value, blocks, human, looks_rounded, parse_with_unit, spoken};

/// Age in blocks from which a subnet can be taken over by the coldkey whose hotkey has the highest
/// conviction: compiled into the chain.
pub const TAKEOVER_AGE: u64 = 2_629_800;
/// First runtime in which they happen; the code has been there since 411.
const TAKEOVER_SINCE: u32 = 425;
/// First runtime in which one hotkey's own conviction decides, not all of it.
const TAKEOVER_BY_ONE: u32 = 447;
/// Blocks before that in which a change is worth a second thought: a day.
const TAKEOVER_NOTICE: u64 = 7_200;
/// Tempos in thousandths: below, a validator that misses one epoch counts as inactive.
const TWO_TEMPOS: u64 = 2_000;
/// What a new subnet gets at its registration, where that is not the default of the storage.
const REGISTRATION: &[(&str, u128)] = &[
    ("immunity_period", 5_000),
    ("max_allowed_uids", 256),
    ("max_validators", 64),
    ("min_allowed_weights", 1),
    ("tempo", 360),
];

/// The subnet as it is wanted.
struct Wanted<'a> {
    items: &'a [Item],
    snapshot: &'a Snapshot,
}

impl Wanted<'_> {
    /// The item of this name, unless the chain takes no such value.
    fn item(&self, name: &str) -> Option<&Item> {
        self.items
            .iter()
            .find(|item| item.name == name && !matches!(item.status, Status::Invalid { .. }))
    }

    /// Whether a change of one of these is asked for.
    fn any(&self, names: &[&str]) -> bool {
        let changes =
            |name: &&str| self.item(name).is_some_and(|item| item.status != Status::Unchanged);
        names.iter().any(changes)
    }

    fn value(&self, name: &str) -> Option<&Value> {
        match self.item(name) {
            Some(item) => Some(&item.to),
            None => self.snapshot.known(name).is().copied(),
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.value(name)?.as_u64()
    }

    /// Epochs from a commit of weights to their reveal; 0 where nothing is committed.
    fn reveal(&self) -> Option<u64> {
        match self.value("commit_reveal_weights_enabled")? {
            Value::Bool(true) => self.number("commit_reveal_period"),
            _ => Some(0),
        }
    }

    /// The activity cutoff in blocks, by the runtime's own rule, at this tempo and factor.
    fn cutoff(tempo: u64, factor: u64) -> u64 {
        let blocks = u128::from(factor).saturating_mul(tempo.into()) / 1_000;
        u64::try_from(blocks).unwrap_or(u64::MAX).max(1)
    }
}

/// Everything that speaks against what is wanted.
#[must_use]
pub fn findings(items: &[Item], snapshot: &Snapshot, terms: &Terms) -> Vec<Finding> {
    let wanted = Wanted { items, snapshot };
    let Intent { round, epoch_length } = terms.intent;
    let stale = stale_weights(&wanted);
    // Without a round both say that no weight acts in time: once is enough.
    let immunity = short_immunity(&wanted, round).filter(|_| round.is_some() || stale.is_none());
    let mut found: Vec<Finding> = [
        slow_weights(&wanted, epoch_length),
        immunity,
        more_weights_than_miners(&wanted),
        short_cutoff(&wanted),
        stale,
        moved_limits(&wanted),
        takeover(&wanted, terms),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.extend(items.iter().filter_map(|item| as_registered(item, snapshot)));
    found.extend(items.iter().filter_map(rounded));
    found.extend(items.iter().filter_map(|item| other_unit(item, snapshot)));
    found
}

fn slow_weights(wanted: &Wanted, epoch_length: Option<u64>) -> Option<Finding> {
    let name = "weights_rate_limit";
    if !wanted.any(&[name, "tempo"]) {
        return None;
    }
    let (limit, tempo) = (wanted.number(name)?, wanted.number("tempo")?);
    let (than, length) = [("the tempo", tempo)]
        .into_iter()
        .chain(epoch_length.map(|length| ("the validators' epoch length", length)))
        .find(|(_, length)| *length > 0 && limit > *length)?;
    let message = format!(
        "{name} is {limit} blocks, longer than {than} of {length}: validators cannot set weights \
         in every epoch"
    );
    Some(finding(
        finding::SLOW_WEIGHTS,
        name,
        message,
        &format!("set {name} to {length} blocks or fewer"),
    ))
}

fn short_immunity(wanted: &Wanted, round: Option<u64>) -> Option<Finding> {
    let name = "immunity_period";
    // The length of a round is the owner's to say; the first evaluation depends on the subnet.
    let first = ["tempo", "commit_reveal_period", "commit_reveal_weights_enabled"];
    if !wanted.any(&[name]) && (round.is_some() || !wanted.any(&first)) {
        return None;
    }
    let immunity = wanted.number(name)?;
    let (what, needed) = match round {
        Some(round) => ("a round", round),
        None => {
            let epochs = wanted.reveal()?.saturating_add(1);
            ("a first evaluation", epochs.saturating_mul(wanted.number("tempo")?))
        }
    };
    let message = format!(
        "{name} is {immunity} blocks ({}), shorter than {what} of {needed} ({}): a miner can be \
         pruned before it is ever scored",
        blocks(immunity),
        blocks(needed)
    );
    (immunity < needed).then(|| {
        finding(
            finding::SHORT_IMMUNITY,
            name,
            message,
            &format!("set {name} to at least {needed} blocks ({})", blocks(needed)),
        )
    })
}

fn more_weights_than_miners(wanted: &Wanted) -> Option<Finding> {
    let name = "min_allowed_weights";
    if !wanted.any(&[name]) {
        return None;
    }
    let guards = &wanted.snapshot.guards;
    let rewarded = guards.rewarded?;
    // The chain asks for no more weights than there are neurons.
    let least = wanted.number(name)?.min(guards.neurons.is().copied().unwrap_or(u64::MAX));
    let message = format!(
        "{name} requires {least} weights, but only {rewarded} miners earned incentive in the last epoch; \
         validators must also weight miners that earned nothing"
    );
    (rewarded > 0 && least > rewarded)
        .then(|| finding(finding::MANY_WEIGHTS, name, message, &format!("use {rewarded} or fewer")))
}

fn short_cutoff(wanted: &Wanted) -> Option<Finding> {
    let (name, old) = ("activity_cutoff_factor", "activity_cutoff");
    let tempo = wanted.number("tempo")?;
    if let Some(factor) = wanted.number(name) {
        let message = format!(
            "{name} is {factor}, a cutoff of {} blocks: a validator that misses one epoch counts as \
             inactive",
            Wanted::cutoff(tempo, factor)
        );
        return (wanted.any(&[name]) && factor < TWO_TEMPOS).then(|| {
            finding(
                finding::SHORT_CUTOFF,
                name,
                message,
                "set activity_cutoff_factor to 2000 (two tempos) or more",
            )
        });
    }
    // Up to runtime 422 the cutoff was counted in blocks.
    let cutoff = wanted.number(old)?;
    let needed = tempo.saturating_mul(2);
    let message = format!(
        "{old} is {cutoff} blocks, less than two tempos of {tempo}: a validator that misses one epoch \
         counts as inactive"
    );
    (wanted.any(&[old, "tempo"]) && cutoff < needed).then(|| {
        finding(
            finding::SHORT_CUTOFF,
            old,
            message,
            &format!("set {old} to {needed} blocks or more"),
        )
    })
}

fn stale_weights(wanted: &Wanted) -> Option<Finding> {
    let (name, switch) = ("commit_reveal_period", "commit_reveal_weights_enabled");
    if !wanted.any(&[name, switch, "immunity_period", "tempo"]) {
        return None;
    }
    let (period, tempo) = (wanted.reveal()?, wanted.number("tempo")?);
    let immunity = wanted.number("immunity_period")?;
    let age = period.saturating_mul(tempo);
    let message = format!(
        "weights take effect {period} {} ({age} blocks) after the commit, but immunity_period is \
         {immunity} blocks: a miner can be pruned before its first weights take effect",
        if period == 1 { "epoch" } else { "epochs" }
    );
    // The longest period that still ends before the immunity does.
    let hint = match immunity.saturating_sub(1).checked_div(tempo) {
        None | Some(0) => format!("set immunity_period to more than {age} blocks"),
        Some(most) => {
            format!("set {name} to {most} or less, or immunity_period to more than {age} blocks")
        }
    };
    (age > 0 && age >= immunity).then(|| finding(finding::STALE_WEIGHTS, name, message, &hint))
}

/// What a change of tempo moves without a call of its own.
fn moved_limits(wanted: &Wanted) -> Option<Finding> {
    // What is not permitted moves nothing.
    let moves = |item: &&Item| {
        item.from.as_ref() != Some(&item.to) && !matches!(item.status, Status::NotPermitted { .. })
    };
    let item = wanted.item("tempo").filter(moves)?;
    let (before, after) = (item.from.as_ref()?.as_u64()?, item.to.as_u64()?);
    let is = Wanted { items: &[], snapshot: wanted.snapshot };
    let cutoff = |subnet: &Wanted, tempo| {
        subnet.number("activity_cutoff_factor").map(|factor| Wanted::cutoff(tempo, factor))
    };
    let limit = |tempo| {
        let mut guards = wanted.snapshot.guards.clone();
        guards.schedule.tempo = tempo;
        schedule::limit(Limit::Hyperparameter(""), &guards).ok()
    };
    let reveal =
        |subnet: &Wanted, tempo| subnet.reveal().map(|epochs| epochs.saturating_mul(tempo));
    let moved: Vec<String> = [
        ("activity cutoff", cutoff(&is, before), cutoff(wanted, after)),
        ("rate limit of most changes", limit(before), limit(after)),
        ("reveal of weights", reveal(&is, before), reveal(wanted, after)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .filter_map(|(what, before, after)| Some(format!("{what} {} → {}", before?, after?)))
    .collect();
    let mut message = format!("changing tempo ({before} → {after}) restarts the epoch");
    let mut hint = "apply it when the epoch may restart";
    if !moved.is_empty() {
        hint = "to keep one of these, set it in the same plan";
        message.push_str(&format!(" and also changes, in blocks: {}", moved.join(", ")));
    }
    Some(finding(finding::MOVES_LIMITS, "tempo", message, hint))
}

/// Whether one hotkey's own conviction decides who owns a subnet, and not all of it together.
#[must_use]
pub const fn one_decides(spec_version: u32) -> bool {
    spec_version >= TAKEOVER_BY_ONE
}

/// Whether a subnet can pass to somebody else by conviction at this block, or within a day, as far as
/// is known.
#[must_use]
pub fn can_pass(spec_version: u32, registered: &Known<u64>, block: u64) -> bool {
    let soon = block.saturating_add(TAKEOVER_NOTICE);
    spec_version >= TAKEOVER_SINCE
        && match registered {
            Known::Is(registered) => registered.saturating_add(TAKEOVER_AGE) <= soon,
            Known::Unset => false,
            Known::Unreadable(_) => true,
        }
}

fn takeover(wanted: &Wanted, terms: &Terms) -> Option<Finding> {
    let goes = |item: &&Item| {
        matches!(item.status, Status::Ready | Status::Later { .. })
            && item.from.as_ref() != Some(&item.to)
    };
    let changed = wanted.items.iter().find(goes)?;
    let Snapshot { chain, guards, owner, .. } = wanted.snapshot;
    let now = terms.block(wanted.snapshot);
    if !can_pass(chain.spec_version, &guards.registered, now) {
        return None;
    }
    let when = match &guards.registered {
        Known::Is(registered) => {
            let from = registered.saturating_add(TAKEOVER_AGE);
            match from.checked_sub(now) {
                None | Some(0) => format!("at any epoch since block {from}"),
                Some(left) => format!("from block {from} (in {})", blocks(left)),
            }
        }
        Known::Unset => return None,
        Known::Unreadable(why) => {
            format!("if the subnet is old enough (unknown: {why}),")
        }
    };
    let percent = if one_decides(chain.spec_version) { 18 } else { 10 };
    let passes = "ownership can pass to the coldkey whose hotkey has the highest conviction";
    let hint = "check that you will still own the subnet when you want to roll back";
    let message = match &guards.conviction {
        // It stays where it is, or nobody has any.
        Known::Is(Conviction { coldkey, .. }) if coldkey == owner => return None,
        Known::Unset => return None,
        Known::Is(conviction) => nearness(conviction, percent, &when)?,
        Known::Unreadable(why) => {
            let much = if percent == 18 {
                "if that is more than 18% of the eligible alpha"
            } else {
                "if all conviction together is 10% of the subnet's alpha"
            };
            format!("{when} {passes}, {much}; the conviction is unknown: {why}")
        }
    };
    Some(finding(finding::TAKEOVER, &changed.name, message, hint))
}

/// How near another coldkey's hotkey with the highest conviction is to the subnet, unless it is far
/// away.
fn nearness(conviction: &Conviction, percent: u64, when: &str) -> Option<String> {
    let Conviction { hotkey, coldkey, own: _, eligible: _ } = conviction;
    let has = conviction.hundredths().map_or_else(
        || "no alpha is eligible".to_owned(),
        |share| format!("its own is {}.{:02}% of the eligible alpha", share / 100, share % 100),
    );
    let who = format!("the coldkey {coldkey}, whose hotkey {hotkey} has the highest conviction");
    if percent == 10 {
        // All together decides, and the chain tells the highest alone.
        return Some(format!(
            "{when} ownership can pass to {who}, if all conviction together is 10% of the subnet's \
             alpha; {has}"
        ));
    }
    if conviction.is_above(percent) {
        return Some(format!(
            "{when} ownership passes to {who}: {has}, and more than {percent}% is enough"
        ));
    }
    conviction.is_above(percent / 2).then(|| {
        format!("{when} ownership can pass to {who}: {has} now, and more than {percent}% is enough")
    })
}

/// Up to how much a raw integer of a unit is more likely meant in a larger one, and what that is.
fn larger_unit(raw: u128, unit: Unit) -> Option<(u128, String)> {
    Some(match unit {
        Unit::Rao => (1_000, format!("{raw} TAO")),
        Unit::AlphaRao => (1_000, format!("{raw} alpha")),
        Unit::Share16 | Unit::Share64 | Unit::PerMillion | Unit::PerQuintillion => {
            (100, format!("{raw}%"))
        }
        Unit::Fixed64 => (1_000, format!("{raw}.0")),
        Unit::PerHundred => (20, format!("{raw}.0")),
        Unit::MilliTempos => (100, format!("{raw} tempos")),
        Unit::Switch
        | Unit::Count
        | Unit::Blocks
        | Unit::Tempos
        | Unit::Epochs
        | Unit::Shares
        | Unit::Choice
        | Unit::Account
        | Unit::Text => return None,
    })
}

/// A raw integer that the chain takes, and that is next to nothing in its own unit. Where the chain
/// has as small a value, or would have, it is at home.
fn other_unit(item: &Item, snapshot: &Snapshot) -> Option<Finding> {
    let Item { name, from, to, status, .. } = item;
    let goes = matches!(status, Status::Ready | Status::Later { .. }) && from.as_ref() != Some(to);
    let Value::Uint(raw) = to else { return None };
    let unit = item.unit();
    let (most, meant) = larger_unit(*raw, unit)?;
    let at_home = |value: Option<&Value>| matches!(value, Some(Value::Uint(raw)) if (1..=most.saturating_mul(10)).contains(raw));
    if !goes
        || !(1..=most).contains(raw)
        || at_home(from.as_ref())
        || at_home(snapshot.guards.defaults.get(name))
    {
        return None;
    }
    let unit_name = if unit == Unit::Rao { " rao" } else { "" };
    let message = format!("{name}: {raw}{unit_name} is {}", human(to, unit));
    let hint = match parse_with_unit(&meant, unit) {
        Ok(value) => format!("did you mean \"{meant}\"? That is {value}"),
        Err(unreadable) => format!("did you mean {meant}? If so, {}", unreadable.hint),
    };
    Some(finding(finding::OTHER_UNIT, name, message, &hint))
}

fn as_registered(item: &Item, snapshot: &Snapshot) -> Option<Finding> {
    let Item { name, from, to, status, inert } = item;
    let known = REGISTRATION.iter().find(|(known, _)| known == name);
    let given = known
        .map(|(_, raw)| Value::Uint(*raw))
        .or_else(|| snapshot.guards.defaults.get(name).cloned())?;
    let blocked = matches!(status, Status::Invalid { .. } | Status::NotPermitted { .. });
    let wanted = inert.is_none() && from.as_ref() != Some(to) && !blocked;
    let unit = item.unit();
    // A switch has no third value, and 0 is often just off.
    let tells = matches!(to, Value::Uint(raw) if *raw > 0) && unit != Unit::Switch;
    let message =
        format!("{name} {} is the value that every new subnet starts with", spoken(to, unit));
    (wanted && tells && *to == given)
        .then(|| finding(finding::AS_REGISTERED, name, message, "check that this is intended"))
}

fn rounded(item: &Item) -> Option<Finding> {
    let message = format!("{} {} looks like a rounded floating-point number", item.name, item.to);
    (looks_rounded(&item.to) && item.from.as_ref() != Some(&item.to)).then(|| {
        let hint = "get the exact value with `subtune snapshot`";
        finding(finding::LOOKS_ROUNDED, &item.name, message, hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::*;
    use crate::plan::{Plan, Wish};
    use crate::world::world;

    /// The codes of intent about these wishes.
    fn codes(world: &Snapshot, wishes: &[(&str, Value)], intent: Intent) -> Vec<String> {
        let wishes: Vec<_> = wishes
            .iter()
            .map(|(name, value)| Wish { name: (*name).to_owned(), value: value.clone() })
            .collect();
        let terms = Terms { intent, ..Terms::default() };
        let plan = Plan::build(world, &wishes, "test", &terms);
        for Finding { message, hint, .. } in &plan.findings {
            assert!(!message.ends_with('.') && !hint.is_empty(), "{message}");
        }
        let codes = plan.findings.into_iter().map(|finding| finding.code);
        codes.filter(|code| code.starts_with("HP2") || code == MOVES_LIMITS).collect()
    }

    /// One number on the side of the boundary that is found, and one that is not.
    fn boundary(world: &Snapshot, name: &str, found: u64, quiet: u64, code: &str, intent: Intent) {
        let of = |raw: u64| codes(world, &[(name, Value::Uint(raw.into()))], intent);
        assert_eq!(of(found), [code], "{name} {found}");
        assert_eq!(of(quiet), Vec::<String>::new(), "{name} {quiet}");
    }

    #[test]
    fn each_lint_speaks_on_one_side_of_its_boundary() {
        let mut world = world();
        let none = Intent::default();
        world.hyperparameters.insert("commit_reveal_period".to_owned(), Value::Uint(1));
        let switch = "commit_reveal_weights_enabled".to_owned();
        world.hyperparameters.insert(switch, Value::Bool(true));
        world.guards.rewarded = Some(4);
        // The tempo is 360.
        boundary(&world, "weights_rate_limit", 361, 360, SLOW_WEIGHTS, none);
        let twenty_minutes = Intent { epoch_length: Some(100), ..none };
        boundary(&world, "weights_rate_limit", 101, 99, SLOW_WEIGHTS, twenty_minutes);
        boundary(&world, "immunity_period", 719, 720, SHORT_IMMUNITY, none);
        let two_days = Intent { round: Some(14_400), ..none };
        boundary(&world, "immunity_period", 14_399, 14_400, SHORT_IMMUNITY, two_days);
        boundary(&world, "min_allowed_weights", 5, 4, MANY_WEIGHTS, none);
        boundary(&world, "activity_cutoff_factor", 1_999, 2_000, SHORT_CUTOFF, none);
        boundary(&world, "immunity_period", 5_000, 5_001, AS_REGISTERED, none);
        let display = 14_757_395_258_967_642_000;
        boundary(&world, "max_difficulty", display, display + 1, LOOKS_ROUNDED, none);
    }

    #[test]
    fn weights_must_act_before_the_immunity_is_over() {
        let mut world = world();
        let on = ("commit_reveal_weights_enabled", Value::Bool(true));
        world.hyperparameters.insert("commit_reveal_period".to_owned(), Value::Uint(1));
        world.hyperparameters.insert(on.0.to_owned(), Value::Bool(false));
        let period = |raw: u128| ("commit_reveal_period", Value::Uint(raw));
        let round = Intent { round: Some(1), epoch_length: None };
        // The immunity period is 7200 blocks, 20 tempos.
        assert_eq!(codes(&world, &[period(20)], round), Vec::<String>::new(), "it is off");
        assert_eq!(codes(&world, &[period(19), on.clone()], round), Vec::<String>::new());
        assert_eq!(codes(&world, &[period(20), on], round), [STALE_WEIGHTS]);
    }

    #[test]
    fn a_change_of_tempo_says_what_it_moves() {
        let mut world = world();
        world.hyperparameters.insert("activity_cutoff_factor".to_owned(), Value::Uint(13_889));
        let wish = Wish { name: "tempo".to_owned(), value: Value::Uint(720) };
        let plan = Plan::build(&world, &[wish], "test", &Terms::default());
        let moved = plan.findings.iter().find(|finding| finding.code == MOVES_LIMITS).unwrap();
        for part in ["cutoff 5000 → 10000", "rate limit of most changes 720 → 1440"] {
            assert!(moved.message.contains(part), "{}", moved.message);
        }
    }

    #[test]
    fn a_takeover_is_told_while_it_is_possible_and_on_the_last_day_before() {
        let mut world = convicted(15, 100);
        world.guards.schedule.freeze_window = 0;
        let change = [("immunity_period", Value::Uint(9_000))];
        // The change goes in the block after the one that was read.
        let mut at = |block: u64| {
            world.block.number = block - 1;
            world.guards.registered = Known::Is(0);
            codes(&world, &change, Intent::default())
        };
        assert_eq!(at(TAKEOVER_AGE - 7_201), Vec::<String>::new());
        for block in [TAKEOVER_AGE - 7_200, TAKEOVER_AGE, TAKEOVER_AGE + 1, TAKEOVER_AGE * 3] {
            assert_eq!(at(block), [TAKEOVER], "{block}");
        }
        // Whoever cannot be told when cannot be told that it is not.
        world.block.number = 1_100;
        world.guards.registered = Known::Unreadable("odd bytes".to_owned());
        assert_eq!(codes(&world, &change, Intent::default()), [TAKEOVER]);
        // Nothing is changed, so nothing has to be taken back.
        let same = [("immunity_period", Value::Uint(7_200))];
        assert_eq!(codes(&world, &same, Intent::default()), Vec::<String>::new());
    }

    #[test]
    fn the_conviction_that_decides_is_that_of_the_runtime() {
        let mut world = convicted(15, 100);
        let mut told = |spec_version: u32| {
            world.chain.spec_version = spec_version;
            takeover_told(&world)
        };
        assert_eq!(told(424), "");
        assert!(told(425).contains("10% of the subnet's alpha; its own is 15.00%"));
        assert!(told(446).contains("10% of the subnet's alpha"));
        assert!(
            told(447).contains("15.00% of the eligible alpha now, and more than 18% is enough")
        );
        assert!(told(475).contains(&format!("since block {TAKEOVER_AGE} ")));
        world.guards.conviction = Known::Unreadable("odd bytes".to_owned());
        let unknown = takeover_told(&world);
        assert!(
            unknown.contains("18% of the eligible alpha; the conviction is unknown: odd bytes")
        );
    }

    /// A subnet of an age at which another coldkey's hotkey can take it, with so much of the alpha.
    fn convicted(own: u128, eligible: u64) -> Snapshot {
        let mut world = world();
        world.block.number = TAKEOVER_AGE + 1_000;
        world.chain.spec_version = 475;
        world.guards.registered = Known::Is(0);
        world.guards.conviction = Known::Is(Conviction {
            hotkey: "hotkey".to_owned(),
            coldkey: "coldkey".to_owned(),
            own: own << 64,
            eligible,
        });
        world
    }

    fn takeover_told(world: &Snapshot) -> String {
        let wish = Wish { name: "immunity_period".to_owned(), value: Value::Uint(9_000) };
        let plan = Plan::build(world, &[wish], "test", &Terms::default());
        let found = plan.findings.into_iter().find(|finding| finding.code == TAKEOVER);
        found.map_or_else(String::new, |finding| finding.message)
    }

    #[test]
    fn how_near_a_takeover_is_is_told() {
        let told = |own, eligible| takeover_told(&convicted(own, eligible));
        assert_eq!(told(9, 100), "", "far away");
        assert!(told(10, 100).contains("can pass to the coldkey coldkey, whose hotkey hotkey"));
        assert!(told(18, 100).contains("can pass"), "18% is not more than 18%");
        assert!(told(19, 100).contains("ownership passes to the coldkey"));
        assert!(
            told(1, 0).contains("conviction: no alpha is eligible, and more than 18% is enough")
        );
        assert_eq!(told(0, 0), "");
        assert!(told(u64::MAX.into(), u64::MAX).contains("100.00% of the eligible alpha"));
        // To the last bit.
        let mut world = convicted(18, 100);
        if let Known::Is(conviction) = &mut world.guards.conviction {
            assert!(!conviction.is_above(18));
            conviction.own += 1;
            assert!(conviction.is_above(18));
        }
        // The owner's own hotkey takes nothing away, and nobody's takes nothing either.
        let mut own = convicted(50, 100);
        own.owner = "coldkey".to_owned();
        assert_eq!(takeover_told(&own), "");
        own.guards.conviction = Known::Unset;
        assert_eq!(takeover_told(&own), "");
    }

    #[test]
    fn a_number_that_is_only_plausible_in_another_unit_is_told() {
        let mut world = world();
        let found = |world: &Snapshot, name: &str, raw: u128| {
            let wish = Wish { name: name.to_owned(), value: Value::Uint(raw) };
            let plan = Plan::build(world, &[wish], "test", &Terms::default());
            assert_eq!(plan.calls.len(), 1, "{name} {raw}: {plan:?}");
            let found = plan.findings.into_iter().find(|finding| finding.code == OTHER_UNIT);
            found.map(|finding| format!("{}; {}", finding.message, finding.hint))
        };
        assert_eq!(
            found(&world, "min_burn", 1).as_deref(),
            Some("min_burn: 1 rao is 0.000000001 TAO; did you mean \"1 TAO\"? That is 1000000000")
        );
        assert!(found(&world, "min_burn", 1_000).is_some());
        for quiet in [0, 1_001, 400_000, 999_999_999] {
            assert_eq!(found(&world, "min_burn", quiet), None, "{quiet}");
        }
        world.hyperparameters.insert("bonds_penalty".to_owned(), Value::Uint(65_535));
        let half = found(&world, "bonds_penalty", 50).unwrap();
        assert!(half.contains("did you mean 50%?") && half.contains("32767 or 32768"), "{half}");
        assert_eq!(found(&world, "bonds_penalty", 101), None);
        // Where the chain is at home with such numbers, so are we.
        world.hyperparameters.insert("bonds_penalty".to_owned(), Value::Uint(80));
        assert_eq!(found(&world, "bonds_penalty", 50), None);
        world.hyperparameters.insert("bonds_penalty".to_owned(), Value::Uint(65_535));
        world.guards.defaults.insert("bonds_penalty".to_owned(), Value::Uint(50));
        assert_eq!(found(&world, "bonds_penalty", 50), None);
        // A number of blocks or neurons has no larger unit.
        for name in ["serving_rate_limit", "min_allowed_weights", "rho"] {
            assert_eq!(found(&world, name, 1), None, "{name}");
        }
    }

    /// As much of a profile as this needs.
    #[derive(serde::Deserialize)]
    struct Shipped {
        hyperparameters: std::collections::BTreeMap<String, Value>,
    }

    #[test]
    fn no_value_of_a_shipped_profile_looks_like_another_unit() {
        let world = world();
        let mut seen = 0;
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let profile: Shipped = serde_yaml::from_str(&text).unwrap();
            for (name, value) in profile.hyperparameters {
                let row = crate::catalog::find(&name).unwrap();
                let value = match value {
                    Value::Text(text) => crate::value::parse_with_unit(&text, row.unit).unwrap(),
                    other => other,
                };
                let item = Item {
                    name,
                    from: Some(Value::Uint(0)),
                    to: value,
                    status: Status::Ready,
                    inert: None,
                };
                assert_eq!(other_unit(&item, &world), None, "{}", path.display());
                seen += 1;
            }
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn a_value_that_is_so_already_is_not_told_again() {
        let mut world = world();
        world.hyperparameters.insert("immunity_period".to_owned(), Value::Uint(100));
        let same = ("immunity_period", Value::Uint(100));
        let other = ("serving_rate_limit", Value::Uint(60));
        let none = Intent::default();
        assert_eq!(codes(&world, &[same.clone(), other], none), Vec::<String>::new());
        // It is part of what a changed tempo does.
        world.hyperparameters.insert("tempo".to_owned(), Value::Uint(400));
        let tempo = ("tempo", Value::Uint(360));
        assert_eq!(
            codes(&world, &[same, tempo], none),
            [SHORT_IMMUNITY, MOVES_LIMITS, AS_REGISTERED]
        );
    }

    #[test]
    fn what_comes_with_a_tempo_is_told_from_what_is_to_what_will_be() {
        let mut world = world();
        let was = [
            ("activity_cutoff_factor", Value::Uint(13_889)),
            ("commit_reveal_period", Value::Uint(2)),
            ("commit_reveal_weights_enabled", Value::Bool(false)),
        ];
        world.hyperparameters.extend(was.map(|(name, value)| (name.to_owned(), value)));
        let moved = |world: &Snapshot, wishes: &[(&str, Value)]| {
            let wish = |(name, value): &(&str, Value)| Wish {
                name: (*name).to_owned(),
                value: value.clone(),
            };
            let wishes: Vec<_> = wishes.iter().map(wish).collect();
            let plan = Plan::build(world, &wishes, "test", &Terms::default());
            plan.findings.into_iter().find(|finding| finding.code == MOVES_LIMITS).unwrap().message
        };
        let tempo = ("tempo", Value::Uint(720));
        // 6945 thousandths of 720 are the 5000 blocks of before.
        let kept = moved(&world, &[tempo.clone(), ("activity_cutoff_factor", Value::Uint(6_945))]);
        assert!(!kept.contains("cutoff") && !kept.contains("reveal"), "{kept}");
        assert!(kept.contains("tempo (360 → 720)"), "{kept}");
        let on = ("commit_reveal_weights_enabled", Value::Bool(true));
        world.hyperparameters.insert(on.0.to_owned(), on.1);
        let said = moved(&world, &[tempo, ("commit_reveal_period", Value::Uint(3))]);
        for part in ["cutoff 5000 → 10000", "changes 720 → 1440", "reveal of weights 720 → 2160"]
        {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn without_commit_reveal_a_miner_waits_for_one_epoch() {
        let mut world = world();
        let mut with = |on: bool| {
            let switch = "commit_reveal_weights_enabled".to_owned();
            world.hyperparameters.insert(switch, Value::Bool(on));
            world.hyperparameters.insert("commit_reveal_period".to_owned(), Value::Uint(4));
            world.clone()
        };
        let none = Intent::default();
        boundary(&with(false), "immunity_period", 359, 360, SHORT_IMMUNITY, none);
        // Five epochs; up to four of them are the worse finding, which is told alone.
        boundary(&with(true), "immunity_period", 1_799, 1_800, SHORT_IMMUNITY, none);
        boundary(&with(true), "immunity_period", 1_440, 1_800, STALE_WEIGHTS, none);
    }

    #[test]
    fn nobody_has_to_name_more_miners_than_there_are() {
        let mut world = world();
        (world.guards.neurons, world.guards.rewarded) = (Known::Is(100), Some(100));
        let all = [("min_allowed_weights", Value::Uint(256))];
        assert_eq!(codes(&world, &all, Intent::default()), Vec::<String>::new());
        world.guards.rewarded = Some(99);
        assert_eq!(codes(&world, &all, Intent::default()), [MANY_WEIGHTS]);
    }

    #[test]
    fn takeovers_came_with_runtime_425() {
        let mut world = convicted(15, 100);
        world.block.number = TAKEOVER_AGE - 1_000;
        world.chain.spec_version = 425;
        let change = [("immunity_period", Value::Uint(9_000))];
        assert_eq!(codes(&world, &change, Intent::default()), [TAKEOVER]);
        for before in [410, 424] {
            world.chain.spec_version = before;
            assert_eq!(codes(&world, &change, Intent::default()), Vec::<String>::new());
        }
    }

    #[test]
    fn what_only_root_may_set_is_no_copied_choice() {
        let mut world = world();
        world.hyperparameters.insert("max_validators".to_owned(), Value::Uint(32));
        let root = [("max_validators", Value::Uint(64))];
        assert_eq!(codes(&world, &root, Intent::default()), Vec::<String>::new());
    }

    #[test]
    fn what_the_chain_does_not_tell_keeps_it_silent() {
        let mut world = world();
        world.hyperparameters.clear();
        world.guards.schedule.tempo = 0;
        for (name, raw) in
            [("weights_rate_limit", 9_999), ("min_allowed_weights", 99), ("tempo", 0)]
        {
            let found = codes(&world, &[(name, Value::Uint(raw))], Intent::default());
            assert_eq!(found, Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn every_code_is_explained_once() {
        for (index, code) in CODES.iter().enumerate() {
            assert!(code.title.len() < 60 && code.why.ends_with('.'), "{}", code.code);
            assert!(CODES.iter().skip(index + 1).all(|other| other.code != code.code));
        }
        assert_eq!(finding::find("hp201").map(|code| code.code), Some(SLOW_WEIGHTS));
    }
}
