//! An address of any text: refused in a short line, or the very text that its account is written as.

#![no_main]

use libfuzzer_sys::fuzz_target;
use subtune_model::address::{parse_ss58, ss58};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse_ss58(text) {
        Ok(account) => assert_eq!(ss58(&account), text),
        Err(error) => assert!(error.what.len() < 300, "{}", error.what),
    }
    // Every account is written so that it is read back.
    if let Some(account) = bytes.first_chunk() {
        assert_eq!(parse_ss58(&ss58(account)).unwrap(), *account);
    }
});
