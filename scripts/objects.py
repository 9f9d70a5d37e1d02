# SPDX-License-Identifier: MIT
"""What the checks of the firmware share: its object files by layer, and binutils."""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOARD = "mps2-an386"  # The Cortex-M4 that is benchmarked.
IMAGE = ROOT / "build" / "firmware" / f"{BOARD}.elf"
LAYERS = ["base", "port", "isa", "program", "machine", "verifier", "interpreter", "jit", "maps",
          "helpers", "cbor", "coap", "suit", "storage", "container", "agent", "capi", "femto"]
SKIPPED = 77


def core_objects(board: str = BOARD) -> dict[str, list[pathlib.Path]]:
    """Object files of the core, by layer. Two of one source (several variants of the firmware
    project) count once: the newest."""
    found: dict[str, dict[str, pathlib.Path]] = {}
    for path in sorted((ROOT / "build" / f"firmware-{board}").rglob("*.cpp.o*"),
                       key=lambda path: path.stat().st_mtime):
        if path.suffix not in (".o", ".obj"):  # A list of headers that a build left.
            continue
        parts = path.parts
        for layer in LAYERS:
            if parts[-4:-1] == ("core", "mbpf", layer):
                if (ROOT / "core" / "mbpf" / layer / path.name.split(".cpp.")[0]).with_suffix(
                        ".cpp").exists():
                    found.setdefault(layer, {})[path.name] = path
    return {layer: sorted(files.values()) for layer, files in found.items()}


def tool(name: str, board: str = BOARD) -> str:
    prefix = "riscv64-unknown-elf-" if board.startswith("rv") else "arm-none-eabi-"
    return prefix + name


def run(*command: object) -> str:
    return subprocess.run([str(word) for word in command], check=True, capture_output=True,
                          text=True).stdout


def need_firmware(board: str = BOARD) -> dict[str, list[pathlib.Path]]:
    """The objects of the firmware; ends the check as skipped if it was not built."""
    objects = core_objects(board)
    if not objects or not IMAGE.exists() or shutil.which(tool("nm", board)) is None:
        print(f"no firmware for {board}: ./dev build makes it")
        sys.exit(SKIPPED)
    return objects
