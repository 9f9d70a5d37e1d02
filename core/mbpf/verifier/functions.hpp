// SPDX-License-Identifier: MIT
// The functions of a text and who calls whom. A function is the slots from one entry or call
// target to the next; jumps stay inside it.
#pragma once

#include <array>
#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::verifier {

class Functions {
public:
    // Notes that a function starts at `pc`; false if there are too many.
    [[nodiscard]] bool add(Pc pc);

    [[nodiscard]] std::uint32_t size() const { return count_; }
    [[nodiscard]] Pc start(std::uint32_t index) const { return {starts_[index]}; }
    // First slot behind function `index`, in a text of `slots`.
    [[nodiscard]] std::uint32_t end(std::uint32_t index, std::uint32_t slots) const {
        return index + 1 < count_ ? starts_[index + 1] : slots;
    }
    // Index of the function that starts at `pc`, or size().
    [[nodiscard]] std::uint32_t find(Pc pc) const;

    void add_call(std::uint32_t caller, std::uint32_t callee) { calls_[caller] |= 1u << callee; }

    // Most functions on the stack at once; more than size() if a function calls itself, directly
    // or not.
    struct Depth {
        std::uint32_t functions;
        Pc deepest;  // First slot of a function called at that depth, or of one that calls itself.
    };
    [[nodiscard]] Depth depth() const;

private:
    [[nodiscard]] bool is_recursive(std::uint32_t index) const;

    static_assert(config::max_functions <= 32, "a set of functions is a word");

    std::uint32_t count_ = 0;
    std::array<std::uint32_t, config::max_functions> starts_{};  // ascending
    std::array<std::uint32_t, config::max_functions> calls_{};   // bit set of callees
};

}  // namespace mbpf::verifier
