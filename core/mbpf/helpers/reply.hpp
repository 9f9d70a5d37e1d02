// SPDX-License-Identifier: MIT
// How a program answers a request without knowing what a packet looks like.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// The last one counts. 0; -1 if nobody asked, the code is not one of a response, the format is not
// a number of 16 bits, or the payload is too long: then an earlier answer stays.
[[nodiscard]] std::int32_t answer(machine::Instance& instance, std::uint32_t code,
                                  std::uint32_t format, void const* payload, std::uint32_t bytes);

}  // namespace mbpf::helpers
