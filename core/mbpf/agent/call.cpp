// SPDX-License-Identifier: MIT
// Requests that a container answers.
#include "mbpf/agent/management.hpp"

namespace mbpf::agent {

coap::Outcome Agent::call(Attempt& attempt, coap::Request const& request) {
    container::Runtime::Target const target =
        runtime_.target_of(std::span{request.path}.subspan(1));  // Behind "/c/".
    attempt.require(target.container != nullptr, Fault::HookUnknown);
    Call* free = nullptr;
    for (Call& each : calls_) {
        free = each.is_used ? free : &each;
    }
    attempt.require(free != nullptr, Fault::ContainerBusy);
    if (request.block1.has_more || request.block1.offset_bytes != 0) {  // A run takes one datagram.
        std::uint32_t const sent =
            request.block1.offset_bytes + std::uint32_t(request.payload.size());
        attempt.refuse(Fault::ImageTooLarge, 0, sent, config::call_context_bytes);
    }
    if (attempt.has_failed()) {
        return coap::Outcome::Done;
    }
    Call& call = *free;
    call.exchange = request.exchange;
    call.agent = this;
    Result<machine::Region> const context =
        call.program.prepare(coap::Code(request.method), request.payload,
                             target.container->granted.hooks.at(target.hook).kind);
    if (!context.has_value()) {
        attempt.refuse(context.error());
    } else {
        runtime_.activate(attempt, {target.container, target.hook, *context, call.program.reply(),
                                    call.program.packet(), &Agent::end_call, &call});
    }
    call.is_used = !attempt.has_failed();
    return call.is_used ? coap::Outcome::Deferred : coap::Outcome::Done;
}

void Agent::end_call(void* self, container::Activation const& /*activation*/,
                     machine::Outcome const& outcome) {
    Call& call = *static_cast<Call*>(self);
    call.is_used = false;
    ProgramCall::Answer const answer = call.program.answer(outcome);
    call.agent->server_.complete(call.exchange, answer.code, answer.format, answer.payload);
}

}  // namespace mbpf::agent
