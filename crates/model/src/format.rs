//! Versions of the files that the tool writes.

/// Why a file of some version is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedVersion {
    /// What is wrong, one sentence without a final full stop.
    pub what: String,
    /// What to do.
    pub hint: &'static str,
}

/// Whether a file of `version` is read by a tool that writes version `ours`: an older one is, a newer
/// one may mean what nobody knew when this tool was made.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn check(version: u64, ours: u32) -> Result<(), UnsupportedVersion> {
    if version > u64::from(ours) {
        return Err(UnsupportedVersion {
            what: format!(
                "format_version {version} is newer than this version of subtune, which reads {ours}"
            ),
            hint: "use the version of subtune that wrote it, or a newer one",
        });
    }
    if version == 0 {
        return Err(UnsupportedVersion {
            what: "format_version is 0: the first one is 1".to_owned(),
            hint: "let subtune write the file anew, or write 1 if it was written by hand",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_is_read_and_what_is_newer_is_not() {
        for ours in 1..4 {
            for version in 0..6 {
                assert_eq!(check(version, ours).is_ok(), (1..=ours.into()).contains(&version));
            }
        }
        assert!(check(u64::MAX, 1).unwrap_err().what.contains("newer"));
    }
}
