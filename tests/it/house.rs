//! What the packages do not keep by themselves: one meaning for each name of a type.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).unwrap();
    entries.flat_map(|entry| files(&entry.unwrap().path())).collect()
}

/// The arguments of a command are those of its file: `plan::Args`.
const BY_FILE: &[&str] = &["Args"];

#[test]
fn no_two_types_bear_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let places = ["src", "crates/model/src", "crates/wallet/src", "crates/chain/src"];
    for file in places.iter().flat_map(|place| files(&root.join(place))) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            let [visible, "struct" | "enum" | "trait", name, ..] = words.as_slice() else {
                continue;
            };
            if !visible.starts_with("pub") {
                continue;
            }
            let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
            let place = file.strip_prefix(root).unwrap().display().to_string();
            found.entry(name).or_default().push(place);
        }
    }
    assert!(found.len() > 150, "only {} were found", found.len());
    found.retain(|name, places| places.len() > 1 && !BY_FILE.contains(&name.as_str()));
    assert_eq!(found, BTreeMap::new());
}
