// SPDX-License-Identifier: MIT
// What the compiler of a device makes of a program, made here: the same compiler runs on a PC, on a
// machine whose addresses are those of the device.
#pragma once

#include <string>
#include <vector>

#include "runner/runner.hpp"
#include "toolkit/input/input.hpp"

namespace mbpf::toolkit::native {

struct Code {
    std::vector<std::byte> bytes;  // As in the memory of the device.
    std::vector<jit::Note> notes;  // What each stretch is for, by address.
    std::uint32_t sites_bytes{};   // At the end: where code may ask for help.
    std::uint32_t scratch_bytes{};
    jit::ContextNeeds needs;
};

// Of one instruction, or of data between them.
struct Line {
    std::uint32_t at{};
    std::uint32_t size{};
    Pc pc;
    jit::Part part{};
    std::string text;
    std::uint32_t target = no_target;  // Of a branch or a call within the code.
    bool calls_out = false;            // By a register: a helper.

    static constexpr std::uint32_t no_target = ~0u;
};

// A board of no particular kind: flash at 0x08000000, RAM at 0x20000000. What is there has
// addresses that take two instructions to make.
[[nodiscard]] runner::Placement typical_placement();

// Throws a Failure if the verifier refuses the program, if its code would be longer than code can
// be, or if this PC cannot give memory at those addresses.
[[nodiscard]] Code compile(input::Input const& input, runner::Placement const& placement);

// The code as instructions, in the syntax of LLVM's assembler.
[[nodiscard]] std::vector<Line> disassemble(Code const& code);

// "check", "fuel", ...
[[nodiscard]] std::string_view name_of(jit::Part part);

// Bytes of each part, by its number.
[[nodiscard]] std::vector<std::uint32_t> bytes_by_part(Code const& code);
inline constexpr std::uint32_t part_count = std::uint32_t(jit::Part::Table) + 1;

}  // namespace mbpf::toolkit::native
