#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows the examples at work, on this PC and on an emulated Cortex-M4, and how those that misbehave
are stopped while the firmware carries on. ./dev demo builds what it needs."""

import os
import pathlib
import subprocess
import sys
import tempfile

import examples
from examples import ROOT

PLUGIN_SOURCE = ROOT / "bench" / "plugin" / "m4cyc.c"
PLUGIN = ROOT / "build" / "m4cyc.so"
COLOURS = sys.stdout.isatty() and "NO_COLOR" not in os.environ
BOLD, DIM, RED, GREEN = "1", "2", "31", "32"


def paint(text: str, ink: str) -> str:
    return f"\033[{ink}m{text}\033[0m" if COLOURS else text


def build_plugin() -> bool:
    """The plugin of QEMU that estimates cycles; without it the column stays empty."""
    if PLUGIN.exists() and PLUGIN.stat().st_mtime >= PLUGIN_SOURCE.stat().st_mtime:
        return True
    command = ["gcc", "-O2", "-fPIC", "-shared", "-o", PLUGIN, PLUGIN_SOURCE]
    return PLUGIN_SOURCE.exists() and subprocess.run(command, capture_output=True).returncode == 0


def run_on_m4(programs) -> list[dict]:
    """One boot for all of them. Adds "cycles", the middle estimate, where it is known."""
    if not build_plugin():
        return examples.run(programs, "m4")
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder) / "counts"
        runs = examples.run(programs, "m4", [
            "--qemu-argument=-plugin", f"--qemu-argument=file={PLUGIN},out={counts}"])
        rows = [line.split("\t") for line in counts.read_text().splitlines()] \
            if counts.exists() else []
    executed = [run for run in runs if run["status"] in ("ran", "trapped")]
    rows = [row for row in rows if row[0].isdigit()]
    if len(rows) == len(executed):  # The firmware marks each run; a rejected program has none.
        for run, row in zip(executed, rows):
            run["cycles"] = int(row[3])
    return runs


def shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 3] + "..."


def context_of(example) -> str:
    return shortened(" ".join(example.context[i:i + 2] for i in range(0, len(example.context), 2)),
                     23) or "-"


def print_table(programs, places) -> bool:
    """A row for each program and place; whether all are as the examples state."""
    print(paint(f"{'program':<18} {'context':<23} {'result':>12}  {'where':<5}"
                f"{'instructions':>13}{'cycles':>9}{'bytes':>7}", BOLD))
    good = True
    for index, example in enumerate(programs):
        for place, runs in places:
            run = runs[index]
            wrong = examples.differences(example, run)
            first = place == places[0][0]
            result = examples.number(run.get("result", 0))
            shown = f"{result:#x}" if result >= 1 << 20 else str(result)
            print(f"{example.name if first else '':<18} {context_of(example) if first else '':<23} "
                  f"{shown:>12}  {place:<5}{run.get('instructions', ''):>13}"
                  f"{run.get('cycles', ''):>9}"
                  f"{run.get('image_bytes', '') if first else '':>7}"
                  + paint("  as expected" if not wrong else "  WRONG", RED if wrong else GREEN))
            for line in wrong:
                print(f"    {line}")
            good = good and not wrong
        for line in places[0][1][index].get("output", "").splitlines():
            print(paint(f"    it says: {line}", DIM))
    return good


def print_report(example, run) -> bool:
    """How a misbehaving program was stopped."""
    report = run.get("report", {})
    verb = {"rejected": "refused before it ran", "trapped": "stopped"}.get(run["status"], "RAN")
    print(f"\n{paint(example.path.name, BOLD)}: {example.title}")
    print(f"  {paint(verb, RED)}: {report.get('reason', '')}")
    if "line" in report:
        print(f"    {pathlib.Path(report['file']).name}:{report['line']}:  "
              f"{paint(report.get('source', '').strip(), BOLD)}")
    for key in ("instruction", "found", "allowed", "suggestion"):
        if key in report:
            print(f"    {key + ':':<12} {report[key]}")
    wrong = examples.differences(example, run)
    for line in wrong:
        print(f"  {line}")
    return not wrong


def main() -> int:
    programs = examples.all_examples()
    behaved = [example for example in programs if not example.misbehaves]
    hostile = [example for example in programs if example.misbehaves]
    print("\nFrom C by clang, verified, and run on this PC and on a Cortex-M4 (QEMU mps2-an386).\n")
    m4 = run_on_m4(behaved)
    good = print_table(behaved, [("host", examples.run(behaved, "host")), ("m4", m4)])
    if any("cycles" in run for run in m4):
        print(paint("cycles: estimated, by a model of the core from what it executed", DIM))
    print("\nNow the ones that misbehave, in one boot of the firmware, and then a good one again.")
    survivor = behaved[0]
    runs = run_on_m4([*hostile, survivor])
    for example, run in zip(hostile, runs):
        good = print_report(example, run) and good
    wrong = examples.differences(survivor, runs[-1])
    print(f"\n{paint(survivor.path.name, BOLD)}, after all that, in the same firmware:")
    print(f"  {paint('ran', GREEN) if not wrong else paint('FAILED', RED)}: "
          f"{runs[-1].get('output', '').strip()}\n")
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as problem:
        sys.exit(f"{problem}")
