//! A file for cold signing with any content: refused in a short line, or read, opened by the metadata
//! that it holds, and then the payload is the one that the fields give.

#![no_main]

use libfuzzer_sys::fuzz_target;
use subtune_model::unsigned::parse;

fuzz_target!(|bytes: &[u8]| {
    match parse(bytes) {
        Ok(file) => {
            if let Err(error) = subtune_chain::open(&file) {
                assert!(error.what.len() < 600, "{}", error.what);
            }
        }
        Err(what) => assert!(what.len() < 600, "{what}"),
    }
});
