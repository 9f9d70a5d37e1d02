#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Defect 14 of the prototype (tests/vectors/make_defects.py): strings of every section that clang
makes, constants, and pointers in data, compiled from C, interpreted and compiled on the emulated
Cortex-M4."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOOL = os.environ.get("MBPF_TOOL", "build/mbpf")
SKIPPED = 77
SOURCE = """
#include "mbpf.h"
static const char* names[] = {"zero", "one", "three"};
static char greeting[] = "written";
static const uint32_t table[4] = {3, 5, 7, 11};
static const uint32_t* chosen = &table[2];
static char* inside = &greeting[3];

uint64_t sum(const uint8_t* context, uint64_t n)
{
    uint64_t total = 0;
    for (int i = 0; i < 3; ++i) {
        total = total * 10 + bpf_strlen(names[i]);
    }
    total = total * 100 + *chosen * table[n & 3];
    inside[0] = 'T';
    bpf_printf("%s, %s %u\\n", greeting, n > 2 ? "more than two" : "few", (uint32_t)n);
    return total;
}
"""
EXPECTED = 435 * 100 + 7 * 3  # 4, 3 and 5 letters; the table at 2 and at 4 % 4.
OUTPUT = "wriTten, more than two 4\n"
WAYS = [["--on", "host"], ["--on", "m4"], ["--on", "m4", "--engine", "jit"]]


def main() -> int:
    if not os.environ.get("MBPF_CLANG") or shutil.which("qemu-system-arm") is None:
        print("needs clang and qemu-system-arm")
        return SKIPPED
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        source = pathlib.Path(name) / "strings.c"
        source.write_text(SOURCE)
        for way in WAYS:
            done = subprocess.run([TOOL, "run", source, "--context", "01020304", *way, "--json"],
                                  capture_output=True, text=True, timeout=60)
            found = json.loads(done.stdout) if done.stdout else {"errors": done.stderr}
            seen = found.get("result"), found.get("output")
            if str(seen[0]) not in (str(EXPECTED), hex(EXPECTED)) or seen[1] != OUTPUT:
                wrong.append(f"{' '.join(way)}: {found}")
    print("\n".join(wrong) or "strings and pointers are the same everywhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
