# SPDX-License-Identifier: MIT
"""Experiment 2: the ten example programs of the prototype, written anew: what the engine does
itself and what the helpers do."""

from data import Data, microseconds
from section import Figure, Section, Table, Verdict, share, times
from svg import Bars, Series

# Our program -> what the prototype's is called.
PROGRAMS = {"hfetch": "fetch", "hstore": "store", "hstrlen": "strlen", "hfmt_s16": "fmt_s16_dfp",
            "hfmt_u32": "fmt_u32_dec", "hprintf": "printf", "inlined": "inlined_calls",
            "fletcher16_320": "fletcher16", "sensor15": "sensor-processing",
            "sensor_stored": "sensor, from storage"}


def split(data: Data, engine: str, program: str) -> tuple[int, int]:
    """Cycles of the engine, cycles of helpers."""
    total = data.row(engine, program).mid
    alone = data.row(engine, program, experiment="apart").mid
    return min(alone, total), max(0, total - alone)


def figure(data: Data, engine: str, title: str) -> Figure:
    names = [name for name in PROGRAMS if name != "fletcher16_320"]
    parts = [split(data, engine, name) for name in names]
    colour = "jit" if engine == "jit" else "interpreter"
    return Figure(f"examples-{engine}", Bars(
        f"Example programs: {title}", "cycles of one run", [PROGRAMS[name] for name in names],
        [Series(title, colour, [own for own, _ in parts]),
         Series("helpers", "other", [helpers for _, helpers in parts])], is_stacked=True),
        f"Cycles of one run: what the {title} does and what the helpers do that it calls. The "
        "helpers are the same functions everywhere; they do not wait for a device. Fletcher16 is "
        "left out: it calls one helper, and would need another scale.")


def table(data: Data) -> Table:
    rows = []
    for name, theirs in PROGRAMS.items():
        femto = data.peers.run("fc_Os_v2", name)
        rows.append([
            theirs, f"{data.row('native-O2', name).mid:,}",
            *(f"{own:,} + {helpers:,}" for own, helpers in
              (split(data, engine, name) for engine in ("interpreter", "jit"))),
            f"{femto.mid:,}" if femto else "–",
            *(f"{data.published.time(engine, name):,}" +
              (" (wrong result)" if (engine, name) in data.published.wrong else "")
              for engine in ("fc", "rbpf", "jit"))])
    return Table(["program", "native -O2, cycles", "interpreter", "JIT",
                  "Femto-Containers -Os, our method", "Femto-Containers, published µs",
                  "base rbpf, µs", "prototype's JIT, µs"], rows,
                 "Cycles are engine + helpers. Published times hold the printing over a serial "
                 "line that some helpers do, milliseconds of it, so they do not compare engines.")


def report(data: Data) -> Section:
    shares, natives = [], []
    for name in PROGRAMS:
        own, helpers = split(data, "jit", name)
        shares.append(helpers / (own + helpers))
        natives.append(data.ratio("jit", name))
    slowest = max(PROGRAMS, key=lambda name: data.published.time("fc", name))
    slow, fast = (data.published.time(engine, slowest) for engine in ("fc", "jit"))
    fetch = data.published.time("jit", "hfetch") / data.published.time("fc", "hfetch")
    ours = (data.row("jit", "hfetch").mid) / data.peers.run("fc_Os_v2", "hfetch").mid
    return Section(
        "examples", "The ten example programs",
        "Programs of devices mostly call helpers. Compiled, they take between "
        f"{times(min(natives))} and {times(max(natives))} the time of native code; helpers are "
        f"{share(min(shares))} to {share(max(shares))} of that time, which no engine can take "
        f"away.",
        [figure(data, "interpreter", "interpreter"), figure(data, "jit", "JIT"), table(data)],
        [Verdict("Programs that print are hardly faster when compiled "
                 f"({PROGRAMS[slowest]}: {slow:,} µs and {fast:,} µs).", True,
                 "A serial line decides there, not an engine; so we count the engine's work and "
                 "the helpers' apart, with helpers that do not wait. Two of the published JIT's "
                 "results are wrong "
                 f"({', '.join(data.published.wrong[key] for key in data.published.wrong)}): its "
                 "short times are of runs that did not do the work."),
         Verdict("A trivial program gains nothing from the JIT: fetch takes "
                 f"{times(fetch)} the time that Femto-Containers takes.", ours >= 1,
                 f"Here it takes {times(ours)} that time by our method, since starting compiled "
                 f"code is short: an empty program takes {data.row('jit', 'empty').mid} cycles, or "
                 f"{microseconds(data.row('jit', 'empty').mid):.2f} µs.")])
