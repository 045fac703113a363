//! The proof: what was sent, what became of it, what the chain says now.

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::hash::Hash32;
use crate::origin::Origin;
use crate::plan::Item;
use crate::snapshot::ChainId;
use crate::value::Value;

/// Version of the receipt format. Since 2 a record notes no path, and knows the outcomes `not_sent`,
/// `included` and `closed`.
pub const FORMAT_VERSION: u32 = 2;

/// The journal record of one transaction: written before it is sent, and again
/// whenever more is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Version of this format.
    pub format_version: u32,
    /// File name without its ending; sorts by time.
    pub id: String,
    /// When it was signed, UTC, RFC 3339.
    pub signed_at: String,
    /// Which chain.
    pub chain: ChainId,
    /// Which subnet.
    pub netuid: u16,
    /// `apply` or `rollback`.
    pub command: Command,
    /// Profile or file that asked for it.
    pub source: String,
    /// SS58 address that signed.
    pub signer: String,
    /// How the signature reached the owner.
    #[serde(
        default,
        rename = "signing_mode",
        alias = "signing_mode",
        skip_serializing_if = "Origin::is_direct"
    )]
    pub origin: Origin,
    /// Digest of the plan.
    pub plan_digest: String,
    /// What was to change.
    pub changes: Vec<Change>,
    /// The calls, in order.
    pub calls: Vec<Call>,
    /// Where version 1 has noted its rollback profile, as a path. It stands beside the record, under
    /// the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<String>,
    /// The transaction.
    pub transaction: Transaction,
    /// Where it was proposed, once others have run it: the outcome is then that of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Place>,
    /// What became of it.
    pub outcome: Outcome,
}

/// Which command sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `subtune apply`
    Apply,
    /// `subtune rollback`
    Rollback,
}

/// One value, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Canonical name.
    pub name: String,
    /// Value before.
    pub from: Value,
    /// Wanted value.
    pub to: Value,
}

impl Change {
    /// The change that an item makes; `None` where the value before it is not known, and then it is
    /// not sent.
    #[must_use]
    pub fn of(item: &Item) -> Option<Self> {
        let Item { name, from, to, .. } = item;
        Some(Self { name: name.clone(), from: from.clone()?, to: to.clone() })
    }
}

/// What identifies a transaction on the chain, known before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// Hash of the extrinsic.
    pub hash: Hash32,
    /// Nonce of the signer.
    pub nonce: u64,
    /// First block that could hold it: the one after this.
    pub birth: u64,
    /// First block that can no longer hold it.
    pub death: u64,
}

/// What became of a transaction.
// The content stands apart from the tag: next to it, serde would keep the content in a
// buffer that has no room for integers of 128 bits, and let unknown fields through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "detail", deny_unknown_fields)]
pub enum Outcome {
    /// Written down; it may or may not have been sent.
    Sending,
    /// Signed, and not sent after all: the preflight was refused, or nobody could be asked. Nothing
    /// changed.
    NotSent {
        /// Why.
        error: String,
    },
    /// In a finalized block; what went through there is not read back yet.
    Included {
        /// Where it is.
        place: Place,
        /// What the chain refused of it, as far as that is known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<Refused>,
    },
    /// In a finalized block and read back equal.
    Applied {
        /// Where it is.
        place: Place,
    },
    /// In a finalized block, but what was read back is not what was wanted.
    NotProved {
        /// Where it is.
        place: Place,
        /// The names that differ, with what was read.
        differs: Vec<Change>,
    },
    /// In a finalized block; the chain refused some of the calls, the others stay.
    Partial {
        /// Where it is.
        place: Place,
        /// What was refused.
        refused: Vec<Refused>,
        /// Of the others the names that differ, with what was read.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<Change>,
    },
    /// In a finalized block: the multisig has the approval, and waits for others.
    Proposed {
        /// Where it is.
        place: Place,
        /// What has become of the proposal since, by the newest look at the chain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Since>,
    },
    /// In a finalized block, and the chain refused it: nothing changed.
    Failed {
        /// Where it is.
        place: Place,
        /// The chain's error, explained.
        error: String,
    },
    /// Its time has passed and it is in no block: nothing changed.
    Expired,
    /// The node refused it before it got into the pool: nothing changed.
    Rejected {
        /// Why.
        error: String,
    },
    /// Its end could not be read, and somebody who has found it out otherwise has named it.
    Closed {
        /// Whether it has changed the subnet.
        applied: bool,
        /// How that is known, in the words of who decided it.
        because: String,
        /// When it was decided, UTC, RFC 3339.
        at: String,
        /// Where it is, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
    },
}

/// What has become of a proposal that others run or cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "detail", deny_unknown_fields)]
pub enum Since {
    /// It still waits.
    Pending {
        /// How many have approved.
        approvals: u16,
        /// The block of that look.
        block: u64,
    },
    /// A signatory has cancelled it: nothing changed.
    Cancelled {
        /// In this block.
        block: u64,
    },
    /// It no longer waits, and the node no longer has the block in which that ended.
    Gone {
        /// The block of that look.
        block: u64,
        /// What of the proposed values was not so in that block, with what was read.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<Change>,
    },
}

/// One call that the chain refused while others went through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Names of the hyperparameters that it would have changed.
    pub names: Vec<String>,
    /// The chain's error, explained.
    pub error: String,
}

/// Where a transaction is on the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Block height.
    pub block: u64,
    /// Block hash.
    pub block_hash: Hash32,
    /// Index in the block.
    pub index: u32,
    /// Fee paid, rao.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_rao: Option<u64>,
}

impl Outcome {
    /// One word for lists.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Sending => "unknown",
            Self::NotSent { .. } => "not sent",
            Self::Included { .. } => "included",
            Self::Applied { .. } => "applied",
            Self::NotProved { .. } => "not verified",
            Self::Partial { .. } => "partial",
            Self::Proposed { since: None | Some(Since::Pending { .. }), .. } => "proposed",
            Self::Proposed { since: Some(Since::Cancelled { .. }), .. } => "cancelled",
            Self::Proposed { since: Some(Since::Gone { .. }), .. } => "no longer pending",
            Self::Failed { .. } => "failed",
            Self::Expired => "expired",
            Self::Rejected { .. } => "rejected",
            Self::Closed { applied: true, .. } => "closed as applied",
            Self::Closed { applied: false, .. } => "closed as not applied",
        }
    }

    /// Where it is, when it is on the chain.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Included { place, .. }
            | Self::Applied { place }
            | Self::NotProved { place, .. }
            | Self::Partial { place, .. }
            | Self::Proposed { place, .. }
            | Self::Failed { place, .. } => Some(place),
            Self::Closed { place, .. } => place.as_ref(),
            Self::Sending | Self::NotSent { .. } | Self::Expired | Self::Rejected { .. } => None,
        }
    }

    /// Whether others may have brought it to an end that is not in the record yet.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        matches!(
            self,
            Self::Proposed { since: None | Some(Since::Pending { .. } | Since::Gone { .. }), .. }
        )
    }

    /// The words of a record for every outcome that is not [open](Self::is_open).
    pub const ENDED: &[&str] = &[
        "not_sent",
        "applied",
        "not_proved",
        "partial",
        "proposed",
        "failed",
        "expired",
        "rejected",
        "closed",
    ];

    /// Whether the chain has to be asked what became of it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Sending | Self::Included { .. })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_outcome_is_open_or_has_ended() {
        let none = serde_json::json!({"state": "none of them"});
        let known = serde_json::from_value::<Outcome>(none).unwrap_err().to_string();
        let known: BTreeSet<_> = known.split('`').skip(3).step_by(2).collect();
        let ended: BTreeSet<_> = Outcome::ENDED.iter().copied().collect();
        let open: Vec<_> = known.difference(&ended).copied().collect();
        assert_eq!(open, ["included", "sending"]);
        assert!(ended.is_subset(&known), "{ended:?}");
    }
}
