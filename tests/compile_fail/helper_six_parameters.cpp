// SPDX-License-Identifier: MIT
// RFC 9669 has five registers for arguments.
// EXPECT: at most five arguments
#include "mbpf/machine/machine.hpp"

namespace mbpf::machine {

std::uint32_t add(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d,
                  std::uint32_t e, std::uint32_t f) {
    return a + b + c + d + e + f;
}

constexpr Helper bound = helper<add>({1}, scalar, scalar, scalar, scalar, scalar, scalar);

}  // namespace mbpf::machine
