// SPDX-License-Identifier: MIT
#include "tests/unit/helpers/support/caller.hpp"

#include <gtest/gtest.h>

#include "tests/support/sandbox.hpp"

namespace mbpf::test {

machine::Outcome Caller::call(std::uint32_t id, std::vector<std::uint64_t> const& args) {
    Code code;
    std::uint8_t number = 1;
    for (std::uint64_t const arg : args) {
        code = join({code, lddw(Register{number++}, arg)});
    }
    Block const text{bytes_of(join({code, call_helper(std::int32_t(id)), leave()}))};
    program::Program program;
    program.text = isa::Text{text.bytes()};
    Result<verifier::VerifiedProgram> const verified = verifier::verify(
        program, helpers::standard_helpers(), {.granted = machine::HelperSet::all()});
    if (!verified.has_value()) {
        ADD_FAILURE() << "helper " << id << ": " << testing::PrintToString(verified.error());
        return {};
    }
    std::vector<std::byte> memory(machine::memory_bytes(program, verified->plan()) + 8);
    machine::Instance instance;
    EXPECT_TRUE(instance.prepare(program, verified->plan(), memory, helpers::standard_helpers())
                    .has_value());
    for (machine::Region const& region : lent_) {
        EXPECT_TRUE(instance.lend(region).has_value());
    }
    instance.set_environment(has_environment ? &environment : nullptr);
    return interpreter::run(*verified, instance, Pc{0}, Budget{1000});
}

std::uint64_t Caller::result_of(std::uint32_t id, std::vector<std::uint64_t> const& args) {
    machine::Outcome const outcome = call(id, args);
    EXPECT_EQ(outcome.report.trap, machine::Trap::None);
    return outcome.result;
}

machine::Trap Caller::trap_of(std::uint32_t id, std::vector<std::uint64_t> const& args) {
    return call(id, args).report.trap;
}

}  // namespace mbpf::test
