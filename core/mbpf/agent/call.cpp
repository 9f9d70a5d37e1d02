// SPDX-License-Identifier: MIT
// Requests that a container answers.
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

namespace {

// What stands behind "/c/", joined again. False if it does not fit.
bool join(coap::Path const& path, std::span<char> room, std::string_view& joined) {
    std::size_t size = 0;
    for (std::size_t i = 1; i < path.size(); ++i) {
        std::string_view const segment = path[i];
        if (size + 1 + segment.size() > room.size()) {
            return false;
        }
        if (i > 1) {
            room[size++] = '/';
        }
        for (char const c : segment) {
            room[size++] = c;
        }
    }
    joined = {room.data(), size};
    return true;
}

std::uint32_t write_result(std::uint64_t result, WritableBytes room) {
    helpers::Digits digits;
    digits.put(result, 10);
    __builtin_memcpy(room.data(), digits.text(), digits.size());
    return digits.size();
}

}  // namespace

coap::Outcome Agent::call(coap::Request const& request, coap::Reply& reply) {
    std::array<char, mbpf::config::max_path_bytes + 1> room;
    std::string_view path;
    if (!join(request.path, room, path)) {
        return refuse(reply, {Fault::HookUnknown});
    }
    container::Runtime::Target const target = runtime_.target_of(path);
    if (target.container == nullptr) {
        return refuse(reply, {Fault::HookUnknown});
    }
    Call* free = nullptr;
    for (Call& each : calls_) {
        free = each.is_used ? free : &each;
    }
    if (free == nullptr || request.block1.has_more) {
        return refuse(reply, {Fault::ContainerBusy});
    }
    Call& call = *free;
    call.exchange = request.exchange;
    call.agent = this;
    call.reply = {call.answer, 0, helpers::Reply::no_format, 0};
    Result<machine::Region> const context =
        prepare(call, request, target.container->hooks.at(target.hook).kind);
    if (!context.has_value()) {
        return refuse(reply, context.error());
    }
    Result<void> const started =
        runtime_.activate({target.container, target.hook, *context, &call.reply,
                           call.has_packet ? &call.packet : nullptr, &Agent::end_call, &call});
    if (!started.has_value()) {
        return refuse(reply, started.error());
    }
    call.is_used = true;
    return coap::Outcome::Deferred;
}

// What the program gets: the payload, or a packet with it.
Result<machine::Region> Agent::prepare(Call& call, coap::Request const& request,
                                       container::HookKind kind) {
    call.has_packet = kind == container::HookKind::CoapPacket;
    std::size_t const room = config::call_context_bytes;
    if (request.payload.size() > room) {
        return Error{Fault::ImageTooLarge, 0, std::uint32_t(request.payload.size()),
                     std::uint32_t(room)};
    }
    if (call.has_packet) {
        call.packet = helpers::Packet{call.context};
        Result<void> const prepared =
            call.packet.prepare(coap::Code(request.method), {}, request.payload);
        return prepared.has_value() ? Result<machine::Region>{call.packet.context()}
                                    : Result<machine::Region>{prepared.error()};
    }
    if (!request.payload.empty()) {
        __builtin_memcpy(call.context.data(), request.payload.data(), request.payload.size());
    }
    return machine::Region{address_of(call.context.data()), std::uint32_t(request.payload.size()),
                           machine::Permission::ReadWrite};
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
