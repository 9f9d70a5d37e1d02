// SPDX-License-Identifier: MIT
#include "mbpf/program/elf_text.hpp"

namespace mbpf::program {

TextWalk::TextWalk(ElfObject& object, ElfPieces& pieces, Piece const& piece)
    : object_{object},
      pieces_{pieces},
      piece_{piece},
      section_{*static_cast<elf::Section const*>(piece.source)},
      code_{object.contents(section_)} {
    if (piece.relocations != 0) {
        relocations_ = object.relocations(piece.relocations);
    }
}

bool TextWalk::next() {
    if (is_relocated_) {
        relocations_ = relocations_.subspan(1);
    }
    offset_ = next_offset_;
    is_relocated_ = false;
    bool const is_end = offset_ == code_.size();
    if (!relocations_.empty()) {
        elf::Relocation const& next = relocations_.front();
        // One that was passed lies between slots, behind the end, or out of order.
        if (is_end || next.offset < offset_ || next.offset_high != 0) {
            return object_.refuse(Fault::RelocationOutOfRange, where(), next.offset, code_.size());
        }
        is_relocated_ = next.offset == offset_;
    }
    is_done_ = is_end;
    if (is_end) {
        return false;
    }
    slot_ = load<isa::Slot>(code_, offset_);
    next_offset_ += std::uint32_t(slot_bytes);
    return true;
}

Piece const* TextWalk::read_target(std::uint32_t& offset) {
    // A relocated call counts from the symbol, another from itself: -1 is the start of either.
    Piece const* target = &piece_;
    offset = offset_;
    if (is_relocated_) {
        target = pieces_.target(relocation(), where());
        if (target == nullptr) {
            return nullptr;
        }
        if (relocation().type != elf::RelocationType::Call32 ||
            target->kind != Piece::Kind::Text) {
            object_.refuse_relocation(relocation(), where());
            return nullptr;
        }
        offset = object_.symbols()[relocation().symbol].value;
    }
    // Modulo 2^32 slots: no wrong target can come out below the few slots that a piece has.
    std::uint32_t const slot = offset / std::uint32_t(slot_bytes) + slot_.high + 1;
    if (offset % slot_bytes != 0 || slot >= target->bytes / slot_bytes) {
        object_.refuse(Fault::CallNotResolved, where());
        return nullptr;
    }
    offset = slot * std::uint32_t(slot_bytes);
    return target;
}

}  // namespace mbpf::program
