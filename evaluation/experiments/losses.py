# SPDX-License-Identifier: MIT
"""Where others are better. What is compared is listed here, who wins is computed, and a loss
without a reason is an error: somebody has to find out."""

import dataclasses
import statistics

from data import Data
from measure import Failed
from section import Section, Table
from experiments.footprint import ENGINE, flash

INTERPRETERS = ("fc_O2_v2", "fc_O2_v2a", "fc_Os_v2", "rbpf_v2", "wasm3_O3", "wasm3_Os",
                "wamr_fast", "wamr_classic")
COMPILERS = ("rbpfjit_v2", "wasm2c_O2")


@dataclasses.dataclass
class Point:
    """Smaller is better."""
    what: str
    unit: str
    ours: float
    peers: dict[str, float]
    reason: str


def means(data: Data) -> list[Point]:
    found = []
    for engine, rivals in (("interpreter", INTERPRETERS), ("jit", COMPILERS)):
        for kind in ("compute", "helper"):
            found.append(Point(
                f"mean of {kind} programs, {engine}", "× native", data.mean(engine, kind),
                {name: mean for name in rivals if (mean := data.peer_mean(name, kind))},
                REASONS[engine, kind]))
    return found


REASONS = {
    ("interpreter", "compute"):
        "Their loaders translate the program into a form of their own, in RAM, whose operations do "
        "more at once and on 32 bits; we run bytecode where it lies, and 64-bit registers are two "
        "words each.",
    ("interpreter", "helper"): "",
    ("jit", "compute"):
        "wasm2c's code went through GCC's whole optimiser, on a PC, from 32-bit values; ours is "
        "made in one pass on the device. The prototype's JIT checks nothing and keeps 32 bits.",
    ("jit", "helper"):
        "wasm2c calls a helper as a plain C function and checks pointers nowhere but in its own "
        "memory; ours checks what a program hands to a helper against the helper's signature.",
}


def single_programs(data: Data) -> list[Point]:
    found = []
    for engine, rivals in (("interpreter", INTERPRETERS), ("jit", COMPILERS)):
        for kind in ("compute", "helper"):
            for name in data.sets[kind]:
                found.append(Point(
                    f"{name}, {engine}", "cycles", data.row(engine, name).mid,
                    {peer: sample.mid for peer in rivals if (sample := data.peers.run(peer, name))},
                    REASONS[engine, kind] or HELPER_REASON))
    return found


HELPER_REASON = ("A run here starts by setting up the machine, with a budget and a stack that is "
                 "checked; a program that is over after a few helper calls feels it.")


def sizes(data: Data) -> list[Point]:
    engine = flash(data, *ENGINE)
    flash_of = {name: size for name, (size, _) in data.peers.flash.items()}
    before = {name: statistics.median(data.peers.before(name, program) for program in both(data))
              for name in (*INTERPRETERS, "rbpfjit_v2")}
    memory = data.row("interpreter", "sensor15", "prepare").values
    code = [name for name in both(data) if ("rbpfjit_v2", name) in data.peers.sizes
            and data.peers.run("rbpfjit_v2", name)]
    return [
        Point("flash, interpreter with verifier and loaders", "bytes", engine,
              {name: flash_of[name] for name in INTERPRETERS if name in flash_of},
              "Theirs reads one format, verifies in one simple pass without types, has no budget "
              "in this setting, and no instructions newer than v2. Ours reads two formats and "
              "has all of RFC 9669 with atomics."),
        Point("flash, JIT alone", "bytes", flash(data, "jit"),
              {"rbpfjit_v2": flash_of["rbpfjit_v2"]}, ""),
        Point("RAM for sensor15, without its image", "bytes", memory[0] + memory[1],
              {name: ram for name, (ram, _, _) in data.peers.ram.items()},
              "Both reserve 512 bytes of stack for it. Our machine holds a table of regions, the "
              "plan of the stack, a table of helpers and what a stop request needs; theirs a list "
              "of regions and no budget."),
        Point("before the first run, interpreter (median)", "cycles", statistics.median(
            data.before("interpreter", program) for program in both(data)),
            {name: before[name] for name in INTERPRETERS},
            "Theirs walks once over the program and checks opcodes and jumps; ours also plans the "
            "stack, types every helper's arguments and bounds every jump and call, so that nothing "
            "of it is left for run time, and rewrites the bytecode."),
        Point("before the first run, interpreter in place (median)", "cycles", statistics.median(
            data.before("interpreter-flash", program) for program in both(data)),
            {name: before[name] for name in INTERPRETERS},
            "As above, but without the rewriting."),
        Point("before the first run, JIT (median)", "cycles", statistics.median(
            data.before("jit", program) for program in both(data)),
            {"rbpfjit_v2": before["rbpfjit_v2"]}, ""),
        Point("code of the JIT, programs that both run right (sum)", "bytes",
              sum(data.row("jit", name, "compile").values[1] for name in code),
              {"rbpfjit_v2": sum(data.peers.sizes[("rbpfjit_v2", name)] for name in code)},
              "Theirs has no checks of memory, no budget, and 32-bit registers; it also leaves out "
              "what would say which instruction a fault was at."),
        Point("code of the JIT and native code (sum)", "bytes",
              sum(data.row("jit", name, "compile").values[1] for name in both(data)),
              {"native_O2": sum(data.peers.sizes[("native_O2", name)] for name in both(data))},
              "Checks, the budget, 64-bit values where C has 32, and the table by which a fault "
              "finds its instruction."),
        Point("bytecode and WebAssembly (sum)", "bytes",
              sum(8 * data.row("jit", name, "verify").values[0] for name in both(data)),
              {"wasm3_O3": sum(data.peers.sizes[("wasm3_O3", name)] for name in both(data))},
              "An eBPF instruction has 8 bytes, whatever it says; one of WebAssembly one to six. "
              "That is the price of bytecode that runs in place."),
        Point("an empty program, interpreter", "cycles", data.row("interpreter", "empty").mid,
              {name: data.peers.run(name, "empty").mid for name in INTERPRETERS}, HELPER_REASON),
        Point("an empty program, JIT", "cycles", data.row("jit", "empty").mid,
              {name: data.peers.run(name, "empty").mid for name in COMPILERS},
              "A run of ours starts with a budget, a check of the context and a region to try "
              "first; theirs is a plain call."),
    ]


def both(data: Data) -> list[str]:
    return [name for kind in ("compute", "helper") for name in data.sets[kind]]


def shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def lost(points: list[Point], data: Data) -> list[list[str]]:
    """A row for each point where somebody is better."""
    rows = []
    for point in points:
        better = sorted((value, data.peers.what[name]) for name, value in point.peers.items()
                        if value < point.ours)
        if better:
            rows.append([point.what, f"{shown(point.ours)} {point.unit}",
                         "; ".join(f"{name}: {shown(value)}" for value, name in better),
                         point.reason])
    return rows


def wins(points: list[Point]) -> tuple[int, int]:
    """How often a peer is better, of how many comparisons."""
    found = [value < point.ours for point in points for value in point.peers.values()]
    return sum(found), len(found)


def report(data: Data) -> Section:
    points, single = means(data) + sizes(data), single_programs(data)
    rows, programs = lost(points, data), lost(single, data)
    missing = [row[0] for row in rows + programs if not row[3]]
    if missing:
        raise Failed("somebody is better and nobody says why (evaluation/experiments/losses.py): " +
                     "; ".join(missing))
    (some, all_points), (few, all_programs) = wins(points), wins(single)
    return Section(
        "losses", "Where others are better",
        f"In {some} of {all_points} comparisons a peer is better; of {all_programs} runs of one "
        f"program on a runtime of the same kind, it is faster in {few}. All of them are here.",
        [Table(["what", "µBPF", "better", "why"], rows, is_open=True),
         Table(["program and engine", "µBPF", "faster", "why"], programs)])
