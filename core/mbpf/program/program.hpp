// SPDX-License-Identifier: MIT
// Door of the program layer: bytes in any of five formats become a read-only Program, and an ELF
// object becomes our image. Depends on isa and base. Bounded, allocation-free parsers throughout.
#pragma once

#include "mbpf/program/elf_linker.hpp"
#include "mbpf/program/extended.hpp"
#include "mbpf/program/femto.hpp"
#include "mbpf/program/image.hpp"
#include "mbpf/program/map_names.hpp"
#include "mbpf/program/open.hpp"
#include "mbpf/program/view.hpp"
