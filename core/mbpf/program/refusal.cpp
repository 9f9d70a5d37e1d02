// SPDX-License-Identifier: MIT
#include "mbpf/program/refusal.hpp"

#include "mbpf/program/view.hpp"

namespace mbpf::program {

namespace {

constexpr std::size_t text_alignment = 4;  // isa::Text

}  // namespace

void Refusable::note(Fault fault, std::size_t where, std::size_t found, std::size_t allowed) {
    error_ = {fault, std::uint32_t(where), std::uint32_t(found), std::uint32_t(allowed)};
}

void Refusable::note(Fault fault, std::size_t where, std::size_t found) {
    note(fault, where, found, 0);
}

bool Refusable::accepts(Program const& program, std::size_t where) {
    Bytes const text = program.text.bytes();
    std::size_t const bytes = text.size();
    if (bytes == 0) {
        return refuse(Fault::TextEmpty, where);
    }
    if (bytes % slot_bytes != 0) {
        return refuse(Fault::LengthNotAligned, where, bytes, slot_bytes);
    }
    if (bytes / slot_bytes > max_text_slots) {
        return refuse(Fault::TextTooLong, where, bytes / slot_bytes, max_text_slots);
    }
    if (std::size_t const misaligned = address_of(text.data()) % text_alignment; misaligned != 0) {
        return refuse(Fault::AddressNotAligned, where, misaligned, text_alignment);
    }
    std::uint32_t const entries = program.entries.record_count();
    if (entries > max_entries) {
        return refuse(Fault::TooManyFunctions, where, entries, max_entries);
    }
    std::uint32_t const bad = program.entries.first_bad_record(bytes);
    return bad == entries || refuse(Fault::EntryOutOfRange, where, bad, bytes / slot_bytes - 1);
}

}  // namespace mbpf::program
