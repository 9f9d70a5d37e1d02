// SPDX-License-Identifier: MIT
// The state in registers: a handler ends with a tail call of the next one. Registers hold what
// pinned_registers.hpp says; `pinned::low` is the Frame.
//
// A load after a load costs one cycle on Cortex-M4, so a handler fetches the next handler among
// its own loads (fetch_next) where it has a register to spare.
#pragma once

#include "mbpf/interpreter/frame.hpp"

namespace mbpf::interpreter {

class State {
public:
    using Handler = void (*)();
    using Next = Handler;

    [[nodiscard]] Frame& frame() const {
        return *static_cast<Frame*>(static_cast<void*>(pinned::low));
    }
    // Fields of the slot that is `ahead` slots behind pc.
    [[nodiscard]] std::uint32_t word(std::uint32_t ahead = 0) const {
        return word_at(pinned::pc + ahead * slot_bytes);
    }
    [[nodiscard]] std::uint32_t imm(std::uint32_t ahead = 0) const {
        return word_at(pinned::pc + ahead * slot_bytes + 4);
    }
    [[nodiscard]] std::int32_t offset() const {
        return *static_cast<Half const*>(static_cast<void const*>(pinned::pc + 2));
    }
    // The destination, read from the text again: cheaper than a register to keep the word in.
    [[nodiscard]] std::uint32_t late_dst() const { return pinned::pc[1] & 0xf; }

    [[nodiscard]] std::uint64_t get64(std::uint32_t reg) const {
        return get32(reg) | std::uint64_t(get_high(reg)) << 32;
    }
    [[nodiscard]] std::uint32_t get32(std::uint32_t reg) const {
        return word_at(pinned::low + reg * 8);
    }
    [[nodiscard]] std::uint32_t get_high(std::uint32_t reg) const {
        return word_at(pinned::high + reg * 8);
    }
    void set64(std::uint32_t reg, std::uint64_t value) const {
        store_pair(reg, std::uint32_t(value), std::uint32_t(value >> 32));
    }
    // Clears the upper half.
    void set32(std::uint32_t reg, std::uint32_t value) const { store_pair(reg, value, 0); }
    void clear_high(std::uint32_t reg) const {
        *static_cast<Word*>(static_cast<void*>(pinned::high + reg * 8)) = 0;
    }
    // As set32() after address(): the compiler would remember the zero it has seen there, in a
    // register that the handler has no room for.
    void set32_loaded(std::uint32_t reg, std::uint32_t value) const {
        std::uint32_t zero;
        asm("movs %0, #0" : "=l"(zero)::"cc");
        store_pair(reg, value, zero);
    }

    // A register whose high word is not zero holds no address of this core. (register + offset
    // may: then the slow path decides, exactly.)
    [[nodiscard]] bool address(std::uint32_t reg, std::uintptr_t& result) const {
        std::uint32_t sum = get32(reg) + std::uint32_t(offset());
        std::uint32_t high = get_high(reg);
        keep(sum, high);
        result = sum;
        return high == 0;
    }
    [[nodiscard]] bool holds_address(std::uint32_t reg, std::uintptr_t& result) const {
        result = get32(reg);
        return get_high(reg) == 0;
    }
    // r10 + offset
    [[nodiscard]] std::uintptr_t frame_address() const {
        return get32(isa::frame_pointer) + std::uint32_t(offset());
    }
    [[nodiscard]] bool in_readable(std::uintptr_t address, std::uint32_t bytes) const {
        return address - pinned::readable_base <= pinned::readable_bytes - bytes;
    }
    void set_readable(Window window) const {
        frame().readable = window;
        pinned::readable_base = window.base;
        pinned::readable_bytes = window.bytes;
    }
    void set_writable(Window window) const {
        frame().writable = window;
        pinned::writable_base = window.base;
    }
    // In a window whose last byte ends every string in it.
    [[nodiscard]] bool is_readable_text(std::uintptr_t address) const {
        return address - pinned::readable_base < pinned::readable_bytes &&
               *pointer_to(pinned::readable_base + pinned::readable_bytes - 1) == std::byte{0};
    }
    // As in_writable(), for sizes that may be wider than a window.
    [[nodiscard]] bool fits_writable(std::uintptr_t address, std::uint32_t bytes) const {
        return bytes <= frame().writable.bytes && in_writable(address, bytes);
    }
    [[nodiscard]] bool in_writable(std::uintptr_t address, std::uint32_t bytes) const {
        return address - pinned::writable_base <= frame().writable.bytes - bytes;
    }

    [[nodiscard]] bool is_exhausted() const {
        std::uintptr_t left = pinned::limit - std::uintptr_t(pinned::pc);
        return std::intptr_t(left) < 0;
    }
    void move(std::int32_t slots) const {
        pinned::pc += slots * std::int32_t(slot_bytes);
        pinned::limit += std::uint32_t(slots) * slot_bytes;
    }

    // To the instruction behind this one, which is executed in the same handler.
    void skip(std::uint32_t slots) const { pinned::pc += slots * slot_bytes; }

    // To the instruction that is `slots` behind pc.
    template <std::uint32_t slots = 1>
    [[nodiscard]] Next fetch_next() const {
        return handler(pinned::pc[slots * slot_bytes]);
    }
    template <std::uint32_t slots = 1>
    void go(Next fetched) const {
        pinned::pc += slots * slot_bytes;
        return fetched();
    }
    template <std::uint32_t slots = 1>
    void next() const {
        // The compiler does not form the write-back by itself on a pinned register.
        std::uint32_t opcode;
        asm("ldrb %0, [%1, %2]!" : "=r"(opcode), "+r"(pinned::pc) : "i"(slots * slot_bytes));
        return handler(opcode)();
    }
    void again() const { return handler(*pinned::pc)(); }
    void finish() const { publish(); }

    // The frame with all of the state in it, and the way back.
    Frame& publish() const {
        Frame& all = frame();
        all.pc = position();
        all.limit = pinned::limit;
        return all;
    }
    void resume() const {
        Frame const& all = frame();
        pinned::pc = static_cast<unsigned char const*>(static_cast<void const*>(all.pc));
        pinned::limit = all.limit;
        pinned::readable_base = all.readable.base;
        pinned::readable_bytes = all.readable.bytes;
        pinned::writable_base = all.writable.base;
    }

private:
    using Word [[gnu::may_alias]] = std::uint32_t;
    using Half [[gnu::may_alias]] = std::int16_t;

    [[nodiscard]] static std::uint32_t word_at(unsigned char const* from) {
        return *static_cast<Word const*>(static_cast<void const*>(from));
    }
    // The first is shorter, the second quicker: a store to base and register takes two cycles.
    static void store_pair(std::uint32_t reg, std::uint32_t low, std::uint32_t high) {
        if constexpr (config::is_smallest) {
            *static_cast<Word*>(static_cast<void*>(pinned::low + reg * 8)) = low;
            *static_cast<Word*>(static_cast<void*>(pinned::high + reg * 8)) = high;
            return;
        }
        unsigned char* const to = pinned::low + reg * 8;
        *static_cast<Word*>(static_cast<void*>(to)) = low;
        *static_cast<Word*>(static_cast<void*>(to + 4)) = high;
    }
    // Makes the compiler have both values, each in a register, here: it would interleave their
    // loads with tests, and recompute them, for which it has no registers.
    static void keep(std::uint32_t& a, std::uint32_t& b) { asm("" : "+r"(a), "+r"(b)); }
    [[nodiscard]] static Handler handler(std::uint32_t opcode) {
        return static_cast<Handler const*>(pinned::handlers)[opcode];
    }
    [[nodiscard]] static std::byte const* position() {
        return static_cast<std::byte const*>(static_cast<void const*>(pinned::pc));
    }
};

// Puts the frame into the registers, runs, and gives the caller its registers back. They are
// callee-saved (AAPCS32 section 6.1.1), but no function of this translation unit would save them.
[[gnu::naked, gnu::noinline]] static void run_handlers(Frame& /*r0*/,
                                                       State::Handler const* /*r1*/) {
    static_assert(offsetof(Frame, pc) == 88 && offsetof(Frame, limit) == 92);
    static_assert(offsetof(Frame, readable) == 96 && offsetof(Frame, writable) == 104);
    asm("push {r4-r11, lr}\n\t"
        "sub sp, #4\n\t"  // Keeps the stack 8-aligned for helpers.
        "mov r6, r0\n\t"
        "adds r7, r0, #4\n\t"
        "mov r5, r1\n\t"
        "ldrd r4, r8, [r0, #88]\n\t"
        "ldrd r9, r10, [r0, #96]\n\t"
        "ldr r11, [r0, #104]\n\t"
        "ldrb r3, [r4]\n\t"
        "ldr r3, [r5, r3, lsl #2]\n\t"
        "blx r3\n\t"
        "add sp, #4\n\t"
        "pop {r4-r11, pc}");
}

}  // namespace mbpf::interpreter
