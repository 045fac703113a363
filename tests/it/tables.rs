//! Documents that are made of the code: `UPDATE_TABLE=1 cargo test --test it -- tables::` writes them
//! anew.

use std::path::PathBuf;

use subtune_model::catalog::{ALL, CHECKED};
use subtune_model::exit;

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

#[test]
fn the_hyperparameters_are_those_of_the_catalog() {
    let mut text = format!(
        "# Hyperparameters\n\nMade of `crates/model/src/catalog.rs`, as of runtime {CHECKED}. The \
         connected chain decides: `subtune show NETUID` shows it, `subtune explain NAME` tells \
         more.\n\n| name | what it is | what it affects | value | bounds | set by |\n\
         |---|---|---|---|---|---|\n"
    );
    for row in ALL.iter() {
        let set_by = row.setters.first().map_or("nobody", |setter| setter.who.at(CHECKED));
        let cells = [
            format!("`{}`", row.name),
            row.summary.to_owned(),
            row.influence.to_owned(),
            format!("{}, {}", row.unit.describe(), row.accepts()),
            row.range().join("; "),
            set_by.to_owned(),
        ];
        text.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    keep("docs/hyperparameters.md", &text);
}
