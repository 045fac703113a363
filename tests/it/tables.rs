//! Documents that are made of the code: `UPDATE_TABLE=1 cargo test --test it -- tables::` writes them
//! anew.

use std::path::PathBuf;

use subtune_model::catalog::{ALL, CHECKED};
use subtune_model::exit;

use crate::support::Stage;

#[track_caller]
fn keep(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_TABLE").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{name} says something else: run `tables::` once with UPDATE_TABLE=1");
}

#[test]
fn the_exit_codes_are_those_of_the_tool() {
    let mut text = "# Exit codes\n\nMade of `crates/model/src/exit.rs`.\n\n| code | meaning |\n\
                    |--:|---|\n"
        .to_owned();
    for (code, meaning) in exit::TABLE {
        text.push_str(&format!("| {code} | {meaning} |\n"));
    }
    keep("docs/exit-codes.md", &text);
}

/// What `subtune explain` says of each.
#[test]
fn the_hyperparameters_are_those_of_the_catalog() {
    let mut text = format!(
        "# Hyperparameters\n\nMade of `subtune explain`, as of runtime {CHECKED}. The connected chain \
         decides: `subtune show NETUID` shows it, `subtune explain NAME` tells more.\n\n\
         | name | what it is | what it affects | value | bounds | set by | rate limit | freeze window \
         | effect | since runtime |\n|---|---|---|---|---|---|---|---|---|--:|\n"
    );
    let explained = Stage::offline().expect("explain --format json", 0).json();
    let rows = explained["hyperparameters"].as_array().unwrap();
    assert_eq!(rows.len(), ALL.len());
    for row in rows {
        let word = |field: &str| row[field].as_str().unwrap_or_else(|| panic!("{field}: {row}"));
        let bounds: Vec<_> =
            row["bounds"].as_array().unwrap().iter().map(|bound| bound.as_str().unwrap()).collect();
        let frozen = if row["freeze_window"].as_bool().unwrap() { "yes" } else { "no" };
        let since = match row["since_runtime"].as_u64().unwrap() {
            0 => String::new(),
            since => since.to_string(),
        };
        let cells = [
            format!("`{}`", word("name")),
            word("summary").to_owned(),
            word("influence").to_owned(),
            format!("{}, {}", word("unit"), word("values")),
            bounds.join("; "),
            word("set_by").to_owned(),
            word("rate_limit").to_owned(),
            frozen.to_owned(),
            word("effect").to_owned(),
            since,
        ];
        text.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    keep("docs/hyperparameters.md", &text);
}
