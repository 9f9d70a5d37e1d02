// SPDX-License-Identifier: MIT
// The interpreter's state in callee-saved registers, for a whole translation unit (GCC, "Defining
// Global Register Variables"). Must come before any function, so this file includes nothing, and
// dispatch.cpp includes it first. Handlers then need no prologue: r0-r3 and r12 are free.
#pragma once

// GCC for Armv7-M and Armv8-M mainline. Everybody else runs the portable state; so does code that
// is not optimised, which wants r7 as its frame pointer.
#if defined(__thumb2__) && defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__)
#define MBPF_PINNED_REGISTERS 1

namespace mbpf::interpreter::pinned {

register unsigned char const* pc asm("r4");
register void const* handlers asm("r5");
register unsigned char* low asm("r6");   // The frame; low words of the registers.
register unsigned char* high asm("r7");  // low + 4: high words.
register unsigned long limit asm("r8");
register unsigned long readable_base asm("r9");
register unsigned long readable_bytes asm("r10");
register unsigned long writable_base asm("r11");  // writable bytes are in the frame

}  // namespace mbpf::interpreter::pinned

#endif
