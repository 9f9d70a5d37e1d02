#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the core stands on its own on every board: it needs no symbol but mem* and the
compiler's arithmetic, and nothing in it runs before main(). The linked image has no heap, no
exceptions and no guards of local statics."""

import re
import sys

from objects import BOARD, IMAGE, LAYERS, ROOT, core_objects, need_firmware, run, tool

NEEDED = re.compile(r"mem(cpy|set|move|cmp|chr)"
                    r"|__aeabi_\w+|__gnu_thumb1_case_\w+"    # AAPCS32 run-time ABI, libgcc
                    r"|__(u?div|u?mod|mul|ashl|ashr|lshr|neg|clz|ctz|bswap|u?cmp)[sd]i[23]")
FORBIDDEN = re.compile(r"_?malloc(_r)?|_?free(_r)?|_?calloc(_r)?|_?realloc(_r)?|_?sbrk(_r)?"
                       r"|__cxa_throw|__cxa_guard_\w+|__cxa_allocate_exception|__gxx_personality_v0"
                       r"|_Zn[wa]\w+|_Zd[la]P\w+|_ZTI\w+")


def symbols(board, *files):
    """File, type (a letter of nm) and name of each symbol."""
    for line in run(tool("nm", board), "-A", *files).splitlines():
        file, rest = line.split(":", 1)
        words = rest.split()
        if len(words) >= 2:
            yield file, words[-2], words[-1]


def problems_of_objects(board, objects):
    files = [path for layer in LAYERS for path in objects.get(layer, [])]
    found = list(symbols(board, *files))
    defined = {name for _, kind, name in found if kind not in "Uw"}
    for file, kind, name in found:
        if kind == "U" and name not in defined and not NEEDED.fullmatch(name):
            yield f"{board}: {'/'.join(file.split('/')[-4:])} needs {name}"
    for match in re.finditer(r"\.(init_array|ctors|preinit_array)",
                             run(tool("objdump", board), "-h", *files)):
        yield f"{board}: something in the core runs code before main(): {match.group()}"


def main() -> int:
    need_firmware()
    problems, boards = [], []
    for folder in sorted((ROOT / "build").glob("firmware-*")):
        board = folder.name.removeprefix("firmware-")
        objects = core_objects(board)
        if objects:
            boards.append(board)
            problems += problems_of_objects(board, objects)
    for _, _, name in symbols(BOARD, IMAGE):
        if FORBIDDEN.fullmatch(name):
            problems.append(f"{IMAGE.name} contains {name}")
    print("\n".join(problems) or f"the core stands on its own on {', '.join(boards)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
