#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""With every budget that could end a program, compiled code runs out of it exactly where the
interpreter does, and names the place where it looked at its count: the start of a loop or of a
function that is called, or the EXIT (SPEC.md, "Budget")."""

import shutil
import sys

import places
import random_test
import wire
from random_programs import EXIT as END, ins

EXIT = ins(END)
MOVE, ADD, STORE, JUMP_IF_0, JUMP_UNLESS_0, CALL = 0xb7, 0x07, 0x7b, 0x15, 0x55, 0x85
# Instructions, context, those that a run executes, and where one may end that has not as many.
PROGRAMS = {
    "one end": ([ins(MOVE, 0, imm=1)] * 9 + [EXIT], b"", 10, {9}),
    "one end, nothing else": ([EXIT], b"", 1, {0}),
    "the first end": ([ins(JUMP_IF_0, 2, offset=2), ins(MOVE, 0, imm=1), EXIT,
                       ins(MOVE, 0, imm=2), EXIT], b"\1", 3, {2}),
    "the second end": ([ins(JUMP_IF_0, 2, offset=2), ins(MOVE, 0, imm=1), EXIT,
                        ins(MOVE, 0, imm=2), EXIT], b"", 3, {4}),
    "a far end": ([ins(JUMP_IF_0, 2, offset=101), *[ins(ADD, 0, imm=1)] * 100, EXIT,
                   *[ins(ADD, 0, imm=2)] * 100, EXIT], b"", 102, {202}),
    "a loop": ([ins(MOVE, 3, imm=5), ins(ADD, 3, imm=-1), ins(JUMP_UNLESS_0, 3, offset=-2),
                ins(MOVE, 0, imm=7), EXIT], b"", 13, {1, 4}),
    "a loop, and memory": ([ins(MOVE, 3, imm=5), ins(STORE, 10, 3, -8), ins(ADD, 3, imm=-1),
                            ins(JUMP_UNLESS_0, 3, offset=-3), ins(MOVE, 0, imm=1 << 20), EXIT],
                           b"", 18, {1, 5}),
    "a function": ([ins(CALL, 0, 1, imm=1), EXIT, ins(MOVE, 0, imm=3), EXIT], b"", 4, {0, 1, 2}),
}
SECONDS = 60


def cases():
    for name, (code, context, needed, places_) in PROGRAMS.items():
        for budget in range(needed + 2):
            yield (f"{name}, budget {budget}", needed, budget, places_,
                   random_test.Case(name, b"".join(code), context, budget,
                                    format=wire.FORMAT_TEXT))


def wrong(name, needed, budget, ends, case, reply) -> str:
    trap = reply[random_test.TRAP]
    slot = int.from_bytes(reply[random_test.SLOT], "little")
    if budget >= needed:
        return "" if trap == 0 else f"{name}: trap {trap} at {slot}"
    if trap != random_test.OUT_OF_BUDGET:
        return f"{name}: trap {trap}, and it needs {needed}"
    return "" if slot in ends else f"{name}: ends at {slot}, not at one of {sorted(ends)}"


def main() -> int:
    if shutil.which("qemu-system-arm") is None:
        print("needs qemu-system-arm")
        return random_test.SKIPPED
    all_cases = list(cases())
    requests = [case.request(way) for *_, case in all_cases for way in random_test.M4_WAYS]
    replies = places.run(places.emulated(random_test.BOARD), requests, SECONDS)
    failures = []
    for (name, needed, budget, ends, case), one, other in zip(all_cases, replies[::2],
                                                              replies[1::2]):
        if (one[random_test.TRAP] == 0) != (budget >= needed):
            failures.append(f"{name}: interpreted, {wire.text(one)}")
        failures.append(wrong(name, needed, budget, ends, case, other))
        if other[random_test.TRAP] == 0 and random_test.meaning(one) != random_test.meaning(other):
            failures.append(f"{name}: {wire.text(one)}, compiled {wire.text(other)}")
    failures = [failure for failure in failures if failure]
    print("\n".join(failures) or f"{len(all_cases)} budgets: all end where they should")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
