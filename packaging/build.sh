#!/usr/bin/env bash
# Builds everything that a release consists of into DIR, from a clean checkout:
#
#   packaging/build.sh DIR
#
# Needs Rust, Python with venv, binutils and dpkg-deb; the other tools come from their registries (tools.sh).
# The same commit gives the same bytes, wherever it is checked out.
#
# SUBTUNE_REPOSITORY  the address of the repository, for the links in the packages. Without it the one in Cargo.toml,
#                     then the one of the workflow that runs this, then a placeholder.
# CARGO_TARGET_DIR    where cargo builds
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
out=$(mkdir -p "${1:?usage: packaging/build.sh DIR}" && cd "$1" && pwd)
cd "$root"

# The oldest glibc that Rust itself supports: RHEL 7, Debian 8, Ubuntu 14.04 and all that is newer.
glibc=2.17
target=x86_64-unknown-linux-gnu
limit=12000000

if [ -n "$(ls -A "$out")" ]; then
  echo "error: $out is not empty" >&2
  exit 1
fi
if [ -n "$(git status --porcelain 2>/dev/null)" ]; then
  echo "warning: the checkout has changes, so this is no build of a commit" >&2
fi

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
repository=${SUBTUNE_REPOSITORY:-$(sed -n 's/^repository = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)}
if [ -z "$repository" ] && [ -n "${GITHUB_REPOSITORY:-}" ]; then
  repository=${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY
fi
repository=${repository:-https://github.com/OWNER/subtune}

# One folder for cargo, whichever way it was named: its path is taken out of the program below.
CARGO_TARGET_DIR=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
cargo_home=$(cd "${CARGO_HOME:-$HOME/.cargo}" && pwd)
export CARGO_TARGET_DIR
work=$CARGO_TARGET_DIR/packaging
rm -rf "$work/stage"
mkdir -p "$work/stage"
"$here/tools.sh" "$work/tools"
export PATH="$work/tools/python/bin:$work/tools/cargo/bin:$PATH"

# --- list of components ---

"$here/sbom.sh" "$target" "$out/subtune-$version.cdx.json"

# --- the program, by way of the wheel: so there is one build, and every package has the same bytes ---

# No path of this machine may get into the program: neither from Rust (panic messages) nor from C (assertions).
separator=$'\x1f'
flags=
c_flags=
cargo fetch --locked --quiet
pairs=("$cargo_home=/cargo" "$root=/subtune" "$CARGO_TARGET_DIR=/target")
# Named after the registry or a mirror of it.
for sources in "$cargo_home"/registry/src/*; do pairs+=("$sources=/crates"); done
for pair in "${pairs[@]}"; do
  flags+="${flags:+$separator}--remap-path-prefix=$pair"
  c_flags+="${c_flags:+ }-ffile-prefix-map=$pair"
done
(
  cd "$here/python"
  unset RUSTFLAGS
  export CARGO_ENCODED_RUSTFLAGS=$flags CFLAGS=$c_flags CARGO="$here/cargo-auditable" CARGO_INCREMENTAL=0
  # Of SQLite only what reads and writes tables is used. Nothing is thrown through C, and no debugger is shipped.
  CFLAGS+=' -fno-unwind-tables -fno-asynchronous-unwind-tables'
  LIBSQLITE3_FLAGS='-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE'
  LIBSQLITE3_FLAGS+=' -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_ENABLE_STAT4 -USQLITE_ENABLE_COLUMN_METADATA'
  LIBSQLITE3_FLAGS+=' -USQLITE_ENABLE_LOAD_EXTENSION -USQLITE_SOUNDEX -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_JSON'
  export LIBSQLITE3_FLAGS
  maturin build --zig --target "$target" --compatibility "manylinux_${glibc/./_}" --out "$out" \
    --sbom-include "$out/subtune-$version.cdx.json"
)
wheel=$(echo "$out"/subtune-*.whl)

prefix=$work/stage/prefix
mkdir -p "$prefix/bin"
python3 - "$wheel" "$prefix/bin/subtune" "$root" <<'PYTHON'
import sys, zipfile
wheel, to, root = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        assert root.encode() not in archive.read(name), f"{name} in the wheel names {root}"
    [name] = [name for name in archive.namelist() if name.endswith(".data/scripts/subtune")]
    with open(to, "wb") as file:
        file.write(archive.read(name))
PYTHON
chmod 755 "$prefix/bin/subtune"
binary=$prefix/bin/subtune

# --- what is promised of it ---

"$here/inspect.py" "$binary" --glibc "$glibc" --limit "$limit" \
  --absent "$root" --absent "$cargo_home" --absent "$CARGO_TARGET_DIR" --absent "$HOME/"
auditwheel show "$wheel" | tee "$work/auditwheel.txt"
if ! tr -d '\n' <"$work/auditwheel.txt" | grep -q "\"manylinux_${glibc/./_}_x86_64\""; then
  echo "error: the wheel does not keep to glibc $glibc" >&2
  exit 1
fi

# --- the files beside it, in the folders that they have below /usr, /usr/local or ~/.local ---

run() {
  env -i HOME="$work/stage" PATH="$PATH" "$binary" "$@"
}
if [ "$(run --version)" != "subtune $version" ]; then
  echo "error: $(run --version) was built, and Cargo.toml says $version" >&2
  exit 1
fi
mkdir -p "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" \
  "$prefix/share/fish/vendor_completions.d" "$prefix/share/doc/subtune/docs"
run --quiet man --dir "$prefix/share/man/man1" >/dev/null
run completions bash >"$prefix/share/bash-completion/completions/subtune"
run completions zsh >"$prefix/share/zsh/site-functions/_subtune"
run completions fish >"$prefix/share/fish/vendor_completions.d/subtune.fish"
cp README.md CHANGELOG.md LICENSE "$prefix/share/doc/subtune/"
cp docs/* "$prefix/share/doc/subtune/docs/"
"$here/notices.py" "$target" >"$prefix/share/doc/subtune/THIRD-PARTY-NOTICES.txt"

# --- tarball ---

name=subtune-$version-$target
cp -r "$prefix" "$work/stage/$name"
tar --create --directory "$work/stage" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner \
  --mode='u+rw,go=rX' --mtime="@$SOURCE_DATE_EPOCH" "$name" | gzip -9 --no-name >"$out/$name.tar.gz"

# --- Debian package ---

deb=$work/stage/deb
mkdir -p "$deb/DEBIAN"
cp -r "$prefix" "$deb/usr"
mkdir -p "$deb/usr/share/zsh/vendor-completions"
mv "$deb/usr/share/zsh/site-functions/_subtune" "$deb/usr/share/zsh/vendor-completions/"
rmdir "$deb/usr/share/zsh/site-functions"
gzip -9 --no-name "$deb"/usr/share/man/man1/*
doc=$deb/usr/share/doc/subtune
rm "$doc/LICENSE"
mv "$doc/CHANGELOG.md" "$doc/changelog"
gzip -9 --no-name "$doc/changelog" "$doc/THIRD-PARTY-NOTICES.txt"
owner=${repository#*://*/}
maintainer="The subtune developers <${owner%%/*}@users.noreply.github.com>"
{
  cat <<COPYRIGHT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: subtune
Source: $repository
Comment: What is built into the program has licences of its own: see THIRD-PARTY-NOTICES.txt.gz beside this file.

Files: *
$(sed -n 's/^Copyright (c) \(.*\)$/Copyright: \1/p' LICENSE)
License: Expat

License: Expat
COPYRIGHT
  sed '1,/^Copyright/d' LICENSE | sed '1{/^$/d}; s/^$/./; s/^/ /'
} >"$doc/copyright"
{
  echo "subtune ($version-1) unstable; urgency=medium"
  echo
  echo "  * Version $version; what has changed is in changelog.gz."
  echo
  echo " -- $maintainer  $(date -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9 --no-name >"$doc/changelog.Debian.gz"
cat >"$deb/DEBIAN/control" <<CONTROL
Package: subtune
Version: $version-1
Architecture: amd64
Maintainer: $maintainer
Installed-Size: $(du -k --apparent-size -s "$deb/usr" | cut -f 1)
Depends: libc6 (>= $glibc), ca-certificates
Section: utils
Priority: optional
Homepage: $repository
Description: manage the hyperparameters of a Bittensor subnet as code
 subtune changes the hyperparameters of a Bittensor subnet the way Terraform
 changes infrastructure: a plan shows what will happen and what the chain would
 refuse, one all-or-nothing transaction applies and verifies it, and a rollback
 undoes it. Looking needs no key.
CONTROL
mkdir -p "$deb/usr/share/lintian/overrides"
cp "$here/debian/lintian-overrides" "$deb/usr/share/lintian/overrides/subtune"
(cd "$deb" && find usr -type f | sort | xargs -d '\n' md5sum) >"$deb/DEBIAN/md5sums"
# Modes are those of the checkout, which may be anything.
chmod -R u+rwX,go=rX "$deb"
find "$deb/usr" -type f ! -path "$deb/usr/bin/*" -exec chmod 644 {} +
dpkg-deb --root-owner-group -Zxz --build "$deb" "$out/subtune_$version-1_amd64.deb" >/dev/null

# --- Homebrew formula ---

sed -e "s|@REPOSITORY@|$repository|g" -e "s|@VERSION@|$version|g" -e "s|@TARBALL@|$name.tar.gz|g" \
  -e "s|@SHA256@|$(sha256sum "$out/$name.tar.gz" | cut -d ' ' -f 1)|g" \
  "$here/homebrew/subtune.rb.in" >"$out/subtune.rb"

(cd "$out" && sha256sum -- * >"$work/stage/SHA256SUMS" && mv "$work/stage/SHA256SUMS" .)
echo "repository: $repository"
stat --format '%12s  %n' "$binary" "$out"/*
cat "$out/SHA256SUMS"
