//! `subtune diff`

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use subtune_chain::{Chain, Depth};
use subtune_model::diff::{Difference, differences};
use subtune_model::error::{Error, Result};
use subtune_model::exit;
use subtune_model::snapshot::Snapshot;
use subtune_model::value::Value;

use super::netuid::SubnetAt;
use super::{Global, connect};
use crate::files::read;
use crate::profile_yaml::{self, Import, Loaded, Names};
use crate::ui::output::{Report, one_line};
use crate::ui::render;
use crate::ui::views::{CannotTellView, DiffView};

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
    fn cannot_tell(&self, other: &Self) -> impl Iterator<Item = CannotTellView> {
        self.unreadable
            .iter()
            .filter(|(name, _)| !other.partial || other.values.contains_key(*name))
            .map(|(name, why)| CannotTellView {
                name: name.clone(),
                side: self.title.clone(),
                why: why.clone(),
            })
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
    found.retain(|found| cannot_tell.iter().all(|unread| unread.name != found.name));
    let imported = [&l, &r].into_iter().filter_map(|side| side.import.clone()).collect();
    let view = DiffView::of(&l.title, &r.title, &found, cannot_tell, imported);
    let same = view.differences.is_empty() && view.cannot_tell.is_empty();
    let code = if detailed_exitcode && !same { exit::PENDING } else { exit::OK };
    let data = json!(view);
    Ok(match unified {
        false => Report::new(render::text::diff(&view), data)
            .markdown(render::markdown::diff(&view))
            .code(code),
        true => {
            let text =
                unified_text(&l, &r, &found)? + &render::text::cannot_tell(&view.cannot_tell);
            Report::new(text, data).code(code).verbatim()
        }
    })
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
    Ok(unified_diff((&left.title, &a), (&right.title, &b)))
}

/// The way of `diff -U2` of two texts under their titles. By one algorithm for lines alone: `TextDiff` brings all of
/// them for every kind of text, which would be a twentieth of the whole program.
fn unified_diff(old: (&str, &str), new: (&str, &str)) -> String {
    let a: Vec<&str> = old.1.lines().collect();
    let b: Vec<&str> = new.1.lines().collect();
    let mut hook = Compact::new(Replace::new(Capture::new()), &a[..], &b[..]);
    let Ok(()) = myers::diff_deadline_raw(&mut hook, &a[..], 0..a.len(), &b[..], 0..b.len(), None);
    let groups = hook.into_inner().into_inner().into_grouped_ops(2);
    let mut text = String::new();
    if !groups.is_empty() {
        text += &format!("--- {}\n+++ {}\n", old.0, new.0);
    }
    for group in groups {
        text += &format!("{}\n", UnifiedHunkHeader::new(&group));
        for (tag, lines) in group.iter().flat_map(|op| op.iter_slices(&a[..], &b[..])) {
            for line in lines {
                text += &format!("{tag}{line}\n");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::unified_diff;
    use similar::TextDiff;

    /// It says what the library's own way of putting it says.
    #[test]
    fn a_unified_diff_is_that_of_the_library() {
        // Lines by a generator of its own: the same in every run.
        let mut state = 7_u32;
        let mut lines = |count: u32| -> String {
            let mut line = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                format!("key{}: {}\n", (state >> 16) & 7, (state >> 24) & 1)
            };
            (0..count).map(|_| line()).collect()
        };
        for count in [0, 1, 2, 5, 30, 80] {
            for _ in 0..50 {
                let (a, b) = (lines(count), lines(count + 1));
                let ours = unified_diff(("left", &a), ("right", &b));
                let theirs = TextDiff::from_lines(&a, &b);
                let theirs =
                    theirs.unified_diff().context_radius(2).header("left", "right").to_string();
                assert_eq!(ours, theirs);
            }
        }
    }
}
