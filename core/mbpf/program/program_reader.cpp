// SPDX-License-Identifier: MIT
#include "mbpf/program/program_reader.hpp"

namespace mbpf::program {

namespace {

constexpr std::size_t text_alignment = 4;  // isa::Text

}  // namespace

Result<Program> ProgramReader::open(Bytes input, Read* read) {
    ProgramReader reader{input};
    if (!read(reader)) {
        return reader.error();
    }
    return reader.program;
}

bool ProgramReader::accepts() {
    std::size_t const bytes = text.size();
    std::size_t const slots = bytes / slot_bytes;
    program.text = isa::Text{text};
    come_to(std::size_t(text.data() - input.data()));
    if (bytes == 0) {
        return refuse(Fault::TextEmpty);
    }
    if (bytes % slot_bytes != 0) {
        return refuse(Fault::LengthNotAligned, bytes, slot_bytes);
    }
    if (slots > max_text_slots) {
        return refuse(Fault::TextTooLong, slots, max_text_slots);
    }
    if (!is_aligned(text.data(), text_alignment)) {
        return false;
    }
    std::uint32_t const entries = program.entries.record_count();
    if (entries > max_entries) {
        return refuse(Fault::TooManyFunctions, entries, max_entries);
    }
    std::uint32_t const bad = program.entries.check(bytes);
    return bad == entries || refuse(Fault::EntryOutOfRange, bad, slots - 1);
}

}  // namespace mbpf::program
