//! Makes Rust of `data/errors.yaml`, so that the rows are `static` and the tool parses nothing when
//! it runs. What is out of order, empty, unknown or unused stops the build and is named.

#![expect(clippy::disallowed_macros, reason = "cargo reads what a build script prints")]
#![expect(clippy::disallowed_methods, reason = "a build script reads and writes files")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use serde::Deserialize;

const TABLE: &str = "data/errors.yaml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    shared: BTreeMap<String, String>,
    errors: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    meaning: String,
    advice: Option<String>,
    shared: Option<String>,
}

impl Row {
    /// What to do, the row's own words or those that it shares.
    fn advice<'a>(&'a self, table: &'a Table) -> Result<&'a str, String> {
        match (&self.advice, &self.shared) {
            (Some(advice), None) => Ok(advice),
            (None, Some(shared)) => {
                let text = table.shared.get(shared);
                Ok(text.ok_or_else(|| format!("{}: no shared text {shared}", self.name))?)
            }
            _ => Err(format!("{}: needs either advice or shared", self.name)),
        }
    }
}

/// The rows as one Rust expression.
fn rust(table: &Table) -> Result<String, Box<dyn Error>> {
    for pair in table.errors.windows(2) {
        if let [before, after] = pair
            && before.name >= after.name
        {
            let Row { name, .. } = after;
            return Err(format!("{name} is listed twice, or belongs before {}", before.name).into());
        }
    }
    let used: BTreeSet<_> = table.errors.iter().filter_map(|row| row.shared.as_ref()).collect();
    if let Some(unused) = table.shared.keys().find(|name| !used.contains(name)) {
        return Err(format!("no error has the shared text {unused}").into());
    }
    let mut rust = "&[\n".to_owned();
    for row in &table.errors {
        let Row { name, meaning, .. } = row;
        let advice = row.advice(table)?;
        if [name, meaning, advice].iter().any(|text| text.trim().is_empty()) {
            return Err(format!("{name:?}: something is empty").into());
        }
        writeln!(rust, "ErrorRow {{ name: {name:?}, meaning: {meaning:?}, advice: {advice:?} }},")?;
    }
    rust.push(']');
    Ok(rust)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={TABLE}");
    let table = serde_yaml::from_str(&fs::read_to_string(TABLE)?);
    let rust = table.map_err(Box::from).and_then(|table| rust(&table));
    let rust = rust.map_err(|error| format!("{TABLE}: {error}"))?;
    let to: PathBuf = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?.into();
    Ok(fs::write(to.join("errors.rs"), rust)?)
}
