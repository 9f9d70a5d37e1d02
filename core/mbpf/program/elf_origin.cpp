// SPDX-License-Identifier: MIT
// The way back from a linked text to its object, for tools. A device does not link this file.
#include "mbpf/program/elf_link.hpp"

namespace mbpf::program {

namespace {

TextOrigin origin_in(ElfObject const& object, Piece const& piece, std::uint32_t offset) {
    auto const* const section = static_cast<elf::Section const*>(piece.source);
    return {std::uint32_t(section - object.sections().data()), offset};
}

TextOrigin origin_of(ElfLink const& link, std::uint32_t text_offset) {
    Head const& head = link.pieces().head();
    TextOrigin origin = origin_in(link.object(), *head.piece, head.offset + text_offset);
    if (text_offset < head.bytes) {
        return origin;
    }
    for (Piece const& piece : link.pieces()) {  // The last that starts before it.
        if (piece.kind == Piece::Kind::Text && piece.base <= text_offset) {
            std::uint32_t const offset = text_offset - piece.base;
            bool const is_behind_head = &piece == head.piece && offset >= head.offset;
            origin = origin_in(link.object(), piece, offset + (is_behind_head ? head.bytes : 0));
        }
    }
    return origin;
}

}  // namespace

Result<TextOrigin> text_origin(Bytes object, LinkOptions const& options, Pc pc) {
    ElfLink link{object};
    if (!link.plan(options)) {
        return link.error();
    }
    std::uint32_t const bytes = link.pieces().bytes(Piece::Kind::Text);
    std::uint32_t const slots = bytes / std::uint32_t(slot_bytes);
    if (pc.slot >= slots) {
        return Error{Fault::EntryOutOfRange, 0, pc.slot, slots - 1};
    }
    return origin_of(link, pc.slot * std::uint32_t(slot_bytes));
}

}  // namespace mbpf::program
