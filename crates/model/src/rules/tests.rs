use std::collections::BTreeMap;

use super::*;
use crate::catalog::{self, BUDGET_CONSTANT, Source};
use crate::hash::Hash32;
use crate::plan::{Plan, Wish};
use crate::snapshot::{Commits, Guards};
use crate::world::{World, world};

fn plan(world: &Snapshot, wishes: &[(&str, Value)]) -> Plan {
    let wishes: Vec<_> = wishes
        .iter()
        .map(|(name, value)| Wish { name: (*name).to_owned(), value: value.clone() })
        .collect();
    Plan::build(world, &wishes, "test", &Terms::default())
}

fn calls(plan: &Plan) -> Vec<&str> {
    plan.calls.iter().map(|call| call.call.as_str()).collect()
}

fn error(plan: &Plan) -> Option<&str> {
    plan.blocked().find_map(|item| match &item.status {
        Status::Later { error, .. } => Some(error.as_str()),
        Status::NotPermitted { error, .. } | Status::Invalid { error, .. } => error.as_deref(),
        Status::Ready | Status::Unchanged | Status::Unknown { .. } => None,
    })
}

fn says(plan: &Plan, words: &str) -> bool {
    plan.findings.iter().any(|finding| finding.message.contains(words))
}

#[test]
fn each_wish_gets_the_answer_of_the_chain() {
    let world = world();
    let is = |name, value, wanted: Option<&str>| {
        let plan = plan(&world, &[(name, value)]);
        assert_eq!(error(&plan), wanted, "{name}: {:?}", plan.items);
        assert_eq!(plan.calls.is_empty(), wanted.is_some());
    };
    is("immunity_period", Value::Uint(12_000), None);
    is("weights_rate_limit", Value::Uint(360), Some(BAD_ORIGIN));
    is("min_burn", Value::Uint(1_000_000_000), Some("AdminUtils.ValueNotInBounds"));
    is("min_burn", Value::Uint(999_999_999), None);
    is("max_burn", Value::Uint(100_000_000), Some("AdminUtils.ValueNotInBounds"));
    is("alpha_low", Value::Uint(40_000), Some("SubtensorModule.LiquidAlphaDisabled"));
    is("max_allowed_uids", Value::Uint(99), Some("AdminUtils.MaxAllowedUIdsLessThanCurrentUIds"));
    is("mechanism_count", Value::Uint(2), Some("SubtensorModule.TooManyUIDsPerMechanism"));
    is("tempo", Value::Uint(359), Some("SubtensorModule.TempoOutOfBounds"));
    let same = plan(&world, &[("immunity_period", Value::Uint(7_200))]);
    assert_eq!(same.items.first().map(|item| &item.status), Some(&Status::Unchanged));
}

#[test]
fn one_way_to_register_stays_on_and_a_swap_is_ordered() {
    let world = World::newest().done();
    let (burn, pow) = ("registration_allowed", "network_pow_registration_allowed");
    let off = plan(&world, &[(burn, Value::Bool(false))]);
    assert_eq!(error(&off), Some("AdminUtils.InvalidValue"));
    let on = plan(&world, &[(pow, Value::Bool(true))]);
    assert_eq!((error(&on), on.calls.len()), (None, 1));
    let swap = plan(&world, &[(burn, Value::Bool(false)), (pow, Value::Bool(true))]);
    assert_eq!(error(&swap), None);
    assert_eq!(
        calls(&swap),
        ["sudo_set_network_pow_registration_allowed", "sudo_set_network_registration_allowed"]
    );
    // Its rate limit and its window came with runtime 474.
    let mut limited = world.clone();
    limited.guards.last_change.insert(burn.to_owned(), 1_000);
    let late = plan(&limited, &[(pow, Value::Bool(true)), (burn, Value::Bool(false))]);
    assert_eq!(error(&late), Some(RATE_LIMIT));
    let before = crate::world::world();
    assert_eq!(error(&plan(&before, &[(burn, Value::Bool(true))])), Some(BAD_ORIGIN));
    let mut unread = world.clone();
    unread.unreadable.insert(pow.to_owned(), "odd bytes".to_owned());
    assert!(unclear(&unread, &Wish { name: burn.to_owned(), value: Value::Bool(false) }, false));
}

fn mode(name: &str) -> Value {
    Value::Text(name.to_owned())
}

#[test]
fn a_switch_of_the_consensus_shows_what_it_brings() {
    let mut world = World::newest().done();
    let null = plan(&world, &[("epoch_consensus", mode("null"))]);
    assert_eq!((error(&null), calls(&null)), (None, vec!["sudo_set_epoch_consensus"]));
    assert!(says(&null, "the chain also changes max_validators 64 → 1"), "{:?}", null.findings);
    // More neurons than Yuma takes, in the order that works.
    let more = [("max_allowed_uids", Value::Uint(2_000)), ("epoch_consensus", mode("null"))];
    let both = plan(&world, &more);
    assert_eq!(error(&both), None);
    assert_eq!(calls(&both), ["sudo_set_epoch_consensus", "sudo_set_max_allowed_uids"]);
    let alone = plan(&world, &more[..1]);
    let most = "AdminUtils.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids";
    assert_eq!(error(&alone), Some(most));
    // And back: the chain clamps one and restores the other.
    world.hyperparameters.insert("epoch_consensus".to_owned(), mode("null"));
    world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(2_000));
    world.hyperparameters.insert("max_validators".to_owned(), Value::Uint(1));
    world.guards.saved_validators = Known::Is(64);
    let back = plan(&world, &[("epoch_consensus", mode("yuma"))]);
    let told = "max_allowed_uids 2000 → 256 and max_validators 1 → 64";
    assert!(says(&back, told), "{:?}", back.findings);
    world.guards.neurons = Known::Is(257);
    let full = plan(&world, &[("epoch_consensus", mode("yuma"))]);
    assert_eq!(error(&full), Some("SubtensorModule.TooManyUIDsPerMechanism"));
    // Null reads neither bonds nor liquid alpha.
    let bonds = plan(&world, &[("bonds_moving_avg", Value::Uint(900_000))]);
    assert_eq!(bonds.items[0].inert.as_deref(), Some("Null consensus does not read it"));
    let yuma = [("epoch_consensus", mode("yuma")), ("bonds_moving_avg", Value::Uint(900_000))];
    world.guards.neurons = Known::Is(100);
    let with = plan(&world, &yuma);
    assert_eq!(with.items.iter().filter(|item| item.inert.is_some()).count(), 0);
}

#[test]
fn a_switch_of_the_consensus_waits_for_timelocked_weights() {
    let mut world = World::newest().done();
    let wish = Wish { name: "epoch_consensus".to_owned(), value: mode("null") };
    assert!(!unclear(&world, &wish, false));
    let waiting = Commits(BTreeMap::from([(0, 3), (1, 1)]));
    world.guards.commits = Known::Is(waiting);
    assert!(unclear(&world, &wish, false));
    let told = plan(&world, &[("epoch_consensus", mode("null"))]);
    let reason = told.items[0].status.reason().unwrap();
    assert!(reason.contains("3 under mechanism 0, 1 under mechanism 1"), "{reason}");
    world.guards.commits = Known::Unreadable("odd bytes".to_owned());
    assert!(unclear(&world, &wish, false));
}

#[test]
fn a_split_is_whole_on_newer_runtimes() {
    let split = [("mechanism_emission_split", Value::List(vec![65_535]))];
    for (mut world, wanted) in
        [(world(), None), (World::newest().done(), Some("SubtensorModule.InvalidValue"))]
    {
        if wanted.is_none() {
            world.guards.setters.remove("epoch_consensus");
        }
        world.hyperparameters.insert("mechanism_count".to_owned(), Value::Uint(2));
        assert_eq!(error(&plan(&world, &split)), wanted);
        let whole = [("mechanism_emission_split", Value::List(vec![65_535, 0]))];
        assert_eq!(error(&plan(&world, &whole)), None);
    }
}

#[test]
fn what_a_version_has_changed_is_told_by_ranges() {
    let world = World::newest().done();
    let threshold = [("root_claim_threshold", Value::Uint(9))];
    assert!(matches!(plan(&world, &threshold).items[0].status, Status::NotPermitted { .. }));
    let mut between = World::newest().done();
    between.chain.spec_version = 465;
    if let Some(SetterState::Call { who, .. }) =
        between.guards.setters.get_mut("root_claim_threshold")
    {
        *who = "unknown";
    }
    assert!(matches!(plan(&between, &threshold).items[0].status, Status::Unknown { .. }));
    let difficulty = [("max_difficulty", Value::Uint(9))];
    assert!(plan(&self::world(), &difficulty).items[0].inert.is_some());
    assert!(plan(&world, &difficulty).items[0].inert.is_none());
    // Nobody outside the chain knows which symbols there are.
    let symbol = [("token_symbol", Value::Text("x".to_owned()))];
    assert!(matches!(plan(&world, &symbol).items[0].status, Status::Unknown { .. }));
}

#[test]
fn the_first_broken_bound_is_the_one_that_is_named() {
    let mut world = world();
    let is = |world: &Snapshot, name, value: u128, wanted: &str| {
        assert_eq!(error(&plan(world, &[(name, Value::Uint(value))])), Some(wanted), "{name}");
    };
    // Below the neurons, too: the smallest number that root allows comes first.
    is(&world, "max_allowed_uids", 63, "AdminUtils.MaxAllowedUidsLessThanMinAllowedUids");
    world.guards.globals.insert("MaxMechanismCount".to_owned(), 20);
    is(&world, "mechanism_count", 17, "SubtensorModule.TooManyUIDsPerMechanism");
    is(&world, "mechanism_count", 21, "SubtensorModule.InvalidValue");
}

#[test]
fn what_the_chain_looks_at_first_is_named() {
    let mut world = world();
    world.block.number = 1_352;
    for name in ["immunity_period", "tempo"] {
        world.guards.last_change.insert(name.to_owned(), 1_300);
    }
    let is = |name, value, wanted: &str| {
        assert_eq!(error(&plan(&world, &[(name, Value::Uint(value))])), Some(wanted), "{name}");
    };
    is("immunity_period", 1, RATE_LIMIT);
    is("tempo", 400, FREEZE_WINDOW);
}

#[test]
fn the_owner_of_nothing_and_unknown_names_are_never() {
    let world = world();
    let plan = plan(&world, &[("brand_new", Value::Uint(1))]);
    assert!(matches!(plan.items[0].status, Status::NotPermitted { .. }));
}

#[test]
fn limits_and_windows_name_their_block() {
    let mut world = world();
    world.guards.last_change.insert("immunity_period".to_owned(), 1_090);
    let later = plan(&world, &[("immunity_period", Value::Uint(1))]);
    assert!(
        matches!(&later.items[0].status, Status::Later { block: 1_810, error, .. } if error == RATE_LIMIT)
    );
    world.guards.last_change.clear();
    world.block.number = 1_352;
    let frozen = plan(&world, &[("immunity_period", Value::Uint(1))]);
    assert!(
        matches!(&frozen.items[0].status, Status::Later { block: 1_360, error, .. } if error == FREEZE_WINDOW)
    );
    world.block.number = 1_345;
    let soon = plan(&world, &[("immunity_period", Value::Uint(1))]);
    assert!(says(&soon, "block 1351"), "{soon:?}");
}

#[test]
fn the_order_satisfies_every_intermediate_state() {
    let mut world = world();
    let uint = Value::Uint;
    let on = plan(
        &world,
        &[
            ("alpha_low", uint(40_000)),
            ("alpha_high", uint(50_000)),
            ("liquid_alpha_enabled", Value::Bool(true)),
        ],
    );
    assert_eq!(calls(&on), ["sudo_set_liquid_alpha_enabled", "sudo_set_alpha_values"]);
    let args: Vec<_> = on.calls[1].args.iter().map(|arg| arg.value.clone()).collect();
    assert_eq!(args, [uint(40_000), uint(50_000)]);

    let two = plan(&world, &[("mechanism_count", uint(2)), ("max_allowed_uids", uint(128))]);
    assert_eq!(calls(&two), ["sudo_set_max_allowed_uids", "sudo_set_mechanism_count"]);

    world.hyperparameters.insert("min_burn".to_owned(), uint(600_000_000));
    world.hyperparameters.insert("max_burn".to_owned(), uint(700_000_000));
    let up = plan(&world, &[("min_burn", uint(800_000_000)), ("max_burn", uint(900_000_000))]);
    assert_eq!(calls(&up), ["sudo_set_max_burn", "sudo_set_min_burn"]);
    let down = plan(&world, &[("min_burn", uint(200_000_000)), ("max_burn", uint(300_000_000))]);
    assert_eq!(calls(&down), ["sudo_set_min_burn", "sudo_set_max_burn"]);

    world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
    let off =
        plan(&world, &[("alpha_low", uint(40_000)), ("liquid_alpha_enabled", Value::Bool(false))]);
    assert_eq!(calls(&off), ["sudo_set_alpha_values", "sudo_set_liquid_alpha_enabled"]);
    assert_eq!(off.calls[0].args[1].value, uint(58_982), "the other value is sent as it is");
}

#[test]
fn a_tempo_that_closes_the_window_is_set_last() {
    let mut world = world();
    world.hyperparameters.insert("tempo".to_owned(), Value::Uint(500));
    world.guards.schedule.tempo = 500;
    let wishes = [("tempo", Value::Uint(360)), ("immunity_period", Value::Uint(1))];
    assert_eq!(calls(&plan(&world, &wishes)), ["set_tempo", "sudo_set_immunity_period"]);
    world.guards.schedule.freeze_window = 361;
    assert_eq!(calls(&plan(&world, &wishes)), ["sudo_set_immunity_period", "set_tempo"]);
}

#[test]
fn a_changed_mechanism_count_sends_the_split_again() {
    let mut world = world();
    let split = Value::List(vec![40_000, 25_535]);
    world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(64));
    world.hyperparameters.insert("mechanism_count".to_owned(), Value::Uint(3));
    world.hyperparameters.insert("mechanism_emission_split".to_owned(), split.clone());
    let plan =
        plan(&world, &[("mechanism_count", Value::Uint(2)), ("mechanism_emission_split", split)]);
    assert_eq!(calls(&plan), ["sudo_set_mechanism_count", "sudo_set_mechanism_emission_split"]);
    assert!(says(&plan, "deletes the data"));
}

/// A wanted value for every hyperparameter that the owner may change in this world at once.
fn changeable(world: &Snapshot) -> Vec<Wish> {
    let numbers = [8, 1, 2, 200, 2_000, 20_000, 500, 1 << 64, 700_000_000];
    let values: Vec<Value> = [Value::Bool(true), Value::List(vec![65_535])]
        .into_iter()
        .chain(["other", "recycle", "previous"].map(|text| Value::Text(text.to_owned())))
        .chain(numbers.map(Value::Uint))
        .collect();
    let goes = |wish: &Wish| {
        let plan = Plan::build(world, std::slice::from_ref(wish), "test", &Terms::default());
        plan.items[0].status == Status::Ready && plan.calls.len() == 1
    };
    let wishes: Vec<_> = catalog::ALL
        .iter()
        .filter_map(|row| {
            let wish = |value: &Value| Wish { name: row.name.to_owned(), value: value.clone() };
            values.iter().map(wish).find(goes)
        })
        .collect();
    assert!(wishes.len() > 25, "{wishes:?}");
    wishes
}

/// Whether a wish is judged to be unclear, with or without leave.
fn unclear(world: &Snapshot, wish: &Wish, allow_unknown: bool) -> bool {
    let terms = Terms { allow_unknown, ..Terms::default() };
    let plan = Plan::build(world, std::slice::from_ref(wish), "test", &terms);
    let unclear = matches!(plan.items[0].status, Status::Unknown { .. });
    assert_eq!(unclear, plan.calls.is_empty(), "{plan:?}");
    unclear
}

#[test]
fn what_cannot_be_read_is_never_changed() {
    let mut world = world();
    world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
    for wish in changeable(&world) {
        let mut without = world.clone();
        without.hyperparameters.remove(&wish.name);
        let mut unreadable = without.clone();
        unreadable.unreadable.insert(wish.name.clone(), "odd bytes".to_owned());
        for world in [&without, &unreadable] {
            assert!(unclear(world, &wish, false), "{wish:?}");
            assert!(unclear(world, &wish, true), "nobody can allow it: {wish:?}");
        }
        // Wishing for what null would be is no way to have it already.
        let null = Wish { value: Value::None, ..wish.clone() };
        let plan = Plan::build(&unreadable, &[null], "test", &Terms::default());
        assert!(plan.calls.is_empty() && plan.items[0].status != Status::Unchanged, "{plan:?}");
        assert_eq!(plan.items[0].from, None);
    }
}

#[test]
fn what_a_change_erases_has_to_be_known() {
    let mut world = world();
    world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(64));
    let count = Wish { name: "mechanism_count".to_owned(), value: Value::Uint(2) };
    assert!(!unclear(&world, &count, false));
    world.unreadable.insert("mechanism_emission_split".to_owned(), "odd bytes".to_owned());
    assert!(unclear(&world, &count, true));
    // One call sets both.
    let mut world = self::world();
    world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
    let high = Wish { name: "alpha_high".to_owned(), value: Value::Uint(60_000) };
    assert!(!unclear(&world, &high, false));
    world.unreadable.insert("alpha_low".to_owned(), "odd bytes".to_owned());
    assert!(unclear(&world, &high, true));
}

#[test]
fn a_rule_that_cannot_be_read_is_not_skipped() {
    let mut world = world();
    world.hyperparameters.insert("liquid_alpha_enabled".to_owned(), Value::Bool(true));
    world.hyperparameters.insert("max_allowed_uids".to_owned(), Value::Uint(120));
    let why = || Known::Unreadable("odd bytes".to_owned());
    let mut seen = 0;
    for wish in changeable(&world) {
        let Some(row) = catalog::find(&wish.name) else { continue };
        for bound in row.bounds {
            let mut lacking = world.clone();
            match bound.with {
                Source::Literal(_) => continue,
                Source::Constant(name, _) | Source::SwapConstant(name, _) => {
                    lacking.guards.constants.remove(name);
                }
                Source::Global(name, _) => {
                    lacking.guards.globals.remove(name);
                }
                Source::Neurons => lacking.guards.neurons = why(),
                Source::Same(name) | Source::Shared(name) => {
                    lacking.unreadable.insert(name.to_owned(), "odd bytes".to_owned());
                }
                Source::Budget => {
                    lacking.guards.constants.remove(BUDGET_CONSTANT);
                }
            }
            seen += 1;
            assert!(unclear(&lacking, &wish, false), "{wish:?} {bound:?}");
            let erased = matches!(bound.with, Source::Same(name) if ALPHA.contains(&name));
            assert_eq!(unclear(&lacking, &wish, true), erased, "{wish:?} {bound:?}");
        }
    }
    assert!(seen > 12, "{seen}");
    // A bound that is known to be broken says enough.
    world.guards.neurons = why();
    assert!(matches!(
        plan(&world, &[("max_allowed_uids", Value::Uint(257))]).items[0].status,
        Status::Invalid { .. }
    ));
}

#[test]
fn what_stops_an_account_and_cannot_be_read_makes_everything_unclear() {
    let why = || "odd bytes".to_owned();
    let world = world();
    let wish = Wish { name: "rho".to_owned(), value: Value::Uint(11) };
    assert!(!unclear(&world, &wish, false));
    for lacking in [
        Guards { lease: Known::Unreadable(why()), ..world.guards.clone() },
        Guards { swap: Known::Unreadable(why()), ..world.guards.clone() },
        Guards { safe_mode_until: Known::Unreadable(why()), ..world.guards.clone() },
    ] {
        let world = Snapshot { guards: lacking, ..world.clone() };
        assert!(unclear(&world, &wish, false));
        // What was before is known: the chain may decide.
        assert!(!unclear(&world, &wish, true));
        let never = plan(&world, &[("weights_rate_limit", Value::Uint(360))]);
        assert_eq!(error(&never), Some(BAD_ORIGIN), "that is certain all the same");
    }
    // A snapshot from a file tells nothing of all this.
    let unread = Snapshot {
        guards: Guards { setters: world.guards.setters.clone(), ..Guards::default() },
        ..world
    };
    assert!(unclear(&unread, &wish, false));
}

#[test]
fn dead_levers_are_named_with_what_to_use() {
    let world = world();
    let plan = plan(&world, &[("activity_cutoff", Value::Uint(1_000))]);
    let inert = plan.items[0].inert.as_deref().unwrap_or_default();
    assert!(inert.contains("activity_cutoff_factor=2778"), "{inert}");
    assert_eq!(plan.calls.len(), 1, "it is planned all the same");
}

#[test]
fn a_plan_notices_what_moved() {
    let world = world();
    let plan = plan(&world, &[("immunity_period", Value::Uint(1))]);
    assert!(plan.moved(&world).is_empty());
    let mut later = world.clone();
    later.block.number += 5;
    later.hyperparameters.insert("max_burn".to_owned(), Value::Uint(7));
    assert!(plan.moved(&later).is_empty(), "what the plan does not touch may move");
    later.hyperparameters.insert("immunity_period".to_owned(), Value::Uint(9));
    later.owner = "other".to_owned();
    later.chain.spec_version = 426;
    later.chain.genesis_hash = Hash32::new([2; 32]);
    assert_eq!(plan.moved(&later).len(), 4);
    assert_ne!(plan.digest(), self::plan(&world, &[("immunity_period", Value::Uint(2))]).digest());
}
