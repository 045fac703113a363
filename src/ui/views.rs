//! Plans, snapshots and receipts as text and as data.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};
use subtune_model::catalog::{self, Effect, Hyperparameter};
use subtune_model::finding::Finding;
use subtune_model::origin::{Multisig, Origin, Proxy, Timepoint};
use subtune_model::plan::{Call, Item, Plan, Status};
use subtune_model::planner::Drift;
use subtune_model::planner::check::Check;
use subtune_model::planner::stage::Stage;
use subtune_model::receipt::{Change, Command, Outcome, Place, Receipt, Refused, Since};
use subtune_model::rules;
use subtune_model::rules::effect_in_words;
use subtune_model::schedule::when;
use subtune_model::schedule::{self, Opening, Window};
use subtune_model::snapshot::{Guards, Schedule, SetterState, Snapshot};
use subtune_model::value::spoken;
use subtune_model::value::{Unit, Value, blocks, decimal, human};

use crate::ui::output::{Stream, one_line, table};

/// Who may set a hyperparameter on the connected chain, in one word.
#[must_use]
pub fn who(row: &Hyperparameter, snapshot: &Snapshot) -> &'static str {
    match snapshot.guards.setters.get(row.name) {
        Some(SetterState::Call { who, .. }) => who,
        Some(SetterState::Changed { .. }) => "unknown",
        Some(SetterState::Missing) | None => "nobody",
    }
}

/// Adds a line, which stays one whatever was put into it.
fn push_line(text: &mut String, line: &str) {
    text.push_str(&one_line(line));
    text.push('\n');
}

fn head(snapshot: &Snapshot) -> String {
    let time = snapshot.guards.time_ms.is().copied().map(subtune_model::time::minutes);
    let time = time.unwrap_or_else(|| "at an unknown time".to_owned());
    let mut text = String::new();
    push_line(
        &mut text,
        &format!(
            "Subnet {} on {} at block {} ({time}), runtime {}",
            snapshot.netuid,
            snapshot.chain.network,
            snapshot.block.number,
            snapshot.chain.spec_version
        ),
    );
    push_line(&mut text, &format!("Owner {}", snapshot.owner));
    text.push_str(&clock(snapshot));
    match rules::held(snapshot) {
        None => {}
        Some(Status::NotPermitted { reason, .. }) => {
            text.push_str(&folded(&format!("The owner's key can change nothing: {reason}")));
        }
        Some(other) => text.push_str(&folded(&format!(
            "Whether the owner's key can change anything is not known: {}",
            other.reason().unwrap_or_default()
        ))),
    }
    text
}

/// The epochs and the freeze window, in words.
fn clock(snapshot: &Snapshot) -> String {
    let Guards { schedule: Schedule { tempo, .. }, .. } = snapshot.guards;
    let (netuid, head) = (snapshot.netuid, snapshot.block.number);
    let epoch = match schedule::next_epoch(&snapshot.guards, netuid, head) {
        Ok(Some(epoch)) => format!(
            "Epoch every {tempo} blocks ({}), the next at\n  {}",
            blocks(tempo),
            when(epoch, snapshot)
        ),
        Ok(None) => "No epochs: the tempo is 0".to_owned(),
        Err(why) => format!("Epochs unclear, because {why}"),
    };
    let window = match schedule::window(&snapshot.guards, netuid, head.saturating_add(1)) {
        Ok(Window::Open(Some(block))) => {
            format!("Freeze window starts at {}", when(block, snapshot))
        }
        Ok(Window::Open(None)) => "No freeze window".to_owned(),
        Ok(Window::Closed(Some(block))) => {
            format!("Frozen: no changes before {}", when(block, snapshot))
        }
        Ok(Window::Closed(None)) => "Frozen: the freeze window never ends".to_owned(),
        Err(why) => format!("Freeze window unclear, because {}", one_line(&why)),
    };
    format!("{epoch}\n{window}\n")
}

/// The first block in which the owner may change it, as far as limits and window go: `now`, a block,
/// or why there is none.
fn next_change(row: &Hyperparameter, snapshot: &Snapshot) -> String {
    match rules::held(snapshot) {
        None => {}
        Some(Status::NotPermitted { .. }) => return "held".to_owned(),
        Some(_) => return "unclear".to_owned(),
    }
    match earliest(row, snapshot) {
        Opening::At(block) if block <= snapshot.block.number.saturating_add(1) => "now".to_owned(),
        Opening::At(block) => block.to_string(),
        Opening::Never => "never".to_owned(),
        Opening::Unclear(_) => "unclear".to_owned(),
    }
}

fn earliest(row: &Hyperparameter, snapshot: &Snapshot) -> Opening {
    let next = snapshot.block.number.saturating_add(1);
    schedule::earliest(row, &snapshot.guards, snapshot.netuid, next)
}

/// Marks a value that nothing on the chain reads.
const NO_EFFECT: &str = "x";
/// Marks a value that is read only while something else is on.
const DEPENDS: &str = "?";

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
        let owners = wanted == "owner";
        let mut header = vec!["name", "raw", "value", ""];
        header.extend(owners.then_some("change"));
        let mut rows = table(&header, Stream::Stdout);
        let mut any = false;
        for row in catalog::ALL.iter() {
            let Some(value) = snapshot.hyperparameters.get(row.name) else { continue };
            if who(row, snapshot) != wanted {
                continue;
            }
            any = true;
            let default = if snapshot.unset.contains(row.name) { " *" } else { "" };
            let effect = match row.effect {
                _ if rules::is_inert(row, snapshot) => NO_EFFECT,
                Effect::When(..) => DEPENDS,
                Effect::Live | Effect::Inert { .. } => "",
            };
            let mut cells = vec![
                row.name.to_owned(),
                value.to_string(),
                format!("{}{default}", human(value, row.unit)).trim_start().to_owned(),
                effect.to_owned(),
            ];
            cells.extend(owners.then(|| next_change(row, snapshot)));
            rows.add_row(cells);
        }
        rows.keep_whole(&[0, 2, 3, 4]);
        // With the longest name, the longest integer and a unit that makes 80 columns.
        rows.tighten(&[2, 3]);
        // The longest integer stays in one line; an account may take several.
        rows.align_right(1, 22);
        if any {
            text.push_str(&format!("\n{title}\n{}", rows.lines()));
        }
    }
    text.push_str(&unreadable_text(snapshot));
    text.push_str(&format!(
        "\n*  never set: the chain's default\n{NO_EFFECT}  no effect on this chain\n\
         {DEPENDS}  acts only with another switch on\n"
    ));
    if let Some(acts) = effective_cutoff(snapshot) {
        push_line(&mut text, &acts);
    }
    if !snapshot.unknown.is_empty() {
        let mut rows = table(&["name", "raw"], Stream::Stdout);
        for (name, value) in &snapshot.unknown {
            rows.add_row([name, &value.to_string()]);
        }
        text.push_str(&format!(
            "\nReported by the chain, not known to this version of subtune\n{}",
            rows.lines()
        ));
    }
    text
}

/// What could not be read, and why, folded to the terminal; empty when all was.
#[must_use]
pub fn unreadable_text(snapshot: &Snapshot) -> String {
    let mut rows = table(&["name", "why"], Stream::Stdout);
    for (name, why) in unreadable(snapshot) {
        rows.add_row([name, why]);
    }
    if rows.is_empty() {
        return String::new();
    }
    format!("\nCould not be read\n{}", rows.lines())
}

fn unreadable(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let guards = snapshot.guards.unreadable().map(|(what, why)| (what.to_owned(), why.to_owned()));
    snapshot.unreadable.clone().into_iter().chain(guards).collect()
}

/// The same for scripts.
#[must_use]
pub fn unreadable_json(snapshot: &Snapshot) -> Json {
    json!(unreadable(snapshot))
}

/// The live values for scripts.
#[must_use]
pub fn show_json(snapshot: &Snapshot) -> Json {
    let held = rules::held(snapshot);
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
                "effect": row.map(|row| effect_in_words(row, snapshot)),
                "changeable_from": row
                    .filter(|row| who(row, snapshot) == "owner" && held.is_none())
                    .and_then(|row| earliest(row, snapshot).block()),
            });
            (name.clone(), data)
        })
        .collect();
    let unknown: serde_json::Map<_, _> =
        snapshot.unknown.iter().map(|(name, value)| (name.clone(), exact(value))).collect();
    let mut data = place(snapshot);
    if let Json::Object(data) = &mut data {
        data.insert("schedule".to_owned(), schedule_json(snapshot));
        let why = |held: &Status| held.reason().map(str::to_owned);
        data.insert("held".to_owned(), json!(held.as_ref().and_then(why)));
        data.insert("hyperparameters".to_owned(), Json::Object(rows));
        data.insert("unknown".to_owned(), Json::Object(unknown));
        data.insert("unreadable".to_owned(), unreadable_json(snapshot));
    }
    data
}

/// The epochs and the freeze window for scripts, all in blocks.
fn schedule_json(snapshot: &Snapshot) -> Json {
    let guards = &snapshot.guards;
    let Guards { schedule, .. } = guards;
    let (netuid, head) = (snapshot.netuid, snapshot.block.number);
    let window = schedule::window(&snapshot.guards, netuid, head.saturating_add(1));
    let (state, until, unclear) = match window {
        Ok(Window::Open(until)) => ("open", until, None),
        Ok(Window::Closed(until)) => ("closed", until, None),
        Err(why) => ("unclear", None, Some(why)),
    };
    // Zeros stand for what could not be read.
    let read = |item: &str, blocks: u64| (!guards.missing.contains(item)).then_some(blocks);
    json!({
        "tempo": read("Tempo", schedule.tempo),
        "next_epoch": schedule::next_epoch(guards, netuid, head).ok().flatten(),
        "freeze_window": read("AdminFreezeWindow", schedule.freeze_window),
        "window": state,
        "window_until": until,
        "window_unclear": unclear,
    })
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

/// The sections of a plan, in the order in which they are shown.
const SECTIONS: &[(&str, &str)] = &[
    ("now", "Now"),
    ("no effect", "No effect on this chain"),
    ("later", "Later"),
    ("never", "Not permitted"),
    ("invalid", "Invalid"),
    ("unclear", "Cannot tell"),
    ("same", "Already so"),
];

/// The section of an item.
const fn section(item: &Item) -> &'static str {
    match (&item.status, &item.inert) {
        (Status::Ready, None) => "now",
        (Status::Ready, Some(_)) => "no effect",
        (Status::Later { .. }, _) => "later",
        (Status::NotPermitted { .. }, _) => "never",
        (Status::Invalid { .. }, _) => "invalid",
        (Status::Unknown { .. }, _) => "unclear",
        (Status::Unchanged, _) => "same",
    }
}

/// A plan for people.
#[must_use]
pub fn plan_text(plan: &Plan, snapshot: &Snapshot, stream: Stream) -> String {
    let mut text = plan_head(plan);
    let width = width(plan);
    for (key, title) in SECTIONS {
        let items = plan.items.iter().filter(|item| section(item) == *key);
        text.push_str(&items_text(title, items, width, snapshot, stream));
    }
    text.push('\n');
    text.push_str(&counts(plan, snapshot));
    text.push_str(&extrinsic(plan));
    for line in locked(plan, snapshot, snapshot.block.number.saturating_add(1)) {
        text.push_str(&line);
    }
    text.push_str(&findings_text(&plan.findings, stream));
    text
}

/// A plan that is carried out in later blocks, for people: each stage with its block.
#[must_use]
pub fn stages_text(whole: &Plan, stages: &[Stage], snapshot: &Snapshot, stream: Stream) -> String {
    let mut text = plan_head(whole);
    let width = width(whole);
    for (index, stage) in stages.iter().enumerate() {
        let Stage { block, waits_for, plan } = stage;
        let number = match stages.len() {
            1 => String::new(),
            count => format!("Stage {} of {count}: ", index.saturating_add(1)),
        };
        let title = match (number.as_str(), one_line(waits_for).as_str()) {
            ("", "") => "Now".to_owned(),
            (number, "") => format!("{number}now"),
            ("", why) => format!("From {}\nafter the {why}", when(*block, snapshot)),
            (number, why) => {
                format!("{number}from {}\nafter the {why}", when(*block, snapshot))
            }
        };
        text.push_str(&items_text(&title, plan.changes(), width, snapshot, stream));
        text.push_str(&extrinsic(plan));
        for line in locked(plan, snapshot, *block) {
            text.push_str(&line);
        }
    }
    for (key, title) in SECTIONS {
        let items = whole.items.iter().filter(|item| section(item) == *key);
        let items = items.filter(|item| item.status != Status::Ready);
        text.push_str(&items_text(title, items, width, snapshot, stream));
    }
    text.push('\n');
    text.push_str(&counts(whole, snapshot));
    text.push_str(&findings_text(&whole.findings, stream));
    text
}

/// The stages for scripts.
#[must_use]
pub fn stages_json(stages: &[Stage]) -> Json {
    let stage = |stage: &Stage| {
        let Stage { block, waits_for, plan } = stage;
        json!({
            "from_block": block,
            "waits_for": Some(waits_for).filter(|why| !why.is_empty()),
            "changes": stage.names(),
            "calls": plan.calls.iter().map(call_json).collect::<Vec<_>>(),
            "fee_rao": plan.fee_rao.map(|fee| fee.to_string()),
        })
    };
    stages.iter().map(stage).collect()
}

fn plan_head(plan: &Plan) -> String {
    let mut text = String::new();
    push_line(
        &mut text,
        &format!(
            "Plan for subnet {} on {} at block {}, runtime {}",
            plan.netuid, plan.chain.network, plan.base.number, plan.chain.spec_version
        ),
    );
    push_line(&mut text, &format!("from {}", plan.source));
    text
}

/// The longest name of a plan.
fn width(plan: &Plan) -> usize {
    plan.items.iter().map(|item| item.name.chars().count()).max().unwrap_or(0)
}

/// Items under a title; nothing when there are none.
fn items_text<'a>(
    title: &str,
    items: impl Iterator<Item = &'a Item>,
    width: usize,
    snapshot: &Snapshot,
    stream: Stream,
) -> String {
    let mut rows = table(&["", "", ""], stream).plain();
    for item in items {
        let name = format!("{:width$}", item.name);
        rows.add_tall_row([mark(&item.status), &name], &change_and_reason(item, snapshot));
    }
    if rows.is_empty() {
        return String::new();
    }
    rows.keep_whole(&[0, 1]);
    format!("\n{title}\n{}", rows.lines().trim_start_matches('\n'))
}

/// Stands for a value before that is not known.
const UNKNOWN: &str = "not known";

/// What changes, and below it what stands against it.
fn change_and_reason(item: &Item, snapshot: &Snapshot) -> Vec<String> {
    let Item { name: _, from, to, status, inert } = item;
    let unit = item.unit();
    let from = from.as_ref().map_or_else(|| UNKNOWN.to_owned(), |from| spoken(from, unit));
    let to = spoken(to, unit);
    let mut words = match status {
        Status::Unchanged => vec![to],
        _ if from.chars().count().saturating_add(to.chars().count()) < 48 => {
            vec![format!("{from} → {to}")]
        }
        _ => vec![from, format!("→ {to}")],
    };
    let error = match status {
        Status::Later { error, .. } => Some(error),
        Status::NotPermitted { error, .. } | Status::Invalid { error, .. } => error.as_ref(),
        Status::Ready | Status::Unknown { .. } | Status::Unchanged => None,
    };
    if let Status::Later { block, .. } = status {
        words.push(format!("from {}", when(*block, snapshot)));
    }
    words.extend(status.reason().map(str::to_owned));
    words.extend(error.map(|error| format!("[{error}]")));
    words.extend(inert.clone());
    words
}

/// What the rules and the lint say to the values of a profile, for people.
#[must_use]
pub fn check_text(source: &str, check: &Check, snapshot: &Snapshot) -> String {
    let mut rows = table(&["", "", ""], Stream::Stdout).plain();
    let mut bad = 0usize;
    for item in check.items.iter().filter(|item| item.status.is_blocked()) {
        let mark = mark(&item.status);
        // What has to wait is good: no complaint.
        bad = bad.saturating_add((mark == "x").into());
        rows.add_tall_row([mark, &item.name], &change_and_reason(item, snapshot));
    }
    let (netuid, source) = (snapshot.netuid, one_line(source));
    let mut text = match bad {
        0 => format!("{source}: good for subnet {netuid}\n"),
        1 => format!("{source}: one value cannot be set on subnet {netuid}\n"),
        several => format!("{source}: {several} values cannot be set on subnet {netuid}\n"),
    };
    if !rows.is_empty() {
        rows.keep_whole(&[0, 1]);
        text.push_str(rows.lines().trim_start_matches('\n'));
    }
    text.push_str(&findings_text(&check.findings, Stream::Stdout));
    text.push_str(&unreadable_text(snapshot));
    text
}

/// The same for scripts.
#[must_use]
pub fn check_json(source: &str, check: &Check) -> Json {
    let items: Vec<_> = check.items.iter().map(item_json).collect();
    json!({ "profile": source, "items": items, "findings": check.findings })
}

/// Until when the changes of a plan, made in block `at`, cannot be changed again, a way back
/// included.
fn locked(plan: &Plan, snapshot: &Snapshot, at: u64) -> Vec<String> {
    let changes: Vec<_> = plan.changes().filter_map(Change::of).collect();
    let mut blocks: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (name, opening) in schedule::again(&changes, &snapshot.guards, plan.netuid, at) {
        match opening {
            Opening::At(block) if block > at.saturating_add(1) => {
                blocks.entry(block).or_default().push(name);
            }
            Opening::At(_) | Opening::Never | Opening::Unclear(_) => {}
        }
    }
    blocks
        .into_iter()
        .map(|(block, names)| {
            let what = match names.as_slice() {
                [one] => one.clone(),
                [one, other] => format!("{one} and {other}"),
                several => format!("{} of these", several.len()),
            };
            format!(
                "Once changed, {} cannot be changed again\n  before {}\n",
                one_line(&what),
                when(block, snapshot)
            )
        })
        .collect()
}

/// Findings for people, folded to the terminal.
#[must_use]
pub fn findings_text(findings: &[Finding], stream: Stream) -> String {
    let mut rows = table(&["", ""], stream).plain();
    for Finding { code, name: _, message, hint } in findings {
        rows.add_tall_row([code], &[message.clone(), format!("hint: {hint}")]);
    }
    if findings.is_empty() {
        return String::new();
    }
    rows.keep_whole(&[0]);
    format!("\nWorth a look\n{}", rows.lines().trim_start_matches('\n'))
}

const fn mark(status: &Status) -> &'static str {
    match status {
        Status::Ready => "~",
        Status::Unchanged => "=",
        Status::Unknown { .. } => "?",
        Status::Later { .. } => "…",
        Status::NotPermitted { .. } | Status::Invalid { .. } => "x",
    }
}

fn counts(plan: &Plan, snapshot: &Snapshot) -> String {
    let Drift { pending, blocked, unclear } = plan.drift(snapshot);
    let changes = plan.changes().count();
    let later = match pending.len().saturating_sub(changes) {
        0 => String::new(),
        later => format!(", {later} later"),
    };
    let dead = match plan.changes().filter(|item| item.inert.is_some()).count() {
        0 => String::new(),
        dead => format!(" ({dead} without effect)"),
    };
    let unclear = match unclear.len() {
        0 => String::new(),
        unclear => format!(", {unclear} unclear"),
    };
    let same = plan.items.iter().filter(|item| item.status == Status::Unchanged).count();
    let blocked = blocked.len();
    format!("{changes} to change{dead}{later}, {blocked} blocked{unclear}, {same} already so\n")
}

/// What is sent for a plan, and its fee.
fn extrinsic(plan: &Plan) -> String {
    let mut text = String::new();
    let multisig = match &plan.origin {
        Origin::Direct | Origin::Proxy(_) => "",
        Origin::Multisig(multisig) if multisig.threshold == 1 => {
            "Multisig.as_multi_threshold_1 of "
        }
        Origin::Multisig(_) => "Multisig.as_multi of ",
    };
    let proxy = if plan.origin.proxy().is_some() { "Proxy.proxy of " } else { "" };
    match plan.calls.as_slice() {
        [] => {}
        [one] => text.push_str(&folded(&format!("One extrinsic: {multisig}{proxy}{}", one.name()))),
        several => {
            let count = several.len();
            text.push_str(&folded(&if plan.origin.is_apart() {
                format!(
                    "One extrinsic, NOT all or nothing: {multisig}Utility.batch_all of {count} times \
                     Proxy.proxy, in this order:"
                )
            } else {
                format!(
                    "One extrinsic, all or nothing: {multisig}{proxy}Utility.batch_all of {count} calls, \
                     in this order:"
                )
            }));
            for (index, call) in several.iter().enumerate() {
                push_line(&mut text, &format!("  {}. {}", index.saturating_add(1), call.call));
            }
        }
    }
    if plan.calls.is_empty() {
        return text;
    }
    for line in origin_lines(&plan.origin, Tense::Present) {
        push_line(&mut text, &line);
    }
    if !plan.origin.is_direct() {
        text.push_str(
            "The preflight sees the outer call alone; the rest is judged by subtune's rules\n",
        );
    }
    if let Some(fee) = plan.fee_rao {
        let payer = match &plan.origin {
            Origin::Direct => "",
            Origin::Proxy(Proxy { real_pays: Some(true), .. }) => ", paid by the account it is for",
            Origin::Proxy(Proxy { real_pays: None, .. }) => {
                ", paid by the signer or by the account it is for: cannot tell which"
            }
            Origin::Proxy(_) | Origin::Multisig(_) => ", paid by the signer",
        };
        // The declared weight of an approval covers the call, which only the last one runs.
        let about = match &plan.origin {
            Origin::Multisig(multisig) if !multisig.runs() => "at most",
            Origin::Direct | Origin::Proxy(_) | Origin::Multisig(_) => "about",
        };
        push_line(&mut text, &format!("Fee: {about} {} TAO{payer}", decimal(fee.into(), 9)));
    }
    if let Origin::Multisig(Multisig { deposit_rao: Some(deposit), .. }) = &plan.origin {
        let deposit = decimal((*deposit).into(), 9);
        push_line(&mut text, &format!("Deposit: {deposit} TAO, given back when the call runs"));
    }
    text
}

/// A sentence in lines of at most 80 characters.
#[must_use]
pub fn folded(sentence: &str) -> String {
    let (mut text, mut width) = (String::new(), 0usize);
    for word in one_line(sentence).split(' ') {
        let next = width.saturating_add(1).saturating_add(word.chars().count());
        width = if text.is_empty() {
            word.chars().count()
        } else if next > 80 {
            text.push('\n');
            word.chars().count()
        } else {
            text.push(' ');
            next
        };
        text.push_str(word);
    }
    text.push('\n');
    text
}

/// When something happens that is told.
#[derive(Clone, Copy)]
enum Tense {
    Present,
    Past,
}

/// The cutoff by which the chain acts, where it is not the stored number: the factor times the tempo.
fn effective_cutoff(snapshot: &Snapshot) -> Option<String> {
    let number = |name: &str| snapshot.hyperparameters.get(name).and_then(Value::as_u64);
    let row = catalog::find("activity_cutoff").filter(|row| rules::is_inert(row, snapshot))?;
    let acts = number("activity_cutoff_factor")?.saturating_mul(number("tempo")?);
    let acts = acts.checked_div(1_000)?.max(1);
    (number(row.name)? != acts).then(|| {
        format!("The chain acts by activity_cutoff_factor × tempo: {acts} ({})", blocks(acts))
    })
}

/// Whose calls they are, when not the signer's own.
fn origin_lines(origin: &Origin, tense: Tense) -> Vec<String> {
    match origin {
        Origin::Direct => Vec::new(),
        Origin::Proxy(Proxy { real, proxy_type, .. }) => {
            vec![format!("As proxy ({proxy_type}) of {real}")]
        }
        Origin::Multisig(multisig) => {
            let Multisig { account, proxy, threshold, call_hash, timepoint, approvals, .. } =
                multisig;
            let does = match (multisig.runs(), timepoint, tense) {
                (true, _, Tense::Present) => "runs the call",
                (true, _, Tense::Past) => "ran the call",
                (false, None, Tense::Present) => "proposes the call",
                (false, None, Tense::Past) => "proposed the call",
                (false, Some(_), Tense::Present) => "the call waits for more",
                (false, Some(_), Tense::Past) => "the call waited for more",
            };
            let mut lines = vec![format!("As multisig {account}")];
            if let Some(Proxy { real, proxy_type, .. }) = proxy {
                lines.push(format!("which is proxy ({proxy_type}) of {real}"));
            }
            lines.push(format!("Approval {approvals} of {threshold}: {does}"));
            lines.push(format!("Call hash {call_hash}"));
            lines
        }
    }
}

fn origin_json(origin: &Origin) -> Json {
    match origin {
        Origin::Direct => json!({ "kind": "direct" }),
        Origin::Proxy(Proxy { real, proxy_type, apart, real_pays }) => json!({
            "kind": "proxy",
            "real": real,
            "proxy_type": proxy_type,
            "atomic": !apart,
            "real_pays": real_pays,
        }),
        Origin::Multisig(multisig) => {
            let Multisig {
                account,
                proxy,
                threshold,
                others,
                call_hash,
                call_data,
                timepoint,
                approvals,
                max_weight: _,
                deposit_rao,
            } = multisig;
            json!({
                "kind": "multisig",
                "account": account,
                "proxy": proxy.as_ref().map(|proxy| {
                    let Proxy { real, proxy_type, apart, real_pays: _ } = proxy;
                    json!({ "real": real, "proxy_type": proxy_type, "atomic": !apart })
                }),
                "threshold": threshold,
                "other_signatories": others,
                "approvals": approvals,
                "runs": multisig.runs(),
                "call_hash": call_hash,
                "call_data": call_data,
                "timepoint": timepoint.map(|Timepoint { height, index }| {
                    json!({ "height": height, "index": index })
                }),
                "deposit_rao": deposit_rao.map(|deposit| deposit.to_string()),
            })
        }
    }
}

/// What the signature does, for a question: `change subnet 46 on finney`.
#[must_use]
pub fn deed(plan: &Plan) -> String {
    let what = format!("subnet {} on {}", plan.netuid, plan.chain.network);
    match &plan.origin {
        Origin::Multisig(multisig) if !multisig.runs() => match multisig.timepoint {
            None => format!("propose a change of {what}"),
            Some(_) => format!("approve a change of {what}"),
        },
        origin if origin.is_apart() && plan.calls.len() > 1 => {
            format!("change {what} call by call, NOT all or nothing")
        }
        Origin::Direct | Origin::Proxy(_) | Origin::Multisig(_) => format!("change {what}"),
    }
}

/// A plan for scripts.
#[must_use]
pub fn plan_json(plan: &Plan, snapshot: &Snapshot) -> Json {
    let items: Vec<_> = plan.items.iter().map(item_json).collect();
    let mut data = place(snapshot);
    if let Json::Object(data) = &mut data {
        data.insert("source".to_owned(), json!(plan.source));
        data.insert("items".to_owned(), json!(items));
        let Drift { pending, blocked, unclear } = plan.drift(snapshot);
        let names =
            |items: &[&Item]| json!(items.iter().map(|item| &item.name).collect::<Vec<_>>());
        let drift = json!({
            "pending": names(&pending),
            "blocked": names(&blocked),
            "unclear": names(&unclear),
        });
        data.insert("drift".to_owned(), drift);
        data.insert(
            "calls".to_owned(),
            json!(plan.calls.iter().map(call_json).collect::<Vec<_>>()),
        );
        data.insert("signing_mode".to_owned(), origin_json(&plan.origin));
        data.insert("fee_rao".to_owned(), json!(plan.fee_rao.map(|fee| fee.to_string())));
        data.insert("findings".to_owned(), json!(plan.findings));
        data.insert("digest".to_owned(), json!(plan.digest()));
    }
    data
}

fn item_json(item: &Item) -> Json {
    let Item { name, from, to, status, inert } = item;
    let unit = item.unit();
    let (state, block, error) = match status {
        Status::Ready => ("now", None, None),
        Status::Unchanged => ("same", None, None),
        Status::Later { block, error, .. } => ("later", Some(*block), Some(error.clone())),
        Status::NotPermitted { error, .. } => ("never", None, error.clone()),
        Status::Invalid { error, .. } => ("invalid", None, error.clone()),
        Status::Unknown { .. } => ("unclear", None, None),
    };
    json!({
        "name": name,
        "from": from.as_ref().map(exact),
        "from_known": from.is_some(),
        "to": exact(to),
        "from_value": from.as_ref().map(|from| human(from, unit)),
        "to_value": human(to, unit),
        "state": state,
        "reason": status.reason(),
        "error": error,
        "from_block": block,
        "no_effect": inert,
    })
}

fn call_json(call: &Call) -> Json {
    let Call { pallet, call, netuid, args, sets } = call;
    let args: Vec<_> =
        args.iter().map(|arg| json!({ "name": arg.name, "value": exact(&arg.value) })).collect();
    json!({ "pallet": pallet, "call": call, "netuid": netuid, "args": args, "sets": sets })
}

/// A receipt for people.
#[must_use]
pub fn receipt_text(receipt: &Receipt, rollback: Option<&Path>) -> String {
    let Receipt {
        format_version: _,
        id,
        signed_at,
        chain,
        netuid,
        command,
        source,
        signer: _,
        origin,
        plan_digest: _,
        changes,
        calls: _,
        rollback: _,
        transaction,
        proposed,
        outcome,
    } = receipt;
    let verb = command_word(*command);
    let mut text = String::new();
    push_line(
        &mut text,
        &format!("{signed_at}  subnet {netuid} on {}  {verb}  {}", chain.network, outcome.word()),
    );
    let mut rows = table(&["name", "before", "after"], Stream::Stdout);
    for Change { name, from, to } in changes {
        let unit = catalog::find(name).map_or(Unit::Count, |row| row.unit);
        rows.add_row([name, &spoken(from, unit), &spoken(to, unit)]);
    }
    for line in rows.lines().lines() {
        push_line(&mut text, &format!("  {line}"));
    }
    push_line(&mut text, &format!("  from       {source}"));
    for (index, line) in origin_lines(origin, Tense::Past).iter().enumerate() {
        let label = if index == 0 { "signing_mode" } else { "" };
        push_line(&mut text, &format!("  {label:9}  {line}"));
    }
    push_line(&mut text, &format!("  extrinsic  {}", transaction.hash));
    if let Some(Place { block, .. }) = proposed {
        text.push_str(&format!("  proposed   in block {block}\n"));
    }
    if let Some(place) = outcome.place() {
        push_line(
            &mut text,
            &format!("  block      {} ({})", place.block, place.block_hash.short()),
        );
        if let Some(fee) = place.fee_rao {
            push_line(&mut text, &format!("  fee        {} TAO", decimal(fee.into(), 9)));
        }
    }
    match outcome {
        Outcome::Applied { .. } => {
            text.push_str("  proof      every value read back equal at that block\n");
        }
        Outcome::NotProved { differs, .. } => {
            for Change { name, from, to } in differs {
                push_line(&mut text, &format!("  differs    {name}: read {from}, wanted {to}"));
            }
        }
        Outcome::Partial { refused, differs, .. } => {
            for Refused { names, error } in refused {
                push_line(&mut text, &format!("  refused    {}: {error}", names.join(" and ")));
            }
            for Change { name, from, to } in differs {
                push_line(&mut text, &format!("  differs    {name}: read {from}, wanted {to}"));
            }
        }
        Outcome::Proposed { place, since } => {
            proposal_text(&mut text, origin, place.block, since.as_ref());
        }
        Outcome::Included { refused, .. } => {
            for Refused { names, error } in refused {
                push_line(&mut text, &format!("  refused    {}: {error}", names.join(" and ")));
            }
            text.push_str("  not read back yet: `subtune history --refresh` asks the chain\n");
        }
        Outcome::Closed { applied, because, at, .. } => {
            let end = if *applied { "applied" } else { "not applied" };
            push_line(&mut text, &format!("  decided    {end}, at {at}, because {because}"));
        }
        Outcome::NotSent { error } => {
            push_line(&mut text, &format!("  error      {error}"));
            text.push_str("  nothing was sent, nothing changed\n");
        }
        Outcome::Failed { error, .. } | Outcome::Rejected { error } => {
            push_line(&mut text, &format!("  error      {error}"));
        }
        Outcome::Sending => text.push_str(
            "  not known yet: do not send it again; `subtune history --refresh` asks the chain\n",
        ),
        Outcome::Expired => {
            text.push_str("  in no block before its time ran out: nothing changed\n")
        }
    }
    push_line(&mut text, &format!("  id         {id}"));
    if let Some(rollback) = rollback {
        push_line(&mut text, &format!("  rollback   {}", rollback.display()));
    }
    text
}

/// What has become of a proposal, by the newest look at the chain.
fn proposal_text(text: &mut String, origin: &Origin, block: u64, since: Option<&Since>) {
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
            text.push_str(&format!(
                "  pending    {approvals} of {threshold} approvals at block {block}, nothing changed so far:\n             \
                 the others run the same command with their keys, and\n             \
                 `subtune history --refresh` asks what became of it\n"
            ));
        }
        Some(Since::Cancelled { block }) => {
            text.push_str(&format!("  cancelled  in block {block}: nothing changed\n"));
        }
        Some(Since::Gone { block, differs }) => {
            let are = if differs.is_empty() { "are" } else { "are not" };
            text.push_str(&format!(
                "  gone       no longer pending at block {block}, run or cancelled;\n             \
                 the values {are} as proposed\n"
            ));
            for Change { name, from, to } in differs {
                push_line(text, &format!("  differs    {name}: read {from}, proposed {to}"));
            }
        }
    }
}

/// The same for scripts.
fn proposal_json(outcome: &Outcome) -> Json {
    let Outcome::Proposed { since, .. } = outcome else { return Json::Null };
    match since {
        None => json!({ "state": "pending", "approvals": null, "block": null }),
        Some(Since::Pending { approvals, block }) => {
            json!({ "state": "pending", "approvals": approvals, "block": block })
        }
        Some(Since::Cancelled { block }) => {
            json!({ "state": "cancelled", "approvals": null, "block": block })
        }
        Some(Since::Gone { block, .. }) => {
            json!({ "state": "gone", "approvals": null, "block": block })
        }
    }
}

const fn command_word(command: Command) -> &'static str {
    match command {
        Command::Apply => "apply",
        Command::Rollback => "rollback",
    }
}

/// A receipt for scripts.
#[must_use]
pub fn receipt_json(receipt: &Receipt, rollback: Option<&Path>) -> Json {
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
    let change = |change: &Change| json!({ "name": change.name, "from": exact(&change.from), "to": exact(&change.to) });
    let (differs, error) = match outcome {
        Outcome::NotProved { differs, .. }
        | Outcome::Partial { differs, .. }
        | Outcome::Proposed { since: Some(Since::Gone { differs, .. }), .. } => {
            (differs.iter().map(change).collect(), None)
        }
        Outcome::NotSent { error }
        | Outcome::Failed { error, .. }
        | Outcome::Rejected { error } => (Vec::new(), Some(error)),
        Outcome::Sending
        | Outcome::Included { .. }
        | Outcome::Closed { .. }
        | Outcome::Applied { .. }
        | Outcome::Proposed { .. }
        | Outcome::Expired => (Vec::new(), None),
    };
    let refused: Vec<_> = match outcome {
        Outcome::Included { refused, .. } | Outcome::Partial { refused, .. } => {
            refused.iter().map(|one| json!(one)).collect()
        }
        _ => Vec::new(),
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
        "signing_mode": origin_json(origin),
        "plan_digest": plan_digest,
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
        "calls": calls.iter().map(call_json).collect::<Vec<_>>(),
        "rollback": rollback.map(|path| path.display().to_string()),
        "extrinsic_hash": transaction.hash,
        "nonce": transaction.nonce,
        "valid_after_block": transaction.birth,
        "valid_before_block": transaction.death,
        "outcome": outcome.word(),
        "proposal": proposal_json(outcome),
        "proposed_in_block": proposed.as_ref().map(|place| place.block),
        "block": place.map(|place| place.block),
        "block_hash": place.map(|place| place.block_hash),
        "extrinsic_index": place.map(|place| place.index),
        "fee_rao": place.and_then(|place| place.fee_rao).map(|fee| fee.to_string()),
        "differs": differs,
        "refused": refused,
        "error": error,
        "decided": match outcome {
            Outcome::Closed { applied, because, at, .. } => {
                json!({ "applied": applied, "because": because, "at": at })
            }
            _ => Json::Null,
        },
    })
}
