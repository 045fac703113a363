//! `subtune metagraph`

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::json;
use subtune_chain::Depth;
use subtune_model::error::Result;
use subtune_model::monitor::Role;

use super::netuid::{NetuidAt, SubnetAt};
use super::{Global, connect};
use crate::ui::output::Report;
use crate::ui::render;
use crate::ui::views::{Column, MetagraphView, Selection};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    netuid: NetuidAt,
    /// Read at this block instead of the latest finalized one
    #[arg(long = "at-block", alias = "at", value_name = "BLOCK")]
    at: Option<u64>,
    /// Show only these; miners come in the order in which they would be replaced
    #[arg(long, value_enum, conflicts_with = "uid")]
    role: Option<Shown>,
    /// Sort by a column: numbers from the largest on, uid and prune from the smallest
    #[arg(long, value_enum, value_name = "COLUMN", hide_possible_values = true)]
    sort: Option<Column>,
    /// Columns separated by commas, or `all`; else as many as there is room for
    #[arg(long, value_name = "COLUMN,…", value_parser = columns)]
    columns: Option<Columns>,
    /// Show one neuron closely: stake of parents and children, weights and bonds
    #[arg(long, value_name = "UID")]
    uid: Option<u16>,
    /// Incentive, updates, weights and bonds of this mechanism
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    mechanism: u8,
    /// Blocks without new weights after which a validator is marked, once and twice
    #[arg(long, value_name = "BLOCKS,BLOCKS", default_value = "500,1500", value_parser = stale)]
    stale: Stale,
}

/// The columns that were asked for.
#[derive(Debug, Clone)]
struct Columns(Vec<Column>);

/// Two levels of an alert.
#[derive(Debug, Clone, Copy)]
struct Stale(u64, u64);

/// A role that can be asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shown {
    Validator,
    Miner,
    Immune,
    Owner,
}

impl ValueEnum for Column {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

fn columns(text: &str) -> std::result::Result<Columns, String> {
    if text == "all" {
        return Ok(Columns(Column::ALL.to_vec()));
    }
    let column = |name: &str| {
        Column::ALL.into_iter().find(|column| column.name() == name.trim()).ok_or_else(|| {
            let all: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
            format!("{name} is no column; there are {} and all", all.join(", "))
        })
    };
    text.split(',').map(column).collect::<std::result::Result<_, _>>().map(Columns)
}

fn stale(text: &str) -> std::result::Result<Stale, String> {
    let levels: Vec<_> = text.split(',').map(|level| level.trim().parse::<u64>()).collect();
    match levels.as_slice() {
        [Ok(late), Ok(very_late)] if late <= very_late => Ok(Stale(*late, *very_late)),
        _ => Err("two numbers of blocks, the smaller one first, as in 500,1500".to_owned()),
    }
}

pub(super) async fn run(global: &Global, args: Args) -> Result<Report> {
    let Args { netuid, at, role, sort, columns, uid, mechanism, stale } = args;
    let SubnetAt { netuid, block } = netuid.required("metagraph", at)?;
    let choice = Selection {
        role: role.map(|role| match role {
            Shown::Validator => Role::Validator,
            Shown::Miner => Role::Miner,
            Shown::Immune => Role::Immune,
            Shown::Owner => Role::Owner,
        }),
        sort,
        columns: columns.map(|Columns(columns)| columns),
        stale: (stale.0, stale.1),
    };
    let chain = connect::connect(global).await?;
    let snapshot = connect::read(&chain, netuid, block, Depth::Values).await?;
    let graph = chain.metagraph(&snapshot, mechanism, uid).await?;
    connect::tell_traffic(global, &chain);
    let view = MetagraphView::of(&graph, &snapshot, &choice);
    let text = render::metagraph::text(&view);
    Ok(Report::new(text, json!(view)).markdown(render::metagraph::markdown(&view)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_levels_are_read() {
        assert_eq!(columns("uid, vtrust").unwrap().0, [Column::Uid, Column::Vtrust]);
        assert_eq!(columns("all").unwrap().0.len(), Column::ALL.len());
        assert!(columns("uid,rank").unwrap_err().contains("rank is no column; there are pos, "));
        assert!(stale("100,1000").is_ok());
        for wrong in ["", "5", "6,5", "1,2,3", "a,b", "-1,5"] {
            assert!(stale(wrong).is_err(), "{wrong}");
        }
    }
}
