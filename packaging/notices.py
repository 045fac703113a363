#!/usr/bin/env python3
"""Prints the licences of what is built into the program: most of them want to be passed on with it."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

NAMES = ("license", "licence", "copying", "notice", "unlicense", "copyright")


def cargo(*words: str) -> str:
    return subprocess.run(["cargo", *words], check=True, capture_output=True, text=True).stdout


def main() -> None:
    target = sys.argv[1]
    tree = cargo("tree", "--locked", "--package", "subtune", "--target", target, "--edges", "normal,no-proc-macro",
                 "--prefix", "none", "--format", "{p}")
    used = {tuple(line.split()[:2]) for line in tree.splitlines() if line.strip()}
    metadata = json.loads(cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", target))
    packages = [
        package for package in metadata["packages"]
        if package["source"] and (package["name"], "v" + package["version"]) in used
    ]
    packages.sort(key=lambda package: (package["name"], package["version"]))
    texts: dict[str, list[str]] = defaultdict(list)
    bare = []
    print("subtune contains these packages, each under its own licence.\n")
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"{name}: {package['license'] or 'see its text below'}")
        folder = Path(package["manifest_path"]).parent
        files = [file for file in sorted(folder.iterdir()) if file.is_file() and file.name.lower().startswith(NAMES)]
        if not files:
            bare.append(f"{name}: {package['license']}, by {', '.join(package['authors']) or 'its authors'}")
        for file in files:
            text = file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
            texts[text].append(name)
    if bare:
        print("\nThese come without a text of their licence:\n")
        print("\n".join(bare))
    for text, names in texts.items():
        print(f"\n{'=' * 100}\n{', '.join(dict.fromkeys(names))}\n{'-' * 100}\n\n{text}")


main()
