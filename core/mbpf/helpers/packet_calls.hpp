// SPDX-License-Identifier: MIT
// The helpers of Femto-Containers for a run with a packet. They work on the packet of the run: what
// the program passes as its context must be memory that it may read, and is not used. Without a
// packet they end the run.
#pragma once

#include <cstdint>

#include "mbpf/machine/machine.hpp"

namespace mbpf::helpers {

// See Packet: start(), add_format(), finish_options().
[[nodiscard]] std::int32_t start_response(machine::Instance& instance, void const* context,
                                          std::uint32_t code);
[[nodiscard]] std::int32_t add_format(machine::Instance& instance, void const* context,
                                      std::uint32_t format);
[[nodiscard]] std::int32_t finish_options(machine::Instance& instance, void const* context,
                                          std::uint32_t flags);
// Address of the payload, also where the packet has no room for it.
[[nodiscard]] std::uint64_t find_payload(machine::Instance& instance, void const* context);

}  // namespace mbpf::helpers
