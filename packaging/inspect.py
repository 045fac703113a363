#!/usr/bin/env python3
"""Says whether a program keeps what is promised of it: size, glibc, no foreign library, no symbols, no paths of the
machine that built it, the list of its dependencies inside."""

import argparse
import json
import re
import subprocess
import sys
import zlib
from pathlib import Path

# What glibc itself consists of; everything else would have to be there on the user's machine as well.
OF_GLIBC = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libutil.so.1", "ld-linux-x86-64.so.2"}


def readelf(*options: str) -> str:
    return subprocess.run(["readelf", "--wide", *options], check=True, capture_output=True, text=True).stdout


def dependencies(program: Path) -> list[dict]:
    for line in readelf("--sections", str(program)).splitlines():
        found = re.search(r"\.dep-v0\s+\S+\s+\S+\s+([0-9a-f]+)\s+([0-9a-f]+)", line)
        if found:
            start, size = (int(number, 16) for number in found.groups())
            return json.loads(zlib.decompress(program.read_bytes()[start : start + size]))["packages"]
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("--glibc", required=True, help="the newest version it may need")
    parser.add_argument("--limit", required=True, type=int, help="the most bytes it may have")
    parser.add_argument("--absent", action="append", default=[], help="text that may not be in it")
    arguments = parser.parse_args()

    wrong = []
    content = arguments.program.read_bytes()
    if len(content) > arguments.limit:
        wrong.append(f"it has {len(content)} bytes, more than {arguments.limit}")

    versions = re.findall(r"\bGLIBC_(\d+(?:\.\d+)+)", readelf("--version-info", str(arguments.program)))
    numbers = sorted({tuple(int(part) for part in version.split(".")) for version in versions})
    newest = ".".join(str(part) for part in numbers[-1]) if numbers else "none"
    if not numbers or numbers[-1] > tuple(int(part) for part in arguments.glibc.split(".")):
        wrong.append(f"it needs glibc {newest}, newer than {arguments.glibc}")

    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("--dynamic", str(arguments.program))))
    if needed - OF_GLIBC:
        wrong.append(f"it needs {sorted(needed - OF_GLIBC)}")
    if ".symtab" in readelf("--sections", str(arguments.program)):
        wrong.append("it has symbols")
    for text in arguments.absent:
        at = content.find(text.encode())
        if at >= 0:
            wrong.append(f"it names {text}: {content[at : at + 120]!r}")

    packages = dependencies(arguments.program)
    if not any(package["name"] == "subtune" for package in packages):
        wrong.append("it has no list of its dependencies")

    print(f"{len(content)} bytes, glibc {newest}, needs {' '.join(sorted(needed))}, {len(packages)} packages listed")
    for what in wrong:
        print(f"error: {arguments.program.name}: {what}", file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main())
