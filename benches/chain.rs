//! What is read of a chain: `cargo bench --bench chain`.

#![expect(clippy::expect_used, reason = "a bench that cannot begin has nothing to measure")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use subtune_chain::{At, Chain, ConnectOptions, Depth, Endpoint, metadata_digest, resolve};
use subtune_devnet::{Devnet, VERSION, metadata_at};

/// Snapshots over a connection to a local chain in this process: requests, answers and decoding.
fn snapshots(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let devnet = Devnet::start(subtune_devnet::Options::default()).expect("a local chain");
    let endpoint = Endpoint::parse(&devnet.url(), false).expect("an address");
    let chain =
        runtime.block_on(Chain::connect(ConnectOptions::new(endpoint))).expect("a connection");
    let read =
        || async { chain.snapshot(46, &At::Finalized, Depth::Values).await.expect("a snapshot") };
    criterion.bench_function("one snapshot", |bencher| {
        bencher.iter(|| black_box(runtime.block_on(read())));
    });
    let mut group = criterion.benchmark_group("many");
    group.sample_size(10);
    group.bench_function("128 snapshots", |bencher| {
        bencher.iter(|| {
            for _ in 0..128 {
                black_box(runtime.block_on(read()));
            }
        });
    });
    group.finish();
}

/// The rows of the catalog looked up in the metadata of a runtime.
fn metadata(criterion: &mut Criterion) {
    let metadata = metadata_at(15).expect("metadata");
    criterion.bench_function("catalog in metadata", |bencher| {
        bencher.iter(|| resolve(black_box(metadata), VERSION.spec_version));
    });
    criterion.bench_function("metadata digest", |bencher| {
        bencher.iter(|| metadata_digest(black_box(metadata), VERSION.spec_version));
    });
}

criterion_group!(benches, snapshots, metadata);
criterion_main!(benches);
