#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Programs of shapes that try to make analyses of the compiler go round do the same interpreted and
compiled: in steps, some at each of which something else is known, and none is left to be found."""

import random
import shutil
import sys

import places
import random_programs
import random_test
import wire
from random_programs import EXIT, ins
from shapes import SHAPES

LENGTHS = (24, 65, 300)
BUDGET = 4000
SECONDS = 60


def cases():
    pick = random.Random(5)
    for shape in SHAPES:
        for length in LENGTHS:
            image = random_programs.image(b"".join(shape(length)) + ins(EXIT), b"", bytes(8))
            for context in (b"", bytes(16), pick.randbytes(16)):
                name = f"{shape.__name__}, {length} slots, {context.hex() or 'no context'}"
                yield random_test.Case(name, image, context, BUDGET, recursion=True)


def main() -> int:
    if shutil.which("qemu-system-arm") is None:
        print("needs qemu-system-arm")
        return random_test.SKIPPED
    all_cases = list(cases())
    requests = [case.request(way) for case in all_cases for way in random_test.M4_WAYS]
    replies = places.run(places.emulated(random_test.BOARD), requests, SECONDS)
    failures = [f"{case.name}: {wire.text(one)}, compiled {wire.text(other)}"
                for case, one, other in zip(all_cases, replies[::2], replies[1::2])
                if not random_test.agrees(one, other)]
    print("\n".join(failures) or f"{len(all_cases)} programs do the same")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
