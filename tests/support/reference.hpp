// SPDX-License-Identifier: MIT
// A second interpreter, written from the text of RFC 9669 and SPEC.md to be compared with the
// first. Slow and plain: no windows, no portions of budget, no tables; it shares no code with
// core/mbpf/interpreter, decodes by itself and has memory of its own, at the same addresses.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "mbpf/machine/machine.hpp"

namespace mbpf::test {

struct GuestRegion {
    std::uint64_t base{};
    std::vector<std::byte> contents;
    bool is_readable{};
    bool is_writable{};
};

class GuestMemory {
public:
    std::vector<GuestRegion> regions;

    // The bytes of [address, address + size) if one region holds them all and allows the access.
    [[nodiscard]] std::byte* find(std::uint64_t address, std::uint64_t size, bool reads,
                                  bool writes);
    // Length of the string at `address` that ends in the region where it starts, or -1.
    [[nodiscard]] std::int64_t text_length(std::uint64_t address);
};

// What a helper asks of an argument, and what it does.
struct GuestHelper {
    struct Rule {
        enum class Kind { Scalar, Readable, Writable, Text };
        Kind kind{};
        std::uint32_t bytes{};
        unsigned sized_by{};  // 1 to 5: the argument that holds the size, instead of `bytes`.
    };
    using Arguments = std::array<std::uint64_t, 5>;

    std::array<Rule, 5> rules{};
    // r0, or nothing if the helper gives up.
    std::function<std::optional<std::uint64_t>(GuestMemory&, Arguments const&)> call;
};

struct GuestProgram {
    std::span<std::byte const> text;
    std::map<std::uint32_t, GuestHelper> const* helpers{};
    std::uint64_t data_address{};
    std::uint64_t rodata_address{};
    std::uint64_t context_address{};
    std::uint64_t context_bytes{};
    std::uint64_t frame_pointer{};
    std::uint32_t frame_bytes{};
    std::uint32_t depth{};  // Functions on the stack at once.
};

class Reference {
public:
    Reference(GuestProgram const& program, GuestMemory& memory)
        : program_{program}, memory_{memory} {}

    [[nodiscard]] machine::Outcome run(std::uint32_t entry_slot, std::uint32_t budget);

private:
    struct Instruction {
        std::uint8_t opcode{};
        unsigned dst{};
        unsigned src{};
        std::int16_t offset{};
        std::int32_t imm{};
    };
    struct Caller {
        std::array<std::uint64_t, 4> saved{};
        std::uint32_t return_slot{};
    };

    [[nodiscard]] Instruction decode(std::uint32_t slot) const;
    void step(Instruction const& instruction);
    void wide(Instruction const& instruction);
    void arithmetic(Instruction const& instruction, bool is_64);
    void jump(Instruction const& instruction, bool is_64);
    void jump_to(std::int64_t distance);
    void call(Instruction const& instruction);
    void call_helper(std::uint32_t id);
    void leave();
    void load(Instruction const& instruction);
    void store(Instruction const& instruction, std::uint64_t value);
    void atomic(Instruction const& instruction);
    void trap(machine::Trap kind, std::uint64_t address = 0, std::uint32_t bytes = 0);

    GuestProgram const& program_;
    GuestMemory& memory_;
    std::array<std::uint64_t, 11> registers_{};
    std::vector<Caller> callers_;
    machine::Outcome outcome_{};
    std::uint32_t pc_ = 0;
    std::uint32_t next_ = 0;
    std::uint64_t budget_ = 0;
    std::uint64_t executed_ = 0;
    bool is_running_ = false;
};

}  // namespace mbpf::test
