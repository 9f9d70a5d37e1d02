# SPDX-License-Identifier: MIT
"""Random programs that the verifier accepts, or almost: every opcode in both widths, jumps near and
far, loops, local calls, helpers of every signature, and accesses around the edges of every region,
with budgets that end anywhere. A seed is a program."""

import random
import struct

NUMBERS = [0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff,
           0x80000000, 0xffffffff, 0x100000000, 2**63 - 1, 2**63, 2**64 - 1]
SMALL = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 63, 100, 255, 256, 1000, 4095, 4096, 65535]
REGISTERS = 9  # r0 to r8; r9 is the context.
CONTEXT_BYTES = 8 * REGISTERS + 24
ALU = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xa0, 0xb0, 0xc0]
CONDITIONS = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0]
ATOMICS = [0x00, 0x01, 0x40, 0x41, 0x50, 0x51, 0xa0, 0xa1, 0xe1, 0xf1]
JUMP, JUMP_LONG, CALL, EXIT = 0x05, 0x06, 0x85, 0x95
TEXT_SECTION, RODATA_SECTION, DATA_SECTION, BSS_SECTION = 1, 2, 3, 4
STANDARD, SIGNATURES = 0, 2
# Helpers: id -> what r1 to r5 are: a number, a pointer, a size.
STANDARD_HELPERS = {0x01: "tnnnn", 0x02: "wrs", 0x10: "nn", 0x12: "nw", 0x50: "wnn", 0x51: "wn",
                    0x52: "t"}
SIGNATURE_HELPERS = {1: "nnnnn", 2: "nw", 3: "t", 4: "wrs", 5: "n", 6: "nn", 7: "r", 8: "nnnnw",
                     9: "", 200: "n"}


def ins(opcode, dst=0, src=0, offset=0, imm=0):
    return struct.pack("<BBhI", opcode, dst | src << 4, offset, imm & 0xffffffff)


def lddw(dst, value, opcode=0x18):
    return ins(opcode, dst, imm=value) + ins(0, imm=value >> 32)


def image(text, rodata=b"", data=b"", bss=0):
    sections = [(TEXT_SECTION, text), (RODATA_SECTION, rodata), (DATA_SECTION, data)]
    rows = [(kind, len(contents)) for kind, contents in sections if contents]
    rows += [(BSS_SECTION, bss)] if bss else []
    head = b"mBPF" + struct.pack("<BBH", 1, len(rows), 0)
    head += b"".join(struct.pack("<I", kind | size << 8) for kind, size in rows)
    out = head
    for _, contents in sections:
        if contents:
            out += bytes(-len(out) % 8) + contents
    return out


class Choices(random.Random):
    """What it is asked for most, faster."""

    def choice(self, values):
        return values[int(self.random() * len(values))]

    def randrange(self, start, stop=None):
        return int(self.random() * start) if stop is None else \
            start + int(self.random() * (stop - start))

    def randint(self, first, last):
        return first + int(self.random() * (last - first + 1))


class Function:
    """Pieces: instructions as bytes, a jump (opcode, dst, src, imm, number of a piece, or None for
    any), or a call, which is the number of a function."""

    def __init__(self):
        self.pieces = []

    def encode(self, pick, start, starts_of_functions):
        sizes = [len(piece) // 8 if isinstance(piece, bytes) else 1 for piece in self.pieces]
        starts = [0]
        for size in sizes:
            starts.append(starts[-1] + size)
        code = []
        for i, piece in enumerate(self.pieces):
            if isinstance(piece, bytes):
                code.append(piece)
            elif isinstance(piece, int):
                code.append(ins(CALL, src=1,
                                imm=starts_of_functions[piece] - (start + starts[i]) - 1))
            else:
                opcode, dst, src, imm, target = piece
                if target is None:  # More often forward: programs shall end.
                    first = i + 1 if pick.random() < 0.75 else 0
                    target = pick.randrange(min(first, len(self.pieces) - 1), len(self.pieces))
                distance = starts[target] - starts[i] - 1
                code.append(ins(opcode, dst, src, 0, distance) if opcode == JUMP_LONG
                            else ins(opcode, dst, src, distance, imm))
        return b"".join(code)

    def slots(self):
        return sum(len(piece) // 8 if isinstance(piece, bytes) else 1 for piece in self.pieces)


class Program:
    """`leaks`: addresses may get into what is compared."""

    def __init__(self, seed, leaks=False):
        self.random = pick = Choices(seed)
        self.leaks = leaks
        self.suite = pick.choice([STANDARD, SIGNATURES, SIGNATURES])
        self.helpers = STANDARD_HELPERS if self.suite == STANDARD else SIGNATURE_HELPERS
        self.numbers = pick.choice([NUMBERS, NUMBERS, SMALL])
        self.widths = pick.choice([[4, 7], [4, 7], [4, 4, 4, 7], [7, 7, 7, 4]])
        self.care = pick.choice([0.5, 0.9, 0.98, 1.0])
        self.recursion = pick.random() < 0.3
        self.rodata = bytes(pick.choice([0x41, 0x30, 0x25, 0, pick.randrange(256)])
                            for _ in range(pick.choice([0, 1, 7, 9, 24, 300]))) + b"ok\0"
        self.context = bytes(pick.choice([0, 0, 0x41, pick.randrange(256)]) for _ in range(
            CONTEXT_BYTES if pick.random() < 0.95 else pick.randrange(CONTEXT_BYTES)))
        self.data = bytes(pick.randrange(256) for _ in range(pick.choice([1, 8, 40])))
        self.bss = pick.choice([0, 1, 16])
        self.kinds = [self.alu, self.alu, self.pair, self.unary, self.jump, self.access,
                      self.access, self.walk, self.loop]
        self.kinds += [self.exchange] * 2 if pick.random() < 0.3 else []
        self.kinds += [self.atomic] if pick.random() < 0.3 else []
        self.kinds += [self.helper] * 2 if pick.random() < 0.5 else []
        self.has_calls = pick.random() < 0.3
        self.kinds += [self.call] if self.has_calls else []
        self.kinds += [self.leave] if pick.random() < 0.2 else []
        self.stream_size = pick.choice([0x00, 0x08, 0x10, 0x18, None])
        self.kinds += [self.stream] * 2 if pick.random() < 0.3 else []
        self.functions = [Function() for _ in range(pick.randint(2, 4) if self.has_calls else 1)]
        most = pick.choice([8, 20, 40, 40]) if pick.random() < 0.97 else 500
        for self.number_of_function, self.function in enumerate(self.functions):
            self.head() if self.number_of_function == 0 else None
            for _ in range(pick.randint(1, most)):
                pick.choice(self.kinds)()
            self.tail()
        self.text = self.encode()
        slots = len(self.text) // 8
        self.budget = pick.choice([1, pick.randint(1, slots), slots + pick.randint(-9, 3), 300, 300,
                                   pick.randint(1, 400), 3000, 10_000])
        self.program = image(self.text, self.rodata, self.data, self.bss)

    # Parts of an instruction.
    def number(self):
        return self.random.choice(self.numbers) * self.random.choice([1, 1, -1])

    def register(self):
        return self.random.randrange(REGISTERS)

    def width(self):
        return self.random.choice(self.widths)

    def add(self, *pieces):
        self.function.pieces += pieces

    def forget(self, register):
        """No address stays in a register that is compared."""
        if not self.leaks:
            self.add(ins(0xb7, register, imm=self.number()))

    def base(self):
        """(register, offset, instructions that put an address there)"""
        pick, kind = self.random, self.random.random()
        if pick.random() < self.care:
            return self.good_base(kind)
        near = [-9, -8, -1, 0, 1, 3, 4, 7, 8]
        if kind < 0.4:
            return 9, pick.choice([0, 1, 3, 8, 16, CONTEXT_BYTES - 8, CONTEXT_BYTES - 7,
                                   pick.randrange(-2, CONTEXT_BYTES + 2),
                                   pick.randrange(-300, 300)])
        if kind < 0.7:
            return 10, -pick.choice([0, 1, 2, 4, 8, 16, 24, pick.randrange(40)])
        register = pick.randrange(6)
        if kind < 0.85:
            at, size = pick.randrange(-4, len(self.data) + 4), len(self.data) + self.bss
            self.add(lddw(register, at & 2**64 - 1, 0xb8))
        else:
            at, size = pick.randrange(-1, len(self.rodata) + 2), len(self.rodata)
            self.add(lddw(register, at & 2**64 - 1, 0xd8))
        return register, pick.choice(near + [size - at - 8, size - at - 7, size - at])

    def good_base(self, kind):
        """Where 8 bytes can be read, and mostly written."""
        pick = self.random
        if kind < 0.45 and len(self.context) >= 8:
            return 9, pick.randrange(len(self.context) - 7)
        if kind < 0.75:
            return 10, -pick.choice([8, 16, 24, pick.randrange(8, 40)])
        register, is_data = pick.randrange(6), pick.random() < 0.9
        size = len(self.data) + self.bss if is_data else len(self.rodata)
        if size < 8:
            return 10, -8
        at, offset = pick.randrange(size - 7), pick.randrange(size - 7)
        self.add(lddw(register, at, 0xb8 if is_data else 0xd8))
        return register, offset - at

    # Instructions.
    def alu(self, dst=None):
        pick, dst = self.random, self.register() if dst is None else dst
        code, width, is_register = pick.choice(ALU), self.width(), pick.random() < 0.5
        offset = pick.choice([0, 1]) if code in (0x30, 0x90) else 0
        if code == 0xb0 and is_register:
            offset = pick.choice([0, 0, 8, 16] + ([32] if width == 7 else []))
        self.add(ins(code | width | 8, dst, self.register(), offset) if is_register
                 else ins(code | width, dst, 0, offset, self.number()))

    def pair(self):
        """What accelerate() and pending values are about."""
        dst, width, pick = self.register(), self.width(), self.random
        self.add(ins(0xb8 | width, dst, self.register()))
        kind = pick.randrange(4)
        if kind == 0:
            self.add(ins(0x67, dst, imm=32), ins(pick.choice([0x77, 0xc7]), dst, imm=32))
        elif kind == 1:
            count = pick.randrange(64 if width == 7 else 32)
            self.add(ins(0x60 | width, dst, imm=count),
                     ins(pick.choice([0x70, 0xc0]) | width, dst, imm=count))
        self.alu(dst if pick.random() < 0.8 else None)

    def exchange(self):
        """Registers change places: moves that are pending go in a circle."""
        pick, first, count = self.random, self.register(), self.random.choice([2, 2, 3, 4])
        ring = [(first + i) % REGISTERS for i in range(count + 1)]
        width, shifted, amount = self.width(), pick.choice(ring), pick.choice([8, 16, 24, 1])
        self.add(ins(0xbf, ring[-1], ring[0]))
        for i in range(count):
            self.add(ins(0xbf, ring[i], ring[i + 1]))
            if pick.random() < 0.3:
                self.add(ins(0x60 | width, shifted, imm=amount))
        if pick.random() < 0.5:
            self.add(ins(pick.choice([0x70, 0xc0]) | width, shifted, imm=amount))

    def unary(self):
        dst, width = self.register(), self.random.choice([16, 32, 64])
        self.add(self.random.choice([ins(0x84, dst), ins(0x87, dst), ins(0xd4, dst, imm=width),
                                     ins(0xdc, dst, imm=width), ins(0xd7, dst, imm=width),
                                     lddw(dst, self.number() & 2**64 - 1)]))

    def condition(self, target=None):
        pick = self.random
        code = pick.choice(CONDITIONS) | pick.choice([5, 6])
        return pick.choice([(code | 8, self.register(), self.register(), 0, target),
                            (code, self.register(), 0, self.number(), target)])

    def jump(self):
        self.add(self.random.choice([self.condition(), self.condition(), self.condition(),
                                     (JUMP, 0, 0, 0, None), (JUMP_LONG, 0, 0, 0, None)]))

    def loop(self):
        """Counts in one of the ways of compilers, with what may change the counter in between."""
        pick, counter = self.random, self.register()
        goes_up, width, times = pick.random() < 0.5, self.width(), pick.choice([1, 2, 5, 9, 40])
        self.add(ins(0xb0 | width, counter, imm=0 if goes_up else times))
        head = len(self.function.pieces)
        for _ in range(pick.randint(0, 4)):
            pick.choice([self.alu, self.access, self.unary, self.walk])()
        self.add(ins(0x00 | width, counter, imm=1 if goes_up else -1))
        jumps = 6 if width == 4 else pick.choice([5, 5, 6])
        code = pick.choice([0x50, 0xa0, 0xc0]) if goes_up else pick.choice([0x50, 0x60, 0x20])
        self.add((code | jumps, counter, 0, times if goes_up else 0, head))

    def transfer(self, base, offset):
        pick, register = self.random, self.register()
        size = pick.choice([0x00, 0x08, 0x10, 0x18])
        return pick.choice([ins(0x61 | size, register, base, offset),
                            ins(0x81 | (size if size != 0x18 else 0), register, base, offset),
                            ins(0x63 | size, base, register, offset),
                            ins(0x62 | size, base, 0, offset, self.number())])

    def access(self):
        base, offset = self.base()
        piece = self.transfer(base, offset)
        if not self.leaks and base < REGISTERS and piece[0] & 7 == 3 and piece[1] >> 4 == base:
            piece = ins(0x62 | piece[0] & 0x18, base, 0, offset, self.number())
        self.add(piece)
        if base < REGISTERS:
            self.forget(base)

    def touch(self, size, other, pointer, offset):
        return self.random.choice([ins(0x61 | size, other, pointer, offset),
                                   ins(0x63 | size, pointer, other, offset),
                                   ins(0x62 | size, pointer, 0, offset, self.number())])

    def walk(self):
        """An access through an address that is computed: with an index, or kept on the stack."""
        pick, pointer, index = self.random, 6, self.random.choice([0, 3, 7, 8])
        base, offset = self.base()
        self.add(ins(0xbf, pointer, base))
        if base < REGISTERS and base != pointer:
            self.forget(base)
        kind = pick.choice([0, 1, 3, 5] if pick.random() < self.care else [0, 1, 2, 3, 4])
        if kind == 0:
            self.add(ins(0x57, index, imm=pick.choice([3, 7, 31])),
                     ins(0x67, index, imm=pick.choice([0, 1, 2, 3])), ins(0x0f, pointer, index))
        elif kind == 1:
            self.add(ins(0x7b, 10, pointer, -8), ins(0x79, pointer, 10, -8),
                     ins(0x7a, 10, 0, -8, 0))
        elif kind == 2:
            self.add(ins(0x07, pointer, imm=pick.choice([1, 4, -4, 64, -64, 5000])))
        elif kind == 3:
            self.add(ins(0x0f, pointer, index), ins(0x1f, pointer, index))
        elif kind == 4 and pick.random() < 0.3:
            self.add(ins(pick.choice([0x0f, 0x4f]) if self.leaks else 0x0f, pointer, index))
        size = pick.choice([0x00, 0x08, 0x10, 0x18])
        other = (pointer + 1 + pick.randrange(REGISTERS - 1)) % REGISTERS
        self.add(self.touch(size, other, pointer, offset))
        if pick.random() < 0.3:
            self.add(ins(0x07, pointer, imm=pick.choice([1, 2, 4, 8])),
                     ins(0x61 | size, other, pointer, offset))
        self.forget(pointer)

    def stream(self):
        """A loop along an address that was loaded, and that may have an upper half."""
        pick, pointer, counter = self.random, 6, self.random.choice([0, 3, 7, 8])
        base, offset = self.base()
        self.add(ins(0xbf, pointer, base))
        if base < REGISTERS and base != pointer:
            self.forget(base)
        at = -8 * pick.choice([1, 2, 9, 10])  # In the last two, nothing follows an address.
        self.add(ins(0x7b, 10, pointer, at))
        if pick.random() > self.care:
            self.add(ins(0x62, 10, 0, at + 4, pick.choice([0, 1, -1, 1 << 31])))
        self.add(ins(0x79, pointer, 10, at), ins(0x7a, 10, 0, at, 0))
        if pick.random() < 0.2:
            self.add(ins(0x07, pointer, imm=pick.choice([1, 4, 64, -8])))
        self.add(ins(0xb7, counter, imm=pick.choice([0, 1, 2, 3, 9])))
        head = len(self.function.pieces)
        for _ in range(pick.randint(1, 3)):
            other = (pointer + 1 + pick.randrange(REGISTERS - 1)) % REGISTERS
            size = self.stream_size
            size = pick.choice([0x00, 0x08, 0x10, 0x18]) if size is None else size
            self.add(self.touch(size, other, pointer, offset))
        if pick.random() < 0.3:
            pick.choice([self.alu, self.access])()
        if pick.random() < 0.7:
            self.add(ins(0x07, pointer, imm=pick.choice([1, 2, 4, 8, -1, 40])))
        self.add(ins(0x07, counter, imm=-1),
                 (pick.choice([0x55, 0x65, 0x25]), counter, 0, 0, head))
        self.forget(pointer)

    def atomic(self):
        base, offset = self.base()
        source = self.register()
        source = (source + 1) % REGISTERS if source == base else source
        self.add(ins(self.random.choice([0xc3, 0xdb]), base, source, offset,
                     self.random.choice(ATOMICS)))
        if base < REGISTERS:
            self.forget(base)

    def point(self, register, is_text):
        pick = self.random
        kind = pick.random() * (0.3 if is_text and pick.random() < 0.8 else 1.0)
        if kind < 0.2:
            self.add(lddw(register, pick.randrange(len(self.rodata)), 0xd8))
        elif kind < 0.3:
            self.add(lddw(register, pick.randrange(len(self.data)), 0xb8))
        else:
            base, offset = self.good_base(pick.random() * 0.7) \
                if pick.random() < self.care else pick.choice(
                    [(9, pick.randrange(-1, CONTEXT_BYTES)), (10, -pick.choice([4, 8, 16, 3]))])
            self.add(ins(0xbf, register, base), ins(0x07, register, imm=offset))
        if pick.random() * 10 > 9 + self.care:
            self.add(ins(0x67, register, imm=pick.choice([32, 1])))

    def helper(self):
        pick = self.random
        number = pick.choice(list(self.helpers))
        arguments = self.helpers[number]
        pointers = [i + 1 for i, kind in enumerate(arguments) if kind in "twr"]
        for i, kind in enumerate(arguments):
            if kind in "twr":
                self.point(i + 1, kind == "t")
            elif kind == "s":
                sizes = [0, 1, 2, 5, 8] if pick.random() < self.care else [20, self.number()]
                self.add(ins(0xb7, i + 1, imm=pick.choice(sizes)))
                if pick.random() > self.care:
                    self.add(ins(0xbf, i + 1, 7))
            elif pick.random() < 0.6:
                self.add(ins(0xb7, i + 1, imm=self.number()))
        self.add(ins(CALL, imm=number))
        for register in pointers:
            self.forget(register)
        if arguments == "wrs" and self.suite == STANDARD:
            self.forget(0)

    def call(self):
        count = len(self.functions)
        first = 0 if self.recursion else self.number_of_function + 1
        if first < count:
            callee = self.random.randrange(max(first, 1), count)
            self.add(callee)

    def leave(self):
        if self.number_of_function != 0 or self.random.random() < 0.3:
            self.add(self.condition(len(self.function.pieces) + 2), ins(EXIT))

    def head(self):
        pick = self.random
        self.add(ins(0xbf, 9, 1))
        for register in range(REGISTERS):
            kind = pick.random()
            if kind < 0.5:
                self.add(lddw(register, self.number() & 2**64 - 1))
            elif kind < 0.7:
                self.add(ins(0x61, register, 9, 8 * register))
            elif kind < 0.8:
                self.add(ins(0x79, register, 9, 8 * register))
            elif kind < 0.95 or register == 1:
                self.add(ins(0xb4, register, imm=self.number()))

    def tail(self):
        """What a function leaves is noted: all of it, or the low half, or not at all."""
        pick = self.random
        if self.number_of_function == 0:
            for register in range(REGISTERS):
                store = pick.choice([0x7b, 0x7b, 0x63, None])
                if store:
                    self.add(ins(store, 9, register, 8 * register))
        self.add(ins(EXIT))

    def encode(self):
        starts = [0]
        for function in self.functions:
            starts.append(starts[-1] + function.slots())
        return b"".join(function.encode(self.random, start, starts)
                        for function, start in zip(self.functions, starts))

