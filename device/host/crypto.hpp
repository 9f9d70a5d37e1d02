// SPDX-License-Identifier: MIT
// The primitives of signed messages on a PC: libsodium's.
#pragma once

#include "mbpf/port/port.hpp"

namespace mbpf::device {

[[nodiscard]] port::Crypto sodium_crypto();

}  // namespace mbpf::device
