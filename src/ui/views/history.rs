//! The records of this machine, as they are shown.

use std::path::PathBuf;

use serde::Serialize;
use subtune_model::error::Error;
use subtune_model::receipt::Receipt;

use super::ReceiptView;

/// The records of this machine.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryView {
    /// The newest ones that were asked for, oldest first.
    pub receipts: Vec<ReceiptView>,
    /// Records that cannot be read, one sentence each.
    pub unreadable: Vec<String>,
    /// Records whose end cannot be told.
    pub failed: Vec<FailedView>,
    /// One line for each record, newest first.
    #[serde(skip)]
    pub lines: Vec<RecordLine>,
    /// How many of them have an outcome that is not known yet.
    #[serde(skip)]
    pub open: usize,
    /// How many older ones are left out.
    #[serde(skip)]
    pub older: usize,
    /// Whether one record was asked for, which is shown whole.
    #[serde(skip)]
    pub whole: bool,
    /// What to say where there are none.
    #[serde(skip)]
    pub none: String,
}

/// A record in one line.
#[derive(Debug, Clone)]
pub struct RecordLine {
    /// When it was signed.
    pub when: String,
    /// The subnet, and the network where the records are of several.
    pub subnet: String,
    /// `apply` or `rollback`.
    pub action: &'static str,
    /// How it ended.
    pub outcome: &'static str,
    /// How many values it changes.
    pub values: usize,
    /// Its id.
    pub id: String,
    /// Whether everything is as it was meant to be.
    pub good: bool,
}

/// A record whose end cannot be told.
#[derive(Debug, Clone, Serialize)]
pub struct FailedView {
    /// Its id.
    pub id: String,
    /// Why.
    pub error: String,
    /// What to do.
    pub hint: String,
}

impl HistoryView {
    /// The newest `limit` of these records, oldest first; those that are left out are counted.
    #[must_use]
    pub fn of(
        receipts: &[Receipt],
        limit: Option<usize>,
        rollback: impl Fn(&Receipt) -> Option<PathBuf>,
        none: String,
    ) -> Self {
        let older = receipts.len().saturating_sub(limit.unwrap_or(usize::MAX));
        let shown = receipts.get(older..).unwrap_or_default();
        let view = |receipt: &Receipt| ReceiptView::of(receipt, rollback(receipt).as_deref());
        let receipts: Vec<_> = shown.iter().map(view).collect();
        let lines = lines(&receipts);
        Self {
            receipts,
            unreadable: Vec::new(),
            failed: Vec::new(),
            lines,
            open: shown.iter().filter(|receipt| receipt.outcome.is_open()).count(),
            older,
            whole: false,
            none,
        }
    }

    /// The same with what went wrong on the way.
    #[must_use]
    pub fn with(self, unreadable: Vec<String>, failed: &[(String, Error)]) -> Self {
        let failed = failed.iter().map(|(id, error)| FailedView {
            id: id.clone(),
            error: error.what.clone(),
            hint: error.next_step().to_owned(),
        });
        Self { unreadable, failed: failed.collect(), ..self }
    }
}

/// One line for each record, newest first.
fn lines(receipts: &[ReceiptView]) -> Vec<RecordLine> {
    let first = receipts.first().map(|receipt| &receipt.genesis_hash);
    let several = receipts.iter().any(|receipt| Some(&receipt.genesis_hash) != first);
    let line = |receipt: &ReceiptView| RecordLine {
        // To the minute: the id has the second.
        when: receipt.signed_at.chars().take(16).collect::<String>().replacen('T', " ", 1),
        subnet: match several {
            true => format!("{} on {}", receipt.netuid, receipt.network),
            false => receipt.netuid.to_string(),
        },
        action: receipt.action,
        outcome: receipt.outcome,
        values: receipt.changes.len(),
        id: receipt.id.clone(),
        good: receipt.good,
    };
    receipts.iter().rev().map(line).collect()
}
