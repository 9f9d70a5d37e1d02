// SPDX-License-Identifier: MIT
// The state in memory, for any core and compiler: a handler returns to a loop, which dispatches.
#pragma once

#include "mbpf/interpreter/frame.hpp"

namespace mbpf::interpreter {

class State {
public:
    using Handler = void (*)(Frame&);
    struct Next {};  // The loop looks the handler up.

    explicit State(Frame& frame) : frame_{frame} {}

    [[nodiscard]] Frame& frame() const { return frame_; }
    // Fields of the slot that is `ahead` slots behind pc.
    [[nodiscard]] std::uint32_t word(std::uint32_t ahead = 0) const {
        return load<std::uint32_t>(frame_.pc + ahead * slot_bytes);
    }
    [[nodiscard]] std::uint32_t imm(std::uint32_t ahead = 0) const {
        return load<std::uint32_t>(frame_.pc + ahead * slot_bytes + 4);
    }
    [[nodiscard]] std::int32_t offset() const { return load<std::int16_t>(frame_.pc + 2); }
    [[nodiscard]] std::uint32_t late_dst() const { return std::uint32_t(frame_.pc[1]) & 0xf; }

    [[nodiscard]] std::uint64_t get64(std::uint32_t reg) const { return frame_.registers[reg]; }
    [[nodiscard]] std::uint32_t get32(std::uint32_t reg) const {
        return std::uint32_t(frame_.registers[reg]);
    }
    void set64(std::uint32_t reg, std::uint64_t value) const { frame_.registers[reg] = value; }
    void set32(std::uint32_t reg, std::uint32_t value) const { frame_.registers[reg] = value; }
    void clear_high(std::uint32_t reg) const { set32(reg, get32(reg)); }
    void set32_loaded(std::uint32_t reg, std::uint32_t value) const { set32(reg, value); }

    // The address register + offset, exact in 64 bits; false if no window can hold it.
    [[nodiscard]] bool address(std::uint32_t reg, std::uintptr_t& result) const {
        std::uint64_t const sum = frame_.registers[reg] + std::uint64_t(std::int64_t(offset()));
        result = std::uintptr_t(sum);
        return result == sum;
    }
    [[nodiscard]] bool holds_address(std::uint32_t reg, std::uintptr_t& result) const {
        result = std::uintptr_t(frame_.registers[reg]);
        return result == frame_.registers[reg];
    }
    // r10 + offset
    [[nodiscard]] std::uintptr_t frame_address() const {
        return std::uintptr_t(frame_.registers[isa::frame_pointer]) + std::uintptr_t(offset());
    }
    [[nodiscard]] bool in_readable(std::uintptr_t address, std::uint32_t bytes) const {
        return address - frame_.readable.base <= frame_.readable.bytes - bytes;
    }
    void set_readable(Window window) const { frame_.readable = window; }
    void set_writable(Window window) const { frame_.writable = window; }
    // In a window whose last byte ends every string in it.
    [[nodiscard]] bool is_readable_text(std::uintptr_t address) const {
        return address - frame_.readable.base < frame_.readable.bytes &&
               *pointer_to(frame_.readable.base + frame_.readable.bytes - 1) == std::byte{0};
    }
    // As in_writable(), for sizes that may be wider than a window.
    [[nodiscard]] bool fits_writable(std::uintptr_t address, std::uint32_t bytes) const {
        return bytes <= frame_.writable.bytes && in_writable(address, bytes);
    }
    [[nodiscard]] bool in_writable(std::uintptr_t address, std::uint32_t bytes) const {
        return address - frame_.writable.base <= frame_.writable.bytes - bytes;
    }

    [[nodiscard]] bool is_exhausted() const {
        return std::intptr_t(frame_.limit - address_of(frame_.pc)) < 0;
    }
    // Moves by `slots` without counting them.
    void move(std::int32_t slots) const {
        std::ptrdiff_t const bytes = std::ptrdiff_t(slots) * std::ptrdiff_t(slot_bytes);
        frame_.pc += bytes;
        frame_.limit += std::uintptr_t(bytes);
    }

    // To the instruction behind this one, which is executed in the same handler.
    void skip(std::uint32_t slots) const { frame_.pc += slots * slot_bytes; }

    // To the instruction that is `slots` behind pc.
    template <std::uint32_t slots = 1>
    [[nodiscard]] Next fetch_next() const {
        return {};
    }
    template <std::uint32_t slots = 1>
    void go(Next) const {
        frame_.pc += slots * slot_bytes;
    }
    template <std::uint32_t slots = 1>
    void next() const {
        frame_.pc += slots * slot_bytes;
    }
    void again() const {}
    void finish() const { frame_.running = false; }

    // The frame with all of the state in it, and the way back.
    [[nodiscard]] Frame& publish() const { return frame_; }
    void resume() const {}

private:
    Frame& frame_;
};

inline void run_handlers(Frame& frame, State::Handler const* handlers) {
    frame.running = true;
    while (frame.running) {
        handlers[std::uint8_t(*frame.pc)](frame);
    }
}

}  // namespace mbpf::interpreter
