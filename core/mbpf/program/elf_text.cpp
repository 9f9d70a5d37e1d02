// SPDX-License-Identifier: MIT
// The text of an object: learnt in the first walk, written in the second.
#include "mbpf/program/elf_link.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint8_t local_call = 1;  // Source field of a call within the program.

constexpr std::uint32_t to_slots(std::uint32_t bytes) { return bytes / std::uint32_t(slot_bytes); }

constexpr bool is_jump(std::uint8_t opcode) {
    isa::Class const kind = isa::class_of(opcode);
    isa::Jump const jump = isa::Jump(opcode & 0xf0);
    return (kind == isa::Class::Jmp || kind == isa::Class::Jmp32) && jump != isa::Jump::Call &&
           jump != isa::Jump::Exit;
}

}  // namespace

bool ElfLink::walk_text(Piece const& piece) {
    std::span<elf::Relocation const> const all = relocations(piece);
    elf::Relocation const* next = all.data();
    elf::Relocation const* const end = next + all.size();
    piece_ = &piece;
    for (offset_ = 0; offset_ < piece.bytes; offset_ += std::uint32_t(slot_bytes)) {
        load_slot();
        relocation_ = nullptr;
        if (next != end && next->offset == offset_ && next->offset_high == 0) {
            relocation_ = next;
            ++next;
        }
        if (!link_slot()) {
            return false;
        }
        if (text_ != nullptr) {
            store_slot();
        }
    }
    // One that was never come to lies between slots, behind the end, or out of order.
    return next == end || refuse(Fault::RelocationOutOfRange, next->offset, piece.bytes);
}

void ElfLink::load_slot() {
    std::uint32_t const at = piece_->section().offset + offset_;
    come_to(at);
    std::byte const* const from = input().data() + at;
    slot_.low = load<std::uint32_t>(from);
    slot_.high = load<std::uint32_t>(from + sizeof slot_.low);
}

void ElfLink::store_slot() const {
    std::byte* const to = text_ + slot_offset();
    store(to, slot_.low);
    store(to + sizeof slot_.low, slot_.high);
}

bool ElfLink::link_slot() {
    if (slot_.opcode() == std::uint8_t(isa::Opcode::Call)) {
        bool const has_no_source = slot_.src() == 0;
        if (slot_.src() == local_call || (has_no_source && relocation_ != nullptr)) {
            return link_call();
        }
        if (has_no_source) {
            helpers_.add(slot_.high);
        }
    }
    if (text_ == nullptr) {
        return true;
    }
    constexpr std::uint32_t padding = 0x1500'0000;
    if (slot_.low == padding && slot_.high == 0) {
        slot_.low = std::uint32_t(isa::Opcode::Exit);  // No instruction: LLVM aligns functions so.
    }
    return relocation_ != nullptr ? link_wide() : check_jump();
}

bool ElfLink::link_call() {
    if (!find_callee()) {
        return false;
    }
    if (text_ == nullptr) {
        note_call(*piece_, offset_);
        return true;
    }
    std::uint32_t const from = to_slots(slot_offset());
    std::uint32_t const to = to_slots(text_offset(target_, target_offset_));
    constexpr std::uint32_t source_mask = 0xf000;
    slot_.low = (slot_.low & ~source_mask) | local_call << 12;
    slot_.high = to - from - 1;
    return true;
}

[[gnu::always_inline]] inline bool ElfLink::find_callee() {
    // A relocated call counts from the symbol, another from itself: -1 is the start of either.
    target_ = piece_;
    target_offset_ = offset_;
    if (relocation_ != nullptr) {
        if (!find_target()) {
            return false;
        }
        if (relocation_->type != elf::RelocationType::Call32 ||
            target_->kind != Piece::Kind::Text) {
            return refuse_relocation();
        }
    }
    // Modulo 2^32 slots: no wrong target can come out below the few slots that a piece has.
    std::uint32_t const slot = to_slots(target_offset_) + slot_.high + 1;
    if (target_offset_ % slot_bytes != 0 || slot >= to_slots(target_->bytes)) {
        return refuse(Fault::CallNotResolved);
    }
    target_offset_ = slot * std::uint32_t(slot_bytes);
    return true;
}

bool ElfLink::link_wide() {
    bool const is_plain_lddw = slot_.opcode() == std::uint8_t(isa::Opcode::Lddw) &&
                               slot_.src() == 0 && piece_->bytes - offset_ > slot_bytes;
    if (relocation_->type != elf::RelocationType::Wide64 || !is_plain_lddw) {
        return refuse_relocation();
    }
    if (is_about_map()) {
        return link_map();
    }
    DataRelocation place;
    if (!find_place(place)) {
        return false;
    }
    isa::Opcode const opcode = place.to_rodata ? isa::Opcode::LddwRodata : isa::Opcode::LddwData;
    constexpr std::uint32_t opcode_mask = 0xff;
    slot_.low = (slot_.low & ~opcode_mask) | std::uint32_t(opcode);
    slot_.high += place.offset;
    std::uint32_t const carry = slot_.high < place.offset ? 1 : 0;
    store_slot();
    offset_ += std::uint32_t(slot_bytes);  // The second half.
    load_slot();
    slot_.high += carry;
    return true;
}

[[gnu::always_inline]] inline bool ElfLink::is_about_map() const {
    std::uint32_t const symbol = relocation_->symbol;
    elf::Section const* const place =
        symbol < symbols().size() ? section(symbols()[symbol].section) : nullptr;
    return place != nullptr && name_start(*place) == maps_name;
}

// What is loaded becomes the number of the map.
[[gnu::always_inline]] inline bool ElfLink::link_map() {
    std::span<std::uint32_t const> const offsets = options_.maps.offsets;
    std::uint32_t const offset = symbols()[relocation_->symbol].value + slot_.high;
    for (std::uint32_t index = 0; index < offsets.size(); ++index) {
        if (offsets[index] == offset) {
            slot_.low |= std::uint32_t{isa::map_by_index} << 12;
            slot_.high = index;
            return true;
        }
    }
    return refuse(Fault::MapsNotLinked, offset);
}

// A jump that leaves the piece of text that moves with it would land elsewhere than it says.
bool ElfLink::check_jump() {
    if (!is_jump(slot_.opcode())) {
        return true;
    }
    bool const is_long = slot_.opcode() == std::uint8_t(isa::Opcode::Ja32);
    std::uint32_t const distance =
        1 + std::uint32_t(is_long ? slot_.imm() : std::int32_t(slot_.offset()));
    // Slots, modulo 2^32: see find_callee().
    std::uint32_t const at = to_slots(slot_offset());
    std::uint32_t const target = to_slots(offset_) + distance;
    std::uint32_t const target_offset = target * std::uint32_t(slot_bytes);
    if (target < to_slots(piece_->bytes) &&
        to_slots(text_offset(piece_, target_offset)) == at + distance) {
        return true;
    }
    come_to(at);
    return refuse(Fault::JumpOutOfFunction, at + distance);
}

}  // namespace mbpf::program
