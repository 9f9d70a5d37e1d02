#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes edges.json to standard output: programs at the edges of RFC 9669 with the result they must
have, computed here with Python's integers, programs that must be refused, and programs that must
trap. vectors_test.py checks that the file is what this script writes."""

import csv
import json
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent
M64, M32 = 2**64 - 1, 2**32 - 1
IMM, REG = 0x00, 0x08
ALU32, ALU64, JMP64, JMP32 = 4, 7, 5, 6
EXIT = struct.pack("<BBhi", 0x95, 0, 0, 0)


def ins(opcode, dst=0, src=0, offset=0, imm=0):
    return struct.pack("<BBhi", opcode, dst | src << 4, offset, signed(imm, 32))


def lddw(dst, value):
    value &= M64
    return ins(0x18, dst, 0, 0, value & M32) + ins(0, 0, 0, 0, value >> 32)


def mov(dst, src):
    return ins(0xbf, dst, src)


def movi(dst, imm):
    return ins(0xb7, dst, 0, 0, imm)


def signed(value, bits):
    value &= 2**bits - 1
    return value - 2**bits if value >> (bits - 1) else value


def truncated_division(a, b):
    quotient = abs(a) // abs(b)
    return -quotient if (a < 0) != (b < 0) else quotient


# Operations on `bits` bits; operands come as unsigned numbers.
def udiv(a, b, bits): return 0 if b == 0 else a // b
def umod(a, b, bits): return a if b == 0 else a % b


def sdiv(a, b, bits):
    return 0 if b == 0 else truncated_division(signed(a, bits), signed(b, bits))


def smod(a, b, bits):
    if b == 0:
        return a
    x, y = signed(a, bits), signed(b, bits)
    return x - truncated_division(x, y) * y


ARITHMETIC = {  # name: opcode bits, offset, meaning
    "add": (0x00, 0, lambda a, b, bits: a + b), "sub": (0x10, 0, lambda a, b, bits: a - b),
    "mul": (0x20, 0, lambda a, b, bits: a * b), "div": (0x30, 0, udiv), "sdiv": (0x30, 1, sdiv),
    "or": (0x40, 0, lambda a, b, bits: a | b), "and": (0x50, 0, lambda a, b, bits: a & b),
    "lsh": (0x60, 0, lambda a, b, bits: a << b % bits),
    "rsh": (0x70, 0, lambda a, b, bits: a >> b % bits), "mod": (0x90, 0, umod),
    "smod": (0x90, 1, smod), "xor": (0xa0, 0, lambda a, b, bits: a ^ b),
    "mov": (0xb0, 0, lambda a, b, bits: b),
    "arsh": (0xc0, 0, lambda a, b, bits: signed(a, bits) >> b % bits),
}
COMPARISONS = {
    "jeq": (0x10, lambda a, b, bits: a == b), "jgt": (0x20, lambda a, b, bits: a > b),
    "jge": (0x30, lambda a, b, bits: a >= b), "jset": (0x40, lambda a, b, bits: a & b != 0),
    "jne": (0x50, lambda a, b, bits: a != b),
    "jsgt": (0x60, lambda a, b, bits: signed(a, bits) > signed(b, bits)),
    "jsge": (0x70, lambda a, b, bits: signed(a, bits) >= signed(b, bits)),
    "jlt": (0xa0, lambda a, b, bits: a < b), "jle": (0xb0, lambda a, b, bits: a <= b),
    "jslt": (0xc0, lambda a, b, bits: signed(a, bits) < signed(b, bits)),
    "jsle": (0xd0, lambda a, b, bits: signed(a, bits) <= signed(b, bits)),
}
ATOMICS = {0x00: "add", 0x40: "or", 0x50: "and", 0xa0: "xor"}
A, MIN64, MIN32 = 0x8877_6655_4433_2211, 2**63, 2**31
PAIRS = [(A, 0), (A, 1), (A, M64), (A, MIN32), (MIN64, M64), (0xffff_ffff_8000_0000, M64),
         (0x1_0000_0000, 0x1_0000_0000), (0xdead_beef_ffff_fff3, 3), (A, 32), (A, 63), (M64, 2)]
IMMEDIATES = [(A, 0), (A, 1), (A, -1), (A, -2**31), (MIN64, -1), (MIN32, -1), (A, 31), (A, 32),
              (A, 64), (M64 - 12, 3), (M64 - 12, -3)]
DIVIDED = [(a, b) for a in (A, M64, MIN64, 2**32, 0xffff_0000_ffff, 1000 * 2**40 - 1)
           for b in (2, 3, 10, 255, 1000, 0x7fff, 0xffff, 0x10000)]
COMPARED = [(0, 0), (0, 1), (1, 0), (A, A), (M64, 1), (1, M64), (MIN64, MIN64 - 1), (MIN32, 0),
            (MIN32 - 1, MIN32), (0x1_0000_0000, 0), (0, 0x1_0000_0000), (0x2_0000_0001, 1),
            (M32, M64), (M64, M32), (0xffff_ffff_0000_0000, 0x7fff_ffff_ffff_ffff)]
COMPARED_IMMEDIATES = [(0, 0), (M64, -1), (M32, -1), (0xffff_ffff_8000_0000, -2**31), (A, 0x2211),
                       (MIN32, -2**31), (1, -1), (0x1_0000_0001, 1), (0x1_0000_0000, 0)]

values, rejects, traps = [], [], []


def slots(program):
    return " ".join(program[i:i + 8].hex() for i in range(0, len(program), 8))


def value(name, program, result, memory=b""):
    values.append({"name": name, "program": slots(program + EXIT), "memory": memory.hex(),
                   "result": f"{result & M64:#x}"})


def reject(name, program, fault):
    rejects.append({"name": name, "program": slots(program), "fault": fault})


def trap(name, program, kind, memory=b""):
    traps.append({"name": name, "program": slots(program), "memory": memory.hex(), "trap": kind})


def arithmetic():
    for name, (code, offset, meaning) in ARITHMETIC.items():
        for bits, kind in ((64, ALU64), (32, ALU32)):
            mask = 2**bits - 1
            for a, b in PAIRS:
                value(f"{name}{bits} {a:#x}, {b:#x}",
                      lddw(0, a) + lddw(7, b) + ins(code | kind | REG, 0, 7, offset),
                      meaning(a & mask, b & mask, bits) & mask)
            for a, b in IMMEDIATES + (DIVIDED if name in ("div", "mod") else []):
                value(f"{name}{bits} {a:#x}, imm {b}",
                      lddw(0, a) + ins(code | kind | IMM, 0, 0, offset, b),
                      meaning(a & mask, b & mask, bits) & mask)
            value(f"{name}{bits} leaves its source alone",
                  lddw(0, A) + movi(6, 3) + ins(code | kind | REG, 6, 0, offset), A)
            value(f"{name}{bits} of a register with itself",
                  lddw(0, A) + ins(code | kind | REG, 0, 0, offset),
                  meaning(A & mask, A & mask, bits) & mask)


def unary():
    for a in (0, 1, A, MIN64, MIN32, 0x1_8000_0000, M64):
        value(f"neg64 {a:#x}", lddw(0, a) + ins(0x87), -a)
        value(f"neg32 {a:#x}", lddw(0, a) + ins(0x84), -a & M32)
        for bits in (16, 32, 64):
            low = a & (2**bits - 1)
            swapped = int.from_bytes(low.to_bytes(bits // 8, "little"), "big")
            value(f"le{bits} {a:#x}", lddw(0, a) + ins(0xd4, imm=bits), low)
            value(f"be{bits} {a:#x}", lddw(0, a) + ins(0xdc, imm=bits), swapped)
            value(f"bswap{bits} {a:#x}", lddw(0, a) + ins(0xd7, imm=bits), swapped)
    for a in (0x7f, 0x80, 0x8000, 0x8000_0000, A, 0x1_0000_0080, 0xffff_ffff_7fff_7f7f):
        for opcode, mask, widths in ((0xbf, M64, (8, 16, 32)), (0xbc, M32, (8, 16))):
            for bits in widths:
                extended = signed(a, bits) & mask
                name = f"movsx{bits} {opcode:#x} {a:#x}"
                value(name, lddw(0, 5) + lddw(3, a) + ins(opcode, 0, 3, bits), extended)
                value(f"{name} onto itself", lddw(0, a) + ins(opcode, 0, 0, bits), extended)
                value(f"{name} leaves its source alone",
                      lddw(0, a) + ins(opcode, 3, 0, bits), a)
        value(f"lddw {a:#x}", lddw(0, a), a)


def jumps():
    """Each program sets bit i of r0 if its i-th comparison jumps."""
    for name, (code, meaning) in COMPARISONS.items():
        for bits, kind in ((64, JMP64), (32, JMP32)):
            mask = 2**bits - 1
            program, result = movi(0, 0), 0
            for i, (a, b) in enumerate(COMPARED):
                program += lddw(3, a) + lddw(4, b) + ins(code | kind | REG, 3, 4, 1)
                program += ins(0x05, offset=1) + ins(0x47, 0, 0, 0, 1 << i)
                result |= int(meaning(a & mask, b & mask, bits)) << i
            value(f"{name}{bits} by register", program, result)
            program, result = movi(0, 0), 0
            for i, (a, b) in enumerate(COMPARED_IMMEDIATES):
                program += lddw(3, a) + ins(code | kind | IMM, 3, 0, 1, b)
                program += ins(0x05, offset=1) + ins(0x47, 0, 0, 0, 1 << i)
                result |= int(meaning(a & mask, b & mask, bits)) << i
            value(f"{name}{bits} by immediate", program, result)
            value(f"{name}{bits} changes no register",
                  lddw(0, A) + lddw(4, 0x8000_0000_0000_0001) + ins(code | kind | REG, 0, 4, 0), A)
    for taken in (0, 1):  # Much code in few slots, behind little code in many.
        value(f"a jump over sixteen shifts, {'taken' if taken else 'not taken'}",
              movi(0, 0) * 200 + lddw(3, A) + movi(4, 1) + ins(0x15, 0, 0, 16, 1 - taken) +
              ins(0x6f, 3, 4) * 16 + mov(0, 3), A if taken else A << 16)
    value("ja and ja32 both ways", ins(0x05, offset=2) + ins(0x07, imm=1) + ins(0x06, imm=1) +
          ins(0x06, imm=-3), 1)


def comparisons_with_zero():
    """Of numbers from memory, so that nothing is known of them. Each program sets a bit of r0 where
    what an operation makes of a pair compares so with 0."""
    pairs = [(A, 1), (MIN64, M64), (2**32, MIN32), (M32, 1), (2**31 - 1, 1)]
    held = b"".join(number.to_bytes(8, "little") for pair in pairs for number in pair)
    tests = [(i, pair, *test) for i, pair in enumerate(pairs) for test in COMPARISONS.values()]
    for name, (code, offset, meaning) in ARITHMETIC.items():
        for bits, kind in ((64, ALU64), (32, ALU32)):
            for width, jumps in ((64, JMP64), (32, JMP32)):
                program, result = movi(0, 0), 0
                for bit, (i, pair, jump, holds) in enumerate(tests):
                    a, b = (number & 2**bits - 1 for number in pair)
                    found = meaning(a, b, bits) & 2**bits - 1 & 2**width - 1
                    program += ins(0x79, 3, 1, 16 * i) + ins(0x79, 4, 1, 16 * i + 8)
                    program += ins(code | kind | REG, 3, 4, offset)
                    program += ins(jump | jumps | IMM, 3, 0, 1, 0) + ins(0x05, offset=3)
                    program += lddw(5, 1 << bit) + ins(0x4f, 0, 5)
                    result |= int(holds(found, 0, width)) << bit
                value(f"{name}{bits} and 0 in {width} bits", program, result, held)


def loads_that_extend_a_sign():
    contents = bytes(range(0x81, 0x91))
    for opcode, bits in ((0x71, 8), (0x69, 16), (0x61, 32)):
        word = int.from_bytes(contents[1:1 + bits // 8], "little")
        for name, extend in (("movsx", lambda to, of: ins(0xbf, to, of, bits)),
                             ("shifts", lambda to, of: (mov(to, of) if to != of else b"") +
                              ins(0x67, to, imm=64 - bits) + ins(0xc7, to, imm=64 - bits))):
            extended = signed(word, bits)
            value(f"load {bits} and {name}", ins(opcode, 0, 1, 1) + extend(0, 0), extended,
                  contents)
            value(f"load {bits} and {name} onto its base", ins(opcode, 1, 1, 1) + extend(1, 1) +
                  mov(0, 1), extended, contents)
            value(f"load {bits} and {name} into the base", ins(opcode, 3, 1, 1) + extend(1, 3) +
                  mov(0, 1), extended, contents)
            value(f"load {bits} and {name} beside it", ins(opcode, 3, 1, 1) + extend(0, 3) +
                  ins(0x0f, 0, 3), extended + word, contents)
            value(f"load {bits} and {name} of a copy", ins(opcode, 3, 1, 1) + mov(0, 3) +
                  extend(0, 0) + ins(0x0f, 0, 3), extended + word, contents)
            value(f"load {bits} and {name} beside a copy", ins(opcode, 3, 1, 1) + mov(4, 3) +
                  extend(0, 3) + ins(0x0f, 0, 4), extended + word, contents)
            value(f"load {bits} and {name} behind an index", movi(4, 1) + ins(0x7b, 10, 4, -8) +
                  ins(0x79, 4, 10, -8) + ins(0x0f, 4, 1) + ins(opcode, 4, 4) + extend(4, 4) +
                  mov(0, 4), extended, contents)
            value(f"load {bits} and {name} of less", ins(opcode, 0, 1, 1) +
                  ins(0xbf, 0, 0, 8), signed(word, 8), contents)


def memory():
    contents = bytes(range(0x81, 0x91))
    for opcode, size in ((0x71, 1), (0x69, 2), (0x61, 4), (0x79, 8)):
        for at in (0, 1, 3, 16 - size):
            word = int.from_bytes(contents[at:at + size], "little")
            value(f"ldx {size} at {at}", lddw(0, M64) + ins(opcode, 0, 1, at), word, contents)
            if size < 8:
                value(f"ldxs {size} at {at}", ins(opcode ^ 0xe0, 0, 1, at), signed(word, size * 8),
                      contents)
        store_imm, store_reg = opcode + 1, opcode + 2
        for stored in (-2, 0x1234_5678, -2**31):
            kept = (stored & M64).to_bytes(8, "little")[:size] + contents[size:8]
            value(f"st {size} {stored}", ins(store_imm, 1, 0, 0, stored) + ins(0x79, 0, 1),
                  int.from_bytes(kept, "little"), contents)
        kept = A.to_bytes(8, "little")[:size] + contents[size:8]
        value(f"stx {size}", lddw(3, A) + ins(store_reg, 1, 3) + ins(0x79, 0, 1),
              int.from_bytes(kept, "little"), contents)
        value(f"stack {size} at -512", lddw(3, A) + ins(store_reg, 10, 3, -512) +
              ins(opcode, 0, 10, -512), A & (2**(8 * size) - 1))
        value(f"stack {size} at -{size}", lddw(3, A) + ins(store_reg, 10, 3, -size) +
              ins(opcode, 0, 10, -size), A & (2**(8 * size) - 1))
    value("r2 is the length of memory", mov(0, 2), 16, contents)
    value("registers start at zero", b"".join(ins(0x4f, 0, r) for r in range(3, 10)), 0)


def atomics():
    cases = [(A, 0xffff_ffff_0000_0001, A), (M64, 1, M32), (0x1_8000_0000, M32, 0x8000_0000)]
    for opcode, bits in ((0xdb, 64), (0xc3, 32)):
        mask = 2**bits - 1
        for operation in (0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1):
            for old, operand, r0 in cases:
                low, source = old & mask, operand
                if operation == 0xf1:
                    new = operand & mask if low == r0 & mask else low
                elif operation == 0xe1:
                    new = operand & mask
                else:
                    new = ARITHMETIC[ATOMICS[operation & 0xfe]][2](low, operand & mask, bits)
                word = old & ~mask & M64 | new & mask
                if operation == 0xf1:
                    r0_after, source = low, operand
                else:
                    r0_after, source = r0, low if operation & 1 else operand
                program = lddw(0, r0) + lddw(7, operand) + ins(opcode, 1, 7, 0, operation)
                name, held = f"atomic{bits} {operation:#x} {old:#x}", old.to_bytes(8, "little")
                value(f"{name} memory", program + ins(0x79, 0, 1), word, held)
                value(f"{name} source", program + mov(0, 7), source, held)
                value(f"{name} r0", program, r0_after, held)


def calls():
    call = lambda distance: ins(0x85, 0, 1, 0, distance)
    value("a local call keeps r6 to r9", b"".join(movi(r, r) for r in range(6, 10)) + call(6) +
          movi(0, 0) + b"".join(ins(0x0f, 0, r) for r in range(6, 10)) + EXIT +
          b"".join(movi(r, 99) for r in range(6, 10)), 30)
    value("a local call has a frame of its own", ins(0x7a, 10, 0, -8, 11) + call(2) +
          ins(0x79, 0, 10, -8) + EXIT + ins(0x7a, 10, 0, -8, 22), 11)
    value("a callee writes through a pointer", ins(0x7a, 10, 0, -8, 1) + mov(1, 10) +
          ins(0x07, 1, 0, 0, -8) + call(2) + ins(0x79, 0, 10, -8) + EXIT +
          ins(0x7a, 1, 0, 0, 42), 42)
    value("eight functions deep", b"".join(call(1) + EXIT for _ in range(7)) + movi(0, 8), 8)
    value("helper 5 gives its argument back", lddw(1, A) + ins(0x85, imm=5), A)
    value("a helper keeps r6", lddw(6, A) + movi(1, 1) + ins(0x85, imm=5) + mov(0, 6), A)
    value("sub of INT32_MIN", ins(0x17, imm=-2**31), 2**31)
    value("zero extension by shifts", lddw(6, A) + mov(0, 6) + ins(0x67, imm=32) +
          ins(0x77, imm=32), A & M32)


def reserved_fields():
    """One program for each field that a row of the registry leaves unused."""
    with open(FOLDER / "opcodes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        opcode = int(row["opcode"], 0)
        if opcode in (0x00, 0x18) or row["group"] == "packet" or row["src_reg"] == "0x2":
            continue
        src = 1 if row["src_reg"] == "any" else int(row["src_reg"], 0)
        fixed = {field: None if row[field] == "any" else int(row[field], 0)
                 for field in ("offset", "imm")}
        plain = {"dst": 1, "src": src, "offset": fixed["offset"] or 0, "imm": fixed["imm"] or 0}
        if opcode in (0x05, 0x06, 0x85, 0x95):
            plain["dst"] = 0
        kinds = []
        is_alu = opcode & 7 in (ALU32, ALU64)
        selects = is_alu and (opcode & 0xf0 in (0x30, 0x90) or opcode in (0xbc, 0xbf))
        if plain["dst"] == 0:
            kinds.append(("dst", 1, "DestinationReserved"))
        if row["src_reg"] != "any" and opcode != 0x85:
            kinds.append(("src", 1, "SourceReserved"))
        if fixed["offset"] == 0 and not selects:
            kinds += [("offset", 1, "OffsetReserved"), ("offset", -1, "OffsetReserved")]
        is_width_or_atomic = opcode in (0xd4, 0xdc, 0xd7, 0xc3, 0xdb)
        if fixed["imm"] == 0 and not is_width_or_atomic:
            kinds += [("imm", 1, "ImmediateReserved"), ("imm", -2**31, "ImmediateReserved")]
        for field, number, fault in kinds:
            name = f"{opcode:#04x} offset {plain['offset']} imm {plain['imm']}"
            reject(f"{name} with {field} {number}",
                   ins(opcode, **{**plain, field: number}) + EXIT, fault)


def refused():
    def bad(name, program, fault):
        reject(name, program + EXIT, fault)
    for opcode in (0x8c, 0x8f, 0x96, 0x99, 0xdf, 0xe5, 0xcb, 0xd3, 0x0d, 0xff):
        bad(f"opcode {opcode:#x}", ins(opcode), "OpcodeUnknown")
    for opcode in (0x20, 0x28, 0x30, 0x40, 0x48, 0x50):
        bad(f"legacy {opcode:#x}", ins(opcode), "OpcodeLegacyPacket")
    bad("callx", ins(0x8d, 1), "OpcodeCallRegister")
    for kind in range(1, 8):
        bad(f"lddw of kind {kind}", ins(0x18, 1, kind) + bytes(8),
            "MapUnknown" if kind == 5 else "WideKindUnresolved")
    bad("call of kind 2", ins(0x85, 0, 2, 0, 5), "CallKindUnknown")
    bad("unknown helper", ins(0x85, imm=4), "HelperUnknown")
    for imm in (0xe0, 0xf0, 0x02, 0x100, 0x110, -1, 0xe1 + 2**16):
        bad(f"atomic {imm:#x}", ins(0xdb, 1, 2, 0, imm), "AtomicUnknown")
    for operation in (0x01, 0x41, 0x51, 0xa1, 0xe1):
        for opcode in (0xc3, 0xdb):
            bad(f"{opcode:#x} {operation:#x} fetches into r10", ins(opcode, 1, 10, 0, operation),
                "FramePointerWritten")
    for opcode in (0x07, 0x0f, 0xb7, 0xbf, 0xb4, 0x84, 0x87, 0xdc, 0x61, 0x79, 0x81):
        width = 16 if opcode == 0xdc else 0
        bad(f"{opcode:#x} writes r10", ins(opcode, 10, 0, 0, width), "FramePointerWritten")
        bad(f"{opcode:#x} writes r11", ins(opcode, 11, 0, 0, width), "RegisterUnknown")
    bad("r15 as source", ins(0xbf, 1, 15), "RegisterUnknown")
    bad("division by offset 2", ins(0x37, 1, 0, 2, 5), "OffsetNotDivision")
    bad("movsx32 in 32 bits", ins(0xbc, 1, 2, 32), "OffsetNotExtension")
    bad("movsx24", ins(0xbf, 1, 2, 24), "OffsetNotExtension")
    bad("address space cast", ins(0xbf, 1, 2, 1), "OffsetNotExtension")
    bad("bswap8", ins(0xd7, 1, 0, 0, 8), "WidthNotSwappable")
    bad("jump behind the end", ins(0x05, offset=1), "JumpOutOfRange")
    bad("jump before the start", ins(0x05, offset=-2), "JumpOutOfRange")
    bad("jump32 behind the end", ins(0x06, imm=2**31 - 1), "JumpOutOfRange")
    bad("jump into lddw", ins(0x15, 1, 0, 1, 0) + lddw(0, 1), "JumpIntoWide")
    bad("call behind the end", ins(0x85, 0, 1, 0, 1), "CallOutOfRange")
    bad("call into lddw", ins(0x85, 0, 1, 0, 2) + EXIT + lddw(0, 1), "CallIntoWide")
    bad("recursion", ins(0x85, 0, 1, 0, -1), "CallRecursive")
    bad("nine deep", b"".join(ins(0x85, 0, 1, 0, 1) + EXIT for _ in range(8)), "CallTooDeep")
    bad("frame of 513 bytes", ins(0x72, 10, 0, -513, 0), "FrameTooLarge")
    bad("tail of lddw with a register", ins(0x18) + ins(0, 1), "WideTailReserved")
    reject("lddw at the end", ins(0x18), "WideIncomplete")
    for name, program in (("mov", movi(0, 0)), ("jeq", ins(0x15, 0, 0, -1, 0)),
                          ("call", ins(0x85, imm=5)), ("lddw", lddw(0, 1))):
        reject(f"{name} at the end", program, "FallsOffEnd")


def trapping():
    held = bytes(16)
    for load, store, size in ((0x71, 0x73, 1), (0x69, 0x6b, 2), (0x61, 0x63, 4), (0x79, 0x7b, 8)):
        for at in (-1, 17 - size, 16, 0x7fff, -0x8000):
            trap(f"ldx {size} at {at}", ins(load, 0, 1, at) + EXIT, "LoadOutside", held)
            trap(f"stx {size} at {at}", ins(store, 1, 0, at) + EXIT, "StoreOutside", held)
        trap(f"ldx {size} from null", ins(load, 0, 3) + EXIT, "LoadOutside")
        trap(f"ldx {size} from -1", movi(3, -1) + ins(load, 0, 3) + EXIT, "LoadOutside")
        trap(f"ldx {size} above r10", ins(0x7a, 10, 0, -8) + ins(load, 0, 10) + EXIT, "LoadOutside")
        trap(f"ldx {size} 4 GiB further", lddw(3, 2**32) + ins(0x0f, 3, 1) + ins(load, 0, 3) + EXIT,
             "LoadOutside", held)
        trap(f"stx {size} 4 GiB further", lddw(3, 2**32) + ins(0x0f, 3, 1) + ins(store, 3, 0) +
             EXIT, "StoreOutside", held)
    for opcode, size in ((0xc3, 4), (0xdb, 8)):
        trap(f"atomic {size} behind memory", ins(opcode, 1, 0, 17 - size) + EXIT, "StoreOutside",
             held)
    trap("below the stack", mov(3, 10) + ins(0x17, 3, 0, 0, 520) + ins(0x7b, 3, 0) + EXIT,
         "StoreOutside")


def loaded_addresses():
    """In loops: code may look at their upper halves once, where they are loaded."""
    held = bytes(range(1, 33))
    long = held * 10

    def loaded(register, upper):
        changed = ins(0x62, 10, 0, -76, upper) if upper else b""  # Else as it is, also on a PC.
        return ins(0x7b, 10, 1, -80) + changed + ins(0x79, register, 10, -80)

    def loop(turns, body):
        jump = ins(0xa5, 3, 0, -len(body) // 8 - 2, turns)
        return movi(3, 0) + ins(0x35, 3, 0, len(body) // 8 + 2, turns) + body + \
            ins(0x07, 3, 0, 0, 1) + jump

    for load, store, size in ((0x71, 0x73, 1), (0x69, 0x6b, 2), (0x61, 0x63, 4), (0x79, 0x7b, 8)):
        def walk(upper, turns, start=0):
            return loaded(6, upper) + ins(0x07, 6, 0, 0, start) + \
                loop(turns, ins(load, 4, 6) + ins(0x0f, 0, 4) + ins(0x07, 6, 0, 0, size))

        words = [int.from_bytes(held[at:at + size], "little") for at in range(0, 32, size)]
        total, each = sum(words), f"{size} bytes each"
        value(f"sum of {each}", walk(0, len(words)), total, held)
        trap(f"{each}, one too many", walk(0, len(words) + 1) + EXIT, "LoadOutside", held)
        trap(f"{each}, one before", walk(0, 2, -size) + EXIT, "LoadOutside", held)
        for upper in (1, -1, -2**31):
            has = f"upper half {upper}"
            trap(f"{each}, {has}", walk(upper, 2) + EXIT, "LoadOutside", held)
            trap(f"stores of {each}, {has}",
                 loaded(6, upper) + loop(2, ins(store, 6, 3)) + EXIT, "StoreOutside", held)
            trap(f"{size} bytes once, {has}", loaded(6, upper) + ins(load, 4, 6) + EXIT,
                 "LoadOutside", held)
            mixed = ins(load, 4, 6) * 3 + ins(0x79, 4, 6) + ins(0x71, 4, 6)
            trap(f"{size}, 8 and 1 bytes, {has}", loaded(6, upper) + loop(2, mixed) + EXIT,
                 "LoadOutside", held)
            trap(f"{each}, {has}, behind others",
                 loaded(6, upper) + loaded(7, 0) + loop(2, ins(load, 4, 7)) +
                 loop(2, ins(load, 4, 6)) + EXIT, "LoadOutside", held)
            trap(f"{each} behind 8, {has}",
                 loaded(6, upper) + loaded(7, 0) + loop(2, ins(0x79, 4, 7) + ins(0x79, 5, 7, 8)) +
                 loop(2, ins(load, 4, 6)) + EXIT, "LoadOutside", held)
            # What nothing is loaded from harms nobody.
            unused, far = walk(upper, 0), ins(0x79, 4, 1, 260) + ins(0x0f, 0, 4)
            value(f"sum of {each} behind a loop of none, {has}", unused + walk(0, len(words)),
                  total, held)
            value(f"8 bytes far on and {each}, {has}", unused + far + walk(0, len(words)) + far,
                  total + 2 * int.from_bytes(long[260:268], "little"), long)
            trap(f"{each} and 8 too far on, {has}",
                 unused + walk(0, 2) + mov(7, 1) + ins(0x71, 5, 1) + ins(0x0f, 7, 5) +
                 ins(0x79, 4, 7, 4000) + EXIT, "LoadOutside", long)


def listing(name, rows):
    return f' "{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]"


def text():
    for part in (arithmetic, unary, jumps, comparisons_with_zero, memory,
                 loads_that_extend_a_sign, atomics, calls, reserved_fields, refused, trapping,
                 loaded_addresses):
        part()
    return "{\n" + ",\n".join([listing("values", values), listing("rejects", rejects),
                               listing("traps", traps)]) + "\n}\n"


if __name__ == "__main__":
    print(text(), end="")
