# SPDX-License-Identifier: MIT
"""Experiment 5: how large a program is, in each of the five formats and as native code."""

from data import Data, Row, bytes_row
from kit import Kit, native_sizes, size_rows
from section import Figure, Section, Table, Verdict, share
from svg import Bars, Series
import measure
from experiments.examples import PROGRAMS

LAYOUTS = {"text": "text only", "femto": "Femto-Containers", "extended": "extended header",
           "image": "image", "elf": "ELF object"}


def measure_rows(kit: Kit) -> list[Row]:
    rows = size_rows("size", "native-O2", native_sizes("O2"))
    rows += size_rows("size", "native-Os", native_sizes("Os"))
    for program, kind in measure.programs().items():
        for layout in LAYOUTS if program in PROGRAMS else ():
            size = kit.compiled_as(program, layout)
            if size is not None:
                rows.append(bytes_row("size", layout, program, size))
        if kind in measure.SETS or program in PROGRAMS:
            rows.append(bytes_row("size", "constants", program, kit.constants(program)))
    return rows


def compiled(data: Data, program: str) -> int:
    """What a device keeps of a compiled program: code, and what the image holds but bytecode."""
    code = data.row("jit", program, "compile").values[1]
    return code + constants(data, program)


def constants(data: Data, program: str) -> int:
    """Bytes of constants and data."""
    return data.bytes("size", "constants", program)


def report(data: Data) -> Section:
    names = list(PROGRAMS)
    series = [Series(label, colour, [data.bytes("size", layout, name) for name in names])
              for (layout, label), colour in zip(LAYOUTS.items(), (
                  "other", "fc", "rbpf", "interpreter", "ubpf"))]
    series += [Series("compiled by the JIT", "jit", [compiled(data, name) for name in names]),
               Series("native -Os", "native", [data.bytes("size", "native-Os", name)
                                               for name in names])]
    figure = Figure("sizes", Bars(
        "Bytes of the ten example programs", "bytes", [PROGRAMS[name] for name in names], series),
        "Files as a device gets them, and the code that a device makes or "
        "has. Compiled and native sizes hold the constants, too. Where a format cannot hold a "
        "program there is a dash.")
    rows = [[PROGRAMS[name], *(str(item.values[i] or "–") for item in series),
             *(str(data.published.sizes.get((engine, name), "–")) for engine in
               ("fc", "rbpf", "raw", "jit"))] for i, name in enumerate(names)]
    sets = [name for kind in ("compute", "helper") for name in data.sets[kind]]
    per_text = (sum(data.row("jit", name, "compile").values[1] for name in sets) /
                sum(8 * data.row("jit", name, "verify").values[0] for name in sets))
    best = max((1 - data.published.sizes[("jit", name)] / data.published.sizes[("fc", name)], name)
               for name in names if ("fc", name) in data.published.sizes)
    ours = max((1 - compiled(data, name) / data.bytes("size", "femto", name), name)
               for name in names if data.bytes("size", "femto", name))
    saved = [name for name in names if data.bytes("size", "femto", name)
             and compiled(data, name) < data.bytes("size", "femto", name)]
    native = (sum(data.row("jit", name, "compile").values[1] + constants(data, name)
                  for name in sets) / sum(data.bytes("size", "native-O2", name) for name in sets))
    return Section(
        "sizes", "Program size",
        f"Compiled code takes {per_text:.2f} bytes for each byte of bytecode over the {len(sets)} "
        f"programs that means are over, and with its constants it takes {native:.1f} times what "
        "GCC makes at `-O2`. The image names functions, rights and lines of C, which is what it "
        "is larger by than the older formats; sizes here are without the lines (`--strip`).",
        [figure, Table(["program", *(item.name for item in series), "Femto-Containers, published",
                        "extended, published", "ELF, published", "prototype's JIT, published"],
                       rows, "Bytes.")],
        [Verdict(f"Compiled programs are smaller than their bytecode, by up to {share(best[0])} "
                 f"({PROGRAMS[best[1]]}).", ours[0] > 0,
                 f"Here {len(saved)} of {len(names)} programs are smaller compiled, at best by "
                 f"{share(ours[0])} ({PROGRAMS[ours[1]]}). The prototype's code is smaller than it "
                 "should be: it checks no access and computes in 32 bits where eBPF has 64. And "
                 "bytecode here is smaller to begin with.")])
