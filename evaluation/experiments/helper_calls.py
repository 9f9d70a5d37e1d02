# SPDX-License-Identifier: MIT
"""Experiment 3: what a call of a helper costs, by how many helpers a device has."""

from data import Data, Row
from kit import INTERPRETER, JIT, Kit
from section import Figure, Section, Table, Verdict
from svg import Lines, Series

COUNTS = (13, 32, 64, 128, 254)
CALLS = 100
PROGRAM = "helpers100"


def measure_rows(kit: Kit) -> list[Row]:
    images = {PROGRAM: kit.images("v3")[PROGRAM]}
    return [row for engine in (INTERPRETER, JIT) for count in COUNTS
            for row in kit.engine_rows("helpers", engine, images, suffix=f"/{count}",
                                       helpers=count) if row.phase in ("verify", "run")]


def per_call(data: Data, engine: str, count: int) -> float:
    return data.row(f"{engine}/{count}", PROGRAM, experiment="helpers").mid / CALLS


def report(data: Data) -> Section:
    def series(engine: str, name: str) -> Series:
        return Series(name, engine, [(count, per_call(data, engine, count)) for count in COUNTS])

    peers = {name: data.peers.run(name, PROGRAM).mid / CALLS for name in ("fc_O2_v2", "rbpf_v2")}
    bare = data.peers.opcodes[("rbpf_v2", "helper")]
    figure = Figure("helpers", Lines(
        "A helper call by number of helpers", "helpers registered", "cycles", [
            Series("rbpf of the prototype, 13 helpers", "rbpf", [(13, peers["rbpf_v2"])], True),
            Series("Femto-Containers -O2, 13 helpers", "fc", [(13, peers["fc_O2_v2"])], True),
            series("interpreter", "interpreter"), series("jit", "JIT")],
        log_x=True, x_ticks=list(COUNTS), height=260),
        f"Cycles of one turn of a loop that calls a trivial helper ({CALLS} turns), by how many "
        "helpers the table has. The two points are the loop on peers, recorded.")
    spans = {engine: max(per_call(data, engine, n) for n in COUNTS) -
             min(per_call(data, engine, n) for n in COUNTS) for engine in ("interpreter", "jit")}
    verify = [data.row(f"interpreter/{n}", PROGRAM, "verify", "helpers").mid for n in COUNTS]
    is_flat = max(spans.values()) == 0
    rows = [[str(n), *(f"{per_call(data, engine, n):.2f}" for engine in ("interpreter", "jit")),
             f"{cycles:,}"] for n, cycles in zip(COUNTS, verify)]
    return Section(
        "helpers", "Helper calls by number of helpers",
        ("A call costs the same to the cycle" if is_flat else
         f"A call differs by at most {max(spans.values()):.2f} cycles") +
        f" with {COUNTS[0]} and with {COUNTS[-1]} helpers: {per_call(data, 'interpreter', 13):.1f} "
        f"cycles a turn interpreted, {per_call(data, 'jit', 13):.1f} compiled, where "
        f"Femto-Containers takes {peers['fc_O2_v2']:.0f} and the prototype's rbpf "
        f"{peers['rbpf_v2']:.0f}.",
        [figure, Table(["helpers", "interpreter", "JIT", "verification, cycles"], rows)],
        [Verdict("Finding a helper takes O(log n) steps, in a tree.", not is_flat,
                 f"That is how the prototype does it: {bare} cycles for a call alone among 13, by "
                 "our method. Here verification looks each helper up once, in a table indexed by "
                 "its id, and calls are flat.")])
