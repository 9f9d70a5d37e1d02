# SPDX-License-Identifier: MIT
"""Beyond the prototype's experiments: other Cortex-M cores. Only instructions are counted there:
the model of cycles is a Cortex-M4's."""

from data import Data, Row, geomean
from kit import BOARDS, INTERPRETER, JIT, Kit, other_board
from section import Figure, Section, Table, times
from svg import Bars, Series
from experiments.programs import check_results

IMAGES = ("bench-engine", "bench-native-O2")


def measure_rows(kit: Kit) -> list[Row]:
    rows = []
    for name in BOARDS:
        board = other_board(name, IMAGES)
        found = kit.native_rows("boards", "O2", board)
        for engine in (INTERPRETER, JIT):
            found += kit.engine_rows("boards", engine, kit.images(engine.cpu), board=board)
        check_results(found)
        rows += [Row("boards", f"{row.engine}/{name}", row.phase, row.program, row.insns)
                 for row in found if row.phase in ("run", "compile")]
    return rows


def insns(data: Data, board: str, engine: str, program: str, phase: str = "run") -> int:
    if board == "M4":
        return data.row(engine, program, phase).insns
    return data.row(f"{engine}/{board}", program, phase, "boards").insns


def mean(data: Data, board: str, engine: str, kind: str) -> float:
    return geomean([insns(data, board, engine, name) / insns(data, board, "native-O2", name)
                    for name in data.sets[kind]])


def report(data: Data) -> Section:
    names = ["M3", "M4", "M7", "M33"]
    figure = Figure("boards", Bars(
        "Instructions, times native -O2, by core", "times the instructions of native -O2",
        [f"Cortex-{name}" for name in names],
        [Series(f"{label}, {kind}", colour, [mean(data, name, engine, kind) for name in names],
                kind == "helper")
         for engine, label, colour in (("interpreter", "interpreter", "interpreter"),
                                       ("jit", "JIT", "jit")) for kind in ("compute", "helper")],
        is_log=True, start=1),
        "Geometric means of executed instructions, to native code for the same core. Exact counts, "
        "but instructions are not time.")
    rows = []
    for name in names:
        slots = sum(data.row("jit", program, "verify").values[0]
                    for program in data.sets["compute"])
        compiled = sum(insns(data, name, "jit", program, "compile")
                       for program in data.sets["compute"])
        rows.append([f"Cortex-{name}", *(times(mean(data, name, engine, kind)) for engine in
                                         ("interpreter", "jit") for kind in ("compute", "helper")),
                     f"{compiled / slots:,.0f}"])
    spread = [mean(data, name, "jit", "compute") for name in names]
    return Section(
        "boards", "Other cores",
        "The same source, built for four cores: against native code for the core itself, compiled "
        f"programs execute {times(min(spread))} to {times(max(spread))} the instructions in the "
        "computing set. Every result on every core is the native one.",
        [figure, Table(["core", "interpreter, compute", "helpers", "JIT, compute", "helpers",
                        "compiling, instructions per slot"], rows, is_open=True)])
