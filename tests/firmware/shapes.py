# SPDX-License-Identifier: MIT
"""Programs by shape of their control flow, of any length: usual code, and shapes that try to make
analyses go round. Each function returns instructions for so many slots, the last of them for the
EXIT that follows."""

import random

from random_programs import CALL, EXIT, JUMP, ins, lddw


def usual(slots):
    """Loads, sums, a comparison, stores: what clang makes of a filter."""
    block = [ins(0x61, 2, 1, 4), ins(0x0f, 3, 2), ins(0xa4, 3, imm=0x55), ins(0x26, 3, 0, 1, 9),
             ins(0x07, 3, imm=7), ins(0x63, 10, 3, -8), ins(0x61, 4, 10, -8), ins(0x1f, 3, 4)]
    return (block * slots)[:slots - 1]


def jumps(slots):
    """Every slot is a block, that ends in a jump to the next one."""
    return [ins(JUMP)] * (slots - 1)


def conditions(slots):
    """Every slot is a block with two ways on, one of them far."""
    return [ins(0x15, i % 10, 0, min(slots - 2 - i, 97), 0) for i in range(slots - 1)]


def backward(slots):
    """Every slot jumps to the start: as many loops inside one another as there are slots."""
    return [ins(0x07, 1, imm=1)] + [ins(0x15, 1, 0, -1 - i, 0) for i in range(1, slots - 1)]


def reversed_facts(slots):
    """Blocks run from the last to the first, each knowing something else: facts move by one block
    in a pass over them."""
    blocks = (slots - 2) // 3
    code = [ins(JUMP, offset=3 * (blocks - 1))]
    for i in range(blocks):
        target = 3 * (i - 1) + 1 if i else 3 * blocks + 1
        code += [ins(0x15, 2, 0, 0, i), ins(0x07, 3 + i % 6, imm=i),
                 ins(JUMP, offset=target - (3 * i + 3) - 1)]
    return code + [ins(0xbf, 0, 3)] * (slots - 1 - len(code))


def reversed_needs(slots):
    """As above, and what is needed at the end is all registers, of which each block writes one."""
    blocks = (slots - 12) // 2
    code = [ins(JUMP, offset=2 * (blocks - 1))]
    for i in range(blocks):
        target = 2 * (i - 1) + 1 if i else 2 * blocks + 1
        code += [ins(0x67, 1 + i % 9, imm=33), ins(JUMP, offset=target - (2 * i + 2) - 1)]
    code += [ins(0x0f, 0, reg) for reg in range(1, 10)]
    return code + [ins(0x07, 0, imm=1)] * (slots - 1 - len(code))


def rotated(slots):
    """A loop that hands on what it knows, and what it needs, by one register each time round."""
    turn = [ins(0xbf, reg, reg + 1) for reg in range(3, 9)] + [ins(0x79, 9, 1, 8)]
    body = [ins(0x0f, 0, 3), ins(0x15, 0, 0, 1, 7), ins(0xa7, 0, imm=3), ins(0x0f, 2, 0)]
    code = turn + (body * slots)[:slots - len(turn) - 2]
    return code + [ins(0xb5, 2, 0, -len(code) - 1, 0)]


def calls(slots):
    """Functions that call one another, and need what they leave."""
    count = 30
    size = max(8, slots // count)
    code = []
    for function in range(count):
        callee = (function + 1) * size - len(code) - 1 if function + 1 < count else None
        body = [ins(0x0f, reg % 10, (reg + 3) % 10) for reg in range(size - 2)]
        code += body[:3] + ([ins(CALL, src=1, imm=callee - 3)] if callee and function < 6
                            else [ins(0x27, 1, imm=3)]) + body[3:] + [ins(EXIT)]
    return code[:-1]


def wide(slots):
    """Products, quotients and shifts of 64 bits of registers that nothing is known of."""
    pick = random.Random(1)
    code = [lddw(reg, pick.getrandbits(64)) for reg in range(2, 10)]
    while 16 + len(code) - 8 < slots - 9:
        code.append(ins(pick.choice([0x2f, 0x3f, 0x6f, 0x7f, 0xcf, 0x9f, 0x0f]),
                        2 + pick.randrange(8), 2 + pick.randrange(8)))
    return code + [ins(0xaf, 0, reg) for reg in range(2, 10)]


def computed(slots):
    """Accesses through addresses of which nothing is known."""
    skipped = [ins(0x15, 0, offset=slots - 2, imm=0)]  # They are of no region.
    return skipped + ([ins(0x79, 3, 1), ins(0x7b, 3, 4, 8), ins(0x0f, 3, 4)] * slots)[:slots - 2]


SHAPES = [usual, jumps, conditions, backward, reversed_facts, reversed_needs, rotated, calls, wide,
          computed]
