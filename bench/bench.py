#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the engine on an emulated Cortex-M4: the programs of programs/list.inc, each from one C
source, native and as bytecode. Prints a table; --json also writes build/bench.json. Instruction
counts are exact; cycles are estimates (measure.py). Every result is compared with the native one.
What other runtimes reached by the same method is recorded in evaluation/peers.tsv."""

import argparse
import json
import math
import pathlib
import subprocess
import sys

from measure import (ENGINES, IMAGES, NATIVE, ROOT, SETS, UNCHECKED, Failed, Sample, build,
                     by_phase, compile_programs, differing, geomean, programs, run_engine,
                     run_image, workspace)


sys.path.append(str(ROOT / "evaluation"))
from data import Peers  # noqa: E402


def means(ratios: dict[str, float]) -> dict[str, float]:
    """Of the programs that are in a set."""
    kinds = programs()
    found = {kind: [ratio for name, ratio in ratios.items() if kinds[name] == kind]
             for kind in SETS}
    result = {kind: geomean(values) for kind, values in found.items() if values}
    worst = [ratio for name, ratio in ratios.items() if kinds[name] in SETS]
    return {**result, "worst": max(worst)} if worst else result


def read_peers() -> dict[str, dict]:
    """Runtime -> what it is, its ratios to the native code that was measured beside it."""
    peers = Peers()
    return {name: {"what": what, "ratios": peers.ratios(name)}
            for name, what in peers.what.items() if name != "native_O2"}


def flash() -> dict[str, int]:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "check_flash.py", "--json"],
                          capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows if len(row) > i) for i in range(len(rows[0]))]
    return "\n".join("  ".join(
        word.ljust(width) if i == 0 else word.rjust(width)
        for i, (word, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def report(native: dict[str, Sample], phases, runs: dict[str, dict[str, Sample]], ratios,
           peers) -> str:
    names = [engine.name for engine in ENGINES]
    even = break_even(phases, runs)
    rows = [["program", "native -O2", *names, "runs until jit pays"]]
    for name, sample in native.items():
        rows.append([name, f"{sample.mid:,}",
                     *(f"{runs[engine][name].mid:,} ({ratios[engine][name]:.1f}x)"
                       for engine in names), f"{even[name]:,}"])
    text = ["Estimated cycles of a Cortex-M4 (middle model), and the ratio to native -O2", "",
            table(rows), ""]
    rows = [["geometric mean of the ratios", "compute", "helper", "worst"]]

    def add(label: str, mean: dict[str, float]) -> None:
        rows.append([label, *(f"{mean[key]:.2f}x" if key in mean else "-"
                              for key in (*SETS, "worst"))])

    for engine in (*names, UNCHECKED.name):
        add(f"µBPF, {engine}", means(ratios[engine]))
    for peer in peers.values():
        add(peer["what"], means(peer["ratios"]))
    text += [table(rows), ""]
    engine = names[0]
    stack = max(sample.values[2] for sample in runs[engine].values())
    text.append(f"C stack of a run, deepest: {stack} bytes")
    made = compilation(phases["jit"])
    text.append(f"JIT: {made['code_per_text']:.2f} bytes of code for one of bytecode; "
                f"{made['compile_cycles_per_insn']:,.0f} cycles for an instruction, verification "
                f"included, at most {made['worst_compile_cycles_per_insn']:,.0f}")
    layers = flash()
    if layers:
        text.append("flash, bytes: " + ", ".join(f"{name} {size}" for name, size in layers.items()
                                                 if size))
    return "\n".join(text)


def results(native, phases, runs, ratios, peers) -> dict:
    def numbers(sample: Sample, ratio: float) -> dict:
        return {"instructions": sample.insns, "cycles": {
            "low": sample.low, "middle": sample.mid, "high": sample.high}, "ratio": ratio}

    return {
        "programs": {name: {
            "set": programs()[name],
            NATIVE: numbers(sample, 1.0),
            **{engine: numbers(run[name], ratios[engine][name]) for engine, run in runs.items()},
        } for name, sample in native.items()},
        "phases": {engine: {phase: {name: sample.mid for name, sample in found.items()}
                            for phase, found in of_engine.items() if phase != "run"}
                   for engine, of_engine in phases.items()},
        "geomean": {engine: means(found) for engine, found in ratios.items()},
        "stack": {engine: max(sample.values[2] for sample in run.values())
                  for engine, run in runs.items()},
        "flash": flash(),
        "jit": compilation(phases["jit"]),
        "break_even": break_even(phases, runs),
        "peers": {name: {"what": peer["what"], **means(peer["ratios"])}
                  for name, peer in peers.items()},
    }


def compilation(phases: dict[str, dict[str, Sample]]) -> dict:
    """What the JIT made of the programs that are in a set, and what that took, verification
    included. Slots are instructions, but for those of 16 bytes."""
    kinds = programs()
    made = {name: sample for name, sample in phases["compile"].items() if kinds[name] in SETS}
    slots = {name: sample.values[0] for name, sample in made.items()}
    cycles = {name: sample.mid + phases["verify"][name].mid for name, sample in made.items()}
    each = {name: cycles[name] / slots[name] for name in made}
    return {
        "code_per_text": sum(sample.values[1] for sample in made.values()) /
                         (8 * sum(slots.values())),
        "compile_cycles_per_insn": sum(cycles.values()) / sum(slots.values()),
        "worst_compile_cycles_per_insn": max(each.values()),
    }


def break_even(phases, runs) -> dict[str, int]:
    """After how many runs the JIT has taken less time than the interpreter, compiling included.
    Both verify; the interpreter rewrites its bytecode once."""
    result = {}
    for name, sample in runs["jit"].items():
        more = phases["jit"]["compile"][name].mid - phases["interpreter"]["accelerate"][name].mid
        saved = runs["interpreter"][name].mid - sample.mid
        result[name] = max(1, math.ceil(more / saved)) if saved > 0 else 0
    return result


def measure_all() -> tuple[dict, dict, dict]:
    """Native code, phases and runs of each engine; all results are those of native code."""
    build(targets=(*IMAGES, UNCHECKED.image))
    phases: dict[str, dict[str, dict[str, Sample]]] = {}
    with workspace() as name:
        folder = pathlib.Path(name)
        native = {sample.program: sample for sample in run_image(f"bench-{NATIVE}", folder, [])}
        small = {sample.program: sample for sample in run_image("bench-native-Os", folder, [])}
        images = {cpu: compile_programs(cpu, folder)
                  for cpu in sorted({engine.cpu for engine in ENGINES})}
        for engine in (*ENGINES, UNCHECKED):
            phases[engine.name] = by_phase(run_engine(engine, images[engine.cpu], folder))
    runs = {engine: found["run"] for engine, found in phases.items()}
    runs["native-Os"] = small
    wrong = differing(runs, native)
    if wrong:
        raise Failed("\n".join(wrong))
    return native, phases, runs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="also write build/bench.json")
    options = parser.parse_args()
    try:
        native, phases, runs = measure_all()
    except Failed as failure:
        sys.exit(str(failure))
    ratios = {engine: {name: sample.mid / native[name].mid for name, sample in run.items()}
              for engine, run in runs.items()}
    peers = read_peers()
    print(report(native, phases, runs, ratios, peers))
    if options.json:
        (ROOT / "build" / "bench.json").write_text(
            json.dumps(results(native, phases, runs, ratios, peers), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
