# SPDX-License-Identifier: MIT
"""Beyond the prototype's experiments: what one instruction costs, and so what a budget means as
time in the worst case."""

from data import Data, Row
from kit import FLASH, INTERPRETER, JIT, Kit
from section import Figure, Section, Table, listed
from svg import Bars, Series

COPIES = 200
USE = "r5 ^= r2"
FRESH = "r2 = r7"
# Name -> what is measured, and what stands beside it in both programs that are compared: a use,
# without which a compiler leaves the instruction out, or before it a fresh operand.
CODES = {
    "mov64": ("r2 = r7", USE), "add64": ("r2 += r3", ""), "add32": ("w2 += w3", ""),
    "lsh64": ("r2 <<= 5", FRESH), "lsh64-by-register": ("r2 <<= r4", FRESH),
    "mul64": ("r2 *= r3", FRESH), "div32": ("w2 /= w3", FRESH), "div64": ("r2 /= r3", FRESH),
    "mod64": ("r2 %%= r3", FRESH), "lddw": ("r2 = 0x123456789abcdef0 ll", USE),
    "load-stack": ("r2 = *(u32 *)(r10 - 8)", USE), "store-stack": ("*(u32 *)(r10 - 8) = r3", ""),
    "load-context": ("r2 = *(u32 *)(r1 + 4)", USE), "store-context": ("*(u32 *)(r1 + 12) = r3", ""),
    "load64-context": ("r2 = *(u64 *)(r1 + 8)", USE),
    "load-computed": ("r2 = *(u32 *)(r6 + 4)", USE),
    "store-computed": ("*(u32 *)(r6 + 4) = r3", ""),
    "jump-not-taken": ("if r3 == 0 goto +0", ""), "jump-taken": ("if r3 != 0 goto +0", ""),
    "jump-always": ("goto +0", ""), "helper": ("call 13", "r1 = r3\\n r2 = r4"),
}
LABELS = {"div64": "div64, 64-bit operands", "mod64": "mod64, 64-bit operands",
          "load-computed": "load, computed address", "store-computed": "store, computed address",
          "lsh64-by-register": "lsh64 by register", "helper": "call of a helper"}
# r3, r4 and r7 are values that no compiler knows; r6 points somewhere into the context.
SETTING = ("r1 = %0", "r3 = *(u32 *)(r1 + 4)", "r4 = *(u32 *)(r1 + 0)", "r7 = r3", "r7 <<= 32",
           "r7 ^= -1", "r6 = r4", "r6 &= 60", "r6 += r1", "*(u64 *)(r10 - 8) = r3", "r2 = r7",
           "r5 = r4")
END = ("*(u64 *)(r10 - 16) = r2", "*(u64 *)(r10 - 24) = r5", "*(u64 *)(r10 - 32) = r3")


def source(name: str, is_with: bool) -> str:
    line, beside = CODES[name]
    setting = list(SETTING)
    if name in ("div64", "mod64"):
        setting += ["r8 = r3", "r8 <<= 31", "r3 |= r8"]
    if name == "helper":  # Registers 3 and 4 do not survive it.
        setting += ["r8 = r3", "r9 = r4"]
        beside = beside.replace("r3", "r8").replace("r4", "r9")
    before = FRESH if beside == FRESH else beside if name == "helper" else ""
    after = USE if beside == FRESH else "" if name == "helper" else beside
    turn = [words for words in (before, line if is_with else "", after) if words]
    lines = setting + turn * COPIES + ([] if name == "helper" else list(END))
    text = "".join(f'"{words}\\n"\n' for words in lines)
    used = ", ".join(f'"r{i}"' for i in (0, *range(2, 10)))  # All but the input
    return f'    asm volatile({text}::"r"(c)\n    : {used}, "memory");\n    return 0;'


def measure_rows(kit: Kit) -> list[Row]:
    images = {}
    for name in CODES:
        label = name.replace("-", "_")
        images[f"no_{label}"] = kit.probe(f"no_{label}", source(name, False))
        images[label] = kit.probe(label, source(name, True))
    return [row for engine in (INTERPRETER, FLASH, JIT)
            for row in kit.engine_rows("opcodes", engine, images) if row.phase == "run"]


def cost(data: Data, engine: str, name: str) -> float:
    """Middle cycles of one."""
    label = name.replace("-", "_")
    with_it, without = (data.row(engine, program, experiment="opcodes").mid
                        for program in (label, f"no_{label}"))
    return (with_it - without) / COPIES


def report(data: Data) -> Section:
    names = list(CODES)
    peers = {"fc_O2_v2": ("Femto-Containers -O2", "fc"),
             "rbpf_v2": ("rbpf of the prototype", "rbpf")}
    series = [Series(label, colour, [data.peers.opcodes.get((peer, name)) for name in names], True)
              for peer, (label, colour) in peers.items()]
    costs = {engine: {name: cost(data, engine, name) for name in names}
             for engine in ("interpreter", "interpreter-flash", "jit")}
    series += [Series(label, engine, [costs[engine][name] for name in names])
               for engine, label in (("interpreter", "interpreter"), ("jit", "JIT"))]
    figure = Figure("opcodes", Bars("Cycles of one instruction", "cycles (logarithmic)",
                                    [LABELS.get(name, name) for name in names], series,
                                    is_log=True, start=0.5),
                    f"{COPIES} copies of an instruction beside what uses its result, less that use "
                    "alone, divided. The helper is trivial; for the JIT, passing two arguments is "
                    "in its call.")
    rows = [[LABELS.get(name, name), *(f"{costs[engine][name]:.1f}" for engine in costs),
             *(str(data.peers.opcodes.get((peer, name), "–")) for peer in peers)] for name in names]
    plain = {engine: max((found[name], name) for name in CODES if name != "helper")
             for engine, found in costs.items()}
    bound = {engine: 1000 * worst / 180 for engine, (worst, _) in plain.items()}
    dear = [name for name in names for peer in peers
            if (peer, name) in data.peers.opcodes
            and costs["interpreter"][name] > data.peers.opcodes[(peer, name)]]
    return Section(
        "opcodes", "The worst case of each engine",
        "The dearest of these instructions is "
        f"{LABELS.get(plain['interpreter'][1], plain['interpreter'][1])}, "
        f"{plain['interpreter'][0]:,.0f} cycles interpreted; compiled it is "
        f"{LABELS.get(plain['jit'][1], plain['jit'][1])}, {plain['jit'][0]:,.0f}, in a program of "
        f"{COPIES} of them. So a budget of 1,000 instructions holds the device for up to "
        f"{bound['interpreter']:,.0f} µs interpreted and {bound['jit']:,.0f} µs compiled at 180 "
        "MHz, helpers apart."
        f" A load from the context, at {data.peers.opcodes[('fc_O2_v2', 'load-context')]} cycles "
        f"the dearest access of Femto-Containers, takes {costs['interpreter']['load-context']:.0f} "
        f"and {costs['jit']['load-context']:.1f}." + (
            " Dearer than at a peer is "
            f"{listed(sorted({LABELS.get(name, name) for name in dear}))}: with operands that need "
            "64 bits here, and small ones there." if dear else ""),
        [figure, Table(["instruction", "interpreter", "interpreter, in flash", "JIT",
                        *(label for label, _ in peers.values())], rows, "Middle cycles.")])
