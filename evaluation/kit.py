# SPDX-License-Identifier: MIT
"""What experiments measure with: images of programs, built once; a folder; probes, which are small
programs made for one question."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

from data import ROOT, Row, bytes_row, row_of
import measure
from measure import ENGINES, Board, Engine, Failed

BUILD = ROOT / "build" / "evaluation"
INTERPRETER, FLASH, JIT = (next(engine for engine in ENGINES if engine.name == name)
                           for name in ("interpreter", "interpreter-flash", "jit"))
# Bytecode as the toolkit makes it unless it is told otherwise; peers cannot run it.
NEWEST = [Engine("interpreter-v4", "v4", True), Engine("jit-v4", "v4", False, True)]
# The other emulated cores, whose cycles nobody has a model of here: instructions only.
BOARDS = {"M3": "mps2-an385", "M7": "mps2-an500", "M33": "mps2-an505"}


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


class Kit:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.compiled: dict[str, dict[str, bytes]] = {}

    def images(self, cpu: str) -> dict[str, bytes]:
        if cpu not in self.compiled:
            self.compiled[cpu] = measure.compile_programs(cpu, self.folder)
        return self.compiled[cpu]

    def engine_rows(self, experiment: str, engine: Engine, images: dict[str, bytes], *,
                    suffix: str = "", **how) -> list[Row]:
        """Every step of every program on one engine, in an image that is built."""
        return [row_of(experiment, engine.name + suffix, sample)
                for sample in measure.run_engine(engine, images, self.folder, **how)]

    def native_rows(self, experiment: str, level: str, board: Board = measure.M4,
                    suffix: str = "") -> list[Row]:
        return [row_of(experiment, f"native-{level}{suffix}", sample)
                for sample in measure.run_image(f"bench-native-{level}", self.folder, [], board)]

    def probe(self, name: str, body: str, before: str = "") -> bytes:
        """The image of a program that consists of this C; its context is that of bench/programs."""
        source = self.folder / f"{name}.c"
        source.write_text(f'#include "prog.h"\n{before}\n'
                          f"uint32_t {name}(struct ctx* c) {{\n{body}\n}}\n")
        return measure.compile_file(source, self.folder / f"{name}.image")

    def compiled_as(self, program: str, layout: str) -> int | None:
        """Bytes of the file in this layout, or None if the layout cannot hold the program."""
        try:
            return len(measure.compile_file(measure.PROGRAMS / f"{program}.c",
                                            self.folder / f"{program}.{layout}", layout=layout,
                                            is_stripped=True))
        except Failed as failure:
            if "cannot hold" not in str(failure):
                raise
            return None

    def constants(self, program: str) -> int:
        """Bytes of constants and data of a program."""
        self.images("v3")  # Makes the file.
        sections = json.loads(measure.quietly(
            measure.TOOL, "inspect", self.folder / f"{program}.v3", "--json"))["sections"]
        return sections["rodata"] + sections["data"]


def other_board(name: str, images: tuple[str, ...], **options: str) -> Board:
    """Builds these images for another board, or with other limits, beside the usual ones."""
    label = "-".join([BOARDS.get(name, name), *options.values()])
    build = ROOT / "build" / "evaluation-firmware" / label
    board = Board(BOARDS.get(name, name), build, build / "images",
                  tuple(f"-D{key}={value}" for key, value in options.items()))
    measure.build(board, images)
    return board


def native_sizes(level: str) -> dict[str, int]:
    """Bytes of code and constants of each program as native code."""
    folder = measure.M4.build / "CMakeFiles" / f"bench_programs_{level}.dir"
    found = {}
    for path in folder.rglob("*.c.o*"):
        if path.suffix in (".o", ".obj"):
            row = measure.quietly("arm-none-eabi-size", path).splitlines()[1].split()
            found[path.name.split(".c.")[0]] = int(row[0]) + int(row[1])
    return found


def size_rows(experiment: str, engine: str, sizes: dict[str, int]) -> list[Row]:
    return [bytes_row(experiment, engine, name, count) for name, count in sorted(sizes.items())]


def first_line(*command: str) -> str:
    if not shutil.which(command[0]):
        return "not there"
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.splitlines()[0].strip() if done.stdout else "not there"


def versions() -> dict[str, str]:
    """Of everything that a figure depends on."""
    return {
        "GCC for Arm": first_line("arm-none-eabi-gcc", "-dumpfullversion"),
        "clang": re.sub(r".*version (\S+).*", r"\1", first_line("clang-19", "--version")),
        "QEMU": re.sub(r".*version (\S+).*", r"\1", first_line("qemu-system-arm", "--version")),
    }


def other_versions() -> dict[str, str]:
    """Of what no figure depends on, for the page."""
    return {
        "µBPF": first_line("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "Python": sys.version.split()[0],
        "CMake": re.sub(r".*version (\S+).*", r"\1", first_line("cmake", "--version")),
        "system": first_line("uname", "-srm"),
    }
