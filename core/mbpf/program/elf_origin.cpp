// SPDX-License-Identifier: MIT
// The way back from a linked text to its object, for tools. A device does not link this file.
#include "mbpf/program/elf_link.hpp"

namespace mbpf::program {

// Asks every slot where it went: slow, but sure to agree with the linker.
[[gnu::always_inline]] inline TextOrigin ElfLink::origin(std::uint32_t wanted) const {
    for (Piece const& piece : pieces()) {
        std::uint32_t const bytes = piece.kind == Piece::Kind::Text ? piece.bytes : 0;
        for (std::uint32_t offset = 0; offset < bytes; offset += std::uint32_t(slot_bytes)) {
            if (text_offset(&piece, offset) == wanted) {
                return {index_of(piece.section()), offset};
            }
        }
    }
    return {};
}

Result<TextOrigin> text_origin(Bytes object, LinkOptions const& options, Pc pc) {
    ElfLink link{object, options};
    if (!link.plan()) {
        return link.error();
    }
    std::uint32_t const slots = link.text_bytes() / std::uint32_t(slot_bytes);
    if (pc.slot >= slots) {
        return Error{Fault::EntryOutOfRange, 0, pc.slot, slots - 1};
    }
    return link.origin(pc.slot * std::uint32_t(slot_bytes));
}

}  // namespace mbpf::program
