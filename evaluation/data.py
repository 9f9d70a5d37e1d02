# SPDX-License-Identifier: MIT
"""What was measured (record.tsv), what other runtimes reached by the same method (peers.tsv) and
what the prototype's authors published (published.tsv), as tables in memory."""

import dataclasses
import functools
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "bench"))
from measure import Sample, geomean, programs  # noqa: E402

RECORD = HERE / "record.tsv"
COLUMNS = ("experiment", "engine", "phase", "program", "instructions", "cycles_low",
           "cycles_middle", "cycles_high", "values")
MHZ = 180  # Of the boards that published times are from.
PREPARING = {"interpreter": ("open", "verify", "prepare", "accelerate"),
             "interpreter-flash": ("open", "verify", "prepare"),
             "jit": ("open", "verify", "prepare", "compile")}


@dataclasses.dataclass(frozen=True)
class Row:
    """One figure. `values` depend on the phase: of open, bytes of the image; of verify, slots; of
    prepare, bytes of memory, of the machine's objects, of the JIT's object; of compile, slots and
    bytes of code; of run, result, digest of side effects, bytes of C stack, instructions of the
    program; of object, bytes of a container and of the runtime, containers; of bytes, bytes."""
    experiment: str
    engine: str
    phase: str
    program: str
    insns: int = 0
    low: int = 0
    mid: int = 0
    high: int = 0
    values: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.experiment, self.engine, self.phase, self.program


def row_of(experiment: str, engine: str, sample: Sample) -> Row:
    return Row(experiment, engine, sample.phase, sample.program, sample.insns, sample.low,
               sample.mid, sample.high, sample.values)


def bytes_row(experiment: str, engine: str, program: str, count: int) -> Row:
    return Row(experiment, engine, "bytes", program, values=(count,))


def as_text(row: Row) -> list[str]:
    return [*row.key, *map(str, (row.insns, row.low, row.mid, row.high)),
            " ".join(map(str, row.values))]


def table_lines(path: pathlib.Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines() if line[:1] not in ("#", "")]


def write_record(rows: list[Row], versions: dict[str, str], path: pathlib.Path = RECORD) -> None:
    lines = ["# What ./dev evaluate measured. ./dev evaluate --update writes it.",
             *(f"# {name}: {version}" for name, version in versions.items()),
             *("\t".join(as_text(row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


def read_versions(path: pathlib.Path = RECORD) -> dict[str, str]:
    """Tool -> version, from the comments at the start of the record."""
    found = {}
    for line in path.read_text().splitlines()[1:]:
        if not line.startswith("# "):
            break
        name, _, version = line[2:].partition(": ")
        found[name] = version
    return found


def read_record(path: pathlib.Path = RECORD) -> list[Row]:
    return [Row(*line[:4], *map(int, line[4:8]), tuple(map(int, line[8].split())))
            for line in table_lines(path)]


class Peers:
    """What peers.tsv says."""

    def __init__(self) -> None:
        self.what, self.settings, self.flash, self.ram = {}, {}, {}, {}
        self.samples: dict[tuple[str, str, str], Sample] = {}
        self.sizes: dict[tuple[str, str], int] = {}
        self.opcodes: dict[tuple[str, str], int] = {}
        for kind, name, *rest in table_lines(HERE / "peers.tsv"):
            if kind == "runtime":
                self.what[name], self.settings[name] = rest
            elif kind == "sample":
                phase, program, insns, low, mid, high, stack = rest
                self.samples[(name, phase, program)] = Sample(
                    phase, program, (int(stack),), *map(int, (insns, low, mid, high)))
            elif kind == "size":
                self.sizes[(name, rest[0])] = int(rest[1])
            elif kind == "flash":
                self.flash[name] = (int(rest[0]), rest[1])
            elif kind == "ram":
                self.ram[name] = (int(rest[0]), int(rest[1]), rest[2])
            else:
                self.opcodes[(name, rest[0])] = int(rest[1])

    def run(self, name: str, program: str) -> Sample | None:
        return self.samples.get((name, "run", program))

    def before(self, name: str, program: str) -> int:
        """Cycles before the first run: verification, compilation, setting up."""
        return sum(sample.mid for phase in ("setup", "verify", "compile")
                   if (sample := self.samples.get((name, phase, program))))

    def ratios(self, name: str) -> dict[str, float]:
        """To the native code that was measured beside it."""
        return {program: sample.mid / self.samples[("native_O2", "run", program)].mid
                for (runtime, phase, program), sample in self.samples.items()
                if runtime == name and phase == "run"}


class Published:
    """What published.tsv says, in microseconds and bytes."""

    def __init__(self) -> None:
        self.times: dict[tuple[str, str, str], int] = {}
        self.sizes: dict[tuple[str, str], int] = {}
        self.regions: dict[str, dict[int, int]] = {}
        self.wrong: dict[tuple[str, str], str] = {}
        for kind, name, *rest in table_lines(HERE / "published.tsv"):
            if kind == "engine":  # What it is: for who reads the file.
                continue
            if kind == "time":
                self.times[(name, rest[0], rest[1])] = int(rest[2])
            elif kind == "size":
                self.sizes[(name, rest[0])] = int(rest[1])
            elif kind == "wrong":
                self.wrong[(name, rest[0])] = rest[1]
            else:
                self.regions.setdefault(name, {})[int(rest[0])] = int(rest[1])

    def time(self, engine: str, program: str, phase: str = "run") -> int:
        return self.times[(engine, program, phase)]


class Data:
    """All three."""

    def __init__(self, rows: list[Row], versions: dict[str, str]) -> None:
        self.rows, self.versions = rows, versions
        self.index = {row.key: row for row in rows}
        self.peers, self.published = Peers(), Published()

    def row(self, engine: str, program: str, phase: str = "run",
            experiment: str = "programs") -> Row:
        return self.index[(experiment, engine, phase, program)]

    def of(self, experiment: str) -> list[Row]:
        return [row for row in self.rows if row.experiment == experiment]

    def bytes(self, experiment: str, engine: str, program: str) -> int | None:
        row = self.index.get((experiment, engine, "bytes", program))
        return row.values[0] if row else None

    def before(self, engine: str, program: str) -> int:
        """Cycles from bytes to a program that is ready to run."""
        return sum(self.row(engine, program, phase).mid for phase in PREPARING[engine])

    @functools.cached_property
    def sets(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, kind in programs().items():
            found.setdefault(kind, []).append(name)
        return found

    def ratio(self, engine: str, program: str) -> float:
        return self.row(engine, program).mid / self.row("native-O2", program).mid

    def mean(self, engine: str, kind: str) -> float:
        return geomean([self.ratio(engine, name) for name in self.sets[kind]])

    def peer_mean(self, name: str, kind: str) -> float | None:
        ratios = self.peers.ratios(name)
        found = [ratios[program] for program in self.sets[kind] if program in ratios]
        return geomean(found) if found else None


def microseconds(cycles: float) -> float:
    return cycles / MHZ
