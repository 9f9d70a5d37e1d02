# SPDX-License-Identifier: MIT
"""The guard against getting worse unseen: measures the benchmarks again and compares them with the
record. Worse by more than WORSE is an error until somebody records it on purpose; better by more
than BETTER is one too, because then the documents are older than the code."""

import dataclasses

from data import Row, row_of
from experiments import footprint
from kit import FLASH, INTERPRETER, JIT, Kit
import measure

WORSE, BETTER = 0.01, 0.05
SLACK = 16  # Instructions or bytes, whatever the share.


@dataclasses.dataclass
class Figure:
    """One number of a row, smaller being better."""
    what: str
    now: int
    then: int

    def is_worse(self) -> bool:
        return self.now > self.then * (1 + WORSE) + SLACK

    def is_better(self) -> bool:
        return self.now < self.then * (1 - BETTER) - SLACK

    def __str__(self) -> str:
        change = 100 * (self.now / self.then - 1) if self.then else 100
        return f"{self.what}: {self.now:,}, recorded {self.then:,} ({change:+.1f} %)"


def measured(kit: Kit) -> list[Row]:
    """What every change is checked with: the smallest part that says how each engine does."""
    measure.build_plugin()
    rows = [row_of("programs", engine.name, sample) for engine in (INTERPRETER, FLASH, JIT)
            for sample in measure.run_engine(engine, kit.images(engine.cpu), kit.folder)]
    return rows + footprint.measure_rows(kit)


def figures(now: Row, then: Row) -> list[Figure]:
    name = f"{now.engine}, {now.program}, {now.phase}"
    if now.phase == "bytes":
        return [Figure(f"{now.experiment}, {now.program}, bytes", now.values[0], then.values[0])]
    found = [Figure(f"{name}, instructions", now.insns, then.insns)]
    if now.phase == "compile":
        found.append(Figure(f"{name}, bytes of code", now.values[1], then.values[1]))
    elif now.phase == "prepare":
        found.append(Figure(f"{name}, bytes of memory", now.values[0], then.values[0]))
    elif now.phase == "run":
        found.append(Figure(f"{name}, bytes of C stack", now.values[2], then.values[2]))
    return found


def compare(rows: list[Row], record: list[Row]) -> tuple[list[str], list[str]]:
    """What is wrong with results, or worse; what is better."""
    known = {row.key: row for row in record}
    wrong, better = [], []
    for now in rows:
        then = known.get(now.key)
        if then is None:
            wrong.append(f"{now.engine}, {now.program}, {now.phase} is not recorded")
            continue
        if now.phase == "run" and now.values[:2] != then.values[:2]:
            wrong.append(f"{now.engine}: {now.program} gives {now.values[0]:#x}, recorded is "
                         f"{then.values[0]:#x}")
        for figure in figures(now, then):
            if figure.is_worse():
                wrong.append(f"worse: {figure}")
            elif figure.is_better():
                better.append(f"better: {figure}")
    return wrong, better


def results_only(rows: list[Row], record: list[Row]) -> list[str]:
    """For other compilers than the record's, whose code is another."""
    right = {row.key: row.values[:2] for row in record}
    return [f"{row.engine}: {row.program} gives {row.values[0]:#x}" for row in rows
            if row.phase == "run" and row.values[:2] != right.get(row.key)]
