// SPDX-License-Identifier: MIT
// Format detection, and the one format that has no header.
#include "mbpf/program/open.hpp"

#include "mbpf/program/elf_object.hpp"
#include "mbpf/program/extended.hpp"
#include "mbpf/program/femto.hpp"
#include "mbpf/program/femto_header.hpp"
#include "mbpf/program/image.hpp"
#include "mbpf/program/refusal.hpp"

namespace mbpf::program {

Result<Format> detect(Bytes bytes) {
    if (bytes.size() >= sizeof(std::uint32_t)) {
        std::uint32_t const magic = load<std::uint32_t>(bytes, 0);
        if (magic == image_magic) {
            return Format::Image;
        }
        if (magic == elf_magic) {
            return Format::Elf;
        }
    }
    if (has_femto_magic(bytes)) {
        bool const is_extended = !open_femto(bytes).has_value() &&
                                 FemtoReader{bytes, FemtoVariant::Extended}.read();
        return is_extended ? Format::Extended : Format::Femto;
    }
    if (!bytes.empty() && bytes.size() % slot_bytes == 0) {
        return Format::Text;
    }
    return Error{Fault::FormatUnknown};
}

Result<Program> open(Bytes bytes, Format format) {
    switch (format) {
        case Format::Text: return open_text(bytes);
        case Format::Femto: return open_femto(bytes);
        case Format::Extended: return open_extended(bytes);
        case Format::Elf: break;
        case Format::Image: return open_image(bytes);
    }
    return Error{Fault::FormatUnknown};
}

Result<Program> open_text(Bytes bytes) {
    Program program;
    program.text = isa::Text{bytes};
    program.format = Format::Text;
    Refusable input;
    if (!input.accepts(program, 0)) {
        return input.error();
    }
    return program;
}

}  // namespace mbpf::program
