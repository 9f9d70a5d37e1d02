// SPDX-License-Identifier: MIT
// Bare text, and the choice among layouts.
#include "toolkit/layout/layout.hpp"

#include "toolkit/layout/append.hpp"
#include "toolkit/layout/refusal.hpp"

namespace mbpf::toolkit::layout {

using program::Format;
using program::Program;

Encoded encode_text(Program const& program) {
    if (!program.rodata.empty() || program.writable_bytes() != 0) {
        return refuse(program, Fault::SectionUnknown,
                      "the program has " + std::to_string(program.rodata.size()) +
                          " bytes of rodata and " + std::to_string(program.writable_bytes()) +
                          " of data, and the layout holds instructions only");
    }
    if (std::optional<Refusal> refusal = refuse_start(program)) {
        return *refusal;
    }
    File file;
    append_bytes(file, program.text.bytes());
    return file;
}

Encoded encode(Program const& program, Format format) {
    switch (format) {
        case Format::Text: return encode_text(program);
        case Format::Femto: return encode_femto(program);
        case Format::Extended: return encode_extended(program);
        case Format::Image: return encode_image(program);
        case Format::Elf: break;
    }
    return refuse(program, Fault::FormatUnknown, "an ELF object is what a compiler makes");
}

std::string_view name_of(Format format) {
    switch (format) {
        case Format::Text: return "text";
        case Format::Femto: return "femto";
        case Format::Extended: return "extended";
        case Format::Elf: return "elf";
        case Format::Image: return "image";
    }
    return "unknown";
}

}  // namespace mbpf::toolkit::layout
