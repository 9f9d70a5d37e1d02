// SPDX-License-Identifier: MIT
// A listed call is right when its immediate is the distance from the next slot to the function.
#include "mbpf/program/extended.hpp"

#include "mbpf/program/femto_header.hpp"
#include "mbpf/program/records.hpp"

namespace mbpf::program {

namespace {

constexpr std::uint8_t local_call = 1;  // Source field of a call to a function of the program.

// The instruction that a record of the call table asks for, or why it asks for none.
Result<isa::Slot> resolved_call(Bytes text, CallRecord record) {
    std::size_t const size = text.size();
    bool const is_slot = record.call_offset % slot_bytes == 0 && record.call_offset < size &&
                         record.function_offset % slot_bytes == 0 && record.function_offset < size;
    if (!is_slot) {
        return Error{Fault::RelocationOutOfRange, record.call_offset, record.function_offset,
                     std::uint32_t(size)};
    }
    isa::Slot const slot = load<isa::Slot>(text, record.call_offset);
    if (slot.opcode() != std::uint8_t(isa::Opcode::Call) || slot.src() > local_call) {
        return Error{Fault::RelocationUnsupported, record.call_offset, slot.opcode()};
    }
    std::int32_t const distance = std::int32_t(record.function_offset / slot_bytes) -
                                  std::int32_t(record.call_offset / slot_bytes) - 1;
    return isa::make_slot(slot.opcode(), slot.dst(), local_call, slot.offset(), distance);
}

}  // namespace

Result<Program> open_extended(Bytes bytes) {
    FemtoReader reader{bytes, FemtoVariant::Extended};
    if (!reader.read()) {
        return reader.error();
    }
    Bytes const text = reader.program().text.bytes();
    for (std::size_t at = 0; at < reader.calls().size(); at += call_record_bytes) {
        CallRecord const record = load<CallRecord>(reader.calls(), at);
        Result<isa::Slot> const call = resolved_call(text, record);
        if (!call.has_value()) {
            return call.error();
        }
        if (load<isa::Slot>(text, record.call_offset) != *call) {
            return Error{Fault::CallNotResolved, record.call_offset};
        }
    }
    return reader.program();
}

Result<void> resolve_calls(WritableBytes bytes) {
    FemtoReader reader{bytes, FemtoVariant::Extended};
    if (!reader.read()) {
        return reader.error();
    }
    Bytes const text = reader.program().text.bytes();
    std::byte* const writable = bytes.data() + (text.data() - bytes.data());
    // Two passes, so that an input with one bad record stays as it was.
    enum class Pass : std::uint8_t { Check, Write };
    for (Pass const pass : {Pass::Check, Pass::Write}) {
        for (std::size_t at = 0; at < reader.calls().size(); at += call_record_bytes) {
            CallRecord const record = load<CallRecord>(reader.calls(), at);
            Result<isa::Slot> const call = resolved_call(text, record);
            if (!call.has_value()) {
                return call.error();
            }
            if (pass == Pass::Write) {
                store(writable + record.call_offset, *call);
            }
        }
    }
    return {};
}

}  // namespace mbpf::program
