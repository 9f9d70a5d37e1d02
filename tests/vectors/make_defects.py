#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes defects.json to standard output: what the compiler of the prototype of µBPF got wrong, by
number, as programs with the result they must have. Numbers 1 to 13 and 15 are here; the others are
about what is around a program:

  14  strings and pointers in data: tests/firmware/defects_test.py, which compiles C
  16  a helper is called with an aligned stack: runner/signatures.hpp has one that looks, which
      random programs call (tests/firmware/random_test.py)
  17  compiling twice: tests/unit/jit/compile_test.cpp, MakesTheSameTwiceAndKeepsTheBytecode
  18  code without verification or with the rights of somebody else: does not apply, compile() takes
      a VerifiedProgram, and code lives and dies with its container (core/mbpf/container)
  19  the number of a slot for code: does not apply, there are no numbered slots; what has no room
      is refused (tests/unit/jit/compile_test.cpp)"""

import json

from make_edges import A, EXIT, M32, M64, ins, lddw, mov, movi, signed, slots

values = []


def value(number, name, program, result, memory=b""):
    values.append({"name": f"defect {number}: {name}", "program": slots(program + EXIT),
                   "memory": memory.hex(), "result": f"{result & M64:#x}"})


def constants():
    for reg in range(10):
        for imm in (255, 256, 300, 0x1234_5678, -255, -256, -4096, -70_000):
            value(1, f"r{reg} += {imm}", lddw(reg, A) + ins(0x07, reg, imm=imm) + mov(0, reg),
                  A + imm)
            value(1, f"r{reg} -= {imm}", lddw(reg, A) + ins(0x17, reg, imm=imm) + mov(0, reg),
                  A - imm)
        for imm in (-1, -256, 0x1234_5678, 0x10_0000, -2**31):
            value(6, f"r{reg} = {imm}", movi(reg, imm) + mov(0, reg), imm)


def accesses():
    contents = bytes(range(1, 65))
    for base in (1, 3, 6, 8):
        for at in range(0, 32, 2):
            word = int.from_bytes(contents[at:at + 4], "little")
            value(2, f"word at r{base} + {at}", mov(base, 1) + ins(0x61, 0, base, at), word,
                  contents)
            value(2, f"half at r{base} + {at}", mov(base, 1) + ins(0x69, 0, base, at),
                  word & 0xffff, contents)
        value(2, f"a load of a half at r{base} stores nothing",
              mov(base, 1) + ins(0x69, 2, base, 8) + ins(0x61, 0, base, 8), 0x0c0b_0a09, contents)
        value(7, f"a constant is stored where r{base} points",
              mov(base, 1) + ins(0x62, base, offset=4, imm=70_000) + ins(0x61, 0, 1, 4), 70_000,
              contents)
    for at in (-256, -264, -300, -504, -512):
        value(3, f"the stack at {at}", lddw(3, A) + ins(0x7b, 10, 3, at) + ins(0x79, 0, 10, at), A)


def shifts():
    for dst in (2, 6, 8):
        for count in (0, 1, 31, 32, 33, 63):
            start = movi(0, 77) + lddw(dst, A)
            value(4, f"r{dst} s>>= {count}", start + ins(0xc7, dst, imm=count) + mov(0, dst),
                  signed(A, 64) >> count)
            value(5, f"r{dst} >>= {count}", start + ins(0x77, dst, imm=count) + mov(0, dst),
                  A >> count)
            value(5, f"r{dst} <<= {count}", start + ins(0x67, dst, imm=count) + mov(0, dst),
                  A << count)
            by = start + movi(3, count)
            value(4, f"r{dst} s>>= r3 = {count}", by + ins(0xcf, dst, 3) + mov(0, dst),
                  signed(A, 64) >> count)
            value(5, f"r{dst} >>= r3 = {count}", by + ins(0x7f, dst, 3) + mov(0, dst), A >> count)
            value(5, f"r{dst} <<= r3 = {count}", by + ins(0x6f, dst, 3) + mov(0, dst), A << count)
        for number in (-5, 5, -2**31):
            value(4, f"sign extension of {number} in r{dst} by shifts",
                  lddw(dst, number & M32) + ins(0x67, dst, imm=32) + ins(0xc7, dst, imm=32) +
                  mov(0, dst), number)


def registers():
    operations = {"&=": (0x5f, lambda a, b: a & b), "|=": (0x4f, lambda a, b: a | b),
                  "^=": (0xaf, lambda a, b: a ^ b), "*=": (0x2f, lambda a, b: a * b),
                  "-=": (0x1f, lambda a, b: a - b), "/=": (0x3f, lambda a, b: a // b),
                  "%=": (0x9f, lambda a, b: a % b)}
    others = b"".join(movi(reg, 1000 + reg) for reg in range(10))
    for dst, src in ((8, 9), (9, 8), (8, 1), (6, 7), (7, 6), (0, 6), (1, 7)):
        for sign, (opcode, meaning) in operations.items():
            start = others + movi(dst, 50) + movi(src, 8)
            value(6, f"r{dst} {sign} r{src}", start + ins(opcode, dst, src) + mov(0, dst),
                  meaning(50, 8))
            value(7, f"r{dst} {sign} 300", start + ins(opcode & ~8, dst, imm=300) + mov(0, dst),
                  meaning(50, 300))
        value(7, f"-r{dst}", others + movi(dst, 50) + ins(0x87, dst) + mov(0, dst), -50)
        for compared in (0, 255, 256, 70_000):
            for held in (compared, compared + 1):
                value(7, f"r{dst} = {held} is {compared}",
                      others + movi(dst, held) + movi(0 if dst else 1, 1) +
                      ins(0x15, dst, offset=1, imm=compared) + movi(0 if dst else 1, 0) +
                      mov(0, 0 if dst else 1), held == compared)


def comparisons():
    big = 0xffff_fff0
    for a, b in ((big, 7), (7, big), (big, big), (M64 - 3, 5), (5, M64 - 3)):
        start = lddw(3, a) + lddw(4, b)
        value(8, f"{a:#x} / {b:#x}", start + ins(0x3f, 3, 4) + mov(0, 3), a // b)
        value(8, f"{a:#x} % {b:#x}", start + ins(0x9f, 3, 4) + mov(0, 3), a % b)
        value(8, f"{a:#x} / {b:#x}, 32 bits", start + ins(0x3c, 3, 4) + mov(0, 3),
              (a & M32) // (b & M32))
        for number, name, code, truth in ((9, "jge", 0x30, a >= b), (9, "jlt", 0xa0, a < b),
                                          (10, "jset", 0x40, a & b != 0), (9, "jgt", 0x20, a > b)):
            value(number, f"{name} {a:#x}, {b:#x}",
                  start + movi(0, 1) + ins(code | 0x0d, 3, 4, 1) + movi(0, 0), truth)
    for held, mask in ((4, 4), (3, 4), (4, 3), (0x1_0000_0004, 3), (6, 4)):
        value(10, f"jset {held:#x}, {mask}",
              lddw(3, held) + movi(0, 1) + ins(0x45, 3, offset=1, imm=mask) + movi(0, 0),
              held & mask != 0)


def leaving():
    for early in (0, 1):
        program = b"".join(movi(reg, reg) for reg in range(6, 10)) + movi(1, early)
        program += movi(0, 7) + ins(0x15, 1, offset=1, imm=0) + EXIT + movi(0, 8)
        value(11, f"an exit that is not the last, {'taken' if early else 'not taken'}", program,
              7 if early else 8)
    call = ins(0x85, 0, 1, 0, 2)
    value(11, "a function that leaves early", movi(6, 5) + movi(1, 1) + call + ins(0x0f, 0, 6) +
          EXIT + movi(6, 9) + movi(0, 3) + ins(0x55, 1, offset=1, imm=1) + EXIT + movi(0, 100), 8)
    value(15, "call +1 is no helper", ins(0x85, 0, 1, 0, 1) + EXIT + movi(0, 42), 42)
    for count in (100, 200, 600, 3000):
        work = ins(0x07, 3, imm=1) * count
        value(12, f"a jump over {count} instructions", ins(0x05, offset=count) + work + mov(0, 3),
              0)
        value(12, f"a condition over {count} instructions",
              ins(0x15, 3, offset=count, imm=0) + work + mov(0, 3), 0)
        value(12, f"a loop of {count} instructions",
              movi(4, 3) + work + ins(0x07, 4, imm=-1) + ins(0x55, 4, offset=-count - 2, imm=0) +
              mov(0, 3), 3 * count)


def wide():
    text = b"This string is on it.\0\0\0"
    program = b""
    for at in range(0, len(text), 8):
        program += lddw(2, int.from_bytes(text[at:at + 8], "little"))
        program += ins(0x7b, 10, 2, at - len(text))
    program += mov(3, 10) + ins(0x07, 3, imm=-len(text)) + movi(0, 0)
    program += ins(0x71, 4, 3) + ins(0x15, 4, offset=3, imm=0) + ins(0x07, 3, imm=1)
    program += ins(0x07, 0, imm=1) + ins(0x05, offset=-5)
    value(13, "the length of a string on the stack", program, 21)
    value(13, "a carry", lddw(0, M32) + ins(0x07, 0, imm=1), 2**32)
    value(13, "a borrow", lddw(0, 2**32) + ins(0x17, 0, imm=1), M32)
    value(13, "a product above 32 bits", lddw(0, M32) + lddw(3, M32) + ins(0x2f, 0, 3), M32 * M32)
    value(13, "a comparison above 32 bits", lddw(3, 2**32) + movi(0, 1) +
          ins(0x55, 3, offset=1, imm=0) + movi(0, 0), 1)
    value(13, "le16 truncates", lddw(0, A) + ins(0xd4, 0, imm=16), A & 0xffff)
    value(13, "le32 truncates", lddw(0, A) + ins(0xd4, 0, imm=32), A & M32)


def text() -> str:
    values.clear()
    for part in (constants, accesses, shifts, registers, comparisons, leaving, wide):
        part()
    lines = ",\n".join("  " + json.dumps(row) for row in values)
    return f'{{\n "values": [\n{lines}\n ]\n}}\n'


if __name__ == "__main__":
    print(text(), end="")
