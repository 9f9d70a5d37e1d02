// SPDX-License-Identifier: MIT
// Calls one standard helper as a program does: a program of one call that the verifier has seen,
// with the memory that the test lends to it.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "mbpf/helpers/helpers.hpp"
#include "mbpf/interpreter/interpreter.hpp"
#include "tests/support/assembler.hpp"
#include "tests/support/print.hpp"

namespace mbpf::test {

class Caller {
public:
    Caller() = default;
    Caller(Caller const&) = delete;

    // r1 to r5 are `args`; those that are left out are 0.
    machine::Outcome call(std::uint32_t id, std::vector<std::uint64_t> const& args);

    // Its result. Fails the current test if the run traps.
    std::uint64_t result_of(std::uint32_t id, std::vector<std::uint64_t> const& args);
    // Why the run ended.
    machine::Trap trap_of(std::uint32_t id, std::vector<std::uint64_t> const& args);

    void lend(machine::Region const& region) { lent_.push_back(region); }
    template <class T>
    std::uint64_t lend(T& object, machine::Permission permission = machine::Permission::ReadWrite) {
        lend(machine::Region{address_of(&object), sizeof object, permission});
        return address_of(&object);
    }

    helpers::Environment environment;
    bool has_environment = true;

private:
    std::vector<machine::Region> lent_;
};

// What a 32-bit helper returns for "it could not".
inline constexpr std::uint64_t minus_one = 0xffff'ffff;

}  // namespace mbpf::test
