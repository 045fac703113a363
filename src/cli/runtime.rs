//! `subtune explain --runtime`: the chain's own code, which plans are tried on.

use std::path::Path;

use serde_json::json;
use subtune_chain::{At, CodeFacts};
use subtune_model::error::Result;

use super::{Global, connect};
use crate::files::read;
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{HostFunctionView, RuntimeView};

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
    let view = RuntimeView {
        network: chain.network().to_owned(),
        spec_version: *spec_version,
        code_hash: *hash,
        bytes: *packed,
        unpacked_bytes: *unpacked,
        kept: *kept,
        host_functions: imports
            .iter()
            .map(|it| HostFunctionView { name: it.name.clone(), offered: it.offered })
            .collect(),
    };
    Ok(Report::new(render::text::runtime(&view), json!(view))
        .markdown(render::markdown::runtime(&view)))
}
