#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that clang-format 14 would change no file. Another version has other opinions, so without
this one the check is skipped (exit code 77). ./dev format makes the changes."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = "clang-format-14"
SKIPPED = 77


def main() -> int:
    if shutil.which(TOOL) is None:
        print(f"{TOOL} is not installed (Debian: {TOOL})")
        return SKIPPED
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.hpp", "*.cpp"],
                           cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    names = [name for name in names if (ROOT / name).is_file()]
    result = subprocess.run([TOOL, "--dry-run", "--Werror", *names], cwd=ROOT,
                            capture_output=True, text=True)
    if result.returncode == 0:
        print(f"{len(names)} files are laid out well")
        return 0
    lines = [line for line in result.stderr.splitlines() if "clang-format-violations" in line]
    files = sorted({line.split(":")[0] for line in lines})
    for name in files:
        number = next(line.split(":")[1] for line in lines if line.startswith(name + ":"))
        print(f"{name}:{number}: ./dev format would change this file")
    return 1


if __name__ == "__main__":
    sys.exit(main())
