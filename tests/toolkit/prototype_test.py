#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files as the tool of the prototype writes them: strings loaded as data without there being any,
and calls that a table lists. They run as they are, everywhere, and as what `mbpf build` makes of
them."""

import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = os.environ.get("MBPF_TOOL", str(SOURCE / "build" / "mbpf"))
PLACES = [["--on", "host"], ["--on", "host", "--bytecode", "in-place"], ["--on", "m4"],
          ["--on", "m4", "--engine", "jit"]]
MAGIC, RESULT = 0x7b, ord("b") + 20


def ins(opcode: int, dst: int = 0, src: int = 0, offset: int = 0, imm: int = 0) -> bytes:
    return struct.pack("<BBhi", opcode, src << 4 | dst, offset, imm)


RODATA = b"ab\0main\0f".ljust(16, b"\0")  # Lengths are multiples of 8.
CALL_AT = 32
# r0 = the second letter of the string, and what a function makes of 10
TEXT = (ins(0xb8, 6, imm=1) + ins(0) + ins(0x71, 6, 6) + ins(0xb7, 1, imm=10) +
        ins(0x85, src=1, imm=-1) + ins(0x0f, 0, 6) + ins(0x95) +
        ins(0xbf, 0, 1) + ins(0x0f, 0, 1) + ins(0x95))
FUNCTION_AT = 56
FUNCTIONS = struct.pack("<HHH", 3, 0, 0) + struct.pack("<HHH", 8, 0, FUNCTION_AT)


def extended() -> bytes:
    header = struct.pack("<8I", MAGIC, 0, 0, 0, len(RODATA), len(TEXT), 2, 1)
    return header + RODATA + TEXT + FUNCTIONS + struct.pack("<II", CALL_AT, FUNCTION_AT)


def femto(magic: int) -> bytes:
    distance = (FUNCTION_AT - CALL_AT) // 8 - 1
    text = bytearray(TEXT)
    struct.pack_into("<i", text, CALL_AT + 4, distance)
    header = struct.pack("<7I", magic, 0, 0, 0, len(RODATA), len(text), 2)
    return header + RODATA + bytes(text) + FUNCTIONS


def run(arguments: list) -> tuple[int, str, str]:
    done = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def main() -> int:
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        files = {"prototype.ext": extended(), "prototype.rbf": femto(MAGIC)}
        for file, content in files.items():
            (folder / file).write_bytes(content)
            for layout in ("image", "femto", "extended"):
                output = folder / f"{file}.{layout}"
                code, _, errors = run(["build", folder / file, "--layout", layout, "-o", output])
                if code:
                    wrong.append(f"{file} as {layout}: {errors}")
        for file in sorted(folder.iterdir()):
            for place in PLACES:
                _, text, errors = run(["run", file, "--json", *place])
                result = json.loads(text).get("result") if text else errors
                if result != RESULT:
                    wrong.append(f"{file.name}, {place}: {result}, not {RESULT}")
            code, _, errors = run(["size", file])
            if code:
                wrong.append(f"{file.name}: size says {errors}")
        runs = len(PLACES) * len(list(folder.iterdir()))
    print("\n".join(wrong) or f"{runs} runs of files of the prototype's tool are right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
