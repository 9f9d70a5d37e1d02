#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which lines of the compiler random programs (tests/firmware/random_programs.py) reach: compiled
on the PC, counted by gcov. Prints each file's share and, with --lines, what is never executed. What
only runs on a core that compiled code runs on is left out.

    jit_coverage.py [--programs N] [--seed FIRST] [--lines]"""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "coverage"
NOT_HERE = {"gate.cpp", "services.cpp", "jit.cpp", "run.hpp", "gate.hpp"}
sys.path.insert(0, str(ROOT / "tests" / "firmware"))

import random_test  # noqa: E402
import wire  # noqa: E402

WAY = {"engine": 1, "wants": wire.WANTS_CODE}


def build() -> None:
    for command in (["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                     "-DCMAKE_CXX_FLAGS=--coverage -O1"],
                    ["cmake", "--build", BUILD, "--target", "run_batch"]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for counts in BUILD.rglob("*.gcda"):
        counts.unlink()


def compile_all(first: int, count: int) -> None:
    for start in range(first, first + count, random_test.BATCH):
        cases = [random_test.Case.of_seed(seed)
                 for seed in range(start, min(start + random_test.BATCH, first + count))]
        command = [str(BUILD / "tests" / "run_batch"), "{0}", "{1}"]
        if random_test.run(command, [case.request(WAY) for case in cases]) is None:
            sys.exit("run_batch failed")


def executed() -> dict[str, dict[int, bool]]:
    """File -> line -> whether anything executed it."""
    files: dict[str, dict[int, bool]] = {}
    for notes in (BUILD / "CMakeFiles" / "mbpf_jit.dir").rglob("*.gcno"):
        done = subprocess.run(["gcov", "--json-format", "--stdout", notes], cwd=BUILD, check=True,
                              capture_output=True, text=True)
        for report in map(json.loads, done.stdout.splitlines()):
            for file in report["files"]:
                name = file["file"].rsplit("/", 1)[1]
                if "core/mbpf/jit/" not in file["file"] or name in NOT_HERE:
                    continue
                lines = files.setdefault(name, {})
                for line in file["lines"]:
                    number = line["line_number"]
                    lines[number] = lines.get(number, False) or line["count"] != 0
    return {name: lines for name, lines in sorted(files.items()) if lines}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", action="store_true")
    options = parser.parse_args()
    build()
    compile_all(options.seed, options.programs)
    files = executed()
    for name, lines in files.items():
        text = (ROOT / "core" / "mbpf" / "jit" / name).read_text().splitlines()
        reached = sum(lines.values())
        print(f"{name:22} {reached:4} of {len(lines):4} lines, {100 * reached / len(lines):.1f} %")
        for number in sorted(number for number, was in lines.items() if options.lines and not was):
            print(f"    {number:4} {text[number - 1].strip()}")
    total = sum(len(lines) for lines in files.values())
    reached = sum(sum(lines.values()) for lines in files.values())
    print(f"{options.programs} programs reach {100 * reached / total:.1f} % of {total} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
