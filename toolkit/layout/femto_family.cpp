// SPDX-License-Identifier: MIT
// The Femto-Containers layout and the prototype's extended one. They differ in the header, in how
// names end and in what follows the function records.
#include <limits>
#include <optional>
#include <string>

#include "mbpf/program/femto_header.hpp"
#include "mbpf/program/records.hpp"
#include "toolkit/layout/append.hpp"
#include "toolkit/layout/layout.hpp"
#include "toolkit/layout/refusal.hpp"

namespace mbpf::toolkit::layout {

namespace {

using program::CallRecord;
using program::Entry;
using program::FemtoRecord;
using program::Program;

constexpr std::size_t part_multiple = 8;
constexpr std::uint8_t local_call = 1;  // Source field of a call to a function of the program.

enum class NameEnd : std::uint8_t {
    Nul,   // Upstream.
    None,  // The prototype: the next name ends one.
};

struct Parts {
    File data;
    File rodata;
    File text;
    std::vector<FemtoRecord> functions;
    std::vector<CallRecord> calls;
};

constexpr bool fits_half(std::size_t value) {
    return value <= std::numeric_limits<std::uint16_t>::max();
}

// Fills `parts` with what both layouts have; the refusal, if the program cannot be written so.
std::optional<Refusal> fill_parts(Parts& parts, Program const& program, NameEnd name_end) {
    if (program.data_relocation_count() != 0) {
        return refuse(program, Fault::DataNotRelocatable,
                      "the data holds " + std::to_string(program.data_relocation_count()) +
                          " address(es), the first at byte " +
                          std::to_string(program.data_relocation(0).offset) +
                          ", and the layout cannot say that they move with the program");
    }
    if (program.map_count != 0) {
        return refuse(program, Fault::SectionUnknown,
                      "the program has " + std::to_string(program.map_count) +
                          " map(s), and the layout has no place to declare them");
    }
    if (std::optional<Refusal> refusal = refuse_start(program)) {
        return refusal;
    }
    append_bytes(parts.data, program.data);
    parts.data.resize(program.writable_bytes());  // bss, and padding to 8.
    append_bytes(parts.rodata, program.rodata);
    append_bytes(parts.text, program.text.bytes());
    for (std::uint32_t i = 0; i < program.entries.size(); ++i) {
        Entry const entry = program.entries.at(i);
        if (entry.name.empty()) {
            continue;
        }
        std::size_t const text_offset = std::size_t(entry.pc.slot) * slot_bytes;
        if (!fits_half(text_offset) || !fits_half(parts.rodata.size())) {
            return refuse(program, Fault::EntryOutOfRange,
                          "function " + std::string(entry.name) +
                              " or its name lies beyond the 64 KiB that the layout can point to");
        }
        parts.functions.push_back(
            {std::uint16_t(parts.rodata.size()), 0, std::uint16_t(text_offset)});
        append_bytes(parts.rodata, as_bytes(entry.name));
        if (name_end == NameEnd::Nul) {
            parts.rodata.push_back({});
        }
    }
    pad_to(parts.rodata, part_multiple);
    return {};
}

void list_calls(Parts& parts) {
    for (std::size_t at = 0; at < parts.text.size(); at += slot_bytes) {
        isa::Slot slot = load<isa::Slot>(parts.text, at);
        bool const is_local =
            slot.opcode() == std::uint8_t(isa::Opcode::Call) && slot.src() == local_call;
        if (is_local) {
            std::int64_t const distance = (std::int64_t(slot.imm()) + 1) * std::int64_t(slot_bytes);
            std::int64_t const function = std::int64_t(at) + distance;
            parts.calls.push_back({std::uint32_t(at), std::uint32_t(function)});
            slot.high = std::uint32_t(-1);
            store(parts.text.data() + at, slot);
        }
    }
}

File join(Parts const& parts, std::uint32_t magic) {
    File file;
    constexpr std::uint32_t version = 0;
    constexpr std::uint32_t flags = 0;
    for (std::uint32_t const word :
         {magic, version, flags, std::uint32_t(parts.data.size()),
          std::uint32_t(parts.rodata.size()), std::uint32_t(parts.text.size()),
          std::uint32_t(parts.functions.size())}) {
        append(file, word);
    }
    if (magic == program::prototype_magic) {
        append(file, std::uint32_t(parts.calls.size()));
    }
    append_bytes(file, parts.data);
    append_bytes(file, parts.rodata);
    append_bytes(file, parts.text);
    for (FemtoRecord const& record : parts.functions) {
        append(file, record);
    }
    for (CallRecord const& record : parts.calls) {
        append(file, record);
    }
    return file;
}

}  // namespace

Encoded encode_femto(Program const& program) {
    Parts parts;
    if (std::optional<Refusal> refusal = fill_parts(parts, program, NameEnd::Nul)) {
        return *refusal;
    }
    return join(parts, program::femto_magic);
}

Encoded encode_extended(Program const& program, Calls calls) {
    Parts parts;
    if (std::optional<Refusal> refusal = fill_parts(parts, program, NameEnd::None)) {
        return *refusal;
    }
    if (calls == Calls::Listed) {
        list_calls(parts);
    }
    File file = join(parts, program::prototype_magic);
    for (HelperId const id : requested_helpers(program)) {
        if (id.number > std::numeric_limits<std::uint8_t>::max()) {
            return refuse(program, Fault::HelperUnknown,
                          "helper " + std::to_string(id.number) +
                              " has no place in a list of ids of one byte");
        }
        append(file, std::uint8_t(id.number));
    }
    return file;
}

}  // namespace mbpf::toolkit::layout
