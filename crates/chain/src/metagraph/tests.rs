//! Against the metadata of real runtimes: the local chain lacks some of it.

use scale_info::TypeDef;
use subtune_model::hash::Hash32;

use super::super::metadata::{Runtime, of_finney};
use super::*;

fn at(spec: u32) -> AtBlock {
    let runtime = Runtime::new(spec, 1, of_finney(spec)).unwrap();
    AtBlock { number: 7, hash: Hash32::new([1; 32]), runtime }
}

fn graph(count: u16) -> Metagraph {
    Metagraph {
        mechanism: 0,
        mechanisms: 1,
        mode: None,
        block: 7,
        last_epoch: None,
        period: None,
        tao_weight: None,
        stake_threshold: None,
        max_validators: None,
        max_neurons: None,
        immunity_period: None,
        min_non_immune: None,
        owner_limit: None,
        owner: String::new(),
        owner_hotkey: Known::Unset,
        members: (0..count).map(|uid| Occupant { uid, ..Occupant::default() }).collect(),
        unreadable: BTreeMap::new(),
        short: BTreeMap::new(),
        close: None,
    }
}

/// The answer of the runtime API with these stakes and nothing else.
fn answer(at: &AtBlock, stakes: &[(&str, &[u128])]) -> Vec<u8> {
    let metadata = &at.runtime.metadata;
    let api = metadata.runtime_api_trait_by_name(STAKE.0).unwrap();
    let ty = api.method_by_name(STAKE.1).unwrap().output_ty();
    let types = metadata.types();
    let TypeDef::Variant(option) = &types.resolve(ty).unwrap().type_def else { panic!() };
    let inside = option.variants.iter().find(|one| one.name == "Some").unwrap();
    let ty_inside = inside.fields[0].ty.id;
    let TypeDef::Composite(all) = &types.resolve(ty_inside).unwrap().type_def else { panic!() };
    let field = |name: &str| match stakes.iter().find(|(one, _)| *one == name) {
        Some((_, list)) => {
            let list = V::unnamed_composite(list.iter().map(|one| V::u128(*one)));
            V::unnamed_variant("Some", [list])
        }
        None if name == "netuid" => V::u128(46),
        None => V::unnamed_variant("None", []),
    };
    let fields = all.fields.iter().map(|one| one.name.clone().unwrap());
    let fields: Vec<_> = fields.map(|name| (name.clone(), field(&name))).collect();
    let value = V::unnamed_variant("Some", [V::named_composite(fields)]);
    let mut bytes = Vec::new();
    scale_value::scale::encode_as_type(&value, ty, types, &mut bytes).unwrap();
    bytes
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn stake_comes_from_fields_of_these_names() {
    for spec in [365, 393, 424] {
        let at = at(spec);
        let read = Read { at: &at, netuid: 46, index: 46, count: 2 };
        let api = at.runtime.metadata.runtime_api_trait_by_name(STAKE.0).unwrap();
        let ty = api.method_by_name(STAKE.1).unwrap().output_ty();
        let told = |stakes: &[(&str, &[u128])]| {
            let value = decode::scale(&answer(&at, stakes), ty, at.runtime.metadata.types());
            let mut graph = graph(2);
            read.stakes(&Known::Is(value.unwrap()), &mut graph);
            graph
        };
        let most = u128::from(u64::MAX);
        let found = told(&[("alpha_stake", &[5, most]), ("tao_stake", &[0, 7])]);
        let stakes: Vec<_> =
            found.members.iter().map(|one| (one.alpha_stake, one.tao_stake)).collect();
        assert_eq!(stakes, [(Some(5), Some(0)), (Some(u64::MAX), Some(7))]);
        assert!(found.unreadable.is_empty(), "{:?}", found.unreadable);
        // Fewer than there are neurons, or none at all: nobody can tell.
        let found = told(&[("alpha_stake", &[5]), ("tao_stake", &[1, 2])]);
        assert_eq!(found.members[0].alpha_stake, None);
        assert_eq!(found.members[1].tao_stake, Some(2));
        assert!(found.unreadable["alpha_stake"].contains("form"));
        assert_eq!(told(&[]).unreadable.len(), 2);
    }
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn every_item_is_in_real_runtimes() {
    for spec in [365, 393, 424, 475] {
        let at = at(spec);
        let read = Read { at: &at, netuid: 46, index: 46, count: 1 };
        let second = Second { first: &read, hotkeys: vec![[3; 32]] };
        for item in BY_SUBNET.iter().chain(&BY_MECHANISM) {
            assert!(read.list(item).is().is_some(), "{item} at {spec}");
        }
        let plain = ["TaoWeight", "StakeThreshold"].map(|item| read.item(item, &[]));
        let subnet =
            ["LastMechansimStepBlock", "SubnetOwnerHotkey"].map(|item| read.of_subnet(item));
        let uids = ["Keys", "BlockAtRegistration"].map(|item| read.of_uid(item, 0));
        let rows = ["Weights", "Bonds"].map(|item| read.row(item, 0));
        let hotkeys = ["Owner", "Axons", "ParentKeys", "ChildKeys", "TotalHotkeyAlpha"]
            .map(|item| second.entry(item, &[3; 32]));
        let all = plain.into_iter().chain(subnet).chain(uids).chain(rows).chain(hotkeys);
        for entry in all.chain([read.identity(&[4; 32])]) {
            assert!(entry.is().is_some(), "{entry:?} at {spec}");
        }
    }
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn a_family_is_read_and_gives_away_no_more_than_it_has() {
    for spec in [365, 424, 475] {
        let at = at(spec);
        let read = Read { at: &at, netuid: 46, index: 46, count: 1 };
        let second = Second { first: &read, hotkeys: vec![[3; 32]] };
        let family = |shares: &[(u64, Account)]| {
            let list = shares.to_vec().encode();
            let entry = |item: &str| second.entry(item, &[3; 32]).is().map(key_of).unwrap();
            let kept = ["ParentKeys", "ChildKeys"].map(|item| (entry(item), Some(list.clone())));
            let rest = ["Owner", "Axons"].map(|item| (entry(item), None));
            let mut graph = graph(1);
            second.fill(&Answers::of(kept.into_iter().chain(rest)), &mut graph);
            graph
        };
        let half = u64::MAX / 2;
        let found = family(&[(half, [8; 32]), (half, [9; 32])]);
        let expected = vec![(half, ss58(&[8; 32])), (half, ss58(&[9; 32]))];
        assert_eq!(found.members[0].parents, Some(expected.clone()));
        assert_eq!(found.members[0].children, Some(expected));
        assert_eq!(found.members[0].axon, Some(Known::Unset));
        // What comes from several parents may be more than one of them has.
        let found = family(&[(u64::MAX, [8; 32]), (1, [9; 32])]);
        assert_eq!(found.members[0].parents.as_ref().unwrap().len(), 2);
        assert_eq!(found.members[0].children, None);
        assert!(found.unreadable["ChildKeys"].contains("form"), "{:?}", found.unreadable);
        // Theirs are read from where their own stake is kept.
        let keys = second.family(0, &found);
        assert_eq!(keys.len(), 3);
        assert!(keys.iter().flatten().all(|entry| entry.is().is_some()));
    }
}
