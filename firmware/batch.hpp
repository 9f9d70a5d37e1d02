// SPDX-License-Identifier: MIT
// The firmware's work: requests in, replies out.
#pragma once

#include "mbpf/base/base.hpp"
#include "runner/wire.hpp"

namespace mbpf::firmware {

// Runs every request of a file and writes the replies to another. `memory` is 8-aligned and holds
// one request, its program and its reply at a time.
[[nodiscard]] runner::FirmwareExit run_batch(char const* requests, char const* replies,
                                             WritableBytes memory);

}  // namespace mbpf::firmware
