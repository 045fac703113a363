//! What clients know the chain by: its metadata, byte for byte, and its genesis block.
//!
//! A change of how the pallets are written must not change these. If a change of the chain itself is meant,
//! or a newer FRAME describes its own pallets differently, the new values belong here.

use sp_crypto_hashing::blake2_256;
use subtune_devnet::{Devnet, Options, System, metadata_at};

/// BLAKE2b-256 of the metadata of each version.
const METADATA: [(u32, &str); 3] = [
    (14, "35728ffbba5d878c9abc3e088d8034c502fb0d579da8595d1e5b312581783380"),
    (15, "c2b072bac4eff4f13cef362316ced610951cbbd0098235388fe5e3b0fe8446d3"),
    (16, "49ce06cdb50693a998e0f320cd58a6a4440bb854c9005fe7c951096c23c15a91"),
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
