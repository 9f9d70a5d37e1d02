// SPDX-License-Identifier: MIT
// The Femto-Containers format: 28-byte header, data, rodata, text, functions (SPEC.md).
#pragma once

#include "mbpf/base/base.hpp"
#include "mbpf/program/program_reader.hpp"

namespace mbpf::program {

// Every length of the header is validated; the parts must account for every byte of the input.
[[nodiscard]] bool read_femto(ProgramReader& reader);
[[nodiscard]] inline Result<Program> open_femto(Bytes bytes) {
    return ProgramReader::open(bytes, read_femto);
}

}  // namespace mbpf::program
