# SPDX-License-Identifier: MIT
"""Experiment 4: what checking an access costs, by how many memory regions a program may reach."""

from data import Data, Row, microseconds
from kit import INTERPRETER, JIT, Kit, other_board
from section import Figure, Section, Table, Verdict, listed, share, times
from svg import Lines, Series

COUNTS = (3, 4, 8, 12, 16)  # A program always has three: its own memory, constants, context.
TURNS = 500
PUBLISHED_TURNS = 100_000
LOOP = """    uint32_t sum = 0;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 500; i++) {
        p[0] = p[1] + sum;
        sum += p[0];
    }
    return sum;"""
# Three accesses a turn, as the published loop has: to where, and how the program gets there.
PROBES = {
    "stack": "    volatile uint32_t p[2] = {1, c->n};\n" + LOOP,
    "data": "    (void)c;\n    volatile uint32_t* p = words;\n" + LOOP,
    "lent": "    volatile uint32_t* p = (uint32_t*)(unsigned long)c->a;\n" + LOOP,
}
# The same loop at addresses that are computed, in the context alone, or there and in constants by
# turns.
TURN_LOOP = """    uint32_t sum = 0;
    volatile uint32_t* p = (uint32_t*)(void*)c->data;
#pragma clang loop unroll(disable)
    for (uint32_t i = 0; i < 500; i++) {
        p[i & 7] = OTHER[sum & 7] + sum;
        sum += p[i & 3];
    }
    return sum;"""
TURNING = {"context": TURN_LOOP.replace("OTHER", "p"),
           "by_turns": TURN_LOOP.replace("OTHER", "((const volatile uint32_t*)table)")}
WHERE = {"stack": "stack", "data": "own data", "lent": "the region lent last"}


def measure_rows(kit: Kit) -> list[Row]:
    board = other_board("mps2-an386", ("bench-engine",), MBPF_MAX_REGIONS="16")
    images = {name: kit.probe(name, body, "static uint32_t words[2];")
              for name, body in PROBES.items()}
    turning = {name: kit.probe(name, body, "static const uint32_t table[8] = {1, 2, 3, 4, 5, 6};")
               for name, body in TURNING.items()}
    rows = []
    for engine in (INTERPRETER, JIT):
        rows += kit.engine_rows("regions", engine, turning, suffix="/3", regions=3, board=board)
        for count in COUNTS:
            asked = images if count > 3 else {name: images[name] for name in ("stack", "data")}
            rows += kit.engine_rows("regions", engine, asked, suffix=f"/{count}", regions=count,
                                    board=board)
    return [row for row in rows if row.phase == "run"]


def turn(data: Data, engine: str, where: str, count: int) -> float:
    """Cycles of one turn of the loop."""
    return data.row(f"{engine}/{count}", where, experiment="regions").mid / TURNS


def counts_of(where: str) -> tuple[int, ...]:
    return COUNTS[1:] if where == "lent" else COUNTS


def published(data: Data, name: str) -> list[tuple[int, float]]:
    return [(n, 1000 * value / PUBLISHED_TURNS)
            for n, value in data.published.regions[name].items()]


def report(data: Data) -> Section:
    theirs = [Series(f"prototype, {name}, published", colour, published(data, key), True)
              for key, name, colour in (("data", "data", "rbpf"), ("stack", "stack", "ubpf"),
                                        ("data-cached", "data, with a cache", "other"))]
    ours = [Series(f"{label}, {WHERE[where]}", colour, [
        (n, 1000 * microseconds(turn(data, engine, where, n))) for n in counts_of(where)])
        for engine, label, where, colour in (
            ("interpreter", "interpreter", "lent", "wasm3"),
            ("interpreter", "interpreter", "stack", "interpreter"),
            ("jit", "JIT", "lent", "ubpf-jit"), ("jit", "JIT", "data", "wasm2c"),
            ("jit", "JIT", "stack", "jit"))]
    figure = Figure("regions", Lines(
        "A loop with three memory accesses, by number of regions", "memory regions",
        "ns per turn at 180 MHz", theirs + ours, log_y=True, x_ticks=[1, 3, 4, 8, 12, 16]),
        "One turn of a loop with three accesses. A program here has at least three regions; the "
        "usual limit is eight, so these images were built with a limit of 16.")
    rows = [[str(n), *(f"{turn(data, engine, where, n):.1f}" if n in counts_of(where) else "–"
                       for engine in ("interpreter", "jit") for where in PROBES)] for n in COUNTS]

    def growth(engine: str, where: str) -> float:
        found = [turn(data, engine, where, n) for n in counts_of(where)]
        return (found[-1] - found[0]) / found[0]

    def spread(engine: str, where: str) -> float:
        found = [turn(data, engine, where, n) for n in counts_of(where)]
        return max(found) - min(found)

    flat = all(spread(engine, where) < 1 for engine in ("interpreter", "jit")
               for where in ("stack", "data"))
    lent = growth("interpreter", "lent"), growth("jit", "lent")
    old = data.published.regions
    alone, by_turns = ({engine: turn(data, engine, where, 3) for engine in ("interpreter", "jit")}
                       for where in TURNING)
    compiled, interpreted = ({where: turn(data, engine, where, 16) for where in PROBES}
                             for engine in ("jit", "interpreter"))
    losing = [where for where in PROBES if compiled[where] > interpreted[where]]
    slower = (" Compiled code is slower than interpreted for "
              f"{listed([WHERE[where] for where in losing])}: there a turn leaves it for the slow "
              "path, which looks through all regions and has to find its instruction."
              if losing else "")
    return Section(
        "regions", "Memory checks by number of regions",
        ("An access to the stack or to the program's own data costs the same however many regions "
         "there are, to less than a cycle" if flat else
         "An access to the stack or to own data depends on the number of regions")
        + f"; to the region that was lent last, a turn grows by {share(lent[0])} interpreted and "
        f"{share(lent[1])} compiled from 4 to 16 regions. With 16, a turn on lent memory takes "
        f"{turn(data, 'interpreter', 'lent', 16):.0f} cycles interpreted and "
        f"{turn(data, 'jit', 'lent', 16):.0f} compiled. A turn whose accesses all go to computed "
        f"places in the context takes {alone['interpreter']:.0f} and {alone['jit']:.0f} cycles, "
        f"one that reads constants in between {by_turns['interpreter']:.0f} and "
        f"{by_turns['jit']:.0f}." + slower,
        [figure, Table(["regions", *(f"{label}, {WHERE[where]}" for label in ("interpreter", "JIT")
                                     for where in PROBES)], rows, "Cycles of one turn.")],
        [Verdict("A linear search makes accesses to data "
                 f"{times(old['data'][16] / old['data'][1])} as slow with 16 regions as with one.",
                 max(lent) > 0.25,
                 f"Here the lent region grows by {share(lent[0])} interpreted and {share(lent[1])} "
                 "compiled, from 4 to 16."),
         Verdict("Remembering the region makes accesses to the stack "
                 f"{share(old['stack-cached'][1] / old['stack'][1] - 1)} slower.", not flat,
                 "Not here: the stack and the program's data are one region that is tried first; "
                 "compiled accesses at a known offset from the frame pointer are not checked at "
                 "all, for the verifier has proven them.")])
