// SPDX-License-Identifier: MIT
// A listed call is right when its immediate is the distance from the next slot to the function.
#include "mbpf/program/extended.hpp"

#include "mbpf/program/femto_header.hpp"
#include "mbpf/program/records.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint32_t source_mask = 0xf000;
constexpr std::uint32_t local_call = 0x1000;  // Source field of a call within the program.

// Whether a call table may ask for that.
bool is_listable(ProgramReader& reader, CallRecord const& record) {
    Bytes const text = reader.program.text.bytes();
    reader.come_to(record.call_offset);
    if ((record.call_offset | record.function_offset) % slot_bytes != 0 ||
        record.call_offset >= text.size() || record.function_offset >= text.size()) {
        return reader.refuse(Fault::RelocationOutOfRange, record.function_offset, text.size());
    }
    isa::Slot const slot = load<isa::Slot>(text, record.call_offset);
    return (slot.opcode() == std::uint8_t(isa::Opcode::Call) &&
            (slot.low & source_mask) <= local_call) ||
           reader.refuse(Fault::RelocationUnsupported, slot.opcode());
}

enum class Pass : std::uint8_t { Check, Compare, Write };

// Goes through the call table: checks it, and compares the calls with it or writes them to `text`.
bool visit_calls(ProgramReader& reader, Pass pass, std::byte* text) {
    for (CallRecord const& record : records<CallRecord>(reader.call_table)) {
        if (!is_listable(reader, record)) {
            return false;
        }
        isa::Slot const slot = load<isa::Slot>(reader.program.text.bytes(), record.call_offset);
        std::int32_t const distance = std::int32_t(record.function_offset - record.call_offset);
        isa::Slot const resolved{(slot.low & ~source_mask) | local_call,
                                 std::uint32_t(distance / std::int32_t(slot_bytes) - 1)};
        if (pass == Pass::Write) {
            store(text + record.call_offset, resolved);
        } else if (pass == Pass::Compare && slot != resolved) {
            return reader.refuse(Fault::CallNotResolved);
        }
    }
    return true;
}

}  // namespace

bool read_extended(ProgramReader& reader) {
    return read_femto_variant(reader, FemtoVariant::Extended) &&
           visit_calls(reader, Pass::Compare, nullptr);
}

Result<void> resolve_calls(WritableBytes bytes) {
    ProgramReader reader{bytes};
    // Two passes, so that an input with one bad record stays as it was.
    if (!read_femto_variant(reader, FemtoVariant::Extended) ||
        !visit_calls(reader, Pass::Check, nullptr)) {
        return reader.error();
    }
    std::byte* const text = bytes.data() + (reader.program.text.bytes().data() - bytes.data());
    (void)visit_calls(reader, Pass::Write, text);
    return {};
}

}  // namespace mbpf::program
