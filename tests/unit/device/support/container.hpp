// SPDX-License-Identifier: MIT
// One of examples/device, compiled, with the simulated board: a hook of it runs when the test says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/sensors.hpp"
#include "mbpf/interpreter/interpreter.hpp"

namespace mbpf::test {

// What all containers of a board share.
struct Board {
    device::Sensors sensors;
    std::array<helpers::Store::Entry, 32> entries{};
    helpers::Store global{entries};
};

// Whether there is a clang to compile examples with.
[[nodiscard]] bool can_compile();

class Container {
public:
    // Throws if `example` does not compile, link or verify.
    Container(std::string const& example, Board& board);
    Container(Container const&) = delete;

    machine::Outcome run(std::string const& entry, std::string_view payload = {});

    struct Answer {
        unsigned code{};
        unsigned format{};
        std::string payload;
    };
    // Of the plain helper.
    Answer request(std::string const& entry, std::string_view payload = {});
    // Of a run with a packet.
    helpers::PacketAnswer request_packet(std::string const& entry);

    [[nodiscard]] std::string printed();

    helpers::Environment environment;

private:
    machine::Outcome run_in(std::string const& entry, machine::Region const& context);

    std::vector<std::byte> image_;
    program::Program program_;
    std::optional<verifier::VerifiedProgram> verified_;
    std::vector<std::uint64_t> memory_;
    machine::Instance instance_;
    std::array<helpers::Store::Entry, 8> local_{};
    std::array<std::byte, 160> output_{};
    std::array<std::byte, 64> reply_room_{};
    alignas(8) std::array<std::byte, 128> packet_memory_{};
    helpers::Packet packet_;
};

}  // namespace mbpf::test
