//! The chains that are known by their genesis hash: nothing that a node or a file says names one.

use crate::hash::Hash32;

/// The genesis hash of finney.
pub const FINNEY: Hash32 = Hash32::new([
    0x2f, 0x05, 0x55, 0xcc, 0x76, 0xfc, 0x28, 0x40, 0xa2, 0x5a, 0x6e, 0xa3, 0xb9, 0x63, 0x71, 0x46,
    0x80, 0x6f, 0x1f, 0x44, 0xb0, 0x90, 0xc1, 0x75, 0xff, 0xde, 0x2a, 0x7e, 0x5a, 0xb3, 0x6c, 0x03,
]);
/// The genesis hash of the test network.
pub const TEST: Hash32 = Hash32::new([
    0x8f, 0x9c, 0xf8, 0x56, 0xbf, 0x55, 0x8a, 0x14, 0x44, 0x0e, 0x75, 0x56, 0x9c, 0x9e, 0x58, 0x59,
    0x47, 0x57, 0x04, 0x8d, 0x7b, 0x3a, 0x84, 0xb5, 0xd2, 0x5f, 0x6b, 0xd9, 0x78, 0x26, 0x31, 0x05,
]);

/// The name of the chain with this genesis hash: `finney`, `test` or `local`.
#[must_use]
pub fn name_of(genesis_hash: &Hash32) -> &'static str {
    match *genesis_hash {
        FINNEY => "finney",
        TEST => "test",
        _ => "local",
    }
}

/// The genesis hash of a network that is known by its name.
#[must_use]
pub fn genesis_of(name: &str) -> Option<Hash32> {
    match name {
        "finney" | "archive" => Some(FINNEY),
        "test" => Some(TEST),
        _ => None,
    }
}

/// Whether real value is at stake on this chain: known by genesis hash alone.
#[must_use]
pub fn is_public(genesis_hash: &Hash32) -> bool {
    matches!(*genesis_hash, FINNEY | TEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_chains_are_known_by_genesis() {
        for (hash, text, name) in [
            (
                FINNEY,
                "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03",
                "finney",
            ),
            (TEST, "0x8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105", "test"),
        ] {
            assert_eq!(hash.to_string(), text);
            assert_eq!(name_of(&hash), name);
            assert!(is_public(&hash));
        }
        let other = Hash32::new([0x11; 32]);
        assert_eq!(name_of(&other), "local");
        assert!(!is_public(&other));
    }
}
