//! Clock times as text.

/// Milliseconds since 1970 as UTC in RFC 3339, to the second.
#[must_use]
pub fn rfc3339(millis: u64) -> Option<String> {
    let seconds = i64::try_from(millis / 1_000).ok()?;
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}

/// Milliseconds since 1970 as `2026-11-22 14:05 UTC`.
#[must_use]
pub fn minutes(millis: u64) -> String {
    let stamp = i64::try_from(millis / 1_000)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    stamp.map_or_else(String::new, |stamp| stamp.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

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
