//! Prints the digest of the metadata, which the wasm build bakes in.

#![expect(clippy::disallowed_macros, reason = "its output is read by build-wasm.sh")]

fn main() {
    let digest = subtune_devnet_runtime::metadata_digest().unwrap_or_default();
    let digits: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{}", digits.concat());
}
