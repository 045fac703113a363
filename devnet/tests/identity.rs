//! What clients know the chain by: its metadata, byte for byte, and its genesis block.
//!
//! A change of how the pallets are written must not change these. If a change of the chain itself is meant,
//! or a newer FRAME describes its own pallets differently, the new values belong here.

use sp_crypto_hashing::blake2_256;
use subtune_devnet::{Devnet, Options, System, metadata_at};

/// BLAKE2b-256 of the metadata of each version.
const METADATA: [(u32, &str); 3] = [
    (14, "522a7bc13c38b6df71732dbfbd8de8c67cea26bb7b9b1efc0f15f3227678a03a"),
    (15, "503330132a406c1792222a8f7b2aba59d36f01e82b9caa556f7f40950a36d4ef"),
    (16, "85d3572d9db326119790a73e4bab9b0351863ac4c13ddd8141d15642138546ed"),
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
