// SPDX-License-Identifier: MIT
#include "mbpf/agent/program_call.hpp"

#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

std::uint32_t write_result(std::uint64_t result, WritableBytes room) {
    helpers::Digits digits;
    digits.put(result, 10);
    __builtin_memcpy(room.data(), digits.text(), digits.size());
    return digits.size();
}

}  // namespace

Result<machine::Region> ProgramCall::prepare(coap::Code method, Bytes payload,
                                             container::HookKind kind) {
    reply_ = {answer_, 0, helpers::Reply::no_format, 0};
    has_packet_ = kind == container::HookKind::CoapPacket;
    std::size_t const room = config::call_context_bytes;
    if (payload.size() > room) {
        return Error{Fault::ImageTooLarge, 0, std::uint32_t(payload.size()), std::uint32_t(room)};
    }
    if (has_packet_) {
        packet_ = helpers::Packet{context_};
        Result<void> const prepared = packet_.prepare(method, {}, payload);
        return prepared.has_value() ? Result<machine::Region>{packet_.context()}
                                    : Result<machine::Region>{prepared.error()};
    }
    if (!payload.empty()) {
        __builtin_memcpy(context_.data(), payload.data(), payload.size());
    }
    return machine::Region{address_of(context_.data()), std::uint32_t(payload.size()),
                           machine::Permission::ReadWrite};
}

ProgramCall::Answer ProgramCall::answer(machine::Outcome const& outcome) {
    if (outcome.report.trap != machine::Trap::None) {
        Bytes const what =
            write_error(-std::int32_t(outcome.report.trap),
                        {Fault::None, outcome.report.bytes, outcome.report.pc.slot, 0}, answer_);
        return {coap::Code::InternalError, coap::Format::Cbor, what};
    }
    if (has_packet_ && reply_.code == 0) {
        helpers::PacketAnswer const said = packet_.result(outcome.result);
        bool const is_good = said.verdict == helpers::PacketAnswer::Verdict::Good;
        return {is_good ? said.code : coap::Code::InternalError, said.format, said.payload};
    }
    if (reply_.code == 0) {
        return {coap::Code::Content, coap::Format::Text,
                Bytes{answer_}.first(write_result(outcome.result, answer_))};
    }
    return {coap::Code(reply_.code), coap::Format(reply_.format),
            Bytes{answer_}.first(reply_.bytes)};
}

}  // namespace mbpf::agent
