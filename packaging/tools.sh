#!/usr/bin/env bash
# Installs what build.sh and check.sh use into DIR, at the versions that are pinned here and in requirements.txt.
# Usage: packaging/tools.sh DIR [CRATE@VERSION…], then put DIR/python/bin and DIR/cargo/bin on the PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tools=$(mkdir -p "$1" && cd "$1" && pwd)

if [ ! -x "$tools/python/bin/maturin" ]; then
  python3 -m venv "$tools/python"
fi
"$tools/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
  -r "$here/requirements.txt"

# They work for some seconds each, so they are compiled quickly. Nothing of the product's build may leak into theirs.
env -u CARGO_ENCODED_RUSTFLAGS -u RUSTFLAGS -u CFLAGS -u CARGO_BUILD_TARGET \
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
  CARGO_TARGET_DIR="$tools/build" cargo install --quiet --locked --root "$tools/cargo" \
  cargo-auditable@0.7.7 cargo-cyclonedx@0.5.9 "${@:2}"
rm -rf "$tools/build"
