#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures everything that the evaluation says, on emulated Cortex-M cores, and makes a page of it:
build/evaluation/index.html, with data.csv and data.json beside it.

  --update   also records the figures (evaluation/record.tsv) and makes docs/evaluation.md, its
             plots and the numbers in README.md of them
  --draw     makes page and documents of the record again, without measuring
  --twice    measures twice, and fails unless all figures are the same
  --check    fails if a document is not what the record makes, or if the benchmarks have got worse,
             or much better, than the record says (./dev test runs this)"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from data import COLUMNS, RECORD, Data, Row, as_text, read_record, read_versions, write_record
from experiments import (applications, boards, break_even, examples, fletcher, footprint,
                         helper_calls, losses, means, model, opcodes, programs, regions, scaling,
                         sizes)
from kit import BUILD, Kit, other_versions, say, versions
import documents
import guard
import measure
import page
from section import Section, times

# In the order of the page. The first seven behind the means are those of the prototype's authors.
SECTIONS = (means, fletcher, examples, helper_calls, regions, sizes, break_even, footprint,
            applications, opcodes, scaling, boards, losses, model)
SKIPPED = 77


def name_of(module) -> str:
    return module.__name__.rsplit(".", 1)[-1]


def measure_all() -> list[Row]:
    rows: list[Row] = []
    with measure.workspace() as name:
        kit = Kit(pathlib.Path(name))
        for module in (programs, *SECTIONS):
            if hasattr(module, "measure_rows"):
                start = time.monotonic()
                found = module.measure_rows(kit)
                rows += found
                say(f"{name_of(module).replace('_', ' ')}: {len(found)} figures, "
                    f"{time.monotonic() - start:.0f} s")
    return rows


def reports(data: Data) -> list[tuple[Section, str]]:
    return [(module.report(data), name_of(module)) for module in SECTIONS]


def cards(data: Data) -> list[tuple[str, str]]:
    engine = footprint.flash(data, *footprint.ENGINE)
    compiled = [point for shape in scaling.SHAPES
                for point in scaling.points(data, "jit", "compile", shape)]
    return [(times(data.mean("jit", "compute")),
             "the time of native code (`-O2`): JIT, computing programs"),
            (times(data.mean("interpreter", "compute")), "the same for the interpreter"),
            (f"{engine / 1024:.1f} KiB", "of flash for interpreter, verifier and loaders"),
            (f"{max(cycles / slots for slots, cycles in compiled):,.0f}",
             "cycles to compile one instruction, at most")]


def write_page(data: Data, sections: list[tuple[Section, str]]) -> pathlib.Path:
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "data.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(as_text(row) for row in data.rows)
    records = [dict(zip(COLUMNS, (*row.key, row.insns, row.low, row.mid, row.high,
                                  list(row.values)))) for row in data.rows]
    (BUILD / "data.json").write_text(json.dumps({"versions": data.versions, "figures": records},
                                                indent=0) + "\n")
    for name in ("peers.tsv", "published.tsv"):
        shutil.copy(RECORD.parent / name, BUILD / name)
    lead = ("eBPF programs on microcontrollers, isolated in software: what that costs, measured on "
            "an emulated Cortex-M4, beside native code, other runtimes and published results. "
            "`./dev evaluate` makes this page.")
    path = BUILD / "index.html"
    path.write_text(page.page("µBPF, evaluated", lead, cards(data),
                              [section for section, _ in sections],
                              {**data.versions, **other_versions()}))
    return path


def finish(data: Data, is_update: bool) -> None:
    sections = reports(data)
    path = write_page(data, sections)
    if is_update:
        documents.write(data, sections)
    for section, _ in sections:
        print(f"{section.title}\n    {section.meaning}")
    print(f"\n{path.relative_to(measure.ROOT)} has it all"
          + ("; the record and the documents are up to date" if is_update else ""))


def check() -> int:
    record, recorded = read_record(), read_versions()
    data = Data(record, recorded)
    problems = documents.stale(data, reports(data))
    image = measure.M4.images / "bench-engine.elf"
    if not measure.TOOL.exists() or not image.exists() or not shutil.which("qemu-system-arm"):
        print("\n".join(problems) or "no benchmark image: ./dev test builds it")
        return 1 if problems else SKIPPED
    with measure.workspace() as name:
        rows = guard.measured(Kit(pathlib.Path(name)))
    if versions() == recorded:
        worse, better = guard.compare(rows, record)
        problems += worse + better
    else:
        print(f"the record is of {recorded}, this is {versions()}: results only")
        problems += guard.results_only(rows, record)
    print("\n".join(problems) or f"{len(rows)} rows are as recorded, and the documents say so")
    if problems:
        print("if that is meant, run ./dev evaluate --update and commit what it writes")
    return 1 if problems else 0


def measured_twice() -> list[Row]:
    rows, again = measure_all(), measure_all()
    differing = [row.key for row, other in zip(rows, again) if row != other]
    if differing or len(rows) != len(again):
        raise measure.Failed(f"two runs differ: {differing}")
    print(f"{len(rows)} rows are the same twice")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("update", "draw", "twice", "check"):
        parser.add_argument(f"--{option}", action="store_true")
    options = parser.parse_args()
    os.chdir(measure.ROOT)
    try:
        if options.check:
            return check()
        if options.draw:
            finish(Data(read_record(), read_versions()), True)
            return 0
        rows = measured_twice() if options.twice else measure_all()
        if options.update:
            write_record(rows, versions())
        finish(Data(rows, versions()), options.update)
    except measure.Failed as failure:
        sys.exit(str(failure))
    return 0


if __name__ == "__main__":
    sys.exit(main())
