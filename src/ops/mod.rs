//! The verbs, over ports: what a command does, without knowing subxt or a terminal.

mod apply;
mod close;
mod follow;
mod inside;
pub mod step;
mod wait;

pub use apply::{
    Applied, Asked, Confirm, Consent, Journal, Request, Sign, apply, or_rotated, refuse_blocked,
    refuse_moved, refuse_other_calls, still_holds, unsent, when,
};
pub use close::{Closing, Decision, close};
pub use follow::{settle, update};
pub use wait::{Limit, Link, Sent, Wait, Waited, Waiting, Watch, back, wait_and_apply};
