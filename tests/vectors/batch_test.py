#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every vector, all in one process: on this PC interpreted in place and accelerated, and on the
emulated Cortex-M4 compiled as well."""

import re
import shutil
import sys

import vectors

SOURCE = vectors.FOLDER.parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "firmware"))

import places  # noqa: E402
import wire  # noqa: E402

SKIPPED = 77
BOARD = "mps2-an386"
TIME_LIMIT_SECONDS = 120
SUITE_CONFORMANCE = 1


def numbers(header: str) -> dict[str, int]:
    """The enumerators of a header: {name: number}."""
    text = (SOURCE / "core" / "mbpf" / header).read_text()
    return {name: int(number) for name, number in re.findall(r"^    (\w+) = (\d+),", text, re.M)}


FAULTS, TRAPS = numbers("base/fault.hpp"), numbers("machine/trap.hpp")


WAYS = {"in place": {}, "accelerated": {"accelerated": True}, "compiled": {"engine": 1}}
HOST_WAYS = ["in place", "accelerated"]


def request(vector: vectors.Vector, way: str) -> bytes:
    return wire.request(vector.program, vector.memory, format=wire.FORMAT_TEXT,
                        suite=SUITE_CONFORMANCE, **WAYS[way])


def difference(vector: vectors.Vector, reply: wire.Reply) -> str:
    expected = ("rejected", FAULTS.get(vector.fault)) if vector.fault else \
               ("trapped", TRAPS.get(vector.trap)) if vector.trap else ("ran", vector.result)
    number = {"rejected": reply.fault, "trapped": reply.trap, "ran": reply.result,
              "unusable": reply.fault}[reply.status]
    return "" if (reply.status, number) == expected else \
        f"{reply.status} {number:#x}, not {expected[0]} {expected[1]:#x}"


def main() -> int:
    if shutil.which("qemu-system-arm") is None or not places.image(BOARD).exists():
        print(f"needs qemu-system-arm and the firmware of {BOARD}")
        return SKIPPED
    wrong, count = [], 0
    for name, place, ways in (("host", places.HOST, HOST_WAYS),
                              ("m4", places.emulated(BOARD), list(WAYS))):
        cases = [(vector, way) for vector in vectors.all_vectors() for way in ways]
        replies = list(map(wire.reply, places.run(place, [request(*case) for case in cases],
                                                  TIME_LIMIT_SECONDS)))
        if len(replies) != len(cases):
            wrong.append(f"{name}: {len(replies)} replies to {len(cases)}")
        for (vector, way), reply in zip(cases, replies):
            if text := difference(vector, reply):
                wrong.append(f"{vector.name}, {name}, {way}: {text}")
        count += len(cases)
    return vectors.report(wrong, count)


if __name__ == "__main__":
    sys.exit(main())
