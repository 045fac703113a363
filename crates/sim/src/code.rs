//! The code of a runtime, as a chain keeps it.

use std::io::Read as _;

use ruzstd::decoding::StreamingDecoder;

use crate::{Limits, SimError, SimErrorKind};

/// What stands before code that is packed with zstd (`sp_maybe_compressed_blob`).
const PACKED: [u8; 8] = [82, 188, 83, 118, 70, 219, 142, 5];

/// What stands before wasm.
const WASM: [u8; 4] = *b"\0asm";

/// The code of a runtime, unpacked.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    hash: [u8; 32],
    packed: usize,
    wasm: Vec<u8>,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({}, {} bytes)", hex::encode(self.hash), self.wasm.len())
    }
}

impl Code {
    /// Reads the value of `:code`.
    ///
    /// # Errors
    /// When it is no wasm, or larger than `limits` permit.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, SimError> {
        let too_large = || {
            let most = limits.code >> 20;
            SimError::new(SimErrorKind::Bound, format!("the code is larger than {most} MiB"))
        };
        if bytes.len() > limits.code {
            return Err(too_large());
        }
        let wasm = match bytes.strip_prefix(&PACKED) {
            None => bytes.to_vec(),
            Some(packed) => {
                let broken = |_| SimError::new(SimErrorKind::Code, "the code cannot be unpacked");
                let decoder = StreamingDecoder::new(packed).map_err(|_| broken(()))?;
                let most = u64::try_from(limits.code).unwrap_or(u64::MAX);
                let mut wasm = Vec::new();
                decoder
                    .take(most.saturating_add(1))
                    .read_to_end(&mut wasm)
                    .map_err(|_| broken(()))?;
                if wasm.len() > limits.code {
                    return Err(too_large());
                }
                wasm
            }
        };
        if !wasm.starts_with(&WASM) {
            return Err(SimError::new(SimErrorKind::Code, "the code is not wasm"));
        }
        Ok(Self { hash: sp_crypto_hashing::blake2_256(bytes), packed: bytes.len(), wasm })
    }

    /// BLAKE2-256 of the value of `:code`, as `state_getStorageHash` gives it.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Bytes of the value of `:code`.
    #[must_use]
    pub const fn packed_len(&self) -> usize {
        self.packed
    }

    /// The wasm.
    #[must_use]
    pub fn wasm(&self) -> &[u8] {
        &self.wasm
    }
}
