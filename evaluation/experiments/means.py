# SPDX-License-Identifier: MIT
"""The summary: means over the programs that other runtimes were measured with, too."""

from data import Data
from section import Figure, Section, Table, times
from svg import Bars, Series

OURS = {"interpreter": "interpreter", "interpreter-flash": "the same, bytecode in flash",
        "interpreter-v2": "the same, older bytecode (`-mcpu=v2`)", "jit": "JIT",
        "jit-v2": "the same, older bytecode (`-mcpu=v2`)"}
PEERS = {"wasm2c_O2": "wasm2c + gcc -O2 (compiled on a PC)",
         "rbpfjit_v2": "prototype's JIT (right results only)",
         "wamr_fast": "WAMR, fast interpreter", "wasm3_O3": "wasm3 -O3",
         "fc_O2_v2a": "Femto-Containers -O2, ALU32", "fc_O2_v2": "Femto-Containers -O2",
         "fc_Os_v2": "Femto-Containers -Os", "wamr_classic": "WAMR, classic interpreter",
         "rbpf_v2": "rbpf of the prototype"}


def report(data: Data) -> Section:
    shown = [("jit", "**µBPF JIT**"), ("interpreter", "**µBPF interpreter**")]
    entries = [(label, [data.mean(engine, kind) for kind in ("compute", "helper")])
               for engine, label in shown]
    entries += [(label, [data.peer_mean(name, kind) for kind in ("compute", "helper")])
                for name, label in PEERS.items() if name != "fc_O2_v2a"]
    entries.sort(key=lambda entry: entry[1][0] or 0)
    figure = Figure("means", Bars(
        "Times native -O2, by runtime", "times the cycles of native -O2 (logarithmic)",
        [label for label, _ in entries],
        [Series("computing programs", "interpreter", [means[0] for _, means in entries]),
         Series("programs that call helpers", "other", [means[1] for _, means in entries])],
        is_log=True, start=1),
        f"Geometric means over {len(data.sets['compute'])} computing programs and "
        f"{len(data.sets['helper'])} that mostly call helpers; lower is better. Peers by the same "
        "method, recorded; the prototype's JIT gives wrong results for most programs, and its "
        "mean is of "
        f"{sum(name in data.peers.ratios('rbpfjit_v2') for name in data.sets['compute'])} and "
        f"{sum(name in data.peers.ratios('rbpfjit_v2') for name in data.sets['helper'])} programs.")
    rows = [[f"**µBPF** {label}" if not label.startswith("the") else label,
             *(times(data.mean(engine, kind)) for kind in ("compute", "helper")),
             times(max(data.ratio(engine, name) for kind in ("compute", "helper")
                       for name in data.sets[kind]))] for engine, label in OURS.items()]
    for name, label in PEERS.items():
        ratios = data.peers.ratios(name)
        rows.append([label, *(times(data.peer_mean(name, kind)) for kind in ("compute", "helper")),
                     times(max(ratios[p] for kind in ("compute", "helper") for p in data.sets[kind]
                               if p in ratios))])
    names = [name for kind in ("compute", "helper") for name in data.sets[kind]]
    each = [[name, f"{data.row('native-O2', name).mid:,}",
             *(f"{data.row(engine, name).mid:,} ({times(data.ratio(engine, name))})"
               for engine in ("interpreter", "jit")),
             f"{data.peers.run('fc_O2_v2', name).mid:,}",
             f"{data.peers.run('wasm3_O3', name).mid:,}"] for name in names]
    jit, interpreter = data.mean("jit", "compute"), data.mean("interpreter", "compute")
    return Section(
        "means", "In one figure",
        f"With every check and the budget on, the JIT takes {times(jit)} the time of native code "
        f"over computing programs and {times(data.mean('jit', 'helper'))} over programs that call "
        f"helpers; the interpreter takes {times(interpreter)} and "
        f"{times(data.mean('interpreter', 'helper'))}. By the same method, Femto-Containers takes "
        f"{times(data.peer_mean('fc_O2_v2', 'compute'))} and "
        f"{times(data.peer_mean('fc_O2_v2', 'helper'))}.",
        [figure, Table(["times native -O2", "compute", "helpers", "worst program"], rows,
                       "Geometric means, middle cycles."),
         Table(["program", "native -O2, cycles", "interpreter", "JIT", "Femto-Containers -O2",
                "wasm3 -O3"], each, "Cycles of one run.")])
