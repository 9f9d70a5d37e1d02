#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long verification and compilation take on the emulated Cortex-M4, by length up to 4,096 slots
and by shape of the control flow: usual code, and shapes that try to make analyses go round. Prints
estimated cycles per slot (middle model); --json writes all numbers to build/compile_time.json.
Fails if an instruction takes more than the bound, or twice as long in long programs as in short."""

import argparse
import json
import pathlib
import sys

import measure
import wire
from bench import table

import random_programs
from random_programs import EXIT, ins
from shapes import SHAPES

LENGTHS = (64, 256, 1024, 2048, 4096)
MOST_CYCLES = 3500  # For any of these shapes.
MOST_GROWTH = 2.0


def measure_all(folder: pathlib.Path) -> dict[str, dict[int, dict[str, int]]]:
    """Shape -> length -> phase -> cycles; and "slots", "code" as they are."""
    programs = {f"{shape.__name__}-{length}":
                random_programs.image(b"".join(shape(length)) + ins(EXIT), b"", bytes(8))
                for shape in SHAPES for length in LENGTHS}
    requests = folder / "requests"
    requests.write_bytes(wire.batch([
        wire.request(image, b"", measure.BUDGET, entry=name.encode(), engine=1, recursion=True)
        for name, image in programs.items()]))
    found: dict[str, dict[int, dict[str, int]]] = {}
    for sample in measure.run_image("bench-engine", folder, [str(requests), "0", "0"]):
        shape, _, length = sample.program.partition("-")
        if not length:  # A line about something else.
            continue
        row = found.setdefault(shape, {}).setdefault(int(length), {})
        row[sample.phase] = sample.mid
        if sample.phase == "compile":
            row["slots"], row["code"] = sample.values[:2]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="write build/compile_time.json")
    options = parser.parse_args()
    measure.build()
    with measure.workspace() as name:
        found = measure_all(pathlib.Path(name))
    wrong = []
    rows = [["cycles per slot, verified and compiled", *map(str, LENGTHS), "bytes per slot"]]
    for shape, lengths in found.items():
        each = {length: (row["verify"] + row["compile"]) / row["slots"]
                for length, row in lengths.items()}
        longest = lengths[max(lengths)]
        rows.append([shape, *(f"{value:,.0f}" for value in each.values()),
                     f"{longest['code'] / longest['slots']:.1f}"])
        if max(each.values()) > MOST_CYCLES:
            wrong.append(f"{shape}: more than {MOST_CYCLES} cycles for a slot")
        if each[max(each)] > MOST_GROWTH * each[256]:
            wrong.append(f"{shape}: long programs take longer for a slot")
    print(table(rows))
    if options.json:
        target = measure.ROOT / "build" / "compile_time.json"
        target.write_text(json.dumps(found, indent=1) + "\n")
    print("\n".join(wrong) or f"never more than {MOST_CYCLES} cycles, and linear")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
