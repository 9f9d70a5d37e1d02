# SPDX-License-Identifier: MIT
"""Beyond the prototype's experiments: what people run on such devices."""

from data import Data, geomean, microseconds
from section import Figure, Section, Table, listed, times
from svg import Bars, Series

PROGRAMS = {"pktfilter": "packet filter", "fusion": "sensor fusion", "crc32": "CRC-32",
            "sha256": "SHA-256", "pid": "PID controller", "fir": "FIR filter",
            "framing": "state machine", "neural_net": "neural net"}


def report(data: Data) -> Section:
    names = list(PROGRAMS)
    engines = {"interpreter-v4": "interpreter", "jit-v4": "JIT"}
    figure = Figure("applications", Bars(
        "Programs people run: times native -O2", "times the cycles of native -O2 (logarithmic)",
        list(PROGRAMS.values()), [
            Series(label, engine.split("-")[0], [data.ratio(engine, name) for name in names])
            for engine, label in engines.items()], is_log=True, start=1),
        "How many times longer than the same C source compiled by GCC at `-O2`. Bytecode is what "
        "the toolkit makes by default (`-mcpu=v4`); the other experiments use v3 or v2, which "
        "peers can run.")
    rows = [[PROGRAMS[name], f"{data.row('native-O2', name).mid:,}",
             *(f"{data.row(engine, name).mid:,} ({times(data.ratio(engine, name))})"
               for engine in (*engines, "interpreter", "jit")),
             f"{microseconds(data.row('jit-v4', name).mid):,.1f}"] for name in names]
    means = {engine: geomean([data.ratio(engine, name) for name in names]) for engine in engines}
    worst = max(names, key=lambda name: data.ratio("jit-v4", name))
    best = min(names, key=lambda name: data.ratio("jit-v4", name))
    new = data.sets["application"]
    return Section(
        "applications", "Programs people run",
        f"Over {len(names)} programs the interpreter takes {times(means['interpreter-v4'])} the "
        f"time of native code and the JIT {times(means['jit-v4'])}: "
        f"{times(data.ratio('jit-v4', best))} for the {PROGRAMS[best]}, "
        f"{times(data.ratio('jit-v4', worst))} for the {PROGRAMS[worst]}. Nothing was tuned for "
        f"{listed([PROGRAMS[name] for name in new])}: they were written for this page, and their "
        f"JIT mean is {times(geomean([data.ratio('jit-v4', n) for n in new]))}.",
        [figure, Table(["program", "native -O2, cycles", "interpreter", "JIT",
                        "interpreter, v3", "JIT, v3", "JIT, µs at 180 MHz"], rows, is_open=True)])
