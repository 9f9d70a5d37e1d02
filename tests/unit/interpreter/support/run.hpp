// SPDX-License-Identifier: MIT
// A program of a test in one line: run all three ways, which must agree.
#pragma once

#include <string>

#include "tests/support/print.hpp"
#include "tests/support/sandbox.hpp"

namespace mbpf::test {

// What the reference interpreter saw. A GoogleTest failure if the verifier refuses the program, or
// if another way of running it saw something else.
[[nodiscard]] Observation observe(Setup const& setup);
[[nodiscard]] Observation observe(Code const& code);

// r0 of a program that must return.
[[nodiscard]] std::uint64_t result_of(Setup const& setup);
[[nodiscard]] std::uint64_t result_of(Code const& code);

// How the run ended, as "Trap, slot, address, bytes".
[[nodiscard]] machine::TrapReport report_of(Setup const& setup);

[[nodiscard]] Setup setup_of(Code const& code);
[[nodiscard]] std::vector<std::byte> counting_bytes(std::size_t count);

}  // namespace mbpf::test

namespace mbpf::machine {

inline bool operator==(TrapReport const& a, TrapReport const& b) {
    return a.trap == b.trap && a.bytes == b.bytes && a.pc == b.pc && a.address == b.address;
}

inline void PrintTo(TrapReport const& report, std::ostream* out) {
    *out << test::name_of(report.trap) << " in slot " << report.pc.slot << ", address 0x"
         << std::hex << report.address << std::dec << ", bytes " << unsigned(report.bytes);
}

}  // namespace mbpf::machine
