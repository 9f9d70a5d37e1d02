# SPDX-License-Identifier: MIT
"""Measures programs on an emulated Cortex-M: builds the images of bench/images.cmake, runs them
under the plugin (plugin/m4cyc.c), and pairs what both say. Instruction counts are exact; cycles are
estimates for a Cortex-M4: low, middle, high."""

import dataclasses
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = pathlib.Path(os.environ.get("MBPF_TOOL", ROOT / "build" / "mbpf"))
PLUGIN = ROOT / "build" / "m4cyc.so"
PROGRAMS = ROOT / "bench" / "programs"
TIME_LIMIT_SECONDS = 300
BUDGET = 1_000_000
NATIVE = "native-O2"
IMAGES = ("bench-engine", "bench-engine-apart", "bench-native-O2", "bench-native-Os")
SETS = ("compute", "helper")  # Those that means are over.

sys.path += [str(ROOT / "tests" / "firmware")]
import wire  # noqa: E402


class Failed(Exception):
    """Something could not be built, run or trusted; the text says what."""


@dataclasses.dataclass(frozen=True)
class Board:
    """An emulated machine, and where its images are built."""
    name: str
    build: pathlib.Path
    images: pathlib.Path
    options: tuple[str, ...] = ()


M4 = Board("mps2-an386", ROOT / "build" / "firmware-mps2-an386", ROOT / "build" / "firmware")


@dataclasses.dataclass(frozen=True)
class Engine:
    name: str
    cpu: str          # Of clang's BPF target.
    accelerated: bool
    jit: bool = False
    image: str = "bench-engine"


ENGINES = [Engine("interpreter", "v3", True), Engine("interpreter-flash", "v3", False),
           Engine("interpreter-v2", "v2", True), Engine("interpreter-v2-flash", "v2", False),
           Engine("jit", "v3", False, True), Engine("jit-v2", "v2", False, True)]
# For comparison only: what checks and budget cost.
UNCHECKED = Engine("jit-unchecked", "v3", False, True, "bench-engine-unchecked")


@dataclasses.dataclass
class Sample:
    """One run of one program, or one step before it. The values of a run are its result, a digest
    of its side effects, bytes of C stack and, on an engine, the instructions of the program."""
    phase: str
    program: str
    values: tuple[int, ...]
    insns: int
    low: int
    mid: int
    high: int


def geomean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def programs() -> dict[str, str]:
    """Name -> set, in the order of the list."""
    rows = re.findall(r"^PROGRAM\((\w+), (\w+)\)$", (PROGRAMS / "list.inc").read_text(), re.M)
    return {name: kind for kind, name in rows}


def quietly(*command) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def build_plugin() -> None:
    source = ROOT / "bench" / "plugin" / "m4cyc.c"
    if not PLUGIN.exists() or PLUGIN.stat().st_mtime < source.stat().st_mtime:
        PLUGIN.parent.mkdir(exist_ok=True)
        quietly("gcc", "-O2", "-fPIC", "-shared", "-o", PLUGIN, source)


def build(board: Board = M4, targets: tuple[str, ...] = IMAGES) -> None:
    build_plugin()
    quietly("cmake", "-S", ROOT / "firmware", "-B", board.build, "-G", "Ninja", "-DMBPF_BENCH=ON",
            f"-DMBPF_BOARD={board.name}", f"-DMBPF_IMAGES={board.images}", *board.options)
    quietly("cmake", "--build", board.build, "--target", *targets)


def compile_file(source: pathlib.Path, output: pathlib.Path, cpu: str = "v3",
                 layout: str = "image", is_stripped: bool = False) -> bytes:
    quietly(TOOL, "build", source, "-o", output, "--layout", layout,
            "--", *(("-g0",) if is_stripped else ()), f"-mcpu={cpu}",
            "-fno-strict-aliasing", "-Wno-unknown-pragmas", f"-I{PROGRAMS}")
    return output.read_bytes()


def compile_programs(cpu: str, folder: pathlib.Path) -> dict[str, bytes]:
    return {name: compile_file(PROGRAMS / f"{name}.c", folder / f"{name}.{cpu}", cpu)
            for name in programs()}


def run_image(name: str, folder: pathlib.Path, arguments: list[str],
              board: Board = M4) -> list[Sample]:
    """Runs an image; pairs its lines with those of the plugin."""
    counts = folder / f"{name}.counts"
    words = ",".join(f"arg={word}" for word in ["bench", *arguments])
    done = subprocess.run(
        ["qemu-system-arm", "-M", board.name, "-nographic", "-monitor", "none", "-serial", "none",
         "-kernel", str(board.images / f"{name}.elf"),
         "-semihosting-config", f"enable=on,target=native,{words}",
         "-plugin", f"file={PLUGIN},out={counts}"],
        capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, stdin=subprocess.DEVNULL)
    lines = [line.split()[1:] for line in (done.stdout + done.stderr).splitlines()
             if line.startswith("@ ")]
    if done.returncode:
        raise Failed(f"{name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    errors = [line for line in lines if line[0] == "error"]
    if errors:
        raise Failed("\n".join(f"{name}: {line[1]} is refused: fault {int(line[2], 16)} at "
                               f"{int(line[3], 16)}, found {line[4]}" for line in errors))
    trapped = [line for line in lines if line[0] == "outcome" and int(line[2], 16)]
    if trapped:
        raise Failed("\n".join(f"{name}: {line[1]} ends with trap {int(line[2], 16)} at slot "
                               f"{int(line[3], 16)}" for line in trapped))
    measured = [line for line in lines if line[0] != "outcome"]
    regions = [list(map(int, row.split("\t")[1:5])) for row in counts.read_text().splitlines()
               if row and row[0].isdigit()]
    if len(measured) != len(regions):
        raise Failed(f"{name}: {len(measured)} lines, {len(regions)} measured stretches")
    executed = {line[1]: (int(line[4], 16),) for line in lines if line[0] == "outcome"}
    return [Sample(line[0], line[1], tuple(int(word, 16) for word in line[2:]) +
                   (executed.get(line[1], ()) if line[0] == "run" else ()), *region)
            for line, region in zip(measured, regions)]


def run_engine(engine: Engine, images: dict[str, bytes], folder: pathlib.Path, *,
               image: str = "", helpers: int = 0, regions: int = 0,
               board: Board = M4) -> list[Sample]:
    requests = folder / f"{engine.name}.requests"
    requests.write_bytes(wire.batch([
        wire.request(program, b"", BUDGET, accelerated=engine.accelerated,
                     entry=name.encode(), engine=int(engine.jit))
        for name, program in images.items()]))
    return run_image(image or engine.image, folder,
                     [str(requests), str(helpers), str(regions)], board)


def by_phase(samples: list[Sample]) -> dict[str, dict[str, Sample]]:
    found: dict[str, dict[str, Sample]] = {}
    for sample in samples:
        found.setdefault(sample.phase, {})[sample.program] = sample
    return found


def differing(runs: dict[str, dict[str, Sample]], native: dict[str, Sample]) -> list[str]:
    """What gives another result than native code."""
    return [f"{engine}: {name} gives {sample.values[0]:#x}, native code "
            f"{native[name].values[0]:#x}" for engine, run in runs.items()
            for name, sample in run.items() if sample.values[:2] != native[name].values[:2]]


def workspace() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="mbpf-bench-")
