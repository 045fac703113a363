//! The verbs, over ports: what a command does, without knowing subxt or a terminal.

mod apply;
mod blame;
mod close;
mod epochs;
mod follow;
mod forecast;
mod inside;
mod judge;
mod moment;
mod ports;
mod proof;
mod refuse;
pub mod step;
mod together;
mod wait;
mod way_back;

pub use apply::{Applied, Request, apply};
pub use close::{Closing, Decision, close};
pub use epochs::{
    EpochLog, EpochReach, Gathered, Missing, Seen, Subject, Watching, around, gather, watch,
};
pub use follow::{settle, update};
pub use forecast::{WhatIf, what_if};
pub use judge::{judge, judge_stages};
pub use ports::{Confirm, Consent, Journal, Link, Sign, Wait, Watch};
pub use proof::back;
pub use refuse::{
    Asked, or_rotated, refuse_blocked, refuse_judged, refuse_moved, refuse_other_calls,
    refuse_stranger, still_holds, unsent,
};
pub use together::{SubnetChange, apply_together};
pub use wait::{Sent, WaitLimit, Waited, Waiting, together, wait_and_apply};
