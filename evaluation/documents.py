# SPDX-License-Identifier: MIT
"""The same sections as documents of the repository: docs/evaluation.md, its plots, and the numbers
in README.md. All of it comes from the record, so a check can make it again and compare."""

import pathlib

from data import ROOT, Data
from experiments import footprint, means
from section import Figure, Section, Table, Text
from svg import WIDE

DOCUMENT = ROOT / "docs" / "evaluation.md"
PLOTS = ROOT / "docs" / "evaluation"
README = ROOT / "README.md"
START, END = "<!-- numbers: ./dev evaluate --update writes them -->\n", "<!-- /numbers -->"
INTRODUCTION = """# Evaluation

`./dev evaluate` measures all of this on an emulated Cortex-M4 and makes a page of it,
`build/evaluation/index.html`, with every number as CSV and JSON. What it found is recorded in
[evaluation/record.tsv](../evaluation/record.tsv); this document and its plots are made of the
record, by `./dev evaluate --update`, and a test fails when the code has moved away from it. Other
runtimes were measured once by the same method ([evaluation/peers.tsv](../evaluation/peers.tsv));
what the authors of the µBPF prototype published is in
[evaluation/published.tsv](../evaluation/published.tsv). Their paper's benchmarks have not been run
again: they need a board, and do not build any more. So a claim below is what their published data
show.
"""


def cell(words: str) -> str:
    return words.replace("|", "\\|")


def table_of(block: Table) -> str:
    if not block.rows:
        return "None.\n"
    lines = ["| " + " | ".join(map(cell, block.head)) + " |",
             "|---" + "".join("|---" if block.has_words(column) else "|---:"
                              for column in range(1, len(block.head))) + "|"]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in block.rows]
    return (f"{block.caption}\n\n" if block.caption else "") + "\n".join(lines) + "\n"


def figure_of(block: Figure, module: str) -> str:
    return (f"![{block.plot.title}](evaluation/{block.name}.svg)\n\n{block.caption} "
            f"Made by [{module}](../evaluation/experiments/{module}.py).\n")


def section_of(section: Section, module: str) -> str:
    parts = [f"## {section.title}\n", section.meaning + "\n"]
    for block in section.blocks:
        if isinstance(block, Figure):
            parts.append(figure_of(block, module))
        elif isinstance(block, Text):
            parts.append(block.words + "\n")
        elif block.is_open:
            parts.append(table_of(block))
    parts += [f"- *{item.claim}* **{'Holds' if item.holds else 'Does not hold'} here.** {item.why}"
              for item in section.verdicts]
    return "\n".join(parts).rstrip() + "\n"


def readme_block(data: Data) -> str:
    rows = ["![Times native -O2, by runtime](docs/evaluation/means.svg)", "",
            "| times native `-O2` | compute | helpers |", "|---|---:|---:|"]
    for engine, label in means.OURS.items():
        if engine != "jit-v2":
            name = f"**µBPF** {label}" if not label.startswith("the") else label
            rows.append(f"| {name} | {data.mean(engine, 'compute'):.1f} | "
                        f"{data.mean(engine, 'helper'):.1f} |")
    for name, label in means.PEERS.items():
        rows.append(f"| {label} | {data.peer_mean(name, 'compute'):.1f} | "
                    f"{data.peer_mean(name, 'helper'):.1f} |")
    stacks = [max(row.values[2] for row in data.of("programs")
                  if row.phase == "run" and row.engine == engine)
              for engine in ("interpreter", "jit")]
    core = footprint.flash(data, *footprint.ENGINE)
    rows += ["", "| bytes on a Cortex-M4, `-Os` | |", "|---|---:|",
             f"| verifier, machine, interpreter, image and Femto loaders | {core:,} |",
             "| linker for ELF objects, on the device | "
             f"{footprint.flash(data, 'elf linker'):,} |",
             f"| JIT | {footprint.flash(data, 'jit'):,} |",
             f"| C stack of a run, deepest: interpreted, compiled | {stacks[0]}, {stacks[1]} |", "",
             "The prototype's first experiment, with the times that its authors published of a "
             "board (dashed):", "",
             "![Fletcher16: one run](docs/evaluation/fletcher-run.svg)"]
    return "\n".join(rows) + "\n"


def with_block(text: str, block: str) -> str:
    before, rest = text.split(START)
    return f"{before}{START}{block}{END}{rest.split(END)[1]}"


def contents(data: Data, sections: list[tuple[Section, str]]) -> dict[pathlib.Path, str]:
    """Every file of the repository that is made of the record -> its text."""
    made = {DOCUMENT: INTRODUCTION + "\n" + "\n".join(
        section_of(section, module) for section, module in sections),
        README: with_block(README.read_text(), readme_block(data))}
    for section, _ in sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                made[PLOTS / f"{block.name}.svg"] = block.plot.draw(WIDE) + "\n"
    return made


def write(data: Data, sections: list[tuple[Section, str]]) -> None:
    PLOTS.mkdir(exist_ok=True)
    made = contents(data, sections)
    for path in PLOTS.glob("*.svg"):
        if path not in made:
            path.unlink()
    for path, text in made.items():
        path.write_text(text)


def stale(data: Data, sections: list[tuple[Section, str]]) -> list[str]:
    """What is not what the record makes."""
    made = contents(data, sections)
    problems = [f"{path.relative_to(ROOT)} is not what evaluation/record.tsv makes"
                for path, text in made.items() if not path.exists() or path.read_text() != text]
    problems += [f"{path.relative_to(ROOT)} is a plot that nothing makes any more"
                 for path in PLOTS.glob("*.svg") if path not in made]
    return problems
