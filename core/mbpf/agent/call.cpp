// SPDX-License-Identifier: MIT
// Requests that a container answers.
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

coap::Outcome Agent::call(Attempt& attempt, coap::Request const& request) {
    container::Runtime::Target const target =
        runtime_.target_of(std::span{request.path}.subspan(1));  // Behind "/c/".
    attempt.require(target.container != nullptr, Fault::HookUnknown);
    Call* free = nullptr;
    for (Call& each : calls_) {
        free = each.is_used ? free : &each;
    }
    attempt.require(free != nullptr && !request.block1.has_more, Fault::ContainerBusy);
    if (attempt.has_failed()) {
        return coap::Outcome::Done;
    }
    Call& call = *free;
    call.exchange = request.exchange;
    call.agent = this;
    call.reply = {call.answer, 0, helpers::Reply::no_format, 0};
    call.has_packet =
        target.container->hooks.at(target.hook).kind == container::HookKind::CoapPacket;
    machine::Region const context = prepare(attempt, call, request);
    if (!attempt.has_failed()) {
        runtime_.activate(attempt,
                          {target.container, target.hook, context, &call.reply,
                           call.has_packet ? &call.packet : nullptr, &Agent::end_call, &call});
    }
    call.is_used = !attempt.has_failed();
    return call.is_used ? coap::Outcome::Deferred : coap::Outcome::Done;
}

// What the program gets: the payload, or a packet with it.
machine::Region Agent::prepare(Attempt& attempt, Call& call, coap::Request const& request) {
    std::uint32_t const bytes = std::uint32_t(request.payload.size());
    if (bytes > config::call_context_bytes) {
        attempt.refuse(Fault::ImageTooLarge, 0, bytes, config::call_context_bytes);
    } else if (call.has_packet) {
        call.packet = helpers::Packet{call.context};
        attempt.pass(call.packet.prepare(coap::Code(request.method), {}, request.payload));
        return call.packet.context();
    } else if (bytes != 0) {
        __builtin_memcpy(call.context.data(), request.payload.data(), bytes);
    }
    return {address_of(call.context.data()), bytes, machine::Permission::ReadWrite};
}

void Agent::end_call(void* self, container::Activation const& /*activation*/,
                     machine::Outcome const& outcome) {
    Call& call = *static_cast<Call*>(self);
    coap::Server& server = call.agent->server_;
    call.is_used = false;
    if (outcome.report.trap != machine::Trap::None) {
        std::array<std::byte, error_bytes> room;
        server.complete(
            call.exchange, coap::Code::InternalError, coap::Format::Cbor,
            write_error(-std::int32_t(outcome.report.trap),
                        {Fault::None, outcome.report.bytes, outcome.report.pc.slot, 0}, room));
        return;
    }
    if (call.has_packet && call.reply.code == 0) {
        helpers::PacketAnswer const answer = call.packet.result(outcome.result);
        bool const is_good = answer.verdict == helpers::PacketAnswer::Verdict::Good;
        server.complete(call.exchange, is_good ? answer.code : coap::Code::InternalError,
                        answer.format, answer.payload);
        return;
    }
    if (call.reply.code == 0) {  // It did not say: its result is the answer.
        call.reply.code = std::uint8_t(coap::Code::Content);
        call.reply.format = std::uint16_t(coap::Format::Text);
        call.reply.bytes = write_result(outcome.result, call.answer);
    }
    server.complete(call.exchange, coap::Code(call.reply.code), coap::Format(call.reply.format),
                    Bytes{call.answer}.first(call.reply.bytes));
}

}  // namespace mbpf::agent
