#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the engine on an emulated Cortex-M4: 25 programs, each from one C source, native and as
bytecode. Prints a table; --json also writes build/bench.json. Instruction counts are exact; cycles
are estimates of the plugin (plugin/m4cyc.c): low, middle, high. Every result is compared with the
native one. What other runtimes reached by the same method is recorded in peers.tsv."""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "firmware-mps2-an386"
IMAGES = ROOT / "build" / "firmware"
TOOL = pathlib.Path(os.environ.get("MBPF_TOOL", ROOT / "build" / "mbpf"))
PLUGIN = ROOT / "build" / "m4cyc.so"
TIME_LIMIT_SECONDS = 300
BUDGET = 1_000_000
NATIVE = "native-O2"
SETS = ("compute", "helper")

sys.path += [str(ROOT / "tests" / "firmware"), str(ROOT / "scripts")]
import wire  # noqa: E402


@dataclasses.dataclass(frozen=True)
class Engine:
    name: str
    cpu: str          # Of clang's BPF target.
    accelerated: bool
    jit: bool = False


ENGINES = [Engine("interpreter", "v3", True), Engine("interpreter-flash", "v3", False),
           Engine("interpreter-v2", "v2", True), Engine("interpreter-v2-flash", "v2", False),
           Engine("jit", "v3", False, True), Engine("jit-v2", "v2", False, True)]


@dataclasses.dataclass
class Sample:
    """One run of one program."""
    phase: str
    program: str
    values: tuple[int, ...]  # For a run: result, digest of side effects, bytes of C stack.
    insns: int
    low: int
    mid: int
    high: int


def programs() -> dict[str, str]:
    """Name -> set, in the order of the list."""
    rows = re.findall(r"^PROGRAM\((\w+), (\w+)\)$",
                      (ROOT / "bench" / "programs" / "list.inc").read_text(), re.M)
    return {name: kind for kind, name in rows}


def quietly(*command) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


def build() -> None:
    source = ROOT / "bench" / "plugin" / "m4cyc.c"
    quietly("gcc", "-O2", "-fPIC", "-shared", "-o", PLUGIN, source)
    quietly("cmake", "-S", ROOT / "firmware", "-B", BUILD, "-G", "Ninja",
            "-DMBPF_BOARD=mps2-an386", "-DMBPF_BENCH=ON")
    quietly("cmake", "--build", BUILD)


def compile_programs(cpu: str, folder: pathlib.Path) -> dict[str, bytes]:
    images = {}
    for name in programs():
        output = folder / f"{name}.{cpu}"
        quietly(TOOL, "build", ROOT / "bench" / "programs" / f"{name}.c", "-o", output, "--",
                f"-mcpu={cpu}", "-fno-strict-aliasing", "-Wno-unknown-pragmas")
        images[name] = output.read_bytes()
    return images


def run_image(name: str, folder: pathlib.Path, arguments: list[str]) -> list[Sample]:
    """Runs an image; pairs its lines with those of the plugin."""
    counts = folder / f"{name}.counts"
    words = ",".join(f"arg={word}" for word in ["bench", *arguments])
    done = subprocess.run(
        ["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
         "-kernel", str(IMAGES / f"{name}.elf"),
         "-semihosting-config", f"enable=on,target=native,{words}",
         "-plugin", f"file={PLUGIN},out={counts}"],
        capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, stdin=subprocess.DEVNULL)
    lines = [line.split()[1:] for line in (done.stdout + done.stderr).splitlines()
             if line.startswith("@ ")]
    if done.returncode:
        sys.exit(f"{name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    errors = [line for line in lines if line[0] == "error"]
    if errors:
        sys.exit("\n".join(f"{name}: {line[1]} is refused: fault {int(line[2], 16)} at "
                           f"{int(line[3], 16)}, found {line[4]}" for line in errors))
    measured = [line for line in lines if line[0] != "outcome"]
    regions = [list(map(int, row.split("\t")[1:5])) for row in counts.read_text().splitlines()
               if row and row[0].isdigit()]
    if len(measured) != len(regions):
        sys.exit(f"{name}: {len(measured)} lines, {len(regions)} measured stretches")
    return [Sample(line[0], line[1], tuple(int(word, 16) for word in line[2:]), *region)
            for line, region in zip(measured, regions)]


def run_engine(engine: Engine, images: dict[str, bytes], folder: pathlib.Path) -> list[Sample]:
    requests = folder / f"{engine.name}.requests"
    requests.write_bytes(wire.batch([
        wire.request(image, b"", BUDGET, accelerated=engine.accelerated, entry=name.encode(),
                     engine=int(engine.jit))
        for name, image in images.items()]))
    return run_image("bench-engine", folder, [str(requests)])


def geomean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def means(ratios: dict[str, float]) -> dict[str, float]:
    """Of the programs that are in a set."""
    kinds = programs()
    found = {kind: [ratio for name, ratio in ratios.items() if kinds[name] == kind]
             for kind in SETS}
    result = {kind: geomean(values) for kind, values in found.items() if values}
    worst = [ratio for name, ratio in ratios.items() if kinds[name] in SETS]
    return {**result, "worst": max(worst)} if worst else result


def read_peers() -> dict[str, dict]:
    """Runtime -> what it is, its ratios to the native code that was measured beside it."""
    rows = [line.split("\t") for line in
            (ROOT / "bench" / "peers.tsv").read_text().splitlines() if line[:1] not in ("#", "")]
    about = {row[1]: row[2] for row in rows if row[0] == "runtime"}
    cycles = {(row[1], row[2]): int(row[3]) for row in rows if row[0] == "cycles"}
    return {runtime: {"what": text, "ratios": {
        program: value / cycles[("native_O2", program)]
        for (name, program), value in cycles.items() if name == runtime}}
            for runtime, text in about.items() if runtime != "native_O2"}


def flash() -> dict[str, int]:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "check_flash.py", "--json"],
                          capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def table(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows if len(row) > i) for i in range(len(rows[0]))]
    return "\n".join("  ".join(
        word.ljust(width) if i == 0 else word.rjust(width)
        for i, (word, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def report(native: dict[str, Sample], phases, runs: dict[str, dict[str, Sample]], ratios,
           peers) -> str:
    names = [engine.name for engine in ENGINES]
    even = break_even(phases, runs)
    rows = [["program", "native -O2", *names, "runs until jit pays"]]
    for name, sample in native.items():
        rows.append([name, f"{sample.mid:,}",
                     *(f"{runs[engine][name].mid:,} ({ratios[engine][name]:.1f}x)"
                       for engine in names), f"{even[name]:,}"])
    text = ["Estimated cycles of a Cortex-M4 (middle model), and the ratio to native -O2", "",
            table(rows), ""]
    rows = [["geometric mean of the ratios", "compute", "helper", "worst"]]

    def add(label: str, mean: dict[str, float]) -> None:
        rows.append([label, *(f"{mean[key]:.2f}x" if key in mean else "-"
                              for key in (*SETS, "worst"))])

    for engine in names:
        add(f"µBPF, {engine}", means(ratios[engine]))
    for peer in peers.values():
        add(peer["what"], means(peer["ratios"]))
    text += [table(rows), ""]
    engine = names[0]
    stack = max(sample.values[2] for sample in runs[engine].values())
    text.append(f"C stack of a run, deepest: {stack} bytes")
    made = compilation(phases["jit"])
    text.append(f"JIT: {made['code_per_text']:.2f} bytes of code for one of bytecode; "
                f"{made['compile_cycles_per_insn']:,.0f} cycles for an instruction, verification "
                f"included, at most {made['worst_compile_cycles_per_insn']:,.0f}")
    layers = flash()
    if layers:
        text.append("flash, bytes: " + ", ".join(f"{name} {size}" for name, size in layers.items()
                                                 if size))
    return "\n".join(text)


def results(native, phases, runs, ratios, peers) -> dict:
    def numbers(sample: Sample, ratio: float) -> dict:
        return {"instructions": sample.insns, "cycles": {
            "low": sample.low, "middle": sample.mid, "high": sample.high}, "ratio": ratio}

    return {
        "programs": {name: {
            "set": programs()[name],
            NATIVE: numbers(sample, 1.0),
            **{engine: numbers(run[name], ratios[engine][name]) for engine, run in runs.items()},
        } for name, sample in native.items()},
        "phases": {engine: {phase: {name: sample.mid for name, sample in found.items()}
                            for phase, found in of_engine.items() if phase != "run"}
                   for engine, of_engine in phases.items()},
        "geomean": {engine: means(found) for engine, found in ratios.items()},
        "stack": {engine: max(sample.values[2] for sample in run.values())
                  for engine, run in runs.items()},
        "flash": flash(),
        "jit": compilation(phases["jit"]),
        "break_even": break_even(phases, runs),
        "peers": {name: {"what": peer["what"], **means(peer["ratios"])}
                  for name, peer in peers.items()},
    }


def compilation(phases: dict[str, dict[str, Sample]]) -> dict:
    """What the JIT made of the programs that are in a set, and what that took, verification
    included. Slots are instructions, but for those of 16 bytes."""
    kinds = programs()
    made = {name: sample for name, sample in phases["compile"].items() if kinds[name] in SETS}
    slots = {name: sample.values[0] for name, sample in made.items()}
    cycles = {name: sample.mid + phases["verify"][name].mid for name, sample in made.items()}
    each = {name: cycles[name] / slots[name] for name in made}
    return {
        "code_per_text": sum(sample.values[1] for sample in made.values()) /
                         (8 * sum(slots.values())),
        "compile_cycles_per_insn": sum(cycles.values()) / sum(slots.values()),
        "worst_compile_cycles_per_insn": max(each.values()),
    }


def break_even(phases, runs) -> dict[str, int]:
    """After how many runs the JIT has taken less time than the interpreter, compiling included.
    Both verify; the interpreter rewrites its bytecode once."""
    result = {}
    for name, sample in runs["jit"].items():
        more = phases["jit"]["compile"][name].mid - phases["interpreter"]["accelerate"][name].mid
        saved = runs["interpreter"][name].mid - sample.mid
        result[name] = max(1, math.ceil(more / saved)) if saved > 0 else 0
    return result


def readme_table(ratios, runs, peers) -> str:
    """What README.md says: --readme puts it there."""
    said = {"interpreter": "**µBPF** interpreter",
            "interpreter-flash": "the same, bytecode in flash",
            "interpreter-v2": "the same, older bytecode (`-mcpu=v2`)",
            "jit": "**µBPF** JIT"}
    rows = ["| times native `-O2` | compute | helpers |", "|---|---:|---:|"]
    for label, mean in [*((text, means(ratios[name])) for name, text in said.items()),
                        *((peer["what"], means(peer["ratios"])) for peer in peers.values())]:
        rows.append(f"| {label} | {mean['compute']:.1f} | {mean['helper']:.1f} |")
    layers = flash()
    core = sum(layers[name] for name in ("program", "machine", "verifier", "interpreter"))
    stack = max(sample.values[2] for sample in runs["interpreter"].values())
    return "\n".join([*rows, "", "| bytes on a Cortex-M4, `-Os` | |", "|---|---:|",
                      f"| verifier, machine, interpreter, image and Femto loaders | {core:,} |",
                      f"| linker for ELF objects, on the device | {layers['elf linker']:,} |",
                      f"| JIT | {layers['jit']:,} |",
                      f"| C stack of a run, deepest | {stack} |"])


def write_readme(table_text: str) -> None:
    path = ROOT / "README.md"
    start, end = "<!-- numbers: ./dev bench --readme writes them -->\n", "<!-- /numbers -->"
    text = path.read_text()
    before, rest = text.split(start)
    path.write_text(f"{before}{start}{table_text}\n{end}{rest.split(end)[1]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="also write build/bench.json")
    parser.add_argument("--readme", action="store_true", help="also put the means into README.md")
    options = parser.parse_args()
    build()
    phases: dict[str, dict[str, dict[str, Sample]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        native = {sample.program: sample for sample in run_image(f"bench-{NATIVE}", folder, [])}
        small = {sample.program: sample for sample in run_image("bench-native-Os", folder, [])}
        images = {cpu: compile_programs(cpu, folder)
                  for cpu in sorted({engine.cpu for engine in ENGINES})}
        for engine in ENGINES:
            found = phases.setdefault(engine.name, {})
            for sample in run_engine(engine, images[engine.cpu], folder):
                found.setdefault(sample.phase, {})[sample.program] = sample
    runs = {engine: found["run"] for engine, found in phases.items()}
    runs["native-Os"] = small
    wrong = [f"{engine}: {name} gives {sample.values[0]:#x}, native code "
             f"{native[name].values[0]:#x}" for engine, run in runs.items()
             for name, sample in run.items() if sample.values[:2] != native[name].values[:2]]
    if wrong:
        sys.exit("\n".join(wrong))
    ratios = {engine: {name: sample.mid / native[name].mid for name, sample in run.items()}
              for engine, run in runs.items()}
    peers = read_peers()
    print(report(native, phases, runs, ratios, peers))
    if options.readme:
        write_readme(readme_table(ratios, runs, peers))
    if options.json:
        (ROOT / "build" / "bench.json").write_text(
            json.dumps(results(native, phases, runs, ratios, peers), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
