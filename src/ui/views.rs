//! Plans, snapshots and receipts as text and as data.

use comfy_table::{Cell, CellAlignment};
use serde_json::{Value as Json, json};

use crate::model::catalog::{self, Effect, Hyperparameter};
use crate::model::plan::{Call, Item, Plan, Verdict, effect_in_words, short, spoken};
use crate::model::receipt::{Change, Command, Outcome, Receipt};
use crate::model::snapshot::{SetterState, Snapshot};
use crate::model::value::{Unit, Value, decimal, human};
use crate::ops::when;
use crate::ui::output::{Stream, keep_whole, lines, table};

/// Who may set a hyperparameter on the connected chain, in one word.
#[must_use]
pub fn who(row: &Hyperparameter, snapshot: &Snapshot) -> &'static str {
    match snapshot.guards.setters.get(row.name) {
        Some(SetterState::Call { who, .. }) => who,
        Some(SetterState::Changed { .. }) => "unknown",
        Some(SetterState::Missing) | None => "nobody",
    }
}

fn head(snapshot: &Snapshot) -> String {
    let time = snapshot.guards.time_ms.map(crate::time::minutes).unwrap_or_default();
    format!(
        "Subnet {} on {} at block {} ({time}), runtime {}\nOwner {}\n",
        snapshot.netuid,
        snapshot.chain.network,
        snapshot.block.number,
        snapshot.chain.spec_version,
        snapshot.owner
    )
}

/// The live values for people, by who may set them.
#[must_use]
pub fn show_text(snapshot: &Snapshot) -> String {
    let mut text = head(snapshot);
    let sections = [
        ("owner", "The owner may set"),
        ("root", "Only root may set"),
        ("nobody", "Nobody can set"),
        ("unknown", "The call has changed: update subtune"),
    ];
    for (wanted, title) in sections {
        let mut rows = table(&["name", "raw", "value", "effect"], Stream::Stdout);
        let mut any = false;
        for row in catalog::ALL {
            let Some(value) = snapshot.hyperparameters.get(row.name) else { continue };
            if who(row, snapshot) != wanted {
                continue;
            }
            any = true;
            let default = if snapshot.unset.contains(row.name) { " *" } else { "" };
            let effect = match (row.effect.inert_at(snapshot.chain.spec_version), row.effect) {
                (Some(_), _) => "none",
                (None, Effect::When(..)) => "depends",
                (None, Effect::Live | Effect::Inert { .. }) => "live",
            };
            rows.add_row([
                Cell::new(row.name),
                Cell::new(value.to_string()).set_alignment(CellAlignment::Right),
                Cell::new(format!("{}{default}", human(value, row.unit)).trim_start()),
                Cell::new(effect),
            ]);
        }
        keep_whole(&mut rows, &[0, 2, 3]);
        if any {
            text.push_str(&format!("\n{title}\n{}", lines(&rows)));
        }
    }
    if !snapshot.unset.is_empty() {
        text.push_str("\n* never set: the chain's default\n");
    }
    if !snapshot.unknown.is_empty() {
        let mut rows = table(&["name", "raw"], Stream::Stdout);
        for (name, value) in &snapshot.unknown {
            rows.add_row([name.clone(), value.to_string()]);
        }
        text.push_str(&format!(
            "\nReported by the chain, not known to this version of subtune\n{}",
            lines(&rows)
        ));
    }
    text
}

/// The live values for scripts.
#[must_use]
pub fn show_json(snapshot: &Snapshot) -> Json {
    let rows: serde_json::Map<_, _> = snapshot
        .hyperparameters
        .iter()
        .map(|(name, value)| {
            let row = catalog::find(name);
            let data = json!({
                "raw": exact(value),
                "value": row.map(|row| human(value, row.unit)),
                "unit": row.map(|row| row.unit.describe()),
                "set": !snapshot.unset.contains(name),
                "set_by": row.map(|row| who(row, snapshot)),
                "effect": row.map(|row| effect_in_words(row, snapshot.chain.spec_version)),
            });
            (name.clone(), data)
        })
        .collect();
    let unknown: serde_json::Map<_, _> =
        snapshot.unknown.iter().map(|(name, value)| (name.clone(), exact(value))).collect();
    let mut data = place(snapshot);
    if let Json::Object(data) = &mut data {
        data.insert("hyperparameters".to_owned(), Json::Object(rows));
        data.insert("unknown".to_owned(), Json::Object(unknown));
    }
    data
}

/// Which chain, block and subnet a result is about.
#[must_use]
pub fn place(snapshot: &Snapshot) -> Json {
    json!({
        "network": snapshot.chain.network,
        "genesis_hash": snapshot.chain.genesis_hash,
        "spec_version": snapshot.chain.spec_version,
        "block": snapshot.block.number,
        "block_hash": snapshot.block.hash,
        "time": snapshot.block.time,
        "netuid": snapshot.netuid,
        "owner": snapshot.owner,
    })
}

/// A value for scripts: integers as strings, so that no reader rounds them.
#[must_use]
pub fn exact(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::None => Json::Null,
        Value::List(values) => values.iter().map(ToString::to_string).collect(),
        Value::Uint(_) | Value::Negative(_) | Value::Text(_) => json!(value.to_string()),
    }
}

/// A plan for people.
#[must_use]
pub fn plan_text(plan: &Plan, snapshot: &Snapshot, stream: Stream) -> String {
    let mut text = format!(
        "Plan for subnet {} on {} at block {}, runtime {}\nfrom {}\n\n",
        plan.netuid, plan.chain.network, plan.base.number, plan.chain.spec_version, plan.source
    );
    let mut rows = table(&["", "name", "change and verdict"], stream);
    for item in &plan.items {
        let Item { name, from, to, verdict, inert } = item;
        let unit = item.unit();
        let (from, to) = (spoken(from, unit), spoken(to, unit));
        let change = match verdict {
            Verdict::Same => to,
            _ if from.chars().count() + to.chars().count() < 48 => format!("{from} → {to}"),
            _ => format!("{from}\n→ {to}"),
        };
        let words = words(verdict, inert.as_deref(), snapshot);
        rows.add_row([mark(verdict).to_owned(), name.clone(), format!("{change}\n{words}")]);
    }
    keep_whole(&mut rows, &[0, 1]);
    text.push_str(&lines(&rows));
    text.push('\n');
    text.push_str(&summary(plan));
    for warning in &plan.warnings {
        text.push_str(&format!("warning: {warning}\n"));
    }
    for item in plan.changes().filter(|item| item.inert.is_some()) {
        text.push_str(&format!(
            "warning: {} would be accepted but has no effect on this chain\n         \
             (leave it out with --skip-inert)\n",
            item.name
        ));
    }
    text
}

const fn mark(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Now => "~",
        Verdict::Same => "=",
        Verdict::Later { .. } | Verdict::Never { .. } | Verdict::Invalid { .. } => "x",
    }
}

fn words(verdict: &Verdict, inert: Option<&str>, snapshot: &Snapshot) -> String {
    let error = |error: &Option<String>| {
        error.as_ref().map_or_else(String::new, |error| format!(" [{error}]"))
    };
    let mut words = match verdict {
        Verdict::Now => "now".to_owned(),
        Verdict::Same => "already so".to_owned(),
        Verdict::Later { block, reason, .. } => format!("at {}: {reason}", when(*block, snapshot)),
        Verdict::Never { reason, error: name } => format!("never: {reason}{}", error(name)),
        Verdict::Invalid { reason, error: name } => format!("invalid: {reason}{}", error(name)),
    };
    if let Some(inert) = inert {
        words.push_str(&format!("; no effect: {inert}"));
    }
    words
}

fn summary(plan: &Plan) -> String {
    let changes = plan.changes().count();
    let blocked = plan.blocked().count();
    let same = plan.items.iter().filter(|item| item.verdict == Verdict::Same).count();
    let mut text = format!("{changes} to change, {blocked} blocked, {same} already so\n");
    match plan.calls.as_slice() {
        [] => {}
        [one] => text.push_str(&format!("One extrinsic: {}\n", one.name())),
        several => {
            let names: Vec<_> = several.iter().map(|call| call.call.as_str()).collect();
            text.push_str(&format!(
                "One extrinsic, all or nothing: Utility.batch_all of {} calls, in this order:\n",
                several.len()
            ));
            for (index, name) in names.iter().enumerate() {
                text.push_str(&format!("  {}. {name}\n", index + 1));
            }
        }
    }
    if let Some(fee) = plan.fee_rao {
        text.push_str(&format!("Fee: about {} TAO\n", decimal(fee.into(), 9)));
    }
    text
}

/// A plan for scripts.
#[must_use]
pub fn plan_json(plan: &Plan, snapshot: &Snapshot) -> Json {
    let items: Vec<_> = plan
        .items
        .iter()
        .map(|item| {
            let Item { name, from, to, verdict, inert } = item;
            let unit = item.unit();
            let (state, block, error) = match verdict {
                Verdict::Now => ("now", None, None),
                Verdict::Same => ("same", None, None),
                Verdict::Later { block, error, .. } => ("later", Some(*block), Some(error.clone())),
                Verdict::Never { error, .. } => ("never", None, error.clone()),
                Verdict::Invalid { error, .. } => ("invalid", None, error.clone()),
            };
            json!({
                "name": name,
                "from": exact(from),
                "to": exact(to),
                "from_value": human(from, unit),
                "to_value": human(to, unit),
                "state": state,
                "reason": verdict.reason(),
                "error": error,
                "from_block": block,
                "no_effect": inert,
            })
        })
        .collect();
    let mut data = place(snapshot);
    if let Json::Object(data) = &mut data {
        data.insert("source".to_owned(), json!(plan.source));
        data.insert("items".to_owned(), json!(items));
        data.insert(
            "calls".to_owned(),
            json!(plan.calls.iter().map(call_json).collect::<Vec<_>>()),
        );
        data.insert("fee_rao".to_owned(), json!(plan.fee_rao.map(|fee| fee.to_string())));
        data.insert("warnings".to_owned(), json!(plan.warnings));
        data.insert("digest".to_owned(), json!(plan.digest()));
    }
    data
}

fn call_json(call: &Call) -> Json {
    let Call { pallet, call, netuid, args, sets } = call;
    let args: Vec<_> =
        args.iter().map(|arg| json!({ "name": arg.name, "value": exact(&arg.value) })).collect();
    json!({ "pallet": pallet, "call": call, "netuid": netuid, "args": args, "sets": sets })
}

/// A receipt for people.
#[must_use]
pub fn receipt_text(receipt: &Receipt) -> String {
    let Receipt {
        format_version: _,
        id: _,
        signed_at,
        chain,
        netuid,
        command,
        source,
        signer: _,
        plan_digest: _,
        changes,
        calls: _,
        rollback,
        transaction,
        outcome,
    } = receipt;
    let verb = command_word(*command);
    let mut text =
        format!("{signed_at}  subnet {netuid} on {}  {verb}  {}\n", chain.network, outcome.word());
    let mut rows = table(&["name", "before", "after"], Stream::Stdout);
    for Change { name, from, to } in changes {
        let unit = catalog::find(name).map_or(Unit::Count, |row| row.unit);
        rows.add_row([name.clone(), spoken(from, unit), spoken(to, unit)]);
    }
    for line in lines(&rows).lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str(&format!("  from       {source}\n"));
    text.push_str(&format!("  extrinsic  {}\n", transaction.hash));
    if let Some(place) = outcome.place() {
        text.push_str(&format!("  block      {} ({})\n", place.block, short(&place.block_hash)));
        if let Some(fee) = place.fee_rao {
            text.push_str(&format!("  fee        {} TAO\n", decimal(fee.into(), 9)));
        }
    }
    match outcome {
        Outcome::Applied { .. } => {
            text.push_str("  proof      every value read back equal at that block\n");
        }
        Outcome::NotProved { differs, .. } => {
            for Change { name, from, to } in differs {
                text.push_str(&format!("  differs    {name}: read {from}, wanted {to}\n"));
            }
        }
        Outcome::Failed { error, .. } | Outcome::Rejected { error } => {
            text.push_str(&format!("  error      {error}\n"));
        }
        Outcome::Sending => text.push_str(
            "  not known yet: do not send it again; `subtune history --refresh` asks the chain\n",
        ),
        Outcome::Expired => {
            text.push_str("  in no block before its time ran out: nothing changed\n")
        }
    }
    text.push_str(&format!("  rollback   {rollback}\n"));
    text
}

const fn command_word(command: Command) -> &'static str {
    match command {
        Command::Apply => "apply",
        Command::Rollback => "rollback",
    }
}

/// A receipt for scripts.
#[must_use]
pub fn receipt_json(receipt: &Receipt) -> Json {
    let Receipt {
        format_version: _,
        id,
        signed_at,
        chain,
        netuid,
        command,
        source,
        signer,
        plan_digest,
        changes,
        calls,
        rollback,
        transaction,
        outcome,
    } = receipt;
    let change = |change: &Change| json!({ "name": change.name, "from": exact(&change.from), "to": exact(&change.to) });
    let (differs, error) = match outcome {
        Outcome::NotProved { differs, .. } => (differs.iter().map(change).collect(), None),
        Outcome::Failed { error, .. } | Outcome::Rejected { error } => (Vec::new(), Some(error)),
        Outcome::Sending | Outcome::Applied { .. } | Outcome::Expired => (Vec::new(), None),
    };
    let place = outcome.place();
    json!({
        "id": id,
        "signed_at": signed_at,
        "network": chain.network,
        "genesis_hash": chain.genesis_hash,
        "spec_version": chain.spec_version,
        "netuid": netuid,
        "action": command_word(*command),
        "source": source,
        "signer": signer,
        "plan_digest": plan_digest,
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
        "calls": calls.iter().map(call_json).collect::<Vec<_>>(),
        "rollback": rollback,
        "extrinsic_hash": transaction.hash,
        "nonce": transaction.nonce,
        "valid_after_block": transaction.birth,
        "valid_before_block": transaction.death,
        "outcome": outcome.word(),
        "block": place.map(|place| place.block),
        "block_hash": place.map(|place| place.block_hash.clone()),
        "extrinsic_index": place.map(|place| place.index),
        "fee_rao": place.and_then(|place| place.fee_rao).map(|fee| fee.to_string()),
        "differs": differs,
        "error": error,
    })
}
