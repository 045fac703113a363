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
# A number by chance, the time and the place of the copy would make two lists of one commit differ.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
python3 - "$copy" "$file" <<'PYTHON'
import datetime, json, os, sys
copy, file = sys.argv[1:]
with open(f"{copy}/subtune.cdx.json", encoding="utf-8") as made:
    text = made.read().replace(f"file://{copy}", "file:///subtune")
assert copy not in text
listed = json.loads(text)
listed.pop("serialNumber", None)
time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
listed["metadata"]["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
with open(file, "w", encoding="utf-8") as to:
    json.dump(listed, to, indent=2, ensure_ascii=False)
    to.write("\n")
PYTHON
