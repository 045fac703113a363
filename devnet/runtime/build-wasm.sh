#!/usr/bin/env bash
# Builds the local chain's runtime as wasm, packed as a chain keeps it, and notes what it was made from.
# Tests need none of this: they use what is committed, and fail when the sources are others.
#
# Needs a compiler with the sources of its library, for a target that rustup may not have at hand, and zstd:
#   apt-get install rustc-web libstd-rust-web-dev rust-web-src zstd
set -euo pipefail
cd "$(dirname "$0")"

target=$(realpath -m "${CARGO_TARGET_DIR:-../../target}/wasm")
RUNTIME_METADATA_HASH=$(cargo run --quiet --locked -p subtune-devnet-runtime --example metadata_digest)
# The linker that every toolchain of rustup has.
linker=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin/rust-lld

export RUNTIME_METADATA_HASH
RUSTC=${RUSTC_WASM:-/usr/bin/rustc} RUSTC_BOOTSTRAP=1 \
  CARGO_TARGET_WASM32V1_NONE_LINKER=$linker \
  CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS="--cfg substrate_runtime -C target-cpu=mvp -C link-arg=--export=__heap_base -C link-arg=--import-memory" \
  cargo build --locked -p subtune-devnet-runtime --lib --no-default-features --profile wasm \
  --target wasm32v1-none -Zbuild-std=core,alloc --target-dir "$target"

# Eight bytes tell that it is packed.
{
  printf '\x52\xbc\x53\x76\x46\xdb\x8e\x05'
  zstd -19 --stdout --quiet "$target/wasm32v1-none/wasm/subtune_devnet_runtime.wasm"
} > runtime.compact.compressed.wasm
UPDATE_DIGEST=1 cargo test --quiet --locked -p subtune-devnet-runtime --test wasm
