// SPDX-License-Identifier: MIT
// Random programs with fixed seeds, run all three ways. The fuzzers go further; this is what every
// build checks.
#include <random>

#include <gtest/gtest.h>

#include "tests/support/generator.hpp"
#include "tests/unit/interpreter/support/run.hpp"

namespace mbpf::test {
namespace {

std::vector<std::uint8_t> random_bytes(std::uint32_t seed) {
    std::mt19937 random{seed};
    std::vector<std::uint8_t> bytes(64 + random() % 700);
    for (std::uint8_t& byte : bytes) {
        byte = std::uint8_t(random());
    }
    return bytes;
}

class RandomPrograms : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomPrograms, DoTheSameAllWays) {
    constexpr std::uint32_t programs = 500;
    std::uint32_t accepted = 0;
    std::uint32_t returned = 0;
    for (std::uint32_t i = 0; i < programs; ++i) {
        std::uint32_t const seed = GetParam() * programs + i;
        std::vector<std::uint8_t> const bytes = random_bytes(seed);
        Choices choices{bytes};
        test::Setup const setup = generate(choices);
        Sandbox sandbox{setup};
        if (sandbox.refusal()) {
            continue;
        }
        ++accepted;
        ASSERT_EQ(compare_ways(sandbox, setup.budget), "") << "seed " << seed;
        machine::Outcome const full = sandbox.run(Way::Reference).outcome;
        returned += full.report.trap == machine::Trap::None ? 1 : 0;
        for (std::uint32_t const less : {1u, 2u, 3u, 10u}) {
            if (full.instructions >= less) {
                ASSERT_EQ(compare_ways(sandbox, Budget{full.instructions - less}), "")
                    << "seed " << seed;
            }
        }
    }
    // The generator is worth nothing if the verifier refuses most of it, or if nothing returns.
    EXPECT_GT(accepted, programs / 2);
    EXPECT_GT(returned, programs / 20);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, testing::Range(0u, 8u));

}  // namespace
}  // namespace mbpf::test
