//! Every exit code of the tool, documented once.
//!
//! [`crate::error::Kind`] maps to these by an exhaustive match, so a new kind of
//! error cannot forget its code.

/// The command did what it was asked to do.
pub const OK: u8 = 0;
/// Something failed that no other code describes.
pub const OTHER: u8 = 1;
/// The command line is wrong (clap's own code).
pub const USAGE: u8 = 2;
/// With `--detailed-exitcode`: there are differences, or changes to send.
pub const PENDING: u8 = 3;
/// A profile, plan or snapshot file, a name or a netuid is wrong.
pub const INPUT: u8 = 4;
/// The chain could not be reached, or is not the chain that was meant.
pub const CHAIN: u8 = 5;
/// Refused: by a rule, a stale plan, a missing confirmation.
pub const REFUSED: u8 = 6;
/// The wallet or its password.
pub const WALLET: u8 = 7;
/// Some of the changes are on the chain, others are not.
pub const PARTIAL: u8 = 8;
/// The transaction was sent and its fate is not known yet.
pub const UNKNOWN: u8 = 9;
/// With `--blocked-exitcode`: what is wanted is blocked for good.
pub const BLOCKED: u8 = 10;
/// A goal is missed: `health --goal`, `evaluate`.
pub const MISSED: u8 = 11;
/// `evaluate` cannot tell whether the change has helped.
pub const INCONCLUSIVE: u8 = 12;
/// Stopped by the user.
pub const INTERRUPTED: u8 = 130;

/// All codes with one line each, for the help and the README.
pub const TABLE: &[(u8, &str)] = &[
    (OK, "done"),
    (OTHER, "any other failure"),
    (USAGE, "wrong command line"),
    (PENDING, "differences, or changes to send (--detailed-exitcode)"),
    (INPUT, "invalid profile, plan or snapshot file, name or netuid"),
    (CHAIN, "node unreachable or wrong chain"),
    (REFUSED, "refused: blocked change, stale plan, not confirmed, file exists"),
    (WALLET, "wallet or password"),
    (PARTIAL, "partially applied"),
    (UNKNOWN, "outcome unknown: ask with `subtune history --refresh`"),
    (BLOCKED, "changes blocked for good (plan --blocked-exitcode)"),
    (MISSED, "a goal is missed (health --goal, evaluate)"),
    (INCONCLUSIVE, "no verdict: evaluate cannot tell whether a change helped"),
    (INTERRUPTED, "interrupted"),
];
