#!/usr/bin/env bash
# Writes the list of components of the program for TARGET to FILE, as CycloneDX: packaging/sbom.sh TARGET FILE
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
target=$1
file=$2
# The tool writes beside every Cargo.toml: so it gets a copy.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cd "$root"
git ls-files -z | tar --create --null --files-from - | tar --extract --directory "$copy"
cargo cyclonedx --quiet --manifest-path "$copy/Cargo.toml" --format json --spec-version 1.5 --target "$target" \
  --no-build-deps --override-filename subtune.cdx
# A number by chance and the place of the copy would make two lists of one commit differ.
python3 - "$copy" "$file" <<'PYTHON'
import json, sys
copy, file = sys.argv[1:]
with open(f"{copy}/subtune.cdx.json", encoding="utf-8") as made:
    text = made.read().replace(f"file://{copy}", "file:///subtune")
assert copy not in text
listed = json.loads(text)
listed.pop("serialNumber", None)
with open(file, "w", encoding="utf-8") as to:
    json.dump(listed, to, indent=2, ensure_ascii=False)
    to.write("\n")
PYTHON
