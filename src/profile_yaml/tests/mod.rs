use std::collections::BTreeMap;
use std::fs;

use subtune_model::catalog;
use subtune_model::error::Kind;
use subtune_model::finding;
use subtune_model::hash::Hash32;
use subtune_model::origin::{Multisig, Origin, Proxy, Timepoint, Weight};
use subtune_model::plan::{Arg, Call, Item, Plan, PlanKind, Status};
use subtune_model::profile::Target;
use subtune_model::receipt::{
    Change, Command, Outcome, Place, Receipt, Refused, Since, Transaction,
};
use subtune_model::snapshot::{Block, ChainId, Guards, Snapshot};
use subtune_model::value::{Value, looks_rounded};
use subtune_model::world::World;

use super::tree::{Plain, resolve};
use super::*;

mod profiles;
mod saved;
mod values;
mod written;

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const HASH: &str = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03";

fn hash() -> Hash32 {
    HASH.parse().unwrap()
}

const HEAD: &str = "format_version: 1\nname: a\ndescription: b\nsource: c\n";

fn with(lines: &str) -> String {
    format!("{HEAD}hyperparameters:\n{lines}")
}

fn values(lines: &str) -> BTreeMap<String, Value> {
    parse(&with(lines), "p.yaml", Names::Known)
        .unwrap_or_else(|bad| panic!("{lines}: {bad:#?}"))
        .hyperparameters
}

fn value(line: &str) -> Value {
    values(&format!("  {line}\n")).into_values().next().unwrap()
}

fn complaints(text: &str) -> Vec<Complaint> {
    parse(text, "p.yaml", Names::Known).expect_err(text)
}

/// The one complaint about one line, as a person reads it.
fn complaint(line: &str) -> String {
    let list = complaints(&with(&format!("  {line}\n")));
    assert_eq!(list.len(), 1, "{line}: {list:#?}");
    assert_eq!(list[0].line, Some(6), "{line}: {list:#?}");
    assert!(!list[0].hint.is_empty());
    format!("{} | {}", list[0].what, list[0].hint)
}

#[track_caller]
fn complains(line: &str, parts: &[&str]) {
    let text = complaint(line);
    for part in parts {
        assert!(text.contains(part), "{line}: {text:?} lacks {part:?}");
    }
}

/// What may be asked of a row: its ends, its bounds and awkward numbers between.
fn samples(row: &catalog::Hyperparameter) -> Vec<Value> {
    let mut samples = vec![
        Value::Bool(true),
        Value::Bool(false),
        Value::None,
        Value::List(vec![65_535]),
        Value::List(vec![40_000, 25_535, 0]),
        Value::Text(ALICE.into()),
    ];
    let texts = [
        "burn",
        "recycle",
        "auto",
        "τ",
        "1",
        "-1",
        "1e3",
        "0x10",
        "0123",
        "null",
        "~",
        "true",
        "no",
        "on",
        ".inf",
        "1_000",
        "",
        " ",
        " a ",
        "a: b",
        "a #b",
        "# a",
        "- a",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "\"",
        "'",
        "\\",
        "\\n",
        "{a",
        "[a",
        "?",
        "|",
        ">",
        "a,b",
        "<<",
        "=",
        "---",
        "...",
        "\u{2028}x",
        "\u{feff}x",
        "ü",
        "日本語",
        "🦀",
        "12:30",
        "2025-12-01",
    ];
    samples.extend(texts.map(|text| Value::Text(text.to_owned())));
    let mut raws = vec![
        0,
        1,
        9,
        10,
        255,
        256,
        1_638,
        65_535,
        65_536,
        (1 << 53) - 1,
        (1 << 53) + 1,
        14_757_395_258_967_641_292,
        14_757_395_258_967_642_000,
        17_893_341_751_498_264_576,
        u64::MAX.into(),
        1 << 64,
        23_242_897_532_874_035_036,
        23_242_897_532_874_035_000,
        u128::MAX,
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..16 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        raws.extend([u128::from(seed), u128::from(seed) << 20, u128::from(seed >> 48)]);
    }
    samples.extend(raws.into_iter().map(Value::Uint));
    samples.extend([-1, -1_000, -32_768].map(Value::int));
    samples.retain(|value| row.check_type(value).is_ok());
    samples
}

fn chain() -> ChainId {
    ChainId::new(hash(), 425)
}

fn block() -> Block {
    Block { number: u64::MAX, hash: hash(), time: Some("2025-12-01T00:00:00Z".into()) }
}

/// Every shape of value, with the numbers that break readers of YAML.
fn awkward() -> BTreeMap<String, Value> {
    [
        ("adjustment_alpha", Value::Uint(14_757_395_258_967_642_000)),
        ("alpha_sigmoid_steepness", Value::Negative(-32_768)),
        ("bonds_moving_avg", Value::Uint(999_999_999)),
        ("burn_increase_mult", Value::Uint(23_242_897_532_874_035_036)),
        ("collateral_drain_ratio", Value::Uint(u128::MAX)),
        ("liquid_alpha_enabled", Value::Bool(true)),
        ("mechanism_emission_split", Value::List(vec![40_000, 25_535])),
        ("recycle_or_burn", Value::Text("burn".into())),
        ("sn_owner_hotkey", Value::Text(ALICE.into())),
        ("token_symbol", Value::Text("1e3".into())),
        ("weights_version", Value::Uint(u64::MAX.into())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A subnet of those values; no file keeps the guards.
fn snapshot() -> Snapshot {
    Snapshot {
        block: block(),
        hyperparameters: awkward(),
        unset: ["token_symbol".to_owned()].into(),
        unknown: [
            ("new_one".to_owned(), Value::Uint(u128::MAX)),
            ("new_none".to_owned(), Value::None),
            ("new_text".to_owned(), Value::Text("0x12".into())),
        ]
        .into(),
        unreadable: [("min_burn".to_owned(), "it has a form: \"odd\"".to_owned())].into(),
        guards: Guards::default(),
        ..World::at(425).owned_by(ALICE).on(hash()).done()
    }
}

fn call() -> Call {
    Call {
        pallet: "AdminUtils".into(),
        call: "sudo_set_burn_increase_mult".into(),
        netuid: 46,
        args: awkward().into_iter().map(|(name, value)| Arg { name, value }).collect(),
        sets: vec!["burn_increase_mult".into()],
    }
}
