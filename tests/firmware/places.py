# SPDX-License-Identifier: MIT
"""Where a batch of requests (wire.py) runs: in run_batch on this PC, or in a board's firmware."""

import os
import pathlib
import subprocess
import tempfile

import wire

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIRMWARE = pathlib.Path(os.environ.get("MBPF_FIRMWARE", ROOT / "build" / "firmware"))
# The words of a command; {0} and {1} are the files of requests and replies.
HOST = [os.environ.get("MBPF_RUN_BATCH", str(ROOT / "build" / "host" / "tests" / "run_batch")),
        "{0}", "{1}"]


def image(board: str) -> pathlib.Path:
    return FIRMWARE / f"{board}.elf"


def emulated(board: str) -> list[str]:
    return ["qemu-system-arm", "-M", board, "-nographic", "-monitor", "none", "-serial", "none",
            "-kernel", str(image(board)), "-semihosting-config",
            "enable=on,target=native,arg=mbpf,arg={0},arg={1}"]


def run(place: list[str], requests: list[bytes], seconds: float) -> list[bytes]:
    """The replies. subprocess.SubprocessError, if the place fails or takes longer than that."""
    with tempfile.TemporaryDirectory() as name:
        source, target = pathlib.Path(name) / "requests", pathlib.Path(name) / "replies"
        source.write_bytes(wire.batch(requests))
        subprocess.run([word.format(source, target) for word in place], check=True,
                       timeout=seconds, stdin=subprocess.DEVNULL, capture_output=True)
        return wire.messages(target.read_bytes())
