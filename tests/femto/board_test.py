#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The interface of Femto-Containers on the emulated Cortex-M4: the tests of interface.c on both
engines, and the instructions that a container takes."""

import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["MBPF_SOURCE_DIR"])
FIRMWARE = pathlib.Path(os.environ["MBPF_FIRMWARE"])
SKIPPED = 77
TIME_LIMIT_SECONDS = 120


def main() -> int:
    if shutil.which("qemu-system-arm") is None or not (FIRMWARE / "femto.elf").exists():
        print("needs qemu-system-arm, and the firmware of mps2-an386")
        return SKIPPED
    wrong = []
    for image in ("femto-interface", "femto-interface-smallest"):
        done = subprocess.run(
            ["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial",
             "none", "-semihosting", "-kernel", str(FIRMWARE / f"{image}.elf")],
            capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, stdin=subprocess.DEVNULL)
        if done.returncode:
            wrong.append(f"{image} ends with {done.returncode}: {done.stdout}{done.stderr}")
    counted = subprocess.run([sys.executable, SOURCE / "bench" / "femto.py"], capture_output=True,
                             text=True, timeout=TIME_LIMIT_SECONDS)
    if counted.returncode:
        wrong.append(counted.stdout + counted.stderr)
    print("\n".join(wrong) or counted.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
