#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example for a device compiles, and is accepted with the helpers that it states and no
others; one that is granted less is not."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("MBPF_SOURCE_DIR",
                                     pathlib.Path(__file__).resolve().parent.parent.parent))
TOOL = os.environ.get("MBPF_TOOL", str(SOURCE / "build" / "mbpf"))
SKIPPED, DONE, REJECTED = 77, 0, 2


def grants(path: pathlib.Path) -> list[str]:
    head = path.read_text().split("\n#include")[0]
    stated = re.search(r"^// grant: ((?:.|\n)*?)\n(?!//  )", head + "\n", re.M).group(1)
    return [name.strip(" /\n") for name in stated.split(",")]


def verify(path: pathlib.Path, granted: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run([TOOL, "verify", "--json", path, "--grant", ",".join(granted) or "none"],
                          capture_output=True, text=True, timeout=60,
                          env={**os.environ, "MBPF_INCLUDE": str(SOURCE / "examples" / "include")})


def main() -> int:
    if not (os.environ.get("MBPF_CLANG") or shutil.which("clang-19")):
        print("needs clang")
        return SKIPPED
    paths = sorted((SOURCE / "examples" / "device").glob("[0-9]*.c"))
    wrong = [] if len(paths) >= 12 else [f"only {len(paths)} examples found"]
    for path in paths:
        granted = grants(path)
        done = verify(path, granted)
        if done.returncode != DONE:
            wrong.append(f"{path.name} with {granted}: {done.stdout}{done.stderr}")
        for name in granted:
            less = verify(path, [other for other in granted if other != name])
            if name != "none" and (less.returncode != REJECTED or
                                   "HelperNotGranted" not in less.stdout + less.stderr):
                wrong.append(f"{path.name} without {name}: ended with {less.returncode}")
    print("\n".join(wrong) or f"{len(paths)} examples for a device are accepted as they say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
