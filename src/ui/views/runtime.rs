//! The chain's own code, as it is shown.

use serde::Serialize;
use subtune_model::hash::Hash32;

use super::Facts;

/// The chain's own code.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename = "runtime")]
pub struct RuntimeView {
    /// The network.
    pub network: String,
    /// Version of the runtime.
    pub spec_version: u32,
    /// Hash of the code as the chain keeps it.
    pub code_hash: Hash32,
    /// Bytes as the chain keeps it.
    pub bytes: usize,
    /// Bytes of wasm.
    pub unpacked_bytes: usize,
    /// Whether it was on this machine already.
    pub kept: bool,
    /// What it asks of its host.
    pub host_functions: Vec<HostFunctionView>,
}

/// A function of the host that the code imports.
#[derive(Debug, Clone, Serialize)]
pub struct HostFunctionView {
    /// Its name.
    pub name: String,
    /// Whether subtune offers it.
    pub offered: bool,
}

impl RuntimeView {
    /// What is told of it, label by label.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let missing: Vec<_> = self.host_functions.iter().filter(|it| !it.offered).collect();
        let from = match self.kept {
            true => "kept on this machine from an earlier run",
            false => "fetched from the node, and kept on this machine",
        };
        let (imported, left) = (self.host_functions.len(), missing.len());
        let mut facts = vec![
            ("runtime", format!("{} of {}", self.spec_version, self.network)),
            ("code hash", self.code_hash.to_string()),
            ("size", format!("{} bytes, {} unpacked", self.bytes, self.unpacked_bytes)),
            ("from", from.to_owned()),
            ("host functions", format!("{imported} imported, {left} not offered")),
        ];
        facts.extend(missing.into_iter().map(|it| ("", it.name.clone())));
        facts
    }
}
