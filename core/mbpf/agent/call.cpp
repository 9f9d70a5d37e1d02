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
    Result<machine::Region> const context = call.program.prepare(
        coap::Code(request.method), request.payload, target.container->hooks.at(target.hook).kind);
    if (!context.has_value()) {
        return refuse(reply, context.error());
    }
    Result<void> const started =
        runtime_.activate({target.container, target.hook, *context, call.program.reply(),
                           call.program.packet(), &Agent::end_call, &call});
    if (!started.has_value()) {
        return refuse(reply, started.error());
    }
    call.is_used = true;
    return coap::Outcome::Deferred;
}

void Agent::end_call(void* self, container::Activation const& /*activation*/,
                     machine::Outcome const& outcome) {
    Call& call = *static_cast<Call*>(self);
    call.is_used = false;
    ProgramCall::Answer const answer = call.program.answer(outcome);
    call.agent->server_.complete(call.exchange, answer.code, answer.format, answer.payload);
}

}  // namespace mbpf::agent
