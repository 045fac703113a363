//! A keyfile of any bytes: an error of one short line, or a key that proves itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use subtune_model::error::Kind;

fuzz_target!(|bytes: &[u8]| {
    match subtune_wallet::open_bytes(bytes.to_vec()) {
        Ok(Some(key)) => assert!(key.proves_itself()),
        Ok(None) => {}
        Err(error) => {
            assert_eq!(error.kind, Kind::Wallet);
            assert!(error.what.len() < 300 && !error.what.contains('\n'), "{}", error.what);
        }
    }
});
