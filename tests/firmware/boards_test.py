#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every board that QEMU knows boots its firmware and gives the examples' results: Cortex-M3, M4, M7
and M33, with bytecode in place and accelerated, in one batch each."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "scripts"))

import examples  # noqa: E402
import places  # noqa: E402
import wire  # noqa: E402

SKIPPED = 77
BOARDS = ["mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505"]
TIME_LIMIT_SECONDS = 60


def differences(example, reply: wire.Reply) -> list[str]:
    words = example.expect.split()
    if words[0] == "trap":
        return [] if reply.status == "trapped" else [f"{example.name} {reply.status}"]
    if reply.status != "ran":
        return [f"{example.name} {reply.status}, fault {reply.fault}, trap {reply.trap}"]
    wrong = []
    if reply.result != int(words[0], 0):
        wrong.append(f"{example.name}: result {reply.result:#x}, not {words[0]}")
    if example.output != reply.output:
        wrong.append(f"{example.name}: output {reply.output!r}")
    if not reply.context.hex().startswith(example.after):
        wrong.append(f"{example.name}: context {reply.context.hex()}")
    return wrong


def main() -> int:
    missing = [board for board in BOARDS if not places.image(board).exists()]
    if missing or shutil.which("qemu-system-arm") is None or not os.environ.get("MBPF_CLANG"):
        print(f"needs clang, qemu-system-arm and firmware ({', '.join(missing)} missing)")
        return SKIPPED
    # All helpers are granted here, so what is refused for want of a grant has no place.
    programs = [example for example in examples.all_examples()
                if not example.expect.startswith("rejected")]
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        requests, subjects = [], []
        for example in programs:
            image = folder / example.name
            subprocess.run([examples.TOOL, "build", example.path, "-o", image], check=True,
                           stdout=subprocess.DEVNULL)
            for accelerated in (False, True):
                requests.append(wire.request(image.read_bytes(), bytes.fromhex(example.context),
                                             example.budget or 1_000_000, accelerated=accelerated))
                subjects.append(example)
        for board in BOARDS:
            replies = list(map(wire.reply, places.run(places.emulated(board), requests,
                                                  TIME_LIMIT_SECONDS)))
            if len(replies) != len(requests):
                wrong.append(f"{board}: {len(replies)} replies to {len(requests)} requests")
            for example, reply in zip(subjects, replies):
                wrong += [f"{board}: {text}" for text in differences(example, reply)]
    print("\n".join(wrong) or f"{len(requests)} runs are right on each of {', '.join(BOARDS)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
