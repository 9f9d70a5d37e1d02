#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples of the C interface do what they say: the one of a PC with a program that clang
compiles, the one of a bare Cortex-M on the emulated boards."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["MBPF_SOURCE_DIR"])
FIRMWARE = pathlib.Path(os.environ["MBPF_FIRMWARE"])
SKIPPED = 77
TIME_LIMIT_SECONDS = 60

HEATER = """19.0 degrees: heater on, 1 programs ran
20.0 degrees: heater on, 1 programs ran
21.0 degrees: heater off, 1 programs ran
22.0 degrees: heater off, 1 programs ran
heater: heater 1 at 190
heater: heater 0 at 210
heater: ready, 4 runs, 0 faults, last fault None
"""
BARE_METAL = ("interpreter: result 5bac8c3d\ncompiled: result 5bac8c3d\n"
              "without the words: LoadOutside at instruction 0000000f, address ")


def run(*command) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=TIME_LIMIT_SECONDS, stdin=subprocess.DEVNULL)


def host() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        image = pathlib.Path(folder) / "heater.mbpf"
        built = run(os.environ["MBPF_TOOL"], "build",
                    SOURCE / "examples" / "embed" / "programs" / "heater.c", "-o", image)
        if built.returncode:
            return [built.stderr]
        done = run(os.environ["MBPF_EMBED_HOST"], image)
        # A program that wants more than the policy gives is refused.
        greedy = pathlib.Path(folder) / "greedy.mbpf"
        run(os.environ["MBPF_TOOL"], "build",
            SOURCE / "examples" / "embed" / "programs" / "heater.c", "-o", greedy, "--on-boot")
        refused = run(os.environ["MBPF_EMBED_HOST"], greedy)
    wrong = [] if done.stdout == HEATER else [f"host: {done.stdout}{done.stderr}"]
    if refused.returncode != 1 or "HookNotGranted" not in refused.stderr:
        wrong.append(f"host, greedy: {refused.stdout}{refused.stderr}")
    return wrong


def bare_metal(board: str) -> list[str]:
    image = FIRMWARE / f"embed-{board}.elf"
    if not image.exists():
        return []
    done = run("qemu-system-arm", "-M", board, "-nographic", "-monitor", "none", "-semihosting",
               "-kernel", image)
    good = (done.returncode == 0 and done.stdout.replace("\r", "").startswith(BARE_METAL)
            and done.stdout.endswith("all is well\n"))
    return [] if good else [f"{board}: {done.stdout}{done.stderr}"]


def main() -> int:
    if not os.environ.get("MBPF_CLANG") or shutil.which("qemu-system-arm") is None:
        print("needs clang and qemu-system-arm")
        return SKIPPED
    boards = ("mps2-an385", "mps2-an386", "mps2-an500")
    wrong = host() + [text for board in boards for text in bare_metal(board)]
    if not any((FIRMWARE / f"embed-{board}.elf").exists() for board in boards):
        wrong.append("no image for a bare board: ./dev build makes them")
    print("\n".join(wrong) or "the examples do what they say")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
