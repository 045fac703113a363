//! Bytes as text, and what of a text may be shown.

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotText {
    /// Line, from one.
    pub line: usize,
    /// Column in characters, from one.
    pub column: usize,
    /// What is wrong, as in `it is UTF-16 text, not UTF-8`.
    pub what: String,
    /// Whether it is UTF-16: then `what` tells nothing of the content.
    pub utf_16: bool,
}

/// The byte-order mark that some editors put in front of UTF-8; it is no part of the text.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// What to do about bytes that are no text.
pub const NOT_TEXT_HINT: &str = "save it as UTF-8, or pass another file";

/// The text in some bytes: UTF-8, a byte-order mark in front taken off. The one decoder of all inputs.
///
/// # Errors
/// When it is no UTF-8, with the place of the first byte that is not.
pub fn decode(bytes: &[u8]) -> Result<&str, NotText> {
    if let Some(order) = utf16(bytes) {
        let what =
            format!("it is not UTF-8 text but UTF-16 ({order}), as some Windows programs write");
        return Err(NotText { line: 1, column: 1, what, utf_16: true });
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let start =
            good.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at.saturating_add(1));
        let before = String::from_utf8_lossy(good.get(start..).unwrap_or_default());
        let column = before.chars().count().saturating_add(1);
        let what = match (error.error_len(), bytes.get(error.valid_up_to())) {
            (Some(_), Some(byte)) => {
                format!("it is not UTF-8 text: byte 0x{byte:02x} in column {column}")
            }
            _ => "it is not UTF-8 text: it ends in the middle of a character".to_owned(),
        };
        let line = good.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        NotText { line, column, what, utf_16: false }
    })
}

/// The byte order, when it is UTF-16 by its mark or by the zeros between plain letters.
fn utf16(bytes: &[u8]) -> Option<&'static str> {
    const LOOKED_AT: usize = 16;
    match bytes {
        [0xff, 0xfe, ..] => return Some("little-endian"),
        [0xfe, 0xff, ..] => return Some("big-endian"),
        _ => {}
    }
    let head = bytes.get(..LOOKED_AT.min(bytes.len() & !1)).filter(|head| head.len() >= 4)?;
    let zeros = |odd: usize| {
        head.iter().enumerate().all(|(index, byte)| (*byte == 0) == (index % 2 == odd))
    };
    match (zeros(1), zeros(0)) {
        (true, _) => Some("little-endian"),
        (_, true) => Some("big-endian"),
        _ => None,
    }
}

/// Whether printing it could move the cursor, or make a line read otherwise than it
/// is: control characters, the marks that turn the direction of writing, and the two that end a line
/// or a paragraph.
#[must_use]
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf_8_and_what_is_not_has_its_place() {
        assert_eq!(decode(b""), Ok(""));
        assert_eq!(decode("\u{feff}sésame\n".as_bytes()), Ok("sésame\n"));
        // Only the one in front is a mark.
        assert_eq!(decode("a\u{feff}".as_bytes()), Ok("a\u{feff}"));
        let place =
            |bytes: &[u8]| decode(bytes).map_err(|bad| (bad.line, bad.column, bad.what)).err();
        let at = |line, column, what: &str| Some((line, column, what.to_owned()));
        assert_eq!(
            place(b"a\n\xc3\xa9x\x92y"),
            at(2, 3, "it is not UTF-8 text: byte 0x92 in column 3")
        );
        assert_eq!(
            place(b"a\xc3"),
            at(1, 2, "it is not UTF-8 text: it ends in the middle of a character")
        );
        for (bytes, order) in [
            (&b"\xff\xfea\0"[..], "little-endian"),
            (b"\xfe\xff\0a", "big-endian"),
            (b"a\0b\0c\0", "little-endian"),
            (b"\0a\0b", "big-endian"),
        ] {
            let bad = decode(bytes).unwrap_err();
            assert!(bad.what.contains("UTF-16") && bad.what.contains(order), "{bad:?}");
        }
        for bytes in [&b"\0\0\0\0"[..], b"a\0", b"ab\0c\0", b"\0"] {
            assert!(decode(bytes).is_ok(), "{bytes:?}");
        }
    }
}
