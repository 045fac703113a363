//! What the verbs ask of everybody but the chain: consent, a key, a journal, somebody who watches.
//!
//! What they ask of the chain is in [`subtune_model::ports`].

use std::time::Duration;

use subtune_model::error::Result;
use subtune_model::plan::Plan;
use subtune_model::planner::stage::Stage;
use subtune_model::profile::Profile;
use subtune_model::receipt::Receipt;
use subtune_model::signature::Signature;
use subtune_model::snapshot::Snapshot;

/// The answer to the question before anything is written.
pub enum Consent {
    /// Go on.
    Yes,
    /// The user said no.
    No,
}

/// Asks before signing, and tells what goes on.
pub trait Confirm: Sync {
    /// Shows the plan and asks.
    ///
    /// # Errors
    /// When there is nobody to ask.
    fn confirm(&self, plan: &Plan, snapshot: &Snapshot) -> Result<Consent>;
    /// One line of progress.
    fn say(&self, line: &str);
}

/// A signing key, unlocked only after the consent.
pub trait Sign {
    /// SS58 address of the key.
    fn address(&self) -> String;
    /// Signs bytes.
    fn sign(&self, payload: &[u8]) -> Signature;
}

/// Where the way back and the records are kept.
pub trait Journal {
    /// Names a new record.
    fn new_id(&self, plan: &Plan) -> String;
    /// Writes the rollback profile, synced; returns its path.
    ///
    /// # Errors
    /// When it cannot be written: then nothing may be sent.
    fn save_rollback(&self, id: &str, profile: &Profile) -> Result<String>;
    /// Removes the rollback profile of what was not sent, as far as that goes.
    fn discard_rollback(&self, id: &str);
    /// Writes or replaces a record, synced.
    ///
    /// # Errors
    /// When it cannot be written.
    fn save(&self, receipt: &Receipt) -> Result<()>;
    /// Removes the record of what never left this machine, as far as that goes.
    fn discard(&self, id: &str);
}

/// A wait that is under way.
pub struct Wait<'a> {
    /// First block in which it may go.
    pub block: u64,
    /// What is waited for.
    pub waits_for: &'a str,
    /// The finalized head when the wait began.
    pub from: u64,
    /// The finalized head.
    pub head: u64,
    /// Milliseconds between two blocks, as seen since the wait began.
    pub block_ms: u64,
    /// How the chain is heard.
    pub link: Link,
}

/// How the chain is heard during a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// New blocks come.
    Good,
    /// No new block for so long.
    Still(Duration),
    /// No answer for so long.
    Lost(Duration),
}

impl Wait<'_> {
    /// Blocks until the head is the one before the block waited for.
    #[must_use]
    pub const fn blocks_left(&self) -> u64 {
        self.block.saturating_sub(self.head.saturating_add(1))
    }

    /// The same in seconds, at the pace that was seen.
    #[must_use]
    pub const fn seconds_left(&self) -> u64 {
        self.blocks_left().saturating_mul(self.block_ms) / 1_000
    }
}

/// Asks before the wait, and shows it.
pub trait Watch: Confirm {
    /// Shows the stages of a plan, with what each waits for, and asks.
    ///
    /// # Errors
    /// When there is nobody to ask.
    fn agree(&self, whole: &Plan, stages: &[Stage], snapshot: &Snapshot) -> Result<Consent>;
    /// Gets the wait again and again while it lasts.
    fn waiting(&self, wait: &Wait<'_>);
    /// The wait has ended: with the block before the one waited for, or with an error.
    fn over(&self, reached: bool);
}
