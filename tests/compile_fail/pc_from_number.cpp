// SPDX-License-Identifier: MIT
// A slot is not any number: it has to be said.
// EXPECT: Pc
#include "mbpf/base/base.hpp"

mbpf::Pc pc() {
    std::uint32_t const offset = 8;
    return offset;
}
