//! Dependencies between the modules point one way.

use std::path::{Path, PathBuf};

/// Modules, and what of the crate each may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &["model"]),
    ("ops", &["ops", "model", "error", "time"]),
    ("chain", &["chain", "ops", "model", "error", "time", "store", "wallet", "files"]),
    ("wallet", &["wallet", "model", "error", "files"]),
    ("profile_yaml", &["profile_yaml", "profiles", "model", "error", "files"]),
    ("files", &["files", "error"]),
    ("store.rs", &["store", "ops", "model", "error", "time", "profile_yaml", "files"]),
    ("ui", &["ui", "ops", "model", "error", "exit", "time", "chain"]),
];

/// What the model must not know of.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::time",
    "std::env",
    "tokio",
    "subxt",
    "async ",
    "jiff",
];

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).unwrap();
    entries.flat_map(|entry| files(&entry.unwrap().path())).collect()
}

/// The code of a file, without its tests and comments.
fn code(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn modules_use_only_what_is_below_them() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, allowed) in LAYERS {
        for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module)) {
            for line in code(&file) {
                for used in line.split("crate::").skip(1) {
                    let name: String =
                        used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    seen += 1;
                    if !name.is_empty() && !allowed.contains(&name.as_str()) {
                        wrong.push(format!("{}: {}", file.display(), line.trim()));
                    }
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} uses were seen");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_model_is_pure() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/model");
    let mut wrong = Vec::new();
    for file in files(&folder) {
        for line in code(&file) {
            if IMPURE.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}: {}", file.display(), line.trim()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
