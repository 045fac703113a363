//! The connected chain at a glance, as text and as data.

use serde_json::{Value as Json, json};
use subtune_model::catalog::CHECKED;
use subtune_model::overview::{GLOBALS, Overview};
use subtune_model::runtime::{SurfaceDifference, SurfacePart};
use subtune_model::snapshot::Known;
use subtune_model::value::{Unit, Value, human, seconds};

use crate::ui::output::{Stream, one_line, pairs, table};
use crate::ui::render::text::folded;

/// How many differences are shown; all of them are in the data.
const SHOWN: usize = 20;

/// For people.
#[must_use]
pub fn text(found: &Overview) -> String {
    let Overview { chain, block, time_ms, .. } = found;
    let time = time_ms.map(subtune_model::time::minutes);
    let reach = match chain.spec_version.cmp(&CHECKED) {
        std::cmp::Ordering::Less => "; this one is older, and its history is known",
        std::cmp::Ordering::Equal => ", which this is",
        std::cmp::Ordering::Greater => "; this one is newer",
    };
    let mut text = pairs(&[
        ("Chain", format!("{}, genesis {}", chain.network, chain.genesis_hash)),
        (
            "Block",
            format!("{} ({})", block.number, time.as_deref().unwrap_or("at an unknown time")),
        ),
        ("Runtime", chain.spec_version.to_string()),
        ("Checked up to", format!("runtime {CHECKED}{reach}")),
        ("Transactions", format!("version {}", found.transaction_version)),
        ("Block time", block_time(found)),
        ("Proxy types", found.proxy_types.join(", ")),
        ("Extensions", found.extensions.join(", ")),
    ]);
    text.push_str("\nLimits of the whole network\n");
    let mut rows = table(&["name", "raw", "value"], Stream::Stdout);
    for (name, unit) in GLOBALS.iter() {
        let (raw, value) = match found.globals.get(*name) {
            Some(Known::Is(raw)) => (raw.to_string(), human(&Value::Uint(*raw), *unit)),
            Some(Known::Unreadable(why)) => (String::new(), format!("cannot tell: {why}")),
            Some(Known::Unset) | None => (String::new(), "this chain has none".to_owned()),
        };
        rows.add_row([*name, &raw, &value]);
    }
    text.push_str(&rows.lines());
    if !found.found.is_empty() {
        text.push_str("\nSetters that subtune does not know, found by their shape\n");
        for one in &found.found {
            text.push_str(&line(&format!("  {}: {} sets {}", one.name, one.call, one.item)));
            text.push_str(&line(&format!("    {}", one.ty)));
        }
    }
    for (name, why) in &found.ambiguous {
        text.push_str(&folded(
            &format!("{name}: {why}, and subtune does not guess"),
            Stream::Stdout,
        ));
    }
    text.push_str(&differences(&found.differences));
    text
}

fn line(text: &str) -> String {
    format!("{}\n", one_line(text))
}

fn block_time(found: &Overview) -> String {
    match &found.block_time {
        Known::Is((ms, by)) if ms % 1_000 == 0 => {
            format!("{}, by {by}", seconds((ms / 1_000).into()))
        }
        Known::Is((ms, by)) => format!("{ms} ms, by {by}"),
        Known::Unset => "no constant of this chain tells".to_owned(),
        Known::Unreadable(why) => format!("cannot tell: {why}"),
    }
}

fn differences(all: &[SurfaceDifference]) -> String {
    if all.is_empty() {
        return format!(
            "\nNothing differs from runtime {CHECKED}, with which subtune was checked\n"
        );
    }
    let mut text =
        format!("\nWhat differs from runtime {CHECKED}, with which subtune was checked\n");
    let mut rows = table(&["", "new", "missing", "changed"], Stream::Stdout);
    for (part, name) in SurfacePart::ALL {
        let count = |which: fn(&SurfaceDifference) -> bool| {
            all.iter().filter(|one| one.part == part && which(one)).count().to_string()
        };
        rows.add_row([
            name.to_owned(),
            count(|one| one.was.is_none()),
            count(|one| one.is.is_none()),
            count(|one| one.was.is_some() && one.is.is_some()),
        ]);
    }
    text.push_str(&rows.lines());
    let concerned: Vec<_> = all.iter().filter(|one| !one.concerns.is_empty()).collect();
    if !concerned.is_empty() {
        text.push_str("\nOf these, what concerns hyperparameters\n");
    }
    for one in concerned.iter().take(SHOWN) {
        let how = match (&one.was, &one.is) {
            (None, _) => "is new",
            (_, None) => "is missing",
            _ => "has changed",
        };
        let whom = match one.concerns.as_slice() {
            [name] | [name, ..] if one.concerns.len() == 1 => (*name).to_owned(),
            names => format!("{} hyperparameters", names.len()),
        };
        text.push_str(&line(&format!("  {} {how}: {whom}", one.name)));
        if let (Some(was), Some(is)) = (&one.was, &one.is) {
            text.push_str(&line(&format!("    was {was}")));
            text.push_str(&line(&format!("    is  {is}")));
        }
    }
    let left = all.len().saturating_sub(concerned.len().min(SHOWN));
    if left > 0 {
        text.push_str(&format!("\n{left} more: `subtune chain --format json` lists all\n"));
    }
    text
}

/// For scripts.
#[must_use]
pub fn json(found: &Overview) -> Json {
    let globals: serde_json::Map<_, _> = GLOBALS
        .iter()
        .map(|(name, unit)| {
            let known = found.globals.get(*name);
            let raw = known.and_then(Known::is);
            let data = json!({
                "raw": raw.map(u128::to_string),
                "value": raw.map(|raw| human(&Value::Uint(*raw), *unit)),
                "unit": (*unit != Unit::Count).then(|| unit.describe()),
                "unreadable": known.and_then(Known::why),
            });
            ((*name).to_owned(), data)
        })
        .collect();
    let setters: Vec<_> = found
        .found
        .iter()
        .map(|one| json!({ "name": one.name, "call": one.call, "item": one.item, "type": one.ty }))
        .collect();
    let (ms, by) = found.block_time.is().copied().unzip();
    json!({
        "chain": found.chain,
        "block": found.block,
        "transaction_version": found.transaction_version,
        "checked_with": CHECKED,
        "block_time": { "milliseconds": ms, "constant": by },
        "globals": globals,
        "proxy_types": found.proxy_types,
        "extensions": found.extensions,
        "unknown_setters": setters,
        "ambiguous_setters": found.ambiguous,
        "differences": found.differences,
    })
}
