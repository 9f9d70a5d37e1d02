// SPDX-License-Identifier: MIT
// Whether something worked must be looked at.
// EXPECT: ignoring return
#include "mbpf/machine/machine.hpp"

void lend(mbpf::machine::Instance& instance, mbpf::machine::Region const& region) {
    instance.lend(region);
}
