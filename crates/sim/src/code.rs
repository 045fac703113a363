//! The code of a runtime, as a chain keeps it.

use std::io::Read as _;

use ruzstd::decoding::StreamingDecoder;

use crate::host::guarded;
use crate::{Limits, SimError, SimErrorKind};

/// What stands before code that is packed with zstd (`sp_maybe_compressed_blob`).
const PACKED: [u8; 8] = [82, 188, 83, 118, 70, 219, 142, 5];

/// What stands before wasm.
const WASM: [u8; 4] = *b"\0asm";

/// Most bytes of a section that holds neither code nor data. A real runtime has 8 KiB; for each byte of
/// one an interpreter may keep a hundred.
const SECTION: usize = 256 << 10;

/// Most variables of a function. A real runtime has 208; each call clears them all, at no cost in
/// instructions.
const LOCALS: u32 = 1_024;

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
                let broken = || SimError::new(SimErrorKind::Code, "the code cannot be unpacked");
                let most = u64::try_from(limits.code).unwrap_or(u64::MAX).saturating_add(1);
                let unpack = || {
                    let mut wasm = Vec::new();
                    let decoder = StreamingDecoder::new(packed).ok()?;
                    decoder.take(most).read_to_end(&mut wasm).ok()?;
                    Some(wasm)
                };
                let wasm = guarded(unpack).map_err(|_| broken())?.ok_or_else(broken)?;
                if wasm.len() > limits.code {
                    return Err(too_large());
                }
                wasm
            }
        };
        if !wasm.starts_with(&WASM) {
            return Err(SimError::new(SimErrorKind::Code, "the code is not wasm"));
        }
        modest(&wasm)?;
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

/// Refuses what no validation does and an interpreter would pay for with memory or time.
fn modest(wasm: &[u8]) -> Result<(), SimError> {
    let invalid = || SimError::new(SimErrorKind::Code, "the code is no valid wasm");
    let large = |what: &str| SimError::new(SimErrorKind::Bound, format!("the code has {what}"));
    let mut rest = wasm.get(8..).ok_or_else(invalid)?;
    while !rest.is_empty() {
        let id = byte(&mut rest).ok_or_else(invalid)?;
        let mut section = counted(&mut rest).ok_or_else(invalid)?;
        match id {
            // Custom, which is skipped, and data.
            0 | 11 => {}
            10 => {
                let functions = number(&mut section).ok_or_else(invalid)?;
                for _ in 0..functions {
                    let mut body = counted(&mut section).ok_or_else(invalid)?;
                    let locals = locals(&mut body).ok_or_else(invalid)?;
                    if locals > LOCALS {
                        return Err(large("a function of more variables than it may have"));
                    }
                }
            }
            _ if section.len() > SECTION => {
                return Err(large("more functions, types or names than it may have"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// How many variables a function has beside its parameters.
fn locals(body: &mut &[u8]) -> Option<u32> {
    let groups = number(body)?;
    let mut sum = 0u32;
    for _ in 0..groups {
        sum = sum.saturating_add(number(body)?);
        // Numbers, vectors and references: each type is one byte.
        matches!(byte(body)?, 0x7b..=0x7f | 0x6f | 0x70).then_some(())?;
    }
    Some(sum)
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

/// A number as wasm writes it: seven bits to a byte, the lowest first.
fn number(from: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let byte = byte(from)?;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn counted<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let size = usize::try_from(number(from)?).ok()?;
    let (part, rest) = from.split_at_checked(size)?;
    *from = rest;
    Some(part)
}
