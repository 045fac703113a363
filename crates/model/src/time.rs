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
