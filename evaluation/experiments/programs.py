# SPDX-License-Identifier: MIT
"""What most experiments look at: every program of bench/programs, native and on each engine, each
step apart; and once more without the work of the helpers."""

from data import Row, row_of
from kit import ENGINES, INTERPRETER, JIT, NEWEST, Kit
import measure


def measure_rows(kit: Kit) -> list[Row]:
    measure.build()
    rows = kit.native_rows("programs", "O2") + kit.native_rows("programs", "Os")
    for engine in (*ENGINES, *NEWEST):
        rows += kit.engine_rows("programs", engine, kit.images(engine.cpu))
    for engine in (INTERPRETER, JIT):
        samples = measure.run_engine(engine, kit.images(engine.cpu), kit.folder,
                                     image="bench-engine-apart")
        rows += [row_of("apart", engine.name, sample) for sample in samples
                 if sample.phase == "run"]
    check_results(rows)
    return rows


def check_results(rows: list[Row]) -> None:
    """All engines give what native code gives."""
    right = {row.program: row.values[:2] for row in rows
             if row.engine == "native-O2" and row.phase == "run"}
    wrong = [f"{row.engine}: {row.program} gives {row.values[0]:#x}, native code "
             f"{right[row.program][0]:#x}" for row in rows
             if row.phase == "run" and row.values[:2] != right[row.program]]
    if wrong:
        raise measure.Failed("\n".join(wrong))
