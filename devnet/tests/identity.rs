//! What clients know the chain by: its metadata, byte for byte, and its genesis block.
//!
//! A change of how the pallets are written must not change these. If a change of the chain itself is meant,
//! or a newer FRAME describes its own pallets differently, the new values belong here.

use sp_crypto_hashing::blake2_256;
use subtune_devnet::{Devnet, Options, System, metadata_at};

/// BLAKE2b-256 of the metadata of each version.
const METADATA: [(u32, &str); 3] = [
    (14, "18e81f46a88e2c7fe8dac3a98a9635d3ea66b5df42a2cfce2c86c75f9815eb4e"),
    (15, "5c499e42a095a4900b23f3428c6d87d83fe0e80ed1ce5c3b2c3894e53d34e97c"),
    (16, "744aba17246308272a4fd8d1996d68be85b97081acf4f08912e7aa9be2b8066d"),
];

const GENESIS: &str = "7eeb4aa22eb5eb1d8bb7e0f1ac78a2489e93e1706703b5a296179bd636f166fe";

#[test]
fn the_metadata_is_the_same() {
    for (version, expected) in METADATA {
        let bytes = metadata_at(version).expect("metadata of this version");
        assert_eq!(hex::encode(blake2_256(bytes)), expected, "version {version}");
    }
}

#[test]
fn the_genesis_block_is_the_same() {
    let chain = Devnet::start(Options::default()).expect("the chain starts");
    let genesis = chain.look(|| System::block_hash(0));
    assert_eq!(hex::encode(genesis), GENESIS);
}
