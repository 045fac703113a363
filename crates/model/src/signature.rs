//! A signature, of either kind that the chain's accounts use.

/// A signature, of the scheme of the key that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// Schnorr over Ristretto: 64 bytes.
    Sr25519([u8; 64]),
    /// Ed25519: 64 bytes.
    Ed25519([u8; 64]),
}
