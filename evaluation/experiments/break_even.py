# SPDX-License-Identifier: MIT
"""Experiment 6: total time by number of runs: where compiling starts to pay."""

import math
import re

from data import ROOT, Data, microseconds
from section import Figure, Section, Table, Verdict, times
from svg import Lines, Series

RUNS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SHOWN = {"fletcher16_640": "a loop over 640 bytes", "sensor15": "a sensor program, mostly helpers"}


def total(data: Data, engine: str, program: str, runs: int) -> float:
    return data.before(engine, program) + runs * data.row(engine, program).mid


def peer_total(data: Data, name: str, program: str, runs: int) -> float:
    return data.peers.before(name, program) + runs * data.peers.run(name, program).mid


def even(data: Data, program: str) -> int | None:
    """After how many runs the JIT has taken no longer than the interpreter, or None."""
    more = data.before("jit", program) - data.before("interpreter", program)
    saved = data.row("interpreter", program).mid - data.row("jit", program).mid
    return max(1, math.ceil(more / saved)) if saved > 0 else None


def auto_total(data: Data, program: str, runs: int) -> float:
    """What a container does that leaves the choice to the device: it interprets in place until as
    many instructions have run as its slots, times a limit of the runtime; then it compiles."""
    slots = data.row("jit", program, "verify").values[0]
    executed = data.row("interpreter-flash", program).values[3]
    interpreted = min(runs, math.ceil(slots * runs_until_compiled() / executed))
    compiles = data.row("jit", program, "compile").mid if runs >= interpreted else 0
    return (data.before("interpreter-flash", program) + compiles +
            interpreted * data.row("interpreter-flash", program).mid +
            (runs - interpreted) * data.row("jit", program).mid)


def runs_until_compiled() -> int:
    text = (ROOT / "core" / "mbpf" / "container" / "config.hpp").read_text()
    return int(re.search(r"runs_until_compiled = (\d+)", text).group(1))


def figure(data: Data, program: str) -> Figure:
    def peer(name: str, colour: str, label: str) -> Series:
        return Series(label, colour, [(n, microseconds(peer_total(data, name, program, n)))
                                      for n in RUNS], True)

    series = [peer("rbpfjit_v2", "ubpf-jit", "prototype's JIT"), peer("fc_Os_v2", "fc",
                                                                     "Femto-Containers -Os"),
              peer("wasm3_O3", "wasm3", "wasm3 -O3")]
    series += [Series(label, engine, [(n, microseconds(total(data, engine, program, n)))
                                      for n in RUNS])
               for engine, label in (("interpreter", "interpreter"), ("jit", "JIT"))]
    series.append(Series("auto", "ubpf", [(n, microseconds(auto_total(data, program, n)))
                                          for n in RUNS]))
    series.append(Series("native -O2", "native", [
        (n, microseconds(n * data.row("native-O2", program).mid)) for n in RUNS]))
    return Figure(f"runs-{program}", Lines(
        f"Total time by number of runs: {program}", "runs", "µs at 180 MHz", series, True, True,
        [1, 10, 100, 1000]), f"{SHOWN[program].capitalize()}: everything from the bytes of the "
        "program to the end of its last run. Dashed: peers by our method, recorded.")


def report(data: Data) -> Section:
    names = [name for kind, found in data.sets.items() if kind != "other" for name in found]
    found = {name: even(data, name) for name in names}
    never = [name for name, runs in found.items() if runs is None]
    paying = {name: runs for name, runs in found.items() if runs is not None}
    at_once = [name for name, runs in paying.items() if runs == 1]
    latest = max(paying, key=paying.get)
    middle = sorted(paying.values())[len(paying) // 2]
    auto = {name: max(auto_total(data, name, n) / min(total(data, engine, name, n) for engine in
                                                      ("interpreter-flash", "jit")) for n in RUNS)
            for name in names}
    worst = max(auto, key=auto.get)
    rows = [[name, f"{data.before('interpreter', name):,}",
             f"{data.row('interpreter', name).mid:,}", f"{data.before('jit', name):,}",
             f"{data.row('jit', name).mid:,}",
             f"{runs:,}" if runs else "never", times(auto[name])]
            for name, runs in found.items()]
    femto = sum(total(data, "interpreter", name, 1) < peer_total(data, "fc_Os_v2", name, 1)
                for name in data.sets["compute"])
    count = len(data.sets["compute"])
    theirs = peer_total(data, "rbpfjit_v2", "sensor15", 0)
    return Section(
        "runs", "When compiling pays",
        f"Of {len(names)} programs, {len(at_once)} take less time in total already in their first "
        f"run when compiled; half of them pay after at most {middle} runs, and {latest} last, "
        f"after {paying[latest]:,}" + (f"; {', '.join(never)} never" if never else "") +
        f". `auto`, which interprets in place until a program has executed {runs_until_compiled()} "
        f"times as many instructions as it has slots, takes at most {times(auto[worst])} the "
        f"better engine's total ({worst}), however often a program runs; knowing in advance would "
        "take 1 ×.",
        [figure(data, name) for name in SHOWN] + [Table(
            ["program", "before, interpreter", "a run", "before, JIT", "a run", "pays after runs",
             "auto, at worst"],
            rows, "Cycles. Before: loading, verification, laying out memory, and rewriting or "
            "compiling. The last column: the most that `auto` takes of the better engine's total, "
            f"for {RUNS[0]} to {RUNS[-1]:,} runs; it starts from bytecode in flash.")],
        [Verdict("Compiling pays only for programs that run for long, or often.",
                 len(at_once) < len(names),
                 f"It still holds for the shortest programs, but the point has moved: compiling "
                 f"sensor15 takes {times(theirs / data.before('jit', 'sensor15'))} as long in the "
                 "prototype, by our method."),
         Verdict("For a single run, Femto-Containers' interpreter is the fastest way.",
                 femto < count / 2,
                 f"Ours has finished a first run earlier in {femto} of {count} computing programs, "
                 "loading and verification included.")])
