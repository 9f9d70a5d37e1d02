// SPDX-License-Identifier: MIT
// A helper's id is no bare number either.
// EXPECT: HelperId
#include "mbpf/machine/machine.hpp"

mbpf::machine::Helper const* find(mbpf::machine::HelperTable table, std::uint32_t slot) {
    return table.find(slot);
}
