// SPDX-License-Identifier: MIT
// Door of the instruction set layer: RFC 9669 as tables. Depends on base only.
#pragma once

#include "mbpf/isa/instruction.hpp"
#include "mbpf/isa/opcode.hpp"
