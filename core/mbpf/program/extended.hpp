// SPDX-License-Identifier: MIT
// The prototype's extended-header format: a Femto-Containers header with a count of relocated
// calls, and the ids of the allowed helpers to the end of the file (SPEC.md).
#pragma once

#include "mbpf/base/base.hpp"
#include "mbpf/program/program_reader.hpp"

namespace mbpf::program {

// Opens an image whose calls are resolved; one that still holds a call with immediate -1 listed in
// its call table yields Fault::CallNotResolved: pass it through resolve_calls() first.
[[nodiscard]] bool read_extended(ProgramReader& reader);
[[nodiscard]] inline Result<Program> open_extended(Bytes bytes) {
    return ProgramReader::open(bytes, read_extended);
}

// Writes the target of every relocated call into its instruction. Idempotent.
[[nodiscard]] Result<void> resolve_calls(WritableBytes bytes);

}  // namespace mbpf::program
