#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example gives the result, output and memory that it states, on the PC and on the emulated
Cortex-M4, interpreted and compiled; there in one boot, so that the misbehaving ones have company
to harm."""

import os
import pathlib
import shutil
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "scripts"))

import examples  # noqa: E402

SKIPPED = 77


def main() -> int:
    if not os.environ.get("MBPF_CLANG") or shutil.which("qemu-system-arm") is None:
        print("needs clang and qemu-system-arm")
        return SKIPPED
    programs = examples.all_examples()
    if len(programs) < 10 or sum(example.misbehaves for example in programs) < 3:
        print(f"only {len(programs)} examples found")
        return 1
    ordered = sorted(programs, key=lambda example: not example.misbehaves)  # Good ones last.
    wrong = []
    reports = {}
    for place in ("host", "m4"):
        reports[place] = examples.run(ordered, place)
        for example, report in zip(ordered, reports[place]):
            wrong += [f"{place}: {text}" for text in examples.differences(example, report)]
    for example, report in zip(ordered, examples.run(ordered, "m4", ["--engine", "jit"])):
        wrong += [f"m4, compiled: {text}" for text in examples.differences(example, report)]
    for example, host, m4 in zip(ordered, reports["host"], reports["m4"]):
        if host.get("instructions") != m4.get("instructions"):
            wrong.append(f"{example.name}: {host.get('instructions')} instructions on the host, "
                         f"{m4.get('instructions')} on m4")
    print("\n".join(wrong) or f"{len(ordered)} examples are as they say, on host and m4")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
