# SPDX-License-Identifier: MIT
"""Experiment 7: flash by layer, RAM by container."""

import json
import sys

from data import ROOT, Data, Row, bytes_row
from kit import Kit
from section import Figure, Section, Table, times
from svg import Bars, Series
import measure

ENGINE = ("base", "port", "isa", "program", "machine", "verifier", "interpreter")
PEERS = {"fc_Os_v2": ("Femto-Containers -Os", "fc"), "rbpf_v2": ("rbpf of the prototype", "rbpf"),
         "rbpfjit_v2": ("prototype's JIT", "ubpf-jit"), "wasm3_Os": ("wasm3 -Os", "wasm3"),
         "wamr_classic": ("WAMR classic -Os", "wamr"), "wamr_fast": ("WAMR fast -O2", "wamr")}


def measure_rows(kit: Kit) -> list[Row]:
    done = measure.quietly(sys.executable, ROOT / "scripts" / "check_flash.py", "--json")
    return [bytes_row("flash", "layer", name, size) for name, size in json.loads(done).items()]


def flash(data: Data, *names: str) -> int:
    return sum(data.bytes("flash", "layer", name) for name in names)


def report(data: Data) -> Section:
    layers = {row.program: row.values[0] for row in data.of("flash")}
    engine = flash(data, *ENGINE)
    with_jit = engine + layers["jit"]
    names = ["**µBPF without JIT**", "**µBPF with JIT**"]
    names += [label for label, _ in PEERS.values()]
    figure = Figure("flash", Bars("Flash of runtimes", "bytes", names, [
        Series("flash", "interpreter", [engine, with_jit, *(data.peers.flash[name][0]
                                                            for name in PEERS)])]),
        "Bytes of code and constants, linked for a Cortex-M4; ours with the verifier and the "
        "loaders of images and Femto files. Peers as recorded; Femto-Containers "
        "with the 64-bit division of libgcc, the others without their C library.")
    parts = [[name, f"{size:,}"] for name, size in layers.items() if size]
    program = "sensor15"
    memory, objects, code_object = data.row("interpreter", program, "prepare").values
    stack = max(row.values[2] for row in data.of("programs")
                if row.phase == "run" and row.engine == "interpreter")
    jit_stack = max(row.values[2] for row in data.of("programs")
                    if row.phase == "run" and row.engine == "jit")
    code = data.row("jit", program, "compile").values[1]
    container, runtime, count = data.row("interpreter", "container", "object").values
    ram = [["interpreter", f"{memory:,}", f"{objects:,}", "0", f"{stack:,}"],
           ["JIT", f"{memory:,}", f"{objects + code_object:,}", f"{code:,}", f"{jit_stack:,}"]]
    ram += [[PEERS[name][0], f"{data.peers.ram[name][0]:,}", "in it", "0",
             f"{data.peers.ram[name][1]:,}"] for name in PEERS if name in data.peers.ram]
    femto = data.peers.flash["fc_Os_v2"][0]
    wasm = data.peers.flash["wasm3_Os"][0]
    wasm_ram = data.peers.ram["wasm3_Os"][0]
    return Section(
        "footprint", "Flash and RAM",
        f"Verifier, machine, interpreter and loaders take {engine:,} bytes of flash, "
        f"{times(engine / femto)} what Femto-Containers takes and {times(engine / wasm)} what "
        f"wasm3 takes; the JIT adds {layers['jit']:,}. A program like `{program}` takes "
        f"{memory + objects:,} bytes of RAM besides its image, where wasm3 takes {wasm_ram:,}; a "
        f"container of the device's runtime takes {container:,} bytes, and the runtime for {count} "
        f"of them {runtime:,}, with their stacks, stores and log. The prototype's repositories "
        "publish no flash or RAM; as linked for our measurements, its virtual machine takes "
        f"{data.peers.flash['rbpf_v2'][0]:,} bytes and its JIT "
        f"{data.peers.flash['rbpfjit_v2'][0]:,}.",
        [figure, Table(["layer", "flash, bytes"], parts, "What the linker kept, `-Os` but for the "
                       "four files that make most of the speed."),
         Table(["engine", "memory of the program", "machine", "code", "C stack, deepest"], ram,
               f"Bytes of RAM for `{program}`; our C stack is the deepest over all programs.",
               is_open=True)])
