//! The runtime as wasm is the runtime that is compiled here.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]
#![expect(clippy::disallowed_methods, reason = "tests have files of their own")]

use std::fs;
use std::path::{Path, PathBuf};

use sp_crypto_hashing::blake2_256;

/// The files that the wasm is made from, in order.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// Digest of the sources, and of the versions of the SDK's crates.
fn digest() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![here.join("Cargo.toml"), here.join("build-wasm.sh")];
    sources(&here.join("src"), &mut paths);
    let mut all = Vec::new();
    for path in paths {
        let name = path.strip_prefix(here).unwrap().to_str().unwrap().replace('\\', "/");
        all.extend(name.into_bytes());
        all.extend(blake2_256(&fs::read(&path).unwrap()));
    }
    let lock = fs::read_to_string(here.join("../../Cargo.lock")).unwrap();
    let of_sdk = ["\"frame-", "\"pallet-", "\"sp-", "\"parity-scale-codec\"", "\"scale-info\""];
    for package in lock.split("[[package]]") {
        let mut lines = package.trim().lines();
        let (name, version) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        if of_sdk.iter().any(|start| name.contains(start)) {
            all.extend(format!("{name} {version}\n").into_bytes());
        }
    }
    let digits: Vec<_> = blake2_256(&all).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// `UPDATE_DIGEST=1` writes it, as `build-wasm.sh` does after a build.
#[test]
fn the_wasm_is_made_from_these_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime.digest");
    let now = format!("{}\n", digest());
    if std::env::var_os("UPDATE_DIGEST").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let then = fs::read_to_string(&path).unwrap();
    assert_eq!(now, then, "the runtime has changed: run devnet/runtime/build-wasm.sh");
}
