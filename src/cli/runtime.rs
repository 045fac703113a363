//! `subtune explain --runtime`: the chain's own code, which plans are tried on.

use std::path::Path;

use serde_json::json;
use subtune_chain::{At, CodeFacts};
use subtune_model::error::Result;

use super::{Global, connect};
use crate::files::read;
use crate::ui::output::{self, Report};

/// The largest runtime that is read from a file, in bytes. Real ones have some 2 MiB.
const MAX_BYTES: u64 = 32 << 20;

/// Reads a runtime from a file: wasm, plain or packed as a chain keeps it.
pub(super) fn read_code(path: &Path) -> Result<Vec<u8>> {
    read::bytes(path, MAX_BYTES)
        .map_err(|failed| failed.error(path, "name a runtime's wasm, as a release has it"))
}

pub(super) async fn run(global: &Global) -> Result<Report> {
    let chain = connect::connect(global).await?;
    let facts = chain.code(&At::Finalized).await?;
    connect::tell_traffic(global, &chain);
    let CodeFacts { spec_version, hash, packed, unpacked, imports, kept } = &facts;
    let missing: Vec<_> =
        imports.iter().filter(|import| !import.offered).map(|import| &import.name).collect();
    let from = match kept {
        true => "kept on this machine from an earlier run",
        false => "fetched from the node, and kept on this machine",
    };
    let mut pairs = vec![
        ("runtime", format!("{spec_version} of {}", chain.network())),
        ("code hash", hash.to_string()),
        ("size", format!("{packed} bytes, {unpacked} unpacked")),
        ("from", from.to_owned()),
        ("host functions", format!("{} imported, {} not offered", imports.len(), missing.len())),
    ];
    pairs.extend(missing.iter().map(|name| ("", (*name).clone())));
    let all: Vec<_> = imports
        .iter()
        .map(|import| json!({ "name": import.name, "offered": import.offered }))
        .collect();
    let data = json!({
        "kind": "runtime",
        "network": chain.network(),
        "spec_version": spec_version,
        "code_hash": hash.to_string(),
        "bytes": packed,
        "unpacked_bytes": unpacked,
        "kept": kept,
        "host_functions": all,
    });
    let text = format!(
        "{}\nA function that is not offered stops only a run that calls it:\nthe plan then says its \
         name.\n",
        output::pairs(&pairs).trim_end()
    );
    Ok(Report::new(text, data))
}
