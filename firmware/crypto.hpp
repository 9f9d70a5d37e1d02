// SPDX-License-Identifier: MIT
// The primitives of signed messages on a board: libsodium's.
#pragma once

#include "mbpf/port/port.hpp"

namespace mbpf::firmware {

[[nodiscard]] port::Crypto crypto();

}  // namespace mbpf::firmware
