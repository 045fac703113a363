//! The errors of the chain: the table against real metadata, and what the tool says of them.

use std::collections::BTreeSet;

use scale_info::form::PortableForm;
use scale_info::{PortableRegistry, TypeDef, Variant};
use serde_json::json;
use subtune_model::catalog;
use subtune_model::errors::{self, Found};
use subxt::metadata::Metadata;

use crate::catalog::metadata;
use crate::proxy::Reply;
use crate::support::{Run, Stage};

/// Pallets of which the table holds every error.
const WHOLE: &[&str] =
    &["AdminUtils", "Multisig", "Proxy", "SafeMode", "SubtensorModule", "System", "Utility"];

/// The variants of a type with the index of the type that each carries.
fn variants(types: &PortableRegistry, id: u32) -> Vec<(String, Option<u32>)> {
    let Some(TypeDef::Variant(found)) = types.resolve(id).map(|ty| &ty.type_def) else {
        return Vec::new();
    };
    let inner = |variant: &Variant<PortableForm>| variant.fields.first().map(|field| field.ty.id);
    found.variants.iter().map(|variant| (variant.name.clone(), inner(variant))).collect()
}

/// Every name that the tool gives to an error of this runtime: of all pallets, and of none.
fn named_by(metadata: &Metadata) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pallet in metadata.pallets() {
        for variant in pallet.error_variants().into_iter().flatten() {
            names.insert(format!("{}.{}", pallet.name(), variant.name));
        }
    }
    let types = metadata.types();
    for (name, inner) in variants(types, metadata.dispatch_error_ty().unwrap()) {
        match inner.map(|id| variants(types, id)) {
            // The pallets, above; and proofs of tries, which no call of an owner checks.
            _ if name == "Module" || name == "Trie" => {}
            None => drop(names.insert(name)),
            Some(inner) => names.extend(inner.iter().map(|(inner, _)| format!("{name}.{inner}"))),
        }
    }
    for ty in &types.types {
        if ty.ty.path.ident().is_some_and(|name| name == "InvalidTransaction") {
            let all = variants(types, ty.id);
            names.extend(all.iter().map(|(name, _)| format!("InvalidTransaction.{name}")));
        }
    }
    names
}

#[test]
#[cfg_attr(not(chain_facts), ignore = "needs metadata of real runtimes: SUBTUNE_METADATA_DIR")]
fn the_table_holds_every_error_of_the_runtimes_and_no_other() {
    let mut known = BTreeSet::new();
    for spec_version in [365, 393, 424, 475] {
        #[expect(clippy::disallowed_methods, reason = "the metadata of a real runtime, at hand")]
        let metadata = Metadata::decode_from(&metadata(spec_version)).unwrap();
        known.extend(named_by(&metadata));
    }
    assert!(known.len() > 400, "{}", known.len());
    let rows: BTreeSet<&str> = errors::ALL.iter().map(|row| row.name).collect();
    let belongs = |name: &&String| match name.split_once('.') {
        Some(("Token" | "Arithmetic" | "Transactional" | "InvalidTransaction", _)) | None => true,
        Some((pallet, _)) => WHOLE.contains(&pallet),
    };
    let missing: Vec<_> =
        known.iter().filter(belongs).filter(|name| !rows.contains(name.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let invented: Vec<_> = rows
        .iter()
        .filter(|name| !known.contains(**name))
        // No metadata tells the numbers, what a node's pool says, or this type.
        .filter(|name| {
            !["InvalidTransaction.Custom(", "Node.", "Pool.", "UnknownTransaction."]
                .iter()
                .any(|group| name.starts_with(group))
        })
        .collect();
    assert_eq!(invented, Vec::<&&str>::new());
    println!("{} errors of the chain looked up", known.len());
}

#[test]
fn every_bound_of_the_catalog_has_its_error_explained() {
    for bound in catalog::ALL.iter().flat_map(|row| row.bounds) {
        assert!(matches!(errors::find(bound.error), Found::One(_)), "{}", bound.error);
    }
}

/// What nodes, btcli and the chain's own calls are called is found, too.
#[test]
fn what_the_neighbours_print_is_explained() {
    let stage = Stage::offline();
    let explain = |name: &str| {
        let mut command = stage.command("explain --format json");
        let run = Run::of(command.arg(name).output().unwrap());
        assert_eq!(run.code, 0, "{name}: {run:?}");
        let text = Run::of(stage.command("explain").arg(name).output().unwrap());
        assert!(text.code == 0 && !text.stdout.is_empty(), "{name}: {text:?}");
        run.json()
    };
    for (name, kind, full) in [
        ("1014", "error", "Pool.TooLowPriority"),
        ("Priority is too low", "error", "Pool.TooLowPriority"),
        ("1010", "error", "Pool.InvalidTransaction"),
        ("Custom error: 6", "error", "InvalidTransaction.Custom(6)"),
        ("alpha_values", "display_only", "alpha_values"),
        ("yuma_version", "display_only", "yuma_version"),
        ("subnet_is_active", "display_only", "subnet_is_active"),
        ("sudo_set_tempo", "hyperparameter", "tempo"),
        ("AdminUtils.sudo_set_tempo", "hyperparameter", "tempo"),
        ("sudo_set_alpha_values", "call", "sudo_set_alpha_values"),
        ("ImmunityPeriod", "hyperparameter", "immunity_period"),
        ("Tempo", "hyperparameter", "tempo"),
    ] {
        let json = explain(name);
        assert_eq!((&json["kind"], &json["name"]), (&json!(kind), &json!(full)), "{name}: {json}");
    }
    let both = explain("sudo_set_alpha_values");
    assert_eq!(both["hyperparameters"][0]["name"], "alpha_low", "{both}");
    assert_eq!(both["hyperparameters"][1]["name"], "alpha_high", "{both}");
    assert_eq!(explain("yuma_version")["instead"], json!(["yuma3_enabled"]));
}

#[test]
fn an_error_is_explained_by_every_form_of_its_name() {
    let stage = Stage::offline();
    for (forms, full) in [
        (
            &[
                "SubtensorModule.TxRateLimitExceeded",
                "TxRateLimitExceeded",
                "SubtensorModule::TxRateLimitExceeded",
                "txratelimitexceeded",
            ][..],
            "SubtensorModule.TxRateLimitExceeded",
        ),
        (&["Custom(21)", "InvalidTransaction.custom(21)"], "InvalidTransaction.Custom(21)"),
        (&["BadOrigin", "badorigin"], "BadOrigin"),
        (&["FundsUnavailable"], "Token.FundsUnavailable"),
    ] {
        for form in forms {
            let json = stage.expect(&format!("explain {form} --format json"), 0).json();
            assert_eq!((&json["kind"], &json["name"]), (&json!("error"), &json!(full)), "{form}");
            assert!(json["meaning"].is_string() && json["advice"].is_string(), "{json}");
            let text = stage.expect(&format!("explain {form}"), 0).stdout;
            for part in [full, json["meaning"].as_str().unwrap(), json["advice"].as_str().unwrap()]
            {
                assert!(text.contains(part), "«{part}» is not in: {text}");
            }
        }
    }
}

#[test]
fn an_error_names_the_hyperparameters_and_the_rule_behind_it() {
    let stage = Stage::offline();
    let json = stage.expect("explain ValueNotInBounds --format json", 0).json();
    assert_eq!(json["hyperparameters"], json!(["min_burn", "max_burn"]), "{json}");
    let text = stage.expect("explain ValueNotInBounds", 0).stdout;
    assert!(text.contains("min_burn, max_burn"), "{text}");
    let json = stage.expect("explain TxRateLimitExceeded --format json", 0).json();
    assert_eq!(json["topic"], "RateLimit", "{json}");
    let text = stage.expect("explain AdminActionProhibitedDuringWeightsWindow", 0).stdout;
    assert!(text.contains("`subtune explain FreezeWindow`"), "{text}");
}

#[test]
fn the_two_rules_are_explained() {
    let stage = Stage::offline();
    for form in ["RateLimit", "rate-limit", "rate_limit"] {
        let text = stage.expect(&format!("explain {form}"), 0).stdout;
        for part in ["720 blocks", "216000 blocks", "`subtune plan`", "TxRateLimitExceeded"] {
            assert!(text.contains(part), "«{part}» is not in: {text}");
        }
    }
    for form in ["FreezeWindow", "freeze-window", "FREEZE_WINDOW"] {
        let json = stage.expect(&format!("explain {form} --format json"), 0).json();
        assert_eq!((&json["kind"], &json["name"]), (&json!("topic"), &json!("FreezeWindow")));
        let errors = json["errors"].as_array().unwrap();
        assert!(errors.contains(&json!(subtune_model::rules::FREEZE_WINDOW)), "{json}");
    }
}

#[test]
fn a_name_that_is_none_gets_the_nearest_of_all() {
    let stage = Stage::offline();
    for (name, near) in [
        ("TxRateLimitExceded", "did you mean SubtensorModule.TxRateLimitExceeded?"),
        ("SubtensorModule::TxRateLimit", "did you mean SubtensorModule.TxRateLimitExceeded?"),
        ("BadOrgin", "did you mean BadOrigin?"),
        ("RateLimt", "did you mean RateLimit?"),
        ("imunity_period", "did you mean immunity_period?"),
        ("xyzzyxyzzy", "`subtune explain`"),
    ] {
        stage.fails(&format!("explain {name}"), 4, &format!("unknown hyperparameter {name}"), near);
    }
    let both = "did you mean AdminUtils.InvalidValue or SubtensorModule.InvalidValue?";
    stage.fails("explain InvalidValue", 4, "InvalidValue is the name of several errors", both);
}

/// The node has no preflight, so its pool is the first to refuse.
#[test]
fn a_refusal_of_the_pool_is_explained() {
    let stage = Stage::with_chain().through(Box::new(|method, params| {
        if method == "state_call" && params[0] == "BlockBuilder_apply_extrinsic" {
            Reply::Refuse(-32_601, "Method not found")
        } else {
            Reply::Pass
        }
    }));
    stage.give_46_to(sp_keyring::Sr25519Keyring::Two.to_raw_public(), 600);
    let run = stage.run("apply 46 --set immunity_period=12000 --dev-key two --yes");
    let error = "InvalidTransaction.Payment: the account has too little TAO for the fee";
    run.check_failure(true, 6, error, "nothing changed on the chain; send TAO to the signer");
}
