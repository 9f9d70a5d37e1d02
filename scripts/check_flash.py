#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the flash that each layer of the core takes on a Cortex-M4, in the build that is
benchmarked, and fails if a limit is passed or a layer has grown by more than MARGIN over the
record, tests/size/flash.json. --update makes what is there the record; --json prints it."""

import json
import re
import sys

from objects import BOARD, LAYERS, ROOT, need_firmware, run, tool

RECORD = ROOT / "tests" / "size" / "flash.json"
MARGIN = 64  # Bytes; more must be meant, and recorded.
ELF = "elf linker"  # The part of the program layer that a device may leave out.
LIMITS = [
    ("engine and loaders", 14 * 1024,
     ["base", "port", "isa", "program", "machine", "verifier", "interpreter"]),
    (ELF, 4 * 1024, [ELF]),
]
SECTION = re.compile(r"\s*\d+ (\S+)\s+([0-9a-f]+)\s+[0-9a-f]+\s+[0-9a-f]+\s+[0-9a-f]+\s+2\*\*\d+")
IN_FLASH = re.compile(r"\.(text|rodata|data|ARM\.exidx|ARM\.extab)(\.|$)")


def sections(path):
    """Sections of an object that a device keeps in flash: name, bytes, whether others may hold the
    same (an inline function or a table in a header), of which the linker keeps one."""
    lines = run(tool("objdump"), "-h", "-w", path).splitlines()
    for line in lines:
        match = SECTION.match(line)
        if match and IN_FLASH.match(match.group(1)) and "ALLOC" in line:
            yield match.group(1), int(match.group(2), 16), "LINK_ONCE" in line


def measure(objects) -> dict[str, int]:
    sizes = {name: 0 for name in [*LAYERS, ELF]}
    seen = set()
    for layer in LAYERS:
        for path in objects.get(layer, []):
            part = ELF if layer == "program" and path.name.startswith("elf_") else layer
            for name, size, shared in sections(path):
                if shared and name in seen:
                    continue
                seen.add(name)
                sizes[part] += size
    return sizes


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
