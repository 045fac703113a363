//! Tells the tests what is at hand. A test that lacks something is then *ignored*, which the runner
//! counts and shows; one that looked for itself and returned early would count as passed.

#![expect(clippy::disallowed_macros, reason = "cargo reads what a build script prints")]
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script by variables")]

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    // Metadata of real runtimes, and the table of facts beside it.
    let needed =
        ["finney-365.scale", "finney-393.scale", "finney-424.scale", "../hyperparameters.yaml"];
    let has_all = |facts: PathBuf| needed.iter().all(|name| facts.join(name).is_file());
    let facts = match env::var_os("SUBTUNE_METADATA_DIR") {
        Some(named) => has_all(named.into()),
        // Beside the project: this script serves packages of three levels.
        None => ["..", "../..", "../../.."]
            .iter()
            .any(|beside| has_all(Path::new(&here).join(beside).join("shared/chain/metadata"))),
    };
    println!("cargo::rerun-if-env-changed=SUBTUNE_METADATA_DIR");
    println!("cargo::rerun-if-env-changed=SUBTUNE_PYTHON");
    println!("cargo::rustc-check-cfg=cfg(chain_facts)");
    println!("cargo::rustc-check-cfg=cfg(wallet_library)");
    println!("cargo::rerun-if-env-changed=SUBTUNE_PROMETHEUS");
    println!("cargo::rustc-check-cfg=cfg(prometheus)");
    if env::var_os("SUBTUNE_PROMETHEUS").is_some_and(|programs| !programs.is_empty()) {
        println!("cargo::rustc-cfg=prometheus");
    }
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-check-cfg=cfg(jq)");
    let path = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&path).any(|folder| folder.join("jq").is_file()) {
        println!("cargo::rustc-cfg=jq");
    }
    if facts {
        println!("cargo::rustc-cfg=chain_facts");
    }
    if env::var_os("SUBTUNE_PYTHON").is_some_and(|python| !python.is_empty()) {
        println!("cargo::rustc-cfg=wallet_library");
    }
}
