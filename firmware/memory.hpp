// SPDX-License-Identifier: MIT
// RAM between what the image needs and the stack (sections.ld.in).
#pragma once

#include "mbpf/base/base.hpp"

extern "C" std::byte free_start[];
extern "C" std::byte free_end[];

namespace mbpf::firmware {

[[nodiscard]] inline WritableBytes free_memory() { return {free_start, free_end}; }

}  // namespace mbpf::firmware
