#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs do the same on the PC, whose engine the unit tests and fuzzers compare with a
reference, and on the emulated Cortex-M4, whose engine keeps its state in other registers, admits
pointers on shorter ways, and has 32-bit addresses: results, instructions, traps, memory, output.

    random_test.py [FIRST [COUNT]]     from another seed on, and as many programs

A program that does not do the same is made as short as it can be, and written to build/random/.
In tests/firmware/random/, those of former times are run first."""

import dataclasses
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

TOOL = os.environ.get("MBPF_TOOL", "build/mbpf")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOUND = ROOT / "build" / "random"
KEPT = ROOT / "tests" / "firmware" / "random"
SKIPPED = 77
PROGRAMS = 1500
WAYS = [("host", "--bytecode", "in-place"), ("host", "--bytecode", "accelerated"),
        ("m4", "--bytecode", "in-place"), ("m4", "--bytecode", "accelerated"),
        ("m4", "--engine", "jit")]
COMPARED = ("status", "result", "instructions", "output", "context", "stack_bytes", "call_depth")
NUMBERS = [0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff,
           0x80000000, 0xffffffff, 0x100000000, 2**63 - 1, 2**63, 2**64 - 1]
REGISTERS = 9  # r0 to r8 hold numbers, r9 the context: no address gets into what is compared.
CONTEXT_BYTES = 8 * REGISTERS + 24
ALU = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xa0, 0xb0, 0xc0]
CONDITIONS = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0]
ATOMICS = [0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1]
STORE_TEXT, COPY, STORE, FETCH, FIXED_POINT, DECIMAL, TEXT_SIZE = 1, 2, 0x10, 0x12, 0x50, 0x51, 0x52


def ins(opcode, dst=0, src=0, offset=0, imm=0):
    imm &= 0xffffffff
    return struct.pack("<BBhI", opcode, dst | src << 4, offset, imm)


def lddw(dst, value):
    return ins(0x18, dst, imm=value) + ins(0, imm=value >> 32)


class Program:
    """A body of instructions that jump within it, and what notes r0 to r8 in the context."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        pick = self.random
        self.pieces = []  # Bytes, or (opcode, dst, src, imm) of a jump.
        for _ in range(pick.randint(3, 40)):
            pick.choice([self.alu, self.alu, self.pair, self.jump, self.access, self.access,
                         self.atomic, self.helper, self.unary, self.call])()
        self.budget = pick.choice([1, 5, 20, 60, 300, 300, 3000, 20000])
        self.context = bytes(pick.choice([0, 0, 0x41, pick.randrange(256)])
                             for _ in range(CONTEXT_BYTES))
        self.code = self.encode()

    def number(self):
        return self.random.choice(NUMBERS) * self.random.choice([1, -1])

    def register(self):
        return self.random.randrange(REGISTERS)

    def offset(self):
        return self.random.choice([0, 1, 3, 8, CONTEXT_BYTES - 8, CONTEXT_BYTES - 7,
                                   self.random.randrange(-2, CONTEXT_BYTES + 2)])

    def base(self):
        """A register with an address and an offset near an edge of what it points to."""
        if self.random.random() < 0.5:
            return 9, self.offset()
        return 10, -self.random.choice([0, 1, 2, 4, 8, 16, 24, self.random.randrange(40)])

    def add(self, *pieces):
        self.pieces += pieces

    def alu(self, dst=None):
        pick, dst = self.random, self.register() if dst is None else dst
        code, width, is_register = pick.choice(ALU), pick.choice([4, 7]), pick.random() < 0.5
        offset = pick.choice([0, 1]) if code in (0x30, 0x90) else 0
        if code == 0xb0 and is_register:
            offset = pick.choice([0, 0, 8, 16] + ([32] if width == 7 else []))
        self.add(ins(code | width | 8, dst, self.register(), offset) if is_register
                 else ins(code | width, dst, 0, offset, self.number()))

    def pair(self):
        """What accelerate() looks for."""
        dst, width = self.register(), self.random.choice([4, 7])
        self.add(ins(0xb8 | width, dst, self.register()))
        if self.random.random() < 0.2:
            self.add(ins(0x67, dst, imm=32), ins(0x77, dst, imm=32))
        else:
            self.alu(dst if self.random.random() < 0.8 else None)

    def unary(self):
        dst, width = self.register(), self.random.choice([16, 32, 64])
        self.add(self.random.choice([ins(0x84, dst), ins(0x87, dst), ins(0xd4, dst, imm=width),
                                     ins(0xdc, dst, imm=width), ins(0xd7, dst, imm=width),
                                     lddw(dst, self.number() & 2**64 - 1)]))

    def jump(self):
        pick = self.random
        code = pick.choice(CONDITIONS) | pick.choice([5, 6])
        self.add(pick.choice([(code | 8, self.register(), self.register(), 0),
                              (code, self.register(), 0, self.number()), (0x05, 0, 0, 0)]))

    def access(self):
        pick, (base, offset), register = self.random, self.base(), self.register()
        size = pick.choice([0x00, 0x08, 0x10, 0x18])
        signed_load = ins(0x81 | (size if size != 0x18 else 0), register, base, offset)
        self.add(pick.choice([ins(0x61 | size, register, base, offset), signed_load,
                              ins(0x63 | size, base, register, offset),
                              ins(0x62 | size, base, 0, offset, self.number())]))

    def atomic(self):
        base, offset = self.base()
        self.add(ins(self.random.choice([0xc3, 0xdb]), base, self.register(), offset,
                     self.random.choice(ATOMICS)))

    def point(self, register):
        base, offset = self.base()
        self.add(ins(0xbf, register, base), ins(0x07, register, imm=offset))

    def helper(self):
        """Behind it, no register holds an address."""
        pick = self.random
        helper = pick.choice([STORE_TEXT, COPY, STORE, FETCH, FIXED_POINT, DECIMAL, TEXT_SIZE])
        pointers = {STORE_TEXT: [1], COPY: [1, 2], STORE: [], FETCH: [2], FIXED_POINT: [1],
                    DECIMAL: [1], TEXT_SIZE: [1]}[helper]
        for register in range(1, 6):
            if register in pointers:
                self.point(register)
            else:
                self.add(ins(0xb7, register, imm=pick.choice([0, 1, 2, 5, 8, 20, self.number()])))
        self.add(ins(0x85, imm=helper))
        self.add(*(ins(0xb7, register, imm=0) for register in pointers))
        if helper == COPY:
            self.add(ins(0xb7, 0, imm=0))

    def call(self):
        self.add(None)  # Of the function behind the body.

    def encode(self):
        pick = self.random
        head = ins(0xbf, 9, 1) + b"".join(lddw(r, self.number() & 2**64 - 1)
                                          for r in range(REGISTERS))
        tail = b"".join(ins(0x7b, 9, r, 8 * r) for r in range(REGISTERS)) + ins(0x95)
        function = (ins(0x7b, 10, 3, -8) + ins(0xb7, 6, imm=6) + ins(0x0f, 3, 4) +
                    ins(0x79, 0, 10, -8) + ins(0x95))
        sizes = [len(piece) // 8 if isinstance(piece, bytes) else 1 for piece in self.pieces]
        starts = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
        body = b""
        for start, piece in zip(starts, self.pieces):
            if piece is None:
                body += ins(0x85, src=1, imm=starts[-1] + len(tail) // 8 - start - 1)
            elif isinstance(piece, tuple):
                opcode, dst, src, imm = piece
                body += ins(opcode, dst, src, pick.choice(starts) - start - 1, imm)
            else:
                body += piece
        needs_function = any(piece is None for piece in self.pieces)
        return head + body + tail + (function if needs_function else b"")


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    code: bytes
    context: bytes
    budget: int

    def to_json(self) -> str:
        return json.dumps({"code": self.code.hex(), "context": self.context.hex(),
                           "budget": self.budget}, indent=1) + "\n"

    @staticmethod
    def load(path: pathlib.Path) -> "Case":
        found = json.loads(path.read_text())
        return Case(path.name, bytes.fromhex(found["code"]), bytes.fromhex(found["context"]),
                    found["budget"])


def run(batch: pathlib.Path, place: str, *options: str) -> list[dict]:
    done = subprocess.run([TOOL, "run", "--batch", batch, "--format", "text", "--on", place,
                           *options, "--json"], capture_output=True, text=True, timeout=240)
    return json.loads(done.stdout).get("runs", [])


def summary(report: dict) -> dict:
    """What must be equal: all but addresses, and what a trapped run happened to hold."""
    found = {key: report.get(key) for key in COMPARED}
    trap = report.get("report", {})
    return found | {"name": trap.get("name"), "slot": trap.get("slot")}


def agrees(compiled: dict, expected: dict) -> bool:
    """Compiled code looks at the budget at other places (SPEC.md, "Budget"), and counts the stretch
    that traps as a whole."""
    names = (compiled["name"], expected["name"])
    if "OutOfBudget" in names and None not in names:
        return True
    same = {**compiled, "instructions": expected["instructions"]}
    return compiled == expected if names == (None, None) else same == expected


def observe(cases: list[Case]) -> list[list[dict]]:
    """What each case did, each way."""
    with tempfile.TemporaryDirectory() as name:
        folder, wishes = pathlib.Path(name), []
        for i, case in enumerate(cases):
            file = folder / f"{i}.bin"
            file.write_bytes(case.code)
            wishes.append({"file": str(file), "context": case.context.hex(),
                           "budget": case.budget})
        batch = folder / "batch.json"
        batch.write_text(json.dumps(wishes))
        ways = [[summary(report) for report in run(batch, *way)] for way in WAYS]
    # A firmware that crashes says nothing of the whole batch: who it was shows one by one.
    if len(cases) > 1 and any(len(way) != len(cases) for way in ways):
        half = len(cases) // 2
        return observe(cases[:half]) + observe(cases[half:])
    return [list(seen) for seen in zip(*(way or [{"name": None, "status": "crash"}]
                                         for way in ways))]


def is_same(seen: list[dict]) -> bool:
    expected = seen[0]
    return all(found == expected for found in seen[:-1]) and agrees(seen[-1], expected)


def shrink(case: Case) -> Case:
    """As many instructions as can be are jumps to the next one."""
    nop = ins(0x05)
    slot = 0
    while slot < len(case.code) // 8:
        width = 2 if case.code[8 * slot] == 0x18 else 1
        start, end = 8 * slot, 8 * (slot + width)
        shorter = dataclasses.replace(
            case, code=case.code[:start] + nop * width + case.code[end:])
        seen = observe([shorter])[0]
        if seen[0]["status"] in ("ran", "trapped") and not is_same(seen):
            case = shorter
        slot += width
    return case


def check(cases: list[Case], ends: dict[str, int]) -> list[str]:
    """Says what is wrong, and counts how the cases ended."""
    wrong = []
    for case, seen in zip(cases, observe(cases)):
        end = seen[0].get("name") or seen[0]["status"]
        ends[end] = ends.get(end, 0) + 1
        if not is_same(seen):
            FOUND.mkdir(parents=True, exist_ok=True)
            path = FOUND / f"{case.name}.json"
            path.write_text(shrink(case).to_json())
            wrong.append(f"{case.name}: does not do the same; {path} holds what is left of it")
            wrong += [f"    {' '.join(way)}: {found}" for way, found in zip(WAYS, seen)]
    return wrong


def main() -> int:
    if not os.access(TOOL, os.X_OK) or shutil.which("qemu-system-arm") is None:
        print(f"needs {TOOL} and qemu-system-arm")
        return SKIPPED
    first = int(sys.argv[1]) if len(sys.argv) > 1 else 10_001
    count = int(sys.argv[2]) if len(sys.argv) > 2 else PROGRAMS
    wrong = check([Case.load(path) for path in sorted(KEPT.glob("*.json"))], {})
    ends: dict[str, int] = {}
    for start in range(first, first + count, PROGRAMS):
        cases = []
        for seed in range(start, min(start + PROGRAMS, first + count)):
            program = Program(seed)
            cases.append(Case(str(seed), program.code, program.context, program.budget))
        wrong += check(cases, ends)
    if ends.get("ran", 0) < count // 20 or sum(ends.values()) != count:
        wrong.append(f"of {count} programs too few return: {ends}")
    print("\n".join(wrong[:20]) or f"{count} programs do the same: {dict(sorted(ends.items()))}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
