//! What is kept of epochs, as it is shown.

use serde::Serialize;
use subtune_model::network;

use crate::samples::KeptEpochs;

/// What is kept.
#[derive(Debug, Clone, Serialize)]
pub struct SamplesView {
    /// Always `samples`.
    pub kind: &'static str,
    /// By chain, subnet and mechanism.
    pub kept: Vec<KeptView>,
}

/// What is kept of one mechanism of a subnet.
#[derive(Debug, Clone, Serialize)]
pub struct KeptView {
    /// The network.
    pub network: String,
    /// Its genesis hash.
    pub genesis_hash: String,
    /// The subnet.
    pub netuid: u16,
    /// The mechanism.
    pub mechanism: u8,
    /// How many epochs.
    pub epochs: u64,
    /// Block of the first.
    pub first_block: u64,
    /// Block of the last.
    pub last_block: u64,
    /// Bytes that they take.
    pub bytes: u64,
}

impl KeptView {
    /// What is kept.
    #[must_use]
    pub fn of(kept: &KeptEpochs) -> Self {
        let KeptEpochs { genesis_hash, netuid, mechanism, epochs, first, last, bytes } = kept;
        Self {
            network: network::name_of(genesis_hash).to_owned(),
            genesis_hash: genesis_hash.to_string(),
            netuid: *netuid,
            mechanism: *mechanism,
            epochs: *epochs,
            first_block: *first,
            last_block: *last,
            bytes: *bytes,
        }
    }
}
