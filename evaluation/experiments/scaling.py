# SPDX-License-Identifier: MIT
"""Beyond the prototype's experiments: verification and compilation by length of the program."""

from data import Data, Row
from kit import INTERPRETER, JIT, Kit
from section import Figure, Section, Table
from svg import Lines, Series

LENGTHS = (32, 64, 128, 256, 512, 1024, 2048)
# Eight instructions of the usual kinds, with a jump that is sometimes taken.
BLOCK = ("r2 = *(u32 *)(r1 + 4)\\n", "r3 += r2\\n", "w3 ^= 0x55\\n", "if w3 > 9 goto +1\\n",
         "r3 += 7\\n", "*(u32 *)(r10 - 8) = r3\\n", "r4 = *(u32 *)(r10 - 8)\\n", "r3 -= r4\\n")
LOOP = ("r3 = 10\\n", "r4 = 0\\n", "r4 += r3\\n", "r3 += -1\\n", "if r3 != 0 goto -3\\n",
        "r2 = *(u32 *)(r1 + 4)\\n", "r4 ^= r2\\n", "*(u32 *)(r10 - 8) = r4\\n")
SHAPES = {"straight": BLOCK, "loops": LOOP}


def measure_rows(kit: Kit) -> list[Row]:
    images = {}
    for shape, block in SHAPES.items():
        for length in LENGTHS:
            lines = "".join(f'"{line}"\n' for line in block) * (length // len(block) - 1)
            images[f"{shape}_{length}"] = kit.probe(
                f"{shape}_{length}", f'    asm volatile("r1 = %0\\n r3 = 1\\n"\n{lines}::"r"(c)\n'
                '    : "r0", "r1", "r2", "r3", "r4", "memory");\n    return 0;')
    return [row for engine in (INTERPRETER, JIT)
            for row in kit.engine_rows("scaling", engine, images)
            if row.phase in ("verify", "accelerate", "compile")]


def points(data: Data, engine: str, phase: str, shape: str) -> list[tuple[int, int]]:
    return [(data.row(engine, f"{shape}_{n}", "verify", "scaling").values[0],
             data.row(engine, f"{shape}_{n}", phase, "scaling").mid) for n in LENGTHS]


def report(data: Data) -> Section:
    wanted = [("jit", "compile", "loops", "compile, loops", "ubpf-jit"),
              ("jit", "compile", "straight", "compile, straight", "jit"),
              ("interpreter", "verify", "loops", "verify, loops", "wasm3"),
              ("interpreter", "verify", "straight", "verify, straight", "interpreter"),
              ("interpreter", "accelerate", "straight", "rewrite, straight", "other")]
    series = [Series(name, colour, points(data, engine, phase, shape))
              for engine, phase, shape, name, colour in wanted]
    figure = Figure("scaling", Lines(
        "Verification and compilation by length", "slots of the program", "cycles", series, True,
        True, list(LENGTHS)), "Programs made of one block of eight instructions, again and again: "
        "with a forward jump in it (straight), or with a loop (loops). Rewriting is what the "
        "interpreter does to bytecode in RAM.")
    rows = [[f"{item.name}", *(f"{cycles / slots:,.0f}" for slots, cycles in item.values)]
            for item in series]
    compiled = [cycles / slots for item in series[:2] for slots, cycles in item.values]
    verified = [cycles / slots for item in series[2:4] for slots, cycles in item.values]
    each = [[cycles / slots for slots, cycles in item.values] for item in series[:4]]
    ratio = max(max(found) / min(found) for found in each)
    peer = data.peers.samples[("rbpfjit_v2", "compile", "sensor15")].mid / 81
    return Section(
        "scaling", "Verification and compilation by length",
        f"Per slot, verification takes {min(verified):,.0f} to {max(verified):,.0f} cycles and "
        f"compilation {min(compiled):,.0f} to {max(compiled):,.0f}, from {LENGTHS[0]} to "
        f"{LENGTHS[-1]:,} slots. Over all lengths of one shape the cost per slot varies by a "
        f"factor of at most {ratio:.2f}{': both are linear' if ratio < 1.3 else ''}. The "
        f"prototype's JIT takes about {peer:,.0f} per slot of `sensor15`, by our method.",
        [figure, Table(["cycles per slot", *map(str, LENGTHS)], rows, is_open=True)])
