// SPDX-License-Identifier: MIT
// A request to a program and its answer: what the program gets, and what its outcome means.
#pragma once

#include <array>

#include "mbpf/agent/config.hpp"
#include "mbpf/coap/coap.hpp"
#include "mbpf/container/container.hpp"

namespace mbpf::agent {

class ProgramCall {
public:
    struct Answer {
        coap::Code code{};
        coap::Format format = coap::Format::None;
        Bytes payload;  // In memory of the call.
    };

    // What a run for a hook of that kind gets: the payload, or a packet with it. Fault:
    // ImageTooLarge for a payload above config::call_context_bytes.
    [[nodiscard]] Result<machine::Region> prepare(coap::Code method, Bytes payload,
                                                  container::HookKind kind);
    // For the activation.
    [[nodiscard]] helpers::Reply* reply() { return &reply_; }
    [[nodiscard]] helpers::Packet* packet() { return has_packet_ ? &packet_ : nullptr; }

    // What the run said. A program that did not say answers with its result.
    [[nodiscard]] Answer answer(machine::Outcome const& outcome);

private:
    helpers::Reply reply_;
    helpers::Packet packet_;
    bool has_packet_{};
    // The payload, or a packet: that with its head and what stands in front of it.
    alignas(8)
        std::array<std::byte, helpers::Packet::fixed_bytes + config::call_context_bytes> context_;
    std::array<std::byte, config::call_reply_bytes> answer_;
};

}  // namespace mbpf::agent
