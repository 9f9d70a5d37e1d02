#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Entries of one program do the same on the PC and on the emulated Cortex-M4, interpreted and
compiled: also two that are names of one function, and one that others call."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOOL = os.environ.get("MBPF_TOOL", "build/mbpf")
SKIPPED = 77
SOURCE = """
typedef unsigned long long u64;
u64 sum(const unsigned char* c, u64 n)
{
    return n < 8 ? n : c[0] + c[1] * 2 + c[2] * 3 + c[3] * 5 + c[4] * 7 + c[5] + c[6] + c[7];
}
u64 same(const unsigned char* c, u64 n) __attribute__((alias("sum")));
static __attribute__((noinline)) u64 twice(const unsigned char* c, u64 n)
{
    return c[n - 1] + (n > 1 ? 2 * sum(c, n) : 0);
}
u64 other(const unsigned char* c, u64 n) { return twice(c, n) ^ n; }
"""
ENTRIES = ["sum", "same", "other"]
WAYS = [["--on", "host"], ["--on", "m4"], ["--on", "m4", "--engine", "jit"]]


def main() -> int:
    if not os.environ.get("MBPF_CLANG") or shutil.which("qemu-system-arm") is None:
        print("needs clang and qemu-system-arm")
        return SKIPPED
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        source = pathlib.Path(name) / "entries.c"
        image = pathlib.Path(name) / "entries.img"
        source.write_text(SOURCE)
        subprocess.run([TOOL, "build", source, "-o", image], check=True, capture_output=True)
        for entry in ENTRIES:
            seen = []
            for way in WAYS:
                done = subprocess.run(
                    [TOOL, "run", image, "--entry", entry, "--context", "0102030405060708", *way],
                    capture_output=True, text=True, timeout=60)
                lines = (done.stdout + done.stderr).splitlines()
                seen.append(lines[0].rsplit(": ", 1)[-1] if done.returncode == 0 else lines[:3])
            if any(what != seen[0] for what in seen) or not isinstance(seen[0], str):
                wrong.append(f"{entry}: {dict(zip(map(' '.join, WAYS), seen))}")
    print("\n".join(wrong) or f"{', '.join(ENTRIES)}: the same everywhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
