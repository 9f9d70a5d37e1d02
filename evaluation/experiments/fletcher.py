# SPDX-License-Identifier: MIT
"""Experiment 1: Fletcher16 over 80 to 2560 bytes: what each step takes."""

from data import PREPARING, Data, microseconds
from section import Figure, Section, Table, Verdict, times
from svg import Bars, Lines, Series

SIZES = (80, 160, 320, 640, 1280, 2560)
STEPS = {"load": ("open", "prepare"), "verify": ("verify",), "compile": ("accelerate", "compile")}


def name_of(size: int) -> str:
    return f"fletcher16_{size}"


def runs(data: Data) -> Figure:
    def published(engine: str, colour: str, name: str) -> Series:
        return Series(name, colour, [(n, data.published.time(engine, name_of(n)))
                                     for n in SIZES], True)

    def ours(engine: str, colour: str, name: str) -> Series:
        return Series(name, colour, [(n, microseconds(data.row(engine, name_of(n)).mid))
                                     for n in SIZES])

    series = [
        published("rbpf", "rbpf", "base rbpf, published"),
        published("ubpf", "ubpf", "µBPF prototype, published"),
        published("fc", "fc", "Femto-Containers, published"),
        Series("Femto-Containers -Os, our method", "fc", [
            (n, microseconds(data.peers.run("fc_Os_v2", name_of(n)).mid)) for n in SIZES]),
        ours("interpreter", "interpreter", "interpreter"),
        published("jit", "ubpf-jit", "prototype's JIT, published"),
        ours("jit", "jit", "JIT"),
        published("native", "native", "native, published"),
        ours("native-Os", "native", "native -Os"),
    ]
    return Figure("fletcher-run", Lines(
        "Fletcher16: one run", "bytes of data", "µs at 180 MHz", series, True, True,
        list(SIZES)), "One run, once the program is ready. Dashed: times of a real board that the "
        "prototype's authors published; solid: our method, cycles of the middle model at 180 MHz.")


def cost_before(data: Data, engine: str, size: int) -> dict[str, float]:
    return {step: sum(microseconds(data.row(engine, name_of(size), phase).mid)
                      for phase in phases if phase in PREPARING[engine])
            for step, phases in STEPS.items()}


def before_published(data: Data, engine: str, size: int) -> dict[str, float]:
    load = data.published.time(engine, name_of(size), "load")
    key = "compile" if engine == "jit" else "load"
    return {"load": 0, "compile": 0, key: load,
            "verify": data.published.time(engine, name_of(size), "verify")}


def preparation(data: Data, size: int = 640) -> Figure:
    rows = {
        "prototype's JIT, published": before_published(data, "jit", size),
        "rbpf, ELF object, published": before_published(data, "raw", size),
        "µBPF prototype, published": before_published(data, "ubpf", size),
        "Femto-Containers, published": before_published(data, "fc", size),
        "JIT": cost_before(data, "jit", size),
        "interpreter": cost_before(data, "interpreter", size),
        "interpreter, in flash": cost_before(data, "interpreter-flash", size),
    }
    colours = {"load": "other", "verify": "interpreter", "compile": "jit"}
    return Figure("fletcher-before", Bars(
        f"Fletcher16, {size} bytes: before the first run", "µs at 180 MHz", list(rows),
        [Series(step, colours[step], [row[step] for row in rows.values()]) for step in colours],
        is_stacked=True),
        f"From bytes to a program that is ready, for {size} bytes of data. Loading is reading the "
        "format and laying out memory; compiling is the JIT, or rewriting bytecode for the "
        "interpreter. Published times of compiling hold the loading, too.")


def first(data: Data, engine: str, size: int) -> float:
    return microseconds(data.before(engine, name_of(size)) + data.row(engine, name_of(size)).mid)


def first_published(data: Data, engine: str, size: int) -> int:
    return sum(data.published.time(engine, name_of(size), phase)
               for phase in ("load", "verify", "run"))


def totals(data: Data) -> Figure:
    series = [Series(f"{name}, published", colour, [
        (n, first_published(data, engine, n)) for n in SIZES], True)
        for engine, colour, name in (("ubpf", "ubpf", "µBPF prototype"),
                                     ("fc", "fc", "Femto-Containers"),
                                     ("jit", "ubpf-jit", "prototype's JIT"))]
    series += [Series(name, name, [(n, first(data, name, n)) for n in SIZES])
               for name in ("interpreter", "jit")]
    series[-1].name = "JIT"
    return Figure("fletcher-first", Lines(
        "Fletcher16: all steps and one run", "bytes of data", "µs at 180 MHz", series, True, True,
        list(SIZES)), "Loading, verification, compilation and one run together: what a program "
        "costs that runs once.")


def table(data: Data) -> Table:
    rows = []
    for n in SIZES:
        name = name_of(n)
        rows.append([str(n)] + [f"{microseconds(data.row(engine, name).mid):,.1f}" for engine in
                                ("native-O2", "native-Os", "jit", "interpreter",
                                 "interpreter-flash")] +
                    [f"{data.published.time(engine, name):,}" for engine in
                     ("native", "jit", "fc", "ubpf", "rbpf")])
    return Table(["bytes", "native -O2", "native -Os", "JIT", "interpreter", "in flash",
                  "native, published", "prototype's JIT", "Femto-Containers", "µBPF prototype",
                  "base rbpf"], rows, "Microseconds of one run at 180 MHz; the five columns on the "
                 "right are published.")


def since(sizes: list[int]) -> str:
    return f"from {sizes[0]} bytes on" if sizes else "for none of these sizes"


def report(data: Data) -> Section:
    last, name = SIZES[-1], name_of(SIZES[-1])
    native = data.row("native-Os", name).mid
    ours = data.row("jit", name).mid / native
    fastest = data.row("jit", name).mid / data.row("native-O2", name).mid
    theirs = data.published.time("jit", name) / data.published.time("native", name)
    interpreter = data.row("interpreter", name).mid
    speed_up = interpreter / data.row("jit", name).mid
    published_up = data.published.time("ubpf", name) / data.published.time("jit", name)
    pays = [n for n in SIZES if first(data, "jit", n) < first(data, "interpreter", n)]
    published_pays = [n for n in SIZES
                      if first_published(data, "jit", n) < first_published(data, "ubpf", n)]
    femto = data.peers.run("fc_Os_v2", name).mid / interpreter
    theirs_femto = data.published.time("ubpf", name) / data.published.time("fc", name)
    before = sum(cost_before(data, "jit", 640).values())
    before_theirs = sum(before_published(data, "jit", 640).values())
    return Section(
        "fletcher", "Fletcher16 by size of its data",
        f"Over {last} bytes the JIT takes {times(ours)} the time of native code at `-Os` and "
        f"{times(fastest)} that at `-O2`, with every memory access checked and a budget; the "
        f"interpreter takes {times(interpreter / native)}. Making a program of 640 bytes ready for "
        f"the JIT takes {before:,.0f} µs by the model, where {before_theirs:,} µs were published.",
        [runs(data), preparation(data), totals(data), table(data)],
        [Verdict(f"Compiled code comes close to native code: {times(theirs)} its time over {last} "
                 "bytes.",
                 ours < 2,
                 f"Against the same baseline, `-Os`, ours takes {times(ours)}"
                 f"{', with checks and a budget, which it has not' if ours > theirs else ''}"
                 f". Against `-O2`, the fairer baseline, it is {times(fastest)}: GCC divides with "
                 f"two instructions at `-Os` and multiplies at `-O2`."),
         Verdict(f"Compiled code is much faster than the interpreter: {times(published_up)} over "
                 f"{last} bytes.", speed_up > 5,
                 f"Here it is {times(speed_up)}, for the interpreter is itself faster."),
         Verdict("Compilation pays off within one run once there is enough data: published "
                 f"{since(published_pays)}.", bool(pays),
                 f"Here {since(pays)}{', too' if pays == published_pays else ''}."),
         Verdict("The price of a general interpreter is speed: the prototype's takes "
                 f"{times(theirs_femto)} the time of Femto-Containers.", femto < 1,
                 f"Ours checks more and is {times(femto)} as fast as Femto-Containers, which was "
                 "measured by the same method at `-Os` with v2 bytecode. Part of that is newer "
                 "bytecode (`-mcpu=v3`).")])
