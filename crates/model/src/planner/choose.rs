//! The choice among several proxy types.

use crate::origin::{Filter, Origin, Proxy, by_the_signer};
use crate::plan::{Plan, Wish};
use crate::snapshot::Snapshot;
use crate::terms::Terms;

/// The best of several proxy types for some wishes: the one with which most can go, among those one
/// that takes them as one atomic batch, among those the first. `None` without a type.
#[must_use]
pub fn choose(
    real: &str,
    types: Vec<(String, Filter)>,
    wishes: &[Wish],
    snapshot: &Snapshot,
    terms: &Terms,
) -> Option<(Terms, Proxy)> {
    let through = |(proxy_type, permits): (String, Filter)| {
        let apart = !permits.permits_batch();
        let proxy = Proxy { real: real.to_owned(), proxy_type, apart, real_pays: by_the_signer() };
        let origin = Origin::Proxy(proxy.clone());
        let terms = Terms { origin, permits, signer: None, ..terms.clone() };
        let plan = Plan::build(snapshot, wishes, "", &terms);
        ((plan.blocked().count(), apart && plan.calls.len() > 1), (terms, proxy))
    };
    types.into_iter().map(through).min_by_key(|(rank, _)| *rank).map(|(_, chosen)| chosen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding;
    use crate::hash::Hash32;
    use crate::origin::{Multisig, Weight, known_filter};
    use crate::value::Value;
    use crate::world::world;

    fn wishes(names: &[(&str, u128)]) -> Vec<Wish> {
        let wish = |(name, raw): &(&str, u128)| Wish {
            name: (*name).to_owned(),
            value: Value::Uint(*raw),
        };
        names.iter().map(wish).collect()
    }

    fn plan(types: &[&str], names: &[(&str, u128)]) -> Plan {
        let world = world();
        let types = types.iter().map(|name| ((*name).to_owned(), known_filter(name))).collect();
        let wishes = wishes(names);
        let (terms, _) = choose("real", types, &wishes, &world, &Terms::default()).unwrap();
        Plan::build(&world, &wishes, "test", &terms)
    }

    #[test]
    fn the_type_decides_on_the_shape() {
        let two = [("immunity_period", 9_000), ("adjustment_alpha", 7)];
        for (types, names, used, apart, said, blocked) in [
            (&["Any"][..], &two[..], "Any", false, false, 0),
            (&["NonCritical"], &two, "NonCritical", false, false, 0),
            (&["NonTransfer"], &two, "NonTransfer", false, false, 0),
            (&["NonFungible"], &two, "NonFungible", false, false, 0),
            (&["Owner"], &two, "Owner", true, true, 0),
            (&["Owner"], &two[..1], "Owner", true, false, 0),
            (&["SubnetLeaseBeneficiary"], &two, "SubnetLeaseBeneficiary", true, true, 0),
            // A batch is better than none, the first is as good as the others.
            (&["Owner", "NonFungible", "Any"], &two, "NonFungible", false, false, 0),
            (&["Owner", "Any"], &two[..1], "Owner", true, false, 0),
            // What permits more comes before everything else.
            (&["Owner", "Any"], &[("tempo", 400)], "Any", false, false, 0),
            (&["SubnetLeaseBeneficiary", "Owner"], &[("min_burn", 9)], "Owner", true, false, 0),
            (&["Staking", "Owner"], &[("tempo", 400)], "Staking", true, false, 1),
            (&["Governance"], &two, "Governance", true, false, 2),
        ] {
            let plan = plan(types, names);
            let Proxy { proxy_type, apart: is_apart, .. } = plan.origin.proxy().unwrap();
            assert_eq!((proxy_type.as_str(), *is_apart), (used, apart), "{types:?} {names:?}");
            let found = plan.findings.iter().any(|finding| finding.code == finding::ONE_BY_ONE);
            assert_eq!(found, said, "{:?}", plan.findings);
            assert_eq!(plan.blocked().count(), blocked, "{:?}", plan.items);
        }
        assert!(choose("real", Vec::new(), &[], &world(), &Terms::default()).is_none());
    }

    #[test]
    fn an_owner_proxy_keeps_its_hands_off_the_hotkey() {
        let owner = known_filter("Owner");
        assert!(owner.permits("AdminUtils", "sudo_set_min_burn"));
        assert!(owner.permits("SubtensorModule", "update_symbol"));
        for (pallet, call) in [
            ("AdminUtils", "sudo_set_sn_owner_hotkey"),
            ("SubtensorModule", "set_tempo"),
            ("SubtensorModule", "trigger_epoch"),
            ("Utility", "batch_all"),
        ] {
            assert!(!owner.permits(pallet, call), "{call}");
        }
    }

    #[test]
    fn a_proposal_says_what_its_last_approval_has_to_meet() {
        let multisig = |approvals| Multisig {
            account: "m".to_owned(),
            proxy: None,
            threshold: 2,
            others: Vec::new(),
            call_hash: Hash32::new([0; 32]),
            call_data: "0x00".to_owned(),
            timepoint: None,
            approvals,
            max_weight: Weight::AMPLE,
            deposit_rao: None,
        };
        let findings = |approvals| {
            let terms = Terms { origin: Origin::Multisig(multisig(approvals)), ..Terms::default() };
            let wishes = wishes(&[("immunity_period", 9_000)]);
            Plan::build(&world(), &wishes, "test", &terms).findings
        };
        let said = findings(1);
        assert_eq!(said.len(), 1, "{said:?}");
        for part in ["approval 1 of 2", "starts at block 1351 and ends at block 1360"] {
            assert!(said[0].message.contains(part), "{said:?}");
        }
        assert_eq!(findings(2), Vec::new());
    }
}
