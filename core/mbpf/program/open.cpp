// SPDX-License-Identifier: MIT
// Format detection, and the one format that has no header.
#include "mbpf/program/open.hpp"

#include "mbpf/program/elf_object.hpp"
#include "mbpf/program/extended.hpp"
#include "mbpf/program/femto.hpp"
#include "mbpf/program/femto_header.hpp"
#include "mbpf/program/image.hpp"

namespace mbpf::program {

namespace {

bool read_femto_family(ProgramReader& reader) {
    return read_femto(reader) || read_femto_variant(reader, FemtoVariant::Extended);
}

// An ELF object must be linked first.
bool read_nothing(ProgramReader& reader) { return reader.refuse(Fault::FormatUnknown); }

constexpr ProgramReader::Read* readers[] = {
    // By format.
    read_text, read_femto, read_extended, read_nothing, read_image,
};

}  // namespace

Result<Format> detect(Bytes bytes) {
    bool const has_magic = bytes.size() >= sizeof(std::uint32_t);
    std::uint32_t const magic = has_magic ? load<std::uint32_t>(bytes, 0) : 0;
    if (magic == image_magic) {
        return Format::Image;
    }
    if (magic == elf_magic) {
        return Format::Elf;
    }
    if (is_femto_magic(magic)) {
        Result<Program> const program = ProgramReader::open(bytes, read_femto_family);
        return program.has_value() ? program->format : Format::Femto;
    }
    if (!bytes.empty() && bytes.size() % slot_bytes == 0) {
        return Format::Text;
    }
    return Error{Fault::FormatUnknown};
}

Result<Program> open(Bytes bytes, Format format) {
    return ProgramReader::open(bytes, readers[std::size_t(format)]);
}

bool read_text(ProgramReader& reader) {
    reader.text = reader.input;
    return reader.accepts();
}

}  // namespace mbpf::program
