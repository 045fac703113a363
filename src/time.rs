//! The clock.

/// Now, UTC, RFC 3339, to the second.
#[must_use]
pub fn now() -> String {
    jiff::Timestamp::from_second(jiff::Timestamp::now().as_second())
        .map_or_else(|_| String::new(), |stamp| stamp.to_string())
}

/// Now, milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0)
}
