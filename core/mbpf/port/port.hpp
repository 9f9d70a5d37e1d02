// SPDX-License-Identifier: MIT
// Door of the port layer: what the core asks of a platform. Depends on base.
#pragma once

#include "mbpf/port/code_memory.hpp"
#include "mbpf/port/critical_section.hpp"
#include "mbpf/port/crypto.hpp"
#include "mbpf/port/flash.hpp"
#include "mbpf/port/mark.hpp"
