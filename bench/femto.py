#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of Fletcher-32 over 360 bytes as a container of Femto-Containers (v2
bytecode), on an emulated Cortex-M4: by the smallest engine, by the one that every image has, and as
compiled code; verification, all checks and the limit of branches on. Fails beyond LIMITS."""

import pathlib
import sys
import tempfile

import measure

RESULT = 0x5BAC8C3D
# Instructions. Femto-Containers itself takes 48,800 to 50,800, native code 915 (by the same count).
LIMITS = {("femto-smallest", "interpreter"): 28_000, ("femto", "interpreter"): 37_000,
          ("femto", "jit"): 2_800}


def main() -> int:
    measure.build_plugin()
    wrong, samples = [], []
    with tempfile.TemporaryDirectory() as folder:
        for image in ("femto-smallest", "femto"):
            if not (measure.M4.images / f"{image}.elf").exists():
                sys.exit(f"no {image}.elf: ./dev build makes it")
            samples += [(image, sample)
                        for sample in measure.run_image(image, pathlib.Path(folder), [])]
    print(f"{'image':<16}{'phase':<14}{'instructions':>14}{'limit':>10}")
    for image, sample in samples:
        limit = LIMITS.get((image, sample.phase))
        print(f"{image:<16}{sample.phase:<14}{sample.insns:>14,}"
              f"{f'{limit:,}' if limit else '-':>10}")
        if limit and sample.insns > limit:
            wrong.append(f"{image}: {sample.phase} takes {sample.insns - limit} too many")
        if limit and sample.values[:2] != (RESULT, 0):
            wrong.append(f"{image}: {sample.phase} gives {sample.values[0]:#x}, "
                         f"error {sample.values[1]:#x}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
