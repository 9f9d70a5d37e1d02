// SPDX-License-Identifier: MIT
// How the helpers of one table reach what they work on.
#pragma once

#include "mbpf/helpers/environment.hpp"

namespace mbpf::helpers {

inline constexpr std::int32_t failed = -1;  // The result of a helper that could not do it.

// Calls `work` with the environment of a run, or ends the run if it has none.
template <class Work>
auto with_environment(machine::Instance& instance, Work work) {
    auto* const environment = static_cast<Environment*>(instance.environment());
    if (environment == nullptr) {
        instance.fail_helper();
        return decltype(work(*environment)){};
    }
    return work(*environment);
}

}  // namespace mbpf::helpers
