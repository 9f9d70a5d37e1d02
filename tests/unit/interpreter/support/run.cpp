// SPDX-License-Identifier: MIT
#include "tests/unit/interpreter/support/run.hpp"

#include <gtest/gtest.h>

namespace mbpf::test {

Setup setup_of(Code const& code) {
    Setup setup;
    setup.text = bytes_of(code);
    return setup;
}

Observation observe(Setup const& setup) {
    Sandbox sandbox{setup};
    if (sandbox.refusal()) {
        ADD_FAILURE() << "refused: " << testing::PrintToString(*sandbox.refusal());
        return {};
    }
    std::string const difference = compare_ways(sandbox, setup.budget);
    EXPECT_EQ(difference, "");
    return sandbox.run(Way::Reference);
}

Observation observe(Code const& code) { return observe(setup_of(code)); }

std::uint64_t result_of(Setup const& setup) {
    Observation const seen = observe(setup);
    EXPECT_EQ(seen.outcome.report.trap, machine::Trap::None) << describe(seen);
    return seen.outcome.result;
}

std::uint64_t result_of(Code const& code) { return result_of(setup_of(code)); }

machine::TrapReport report_of(Setup const& setup) { return observe(setup).outcome.report; }

std::vector<std::byte> counting_bytes(std::size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i) {
        bytes[i] = std::byte(i * 37 + 129);
    }
    return bytes;
}

}  // namespace mbpf::test
