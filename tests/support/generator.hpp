// SPDX-License-Identifier: MIT
// Bytes -> a program that is almost always valid, with everything around it: for fuzzers, which
// shrink and mutate the bytes, and for tests with seeded random bytes.
#pragma once

#include <cstdint>
#include <span>

#include "tests/support/sandbox.hpp"

namespace mbpf::test {

// Answers from the front of some bytes, then 0 for ever.
class Choices {
public:
    explicit Choices(std::span<std::uint8_t const> bytes) : bytes_{bytes} {}

    [[nodiscard]] std::uint32_t below(std::uint32_t bound);  // bound > 0
    [[nodiscard]] bool one_in(std::uint32_t times) { return below(times) == 0; }
    [[nodiscard]] std::uint64_t
    number();  // A number at which things go wrong, more often than not.
    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
    [[nodiscard]] std::uint8_t byte();

private:
    std::span<std::uint8_t const> bytes_;
};

[[nodiscard]] Setup generate(Choices& choices);

}  // namespace mbpf::test
