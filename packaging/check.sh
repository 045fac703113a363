#!/usr/bin/env bash
# Installs everything that build.sh has made, in every way that docs/install.md names, and tries it:
#
#   packaging/check.sh DIR [WAY…]       all of: wheel debian binstall source
#
# For the release workflow and for maintainers: it needs root, the registries, and the Debian packages debootstrap,
# fish, zsh, man-db, lintian, openssl and ruby. It changes nothing outside a temporary folder and cargo's own.
#
# SUBTUNE_DEBIAN  the releases of Debian to install on: first the oldest that its mirrors still have, for its glibc, and then
#                 one whose fish knows the completions; "bullseye bookworm"
# SUBTUNE_MIRROR  where to get it from
# SUBTUNE_ROOTS   a folder that keeps fresh systems from run to run
# SUBTUNE_CHAIN   the address of a local chain that is already there (ws://127.0.0.1:PORT)
# CARGO_TARGET_DIR    where cargo builds
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
made=$(cd "${1:?usage: packaging/check.sh DIR [WAY…]}" && pwd)
ways=" ${*:2} "
[ "$ways" != "  " ] || ways=" wheel debian binstall source "
cd "$root"
read -ra debians <<<"${SUBTUNE_DEBIAN:-bullseye bookworm}"
mirror=${SUBTUNE_MIRROR:-http://deb.debian.org/debian}
target=x86_64-unknown-linux-gnu
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
name=subtune-$version-$target

CARGO_TARGET_DIR=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
export CARGO_TARGET_DIR
tools=$CARGO_TARGET_DIR/packaging/tools
crates=()
[[ $ways != *" binstall "* ]] || crates+=(cargo-binstall@1.20.1)
"$here/tools.sh" "$tools" "${crates[@]}"
export PATH="$tools/python/bin:$tools/cargo/bin:$PATH"

work=$(mktemp -d)
mkdir "$work"/{wheel,uv,binstall,cargo}-home
jobs=()
# shellcheck disable=SC2329 # called by the trap
finish() {
  for job in "${jobs[@]}"; do kill "$job" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

rows=()
# install WORD COMMAND…: runs the command, and keeps what it was and how long it took.
install() {
  way=$1
  shift
  shown=${*//$work/…}
  shown=${shown//$made\//}
  echo "== $way: $shown"
  local start=$EPOCHREALTIME
  "$@" >"$work/install.log" 2>&1 || { cat "$work/install.log"; return 1; }
  took=$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }')
}
# tried FILE WORDS…: runs the words, which end in a call of try.sh, and adds a row with the size of the installed file.
tried() {
  local size start seen
  size=$(stat --format %s "$1")
  shift
  start=$EPOCHREALTIME
  seen=$("$@")
  rows+=("$way | $took | $size | $seen | $(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }') | $shown")
}
# fresh HOME PATH-BEGINNING: an environment as after a login.
fresh() {
  echo "env -i HOME=$1 LANG=C.UTF-8 TERM=dumb PATH=$2:/usr/local/bin:/usr/bin:/bin"
}

echo "== what there is"
(cd "$made" && sha256sum --check SHA256SUMS)
ruby -c "$made/subtune.rb"
lintian --fail-on error --tag-display-limit 0 "$made/subtune_$version-1_amd64.deb"
auditwheel show "$made"/subtune-*.whl
tar --extract --to-stdout --gzip --file "$made/$name.tar.gz" "$name/bin/subtune" >"$work/subtune"

echo "== local chain"
if [ -n "${SUBTUNE_CHAIN:-}" ]; then
  chain=$SUBTUNE_CHAIN
else
  cargo run --locked --quiet -p subtune-devnet -- --port 0 >"$work/chain.log" &
  jobs+=($!)
  until chain=$(sed -n 's/^ready //p' "$work/chain.log") && [ -n "$chain" ]; do
    kill -0 "${jobs[0]}"
    sleep 1
  done
fi
echo "$chain"

if [[ $ways == *" wheel "* ]]; then
  install 'pip install' sh -c "python3 -m venv $work/venv && $work/venv/bin/pip install --quiet --no-index $made/subtune-*.whl"
  read -ra clean <<<"$(fresh "$work/wheel-home" "$work/venv/bin")"
  tried "$work/venv/bin/subtune" "${clean[@]}" "$here/try.sh" "$version" "$chain"
  cmp "$work/venv/bin/subtune" "$work/subtune"

  install 'uv tool install' env HOME="$work/uv" UV_TOOL_DIR="$work/uv/tools" UV_TOOL_BIN_DIR="$work/uv/bin" uv tool install --offline "$made"/subtune-*.whl
  [ "$(env HOME="$work/uv" uvx --offline --from "$made"/subtune-*.whl subtune --version)" = "subtune $version" ]
  read -ra clean <<<"$(fresh "$work/uv-home" "$work/uv/bin")"
  tried "$(realpath "$work/uv/bin/subtune")" "${clean[@]}" "$here/try.sh" "$version" "$chain"
fi

# The tarball for a user with nothing and the Debian package, on systems of their own.
[[ $ways == *" debian "* ]] || debians=()
for debian in "${debians[@]}"; do
  base=$work/$debian
  roots=${SUBTUNE_ROOTS:-$work/roots}
  if [ ! -d "$roots/$debian" ]; then
    mkdir -p "$roots"
    debootstrap --variant=minbase --include=ca-certificates,man-db,bash-completion,zsh,fish "$debian" \
      "$roots/$debian.new" "$mirror" >"$work/debootstrap.log" || { tail "$work/debootstrap.log"; exit 1; }
    mv "$roots/$debian.new" "$roots/$debian"
  fi
  cp -a "$roots/$debian" "$base"
  echo "== $debian: $(chroot "$base" ldd --version | head -n 1)"
  cp "$here/try.sh" "$base/usr/local/bin/"
  cp "$made/subtune_$version-1_amd64.deb" "$made/$name.tar.gz" "$base/tmp/"
  chroot "$base" useradd --create-home newcomer

  user=$base/home/newcomer
  install "tar, new user, $debian" chroot --userspec newcomer "$base" env HOME=/home/newcomer \
    sh -c "mkdir -p ~/.local && tar -xzf /tmp/$name.tar.gz --strip-components=1 -C ~/.local"
  read -ra clean <<<"$(fresh /home/newcomer /home/newcomer/.local/bin)"
  tried "$user/.local/bin/subtune" chroot --userspec newcomer "$base" "${clean[@]}" \
    try.sh "$version" "$chain" /home/newcomer/.local
  cmp "$user/.local/bin/subtune" "$work/subtune"

  install "dpkg --install, $debian" chroot "$base" dpkg --install "/tmp/subtune_$version-1_amd64.deb"
  read -ra clean <<<"$(fresh /root /usr/bin)"
  tried "$base/usr/bin/subtune" chroot "$base" "${clean[@]}" try.sh "$version" "$chain" /usr
  cmp "$base/usr/bin/subtune" "$work/subtune"
  chroot "$base" dpkg --purge subtune >/dev/null
  [ -z "$(find "$base/usr" -name '*subtune*')" ]
done

if [[ $ways == *" binstall "* ]]; then
  install 'cargo binstall' "$here/binstall.sh" "$made" "$work/binstall"
  read -ra clean <<<"$(fresh "$work/binstall-home" "$work/binstall/bin")"
  tried "$work/binstall/bin/subtune" "${clean[@]}" "$here/try.sh" "$version" "$chain"
  cmp "$work/binstall/bin/subtune" "$work/subtune"
fi

if [[ $ways == *" source "* ]]; then
  install 'cargo install' cargo install --locked --path . --root "$work/cargo"
  read -ra clean <<<"$(fresh "$work/cargo-home" "$work/cargo/bin")"
  tried "$work/cargo/bin/subtune" "${clean[@]}" "$here/try.sh" "$version" "$chain"
fi

echo
echo 'way | install | bytes | man subtune-apply | completions | show 46 | tried in | command'
printf '%s\n' "${rows[@]}"
