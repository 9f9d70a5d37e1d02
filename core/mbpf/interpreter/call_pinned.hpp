// SPDX-License-Identifier: MIT
// CALL with the state in registers, by hand. A compiler spends a quarter more on it: it saves what
// the pinned registers hold anyway, and programs that live in helpers execute little else.
#pragma once

#include <cstddef>

#include "mbpf/interpreter/handlers_call.hpp"

namespace mbpf::interpreter {

// Where call_quickly() goes when it is not a helper, or one that takes a longer look.
[[gnu::used]] static void call_in_full() asm("mbpf_call_in_full");
static void call_in_full() { return call_other<>(); }

static_assert(offsetof(Frame, writable.bytes) == 108 && offsetof(Frame, helpers) == 116);
static_assert(sizeof(machine::Helper) == 16 && offsetof(machine::Helper, direct) == 4);
static_assert(offsetof(machine::Helper, args) == 8 && offsetof(machine::Helper, gate) == 14);

// Registers: pinned_registers.hpp. r12 is the address behind the Helper.
[[gnu::naked]] static void call_quickly() {
    asm("ldr r0, [r4]\n\t"        // the instruction
        "ldrb r1, [r4, #4]\n\t"   // helper id
        "ldr r2, [r6, #116]\n\t"  // helpers
        "ldr r3, [r6, #120]\n\t"  // index by id, from 1
        "tst r0, #0xf000\n\t"     // a local call?
        "bne 2f\n\t"
        "ldrb r3, [r3, r1]\n\t"
        "add r12, r2, r3, lsl #4\n\t"
        "ldr r3, [r6, #40]\n\t"    // r5 of the program, the fifth argument
        "ldrb r0, [r12, #-2]\n\t"  // gate
        "cbz r0, 1f\n\t"
        "cmp r0, #5\n\t"  // the number of the pointer, or something else
        "bhi 3f\n\t"
        "ldr r1, [r7, r0, lsl #3]\n\t"
        "ldr r2, [r6, r0, lsl #3]\n\t"
        "cbnz r1, 2f\n\t"  // not an address of this core
        "add r0, r12\n\t"
        "ldr r1, [r6, #108]\n\t"  // bytes of the window
        "ldrb r0, [r0, #-9]\n\t"  // Arg: bytes written, times 8
        "sub r2, r2, r11\n\t"     // offset in the window
        "subs r1, r1, r0, lsr #3\n\t"
        "blo 2f\n\t"
        "cmp r2, r1\n\t"
        "bhi 2f\n\t"
        "1:\n\t"
        "push {r3, lr}\n\t"  // keeps the stack 8-aligned
        "ldr r12, [r12, #-12]\n\t"
        "ldr r0, [r6, #8]\n\t"
        "ldr r1, [r6, #16]\n\t"
        "ldr r2, [r6, #24]\n\t"
        "ldr r3, [r6, #32]\n\t"
        "blx r12\n\t"
        "movs r1, #0\n\t"
        "strd r0, r1, [r6]\n\t"
        "ldrb r0, [r4, #8]!\n\t"
        "pop.w {r3, lr}\n\t"
        "ldr pc, [r5, r0, lsl #2]\n\t"
        "3:\n\t"  // a string?
        "subs r0, #0x10\n\t"
        "cmp r0, #5\n\t"
        "bhi 2f\n\t"
        "ldr r1, [r7, r0, lsl #3]\n\t"
        "ldr r2, [r6, r0, lsl #3]\n\t"
        "cbnz r1, 2f\n\t"
        "sub r2, r2, r9\n\t"  // offset in the window
        "cmp r2, r10\n\t"
        "bhs 2f\n\t"
        "add r1, r9, r10\n\t"
        "ldrb r1, [r1, #-1]\n\t"  // the last byte ends every string
        "cmp r1, #0\n\t"
        "beq 1b\n\t"
        "2:\n\t"
        "b.w mbpf_call_in_full");
}

}  // namespace mbpf::interpreter
