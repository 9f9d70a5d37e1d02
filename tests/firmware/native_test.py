#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `mbpf size` and `mbpf disasm --native` say of the compiled form of a program is what the
emulated Cortex-M4 makes of it, byte by byte: of examples and of programs of the benchmark."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = os.environ.get("MBPF_TOOL", "build/mbpf")
SKIPPED = 77
LISTED = "05_thermostat.c"


def tool(*arguments) -> dict:
    done = subprocess.run([TOOL, *map(str, arguments), "--json"], capture_output=True, text=True,
                          timeout=200)
    return json.loads(done.stdout) if done.stdout else {"errors": done.stderr}


def wrong_sizes(files: list[pathlib.Path]) -> list[str]:
    found = tool("size", *files, "--on", "m4").get("programs", [])
    wrong = [] if len(found) == len(files) else [f"{len(found)} answers for {len(files)} files"]
    for sizes in found:
        if not sizes["board"]["same_code"]:
            wrong.append(f"{sizes['file']}: {sizes['code_bytes']} bytes, on the board "
                         f"{sizes['board']['code_bytes']}, or others")
        if sum(sizes["code_parts"].values()) != sizes["code_bytes"]:
            wrong.append(f"{sizes['file']}: its parts are not all of it: {sizes}")
    return wrong


def wrong_listing(file: pathlib.Path) -> list[str]:
    found = tool("disasm", "--native", file)
    lines, wrong, end = found.get("native", []), [], 0
    slots = {line["slot"] for line in found.get("instructions", [])}
    for line in lines:
        if line["at"] != end or line.get("slot", 0) not in slots:
            wrong.append(f"does not follow, or belongs to nothing: {line}")
        if line["text"].startswith(".") != (line["part"] == "table"):
            wrong.append(f"is not an instruction, or should not be: {line}")
        end = line["at"] + len(line["bytes"]) // 2
    parts = {line["part"] for line in lines}
    if not {"common", "fuel", "work", "check", "entry"} <= parts:
        wrong.append(f"{file.name} has only these parts: {parts}")
    text = subprocess.run([TOOL, "disasm", "--native", file], capture_output=True, text=True,
                          timeout=60).stdout
    wrong += [f"the text lacks {word}" for word in
              ("thermostat:", "is_on = wanted;", "goto +", "; check", "; fuel", "asks the firmware")
              if word not in text]
    return wrong


def main() -> int:
    if not os.environ.get("MBPF_CLANG") or shutil.which("qemu-system-arm") is None:
        print("needs clang and qemu-system-arm")
        return SKIPPED
    examples = sorted((ROOT / "examples").glob("0*.c"))
    programs = ROOT / "bench" / "programs"
    bench = [programs / f"{name}.c" for name in  # Helpers of others have other signatures.
             re.findall(r"^PROGRAM\(compute, (\w+)\)$", (programs / "list.inc").read_text(), re.M)]
    wrong = wrong_sizes(examples + bench) + wrong_listing(ROOT / "examples" / LISTED)
    print("\n".join(wrong[:20]) or f"{len(examples) + len(bench)} programs are as they were said")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
