//! The catalog against the metadata of real runtimes, where that is at hand.

use std::path::PathBuf;

use subtune::chain::resolve;
use subtune::model::catalog::{Kind, Who};
use subtune::model::snapshot::SetterState;

/// Metadata of a real runtime: from `SUBTUNE_METADATA_DIR`, else from beside the project.
pub(crate) fn metadata(spec_version: u32) -> Option<Vec<u8>> {
    let folder = std::env::var_os("SUBTUNE_METADATA_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/chain/metadata")),
        PathBuf::from,
    );
    let found = std::fs::read(folder.join(format!("finney-{spec_version}.scale"))).ok();
    if found.is_none() {
        println!("skipped: no metadata of runtime {spec_version}");
    }
    found
}

#[test]
fn every_row_resolves_or_says_since_when_it_exists() {
    for spec_version in [365, 393, 424] {
        let Some(bytes) = metadata(spec_version) else { continue };
        let rows = resolve(&bytes, spec_version).unwrap();
        let mut wrong = Vec::new();
        for resolved in &rows {
            let row = resolved.row;
            let here = row.since <= spec_version;
            // Their storage item is another row's or none at all.
            let no_storage = row.storage.is_none();
            if resolved.stored != (here && !no_storage) {
                wrong.push(format!("{}: stored is {}", row.name, resolved.stored));
            }
            let settable = here && !row.setters.is_empty();
            let found = matches!(resolved.setter, SetterState::Call { .. });
            let action = row.kind == Kind::Action;
            if found != settable && !action {
                wrong.push(format!("{}: {:?}", row.name, resolved.setter));
            }
        }
        assert_eq!(wrong, Vec::<String>::new(), "runtime {spec_version}");
        println!("runtime {spec_version}: {} rows looked up", rows.len());
    }
}

#[test]
fn who_may_set_it_follows_the_runtime() {
    let who = |spec_version: u32, name: &str| {
        let rows = resolve(&metadata(spec_version)?, spec_version).ok()?;
        let found = rows.into_iter().find(|resolved| resolved.row.name == name)?;
        match found.setter {
            SetterState::Call { pallet, call, who, .. } => Some(format!("{pallet}.{call} {who}")),
            other => Some(format!("{other:?}")),
        }
    };
    if who(424, "tempo").is_none() {
        return;
    }
    let is = |spec_version, name, wanted: &str| {
        assert_eq!(who(spec_version, name).as_deref(), Some(wanted), "{spec_version} {name}");
    };
    is(365, "tempo", "AdminUtils.sudo_set_tempo root");
    is(393, "tempo", "AdminUtils.sudo_set_tempo root");
    is(424, "tempo", "SubtensorModule.set_tempo owner");
    is(424, "activity_cutoff_factor", "SubtensorModule.set_activity_cutoff_factor owner");
    is(393, "activity_cutoff_factor", "Missing");
    is(424, "weights_rate_limit", "AdminUtils.sudo_set_weights_set_rate_limit root");
    is(365, "kappa", "AdminUtils.sudo_set_kappa root");
    let pow = "network_pow_registration_allowed";
    let call = "AdminUtils.sudo_set_network_pow_registration_allowed";
    is(393, pow, &format!("{call} owner"));
    is(424, pow, &format!("{call} nobody"));
    assert_eq!(Who::Owner { since: 0, until: 333 }.at(334), "root");
}
