# SPDX-License-Identifier: MIT
"""How far the estimate of cycles is from a real board: Fletcher16, of which native times were
published, and which Femto-Containers ran too."""

from data import Data, microseconds
from section import Figure, Section, Table, Text
from svg import Lines, Series
from experiments.fletcher import SIZES, name_of

METHOD = (
    "Programs run on QEMU, and a plugin (`bench/plugin/m4cyc.c`) counts executed instructions "
    "between two hint instructions. The counts are exact, and the same in each run. It also keeps "
    "three estimates of a Cortex-M4's cycles, from the timings in its Technical Reference Manual. "
    "**Low**: a taken branch refills in one cycle, a division takes three, loads pipeline whenever "
    "they may. **Middle**: refill of two (three for an indirect one), six for a division, one more "
    "when an address depends on the instruction before, and for a branch to an unaligned 32-bit "
    "instruction. **High**: refill of three, twelve for a division, loads never pipeline. Memory "
    "has no wait states in all three. Figures here are the middle one unless they say otherwise; "
    "the data hold all. No time of a PC is used anywhere.")


def errors(data: Data) -> dict[str, dict[str, list[float]]]:
    """Of each model, by what is compared."""
    found: dict[str, dict[str, list[float]]] = {"native -Os": {}, "Femto-Containers -Os": {}}
    for level in ("low", "mid", "high"):
        found["native -Os"][level] = [
            microseconds(getattr(data.row("native-Os", name_of(n)), level)) /
            data.published.time("native", name_of(n)) - 1 for n in SIZES]
        found["Femto-Containers -Os"][level] = [
            microseconds(getattr(data.peers.run("fc_Os_v2", name_of(n)), level)) /
            data.published.time("fc", name_of(n)) - 1 for n in SIZES]
    return found


def signed(value: float) -> str:
    return f"{100 * value:+.0f} %".replace("-", "−")


def span(values: list[float]) -> str:
    return f"{signed(min(values))} to {signed(max(values))}"


def report(data: Data) -> Section:
    found = errors(data)
    figure = Figure("model", Lines(
        "Model and real board: Fletcher16", "bytes of data", "µs at 180 MHz", [
            Series("Femto-Containers, published", "fc",
                   [(n, data.published.time("fc", name_of(n))) for n in SIZES], True),
            Series("Femto-Containers -Os, middle model", "fc",
                   [(n, microseconds(data.peers.run("fc_Os_v2", name_of(n)).mid)) for n in SIZES]),
            Series("native, published", "native",
                   [(n, data.published.time("native", name_of(n))) for n in SIZES], True),
            Series("native -Os, middle model", "native",
                   [(n, microseconds(data.row("native-Os", name_of(n)).mid)) for n in SIZES])],
        True, True, list(SIZES), height=300),
        "Times that were published of a board at 180 MHz, and the middle model for the same "
        "algorithm.")
    rows = [[name, *(span(by_model[level]) for level in ("low", "mid", "high"))]
            for name, by_model in found.items()]
    largest = max(abs(value) for by_model in found.values() for value in by_model["mid"])
    return Section(
        "model", "How it is measured, and how far to trust it",
        f"The middle model is within {100 * largest:.0f} % of the published times of the one "
        "program that has been timed natively on a board. That is little evidence: take "
        "differences below about 15 % as none, and ratios rather than times. A board adds wait "
        "states of its flash.",
        [Text(METHOD), figure, Table(["model less published", "low", "middle", "high"], rows,
                                      "Range over the six sizes. Our Fletcher16 is not their "
                                      "source, and compilers differ.", is_open=True),
         Table(["runtime, by our method", "version and settings"],
               [[what, data.peers.settings[name]] for name, what in data.peers.what.items()],
               "What was measured beside: recorded once, with GCC for Arm 12.2 and QEMU 7.2.")])
