//! Dependencies between the modules point one way.

use std::path::{Path, PathBuf};

/// Modules, and what of the crate each may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &["model"]),
    ("ops", &["ops", "model", "error", "time"]),
    ("chain", &["chain", "ops", "model", "error", "time", "store", "wallet", "files"]),
    ("wallet", &["wallet", "model", "error", "files", "settings"]),
    ("profile_yaml", &["profile_yaml", "profiles", "model", "error", "files", "settings"]),
    ("files", &["files", "error"]),
    ("settings.rs", &["settings", "files", "error"]),
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

/// The environment is read in one place, so that every variable is read alike.
#[test]
fn the_environment_is_read_in_one_place() {
    let known = [
        // The reader.
        ("src/settings.rs", 1),
        // Of passwords, which are read into memory that is wiped.
        ("src/wallet/password.rs", 2),
        // How wide the terminal is.
        ("src/ui/screen.rs", 1),
        // Whether a test wants a bug to happen, or a run to stop.
        ("src/ops/step.rs", 3),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for file in files(&root.join("src")) {
        let reads = |line: &String| line.contains("env::var") || line.contains("home_dir()");
        let count = code(&file).iter().filter(|line| reads(line)).count();
        if count > 0 && !file.ends_with("profile_yaml/tests.rs") {
            found.push((file.strip_prefix(root).unwrap().display().to_string(), count));
        }
    }
    found.sort();
    let mut known = known.map(|(file, count)| (file.to_owned(), count));
    known.sort();
    assert_eq!(found, known);
}

/// What opens files otherwise than through `files`, and why.
const OPENERS: &[(&str, &str)] = &[
    ("src/files/", "the one place"),
    ("src/ui/echo.rs", "the terminal is no input"),
    ("src/ui/hidden.rs", "the terminal is no input"),
];

/// Else an input is read twice or without end, and an output is left half.
#[test]
fn files_are_opened_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let calls = ["fs::write(", "fs::read(", "fs::read_to_string(", "fs::copy(", "fs::rename("];
    let openers = ["File::open(", "File::create", "File::options(", "OpenOptions", "NamedTempFile"];
    let mut wrong = Vec::new();
    for file in files(&root.join("src")) {
        let name = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if name.ends_with("/tests.rs") || OPENERS.iter().any(|(opener, _)| name.starts_with(opener))
        {
            continue;
        }
        for line in code(&file) {
            if calls.iter().chain(&openers).any(|call| line.contains(call)) {
                wrong.push(format!("{name}: {}", line.trim()));
            }
        }
    }
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
