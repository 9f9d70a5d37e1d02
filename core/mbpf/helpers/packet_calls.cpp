// SPDX-License-Identifier: MIT
#include "mbpf/helpers/packet_calls.hpp"

#include "mbpf/helpers/packet.hpp"
#include "mbpf/helpers/with_environment.hpp"

namespace mbpf::helpers {

namespace {

using machine::Instance;

// The packet of the run. nullptr if there is none: then the run ends.
Packet* packet_of(Instance& instance) {
    Packet* const packet =
        with_environment(instance, [](Environment& environment) { return environment.packet; });
    if (packet == nullptr) {
        instance.fail_helper();
    }
    return packet;
}

}  // namespace

std::int32_t start_response(Instance& instance, void const*, std::uint32_t code) {
    Packet* const packet = packet_of(instance);
    return packet != nullptr ? packet->start(code) : failed;
}

std::int32_t add_format(Instance& instance, void const*, std::uint32_t format) {
    Packet* const packet = packet_of(instance);
    return packet != nullptr ? packet->add_format(format) : failed;
}

std::int32_t finish_options(Instance& instance, void const*, std::uint32_t flags) {
    Packet* const packet = packet_of(instance);
    return packet != nullptr ? packet->finish_options(flags) : failed;
}

std::uint64_t find_payload(Instance& instance, void const*) {
    Packet* const packet = packet_of(instance);
    return packet != nullptr ? packet->payload_address() : 0;
}

}  // namespace mbpf::helpers
