//! `subtune diff`

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use similar::TextDiff;
use subtune_chain::{Chain, Depth};
use subtune_model::catalog;
use subtune_model::diff::{Difference, DifferenceKind, differences};
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::spoken;
use subtune_model::value::{Unit, Value};

use super::netuid::SubnetAt;
use super::{Global, connect};
use crate::files::read;
use crate::profile_yaml::{self, Import, Loaded, Names};
use crate::ui::output::{Report, Stream, one_line, table};
use crate::ui::screen;
use crate::ui::views::exact;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A netuid, NETUID@BLOCK, a profile name or file, or a snapshot file
    left: String,
    /// The same for the other side
    right: String,
    /// Show a text diff of the YAML
    #[arg(long)]
    unified: bool,
    /// Exit with 3 when there are differences, or values that could not be read
    #[arg(long)]
    detailed_exitcode: bool,
}

/// One side: what it is called, its values, and whether it names only some.
struct Side {
    title: String,
    values: BTreeMap<String, Value>,
    /// What could not be read, and why: it can be compared with nothing.
    unreadable: BTreeMap<String, String>,
    partial: bool,
    import: Option<Import>,
}

impl Side {
    fn of(title: String, snapshot: Snapshot) -> Self {
        let Snapshot { hyperparameters: mut values, unknown, unreadable, .. } = snapshot;
        values.extend(unknown);
        Self { title, values, unreadable, partial: false, import: None }
    }

    /// What could not be read here and the other side speaks of, with the reason.
    fn cannot_tell<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        self.unreadable
            .iter()
            .filter(|(name, _)| !other.partial || other.values.contains_key(*name))
            .map(|(name, why)| (name.as_str(), self.title.as_str(), why.as_str()))
    }
}

/// A side that lives on the chain.
fn live(text: &str) -> Option<SubnetAt> {
    text.parse().ok()
}

async fn side(global: &Global, text: &str, chain: Option<&Chain>) -> Result<Side> {
    if let (Some(SubnetAt { netuid, block }), Some(chain)) = (live(text), chain) {
        let snapshot = connect::read(chain, netuid, block, Depth::Values).await?;
        let title = format!("subnet {netuid} at block {}", snapshot.block.number);
        return Ok(Side::of(title, snapshot));
    }
    let loaded = profile_yaml::load(text, Names::Known)?;
    connect::tell_import(global, &loaded);
    let Loaded { profile, unreadable, form, import } = loaded;
    Ok(Side {
        title: one_line(&read::name(Path::new(text))),
        values: profile.hyperparameters,
        unreadable,
        partial: !form.is_complete(),
        import,
    })
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { left, right, unified, detailed_exitcode } = args;
    let chain = if live(&left).or_else(|| live(&right)).is_some() {
        Some(connect::connect(global).await?)
    } else {
        None
    };
    let (l, r) =
        (side(global, &left, chain.as_ref()).await?, side(global, &right, chain.as_ref()).await?);
    if let Some(chain) = &chain {
        connect::tell_traffic(global, chain);
    }
    let mut found = differences(&l.values, &r.values, l.partial, r.partial);
    let cannot_tell: Vec<_> = l.cannot_tell(&r).chain(r.cannot_tell(&l)).collect();
    found.retain(|found| cannot_tell.iter().all(|(name, ..)| *name != found.name));
    let mut text = if unified { unified_text(&l, &r, &found)? } else { table_text(&l, &r, &found) };
    for (name, title, why) in &cannot_tell {
        let line = format!("cannot tell: {name} could not be read in {title}: {why}");
        text.push_str(&format!("{}\n", screen::one_line(&line)));
    }
    let rows: Vec<_> = found
        .iter()
        .map(|found| {
            let Difference { name, left, right } = found;
            json!({
                "name": name,
                "kind": found.kind(),
                "left": left.as_ref().map(exact),
                "right": right.as_ref().map(exact),
            })
        })
        .collect();
    let same = found.is_empty() && cannot_tell.is_empty();
    let code = if detailed_exitcode && !same { exit::PENDING } else { exit::OK };
    let cannot_tell: Vec<_> = cannot_tell
        .iter()
        .map(|(name, side, why)| json!({ "name": name, "side": side, "why": why }))
        .collect();
    let imported: Vec<_> = [&l, &r].into_iter().filter_map(|side| side.import.as_ref()).collect();
    let data = json!({
        "left": l.title,
        "right": r.title,
        "differences": rows,
        "cannot_tell": cannot_tell,
        "imported": imported,
    });
    let report = Report::new(text, data).code(code);
    Ok(if unified { report.verbatim() } else { report })
}

fn table_text(left: &Side, right: &Side, found: &[Difference]) -> String {
    if found.is_empty() {
        return format!("No differences between {} and {}\n", left.title, right.title);
    }
    let mut rows = table(&["name", &left.title, &right.title], Stream::Stdout);
    for Difference { name, left, right } in found {
        let unit = catalog::find(name).map_or(Unit::Count, |row| row.unit);
        let show = |value: &Option<Value>| {
            value.as_ref().map_or_else(|| "-".to_owned(), |value| spoken(value, unit))
        };
        rows.add_row([name.clone(), show(left), show(right)]);
    }
    let count = match found.len() {
        1 => "1 difference".to_owned(),
        count => format!("{count} differences"),
    };
    format!("{}\n{count}{}\n", rows.lines(), kinds(left, right, found))
}

/// How many differences there are of each kind, where they are not all of the usual one.
fn kinds(left: &Side, right: &Side, found: &[Difference]) -> String {
    let count = |kind| found.iter().filter(|found| found.kind() == kind).count();
    let changed = count(DifferenceKind::Changed);
    if changed == found.len() {
        return String::new();
    }
    let parts: Vec<_> = [
        (changed, "changed".to_owned()),
        (count(DifferenceKind::OnlyLeft), format!("only in {}", left.title)),
        (count(DifferenceKind::OnlyRight), format!("only in {}", right.title)),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{count} {words}"))
    .collect();
    format!(": {}", parts.join(", "))
}

fn unified_text(left: &Side, right: &Side, found: &[Difference]) -> Result<String> {
    // What a partial side does not name is not compared, so it is not shown either.
    let yaml = |side: &Side, other: &Side| {
        let values: BTreeMap<_, _> = side
            .values
            .iter()
            .filter(|(name, _)| side.partial || !other.partial || other.values.contains_key(*name))
            .filter(|(name, _)| !other.unreadable.contains_key(*name))
            .collect();
        serde_yaml::to_string(&values)
            .map_err(|error| Error::other("the values cannot be written as YAML").because(error))
    };
    if found.is_empty() {
        return Ok(String::new());
    }
    let (a, b) = (yaml(left, right)?, yaml(right, left)?);
    Ok(TextDiff::from_lines(&a, &b)
        .unified_diff()
        .context_radius(2)
        .header(&left.title, &right.title)
        .to_string())
}
