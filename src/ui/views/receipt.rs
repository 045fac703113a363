//! A receipt, as it is shown.

use std::path::Path;

use serde::Serialize;
use serde_json::Value as Json;
use subtune_model::catalog;
use subtune_model::origin::Origin;
use subtune_model::receipt::{Change, Command, Outcome, Place, Receipt, Refused, Since};
use subtune_model::value::{Unit, spoken};

use super::exact;
use super::plan::{CallView, SigningMode, Tense, signing_lines};

/// A receipt.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptView {
    /// Its id.
    pub id: String,
    /// When it was signed, RFC 3339.
    pub signed_at: String,
    /// The network.
    pub network: String,
    /// Its genesis hash.
    pub genesis_hash: String,
    /// The runtime.
    pub spec_version: u32,
    /// The subnet.
    pub netuid: u16,
    /// `apply` or `rollback`.
    pub action: &'static str,
    /// Where the values came from.
    pub source: String,
    /// Who signed.
    pub signer: String,
    /// For whom.
    pub signing_mode: SigningMode,
    /// Digest of the plan.
    pub plan_digest: String,
    /// What was changed.
    pub changes: Vec<ChangeView>,
    /// What was sent.
    pub calls: Vec<CallView>,
    /// The rollback profile.
    pub rollback: Option<String>,
    /// Hash of the transaction.
    pub extrinsic_hash: String,
    /// Its nonce.
    pub nonce: u64,
    /// Last block before it was valid.
    pub valid_after_block: u64,
    /// First block in which it is valid no more.
    pub valid_before_block: u64,
    /// How it ended.
    pub outcome: &'static str,
    /// What has become of a proposal.
    pub proposal: Option<ProposalView>,
    /// Where it was proposed.
    pub proposed_in_block: Option<u64>,
    /// The block that it is in.
    pub block: Option<u64>,
    /// Hash of that block.
    pub block_hash: Option<String>,
    /// Its index there.
    pub extrinsic_index: Option<u32>,
    /// The fee that was paid, in rao.
    pub fee_rao: Option<String>,
    /// Values that read back otherwise: `from` is what was read.
    pub differs: Vec<ChangeView>,
    /// Calls that the chain refused.
    pub refused: Vec<Refused>,
    /// The error.
    pub error: Option<String>,
    /// What somebody has decided about a change whose end nobody can tell.
    pub decided: Option<DecisionView>,
    /// What it is about, one line.
    #[serde(skip)]
    pub title: String,
    /// Who signed for whom, in lines.
    #[serde(skip)]
    pub signing: Vec<String>,
    /// How it ended, in lines: a label and a text each.
    #[serde(skip)]
    pub ending: Vec<(&'static str, String)>,
    /// Whether everything is as it was meant to be.
    #[serde(skip)]
    pub good: bool,
}

/// One value that was changed.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeView {
    /// The hyperparameter.
    pub name: String,
    /// Before, exact.
    pub from: Json,
    /// After, exact.
    pub to: Json,
    /// Before, raw and with its unit.
    #[serde(skip)]
    pub before: String,
    /// After, raw and with its unit.
    #[serde(skip)]
    pub after: String,
}

impl ChangeView {
    fn of(change: &Change) -> Self {
        let Change { name, from, to } = change;
        let unit = catalog::find(name).map_or(Unit::Count, |row| row.unit);
        Self {
            name: name.clone(),
            from: exact(from),
            to: exact(to),
            before: spoken(from, unit),
            after: spoken(to, unit),
        }
    }
}

/// What has become of a proposal.
#[derive(Debug, Clone, Serialize)]
pub struct ProposalView {
    /// `pending`, `cancelled` or `gone`.
    pub state: &'static str,
    /// Approvals so far.
    pub approvals: Option<u16>,
    /// The block at which that was so.
    pub block: Option<u64>,
}

impl ProposalView {
    fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::Proposed { since, .. } = outcome else { return None };
        let (state, approvals, block) = match since {
            None => ("pending", None, None),
            Some(Since::Pending { approvals, block }) => {
                ("pending", Some(*approvals), Some(*block))
            }
            Some(Since::Cancelled { block }) => ("cancelled", None, Some(*block)),
            Some(Since::Gone { block, .. }) => ("gone", None, Some(*block)),
        };
        Some(Self { state, approvals, block })
    }
}

/// What somebody has decided about a change whose end nobody can tell.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionView {
    /// Whether it counts as applied.
    pub applied: bool,
    /// How that is known.
    pub because: String,
    /// When it was decided.
    pub at: String,
}

/// The word of a command.
#[must_use]
const fn command_word(command: Command) -> &'static str {
    match command {
        Command::Apply => "apply",
        Command::Rollback => "rollback",
    }
}

impl ReceiptView {
    /// A receipt with the path of its rollback profile.
    #[must_use]
    pub fn of(receipt: &Receipt, rollback: Option<&Path>) -> Self {
        let Receipt {
            format_version: _,
            id,
            signed_at,
            chain,
            netuid,
            command,
            source,
            signer,
            origin,
            plan_digest,
            changes,
            calls,
            rollback: _,
            transaction,
            proposed,
            outcome,
        } = receipt;
        let views = |changes: &[Change]| changes.iter().map(ChangeView::of).collect::<Vec<_>>();
        let (differs, error) = match outcome {
            Outcome::NotProved { differs, .. }
            | Outcome::Partial { differs, .. }
            | Outcome::Proposed { since: Some(Since::Gone { differs, .. }), .. } => {
                (views(differs), None)
            }
            Outcome::NotSent { error }
            | Outcome::Failed { error, .. }
            | Outcome::Rejected { error } => (Vec::new(), Some(error.clone())),
            Outcome::Sending
            | Outcome::Included { .. }
            | Outcome::Closed { .. }
            | Outcome::Applied { .. }
            | Outcome::Proposed { .. }
            | Outcome::Expired => (Vec::new(), None),
        };
        let refused = match outcome {
            Outcome::Included { refused, .. } | Outcome::Partial { refused, .. } => refused.clone(),
            _ => Vec::new(),
        };
        let decided = match outcome {
            Outcome::Closed { applied, because, at, .. } => {
                Some(DecisionView { applied: *applied, because: because.clone(), at: at.clone() })
            }
            _ => None,
        };
        let place = outcome.place();
        Self {
            id: id.clone(),
            signed_at: signed_at.clone(),
            network: chain.network.clone(),
            genesis_hash: chain.genesis_hash.to_string(),
            spec_version: chain.spec_version,
            netuid: *netuid,
            action: command_word(*command),
            source: source.clone(),
            signer: signer.clone(),
            signing_mode: SigningMode::of(origin),
            plan_digest: plan_digest.clone(),
            changes: views(changes),
            calls: calls.iter().map(CallView::of).collect(),
            rollback: rollback.map(|path| path.display().to_string()),
            extrinsic_hash: transaction.hash.to_string(),
            nonce: transaction.nonce,
            valid_after_block: transaction.birth,
            valid_before_block: transaction.death,
            outcome: outcome.word(),
            proposal: ProposalView::of(outcome),
            proposed_in_block: proposed.as_ref().map(|place| place.block),
            block: place.map(|place| place.block),
            block_hash: place.map(|place| place.block_hash.to_string()),
            extrinsic_index: place.map(|place| place.index),
            fee_rao: place.and_then(|place| place.fee_rao).map(|fee| fee.to_string()),
            differs,
            refused,
            error,
            decided,
            title: title(receipt),
            signing: signing_lines(origin, Tense::Past),
            ending: ending(receipt),
            good: matches!(outcome, Outcome::Applied { .. } | Outcome::Proposed { .. }),
        }
    }
}

fn title(receipt: &Receipt) -> String {
    let Receipt { signed_at, chain, netuid, command, outcome, .. } = receipt;
    let at = signed_at.replacen('T', " ", 1).replacen('Z', " UTC", 1);
    let subnet = format!("subnet {netuid} on {} at {at}", chain.network);
    match (command, outcome) {
        (Command::Apply, Outcome::Applied { .. }) => format!("Applied to {subnet}"),
        (Command::Rollback, Outcome::Applied { .. }) => format!("Rolled back {subnet}"),
        (Command::Apply, outcome) => format!("Change of {subnet}: {}", outcome.word()),
        (Command::Rollback, outcome) => format!("Rollback of {subnet}: {}", outcome.word()),
    }
}

/// Where the transaction is and how it ended: a label and a text each.
fn ending(receipt: &Receipt) -> Vec<(&'static str, String)> {
    let Receipt { origin, transaction, proposed, outcome, changes, .. } = receipt;
    let mut lines = vec![("extrinsic", transaction.hash.to_string())];
    lines.extend(proposed.as_ref().map(|place| ("proposed", format!("in block {}", place.block))));
    if let Some(Place { block, block_hash, fee_rao, .. }) = outcome.place() {
        lines.push(("block", format!("{block} ({})", block_hash.short())));
        lines.extend(fee_rao.map(|fee| ("fee", format!("{} TAO", super::tao(fee)))));
    }
    let differs = |differs: &[Change], wanted: &str| {
        let line = |change: &Change| {
            let Change { name, from, to } = change;
            ("differs", format!("{name}: read {from}, {wanted} {to}"))
        };
        differs.iter().map(line).collect::<Vec<_>>()
    };
    let refusals = |refused: &[Refused]| {
        let line =
            |one: &Refused| ("refused", format!("{}: {}", one.names.join(" and "), one.error));
        refused.iter().map(line).collect::<Vec<_>>()
    };
    match outcome {
        Outcome::Applied { place } => {
            let all = match changes.len() {
                1 => "the value".to_owned(),
                count => format!("all {count} values"),
            };
            lines.push((
                "verified",
                format!("{all} read back from block {} as intended", place.block),
            ));
        }
        Outcome::NotProved { differs: found, .. } => lines.extend(differs(found, "intended")),
        Outcome::Partial { refused, differs: found, .. } => {
            lines.extend(refusals(refused));
            lines.extend(differs(found, "intended"));
        }
        Outcome::Proposed { place, since } => {
            lines.extend(proposal(origin, place.block, since.as_ref()));
            if let Some(Since::Gone { differs: found, .. }) = since {
                lines.extend(differs(found, "proposed"));
            }
        }
        Outcome::Included { refused, .. } => {
            lines.extend(refusals(refused));
            lines
                .push(("", "not read back yet: `subtune history --refresh` asks the chain".into()));
        }
        Outcome::Closed { applied, because, at, .. } => {
            let end = if *applied { "applied" } else { "not applied" };
            lines.push(("decided", format!("{end}, at {at}, because {because}")));
        }
        Outcome::NotSent { error } => {
            lines.push(("error", error.clone()));
            lines.push(("", "nothing was sent, nothing changed".into()));
        }
        Outcome::Failed { error, .. } | Outcome::Rejected { error } => {
            lines.push(("error", error.clone()));
        }
        Outcome::Sending => lines.push((
            "",
            "not known yet: do not send it again; `subtune history --refresh` asks the chain"
                .into(),
        )),
        Outcome::Expired => {
            lines.push(("", "expired before a block included it: nothing changed".into()))
        }
    }
    lines
}

/// What has become of a proposal, by the newest look at the chain.
fn proposal(origin: &Origin, block: u64, since: Option<&Since>) -> Vec<(&'static str, String)> {
    let (mut approvals, threshold) = match origin {
        Origin::Multisig(multisig) => (multisig.approvals, multisig.threshold),
        Origin::Direct | Origin::Proxy(_) => (0, 0),
    };
    let mut block = block;
    match since {
        None | Some(Since::Pending { .. }) => {
            if let Some(Since::Pending { approvals: now, block: at }) = since {
                (approvals, block) = (*now, *at);
            }
            vec![
                (
                    "pending",
                    format!(
                        "{approvals} of {threshold} approvals at block {block}, nothing changed so \
                         far:"
                    ),
                ),
                ("", "the others run the same command with their keys, and".into()),
                ("", "`subtune history --refresh` asks for the outcome".into()),
            ]
        }
        Some(Since::Cancelled { block }) => {
            vec![("cancelled", format!("in block {block}: nothing changed"))]
        }
        Some(Since::Gone { block, differs }) => {
            let are = if differs.is_empty() { "are" } else { "are not" };
            vec![
                ("gone", format!("no longer pending at block {block}, run or cancelled;")),
                ("", format!("the values {are} as proposed")),
            ]
        }
    }
}
