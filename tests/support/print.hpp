// SPDX-License-Identifier: MIT
// How GoogleTest prints values of ours.
#pragma once

#include <ostream>

#include "tests/support/names.hpp"

namespace mbpf {

inline void PrintTo(Fault fault, std::ostream* out) { *out << test::name_of(fault); }

inline void PrintTo(Error const& error, std::ostream* out) {
    *out << test::name_of(error.fault) << " at " << error.where << ", found " << error.found
         << ", allowed " << error.allowed;
}

inline void PrintTo(Pc pc, std::ostream* out) { *out << "slot " << pc.slot; }

namespace machine {
inline void PrintTo(Trap trap, std::ostream* out) { *out << test::name_of(trap); }
}  // namespace machine

}  // namespace mbpf
