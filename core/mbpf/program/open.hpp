// SPDX-License-Identifier: MIT
// Bytes of a known or detected format to a Program.
#pragma once

#include "mbpf/base/base.hpp"
#include "mbpf/program/program_reader.hpp"

namespace mbpf::program {

// The format that `bytes` starts like: "mBPF" image, "\x7fELF", "rBPF" or the prototype's
// 7b 00 00 00 for Femto and Extended (told apart by which of the two accounts for every byte),
// otherwise bare text if the length is whole slots. Fault::FormatUnknown if nothing fits.
[[nodiscard]] Result<Format> detect(Bytes bytes);

// Opens a format that runs where it lies. An ELF object must be linked first (elf_linker.hpp):
// Format::Elf yields Fault::FormatUnknown here.
[[nodiscard]] Result<Program> open(Bytes bytes, Format format);

// Bare text: whole slots, one entry at slot 0, no data (SPEC.md, "Text-only").
[[nodiscard]] bool read_text(ProgramReader& reader);
[[nodiscard]] inline Result<Program> open_text(Bytes bytes) {
    return ProgramReader::open(bytes, read_text);
}

}  // namespace mbpf::program
