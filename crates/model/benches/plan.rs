//! The pure parts: `cargo bench -p subtune-model --features world`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use subtune_model::catalog::{self, ValueKind};
use subtune_model::plan::{Plan, Wish};
use subtune_model::snapshot::{SetterState, Snapshot};
use subtune_model::terms::Terms;
use subtune_model::value::Value;
use subtune_model::world::World;

/// Another value for 40 hyperparameters, be it valid or not: each is judged either way.
fn wishes(world: &Snapshot) -> Vec<Wish> {
    let owners = |name: &str| {
        matches!(world.guards.setters.get(name), Some(SetterState::Call { who: "owner", .. }))
    };
    let wish = |row: &catalog::Hyperparameter| {
        let value = match (row.kind, world.hyperparameters.get(row.name)?) {
            (ValueKind::Bool, Value::Bool(value)) => Value::Bool(!value),
            (_, Value::Uint(value)) => Value::Uint(value.saturating_add(1)),
            (_, value) => value.clone(),
        };
        Some(Wish { name: row.name.to_owned(), value })
    };
    catalog::ALL.iter().filter(|row| owners(row.name)).filter_map(wish).take(40).collect()
}

fn plan_of_40_changes(criterion: &mut Criterion) {
    let world = World::newest().done();
    let wishes = wishes(&world);
    assert_eq!(wishes.len(), 40);
    criterion.bench_function("plan of 40 changes", |bencher| {
        bencher.iter(|| Plan::build(black_box(&world), &wishes, "bench", &Terms::default()));
    });
}

criterion_group!(benches, plan_of_40_changes);
criterion_main!(benches);
