#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the flash that each layer of the core takes on a Cortex-M4, in the image that is
benchmarked, and fails if a limit is passed or a layer has grown by more than MARGIN over the
record, tests/size/flash.json. --update makes what is there the record; --json prints it.

What counts is what the linker kept, by its map: a function that nobody calls takes no flash."""

import collections
import json
import pathlib
import re
import sys

from objects import BOARD, LAYERS, ROOT, need_firmware, run, tool

RECORD = ROOT / "tests" / "size" / "flash.json"
BUILD = ROOT / "build" / f"firmware-{BOARD}"
# The layers of a device are in its image, all others in that of the benchmarks.
DEPLOYMENT = ["cbor", "coap", "suit", "storage", "container", "agent"]
MAP, DEVICE_MAP = BUILD / f"{BOARD}.map", BUILD / "device_image.map"
# An engine of its own, for containers of Femto-Containers and nothing else (MBPF_SMALLEST).
SMALLEST, SMALLEST_MAP = "smallest engine", BUILD / "femto-smallest.map"
MARGIN = 64  # Bytes; more must be meant, and recorded.
# Parts of the program layer that a device may leave out.
OPTIONAL = {"elf_": "elf linker", "extended": "extended header"}
LIMITS = [
    ("engine and loaders", 14 * 1024,
     ["base", "port", "isa", "program", "machine", "verifier", "interpreter"]),
    ("elf linker", 4 * 1024, ["elf linker"]),
    ("jit", 33 * 1024, ["jit"]),  # docs/adr/0009-flash-of-the-jit.md
    ("deployment", 31 * 1024, DEPLOYMENT),  # docs/adr/0010-containers-in-one-flow.md
    (SMALLEST, 8 * 1024, [SMALLEST]),
]
# " .text.name  0x0000000000000100  0x20 libmbpf_core.a(verify.cpp.obj)"; the name may be a line.
PLACED = re.compile(r"^ (\.[\w.$]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)", re.M)
IN_FLASH = re.compile(r"\.(text|rodata|data|vectors|ARM\.exidx)(\.|$)")
MEMBER = re.compile(r"\(([\w]+)\.cpp\.o(bj)?\)$")


def part_of(source: str, layer: str) -> str:
    return next((part for start, part in OPTIONAL.items()
                 if layer == "program" and source.startswith(start)), layer)


def placed(map_file: pathlib.Path):
    """Source file and bytes of each section of an object that is in flash."""
    kept = map_file.read_text().split("Linker script and memory map", 1)[1]
    for section, address, size, path in PLACED.findall(re.sub(r"\n {10,}(?=0x)", " ", kept)):
        member = MEMBER.search(path)
        if member and IN_FLASH.match(section) and int(address, 16):
            yield member.group(1), int(size, 16)


def measure(objects) -> dict[str, int]:
    layers = {path.name.split(".cpp.")[0]: layer for layer, paths in objects.items()
              for path in paths}
    sizes = collections.Counter({name: 0 for name in [*LAYERS, *OPTIONAL.values()]})
    for map_file in (MAP, DEVICE_MAP):
        for source, size in placed(map_file):
            layer = layers.get(source)
            if layer and (layer in DEPLOYMENT) == (map_file == DEVICE_MAP):
                sizes[part_of(source, layer)] += size
    sizes[SMALLEST] = sum(size for _, size in placed(SMALLEST_MAP))
    return dict(sizes)


def compiler() -> str:
    return run(tool("g++"), "-dumpfullversion").strip()


def table(sizes, record) -> list[str]:
    rows = [f"{'flash, Cortex-M4':<22}{'bytes':>8}{'record':>8}{'limit':>8}"]
    for name, size in sizes.items():
        if size:
            rows.append(f"  {name:<20}{size:>8}{record.get(name, '-'):>8}")
    for name, limit, parts in LIMITS:
        rows.append(f"{name:<22}{sum(sizes[part] for part in parts):>8}{'':>8}{limit:>8}")
    return rows


def main() -> int:
    sizes = measure(need_firmware())
    if "--json" in sys.argv:
        print(json.dumps(sizes))
        return 0
    if "--update" in sys.argv:
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        RECORD.write_text(json.dumps({"board": BOARD, "compiler": compiler(), "bytes": sizes},
                                     indent=4) + "\n")
    stored = json.loads(RECORD.read_text()) if RECORD.exists() else {"compiler": "", "bytes": {}}
    record = stored["bytes"]
    print("\n".join(table(sizes, record)))
    problems = [f"{name} takes more than {limit} bytes" for name, limit, parts in LIMITS
                if sum(sizes[part] for part in parts) > limit]
    if not sizes["interpreter"]:
        problems.append(f"{MAP.name} names no part of the interpreter")
    if stored["compiler"] == compiler():  # Another compiler makes other code.
        problems += [f"{name} has grown by {size - record.get(name, 0)} bytes: if that is meant, "
                     "run scripts/check_flash.py --update" for name, size in sizes.items()
                     if size > record.get(name, 0) + MARGIN]
    elif not record:
        problems.append("there is no record: run scripts/check_flash.py --update")
    else:
        print(f"the record is of GCC {stored['compiler']}, this is {compiler()}: limits only")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
